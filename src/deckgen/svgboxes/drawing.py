"""Where the elements of an SVG lie on the picture: transforms, nested viewports, copies and markers followed.

Clip paths, masks and filters that only refer to something are left aside: an element is measured as if it had none.
Sources: SVG 2 chapters 5, 7, 8 and 13. Knows how elements stand in each other; not who asks where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from fontTools.misc.transform import Identity, Transform

from deckgen.svgboxes.outline import WITH_MARKERS, Corner, extent, reach
from deckgen.svgboxes.size import size_of
from deckgen.svgboxes.style import INITIAL, Style, check_moves, inherit, is_absent, is_clear
from deckgen.svgboxes.text import text_bounds
from deckgen.svgboxes.tree import DRAWN, GROUPS, Node, read
from deckgen.svgboxes.values import (
    Bounds,
    Point,
    Size,
    Unmeasurable,
    around,
    corners,
    fitted,
    is_finite,
    numbers,
    rotation,
    transform,
    view_box,
)

COPIES = 20_000  # elements drawn through a `use` or a marker in one answer; a large one counts as several
DECIMALS = 6
MARKER_SIZE = 3.0
FRAMED = ("width", "height", "padding", "border", "margin")
HARMLESS = frozenset(("100%", "auto", "none", "0", "0px"))
SYMBOL_NEW = frozenset(("x", "y", "width", "height", "refX", "refY"))  # new in SVG 2
VIEWPORTS = frozenset(("svg", "symbol", "marker"))


class Box(NamedTuple):
    """A rectangle on the picture, in fractions of its width and height; it may reach outside of 0 to 1."""

    left: float
    top: float
    width: float
    height: float


NOTHING = Box(0.0, 0.0, 0.0, 0.0)


class _Place(NamedTuple):
    """What an element takes from those around it. `clip` is in fractions of the picture, like all bounds here.

    `copies` counts the elements around it that are drawn elsewhere than they stand.
    """

    matrix: Transform
    style: Style
    viewport: Size
    clip: Bounds | None = None
    copies: int = 0


class Drawing:
    """The elements of an SVG that the allow-list has accepted, and where they lie.

    An element is measured by its outline, painted or not: a rectangle without fill and stroke can stand for a place.
    What has `display: none`, `visibility: hidden` or `opacity: 0` draws nothing. `ids` are those of all elements that are drawn where they stand, in the order of the file, hidden ones too.
    Raises Unmeasurable for what is no SVG.
    """

    def __init__(self, data: bytes) -> None:
        self._root, self._named = read(data)
        self._copied, self._limit = 0, COPIES + len(data) // 10
        self._known: dict[tuple[object, ...], Bounds | None] = {}
        self._styles: dict[tuple[Node, Size], Style] = {}
        self.ids: tuple[str, ...] = tuple(name for name, node in self._named.items() if node.is_drawn)

    def box(self, element_id: str) -> Box:
        """The box around all that an element draws, with its strokes and markers; `NOTHING` where it draws nothing.

        Text is given the room it takes in the widest of common fonts. Raises Unmeasurable.
        """
        node = self._named.get(element_id)
        if node is None:
            raise Unmeasurable(f"the drawing has no element `{element_id}`", "Look its id up in your drawing program.")
        if not node.is_drawn:
            hint = "Name an element that is drawn where it stands, such as the <use> that shows this one."
            raise Unmeasurable(f"`{element_id}` is a <{node.tag}> that is not drawn where it stands", hint)
        self._copied = 0
        self._known.clear()  # so that an answer does not depend on those before it
        try:
            bounds = self._measured(node)
        except Unmeasurable as problem:
            raise Unmeasurable(f"`{element_id}` cannot be measured: {problem.message}", problem.hint) from None
        if bounds is None:
            return NOTHING
        if not is_finite(bounds):
            raise Unmeasurable(f"`{element_id}` cannot be measured: it is endless")
        left, top = round(bounds.left, DECIMALS), round(bounds.top, DECIMALS)
        return Box(left, top, round(bounds.right - left, DECIMALS), round(bounds.bottom - top, DECIMALS))

    def _measured(self, asked: Node) -> Bounds | None:
        place: _Place | None = _frame(self._root)
        if is_absent(self._root) or is_clear(self._root):
            return None
        chain = asked.chain()[1:]
        within = [node for node in chain if node.tag in GROUPS and node is not asked]
        for node in within:
            place = place and _inside(node, place)
        if place is None:
            return None
        drawn = chain[len(within)] if chain else None
        return self._all([drawn] if drawn else list(self._root.elements), place, asked)

    def _all(self, nodes: list[Node], place: _Place, asked: Node | None = None) -> Bounds | None:
        """The bounds of elements that stand in `place`; of a text only those of a part, where one is `asked` for."""
        found: Bounds | None = None
        waiting = [(node, place) for node in nodes]
        while waiting:
            node, where = waiting.pop()
            if where.copies:
                self._count(node)
            inside = _inside(node, where) if node.tag in DRAWN else None
            if inside is None:
                continue
            if node.tag in GROUPS:
                waiting += [(child, inside) for child in node.elements]
                continue
            for bounds in self._drawn(node, inside, asked or node):
                clipped = bounds and bounds.within(inside.clip)
                found = clipped.joined(found) if clipped else found
        return found

    def _drawn(self, node: Node, inside: _Place, asked: Node) -> Iterator[Bounds | None]:
        matrix, style, viewport = inside.matrix, inside.style, inside.viewport
        if node.tag == "use":
            yield self._used(node, inside)
        elif node.tag == "text":
            yield text_bounds(node, asked if asked.tag == "tspan" else node, style, viewport, matrix)
        elif style.visible:
            found = reach(node, style, viewport, matrix)
            yield found.bounds
            if node.tag in WITH_MARKERS and (style.marker_start or style.marker_mid or style.marker_end):
                yield from self._marked(found.corners, inside)

    def _used(self, use: Node, place: _Place) -> Bounds | None:
        target = self._named.get(use.href) or self._named.get(unquote(use.href))
        if target is None or target.tag not in DRAWN | {"symbol"}:
            return None
        x = extent(use, "x", place.style, place.viewport[0]) or 0.0
        y = extent(use, "y", place.style, place.viewport[1]) or 0.0
        width = extent(use, "width", place.style, place.viewport[0])
        height = extent(use, "height", place.style, place.viewport[1])
        return self._copy(target, place._replace(matrix=place.matrix.translate(x, y)), (width, height))

    def _marked(self, corners: tuple[Corner, ...], place: _Place) -> Iterator[Bounds | None]:
        """The bounds of the markers of a line: at its start, at its end, and at each corner between."""
        style = place.style
        names = [(style.marker_mid, corner) for corner in corners[1:-1]]
        names += [(style.marker_start, corners[0]), (style.marker_end, corners[-1])] if corners else []
        for index, (name, corner) in enumerate(names):
            marker = self._named.get(name)
            if marker is None or marker.tag != "marker":
                continue
            is_start = index == len(names) - 2
            turn = _orientation(marker.attributes.get("orient", ""), corner.angle, is_start=is_start)
            matrix = place.matrix.translate(*corner.point).transform(rotation(turn))
            if marker.attributes.get("markerUnits") != "userSpaceOnUse":
                matrix = matrix.scale(style.stroke_width, style.stroke_width)
            outer = self._style_around(marker, place.viewport)
            yield self._copy(marker, place._replace(matrix=matrix, style=outer))

    def _style_around(self, marker: Node, viewport: Size) -> Style:
        """What a marker inherits: from where it stands, not from the line it is drawn on."""
        key = marker, viewport
        if key not in self._styles:
            style = INITIAL
            for node in marker.chain()[:-1]:
                check_moves(node)
                style = inherit(style, node, viewport)
            self._styles[key] = style
        return self._styles[key]

    def _copy(self, node: Node, place: _Place, size: tuple[float | None, float | None] = (None, None)) -> Bounds | None:
        """The bounds of an element drawn once more, in `place`. Copies that are only moved are measured once."""
        if place.copies > 2:
            raise Unmeasurable("it uses elements that use others themselves")
        a, b, c, d, x, y = place.matrix
        origin = place._replace(matrix=Transform(a, b, c, d, 0, 0), clip=None, copies=place.copies + 1)
        key = node, origin, size
        if key not in self._known:
            self._count(node)
            if node.tag in VIEWPORTS:
                inside = _inside(node, origin, size)
                self._known[key] = inside and self._all(list(node.elements), inside)
            else:
                self._known[key] = self._all([node], origin)
        found = self._known[key]
        return found and found.moved(x, y)

    def _count(self, node: Node) -> None:
        self._copied += node.size
        if self._copied > self._limit:
            raise Unmeasurable("it draws too many copies of other elements")


def _inside(node: Node, place: _Place, size: tuple[float | None, float | None] = (None, None)) -> _Place | None:
    """What the content of an element takes from it; None where nothing of it is seen. `size` is that of a `use`."""
    if is_absent(node) or is_clear(node):
        return None
    check_moves(node)
    matrix = place.matrix
    if "transform" in node.attributes:
        if node.tag in VIEWPORTS:
            raise Unmeasurable(f"a <{node.tag}> has a transform of its own")
        matrix = matrix.transform(transform(node.attributes["transform"]))
    place = place._replace(matrix=matrix, style=inherit(place.style, node, place.viewport))
    return _viewed(node, place, size) if node.tag in VIEWPORTS else place


def _viewed(node: Node, place: _Place, size: tuple[float | None, float | None]) -> _Place | None:
    """What the content of an element with a viewport of its own takes from it."""
    if node.tag == "symbol" and not SYMBOL_NEW.isdisjoint({*node.attributes, *node.styles}):
        raise Unmeasurable("browsers show a <symbol> that has a place or a size of its own in different ways")
    names = ("markerWidth", "markerHeight") if node.tag == "marker" else ("width", "height")
    across, down = (
        extent(node, name, place.style, whole) if given is None else given
        for given, name, whole in zip(size, names, place.viewport, strict=True)
    )
    usual = (MARKER_SIZE, MARKER_SIZE) if node.tag == "marker" else place.viewport
    width, height = usual[0] if across is None else across, usual[1] if down is None else down
    box = view_box(node.attributes.get("viewBox", ""))
    if width <= 0 or height <= 0 or (box and not (box[2] and box[3])):
        return None
    fit = fitted(box, (width, height), node.attributes.get("preserveAspectRatio", "")) if box else Identity
    viewport = (box[2], box[3]) if box else (width, height)
    x, y = _origin(node, place, viewport, fit)
    matrix = place.matrix.translate(x, y)
    clip = place.clip
    overflow = (node.get("overflow").strip() or "hidden").lower()
    if overflow not in {"visible", "auto", "hidden", "scroll"}:
        raise Unmeasurable(f"its `overflow` is `{overflow[:60]}`")
    if overflow not in {"visible", "auto"}:
        clip = around(corners(0, 0, width, height), matrix).within(clip)
        if clip is None:
            return None
    return place._replace(matrix=matrix.transform(fit), viewport=viewport, clip=clip)


def _origin(node: Node, place: _Place, viewport: Size, fit: Transform) -> Point:
    """Where the viewport of an element begins, in the units around it."""
    if node.tag == "marker":
        names, whole = ("refX", "refY"), viewport
        if any(node.attributes.get(name, "").strip().isalpha() for name in names):
            raise Unmeasurable("browsers place a <marker> whose `refX` or `refY` is a word in different ways")
    else:
        names, whole = ("x", "y"), place.viewport
    x, y = (extent(node, name, place.style, side) or 0.0 for name, side in zip(names, whole, strict=True))
    if node.tag == "marker":
        x, y = fit.transformPoint((x, y))
        return -x, -y
    return x, y


def _orientation(orient: str, angle: float, *, is_start: bool) -> float:
    """How a marker is turned, in degrees, where the line goes on at `angle`."""
    word = orient.strip()
    if word.startswith("auto"):
        return angle + 180 if word == "auto-start-reverse" and is_start else angle
    return (numbers(word) or [0.0])[0]


def _frame(root: Node) -> _Place:
    """The place of what stands in the root: from its units to fractions of the picture, as a browser shows it in <img>."""
    check_moves(root)
    if "transform" in root.attributes:
        raise Unmeasurable("the drawing as a whole has a transform")
    if any(name.startswith(FRAMED) and value.lower() not in HARMLESS for name, value in root.styles.items()):
        hint = "Give the <svg> `width` and `height` as attributes, and no edges."
        raise Unmeasurable("the `style` of the <svg> sets its size or its edges", hint)
    box = view_box(root.attributes.get("viewBox", ""))
    if box and not (box[2] and box[3]):
        hint = "Give its <svg> a `viewBox` with a width and a height."
        raise Unmeasurable("the `viewBox` of the drawing is empty", hint)
    viewport = (box[2], box[3]) if box else (0.0, 0.0)
    style = inherit(INITIAL, root, viewport)
    shown = size_of(root, style)
    if not box and not shown.is_said:
        hint = "Give its <svg> a `viewBox`."
        raise Unmeasurable("the drawing says neither how large it is nor what its `viewBox` is", hint)
    size = shown.width, shown.height
    fit = fitted(box, size, root.attributes.get("preserveAspectRatio", "")) if box else Identity
    return _Place(Identity.scale(1 / size[0], 1 / size[1]).transform(fit), style, viewport if box else size)
