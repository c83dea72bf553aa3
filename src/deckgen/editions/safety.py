"""What a student who has the last edition would lose by the next, as diagnostics.

An error is a change that Anki cannot bring over at all, or that puts what a student has learnt under another card; a
warning one that leaves something for the student to do. Each says what students would see, and the way out. The facts
about Anki's importer were measured (tests/test_editions_anki.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from deckgen.diagnostics import Diagnostic, Span
from deckgen.editions.changes import Changed, Changes, Moved
from deckgen.editions.ledger import DROPPED, Ledger, PublishedNote, PublishedType, read_cards, read_marks
from deckgen.editions.standing import Standing, cards_of, marks_of, names_of, schema_of
from deckgen.fieldtext import media_in
from deckgen.ids import note_guid
from deckgen.model import AnkiNote, NoteType

MANY = 20  # notes changed from outside that are worth a word; or
MOST = 50  # vanished notes that are named one by one
FEW, SHARE = 5, 0.5  # so many, if they are so large a part of the deck

# What a note is likeliest to be known by after its id was changed.
_TELLING = ("Question", "Text", "Title", "Claim", "Header", "Answer")


class Sides(NamedTuple):
    """The deck as it stands, its ledger, and what differs."""

    now: Standing
    ledger: Ledger
    changes: Changes


def unsafe(now: Standing, ledger: Ledger, changes: Changes) -> Iterator[Diagnostic]:
    """Everything that is not safe for students who have the last edition."""
    for check in CHECKS:
        yield from check(Sides(now, ledger, changes))


def vanished_notes(it: Sides) -> Iterator[Diagnostic]:
    """A published note that is not there any more: students keep its cards, and nobody tells them."""
    heirs = _heirs(it.changes.added) if it.changes.vanished else {}
    groups: defaultdict[str, list[PublishedNote]] = defaultdict(list)
    for before in it.changes.vanished:
        table = before.id.partition("/")[0]
        groups[f"{table}/" if "/" in before.id else before.id].append(before)
    for at, group in enumerate(groups.values()):
        if at == MOST:
            rest = sum(map(len, list(groups.values())[MOST:]))
            yield Diagnostic(
                "vanished-note", "error", f"{_notes(rest)} more that were published are gone", it.ledger.span(group[0]), "and those that follow",
                ("So many at once have one cause: a file that is not there, or another key of the deck.",),
            )  # fmt: skip
            return
        if len(group) > 1:
            yield _vanished_table(group, heirs, it)
        else:
            yield _vanished_note(group[0], _heir(group[0], heirs), it)


def _vanished_note(before: PublishedNote, heir: AnkiNote | None, it: Sides) -> Diagnostic:
    if heir and heir.note.id == before.id:
        return Diagnostic(
            "vanished-note", "error", f"the note `{before.id}` has another GUID than the one published in {before.first}",
            heir.note.span, "to Anki it is another note", (f"Put `guid` or `was` back as they were, or write `guid: {_quoted(before.guid)}`.",),
            ((it.ledger.span(before), "published so"),),
        )  # fmt: skip
    label = f"is it `{heir.note.id}` now?" if heir else ""
    ways = (
        f"Renamed: give {f'`{heir.note.id}`' if heir else 'the note with the new id'} the line {_line(before, it)}; it stays the same note in Anki.",
        "No longer taught: put it back with `retired: {since: ..., why: ...}`; students are told.",
    )
    related = ((heir.note.span, "asks the same"),) if heir else ()
    return Diagnostic(
        "vanished-note", "error", f"the note `{before.id}` was published in {before.first} and is gone",
        it.ledger.span(before), label, ways, related,
    )  # fmt: skip


def _line(before: PublishedNote, it: Sides) -> str:
    """What gives a note its published GUID: its id, if the GUID follows from that; else the GUID itself."""
    if note_guid(it.ledger.deck, before.id) == before.guid:
        return f"`was: [{before.id}]`"
    return f"`guid: {_quoted(before.guid)}`, or put the older ids it had in front in `was`"


def _quoted(guid: str) -> str:
    """A GUID as a YAML scalar in single quotes."""
    return "'" + guid.replace("'", "''") + "'"


def _vanished_table(group: list[PublishedNote], heirs: Heirs, it: Sides) -> Diagnostic:
    """Several notes of one table: most likely an id that all of theirs begin with was changed."""
    table = group[0].id.partition("/")[0]
    found = [heir for before in group if (heir := _heir(before, heirs))]
    others = {heir.note.id.partition("/")[0] for heir in found} - {table}
    now = next(iter(others)) if len(others) == 1 else ""
    older = "" if note_guid(it.ledger.deck, group[0].id) == group[0].guid else ", with the older ids in front,"
    ways = (
        f"Renamed: `was: [{table}]`{older} on the table note `{now}` keeps them all; " if now else "Renamed: `was` on the table note, on the question or in the row keeps all notes made from it; "
    ) + "they stay the same notes in Anki."  # fmt: skip
    listed = ", ".join(f"`{before.id}`" for before in group[:3]) + (", …" if len(group) > 3 else "")
    return Diagnostic(
        "vanished-note", "error", f"{_notes(len(group))} of `{table}` that were published are gone: {listed}",
        it.ledger.span(group[0]), f"are they `{now}/...` now?" if now else "",
        (ways, "No longer taught: put the rows back, and under `notes` give each note `retired: {since: ..., why: ...}`."),
        ((found[0].note.span, "asks the same"),) if found else (),
    )  # fmt: skip


Heirs: TypeAlias = Mapping[tuple[str, str, str], AnkiNote]


def _heirs(added: Iterable[AnkiNote]) -> Heirs:
    """The new notes by what they ask: note type, field, mark of the field."""
    found: dict[tuple[str, str, str], AnkiNote] = {}
    for note in added:
        marks = read_marks(marks_of(note))
        for name in _TELLING:
            if name in marks:
                found.setdefault((note.note_type.key, name, marks[name]), note)
    return found


def _heir(before: PublishedNote, heirs: Heirs) -> AnkiNote | None:
    """The new note that asks what the vanished one asked."""
    known = before.fields()
    asked = next((name for name in _TELLING if name in known), "")
    return heirs.get((before.note_type, asked, known.get(asked, "")))


def returned_notes(it: Sides) -> Iterator[Diagnostic]:
    """A note that an edition dropped is there again and asks something else: students still have the old one, and learn it."""
    for each in it.changes.returned:
        if asks_anew(each):
            yield Diagnostic(
                "returned-note", "warning", f"`{each.now.note.id}` was published in {each.before.first}, dropped in {each.before.since}, and asks something else now",
                each.now.note.span, "students still have the old note, with their progress",
                ("If it is another fact, give it an id of its own.", _accept("returned-note")),
            )  # fmt: skip


def asks_anew(each: Changed) -> bool:
    """Whether a dropped note that is there again asks something else than it did; retired, it asks nothing."""
    asked = next((name for name in _TELLING if name in each.before.fields()), "")
    return each.before.state == DROPPED and each.now.note.retired is None and asked in each.fields


def changed_kinds(it: Sides) -> Iterator[Diagnostic]:
    """A published note of another note type: Anki leaves the student's as it is, for ever."""
    for each in {each.now.note.id: each for each in (*it.changes.returned, *it.changes.changed)}.values():
        if each.now.note_type.key != each.before.note_type:
            before = it.ledger.types.get(each.before.note_type)
            was = before.name if before else each.before.note_type
            yield Diagnostic(
                "changed-kind", "error", f"`{each.now.note.id}` was published as “{was}” and is “{each.now.note_type.name}” now",
                each.now.note.span, "Anki never changes the type of a note it has",
                ("Give the new note an id of its own, and put the old one back with `retired` and `replaced by`.",),
            )  # fmt: skip


