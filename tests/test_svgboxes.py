"""Where elements of an SVG lie: as browsers paint them, whatever the font, and never a traceback."""

from __future__ import annotations

import math
import random
import re
from pathlib import Path

import pytest
import svg_measured as measured
from conftest import grows_linearly
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.media.content import Unfit
from deckgen.media.svg import read_svg
from deckgen.svgboxes import NOTHING, Box, Drawing, Unmeasurable
from deckgen.svgboxes.outline import tidy
from deckgen.svgboxes.values import declarations, transform

PATHWAY = Path(__file__).resolve().parent.parent / "cards/osteoporosis/images/pathway.svg"
WHOLE = 'viewBox="0 0 200 100"'
PIXEL = 0.0025  # of a picture 500 pixels high, and some
NEAR = 0.005
WIDER = 1.45  # how much wider a label may be given than it is in a common font
MANY = settings(deadline=None, max_examples=200)

numbers = st.floats(-100, 100).map(lambda number: round(number, 2))
sizes = st.floats(1, 100).map(lambda number: round(number, 2))
steps = st.one_of(
    st.tuples(numbers, numbers).map("translate{}".format),
    st.tuples(st.floats(0.2, 3), st.floats(-3, -0.2)).map(lambda pair: f"scale({pair[0]:.3f} {pair[1]:.3f})"),
    st.tuples(numbers, numbers, numbers).map(lambda each: f"rotate({each[0]}, {each[1]} {each[2]})"),
    st.floats(-60, 60).map("skewX({:.2f})".format),
    st.floats(-60, 60).map("skewY({:.2f})".format),
)
lists = st.lists(steps, min_size=1, max_size=4)
rects = st.tuples(numbers, numbers, sizes, sizes).map(
    lambda each: '<rect x="{}" y="{}" width="{}" height="{}"/>'.format(*each)
)
paths = st.lists(numbers, min_size=14, max_size=14).map(
    lambda each: '<path d="M{} {}C{} {} {} {} {} {}Q{} {} {} {}A9 5 20 0 1 {} {}"/>'.format(*each)
)
texts = st.tuples(numbers, numbers, st.sampled_from(("start", "middle", "end")), st.text("abIW gé", min_size=1)).map(
    lambda each: '<text x="{}" y="{}" text-anchor="{}" font-family="Arial, sans-serif">{}</text>'.format(*each)
)
elements = st.one_of(rects, paths, texts)


def svg(content: str, attributes: str = WHOLE) -> bytes:
    data = f"<svg {measured.HEAD} {attributes}>{content}</svg>".encode()
    read_svg(data)  # nothing here is refused before it is measured
    return data


def box(content: str, attributes: str = WHOLE) -> Box:
    return Drawing(svg(content, attributes)).box("t")


def in_units(content: str) -> tuple[float, float, float, float]:
    """The box in the units of the drawing: left, top, right, bottom."""
    left, top, width, height = box(content)
    return left * 200, top * 100, (left + width) * 200, (top + height) * 100


def sides(found: Box) -> measured.Extent:
    """What is to be seen of a box: left, top, right, bottom."""
    return max(0, found.left), max(0, found.top), min(1, found.left + found.width), min(1, found.top + found.height)


def lacking(found: Box, extent: measured.Extent) -> float:
    """By how much a box fails to cover an extent."""
    mine = sides(found)
    return max(mine[0] - extent[0], mine[1] - extent[1], extent[2] - mine[2], extent[3] - mine[3])


def close(found: tuple[float, ...], wanted: tuple[float, ...], by: float = 1e-3) -> bool:
    return all(abs(mine - theirs) <= by * (1 + abs(theirs)) for mine, theirs in zip(found, wanted, strict=True))


def refused(content: str, attributes: str = WHOLE) -> Unmeasurable:
    with pytest.raises(Unmeasurable) as caught:
        box(content, attributes)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(("attributes", "content", "extent"), [case[1:] for case in measured.EXACT], ids=[case[0] for case in measured.EXACT])  # fmt: skip
def test_a_box_is_what_a_browser_paints(attributes: str, content: str, extent: measured.Extent | None) -> None:
    """Shapes, transforms, viewports, copies and markers: within half a per cent of the pixels in Chromium."""
    found = box(content.replace("{arrows}", measured.ARROWS), attributes)
    if extent is None:
        assert found == NOTHING
    else:
        assert lacking(found, extent) <= PIXEL
        assert close(sides(found), extent, NEAR)


