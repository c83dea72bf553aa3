"""Printed pages, read back: what lies behind what, what stands where, and what a screen reader is told."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from printed import (
    GRIDS,
    LAYOUTS,
    NOWHERE,
    PAPERS,
    PICTURE,
    POINT,
    ROOT,
    bare,
    check_sheets,
    cloze,
    deck,
    letters,
    note,
    numbered,
    one,
    opened,
    page_letters,
    para,
    print_deck,
)  # fmt: skip

import deckgen
from deckgen.diagnostics import Bag
from deckgen.markup.tree import (
    Blocks,
    Break,
    Code,
    CodeBlock,
    Emphasis,
    Image,
    Link,
    ListBlock,
    Math,
    Paragraph,
    Quote,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
)  # fmt: skip
from deckgen.model import Citation, Figure, NoteSet, Reference, Retired

EDGE = 5.0  # millimetres along the paper's edge that a printer may not reach


# --- cards to cut out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("count", [1, 7, 8, 9, 20])
def test_backs_lie_on_their_fronts(count: int, paper: str) -> None:
    """However many cards there are, each answer lies behind its question once the sheet is turned on its long edge."""
    notes = numbered(count)
    document = one(deck(notes), "cards", paper)
    assert len(document) == 2 * -(-count // 8)
    check_sheets(document, paper, [(f"Questiononly {letters(i)}?", f"Answeronly {letters(i)}.") for i in range(count)])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("(back-x * 1mm, back-y * 1mm)", "(x * 1mm, y * 1mm)"),
        ("(back-x * 1mm, back-y * 1mm)", "(back-x * 1mm, g.page_height * 1mm - back-y * 1mm - h)"),
    ],
)
def test_a_wrong_mirror_is_noticed(right: str, wrong: str) -> None:
    """The test above fails for sheets whose backs are not mirrored, or mirrored the other way."""
    cards = LAYOUTS["cards.typ"].decode()
    assert right in cards
    files = {**LAYOUTS, "cards.typ": cards.replace(right, wrong).encode()}
    document = one(deck(numbered(3)), "cards", print_files=files)
    sides = [
        ("Questiononly az", "Answeronly az"),
        ("Questiononly bz", "Answeronly bz"),
        ("Questiononly cz", "Answeronly cz"),
    ]
    with pytest.raises(AssertionError):
        check_sheets(document, "a4", sides)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("layout", ["cards", "handout"])
def test_nothing_lies_where_printers_cannot_reach(layout: str, paper: str) -> None:
    """All ink, letters and lines alike, keeps 5 mm away from the edge of the paper."""
    document = one(deck(numbered(20)), layout, paper)
    for page in document:
        assert (round(page.rect.width / POINT, 1), round(page.rect.height / POINT, 1)) == GRIDS[paper][:2]
        boxes = [letter[1:5] for letter in page_letters(page)]
        boxes += [tuple(side / POINT for side in drawing["rect"]) for drawing in page.get_drawings()]
        for x0, y0, x1, y1 in boxes:
            assert min(x0, y0) >= EDGE
            assert x1 <= page.rect.width / POINT - EDGE
            assert y1 <= page.rect.height / POINT - EDGE


@pytest.mark.parametrize("paper", PAPERS)
def test_crop_marks_agree_on_both_sides(paper: str) -> None:
    """The marks of the two sides of a sheet lie behind each other, outside the cards, at every cut."""
    front, back = one(deck(numbered(1)), "cards", paper)
    grid = GRIDS[paper]

    def marks(page: Any) -> list[tuple[float, ...]]:
        return [tuple(side / POINT for side in drawing["rect"]) for drawing in page.get_drawings()]

    assert len(marks(front)) == len(marks(back)) == 2 * (grid.columns + 1) + 2 * (grid.rows + 1)
    for x0, y0, x1, y1 in marks(back):
        assert any(
            (grid.page_width - x1, y0, grid.page_width - x0, y1) == pytest.approx(mark, abs=0.05)
            for mark in marks(front)
        )


def test_a_dropped_stack_can_be_sorted() -> None:
    """Both sides of a card carry its number and its set, the back its id as well; a card's number is its note's in the handout."""
    notes = [
        note("one", Question="Q", Answer="A"),
        note("two", "reversed", Question="Q", Answer="A", Reverse_question="Q", Reverse_answer="A"),
        note("three", "cloze", Text=(para("The ", cloze(1, "heart"), " has ", cloze(2, "four"), " chambers"),)),
        note("four", "sequence", Title="Path", Step_1="Sinus", Step_2="Node", Ask_whole="All?"),
    ]
    front, back = one(deck(notes), "cards")
    for number in ("1", "2a", "2b", "3a", "3b", "4a", "4b", "4c"):
        assert f"{number} Basics" in front.get_text().replace("\n", " ").replace("  ", " ")
        assert f"{number} Basics" in back.get_text().replace("\n", " ").replace("  ", " ")
    for card in ("one", "two", "two/reverse", "three/c1", "three/c2", "four/step-1", "four/whole"):
        assert card in back.get_text()
        assert card not in front.get_text()


def test_each_kind_of_note_makes_its_cards() -> None:
    """A reversed note makes two cards, a cloze one for each number, a sequence one a step cued by the two before, and one for all."""
    steps = {f"Step_{i + 1}": word for i, word in enumerate(["Sinus", "Node", "Bundle", "Fibres"])}
    pages = one(deck([note("path", "sequence", Title="The path", Ask_whole="Name all", **steps)]), "cards")
    front, back = (bare(page.get_text()) for page in pages)
    assert front.count("Thepath") == 4
    assert front.count("Whatcomesnext?") == 3
    assert front.count("Whichstepcomesfirst?") == 1
    assert (front.count("Sinus"), front.count("Node"), front.count("Bundle"), front.count("Fibres")) == (2, 2, 1, 0)
    assert "1.Sinus2.Node3.Bundle4.Fibres" in back
    front, back = (
        bare(page.get_text())
        for page in one(
            deck([note("c", "cloze", Text=(para("A ", cloze(1, "heart", "organ"), " of ", cloze(2, "meat")),))]),
            "cards",
        )
    )
    assert "Aorganofmeat" in front
    assert "Aheartof…" in front
    assert back.count("Aheartofmeat") == 2


def test_retired_notes_are_not_printed() -> None:
    """A note that is no longer taught is on no page, and nothing is made of a deck without notes."""
    kept, gone = note("kept", Question="Kept?", Answer="Yes"), note("gone", Question="Gone?", Answer="Yes")
    gone = replace(gone, retired=Retired("1.0.0", "wrong"))
    for layout in ("cards", "handout"):
        words = "".join(page.get_text() for page in one(deck([gone, kept]), layout))
        assert "Kept?" in words
        assert "Gone?" not in words
    assert print_deck(deck([gone])) == {}


# --- the handout -------------------------------------------------------------------------------------------------


def test_the_handout_reads_question_answer_remarks() -> None:
    """Text follows in the order in which it is to be read: case, question, answer, why, watch out, mnemonic; the hint is not printed."""
    made = note(
        "x",
        Case="Acase.",
        Question="Bquestion?",
        Answer="Canswer.",
        Why="Dwhy.",
        Watch_out="Ewatch.",
        Mnemonic="Fmnemonic.",
        Hint="Ghint.",
    )
    words = bare(one(deck([made, note("y", Question="Next?", Answer="End.")]), "handout")[0].get_text())
    order = [
        "1",
        "Acase.",
        "Bquestion?",
        "Canswer.",
        "WhyDwhy.",
        "WatchoutEwatch.",
        "MnemonicFmnemonic.",
        "2",
        "Next?",
        "End.",
    ]
    places = [words.index(each, words.index("Basics")) for each in order]
    assert places == sorted(places)
    assert "Ghint" not in words


def test_references_are_numbered_as_they_are_cited() -> None:
    """Every answer carries the numbers of its references, with the place in the work, and the list at the end has each once."""
    works = {
        key: Reference(key, key, key, (para(f"Work of {key}. ", Emphasis((Text("Nature"),))),))
        for key in ("Adam", "Beda", "Cato")
    }
    notes = [
        replace(note("x", Question="Q?", Answer="First."), citations=(Citation("Beda"), Citation("Adam", "p. 338"))),
        replace(
            note("y", Question="Q?", Answer=(ListBlock(None, ((para("one"),), (para("two"),))),)),
            citations=(Citation("Beda"),),
        ),
    ]
    words = bare("".join(page.get_text() for page in one(deck(notes, references=works), "handout")))
    assert "First.[1;2,p.338]" in words
    assert "two[1]" in words
    assert words.index("WorkofBeda") < words.index("WorkofAdam")
    assert "Cato" not in words


def test_figures_stand_there_once_and_are_called_by_number() -> None:
    """A figure is drawn once, with its caption, however many notes show it; the deck's other figures follow at the end."""
    shown = (Paragraph((Image("images/x.svg", "A box", 0, 0),)), para("The caption."))
    other = replace(PICTURE, path="images/y.svg", name="dg-other.svg")
    figures = {
        "box": Figure("box", "images/x.svg", "A box", (para("The caption."),)),
        "rest": Figure("rest", "images/y.svg", "Another", (para("Never called."),)),
    }
    notes = [
        note("x", Question="Q?", Answer="A", Figure=shown),
        note("y", Question="Q?", Answer="A", Figure=shown, Question_figure=shown),
    ]
    made = deck(notes, figures=figures, media={"images/x.svg": PICTURE, "images/y.svg": other})
    document = one(made, "handout")
    words = bare("".join(page.get_text() for page in document))
    assert words.count("Thecaption.") == 1
    assert words.count("→Figure1") == 2
    assert "Morefigures" in words
    assert "Figure2Nevercalled." in words
    assert alternatives(document.tobytes()).count("A box") == 1


