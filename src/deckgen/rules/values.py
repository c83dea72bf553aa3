"""The rules of a deck as values: which notes each speaks of, what it looks for, what is excused from it.

Nouns only. Knows neither YAML nor how anything is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from deckgen.diagnostics import Severity, Span
from deckgen.model import Statement
from deckgen.rules.phrases import Phrases

Within = Literal["sentence", "text", "note"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which notes a rule speaks of: those that meet every condition that is not empty.

    `named` has the values of each criterion by which packages and topics choose, too. `confidence`, `verification` and
    `correction` (`yes` or `no`) are met together by any statement the note names, or by every one of them when
    `all_statements`.
    """

    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    confidence: frozenset[str] = frozenset()
    verification: frozenset[str] = frozenset()
    correction: str = ""
    all_statements: bool = False

    @property
    def by_statements(self) -> bool:
        """Whether it matters what statements a note names."""
        return bool(self.confidence or self.verification or self.correction)

    def fits(self, statement: Statement) -> bool:
        """Whether a statement meets the conditions. What somebody checked counts as seen."""
        return (
            (not self.confidence or statement.confidence in self.confidence)
            and (not self.verification or (statement.verification in self.verification and not statement.checked_by))
            and (not self.correction or bool(statement.correction) == (self.correction == "yes"))
        )


@dataclass(frozen=True, slots=True)
class Words:
    """Phrases to be found near each other, one of each group; `needs` are groups of which none may be missing then."""

    find: tuple[Phrases, ...] = ()
    but_not: Phrases = field(default_factory=lambda: Phrases(()))
    unless: Phrases = field(default_factory=lambda: Phrases(()))
    needs: tuple[Phrases, ...] = ()
    within: Within = "sentence"


@dataclass(frozen=True, slots=True)
class Longest:
    """The most words a text may have."""

    words: int


@dataclass(frozen=True, slots=True)
class Requires:
    """Keys that a note must have."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quantities:
    """The masses, in micrograms, that may be named beside each name, with how the author writes them."""

    names: Phrases
    masses: Mapping[str, frozenset[Decimal]]  # by the phrase as written
    written: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KnownTags:
    """The tags there are, `*` at the end for any."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SameAnswers:
    """Two notes that name one statement and have one answer, with questions whose words are the same to this share."""

    share: float


@dataclass(frozen=True, slots=True)
class SimilarQuestions:
    """Two questions whose words are the same to this share, rare words counting for more."""

    share: float


@dataclass(frozen=True, slots=True)
class Copied:
    """So many words in a row that a source has, too; `runs` gives the sources of each run by its hash."""

    words: int
    runs: Mapping[int, tuple[str, ...]] = field(repr=False)


Form = Words | Longest | Requires | Quantities | KnownTags | SameAnswers | SimilarQuestions | Copied
OF_PAIRS = (SameAnswers, SimilarQuestions)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the author's: `id`, what it is for, what to do, and what it looks for.

    `form` None: every chosen note is a finding. `excused` has the ids of notes (or pairs of them) with the place
    where the author says so.
    """

    id: str
    span: Span = field(repr=False, compare=False)
    why: str
    form: Form | None
    chosen: Chosen = field(default_factory=Chosen)
    texts: frozenset[str] = frozenset()
    fix: str = ""
    level: Severity = "warning"
    excused: Mapping[frozenset[str], Span] = field(default_factory=dict, repr=False)
