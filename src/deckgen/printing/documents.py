"""The documents of a print job: which layout draws them, and the data it draws.

A job makes one document or several: a quiz its versions and their key, a long run of cards its parts. Knows the makers of
data, and what all layouts are told; not Typst.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from deckgen.jobs import PAPERS, PrintJob, grid_for
from deckgen.jobs.calibration import calibration_for
from deckgen.jobs.dividers import dividers_for
from deckgen.jobs.settings import ON_CARDS
from deckgen.model import Deck, Note, NoteSet
from deckgen.notetypes import direction_of
from deckgen.printing import qr
from deckgen.printing.chosen import taught
from deckgen.printing.extents import MEASURES
from deckgen.printing.fonts import Fonts, ours
from deckgen.printing.handout import Volume, handout_data
from deckgen.printing.looks import look_data
from deckgen.printing.quiz import quiz_documents
from deckgen.printing.runs import safe_string
from deckgen.printing.sheets import sheet_data
from deckgen.printing.studykit import kit_data
from deckgen.printing.summary import summary_sheet
from deckgen.printing.writer import Place, Writer, language

Json = dict[str, Any]
# What one PDF holds at most, so that memory stays within bounds (about a gigabyte), and so that a printer's queue takes it.
# A table takes as much as so many cards without one; parts are cut where sheets of most sizes are full.
CARDS, TABLE, SHEETS, NOTES = 4000, 15, 120, 2500
NAME_WIDTH, LICENCE_WIDTH, VERSION_WIDTH = 28.0, 16.0, 8.0  # em, in the heads and feet of pages


class Document(NamedTuple):
    """One PDF: the layout that draws it, its data, and what its file is called besides the job, if there are several."""

    layout: str
    data: Json
    suffix: str = ""


def _handout(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    volumes = _volumes(taught(deck, job))
    if len(volumes) < 2:
        return [Document("handout", handout_data(deck, job, writer))]
    made = [Volume(frozenset(ids), ids is volumes[-1]) for ids in volumes]
    return _numbered("handout", [handout_data(deck, job, writer, each) for each in made])


def _volumes(notes: Iterable[tuple[NoteSet, int, Note]]) -> list[list[str]]:
    """The ids of notes in runs that are not too much for one file; a set is divided only where it is too much by itself."""
    volumes: list[list[str]] = []
    for _, group in groupby(notes, key=lambda each: id(each[0])):
        ids = [note.id for _, _, note in group]
        if not volumes or len(volumes[-1]) + len(ids) > NOTES:
            volumes.append([])
        for note_id in ids:
            if len(volumes[-1]) == NOTES:
                volumes.append([])
            volumes[-1].append(note_id)
    return volumes


def _cards(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    return _numbered("cards", [{"cards": each} for each in _parts(sheet_data(deck, job, writer)["cards"])])


def _parts(cards: list[Json]) -> list[list[Json]]:
    """Cards in runs that are not too much for one file."""
    parts: list[list[Json]] = []
    weight = float(CARDS)
    for at in range(0, len(cards), SHEETS):
        some = cards[at : at + SHEETS]
        more = sum(1 + TABLE * card["tables"] for card in some)
        if weight + more > CARDS:
            parts.append([])
            weight = 0.0
        parts[-1] += some
        weight += more
    return parts


def _numbered(layout: str, parts: list[Json]) -> list[Document]:
    """The parts of something long, each in a file of its own; what is short has one, without a number."""
    if len(parts) == 1:
        return [Document(layout, parts[0])]
    return [Document(layout, {**part, "volume": [at, len(parts)]}, f"part-{at}") for at, part in enumerate(parts, 1)]


def _leitner(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    return [Document("leitner", kit_data(deck, job, writer))]


def _calibration(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    del deck, job, writer  # the sheet is the same for all decks: `options` say all of it
    return [Document("calibration", {})]


def _quiz(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    return [Document(*each) for each in quiz_documents(deck, job, writer)]


def _summary(deck: Deck, job: PrintJob, writer: Writer) -> list[Document]:
    return [Document("summary", summary_sheet(deck, job, writer))]


MAKERS: Mapping[str, Callable[[Deck, PrintJob, Writer], list[Document]]] = {
    "handout": _handout,
    "cards": _cards,
    "leitner": _leitner,
    "calibration": _calibration,
    "quiz": _quiz,
    "summary": _summary,
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


def options_of(deck: Deck, job: PrintJob, fonts: Fonts | None = None) -> Json:
    """What all layouts are told of the job."""
    paper, fonts = PAPERS[job.paper], fonts or ours()
    options: Json = {
        "paper": job.paper,
        "page": {"width": paper.width, "height": paper.height, "margin": job.margin},
        "fonts": fonts.text,
        "code fonts": fonts.code,
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
