"""Text in frames: shrunk within limits, else continued elsewhere by name; never cut, never over the edge."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from typing import Any

import pytest
from printed import GRIDS, PAPERS, PICTURE, POINT, bare, check_sheets, deck, note, one, page_letters, para

from deckgen.diagnostics import Bag
from deckgen.markup.tree import (
    Blocks,
    Code,
    CodeBlock,
    Emphasis,
    Image,
    Inline,
    ListBlock,
    Math,
    Paragraph,
    Strong,
    Superscript,
    Table,
    Text,
)
from deckgen.printing import extents, fonts, runs

LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis"


def words(count: int, seed: int = 1) -> str:
    rng = random.Random(seed)
    return " ".join(
        "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 11))) for _ in range(count)
    )


def sizes_on(page: Any) -> set[float]:
    return {round(letter.size, 1) for letter in page_letters(page)}


@pytest.mark.parametrize("paper", PAPERS)
def test_text_shrinks_to_its_card(paper: str) -> None:
    """More text is set smaller, from 12 down to 7 points, and stands whole on its card."""
    notes = [note(f"n{count}", Question="Question?", Answer=words(count)) for count in (5, 30, 60, 80, 100, 112)]
    document = one(deck(notes), "cards", paper)
    check_sheets(document, paper, [("Question?", bare(words(count))) for count in (5, 30, 60, 80, 100, 112)])
    assert {12.0, 7.0} & sizes_on(document[1]) >= {12.0}
    assert min(sizes_on(document[1]) - {6.0}) >= 7.0
    assert len(sizes_on(document[1])) > 4


@pytest.mark.parametrize("paper", PAPERS)
def test_every_length_fits(paper: str) -> None:
    """From one word to a full card, in small letters and in capitals, as question and as answer, text keeps to its room."""
    texts = [words(count, count) for count in range(1, 100, 3)] + [
        words(count, count).upper() for count in range(1, 60, 2)
    ]
    notes = [note(f"n{i}", Question=text, Answer=text) for i, text in enumerate(texts)]
    check_sheets(
        one(deck(notes), "cards", paper, bag=Bag()), paper, [(bare(text[:30]), bare(text[:30])) for text in texts]
    )


def test_a_long_word_is_set_smaller_before_it_is_broken() -> None:
    """A word that fits its card in a smaller size stands on one line, unbroken."""
    front = one(deck([note("x", Question=LONG + "s" * 8, Answer="A")]), "cards")[0]
    word = [letter for letter in page_letters(front) if letter.size > 7 and letter.y0 < 90]
    assert len(word) == len(LONG) + 8
    assert len({round(letter.y0, 1) for letter in word}) == 1
    assert 7 <= word[0].size < 12


@pytest.mark.parametrize("paper", PAPERS)
def test_more_than_a_card_holds_goes_to_the_last_pages(paper: str) -> None:
    """Text too long at the smallest size is reported by name, begun on its card, and stands whole behind the sheets."""
    bag = Bag()
    long_answer, long_question = words(400), words(300, 2)
    notes = [
        note("short", Question="One?", Answer="Two"),
        note("long", Question="Three?", Answer=long_answer),
        note("both", Question=long_question, Answer="Four"),
    ]
    document = one(deck(notes), "cards", paper, bag=bag)
    found = [(item.code, item.severity, item.message) for item in bag]
    assert [(code, severity) for code, severity, _ in found] == [("overflow", "warning")] * 2
    assert any("back of the card `long`" in message and "lines too long" in message for _, _, message in found)
    assert any("front of the card `both`" in message for _, _, message in found)
    assert len(document) > 2
    check_sheets(
        document, paper, [("One?", "Two"), ("Three?", bare(long_answer[:60])), (bare(long_question[:60]), "Four")]
    )
    rest = bare("".join(page.get_text() for page in document.pages(2)))
    assert bare(long_answer) in rest
    assert bare(long_question) in rest
    assert "continuedonpage3" in bare(document[1].get_text())


WIDE: dict[str, Blocks] = {
    "long word": (para(LONG * 3),),
    "long word in bold": (para("x ", Strong((Text(LONG * 2),)), " y"),),
    "pieces without a space": (para("x", Strong((Text(LONG),)), Emphasis((Text(LONG),)), Superscript((Text(LONG),))),),
    "long address": (para("See https://example.org/" + "a" * 150 + "/b?c=d"),),
    "code in a line": (para("Call ", Code("f(" + "x" * 140 + ")"), " now"),),
    "block of code": (CodeBlock("if x:\n    " + "y" * 200 + "\n" + "z = 1; " * 40),),
    "capitals": (para("W" * 120),),
    "word in a list": (ListBlock(1, ((ListBlock(None, ((ListBlock(None, ((para(LONG * 2),),)),),)),),)),),
    "wide table": (Table(tuple((Text(f"Heading{i}"),) for i in range(9)), (tuple((Text(LONG[: 8 + i]),) for i in range(9)),), ("",) * 9),),
    "table with a long word": (Table(((Text("A"),), (Text("B"),)), (((Text(LONG * 2),), (Text("some words that can wrap if they have to"),)),), ("", "")),),
    "wide formula": (para(Math("+".join("abcdefghij" * 4), False, 0, 0)),),
    "wide displayed formula": (Paragraph((Math("+".join("abcdefghij" * 4), True, 0, 0),)),),
    "small capitals of code": (para("TNFRSF11A" * 15),),
    "many boxes": (para("日本語" * 30),),
}  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("field", ["Question", "Answer", "Why"])
@pytest.mark.parametrize("what", WIDE)
def test_nothing_leaves_its_card_sideways(what: str, field: str, paper: str) -> None:
    """Words, code, tables and formulas wider than a card are set smaller or broken, and reported when nothing else helps."""
    bag = Bag()
    content: dict[str, Any] = {"Question": "Q?", "Answer": "A", field: WIDE[what]}
    notes = [note(f"n{i}", **content) for i in range(2)]
    document = one(deck(notes), "cards", paper, bag=bag)
    check_sheets(document, paper, [("Basics", "Basics")] * 2)
    for page in document:
        for drawing in page.get_drawings():
            assert drawing["rect"].x1 <= page.rect.width - 5 * POINT
            assert drawing["rect"].x0 >= 5 * POINT
    assert {item.code for item in bag} <= {"overflow", "missing-glyph"}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("what", WIDE)
def test_nothing_leaves_its_column(what: str, paper: str) -> None:
    """The same in the handout: every letter stays inside the two columns."""
    bag = Bag()
    notes = [note(f"n{i}", Question=WIDE[what], Answer=WIDE[what], Why=WIDE[what]) for i in range(6)]
    document = one(deck(notes), "handout", paper, bag=bag)
    width = GRIDS[paper].page_width
    for page in document:
        for letter in page_letters(page):
            assert letter.x0 >= 16.9
            assert letter.x1 <= width - 16.5
            if 21 < letter.y0 < page.rect.height / POINT - 20 and page.number:
                assert letter.x1 <= width / 2 - 3.9 or letter.x0 >= width / 2 + 3.9
    assert {item.code for item in bag} <= {"missing-glyph"}


@pytest.mark.parametrize("paper", PAPERS)
def test_long_names_stay_in_their_lines(paper: str) -> None:
    """A deck, set or id with a long name does not run over the head of a card, the foot of a page or the paper's edge."""
    name, title = "A very long name of a deck that goes on and on " * 4, "W" * 90
    notes = [note("n" + "0123456789" * 6 + str(i), "sequence", Title="T", Step_1="a", Step_2="b") for i in range(3)]
    notes = [replace(each, step_ids=("first-" + "x" * 50, "second-" + "y" * 50)) for each in notes]
    made = deck(notes, name=name.strip(), licence="L" * 200, version="1" * 80, authors=(LONG * 4,))
    made = replace(made, sets=(replace(made.sets[0], title=title),))
    check_sheets(one(made, "cards", paper), paper, [("T", "a"), ("T", "b")] * 3)
    for layout in ("cards", "handout"):
        for page in one(made, layout, paper):
            for letter in page_letters(page):
                assert min(letter.x0, letter.y0) >= 5
                assert letter.x1 <= page.rect.width / POINT - 5
                assert letter.y1 <= page.rect.height / POINT - 5


