"""What is wrong with the content, as values: where, what, and what to do next.

A problem in somebody's file is never an exception. Every stage of the pipeline puts `Diagnostic`s into
the one `Bag` it is handed and goes on; `deckgen.report` turns them into text. This module prints nothing,
reads nothing, and does not know YAML, Markdown or Anki.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

_LONGEST_NAME = 100
_LINE_FEED = re.compile("\n")
_LINE_END = re.compile("\r\n?|\n")

Severity = Literal["error", "warning"]


class DeckgenError(Exception):
    """The environment refuses: a folder that cannot be written, a missing program, a full disk.

    Never used for the content of a file. `message` says what happened, `hint` what to do next.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Source:
    """A text file as it was read: its path inside the project (with `/`) and its decoded text.

    Offsets into `text` count characters from 0; lines and columns, as people see them, count from 1.
    """

    __slots__ = ("_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._starts: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """The offset of the first character of every line."""
        if self._starts is None:
            ends = _LINE_END if "\r" in self.text else _LINE_FEED
            self._starts = [0, *(match.end() for match in ends.finditer(self.text))]
        return self._starts

    def position(self, offset: int) -> tuple[int, int]:
        """The (line, column) of an offset; one past the end is allowed."""
        starts = self.line_starts
        line = bisect_right(starts, min(offset, len(self.text)))
        return line, min(offset, len(self.text)) - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Line `number`, without its line end; "" past the end."""
        starts = self.line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: offsets `start` (included) to `end` (excluded)."""

    source: Source
    start: int
    end: int

    @property
    def path(self) -> str:
        """The path of the file, inside the project."""
        return self.source.path

    @property
    def line(self) -> int:
        """The line of the first character, from 1."""
        return self.source.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, from 1."""
        return self.source.position(self.start)[1]

    @property
    def end_line(self) -> int:
        """The line of the end."""
        return self.source.position(self.end)[0]

    @property
    def end_column(self) -> int:
        """The column just behind the last character."""
        return self.source.position(self.end)[1]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that would mend a problem: put `text` in place of `span`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem. `message` alone must make sense; the rest helps.

    code: a permanent name in words (`unknown-key`), explained by `deckgen explain`.
    label: a few words under the marked excerpt.  hints: what to do next, a sentence each.
    related: other places that matter (`first used here`).  fix: an edit that is certainly right, or None.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    label: str = ""
    hints: tuple[str, ...] = ()
    related: tuple[tuple[Span, str], ...] = ()
    fix: Edit | None = None


@dataclass(slots=True)
class Bag:
    """Where every stage puts its problems; handed down explicitly, never global."""

    items: list[Diagnostic] = field(default_factory=list)

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        *hints: str,
        related: tuple[tuple[Span, str], ...] = (),
        fix: Edit | None = None,
    ) -> None:
        """Add an error: nothing will be built."""
        self.items.append(Diagnostic(code, "error", message, span, label, hints, related, fix))

    def warning(
        self,
        code: str,
        message: str,
        span: Span,
        label: str = "",
        *hints: str,
        related: tuple[tuple[Span, str], ...] = (),
        fix: Edit | None = None,
    ) -> None:
        """Add a warning: building goes on, unless `--strict`."""
        self.items.append(Diagnostic(code, "warning", message, span, label, hints, related, fix))

    def extend(self, found: Iterable[Diagnostic]) -> None:
        """Add what a check yielded."""
        self.items.extend(found)

    @property
    def has_errors(self) -> bool:
        """Whether anything here stops the build."""
        return any(item.severity == "error" for item in self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        """All problems in the order a reader wants: by path, place, then code; repetitions once."""
        last = None
        for item in sorted(self.items, key=_order):
            if _order(item) != last:
                last = _order(item)
                yield item

    def __len__(self) -> int:
        return len(self.items)


def _order(item: Diagnostic) -> tuple[str, int, int, str, str]:
    return item.span.path, item.span.start, item.span.end, item.code, item.message


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` most likely meant, or None when none is near.

    Case, spaces, `_` and `-` make no difference.
    """
    return _nearest(name, frozenset(known)) if len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=4096)  # one misspelt key is often repeated on every note
def _nearest(name: str, known: frozenset[str]) -> str | None:
    folded = {_folded(candidate): candidate for candidate in sorted(known, reverse=True)}
    near = difflib.get_close_matches(_folded(name), folded, n=1, cutoff=0.7)
    return folded[near[0]] if near else None


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
