"""Diagnostics as text: readable for people, exact for programs, and never able to steer a terminal."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deckgen.diagnostics import Bag, Diagnostic, Edit, Source, Span
from deckgen.report import Style, as_data, render, summary, visible

STYLES: list[Style] = ["full", "short", "json", "github"]
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def problem(
    text: str, start: int, end: int, message: str = "message", label: str = "label", *hints: str, path: str = "a.yaml"
) -> Diagnostic:
    return Diagnostic("code", "error", message, Span(Source(path, text), start, end), label, hints)


def full(item: Diagnostic) -> list[str]:
    return render([item], "full", color=False).splitlines()


def test_full_is_the_form_of_the_manual() -> None:
    """Headline, place, excerpt with marks and label, and help stand as the architecture shows them."""
    text = "- id: a\n- id: b\n  question: c\n\n\n    anwser: Four\n"
    at = text.index("anwser")
    span = Span(Source("cards/heart.yaml", text), at, at + 6)
    bag = Bag()
    bag.error("unknown-key", "unknown key `anwser`", span, "did you mean `answer`?")
    assert render(bag, "full", color=False) == (
        "error[unknown-key]: unknown key `anwser`\n"
        " --> cards/heart.yaml:6:5\n"
        "  |\n"
        "6 |     anwser: Four\n"
        "  |     ^^^^^^ did you mean `answer`?\n"
    )


def test_full_shows_other_places_and_help() -> None:
    """Related places have excerpts of their own, hints a line each, and further lines of a hint are set in."""
    source = Source("a.yaml", "\n" * 8 + "a: 1\na: 2\n")
    bag = Bag()
    bag.warning("duplicate-key", "twice", Span(source, 13, 14), "second", "Delete one:\n  a: 1", "", "Or both.",
                related=((Span(source, 8, 9), "first"),))  # fmt: skip
    assert render(bag, "full", color=False) == (
        "warning[duplicate-key]: twice\n"
        "  --> a.yaml:10:1\n"
        "   |\n"
        "10 | a: 2\n"
        "   | ^ second\n"
        "  ::: a.yaml:9:1\n"
        "   |\n"
        " 9 | a: 1\n"
        "   | - first\n"
        "   |\n"
        "   = help: Delete one:\n"
        "             a: 1\n"
        "   = help: Or both.\n"
    )


@pytest.mark.parametrize(
    ("line", "marked", "shown", "marks"),
    [
        ("a: bc", "bc", "a: bc", "   ^^"),
        ("\ta:\tb", "b", "    a:  b", "        ^"),
        ("骨粗鬆症: x", "x", "骨粗鬆症: x", "          ^"),
        ("x 骨粗 y", "骨粗", "x 骨粗 y", "  ^^^^"),
        ("cafe\u0301: b", "b", "cafe\u0301: b", "      ^"),
        ("cafe\u0301: b", "\u0301", "cafe\u0301: b", "   ^"),
        ("😀 a", "a", "😀 a", "   ^"),
        ("a\x1b[31mb", "b", "a\\x1b[31mb", "         ^"),
        ("a\u202eb", "\u202e", "a<U+202E>b", " ^^^^^^^^"),
    ],
)
def test_marks_stand_under_what_they_mark(line: str, marked: str, shown: str, marks: str) -> None:
    """Tabs, wide letters, accents and escaped characters take the columns that a terminal gives them."""
    at = line.index(marked)
    assert full(problem(line, at, at + len(marked)))[3:] == [f"1 | {shown}", f"  | {marks} label"]


def test_an_empty_place_has_a_mark() -> None:
    """A place without characters, at the end of a line or of the file, still has one mark."""
    assert full(problem("a:\n", 2, 2))[3:] == ["1 | a:", "  |   ^ label"]
    assert full(problem("a:\n", 3, 3))[3:] == ["2 |", "  | ^ label"]
    assert full(problem("", 0, 0)) == ["error[code]: message", " --> a.yaml:1:1", "  | label"]


def test_spans_over_lines_are_cut() -> None:
    """A place over a few lines is shown whole, one over many by its first lines and its last."""
    text = "a: |\n  one\n\n  two\nrest\n" + "more\n" * 5
    assert full(problem(text, 3, text.index("\nrest")))[3:] == [
        "1 | a: |", "  |    ^", "2 |   one", "  |   ^^^", "3 |", "4 |   two", "  |   ^^^ label",
    ]  # fmt: skip
    assert full(problem(text, 3, len(text)))[3:] == [
        " 1 | a: |", "   |    ^", " 2 |   one", "   |   ^^^", "...", "10 | more", "   | ^^^^ label",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 40, 300])
@pytest.mark.parametrize("at", [0, 130, 4000, 9990])
@pytest.mark.parametrize("letter", ["x", "骨", "\u202e"])
def test_long_lines_are_cut_around_the_mark(at: int, size: int, letter: str) -> None:
    """A line that is too long is shown around its mark, in a width that fits, with dots where it was cut."""
    text = "." * at + letter * size + "." * (10_000 - at)
    excerpt, marks = full(problem(text, at, at + size, "message", ""))[3:5]
    assert len(excerpt) <= 130
    assert letter in excerpt or "<U+202E>" in excerpt
    assert ("…" in excerpt[:5]) == (at > 40)
    assert excerpt.endswith("…") or at + size > 9_900
    assert not excerpt.endswith("…") or at < 9_900 or size > 1
    mark = marks.index("^")
    assert excerpt[mark] == ("<" if letter == "\u202e" else letter)


def test_short_is_one_line() -> None:
    """The short style is path, line, column, severity, code and message."""
    assert render([problem("a\nbc", 3, 4)], "short", color=True) == "a.yaml:2:2: error[code]: message\n"


def test_json_has_exactly_these_members() -> None:
    """Each line of the json style is an object with the agreed members, and an edit with its place."""
    source = Source("a.yaml", "a\nbcd\n")
    bag = Bag()
    bag.error("code", "mes\x1bsage", Span(source, 3, 5), "label", "hint", "", fix=Edit(Span(source, 2, 2), "x\u202e"))
    bag.warning("other", "m", Span(source, 5, 6))
    first, second = (json.loads(line) for line in render(bag, "json", color=True).splitlines())
    assert first == {
        "code": "code", "severity": "error", "message": "mes\x1bsage", "path": "a.yaml", "line": 2, "column": 2, "end_line": 2,
        "end_column": 4, "hints": ["hint"],
        "fix": {"path": "a.yaml", "line": 2, "column": 1, "end_line": 2, "end_column": 1, "text": "x\u202e"},
    }  # fmt: skip
    assert second == as_data(next(one for one in bag if one.code == "other"))
    assert (second["fix"], second["hints"], second["end_line"], second["end_column"]) == (None, [], 3, 1)


def test_github_commands_are_escaped() -> None:
    """No path or message can end a property, or begin a command of its own."""
    item = problem("a\nb", 2, 3, "50 % of a: b, c\n::error::x", path="a,b:c%.yaml")
    assert render([item], "github", color=False) == (
        "::error file=a%2Cb%3Ac%25.yaml,line=2,col=1,endLine=2,endColumn=2,title=code::50 %25 of a: b, c%0A::error::x\n"
    )
    over_lines = render([problem("a\nb", 0, 3)], "github", color=False)
    assert over_lines == "::error file=a.yaml,line=1,col=1,endLine=2,title=code::message\n"


def test_colour_is_only_added() -> None:
    """With colour the text is the same but for SGR sequences; without, there is none; other styles have none."""
    item = problem("a: b\n", 3, 4, "message", "label", "hint")
    plain, coloured = render([item], "full", color=False), render([item], "full", color=True)
    assert "\x1b[1;31merror" in coloured
    assert [line.rstrip() for line in ANSI.sub("", coloured).splitlines()] == plain.splitlines()
    assert all("\x1b" not in render([item], style, color=style != "full") for style in STYLES)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x1b]0;x\x07", "\\x1b]0;x\\x07"), ("\x9b31m", "\\x9b31m"), ("a\u2066b", "a<U+2066>b"), ("\u2028", "<U+2028>"), ("\u200e", "<U+200E>"),
     ("\ufeff", "<U+FEFF>"), ("\ud800", "<U+D800>"), ("\uffff", "<U+FFFF>"), ("\r\n\t", "\\x0d\\x0a\\x09"), ("é 骨 😀", "é 骨 😀"),
     ("می\u200cخواهم", "می\u200cخواهم"), ("👩\u200d⚕️", "👩\u200d⚕️")],
)  # fmt: skip
def test_what_steers_is_written_out(text: str, shown: str) -> None:
    """Control, bidirectional and invisible characters are shown by their numbers, letters as they are."""
    assert visible(text) == shown


HOSTILE = st.text(
    st.one_of(st.sampled_from("\x1b[31m\x07\x9b\u202e\u2066\u2028\r\t\0\x85\ud800\u200b%::"), st.characters()),
    max_size=20,
)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.lists(HOSTILE, max_size=5), st.sampled_from(STYLES), st.data())
def test_nothing_reaches_the_terminal(
    path: str, message: str, label: str, hint: str, lines: list[str], style: Style, data: st.DataObject
) -> None:
    """Whatever a file, its path or a message holds, only printable characters and line feeds come out."""
    text = "\n".join(lines)
    start = data.draw(st.integers(0, len(text) + 1))
    end = data.draw(st.integers(start, len(text) + 2))
    span = Span(Source(path, text), start, end)
    item = Diagnostic("code", "error", message, span, label, (hint,), ((span, label),), Edit(span, text))
    out = render([item], style, color=False)
    out.encode()
    bad = {char for char in out if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - set("\n\u200c\u200d")
    assert not bad
    assert out.endswith("\n")
    assert style == "full" or out.count("\n") == 1


def test_nothing_is_rendered_as_nothing() -> None:
    """Without problems there is no text, in any style."""
    assert [render(Bag(), style, color=True) for style in STYLES] == ["", "", "", ""]


def test_problems_are_set_apart() -> None:
    """An empty line stands between two problems of the full style, and a line each makes the others."""
    items = [problem("a", 0, 1), problem("b", 0, 1)]
    assert render(items, "full", color=False).count("\n\nerror") == 1
    assert all(render(items, style, color=False).count("\n") == 2 for style in STYLES[1:])


def test_the_summary_counts() -> None:
    """Errors, warnings and files are counted, each with its plural."""
    bag = Bag()
    assert summary(bag) == "no problems"
    for path in ("a", "b", "c"):
        bag.error("code", "m", Span(Source(path, ""), 0, 0))
    assert summary(bag) == "3 errors in 3 files"
    bag.warning("other", "m", Span(Source("a", ""), 0, 0))
    assert summary(bag) == "3 errors, 1 warning in 3 files"
    assert summary([next(iter(bag))]) == "1 error in 1 file"
    assert summary(one for one in bag if one.severity == "warning") == "1 warning in 1 file"