@pytest.mark.parametrize(("attributes", "content", "extent"), [case[1:] for case in measured.COVERED], ids=[case[0] for case in measured.COVERED])  # fmt: skip
def test_a_box_covers_strokes(attributes: str, content: str, extent: measured.Extent) -> None:
    """Joins, caps and miters lie within the box; it is at most half a stroke larger."""
    found = box(content.replace("{arrows}", measured.ARROWS), attributes)
    assert lacking(found, extent) <= PIXEL
    assert close(sides(found), extent, 0.07)


@pytest.mark.parametrize(("kind", "content", "extents"), [case[1:] for case in measured.TEXTS], ids=[case[0] for case in measured.TEXTS])  # fmt: skip
def test_a_box_covers_text_in_every_font(kind: str, content: str, extents: tuple[measured.Extent, ...]) -> None:
    """Anchors, lists of places, baselines and spacing: one box for the text as each of the fonts sets it."""
    family = {"sans": "Arial, sans-serif", "serif": "Times, serif"}[kind]
    found = box(f'<g font-family="{family}">{content}</g>')
    for font, extent in zip(measured.FONTS[kind], extents, strict=True):
        assert lacking(found, extent) <= PIXEL, font


@pytest.mark.parametrize(("word", "attributes", "extents"), measured.LABELS, ids=[case[0] for case in measured.LABELS])
def test_a_label_is_not_given_much_more_than_it_needs(
    word: str, attributes: str, extents: tuple[measured.Extent, ...]
) -> None:
    """A mask covers the label and not the half of the figure."""
    found = box(
        f'<text id="t" x="100" y="50" text-anchor="middle" {attributes} font-family="Arial, sans-serif">{word}</text>'
    )
    for extent in extents:
        assert lacking(found, extent) <= PIXEL
        assert found.width <= WIDER * (extent[2] - extent[0])


def test_every_label_of_our_figure_is_measured() -> None:
    """The figure of the deck itself can be asked in parts, and each part lies on it."""
    drawing = Drawing(PATHWAY.read_bytes())
    assert len(drawing.ids) > 30
    for name in drawing.ids:
        left, top, width, height = drawing.box(name)
        assert 0.02 < width < 1
        assert 0.02 < height < 1
        assert -0.02 < left < left + width < 1.02
        assert 0 < top < top + height < 1
    assert close(drawing.box("label-traf6"), (267 / 640, 317 / 1010, 106 / 640, 40 / 1010))


def test_ids_are_those_of_what_is_drawn() -> None:
    """What is kept for others to use cannot be covered where it stands, and is not offered; what is hidden can come back."""
    content = (
        '<title id="a"/><defs><g id="b"><rect id="c"/></g><linearGradient id="d"/></defs><symbol id="e"/>'
        '<g id="f"><path id="g"/></g><text id="h">x<tspan id="i">y</tspan></text><use id="j"/><rect id="f"/>'
        '<clipPath id="k"><rect id="l"/></clipPath><g display="none"><rect id="m"/></g><rect id=""/><tspan id="n"/>'
        '<rect><circle id="o"/></rect><svg id="p"/>'
    )
    assert Drawing(svg(content)).ids == ("f", "g", "h", "i", "j", "m", "p")


