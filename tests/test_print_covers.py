"""Covered pictures on paper: what lies under a cover and what does not, labels, frames, and what a screen reader is told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pymupdf
import pytest
import sample
from printed import (
    FIELD,
    GRIDS,
    LAYOUTS,
    NUMBERS,
    PAPERS,
    POINT,
    SHAPES,
    Cell,
    Letter,
    bare,
    cell,
    check_sheets,
    covered,
    deck,
    letters,
    note,
    on_card,
    on_field,
    one,
    page_letters,
    para,
    pictures,
    print_deck,
)
from test_print import alternatives
from test_print_fit import words

from deckgen.diagnostics import Bag
from deckgen.markup.tree import Image, Paragraph, Shape
from deckgen.model import Mask, Occlusion

BOTH = ("cards", "handout")
everywhere = pytest.mark.parametrize(("layout", "paper"), [(layout, paper) for layout in BOTH for paper in PAPERS])

# --- covered pictures --------------------------------------------------------------------------------------------

BLUE = (0, 0, 255)


def depth(shape: Shape, x: float, y: float) -> float:
    """How far inside a shape a point lies, about, in fractions of the picture; below 0 outside."""
    if shape.kind == "polygon":
        edges = list(zip(shape.points, (*shape.points[1:], shape.points[0]), strict=True))
        crossed = [(a, b) for a, b in edges if (a[1] <= y) != (b[1] <= y)]
        inside = sum(a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) > x for a, b in crossed) % 2
        away = min(distance(a, b, x, y) for a, b in edges)
        return away if inside else -away
    (left, top), (right, bottom) = shape.points
    if shape.kind == "rect":
        return min(x - left, right - x, y - top, bottom - y)
    rx, ry = (right - left) / 2, (bottom - top) / 2
    return (1 - math.hypot((x - left - rx) / rx, (y - top - ry) / ry)) * min(rx, ry)


def distance(a: tuple[float, float], b: tuple[float, float], x: float, y: float) -> float:
    (dx, dy), length = (b[0] - a[0], b[1] - a[1]), (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
    at = min(max(((x - a[0]) * dx + (y - a[1]) * dy) / length, 0.0), 1.0)
    return math.hypot(x - a[0] - at * dx, y - a[1] - at * dy)


def check_covers(page: Any, where: Cell, covers: Sequence[tuple[Shape, int]]) -> None:
    """All over the picture: under a cover is its shade (255 is white), or a letter of its label; elsewhere the picture."""
    dpi = 200
    image = page.get_pixmap(dpi=dpi)
    under = [[0, 0] for _ in covers]  # points of this shade, all points
    around = 0
    for x, y in (((i + 0.5) / 120, (j + 0.5) / 80) for i in range(120) for j in range(80)):
        depths = [depth(shape, x, y) for shape, _ in covers]
        if any(abs(each) < 0.009 for each in depths):
            continue  # on a frame
        got = image.pixel(*(round(mm / 25.4 * dpi) for mm in (where.x + x * where.width, where.y + y * where.height)))
        at = next((at for at, each in enumerate(depths) if each > 0), None)
        if at is None:
            assert got == BLUE, (x, y, got)
            around += 1
        else:
            assert len(set(got)) == 1, (x, y, got)
            under[at][0] += got[0] == covers[at][1]
            under[at][1] += 1
    assert around > 5000
    for (shape, shade), (right, all_points) in zip(covers, under, strict=True):
        assert right > 0.7 * all_points > 100, (shape, shade)


GREY, WHITE = 222, 255


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("hide_all", [True, False])
def test_covers_of_cards_lie_where_they_should(paper: str, hide_all: bool) -> None:
    """Rectangles, ellipses and polygons lie at their fractions: asked ones white, others grey, or open where only one is hidden."""
    front, back = on_field([covered(hide_all=hide_all)], "cards", paper)
    found = pictures(front)
    assert len(found) == 3
    assert len(pictures(back)) == 3
    assert not [letter for letter in page_letters(back) if letter.char == "?"]
    for index, (where, number) in enumerate(zip(found, (1, 2, 4), strict=True)):
        asked = [NUMBERS[at] == number for at in range(4)]
        covers = [
            (shape, WHITE if mine else GREY) for shape, mine in zip(SHAPES, asked, strict=True) if mine or hide_all
        ]
        assert where.width / where.height == pytest.approx(1.5, rel=0.01)
        assert cell(GRIDS[paper], index, "front").holds(
            Letter("", where.x, where.y, where.x + where.width, where.y + where.height, 0), 4
        )
        check_covers(front, where, covers)
        marks = [letter for letter in on_card(front, paper, index, "front") if letter.char == "?"]
        assert len(marks) == sum(asked)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("dx: x, dy: y, if kind", "dx: x + 1mm, dy: y, if kind"),
        ("luma(222)", "luma(240)"),
        ("ellipse(..size", "rect(..size"),
    ],
)
def test_a_wrong_cover_is_noticed(right: str, wrong: str) -> None:
    """The test above fails for covers that lie beside their place, have another shade or another shape."""
    lib = LAYOUTS["lib.typ"].decode()
    assert right in lib
    front = on_field(
        [covered()], "cards", "a4", print_files={**LAYOUTS, "lib.typ": lib.replace(right, wrong).encode()}
    )[0]
    covers = [(shape, GREY if at else WHITE) for at, shape in enumerate(SHAPES)]
    with pytest.raises(AssertionError):
        check_covers(front, pictures(front)[0], covers)


@pytest.mark.parametrize("paper", PAPERS)
def test_covers_of_the_handout_lie_where_they_should(paper: str) -> None:
    """The handout shows the picture once, every mask covered and numbered from 1; masks asked together have one number, as in the list."""
    page = on_field([covered(hide_all=False)], "handout", paper)[0]
    (where,) = pictures(page)
    check_covers(page, where, [(shape, WHITE) for shape in SHAPES])
    inside = [letter for letter in page_letters(page) if where.holds(letter)]
    assert sorted(letter.char for letter in inside) == ["1", "2", "3", "3"]
    text = bare(page.get_text())
    assert "1.Answeraz2.Answerbz3.Answercz;Answerdz" in text
    assert text.index("Nameit.") < text.index("1.Answeraz")
    assert where.x + where.width < GRIDS[paper].page_width / 2


@everywhere
def test_labels_stand_in_the_middle_of_their_covers(layout: str, paper: str) -> None:
    """A label is centred on a rectangle or an ellipse, and well inside a polygon however it bends."""
    page = on_field([covered()], layout, paper)[0]
    found = pictures(page)
    for at, shape in enumerate(SHAPES):
        where = found[min(at, 2) if layout == "cards" else 0]
        wanted = "?" if layout == "cards" else str(min(at, 2) + 1)
        places = []
        for letter in page_letters(page):
            if letter.char == wanted and where.holds(letter):
                capital = letter.y1 - (0.22 + 0.36) * letter.size / POINT  # its middle: Lato's are 0.72 em high
                places.append(
                    (((letter.x0 + letter.x1) / 2 - where.x) / where.width, (capital - where.y) / where.height)
                )
        (place,) = [place for place in places if depth(shape, *place) > 0]
        if shape.kind == "polygon":
            assert depth(shape, *place) > 0.05
        else:
            (left, top), (right, bottom) = shape.points
            assert place == pytest.approx(((left + right) / 2, (top + bottom) / 2), abs=0.01)


def frames(page: Any) -> list[float]:
    """The widths of the lines around everything filled in white or grey, in points, in the order in which it is drawn."""
    filled = [drawing for drawing in page.get_drawings() if drawing["type"] == "fs"]
    return [round(each["width"], 2) for each in filled if 0.5 < min(each["fill"]) > max(each["fill"]) - 0.01]


def test_what_is_asked_has_a_heavier_frame_and_lies_on_top() -> None:
    """In black and white the asked cover is told by its frame, twice as heavy as the others, drawn after them."""
    front = on_field([covered()], "cards", "a4")[0]
    widths = frames(front)
    assert len(widths) == 12
    for card, asked in zip((widths[:4], widths[4:8], widths[8:]), (1, 1, 2), strict=True):
        assert all(width == 0.6 for width in card[:-asked])
        assert all(width >= 1.2 for width in card[-asked:])


def test_a_label_is_legible_on_the_smallest_cover() -> None:
    """On a cover too small for a letter the label stands in a ring of its own, never under 6 points; text on a card keeps to 7."""
    tiny = (Shape("rect", ((0.5, 0.5), (0.505, 0.51))), Shape("rect", ((0.2, 0.1), (0.21, 0.4))))
    for layout in BOTH:
        page = on_field([covered(shapes=tiny)], layout, "a4")[0]
        marks = [
            letter
            for where in pictures(page)
            for letter in page_letters(page)
            if where.holds(letter) and letter.char in "?12"
        ]
        assert len(marks) == 2
        assert all(letter.size == pytest.approx(6, abs=0.05) for letter in marks)
        round_ones = [
            drawing["rect"]
            for drawing in page.get_drawings()
            if drawing["type"] == "s" and any(item[0] == "c" for item in drawing["items"])
        ]
        assert len(round_ones) == 2
        assert all(ring.width == pytest.approx(ring.height, abs=0.1) for ring in round_ones)


ALT = {
    "en": ("A field. 4 parts covered, part 1 asked.", "A field. 4 parts covered, parts 3, 4 asked.", "A field. 2 parts covered, all asked.", "A field. 1 part covered and asked.", "A field. 4 parts covered and numbered."),
    "de": ("A field. 4 Teile verdeckt, gefragt ist Teil 1.", "A field. 4 Teile verdeckt, gefragt sind die Teile 3, 4.", "A field. 2 Teile verdeckt, alle gefragt.", "A field. 1 Teil verdeckt und gefragt.", "A field. 4 Teile verdeckt und nummeriert."),
    "fr": ("A field. 4 parties masquées, on demande la partie 1.", "A field. 4 parties masquées, on demande les parties 3, 4.", "A field. 2 parties masquées, toutes demandées.", "A field. 1 partie masquée et demandée.", "A field. 4 parties masquées et numérotées."),
    "es": ("A field. 4 partes tapadas, se pregunta la parte 1.", "A field. 4 partes tapadas, se preguntan las partes 3, 4.", "A field. 2 partes tapadas, se preguntan todas.", "A field. 1 parte tapada y preguntada.", "A field. 4 partes tapadas y numeradas."),
}  # fmt: skip


@pytest.mark.parametrize("language", ALT)
def test_covers_are_told_in_words(language: str) -> None:
    """The alternative of a covered picture says what it shows, how much is covered and which part is asked, in the deck's language."""
    notes = [covered(), covered("d", hide_all=False)]
    found = print_deck(deck(notes, language=language, media={FIELD.path: FIELD}), papers=("a4",))
    first, group, group_alone, alone, numbered = ALT[language]
    cards = alternatives(found["cards-a4"])
    assert (cards[0], cards[2], cards[5], cards[3]) == (first, group, group_alone, alone)
    assert alternatives(found["handout-a4"]) == [numbered, numbered]


