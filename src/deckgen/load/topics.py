"""The topics a deck must cover, from its `coverage.yaml`, and which of its notes cover each.

Knows how a topic is written. A topic may name sets and tags that are still to be written: it is short then, and that
is no error. Whether a deck covers its topics, nobody asks here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from deckgen import shapes
from deckgen.diagnostics import Bag
from deckgen.load.choosing import CRITERIA, FREE, NONE, Ids, Index, index_of, meeting, values_of
from deckgen.load.statements import expect_entries
from deckgen.load.values import STATEMENT, STATEMENT_RULE
from deckgen.model import Deck, Topic
from deckgen.project import DeckSettings
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_mapping, take

NAME = "coverage"  # of the file
KEYS = ("topics", "error tags")
CHOOSERS = (*CRITERIA, "kinds")
TOPIC_KEYS = ("title", "minimum", *CHOOSERS)
MINIMUM = re.compile(r"[1-9][0-9]{0,4}")
MINIMUM_RULE = "A whole number from 1 on; 1 when missing."
MANY = 20  # unknown sets and tags for which the one that was meant is looked for


@dataclass(slots=True)
class _TopicDraft:
    """A topic while it is read: the values of its criteria, as written."""

    key: Scalar
    title: str
    minimum: int
    values: dict[str, list[str]] = field(default_factory=dict)


def read_topics(roots: Iterable[Node], deck: Deck, settings: DeckSettings, bag: Bag) -> tuple[tuple[Topic, ...], Ids]:
    """The topics of a deck, and the ids of the notes that its `error tags` mark."""
    drafts: dict[str, _TopicDraft] = {}
    tags: list[str] = []
    for root in roots:
        mapping = expect_entries(root, "the coverage of a deck", "topics", bag)
        keys = _keys(mapping, bag) if mapping else {}
        if "error tags" in keys:
            tags += [tag for _, tag in values_of("error tags", keys["error tags"], "the coverage", bag)]
        for draft in _drafts(keys["topics"], bag) if "topics" in keys else ():
            if draft.key.text in drafts:
                bag.error("duplicate-topic", f"there is a topic `{draft.key.text}` already", draft.key.span, "",
                          "Give one of the two another id.", related=((drafts[draft.key.text].key.span, "the first one"),))  # fmt: skip
            drafts.setdefault(draft.key.text, draft)
    if not drafts and not tags:
        return (), NONE
    index = index_of(deck, settings.folder, settings.tag_prefix)
    marked = NONE.union(*(index.named("tags", tag) for tag in tags))
    return tuple(_topics(list(drafts.values()), index)), marked


def _keys(root: Mapping, bag: Bag) -> dict[str, Node]:
    """The keys of the file. Topics that stand beside `topics` in place of under it are one mistake, not many."""
    beside = [key for key, node in root.entries if key.text not in KEYS and isinstance(node, Mapping)]
    if not beside or any(key.text == "topics" for key, _ in root.entries):
        return take(root, KEYS, bag, "the coverage of a deck")
    bag.error("missing-key", "`topics` is missing", beside[0].span, "topics stand under `topics`",
              "Write `topics:` above the first topic, and indent all of them.")  # fmt: skip
    return {}


def _drafts(node: Node, bag: Bag) -> Iterator[_TopicDraft]:
    mapping = expect_mapping(node, "`topics`", bag)
    for key, value in mapping.entries if mapping else []:
        if not STATEMENT.fullmatch(key.text):
            bag.error("bad-topic-id", f"`{key.text[:60]}` cannot be the id of a topic", key.span, "not allowed",
                      STATEMENT_RULE)  # fmt: skip
        elif draft := _draft(key, value, bag):
            yield draft


def _draft(key: Scalar, node: Node, bag: Bag) -> _TopicDraft | None:
    what = f"the topic `{key.text}`"
    mapping = expect_mapping(node, what, bag)
    if mapping is None:
        return None
    keys = take(mapping, TOPIC_KEYS, bag, what)
    title = shapes.line(keys["title"], bag, "title") if "title" in keys else ""
    least = shapes.matching(keys["minimum"], bag, "minimum", MINIMUM, MINIMUM_RULE) if "minimum" in keys else ""
    if keys.keys().isdisjoint(CHOOSERS) and len(keys) == len(mapping.entries):  # else a misspelt key has been reported
        bag.error("missing-key", f"nothing says which notes cover {what}", key.span, "",
                  f"Add one of {', '.join(f'`{each}`' for each in CHOOSERS)}.")  # fmt: skip
    values = {each: [value for _, value in values_of(each, keys[each], what, bag)] for each in CHOOSERS if each in keys}
    return _TopicDraft(key, title or key.text, int(least or 1), values)


def _topics(drafts: list[_TopicDraft], index: Index) -> Iterator[Topic]:
    """The topics with their notes. Retired notes do not count: nobody learns by them."""
    retired = {note.id for note in index.deck.notes() if note.retired}
    claimed = [path for draft in drafts for path in draft.values.get("sets", ())]
    searched = 0
    for draft in drafts:
        named = {
            each: NONE.union(*(index.named(each, value) for value in values)) for each, values in draft.values.items()
        }
        unknown = [
            (each, value)
            for each, values in draft.values.items()
            for value in values
            if each in FREE and value and not index.named(each, value)
        ]
        said = [_unknown(each, value, index, claimed, search=searched + at < MANY) for at, (each, value) in enumerate(unknown)]  # fmt: skip
        searched += len(unknown)
        chosen = meeting(named, index) - retired
        yield Topic(draft.key.text, draft.title, draft.minimum, chosen, draft.key.span, tuple(said))


def _unknown(criterion: str, value: str, index: Index, claimed: Iterable[str], *, search: bool) -> str:
    """What to say of a set or tag without notes. A set that another topic names is not the one that was meant."""
    near = None
    if criterion != "sets":
        said = f"no note has the tag `{value}`"
        near = index.near_tag(value) if search else None
    else:
        said = f"`{value}` holds no notes" if value in index.sets else f"there is no set `{value}`"
        near = index.near_set(value, claimed) if search else None
    return f"{said}; did you mean `{near}`?" if near else said
