"""M4A: the boxes of an MPEG-4 file, its tracks, its metadata (ISO/IEC 14496-12; Apple's QuickTime File Format).

Places inside the file are counted from its beginning, so everything stays where it is: metadata become free room, and
times become zero. Only one entry is kept, by which players leave out the silence that encoders put in front.
Boxes are a length of four bytes, four letters, and content; some hold boxes in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deckgen.media.content import Content, Edit, Unfit, check_count, damaged, edited

_METADATA = frozenset((b"udta", b"meta", b"uuid", b"free", b"skip"))
_TIMES = frozenset((b"mvhd", b"tkhd", b"mdhd"))
_GAPLESS = b"iTunSMPB"


class _Box(NamedTuple):
    name: bytes
    start: int  # of the box
    body: int  # of its content
    end: int


def read_m4a(data: bytes) -> Content:
    """The bytes of a sound without metadata; raises Unfit."""
    boxes = list(_boxes(data, 0, len(data)))
    movie = next((box for box in boxes if box.name == b"moov"), None)
    if movie is None or not any(box.name == b"mdat" for box in boxes):
        raise damaged("it holds no sound")
    inside = list(_boxes(data, movie.body, movie.end))
    tracks = [list(_boxes(data, box.body, box.end)) for box in inside if box.name == b"trak"]
    media = [list(_boxes(data, box.body, box.end)) for track in tracks for box in track if box.name == b"mdia"]
    kinds = {data[box.body + 8 : box.body + 12] for each in media for box in each if box.name == b"hdlr"}
    if b"vide" in kinds or b"soun" not in kinds:
        raise Unfit("sound-type", "is a film, not a sound", "Save the sound alone, as MP3 or M4A.")
    edits = [edit for level in (boxes, inside, *tracks, *media) for box in level for edit in _edits(data, box)]
    return Content(edited(data, sorted(edits)))


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """The boxes between two places; raises Unfit for one that reaches beyond."""
    at, parts = start, 0
    while at + 8 <= end:
        parts += 1
        check_count(parts)
        size, name, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:  # to the end
            size = end - at
        if size < head or at + size > end:
            raise damaged("one of its parts is cut off")
        yield _Box(name, at, at + head, at + size)
        at += size
    if any(data[at:end]):  # QuickTime ends some lists with four bytes of zero
        raise damaged("it ends too early")


def _edits(data: bytes, box: _Box) -> Iterator[Edit]:
    """What changes in a box, its length never."""
    if box.name in _METADATA:
        kept = b"".join(_gapless(data, box)) if box.name == b"udta" else b""
        yield box.start, box.end, _filled(kept, box.end - box.start)
    elif box.name in _TIMES and box.end - box.body >= 24:
        length = 16 if data[box.body] else 8  # made, and changed; its version says how long they are
        yield box.body + 4, box.body + 4 + length, bytes(length)


def _filled(kept: bytes, size: int) -> bytes:
    """A box of this size that holds what is kept, or nothing."""
    if not kept:
        return _box(b"free", bytes(size - 8))
    room = size - 8 - len(kept)
    return _box(b"udta", kept + (_box(b"free", bytes(room - 8)) if room >= 8 else bytes(room)))


def _box(name: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + name + body


def _gapless(data: bytes, user: _Box) -> Iterator[bytes]:
    """The user data with the entry on silence alone, if there is one."""
    meta = next((box for box in _boxes(data, user.body, user.end) if box.name == b"meta"), None)
    if meta is None or data.find(_GAPLESS, meta.body, meta.end) < 0:
        return
    # Four bytes of version and flags come first, but not in QuickTime.
    start = meta.body if data[meta.body + 4 : meta.body + 8] == b"hdlr" else meta.body + 4
    boxes = {box.name: box for box in _boxes(data, start, meta.end)}
    entries = _boxes(data, boxes[b"ilst"].body, boxes[b"ilst"].end) if b"ilst" in boxes else iter(())
    kept = [data[box.start : box.end] for box in entries if box.name == b"----" and _is_gapless(data, box)]
    if kept and b"hdlr" in boxes:
        handler = data[boxes[b"hdlr"].start : boxes[b"hdlr"].end]
        yield _box(b"meta", data[meta.body : start] + handler + _box(b"ilst", kept[0]))


def _is_gapless(data: bytes, entry: _Box) -> bool:
    return any(
        data[box.body + 4 : box.end] == _GAPLESS for box in _boxes(data, entry.body, entry.end) if box.name == b"name"
    )
