"""Print jobs of a deck: those that `deckgen.yaml` names, and those that are asked for when building.

Knows how a job is written down and which notes it chooses; a project's jobs are read once, and hold for every deck that has
none of that name. Not how anything is printed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.jobs import LAYOUTS, PAPERS, SETTINGS, GridError, PrintJob, grid_for
from deckgen.jobs.calibration import calibration_for
from deckgen.jobs.dividers import dividers_for
from deckgen.jobs.job import DEFAULT_LAYOUTS
from deckgen.jobs.settings import CRITERIA, LONGEST, ON_CARDS
from deckgen.jobs.stock import CardSize, Sheet, free_size, length
from deckgen.load.choosing import ENDINGS, FREE, WITHOUT, Ids, Index, index_of, meeting, unnamed, values_of
from deckgen.load.keys import KIND_NAMES
from deckgen.model import Deck
from deckgen.project import Project
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_mapping, take

KEYS = ("layout", "paper", "points", *SETTINGS, *CRITERIA)
NAME = re.compile(r"(?=.{1,40}\Z)[a-z0-9]+(-[a-z0-9]+)*")
NAME_RULE = "Small letters, digits and `-` between them, at most 40."
SIZE_KEYS = ("width", "height", "columns", "rows", "left", "top", "column gap", "row gap")
CHOICE = 40  # letters of a file's name that say what is chosen
POINTS = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?")
SUMMARY = "summary"  # the layout for which a deck must have something that not every deck has
NO_SUMMARY = "the deck `{deck}` has no `summary.yaml`"
SUMMARY_HINT = (
    "It says what must be known, in sections: see docs/reference/format.md. Write one, or leave this layout out."
)
CHOOSERS = dict.fromkeys(CRITERIA, SETTINGS["count"].layouts)  # a part of a deck is chosen for these layouts


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for when building, in place of what the project says.

    `settings` are values that are read already, each goes for the layouts to which it belongs; `criteria` texts, for each criterion; `names` call jobs by their names.
    """

    names: Sequence[str] = ()
    layouts: Sequence[str] = ()
    papers: Sequence[str] = ()
    settings: MappingType[str, Any] = field(default_factory=dict)
    criteria: MappingType[str, Sequence[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any((self.names, self.layouts, self.papers, self.settings, self.criteria))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A job before it is known which deck it prints."""

    name: Scalar
    jobs: tuple[PrintJob, ...]  # one for each paper
    criteria: MappingType[str, Node]


# ---- jobs that are written down ---------------------------------------------------------------------------------


def read_jobs(decks: Iterable[Deck], project: Project, bag: Bag) -> dict[str, tuple[PrintJob, ...]]:
    """The named print jobs of these decks, by the key of the deck."""
    decks = list(decks)
    _report_no_summary(decks, project, bag)
    common = _drafts(project.print_jobs, project, bag)
    indexes = indexes_of(decks, project)
    found = {}
    for deck, own in zip(decks, project.decks, strict=True):
        drafts = {**common, **_drafts(own.print_jobs, project, bag)}
        index = indexes[deck.key]
        made: list[PrintJob] = []
        for name, draft in drafts.items():
            others = [each for each in indexes.values() if each is not index] if draft is common.get(name) else []
            made += _resolved(draft, index, others, bag)
        found[deck.key] = tuple(job for job in made if job.layout != SUMMARY or deck.summary)
    return found


def indexes_of(decks: Iterable[Deck], project: Project) -> dict[str, Index]:
    """The index of each deck, by its key."""
    settings = {own.key: own for own in project.decks}
    return {deck.key: index_of(deck, settings[deck.key].folder, settings[deck.key].tag_prefix) for deck in decks}


def _report_no_summary(decks: Iterable[Deck], project: Project, bag: Bag) -> None:
    """Say so where the project wants summaries printed, and no deck of it has one; decks without one are passed over."""
    named = {own.key: own.print_jobs for own in project.decks}
    for deck in decks if not bag.has_errors else ():
        if deck.summary is None and (job := _summary_job(named.get(deck.key))):
            bag.error("no-summary", NO_SUMMARY.format(deck=deck.key), job.span, "", SUMMARY_HINT)
    if not bag.has_errors and not any(deck.summary for deck in decks):
        job = _summary_job(project.print_jobs)
        if job or SUMMARY in (project.layouts or ()):
            bag.error("no-summary", "no deck has a `summary.yaml`", job.span if job else project.head, "", SUMMARY_HINT)


def _summary_job(node: Node | None) -> Scalar | None:
    """The layout of the first of these jobs that prints a summary, as it is written."""
    for _, job in node.entries if isinstance(node, Mapping) else ():
        for key, value in job.entries if isinstance(job, Mapping) else ():
            if key.text == "layout" and isinstance(value, Scalar) and value.text.strip() == SUMMARY:
                return value
    return None


def _drafts(node: Node | None, project: Project, bag: Bag) -> dict[str, _Draft]:
    mapping = expect_mapping(node, "`print`", bag) if node is not None else None
    drafts = {}
    for name, value in mapping.entries if mapping else []:
        if not NAME.fullmatch(name.text):
            bag.error(
                "bad-job-name", f"`{name.text[:60]}` cannot name a print job", name.span, "not allowed", NAME_RULE
            )
        elif draft := _draft(name, value, project, bag):
            drafts[name.text] = draft
    return drafts


def _draft(name: Scalar, node: Node, project: Project, bag: Bag) -> _Draft | None:
    what = f"the print job `{name.text}`"
    mapping = expect_mapping(node, what, bag)
    if mapping is None:
        return None
    before = len(bag)
    keys = take(mapping, KEYS, bag, what)
    if "layout" not in keys:
        bag.error("missing-key", f"{what} has no `layout`", name.span, "", f"Add one of {', '.join(LAYOUTS)}: `deckgen list layouts` says what each is.")  # fmt: skip
        return None
    layout = shapes.word(keys["layout"], bag, "layout", LAYOUTS)
    papers = _papers_of(keys["paper"], bag) if "paper" in keys else ()
    values = {key: _value(key, keys[key], layout, bag) for key in SETTINGS if key in keys}
    if "points" in keys:
        values["points"] = _points(keys["points"], layout, bag)
    for key in CRITERIA:
        if key in keys:
            _check_layout(key, keys[key], layout, CHOOSERS[key], bag)
    if len(bag) > before:
        return None
    size = values.get("size")
    papers = papers or ((size.paper,) if isinstance(size, CardSize) and size.paper else project.papers)
    jobs = [PrintJob(layout, paper, name.text, **values) for paper in papers]
    for job in jobs:
        problem = problem_of(job)
        if problem:
            place = next((keys[key].span for key in ("size", "exam", "start") if key in keys), name.span)
            bag.error("bad-print-job", f"{what} cannot be printed: {problem}", place, "", "Choose another value.")
            return None
    return _Draft(name, tuple(jobs), {key: keys[key] for key in CRITERIA if key in keys})


def _papers_of(node: Node, bag: Bag) -> tuple[str, ...]:
    named = [shapes.word(item, bag, "paper", tuple(PAPERS)) for item in shapes.some(node, bag, "paper")]
    return tuple(dict.fromkeys(named))


def _value(key: str, node: Node, layout: str, bag: Bag) -> Any:
    setting = SETTINGS[key]
    _check_layout(key, node, layout, setting.layouts, bag)
    if key == "size" and isinstance(node, Mapping):
        return _own_size(node, bag)
    before = len(bag)
    text = ",".join(shapes.texts(node, bag, key)) if key == "offset" else shapes.text(node, bag, key)
    if len(bag) > before:
        return None
    try:
        return setting.read(text)
    except ValueError as error:
        bag.error("bad-setting", f"`{key}` cannot be `{text[:60]}`", node.span, "", str(error))
        return None


def _check_layout(key: str, node: Node, layout: str, layouts: Iterable[str], bag: Bag) -> None:
    if layout and layout not in layouts:
        bag.error("bad-setting", f"`{key}` does not belong to the layout `{layout}`", node.span, "",
                  f"It belongs to {', '.join(f'`{each}`' for each in layouts)}. Leave it out here.")  # fmt: skip


def _own_size(node: Mapping, bag: Bag) -> CardSize | None:
    """Sheets that an author has measured: `{width: 90mm, height: 50mm, columns: 2, rows: 5, left: 15mm, top: 13mm}`."""
    keys = take(node, SIZE_KEYS, bag, "`size`")
    numbers: dict[str, float] = {}
    for key, value in keys.items():
        text = shapes.text(value, bag, key)
        try:
            whole = key in {"columns", "rows"}
            numbers[key] = float(SETTINGS["versions"].read(text)) if whole else length(text)
        except ValueError as error:
            bag.error("bad-setting", f"`{key}` cannot be `{text[:60]}`", value.span, "", str(error))
    missing = [key for key in ("width", "height") if key not in keys]
    if missing:
        bag.error("missing-key", f"`size` has no {' and no '.join(f'`{key}`' for key in missing)}", node.span, "", "Add it, as in `width: 90mm`.")  # fmt: skip
    if missing or len(numbers) < len(keys):
        return None
    try:
        return _sheet_size(numbers)
    except ValueError as error:
        bag.error("bad-setting", "`size` is no size of a card", node.span, "", str(error))
        return None


def _sheet_size(numbers: MappingType[str, float]) -> CardSize:
    width, height = numbers["width"], numbers["height"]
    if not {"columns", "rows"} <= numbers.keys():
        if numbers.keys() - {"width", "height"}:
            raise ValueError("Say how many `columns` and `rows` lie on a sheet, or only `width` and `height`.")
        return free_size(width, height)
    step_x, step_y = width + numbers.get("column gap", 0.0), height + numbers.get("row gap", 0.0)
    if not {"left", "top"} <= numbers.keys():
        raise ValueError("Say how far the first card lies from the left and from the top of the sheet: `left`, `top`.")
    sheet = Sheet(int(numbers["columns"]), int(numbers["rows"]), numbers["left"], numbers["top"], step_x, step_y)
    return free_size(width, height, sheet)


def _points(node: Node, layout: str, bag: Bag) -> tuple[tuple[str, float], ...]:
    _check_layout("points", node, layout, ("quiz",), bag)
    mapping = expect_mapping(node, "`points`", bag)
    keys = take(mapping, KIND_NAMES, bag, "`points`") if mapping else {}
    found = {}
    for kind, value in keys.items():
        text = shapes.text(value, bag, kind)
        if POINTS.fullmatch(text):
            found[kind] = float(text)
        elif text:
            bag.error("bad-setting", f"`{kind}` cannot be worth `{text[:60]}` points", value.span, "", "A number such as `2` or `0.5`.")  # fmt: skip
    return tuple(found.items())


def _resolved(draft: _Draft, index: Index, others: Sequence[Index], bag: Bag) -> list[PrintJob]:
    """The jobs for one deck, with the notes they choose; none for a deck of which they do not speak."""
    named = {
        key: [
            (item.span, value)
            for item, value in values_of(key, node, f"the print job `{draft.name.text}`", bag)
            if value
        ]
        for key, node in draft.criteria.items()
    }
    if not draft.criteria:
        return list(draft.jobs)
    chosen = _met(named, index, others, bag)
    if chosen is None:
        return []
    if not _taught(index.deck, chosen) and not bag.has_errors:
        bag.error("empty-job", f"the print job `{draft.name.text}` chooses no note of the deck `{index.deck.key}`", draft.name.span, "",
                  "A note must meet all that is said of it: widen one of them, or leave the job out.")  # fmt: skip
    return [replace(job, notes=chosen) for job in draft.jobs]


def _met(
    named: MappingType[str, Sequence[tuple[Span, str]]], index: Index, others: Sequence[Index], bag: Bag
) -> Ids | None:
    """The notes that meet all that is named. None where a set or tag is only in one of the other decks: it is meant for that."""
    met: dict[str, Ids] = {}
    passed = False
    for key, values in named.items():
        found = [index.named(key, value) for _, value in values]
        for (span, value), ids in zip(values, found, strict=True):
            if ids or key not in FREE:
                continue
            if any(other.named(key, value) for other in others):
                passed = passed or not key.startswith(WITHOUT)
            elif not bag.has_errors:
                bag.extend([unnamed(key, value, span, index, "error", search=True)])
        met[key] = frozenset[str]().union(*found)
    return None if passed and any(not ids for ids in met.values()) else meeting(met, index)


def _taught(deck: Deck, ids: Ids) -> bool:
    """Whether one of these notes is taught: what is retired is not printed."""
    return any(note.id in ids for note in deck.notes() if note.retired is None)


def problem_of(job: PrintJob) -> str:
    """Why a job cannot be printed, in words that follow a colon; "" when it can."""
    if job.layout in ON_CARDS:
        try:
            grid_for(job)
            if job.layout == "calibration":
                calibration_for(job)
            if job.layout == "leitner":
                dividers_for(job, job.boxes + 1)
        except GridError as error:
            return str(error)
    if bool(job.start) != bool(job.exam):
        return "a calendar needs both its first day, `start`, and that of the exam, `exam`"
    if job.start and job.start >= job.exam:
        return "the exam must be later than the start"
    if job.start and (date.fromisoformat(job.exam) - date.fromisoformat(job.start)).days > LONGEST:
        return f"from the start to the exam there are more than {LONGEST} days"
    return ""


# ---- jobs that are asked for ------------------------------------------------------------------------------------


def jobs_for(
    deck: Deck, project: Project, asked: Asked, indexes: MappingType[str, Index], bag: Bag
) -> tuple[PrintJob, ...]:
    """All jobs of a deck in one build: what is asked for, else every named job and the project's layouts on its papers.

    `indexes` are those of all decks that are built; a deck is passed over when sets or tags of others are asked for.
    """
    if not asked:
        named = {job.name for job in deck.jobs}
        plain = [
            PrintJob(layout, paper)
            for layout in dict.fromkeys(project.layouts)
            if layout not in named and (layout != SUMMARY or deck.summary)
            for paper in dict.fromkeys(project.papers)
        ]
        return (*plain, *deck.jobs)
    jobs = _called(deck, asked, bag) if asked.names else _plain(deck, project, asked, bag)
    jobs = [
        replace(job, **{key: value for key, value in asked.settings.items() if job.layout in SETTINGS[key].layouts})
        for job in jobs
    ]
    if asked.criteria:
        chosen = _chosen(deck, asked, indexes, bag)
        if chosen is None:
            return ()
        words = words_of(asked.criteria)
        jobs = [
            _narrowed(job, chosen, words, deck, bag) if job.layout in SETTINGS["count"].layouts else job for job in jobs
        ]
    for job in jobs:
        problem = problem_of(job)
        if problem:
            hint = (
                "Say both days, as `--start 2027-01-11 --exam 2027-03-20`."
                if "exam" in problem
                else "Choose another value, or other paper."
            )
            bag.error("bad-print-job", f"`{job.layout}` cannot be printed: {problem}", deck.span, "", hint)
    return tuple(jobs)


def words_of(criteria: MappingType[str, Sequence[str]]) -> str:
    """What is chosen, as a part of a file's name: `02-binding`; so a part of a deck never takes the place of the whole.

    What makes too long a name, or none, is told apart by a code.
    """
    values = [(WITHOUT if key.startswith(WITHOUT) else "") + value for key, some in criteria.items() for value in some]
    slugs = (re.sub("[^a-z0-9]+", "-", PurePosixPath(value.lower()).stem).strip("-") for value in values)
    words = "-".join(slug for slug in slugs if slug)
    if words and len(words) <= CHOICE:
        return words
    code = hashlib.sha256("\0".join(values).encode()).hexdigest()[:6]
    return f"{words[: CHOICE - 7].strip('-')}-{code}".strip("-")


def _narrowed(job: PrintJob, chosen: Ids, words: str, deck: Deck, bag: Bag) -> PrintJob:
    both = chosen if job.notes is None else job.notes & chosen
    if not _taught(deck, both) and not bag.has_errors:
        bag.error("empty-job", f"of the notes of the print job `{job.name}`, none meets all that is asked for", deck.span, "", "Widen the choice.")  # fmt: skip
    return replace(job, notes=both, choice=words)


def _plain(deck: Deck, project: Project, asked: Asked, bag: Bag) -> list[PrintJob]:
    """A job for each layout and paper asked for. Where all layouts are, or none by its name, a deck has what it can have."""
    layouts = list(dict.fromkeys(asked.layouts or _fitting(project, asked)))
    is_named = bool(asked.layouts) and not set(layouts).issuperset(LAYOUTS)
    if SUMMARY in layouts and deck.summary is None:
        if is_named:
            bag.error("no-summary", NO_SUMMARY.format(deck=deck.key), deck.span, "", SUMMARY_HINT)
        layouts.remove(SUMMARY)
    if "calibration" in layouts and not is_named and asked.settings.get("duplex") in ("fold", "none"):
        layouts.remove("calibration")  # there is nothing to calibrate
    papers = dict.fromkeys(asked.papers or _papers(project, asked))
    return [PrintJob(layout, paper) for layout in layouts for paper in papers]


def _called(deck: Deck, asked: Asked, bag: Bag) -> list[PrintJob]:
    """The jobs of these names, each on the papers asked for, else on its own."""
    found = []
    for name, jobs in groupby(deck.jobs, key=lambda job: job.name):
        if name in asked.names:
            own = list(jobs)
            found += [replace(own[0], paper=paper) for paper in dict.fromkeys(asked.papers)] if asked.papers else own
    for key in asked.settings if found else ():
        layouts = SETTINGS[key].layouts
        if key != "offset" and not any(job.layout in layouts for job in found):  # an offset may be that of a printer
            bag.error("bad-setting", f"`{key}` does not belong to the layout `{found[0].layout}` of the print job `{found[0].name}`", deck.span, "",
                      f"It belongs to {', '.join(f'`{each}`' for each in layouts)}. Leave it out here.")  # fmt: skip
    return found


def _fitting(project: Project, asked: Asked) -> Sequence[str]:
    """The layouts to which all settings belong: the project's own where there are such, else all.

    An offset says how a printer is, and may come from the environment: it only decides where nothing else is said.
    """
    others = asked.settings.keys() - {"offset"}
    deciding = others if others or asked.papers or asked.criteria else asked.settings
    allowed = set(LAYOUTS).intersection(
        *(SETTINGS[key].layouts for key in deciding), *(CHOOSERS[key] for key in asked.criteria)
    )
    own = [layout for layout in project.layouts or DEFAULT_LAYOUTS if layout in allowed]
    return own or [layout for layout in LAYOUTS if layout in allowed]


def _papers(project: Project, asked: Asked) -> Sequence[str]:
    size = asked.settings.get("size")
    return (size.paper,) if isinstance(size, CardSize) and size.paper else project.papers


def _chosen(deck: Deck, asked: Asked, indexes: MappingType[str, Index], bag: Bag) -> Ids | None:
    named = {
        key: [(deck.span, _set_name(value, indexes.values()) if key == "sets" else value) for value in values]
        for key, values in asked.criteria.items()
    }
    chosen = _met(named, indexes[deck.key], [each for key, each in indexes.items() if key != deck.key], bag)
    if chosen is not None and not _taught(deck, chosen) and not bag.has_errors:
        bag.error("empty-job", f"no note of the deck `{deck.key}` meets all that is asked for", deck.span, "", "Widen the choice.")  # fmt: skip
    return chosen


def _set_name(value: str, indexes: Iterable[Index]) -> str:
    """What a set is called in the settings, of which its file without the ending is said, or its title."""
    name = value.removeprefix("./").rstrip("/")
    for index in indexes:
        found = [f"{name}{ending}" for ending in ENDINGS if f"{name}{ending}" in index.sets]
        found += [one.path for one in index.deck.sets if one.title.casefold() == value.strip().casefold()]
        if name not in index.sets and found:
            return found[0]
    return name


def no_job(name: str, decks: Iterable[Deck], span: Span, bag: Bag) -> None:
    """Say that no deck has a job of this name."""
    known = list(dict.fromkeys(job.name for deck in decks for job in deck.jobs))
    near = nearest(name, known)
    bag.error("unknown-job", f"there is no print job `{name[:60]}`", span, f"did you mean `{near}`?" if near else "",
              f"The print jobs are {', '.join(f'`{each}`' for each in known) or 'none yet: name them under `print` in `deckgen.yaml`'}.")  # fmt: skip
