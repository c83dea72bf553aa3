"""Conditions on lists and tables of contents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pdfua.reading import Document, Finding

LIST = {"L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"}, "TOC": {"TOCI", "TOC", "Caption"}}
ENTRY = frozenset(("Lbl", "Reference", "NonStruct", "P", "TOC"))
INSIDE = {"LI": {"L"}, "LBody": {"LI"}, "TOCI": {"TOC"}}
NUMBERED = re.compile(r"\(?(\d+|[ivxlc]+|[a-z])[.)]?", re.IGNORECASE)
ORDERS = frozenset(("/Decimal", "/UpperRoman", "/LowerRoman", "/UpperAlpha", "/LowerAlpha"))


def nested(read: Document) -> Iterator[Finding]:
    """Items stand in lists, labels and bodies in items, entries in tables of contents; nothing else does."""
    for element in read.elements:
        number = "09-006" if element.kind.startswith("TOC") else "09-005"
        parent = element.parent.kind if element.parent else ""
        if element.kind in INSIDE and parent not in INSIDE[element.kind]:
            yield Finding(number, f"{element} does not belong there")
        allowed = ENTRY if element.kind == "TOCI" else LIST.get(element.kind)
        for kid in element.elements if allowed else ():
            if kid.kind not in (allowed or ()):
                yield Finding(number, f"{kid} does not belong there")
        if element.kind == "LI" and "LBody" not in {kid.kind for kid in element.elements}:
            yield Finding(number, f"{element} on page {read.page_of(element)} has no body")


def ordered(read: Document) -> Iterator[Finding]:
    """A list whose items are numbered says how."""
    for element in read.elements:
        labels = [read.words(label) for item in element.elements for label in item.elements if label.kind == "Lbl"]
        if element.kind == "L" and labels and all(NUMBERED.fullmatch(label) for label in labels):
            order = str(element.attribute("/ListNumbering") or "")
            if order in {"", "/None"}:
                yield Finding("16-001", f"the list “{labels[0]} …” on page {read.page_of(element)} tells no order")
            elif order not in ORDERS:
                yield Finding(
                    "16-002", f"the list “{labels[0]} …” on page {read.page_of(element)} is said to be {order}"
                )


CHECKS = (nested, ordered)
