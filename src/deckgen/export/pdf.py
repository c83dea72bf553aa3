"""A deck to printed pages: every print job to its PDFs.

Text reaches Typst as data, never as markup. What cannot be printed as it stands is reported by the name of its
note, and nothing is lost: an unknown character stands there as its code, a text too long for its card is
continued on the last pages. Knows how the parts are put together; the looks lie in `templates/print/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Any

from deckgen.diagnostics import Bag, Source, Span
from deckgen.jobs import PAPERS, PrintJob
from deckgen.jobs.settings import ON_CARDS
from deckgen.model import Artifact, Context, Deck, ExtraFonts, Note
from deckgen.printing.dialog import for_printer
from deckgen.printing.documents import Document, about, documents, options_of
from deckgen.printing.fontfiles import laid_out
from deckgen.printing.fonts import Fonts
from deckgen.printing.looks import look_of
from deckgen.printing.sheets import wide_of
from deckgen.printing.typesetting import Fit, LayoutError, Typeset, pixels, typeset, typeset_limited
from deckgen.printing.writer import Writer
from deckgen.sandbox import SandboxError

Json = dict[str, Any]
POINT = 25.4 / 72  # mm
UNSETTLED = "did not converge"  # what Typst says of pages that depend on themselves
LETTERS = 0.74  # how high a line of letters is, in their size; its leading comes on top
SHEET = "sheet"  # the side of a page that a layout fits as a whole: the summary


@dataclass(slots=True)
class _Press:
    """What every page of one deck is made with, and what turned out not to fit: (card, side) -> what was said of it."""

    deck: Deck
    context: Context
    bag: Bag
    writer: Writer
    fonts: Path | None = None  # where the project's fonts lie
    overflows: dict[tuple[str, str], list[tuple[PrintJob, Fit]]] = field(default_factory=dict)


def inspect(deck: Deck, jobs: Iterable[PrintJob], bag: Bag, fonts: ExtraFonts) -> None:
    """Report what cannot be printed as it stands (formulas, characters), without setting a page."""
    writer = Writer(deck, bag, Fonts(fonts))
    for job in {_content(job): job for job in jobs}.values():
        documents(deck, job, writer)
    writer.report_missing()


def export(deck: Deck, context: Context, bag: Bag) -> list[Artifact]:
    """The PDFs of all jobs of `context`; none when something cannot be printed at all."""
    if not any(note.retired is None for note in deck.notes()):
        return []
    with laid_out(context.fonts.files) as fonts:
        return _printed(_Press(deck, context, bag, Writer(deck, bag, Fonts(context.fonts)), fonts))


def _printed(press: _Press) -> list[Artifact]:
    deck, bag = press.deck, press.bag
    before = len(bag)
    written = _written(press)
    if any(item.severity == "error" for item in bag.items[before:]):
        return []
    press.writer.report_missing()
    if not _draw(press):
        return []
    artifacts = []
    for job, each in written:
        pdf = _pages(job, each, press)
        if pdf is None:
            return []
        name = "-".join(filter(None, [deck.key, job.stem, each.suffix, job.paper]))
        artifacts.append(Artifact(f"{name}.pdf", "pdf", deck.key, pdf))
    _report_overflows(press)
    if any(item.severity == "error" for item in bag.items[before:]):
        return []
    return artifacts


def _written(press: _Press) -> list[tuple[PrintJob, Document]]:
    """Every document with its job. What a job says of its texts is written once, for all the papers it is printed on."""
    head = about(press.deck, press.writer)
    made: dict[tuple[PrintJob, float], list[Document]] = {}
    found = []
    for job in press.context.jobs:
        content = _content(job)
        if content not in made:
            made[content] = [
                each._replace(data={**head, **each.data}) for each in documents(press.deck, job, press.writer)
            ]
        found += [(job, each) for each in made[content]]
    return found


def _content(job: PrintJob) -> tuple[PrintJob, float]:
    """A job without what only says where things stand on a page: jobs that are equal in it have the same texts."""
    plain = replace(
        job, paper="a4", name="", choice="", size=job.cards, duplex="long", turn="book", offset=(0.0, 0.0), marks="", bleed=0.0,
        corners=0.0, margin=5.0, ink="colour", overflow="continue",
    )  # fmt: skip
    return plain, wide_of(job) if job.layout == "cards" else 0.0


def _draw(press: _Press) -> bool:
    """Make pictures of the drawings that have covers; False when that failed and has been reported."""
    failed = False
    for name, svg in press.writer.drawings.items():
        try:
            press.writer.files[name] = pixels(svg, press.fonts)
        except LayoutError:
            if not _report_images(press):
                raise  # the drawing can be printed: a fault of our own
            return False
        except SandboxError as error:
            failed = True
            path = next(path for path in press.writer.images if press.deck.media[path].data == svg)
            place = press.writer.images[path]
            press.bag.error(
                "image-unreadable",
                f"the picture `{path}`, in {place.words}, cannot be printed under its masks: {error}",
                place.span,
                "",
                "Draw it with fewer and simpler elements: no large patterns, masks or many transparent groups.",
            )
    return not failed


def _pages(job: PrintJob, document: Document, press: _Press) -> bytes | None:
    """The PDF, set twice where a card's text turned out too long: the second time with pages for it at the end."""
    done = _set(job, document, (), press)
    overlong = [fit for fit in done.fits if not fit.ok] if done else []
    for fit in overlong:
        press.overflows.setdefault((fit.id, fit.side), []).append((job, fit))
    if cards := [f"{fit.id} {fit.side}" for fit in overlong if fit.side != SHEET]:
        done = _set(job, document, cards, press)
    if done and job.layout in ON_CARDS:  # a divider has nothing on its back
        return for_printer(done.pdf, "none" if job.layout == "leitner" else job.duplex)
    return done.pdf if done else None


