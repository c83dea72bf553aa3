"""What differs between a deck as it stands and its ledger. Notes are matched by GUID, as Anki does.

Knows both sides; judges nothing (that is `safety`) and decides no version (that is `plan`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from deckgen.editions.ledger import DROPPED, RETIRED, Ledger, PublishedNote, read_cards, read_marks
from deckgen.editions.standing import (
    TAGS,
    Standing,
    about_of,
    cards_of,
    content_of,
    file_of,
    look_of,
    marks_of,
    packages_of,
    pages_of,
    schema_of,
    words_of,
)
from deckgen.model import AnkiNote, Media, NoteType


@dataclass(frozen=True, slots=True)
class Changed:
    """A published note that is not what it was: now and before, and the names of the fields (and "tags") that differ."""

    now: AnkiNote
    before: PublishedNote
    fields: tuple[str, ...]
    same_words: bool  # the author's own words are what they were

    @property
    def retires(self) -> bool:
        """Whether it is retired now and was not before."""
        return self.now.note.retired is not None and not _was_retired(self.before)

    @property
    def revives(self) -> bool:
        """Whether it was retired and is taught again."""
        return self.now.note.retired is None and _was_retired(self.before)


def _was_retired(before: PublishedNote) -> bool:
    """Whether students have it as a retired note; of one that was dropped since, the banner tells."""
    return before.state == RETIRED or (before.state == DROPPED and "Retired" in before.fields())


@dataclass(frozen=True, slots=True)
class Moved:
    """A published note that lies in another deck than it did."""

    now: AnkiNote
    before: PublishedNote


@dataclass(frozen=True, slots=True)
class Repacked:
    """A published note that other parts of the deck hold than did: the keys of their packages."""

    now: AnkiNote
    joined: frozenset[str]
    left: frozenset[str]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs. `changed` holds the notes Anki would update, retired ones among them.

    `cards` holds the notes whose cards are others, or ask for something else; whether they are updated or not.
    `returned` are notes that an edition dropped: students still have them, and they are compared like any other.
    """

    added: tuple[AnkiNote, ...] = ()
    changed: tuple[Changed, ...] = ()
    cards: tuple[Changed, ...] = ()
    moved: tuple[Moved, ...] = ()
    repacked: tuple[Repacked, ...] = ()
    returned: tuple[Changed, ...] = ()
    vanished: tuple[PublishedNote, ...] = ()
    left: tuple[PublishedNote, ...] = ()  # for another deck of the project
    looks: tuple[NoteType, ...] = ()  # published note types that look different
    media: tuple[Media, ...] = ()  # other bytes under a published name
    new_media: tuple[Media, ...] = ()
    about: bool = False  # the deck's name or description
    pages: bool = False  # the order of the notes, or texts that only pages have

    @property
    def retired(self) -> tuple[Changed, ...]:
        """The notes that this edition retires."""
        return tuple(each for each in self.changed if each.retires)

    @property
    def corrected(self) -> tuple[Changed, ...]:
        """The notes that it changes without retiring them, or teaching them again."""
        return tuple(
            each for each in self.changed if not each.retires and not each.revives and each.before.state != DROPPED
        )

    @property
    def revived(self) -> tuple[Changed, ...]:
        """The notes that it teaches again."""
        return tuple(each for each in self.changed if each.revives)

    @property
    def reordered(self) -> bool:
        """Whether the order or the pages' own texts are others for another reason than that notes came or went."""
        return self.pages and not (self.added or self.vanished or self.returned or self.left)

    @property
    def touched(self) -> frozenset[str]:
        """The ids of the notes that come, change or come back: Anki shall take them over."""
        come_back = (each.now.note.id for each in self.returned)
        return frozenset(
            (*(note.note.id for note in self.added), *(each.now.note.id for each in self.changed), *come_back)
        )

    def __bool__(self) -> bool:
        return any(
            (self.added, self.changed, self.cards, self.moved, self.repacked, self.returned, self.vanished, self.left, self.looks, self.media, self.new_media, self.about, self.pages)
        )  # fmt: skip


