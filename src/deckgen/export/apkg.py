"""A deck, or a part of it, as an Anki package (.apkg), by genanki, with what a publisher needs done otherwise.

genanki gives the object model, the schema and the columns. Changed here, once: the time of every note is given,
not taken from the clock; cards are those Anki itself would make; note types carry permanent ids; rows go in
together; two builds of one tree are the same bytes. A note is the same in every package of an edition, down to the
ids of its rows, so a student may take a small one first and the whole later. Knows packages; not where a note's fields
come from.
"""

from __future__ import annotations

import html
import io
import json
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import genanki
from genanki.apkg_col import APKG_COL
from genanki.apkg_schema import APKG_SCHEMA

from deckgen import __version__, ids
from deckgen.faces import requirements
from deckgen.fieldtext import anki_notes, media_of
from deckgen.markup.html import to_html
from deckgen.markup.tree import Image, Inline, Sound, Text
from deckgen.markup.views import changed
from deckgen.model import AnkiNote, Artifact, Context, Deck, Field, Media, NoteType, Package
from deckgen.notetypes import UNPUBLISHED_LOOK, direction_of

SEPARATOR = "\x1f"  # between fields, in the database
SQLITE_VERSION_AT = slice(96, 100)  # in the header of a database: which SQLite wrote it last
SQLITE_VERSION = (3_040_001).to_bytes(4, "big")
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
DEFLATE_LEVEL = 5  # 6 takes twice the time for 5 % less
COMPRESSED = frozenset(("png", "jpg", "gif", "webp", "mp3", "m4a", "ogg", "opus", "flac"))  # kinds of media
FREE_ROOM = (bytes(1024), b" " * 1024)  # what is left of a cover taken out of a sound; it squeezes to nothing


def export_all(deck: Deck, context: Context) -> list[Artifact]:
    """The package of the whole deck, then those of its parts, ready to be written."""
    notes = _notes(deck, context)
    return [_artifact(deck, context, notes, package) for package in (None, *deck.packages)]


def export(deck: Deck, context: Context, package: Package | None = None) -> Artifact:
    """One package of a deck: that of the whole, if none is named."""
    return _artifact(deck, context, _notes(deck, context), package)


def _notes(deck: Deck, context: Context) -> list[_Note]:
    """All notes of a deck in the author's order, each with its position in the whole."""
    models = {
        key: _Model(note_type, deck.language, context.type_times.get(key, UNPUBLISHED_LOOK))
        for key, note_type in context.note_types.items()
    }
    written = context.notes if context.notes is not None else anki_notes(deck, context.note_types)
    notes, positions = [], _positions(deck)
    for each in written:
        note = each.note
        # A student's later edit of a note is kept, an earlier one replaced: so the time is when its fields last changed.
        mod = context.note_times.get(note.id, context.timestamp)
        notes.append(_Note(each, models[note.note_type], due=positions[note.id], mod=mod))
    _check(notes)
    return notes


def _artifact(deck: Deck, context: Context, notes: Sequence[_Note], package: Package | None) -> Artifact:
    """A package of those of the deck's notes that belong in it."""
    held = [note for note in notes if note.id in package.notes] if package else notes
    decks = _decks(deck, held, package)
    for note in held:
        decks[note.written.note.deck_name].add_note(note)
    media = media_of(deck, [note.written for note in held])
    about = _provenance(deck, package, is_draft=context.is_draft)
    made = _Package(decks.values(), held, media, ids.first_row_id(deck.key), about, among=notes)
    return Artifact(f"{deck.stem(package)}.apkg", "apkg", deck.key, made.to_bytes())


def _positions(deck: Deck) -> dict[str, int]:
    """Where each note stands among new cards: in the author's order, and retired ones behind all others."""
    ordered = sorted(deck.notes(), key=lambda note: note.retired is not None)
    return {note.id: position for position, note in enumerate(ordered, 1)}


# ---- genanki's nouns, subclassed ------------------------------------------------------------------------------


class _Model(genanki.Model):  # type: ignore[misc]
    """A note type with permanent ids, a time that stands still, and what only newer versions of Anki know."""

    def __init__(self, note_type: NoteType, language: str, mod: int = UNPUBLISHED_LOOK) -> None:
        rtl = direction_of(language) == "rtl"
        super().__init__(
            note_type.id,
            note_type.name,
            fields=[_field(field, rtl=rtl) for field in note_type.fields],
            templates=[{"name": t.name, "id": t.id, "qfmt": t.front, "afmt": t.back} for t in note_type.templates],
            css=note_type.css,
            model_type=self.CLOZE if note_type.is_cloze else self.FRONT_BACK,
        )
        self.note_type = note_type
        self.mod = mod

    @property
    def _req(self) -> list[list[object]]:
        names = self.note_type.field_names()
        return [[ordinal, *requirements(t.front, names)] for ordinal, t in enumerate(self.note_type.templates)]

    def to_json(self, timestamp: float = 0, deck_id: int | None = None) -> dict[str, Any]:  # noqa: ARG002 - genanki's signature
        """The note type as schema 11 has it. It names no deck: Anki would not translate the id."""
        data: dict[str, Any] = super().to_json(self.mod, None)
        if self.note_type.original_stock_kind:
            data["originalStockKind"] = self.note_type.original_stock_kind
        return data


