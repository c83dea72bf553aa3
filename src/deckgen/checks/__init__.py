"""What can be wrong with a collection as a whole: small pure functions in one visible tuple.

A check reads the collection and yields diagnostics; it changes nothing and reads no file. Those that must know what
day it is stand apart: no build runs them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from deckgen.checks.age import old_facts, old_notes
from deckgen.checks.identity import (
    deck_named_by_number,
    duplicate_guids,
    duplicate_ids,
    one_name_for_two_decks,
    replaced_by_nobody,
)
from deckgen.checks.wording import answer_in_view, gap_of_several_cards, same_question
from deckgen.diagnostics import Diagnostic
from deckgen.model import Collection

Check = Callable[[Collection], Iterator[Diagnostic]]
DatedCheck = Callable[[Collection, dt.date], Iterator[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    duplicate_ids,
    duplicate_guids,
    one_name_for_two_decks,
    deck_named_by_number,
    replaced_by_nobody,
    same_question,
    answer_in_view,
    gap_of_several_cards,
)
DATED_CHECKS: tuple[DatedCheck, ...] = (old_facts, old_notes)


def run_checks(collection: Collection) -> Iterator[Diagnostic]:
    """What all checks find."""
    for check in CHECKS:
        yield from check(collection)


def run_dated_checks(collection: Collection, today: dt.date) -> Iterator[Diagnostic]:
    """What the checks find that hold the collection against a day."""
    for check in DATED_CHECKS:
        yield from check(collection, today)
