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
# Keys of kinds that the format fixes and a later version of the program fills.
LATER_KEYS = {
    "typed answer": "typed answer",
    "table": "table",
    "questions": "table",
    "options": "choice",
    "best": "choice",
    "ask without options": "choice",
    "masks": "image occlusion",
    "claim": "spot the error",
}
LATER_KINDS = ("typed answer", "table", "choice", "image occlusion", "spot the error")
# Ordered as an author thinks of them, because messages list them; a dict, because every key of every note is looked up.
NOTE_KEYS = dict.fromkeys(["id", *TEXT_FIELDS, "steps", *FIGURE_FIELDS, *PLAIN])
SET_KEYS = ("title", "deck", "introduction", "objectives", "tags", *INHERITED, "notes")
LATER_SET_KEYS = {"tables": "table", "option families": "choice"}
DIFFICULTIES = ("core", "clinical", "advanced")
DIRECTIONS = ("ltr", "rtl")


@dataclass(frozen=True, slots=True)
class KindRule:
    """How a kind of note is written: the keys that give it away, those it needs, and its note type."""

    kind: Kind
    marks: frozenset[str]
    needs: tuple[str, ...]
    note_type: str


# In order: the first kind with a mark among the note's keys is the note's kind; basic takes the rest.
KINDS = (
    KindRule("cloze", frozenset(["cloze"]), ("cloze",), "cloze"),
    KindRule("sequence", frozenset(["sequence", "steps", "ask whole"]), ("sequence", "steps"), "sequence"),
    KindRule(
        "reversed",
        frozenset(["reverse question", "reverse answer"]),
        ("question", "answer", "reverse question", "reverse answer"),
        "recall",
    ),
    KindRule("basic", frozenset(["question", "answer"]), ("question", "answer"), "recall"),
)

# The keys of other kinds, for each kind: together with its own they would make two notes of one.
FOREIGN = {
    rule.kind: frozenset(key for other in KINDS for key in (*other.needs, *other.marks)) - {*rule.needs, *rule.marks}
    for rule in KINDS
}
