"""The elements of an SVG with their attributes, as a tree; and which of them are drawn where they stand.

Reads what the allow-list of `deckgen.media` has accepted. Knows XML and which elements of SVG are drawn; not
what anything looks like.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from xml.parsers import expat

from deckgen.svgboxes.values import Unmeasurable, declarations

DEPTH = 100  # as the allow-list has it: who walks the tree may call itself
SVG = "http://www.w3.org/2000/svg"
HREFS = ("href", "http://www.w3.org/1999/xlink href")
SPACE = "http://www.w3.org/XML/1998/namespace space"
GROUPS = frozenset(("svg", "g"))
SHAPES = frozenset(("rect", "circle", "ellipse", "line", "polyline", "polygon", "path"))
TEXTS = frozenset(("text", "tspan", "textPath"))
BULKY = ("d", "points", "transform", "style", "x", "y", "dx", "dy", "rotate")
DRAWN = GROUPS | SHAPES | {"text", "use"}


@dataclass(eq=False)
class Node:
    """One element. `content` holds its elements, and within text its letters too, in their order."""

    tag: str
    attributes: Mapping[str, str]
    parent: Node | None
    content: list[Node | str] = field(default_factory=list)

    @cached_property
    def styles(self) -> dict[str, str]:
        """What its `style` attribute sets."""
        return declarations(self.attributes["style"]) if "style" in self.attributes else {}

    def get(self, name: str) -> str:
        """A property from the `style` attribute, else the attribute of that name, else ""."""
        return self.styles.get(name) or self.attributes.get(name, "")

    @property
    def href(self) -> str:
        """The id that a `use` or the like refers to, "" for none."""
        value = next((self.attributes[name] for name in HREFS if name in self.attributes), "").strip()
        return value[1:] if value.startswith("#") else ""

    @property
    def elements(self) -> Iterator[Node]:
        """Its children without the letters between them."""
        return (child for child in self.content if isinstance(child, Node))

    @cached_property
    def is_drawn(self) -> bool:
        """Whether it is drawn where it stands, rather than kept for others to use."""
        if self.parent is None:
            return self.tag == "svg"
        if self.tag == "tspan":
            return self.parent.tag in TEXTS and self.parent.is_drawn
        return self.tag in DRAWN and self.parent.tag in GROUPS and self.parent.is_drawn

    @cached_property
    def size(self) -> int:
        """About how much work it is to measure it, without the elements in it unless they are text; 1 at least."""
        size = 1 + sum(len(self.attributes.get(name, "")) for name in BULKY) // 20
        if self.tag in TEXTS:
            size += sum(1 + len(part) // 5 if isinstance(part, str) else part.size for part in self.content)
        return size

    def chain(self) -> list[Node]:
        """The elements around it from the outermost to itself."""
        found: list[Node] = []
        node: Node | None = self
        while node is not None:
            found.append(node)
            node = node.parent
        return found[::-1]


class _Reader:
    def __init__(self) -> None:
        self.root: Node | None = None
        self.named: dict[str, Node] = {}
        self.open: list[Node] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.letters

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        parent = self.open[-1] if self.open else None
        node = Node(tag if space == SVG else "", attributes, parent)
        if parent is None:
            self.root = node
        elif node.tag:
            parent.content.append(node)
        if len(self.open) >= DEPTH:
            raise Unmeasurable("the elements of the drawing are nested too deeply")
        self.open.append(node)
        if node.tag and attributes.get("id"):
            self.named.setdefault(attributes["id"], node)

    def end(self, _: str) -> None:
        self.open.pop()

    def letters(self, text: str) -> None:
        if self.open[-1].tag in TEXTS:
            self.open[-1].content.append(text)


def read(data: bytes) -> tuple[Node, dict[str, Node]]:
    """The root of the drawing, and its elements by their ids in the order of the file; the first of one id counts."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError):
        raise Unmeasurable("the drawing cannot be read", "Save the SVG again.") from None
    if reader.root is None or reader.root.tag != "svg":
        raise Unmeasurable("the drawing does not begin with <svg>", "Save it as plain SVG.")
    return reader.root, reader.named
