"""What a quiz asks of each note, and in which order each version asks it.

One item a note: a cloze asks for one of its gaps, a reversed note in one direction, a sequence for the order of its steps,
a covered picture for the names of all its parts. All chance comes from `lot` with the ids of notes, so that a new note moves
no other: it is put between them. Knows notes and trees; not data, not pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile

from deckgen.jobs import PrintJob
from deckgen.load.choices import number_of
from deckgen.markup.plain import to_plain
from deckgen.markup.tree import Blank, Blocks, Cloze, Inline, ListBlock, Paragraph, Superscript, Text, joined
from deckgen.markup.views import changed, cloze_ordinals, walk
from deckgen.model import Deck, Kind, Note
from deckgen.printing.cards import Part, sides_of, steps_of
from deckgen.printing.chosen import lot, taught
from deckgen.printing.pieces import answers_of, best_of, groups_of, numbered_picture

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What an item is worth; a covered picture has a point for each part that is to be named.
POINTS: Mapping[Kind, float] = {
    "basic": 2.0, "reversed": 2.0, "typed answer": 1.0, "cloze": 1.0, "sequence": 2.0, "choice": 1.0, "spot the error": 2.0,
}  # fmt: skip
# Letters of an answer for which one line, or two, are enough; so coarse that a line tells little of its answer.
ONE_LINE, TWO_LINES = 45, 130
SHORT_NAME = 26  # letters that half a line holds
ELSEWHERE = frozenset(
    ("options", "picture", "cue", "first step", "next step")
)  # parts of a card that are no part of a stem


@dataclass(frozen=True, slots=True)
class Item:
    """What is asked of a note. `number` is that of the note in the handout.

    `choices` are options or steps in the order of the note, `right` the indexes of what is right, in its order: the
    answer to a sequence is nothing else. `lines` are to be
    written on: how many for each thing that is asked; `half` of each is enough. `short` is the answer for a table of answers, if it is no letter.
    """

    note: Note
    number: int
    points: float
    stem: tuple[Part, ...]
    answer: tuple[Part, ...]
    choices: tuple[Part, ...] = ()
    right: tuple[int, ...] = ()
    in_order: bool = False  # the choices stand in an order of their own
    lines: tuple[int, ...] = ()
    half: bool = False
    short: Blocks = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """An item as one version asks it: `order` has the indexes of its choices from the first letter on."""

    item: Item
    order: tuple[int, ...]

    def letters(self) -> str:
        """The answer in letters; "" where it is written in words."""
        return "".join(letter_of(self.order.index(index)) for index in self.item.right)


def letter_of(place: int) -> str:
    """The letter of a place from 0 on. No note has more choices than there are letters."""
    return LETTERS[place]


def items_of(deck: Deck, job: PrintJob) -> list[Item]:
    """The items of a job, in teaching order."""
    return [_item(note, number, deck, job) for _, number, note in taught(deck, job)]


def version_of(items: list[Item], letter: str, seed: str) -> list[Asked]:
    """The items in the order of a version, and their choices."""
    drawn = sorted(items, key=lambda item: lot("item", seed, letter, item.note.id))
    return [Asked(item, _order(item, letter, seed)) for item in drawn]


def _order(item: Item, letter: str, seed: str) -> tuple[int, ...]:
    places = range(len(item.choices))
    if item.in_order:
        return tuple(places)
    words = [to_plain(choice.blocks) for choice in item.choices]
    for attempt in range(10):
        drawn = tuple(
            sorted(places, key=lambda at: lot("choice", seed, letter, item.note.id, str(attempt), words[at], str(at)))
        )
        # Steps that are to be put into order do not stand in it.
        if drawn != item.right or len(drawn) < 3:
            return drawn
    return tuple(reversed(places))


def _item(note: Note, number: int, deck: Deck, job: PrintJob) -> Item:
    side = _drawn_side(note, job.seed)
    front, back = sides_of(note)[side][1:]
    stem = tuple(part for part in front if part.role not in ELSEWHERE)
    points = _points(note, job)
    if note.kind == "choice":
        order, in_order = _series([to_plain(option.text) for option in note.options], note.language or deck.language)
        options = [note.options[at] for at in order]
        best = next(at for at, option in enumerate(options) if option.best)
        answer = (Part("best", best_of(note, in_line=True), "Options"),)
        return Item(
            note,
            number,
            points,
            stem,
            answer,
            tuple(Part("options", each.text, "Options") for each in options),
            (best,),
            in_order,
        )
    if note.kind == "sequence":
        steps = tuple(Part("answer", blocks, name) for name, _, blocks in steps_of(note))
        return Item(note, number, points, stem, (), steps, tuple(range(len(steps))))
    if note.occlusion:
        answers = [answers_of(group) for group in groups_of(note.occlusion)]
        picture = Part("picture", numbered_picture(note.occlusion), "Occlusion")
        listed = (Part("answer", (ListBlock(1, tuple(answers)),), "Occlusion"),)
        lines = tuple(_lines(answer) for answer in answers)
        half = all(len(to_plain(answer)) <= SHORT_NAME for answer in answers)
        return Item(note, number, points, (*stem, picture), listed, lines=lines, half=half, short=_in_a_row(answers))
    if note.kind == "cloze":
        gaps = _gaps(note, cloze_ordinals(note.content["Text"])[side])
        stem = tuple(part._replace(blocks=_with_numbers(part.blocks, len(gaps))) for part in stem)
        lines = tuple(_lines(gap) for gap in gaps)
        return Item(note, number, points, stem, back, lines=lines, short=_in_a_row(gaps))
    written = tuple(block for part in back for block in part.blocks)
    least = 2 if note.kind == "spot the error" else 1
    return Item(note, number, points, stem, back, lines=(max(least, _lines(written)),), short=written)


def _points(note: Note, job: PrintJob) -> float:
    own = dict(job.points).get(note.kind)
    if own is not None:
        return own
    return float(len(note.occlusion.numbers())) if note.occlusion else POINTS[note.kind]


def _drawn_side(note: Note, seed: str) -> int:
    """Which of its cards a note is asked by: a cloze and a reversed note by one that is drawn, others by their first."""
    if note.kind not in {"cloze", "reversed"}:
        return 0
    names = [name for name, _, _ in sides_of(note)]
    return min(range(len(names)), key=lambda at: lot("side", seed, note.id, names[at]))


def _lines(answer: Blocks) -> int:
    letters = len(to_plain(answer))
    return 1 if letters <= ONE_LINE else 2 if letters <= TWO_LINES else 3


# ---- choices ----------------------------------------------------------------------------------------------------


def _series(words: list[str], language: str) -> tuple[list[int], bool]:
    """The order of options that have one of their own, such as doses and steps with numbers, and whether they have."""
    places = list(range(len(words)))
    for common in ("", _common_words(words)):
        numbers = [number_of(text.removeprefix(common), language) for text in words]
        found = [number for number in numbers if number is not None]
        if len(set(found)) == len(words):
            return sorted(places, key=found.__getitem__), True
    return places, False


def _common_words(words: list[str]) -> str:
    """The words with which all begin, with the space behind them."""
    same = takewhile(lambda chars: len(set(chars)) == 1, zip(*words, strict=False))
    return re.sub(r"\S*\Z", "", "".join(chars[0] for chars in same))


# ---- gaps -------------------------------------------------------------------------------------------------------


def _gaps(note: Note, ordinal: int) -> list[Blocks]:
    """What belongs into the gaps of this number."""
    return [
        changed((Paragraph(node.children),), lambda node, children: children if isinstance(node, Cloze) else (node,))
        for node in walk(note.content["Text"])
        if isinstance(node, Cloze) and ordinal in node.ordinals
    ]


def _with_numbers(blocks: Blocks, count: int) -> Blocks:
    """The sentence with a number before each gap where there are several. What a gap asks for stands in it: it is a part of the question."""
    numbers = iter(range(1, count + 1))

    def change(node: Inline, _: tuple[Inline, ...]) -> tuple[Inline, ...]:
        if not isinstance(node, Blank):
            return (node,)
        number = (Superscript((Text(str(next(numbers))),)),) if count > 1 else ()
        return (*number, Blank(node.hint, 0))

    return changed(blocks, change)


def _in_a_row(answers: list[Blocks]) -> Blocks:
    """Several answers in one line, with numbers."""
    if len(answers) == 1:
        return answers[0]
    words: list[str | Inline] = []
    for number, answer in enumerate(answers, 1):
        words += [Text("; ")] if words else []
        words.append(Text(f"{number}\u00a0"))
        words += (
            answer[0].children if len(answer) == 1 and isinstance(answer[0], Paragraph) else [Text(to_plain(answer))]
        )
    return (Paragraph(joined(words)),)
