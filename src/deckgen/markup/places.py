"""From UTF-8 bytes, which pyromark counts, to characters, which everybody else counts."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cached_property

from deckgen.markup.tree import Problem

_FOLLOWERS = re.compile(rb"[\x80-\xbf]+")


class Places:
    """A text, its bytes, and the problems found in it. All offsets that go in count bytes."""

    def __init__(self, text: str, found: list[Problem]) -> None:
        self.text = text
        self.data = text.encode()
        self.found = found
        self.of: Callable[[int], int] = int if len(self.data) == len(text) else self._of

    def _of(self, offset: int) -> int:
        """The character at this byte."""
        return offset - bisect_left(self._followers, offset)

    @cached_property
    def _followers(self) -> list[int]:
        """The offsets of all bytes that are not the first of their character."""
        return [at for run in _FOLLOWERS.finditer(self.data) for at in range(run.start(), run.end())]

    @cached_property
    def visible(self) -> tuple[int, int]:
        """Where the text begins and ends, but for white space."""
        return len(self.data) - len(self.data.lstrip()), len(self.data.rstrip())

    def source(self, start: int, end: int) -> str:
        """The text of these bytes."""
        return self.data[start:end].decode()

    def report(self, make: Callable[..., Problem], start: int, end: int, *more: object) -> None:
        """Add a problem about these bytes without the white space behind them; `make` is handed `more`, else their text."""
        end = start + len(self.data[start:end].rstrip(b" \t\r\n"))
        self.found.append(make(self.of(start), self.of(end), *(more or (self.source(start, end),))))
