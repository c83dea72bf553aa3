"""Conditions on single elements of the structure tree: roles, headings, figures, formulas, tables, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pdfua.reading import HEADING, STANDARD, Document, Element, Finding

ROWS = frozenset(("THead", "TBody", "TFoot"))
CELLS = frozenset(("TH", "TD"))
PARENTS = {  # where parts of tables may stand
    "THead": {"Table"}, "TBody": {"Table"}, "TFoot": {"Table"}, "TR": {"Table", *ROWS}, "TH": {"TR"}, "TD": {"TR"},
}  # fmt: skip
CHILDREN = {
    "Table": {"TR", "Caption", *ROWS}, "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"}, "TR": set(CELLS),
}  # fmt: skip
SCOPES = frozenset(("/Row", "/Column", "/Both"))


def roles(read: Document) -> Iterator[Finding]:
    """Every type is a standard one, or stands for one without going round; a standard one stands for itself."""
    for role in sorted({element.role for element in read.elements} | set(read.roles)):
        if role in STANDARD and role in read.roles:
            yield Finding("02-004", f"the standard type {role} is said to be {read.roles[role]}")
        if read.kind_of(role) not in STANDARD and not HEADING.fullmatch(read.kind_of(role)):
            goes_round = read.kind_of(role) in read.roles
            yield Finding("02-003" if goes_round else "02-001", f"{role} stands for no standard type")


def headings(read: Document) -> Iterator[Finding]:
    """Headings begin at the first level, skip none, are all of one kind, and have words."""
    found = [element for element in read.elements if element.kind == "H" or HEADING.fullmatch(element.kind)]
    levels = [(int(element.kind[1:]), element) for element in found if element.kind != "H"]
    before = 0
    for level, element in levels:
        if level > before + 1:
            yield Finding(
                "14-003" if before else "14-002", f"{element} “{read.words(element)}” comes after level {before}"
            )
        before = level
    if levels and len(levels) < len(found):
        yield Finding("14-007", "some headings are numbered, some are not")
    for parent, count in Counter(element.parent for element in found if element.kind == "H").items():
        if count > 1:
            yield Finding("14-006", f"{parent} has {count} headings without a level")
    for element in found:
        if not read.words(element):
            yield Finding("empty heading", f"{element} on page {read.page_of(element)} has no words")


def alternatives(read: Document) -> Iterator[Finding]:
    """Figures and formulas have an alternative in words."""
    for element in read.elements:
        said = element.text_of("/Alt")
        if element.kind == "Figure" and not (said or element.text_of("/ActualText")):
            yield Finding("13-004", f"{element} on page {read.page_of(element)} has no alternative")
        if element.kind == "Formula" and not said:
            yield Finding("17-002", f"{element} on page {read.page_of(element)} has no alternative")


def notes(read: Document) -> Iterator[Finding]:
    """Footnotes have an identity of their own."""
    ids = Counter(element.text_of("/ID") for element in read.elements if element.kind == "Note")
    if ids[""]:
        yield Finding("19-003", f"{ids['']} notes have no ID")
    for name, count in ids.items():
        if name and count > 1:
            yield Finding("19-004", f"{count} notes have the ID {name}")


# --- tables ------------------------------------------------------------------------------------------------------


def tables(read: Document) -> Iterator[Finding]:
    """Parts of tables stand where they belong, and all rows are equally long."""
    for element in read.elements:
        parent = element.parent.kind if element.parent else ""
        if element.kind in PARENTS and parent not in PARENTS[element.kind]:
            yield Finding("09-004", f"{element} does not belong there")
        for kid in element.elements if element.kind in CHILDREN else ():
            if kid.kind not in CHILDREN[element.kind]:
                yield Finding("09-004", f"{kid} does not belong there")
        if element.kind == "Table":
            kinds = [kid.kind for kid in element.elements]
            if kinds.count("THead") > 1 or kinds.count("TFoot") > 1 or ("TBody" not in kinds and "TR" not in kinds):
                yield Finding("09-004", f"{element} has more than one head or foot, or no rows")
            if problem := _irregular(element):
                yield Finding("09-004", f"the table on page {read.page_of(element)} {problem}")


def header_cells(read: Document) -> Iterator[Finding]:
    """A table has header cells that say what they head, or each cell names its headers."""
    known = {element.text_of("/ID") for element in read.elements}
    for table in (element for element in read.elements if element.kind == "Table"):
        where = f"the table on page {read.page_of(table)}"
        cells = [cell for row in rows_of(table) for cell in row.elements]
        heads = [cell for cell in cells if cell.kind == "TH"]
        named = [str(name) for cell in cells for name in cell.attribute("/Headers") or ()]
        if not heads:
            yield Finding("15-003", f"{where} has no header cells")
        if set(named) - known:
            yield Finding("15-003", f"{where}: cells name headers that are not there")
        for cell in heads:
            if cell.text_of("/ID") not in named and str(cell.attribute("/Scope")) not in SCOPES:
                yield Finding("15-003", f"{where}: “{read.words(cell)}” does not say what it heads")


def rows_of(table: Element) -> Iterator[Element]:
    """The rows of a table, from the head to the foot."""
    for kid in table.elements:
        if kid.kind == "TR":
            yield kid
        elif kid.kind in ROWS:
            yield from (row for row in kid.elements if row.kind == "TR")


def _irregular(table: Element) -> str:
    """What keeps the cells of a table from filling a grid; empty when they do."""
    taken: dict[tuple[int, int], int] = {}
    rows = list(rows_of(table))
    for down, row in enumerate(rows):
        across = 0
        for cell in row.elements:
            while (down, across) in taken:
                across += 1
            wide, high = (int(cell.attribute(name) or 1) for name in ("/ColSpan", "/RowSpan"))
            for place in ((down + y, across + x) for y in range(high) for x in range(wide)):
                if place in taken:
                    return "has cells that lie on each other"
                taken[place] = down
    lengths = Counter(down for down, _ in taken)
    if len(lengths) > len(rows):
        return "has cells that reach beyond its last row"
    return f"has rows of {sorted(set(lengths.values()))} cells" if len(set(lengths.values())) > 1 else ""


CHECKS = (roles, headings, alternatives, notes, tables, header_cells)
