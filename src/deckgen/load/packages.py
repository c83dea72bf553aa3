"""The packages of a deck beside the whole: parts of it, chosen by tag, set or difficulty.

Knows how `deckgen.yaml` says what belongs in a package, and which notes that means. Exporters see only their ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from deckgen import shapes
from deckgen.diagnostics import Bag, Span
from deckgen.jobs import LAYOUTS
from deckgen.load.choosing import CRITERIA, Ids, Index, index_of, meeting, unnamed, values_of
from deckgen.model import Deck, Package
from deckgen.project import DeckSettings
from deckgen.yamlnodes import Node, Scalar, expect_mapping, take

KEYS = ("title", *CRITERIA)
KEY = re.compile(r"(?=.{1,40}\Z)[a-z][a-z0-9]*(-[a-z0-9]+)*")
KEY_RULE = "Small letters, digits and `-` between them, at most 40; it begins with a letter."
TAKEN = ("update", "release-notes", *LAYOUTS)  # what other files of a deck are called, behind its key


@dataclass(frozen=True, slots=True)
class _Reading:
    """A package while it is read. Not `whole`: texts are in error, so that nobody knows what is missing in the deck."""

    key: Scalar
    index: Index
    bag: Bag
    whole: bool


def read_packages(decks: Iterable[Deck], settings: Iterable[DeckSettings], bag: Bag) -> dict[str, tuple[Package, ...]]:
    """The packages of these decks, by the key of the deck; their settings stand in the same order."""
    whole = not bag.has_errors
    found = {}
    stems = {deck.key: deck.span for deck in decks}
    for deck, own in zip(decks, settings, strict=True):
        mapping = expect_mapping(own.packages, "`packages`", bag) if own.packages is not None else None
        index = index_of(deck, own.folder, own.tag_prefix) if mapping else None
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
    title = shapes.line(keys["title"], bag, "title") if "title" in keys else ""
    if keys.keys().isdisjoint(CRITERIA):
        if len(keys) == len(mapping.entries):  # else a misspelt key has been reported
            bag.error("missing-key", f"nothing says what belongs in {what}", it.key.span, "",
                      f"Add one of {', '.join(f'`{key}`' for key in CRITERIA)}. The whole deck has its package anyway.")  # fmt: skip
        return None
    found = {key: _criterion(key, keys[key], it) for key in CRITERIA if key in keys}
    met = {key: ids for key, ids in found.items() if ids is not None}
    if len(met) < len(found):
        return None
    chosen = meeting(met, it.index)
    if not chosen:
        _report_empty(met, it)
    return Package(name, title or name, chosen)


def _criterion(key: str, node: Node, it: _Reading) -> Ids | None:
    """The ids of the notes that one criterion names; None after a problem."""
    values = list(values_of(key, node, f"the package `{it.key.text}`", it.bag))
    found = [it.index.named(key, value) for _, value in values]
    for (item, value), ids in zip(values, found, strict=True):
        if value and not ids and it.whole:
            if key == "difficulty":
                it.bag.error("unused-difficulty", f"no note of the deck `{it.index.deck.key}` has the difficulty `{value}`", item.span, "",
                             "Give notes or sets this `difficulty`, or leave it out here.")  # fmt: skip
            else:
                it.bag.extend([unnamed(key, value, item.span, it.index, "error", search=True)])
    return frozenset().union(*found) if found and all(found) else None


def _report_empty(met: MappingType[str, Ids], it: _Reading) -> None:
    if not it.whole:
        return
    counts = ", ".join(f"`{key}` names {len(ids):,}" for key, ids in met.items())
    it.bag.error("empty-package", f"no note belongs in the package `{it.key.text}`", it.key.span, "",
                 f"A note must meet all that is said of the package; alone, {counts}.")  # fmt: skip