def test_clues_are_told_and_not_on_field() -> None:
    """What a mask says of its place is heard where it helps: of the asked part on a card, of every number in the handout."""
    found = print_deck(deck([covered(clue="over there")], media={FIELD.path: FIELD}), papers=("a4",))
    assert alternatives(found["cards-a4"])[0] == "A field. 4 parts covered, part 1 asked – over there."
    (told,) = alternatives(found["handout-a4"])
    assert (
        told == "A field. 4 parts covered and numbered – " + "; ".join(f"{n}: over there" for n in (1, 2, 3, 3)) + "."
    )
    for data in found.values():
        assert "over there" not in "".join(page.get_text() for page in pymupdf.open(stream=data))


SIZES = {"tall": (40, 4000), "upright": (200, 300), "square": (300, 300), "wide": (4000, 40), "small": (3, 3)}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("header", ["", "Name it.", words(40)], ids=["none", "short", "long"])
def test_covered_pictures_fit_their_cards(size: str, paper: str, header: str) -> None:
    """A picture of any shape stands inside its card, with any header; it gets what the text leaves, at least half the height or all the width."""
    width, height = SIZES[size]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><rect width="{width}" height="{height}" fill="#00f"/></svg>'
    made = deck([covered(header=header)], media={FIELD.path: replace(FIELD, data=svg.encode())})
    front = one(made, "cards", paper)[0]
    check_sheets(one(made, "cards", paper), paper, [(header or "?", f"Answer{letters(i)}") for i in range(3)])
    for index, where in enumerate(pictures(front)):
        box = Letter("", where.x, where.y, where.x + where.width, where.y + where.height, 0)
        card = cell(GRIDS[paper], index, "front")
        assert card.holds(box, 5)
        assert where.height > 0.36 * card.height or where.width > 79
        texts = [letter for letter in on_card(front, paper, index, "front") if letter.char != "?"]
        assert not [
            letter
            for letter in texts
            if where.x < letter.x1
            and letter.x0 < where.x + where.width
            and where.y < letter.y1
            and letter.y0 < where.y + where.height
        ]
    (column,) = pictures(one(made, "handout", paper)[0])
    assert column.x + column.width < GRIDS[paper].page_width / 2


