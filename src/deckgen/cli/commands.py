"""The commands. Each parses, calls, reports; what it does is done elsewhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from deckgen import build as pipeline
from deckgen import release as publishing
from deckgen import report, shapes
from deckgen.cli import covering, listing, printing, releasing, scaffold
from deckgen.cli.console import Console
from deckgen.cli.printing import print_options
from deckgen.codes import CODES, describe
from deckgen.coverage import coverage
from deckgen.diagnostics import Bag, nearest
from deckgen.editions import news
from deckgen.editions.review import ledgers_of
from deckgen.editions.safety import CODES as UNSAFE
from deckgen.export import EXPORTERS
from deckgen.model import Artifact, Collection
from deckgen.project import read_project
from deckgen.templating import builtin_files

F = TypeVar("F", bound=Callable[..., Any])
STYLES = ("full", "short", "json", "github")
CONTENT = 1
DAY = 86_400


def message_format(function: F) -> F:
    """The option --message-format."""
    option = click.option(
        "--message-format",
        "style",
        type=click.Choice(STYLES),
        default="full",
        show_default=True,
        help="How to show problems.",
    )
    return option(function)


class Timestamp(click.ParamType[int]):
    """Seconds since 1970, or `now`."""

    name = "seconds"
    seconds = click.IntRange(0, 2**32 - 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of seconds."""
        if isinstance(value, str) and value.strip() == "now":
            return now()
        seconds = int(self.seconds.convert(value, param, ctx))
        if seconds > now() + DAY:
            self.fail("It lies in the future: until then Anki would let these notes win over whatever a student writes.", param, ctx)  # fmt: skip
        return seconds


class Day(click.ParamType[dt.date]):
    """A day of the calendar. Seconds since 1970 stand for one, too: so SOURCE_DATE_EPOCH gives it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The day."""
        text = str(value).strip()
        # Eight digits are a day without `-`, and not seconds in 1970; twenty are more than Python likes to read.
        if text.isascii() and text.isdigit() and len(text) != 8 and len(text) < 20:
            return day_of(int(Timestamp.seconds.convert(int(text), param, ctx)))
        try:
            day = dt.date.fromisoformat(text) if shapes.DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or day.year not in shapes.YEARS:
            self.fail(f"{text} is not a day. Write year, month and day, as in 2027-12-01.", param, ctx)
        return day


