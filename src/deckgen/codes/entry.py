"""What is said of one diagnostic code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A code's page: a title, why it matters, and a wrong and a right example ("" where none fits on a page)."""

    title: str
    why: str
    wrong: str = ""
    right: str = ""
