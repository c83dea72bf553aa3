"""Which notes of a deck are printed, and their numbers, which are the same in every form of a deck.

Also the only source of chance: an order that follows from a word and from nothing else. Knows notes; not pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from deckgen.jobs import PrintJob
from deckgen.model import Deck, Note, NoteSet


def is_whole(job: PrintJob) -> bool:
    """Whether a job prints all of a deck."""
    return job.notes is None and not job.count


class Part(NamedTuple):
    """What a job prints of a deck: so many notes of so many, and the sets all of whose notes are among them.

    `of_sets` says that these sets hold all that is printed.
    """

    printed: int
    of: int
    sets: tuple[NoteSet, ...]
    of_sets: bool


def part_of(deck: Deck, job: PrintJob) -> Part | None:
    """The part of the deck that a job prints; None when it is all of it."""
    chosen = {note.id for _, _, note in taught(deck, job)}
    every = [(each, {note.id for note in each.notes if note.retired is None}) for each in deck.sets]
    of = sum(len(ids) for _, ids in every)
    if is_whole(job) or len(chosen) == of:
        return None
    whole = [(each, ids) for each, ids in every if ids and ids <= chosen]
    return Part(len(chosen), of, tuple(each for each, _ in whole), sum(len(ids) for _, ids in whole) == len(chosen))


def taught(deck: Deck, job: PrintJob) -> Iterator[tuple[NoteSet, int, Note]]:
    """The notes that are printed, with the set of each and its number in the whole deck; retired notes are not."""
    every = list(_numbered(deck))
    if job.notes is not None:
        every = [each for each in every if each[2].id in job.notes]
    if job.count and job.count < len(every):
        drawn = sorted((note.id for _, _, note in every), key=lambda note_id: lot(job.seed, note_id))[: job.count]
        kept = frozenset(drawn)
        every = [each for each in every if each[2].id in kept]
    yield from every


def _numbered(deck: Deck) -> Iterator[tuple[NoteSet, int, Note]]:
    number = 0
    for each in deck.sets:
        for note in each.notes:
            if note.retired is None:
                number += 1
                yield each, number, note


def lot(*words: str) -> bytes:
    """A place in an order that these words decide: the same everywhere, and for other words another one."""
    return hashlib.sha256("\0".join(words).encode()).digest()
