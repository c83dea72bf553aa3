"""The handout as a textbook: openings of sets, boxed warnings, guide words, columns of equal length, and the code of the deck's home."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pymupdf
import pytest
import segno
from conftest import MakeProject
from printed import (
    LAYOUTS,
    NOWHERE,
    PAPERS,
    PICTURE,
    POINT,
    bare,
    deck,
    letters,
    note,
    numbered,
    one,
    opened,
    para,
    print_deck,
)  # fmt: skip
from test_print import alternatives, kinds

from deckgen.build import check
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Image, Paragraph, Table, Text
from deckgen.model import Citation, Comparison, Deck, NoteSet, Reference
from deckgen.printing import qr

HOME = "https://example.org/decks/heart"
HEAD = 17 * POINT  # below it begins the text of a page
Place = tuple[int, bool]  # a page, and whether in its second column


def words_of(count: int, rng: random.Random) -> str:
    return " ".join(rng.choice(["lorem", "ipsum", "dolor", "sit", "consetetur", "sadipscing"]) for _ in range(count))


def generated(seed: int, sets: int, notes: int, works: int = 0, *, table: bool = False, opening: bool = True) -> Deck:
    """A deck of texts of any length; its sets, objectives and questions can be told apart by their first words."""
    rng = random.Random(seed)
    made = []
    for at in range(sets):
        cards = []
        for number in range(notes):
            name = f"{letters(at)}{letters(number)}"
            content: dict[str, Any] = {
                "Question": f"Question{name} {words_of(rng.randint(3, 25), rng)}?",
                "Answer": f"Answer{name} {words_of(rng.randint(1, 50), rng)}",
            }
            if rng.random() < 0.6:
                content["Why"] = words_of(rng.randint(5, 60), rng)
            if rng.random() < 0.4:
                content["Watch_out"] = f"Warn{name} {words_of(rng.randint(3, 30), rng)} End{name}"
            cited = tuple(Citation(f"w{rng.randrange(works)}") for _ in range(2)) if works else ()
            cards.append(replace(note(f"n{name}", **content), citations=cited))
        objectives = tuple((para(f"Goal{letters(at)} {words_of(9, rng)}"),) for _ in range(rng.randint(1, 5)))
        rows = tuple(tuple((Text(words_of(4, rng)),) for _ in range(3)) for _ in range(12))
        comparison = Comparison(
            "Compared", (Table(((Text("A"),), (Text("B"),), (Text("C"),)), rows, ("",) * 3),), NOWHERE
        )
        made.append(
            NoteSet(f"Title{letters(at)}", f"cards/{at}.yaml", tuple(cards), introduction=(para(words_of(rng.randint(8, 60), rng)),) * opening, objectives=objectives * opening, comparisons=(comparison,) * table)
        )  # fmt: skip
    references = {
        f"w{at}": Reference(f"w{at}", "", "", (para(f"Work{letters(at)} {words_of(rng.randint(8, 40), rng)} Year{letters(at)}"),))
        for at in range(works)
    }  # fmt: skip
    return replace(deck([]), sets=tuple(made), references=references)


def places(document: Any, begins: Sequence[str]) -> dict[str, list[Place]]:
    """Where words that begin like this stand, outside heads and contents."""
    found: dict[str, list[Place]] = {}
    for page in document:
        middle = page.rect.width / 2
        for x0, y0, _, _, word, *_ in page.get_text("words", flags=0):
            if y0 > HEAD and word.startswith(tuple(begins)):
                found.setdefault(word, []).append((page.number, x0 > middle))
    return found


@pytest.fixture(scope="module")
def long() -> Any:
    return one(generated(5, sets=24, notes=7, works=60), "handout")


# --- columns ---------------------------------------------------------------------------------------------------------


def test_the_opening_of_a_set_is_not_torn(long: Any) -> None:
    """Title, objectives and first question of a set, with the beginning of its answer, stand in one column."""
    found = places(long, ("Title", "Goal", "Question", "Answer"))
    for at in range(24):
        name = letters(at)
        title = found[f"Title{name}"][-1]  # the others are in the contents
        assert set(found[f"Goal{name}"]) == {title}
        assert found[f"Question{name}{letters(0)}"] == [title]
        assert found[f"Answer{name}{letters(0)}"] == [title]


def test_a_question_has_its_answer_in_its_column(long: Any) -> None:
    """No column ends between a question and its answer."""
    found = places(long, ("Question", "Answer"))
    questions = [word for word in found if word.startswith("Question")]
    assert len(questions) == 24 * 7
    assert all(found[word] == found[word.replace("Question", "Answer")] for word in questions)


def test_columns_are_filled(long: Any) -> None:
    """But for the last page, no column is left empty by more than a third, and few by more than a fifth."""
    holes = []
    for page in list(long)[:-1]:
        top, bottom = HEAD, page.rect.height - 19 * POINT
        for second in (False, True):
            ends = [y1 for x0, y0, _, y1, *_ in page.get_text("words", flags=0) if y0 > top and y1 < bottom + 2 and (x0 > page.rect.width / 2) == second]  # fmt: skip
            holes.append((bottom - max(ends)) / (bottom - top))
    assert max(holes[1:]) < 0.36  # after the contents, whatever is left
    assert sum(hole > 0.2 for hole in holes) <= len(holes) / 6


def test_a_warning_is_boxed_and_whole(long: Any) -> None:
    """A short warning stands inside one frame, from its label to its last word."""
    count = 0
    for page in long:
        frames = [each["rect"] for each in page.get_drawings() if each["rect"].width > 60 * POINT and each["rect"].height > 14]  # fmt: skip
        for x0, y0, _, _, word, *_ in page.get_text("words", flags=0):
            if word.startswith("Warn"):
                end = "End" + word.removeprefix("Warn")
                inside = [frame for frame in frames if frame.contains(pymupdf.Point(x0, y0 + 2))]
                assert len(inside) == 1, word
                text = page.get_text("text", clip=inside[0])
                assert text.split()[:3] == ["Watch", "out", word]
                assert bare(text).replace("\u00ad", "").endswith(end)  # remarks are hyphenated
                count += 1
    assert count > 20


def test_references_are_one_list_of_whole_works(long: Any) -> None:
    """Every work stands in one column, and all of them are items of one list, or of one for each of the last two columns."""
    found = places(long, ("Work", "Year"))
    works = [word for word in found if word.startswith("Work")]
    assert len(works) > 50
    assert all(found[word] == found[word.replace("Work", "Year")] for word in works)
    lists = kinds(long.tobytes()).count("L")
    without = kinds(print_deck(generated(5, sets=24, notes=7), layouts=("handout",), papers=("a4",))["handout-a4"]).count("L")  # fmt: skip
    assert lists - without in {1, 2}


@pytest.mark.parametrize(("seed", "sets", "notes", "works", "table"), [
    (1, 1, 2, 0, False), (2, 1, 9, 0, False), (3, 2, 6, 9, False), (4, 3, 11, 0, False), (5, 4, 5, 25, True), (6, 1, 30, 90, True), (7, 3, 8, 3, True),
])  # fmt: skip
def test_the_last_columns_are_alike(seed: int, sets: int, notes: int, works: int, table: bool) -> None:
    """On the last page of notes or of references the two columns differ by no more than the highest of their items."""
    for paper in PAPERS:
        document = one(generated(seed, sets, notes, works, table=table, opening=False), "handout", paper)
        page = document[-1]
        head = HEAD
        if table and works:
            head = page.search_for("References")[-1].y0 if page.search_for("References") else head
        ends = [
            max((y1 for x0, y0, _, y1, *_ in page.get_text("words", flags=0) if head < y0 and y1 < page.rect.height - 16 * POINT and (x0 > page.rect.width / 2) == second), default=head)
            for second in (False, True)
        ]  # fmt: skip
        highest = 30 if works > 20 else 95  # millimetres of a work, of a note
        assert abs(ends[0] - ends[1]) < highest * POINT, (paper, ends)


def test_columns_run_from_the_right_where_text_does() -> None:
    """In a deck that is read from the right the first column is the right one, on the last page, too."""
    made = replace(generated(3, 1, 5), language="he")
    found = places(one(made, "handout"), ("Question",))
    first, last = found[f"Question{letters(0)}{letters(0)}"], found[f"Question{letters(0)}{letters(4)}"]
    assert (first, last) == ([(0, True)], [(0, False)])


# --- guide words -----------------------------------------------------------------------------------------------------


def test_heads_name_the_first_and_the_last_section_of_a_page(long: Any) -> None:
    """As guide words: the section that a page begins with, and the last one on it."""
    section = ""
    for page in long:
        middle = page.rect.width / 2
        found = sorted((x0 > middle, y0, word) for x0, y0, _, _, word, *_ in page.get_text("words", flags=0))
        body = [word for _, y0, word in found if y0 > HEAD]
        named = [word for word in body if word.startswith("Title") or word == "References"]
        head = "".join(word for x0, y0, _, _, word, *_ in sorted(page.get_text("words", flags=0)) if y0 < HEAD)
        if page.number:
            starts = named[0] if body[0] in named else section
            ends = named[-1] if named else section
            assert head == (starts if starts == ends else f"{starts}–{ends}"), page.number + 1
        section = named[-1] if named else section


def test_a_head_too_long_names_the_section_that_goes_on() -> None:
    """Where two titles do not fit on a line, the one that the page begins with stands there."""
    made = generated(8, sets=3, notes=4)
    sets = tuple(replace(each, title=f"{each.title} {'of rather many words ' * 2}") for each in made.sets)
    document = opened(print_deck(replace(made, sets=sets), jobs=(PrintJob("handout", "a4", name="x", text="large"),))["x-a4"])  # fmt: skip
    for page in list(document)[1:]:
        lines = {round(y0) for _, y0, _, _, word, *_ in page.get_text("words", flags=0) if y0 < HEAD}
        assert len(lines) <= 1


# --- a part of a deck --------------------------------------------------------------------------------------------------


def first_page(made: Deck, ids: Sequence[str], **changes: Any) -> str:
    job = PrintJob("handout", "a4", name="x", notes=frozenset(ids) if ids else None, **changes)
    return " ".join(opened(print_deck(made, jobs=(job,))["x-a4"])[0].get_text(flags=0).split())


def test_a_part_of_a_deck_says_what_it_is() -> None:
    """Whole sets are named, other choices counted; a part has no description of the whole, and no objectives it does not reach."""
    made = replace(generated(9, sets=3, notes=4), description=(para("Aboutall."),), disclaimer="Notadvice.")
    ids = [each.id for each in made.notes()]
    whole, of_set, two = first_page(made, ()), first_page(made, ids[4:8]), first_page(made, [ids[0], ids[5]])
    assert "of the 12 questions" not in whole
    assert "Aboutall." in whole
    assert "Titlebz – 4 of the 12 questions" in of_set
    assert "Goalbz" in of_set
    assert "2 of the 12 questions" in two
    assert "Titleaz –" not in two
    for part in (of_set, two):
        assert "Aboutall." not in part
        assert "Notadvice." in part
    assert "Goal" not in two
    assert "1 of the 12 questions" in first_page(made, ids[:1])
    assert "5 of the 12 questions" in first_page(made, (), count=5)
    assert "of the 12 questions" not in first_page(made, ids)


def test_a_part_in_another_language_says_so_in_it() -> None:
    """The words are those of the deck's language."""
    made = replace(generated(9, sets=2, notes=2), language="de")
    assert "1 der 4 Fragen" in first_page(made, [made.notes()[0].id])


