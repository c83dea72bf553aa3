"""FLAC: the blocks before the sound, of which only two help to play it (RFC 9639, section 8)."""

from __future__ import annotations

from deckgen.media import tags
from deckgen.media.content import Content, check_count, damaged

SIGNATURE = b"fLaC"
_STREAMINFO, _SEEKTABLE, _FORBIDDEN = 0, 3, 127
_LAST = 0x80
_SYNC = (b"\xff\xf8", b"\xff\xf9")  # of the first frame


def read_flac(data: bytes) -> Content:
    """The bytes of a sound without comments, pictures and tags; raises Unfit."""
    at, last, parts = tags.front(data) + len(SIGNATURE), 0, 0
    blocks: list[bytes] = []
    while not last:
        head = int.from_bytes(data[at : at + 4], "big")
        last, kind, length = head >> 31, head >> 24 & 0x7F, head & 0xFFFFFF
        if kind == _FORBIDDEN or (not parts and (kind, length) != (_STREAMINFO, 34)):
            raise damaged("it has no proper header")
        if at + 4 + length >= len(data):
            raise damaged("it ends too early")
        if kind in {_STREAMINFO, _SEEKTABLE}:
            blocks.append(bytes((kind,)) + data[at + 1 : at + 4 + length])
        at += 4 + length
        parts += 1
        check_count(parts)
    if not data.startswith(_SYNC, at):
        raise damaged("it holds no sound")
    blocks[-1] = bytes((blocks[-1][0] | _LAST,)) + blocks[-1][1:]
    return Content(b"".join([SIGNATURE, *blocks, memoryview(data)[at : max(at, tags.back(data))]]))
