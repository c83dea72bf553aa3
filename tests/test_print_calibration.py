"""The calibration sheet, read back as an educator reads it: through the paper, on the scales, into the option."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import pytest
from printed import PAPERS, POINT, deck, note, opened, page_letters, print_deck

from deckgen.jobs import PrintJob, grid_for
from deckgen.jobs.stock import card_size
from deckgen.load.jobs import problem_of

EDGE = 5.0
UPRIGHT, LYING = card_size("standard"), card_size("a6")  # how their sheets lie on both papers, or on A4
SHIFT = (1.25, -2.4)  # what a bad printer does to backs: to the right, and down, as one reads them
Point = tuple[float, float]


class Scale(NamedTuple):
    """A scale as printed: its letter, its middle, and the places of the numbers along both directions."""

    letter: str
    x: float
    y: float
    across: Sequence[tuple[float, float]]
    down: Sequence[tuple[float, float]]


def sheet(job: PrintJob, language: str = "en") -> Any:
    (data,) = print_deck(deck([note("a", Question="Q", Answer="A")], language=language), jobs=(job,)).values()
    return opened(data)


def words(page: Any, low: float, high: float) -> list[tuple[str, float, float]]:
    """Words in letters of these sizes, with their middles."""
    found = []
    for block in page.get_text("dict")["blocks"]:
        for line in block["lines"]:
            for span in line["spans"]:
                if low <= span["size"] <= high and span["text"].strip():
                    x0, y0, x1, y1 = (side / POINT for side in span["bbox"])
                    found.append((span["text"].strip(), (x0 + x1) / 2, (y0 + y1) / 2))
    return found


def nearest(found: Sequence[tuple[str, float, float]], x: float, y: float) -> str:
    return min(found, key=lambda each: (each[1] - x) ** 2 + (each[2] - y) ** 2)[0]


def scales(page: Any) -> list[Scale]:
    """All scales of the front: frames of 12 mm, and the numbers around them."""
    letters = words(page, 12.9, 13.1)
    numbers = [(float(text.replace("−", "-")), x, y) for text, x, y in words(page, 6.4, 6.6)]
    found = []
    for drawing in page.get_drawings():
        box = [side / POINT for side in drawing["rect"]]
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if box[2] - box[0] == pytest.approx(12, abs=0.01) == box[3] - box[1]:
            near = [each for each in numbers if abs(each[1] - x) < 12 and abs(each[2] - y) < 12]
            across = [(at, value) for value, at, other in near if abs(other - y) > 6.5]
            down = [(at, value) for value, other, at in near if abs(other - x) > 6.5 and abs(at - y) <= 6.5]
            found.append(Scale(nearest(letters, x, y), x, y, across, down))
    return found


def crosses(page: Any) -> list[tuple[str, float, float]]:
    """All crosses of the back, with their letters."""
    letters = words(page, 12.9, 13.1)
    lines = [[side / POINT for side in drawing["rect"]] for drawing in page.get_drawings()]
    upright = [(x0, (y0 + y1) / 2) for x0, y0, x1, y1 in lines if y1 - y0 > 20 and x1 - x0 < 1]
    lying = [((x0 + x1) / 2, y0) for x0, y0, x1, y1 in lines if x1 - x0 > 20 and y1 - y0 < 1]
    assert len(upright) == len(lying) == 5
    assert all(any(one == pytest.approx(other, abs=0.1) for other in lying) for one in upright)
    return [(nearest(letters, x, y), x, y) for x, y in upright]


def through(page: Any, edge: str, x: float, y: float) -> Point:
    """Where a point of the back is seen from the front, when the sheet was turned on this edge."""
    width, height = page.rect.width / POINT, page.rect.height / POINT
    about_upright_axis = (edge == "long") == (height > width)
    return (width - x, y) if about_upright_axis else (x, height - y)


def read(numbers: Sequence[tuple[float, float]], at: float) -> float:
    """What a scale says at a place, from its first and its last number."""
    (first, low), (last, high) = min(numbers), max(numbers)
    return low + (at - first) * (high - low) / (last - first)


def readings(job: PrintJob, shift: Point) -> list[tuple[Point, Point]]:
    """What is read on each scale, and how far its cross is from its middle, with a printer that shifts backs."""
    front, back = sheet(job)
    seen = [(letter, *through(front, job.duplex, x + shift[0], y + shift[1])) for letter, x, y in crosses(back)]
    found = []
    for scale in scales(front):
        ((x, y),) = [(x, y) for letter, x, y in seen if letter == scale.letter]
        found.append(((read(scale.across, x), read(scale.down, y)), (x - scale.x, y - scale.y)))
    assert len(found) == 5
    return found


@pytest.mark.parametrize(("paper", "edge", "size"), [*product(PAPERS, ("long", "short"), (UPRIGHT,)), ("a4", "long", LYING), ("a4", "short", LYING)])  # fmt: skip
def test_what_is_read_brings_backs_into_place(paper: str, edge: str, size: Any) -> None:
    """The numbers on the scales are those to enter: with them the crosses lie in the rings, and backs on their fronts."""
    job = PrintJob("calibration", paper, duplex=edge, size=size)
    first = readings(job, SHIFT)
    for read_there, away in first:
        assert max(map(abs, away)) > 1, "a bad printer must be seen"
        assert read_there == pytest.approx((-SHIFT[0], -SHIFT[1]), abs=0.1)
    entered = (round(first[2][0][0], 2), round(first[2][0][1], 2))
    for read_there, away in readings(replace(job, offset=entered), SHIFT):
        assert away == pytest.approx((0, 0), abs=0.1)
        assert read_there == pytest.approx(entered, abs=0.1), "read again, the numbers are the same"
    for turn in ("book", "notepad"):
        grid = grid_for(replace(job, layout="cards", offset=entered, turn=turn))
        for slot in grid.slots:
            right = slot.back_x + SHIFT[0] + grid.card_width / 2
            down = slot.back_y + SHIFT[1] + grid.card_height / 2
            sideways = (edge == "long") == (grid.page_height > grid.page_width)
            behind = (grid.page_width - right, down) if sideways else (right, grid.page_height - down)
            middle = (slot.x + grid.card_width / 2, slot.y + grid.card_height / 2)
            assert behind == pytest.approx(middle, abs=0.1)


def test_an_offset_that_is_set_is_taken_into_account() -> None:
    """Whatever offset a sheet is printed with, the same printer reads the same numbers on it."""
    for offset in ((0.4, -1.1), (-3.0, 5.5)):
        for read_there, _ in readings(PrintJob("calibration", offset=offset), SHIFT):
            assert read_there == pytest.approx((-SHIFT[0], -SHIFT[1]), abs=0.1)
    front, back = sheet(PrintJob("calibration", offset=(0.4, -1.1)))
    for page in (front, back):
        assert "offset 0.4, −1.1" in " ".join(page.get_text().split())
    assert len({round(value, 2) for scale in scales(front) for _, value in scale.across}) >= 6


def test_a_sheet_turned_on_the_other_edge_is_noticed() -> None:
    """Each cross has the letter of the scale it shines through on; on the other edge, those of the corners differ."""
    front, back = sheet(PrintJob("calibration"))
    there, behind = scales(front), crosses(back)
    for edge, right in (("long", 5), ("short", 1)):
        met = 0
        for letter, x, y in behind:
            at = through(front, edge, x, y)
            scale = min(there, key=lambda each: (each.x - at[0]) ** 2 + (each.y - at[1]) ** 2)
            met += scale.letter == letter
        assert met == right


@pytest.mark.parametrize("language", ["en-US", "de", "fr", "es", "ar"])
@pytest.mark.parametrize("size", [UPRIGHT, LYING])
def test_the_words_leave_the_scales_free(language: str, size: Any) -> None:
    """In every language the instructions keep away from scales, crosses and the edges of the paper."""
    job = PrintJob("calibration", "a4", size=size, offset=(0.4, -1.1))
    front, back = sheet(job, language)
    middles = [(scale.x, scale.y) for scale in scales(front)]
    for page, room in ((front, 9.0), (back, 0.0)):
        width, height = page.rect.width / POINT, page.rect.height / POINT
        found = list(page_letters(page))
        assert all(min(x0, y0) >= EDGE and x1 <= width - EDGE and y1 <= height - EDGE for _, x0, y0, x1, y1, _ in found)
        for letter in found:
            if letter.size > 8.1 and letter.size != pytest.approx(13, abs=0.1):
                assert not any(abs(letter.x0 - x) < room + 2 and abs(letter.y0 - y) < room + 2 for x, y in middles)
    lines = [drawing["rect"] for drawing in front.get_drawings()]
    table = [[side / POINT for side in rect] for rect in lines if rect.width / POINT > 20]
    assert all(y0 > 5 and y1 < front.rect.height / POINT - EDGE for _, y0, _, y1 in table)


@pytest.mark.parametrize("paper", PAPERS)
def test_rulers_tell_whether_the_printer_scales(paper: str) -> None:
    """A line of 100 mm lies in each direction."""
    front, _ = sheet(PrintJob("calibration", paper))
    sides = [(drawing["rect"].width / POINT, drawing["rect"].height / POINT) for drawing in front.get_drawings()]
    assert sum(size == pytest.approx((100, 0), abs=0.01) for size in sides) == 1
    assert sum(size == pytest.approx((0, 100), abs=0.01) for size in sides) == 1


@pytest.mark.parametrize("duplex", ["fold", "none"])
def test_one_side_needs_no_calibration(duplex: str) -> None:
    """Where nothing is printed on backs, the layout says that there is nothing to calibrate."""
    assert "nothing to calibrate" in problem_of(PrintJob("calibration", duplex=duplex))
    assert problem_of(PrintJob("calibration")) == ""
