"""From pyromark's events to blocks, with everything cards do not allow reported on the way.

One pass over the events with a stack of frames. pyromark counts UTF-8 bytes: `data` is the text in bytes, and
`place` turns a byte offset into a character offset. Inline text goes through `signs`. Never raises but TooDeepError.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

import pyromark

from deckgen.markup import problems
from deckgen.markup.plain import inline_to_plain
from deckgen.markup.signs import ANY_SIGN, Literal, Part, SignReader, TooDeepError
from deckgen.markup.tree import (
    MAX_DEPTH, Block, Break, Code, CodeBlock, Emphasis, Image, Inline, Link, ListBlock, Math, Paragraph, Problem, Quote,
    Strong, Table, joined,
)  # fmt: skip

CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_MATH
_MARKDOWN = pyromark.Markdown(options=_OPTIONS)
_BREAK = Break()
_ALIGN = {"None": "", "Left": "left", "Center": "center", "Right": "right"}

_HREF = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s])[^\s\x00-\x1f\x7f-\x9f]*", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//|\\\\")  # one letter is a drive of Windows, for others to refuse
_TEX_DELIMITER = re.compile(r"(?<!\\)(?:\\\\)*\\[()\[\]]")
_GAP = re.compile(r"\{\{c[0-9]")
_ITEM_NUMBER = re.compile(rb"[ \t]*(([0-9]{1,9})[.)])")
_NUMBER_ITEM = re.compile(rb"[-+*][ \t]+[0-9]")
_GOES_ON = re.compile(rb"[^:\s][ \t]*\r?\n[ \t]*\Z")
_TASK = re.compile(rb"[ \t]*(?:[-+*]|[0-9]{1,9}[.)])[ \t]+\[[ xX]\][ \t]")
_DEFINITION_LIST = re.compile(rb" {0,3}:[ \t]+[^\r\n]*")
_METADATA = re.compile(r"---[ \t]*\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
# What begins a comparison rather than a sentence: `> 50 %`, `>= 5`, `> −2.5`.
_COMPARED = re.compile(rb">[ \t]*(?:[0-9=.,+<>~-]|\xe2\x88\x92|\xe2\x89|\xc2\xb1)")
# Quotes nested thousands deep cost pyromark more than their share, line by line.
_DEEP_LINE = re.compile(
    rf"^(?:[ \t]*(?:>|(?:[-+*]|[0-9]{{1,9}}[.)])(?=[ \t]))){{{MAX_DEPTH + 1}}}",
    re.MULTILINE,
)


class _Frame:
    """A container that is being read: a block, or inline nodes around others."""

    __slots__ = ("blocks", "data", "name", "parts", "places", "start")

    def __init__(self, name: str, start: int, data: Any = None) -> None:
        self.name = name
        self.start = start
        self.data = data  # what the end needs to know
        self.blocks: list[Block] = []
        self.parts: list[Part] = []
        self.places: list[int] = []


class _Items:
    """A list that is being read."""

    def __init__(self, start: int | None) -> None:
        self.start = start
        self.items: list[tuple[Block, ...]] = []
        self.numbers: list[tuple[int, int, str]] = []  # place, number as written, and its sign


class _Rows:
    """A table that is being read."""

    def __init__(self, align: tuple[str, ...]) -> None:
        self.align = align
        self.header: tuple[tuple[Inline, ...], ...] = ()
        self.rows: list[tuple[tuple[Inline, ...], ...]] = []
        self.cells: list[tuple[Inline, ...]] = []
        self.cell_end = 0


class Reader:
    """Reads one text, once. `text` holds no control characters but tab and line ends."""

    def __init__(self, text: str, *, cloze: bool, found: list[Problem]) -> None:
        self.text = text
        self.cloze = cloze
        self.problems = found
        self.data = text.encode()
        self.place: Callable[[int], int] = int if len(self.data) == len(text) else self._place
        self.signs = SignReader(text, cloze=cloze, place=self.place, found=found)
        self._has_signs = cloze or ANY_SIGN.search(text) is not None
        self._has_escapes = "\\" in text
        self._has_entities = "&" in text
        self._text_end = 0
        self._braces: list[tuple[int, int]] = []  # formulas and code that hold `}}`
        self._top = _Frame("Text", 0)
        self._stack: list[_Frame] = []
        self._depth = 0
        self.deepest = 0

    def read(self) -> tuple[Block, ...]:
        """The blocks of the text."""
        if len(self.text) > MAX_DEPTH and (deep := _DEEP_LINE.search(self.text)):
            raise TooDeepError(deep.end() - 1)
        for event, span in _MARKDOWN.events_with_range(self.text):
            if isinstance(event, str):
                _SIMPLE[event](self, span["start"], span["end"])
            else:
                ((kind, value),) = event.items()
                _EVENTS[kind](self, value, span["start"], span["end"])
        self._flush()
        self.signs.finish()
        self._definitions()
        self._metadata()
        self._brace_problems()
        return tuple(self._top.blocks)

    # --- Places

    @cached_property
    def _followers(self) -> list[int]:
        """The offsets of all bytes that are not the first of their character."""
        return [at for found in re.finditer(rb"[\x80-\xbf]+", self.data) for at in range(found.start(), found.end())]

    @cached_property
    def _bounds(self) -> tuple[int, int]:
        """Where the visible text begins and ends."""
        return len(self.data) - len(self.data.lstrip()), len(self.data.rstrip())

    def _place(self, offset: int) -> int:
        return offset - bisect_left(self._followers, offset)

    def _source(self, start: int, end: int) -> str:
        return self.data[start:end].decode()

    def _report(self, make: Callable[..., Problem], start: int, end: int, *more: object) -> None:
        """Add a problem about these bytes, without the line end behind them; its maker gets `more`, or their text."""
        end = start + len(self.data[start:end].rstrip(b" \t\r\n"))
        self.problems.append(make(self.place(start), self.place(end), *(more or (self._source(start, end),))))

    # --- Frames

    def _push(self, name: str, start: int, data: Any = None) -> None:
        if name != "Item":
            self._depth += 1
            if self._depth > self.deepest:
                self.deepest = self._depth
                if self._depth > MAX_DEPTH:
                    raise TooDeepError(self.place(start))
        self._stack.append(self._top)
        self._top = _Frame(name, start, data)

    def _pop(self) -> _Frame:
        frame = self._top
        self._top = self._stack.pop()
        if frame.name != "Item":
            self._depth -= 1
        return frame

    def _inline(self) -> tuple[Inline, ...]:
        """The inline nodes of the frame, which is then empty."""
        top = self._top
        if not top.parts:
            return ()
        nodes = self.signs.read(top.parts, top.places) if self._has_signs else joined(top.parts)
        top.parts, top.places = [], []
        return nodes

    def _flush(self) -> None:
        """End the paragraph, if there is one; text of a tight item or a heading has no other end."""
        if self._top.parts and (nodes := self._inline()):
            self._top.blocks.append(Paragraph(nodes))

    def _add(self, part: Part, start: int) -> None:
        self._top.parts.append(part)
        self._top.places.append(start)

    # --- Text

    def _on_text(self, text: str, start: int, end: int) -> None:
        if self._has_escapes or self._has_entities:
            text, start = self._decoded(text, start, end)
        self._top.parts.append(text)
        self._top.places.append(start)

    def _decoded(self, text: str, start: int, end: int) -> tuple[str, int]:
        """Keep signs out of escaped characters and entities: what is left of the text, and where."""
        escaped = self._text_end < start and self.data[start - 1] == 0x5C
        self._text_end = end
        if escaped:
            self._add(Literal(text[0]), start)
            return text[1:], start + 1
        if self.data[start : start + 1] == b"&" and text != self._source(start, end):
            for bad in CONTROL.findall(text):
                self._report(problems.control_character, start, end, bad)
            return Literal(CONTROL.sub("\ufffd", text)), start
        return text, start

    def _on_code(self, text: str, start: int, end: int) -> None:
        if self.cloze and "}}" in text:
            self._braces.append((start, end))
        self._add(Code(text), start)

    def _on_math(self, tex: str, start: int, end: int, *, display: bool = False) -> None:
        # `$5/$10` is money: Pandoc's rule, which pyromark lacks. And `$$ $$` is no formula.
        if not tex.strip() or (not display and self.data[end : end + 1].isdigit()):
            self._add(" ".join(self._source(start, end).split("\n")), start)
            return
        if _TEX_DELIMITER.search(tex):
            self._report(problems.math_delimiter, start, end, tex)
        if _GAP.search(tex):
            self._report(problems.gap_in_math if self.cloze else problems.gap_stray, start, end)
        if self.cloze and "}}" in tex:
            self._braces.append((start, end))
        self._add(Math(_trimmed(tex) if display else tex, display, self.place(start), self.place(end)), start)

    def _on_display_math(self, tex: str, start: int, end: int) -> None:
        self._on_math(tex, start, end, display=True)

    def _on_inline_html(self, source: str, start: int, _: int) -> None:
        self._add(Literal(" ".join(source.split("\n")) if "\n" in source else source), start)

    def _on_soft_break(self, start: int, end: int) -> None:
        self._add(" ", start)
        if definition := _DEFINITION_LIST.match(self.data, end):
            begin = definition.start() + definition[0].index(b":")
            self._report(problems.definition_list, begin, definition.end())

    def _on_hard_break(self, start: int, _: int) -> None:
        self._add(_BREAK, start)

    def _on_rule(self, start: int, end: int) -> None:
        self._flush()
        self._report(problems.rule, start, end)

    # --- Containers

    def _on_start(self, tag: Any, start: int, end: int) -> None:
        if isinstance(tag, str):
            _STARTS[tag](self, None, start, end)
        else:
            ((name, data),) = tag.items()
            _STARTS[name](self, data, start, end)

    def _on_end(self, tag: Any, start: int, end: int) -> None:
        _ENDS[tag if isinstance(tag, str) else next(iter(tag))](self, start, end)

    def _start_block(self, _: object, __: int, ___: int) -> None:
        self._flush()

    def _end_block(self, _: int, __: int) -> None:
        self._flush()

    def _start_heading(self, _: object, start: int, end: int) -> None:
        self._flush()
        self._report(problems.heading, start, end)

    def _start_quote(self, _: object, start: int, end: int) -> None:
        self._flush()
        if _COMPARED.match(self.data, start):
            self._report(problems.quote_sign, start, end)
        self._push("Quote", start)

    def _end_quote(self, _: int, __: int) -> None:
        self._flush()
        quote = Quote(tuple(self._pop().blocks))
        self._top.blocks.append(quote)

    def _start_raw(self, _: object, start: int, __: int) -> None:
        self._flush()
        self._push("Raw", start)

    def _on_raw_line(self, line: str, start: int, _: int) -> None:
        self._add(Literal(line), start)

    def _raw_text(self) -> str:
        return "".join(str(part) for part in self._pop().parts).replace("\r\n", "\n").removesuffix("\n")

    def _end_code_block(self, _: int, __: int) -> None:
        self._top.blocks.append(CodeBlock(self._raw_text()))

    def _end_html(self, start: int, end: int) -> None:
        """A block of raw HTML is shown as it is written, line by line."""
        source = self._raw_text()
        if _GAP.search(source):
            self._report(problems.gap_in_html if self.cloze else problems.gap_stray, start, end)
        parts = [part for line in source.split("\n") for part in (_BREAK, line)]
        self._top.blocks.append(Paragraph(joined(parts[1:])))

    def _start_list(self, number: int | None, start: int, _: int) -> None:
        self._flush()
        self._push("List", start, _Items(number))

    def _end_list(self, start: int, end: int) -> None:
        found: _Items = self._pop().data
        self._check_numbers(found)
        self._top.blocks.append(ListBlock(found.start, tuple(found.items)))
        if len(found.items) == 1 and self._top.name == "Text" and self._meant_as_text(found, start, end):
            self._report(problems.lone_item, start, end)

    def _meant_as_text(self, found: _Items, start: int, end: int) -> bool:
        """Whether a list of one item is surely none, and would not be shown as it is written."""
        alone = start <= self._bounds[0] and end >= self._bounds[1]
        if found.start is not None:
            as_written = self.data.startswith(b"%d." % found.start, start)
            return alone and not (as_written and found.items[0])
        # A line that happens to begin with `- 2.5`; after a colon or an empty line a list is meant.
        goes_on = _GOES_ON.search(self.data, max(0, start - 80), start) is not None
        return alone or (goes_on and _NUMBER_ITEM.match(self.data, start) is not None)

    def _check_numbers(self, found: _Items) -> None:
        """`1. 2. 3.` and the usual `1. 1. 1.` are fine; anything else would be shown with other numbers."""
        if found.start is None or len({number for _, number, _ in found.numbers}) == 1:
            return
        for shown, (place, number, written) in enumerate(found.numbers, found.start):
            if number != shown:
                self.problems.append(problems.list_numbers(place, place + len(written), written, shown))
                return

    def _start_item(self, _: object, start: int, end: int) -> None:
        items: _Items = self._top.data
        if _TASK.match(self.data, start):
            self._report(problems.task, start, end)
        if items.start is not None and (number := _ITEM_NUMBER.match(self.data, start)):
            items.numbers.append((self.place(number.start(1)), int(number[2]), number[1].decode()))
        self._push("Item", start)

    def _end_item(self, _: int, __: int) -> None:
        self._flush()
        item = tuple(self._pop().blocks)
        self._top.data.items.append(item)

    def _start_table(self, align: tuple[str, ...], start: int, _: int) -> None:
        self._flush()
        self._push("Table", start, _Rows(tuple(_ALIGN[each] for each in align)))

    def _start_part(self, _: object, __: int, ___: int) -> None:
        """A row or a cell begins; nothing is known of it yet."""

    def _end_cell(self, _: int, end: int) -> None:
        rows: _Rows = self._top.data
        rows.cells.append(self._inline())
        rows.cell_end = end

    def _end_head(self, start: int, end: int) -> None:
        rows: _Rows = self._top.data
        self._end_row(start, end)
        rows.header = rows.rows.pop()

    def _end_row(self, _: int, end: int) -> None:
        rows: _Rows = self._top.data
        if rest := self.data[rows.cell_end : end].strip(b" \t\r\n|"):
            begin = self.data.index(rest, rows.cell_end)
            self._report(problems.table_cells, begin, begin + len(rest))
        rows.rows.append(tuple(rows.cells))
        rows.cells.clear()

    def _end_table(self, _: int, __: int) -> None:
        rows: _Rows = self._pop().data
        self._top.blocks.append(Table(rows.header, tuple(rows.rows), rows.align))

    def _start_emphasis(self, _: object, start: int, __: int) -> None:
        self._push("Emphasis", start)

    def _end_emphasis(self, start: int, _: int) -> None:
        nodes = self._inline()
        self._pop()
        self._add(Emphasis(nodes), start)

    def _end_strong(self, start: int, _: int) -> None:
        nodes = self._inline()
        self._pop()
        self._add(Strong(nodes), start)

    def _start_link(self, link: dict[str, str], start: int, _: int) -> None:
        self._push("Link", start, link)

    def _end_link(self, start: int, end: int) -> None:
        nodes = self._inline()
        link: dict[str, str] = self._pop().data
        href = "mailto:" + link["dest_url"] if link["link_type"] == "Email" else link["dest_url"]
        if link["title"]:
            self._report(problems.link_title, start, end, link["title"])
        if not _HREF.fullmatch(href):
            self._report(problems.link_scheme, start, end, href)
        elif not nodes:
            self._report(problems.link_text, start, end, href)
        else:
            self._add(Link(href, nodes, self.place(start), self.place(end)), start)
            return
        for node in nodes:
            self._add(node, start)

    def _end_image(self, start: int, end: int) -> None:
        alt = " ".join(inline_to_plain(self._inline()).split())
        link: dict[str, str] = self._pop().data
        path = link["dest_url"]
        if link["title"]:
            self._report(problems.link_title, start, end, link["title"])
        if not alt:
            self._report(problems.image_alt, start, end, path)
        if not path:
            self._report(problems.image_path, start, end, alt)
        if _SCHEME.match(path):
            self._report(problems.image_remote, start, end, path)
            self._add(Literal(alt), start)
            return
        self._add(Image(path, alt, self.place(start), self.place(end)), start)

    # --- At the end

    def _definitions(self) -> None:
        """`[a]: b` makes no event at all, and would be lost without a word."""
        if "]:" not in self.text:
            return
        for name, found in _MARKDOWN.reference_definitions(self.text).items():
            start, end = found["span"]["start"], found["span"]["end"]
            if name.startswith("^"):
                self._report(problems.footnote, start, end)
            else:
                self._report(problems.definition, start, end, self._source(start, end), found["dest"])

    def _metadata(self) -> None:
        if self.text.startswith("---") and (found := _METADATA.match(self.text)):
            end = found.end()
            self.problems[:] = [each for each in self.problems if each.end > end or each.code != "markdown-not-allowed"]
            self.problems.append(problems.metadata(0, len(found[0].rstrip()), found[0]))

    def _brace_problems(self) -> None:
        """Braces in a formula or in code matter only inside a gap."""
        if not self._braces:
            return
        gaps = sorted(self.signs.gaps)
        ends = list(accumulate((end for _, end in gaps), max))
        for start, end in self._braces:
            place = self.place(start)
            before = bisect_left(gaps, (place, 0))
            if before and ends[before - 1] > place:
                self._report(problems.gap_braces, start, end)


def _trimmed(tex: str) -> str:
    """Without the space around it, but for the one that belongs to a last backslash."""
    bare = tex.strip()
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " * (backslashes % 2)


_Simple = Callable[[Reader, int, int], None]
_Valued = Callable[[Reader, Any, int, int], None]

_SIMPLE: Final[dict[str, _Simple]] = {
    "SoftBreak": Reader._on_soft_break,
    "HardBreak": Reader._on_hard_break,
    "Rule": Reader._on_rule,
}
_EVENTS: Final[dict[str, _Valued]] = {
    "Text": Reader._on_text,
    "Start": Reader._on_start,
    "End": Reader._on_end,
    "Code": Reader._on_code,
    "InlineMath": Reader._on_math,
    "DisplayMath": Reader._on_display_math,
    "InlineHtml": Reader._on_inline_html,
    "Html": Reader._on_raw_line,
}
_STARTS: Final[dict[str, _Valued]] = {
    "Paragraph": Reader._start_block,
    "Heading": Reader._start_heading,
    "BlockQuote": Reader._start_quote,
    "CodeBlock": Reader._start_raw,
    "HtmlBlock": Reader._start_raw,
    "List": Reader._start_list,
    "Item": Reader._start_item,
    "Table": Reader._start_table,
    "TableHead": Reader._start_part,
    "TableRow": Reader._start_part,
    "TableCell": Reader._start_part,
    "Emphasis": Reader._start_emphasis,
    "Strong": Reader._start_emphasis,
    "Link": Reader._start_link,
    "Image": Reader._start_link,
}
_ENDS: Final[dict[str, _Simple]] = {
    "Paragraph": Reader._end_block,
    "Heading": Reader._end_block,
    "BlockQuote": Reader._end_quote,
    "CodeBlock": Reader._end_code_block,
    "HtmlBlock": Reader._end_html,
    "List": Reader._end_list,
    "Item": Reader._end_item,
    "Table": Reader._end_table,
    "TableHead": Reader._end_head,
    "TableRow": Reader._end_row,
    "TableCell": Reader._end_cell,
    "Emphasis": Reader._end_emphasis,
    "Strong": Reader._end_strong,
    "Link": Reader._end_link,
    "Image": Reader._end_image,
}
