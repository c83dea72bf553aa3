"""A tagged PDF, read as an assistive tool reads it: the structure tree, and what each marked piece of a page says.

Knows the tree and how it and the pages hang together; what a page paints is told by `streams`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import pikepdf

from pdfua.streams import NOTHING, Contents, Mark, Painted, contents

IN_LINE = frozenset(("Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Formula", "Lbl"))
STANDARD = IN_LINE | frozenset(
    (
        "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct", "Private",
        "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody",
        "TFoot", "Annot", "Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP", "Figure", "Form",
    )
)  # fmt: skip
HEADING = re.compile(r"H[1-9]\d*")


class Finding(NamedTuple):
    """A condition that a document does not keep, by number or name."""

    checkpoint: str
    words: str


class Link(NamedTuple):
    """An annotation as the structure tree holds it."""

    annotation: Any


@dataclass(slots=True, eq=False)
class Element:
    """An element of the structure tree. `role` is its type as written, `kind` the standard type that stands for it."""

    role: str
    kind: str
    obj: Any
    parent: Element | None
    kids: list[Element | Mark | Link] = field(default_factory=list)

    @property
    def language(self) -> str:
        """The language told by the element or the nearest one around it."""
        found = str(self.obj.get("/Lang", ""))
        return found or (self.parent.language if self.parent else "")

    @property
    def elements(self) -> list[Element]:
        """The elements right below."""
        return [kid for kid in self.kids if isinstance(kid, Element)]

    def text_of(self, name: str) -> str:
        """An entry that is a text, such as `/Alt`; empty where there is none."""
        return str(self.obj.get(name, "")).strip()

    def attribute(self, name: str) -> Any:
        """An attribute, whichever owner it has; None where there is none."""
        given = self.obj.get("/A", NOTHING)
        each = list(given) if isinstance(given, pikepdf.Array) else [given]
        return next((one[name] for one in each if isinstance(one, pikepdf.Dictionary) and name in one), None)

    def inside(self, *kinds: str) -> bool:
        """Whether one of these kinds encloses the element."""
        return self.parent is not None and (self.parent.kind in kinds or self.parent.inside(*kinds))

    @property
    def block(self) -> Element:
        """The paragraph, cell, label or whatever else it stands in a line of."""
        return self.parent.block if self.parent and self.kind in IN_LINE - {"Lbl"} else self

    @property
    def replaced(self) -> bool:
        """Whether other words are told in its place."""
        told = self.text_of("/Alt") or self.text_of("/ActualText")
        return bool(told) or (self.parent is not None and self.parent.replaced)

    @property
    def floats(self) -> bool:
        """Whether it is a figure or its caption, which may stand anywhere on a page."""
        return self.kind in {"Figure", "Caption"} or self.inside("Figure", "Caption")

    def __str__(self) -> str:
        return f"{self.parent} > {self.role}" if self.parent else self.role


@dataclass(eq=False)
class Document:
    """A PDF that has been read; open while it is looked at."""

    pdf: pikepdf.Pdf
    contents: Contents

    @cached_property
    def root(self) -> Any:
        """The catalog."""
        return self.pdf.Root

    @cached_property
    def roles(self) -> dict[str, str]:
        """The role map."""
        found = self._structure.get("/RoleMap", {})
        return {str(key).lstrip("/"): str(found[key]).lstrip("/") for key in found}

    @cached_property
    def _structure(self) -> Any:
        return self.root.get("/StructTreeRoot", NOTHING)

    @cached_property
    def pages(self) -> dict[int, int]:
        """Number of each page, from 1, by its object number."""
        return {page.obj.objgen[0]: number for number, page in enumerate(self.pdf.pages, 1)}

    @cached_property
    def elements(self) -> list[Element]:
        """All elements in reading order."""
        return list(self._walk(self._structure.get("/K"), None, set()))

    @cached_property
    def owners(self) -> dict[Mark, list[Element]]:
        """The elements that claim a mark."""
        found: dict[Mark, list[Element]] = {}
        for element in self.elements:
            for kid in element.kids:
                if isinstance(kid, Mark):
                    found.setdefault(kid, []).append(element)
        return found

    @cached_property
    def said(self) -> dict[Mark, str]:
        """What each marked piece says."""
        found: dict[Mark, str] = {}
        for page in self.contents.pages:
            for each in page:
                if each.mark:
                    found[each.mark] = found.get(each.mark, "") + each.text
        return found

    def owner(self, painted: Painted) -> Element | None:
        """The element that something painted belongs to, by the innermost mark that is claimed."""
        marks = (scope.mark for scope in reversed(painted.scopes) if scope.mark)
        return next((self.owners[mark][0] for mark in marks if mark in self.owners), None)

    def language(self, painted: Painted) -> str:
        """The language something painted is told in: its sequence's, its element's, or the document's."""
        named = [str(scope.properties.Lang) for scope in painted.scopes if "/Lang" in scope.properties]
        owner = self.owner(painted)
        return named[-1] if named else (owner.language if owner else "") or str(self.root.get("/Lang", ""))

    def kind_of(self, role: str) -> str:
        """The standard type a role stands for, or the role where the map leads nowhere."""
        met = {role}
        while role not in STANDARD and self.roles.get(role, role) not in met:
            role = self.roles[role]
            met.add(role)
        return role

    def words(self, element: Element) -> str:
        """What is read out for an element and all in it; what replaces it, where it says so."""
        return " ".join(self._words(element).replace("\u00ad", "").split())

    def _words(self, element: Element) -> str:
        for name in ("/ActualText", "/Alt"):
            if element.text_of(name):
                return element.text_of(name)
        parts = []
        for kid in element.kids:
            if isinstance(kid, Element):
                parts.append(self._words(kid) if kid.kind in IN_LINE else f" {self._words(kid)} ")
            elif isinstance(kid, Mark):
                parts.append(self.said.get(kid, ""))
        return "".join(parts)

    def page_of(self, element: Element) -> int:
        """The page on which an element begins; 0 when it shows nothing."""
        for kid in element.kids:
            if isinstance(kid, Mark):
                return self.pages.get(kid.holder, 0)
            if isinstance(kid, Element) and (page := self.page_of(kid)):
                return page
        return 0

    def marks(self) -> Iterator[Mark]:
        """The marks in the order in which they are read."""
        waiting: list[Element | Mark | Link] = [each for each in reversed(self.elements) if not each.parent]
        while waiting:
            kid = waiting.pop()
            if isinstance(kid, Mark):
                yield kid
            elif isinstance(kid, Element):
                waiting += reversed(kid.kids)

    def parent_tree(self) -> dict[int, Any]:
        """What the parent tree has for each key."""
        found: dict[int, Any] = {}
        waiting = [self._structure.get("/ParentTree", NOTHING)]
        for node in waiting:
            waiting += list(node.get("/Kids", ()))
            numbers = list(node.get("/Nums", ()))
            found.update((int(key), value) for key, value in zip(numbers[::2], numbers[1::2], strict=True))
        return found

    def _walk(self, node: Any, parent: Element | None, met: set[tuple[int, int]]) -> Iterator[Element]:
        if isinstance(node, pikepdf.Array):
            for each in list(node):
                yield from self._walk(each, parent, met)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            if node.is_indirect and node.objgen in met:
                return  # a tree that goes round
            met.add(node.objgen)
            role = str(node.S).lstrip("/")
            element = Element(role, self.kind_of(role), node, parent)
            if parent:
                parent.kids.append(element)
            yield element
            yield from self._walk(node.get("/K"), element, met)
        elif parent and node is not None:
            parent.kids.append(_leaf(node, parent))


def _leaf(node: Any, parent: Element) -> Mark | Link:
    """What stands at the end of a branch: the number of a mark, a reference to one, or one to an annotation."""
    if not isinstance(node, pikepdf.Dictionary):
        return Mark(parent.obj.get("/Pg", NOTHING).objgen[0], int(node))
    if "/Obj" in node:
        return Link(node.Obj)
    return Mark(node.get("/Stm", node.get("/Pg", parent.obj.get("/Pg", NOTHING))).objgen[0], int(node.MCID))


@contextmanager
def reading(data: bytes) -> Iterator[Document]:
    """A PDF, read from its first page to its last; it is open as long as the context is."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        yield Document(pdf, contents(pdf))
