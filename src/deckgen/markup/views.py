"""What others ask of a tree: its gaps, pictures, sounds and formulas, a side of a cloze card, whether anything is there.

Trees in, trees or values out; nothing is read and nothing written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from deckgen.markup.plain import inline_to_plain
from deckgen.markup.tree import (
    Blank,
    Block,
    Blocks,
    Cloze,
    CodeBlock,
    Image,
    Inline,
    ListBlock,
    MaskedImage,
    Math,
    Paragraph,
    Quote,
    Sound,
    Strong,
    Table,
    joined,
)

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # soft hyphen, zero-width signs


def walk(blocks: Blocks) -> Iterator[Inline]:
    """Every inline node, parents before children, in reading order."""
    for nodes in containers(blocks):
        yield from walk_inline(nodes)


def walk_inline(nodes: Iterable[Inline]) -> Iterator[Inline]:
    """These inline nodes and all inside them, parents before children, in reading order."""
    waiting = [iter(nodes)]
    while waiting:
        for node in waiting[-1]:
            yield node
            if children := getattr(node, "children", ()):
                waiting.append(iter(children))
                break
        else:
            waiting.pop()


def containers(blocks: Blocks) -> Iterator[tuple[Inline, ...]]:
    """The content of every paragraph and table cell, in reading order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.children
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from containers(item)
        elif isinstance(block, Quote):
            yield from containers(block.children)
        elif isinstance(block, Table):
            yield from block.header
            for row in block.rows:
                yield from row


def images(blocks: Blocks) -> Iterator[Image]:
    """Every picture, in reading order."""
    return (node for node in walk(blocks) if isinstance(node, Image))


def sounds(blocks: Blocks) -> Iterator[Sound]:
    """Every sound, in reading order."""
    return (node for node in walk(blocks) if isinstance(node, Sound))


def media(blocks: Blocks) -> Iterator[Image | Sound]:
    """Everything that needs a file: every picture and every sound, in reading order."""
    return (node for node in walk(blocks) if isinstance(node, (Image, Sound)))


def maths(blocks: Blocks) -> Iterator[Math]:
    """Every formula, in reading order."""
    return (node for node in walk(blocks) if isinstance(node, Math))


def is_blank(blocks: Blocks) -> bool:
    """Whether a reader would see nothing: no letter, picture, sound, formula, code or gap."""
    first = blocks[0] if blocks else None
    if isinstance(first, Paragraph) and first.children and _is_visible(first.children[0]):
        return False  # nearly every text begins with a word; the rest need not be looked at
    if any(isinstance(block, CodeBlock) and block.text.strip() for block in _flat(blocks)):
        return False
    return not any(_is_visible(node) for node in walk(blocks))


def cloze_ordinals(blocks: Blocks) -> tuple[int, ...]:
    """The numbers of all gaps, sorted: one card each."""
    return tuple(sorted({ordinal for node in walk(blocks) if isinstance(node, Cloze) for ordinal in node.ordinals}))


def cloze_front(blocks: Blocks, ordinal: int) -> Blocks:
    """The question of card `ordinal`: its gaps are `Blank`, other gaps are filled."""

    def change(node: Inline, children: tuple[Inline, ...]) -> tuple[Inline, ...]:
        if not isinstance(node, Cloze):
            return (node,)
        return (Blank(node.hint, len(inline_to_plain(node.children))),) if ordinal in node.ordinals else children

    return changed(blocks, change)


def cloze_back(blocks: Blocks, ordinal: int) -> Blocks:
    """The answer of card `ordinal`: what was asked is `Strong`, other gaps are plain."""

    def change(node: Inline, children: tuple[Inline, ...]) -> tuple[Inline, ...]:
        if not isinstance(node, Cloze):
            return (node,)
        return (Strong(children),) if ordinal in node.ordinals else children

    return changed(blocks, change)


def with_images(blocks: Blocks, rename: Callable[[str], str]) -> Blocks:
    """The same tree, with every picture's path replaced by `rename(path)`."""

    def change(node: Inline, _: tuple[Inline, ...]) -> tuple[Inline, ...]:
        return (node._replace(path=rename(node.path)),) if isinstance(node, Image) else (node,)

    return changed(blocks, change)


Change = Callable[[Inline, tuple[Inline, ...]], tuple[Inline, ...]]


def changed(blocks: Blocks, change: Change) -> Blocks:
    """A tree in which each inline node is replaced by `change(node, children)`, children first.

    `change` is handed the node with its children already changed, and these children by themselves.
    """
    return tuple(_changed_block(block, change) for block in blocks)


def _changed_block(block: Block, change: Change) -> Block:
    if isinstance(block, Paragraph):
        return Paragraph(_changed_inline(block.children, change))
    if isinstance(block, ListBlock):
        return block._replace(items=tuple(changed(item, change) for item in block.items))
    if isinstance(block, Quote):
        return Quote(changed(block.children, change))
    if isinstance(block, Table):
        header, *rows = (tuple(_changed_inline(cell, change) for cell in row) for row in (block.header, *block.rows))
        return block._replace(header=header, rows=tuple(rows))
    return block


def _changed_inline(nodes: tuple[Inline, ...], change: Change) -> tuple[Inline, ...]:
    found: list[Inline] = []
    for node in nodes:
        inner: tuple[Inline, ...] = getattr(node, "children", ())
        if inner:
            inner = _changed_inline(inner, change)
            node = node._replace(children=inner)  # type: ignore[call-arg]  # noqa: PLW2901 - it has children
        found += change(node, inner)
    return joined(found)


def _flat(blocks: Blocks) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Quote):
            yield from _flat(block.children)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _flat(item)


def _is_visible(node: Inline) -> bool:
    text = getattr(node, "text", "")
    return bool(text.strip().strip(_INVISIBLE).strip()) or isinstance(node, (Image, MaskedImage, Sound, Math, Blank))
