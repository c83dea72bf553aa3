"""The data of what stands behind the notes: the summary with the sizes of type to try for it, and the glossary.

Knows decks and data; not how a page looks, nor how references are numbered: that it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

from deckgen.jobs import PrintJob
from deckgen.model import Citation, Deck, Note, NoteSet, Summary, SummarySection
from deckgen.printing.looks import look_of
from deckgen.printing.writer import Place, Writer
from deckgen.terms import listed, texts_of, used_terms

Json = dict[str, Any]
LARGEST, LEAST, STEP = 10.5, 7.5, 0.25  # points
ROOMY = 9.0  # points from which on there is room for full references

Cite = Callable[[Iterable[Citation], Place], list[list[Any]]]


def summary_data(summary: Summary, writer: Writer, cite: Cite) -> Json:
    """The summary: its title, empty where it has none, and its sections, those of half the width together."""
    place = Place("the summary", summary.span)
    sections = [(each.wide, _section(each, writer, cite)) for each in summary.sections]
    rest = cite(summary.citations, place)
    return {
        "title": writer.text(summary.title, place),
        "groups": [
            {"wide": wide, "sections": [data for _, data in group]}
            for wide, group in groupby(sections, key=lambda each: each[0])
        ],
        "cites": rest,
    }


def _section(section: SummarySection, writer: Writer, cite: Cite) -> Json:
    place = Place(f"“{section.title}” of the summary", section.span)
    return {
        "title": writer.text(section.title, place),
        "blocks": writer.blocks(section.blocks, place),
        "cites": cite(section.citations, place),
    }


def sizes_of(job: PrintJob) -> Json:
    """The sizes to try, from the largest on; in large print and for dyslexia one that stays, on as many pages as it takes."""
    look = look_of(job)
    if look.mode != "standard":
        return {"sizes": [look.size], "roomy": 2 * look.size, "may run on": True}
    count = round((LARGEST - LEAST) / STEP) + 1
    return {"sizes": [LARGEST - STEP * at for at in range(count)], "roomy": ROOMY, "may run on": False}


def glossary_data(
    deck: Deck, notes: Sequence[Note], sets: Sequence[NoteSet], writer: Writer, *, whole: bool
) -> list[Json]:
    """The terms that stand on the pages: all of the deck's, or those that these notes and sets use."""
    terms = listed(deck.glossary) if whole else used_terms(deck.glossary, texts_of(notes, sets))
    return [
        {"name": writer.text(term.name, place), "meaning": writer.blocks(term.meaning, place)[0][1]}
        for term in terms
        for place in (Place(f"`{term.name}` of the glossary", term.span),)
    ]
