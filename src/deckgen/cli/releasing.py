"""What `deckgen release` shows: an edition as text, with what differs word by word, or as data."""

from __future__ import annotations

from pathlib import Path

from deckgen import report
from deckgen.editions import news
from deckgen.editions.difference import Earlier, difference, edition_of, fields_in
from deckgen.files import Refused
from deckgen.model import AnkiNote
from deckgen.release import Release, edition_folder, folder_of

MOST = 40  # notes listed of each kind
DELETED, INSERTED = "31;9", "32;4"


def as_text(made: Release, key: str, against: Path | None, *, colored: bool) -> str:
    """What the edition of one deck is: counts, verdict, and its notes, each changed one with its old and new words."""
    plan, found = made.plans[key], made.reviews[key]
    is_new = key not in made.unchanged
    lines = [report.visible(line) for line in news.report(plan, found, is_new=is_new).splitlines()]
    if not is_new:
        return "\n".join(lines)
    earlier = _earlier(made, key, against)
    if found.ledger:
        lines += _some([f"  + {_note(note)}" for note in found.changes.added])
    for each in found.changes.corrected[:MOST]:
        lines.append(f"  ~ {_note(each.now)}  ({report.visible(', '.join(each.fields))})")
        lines += difference(each.now, earlier, _colored if colored else _bracketed, report.visible)
    lines += _more(len(found.changes.corrected))
    lines += _some([f"  - {_note(each.now)}" for each in found.changes.retired])
    lines += _some([f"  ~ {_note(each.now)}  (taught again)" for each in found.changes.revived])
    lines += _some([f"  + {_note(each.now)}  (back again)" for each in found.changes.returned])
    lines += _some([f"  > {report.visible(each.id)} is in another deck now" for each in found.changes.left])
    lines += _some([f"  ! {report.visible(each.id)} is gone" for each in found.changes.vanished])
    if against and found.ledger and (said := edition_of(against)) != found.ledger.last.version:
        lines.append(
            report.visible(
                f"{against.name} is of {said or 'no edition'}, not of {found.ledger.last.version}: the words that differ are from there."
            )
        )
    if found.changes.corrected and not earlier:
        lines.append(
            "The old texts are in the package of the last edition; to see them word by word, give it: `--against FILE.apkg`."
        )
    return "\n".join(lines)


def _some(lines: list[str]) -> list[str]:
    return [*lines[:MOST], *_more(len(lines))]


def _more(count: int) -> list[str]:
    return [f"  … and {count - MOST:,} more; `--json` names all"] if count > MOST else []


def _note(note: AnkiNote) -> str:
    return report.visible(f"{note.note.id}: {news.asked(note)}")


def _bracketed(text: str, *, inserted: bool) -> str:
    return f"{{+{text}+}}" if inserted else f"[-{text}-]"


def _colored(text: str, *, inserted: bool) -> str:
    return f"\x1b[{INSERTED if inserted else DELETED}m{text}\x1b[0m"


def _earlier(made: Release, key: str, against: Path | None) -> Earlier:
    """The fields of the last edition: from the package named, else from where its release wrote it."""
    if against:
        return fields_in(against)
    ledger, project = made.reviews[key].ledger, made.result.project
    if ledger is None or project is None:
        return {}
    try:
        return fields_in(project.folder.locate(f"{edition_folder(key, ledger.last.version)}/{key}.apkg"))
    except Refused:  # a link that leads elsewhere
        return {}


def next_steps(made: Release) -> str:
    """What to do once an edition is written."""
    new = [key for key in made.plans if key not in made.unchanged]
    if not new:
        return ""
    return "\n".join(
        f"Next: commit every change (`git add -A`), tag it `{key}-{made.plans[key].edition.version}`,"
        f" and give students what is in {folder_of(made.plans[key], key)}/."
        for key in new
    )


def as_data(made: Release) -> dict[str, object]:
    """Everything about the editions, for programs."""
    return {
        "decks": [_deck(made, key) for key in made.plans],
        "written": made.changed,
        "diagnostics": [report.as_data(item) for item in made.result.bag],
    }


def _deck(made: Release, key: str) -> dict[str, object]:
    plan, changes = made.plans[key], made.reviews[key].changes
    return {
        "deck": key,
        "edition": plan.edition.version,
        "time": plan.edition.time,
        "verdict": plan.edition.verdict,
        "new": key not in made.unchanged,
        "added": [note.note.id for note in changes.added],
        "changed": {each.now.note.id: list(each.fields) for each in changes.corrected},
        "retired": [each.now.note.id for each in changes.retired],
        "taught again": [each.now.note.id for each in changes.revived],
        "parts": {
            each.now.note.id: {"joined": sorted(each.joined), "left": sorted(each.left)} for each in changes.repacked
        },
        "back again": [each.now.note.id for each in changes.returned],
        "in another deck now": [each.id for each in changes.left],
        "vanished": [each.id for each in changes.vanished],
        "folder": folder_of(plan, key),
    }
