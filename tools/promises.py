"""What an update left of a student's work, judged from pictures of the collection before and after it. Knows no Anki.

`student.py` takes the pictures and plays the student. Here is decided who plays which part (`cast`) and which promise
was kept (`judge`). A note is followed by its GUID, as Anki does. From edition to edition it is followed by its *name*:
the GUID again, or words that stand in its fields, for packages whose GUIDs change with the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

OWN_TAG = "my_exam"
OWN_DECK = "Mine"
OWN_WORDS = "Ask Dr Chen about this one"
LEFT_ALONE = "look"  # the one thing a student of ours may leave alone


@dataclass(frozen=True, slots=True)
class Card:
    """A card: its ordinal from 0, its deck, and its schedule: type, queue, due, interval, ease, reviews, lapses."""

    ordinal: int
    deck: str
    schedule: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it stands in a collection. `number` is its id there; `label` is what people call it."""

    number: int
    guid: str
    name: str
    label: str
    note_type: int
    fields: Mapping[str, str]
    tags: frozenset[str]
    cards: tuple[Card, ...]

    def first(self) -> str:
        """Its first field, by which people tell two notes that are the same."""
        return next(iter(self.fields.values()))

    def filled(self, but: str = "") -> dict[str, str]:
        """The fields that hold something, but one. A field that is empty might as well not be there."""
        return {name: value for name, value in self.fields.items() if value and name != but}


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type: its name, its CSS, and the faces of its cards (name, front, back)."""

    name: str
    css: str
    faces: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A collection at one moment: notes, note types by id, and the stamp that forces a full sync when it changes."""

    notes: tuple[Note, ...]
    note_types: Mapping[int, NoteType]
    schema: int
    empty_cards: tuple[str, ...] = ()  # labels of their notes

    def names(self) -> dict[str, Note]:
        """The notes by name, in order. Of two with one name the first, which is the older."""
        found: dict[str, Note] = {}
        for note in self.notes:
            found.setdefault(note.name, note)
        return found

    def guids(self) -> dict[str, Note]:
        """The notes by GUID."""
        return {note.guid: note for note in reversed(self.notes)}  # of two the first


@dataclass(frozen=True, slots=True)
class Import:
    """What Anki said of one import, in labels of notes; `refused` are rows it left out, with its reason."""

    file: str
    new: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: int = 0
    conflicting: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays what, in names. The student does one thing to each of the first six; the rest is the publisher's."""

    edited: str
    tagged: str
    annotated: str  # idle when no note has a field for the student
    suspended: str
    moved: str
    deleted: str
    changed: tuple[str, ...]  # by a later edition
    added: tuple[str, ...]
    retired: tuple[str, ...]  # still in the newest edition, with a word about it, or gone from it


@dataclass(frozen=True, slots=True)
class Verdict:
    """A promise, whether it was kept (None: there was nothing to keep), and what was seen."""

    promise: str
    kept: bool | None
    words: str = ""


class TooFewNotesError(Exception):
    """An edition has not enough notes for every part of the scenario; the message says which part is open."""


# ---- who plays what --------------------------------------------------------------------------------------------------


def cast(
    first: Picture, editions: Sequence[Picture], newest: Picture, own_field: str, *, on_changed: bool = False
) -> Cast:
    """Choose notes for the parts, of different note types where there are any.

    `first` is the edition the student has, `editions` are all that matter, `newest` is the one that shall win. With
    `on_changed`, the notes tagged and annotated are such as the publisher changed.
    """
    had, last = first.names(), newest.names()
    retired = tuple(name for name in had if name not in last or _became_retired(had[name], last[name]))
    changed = tuple(name for name in had if name not in retired and _differs(name, editions, own_field))
    free = _in_turns([had[name] for name in had if name not in changed and name not in retired])
    edited = _take(free, "a note to edit")
    marked = [name for name in changed if on_changed]
    tagged = _take(marked or free, "a note to tag")
    annotated = next((name for name in [*marked, *free] if own_field in had[name].fields), "")
    annotated = annotated or _take(free, "a note to annotate")
    free = [name for name in free if name != annotated]
    return Cast(
        edited=edited,
        tagged=tagged,
        annotated=annotated,
        suspended=_take(free, "a note to suspend"),
        moved=_take(free, "a note to move"),
        deleted=_take(free, "a note to delete"),
        changed=changed,
        added=tuple(name for name in last if name not in had),
        retired=retired,
    )


