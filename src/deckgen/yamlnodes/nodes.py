"""What a YAML file is made of: text, lists and mappings, each knowing its place in the file.

Values only: how they come to be is the business of `parsing`. They are plain classes with slots, because
a big deck holds 70,000 of them.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from deckgen.diagnostics import Source, Span
from deckgen.yamlnodes.places import Places, places

Style = Literal["plain", "quote", "literal", "folded"]


class Scalar:
    """A text, exactly as written; `style` says how: plain, in quotes, after `|` (literal) or `>` (folded).

    `start` and `end` are offsets into `source.text` and take in quotes and the line of `|`; the end of a
    block may lie behind empty lines, `span` is cut back to the last character.
    """

    __slots__ = ("_places", "end", "source", "start", "style", "text")
    _places: Places | None  # made by `span_of` when first needed

    def __init__(self, text: str, source: Source, start: int, end: int, style: Style = "plain") -> None:
        self.text = text
        self.source = source
        self.start = start
        self.end = end
        self.style = style

    @property
    def span(self) -> Span:
        """Where the whole value stands, with its quotes."""
        if self.style in ("literal", "folded"):
            return Span(self.source, self.start, _trimmed_end(self.source.text, self.start, self.end))
        return Span(self.source, self.start, self.end)

    def span_of(self, start: int, end: int) -> Span:
        """Where the characters `start` to `end` of the *value* stand in the file.

        An escape counts as the character it stands for, a folded line break as its space. An empty stretch
        gives an empty span. The whole value is the answer only where the two cannot be matched.
        """
        size = len(self.text)
        start = max(0, min(start, size))
        end = max(start, min(end, size))
        if self.style == "plain" and size == self.end - self.start:
            return Span(self.source, self.start + start, self.start + end)
        found = self._found_places()
        if found is None:
            return self.span
        first = self.start + found.starts[start]
        return Span(self.source, first, self.start + found.ends[end - 1] if end > start else first)

    def _found_places(self) -> Places | None:
        try:
            return self._places
        except AttributeError:  # the slot is empty: creating 60,000 scalars must not pay for it
            self._places = places(self.source.text[self.start : self.end], self.text, self.style)
        return self._places

    def __repr__(self) -> str:
        return f"Scalar({self.text!r})"


class Sequence:
    """A list: its `items` in order."""

    __slots__ = ("end", "items", "source", "start")

    def __init__(self, items: list[Node], source: Source, start: int, end: int) -> None:
        self.items = items
        self.source = source
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        """From the first `-` or `[` to the last character of the last item, or `]`."""
        return Span(self.source, self.start, _trimmed_end(self.source.text, self.start, self.end))

    def __repr__(self) -> str:
        return f"Sequence({self.items!r})"


class Mapping:
    """Keys with values: `entries` in the order of the file. No key stands here twice."""

    __slots__ = ("end", "entries", "source", "start")

    def __init__(self, entries: list[tuple[Scalar, Node]], source: Source, start: int, end: int) -> None:
        self.entries = entries
        self.source = source
        self.start = start
        self.end = end

    @property
    def span(self) -> Span:
        """From the first key, or `{`, to the last character of the last value, or `}`."""
        return Span(self.source, self.start, _trimmed_end(self.source.text, self.start, self.end))

    def __repr__(self) -> str:
        return f"Mapping({self.entries!r})"


Node: TypeAlias = Scalar | Sequence | Mapping


def _trimmed_end(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