def test_remarks_are_added_where_there_is_room() -> None:
    """Watch out, mnemonic and why stand under an answer that leaves room for them, at 8 points; the answer is never made smaller for them."""
    notes = [
        note("short", Question="Q?", Answer="Short", Why="Because it is so.", Watch_out="Not that.", Mnemonic="Think."),
        note("full", Question="Q?", Answer=words(60), Why="Because it is so. " * 12, Watch_out="Not that."),
    ]
    back = one(deck(notes), "cards")[1]
    full, short = (
        bare("".join(letter.char for letter in page_letters(back) if (letter.x0 < 105) is left))
        for left in (True, False)
    )
    assert "ShortWatchoutNotthat.MnemonicThink.WhyBecauseitisso." in short
    assert bare(words(60)) in full
    assert "Becauseitisso" not in full
    assert 8.0 in sizes_on(back)


def test_pictures_fit_their_cards() -> None:
    """A picture, however tall or wide, stands inside its card, and the text beside it keeps a readable size."""
    shapes = {"tall": (40, 4000), "wide": (4000, 40), "tiny": (3, 3), "square": (500, 500)}
    media, notes = {}, []
    for name, (width, height) in shapes.items():
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><rect width="{width}" height="{height}" fill="#abc"/></svg>'
        media[f"images/{name}.svg"] = replace(
            PICTURE, path=f"images/{name}.svg", name=f"dg-{name}.svg", data=svg.encode()
        )
        shown: tuple[Inline, ...] = (Image(f"images/{name}.svg", name, 0, 0),)
        notes.append(
            note(
                name,
                Question=(para("What is this?"), Paragraph(shown)),
                Answer=(Paragraph(shown),),
                Figure=(Paragraph(shown),),
            )
        )
    for layout in ("cards", "handout"):
        document = one(deck(notes, media=media), layout)
        for page in document:
            for drawing in page.get_drawings():
                assert drawing["rect"].x0 >= 5 * POINT
                assert drawing["rect"].y1 <= page.rect.height - 5 * POINT
    check_sheets(one(deck(notes, media=media), "cards"), "a4", [("Whatisthis?", "Basics")] * 4)


