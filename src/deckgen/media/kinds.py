"""Which kinds of files deckgen takes, told by what they hold; and some it does not, by name.

A file's own name is never asked. Knows beginnings of files; how a kind is read, its own module knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deckgen.media import tags
from deckgen.media.content import Content
from deckgen.media.flac import SIGNATURE as FLAC
from deckgen.media.flac import read_flac
from deckgen.media.gif import SIGNATURES as GIF
from deckgen.media.gif import read_gif
from deckgen.media.jpeg import read_jpeg
from deckgen.media.mp3 import is_mp3, read_mp3
from deckgen.media.mp4 import read_m4a
from deckgen.media.ogg import first_packet, read_ogg
from deckgen.media.png import SIGNATURE as PNG
from deckgen.media.png import read_png
from deckgen.media.riff import read_wav, read_webp
from deckgen.media.svg import read_svg, unix_lines


class Kind(NamedTuple):
    """A kind of file: its name, how names in Anki end, how it is read; `is_text` where line ends mean nothing."""

    name: str
    ending: str
    is_sound: bool
    read: Callable[[bytes], Content]
    is_text: bool = False


_PNG = Kind("PNG", "png", is_sound=False, read=read_png)
_GIF = Kind("GIF", "gif", is_sound=False, read=read_gif)
_JPEG = Kind("JPEG", "jpg", is_sound=False, read=read_jpeg)
_WEBP = Kind("WebP", "webp", is_sound=False, read=read_webp)
_SVG = Kind("SVG", "svg", is_sound=False, read=read_svg, is_text=True)
_MP3 = Kind("MP3", "mp3", is_sound=True, read=read_mp3)
_M4A = Kind("M4A", "m4a", is_sound=True, read=read_m4a)
_VORBIS = Kind("Ogg Vorbis", "ogg", is_sound=True, read=read_ogg)
_OPUS = Kind("Opus", "opus", is_sound=True, read=read_ogg)
_WAV = Kind("WAV", "wav", is_sound=True, read=read_wav)
_FLAC = Kind("FLAC", "flac", is_sound=True, read=read_flac)

_SVG_WITHIN = 4096  # bytes, for a licence that stands before the drawing
_STILL = (b"avif", b"avis", b"heic", b"heix", b"heif", b"mif1", b"msf1")
# Beginnings of what is often tried, and deckgen does not take.
_FOREIGN = (
    (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"BM", "BMP"), (b"%PDF", "PDF"), (b"8BPS", "Photoshop"), (b"\0\0\1\0", "icon"),
    (b"\xff\x0a", "JPEG XL"), (b"\0\0\0\x0cJXL", "JPEG XL"), (b"\x1f\x8b", "compressed"), (b"PK\3\4", "ZIP"),
    (b"FORM", "AIFF"), (b"\x30\x26\xb2\x75", "WMA or WMV"), (b"#!AMR", "AMR"), (b"MThd", "MIDI"), (b"\x1aE\xdf\xa3", "WebM or Matroska"),
    (b"\xff\xf1", "AAC"), (b"\xff\xf9", "AAC"), (b"OggS", "Ogg without Vorbis or Opus"), (b"RIFF", "RIFF"),
)  # fmt: skip


def kind_of(data: bytes) -> Kind | None:
    """The kind of a file; None for one that deckgen does not take. Raises Unfit when a tag before it is damaged."""
    return _by_signature(data) or _tagged(data) or (_SVG if _is_svg(data) else None)


def _is_svg(data: bytes) -> bool:
    return b"<svg" in unix_lines(data[: 2 * _SVG_WITHIN])[:_SVG_WITHIN]


def _by_signature(data: bytes) -> Kind | None:
    if data.startswith(PNG):
        return _PNG
    if data.startswith(GIF):
        return _GIF
    if data.startswith(b"\xff\xd8\xff"):
        return _JPEG
    if data.startswith(b"RIFF"):
        return {b"WEBP": _WEBP, b"WAVE": _WAV}.get(data[8:12])
    if data.startswith(b"OggS"):
        packet = first_packet(data)
        return _VORBIS if packet.startswith(b"\x01vorbis") else _OPUS if packet.startswith(b"OpusHead") else None
    return _M4A if data[4:8] == b"ftyp" and data[8:12] not in _STILL else None


def _tagged(data: bytes) -> Kind | None:
    """What may stand behind a tag."""
    start = tags.front(data)
    if data.startswith(FLAC, start):
        return _FLAC
    return _MP3 if is_mp3(data, start) else None


def foreign_name(data: bytes) -> str:
    """What a file is that deckgen does not take; "" when nobody knows."""
    if data[4:8] == b"ftyp":
        return "HEIC or AVIF"
    return next((name for beginning, name in _FOREIGN if data.startswith(beginning)), "")
