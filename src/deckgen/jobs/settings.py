"""How the settings of print jobs are written: one table for `deckgen.yaml` and the command line.

Every value is a text; what cannot be read raises ValueError with the rule as its words. Knows no YAML and no command line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection
from math import isfinite
from typing import Any, NamedTuple

from deckgen.jobs import stock
from deckgen.jobs.job import DUPLEX, INKS, LAYOUTS, MARKS, OVERFLOWS, TEXT_MODES, TURNS

Reader = Callable[[str], Any]
YEARS = range(2000, 2100)
LONGEST = 400  # days from the first of a calendar to the exam
FARTHEST = 10.0  # mm that a back can be moved: a printer that is off by more needs other help
NUMBER = re.compile(r"[+\-−]?[0-9]{1,3}(?:\.[0-9]{1,3})?")
SEED = re.compile(r"[\w -]{1,40}")


class Setting(NamedTuple):
    """A setting: how its value is read, the layouts it belongs to, a word for the value, and a line of help."""

    read: Reader
    layouts: Collection[str]
    value: str
    help: str


def one_of(choices: Collection[str]) -> Reader:
    """A reader of one of some words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"It is one of {', '.join(choices)}.")
        return text

    return read


def whole(least: int, most: int) -> Reader:
    """A reader of a whole number."""

    def read(text: str) -> int:
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"A whole number from {least:,} to {most:,}.")
        return int(text)

    return read


def between(least: float, most: float) -> Reader:
    """A reader of a length, in millimetres."""

    def read(text: str) -> float:
        value = stock.length(text)
        if not least <= value <= most:
            raise ValueError(f"From {least:g} to {most:g} mm.")
        return value

    return read


def offset(text: str) -> tuple[float, float]:
    """Two numbers in millimetres, as `0.4,-1.1`: to the right, and down."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
        raise ValueError(
            "Two numbers in millimetres, to the right and down, as `0.4,-1.1`; the layout `calibration` tells them."
        )
    x, y = (float(part.replace("−", "-")) for part in parts)
    if not (isfinite(x) and isfinite(y)) or max(abs(x), abs(y)) > FARTHEST:
        raise ValueError(f"At most {FARTHEST:g} mm either way.")
    return x, y


def day(text: str) -> str:
    """A day, ISO 8601."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and dt.date.fromisoformat(text).year in YEARS:
            return text
    except ValueError:
        pass
    raise ValueError("Write year, month and day, as in `2027-01-31`.")


def seed(text: str) -> str:
    """A word or number: another one gives another order."""
    if not SEED.fullmatch(text):
        raise ValueError("A word or number of at most 40 letters and digits.")
    return text


def title(text: str) -> str:
    """A line of text."""
    line = " ".join(text.split())
    if not 0 < len(line) <= 120:
        raise ValueError("A line of at most 120 characters.")
    return line


EVERY = tuple(LAYOUTS)
TEXTS = ("handout", "cards", "summary", "quiz", "leitner")
CHOOSING = ("handout", "cards", "quiz", "leitner")  # layouts that can be made of a part of the deck
BOTH_SIDES = ("cards", "calibration")
ON_CARDS = ("cards", "leitner", "calibration")

SETTINGS: dict[str, Setting] = {
    "size": Setting(stock.card_size, ON_CARDS, "SIZE", "Cards of this size: a name, or as 90x60mm."),
    "duplex": Setting(one_of(DUPLEX), BOTH_SIDES, "HOW", "Backs for turning on the long or short edge, beside the front to fold over, or none."),
    "turn": Setting(one_of(TURNS), ("cards",), "HOW", "Whether a card is turned like the page of a book or of a notepad."),
    "offset": Setting(offset, BOTH_SIDES, "X,Y", "Move backs by so many mm to the right and down; `calibration` tells how many."),
    "marks": Setting(one_of(MARKS), ON_CARDS, "HOW", "Crop marks, whole lines, or none."),
    "bleed": Setting(between(0.0, 5.0), ("cards",), "MM", "Colour beyond the cut by so many mm, for print shops."),
    "corners": Setting(between(0.0, 10.0), ("cards",), "MM", "Guides for rounding corners by this radius."),
    "margin": Setting(between(0.0, 20.0), EVERY, "MM", "What the printer cannot reach at the edges; default 5."),
    "text": Setting(one_of(TEXT_MODES), TEXTS, "HOW", "Set for large print (18 points) or for readers with dyslexia."),
    "ink": Setting(one_of(INKS), EVERY, "HOW", "Words and lines in colour or in greys only."),
    "overflow": Setting(one_of(OVERFLOWS), TEXTS, "HOW", "What is too full is continued elsewhere, or stops the build."),
    "count": Setting(whole(1, 100_000), CHOOSING, "N", "At most so many notes, drawn by the seed."),
    "seed": Setting(seed, ("handout", "cards", "quiz", "leitner"), "WORD", "Another word draws and orders otherwise; the same one alike."),
    "versions": Setting(whole(1, 26), ("quiz",), "N", "So many versions, from A on, in other orders."),
    "title": Setting(title, ("quiz", "leitner"), "TEXT", "What stands at the head, in place of the deck's name."),
    "start": Setting(day, ("leitner",), "DATE", "The first day of the calendar."),
    "exam": Setting(day, ("leitner",), "DATE", "The day of the exam, the last of the calendar."),
    "boxes": Setting(whole(3, 7), ("leitner",), "N", "So many boxes; default 5."),
}  # fmt: skip
CRITERIA = ("sets", "tags", "without tags", "difficulty", "kinds")
