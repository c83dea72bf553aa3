"""Image occlusion: what masks cover, how Anki's own editor would have written them, which card asks for which."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from conftest import MakeProject
from hypothesis import given
from hypothesis import strategies as st

from deckgen.build import check
from deckgen.fieldtext import _fraction, field_values
from deckgen.model import Collection, Note

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100" viewBox="0 0 400 200"><rect width="400" height="200" fill="#fff"/>'
    '<g transform="translate(100 50) scale(2)"><circle id="ring" cx="50" cy="25" r="10"/></g>'
    '<g id="nothing"/><rect id="far" x="500" y="10" width="20" height="20"/></svg>'
)


def loaded(
    make: MakeProject, masks: str, more: str = "", name: str = "project"
) -> tuple[Collection, Note | None, list[tuple[str, str]]]:
    text = f"- id: rings\n  image: images/rings.svg\n  alt: A plate\n  header: What is it?\n{more}  masks:\n{masks}"
    result = check(make({"cards/heart/a.yaml": text, "cards/heart/images/rings.svg": PICTURE}, name))
    assert result.collection
    notes = result.collection.decks[0].notes()
    found = [(item.code, item.span.source.text[item.span.start : item.span.end]) for item in result.bag]
    return result.collection, notes[0] if notes else None, found


def fields(collection: Collection, note: Note | None) -> Mapping[str, str]:
    assert note
    kind = collection.note_types["en"]["image"]
    return dict(zip(kind.field_names(), field_values(note, kind, collection.decks[0]), strict=True))


def numbers(note: Note | None) -> dict[str, int]:
    assert note
    assert note.occlusion
    return {mask.id: mask.number for mask in note.occlusion.masks}


SHAPES = """\
    ring: {element: ring, answer: "The **ring**", clue: round}
    box: {box: [0.5, 0.25, 0.1, 0.2], answer: A box}
    oval: {ellipse: [0.1, 0.2, 0.3, 0.4], answer: An oval}
    kite: {polygon: [[0.5, 0], [1, 0.5], [0.5, 1], [0.25, 0.5]], answer: "A }} kite :: [x]"}
"""


def test_masks_are_written_as_anki_s_editor_writes_them(project: MakeProject) -> None:
    """Order and names of properties, number format and line breaks are those of Anki's own source."""
    collection, note, found = loaded(project, SHAPES)
    assert found == []
    shown = fields(collection, note)
    first, *rest = shown["Occlusion"].split("<br>")
    assert rest == [
        "{{c2::image-occlusion:rect:left=.5:top=.25:width=.1:height=.2:oi=1}}",
        "{{c3::image-occlusion:ellipse:left=.1:top=.2:rx=.15:ry=.2:oi=1}}",
        "{{c4::image-occlusion:polygon:left=.25:top=.0000:points=.5,.0000 1.,.5 .5,1. .25,.5:oi=1}}",
        "",
    ]
    left, top, width, height = map(float, re.findall(r"=(\.\d+)", first))
    # The circle's centre lies at (200, 100) of 400 x 200, its radius is 20; a little more is covered around it.
    assert (left + width / 2, top + height / 2) == pytest.approx((0.5, 0.5), abs=0.001)
    assert 0.1 < width < 0.13
    assert 0.2 < height < 0.26


def test_answers_are_gaps_of_the_same_numbers(project: MakeProject) -> None:
    """Each answer is a gap with its mask's number, its clue as the hint; without one the hint is empty, not three dots."""
    collection, note, _ = loaded(project, SHAPES)
    answers = fields(collection, note)["Answers"]
    assert answers.startswith("{{c1::The <b>ring</b>::round}}{{c2::A box::}}{{c3::An oval::}}{{c4::A ")
    assert answers.count("}}") == answers.count("{{c") == 4
    assert fields(collection, note)["Image"].startswith('<img src="_dg-')


