"""Where the terms of a deck's glossary stand in its texts, and the order in which they are listed.

A term is found as a word by itself, with its capitals, also with an `s` behind it: `SERM` in `SERMs`, but `RANK` not in
`RANKL`. Digits above or below the line are digits like others. Knows decks and their texts; not YAML, not pages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain

from deckgen.markup.plain import to_plain
from deckgen.model import Deck, Note, NoteSet, Summary, Term

GREEK = dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "abgdezhqiklmnxoprsstufcyw", strict=True))
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")
_PIECES = re.compile(r"[0-9]+|[^\W\d_]")


def used_terms(terms: Iterable[Term], texts: Iterable[str]) -> list[Term]:
    """The terms that stand in these texts, or in the meaning of another that does, as they are listed."""
    by_name = {term.name.translate(_DIGITS): term for term in terms}
    found: dict[str, None] = {}
    if by_name:
        pattern = _pattern(by_name)
        _search(pattern, texts, by_name, found)
        for name in found.copy():
            _follow(name, pattern, by_name, found)
    return listed(by_name[name] for name in found)


def _follow(name: str, pattern: re.Pattern[str], by_name: dict[str, Term], found: dict[str, None]) -> None:
    """Add the terms that the meaning of one needs, and so on."""
    waiting = [name]
    while waiting:
        known = set(found)
        _search(pattern, [to_plain(by_name[waiting.pop()].meaning)], by_name, found)
        waiting += [each for each in found if each not in known]


def _search(pattern: re.Pattern[str], texts: Iterable[str], by_name: dict[str, Term], found: dict[str, None]) -> None:
    for text in texts:
        if len(found) == len(by_name):
            return
        for match in pattern.finditer(text.translate(_DIGITS)):
            found[_spaced(match[1])] = None


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Any of these names, the longest first: `DATA-Switch` is not `DATA`."""
    ordered = sorted(names, key=lambda name: (-len(name), name))
    first = "".join({re.escape(name[0]) for name in ordered})
    any_of = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in ordered)
    return re.compile(rf"(?<![^\W_])(?=[{first}])({any_of})s?(?![^\W_])")


def _spaced(name: str) -> str:
    return " ".join(name.split())


def texts_of(notes: Iterable[Note], sets: Iterable[NoteSet]) -> Iterator[str]:
    """What these notes say, and what these sets say before them."""
    for note in notes:
        yield from _of_note(note)
    for each in sets:
        yield each.title
        yield to_plain(each.introduction)
        yield from map(to_plain, each.objectives)
        for comparison in each.comparisons:
            yield comparison.title
            yield to_plain(comparison.table)


def _of_note(note: Note) -> Iterator[str]:
    yield from map(to_plain, note.content.values())
    for option in note.options:
        yield to_plain(option.text)
        yield to_plain(option.reason)
    if note.occlusion:
        yield note.occlusion.alt
        yield from (to_plain(mask.answer) for mask in note.occlusion.masks)


def texts_of_whole(deck: Deck) -> Iterator[str]:
    """Everything that a deck says, but for notes that are retired."""
    yield to_plain(deck.description)
    yield from texts_of((note for note in deck.notes() if not note.retired), deck.sets)
    for figure in deck.figures.values():
        yield figure.alt
        yield to_plain(figure.caption)
    yield from _of_summary(deck.summary) if deck.summary else ()


def _of_summary(summary: Summary) -> Iterator[str]:
    yield summary.title
    yield from chain.from_iterable((each.title, to_plain(each.blocks)) for each in summary.sections)


def listed(terms: Iterable[Term]) -> list[Term]:
    """Terms by their letters: capitals, accents and signs make no difference, Greek letters stand with their Latin kin.

    Numbers before the first letter do not count, later ones come before letters.
    """
    return sorted(terms, key=lambda term: (_place(term.name), term.name))


def _place(name: str) -> list[tuple[int, int, str]]:
    plain = "".join(GREEK.get(char, char) for char in unicodedata.normalize("NFKD", name.casefold()))
    pieces = _PIECES.findall(plain)
    while len(pieces) > 1 and pieces[0].isdecimal():
        pieces = pieces[1:]
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]