def test_an_upright_picture_stands_beside_its_header() -> None:
    """Where that makes the picture larger, text and picture stand beside each other; a broad picture stands under its text."""
    tall, broad = replace(FIELD, data=FIELD.data.replace(b"300", b"130")), FIELD
    for media, beside in ((tall, True), (broad, False)):
        front = one(deck([covered()], media={FIELD.path: media}), "cards")[0]
        where, (name,) = pictures(front)[0], front.search_for("Name it.")[:1]
        assert (name.x1 / POINT < where.x and name.y0 / POINT > where.y) is beside
        assert (name.y1 / POINT < where.y) is not beside
    assert where.width > 55


def test_a_header_too_long_for_its_picture_goes_to_the_last_pages() -> None:
    """Text that leaves less than half a card to the picture is reported; header and covered picture stand whole at the end."""
    bag = Bag()
    made = deck([covered(header=words(200), shapes=SHAPES[:1])], media={FIELD.path: FIELD})
    document = one(made, "cards", bag=bag)
    (problem,) = bag
    assert problem.code == "overflow"
    assert "front of the card `c/m0`" in problem.message
    assert not pictures(document[0])
    assert bare(words(200)) in bare("".join(page.get_text() for page in document.pages(2)))
    (where,) = [where for page in document.pages(2) for where in pictures(page)]
    assert where.width > 60