def test_widths_are_never_underestimated() -> None:
    """The width deckgen reckons with is at least what Typst needs, for any style; so a sure fit is a fit."""
    import typst

    rng = random.Random(5)
    chars = [char for char in fonts.advances() if char in fonts.ours().plain and not char.isspace()]
    texts = (
        ["".join(rng.choice(chars) for _ in range(40)) for _ in range(200)]
        + [words(8, seed) for seed in range(50)]
        + ["fi ffi AVAVA To Ty WA"]
    )
    page = """
    #set text(font: ("Lato", "Libertinus Serif", "DejaVu Sans Mono"), fallback: false, size: 10pt, number-type: "lining")
    #context [#metadata(json("t.json").map(t => calc.max(..(t, strong(t), emph(t), strong(emph(t))).map(it => measure(it).width / 10pt))))<w>]
    """
    with tempfile.TemporaryDirectory() as root:
        files: Any = {"main.typ": page.encode(), "t.json": json.dumps(texts).encode()}
        (measured,) = json.loads(typst.query(files, "<w>", field="value", root=root, font_paths=fonts.typst_fonts()))
    for text, width in zip(texts, measured, strict=True):
        assert width <= 1.02 * extents.text_width(text), text


def test_a_sure_fit_needs_no_measuring() -> None:
    """The lines deckgen reckons with are never fewer than Typst makes, in the widest style, whatever the words."""
    import typst

    texts = [words(count, count) for count in range(1, 60)]
    texts += [text.upper() for text in texts] + ["α-β " * 30, "x " * 90, "NF-κB M-CSF T-score " * 9]
    settled = [runs.settle([["p", [["t", text]]]], lambda _: None) for text in texts]
    reckoned = [extents.bounds(blocks) for blocks in settled]
    page = """
    #set text(font: ("Lato", "Libertinus Serif", "DejaVu Sans Mono"), fallback: false, size: 10pt, weight: 700, hyphenate: false)
    #set par(leading: 5pt)
    #let height(body, em) = measure(width: em * 10pt, par(body)).height
    #context {
      let (one, two) = (height([x], 20), height([x #linebreak() x], 20))
      let lines(body, em) = calc.round((height(body, em) - one) / (two - one)) + 1
      [#metadata(json("t.json").map(t => json("m.json").map(em => lines(t, em))))<w>]
    }
    """
    with tempfile.TemporaryDirectory() as root:
        files: Any = {
            "main.typ": page.encode(),
            "t.json": json.dumps(texts).encode(),
            "m.json": json.dumps(extents.MEASURES).encode(),
        }
        (measured,) = json.loads(typst.query(files, "<w>", field="value", root=root, font_paths=fonts.typst_fonts()))
    for text, bound, lines in zip(texts, reckoned, measured, strict=True):
        assert bound, text
        assert all(least <= most for least, most in zip(lines, bound[0], strict=True)), text
