"""Texts as words, and phrases looked for in them: whole words, whatever their case and typography.

Equal to each other are capitals and small letters; all kinds of dashes and spaces; a hyphen and a space; `Ca²⁺` and
`Ca2+`; `mcg` and `µg`; `5.0` and `5`. A phrase is no pattern language: it has words, `*` for any letters at the
beginning or end of a word, and `#` for any number. Knows words; not notes, nor where a text stands.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice, takewhile
from typing import NamedTuple

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"), "-")
_DASHES[ord("\u2019")] = "'"
# Soft hyphens, spaces and joiners without width, marks of direction: nobody sees them, and they part no word.
_UNSEEN = dict.fromkeys(
    (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF)
)
_TOKEN = re.compile(
    r"(?<![^\W\d_]-)(?P<number>(?:(?<![\w)\]])-)?(?:\d{1,3}(?:[ ,]\d{3})+(?!\d)|\d+)(?:[.,]\d+)*)(?!\w|[.,]\d)"
    r"|(?P<word>(?:\d+[.,])*\w+)|(?P<sign>[^\w\s'\"“”‘«»-])"
)
_GROUPS = re.compile(r"(?<=\d)[ ,](?=\d{3}(?!\d))")
_WORD = re.compile(r"[^\W_]+")
_SAME = {"mcg": "μg", "ug": "μg"}
_END = re.compile(r"(?:[.!?…][\"'”’)\]]*\s+(?![a-z])|\n)\s*")
_SHORT = re.compile(r"\b(?:e\.g|i\.e|vs|cf|approx|etc|dr|st|no|fig|ca)\.$", re.IGNORECASE)
NUMBER = "#"
_ANY, _SOME = "\ue000", "\ue001"
_NO_PHRASE = re.compile(rf"\*\*|\w\*\w|(?<!\w)\*(?!\w)|\w#|#\w|[{_ANY}{_SOME}]")


class Tokens(NamedTuple):
    """The words, numbers and signs of a text: folded, with their places in the text; `numbers` are the places in the list."""

    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    numbers: frozenset[int]


class Phrase(NamedTuple):
    """A phrase as written, and its words, folded."""

    text: str
    words: tuple[str, ...]


class Hit(NamedTuple):
    """Where a phrase was found: the places of its first and behind its last word in the list of words."""

    phrase: Phrase
    start: int
    end: int


def readable(text: str) -> str:
    """A text as it is read here: one form for every character that looks alike."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text.translate(_UNSEEN))


