"""What `deckgen list coverage` shows: what a deck covers and what it lacks, as text or as data."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from deckgen import report
from deckgen.coverage import Coverage, Covered, Tally
from deckgen.export import count_cards
from deckgen.load.keys import DIFFICULTIES, KIND_NAMES
from deckgen.load.statements import CONFIDENCES, VERIFICATIONS
from deckgen.model import NoteType, Package, Statement
from deckgen.project import CARDS

Row = dict[str, object]
Types = Mapping[str, NoteType]
Sums = dict[str, dict[str, int]]
WIDTH = 100
TITLE = 56  # columns of a topic's title at most
UNSAID = "not said"
GLUE = "\0"  # a space at which no line is broken


def as_data(found: Coverage, types: Types) -> Row:
    """Everything about what one deck covers, for programs."""
    return {
        "deck": found.deck.key,
        "complete": found.is_complete,
        **_tally_data(found.tally),
        "cards": _cards(found, types),
        "retired": len(found.deck.notes()) - len(found.taught),
        "topics": [
            {
                "id": each.topic.id,
                "title": each.topic.title,
                **_tally_data(each.tally),
                "minimum": each.topic.minimum,
                "short": each.short,
                "unknown": list(each.topic.unknown),
            }
            for each in found.topics
        ],
        "in no topic": list(found.outside),
        "statements": [
            {
                "id": key,
                "says": each.says,
                "confidence": each.confidence,
                "verification": each.verification,
                "use": each.use,
                "as of": each.as_of,
                "notes": list(found.named[key]),
                "path": each.span.path,
                "line": each.span.line,
            }
            for key, each in found.deck.statements.items()
        ],
        "missing": [each.id for each in found.missing],
        "misused": {key: list(ids) for key, ids in found.misused.items()},
        "sums": {
            "confidence": _by_confidence(found),
            "verification": _by_verification(found),
        },
    }


def _tally_data(tally: Tally) -> Row:
    return {
        "notes": tally.notes,
        "kinds": {kind: tally.kinds[kind] for kind in KIND_NAMES if kind in tally.kinds},
        "difficulties": {each: tally.difficulties[each] for each in (*DIFFICULTIES, "") if each in tally.difficulties},
    }


def _cards(found: Coverage, types: Types) -> int:
    return count_cards(found.deck, types, Package("", "", frozenset(note.id for note in found.taught)))


def _by_confidence(found: Coverage) -> Sums:
    return _sums(found, lambda each: each.confidence, CONFIDENCES)


def _by_verification(found: Coverage) -> Sums:
    return _sums(found, lambda each: each.verification, VERIFICATIONS)


def _sums(found: Coverage, of: Callable[[Statement], str], values: Iterable[str]) -> Sums:
    """How many statements have each value, and how many of them are named by notes and are not."""
    every = found.deck.statements.values()
    used = Counter(of(each) for each in every if found.named[each.id])
    unused = Counter(of(each) for each in every if not found.named[each.id])
    return {each: {"used": used[each], "unused": unused[each]} for each in (*values, "") if used[each] or unused[each]}


# ---- as text --------------------------------------------------------------------------------------------------


def as_text(found: Coverage, types: Types, *, every: bool) -> str:
    """What one deck covers and lacks, for a terminal; with `every`, also the kinds of each topic and all statements."""
    parts = [
        _notes(found, types),
        _topics(found, every=every),
        _statements(found),
        _lacking(found),
        _every_statement(found) if every else [],
    ]
    if not found.deck.topics and not found.deck.statements:
        folder = f"{CARDS}/{found.deck.key}"
        parts.append(
            [f"No topics and no statements: `{folder}/coverage.yaml` and `{folder}/statements.yaml` hold them."]
        )
    return "\n\n".join("\n".join(map(report.visible, lines)) for lines in parts if lines)


def _notes(found: Coverage, types: Types) -> list[str]:
    retired = len(found.deck.notes()) - len(found.taught)
    beside = f"; {_count(retired, 'retired note')} not counted" if retired else ""
    return [
        f"{found.deck.key}: {_count(found.tally.notes, 'note')}, {_count(_cards(found, types), 'card')}{beside}",
        *_wrapped("  by kind        ", _by_kind(found.tally)),
        *_wrapped("  by difficulty  ", _by_difficulty(found.tally)),
    ]


def _topics(found: Coverage, *, every: bool) -> list[str]:
    if not found.topics:
        return []
    width = max(len(each.topic.id) for each in found.topics)
    indent = " " * (width + 4)
    title = min(TITLE, max(len(each.topic.title) for each in found.topics))
    lines = [f"{_count(len(found.topics), 'topic')}, {len(found.short) or 'none'} short"]
    for each in found.topics:
        lines.append(f"  {each.topic.id:<{width}}  {_cut(each.topic.title, title):<{title}}  {_of(each)}".rstrip())
        if each.short or every:
            lines += [f"{indent}{sentence}" for sentence in each.topic.unknown]
        if every:
            lines += _wrapped(indent, [*_by_kind(each.tally), *_by_difficulty(each.tally)])
    if found.outside:
        head = f"  {_count(len(found.outside), 'note')} in no topic"
        lines += _wrapped(f"{head}: ", found.outside) if every else [head]
    return lines


def _of(each: Covered) -> str:
    short = f"  {each.short:,} short" if each.short else ""
    return f"{each.tally.notes:>5,} of {each.topic.minimum:<5,}{short}"


def _statements(found: Coverage) -> list[str]:
    if not found.deck.statements:
        return []
    used = sum(bool(ids) for ids in found.named.values())
    return [
        f"{_count(len(found.named), 'statement')}: {used:,} named by notes, {len(found.named) - used:,} by none",
        *_wrapped("  confidence    ", _shares(_by_confidence(found))),
        *_wrapped("  verification  ", _shares(_by_verification(found))),
    ]


def _shares(sums: Mapping[str, Mapping[str, int]]) -> list[str]:
    return [
        f"{value or UNSAID} {each['used'] + each['unused']:,} ({each['unused']:,} by none)"
        for value, each in sums.items()
    ]


def _lacking(found: Coverage) -> list[str]:
    lines = []
    if found.missing:
        lines += [f"{_count(len(found.missing), 'required statement')} without a note"]
        lines += _wrapped("  ", [each.id for each in found.missing])
    if found.misused:
        lines += ["", f"{_count(len(found.misused), 'statement')} of errors in notes that do not ask for the error"]
        lines += [line for key, ids in found.misused.items() for line in _wrapped(f"  {key}: ", ids)]
        lines += ["  Ask with `claim` and `error`, or give the note a tag that `error tags` in coverage.yaml names."]
    return lines if found.missing else lines[1:]


def _every_statement(found: Coverage) -> list[str]:
    lines = ["All statements"] if found.named else []
    for key, each in found.deck.statements.items():
        said = ", ".join(filter(None, (each.confidence, each.verification, each.use)))
        lines.append(_cut(f"  {key}{f' ({said})' if said else ''}: {each.says}", WIDTH))
        lines += _wrapped("      ", found.named[key]) or ["      no note"]
    return lines


def _by_kind(tally: Tally) -> list[str]:
    return [f"{kind} {tally.kinds[kind]:,}" for kind in KIND_NAMES if kind in tally.kinds]


def _by_difficulty(tally: Tally) -> list[str]:
    return [
        f"{each or UNSAID} {tally.difficulties[each]:,}" for each in (*DIFFICULTIES, "") if each in tally.difficulties
    ]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _wrapped(head: str, items: Iterable[str]) -> list[str]:
    """A list behind a head, on as many lines as it needs, or none when it is empty; no item is broken."""
    text = ", ".join(each.replace(" ", GLUE) for each in items)
    lines = textwrap.wrap(text, WIDTH - len(head), break_long_words=False, break_on_hyphens=False)
    return [f"{' ' * len(head) if at else head}{line.replace(GLUE, ' ')}" for at, line in enumerate(lines)]
