"""Card Markdown: what a text becomes, what is refused and where, and that nothing is lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from conftest import grows_linearly
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deckgen.markup import (
    Blocks,
    cloze_back,
    cloze_front,
    cloze_ordinals,
    images,
    is_blank,
    maths,
    media,
    parse,
    sounds,
    to_data,
    to_html,
    to_plain,
    walk,
    with_images,
)
from deckgen.markup.parse import parse_markdown
from deckgen.markup.tree import (
    Blank,
    Block,
    Cloze,
    Image,
    Inline,
    Link,
    ListBlock,
    MaskedImage,
    Math,
    Paragraph,
    Strong,
    Text,
    joined,
)

GOLDEN = Path(__file__).parent / "golden" / "markup.txt"


# --- Golden examples


class Example(NamedTuple):
    """One example of the golden file: the text, and whether it is a cloze."""

    text: str
    cloze: bool


def data(blocks: Blocks) -> list[Any]:
    return to_data(blocks, lambda image: f"media/{image.path}", lambda math: {"svg": f"{math.start}.svg"})


def examples() -> list[Example]:
    """The examples of the golden file, which are its lines `<`."""
    found = []
    for part in re.split(r"^(?==)", GOLDEN.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        text = "\n".join(line[2:] for line in lines if line.startswith("<"))
        found.append(Example(text, cloze=lines[0] == "= cloze"))
    return found


def outcome(text: str, *, cloze: bool) -> Iterator[str]:
    blocks, problems = parse(text, cloze=cloze)
    yield "h " + to_html(blocks, lambda path: "dg-" + path.replace("/", "-")).replace("\n", "\nh ")
    yield "p " + to_plain(blocks).replace("\n", "\np ")
    yield "d " + json.dumps(data(blocks), ensure_ascii=False)
    for problem in problems:
        yield f"! {problem.start}-{problem.end} {problem.code}: {problem.message} | {problem.label} | {problem.hint}"


def rendered() -> str:
    """The golden file anew: comments, headings and texts are kept, the rest is made."""
    lines: list[str] = []
    pending: list[str] = []
    cloze = False
    for line in [*GOLDEN.read_text(encoding="utf-8").split("\n"), ""]:
        if line.startswith("<"):
            pending.append(line[2:])
        elif pending and not line:
            lines += outcome("\n".join(pending), cloze=cloze)
            pending = []
        elif line.startswith("="):
            cloze = line == "= cloze"
        if not line or line[0] in "=<#":
            lines.append(line)
    return "\n".join(lines[:-1])


def test_golden(*, update_golden: bool) -> None:
    """A text makes the same HTML, plain text and print data in every version: field HTML is hashed by the ledger."""
    now = rendered()
    if update_golden:
        GOLDEN.write_text(now, encoding="utf-8")
    assert now == GOLDEN.read_text(encoding="utf-8")


def test_golden_covers_every_node() -> None:
    """Every kind of node that an author can write goes through every writer; a gap to fill is made from a gap."""
    seen: set[type] = set()
    for text, cloze in examples():
        blocks, _ = parse(text, cloze=cloze)
        if ordinals := cloze_ordinals(blocks):
            blocks += cloze_front(blocks, ordinals[0])
        to_html(blocks)
        to_plain(blocks)
        json.dumps(data(blocks))
        seen |= {type(node) for node in walk(blocks)} | {type(block) for block in blocks}
    assert seen == {*get_args(Inline), *get_args(Block)} - {MaskedImage}


# --- Text comes through

UNTOUCHED = [
    "#1 cause of death",
    "50 % #1 cause",
    "T-score < -2.5, 5 & 6, 7 > 6",
    "$5 to $10 and 5 $ and 6 $",
    "US$5/$10/$20",
    "<b>bold</b> <script>alert(1)</script>",
    "-2.5",
    "+49 30 1234",
    "2019.5 and 3.10",
    "~5 mg and ~10 mg",
    "~~struck~~ ^^",
    "{{Front}} }} {{",
    "a_b_c and 2 * 3 * 4",
    '"quotes" -- and ... dots',
    '#read("x") #panic() @ref // /* */ ${x} %d \\d C:\\dir',
    "[Ca] [K+] (x) [1, 2]",
    "na\u00efve \u03b1\u03b2 \U0001f9b4 e\u0301 \u202eabc\u202c \ufeff",
    "a | b | c",
    "Nothing:: here",
    "++ -- == ::",
]  # fmt: skip


@pytest.mark.parametrize("text", UNTOUCHED)
def test_text_without_markdown_comes_through(text: str) -> None:
    """What is not listed in the reference stays as it is written, letter for letter, in all writers."""
    blocks, problems = parse(text)
    assert problems == ()
    assert to_plain(blocks) == text
    assert visible(to_html(blocks)) == text
    assert data(blocks) == [["p", [["t", text]]]]


def test_a_year_at_the_beginning_stays() -> None:
    """`2019. It was ...` is a list to Markdown; the year is seen in every writer, and nothing is wrong."""
    blocks, problems = parse("2019. It was a good year")
    assert problems == ()
    assert to_html(blocks) == '<ol start="2019"><li>It was a good year</li></ol>'
    assert to_plain(blocks) == "2019. It was a good year"
    assert data(blocks) == [["ol", 2019, [[["p", [["t", "It was a good year"]]]]]]]


def test_wrapping_a_text_anew_changes_nothing() -> None:
    """A line end is a space, so that moving it touches no student's note."""
    one, two = parse("The heart has four chambers"), parse("The heart\nhas four\nchambers\n")
    assert one == two


