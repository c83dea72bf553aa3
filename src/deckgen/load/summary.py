"""The summary of a deck, from `summary.yaml`: what must be known on one page, section by section.

A section says something itself, or takes it from the deck: the steps of a note, columns of a table, a figure. So what
stands on cards already is not written twice. Knows how a summary is written; not how it is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from deckgen import shapes
from deckgen.diagnostics import Bag, nearest
from deckgen.load.comparisons import find_table, printed_table
from deckgen.load.notes import figure_text
from deckgen.load.statements import expect_entries
from deckgen.load.tables import TableSource
from deckgen.load.texts import card_text
from deckgen.load.values import ENOUGH, DeckFrame, common_values
from deckgen.markup.tree import Blocks, ListBlock
from deckgen.model import Note, Summary, SummarySection
from deckgen.notetypes import STEP_FIELDS
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_mapping, expect_scalar, expect_sequence, take

NAME = "summary"  # of the file
KEYS = ("title", "sections", "references")
SECTION_KEYS = ("title", "text", "steps of", "comparison", "columns", "figure", "wide", "references", "statements")
YES, NO = ("yes", "true"), ("no", "false")
LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Stock:
    """What sections can take from the deck: its notes by id, its tables by name.

    Not `whole`: notes are in error, and so nobody knows which there are.
    """

    frame: DeckFrame
    notes: MappingType[str, Note]
    tables: MappingType[str, TableSource]
    whole: bool


def read_summary(roots: Iterable[Node], stock: Stock, bag: Bag) -> Summary | None:
    """The summary of a deck; None where it has none, or nothing can be made of it."""
    found = None
    for root in roots:
        mapping = expect_entries(
            root, "the summary of a deck", "sections", bag, "and, under it, one section after another"
        )
        if mapping is None:
            continue
        if found:
            bag.error("duplicate-summary", "this deck has a summary already", mapping.span, "", "Keep one file.",
                      related=((found.span, "the first one"),))  # fmt: skip
        found = _summary(mapping, stock, bag)
    return found


def _summary(root: Mapping, stock: Stock, bag: Bag) -> Summary:
    keys = take(root, KEYS, bag, "the summary of a deck")
    place = root.entries[0][0].span if root.entries else root.span
    listed = expect_sequence(keys["sections"], "`sections`", bag) if "sections" in keys else None
    if ("sections" not in keys and len(keys) == len(root.entries)) or (listed and not listed.items):
        bag.error("missing-key", "the summary has no sections", place, "", "Write `sections:` and, under it, `- title: ...` with its `text: ...`.")  # fmt: skip
    return Summary(
        sections=tuple(_sections(listed.items if listed else (), stock, bag)),
        span=place,
        title=_title(keys["title"], bag) if "title" in keys else "",
        citations=common_values({"references": keys["references"]}, stock.frame, bag).citations
        if "references" in keys
        else (),
    )


def _sections(items: Iterable[Node], stock: Stock, bag: Bag) -> Iterator[SummarySection]:
    for item in items:
        mapping = expect_mapping(item, "a section of the summary", bag)
        if mapping and (section := _section(mapping, stock, bag)):
            yield section


def _section(mapping: Mapping, stock: Stock, bag: Bag) -> SummarySection | None:
    keys = take(mapping, SECTION_KEYS, bag, "a section of the summary")
    span = mapping.entries[0][0].span if mapping.entries else mapping.span
    is_whole = len(keys) == len(mapping.entries)  # else a misspelt key has been reported
    if "title" not in keys and is_whole:
        bag.error("missing-key", "a section of the summary has no `title`", span, "", "Add `title: ...`, a few words.")
    if keys.keys().isdisjoint(BODIES) and is_whole:
        bag.error("missing-key", "this section of the summary says nothing", span, "",
                  f"Add one of {', '.join(f'`{each}`' for each in BODIES)}.")  # fmt: skip
    if "columns" in keys and "comparison" not in keys and is_whole:
        bag.error("missing-key", "`columns` belongs to `comparison`", keys["columns"].span, "", "Add `comparison: ...`, the name of a table.")  # fmt: skip
    common = common_values({key: keys[key] for key in ("references", "statements") if key in keys}, stock.frame, bag)
    title = _title(keys["title"], bag) if "title" in keys else ""
    # In the order in which the author has written them.
    bodies = [BODIES[key](node, keys, stock, bag) for key, node in keys.items() if key in BODIES]
    wide = shapes.word(keys["wide"], bag, "wide", (*YES, *NO)) in YES if "wide" in keys else False
    blocks = tuple(block for body in bodies for block in body)
    return SummarySection(title, blocks, span, wide, common.citations, common.statements) if blocks else None


def _title(node: Node, bag: Bag) -> str:
    title = shapes.line(node, bag, "title")
    if len(title) > LONGEST_TITLE:
        bag.error("bad-title", f"this title has {len(title)} characters", node.span, "", f"At most {LONGEST_TITLE}: it stands on one line.")  # fmt: skip
        return ""
    return title


# ---- what a section says ----------------------------------------------------------------------------------------


def _text(node: Node, _: MappingType[str, Node], stock: Stock, bag: Bag) -> Blocks:
    return card_text(node, bag, "text", stock.frame.pictures)


def _figure(node: Node, _: MappingType[str, Node], stock: Stock, bag: Bag) -> Blocks:
    return figure_text(node, "figure", stock.frame, bag)


def _comparison(node: Node, keys: MappingType[str, Node], stock: Stock, bag: Bag) -> Blocks:
    name = expect_scalar(node, "`comparison`", bag)
    source = find_table(name, stock.tables, bag) if name else None
    table = printed_table(name, source, keys.get("columns"), stock.frame.pictures, bag) if name and source else None
    return (table,) if table else ()


def _steps(node: Node, _: MappingType[str, Node], stock: Stock, bag: Bag) -> Blocks:
    name = expect_scalar(node, "`steps of`", bag)
    note = stock.notes.get(name.text.strip()) if name else None
    if name and note is None and stock.whole:
        _report_note(name, stock, bag)
    if name is None or note is None:
        return ()
    if note.kind != "sequence" or note.retired:
        why = "is retired" if note.retired else f"is no sequence but of the kind {note.kind}"
        bag.error("no-steps", f"the note `{note.id}` {why}", name.span, "", "`steps of` takes the id of a sequence.",
                  related=((note.span, "the note"),))  # fmt: skip
        return ()
    return (ListBlock(1, tuple(note.content[field] for field in STEP_FIELDS if field in note.content)),)


def _report_note(name: Scalar, stock: Stock, bag: Bag) -> None:
    key = name.text.strip()
    sequences = [each.id for each in stock.notes.values() if each.kind == "sequence"]
    near = nearest(key, sequences) or nearest(key, stock.notes) if len(bag) < ENOUGH else None
    bag.error("unknown-note", f"there is no note `{key[:60]}`", name.span, f"did you mean `{near}`?" if near else "",
              "`steps of` takes the id of a sequence of this deck.")  # fmt: skip


BODIES: dict[str, Callable[[Node, MappingType[str, Node], Stock, Bag], Blocks]] = {
    "text": _text,
    "steps of": _steps,
    "comparison": _comparison,
    "figure": _figure,
}
