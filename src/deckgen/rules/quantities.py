"""Masses in texts, as `20 µg`, and which of them may stand beside which name.

A mass per something (`mg/dL`, `mg per kg`) is a concentration or a rate by weight, and no dose; a dose a day is one.
Knows numbers and units; not which notes name them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from deckgen import shapes
from deckgen.diagnostics import Bag
from deckgen.rules.phrases import Phrases, Tokens, number, phrase, readable, tokens
from deckgen.rules.values import Quantities
from deckgen.rules.wordlists import MOST_PHRASES
from deckgen.yamlnodes import Node, expect_mapping

LONGEST = 40  # characters of a number
UNITS = {
    "ng": Decimal("0.001"), "nanogram": Decimal("0.001"), "nanograms": Decimal("0.001"),
    "μg": Decimal(1), "microgram": Decimal(1), "micrograms": Decimal(1),
    "mg": Decimal(1000), "milligram": Decimal(1000), "milligrams": Decimal(1000),
    "g": Decimal(1000000), "gram": Decimal(1000000), "grams": Decimal(1000000),
}  # fmt: skip
_GLUED = re.compile(rf"(\d[\d.,]*)({'|'.join(UNITS)}|mcg|ug)")
_MICRO = re.compile("mcg|ug")
_JOINS = frozenset(("or", "and", "to", "/"))  # `35 or 70 mg`: both are masses
_TIMES = frozenset(("d", "day", "daily", "dose", "week", "wk", "month", "mo", "year", "yr", "h", "24", "injection", "tablet"))  # fmt: skip


def mass_words(vocabulary: Iterable[str]) -> frozenset[str]:
    """The words without one of which a text names no mass."""
    return frozenset(word for word in vocabulary if word in UNITS or word in ("mcg", "ug") or _GLUED.fullmatch(word))


def masses(text: Tokens) -> Iterator[tuple[Decimal, int, int]]:
    """Every mass in micrograms, with the places of its first and behind its last word."""
    words = text.words
    for at, word in enumerate(words):
        glued = _GLUED.fullmatch(word)
        unit = UNITS.get(_MICRO.sub("μg", glued[2]) if glued else word)
        first = at if glued else at - 1
        if unit is None or not (glued or first in text.numbers) or _is_rate(words, at + 1):
            continue
        found = [(number(glued[1]) if glued else words[first], first, at + 1)]
        while first - 1 in text.numbers or (first >= 2 and words[first - 1] in _JOINS and first - 2 in text.numbers):
            first -= 1 if first - 1 in text.numbers else 2
            found.append((words[first], first, first + 1))
        for amount, start, end in found:
            if amount.count(".") < 2 and len(amount) <= LONGEST:  # else a date, a version, or nothing to read
                yield Decimal(amount.lstrip("-")) * unit, start, end


def _is_rate(words: tuple[str, ...], at: int) -> bool:
    return at + 1 < len(words) and words[at] in ("/", "per") and words[at + 1] not in _TIMES


def read_quantities(node: Node, bag: Bag) -> Quantities | None:
    """`denosumab: [60 mg, 120 mg]`; names that mean the same stand before the colon with commas between."""
    mapping = expect_mapping(node, "`quantities`", bag)
    if mapping and not mapping.entries:
        bag.error("empty-text", "`quantities` is empty", node.span, "nothing stands here", "Write a name, and its masses behind it: `digoxin: [125 µg]`.")  # fmt: skip
    names, allowed, written = [], {}, {}
    for key, value in mapping.entries if mapping else []:
        listed = frozenset(mass for item in shapes.some(value, bag, key.text) for mass in _mass(item, bag))
        for name in key.text.split(","):
            one = phrase(name)
            if one is None:
                bag.error("bad-phrase", f"`{name.strip()[:60]}` is no phrase", key.span, "not allowed", "Write a name, or several with commas between.")  # fmt: skip
                continue
            names.append(one)
            allowed[one.text] = listed
            written[one.text] = ", ".join(shapes.texts(value, Bag(), "quantities"))
    if len(names) > MOST_PHRASES:
        bag.error(
            "too-many-phrases", f"`quantities` has {len(names):,} names", node.span, "", f"At most {MOST_PHRASES}."
        )
    return Quantities(Phrases(names), allowed, written) if names else None


def _mass(item: Node, bag: Bag) -> Iterator[Decimal]:
    text = shapes.text(item, bag, "quantities")
    if not text:
        return
    words = tokens(readable(text))
    found = list(masses(words))
    if len(found) != 1 or found[0][2] - found[0][1] < len(words.words):
        bag.error("bad-quantity", f"`{text[:60]}` is no mass", item.span, "not allowed", "Write a number and ng, µg, mg or g, as in `20 µg`.")  # fmt: skip
        return
    yield found[0][0]