def test_the_head_says_whose_deck_it_is() -> None:
    """The first page names deck, edition, day, authors, licence and home, with description and disclaimer; every page its number."""
    made = deck(
        numbered(40), name="Medicine::Heart", authors=("A. Author", "B. Writer"), disclaimer="Not advice.", date="2026-11-23",
        home="https://example.org/heart", description=(para("About the ", Strong((Text("heart"),)), "."),),
    )  # fmt: skip
    document = one(made, "handout")
    first = bare(document[0].get_text())
    for words in (
        "Medicine",
        "Heart",
        "Edition1.0.0",
        "2026-11-23",
        "A.Author,B.Writer",
        "CCBY-SA4.0",
        "https://example.org/heart",
        "Abouttheheart.",
        "Notadvice.",
    ):
        assert words in first
    for number, page in enumerate(document, 1):
        assert f"{number}/{len(document)}" in bare(page.get_text())


def test_a_question_never_stands_without_its_answer() -> None:
    """No column ends with a question whose answer begins elsewhere, whatever the lengths."""
    rng = random.Random(7)
    notes = [
        note(
            f"n{i}",
            Question=f"Question{letters(i)} " + "word " * rng.randint(1, 40),
            Answer=f"Answer{letters(i)} " + "text " * rng.randint(1, 160),
            Why="why " * rng.randint(1, 60),
        )
        for i in range(60)
    ]
    document = one(deck(notes), "handout")
    middle = document[0].rect.width / 2
    place: dict[str, tuple[int, bool]] = {}
    for page in document:
        for x0, _, _, _, word, *_ in page.get_text("words"):
            if word.startswith(("Question", "Answer")):
                place[word] = (page.number, x0 > middle)
    assert len(place) == 120
    for word, where in place.items():
        if word.startswith("Question"):
            assert place["Answer" + word.removeprefix("Question")] == where, word


