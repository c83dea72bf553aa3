"""Whether a PDF keeps to PDF/UA-1, and what it says to a person who cannot see it.

Tests the conditions of the Matterhorn Protocol 1.1 that a program can decide and that can occur in what Typst writes,
each in a small function that names the condition by its number (`06-003`). What the protocol leaves to people, but a
program can see as well, and what goes beyond it, has a name instead of a number (`paint order`, `bookmarks`).

Knows no forms, media, signatures, ruby text or vertical writing: a document with one of these is not judged in that
respect. Decides nothing that takes understanding: whether an alternative text describes its figure, or a heading is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pdfua import content, document, fonts, links, lists, tree
from pdfua.reading import Document, Element, Finding, Link, reading
from pdfua.streams import Mark

Check = Callable[[Document], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    *document.CHECKS,
    *content.CHECKS,
    *tree.CHECKS,
    *lists.CHECKS,
    *links.CHECKS,
    *fonts.CHECKS,
)

__all__ = ["CHECKS", "Check", "Document", "Element", "Finding", "Link", "Mark", "check", "findings", "reading"]


def findings(read: Document) -> list[Finding]:
    """Everything wrong with a document that has been read."""
    return [finding for check in CHECKS for finding in check(read)]


def check(data: bytes) -> list[Finding]:
    """Everything wrong with a PDF; nothing means that it passes."""
    with reading(data) as read:
        return findings(read)
