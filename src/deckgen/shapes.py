"""From YAML nodes to plain Python values: a text, a list of texts, one of several words, a date.

Each function takes the node, says with a diagnostic what is wrong, and returns a default then, so that
reading goes on. Knows shapes of values; not which keys there are or what they mean.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Collection

from deckgen.diagnostics import Bag, nearest
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_scalar, expect_sequence

YEARS = range(2000, 2100)  # before, Anki was not there; far ahead, no learner's own change would ever be newer
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def text(node: Node, bag: Bag, key: str) -> str:
    """A text on one or more lines, trimmed; "" after a problem."""
    scalar = expect_scalar(node, f"`{key}`", bag)
    if scalar is None:
        return ""
    value = scalar.text.strip()
    if not value:
        bag.error(
            "empty-text",
            f"`{key}` is empty",
            node.span,
            "nothing stands here",
            f"Give `{key}` a value, or leave the key out.",
        )
    return value


def line(node: Node, bag: Bag, key: str) -> str:
    """A text as one line, however it is broken in the file."""
    return " ".join(text(node, bag, key).split())


def deck_name(node: Node, bag: Bag, key: str) -> str:
    """A deck's name in Anki, with `::` between levels, each trimmed."""
    name = unicodedata.normalize("NFC", text(node, bag, key))  # Anki stores nothing else, and would make a second deck
    parts = [part.strip() for part in name.split("::")]
    if len(name.splitlines()) > 1:
        bag.error("bad-deck-name", f"`{key}` has more than one line", node.span, "", "Write a deck's name on one line.")
    elif name and not all(parts):
        hint = "Write a name on both sides of every `::`."
        bag.error("bad-deck-name", f"`{name[:60]}` has an empty level", node.span, "", hint)
    elif any(unicodedata.category(char) == "Cc" for char in name) or any(
        part[-1:] == ":" or part[:1] == ":" for part in parts
    ):
        hint = "Anki would change it, and a student would have two decks: no tabs, and no `:` at the beginning or end of a level."
        bag.error("bad-deck-name", f"`{name[:60]}` is no name for a deck", node.span, "", hint)
    elif parts[0] == "Default" and key == "name":
        bag.error("bad-deck-name", "`Default` is a deck of Anki's own", node.span, "", "Give the deck another name.")
    return "::".join(parts)


def matching(node: Node, bag: Bag, key: str, pattern: re.Pattern[str], rule: str) -> str:
    """A text that matches `pattern` wholly; `rule` says in words what is allowed."""
    value = text(node, bag, key)
    if value and not pattern.fullmatch(value):
        bag.error(
            f"bad-{key.replace(' ', '-')}", f"`{value[:60]}` is not a valid {key}", node.span, "not allowed", rule
        )
        return ""
    return value


def word(node: Node, bag: Bag, key: str, choices: Collection[str]) -> str:
    """One of `choices`."""
    value = text(node, bag, key)
    if value and value not in choices:
        near = nearest(value, choices)
        label = f"did you mean `{near}`?" if near else ""
        bag.error(
            "unknown-value",
            f"`{key}` cannot be `{value[:60]}`",
            node.span,
            label,
            f"It is one of {', '.join(f'`{c}`' for c in choices)}.",
        )
        return ""
    return value


def items(node: Node, bag: Bag, key: str) -> list[Node]:
    """The items of a list; a single text stands for a list of one."""
    if isinstance(node, Scalar):
        return [node] if node.text.strip() else []
    listed = expect_sequence(node, f"`{key}`", bag)
    return list(listed.items) if listed else []


def some(node: Node, bag: Bag, key: str, owner: str = "") -> list[Node]:
    """The items of a list that must have one at least; `owner` is whose key it is, for the message."""
    found = items(node, bag, key)
    if not found and not isinstance(node, Mapping):  # of which has been said that it is no list
        bag.error(
            "empty-text",
            f"`{key}`{f' of {owner}' if owner else ''} is empty",
            node.span,
            "nothing stands here",
            "Name at least one, or leave the key out.",
        )
    return found


def texts(node: Node, bag: Bag, key: str) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(value for item in items(node, bag, key) if (value := text(item, bag, key)))


def words(node: Node, bag: Bag, key: str, choices: Collection[str]) -> tuple[str, ...]:
    """A list of words out of `choices`."""
    return tuple(value for item in items(node, bag, key) if (value := word(item, bag, key, choices)))


def date(node: Node, bag: Bag, key: str) -> str:
    """A day as `2026-11-23`."""
    value = text(node, bag, key)
    try:
        if DAY.fullmatch(value) and dt.date.fromisoformat(value).year in YEARS:
            return value
    except ValueError:
        pass
    if value:
        bag.error(
            "bad-date",
            f"`{value[:60]}` is not a day of the calendar",
            node.span,
            "not a date",
            "Write year, month and day, as in `2026-11-23`.",
        )
    return ""