def day_of(seconds: int) -> dt.date:
    """The day (UTC) of a time in seconds since 1970."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date()


def now() -> int:
    """The time by the clock of this computer, in seconds since 1970."""
    return int(time.time())


def strict(function: F) -> F:
    """The option --strict."""
    return click.option("--strict", is_flag=True, help="Let warnings fail, too.")(function)


@click.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def init(console: Console, directory: Path | None) -> None:
    """Start a project in DIRECTORY (default: here). Never overwrites a file.

    \b
    deckgen init heart
    deckgen -C heart build
    """
    folder = console.place / directory if directory else console.place
    for path in scaffold.start(folder):
        console.say(f"wrote {_shown(folder / path)}")
    there = f'-C "{_shown(folder)}" ' if " " in _shown(folder) else f"-C {_shown(folder)} "
    console.say(f"Next: deckgen {there if folder != Path.cwd() else ''}build")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--today",
    type=Day(),
    metavar="DATE",
    envvar="SOURCE_DATE_EPOCH",
    help="The day on which facts that change are not to be older than twelve months, in place of SOURCE_DATE_EPOCH or the clock.",
)
@message_format
@strict
@click.pass_obj
def check(console: Console, paths: tuple[str, ...], today: dt.date | None, style: report.Style, *, strict: bool) -> int:
    """Read and judge the project; write nothing. With PATHs, show only problems in those files or folders.

    \b
    deckgen check
    deckgen check --strict --message-format github
    deckgen check cards/heart/01-basics.yaml
    deckgen check --today 2027-12-01
    """
    result = pipeline.check(console.root, progress=console.progress, today=today or day_of(now()))
    wanted = [_inside(path, console.root) for path in paths] if result.collection else []
    shown = [item for item in result.bag if not wanted or any(_lies_in(item.span.path, path) for path in wanted)]
    console.diagnostics(shown, style, to_output=True)
    if style in ("full", "short"):
        console.say(report.summary(shown) if shown else f"No problems in {_counts(result)}.")
    failed = any(item.severity == "error" or strict for item in shown)
    return CONTENT if failed else 0


def _inside(path: str, root: Path) -> str:
    if not Path(path).exists():
        raise click.BadParameter(f"There is no file or folder {path}.", param_hint="PATH")
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - without following links
    for each in (absolute, absolute.resolve()):
        if each.is_relative_to(root):
            return each.relative_to(root).as_posix()
    raise click.BadParameter(f"{path} does not lie in the project {root}.", param_hint="PATH")


def _lies_in(path: str, wanted: str) -> bool:
    return wanted in (".", path) or path.startswith(f"{wanted}/")


@click.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(tuple(EXPORTERS)),
    help="Only this format; may be given again.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write here instead of the project's build/.",
)
@print_options
@click.option(
    "--timestamp",
    type=Timestamp(),
    metavar="SECONDS",
    envvar="SOURCE_DATE_EPOCH",
    help="Build stamp, in seconds since 1970 or `now`, in place of SOURCE_DATE_EPOCH or the edition's time.",
)
@click.option(
    "--since",
    multiple=True,
    metavar="VERSION",
    help="Make the text update for students of this edition; may be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about what was built.")
@message_format
@strict
@click.pass_obj
def build(
    console: Console, /, decks: tuple[str, ...], formats: tuple[str, ...], output: Path | None, timestamp: int | None,
    since: tuple[str, ...], style: report.Style, *, as_json: bool, strict: bool, **printed: Any,
) -> int:  # fmt: skip
    """Check, then write the artifacts of all DECKs (default: every deck) into build/.

    What is said of printing takes the place of what the project prints, and makes PDFs only.

    \b
    deckgen build
    deckgen build heart -f apkg
    deckgen build -f pdf --layout cards --paper letter --size 3x5in --duplex short --offset 0.4,-1.1
    deckgen build -f pdf --layout all -o /tmp/print
    deckgen build --layout quiz --set 02-binding.yaml --count 20 --versions 2
    """
    chosen = printing.asked(printed)
    if formats and "pdf" not in formats and any(chosen.values()):
        raise click.UsageError("What is said of printing needs the format pdf: add -f pdf, or leave out -f.")
    options = pipeline.Options(
        decks=decks, formats=formats, output=output.resolve() if output else None, timestamp=timestamp, strict=strict, since=since,
        **chosen,
    )  # fmt: skip
    result = pipeline.build(console.root, options, console.progress)
    failed = result.failed(strict=strict)
    if as_json:
        console.result(json.dumps(_built(result), indent=1))
        return CONTENT if failed else 0
    _say_finished(console, result)
    console.diagnostics(result.bag, style, to_output=False)
    if failed:
        console.say(
            f"{report.summary(result.bag)}; nothing was written. `deckgen explain CODE` says more about a problem."
        )
        return CONTENT
    for artifact in result.artifacts:
        unchanged = "" if artifact.name in result.changed else "  (unchanged)"
        console.say(
            f"{_shown(result.output / artifact.name)}  {len(artifact.data) / 1000:,.0f} kB{_pages(artifact)}{unchanged}"
        )
    if result.project and result.project.allow:
        console.say(f"May run on every student's device: {', '.join(result.project.allow)}")
    console.say(_counts(result) + (f"; {report.summary(result.bag)}" if len(result.bag) else ""))
    for key, plan in result.plans.items():
        if plan.is_draft:
            found = result.reviews[key]
            console.say(
                f"{key} is a draft, {plan.edition.version}: {news.summary(found)} since {found.published.last.version}."
                f" `deckgen release {key}` publishes it."
            )
    return 0


def _pages(artifact: Artifact) -> str:
    """How many pages a PDF has: what goes into the tray. Typst writes the tree of pages first."""
    found = re.search(rb"/Type/Pages/Count ([0-9]{1,6})", artifact.data[:4096]) if artifact.format == "pdf" else None
    return f", {int(found[1]):,} page{'s' * (found[1] != b'1')}" if found else ""


def _say_finished(console: Console, result: pipeline.Result) -> None:
    if result.finished:
        listed = ", ".join(report.visible(path) for path in result.finished)
        console.say(f"An interrupted release was finished first: {listed}. Commit it and tag it, as after any release.")


def _built(result: pipeline.Result) -> dict[str, object]:
    return {
        "artifacts": [
            {
                "path": _shown(result.output / artifact.name),
                "format": artifact.format,
                "deck": artifact.deck,
                "sha256": hashlib.sha256(artifact.data).hexdigest(),
                "bytes": len(artifact.data),
            }
            for artifact in result.artifacts
        ],
        "editions": {
            key: {"version": plan.edition.version, "draft": plan.is_draft, "time": plan.edition.time}
            for key, plan in result.plans.items()
        },
        "notes": result.notes,
        "cards": result.cards,
        "diagnostics": [report.as_data(item) for item in result.bag],
    }


@click.command()
@click.argument("decks", nargs=-1, metavar="[DECK]...")
@click.option("--dry-run", is_flag=True, help="Show what would happen; write nothing.")
@click.option(
    "--edition", default="", metavar="VERSION", help="The version, in place of the one that follows from the changes."
)
@click.option(
    "--accept",
    multiple=True,
    type=click.Choice(UNSAFE),
    metavar="CODE",
    help="Make unsafe changes of this kind all the same; may be given again.",
)
@click.option(
    "--frozen", is_flag=True, help="Make no new edition: fail if the deck has changed, else write its artifacts."
)
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="APKG",
    help="The package of the last edition, to show what differs word by word.",
)
@click.option(
    "--timestamp",
    type=Timestamp(),
    metavar="SECONDS",
    envvar="SOURCE_DATE_EPOCH",
    help="When the edition is made, in seconds since 1970, in place of SOURCE_DATE_EPOCH or the clock.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object about the edition.")
@message_format
@strict
@click.pass_obj
def release(
    console: Console, decks: tuple[str, ...], edition: str, accept: tuple[str, ...], against: Path | None, timestamp: int | None,
    style: report.Style, *, dry_run: bool, frozen: bool, as_json: bool, strict: bool,
) -> int:  # fmt: skip
    """Publish an edition of DECK: its ledger, changelog, packages and pages, as one step.

    \b
    deckgen release osteoporosis --dry-run
    deckgen release osteoporosis
    deckgen release osteoporosis --edition 2.0.0 --accept removed-cards
    """
    moment = now() if timestamp is None else timestamp
    options = publishing.Options(moment, decks, edition, accept, frozen=frozen, strict=strict)
    made = (publishing.plan if dry_run else publishing.release)(console.root, options, console.progress)
    failed = made.result.failed(strict=strict)
    if as_json:
        console.result(json.dumps(releasing.as_data(made), indent=1))
        return CONTENT if failed else 0
    _say_finished(console, made.result)
    console.diagnostics(made.result.bag, style, to_output=False)
    for key in made.plans:
        console.say(releasing.as_text(made, key, against, colored=console.colors(sys.stderr)))
    if failed:
        console.say(f"{report.summary(made.result.bag)}; nothing was released. `deckgen explain CODE` says more.")
        return CONTENT
    for path in made.changed:
        console.say(f"wrote {_shown(console.root / path)}")
    if dry_run:
        console.say("Nothing was written.")
    elif made.changed:
        console.say(releasing.next_steps(made))
    return 0


def _counts(result: pipeline.Result) -> str:
    notes, cards = result.notes, result.cards
    return f"{notes:,} note{'s' * (notes != 1)}, {cards:,} card{'s' * (cards != 1)}"


def _shown(path: Path) -> str:
    """A path as the person at this terminal would type it."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


