"""What a file says of its maker is taken out; what is seen and heard stays the same, bit for bit."""

from __future__ import annotations

import io
import struct
from contextlib import nullcontext

import pytest
from mediafiles import (
    CLEAN,
    MP3_FRAME,
    SECRET,
    TOLD,
    XMP,
    ape,
    box,
    drawing,
    flac,
    frames,
    gif_extension,
    id3,
    id3v1,
    ilst_entry,
    in_gif,
    in_jpeg,
    in_png,
    in_webp,
    jpeg_segment,
    lyrics3,
    m4a,
    mp3,
    ogg_page,
    opus,
    opus_tags,
    png,
    png_chunk,
    riff,
    riff_chunks,
    saved,
    tiff,
    user_data,
    vorbis,
    wav,
)
from PIL import Image

from deckgen.media.content import Content, Unfit
from deckgen.media.kinds import kind_of

TURNS = range(1, 9)


def content(data: bytes) -> Content:
    kind = kind_of(data)
    assert kind is not None
    return kind.read(data)


def stripped(data: bytes) -> bytes:
    return content(data).data


# --- Every kind


@pytest.mark.parametrize("kind", TOLD)
def test_nothing_is_told(kind: str) -> None:
    """Of a file that says who made it, where, when and with what, nothing of that is left."""
    assert SECRET in TOLD[kind] or kind == "png"
    left = stripped(TOLD[kind])
    assert SECRET not in left
    assert XMP not in left
    assert len(left) <= len(TOLD[kind])


@pytest.mark.parametrize("kind", CLEAN)
def test_what_is_clean_stays_as_it_is(kind: str) -> None:
    """A file without metadata is passed on byte by byte, and so is one that was freed of them."""
    assert stripped(CLEAN[kind]) == CLEAN[kind]
    assert stripped(stripped(TOLD[kind])) == stripped(TOLD[kind])


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "mp3", "wav", "flac"])
def test_only_metadata_go(kind: str) -> None:
    """What is left of the file that tells is the file that does not."""
    assert stripped(TOLD[kind]) == CLEAN[kind]


# --- Pictures


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "webp"])
def test_not_a_pixel_changes(kind: str) -> None:
    """Decoded before and after: the same frames, times and colours."""
    before = frames(TOLD[kind])
    assert frames(stripped(TOLD[kind])) == before
    assert len(before) == (2 if kind == "gif" else 1)


def variants() -> dict[str, bytes]:
    """Pictures of many sorts, as cameras and programs make them."""
    photograph = drawing(64, 48)
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    moving = {
        "save_all": True,
        "append_images": [photograph.rotate(90), photograph.rotate(180)],
        "duration": 80,
        "loop": 0,
    }
    transparent = drawing(20, 20, "RGBA")
    transparent.putalpha(Image.linear_gradient("L").resize((20, 20)))
    profile = b"\0\0\2\x0cprofile" + bytes(500)
    return {
        "progressive": saved(photograph, "JPEG", progressive=True, quality=95, exif=exif, comment=SECRET),
        "cmyk": saved(photograph.convert("CMYK"), "JPEG", exif=exif),
        "gray": saved(photograph.convert("L"), "JPEG", exif=exif, dpi=(300, 300)),
        "restarts": saved(photograph, "JPEG", exif=exif, restart_marker_blocks=2),
        "profile": saved(photograph, "JPEG", exif=exif, icc_profile=profile),
        "palette": in_png(
            saved(photograph.convert("P"), "PNG", transparency=3, optimize=True), (b"tEXt", b"a\0" + SECRET)
        ),
        "transparent": in_png(saved(transparent, "PNG", icc_profile=profile), (b"eXIf", tiff(1))),
        "sixteen bits": in_png(
            saved(photograph.convert("I;16"), "PNG"), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
        ),
        "moving png": in_png(saved(photograph, "PNG", **moving), (b"tIME", bytes(7))),
        "moving gif": in_gif(
            saved(photograph.convert("P"), "GIF", comment=SECRET, **moving), gif_extension(0xFE, SECRET)
        ),
        "moving webp": saved(photograph, "WEBP", exif=exif, xmp=XMP, **moving),
        "lossy webp": saved(transparent, "WEBP", exif=exif, xmp=XMP, icc_profile=profile),
        "lossless webp": saved(transparent, "WEBP", lossless=True, exif=exif),
    }


