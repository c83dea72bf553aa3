"""SVG: nothing active passes, and what an editor keeps for itself is cut out without a change to the drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pymupdf
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mediafiles import SVG_HEAD as HEAD

from deckgen.files import Folder, Refused
from deckgen.media import read_media
from deckgen.media.content import Unfit
from deckgen.media.svg import read_svg

INKSCAPE = (
    "xmlns:inkscape='http://www.inkscape.org/namespaces/inkscape' "
    "xmlns:sodipodi='http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd'"
)
KEPT_SPACES = (
    "{http://www.w3.org/2000/svg}",
    "{http://www.w3.org/1999/xlink}",
    "{http://www.w3.org/XML/1998/namespace}",
)


def read(tmp_path: Path, data: bytes) -> tuple[float, float]:
    (tmp_path / "deck").mkdir(exist_ok=True)
    (tmp_path / "deck" / "a.svg").write_bytes(data)
    media = read_media(Folder(tmp_path), "deck", "a.svg")
    return media.width, media.height


def cut(inner: str, head: str = HEAD) -> str:
    return read_svg(f"{head}{inner}</svg>".encode()).data.decode()


# --- What is refused


@pytest.mark.parametrize(
    ("inner", "what"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<g onclick='alert(1)'/>", "onclick"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<image href='https://x.example/a.png'/>", "<image>"),
        ("<use href='https://x.example/a.svg#b'/>", "href refers"),
        ("<use xlink:href='data:image/svg+xml,x'/>", "href refers"),
        ("<use href='a.svg'/>", "href refers"),
        ("<rect style='fill: url(https://x.example/)'/>", "style refers"),
        ("<style>@import 'x'</style>", "<style>"),
        ("<animate attributeName='href'/>", "<animate>"),
        ("<g attributeName='href'/>", "attributeName refers"),
        ("<g srcset='a'/>", "srcset refers"),
        ("<g xmlns='http://www.w3.org/1999/xhtml'><script/></g>", "<g>"),
        ("<?xml-stylesheet href='x'?>", "instruction"),
        ("<g>" * 200 + "</g>" * 200, "deeply"),
        ("<metadata><script>alert(1)</script></metadata>", "<script>"),
        (f"<sodipodi:namedview {INKSCAPE}><script/></sodipodi:namedview>", "<script>"),
        ("<e:x xmlns:e='urn:unknown-editor'/>", "<x>"),
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
    with pytest.raises(Refused, match=r"`a\.svg`, line 2: ") as refused:
        read(tmp_path, f"{HEAD}\n{inner}</svg>".encode())
    assert what in refused.value.message
    assert refused.value.code == "svg-active"
    assert refused.value.hint


def test_a_doctype_is_refused(tmp_path: Path) -> None:
    """Entities are how a small file becomes a large one."""
    with pytest.raises(Refused, match="DOCTYPE"):
        read(tmp_path, f"<!DOCTYPE svg [<!ENTITY a 'b'>]>{HEAD}</svg>".encode())


def test_the_outermost_element_is_svg(tmp_path: Path) -> None:
    """A file that only holds an <svg> somewhere is no drawing."""
    with pytest.raises(Refused, match="outermost element is <html>"):
        read(tmp_path, f"<html>{HEAD}</svg></html>".encode())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (f"{HEAD}<g></svg>".encode(), "line 1: mismatched tag"),
        (f"{HEAD}</svg>".encode("utf-16"), "is not a picture"),
        (f"{HEAD}\0</svg>".encode(), "is not UTF-8"),
        (f"<?xml version='1.0' encoding='martian'?>{HEAD}</svg>".encode(), "unknown encoding|encoding nobody knows"),
        (f"{HEAD}<text>\xe4</text></svg>".encode("latin-1"), "not well-formed"),
    ],
)
def test_what_is_no_proper_xml_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    """Malformed files and disguises are refused, never guessed at."""
    with pytest.raises(Refused, match=why):
        read(tmp_path, data)


def test_what_drawing_programs_write_is_taken(tmp_path: Path) -> None:
    """Gradients that build on each other, letters as symbols, an editor's own notes: all harmless."""
    inner = (
        "<defs><linearGradient id='a'/><linearGradient id='b' xlink:href='#a'/><g id='glyph'><path d='M0 0'/></g></defs>"
        "<rect id='r' fill='url(#b)'/><use xlink:href='#glyph'/><use xlink:href='#glyph'/>"
        "<metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:li>x</rdf:li></rdf:RDF></metadata>"
    )
    assert read(tmp_path, f"{HEAD}{inner}</svg>".encode()) == (30, 20)


