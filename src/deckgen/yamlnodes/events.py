"""PyYAML's events of a text, from libyaml where it is there, else from PyYAML's own scanner.

The two differ in what they let pass: tabs, `?` in flow text, directives, escapes. `PureParser` follows
libyaml. Knows neither nodes nor diagnostics.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from yaml.error import Mark
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError
from yaml.tokens import ScalarToken

try:
    from yaml import _yaml
except ImportError:  # PyYAML was built without libyaml
    LIBYAML: Any = None
else:
    LIBYAML = _yaml.CParser

_BREAKS = "\r\n\x85\u2028\u2029"
_INDICATORS = re.compile(r"([+-])([1-9])?|([1-9])([+-])?|")
_SURROGATE = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]")


def event_reader(text: str) -> Callable[[], Any]:
    """A function that gives the next event of `text`; it raises YAMLError or ValueError on bad text.

    Events are typed `Any`, because PyYAML's stubs let every mark be missing, and none ever is.
    """
    return (LIBYAML or PureParser)(text).get_event


def token_reader(text: str) -> Callable[[], Any]:
    """The same for the tokens that events are made of."""
    return (LIBYAML or PureParser)(text).get_token


class PureParser(Reader, Scanner, Parser):
    """PyYAML's own parser, corrected to read what libyaml reads."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        """Skip spaces and comments; tabs too, where they do not indent."""
        while True:
            blank = " \t" if self.flow_level or not self.allow_simple_key else " "
            self._skip(blank)
            self._skip_comment()
            if not self._line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain(self) -> ScalarToken:
        """A plain scalar; tabs count as spaces within it, `?` as a letter."""
        chunks: list[str] = []
        spaces: list[str] = []
        start = end = self.get_mark()
        while (word := self._plain_word(start)) and self.peek() != "#":
            self.allow_simple_key = False
            chunks += [*spaces, word]
            self.forward(len(word))
            end = self.get_mark()
            spaces = self.scan_plain_spaces(self.indent + 1, start) or []
            if not spaces or (not self.flow_level and self.column < self.indent + 1):
                break
        return ScalarToken("".join(chunks), plain=True, start_mark=start, end_mark=end)

    def _plain_word(self, start: Mark) -> str:
        length = 0
        while (char := self.peek(length)) not in "\0 \t" + _BREAKS:
            behind = self.peek(length + 1)
            if char == ":" and behind in "\0 \t" + _BREAKS:
                break
            if self.flow_level and char == ":" and behind in ",?[]{}":
                self.forward(length)
                raise ScannerError("while scanning a plain scalar", start, "found unexpected ':'", self.get_mark())
            if self.flow_level and char in ",[]{}":
                break
            length += 1
        return str(self.prefix(length))

    def _line_break(self) -> str:
        return str(self.scan_line_break())  # type: ignore[no-untyped-call]

    def scan_plain_spaces(self, indent: int, start_mark: Mark) -> list[str] | None:
        """The white space between two words, folded; None where a document ends."""
        blanks = self._skip(" \t")
        if self.peek() not in _BREAKS:
            return [blanks] if blanks else []
        first = self._line_break()
        self.allow_simple_key = True
        breaks: list[str] = []
        while not self._at_document_mark():
            while self.peek() in " \t":
                if self.peek() == "\t" and self.column < indent:
                    problem = "found a tab character that violates indentation"
                    raise ScannerError("while scanning a plain scalar", start_mark, problem, self.get_mark())
                self.forward()
            if self.peek() not in _BREAKS:
                return [first, *breaks] if first != "\n" else breaks or [" "]
            breaks.append(self._line_break())
        return None

    def _at_document_mark(self) -> bool:
        return self.prefix(3) in ("---", "...") and self.peek(3) in "\0 \t" + _BREAKS

    def scan_directive_name(self, start_mark: Mark) -> str:
        """The name of a directive: YAML has two."""
        name = str(super().scan_directive_name(start_mark))  # type: ignore[no-untyped-call]
        if name not in ("YAML", "TAG"):
            raise ScannerError(
                "while scanning a directive", start_mark, "found unknown directive name", self.get_mark()
            )
        return name

    def scan_block_scalar_indicators(self, start_mark: Mark) -> tuple[bool | None, int | None]:  # noqa: ARG002
        """What stands behind `|` or `>`: chomping (True keeps, False strips) and indentation."""
        match = _INDICATORS.match(self.prefix(2))
        sign, digit = (match[1] or match[4], match[2] or match[3]) if match else (None, None)
        self.forward(len(match[0]) if match else 0)
        return (sign == "+" if sign else None), (int(digit) if digit else None)

    def scan_block_scalar_ignored_line(self, start_mark: Mark) -> None:
        """The rest of the line of `|`: white space and a comment."""
        self._skip(" \t")
        super().scan_block_scalar_ignored_line(start_mark)

    def scan_block_scalar_indentation(self) -> tuple[list[str], int, Mark]:
        """Find out the indentation of a block."""
        found: tuple[list[str], int, Mark] = super().scan_block_scalar_indentation()
        self._refuse_tab()
        return found

    def scan_block_scalar_breaks(self, indent: int) -> tuple[list[str], Mark]:
        """Skip the indentation of a block's next line, and empty lines before it."""
        found: tuple[list[str], Mark] = super().scan_block_scalar_breaks(indent)
        if self.column < indent:
            self._refuse_tab()
        return found

    def _refuse_tab(self) -> None:
        if self.peek() == "\t":
            problem = "found a tab character where an indentation space is expected"
            raise ScannerError("while scanning a block scalar", self.get_mark(), problem, self.get_mark())

    def scan_flow_scalar(self, style: str) -> ScalarToken:
        """A scalar in quotes, whose escapes must stand for characters that exist."""
        start = self.get_mark()
        try:
            token: ScalarToken = super().scan_flow_scalar(style)
        except (ValueError, OverflowError):  # of chr()
            raise self._bad_escape(start, self.index) from None
        half = _SURROGATE.search(self.buffer, start.index, self.index) if style == '"' else None
        if half is not None:
            raise self._bad_escape(start, half.start())
        return token

    def _bad_escape(self, start: Mark, at: int) -> ScannerError:
        mark = Mark(self.name, at, 0, 0, "", 0)
        return ScannerError("while parsing a quoted scalar", start, "found invalid Unicode character escape code", mark)

    def _skip(self, chars: str) -> str:
        length = 0
        while self.peek(length) in chars:
            length += 1
        text: str = self.prefix(length)
        self.forward(length)
        return text

    def _skip_comment(self) -> None:
        if self.peek() == "#":
            while self.peek() not in "\0" + _BREAKS:
                self.forward()
