"""Where the letters of an SVG text may stand, whatever font the reader has.

The font is unknown, so every width is a stretch from least to most: letters are placed by their widest common form
(see `widths`), and what follows them by their narrowest too. The box of a text so covers it wholly, in any font that
is not far out of the ordinary; it is up to a third wider than the text mostly is. Sources: SVG 2 chapter 11; which
character takes which of `x`, `y`, `dx`, `dy` and `rotate` was tried in Chromium. Knows one text; not other elements.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from fontTools.misc.transform import Transform

from deckgen.svgboxes import widths
from deckgen.svgboxes.style import Style, check_moves, check_stroke, inherit, is_absent
from deckgen.svgboxes.tree import Node
from deckgen.svgboxes.values import Bounds, Size, Unmeasurable, all_numbers, around, corners, length, rotation

LETTERS = 20_000  # of one text; a longer one is no label
MARKS = 4  # on one letter
NARROWEST, CONDENSED = 0.65, 0.5  # of the widest form: Times and Arial Narrow; fonts that call themselves narrow
EXPANDED = 1.3
SAFETY = 1.02  # for hinting
STROKE_TIPS = 1.5  # how far the corners of stroked letters go, by half the width of the stroke
# All that follows is in em, and was measured in the fonts named in `widths`.
MONOSPACE = 0.625
ASCENT, DESCENT = 1.0, 0.26  # of Latin, Greek and Cyrillic with one accent; about what fonts give as theirs
STACKED = 1.2  # with two accents, as in Vietnamese
TALL = 1.3, 0.8  # of other scripts
OVERHANG, HOOKED = 0.04, 0.12  # what letters reach beside their advance; those with hooks and accents
SLANT = 0.06, 0.14  # and all that leans, on the left and on the right
SYMBOL, LETTER, IDEOGRAPH, EMOJI = 1.1, 1.25, 1.05, 1.45  # characters that are not in the tables
SCRIPTS = ((range(0x590, 0x600), 0.8), (range(0x600, 0x700), 1.0))  # Hebrew; Arabic, whose letters join
ALIKE = {"‰": "%%", "ẞ": "SS", "′": "'", "″": "''"}
FRAMED = ("<circle>", "<square>", "<font>", "<wide>")  # decompositions into characters that may be narrower
# Downwards, from least to most over the common fonts.
BASELINES = {
    "middle": (0.2, 0.32),
    "central": (0.26, 0.44),
    "hanging": (0.68, 0.92),
    "text-before-edge": (0.86, 1.12),
    "text-after-edge": (-0.32, -0.16),
    "ideographic": (-0.32, -0.16),
    "mathematical": (0.4, 0.58),
    "before-edge": (0.0, 1.12),  # here and below: some browsers know the word, some do not
    "text-top": (0.0, 1.12),
    "after-edge": (-0.32, 0.0),
    "text-bottom": (-0.32, 0.0),
}
SHIFTS = {"super": (-0.7, -0.3), "sub": (0.1, 0.7)}
GENERIC = frozenset(
    ("serif", "sans-serif", "monospace", "system-ui", "ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded")
)
_MONO = re.compile(r"mono|courier|consol|menlo|\bcode\b|typewriter|\bfixed\b")
_SANS = re.compile(r"sans|system-ui|ui-rounded|arial|helvetica|verdana")
_SERIF = re.compile(
    r"(?<!sans-)(?<!sans )\bserif|times|georgia|roman|book|garamond|palatin|cambria|century|cursive|fantasy|math"
)
_NARROW = re.compile(r"narrow|condensed|compressed")
_BROAD = re.compile(r"black|heavy|wide\b|extended|expanded|verdana pro")
_RIGHT_TO_LEFT = frozenset(("R", "AL", "RLE", "RLO", "RLI"))
_FLAT_SCRIPTS = range(0x590)  # Latin, Greek, Cyrillic and Armenian
_SYMBOLS = range(0x2000, 0x2C00)
_MORE_LATIN = range(0x1E00, 0x2000)  # and Greek
_SMOOTH = frozenset(map(chr, range(0x20, 0x7F))) - frozenset("Jfj")
_SPACE = " \t\n\r\f"

Stretch = tuple[float, float]


@dataclass(slots=True)
class _Letter:
    """A character that has a place of its own. `rise` is how far down it is moved; `gap` is what `textLength` adds."""

    char: str
    style: Style
    is_asked: bool
    rise: Stretch
    x: float | None = None
    y: float | None = None
    dx: float = 0.0
    dy: float = 0.0
    turn: float = 0.0
    gap: float = 0.0

    def advance(self) -> Stretch:
        """How far the next letter is, from least to most."""
        least, most = _advance(self.char, self.style)
        more = self.style.letter_spacing + (self.style.word_spacing if self.char == " " else 0.0)
        return least + more, most + more + self.gap


class _Layout:
    """The letters of a text in order, without the blanks that XML adds, each with what places it."""

    def __init__(self, asked: Node, viewport: Size) -> None:
        self.asked = asked
        self.viewport = viewport
        self.letters: list[_Letter] = []
        self.after_space = True
        self.spans: list[tuple[Node, Style, int, int]] = []

    def add(self, node: Node, style: Style, shift: Stretch = (0.0, 0.0), *, is_asked: bool) -> None:
        """Take in an element of the text and all that is in it; `style` is its own, `shift` that of its baseline."""
        if node.tag == "textPath":
            raise Unmeasurable("its text runs along a path")
        place, start = len(self.spans), len(self.letters)
        self.spans.append((node, style, start, start))
        like = _Letter("", style, is_asked, _rise(node, style, shift))
        for part in node.content:
            if isinstance(part, str):
                self._write(part, like)
            elif part.tag in {"tspan", "textPath"} and not is_absent(part):
                check_moves(part)
                inner = inherit(style, part, self.viewport)
                self.add(part, inner, _shifted(part, inner, style, shift), is_asked=is_asked or part is self.asked)
        self.spans[place] = node, style, start, len(self.letters)

    def _write(self, text: str, like: _Letter) -> None:
        if len(self.letters) + len(text) > LETTERS:
            raise Unmeasurable("its text is too long for a label")
        keeps = like.style.keeps_space
        for char in text:
            is_space = char in _SPACE
            if keeps or not (is_space and self.after_space):
                self.letters.append(_Letter(" " if is_space else char, like.style, like.is_asked, like.rise))
            self.after_space = is_space and not keeps

    def place(self) -> None:
        """Give every letter the values of the elements it is in; an inner element's come later and count."""
        if self.letters and self.after_space:
            self.letters.pop()
        for node, style, start, end in self.spans:
            letters = self.letters[start:end]
            for name, whole in (("x", 0), ("y", 1), ("dx", 0), ("dy", 1)):
                values = _lengths(node.attributes.get(name, ""), style, self.viewport[whole])
                for letter, value in zip(letters, values, strict=False):
                    setattr(letter, name, value)
            turns = all_numbers(node.attributes.get("rotate", "")) or []
            for index, letter in enumerate(letters if turns else ()):
                letter.turn = turns[min(index, len(turns) - 1)]
            self._spread(letters, style.length(node.attributes.get("textLength", ""), self.viewport[0]) or 0.0)

    def _spread(self, letters: list[_Letter], wanted: float) -> None:
        """Make room for the `textLength` of a text of one piece; one that is shorter needs none."""
        if wanted and (len(self.spans) > 1 or any(letter.x is not None for letter in letters[1:])):
            raise Unmeasurable("browsers spread a text of several parts with a `textLength` in different ways")
        room = wanted - sum(letter.advance()[1] for letter in letters) if wanted else 0.0
        for letter in letters if room > 0 else ():
            letter.gap = room / len(letters)

    def chunks(self) -> Iterator[list[_Letter]]:
        """The letters from one `x` or `y` to the next: what `text-anchor` moves together."""
        chunk: list[_Letter] = []
        for letter in self.letters:
            if chunk and (letter.x is not None or letter.y is not None):
                yield chunk
                chunk = []
            chunk.append(letter)
        if chunk:
            yield chunk