@pytest.mark.parametrize(("name", "data"), variants().items(), ids=list(variants()))
def test_pictures_of_many_sorts_stay_the_same(name: str, data: bytes) -> None:
    """Progressive, in four colours, transparent, moving, with profiles: freed of metadata, each looks as before."""
    left = stripped(data)
    assert frames(left) == frames(data)
    assert len(frames(left)) == (3 if name.startswith("moving") else 1)
    assert SECRET not in left
    assert b"Exif" not in left
    assert profile(left) == profile(data)
    assert len(left) < len(data)


def profile(data: bytes) -> object:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.info.get("icc_profile")


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_does_not_turn(form: str, order: str, turn: int) -> None:
    """A photograph taken with the phone on its side stays upright, although its EXIF goes; its size is that of what is seen."""
    picture = saved(drawing(), form)
    exif = tiff(turn, order)
    data = {
        "JPEG": in_jpeg(picture, (0xE1, b"Exif\0\0" + exif)),
        "PNG": in_png(picture, (b"eXIf", exif)),
        "WEBP": in_webp(picture, 0x08, (b"EXIF", exif)),
    }[form]
    found = content(data)
    assert frames(found.data) == frames(data)
    assert SECRET not in found.data
    assert frames(data)[0][1] == (found.width, found.height) == ((20, 30) if turn > 4 else (30, 20))
    with Image.open(io.BytesIO(found.data)) as opened:
        assert dict(opened.getexif()) == ({0x0112: turn} if turn > 1 else {})
    assert stripped(found.data) == found.data


BROKEN_EXIF = [
    b"", b"MM\0*", b"XX\0*" + tiff(6)[4:], b"MM\0*\xff\xff\xff\xff", tiff(6)[:20], tiff(9), tiff(0), b"MM\0*\0\0\0\x08\xff\xff" + bytes(6),
]  # fmt: skip


@pytest.mark.parametrize("exif", BROKEN_EXIF)
def test_broken_exif_turns_nothing(exif: bytes) -> None:
    """EXIF that leads nowhere, or names a direction there is not, goes without a trace."""
    assert stripped(in_jpeg(CLEAN["jpg"], (0xE1, b"Exif\0\0" + exif))) == CLEAN["jpg"]
    assert stripped(in_png(CLEAN["png"], (b"eXIf", exif))) == CLEAN["png"]


def test_colours_are_kept_in_jpeg() -> None:
    """Adobe's segment decides what the colours are, a profile how they look; a thumbnail in JFIF does neither."""
    adobe = (0xEE, b"Adobe\0\x64\0\0\0\0\1")
    profile = (0xE2, b"ICC_PROFILE\0\1\1" + bytes(20))
    jfif = b"JFIF\0\1\1\1\0\x48\0\x48"
    plain = saved(drawing(), "JPEG")
    bare = plain[:2] + plain[20:]  # without its own JFIF
    told = in_jpeg(bare, (0xE0, jfif + b"\1\1" + SECRET[:3]), adobe, profile, (0xE2, SECRET), (0xE1, XMP))
    assert stripped(told) == in_jpeg(bare, (0xE0, jfif + b"\0\0"), adobe, profile)


def test_between_and_behind_segments_nothing_is_hidden() -> None:
    """Bytes that decoders skip, comments between two scans, a film behind the picture: all gone."""
    data = saved(drawing(64, 48), "JPEG", progressive=True)
    scan = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
    told = (
        data[:20]
        + SECRET
        + data[20:scan]
        + b"\xff\xff"
        + jpeg_segment(0xFE, SECRET)
        + data[scan:]
        + b"\0\0\0\x18ftypmp42"
        + SECRET
    )
    left = stripped(told)
    assert SECRET not in left
    assert frames(left) == frames(data)


def test_what_decides_how_a_png_looks_is_kept() -> None:
    """Gamma, profile, density, background: kept in their order; text of every sort and unknown parts: gone."""
    kept = [
        (b"gAMA", struct.pack(">I", 45455)),
        (b"cHRM", bytes(32)),
        (b"sRGB", b"\0"),
        (b"pHYs", bytes(9)),
        (b"bKGD", b"\0\0"),
    ]
    gone = [
        (b"tEXt", b"a\0b"),
        (b"zTXt", b"a\0\0"),
        (b"iTXt", b"a"),
        (b"tIME", bytes(7)),
        (b"vpAg", bytes(9)),
        (b"dSIG", SECRET),
    ]
    mixed = [each for pair in zip(kept, gone, strict=False) for each in pair] + [gone[-1]]
    assert stripped(in_png(png(), *mixed)) == in_png(png(), *kept)


def test_a_wrong_sum_in_what_goes_does_not_matter() -> None:
    """A comment whose sum is wrong is no reason to refuse a picture that is whole."""
    comment = png_chunk(b"tEXt", b"a\0b")[:-1] + b"?"
    assert stripped(png()[:33] + comment + png()[33:]) == png()


