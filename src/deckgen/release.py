"""Making an edition: what it would mean, and its ledger, changelog and artifacts as one step.

`plan` changes nothing; `release` writes what `plan` found, everything or nothing. A deck with nothing to publish gets
its artifacts again, the same bytes, if they are not there. Knows the pipeline; not where the clock is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from deckgen import atomic
from deckgen import build as pipeline
from deckgen.checks import run_dated_checks
from deckgen.diagnostics import Bag, DeckgenError, Source
from deckgen.editions import changelog, news
from deckgen.editions.ledger import read_ledger, stamp, to_text
from deckgen.editions.plan import LEAST, Plan, release_plan
from deckgen.editions.releasenotes import release_notes
from deckgen.editions.review import Review, is_of_release, path_of, review
from deckgen.editions.safety import CODES
from deckgen.editions.versions import order
from deckgen.files import Refused
from deckgen.model import Collection
from deckgen.project import VERSION, VERSION_RULE, Project

EARLIEST = 946_684_800  # 2000-01-01; what is older says that a clock stands wrong


@dataclass(frozen=True, slots=True)
class Options:
    """What to release and when. `decks` by key, empty for the only one; `time` in seconds since 1970.

    `edition` is the version to give it, "" for the one that follows from the changes; `accept` the codes of unsafe
    changes to be made all the same. `frozen`: make no new edition, only the artifacts of the last one.
    """

    time: int
    decks: Sequence[str] = ()
    edition: str = ""
    accept: Container[str] = ()
    frozen: bool = False
    strict: bool = False


@dataclass(slots=True)
class Release:
    """What a release is, for each deck by key: `plans` and `reviews`; whose last edition stands are in `unchanged`.

    `files` has everything to be written, by path inside the project, `basis` what must still stand there then (None:
    nothing); `changed` the paths that were written.
    """

    result: pipeline.Result
    plans: dict[str, Plan] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    basis: dict[str, bytes | None] = field(default_factory=dict, repr=False)
    changed: list[str] = field(default_factory=list)


def release(root: Path, options: Options, progress: pipeline.Progress = lambda _: None) -> Release:
    """Publish the chosen decks of the project in `root`; nothing is written when anything is wrong.

    Raises DeckgenError when the disk refuses, or the time is not later than that of the last edition.
    """
    finished = atomic.finish(root, is_of_release)
    made = plan(root, options, progress)
    made.result.finished = finished
    if made.result.failed(strict=options.strict) or made.result.project is None:
        return made
    _refuse_older(made, options.time)
    _read_again(made)
    made.files |= _artifacts(made, progress)
    if made.result.failed(strict=options.strict):
        return made
    made.changed = atomic.write_all(
        made.result.project.folder.root, made.files, basis=made.basis, is_ours=is_of_release
    )
    return made


def plan(root: Path, options: Options, progress: pipeline.Progress = lambda _: None) -> Release:
    """What releasing would do; nothing is written. Unsafe changes that are not accepted are errors."""
    read = pipeline.Options(decks=options.decks, accept=options.accept)
    result = pipeline.read(root, read, progress)
    made = Release(result)
    project = result.project
    if project is None or result.collection is None:
        return made
    if any(each.severity == "error" and each.code not in CODES for each in result.bag.items):
        return made
    if len(result.collection.decks) > 1 and not options.decks:
        listed = " ".join(deck.key for deck in result.collection.decks)
        result.bag.error("which-deck", "this project has several decks, and each has editions of its own", project.head, "",
                         f"Name those to be released: `deckgen release {listed}`.")  # fmt: skip
        return made
    for deck in result.collection.decks:
        found = result.reviews.get(deck.key)
        # The version of a deck that was reviewed is that of the draft by now; the review has what the author wrote.
        _plan(made, found or review(deck, result.collection.note_types[deck.language], None), project, options)
    decks = [
        replace(deck, version=planned.edition.version, date=planned.edition.date)
        if (planned := made.plans.get(deck.key))
        else deck
        for deck in result.collection.decks
    ]
    result.collection = replace(result.collection, decks=tuple(decks))
    if not options.frozen:
        _warn_of_age(made, result.collection, options.time)
    return made


def _warn_of_age(made: Release, collection: Collection, time: int) -> None:
    """Say what a new edition would teach though it is old; of an edition that is made again, it was said then."""
    new = tuple(deck for deck in collection.decks if deck.key in made.plans and deck.key not in made.unchanged)
    day = dt.datetime.fromtimestamp(time, dt.UTC).date()
    made.result.bag.extend(run_dated_checks(replace(collection, decks=new), day))


def _plan(made: Release, found: Review, project: Project, options: Options) -> None:
    key = found.now.deck.key
    bag = made.result.bag
    span = found.now.deck.span
    made.reviews[key] = found
    if not _is_new_version(found, options.edition, made):
        return
    if options.time < EARLIEST:
        raise DeckgenError(
            f"this edition would be of {stamp(options.time)}",
            "Set the clock of this computer, or give a time with --timestamp.",
        )
    planned = release_plan(found, made.result.ledgers.values(), options.edition, options.time)
    if not VERSION.fullmatch(planned.edition.version):
        bag.error(
            "bad-version",
            f"the next version would be `{planned.edition.version}`",
            span,
            "",
            "Give one with `--edition`.",
        )
        return
    made.plans[key] = planned
    if found.ledger and planned.edition == found.ledger.last:
        made.unchanged.add(key)
        return
    if options.frozen:
        since = f"since {found.ledger.last.version}" if found.ledger else "and was never released"
        bag.error("unreleased-changes", f"the deck `{key}` has changes {since}", span, "",
                  f"Run `deckgen release {key}`, and commit what it writes. If there is nothing to release where the edition was made, something it was made from is not committed: `deckgen.yaml`, or a file in `templates/`.")  # fmt: skip
        return
    _refuse_unaccepted(found, options, made)
    _refuse_half_a_move(found, made)
    _report_since(found, planned, made)
    _write_down(made, key, planned, found, project)


def _refuse_older(made: Release, time: int) -> None:
    """An edition must be later than the one before, with room for drafts between."""
    for key in made.plans.keys() - made.unchanged:
        ledger = made.reviews[key].ledger
        if ledger and time < ledger.last.time + LEAST:
            raise DeckgenError(
                f"this edition would be of {stamp(time)}, but {ledger.last.version} is of {stamp(ledger.last.time)}",
                "Anki takes nothing from an older edition. Set the clock of this computer, or give a later time with --timestamp.",
            )


def _read_again(made: Release) -> None:
    """A ledger that could not be read again would lock its project up: it is not written."""
    for key in made.plans.keys() - made.unchanged:
        text = to_text(made.plans[key].ledger)
        if read_ledger(Source("ledger", text), key, Bag()) != made.plans[key].ledger:
            raise ValueError(f"the new ledger of {key} cannot be read again")


def _is_new_version(found: Review, version: str, made: Release) -> bool:
    """Whether the version asked for can be that of an edition now; problems go into the bag."""
    if not version:
        return True
    bag, span = made.result.bag, found.now.deck.span
    if not VERSION.fullmatch(version):
        bag.error("bad-version", f"`{version[:60]}` is not a valid version", span, "", VERSION_RULE)
        return False
    last = found.ledger.last.version if found.ledger else ""
    if last and version != last and order(version) <= order(last):
        bag.error("old-version", f"the edition {version} would come after {last}", span, "",
                  "Give a later version, or leave `--edition` out.")  # fmt: skip
        return False
    if version == last and found.changes:
        bag.error("old-version", f"the edition {version} is published, and the deck has changed since", span, "",
                  "Give a later version, or leave `--edition` out.")  # fmt: skip
        return False
    return True


def _refuse_unaccepted(found: Review, options: Options, made: Release) -> None:
    """What is not safe is not published unseen. Errors stop a build as well; a warning only this."""
    codes = list(dict.fromkeys(each.code for each in found.concerns if each.code not in options.accept))
    if codes:
        accepted = [code for code in CODES if code in options.accept]
        flags = " ".join(f"--accept {code}" for code in (*accepted, *codes))
        made.result.bag.error(
            "unsafe-edition", f"this edition would not be safe for students: {', '.join(codes)}", found.now.deck.span, "",
            f"Mend it as the other messages say, or release all the same: `deckgen release {found.now.deck.key} {flags}`. The changelog tells students what to do.",
        )  # fmt: skip


def _refuse_half_a_move(found: Review, made: Release) -> None:
    """A note that leaves this deck for another must be published there, or it would be gone without a word."""
    result = made.result
    here = {note.guid for deck in (result.collection.decks if result.collection else ()) for note in deck.notes()}
    key = found.now.deck.key
    there = {guid for other, ledger in result.ledgers.items() if other != key for guid in ledger.notes}
    for each in found.changes.left:
        if each.guid not in here and each.guid not in there:
            result.bag.error(
                "half-a-move", f"`{each.id}` moved to another deck, which is not released with this one", found.now.deck.span, "",
                "Release both decks at once, by naming them: `deckgen release DECK DECK`.",
            )  # fmt: skip


def _report_since(found: Review, planned: Plan, made: Release) -> None:
    """Say where a note that this edition retires names another edition."""
    for each in found.changes.retired:
        note, version = each.now.note, planned.edition.version
        if note.retired and order(note.retired.since) != order(version):
            made.result.bag.warning(
                "retired-since", f"`{note.id}` says it is retired since {note.retired.since}, but this edition is {version}", note.span, "",
                f"Write `since: {version}`, or choose the version: `deckgen release {found.now.deck.key} --edition {note.retired.since}`.",
            )  # fmt: skip


# ---- what is written ------------------------------------------------------------------------------------------


def _write_down(made: Release, key: str, planned: Plan, found: Review, project: Project) -> None:
    """The ledger and the changelog, and what they were written from."""
    folder = project.folder_of(key)
    ledger = path_of(folder)
    made.basis[ledger] = _bytes_of(project, ledger)
    if found.ledger and found.ledger.source and not _is_text_of(made.basis[ledger], found.ledger.source.text):
        raise DeckgenError(f"{ledger} changed while it was read", "Another release was made. Run this one again.")
    made.files[ledger] = to_text(planned.ledger).encode()
    path = f"{folder}/{changelog.NAME}"
    made.basis[path] = _bytes_of(project, path)
    entry = news.entry(planned, found)
    made.files[path] = changelog.with_entry(changelog_of(project, folder), found.now.deck.name, entry).encode()


def _bytes_of(project: Project, path: str) -> bytes | None:
    try:
        return project.folder.read(path) if project.folder.exists(path) else None
    except Refused as error:
        raise DeckgenError(f"cannot read {path}: {error.message}", error.hint) from error


def _is_text_of(data: bytes | None, text: str) -> bool:
    return data is not None and data.decode("utf-8", "replace").removeprefix("\ufeff") == text.removeprefix("\ufeff")


def changelog_of(project: Project, folder: str) -> str:
    """The changelog of the deck in `folder`, as text; "" when there is none."""
    path = f"{folder}/{changelog.NAME}"
    data = _bytes_of(project, path)
    try:
        return (data or b"").decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DeckgenError(f"cannot read {path}: it is not UTF-8", "Save it as UTF-8, or move it away.") from error


def _artifacts(made: Release, progress: pipeline.Progress) -> dict[str, bytes]:
    """The artifacts of every deck, in a folder that bears the edition's name, and the release notes.

    Of an edition that is published already only what is missing: what students have is never replaced.
    """
    project = made.result.project
    if project is None:
        return {}
    made.result.plans, made.result.reviews = made.plans, made.reviews
    artifacts = pipeline.export_all(made.result, pipeline.Options(), progress)
    files = {f"{folder_of(made.plans[one.deck], one.deck)}/{one.name}": one.data for one in artifacts}
    for key, planned in made.plans.items():
        folder = project.folder_of(key)
        written = made.files.get(f"{folder}/{changelog.NAME}")
        text = written.decode() if written is not None else changelog_of(project, folder)
        notes = release_notes(planned, made.reviews[key], changelog.entry_of(text, planned.edition.version))
        files[f"{folder_of(planned, key)}/{key}-release-notes.md"] = notes.encode()
    for key in made.unchanged:
        files = _without_published(files, key, made, project)
    return files


def _without_published(files: dict[str, bytes], key: str, made: Release, project: Project) -> dict[str, bytes]:
    """The files without those of a published edition that are there and would be others now."""
    planned = made.plans[key]
    inside = f"{folder_of(planned, key)}/"
    others = [
        path for path, data in files.items() if path.startswith(inside) and _bytes_of(project, path) not in (None, data)
    ]
    if others:
        made.result.bag.warning(
            "edition-differs", f"{len(others)} files of {key} {planned.edition.version} would not be what was published: {', '.join(path.removeprefix(inside) for path in others[:3])}",
            made.reviews[key].now.deck.span, "they were left as they are",
            "Another version of deckgen, or another layout. An edition for it: `--edition` with a later version. To write these files anew all the same, delete them.",
        )  # fmt: skip
    return {path: data for path, data in files.items() if path not in others}


def folder_of(planned: Plan, deck: str) -> str:
    """Where the artifacts of an edition lie, inside the project."""
    return edition_folder(deck, planned.edition.version)


def edition_folder(deck: str, version: str) -> str:
    """Where the artifacts of an edition of this version lie, inside the project."""
    return f"{pipeline.BUILD}/{deck}-{version}"
