"""Diagnostics and summaries as text: for people (full, short), for programs (json), for GitHub's runners.

Text from a file or a path is never trusted: whatever could steer a terminal or turn letters around is
shown escaped. Prints nothing, and decides nothing about colour.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from deckgen.diagnostics import Diagnostic, Edit, Span

Style = Literal["full", "short", "json", "github"]

WIDTH = 120  # columns of an excerpt
_BEFORE = 40  # of them, at most, in front of the mark
_TAB = 4
_MOST_LINES = 4  # of a span that goes over several

_RED, _YELLOW, _BLUE, _CYAN, _BOLD = "1;31", "1;33", "1;34", "1;36", "1"
_JOINERS = "\u200c\u200d"  # real letters of Persian, Hindi and of emoji; they turn nothing around


def render(items: Iterable[Diagnostic], style: Style, *, color: bool) -> str:
    """`items` (a Bag gives them in order) as text that ends with a line feed; "" when there are none.

    full: with excerpts.  short: a line each.  json: an object a line.  github: workflow commands.
    """
    if style == "full":
        return "\n".join(_full(item, _Paint(on=color)) for item in items)
    line: Callable[[Diagnostic], str] = {"short": _short, "json": _json, "github": _github}[style]
    return "".join(line(item) + "\n" for item in items)


def summary(items: Iterable[Diagnostic]) -> str:
    """How many problems there are: "2 errors, 1 warning in 3 files"."""
    found = list(items)
    errors = sum(item.severity == "error" for item in found)
    counts = [_count(errors, "error")] if errors else []
    counts += [_count(len(found) - errors, "warning")] if len(found) > errors else []
    if not counts:
        return "no problems"
    return f"{', '.join(counts)} in {_count(len({item.span.path for item in found}), 'file')}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def visible(text: str) -> str:
    """`text` with every control, bidirectional or otherwise invisible character written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_char, text))


def _visible_char(char: str) -> str:
    if char < " " or "\x7f" <= char <= "\x9f":
        return f"\\x{ord(char):02x}"
    invisible = unicodedata.category(char) in ("Cf", "Cs", "Zl", "Zp") and char not in _JOINERS
    return f"<U+{ord(char):04X}>" if invisible or ord(char) & 0xFFFE == 0xFFFE else char


def as_data(item: Diagnostic) -> dict[str, object]:
    """A diagnostic for programs: exactly the members of the `json` style; lines and columns count from 1."""
    return {
        "code": item.code,
        "severity": item.severity,
        "message": item.message,
        **_place(item.span),
        "hints": [hint for hint in item.hints if hint],
        "fix": _fix(item.fix) if item.fix else None,
    }


def _fix(fix: Edit) -> dict[str, object]:
    return {**_place(fix.span), "text": fix.text}


def _place(span: Span) -> dict[str, object]:
    return {"path": span.path, "line": span.line, "column": span.column, "end_line": span.end_line,
            "end_column": span.end_column}  # fmt: skip


def _json(item: Diagnostic) -> str:
    return json.dumps(as_data(item))  # ASCII only: control characters come out as escapes of JSON


def _short(item: Diagnostic) -> str:
    span = item.span
    return f"{visible(span.path)}:{span.line}:{span.column}: {item.severity}[{item.code}]: {visible(item.message)}"


def _github(item: Diagnostic) -> str:
    span = item.span
    one_line = span.line == span.end_line
    values = {"file": span.path, "line": span.line, "col": span.column, "endLine": span.end_line,
              **({"endColumn": span.end_column} if one_line else {}), "title": item.code}  # fmt: skip
    properties = ",".join(f"{name}={_github_property(str(value))}" for name, value in values.items())
    return f"::{item.severity} {properties}::{_github_data(item.message)}"


