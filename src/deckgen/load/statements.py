"""The fact base of a deck: the statements its notes rest on, from `statements.yaml` or the files in `statements/`.

Knows how a statement is written. Not which notes name it, nor whether it is true, old or well used.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from deckgen import shapes
from deckgen.diagnostics import Bag
from deckgen.load.values import STATEMENT, STATEMENT_RULE, is_reference
from deckgen.model import Statement
from deckgen.yamlnodes import Mapping, Node, Scalar, Sequence, expect_mapping, take

NAME = "statements"  # of the file and of the folder
KEYS = (
    "says", "confidence", "verification", "seen in", "references", "jurisdiction", "as of", "use", "correction",
    "checked by",
)  # fmt: skip
CONFIDENCES = ("A", "B", "C")
VERIFICATIONS = ("seen", "partly", "not seen")
USES = ("required", "as error")


def read_statements(roots: Iterable[Node], deck: str, bibliography: Collection[str], bag: Bag) -> dict[str, Statement]:
    """The statements in these files of the deck with this key, by id.

    One that is in error is there all the same, so that no note is blamed for naming it.
    """
    known: dict[str, Statement] = {}
    for root in roots:
        mapping = expect_entries(root, "a file of statements", "S1.1", bag)
        for key, node in mapping.entries if mapping else []:
            if not STATEMENT.fullmatch(key.text):
                bag.error("bad-statement", f"`{key.text[:60]}` cannot be the id of a statement", key.span,
                          "not allowed", STATEMENT_RULE)  # fmt: skip
            elif key.text in known:
                bag.error("duplicate-statement", f"there is a statement `{key.text}` already", key.span,
                          "second statement of this id", "Give one of the two another id, or delete it.",
                          related=((known[key.text].span, "first statement of this id"),))  # fmt: skip
            else:
                known[key.text] = _statement(key, node, deck, bibliography, bag)
    return known


def expect_entries(
    root: Node, what: str, example: str, bag: Bag, then: str = "and, further indented, its keys"
) -> Mapping | None:
    """The mapping that a file of this kind is; a list is most likely a set that has got a name with a meaning."""
    first = root.items[0].span if isinstance(root, Sequence) and root.items else root.span
    if isinstance(root, Mapping):
        notes = [key.span for key, value in root.entries if key.text == "notes" and isinstance(value, Sequence)]
        if not notes:
            return root
        first = notes[0]
    elif not isinstance(root, Sequence):
        return expect_mapping(root, what, bag)
    given = "a set of notes" if isinstance(root, Mapping) else "a list"
    bag.error("wrong-shape", f"{what} must be keys with values, not {given}", first, "",
              f"Write `{example}:` {then}. If this is a set of notes, give the file another name, or move it.")  # fmt: skip
    return None


def _statement(key: Scalar, node: Node, deck: str, bibliography: Collection[str], bag: Bag) -> Statement:
    what = f"the statement `{key.text}`"
    mapping = expect_mapping(node, what, bag)
    if mapping is None:
        return Statement(key.text, "", key.span)
    keys = take(mapping, KEYS, bag, "a statement")
    if "says" not in keys and len(keys) == len(mapping.entries):  # else a misspelt key has been reported
        bag.error("missing-key", f"{what} says nothing", key.span, "it has no `says`", "Add `says: ...`.")

    def line(name: str) -> str:
        return shapes.line(keys[name], bag, name) if name in keys else ""

    def one_of(name: str, words: Collection[str]) -> str:
        return shapes.word(keys[name], bag, name, words) if name in keys else ""

    return Statement(
        key.text,
        line("says"),
        key.span,
        confidence=one_of("confidence", CONFIDENCES),
        verification=one_of("verification", VERIFICATIONS),
        use=one_of("use", USES),
        correction=line("correction"),
        references=_references(keys["references"], deck, bibliography, bag) if "references" in keys else (),
        jurisdiction=line("jurisdiction"),
        as_of=shapes.date(keys["as of"], bag, "as of") if "as of" in keys else "",
        seen_in=line("seen in"),
        checked_by=line("checked by"),
    )


def _references(node: Node, deck: str, bibliography: Collection[str], bag: Bag) -> tuple[str, ...]:
    """Keys of the bibliography."""
    found = []
    for item in [node] if isinstance(node, Mapping) else shapes.items(node, bag, "references"):
        if not isinstance(item, Scalar):
            bag.error("wrong-shape", "a reference of a statement is a key of the bibliography", item.span, "a key belongs here",
                      "Write `[Boyle2003]`; the place in the work goes into `seen in`.")  # fmt: skip
        elif is_reference(item, bibliography, deck, bag):
            found.append(item.text.strip())
    return tuple(dict.fromkeys(found))
