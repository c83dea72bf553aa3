"""Card text of a YAML value: the tree, and its problems pointed at their place in the file."""

from __future__ import annotations

import re

from deckgen.diagnostics import Bag, Span
from deckgen.markup.parse import parse
from deckgen.markup.tree import Blocks, is_sound
from deckgen.markup.units import kept_together
from deckgen.markup.views import is_blank, media
from deckgen.yamlnodes import Node, expect_scalar

SPACED_PATH = re.compile(r"(!\[[^\]\n]*\])\(([^()<>\n\"]* [^()<>\n\"]*\.\w{2,4})\)")
Pictures = list[tuple[str, Span]]


def card_text(node: Node, bag: Bag, key: str, pictures: Pictures, *, cloze: bool = False) -> Blocks:
    """The tree of a card text; () after an error. An empty text is an error too.

    The paths of its pictures and sounds are added to `pictures`, each with its place: whoever reads a text needs its files.
    """
    scalar = expect_scalar(node, f"`{key}`", bag)
    if scalar is None:
        return ()
    blocks, problems = parse(scalar.text, cloze=cloze)
    for problem in problems:
        span = scalar.span_of(problem.start, problem.end)
        bag.error(problem.code, problem.message, span, problem.label, *filter(None, [problem.hint]))
    if not problems and is_blank(blocks):
        bag.error(
            "empty-text",
            f"`{key}` is empty",
            scalar.span,
            "nothing stands here",
            f"Give `{key}` a text, or leave the key out.",
        )
        return ()
    if problems:
        return ()
    blocks = kept_together(blocks, scalar.text)
    if "![" not in scalar.text:
        return blocks
    if spaced := SPACED_PATH.search(scalar.text):
        hint = f"Write `{spaced[1]}(<{spaced[2]}>)`, or rename the file."
        label = "no sound" if is_sound(spaced[2]) else "no picture"
        bag.error("image-path", f"the path `{spaced[2]}` holds a space", scalar.span_of(*spaced.span()), label, hint)
        return ()
    pictures += [(node.path, scalar.span_of(node.start, node.end)) for node in media(blocks)]
    return blocks
