"""From a character of a scalar's value back to the characters of the file that it was made from.

YAML takes quotes and indentation away, resolves escapes and folds lines. This module does the same again,
slowly and with bookkeeping, for the one value that has a problem. It knows nothing of files or nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_BREAKS = "\n\r\x85\u2028\u2029"
_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_LINE = re.compile(f"([^{_BREAKS}]*)(\r\n|[{_BREAKS}]|$)")
_COMMENT = re.compile(r"\s#.*")

# A gap is white space with a line break in it; it is tried first, because a blank is white space without one.
_GAP = rf"(?P<gap>[ \t]*(?:(?:\r\n|[{_BREAKS}])[ \t]*)+)"
_BLANK = r"(?P<blank>[ \t]+)"
_PLAIN = re.compile(rf"{_GAP}|{_BLANK}|(?P<text>[^ \t{_BREAKS}]+)")
_SINGLE = re.compile(rf"{_GAP}|{_BLANK}|(?P<twice>'')|(?P<text>[^ \t{_BREAKS}']+)")
_DOUBLE = re.compile(
    rf"(?P<joined>\\(?:\r\n|[{_BREAKS}])[ \t]*(?:(?:\r\n|[{_BREAKS}])[ \t]*)*)|{_GAP}|{_BLANK}"
    rf"|(?P<escape>\\(?:x..|u....|U........|.))|(?P<text>[^ \t{_BREAKS}\\]+)"
)
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


class Places(NamedTuple):
    """For each character of a value, where its counterpart starts and ends; `starts` has one more, the end."""

    starts: list[int]
    ends: list[int]


class _Break(NamedTuple):
    value: str
    start: int
    end: int


def places(raw: str, value: str, style: str) -> Places | None:
    """The places in `raw` (the scalar as it stands in the file) of the characters of `value`.

    `style` is that of the node. None when going through `raw` again does not give `value`.
    """
    tape = _Tape()
    if style in ("literal", "folded"):
        _read_block(raw, value, tape)
    elif style == "quote":
        _read_flow(raw, 1, len(raw) - 1, _DOUBLE if raw.startswith('"') else _SINGLE, tape)
    else:
        _read_flow(raw, 0, len(raw), _PLAIN, tape)
    if "".join(tape.chars) != value:
        return None
    behind = tape.ends[-1] if tape.ends else len(raw.rstrip())
    return Places([*tape.starts, len(raw) - 1 if style == "quote" else behind], tape.ends)


class _Tape:
    """What was read so far: characters, each with its place."""

    __slots__ = ("chars", "ends", "starts")

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, char: str, start: int, end: int) -> None:
        self.chars.append(char)
        self.starts.append(start)
        self.ends.append(end)

    def run(self, text: str, start: int) -> None:
        self.chars += text
        self.starts += range(start, start + len(text))
        self.ends += range(start + 1, start + len(text) + 1)

    def breaks(self, breaks: Iterable[_Break]) -> None:
        for one in breaks:
            self.add(*one)


def _break(match: re.Match[str], group: int = 0) -> _Break:
    """A line break as YAML reads it: always a line feed, but for the two of Unicode, which stay."""
    return _Break(match[group] if match[group] in "\u2028\u2029" else "\n", match.start(group), match.end(group))


def _read_flow(raw: str, start: int, end: int, tokens: re.Pattern[str], tape: _Tape) -> None:
    for match in tokens.finditer(raw, start, end):
        kind = match.lastgroup
        if kind in ("text", "blank"):
            tape.run(match[0], match.start())
        elif kind == "twice":
            tape.add("'", match.start(), match.end())
        elif kind == "escape":
            tape.add(_unescaped(match[0][1:]), match.start(), match.end())
        else:
            found = [_break(one) for one in _BREAK.finditer(raw, match.start(), match.end())]
            # The break behind a backslash is no part of the value; any that follow are.
            tape.breaks(found[1:]) if kind == "joined" else _fold(found, tape)


def _unescaped(code: str) -> str:
    return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPES.get(code, code)


def _fold(found: Sequence[_Break], tape: _Tape) -> None:
    """One line break becomes a space, n of them n - 1."""
    first, *more = found
    if first.value != "\n":
        tape.breaks(found)
    elif more:
        tape.breaks(more)
    else:
        tape.add(" ", first.start, first.end)


def _read_block(raw: str, value: str, tape: _Tape) -> None:
    header, *lines = (match for match in _LINE.finditer(raw) if match.end() > match.start())
    ended, waiting = _read_lines(lines, _indentation(lines, value), tape, folded=raw.startswith(">"))
    chomping = _COMMENT.sub("", header[1])
    if ended and "-" not in chomping:
        tape.breaks([ended])
    if "+" in chomping:
        tape.breaks(waiting)


def _indentation(lines: Sequence[re.Match[str]], value: str) -> int:
    """How many characters were taken from the start of each line.

    Up to the first line with content every line of the value is one of the file, in both styles.
    """
    for line, kept in zip(lines, re.split("[\n\u2028\u2029]", value), strict=False):
        if kept.strip(" "):
            return _leading(line[1]) - _leading(kept)
        if kept:
            return len(line[1]) - len(kept)
    return max((_leading(line[1]) for line in lines), default=0) + 1  # nothing but empty lines


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _read_lines(
    lines: Iterable[re.Match[str]], indent: int, tape: _Tape, *, folded: bool
) -> tuple[_Break | None, list[_Break]]:
    """Put the lines on the tape; the break of the last one and those of the empty lines behind it are left over."""
    ended: _Break | None = None
    waiting: list[_Break] = []
    was_deeper = False
    for line in lines:
        content = line[1][indent:]
        if not content:
            waiting += [_break(line, 2)] if line[2] else []
            continue
        deeper = content[0] in " \t"
        if ended and folded and ended.value == "\n" and not was_deeper and not deeper:
            _fold([ended, *waiting], tape)
        else:
            tape.breaks([ended, *waiting] if ended else waiting)
        tape.run(content, line.start(1) + indent)
        was_deeper = deeper
        ended = _break(line, 2) if line[2] else None
        waiting = []
    return ended, waiting
