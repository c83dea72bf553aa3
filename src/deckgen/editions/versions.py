"""The versions of editions: which of two is the later one, and what comes next. Knows no notes."""

from __future__ import annotations

import re
from typing import TypeAlias

from deckgen.model import Verdict

DRAFT = "draft"

_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*")
Order: TypeAlias = tuple[tuple[int, ...], bool, tuple[tuple[int, str], ...]]


def order(version: str) -> Order:
    """What to sort versions by: `1.9` before `1.10`, `1.0` like `1.0.0`, `2.0-beta` before `2.0`."""
    numbers, rest = _parts(version)
    while numbers and not numbers[-1]:
        numbers.pop()
    pieces = [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.findall(r"[0-9]+|[^0-9.-]+", rest)]
    return tuple(numbers), not rest, tuple(pieces)


def following(version: str, verdict: Verdict, *, grown: bool) -> str:
    """The version after `version`.

    Of three numbers the first counts up when students must take care, the second when notes came or were retired
    (`grown`), the third otherwise; before 1.0 the second stands for the first. Of fewer numbers the last counts up,
    so that `2026.1` is followed by `2026.2`.
    """
    numbers, rest = _parts(version)
    if rest:  # `2.0.0-beta` is followed by what it announces
        return ".".join(map(str, numbers))
    if len(numbers) < 3:
        place = len(numbers) - 1
    elif verdict != "safe":
        place = 0 if numbers[0] else 1
    else:
        place = 1 if grown else 2
    return ".".join(map(str, [*numbers[:place], numbers[place] + 1, *[0] * (len(numbers) - place - 1)]))


def as_draft(version: str) -> str:
    """The version of what is not yet released. It sorts before `version`, unless that announces another one itself."""
    return f"{version}-{DRAFT}"


def _parts(version: str) -> tuple[list[int], str]:
    """`1.4.0-beta` as [1, 4, 0] and "-beta"; something without a number as [0]."""
    found = _NUMBERS.match(version)
    if not found:
        return [0], version
    return [int(number) for number in found[0].split(".")], version[found.end() :]