@pytest.mark.parametrize(
    "content",
    [
        '<g id="t"/>',
        '<g id="t"><title>x</title></g>',
        '<rect id="t" width="0" height="5" stroke="#000"/>',
        '<circle id="t" r="-3"/>',
        '<path id="t" d=""/>',
        '<path id="t" d="M5 5"/>',
        '<text id="t" x="3"> </text>',
        '<g id="t" display="none"><rect width="5" height="5"/></g>',
        '<g style="display: none"><rect id="t" width="5" height="5"/></g>',
        '<g visibility="hidden"><rect id="t" width="5" height="5"/></g>',
        '<g opacity="0"><rect id="t" width="5" height="5"/></g>',
        '<rect id="t" width="5" height="5" style="opacity: 0%"/>',
        '<text visibility="hidden"><tspan id="t">x</tspan></text>',
        '<text>a<tspan display="none">b<tspan id="t">c</tspan></tspan></text>',
        '<use id="t" href="#nobody"/>',
        '<svg id="t" width="0"><rect width="5" height="5"/></svg>',
        '<svg id="t" width="10" height="10"><rect x="20" width="5" height="5"/></svg>',
    ],
)
def test_what_draws_nothing_has_an_empty_box(content: str) -> None:
    """The caller can tell an author that the mask covers nothing."""
    assert box(content) == NOTHING


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ('<rect id="a"/>', "no element"),
        ('<defs><rect id="t"/></defs>', "not drawn where it stands"),
        ('<rect id="t" style="transform: rotate(3deg)"/>', "`transform`"),
        ('<rect id="t" style="-webkit-transform: scale(2)"/>', "`-webkit-transform`"),
        ('<g style="zoom: 2"><rect id="t"/></g>', "`zoom`"),
        ('<rect id="t" width="5" height="5" transform="rotate(3deg)"/>', "not one of SVG"),
        ('<rect id="t" width="5" height="5" transform="rotate(3) translate"/>', "not one of SVG"),
        ('<rect id="t" transform="rotate(3)" transform-origin="5 5"/>', "transform-origin"),
        ('<rect id="t" width="calc(1px + 3px)" height="5"/>', "calc"),
        ('<rect id="t" width="5vw" height="5"/>', "5vw"),
        ('<rect id="t" width="1e300" height="5"/>', "beyond reason"),
        ('<rect id="t" width="5" height="5" style="filter: blur(9px)"/>', "filter"),
        ('<rect id="t" width="5" height="5" style="stroke: red; stroke-width: var(--w)"/>', "var"),
        ('<path id="p"/><text id="t"><textPath href="#p">x</textPath></text>', "along a path"),
        ('<g writing-mode="vertical-rl"><text id="t">x</text></g>', "side to side"),
        ('<text id="t" font-size="3ex">x</text>', "3ex"),
        ('<text id="t" style="font: caption">x</text>', "browser"),
        ('<text id="t" letter-spacing="10%">x</text>', "spacing"),
        ('<text id="t" textLength="90">x<tspan>y</tspan></text>', "textLength"),
        (f'<text id="t">{"x" * 30_000}</text>', "too long"),
        ('<symbol id="s" x="5"><rect/></symbol><use id="t" href="#s"/>', "symbol"),
        ('<svg id="t" transform="rotate(3)"/>', "transform of its own"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_hint(content: str, word: str) -> None:
    """A wrong box would give the answer away; so nothing is guessed, and the author learns what to do."""
    problem = refused(content)
    assert word in problem.message
    assert "`t`" in problem.message
    if "no element" not in word and "drawn" not in word:
        assert "`box` in fractions" in problem.hint


@pytest.mark.parametrize(
    "content",
    [
        '<g transform="scale(.1)"><path id="t" d="M5 5h9" stroke="red" vector-effect="non-scaling-stroke"/></g>',
        '<rect id="t" width="9" height="9" stroke="red" style="vector-effect:non-scaling-stroke"/>',
        '<text id="t" stroke="red" vector-effect="non-scaling-stroke">x</text>',
        *(
            f'<text id="t" font-size="60" style="{style}">word</text>'
            for style in (
                "font-size:60px!important;font-size:5px",
                "font-size:60px;font-size:foo",
                "font-size:foo",
                "font-size:var(--a)",
                "font-size:calc(60px)",
                "font-size:6\\30 px",
                "font-size:60px;font:5px serif",
                "font:3 5px serif",
                "font-family:3d",
                "font-weight:foo",
                "display:none\u00a0",
                "fill:url(#a'b)c'd);display:none",
                "fill:red'",
                "fill:url(x",
                "{};fill:red",
                "--a:3",
                "-webkit-transform:scale(3)",
                "text-shadow:0 0 9px red",
                "filter:url(#f)",
                "-webkit-filter:blur(3px)",
                "outline:9px solid",
                "all:unset",
                "white-space-collapse:preserve",
                "white-space:foo",
                "overflow-x:visible",
                "overflow-clip-margin:9px",
                "text-underline-offset:9px",
                "text-decoration:underline",
                "unicode-bidi:bidi-override",
            )
        ),
        '<text id="t">a<tspan style="text-shadow:0 0 9px red">b</tspan></text>',
        '<rect id="t" width="90" height="9" style="width:-5px"/>',
        '<rect id="t" width="90" height="9" stroke="red" stroke-width="40" style="stroke-width:foo"/>',
        '<rect id="t" width="5" height="5" transform="scale(3)" style="transform:none"/>',
        '<g font-size="3vw"><rect id="t" width="2em" height="5"/></g>',
        '<path id="t" d="M0 0h9" marker-end="url(\'#a)\')"/>',
        '<path id="t" d="M0 0h9" marker-end="url(#a\'b)"/>',
        '<svg id="t" overflow="inherit" width="5" height="5"><rect width="9" height="9"/></svg>',
        f'<text id="t">e{chr(0x301) * 5}</text>',
        f'<text id="t">{chr(0xE9)}<tspan>{chr(0x301) * 4}</tspan></text>',
        '<rect id="t" x="1000001" width="5" height="5"/>',
        '<path id="t" d="M0 0h2000000"/>',
    ],
)
def test_what_browsers_may_paint_larger_is_refused(content: str) -> None:
    """What is not surely without bearing on the extent is not guessed: the author gives a `box`."""
    with pytest.raises(Unmeasurable) as caught:
        Drawing(f"<svg {measured.HEAD} {WHOLE}>{content}</svg>".encode()).box("t")
    assert "`box` in fractions" in caught.value.hint


def test_what_drawing_programs_write_is_measured() -> None:
    """Colours and other properties that move nothing are read past."""
    style = "fill:#fff;fill-opacity:1;stroke:none;stop-color:red;-inkscape-stroke:none;line-height:1.25;filter:none;vector-effect:none;paint-order:stroke;fill-rule:evenodd;color:rgb(1, 2, 3)"
    assert box(f'<rect id="t" width="20" height="10" style="{style}"/>') == Box(0, 0, 0.1, 0.1)
    assert box('<rect id="t" width="20" height="10" opacity="0 0"/>') == Box(0, 0, 0.1, 0.1)


def test_rem_is_the_font_size_of_the_root() -> None:
    """Not 16 pixels, nor the size of the text around."""
    content = '<g font-size="3"><rect id="t" width="1rem" height="1em"/></g>'
    assert box(content, WHOLE + ' font-size="40"') == Box(0, 0, 0.2, 0.03)
    assert box(content) == Box(0, 0, 0.08, 0.03)


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'width="300"',
        'width="100%" height="100%"',
        'viewBox="0 0 0 0"',
        'viewBox="0 0 a b"',
        'width="30" height="20" transform="rotate(3)"',
        'viewBox="0 0 9 9" style="width: 300px; height: 10px"',
        'viewBox="0 0 9 9" style="padding: 9px"',
        'width="calc(1px)" height="20"',
    ],
)
def test_a_drawing_without_a_size_is_refused(attributes: str) -> None:
    """Fractions of what, nobody could say."""
    assert refused('<rect id="t" width="5" height="5"/>', attributes).message


