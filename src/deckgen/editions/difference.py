"""What differs between a note as an earlier package has it and as it is now, word by word.

Only for the author to read: a package that cannot be read gives no differences, and never an error. Knows packages
of deckgen; trusts none.
"""

from __future__ import annotations

import html
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Protocol, TypeAlias

from deckgen.model import AnkiNote

Earlier: TypeAlias = Mapping[str, tuple[str, ...]]  # the values of the fields, in order, by GUID

LARGEST = 200 * 1024 * 1024  # bytes of a database that is still looked into
STEPS = 20_000  # times a thousand instructions of SQLite's machine; a million notes take a tenth of that
CONTEXT = 4  # words around a difference
LONGEST = 1500  # characters of a field, old and new together, that are compared word by word: beyond, it takes long

_INLINE = re.compile(r"</?(?:a|b|bdi|code|i|small|span|sub|sup)(?: [^>]*)?>")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Mark(Protocol):
    """How words that came or went are shown."""

    def __call__(self, text: str, *, inserted: bool) -> str: ...  # noqa: D102 - a protocol


def fields_in(package: Path) -> Earlier:
    """The fields of all notes in a package; nothing when it is no package that can be read."""
    try:
        if not package.is_file():
            return {}
        with zipfile.ZipFile(package) as archive:
            member = archive.getinfo("collection.anki2")
            if member.file_size > LARGEST:
                return {}
            with archive.open(member) as file:
                data = file.read(LARGEST + 1)
        return _rows(data) if len(data) <= LARGEST else {}
    except (
        OSError,
        LookupError,
        ValueError,
        EOFError,
        MemoryError,
        RuntimeError,
        zlib.error,
        zipfile.BadZipFile,
        sqlite3.Error,
    ):
        return {}


def edition_of(package: Path) -> str:
    """The edition that a package says it is of; "" when it says none."""
    try:
        if not package.is_file():
            return ""
        with zipfile.ZipFile(package) as archive, archive.open("deckgen.json") as file:
            about = json.loads(file.read(1024 * 1024))
        return str(about["edition"]) if isinstance(about, dict) else ""
    except (OSError, LookupError, ValueError, EOFError, MemoryError, RuntimeError, zlib.error, zipfile.BadZipFile):
        return ""


def _rows(data: bytes) -> Earlier:
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
        left = iter(range(STEPS))
        connection.set_progress_handler(lambda: next(left, None) is None, 1000)
        kinds = connection.execute("SELECT type FROM sqlite_master WHERE name = 'notes'").fetchall()
        if kinds != [("table",)]:  # a view can compute for ever
            return {}
        return {
            str(guid): tuple(str(fields).split("\x1f"))
            for guid, fields in connection.execute("SELECT guid, flds FROM notes")
        }
    finally:
        connection.close()


def difference(note: AnkiNote, earlier: Earlier, mark: Mark, visible: Callable[[str], str]) -> Iterator[str]:
    """A line for each field of a note that differs from what it was, with the words that went and came.

    `mark` shows words that went or came, `visible` writes out what could steer a terminal.
    """
    before = earlier.get(note.note.guid)
    if before is None or len(before) != len(note.fields):
        return
    for name, old, new in zip(note.note_type.field_names(), before, note.fields, strict=True):
        if old != new:
            yield f"      {visible(name)}: {_words(visible(_readable(old)), visible(_readable(new)), mark)}"


def _readable(field: str) -> str:
    """A field without markup; a difference in markup alone shows the markup."""
    return " ".join(html.unescape(_TAG.sub(" ", _INLINE.sub("", field))).split())


def _words(old: str, new: str, mark: Mark) -> str:
    if old == new:
        return "only markup differs"
    if len(old) + len(new) > LONGEST:
        return f"{len(old):,} characters became {len(new):,}"
    before, after = _WORD.findall(old), _WORD.findall(new)
    shown = []
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for at, (kind, start, end, new_start, new_end) in enumerate(steps):
        if kind == "equal":
            shown.append(_context(before[start:end], first=at == 0, last=at == len(steps) - 1))
            continue
        if end > start:
            shown.append(mark("".join(before[start:end]), inserted=False))
        if new_end > new_start:
            shown.append(mark("".join(after[new_start:new_end]), inserted=True))
    return "".join(shown)


def _context(words: list[str], *, first: bool, last: bool) -> str:
    """What stays, but for what is far from any difference."""
    near = 2 * CONTEXT  # a space follows each
    if first:
        return ("… " if len(words) > near else "") + "".join(words[-near:])
    if last:
        return "".join(words[:near]) + (" …" if len(words) > near else "")
    if len(words) <= 2 * near:
        return "".join(words)
    return f"{''.join(words[:near])} … {''.join(words[-near:])}"
