"""The note types of deckgen, as data: fields, card templates, and the permanent keys their ids come from.

A field or a card template can never be added, removed or moved after the first edition: a student's Anki would
make a second note type of it. So everything there will ever be room for is here from the beginning, asleep until
its field is filled. Names may change; keys may not. The student's own field, "My notes", is the last of every note
type: Anki's import of a text file maps columns to fields from the left, so that a file with the author's fields can
stop before it. Knows no HTML: the faces come from `deckgen.templating`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from deckgen import ids
from deckgen.model import CardTemplate, Direction, Field, NoteType

STEPS = 10
# When a note type last changed that no edition has published: 2026-01-01, in seconds. Published looks count on from here.
UNPUBLISHED_LOOK = 1_767_225_600
IMAGE_OCCLUSION = 6  # Anki's number for its own image occlusion, in `originalStockKind`
RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "iw", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"))
RIGHT_TO_LEFT_SCRIPTS = frozenset(("adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"))


class FieldPlan(NamedTuple):
    """A field. `key` is permanent; `label` names the words in `labels.toml` that Anki's editor shows in it.

    A `collapsed` one is folded in the editor until somebody opens it.
    """

    key: str
    name: str
    label: str = ""
    tag: int | None = None
    prevent_deletion: bool = False
    collapsed: bool = False


class CardPlan(NamedTuple):
    """A card template. `key` is permanent; `face` begins the names of its two files; `step` counts from 1."""

    key: str
    name: str
    face: str
    step: int = 0


class Plan(NamedTuple):
    """A note type. `key` is permanent; Anki shows `name` behind the publisher's."""

    key: str
    name: str
    fields: tuple[FieldPlan, ...]
    cards: tuple[CardPlan, ...]
    is_cloze: bool = False
    original_stock_kind: int = 0


def _fields(*names: str) -> tuple[FieldPlan, ...]:
    """Fields whose key is still their first name, in small letters. To rename one, write its key out."""
    return tuple(FieldPlan(name.lower(), name) for name in names)


def _cards(*names: str) -> tuple[CardPlan, ...]:
    return tuple(CardPlan(name.lower(), name, name.lower()) for name in names)


_OWN = (FieldPlan("my notes", "My notes", "field_my_notes"),)
OWN_FIELDS = tuple(field.name for field in _OWN)  # the student's, at the end of every note type
_FRONT = _fields("Case", "Question figure")
_TAIL = (
    *_fields("Hint", "Why", "Watch out", "Mnemonic", "Figure", "More", "Source", "Topic"),
    FieldPlan("ref", "Ref", "field_ref"),
    FieldPlan("retired", "Retired", "field_retired", collapsed=True),
    *(FieldPlan(f"spare {number}", f"Spare {number}", "field_spare", collapsed=True) for number in (1, 2, 3)),
    *_OWN,  # stay the last
)
STEP_FIELDS = tuple(f"Step {number}" for number in range(1, STEPS + 1))
_OCCLUSION = tuple(
    FieldPlan(name.lower(), name, tag=tag, prevent_deletion=tag < 4)
    for tag, name in enumerate(("Occlusion", "Image", "Header", "Back Extra", "Comments"))
)

PLANS = (
    Plan(
        "recall",
        "Recall",
        (
            *_fields("Question", "Answer"),
            *_FRONT,
            *_fields("Reverse question", "Reverse answer", "Typed answer"),
            *_TAIL,
        ),
        _cards("Recall", "Reverse", "Typed", "Spare"),
    ),
    Plan("cloze", "Cloze", (*_fields("Text"), *_FRONT, *_TAIL), _cards("Cloze"), is_cloze=True),
    Plan(
        "sequence",
        "Sequence",
        (*_fields("Title"), *_FRONT, *_fields(*STEP_FIELDS, "Ask whole"), *_TAIL),
        (
            *(CardPlan(name.lower(), name, "step", step) for step, name in enumerate(STEP_FIELDS, 1)),
            CardPlan("whole", "Whole sequence", "whole"),
        ),
    ),
    Plan(
        "best-answer",
        "Best answer",
        (*_fields("Question", "Options", "Options explained"), *_FRONT, *_fields("Ask without options"), *_TAIL),
        (CardPlan("best", "Best answer", "best"), CardPlan("open", "Without options", "open")),
    ),
    Plan(
        "image",
        "Image",
        (*_OCCLUSION, *_fields("Answers"), *_FRONT, *_TAIL),
        _cards("Image"),
        is_cloze=True,
        original_stock_kind=IMAGE_OCCLUSION,
    ),
    Plan("claim", "Spot the error", (*_fields("Claim", "Error"), *_FRONT, *_TAIL), _cards("Claim", "Spare")),
)


def identity(language: str) -> str:
    """The part of a language tag that a set of note types is made for: language and script, no region.

    So that turning `en` into `en-GB` later does not turn one note type into two.
    """
    parts = language.lower().replace("_", "-").split("-")
    script = next((part.title() for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    return f"{parts[0]}-{script}" if script else parts[0]


def direction_of(language: str) -> Direction:
    """The direction in which a language is written."""
    main, _, script = identity(language).lower().partition("-")
    right_to_left = script in RIGHT_TO_LEFT_SCRIPTS if script else main in RIGHT_TO_LEFT
    return "rtl" if right_to_left else "ltr"


def note_type(
    plan: Plan,
    publisher: str,
    language: str,
    *,
    faces: Mapping[tuple[str, str], str],
    css: str,
    labels: Mapping[str, str],
) -> NoteType:
    """The note type of a plan. `faces` has the text by (key of the card, "front" or "back")."""
    number = ids.note_type_id(publisher, plan.key, identity(language))
    fields = tuple(
        Field(
            field.name,
            ids.field_id(number, field.key),
            labels.get(field.label, ""),
            field.tag,
            prevent_deletion=field.prevent_deletion,
            collapsed=field.collapsed,
        )
        for field in plan.fields
    )
    templates = tuple(
        CardTemplate(card.name, ids.template_id(number, card.key), faces[card.key, "front"], faces[card.key, "back"])
        for card in plan.cards
    )
    return NoteType(
        plan.key,
        _name(plan, publisher, language),
        number,
        fields,
        templates,
        css,
        is_cloze=plan.is_cloze,
        original_stock_kind=plan.original_stock_kind,
    )


def _name(plan: Plan, publisher: str, language: str) -> str:
    """What Anki shows. It would put a `+` to the second of two equal names, so other languages than English say theirs."""
    suffix = "" if identity(language) == "en" else f" ({identity(language)})"
    return f"{publisher} {plan.name}{suffix}".strip()
