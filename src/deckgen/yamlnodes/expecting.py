"""The shape a loader needs: a mapping, a list, a text; and a mapping with none but known keys.

Says in an author's words what stands there instead, and how to write it right. Knows no keys of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from deckgen.diagnostics import Bag, Edit, nearest
from deckgen.yamlnodes.nodes import Mapping, Node, Scalar, Sequence

_PLAIN_LIST = re.compile(r"[\w.:/-]+(, *[\w.:/-]+)*")
_GLUED_KEY = re.compile(r"([a-z][a-z -]*):(\S.*)")
_MANY = 100  # unknown keys of one mapping that are worth naming
_ENOUGH = 1000  # searching for near names is slow, and nobody reads on after so many problems
_LIST_LINES = "or one item a line after `- `"


def expect_mapping(node: Node, what: str, bag: Bag) -> Mapping | None:
    """`node`, if it is a mapping; else None and an error that begins with `what` ("`decks`", "a note")."""
    if isinstance(node, Mapping):
        return node
    glued = _GLUED_KEY.fullmatch(node.text) if isinstance(node, Scalar) else None
    if glued:
        hint = f"Put a space behind the colon: `{glued[1]}: {glued[2][:40]}`."
    elif isinstance(node, Sequence):
        hint = "Write `key: value`, one key a line, without `- ` in front."
    else:
        hint = "Write `key: value`, one key a line, further indented than the line above."
    bag.error("wrong-shape", _wrong(what, "keys with values", node), node.span, "keys with values belong here", hint)
    return None


def expect_sequence(node: Node, what: str, bag: Bag) -> Sequence | None:
    """`node`, if it is a list; else None and an error that begins with `what`."""
    if isinstance(node, Sequence):
        return node
    fix = None
    hint = "Begin every item with `- `."
    if isinstance(node, Scalar):
        simple = node.style == "plain" and _PLAIN_LIST.fullmatch(node.text)
        hint = f"Write `[{node.text if simple else 'one, two'}]`, {_LIST_LINES}."
        fix = Edit(node.span, f"[{node.text}]") if simple else None
    bag.error("wrong-shape", _wrong(what, "a list", node), node.span, "a list belongs here", hint, fix=fix)
    return None


def expect_scalar(node: Node, what: str, bag: Bag) -> Scalar | None:
    """`node`, if it is a text; else None and an error that begins with `what`."""
    if isinstance(node, Scalar):
        return node
    opener = node.source.text[node.start]
    if opener in "[{":
        hint = f"If the text begins with `{opener}`, put all of it in quotes."
    elif isinstance(node, Mapping):
        hint = "If the text holds `: `, put it in quotes, or in a block: `|`, and the text on the lines below."
    else:
        hint = "If the text begins with `- `, put it in a block: `|`, and the text on the lines below."
    bag.error("wrong-shape", _wrong(what, "text", node), node.span, "a text belongs here", hint)
    return None


def _wrong(what: str, wanted: str, node: Node) -> str:
    if isinstance(node, Scalar):
        return f"{what} must be {wanted}, " + ("not text" if node.text else "but nothing stands here")
    return f"{what} must be {wanted}, not " + ("a list" if isinstance(node, Sequence) else "keys with values")


def take(mapping: Mapping, known: Collection[str], bag: Bag, what: str) -> dict[str, Node]:
    """The values of `mapping` by key. A key that is not in `known` is an error, and left out.

    `what` names the mapping's owner in the list of known keys ("a note"); `known` keeps its order there.
    """
    found: dict[str, Node] = {}
    unknown: list[Scalar] = []
    quick = known if isinstance(known, (frozenset, set, dict)) else frozenset(known)
    for key, value in mapping.entries:
        if key.text in quick:
            found[key.text] = value
        else:
            unknown.append(key)
    for key in unknown[:_MANY]:
        _report_unknown(key, [name for name in known if name not in found], known, bag, what)
    return found


def _report_unknown(key: Scalar, free: Collection[str], known: Collection[str], bag: Bag, what: str) -> None:
    message = f"unknown key `{key.text[:60]}`"
    near = nearest(key.text, free) if len(bag) < _ENOUGH else None
    if near:
        bag.error("unknown-key", message, key.span, f"did you mean `{near}`?", fix=Edit(key.span, near))
    else:
        names = ", ".join(f"`{name}`" for name in known)
        bag.error("unknown-key", message, key.span, "no such key here", f"The keys of {what} are {names}.")
