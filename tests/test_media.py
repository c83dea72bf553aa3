"""Pictures and sounds: known by content, named by hash, within limits; what is damaged or of another kind is said."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from conftest import grows_linearly
from hypothesis import given, settings
from hypothesis import strategies as st
from mediafiles import (
    CLEAN,
    MP3_FRAME,
    PICTURES,
    SOUNDS,
    TOLD,
    box,
    flac,
    id3,
    id3v1,
    m4a,
    mp3,
    ogg_page,
    png,
    png_chunk,
    riff,
    vorbis,
    wav,
)

from deckgen.files import MEBIBYTE, Folder, Refused
from deckgen.media import read_media
from deckgen.media.content import Content, Unfit
from deckgen.media.kinds import Kind, kind_of
from deckgen.model import Media

GOLDEN = Path(__file__).parent / "golden" / "media"
NAMES = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WebP", "svg": "SVG", "mp3": "MP3", "m4a": "M4A",
         "ogg": "Ogg Vorbis", "opus": "Opus", "wav": "WAV", "flac": "FLAC"}  # fmt: skip


def read(tmp_path: Path, name: str, data: bytes) -> Media:
    target = tmp_path / "deck" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return read_media(Folder(tmp_path), "deck", name)


def content(data: bytes) -> Content | None:
    """What a file becomes; None when it is refused, in whatever orderly way."""
    try:
        kind = kind_of(data)
        return kind.read(data) if kind else None
    except Unfit as unfit:
        refused = unfit.at("x")
    assert refused.message.startswith("`x`")
    assert refused.hint.endswith(".")
    return None


# --- What a file is


@pytest.mark.parametrize("kind", CLEAN)
def test_the_type_is_told_by_the_content(tmp_path: Path, kind: str) -> None:
    """A file is what its bytes say, whatever it is called; the size of a picture is known."""
    media = read(tmp_path, "misleading.txt" if kind in PICTURES else "misleading.WAV", CLEAN[kind])
    assert (media.kind, media.name.rpartition(".")[2]) == (kind, kind)
    assert media.says_size == (kind != "svg")
    assert (media.width, media.height) == ((30, 20) if kind in PICTURES else (0, 0))


def test_the_name_follows_the_source(tmp_path: Path) -> None:
    """Equal files have one name, others another: Anki never replaces a file it has."""
    names = [read(tmp_path, f"{index}.png", png(width, 2)).name for index, width in enumerate((1, 1, 2))]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize("kind", CLEAN)
def test_a_published_name_never_changes(tmp_path: Path, kind: str) -> None:
    """A file has the name it had in the first edition, whatever deckgen takes out of it or learns to: students keep it."""
    names = dict(line.split() for line in (GOLDEN / "names.txt").read_text(encoding="utf-8").splitlines())
    assert read(tmp_path, f"x.{kind}", (GOLDEN / f"x.{kind}").read_bytes()).name == names[kind]


@pytest.mark.parametrize("kind", CLEAN)
def test_cleaning_has_no_say_in_the_name(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is called the same when something else is taken out of it, until `CLEANING` is raised."""
    before = read(tmp_path, f"x.{kind}", TOLD[kind])
    monkeypatch.setattr("deckgen.media.kind_of", lambda data: _untouched(kind_of(data)))
    after = read(tmp_path, f"x.{kind}", TOLD[kind])
    assert (before.data == TOLD[kind], after.data == TOLD[kind]) == (False, True)
    assert before.name == after.name
    monkeypatch.setattr("deckgen.media.CLEANING", 2)
    assert read(tmp_path, f"x.{kind}", TOLD[kind]).name != before.name


def _untouched(kind: Kind | None) -> Kind | None:
    """The kind as it would be if nothing were taken out of its files."""
    return kind._replace(read=Content) if kind else None


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_line_ends_do_not_rename_a_drawing(tmp_path: Path, end: bytes) -> None:
    """A checkout on Windows gives the same file as one elsewhere, also where a long licence stands in front."""
    text = b"<!--" + b"\n" * 4000 + b"-->\n" + CLEAN["svg"].replace(b">", b">\n")
    plain, other = read(tmp_path, "x.svg", text), read(tmp_path, "x.svg", text.replace(b"\n", end))
    assert plain == other
    assert b"\r" not in other.data


