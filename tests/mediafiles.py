"""Pictures and sounds made by code: small, whole, and with everything in them that programs like to add.

`CLEAN` has a file of every kind deckgen takes, `TOLD` the same file with the word `SECRET` wherever metadata may hold it.
The pictures are drawn by Pillow and decode everywhere; the sounds are built byte by byte.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from PIL import Image, ImageOps

SECRET = b"Secretly Told"
XMP = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET + b"</x:xmpmeta>"
SVG_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 30 20">'

# --- Pictures


def drawing(width: int = 30, height: int = 20, mode: str = "RGB") -> Image.Image:
    """A picture in which every corner looks different."""
    picture = Image.new("RGB", (width, height))
    pixels = [(255 * x // width, 255 * y // height, (x * y) % 256) for y in range(height) for x in range(width)]
    picture.putdata(pixels)
    return picture.convert(mode)


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def frames(data: bytes) -> list[tuple[str, tuple[int, int], bytes]]:
    """What a viewer draws: every frame, the right way up, with its colours."""
    shown = []
    with Image.open(io.BytesIO(data)) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
            shown.append((str(picture.info.get("duration")), upright.size, upright.tobytes()))
    return shown


def tiff(orientation: int = 1, order: str = ">") -> bytes:
    """An EXIF block that says which way is up, and more than that."""
    mark = b"MM\0*" if order == ">" else b"II*\0"
    words = SECRET.ljust(20, b"\0")
    entries = struct.pack(f"{order}HHII", 0x010E, 2, 20, 38)  # a description
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(f"{order}IH", 8, 2) + entries + struct.pack(f"{order}I", 0) + words


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 30, height: int = 20) -> bytes:
    """A PNG of any size, which Pillow would take long to draw."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * ((width + 1) * height) if width * height < 10**6 else b"")
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def in_png(data: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """The picture with these chunks behind its header."""
    return data[:33] + b"".join(png_chunk(*chunk) for chunk in chunks) + data[33:]


def jpeg_segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def in_jpeg(data: bytes, *segments: tuple[int, bytes]) -> bytes:
    """The picture with these segments at its beginning."""
    return data[:2] + b"".join(jpeg_segment(*segment) for segment in segments) + data[2:]


def riff(form: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    body = form + b"".join(
        name + struct.pack("<I", len(each)) + each + b"\0" * (len(each) % 2) for name, each in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def riff_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 12
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        found.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return found


def in_webp(data: bytes, flags: int, *chunks: tuple[bytes, bytes], size: tuple[int, int] = (30, 20)) -> bytes:
    """The picture in the form that can hold more, with these chunks at its end."""
    old = riff_chunks(data)
    canvas = b"\0\0\0" + (size[0] - 1).to_bytes(3, "little") + (size[1] - 1).to_bytes(3, "little")
    if old[0][0] == b"VP8X":
        flags |= old[0][1][0]
        old = old[1:]
    return riff(b"WEBP", (b"VP8X", bytes((flags,)) + canvas), *old, *chunks)


def in_gif(data: bytes, *extensions: bytes) -> bytes:
    """The picture with these blocks in front of the first frame."""
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + b"".join(extensions) + data[at:]


def gif_extension(label: int, *blocks: bytes) -> bytes:
    return b"\x21" + bytes((label,)) + b"".join(bytes((len(each),)) + each for each in blocks) + b"\0"


# --- Sounds

MP3_FRAME = bytes.fromhex("fff314c4") + bytes(20)  # MPEG 2, layer III, 8 kbit/s, 24 kHz, mono, silence


def mp3(count: int = 5) -> bytes:
    return MP3_FRAME * count


def id3(*frames: tuple[bytes, bytes]) -> bytes:
    """An ID3v2.3 tag at the front of a sound."""
    body = b"".join(name + struct.pack(">IH", len(each), 0) + each for name, each in frames)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + body


def id3v1(title: bytes) -> bytes:
    return b"TAG" + title.ljust(125, b"\0")


def ape(value: bytes, *, head: bool = True) -> bytes:
    item = struct.pack("<II", len(value), 0) + b"Artist\0" + value
    flags = 0x80000000 if head else 0
    foot = struct.pack("<8sIIIIQ", b"APETAGEX", 2000, len(item) + 32, 1, flags, 0)
    front = struct.pack("<8sIIIIQ", b"APETAGEX", 2000, len(item) + 32, 1, flags | 0x20000000, 0) if head else b""
    return front + item + foot


def lyrics3(words: bytes) -> bytes:
    body = b"LYRICSBEGIN" + b"LYR%05d" % len(words) + words
    return body + b"%06dLYRICS200" % len(body)


def wav(*more: tuple[bytes, bytes], samples: bytes = b"\0\1\0\2" * 20) -> bytes:
    return riff(b"WAVE", (b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)), (b"data", samples), *more)


def flac(*blocks: tuple[int, bytes]) -> bytes:
    """A FLAC with the blocks it needs and these; its one frame holds 192 times the same sample."""
    info = struct.pack(">HH", 192, 192) + bytes(6)
    info += (8000 << 44 | 15 << 36 | 192).to_bytes(8, "big") + bytes(16)
    every = [(0, info), *blocks]
    head = b"".join(
        bytes((kind | (0x80 if number == len(every) else 0),)) + len(body).to_bytes(3, "big") + body
        for number, (kind, body) in enumerate(every, 1)
    )
    return b"fLaC" + head + flac_frame()


def flac_frame() -> bytes:
    frame = bytes.fromhex("fff8140800")
    frame += bytes((_crc(frame, 0x07, 8),)) + bytes.fromhex("000001")
    return frame + _crc(frame, 0x8005, 16).to_bytes(2, "big")


def _crc(data: bytes, polynomial: int, bits: int) -> int:
    value = 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value >> (bits - 1) else 0)) & ((1 << bits) - 1)
    return value


