"""YAML to nodes: what is read and where it stands, what is refused and how, and what ends early."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.diagnostics import Bag, Diagnostic, Source, Span
from deckgen.yamlnodes import (
    Mapping,
    Node,
    Scalar,
    Sequence,
    decode,
    events,
    parse,
    parsing,
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


def test_a_merge_key_leaves_the_others() -> None:
    """Of a mapping with a key that is refused, the other keys are still read."""
    assert value(read("<<: {a: b}\nc: d\n[e]: f\n'<<': g\n")[0]) == {"c": "d"}


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


# --- what is refused ---


def test_all_duplicate_keys_are_named() -> None:
    """Every key that stands there again is an error with the first place beside it, and the first value counts."""
    node, problems = read("a: 1\nb: 2\na: 3\nc: {d: 1, d: 2}\na: 4\n")
    assert [(p.code, p.span.line, p.related[0][0].line) for p in problems] == [
        ("duplicate-key", 3, 1), ("duplicate-key", 4, 4), ("duplicate-key", 5, 1),
    ]  # fmt: skip
    assert value(node) == {"a": "1", "b": "2", "c": {"d": "1"}}


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
    tenfold = "a: &a [" + "x, " * 20 + "]\nb: ["
    assert codes(tenfold + "*a, " * 23 + "]") == []
    assert codes(tenfold + "*a, " * 24 + "]") == ["yaml-alias"]
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
    assert sorted(codes('- "\\a"\n' * 10)) == sorted(["yaml-syntax"] * 3 + ["yaml-size"])
    assert sorted(codes("- >5\n" * 10)) == sorted(["yaml-syntax"] * 3 + ["yaml-size"])


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