@click.command("list")
@click.argument("what", type=click.Choice((*listing.LISTINGS, "coverage", "editions", *listing.WITHOUT_COLLECTION)))
@click.option("--all", "every", is_flag=True, help="Of the coverage: show every statement with its notes, too.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array.")
@message_format
@click.pass_obj
def list_(console: Console, what: str, style: report.Style, *, every: bool, as_json: bool) -> int:
    """Show what the project holds: notes, decks, sets, packages, tags, references, jobs, editions.

    `layouts` are the printed forms there are, `sizes` the sizes of cards, `templates` all that can be replaced.

    `coverage` counts what each deck covers of its topics and statements, and fails where it lacks something.

    \b
    deckgen list notes
    deckgen list notes --json | jq '.[].id'
    deckgen list coverage --all
    """
    if every and what != "coverage":
        raise click.UsageError("--all belongs to `deckgen list coverage`; other lists are always whole.")
    if what in listing.WITHOUT_COLLECTION:
        rows = listing.WITHOUT_COLLECTION[what](console.root)
        console.result(json.dumps(rows, indent=1) if as_json else listing.as_text(what, rows))
        return 0
    if what == "editions":  # so has one whose cards have mistakes
        bag = Bag()
        project = read_project(console.root, bag)
        rows = listing.editions(ledgers_of(project, bag)) if project else []
        console.diagnostics(bag, style, to_output=False)
        console.result(json.dumps(rows, indent=1) if as_json else listing.as_text(what, rows))
        return CONTENT if bag.has_errors else 0
    result = pipeline.read(console.root, progress=console.progress)
    if result.failed() or result.collection is None:
        console.diagnostics(result.bag, style, to_output=False)
        return CONTENT
    if what == "coverage":
        return _list_coverage(console, result.collection, every=every, as_json=as_json)
    rows = listing.LISTINGS[what](result.collection)
    console.result(json.dumps(rows, indent=1) if as_json else listing.as_text(what, rows))
    return 0