@pytest.mark.parametrize("kind", CLEAN)
def test_names_are_safe_everywhere(tmp_path: Path, kind: str) -> None:
    """Letters, digits, an underscore in front, one hyphen and one dot; a player never takes such a name for an option or an address."""
    name = read(tmp_path, "-x y'.mp3" if kind in SOUNDS else "-x y'.png", CLEAN[kind]).name
    stem, _, ending = name.partition(".")
    assert (stem[:4], len(stem), ending) == ("_dg-", 24, kind)
    assert stem[4:].isalnum()
    assert name == name.lower()


@pytest.mark.parametrize("kind", CLEAN)
def test_a_file_of_the_other_sort_says_what_to_write(tmp_path: Path, kind: str) -> None:
    """A sound under a picture's name, or a picture under a sound's, is refused with the name that fits."""
    given_name = "a.b/x.svg" if kind in SOUNDS else "a.b/x.mp3"
    with pytest.raises(Refused) as refused:
        read(tmp_path, given_name, CLEAN[kind])
    assert refused.value.code == ("image-type" if kind in SOUNDS else "sound-type")
    is_one, is_none = ("sound", "picture") if kind in SOUNDS else ("picture", "sound")
    assert refused.value.message == f"`{given_name}` is a {is_one} ({NAMES[kind]}), not a {is_none}"
    assert f"`a.b/x.{kind}`" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("x.png", b"hello", "is not a picture deckgen knows"),
        ("x.png", b"II*\0" + bytes(20), "holds TIFF"),
        ("x.jpg", b"\0\0\0\x1cftypheic" + bytes(20), "holds HEIC or AVIF"),
        ("x.jpg", b"%PDF-1.7", "holds PDF"),
        ("x.mp3", b"hello", "is not a sound deckgen knows"),
        ("x.mp3", b"FORM\0\0\0\0AIFF", "holds AIFF"),
        ("x.mp3", b"\xff\xf1\x50\x80" + bytes(50), "holds AAC"),
        ("x.wav", riff(b"AVI ", (b"data", b"x")), "holds RIFF"),
        ("x.ogg", ogg_page([b"\x80theora"], 0, 2), "holds Ogg without Vorbis or Opus"),
    ],
)
def test_other_kinds_are_refused_by_name(tmp_path: Path, name: str, data: bytes, what: str) -> None:
    """What deckgen does not take is named, with what to save it as."""
    with pytest.raises(Refused) as refused:
        read(tmp_path, name, data)
    assert what in refused.value.message
    assert refused.value.hint == (
        "Save it as MP3 or M4A." if name[2:] in SOUNDS else "Save it as PNG, JPEG, GIF, WebP or SVG."
    )


def test_the_shortest_sound_is_one(tmp_path: Path) -> None:
    """A single frame of an MP3 is a sound, also between tags; a stray one in a longer file is chance."""
    assert read(tmp_path, "x.mp3", MP3_FRAME).data == MP3_FRAME
    assert read(tmp_path, "x.mp3", id3((b"TIT2", b"x")) + MP3_FRAME + id3v1(b"x")).data == MP3_FRAME
    with pytest.raises(Refused, match="is not a sound"):
        read(tmp_path, "x.mp3", MP3_FRAME + b"x" * 100)


def test_a_film_is_no_sound(tmp_path: Path) -> None:
    """An MPEG-4 file with a picture track is refused, and one whose tracks hold no sound."""
    for handler in (b"vide", b"text"):
        with pytest.raises(Refused, match="is a film") as refused:
            read(tmp_path, "x.m4a", m4a(handler=handler))
        assert refused.value.code == "sound-type"


def test_missing_files_are_named_with_the_nearest(tmp_path: Path) -> None:
    """A path that leads nowhere brings up a file of its own sort, in whatever case its ending is."""
    for name in ("images/valves.SVG", "audio/gallop.MP3"):
        (tmp_path / "deck" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "deck" / name).write_bytes(b"x")
    folder = Folder(tmp_path)
    for path, code, hint in (
        ("images/valve.svg", "missing-image", "Did you mean `images/valves.SVG`?"),
        ("audio/galop.mp3", "missing-sound", "Did you mean `audio/gallop.MP3`?"),
        ("gallop.MP3", "missing-sound", "Did you mean `audio/gallop.MP3`?"),
        ("audio/gallop.png", "missing-image", "Paths of pictures are relative to `deck/`."),
    ):
        with pytest.raises(Refused) as refused:
            read_media(folder, "deck", path)
        assert (refused.value.code, refused.value.hint) == (code, hint)


# --- Limits


