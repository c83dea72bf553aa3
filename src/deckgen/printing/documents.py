"""The documents of a print job: which layout draws them, and the data it draws.

A job makes one document or several: a quiz its versions and their key, a long run of cards its parts. Knows the makers of
data, and what all layouts are told; not Typst.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from deckgen.jobs import PAPERS, PrintJob, grid_for
from deckgen.jobs.calibration import calibration_for
from deckgen.jobs.dividers import dividers_for
from deckgen.jobs.settings import ON_CARDS
from deckgen.model import Deck
from deckgen.notetypes import direction_of
from deckgen.printing import qr
from deckgen.printing.chosen import taught
from deckgen.printing.extents import MEASURES
from deckgen.printing.fonts import CODE_FAMILIES, TEXT_FAMILIES
from deckgen.printing.handout import handout_data
from deckgen.printing.looks import look_data
from deckgen.printing.runs import safe_string
from deckgen.printing.sheets import sheet_data
from deckgen.printing.studykit import kit_data
from deckgen.printing.writer import Place, Writer, language

Json = dict[str, Any]
# What one PDF holds at most, so that memory stays within bounds, and so that a printer's queue takes it. A sheet that holds
# up to ten cards is full at the end of each part.
CARDS, NOTES = 2520, 2500
NAME_WIDTH, LICENCE_WIDTH, VERSION_WIDTH = 28.0, 16.0, 8.0  # em, in the heads and feet of pages


class Document(NamedTuple):
    """One PDF: the layout that draws it, its data, and what its file is called besides the job, if there are several."""

    layout: str
    data: Json
    suffix: str = ""


def _handout(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    ids = [note.id for _, _, note in taught(deck, job)]
    if len(ids) <= NOTES:
        return [Document("handout", handout_data(deck, job, writer))]
    parts = [frozenset(ids[at : at + NOTES]) for at in range(0, len(ids), NOTES)]
    made = [handout_data(deck, replace(job, notes=part, count=0), writer) for part in parts]
    return _numbered("handout", made)


def _cards(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    data = sheet_data(deck, job, writer)
    cards = data["cards"]
    return _numbered("cards", [{"cards": cards[at : at + CARDS]} for at in range(0, len(cards), CARDS)])


def _numbered(layout: str, parts: list[Json]) -> list[Document]:
    """The parts of something long, each in a file of its own; what is short has one, without a number."""
    if len(parts) == 1:
        return [Document(layout, parts[0])]
    return [Document(layout, {**part, "part": [at, len(parts)]}, f"part-{at}") for at, part in enumerate(parts, 1)]


def _leitner(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    return [Document("leitner", kit_data(deck, job, writer))]


def _calibration(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    del deck, job, writer  # the sheet is the same for all decks: `options` say all of it
    return [Document("calibration", {})]


MAKERS: Mapping[str, Callable[[Deck, PrintJob, Writer], list[Document]]] = {
    "handout": _handout,
    "cards": _cards,
    "leitner": _leitner,
    "calibration": _calibration,
}


def documents(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    """Everything a job prints of a deck."""
    return MAKERS[job.layout](deck, job, writer)


def about(deck: Deck, writer: Writer) -> Json:
    """What all layouts say of the deck."""
    text, label = writer.text, writer.label
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
        "home": text(deck.address, place),
        "address": safe_string(deck.address),
        "qr": _code(safe_string(deck.address), writer),
    }


def _code(address: str, writer: Writer) -> Json | None:
    """The deck's address as a code, None when it has none or no code can hold it."""
    rows = qr.modules(address) if address else None
    if rows is None:
        return None
    name = qr.file_name(address)
    writer.files[name] = qr.drawing(rows)
    return {"file": name, "modules": len(rows) + 2 * qr.QUIET}


def options_of(deck: Deck, job: PrintJob) -> Json:
    """What all layouts are told of the job."""
    paper = PAPERS[job.paper]
    options: Json = {
        "paper": job.paper,
        "page": {"width": paper.width, "height": paper.height, "margin": job.margin},
        "fonts": TEXT_FAMILIES,
        "code fonts": CODE_FAMILIES,
        "look": look_data(job),
        "ink": job.ink,
        "measures": MEASURES,
    }
    if job.layout in ON_CARDS:
        grid = grid_for(job, rtl=direction_of(deck.language) == "rtl")
        options["grid"] = grid._asdict()
        options["sheet"] = {
            "duplex": job.duplex, "turn": job.turn, "offset": job.offset, "bleed": job.bleed, "corners": job.corners,
            "size": job.cards.name,
        }  # fmt: skip
    if job.layout == "leitner":
        rtl = direction_of(deck.language) == "rtl"
        options["dividers"] = dividers_for(job, job.boxes + 1, rtl=rtl)._asdict()
    if job.layout == "calibration":
        options["calibration"] = calibration_for(job)._asdict()
    return options