def _take(free: list[str], part: str) -> str:
    if not free:
        raise TooFewNotesError(f"no note is left for the part: {part}")
    return free.pop(0)


def _in_turns(notes: Sequence[Note]) -> list[str]:
    """The notes in an order in which the note types take turns."""
    by_type: dict[int, list[str]] = {}
    for note in notes:
        by_type.setdefault(note.note_type, []).append(note.name)
    return [name for group in zip_longest(*by_type.values()) for name in group if name is not None]


def _differs(name: str, editions: Sequence[Picture], own_field: str) -> bool:
    """Whether the author's fields or tags of a note are not the same in all editions that have it."""
    found = [names[name] for names in (edition.names() for edition in editions) if name in names]
    return any(note.filled(own_field) != found[0].filled(own_field) or note.tags != found[0].tags for note in found)


def _became_retired(before: Note, after: Note) -> bool:
    return any("retired" in tag.lower() for tag in after.tags - before.tags)


# ---- what was kept ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """All that a judge sees: the parts, the collection before and after the imports, and a new student's collection."""

    cast: Cast
    before: Picture
    after: Picture
    newest: Picture
    imports: tuple[Import, ...]
    own_field: str
    look_edited: bool = True


def judge(case: Case) -> list[Verdict]:
    """All promises, always in the same order."""
    return [
        *_publisher(case),
        *_student(case),
        *_collection(case),
    ]


def _publisher(case: Case) -> Iterator[Verdict]:
    """What the publisher did arrives, and nothing else is touched."""
    cast_, after, newest = case.cast, case.after.guids(), case.newest.names()
    before = case.before.names()
    stale = [
        before[name].label
        for name in cast_.changed
        if name in before and not _arrived(case, after.get(before[name].guid), newest[name])
    ]
    yield _all("changed notes are up to date", cast_.changed, stale, "still old")
    here = case.after.names()
    missing = [newest[name].label for name in cast_.added if name not in here]
    yield _all("added notes arrive", cast_.added, missing, "missing")
    silent = [
        before[name].label
        for name in cast_.retired
        if name in before and not (name in newest and _arrived(case, after.get(before[name].guid), newest[name]))
    ]
    said = _all("retired notes say so", cast_.retired, silent, "stays as if nothing had happened")
    untagged = [name for name in cast_.retired if name in before and not _tagged(case, before[name])]
    yield Verdict(said.promise, said.kept, f"{said.words}, without a tag" if said.kept and untagged else said.words)
    theirs = {*cast_.changed, *cast_.retired}
    touched = [
        note.label
        for note in case.before.notes
        if note.name not in theirs and not _untouched(note, after.get(note.guid))
    ]
    yield Verdict("no other note is touched", not touched, _list(touched))
    allowed = {before[name].label for name in theirs if name in before}
    more = sorted({label for each in case.imports for label in each.updated} - allowed)
    yield Verdict("Anki updates the changed notes only", not more, _list(more))


def _tagged(case: Case, note: Note) -> bool:
    """Whether a note has all tags that the newest edition gives it."""
    now, wanted = case.after.guids().get(note.guid), case.newest.names().get(note.name)
    return now is not None and wanted is not None and now.tags >= wanted.tags


def _student(case: Case) -> Iterator[Verdict]:
    """What the student did stays."""
    cast_, before, after = case.cast, case.before.names(), case.after.guids()

    def note(name: str) -> tuple[Note, Note | None]:
        return before[name], after.get(before[name].guid)

    edited, now = note(cast_.edited)
    yield _kept("the student's edit", edited, now is not None and now.filled() == edited.filled())
    tagged, now = note(cast_.tagged)
    yield _kept("the student's tag", tagged, now is not None and OWN_TAG in now.tags)
    own, now = note(cast_.annotated)
    if case.own_field in own.fields:
        yield _kept("the student's own field", own, now is not None and now.fields.get(case.own_field) == OWN_WORDS)
    else:
        yield Verdict("the student's own field", None, f"no note type has a field “{case.own_field}”")
    suspended, now = note(cast_.suspended)
    yield _kept("the suspension", suspended, now is not None and _schedules(now) == _schedules(suspended))
    moved, now = note(cast_.moved)
    yield _kept("the card's deck", moved, now is not None and all(card.deck == OWN_DECK for card in now.cards))
    lost = [note.label for note in case.before.notes if not _keeps_cards(note, after.get(note.guid))]
    yield Verdict("every schedule", not lost, _list(lost))
    yield _look(case)
    back = cast_.deleted in case.after.names()
    yield Verdict("a deleted note", None, "comes back as a new one" if back else "stays away")


