"""A deck to printed pages: the handout, and cards to cut out, on A4 and US Letter.

Text reaches Typst as data, never as markup. What cannot be printed as it stands is reported by the name of its
note, and nothing is lost: an unknown character stands there as its code, a text too long for its card is
continued on the last pages. Knows how the parts are put together; the looks lie in `templates/print/`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from deckgen.diagnostics import Bag, Source, Span
from deckgen.model import Artifact, Context, Deck, Note
from deckgen.printing.cards import printed_cards
from deckgen.printing.extents import MEASURES
from deckgen.printing.fonts import CODE_FAMILIES, TEXT_FAMILIES
from deckgen.printing.handout import handout_data
from deckgen.printing.runs import safe_string
from deckgen.printing.sheets import GRIDS, sheet_data
from deckgen.printing.typesetting import Fit, LayoutError, Typeset, pixels, typeset, typeset_limited
from deckgen.printing.writer import Place, Writer, language
from deckgen.sandbox import SandboxError

Json = dict[str, Any]
DATA = {"handout": handout_data, "cards": sheet_data}
SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)  # points, for cards
NAMES = {"a4": "A4", "letter": "US Letter"}
NAME_WIDTH, LICENCE_WIDTH, VERSION_WIDTH = 28.0, 16.0, 8.0  # em, in the heads and feet of pages


@dataclass(slots=True)
class _Press:
    """What every page of one deck is made with, and what turned out not to fit: (card, side) -> what was said of it."""

    deck: Deck
    context: Context
    bag: Bag
    writer: Writer
    overflows: dict[tuple[str, str], list[tuple[str, Fit]]] = field(default_factory=dict)


def inspect(deck: Deck, bag: Bag) -> None:
    """Report what cannot be printed as it stands (formulas, characters), without setting a page."""
    writer = Writer(deck, bag)
    for write in DATA.values():
        write(deck, writer)
    writer.report_missing()


def export(deck: Deck, context: Context, bag: Bag) -> list[Artifact]:
    """One PDF for each layout and paper of `context`; none when something cannot be printed at all."""
    if not any(note.retired is None for note in deck.notes()):
        return []
    press = _Press(deck, context, bag, Writer(deck, bag))
    before = len(bag)
    written = {layout: {**_about(press), **DATA[layout](deck, press.writer)} for layout in context.layouts}
    if any(item.severity == "error" for item in bag.items[before:]):
        return []
    press.writer.report_missing()
    if not _draw(press):
        return []
    artifacts = []
    for layout, data in written.items():
        for paper in context.papers:
            pdf = _pages(layout, paper, data, press)
            if pdf is None:
                return []
            artifacts.append(Artifact(f"{deck.key}-{layout}-{paper}.pdf", "pdf", deck.key, pdf))
    _report_overflows(press)
    return artifacts


def _about(press: _Press) -> Json:
    """What both layouts say of the deck."""
    deck, text, label = press.deck, press.writer.text, press.writer.label
    place = Place("the deck's head in `deckgen.yaml`", deck.span)
    *above, name = deck.name.split("::")
    return {
        "title": safe_string(": ".join([*above, name])),
        "name": text(name, place),
        "above": text(" › ".join(above), place),
        "label": label(name, place, NAME_WIDTH),
        "language": language(deck.language),
        "version": text(deck.version, place),
        "version label": label(deck.version, place, VERSION_WIDTH),
        "date": deck.date,
        "authors": [text(author, place) for author in deck.authors],
        "author names": [safe_string(author) for author in deck.authors],
        "licence": text(deck.licence, place),
        "licence label": label(deck.licence, place, LICENCE_WIDTH),
        "home": text(deck.home, place),
        "address": safe_string(deck.home),
    }


def _draw(press: _Press) -> bool:
    """Make pictures of the drawings that have covers; False when that failed and has been reported."""
    failed = False
    for name, svg in press.writer.drawings.items():
        try:
            press.writer.files[name] = pixels(svg)
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


def _pages(layout: str, paper: str, data: Json, press: _Press) -> bytes | None:
    """The PDF, set twice where a card's text turned out too long: the second time with pages for it at the end."""
    done = _set(layout, paper, data, (), press)
    overlong = [fit for fit in done.fits if not fit.ok] if done else []
    if overlong:
        for fit in overlong:
            press.overflows.setdefault((fit.id, fit.side), []).append((paper, fit))
        done = _set(layout, paper, data, [f"{fit.id} {fit.side}" for fit in overlong], press)
    return done.pdf if done else None


def _set(layout: str, paper: str, data: Json, overlong: Sequence[str], press: _Press) -> Typeset | None:
    """The document as Typst sets it, or None when that failed and has been reported."""
    options = {
        "paper": paper,
        "grid": GRIDS[paper]._asdict(),
        "fonts": TEXT_FAMILIES,
        "code fonts": CODE_FAMILIES,
        "sizes": SIZES,
        "measures": MEASURES,
        "overlong": overlong,
    }
    files = {
        **press.context.print_files,
        **press.writer.files,
        "main.typ": f'#include "{layout}.typ"\n'.encode(),
        "deck.json": json.dumps(data, ensure_ascii=False).encode(),
        "options.json": json.dumps(options).encode(),
    }
    try:
        return (typeset if press.context.print_trusted else typeset_limited)(files, press.context.timestamp)
    except (LayoutError, SandboxError) as error:
        if not _report_images(press):
            if press.context.print_trusted:
                raise  # no picture and no layout of the project's: a fault of our own
            _report_layout(layout, error, press)
        return None


# --- what went wrong ---------------------------------------------------------------------------------------------


def _report_overflows(press: _Press) -> None:
    """Warn of every side that no size could fit, once, with the papers on which it does not."""
    notes: dict[str, Note] = {card.id: card.note for card in printed_cards(press.deck)} if press.overflows else {}
    for (card, side), met in press.overflows.items():
        if card not in notes:
            continue  # a project's layout may speak of things that are no cards
        papers = " and ".join(NAMES.get(paper, paper) for paper, _ in met)
        fit = max((fit for _, fit in met), key=lambda each: each.need - each.have)
        what = (
            f"needs {fit.need:.0f} mm of {fit.have:.0f} mm"
            if fit.need > fit.have
            else "holds a word, code or table wider than the card"
        )
        press.bag.warning(
            "overflow",
            f"the {side} of the card `{card}` {what}, even at {min(SIZES):g} points ({papers})",
            notes[card].span,
            "",
            "It is continued on the last pages. Shorten it, or move a part of it to `more`.",
        )


def _report_images(press: _Press) -> bool:
    """Whether a picture is to blame; each that Typst cannot read is an error with the place that shows it."""
    found = False
    fonts = ", ".join(json.dumps(name) for name in TEXT_FAMILIES)
    for path, place in press.writer.images.items():
        media = press.deck.media[path]
        page = f'#set document(title: "x")\n#set text(font: ({fonts}), fallback: false)\n#image({json.dumps(media.name)}, alt: "x")'
        try:
            typeset({"main.typ": page.encode(), media.name: media.data}, press.context.timestamp)
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
    press.bag.error("template-error", error.message, Span(source, start, end), "", *error.hints)
