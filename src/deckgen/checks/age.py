"""What was last looked at too long ago: facts that change, and notes that rest on them.

The day is an input, and so what is found here changes without a change of the deck: `check` and `release` ask, no
build ever does. Only what a student sees counts: a fact that no note names may grow old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from deckgen.diagnostics import Diagnostic
from deckgen.model import Collection, Deck

NAMED = 3  # notes named in a message


def old_facts(collection: Collection, today: dt.date) -> Iterator[Diagnostic]:
    """Statements with a day (`as of`) more than twelve months ago that notes, or the summary, name."""
    limit = _a_year_before(today)
    for deck in collection.decks:
        users = _users(deck, limit)
        for key, names in users.items():
            statement = deck.statements[key]
            listed = ", ".join(names[:NAMED])
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield Diagnostic(
                "old-fact", "warning", f"`{key}` is of {statement.as_of}, more than twelve months ago", statement.span, "this fact changes",
                (f"Look it up again, then write the day into `as of`. It is taught by {listed}{more}.",),
            )  # fmt: skip


def _users(deck: Deck, limit: str) -> dict[str, list[str]]:
    """What of a deck rests on statements older than `limit`, by the id of the statement: notes, then the summary."""
    old = {key for key, each in deck.statements.items() if each.as_of and each.as_of < limit}
    users: dict[str, list[str]] = {}
    for note in deck.notes() if old else ():
        if not note.retired:
            for key in old.intersection(note.statements):
                users.setdefault(key, []).append(f"`{note.id}`")
    for section in deck.summary.sections if deck.summary else ():
        for key in old.intersection(section.statements):
            users.setdefault(key, []).append(f"“{section.title}” of the summary")
    return users


def old_notes(collection: Collection, today: dt.date) -> Iterator[Diagnostic]:
    """Notes that were `checked` more than twelve months ago, and rest on a fact that was looked up since.

    While the fact itself is old, it is the one to be spoken of. A note that never said when it was checked says
    nothing that could be old.
    """
    limit = _a_year_before(today)
    for deck in collection.decks:
        fresh = {key: each for key, each in deck.statements.items() if each.as_of >= limit}
        for note in deck.notes() if fresh else ():
            newer = [key for key in note.statements if key in fresh]
            if newer and note.checked and note.checked < limit and not note.retired:
                fact = fresh[newer[0]]
                yield Diagnostic(
                    "old-note", "warning", f"`{note.id}` was checked on {note.checked}, and `{fact.id}` looked up since, on {fact.as_of}",
                    note.span, "more than twelve months ago",
                    ("Compare the note with the statement, then write the day into `checked`.",), ((fact.span, "this fact changes"),),
                )  # fmt: skip


def _a_year_before(day: dt.date) -> str:
    """The same day a year before, as dates are written in a deck; of a leap day, the day before."""
    try:
        return day.replace(year=day.year - 1).isoformat()
    except ValueError:
        return day.replace(year=day.year - 1, day=28).isoformat()
