"""Card text to a tree: CommonMark by pyromark, and our own signs for sub- and superscripts and gaps.

`parse` never raises, whatever the text: what is wrong comes back as `Problem`s beside the tree. What cards do
not allow (headings, rules, footnotes ...) and what would come out as something else than was written (`- 2.5`,
`> 50 %`, `[K+]: 5.5`) is a problem; raw HTML is text; entities are decoded, as CommonMark says.

A text CommonMark has no sign in takes a shorter way with the same result: half of all card texts do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from deckgen.markup import problems
from deckgen.markup.places import Places
from deckgen.markup.reader import CONTROL, MARKDOWN, Reader
from deckgen.markup.signs import ANY_SIGN, SignReader, TooDeepError
from deckgen.markup.tree import MAX_DEPTH, Block, Blocks, Inline, ListBlock, Paragraph, Problem, Table, Text
from deckgen.markup.views import is_blank

Parsed: TypeAlias = tuple[Blocks, tuple[Problem, ...]]
Node: TypeAlias = Block | Inline

# What CommonMark might read as a sign, in a text of one line.
_MARKDOWN_SIGN = re.compile(
    r"[\\`*_\[$\t\r\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
    r"|<(?=[A-Za-z/!?])|&(?=[#A-Za-z])|\n(?!\Z)"
    r"|\A(?:[\s#+>-]|~~~|[0-9]{1,9}[.)](?:\s|\Z))",
)
_METADATA = re.compile(r"---[ \t]*\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_LONE_RETURN = re.compile(r"\r(?!\n)")


def parse(text: str, *, cloze: bool = False) -> Parsed:
    """The tree of a card text, and what is wrong with it; with `cloze`, `{{c1::...}}` makes gaps."""
    if _MARKDOWN_SIGN.search(text) is not None:
        return parse_markdown(text, cloze=cloze)
    line = text.rstrip(" \n")
    if not line:
        return (), ()
    if not cloze and ANY_SIGN.search(line) is None:
        return (Paragraph((Text(line),)),), ()
    found: list[Problem] = []
    signs = SignReader(line, cloze=cloze, place=int, found=found)
    try:
        blocks: Blocks = (Paragraph(signs.read([line], [0])),)
        signs.finish()
    except TooDeepError as error:
        return _too_deep(text, error.place, found)
    return _finished(blocks, text, found, missing=cloze and not signs.gaps)


def parse_markdown(text: str, *, cloze: bool = False) -> Parsed:
    """The same as `parse`, always by way of pyromark."""
    found: list[Problem] = []
    places = Places(_cleaned(text, found), found)
    reader = Reader(places, cloze=cloze)
    signs = reader.frames.signs
    try:
        blocks = reader.read()
        if reader.frames.deepest + signs.scripts + len(signs.gaps) > MAX_DEPTH:
            _check_depth(blocks)
    except TooDeepError as error:
        return _too_deep(places.text, error.place, found)
    _check_definitions(places)
    _check_metadata(places)
    return _finished(blocks, text, found, missing=cloze and not signs.gaps)


def _check_definitions(places: Places) -> None:
    """`[a]: b` defines a link without an event, and would be lost without a word."""
    if "]:" not in places.text:
        return
    for name, definition in MARKDOWN.reference_definitions(places.text).items():
        start, end = definition["span"]["start"], definition["span"]["end"]
        if name.startswith("^"):
            places.report(problems.footnote, start, end)
        else:
            places.report(problems.definition, start, end, places.source(start, end), definition["dest"])


def _check_metadata(places: Places) -> None:
    """One problem for a block between two `---`, in place of those for a rule and a heading."""
    if places.text.startswith("---") and (block := _METADATA.match(places.text)):
        end = block.end()
        places.found[:] = [each for each in places.found if each.end > end or each.code != "markdown-not-allowed"]
        places.found.append(problems.metadata(0, len(block[0].rstrip()), block[0]))


def _finished(blocks: Blocks, text: str, found: list[Problem], *, missing: bool) -> Parsed:
    """Add what only the whole shows, and sort."""
    if missing and not is_blank(blocks) and not any(problem.code.startswith("cloze-") for problem in found):
        found.append(problems.gap_missing(0, len(text.rstrip(" \t\r\n"))))
    return blocks, tuple(sorted(found, key=lambda problem: problem[2:4]))


def _cleaned(text: str, found: list[Problem]) -> str:
    """The text without control characters, each replaced by one character, so that places stay."""
    for character in dict.fromkeys(CONTROL.findall(text)):
        at = text.index(character)
        found.append(problems.control_character(at, at + 1, character))
    clean = CONTROL.sub("\ufffd", text) if found else text
    return _LONE_RETURN.sub("\n", clean) if "\r" in clean else clean


def _too_deep(text: str, place: int, found: list[Problem]) -> Parsed:
    """All of the text as one plain paragraph: no writer meets the nesting."""
    found.append(problems.too_deep(place))
    return _finished((Paragraph((Text(text),)),), text, found, missing=False)


def _check_depth(blocks: Blocks) -> None:
    """Find levels the parser's stack does not show: scripts and gaps within each other and within the rest."""
    level = list(_containers(blocks))
    for _ in range(MAX_DEPTH):
        level = list(_containers(inner for node in level for inner in _content(node)))
    if level:
        raise TooDeepError(0)


def _containers(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Paragraph):
            yield from _containers(node.children)
        elif isinstance(node, (ListBlock, Table)) or hasattr(node, "children"):
            yield node


def _content(node: Node) -> Iterable[Node]:
    if isinstance(node, ListBlock):
        return chain.from_iterable(node.items)
    if isinstance(node, Table):
        return chain.from_iterable(chain(node.header, *node.rows))
    children: tuple[Node, ...] = getattr(node, "children", ())
    return children
