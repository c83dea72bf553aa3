"""Permanent identities: GUIDs of notes; ids of note types, fields, card templates and decks.

Everything here is a hash of names that never change. Anki matches by these numbers, so a student's progress
hangs on them: no value may ever change (tests/test_ids.py holds some of them forever). Knows names and numbers only.
"""

from __future__ import annotations

import hashlib
import unicodedata

BASE91 = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&()*+,-./:;<=>?@[]^_`{|}~"
GUID_LENGTH = 10  # 91^10 > 2^64

# Anki reads these ids as times in milliseconds and renumbers those that lie after tomorrow. Ours lie between
# September 2001 and February 2019.
FIRST_TIME = 1_000_000_000_000
TIMES = 1 << 39

# Note and card ids are also what Anki shows as "Created": 2020 to March 2022.
FIRST_ROW = 1_577_836_800_000
ROWS = 1 << 36

_PAIRS = [first + second for first in BASE91 for second in BASE91]  # two digits at a time take half as long
_PLACES = [len(_PAIRS) ** place for place in reversed(range(GUID_LENGTH // 2))]


def note_guid(deck_key: str, note_id: str) -> str:
    """The GUID of a note: ten characters of Anki's base91 alphabet, from the two permanent names and nothing else."""
    number = _hash("note", deck_key, note_id)
    return "".join([_PAIRS[number // place % len(_PAIRS)] for place in _PLACES])


def note_type_id(publisher: str, key: str, language: str) -> int:
    """The id of a note type; each publisher and language has a set of its own, because labels stand in the faces."""
    return FIRST_TIME + _hash("note type", publisher, key, language) % TIMES


def field_id(note_type: int, key: str) -> int:
    """The id of a field, by the id of its note type and a permanent key that is not its name."""
    return 1 + _hash("field", str(note_type), key) % (2**53 - 2)


def template_id(note_type: int, key: str) -> int:
    """The id of a card template, by the id of its note type and a permanent key that is not its name."""
    return 1 + _hash("template", str(note_type), key) % (2**53 - 2)


def deck_id(name: str) -> int:
    """The id of a deck inside a package, by its full name. Anki matches decks by name and gives an id of its own."""
    return FIRST_TIME + _hash("deck", name) % TIMES


def first_row_id(deck_key: str) -> int:
    """Where the ids of a package's notes and cards begin.

    They only have to be free in most collections: Anki matches by GUID, and moves an id that is taken.
    """
    return FIRST_ROW + _hash("rows", deck_key) % ROWS


def _hash(*parts: str) -> int:
    """64 bits of SHA-256; each part is preceded by its length, so that ("a", "bc") is not ("ab", "c")."""
    composed = [part if part.isascii() else unicodedata.normalize("NFC", part) for part in parts]
    joined = "".join([f"{len(part.encode())}:{part}" for part in composed])
    return int.from_bytes(hashlib.sha256(joined.encode()).digest()[:8], "big")
