"""A tree as plain text: for search, listings, bookmarks and text alternatives.

Sub- and superscripts of digits and signs become the Unicode characters (`Ca²⁺`), others stay readable and
searchable as `C_max`, `x^n`. Knows the tree and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from deckgen.markup.tree import (
    Blank,
    Block,
    Blocks,
    Break,
    Cloze,
    Code,
    Emphasis,
    Image,
    Inline,
    Link,
    ListBlock,
    MaskedImage,
    Math,
    Paragraph,
    Quote,
    Sound,
    Strong,
    Subscript,
    Superscript,
    Table,
    Text,
)

_SIGNS = "0123456789+−-=()"
_BELOW = str.maketrans(dict(zip(_SIGNS, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎", strict=True)))
_ABOVE = str.maketrans(dict(zip(_SIGNS, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾", strict=True)))
_CONVERTIBLE = frozenset(_SIGNS)


def to_plain(blocks: Blocks, *, cloze_shown: bool = True) -> str:
    """The text of a tree, blocks on lines of their own. `cloze_shown=False` puts `[hint]` or `[...]` for each gap."""
    return "\n".join(_block(block, cloze_shown) for block in blocks)


def inline_to_plain(nodes: Iterable[Inline], *, cloze_shown: bool = True) -> str:
    """The text of inline nodes."""
    return "".join([node.text if type(node) is Text else _INLINE[type(node)](node, cloze_shown) for node in nodes])


def _block(block: Block, shown: bool) -> str:
    if isinstance(block, Paragraph):
        return inline_to_plain(block.children, cloze_shown=shown)
    if isinstance(block, ListBlock):
        return "\n".join(_item(number, item, block.start, shown) for number, item in enumerate(block.items))
    if isinstance(block, Table):
        rows = (block.header, *block.rows)
        return "\n".join(" | ".join(inline_to_plain(cell, cloze_shown=shown) for cell in row) for row in rows)
    if isinstance(block, Quote):
        return to_plain(block.children, cloze_shown=shown)
    return block.text


def _item(number: int, item: Blocks, start: int | None, shown: bool) -> str:
    marker = "-" if start is None else f"{start + number}."
    text = to_plain(item, cloze_shown=shown).replace("\n", "\n" + " " * (len(marker) + 1))
    return f"{marker} {text}" if text else marker


def _script(table: dict[int, str], sign: str) -> Callable[[Any, bool], str]:
    def script(node: Subscript | Superscript, shown: bool) -> str:
        text = inline_to_plain(node.children, cloze_shown=shown)
        return text.translate(table) if _CONVERTIBLE.issuperset(text) else sign + text

    return script


def _children(node: Emphasis | Strong | Link, shown: bool) -> str:
    return inline_to_plain(node.children, cloze_shown=shown)


def _cloze(node: Cloze, shown: bool) -> str:
    return inline_to_plain(node.children) if shown else f"[{node.hint or '...'}]"


_INLINE: dict[type, Callable[[Any, bool], str]] = {
    Emphasis: _children,
    Strong: _children,
    Link: _children,
    Subscript: _script(_BELOW, "_"),
    Superscript: _script(_ABOVE, "^"),
    Code: lambda node, _: node.text,
    Math: lambda node, _: node.tex,
    Image: lambda node, _: f"[{node.alt}]",
    Sound: lambda node, _: f"[{node.alt}]",
    MaskedImage: lambda node, _: f"[{node.alt}]",
    Break: lambda _, __: "\n",
    Cloze: _cloze,
    Blank: lambda node, _: f"[{node.hint or '...'}]",
}