def swapped_sides(it: Sides) -> Iterator[Diagnostic]:
    """A reversed note whose two questions changed places: each schedule would go on with the other's card."""
    for each in it.changes.changed:
        if is_swapped(each):
            yield Diagnostic(
                "moved-cards", "error", f"2 cards of `{each.now.note.id}` would ask for each other's question",
                each.now.note.spans.get("Question", each.now.note.span), "a student's schedule stays with the card",
                ("Keep `question` and `reverse question` where they were published.",),
            )  # fmt: skip


def is_swapped(each: Changed) -> bool:
    """Whether the two questions of a reversed note changed places."""
    if "Reverse question" not in each.fields:
        return False
    before, now = each.before.fields(), read_marks(marks_of(each.now))
    sides = before.get("Question"), before.get("Reverse question")
    return all(sides) and sides[0] != sides[1] and sides == (now.get("Reverse question"), now.get("Question"))


def moved_meanings(it: Sides) -> Iterator[Diagnostic]:
    """Cards that ask for something else than before, while the student's schedule stays where it was."""
    for each in it.changes.cards:
        wrong = moved_numbers(each)
        if wrong:
            before, now_asked = each.before.ever(), read_cards(cards_of(each.now))
            field, what, way = _WORDS.get(each.now.note.kind, ("Text", "gap", "Give the gaps the numbers they had."))
            shown = "; ".join(_moved_words(number, before, now_asked, each) for number in wrong[:4]) + (
                "; …" if len(wrong) > 4 else ""
            )
            yield Diagnostic(
                "moved-cards", "error", f"{_cards(len(wrong))} of `{each.now.note.id}` would ask for another {what} ({shown})",
                each.now.note.spans.get(field, each.now.note.span), "a student's schedule stays with the card",
                (way, "Or give the new order an id of its own, and put the old note back with `retired` and `replaced by`."),
            )  # fmt: skip


