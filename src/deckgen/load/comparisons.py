"""Tables that are printed as tables: which of a deck's tables, and which of its columns, as card text.

The same cells make notes elsewhere (`deckgen.load.generated`); here they only stand side by side. Knows no layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingType

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.load.tables import TableSource
from deckgen.load.texts import Pictures
from deckgen.load.values import ENOUGH
from deckgen.markup.parse import parse
from deckgen.markup.tree import Inline, Paragraph, Table, Text
from deckgen.markup.units import kept_together
from deckgen.markup.views import media
from deckgen.model import Comparison
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_mapping, take

KEYS = ("title", "columns")
MOST_COLUMNS = 20  # as many as have room for short words on either paper
LISTED = 20  # tables that a hint names
NOTHING = "–"  # in print an empty cell would look forgotten


def read_comparisons(
    node: Node, tables: MappingType[str, TableSource], pictures: Pictures, bag: Bag
) -> tuple[Comparison, ...]:
    """The tables that a set wants printed: `comparisons: {drugs: {title: ..., columns: [...]}}`.

    The paths of pictures and sounds in their cells are added to `pictures`.
    """
    mapping = expect_mapping(node, "`comparisons`", bag)
    return tuple(_read(mapping, tables, pictures, bag)) if mapping else ()


def _read(
    mapping: Mapping, tables: MappingType[str, TableSource], pictures: Pictures, bag: Bag
) -> Iterator[Comparison]:
    for name, value in mapping.entries:
        source = find_table(name, tables, bag)
        if source is None:
            continue
        settings = expect_mapping(value, f"the comparison `{name.text}`", bag)
        if settings is None:
            continue
        keys = take(settings, KEYS, bag, "a comparison")
        title = shapes.text(keys["title"], bag, "title") if "title" in keys else source.table.title
        table = printed_table(name, source, keys.get("columns"), pictures, bag)
        if table:
            yield Comparison(title, (table,), name.span)


def find_table(name: Scalar, tables: MappingType[str, TableSource], bag: Bag) -> TableSource | None:
    """The deck's table of this name; None where there is none, which is reported."""
    key = name.text.strip()
    if key in tables:
        return tables[key]
    near = nearest(key, tables) if len(bag) < ENOUGH else None
    listed = ", ".join(f"`{table}`" for table in list(tables)[:LISTED]) or "none yet"
    listed += " and others" if len(tables) > LISTED else ""
    bag.error("unknown-table", f"there is no table `{key[:60]}`", name.span,
              f"did you mean `{near}`?" if near else "", f"The tables of this deck are {listed}.")  # fmt: skip
    return None


def printed_table(
    name: Scalar, source: TableSource, columns: Node | None, pictures: Pictures, bag: Bag
) -> Table | None:
    """The chosen columns of a table, all where none are, as a table of card text; None after a problem."""
    chosen = _columns(columns, source, bag)
    if len(chosen) > MOST_COLUMNS:
        bag.error("wrong-shape", f"the comparison `{name.text}` has {len(chosen)} columns", name.span, "",
                  f"A page has room for {MOST_COLUMNS}: choose with `columns`, or make several comparisons.")  # fmt: skip
        return None
    return _table(source, chosen, pictures, bag) if chosen else None


def _columns(node: Node | None, source: TableSource, bag: Bag) -> list[str]:
    """The columns to print, in this order; all when nothing is said."""
    known = source.table.columns
    if node is None:
        return list(known)
    found = []
    for item in shapes.some(node, bag, "columns"):
        name = shapes.text(item, bag, "columns")
        if not name:
            continue
        if name in known:
            found.append(name)
            continue
        near = nearest(name, known) if len(bag) < ENOUGH else None
        listed = ", ".join(f"`{each}`" for each in known)
        bag.error("unknown-column", f"the table has no column `{name[:60]}`", item.span,
                  f"did you mean `{near}`?" if near else "", f"Its columns are {listed}.")  # fmt: skip
    return found


def _table(source: TableSource, columns: list[str], pictures: Pictures, bag: Bag) -> Table:
    header = tuple(
        _capital(_inline(source.table.columns[column], source.span, "", pictures, bag)) for column in columns
    )
    rows = tuple(
        tuple(
            _inline(_words(cells.get(column, "")), source.rows.get(row, source.span), row, pictures, bag)
            for column in columns
        )
        for row, cells in source.table.rows.items()
    )
    return Table(header, rows, ("",) * len(columns))


def _words(cell: str | list[str]) -> str:
    return cell if isinstance(cell, str) else "; ".join(cell)


def _inline(text: str, span: Span, row: str, pictures: Pictures, bag: Bag) -> tuple[Inline, ...]:
    """A cell as it stands in a line."""
    if not text:
        return (Text(NOTHING),)
    blocks, problems = parse(text)
    blocks = kept_together(blocks, text)
    pictures += [(each.path, span) for each in media(blocks)]
    for problem in problems:
        bag.error(problem.code, problem.message, span, problem.label, *filter(None, [problem.hint]))  # fmt: skip
    if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
        return blocks[0].children
    if not problems:
        bag.error("wrong-shape", f"a cell of the row `{row}` is more than a line", span, "",
                  "A table that is printed holds plain lines: no lists, no paragraphs.")  # fmt: skip
    return ()


def _capital(inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """A head with a capital in front, unless its first word has one already: `eGFR` is not `EGFR`."""
    first = inlines[0] if inlines else None
    if not isinstance(first, Text) or not first.text.partition(" ")[0].islower():
        return inlines
    return (Text(first.text[:1].upper() + first.text[1:]), *inlines[1:])
