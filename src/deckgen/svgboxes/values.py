"""Values as SVG writes them: numbers, lengths, transforms, view boxes, style declarations; and bounds.

What a browser ignores is ignored here too; what only a browser can know (`calc()`, `vw`) is Unmeasurable. Sources:
SVG 2 chapters 4, 8 and 9, and CSS Values. Knows values; not elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from math import cos, hypot, isfinite, isnan, radians, sin, tan
from typing import NamedTuple

from fontTools.misc.transform import Identity, Transform

NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
LARGEST = 1e6  # a number beyond is no drawing, and browsers reckon with it in ways of their own
HINT = "Give the mask a `box` in fractions of the picture instead."
PIXELS = {"": 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54, "q": 2.4 / 2.54, "pt": 4 / 3, "pc": 16.0}
BROWSER_UNITS = re.compile(r"r?ex|r?ch|r?cap|r?ic|r?lh|[sld]?v(?:w|h|i|b|min|max)")
ROOT_EM = 16.0
_NEXT = re.compile(rf"[\s,]*({NUMBER})")
_LENGTH = re.compile(rf"\s*({NUMBER})(%|[a-z]*)\s*", re.IGNORECASE)
_FUNCTION = re.compile(r"[\s,]*([a-zA-Z]+)\s*\(([^()]*)\)\s*")
_COMMENT = re.compile(r"""("[^"]*"|'[^']*')|/\*.*?(?:\*/|\Z)""", re.DOTALL)
_WORD = r"""[ -~\t\n\r\f]"""
_QUOTED = r""""[^"'()\\\n\r\f]*"|'[^"'()\\\n\r\f]*'"""
_PLAIN_STYLE = re.compile(
    rf"""(?:(?!["'()\\!{{}}\[\]@<]|/\*){_WORD}|{_QUOTED}|\((?:[^"'()\\]*|\s*(?:{_QUOTED})\s*)\))*"""
)
_DECLARATION = re.compile(r"""(?:[^;"'(]|"[^"]*"|'[^']*'|\([^)]*\))+""")
_PROPERTY = re.compile(r"-?[a-z][a-z-]*", re.IGNORECASE)
_ASPECT = re.compile(r"\s*(?:defer\s+)?x(Min|Mid|Max)Y(Min|Mid|Max)(?:\s+(meet|slice))?\s*")
_SHARE = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}

Point = tuple[float, float]
Size = tuple[float, float]


