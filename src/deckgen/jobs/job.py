"""A print job: one layout on one paper, with all its settings, as exporters are given it.

Knows what can be set and what stands for "not set". Not how settings are written, nor what layouts make of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deckgen.jobs.stock import SIZES, CardSize

# What `deckgen list layouts` says of each; the names are those of files in `templates/print/`.
LAYOUTS: Mapping[str, str] = {
    "handout": "everything as pages of a textbook: questions and answers by set, tables, figures, references, glossary",
    "cards": "cards to cut, in many sizes, backs in place for printing on both sides, or folded over",
    "leitner": "a study kit without a computer: box dividers, a calendar up to the exam, a log sheet",
    "calibration": "a test sheet that shows which offset brings backs into place on your printer",
    "quiz": "questions with room to write, in as many versions as wanted, and a key with reasons and sources",
    "summary": "one page with what must be known: what `summary.yaml` of the deck says",
}
DEFAULT_LAYOUTS = ("handout", "cards")  # what a project prints that says nothing of it
TEXT_MODES = ("standard", "large", "dyslexia")
INKS = ("colour", "grey")
DUPLEX = ("long", "short", "fold", "none")
TURNS = ("book", "notepad")
MARKS = ("crop", "lines", "none")
OVERFLOWS = ("continue", "stop")
LARGE_SIZES = {"a4": "a6", "letter": "4x6in"}  # cards that hold large print, where no size is named


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One layout on one paper. Lengths in millimetres; `offset` moves backs to the right and down.

    `notes` are the ids of the notes to be printed, None for all that are taught; of these at most `count` are taken, 0 for
    all. `points` say what an item of a kind is worth in a quiz; `start` and `exam` are days, ISO 8601, "" where none is set.
    """

    layout: str
    paper: str = "a4"
    name: str = ""  # in the names of files; "" takes it from the settings
    choice: str = ""  # likewise: what is chosen, where `notes` are
    notes: frozenset[str] | None = None
    count: int = 0
    text: str = "standard"
    ink: str = "colour"
    margin: float = 5.0  # that a printer cannot reach
    overflow: str = "continue"
    size: CardSize | None = None
    duplex: str = "long"
    turn: str = "book"
    offset: tuple[float, float] = (0.0, 0.0)
    marks: str = ""  # "": crop marks, but none on pre-cut sheets
    bleed: float = 0.0
    corners: float = 0.0
    seed: str = "1"
    versions: int = 1
    points: tuple[tuple[str, float], ...] = ()
    title: str = ""
    start: str = ""
    exam: str = ""
    boxes: int = 5

    @property
    def cards(self) -> CardSize:
        """The size of its cards, set or not."""
        return self.size or SIZES[LARGE_SIZES[self.paper] if self.text == "large" else "standard"]

    @property
    def stem(self) -> str:
        """What its files are called behind the deck's key, without the paper."""
        if self.name:
            return self.name
        size = self.size.name if self.size else ""
        duplex = self.duplex if self.duplex != "long" else ""
        text = self.text if self.text != "standard" else ""
        ink = self.ink if self.ink != "colour" else ""
        count = str(self.count) if self.count else ""
        return "-".join(filter(None, [self.layout, self.choice, count, size, duplex, text, ink]))
