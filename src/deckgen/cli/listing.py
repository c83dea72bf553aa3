"""What `deckgen list` shows: rows of plain values for each thing, and those rows as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from deckgen import report
from deckgen.editions.ledger import Ledger
from deckgen.export import count_cards
from deckgen.fieldtext import field_values, front_text
from deckgen.jobs import LAYOUTS, PAPERS, CardSize, PrintJob, grid_for
from deckgen.jobs.stock import SIZES
from deckgen.model import Collection
from deckgen.notetypes import PLANS
from deckgen.printing.chosen import taught
from deckgen.templating import builtin_files

Row = dict[str, object]
WIDTH = 60
OTHER_TEMPLATES = {
    "deckgen.css": "style sheet of all faces",
    "project.css": "what a project adds to the style sheet",
    "labels.toml": "words on the faces, by language",
}


def notes(collection: Collection) -> list[Row]:
    """A row for each note, in teaching order."""
    return [
        {
            "id": note.id,
            "guid": note.guid,
            "deck": deck.key,
            "type": note.kind,
            "tags": list(note.tags),
            "fields": dict(
                zip(types[note.note_type].field_names(), field_values(note, types[note.note_type], deck), strict=True)
            ),
            "references": [citation.key for citation in note.citations],
            "statements": list(note.statements),
            "path": note.span.path,
            "line": note.span.line,
            "question": front_text(note),
        }
        for deck in collection.decks
        for types in [collection.note_types[deck.language]]
        for note in deck.notes()
    ]


def decks(collection: Collection) -> list[Row]:
    """A row for each deck."""
    return [
        {
            "key": deck.key,
            "name": deck.name,
            "version": deck.version,
            "language": deck.language,
            "sets": len(deck.sets),
            "notes": len(deck.notes()),
        }
        for deck in collection.decks
    ]


def packages(collection: Collection) -> list[Row]:
    """A row for each package: of every deck the whole, then its parts."""
    return [
        {
            "deck": deck.key,
            "package": package.key if package else "",
            "title": package.title if package else deck.name,
            "notes": len(package.notes) if package else len(deck.notes()),
            "cards": count_cards(deck, collection.note_types[deck.language], package),
        }
        for deck in collection.decks
        for package in (None, *deck.packages)
    ]


def sets(collection: Collection) -> list[Row]:
    """A row for each set: its file, as `--set` takes it, its title, and its notes."""
    return [
        {"deck": deck.key, "set": PurePosixPath(one.path).name, "title": one.title, "notes": len(one.notes)}
        for deck in collection.decks
        for one in deck.sets
    ]


def tags(collection: Collection) -> list[Row]:
    """A row for each tag, with the number of its notes."""
    counts = Counter(tag for deck in collection.decks for note in deck.notes() for tag in note.tags)
    return [{"tag": tag, "notes": counts[tag]} for tag in sorted(counts)]


def references(collection: Collection) -> list[Row]:
    """A row for each cited work, with the number of notes that rest on it."""
    rows: list[Row] = []
    for deck in collection.decks:
        counts = Counter(key for note in deck.notes() for key in {citation.key for citation in note.citations})
        rows += [
            {"key": key, "notes": counts[key], "deck": deck.key, "entry": reference.text}
            for key, reference in sorted(deck.references.items())
        ]
    return rows


def editions(ledgers: Mapping[str, Ledger]) -> list[Row]:
    """A row for each published edition, with the number of notes that came in it and that it last changed."""
    rows: list[Row] = []
    for deck, ledger in ledgers.items():
        came = Counter(note.first for note in ledger.notes.values())
        last = Counter(note.last for note in ledger.notes.values() if note.last != note.first)
        rows += [
            {
                "deck": deck,
                "edition": each.version,
                "date": each.date,
                "verdict": each.verdict,
                "added": came[each.version],
                "last changed": last[each.version],
            }
            for each in ledger.editions
        ]
    return rows


def jobs(collection: Collection) -> list[Row]:
    """A row for each named print job on each of its papers, with the number of notes it prints."""
    return [
        {
            "deck": deck.key,
            "job": job.name,
            "layout": job.layout,
            "paper": job.paper,
            "notes": len(list(taught(deck, job))),
        }
        for deck in collection.decks
        for job in deck.jobs
    ]


def layouts(_: Path) -> list[Row]:
    """A row for each printed form."""
    return [{"layout": name, "what": what} for name, what in LAYOUTS.items()]


def sizes(_: Path) -> list[Row]:
    """A row for each size of cards: what it is, and how many lie on a sheet of each paper."""
    return [
        {"size": name, "what": size.what, **{paper: _a_sheet(size, paper) for paper in PAPERS}}
        for name, size in SIZES.items()
    ]


def _a_sheet(size: CardSize, paper: str) -> int | str:
    if size.paper not in ("", paper):
        return "–"
    return len(grid_for(PrintJob("cards", paper, size=size)).slots)


def templates(root: Path) -> list[Row]:
    """A row for each built-in template, and whether the project in `root` has a file in its place."""
    return [
        {
            "template": name,
            "what": _use(name),
            "from": "project" if (root / "templates" / name).is_file() else "deckgen",
        }
        for name in builtin_files()
    ]


def _use(name: str) -> str:
    """What a template is for."""
    kind, _, file = name.partition("/")
    if kind == "print":
        return "print layout" if file.removesuffix(".typ") in LAYOUTS else "part of the print layouts"
    face, _, side = file.removesuffix(".html").rpartition(".")
    uses = [(plan.name, card.name) for plan in PLANS for card in plan.cards if card.face == face]
    if not uses:
        return OTHER_TEMPLATES.get(file, "part of faces")
    first, last = uses[0][1], uses[-1][1]
    return f"{side} of {uses[0][0]}: {first if first == last else f'{first} to {last}'}"


LISTINGS: Mapping[str, Callable[[Collection], list[Row]]] = {
    "notes": notes, "decks": decks, "sets": sets, "packages": packages, "tags": tags, "references": references, "jobs": jobs,
}  # fmt: skip
# These need no collection: they are told in a project with mistakes in it, too.
WITHOUT_COLLECTION: Mapping[str, Callable[[Path], list[Row]]] = {
    "layouts": layouts,
    "sizes": sizes,
    "templates": templates,
}
HEADED = ("sizes", "editions", "jobs")  # their columns do not speak for themselves
UNCUT = ("layouts", "sizes")  # nothing in them comes from a project, and it is read to the end
COLUMNS = {"notes": ("path", "line", "type", "id", "question")}


def as_text(what: str, rows: list[Row]) -> str:
    """Rows as aligned columns."""
    if not rows:
        return f"no {what}"
    columns = COLUMNS.get(what, tuple(rows[0]))
    cells = [[str(row[column]) if what in UNCUT else _cell(row[column]) for column in columns] for row in rows]
    if what in HEADED:
        cells.insert(0, list(columns))
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )


def _cell(value: object) -> str:
    text = report.visible(" ".join(str(value).split()))
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
