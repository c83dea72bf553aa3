"""From a deck as it stands and its ledger to an edition: its version and time, the times of notes and note types.

A note's time is that of the edition in which it last changed, so that an import touches only what the publisher
changed. A note type's time only counts its changes, from a fixed day in the past: Anki takes over what is newer, so
every change arrives where nobody touched the look, and a student who changed it, which always happened later, keeps
it. Knows values only; reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from deckgen.editions.ledger import (
    DROPPED,
    HELD,
    RETIRED,
    Ledger,
    PublishedMedia,
    PublishedNote,
    PublishedType,
    read_marks,
    with_gone,
)
from deckgen.editions.review import Review
from deckgen.editions.standing import (
    TAGS,
    Standing,
    about_of,
    cards_of,
    content_of,
    file_of,
    look_of,
    marks_of,
    names_of,
    packages_of,
    pages_of,
    schema_of,
    words_of,
)
from deckgen.editions.versions import as_draft, following, order
from deckgen.model import AnkiNote, Edition, NoteType, Update
from deckgen.notetypes import UNPUBLISHED_LOOK

STEP = 2  # seconds from one look to the next; a draft's lies between
LEAST = 2  # seconds from one edition to the next; a draft lies between
UPDATES = 3  # earlier editions for whose students a text file is made


@dataclass(frozen=True, slots=True)
class Plan:
    """What building or releasing a deck now means.

    `edition` is the last one when nothing changed, else the next (a draft's version says so). `ledger` is the ledger
    with this edition in it. Times in seconds, of notes by id and of note types by key. `updates` is what students of
    the last editions need, the newest of these first.
    """

    edition: Edition
    is_draft: bool
    note_times: Mapping[str, int] = field(repr=False)
    type_times: Mapping[str, int] = field(repr=False)
    updates: tuple[Update, ...] = field(repr=False)
    ledger: Ledger = field(repr=False)


def draft_plan(found: Review, known: Iterable[Ledger], time: int | None) -> Plan:
    """What a build makes: the last edition if nothing changed, else a draft of the next.

    What a draft changed is newer than the last edition, and older than every later one that changes it as well. Who has
    tried a draft keeps what was taken back before the release. The deck must have a ledger. `known` are the ledgers of
    all decks of the project, `time` the build stamp if one was asked for.
    """
    ledger = found.published
    if not found.changes:
        return _planned(found, ledger.last, known, is_draft=False)
    edition = Edition(as_draft(next_version(found)), max(ledger.last.time + 1, time or 0), found.verdict)
    return _planned(found, edition, known, is_draft=True)


def release_plan(found: Review, known: Iterable[Ledger], version: str, time: int) -> Plan:
    """What a release makes; `version` "" lets the changes decide. Without a change or a new version: the last edition.

    The time must be later than that of the last edition by `LEAST`.
    """
    if found.ledger and not found.changes and version in ("", found.ledger.last.version):
        return _planned(found, found.ledger.last, known, is_draft=False)
    return _planned(found, Edition(version or next_version(found), time, found.verdict), known, is_draft=False)


def next_version(found: Review) -> str:
    """The version the author wrote down if it is a later one, else the one that follows from the changes."""
    written, changes = found.now.deck.version, found.changes
    if found.ledger is None or order(written) > order(found.ledger.last.version):
        return written
    return following(
        found.ledger.last.version, found.verdict, grown=bool(changes.added or changes.retired or changes.returned)
    )


def _planned(found: Review, edition: Edition, known: Iterable[Ledger], *, is_draft: bool) -> Plan:
    now, ledger = found.now, found.ledger
    type_times = _type_times(now, ledger, known, STEP // 2 if is_draft else STEP)
    after = _after(found, edition, type_times)
    times = after.times()
    return Plan(
        edition,
        is_draft,
        {note.note.id: times[after.notes[note.note.guid].last] for note in now.notes},
        type_times,
        updates(after, [each.version for each in reversed(after.editions[-1 - UPDATES : -1])]),
        after,
    )


def updates(ledger: Ledger, versions: Iterable[str]) -> tuple[Update, ...]:
    """What students of these editions need to have the newest one; editions the ledger does not know are passed over.

    Notes of which the tags alone changed are not among them: a text file brings no tags, but would bring back texts
    that a student changed.
    """
    times = ledger.times()
    held = [note for note in ledger.notes.values() if note.state != DROPPED]
    return tuple(
        Update(
            since,
            frozenset(note.id for note in held if times[note.texts] > since.time),
            frozenset(key for key, first in ledger.packages.items() if times[first] <= since.time),
        )
        for since in map(ledger.edition, versions)
        if since
    )


# ---- note types -----------------------------------------------------------------------------------------------


def _type_times(now: Standing, ledger: Ledger | None, known: Iterable[Ledger], step: int) -> dict[str, int]:
    """When each note type last changed: as published, if it still looks so; else a little later than all known looks.

    Decks of one project share their note types, so a look that another deck has published has that deck's time.
    """
    published: dict[int, list[PublishedType]] = {}
    for each in known:
        for known_type in each.types.values():
            published.setdefault(known_type.id, []).append(known_type)
    times = {}
    for key, one in now.types.items():
        before = ledger.types.get(key) if ledger else None
        times[key] = _type_time(one, before, published.get(one.id, []), step)
    return times


def _type_time(one: NoteType, before: PublishedType | None, published: list[PublishedType], step: int) -> int:
    look, schema = look_of(one), schema_of(one)
    if before and (before.id, before.look, before.schema) == (one.id, look, schema):
        return before.time
    if not published:
        return UNPUBLISHED_LOOK + step
    newest = max(published, key=lambda each: each.time)
    return newest.time if (newest.look, newest.schema) == (look, schema) else newest.time + step


# ---- the ledger afterwards ------------------------------------------------------------------------------------


def _after(found: Review, edition: Edition, type_times: Mapping[str, int]) -> Ledger:
    """The ledger once this edition is published."""
    now, ledger, changes = found.now, found.ledger, found.changes
    if ledger and edition == ledger.last:
        return ledger
    touched, recounted = changes.touched, {each.now.note.id for each in changes.cards}
    before, packages = ledger.notes if ledger else {}, packages_of(now.deck)
    notes = {}
    for note in now.notes:
        known, held = before.get(note.note.guid), packages.get(note.note.id, "")
        if known is None or note.note.id in touched:
            notes[note.note.guid] = _published(note, known, edition.version, held)
        else:  # what stands in Anki is what it was
            notes[note.note.guid] = _kept(note, known, held, is_recounted=note.note.id in recounted)
    for guid, gone in before.items():
        if guid not in notes:
            notes[guid] = (
                gone if gone.state == DROPPED else replace(gone, state=DROPPED, since=edition.version, packages="")
            )
    types = dict(ledger.types) if ledger else {}
    types |= {
        key: _published_type(one, types.get(key), edition.version, type_times[key]) for key, one in now.types.items()
    }
    media = dict(ledger.media) if ledger else {}
    for one in now.media:
        first = media[one.name].first if one.name in media else edition.version
        media[one.name] = PublishedMedia(one.name, first, file_of(one))
    editions = (*ledger.editions, edition) if ledger else (edition,)
    had = ledger.packages if ledger else {}
    parts = {package.key: had.get(package.key, edition.version) for package in now.deck.packages}
    return Ledger(
        now.deck.key, now.deck.name, about_of(now.deck), pages_of(now.deck), editions, types, media, notes, parts
    )


def _kept(note: AnkiNote, known: PublishedNote, packages: str, *, is_recounted: bool) -> PublishedNote:
    """The line of a note of which nothing changed that Anki takes over."""
    cards = with_gone(cards_of(note), known) if is_recounted else known.cards
    same = known.deck, known.cards, known.packages
    if same == (note.note.deck_name, cards, packages):  # nearly always, and copies take time
        return known
    return replace(known, deck=note.note.deck_name, cards=cards, packages=packages)


def _published(note: AnkiNote, before: PublishedNote | None, version: str, packages: str) -> PublishedNote:
    it = note.note
    state, since = (RETIRED, version) if it.retired else (HELD, "")
    if it.retired and before and before.state == RETIRED:
        since = before.since
    first = before.first if before else version
    cards = cards_of(note)
    if before and before.note_type == note.note_type.key:
        cards = with_gone(cards, before)
    marks = marks_of(note)
    texts = before.texts if before and _has_same_texts(note, marks, before) else version
    return PublishedNote(
        it.id, it.guid, note.note_type.key, first, version, texts, state, since,
        content_of(note), words_of(it), it.deck_name, cards, marks, packages=packages,
    )  # fmt: skip


def _has_same_texts(note: AnkiNote, marks: str, before: PublishedNote) -> bool:
    """Whether whoever has the last edition has all fields of a note: it was in that, and its tags differ at most."""
    if before.state == DROPPED or before.note_type != note.note_type.key:
        return False
    here, there = read_marks(marks), read_marks(before.marks)
    return all(here.get(name) == there.get(name) for name in (here.keys() | there.keys()) - {TAGS})


def _published_type(one: NoteType, before: PublishedType | None, version: str, time: int) -> PublishedType:
    look, schema = look_of(one), schema_of(one)
    if before and (before.id, before.look, before.schema) == (one.id, look, schema):
        return before
    first = before.first if before else version
    return PublishedType(one.key, one.id, one.name, first, version, time, look, schema, names_of(one))
