"""Conditions on annotations: links above all, and the order in which the tab key visits them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pdfua.reading import Document, Element, Finding, Link
from pdfua.streams import NOTHING

HIDDEN = 2  # the flag of an annotation that is not shown
SILENT = frozenset(("/Widget", "/PrinterMark", "/Popup"))
# The element that has to be around an annotation of a kind, and what is broken where it is not.
HOLDERS = {"/Link": ("28-011", "Link"), "/Widget": ("28-010", "Form"), "/PrinterMark": ("", ""), "/Popup": ("", "")}


def _annotations(read: Document) -> Iterator[tuple[int, Any, Element | None]]:
    """(page, annotation, the element that holds it)."""
    holders = {
        kid.annotation.objgen: element for element in read.elements for kid in element.kids if isinstance(kid, Link)
    }
    for number, page in enumerate(read.pdf.pages, 1):
        for annotation in page.obj.get("/Annots", ()):
            if not int(annotation.get("/F", 0)) & HIDDEN:
                yield number, annotation, holders.get(annotation.objgen)


def held(read: Document) -> Iterator[Finding]:
    """Every annotation stands in an element of its kind, and leads to it."""
    entries = read.parent_tree()
    for number, each, holder in _annotations(read):
        kind = str(each.get("/Subtype", ""))
        if kind == "/TrapNet":
            yield Finding("28-007", f"page {number}: a trap network")
        if kind == "/PrinterMark" and holder:
            yield Finding("28-017", f"page {number}: a printer's mark is in the tree")
        checkpoint, wanted = HOLDERS.get(kind, ("28-002", "Annot"))
        if wanted and not (holder and (holder.kind == wanted or holder.inside(wanted))):
            yield Finding(checkpoint, f"page {number}: a {kind.strip('/')} is in no {wanted} element")
        owner = entries.get(int(each.get("/StructParent", -1)), NOTHING)
        if holder and owner.objgen != holder.obj.objgen:
            yield Finding("parent tree", f"page {number}: a {kind.strip('/')} does not lead to its element")


def described(read: Document) -> Iterator[Finding]:
    """Every annotation says what it is: a link itself, another itself or by its element."""
    for number, each, holder in _annotations(read):
        kind = str(each.get("/Subtype", ""))
        if kind in SILENT or str(each.get("/Contents", "")).strip():
            continue
        if kind == "/Link":
            yield Finding("28-012", f"page {number}: a link does not say where it leads")
        elif not (holder and holder.text_of("/Alt")):
            yield Finding("28-004", f"page {number}: a {kind.strip('/')} has no words")


def tab_order(read: Document) -> Iterator[Finding]:
    """The tab key follows the tree; annotations lie in that order as well, for tools that do not know better."""
    rank = {link.annotation.objgen: place for place, (_, link) in enumerate(links_in_order(read))}
    for number, page in enumerate(read.pdf.pages, 1):
        found = list(page.obj.get("/Annots", ()))
        if found and "/Tabs" not in page.obj:
            yield Finding("28-008", f"page {number} has annotations, and no tab order")
        elif found and str(page.obj.Tabs) != "/S":
            yield Finding("28-009", f"page {number}: the tab order is not that of the tree")
        places = [rank[each.objgen] for each in found if each.objgen in rank]
        if places != sorted(places):
            yield Finding("tab order", f"page {number}: annotations do not lie in the order of the tree")


def links_in_order(read: Document) -> Iterator[tuple[Element, Link]]:
    """The links as the tab key visits them, with their elements."""
    for element in read.elements:
        for kid in element.kids:
            if isinstance(kid, Link):
                yield element, kid


def words(read: Document) -> Iterator[Finding]:
    """A link has words."""
    for element in read.elements:
        if element.kind == "Link" and not read.words(element):
            yield Finding("silent link", f"{element} on page {read.page_of(element)} has no words")


CHECKS = (held, described, tab_order, words)
