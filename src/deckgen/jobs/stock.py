"""Paper, and the sizes of cards: free ones, and pre-cut sheets whose dimensions two sources agree on.

All lengths are millimetres; of a card, the width is said first. Knows sizes; not where a card lies.
"""

from __future__ import annotations

import re
from typing import NamedTuple

INCH = 25.4
UNITS = {"mm": 1.0, "cm": 10.0, "in": INCH, "pt": INCH / 72, "": 1.0}
LENGTH = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)\s?(mm|cm|in|pt|)")
BOTH = re.compile(r"([0-9.]{1,9})\s?(mm|cm|in|pt|)\s?[x×]\s?([0-9.]{1,9})\s?(mm|cm|in|pt|)")
SMALLEST, LARGEST = 40.0, 290.0  # of a side of a card: smaller ones hold no question


class Paper(NamedTuple):
    """A size of paper, upright."""

    name: str
    width: float
    height: float


PAPERS = {"a4": Paper("A4", 210.0, 297.0), "letter": Paper("US Letter", 215.9, 279.4)}


class Sheet(NamedTuple):
    """How cards lie on a pre-cut sheet, or as an author says: edges of the first card, and the step from one to the next."""

    columns: int
    rows: int
    left: float
    top: float
    step_x: float
    step_y: float


class CardSize(NamedTuple):
    """A size of cards. A pre-cut one has its `paper` and `sheet`; `heights` are those on papers where it differs.

    `upright`: the sheet is never laid on its side, even where that holds more.
    """

    name: str
    width: float
    height: float
    what: str = ""
    paper: str = ""
    sheet: Sheet | None = None
    heights: tuple[tuple[str, float], ...] = ()
    upright: bool = False

    def height_on(self, paper: str) -> float:
        """The height of a card on this paper."""
        return dict(self.heights).get(paper, self.height)


# Pre-cut sheets: dimensions as gLabels 3.4.1 (`avery-us-templates.xml`, `zweckform-iso-templates.xml`) and LibreOffice 7.4
# (`labels.xml`) have them, only those on which both agree. 5389, 5390 and C32016 are left out: there they do not.
_SIZES = (
    CardSize("standard", 92.0, 66.0, "eight to a sheet, with room for crop marks: 92 x 66 mm, on Letter 92 x 62 mm",
             heights=(("letter", 62.0),), upright=True),
    CardSize("a7", 105.0, 74.0, "ISO A7 lying, 105 x 74 mm"),
    CardSize("a6", 148.0, 105.0, "ISO A6 lying, 148 x 105 mm"),
    CardSize("3x5in", 5 * INCH, 3 * INCH, "index card, 5 in wide, 3 in high"),
    CardSize("4x6in", 6 * INCH, 4 * INCH, "index card, 6 in wide, 4 in high"),
    CardSize("business", 85.0, 55.0, "business card, 85 x 55 mm"),
    CardSize("business-us", 3.5 * INCH, 2 * INCH, "business card, 3.5 x 2 in"),
    CardSize("avery-5388", 127.0, 76.2, "Avery 5388, 8388: three index cards of 3 x 5 in", "letter",
             Sheet(1, 3, 44.45, 25.4, 127.0, 76.2)),
    CardSize("avery-5371", 88.9, 50.8, "Avery 5371, 5911, 8371: ten business cards", "letter",
             Sheet(2, 5, 19.05, 12.7, 88.9, 50.8)),
    CardSize("avery-8373", 88.9, 50.8, "Avery 8373: eight business cards with gaps", "letter",
             Sheet(2, 4, 12.7, 19.05, 101.6, 63.5)),
    CardSize("avery-c32011", 85.0, 54.0, "Avery C32011, Zweckform 32011: ten business cards with gaps", "a4",
             Sheet(2, 5, 15.0, 13.5, 95.0, 54.0)),
    CardSize("avery-l7414", 90.0, 52.0, "Avery L7414: ten business cards", "a4", Sheet(2, 5, 15.0, 18.5, 90.0, 52.0)),
)  # fmt: skip
SIZES = {size.name: size for size in _SIZES}


def length(text: str) -> float:
    """A length in millimetres, as `5mm`, `0.2in` or plainly `5`. Raises ValueError."""
    found = LENGTH.fullmatch(text.strip().lower())
    if not found:
        raise ValueError("Write a length as `5mm`, `0.5cm`, `0.2in`, or in millimetres as `5`.")
    return float(found[1]) * UNITS[found[2]]


def card_size(text: str) -> CardSize:
    """A size by its name, or free as `90x60mm`, the width first. Raises ValueError."""
    name = "".join(text.lower().split())
    if name in SIZES:
        return SIZES[name]
    if f"{name}in" in SIZES:
        raise ValueError(f"Is it `{name}in`? Say the unit.")
    found = BOTH.fullmatch(name)
    try:
        # One unit may serve both, behind the second.
        width = float(found[1]) * UNITS[found[2] or found[4]] if found else 0.0
        height = float(found[3]) * UNITS[found[4]] if found else 0.0
    except ValueError:
        width = height = 0.0
    if not width or not height:
        raise ValueError(f"Name a size ({', '.join(SIZES)}), or write width and height as `90x60mm`.")
    same = (
        size
        for size in SIZES.values()
        if not size.paper and max(abs(size.width - width), abs(size.height - height)) < 0.01
    )
    return next(same, None) or free_size(width, height)


def free_size(width: float, height: float, sheet: Sheet | None = None) -> CardSize:
    """A size that has no name of its own. Raises ValueError."""
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise ValueError(f"A side of a card is {SMALLEST:g} to {LARGEST:g} mm long.")
    return CardSize(f"{width:g}x{height:g}mm", width, height, sheet=sheet)