def test_an_answer_in_another_language_says_so(project: MakeProject) -> None:
    """The language stands inside the gap, because Anki shows nothing that stands around it; the masks stay as they are."""
    collection, note, _ = loaded(project, SHAPES, "  language: ar\n  direction: rtl\n")
    shown = fields(collection, note)
    assert '{{c1::<span lang="ar" dir="rtl">The <b>ring</b></span>::round}}' in shown["Answers"]
    assert '{{c2::<span lang="ar" dir="rtl">A box</span>::}}' in shown["Answers"]
    assert shown["Occlusion"].startswith("{{c1::image-occlusion:rect:left=")
    assert shown["Image"].startswith("<img")


def test_hide_one_says_nothing_of_the_others(project: MakeProject) -> None:
    """`hide: one` writes no `oi`, as Anki does; `all` writes it on every mask."""
    collection, note, _ = loaded(project, SHAPES, "  hide: one\n")
    assert "oi=" not in fields(collection, note)["Occlusion"]


def test_numbers_follow_the_file_and_can_be_kept(project: MakeProject) -> None:
    """Groups share a number; a number written down is kept, and others take the first that are free."""
    masks = "".join(f"    {key}: {{box: [0, 0, 0.1, 0.1], answer: x{rest}}}\n" for key, rest in
                    (("a", ""), ("b", ", group: g"), ("c", ", number: 2"), ("d", ", group: g"), ("e", ", number: 7, group: h"), ("f", ", group: h"), ("g", "")))  # fmt: skip
    _, note, found = loaded(project, masks)
    assert found == []
    assert numbers(note) == {"a": 1, "b": 3, "c": 2, "d": 3, "e": 7, "f": 7, "g": 4}


def test_new_masks_at_the_end_move_no_number(project: MakeProject) -> None:
    """What a student has learnt as card 2 stays card 2 when masks are added behind."""
    _, before, _ = loaded(project, SHAPES)
    _, after, _ = loaded(project, SHAPES + "    new: {box: [0, 0, 0.1, 0.1], answer: New}\n", name="later")
    assert numbers(before).items() <= numbers(after).items()


@pytest.mark.parametrize(
    ("mask", "code"),
    [
        ("element: nothing", "mask-empty"),
        ("element: far", "mask-outside"),
        ("element: rnig", "unknown-element"),
        ("box: [0.9, 0.1, 0.2, 0.1]", "mask-outside"),
        ("box: [-0.1, 0.1, 0.2, 0.1]", "mask-outside"),
        ("box: [0.1, 0.1, 0.0001, 0.1]", "mask-empty"),
        ("box: [0.1, 0.1, nan, 0.1]", "wrong-shape"),
        ("box: [0.1, 0.1, 1e999, 0.1]", "wrong-shape"),
        ("polygon: [[0, 0], [1, 1]]", "mask-empty"),
        ("polygon: [[0, 0], [0.5, 0.5], [1, 1]]", "mask-empty"),
        ("polygon: [[0, 0], [0.5, 0.5], [1, 7]]", "mask-outside"),
        ("polygon: 7", "wrong-shape"),
        ("box: seven", "wrong-shape"),
    ],
)
def test_a_mask_that_covers_nothing_is_an_error(mask: str, code: str, project: MakeProject) -> None:
    """Outside, too small, not there, no numbers: the place of the value, and no card."""
    _, note, found = loaded(project, f"    m: {{{mask}, answer: x}}\n")
    assert [each for each, _ in found] == [code]
    assert found[0][1] in mask
    assert note is None or note.occlusion is None


def test_elements_exist_only_in_drawings(project: MakeProject) -> None:
    """A photograph has no elements; the message says what to give instead."""
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
    text = "- {id: a, image: images/p.png, alt: A dot, masks: {m: {element: dot, answer: x}}}\n"
    result = check(project({"cards/heart/a.yaml": text, "cards/heart/images/p.png": png}))
    assert [item.code for item in result.bag] == ["unknown-element"]


def test_a_drawing_must_say_how_large_it_is(project: MakeProject) -> None:
    """An SVG without width and height is shown small in Anki; the remedy is there to copy."""
    text = "- {id: a, image: images/p.svg, alt: A plate, masks: {m: {element: ring, answer: x}}}\n"
    bare = PICTURE.replace('width="200" height="100" ', "", 1)
    result = check(project({"cards/heart/a.yaml": text, "cards/heart/images/p.svg": bare}))
    assert [(item.code, item.severity) for item in result.bag] == [("mask-picture-size", "warning")]
    assert 'Write width="400" height="200" into' in next(iter(result.bag)).hints[0]


