"""Rules about two notes at once: the same answer to the same statement, questions that are nearly the same.

Ten thousand notes are not compared two by two: answers are looked up, and questions meet only over their rarest words.
Knows what makes two notes alike. Which pairs are excused it asks of its caller, and only of those that are alike.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple, TypeVar

from deckgen.rules.book import Book, Page
from deckgen.rules.finding import Finding, of_key
from deckgen.rules.phrases import plain_words
from deckgen.rules.texts import Piece, answers
from deckgen.rules.values import Rule, SameAnswers, SimilarQuestions

_ASIDE = re.compile(r"\([^()]*\)")
_ARTICLES = frozenset(("the", "a", "an"))
MOST_MEETINGS = 100  # notes that one question is compared with; those that share its rarest words come first
QUESTIONS = ("question", "reverse question", "cloze", "claim", "sequence", "ask whole", "ask without options")
_WITH_CASE = frozenset(("question", "ask without options"))

Excused = Callable[[Page, Page], bool]
Weights = dict[str, int]
Other = TypeVar("Other")


def _weights(texts: Iterable[frozenset[str]], count: int) -> Weights:
    """What each word counts for: the more, the fewer texts have it. Whole numbers, so that sums do not hang on their order."""
    held = Counter(word for words in texts for word in words)
    return {word: round(1000 * math.log(1 + count / number)) for word, number in held.items()}


def _weight(words: Iterable[str], weights: Weights) -> int:
    return sum(map(weights.__getitem__, words))


class Asked(NamedTuple):
    """The words of a question, and what they weigh together."""

    words: frozenset[str]
    total: int


def _weighed(words: frozenset[str], weights: Weights) -> Asked:
    return Asked(words, _weight(words, weights))


def _alike(one: Asked | _Question, other: Asked | _Question, weights: Weights, least: float = 0.0) -> float:
    """The weight of the words that two texts share, of that of all their words; 0 where that must be less than `least`."""
    if min(one.total, other.total) < least * max(one.total, other.total):
        return 0.0
    shared = _weight(one.words & other.words, weights)
    return shared / (one.total + other.total - shared) if shared else 0.0


# ---- answers --------------------------------------------------------------------------------------------------


def same_answers(rule: Rule, form: SameAnswers, book: Book, excused: Excused) -> Iterator[Finding]:
    """Notes that name a statement and have an answer that an earlier note has, too."""
    pages = [page for page in book.chosen(rule.chosen) if page.note.statements]
    words = {page.note.id: frozenset().union(*(each.words for each in _questions(page))) for page in pages}
    weights = _weights(words.values(), len(pages))
    fronts = {note_id: _weighed(each, weights) for note_id, each in words.items()}
    first: dict[tuple[str, str], list[Page]] = defaultdict(list)

    def wrong(page: Page, other: Page) -> bool:
        one, two = fronts[page.note.id], fronts[other.note.id]
        unlike = form.share > 0 and _alike(one, two, weights, form.share) < form.share
        return not (unlike or _is_of_one_table(page.note.id, other.note.id) or excused(page, other))

    for page in pages:
        told: set[str] = set()
        for piece in answers(page.pieces):
            answer = _bare(piece.text)
            for statement in page.note.statements if answer else ():
                others = first[statement, answer]
                other = _first(others, partial(wrong, page), rule)
                if len(others) < MOST_MEETINGS:
                    others.append(page)
                if other and other.note.id not in told:
                    told.add(other.note.id)
                    message = (
                        f"`{page.note.id}` and `{other.note.id}` have the answer “{piece.text[:60]}” to `{statement}`"
                    )
                    yield Finding(page.note, message, piece.span, f"the {of_key(page.note, piece.key)}", other.note)


def _first(others: Iterable[Other], wrong: Callable[[Other], bool], rule: Rule) -> Other | None:
    """The first for which something is wrong. Where pairs are excused, all are asked, so that it is known which need it."""
    found = None
    for other in others:
        if wrong(other) and found is None:
            found = other
            if not rule.excused:
                break
    return found


def _bare(text: str) -> str:
    """An answer without what stands in brackets, and without a leading article."""
    words = plain_words(_ASIDE.sub(" ", text)) or plain_words(text)
    return " ".join(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


# ---- questions ------------------------------------------------------------------------------------------------


class _Question(NamedTuple):
    """A question, its words, and what they weigh together."""

    page: Page
    piece: Piece
    words: frozenset[str]
    total: int = 0


def similar_questions(rule: Rule, form: SimilarQuestions, book: Book, excused: Excused) -> Iterator[Finding]:
    """Questions whose words are nearly those of an earlier one. A word counts for more the fewer questions have it.

    Two sets of words whose shared weight is at least a share of their joint weight have a word in common among those
    that make up the first part of either, rarest first (prefix filtering); only such pairs are compared.
    """
    questions = [each for page in book.chosen(rule.chosen) for each in _questions(page)]
    weights = _weights([each.words for each in questions], len(questions))
    meeting: dict[str, list[_Question]] = defaultdict(list)
    same: dict[frozenset[str], list[_Question]] = defaultdict(list)
    for question in questions:
        each = question._replace(total=_weight(question.words, weights))
        twins = same[each.words]
        rare = _prefix(each, weights, form.share)
        finding = _told(each, [*twins, *_met(rare, meeting)], weights, rule, form.share, excused)
        if finding:
            yield finding
        if not twins or (not finding and len(twins) < MOST_MEETINGS):
            twins.append(each)
        if twins[0] is each:  # whoever meets one of the twins has met them all
            for word in rare:
                meeting[word].append(each)


def _questions(page: Page) -> Iterator[_Question]:
    case = next((piece.words for piece in page.pieces if piece.key == "case"), frozenset())
    for piece in page.pieces:
        if piece.key in QUESTIONS and piece.words:
            yield _Question(page, piece, piece.words | case if piece.key in _WITH_CASE else piece.words)


def _prefix(each: _Question, weights: Weights, share: float) -> list[str]:
    """The rarest words of a question, as many as a similar one must share at least one of."""
    rest = each.total
    least = share * rest
    found = []
    for word in sorted(each.words, key=lambda word: (-weights[word], word)):
        if rest < least:
            break
        found.append(word)
        rest -= weights[word]
    return found


def _met(rare: list[str], meeting: dict[str, list[_Question]]) -> list[_Question]:
    found: dict[int, _Question] = {}
    for word in rare:
        for other in meeting.get(word, ()):
            found[id(other)] = other
            if len(found) >= MOST_MEETINGS:
                return list(found.values())
    return list(found.values())


def _told(
    each: _Question, found: list[_Question], weights: Weights, rule: Rule, share: float, excused: Excused
) -> Finding | None:
    note = each.page.note

    def is_alike(other: _Question) -> bool:
        if _is_of_one_table(note.id, other.page.note.id):
            return False
        return _alike(each, other, weights, share) >= share and not excused(each.page, other.page)

    other = _first(found, is_alike, rule)
    if other is None:
        return None
    alike = _alike(each, other, weights)
    message = f"`{note.id}` asks nearly what `{other.page.note.id}` asks ({alike:.0%} alike)"
    label = f"there: {' '.join(other.piece.text.split())[:100]}"
    return Finding(note, message, each.piece.span, label, other.page.note)


def _is_of_one_table(one: str, other: str) -> bool:
    """Whether two notes are one, or made from one table: those ask alike on purpose."""
    return one == other or (one.partition("/")[0] == other.partition("/")[0] and "/" in one)