def ogg_page(
    segments: Sequence[bytes], number: int, flags: int = 0, serial: int = 7, lacing: Iterable[int] = ()
) -> bytes:
    """A page whose segments are whole packets of less than 255 bytes, unless `lacing` says otherwise."""
    lengths = bytes(lacing) or bytes(map(len, segments))
    head = struct.pack("<4sBBqIII", b"OggS", 0, flags, 0, serial, number, 0) + bytes((len(lengths),)) + lengths
    page = head + b"".join(segments)
    return page[:22] + _crc(page, 0x04C11DB7, 32).to_bytes(4, "little") + page[26:]


def opus_tags(*comments: bytes, vendor: bytes = b"vendor") -> bytes:
    return b"OpusTags" + _comments(comments, vendor)


def _comments(comments: Sequence[bytes], vendor: bytes) -> bytes:
    listed = b"".join(struct.pack("<I", len(each)) + each for each in comments)
    return struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(comments)) + listed


def opus(*comments: bytes) -> bytes:
    """An Opus file; its comments may run over many pages."""
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 312, 48000, 0, 0)
    return ogg_page([head], 0, 2) + _paged(opus_tags(*comments), 1) + ogg_page([b"\xf8\xff\xfe"], 99, 4)


def _paged(packet: bytes, number: int) -> bytes:
    """A packet on pages of its own, 255 segments at most on each."""
    pages = b""
    lacing = [255] * (len(packet) // 255) + [len(packet) % 255]
    for at in range(0, len(lacing), 255):
        piece = packet[at * 255 : (at + 255) * 255]
        pages += ogg_page([piece], number, int(at > 0), lacing=lacing[at : at + 255])
        number += 1
    return pages


def vorbis(*comments: bytes) -> bytes:
    """An Ogg Vorbis file as far as its headers go: the comments share a page with the set-up, as they mostly do."""
    head = b"\1vorbis" + struct.pack("<IBIiiiBB", 0, 1, 8000, 0, 64000, 0, 0xB8, 1)
    told = b"\3vorbis" + _comments(comments, b"vendor") + b"\1"
    return ogg_page([head], 0, 2) + ogg_page([told, b"\5vorbis" + b"x" * 50], 1) + ogg_page([b"sound"] * 3, 2, 4)


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + name + body


def ilst_entry(name: bytes, value: bytes, key: bytes = b"") -> bytes:
    mean = box(b"mean", bytes(4), b"com.apple.iTunes") + box(b"name", bytes(4), key) if key else b""
    return box(name, mean, box(b"data", struct.pack(">II", 1, 0), value))


def user_data(*entries: bytes) -> bytes:
    handler = box(b"hdlr", bytes(8), b"mdirappl", bytes(9))
    return box(b"udta", box(b"meta", bytes(4), handler, box(b"ilst", *entries)))


def m4a(*more: bytes, handler: bytes = b"soun", made: int = 0, brand: bytes = b"M4A ") -> bytes:
    """An M4A as far as its boxes go, with `more` among those of the film, and the time at which it was made."""
    times = struct.pack(">III", 0, made, made)
    track = box(
        b"trak",
        box(b"tkhd", times, bytes(72)),
        box(b"mdia", box(b"mdhd", times, bytes(12)), box(b"hdlr", bytes(8), handler, bytes(13)), box(b"minf")),
    )
    return (
        box(b"ftyp", brand, bytes(4), brand)
        + box(b"moov", box(b"mvhd", times, bytes(88)), track, *more)
        + box(b"mdat", b"the sound itself")
    )


# --- A file of every kind

SVG = f"{SVG_HEAD}<path d='M0 0'/></svg>".encode()
_PNG = saved(drawing(), "PNG", dpi=(300, 300))
_JPEG = saved(drawing(), "JPEG", quality=90)
_GIF = saved(
    drawing(mode="P"), "GIF", save_all=True, append_images=[drawing(mode="P").rotate(90)], loop=0, duration=100
)
_WEBP = saved(drawing(), "WEBP", lossless=True)

CLEAN: dict[str, bytes] = {
    "png": _PNG,
    "jpg": _JPEG,
    "gif": _GIF,
    "webp": _WEBP,
    "svg": SVG,
    "mp3": mp3(),
    "m4a": m4a(),
    "ogg": vorbis(),
    "opus": opus(),
    "wav": wav(),
    "flac": flac(),
}
PICTURES = ("png", "jpg", "gif", "webp", "svg")
SOUNDS = ("mp3", "m4a", "ogg", "opus", "wav", "flac")

TOLD: dict[str, bytes] = {
    "png": in_png(
        _PNG, (b"tEXt", b"Author\0" + SECRET), (b"zTXt", b"Comment\0\0" + zlib.compress(SECRET)), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        (b"eXIf", tiff()), (b"tIME", b"\x07\xe8\1\1\0\0\0"), (b"caBX", SECRET),
    ) + SECRET,
    "jpg": in_jpeg(
        _JPEG, (0xE1, b"Exif\0\0" + tiff()), (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP), (0xED, b"Photoshop 3.0\0" + SECRET),
        (0xE2, b"MPF\0" + SECRET), (0xE0, b"JFXX\0" + SECRET), (0xFE, SECRET), (0xEB, SECRET),
    ) + SECRET,
    "gif": in_gif(_GIF, gif_extension(0xFE, SECRET), gif_extension(0xFF, b"XMP DataXMP", SECRET)) + SECRET,
    "webp": in_webp(_WEBP, 0x0C, (b"EXIF", b"Exif\0\0" + tiff()), (b"XMP ", XMP), (b"what", SECRET)) + SECRET,
    "svg": (
        f"<?xml version='1.0'?><!-- {SECRET.decode()} -->{SVG_HEAD[:-1]} xmlns:dc='http://purl.org/dc/elements/1.1/' dc:creator='{SECRET.decode()}'>"
        f"<metadata><dc:creator>{SECRET.decode()}</dc:creator></metadata><path d='M0 0'/></svg><!--{SECRET.decode()}-->"
    ).encode(),
    "mp3": id3((b"TPE1", b"\0" + SECRET), (b"APIC", b"\0image/png\0\3\0" + SECRET)) + mp3() + lyrics3(SECRET) + ape(SECRET) + id3v1(SECRET),
    "m4a": m4a(user_data(ilst_entry(b"\xa9ART", SECRET), ilst_entry(b"covr", SECRET)), box(b"meta", SECRET), box(b"uuid", SECRET), made=3_800_000_000),
    "ogg": vorbis(b"ARTIST=" + SECRET),
    "opus": opus(b"ARTIST=" + SECRET, b"METADATA_BLOCK_PICTURE=" + SECRET * 9000),
    "wav": wav((b"LIST", b"INFOIART" + struct.pack("<I", 14) + SECRET + b"\0"), (b"bext", SECRET.ljust(602, b"\0")), (b"id3 ", id3((b"TPE1", SECRET)))) + SECRET,
    "flac": id3((b"TPE1", SECRET)) + flac((4, _comments([b"ARTIST=" + SECRET], b"vendor")), (6, SECRET), (2, SECRET), (1, bytes(50))) + id3v1(SECRET),
}  # fmt: skip
