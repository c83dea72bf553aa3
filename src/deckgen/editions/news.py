"""What an edition means, in words: for the author before it is made, in the changelog, and for students.

In English, like the names of the commands; the cards keep their own language. Knows changes and ledgers; not files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from deckgen.editions.changes import Changes
from deckgen.editions.ledger import RETIRED
from deckgen.editions.plan import Plan
from deckgen.editions.review import Review
from deckgen.fieldtext import front_text, media_in
from deckgen.model import AnkiNote, Update

WIDTH = 100  # characters of a question
MANY = 20  # notes changed alike, from outside, that are counted and not listed
NAMED = 20  # notes that left a part
VERDICTS = {
    "safe": "Safe: all progress, and everything you changed in notes that are not listed here, is kept.",
    "care": "Needs care: all progress is kept, but something is left for you to do.",
    "breaking": "Breaking: part of what you have learnt cannot be carried over.",
}
REASONS = {
    "vanished-note": (
        "A note is gone from the deck. Your cards of it stay, and will not be corrected any more.",
        "{} notes are gone from the deck. Your cards of them stay, and will not be corrected any more.",
    ),
    "changed-kind": (
        "A note became one of another type. Anki leaves yours as it is, for good.",
        "{} notes became notes of another type. Anki leaves yours as they are, for good.",
    ),
    "moved-cards": (
        "A note asks for other things on the cards you have: reset your progress of that note.",
        "{} notes ask for other things on the cards you have: reset your progress of those notes.",
    ),
    "removed-cards": (
        "A note makes fewer cards. Choose Tools > Empty Cards in Anki to remove what is left of yours.",
        "{} notes make fewer cards. Choose Tools > Empty Cards in Anki to remove what is left of yours.",
    ),
    "moved-notes": (
        "Cards lie in another deck now. Yours stay where they are; move them in the Browser if you like.",
        "Cards lie in other decks now. Yours stay where they are; move them in the Browser if you like.",
    ),
    "changed-note-type": (
        "The note types changed. Anki adds new ones beside yours, and updates none of your notes.",
        "The note types changed. Anki adds new ones beside yours, and updates none of your notes.",
    ),
    "changed-media": (
        "A picture or sound changed under its old name. You keep the old one.",
        "{} pictures or sounds changed under their old names. You keep the old ones.",
    ),
    "many-updates": (
        "Many notes are written anew at once. What you changed in them before this edition is replaced.",
        "Many notes are written anew at once. What you changed in them before this edition is replaced.",
    ),
    "retired-unpublished": (
        "A note comes that is retired already: suspend its cards.",
        "{} notes come that are retired already: suspend their cards.",
    ),
}
# Found by the field, which every way of updating brings; the tag only comes with the package.
RETIRED_SEARCH = "Retired:_* -is:suspended"  # suspending is a switch: a suspended card among them would wake up
RETIRED_TAG = "tag:deckgen::retired -is:suspended"

BEGIN = """\
In Anki, choose *File*, *Import* and the file `{file}`, and leave everything as it is. What you learn by heart belongs to you: edit cards, tag them, and write into the field *My notes*. Later editions come in the same way, and say what they keep."""
BY_PACKAGE = """\
**With the package** (`{file}`): in Anki, choose *File*, *Import*; leave *Update notes* at *If newer*. Your progress, decks, flags and suspended cards stay as they are. Only notes that changed since your edition are written anew, those above if you have the one before: all their fields, *My notes* among them, and their tags; but not a note that you changed yourself after this edition was made ({date}). All other notes are not touched."""
LIMITS = """\
What a text file cannot do:

