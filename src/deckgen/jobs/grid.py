"""Where cards lie on a sheet: the grid, the two places of every card, and the lines that guide a cut.

Long edge, short edge: the edge of the paper on which the printer turns the sheet. All lengths are millimetres, from the
left and the top of the page as it is read. Knows geometry only.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import floor
from typing import NamedTuple

from deckgen.jobs.job import PrintJob
from deckgen.jobs.stock import PAPERS, Sheet

TINY = 0.05  # what rounding may take: A7 is said to be half as wide as A4
MARK, AWAY = 4.0, 1.0  # a crop mark is so long, and so far from the cards
SHORTEST = 1.5  # a mark that is shorter is not seen
LABEL = 5.0  # height of the line that names the sheet
CLEAR = 1.5  # between that line and the crop marks at the corners
NAMED = 160.0  # width in which that line has a long name, the number of the sheet, and how to print it
# Width and height that text needs, by how it is set: for a word of seven letters, and for one that says where it goes on.
LEAST = {"standard": (25.0, 20.0), "large": (50.0, 30.0), "dyslexia": (28.0, 22.0)}
SAFE = 0.5  # between text and what a printer cannot reach

Line = tuple[float, float, float, float]


class GridError(ValueError):
    """No card of this size has room on this paper."""


class Slot(NamedTuple):
    """The upper left corner of a card: of its front, and of its back on the next page (beside it, where it is folded)."""

    x: float
    y: float
    back_x: float
    back_y: float


class Grid(NamedTuple):
    """The grid of a sheet. `inset_x`, `inset_y`: how far text keeps from the edges of a card.

    `marks`, `outlines` and `folds` guide the cut on fronts, `back_marks` and `back_outlines` on backs, where they lie as the cards do.
    `turned`: backs stand on their heads, because the sheet is turned, or folded, the other way than a card is. `label` is where the
    line that names the sheet stands: x, y, width; `label_inside` when that is inside the first card, because no room is left.
    """

    page_width: float
    page_height: float
    columns: int
    rows: int
    card_width: float
    card_height: float
    left: float
    top: float
    step_x: float
    step_y: float
    inset_x: float
    inset_y: float
    turned: bool
    slots: tuple[Slot, ...]
    marks: tuple[Line, ...]
    outlines: tuple[Line, ...]
    folds: tuple[Line, ...]
    back_marks: tuple[Line, ...]
    back_outlines: tuple[Line, ...]
    label: tuple[float, float, float]
    label_inside: bool


def grid_for(job: PrintJob, *, rtl: bool = False) -> Grid:
    """The grid of a job's sheets; `rtl` fills rows from the right. Raises GridError."""
    grids = [_grid(job, *page, rtl=rtl) for page in _pages(job)]
    width, height = LEAST[job.text]
    roomy = [
        grid
        for grid in grids
        if grid.card_width - 2 * grid.inset_x >= width and grid.card_height - 2 * grid.inset_y >= height
    ]
    if not roomy:
        so = "" if job.text == "standard" else f"`text: {job.text}`, "
        raise GridError(f"no room is left for text: the cards are too small for {so}the `margin` and the `offset`")
    return max(roomy, key=lambda each: len(each.slots))


class _Page(NamedTuple):
    """One way in which cards can lie on paper. `across` and `down`: what is cut out in one piece, both sides if it is folded."""

    width: float
    height: float
    sheet: Sheet
    across: float
    down: float


def _pages(job: PrintJob) -> list[_Page]:
    """The ways in which cards can lie: upright pages first, lying ones where they hold more."""
    size = job.cards
    paper = PAPERS[job.paper]
    width, height = size.width, size.height_on(job.paper)
    if size.sheet:
        return [_said(job, paper.width, paper.height)]
    turns = ((paper.width, paper.height), (paper.height, paper.width))
    pieces = ((2 * width, height), (width, 2 * height)) if job.duplex == "fold" else ((width, height),)
    for piece in pieces:  # folded at its side, else at its foot
        found = [page for turn in (turns[:1] if size.upright else turns) if (page := _fitting(job, *turn, *piece))]
        if found:
            return found
    folded = " folded over" if job.duplex == "fold" else ""
    raise GridError(f"a card of {size.width:g} x {size.height:g} mm{folded} does not fit on {paper.name}")


def _fitting(job: PrintJob, page_width: float, page_height: float, across: float, down: float) -> _Page | None:
    """As many pieces as have room, in the middle of the page; None when not even one has."""
    gap = 2 * job.bleed
    columns = floor((page_width + gap + TINY) / (across + gap))
    rows = floor((page_height + gap + TINY) / (down + gap))
    if not columns or not rows:
        return None
    left, top = (
        (page - count * (one + gap) + gap) / 2
        for page, count, one in ((page_width, columns, across), (page_height, rows, down))
    )
    sheet = Sheet(columns, rows, max(left, 0.0), max(top, 0.0), across + gap, down + gap)
    return _Page(page_width, page_height, sheet, across, down)


