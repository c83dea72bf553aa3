"""The data of the summary sheet: one page with what must be known, and the works it rests on.

Knows the deck's summary; the layout finds the size that fits.
"""

from __future__ import annotations

from typing import Any

from deckgen.jobs import PrintJob
from deckgen.model import Deck
from deckgen.printing import runs
from deckgen.printing.endmatter import sizes_of, summary_data
from deckgen.printing.handout import Citations
from deckgen.printing.writer import Place, Writer

Json = dict[str, Any]


def summary_sheet(deck: Deck, job: PrintJob, writer: Writer) -> Json:
    """Everything that stands on the sheet; a deck that has no summary has an empty one."""
    citations = Citations(deck, writer)
    summary = deck.summary
    data = summary_data(summary, writer, citations.numbered) if summary else {"title": [], "groups": [], "cites": []}
    head = Place("the deck's head in `deckgen.yaml`", deck.span)
    return {
        "summary": data,
        "summary title": runs.safe_string(summary.title if summary else ""),
        "references": citations.entries(),
        "short references": citations.short_entries(),
        "disclaimer": writer.text(deck.disclaimer, head),
        **sizes_of(job),
    }
