"""One mapping of a set to one Note: its kind, its card texts, and everything it says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.ids import note_guid
from deckgen.load.keys import (
    CARD_TEXT,
    FIGURE_FIELDS,
    FOREIGN,
    KINDS,
    LATER_KEYS,
    LATER_KINDS,
    NOTE_KEYS,
    KindRule,
)
from deckgen.load.texts import card_text
from deckgen.load.values import (
    NOTE_ID,
    NOTE_ID_RULE,
    DeckFrame,
    SetFrame,
    all_tags,
    common_values,
    earlier_ids,
    read_tags,
    retired,
)
from deckgen.markup.tree import Blocks, Image, Paragraph
from deckgen.markup.views import images
from deckgen.model import Note
from deckgen.notetypes import STEP_FIELDS
from deckgen.project import NAME
from deckgen.yamlnodes import Mapping, Node, Scalar, Sequence, expect_mapping, take

GUID = re.compile(r"[!-~]{1,64}")
WHOLE = "whole"


def read_note(node: Node, deck: DeckFrame, common: SetFrame, bag: Bag) -> Note | None:
    """The note, or None when it is too broken to be one; problems go into `bag` either way."""
    mapping = expect_mapping(node, "a note", bag)
    if mapping is None or _later_kind(mapping, bag):
        return None
    keys = take(mapping, NOTE_KEYS, bag, "a note")
    rule = _kind(keys, mapping, bag)
    note_id, id_span = _id(keys, mapping, bag)
    if rule is None:
        return None
    content, spans = _content(keys, deck, bag)
    step_ids = _steps(keys["steps"], content, spans, deck, bag) if "steps" in keys and rule.kind == "sequence" else ()
    own = common_values(keys, deck, bag)
    tags = read_tags(keys["tags"], bag) if "tags" in keys else ()
    earlier = earlier_ids(keys["was"], bag) if "was" in keys else ()
    guid = (
        shapes.matching(keys["guid"], bag, "guid", GUID, "The GUID as Anki shows it in the Browser's note info.")
        if "guid" in keys
        else ""
    )
    if not note_id:
        return None
    return Note(
        id=note_id,
        guid=guid or note_guid(deck.key, earlier[0] if earlier else note_id),
        kind=rule.kind,
        note_type=rule.note_type,
        deck_name=_deck_name(deck.name, own.subdeck or common.subdeck),
        content=content,
        span=id_span,
        topic=_topic(deck.name, own.topic or common.topic or common.title),
        tags=all_tags(deck.tag_prefix, (*common.tags, *tags), own.difficulty or common.difficulty),
        citations=own.citations or common.citations,
        statements=own.statements or common.statements,
        checked=own.checked or common.checked,
        difficulty=own.difficulty or common.difficulty,
        language=own.language or common.language,
        direction=own.direction or common.direction,
        step_ids=step_ids,
        retired=retired(keys["retired"], bag) if "retired" in keys else None,
        spans=spans,
    )


def _later_kind(node: Mapping, bag: Bag) -> str:
    """The kind of a note that this version does not build yet; said once, at the key that gives it away."""
    for key, value in node.entries:
        kind = LATER_KEYS.get(key.text, "")
        if key.text == "kind" and isinstance(value, Scalar) and value.text.strip() in LATER_KINDS:
            kind = value.text.strip()
        if kind:
            bag.error(
                "kind-not-built",
                f"notes of the kind “{kind}” are not built yet",
                key.span,
                "",
                "Write it as a basic, reversed, cloze or sequence note for now.",
            )
            return kind
    return ""


def _kind(keys: MappingType[str, Node], node: Mapping, bag: Bag) -> KindRule | None:
    """The kind the keys show; None when a key it needs is missing or two kinds are mixed."""
    rule = next((rule for rule in KINDS if not rule.marks.isdisjoint(keys)), KINDS[-1])
    if "kind" in keys:
        said = shapes.text(keys["kind"], bag, "kind")
        known = [each.kind for each in KINDS]
        if said and said not in known:
            near = nearest(said, [*known, *LATER_KINDS])
            bag.error("unknown-kind", f"there is no kind of note `{said[:60]}`", keys["kind"].span, f"did you mean `{near}`?" if near else "",
                      "The kind follows from the keys; leave `kind` out, or write basic, reversed, cloze or sequence.")  # fmt: skip
            return None
        rule = next((each for each in KINDS if each.kind == said), rule)
    return rule if _complete(rule, keys, node, bag) else None


def _complete(rule: KindRule, keys: MappingType[str, Node], node: Mapping, bag: Bag) -> bool:
    missing = [key for key in rule.needs if key not in keys]
    if missing:
        _report_missing(rule, missing, node, bag)
    foreign = sorted(FOREIGN[rule.kind] & keys.keys())
    for key in foreign:
        message = f"a {rule.kind} note has no `{key}`"
        bag.error("mixed-kinds", message, keys[key].span, "", f"Make two notes, or leave `{key}` out.")
    return not missing and not foreign


def _report_missing(rule: KindRule, missing: list[str], node: Mapping, bag: Bag) -> None:
    meant = {nearest(key.text, NOTE_KEYS) for key, _ in node.entries if key.text not in NOTE_KEYS}
    first = node.entries[0][0].span if node.entries else node.span
    for key in missing:
        if key not in meant:  # else the misspelt key has been reported already
            label = f"this {rule.kind} note has no `{key}`"
            bag.error("missing-key", f"`{key}` is missing", first, label, f"Add `{key}: ...`.")


def _id(keys: MappingType[str, Node], node: Mapping, bag: Bag) -> tuple[str, Span]:
    if "id" in keys:
        given = keys["id"]
        if isinstance(given, Scalar) and NOTE_ID.fullmatch(given.text):  # nearly always, and on every note
            return given.text, given.span
        return shapes.matching(given, bag, "id", NOTE_ID, NOTE_ID_RULE), given.span
    first = node.entries[0][0].span if node.entries else node.span
    if not any(nearest(key.text, NOTE_KEYS) == "id" for key, _ in node.entries):
        bag.error(
            "missing-id",
            "this note has no `id`",
            first,
            "",
            f"Add a permanent one, such as `id: {_proposed_id(keys)}`; a student's progress hangs on it.",
        )
    return "", first


def _proposed_id(keys: MappingType[str, Node]) -> str:
    text = next(
        (node.text for key in ("question", "cloze", "sequence") if isinstance(node := keys.get(key), Scalar)), ""
    )
    words = re.findall(r"[a-z0-9]+", re.sub(r"\{\{c\d+::|::[^}]*\}\}|\}\}", " ", text).lower())
    telling = [
        word
        for word in words
        if word not in {"which", "what", "the", "a", "an", "of", "is", "does", "do", "how", "in", "to", "by"}
    ]
    return "-".join(telling[:5]) or "heart-chambers"


def _content(keys: MappingType[str, Node], deck: DeckFrame, bag: Bag) -> tuple[dict[str, Blocks], dict[str, Span]]:
    content: dict[str, Blocks] = {}
    spans: dict[str, Span] = {}
    for key, node in keys.items():
        name = CARD_TEXT.get(key)
        if name is None:
            continue
        blocks = (
            _figure(node, key, deck, bag)
            if key in FIGURE_FIELDS
            else card_text(node, bag, key, deck.pictures, cloze=key == "cloze")
        )
        if blocks:
            content[name] = blocks
            spans[name] = node.span
    return content, spans


def _figure(node: Node, key: str, deck: DeckFrame, bag: Bag) -> Blocks:
    """A named figure, or a Markdown picture with whatever stands under it."""
    if isinstance(node, Scalar) and NAME.fullmatch(node.text.strip()):
        figure = deck.figures.get(node.text.strip())
        if figure:
            return (Paragraph((Image(figure.image, figure.alt, 0, 0),)), *figure.caption)
        near = nearest(node.text.strip(), deck.figures)
        bag.error("unknown-figure", f"there is no figure `{node.text.strip()[:60]}`", node.span, f"did you mean `{near}`?" if near else "",
                  'Name it under `figures` of the deck in `deckgen.yaml`, or write a picture: `"![what it shows](images/x.svg)"`.')  # fmt: skip
        return ()
    blocks = card_text(node, bag, key, deck.pictures)
    if blocks and not any(True for _ in images(blocks)):
        bag.error(
            "no-picture",
            f"`{key}` shows no picture",
            node.span,
            "",
            'Write `"![what it shows](images/x.svg)"`, or the name of a figure.',
        )
        return ()
    return blocks


def _steps(
    node: Node, content: dict[str, Blocks], spans: dict[str, Span], deck: DeckFrame, bag: Bag
) -> tuple[str, ...]:
    steps = _step_entries(node, bag)
    if steps and not 2 <= len(steps) <= len(STEP_FIELDS):
        bag.error("step-count", f"a sequence has 2 to {len(STEP_FIELDS)} steps; this has {len(steps)}", node.span, "",
                  "Three to seven are best. Split a longer one, with one step in both parts.")  # fmt: skip
        return ()
    for name, (_, value) in zip(STEP_FIELDS, steps, strict=False):
        blocks = card_text(value, bag, "steps", deck.pictures)
        if blocks:
            content[name], spans[name] = blocks, value.span
    return tuple(step for step, _ in steps)


def _step_entries(node: Node, bag: Bag) -> list[tuple[str, Node]]:
    if isinstance(node, Sequence):
        hint = "Write each step as `id: text`, without the `- `: the ids keep a student's progress when a step is added later."
        bag.error("wrong-shape", "`steps` must name each step", node.span, "a step without an id", hint)
        return []
    mapping = expect_mapping(node, "`steps`", bag)
    entries = mapping.entries if mapping else []
    for key, _ in entries:
        if not NOTE_ID.fullmatch(key.text) or key.text == WHOLE:
            message = f"`{key.text[:60]}` is not a valid id of a step"
            bag.error(
                "bad-step-id", message, key.span, "not allowed", f"{NOTE_ID_RULE} `{WHOLE}` is the card of all steps."
            )
    return [(key.text, value) for key, value in entries]


def _deck_name(deck: str, subdeck: str) -> str:
    return f"{deck}::{subdeck}" if subdeck else deck


def _topic(deck: str, topic: str) -> str:
    name = deck.rsplit("::", 1)[-1]
    return f"{name} › {topic}" if topic else name