- It needs the package once: without it Anki does not know the note types, and takes nothing.
- It replaces the deck's own texts in the notes it holds, also where you edited them.
- It brings no pictures and no sounds, and new notes come without tags.
- It makes the notes as new as the day you import it: a package made before that day changes them no more."""

# What is meant for students of a part whose cards are in it no more.
_KEEPING = "You keep {}; from now on only the package of the whole deck corrects them."
_CARDS = "the cards of what left"

CHANGELOG = "CHANGELOG.md"
FIRST_EDITION = "First edition:"
_HEADING = re.compile(r"^## +\[?v?([^\]\s]+)\]?.*$", re.MULTILINE)


# ---- the changelog --------------------------------------------------------------------------------------------


def with_entry(changelog: str, deck: str, entry: str) -> str:
    """The changelog with the entry of a new edition on top.

    What the author wrote under `## Unreleased` becomes the beginning of the entry.
    """
    text = changelog or f"# Changes of the deck {deck}\n\nWhat changed for students, newest first.\n"
    heading, _, body = entry.partition("\n")
    found = next((each for each in _HEADING.finditer(text) if each[1].casefold() == "unreleased"), None)
    first = _HEADING.search(text)
    if found:
        end = next((each.start() for each in _HEADING.finditer(text, found.end())), len(text))
        own = text[found.end() : end].strip("\n")
        made = "\n\n".join(filter(None, [heading, own, body.strip("\n")]))
        return f"{text[: found.start()]}{made}\n{_gap(text[end:])}"
    at = first.start() if first else len(text)
    before = text[:at].rstrip("\n")
    return f"{before}\n\n{entry.rstrip()}\n{_gap(text[at:])}"


def _gap(rest: str) -> str:
    return f"\n{rest}" if rest else ""


def entry_of(changelog: str, version: str) -> str:
    """What the changelog says of one edition, without its heading; "" when it says nothing."""
    for found in _HEADING.finditer(changelog):
        if found[1] == version:
            end = next((each.start() for each in _HEADING.finditer(changelog, found.end())), len(changelog))
            return changelog[found.end() : end].strip("\n")
    return ""


def report(plan: Plan, found: Review, *, is_new: bool) -> str:
    """What a release means, for the author: counts, and the verdict with its reasons."""
    changes, deck = found.changes, found.now.deck
    if not is_new:
        return f"{deck.key} {plan.edition.version} of {plan.edition.date}: nothing has changed since; there is nothing to release."
    if found.ledger is None:
        return f"{deck.key} {plan.edition.version}, the first edition: {_count(len(found.now.notes), 'note')}."
    last = found.ledger.last
    lines = [f"{deck.key} {plan.edition.version} (after {last.version} of {last.date}): {summary(found)}"]
    lines += [VERDICTS[plan.edition.verdict], *_reasons(found)]
    others = ("the look of the cards", changes.looks), ("the description of the deck", changes.about), ("pictures or sounds", changes.new_media), ("which notes the packages of parts hold", changes.repacked)  # fmt: skip
    if any(there for _, there in others):
        lines.append(f"Also new: {', '.join(what for what, there in others if there)}.")
    return "\n".join(lines)


def summary(found: Review) -> str:
    """How many notes come, change and are retired."""
    changes = found.changes
    return f"{len(changes.added):,} added, {len(changes.corrected):,} changed, {len(changes.retired):,} retired"


def entry(plan: Plan, found: Review) -> str:
    """The changelog entry of an edition: its heading, what it means for students, and every note it touches."""
    lines = [f"## {plan.edition.version} – {plan.edition.date}"]
    if len(plan.ledger.editions) == 1:
        cards = sum(len(note.cards) for note in found.now.notes)
        return f"{lines[0]}\n\n{FIRST_EDITION} {_count(len(found.now.notes), 'note')}, {_count(cards, 'card')}."
    lines.append("\n".join([VERDICTS[plan.edition.verdict], *_reasons(found)]))
    return "\n\n".join([*lines, *_sections(found.changes), *_parts(found)]) + "\n"


def _reasons(found: Review) -> Iterator[str]:
    """Why an edition is not safe, in the student's terms."""
    counts = Counter(each.code for each in found.concerns)
    for code, count in counts.items():
        one, more = REASONS[code]
        yield f"- {one if count == 1 else more.format(count)}"


def _sections(changes: Changes) -> Iterator[str]:
    groups = (
        ("Added", [_bullet(note) for note in changes.added]),
        ("Changed", list(_changed(changes))),
        ("Retired", [_retired(each.now) for each in changes.retired]),
    )
    for title, bullets in groups:
        if bullets:
            yield f"### {title}\n\n" + "\n".join(bullets)
    others = []
    if changes.looks:
        others.append(
            "- The look of the cards. It arrives for students who have not changed it themselves, and touches no note."
        )
    if changes.about:
        others.append("- The description of the deck.")
    if others:
        yield "### Look and description\n\n" + "\n".join(others)


def _parts(found: Review) -> Iterator[str]:
    """Which packages of parts of the deck hold other notes than they did, and what that means for who has them."""
    deck, changes = found.now.deck, found.changes
    joined = Counter(key for each in changes.repacked for key in each.joined)
    left = {key for each in changes.repacked for key in each.left}
    known = {key for note in found.published.notes.values() for key in note.packages.split(",")}
    titles = {package.key: package.title for package in deck.packages}
    bullets = []
    for key in sorted(joined.keys() | left):
        file = f"`{deck.key}-{key}.apkg`"
        if key not in titles:
            bullets.append(f"- {file} is no longer made. {_KEEPING.format('its cards')}")
            continue
        gone = [f"`{each.now.note.id}`" for each in changes.repacked if key in each.left]
        moves = [f"{_count(joined[key], 'known note')} came in"] if joined[key] else []
        more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
        moves += [f"{', '.join(gone[:NAMED])}{more} left it"] if gone else []
        what = " is new" if key not in known else f": {'; '.join(moves)}"
        bullets.append(f"- {file} ({_one_line(titles[key])}){what}.{f' {_KEEPING.format(_CARDS)}' if gone else ''}")
    if bullets:
        yield "### Packages of parts\n\n" + "\n".join(bullets)


