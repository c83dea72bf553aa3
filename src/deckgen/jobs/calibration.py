"""The test sheet for printing on both sides: where its scales lie, where the crosses of the back, and what a scale says.

A printer that does not hit the back of a sheet shifts everything there alike. The crosses of the back shine through on the
scales of the front, and the numbers of the scales are those that bring them into place: not how far they are off. Knows
geometry, in millimetres; not how the sheet looks.
"""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple

from deckgen.jobs.grid import GridError, grid_for, turns_sideways
from deckgen.jobs.job import PrintJob
from deckgen.jobs.settings import FARTHEST

REACH = 6.0  # of a scale, either way from its middle
PER_MM = 2  # lines
INWARD = 32.0  # of the places near the corners, from both edges

Ticks = tuple[tuple[float, float], ...]


class Spot(NamedTuple):
    """A place with scales, and where the middle of its cross is printed on the back."""

    name: str
    x: float
    y: float
    back_x: float
    back_y: float


class Calibration(NamedTuple):
    """The sheet. `across` and `down`: the lines of a scale, each with its distance from the middle and its number.

    `sideways`: the sheet turns like a door, so that left and right change places; else top and bottom do.
    """

    page_width: float
    page_height: float
    spots: tuple[Spot, ...]
    across: Ticks
    down: Ticks
    sideways: bool


def calibration_for(job: PrintJob) -> Calibration:
    """The sheet of a job: it lies like the sheets of cards of this size. Raises GridError."""
    if job.duplex in {"fold", "none"}:
        raise GridError(
            f"with `duplex: {job.duplex}` nothing is printed on the back of a sheet, so there is nothing to calibrate"
        )
    grid = grid_for(job)
    width, height = grid.page_width, grid.page_height
    sideways = turns_sideways(job, width, height)
    right, down = job.offset
    fronts = (
        ("A", INWARD, INWARD), ("B", width - INWARD, INWARD), ("C", width / 2, height / 2),
        ("D", INWARD, height - INWARD), ("E", width - INWARD, height - INWARD),
    )  # fmt: skip
    spots = tuple(
        Spot(name, x, y, (width - x if sideways else x) + right, (y if sideways else height - y) + down)
        for name, x, y in fronts
    )
    # Seen from the front, the back is mirrored in one direction. A cross that lies to the right was printed too far to the
    # left where the sheet turns sideways, so that a greater number is wanted; a cross that lies low wants a smaller one.
    return Calibration(
        width, height, spots, _ticks(right, mirrored=not sideways), _ticks(down, mirrored=sideways), sideways
    )


def _ticks(offset: float, *, mirrored: bool) -> Ticks:
    """The lines of a scale at round numbers that can be set; in its middle lies the offset the sheet is printed with."""
    first = ceil(max(offset - REACH, -FARTHEST) * PER_MM)
    last = floor(min(offset + REACH, FARTHEST) * PER_MM)
    numbers = [at / PER_MM for at in range(first, last + 1)]
    return tuple((round((offset - number) if mirrored else (number - offset), 3), number) for number in numbers)
