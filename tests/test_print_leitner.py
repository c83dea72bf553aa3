"""The Leitner kit: its plan holds what the page promises, and calendar, dividers and log are printed as planned."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed import PAPERS, POINT, Letter, deck, note, numbered, opened, page_letters, print_deck

from deckgen.diagnostics import Bag
from deckgen.jobs import PrintJob
from deckgen.jobs.dividers import TAB, dividers_for
from deckgen.jobs.stock import PAPERS as SHEETS
from deckgen.jobs.stock import SIZES, CardSize, card_size
from deckgen.load.jobs import problem_of
from deckgen.model import Deck
from deckgen.printing.leitner import Plan, calendar, interval, plain_days, plan

EDGE = 5.0
LANGUAGES = ("en", "de", "fr", "es")
plans = st.builds(plan, st.integers(1, 400), st.integers(3, 7), st.integers(1, 1500), exam=st.booleans())
days = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))


# ---- the plan ---------------------------------------------------------------------------------------------------


@given(plans)
def test_each_box_is_due_as_often_as_said(made: Plan) -> None:
    """From its first day to the end, box n is due every 2^(n-1) days, and beside box 1 there is at most one other."""
    for box in range(1, made.boxes + 1):
        on = [day.number for day in made.days if box in day.due and box != day.again]
        regular = list(range(made.firsts[box - 1], len(made.days) + 1, interval(box)))
        again = [day.number for day in made.days if day.again == box]
        assert sorted({*on, *again}) == sorted({*regular, *again})
    assert all(len(set(day.due) - {1, day.again}) <= 1 for day in made.days)
    assert all(list(day.due) == sorted(set(day.due), reverse=True) for day in made.days)


@given(plans)
def test_every_card_is_new_on_one_day(made: Plan) -> None:
    """All cards are begun, each once, in order; no day brings more than one more than another, the last days bring none."""
    cards = made.days[-1].new[1]
    assert [at for day in made.days for at in range(*day.new)] == list(range(cards))
    counts = [day.new[1] - day.new[0] for day in made.days]
    bringing = counts[: len(counts) - made.rising]
    assert max(bringing) - min(bringing) <= 1
    assert made.a_day == (min(bringing), max(bringing))
    assert not any(counts[len(counts) - made.rising :])
    assert counts[0] > 0, "studying begins on the first day"


def climbed(made: Plan) -> list[int]:
    """The box of every card in the end, when all answers are right; asserts that no box is due that cannot hold a card."""
    where: list[int] = []
    for day in made.days:
        for box in day.due:
            if day.number == made.firsts[box - 1]:
                assert box in where, "the first card is there when its box is due for the first time"
            where = [min(each + 1, made.boxes) if each == box else each for each in where]
        where += [1] * (day.new[1] - day.new[0])
    return where


@settings(max_examples=50)
@given(st.integers(1, 400), st.integers(3, 7), st.integers(1, 200), st.booleans())
def test_late_cards_can_still_rise(length: int, boxes: int, cards: int, exam: bool) -> None:
    """Where the plan is three times as long as the top box waits, even the last card can come into it."""
    made = plan(length, boxes, cards, exam=exam)
    where = climbed(made)
    assert len(where) == cards
    if length >= 3 * interval(boxes):
        assert min(where) == boxes
    elif length > 1:
        assert min(where) > 1, "every card is seen again before the exam"


@given(plans)
def test_before_an_exam_boxes_are_gone_through_once_more(made: Plan) -> None:
    """On the last days the highest boxes that can hold cards come once more, one a day, downwards, within the days without new cards."""
    last = [day.again for day in made.days if day.again]
    assert all(high - low == 1 for high, low in pairwise(last))
    assert len(last) <= made.rising
    if last:
        assert [day.again for day in made.days[-len(last) :]] == last
        begin = made.days[-len(last)].number
        assert made.firsts[last[0] - 2] < begin, "a card can be in that box by then"


def test_a_plan_without_an_exam_goes_on() -> None:
    """A plan without dates holds every box, and the days after its last are those of its last rhythm again."""
    for boxes in range(3, 8):
        length = plain_days(boxes)
        made, longer = plan(length, boxes, 10, exam=False), plan(length + interval(boxes), boxes, 10, exam=False)
        assert made.firsts[-1] <= length
        assert not any(day.again for day in made.days)
        again = longer.days[length - interval(boxes) : length]
        assert [day.due for day in longer.days[length:]] == [day.due for day in again]


@given(days, st.integers(1, 400), st.booleans())
def test_a_calendar_shows_each_day_once(first: dt.date, length: int, sunday: bool) -> None:
    """Every day stands once, in the column of its weekday, on a page that names its month; few weeks share one page."""
    last = first + dt.timedelta(length)
    pages = calendar(first, last, sunday=sunday)
    shown = [day for page in pages for week in page.weeks for day in week if day and first <= day <= last]
    assert shown == [first + dt.timedelta(at) for at in range(length + 1)]
    for page in pages:
        assert 1 <= len(page.weeks) <= 6
        for week in page.weeks:
            assert len(week) == 7
            for column, day in enumerate(week):
                assert day is None or day.isoweekday() % 7 == (column if sunday else (column + 1) % 7)
                assert day is None or not first <= day <= last or day.replace(day=1) in page.months
    assert length > 35 or len(pages) == 1


def test_impossible_dates_are_refused() -> None:
    """An exam more than 400 days off, or without a start, is no plan; 400 days are one."""
    assert "more than 400 days" in problem_of(PrintJob("leitner", start="2026-01-01", exam="2027-02-06"))
    assert problem_of(PrintJob("leitner", start="2026-01-01", exam="2027-02-05")) == ""
    assert "both" in problem_of(PrintJob("leitner", exam="2027-02-05"))


# ---- the kit on paper -------------------------------------------------------------------------------------------


def kit(job: PrintJob, count: int = 40, language: str = "en", made: Deck | None = None) -> tuple[bytes, Any]:
    (data,) = print_deck(made or deck(numbered(count), language=language), jobs=(job,)).values()
    return data, opened(data)


def said(page: Any) -> str:
    return " ".join(page.get_text().split())


def cells(page: Any) -> list[list[str]]:
    """The words of a calendar, cell by cell, by the lines around them; the first row is its head."""
    lines = [[side / POINT for side in drawing["rect"]] for drawing in page.get_drawings()]
    xs = sorted({round(x0, 1) for x0, y0, x1, y1 in lines if x1 - x0 < 0.01 and y1 - y0 > 5})
    ys = sorted({round(y0, 1) for x0, y0, x1, y1 in lines if y1 - y0 < 0.01 and x1 - x0 > 15})
    found = [["" for _ in pairwise(xs)] for _ in pairwise(ys)]
    for x0, y0, x1, y1, word, *_ in page.get_text("words", sort=True):
        x, y = (x0 + x1) / 2 / POINT, (y0 + y1) / 2 / POINT
        row = [at for at, (low, high) in enumerate(pairwise(ys)) if low < y < high]
        column = [at for at, (low, high) in enumerate(pairwise(xs)) if low < x < high]
        if row and column:
            found[row[0]][column[0]] += f" {word}"
    return [[cell.strip() for cell in row] for row in found]


def inside(document: Any) -> None:
    """All letters of all pages keep off the edges of the paper."""
    for page in document:
        width, height = page.rect.width / POINT, page.rect.height / POINT
        for letter in page_letters(page):
            assert min(letter.x0, letter.y0) >= EDGE, (page.number, letter)
            assert letter.x1 <= width - EDGE, (page.number, letter)
            assert letter.y1 <= height - EDGE, (page.number, letter)


def test_the_calendar_says_what_the_plan_says() -> None:
    """Each day has its number, its boxes from the highest down, and the numbers of its new cards as they stand on cards."""
    pair = {"Reverse_question": "Q", "Reverse_answer": "A"}
    notes = [note(f"n{at}", "reversed", Question="Q", Answer="A", **pair) for at in range(20)]
    start, exam = dt.date(2027, 1, 30), dt.date(2027, 4, 2)
    job = PrintJob("leitner", start=start.isoformat(), exam=exam.isoformat())
    _, document = kit(job, made=deck(notes))
    made = plan((exam - start).days, 5, 40, exam=True)
    names = [f"{at + 1}{letter}" for at in range(20) for letter in "ab"]
    months = [page for page in document if page.rect.width > page.rect.height]
    assert [said(page).split(" Monday")[0].removesuffix(" Heart") for page in months] == [
        "January 2027", "February 2027", "March 2027", "April 2027",
    ]  # fmt: skip
    shown: dict[dt.date, str] = {}
    for month, page in zip(calendar(start, exam), months, strict=True):
        head, *weeks = cells(page)
        assert head == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        for week, row in zip(month.weeks, weeks, strict=True):
            shown |= {day: words for day, words in zip(week, row, strict=True) if day}
            assert all(words == "" for day, words in zip(week, row, strict=True) if day is None)
    for number, day in enumerate(made.days):
        date = start + dt.timedelta(number)
        begin, end = day.new
        new = "–".join(dict.fromkeys((names[begin], names[end - 1]))) if end > begin else ""
        expected = [str(date.day), *map(str, day.due), *(["New", new] if new else [])]
        assert shown[date].split() == expected
    assert shown[exam] == "2 Exam"
    assert shown[dt.date(2027, 1, 29)] == "29"
    assert shown[dt.date(2027, 4, 3)] == "3"


@pytest.mark.parametrize(("language", "first"), [("en-US", "Sunday"), ("en-GB", "Monday"), ("de", "Montag"), ("fr", "Lundi"), ("es", "Lunes")])  # fmt: skip
def test_three_days_are_one_page(language: str, first: str) -> None:
    """A short plan over the end of a year is one week on one page, which begins on the day of the language's weeks."""
    _, document = kit(PrintJob("leitner", "letter", start="2027-12-29", exam="2028-01-01"), language=language)
    (page,) = [page for page in document if page.rect.width > page.rect.height]
    head, week = cells(page)
    assert head[0] == first
    assert sum(bool(day) for day in week) == 7
    assert "2027" in said(page)
    assert "2028" in said(page)
    inside(document)


