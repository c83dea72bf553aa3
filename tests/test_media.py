"""Pictures: known by content, named by hash, nothing active in them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from deckgen.files import Folder, Refused
from deckgen.media import read_media

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 30 20">'


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + header
        + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    )


def read(tmp_path: Path, name: str, data: bytes) -> tuple[str, float, float]:
    (tmp_path / "deck").mkdir(exist_ok=True)
    (tmp_path / "deck" / name).write_bytes(data)
    media = read_media(Folder(tmp_path), "deck", name)
    return media.name, media.width, media.height


@pytest.mark.parametrize(
    ("data", "extension", "size"),
    [
        (png(30, 20), "png", (30, 20)),
        (b"GIF89a" + struct.pack("<HH", 30, 20) + b"\0" * 4, "gif", (30, 20)),
        (b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x0b\x08" + struct.pack(">HH", 20, 30), "jpg", (30, 20)),
        (b"RIFF....WEBPVP8X" + b"\0" * 8 + (29).to_bytes(3, "little") + (19).to_bytes(3, "little"), "webp", (30, 20)),
        (f"{HEAD}<path d='M0 0'/></svg>".encode(), "svg", (30, 20)),
    ],
)
def test_the_type_is_told_by_the_content(tmp_path: Path, data: bytes, extension: str, size: tuple[int, int]) -> None:
    """A picture is what its bytes say, whatever the file is called, and its size is known."""
    name, width, height = read(tmp_path, "misleading.txt", data)
    assert name.endswith(f".{extension}")
    assert (width, height) == size


def test_the_name_follows_the_bytes(tmp_path: Path) -> None:
    """Equal bytes have one name, other bytes another: Anki never replaces a file it has."""
    names = [read(tmp_path, f"{index}.png", png(width, 2))[0] for index, width in enumerate((1, 1, 2))]
    assert names[0] == names[1] != names[2]
    assert all(len(name) <= 79 and name == name.lower() and name[0].isalnum() for name in names)


@pytest.mark.parametrize(
    ("inner", "what"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<g onclick='alert(1)'/>", "onclick"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<image href='https://x.example/a.png'/>", "<image>"),
        ("<use href='https://x.example/a.svg#b'/>", "href refers"),
        ("<use xlink:href='data:image/svg+xml,x'/>", "href refers"),
        ("<rect style='fill: url(https://x.example/)'/>", "style refers"),
        ("<style>@import 'x'</style>", "<style>"),
        ("<animate attributeName='href'/>", "<animate>"),
        ("<g xmlns='http://www.w3.org/1999/xhtml'><script/></g>", "<g>"),
        ("<?xml-stylesheet href='x'?>", "instruction"),
        ("<g>" * 200 + "</g>" * 200, "deeply"),
        ("<metadata><script>alert(1)</script></metadata>", "<script>"),
        ("<rect style='fill:u\\72l(https://x.example/)'/>", "style refers"),
        ("<g xml:base='https://x.example/'/>", "base refers"),
        (
            "<defs><g id='a'><rect/></g><g id='b'><use href='#a'/><use href='#a'/></g></defs><use href='#b'/>",
            "uses other",
        ),
        (
            "<pattern id='p'><rect/></pattern><pattern id='q'><rect fill='url(#p)'/></pattern><rect fill='url( \"#q\" )'/>",
            "uses other",
        ),
    ],
)
def test_active_svg_is_refused(tmp_path: Path, inner: str, what: str) -> None:
    """What could run or load something is refused, with the line."""
    with pytest.raises(Refused, match="line 2") as refused:
        read(tmp_path, "a.svg", f"{HEAD}\n{inner}</svg>".encode())
    assert what in refused.value.message
    assert refused.value.hint


def test_a_doctype_is_refused(tmp_path: Path) -> None:
    """Entities are how a small file becomes a large one."""
    with pytest.raises(Refused, match="DOCTYPE"):
        read(tmp_path, "a.svg", f"<!DOCTYPE svg [<!ENTITY a 'b'>]>{HEAD}</svg>".encode())


@pytest.mark.parametrize(
    "data", [b"", b"hello", png(30, 20)[:18], b"\xff\xd8\xff", b"RIFF....WEBPVP8X", f"{HEAD}<g></svg>".encode()]
)
def test_damaged_pictures_are_refused(tmp_path: Path, data: bytes) -> None:
    """A picture that ends early or is none at all is said, never passed on."""
    with pytest.raises(Refused) as refused:
        read(tmp_path, "a.png", data)
    assert refused.value.code == "image-type"


def test_huge_pictures_are_refused(tmp_path: Path) -> None:
    """A small file that unfolds to more than 40 megapixels is refused by its header."""
    with pytest.raises(Refused, match="30000 × 30000"):
        read(tmp_path, "a.png", png(30000, 30000))


def test_what_drawing_programs_write_is_taken(tmp_path: Path) -> None:
    """Gradients that build on each other, letters as symbols, an editor's own notes: all harmless."""
    inner = (
        "<defs><linearGradient id='a'/><linearGradient id='b' xlink:href='#a'/><g id='glyph'><path d='M0 0'/></g></defs>"
        "<rect id='r' fill='url(#b)'/><use xlink:href='#glyph'/><use xlink:href='#glyph'/>"
        "<metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:li>x</rdf:li></rdf:RDF></metadata>"
    )
    assert read(tmp_path, "a.svg", f"{HEAD}{inner}</svg>".encode())[1:] == (30, 20)
