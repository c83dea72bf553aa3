"""What the words of a deck should not do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.checks.fronts import fronts
from deckgen.diagnostics import Diagnostic
from deckgen.markup.plain import to_plain
from deckgen.markup.tree import Cloze
from deckgen.markup.views import walk
from deckgen.model import Collection, Note, Occlusion

FIELDS = {"header": "Header", "alt": "Image"}  # where they stand; clues stand at the masks
SHORTEST = 3  # letters of an answer that is worth looking for


def same_question(collection: Collection) -> Iterator[Diagnostic]:
    """Cards of two notes of a deck that show the same front: the student cannot know which answer is wanted."""
    for deck in collection.decks:
        first: dict[object, Note] = {}
        for note in deck.notes():
            if not note.retired:  # its successor may well ask the same
                yield from _asked_before(note, first)


def _asked_before(note: Note, first: dict[object, Note]) -> Iterator[Diagnostic]:
    """What a note asks that another asked first, once for each of these others."""
    told: set[str] = {note.id}
    for front in fronts(note):
        other = first.setdefault(front.shown, note)
        if other is not note and other.id not in told:
            told.add(other.id)
            yield Diagnostic(
                "same-question", "warning", f"`{note.id}` asks the same as `{other.id}`", note.span, f"by its `{front.key}`",
                ("Say in each question what tells the two apart, or delete one.",), ((other.span, "asked here first"),),
            )  # fmt: skip


def answer_in_view(collection: Collection) -> Iterator[Diagnostic]:
    """A masked picture whose header, text alternative or clue names what the masks hide."""
    for deck in collection.decks:
        for note in deck.notes():
            if note.occlusion and not note.retired:
                yield from _told(note, note.occlusion)


def _told(note: Note, occlusion: Occlusion) -> Iterator[Diagnostic]:
    answers = {mask.id: to_plain(mask.answer).strip() for mask in occlusion.masks}
    shown = {"header": to_plain(note.content.get("Header", ())), "alt": occlusion.alt}
    shown |= {f"clue of `{mask.id}`": mask.clue for mask in occlusion.masks}
    for where, text in shown.items():
        told = [
            answer for answer in dict.fromkeys(answers.values()) if len(answer) >= SHORTEST and _holds(text, answer)
        ]
        if told:
            listed = ", ".join(f"“{answer[:40]}”" for answer in told)
            yield Diagnostic(
                "answer-in-view", "warning", f"the {where} tells an answer: {listed}", note.spans.get(FIELDS.get(where, "Occlusion"), note.span), "",
                ("Describe the picture without the words that are asked for.",),
            )  # fmt: skip


def _holds(text: str, answer: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(answer.casefold())}(?!\w)", text.casefold()) is not None


def gap_of_several_cards(collection: Collection) -> Iterator[Diagnostic]:
    """`{{c1,2::..}}`, which only the newest Anki takes for a gap: others print it, braces and answer and all.

    Seen in 2.1.66, 24.11 and 25.9.5 (and so AnkiDroid, which has the backend of 25.09).
    """
    for deck in collection.decks:
        for note in deck.notes():
            text = note.content.get("Text", ()) if note.kind == "cloze" and not note.retired else ()
            for node in walk(text):
                if isinstance(node, Cloze) and len(node.ordinals) > 1:
                    numbers = ",".join(map(str, node.ordinals))
                    yield Diagnostic(
                        "cloze-of-several-cards", "warning", f"`{{{{c{numbers}::` is no gap in Anki before version 26", note.spans.get("Text", note.span), "",
                        ("There and in AnkiDroid the answer would stand on the front. Give the gap one number, or write two notes.",),
                    )  # fmt: skip
                    break