def text_bounds(text: Node, asked: Node, style: Style, viewport: Size, matrix: Transform) -> Bounds | None:
    """How far a text reaches, or of it the `tspan` that is asked for, once `matrix` has moved it; None for nothing.

    `style` and `matrix` are the text's own. Raises Unmeasurable.
    """
    check_stroke(text, style)
    layout = _Layout(asked, viewport)
    layout.add(text, style, is_asked=text is asked)
    layout.place()
    _check_marks(layout.letters)
    trouble = next((letter.style.trouble for letter in layout.letters if letter.style.trouble), "")
    if trouble:
        raise Unmeasurable(trouble)
    mirrored = any(unicodedata.bidirectional(letter.char) in _RIGHT_TO_LEFT for letter in layout.letters)
    found: Bounds | None = None
    x, y = (0.0, 0.0), 0.0
    for chunk in layout.chunks():
        x = x if chunk[0].x is None else (chunk[0].x, chunk[0].x)
        y = y if chunk[0].y is None else chunk[0].y
        places, x = _places(chunk, x, mirrored=mirrored)
        for letter, place in zip(chunk, places, strict=True):
            y += letter.dy
            if letter.is_asked and letter.style.visible and letter.char != " ":
                found = _cell(letter, place, y, matrix).joined(found)
    return found


