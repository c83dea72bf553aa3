"""The options of a choice note: the note's own or those of an option family, each with a reason.

No letters and no order of the author's: options stand alphabetically, or by number when each begins with one, so
that nothing about a place can be learnt by heart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as MappingType

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.load.texts import card_text
from deckgen.load.values import DeckFrame, Family
from deckgen.markup.plain import to_plain
from deckgen.model import Option
from deckgen.project import NAME
from deckgen.yamlnodes import Node, Scalar, Sequence, expect_mapping

FEWEST, MOST, MOST_OF_FAMILY = 3, 5, 10
Entries = list[tuple[Scalar, Node | None]]  # options as written, each with its reason or None
_POINT = frozenset(("en", "ja", "ko", "zh", "th", "he", "hi"))  # write 1,000.5; others 1.000,5
_SPACES = re.compile(r"[ \u00a0\u2009\u202f'’]")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_NUMBER = re.compile(
    r"[^\w+−–-]*(?P<sign>[-−–+]?)\s?(?P<digits>\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d[\d.,]*\d|\d)"
    r"(?:/(?P<under>[1-9]\d{0,5})(?![\d/]))?(?P<ten>\s?[×·]\s?10)?(?P<power>(?:(?<=10))[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})?"
)
# Other options seen from inside one: with an order of deckgen's own, "the above" is whatever happens to stand there.
REFERS = re.compile(
    r"(?i)\b(all|none|both|neither|any|each|two|three) of (the|these|those) (above|below|other|others|options|answers|following)\b"
    r"|\b(all|none|both|neither) of (these|those|them)\b"
)
FORM = "Write each option as `text: reason`, one a line."


def read_family(key: Scalar, node: Node, bag: Bag) -> Family | None:
    """An option family: a mapping of options to reasons, or a list when every case gives reasons of its own."""
    if not NAME.fullmatch(key.text):
        bag.error("bad-family-name", f"`{key.text[:60]}` cannot name an option family", key.span, "not allowed",
                  "Small letters, digits and `-`.")  # fmt: skip
        return None
    entries = _entries(node, f"the option family `{key.text}`", bag)
    return Family(key.text, key.span, tuple(entries)) if entries is not None else None


def _entries(node: Node, what: str, bag: Bag) -> Entries | None:
    """The options as written, each with its reason or None; None after a problem."""
    if isinstance(node, Sequence):
        found = [item for item in node.items if isinstance(item, Scalar)]
        if len(found) < len(node.items):
            first = next(item for item in node.items if not isinstance(item, Scalar))
            bag.error("wrong-shape", f"{what} is a list of keys", first.span, "", f"{FORM[:-1]}, without the `- `.")
        return [(item, None) for item in found] if len(found) == len(node.items) else None
    mapping = expect_mapping(node, what, bag)
    if mapping is None:
        return None
    return [(key, None if isinstance(v, Scalar) and not v.text.strip() else v) for key, v in mapping.entries]


def read_options(keys: MappingType[str, Node], language: str, deck: DeckFrame, bag: Bag) -> tuple[Option, ...]:
    """The options in the order of the card; () after a problem that leaves nothing to choose from."""
    node = keys["options"]
    family = isinstance(node, Scalar)
    entries = _of_family(node, deck, bag) if isinstance(node, Scalar) else _entries(node, "`options`", bag)
    if entries is None:
        return ()
    most = MOST_OF_FAMILY if family else MOST
    if not FEWEST <= len(entries) <= most:
        few = "Two options are a coin to toss: add what somebody could believe, or ask an open question."
        many = "Leave out those nobody would choose; an option family may have more."
        bag.error("option-count", f"a choice has {FEWEST} to {most} options; this has {len(entries)}", node.span, "",
                  few if len(entries) < FEWEST else many)  # fmt: skip
        return ()
    best = _best(keys["best"], entries, bag)
    reasons = _with_reasons(entries, keys.get("reasons"), bag)
    options = [option for text, reason in reasons if (option := _option(text, reason, node.span, best, deck, bag))]
    _report_twins(options, reasons, bag)
    return in_order(options, language) if best is not None else ()


def _of_family(node: Scalar, deck: DeckFrame, bag: Bag) -> Entries | None:
    name = node.text.strip()
    if name in deck.families:
        return list(deck.families[name].options)
    near = nearest(name, deck.families)
    bag.error("unknown-family", f"there is no option family `{name[:60]}`", node.span, f"did you mean `{near}`?" if near else "",
              f"Name it under `option families` of a set of this deck, or list the options here. {FORM}")  # fmt: skip
    return None


def _best(node: Node, entries: Entries, bag: Bag) -> str | None:
    """The text of the best option, as it stands among the options; None when it is none of them."""
    wanted = shapes.text(node, bag, "best")
    if not wanted:
        return None
    known = [key.text.strip() for key, _ in entries]
    if wanted in known:
        return wanted
    near = nearest(wanted, known)
    listed = ", ".join(f"`{text[:40]}`" for text in known)
    bag.error("unknown-option", f"`best` names `{wanted[:60]}`, which is no option", node.span,
              f"did you mean `{near[:60]}`?" if near else "", f"Write one of the options, letter for letter: {listed}.")  # fmt: skip
    return None


def _with_reasons(entries: Entries, own: Node | None, bag: Bag) -> Entries:
    """The options with the reasons that this note gives in place of the family's."""
    mapping = expect_mapping(own, "`reasons`", bag) if own is not None else None
    given = {key.text.strip(): value for key, value in mapping.entries} if mapping else {}
    known = [key.text.strip() for key, _ in entries]
    for key, _ in mapping.entries if mapping else []:
        if key.text.strip() not in known:
            near = nearest(key.text.strip(), known)
            bag.error("unknown-option", f"`reasons` names `{key.text[:60]}`, which is no option", key.span,
                      f"did you mean `{near[:60]}`?" if near else "", "Write the options letter for letter.")  # fmt: skip
    return [(key, given.get(key.text.strip(), reason)) for key, reason in entries]