def _list_coverage(console: Console, collection: Collection, *, every: bool, as_json: bool) -> int:
    found = [(coverage(deck), collection.note_types[deck.language]) for deck in collection.decks]
    if as_json:
        console.result(json.dumps([covering.as_data(each, types) for each, types in found], indent=1))
    else:
        console.result("\n\n".join(covering.as_text(each, types, every=every) for each, types in found))
    return 0 if all(each.is_complete for each, _ in found) else CONTENT


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.pass_obj
def eject(console: Console, names: tuple[str, ...]) -> None:
    """Copy the built-in templates NAME... into the project's templates/, to change them. Never overwrites a file.

    \b
    deckgen eject anki/recall.back.html
    deckgen eject anki/labels.toml print/cards.typ
    """
    known = builtin_files()
    wanted = [name.removeprefix("templates/") for name in names]
    for name in wanted:
        if name not in known:
            near = nearest(name, known)
            raise click.BadParameter(
                f"There is no built-in template {name}.{f' Did you mean {near}?' if near else ''}\n"
                f"The templates are {', '.join(known)}.",
                param_hint="NAME",
            )
    for path in scaffold.eject(console.root, wanted):
        console.say(f"wrote {_shown(console.root / path)}")
    console.say("Next: change what you want to, and delete the files you do not need; what is missing is built in.")


@click.command()
@click.argument("code", required=False)
@click.pass_obj
def explain(console: Console, code: str | None) -> None:
    """Say what the problem CODE means and how to mend it; without CODE, list all.

    \b
    deckgen explain unknown-key
    """
    if code is None:
        console.result("\n".join(f"{name:<22} {entry.title}" for name, entry in sorted(CODES.items())))
    elif code in CODES:
        console.result(describe(code))
    else:
        near = nearest(code, CODES)
        raise click.BadParameter(
            f"There is no problem of this name.{f' Did you mean {near}?' if near else ''}", param_hint="CODE"
        )


COMMANDS: tuple[click.Command, ...] = (init, check, build, release, list_, eject, explain)
