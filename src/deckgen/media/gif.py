"""GIF: read block by block; pictures and their timing stay, every other extension goes (GIF89a specification).

Among what goes is the plain text that no viewer draws.
"""

from __future__ import annotations

import struct

from deckgen.media.content import Content, Edit, check_count, check_pixels, damaged, edited

SIGNATURES = (b"GIF87a", b"GIF89a")
_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF  # how long and how a picture shows; what programs add
_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")  # how often to play it; its colours


def read_gif(data: bytes) -> Content:
    """Its size and its bytes without metadata; raises Unfit."""
    try:
        return _read(data)
    except (IndexError, struct.error):
        raise damaged("it ends too early") from None


def _read(data: bytes) -> Content:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    check_pixels(width, height)
    at = 13 + _colours(flags)
    edits: list[Edit] = []
    drawn, parts = False, 0
    while (kind := data[at]) != _TRAILER:
        start = at
        parts += 1
        check_count(parts)
        if kind == _IMAGE:
            _, _, *size, flags = struct.unpack_from("<HHHHB", data, at + 1)
            check_pixels(*size)
            at = _after_blocks(data, at + 11 + _colours(flags))
            drawn = True
        elif kind == _EXTENSION:
            at = _after_blocks(data, at + 2)
            is_kept = data[start + 1] == _APPLICATION and data[start + 3 : start + 14] in _KEPT
            if data[start + 1] != _CONTROL and not is_kept:
                edits.append((start, at, b""))
        else:
            raise damaged(f"nobody knows its block {kind:02X}")
    if not drawn:
        raise damaged("it holds no picture")
    if at + 1 < len(data):
        edits.append((at + 1, len(data), b""))
    return Content(edited(data, edits), width, height)


def _colours(flags: int) -> int:
    """How many bytes the table of colours takes."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    """Where the row of blocks at `at` ends; each begins with its length, the last is empty."""
    while length := data[at]:
        at += length + 1
    return at + 1