def _said(job: PrintJob, page_width: float, page_height: float) -> _Page:
    """A sheet whose dimensions are given; it must lie on the page, and turn onto itself."""
    size, sheet = job.cards, job.cards.sheet
    name = PAPERS[job.paper].name
    if sheet is None:
        raise GridError("no sheet is given")
    if size.paper and size.paper != job.paper:
        raise GridError(f"{size.what.partition(':')[0]} comes on {PAPERS[size.paper].name}, not on {name}")
    if job.duplex == "fold":
        raise GridError("cards on pre-cut sheets cannot be folded over; choose a free size such as `business`")
    right = sheet.left + (sheet.columns - 1) * sheet.step_x + size.width
    bottom = sheet.top + (sheet.rows - 1) * sheet.step_y + size.height
    if right > page_width + TINY or bottom > page_height + TINY:
        raise GridError(f"{sheet.columns} x {sheet.rows} cards reach to {right:g} x {bottom:g} mm, beyond {name}")
    if sheet.step_x + TINY < size.width or sheet.step_y + TINY < size.height:
        raise GridError("the cards lie over each other: their step is smaller than their size")
    if job.bleed and min(sheet.step_x - size.width, sheet.step_y - size.height) + TINY < 2 * job.bleed:
        raise GridError("the gaps between the cards of this sheet are too narrow for the `bleed`")
    return _Page(page_width, page_height, sheet, size.width, size.height)


def _grid(
    job: PrintJob, page_width: float, page_height: float, sheet: Sheet, across: float, down: float, *, rtl: bool
) -> Grid:
    fold = job.duplex == "fold"
    width, height = job.cards.width, job.cards.height_on(job.paper)
    stacked = fold and down > height + TINY
    right = page_width - sheet.left - (sheet.columns - 1) * sheet.step_x - across
    bottom = page_height - sheet.top - (sheet.rows - 1) * sheet.step_y - down
    outside = (sheet.left, right, sheet.top, bottom)
    sideways = turns_sideways(job, page_width, page_height)
    reach = (0.0, 0.0) if fold or job.duplex == "none" else (abs(job.offset[0]), abs(job.offset[1]))
    inset_x = max(6.0 if width >= 80 else 4.5, job.margin - min(sheet.left, right) + reach[0] + SAFE)
    inset_y = max(4.0 if height >= 60 else 3.0, job.margin - min(sheet.top, bottom) + reach[1] + SAFE)
    corners = [
        (sheet.left + column * sheet.step_x, sheet.top + row * sheet.step_y)
        for row in range(sheet.rows)
        for column in (reversed(range(sheet.columns)) if rtl else range(sheet.columns))
    ]
    if fold:
        slots = tuple(_folded(x, y, width, 0.0 if not stacked else height, rtl=rtl) for x, y in corners)
    else:
        slots = tuple(_slot(job, x, y, page_width, page_height, sideways=sideways) for x, y in corners)
    xs = [sheet.left + column * sheet.step_x for column in range(sheet.columns)]
    ys = [sheet.top + row * sheet.step_y for row in range(sheet.rows)]
    cut_x, cut_y = _cuts(xs, across), _cuts(ys, down)
    kind = job.marks or ("none" if job.cards.sheet and job.cards.paper else "crop")
    marks = _marks(cut_x, cut_y, page_width, page_height, job, outside) if kind == "crop" else ()
    outlines = _outlines(cut_x, cut_y, page_width, page_height, job.margin) if kind == "lines" else ()
    folds = [
        (x, y + height, x + width, y + height) if stacked else (x + width, y, x + width, y + height)
        for x in xs for y in ys
    ] if fold else []  # fmt: skip
    ends = (max(sheet.left, job.margin), max(right, job.margin))
    if page_width - sum(ends) < NAMED:  # a few cards in the middle of a sheet
        ends = (job.margin, job.margin)
    room = job.margin + LABEL  # the name of the sheet stands clear of the cards, and of what guides the cut
    inside = bottom < room + AWAY + (MARK if kind == "crop" else 0.0)
    if job.duplex in ("long", "short"):  # it stands on the back too, where cards may lie lower
        below = (bottom if sideways else sheet.top) - job.offset[1]
        inside = inside or below + (0.0 if kind == "lines" else inset_y) < room
    return Grid(
        page_width, page_height, sheet.columns, sheet.rows, width, height, sheet.left, sheet.top, sheet.step_x, sheet.step_y,
        inset_x, inset_y,
        turned=job.duplex != "none" and (not stacked if fold else sideways) == (job.turn == "notepad"),
        slots=slots,
        marks=marks, outlines=outlines, folds=_reached(folds, page_width, page_height, job.margin),
        back_marks=_on_back(marks, page_width, page_height, job, sideways=sideways),
        back_outlines=_on_back(outlines, page_width, page_height, job, sideways=sideways),
        label=(ends[0] + CLEAR, page_height - job.margin - LABEL, page_width - sum(ends) - 2 * CLEAR),
        label_inside=inside,
    )  # fmt: skip


