"""Every note must be one note in Anki: its id once in a deck, its GUID once in a package."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.diagnostics import Diagnostic, nearest
from deckgen.model import Collection, Deck, Note

NUMBER = re.compile(r"[+-]?\d+")
MANY = 20  # wrong ids for which the one that was meant is looked for: in a large deck that takes long


def duplicate_ids(collection: Collection) -> Iterator[Diagnostic]:
    """Two notes of a deck with one id."""
    for deck in collection.decks:
        first: dict[str, Note] = {}
        for note in deck.notes():
            other = first.setdefault(note.id, note)
            if other is not note:
                yield Diagnostic(
                    "duplicate-id", "error", f"the id `{note.id}` is taken", note.span, "second note with this id",
                    ("Give one of the two another id. If one is published already, change the other.",),
                    ((other.span, "first note with this id"),),
                )  # fmt: skip


def duplicate_guids(collection: Collection) -> Iterator[Diagnostic]:
    """Two notes of a project that Anki would take for one: it compares GUIDs over all decks a student has."""
    first: dict[str, tuple[str, Note]] = {}
    for deck in collection.decks:
        for note in deck.notes():
            other_deck, other = first.setdefault(note.guid, (deck.key, note))
            if (other_deck, other.id) != (deck.key, note.id):  # one id twice in a deck is reported as that
                yield Diagnostic(
                    "duplicate-guid", "error", f"`{note.id}` has the GUID of `{other.id}`", note.span, "the same note to Anki",
                    ("Check `guid` and `was` of both notes: each GUID belongs to one note.",),
                    ((other.span, "the other note"),),
                )  # fmt: skip


def one_name_for_two_decks(collection: Collection) -> Iterator[Diagnostic]:
    """Two decks whose cards would lie in one: Anki knows decks by their names, without regard to case."""
    first: dict[str, Deck] = {}
    for deck in collection.decks:
        other = first.setdefault(deck.name.casefold(), deck)
        if other is not deck:
            yield Diagnostic(
                "duplicate-deck-name", "error", f"the deck `{deck.key}` has the name of `{other.key}`", deck.span, "the same deck to Anki",
                ("Give one of the two another name.",), ((other.span, "the other deck"),),
            )  # fmt: skip


def deck_named_by_number(collection: Collection) -> Iterator[Diagnostic]:
    """A deck whose full name is a number: Anki's text import takes it for an id, and leaves its notes out (measured)."""
    for deck in collection.decks:
        names = dict.fromkeys(note.deck_name for note in deck.notes())
        found = next(filter(NUMBER.fullmatch, names), "")
        if found:
            yield Diagnostic(
                "deck-name-number", "warning", f"a text update leaves out the notes of the deck `{found}`", deck.span, "Anki takes it for an id",
                ("Give the deck a name with a letter in it, before the first edition. If it is published: only the package brings these notes.",),
            )  # fmt: skip


def replaced_by_nobody(collection: Collection) -> Iterator[Diagnostic]:
    """A retired note that sends the student to a note there is not."""
    wrong = 0
    for deck in collection.decks:
        ids = {note.id for note in deck.notes()}
        for note in deck.notes():
            heir = note.retired.replaced_by if note.retired else ""
            if heir and (heir == note.id or heir not in ids):
                near = nearest(heir, ids) if wrong < MANY else None
                wrong += 1
                yield Diagnostic(
                    "unknown-note", "error", f"`{note.id}` is replaced by `{heir}`, which is no other note of this deck",
                    note.span, f"did you mean `{near}`?" if near else "", ("Give the id of a note of this deck.",),
                )  # fmt: skip
