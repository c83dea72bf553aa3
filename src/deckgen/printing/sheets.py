"""The data of the cards to cut out: the two sides of every card.

Knows cards and data; where they lie on a sheet is the business of `deckgen.jobs.grid`.
"""

from __future__ import annotations

from typing import Any

from deckgen.jobs import PrintJob, grid_for
from deckgen.model import Deck
from deckgen.printing import extents, runs
from deckgen.printing.cards import Part, PrintedCard, printed_cards
from deckgen.printing.looks import look_of
from deckgen.printing.writer import Node, Writer, note_language

Json = dict[str, Any]
SHORT = 90.0  # em of a text that stand on a card when the whole goes to the last pages
LONG = 150.0  # em from which a text may be too long for a card
TITLE = 26.0  # em of a set's title at the head of a card as wide as the usual one, in small print
FOOT = 35.0  # em of a card's id at its foot, in smaller print
USUAL, HEAD = 92.0, 7.0  # mm, and points
INSETS = {"cue": 0.9, "claim": 2.4, "best": 1.4}  # em that a layout takes from the lines of a part
WIDE = 10.0  # em that may be wider than a line of a card, if they hold together
ROOM = 0.6  # em, and such a line holds a little more
POINT = 72 / 25.4  # points in a millimetre


def sheet_data(deck: Deck, job: PrintJob, writer: Writer) -> Json:
    """Everything that stands on the cards of a job."""
    titles: dict[str, list[Node]] = {}
    share = job.cards.width / USUAL * HEAD / look_of(job).head
    wide = wide_of(job)
    return {"cards": [_card(card, share, wide, writer, titles) for card in printed_cards(deck, job)]}


def wide_of(job: PrintJob) -> float:
    """The em from which a run may be wider than a line: fewer where not even the smallest letters leave room for so many."""
    grid = grid_for(job)
    line = (grid.card_width - 2 * grid.inset_x) * POINT
    return WIDE if (WIDE + ROOM) * look_of(job).card_sizes[-1] <= line else 0.0


def _card(card: PrintedCard, share: float, wide: float, writer: Writer, titles: dict[str, list[Node]]) -> Json:
    note, path = card.note, card.set.path
    sides = [_side(card, side, wide, writer) for side in (card.front, card.back)]
    if path not in titles:
        titles[path] = writer.label(card.set.title, writer.place(note, "Title of the set"), TITLE * share)
    return {
        "id": card.id,
        "foot": writer.label(card.id, writer.place(note, "id"), FOOT * share),
        "number": card.number,
        "set": titles[path],
        "language": note_language(note, writer.deck),
        "front": sides[0],
        "back": sides[1],
        "tables": sum(block[0] == "table" for side in sides for part in side["parts"] for block in part["blocks"]),
        "extras": [_part(card, part, wide, writer) for part in card.extras],
    }


def _side(card: PrintedCard, parts: tuple[Part, ...], wide: float, writer: Writer) -> Json:
    written = [_part(card, part, wide, writer) for part in parts]
    extent = sum(extents.total(part["blocks"]) for part in written)
    side: Json = {"parts": written, "extent": extent, "language": note_language(card.note, writer.deck)}
    if extent > LONG or any(part["bounds"] is None for part in written):
        side["short"] = runs.shortened(_begun(written), SHORT)
    return side


def _begun(written: list[Json]) -> list[Node]:
    """What a card begins with when the whole is elsewhere: a claim and nothing else, so that all of it is quoted; no options."""
    claims = [part for part in written if part["role"] == "claim"]
    return [block for part in claims or written if part["role"] != "options" for block in part["blocks"]]


def _part(card: PrintedCard, part: Part, wide: float, writer: Writer) -> Json:
    blocks = writer.blocks(part.blocks, writer.place(card.note, part.field))
    words = sorted((word for word in extents.words(blocks) if word[1][1] > wide), key=lambda each: -each[1][1])[:3]
    return {
        "role": part.role,
        "blocks": blocks,
        "words": [[indent, [node]] for indent, node in words],
        "bounds": extents.bounds(blocks, INSETS.get(part.role, 0.0)) if not words else None,
    }