def _check_marks(letters: list[_Letter]) -> None:
    """Raise Unmeasurable for marks that are piled up: nobody knows how high a font draws them."""
    pile = 0
    for letter in letters:
        for char in unicodedata.normalize("NFD", letter.char):
            kind = unicodedata.category(char)
            pile = pile + 1 if kind.startswith("M") else pile if kind == "Cf" else 0
            if pile > MARKS:
                raise Unmeasurable(f"more than {MARKS} marks are piled up on one of its letters")


def _places(chunk: list[_Letter], start: Stretch, *, mirrored: bool) -> tuple[list[Stretch], Stretch]:
    """How far left and right each letter of a chunk may reach, and where the next chunk may begin.

    A letter stands where the chunk starts, plus all before it, less the `share` of the whole that `text-anchor` sets
    back. So what stands before it counts by the rest of that share, and what follows it by the share, to the left.
    """
    style = chunk[0].style
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[style.anchor]
    if style.right_to_left:
        share, mirrored = 1 - share, True
    start = start[0] + chunk[0].dx, start[1] + chunk[0].dx
    shifts = [0.0, *(letter.dx for letter in chunk[1:])]
    back = -sum(min(0.0, shift) for shift in shifts)  # browsers anchor by the letter that then is the outermost
    advances = [letter.advance() for letter in chunk]
    whole = tuple(sum(advance[side] for advance in advances) + sum(shifts) for side in (0, 1))
    low = high = 0.0  # what stands before the letter, from least to most
    places: list[Stretch] = []
    for (least, most), shift in zip(advances, shifts, strict=True):
        low, high = low + shift, high + shift
        left = start[0] + (1 - share) * low - share * (whole[1] - high) - back
        low, high = low + least, high + most
        right = start[1] + (1 - share) * high - share * (whole[0] - low) + back
        places.append((left, right))
    if mirrored:
        places = [(min(left for left, _ in places), max(right for _, right in places))] * len(places)
        return places, (start[0] - whole[1], start[1] + whole[1])
    return places, (start[0] + whole[0], start[1] + whole[1])


def _cell(letter: _Letter, place: Stretch, y: float, matrix: Transform) -> Bounds:
    """Where one letter may be: its place, its height, and what hangs over beside it."""
    style = letter.style
    ascent, descent = _heights(letter.char)
    hang = OVERHANG if letter.char in _SMOOTH else HOOKED
    over = hang * style.size + HOOKED * letter.gap + max(0.0, -style.letter_spacing)
    before, behind = (over + lean * style.size * style.slanted for lean in SLANT)
    top = letter.rise[0] - ascent * style.size
    height = letter.rise[1] + descent * style.size - top
    left, right = place
    if letter.turn:
        least, most = _advance(letter.char, style)
        turned = rotation(letter.turn)
        box = corners(-before, top, most + before + behind, height)
        points = [turned.transformPoint(point) for point in box]
        points = [(x + at, down + y) for x, down in points for at in (left, max(left, right - least))]
    else:
        points = list(corners(left - before, top + y, right - left + before + behind, height))
    return around(points, matrix).widened(style.reach * STROKE_TIPS, matrix)


def _rise(node: Node, style: Style, shift: Stretch) -> Stretch:
    """How far down letters stand for their baseline; the two properties are read in different ways by browsers."""
    named = {style.baseline, node.get("alignment-baseline").strip().lower()} & BASELINES.keys()
    found = [BASELINES[name] for name in sorted(named)] or [(0.0, 0.0)]
    low, high = min(each[0] for each in found), max(each[1] for each in found)
    return shift[0] + low * style.size, shift[1] + high * style.size


