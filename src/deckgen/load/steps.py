"""The steps of a sequence: their permanent ids, and their texts as fields of the note type."""

from __future__ import annotations

from deckgen.diagnostics import Bag, Span
from deckgen.load.texts import card_text
from deckgen.load.values import NOTE_ID, NOTE_ID_RULE, DeckFrame
from deckgen.markup.tree import Blocks
from deckgen.notetypes import STEP_FIELDS
from deckgen.yamlnodes import Node, Scalar, Sequence, expect_mapping

WHOLE = "whole"


def read_steps(
    node: Node, content: dict[str, Blocks], spans: dict[str, Span], deck: DeckFrame, bag: Bag
) -> tuple[str, ...]:
    """The ids of the steps, in order; their texts are put into `content`, their places into `spans`."""
    steps = _entries(node, bag)
    if steps is None:
        return ()
    if not 2 <= len(steps) <= len(STEP_FIELDS):
        bag.error("step-count", f"a sequence has 2 to {len(STEP_FIELDS)} steps; this has {len(steps)}", node.span, "",
                  "Three to seven are best. Split a longer one, with one step in both parts.")  # fmt: skip
        return ()
    for name, (_, value) in zip(STEP_FIELDS, steps, strict=False):
        blocks = card_text(value, bag, "steps", deck.pictures)
        if blocks:
            content[name], spans[name] = blocks, value.span
    return tuple(step.text for step, _ in steps)


def _entries(node: Node, bag: Bag) -> list[tuple[Scalar, Node]] | None:
    """The steps as written; None after a problem."""
    if isinstance(node, Sequence) and node.items:
        hint = "Write each step as `id: text`, without the `- `: by its id a step is known again when others are added."
        bag.error("wrong-shape", "`steps` must name each step", node.span, "a step without an id", hint)
        return None
    mapping = expect_mapping(node, "`steps`", bag)
    if mapping is None:
        return None
    for key, _ in mapping.entries:
        if not NOTE_ID.fullmatch(key.text) or key.text == WHOLE:
            message = f"`{key.text[:60]}` is not a valid id of a step"
            bag.error(
                "bad-step-id", message, key.span, "not allowed", f"{NOTE_ID_RULE} `{WHOLE}` is the card of all steps."
            )
    return mapping.entries
