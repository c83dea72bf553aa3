"""What a rule finds in a note, before anybody has asked whether it is excused.

Knows how a place in a text is shown: the phrase in its sentence, shortened, at its place in the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from deckgen.diagnostics import Span
from deckgen.model import Note
from deckgen.rules.phrases import Hit, readable
from deckgen.rules.texts import Piece, Sentence

LONGEST = 200  # characters of a phrase as it was found
AROUND = 36  # characters of a sentence that are shown on either side of a phrase


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a note, or with two: a message without the rule's name, the place, the sentence."""

    note: Note
    message: str
    span: Span
    label: str = ""
    other: Note | None = None
    hint: str = ""

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the notes that it concerns."""
        return frozenset((self.note.id, self.other.id) if self.other else (self.note.id,))


def extent(sentence: Sentence, hit: Hit) -> tuple[int, int]:
    """Where the words that a phrase stands for begin and end in their sentence."""
    return sentence.tokens.places[hit.start][0], sentence.tokens.places[hit.end - 1][1]


def quoted(sentence: Sentence, hit: Hit) -> str:
    """The words of the text that a phrase stands for."""
    start, end = extent(sentence, hit)
    text = sentence.text[start:end]
    return f"“{text if len(text) <= LONGEST else f'{text[: LONGEST - 1]}…'}”"


def cut(text: str, start: int, end: int) -> str:
    """A text around a place in it, cut at words on both sides; words without end are cut, too."""
    end = min(end, start + LONGEST)
    first = 0 if start <= AROUND else text.rfind(" ", 0, start - AROUND) + 1
    last = text.find(" ", end + AROUND) if end + AROUND < len(text) else -1
    if start - first > LONGEST:
        first = start - AROUND
    if (last if last > 0 else len(text)) - end > LONGEST:
        last = end + AROUND
    return (
        f"{'…' if first else ''}{' '.join(text[first : last if last > 0 else None].split())}{'…' if last > 0 else ''}"
    )


def place(piece: Piece, words: str) -> Span:
    """Where these words of a text stand in its file; the whole text where markup or a fold keeps them from being found."""
    span = piece.span
    raw = _one_by_one(span.source.text[span.start : span.end])
    at = raw.find(words)
    if at >= 0 and raw.find(words, at + 1) < 0:
        return Span(span.source, span.start + at, span.start + at + len(words))
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())) + r"(?!\w)"
    found = re.search(pattern, raw) if words.strip() else None
    return Span(span.source, span.start + found.start(), span.start + found.end()) if found else span


def _one_by_one(raw: str) -> str:
    """A stretch of a file as `readable` makes it, but character for character, so that places stay true."""
    return raw if raw.isascii() else "".join([each if len(each := readable(char)) == 1 else char for char in raw])


def of_key(note: Note, key: str) -> str:
    """How a text is named in a message."""
    return f"`{key}` of `{note.id}`"
