"""What an element looks like as far as its extent goes: the properties it inherits, and those it sets itself.

As browsers do, a value that cannot be read is ignored; a length that only a browser knows is kept as a `trouble`,
which matters to whoever needs the style. Sources: SVG 2 chapters 6, 11 and 13; CSS Fonts. Knows properties; not shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import hypot, nan, sqrt
from typing import Any, NamedTuple

from deckgen.svgboxes.tree import SPACE, Node
from deckgen.svgboxes.values import NUMBER, ROOT_EM, Size, Unmeasurable, all_numbers, length

SIZES = {
    "xx-small": 9,
    "x-small": 10,
    "small": 13,
    "medium": 16,
    "large": 18,
    "x-large": 24,
    "xx-large": 32,
    "xxx-large": 48,
}
STEP = 1.2  # of `larger` and `smaller`
BOLD_FROM = 500  # 500 is bold where a font has no medium
KEEPS_SPACE = {"pre": True, "pre-wrap": True, "break-spaces": True, "normal": False, "nowrap": False}
UNUSUAL = ("(", "\\", "/*")  # in a value: only a browser reads it
READ_CLOSELY = frozenset(("stroked", "stroke_width", "marker_start", "marker_mid", "marker_end", "families", "size", "letter_spacing", "word_spacing"))  # fmt: skip
# What a style may set beside what is read here: without bearing on how far anything reaches.
HARMLESS = frozenset((
    "fill", "fill-opacity", "fill-rule", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset", "opacity", "color",
    "stop-color", "stop-opacity", "solid-color", "solid-opacity", "flood-color", "flood-opacity", "lighting-color",
    "shape-rendering", "text-rendering", "image-rendering", "color-rendering", "cursor", "pointer-events",
    "paint-order", "mix-blend-mode", "isolation", "clip-rule", "clip-path", "mask", "color-interpolation",
    "color-interpolation-filters", "line-height", "text-align", "display",
))  # fmt: skip
READ = frozenset(("x", "y", "width", "height", "cx", "cy", "r", "rx", "ry", "font", "marker", "baseline-shift", "alignment-baseline", "vector-effect", "overflow"))  # fmt: skip
USUAL = frozenset(("", "none", "normal"))
AS_USUAL = frozenset((
    "transform", "filter", "text-shadow", "text-decoration", "text-decoration-line", "font-variant-ligatures",
    "font-variant-position", "font-variant-numeric", "font-variant-alternates", "font-variant-east-asian",
    "font-feature-settings", "font-variation-settings", "unicode-bidi",
))  # fmt: skip
BASELINES = (
    "auto", "alphabetic", "baseline", "middle", "central", "hanging", "mathematical", "ideographic", "text-before-edge",
    "text-after-edge", "before-edge", "after-edge", "text-top", "text-bottom",
)  # fmt: skip
_OPACITY = re.compile(rf"({NUMBER})%?")
_FAMILY = r"""(?:"[^"]*"|'[^']*'|-?[a-z_][\w-]*(?:\s+-?[a-z_][\w-]*)*)"""
_FAMILIES = re.compile(rf"{_FAMILY}(?:\s*,\s*{_FAMILY})*", re.IGNORECASE)
_FONT = re.compile(
    r"(?:(?:normal|italic|oblique) )?(?:(?:normal|small-caps) )?(?:(?:normal|bold|bolder|lighter|[1-9]00) )?"
    rf"(?:(?:normal|(?:semi-|extra-|ultra-)?(?:condensed|expanded)) )?[a-z0-9.%-]+(?:/[a-z0-9.%]+)? {_FAMILIES.pattern}",
    re.IGNORECASE,
)
_MARKER = re.compile(r"url\(\s*(?P<quote>['\"]?)#(?P<name>[^\s'\"()%\\]+)(?P=quote)\s*\)")
_FONT_SIZE = re.compile(
    r"(?:\.?[0-9][0-9.]*(?:[a-z]+|%)|(?:xx?x?-)?(?:small|large)|medium|larger|smaller)(?:/\S+)?", re.IGNORECASE
)


class Style(NamedTuple):
    """Computed values; lengths in the units of the element."""

    visible: bool = True
    stroked: bool = False
    stroke_width: float = 1.0
    join: str = "miter"
    cap: str = "butt"
    miter_limit: float = 4.0
    marker_start: str = ""
    marker_mid: str = ""
    marker_end: str = ""
    size: float = ROOT_EM
    root_size: float = ROOT_EM
    bold: bool = False
    slanted: bool = False
    families: str = ""
    letter_spacing: float = 0.0
    word_spacing: float = 0.0
    anchor: str = "start"
    right_to_left: bool = False
    baseline: str = "auto"
    small_capitals: bool = False
    capitals: bool = False
    expanded: bool = False
    keeps_space: bool = False
    trouble: str = ""
    stroke_trouble: str = ""

    @property
    def reach(self) -> float:
        """How far a stroke goes beyond a smooth outline."""
        return self.stroke_width / 2 if self.stroked else 0.0

    def length(self, text: str, whole: float) -> float | None:
        """`values.length` with the font sizes of this style. Raises Unmeasurable."""
        return length(text, self.size, whole, self.root_size)