def moved_numbers(each: Changed) -> list[int]:
    """The ordinals of the cards that ask for something else than ever before."""
    if each.now.note_type.key != each.before.note_type:
        return []
    before, now_asked = each.before.ever(), read_cards(cards_of(each.now))
    return [number for number in sorted(before.keys() & now_asked.keys()) if _is_other(number, before, now_asked, each)]


def removed_numbers(each: Changed) -> list[int]:
    """The ordinals of the cards that it made and makes no more."""
    if each.now.note_type.key != each.before.note_type:
        return []
    return sorted(each.before.ordinals().keys() - set(each.now.cards))


_WORDS = {
    "sequence": ("Title", "step", "Keep the published steps, their ids and their order; add new ones at the end."),
    "image occlusion": ("Occlusion", "mask", "Give each mask its old card: `number: N`, where N is the card it had."),
    "cloze": ("Text", "gap", "Give each gap the number it had; a new gap takes a number that was never used."),
}


def _is_other(number: int, before: dict[int, str], now_asked: dict[int, str], each: Changed) -> bool:
    """Whether a card asks for another thing.

    Steps and masks have ids. A gap has only its words, which may be corrected; it is another when they moved to another
    number, or when those of another moved to it. A card that was given up and comes back must ask the same.
    """
    old, new = before[number], now_asked[number]
    if old == new or not old:
        return False
    if each.now.note.kind == "cloze":
        return any(_moves(number, before, now_asked)) or number not in each.before.ordinals()
    if each.now.note.kind == "image occlusion":  # one more mask in a group is the same question
        return not set(old.split("+")) & set(new.split("+"))
    return True


def _moves(number: int, before: dict[int, str], now_asked: dict[int, str]) -> tuple[set[int], set[int]]:
    """From which numbers the words of a gap came, and to which its old ones went. Several gaps may hide the same words."""
    old, new = before[number], now_asked[number]

    def holding(words: str, cards: dict[int, str]) -> set[int]:
        return {at for at, each in cards.items() if each == words}

    had, has = holding(new, before), holding(old, now_asked)
    came = had - holding(new, now_asked) if number not in had else set()
    went = has - holding(old, before) if number not in has else set()
    return came, went