def test_trouble_elsewhere_is_no_trouble() -> None:
    """An element that can be measured is, whatever stands beside it or is said about text around it."""
    content = '<g font-size="3vw" writing-mode="tb"><rect style="zoom: 3"/><rect id="t" width="20" height="10"/></g>'
    assert box(content) == Box(0, 0, 0.1, 0.1)


def test_a_stroke_counts_only_where_it_is_painted() -> None:
    """A width alone paints nothing; `none` takes an inherited stroke away."""
    plain = box('<rect id="t" x="50" y="50" width="20" height="10" stroke-width="8"/>')
    none = box(
        '<g stroke="#000" stroke-width="8"><rect id="t" x="50" y="50" width="20" height="10" stroke="none"/></g>'
    )
    painted = box('<g stroke="#000" stroke-width="8"><rect id="t" x="50" y="50" width="20" height="10"/></g>')
    assert plain == none == Box(0.25, 0.5, 0.1, 0.1)
    assert painted == Box(0.23, 0.46, 0.14, 0.18)


def test_the_style_attribute_beats_the_attribute() -> None:
    """As in browsers, with comments and signs in quotes read past."""
    style = "/* stroke:none; '*/ font-family: 'a;b:c' ; STROKE : red;stroke-width:4px;; x"
    assert box(f'<rect id="t" x="50" y="50" width="20" height="10" stroke="none" style="{style}"/>').left == 0.24
    assert declarations("a: url(x;y) ; b:';'") == {"a": "url(x;y)", "b": "';'"}


@MANY
@given(elements, lists)
def test_a_transform_may_stand_on_the_element_or_around_it(element: str, steps: list[str]) -> None:
    """A list of transforms on one element is the same as each on a group of its own."""
    name = element[1 : element.index(" ")]
    inside = box(element.replace(f"<{name}", f'<{name} id="t" transform="{" ".join(steps)}"'))
    around = element.replace(f"<{name}", f'<{name} id="t"')
    for step in reversed(steps):
        around = f'<g transform="{step}">{around}</g>'
    assert close(inside, box(around))


