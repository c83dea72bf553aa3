"""YAML files to NoteSets: first what the sets of a deck share, then the header and the notes of each, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TypeVar

from deckgen import shapes
from deckgen.diagnostics import Bag, Span
from deckgen.load.choices import read_family
from deckgen.load.comparisons import read_comparisons
from deckgen.load.generated import MOST, TableNote, is_table_note, notes_of, read_table_note, render_all
from deckgen.load.keys import SET_KEYS, SHARED
from deckgen.load.notes import read_note
from deckgen.load.tables import TableSource, read_table
from deckgen.load.texts import card_text
from deckgen.load.values import DeckFrame, SetFrame, common_values, read_tags
from deckgen.markup.tree import Blocks
from deckgen.model import Note, NoteSet
from deckgen.yamlnodes import Mapping, Node, Scalar, Sequence, expect_mapping, expect_sequence, take

EXAMPLE = "Write `- id: ...` and, under it, `question: ...` and `answer: ...`."

Named = TypeVar("Named")


@dataclass(slots=True)
class _SetDraft:
    """A set while it is read: its keys, the nodes of its notes, and those of them that ask a table."""

    path: str
    keys: dict[str, Node]
    notes: Sequence
    asked: dict[int, TableNote | None] = field(default_factory=dict)


def read_sets(
    files: Iterable[tuple[str, Node]], deck: DeckFrame, bag: Bag, tables: dict[str, TableSource] | None = None
) -> list[NoteSet]:
    """The sets in these files (path, root), in this order. Tables and option families serve all of them.

    `tables` is filled with those that are found.
    """
    drafts = [draft for path, root in files if (draft := _draft(path, root, bag))]
    tables = {} if tables is None else tables
    for draft in drafts:
        _share(draft, "tables", "table", "duplicate-table", tables, read_table, lambda table: table.span, bag)
        _share(draft, "option families", "option family", "duplicate-option-family", deck.families, read_family, lambda family: family.span, bag)  # fmt: skip
    for draft in drafts:
        draft.asked = {
            id(node): read_table_note(node, tables, bag) for node in draft.notes.items if is_table_note(node)
        }
    made = sum(
        len(question.scopes) for draft in drafts for note in draft.asked.values() if note for question in note.questions
    )
    if made > MOST:
        first = next(note for draft in drafts for note in draft.asked.values() if note)
        bag.error(
            "table-too-large",
            f"the tables of this deck would make more than {MOST:,} notes",
            first.span,
            "",
            "Make several decks.",
        )
        return []
    render_all([note for draft in drafts for note in draft.asked.values() if note], deck.language, bag)
    return [_make_set(draft, deck, tables, bag) for draft in drafts]


def _draft(path: str, root: Node, bag: Bag) -> _SetDraft | None:
    """The parts of the set whose nodes are `root`; None when it is no set at all."""
    if isinstance(root, Sequence):
        return _SetDraft(path, {}, root)
    if not isinstance(root, Mapping):
        bag.error(
            "wrong-shape", "a set must be a list of notes, or keys with `notes:` among them", root.span, "", EXAMPLE
        )
        return None
    keys = take(root, SET_KEYS, bag, "a set")
    notes = keys.get("notes")
    if notes is None:
        if keys.keys().isdisjoint((*SHARED, "comparisons")):
            first = root.entries[0][0].span if root.entries else root.span
            bag.error("missing-key", "`notes` is missing", first, "this set has no notes", "Put the list of notes under `notes:`.")  # fmt: skip
            return None
        return _SetDraft(path, keys, Sequence([], root.source, root.end, root.end))
    listed = expect_sequence(notes, "`notes`", bag)
    return _SetDraft(path, keys, listed) if listed else None


def _share(
    draft: _SetDraft,
    key: str,
    what: str,
    code: str,
    known: dict[str, Named],
    read: Callable[[Scalar, Node, Bag], Named | None],
    place: Callable[[Named], Span],
    bag: Bag,
) -> None:
    """Add what a set writes down under `key` for all sets of the deck."""
    mapping = expect_mapping(draft.keys[key], f"`{key}`", bag) if key in draft.keys else None
    for name, node in mapping.entries if mapping else []:
        made = read(name, node, bag)
        if made is None:
            continue
        if name.text in known:
            bag.error(code, f"the {what} `{name.text}` is there already", name.span, "",
                      "Sets of one deck share them; give one of the two another name.",
                      related=((place(known[name.text]), "the first one"),))  # fmt: skip
            continue
        known[name.text] = made


def _make_set(draft: _SetDraft, deck: DeckFrame, tables: dict[str, TableSource], bag: Bag) -> NoteSet:
    keys = draft.keys
    common = _header(draft.path, keys, deck, bag)
    return NoteSet(
        title=common.title,
        path=draft.path,
        notes=tuple(_notes(draft, deck, common, bag)),
        subdeck=common.subdeck,
        introduction=card_text(keys["introduction"], bag, "introduction", deck.pictures)
        if "introduction" in keys
        else (),
        objectives=_objectives(keys, deck, bag),
        comparisons=read_comparisons(keys["comparisons"], tables, deck.pictures, bag) if "comparisons" in keys else (),
    )


def _notes(draft: _SetDraft, deck: DeckFrame, common: SetFrame, bag: Bag) -> Iterable[Note]:
    for node in draft.notes.items:
        if id(node) in draft.asked:
            asked = draft.asked[id(node)]
            yield from notes_of(asked, deck, common, bag) if asked else ()
        elif note := read_note(node, deck, common, bag):
            yield note


def _header(path: str, keys: dict[str, Node], deck: DeckFrame, bag: Bag) -> SetFrame:
    common = common_values(keys, deck, bag)
    return replace(
        common,
        title=shapes.text(keys["title"], bag, "title") if "title" in keys else _title_of(path),
        tags=read_tags(keys["tags"], bag) if "tags" in keys else (),
    )


def _title_of(path: str) -> str:
    """`02-drugs-of-the-heart.yaml` to "Drugs of the heart"."""
    words = PurePosixPath(path).stem.lstrip("0123456789-_. ").replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:] or PurePosixPath(path).stem


def _objectives(keys: dict[str, Node], deck: DeckFrame, bag: Bag) -> tuple[Blocks, ...]:
    if "objectives" not in keys:
        return ()
    return tuple(
        blocks
        for item in shapes.items(keys["objectives"], bag, "objectives")
        if (blocks := card_text(item, bag, "objectives", deck.pictures))
    )
