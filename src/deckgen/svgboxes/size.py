"""How large a browser shows an SVG that stands in an `<img>`, by what its outermost tag says.

Measured in Chromium 156: attributes count and the `style` does not; one side alone brings the other by the view box,
unless `preserveAspectRatio="none"` lets go of its shape. Knows one tag; not what is drawn in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from deckgen.svgboxes.style import INITIAL, Style, inherit
from deckgen.svgboxes.tree import Node
from deckgen.svgboxes.values import view_box

DEFAULT = (300.0, 150.0)  # of a picture that says nothing at all; CSS 2.2, chapter 10


class ShownSize(NamedTuple):
    """A size in CSS pixels. Where the tag leaves it to the page (`is_said` is false), only the shape is to be trusted."""

    width: float
    height: float
    is_said: bool


def shown_size(attributes: Mapping[str, str]) -> ShownSize:
    """The size of an SVG by the attributes of its `<svg>`. Raises Unmeasurable for what only a browser knows (`10vw`)."""
    root = Node("svg", attributes, None)
    return size_of(root, inherit(INITIAL, root, (0.0, 0.0)))


def size_of(root: Node, style: Style) -> ShownSize:
    """The same for a root whose style is known: `em` is its own font size."""
    width, height = (_side(root.attributes.get(name, ""), style) for name in ("width", "height"))
    if width and height:
        return ShownSize(width, height, is_said=True)
    box = view_box(root.attributes.get("viewBox", ""))
    if not box or not box[2] or not box[3]:
        return ShownSize(width or DEFAULT[0], height or DEFAULT[1], is_said=False)
    if root.attributes.get("preserveAspectRatio", "").split()[:1] == ["none"]:
        return ShownSize(*DEFAULT, is_said=False)
    if width or height:
        return ShownSize(width or height * box[2] / box[3], height or width * box[3] / box[2], is_said=True)
    return ShownSize(box[2], box[3], is_said=False)


def _side(value: str, style: Style) -> float:
    """A side in pixels; 0 where there is none, or one in per cent of the page."""
    return 0.0 if value.strip().endswith("%") else max(0.0, style.length(value, 0.0) or 0.0)