def test_a_year_has_all_its_months() -> None:
    """A long plan has a page for every month, each with room for all its days, also in large print."""
    job = PrintJob("leitner", "letter", boxes=7, text="large", start="2027-02-01", exam="2028-02-29")
    _, document = kit(job, 900)
    months = [page for page in document if page.rect.width > page.rect.height]
    assert len(months) == 13
    for page in months:
        _, *weeks = cells(page)
        assert all(len(cell.split()) <= 6 for week in weeks for cell in week)
        sizes = {round(letter.size) for letter in page_letters(page)}
        assert min(sizes) >= 18
    inside(document)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["standard", "large", "dyslexia"])
def test_a_plan_without_dates_counts_days(language: str, text: str) -> None:
    """Without dates there is no calendar but a table of 64 days; the log sheet has 30 rows; all in every language and text mode."""
    data, document = kit(PrintJob("leitner", text=text), language=language)
    inside(document)
    assert not [page for page in document if page.rect.width > page.rect.height]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        tables = [list(table_rows(node)) for node in nodes(pdf.Root.StructTreeRoot) if node.get("/S") == "/Table"]
    assert [len(rows) for rows in tables] == [1 + 5, 1 + 64, 1 + 30]
    for rows in tables:
        assert {str(cell.S) for cell in rows[0]} == {"/TH"}
        assert {str(cell.S) for row in rows[1:] for cell in row} == {"/TD"}
    if language == "en":
        assert "After day 64, go on at day 49." in said(document[0]) + said(document[1])


