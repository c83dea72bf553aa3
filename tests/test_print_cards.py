"""Cards in every size, on both papers, printed on either edge, folded over or on one side: read back from the PDFs."""

from __future__ import annotations

from collections import defaultdict
from io import BytesIO
from typing import Any

import pikepdf
import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from printed import (
    POINT,
    bare,
    covered,
    deck,
    letters,
    note,
    numbered,
    on_field,
    opened,
    page_letters,
    para,
    pictures,
    print_deck,
)

from deckgen.diagnostics import Bag
from deckgen.jobs import PAPERS, Grid, PrintJob, grid_for
from deckgen.jobs.job import DUPLEX
from deckgen.jobs.stock import SIZES, CardSize, Sheet, card_size, free_size
from deckgen.load.jobs import problem_of
from deckgen.markup.tree import Break, Strong, Text

COUNTS = (1, 7, 8, 9, 100)
SHEET_NAME = (5.0, 5.5)  # points
SMALL = free_size(45, 45, Sheet(1, 1, 100, 100, 45, 45))
NARROW = card_size("40x290mm")
STOCK = [(size, paper) for size, each in SIZES.items() for paper in PAPERS if not each.paper or each.paper == paper]


def on_sheets(job: PrintJob, count: int) -> Any:
    return opened(print_deck(deck(numbered(count)), jobs=(job,))[f"{job.stem}-{job.paper}"])


def middles(page: Any) -> list[tuple[str, float, float]]:
    """Each visible character with its middle, in millimetres; but for the name of a sheet that stands small on its first card."""
    return [
        (char["c"], (char["bbox"][0] + char["bbox"][2]) / 2 / POINT, (char["bbox"][1] + char["bbox"][3]) / 2 / POINT)
        for block in page.get_text("rawdict", flags=0)["blocks"]
        for line in block["lines"]
        for span in line["spans"]
        for char in span["chars"]
        if char["c"].strip() and round(span["size"], 1) not in SHEET_NAME
    ]


def texts_at(page: Any, places: list[tuple[float, float]], grid: Grid) -> list[str]:
    """What stands on the card at each of these places; text in nobody's place is only that which names the sheet."""
    found: dict[int, list[str]] = defaultdict(list)
    for char, x, y in middles(page):
        at = next(
            (
                i
                for i, (left, top) in enumerate(places)
                if left < x < left + grid.card_width and top < y < top + grid.card_height
            ),
            -1,
        )
        found[at].append(char)
    assert not found[-1] or "Sheet" in "".join(found[-1]), "text outside of all cards"
    return ["".join(found[at]) for at in range(len(places))]