def test_a_gif_plays_on() -> None:
    """How often a GIF plays, and its frames, stay; comments between frames go."""
    loop = gif_extension(0xFF, b"NETSCAPE2.0", b"\1\3\0")
    told = in_gif(
        saved(drawing(mode="P"), "GIF"), gif_extension(0xFF, b"XMP DataXMP", XMP), loop, gif_extension(0xFE, SECRET)
    )
    assert stripped(told) == in_gif(saved(drawing(mode="P"), "GIF"), loop)


@pytest.mark.parametrize("label", [0x01, 0x42, 0xCE])
def test_extensions_that_draw_nothing_go(label: int) -> None:
    """Plain text, which viewers leave out, and extensions nobody knows say nothing of their maker."""
    picture = saved(drawing(mode="P"), "GIF")
    control = gif_extension(0xF9, b"\0\5\0\0")
    assert stripped(in_gif(picture, gif_extension(label, bytes(12), SECRET), control)) == in_gif(picture, control)


def test_the_flags_of_a_webp_say_what_is_in_it() -> None:
    """EXIF and XMP go with the flags that announce them; transparency and profile keep theirs."""
    told = in_webp(CLEAN["webp"], 0x2C, (b"ICCP", b"profile!"), (b"EXIF", tiff(1)), (b"XMP ", XMP))
    assert [(name, body[:1]) for name, body in riff_chunks(stripped(told))] == [
        (b"VP8X", b"\x20"),
        (b"VP8L", b"\x2f"),
        (b"ICCP", b"p"),
    ]
    turned = in_webp(CLEAN["webp"], 0, (b"EXIF", tiff(6)))
    assert [name for name, _ in riff_chunks(stripped(turned))] == [b"VP8X", b"VP8L", b"EXIF"]
    assert riff_chunks(stripped(turned))[0][1][0] == 0x08


# --- Sounds


@pytest.mark.parametrize(
    "told",
    [
        id3((b"TIT2", SECRET)) + mp3(),
        id3() + id3((b"TIT2", SECRET)) + bytes(700) + mp3(),
        mp3() + id3v1(SECRET),
        mp3() + ape(SECRET),
        mp3() + ape(SECRET, head=False),
        ape(SECRET) + mp3() + ape(SECRET, head=False) + id3v1(SECRET),
        mp3() + lyrics3(SECRET) + id3v1(SECRET),
        mp3() + b"TAG+" + SECRET.ljust(223, b"\0") + id3v1(SECRET),
        mp3() + bytes(1000),
        mp3() + b"ID3\4\0\x10\0\0\0\x0d" + SECRET + b"3DI\4\0\x10\0\0\0\x0d",
        mp3(2) + id3v1(SECRET) + id3((b"TIT2", SECRET)) + mp3(3),
    ],
)  # fmt: skip
def test_an_mp3_is_its_frames(told: bytes) -> None:
    """Tags of every sort, at the front, at the end, between two files put together: gone, and the frames are all there."""
    assert stripped(told) == MP3_FRAME * 5


def test_a_wav_is_its_format_and_its_samples() -> None:
    """Whatever else a WAV holds, before or behind the samples, goes; odd lengths are filled up."""
    samples = bytes(range(101))
    told = riff(
        b"WAVE", (b"bext", SECRET), *riff_chunks(wav(samples=samples)), (b"iXML", XMP), (b"LIST", b"adtl" + SECRET)
    )
    assert stripped(told) == wav(samples=samples)
    assert riff_chunks(stripped(told))[1] == (b"data", samples)


@pytest.mark.parametrize(
    ("sort", "tail", "left"),
    [
        (1, b"", b""),
        (1, b"\0\0", b"\0\0"),
        (1, b"\0\0" + SECRET, b"\0\0"),
        (1, b"\x0e\0" + SECRET, b"\0\0"),
        (2, b"\4\0\1\2\3\4" + SECRET, b"\4\0\1\2\3\4"),
        (0xFFFE, b"\x16\0" + bytes(range(22)), b"\x16\0" + bytes(range(22))),
        (0xFFFE, b"\x30\0" + bytes(range(22)) + SECRET, b"\x16\0" + bytes(range(22))),
    ],
)
def test_behind_the_format_of_a_wav_nothing_is_hidden(sort: int, tail: bytes, left: bytes) -> None:
    """The format of the samples has its length by its sort; bytes behind it go, and what belongs to it stays."""
    fixed = struct.pack("<HHIIHH", sort, 1, 8000, 8000, 1, 8)
    samples = (b"data", bytes(range(8)))
    assert stripped(riff(b"WAVE", (b"fmt ", fixed + tail), samples)) == riff(b"WAVE", (b"fmt ", fixed + left), samples)


