"""Where a character of a YAML value stands in the file, whatever way the value was written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.diagnostics import Bag, Source, Span
from deckgen.yamlnodes import Mapping, Node, Scalar, Sequence, parse


def read(text: str) -> Node | None:
    return parse(Source("a.yaml", text), Bag())


def scalars(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    for child in node.items if isinstance(node, Sequence) else ():
        yield from scalars(child)
    for key, child in node.entries if isinstance(node, Mapping) else ():
        yield key
        yield from scalars(child)


def marked(span: Span) -> str:
    return str(span.source.text[span.start : span.end])


def check_places(node: Scalar) -> None:
    """Each character of the value must be what stands at its place, or what that is written for."""
    at = node.start
    for index, char in enumerate(node.text):
        span = node.span_of(index, index + 1)
        written = marked(span)
        assert at <= span.start < span.end <= node.end
        at = span.end
        if written.startswith("\\") and node.style == "quote" and char != written:
            assert yaml.safe_load(f'"{written}"') == char
        elif char in " \n":
            assert written in (char, "\n", "\r\n", "\r", "\x85", "\u2028", "\u2029")
        else:
            assert written in (char, "''" if node.style == "quote" and char == "'" else char)
    assert node.span_of(0, len(node.text)).end <= node.end


TEXTS = st.text(
    st.one_of(
        st.sampled_from(" \n\t'\"\\:#-a é😀"), st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["", "'", '"', "|", ">"]), st.integers(2, 30), st.booleans())
def test_dumped_text_is_found_again(text: str, style: str, width: int, unicode: bool) -> None:
    """Whatever way PyYAML writes a text, every character of it is found where it stands."""
    dumped = yaml.dump({"key": [text]}, default_style=style or None, width=width, allow_unicode=unicode)
    for node in scalars(read(dumped)):
        check_places(node)


LINES = st.lists(st.text(st.sampled_from(" ab\té#:-"), max_size=8), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(
    LINES,
    st.sampled_from("|>"),
    st.sampled_from(["", "-", "+"]),
    st.integers(1, 6),
    st.sampled_from(["\n", "\r\n", "\u2028"]),
)
def test_blocks_are_found_again(lines: list[str], style: str, chomping: str, indent: int, end: str) -> None:
    """In a block of any indentation and chomping every character of the value is found where it stands."""
    body = "".join(" " * indent + line + end for line in lines)
    text = (
        f"a:\n  b: {style}{indent}{chomping}  # c -+{end}"
        + "".join("  " + line for line in body.splitlines(keepends=True))
        + "  c: d\n"
    )
    node = read(text)
    found = [one for one in scalars(node) if one.style in ("literal", "folded")]
    assert node is None or found
    for one in found:
        check_places(one)


FLOWING = st.lists(
    st.sampled_from(
        [
            "a",
            "é",
            "😀",
            " ",
            "  ",
            "\t",
            "\n ",
            "\r\n  ",
            " \n\n \n",
            "\\n",
            "\\x41",
            "\\u00e9",
            "\\\n  ",
            "''",
            "\\\\",
            '\\"',
            "\u2028",
        ]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(FLOWING, st.sampled_from(["x{}y", "'{}'", '"{}"', '"\\{}"']))
def test_folded_lines_and_escapes_are_found_again(inner: str, form: str) -> None:
    """In plain and quoted text over several lines every character of the value is found where it stands."""
    for node in scalars(read("key:\n  - " + form.format(inner) + "\n")):
        check_places(node)


def test_places_in_each_style() -> None:
    """A stretch of the value is the stretch of the file that was written for it."""
    text = "a: plain\n  text\nb: 'it''s'\nc: \"\\u00e9 \\\n  x\"\nd: |\n    lit\n      eral\ne: >\n  fold\n  ed\n"
    root = read(text)
    assert isinstance(root, Mapping)
    nodes = {key.text: one for key, one in root.entries}
    found = {
        name: marked(node.span_of(node.text.index(part), node.text.index(part) + len(part)))
        for name, part in [("a", "n t"), ("b", "'s"), ("c", "é x"), ("d", "t\n  e"), ("e", "d e")]
        if isinstance(node := nodes[name], Scalar)
    }
    assert found == {"a": "n\n  t", "b": "''s", "c": "\\u00e9 \\\n  x", "d": "t\n      e", "e": "d\n  e"}


@pytest.mark.parametrize("text", ["a: |", "a: >-\n", "a: ''", "a: &x\nb: *x", "a: !t |\n  x"])
def test_little_text_has_a_place(text: str) -> None:
    """An empty value, and one behind an anchor or a tag, has its place within itself."""
    root = read(text)
    assert isinstance(root, Mapping)
    node = root.entries[0][1]
    assert isinstance(node, Scalar)
    check_places(node)
    assert node.start <= node.span_of(0, 9).start <= node.span_of(0, 9).end <= node.end


def test_what_cannot_be_found_is_all_of_it() -> None:
    """Where a value cannot be matched with the file, the place is that of the whole value."""
    source = Source("a.yaml", "a: 'xyz'")
    assert Scalar("other", source, 3, 8, "quote").span_of(1, 2) == Span(source, 3, 8)


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(0, 0, (4, 4)), (3, 3, (7, 7)), (-5, 99, (4, 7)), (2, 1, (6, 6)), (9, 12, (7, 7))]
)
def test_any_offsets_give_a_place(start: int, end: int, expected: tuple[int, int]) -> None:
    """Offsets outside of the value are brought in, and an empty stretch has an empty place."""
    node = read("a: 'xyz'")
    assert isinstance(node, Mapping)
    scalar = node.entries[0][1]
    assert isinstance(scalar, Scalar)
    span = scalar.span_of(start, end)
    assert (span.start, span.end) == expected