@pytest.mark.parametrize(
    "data",
    [
        png(30000, 30000),
        CLEAN["gif"][:6] + struct.pack("<HH", 30000, 30000) + CLEAN["gif"][10:],
        CLEAN["jpg"].replace(struct.pack(">HH", 20, 30), struct.pack(">HH", 30000, 30000), 1),
        CLEAN["webp"][:20] + b"\x2f" + (29999 | 16383 << 14).to_bytes(4, "little") + CLEAN["webp"][25:],
    ],
    ids=["png", "gif", "jpg", "webp"],
)
def test_huge_pictures_are_refused(tmp_path: Path, data: bytes) -> None:
    """A small file that unfolds to more than 40 megapixels is refused by its header."""
    with pytest.raises(Refused, match=r"has [0-9]{5} × [0-9]{5} pixels") as refused:
        read(tmp_path, "a.png", data)
    assert refused.value.code == "image-too-large"


@pytest.mark.parametrize("name", ["a.png", "a.mp3"])
def test_huge_files_are_refused(tmp_path: Path, name: str) -> None:
    """More than 20 MiB are refused unread."""
    with pytest.raises(Refused, match="limit is 20 MiB") as refused:
        read(tmp_path, name, bytes(20 * MEBIBYTE + 1))
    assert refused.value.code == "file-too-large"


@pytest.mark.parametrize("name", ["a.png", "a.mp3"])
def test_empty_files_are_refused(tmp_path: Path, name: str) -> None:
    """Anki reports a file without a byte as missing."""
    with pytest.raises(Refused, match="it is empty") as refused:
        read(tmp_path, name, b"")
    assert refused.value.code == "media-damaged"


CRUMBS = {
    "png": png()[:33] + png_chunk(b"tEXt", b"") * 200_001,
    "jpg": b"\xff\xd8" + b"\xff\xe1\0\2" * 200_001,
    "gif": CLEAN["gif"][:-1] + b"\x21\xfe\0" * 200_001,
    "webp": riff(b"WEBP", *[(b"ANMF", b"")] * 200_001),
    "svg": CLEAN["svg"][:-6] + b"<g/>" * 200_001,
    "flac": b"fLaC" + flac()[4:42].replace(b"\x80", b"\0", 1) + b"\1\0\0\0" * 200_001,
    "m4a": box(b"ftyp", b"M4A ") + box(b"free") * 200_001,
}


@pytest.mark.parametrize("kind", CRUMBS)
def test_files_of_crumbs_are_refused(tmp_path: Path, kind: str) -> None:
    """Hundreds of thousands of parts make no picture and no sound, and would only take memory."""
    with pytest.raises(Refused, match="more than 200,000 parts"):
        read(tmp_path, f"a.{kind}", CRUMBS[kind])


# --- Damage


@pytest.mark.parametrize("kind", [*PICTURES, "m4a", "ogg", "opus", "wav", "mp3"])
@pytest.mark.parametrize("files", [CLEAN, TOLD], ids=["clean", "told"])
def test_no_beginning_of_a_file_passes_for_the_file(files: dict[str, bytes], kind: str) -> None:
    """However much of a download is missing, what is there is refused; of an MP3 whole frames may be left, of all a tag's end.

    FLAC does not say how long its sound is: there only what comes before it is told.
    """
    whole = files[kind]
    expected = content(whole)
    assert expected
    for length in range(0, len(whole), 1 + len(whole) // 3000):
        left = content(whole[:length])
        if left and left.data != expected.data:
            assert kind in {"mp3", "ogg", "opus"}
            # Pages and frames that are whole; nothing is made up.
            assert expected.data.startswith(left.data)


@pytest.mark.parametrize("kind", CLEAN)
def test_altered_bytes_are_never_a_fault_of_ours(kind: str) -> None:
    """Each byte of a file changed in turn: it is taken or refused, and what is taken is taken again."""
    whole = TOLD[kind][:1500]
    for at in range(len(whole)):
        for value in (0, 0xFF, whole[at] ^ 0x80):
            taken = content(whole[:at] + bytes((value,)) + TOLD[kind][at + 1 :])
            if taken and kind_of(taken.data):
                assert content(taken.data) == taken


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(list(TOLD)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.1), st.binary(max_size=12)), min_size=1, max_size=4),
)
def test_mangled_files_are_never_a_fault_of_ours(kind: str, cuts: list[tuple[float, float, bytes]]) -> None:
    """Pieces cut out and others put in: it is taken or refused, without a traceback."""
    data = TOLD[kind][:3000]
    for place, share, new in cuts:
        at = int(place * len(data))
        data = data[:at] + new + data[at + int(share * len(data)) :]
    taken = content(data)
    assert taken is None or taken.data


