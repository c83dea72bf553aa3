"""What a deck holds now, in the terms of the ledger: hashes of what lands in Anki, and what each card asks for.

The hashes are compared with those in ledgers of earlier years, so what they are made of may never change
(tests/golden/ledger.txt holds some). Knows notes as they stand in Anki; reads no ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from deckgen.fieldtext import anki_notes, media_of
from deckgen.markup.html import to_html
from deckgen.markup.plain import inline_to_plain, to_plain
from deckgen.markup.tree import Cloze
from deckgen.markup.views import walk
from deckgen.model import AnkiNote, Deck, Media, Note, NoteType

TAGS = "tags"  # their mark, beside those of the fields
_UNIT = "\x1f"


@dataclass(frozen=True, slots=True)
class Standing:
    """A deck as it would be published now. `types` are those it uses, by key."""

    deck: Deck
    notes: tuple[AnkiNote, ...] = field(repr=False)
    types: Mapping[str, NoteType] = field(repr=False)
    media: tuple[Media, ...] = field(repr=False)


def standing(deck: Deck, note_types: Mapping[str, NoteType]) -> Standing:
    """What the deck holds now; it must be without errors."""
    notes = anki_notes(deck, note_types)
    types = {note.note_type.key: note.note_type for note in notes}
    return Standing(deck, notes, types, tuple(media_of(deck, notes)))


def content_of(note: AnkiNote) -> str:
    """A hash of what Anki takes over: every filled field by its permanent id, and the tags in any order."""
    filled = sorted((each.id, value) for each, value in zip(note.note_type.fields, note.fields, strict=True) if value)
    return _hash(_joined(f"{number}={value}" for number, value in filled), " ".join(sorted(note.tags)))


def marks_of(note: AnkiNote) -> str:
    """A short hash for each filled field and for the tags: enough to say which of them an edition changed."""
    filled = [(name, value) for name, value in zip(note.note_type.field_names(), note.fields, strict=True) if value]
    if note.tags:
        filled.append((TAGS, " ".join(sorted(note.tags))))
    return ",".join([f"{name}={_hash(value, size=3)}" for name, value in filled])


def packages_of(deck: Deck) -> dict[str, str]:
    """By the id of a note, the keys of the parts of the deck that hold it, with commas between."""
    found: dict[str, str] = {}
    for package in sorted(deck.packages, key=lambda each: each.key):
        for note in package.notes:
            found[note] = f"{found[note]},{package.key}" if note in found else package.key
    return found


def words_of(note: Note) -> str:
    """A hash of the words the author wrote for this note: when they stay and the fields change, the cause lies elsewhere."""
    return _hash(_joined(_words(note)), size=4)


def _words(note: Note) -> Iterator[str]:
    yield note.kind
    for name, blocks in sorted(note.content.items()):
        yield from (name, to_plain(blocks))
    yield note.typed_answer
    for option in note.options:
        yield from (to_plain(option.text), to_plain(option.reason), "best" if option.best else "")
    if note.occlusion:
        for mask in note.occlusion.masks:
            yield from (str(mask.number), to_plain(mask.answer), mask.clue, repr(mask.shape))
    if note.retired:
        yield from (note.retired.since, note.retired.why, note.retired.replaced_by)


def cards_of(note: AnkiNote) -> str:
    """The ordinals of the cards, each with what it asks for where one could be mistaken for another."""
    asked = _asked(note.note)
    return " ".join([f"{number}:{asked[number]}" if number in asked else str(number) for number in note.cards])


def _asked(note: Note) -> dict[int, str]:
    if note.step_ids:
        return dict(enumerate(note.step_ids))
    if note.occlusion:
        masks = note.occlusion.masks
        return {
            number - 1: "+".join(sorted(mask.id for mask in masks if mask.number == number))
            for number in note.occlusion.numbers()
        }
    return _hidden(note) if note.kind == "cloze" else {}


def _hidden(note: Note) -> dict[int, str]:
    """A mark of the words that each number of a cloze hides."""
    hidden: dict[int, list[str]] = {}
    for node in walk(note.content.get("Text", ())):
        if isinstance(node, Cloze):
            for ordinal in node.ordinals:
                hidden.setdefault(ordinal - 1, []).append(inline_to_plain(node.children))
    return {number: _hash(_joined(words), size=3) for number, words in hidden.items()}


def look_of(note_type: NoteType) -> str:
    """A hash of all of a note type that a student sees: its name, faces and style sheet, and the words in the editor."""
    faces = (part for template in note_type.templates for part in (template.name, template.front, template.back))
    fields = (part for each in note_type.fields for part in (each.name, each.description))
    return _hash(_joined((note_type.name, note_type.css, *faces)), _joined(fields))


def schema_of(note_type: NoteType) -> str:
    """A hash of what Anki compares: the ids of the fields and of the card templates, in their order."""
    fields, templates = (",".join(str(each.id) for each in group) for group in (note_type.fields, note_type.templates))
    return _hash(fields, templates, "cloze" if note_type.is_cloze else "")


def names_of(note_type: NoteType) -> tuple[str, ...]:
    """The names of its fields, then of its card templates."""
    return (*note_type.field_names(), *(template.name for template in note_type.templates))


def file_of(media: Media) -> str:
    """A hash of the bytes of a picture or sound."""
    return hashlib.blake2b(media.data, digest_size=8).hexdigest()


def about_of(deck: Deck) -> str:
    """A hash of what the deck's page in Anki says, but for the edition."""
    titles = sorted(package.title for package in deck.packages)
    return _hash(to_html(deck.description), _joined((*deck.authors, deck.licence, deck.home, deck.disclaimer, *titles)))


def pages_of(deck: Deck) -> str:
    """A hash of what an edition holds besides notes and looks: their order, and the texts that only pages have."""
    sets = (
        part
        for each in deck.sets
        for part in (
            each.title,
            to_html(each.introduction),
            *map(to_html, each.objectives),
            *(part for table in each.comparisons for part in (table.title, to_html(table.table))),
            *(note.id for note in each.notes),
        )
    )
    return _hash(_joined(sets))


def _joined(parts: Iterable[str]) -> str:
    return _UNIT.join(parts)


def _hash(*parts: str, size: int = 8) -> str:
    """`size` bytes of BLAKE2b over the parts, in hexadecimal digits."""
    return hashlib.blake2b("\x1e".join(parts).encode(), digest_size=size).hexdigest()
