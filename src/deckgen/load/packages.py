"""The packages of a deck beside the whole: parts of it, chosen by tag, set or difficulty.

Knows how `deckgen.yaml` says what belongs in a package, and which notes that means. Exporters see only their ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.load.keys import DIFFICULTIES
from deckgen.load.values import TAG_RULE
from deckgen.model import Deck, Package
from deckgen.project import LAYOUTS, TAG, DeckSettings
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_mapping, take

KEYS = ("title", "tags", "sets", "difficulty", "without tags")
CRITERIA = KEYS[1:]
KEY = re.compile(r"(?=.{1,40}\Z)[a-z][a-z0-9]*(-[a-z0-9]+)*")
KEY_RULE = "Small letters, digits and `-` between them, at most 40; it begins with a letter."
TAKEN = ("update", "release-notes", *LAYOUTS)  # what other files of a deck are called, behind its key
ENDINGS = (".yaml", ".yml")
SHOWN = 12  # names listed in a message

Ids = frozenset[str]


@dataclass(slots=True)
class _Index:
    """The ids of a deck's notes by what packages are chosen by.

    `tags` are folded, without the deck's prefix, each with those above it; `sets` are paths from the project and from
    the deck's folder, and folders inside that. `spelt` has the tags as they are written.
    """

    deck: Deck
    folder: str
    prefix: str
    tags: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sets: dict[str, set[str]] = field(default_factory=dict)
    difficulties: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    spelt: dict[str, str] = field(default_factory=dict)
    all: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A package while it is read. Not `whole`: texts are in error, so that nobody knows what is missing in the deck."""

    key: Scalar
    index: _Index
    bag: Bag
    whole: bool


def read_packages(decks: Iterable[Deck], settings: Iterable[DeckSettings], bag: Bag) -> dict[str, tuple[Package, ...]]:
    """The packages of these decks, by the key of the deck; their settings stand in the same order."""
    whole = not bag.has_errors
    found = {}
    stems = {deck.key: deck.span for deck in decks}
    for deck, own in zip(decks, settings, strict=True):
        mapping = expect_mapping(own.packages, "`packages`", bag) if own.packages is not None else None
        index = _index(deck, own) if mapping else None
        made = []
        for key, node in mapping.entries if mapping else []:
            if index and _is_free(key, deck, stems, bag):
                made.append(_package(node, _Reading(key, index, bag, whole)))
        found[deck.key] = tuple(package for package in made if package)
    return found


def _is_free(key: Scalar, deck: Deck, stems: dict[str, Span], bag: Bag) -> bool:
    """Whether files can be called after this key; `stems` are the beginnings of file names so far, and grow."""
    text, stem = key.text, f"{deck.key}-{key.text}"
    if not KEY.fullmatch(text):
        bag.error("bad-package-key", f"`{text[:60]}` cannot be the key of a package", key.span, "not allowed", KEY_RULE)
        return False
    taken = next((word for word in TAKEN if text == word or text.startswith(f"{word}-")), "")
    if taken:
        bag.error("bad-package-key", f"`{text}` cannot be the key of a package", key.span,
                  f"other files are called `{deck.key}-{taken}...`", "Choose another word to begin it with.")  # fmt: skip
        return False
    if stem in stems:
        bag.error("duplicate-package", f"two packages would be called `{stem}.apkg`", key.span, "",
                  "Give the package another key.", related=((stems[stem], "the other one"),))  # fmt: skip
        return False
    stems[stem] = key.span
    return True


# ---- one package ----------------------------------------------------------------------------------------------


def _package(node: Node, it: _Reading) -> Package | None:
    """The package, or None when nobody can say what belongs in it."""
    name, bag = it.key.text, it.bag
    what = f"the package `{name}`"
    mapping = expect_mapping(node, what, bag)
    if mapping is None:
        return None
    keys = take(mapping, KEYS, bag, what)
    title = " ".join(shapes.text(keys["title"], bag, "title").split()) if "title" in keys else ""
    if keys.keys().isdisjoint(CRITERIA):
        if len(keys) == len(mapping.entries):  # else a misspelt key has been reported
            bag.error("missing-key", f"nothing says what belongs in {what}", it.key.span, "",
                      f"Add one of {', '.join(f'`{key}`' for key in CRITERIA)}. The whole deck has its package anyway.")  # fmt: skip
        return None
    found = {key: _criterion(key, keys[key], it) for key in CRITERIA if key in keys}
    met = {key: ids for key, ids in found.items() if ids is not None}
    if len(met) < len(found):
        return None
    chosen = set(it.index.all).intersection(*(ids for key, ids in met.items() if key != "without tags"))
    chosen -= met.get("without tags", frozenset())
    if not chosen:
        _report_empty(met, it)
    return Package(name, title or name, frozenset(chosen))


def _criterion(key: str, node: Node, it: _Reading) -> Ids | None:
    """The ids of the notes that one criterion names; None after a problem."""
    items = shapes.items(node, it.bag, key)
    if not items and not isinstance(node, Mapping):  # of which has been said that it is no list
        it.bag.error("empty-text", f"`{key}` of the package `{it.key.text}` is empty", node.span, "nothing stands here",
                     "Name at least one, or leave the key out.")  # fmt: skip
    found = [_notes_of(key, item, it) for item in items]
    if not found or None in found:
        return None
    return frozenset().union(*(ids for ids in found if ids))


