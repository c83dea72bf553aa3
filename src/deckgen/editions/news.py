"""What an edition means, in words: for the author before it is made, and as an entry of the changelog.

In English, like the names of the commands; the cards keep their own language. Knows changes; not files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from deckgen.editions.changes import Changed, Changes
from deckgen.editions.plan import Plan
from deckgen.editions.review import Review
from deckgen.editions.safety import MANY, asks_anew, is_swapped, moved_numbers, removed_numbers
from deckgen.editions.versions import order
from deckgen.fieldtext import front_text
from deckgen.model import AnkiNote

WIDTH = 100  # characters of a question
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
    "returned-note": (
        "A note that was given up is there again and asks something else: reset your progress of it ({reset}).",
        "{} notes that were given up are there again and ask something else: reset your progress of them ({reset}).",
    ),
    "removed-package": (
        "The package of a part is no longer made. Your cards stay; take the package of the whole deck, or of another part.",
        "Packages of {} parts are no longer made. Your cards stay; take the package of the whole deck, or of another part.",
    ),
    "changed-kind": (
        "A note became one of another type. Anki leaves yours as it is, for good.",
        "{} notes became notes of another type. Anki leaves yours as they are, for good.",
    ),
    "moved-cards": (
        "A note asks for other things on the cards you have: reset your progress of that note ({reset}).",
        "{} notes ask for other things on the cards you have: reset your progress of those notes ({reset}).",
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
        "Many notes are written anew at once, and what you changed in them is replaced. To keep *My notes* and your tags, take the text file first.",
        "Many notes are written anew at once, and what you changed in them is replaced. To keep *My notes* and your tags, take the text file first.",
    ),
    "retired-unpublished": (
        "A note comes that is retired already: suspend its cards.",
        "{} notes come that are retired already: suspend their cards.",
    ),
}

RESET = "in the Browser, search for `Ref:*/` with the id behind it, select the cards and choose *Reset*"
# What is meant for students of a part whose cards are in it no more.
_KEEPING = "You keep {}; from now on the package of the whole deck corrects them, or of a part that holds them."
_CARDS = "the cards of what left"

FIRST_EDITION = "First edition:"


def report(plan: Plan, found: Review, *, is_new: bool) -> str:
    """What a release means, for the author: counts, and the verdict with its reasons."""
    changes, deck = found.changes, found.now.deck
    if not is_new:
        wish = deck.version if found.ledger and order(deck.version) > order(plan.edition.version) else ""
        more = f" To make {wish} all the same: `--edition {wish}`." if wish else ""
        return f"{deck.key} {plan.edition.version} of {plan.edition.date}: nothing has changed since; there is nothing to release.{more}"
    if found.ledger is None:
        return f"{deck.key} {plan.edition.version}, the first edition: {count(len(found.now.notes), 'note')}."
    last = found.ledger.last
    lines = [f"{deck.key} {plan.edition.version} (after {last.version} of {last.date}): {summary(found)}"]
    lines += [VERDICTS[plan.edition.verdict], *_reasons(found)]
    others = ("the look of the cards", changes.looks), ("the description of the deck", changes.about), ("pictures or sounds", changes.new_media), ("which notes the packages of parts hold", changes.repacked), ("the order of the notes, or texts of the printed pages", changes.reordered)  # fmt: skip
    if any(there for _, there in others):
        lines.append(f"Also new: {', '.join(what for what, there in others if there)}.")
    return "\n".join(lines)


def summary(found: Review) -> str:
    """How many notes come, change and are retired; and how many are taught again or gone, if any."""
    changes = found.changes
    counts = (len(changes.added), "added"), (len(changes.corrected), "changed"), (len(changes.retired), "retired")
    more = (
        (len(changes.revived), "taught again"),
        (len(changes.returned), "back again"),
        (len(changes.left), "in another deck now"),
        (len(changes.vanished), "gone"),
    )
    return ", ".join(f"{number:,} {what}" for number, what in (*counts, *(each for each in more if each[0])))


def entry(plan: Plan, found: Review) -> str:
    """The changelog entry of an edition: its heading, what it means for students, and every note it touches."""
    lines = [f"## {plan.edition.version} – {plan.edition.date}"]
    if len(plan.ledger.editions) == 1:
        cards = sum(len(note.cards) for note in found.now.notes)
        return f"{lines[0]}\n\n{FIRST_EDITION} {count(len(found.now.notes), 'note')}, {count(cards, 'card')}."
    lines.append("\n".join([VERDICTS[plan.edition.verdict], *_reasons(found)]))
    return "\n\n".join([*lines, *_sections(found.changes), *_parts(found)]) + "\n"


def _reasons(found: Review) -> Iterator[str]:
    """Why an edition is not safe, in the student's terms."""
    counts = Counter(each.code for each in found.concerns)
    for code, number in counts.items():
        ids = _concerned(code, found.changes)
        one, more = REASONS[code]
        words = (one if max(number, len(ids)) == 1 else more).format(len(ids) or number, reset=RESET)
        yield f"- {words}{f' ({_listed(ids)})' if ids else ''}{_moves(found) if code == 'moved-notes' else ''}"


