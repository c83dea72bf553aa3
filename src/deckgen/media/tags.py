"""Tags around a sound: ID3 in all its versions, APE, Lyrics3 (id3.org; the APEv2 and Lyrics3 v2.00 descriptions).

They hold title, artist, pictures, texts, whatever a program wished. Knows where they begin and end, not what they say.
"""

from __future__ import annotations

from deckgen.media.content import damaged

_ID3V1, _ID3V1_MORE = 128, 227
_APE_HEAD = 32
_APE_HAS_HEAD = 0x80
_ID3_HAS_FOOT = 0x10


def length_at(data: bytes, at: int) -> int:
    """The length of the tag that begins at `at`; 0 when none does."""
    start = data[at : at + 8]
    if start.startswith((b"ID3", b"3DI")):
        return _id3(data, at)
    if start == b"APETAGEX" and at + _APE_HEAD <= len(data):
        return _APE_HEAD + _ape_size(data, at)
    if start.startswith(b"TAG+"):
        return _ID3V1_MORE
    return _ID3V1 if start.startswith(b"TAG") else 0


def front(data: bytes) -> int:
    """Where the tags at the beginning end; raises Unfit when one says that it is longer than the file."""
    at = 0
    while length := length_at(data, at):
        at += length
        if at > len(data):
            raise damaged("its tag is cut off")
    return at


def back(data: bytes) -> int:
    """Where the tags at the end begin."""
    end = len(data)
    while length := _length_before(data, end):
        if length > end:
            raise damaged("its tag is cut off")
        end -= length
    return end


def _length_before(data: bytes, end: int) -> int:
    """The length of the tag that ends at `end`; 0 when none does."""
    if data[max(0, end - _ID3V1) : end].startswith(b"TAG") and end >= _ID3V1:
        return _ID3V1
    if data[max(0, end - _ID3V1_MORE) : end].startswith(b"TAG+"):
        return _ID3V1_MORE
    if end >= _APE_HEAD and data[end - _APE_HEAD : end - 24] == b"APETAGEX":
        head = _APE_HEAD if data[end - 9] & _APE_HAS_HEAD else 0
        return max(_APE_HEAD, _ape_size(data, end - _APE_HEAD)) + head
    if data[max(0, end - 9) : end] == b"LYRICS200" and data[end - 15 : end - 9].isdigit():
        return 15 + int(data[end - 15 : end - 9])
    return _id3(data, end - 10) if data[max(0, end - 10) : end].startswith(b"3DI") else 0


def _id3(data: bytes, at: int) -> int:
    """The whole length of an ID3v2 tag by its header or footer: each byte of the size counts seven bits."""
    head = data[at : at + 10]
    if len(head) < 10 or max(head[6:]) > 0x7F:
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & _ID3_HAS_FOOT else 0)


def _ape_size(data: bytes, at: int) -> int:
    """What follows the header, or all before the footer's end: the items and the footer."""
    return int.from_bytes(data[at + 12 : at + 16], "little")
