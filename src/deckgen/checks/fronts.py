"""What a student sees on the front of each card of a note, as values that can be compared.

Left out is what tells no two questions apart: the topic, the hint, the order of the deck. Two cards of different
kinds may show the same: a question and another note's reverse question, for instance. Knows the cards each kind
makes; not how a front looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from deckgen.markup.tree import Blank, Blocks, Inline
from deckgen.markup.views import changed, cloze_front, cloze_ordinals
from deckgen.model import Kind, Note
from deckgen.notetypes import STEP_FIELDS

CUES = 2  # steps that are shown before the one that is asked


class Front(NamedTuple):
    """The front of a card: what it shows, and the key whose text asks."""

    key: str
    shown: object


def fronts(note: Note) -> Iterator[Front]:
    """The fronts of a note's cards, in the order of its note type; a card with nothing to ask has none."""
    return _FRONTS[note.kind](note)


def _asked(note: Note, key: str, field: str, *more: object) -> Iterator[Front]:
    """A front that asks with one field, below the case and above the question's figure."""
    question = note.content.get(field)
    if question:
        yield Front(key, (note.content.get("Case"), question, note.content.get("Question figure"), *more))


def _basic(note: Note) -> Iterator[Front]:
    yield from _asked(note, "question", "Question")
    if question := note.content.get("Reverse question"):
        yield Front("reverse question", (None, question, None))


def _cloze(note: Note) -> Iterator[Front]:
    text = note.content.get("Text", ())
    around = note.content.get("Case"), note.content.get("Question figure")
    for ordinal in cloze_ordinals(text):
        yield Front("cloze", (around, changed(cloze_front(text, ordinal), _of_one_length)))


def _of_one_length(node: Inline, _: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """In Anki a gap does not show how much it hides."""
    return (node._replace(letters=0),) if isinstance(node, Blank) else (node,)


def _sequence(note: Note) -> Iterator[Front]:
    steps: list[Blocks] = [note.content[name] for name in STEP_FIELDS if name in note.content]
    for number in range(len(steps)):
        yield from _asked(note, "sequence", "Title", number, tuple(steps[max(0, number - CUES) : number]))
    yield from _asked(note, "ask whole", "Ask whole")


def _choice(note: Note) -> Iterator[Front]:
    yield from _asked(note, "question", "Question", tuple([option.text for option in note.options]))
    yield from _asked(note, "ask without options", "Ask without options")


def _occlusion(note: Note) -> Iterator[Front]:
    occlusion = note.occlusion
    if occlusion is None:
        return
    around = tuple([note.content.get(name) for name in ("Case", "Header", "Question figure")])
    for number in occlusion.numbers():
        asked = frozenset([mask.shape for mask in occlusion.masks if mask.number == number])
        others = frozenset([mask.shape for mask in occlusion.masks if mask.number != number and occlusion.hide_all])
        yield Front("header", (around, occlusion.image, asked, others))


def _claim(note: Note) -> Iterator[Front]:
    yield from _asked(note, "claim", "Claim", "claim")


_FRONTS: Mapping[Kind, Callable[[Note], Iterator[Front]]] = {
    "basic": _basic,
    "reversed": _basic,
    "typed answer": _basic,
    "cloze": _cloze,
    "sequence": _sequence,
    "choice": _choice,
    "image occlusion": _occlusion,
    "spot the error": _claim,
}
