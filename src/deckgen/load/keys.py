"""The keys of the format as data: which there are, which kind of note they make, which field they fill."""

from __future__ import annotations

from dataclasses import dataclass

from deckgen.model import Kind

# Keys whose value is card Markdown, and the field of the note type they fill.
TEXT_FIELDS = {
    "question": "Question",
    "answer": "Answer",
    "reverse question": "Reverse question",
    "reverse answer": "Reverse answer",
    "cloze": "Text",
    "sequence": "Title",
    "ask whole": "Ask whole",
    "ask without options": "Ask without options",
    "header": "Header",
    "claim": "Claim",
    "error": "Error",
    "case": "Case",
    "hint": "Hint",
    "why": "Why",
    "watch out": "Watch out",
    "mnemonic": "Mnemonic",
    "more": "More",
}
FIGURE_FIELDS = {"figure": "Figure", "question figure": "Question figure"}
CARD_TEXT = {**TEXT_FIELDS, **FIGURE_FIELDS}

INHERITED = ("topic", "subdeck", "references", "statements", "checked", "difficulty", "language", "direction")
PLAIN = ("id", "kind", "tags", *INHERITED, "guid", "was", "retired")
# What a kind of note is made of besides card text.
PARTS = ("steps", "typed answer", "options", "best", "reasons", "image", "alt", "masks", "hide")
# Ordered as an author thinks of them, because messages list them; a dict, because every key of every note is looked up.
NOTE_KEYS = dict.fromkeys(["id", *TEXT_FIELDS, *PARTS, *FIGURE_FIELDS, *PLAIN])
TABLE_NOTE_KEYS = (
    "table",
    "questions",
    "notes",
    "order",
)  # of a note that stands for many; beside the keys of any note
SHARED = ("tables", "option families")  # what one set may write down for all sets of its deck
SET_KEYS = ("title", "deck", "introduction", "objectives", "comparisons", "tags", *INHERITED, *SHARED, "notes")
DIFFICULTIES = ("core", "clinical", "advanced")
DIRECTIONS = ("ltr", "rtl")


@dataclass(frozen=True, slots=True)
class KindRule:
    """How a kind of note is written: the keys it needs, those it may have besides, and its note type.

    `marks` are the keys that give it away.
    """

    kind: Kind
    marks: frozenset[str]
    needs: tuple[str, ...]
    note_type: str
    also: tuple[str, ...] = ()

    @property
    def own(self) -> frozenset[str]:
        """All keys that belong to this kind and not to every note."""
        return frozenset((*self.marks, *self.needs, *self.also))


_PAIR = ("question", "answer")
_REVERSE = ("reverse question", "reverse answer")
_CHOICE = ("options", "best", "reasons", "ask without options")

# In order: the first kind with a mark among the note's keys is the note's kind; basic takes the rest.
KINDS = (
    KindRule("cloze", frozenset(["cloze"]), ("cloze",), "cloze"),
    KindRule("sequence", frozenset(["sequence", "steps", "ask whole"]), ("sequence", "steps"), "sequence"),
    KindRule("choice", frozenset(_CHOICE), ("question", "options", "best"), "best-answer"),
    KindRule(
        "image occlusion",
        frozenset(["masks", "image", "hide", "header"]),
        ("image", "masks"),
        "image",
        also=("alt",),
    ),
    KindRule("spot the error", frozenset(["claim", "error"]), ("claim", "error"), "claim"),
    KindRule("reversed", frozenset(_REVERSE), (*_PAIR, *_REVERSE), "recall", also=("typed answer",)),
    KindRule("typed answer", frozenset(["typed answer"]), (*_PAIR, "typed answer"), "recall"),
    KindRule("basic", frozenset(_PAIR), _PAIR, "recall"),
)

KIND_NAMES = tuple(rule.kind for rule in KINDS)

# The keys of other kinds, for each kind: together with its own they would make two notes of one.
FOREIGN = {rule.kind: frozenset().union(*(other.own for other in KINDS)) - rule.own for rule in KINDS}
