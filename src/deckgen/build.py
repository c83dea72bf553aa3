"""The pipeline from a project's folder to its artifacts, and the public Python API.

`read` gathers, `check` judges, `build` goes on to write. All return what they found; none prints. Nothing is
written unless everything is right: the artifacts appear together, or none does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deckgen import atomic
from deckgen.checks import run_checks
from deckgen.diagnostics import Bag
from deckgen.export import EXPORTERS, count_cards, inspect
from deckgen.files import Refused
from deckgen.load import load
from deckgen.model import Artifact, Collection, Context, Deck, NoteType
from deckgen.project import Project, read_project, unknown_deck
from deckgen.templating import note_types, print_layouts

BUILD = "build"
# The edition of a deck that names no date; any fixed day will do, as long as it is past.
UNDATED = "2026-01-01"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What to build. `decks` by key, empty for all; `timestamp` in seconds, None for each edition's own date.

    `papers` and `layouts` take the place of the project's own when given; `output` that of its `build/`.
    """

    decks: Sequence[str] = ()
    formats: Sequence[str] = ()
    output: Path | None = None
    timestamp: int | None = None
    papers: Sequence[str] = ()
    layouts: Sequence[str] = ()
    strict: bool = False


@dataclass(slots=True)
class Result:
    """What came of it. `artifacts` and `changed` are empty unless everything was right."""

    bag: Bag = field(default_factory=Bag)
    project: Project | None = None
    collection: Collection | None = None
    output: Path = Path(BUILD)
    artifacts: list[Artifact] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    notes: int = 0
    cards: int = 0

    def failed(self, *, strict: bool = False) -> bool:
        """Whether something stands in the way of building."""
        return self.bag.has_errors or (strict and len(self.bag) > 0)


def check(root: Path, options: Options | None = None, progress: Progress = lambda _: None) -> Result:
    """Read the project in `root` and judge it, print included; write nothing.

    Only what shows when pages are set, a card that is too full, is left to `build`.
    """
    result = read(root, options, progress)
    if result.project and result.collection and not result.bag.has_errors:
        print_layouts(result.project.templates, result.bag)
        for deck in result.collection.decks:
            progress(f"{deck.key}: print")
            inspect(deck, result.bag)
    return result


def read(root: Path, options: Options | None = None, progress: Progress = lambda _: None) -> Result:
    """The collection of the project in `root`, with the problems of its content."""
    options = options or Options()
    result = Result()
    progress("reading")
    result.project = read_project(root, result.bag)
    if result.project is None:
        return result
    project = result.project
    result.output = options.output or _own_output(project, result.bag)
    types = _note_types(project, result.bag)
    collection = Collection(load(project, result.bag), types, project.publisher)
    progress("checking")
    result.bag.extend(run_checks(collection))
    result.collection = _selected(collection, options, project, result.bag)
    result.notes = sum(len(deck.notes()) for deck in result.collection.decks)
    if not result.bag.has_errors:
        result.cards = sum(count_cards(deck, types[deck.language]) for deck in result.collection.decks)
    return result


def _note_types(project: Project, bag: Bag) -> dict[str, dict[str, NoteType]]:
    """The note types by language. Templates that had to be stopped are not run again for every other language."""
    types: dict[str, dict[str, NoteType]] = {}
    for language, span in {deck.language: deck.span for deck in project.decks}.items():
        stopped = any(problem.code == "template-runaway" for problem in bag.items)
        types[language] = (
            {}
            if stopped
            else note_types(project.templates, project.publisher, language, bag, span, allow=project.allow)
        )
    return types


def build(root: Path, options: Options | None = None, progress: Progress = lambda _: None) -> Result:
    """Check the project in `root`, then write the artifacts of its decks.

    Raises DeckgenError when the output folder refuses.
    """
    options = options or Options()
    result = read(root, options, progress)
    if result.project is None or result.collection is None or result.failed(strict=options.strict):
        return result
    artifacts = _export(result.project, result.collection, options, result.bag, progress)
    if result.failed(strict=options.strict):
        return result
    result.changed = atomic.write_all(result.output, {artifact.name: artifact.data for artifact in artifacts})
    result.artifacts = artifacts
    return result


def _own_output(project: Project, bag: Bag) -> Path:
    """The project's `build/`. A link there could lead anywhere, and somebody else may have made it."""
    try:
        return project.folder.locate(BUILD)
    except Refused as refused:
        bag.error(refused.code, refused.message, project.span, "", "Delete the link, or choose a folder with --output.")
        return project.folder.root / BUILD


def _selected(collection: Collection, options: Options, project: Project, bag: Bag) -> Collection:
    known = {deck.key for deck in collection.decks}
    for key in options.decks:
        if key not in known:
            unknown_deck(key, project, project.decks[0].span if project.decks else project.span, bag)
    wanted = tuple(deck for deck in collection.decks if not options.decks or deck.key in options.decks)
    return Collection(wanted, collection.note_types, collection.publisher)


def _export(project: Project, collection: Collection, options: Options, bag: Bag, progress: Progress) -> list[Artifact]:
    artifacts: list[Artifact] = []
    formats = options.formats or tuple(EXPORTERS)
    layouts, trusted = print_layouts(project.templates, bag) if "pdf" in formats else ({}, True)
    if bag.has_errors:
        return []
    for deck in collection.decks:
        context = Context(
            note_types=collection.note_types[deck.language],
            timestamp=stamp(deck, options),
            papers=tuple(options.papers or project.papers),
            layouts=tuple(options.layouts or project.layouts),
            print_files=layouts,
            print_trusted=trusted,
        )
        for name in formats:
            progress(f"{deck.key}: {name}")
            artifacts += EXPORTERS[name](deck, context, bag)
    return artifacts


def stamp(deck: Deck, options: Options) -> int:
    """The build stamp in seconds since 1970: as asked for, else the midnight (UTC) that begins the edition's day."""
    if options.timestamp is not None:
        return options.timestamp
    day = dt.date.fromisoformat(deck.date or UNDATED)
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())
