"""Phrases as YAML gives them: alone, in lists, in lists of lists, and by the name of a list that rules share.

Knows YAML and phrases; not the rules they belong to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType

from deckgen import shapes
from deckgen.diagnostics import Bag, nearest
from deckgen.project import NAME
from deckgen.rules.phrases import Phrase, Phrases, phrase
from deckgen.yamlnodes import Node, Sequence, expect_mapping

MOST_PHRASES = 500  # of a list
LONGEST_PHRASE = 12  # words
MOST_LISTS = 200  # that have a name
MOST_GROUPS = 20  # lists in a list
ENOUGH = 20  # problems after which nothing is searched for that may have been meant
_NAMED = re.compile(r"<([^<>]+)>")
PHRASE_RULE = "A phrase has words, with `*` for any letters at the beginning or end of a word, and `#` for any number standing alone."

Lists = MappingType[str, tuple[Phrase, ...]]


def read_lists(node: Node, bag: Bag) -> dict[str, tuple[Phrase, ...]]:
    """The lists under `phrases`, by name. A list may use those above it."""
    mapping = expect_mapping(node, "`phrases`", bag)
    found: dict[str, tuple[Phrase, ...]] = {}
    entries = mapping.entries if mapping else []
    if len(entries) > MOST_LISTS:
        bag.error("too-many-phrases", f"`phrases` has {len(entries):,} lists", entries[MOST_LISTS][0].span, "", f"At most {MOST_LISTS}.")  # fmt: skip
    for key, value in entries[:MOST_LISTS]:
        if not NAME.fullmatch(key.text):
            bag.error("bad-phrase", f"`{key.text[:60]}` cannot name a list", key.span, "not allowed", "Small letters, digits and `-`.")  # fmt: skip
            continue
        found[key.text] = _listed(value, key.text, found, bag)
    return found


def phrases(node: Node, key: str, lists: Lists, bag: Bag) -> Phrases:
    """Phrases of which any will do."""
    return Phrases(_listed(node, key, lists, bag))


def groups(node: Node, key: str, lists: Lists, bag: Bag) -> tuple[Phrases, ...]:
    """A list of which any will do, or a list of lists, of each of which one must be there."""
    if isinstance(node, Sequence) and any(isinstance(item, Sequence) for item in node.items):
        loose = next((item for item in node.items if not isinstance(item, Sequence)), None)
        if loose is not None:
            bag.error("wrong-shape", f"`{key}` mixes phrases and lists of phrases", loose.span, "",
                      "Either phrases alone, of which any will do, or lists alone, of each of which one must be there.")  # fmt: skip
        if len(node.items) > MOST_GROUPS:
            bag.error("too-many-phrases", f"`{key}` has {len(node.items):,} lists", node.span, "", f"At most {MOST_GROUPS}.")  # fmt: skip
        return tuple(Phrases(_listed(item, key, lists, bag)) for item in node.items)
    return (Phrases(_listed(node, key, lists, bag)),)


def _listed(node: Node, key: str, lists: Lists, bag: Bag) -> tuple[Phrase, ...]:
    found: dict[tuple[str, ...], Phrase] = {}
    for item in shapes.some(node, bag, key):
        text = shapes.text(item, bag, key)
        if named := _NAMED.fullmatch(text):
            found |= {each.words: each for each in _of_name(named[1], item, lists, bag)}
        elif text and (one := _phrase(text, item, bag)):
            found[one.words] = one
    if len(found) > MOST_PHRASES:
        bag.error("too-many-phrases", f"`{key}` has {len(found):,} phrases", node.span, "", f"At most {MOST_PHRASES}.")
    return tuple(found.values())


def _of_name(name: str, item: Node, lists: Lists, bag: Bag) -> tuple[Phrase, ...]:
    if name in lists:
        return lists[name]
    near = nearest(name, lists) if len(bag) < ENOUGH else None
    bag.error("unknown-words", f"there is no list `{name[:60]}`", item.span, f"did you mean `<{near}>`?" if near else "",
              "Lists that rules share stand under `phrases`; one that another list uses stands above it.")  # fmt: skip
    return ()


def _phrase(text: str, item: Node, bag: Bag) -> Phrase | None:
    one = phrase(text)
    if one is None:
        bag.error("bad-phrase", f"`{text[:60]}` is no phrase", item.span, "not allowed", PHRASE_RULE)
    elif len(one.words) > LONGEST_PHRASE:
        bag.error("bad-phrase", f"the phrase `{text[:40]}...` has {len(one.words)} words", item.span, "", f"At most {LONGEST_PHRASE}.")  # fmt: skip
        return None
    return one