def _field(field: Field, *, rtl: bool) -> dict[str, object]:
    data = {"name": field.name, "id": field.id, "rtl": rtl, "font": "Arial", "description": field.description}
    data |= {"collapsed": field.collapsed}
    return data if field.tag is None else {**data, "tag": field.tag, "preventDeletion": field.prevent_deletion}


class _Note(genanki.Note):  # type: ignore[misc]
    """A note that knows its time, and whose cards are those Anki itself makes."""

    def __init__(self, written: AnkiNote, model: _Model, *, due: int, mod: int) -> None:
        super().__init__(model, written.fields, tags=written.tags, guid=written.note.guid, due=due)
        self.written = written
        self.id = written.note.id
        self.mod = mod
        self.joined = self._format_fields()
        self.filled = written.cards
        self.ordinals = written.cards or (0,)  # as in Anki the first, when none has anything to show

    @property
    def cards(self) -> list[Any]:
        """A card for each ordinal."""
        return [genanki.Card(ordinal) for ordinal in self.ordinals]

    def row(self, number: int) -> tuple[object, ...]:
        """The note as a row of the table `notes`. Anki computes the sort field and the checksum anew."""
        tags = self._format_tags() if self.tags else ""
        return number, self.guid, self.model.model_id, self.mod, -1, tags, self.joined, self.fields[0], 0, 0, ""

    def card_rows(self, number: int, deck: int) -> Iterator[tuple[int, ...]]:
        """Its cards as rows of the table `cards`, without their ids. Siblings share their position."""
        for ordinal in self.ordinals:
            yield number, deck, ordinal, self.mod, -1, 0, 0, self.due, 0, 0, 0, 0, 0, 0, 0, 0


class _Deck(genanki.Deck):  # type: ignore[misc]
    """A deck with an id from its name."""

    def __init__(self, name: str, description: str = "") -> None:
        super().__init__(ids.deck_id(name), name, description)


