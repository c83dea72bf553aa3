"""How much room card text takes, without setting it: upper bounds in em, from the advance widths of the fonts.

Layouts use them to leave out measuring where the answer is certain, and to begin a search near its end. Knows
the data of `deckgen.printing.runs`; not sizes, not paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from math import ceil
from typing import Any

from deckgen.printing import fonts

Node = list[Any]
STRINGS = frozenset(("t", "up", "k", "code"))
PLAIN = STRINGS | {"blank", "missing"}  # on a line like any other
MEASURES = (17.5, 27.0)  # em: somewhat less than a line of a card holds in large and in small print
WRAPPERS = {
    "b": 1,
    "i": 1,
    "sub": 1,
    "sup": 1,
    "a": 2,
    "cloze": 2,
    "sound": 1,
    "w": 2,
    "f": 2,
}  # kind -> where its children stand
LISTS = {"ul": 1.4, "ol": 2.7}  # em: what sign or number takes from the lines of an item
FORCED = 18.0  # em: what a line that ends before its time leaves empty, about
CODE = 0.61  # em: every letter of the font for code
OTHER = 1.35  # em: no letter of the second font is wider
PADDING = 1.0  # em: beside the text of a cell
ROW = 0.95  # lines: a row of a table with the room above and below it
PICTURE = 10.0  # em: a guess
SOUND = 5.0  # em: the word before a sound's own words, which is the layout's
MASKED = 200.0  # em: as above; it stands on lines of its own, as large as there is room


class _Widths(dict[str, float]):
    def __missing__(self, char: str) -> float:
        return OTHER


@cache
def _widths() -> _Widths:
    return _Widths(fonts.advances())


def text_width(text: str) -> float:
    """The width of text in em, in the widest style."""
    return sum(map(_widths().__getitem__, text))


def width(node: Node) -> float:
    """The width of an inline node in em, on one line."""
    kind = node[0]
    if kind == "w":
        return float(node[1])
    if kind in WRAPPERS:
        return sum(map(width, node[WRAPPERS[kind]])) + (SOUND if kind == "sound" else 0.0)
    return _WIDTHS_OF.get(kind, _other)(node)


def _other(_: Node) -> float:
    return PICTURE


def _string_width(node: Node) -> float:
    """The width of a string; of one that says how wide its characters are, by that."""
    return float(node[2]) * len(node[1]) if len(node) > 2 else text_width(node[1])


_WIDTHS_OF: dict[str, Callable[[Node], float]] = {
    **dict.fromkeys(("t", "up", "k"), _string_width),
    **dict.fromkeys(("code", "missing"), lambda node: CODE * len(node[1])),
    "math": lambda node: float(node[1]["width"]) + 0.1,
    "blank": lambda node: 3.5 + sum(map(width, node[1])),
    "br": lambda _: 0.0,
    "masked": lambda _: MASKED,
}


def total(blocks: list[Node]) -> float:
    """About how many em of text blocks hold, with a little for every line that ends early."""
    return sum(_block_total(block) for block in blocks)


def _block_total(block: Node) -> float:
    kind = block[0]
    if kind == "p":
        forced = sum(1 for node in _flat(block[1]) if node[0] == "br")
        return 5.0 + sum(width(node) for node in block[1]) + FORCED * forced
    if kind == "codeblock":
        return sum(5.0 + width(line) for line in block[1])
    if kind == "table":
        return sum(15.0 + sum(width(node) for cell in row for node in cell) for row in [block[2], *block[3]])
    if kind == "quote":
        return total(block[1])
    return 50.0 if kind == "display" else sum(total(item) for item in block[-1])


def bounds(blocks: list[Node], indent: float = 0.0) -> list[list[float]] | None:
    """For each paragraph the lines it takes, at most, where a line holds so many em as `MEASURES` says, each in turn.

    A row of a table counts as a paragraph, of a little more than one line. None where there is more than plain text, lists of
    it and tables whose cells all fit on one line. `indent` is what a layout takes from every line, in em.
    Lines are filled as a ragged paragraph is; words reckoned too wide can only make more of them, never fewer.
    """
    found: list[list[float]] = []
    for block in blocks:
        if block[0] == "p" and all(_is_plain(node) for node in block[1]):
            found.append(_lines(block[1], indent))
        elif block[0] in LISTS:
            items = [bounds(item or [["p", []]], indent + LISTS[block[0]]) for item in block[-1]]
            if any(item is None for item in items):
                return None
            found += [lines for item in items for lines in item or ()]
        elif block[0] == "table" and (rows := _rows(block, indent)):
            found += rows
        else:
            return None
    return found


def _rows(block: Node, indent: float) -> list[list[float]] | None:
    """The rows of a table that is no wider than a line, so that no cell of it has a second line."""
    rows = [block[2], *block[3]]
    if not all(_is_plain(node) and node[0] != "br" for row in rows for cell in row for node in cell):
        return None
    columns = [max(sum(map(width, cell)) for cell in column) + PADDING for column in zip(*rows, strict=True)]
    if sum(columns) + indent > min(MEASURES):
        return None
    return [[ROW] * len(MEASURES)] * len(rows)


def is_measured(node: Node) -> bool:
    """Whether `width` knows how wide an inline node is, and does not guess."""
    return node[0] in {*PLAIN, "math", "br"} or (
        node[0] in WRAPPERS and node[0] != "sound" and all(map(is_measured, node[WRAPPERS[node[0]]]))
    )


def _is_plain(node: Node) -> bool:
    if node[0] == "sound":
        return False  # a layout puts a word of its own before it
    return node[0] in PLAIN or (node[0] in WRAPPERS and all(_is_plain(child) for child in node[WRAPPERS[node[0]]]))


def _lines(nodes: list[Node], indent: float) -> list[float]:
    widths = _word_widths(nodes)
    space = text_width(" ")
    counts: list[float] = []
    for measure in (each - indent for each in MEASURES):
        lines, filled = 1, -space
        for word in widths:
            filled += space + word
            if filled > measure:
                lines, filled = lines + ceil(word / measure), min(word, measure)
        counts.append(lines)
    return counts


def _word_widths(nodes: list[Node]) -> list[float]:
    """The widths of the words of a paragraph; what stands together without a space is one word, whatever its style."""
    widths = [0.0]
    for node in _flat(nodes):
        if node[0] in {"t", "up", "code"}:
            first, *others = node[1].split(" ")
            widths[-1] += width([node[0], first, *node[2:]])
            widths += [width([node[0], other, *node[2:]]) for other in others]
        else:
            widths[-1] += width(node)
    return widths


def _flat(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        if node[0] in WRAPPERS:
            yield from _flat(node[WRAPPERS[node[0]]])
        else:
            yield node


def words(blocks: list[Node], indent: int = 0) -> Iterator[tuple[int, Node]]:
    """The unbreakable runs in blocks, each with the depth of lists it stands in. Tables find their own widths."""
    for block in blocks:
        kind = block[0]
        if kind == "p":
            yield from ((indent, node) for node in words_in(block[1]))
        elif kind == "display":
            node = ["math", block[1]]
            yield indent, ["w", width(node), [node]]
        elif kind == "codeblock":
            yield from (
                (indent, ["w", CODE * len(word), [["code", word]]]) for line in block[1] for word in line[1].split()
            )
        elif kind == "quote":
            yield from words(block[1], indent + 1)
        elif kind in {"ul", "ol"}:
            for item in block[-1]:
                yield from words(item, indent + 1)


def words_in(nodes: list[Node]) -> Iterator[Node]:
    """The `w` nodes among inline nodes, each inside whatever gives it its style."""
    for node in nodes:
        if node[0] == "w":
            yield node
        elif node[0] in WRAPPERS:
            at = WRAPPERS[node[0]]
            yield from (["w", word[1], [[*node[:at], [word], *node[at + 1 :]]]] for word in words_in(node[at]))
