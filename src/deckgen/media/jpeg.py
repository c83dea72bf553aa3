"""JPEG: read segment by segment; EXIF, XMP, IPTC and comments go (ITU-T T.81, annex B; T.871 for JFIF).

What decides about colours stays: JFIF, ICC profiles, Adobe's segment. Of EXIF only the turn is left, where there is
one. Behind the end of the picture phones put films and depth maps: they go as well.
"""

from __future__ import annotations

import re
import struct

from deckgen.media.content import Content, Edit, check_count, check_pixels, damaged, edited
from deckgen.media.exif import LYING, UPRIGHT, orientation, turned

# In what is drawn, FF is followed by 00 (then it is a byte of the picture) or by D0 to D7 (which mark places to go on).
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_FRAMES = frozenset((0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF))
_TABLES = frozenset((0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF))
_END, _SCAN, _ALONE = 0xD9, 0xDA, 0x01
_APP = range(0xE0, 0xF0)
_COMMENT = 0xFE
# Segments for programs, by number and beginning, that change how a picture looks.
_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_EXIF = b"Exif\0\0"
_JFIF_LENGTH = 14  # without the thumbnail


def read_jpeg(data: bytes) -> Content:
    """Its size and its bytes without metadata; raises Unfit."""
    reader = _Reader(data)
    end = reader.read()
    if not reader.drawn:
        raise damaged("it holds no picture")
    if end < len(data):
        reader.edits.append((end, len(data), b""))
    size = (reader.height, reader.width) if reader.turn in LYING else (reader.width, reader.height)
    return Content(edited(data, reader.edits), *size)


class _Reader:
    """Walks the segments once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.edits: list[Edit] = []
        self.width = self.height = 0
        self.drawn = False
        self.turn = UPRIGHT

    def read(self) -> int:
        """Where the picture ends."""
        data, at, drawing, parts = self.data, 2, False, 0
        while found := _MARKER.search(data, at):
            start, marker = found.start(), data[found.end() - 1]
            parts += 1
            check_count(parts)
            if start > at and not drawing:  # decoders skip what lies between segments
                self.edits.append((at, start, b""))
            if marker == _END:
                return start + 2
            if marker == _ALONE:
                at = start + 2
                continue
            at = self.segment(marker, start)
            drawing = marker == _SCAN
        raise damaged("it ends in the middle of the picture" if self.drawn else "it ends too early")

    def segment(self, marker: int, start: int) -> int:
        """Take the segment at `start`; where the next begins."""
        data = self.data
        end = start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")
        if end < start + 4 or end > len(data):
            raise damaged("one of its segments is cut off")
        if marker in _APP or marker == _COMMENT:
            new = self.kept(marker, data[start + 4 : end])
            if new is not None:
                self.edits.append((start, end, new))
        elif marker in _FRAMES:
            self.frame(data[start + 4 : end])
        elif marker == _SCAN:
            if not self.width:
                raise damaged("its header is missing")
            self.drawn = True
        elif marker not in _TABLES:
            raise damaged(f"nobody knows its segment {marker:02X}")
        return end

    def frame(self, body: bytes) -> None:
        """The header of the picture."""
        if len(body) < 6:
            raise damaged("its header is cut off")
        self.height, self.width = struct.unpack_from(">HH", body, 1)
        check_pixels(self.width, self.height)

    def kept(self, marker: int, body: bytes) -> bytes | None:
        """What stays of a segment for programs: None for all of it."""
        if marker in _KEPT and body.startswith(_KEPT[marker]):
            if marker == 0xE0 and len(body) > _JFIF_LENGTH:  # a thumbnail
                return _segment(marker, body[: _JFIF_LENGTH - 2] + b"\0\0")
            return None
        if marker == 0xE1 and body.startswith(_EXIF) and self.turn == UPRIGHT:
            self.turn = orientation(body[len(_EXIF) :])
            return _segment(marker, _EXIF + turned(self.turn)) if self.turn != UPRIGHT else b""
        return b""


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body
