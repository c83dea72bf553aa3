"""Phrases that stand together where they should not, or stand alone where something is needed beside them."""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.rules.book import Book, Page
from deckgen.rules.finding import Finding, of_key, place, quoted, shown
from deckgen.rules.phrases import Hit, Phrases
from deckgen.rules.texts import Sentence, Stretch, Test, stretches
from deckgen.rules.values import Rule, Words

SHOWN = 4  # phrases that are named in a message
Seen = list[tuple[Sentence, Hit]]


def by_words(rule: Rule, words: Words, book: Book) -> Iterator[Finding]:
    """Every text that holds what is looked for, once."""
    may = book.may_hold(words.find)
    for page in book.holding(words.find):
        if book.meets(page, rule.chosen):
            yield from _in_note(rule, words, page, may)


def _in_note(rule: Rule, words: Words, page: Page, may: Test) -> Iterator[Finding]:
    told: set[str] = set()
    for stretch in stretches(page.pieces, rule.texts, words.within, may):
        found = _together(words, stretch)
        if found is None:
            continue
        own = [(sentence, hit) for sentence, hit in found if sentence.key in rule.texts]
        if words.find and not own:  # only in an option, beside whose reason it is read
            continue
        key = own[-1][0].key if own else ""
        if key not in told:
            told.add(key)
            yield _finding(words, page, key, own)


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


def _finding(words: Words, page: Page, key: str, found: Seen) -> Finding:
    note = page.note
    missing = _missing(words.needs)
    if not found:
        return Finding(note, f"nothing in `{note.id}` says {missing}", note.span)
    sentence, hit = found[-1]
    named = " and ".join(dict.fromkeys(quoted(*each) for each in found))
    beside = f" without {missing}" if missing else ""
    spans = [piece for piece in page.pieces if piece.key == key and sentence.text in piece.text]
    start, end = sentence.tokens.places[hit.start][0], sentence.tokens.places[hit.end - 1][1]
    span = place(spans[0], sentence.text[start:end]) if spans else note.span
    return Finding(note, f"{named}{beside} in {of_key(note, key)}", span, shown(sentence, hit))


def _missing(needs: tuple[Phrases, ...]) -> str:
    return " and ".join(_any_of(group) for group in needs)


def _any_of(group: Phrases) -> str:
    listed = [f"“{each.text}”" for each in group.phrases[:SHOWN]]
    more = ", ..." if len(group.phrases) > SHOWN else ""
    return f"any of {', '.join(listed)}{more}" if len(group.phrases) > 1 else listed[0] if listed else ""