def tokens(text: str) -> Tokens:
    """The words of a `readable` text."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    numbers: list[int] = []
    plain = text if text.isascii() else text.translate(_DASHES)  # as long as before, so places stay true
    for match in _TOKEN.finditer(plain):
        kind = match.lastgroup
        if kind == "number":
            numbers.append(len(words))
            words.append(number(match[0]))
        else:
            word = match[0].casefold()
            words.append(_SAME.get(word, word))
        places.append(match.span())
    return Tokens(tuple(words), tuple(places), frozenset(numbers))


def number(text: str) -> str:
    """A number in one form: `1,000` as `1000`, `2,5` as `2.5`, `5.0` as `5`."""
    value = _GROUPS.sub("", text).replace(",", ".")
    return value.rstrip("0").rstrip(".") if value.count(".") == 1 else value


def plain_words(text: str) -> list[str]:
    """The bare words of a text, numbers among them, without any sign: for comparing runs of words."""
    return _WORD.findall(readable(text).casefold())


def word_places(text: str) -> list[tuple[int, int]]:
    """Where the words of `plain_words` stand in a `readable` text; as many, unless folding changes what a letter is."""
    return [match.span() for match in _WORD.finditer(text)]


def sentences(text: str) -> Iterator[str]:
    """The sentences of a `readable` text. A line break ends one, an abbreviation does not."""
    start = 0
    for match in _END.finditer(text):
        if "\n" not in match[0] and _SHORT.search(text, max(0, match.start() - 8), match.start() + 1):
            continue
        if part := text[start : match.end()].strip():
            yield part
        start = match.end()
    if part := text[start:].strip():
        yield part


def phrase(text: str) -> Phrase | None:
    """A phrase as an author writes it; None where no word is left, or `*` stands alone or inside a word."""
    plain = readable(text)  # first: it makes `*` and `#` of their wide forms
    if _NO_PHRASE.search(plain):
        return None
    found: list[str] = []
    glued, behind = "", -1
    marked = plain.replace("*", _ANY).replace("#", _SOME)  # signs that no phrase has
    for word, (start, end) in zip(*tokens(marked)[:2], strict=True):
        if word == _ANY and behind == start:
            found[-1] += "*"
        elif word == _ANY:
            glued = "*"
        else:
            found.append(glued + word if word != _SOME else NUMBER)
            glued = ""
        behind = end
    if not any(word == NUMBER or _WORD.search(word) for word in found):
        return None
    return Phrase(" ".join(text.split()), tuple(found))


def fits(pattern: str, word: str) -> bool:
    """Whether a word of a text is the one of a phrase."""
    if pattern[:1] == "*":
        return pattern[1:-1] in word if pattern[-1] == "*" else word.endswith(pattern[1:])
    return word.startswith(pattern[:-1]) if pattern[-1] == "*" and len(pattern) > 1 else word == pattern


class Phrases:
    """Phrases of which any may be found. Looking up a word costs the same however many there are."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self.phrases = tuple(phrases)
        self._exact: dict[str, list[Phrase]] = {}
        self._loose: list[Phrase] = []
        self._numbers = [each for each in self.phrases if each.words[0] == NUMBER]
        self._known: dict[str, tuple[Phrase, ...]] = {}
        for each in self.phrases:
            first = each.words[0]
            if "*" in first:
                self._loose.append(each)
            elif first != NUMBER:
                self._exact.setdefault(first, []).append(each)

    def __bool__(self) -> bool:
        return bool(self.phrases)

    def first(self, text: Tokens, masked: AbstractSet[int] = frozenset()) -> Hit | None:
        """The first hit that has none of the masked words, which are given by their places in the list."""
        return next(self.hits(text, masked), None)

    def hits(self, text: Tokens, masked: AbstractSet[int] = frozenset()) -> Iterator[Hit]:
        """All hits that have none of the masked words, in the order of the text."""
        for at, word in enumerate(text.words):
            found = self._known.get(word)
            if found is None:
                found = self._beginning_with(word)
            if self._numbers and at in text.numbers:
                found = (*found, *self._numbers)
            for each in found:
                end = at + len(each.words)
                if len(each.words) > 1 and not _goes_on(each.words, text, at):
                    continue
                if masked.isdisjoint(range(at, end)):
                    yield Hit(each, at, end)

    def _beginning_with(self, word: str) -> tuple[Phrase, ...]:
        found = [*self._exact.get(word, ()), *(each for each in self._loose if fits(each.words[0], word))]
        return self._known.setdefault(word, tuple(found))

    def needed(self, vocabulary: Vocabulary) -> Needed | None:
        """What words of a vocabulary a text must hold for any of these phrases; None where that cannot be told."""
        alone: set[str] = set()
        together = []
        for each in self.phrases:
            telling = [vocabulary.like(word) for word in each.words if _is_telling(word)]
            if not telling:
                return None
            if len(telling) == 1:
                alone |= telling[0]
            else:
                together.append(tuple(telling))
        return Needed(frozenset(alone), tuple(together))


class Needed(NamedTuple):
    """Words of which one alone will do, and groups of them of each of which there must be one."""

    alone: frozenset[str]
    together: tuple[tuple[frozenset[str], ...], ...]

    def is_met(self, words: frozenset[str]) -> bool:
        """Whether a text with these words (as `plain_words` makes them) may hold a phrase."""
        if not self.alone.isdisjoint(words):
            return True
        return any(not any(group.isdisjoint(words) for group in groups) for groups in self.together)

    def all_words(self) -> Iterator[str]:
        """Every word that counts."""
        yield from self.alone
        for groups in self.together:
            for group in groups:
                yield from group


class Vocabulary:
    """All words of some texts, sorted, so that those that begin alike are found quickly."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)

    def like(self, pattern: str) -> frozenset[str]:
        """The words that a word of a phrase stands for, itself among them where it is no pattern."""
        if "*" not in pattern:
            return frozenset((pattern, *(word for word, same in _SAME.items() if same == pattern)))
        if pattern[0] == "*":
            return frozenset(word for word in self._words if fits(pattern, word))
        first = bisect_left(self._words, pattern[:-1])
        return frozenset(takewhile(lambda word: word.startswith(pattern[:-1]), islice(self._words, first, None)))


def _is_telling(word: str) -> bool:
    """Whether `plain_words` would read a word of a phrase just so: numbers may be written in several ways."""
    return word != NUMBER and _WORD.fullmatch(word.strip("*")) is not None and not (word.isdigit() and len(word) > 3)


def _goes_on(words: Sequence[str], text: Tokens, at: int) -> bool:
    if at + len(words) > len(text.words):
        return False
    for offset, pattern in enumerate(words[1:], at + 1):
        if not (offset in text.numbers if pattern == NUMBER else fits(pattern, text.words[offset])):
            return False
    return True