def turns_sideways(job: PrintJob, page_width: float, page_height: float) -> bool:
    """Whether what lies on the left of a sheet is on the right once it is turned; else what was below comes to the top.

    Turned on its long edge, an upright sheet shows its left side on the right; a lying one what was below at the top.
    """
    return (job.duplex == "long") == (page_width < page_height)


def _folded(x: float, y: float, width: float, below: float, *, rtl: bool) -> Slot:
    """The answer beside the question, or so far below it."""
    if below:
        return Slot(x, y, x, y + below)
    return Slot(x + width, y, x, y) if rtl else Slot(x, y, x + width, y)


def _slot(job: PrintJob, x: float, y: float, page_width: float, page_height: float, *, sideways: bool) -> Slot:
    width, height = job.cards.width, job.cards.height_on(job.paper)
    if job.duplex == "none":
        return Slot(x, y, x, y)
    dx, dy = job.offset
    if sideways:
        return Slot(x, y, page_width - x - width + dx, y + dy)
    return Slot(x, y, x + dx, page_height - y - height + dy)


# ---- guides for the cut -----------------------------------------------------------------------------------------


def _cuts(starts: list[float], length: float) -> list[float]:
    """Where is cut along one direction: both edges of every card, and one line where two cards meet."""
    edges = sorted({round(edge, 3) for start in starts for edge in (start, start + length)})
    return [edge for at, edge in enumerate(edges) if at == 0 or edge - edges[at - 1] > TINY]


def _marks(
    cut_x: list[float], cut_y: list[float], page_width: float, page_height: float, job: PrintJob, outside: tuple[float, float, float, float]
) -> tuple[Line, ...]:  # fmt: skip
    """Short lines that point at each cut from outside the cards; where there is no room, from the margin inwards along it."""
    left, right, top, bottom = outside
    marks: list[Line] = []
    for x in cut_x:
        if job.margin <= x <= page_width - job.margin:
            marks += [(x, a, x, b) for a, b in _ends(top, bottom, page_height, job)]
    for y in cut_y:
        if job.margin <= y <= page_height - job.margin:
            marks += [(a, y, b, y) for a, b in _ends(left, right, page_width, job)]
    return tuple(marks)


def _ends(before: float, after: float, page: float, job: PrintJob) -> list[tuple[float, float]]:
    """The two stretches of a mark along one line: before the cards and behind them, beyond what bleeds."""
    margin, away = job.margin, max(AWAY, job.bleed)
    ends = []
    for space in (before, after):
        free = min(MARK, space - away - margin)
        start, end = (space - away - free, space - away) if free >= SHORTEST else (margin, margin + MARK)
        ends.append((start, end))
    (a, b), (c, d) = ends
    return [(a, b), (page - d, page - c)]


def _outlines(
    cut_x: list[float], cut_y: list[float], page_width: float, page_height: float, margin: float
) -> tuple[Line, ...]:
    """Whole lines along every cut, as far as a printer reaches."""
    down = (max(cut_y[0], margin), min(cut_y[-1], page_height - margin))
    across = (max(cut_x[0], margin), min(cut_x[-1], page_width - margin))
    lines: list[Line] = [(x, down[0], x, down[1]) for x in cut_x if margin <= x <= page_width - margin]
    return (*lines, *((across[0], y, across[1], y) for y in cut_y if margin <= y <= page_height - margin))


def _on_back(lines: Iterable[Line], page_width: float, page_height: float, job: PrintJob, *, sideways: bool) -> tuple[Line, ...]:  # fmt: skip
    """The same lines as they lie on the back of the sheet: turned over with the cards, and moved with them."""
    right, down = job.offset
    turned = (
        (page_width - x1 + right, y0 + down, page_width - x0 + right, y1 + down)
        if sideways
        else (x0 + right, page_height - y1 + down, x1 + right, page_height - y0 + down)
        for x0, y0, x1, y1 in lines
    )
    return _reached(turned, page_width, page_height, job.margin)


def _reached(lines: Iterable[Line], page_width: float, page_height: float, margin: float) -> tuple[Line, ...]:
    """What of these lines a printer reaches, where that is enough to be seen."""
    found = []
    for x0, y0, x1, y1 in lines:
        a, b, c, d = max(x0, margin), max(y0, margin), min(x1, page_width - margin), min(y1, page_height - margin)
        if c >= a - TINY and d >= b - TINY and c - a + d - b >= SHORTEST:
            found.append((a, b, c, d))
    return tuple(found)
