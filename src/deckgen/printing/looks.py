"""Sizes of type and spacing, for each way of setting text: as usual, in large print, for readers with dyslexia.

Large print: 18 points and more, generous spacing, lines of at most 60 letters, no hyphens, bold in place of italics. For
dyslexia, what the British Dyslexia Association's style guide asks for: 12 to 14 points, letters and words set apart, lines
half as far again, bold in place of italics. Sizes in points. Knows numbers; the layouts know what they are for.
"""

from __future__ import annotations

from math import ceil, floor, sqrt
from typing import Any, NamedTuple

from deckgen.jobs import PrintJob

STANDARD_AREA = 92.0 * 66.0  # mm² of the card for which the largest size is 12 points
LARGEST = 18.0
STEP = 0.5


class Look(NamedTuple):
    """How text is set. `leading` between lines, in em of the letters; `tracking` and `spacing` widen letters and words, in em.

    `card_sizes` are tried from the largest on until a side of a card fits; `extra` is the size of what is added under an
    answer, `head` and `foot` are those of the lines with a card's number and its id.
    """

    mode: str
    columns: int
    size: float
    small: float
    leading: float
    paragraph: float
    tracking: float
    spacing: float
    hyphenate: bool
    italics: bool
    heading: float
    title: float
    card_sizes: tuple[float, ...]
    extra: float
    head: float
    foot: float


def look_of(job: PrintJob) -> Look:
    """The look of a job."""
    if job.text == "large":
        return Look(
            "large", columns=1, size=18.0, small=18.0, leading=0.8, paragraph=1.2, tracking=0.0, spacing=0.0, hyphenate=False,
            italics=False, heading=22.0, title=30.0, card_sizes=_sizes(24.0, 18.0), extra=18.0, head=14.0, foot=12.0,
        )  # fmt: skip
    if job.text == "dyslexia":
        return Look(
            "dyslexia", columns=1, size=13.0, small=12.0, leading=0.95, paragraph=1.4, tracking=0.05, spacing=0.2, hyphenate=False,
            italics=False, heading=17.0, title=26.0, card_sizes=_sizes(max(_largest(job), 13.0), 10.0), extra=10.0, head=8.0, foot=7.0,
        )  # fmt: skip
    sizes = _sizes(_largest(job), 7.0)
    return Look(
        "standard", columns=2, size=9.5, small=8.5, leading=0.58, paragraph=0.75, tracking=0.0, spacing=0.0, hyphenate=True,
        italics=True, heading=14.0, title=25.0, card_sizes=sizes, extra=max(8.0, floor(sizes[0] / 1.5 / STEP) * STEP), head=7.0, foot=6.0,
    )  # fmt: skip


def _largest(job: PrintJob) -> float:
    """The largest size on cards of this size: more of it where there is more room, but less than in proportion."""
    area = job.cards.width * job.cards.height_on(job.paper)
    return max(9.0, min(LARGEST, ceil(12.0 * sqrt(area / STANDARD_AREA) / STEP) * STEP))


def _sizes(largest: float, least: float) -> tuple[float, ...]:
    return tuple(largest - STEP * at for at in range(round((largest - least) / STEP) + 1))


def look_data(job: PrintJob) -> dict[str, Any]:
    """The look as layouts read it."""
    return look_of(job)._asdict()