# ---- release notes --------------------------------------------------------------------------------------------


def release_notes(plan: Plan, found: Review, entry: str) -> str:
    """What a student reads beside the package: what is new, how to bring it in, what to do about retired cards."""
    deck = found.now.deck
    title, news = f"# {deck.name} {plan.edition.version}", entry or f"Edition of {plan.edition.date}."
    if len(plan.ledger.editions) == 1:
        return (
            "\n\n".join([title, news, "## How to begin", BEGIN.format(file=f"{deck.key}.apkg"), *_by_part(found)])
            + "\n"
        )
    by_package = BY_PACKAGE.format(file=f"{deck.key}.apkg", date=plan.edition.date)
    parts = [
        title,
        news,
        "## How to update",
        by_package,
        *_by_part(found),
        *_by_text(plan, found),
        *_retired_part(plan),
    ]
    return "\n\n".join(parts) + "\n"


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
            f"| {_one_line(each.title)} | {len(each.notes):,} of {len(found.now.notes):,} | `{deck.stem(each)}.apkg` |"
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
        f"| {each.since.version} of {each.since.date}{f', {_one_line(part.title)}' if part else ''}"
        f" | `{each.file_name(deck.stem(part))}` |"
        for part in (None, *deck.packages)
        for each in updates
        if not part or each.notes & part.notes
    ]
    yield "\n".join(["| You have | File |", "|---|---|", *rows])
    yield LIMITS
    shown = sorted({note.note.id: note for each in updates for note in _with_new_media(plan, found, each)}.items())
    if shown:
        listed = "\n".join(_bullet(note) for _, note in shown)
        yield f"These notes show a picture or a sound that is new; for them import the package as well:\n\n{listed}"


def _with_new_media(plan: Plan, found: Review, update: Update) -> list[AnkiNote]:
    times = plan.ledger.times()
    new = {one.name for one in plan.ledger.media.values() if times[one.first] > update.since.time}
    return [note for note in found.now.notes if note.note.id in update.notes and not new.isdisjoint(media_in(note))]


def _retired_part(plan: Plan) -> Iterator[str]:
    retired = [note for note in plan.ledger.notes.values() if note.state == RETIRED]
    if not retired:
        return
    now = [note for note in retired if note.since == plan.edition.version]
    yield "## Retired cards"
    yield (
        f"{_count(len(retired), 'note')} of this deck {'is' if len(retired) == 1 else 'are'} no longer taught"
        f"{f', {len(now)} of them since this edition' if now else ''}. Their cards say so, and why. Anki cannot take them"
        " away by itself. In the Browser, search for"
    )
    yield f"```\n{RETIRED_SEARCH}\n```"
    yield (
        "select all (Ctrl+A), and suspend them (Ctrl+J) or delete their notes (Ctrl+Delete); what you delete comes back with the next"
        f" package, what you suspend stays suspended. Who updates with the package can search for `{RETIRED_TAG}` instead."
    )


def _changed(changes: Changes) -> Iterator[str]:
    """The notes that changed, one by one; but for many whose words are the same, one line for all."""
    outside = Counter(each.fields for each in changes.corrected if each.same_words)
    grouped = {fields for fields, count in outside.items() if count >= MANY}
    for fields in sorted(grouped):
        yield f"- {_count(outside[fields], 'note')}: {', '.join(fields)} written anew; the words of their cards are the same"
    for each in changes.corrected:
        if not each.same_words or each.fields not in grouped:
            yield _bullet(each.now, ", ".join(each.fields))


def _bullet(note: AnkiNote, what: str = "") -> str:
    return f"- `{note.note.id}`: {asked(note)}" + (f" ({what})" if what else "")


def _retired(note: AnkiNote) -> str:
    retired = note.note.retired
    if retired is None:
        return _bullet(note)
    instead = f" Instead: `{retired.replaced_by}`." if retired.replaced_by else ""
    return f"{_bullet(note)} – {_one_line(retired.why)}{instead}"


def asked(note: AnkiNote) -> str:
    """The question of a note on one line, as Markdown."""
    return _one_line(front_text(note.note)) or note.note.id


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    text = text if len(text) <= WIDTH else text[: WIDTH - 1].rstrip() + "…"
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", text)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