def test_entities_are_letters_but_never_signs() -> None:
    """CommonMark decodes entities; what they stand for makes no sub- or superscript and no gap."""
    blocks, problems = parse("&alpha;&lt; &#126;a&#126; &lbrace;&lbrace;c1::x}}")
    assert (to_plain(blocks), problems) == ("\u03b1< ~a~ {{c1::x}}", ())


@pytest.mark.parametrize("sign", list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"))
def test_a_backslash_makes_any_sign_text(sign: str) -> None:
    """A backslash before a sign gives the sign itself, also at the beginning of a line and in a gap."""
    text = f"\\{sign}a\\{sign} \\{sign} b"
    plain = text.replace(f"\\{sign}", sign)
    assert to_plain(parse(text)[0]) == plain
    blocks, problems = parse("{{c1::x}} " + text + "{{c2::" + text + "}}", cloze=True)
    assert (to_plain(blocks), problems) == (f"x {plain}{plain}", ())


# --- What is refused, and where

REFUSED = [
    ("# Title", "markdown-not-allowed", "# Title"),
    ("a\n\n## b ##\n\nc", "markdown-not-allowed", "## b ##"),
    ("a\n---", "markdown-not-allowed", "a\n---"),
    ("#", "markdown-not-allowed", "#"),
    ("a\n\n---\n\nb", "markdown-not-allowed", "---"),
    ("* * *", "markdown-not-allowed", "* * *"),
    ("---\na: b\n---\nc", "markdown-not-allowed", "---\na: b\n---"),
    ("é a[^1]", "markdown-not-allowed", "[^1]"),
    ("[^1]: b", "markdown-not-allowed", "[^1]: b"),
    ("é\n\n[K+]: 5.5", "markdown-not-allowed", "[K+]: 5.5"),
    ("- [ ] a\n- b", "markdown-not-allowed", "- [ ] a"),
    ("Term\n: é meaning", "markdown-not-allowed", ": é meaning"),
    ('[a](https://b.example "é")', "markdown-not-allowed", '[a](https://b.example "é")'),
    ("- 2.5", "lone-list-item", "- 2.5"),
    ("+ more", "lone-list-item", "+ more"),
    ("- ", "lone-list-item", "-"),
    ("1.", "lone-list-item", "1."),
    ("007. Bond", "lone-list-item", "007. Bond"),
    ("7) x", "lone-list-item", "7) x"),
    ("é is\n- 2.5 SD", "lone-list-item", "- 2.5 SD"),
    ("> 50 %", "quote-sign", "> 50 %"),
    (">= 5", "quote-sign", ">= 5"),
    ("2019. é\n2023. b", "list-numbers", "2023."),
    ("|é|\n|-|\n|1|2|", "table-cells", "2"),
    ("é \x01", "control-character", "\x01"),
    ("é \ud800", "control-character", "\ud800"),
    ("é &#x1f;", "control-character", "&#x1f;"),
    ("é [x](javascript:alert(1))", "link-scheme", "[x](javascript:alert(1))"),
    ("[x](data:text/html,y)", "link-scheme", "[x](data:text/html,y)"),
    ("[x](images/x.html)", "link-scheme", "[x](images/x.html)"),
    ("[x](<https://a.example/\x85>)", "control-character", "\x85"),
    ("[x](<https://a.example/a b>)", "link-scheme", "[x](<https://a.example/a b>)"),
    ("[x](https:)", "link-scheme", "[x](https:)"),
    ("[x](&#106;avascript:y)", "link-scheme", "[x](&#106;avascript:y)"),
    ("<tel:5>", "link-scheme", "<tel:5>"),
    ("[](https://a.example)", "link-text", "[](https://a.example)"),
    ("é ![](a.svg)", "image-alt", "![](a.svg)"),
    ("é ![](a.WAV)", "sound-alt", "![](a.WAV)"),
    ("![a](https://b.example/c.mp3)", "sound-remote", "![a](https://b.example/c.mp3)"),
    ("![a](data:audio/x.mp3)", "sound-remote", "![a](data:audio/x.mp3)"),
    ("![a]()", "image-path", "![a]()"),
    ("![a](HTTPS://b.example/c.png)", "image-remote", "![a](HTTPS://b.example/c.png)"),
    ("![a](//b.example/c.png)", "image-remote", "![a](//b.example/c.png)"),
    ("![a](data:image/png;base64,x)", "image-remote", "![a](data:image/png;base64,x)"),
    ("é $a \\) b$", "math-delimiter", "$a \\) b$"),
    ("é {{c1::x::y}}.", "stray-cloze", "{{c1::x::y}}"),
    ("$x^{{c1::2}}$", "stray-cloze", "$x^{{c1::2}}$"),
    ("<div>{{c1::x}}</div>", "stray-cloze", "<div>{{c1::x}}</div>"),
]
REFUSED_CLOZES = [
    ("é {{c1:x}} {{c1::y}}", "cloze-malformed", "{{c1:x}}"),
    ("{{c1::}}", "cloze-malformed", "{{c1::}}"),
    ("{{c1::  ::hint}}", "cloze-malformed", "{{c1::  ::hint}}"),
    ("{{c0::x}}", "cloze-malformed", "{{c0::x}}"),
    ("{{C1::x}}", "cloze-malformed", "{{C1::x}}"),
    ("{{c::x}}", "cloze-malformed", "{{c::x}}"),
    ("{{ c1::x}}", "cloze-malformed", "{{ c1::x}}"),
    ("{{c1 ::x}}", "cloze-malformed", "{{c1 ::x}}"),
    ("{{x}}", "cloze-malformed", "{{x}}"),
    ("é **b** {{c1::x", "cloze-malformed", "{{c1::"),
    ("{{c1::x}} é }} y", "cloze-malformed", "}}"),
    ("{{x}} é }}", "cloze-malformed cloze-malformed", "}}"),
    ("{{c1::a **b}} c**", "cloze-malformed", "{{c1::"),
    ("**{{c1::a** b}}", "cloze-malformed", "{{c1::"),
    ("{{c1::a\n\nb}}", "cloze-malformed", "{{c1::"),
    ("- {{c1::a\n- b}}", "cloze-malformed", "{{c1::"),
    ("|a|b|\n|-|-|\n|{{c1::a|b}}|", "cloze-malformed", "{{c1::"),
    ("{{c1::a::b {{c2::c}}}}", "cloze-malformed", "{{c1::a::b {{c2::c}}}}"),
    ("é $x^{{c1::2}}$ {{c1::y}}", "cloze-malformed", "$x^{{c1::2}}$"),
    ("<div>{{c1::x}}</div>", "cloze-malformed", "<div>{{c1::x}}</div>"),
    ("![{{c1::x}](a.svg) {{c2::y}}", "cloze-malformed", "{{c1::"),
    ("é {{c1::$\\frac{1}{{2}}$}}", "cloze-braces", "$\\frac{1}{{2}}$"),
    ("{{c1::**`a}}`**}}", "cloze-braces", "`a}}`"),
    ("{{c501::x}}", "cloze-number", "{{c501::x}}"),
    ("{{c1,999999999::x}}", "cloze-number", "{{c1,999999999::x}}"),
    ("é No gap.\n", "cloze-missing", "é No gap."),
    ("`{{c1::x}}`", "cloze-missing", "`{{c1::x}}`"),
]


@pytest.mark.parametrize(
    ("text", "codes", "marked", "cloze"),
    [(*case, False) for case in REFUSED] + [(*case, True) for case in REFUSED_CLOZES],
)
def test_what_is_refused(text: str, codes: str, marked: str, cloze: bool) -> None:
    """A mistake is found once, at its exact place, with a message that stands alone and a next step."""
    _, problems = parse(text, cloze=cloze)
    assert [problem.code for problem in problems] == codes.split()
    last = problems[-1]
    assert text[last.start : last.end] == marked
    for problem in problems:
        assert problem.message
        assert problem.hint.endswith(".")


CORRECTED = [
    ("# Title", "\\# Title", "# Title"),
    ("---", "\\---", "---"),
    ("[K+]: 5.5", "\\[K+]: 5.5", "[K+]: 5.5"),
    ("- 2.5", "\\- 2.5", "- 2.5"),
    ("- 2.5", "\u22122.5", "\u22122.5"),
    ("+ more", "\\+ more", "+ more"),
    ("7) x", "7\\) x", "7) x"),
    ("> 50 %", "\\> 50 %", "> 50 %"),
    ("[^1]", "\\[^1]", "[^1]"),
]


@pytest.mark.parametrize(("text", "correction", "plain"), CORRECTED)
def test_the_hint_helps(text: str, correction: str, plain: str) -> None:
    """The corrected form a hint offers is right, and gives what the author meant."""
    _, problems = parse(text)
    assert f"`{correction}`" in problems[0].hint
    blocks, left = parse(correction)
    assert (to_plain(blocks), left) == (plain, ())


def test_the_hint_of_a_gap_helps() -> None:
    """The corrected form of a misspelt gap is a gap with the same words."""
    for text in ("{{c2:x y}}", "{{C2::x y}}", "{{ c2 : x y}}", "{{2::x y}}"):
        _, problems = parse(text, cloze=True)
        assert "`{{c2::x y}}`" in problems[0].hint


def test_lists_that_are_meant() -> None:
    """Lists of several items, and of one after a colon, are lists; equal numbers are the usual shorthand."""
    for text in ("- a\n- b", "1. a\n1. b", "3. a\n4. b", "Doses:\n- 5 mg", "Text.\n\n- 5 mg\n", "a\n- b"):
        assert parse(text)[1] == ()


def test_brackets_of_isotopes_are_no_footnotes() -> None:
    """`[^18^F]FDG` is a substance."""
    blocks, problems = parse("[^18^F]FDG")
    assert problems == ()
    assert to_html(blocks) == "[<sup>18</sup>F]FDG"


# --- Sub- and superscripts

SCRIPTS = [
    ("H~2~O", "H<sub>2</sub>O"),
    ("~2~", "<sub>2</sub>"),
    ("Ca^2+^,", "Ca<sup>2+</sup>,"),
    ("HCO~3~^\u2212^", "HCO<sub>3</sub><sup>\u2212</sup>"),
    ("x~a b~", "x~a b~"),
    ("x~a\u00a0b~", "x~a\u00a0b~"),
    ("x~a&nbsp;b~", "x~a\u00a0b~"),
    ("x~a\nb~", "x~a b~"),
    ("x ~ y~z~", "x ~ y<sub>z</sub>"),
    ("~a ~b~", "~a <sub>b</sub>"),
    ("x~~a~~", "x~~a~~"),
    ("~", "~"),
    ("a~b^c~d", "a<sub>b^c</sub>d"),
    ("a~b^c^d~e", "a<sub>b<sup>c</sup>d</sub>e"),
    ("a^*b*^", "a<sup><i>b</i></sup>"),
    ("a^*b c*^", "a^<i>b c</i>^"),
    ("*a~b* c~", "<i>a~b</i> c~"),
    ("**Ca^2+^**", "<b>Ca<sup>2+</sup></b>"),
    (r"a\~b\~ c^\^^", "a~b~ c<sup>^</sup>"),
    ("x^`a b`^", "x<sup><code>a b</code></sup>"),
    ("x~$a b$~", "x<sub>\\(a b\\)</sub>"),
    ("a^b~c^d~e", "a<sup>b~c</sup>d~e"),
    ("a~b~c~d~", "a<sub>b</sub>c<sub>d</sub>"),
    ("a~b~c~", "a<sub>b</sub>c~"),
    ("~**b**~a~", "<sub><b>b</b></sub>a~"),
]


@pytest.mark.parametrize(("text", "html"), SCRIPTS)
def test_scripts(text: str, html: str) -> None:
    """Pandoc's rule: something without white space between two signs is lowered or raised; else the signs stay."""
    assert to_html(parse(text)[0]) == html


# --- Gaps and views


def test_a_hint_is_plain_text() -> None:
    """A hint begins at the first `::` of the gap itself; its markup is taken off, and no sign reaches across."""
    blocks, problems = parse("{{c1::*a::b*::**c** d~2~ $x$ ::e}} {{c2::a~b::c~d}} {{c3::x:: }}", cloze=True)
    assert problems == ()
    found = [(to_plain((Paragraph(node.children),)), node.hint) for node in walk(blocks) if isinstance(node, Cloze)]
    assert found == [("a::b", "c d₂ x ::e"), ("a~b", "c~d"), ("x", "")]


def test_gaps_know_their_place() -> None:
    """A gap, a formula, a link and a picture know where they stand in the text, in characters."""
    text = "é🦴 {{c1::a $x$}} [l](https://a.example) ![p](p.svg) $$y$$"
    blocks, problems = parse(text, cloze=True)
    assert problems == ()
    found = [text[node.start : node.end] for node in walk(blocks) if isinstance(node, (Cloze, Math, Link, Image))]
    assert found == ["{{c1::a $x$}}", "$x$", "[l](https://a.example)", "![p](p.svg)", "$$y$$"]


def test_front_and_back() -> None:
    """On a card its own gaps are blanks, then bold; the others are filled, and gaps inside gaps follow suit."""
    blocks, _ = parse("{{c1::a {{c2::b::h}}}} {{c2::c d}} {{c1,2::e}}", cloze=True)
    assert cloze_ordinals(blocks) == (1, 2)
    assert cloze_front(blocks, 1) == (Paragraph((Blank("", 3), Text(" c d "), Blank("", 1))),)
    assert cloze_front(blocks, 2) == (
        Paragraph((Text("a "), Blank("h", 1), Text(" "), Blank("", 3), Text(" "), Blank("", 1))),
    )
    assert to_html(cloze_back(blocks, 1)) == "<b>a b</b> c d <b>e</b>"
    assert to_html(cloze_back(blocks, 2)) == "a <b>b</b> <b>c d</b> <b>e</b>"
    assert repr(cloze_back(blocks, 3)) == repr((Paragraph((Text("a b c d e"),)),))


def test_views_reach_everywhere() -> None:
    """Gaps, pictures, sounds and formulas are found in lists, quotations, tables and emphasis."""
    text = "- {{c3::*![a](1.svg)*}}\n\n> $x$ ![s](3.Mp3)\n\n| {{c1::![b](2.svg)}} |\n|---|\n| **$$y$$** ![t](4.oga) |"
    blocks, problems = parse(text, cloze=True)
    assert problems == ()
    assert cloze_ordinals(blocks) == (1, 3)
    assert [image.path for image in images(blocks)] == ["1.svg", "2.svg"]
    assert [math.tex for math in maths(blocks)] == ["x", "y"]
    assert [sound.path for sound in sounds(blocks)] == ["3.Mp3", "4.oga"]
    assert [node.path for node in media(blocks)] == ["1.svg", "3.Mp3", "2.svg", "4.oga"]
    renamed = with_images(blocks, lambda path: "dg-" + path)
    assert [image.path for image in images(renamed)] == ["dg-1.svg", "dg-2.svg"]
    assert with_images(renamed, lambda path: path.removeprefix("dg-")) == blocks


def test_plain_text_of_gaps() -> None:
    """Plain text shows what a gap hides, or its hint."""
    blocks, _ = parse("a {{c1::b}} {{c2::c::d}}", cloze=True)
    assert to_plain(blocks) == "a b c"
    assert to_plain(blocks, cloze_shown=False) == "a [...] [d]"
    assert to_plain(cloze_front(blocks, 2)) == "a b [d]"


@pytest.mark.parametrize("text", ["", " \n ", "\\\n", "&nbsp;", "\u200b", "```\n```", "> ", "|  |\n|--|"])
def test_blank(text: str) -> None:
    """A text that shows nothing is blank; a cloze text that is blank is not also reported as one without a gap."""
    assert is_blank(parse(text)[0]) is (text != "\\\n")
    assert text == "\\\n" or parse(text, cloze=True)[1] == ()


@pytest.mark.parametrize(
    "text", ["a", "`a`", "$a$", "![a](b.svg)", "![](b.mp3)", "- a", "> *a*", "```\na\n```", "| a |\n|---|", "0"]
)
def test_not_blank(text: str) -> None:
    """A letter, a picture, a sound, a formula or code anywhere is something."""
    assert not is_blank(parse(text)[0])


def test_neighbouring_texts_are_one() -> None:
    """A tree holds no empty text and no two texts side by side, so that writers see a whole `[sound:`."""
    assert joined(["a", Text("b"), "", Strong((Text("c"),)), "", Text("d")]) == (
        Text("ab"),
        Strong((Text("c"),)),
        Text("d"),
    )


# --- Properties

SIGNS = [
    "a",
    "B",
    "2",
    " ",
    "  ",
    "\n",
    "~",
    "^",
    "{{c1::",
    "{{c2::",
    "}}",
    "::",
    "{",
    "}",
    "*",
    "**",
    "_",
    "$",
    "`",
    "\\",
]
MORE = [
    "[",
    "](",
    ")",
    "!",
    "<b>",
    "<",
    ">",
    "&alpha;",
    "&",
    "#",
    "- ",
    "1. ",
    "| ",
    "|-|",
    "é",
    "\U0001f9b4",
    "\u00a0",
    "\t",
]
ODD = [
    "\r\n",
    "\r",
    "&#10;",
    "http://a",
    "[^1]",
    "]:",
    "\x01",
    "\ud800",
    "\u200b",
    ":",
    "?",
    "=",
    "image-occlusion:",
    "[sound:",
    "[$]",
    "\\(",
    "\\[",
]
marked_texts = st.lists(st.sampled_from(SIGNS + MORE + ODD), max_size=16).map("".join)
any_texts = st.one_of(st.text(st.characters(exclude_categories=())), marked_texts)
plain_signs = st.sampled_from(
    ["a", " ", "2", "~", "^", "{{c1::", "}}", "::", "{", ":", "é", "!", "]", ")", "-", "|", "< ", "& ", "\u2003"]
)
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def visible(html: str) -> str:
    return unescape(re.sub(r"<[^<>]*>", "", html))


@settings(deadline=None, max_examples=400)
@given(any_texts, st.booleans())
@example("\x1f", True)
def test_parse_never_raises(text: str, cloze: bool) -> None:
    """Any text gives a tree that every writer can write, and problems that lie inside the text."""
    blocks, problems = parse(text, cloze=cloze)
    to_html(blocks).encode()
    to_plain(blocks).encode()
    json.dumps(data(blocks)).encode()
    for ordinal in cloze_ordinals(blocks):
        to_html(cloze_front(blocks, ordinal) + cloze_back(blocks, ordinal))
    assert problems or not any(re.search(r"[\r\n]", getattr(node, "text", "")) for node in walk(blocks))
    assert all(0 <= problem.start < problem.end <= len(text) for problem in problems)
    assert list(problems) == sorted(problems, key=lambda problem: (problem.start, problem.end))


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.lists(plain_signs, max_size=14).map("".join), any_texts), st.booleans())
@example("a ", False)
@example("{{c1::a}} \n", True)
def test_the_short_way_is_the_long_way(text: str, cloze: bool) -> None:
    """A text without Markdown is not handed to pyromark, and gives exactly what pyromark would have led to."""
    assert repr(parse(text, cloze=cloze)) == repr(parse_markdown(text, cloze=cloze))


