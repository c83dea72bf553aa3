"""Card Markdown: one tree (`tree`), one way in (`parse`), three ways out (`html`, `plain`, `typst`), and views of it.

Layer 1: knows nothing of YAML, notes, decks or files.
"""

from deckgen.markup.html import to_html
from deckgen.markup.parse import parse
from deckgen.markup.plain import to_plain
from deckgen.markup.tree import Blocks, Problem
from deckgen.markup.typst import to_data
from deckgen.markup.views import (
    cloze_back,
    cloze_front,
    cloze_ordinals,
    images,
    is_blank,
    maths,
    media,
    sounds,
    walk,
    with_images,
)

__all__ = [
    "Blocks",
    "Problem",
    "cloze_back",
    "cloze_front",
    "cloze_ordinals",
    "images",
    "is_blank",
    "maths",
    "media",
    "parse",
    "sounds",
    "to_data",
    "to_html",
    "to_plain",
    "walk",
    "with_images",
]