def test_a_short_note_is_not_torn() -> None:
    """A note of a few lines stands in one column, from its question to its last remark."""
    rng = random.Random(3)
    notes = [
        note(
            f"n{i}",
            Question=f"Question{letters(i)} word?",
            Answer="text " * rng.randint(1, 20),
            Why="why " * rng.randint(10, 45) + f"End{letters(i)}",
        )
        for i in range(200)
    ]
    document = one(deck(notes), "handout")
    middle = document[0].rect.width / 2
    place = {word: (page.number, x0 > middle) for page in document for x0, _, _, _, word, *_ in page.get_text("words")}
    for i in range(200):
        assert place[f"Question{letters(i)}"] == place[f"End{letters(i)}"]


# --- for screen readers and archives -------------------------------------------------------------------------------


def tree(data: bytes) -> Iterator[pikepdf.Dictionary]:
    """The elements of the structure tree, in reading order."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        waiting: list[Any] = [pdf.Root.StructTreeRoot]
        while waiting:
            element = waiting.pop()
            if isinstance(element, pikepdf.Array):
                waiting += reversed(list(element))
            elif isinstance(element, pikepdf.Dictionary):
                if "/S" in element:
                    yield element
                if "/K" in element:
                    waiting.append(element.K)


def kinds(data: bytes) -> list[str]:
    return [str(element.S).lstrip("/") for element in tree(data)]


def alternatives(data: bytes) -> list[str]:
    return [str(element.Alt) for element in tree(data) if "/Alt" in element]


@pytest.mark.parametrize("layout", ["cards", "handout"])
def test_documents_say_what_they_are(layout: str) -> None:
    """Every PDF has a title to be shown, its language and authors, bookmarks, tags, and declares PDF/A-2a and PDF/UA-1."""
    data = print_deck(deck(numbered(9), name="Bone::Heart", language="de-AT", authors=("A. Author",)))[f"{layout}-a4"]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.Root.Lang) == "de-AT"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.Root.MarkInfo.Marked
        meta = pdf.open_metadata()
        assert meta["dc:title"] == "Bone: Heart"
        assert meta["dc:creator"] == ["A. Author"]
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("2", "A", "1")
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles == (
        ["Basics"]
        if layout == "handout"
        else [f"Heart · Bogen {n} von 2 – {side}" for n in (1, 2) for side in ("Fragen", "Antworten")]
    )


def test_structure_follows_the_content() -> None:
    """Tables have header cells, lists are lists, pictures and formulas have alternatives, headings never skip a level."""
    answer: Blocks = (
        Table(((Text("Drug"),), (Text("Dose"),)), (((Text("A"),), (Text("1"),)),), ("", "right")),
        ListBlock(None, ((para("one"),), (para("two"),))),
        Paragraph((Image("images/x.svg", "A grey box", 0, 0),)),
        para("If ", Math("x^2", False, 0, 0), " is"),
    )
    made = deck([note("x", Question="Q?", Answer=answer)])
    for layout in ("cards", "handout"):
        data = print_deck(made)[f"{layout}-a4"]
        found = kinds(data)
        assert {"Table", "TH", "TD", "L", "LI", "LBody", "Figure", "Formula", "P"} <= set(found)
        assert {"A grey box", "x squared"} <= set(alternatives(data))
        levels = [int(kind[1]) for kind in found if kind[0] == "H" and kind[1:].isdigit()]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_note_in_another_language_says_so() -> None:
    """Text of a note in its own language is marked with it, and runs from the right where it is to."""
    foreign = replace(note("x", Question="ما وظيفة القلب؟", Answer="ضخ الدم"), language="ar", direction="rtl")
    for layout in ("cards", "handout"):
        data = print_deck(deck([foreign, *numbered(2)]))[f"{layout}-a4"]
        assert "ar" in {str(element.Lang) for element in tree(data) if "/Lang" in element}
        page = opened(data)[0]
        spans = [
            (span["bbox"], span["text"])
            for block in page.get_text("dict")["blocks"]
            for line in block.get("lines", ())
            for span in line["spans"]
        ]
        # Columns and cards both repeat after 92 mm.
        arabic = max(
            (x1 / POINT - 13) % 92
            for (_, _, x1, _), words in spans
            if "ق" in words or "ﻘ" in words or "ﻠ" in words or "ل" in words
        )
        latin = min((x0 / POINT - 13) % 92 for (x0, _, _, _), words in spans if "Questiononly" in words)
        assert arabic - latin > 60


# --- every kind of text, any text ----------------------------------------------------------------------------------

EVERYTHING: Blocks = (
    para("Plain, ", Emphasis((Text("stressed"),)), ", ", Strong((Text("strong"), Emphasis((Text("both"),)))), Break(), "newline"),
    para("H", Subscript((Text("2"),)), "O Ca", Superscript((Text("2+"),)), " ", Code("x = 1"), " ", Link("https://example.org/", (Text("link"),), 0, 0)),
    ListBlock(3, ((para("third"),), (para("fourth"), ListBlock(None, ((para("inner"),),))))),
    ListBlock(None, ((para("bullet"),), ())),
    Table(((Text("Left"),), (Text("Middle"),), (Text("Right"),)), (((Text("a"),), (), (Strong((Text("c"),)),)),), ("left", "center", "right")),
    CodeBlock("def f():\n    return 1"),
    Quote((para("quoted"), ListBlock(None, ((para("listed"),),)))),
    para("Before ", Image("images/x.svg", "Inline box", 0, 0), " after ", Math("\\frac{a}{b}", False, 0, 0)),
    Paragraph((Math("E = mc^2", True, 0, 0),)),
    Paragraph((Image("images/x.svg", "Box alone", 0, 0),)),
)  # fmt: skip
WORDS = [
    "stressed",
    "strongboth",
    "newline",
    "H2O",
    "Ca2+",
    "x=1",
    "link",
    "3.third",
    "4.fourth",
    "inner",
    "bullet",
    "Left",
    "Middle",
    "Right",
    "deff():",
    "return1",
    "quoted",
    "listed",
    "Before",
    "after",
]


@pytest.mark.parametrize("layout", ["cards", "handout"])
@pytest.mark.parametrize("field", ["Question", "Answer", "Why"])
def test_every_kind_of_text_can_be_printed(layout: str, field: str) -> None:
    """Each node of the tree appears in both layouts, as question, answer and remark, or the overflow is reported."""
    bag = Bag()
    content: dict[str, Any] = {"Question": "Q?", "Answer": "A", field: EVERYTHING}
    words = bare("".join(page.get_text() for page in one(deck([note("x", **content)]), layout, bag=bag)))
    if field == "Why" and layout == "cards":
        return  # too much to be added to a card
    for word in WORDS:
        assert word in words
    assert {item.code for item in bag} <= {"overflow"}


def test_text_without_end_arrives_whole() -> None:
    """Ten thousand letters in one field stand in the handout, and in the cards' last pages, without one missing."""
    prose = " ".join(f"w{i}x" for i in range(2000))
    bag = Bag()
    for layout in ("handout", "cards"):
        words = bare(
            "".join(page.get_text() for page in one(deck([note("long", Question="Q?", Answer=prose)]), layout, bag=bag))
        )
        for i in range(2000):
            assert f"w{i}x" in words
    assert [item.code for item in bag] == ["overflow"]


