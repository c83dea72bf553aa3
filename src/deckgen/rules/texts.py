"""What a note says, text by text, under the keys of the format; and what of it is read as one stretch.

Knows which texts a kind of note has, and that a question and its answer make one sentence. Not what is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from deckgen.diagnostics import Span
from deckgen.load.keys import CARD_TEXT, FIGURE_FIELDS
from deckgen.markup.plain import inline_to_plain, to_plain
from deckgen.markup.tree import Blocks, Cloze
from deckgen.markup.views import walk
from deckgen.model import Note
from deckgen.notetypes import STEP_FIELDS
from deckgen.rules.phrases import Tokens, plain_words, readable, sentences, tokens

KEYS_OF_FIELDS = {name: key for key, name in CARD_TEXT.items()}
FIGURES = tuple(FIGURE_FIELDS)
FALSE = ("claim", "options")  # what a note says that is not true, to be found out
GAPS = "gaps"  # what the gaps hide, once more: it stands in `cloze` as well
TEXTS = (
    *(key for key in CARD_TEXT if key not in FIGURE_FIELDS),
    "typed answer", "steps", "best", "options", "reasons", "alt", "masks", "clues", GAPS, *FIGURES,
)  # fmt: skip
USUAL = frozenset(TEXTS) - {*FALSE, GAPS, *FIGURES}
ANSWERS = frozenset(("answer", "reverse answer", "best", GAPS, "claim"))
_PAIRS = (("question", "answer"), ("reverse question", "reverse answer"), ("question", "best"),
          ("ask without options", "best"))  # fmt: skip
_EACH = (("sequence", "steps"), ("header", "masks"))


class Sentence:
    """A sentence: the text it stands in, itself, and its words, which are told apart when first asked for."""

    __slots__ = ("_tokens", "piece", "text")

    def __init__(self, piece: Piece, text: str) -> None:
        self.piece = piece
        self.text = text
        self._tokens: Tokens | None = None

    @property
    def tokens(self) -> Tokens:
        """Its words."""
        if self._tokens is None:
            self._tokens = tokens(self.text)
        return self._tokens


Stretch = tuple[Sentence, ...]


class Piece:
    """One text of a note as plain text. `owner` numbers the option that a reason belongs to, and the option itself."""

    __slots__ = ("_sentences", "key", "owner", "span", "text", "words")

    def __init__(self, key: str, text: str, span: Span, owner: int = -1) -> None:
        self.key = key
        self.text = text
        self.span = span
        self.owner = owner
        self.words = frozenset(plain_words(text))
        self._sentences: Stretch | None = None

    def sentences(self) -> Stretch:
        """Its sentences, split when first asked for."""
        if self._sentences is None:
            self._sentences = tuple([Sentence(self, each) for each in sentences(self.text)])
        return self._sentences


def pieces(note: Note) -> list[Piece]:
    """All texts of a note, in no order that matters."""
    found = []
    for name, blocks in note.content.items():
        if key := KEYS_OF_FIELDS.get(name):
            found.append(_piece(note, key, name, to_plain(blocks)))
        elif name in STEP_FIELDS:
            found.append(_piece(note, "steps", name, to_plain(blocks)))
    if note.kind == "cloze":
        found += _of_gaps(note, note.content.get("Text", ()))
    for number, option in enumerate(note.options):
        found.append(_piece(note, "best" if option.best else "options", "Options", to_plain(option.text), number))
        found.append(_piece(note, "reasons", "Options", to_plain(option.reason), number))
    if note.typed_answer:
        found.append(_piece(note, "typed answer", "Typed answer", note.typed_answer))
    if note.occlusion:
        found.append(_piece(note, "alt", "Image", note.occlusion.alt))
        for mask in note.occlusion.masks:
            found.append(_piece(note, "masks", "Occlusion", to_plain(mask.answer)))
            found += [_piece(note, "clues", "Occlusion", mask.clue)] if mask.clue else []
    return found


def _piece(note: Note, key: str, name: str, text: str, owner: int = -1) -> Piece:
    return Piece(key, readable(text), note.spans.get(name, note.span), owner)


def _of_gaps(note: Note, text: Blocks) -> Iterator[Piece]:
    for gap in walk(text):
        if isinstance(gap, Cloze):
            yield _piece(note, GAPS, "Text", inline_to_plain(gap.children))
            if gap.hint:
                yield _piece(note, "hint", "Text", gap.hint)


Test = Callable[[frozenset[str]], bool]


def stretches(
    of_note: list[Piece], keys: Collection[str], within: str, may: Test = lambda _: True
) -> Iterator[Stretch]:
    """What is read together: sentences and questions with their answers, whole texts, or all texts of these keys.

    `may` says whether it is worth the while to read texts that have these words.
    """
    chosen = [piece for piece in of_note if piece.key in keys]
    if within == "note":
        if may(frozenset().union(*(piece.words for piece in chosen))):
            yield tuple([sentence for piece in chosen for sentence in piece.sentences()])
    elif within == "text":
        yield from [piece.sentences() for piece in chosen if may(piece.words)]
    else:
        pairs = list(_answered(of_note, keys))
        for first, second in pairs:
            if may(first.words | second.words):
                yield first.sentences() + second.sentences()
        paired = {id(piece) for pair in pairs for piece in pair}
        for piece in chosen:
            if id(piece) not in paired and may(piece.words):
                yield from [(sentence,) for sentence in piece.sentences()]


def _answered(of_note: list[Piece], keys: Collection[str]) -> Iterator[tuple[Piece, Piece]]:
    """A question with its answer, and an option with its reason: neither says anything without the other.

    What a reason says, it says of its option, even where the options themselves are not asked about.
    """
    by_key: dict[str, list[Piece]] = {}
    for piece in of_note:
        by_key.setdefault(piece.key, []).append(piece)
    for asked, given in (*_PAIRS, *_EACH):
        if asked in keys and given in keys:
            yield from [(first, second) for first in by_key.get(asked, ()) for second in by_key.get(given, ())]
    if "reasons" in keys and "reasons" in by_key:
        options = {piece.owner: piece for key in ("best", "options") for piece in by_key.get(key, ())}
        yield from [(options[reason.owner], reason) for reason in by_key["reasons"]]


def answers(of_note: list[Piece]) -> Iterator[Piece]:
    """What a student is to know, as far as it is told apart by words alone: answers, gaps, claims."""
    return (piece for piece in of_note if piece.key in ANSWERS)