@MANY
@given(st.lists(elements, min_size=1, max_size=4), lists)
def test_a_group_covers_what_is_in_it(parts: list[str], steps: list[str]) -> None:
    """The box of a group is the smallest around the boxes of its elements."""
    named = [re.sub(r"^<(\w+)", rf'<\1 id="e{index}"', part) for index, part in enumerate(parts)]
    drawing = Drawing(svg(f'<g id="t" transform="{" ".join(steps)}">{"".join(named)}</g>'))
    boxes = [found for index in range(len(parts)) if (found := drawing.box(f"e{index}")) != NOTHING]
    group = drawing.box("t")
    if not boxes:
        assert group == NOTHING
        return
    left, top = min(each.left for each in boxes), min(each.top for each in boxes)
    right, bottom = max(each.left + each.width for each in boxes), max(each.top + each.height for each in boxes)
    assert close(group, (left, top, right - left, bottom - top), 1e-5)


@MANY
@given(elements, numbers, numbers, sizes, sizes)
def test_a_view_box_is_a_window(element: str, x: float, y: float, width: float, height: float) -> None:
    """Fractions are of the view box, and a drawing without one counts in pixels from its corner."""
    element = re.sub(r"^<(\w+)", r'<\1 id="t"', element)
    window = box(element, f'viewBox="{x} {y} {width} {height}"')
    moved = box(f'<g transform="translate({-x} {-y})">{element}</g>', f'width="{width}px" height="{height}"')
    assert close(window, moved)


@pytest.mark.parametrize("across", [("Min", 0.0), ("Mid", 0.25), ("Max", 0.5)])
@pytest.mark.parametrize("down", ["Min", "Mid", "Max"])
def test_every_way_to_fit_a_view_box(across: tuple[str, float], down: str) -> None:
    """A square in a picture twice as wide: beside it, or above and below, as `preserveAspectRatio` says."""
    size = 'width="80mm" height="4cm" viewBox="0 0 10 10"'
    content = '<rect id="t" width="10" height="10"/>'
    name, left = across
    assert close(box(content, f'{size} preserveAspectRatio="x{name}Y{down} meet"'), (left, 0, 0.5, 1))
    top = {"Min": 0.0, "Mid": -0.5, "Max": -1.0}[down]
    assert close(box(content, f'{size} preserveAspectRatio="x{name}Y{down} slice"'), (0, top, 1, 2))
    assert close(box(content, f'{size} preserveAspectRatio="none"'), (0, 0, 1, 1))


@MANY
@given(numbers, numbers, sizes, sizes, st.floats(-180, 180))
def test_an_ellipse_is_its_path(x: float, y: float, rx: float, ry: float, angle: float) -> None:
    """Arcs drawn as curves lie where the exact ellipse does."""
    turned = f'transform="rotate({angle:.2f})"'
    exact = in_units(f'<ellipse id="t" cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" {turned}/>')
    arcs = f"M{x - rx} {y}a{rx} {ry} 0 0 1 {2 * rx} 0a{rx},{ry} 0 11{-2 * rx} 0z"
    curved = in_units(f'<path id="t" d="{arcs}" {turned}/>')
    assert max(abs(one - other) for one, other in zip(exact, curved, strict=True)) < 4e-4 * max(rx, ry) + 1e-3


@pytest.mark.parametrize(
    ("data", "tidied"),
    [
        ("m1-2.5.5e1", "m 1.0 -2.5"),
        ("M1,2l3 4 5 6z", "M 1.0 2.0 l 3.0 4.0 5.0 6.0 z"),
        ("M 00.5 007 L 5. +6", "M 0.5 7.0 L 5.0 6.0"),
        ("M0 0a5 5 30 0110 10", "M 0.0 0.0 a 5.0 5.0 30.0 0 1 10.0 10.0"),
        ("M0 0a5 5 30 2 1 10 10", "M 0.0 0.0"),
        ("M0 0L1 1 x L 9 9", "M 0.0 0.0 L 1.0 1.0"),
        ("M0 0z5 5", "M 0.0 0.0 z"),
        ("L5 5", ""),
    ],
)
def test_path_data_is_read_up_to_its_first_mistake(data: str, tidied: str) -> None:
    """What fontTools would misread (`5.`, `007`, flags without a blank) is put right before."""
    assert tidy(data) == tidied