# --- How large it is


@pytest.mark.parametrize(
    ("attributes", "size", "says_size"),
    [
        ('width="200" height="100"', (200, 100), True),
        ('width="210mm" height="297mm" viewBox="0 0 210 297"', (793.7, 1122.5), True),
        ('width="100mm" height="50mm" viewBox="0 0 100 100"', (377.95, 188.98), True),
        ('width="6.4e2" height="4.8E+2px"', (640, 480), True),
        ('width="2.54cm" height="1in"', (96, 96), True),
        ('width=" 72pt " height="6PC"', (96, 96), True),
        ('width="100q" height="50Q"', (94.49, 47.24), True),
        ('width="10em" height="5em" font-size="20"', (200, 100), True),
        ('width="100" viewBox="0 0 200 100"', (100, 50), True),
        ('height="100" viewBox="0,0,200,100"', (200, 100), True),
        ('width="100%" height="50" viewBox="0 0 100 100"', (50, 50), True),
        ('width="auto" height="50" viewBox="0 0 10 10"', (50, 50), True),
        ('width="50" height="50" style="width:200px;height:100px" viewBox="0 0 10 10"', (50, 50), True),
        ('width="200" height="100" viewBox="0 0 0 0"', (200, 100), True),
        ('viewBox="0 0 1e3 500"', (1000, 500), False),
        ('viewBox="-10 -10 +2e1 .5E2"', (20, 50), False),
        ('width="100%" height="100%" viewBox="0 0 200 100"', (200, 100), False),
        ('viewBox="0 0 100 100" preserveAspectRatio="none"', (300, 150), False),
        ('width="400" viewBox="0 0 100 100" preserveAspectRatio="none"', (300, 150), False),
        ('width="100%" height="50"', (300, 50), False),
        ('width="100"', (100, 150), False),
        ('width="20 px" height="10"', (300, 10), False),
        ("", (300, 150), False),
        ('viewBox="0 0 0 0"', (300, 150), False),
        ('width="50vw" height="50" viewBox="0 0 10 10"', (0, 0), False),
        ('width="1e999" height="50"', (0, 0), False),
        ('viewBox="0 0 1e999 5"', (0, 0), False),
    ],
)
def test_a_drawing_is_as_large_as_a_browser_shows_it(
    attributes: str, size: tuple[float, float], says_size: bool
) -> None:
    """All units, exponents, one side alone: as Chromium 156 says; of a drawing without a size the shape is known."""
    found = read_svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}><rect width="5" height="5"/></svg>'.encode()
    )
    assert (found.width, found.height) == pytest.approx(size, rel=1e-4)
    assert found.says_size == says_size


# --- What is cut out

CUTS = [
    ("<path d='M0 0'/>", "<path d='M0 0'/>"),
    ("<!-- a > b --><g><!----></g>", "<g></g>"),
    ("<text>a<!-- b -->c</text>", "<text>ac</text>"),
    ("<metadata/><g/>", "<g/>"),
    ("<g><metadata/></g>", "<g></g>"),
    ("<g><metadata id='a>b' /></g>", "<g></g>"),
    ("<g><metadata></metadata ></g>", "<g></g>"),
    ("<metadata><m:a xmlns:m='u'>&lt;<m:b/><!-- x --></m:a></metadata>é<g/>", "é<g/>"),
    ("<g xmlns:e='urn:e' e:label='a > b' id=\"x\"/>", '<g id="x"/>'),
    ("<g\n  xmlns:e = 'urn:e'\n  id='x'\n  e:label = \"it's\"\n/>", "<g\n  id='x'\n/>"),
    ("<g xmlns:e='urn:e'><path e:type='é' d='M0 0' e:n='2'></path></g>", "<g><path d='M0 0'></path></g>"),
    ("<g xml:space='preserve' xml:lang='en'/>", "<g xml:space='preserve' xml:lang='en'/>"),
    ("<g id='a'/><use xlink:href='#a'/>", "<g id='a'/><use xlink:href='#a'/>"),
    ("<s:g xmlns:s='http://www.w3.org/2000/svg'><s:path/></s:g>", "<s:g xmlns:s='http://www.w3.org/2000/svg'><s:path/></s:g>"),
    ("<g xmlns:e='http://www.w3.org/1999/xlink'><g xmlns:e='urn:e' e:a='1'/><use e:href='#b'/></g>",
     "<g xmlns:e='http://www.w3.org/1999/xlink'><g/><use e:href='#b'/></g>"),
    (f"<g {INKSCAPE}><sodipodi:namedview inkscape:zoom='2'><inkscape:grid/></sodipodi:namedview><path/></g>", "<g><path/></g>"),
    ("<text><![CDATA[<!-- stays -->]]></text>", "<text><![CDATA[<!-- stays -->]]></text>"),
    ("<title>Who drew it</title><desc>What it is</desc>", "<title>Who drew it</title><desc>What it is</desc>"),
]  # fmt: skip


