"""Where cards lie on sheets, reckoned without setting a page."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.jobs import PAPERS, Grid, GridError, PrintJob, grid_for
from deckgen.jobs.job import DUPLEX, MARKS, TURNS
from deckgen.jobs.stock import SIZES, Sheet, free_size

every_size = pytest.mark.parametrize("size", SIZES)
FITTING = {
    (size, paper): size_of
    for size, size_of in SIZES.items()
    for paper in PAPERS
    if not size_of.paper or size_of.paper == paper
}


def job(size: str, paper: str, **changes: object) -> PrintJob:
    return PrintJob("cards", paper, size=SIZES[size], **changes)  # type: ignore[arg-type]


def boxes(grid: Grid, side: str) -> list[tuple[float, float, float, float]]:
    at = 0 if side == "front" else 2
    return [
        (slot[at], slot[at + 1], slot[at] + grid.card_width, slot[at + 1] + grid.card_height) for slot in grid.slots
    ]


def turned_over(box: tuple[float, float, float, float], grid: Grid, edge: str) -> tuple[float, float, float, float]:
    """Where the back of a box lies once the sheet has been turned on an edge of the paper, told by hand."""
    x0, y0, x1, y1 = box
    upright = grid.page_width < grid.page_height
    if (edge == "long") == upright:  # about an axis that stands
        return grid.page_width - x1, y0, grid.page_width - x0, y1
    return x0, grid.page_height - y1, x1, grid.page_height - y0


@pytest.mark.parametrize(("size", "paper"), FITTING)
@pytest.mark.parametrize("edge", ["long", "short"])
def test_backs_lie_behind_fronts(size: str, paper: str, edge: str) -> None:
    """On every stock and paper each back lies exactly behind its front, whichever edge the printer turns the sheet on."""
    grid = grid_for(job(size, paper, duplex=edge))
    for front, back in zip(boxes(grid, "front"), boxes(grid, "back"), strict=True):
        assert back == pytest.approx(turned_over(front, grid, edge), abs=0.001)


@pytest.mark.parametrize(("size", "paper"), FITTING)
@pytest.mark.parametrize("duplex", DUPLEX)
def test_cards_lie_on_the_page_and_not_on_each_other(size: str, paper: str, duplex: str) -> None:
    """Every card has a place of its own, all of it on the page; text keeps clear of what the printer cannot reach."""
    if SIZES[size].sheet and duplex == "fold":
        with pytest.raises(GridError, match="folded"):
            grid_for(job(size, paper, duplex=duplex))
        return
    grid = grid_for(job(size, paper, duplex=duplex))
    assert {grid.page_width, grid.page_height} == {PAPERS[paper].width, PAPERS[paper].height}
    assert len(grid.slots) == grid.columns * grid.rows
    fronts, backs = boxes(grid, "front"), boxes(grid, "back")
    for each in (fronts, backs, [*fronts, *backs] if duplex == "fold" else fronts):
        for (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) in combinations(each, 2):
            assert ax1 <= bx0 + 0.06 or bx1 <= ax0 + 0.06 or ay1 <= by0 + 0.06 or by1 <= ay0 + 0.06
    for x0, y0, x1, y1 in (*fronts, *backs):
        assert x0 >= -0.06
        assert y0 >= -0.06
        assert x1 <= grid.page_width + 0.06
        assert y1 <= grid.page_height + 0.06
        assert x0 + grid.inset_x >= 5
        assert x1 - grid.inset_x <= grid.page_width - 5
        assert y0 + grid.inset_y >= 5
        assert y1 - grid.inset_y <= grid.page_height - 5


@pytest.mark.parametrize(("size", "paper"), FITTING)
@pytest.mark.parametrize("duplex", ["long", "short", "none"])
@pytest.mark.parametrize("marks", MARKS)
def test_marks_point_at_the_cuts(size: str, paper: str, duplex: str, marks: str) -> None:
    """Marks and lines lie inside what a printer reaches and run along a cut, and no crop mark runs into the text of a card."""
    grid = grid_for(job(size, paper, duplex=duplex, marks=marks))
    cuts_x = {round(edge, 2) for box in boxes(grid, "front") for edge in (box[0], box[2])}
    cuts_y = {round(edge, 2) for box in boxes(grid, "front") for edge in (box[1], box[3])}
    for x0, y0, x1, y1 in (*grid.marks, *grid.outlines):
        assert min(x0, x1) >= 4.99
        assert max(x0, x1) <= grid.page_width - 4.99
        assert min(y0, y1) >= 4.99
        assert max(y0, y1) <= grid.page_height - 4.99
        upright = x0 == x1
        assert any(abs((x0 if upright else y0) - cut) < 0.06 for cut in (cuts_x if upright else cuts_y))
    assert bool(grid.marks) == (marks == "crop")
    assert bool(grid.outlines) == (marks == "lines")
    # Whichever side of a sheet is up, the marks are the same: they do not change when it is turned.
    for line in grid.marks:
        over = sorted(turned_over(line, grid, "long"))
        assert any(sorted(other) == pytest.approx(over, abs=0.01) for other in grid.marks)


def test_precut_sheets_are_where_their_makers_say() -> None:
    """The cards of a sheet lie within it evenly: what is left over is alike on the left and right, at the top and bottom."""
    for name, size in SIZES.items():
        if size.sheet:
            grid = grid_for(job(name, size.paper))
            last = grid.slots[-1]
            assert grid.left == pytest.approx(grid.page_width - last.x - grid.card_width, abs=0.06), name
            assert grid.top == pytest.approx(grid.page_height - last.y - grid.card_height, abs=0.06), name
            assert not grid.marks


def test_which_stock_holds_how_many() -> None:
    """As many cards as have room, on a sheet that lies on its side where that helps."""
    counts = {(size, paper): len(grid_for(job(size, paper)).slots) for size, paper in FITTING if not SIZES[size].sheet}
    assert counts == {
        ("standard", "a4"): 8, ("standard", "letter"): 8, ("a7", "a4"): 8, ("a7", "letter"): 6, ("a6", "a4"): 4, ("a6", "letter"): 2,
        ("3x5in", "a4"): 4, ("3x5in", "letter"): 4, ("4x6in", "a4"): 2, ("4x6in", "letter"): 2,
        ("business", "a4"): 10, ("business", "letter"): 10, ("business-us", "a4"): 12, ("business-us", "letter"): 12,
    }  # fmt: skip


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("edge", ["long", "short"])
@pytest.mark.parametrize("size", ["standard", "a6"])
def test_a_card_turns_like_a_page(size: str, edge: str, turn: str) -> None:
    """A back stands on its head exactly when the sheet is turned about another axis than the card."""
    grid = grid_for(job(size, "a4", duplex=edge, turn=turn))
    upright = grid.page_width < grid.page_height
    about_standing_axis = (edge == "long") == upright
    assert grid.turned == (about_standing_axis != (turn == "book"))


@pytest.mark.parametrize(("size", "below"), [("a7", False), ("4x6in", True)])
def test_folded_over(size: str, below: bool) -> None:
    """Two sides lie beside each other with the fold between; where the paper is too narrow, below each other, the answer on its head."""
    grid = grid_for(job(size, "a4", duplex="fold"))
    for slot, (x0, y0, x1, y1) in zip(grid.slots, grid.folds, strict=True):
        if below:
            assert (slot.back_x, slot.back_y) == pytest.approx((slot.x, slot.y + grid.card_height))
            assert (x0, y0, x1, y1) == pytest.approx((slot.x, slot.back_y, slot.x + grid.card_width, slot.back_y))
        else:
            assert (slot.back_x, slot.back_y) == pytest.approx((slot.x + grid.card_width, slot.y))
            ends = (
                max(slot.y, 5.0),
                min(slot.y + grid.card_height, grid.page_height - 5.0),
            )  # as far as a printer reaches
            assert (x0, y0, x1, y1) == pytest.approx((slot.back_x, ends[0], slot.back_x, ends[1]))
    assert grid.turned == below


def test_the_offset_moves_backs_only() -> None:
    """Backs go right and down by so much; fronts and marks stay."""
    plain, moved = grid_for(job("a7", "a4")), grid_for(job("a7", "a4", offset=(0.4, -1.1)))
    assert [slot[:2] for slot in plain.slots] == [slot[:2] for slot in moved.slots]
    assert plain.marks == moved.marks
    for before, after in zip(plain.slots, moved.slots, strict=True):
        assert (after.back_x - before.back_x, after.back_y - before.back_y) == pytest.approx((0.4, -1.1))
    assert moved.inset_y > plain.inset_y - 0.001


@pytest.mark.parametrize("edge", ["long", "short"])
@pytest.mark.parametrize("marks", ["crop", "lines"])
@pytest.mark.parametrize("offset", [(0.0, 0.0), (3.0, -2.0)])
def test_guides_of_backs_lie_as_backs_do(edge: str, marks: str, offset: tuple[float, float]) -> None:
    """On a sheet that is not the same from all sides, and with an offset: a line runs along an edge of a back, or ends before it."""
    sheet = free_size(80, 50, Sheet(2, 4, 20.0, 12.0, 84.0, 50.0))
    made = PrintJob("cards", "a4", size=sheet, duplex=edge, marks=marks, offset=offset)
    grid = grid_for(made)
    edges_x = [edge for box in boxes(grid, "back") for edge in (box[0], box[2])]
    edges_y = [edge for box in boxes(grid, "back") for edge in (box[1], box[3])]
    lines = (*grid.back_marks, *grid.back_outlines)
    assert len(lines) == len((*grid.marks, *grid.outlines))
    for x0, y0, x1, y1 in lines:
        at, cuts = (x0, edges_x) if x0 == x1 else (y0, edges_y)
        assert min(abs(at - cut) for cut in cuts) < 0.01
        assert min(x0, y0) >= 5
        assert x1 <= 205
        assert y1 <= 292


@pytest.mark.parametrize(("size", "paper"), FITTING)
def test_the_name_of_a_sheet_keeps_off_the_marks_at_its_ends(size: str, paper: str) -> None:
    """It begins and ends beside the crop marks of the corners, not on them."""
    grid = grid_for(job(size, paper, marks="crop"))
    x, y, width = grid.label
    low = [line for line in grid.marks if line[0] == line[2] and line[3] > y]
    for line in (min(low), max(low)) if low and not grid.label_inside else ():
        assert not x - 1 < line[0] < x + width + 1


@pytest.mark.parametrize(("edge", "inside"), [("long", False), ("short", True)])
def test_the_name_of_a_sheet_keeps_off_its_backs(edge: str, inside: bool) -> None:
    """What is at the top of the front is at the foot of the back, when the sheet is turned so."""
    sheet = free_size(80, 50, Sheet(2, 4, 8.0, 6.0, 84.0, 50.0))
    assert grid_for(PrintJob("cards", "a4", size=sheet, duplex=edge)).label_inside is inside


def test_rows_are_filled_from_the_right_where_one_reads_so() -> None:
    """A deck in Hebrew begins at the upper right, and its backs lie behind its fronts all the same."""
    grid = grid_for(job("a7", "a4"), rtl=True)
    assert grid.slots[0].x > grid.slots[1].x
    for front, back in zip(boxes(grid, "front"), boxes(grid, "back"), strict=True):
        assert back == pytest.approx(turned_over(front, grid, "long"), abs=0.001)
    folded = grid_for(job("a7", "a4", duplex="fold"), rtl=True)
    assert all(slot.back_x < slot.x for slot in folded.slots)


@given(
    width=st.floats(40, 290), height=st.floats(40, 290), paper=st.sampled_from(sorted(PAPERS)),
    duplex=st.sampled_from(DUPLEX), bleed=st.sampled_from([0.0, 2.0, 5.0]), margin=st.floats(0, 20), offset=st.tuples(st.floats(-10, 10), st.floats(-10, 10)),
)  # fmt: skip
def test_any_size(
    width: float, height: float, paper: str, duplex: str, bleed: float, margin: float, offset: tuple[float, float]
) -> None:
    """A free size either has its grid, whole on the page and with room for text, or is refused in words."""
    made = PrintJob(
        "cards", paper, size=free_size(width, height), duplex=duplex, bleed=bleed, margin=margin, offset=offset
    )
    try:
        grid = grid_for(made)
    except GridError as error:
        assert str(error)  # noqa: PT017
        return
    for x0, y0, x1, y1 in boxes(grid, "front"):
        assert x0 >= -0.06
        assert x1 <= grid.page_width + 0.06
        assert y0 >= -0.06
        assert y1 <= grid.page_height + 0.06
        assert x0 + grid.inset_x >= margin - 0.001
        assert y1 - grid.inset_y <= grid.page_height - margin + 0.001
    assert grid.card_width - 2 * grid.inset_x >= 25, "room for a word"
    assert grid.card_height - 2 * grid.inset_y >= 20
