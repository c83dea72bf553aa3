"""What a deck covers: how many notes its topics have, and which of its notes name which statements.

Counts, and says what is missing. Retired notes do not count: nobody learns by them. Knows neither files nor how the
counts are shown; a deck in the making lacks much, so nothing here is a diagnostic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deckgen.model import Deck, Note, Statement, Topic

ERROR_KIND = "spot the error"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many notes there are, by kind and by difficulty ("" for none)."""

    notes: int
    kinds: Mapping[str, int]
    difficulties: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Covered:
    """A topic and the notes that cover it."""

    topic: Topic
    tally: Tally

    @property
    def short(self) -> int:
        """How many notes are missing."""
        return max(0, self.topic.minimum - self.tally.notes)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a deck covers. `taught` are its notes but for the retired ones, `named` the ids of those that name a statement, by its id.

    `missing` are required statements that no note names; `misused` statements of errors with the ids of notes that name
    them and neither ask for the error nor bear a tag for such notes. `outside` are the ids of notes that count for no topic.
    """

    deck: Deck
    taught: tuple[Note, ...]
    tally: Tally
    topics: tuple[Covered, ...]
    named: Mapping[str, tuple[str, ...]]
    missing: tuple[Statement, ...]
    misused: Mapping[str, tuple[str, ...]]
    outside: tuple[str, ...]

    @property
    def short(self) -> tuple[Covered, ...]:
        """The topics that have too few notes."""
        return tuple(each for each in self.topics if each.short)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is short, missing or misused."""
        return not (self.short or self.missing or self.misused)


def coverage(deck: Deck) -> Coverage:
    """What this deck covers."""
    taught = tuple(note for note in deck.notes() if not note.retired)
    by_id = {note.id: note for note in taught}
    named: dict[str, list[str]] = {key: [] for key in deck.statements}
    for note in taught:
        for key in dict.fromkeys(note.statements):
            if key in named:  # without a fact base a note may name any
                named[key].append(note.id)
    shown = {note.id for note in taught if note.kind == ERROR_KIND} | deck.error_notes
    misused = {
        key: wrong
        for key, statement in deck.statements.items()
        if statement.use == "as error" and (wrong := tuple(id_ for id_ in named[key] if id_ not in shown))
    }
    inside = frozenset[str]().union(*(topic.notes for topic in deck.topics))
    return Coverage(
        deck,
        taught,
        _tally(taught),
        tuple(Covered(topic, _tally(by_id[each] for each in sorted(topic.notes))) for topic in deck.topics),
        {key: tuple(ids) for key, ids in named.items()},
        tuple(each for key, each in deck.statements.items() if each.use == "required" and not named[key]),
        misused,
        tuple(key for key in by_id if key not in inside) if deck.topics else (),
    )


def _tally(notes: Iterable[Note]) -> Tally:
    counted = list(notes)
    return Tally(
        len(counted),
        Counter(note.kind for note in counted),
        Counter(note.difficulty for note in counted),
    )
