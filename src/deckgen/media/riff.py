"""WebP and WAV: files of chunks, kept by name (RIFF; the WebP container specification; RFC 9649).

A chunk has four letters, its length in four bytes with the lowest first, its content, and a byte more where the
length is odd. The file itself is one chunk around the others. What lies behind it, and chunks not on the list, go.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from deckgen.media.content import Content, check_count, check_pixels, damaged
from deckgen.media.exif import LYING, UPRIGHT, orientation, turned

_WEBP = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_PICTURES = frozenset((b"VP8 ", b"VP8L", b"ANMF"))
_WAV = frozenset((b"fmt ", b"fact", b"data"))
_FORMAT_MORE = {0x0001: 0, 0x0003: 0, 0xFFFE: 22}  # integers, fractions, the extensible form (Microsoft's mmreg.h)
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


class _Chunk(NamedTuple):
    name: bytes
    body: bytes


def read_webp(data: bytes) -> Content:
    """The size of a picture and its bytes without metadata; raises Unfit."""
    chunks = list(_chunks(data))
    exif = next((chunk.body.removeprefix(b"Exif\0\0") for chunk in chunks if chunk.name == b"EXIF"), b"")
    turn = orientation(exif)
    kept = [chunk for chunk in chunks if chunk.name in _WEBP]
    if not any(chunk.name in _PICTURES for chunk in kept):
        raise damaged("it holds no picture")
    width, height = _webp_size(kept)
    if kept[0].name != b"VP8X":  # the simple form knows no EXIF
        return Content(_file(b"WEBP", kept), width, height)
    flags = kept[0].body[0] & ~(_EXIF_FLAG | _XMP_FLAG)
    if turn != UPRIGHT:
        flags |= _EXIF_FLAG
        kept.append(_Chunk(b"EXIF", turned(turn)))
    kept[0] = _Chunk(b"VP8X", bytes((flags,)) + kept[0].body[1:])
    return Content(_file(b"WEBP", kept), *((height, width) if turn in LYING else (width, height)))


def read_wav(data: bytes) -> Content:
    """The bytes of a sound without its LIST, bext, id3 and whatever else is not sound; raises Unfit."""
    kept = [chunk for chunk in _chunks(data) if chunk.name in _WAV]
    names = [chunk.name for chunk in kept]
    if b"fmt " not in names or b"data" not in names[names.index(b"fmt ") :]:
        raise damaged("it holds no sound")
    if len(kept[names.index(b"fmt ")].body) < 16 or not kept[names.index(b"data")].body:
        raise damaged("it holds no sound")
    whole = [_Chunk(b"fmt ", _format(chunk.body)) if chunk.name == b"fmt " else chunk for chunk in kept]
    return Content(_file(b"WAVE", whole))


def _format(body: bytes) -> bytes:
    """How the samples are written: 16 bytes, and as many more as they say and their sort has; nothing behind."""
    if len(body) < 18:
        return body[:16]
    more = int.from_bytes(body[16:18], "little")
    more = min(more, _FORMAT_MORE.get(int.from_bytes(body[:2], "little"), more))
    return body[:16] + more.to_bytes(2, "little") + body[18 : 18 + more]


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """The chunks of a file that begins as RIFF."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise damaged(f"it says that it has {end:,} bytes, and has {len(data):,}")
    at, parts = 12, 0
    while at < end:
        parts += 1
        check_count(parts)
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            raise damaged("one of its parts is cut off")
        yield _Chunk(name, data[at + 8 : at + 8 + length])
        at += 8 + length + length % 2


def _file(form: bytes, chunks: list[_Chunk]) -> bytes:
    parts = [form]
    for name, body in chunks:
        parts += [name, struct.pack("<I", len(body)), body, b"\0" * (len(body) % 2)]
    size = sum(map(len, parts))
    return b"".join([b"RIFF", struct.pack("<I", size), *parts])


def _webp_size(chunks: list[_Chunk]) -> tuple[int, int]:
    """The size that is said first; every other must be bearable, too."""
    sizes = [size for chunk in chunks if (size := _size_in(chunk))]
    if not sizes or _size_in(chunks[0]) is None:
        raise damaged("it has no proper header")
    for size in sizes:
        check_pixels(*size)
    return sizes[0]


def _size_in(chunk: _Chunk) -> tuple[int, int] | None:
    """The size a chunk gives: of the canvas, of a frame, or in the head of the picture itself."""
    name, body = chunk
    if name == b"VP8X" and len(body) == 10:
        return _three(body, 4) + 1, _three(body, 7) + 1
    if name == b"ANMF" and len(body) > 16:
        return _three(body, 6) + 1, _three(body, 9) + 1
    if name == b"VP8L" and len(body) > 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 " and len(body) > 10 and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _three(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 3], "little")
