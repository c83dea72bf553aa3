"""One mapping of a set to one Note: its kind, its card texts, and everything it says of itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.ids import note_guid
from deckgen.load.choices import read_options
from deckgen.load.keys import CARD_TEXT, FIGURE_FIELDS, FOREIGN, KIND_NAMES, KINDS, NOTE_KEYS, TABLE_NOTE_KEYS, KindRule
from deckgen.load.masks import read_occlusion
from deckgen.load.steps import read_steps
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
from deckgen.project import NAME
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_mapping, take

GUID = re.compile(r"[!-~]{1,64}")
LONGEST_TYPED = 60
QUESTIONS = frozenset(("ask whole", "ask without options", "reverse question"))
SWITCHES = frozenset(("yes", "no", "true", "false", "on", "off"))
# Fields that are made of more than card text, and the keys they come from; a later one is the nearer place.
PLACES = (
    ("options", "Options"),
    ("masks", "Occlusion"),
    ("image", "Image"),
    ("alt", "Image"),
    ("references", "Source"),
    ("typed answer", "Typed answer"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A note as written: its values by key, the names of all its keys, also unknown ones, and where it begins."""

    keys: MappingType[str, Node]
    names: tuple[str, ...]
    first: Span


def read_note(node: Node, deck: DeckFrame, common: SetFrame, bag: Bag) -> Note | None:
    """The note, or None when it is too broken to be one; problems go into `bag` either way."""
    mapping = expect_mapping(node, "a note", bag)
    if mapping is None:
        return None
    draft = draft_of(mapping, take(mapping, NOTE_KEYS, bag, "a note"))
    note_id, span = _id(draft, bag)
    return finished(draft, note_id, span, deck, common, bag)


def draft_of(mapping: Mapping, keys: dict[str, Node]) -> Draft:
    """The draft of a mapping whose known keys have been taken."""
    first = mapping.entries[0][0].span if mapping.entries else mapping.span
    return Draft(keys, tuple([key.text for key, _ in mapping.entries]), first)


def finished(
    draft: Draft, note_id: str, span: Span, deck: DeckFrame, common: SetFrame, bag: Bag, *, origin: str = ""
) -> Note | None:
    """The note of a draft, under this id; None when it cannot be one.

    `span` is where messages say that it stands; `origin` its first id, where that follows from elsewhere than `was`.
    """
    keys = draft.keys
    rule = _kind(draft, bag)
    if rule is None:
        return None
    content, spans = _content(keys, deck, bag)
    step_ids = read_steps(keys["steps"], content, spans, deck, bag) if rule.kind == "sequence" else ()
    occlusion = read_occlusion(keys, deck, bag) if rule.kind == "image occlusion" else None
    spans |= {name: keys[key].span for key, name in PLACES if key in keys}
    _report_unseen_hint(rule, keys, bag)
    typed = _typed(keys["typed answer"], bag) if "typed answer" in keys else ""
    own = common_values(keys, deck, bag)
    language = own.language or common.language
    options = read_options(keys, language or deck.language, deck, bag) if rule.kind == "choice" else ()
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
        guid=guid or note_guid(deck.key, earlier[0] if earlier else origin or note_id),
        kind=rule.kind,
        note_type=rule.note_type,
        deck_name=_deck_name(deck.name, own.subdeck or common.subdeck),
        content=content,
        span=span,
        topic=_topic(deck.name, own.topic or common.topic or common.title),
        tags=all_tags(deck.tag_prefix, (*common.tags, *tags), own.difficulty or common.difficulty),
        citations=own.citations or common.citations,
        statements=own.statements or common.statements,
        checked=own.checked or common.checked,
        difficulty=own.difficulty or common.difficulty,
        language=language,
        direction=own.direction or common.direction,
        step_ids=step_ids,
        typed_answer=typed,
        options=options,
        occlusion=occlusion,
        retired=retired(keys["retired"], bag) if "retired" in keys else None,
        spans=spans,
    )


# ---- its kind -------------------------------------------------------------------------------------------------


def rule_of(keys: MappingType[str, Node]) -> KindRule:
    """The rule of the kind that the keys give away."""
    for rule in KINDS:
        if not rule.marks.isdisjoint(keys):
            return rule
    return KINDS[-1]


def _kind(draft: Draft, bag: Bag) -> KindRule | None:
    """The kind the keys show; None when a key it needs is missing or two kinds are mixed."""
    keys = draft.keys
    rule = rule_of(keys)
    if "kind" in keys:
        said = shapes.text(keys["kind"], bag, "kind")
        if said and said not in KIND_NAMES:
            near = nearest(said, KIND_NAMES)
            bag.error("unknown-kind", f"there is no kind of note `{said[:60]}`", keys["kind"].span, f"did you mean `{near}`?" if near else "",
                      f"The kind follows from the keys; leave `kind` out, or write one of {', '.join(KIND_NAMES)}.")  # fmt: skip
            return None
        rule = next((each for each in KINDS if each.kind == said), rule)
    return rule if _complete(rule, draft, bag) else None


def _complete(rule: KindRule, draft: Draft, bag: Bag) -> bool:
    missing = [key for key in rule.needs if key not in draft.keys]
    if missing:
        _report_missing(rule, missing, draft, bag)
    others = FOREIGN[rule.kind]
    foreign = sorted([key for key in draft.keys if key in others])
    for key in foreign:
        message = f"`{key}` does not belong into {_a(rule)}"
        bag.error("mixed-kinds", message, draft.keys[key].span, "", _parting(rule, key))
    return not missing and not foreign


def _a(rule: KindRule) -> str:
    return f"a note of the kind “{rule.kind}”" if " " in rule.kind else f"a {rule.kind} note"


