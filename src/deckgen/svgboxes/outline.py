"""How far the shapes of an SVG reach: their curves, exactly, and their strokes with joins and caps.

Curves are read by fontTools; arcs become cubic curves of at most a quarter turn (off by 0.03 % of the radius at
most). A stroke may be given a little more than it paints: an end is taken as round, even where it is cut. Gaps of a
dashed line count as line.
Sources: SVG 2 chapters 9, 10 and 13. Knows one shape; not where it stands among others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import atan2, degrees, hypot, sqrt
from typing import NamedTuple

from fontTools.misc.transform import Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path.arc import EllipticalArc
from fontTools.svgLib.path.parser import parse_path

from deckgen.svgboxes.style import Style, check_stroke, diagonal
from deckgen.svgboxes.tree import Node
from deckgen.svgboxes.values import NUMBER, Bounds, Point, Size, Unmeasurable, around, number, numbers

ARGUMENTS = {"m": 2, "z": 0, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7}
FLAGS = (3, 4)  # of an arc: which of its arguments are a single digit
WITH_MARKERS = frozenset(("path", "line", "polyline", "polygon"))
STRAIGHT = 1e-6
SIDES = frozenset(("width", "height", "r", "rx", "ry"))
_COMMAND = re.compile(r"[\s,]*([mzlhvcsqta])", re.IGNORECASE)
_ARGUMENT = re.compile(rf"[\s,]*({NUMBER})")
_FLAG = re.compile(r"[\s,]*([01])")


class Corner(NamedTuple):
    """A point of a line, and the ways the line arrives there and leaves it: unit vectors, None at an end."""

    point: Point
    arrival: Point | None
    departure: Point | None

    @property
    def angle(self) -> float:
        """How a marker is turned here, in degrees: half way between the ways in and out."""
        ways = [degrees(atan2(way[1], way[0])) for way in (self.arrival, self.departure) if way]
        if len(ways) == 2 and abs(ways[0] - ways[1]) > 180:
            ways[0] += 360
        return sum(ways) / len(ways) if ways else 0.0


class Reach(NamedTuple):
    """How far a shape reaches on the picture, None for nothing; and its corners, in its own units."""

    bounds: Bounds | None
    corners: tuple[Corner, ...] = ()


@dataclass
class _Run:
    """What is drawn without lifting the pen: its points, and how each step begins and ends; unit vectors."""

    points: list[Point]
    starts: list[Point] = field(default_factory=list)
    ends: list[Point] = field(default_factory=list)
    is_closed: bool = False

    @property
    def corners(self) -> Iterator[Corner]:
        """Its points in order; a closed run comes back to its first, and both ends of it are joined."""
        arrivals, departures = [None, *self.ends], [*self.starts, None]
        if self.is_closed and self.starts:
            arrivals[0], departures[-1] = self.ends[-1], self.starts[0]
        return map(Corner, self.points, arrivals, departures)


class _Pen:
    """What `parse_path` draws with: curves go on to fontTools, moved by `matrix`; corners are kept as they are."""

    def __init__(self, matrix: Transform) -> None:
        self._bounds = BoundsPen(None, ignoreSinglePoints=True)
        self._moved = TransformPen(self._bounds, matrix)
        self._here: Point = (0.0, 0.0)
        self.runs: list[_Run] = []

    @property
    def bounds(self) -> Bounds | None:
        return Bounds(*self._bounds.bounds) if self._bounds.bounds else None

    def moveTo(self, point: Point) -> None:  # noqa: N802 - fontTools names them so
        self._moved.moveTo(point)
        self._here = point
        self.runs.append(_Run([point]))

    def lineTo(self, point: Point) -> None:  # noqa: N802
        self._resume()
        self._moved.lineTo(point)
        self._go([point])

    def curveTo(self, *points: Point) -> None:  # noqa: N802
        self._resume()
        self._moved.curveTo(*points)
        self._go(points)

    def qCurveTo(self, *points: Point) -> None:  # noqa: N802
        self._resume()
        self._moved.qCurveTo(*points)
        self._go(points)

    def arcTo(self, rx: float, ry: float, turn: float, large: bool, sweep: bool, end: Point) -> None:  # noqa: N802
        self._resume()
        if not rx or not ry:
            self.lineTo(end)
            return
        curves = RecordingPen()
        EllipticalArc(complex(*self._here), rx, ry, turn, large, sweep, complex(*end)).draw(curves)
        for _, points in curves.value:
            self._moved.curveTo(*points)
        self._go([point for _, points in curves.value for point in points] or [end])
        self._here = self.runs[-1].points[-1] = end

    def closePath(self) -> None:  # noqa: N802
        if not self.runs[-1].starts:
            self._moved.lineTo(self._here)  # a path that goes nowhere still has its ends painted
        self._moved.closePath()
        self.runs[-1].is_closed = True
        self._here = self.runs[-1].points[0]

    def endPath(self) -> None:  # noqa: N802
        self._moved.endPath()

    def _resume(self) -> None:
        """Begin a new run where the last was closed: older fontTools leave that out."""
        if self.runs[-1].is_closed:
            self.moveTo(self._here)

    def _go(self, points: Sequence[Point]) -> None:
        """Note a step that leaves for the first of `points` and ends in the last; one that goes nowhere is none."""
        run = self.runs[-1]
        start = _way([self._here, *points])
        end = _way([*reversed(points), self._here])
        if start and end:
            run.points.append(points[-1])
            run.starts.append(start)
            run.ends.append((-end[0], -end[1]))
        self._here = points[-1]


def _way(points: Sequence[Point]) -> Point | None:
    """The unit vector from the first point to the next one that is elsewhere."""
    x, y = points[0]
    for there in points[1:]:
        if far := hypot(there[0] - x, there[1] - y):
            return (there[0] - x) / far, (there[1] - y) / far
    return None


def extent(node: Node, name: str, style: Style, whole: float) -> float | None:
    """A length of an element, by its `style` or its attribute; None where it has none, or `auto`.

    A bare number counts in both: browsers read the `style` of an SVG as loosely as its attributes (tried in Chromium).
    """
    if name not in node.styles:
        return style.length(node.attributes.get(name, ""), whole)
    styled = style.length(node.styles[name], whole)
    if styled is None or (styled < 0 and name in SIDES):  # browsers may go by the attribute then
        raise Unmeasurable(f"its style sets `{name}` to `{node.styles[name][:60]}`")
    return styled


def reach(node: Node, style: Style, viewport: Size, matrix: Transform) -> Reach:
    """How far a shape with this style reaches once `matrix` has moved it. Raises Unmeasurable."""
    check_stroke(node, style)
    if node.tag in {"circle", "ellipse"}:
        return Reach(_ellipse(node, style, viewport, matrix))
    pen = _Pen(matrix)
    try:
        _DRAWERS[node.tag](node, style, viewport, pen)
    except (ArithmeticError, ValueError, IndexError):
        raise Unmeasurable("the numbers of its outline cannot be reckoned with") from None
    found = tuple(corner for run in pen.runs for corner in run.corners)
    bounds = pen.bounds
    if bounds is None or not style.reach:
        return Reach(bounds, found)
    tips = [tip for corner in found for tip in _tips(corner, style)]
    bounds = bounds.widened(style.reach, matrix)
    return Reach(bounds.joined(around(tips, matrix)) if tips else bounds, found)


def _tips(corner: Corner, style: Style) -> Iterator[Point]:
    """Where the stroke goes beyond a disc around a corner."""
    (x, y), arrival, departure = corner
    if not arrival or not departure:
        if style.cap == "square":
            over = style.reach * sqrt(2)
            way = arrival or departure or (1.0, 0.0)
            for turned in (way, (-way[1], way[0])):  # a square, so that its front is covered whichever way it looks
                for sign in (-over, over):
                    yield x + sign * _turned(turned)[0], y + sign * _turned(turned)[1]
        return
    if style.join in {"round", "bevel"}:
        return
    half_cosine = sqrt(max(0.0, 1 + arrival[0] * departure[0] + arrival[1] * departure[1]) / 2)
    outward = arrival[0] - departure[0], arrival[1] - departure[1]
    size = hypot(*outward)
    if size > STRAIGHT and half_cosine * style.miter_limit >= 1:
        over = style.reach / half_cosine / size
        yield x + outward[0] * over, y + outward[1] * over


def _turned(way: Point) -> Point:
    """An eighth of a turn further."""
    return (way[0] - way[1]) / sqrt(2), (way[0] + way[1]) / sqrt(2)


def _ellipse(node: Node, style: Style, viewport: Size, matrix: Transform) -> Bounds | None:
    center = extent(node, "cx", style, viewport[0]) or 0.0, extent(node, "cy", style, viewport[1]) or 0.0
    if node.tag == "circle":
        rx = ry = extent(node, "r", style, diagonal(viewport)) or 0.0
    else:
        first, second = extent(node, "rx", style, viewport[0]), extent(node, "ry", style, viewport[1])
        rx, ry = _both(first, second)
    if rx <= 0 or ry <= 0:
        return None
    x, y = matrix.transformPoint(center)
    right, down = hypot(matrix.xx * rx, matrix.yx * ry), hypot(matrix.xy * rx, matrix.yy * ry)
    return Bounds(x - right, y - down, x + right, y + down).widened(style.reach, matrix)


def _both(first: float | None, second: float | None) -> tuple[float, float]:
    """Two radii, of which one stands for both where the other is missing."""
    first, second = (None if each is None or each < 0 else each for each in (first, second))
    return (first if first is not None else second or 0.0), (second if second is not None else first or 0.0)


def _rect(node: Node, style: Style, viewport: Size, pen: _Pen) -> None:
    x, y = extent(node, "x", style, viewport[0]) or 0.0, extent(node, "y", style, viewport[1]) or 0.0
    width, height = extent(node, "width", style, viewport[0]) or 0.0, extent(node, "height", style, viewport[1]) or 0.0
    if width <= 0 or height <= 0:
        return
    rx, ry = _both(extent(node, "rx", style, viewport[0]), extent(node, "ry", style, viewport[1]))
    rx, ry = (min(rx, width / 2), min(ry, height / 2)) if rx and ry else (0.0, 0.0)
    right, bottom = x + width, y + height
    pen.moveTo((x + rx, y))
    for way, end in (
        ((right - rx, y), (right, y + ry)),
        ((right, bottom - ry), (right - rx, bottom)),
        ((x + rx, bottom), (x, bottom - ry)),
        ((x, y + ry), (x + rx, y)),
    ):
        pen.lineTo(way)
        if rx and ry:
            pen.arcTo(rx, ry, 0, False, True, end)
    pen.closePath()


def _line(node: Node, style: Style, viewport: Size, pen: _Pen) -> None:
    places = [
        extent(node, name, style, viewport[index % 2]) or 0.0 for index, name in enumerate(("x1", "y1", "x2", "y2"))
    ]
    _polyline_through(places, pen)


def _polyline(node: Node, _: Style, __: Size, pen: _Pen) -> None:
    _polyline_through(numbers(node.attributes.get("points", "")), pen, close=node.tag == "polygon")


def _polyline_through(places: list[float], pen: _Pen, *, close: bool = False) -> None:
    points = list(zip(places[::2], places[1::2], strict=False))  # a last number without its fellow is left out
    for index, point in enumerate(points):
        (pen.lineTo if index else pen.moveTo)(point)
    if points and close:
        pen.lineTo(points[0])
        pen.closePath()
    elif points:
        pen.endPath()


def _path(node: Node, _: Style, __: Size, pen: _Pen) -> None:
    parse_path(tidy(node.attributes.get("d", "")), pen)


def tidy(data: str) -> str:
    """Path data up to its first mistake, as browsers draw it, each number by itself and as fontTools reads it."""
    found: list[str] = []
    command, at = "", 0
    while True:
        match = _COMMAND.match(data, at)
        if match:
            command, at = match[1], match.end()
        elif not ARGUMENTS.get(command.lower()):
            break
        if not found and command not in "Mm":
            break
        arguments: list[str] = []
        for index in range(ARGUMENTS[command.lower()]):
            is_flag = command in "Aa" and index in FLAGS
            part = (_FLAG if is_flag else _ARGUMENT).match(data, at)
            if not part:
                return " ".join(found)
            arguments.append(part[1] if is_flag else repr(number(part[1])))
            at = part.end()
        found += [command, *arguments] if match else arguments
    return " ".join(found)


_DRAWERS = {"rect": _rect, "line": _line, "polyline": _polyline, "polygon": _polyline, "path": _path}
