"""Choosing notes of a deck by tag, set, difficulty or kind, as packages, topics and rules do.

Knows how such criteria are written, and which notes each names. Not what notes are chosen for, nor whether it is
wrong that there are none: that is for those who choose.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from deckgen import shapes
from deckgen.diagnostics import Bag, Diagnostic, Severity, Span, nearest
from deckgen.load.keys import DIFFICULTIES, KIND_NAMES
from deckgen.load.values import TAG_RULE
from deckgen.model import Deck
from deckgen.project import TAG
from deckgen.yamlnodes import Node

CRITERIA = ("tags", "sets", "difficulty", "without tags")
FREE = ("tags", "sets", "without tags")  # their values are the author's own words, and may be misspelt
WITHOUT = "without "  # a criterion that begins so takes notes out
SHOWN = 12  # names listed in a message
ENDINGS = (".yaml", ".yml")

Ids = frozenset[str]
NONE: Ids = frozenset()


@dataclass(slots=True)
class Index:
    """The ids of a deck's notes by what they are chosen by.

    `tags` are folded, without the deck's prefix, each with those above it; `sets` are paths from the project and from
    the deck's folder, and folders inside that. `spelt` has the tags as they are written.
    """

    deck: Deck
    folder: str
    prefix: str
    tags: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    sets: dict[str, set[str]] = field(default_factory=dict)
    difficulties: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    spelt: dict[str, str] = field(default_factory=dict)
    all: set[str] = field(default_factory=set)

    def named(self, criterion: str, value: str) -> Ids:
        """The ids of the notes that one value of a criterion stands for; "" stands for none."""
        if not value:
            return NONE
        if criterion.endswith("tags"):
            return frozenset(self.tags.get(folded(value), NONE))
        by = self.sets if criterion == "sets" else self.difficulties if criterion == "difficulty" else self.kinds
        return frozenset(by.get(value, NONE))

    def own_sets(self) -> list[str]:
        """What sets and their folders are called inside the deck's folder."""
        return [name for name in self.sets if not name.startswith(f"{self.folder}/")]

    def near_set(self, path: str, but: Iterable[str] = ()) -> str | None:
        """The set that was meant, and is not among `but`; None when there is none, or there is one of this name."""
        if path in self.sets:
            return None
        ended = [f"{path}{ending}" for ending in ENDINGS if f"{path}{ending}" in self.sets]
        return next(iter(ended), None) or nearest(path, set(self.own_sets()).difference(but))

    def bare_tag(self, tag: str) -> str:
        """A tag that was written with the deck's prefix, without it; "" for any other."""
        has_prefix = self.prefix and folded(tag).startswith(f"{folded(self.prefix)}::")
        return tag[len(self.prefix) + 2 :] if has_prefix else ""

    def near_tag(self, tag: str) -> str | None:
        """The tag that was meant."""
        return nearest(self.bare_tag(tag) or tag, self.spelt.values())


def values_of(criterion: str, node: Node, owner: str, bag: Bag) -> Iterator[tuple[Node, str]]:
    """Each value of a criterion with its place; "" for one that can be none, which has been reported.

    `owner` is what chooses, for messages: "the package `core`".
    """
    for item in shapes.some(node, bag, criterion, owner):
        if criterion == "sets":
            yield item, shapes.text(item, bag, "sets").removeprefix("./").rstrip("/")
        elif criterion == "difficulty":
            yield item, shapes.word(item, bag, "difficulty", DIFFICULTIES)
        elif criterion.endswith("kinds"):
            yield item, shapes.word(item, bag, criterion, KIND_NAMES)
        else:
            yield item, shapes.matching(item, bag, "tag", TAG, TAG_RULE)


def unnamed(criterion: str, value: str, span: Span, index: Index, severity: Severity, *, search: bool) -> Diagnostic:
    """That no note is in this set or has this tag; which was meant, where that is searched for."""
    deck = index.deck.key
    if criterion == "sets":
        code, near = "unknown-set", index.near_set(value) if search else None
        message = f"`{value[:60]}` holds no notes" if value in index.sets else f"the deck `{deck}` has no set `{value[:60]}`"  # fmt: skip
        files = [name for name in index.own_sets() if name.endswith(ENDINGS)]
        hint = f"A set is named by its file, a folder stands for all in it. {_listed('sets', files)}"
    else:
        code, near = "unknown-tag", index.near_tag(value) if search else None
        message = f"no note of the deck `{deck}` has the tag `{value[:60]}`"
        hint = f"Tags stand here without the deck's prefix `{index.prefix}`." if index.bare_tag(value) else _listed("tags", index.spelt.values())  # fmt: skip
    return Diagnostic(code, severity, message, span, f"did you mean `{near}`?" if near else "", (hint,))


def _listed(what: str, names: Iterable[str]) -> str:
    every = sorted(names)
    if not every:
        return f"This deck has no {what}."
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return f"The {what} of this deck are {', '.join(f'`{name}`' for name in every[:SHOWN])}{more}."


def meeting(named: MappingType[str, Iterable[str]], index: Index) -> Ids:
    """The ids of the notes that meet all criteria, of which `named` says which notes each names."""
    out = [ids for criterion, ids in named.items() if criterion.startswith(WITHOUT)]
    chosen = index.all.intersection(*(ids for criterion, ids in named.items() if not criterion.startswith(WITHOUT)))
    return frozenset(chosen.difference(*out))


def index_of(deck: Deck, folder: str = "", prefix: str = "") -> Index:
    """The index of a deck whose sets lie in `folder`, and whose tags begin with `prefix`."""
    index = Index(deck, folder, prefix)
    begin = f"{prefix}::" if prefix else ""
    for one in deck.sets:
        for name in _names_of(one.path, folder):
            index.sets.setdefault(name, set()).update(note.id for note in one.notes)
        for note in one.notes:
            index.all.add(note.id)
            index.difficulties[note.difficulty].add(note.id)
            index.kinds[note.kind].add(note.id)
            for tag in note.tags:
                for above in _levels(tag.removeprefix(begin)):
                    index.spelt.setdefault(folded(above), above)
                    index.tags[folded(above)].add(note.id)
    return index


def folded(tag: str) -> str:
    """A tag as Anki compares it: capitals make no difference, nor does how an accent is stored."""
    return tag.casefold() if tag.isascii() else unicodedata.normalize("NFC", tag.casefold())


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