def test_transforms_are_read_as_svg_writes_them() -> None:
    """All six functions, blanks or commas between."""
    assert tuple(transform("matrix(1,2 3,4,5 6)")) == (1, 2, 3, 4, 5, 6)
    assert tuple(transform(" translate( 3 ) ,scale(2)")) == (2, 0, 0, 2, 3, 0)
    assert close(tuple(transform("rotate(90 10 0)")), (0, 1, -1, 0, 10, -10))
    assert close(tuple(transform("skewX(45)skewY(45)")), (2, 1, 1, 1, 0, 0))
    assert tuple(transform("none")) == (1, 0, 0, 1, 0, 0)


@MANY
@given(st.text("ai Wfjé.,-1", min_size=1, max_size=30), st.sampled_from(("start", "middle", "end")), st.booleans())
def test_more_text_takes_more_room(words: str, anchor: str, bold: bool) -> None:
    """A letter more, or a bolder face, never makes a box smaller."""
    attributes = f'id="t" x="9" y="9" text-anchor="{anchor}" xml:space="preserve"' + ' font-weight="700"' * bold
    more = box(f"<text {attributes}>{words}W</text>")
    assert more.width >= box(f"<text {attributes}>{words}</text>").width
    assert more.width >= box(f"<text {attributes.replace('700', '400')}>{words}W</text>").width - 1e-6


def test_letters_that_lean_get_more_room() -> None:
    """A slanted letter hangs over what its width says, most of all where a font is leant by the browser."""
    upright, leaning = (
        box(f'<text id="t" x="9" y="9" font-style="{style}">T</text>') for style in ("normal", "oblique")
    )
    assert leaning.left < upright.left
    assert leaning.left + leaning.width > upright.left + upright.width + 0.1 * 16 / 200


@MANY
@given(st.lists(st.text("aiW é", min_size=1, max_size=8), min_size=1, max_size=4), st.sampled_from(("start", "end")))
def test_the_parts_of_a_text_lie_in_it(parts: list[str], anchor: str) -> None:
    """Any part, wherever its neighbours push it, is inside the box of the whole, and all of them make it up."""
    spans = "".join(f'<tspan id="s{index}">{part}</tspan>' for index, part in enumerate(parts))
    drawing = Drawing(svg(f'<text id="t" x="50" y="50" text-anchor="{anchor}">{spans}</text>'))
    whole = drawing.box("t")
    boxes = [found for index in range(len(parts)) if (found := drawing.box(f"s{index}")) != NOTHING]
    for part in boxes:
        assert part.left >= whole.left - 1e-5
        assert part.left + part.width <= whole.left + whole.width + 1e-5
    if boxes:
        assert math.isclose(whole.left, min(part.left for part in boxes), abs_tol=1e-5)


def test_letters_of_any_script_have_a_width() -> None:
    """No character makes a label vanish, and wide ones get more room than narrow ones."""
    widths = [
        box(f'<text id="t">{char}</text>').width for char in ("i", "W", "é", "Ж", "Ω", "שׁ", "ش", "弁", "🫀", "…", "‰")
    ]
    assert all(width > 0.015 for width in widths)
    assert widths[0] < widths[1]
    assert widths[7] < widths[8]


def test_elements_may_be_nested_as_deeply_as_the_allow_list_lets_them() -> None:
    """Groups in groups and parts of text in each other: measured, and nothing runs out."""
    groups = '<g transform="translate(1 0)">' * 97 + '<rect id="t" width="3" height="5"/>' + "</g>" * 97
    assert box(groups) == Box(97 / 200, 0, 3 / 200, 0.05)
    spans = '<tspan dy="1">a' * 97 + '<tspan id="t">b</tspan>' + "</tspan>" * 97
    assert box(f"<text>{spans}</text>").top == pytest.approx(0.97 - 0.16)