def test_a_figure_stands_behind_its_note_in_a_short_handout() -> None:
    """Among a few notes a figure does not go elsewhere: note, figure, references."""
    shown = (Paragraph((Image("images/x.svg", "A box", 0, 0),)), para("The caption."))
    made = deck([replace(note("x", Question="Q?", Answer="A", Figure=shown), citations=(Citation("w"),))], media={PICTURE.path: PICTURE})  # fmt: skip
    words = bare(one(replace(made, references={"w": Reference("w", "", "", (para("Work."),))}), "handout")[0].get_text())  # fmt: skip
    assert words.index("Q?") < words.index("Thecaption.") < words.index("References") < words.index("Work.")


# --- the code of the home ------------------------------------------------------------------------------------------------


def drawn_modules(page: Any, side: int) -> list[list[bool]]:
    """The modules of the code on a page, read from its pixels; `side` counts them, with the quiet zone."""
    box = next(each["rect"] for each in page.get_drawings() if each["fill"] == (1.0, 1.0, 1.0) and abs(each["rect"].width - each["rect"].height) < 0.1)  # fmt: skip
    pixels = page.get_pixmap(matrix=pymupdf.Matrix(6, 6), clip=box, colorspace=pymupdf.csGRAY)
    step = pixels.width / side
    return [[pixels.pixel(int((x + 0.5) * step), int((y + 0.5) * step))[0] < 128 for x in range(side)] for y in range(side)]  # fmt: skip