@settings(max_examples=300, deadline=None)
@given(
    beginning=st.sampled_from([data[:12] for data in CLEAN.values()] + [b"ID3\4", b"APETAGEX"]),
    rest=st.binary(max_size=200),
)
def test_any_bytes_behind_a_signature_end_well(beginning: bytes, rest: bytes) -> None:
    """A signature promises nothing: whatever follows, the reader comes to an end."""
    taken = content(beginning + rest)
    assert taken is None or len(taken.data) <= len(beginning + rest) + 32


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.png", png()[:60], "it ends too early|cut off"),
        ("a.png", png()[:50] + b"\xff" + png()[51:], "sum of its part"),
        ("a.png", png()[:33] + png_chunk(b"ABCD", b"") + png()[33:], "nobody knows its part ABCD"),
        ("a.png", png()[:8] + png()[33:], "no proper header"),
        ("a.png", png()[:33] + png_chunk(b"IEND", b""), "holds no picture"),
        ("a.png", png(0, 5), "0 × 5 pixels"),
        ("a.jpg", CLEAN["jpg"][:-2], "ends in the middle of the picture"),
        ("a.jpg", b"\xff\xd8\xff\xd9", "holds no picture"),
        ("a.jpg", b"\xff\xd8\xff\xe1\xff\xff", "segments is cut off"),
        ("a.gif", CLEAN["gif"][:-1] + b"\x99", "nobody knows its block 99"),
        ("a.gif", CLEAN["gif"][:13] + b";", "ends too early|holds no picture|nobody knows"),
        ("a.webp", CLEAN["webp"][:-10], "it says that it has 134 bytes, and has 124"),
        ("a.svg", CLEAN["svg"][:-3], "line 1: unclosed token"),
        ("a.mp3", mp3()[:-1], "ends in the middle of a frame"),
        ("a.mp3", mp3() + b"no frame" + mp3(), "no frame of an MP3"),
        ("a.mp3", id3((b"TIT2", b"x" * 50))[:40] + mp3(1), "tag is cut off"),
        ("a.wav", wav()[:-1], "it says that it has"),
        ("a.wav", riff(b"WAVE", (b"data", b"x")), "holds no sound"),
        ("a.wav", wav(samples=b""), "holds no sound"),
        ("a.flac", flac()[:42], "ends too early"),
        ("a.flac", flac()[:42] + b"xx" + flac()[44:], "holds no sound"),
        ("a.flac", b"fLaC" + flac()[42:], "no proper header"),
        ("a.ogg", vorbis()[:-1], "ends in the middle of a page"),
        ("a.ogg", vorbis()[:-1] + b"x", "sum of one of its pages"),
        ("a.ogg", vorbis() + b"more", "something in it is no page"),
        ("a.ogg", ogg_page([b"\1vorbis"], 0, 2), "holds no sound"),
        ("a.m4a", m4a()[:-1], "parts is cut off"),
        ("a.m4a", box(b"ftyp", b"M4A ") + box(b"mdat", b"x"), "holds no sound"),
    ],
)  # fmt: skip
def test_what_is_damaged_is_said(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    """Lengths that lie, sums that do not add up, files that end early: refused with the reason, and what to do."""
    with pytest.raises(Refused, match=why) as refused:
        read(tmp_path, name, data)
    assert refused.value.code == "media-damaged"
    assert refused.value.message.startswith(f"`{name}`")
    assert refused.value.hint.endswith(".")


@pytest.mark.parametrize(
    ("front", "unit", "back"),
    [
        (CLEAN["jpg"][:-2], b"\xff\0", b"\xff\xd9"),
        (CLEAN["jpg"][:-2], b"\xff\xd0ab", b"\xff\xd9"),
        (CLEAN["jpg"][:-2], b"x", b"\xff\xd9"),
        (id3((b"TIT2", b"x")), MP3_FRAME, b""),
        (CLEAN["gif"][:-1] + b"\x21\xfe", b"\1x", b"\0;"),
        (MP3_FRAME, id3v1(b"x"), b""),
    ],
)
def test_a_great_file_takes_no_longer_than_its_size(front: bytes, unit: bytes, back: bytes) -> None:
    """Twice the bytes take about twice the time, also where every other byte could begin something."""

    def work(size: int) -> None:
        assert content(front + unit * (size // len(unit)) + back)

    assert grows_linearly(work, 4_000_000)
