r"""Formulas: LaTeX to an SVG drawing, by ziamath, with its size and its words.

ziamath draws what it can and prints the rest as text, so what it does not know is refused here first. Nothing
of a formula reaches Typst but the finished outlines. Knows LaTeX formulas; not cards.
"""

from __future__ import annotations

import hashlib
import html
import re
import warnings
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from deckgen.printing.spoken import spoken

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SIZE = 10.0  # ziamath's pixels; everything handed out is in em
MARGIN = 0.4  # so that slanted letters do not touch the picture's edge
LARGEST = 1000.0  # pixels
LONGEST = 2000
TEXT_COMMANDS = re.compile(r"\\(?:text|textrm|textbf|textit|textsf|texttt|mbox|hbox)\s*\{")
# Defines, numbers, links or loads: nothing of a formula on a card, and some of it can swell without bound.
FORBIDDEN = re.compile(
    r"\\(?:(?:re|provide)?newcommand|def|gdef|let|tag|href|url|input|include\w*|ce|pu|label|ref|eqref)(?![a-zA-Z])"
)


class Formula(NamedTuple):
    """A drawn formula: an SVG, its size and its depth below the line in em, and how one would say it."""

    svg: bytes
    width: float
    height: float
    depth: float
    spoken: str

    @property
    def name(self) -> str:
        """The file name, the same for the same drawing."""
        return f"math/{hashlib.sha256(self.svg).hexdigest()[:16]}.svg"


class UnsupportedMath(Exception):  # noqa: N818 - says what it is
    """A formula that cannot be drawn; the message says why, in words for the author."""


@cache
def draw(tex: str, display: bool) -> Formula:
    """The drawing of a formula. Raises UnsupportedMath."""
    _refuse(tex)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            element = _tree(tex, display)
            _refuse_unknown(element)
            return _drawn(tex, display, spoken(element))
    except UnsupportedMath:
        raise
    except Exception as error:  # ziamath and latex2mathml raise whatever happens to break
        raise UnsupportedMath(
            "it cannot be drawn: a brace, a bracket or an argument is missing, most likely"
        ) from error


def _refuse(tex: str) -> None:
    if not tex.strip():
        raise UnsupportedMath("it is empty")
    if len(tex) > LONGEST:
        raise UnsupportedMath(f"it is longer than {LONGEST:,} characters")
    if found := FORBIDDEN.search(tex):
        raise UnsupportedMath(f"`{found[0]}` cannot be drawn")
    if not _balanced(tex):
        raise UnsupportedMath("a brace is missing")
    for text in _texts(tex):
        if found := re.search(r"[<>&$]", text):
            raise UnsupportedMath(f"`{found[0]}` cannot stand inside a `\\text`")


def _balanced(tex: str) -> bool:
    """Whether every brace has its partner: latex2mathml would quietly add the missing ones."""
    depth = 0
    for brace in re.findall(r"\\.|[{}]", tex, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0


def _texts(tex: str) -> Iterator[str]:
    r"""What stands between the braces of every `\text`."""
    for found in TEXT_COMMANDS.finditer(tex):
        depth, at = 1, found.end()
        while at < len(tex) and depth:
            depth += {"{": 1, "}": -1}.get(tex[at], 0)
            at += 1
        yield tex[found.end() : at]


def _tree(tex: str, display: bool) -> Element:
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415 - slow, and only decks with formulas need it

    return convert_to_element(tex, display="block" if display else "inline")


def _refuse_unknown(element: Element) -> None:
    for text in element.itertext():
        if "\\" in text:
            raise UnsupportedMath(f"`{text.strip()[:40]}` is not known")
        for char in html.unescape(text):
            if not char.isspace() and ord(char) not in _math_font() and not 0x2000 <= ord(char) < 0x2070:
                raise UnsupportedMath(f"the font for formulas has no `{char}`")


@cache
def _math_font() -> frozenset[int]:
    from pathlib import Path  # noqa: PLC0415 - as below

    import ziamath  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    with TTFont(Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())


def _drawn(tex: str, display: bool, words: str) -> Formula:
    import ziamath  # noqa: PLC0415 - as above

    formula = ziamath.zmath.Latex(tex, size=SIZE, inline=not display, margin=MARGIN)
    ink_width, ink_height = formula.getsize()
    width, height = ink_width + 2 * MARGIN, ink_height + 2 * MARGIN
    if not (ink_width > 0 and width < LARGEST and ink_height > 0 and height < LARGEST):
        raise UnsupportedMath("it draws nothing, or something too large for any page")
    depth = MARGIN - formula.getyofst()
    return Formula(
        formula.svg().encode(), round(width / SIZE, 3), round(height / SIZE, 3), round(depth / SIZE, 3), words
    )
