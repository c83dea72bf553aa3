"""What can be wrong with a collection as a whole: small pure functions in one visible tuple.

A check reads the collection and yields diagnostics; it changes nothing and reads no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

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


def run_checks(collection: Collection) -> Iterator[Diagnostic]:
    """What all checks find."""
    for check in CHECKS:
        yield from check(collection)
