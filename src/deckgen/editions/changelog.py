"""A deck's changelog as a text in Markdown: putting an entry on top, finding the entry of an edition. Knows no notes."""

from __future__ import annotations

import re

NAME = "CHANGELOG.md"
_HEADING = re.compile(r"^## +\[?v?([^\]\s]+)\]?.*$", re.MULTILINE)


def has_conflict(text: str) -> bool:
    """Whether git left the marks of a merge in it."""
    return re.search(r"^(<{7}|>{7}) ", text, re.MULTILINE) is not None


def editions_in(text: str) -> list[str]:
    """The versions of the entries that `with_entry` put there, the newest first: those with a date."""
    return re.findall(r"^## (\S+) – [0-9]{4}-[0-9]{2}-[0-9]{2}$", text, re.MULTILINE)


def with_entry(changelog: str, deck: str, entry: str) -> str:
    """The changelog with the entry of a new edition on top.

    What the author wrote under `## Unreleased` becomes the beginning of the entry.
    """
    text = changelog or f"# Changes of the deck {deck}\n\nWhat changed for students, newest first.\n"
    heading, _, body = entry.partition("\n")
    found = next((each for each in _HEADING.finditer(text) if each[1].casefold() == "unreleased"), None)
    first = _HEADING.search(text)
    if found:
        end = next((each.start() for each in _HEADING.finditer(text, found.end())), len(text))
        own = text[found.end() : end].strip("\n")
        made = "\n\n".join(filter(None, [heading, own, body.strip("\n")]))
        return f"{text[: found.start()]}{made}\n{_gap(text[end:])}"
    at = first.start() if first else len(text)
    before = text[:at].rstrip("\n")
    return f"{before}\n\n{entry.rstrip()}\n{_gap(text[at:])}"


def _gap(rest: str) -> str:
    return f"\n{rest}" if rest else ""


def entry_of(changelog: str, version: str) -> str:
    """What the changelog says of one edition, without its heading; "" when it says nothing."""
    for found in _HEADING.finditer(changelog):
        if found[1] == version:
            end = next((each.start() for each in _HEADING.finditer(changelog, found.end())), len(changelog))
            return changelog[found.end() : end].strip("\n")
    return ""