def nodes(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from nodes(kid)


def table_rows(table: Any) -> Iterator[list[Any]]:
    for node in nodes(table):
        if node.S == "/TR":
            yield [cell for cell in nodes(node) if cell.S in {"/TH", "/TD"}]


def test_right_to_left_weeks_begin_on_the_right() -> None:
    """In a deck that is written from right to left, the first day of a week stands on the right, and so does the first tab."""
    _, document = kit(PrintJob("leitner", start="2027-03-01", exam="2027-03-20"), language="ar")
    (page,) = [page for page in document if page.rect.width > page.rect.height]
    head, week, *_ = cells(page)
    assert head[-1] == "Monday"
    assert week[-1].split()[0] in {"1", "March"}
    assert week[-2].split()[0] == "2"
    pieces = dividers_for(PrintJob("leitner"), 6, rtl=True).pieces
    assert pieces[0].label[0] > pieces[4].label[0], "both lie in the left column of their rows"


# ---- dividers ---------------------------------------------------------------------------------------------------

OWN = [card_size(size) for size in ("40x40mm", "200x290mm", "215x275mm", "290x60mm", "205x60mm")]
FITTING = [
    (paper, size)
    for paper, size in product(PAPERS, (*SIZES.values(), *OWN))
    if not problem_of(PrintJob("cards", paper, size=size))
]


@pytest.mark.parametrize(("paper", "size"), FITTING)
def test_dividers_have_room(paper: str, size: CardSize) -> None:
    """For every size of cards, pieces keep to the page, texts to what a printer reaches, tabs side by side, cuts off the cards."""
    job = PrintJob("leitner", paper, size=size)
    for count, rtl in product((4, 8), (False, True)):
        made = dividers_for(job, count, rtl=rtl)
        assert len(made.pieces) == count
        assert {made.page_width, made.page_height} == {SHEETS[paper].width, SHEETS[paper].height}
        for piece in made.pieces:
            for x, y, width, height in (piece.label, piece.body):
                assert min(width, height) > 4
                assert min(x, y) >= EDGE
                assert x + width <= made.page_width - EDGE + 0.01
                assert y + height <= made.page_height - EDGE + 0.01
            assert piece.label[1] + piece.label[3] <= piece.body[1]
            for x0, y0, x1, y1 in piece.cuts:
                assert min(x0, y0) >= EDGE
                assert max(x1 - made.page_width, y1 - made.page_height) <= -EDGE
        assert made.tab in {0.0, TAB}
        assert bool(made.pieces[0].cuts) == bool(made.tab) or size.width >= made.page_width - 2 * EDGE
        boxes = [(piece.sheet, *piece.body) for piece in made.pieces]
        for at, (sheet, x, y, width, height) in enumerate(boxes):
            for other, left, top, wide, high in boxes[at + 1 :]:
                assert sheet != other or x + width < left or left + wide < x or y + height < top or top + high < y


def test_tabs_stand_above_the_cards() -> None:
    """A divider is as large as a card, its tab stands 11 mm above it, each tab further along than the one before it."""
    made = dividers_for(PrintJob("leitner"), 6)
    assert made.tab == TAB
    starts = [piece.label[0] - (105 if piece.label[0] >= 105 else 13) for piece in made.pieces]
    assert starts == sorted(set(starts))
    assert made.pieces[2].body[1] - made.pieces[0].body[1] == pytest.approx(66 + TAB)
    assert dividers_for(PrintJob("leitner", size=card_size("200x290mm")), 6).tab == 0


@pytest.mark.parametrize("size", ["40x40mm", "standard", "200x290mm"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_dividers_say_their_box(size: str, language: str) -> None:
    """Each divider names its box on its tab, and below it how often it is studied and where cards go, all inside its piece."""
    job = PrintJob("leitner", size=card_size(size))
    made = dividers_for(job, 6)
    _, document = kit(job, language=language)
    word = {"en": "Box", "de": "Fach", "fr": "Case", "es": "Casilla"}[language]
    texts = []
    for piece in made.pieces:
        page = document[1 + piece.sheet]
        here = [letter for letter in page_letters(page) if lies(letter, piece.label)]
        below = [letter for letter in page_letters(page) if lies(letter, piece.body)]
        texts.append("".join(letter.char for letter in here))
        assert len(below) > 20
    assert texts[:5] == [f"{word}{number}" for number in range(1, 6)]
    for at in range(made.pieces[-1].sheet + 1):
        page = document[1 + at]
        areas = [area for piece in made.pieces if piece.sheet == at for area in (piece.label, piece.body)]
        assert all(any(lies(letter, area) for area in areas) for letter in page_letters(page))
    inside(document)


def lies(letter: Letter, area: tuple[float, float, float, float]) -> bool:
    x, y, width, height = area
    return (
        x - 0.1 <= letter.x0 and letter.x1 <= x + width + 0.1
        and y - 0.6 <= letter.y0 and letter.y1 <= y + height + 0.6
    )  # fmt: skip


def test_a_part_of_a_deck_has_a_kit_of_its_own() -> None:
    """Only chosen cards are planned, under the numbers they have in the whole deck, and the kit has the title that is set."""
    job = PrintJob("leitner", notes=frozenset({"n3", "n7"}), title="Week three", start="2027-03-01", exam="2027-03-04")
    bag = Bag()
    (data,) = print_deck(deck(numbered(10)), bag, jobs=(job,)).values()
    document = opened(data)
    (page,) = [page for page in document if page.rect.width > page.rect.height]
    _, week = cells(page)
    assert [cell.split() for cell in week[:4]] == [["1", "New", "4"], ["2", "1", "New", "8"], ["3", "2", "1"], ["4", "Exam"]]  # fmt: skip
    assert "Week three" in said(document[0])
    assert "2 cards" in said(document[0])
    assert not list(bag)
