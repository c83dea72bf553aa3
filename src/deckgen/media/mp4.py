"""M4A: the boxes of an MPEG-4 file, its tracks, its metadata (ISO/IEC 14496-12; Apple's QuickTime File Format).

Places inside the file are counted from its beginning, so everything stays where it is. Boxes that playing needs are on
a list; every other becomes free room, times and names become zero. Only one entry of the metadata is kept, by which
players leave out the silence that encoders put in front.
Boxes are a length of four bytes, four letters, and content; some hold boxes in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from deckgen.media.content import Content, Edit, Unfit, check_count, damaged, edited

# What may stay, by the names of the boxes around it; "" is the file itself.
_KEPT = {
    "": "ftyp moov moof mdat sidx",
    "moov": "mvhd trak mvex",
    "moov/trak": "tkhd edts mdia",
    "moov/trak/edts": "elst",
    "moov/trak/mdia": "mdhd hdlr minf",
    "moov/trak/mdia/minf": "smhd dinf stbl",
    "moov/trak/mdia/minf/dinf": "dref",
    "moov/trak/mdia/minf/stbl": "stsd stts ctts stsc stsz stz2 stco co64 sgpd sbgp",
    "moov/mvex": "mehd trex",
    "moof": "mfhd traf",
    "moof/traf": "tfhd tfdt trun sbgp sgpd",
}
_INSIDE = {path.encode(): frozenset(names.encode().split()) for path, names in _KEPT.items()}
_TIMES = frozenset((b"mvhd", b"tkhd", b"mdhd"))
_CODECS = frozenset(b"esds alac wave chan chnl srat pcmC btrt dac3 dec3 dac4 ddts dOps dfLa mhaC".split())
_SOURCES = frozenset((b"url ", b"urn ", b"alis"))
_GAPLESS = b"iTunSMPB"
_GAPLESS_VALUE = re.compile(rb"[ 0-9A-Fa-f]{1,200}")  # how much silence: numbers, and nothing else


class _Box(NamedTuple):
    name: bytes
    start: int  # of the box
    body: int  # of its content
    end: int


def read_m4a(data: bytes) -> Content:
    """The bytes of a sound without metadata; raises Unfit."""
    boxes = list(_boxes(data, 0, len(data)))
    movies = [box for box in boxes if box.name == b"moov"]
    if not movies or not any(box.name == b"mdat" for box in boxes):
        raise damaged("it holds no sound")
    _check_tracks([_kinds(data, track) for track in _named(data, movies, b"trak")])
    return Content(edited(data, _edits(data, boxes, b"")))


def _check_tracks(tracks: list[set[bytes]]) -> None:
    """Raise Unfit unless every track is sound, and there is one: what the others hold cannot be told from metadata."""
    kinds = set[bytes]().union(*tracks)
    if b"vide" in kinds or b"soun" not in kinds:
        raise Unfit("sound-type", "is a film, not a sound", "Save the sound alone, as MP3 or M4A.")
    if any(track != {b"soun"} for track in tracks):
        raise Unfit(
            "sound-type",
            "holds other tracks beside its sound, such as chapters or text",
            "Export the sound alone, as MP3 or M4A.",
        )


def _kinds(data: bytes, track: _Box) -> set[bytes]:
    """What the handlers of a track say it is; none when it has no handler."""
    handlers = _named(data, _named(data, [track], b"mdia"), b"hdlr")
    return {data[box.body + 8 : min(box.body + 12, box.end)] for box in handlers}


def _named(data: bytes, around: list[_Box], name: bytes) -> list[_Box]:
    return [box for each in around for box in _boxes(data, each.body, each.end) if box.name == name]


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


def _edits(data: bytes, boxes: Iterable[_Box], path: bytes) -> Iterator[Edit]:
    """What changes in the boxes at this path, in order; their length never."""
    for box in boxes:
        inner = path + b"/" + box.name if path else box.name
        if box.name not in _INSIDE[path]:
            kept = b"".join(_gapless(data, box)) if inner == b"moov/udta" else b""
            yield box.start, box.end, _filled(kept, box.end - box.start)
        elif inner in _INSIDE:
            yield from _edits(data, _boxes(data, box.body, box.end), inner)
        elif box.name in _TIMES and box.end - box.body >= 24:
            length = 16 if data[box.body] else 8  # made, and changed; its version says how long they are
            yield box.body + 4, box.body + 4 + length, bytes(length)
        elif box.name == b"hdlr":  # behind its kind: who made it, and a name
            yield box.body + 12, box.end, bytes(box.end - box.body - 12)
        elif box.name == b"dref":
            yield from _source_edits(data, box)
        elif box.name == b"stsd":
            yield from _codec_edits(data, box)


def _source_edits(data: bytes, sources: _Box) -> Iterator[Edit]:
    """Where the sound lies: in this file, so that no address and no path is needed."""
    for box in _boxes(data, sources.body + 8, sources.end):
        name = box.name if box.name in _SOURCES else b"url "
        yield box.start + 4, box.start + 8, name
        if box.end > box.body + 4:
            yield box.body + 4, box.end, bytes(box.end - box.body - 4)


def _codec_edits(data: bytes, codecs: _Box) -> Iterator[Edit]:
    """How the sound is packed: after the fixed fields, boxes that a decoder needs, and no others."""
    for entry in _boxes(data, codecs.body + 8, codecs.end):
        version = data[entry.body + 9 : entry.body + 10]
        longer = {b"\1": 16, b"\2": 36}.get(version, 0) if data[codecs.body] == 0 else 0  # QuickTime's own versions
        for box in _boxes(data, entry.body + 28 + longer, entry.end):
            if box.name not in _CODECS:
                yield box.start, box.end, _filled(b"", box.end - box.start)


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
    kept = [entry for box in entries if box.name == b"----" for entry in _gapless_entry(data, box)]
    if kept and b"hdlr" in boxes and (size := boxes[b"hdlr"].end - boxes[b"hdlr"].body) >= 16:
        handler = _box(b"hdlr", bytes(8) + b"mdirappl" + bytes(size - 16))
        yield _box(b"meta", bytes(start - meta.body) + handler + _box(b"ilst", kept[0]))


def _gapless_entry(data: bytes, entry: _Box) -> Iterator[bytes]:
    """The entry on silence written anew, so that nothing comes along with it; nothing for any other."""
    parts = {box.name: data[box.body : box.end] for box in _boxes(data, entry.body, entry.end)}
    value = parts.get(b"data", b"")[8:]
    if parts.get(b"name", b"")[4:] == _GAPLESS and b"mean" in parts and _GAPLESS_VALUE.fullmatch(value):
        anew = (
            _box(b"mean", bytes(4) + b"com.apple.iTunes"),
            _box(b"name", bytes(4) + _GAPLESS),
            _box(b"data", b"\0\0\0\1" + bytes(4) + value),
        )
        if sum(map(len, anew)) <= entry.end - entry.body:
            yield _box(b"----", b"".join(anew))
