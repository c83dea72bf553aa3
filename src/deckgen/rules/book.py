"""The notes of a deck as rules see them: the texts of each, who holds which word, who meets which condition.

Every note's words are looked at once, however many rules there are; a rule then reads only notes that hold a word of
every group it looks for. Knows notes and words; not what a rule reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from deckgen.load.choosing import NONE, Ids, Index, meeting
from deckgen.model import Note, Statement
from deckgen.rules.phrases import Needed, Phrases, Vocabulary
from deckgen.rules.texts import Piece, pieces
from deckgen.rules.values import Chosen


class Page:
    """A note with its texts. `tags` are without the deck's prefix."""

    __slots__ = ("note", "pieces", "tags", "words")

    def __init__(self, note: Note, prefix: str) -> None:
        self.note = note
        self.pieces: list[Piece] = pieces(note)
        self.words = frozenset().union(*[piece.words for piece in self.pieces])
        self.tags = tuple([tag.removeprefix(prefix) for tag in note.tags])


class Book:
    """All notes of a deck that are taught, in order."""

    def __init__(self, index: Index) -> None:
        self.index = index
        prefix = f"{index.prefix}::" if index.prefix else ""
        self.pages = [Page(note, prefix) for note in index.deck.notes() if not note.retired]
        self.vocabulary: frozenset[str] = frozenset()
        self._needed: dict[int, Needed | None] = {}
        self._holders: dict[str, set[int]] = {}

    def expect(self, groups: Iterable[Phrases]) -> None:
        """Note down who holds the words of these phrases, in one go for all."""
        self.vocabulary = frozenset().union(*[page.words for page in self.pages])
        vocabulary = Vocabulary(self.vocabulary)
        self._needed = {id(group): group.needed(vocabulary) for group in groups}
        wanted = frozenset(word for each in self._needed.values() if each for word in each.all_words())
        holders: dict[str, set[int]] = defaultdict(set)
        for number, page in enumerate(self.pages):
            for word in page.words & wanted:
                holders[word].add(number)
        self._holders = dict(holders)

    def chosen(self, chosen: Chosen, holding: Iterable[Phrases] = ()) -> Iterator[Page]:
        """The notes that a rule speaks of, in order: of these, those with the words of a phrase of each group.

        Whether they hold a phrase is still to be seen.
        """
        ids = self._meeting(chosen)
        return (page for page in self._holding(holding) if page.note.id in ids and self._fits(page.note, chosen))

    def _holding(self, groups: Iterable[Phrases]) -> Iterable[Page]:
        found: set[int] | None = None
        for group in groups:
            needed = self._needed[id(group)]
            if needed is not None:
                here = self._held(needed)
                found = here if found is None else found & here
        return self.pages if found is None else [self.pages[number] for number in sorted(found)]

    def _held(self, needed: Needed) -> set[int]:
        found = self._by_any(needed.alone)
        for groups in needed.together:
            found |= set.intersection(*[self._by_any(group) for group in groups])
        return found

    def _by_any(self, words: Iterable[str]) -> set[int]:
        return set().union(*[self._holders.get(word, set()) for word in words])

    def may_hold(self, groups: Iterable[Phrases]) -> Callable[[frozenset[str]], bool]:
        """A test of words: whether a text with these words may hold a phrase of each group."""
        tests = [needed for group in groups if (needed := self._needed[id(group)]) is not None]
        return lambda words: all(each.is_met(words) for each in tests)

    def _meeting(self, chosen: Chosen) -> Ids:
        of = self.index.named
        named = {key: NONE.union(*(of(key, value) for value in values)) for key, values in chosen.named.items()}
        return meeting(named, self.index)

    def _fits(self, note: Note, chosen: Chosen) -> bool:
        if not chosen.by_statements:
            return True
        named = self._statements(note)
        return bool(named) and (all if chosen.all_statements else any)(map(chosen.fits, named))

    def _statements(self, note: Note) -> list[Statement]:
        facts = self.index.deck.statements
        return [facts[each] for each in note.statements if each in facts]

    def reason(self, page: Page, chosen: Chosen) -> str:
        """By which of its statements a note is chosen, in words; "" when not by statements."""
        if not chosen.by_statements:
            return ""
        what = [
            *([f"confidence {' or '.join(sorted(chosen.confidence))}"] if chosen.confidence else []),
            *sorted(chosen.verification),
            *({"yes": ["corrected"], "no": ["without correction"]}.get(chosen.correction, [])),
        ]
        named = ", ".join(f"`{each.id}`" for each in self._statements(page.note) if chosen.fits(each))
        return f"rests on {named} ({', '.join(what)})"
