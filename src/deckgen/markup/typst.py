r"""A tree as the values that Typst layouts walk: lists and strings for a JSON file, never Typst markup.

The grammar. `[x, ...]` is a list of any number of x; a word in quotes is the string that tells the kind of a node, and
always comes first. A layout may rely on the order and number of the parts; a new kind of node is a new word.

    blocks  = [block, ...]
    block   = ["p", inlines]                            a paragraph
            | ["ul", [blocks, ...]]                     a list with bullets; one `blocks` for each item, maybe empty
            | ["ol", start, [blocks, ...]]              a numbered list; start: integer, the number of its first item
            | ["table", [align, ...], header, [row, ...]]
            | ["codeblock", string]                     lines of code, separated by "\n", without a last "\n"
            | ["quote", blocks]                         somebody else's words
    header  = row                                       as many cells as there are aligns; the same for every row
    row     = [inlines, ...]                            one `inlines` for each cell, maybe empty
    align   = "" | "left" | "center" | "right"          one for each column; "" when the author gave none

    inlines = [inline, ...]
    inline  = ["t", string]                             text, to be set as it is; never empty
            | ["b", inlines] | ["i", inlines]           bold, italics
            | ["sub", inlines] | ["sup", inlines]       below, above the line
            | ["code", string]                          code in a line
            | ["br"]                                    a new line in the same paragraph
            | ["a", href, inlines]                      a link; href begins with http://, https:// or mailto:
            | ["img", name, alt]                        a picture; name: what `image` gave; alt: its text, never empty
            | ["sound", string]                         a sound, which paper can only name: what is heard; never empty
            | ["masked", name, alt, [cover, ...]]       a picture, parts of it covered
            | ["math", formula]                         formula: a dictionary, see below
            | ["cloze", [ordinal, ...], inlines, hint]  a gap, filled; ordinal: integer; hint: string, maybe ""
            | ["blank", hint, letters]                  a gap to fill; letters: integer, how long the hidden text is

    cover   = [kind, [[x, y], ...], label, clue]        kind: "rect" | "ellipse" | "polygon"; x, y: fractions of the picture's
                                                        width and height from its upper left; two corners, or a polygon's own;
                                                        label: string to stand on it, maybe ""; clue: what is there, in words
                                                        that do not name it, maybe ""

A formula is what `math` gave for it, and always {"tex": string, "display": boolean} besides: LaTeX, and whether it
stands on a line of its own. An item of a tight list is one "p". Text holds no "\n"; a layout never sees HTML or Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

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

Data: TypeAlias = list[Any]
LONGEST_ALT = 4000  # a PDF holds strings of up to 32,767 bytes
ImageName: TypeAlias = Callable[[Image | MaskedImage], str]
Formula: TypeAlias = Callable[[Math], Mapping[str, object]]


def to_data(blocks: Blocks, image: ImageName, math: Formula) -> Data:
    """The blocks as lists. `image` gives the name of a picture's file for Typst, `math` what is needed to draw a formula."""
    return _Writer(image, math).blocks(blocks)


class _Writer:
    """The two functions every node may need."""

    __slots__ = ("_image", "_math")

    def __init__(self, image: ImageName, math: Formula) -> None:
        self._image = image
        self._math = math

    def blocks(self, blocks: Iterable[Block]) -> Data:
        return [self._block(block) for block in blocks]

    def _block(self, block: Block) -> Data:
        if isinstance(block, Paragraph):
            return ["p", self.inlines(block.children)]
        if isinstance(block, ListBlock):
            items = [self.blocks(item) for item in block.items]
            return ["ul", items] if block.start is None else ["ol", block.start, items]
        if isinstance(block, Table):
            header, *rows = ([self.inlines(cell) for cell in row] for row in (block.header, *block.rows))
            return ["table", list(block.align), header, rows]
        if isinstance(block, Quote):
            return ["quote", self.blocks(block.children)]
        return ["codeblock", block.text]

    def inlines(self, nodes: Iterable[Inline]) -> Data:
        return [["t", node.text] if type(node) is Text else _INLINE[type(node)](self, node) for node in nodes]

    def math_node(self, node: Math) -> Data:
        return ["math", {**self._math(node), "display": node.display, "tex": node.tex}]

    def image_node(self, node: Image) -> Data:
        return ["img", self._image(node), node.alt[:LONGEST_ALT]]

    def masked_node(self, node: MaskedImage) -> Data:
        covers = [
            [shape.kind, [list(point) for point in shape.points], label, clue] for shape, label, clue in node.covers
        ]
        return ["masked", self._image(node), node.alt, covers]

    def cloze(self, node: Cloze) -> Data:
        return ["cloze", list(node.ordinals), self.inlines(node.children), node.hint]


def _tagged(tag: str) -> Callable[[_Writer, Any], Data]:
    return lambda writer, node: [tag, writer.inlines(node.children)]


_INLINE: dict[type, Callable[[_Writer, Any], Data]] = {
    Emphasis: _tagged("i"),
    Strong: _tagged("b"),
    Subscript: _tagged("sub"),
    Superscript: _tagged("sup"),
    Code: lambda _, node: ["code", node.text],
    Math: _Writer.math_node,
    Link: lambda writer, node: ["a", node.href, writer.inlines(node.children)],
    Image: _Writer.image_node,
    Sound: lambda _, node: ["sound", node.alt],
    MaskedImage: _Writer.masked_node,
    Break: lambda *_: ["br"],
    Cloze: _Writer.cloze,
    Blank: lambda _, node: ["blank", node.hint, node.letters],
}
