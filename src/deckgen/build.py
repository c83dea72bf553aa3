"""The pipeline from a project's folder to its artifacts, and the public Python API.

`read` gathers, `check` judges, `build` goes on to write. All return what they found; none prints. Nothing is
written unless everything is right: the artifacts appear together, or none does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from deckgen import atomic
from deckgen.checks import run_checks, run_dated_checks
from deckgen.diagnostics import Bag, nearest
from deckgen.editions.ledger import Ledger
from deckgen.editions.plan import Plan, draft_plan, updates
from deckgen.editions.review import Review, is_of_release, ledgers_of, review
from deckgen.editions.versions import order
from deckgen.export import EXPORTERS, count_cards, inspect
from deckgen.files import Refused
from deckgen.load import load
from deckgen.load.jobs import Asked, indexes_of, jobs_for, no_job
from deckgen.model import UPDATE_FROM, Artifact, Collection, Context, Deck, ExtraFonts, NoteType
from deckgen.printing.fontfiles import read_fonts
from deckgen.project import Project, read_project, unknown_deck
from deckgen.rules import run_rules
from deckgen.templating import note_types, print_layouts

BUILD = "build"
# The edition of a deck that names no date; any fixed day will do, as long as it is past.
UNDATED = "2026-01-01"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What to build. `decks` by key, empty for all; `timestamp` in seconds, None for each edition's own date.

    `papers` and `layouts` take the place of the project's own when given; `print_settings` and `criteria` go for all that is
    printed, `jobs` are the names of print jobs: see `deckgen.load.jobs`. `output` takes the place of `build/`. `since` are
    the editions for whose students an update by text is made, in place of the last ones; `accept` the codes of unsafe
    changes to be passed over.
    """

    decks: Sequence[str] = ()
    formats: Sequence[str] = ()
    output: Path | None = None
    timestamp: int | None = None
    papers: Sequence[str] = ()
    layouts: Sequence[str] = ()
    jobs: Sequence[str] = ()
    print_settings: Mapping[str, Any] = field(default_factory=dict)
    criteria: Mapping[str, Sequence[str]] = field(default_factory=dict)
    strict: bool = False
    since: Sequence[str] = ()
    accept: Container[str] = ()

    @property
    def asked(self) -> Asked:
        """What is to be printed, as far as it is said."""
        return Asked(self.jobs, self.layouts, self.papers, self.print_settings, self.criteria)


@dataclass(slots=True)
class Result:
    """What came of it. `artifacts` and `changed` are empty unless everything was right.

    `finished` are the paths that an interrupted release had decided on and that were put into place first. `ledgers` are those of all decks of the project, `reviews` and `plans` those of the chosen decks that have been
    released before; all by the key of the deck.
    """

    bag: Bag = field(default_factory=Bag)
    project: Project | None = None
    collection: Collection | None = None
    output: Path = Path(BUILD)
    artifacts: list[Artifact] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    notes: int = 0
    cards: int = 0
    guids: frozenset[str] = frozenset()  # of the notes of all decks
    finished: list[str] = field(default_factory=list)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)

    def failed(self, *, strict: bool = False) -> bool:
        """Whether something stands in the way of building."""
        return self.bag.has_errors or (strict and len(self.bag) > 0)


def check(
    root: Path,
    options: Options | None = None,
    progress: Progress = lambda _: None,
    *,
    today: dt.date | None = None,
) -> Result:
    """Read the project in `root` and judge it, print included; write nothing.

    With a day, also what has grown old by then: nothing else here depends on time. Only what shows when pages are set,
    a card that is too full, is left to `build`.
    """
    result = read(root, options, progress)
    if result.collection and today:
        result.bag.extend(run_dated_checks(result.collection, today))
    if result.project and result.collection and not result.bag.has_errors:
        print_layouts(result.project.templates, result.bag)
        fonts = read_fonts(result.project.folder, result.project.fonts, result.bag)
        for deck in result.collection.decks:
            progress(f"{deck.key}: print")
            inspect(
                deck,
                jobs_for(deck, result.project, Asked(), {}, result.bag),
                result.bag,
                fonts,
            )
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
    run_rules(project, collection, result.bag)
    result.guids = frozenset(note.guid for deck in collection.decks for note in deck.notes())
    result.collection = _selected(collection, options, project, result.bag)
    result.notes = sum(len(deck.notes()) for deck in result.collection.decks)
    if atomic.was_interrupted(project.folder.root):
        result.bag.error(
            "interrupted-release",
            "a release was interrupted before all of its files were in place",
            project.head,
            "",
            "Run `deckgen build` or `deckgen release`: either finishes it first.",
        )
    if not result.bag.has_errors:
        result.cards = sum(count_cards(deck, types[deck.language]) for deck in result.collection.decks)
        result.ledgers = ledgers_of(project, result.bag)
        _review(result, options, progress)
    return result


def _review(result: Result, options: Options, progress: Progress) -> None:
    """Hold the decks against their ledgers, and give each the version and date of its edition or draft."""
    collection = result.collection
    if collection is None or result.bag.has_errors:
        return
    decks = []
    for deck in collection.decks:
        ledger = result.ledgers.get(deck.key)
        if ledger is None:
            decks.append(deck)
            continue
        progress(f"{deck.key}: comparing with {ledger.last.version}")
        elsewhere = result.guids - {note.guid for note in deck.notes()}
        others = [other for key, other in result.ledgers.items() if key != deck.key]
        found = review(deck, collection.note_types[deck.language], ledger, elsewhere, others)
        result.bag.extend(each for each in found.concerns if each.code not in options.accept)
        plan = draft_plan(found, result.ledgers.values(), options.timestamp)
        if options.since:
            plan = replace(plan, updates=updates(plan.ledger, options.since))
        result.reviews[deck.key], result.plans[deck.key] = found, plan
        decks.append(replace(deck, version=plan.edition.version, date=plan.edition.date))
    result.collection = replace(collection, decks=tuple(decks))
    _report_unknown_editions(result, options)


