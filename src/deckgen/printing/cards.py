"""Which cards a deck makes on paper, in order, and what stands on their two sides.

The same cards as in Anki, but for the hints, whatever is folded there, and the card on which an answer is typed.
A card's number is that of its note in the handout, with a letter where a note makes several. Knows notes and their
trees; not data, not layouts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from deckgen.jobs import PrintJob
from deckgen.markup.tree import Blocks, ListBlock, Paragraph
from deckgen.markup.views import cloze_back, cloze_front, cloze_ordinals, images
from deckgen.model import Deck, Kind, Note, NoteSet
from deckgen.notetypes import STEP_FIELDS
from deckgen.printing.chosen import taught
from deckgen.printing.pieces import (
    answering_picture,
    answers_of,
    asking_picture,
    best_of,
    groups_of,
    options_of,
    others_of,
)

Role = Literal[
    "case", "question", "title", "figure", "cue", "first step", "next step", "find error", "claim", "options", "picture",
    "answer", "sentence", "best", "watch out", "mnemonic", "why", "others",
]  # fmt: skip
CUES = 2  # steps shown before the one that is asked
# The most useful first: the last are left out where a card has no room.
EXTRAS: tuple[tuple[Role, str], ...] = (("watch out", "Watch out"), ("mnemonic", "Mnemonic"), ("why", "Why"))


class Part(NamedTuple):
    """A stretch of a side: what it is there for, its text, and the field it comes from.

    Where the text is empty, a layout sets words of its own, according to the role.
    """

    role: Role
    blocks: Blocks
    field: str


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """A card to cut out. `id` names it in messages; `extras` may be left out where there is no room."""

    id: str
    number: str
    note: Note
    set: NoteSet
    front: tuple[Part, ...]
    back: tuple[Part, ...]
    extras: tuple[Part, ...]


def printed_cards(deck: Deck, job: PrintJob) -> list[PrintedCard]:
    """The cards of a job in teaching order."""
    return [card for each, number, note in taught(deck, job) for card in _cards(each, number, note)]


def sides_of(note: Note) -> list[tuple[str, tuple[Part, ...], tuple[Part, ...]]]:
    """The cards of a note: a name that tells them apart, the front, the back."""
    return list(_SIDES[note.kind](note))


def _cards(each: NoteSet, number: int, note: Note) -> list[PrintedCard]:
    sides = sides_of(note)
    extras = _extras(note)
    return [
        PrintedCard(f"{note.id}/{name}" if name else note.id, _number(number, at, len(sides)), note, each, front, back, extras)
        for at, (name, front, back) in enumerate(sides)
    ]  # fmt: skip


def _extras(note: Note) -> tuple[Part, ...]:
    others = others_of(note)
    return (*_parts(note, *EXTRAS), *((Part("others", others, "Options"),) if others else ()))


def _number(number: int, at: int, count: int) -> str:
    letter = chr(ord("a") + at % 26)
    return f"{number}{letter * (at // 26 + 1)}" if count > 1 else str(number)


_Sides = Iterator[tuple[str, tuple[Part, ...], tuple[Part, ...]]]


def _parts(note: Note, *wanted: tuple[Role, str]) -> Iterator[Part]:
    for role, name in wanted:
        if note.content.get(name):
            yield Part(role, note.content[name], name)


def _pictures(note: Note, name: str) -> Iterator[Part]:
    """The pictures of a field without their captions, for which a card has no room."""
    for image in images(note.content.get(name, ())):
        yield Part("figure", (Paragraph((image,)),), name)


def _basic(note: Note) -> _Sides:
    front = [*_parts(note, ("case", "Case"), ("question", "Question")), *_pictures(note, "Question figure")]
    yield "", tuple(front), tuple(_parts(note, ("answer", "Answer")))


def _reversed(note: Note) -> _Sides:
    yield from _basic(note)
    front = _parts(note, ("question", "Reverse question"))
    yield "reverse", tuple(front), tuple(_parts(note, ("answer", "Reverse answer")))


def _cloze(note: Note) -> _Sides:
    text = note.content["Text"]
    ordinals = cloze_ordinals(text)
    around, pictures = tuple(_parts(note, ("case", "Case"))), tuple(_pictures(note, "Question figure"))
    for ordinal in ordinals:
        front, back = cloze_front(text, ordinal), cloze_back(text, ordinal)
        name = f"c{ordinal}" if len(ordinals) > 1 else ""
        yield name, (*around, Part("sentence", front, "Text"), *pictures), (Part("sentence", back, "Text"),)


def steps_of(note: Note) -> list[tuple[str, str, Blocks]]:
    """The steps of a sequence: (field, id, text)."""
    names = [name for name in STEP_FIELDS if note.content.get(name)]
    ids = [*note.step_ids, *(f"step-{number + 1}" for number in range(len(note.step_ids), len(names)))]
    return [(name, step_id, note.content[name]) for name, step_id in zip(names, ids, strict=False)]


def _sequence(note: Note) -> _Sides:
    title = (*_parts(note, ("case", "Case"), ("title", "Title")), *_pictures(note, "Question figure"))
    steps = steps_of(note)
    for at, (name, step_id, blocks) in enumerate(steps):
        cues = tuple(Part("cue", text, field) for field, _, text in steps[max(0, at - CUES) : at])
        prompt = Part("next step" if at else "first step", (), "Title")
        yield step_id, (*title, *cues, prompt), (Part("answer", blocks, name),)
    if note.content.get("Ask whole"):
        whole = ListBlock(1, tuple(blocks for _, _, blocks in steps))
        yield (
            "whole",
            tuple(_parts(note, ("case", "Case"), ("question", "Ask whole"))),
            (Part("answer", (whole,), "Title"),),
        )


def _choice(note: Note) -> _Sides:
    case, pictures = tuple(_parts(note, ("case", "Case"))), tuple(_pictures(note, "Question figure"))
    options, back = (
        Part("options", options_of(note), "Options"),
        (Part("best", best_of(note, in_line=False), "Options"),),
    )
    yield "", (*case, *_parts(note, ("question", "Question")), *pictures, options), back
    if note.content.get("Ask without options"):
        yield "open", (*case, *_parts(note, ("question", "Ask without options")), *pictures), back


def _occlusion(note: Note) -> _Sides:
    front = (*_parts(note, ("case", "Case"), ("question", "Header")), *_pictures(note, "Question figure"))
    if note.occlusion is None:
        return
    for group in groups_of(note.occlusion):
        number = group[0].number
        asking, answering = (
            Part("picture", make(note.occlusion, number), "Occlusion") for make in (asking_picture, answering_picture)
        )
        yield group[0].id, (*front, asking), (Part("answer", answers_of(group), "Occlusion"), answering)


def _claim(note: Note) -> _Sides:
    front = [*_parts(note, ("case", "Case")), Part("find error", (), "Claim"), *_parts(note, ("claim", "Claim"))]
    yield "", (*front, *_pictures(note, "Question figure")), tuple(_parts(note, ("answer", "Error")))


_SIDES: Mapping[Kind, Callable[[Note], _Sides]] = {
    "basic": _basic,
    "reversed": _reversed,
    "typed answer": _basic,
    "cloze": _cloze,
    "sequence": _sequence,
    "choice": _choice,
    "image occlusion": _occlusion,
    "spot the error": _claim,
}