def escaped(text: str) -> str:
    """The text with a backslash before every sign, as the reference says."""
    return PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


@settings(deadline=None, max_examples=400)
@given(st.one_of(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))), marked_texts))
def test_escaped_text_comes_through(text: str) -> None:
    """With a backslash before each sign any text comes through all writers, letter for letter, gap or no gap."""
    words = " ".join(re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "", text).split())
    if not words:
        return
    blocks, problems = parse(escaped(words))
    assert problems == ()
    assert (to_plain(blocks), visible(to_html(blocks)), data(blocks)) == (words, words, [["p", [["t", words]]]])
    blocks, problems = parse("{{c1::" + escaped(words) + "}}", cloze=True)
    assert problems == ()
    assert data(blocks) == [["p", [["cloze", [1], [["t", words]], ""]]]]


@settings(deadline=None, max_examples=400)
@given(marked_texts, st.booleans())
def test_what_is_shown_was_written(text: str, cloze: bool) -> None:
    """No writer loses or adds letters: HTML shows what plain text says, and a text without problems says all of it."""
    blocks, problems = parse(text, cloze=cloze)
    if any(isinstance(node, (Math, Image)) for node in walk(blocks)) or "```" in text or "~~~" in text:
        return  # TeX and text alternatives are set otherwise; the language of a code block is not shown
    letters = re.compile(r"[^Bé\U0001f9b4]")
    shown = letters.sub("", to_plain(blocks))
    assert letters.sub("", visible(to_html(filled(blocks)))) == shown
    if not problems and not any(isinstance(node, (Cloze, Link)) for node in walk(blocks)):
        assert letters.sub("", text) == shown