def _notes_of(key: str, item: Node, it: _Reading) -> Ids | None:
    """The ids of the notes that one tag, set or difficulty stands for; None where there are none."""
    if key == "difficulty":
        return _of_difficulty(item, it)
    return _of_set(item, it) if key == "sets" else _of_tag(item, it)


def _of_tag(item: Node, it: _Reading) -> Ids | None:
    tag = shapes.matching(item, it.bag, "tag", TAG, TAG_RULE)
    index, prefix = it.index, it.index.prefix
    if not tag:
        return None
    ids = index.tags.get(_folded(tag))
    if not ids and it.whole:
        bare = tag[len(prefix) + 2 :] if prefix and _folded(tag).startswith(f"{_folded(prefix)}::") else ""
        near = nearest(bare or tag, index.spelt.values())
        hint = f"Tags stand here without the deck's prefix `{prefix}`." if bare else _listed("tags", index.spelt.values())  # fmt: skip
        it.bag.error("unknown-tag", f"no note of the deck `{index.deck.key}` has the tag `{tag[:60]}`", item.span,
                     f"did you mean `{near}`?" if near else "", hint)  # fmt: skip
    return frozenset(ids) if ids else None


def _of_set(item: Node, it: _Reading) -> Ids | None:
    index = it.index
    path = shapes.text(item, it.bag, "sets").removeprefix("./").rstrip("/")
    ids = index.sets.get(path)
    if path and not ids and it.whole:
        own = [name for name in index.sets if not name.startswith(f"{index.folder}/")]
        ended = [f"{path}{ending}" for ending in ENDINGS if f"{path}{ending}" in index.sets]
        near = None if path in index.sets else next(iter(ended), nearest(path, own))
        message = f"`{path[:60]}` holds no notes" if path in index.sets else f"the deck `{index.deck.key}` has no set `{path[:60]}`"  # fmt: skip
        it.bag.error("unknown-set", message, item.span, f"did you mean `{near}`?" if near else "",
                     f"A set is named by its file, a folder stands for all in it. {_listed('sets', [name for name in own if name.endswith(ENDINGS)])}")  # fmt: skip
    return frozenset(ids) if ids else None


def _of_difficulty(item: Node, it: _Reading) -> Ids | None:
    word = shapes.word(item, it.bag, "difficulty", DIFFICULTIES)
    ids = it.index.difficulties.get(word)
    if word and not ids and it.whole:
        it.bag.error("unused-difficulty", f"no note of the deck `{it.index.deck.key}` has the difficulty `{word}`", item.span, "",
                     "Give notes or sets this `difficulty`, or leave it out here.")  # fmt: skip
    return frozenset(ids) if ids else None


def _report_empty(met: MappingType[str, Ids], it: _Reading) -> None:
    if not it.whole:
        return
    counts = ", ".join(f"`{key}` names {len(ids):,}" for key, ids in met.items())
    it.bag.error("empty-package", f"no note belongs in the package `{it.key.text}`", it.key.span, "",
                 f"A note must meet all that is said of the package; alone, {counts}.")  # fmt: skip


def _listed(what: str, names: Iterable[str]) -> str:
    every = sorted(names)
    if not every:
        return f"This deck has no {what}."
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return f"The {what} of this deck are {', '.join(f'`{name}`' for name in every[:SHOWN])}{more}."


# ---- what there is --------------------------------------------------------------------------------------------


def _index(deck: Deck, settings: DeckSettings) -> _Index:
    index = _Index(deck, settings.folder, settings.tag_prefix)
    prefix = f"{index.prefix}::" if index.prefix else ""
    for one in deck.sets:
        for name in _names_of(one.path, index.folder):
            index.sets.setdefault(name, set()).update(note.id for note in one.notes)
        for note in one.notes:
            index.all.add(note.id)
            index.difficulties[note.difficulty].add(note.id)
            for tag in note.tags:
                for above in _levels(tag.removeprefix(prefix)):
                    index.spelt.setdefault(_folded(above), above)
                    index.tags[_folded(above)].add(note.id)
    return index


def _names_of(path: str, folder: str) -> list[str]:
    """What a set may be called: its path, and inside the deck's folder shorter, by itself or by a folder it lies in."""
    if not path.startswith(f"{folder}/"):
        return [path]
    inside = PurePosixPath(path[len(folder) + 1 :])
    return [path, str(inside), *(str(above) for above in inside.parents if above.name)]


def _levels(tag: str) -> Iterable[str]:
    """`drug`, `drug::denosumab` of `drug::denosumab`."""
    parts = tag.split("::")
    return ("::".join(parts[:depth]) for depth in range(1, len(parts) + 1))


def _folded(tag: str) -> str:
    """A tag as Anki compares it: capitals make no difference, nor does how an accent is stored."""
    return tag.casefold() if tag.isascii() else unicodedata.normalize("NFC", tag.casefold())
