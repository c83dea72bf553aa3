"""What the words of a deck should not do."""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.diagnostics import Diagnostic
from deckgen.model import Collection, Note

FRONTS = ("Case", "Question", "Question figure", "Text", "Title")


def same_question(collection: Collection) -> Iterator[Diagnostic]:
    """Two notes of a deck that ask the same: the student cannot know which answer is wanted."""
    for deck in collection.decks:
        first: dict[object, Note] = {}
        for note in deck.notes():
            if note.retired:  # its successor may well ask the same
                continue
            front = tuple(note.content.get(name) for name in FRONTS)
            other = first.setdefault(front, note)
            if any(front) and other is not note and other.id != note.id:
                yield Diagnostic(
                    "same-question", "warning", f"`{note.id}` asks the same as `{other.id}`", note.span, "same question",
                    ("Say in each question what tells the two apart, or delete one.",), ((other.span, "asked here first"),),
                )  # fmt: skip