def filled(blocks: Blocks) -> Blocks:
    """The tree with all gaps filled."""
    for ordinal in cloze_ordinals(blocks):
        blocks = cloze_back(blocks, ordinal)
    return blocks


# --- Depth and speed

DEEP = {
    "quotes": ("> ", "x", ""),
    "lists": ("- ", "x", ""),
    "emphasis": ("*a **b ", "x", " c** d*"),
    "gaps": ("{{c1::", "x", "}}"),
    "gaps in emphasis": ("*{{c1::a ", "x", "}}*"),
    "links": ("![a", "x", "](y)"),
    "scripts": ("~b^*c", "x", "c*^d~"),
    "mixed": ("> - *a ", "x", "*"),
}


@pytest.mark.parametrize("levels", [51, 400])
@pytest.mark.parametrize("name", DEEP)
def test_too_deep(name: str, levels: int) -> None:
    """Nesting beyond 50 levels is one problem, and the text a plain paragraph no writer can stumble over."""
    before, middle, after = DEEP[name]
    text = before * levels + middle + after * levels
    blocks, problems = parse(text, cloze=True)
    assert "too-deep" in {problem.code for problem in problems}
    assert blocks == (Paragraph((Text(text),)),)


def test_deep_enough() -> None:
    """Fifty levels are fine, and gaps within gaps as deep as Anki reads them."""
    assert parse(">" * 50 + "x")[1] == ()
    assert [problem.code for problem in parse(">" * 51 + "x")[1]] == ["too-deep"]
    scripts = "a~b^*c" * 16 + "x" + "c*^d~" * 16  # three levels each
    assert parse("**" + scripts + "**")[1] == ()
    assert [problem.code for problem in parse("> - **" + scripts + "**")[1]] == ["too-deep"]
    assert parse("a\n\n" + "- " * 50 + "x")[1] == ()
    gaps = "".join(f"{{{{c{number}::a" for number in range(1, 11)) + "}}" * 10
    assert parse(gaps, cloze=True)[1] == ()
    assert cloze_ordinals(parse(gaps, cloze=True)[0]) == tuple(range(1, 11))
    assert [problem.code for problem in parse("{{c1::a" + gaps + "}}", cloze=True)[1]] == ["too-deep"]


