"""Phrases that stand together where they should not, or stand alone where something is needed beside them.

Knows what a rule of phrases reports of a note. Not how phrases are found in words.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.rules.book import Book, Page
from deckgen.rules.finding import Finding, cut, extent, of_key, place, quoted
from deckgen.rules.phrases import Hit, Phrases
from deckgen.rules.texts import Sentence, Stretch, Test, stretches
from deckgen.rules.values import Rule, Words

SHOWN = 4  # phrases that are named in a message
Seen = list[tuple[Sentence, Hit]]


def by_words(rule: Rule, words: Words, book: Book) -> Iterator[Finding]:
    """Every text that holds what is looked for, once."""
    may = book.may_hold(words.find)
    for page in book.chosen(rule.chosen, words.find):
        yield from _in_note(rule, words, page, may) if words.find else _lacking(rule, words, page)


def _lacking(rule: Rule, words: Words, page: Page) -> Iterator[Finding]:
    """A note of which no text says what every note must say."""
    if any(_together(words, stretch) is not None for stretch in stretches(page.pieces, rule.texts, "note")):
        yield Finding(page.note, f"nothing in `{page.note.id}` says {_missing(words.needs)}", page.note.span)


def _in_note(rule: Rule, words: Words, page: Page, may: Test) -> Iterator[Finding]:
    told: set[str] = set()
    for stretch in stretches(page.pieces, rule.texts, words.within, may):
        found = _together(words, stretch)
        if found is None:
            continue
        own = [(sentence, hit) for sentence, hit in found if sentence.piece.key in rule.texts]
        if own and own[-1][0].piece.key not in told:  # else only in an option, beside whose reason it is read
            told.add(own[-1][0].piece.key)
            yield _finding(words, page, own)


def _together(words: Words, stretch: Stretch) -> Seen | None:
    """One hit of each group, when nothing excuses them and what they need is missing; else None."""
    found: Seen = []
    for group in words.find:
        hit = _first(group, words.but_not, stretch)
        if hit is None:
            return None
        found.append(hit)
    if words.unless and any(words.unless.first(sentence.tokens) for sentence in stretch):
        return None
    if words.needs and all(any(group.first(sentence.tokens) for sentence in stretch) for group in words.needs):
        return None
    return found


def _first(group: Phrases, but_not: Phrases, stretch: Stretch) -> tuple[Sentence, Hit] | None:
    for sentence in stretch:
        masked = frozenset(at for hit in but_not.hits(sentence.tokens) for at in range(hit.start, hit.end))
        hit = group.first(sentence.tokens, masked)
        if hit:
            return sentence, hit
    return None


def _finding(words: Words, page: Page, found: Seen) -> Finding:
    sentence, hit = found[-1]
    named = " and ".join(dict.fromkeys(quoted(*each) for each in found))
    missing = _missing(words.needs)
    beside = f" without {missing}" if missing else ""
    start, end = extent(sentence, hit)
    message = f"{named}{beside} in {of_key(page.note, sentence.piece.key)}"
    return Finding(page.note, message, place(sentence.piece, sentence.text[start:end]), cut(sentence.text, start, end))


def _missing(needs: tuple[Phrases, ...]) -> str:
    return " and ".join(_any_of(group) for group in needs)


def _any_of(group: Phrases) -> str:
    listed = [f"“{each.text}”" for each in group.phrases[:SHOWN]]
    more = ", ..." if len(group.phrases) > SHOWN else ""
    return f"any of {', '.join(listed)}{more}" if len(group.phrases) > 1 else listed[0] if listed else ""
