"""A deck to printed pages: the handout, and cards to cut out, on A4 and US Letter.

Text reaches Typst as data, never as markup. What cannot be printed as it stands is reported by the name of its
note, and nothing is ever lost: an unknown character stands there as its code, a text too long for its card is
continued on the last pages. Knows how the parts are put together; the looks lie in `templates/print/`.
"""

from __future__ import annotations

import json
from typing import Any

from deckgen.diagnostics import Bag, Source, Span
from deckgen.model import Artifact, Context, Deck
from deckgen.printing.cards import printed_cards
from deckgen.printing.fonts import CODE_FAMILIES, TEXT_FAMILIES
from deckgen.printing.handout import handout_data
from deckgen.printing.runs import safe_string
from deckgen.printing.sheets import GRIDS, sheet_data
from deckgen.printing.typesetting import LayoutError, Typeset, typeset, typeset_limited
from deckgen.printing.writer import Place, Writer, language
from deckgen.sandbox import SandboxError

Json = dict[str, Any]
SIZES = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)  # points, for cards
DATA = {"handout": handout_data, "cards": sheet_data}


def export(deck: Deck, context: Context, bag: Bag) -> list[Artifact]:
    """One PDF for each layout and paper of `context`; none when something cannot be printed at all."""
    if not any(note.retired is None for note in deck.notes()):
        return []
    writer = Writer(deck, bag)
    written = {layout: {**_about(deck, writer), **DATA[layout](deck, writer)} for layout in context.layouts}
    writer.report_missing()
    if bag.has_errors:
        return []
    artifacts = []
    for layout, data in written.items():
        for paper in context.papers:
            pdf = _pages(layout, paper, data, writer, context, bag)
            if pdf is None:
                return []
            artifacts.append(Artifact(f"{deck.key}-{layout}-{paper}.pdf", "pdf", deck.key, pdf))
    return artifacts


def _about(deck: Deck, writer: Writer) -> Json:
    """What both layouts say of the deck."""
    place = Place("the deck's head in `deckgen.yaml`", deck.span)
    *above, name = deck.name.split("::")
    return {
        "title": safe_string(": ".join([*above, name])),
        "name": writer.text(name, place),
        "label": writer.label(name, place, 28.0),
        "above": writer.text(" › ".join(above), place),
        "language": language(deck.language),
        "version": writer.text(deck.version, place),
        "date": deck.date,
        "authors": [writer.text(author, place) for author in deck.authors],
        "author names": [safe_string(author) for author in deck.authors],
        "licence": writer.text(deck.licence, place),
        "licence label": writer.label(deck.licence, place, 16.0),
        "version label": writer.label(deck.version, place, 8.0),
        "home": writer.text(deck.home, place),
        "address": safe_string(deck.home),
    }


def _pages(layout: str, paper: str, data: Json, writer: Writer, context: Context, bag: Bag) -> bytes | None:
    """The PDF, set twice where a card's text turned out too long: the second time with pages for it at the end."""
    overlong: list[Json] = []
    done = _typeset(layout, paper, data, overlong, writer, context, bag)
    if done and (overlong := [fit for fit in done.fits if not fit.get("ok", True)]):
        _report_overflow(overlong, paper, writer, bag)
        done = _typeset(layout, paper, data, overlong, writer, context, bag)
    return done.pdf if done else None


def _typeset(
    layout: str, paper: str, data: Json, overlong: list[Json], writer: Writer, context: Context, bag: Bag
) -> Typeset | None:
    options = {
        "grid": GRIDS[paper]._asdict(),
        "paper": paper,
        "fonts": TEXT_FAMILIES,
        "code fonts": CODE_FAMILIES,
        "sizes": SIZES,
        "overlong": [f"{fit['id']} {fit['side']}" for fit in overlong],
    }
    files = {
        **context.print_files,
        **writer.files,
        "main.typ": f'#include "{layout}.typ"\n'.encode(),
        "deck.json": json.dumps(data, ensure_ascii=False).encode(),
        "options.json": json.dumps(options).encode(),
    }
    try:
        return (typeset if context.print_trusted else typeset_limited)(files, context.timestamp)
    except (LayoutError, SandboxError) as error:
        if _report_images(writer, context, bag):
            return None
        if context.print_trusted:
            raise
        _report_layout(layout, error, context, bag)
        return None


def _report_overflow(overlong: list[Json], paper: str, writer: Writer, bag: Bag) -> None:
    notes = {card.id: card.note for card in printed_cards(writer.deck)}
    for fit in overlong:
        note = notes[fit["id"]]
        what = (
            "needs {need:.0f} mm of {have:.0f} mm in height".format(**fit)
            if fit["need"] > fit["have"]
            else "is too wide"
        )
        bag.warning("overflow", f"the {fit['side']} of the card `{fit['id']}` {what}, even at {min(SIZES):g} points ({paper})", note.span, "",
                    "The whole text stands on the last pages. Shorten it, or move a part of it to `more`.")  # fmt: skip


def _report_images(writer: Writer, context: Context, bag: Bag) -> bool:
    """Whether a picture is to blame; each that Typst cannot read is an error with the note that shows it."""
    found = False
    for name, (path, place) in writer.images.items():
        page = f'#set document(title: "x")\n#set text(font: {json.dumps(TEXT_FAMILIES).replace("[", "(").replace("]", ")")}, fallback: false)\n#image("{name}", alt: "x")'
        try:
            typeset({"main.typ": page.encode(), name: writer.files[name]}, context.timestamp)
        except LayoutError as error:
            found = True
            bag.error("image-unreadable", f"the picture `{path}` in {place.words} cannot be printed: {error.message}", place.span, "",
                      "Open it in a drawing program and save it again; text in an SVG may use only letters that Lato has.")  # fmt: skip
    return found


def _report_layout(layout: str, error: LayoutError | SandboxError, context: Context, bag: Bag) -> None:
    if isinstance(error, LayoutError):
        name = error.file if error.file in context.print_files else f"{layout}.typ"
        line, column, hints, message = error.line, error.column, error.hints, error.message
    else:
        name, line, column, hints, message = f"{layout}.typ", 1, 1, (), f"this layout could not be set: {error}"
    source = Source(f"templates/print/{name}", context.print_files.get(name, b"").decode(errors="replace"))
    starts = source.line_starts
    start = min(starts[min(line, len(starts)) - 1] + column - 1, len(source.text))
    bag.error("template-error", message, Span(source, start, min(start + 1, len(source.text))), "", *hints)
