"""What reads well as YAML and was still hardly meant: text lost behind ` #`, `>5` without text, `?` keys.

Looks at whole files only where a cheap search says there may be something. Knows no syntax errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from yaml.tokens import KeyToken, StreamEndToken

from deckgen.diagnostics import Bag, Source, Span
from deckgen.yamlnodes.characters import SHOWN
from deckgen.yamlnodes.events import token_reader
from deckgen.yamlnodes.nodes import Node, Scalar, Sequence

_QUESTION_KEY = re.compile(r"\?(?<![^\s\-{\[,]\?)(?=\s)")
_TIGHT_COMMENT = re.compile(r" #(?=[^\s#])")
_FORMULA_ESCAPE = re.compile(r"\$[^$\n\"\\]{0,200}(\\[nrt][A-Za-z]+)")
_NUMBERED_BLOCK = re.compile(r"[|>][+-]?[1-9]")


def review(source: Source, root: Node, bag: Bag) -> None:
    """Put into `bag` what was hardly meant in the file that `root` was read from."""
    if _QUESTION_KEY.search(source.text):
        _refuse_question_keys(source, bag)
    formulas = list(_FORMULA_ESCAPE.finditer(source.text))
    if formulas:
        _refuse_formula_escapes(source, formulas, root, bag)
    comments = [match.start() for match in _TIGHT_COMMENT.finditer(source.text)]
    if comments:
        _warn_of_comments(source, comments, {node.end for node in _scalars(root) if node.style == "plain"}, bag)


def _refuse_formula_escapes(source: Source, found: list[re.Match[str]], root: Node, bag: Bag) -> None:
    r"""`"$\theta$"`: in double quotes YAML makes a tab of `\t`, and the formula is another."""
    quoted = [node for node in _scalars(root) if source.text.startswith('"', node.start)]
    for match in islice(found, SHOWN):
        if any(node.start < match.start() < node.end for node in quoted):
            span = Span(source, match.start(1), match.end(1))
            hint = "Put the text in single quotes, or write two backslashes."
            message = (
                f"in double quotes, `{match[1]}` is not a command of the formula: YAML reads `{match[1][:2]}` itself"
            )
            bag.error("yaml-escape", message, span, "read by YAML", hint)


def _refuse_question_keys(source: Source, bag: Bag) -> None:
    """A key behind `?` gives itself away by a token with a width."""
    get_token = token_reader(source.text)
    while not isinstance(token := get_token(), StreamEndToken):
        if isinstance(token, KeyToken) and token.end_mark.index > token.start_mark.index:
            span = Span(source, token.start_mark.index, token.end_mark.index)
            hint = "Write `key: value`. Text that begins with `? ` must stand in quotes."
            bag.error("yaml-key", "a key is not written with `?`", span, "a complex key", hint)


def _scalars(root: Node) -> Iterator[Scalar]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Sequence):
            waiting += node.items
        else:
            waiting += [value for _, value in node.entries]


def _warn_of_comments(source: Source, comments: list[int], ends: set[int], bag: Bag) -> None:
    """A comment without a space behind its `#`, right behind plain text: "vitamin B #12"."""
    for at in islice((at for at in comments if _before_blanks(source.text, at) in ends), SHOWN):
        line, column = source.position(at)
        lost = source.line(line)[column:]
        message = f"`{lost[:40]}` is read as a comment, not as text"
        hint = "If it is text, put the whole value in quotes. If it is a comment, write a space behind the `#`."
        bag.warning("yaml-comment", message, Span(source, at + 1, at + 1 + len(lost)), "not part of the text", hint)


def _before_blanks(text: str, at: int) -> int:
    while at and text[at - 1] == " ":
        at -= 1
    return at


def refuse_empty_block(node: Scalar, bag: Bag) -> None:
    """`answer: >5` begins a block with an indentation of 5, and nothing in it."""
    header = node.source.text[node.start : node.end].split("\n", 1)[0].strip()[:40]
    if _NUMBERED_BLOCK.match(header):
        span = Span(node.source, node.start, node.start + len(header))
        hint = f"If it is the text itself, put it in quotes: `'{header}'`."
        bag.error("yaml-syntax", f"`{header}` begins a block of text, but none follows", span, "read as a block", hint)
