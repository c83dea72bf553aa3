"""The data of the cards to cut out: the geometry of the sheets, and the two sides of every card.

Knows paper and data; where a layout puts what is the layout's business.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from deckgen.model import Deck
from deckgen.printing import extents, runs
from deckgen.printing.cards import Part, PrintedCard, printed_cards
from deckgen.printing.writer import Node, Writer, note_language

Json = dict[str, Any]
SHORT = 90.0  # em of a text that stand on a card when the whole goes to the last pages
LONG = 150.0  # em from which a text may be too long for a card
TITLE = 26.0  # em of a set's title at the head of a card, in small print
FOOT = 35.0  # em of a card's id at its foot, in smaller print
INSETS = {"cue": 0.9, "claim": 2.4, "best": 1.4}  # em that a layout takes from the lines of a part
WIDE = 10.0  # em that may be wider than a line of a card, if they hold together


class Grid(NamedTuple):
    """Cards on a sheet, in millimetres. Centred; cards lie edge to edge, so that one cut serves two of them."""

    page_width: float
    page_height: float
    columns: int
    rows: int
    card_width: float
    card_height: float


# The margins left over are wider than any printer needs, and hold crop marks and the label of the sheet.
GRIDS = {"a4": Grid(210.0, 297.0, 2, 4, 92.0, 66.0), "letter": Grid(215.9, 279.4, 2, 4, 92.0, 62.0)}


def sheet_data(deck: Deck, writer: Writer) -> Json:
    """Everything that stands on the cards of a deck."""
    titles: dict[str, list[Node]] = {}
    return {"cards": [_card(card, writer, titles) for card in printed_cards(deck)]}


def _card(card: PrintedCard, writer: Writer, titles: dict[str, list[Node]]) -> Json:
    note, path = card.note, card.set.path
    if path not in titles:
        titles[path] = writer.label(card.set.title, writer.place(note, "Title of the set"), TITLE)
    return {
        "id": card.id,
        "foot": writer.label(card.id, writer.place(note, "id"), FOOT),
        "number": card.number,
        "set": titles[path],
        "language": note_language(note, writer.deck),
        "front": _side(card, card.front, writer),
        "back": _side(card, card.back, writer),
        "extras": [_part(card, part, writer) for part in card.extras],
    }


def _side(card: PrintedCard, parts: tuple[Part, ...], writer: Writer) -> Json:
    written = [_part(card, part, writer) for part in parts]
    extent = sum(extents.total(part["blocks"]) for part in written)
    side: Json = {"parts": written, "extent": extent, "language": note_language(card.note, writer.deck)}
    if extent > LONG or any(part["bounds"] is None for part in written):
        side["short"] = runs.shortened(_begun(written), SHORT)
    return side


def _begun(written: list[Json]) -> list[Node]:
    """What a card begins with when the whole is elsewhere: a claim and nothing else, so that all of it is quoted; no options."""
    claims = [part for part in written if part["role"] == "claim"]
    return [block for part in claims or written if part["role"] != "options" for block in part["blocks"]]


def _part(card: PrintedCard, part: Part, writer: Writer) -> Json:
    blocks = writer.blocks(part.blocks, writer.place(card.note, part.field))
    words = sorted((word for word in extents.words(blocks) if word[1][1] > WIDE), key=lambda each: -each[1][1])[:3]
    return {
        "role": part.role,
        "blocks": blocks,
        "words": [[indent, [node]] for indent, node in words],
        "bounds": extents.bounds(blocks, INSETS.get(part.role, 0.0)) if not words else None,
    }
