"""The fonts that pages are set in, and which characters each of them can draw.

Lato comes from its own package; Libertinus Serif and DejaVu Sans Mono are inside the Typst wheel. No font of
the system is ever used, so that a page looks the same everywhere. Knows fonts; not cards, not layouts.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from deckgen.printing import coverage

if TYPE_CHECKING:
    import typst

TEXT_FAMILIES = ("Lato", "Libertinus Serif", "DejaVu Sans Mono")
CODE_FAMILIES = ("DejaVu Sans Mono", "Lato", "Libertinus Serif")

# Shapers hide these when no font has them, and Typst does not miss them (each was tried): soft hyphen, joiners,
# marks of direction, variation selectors, tags.
INVISIBLE = frozenset(
    point
    for first, last in (
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064),
        (0x2066, 0x206F), (0xFE00, 0xFE0F), (0xE0020, 0xE007F), (0xE0100, 0xE01EF),
    )
    for point in range(first, last + 1)
)  # fmt: skip

Drawn = Literal["every", "upright", "no"]


class Family(NamedTuple):
    """What one family can draw: in `every` style, and in its upright ones (regular and bold)."""

    every: frozenset[int]
    upright: frozenset[int]


@cache
def lato_folder() -> Path:
    """Where the files of Lato lie."""
    import fontpkg_lato  # noqa: PLC0415 - only pages need it

    return Path(fontpkg_lato.ROOT) / "files"


@cache
def typst_fonts() -> typst.Fonts:
    """The fonts Typst may use: Lato and those it carries itself."""
    import typst  # noqa: PLC0415 - 84 MB of program

    return typst.Fonts(include_system_fonts=False, font_paths=[str(lato_folder())])


@cache
def families() -> tuple[Family, ...]:
    """Coverage of the families, in the order in which Typst tries them."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above

    with TTFont(lato_folder() / "Lato-Regular.ttf", lazy=True) as font:
        lato = frozenset(font.getBestCmap())
    serif = _points(coverage.LIBERTINUS_SERIF)
    mono = _points(coverage.DEJAVU_SANS_MONO)
    return (
        Family(lato, lato),
        Family(serif, serif | _points(coverage.LIBERTINUS_SERIF_UPRIGHT)),
        Family(mono, mono | _points(coverage.DEJAVU_SANS_MONO_UPRIGHT)),
    )


@cache
def advances() -> dict[str, float]:
    """The width of every character of the first family in em, in the widest of the four styles pages use."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above

    widest: dict[str, float] = {}
    for style in ("Regular", "Bold", "Italic", "BoldItalic"):
        with TTFont(lato_folder() / f"Lato-{style}.ttf", lazy=True) as font:
            em, metrics = font["head"].unitsPerEm, font["hmtx"]
            for point, glyph in font.getBestCmap().items():
                widest[chr(point)] = max(widest.get(chr(point), 0.0), metrics[glyph][0] / em)
    return widest


def _points(ranges: str) -> frozenset[int]:
    found: set[int] = set()
    for each in ranges.split():
        first, _, last = each.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


@cache
def plain() -> frozenset[str]:
    """Characters that need no second look: in the first family, and no marks, controls or private signs."""
    doubtful = ("M", "C", "Zl", "Zp")
    return frozenset(
        char for point in families()[0].every if not unicodedata.category(char := chr(point)).startswith(doubtful)
    )


@cache
def drawn(cluster: str) -> Drawn:
    """Whether a base character with its marks can be drawn by one family: a family is chosen for the whole of it."""
    points = {ord(char) for char in cluster} - INVISIBLE
    if any(unicodedata.category(chr(point)) in {"Cc", "Cs", "Co", "Cn"} for point in points):
        return "no"
    composed = {ord(char) for char in unicodedata.normalize("NFC", cluster)} - INVISIBLE
    for family in families():
        if points <= family.every or composed <= family.every:
            return "every"
    for family in families():
        if points <= family.upright or composed <= family.upright:
            return "upright"
    return "no"
