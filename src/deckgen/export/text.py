"""The safe update: a text file by which Anki changes the author's fields of a student's notes and nothing else.

It holds only the notes added or changed since one edition, because Anki takes over every row it is given. A row has
the fields of its note type from the left up to the student's own, "My notes", which stands last and so is not touched;
there is no column of tags. Both, and all else a student has, stay as they are (measured with Anki 2.1.66 to 26.9.3).

What decides, in the order in which Anki reads it: `#columns` says how many cells of a row are read; a row shorter than
that leaves the fields behind its end alone; note types are named by id, because a student may rename them; every row
names its deck, for new notes, and cards a student has are not moved by it. Knows notes as they stand in Anki.
"""

from __future__ import annotations

from collections.abc import Iterable

from deckgen.fieldtext import anki_notes
from deckgen.model import AnkiNote, Artifact, Context, Deck
from deckgen.notetypes import OWN_FIELDS

META = ("GUID", "Note type", "Deck")
DRAFT = "# This file is a draft and not for students\n"
HEADER = """\
#separator:tab
#html:true
#if matches:update current
#guid column:1
#notetype column:2
#deck column:3
#columns:{columns}
"""


def export(deck: Deck, context: Context) -> list[Artifact]:
    """A file for the students of each earlier edition, of the whole deck and of each of its packages.

    None where nothing has changed since, which Anki would refuse.
    """
    notes = context.notes if context.notes is not None else anki_notes(deck, context.note_types)
    made = []
    for package in (None, *deck.packages):
        for update in context.updates:
            if package and package.key not in update.parts:  # nobody has it from then
                continue
            wanted = update.notes & package.notes if package else update.notes
            rows = [note for note in notes if note.note.id in wanted]
            if rows:
                made.append(
                    Artifact(
                        update.file_name(deck.stem(package)),
                        "text",
                        deck.key,
                        to_text(rows, is_draft=context.is_draft).encode(),
                    )
                )
    return made


def to_text(notes: Iterable[AnkiNote], *, is_draft: bool = False) -> str:
    """These notes as a text that Anki imports; there must be at least one."""
    rows = [_row(note) for note in notes]
    longest = max(len(row) for row in rows)
    labels = [*META, *(f"Field {number}" for number in range(1, longest - len(META) + 1))]
    # Every cell in quotes: a GUID that begins with `#` would be a comment.
    lines = ("\t".join([f'"{cell.replace(QUOTE, QUOTE * 2)}"' for cell in row]) for row in rows)
    header = HEADER.format(columns="\t".join(labels)) + (DRAFT if is_draft else "")
    return header + "".join(f"{line}\n" for line in lines)


QUOTE = '"'


def _row(note: AnkiNote) -> list[str]:
    return [note.note.guid, str(note.note_type.id), note.note.deck_name, *note.fields[: -len(OWN_FIELDS)]]
