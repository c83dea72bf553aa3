"""PNG: read chunk by chunk, and only what is needed to draw it kept (PNG, third edition, sections 5 and 11).

Texts, times, EXIF and everything private go; so does what lies behind the end, where some editors leave the rest of
the picture that was cropped away.
"""

from __future__ import annotations

import struct
import zlib

from deckgen.media.content import Content, Edit, check_count, check_pixels, damaged, edited
from deckgen.media.exif import LYING, UPRIGHT, orientation, turned

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = frozenset((
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS",
    b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI",  # colours
    b"bKGD", b"hIST", b"pHYs", b"sPLT",
    b"acTL", b"fcTL", b"fdAT",  # animation
))  # fmt: skip


def read_png(data: bytes) -> Content:
    """Its size and its bytes without metadata; raises Unfit."""
    edits: list[Edit] = []
    at, turn, drawn, kind = len(SIGNATURE), UPRIGHT, False, b""
    width = height = 0
    view = memoryview(data)
    parts = 0
    while kind != b"IEND":
        start, (kind, body, at) = at, _chunk(data, at)
        parts += 1
        check_count(parts)
        if kind in KEPT:
            if zlib.crc32(view[start + 4 : at - 4]) != int.from_bytes(data[at - 4 : at], "big"):
                raise damaged(f"the sum of its part {kind.decode()} is wrong")
        elif not kind[0] & 0x20:
            raise damaged(f"nobody knows its part {_named(kind)}")
        elif kind == b"eXIf" and turn == UPRIGHT:
            turn = orientation(data[body : at - 4])
            edits.append((start, at, _made(b"eXIf", turned(turn)) if turn != UPRIGHT else b""))
        else:
            edits.append((start, at, b""))
        if start == len(SIGNATURE):
            width, height = _size(kind, data[body : at - 4])
        drawn = drawn or kind == b"IDAT"
    if not drawn:
        raise damaged("it holds no picture")
    if at < len(data):
        edits.append((at, len(data), b""))
    return Content(edited(data, edits), *((height, width) if turn in LYING else (width, height)))


def _chunk(data: bytes, at: int) -> tuple[bytes, int, int]:
    """(name, where its content begins, where the next begins) of the chunk at `at`."""
    if at + 12 > len(data):
        raise damaged("it ends too early")
    length, kind = struct.unpack_from(">I4s", data, at)
    end = at + 12 + length
    if end > len(data):
        raise damaged(f"its part {_named(kind)} is cut off")
    return kind, at + 8, end


def _named(kind: bytes) -> str:
    """The name of a part for a message."""
    return kind.decode() if kind.isalpha() else kind.hex(" ")


def _size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind != b"IHDR" or len(body) != 13:
        raise damaged("it has no proper header")
    width, height = struct.unpack_from(">II", body)
    check_pixels(width, height)
    return width, height


def _made(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