def _moved_words(number: int, before: dict[int, str], now_asked: dict[int, str], each: Changed) -> str:
    """What became of one card. Of a gap's old words only a hash is known, but that tells where they are now."""
    if each.now.note.kind != "cloze":
        return f"card {number + 1}: `{before[number]}` → `{now_asked[number]}`"
    came, went = _moves(number, before, now_asked)
    if came:
        return f"gap {number + 1} hides what gap {min(came) + 1} hid"
    if went:
        return f"what gap {number + 1} hid is gap {min(went) + 1} now"
    return f"gap {number + 1} was given up, and hides something else now"


def removed_cards(it: Sides) -> Iterator[Diagnostic]:
    """A card that the note no longer makes: the student's stays, empty, until Anki is told to remove it."""
    for each in it.changes.cards:
        gone = removed_numbers(each)
        if gone:
            numbers = ", ".join(str(number + 1) for number in gone)
            yield Diagnostic(
                "removed-cards", "warning", f"`{each.now.note.id}` no longer makes {'card' if len(gone) == 1 else 'cards'} {numbers}",
                each.now.note.span, "students keep an empty card",
                ("Students remove it by Tools > Empty Cards; the release notes will say so.", _accept("removed-cards")),
            )  # fmt: skip


def moved_notes(it: Sides) -> Iterator[Diagnostic]:
    """Notes in another deck: cards that students have stay where they are."""
    groups: defaultdict[tuple[str, str], list[Moved]] = defaultdict(list)
    for each in it.changes.moved:
        groups[each.before.deck, each.now.note.deck_name].append(each)
    if it.now.deck.name != it.ledger.name and len(it.changes.moved) > 1:
        yield _moved(f"the deck was called “{it.ledger.name}” and is “{it.now.deck.name}” now, for {_notes(len(it.changes.moved))}", it.now.deck.span)  # fmt: skip
        return
    for (old, new), notes in groups.items():
        yield _moved(f"{_notes(len(notes))} moved from “{old}” to “{new}”", notes[0].now.note.span)


def _moved(message: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "moved-notes", "warning", message, span, "Anki never moves cards it has",
        ("Students who have the deck keep these cards in the old one; new students get the new one. Keep the name, and use tags for what may change.", _accept("moved-notes")),
    )  # fmt: skip


def changed_note_types(it: Sides) -> Iterator[Diagnostic]:
    """Note types whose fields or card templates are others: Anki would make a second one of it, and update nothing."""
    wrong = [
        (one, it.ledger.types[one.key]) for one in it.changes.looks if _is_other_type(one, it.ledger.types[one.key])
    ]
    if not wrong:
        return
    if any(one.id != before.id for one, before in wrong):
        names = ", ".join(f"“{before.name}”" for _, before in wrong)
        yield Diagnostic(
            "changed-note-type", "error", f"students have these note types under another identity: {names}", it.now.deck.span,
            "no note of theirs could be updated",
            ("It follows from `publisher` and from the deck's `language`: put back what stood there when the deck was published.",),
        )  # fmt: skip
        return
    for one, before in wrong:
        yield Diagnostic(
            "changed-note-type", "error", f"the fields or cards of “{one.name}” are not those of {before.last}: {_schema_words(one, before)}",
            it.now.deck.span, "Anki would add a second note type and update no note",
            ("Fields and card templates can be renamed, but never added, removed or moved. Use the deckgen version that made the last edition, and report this.",),
        )  # fmt: skip


def _is_other_type(one: NoteType, before: PublishedType) -> bool:
    return one.id != before.id or schema_of(one) != before.schema


def _schema_words(one: NoteType, before: PublishedType) -> str:
    names = names_of(one)
    added = [f"{name} came" for name in names if name not in before.names]
    gone = [f"{name} went" for name in before.names if name not in names]
    return ", ".join([*added, *gone]) or "their order is another"