def test_answers_do_not_depend_on_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured twice, or after others: the same, whether a box or a refusal."""
    monkeypatch.setattr("deckgen.svgboxes.drawing.COPIES", 500)
    many = "".join(f'<use href="#k" transform="rotate({angle})"/>' for angle in range(8))
    thing = "<path d='M0 0L1 1'/>" * 100
    content = f'<defs><g id="k">{thing}</g></defs><use id="u" href="#k" x="5"/><g id="t">{many}</g>'
    drawing = Drawing(svg(content))
    for _ in range(3):
        with pytest.raises(Unmeasurable, match="too many copies"):
            drawing.box("t")
    assert drawing.box("u") == drawing.box("u") == Drawing(svg(content)).box("u")


SEEDS = tuple(
    [f'<svg {measured.HEAD} {attributes}>{content.replace("{arrows}", measured.ARROWS)}</svg>' for _, attributes, content, _ in (*measured.EXACT, *measured.COVERED)]
    + [f"<svg {measured.HEAD} {WHOLE}>{content}</svg>" for _, _, content, _ in measured.TEXTS]
)  # fmt: skip
TOKENS = (
    "1e308", "-1e308", "1e999", "nan", "inf", "0", "-1", "1e-320", "50%", "2em", "3ex", "calc(1px)", "url(#t)", "#t", "none",
    "auto", "inherit", "initial", "", "x", "\u0661", "\u00a0", ".", "+", "text", "tspan", "use", "g", "svg", "symbol", "marker",
    "defs", "path", "textPath", "transform", "style", "d", "viewBox", "A", "Z", "M", "T", "matrix(0 0 0 0 0 0)", "scale(0)",
    "rotate(1e300)", "skewX(90)", "display", "rtl", "dx", "x", "rotate", "textLength", "width", "height", "stroke-width",
    "marker-mid", "href", "refX", "orient", "points", "font", "\U0001f600", "é", "א", "0,0,0,0",
)  # fmt: skip


@MANY
@given(st.integers(0, 2**32))
def test_whatever_the_allow_list_accepts_is_measured_or_refused(seed: int) -> None:
    """Drawings mangled at random: a finite box or an Unmeasurable, never another exception."""
    chance = random.Random(seed)
    text = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 6)):
        word = chance.choice(list(re.finditer(r"[\w.#%+-]+", text)))
        text = text[: word.start()] + chance.choice(TOKENS) + text[word.end() :]
    try:
        read_svg(text.encode())
    except Unfit:
        return
    drawing = Drawing(text.encode())
    for name in drawing.ids:
        try:
            found = drawing.box(name)
        except Unmeasurable as problem:
            words = problem.message, problem.hint
        else:
            assert all(map(math.isfinite, found))
            assert found.width >= 0 <= found.height
            continue
        assert all(words)


@pytest.mark.parametrize(
    ("part", "frame"),
    [
        ("c1 2 3 4 5 6 ", '<path id="t" d="M0 0{}"/>'),
        ("a5 6 20 0110 10", '<path id="t" stroke="red" d="M0 0{}"/>'),
        ("10,20 ", '<polygon id="t" points="{}"/>'),
        ('<rect x="1" width="5" height="6" style="stroke:#000"/>', '<g id="t">{}</g>'),
        ('<tspan dy="1" x="5">a</tspan>', '<text id="t">{}</text>'),
        ('<text x="5">a b</text>', '<g id="t">{}</g>'),
        ("rotate(5) ", '<rect id="t" width="5" height="5" transform="{}"/>'),
        ("/*'b(c;", '<rect id="t" width="5" height="5" style="{}"/>'),
        (" ", '<path id="t" d="M0{}x"/>'),
        ("l1 2", '<marker id="m"><path d="M0 0"/></marker><path id="t" marker-mid="url(#m)" d="M0 0{}"/>'),
    ],
)
def test_the_time_grows_with_the_drawing(part: str, frame: str) -> None:
    """A drawing twice as long takes about twice as long, whatever it is long with."""

    def measure(size: int) -> None:
        data = f"<svg {measured.HEAD} {WHOLE}>{frame.format(part * (size // len(part)))}</svg>".encode()
        Drawing(data).box("t")

    assert grows_linearly(measure, 60_000)


@pytest.mark.parametrize("angle", ["", 'transform="rotate({})"'])
def test_copies_are_counted(angle: str) -> None:
    """Many copies of a large thing: measured once where they are only moved, refused where that would take long."""
    thing = "<path d='M0 0L5 5'/>" * 1_000
    copies = "".join(f'<use href="#k" x="{index}" {angle.format(index)}/>' for index in range(2_000))
    content = f'<defs><g id="k">{thing}</g></defs><g id="t">{copies}</g>'
    if angle:
        assert "too many copies" in refused(content).message
    else:
        assert close(box(content), (0, 0, 2004 / 200, 0.05))
