"""The containers that are open while a text is read, and what each holds so far.

A frame collects inline parts; `flush` makes a paragraph of them. Knows no events: `reader` says when what begins and ends.
"""

from __future__ import annotations

from typing import Any

from deckgen.markup.places import Places
from deckgen.markup.signs import ANY_SIGN, Part, SignReader, TooDeepError
from deckgen.markup.tree import MAX_DEPTH, Block, Inline, Paragraph, joined


class Frame:
    """A container that is being read: a block, or inline nodes around others."""

    __slots__ = ("blocks", "data", "name", "parts", "places")

    def __init__(self, name: str, data: Any = None) -> None:
        self.name = name
        self.data = data  # what its end needs to know
        self.blocks: list[Block] = []
        self.parts: list[Part] = []
        self.places: list[int] = []


class Items:
    """A list that is being read."""

    def __init__(self, start: int | None) -> None:
        self.start = start
        self.items: list[tuple[Block, ...]] = []
        self.numbers: list[tuple[int, int, str]] = []  # of each: the place, the number, and with its sign as written


class Rows:
    """A table that is being read."""

    def __init__(self, align: tuple[str, ...]) -> None:
        self.align = align
        self.rows: list[tuple[tuple[Inline, ...], ...]] = []  # the first is the header
        self.cells: list[tuple[Inline, ...]] = []
        self.cell_end = 0


class Frames:
    """The open frames of one text. `top` is the innermost; the lowest, named "text", is never closed.

    deepest: how deep frames were nested at most, items of lists not counted.
    """

    def __init__(self, places: Places, *, cloze: bool) -> None:
        self.places = places
        self.signs = SignReader(places.text, cloze=cloze, place=places.of, found=places.found)
        self.top = Frame("text")
        self.deepest = 0
        self._stack: list[Frame] = []
        self._depth = 0
        self._has_signs = cloze or ANY_SIGN.search(places.text) is not None

    def push(self, name: str, start: int, data: Any = None) -> None:
        """Open a frame that begins at byte `start`."""
        if name != "item":
            self._depth += 1
            if self._depth > self.deepest:
                self.deepest = self._depth
                if self._depth > MAX_DEPTH:
                    raise TooDeepError(self.places.of(start))
        self._stack.append(self.top)
        self.top = Frame(name, data)

    def pop(self) -> Frame:
        """Close the innermost frame."""
        frame = self.top
        self.top = self._stack.pop()
        if frame.name != "item":
            self._depth -= 1
        return frame

    def add(self, part: Part, start: int) -> None:
        """Put a part that begins at byte `start` into the innermost frame."""
        self.top.parts.append(part)
        self.top.places.append(start)

    def inline(self) -> tuple[Inline, ...]:
        """The inline nodes of the innermost frame, which then has none."""
        top = self.top
        if not top.parts:
            return ()
        nodes = self.signs.read(top.parts, top.places) if self._has_signs else joined(top.parts)
        top.parts, top.places = [], []
        return nodes

    def flush(self) -> None:
        """End the paragraph, if there is one; the text of a tight item or a heading has no other end."""
        if self.top.parts and (nodes := self.inline()):
            self.top.blocks.append(Paragraph(nodes))