def _report_unknown_editions(result: Result, options: Options) -> None:
    """Say that no chosen deck has an edition of a version that was asked for."""
    known = {edition.version for key in result.reviews for edition in result.ledgers[key].editions}
    for version in options.since:
        if version not in known and result.project:
            near = nearest(version, known)
            listed = ", ".join(f"`{each}`" for each in sorted(known, key=order)) or "none yet"
            result.bag.error("unknown-edition", f"there is no edition `{version[:40]}`", result.project.head,
                             f"did you mean `{near}`?" if near else "", f"The published editions are {listed}.")  # fmt: skip


def _note_types(project: Project, bag: Bag) -> dict[str, dict[str, NoteType]]:
    """The note types by language. Templates that had to be stopped are not run again for every other language."""
    types: dict[str, dict[str, NoteType]] = {}
    for language, span in {deck.language: deck.span for deck in project.decks}.items():
        stopped = any(problem.code == "template-runaway" for problem in bag.items)
        types[language] = (
            {}
            if stopped
            else note_types(
                project.templates,
                project.publisher,
                language,
                bag,
                span,
                allow=project.allow,
                report=project.report,
                home=project.home,
            )
        )
    return types


def build(root: Path, options: Options | None = None, progress: Progress = lambda _: None) -> Result:
    """Check the project in `root`, then write the artifacts of its decks.

    Raises DeckgenError when the output folder refuses.
    """
    options = options or Options()
    finished = atomic.finish(root, is_of_release)
    result = read(root, options, progress)
    result.finished = finished
    if result.project is None or result.collection is None or result.failed(strict=options.strict):
        return result
    artifacts = export_all(result, options, progress)
    if result.failed(strict=options.strict):
        return result
    result.changed = atomic.write_all(result.output, {artifact.name: artifact.data for artifact in artifacts})
    if "text" in (options.formats or (() if options.asked else EXPORTERS)):
        _remove_old_updates(result, artifacts)
    result.artifacts = artifacts
    return result


def _remove_old_updates(result: Result, artifacts: Sequence[Artifact]) -> None:
    """Take away text updates of an earlier build: one that is given to students by mistake brings old texts back."""
    made = {artifact.name for artifact in artifacts}
    for deck in result.collection.decks if result.collection else ():
        for package in (None, *deck.packages):
            for path in result.output.glob(f"{deck.stem(package)}{UPDATE_FROM}*.txt"):
                if path.name not in made and path.is_file() and not path.is_symlink():
                    path.unlink(missing_ok=True)


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


def export_all(result: Result, options: Options, progress: Progress) -> list[Artifact]:
    """The artifacts of all decks that were read, by their plans; problems go into the result's bag."""
    project, collection, bag = result.project, result.collection, result.bag
    if project is None or collection is None:
        return []
    artifacts: list[Artifact] = []
    formats = options.formats or (("pdf",) if options.asked else tuple(EXPORTERS))
    layouts, trusted = print_layouts(project.templates, bag) if "pdf" in formats else ({}, True)
    fonts = read_fonts(project.folder, project.fonts, bag) if "pdf" in formats else ExtraFonts()
    for name in options.jobs:
        if not any(job.name == name for deck in collection.decks for job in deck.jobs):
            no_job(name, collection.decks, project.head, bag)
    indexes = indexes_of(collection.decks, project) if options.criteria else {}
    jobs = {deck.key: jobs_for(deck, project, options.asked, indexes, bag) for deck in collection.decks}
    if options.asked and not any(jobs.values()) and not bag.has_errors:
        bag.error(
            "empty-job", "no deck has notes that meet all that is asked for", project.head, "", "Widen the choice."
        )
    if bag.has_errors:
        return []
    for deck in collection.decks:
        context = Context(
            note_types=collection.note_types[deck.language],
            timestamp=stamp(deck, options, result.plans.get(deck.key)),
            jobs=jobs[deck.key] if "pdf" in formats else (),
            print_files=layouts,
            print_trusted=trusted,
            fonts=fonts,
        )
        if deck.key in result.plans:
            plan = result.plans[deck.key]
            context = replace(
                context,
                notes=result.reviews[deck.key].now.notes,
                note_times=plan.note_times,
                type_times=plan.type_times,
                updates=plan.updates,
                is_draft=plan.is_draft,
            )
        for name in formats:
            progress(f"{deck.key}: {name}")
            artifacts += EXPORTERS[name](deck, context, bag)
    _report_same_names(artifacts, project, bag)
    return artifacts


def _report_same_names(artifacts: Sequence[Artifact], project: Project, bag: Bag) -> None:
    """Say so where two files would have one name: a job may be called as a part of another is, or as another deck's."""
    decks: dict[str, str] = {}
    for artifact in artifacts:
        if artifact.name in decks:
            owners = " and ".join(f"`{key}`" for key in dict.fromkeys((decks[artifact.name], artifact.deck)))
            bag.error("bad-print-job", f"two files would be called `{artifact.name}`", project.head, f"of the deck {owners}",
                      "Give the print job another name.")  # fmt: skip
        decks[artifact.name] = artifact.deck


def stamp(deck: Deck, options: Options, plan: Plan | None = None) -> int:
    """The build stamp in seconds since 1970: as asked for, else the edition's time.

    Of a deck that was never released that is the midnight (UTC) that begins the day its settings name.
    """
    if options.timestamp is not None:
        return options.timestamp
    if plan:
        return plan.edition.time
    day = dt.date.fromisoformat(deck.date or UNDATED)
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp())
