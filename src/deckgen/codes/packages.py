"""What is said of the parts of a deck that have packages of their own."""

from __future__ import annotations

from deckgen.codes.entry import Entry

PACKAGES: dict[str, Entry] = {
    "bad-package-key": Entry(
        "not a key for a package",
        "The key follows the deck's in file names (`heart-core.apkg`), for good: small letters, digits and `-`, beginning with a letter. Words with which other files of the deck begin (`update`, `handout`, `cards`, `release-notes`) are taken.",
    ),
    "duplicate-package": Entry(
        "two packages of one name",
        "The package `b` of the deck `a` is called `a-b.apkg`, and so is the whole of a deck `a-b`. One file would take the place of the other.",
    ),
    "unknown-tag": Entry(
        "a choice of notes by a tag that no note has",
        "A misspelt tag would leave notes out of a package, or out of what a rule speaks of, without a word. Tags stand there without the deck's `tag prefix`, and stand for the tags below them.",
    ),
    "unknown-set": Entry(
        "a choice of notes by a set that is not there, or that holds no notes",
        "A set is named by its file inside the deck's folder, as `02-drugs.yaml`; the name of a folder stands for all sets in it.",
    ),
    "unused-difficulty": Entry(
        "a package by a difficulty that no note has",
        "Give notes, or whole sets, this `difficulty`, or leave it out of the package.",
    ),
    "empty-package": Entry(
        "a package without notes",
        "A note belongs in a package when it meets all that is said of it: one of the `tags`, and one of the `sets`, and so on. The message says how many notes each of these names.",
    ),
}
