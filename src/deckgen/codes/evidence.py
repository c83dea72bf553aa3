"""What is said of statements, of topics to cover, of what has grown old, and of where errors are reported."""

from __future__ import annotations

from deckgen.codes.entry import Entry

EVIDENCE: dict[str, Entry] = {
    "unknown-statement": Entry(
        "a statement that the fact base does not have",
        "Once a deck has statements, in `statements.yaml` or in files in `statements/`, its notes name these and no others: a misspelt id would leave a note without the fact it rests on.",
    ),
    "duplicate-statement": Entry(
        "two statements of one id",
        "All files of a deck's fact base count as one. Which of the two a note rests on would be left to chance.",
    ),
    "bad-topic-id": Entry(
        "not the id of a topic",
        "Letters, digits, `.` and `-`, at most 40, beginning with a letter or a digit.",
    ),
    "duplicate-topic": Entry(
        "two topics of one id",
        "One of them would be counted for the other.",
    ),
    "bad-minimum": Entry(
        "not a number of notes",
        "The `minimum` of a topic is a whole number from 1 on.",
    ),
    "old-fact": Entry(
        "a fact that changes, last looked up more than twelve months ago",
        "A statement with `as of` is one that changes: a licence, a dose, a guideline. Look it up again, mend the notes that teach it if it has changed, and write the day into `as of`. Only statements that notes name are reported. Only `check`, and `release` for a new edition, know what day it is; a build never does. `deckgen check --today 2027-12-01` asks for another day.",
    ),
    "old-note": Entry(
        "a note checked more than twelve months ago, while its fact was looked up since",
        "The statement may say something else by now. Compare the note with it, and write the day into `checked`. While the statement is old itself, or the note never says when it was checked, nothing is said here.",
    ),
    "bad-report-errors": Entry(
        "not a web address at which errors are reported",
        "Write it in full, as `https://example.org/issues/new?title=`. It becomes a link on every card, with the note's key behind it; braces are not allowed, for on a card they call a field.",
    ),
}