def many(piece: str) -> Callable[[int], str]:
    return lambda size: (piece * (size // len(piece) + 1))[:size]


HOSTILE: dict[str, Callable[[int], str]] = {
    **{piece: many(piece) for piece in (
        "[", "![", "[a](", "[](", "![a](b)", "*a ", "**a*", "*a_", "_*", "`", "`a", "$", "$a ", "$$a", "{$a", "~a", "~a~b", "^~", "~*a*",
        "{{c1::", "{{c1::a}}", "{{c1:", "{{ ", "}}", "::", "{{c1::`}}`}}", "> ", "- ", "1. ", "1. a\n", "- 1\n\n+ 1\n\n", "- [ ] a\n", "<", "<a ",
        "<!--", "<b>{{c1::x}}</b>", "&", "&#1;", "\\", "\\*", "a\n", "a\n: b\n", "a\n\n", "[a]: b\n", "[^1]", "---\n", "# a\n", "a\n-\n", "```\n",
        "    a\n", "é~2~$x$", "\x01", "|a", "[sound:", "$a$1", "*{{c1::a*",
    )},
    "table": lambda size: "|a|b|\n|-|-|\n" + many("|1|2|\n")(size),
    "wide table": lambda size: "|a" * 220 + "|\n" + "|-" * 220 + "|\n" + many("x\n")(size),
    "brackets": lambda size: "[" * (size // 2) + "]" * (size // 2),
    "stars": lambda size: "*" * (size // 2) + "a" + "*" * (size // 2),
    "lazy quotes": lambda size: ">" * (size // 2) + "a\n" + many("a\n")(size // 2),
    "number": lambda size: "{{c" + "1" * size + "::x}}",
    "numbers": lambda size: "{{c1" + ",1" * (size // 2) + "::x}}",
    "backticks": lambda size: "".join("`" * length + " " for length in range(int((2 * size) ** 0.5))),
    "hint": lambda size: "{{c1::a" + many("::b")(size) + "}}",
    "braces": lambda size: "{" * (size // 2) + "}" * (size // 2),
}  # fmt: skip


@pytest.mark.parametrize("cloze", [False, True])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_fast(name: str, cloze: bool) -> None:
    """Whatever is written, twice the text takes about twice the time to read and to write."""

    def work(size: int) -> None:
        blocks, _ = parse(HOSTILE[name](size), cloze=cloze)
        to_html(blocks)
        to_plain(blocks)
        data(blocks)

    assert grows_linearly(work, 100_000)


def test_every_list_item_is_kept() -> None:
    """An empty item between others is an item."""
    blocks, problems = parse("- a\n-\n- c")
    assert problems == ()
    assert blocks == (ListBlock(None, ((Paragraph((Text("a"),)),), (), (Paragraph((Text("c"),)),))),)
