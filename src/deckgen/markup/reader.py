"""From pyromark's events to blocks, with what cards do not allow reported on the way.

One pass over the events with a stack of frames; inline text goes through `signs`. A handler stands under the
names of its events. Raises nothing but TooDeepError.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate
from typing import Any, Final, TypeAlias

import pyromark

from deckgen.markup import problems
from deckgen.markup.frames import Frames, Items, Rows
from deckgen.markup.places import Places
from deckgen.markup.plain import inline_to_plain
from deckgen.markup.signs import Literal, TooDeepError
from deckgen.markup.tree import (
    MAX_DEPTH,
    Blocks,
    Break,
    Code,
    CodeBlock,
    Emphasis,
    Image,
    Link,
    ListBlock,
    Math,
    Paragraph,
    Quote,
    Sound,
    Strong,
    Table,
    is_sound,
    joined,
)

CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
MARKDOWN: Final = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_MATH)

_BREAK = Break()
_BY_DEFINITION = frozenset({"Reference", "Collapsed", "Shortcut"})
_ALIGN = {"None": "", "Left": "left", "Center": "center", "Right": "right"}
_HREF = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s])[^\s\x00-\x1f\x7f-\x9f]*", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//|\\\\")  # one letter is a drive of Windows, for others to refuse
_TEX_DELIMITER = re.compile(r"(?<!\\)(?:\\\\)*\\[()\[\]]")
_GAP = re.compile(r"\{\{c[0-9]")
_ITEM_NUMBER = re.compile(rb"[ \t]*(([0-9]{1,9})[.)])")
_NUMBER_ITEM = re.compile(rb"[-+*][ \t]+[0-9]")
_GOES_ON = re.compile(rb"[^:\s][ \t]*\r?\n[ \t]*\Z")
_TASK = re.compile(rb"[ \t]*(?:[-+*]|[0-9]{1,9}[.)])[ \t]+\[[ xX]\][ \t]")
_DEFINITION_LIST = re.compile(rb" {0,3}(:[ \t]+[^\r\n]*)")
# What begins a comparison rather than a sentence: `> 50 %`, `>= 5`, `> −2.5`; but not a list in a quotation.
_COMPARED = re.compile(rb">[ \t]*(?:=|(?:[-+.,~]|\xe2\x88\x92|\xc2\xb1)?(?![0-9]+[.)][ \t])[0-9])")
# Quotes nested thousands deep cost pyromark more than their share, line by line.
_DEEP_LINE = re.compile(
    rf"^(?:[ \t]*(?:>|(?:[-+*]|[0-9]{{1,9}}[.)])(?=[ \t]))){{{MAX_DEPTH + 1}}}",
    re.MULTILINE,
)

_Handler: TypeAlias = Callable[["Reader", Any, int, int], None]

_EVENTS: Final[dict[str, _Handler]] = {}
_STARTS: Final[dict[str, _Handler]] = {}
_ENDS: Final[dict[str, _Handler]] = {}


def _handles(table: dict[str, _Handler], *names: str) -> Callable[[_Handler], _Handler]:
    """Enter a handler into its table, under the names pyromark gives the events."""

    def enter(handler: _Handler) -> _Handler:
        table.update(dict.fromkeys(names, handler))
        return handler

    return enter


class Reader:
    """Reads one text, once. It holds no control characters but tab and line ends. Handlers get (value, start, end)."""

    def __init__(self, places: Places, *, cloze: bool) -> None:
        self.frames = Frames(places, cloze=cloze)
        self._places = places
        self._data = places.data
        self._cloze = cloze
        self._has_literals = "\\" in places.text or "&" in places.text
        self._text_end = 0
        self._braces: list[tuple[int, int]] = []  # formulas and code that hold `}}`

    def read(self) -> Blocks:
        """The blocks of the text."""
        text = self._places.text
        if len(text) > MAX_DEPTH and (deep := _DEEP_LINE.search(text)):
            raise TooDeepError(deep.end() - 1)
        for event, span in MARKDOWN.events_with_range(text):
            if isinstance(event, str):
                _EVENTS[event](self, None, span["start"], span["end"])
            else:
                ((kind, value),) = event.items()
                _EVENTS[kind](self, value, span["start"], span["end"])
        self.frames.flush()
        self.frames.signs.finish()
        if self._braces:
            self._check_braces()
        return tuple(self.frames.top.blocks)

    @_handles(_EVENTS, "Start")
    def _start(self, tag: Any, start: int, end: int) -> None:
        if isinstance(tag, str):
            _STARTS[tag](self, None, start, end)
        else:
            ((name, data),) = tag.items()
            _STARTS[name](self, data, start, end)

    @_handles(_EVENTS, "End")
    def _end(self, tag: Any, start: int, end: int) -> None:
        _ENDS[tag if isinstance(tag, str) else next(iter(tag))](self, None, start, end)

    # --- Text

    @_handles(_EVENTS, "Text")
    def _text(self, text: str, start: int, end: int) -> None:
        if self._has_literals:
            text, start = self._decoded(text, start, end)
        self.frames.add(text, start)

    def _decoded(self, text: str, start: int, end: int) -> tuple[str, int]:
        """Keep signs out of escaped characters and entities: what is left of the text, and where."""
        escaped = self._text_end < start and self._data[start - 1] == 0x5C  # a backslash no text holds
        self._text_end = end
        if escaped:
            self.frames.add(Literal(text[0]), start)
            return text[1:], start + 1
        if self._data.startswith(b"&", start) and text != self._places.source(start, end):
            for bad in CONTROL.findall(text):
                self._places.report(problems.control_character, start, end, bad)
            return Literal(_on_one_line(CONTROL.sub("\ufffd", text))), start
        return text, start

    @_handles(_EVENTS, "Code")
    def _code(self, text: str, start: int, end: int) -> None:
        if self._cloze and "}}" in text:
            self._braces.append((start, end))
        self.frames.add(Code(_on_one_line(text)), start)

    @_handles(_EVENTS, "InlineMath")
    def _inline_math(self, tex: str, start: int, end: int) -> None:
        if self._data[end : end + 1].isdigit():  # `$5/$10` is money: Pandoc's rule, which pyromark lacks
            self._as_written(start, end)
        else:
            self._math(Math(tex, display=False, start=self._places.of(start), end=self._places.of(end)), start, end)

    @_handles(_EVENTS, "DisplayMath")
    def _display_math(self, tex: str, start: int, end: int) -> None:
        if tex.strip():
            tex = _trimmed(tex)
            self._math(Math(tex, display=True, start=self._places.of(start), end=self._places.of(end)), start, end)
        else:
            self._as_written(start, end)

    def _math(self, math: Math, start: int, end: int) -> None:
        math = math._replace(tex=math.tex.replace("\r\n", "\n")) if "\r" in math.tex else math
        if _TEX_DELIMITER.search(math.tex):
            self._places.report(problems.math_delimiter, start, end, math.tex)
        if _GAP.search(math.tex):
            self._places.report(problems.gap_in_math if self._cloze else problems.gap_stray, start, end)
        if self._cloze and "}}" in math.tex:
            self._braces.append((start, end))
        self.frames.add(math, start)

    def _as_written(self, start: int, end: int) -> None:
        self.frames.add(_on_one_line(self._places.source(start, end)), start)

    @_handles(_EVENTS, "InlineHtml")
    def _inline_html(self, source: str, start: int, _: int) -> None:
        self.frames.add(Literal(_on_one_line(source)), start)

    @_handles(_EVENTS, "SoftBreak")
    def _soft_break(self, _: None, start: int, end: int) -> None:
        """A line end is a space, so that a text can be wrapped anew without a change of the note."""
        self.frames.add(" ", start)
        if definition := _DEFINITION_LIST.match(self._data, end):
            self._places.report(problems.definition_list, definition.start(1), definition.end(1))

    @_handles(_EVENTS, "HardBreak")
    def _hard_break(self, _: None, start: int, __: int) -> None:
        self.frames.add(_BREAK, start)

    # --- Blocks

    @_handles(_EVENTS, "Rule")
    def _rule(self, _: None, start: int, end: int) -> None:
        self.frames.flush()
        self._places.report(problems.rule, start, end)

    @_handles(_STARTS, "Heading")
    def _start_heading(self, _: object, start: int, end: int) -> None:
        self.frames.flush()
        self._places.report(problems.heading, start, end)

    @_handles(_STARTS, "Paragraph")
    @_handles(_ENDS, "Paragraph", "Heading")
    def _paragraph(self, _: None, __: int, ___: int) -> None:
        self.frames.flush()

    @_handles(_STARTS, "BlockQuote")
    def _start_quote(self, _: object, start: int, end: int) -> None:
        self.frames.flush()
        if _COMPARED.match(self._data, start):
            self._places.report(problems.quote_sign, start, end)
        self.frames.push("quote", start)

    @_handles(_ENDS, "BlockQuote")
    def _end_quote(self, _: None, __: int, ___: int) -> None:
        self.frames.flush()
        quote = Quote(tuple(self.frames.pop().blocks))
        self.frames.top.blocks.append(quote)

    @_handles(_STARTS, "CodeBlock", "HtmlBlock")
    def _start_raw(self, _: object, start: int, __: int) -> None:
        self.frames.flush()
        self.frames.push("raw", start)

    @_handles(_EVENTS, "Html")
    def _html_line(self, line: str, start: int, _: int) -> None:
        self.frames.add(line, start)

    def _end_raw(self) -> str:
        return "".join(str(part) for part in self.frames.pop().parts).replace("\r\n", "\n").removesuffix("\n")

    @_handles(_ENDS, "CodeBlock")
    def _end_code_block(self, _: None, __: int, ___: int) -> None:
        code = CodeBlock(self._end_raw())
        self.frames.top.blocks.append(code)

    @_handles(_ENDS, "HtmlBlock")
    def _end_html(self, _: None, start: int, end: int) -> None:
        """A block of raw HTML is shown as it is written, line by line."""
        source = self._end_raw()
        if _GAP.search(source):
            self._places.report(problems.gap_in_html if self._cloze else problems.gap_stray, start, end)
        lines = [part for line in source.split("\n") for part in (_BREAK, line)]
        self.frames.top.blocks.append(Paragraph(joined(lines[1:])))

    # --- Lists

    @_handles(_STARTS, "List")
    def _start_list(self, number: int | None, start: int, _: int) -> None:
        self.frames.flush()
        self.frames.push("list", start, Items(number))

    @_handles(_STARTS, "Item")
    def _start_item(self, _: object, start: int, end: int) -> None:
        items: Items = self.frames.top.data
        if _TASK.match(self._data, start):
            self._places.report(problems.task, start, end)
        if items.start is not None and (number := _ITEM_NUMBER.match(self._data, start)):
            items.numbers.append((self._places.of(number.start(1)), int(number[2]), number[1].decode()))
        self.frames.push("item", start)

    @_handles(_ENDS, "Item")
    def _end_item(self, _: None, __: int, ___: int) -> None:
        self.frames.flush()
        item = tuple(self.frames.pop().blocks)
        self.frames.top.data.items.append(item)

    @_handles(_ENDS, "List")
    def _end_list(self, _: None, start: int, end: int) -> None:
        found: Items = self.frames.pop().data
        self._check_numbers(found)
        if len(found.items) == 1 and self.frames.top.name == "text" and self._meant_as_text(found, start, end):
            self._places.report(problems.lone_item, start, end)
        self.frames.top.blocks.append(ListBlock(found.start, tuple(found.items)))

    def _meant_as_text(self, found: Items, start: int, end: int) -> bool:
        """Whether a list of one item is surely none, and would not be shown as it is written."""
        first, last = self._places.visible
        alone = start <= first and end >= last
        if found.start is not None:
            as_written = self._data.startswith(b"%d." % found.start, start)
            return alone and not (as_written and found.items[0])
        # A line that happens to begin with `- 2.5`; after a colon or an empty line a list is meant.
        goes_on = _GOES_ON.search(self._data, max(0, start - 80), start) is not None
        return alone or (goes_on and _NUMBER_ITEM.match(self._data, start) is not None)

    def _check_numbers(self, found: Items) -> None:
        """`1. 2. 3.` and the usual `1. 1. 1.` are fine; anything else would be shown with other numbers."""
        if found.start is None or len({number for _, number, _ in found.numbers}) == 1:
            return
        for shown, (place, number, written) in enumerate(found.numbers, found.start):
            if number != shown:
                self._places.found.append(problems.list_numbers(place, place + len(written), written, shown))
                return

    # --- Tables

    @_handles(_STARTS, "Table")
    def _start_table(self, align: tuple[str, ...], start: int, _: int) -> None:
        self.frames.flush()
        self.frames.push("table", start, Rows(tuple(_ALIGN[each] for each in align)))

    @_handles(_STARTS, "TableHead", "TableRow", "TableCell")
    def _start_part(self, _: None, __: int, ___: int) -> None:
        """A row or a cell begins; nothing is known of it yet."""

    @_handles(_ENDS, "TableCell")
    def _end_cell(self, _: None, __: int, end: int) -> None:
        rows: Rows = self.frames.top.data
        rows.cells.append(self.frames.inline())
        rows.cell_end = end

    @_handles(_ENDS, "TableHead", "TableRow")
    def _end_row(self, _: None, __: int, end: int) -> None:
        rows: Rows = self.frames.top.data
        if rest := self._data[rows.cell_end : end].strip(b" \t\r\n|"):
            begin = self._data.index(rest, rows.cell_end)
            self._places.report(problems.table_cells, begin, begin + len(rest))
        rows.rows.append(tuple(rows.cells))
        rows.cells.clear()

    @_handles(_ENDS, "Table")
    def _end_table(self, _: None, start: int, end: int) -> None:
        rows: Rows = self.frames.pop().data
        if any(len(row) != len(rows.align) for row in rows.rows):  # pyromark fills up short rows, but not thousands
            self._places.report(problems.table_size, start, end)
        self.frames.top.blocks.append(Table(rows.rows[0], tuple(rows.rows[1:]), rows.align))

    # --- Inline nodes around others

    @_handles(_STARTS, "Emphasis", "Strong", "Link", "Image")
    def _start_inline(self, data: object, start: int, _: int) -> None:
        self.frames.push("inline", start, data)

    @_handles(_ENDS, "Emphasis")
    def _end_emphasis(self, _: None, start: int, __: int) -> None:
        nodes = self.frames.inline()
        self.frames.pop()
        self.frames.add(Emphasis(nodes), start)

    @_handles(_ENDS, "Strong")
    def _end_strong(self, _: None, start: int, __: int) -> None:
        nodes = self.frames.inline()
        self.frames.pop()
        self.frames.add(Strong(nodes), start)

    @_handles(_ENDS, "Link")
    def _end_link(self, _: None, start: int, end: int) -> None:
        nodes = self.frames.inline()
        link: dict[str, str] = self.frames.pop().data
        href = "mailto:" + link["dest_url"] if link["link_type"] == "Email" else link["dest_url"]
        if link["title"]:
            self._places.report(problems.link_title, start, end, link["title"])
        if link["link_type"] in _BY_DEFINITION:  # the definition is a problem already
            pass
        elif not _HREF.fullmatch(href):
            self._places.report(problems.link_scheme, start, end, href)
        elif not nodes:
            self._places.report(problems.link_text, start, end, href)
        else:
            nodes = (Link(href, nodes, self._places.of(start), self._places.of(end)),)
        for node in nodes:
            self.frames.add(node, start)

    @_handles(_ENDS, "Image")
    def _end_image(self, _: None, start: int, end: int) -> None:
        alt = " ".join(inline_to_plain(self.frames.inline()).split())
        link: dict[str, str] = self.frames.pop().data
        path = link["dest_url"]
        if link["title"]:
            self._places.report(problems.link_title, start, end, link["title"])
        make = Sound if is_sound(path) else Image
        if not alt:
            self._places.report(problems.sound_alt if make is Sound else problems.image_alt, start, end, path)
        if not path:
            self._places.report(problems.image_path, start, end, alt)
        if _SCHEME.match(path):
            self._places.report(problems.sound_remote if make is Sound else problems.image_remote, start, end, path)
            self.frames.add(Literal(alt), start)
        else:
            self.frames.add(make(path, alt, self._places.of(start), self._places.of(end)), start)

    # --- At the end

    def _check_braces(self) -> None:
        """Braces in a formula or in code matter only inside a gap."""
        gaps = sorted(self.frames.signs.gaps)
        ends = list(accumulate((end for _, end in gaps), max))
        for start, end in self._braces:
            place = self._places.of(start)
            before = bisect_left(gaps, (place, 0))
            if before and ends[before - 1] > place:
                self._places.report(problems.gap_braces, start, end)


def _on_one_line(text: str) -> str:
    return text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")


def _trimmed(tex: str) -> str:
    """Without the space around it, but for the one that belongs to a last backslash."""
    bare = tex.strip()
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " * (backslashes % 2)
