"""Little fonts, made for tests: every character is a box, so that no font needs to be shipped to test how fonts are chosen."""

from __future__ import annotations

import io
from collections.abc import Iterable

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM = 1000


def make_font(family: str, chars: Iterable[str], style: str = "Regular", *, widths: dict[str, int] | None = None, coloured: bool = False) -> bytes:  # fmt: skip
    """A TrueType font with a box for each character; `coloured` has a layer of colour for each as well."""
    points = sorted({" ", *chars})
    names = {char: f"u{ord(char):04X}" for char in points}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap({ord(char): name for char, name in names.items()})
    builder.setupGlyf({".notdef": _box(500), **{name: _box(500, ink=char != " ") for char, name in names.items()}})
    advance = {names[char]: (widths or {}).get(char, 600) for char in points}
    builder.setupHorizontalMetrics({name: (advance.get(name, 600), 50) for name in (".notdef", *names.values())})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": style, "psName": f"{family}-{style}".replace(" ", "")})
    bold, italic = "Bold" in style, "Italic" in style
    builder.setupOS2(
        sTypoAscender=800, usWeightClass=700 if bold else 400, fsSelection=(0x20 if bold else 0) | (1 if italic else 0) or 0x40
    )  # fmt: skip
    builder.setupPost()
    if coloured:
        builder.setupCOLR({name: [(name, 0)] for name in names.values()})
        builder.setupCPAL([[(1.0, 0.0, 0.0, 1.0)]])
    # The font's own times are fixed, so that a test's font is the same each time.
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def _box(size: int, *, ink: bool = True) -> object:
    pen = TTGlyphPen(None)
    if ink:
        pen.moveTo((50, 0))
        for corner in ((50, size), (size, size), (size, 0)):
            pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()