Reader = Callable[[str, Style, Size], Any]


def inherit(style: Style, node: Node, viewport: Size) -> Style:
    """The style of an element whose surroundings have `style`; per cent are of `viewport`."""
    declared = _declared(node)
    properties = {**node.attributes, **declared}
    for name in [name for name in PROPERTIES if name in properties]:
        field, read = PROPERTIES[name]
        value = properties[name].strip()
        word = value.lower()
        if word in {"inherit", "unset", "revert", "revert-layer"}:
            continue
        _check_plain(name, field, value)
        computed: Any
        try:
            computed = getattr(INITIAL, field) if word == "initial" else read(value, style, viewport)
        except Unmeasurable as problem:
            if field.startswith("marker"):
                raise
            if field == "size":
                style = style._replace(size=nan)
            field, computed = "stroke_trouble" if field.startswith("stroke") else "trouble", problem.message
        if computed is None and name in declared and field != "trouble":
            raise Unmeasurable(f"its style sets `{name}` to `{value[:60]}`")  # browsers may go by another value
        if computed is not None:
            style = style._replace(**{field: computed})
        if name == "font-size" and node.parent is None:
            style = style._replace(root_size=style.size)
    return style


def _check_plain(name: str, field: str, value: str) -> None:
    """Raise Unmeasurable for a value that only a browser reads; lengths, markers and colours have their own readers."""
    if field in READ_CLOSELY:
        return
    if any(sign in value for sign in UNUSUAL):
        raise Unmeasurable(f"the {name} `{value[:60]}` is only known to a browser")


def _declared(node: Node) -> dict[str, str]:
    """What the `style` attribute sets, with shorthands taken apart."""
    found = dict(node.styles)
    for name, group in (("marker", "marker-"), ("font", "font-"), ("font-variant", "font-variant-")):
        if name in found and any(other.startswith(group) for other in found):
            raise Unmeasurable(f"its style sets `{name}` and parts of it")
    if not _FAMILIES.fullmatch(found.get("font-family", "serif")):
        raise Unmeasurable("its style names fonts in an unusual way")
    if "marker" in found:
        found = dict.fromkeys(("marker-start", "marker-mid", "marker-end"), found["marker"]) | found
    if "font" in found:
        found = _font(found["font"]) | found
    return found


def is_absent(node: Node) -> bool:
    """Whether an element and all that is in it is left out, whatever its visibility."""
    return node.get("display").strip().lower() == "none"


def is_clear(node: Node) -> bool:
    """Whether an element is too transparent to be seen, with all that is in it."""
    match = _OPACITY.fullmatch(node.get("opacity").strip())
    return match is not None and float(match[1]) <= 0


def check_moves(node: Node) -> None:
    """Raise Unmeasurable for an element whose style sets what may move it, or make it larger than it is reckoned."""
    for name, value in node.styles.items():
        is_known = name in HARMLESS or name in READ or name in PROPERTIES or name.startswith("-inkscape-")
        is_usual = name in AS_USUAL and value.lower() in USUAL
        if not (is_known or is_usual) or (name == "transform" and "transform" in node.attributes):
            raise Unmeasurable(f"its style sets `{name}`")
    if "transform" in node.attributes and (node.get("transform-origin") or node.get("transform-box")):
        raise Unmeasurable("it is transformed about a `transform-origin`")
    for name in ("white-space", "unicode-bidi"):  # browsers differ on these
        if node.attributes.get(name, "").strip().lower() not in USUAL:
            raise Unmeasurable(f"it has the attribute `{name}`")
    effect = node.get("filter")
    if "(" in effect and not effect.lower().startswith("url("):
        raise Unmeasurable("its filter paints beyond it")


def check_stroke(node: Node, style: Style) -> None:
    """Raise Unmeasurable for a stroke whose width in the units of the element is not known."""
    if not style.stroked:
        return
    if style.stroke_trouble:
        raise Unmeasurable(style.stroke_trouble)
    if node.get("vector-effect").strip().lower() not in USUAL:
        raise Unmeasurable("its `vector-effect` makes the stroke as wide as the page has it")


def diagonal(viewport: Size) -> float:
    """What per cent are of where a length is neither a width nor a height."""
    return hypot(*viewport) / sqrt(2)


def _word(*words: str) -> Reader:
    return lambda value, _, __: value.lower() if value.lower() in words else None


def _truth(**words: bool) -> Reader:
    named = {word.replace("_", "-"): truth for word, truth in words.items()}
    return lambda value, _, __: named.get(value.lower())


def _one_of(words: dict[str, bool]) -> Reader:
    return lambda value, _, __: words.get(value.lower())


def _stroke_width(value: str, style: Style, viewport: Size) -> float | None:
    width = style.length(value, diagonal(viewport))
    return width if width is not None and width >= 0 else None


def _miter_limit(value: str, _: Style, __: Size) -> float | None:
    limit = all_numbers(value) or []
    return limit[0] if len(limit) == 1 and limit[0] >= 1 else None


