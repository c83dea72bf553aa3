"""The glossary of a deck, from `glossary.yaml`: abbreviations and other terms, each with its meaning.

Knows how a glossary is written, and says which of its terms the deck never uses. Not where it is printed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from deckgen.diagnostics import Bag
from deckgen.load.statements import expect_entries
from deckgen.load.texts import Pictures, card_text
from deckgen.markup.tree import Math, Paragraph
from deckgen.markup.views import walk
from deckgen.model import Deck, Term
from deckgen.terms import texts_of_whole, used_terms
from deckgen.yamlnodes import Node, Scalar

NAME = "glossary"  # of the file
LONGEST = 40
TERM_RULE = f"At most {LONGEST} characters on one line, with a letter or a digit among them."


def read_glossary(roots: Iterable[Node], pictures: Pictures, bag: Bag) -> tuple[Term, ...]:
    """The terms in these files, in their order. One whose meaning is in error is left out."""
    found: dict[str, Term] = {}
    for root in roots:
        mapping = expect_entries(root, "a glossary", "BMD", bag, "and, behind it, what that means")
        for key, node in mapping.entries if mapping else []:
            if (name := _name(key, bag)) and (term := _term(name, key, node, pictures, bag)):
                if name in found:
                    bag.error("duplicate-term", f"the glossary has `{name}` already", key.span, "", "Delete one of the two.",
                              related=((found[name].span, "the first one"),))  # fmt: skip
                found.setdefault(name, term)
    return tuple(found.values())


def _name(key: Scalar, bag: Bag) -> str:
    name = unicodedata.normalize("NFC", " ".join(key.text.split()))
    if len(name) <= LONGEST and name.isprintable() and any(char.isalnum() for char in name):
        return name
    bag.error("bad-term", f"`{name[:60]}` cannot be a term of the glossary", key.span, "not allowed", TERM_RULE)
    return ""


def _term(name: str, key: Scalar, node: Node, pictures: Pictures, bag: Bag) -> Term | None:
    meaning = card_text(node, bag, name, pictures)
    in_line = not any(isinstance(each, Math) and each.display for each in walk(meaning))
    if len(meaning) == 1 and isinstance(meaning[0], Paragraph) and in_line:
        return Term(name, meaning, key.span)
    if meaning:
        bag.error("wrong-shape", f"the meaning of `{name}` is more than a line of text", node.span, "",
                  "A few words in one paragraph, without lists, tables, or formulas on lines of their own.")  # fmt: skip
    return None


def warn_of_unused(decks: Iterable[Deck], bag: Bag) -> None:
    """Warn of terms that stand nowhere in their deck; not while a text is in error, for then nobody knows."""
    for deck in decks if not bag.has_errors else ():
        used = {term.name for term in used_terms(deck.glossary, texts_of_whole(deck))} if deck.glossary else set()
        for term in deck.glossary:
            if term.name not in used:
                bag.warning("unused-term", f"`{term.name}` stands nowhere in the deck `{deck.key}`", term.span, "",
                            "Delete it, or write it as the cards do: capitals and hyphens count.")  # fmt: skip