@pytest.mark.parametrize("text", ["standard", "large", "dyslexia"])
@pytest.mark.parametrize("paper", PAPERS)
def test_the_code_says_the_address(paper: str, text: str) -> None:
    """The modules on paper are those of a code of the home, four white ones around them, each wide enough to be read; the address stands below it."""
    data = print_deck(replace(generated(9, 2, 2), home=HOME), jobs=(PrintJob("handout", paper, name="x", text=text),))[f"x-{paper}"]  # fmt: skip
    page = opened(data)[0]
    rows = [[bool(module) for module in row] for row in segno.make(HOME, error="m", boost_error=False, micro=False).matrix_iter(border=4)]  # fmt: skip
    assert drawn_modules(page, len(rows)) == rows
    box = next(each["rect"] for each in page.get_drawings() if each["fill"] == (1.0, 1.0, 1.0))
    assert box.width / len(rows) > 0.45 * POINT
    assert f"QR code: {HOME}" in alternatives(data)
    assert HOME in bare(page.get_text(flags=0))
    assert all(y0 > box.y1 - 1 for _, y0, _, _, word, *_ in page.get_text("words", flags=0) if "https" in word)
    assert {link["uri"] for link in page.get_links() if "uri" in link} == {HOME}


def test_a_short_link_goes_before_the_home() -> None:
    """A deck's own `link` is printed and coded in place of the project's home; without either, no code is there."""
    made = replace(generated(9, 2, 2), home=HOME, link="https://exa.mp/x7")
    data = print_deck(made, layouts=("handout",), papers=("a4",))["handout-a4"]
    assert "QR code: https://exa.mp/x7" in alternatives(data)
    words = bare(opened(data)[0].get_text(flags=0))
    assert "https://exa.mp/x7" in words
    assert "example.org" not in words
    plain = print_deck(generated(9, 2, 2), layouts=("handout",), papers=("a4",))["handout-a4"]
    assert not [alt for alt in alternatives(plain) if "QR" in alt]