def test_a_flac_keeps_what_it_is_played_by() -> None:
    """The table of places stays, comments, pictures, what programs left and padding go, and the last block says so."""
    seek = (3, bytes(18))
    told = flac((4, SECRET), seek, (6, SECRET), (5, SECRET), (100, SECRET), (1, bytes(100)))
    assert stripped(told) == flac(seek)
    assert stripped(flac((4, SECRET))) == flac()


def packets(data: bytes) -> list[bytes]:
    """The packets of an Ogg file, and every sum checked."""
    found, at, parts = [], 0, b""
    while at < len(data):
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        body = at + 27 + len(lacing)
        segments = [data[body + sum(lacing[:n]) : body + sum(lacing[: n + 1])] for n in range(len(lacing))]
        flags, serial, number = data[at + 5], *struct.unpack_from("<II", data, at + 14)
        assert ogg_page([b"".join(segments)], number, flags, serial, lacing) == data[at : body + sum(lacing)]
        for length, segment in zip(lacing, segments, strict=True):
            parts += segment
            if length < 255:
                found.append(parts)
                parts = b""
        at = body + sum(lacing)
    return found


@pytest.mark.parametrize(
    "told", [TOLD["opus"], TOLD["ogg"], opus(b"a=" + SECRET * 30), vorbis(b"A=" + SECRET, b"", b"B=")]
)
def test_an_ogg_keeps_every_packet_but_the_comments(told: bytes) -> None:
    """The comments of an Ogg file become empty in their place: every page has its length and a right sum, all else is the same."""
    before, after = packets(told), packets(stripped(told))
    assert len(stripped(told)) == len(told)
    assert after[:1] + after[2:] == before[:1] + before[2:]
    magic = after[1][: 7 if after[1].startswith(b"\3vorbis") else 8]
    vendor = int.from_bytes(after[1][len(magic) : len(magic) + 4], "little")
    assert after[1][len(magic) + 4 :][:vendor].strip() == b"vendor"
    assert after[1][len(magic) + 4 + vendor :] == bytes(4) + (b"\1" if magic == b"\3vorbis" else b"")


def test_comments_that_lie_are_refused_or_gone() -> None:
    """A comment header whose lengths lead nowhere leaves nothing of what it says."""
    head = CLEAN["opus"][: 27 + 1 + 19]
    for tags in (
        b"OpusTags\xff\xff\xff\xff" + SECRET,
        opus_tags(SECRET)[:-1],
        opus_tags()[:-4] + b"\xff\xff\xff\xff" + SECRET,
    ):
        data = head + ogg_page([tags], 1) + ogg_page([b"\xf8\xff\xfe"], 2, 4)
        with pytest.raises(Unfit, match="comments are cut off") if tags[11] else nullcontext():
            assert SECRET not in stripped(data)


GAPLESS = b" 00000000 00000840 000001CA 00000000003F31F6"


def test_an_m4a_keeps_its_places() -> None:
    """Nothing in an M4A moves, since places are counted from its beginning: metadata become free room, times become zero."""
    told = m4a(user_data(ilst_entry(b"\xa9nam", SECRET)), box(b"meta", SECRET), made=3_900_000_000)
    assert stripped(told) == m4a(
        box(b"free", bytes(len(user_data(ilst_entry(b"\xa9nam", SECRET))) - 8)), box(b"free", bytes(len(SECRET)))
    )
    assert stripped(told + box(b"uuid", SECRET)) == stripped(told) + box(b"free", bytes(len(SECRET)))


def test_an_m4a_keeps_how_much_silence_to_leave_out() -> None:
    """Players cut the silence encoders put in front by one entry among the metadata: that one stays, alone."""
    gapless = ilst_entry(b"----", GAPLESS, b"iTunSMPB")
    others = [ilst_entry(b"\xa9ART", SECRET), ilst_entry(b"----", SECRET, b"note"), ilst_entry(b"covr", SECRET)]
    left = stripped(m4a(user_data(others[0], gapless, *others[1:])))
    free = box(b"free", bytes(sum(map(len, others)) - 8))
    assert left == m4a(box(b"udta", user_data(gapless)[8:], free))
    assert stripped(left) == left