class _Package(genanki.Package):  # type: ignore[misc]
    """A package made in memory, row order, ids and dates all fixed.

    `notes` stand in the author's order, over all decks; `among` are those of the whole deck, if these are a part of it.
    """

    def __init__(
        self, decks: Iterable[_Deck], notes: Sequence[_Note], media: Sequence[Media], first_id: int, provenance: str,
        among: Sequence[_Note] = (),
    ) -> None:  # fmt: skip
        super().__init__(list(decks), [picture.name for picture in media])
        self.notes = notes
        self.among = among or notes
        self.media = media
        self.first_id = first_id
        self.provenance = provenance

    def to_bytes(self) -> bytes:
        """The whole package."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            _add(archive, "collection.anki2", self._database())
            _add(
                archive, "media", json.dumps({str(at): picture.name for at, picture in enumerate(self.media)}).encode()
            )
            _add(archive, "deckgen.json", self.provenance.encode())
            for at, picture in enumerate(self.media):
                _add(archive, str(at), picture.data, packed=_is_packed(picture))
        return buffer.getvalue()

    def _database(self) -> bytes:
        connection = sqlite3.connect(":memory:")
        try:
            self.write_to_db(connection.cursor())
            connection.commit()
            data = bytearray(connection.serialize())
        finally:
            connection.close()
        data[SQLITE_VERSION_AT] = SQLITE_VERSION
        return bytes(data)

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float = 0, id_gen: Iterator[int] | None = None) -> None:  # noqa: ARG002 - genanki's signature
        """Fill a new database: decks and note types at once, then all rows; indexes last, which is faster."""
        tables, *indexes = APKG_SCHEMA.split("CREATE INDEX")
        cursor.executescript(f"PRAGMA page_size = 4096; {tables}{APKG_COL}")
        (default,) = cursor.execute("SELECT decks FROM col").fetchone()
        decks = json.loads(default) | {str(deck.deck_id): deck.to_json() for deck in self.decks}
        models = {str(model.model_id): model.to_json() for model in self._models()}
        cursor.execute("UPDATE col SET decks = ?, models = ?", (json.dumps(decks), json.dumps(models)))
        numbered = list(self._numbered())
        cursor.executemany(f"INSERT INTO notes VALUES({_marks(11)})", (note.row(at) for note, at, _ in numbered))
        cursor.executemany(f"INSERT INTO cards VALUES({_marks(18)})", self._card_rows(numbered))
        for index in indexes:
            cursor.execute(f"CREATE INDEX{index}")

    def _models(self) -> list[_Model]:
        """The note types that have notes; Anki leaves others out."""
        return list({note.model.model_id: note.model for note in self.notes}.values())

    def _numbered(self) -> Iterator[tuple[_Note, int, int]]:
        """Each note with the id of its row and that of its first card.

        Both follow from its place in the whole deck: so what Anki shows as "Created" agrees, whichever package came first.
        """
        held = {id(note) for note in self.notes}
        card = self.first_id
        for number, note in enumerate(self.among, self.first_id):
            if id(note) in held:
                yield note, number, card
            card += len(note.ordinals)

    def _card_rows(self, numbered: Iterable[tuple[_Note, int, int]]) -> Iterator[tuple[object, ...]]:
        deck_of = {id(note): deck.deck_id for deck in self.decks for note in deck.notes}
        for note, number, first in numbered:
            for card, row in enumerate(note.card_rows(number, deck_of[id(note)]), first):
                yield (card, *row, "")


def _is_packed(media: Media) -> bool:
    """Whether to squeeze a file once more would only take time."""
    return media.kind in COMPRESSED and not any(room in media.data for room in FREE_ROOM)


def _marks(columns: int) -> str:
    return ",".join("?" * columns)


def _add(archive: zipfile.ZipFile, name: str, data: bytes, *, packed: bool = False) -> None:
    """A member whose header says nothing of the day, the machine or the system it was made on."""
    member = zipfile.ZipInfo(name, ZIP_DATE)
    member.create_system = 3
    member.external_attr = 0o644 << 16
    archive.writestr(member, data, zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED, DEFLATE_LEVEL)


# ---- from our nouns to genanki's ------------------------------------------------------------------------------


def _decks(deck: Deck, notes: Iterable[_Note], package: Package | None) -> dict[str, _Deck]:
    """A deck by every full name that these notes need, the decks above it included."""
    names = {deck.name, *(note.written.note.deck_name for note in notes)}
    parts = [name.split("::") for name in names]
    every = sorted({"::".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1)})
    return {name: _Deck(name, _description(deck, package) if name == deck.name else "") for name in every}


def _description(deck: Deck, package: Package | None) -> str:
    """What Anki shows on the deck's page: HTML, without words of ours, since they would need translating.

    Anki strips pictures and plays no sound here, so their words stand for them. Not marked as Markdown: versions of Anki that know no Markdown show HTML as well.
    """
    part = package.title if package else ""
    edition = " · ".join(filter(None, [f"{deck.name.split('::')[-1]} {deck.version}".strip(), part, deck.date]))
    lines = [html.escape(line, quote=False) for line in (edition, ", ".join(deck.authors), deck.licence) if line]
    if deck.home:
        address = html.escape(deck.home)
        lines.append(f'<a href="{address}">{address}</a>')
    disclaimer = f"<p>{html.escape(deck.disclaimer, quote=False)}</p>" if deck.disclaimer else ""
    return f"{to_html(changed(deck.description, _worded))}<p>{'<br>'.join(lines)}</p>{disclaimer}"


def _worded(node: Inline, _: object) -> tuple[Inline, ...]:
    return (Text(node.alt),) if isinstance(node, (Image, Sound)) else (node,)


def _check(notes: Sequence[_Note]) -> None:
    """What must never reach a package, whatever let it through."""
    repeated = [guid for guid, times in Counter(note.guid for note in notes).items() if times > 1]
    if repeated:
        raise ValueError(f"two notes have the GUID {repeated[0]}")
    for note in notes:
        if not note.guid:
            raise ValueError(f"the note {note.id} has no GUID")
        if note.joined.count(SEPARATOR) != len(note.fields) - 1:
            raise ValueError(f"a field of the note {note.id} holds the character U+001F")
        if not note.filled:
            raise ValueError(f"the note {note.id} would make no card")


def _provenance(deck: Deck, package: Package | None, *, is_draft: bool) -> str:
    """Which program made this of what; Anki ignores it."""
    about = {
        "program": "deckgen",
        "program version": __version__,
        "deck": deck.key,
        "package": package.key if package else "",
        "name": deck.name,
        "edition": deck.version,
        "date": deck.date,
        "draft": is_draft,
        "authors": list(deck.authors),
        "licence": deck.licence,
        "home": deck.home,
    }
    return json.dumps(about, indent=1, ensure_ascii=False) + "\n"