@pytest.mark.parametrize("length", [300, 2000])
def test_a_long_address_is_coded_as_well(length: int) -> None:
    """An address too long to stand under its code stands with authors and edition; the code is larger."""
    address = HOME + "/" + "seg-ment/" * (length // 9)
    data = print_deck(replace(generated(9, 2, 2), home=address), layouts=("handout",), papers=("a4",))["handout-a4"]
    page = opened(data)[0]
    rows = qr.modules(address)
    assert rows is not None
    side = len(rows) + 2 * qr.QUIET
    inner = [row[qr.QUIET : side - qr.QUIET] for row in drawn_modules(page, side)[qr.QUIET : side - qr.QUIET]]
    assert inner == rows
    assert address in bare(page.get_text(flags=0))


def test_no_code_holds_any_address() -> None:
    """What no code can hold has none, and is printed in words."""
    address = "https://example.org/" + "ж" * 1900
    assert qr.modules(address) is None
    data = print_deck(replace(deck(numbered(2)), home=address), layouts=("handout",), papers=("a4",))["handout-a4"]
    assert not [alt for alt in alternatives(data) if "QR" in alt]
    assert address in bare("".join(page.get_text(flags=0) for page in opened(data)))


def test_the_link_of_a_deck_is_an_address(project: MakeProject) -> None:
    """`link` of a deck is read, and what is no web address is an error."""
    settings = "publisher: Test\nhome: https://example.org\ndecks:\n  heart:\n    name: Heart\n    link: {}\n"
    cards = {"cards/heart/a.yaml": "- {id: a, question: 'a?', answer: a}\n"}
    good = check(project({**cards, "deckgen.yaml": settings.format("https://exa.mp/x7")}, "good"))
    assert not list(good.bag)
    assert good.collection
    assert good.collection.decks[0].address == "https://exa.mp/x7"
    bad = check(project({**cards, "deckgen.yaml": settings.format("exa.mp/x7")}, "bad"))
    assert [item.code for item in bad.bag] == ["bad-link"]


# --- pages that do not settle --------------------------------------------------------------------------------------------


def test_pages_that_never_settle_are_printed_all_the_same() -> None:
    """Where making columns alike would go on for ever, they are left as they are."""
    restless = LAYOUTS["balance.typ"].replace(
        b"  best.at\n", b"  if query(parted(name)).len() > 0 { none } else { best.at }\n"
    )
    assert restless != LAYOUTS["balance.typ"]
    words = bare(one(generated(2, 1, 9), "handout", print_files={**LAYOUTS, "balance.typ": restless})[0].get_text())
    assert "Question" in words