def _concerned(code: str, changes: Changes) -> list[str]:
    """The ids of the notes that a reason speaks of, where a student has to find them."""
    if code == "vanished-note":
        return [each.id for each in changes.vanished]
    if code == "moved-cards":
        moved = [*(each for each in changes.cards if moved_numbers(each)), *filter(is_swapped, changes.changed)]
        return list(dict.fromkeys(each.now.note.id for each in moved))
    found = {
        "removed-cards": [each for each in changes.cards if removed_numbers(each)],
        "changed-kind": [each for each in changes.changed if each.now.note_type.key != each.before.note_type],
        "returned-note": [each for each in changes.returned if asks_anew(each)],
    }
    return [each.now.note.id for each in found.get(code, ())]


def _listed(ids: list[str]) -> str:
    return ", ".join(f"`{one}`" for one in ids[:NAMED]) + (f" and {len(ids) - NAMED} more" if len(ids) > NAMED else "")


def _moves(found: Review) -> str:
    """From which decks to which notes moved."""
    pairs = dict.fromkeys((each.before.deck, each.now.note.deck_name) for each in found.changes.moved)
    shown = [f"“{one_line(old)}” → “{one_line(new)}”" for old, new in list(pairs)[:NAMED]]
    return f" {'; '.join(shown)}{'; …' if len(pairs) > NAMED else ''}. New notes come into the new decks."


def _sections(changes: Changes) -> Iterator[str]:
    groups = (
        ("Added", [bullet(note) for note in changes.added]),
        ("Changed", list(_changed(changes))),
        ("Retired", [_retired(each.now) for each in changes.retired]),
        ("Back again", [bullet(each.now) for each in changes.returned if not each.retires]),
        (
            "In another deck now",
            [f"- `{each.id}`: the package of that deck corrects it from now on." for each in changes.left],
        ),
        ("Taught again", [f"{bullet(each.now)} If you suspended it, wake it up." for each in changes.revived]),
    )
    for title, bullets in groups:
        if bullets:
            yield f"### {title}\n\n" + "\n".join(bullets)
    others = {
        "The look of the cards. It arrives for students who have not changed it themselves, and touches no note.": changes.looks,
        "The description of the deck.": changes.about,
        "The order of the notes, or texts that only the printed pages have. Your cards stay in the order you have.": changes.reordered,
    }
    if any(others.values()):
        yield "### Besides\n\n" + "\n".join(f"- {words}" for words, there in others.items() if there)


def _parts(found: Review) -> Iterator[str]:
    """Which packages of parts of the deck hold other notes than they did, and what that means for who has them."""
    deck, changes = found.now.deck, found.changes
    joined = Counter(key for each in changes.repacked for key in each.joined)
    left = {key for each in changes.repacked for key in each.left}
    known = found.published.packages.keys()
    titles = {package.key: package.title for package in deck.packages}
    bullets = []
    for key in sorted(joined.keys() | left | (titles.keys() - known) | (known - titles.keys())):
        file = f"`{deck.key}-{key}.apkg`"
        if key not in titles:
            bullets.append(f"- {file} is no longer made. {_KEEPING.format('its cards')}")
            continue
        gone = [f"`{each.now.note.id}`" for each in changes.repacked if key in each.left]
        moves = [f"{count(joined[key], 'known note')} came in"] if joined[key] else []
        more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
        moves += [f"{', '.join(gone[:NAMED])}{more} left it"] if gone else []
        what = " is new" if key not in known else f": {'; '.join(moves)}"
        bullets.append(f"- {file} ({one_line(titles[key])}){what}.{f' {_KEEPING.format(_CARDS)}' if gone else ''}")
    if bullets:
        yield "### Packages of parts\n\n" + "\n".join(bullets)


def _changed(changes: Changes) -> Iterator[str]:
    """The notes that changed, one by one; but for many whose words are the same, one line for all."""
    outside = Counter(each.fields for each in changes.corrected if each.same_words)
    grouped = {fields for fields, count in outside.items() if count >= MANY}
    for fields in sorted(grouped):
        ids = [f"`{each.now.note.id}`" for each in changes.corrected if _is_outside(each, fields)]
        yield f"- {count(len(ids), 'note')}: {', '.join(fields)} written anew, while the words of their cards are the same: {', '.join(ids)}"
    for each in changes.corrected:
        if not each.same_words or each.fields not in grouped:
            yield bullet(each.now, ", ".join(map(one_line, each.fields)))


def _is_outside(each: Changed, fields: tuple[str, ...]) -> bool:
    return each.same_words and each.fields == fields


def bullet(note: AnkiNote, what: str = "") -> str:
    """A note as an item of a list: its id, its question, and what about it."""
    return f"- `{note.note.id}`: {asked(note)}" + (f" ({what})" if what else "")


def _retired(note: AnkiNote) -> str:
    retired = note.note.retired
    if retired is None:
        return bullet(note)
    instead = f" Instead: `{retired.replaced_by}`." if retired.replaced_by else ""
    return f"{bullet(note)} – {one_line(retired.why)}{instead}"


def asked(note: AnkiNote) -> str:
    """The question of a note on one line, as Markdown."""
    return one_line(front_text(note.note)) or note.note.id


def one_line(text: str) -> str:
    """A text on one line, not too long, with every sign of Markdown made plain."""
    text = " ".join(text.split())
    text = text if len(text) <= WIDTH else text[: WIDTH - 1].rstrip() + "…"
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", text)


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