def _github_data(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "%0A".join(visible(line).replace("%", "%25") for line in lines)


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


@dataclass(frozen=True, slots=True)
class _Paint:
    """ANSI colours, or none."""

    on: bool

    def __call__(self, text: str, sgr: str) -> str:
        return f"\x1b[{sgr}m{text}\x1b[0m" if self.on and text else text


def _full(item: Diagnostic, paint: _Paint) -> str:
    """Headline, excerpt, related excerpts, help; with a line feed at the end."""
    tone = _RED if item.severity == "error" else _YELLOW
    margin = len(str(max(_last_line(span) for span in (item.span, *(span for span, _ in item.related)))))
    lines = [paint(f"{item.severity}[{item.code}]", tone) + paint(f": {visible(item.message)}", _BOLD)]
    lines += _excerpt("-->", item.span, item.label, margin, "^", tone, paint)
    for span, label in item.related:
        lines += _excerpt(":::", span, label, margin, "-", _BLUE, paint)
    lines += _help(item.hints, margin, paint)
    return "".join(line.rstrip() + "\n" for line in lines)


def _help(hints: Iterable[str], margin: int, paint: _Paint) -> Iterator[str]:
    given = [hint for hint in hints if hint]
    if given:
        yield paint(" " * margin + " |", _BLUE)
    for hint in given:
        first, *more = hint.split("\n")
        yield f"{' ' * margin} {paint('=', _BLUE)} {paint('help', _CYAN)}: {visible(first)}"
        yield from (" " * (margin + len(" = help: ")) + visible(line) for line in more)


def _last_line(span: Span) -> int:
    """The last line of a span that holds a part of it: a line feed at its end opens no further one."""
    end = max(span.start, span.end - 1)
    return span.source.position(end)[0]


def _excerpt(arrow: str, span: Span, label: str, margin: int, mark: str, tone: str, paint: _Paint) -> Iterator[str]:
    """The place, the lines of the span between gutters, and the marks under them; the label behind the last."""
    bar = paint(" " * margin + " |", _BLUE)
    yield f"{' ' * margin}{paint(arrow, _BLUE)} {visible(span.path)}:{span.line}:{span.column}"
    if not span.source.text:
        if label:
            yield f"{bar} {paint(visible(label), tone)}"
        return
    yield bar
    first, last = span.line, _last_line(span)
    numbers = range(first, last + 1)
    for number in numbers if len(numbers) <= _MOST_LINES else (first, first + 1, 0, last):
        if not number:
            yield paint("." * max(margin, 3), _BLUE)
            continue
        text, marks = _marked(span, number, mark)
        yield f"{paint(f'{number:>{margin}} |', _BLUE)} {text}"
        if number == last:
            marks = f"{marks} {visible(label)}".rstrip()
        if marks.strip():
            yield f"{bar} {paint(marks, tone)}"


def _marked(span: Span, number: int, mark: str) -> tuple[str, str]:
    """Line `number` as it can be shown, and the marks to set under it."""
    line = span.source.line(number)
    start = span.column - 1 if number == span.line else len(line) - len(line.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(line)
    start = min(start, len(line))
    end = max(start, min(end, len(line)))
    left, shown = _window(line, start, end)
    columns = [0, *accumulate(_width(cell) for cell in shown)]
    while start > left and start - left < len(shown) and _width(shown[start - left]) == 0:
        start -= 1  # an accent is marked together with its letter
    cut_left, cut_right = "…" if left else "", "…" if left + len(shown) < len(line) else ""
    here = columns[min(start - left, len(shown))]
    size = columns[min(end - left, len(shown))] - here
    size = max(size, 1 if number == span.line else 0)
    return cut_left + "".join(shown) + cut_right, " " * (len(cut_left) + here) + mark * size


def _window(line: str, start: int, end: int) -> tuple[int, list[str]]:
    """The part of a line around the characters `start` to `end` that fits: where it begins, and its cells."""
    left = max(0, start - WIDTH)
    cells = _cells(line[left : start + WIDTH + 1])
    if left == 0 and len(line) <= WIDTH and sum(map(_width, cells)) <= WIDTH:
        return 0, cells
    room = WIDTH - min(sum(map(_width, cells[start - left : end - left])), WIDTH - _BEFORE)
    first = start - left
    used = 0
    while first and used + _width(cells[first - 1]) <= min(_BEFORE, room):
        first -= 1
        used += _width(cells[first])
    last = start - left
    while last < len(cells) and used + _width(cells[last]) <= WIDTH:
        used += _width(cells[last])
        last += 1
    return left + first, cells[first:last]


def _cells(text: str) -> list[str]:
    """What to show for each character; a tab becomes the spaces up to the next stop."""
    cells = []
    column = 0
    for char in text:
        cell = " " * (_TAB - column % _TAB) if char == "\t" else _visible_char(char)
        column += _width(cell)
        cells.append(cell)
    return cells


def _width(cell: str) -> int:
    """The columns that a cell takes on a terminal."""
    if len(cell) != 1 or cell.isascii():
        return len(cell)
    if unicodedata.category(cell) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(cell) in "WF" else 1
