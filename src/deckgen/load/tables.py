"""Tables as an author writes them: columns, and rows of cells, each with a permanent id.

Data only; what is asked of a table is the business of `deckgen.load.generated`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.load.values import NOTE_ID, NOTE_ID_RULE
from deckgen.project import NAME
from deckgen.tabletext import GAP_CLOSES, GAP_OPENS, Table
from deckgen.yamlnodes import Mapping, Node, Scalar, Sequence, expect_mapping, take

TABLE_KEYS = ("title", "columns", "rows")
COLUMN = re.compile(r"[a-z][a-z0-9_]{0,39}")
COLUMN_RULE = "Small letters, digits and `_`, beginning with a letter: templates call it as `row.site`."
RESERVED = ("id", "was")  # of the row itself


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table, and where it and its rows stand."""

    name: str
    span: Span
    table: Table
    rows: MappingType[str, Span]
    was: MappingType[str, str]  # the first id of rows that had another


def read_table(key: Scalar, node: Node, bag: Bag) -> TableSource | None:
    """A table of a set, or None when it is none at all."""
    if not NAME.fullmatch(key.text):
        bag.error("bad-table-name", f"`{key.text[:60]}` cannot name a table", key.span, "not allowed",
                  "Small letters, digits and `-`.")  # fmt: skip
        return None
    mapping = expect_mapping(node, f"the table `{key.text}`", bag)
    if mapping is None:
        return None
    keys = take(mapping, TABLE_KEYS, bag, "a table")
    for name in ("columns", "rows"):
        if name not in keys:
            bag.error("missing-key", f"`{name}` is missing", key.span, f"the table `{key.text}` has no `{name}`",
                      "Write `columns: [name, site]` and, under `rows`, one row a line: `furosemide: {name: Furosemide}`.")  # fmt: skip
    if "columns" not in keys or "rows" not in keys:
        return None
    columns = _columns(keys["columns"], bag)
    was: dict[str, str] = {}
    title = shapes.text(keys["title"], bag, "title") if "title" in keys else key.text.replace("-", " ").capitalize()
    rows, spans = _rows(keys["rows"], columns, was, bag)
    return TableSource(key.text, key.span, Table(title, columns, rows), spans, was)


def _columns(node: Node, bag: Bag) -> dict[str, str]:
    """The columns by id, with the words that `{{ column }}` writes."""
    if isinstance(node, Mapping):
        found = {key.text: (key, shapes.text(value, bag, f"columns: {key.text[:40]}")) for key, value in node.entries}
    else:
        items = [item for item in shapes.items(node, bag, "columns") if isinstance(item, Scalar)]
        found = {item.text: (item, item.text.replace("_", " ")) for item in items}
        if len(found) < len(items):
            bag.error("duplicate-column", "a column stands here twice", node.span, "", "Name each column once.")
    if not found:
        bag.error("missing-key", "the table has no columns", node.span, "", "Name them: `columns: [name, site]`.")
    for name, (key, _) in found.items():
        if not COLUMN.fullmatch(name) or name in RESERVED:
            why = "`id` and `was` are the row's own ids." if name in RESERVED else COLUMN_RULE
            bag.error("bad-column", f"`{name[:60]}` cannot name a column", key.span, "not allowed", why)
    return {name: label for name, (_, label) in found.items()}


def _rows(
    node: Node, columns: MappingType[str, str], was: dict[str, str], bag: Bag
) -> tuple[dict[str, dict[str, str | list[str]]], dict[str, Span]]:
    if isinstance(node, Sequence):
        hint = "Write each row as `id: {...}`, without the `- `: with its id a row can be moved, and nobody's progress is lost."
        bag.error("wrong-shape", "`rows` must name each row", node.span, "a row without an id", hint)
        return {}, {}
    mapping = expect_mapping(node, "`rows`", bag)
    if mapping and not mapping.entries:
        bag.error(
            "missing-key", "the table has no rows", node.span, "", "One row a line: `furosemide: {name: Furosemide}`."
        )
    rows, spans = {}, {}
    for key, value in mapping.entries if mapping else []:
        if not NOTE_ID.fullmatch(key.text):
            bag.error(
                "bad-row-id", f"`{key.text[:60]}` is not a valid id of a row", key.span, "not allowed", NOTE_ID_RULE
            )
            continue
        cells = expect_mapping(value, f"the row `{key.text}`", bag)
        rows[key.text] = _cells(cells, columns, bag) if cells else {}
        earlier = next((node for name, node in cells.entries if name.text == "was"), None) if cells else None
        if earlier is not None:
            ids = [
                shapes.matching(item, bag, "id", NOTE_ID, NOTE_ID_RULE) for item in shapes.items(earlier, bag, "was")
            ]
            was[key.text] = ids[0] if ids else ""
        spans[key.text] = key.span
    return rows, spans


def _texts_of(node: Node) -> list[Scalar]:
    return (
        [node]
        if isinstance(node, Scalar)
        else [each for each in getattr(node, "items", ()) if isinstance(each, Scalar)]
    )


def _cells(row: Mapping, columns: MappingType[str, str], bag: Bag) -> dict[str, str | list[str]]:
    """The filled cells of a row: an empty one is as good as none."""
    cells: dict[str, str | list[str]] = {}
    for key, value in row.entries:
        if key.text == "was":
            continue
        if key.text not in columns:
            near = nearest(key.text, columns)
            listed = ", ".join(f"`{name}`" for name in columns)
            bag.error("unknown-column", f"the table has no column `{key.text[:60]}`", key.span,
                      f"did you mean `{near}`?" if near else "", f"Its columns are {listed}; add it to `columns`, or mend the name.")  # fmt: skip
        elif strange := next(
            (each for each in _texts_of(value) if GAP_OPENS in each.text or GAP_CLOSES in each.text), None
        ):
            bag.error("table-template", "a cell holds U+E000 or U+E001, which deckgen keeps for itself", strange.span)
        elif isinstance(value, Scalar):
            if value.text.strip():
                cells[key.text] = value.text.strip()
        elif texts := list(shapes.texts(value, bag, key.text)):
            cells[key.text] = texts
    return cells