def _collection(case: Case) -> Iterator[Verdict]:
    """The collection is in order."""
    twice = _twice(case)
    yield Verdict("no note twice", not twice, _list(twice))
    conflicting = sorted({label for each in case.imports for label in each.conflicting})
    yield Verdict("no conflict", not conflicting, _list(conflicting))
    refused = [words for each in case.imports for words in each.refused]
    yield Verdict("no row refused", not refused, _list(refused))
    more = _more_types(case)
    yield Verdict("no second note type", not more, _list(more))
    yield Verdict("no full sync", case.before.schema == case.after.schema)
    empty = sorted(set(case.after.empty_cards) - set(case.before.empty_cards))
    yield Verdict("no empty card", not empty, _list(empty))


def _more_types(case: Case) -> list[str]:
    """Note types that came on top: unknown to the newest edition, or called like one that was there."""
    names = {kind.name for kind in case.before.note_types.values()}
    return [
        kind.name
        for number, kind in case.after.note_types.items()
        if number not in case.before.note_types
        and (number not in case.newest.note_types or kind.name.rstrip("+") in names)
    ]


def _look(case: Case) -> Verdict:
    """The student's own look is kept; who left it alone gets the newest."""
    model = case.before if case.look_edited else case.newest
    shared = {number: kind for number, kind in model.note_types.items() if number in case.before.note_types}
    lost = [kind.name for number, kind in shared.items() if not _looks(case.after.note_types.get(number), kind)]
    promise = "the student's look" if case.look_edited else "the newest look arrives"
    return Verdict(promise, not lost, _list(lost))


def _looks(now: NoteType | None, wanted: NoteType) -> bool:
    return now is not None and (now.css, now.faces) == (wanted.css, wanted.faces)


def _arrived(case: Case, now: Note | None, wanted: Note) -> bool:
    """Whether a note has the author's fields as they shall be, and his tags, unless a text file brought it."""
    if now is None or now.filled(case.own_field) != wanted.filled(case.own_field):
        return False
    return now.tags >= wanted.tags or any(not each.file.endswith(".apkg") for each in case.imports)


def _untouched(before: Note, now: Note | None) -> bool:
    return now is not None and (now.filled(), now.tags) == (before.filled(), before.tags)


def _schedules(note: Note) -> dict[int, tuple[int, ...]]:
    return {card.ordinal: card.schedule for card in note.cards}


def _keeps_cards(before: Note, now: Note | None) -> bool:
    """Whether every card is still there as it was; new ones may have joined it."""
    if now is None:
        return False
    cards = {card.ordinal: card for card in now.cards}
    return all(cards.get(card.ordinal) == card for card in before.cards)


def _twice(case: Case) -> list[str]:
    """Notes that are there more often than in the newest edition: by name, or by their first field."""
    found = []
    for key in (_name, Note.first):
        allowed = Counter(map(key, case.before.notes)) | Counter(map(key, case.newest.notes))
        now = Counter(map(key, case.after.notes))
        found += [note.label for note in case.after.notes if now[key(note)] > max(1, allowed[key(note)])]
    return sorted(set(found))


def _name(note: Note) -> str:
    return note.name


def _all(promise: str, names: Sequence[str], failed: Sequence[str], how: str) -> Verdict:
    """A promise about some notes: nothing to keep when there are none."""
    if not names:
        return Verdict(promise, None, "there was none")
    return Verdict(promise, not failed, f"{how}: {_list(failed)}" if failed else f"{len(names)} of {len(names)}")


def _kept(promise: str, note: Note, kept: bool) -> Verdict:
    return Verdict(promise, kept, note.label)


def _list(words: Iterable[str]) -> str:
    """A few of them, and how many more there are."""
    every = list(words)
    return ", ".join(every[:6]) + (f" and {len(every) - 6} more" if len(every) > 6 else "")