HOSTILE = [
    '#read("main.typ")', "#panic()", "#import", "$x$", "$$", "\\", "\\u{41}", "@ref", "<label>", "//", "/* */", "*", "_", "`", "```", '"', "'",
    "[", "]", "[[", "(", ")", "{", "}", "{{c1::x}}", "{{", "}}", "= ", "- ", "+ ", "/ ", "~", "---", "--", "...", "-?", "#", "##", "&amp;", "<b>", "%", "^", "|",
    "https://e.org", "é", "Ω", "κ", "−", "≤", "½", "™", "fi", "ffl", "“", "„", "«", "…", "\u00a0", "\u200b", "Ж", "ß",
]  # fmt: skip


def test_hostile_text_arrives_letter_for_letter() -> None:
    """Four hundred random texts full of Typst's own signs come out as they went in, on both layouts."""
    rng = random.Random(20261123)
    texts = [
        "".join(rng.choice([*HOSTILE, "a", "b", " ", " "]) for _ in range(rng.randint(1, 14))) + "z" for _ in range(400)
    ]
    notes = [note(f"h{i}", Question=f"Q{i}:{text}", Answer=f"A{i}:{text}:end") for i, text in enumerate(texts)]
    invisible = dict.fromkeys(map(ord, "\u00ad\u200b\u2060"))
    for layout in ("handout", "cards"):
        document = one(deck(notes), layout)
        words = bare("".join(page.get_text(flags=0) for page in document)).translate(invisible)
        for number, text in enumerate(texts):
            wanted = bare(f"A{number}:{text}:end").translate(invisible)
            assert wanted in words, (layout, text)