def _set(job: PrintJob, document: Document, overlong: Sequence[str], press: _Press) -> Typeset | None:
    """The document as Typst sets it, or None when that failed and has been reported."""
    files = {
        **press.context.print_files,
        **press.writer.files,
        "main.typ": f'#include "{document.layout}.typ"\n'.encode(),
        "deck.json": json.dumps(document.data, ensure_ascii=False).encode(),
    }
    try:
        options = {**options_of(press.deck, job, press.writer.fonts), "overlong": overlong}
        return _settled(files, options, press, apart="volume" in document.data)
    except (LayoutError, SandboxError) as error:
        if not _report_images(press):
            if press.context.print_trusted and press.fonts:
                _report_fonts(error, press)
                return None
            if press.context.print_trusted:
                raise  # no picture and no layout of the project's: a fault of our own
            _report_layout(document.layout, error, press)
        return None


def _settled(files: Mapping[str, bytes], options: Json, press: _Press, *, apart: bool) -> Typeset:
    """The document; where the columns of a last page cannot be made alike because pages never settle, without that."""
    for balance in (True, False):
        made = {**files, "options.json": json.dumps({**options, "balance": balance}).encode()}
        try:
            return _composed(made, press, apart=apart)
        except LayoutError as error:
            if not balance or UNSETTLED not in error.message:
                raise
    raise AssertionError  # the loop has returned or raised


def _composed(files: Mapping[str, bytes], press: _Press, *, apart: bool) -> Typeset:
    """Set here, or in a child process: what is not ours needs limits, and a long run gives its memory back there."""
    trusted = press.context.print_trusted
    if trusted and not press.fonts and not apart:
        return typeset(files, press.context.timestamp)
    return typeset_limited(files, press.context.timestamp, press.fonts, generous=trusted)


# --- what went wrong ---------------------------------------------------------------------------------------------


