"""YAML to nodes: what is read and where it stands, what is refused and how, and what ends early."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.diagnostics import Bag, Diagnostic, Edit, Source, Span
from deckgen.yamlnodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    decode,
    events,
    parse,
    parsing,
    syntax,
)

CARDS = """\
# A set
title: Heart
notes:
  - id: cusps
    question: How many cusps has the valve?
    answer: 'Three: it''s "tricuspid"'
    tags: [heart, valves]
  - id: starling
    cloze: >-
      The force rises with the {{c1::length}}
      of the fibre.

      It falls again.
    more: |2
        | a | b |
      |---|---|
  - {id: none, answer: "\\u00e9\\tx \\
      y"}
"""


def read(text: str) -> tuple[Node | None, list[Diagnostic]]:
    bag = Bag()
    return parse(Source("a.yaml", text), bag), list(bag)


def value(node: Node | None) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [value(item) for item in node.items]
    return {key.text: value(one) for key, one in node.entries} if node else None


def scalars(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from scalars(item)
    elif node:
        for key, one in node.entries:
            yield key
            yield from scalars(one)


def marked(span: Span) -> str:
    return str(span.source.text[span.start : span.end])


def mended(fix: Edit) -> str:
    text = fix.span.source.text
    return str(text[: fix.span.start] + fix.text + text[fix.span.end :])


def codes(text: str) -> list[str]:
    return [one.code for one in read(text)[1]]


# --- what is read ---


@pytest.mark.parametrize(
    "text",
    ["No", "yes", "1:30", "3.10", "010", "0x1F", "null", "~", "1e3", "2026-11-23", ".inf", "=", "1_000", "a:b", "-1"],
)
def test_scalars_stay_text(text: str) -> None:
    """Nothing is guessed: a value is the characters that stand in the file."""
    assert value(read(f"a: {text}\n- b"[: len(text) + 4])[0]) == {"a": text}


def test_the_whole_of_yaml_is_read() -> None:
    """Blocks, flow collections, quotes and escapes give the text that YAML says they are."""
    node, problems = read(CARDS)
    assert problems == []
    assert repr(node).startswith("Mapping([(Scalar('title'), Scalar('Heart')), (Scalar('notes'), Sequence([Mapping(")
    assert value(node) == {
        "title": "Heart",
        "notes": [
            {
                "id": "cusps",
                "question": "How many cusps has the valve?",
                "answer": 'Three: it\'s "tricuspid"',
                "tags": ["heart", "valves"],
            },
            {
                "id": "starling",
                "cloze": "The force rises with the {{c1::length}} of the fibre.\nIt falls again.",
                "more": "  | a | b |\n|---|---|\n",
            },
            {"id": "none", "answer": "é\tx y"},
        ],
    }


@pytest.mark.parametrize(
    ("text", "column"), [("a:\nb: c", 3), ("a:   # c\nb: c", 3), ("{a:  , b: c}", 4), ("a:", 3), ("- \n- b", 2)]
)
def test_nothing_has_a_place(text: str, column: int) -> None:
    """A value that is missing is an empty text right behind its colon or dash."""
    empty = next(one for one in scalars(read(text)[0]) if not one.text)
    assert (empty.span.line, empty.span.column, empty.span.end_column) == (1, column, column)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("before", ["", "😀 é", "\U0001f468\u200d\U0001f469 "])
def test_places_count_characters(end: str, before: str) -> None:
    """Whatever stands before it, and whatever ends the lines, a scalar's place holds its own text."""
    text = f"a: {before}x{end}b: '😀'{end}c:{end}  - 𝄞 z{end}"
    found = [(one.text, marked(one.span)) for one in scalars(read(text)[0])]
    assert found == [(w, w) for w in ("a", f"{before}x", "b")] + [("😀", "'😀'")] + [(w, w) for w in ("c", "𝄞 z")]


def test_spans_end_with_the_last_character() -> None:
    """The place of a block or collection leaves out empty lines and comments that follow it."""
    node, _ = read("- a: |\n    text\n\n  b: [x,\n    y]\n\n# comment\n- c: d   # e\n\n")
    assert isinstance(node, Sequence)
    first, second = node.items
    assert isinstance(first, Mapping)
    assert marked(first.entries[0][1].span) == "|\n    text"
    assert marked(first.entries[1][1].span) == "[x,\n    y]"
    assert marked(first.span).endswith("y]")
    assert marked(second.span) == "c: d"
    assert marked(node.span).endswith("c: d")


def test_an_alias_is_the_value_it_names() -> None:
    """A few aliases are fine, and an anchor is no part of a value's place."""
    node, problems = read("a: &x [1, 2]\nb: *x\nc: &y 'text'\nd: *y\ne: &z\n  f: g\nh: *z\n")
    assert problems == []
    assert value(node) == {"a": ["1", "2"], "b": ["1", "2"], "c": "text", "d": "text", "e": {"f": "g"}, "h": {"f": "g"}}
    assert isinstance(node, Mapping)
    assert [marked(one.span) for _, one in node.entries[::2]] == ["[1, 2]", "'text'", "f: g"]


def test_places_are_in_the_file_that_was_given() -> None:
    """Every place points into the very source that was handed in, so that its lines are counted once."""
    source = Source("a.yaml", "a: [b]\na: c\n")
    bag = Bag()
    assert all(one.span.source is source for one in scalars(parse(source, bag)))
    assert all(problem.span.source is source for problem in bag)


def test_a_mark_at_the_start_does_not_shift_columns() -> None:
    """A byte order mark is dropped, so that columns are those of an editor."""
    node, _ = read("\ufeffa: b")
    assert isinstance(node, Mapping)
    assert node.entries[0][0].span.column == 1
    source = decode("a.yaml", b"\xef\xbb\xbfa: b", Bag())
    assert source is not None
    assert source.text == "a: b"


MISTAKES = [
    ("a: {{c1::x}}", "yaml-syntax", "{{", "'{{c1::x}}'"),
    ("a: {{c1::x}} beats", "yaml-syntax", "{{", "'{{c1::x}} beats'"),
    ("- {{c1::x, y}} beats", "yaml-syntax", "{{", "'{{c1::x, y}} beats'"),
    ("a: {{c1::'x}} beats", "yaml-syntax", "{{", "quotes"),
    ("a: *word* b", "yaml-syntax", "*", "'*word* b'"),
    ("a: **word**", "yaml-syntax", "*", "'**word**'"),
    ("a: & co", "yaml-syntax", "&", "'& co'"),
    ("a: %x", "yaml-syntax", "%", "'%x'"),
    ("a: @x", "yaml-syntax", "@", "'@x'"),
    ("a: `x`", "yaml-syntax", "`", "'`x`'"),
    ("a: > 5 mg", "yaml-syntax", ">", "'> 5 mg'"),
    ("a: |x|", "yaml-syntax", "|", "'|x|'"),
    ("a: >5\nb: c", "yaml-syntax", ">5", "'>5'"),
    ("a: ]x", "yaml-syntax", "]", "']x'"),
    ("a: [sic] so", "yaml-syntax", "so", "'[sic] so'"),
    ('a: "x" y', "yaml-syntax", "y", "'\"x\" y'"),
    ("a: 'it's ok'", "yaml-syntax", "'", "twice"),
    ('a: "x\nb: "y"', "yaml-syntax", 'y"', "Close the quotes"),
    ("a: [b,\n  c] d", "yaml-syntax", "d", "whole value"),
    ("a: : b", "yaml-syntax", ":", "': b'"),
    ("a: b\n[c] d", "yaml-syntax", "[", "'[c] d'"),
    ("a: [b, c", "yaml-syntax", "[", "`]` at its end"),
    ("a: [b, c\nd: e", "yaml-syntax", "[", "`]` at its end"),
    ("a: {b: c\nd: e", "yaml-syntax", "{", "`}` at its end"),
    ('a: ["b" "c"]', "yaml-syntax", '"', "comma"),
    ("a: [x, b:]", "yaml-syntax", ":", "comma"),
    ("- a: [b: c: d]", "yaml-syntax", ":", "comma"),
    ("a: b: c", "yaml-syntax", ":", "'b: c'"),
    ("a: 'b", "yaml-syntax", "'", "Write `'` at the end"),
    ('a: "b\nc: d\n', "yaml-syntax", '"', 'Write `"` at the end'),
    ('a: "\\q"', "yaml-syntax", "\\q", "`\\\\q`"),
    ('a: "\\ud83d"', "yaml-syntax", "\\ud83d", "single quotes"),
    ('a: "\\U00110000"', "yaml-syntax", "\\U00110000", "single quotes"),
    ('a: "$\\alpha$"', "yaml-syntax", "\\a", "`\\\\a`"),
    ("a b\nc: d", "yaml-syntax", "a b", "colon"),
    ("a: b\nc d\n", "yaml-syntax", "c d", "colon"),
    ("a:b\nc: d", "yaml-syntax", ":", "`a: b`"),
    ("- id:x\n  b: c", "yaml-syntax", ":", "`id: x`"),
    ("a: b\n  c: d", "yaml-syntax", "c", "by 0 spaces"),
    ("- a: b\n   c: d", "yaml-syntax", "c", "by 2 spaces"),
    ("a:\n    b: c\n  d: e", "yaml-syntax", "d: e", "by 0 or 4 spaces"),
    ("  a:\n      b: c\n    d: e", "yaml-syntax", "d: e", "by 2 or 6 spaces"),
    ("- a: b\n c: d", "yaml-syntax", "c: d", "by 0 or 2 spaces"),
    ("- a: b\nc: d", "yaml-syntax", "c: d", "by 2 spaces"),
    ("a: b\n- c", "yaml-syntax", "- c", "further than its key"),
    (" a: b\nc: d", "yaml-syntax", "c: d", "same indentation"),
    ("a: - b", "yaml-syntax", "-", "line of its own"),
    (": a", "yaml-syntax", ":", "Delete it"),
    ("%FOO\n---\na: b", "yaml-syntax", "%", "Delete the line"),
    ("a:\n\tb: c", "yaml-tab", "\t", "spaces"),
    ("- a: b\n\tc: d", "yaml-tab", "\t", "spaces"),
    ("a: |\n\tb", "yaml-tab", "\t", "spaces"),
    ("a: !!int 5", "yaml-tag", "!!int", "every value is text"),
    ("a: !important", "yaml-tag", "!", "'!important'"),
    ("a: !map {b: c}", "yaml-tag", "!", "quotes"),
    ("a: !<x b", "yaml-tag", "!", "quotes"),
    ("a: !e!x b", "yaml-tag", "!", "quotes"),
    ("a: *word", "yaml-alias", "*", "'*word'"),
    ("a: &co x", "yaml-alias", "&", "'&co x'"),
    ("a: &x [*x]", "yaml-alias", "*x", "Write the value out"),
    ("a: b\n---\nc: d", "yaml-documents", "---", "Delete the line"),
    ("a: b\n...\nc: d", "yaml-documents", "...", "Delete the line"),
    ("[a]: b", "yaml-key", "[", "plain text"),
    ("? a\n: b", "yaml-key", "?", "key: value"),
    ("a: b\n?  c\n: d", "yaml-key", "?", "key: value"),
    ("<<: {a: b}", "yaml-key", "<<", "Write the keys out"),
    ("a: &x b\n*x : c", "yaml-key", "*x", "Write the key out"),
    ("a: x\x07y", "yaml-syntax", "\x07", "Delete it"),
    ("a: é😀\0y", "yaml-syntax", "\0", "Delete it"),
    ("a\ufeff: b", "yaml-syntax", "\ufeff", "invisible"),
]


# --- both parsers ---

PIECES = st.sampled_from(
    ["a", "b c", " ", "  ", "\n", "\n  ", "\n    ", "- ", ": ", ":", "[", "]", "{", "}", ",", "'", '"', "|\n  ", "|-\n ", ">2+\n   ",
     ">\n  ", "#", " #", "&x ", "*x", "!t ", "%", "@", "`", "\t", "\\", "\\n", "\\x41", "\\\n", "\r\n", "\u2028", "\x85", "é", "😀",
     "\n---\n", "\n...\n", "<<", "a: ", "\nb: ", "\n- a: ", "{{c1::x}}", "\x00", "\ufeff", "%YAML 1.1\n", "\\ud800"]
)  # fmt: skip


needs_two_parsers = pytest.mark.skipif(events.LIBYAML is None, reason="there is only one parser here")


def everything(text: str) -> tuple[object, ...]:
    node, problems = read(text)
    shape = [(one.text, one.start, one.end, one.style) for one in scalars(node)]
    return value(node), shape, problems and [(p.code, p.message, p.span.start, p.span.end, p.hints) for p in problems]


@needs_two_parsers
@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_both_parsers_read_the_same(text: str) -> None:
    """Without libyaml every file gives the same nodes at the same places, or is refused as well."""
    *fast, problems = everything(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "LIBYAML", None)
        *pure, others = everything(text)
    assert pure == fast
    assert bool(others) == bool(problems)


@needs_two_parsers
@pytest.mark.parametrize("text", [CARDS, "a: '\\ud83d' # x\ty\nb:\tc\td\n", *(one[0] for one in MISTAKES)])
def test_both_parsers_say_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mistake is explained in the same words and at the same place without libyaml."""
    fast = everything(text)
    monkeypatch.setattr(events, "LIBYAML", None)
    assert everything(text) == fast


# --- what is refused ---


def test_all_duplicate_keys_are_named() -> None:
    """Every key that stands there again is an error with the first place beside it, and the first value counts."""
    node, problems = read("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\na: 4\n")
    assert [(p.code, p.span.line, p.related[0][0].line) for p in problems] == [
        ("duplicate-key", 3, 1), ("duplicate-key", 4, 4), ("duplicate-key", 5, 1),
    ]  # fmt: skip
    assert value(node) == {"a": "1", "b": "2", "c": {"d": "1"}}


@pytest.mark.parametrize(("text", "code", "where", "hint"), MISTAKES, ids=[repr(one[0]) for one in MISTAKES])
def test_a_mistake_is_explained(text: str, code: str, where: str, hint: str) -> None:
    """A mistake is one error, at the characters that caused it, with a hint that says how to write it right."""
    _, problems = read(text)
    assert [(p.code, p.severity, marked(p.span)) for p in problems] == [(code, "error", where)]
    assert any(hint in one for one in problems[0].hints)
    assert problems[0].label
    assert "```" not in problems[0].message


@pytest.mark.parametrize("text", [one[0] for one in MISTAKES])
def test_a_fix_mends(text: str) -> None:
    """Where an edit is offered, the file can be read after it, and holds every word that it held before."""
    for problem in read(text)[1]:
        if problem.fix:
            node, left = read(mended(problem.fix))
            assert left == []
            assert isinstance(node, Mapping | Sequence)
            assert "".join(filter(str.isalnum, str(value(node)))) == "".join(filter(str.isalnum, text))


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("a: {{c1::x}} y\nb: c\n", "a: '{{c1::x}} y'\nb: c\n"),
        ("- id: x\n  a: *it's*\n", '- id: x\n  a: "*it\'s*"\n'),
        ("a: *'x' \"y\"*", "a: '*''x'' \"y\"*'"),
        ("a: b: c  \nd: e", "a: 'b: c'  \nd: e"),
        ("a: [b] c", "a: '[b] c'"),
        ("- id:x\n  a: b", "- id: x\n  a: b"),
        ("a: &b c", "a: '&b c'"),
        ("a: !b c", "a: '!b c'"),
        ("a: b\ufeffc", "a: bc"),
        ("a: *b*\n  more", None),
        ("a: *b*  # more", None),
        ("a: &x [b]", None),
        ("a: !t 'b'", None),
        ("a: [*b* c]", None),
        ("*b* c", None),
        ("a: 'b", None),
    ],
)
def test_a_fix_is_offered_only_when_it_is_sure(text: str, fixed: str | None) -> None:
    """An edit is offered for a value that stands on one line, and not where more than that may be meant."""
    (problem,) = read(text)[1]
    assert (mended(problem.fix) if problem.fix else None) == fixed


def test_the_trouble_is_named() -> None:
    """Characters go by their code point and name, escapes by what is wrong with them."""
    messages = [
        read(text)[1][0].message for text in ("a: \0", "a: \x1b", 'a: "\\q"', 'a: "\\ud83d"', "a: \udfff", "a: \ufffe")
    ]
    for part, message in zip(
        ("(NUL)", "U+001B (ESC", "`\\q` is no", "no character", "half", "U+FFFE is"), messages, strict=True
    ):
        assert part in message


@pytest.mark.parametrize("text", ["", "\n \n", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_an_error(text: str) -> None:
    """A file without any value is `yaml-empty`."""
    assert (read(text)[0], codes(text)) == (None, ["yaml-empty"])


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: c}",
        "a: [b, {c: d}]",
        "a: x # y",
        "a: it's",
        "a: b&c *d* !e",
        "a: 'x'  # y",
    ],
)
def test_what_is_right_is_not_refused(text: str) -> None:
    """Plain text that holds YAML's signs inside, comments and flow collections raise no problem."""
    assert codes(text) == []


def test_a_question_mark_is_no_key() -> None:
    """A text that ends with ` ?`, also on a line of its own, is not taken for a complex key."""
    assert codes("a: why ?\nb: |\n  ? x\n  : y\nc: what\n  ?\nd: e\n") == []


@pytest.mark.parametrize(
    ("text", "lost"), [("a: vitamin B #12\nb: c", "#12"), ("a: #1 cause\n", "#1 cause"), ("- a #b c", "#b c")]
)
def test_text_lost_as_a_comment_is_named(text: str, lost: str) -> None:
    """Text behind ` #` that looks like no comment is a warning that shows what is lost."""
    _, problems = read(text)
    assert [(p.code, p.severity, marked(p.span)) for p in problems] == [("yaml-comment", "warning", lost)]


def test_every_unused_anchor_is_named() -> None:
    """Text that begins with `&` would be lost each time, whether its name is given once or again."""
    node, problems = read("a: &x b\nc: &x d\ne: &x f\ng: *x\n")
    assert value(node) == {"a": "b", "c": "d", "e": "f", "g": "f"}
    assert [(p.code, p.span.line) for p in problems] == [("yaml-alias", 1), ("yaml-alias", 2)]


def test_what_nobody_foresaw_is_told() -> None:
    """A complaint of PyYAML that is not known is passed on in its own words, at its place."""
    bag = Bag()
    syntax.report(Source("a.yaml", "a: b"), ValueError("something odd"), None, None, bag)
    assert [(p.code, p.message) for p in bag] == [("yaml-syntax", "YAML cannot read this: something odd")]


def test_hidden_line_breaks_are_named() -> None:
    """A line break that no editor shows is a warning with its code point."""
    node, problems = read("a: x\u2028y: z\n")
    assert value(node) == {"a": "x", "y": "z"}
    assert [(p.code, p.severity, "U+2028" in p.message) for p in problems] == [("yaml-line-break", "warning", True)]


# --- limits ---


def test_nesting_ends_at_a_hundred() -> None:
    """A hundred levels are read; the hundred and first is refused where it opens."""
    assert codes("[" * 100 + "]" * 100) == []
    _, problems = read("[" * 101 + "]" * 101)
    assert [(p.code, p.span.start) for p in problems] == [("yaml-depth", 100)]


@pytest.mark.parametrize("opener", ["[", "{", "- ", "? ", "[\n", "{a: ", "[{", "&a [", "!t ["])
@pytest.mark.parametrize("pure", ["", "sys.modules['yaml._yaml'] = None; "], ids=["libyaml", "pure"])
def test_bottomless_files_end_at_once(opener: str, pure: str) -> None:
    """100,000 levels of nesting are refused without reading on; libyaml alone needs minutes for them."""
    program = (
        f"import sys; {pure}from deckgen.diagnostics import *; from deckgen.yamlnodes import *; "
        f"bag = Bag(); print(parse(Source('a', {opener!r} * 100_000), bag), sorted({{p.code for p in bag}}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.startswith("None ")
    assert done.stderr == ""


def test_alias_bombs_are_refused() -> None:
    """A file may not grow more than tenfold by its aliases, and has at most a hundred of them."""
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{after}: &{after} [{', '.join([f'*{name}'] * 9)}]\n"
        for name, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert codes(laughs) == ["yaml-alias"]
    listed = "a: &a x\nb: [" + ", ".join(["*a"] * 100)
    assert codes(listed + "]") == []
    assert codes(listed + ", *a]") == ["yaml-alias"]


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with too many values, or too many problems, is given up with an error instead of filling memory."""
    monkeypatch.setattr(parsing, "MAX_EVENTS", 50)
    assert codes("[" + "a," * 100 + "]") == ["yaml-size"]
    monkeypatch.undo()
    monkeypatch.setattr(parsing, "MAX_PROBLEMS", 3)
    assert codes("a: 1\n" + "a: 2\n" * 10) == ["duplicate-key"] * 3 + ["yaml-size"]


def test_reading_is_linear() -> None:
    """Twice the notes are twice the steps: nothing is gone through again for every note."""

    def steps(notes: int) -> int:
        count = 0

        def tick(*_: object) -> None:
            nonlocal count
            count += 1

        text = CARDS + "".join(f"  - id: n{i}\n    answer: text #{i}\n" for i in range(notes))
        sys.setprofile(tick)
        try:
            read(text)
        finally:
            sys.setprofile(None)
        return count

    assert steps(400) < 2.5 * steps(200)


def test_no_mutation_escapes() -> None:
    """However a file is damaged, reading it raises nothing and marks only places within it."""
    random_ = random.Random(7)
    signs = "{}[]:,'\"|>&*!%@`#-?\t\n \\\0\x85\u2028é😀\ufeff\ud800"
    for _ in range(300):
        text = CARDS
        for _ in range(random_.randint(1, 4)):
            at = random_.randrange(len(text))
            text = (
                text[:at]
                + "".join(random_.choices(signs, k=random_.randint(0, 3)))
                + text[at + random_.randint(0, 3) :]
            )
        node, problems = read(text)
        assert node is not None or problems
        assert all(0 <= p.span.start <= p.span.end <= len(text) + 1 for p in problems)


# --- bytes ---


@pytest.mark.parametrize(
    ("data", "place", "hint"),
    [
        (b"a: b\nc: caf\xe9\n", (2, 7), "`é`"),
        ("a: é\n".encode() + b"\x96", (2, 1), "`–`"),
        ("a: b\n".encode("utf-16"), (1, 1), "UTF-16"),
        (b"a: \xc3", (1, 4), "`Ã`"),
        (b"a: \xed\xa0\x80", (1, 4), "UTF-8"),
        (b"a: \x81", (1, 4), "Save the file as UTF-8"),
        (b"\xef\xbb\xbfab\xff", (1, 3), "UTF-8"),
    ],
)
def test_a_wrong_encoding_is_named(data: bytes, place: tuple[int, int], hint: str) -> None:
    """A byte that is not UTF-8 is named with its line, its column and what it likely was."""
    bag = Bag()
    assert decode("a.yaml", data, bag) is None
    (problem,) = bag
    assert (problem.code, problem.span.line, problem.span.column) == ("not-utf-8", *place)
    assert "save" in problem.hints[0].lower()
    assert hint in problem.hints[0]