class Unmeasurable(Exception):  # noqa: N818 - not an error of the program: the caller turns it into a diagnostic
    """An element whose place cannot be told: a `message` for the author, and a `hint` on what to do."""

    def __init__(self, message: str, hint: str = HINT) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Bounds(NamedTuple):
    """A rectangle by its sides; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def joined(self, other: Bounds | None) -> Bounds:
        """The smallest rectangle around both."""
        if other is None:
            return self
        return Bounds(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def within(self, other: Bounds | None) -> Bounds | None:
        """What both have in common; None for nothing. Without another, all of it."""
        if other is None:
            return self
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Bounds(left, top, right, bottom) if left <= right and top <= bottom else None

    def moved(self, x: float, y: float) -> Bounds:
        """The same rectangle elsewhere."""
        return Bounds(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def widened(self, radius: float, matrix: Transform) -> Bounds:
        """With room on all sides for a disc of `radius` that `matrix` makes an ellipse."""
        x, y = radius * hypot(matrix.xx, matrix.yx), radius * hypot(matrix.xy, matrix.yy)
        return Bounds(self.left - x, self.top - y, self.right + x, self.bottom + y)


def around(points: Iterable[Point], matrix: Transform = Identity) -> Bounds:
    """The bounds of points, of one at least, once `matrix` has moved them."""
    xs, ys = zip(*map(matrix.transformPoint, points), strict=True)
    return Bounds(min(xs), min(ys), max(xs), max(ys))


def corners(left: float, top: float, width: float, height: float) -> tuple[Point, ...]:
    """The corners of a rectangle."""
    return (left, top), (left + width, top), (left + width, top + height), (left, top + height)


def number(text: str) -> float:
    """A number that a pattern of this module found. Raises Unmeasurable for one beyond reason."""
    value = float(text)
    if not abs(value) <= LARGEST:
        raise Unmeasurable(f"the drawing holds a number beyond reason: `{text[:30]}`")
    return value


def numbers(text: str) -> list[float]:
    """The numbers a text begins with, up to the first thing that is none."""
    found, at = [], 0
    while match := _NEXT.match(text, at):
        found.append(number(match[1]))
        at = match.end()
    return found


def all_numbers(text: str) -> list[float] | None:
    """The numbers of a text that holds nothing else but blanks and commas; None for another text."""
    return None if _NEXT.sub("", text).strip() else numbers(text)


def length(text: str, em: float, whole: float, rem: float = ROOT_EM) -> float | None:
    """A length in pixels, per cent of `whole`; None for words such as `auto` and for what is no length.

    An `em` or `rem` that is no number stands for a font size that only a browser knows.
    """
    match = _LENGTH.fullmatch(text) if text else None
    if not match:
        if "(" in text:
            raise Unmeasurable(f"the length `{text[:60]}` is only known to a browser")
        return None
    value, unit = number(match[1]), match[2].lower()
    if unit == "%":
        return value * whole / 100
    sizes = {"em": em, "rem": rem}
    if BROWSER_UNITS.fullmatch(unit) or isnan(sizes.get(unit, 0.0)):
        raise Unmeasurable(f"the length `{text.strip()[:60]}` is only known to a browser")
    scale = sizes[unit] if unit in sizes else PIXELS.get(unit)
    return None if scale is None else value * scale


def transform(text: str) -> Transform:
    """The matrix of a `transform` attribute. Raises Unmeasurable for one that is not written as SVG wants it."""
    matrix, at = Identity, 0
    text = text.strip()
    while at < len(text):
        match = _FUNCTION.match(text, at)
        step = match and _step(match[1], match[2])
        if not match or step is None:
            if text == "none":
                return Identity
            raise Unmeasurable(f"the transform `{text[:60]}` is not one of SVG")
        matrix = matrix.transform(step)
        at = match.end()
    return matrix


def _step(name: str, arguments: str) -> Transform | None:
    """The matrix of one function of a transform; None for one that is not of SVG."""
    values = all_numbers(arguments) or []
    kind = _STEPS.get((name, len(values)))
    return kind and kind(*values)


def rotation(degrees: float) -> Transform:
    """A turn clockwise about the origin."""
    angle = radians(degrees)
    return Transform(cos(angle), sin(angle), -sin(angle), cos(angle), 0, 0)


def _turned_about(degrees: float, x: float, y: float) -> Transform:
    return Identity.translate(x, y).transform(rotation(degrees)).translate(-x, -y)


_STEPS: dict[tuple[str, int], Callable[..., Transform]] = {
    ("matrix", 6): Transform,
    ("translate", 1): lambda x: Identity.translate(x, 0),
    ("translate", 2): Identity.translate,
    ("scale", 1): lambda scale: Identity.scale(scale, scale),
    ("scale", 2): Identity.scale,
    ("rotate", 1): rotation,
    ("rotate", 3): _turned_about,
    ("skewX", 1): lambda degrees: Transform(1, 0, tan(radians(degrees)), 1, 0, 0),
    ("skewY", 1): lambda degrees: Transform(1, tan(radians(degrees)), 0, 1, 0, 0),
}


def view_box(text: str) -> tuple[float, float, float, float] | None:
    """(left, top, width, height) of a `viewBox`; None where there is none or a browser ignores it."""
    values = all_numbers(text)
    if values is None or len(values) != 4 or values[2] < 0 or values[3] < 0:
        return None
    return values[0], values[1], values[2], values[3]


def fitted(box: tuple[float, float, float, float], size: Size, aspect: str) -> Transform:
    """What `preserveAspectRatio` makes of a view box with an extent: from its units to those `size` is given in."""
    left, top, width, height = box
    x, y = size[0] / width, size[1] / height
    if aspect.strip().removeprefix("defer").strip().partition(" ")[0] == "none":
        return Identity.scale(x, y).translate(-left, -top)
    match = _ASPECT.fullmatch(aspect)
    across, down, way = match.groups() if match else ("Mid", "Mid", "meet")
    scale = max(x, y) if way == "slice" else min(x, y)
    right = (size[0] - width * scale) * _SHARE[across]
    below = (size[1] - height * scale) * _SHARE[down]
    return Identity.translate(right, below).scale(scale, scale).translate(-left, -top)


def declarations(style: str) -> dict[str, str]:
    """What a `style` attribute sets: properties in small letters, values trimmed.

    Which of two values counts, and what `!important`, `var()`, `calc()` and escapes make of it, is left to browsers:
    raises Unmeasurable for these, and for quotes and brackets that are not plain.
    """
    plain = _COMMENT.sub(lambda match: match[1] or " ", style)  # a comment parts what stands around it
    if not _PLAIN_STYLE.fullmatch(plain) or re.search(r"\b(?:var|env|attr|calc|min|max|clamp)\(", plain, re.IGNORECASE):
        raise Unmeasurable(f"its style `{style.strip()[:60]}` is only understood by a browser")
    found: dict[str, str] = {}
    for match in _DECLARATION.finditer(plain):
        name, colon, value = match[0].partition(":")
        name = name.strip().lower()
        if not colon:
            continue
        if name in found or not _PROPERTY.fullmatch(name):
            raise Unmeasurable(f"its style sets `{name[:60]}` more than once or in an unusual way")
        found[name] = value.strip()
    return found


def is_finite(bounds: Bounds) -> bool:
    """Whether every side is a number."""
    return all(map(isfinite, bounds))
