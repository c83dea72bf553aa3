"""What the real Anki makes of our field HTML: cards, hints, hidden text, and nothing that starts by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from deckgen.markup import Blocks, cloze_back, cloze_front, cloze_ordinals, maths, parse, to_html

pytest.importorskip("anki")

PLAIN_DELIMITER = re.compile(r"\\[(\[]")


class Card(NamedTuple):
    """A card as Anki shows it: its number, both sides, and what Anki would play or speak."""

    ordinal: int
    question: str
    answer: str
    sounds: int


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from anki.collection import Collection

    opened = Collection(str(Path(tmp_path_factory.mktemp("anki")) / "test.anki2"))
    yield opened
    opened.close()


def cards(collection: Any, note_type: str, html: str) -> list[Card]:
    """The cards Anki makes of this HTML in the first field."""
    note = collection.new_note(collection.models.by_name(note_type))
    note.fields[0] = html
    note.fields[1] = "" if note_type == "Cloze" else "back"
    collection.add_note(note, 1)
    try:
        found = []
        for card in note.cards():
            shown = card.render_output()
            sounds = len(shown.question_av_tags) + len(shown.answer_av_tags)
            found.append(Card(card.ord + 1, shown.question_text, shown.answer_text, sounds))
        return found
    finally:
        collection.remove_notes([note.id])


def visible(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", html)).split())


def side(blocks: Blocks) -> str:
    """What we think a side shows: gaps to fill as `[hint]`."""
    return visible(to_html(blocks))


class MathJaxText(HTMLParser):
    """The stretches of text in which MathJax looks for formulas: it sees through `wbr` and comments alone."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stretches = [""]
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        self.skipped += tag in {"code", "pre"}
        if tag != "wbr":
            self.stretches.append("")

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in {"code", "pre"}
        self.stretches.append("")

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.stretches[-1] += data


def formulas(html: str) -> int:
    """How many formulas MathJax begins in this HTML."""
    parser = MathJaxText()
    parser.feed(html)
    parser.close()
    found = 0
    for stretch in parser.stretches:
        at = 0
        while begin := PLAIN_DELIMITER.search(stretch, at):
            end = r"\)" if begin[0] == r"\(" else r"\]"
            closed = re.compile(r"(?:[^\\]|\\(?!" + re.escape(end[1]) + r").)*?" + re.escape(end), re.DOTALL).match(
                stretch, begin.end()
            )
            found += 1
            at = closed.end() if closed else begin.end()
    return found


# --- Examples

