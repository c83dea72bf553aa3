"""Trees of a deck to the data of a layout, with the pictures and formulas it needs as in-memory files.

What cannot be printed as it stands is collected here, once for each place, and reported in the end. Knows card
text, media and formulas; not which layout wants them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from deckgen.diagnostics import Bag, Span
from deckgen.markup.tree import Blocks, Image, MaskedImage, Math
from deckgen.markup.typst import to_data
from deckgen.model import Deck, Note
from deckgen.notetypes import direction_of
from deckgen.printing import extents, fonts, maths, runs

Node = list[Any]
NAMED = 4  # characters spelt out in one message
# Fields that an author knows by another name; the others have the name of their key, but for the capital.
KEYS = {"Text": "cloze", "Title": "sequence", "Occlusion": "masks", "Source": "references"}


class Place(NamedTuple):
    """Where a text stands: in words for a message, and in the file."""

    words: str
    span: Span


class Writer:
    """Writes one deck's texts. `files` grows as pictures and formulas are met.

    A drawing with covers is to be drawn in pixels, or the words under a cover could still be copied from the page:
    `drawings` has the SVG of each under the name of the picture that somebody must make of it.
    """

    def __init__(self, deck: Deck, bag: Bag, fonts_used: fonts.Fonts | None = None) -> None:
        self.deck = deck
        self.bag = bag
        self.fonts = fonts_used or fonts.ours()
        self.files: dict[str, bytes] = {}
        self.drawings: dict[str, bytes] = {}
        self.images: dict[str, Place] = {}  # the author's path -> who shows it
        self._missing: dict[Place, dict[str, None]] = {}
        self._written: dict[tuple[int, Place], tuple[Blocks, list[Node]]] = {}

    def place(self, note: Note, field: str) -> Place:
        """Where a field of a note stands; in words it is called by its key, as the author does."""
        return Place(f"{KEYS.get(field, field.lower())} of `{note.id}`", note.spans.get(field, note.span))

    def field(self, note: Note, field: str) -> list[Node]:
        """A field as data; empty when the note has none."""
        return self.blocks(note.content.get(field, ()), self.place(note, field))

    def blocks(self, blocks: Blocks, place: Place) -> list[Node]:
        """Card text as data."""
        if not blocks:
            return []
        # Answers stand in the handout, on cards, on both papers: written once. The tree is kept, so its id stays taken.
        kept = self._written.get((id(blocks), place))
        if kept is None:
            data = to_data(blocks, lambda image: self._image(image, place), lambda math: self._math(math, place))
            kept = self._written[id(blocks), place] = (blocks, runs.settle(data, self._report(place), self.fonts))
        return kept[1]

    def text(self, text: str, place: Place) -> list[Node]:
        """Plain text as inline data."""
        return runs.settle_text(text, self._report(place), self.fonts)

    def label(self, text: str, place: Place, em: float) -> list[Node]:
        """Plain text on one line of at most `em`, cut short if need be: for heads and feet, which only help to find one's way."""
        nodes = self.text(text, place)
        if sum(map(extents.width, nodes)) <= em:
            return nodes
        return [*runs.shortened([["p", nodes]], em - 1.0), ["t", "…"]]

    def _report(self, place: Place) -> runs.Report:
        return lambda char: self._missing.setdefault(place, {}).__setitem__(char, None)

    def _image(self, image: Image | MaskedImage, place: Place) -> str:
        media = self.deck.media[image.path]
        name = f"img/{media.name}"
        self.images.setdefault(image.path, place)
        if isinstance(image, MaskedImage) and media.kind == "svg":
            name = f"{name.rpartition('.')[0]}.png"
            self.drawings[name] = media.data
        else:
            self.files[name] = media.data
        return name

    def _math(self, math: Math, place: Place) -> Mapping[str, object]:
        try:
            formula = maths.draw(math.tex, math.display)
        except maths.UnsupportedMath as reason:
            shown = math.tex if len(math.tex) <= 40 else f"{math.tex[:39]}…"
            self.bag.error("math-unsupported", f"the formula `{shown}` in {place.words} cannot be printed: {reason}", place.span, "",
                           "Write it in simpler LaTeX; chemistry needs none: `Ca^2+^`, `H~2~O`.")  # fmt: skip
            return {"file": "", "width": 0.0, "height": 0.0, "depth": 0.0, "alt": ""}
        self.files[formula.name] = formula.svg
        return {
            "file": formula.name,
            "width": formula.width,
            "height": formula.height,
            "depth": formula.depth,
            "alt": runs.safe_string(formula.spoken),
        }

    def report_missing(self) -> None:
        """Warn of every character that no font has, once for each place."""
        for place, chars in self._missing.items():
            named = [f"{char} ({_name(char)})" if char.isprintable() else _name(char) for char in chars]
            more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
            example = f"[U+{ord(next(iter(chars))):04X}]"
            self.bag.warning("missing-glyph", f"no font for print has {', '.join(named[:NAMED])}{more}, in {place.words}", place.span, "",
                             f"On paper its code stands there in a frame, as {example}. Use another sign, or leave it to Anki.",
                             *self._remedies(chars))  # fmt: skip
        self._missing.clear()

    def _remedies(self, chars: Iterable[str]) -> list[str]:
        """Where fonts that have these characters are to be had."""
        packages, others = fonts.packages_for(chars)
        found = [
            f"Or `pip install {name}` and name `{name}` under `fonts` in `deckgen.yaml`."
            for name in packages
            if name not in self.fonts.extra.entries
        ]
        if others or len(found) < len(packages):
            found.append(
                "Or put a font that has it into the project, and name its file under `fonts` in `deckgen.yaml`."
            )
        return found


def _name(char: str) -> str:
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def language(tag: str, direction: str = "") -> dict[str, str]:
    """A BCP 47 tag in Typst's terms: `lang`, `dir`, and `region` where it is said."""
    parts = tag.replace("_", "-").split("-")
    main = parts[0].lower() if re.fullmatch(r"[A-Za-z]{2,3}", parts[0]) else "en"
    region = next((part.upper() for part in parts[1:] if re.fullmatch(r"[A-Za-z]{2}", part)), "")
    return {"lang": main, "dir": direction or direction_of(tag)} | ({"region": region} if region else {})


def note_language(note: Note, deck: Deck) -> dict[str, str]:
    """The language of a note in Typst's terms; empty where it is the deck's."""
    if not note.language and not note.direction:
        return {}
    own = language(note.language or deck.language, note.direction)
    return own if own != language(deck.language) else {}
