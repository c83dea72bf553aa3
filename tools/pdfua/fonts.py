"""Conditions on fonts: their letters are in the file, and it is known which ones they are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont

from pdfua.reading import Document, Finding
from pdfua.streams import Font

PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")
IDENTITY = frozenset(("/Identity-H", "/Identity-V"))
MARKS = frozenset(("\ufeff", "\ufffe"))
OFF = 1.0  # thousandths of an em that two widths may differ


def _used(read: Document) -> Iterator[Font]:
    return (font for font in read.contents.fonts.values() if font.codes)


def _descendant(font: Font) -> Any:
    return font.obj.DescendantFonts[0] if font.wide else font.obj


def embedded(read: Document) -> Iterator[Finding]:
    """The program of every font that is seen is in the file."""
    for font in _used(read):
        descriptor = _descendant(font).get("/FontDescriptor", {})
        if font.seen and str(font.obj.get("/Subtype")) != "/Type3" and not any(name in descriptor for name in PROGRAMS):
            yield Finding("31-009", f"{font.name} is not embedded")


def maps(read: Document) -> Iterator[Finding]:
    """A composite font says how its codes become glyphs."""
    for font in _used(read):
        if not font.wide:
            continue
        encoding = font.obj.get("/Encoding")
        if isinstance(encoding, pikepdf.Name) and str(encoding) not in IDENTITY:
            yield Finding("31-006", f"{font.name}: the encoding {encoding} is not in the file")
        inner = _descendant(font)
        if str(inner.get("/Subtype")) == "/CIDFontType2":
            glyphs = inner.get("/CIDToGIDMap")
            if glyphs is None:
                yield Finding("31-005", f"{font.name} has no map to its glyphs")
            elif not isinstance(glyphs, pikepdf.Stream) and str(glyphs) != "/Identity":
                yield Finding("31-004", f"{font.name}: {glyphs} is no map to glyphs")


def letters(read: Document) -> Iterator[Finding]:
    """Every code that is shown stands for letters, and for true ones."""
    for font in _used(read):
        if "/ToUnicode" not in font.obj:
            yield Finding("31-027", f"{font.name} has no map to letters")
            continue
        missing = sorted(code for code in font.codes if not font.unicode.get(code))
        if missing:
            yield Finding("10-001", f"{font.name}: no letters for {len(missing)} codes, as {missing[0]:04x}")
        told = "".join(font.unicode.values())
        if "\0" in told:
            yield Finding("31-028", f"{font.name}: a code stands for U+0000")
        if MARKS & set(told):
            yield Finding("31-029", f"{font.name}: a code stands for a byte order mark")


def glyphs(read: Document) -> Iterator[Finding]:
    """Every glyph that is shown is in the font, is not the sign for a missing one, and is as wide as is said."""
    for font in _used(read):
        inner = _descendant(font)
        program = inner.get("/FontDescriptor", {}).get("/FontFile2")
        if not font.wide or program is None or str(inner.get("/CIDToGIDMap", "")) != "/Identity":
            continue  # other glyphs are counted by name, or found through a table of their own
        if 0 in font.codes:
            yield Finding("31-030", f"{font.name}: a missing glyph is shown")
        with TTFont(io.BytesIO(program.read_bytes()), lazy=True) as made:
            count, scale = made["maxp"].numGlyphs, 1000 / made["head"].unitsPerEm
            advances = [made["hmtx"][name][0] * scale for name in made.getGlyphOrder()[:count]]
        absent = sorted(code for code in font.codes if code >= count)
        if absent:
            yield Finding("31-011", f"{font.name} lacks the glyph {absent[0]}")
        told = font.widths
        wrong = [
            code for code in sorted(font.codes) if code < count and abs(told.get(code, float(inner.get("/DW", 1000))) - advances[code]) > OFF
        ]  # fmt: skip
        if wrong:
            yield Finding("31-016", f"{font.name}: {len(wrong)} glyphs are not as wide as is said, as {wrong[0]}")


CHECKS = (embedded, maps, letters, glyphs)