def compare(now: Standing, ledger: Ledger, elsewhere: Container[str] = (), others: Sequence[Ledger] = ()) -> Changes:
    """What has happened to the deck since its last edition.

    `elsewhere` are the GUIDs that other decks of the project hold, `others` the ledgers of those decks: a note that one
    of them published is one that students may have.
    """
    added, changed, cards, moved, repacked, returned = [], [], [], [], [], []
    packages = packages_of(now.deck)
    for note in now.notes:
        own = ledger.notes.get(note.note.guid)
        before = own or _known_elsewhere(note, others)
        if before is None:
            added.append(note)
            continue
        is_other = content_of(note) != before.content or note.note_type.key != before.note_type
        if own is None or own.state == DROPPED:
            returned.append(_changed(note, before))
        if is_other and own:
            changed.append(_changed(note, before))
        if _cards_differ(note, before, is_other=is_other):
            cards.append(_changed(note, before))
        if note.note.deck_name != before.deck:
            moved.append(Moved(note, before))
        if own and packages.get(note.note.id, "") != own.packages:
            repacked.append(_repacked(note, packages.get(note.note.id, ""), own.packages))
    gone = list(_vanished(now, ledger))
    return Changes(
        tuple(added),
        tuple(changed),
        tuple(cards),
        tuple(moved),
        tuple(repacked),
        tuple(returned),
        tuple(each for each in gone if each.guid not in elsewhere),
        tuple(each for each in gone if each.guid in elsewhere),
        tuple(one for key, one in sorted(now.types.items()) if key in ledger.types and _looks_different(one, ledger)),
        tuple(one for one in now.media if one.name in ledger.media and ledger.media[one.name].content != file_of(one)),
        tuple(one for one in now.media if one.name not in ledger.media),
        (now.deck.name, about_of(now.deck)) != (ledger.name, ledger.about),
        pages_of(now.deck) != ledger.pages,
    )


def _cards_differ(note: AnkiNote, before: PublishedNote, *, is_other: bool) -> bool:
    """Whether other cards are made, or ask for something else. What cards ask for is costly to find out."""
    if is_other or note.note.step_ids or note.note.occlusion:  # ids of steps and masks stand in no field
        return cards_of(note) != before.made()
    made = before.made()
    if ":" not in made:
        return " ".join(map(str, note.cards)) != made
    return note.cards != tuple(read_cards(made))


def _changed(note: AnkiNote, before: PublishedNote) -> Changed:
    marks, earlier = read_marks(marks_of(note)), before.fields()
    differing = {name for name in marks.keys() | earlier.keys() if marks.get(name) != earlier.get(name)}
    order = (*note.note_type.field_names(), TAGS)
    listed = (*(name for name in order if name in differing), *sorted(differing.difference(order)))
    return Changed(note, before, listed, words_of(note.note) == before.words)


def _repacked(note: AnkiNote, now: str, before: str) -> Repacked:
    here, there = (frozenset(filter(None, keys.split(","))) for keys in (now, before))
    return Repacked(note, here - there, there - here)


def _known_elsewhere(note: AnkiNote, others: Sequence[Ledger]) -> PublishedNote | None:
    """What another deck published of a note; of several the one that said it last."""
    found = [(ledger.times()[known.last], known) for ledger in others if (known := ledger.notes.get(note.note.guid))]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _vanished(now: Standing, ledger: Ledger) -> Iterator[PublishedNote]:
    held = {note.note.guid for note in now.notes}
    for guid, before in ledger.notes.items():
        if before.state != DROPPED and guid not in held:
            yield before


def _looks_different(note_type: NoteType, ledger: Ledger) -> bool:
    before = ledger.types[note_type.key]
    now = note_type.id, look_of(note_type), schema_of(note_type)
    return now != (before.id, before.look, before.schema)
