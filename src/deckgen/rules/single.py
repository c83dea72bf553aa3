"""Rules about notes one by one, beside phrases: how long, how complete, which tags, which doses, whose words.

Knows what each of these rules reports. Not how they are written, nor what two notes say together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.diagnostics import nearest
from deckgen.load.choosing import folded
from deckgen.rules.book import Book, Page
from deckgen.rules.finding import Finding, cut, of_key, place
from deckgen.rules.fingerprints import RUN, run_hash
from deckgen.rules.phrases import plain_words, word_places
from deckgen.rules.quantities import mass_words, masses
from deckgen.rules.texts import KEYS_OF_FIELDS, Piece, Sentence, Stretch, stretches
from deckgen.rules.values import Copied, KnownTags, Longest, Quantities, Requires, Rule

# As a reader counts: what stands between spaces, if there is a letter or a digit in it; `36 282` is one number.
_COUNTED = re.compile(r"\d{1,3}(?: \d{3})+(?!\d)|\S+")
LISTED = 6
MANY = 20  # unknown tags after which nothing is searched for that may have been meant


def every(rule: Rule, book: Book) -> Iterator[Finding]:
    """All chosen notes: there must be none."""
    for page in book.chosen(rule.chosen):
        reason = book.reason(page, rule.chosen) or "is one of the notes that must not be"
        yield Finding(page.note, f"`{page.note.id}` {reason}", page.note.span)


def too_long(rule: Rule, form: Longest, book: Book) -> Iterator[Finding]:
    """Texts with more words than a reader should have to remember."""
    for page in book.chosen(rule.chosen):
        for piece in page.pieces:
            if piece.key in rule.texts and (count := count_words(piece.text)) > form.words:
                message = f"{count} words in {of_key(page.note, piece.key)}, at most {form.words}"
                yield Finding(page.note, message, piece.span, cut(piece.text, 0, 60))


def count_words(text: str) -> int:
    """The words of a text as a reader counts them: `T-score` is one, `20 %` too."""
    return sum(any(map(str.isalnum, each)) for each in _COUNTED.findall(text))


def incomplete(rule: Rule, form: Requires, book: Book) -> Iterator[Finding]:
    """Notes without something that every note must have."""
    for page in book.chosen(rule.chosen):
        note = page.note
        has = {KEYS_OF_FIELDS.get(name, "") for name in note.content} | {piece.key for piece in page.pieces}
        has |= {key for key, value in (("statements", note.statements), ("references", note.citations),
                ("tags", note.tags), ("checked", note.checked), ("difficulty", note.difficulty)) if value}  # fmt: skip
        missing = [f"`{key}`" for key in form.keys if key not in has]
        if missing:
            yield Finding(note, f"`{note.id}` has no {' and no '.join(missing)}", note.span)


def unknown_tags(rule: Rule, form: KnownTags, book: Book) -> Iterator[Finding]:
    """Tags that nobody has named: once each, at the first note that has it."""
    exact = {folded(tag) for tag in form.tags}
    below = ("difficulty::", *(folded(tag[:-1]) for tag in form.tags if tag.endswith("::*")))
    told: set[str] = set()
    for page in book.chosen(rule.chosen):
        for tag in page.tags:
            one = folded(tag)
            if not (one in told or one in exact or one.startswith(below)):
                if frozenset((page.note.id,)) not in rule.excused:  # else the next note with it is to be told
                    told.add(one)
                yield _unknown_tag(tag, page, form, search=len(told) < MANY)


def _unknown_tag(tag: str, page: Page, form: KnownTags, *, search: bool) -> Finding:
    near = nearest(tag, [each for each in form.tags if not each.endswith("::*")]) if search else None
    if near is None and search and (head := tag.rpartition("::")[0]):
        heads = nearest(head, [each[:-3] for each in form.tags if each.endswith("::*")])
        near = f"{heads}::{tag.rpartition('::')[2]}" if heads else None
    listed = ", ".join(f"`{each}`" for each in form.tags[:LISTED])
    hint = f"Known are {listed}{' and others' if len(form.tags) > LISTED else ''}."
    return Finding(page.note, f"the tag `{tag}` of `{page.note.id}` is none of those known", page.note.span,
                   f"did you mean `{near}`?" if near else "", hint=hint)  # fmt: skip


# ---- doses ----------------------------------------------------------------------------------------------------


def doses(rule: Rule, form: Quantities, book: Book) -> Iterator[Finding]:
    """Masses beside a name that has others."""
    is_named, units = book.may_hold((form.names,)), mass_words(book.vocabulary)

    def may(words: frozenset[str]) -> bool:
        return not units.isdisjoint(words) and is_named(words)

    for page in book.chosen(rule.chosen, (form.names,)):
        told: set[str] = set()
        for stretch in stretches(page.pieces, rule.texts, "sentence", may):
            for sentence, start, end, message in _wrong(form, stretch):
                words, piece = sentence.text[start:end], sentence.piece
                if words not in told and piece.key in rule.texts:
                    told.add(words)
                    yield Finding(page.note, f"{message} in {of_key(page.note, piece.key)}", place(piece, words),
                                  cut(sentence.text, start, end))  # fmt: skip


def _wrong(form: Quantities, stretch: Stretch) -> Iterator[tuple[Sentence, int, int, str]]:
    names = dict.fromkeys(hit.phrase.text for sentence in stretch for hit in form.names.hits(sentence.tokens))
    if not names:
        return
    allowed = frozenset().union(*(form.masses[name] for name in names))
    listed = "; ".join(f"{name} {form.written[name]}" for name in names)
    for sentence in stretch:
        for mass, first, behind in masses(sentence.tokens):
            if mass not in allowed:
                start, end = sentence.tokens.places[first][0], sentence.tokens.places[behind - 1][1]
                yield sentence, start, end, f"“{sentence.text[start:end]}” where there should be {listed},"


# ---- copied words ---------------------------------------------------------------------------------------------


def copied(rule: Rule, form: Copied, book: Book) -> Iterator[Finding]:
    """Texts with so many words in a row that a source has them, too."""
    for page in book.chosen(rule.chosen):
        for piece in page.pieces:
            if piece.key in rule.texts and len(piece.text) > form.words:
                yield from _copied(form, page, piece)


def _copied(form: Copied, page: Page, piece: Piece) -> Iterator[Finding]:
    words = plain_words(piece.text)
    stride = form.words - RUN + 1  # every copy that is long enough covers a run that begins at a multiple of this
    at = 0
    while at + RUN <= len(words):
        keys = form.runs.get(run_hash(words[at : at + RUN]))
        first, last = _extent(form, words, at) if keys else (at, at)
        count = last - first + RUN
        if keys and count >= form.words:
            begin = _beginning(piece, words, first)
            message = f"{count} words in a row in {of_key(page.note, piece.key)} stand in {' and '.join(f'`{key}`' for key in keys)}"
            yield Finding(page.note, message, place(piece, piece.text[slice(*begin)]), cut(piece.text, *begin))
        at = (last // stride + 1) * stride


def _extent(form: Copied, words: list[str], at: int) -> tuple[int, int]:
    """The first and the last run of the copy around a run."""
    first = last = at
    while first > 0 and run_hash(words[first - 1 : first - 1 + RUN]) in form.runs:
        first -= 1
    while last + RUN < len(words) and run_hash(words[last + 1 : last + 1 + RUN]) in form.runs:
        last += 1
    return first, last


def _beginning(piece: Piece, words: list[str], first: int) -> tuple[int, int]:
    """Where the first words of a copy stand in their text; the whole text where folding changed how many words it has."""
    places = word_places(piece.text)
    return (places[first][0], places[first + 2][1]) if len(places) == len(words) else (0, len(piece.text))