def test_group_members_with_one_answer_say_it_once() -> None:
    """The back has every answer of the group, but not one twice."""
    shapes = (Shape("rect", ((0.1, 0.1), (0.3, 0.3))), Shape("rect", ((0.5, 0.5), (0.7, 0.7))))
    masks = tuple(Mask(f"m{at}", 1, shape, (para("Kidney"),)) for at, shape in enumerate(shapes))
    twin = replace(note("k", "image occlusion"), occlusion=Occlusion("images/x.svg", "Two", masks))
    assert bare(on_field([twin], "cards", "a4")[1].get_text()).count("Kidney") == 1
    assert "1.Kidney" in bare(on_field([twin], "handout", "a4")[0].get_text())


@pytest.mark.parametrize("layout", BOTH)
def test_words_under_a_cover_cannot_be_copied(layout: str) -> None:
    """The labels of a drawing are pixels once it has covers: neither layout has them as text. The figure itself keeps its text."""
    shown = (Paragraph((Image("images/rankl.svg", sample.ALT, 0, 0),)),)
    whole, both = sample.MOLECULES.occlusion, note("fig", Question="Q?", Answer="A.", Figure=shown)
    assert whole
    masked = replace(sample.MOLECULES, occlusion=replace(whole, masks=whole.masks[:1]))
    text = "".join(page.get_text() for page in one(sample.deck([masked], key="heart"), layout))
    assert "TRAF6" not in text
    assert text.count("RANKL") == 1  # the answer
    if layout == "handout":
        assert "TRAF6" in "".join(page.get_text() for page in one(sample.deck([masked, both], key="heart"), layout))


@pytest.mark.parametrize(
    ("name", "data"),
    [("dg-x.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40), ("dg-x.svg", b"<svg"), ("dg-x.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">骨</text></svg>'.encode())],
    ids=["pixels", "drawing", "letter"],
)  # fmt: skip
def test_a_broken_picture_with_covers_is_an_error_of_its_note(name: str, data: bytes) -> None:
    """A picture that Typst cannot read, or with a letter no font has, is named with the note that covers it; no page is made."""
    bag = Bag()
    made = deck([covered()], media={FIELD.path: replace(FIELD, name=name, kind=name[-3:], data=data)})
    assert print_deck(made, bag) == {}
    (problem,) = bag
    assert (problem.code, problem.severity) == ("image-unreadable", "error")
    assert "`images/x.svg`" in problem.message
    assert "masks of `c`" in problem.message


@pytest.mark.parametrize("layout", BOTH)
def test_a_picture_is_never_mirrored(layout: str) -> None:
    """In a note that runs from right to left the covers lie where they lie in any other."""
    page = on_field([replace(covered(), language="ar", direction="rtl")], layout, "a4")[0]
    check_covers(
        page,
        pictures(page)[0],
        [(shape, GREY if at and layout == "cards" else WHITE) for at, shape in enumerate(SHAPES)],
    )