def _marker(value: str, _: Style, __: Size) -> str | None:
    match = _MARKER.fullmatch(value)
    if not match and "(" in value:
        raise Unmeasurable(f"the marker `{value[:60]}` has an unusual name")
    return match["name"] if match else ("" if value.lower() == "none" else None)


def _font_size(value: str, style: Style, _: Size) -> float | None:
    word = value.lower()
    if word in SIZES:
        return float(SIZES[word])
    if word in {"larger", "smaller"}:
        return style.size * STEP if word == "larger" else style.size / STEP
    size = style.length(value, style.size)
    return size if size is not None and size >= 0 else None


def _font_weight(value: str, style: Style, _: Size) -> bool | None:
    weight = all_numbers(value)
    if weight:
        return weight[0] >= BOLD_FROM if len(weight) == 1 and 1 <= weight[0] <= 1000 else None
    return {"bold": True, "bolder": True, "normal": False, "lighter": style.bold}.get(value.lower())


def _spacing(value: str, style: Style, _: Size) -> float | None:
    if value.endswith("%"):
        raise Unmeasurable(f"browsers read the spacing `{value[:60]}` in different ways")
    return 0.0 if value.lower() == "normal" else style.length(value, 0.0)


def _families(value: str, _: Style, __: Size) -> str:
    return value.lower()


def _small_capitals(value: str, _: Style, __: Size) -> bool:
    return "cap" in value.lower() or "unicase" in value.lower()


def _slanted(value: str, _: Style, __: Size) -> bool:
    return value.lower().startswith(("italic", "oblique"))


def _expanded(value: str, _: Style, __: Size) -> bool:
    share = length(value, 1, 1)
    return "expanded" in value.lower() if share is None else share > 1


def _horizontal(value: str, _: Style, __: Size) -> None:
    if value.lower() not in {"horizontal-tb", "lr", "lr-tb", "rl", "rl-tb"}:
        raise Unmeasurable("its text does not run from side to side")


def _plain_only(value: str, _: Style, __: Size) -> None:
    if value.lower() not in {"none", "auto", "normal"}:
        raise Unmeasurable("the size of its text is only known to a browser")


def _font(value: str) -> dict[str, str]:
    """The parts of the `font` shorthand that matter here."""
    words = re.sub(r"\s*/\s*", "/", value).split()
    if not _FONT.fullmatch(" ".join(words)):
        return {"font-size-adjust": "a font only a browser knows"}
    at = next((index for index, word in enumerate(words) if _FONT_SIZE.fullmatch(word)), None)
    if at is None:
        return {"font-size-adjust": "a font of the system"}
    before = " ".join(words[:at]).lower()
    weight = re.search(r"\bbold(?:er)?\b|\blighter\b|\b[0-9]+\b", before)
    return {
        "font-size": words[at].partition("/")[0],
        "font-family": " ".join(words[at + 1 :]),
        "font-weight": weight[0] if weight else "normal",
        "font-style": "italic" if re.search("italic|oblique", before) else "normal",
        "font-variant": "small-caps" if "small-caps" in before else "normal",
        "font-stretch": "expanded" if "expanded" in before else "normal",
    }


INITIAL = Style()
PROPERTIES: dict[str, tuple[str, Reader]] = {
    "font-size": ("size", _font_size),  # first: other lengths may be in em
    "font-size-adjust": ("trouble", _plain_only),
    "inline-size": ("trouble", _plain_only),
    "writing-mode": ("trouble", _horizontal),
    "visibility": ("visible", _truth(visible=True, hidden=False, collapse=False)),
    "stroke": ("stroked", lambda value, _, __: value.lower() not in {"none", "transparent"}),
    "stroke-width": ("stroke_width", _stroke_width),
    "stroke-linejoin": ("join", _word("miter", "round", "bevel", "miter-clip", "arcs")),
    "stroke-linecap": ("cap", _word("butt", "round", "square")),
    "stroke-miterlimit": ("miter_limit", _miter_limit),
    "marker-start": ("marker_start", _marker),
    "marker-mid": ("marker_mid", _marker),
    "marker-end": ("marker_end", _marker),
    "font-weight": ("bold", _font_weight),
    "font-style": ("slanted", _slanted),
    "font-family": ("families", _families),
    "font-variant": ("small_capitals", _small_capitals),
    "font-variant-caps": ("small_capitals", _small_capitals),
    "text-transform": ("capitals", _truth(none=False, lowercase=False, uppercase=True, capitalize=True)),
    "font-stretch": ("expanded", _expanded),
    "letter-spacing": ("letter_spacing", _spacing),
    "word-spacing": ("word_spacing", _spacing),
    "text-anchor": ("anchor", _word("start", "middle", "end")),
    "direction": ("right_to_left", _truth(ltr=False, rtl=True)),
    "dominant-baseline": ("baseline", _word(*BASELINES)),
    SPACE: ("keeps_space", _truth(preserve=True, default=False)),
    "white-space": ("keeps_space", _one_of(KEEPS_SPACE)),
}