def sound_m4a(told: bytes = b"", *, tracks: bytes = b"", fragment: bool = True) -> bytes:
    """A whole M4A with tables and a fragment; `told` is put wherever a box or a name can hide it, or else zeros are."""
    secret = told or bytes(len(SECRET))

    def hidden(*names: bytes) -> bytes:
        return b"".join(box(name if told else b"free", secret) for name in names)

    entry = bytes(7) + b"\1" + bytes(8) + struct.pack(">HHII", 2, 16, 0, 44100 << 16)
    codecs = box(b"stsd", struct.pack(">II", 0, 1), box(b"mp4a", entry, box(b"esds", bytes(30)), hidden(b"note")))
    sources = box(b"dref", struct.pack(">II", 0, 1), box(b"url ", b"\0\0\0\1", secret))
    tables = [(b"stts", 8), (b"ctts", 8), (b"stsc", 8), (b"stsz", 12), (b"sgpd", 12), (b"sbgp", 12)]
    samples = box(
        b"stbl",
        codecs,
        *(box(name, bytes(size)) for name, size in tables),
        box(b"stco", bytes(4), struct.pack(">II", 1, 7777)),
        hidden(b"text"),
    )
    handler = box(b"hdlr", bytes(8), b"soun", bytes(12) if not told else told[:12], secret)
    info = box(
        b"minf", box(b"smhd", bytes(8)), hidden(b"udta", b"hdlr"), box(b"dinf", sources, hidden(b"what")), samples
    )
    media = box(b"mdia", box(b"mdhd", bytes(24)), handler, info, hidden(b"elng"))
    track = box(
        b"trak",
        box(b"tkhd", bytes(84)),
        box(b"edts", box(b"elst", bytes(20)), hidden(b"XMP_")),
        media,
        hidden(b"udta", b"meta", b"tref"),
    )
    movie = box(
        b"moov",
        box(b"mvhd", bytes(100)),
        hidden(b"cprt", b"PICT"),
        track,
        tracks,
        box(b"mvex", box(b"mehd", bytes(8)), box(b"trex", bytes(24)), hidden(b"skip")),
    )
    parts = [(b"tfhd", 8), (b"tfdt", 8), (b"trun", 8)]
    moof = box(
        b"moof",
        box(b"mfhd", bytes(8)),
        box(b"traf", *(box(name, bytes(size)) for name, size in parts), hidden(b"meta", b"uuid")),
    )
    return (
        box(b"ftyp", b"M4A ", bytes(4), b"M4A ") + hidden(b"XMP_", b"prft", b"PICT", b"????") + movie
        + box(b"sidx", bytes(24)) + moof * fragment + box(b"mdat", b"the sound itself") + hidden(b"free", b"mfra")
    )  # fmt: skip


def test_an_m4a_keeps_only_what_playing_needs() -> None:
    """In whatever box, handler, address or description something is told, it becomes zero in its place; the tables stay."""
    told = sound_m4a(SECRET)
    assert told.count(SECRET) > 20
    assert stripped(told) == sound_m4a()
    assert stripped(sound_m4a()) == sound_m4a()


@pytest.mark.parametrize("kind", [b"text", b"meta", b"sbtl", b"hint", b""])
def test_tracks_beside_the_sound_are_refused(kind: bytes) -> None:
    """What a track of chapters, text or metadata says lies among the samples: such a file is not taken, and told what to do."""
    media = box(b"mdia", box(b"hdlr", bytes(8), kind, bytes(13))) if kind else b""
    with pytest.raises(Unfit, match="other tracks beside its sound") as refused:
        stripped(sound_m4a(tracks=box(b"trak", box(b"tkhd", bytes(84)), media)))
    assert refused.value.code == "sound-type"
    assert "sound alone" in refused.value.hint


def test_the_entry_on_silence_carries_nothing_else() -> None:
    """Beside the numbers on silence nothing passes: no text for numbers, no box beside them, no name of the list."""
    entry = ilst_entry(b"----", GAPLESS, b"iTunSMPB")
    more = box(b"----", entry[8:], box(b"note", SECRET))
    named = user_data(more).replace(b"mdirappl" + bytes(9), b"mdir" + SECRET[:13])
    left = stripped(m4a(named))
    assert SECRET[:9] not in left
    assert entry in left
    assert b"iTunSMPB" not in stripped(m4a(user_data(ilst_entry(b"----", SECRET, b"iTunSMPB"))))


def test_one_sound_has_one_content_however_it_is_tagged() -> None:
    """An MP3 that was tagged anew is no new file for Anki."""
    assert stripped(id3((b"TIT2", b"One")) + mp3()) == stripped(mp3() + id3v1(b"Another"))
