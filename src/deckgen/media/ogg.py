"""Ogg with Vorbis or Opus: every page checked, the comments blotted out (RFC 3533, RFC 7845; the Vorbis I specification).

The comments share pages with what is needed to play the sound, so their packet keeps its length: the name of the
program that wrote the file, which stands before them, is drawn out with spaces to its end. The pages get new sums.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from deckgen.media.content import Content, damaged

COMMENTS = {b"\x01vorbis": b"\x03vorbis", b"OpusHead": b"OpusTags"}  # beginnings of a stream's first two packets
_HEAD = 27  # bytes of a page before the lengths of its segments
_FIRST_PAGE = 0x02
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_FRAMING = b"\x01"  # ends the comments of Vorbis


@dataclass(slots=True)
class _Stream:
    """What is known of one stream: what its comments begin with, their pieces so far, and the pages these lie in."""

    magic: bytes
    pieces: list[tuple[int, int]] = field(default_factory=list)
    pages: list[tuple[int, int]] = field(default_factory=list)
    has_comments: bool = False
    has_sound: bool = False


def first_packet(data: bytes) -> bytes:
    """The beginning of the first packet, which tells what the file holds."""
    return data[_HEAD + data[_HEAD - 1] :][:8] if len(data) >= _HEAD else b""


def read_ogg(data: bytes) -> Content:
    """The bytes of a sound without comments; raises Unfit."""
    streams: dict[bytes, _Stream] = {}
    done: list[_Stream] = []
    at = 0
    while at < len(data):
        body, end = _page(data, at)
        serial = data[at + 14 : at + 18]
        if data[at + 5] & _FIRST_PAGE:
            packet = data[body : body + 8]
            streams[serial] = _Stream(next((COMMENTS[start] for start in COMMENTS if packet.startswith(start)), b""))
            done.append(streams[serial])
        elif serial in streams:
            _take(streams[serial], data, at, body, end)
        at = end
    return Content(_without_comments(data, done))


def _page(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the page at `at` begins and ends; raises Unfit for one that is cut off or altered."""
    if not data.startswith(b"OggS\0", at) or at + _HEAD > len(data):
        raise damaged("it is cut off, or something in it is no page")
    body = at + _HEAD + data[at + _HEAD - 1]
    end = body + sum(data[at + _HEAD : body])
    if end > len(data) or body > len(data):
        raise damaged("it ends in the middle of a page")
    if _checksum(data[at:end]) != data[at + 22 : at + 26]:
        raise damaged("the sum of one of its pages is wrong")
    return body, end


def _checksum(page: bytes) -> bytes:
    """The CRC of a page. It is zlib's with the bits of every byte mirrored, and other values at both ends."""
    bare = page[:22] + b"\0\0\0\0" + page[26:]
    crc = zlib.crc32(bare.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return crc.to_bytes(4, "big").translate(_MIRRORED)


def _take(stream: _Stream, data: bytes, at: int, body: int, end: int) -> None:
    """Look for the comments in a page; a segment shorter than 255 bytes ends a packet."""
    if stream.has_comments:
        stream.has_sound = stream.has_sound or end > body
        return
    stream.pages.append((at, end))
    for length in data[at + _HEAD : body]:
        stream.pieces.append((body, body + length))
        body += length
        if length < 255:
            stream.has_comments, stream.has_sound = True, end > body
            return


def _without_comments(data: bytes, streams: list[_Stream]) -> bytes:
    new = bytearray(data)
    for stream in streams:
        if not stream.magic:  # something beside the sound
            continue
        old = b"".join([data[start:end] for start, end in stream.pieces])
        if not stream.has_sound or not old.startswith(stream.magic):
            raise damaged("it holds no sound")
        blank = _blank(old, stream.magic)
        for start, end in stream.pieces:
            new[start:end], blank = blank[: end - start], blank[end - start :]
        for start, end in stream.pages:
            new[start + 22 : start + 26] = _checksum(bytes(new[start:end]))
    return bytes(new)


def _blank(packet: bytes, magic: bytes) -> bytes:
    """A packet of comments of the same length, with none in it."""
    ending = _FRAMING if magic == COMMENTS[b"\x01vorbis"] else b""
    at = len(magic) + 4
    room = len(packet) - at - 4 - len(ending)
    length = int.from_bytes(packet[at - 4 : at], "little")
    if length > room:
        raise damaged("its comments are cut off")
    vendor, count = packet[at : at + length], packet[at + length : at + length + 4]
    if count == b"\0\0\0\0":
        return packet
    return b"".join([magic, room.to_bytes(4, "little"), vendor.ljust(room), b"\0\0\0\0", ending])
