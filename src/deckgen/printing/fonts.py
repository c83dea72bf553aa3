"""The fonts that pages are set in, and which characters each of them can draw.

Lato comes from its own package; Libertinus Serif and DejaVu Sans Mono are inside the Typst wheel; a project can name more.
No font of the system is ever used, so that a page looks the same everywhere. Knows fonts; not cards, not layouts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from deckgen.model import ExtraFonts, FontFamily
from deckgen.printing import coverage

if TYPE_CHECKING:
    import typst

TEXT, SERIF, CODE = OURS = ("Lato", "Libertinus Serif", "DejaVu Sans Mono")

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

# Letters that change, join or pile up beside each other: a word of them is set in one font, or it falls apart.
SHAPED = re.compile("[\u0590-\u109f\u1780-\u1cff\ua800-\uabff\U00010a00-\U00011fff\U0001e900-\U0001e95f]")
# Signs that stand each by itself, of which there are too many to look at each one: Han, kana, syllables of Hangul.
SINGLE = ((0x2E80, 0x3029), (0x3030, 0x3098), (0x309B, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))  # fmt: skip
JOINER, AS_PICTURE = "\u200d", "\ufe0f"
SKINS = range(0x1F3FB, 0x1F400)  # they colour the sign before them
# Packages whose fonts have a script, by the first word of its characters' names. Chosen because words copied from the page
# come out as they were written: fonts that put the dots of Arabic letters as signs of their own (Noto Sans Arabic) double letters.
PACKAGES = {
    "ARABIC": "fontpkg-ibm-plex-sans-arabic",
    "BENGALI": "fontpkg-hind-siliguri",
    "DEVANAGARI": "fontpkg-noto-sans-devanagari",
    "KHMER": "fontpkg-noto-sans-khmer",
    "TAMIL": "fontpkg-noto-sans-tamil",
    "TELUGU": "fontpkg-noto-sans-telugu",
    "THAI": "fontpkg-noto-sans-thai",
}

Drawn = Literal["every", "upright", "no"]


class Run(NamedTuple):
    """A part of a text that is drawn alike.

    `em` is how wide its characters may be where they are wider than letters, else 0; `family` the number of the one family
    that must draw it, -1 where the first that can does.
    """

    how: Drawn
    em: float
    family: int
    text: str


@cache
def lato_folder() -> Path:
    """Where the files of Lato lie."""
    import fontpkg_lato  # noqa: PLC0415 - only pages need it

    return Path(fontpkg_lato.ROOT) / "files"


@cache
def typst_fonts() -> typst.Fonts:
    """The fonts Typst may use where a project names none: Lato and those it carries itself."""
    return _typst_fonts(lato_folder())


def typst_fonts_with(folder: Path | None) -> typst.Fonts:
    """As above, with the fonts in a folder."""
    return _typst_fonts(lato_folder(), folder) if folder else typst_fonts()


def _typst_fonts(*folders: Path) -> typst.Fonts:
    import typst  # noqa: PLC0415 - 84 MB of program

    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in folders])


@cache
def _own_families() -> tuple[FontFamily, ...]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above

    with TTFont(lato_folder() / "Lato-Regular.ttf", lazy=True) as font:
        lato = frozenset(font.getBestCmap())
    serif = _points(coverage.LIBERTINUS_SERIF)
    mono = _points(coverage.DEJAVU_SANS_MONO)
    return (
        FontFamily(TEXT, lato, lato),
        FontFamily(SERIF, serif, serif | _points(coverage.LIBERTINUS_SERIF_UPRIGHT)),
        FontFamily(CODE, mono, mono | _points(coverage.DEJAVU_SANS_MONO_UPRIGHT)),
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


class Fonts:
    """The families a project is set in, in the order in which Typst tries them; `code` has those for code.

    Those that a project names come after Lato, and before our others, which have only a part of scripts such as Arabic;
    coloured signs come last, so that they take no plain one's place.
    """

    def __init__(self, extra: ExtraFonts | None = None) -> None:
        self.extra = extra or ExtraFonts()
        first, serif, mono = _own_families()
        texts = [family for family in self.extra.families if not family.colour]
        colours = [family for family in self.extra.families if family.colour]
        self.families = (first, *texts, serif, mono, *colours)
        self.text = tuple(family.name for family in self.families)
        self.code = tuple(family.name for family in (mono, first, *texts, serif, *colours))
        self.plain = _plain() | {chr(point) for family in texts for point in _singles(family)}
        self._colours = len(colours)
        self._wide: dict[str, float] = {}
        for family in self.extra.families:
            for char, em in family.wide.items():
                self._wide[char] = max(em, self._wide.get(char, 0.0))
        self._homes: dict[str, tuple[Drawn, int]] = {}
        self._words: dict[str, list[Run]] = {}

    def drawn(self, cluster: str) -> Drawn:
        """Whether a base character with its marks can be drawn by one family: a family is chosen for the whole of it."""
        return self._home(cluster)[0]

    def runs(self, text: str) -> Iterator[Run]:
        """The text in parts, each drawn alike."""
        pieces = (piece for word in re.split("( +)", text) if word for piece in self._word(word))
        for (how, em, family), group in groupby(pieces, key=lambda piece: piece[:3]):
            yield Run(how, em, family, "".join(piece.text for piece in group))

    def _word(self, word: str) -> list[Run]:
        found = self._words.get(word)
        if found is None:
            groups = groupby(clusters(word), key=lambda cluster: bool(SHAPED.match(cluster)))
            found = [run for shaped, group in groups for run in self._placed(list(group), shaped)]
            self._words[word] = found
        return found

    def _placed(self, clusters: list[str], shaped: bool) -> list[Run]:
        """The clusters, each with its family; a word that would be drawn by several is drawn by the first that has it all."""
        homes = [self._home(cluster) for cluster in clusters]
        only = -1
        if not shaped:
            return [self._picture(cluster, *home) for cluster, home in zip(clusters, homes, strict=True)]
        if len(set(homes)) > 1:
            whole, family = self._home("".join(clusters))
            if whole != "no":
                homes, only = [(whole, family)] * len(clusters), family
        return [Run(how, self._em(cluster), only, cluster) for cluster, (how, _) in zip(clusters, homes, strict=True)]

    def _picture(self, cluster: str, how: Drawn, home: int) -> Run:
        """A sign that stands for itself; one that is several made one, or is wanted as a picture, by the family of all of it."""
        only, joined = -1, _is_joined(cluster)
        if how != "no" and (joined or AS_PICTURE in cluster):
            points = {ord(char) for char in cluster} - INVISIBLE
            colours = range(len(self.families) - self._colours, len(self.families))
            only = next((each for each in colours if points <= self.families[each].every), home if joined else -1)
        return Run(how, self._em(cluster), only, cluster)

    def _em(self, cluster: str) -> float:
        return max(self._wide.get(char, 0.0) for char in cluster) if self._wide else 0.0

    def _home(self, cluster: str) -> tuple[Drawn, int]:
        """How a cluster is drawn, and by the family of which number."""
        home = self._homes.get(cluster)
        if home is None:
            home = self._homes[cluster] = self._find_home(cluster)
        return home

    def _find_home(self, cluster: str) -> tuple[Drawn, int]:
        points = {ord(char) for char in cluster} - INVISIBLE
        if any(unicodedata.category(chr(point)) in {"Cc", "Cs", "Co", "Cn"} for point in points):
            return "no", -1
        if _is_mark(cluster[0]):  # it stands on the space before it
            points.add(ord(" "))
        composed = {ord(char) for char in unicodedata.normalize("NFC", cluster)} - INVISIBLE
        for number, family in enumerate(self.families):
            if points <= family.every or composed <= family.every:
                return "every", number
        for number, family in enumerate(self.families):
            if points <= family.upright or composed <= family.upright:
                return "upright", number
        return "no", -1


@cache
def ours() -> Fonts:
    """The fonts where a project names none."""
    return Fonts()


@cache
def _plain() -> frozenset[str]:
    """Characters that need no second look: in the first family, and no marks, controls or private signs."""
    doubtful = ("M", "C", "Zl", "Zp")
    return frozenset(
        char for point in _own_families()[0].every if not unicodedata.category(char := chr(point)).startswith(doubtful)
    )


def _singles(family: FontFamily) -> Iterator[int]:
    """Characters of a family that need no second look either."""
    for first, last in SINGLE:
        for point in range(first, last + 1):
            if (
                point in family.every
                and chr(point) not in family.wide
                and unicodedata.category(chr(point))[0] in "LNPS"
            ):
                yield point


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M" or ord(char) in INVISIBLE


def _is_joined(text: str) -> bool:
    """Whether a sign in it is one with the sign before: a person with a colour of skin, or with what they do."""
    return any(
        ord(char) in SKINS or (before == JOINER and unicodedata.category(char) == "So")
        for before, char in pairwise(text)
    )


def clusters(text: str) -> Iterator[str]:
    """Base characters with the marks and joiners that follow them; pictures that are joined to one are one."""
    start = 0
    for at in range(1, len(text)):
        if not (_is_mark(text[at]) or _is_joined(text[at - 1 : at + 1])):
            yield text[start:at]
            start = at
    yield text[start:]


def packages_for(chars: Iterable[str]) -> tuple[list[str], bool]:
    """The packages of fonts that have such characters, as far as we know one, and whether there are others for which we know none."""
    scripts = [unicodedata.name(char, "").partition(" ")[0] for char in chars if char.isprintable()]
    known = list(dict.fromkeys(PACKAGES[script] for script in scripts if script in PACKAGES))
    return known, any(script and script not in PACKAGES for script in scripts)
