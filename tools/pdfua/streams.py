"""What the operators of pages paint, and which text that is.

Text is decoded as PDF/UA wants it to be found: through ToUnicode, actual text before it, reversed strings put right.
Fonts are taken to be of two kinds, composite ones with codes of two bytes and others with codes of one. Knows content;
not the structure tree.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from math import hypot
from typing import Any, NamedTuple

import pikepdf

TEXTS = frozenset(("Tj", "TJ", "'", '"'))
PAINTS = frozenset(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "INLINE IMAGE"))
INVISIBLE = 3  # the mode of text that is searched but not seen
NOTHING: Any = pikepdf.Dictionary()
Matrix = tuple[float, float, float, float, float, float]
UNMOVED: Matrix = (1, 0, 0, 1, 0, 0)


class Mark(NamedTuple):
    """A marked piece of content: the page or form that holds it (its object number), and its number there."""

    holder: int
    number: int


class Scope(NamedTuple):
    """A marked-content sequence that is open."""

    tag: str
    properties: Any
    mark: Mark | None


class Painted(NamedTuple):
    """Something drawn on a page: the operator, what it says, the sequences around it from the outside in, and where.

    What a sequence says in place of its content has no operator. A text begins so far `along` the direction in which its
    letters are drawn, is so `wide` and lies so far `across`, whichever way the page is turned; all in points, and so is
    the `size` of its letters.
    """

    operator: str
    text: str
    scopes: tuple[Scope, ...]
    along: float = 0.0
    across: float = 0.0
    wide: float = 0.0
    size: float = 0.0

    @property
    def mark(self) -> Mark | None:
        """The innermost mark."""
        return next((scope.mark for scope in reversed(self.scopes) if scope.mark), None)

    @property
    def artifact(self) -> bool:
        """Whether it is decoration."""
        return any(scope.tag == "Artifact" for scope in self.scopes)


@dataclass(slots=True, eq=False)
class Font:
    """A font as it is used: every code that was shown, and whether any could be seen. Widths in thousandths of an em."""

    obj: Any
    unicode: dict[int, str]
    widths: dict[int, float]
    codes: set[int] = field(default_factory=set)
    seen: bool = False

    @property
    def wide(self) -> bool:
        """Whether a code has two bytes."""
        return str(self.obj.get("/Subtype")) == "/Type0"

    def codes_of(self, raw: bytes) -> list[int]:
        """The codes in a string."""
        step = 2 if self.wide else 1
        return [int.from_bytes(raw[at : at + step]) for at in range(0, len(raw), step)]

    @property
    def name(self) -> str:
        """For people."""
        return str(self.obj.get("/BaseFont", "a font without a name")).lstrip("/")


@dataclass(slots=True, eq=False)
class Contents:
    """Everything painted on the pages, and what was met on the way."""

    pages: list[list[Painted]] = field(default_factory=list)
    fonts: dict[tuple[int, int], Font] = field(default_factory=dict)
    sequences: list[tuple[Scope, ...]] = field(default_factory=list)  # each that was opened, behind those around it
    unbalanced: list[str] = field(default_factory=list)
    forms: Counter[int] = field(default_factory=Counter)  # how often each is drawn


def contents(pdf: pikepdf.Pdf) -> Contents:
    """What the pages of a document paint."""
    found = Contents()
    for page in pdf.pages:
        reader = _Reader(found)
        reader.run(page, page.obj.get("/Resources", NOTHING), page.obj.objgen[0], _State())
        found.pages.append(reader.painted)
    return found


@dataclass(slots=True)
class _State:
    """What of the graphics state matters to text."""

    font: Font | None = None
    size: float = 0.0
    mode: int = 0
    matrix: Matrix = UNMOVED


class _Reader:
    """Follows the operators of a page, and of the forms it draws."""

    def __init__(self, found: Contents) -> None:
        self.found = found
        self.painted: list[Painted] = []
        self.scopes: tuple[Scope, ...] = ()
        self.text = UNMOVED

    def run(self, stream: Any, resources: Any, holder: int, state: _State) -> None:
        """Follow one stream; what it opens it has to close."""
        saved, outside = list[_State](), self.scopes
        for instruction in pikepdf.parse_content_stream(stream):
            name, operands = str(instruction.operator), instruction.operands
            if name == "q":
                saved.append(replace(state))
            elif name == "Q" and saved:
                state = saved.pop()
            elif name == "EMC" and self.scopes == outside:
                self.found.unbalanced.append(f"object {holder}: a sequence ends that never began")
            elif name in {"BMC", "BDC"}:
                self._open(operands, resources, holder)
            elif name == "Do":
                self._draw(resources.get("/XObject", {}).get(str(operands[0])), state)
            elif name == "Tf":
                state.font, state.size = (
                    self._font(resources.get("/Font", {}).get(str(operands[0]))),
                    float(operands[1]),
                )
            else:
                self._step(name, operands, state)
        if self.scopes != outside:
            self.found.unbalanced.append(f"object {holder}: a sequence begins that never ends")
            self.scopes = outside

    def _step(self, name: str, operands: Any, state: _State) -> None:
        if name == "EMC":
            self.scopes = self.scopes[:-1]
        elif name == "Tr":
            state.mode = int(operands[0])
        elif name == "cm":
            state.matrix = _moved(operands, state.matrix)
        elif name in {"BT", "Tm"}:
            self.text = _moved(operands or UNMOVED, UNMOVED)
        elif name in {"Td", "TD"}:
            self.text = _moved((1, 0, 0, 1, *operands), self.text)
        elif name in TEXTS:
            self._show(name, operands[-1], state)
        elif name in PAINTS:
            self.painted.append(Painted(name, "", self.scopes))

    def _open(self, operands: Any, resources: Any, holder: int) -> None:
        properties = operands[1] if len(operands) > 1 else NOTHING
        if isinstance(properties, pikepdf.Name):
            properties = resources.get("/Properties", {}).get(str(properties), NOTHING)
        mark = Mark(holder, int(properties.MCID)) if "/MCID" in properties else None
        self.scopes = (*self.scopes, Scope(str(operands[0]).lstrip("/"), properties, mark))
        self.found.sequences.append(self.scopes)
        if "/ActualText" in properties:
            self.painted.append(Painted("", str(properties.ActualText), self.scopes))

    def _draw(self, drawn: Any, state: _State) -> None:
        if drawn is not None and str(drawn.get("/Subtype")) == "/Form":
            self.found.forms[drawn.objgen[0]] += 1
            moved = replace(state, matrix=_moved(drawn.get("/Matrix", UNMOVED), state.matrix))
            self.run(drawn, drawn.get("/Resources", NOTHING), drawn.objgen[0], moved)
        else:
            self.painted.append(Painted("Do", "", self.scopes))

    def _show(self, name: str, shown: Any, state: _State) -> None:
        pieces = list(shown) if isinstance(shown, pikepdf.Array) else [shown]
        raw = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
        if raw and state.font:
            a, b, _, _, x, y = _moved(self.text, state.matrix)
            scale = hypot(a, b) or 1.0
            codes = state.font.codes_of(raw)
            moved = sum(float(piece) for piece in pieces if not isinstance(piece, pikepdf.String))
            wide = (sum(state.font.widths.get(code, 0.0) for code in codes) - moved) / 1000
            place = ((x * a + y * b) / scale, (y * a - x * b) / scale, wide * state.size * scale, state.size * scale)
            self.painted.append(Painted(name, self._said(codes, state.font, state.mode), self.scopes, *place))

    def _said(self, codes: list[int], font: Font, mode: int) -> str:
        font.codes.update(codes)
        font.seen = font.seen or mode != INVISIBLE
        if any("/ActualText" in scope.properties for scope in self.scopes):
            return ""  # told already
        letters = [font.unicode.get(code, "\ufffd") for code in codes]
        return "".join(reversed(letters) if self.scopes and self.scopes[-1].tag == "ReversedChars" else letters)

    def _font(self, obj: Any) -> Font | None:
        if obj is None:
            return None
        if obj.objgen not in self.found.fonts:
            self.found.fonts[obj.objgen] = Font(obj, to_unicode(obj), widths_of(obj))
        return self.found.fonts[obj.objgen]


def _moved(by: Any, matrix: Matrix) -> Matrix:
    """A matrix after another."""
    a, b, c, d, e, f = (float(each) for each in by)
    p, q, r, s, t, u = matrix
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def to_unicode(font: Any) -> dict[int, str]:
    """The letters of each code, as the font's ToUnicode map tells them."""
    found: dict[int, str] = {}
    if not isinstance(font.get("/ToUnicode"), pikepdf.Stream):
        return found
    source = font.ToUnicode.read_bytes().decode("latin-1")
    for table in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        for code, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", table):
            found[int(code, 16)] = _letters(letters)
    for table in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for low, high, letters in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(<[^>]*>|\[[^]]*\])", table):
            codes, each = range(int(low, 16), int(high, 16) + 1), re.findall(r"<([^>]*)>", letters)
            if letters.startswith("["):
                found.update(zip(codes, map(_letters, each), strict=False))
            else:
                word = _letters(each[0])
                found.update((code, word[:-1] + chr(ord(word[-1]) + code - codes[0])) for code in codes)
    return found


def _letters(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be", errors="replace")


def widths_of(font: Any) -> dict[int, float]:
    """The widths of a composite font's glyphs, as its dictionary tells them; none of another font."""
    told: dict[int, float] = {}
    waiting = list(font.DescendantFonts[0].get("/W", ())) if "/DescendantFonts" in font else []
    while waiting:
        first, second, *waiting = waiting
        if isinstance(second, pikepdf.Array):
            told.update((int(first) + at, float(width)) for at, width in enumerate(second))
        else:
            width, *waiting = waiting
            told.update((code, float(width)) for code in range(int(first), int(second) + 1))
    return told