def _shifted(node: Node, inner: Style, outer: Style, shift: Stretch) -> Stretch:
    """The shift inside a part of a text, within an outer one that has `shift`; browsers take the size of either."""
    value = node.get("baseline-shift").strip().lower()
    if value in {"inherit", "unset", "top", "center", "bottom"}:
        raise Unmeasurable("browsers read its `baseline-shift` in different ways")
    sizes = outer.size, inner.size
    moves = [-(length(value, size, size, inner.root_size) or 0.0) for size in sizes]
    if value in SHIFTS:
        moves = [share * size for share in SHIFTS[value] for size in sizes]
    return shift[0] + min(moves), shift[1] + max(moves)


def _lengths(text: str, style: Style, whole: float) -> list[float]:
    """The lengths of a list up to the first that is none."""
    found: list[float] = []
    for word in re.split(r"[\s,]+", text.strip()):
        value = style.length(word, whole)
        if value is None:
            break
        found.append(value)
    return found


def _advance(char: str, style: Style) -> Stretch:
    """How wide a character may be, in the units of the text."""
    faces = _faces(style.families)
    bold = style.bold or faces.is_broad
    most = _widest(char, faces.kinds, bold)
    if style.capitals or style.small_capitals:
        most = max(most, _widest(char.upper(), faces.kinds, bold))
    least = most * (CONDENSED if faces.is_narrow else NARROWEST) if ord(char) in _FLAT_SCRIPTS else 0.0
    return least * style.size, most * SAFETY * (EXPANDED if style.expanded else 1.0) * style.size


class _Faces(NamedTuple):
    """What the names of fonts say about their letters: the kinds that may be meant, and whether they are unusual."""

    kinds: frozenset[str]
    is_narrow: bool
    is_broad: bool


@lru_cache(256)
def _faces(families: str) -> _Faces:
    names = [name.strip(" \"'") for name in families.split(",")]
    patterns = {"mono": _MONO, "sans": _SANS, "serif": _SERIF}
    kinds = {next((kind for kind, pattern in patterns.items() if pattern.search(name)), "") for name in names} - {""}
    if names[-1] not in GENERIC:
        kinds |= {"sans", "serif"}  # nobody knows what stands in for a font that is not there, or for none
    return _Faces(frozenset(kinds), bool(_NARROW.search(families)), bool(_BROAD.search(families)))


@cache
def _table(kind: str, *, bold: bool) -> dict[str, float]:
    """Widths in em by character."""
    digits = {
        ("sans", False): widths.SANS,
        ("sans", True): widths.SANS_BOLD,
        ("serif", False): widths.SERIF,
        ("serif", True): widths.SERIF_BOLD,
    }[kind, bold]
    return {char: int(digits[at * 2 : at * 2 + 2]) / 64 for at, char in enumerate(widths.CHARACTERS)}


@lru_cache(4096)
def _widest(text: str, kinds: frozenset[str], bold: bool) -> float:
    """The width of characters in em, in the widest font of these kinds."""
    return sum(max(_width(char, kind, bold=bold) for kind in kinds) for char in text)


def _width(char: str, kind: str, *, bold: bool) -> float:
    known = _table("sans" if kind == "mono" else kind, bold=bold)
    if char in known:
        return MONOSPACE if kind == "mono" else known[char]
    apart = ALIKE.get(char) or unicodedata.normalize("NFKD", char)
    if apart == " " and unicodedata.decomposition(char).startswith("<compat>"):
        return IDEOGRAPH  # one of the wider blanks
    if apart != char:
        least = SYMBOL if unicodedata.decomposition(char).startswith(FRAMED) else 0.0
        return max(least, sum(_width(part, kind, bold=bold) for part in apart))
    if unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc"}:
        return 0.0
    return next((width for script, width in SCRIPTS if ord(char) in script), _unknown_width(char))


def _unknown_width(char: str) -> float:
    if unicodedata.east_asian_width(char) in {"W", "F"}:
        return EMOJI if ord(char) >= 0x1F000 else IDEOGRAPH
    return SYMBOL if ord(char) in _SYMBOLS else LETTER


@lru_cache(4096)
def _heights(char: str) -> Stretch:
    """How far a character reaches above and below its baseline, in em."""
    apart = unicodedata.normalize("NFD", char)
    base, marks = apart[0], apart[1:]
    if unicodedata.category(base) in {"Mn", "Me"}:
        return STACKED, TALL[1]
    is_flat = any(ord(base) in each for each in (_FLAT_SCRIPTS, _MORE_LATIN, _SYMBOLS))
    if not is_flat and unicodedata.east_asian_width(base) not in {"W", "F"}:
        return TALL
    return (STACKED if len(marks) > 1 else ASCENT), DESCENT