def _option(
    text: Scalar, reason: Node | None, note: Span, best: str | None, deck: DeckFrame, bag: Bag
) -> Option | None:
    blocks = card_text(text, bag, "options", deck.pictures)
    if found := REFERS.search(text.text):
        bag.error("option-refers", f"an option speaks of other options: `{found[0].strip()}`", text.span, "",
                  "Options are ordered by deckgen; say what is meant, or leave it out.")  # fmt: skip
    if reason is None:
        related = () if text.span.start in range(note.start, note.end) else ((note, "in this note"),)
        bag.error("missing-reason", f"the option `{text.text[:60]}` has no reason", text.span, "why right, or why wrong?",
                  "A wrong option that nobody explains is learnt as well as the right one. Write `option: reason`, or give "
                  "it under `reasons` of the note.", related=related)  # fmt: skip
        return None
    why = card_text(reason, bag, "options", deck.pictures)
    return Option(blocks, why, text.text.strip() == best) if blocks and why else None


def _report_twins(options: list[Option], reasons: Entries, bag: Bag) -> None:
    """Two options that read alike; YAML has refused those that are the same letter for letter."""
    first: dict[str, Scalar] = {}
    for key, _ in reasons if len(options) == len(reasons) else []:
        other = first.setdefault(" ".join(key.text.casefold().split()), key)
        if other is not key:
            bag.error("duplicate-option", f"the option `{key.text[:60]}` stands here twice", key.span, "",
                      "Leave one of the two out.", related=((other.span, "the other one"),))  # fmt: skip


# ---- their order ------------------------------------------------------------------------------------------------


def in_order(options: list[Option], language: str = "en") -> tuple[Option, ...]:
    """Options by number when every one begins with one, else alphabetically.

    The order stands in published fields: a change here would touch every choice note.
    """
    words = [to_plain(option.text) for option in options]
    numbers = [number_of(text, language) for text in words]
    plain = [_collated(text) for text in words]
    order = sorted(
        range(len(options)),
        key=lambda at: (0.0, *plain[at]) if None in numbers else (numbers[at] or 0.0, *plain[at]),
    )
    return tuple(options[at] for at in order)


def number_of(text: str, language: str) -> float | None:
    """The number a text begins with, behind signs such as `≥`, written as the language writes it; None without one.

    Knows thousands ("1,000" in English, "1.000" in German, "1 000" anywhere), decimals, powers of ten and fractions.
    """
    found = _NUMBER.match(text)
    if not found:
        return None
    thousands, decimal = (",", ".") if language.lower().partition("-")[0] in _POINT else (".", ",")
    digits = _SPACES.sub("", found["digits"])
    if re.fullmatch(rf"\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(decimal)}\d+)?", digits):
        digits = digits.replace(thousands, "")
    value = (
        float(digits.replace(",", "."))
        if digits.count(".") + digits.count(",") < 2
        else float(re.split("[.,]", digits)[0])
    )
    if found["under"]:
        value /= float(found["under"])
    if found["power"] and (found["ten"] or value == 10):
        power = int(found["power"].translate(_RAISED))
        value = value * 10.0**power if found["ten"] else 10.0**power
    return -value if found["sign"] in {"-", "−", "–"} else value


def _collated(text: str) -> tuple[str, str]:
    """Letters without accents and case first, so that no locale is asked; the text itself decides between equals."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if char.isalnum() or char == " ")
    return bare, text
