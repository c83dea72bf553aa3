"""Card text as data (see `deckgen.markup.typst`), made safe to set on paper.

Settled here, so that layouts need not think of it: a character that no font has becomes `["missing", "U+1F600"]`,
and the caller hears of it; a long run that cannot be broken becomes `["w", em, [nodes]]`, so that a layout sees
whether it fits, and breaks it when nothing else helps; `["k", "M-CSF"]` is to be kept on one line, `["up", text]` to
be drawn upright, even in italics, `["f", number, [nodes]]` by one of the families; a formula on its own line is a block,
`["display", formula]`; a table gets the longest words of each column, and how wide it is; `["sound", [nodes]]` holds what
is heard as nodes; nesting deeper than paper can show is
flattened. Knows the data; not Typst, not notes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from deckgen.printing import fonts
from deckgen.printing.extents import STRINGS, WRAPPERS, is_measured, width, words_in

Node = list[Any]
Report = Callable[[str], None]

LONG_WORD = 6.5  # em; a shorter run fits any line
LONG_IN_TABLE = 2.0
INLINE_DEPTH = 12  # Typst stops at a call depth of about 80
BLOCK_DEPTH = 5
PICTURES = ("img", "masked")

# Where a line may end: at spaces that are not bound (U+00A0 and its like are), and after a hyphen between words,
# and anywhere in scripts that put no spaces between words.
_SPACES = " \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000"
# Scripts without spaces: Chinese, Japanese, Thai, Lao, Burmese, Khmer. Where exactly a line ends there, Typst knows.
_SPACELESS = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u31ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
_BREAK = re.compile(rf"([{_SPACES}]+|(?:(?<=\w\w[-–])|(?<=\w{{5}}/))(?=[^\W\d]{{2}})|[{_SPACELESS}]+)")
_SPACE = re.compile(rf"[{_SPACES}]*")
# Never broken: units (mL/min), short compounds (M-CSF, T-score, 337–342) and codes of genes and drugs (TNFRSF11A), each with a hyphen
# that follows, because a line must not begin with one.
_KEEP = re.compile(
    r"(?<![\w-])((?:[^\W\d_]{1,4}/[^\W\d_]{1,4}(?!/)|[^\W_]{1,3}[-–−][^\W_]{1,10}|(?=[^\W_]{5})(?=\d*[^\W\d_])[^\W_]*[A-ZΑ-Ω0-9]{2}[^\W_]*)(?!\w)[-–−]?)"
)
# White space that Typst would take for a forced new line, or for nothing.
_LINE_ENDS = re.compile(r"[\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")


class Pen(NamedTuple):
    """What text is written with: the fonts, and who hears of every character that none of them has."""

    report: Report
    fonts: fonts.Fonts


def settle(blocks: list[Node], report: Report, fonts_used: fonts.Fonts | None = None) -> list[Node]:
    """The blocks of one card text, ready for a layout. `report` is called with every character no font has."""
    return _blocks(blocks, Pen(report, fonts_used or fonts.ours()), 0)


def settle_text(text: str, report: Report, fonts_used: fonts.Fonts | None = None) -> list[Node]:
    """Plain text (a title, a name) as inline nodes."""
    return _inline([["t", text]], Pen(report, fonts_used or fonts.ours()), LONG_WORD)


def safe_string(text: str) -> str:
    """Text for what is not drawn (document title, text alternative, address): without controls and lone surrogates."""
    return "".join(
        " " if char in "\t\n\r" else "\ufffd" if unicodedata.category(char) in {"Cc", "Cs"} else char for char in text
    )


def _blocks(blocks: list[Node], pen: Pen, depth: int) -> list[Node]:
    return [new for block in blocks for new in _block(block, pen, depth)]


def _block(block: Node, pen: Pen, depth: int) -> list[Node]:
    kind = block[0]
    if kind == "p":
        return _paragraph(_inline(block[1], pen, LONG_WORD))
    if kind == "codeblock":
        return [["codeblock", [_code(line, pen) for line in block[1].split("\n")]]]
    if kind == "table":
        return [_table(block, pen)]
    if depth >= BLOCK_DEPTH:
        return [["p", _inline([["t", _letters_of(block)]], pen, LONG_WORD)]]
    if kind == "quote":
        return [["quote", _blocks(block[1], pen, depth + 1)]]
    return [[*block[:-1], [_blocks(item, pen, depth + 1) for item in block[-1]]]]


def _paragraph(nodes: list[Node]) -> list[Node]:
    """A paragraph; a formula on a line of its own stands between two of them, as a `display` block."""
    done: list[Node] = []
    for displayed, group in groupby(nodes, key=_is_display):
        children = list(group)
        if displayed:
            done += [["display", child[1]] for child in children]
        elif any(_letters_of(child).strip() or child[0] in {*PICTURES, "blank"} for child in children):
            done.append(["p", children])
    return done


def _is_display(node: Node) -> bool:
    return node[0] == "math" and bool(node[1]["display"])


def _table(block: Node, pen: Pen) -> Node:
    _, align, header, rows = block
    head = [_inline(cell, pen, LONG_IN_TABLE) for cell in header]
    body = [[_inline(cell, pen, LONG_IN_TABLE) for cell in row] for row in rows]
    longest = [_longest([row[column] for row in [head, *body]]) for column in range(len(head))]
    return ["table", align, head, body, longest, _widths([head, *body], longest)]


def _widths(rows: list[list[list[Node]]], longest: list[list[list[Node]]]) -> list[list[float]]:
    """Of each column, in em and at most: what its text takes on one line, and what its longest word takes; empty if unknown."""
    if not all(is_measured(node) for row in rows for cell in row for node in cell):
        return []
    wanted = [max(sum(map(width, cell)) for cell in column) for column in zip(*rows, strict=True)]
    least = [max([LONG_IN_TABLE, *(width(word[0]) for word in words)]) for words in longest]
    return [[most, min(most, least)] for most, least in zip(wanted, least, strict=True)]


def _longest(cells: list[list[Node]]) -> list[list[Node]]:
    """The three longest unbreakable runs of a column: the width it needs at least."""
    found = [word for cell in cells for word in words_in(cell)]
    return [[word] for word in sorted(found, key=lambda each: -each[1])[:3]]


def _inline(nodes: list[Node], pen: Pen, limit: float, depth: int = 0) -> list[Node]:
    drawn = [new for node in nodes for new in _inline_node(node, pen, limit, depth)]
    return _kept(_long_words(drawn, limit))


def _kept(nodes: list[Node]) -> list[Node]:
    """Text with what must stay on one line cut out of it."""
    return [
        ["k" if number % 2 else "t", part, *node[2:]] if node[0] == "t" else node
        for node in nodes
        for number, part in enumerate(_KEEP.split(node[1]) if node[0] == "t" else [""])
        if part or node[0] != "t"
    ]


def _inline_node(node: Node, pen: Pen, limit: float, depth: int) -> list[Node]:
    kind = node[0]
    if kind == "t":
        return _draw(_LINE_ENDS.sub(" ", node[1]), pen)
    if kind == "sound":
        node = ["sound", [["t", node[1]]]]
    if kind in WRAPPERS:
        if depth >= INLINE_DEPTH:
            return _draw(_letters_of(node), pen)
        at = WRAPPERS[kind]
        inner = _inline(node[at], pen, limit, depth + 1)
        rest = [_draw(text, pen) for text in node[3:]] if kind == "cloze" else node[at + 1 :]
        return [[*node[:at], inner, *rest]]
    return [_ALONE[kind](node, pen) if kind in _ALONE else node]


def _code(text: str, pen: Pen) -> Node:
    """Code stays one string; what cannot be drawn stands in it in brackets."""
    return [
        "code",
        "".join(
            f"[{part[1]}]" if part[0] == "missing" else _letters_of(part)
            for part in _draw(_LINE_ENDS.sub(" ", text.replace("\t", "    ")), pen)
        ),
    ]


def _blank(node: Node, pen: Pen) -> Node:
    return ["blank", _draw(node[1], pen), node[2]]


def _masked(node: Node, _: Pen) -> Node:
    covers = [[*cover[:-1], safe_string(cover[-1])] for cover in node[3]]
    return ["masked", node[1], safe_string(node[2]), covers]


# Nodes without children that need a hand all the same.
_ALONE: dict[str, Callable[[Node, Pen], Node]] = {
    "code": lambda node, pen: _code(node[1], pen),
    "blank": _blank,
    "masked": _masked,
}


def _draw(text: str, pen: Pen) -> list[Node]:
    """A string as text that can be drawn, and codes where it cannot."""
    if not text:
        return []
    if pen.fonts.plain.issuperset(text):
        return [["t", text]]
    parts: list[Node] = []
    for how, em, family, run in pen.fonts.runs(text.replace("\ufeff", "\u2060")):
        if how == "no":
            for char in run:
                pen.report(char)
                parts.append(["missing", f"U+{ord(char):04X}"])
        else:
            node = ["t" if how == "every" else "up", run, *([em] if em else [])]
            parts.append(node if family < 0 else ["f", family, [node]])
    return parts


def _long_words(nodes: list[Node], limit: float) -> list[Node]:
    """Put what holds together without a space, and is long, into `w` nodes; the rest stays as it is."""
    done: list[Node] = []
    run: list[Node] = []
    for piece in _pieces(nodes):
        if _breaks(piece):
            _close(run, done, limit)
            run = []
            done.append(piece)
        else:
            run.append(piece)
    _close(run, done, limit)
    return _merged(done)


def _pieces(nodes: list[Node]) -> Iterator[Node]:
    """The nodes, with text cut at each place where a line may end."""
    for node in nodes:
        if node[0] in STRINGS and len(parts := _BREAK.split(node[1])) > 1:
            for number, part in enumerate(parts):
                if part or number % 2:
                    yield [node[0], part, *node[2:]]
        else:
            yield node


def _breaks(node: Node) -> bool:
    kind = node[0]
    if kind in STRINGS:
        return _BREAK.sub("", node[1]) == ""
    if kind in WRAPPERS and kind not in {"w", "sound"}:
        return any(_has_break(child) for child in node[WRAPPERS[kind]])
    return kind in {"br", *PICTURES, "sound", "w", "missing"} or _is_display(node)


def _has_break(node: Node) -> bool:
    if node[0] in STRINGS:
        return _BREAK.search(node[1]) is not None
    return node[0] != "w" and _breaks(node)


def _close(run: list[Node], done: list[Node], limit: float) -> None:
    extent = sum(map(width, run))
    done.extend([["w", round(extent, 2), _merged(run)]] if extent >= limit else run)


def _merged(nodes: list[Node]) -> list[Node]:
    """Neighbouring strings of one kind made one again, so that they are shaped together."""
    merged: list[Node] = []
    for node in nodes:
        if merged and node[0] == merged[-1][0] and node[0] in STRINGS and node[2:] == merged[-1][2:]:
            merged[-1] = [node[0], merged[-1][1] + node[1], *node[2:]]
        elif node[0] not in {"t", "up"} or node[1]:
            merged.append(node)
    return merged


def _letters_of(node: Any) -> str:
    """The bare text of a node nested too deeply to be drawn as it is."""
    if isinstance(node, str):
        return node
    if not isinstance(node, list) or not node:
        return ""
    if isinstance(node[0], list):
        return "".join(_letters_of(child) for child in node)
    kind, *rest = node
    if kind == "math":
        return str(rest[0]["tex"])
    if kind in {"br", "p"}:
        return " " + _letters_of(rest[0] if rest else "")
    return _letters_of(rest[1 if kind in {"cloze", *PICTURES} else 0 if kind in {"blank", *STRINGS} else -1])


def shortened(blocks: list[Node], budget: float) -> list[Node]:
    """The beginning of blocks as one run of inline nodes: whole words, at most `budget` em, no pictures."""
    kept: list[Node] = []
    for piece in (letter for node in _leaves(blocks) for part in _pieces([node]) for letter in _letters(part)):
        budget -= width(piece)
        if budget < 0:
            # A first word longer than the budget: better a part of it than nothing.
            kept = kept or [["t", _letters_of(piece)[: int(budget + width(piece))]]]
            break
        kept.append(piece)
    while kept and kept[-1][0] in STRINGS and _SPACE.fullmatch(kept[-1][1]):  # space before whatever follows
        kept.pop()
    return _long_words(kept, LONG_WORD)


def _letters(piece: Node) -> Iterator[Node]:
    """The letters of a piece in which a line may end anywhere, each by itself; any other piece as it is."""
    if piece[0] in STRINGS and _breaks(piece):
        yield from ([piece[0], cluster, *piece[2:]] for cluster in fonts.clusters(piece[1]))
    else:
        yield piece


def _leaves(blocks: list[Node]) -> Iterator[Node]:
    for block in blocks:
        if block[0] == "p":
            yield from (["t", " "] if node[0] == "br" else node for node in block[1] if node[0] not in PICTURES)
            yield ["t", " "]
        elif block[0] == "codeblock":
            yield from block[1]
        elif block[0] == "quote":
            yield from _leaves(block[1])
        elif block[0] in {"ul", "ol"}:
            for item in block[-1]:
                yield from _leaves(item)