# --- the same bytes ------------------------------------------------------------------------------------------------

BUILD = """
import sys, hashlib
sys.path.insert(0, sys.argv[1])
from test_print import EVERYTHING
from printed import deck, note, numbered, print_deck
import sample
from deckgen.diagnostics import Bag
made = deck([note("x", Question="Q?", Answer=EVERYTHING), *numbered(9)])
for name, data in print_deck(made, Bag()).items():
    print(name, hashlib.sha256(data).hexdigest())
for name, data in print_deck(sample.deck(sample.MORE_NOTES), papers=("a4",)).items():
    print(name, hashlib.sha256(data).hexdigest())
"""


def test_two_builds_give_the_same_bytes(tmp_path: Any) -> None:
    """Process, folder, hash seed and time zone leave no trace in a PDF; the build stamp is its date."""
    seen = set()
    for seed, zone, folder in (("0", "UTC", ROOT), ("1", "Asia/Tokyo", tmp_path), ("77", "America/New_York", tmp_path)):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "SOURCE_DATE_EPOCH": seed,
            "PYTHONPATH": str(Path(deckgen.__file__).parent.parent),
        }
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(ROOT / "tests")],
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            check=True,
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    data = print_deck(deck(numbered(1)))["handout-a4"]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20231114221320")


def test_every_layout_and_paper_is_one_file() -> None:
    """A deck becomes one PDF for each layout and paper that is asked for, named after its key."""
    assert sorted(print_deck(deck(numbered(1)))) == ["cards-a4", "cards-letter", "handout-a4", "handout-letter"]
    assert sorted(print_deck(deck(numbered(1)), papers=("letter",), layouts=("handout",))) == ["handout-letter"]


def test_sets_are_sections() -> None:
    """Each set is a section with its title, introduction and objectives; contents and bookmarks name it, a running head repeats it."""
    sets = tuple(
        NoteSet(f"Set {name}", f"cards/heart/{name}.yaml", tuple(replace(each, id=f"{each.id}-{name}") for each in numbered(30)), introduction=(para(f"Intro {name}."),), objectives=((para(f"Goal {name}."),),))
        for name in ("one", "two", "three")
    )  # fmt: skip
    data = print_deck(replace(deck([]), sets=sets, span=NOWHERE))["handout-a4"]
    document = opened(data)
    assert [title for _, title, _ in document.get_toc()] == ["Set one", "Set two", "Set three"]
    words = bare("".join(page.get_text() for page in document))
    for name in ("one", "two", "three"):
        assert f"Intro{name}." in words
        assert f"Goal{name}." in words
    assert "Contents" in words
    assert "Set three" in document[-1].get_text()