def check(document: Any, job: PrintJob, count: int) -> None:
    """Every question is on its card, its answer behind it or beside it, and nothing on cards that are not there."""
    grid = grid_for(job)
    fronts, backs = [slot[:2] for slot in grid.slots], [slot[2:] for slot in grid.slots]
    a_sheet = len(grid.slots)
    sheets = -(-count // a_sheet)
    each = 2 if job.duplex in ("long", "short") else 1
    assert len(document) == each * sheets
    for sheet in range(sheets):
        page = document[each * sheet]
        assert (page.rect.width / POINT, page.rect.height / POINT) == pytest.approx(
            (grid.page_width, grid.page_height), abs=0.01
        )
        if job.duplex == "fold":
            both = texts_at(page, [*fronts, *backs], grid)
            sides = both[:a_sheet], both[a_sheet:]
        else:
            sides = (
                texts_at(page, fronts, grid),
                texts_at(document[each * sheet + 1], backs, grid) if each == 2 else [""] * a_sheet,
            )
        for at, (front, back) in enumerate(zip(*sides, strict=True)):
            number = sheet * a_sheet + at
            here = number < count
            assert (f"Questiononly{letters(number)}?" in front) == here
            assert (f"Answeronly{letters(number)}." in back) == (here and job.duplex != "none")
            assert front.startswith(f"{number + 1}Basics") == here, "its number, and the name of its set"
            assert back.startswith(f"{number + 1}Basics") == (here and job.duplex != "none")
            assert "Answeronly" not in front
            assert "Questiononly" not in back


@pytest.mark.parametrize("duplex", DUPLEX)
@pytest.mark.parametrize(("size", "paper"), STOCK)
def test_each_back_on_its_front(size: str, paper: str, duplex: str) -> None:
    """On every stock, paper and way of printing, whatever the number of cards; all marks and boxes inside the page, on every page alike."""
    job = PrintJob("cards", paper, size=SIZES[size], duplex=duplex)
    if SIZES[size].sheet and duplex == "fold":
        assert "cannot be folded" in problem_of(job)
        return
    drawn = set()
    for count in COUNTS:
        document = on_sheets(job, count)
        check(document, job, count)
        for page in document:
            lines = [
                item
                for path in page.get_drawings()
                if path["color"] == (0.0, 0.0, 0.0) and path["width"] == 0.25
                for item in path["items"]
            ]
            ends = [point for item in lines for point in item[1:3]]
            assert all(
                4.9 * POINT < x < page.rect.width - 4.9 * POINT and 4.9 * POINT < y < page.rect.height - 4.9 * POINT
                for x, y in ends
            )
            drawn.add(tuple(sorted((round(x, 1), round(y, 1)) for x, y in ends)))
            for char, x, y in middles(page):
                assert 5 <= x <= page.rect.width / POINT - 5, char
                assert 5 <= y <= page.rect.height / POINT - 5, char
    assert len(drawn) == 1, "the grid is not the same on every page"


@pytest.mark.parametrize("changes", [{"duplex": "short", "turn": "notepad"}, {"turn": "notepad"}, {"offset": (0.4, -1.1)}, {"bleed": 3.0, "corners": 3.0}, {"marks": "lines"}, {"text": "large"}, {"text": "dyslexia"}, {"ink": "grey"}, {"margin": 10.0}])  # fmt: skip
@pytest.mark.parametrize("paper", PAPERS)
def test_other_settings_keep_backs_on_fronts(paper: str, changes: dict[str, Any]) -> None:
    """Whatever else is set, every answer lies behind its question."""
    job = PrintJob("cards", paper, **changes)
    check(on_sheets(job, 9), job, 9)


def test_backs_that_are_moved_are_moved() -> None:
    """The offset moves what is on the back by so many millimetres, and nothing on the front."""
    plain, moved = (on_sheets(PrintJob("cards", offset=offset), 3) for offset in ((0.0, 0.0), (2.0, -1.5)))
    assert middles(plain[0]) == middles(moved[0])
    before, after = ([each for each in middles(document[1]) if each[2] < 240] for document in (plain, moved))
    assert [char for char, _, _ in before] == [char for char, _, _ in after]
    for (_, x, y), (_, u, v) in zip(before, after, strict=True):
        assert (u - x, v - y) == pytest.approx((2.0, -1.5), abs=0.01)


@pytest.mark.parametrize(
    ("changes", "scaling", "duplex"),
    [
        ({}, "/None", "/DuplexFlipLongEdge"),
        ({"duplex": "short"}, "/None", "/DuplexFlipShortEdge"),
        ({"duplex": "fold"}, "/None", "/Simplex"),
    ],
)
def test_the_printer_is_told(changes: dict[str, Any], scaling: str, duplex: str) -> None:
    """The PDF asks for its own size and for the right edge, and is as sound as before."""
    job = PrintJob("cards", **changes)
    data = print_deck(deck(numbered(3)), jobs=(job,))[f"{job.stem}-a4"]
    with pikepdf.open(BytesIO(data)) as pdf:
        assert not pdf.check_pdf_syntax()
        wishes = pdf.Root.ViewerPreferences
        assert (str(wishes.PrintScaling), str(wishes.Duplex), bool(wishes.DisplayDocTitle)) == (scaling, duplex, True)


def test_the_printer_is_told_of_other_layouts_too() -> None:
    """A divider has nothing on its back; a handout may be printed however its reader likes."""
    made = print_deck(deck(numbered(3)), jobs=(PrintJob("leitner"), PrintJob("handout")))
    with pikepdf.open(BytesIO(made["leitner-a4"])) as pdf:
        assert str(pdf.Root.ViewerPreferences.Duplex) == "/Simplex"
    with pikepdf.open(BytesIO(made["handout-a4"])) as pdf:
        assert "/PrintScaling" not in pdf.Root.ViewerPreferences


def test_the_back_of_a_masked_picture_is_labelled() -> None:
    """The front covers what is asked for; the back shows it in a frame, with the answer in words."""
    document = on_field([covered()], "cards", "a4")
    front, back = pictures(document[0]), pictures(document[1])
    assert len(front) == len(back) == 3
    for page, fills in ((document[0], 4), (document[1], 3)):
        # One cover of four: white on the front of the first card, an empty frame on its back.
        shapes = [path for path in page.get_drawings() if path["width"] and 0.5 < path["width"] < 1.6 and path["rect"].y1 < 79 * POINT and path["rect"].x1 < 105 * POINT] if page.number == 0 else [path for path in page.get_drawings() if path["width"] and 0.5 < path["width"] < 1.6 and path["rect"].y1 < 79 * POINT and path["rect"].x0 > 105 * POINT]  # fmt: skip
        assert len([path for path in shapes if path["fill"]]) == fills


def test_what_is_too_full_can_stop_the_build() -> None:
    """A card that cannot hold its text is an error where the job says so, and the message counts the lines."""
    long = note("long", Question="Q?", Answer=" ".join(["word"] * 400))
    bag = Bag()
    assert print_deck(deck([long]), bag, jobs=(PrintJob("cards", overflow="stop"),)) == {}
    (problem,) = bag
    assert (problem.code, problem.severity) == ("overflow", "error")
    assert "lines too long" in problem.message
    more = Bag()
    assert list(print_deck(deck([long]), more, jobs=(PrintJob("cards", size=card_size("business")),))) == [
        "cards-business-a4"
    ]
    assert [item.severity for item in more] == ["warning"]


# Words, numbers and signs of several scripts, with marks and bold; none with a hyphen, at which lines may end.
ALPHABETS = ("abcdefghij", "αβγδκλμ", "жзиклмн", "ΔΩ≤≥−±→", "éüñøçß", "0123456789", "אבגדה")
WORDS = st.sampled_from(ALPHABETS).flatmap(lambda letters: st.text(letters, min_size=1, max_size=14))
TEXTS = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sides=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=11), size=st.sampled_from(["standard", "a7", "a6", "business", "3x5in", "60x45mm"]),
    paper=st.sampled_from(sorted(PAPERS)), duplex=st.sampled_from(DUPLEX), text=st.sampled_from(["standard", "dyslexia"]), bold=st.booleans(),
)  # fmt: skip
def test_nothing_is_lost(
    sides: list[tuple[str, str]], size: str, paper: str, duplex: str, text: str, bold: bool
) -> None:
    """Whatever stands on cards, in whatever script and length: each letter is on its own card, or all of it on the last pages."""
    job = PrintJob("cards", paper, size=card_size(size), duplex=duplex, text=text)
    grid = grid_for(job)
    notes = [
        note(f"n{at}", Question=question, Answer=(para(Strong((Text(answer),)) if bold else answer),))
        for at, (question, answer) in enumerate(sides)
    ]
    document = opened(print_deck(deck(notes), Bag(), jobs=(job,))[f"{job.stem}-{paper}"])
    each = 2 if duplex in ("long", "short") else 1
    a_sheet = len(grid.slots)
    sheets = -(-len(sides) // a_sheet)
    last = sorted(
        bare(
            "".join(
                document[at].get_text(flags=pymupdf.TEXT_PRESERVE_WHITESPACE)
                for at in range(each * sheets, len(document))
            )
        )
    )
    for at, words in enumerate(sides):
        for turned, side in enumerate(words[: 1 if duplex == "none" else 2]):
            slot = grid.slots[at % a_sheet]
            page = document[each * (at // a_sheet) + (turned if each == 2 else 0)]
            (got,) = texts_at_one(page, slot[2:] if turned else slot[:2], grid)
            missing = _left_over(sorted(bare(side)), sorted(got))
            assert not missing or not _left_over(sorted(bare(side)), last), (side, got)


def texts_at_one(page: Any, place: tuple[float, float], grid: Grid) -> list[str]:
    left, top = place
    return [
        "".join(
            char
            for char, x, y in middles(page)
            if left < x < left + grid.card_width and top < y < top + grid.card_height
        )
    ]


def _left_over(wanted: list[str], found: list[str]) -> list[str]:
    """The letters of `wanted` that are not among those found, each as often as it is missing."""
    rest = list(found)
    missing = []
    for char in wanted:
        if char in rest:
            rest.remove(char)
        else:
            missing.append(char)
    return missing


# --- cards that leave little room --------------------------------------------------------------------------------


def drawn(job: PrintJob, made: Any, bag: Bag | None = None) -> Any:
    return opened(next(iter(print_deck(made, bag, jobs=(job,)).values())))


@pytest.mark.parametrize("size", [SMALL, NARROW, card_size("60x60mm")])
@pytest.mark.parametrize("text", ["standard", "dyslexia", "large"])
def test_words_stay_inside_narrow_cards(size: CardSize, text: str) -> None:
    """On a card hardly wider than a word, letters are small enough for it, or the card is refused; none stands beyond its edges."""
    job = PrintJob("cards", size=size, text=text, duplex="none")
    if text == "large" and size.width < 60:
        assert "too small for `text: large`" in problem_of(job)
        return
    grid = grid_for(job)
    words = "Questiononly" + " electrocardiogram" * (text != "large")
    page = drawn(job, deck([note("a", Question=words, Answer="b")]), Bag())[0]
    x, y = grid.slots[0][:2]
    on_card = [letter for letter in page_letters(page) if letter.y0 < y + grid.card_height]
    assert bare(words) in bare("".join(letter.char for letter in on_card))
    assert all(
        x + grid.inset_x - 0.3 < each.x0 and each.x1 < x + grid.card_width - grid.inset_x + 0.3 for each in on_card
    )


def test_what_goes_on_elsewhere_leaves_the_edges_of_a_card_free() -> None:
    """Large print that is too much for a small card: what it begins with, and where it goes on, run into neither head nor foot."""
    job = PrintJob("cards", size=SIZES["a7"], text="large", margin=20.0)
    long = [note(f"n{at}", Question="Words to read " * 60, Answer="Long answer " * 80) for at in range(2)]
    document = drawn(job, deck(long), Bag())
    for page in (document[0], document[1]):
        heads = [each for each in page_letters(page) if round(each.size) == 14]
        feet = [each for each in page_letters(page) if round(each.size) == 12]
        body = [each for each in page_letters(page) if round(each.size) in (18, 9)]
        assert heads
        assert body
        top, bottom = min(each.y0 for each in heads), max(each.y1 for each in heads)
        assert all(each.y0 > bottom for each in body if each.y0 >= top)
        assert all(each.y1 < min(foot.y0 for foot in feet) for each in body if feet)
    for page in (document[2], document[3]):
        assert "Words" in page.get_text() or "answer" in page.get_text()
        for each in page_letters(page):
            assert each.x0 >= 19.9, "long texts keep to the margin that the job names"
            assert each.y0 >= 19.5
            assert each.x1 <= page.rect.width / POINT - 19.9
            assert each.y1 <= page.rect.height / POINT - 19.9


def test_the_name_of_a_sheet_has_a_line_even_under_a_single_card() -> None:
    """Where few cards lie in the middle of a sheet, its name is as wide as the paper allows, and keeps to the margin."""
    job = PrintJob("cards", size=SMALL)
    for page in drawn(job, deck(numbered(1))):
        named = [each for each in page_letters(page) if each.size == pytest.approx(7.0, abs=0.1) and each.y0 > 200]
        assert max(each.y1 for each in named) < page.rect.height / POINT - 4.8
        assert max(each.y1 for each in named) - min(each.y0 for each in named) < 4, "one line"


def test_lines_stay_apart_where_a_card_is_shortened() -> None:
    """What stood on lines of its own is not glued together in the few words that a card too full begins with."""
    lines = [part for at in range(90) for part in (Text(f"line{letters(at)}"), Break())]
    document = drawn(PrintJob("cards"), deck([note("a", Question="b", Answer=(para(*lines),))]), Bag())
    assert "lineaz linebz linecz" in " ".join(document[1].get_text().split())


@pytest.mark.parametrize("duplex", ["long", "short"])
@pytest.mark.parametrize("size", ["a7", "business", "40x40mm"])
def test_the_name_of_a_sheet_leaves_an_id_alone(size: str, duplex: str) -> None:
    """Where it has room only on the first card, the name of the sheet is as short as the id beside it demands, and one line."""
    some = [note(f"diuretic-furosemide-target-{at}", Question="q", Answer="a") for at in range(2)]
    job = PrintJob("cards", size=card_size(size), duplex=duplex)
    for page in drawn(job, deck(some, name="Pharmacology of bone and mineral metabolism in health and disease")):
        names = [each for each in page_letters(page) if each.size == pytest.approx(5.5, abs=0.1)]
        others = [each for each in page_letters(page) if each.size == pytest.approx(6.0, abs=0.1)]
        assert max(each.y1 for each in names) - min(each.y0 for each in names) < 3, "one line"
        assert not [
            (a.char, b.char)
            for a in names
            for b in others
            if a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1
        ]
