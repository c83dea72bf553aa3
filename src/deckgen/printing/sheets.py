"""The data of the cards to cut out: the geometry of the sheets, and the two sides of every card.

Knows paper and data; where a layout puts what is the layout's business.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from deckgen.model import Deck
from deckgen.printing import runs
from deckgen.printing.cards import Part, PrintedCard, printed_cards
from deckgen.printing.writer import Node, Writer, language

Json = dict[str, Any]
SHORT = 150             # letters of a text that stand on a card when the whole goes to the last pages
LONG = 300              # letters from which a text may be too long for a card
SMALL = 90              # letters that fit a card at the largest size, however wide they are
WIDE = 14               # letters that may be wider than a card, if they hold together


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
    note = card.note
    if card.set.path not in titles:
        titles[card.set.path] = writer.text(card.set.title, writer.place(note, "Title of the set"))
    return {
        "id": card.id,
        "number": card.number,
        "set": titles[card.set.path],
        "language": language(note.language or writer.deck.language, note.direction) if note.language or note.direction else {},
        "front": _side(card, card.front, writer),
        "back": _side(card, card.back, writer),
        "extras": [_part(card, part, writer) for part in card.extras],
    }


def _side(card: PrintedCard, parts: tuple[Part, ...], writer: Writer) -> Json:
    written = [_part(card, part, writer) for part in parts]
    letters = sum(runs.letters(part["blocks"]) for part in written)
    bulky = any(_bulky(part["blocks"]) for part in written)
    side: Json = {"parts": written, "letters": letters, "small": letters <= SMALL and not bulky}
    if letters > LONG or bulky:
        side["short"] = runs.shortened([block for part in written for block in part["blocks"]], SHORT)
    return side


def _part(card: PrintedCard, part: Part, writer: Writer) -> Json:
    blocks = writer.blocks(part.blocks, writer.place(card.note, part.field))
    words = sorted((word for word in runs.words(blocks) if word[1][1] > WIDE), key=lambda each: -each[1][1])[:3]
    return {"role": part.role, "blocks": blocks, "words": [[indent, [node]] for indent, node in words]}


def _bulky(blocks: list[Node]) -> bool:
    """Whether a side may fail to fit although it has few letters."""
    return any(block[0] != "p" or any(node[0] in {"img", "math"} or (node[0] == "w" and node[1] > WIDE) for node in block[1]) for block in blocks)
