"""Box dividers: pieces as wide as the cards, with a tab that stands above them, and where these lie on sheets.

The tabs stand side by side, so that each is seen in the box. Where card and tab do not fit on the paper together, the tab
is a strip at the top of the piece. Knows geometry, in millimetres from the left and the top of a page.
"""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import NamedTuple

from deckgen.jobs.grid import TINY, Grid, GridError, Line, grid_for
from deckgen.jobs.job import PrintJob
from deckgen.jobs.stock import PAPERS, CardSize, Sheet

TAB = 11.0  # height
NARROWEST, WIDEST = 19.0, 32.0  # of tabs: one holds the word for a box and its number

SEEN = 10.0  # of a label that is partly where a printer does not reach

Box = tuple[float, float, float, float]


class Divider(NamedTuple):
    """A piece: its sheet, counted from 0; where its label and its text stand (x, y, width, height); lines to cut along."""

    sheet: int
    label: Box
    body: Box
    cuts: tuple[Line, ...]


class Dividers(NamedTuple):
    """All pieces, and the marks that are the same on each of their sheets; `tab` is 0 where the tabs are strips inside."""

    page_width: float
    page_height: float
    tab: float
    marks: tuple[Line, ...]
    outlines: tuple[Line, ...]
    pieces: tuple[Divider, ...]


def dividers_for(job: PrintJob, count: int, *, rtl: bool = False) -> Dividers:
    """So many dividers for the cards of a job; the first tab is where lines begin. Raises GridError."""
    tab, grid = _fitting(job)
    a_sheet = len(grid.slots)
    pieces = [_piece(job, grid, tab, at % a_sheet, at // a_sheet, _tab(grid, at, count, rtl=rtl)) for at in range(count)]  # fmt: skip
    if any(piece.label[2] < SEEN or piece.label[3] < TAB / 2 for piece in pieces):
        raise GridError(
            "no room is left for the names on dividers: the cards are too large for the paper and the `margin`"
        )
    return Dividers(grid.page_width, grid.page_height, tab, grid.marks, grid.outlines, tuple(pieces))


def _fitting(job: PrintJob) -> tuple[float, Grid]:
    """With the tab outside where possible, and inside what a printer reaches where possible."""
    width, height = job.cards.width, job.cards.height_on(job.paper)
    plain = replace(job, text="standard", duplex="none", offset=(0.0, 0.0), bleed=0.0, corners=0.0)
    for tab in (TAB, 0.0):
        size = CardSize("divider", width, height + tab)
        for each in (_within(plain, size), size):
            try:
                if each:
                    return tab, grid_for(replace(plain, size=each))
            except GridError:
                continue
    raise GridError(f"a divider of {width:g} x {height:g} mm does not fit on {PAPERS[job.paper].name}")


def _within(job: PrintJob, size: CardSize) -> CardSize | None:
    """The size with a sheet that keeps all pieces off the edges of the paper, if they have room."""
    paper = PAPERS[job.paper]
    columns = floor((paper.width - 2 * job.margin + TINY) / size.width)
    rows = floor((paper.height - 2 * job.margin + TINY) / size.height)
    if not columns or not rows:
        return None
    left, top = (paper.width - columns * size.width) / 2, (paper.height - rows * size.height) / 2
    return size._replace(sheet=Sheet(columns, rows, left, top, size.width, size.height))


def _tab(grid: Grid, at: int, count: int, *, rtl: bool) -> tuple[float, float]:
    """The left edge of a tab, from that of its piece, and its width."""
    width = min(max(NARROWEST, min(WIDEST, grid.card_width / count)), grid.card_width)
    step = (grid.card_width - width) / max(1, count - 1)
    return (count - 1 - at if rtl else at) * step, width


def _piece(job: PrintJob, grid: Grid, tab: float, place: int, sheet: int, side: tuple[float, float]) -> Divider:
    x, y = grid.slots[place][:2]
    start, width = side
    strip = tab or min(TAB, grid.card_height / 4)
    safe = (job.margin, job.margin, grid.page_width - job.margin, grid.page_height - job.margin)
    label = _clipped((x + start, y, x + start + width, y + strip), safe)
    body = (
        x + grid.inset_x, y + strip + grid.inset_y, x + grid.card_width - grid.inset_x, y + grid.card_height - grid.inset_y,
    )  # fmt: skip
    cuts: list[Line] = []
    if tab:
        shoulder = y + tab
        if start > TINY:
            cuts += [(x, shoulder, x + start, shoulder), (x + start, y, x + start, shoulder)]
        if start + width < grid.card_width - TINY:
            cuts += [(x + start + width, y, x + start + width, shoulder), (x + start + width, shoulder, x + grid.card_width, shoulder)]  # fmt: skip
    seen = [_clipped(line, safe) for line in cuts]
    return Divider(sheet, _sized(label), _sized(body), tuple(line for line in seen if line[2] - line[0] + line[3] - line[1] > TINY))  # fmt: skip


def _clipped(box: Box, safe: Box) -> Box:
    """What of a box, or of a line, lies in another; of nothing, a box without extent."""
    x0, y0, x1, y1 = max(box[0], safe[0]), max(box[1], safe[1]), min(box[2], safe[2]), min(box[3], safe[3])
    return (x0, y0, x1, y1) if x1 >= x0 and y1 >= y0 else (x0, y0, x0, y0)


def _sized(box: Box) -> Box:
    return box[0], box[1], box[2] - box[0], box[3] - box[1]