def _parting(rule: KindRule, key: str) -> str:
    """What to do about a key of another kind."""
    if key in {"image", "alt"}:
        return "A picture on a card is a `figure`, or a `question figure` on its front; `image` is for masks."
    if rule.kind == "image occlusion" and key in {"question", "answer"}:
        return "The question above a masked picture is its `header`, and each mask has an `answer` of its own."
    if rule.kind == "choice" and key == "answer":
        return "The right option is named by `best`, and its reason stands behind it."
    if rule.kind == "spot the error" and key == "answer":
        return "What is wrong with the claim goes into `error`."
    return f"Make two notes, or leave `{key}` out."


def _report_missing(rule: KindRule, missing: list[str], draft: Draft, bag: Bag) -> None:
    meant = {nearest(name, NOTE_KEYS) for name in draft.names if name not in NOTE_KEYS and name not in TABLE_NOTE_KEYS}
    for key in missing:
        if key not in meant:  # else the misspelt key has been reported already
            label = f"this {rule.kind} note has no `{key}`"
            bag.error("missing-key", f"`{key}` is missing", draft.first, label, f"Add `{key}: ...`.")


# ---- its id ---------------------------------------------------------------------------------------------------


def _id(draft: Draft, bag: Bag) -> tuple[str, Span]:
    if "id" in draft.keys:
        given = draft.keys["id"]
        if isinstance(given, Scalar) and NOTE_ID.fullmatch(given.text):  # nearly always, and on every note
            return given.text, given.span
        return shapes.matching(given, bag, "id", NOTE_ID, NOTE_ID_RULE), given.span
    if not any(nearest(name, NOTE_KEYS) == "id" for name in draft.names):
        bag.error(
            "missing-id",
            "this note has no `id`",
            draft.first,
            "",
            f"Add a permanent one, such as `id: {_proposed_id(draft.keys)}`; a student's progress hangs on it.",
        )
    return "", draft.first


def _proposed_id(keys: MappingType[str, Node]) -> str:
    text = next(
        (
            node.text
            for key in ("question", "cloze", "sequence", "claim", "header")
            if isinstance(node := keys.get(key), Scalar)
        ),
        "",
    )
    words = re.findall(r"[a-z0-9]+", re.sub(r"\{\{c\d+::|::[^}]*\}\}|\}\}", " ", text).lower())
    telling = [
        word
        for word in words
        if word not in {"which", "what", "the", "a", "an", "of", "is", "does", "do", "how", "in", "to", "by"}
    ]
    return "-".join(telling[:5]) or "heart-chambers"


# ---- its texts ------------------------------------------------------------------------------------------------


def _is_switch(node: Node, key: str, bag: Bag) -> bool:
    """Whether a question is meant as a switch: `ask whole: yes` would ask “yes”."""
    if not isinstance(node, Scalar) or node.text.strip().lower() not in SWITCHES:
        return False
    bag.error("not-a-question", f"`{key}` is no switch", node.span, "", f"Write the question itself: `{key}: ...?`; without the key there is no such card.")  # fmt: skip
    return True


def _content(keys: MappingType[str, Node], deck: DeckFrame, bag: Bag) -> tuple[dict[str, Blocks], dict[str, Span]]:
    content: dict[str, Blocks] = {}
    spans: dict[str, Span] = {}
    for key, node in keys.items():
        name = CARD_TEXT.get(key)
        if name is None or (key in QUESTIONS and _is_switch(node, key, bag)):
            continue
        blocks = (
            figure_text(node, key, deck, bag)
            if key in FIGURE_FIELDS
            else card_text(node, bag, key, deck.pictures, cloze=key == "cloze")
        )
        if blocks:
            content[name] = blocks
            spans[name] = node.span
    return content, spans


def figure_text(node: Node, key: str, deck: DeckFrame, bag: Bag) -> Blocks:
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


def _report_unseen_hint(rule: KindRule, keys: MappingType[str, Node], bag: Bag) -> None:
    """A sequence shows its hint on the card of the whole list alone: on a step, the steps before it are the hint."""
    if rule.kind == "sequence" and "hint" in keys and "ask whole" not in keys:
        bag.warning("hint-unseen", "no card of this sequence shows the `hint`", keys["hint"].span, "",
                    "The card of `ask whole` would. Add `ask whole: ...`, or leave the hint out.")  # fmt: skip


def _typed(node: Node, bag: Bag) -> str:
    """What the student types: a short plain text that a keyboard has."""
    value = shapes.text(node, bag, "typed answer")
    if len(value) > LONGEST_TYPED or len(value.splitlines()) > 1:
        bag.error("typed-answer-long", "nobody types so long an answer letter for letter", node.span, "",
                  f"One number or name, on one line, at most {LONGEST_TYPED} characters.")  # fmt: skip
        return ""
    strange = [
        char for char in dict.fromkeys(value) if not char.isascii() and unicodedata.category(char)[0] not in "LM"
    ]
    if strange:
        plain = value.replace("−", "-").replace("–", "-")
        label = f"write `{plain}`" if plain.isascii() else ""
        bag.error("typed-answer-signs", f"a keyboard has no {' '.join(f'`{char}`' for char in strange)}", node.span, label,
                  "Anki compares letter for letter. `answer` may keep the proper signs.")  # fmt: skip
        return ""
    return value


def _deck_name(deck: str, subdeck: str) -> str:
    return f"{deck}::{subdeck}" if subdeck else deck


def _topic(deck: str, topic: str) -> str:
    name = deck.rsplit("::", 1)[-1]
    return f"{name} › {topic}" if topic else name
