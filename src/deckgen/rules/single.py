"""Rules about notes one by one, beside phrases: how long, how complete, which tags, which doses, whose words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deckgen.diagnostics import nearest
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


def chosen_pages(rule: Rule, book: Book) -> Iterator[Page]:
    """The notes that a rule speaks of."""
    return (page for page in book.pages if book.meets(page, rule.chosen))


def every(rule: Rule, book: Book) -> Iterator[Finding]:
    """All chosen notes: there must be none."""
    for page in chosen_pages(rule, book):
        reason = book.reason(page, rule.chosen) or "is one of the notes that must not be"
        yield Finding(page.note, f"`{page.note.id}` {reason}", page.note.span)


def too_long(rule: Rule, form: Longest, book: Book) -> Iterator[Finding]:
    """Texts with more words than a reader should have to remember."""
    for page in chosen_pages(rule, book):
        for piece in page.pieces:
            if piece.key in rule.texts and (count := count_words(piece.text)) > form.words:
                message = f"{count} words in {of_key(page.note, piece.key)}, at most {form.words}"
                yield Finding(page.note, message, piece.span, cut(piece.text, 0, 60))


def count_words(text: str) -> int:
    """The words of a text as a reader counts them: `T-score` is one, `20 %` too."""
    return sum(any(map(str.isalnum, each)) for each in _COUNTED.findall(text))


def incomplete(rule: Rule, form: Requires, book: Book) -> Iterator[Finding]:
    """Notes without something that every note must have."""
    for page in chosen_pages(rule, book):
        note = page.note
        has = {KEYS_OF_FIELDS.get(name, "") for name in note.content} | {piece.key for piece in page.pieces}
        has |= {key for key, value in (("statements", note.statements), ("references", note.citations),
                ("tags", note.tags), ("checked", note.checked), ("difficulty", note.difficulty)) if value}  # fmt: skip
        missing = [f"`{key}`" for key in form.keys if key not in has]
        if missing:
            yield Finding(note, f"`{note.id}` has no {' and no '.join(missing)}", note.span)


def unknown_tags(rule: Rule, form: KnownTags, book: Book) -> Iterator[Finding]:
    """Tags that nobody has named: once each, at the first note that has it."""
    exact = {tag.casefold() for tag in form.tags}
    below = tuple(tag[:-1].casefold() for tag in form.tags if tag.endswith("::*"))
    told: dict[str, bool] = {}
    unknown = 0
    for page in chosen_pages(rule, book):
        for tag in page.tags:
            folded = tag.casefold()
            if folded not in told and not folded.startswith("difficulty::"):
                told[folded] = folded in exact or folded.startswith(below)
                if not told[folded]:
                    unknown += 1
                    yield _unknown_tag(tag, page, form, search=unknown <= MANY)


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

    for page in book.holding((form.names,)):
        told: set[str] = set()
        for stretch in stretches(page.pieces, rule.texts, "sentence", may) if book.meets(page, rule.chosen) else ():
            for sentence, start, end, message in _wrong(form, stretch):
                words = sentence.text[start:end]
                if words not in told and sentence.key in rule.texts:
                    told.add(words)
                    yield _dose(page, sentence, start, end, message)


def _dose(page: Page, sentence: Sentence, start: int, end: int, message: str) -> Finding:
    words = sentence.text[start:end]
    pieces = [each for each in page.pieces if each.key == sentence.key and words in each.text]
    span = place(pieces[0], words) if pieces else page.note.span
    return Finding(page.note, f"{message} in {of_key(page.note, sentence.key)}", span, cut(sentence.text, start, end))


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
    for page in chosen_pages(rule, book):
        for piece in page.pieces:
            if piece.key in rule.texts and len(piece.text) > form.words:
                yield from _copied(form, page, piece)


def _copied(form: Copied, page: Page, piece: Piece) -> Iterator[Finding]:
    words = plain_words(piece.text)
    stride = form.words - RUN + 1  # every copy that is long enough covers a run that begins at a multiple of this
    last = len(words) - RUN
    at = 0
    while at <= last:
        if run_hash(words[at : at + RUN]) not in form.runs:
            at += stride
            continue
        start, end = _extent(form, words, at, last)
        if end - start >= form.words:
            keys = form.runs[run_hash(words[at : at + RUN])]
            places = word_places(piece.text)
            fits = len(places) == len(words)
            label = cut(piece.text, places[start][0], places[start + 2][1]) if fits else ""
            found = place(piece, piece.text[places[start][0] : places[start + 2][1]]) if fits else piece.span
            message = f"{end - start} words in a row in {of_key(page.note, piece.key)} stand in {' and '.join(f'`{key}`' for key in keys)}"
            yield Finding(page.note, message, found, label)
        at = ((end - RUN) // stride + 1) * stride  # behind the last run of this copy


def _extent(form: Copied, words: list[str], at: int, last: int) -> tuple[int, int]:
    """The first and the place behind the last word of the copy around a run."""
    start = end = at
    while start > 0 and run_hash(words[start - 1 : start - 1 + RUN]) in form.runs:
        start -= 1
    while end < last and run_hash(words[end + 1 : end + 1 + RUN]) in form.runs:
        end += 1
    return start, end + RUN
