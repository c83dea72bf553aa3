"""MP3: frames one after the other, with the tags around them taken off (ISO/IEC 11172-3 and 13818-3, layer III)."""

from __future__ import annotations

import re

from deckgen.media import tags
from deckgen.media.content import Content, Edit, damaged, edited

_HEADER = 4
_FILLING = re.compile(rb"\0+")  # behind tags and at the end
_ENOUGH = 3  # frames in a row that cannot be chance
_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # of MPEG 1, 2, 2.5


def is_mp3(data: bytes, start: int) -> bool:
    """Whether frames begin at `start`: several in a row, or all there are."""
    at = filling.end() if start and (filling := _FILLING.match(data, start)) else start
    for _ in range(_ENOUGH):
        length = _frame_length(data, at)
        at += length
        if not length or at >= len(data):
            return at > start and (at == len(data) or tags.length_at(data, at) > 0 or not any(data[at:]))
    return True


def read_mp3(data: bytes) -> Content:
    """The bytes of a sound, frames only; raises Unfit."""
    at, end = tags.front(data), tags.back(data)
    edits: list[Edit] = [(0, at, b"")] if at else []
    frames = 0
    while at < end:
        if length := _frame_length(data, at):
            frames += 1
        elif length := tags.length_at(data, at):  # two files in one
            edits.append((at, at + length, b""))
        elif filling := _FILLING.match(data, at, end):
            length = filling.end() - at
            edits.append((at, at + length, b""))
        else:
            raise damaged("something in it is no frame of an MP3")
        at += length
    if at > end:
        raise damaged("it ends in the middle of a frame")
    if not frames:
        raise damaged("it holds no sound")
    if end < len(data):
        edits.append((end, len(data), b""))
    return Content(edited(data, edits))


def _frame_length(data: bytes, at: int) -> int:
    """The length of the frame at `at` in bytes; 0 when there is none of layer III."""
    head = int.from_bytes(data[at : at + _HEADER], "big")
    version, layer, kbits, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or layer != 1 or version == 1 or kbits in {0, 15} or rate == 3:
        return 0
    table, samples = (_KBITS_1, 144) if version == 3 else (_KBITS_2, 72)
    return samples * 1000 * table[kbits] // _RATES[version][rate] + (head >> 9 & 1)