def _report_overflows(press: _Press) -> None:
    """Say of every side that no size could fit, once, in which jobs that is so, and by how many lines."""
    notes: dict[str, Note] = {}
    for note in press.deck.notes() if press.overflows else ():
        notes.setdefault(note.id, note)
    for (card, side), met in press.overflows.items():
        if side == SHEET:
            _report_summary(met, press)
            continue
        shown = notes.get(card) or notes.get(card.rpartition("/")[0])
        if shown is None:
            continue  # a project's layout may speak of things that are no cards
        stopping = [each for each in met if each[0].overflow == "stop"]
        worst = stopping or met
        where = " and ".join(dict.fromkeys(PAPERS[job.paper].name for job, _ in worst))
        job, fit = max(worst, key=lambda each: each[1].need - each[1].have)
        look = look_of(job)
        smallest = look.card_sizes[-1]
        lines = ceil((fit.need - fit.have) / (smallest * (LETTERS + look.leading) * POINT))
        what = (
            f"is {lines} line{'s' * (lines != 1)} too long"
            if lines > 0
            else "holds a word, code or table wider than the card"
        )
        stops = bool(stopping)
        (press.bag.error if stops else press.bag.warning)(
            "overflow",
            f"the {side} of the card `{card}` {what}, even at {smallest:g} points ({where}, {job.cards.name})",
            shown.span,
            "",
            "Shorten it, move a part of it to `more`, or take larger cards."
            if stops
            else "It is continued on the last pages. Shorten it, or move a part of it to `more`.",
        )


def _report_summary(met: list[tuple[PrintJob, Fit]], press: _Press) -> None:
    """Say that the summary is more than a page, and by how many lines."""
    summary = press.deck.summary
    if summary is None:
        return  # a project's layout may say anything
    where = " and ".join(dict.fromkeys(PAPERS[job.paper].name for job, _ in met))
    fit = max((fit for _, fit in met), key=lambda each: each.need - each.have)
    lines = max(1, ceil((fit.need - fit.have) / (fit.size * (LETTERS + look_of(met[0][0]).leading) * POINT)))
    stops = any(job.overflow == "stop" for job, _ in met)
    (press.bag.error if stops else press.bag.warning)(
        "summary-too-long",
        f"the summary is {lines} line{'s' * (lines != 1)} longer than a page, even at {fit.size:g} points ({where})",
        summary.span,
        "",
        "Shorten it, or let a section with little in it share the width with another, without `wide`."
        if stops
        else "It goes on on the next page. Shorten it, or let a section with little in it share the width with another.",
    )


def _report_images(press: _Press) -> bool:
    """Whether a picture is to blame; each that Typst cannot read is an error with the place that shows it."""
    found = False
    fonts = ", ".join(json.dumps(name) for name in press.writer.fonts.text)
    for path, place in press.writer.images.items():
        media = press.deck.media[path]
        page = f'#set document(title: "x")\n#set text(font: ({fonts}), fallback: false)\n#image({json.dumps(media.name)}, alt: "x")'
        try:
            files = {"main.typ": page.encode(), media.name: media.data}
            if press.fonts:
                typeset_limited(files, press.context.timestamp, press.fonts)
            else:
                typeset(files, press.context.timestamp)
        except LayoutError as error:
            found = True
            press.bag.error(
                "image-unreadable",
                f"the picture `{path}`, in {place.words}, cannot be printed: {error.message}",
                place.span,
                "",
                "Save it again from a drawing program; where it is a matter of a letter, turn the text into outlines.",
            )
    return found


def _report_fonts(error: LayoutError | SandboxError, press: _Press) -> None:
    """Say that the project's fonts are to blame, when nothing else can be."""
    name, span = next(iter(press.context.fonts.entries.items()))
    listed = f"`{name}` or another of its fonts" if len(press.context.fonts.entries) > 1 else f"`{name}`"
    press.bag.error("bad-font", f"the pages of `{press.deck.key}` cannot be set with {listed}: {error}", span, "",
                    "Leave out one font after the other, or take another file of it.")  # fmt: skip


def _report_layout(layout: str, error: LayoutError | SandboxError, press: _Press) -> None:
    """Say where a layout of the project's went wrong."""
    files = press.context.print_files
    if isinstance(error, SandboxError):
        error = LayoutError(f"this layout could not be set: {error}")
    name = error.file if error.file in files else f"{layout}.typ"
    source = Source(f"templates/print/{name}", files.get(name, b"").decode(errors="replace"))
    starts = source.line_starts
    start = min(starts[min(error.line, len(starts)) - 1] + error.column - 1, len(source.text))
    end = min(start + 1, len(source.text))
    again = "If it was copied from an earlier deckgen, eject it again and carry your changes over."
    press.bag.error("template-error", error.message, Span(source, start, end), "", *error.hints, again)