def changed_media(it: Sides) -> Iterator[Diagnostic]:
    """Other bytes under a published name: Anki keeps the file it has."""
    showing = (
        {name: note.note for note in reversed(it.now.notes) for name in media_in(note)} if it.changes.media else {}
    )
    for one in it.changes.media:
        yield Diagnostic(
            "changed-media", "warning", f"`{one.path}` changed, but keeps its published name `{one.name}`",
            showing[one.name].span, "students who have it keep the old file",
            ("Save the file anew, so that its content, and with it the name, is another one.", _accept("changed-media")),
        )  # fmt: skip


def many_updates(it: Sides) -> Iterator[Diagnostic]:
    """Many notes that would be updated although nobody edited them: each would overwrite what students wrote into it."""
    outside = [each for each in it.changes.changed if each.same_words and not each.retires and each.fields]
    if any(one.id != it.ledger.types[one.key].id for one in it.changes.looks):  # then nothing is updated at all
        return
    if len(outside) < MANY and (len(outside) < FEW or len(outside) < SHARE * len(it.ledger.notes)):
        return
    counts = Counter(name for each in outside for name in each.fields)
    fields = ", ".join(f"{name} ({count})" for name, count in counts.most_common(4))
    yield Diagnostic(
        "many-updates", "warning", f"{_notes(len(outside))} would be updated although nobody changed their words: {fields}",
        it.now.deck.span, "what students wrote into them would be lost",
        (f"The cause is {'; '.join(dict.fromkeys(_cause({name}) for name, _ in counts.most_common()))}.", _accept("many-updates")),
    )  # fmt: skip


def _cause(fields: set[str]) -> str:
    if fields <= {"Source"}:
        return "their references, the bibliography, or its citation style"
    if fields <= {"tags"}:
        return "the tags of a set, or the deck's `tag prefix`"
    if fields <= {"Topic"}:
        return "the title or topic of a set, or the deck's name"
    if fields <= {"Ref"}:
        return "the ids"
    if fields <= {"Figure", "Question figure", "Image"}:
        return "a picture, or its name"
    return "markup alone, or another version of deckgen, which writes these fields differently"


def removed_packages(it: Sides) -> Iterator[Diagnostic]:
    """A part of the deck that has no package any more: who has it hears of no correction."""
    for key in sorted(it.ledger.packages.keys() - {package.key for package in it.now.deck.packages}):
        yield Diagnostic(
            "removed-package", "warning", f"the package `{key}` was published, and is no longer made", it.now.deck.span,
            "students who have it get no further edition of it",
            (f"Put `{key}` back under `packages`; its title and what it holds may change, its key is in the file's name.", _accept("removed-package")),
        )  # fmt: skip


def unpublished_retired(it: Sides) -> Iterator[Diagnostic]:
    """A retired note that no student has: it would only reach them as a retired card."""
    for each in it.changes.added:
        if each.note.retired:
            yield Diagnostic(
                "retired-unpublished", "warning", f"`{each.note.id}` is retired, but was never published",
                each.note.span, "students would get it as a new card", ("Delete it.", _accept("retired-unpublished")),
            )  # fmt: skip


Check = Callable[[Sides], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    vanished_notes,
    returned_notes,
    changed_kinds,
    moved_meanings,
    swapped_sides,
    removed_cards,
    moved_notes,
    changed_note_types,
    changed_media,
    many_updates,
    removed_packages,
    unpublished_retired,
)
CODES = (
    "vanished-note", "returned-note", "changed-kind", "moved-cards", "removed-cards", "moved-notes", "changed-note-type", "changed-media",
    "many-updates", "removed-package", "retired-unpublished",
)  # fmt: skip


def _accept(code: str) -> str:
    return f"If it must be: `deckgen release --accept {code}`."


def _notes(count: int) -> str:
    return f"{count:,} note{'s' * (count != 1)}"


def _cards(count: int) -> str:
    return f"{count} card{'s' * (count != 1)}"
