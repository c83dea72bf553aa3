"""One YAML file to one NoteSet: the header that its notes share, and the notes in order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from deckgen import shapes
from deckgen.diagnostics import Bag
from deckgen.load.keys import LATER_SET_KEYS, SET_KEYS
from deckgen.load.notes import read_note
from deckgen.load.texts import card_text
from deckgen.load.values import DeckFrame, SetFrame, common_values, read_tags
from deckgen.markup.tree import Blocks
from deckgen.model import NoteSet
from deckgen.yamlnodes import Mapping, Node, Sequence, expect_sequence, take

EXAMPLE = "Write `- id: ...` and, under it, `question: ...` and `answer: ...`."


def read_set(path: str, root: Node, deck: DeckFrame, bag: Bag) -> NoteSet | None:
    """The set in the file `path`, whose nodes are `root`; None when it is no set at all."""
    if isinstance(root, Sequence):
        return _make_set(path, {}, root, deck, bag)
    if not isinstance(root, Mapping):
        bag.error(
            "wrong-shape", "a set must be a list of notes, or keys with `notes:` among them", root.span, "", EXAMPLE
        )
        return None
    for key, _ in root.entries:
        if key.text in LATER_SET_KEYS:
            bag.error(
                "kind-not-built",
                f"notes of the kind “{LATER_SET_KEYS[key.text]}” are not built yet",
                key.span,
                "",
                "Leave it out for now.",
            )
    keys = take(root, (*SET_KEYS, *LATER_SET_KEYS), bag, "a set")
    notes = keys.get("notes")
    if notes is None:
        first = root.entries[0][0].span if root.entries else root.span
        bag.error(
            "missing-key", "`notes` is missing", first, "this set has no notes", "Put the list of notes under `notes:`."
        )
        return None
    listed = expect_sequence(notes, "`notes`", bag)
    return _make_set(path, keys, listed, deck, bag) if listed else None


def _make_set(path: str, keys: dict[str, Node], notes: Sequence, deck: DeckFrame, bag: Bag) -> NoteSet:
    common = _header(path, keys, deck, bag)
    read = [note for node in notes.items if (note := read_note(node, deck, common, bag))]
    return NoteSet(
        title=common.title,
        path=path,
        notes=tuple(read),
        subdeck=common.subdeck,
        introduction=card_text(keys["introduction"], bag, "introduction", deck.pictures)
        if "introduction" in keys
        else (),
        objectives=_objectives(keys, deck, bag),
    )


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
