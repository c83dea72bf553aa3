"""What may stand in each column of a ledger.

The file may come from a project that somebody sent, and versions and keys in it become names of files: so every
column is held against a pattern, and no other character gets in. Knows patterns and words for them; not what the columns mean.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from deckgen.project import DECK_KEY, VERSION

EMPTY = "-"  # how nothing is written
TIME = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_HASH = r"[0-9a-f]{8}([0-9a-f]{8})?"
_ID = r"[a-z0-9][a-z0-9-]{0,63}(/[a-z0-9][a-z0-9_-]{0,63}){0,3}"
_TEXT = r"[^\x00-\x1f\x7f-\x9f]+"
_MARK = r"[^=,\\\x00-\x1f\x7f-\x9f]+=[0-9a-f]+"
_CARD = r"[0-9]{1,4}(:[a-z0-9+-]*)?"
_KEY = DECK_KEY.pattern


class Column(NamedTuple):
    """A column: the pattern of what stands in it, escapes still in place, and in words what that is."""

    pattern: str
    words: str


_VERSION = Column(VERSION.pattern, "a version, as 1.4.0")
_TIME = Column(TIME, "a time, as 2026-11-26T14:32:05Z")
_HEX = Column(_HASH, "a hash")
_NAME = Column(_TEXT, "a text")

COLUMNS: dict[str, tuple[Column, ...]] = {
    "deck": (Column(_KEY, "the key of a deck"), _NAME, _HEX, _HEX),
    "edition": (_VERSION, _TIME, Column("safe|care|breaking", "a verdict: safe, care or breaking")),
    "type": (
        Column("[a-z-]{1,40}", "the key of a note type"), Column("[0-9]{1,16}", "a number"), _NAME, _VERSION, _VERSION, _TIME, _HEX, _HEX, _NAME,
    ),
    "package": (Column(_KEY, "the key of a package"), _VERSION),
    "media": (Column("[a-z0-9_][a-z0-9._-]{0,120}", "the name of a file"), _VERSION, _HEX),
    "note": (
        Column(_ID, "the id of a note"), Column(r"(?:[!-\[\]-~]|\\u005c|\\u002d){1,64}", "a GUID"), Column("[a-z-]{1,40}", "the key of a note type"),
        _VERSION, _VERSION, _VERSION, Column("held|retired|dropped", "a state: held, retired or dropped"),
        Column(f"{VERSION.pattern}|{EMPTY}", "a version or nothing"), _HEX, _HEX, _NAME,
        Column(f"{_CARD}( {_CARD})*( ~{_CARD})*", "cards, as `0` or `0:bind 1:fuse`, and behind them those that are gone, as `~2`"),
        Column(f"{EMPTY}|{_MARK}(,{_MARK})*", "fields with a hash, as `Question=1f3a5c`"),
        Column(f"{_KEY}(,{_KEY})*", "keys of packages"),
    ),
    "end": (Column("[0-9]{1,9}", "a number"),),
}  # fmt: skip
LAST_MAY_LACK = frozenset({"note"})  # kinds whose last column need not be there

_LINES = {
    kind: re.compile(
        "\t".join(f"(?:{column.pattern})" for column in columns[: len(columns) - (kind in LAST_MAY_LACK)])
        + (rf"(?:\t(?:{columns[-1].pattern}))?" if kind in LAST_MAY_LACK else "")
    )
    for kind, columns in COLUMNS.items()
}


def problem(kind: str, rest: str) -> str:
    """What is wrong with the columns of a line of this kind; "" when nothing is."""
    if _LINES[kind].fullmatch(rest):
        return ""
    columns, cells = COLUMNS[kind], rest.split("\t")
    least = len(columns) - (kind in LAST_MAY_LACK)
    if not least <= len(cells) <= len(columns):
        return f"a line `{kind}` has {least} columns; this has {len(cells)}"
    for column, cell in zip(columns, cells, strict=False):
        if not re.fullmatch(column.pattern, cell):
            return f"`{cell[:40]}` is not {column.words}"
    return f"the columns of a line `{kind}` do not fit together"