@pytest.mark.parametrize(("inner", "left"), CUTS)
def test_exactly_this_is_cut_out(inner: str, left: str) -> None:
    """Comments, metadata, an editor's elements and attributes and their namespaces go; every other byte stays."""
    assert cut(inner) == f"{HEAD}{left}</svg>"


def test_comments_outside_and_a_mark_in_front() -> None:
    """Before and behind the drawing too, behind a byte order mark, in other encodings."""
    text = f"<?xml version='1.0' encoding='latin-1'?><!-- é -->{HEAD}<text>é</text><!-- é --></svg><!-- é -->\n"
    assert (
        read_svg(text.encode("latin-1")).data.decode("latin-1")
        == f"<?xml version='1.0' encoding='latin-1'?>{HEAD}<text>é</text></svg>\n"
    )
    marked = f"\ufeff<!-- x -->{HEAD}</svg>".encode()
    assert read_svg(marked).data.decode() == f"\ufeff{HEAD}</svg>"


def drawn(node: ET.Element) -> list[object]:
    """What of a tree is drawn: elements and attributes of SVG, and texts."""
    if node.tag == "{http://www.w3.org/2000/svg}metadata" or "inkscape" in node.tag or "sodipodi" in node.tag:
        return []
    attributes = {name: value for name, value in node.attrib.items() if name[0] != "{" or name.startswith(KEPT_SPACES)}
    words = [node.text or ""]
    children: list[object] = []
    for child in node:
        children += drawn(child)
        words.append(child.tail or "")
    return [(node.tag, sorted(attributes.items()), "".join(words), children)]


NAMES = st.sampled_from(["g", "text", "path", "metadata", "e:x", "f:x"])
ATTRIBUTES = st.lists(
    st.sampled_from([" id='a'", " e:a='1>2'", ' f:b="x"', "\n d = 'M0 0'", " xmlns:z='urn:z'", " xml:lang='en'", " xlink:title='t'"]),
    max_size=3,
    unique=True,
).map("".join)  # fmt: skip
TEXTS = st.sampled_from(["", " ", "é&amp;", "<!-- c > -->", "<!---->", "<![CDATA[<!-- <g> ]]>", "a"])


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, attributes, parts, *, empty: (
            f"<{name}{attributes}/>" if empty else f"<{name}{attributes}>{''.join(parts)}</{name} >"
        ),
        NAMES, ATTRIBUTES, st.lists(inner, max_size=4), empty=st.booleans(),
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.recursive(TEXTS, element, max_leaves=12), max_size=4).map("".join))
def test_the_drawing_stays_the_same(inner: str) -> None:
    """Whatever stands where: the drawing that is left is the drawing there was, and nothing that could go is left."""
    head = f"{HEAD[:-1]} {INKSCAPE.replace('inkscape=', 'e=').replace('sodipodi=', 'f=')}>"
    before = f"{head}{inner}</svg>"
    try:
        after = cut(inner, head)
    except Unfit as refused:
        assume("what an editor keeps" not in refused.what)  # an element of SVG among an editor's own, rightly
        raise
    assert drawn(ET.fromstring(after)) == drawn(ET.fromstring(before))
    rest = after.replace("<![CDATA[<!-- <g> ]]>", "")
    assert not any(sign in rest for sign in ("<!--", "<metadata", "e:", "f:", "xmlns:e", "urn:z"))
    assert read_svg(after.encode()).data.decode() == after


def test_a_drawing_looks_the_same_before_and_after() -> None:
    """Rendered, an editor's file and what is left of it are the same pixels."""
    inner = (
        f"<g {INKSCAPE} inkscape:label='Layer 1'><!-- a --><rect x='2' y='2' width='9' height='9' fill='#c33'/>"
        "<metadata><x:y xmlns:x='urn:x'/></metadata><circle cx='20' cy='10' r='6' fill='#36c' sodipodi:type='arc'/></g>"
    )
    before = f"{HEAD}{inner}</svg>".encode()
    after = cut(inner).encode()
    assert len(after) < len(before) / 2
    reader: Any = pymupdf  # which has no types
    pixels = [reader.open(stream=data, filetype="svg")[0].get_pixmap(dpi=144).samples for data in (before, after)]
    assert pixels[0] == pixels[1]
    assert len(set(pixels[0])) > 2