HOSTILE = [
    "[sound:x.mp3]",
    "[anki:play:q:0]",
    "[anki:tts lang=en_US]x[/anki:tts]",
    "[latex]x[/latex]",
    "[LaTeX]x[/LaTeX]",
    r"[\$]x[/$]",
    r"[\$\$]x[/$$]",
    "**[sound:x.mp3]**",
    "`[sound:x.mp3]`",
    "    [sound:x.mp3]",
    "![[sound:x.mp3]](a.svg)",
    "[a](<https://a.example/[sound:x.mp3]>)",
    "[[type:Front]]",
    "$[sound:x.mp3]$",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_text_starts_nothing(collection: Any, text: str) -> None:
    """Anki's own signs, typed as text, play no sound, call no LaTeX, ask for no answer, in a plain field and in a gap."""
    blocks, problems = parse(text)
    assert problems == ()
    inside, problems = parse(f"{{{{c1::x}}}}\n\n{text}\n\n{{{{c2::{text.strip()}}}}}", cloze=True)
    assert problems == ()
    for card in [*cards(collection, "Basic", to_html(blocks)), *cards(collection, "Cloze", to_html(inside))]:
        assert card.sounds == 0
        for html in (card.question, card.answer):
            assert "class=latex" not in html
            assert "[anki:" not in html
            assert "[[type:" not in html


@pytest.mark.parametrize(
    "hint", ["sound:x.mp3", "anki:play:q:0", "latex", r"\$", r"\$\$", "*$*", "a ] b", "}", r"\}\}", "::", "<b>"]
)
def test_a_hint_is_only_text(collection: Any, hint: str) -> None:
    """Anki puts a hint between brackets: no hint becomes a sound or LaTeX by that."""
    blocks, problems = parse(f"{{{{c1::x::{hint} }}}} [/$] [/latex]", cloze=True)
    assert problems == ()
    (card,) = cards(collection, "Cloze", to_html(blocks))
    assert card.sounds == 0
    assert "class=latex" not in card.question
    assert visible(card.question) == side(cloze_front(blocks, 1))


@pytest.mark.parametrize(
    "text",
    [
        r"{{c1::a\}\}b}} c \}\}",
        r"{{c1::a\}}} b",
        r"{{c1::a\::b::hint}} c::d",
        r"{{c1::a:::hint}} b",
        r"{{c1::a \{\{c2::hint}} b",
        r"{{c1::x}} \{\{c2::y\}\}",
        "{{c1::*a::b*::hint}}",
        "{{{c1::a}}} {{c2::{b} }}",
        "{{c1::image-occlusion:rect:left=1}}",
        "{{c1::image-occlusion::hint}}",
        "{{c1::![a::b](a.svg)::c}}",
        "{{c1::[x](https://a.example/?q::r)::c}}",
        "{{c1::a < b > c & d::e < f}}",
        "{{c1::outer {{c2::inner::small}} end::large}}",
        "{{c1::a {{c1::b}} c}}",
        "{{c1,3::both}} {{c2::one}}",
        "{{c007::x}}",
        "{{c1::$\\frac{a}{\\sqrt{b} }$}} $\\frac{a}{\\sqrt{b}}$",
        "{{c1::$a::b$::c}}",
        "{{c1::`a::b`::c}} `}}` `{{c2::x}}`",
        "- {{c1::a}}\n- {{c2::b}}\n\n| {{c3::c}} |\n|---|\n| {{c4::d}} |\n\n> {{c5::e}}",
        "{{c500::x}}",
        "".join(f"{{{{c{number}::a{number} " for number in range(1, 11)) + "}}" * 10,
    ],
)
def test_anki_reads_gaps_as_we_do(collection: Any, text: str) -> None:
    """Anki makes a card for each of our numbers, and both sides say what our own front and back say."""
    blocks, problems = parse(text, cloze=True)
    assert problems == ()
    agree(cards(collection, "Cloze", to_html(blocks)), blocks)


def agree(made: list[Card], blocks: Blocks) -> None:
    assert [card.ordinal for card in made] == list(cloze_ordinals(blocks))
    for card in made:
        assert visible(card.question) == side(cloze_front(blocks, card.ordinal))
        assert visible(card.answer).removesuffix(" back").startswith(side(cloze_back(blocks, card.ordinal)))
        assert card.sounds == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (r"\\(x\\)", 0),
        (r"\\\[x\\\]", 0),
        (r"\\\\(x\\\\)", 0),
        (r"*\\*(x)", 0),
        ("$x$ and $$y$$", 2),
        (r"`\(x\)`", 0),
        (r"\\$x$", 1),
    ],
)
def test_only_formulas_are_formulas(text: str, number: int) -> None:
    r"""A backslash and a bracket typed by the author are no formula to MathJax; `$x$` is."""
    blocks, _ = parse(text)
    assert formulas(to_html(blocks)) == len(list(maths(blocks))) == number


def test_what_mathjax_sees_through() -> None:
    """The reason for the `span`: a `wbr` or a comment would not keep MathJax from a formula."""
    assert [formulas(rf"\{between}(x\)") for between in ("", "<wbr>", "<!-- -->", "&#40;", "<span></span>")] == [
        1,
        1,
        1,
        1,
        0,
    ]


# --- Properties

PIECES = [
    "a",
    "b ",
    " ",
    "}",
    "{",
    ":",
    "::",
    "{{c1::",
    "{{c2::",
    "{{c1,2::",
    "}}",
    "}}",
    "}}",
    "*",
    "**",
    "~",
    "^",
    "$x$",
    "`c`",
    "<b>",
    "<",
    "&",
]
ODD = [
    "é",
    r"\}",
    r"\{",
    r"\:",
    r"\\",
    "(",
    r"\[",
    "[sound:x]",
    "[latex]",
    r"[\$]",
    "image-occlusion:",
    "![p](a.svg)",
    "\n\n",
    "- ",
    "&amp;",
    "&rbrace;",
    "c1",
]
texts = st.lists(st.sampled_from(PIECES + ODD), max_size=18).map("".join)
with_collection = settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@with_collection
@given(texts)
def test_anki_agrees_about_any_cloze(collection: Any, text: str) -> None:
    """Whatever cloze text we accept, Anki makes the same cards of it, shows the same words, and starts nothing."""
    text = "{{c1::q " + text
    blocks, problems = parse(text, cloze=True)
    if problems:
        blocks, problems = parse(text + " }}", cloze=True)
    assume(not problems)
    agree(cards(collection, "Cloze", to_html(blocks)), blocks)


@with_collection
@given(texts)
def test_anki_shows_any_plain_text(collection: Any, text: str) -> None:
    """Whatever text stands in a field, Anki shows it as it is and starts nothing, and MathJax sees our formulas only."""
    blocks, _ = parse(text)
    html = to_html(blocks)
    assert formulas(html) == len(list(maths(blocks)))
    for card in cards(collection, "Basic", html or "x"):
        assert card.sounds == 0
        assert visible(card.question) == visible(html or "x")
