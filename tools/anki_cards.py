"""The cards of an .apkg as a real Anki makes them: import into a throw-away collection, HTML of both sides.

Needs the PyPI package `anki` (24.11 or later; made with 26.9.3), which is AGPL: a tool for looking at what deckgen
wrote, never a part of it. Knows nothing of browsers: `see_cards.py` and `see_desktop.py` show what is found here.
"""

from __future__ import annotations

import html
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

SOUND = re.compile(r"\[anki:play:[qa]:\d+\]")
TYPED = re.compile(r"\[\[type:(.+?)\]\]")
SHOWN = re.compile(r"\{\{\s*([^#^/!{}][^{}]*?)\s*\}\}")
HIDDEN = re.compile(r"<(\w+)[^>]*\shidden\b[^>]*>.*?</\1>|<!--.*?-->", re.DOTALL)
# Filters after which a field's own words do not stand on the side.
HIDING_FILTERS = frozenset(("type", "cloze", "cloze-only"))
SHORTEST_PIECE = 12  # letters: a part of the answer this long, found on the front, is no coincidence


class TypedAnswer(NamedTuple):
    """What Anki would compare with the student's typing, and the look of the field it is taken from."""

    expected: str
    font: str
    size: int


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `question` and `answer` are Anki's HTML, with `[[type:..]]` and `[anki:play:..]` in it; `ordinal` counts from 0."""

    number: int
    guid: str
    ref: str
    note_type: str
    template: str
    ordinal: int
    css: str
    question: str
    answer: str
    front_face: str
    back_face: str
    fields: Mapping[str, str]
    typed: TypedAnswer | None

    @property
    def kind(self) -> str:
        """Note type and template; the ten steps of a sequence, say, keep their own."""
        return f"{self.note_type} / {self.template}"

    @property
    def name(self) -> str:
        """What to call the card in a finding."""
        return f"{self.ref or self.guid} ({self.template}, card {self.ordinal + 1})"


class Opened:
    """An imported package. `media` is the folder with its pictures."""

    def __init__(self, collection: Any) -> None:
        self._col = collection
        self.media = Path(collection.media.dir())

    def cards(self, search: str = "") -> list[Card]:
        """The cards in the order of the package; `search` is Anki's own search."""
        return [self._card(number) for number in self._col.find_cards(search, order="c.due, c.ord")]

    def compared(self, typed: TypedAnswer, provided: str) -> str:
        """The HTML in which Anki shows what was typed against what was expected."""
        return str(self._col.compare_answer(typed.expected, provided))

    def _card(self, number: int) -> Card:
        card = self._col.get_card(number)
        note = card.note()
        shown = card.render_output()
        face = card.template()
        fields = dict(note.items())
        return Card(
            number=number,
            guid=note.guid,
            ref=fields.get("Ref", ""),
            note_type=note.note_type()["name"],
            template=face["name"],
            ordinal=card.ord,
            css=shown.css,
            question=shown.question_text,
            answer=shown.answer_text,
            front_face=face["qfmt"],
            back_face=face["afmt"],
            fields=fields,
            typed=self._typed(card, shown.question_text, fields),
        )

    def _typed(self, card: Any, question: str, fields: Mapping[str, str]) -> TypedAnswer | None:
        found = TYPED.search(question)
        if found is None:
            return None
        name = found.group(1)
        expected = fields[name.split(":")[-1]]
        if name.startswith("cloze:"):
            expected = self._col.extract_cloze_for_typing(expected, card.ord + 1)
        field = next(each for each in card.note_type()["flds"] if each["name"] == name.split(":")[-1])
        return TypedAnswer(expected, field["font"], field["size"])


@contextmanager
def opened(package: Path) -> Iterator[Opened]:
    """Import a package as Anki's dialog does by default. The collection is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="anki-cards-") as folder:
        collection = Collection(str(Path(folder) / "collection.anki2"))
        try:
            collection.import_anki_package(
                ImportAnkiPackageRequest(package_path=str(package.resolve()), options=ImportAnkiPackageOptions())
            )
            collection.models._clear_cache()  # it would survive the import
            yield Opened(collection)
        finally:
            collection.close()


def slip(expected: str) -> str:
    """What a student might type who nearly knows it: right in part, wrong in part, too short."""
    return f"x{expected[1:-1]}" if len(expected) > 2 else "x"


# ---- does the front give the answer away? --------------------------------------------------------------------------


def plain(markup: str) -> str:
    """The text of HTML, entities resolved, white space as single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def leaks(card: Card) -> list[str]:
    """What only the back should hold and the front's HTML holds all the same, hidden or in an attribute included.

    Words that the author wrote into a field that the front shows are his business and are no leak. Anki's own `data-cloze`,
    which holds the hidden words on every cloze front, is not counted.
    """
    front = re.sub(r'\sdata-cloze="[^"]*"', "", card.question)
    front_fields = _shown(HIDDEN.sub("", card.front_face))
    written = " ".join(card.fields[name] for name in front_fields if name in card.fields)
    said = f"{plain(written)} {written}"
    everything = " ".join(html.unescape(front).split())
    found = ["class of the best answer"] if 'class="best"' in front else []
    for name in sorted(_shown(card.back_face) - front_fields):
        found += [
            f"{name}: {piece}"
            for piece in _pieces(card.fields.get(name, ""))
            if _holds(everything, piece) and not _holds(said, piece)
        ]
    return found + [f"cloze: {words}" for words in _hidden_clozes(card) if _holds(everything, words)]


def _shown(face: str) -> set[str]:
    """The fields whose words stand on a side."""
    parts = [[part.strip() for part in found.split(":")] for found in SHOWN.findall(face)]
    return {names[-1] for names in parts if not HIDING_FILTERS.intersection(names[:-1])}


def _pieces(value: str) -> list[str]:
    """A field as a whole, and every stretch of its text between tags that is long enough to tell."""
    stretches = [plain(part) for part in re.split(r"<[^>]*>", value)]
    pictures = re.findall(r'<img[^>]*\ssrc="([^"]+)"', value)
    return list(dict.fromkeys(piece for piece in [plain(value), *stretches, *pictures] if len(piece) >= SHORTEST_PIECE))


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


def _hidden_clozes(card: Card) -> list[str]:
    """The words of the gaps a cloze card asks for, where they are long enough to tell."""
    found = [plain(words) for words in re.findall(r'<span class="cloze"[^>]*>(.*?)</span>', card.answer, re.DOTALL)]
    return [words for words in found if len(words) >= SHORTEST_PIECE]
