"""The release notes: what a student reads beside the package of an edition, and does.

Everything here follows from the ledger and the deck, so that the notes of an edition can be written again later.
"""

from __future__ import annotations

from collections.abc import Iterator

from deckgen.editions.ledger import DROPPED, RETIRED
from deckgen.editions.news import bullet, count, one_line
from deckgen.editions.plan import Plan
from deckgen.editions.review import Review
from deckgen.fieldtext import RETIRED_TAG, media_in
from deckgen.model import AnkiNote, Package, Update

# Found by the field, which every way of updating brings; the tag only comes with the package. Suspending is a switch: a
# card that is suspended already would wake up.
RETIRED_SEARCH = "Retired:_* -is:suspended"

BEGIN = """\
In Anki, choose *File*, *Import* and the file `{file}`; under *Updates*, see that all switches are off and both lists stand at *If newer*. What you learn by heart belongs to you: edit cards, tag them, and write into the field *My notes*. Later editions come in the same way, and say what they keep."""
BY_PACKAGE = """\
**With the package** (`{file}`): in Anki, choose *File*, *Import*; under *Updates*, see that all switches are off and both lists stand at *If newer*.

- Your progress, decks, flags and suspended cards stay as they are, in all notes.
- A note that changed since your edition (listed above, if you have the one before) is written anew: all its fields, *My notes* among them, and its tags.
- Unless you changed that note yourself after {date}: then yours stays, and the correction does not come.
- All other notes are not touched."""
LIMITS = """\
What a text file cannot do:

- It needs the package once: without it Anki does not know the note types, and takes nothing.
- It replaces the deck's own texts in the notes it holds, also where you edited them.
- It brings no pictures, no sounds, no new look and no new description, and new notes come without tags.
- It makes the notes as new as the day you import it: a package made before that day changes them no more."""


def release_notes(plan: Plan, found: Review, entry: str) -> str:
    """What is new (`entry`, of the changelog), how to bring it in, and what to do about retired cards."""
    deck = found.now.deck
    title, news = f"# {deck.name} {plan.edition.version}", entry or f"Edition of {plan.edition.date}."
    if len(plan.ledger.editions) == 1:
        how = ["## How to begin", BEGIN.format(file=f"{deck.stem()}.apkg"), *_by_part(found)]
    else:
        by_package = BY_PACKAGE.format(file=f"{deck.stem()}.apkg", date=plan.edition.date)
        how = ["## How to update", by_package, *_by_part(found), *_by_text(plan, found), *_retired(plan)]
    return "\n\n".join([title, news, *how]) + "\n"


def _by_part(found: Review) -> Iterator[str]:
    """The packages of parts of the deck, for who wants less than the whole."""
    deck = found.now.deck
    if deck.packages:
        yield (
            "**With the package of a part**, if that is what you have or want. A note is the same in every package: take"
            " another part or the whole deck whenever you like; only what you do not have yet comes, and all else stays."
            " As long as your part is enough, take its files alone: all others bring notes that are not in it."
        )
        rows = [
            f"| {one_line(each.title)} | {len(each.notes):,} of {len(found.now.notes):,} | `{deck.stem(each)}.apkg` |"
            for each in deck.packages
        ]
        yield "\n".join(["| Part | Notes | Package |", "|---|---|---|", *rows])


def _by_text(plan: Plan, found: Review) -> Iterator[str]:
    updates = [each for each in plan.updates if each.notes]
    if not updates:
        return
    deck = found.now.deck
    yield (
        "**With a text file**: it changes the same notes, but never *My notes* and never your tags. Take the file for the"
        " edition you have, and always the newest one: an older file would bring old texts back. Import the package after"
        " it, and you have everything, pictures and the look as well, with *My notes* and your tags where they were."
    )
    rows = [
        f"| {each.since.version} of {each.since.date}{f', {one_line(part.title)}' if part else ''}"
        f" | `{each.file_name(deck.stem(part))}` |"
        for part in (None, *deck.packages)
        for each in updates
        if not part or (part.key in each.parts and each.notes & part.notes)
    ]
    yield "\n".join(["| You have | File |", "|---|---|", *rows])
    if len(plan.ledger.editions) > 1 + len(plan.updates):
        yield "If yours is older than all of these, take the package."
    yield LIMITS
    if deck.packages:
        yield "In the file of a part, a note is missing that was in the deck before and has only joined the part: its package brings it."
    for part in (None, *deck.packages):
        unknown = {note.note.id: note for each in updates for note in _of_new_type(plan, found, each, part)}
        if unknown:
            who = f"For those who have only the part {one_line(part.title)}, these" if part else "These"
            listed = "\n".join(bullet(note) for _, note in sorted(unknown.items()))
            yield f"{who} notes are of a note type that came after an older edition; a text file cannot bring it, so import the package as well:\n\n{listed}"
    shown = sorted({note.note.id: note for each in updates for note in _with_new_media(plan, found, each)}.items())
    if shown:
        listed = "\n".join(bullet(note) for _, note in shown)
        yield f"These notes show a picture or a sound that is new; for them import the package as well:\n\n{listed}"


def _with_new_media(plan: Plan, found: Review, update: Update) -> list[AnkiNote]:
    """The notes of an update with media that came since. Who has only a part may lack older ones: then with any media."""
    times = plan.ledger.times()
    new = {one.name for one in plan.ledger.media.values() if times[one.first] > update.since.time}
    if found.now.deck.packages:
        new = set(plan.ledger.media)
    return [note for note in found.now.notes if note.note.id in update.notes and not new.isdisjoint(media_in(note))]


def _of_new_type(plan: Plan, found: Review, update: Update, part: Package | None) -> list[AnkiNote]:
    """The notes of an update, or of a part's, whose note type no older note has that these students got."""
    if part and part.key not in update.parts:
        return []
    times = plan.ledger.times()
    held = [
        note
        for note in plan.ledger.notes.values()
        if times[note.first] <= update.since.time and (note.state != DROPPED or times[note.since] > update.since.time)
    ]
    known = {note.note_type for note in held if not part or part.key in note.packages.split(",")}
    wanted = update.notes & part.notes if part else update.notes
    return [note for note in found.now.notes if note.note.id in wanted and note.note_type.key not in known]


def _retired(plan: Plan) -> Iterator[str]:
    retired = [note for note in plan.ledger.notes.values() if note.state == RETIRED]
    if not retired:
        return
    now = [note for note in retired if note.since == plan.edition.version]
    yield "## Retired cards"
    since = (
        ""
        if not now
        else ", since this edition"
        if len(now) == len(retired)
        else f", {len(now)} of them since this edition"
    )
    its = "Its" if len(retired) == 1 else "Their"
    yield (
        f"{count(len(retired), 'note')} of this deck {'is' if len(retired) == 1 else 'are'} no longer taught{since}. {its} cards"
        " say so, and why. Anki cannot take them away by itself. In the Browser, search for"
    )
    yield f"```\n{RETIRED_SEARCH}\n```"
    yield (
        "select all (Ctrl+A), and suspend them (Ctrl+J) or delete their notes (Ctrl+Delete); what you delete comes back with the next"
        f" package, what you suspend stays suspended. Who updates with the package can search for `tag:{RETIRED_TAG} -is:suspended` instead."
    )