SIZE = 'width="200" height="100" viewBox="0 0 400 200"'


@pytest.mark.parametrize(
    ("attributes", "remedy"),
    [
        ('viewBox="0 0 1e3 500"', 'width="1000" height="500"'),
        ('width="100%" height="100%" viewBox="0 0 400 200"', 'width="400" height="200"'),
        ('viewBox="0 0 24 12"', 'width="600" height="300"'),
        ('viewBox="0 0 400 400" preserveAspectRatio="none"', 'width="300" height="150"'),
        ('width="50vw" height="5vh"', "its `width` and `height` in pixels"),
        ('width="210mm" height="105mm" viewBox="0 0 400 200"', ""),
        ('width="6.4e2" height="3.2e2" viewBox="0 0 400 200"', ""),
        ('width="100mm" height="50mm" viewBox="0 0 400 400"', ""),
        ('width="500" viewBox="0 0 400 200"', ""),
    ],
)
def test_the_remedy_keeps_the_shape(attributes: str, remedy: str, project: MakeProject) -> None:
    """What is told to be written is the shape a browser shows; a drawing with a size in any unit is left alone."""
    text = "- {id: a, image: images/p.svg, alt: A plate, masks: {m: {box: [0, 0, 0.5, 0.5], answer: x}}}\n"
    result = check(
        project({"cards/heart/a.yaml": text, "cards/heart/images/p.svg": PICTURE.replace(SIZE, attributes, 1)})
    )
    assert [item.code for item in result.bag] == (["mask-picture-size"] if remedy else [])
    assert all(f"Write {remedy} into its `<svg ...>` tag." in item.hints[0] for item in result.bag)


def test_what_is_covered_beside_is_as_much_as_above(project: MakeProject) -> None:
    """The margin around an element is equally wide on all sides as shown, whatever the view box says of the shape."""
    text = "- {id: a, image: images/p.svg, alt: A plate, masks: {m: {element: ring, answer: x}}}\n"
    shown = PICTURE.replace(SIZE, 'width="100mm" height="50mm" viewBox="0 0 400 400"', 1)
    result = check(project({"cards/heart/a.yaml": text, "cards/heart/images/p.svg": shown}))
    assert result.collection
    occlusion = result.collection.decks[0].notes()[0].occlusion
    assert occlusion
    (left, top), (right, bottom) = occlusion.masks[0].shape.points
    # The ring is a circle on a square in the middle of a picture twice as wide as high.
    assert (right - left) * 2 == pytest.approx(bottom - top, rel=1e-3)


def test_a_named_figure_lends_its_words(project: MakeProject) -> None:
    """`image: NAME` takes path and text alternative of a figure of the deck; the note may give a better one."""
    settings = "publisher: Test\ndecks:\n  heart:\n    name: Heart\n    figures: {rings: {image: images/rings.svg, alt: The ring}}\n"
    text = "- {id: a, image: rings, masks: {m: {element: ring, answer: The ring}}}\n- {id: b, image: rings, alt: A plate, header: What is it?, masks: {m: {element: ring, answer: The ring}}}\n"
    result = check(
        project({"deckgen.yaml": settings, "cards/heart/a.yaml": text, "cards/heart/images/rings.svg": PICTURE})
    )
    assert result.collection
    assert [note.occlusion.alt for note in result.collection.decks[0].notes() if note.occlusion] == [
        "The ring",
        "A plate",
    ]
    assert [(item.code, item.span.line) for item in result.bag] == [("answer-in-view", 1)]


@given(st.floats(0, 1))
def test_fractions_are_read_back(value: float) -> None:
    """Four decimals, never a lone dot, and what a browser reads is what was meant."""
    written = _fraction(value)
    assert re.fullmatch(r"1?\.\d*", written)
    assert written != "."
    assert float(written) == pytest.approx(value, abs=0.00005)
