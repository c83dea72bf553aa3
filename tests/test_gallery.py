"""The gallery (docs/gallery) has every kind of note and every part of one, and Anki takes it as it is meant."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from test_anki import Student

from deckgen.build import Options, Result, build, check
from deckgen.diagnostics import Bag
from deckgen.export import count_cards
from deckgen.faces import cards_of
from deckgen.fieldtext import field_values
from deckgen.jobs import PrintJob
from deckgen.load.keys import CARD_TEXT, INHERITED
from deckgen.model import Kind
from deckgen.notetypes import PLANS
from deckgen.printing.cards import printed_cards
from deckgen.printing.writer import Writer

GALLERY = Path(__file__).parent.parent / "docs" / "gallery"
# Counted by hand from the files of the gallery.
CARDS = {
    "01 Question and answer": 6,
    "02 Cloze": 4,
    "03 Sequence": 6,
    "04 Table": 7,
    "05 Choice": 4,
    "06 Image occlusion": 5,
    "07 Spot the error": 1,
    "08 Every part": 2,
    "09 Other scripts": 4,
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    root = tmp_path_factory.mktemp("gallery") / "gallery"
    shutil.copytree(GALLERY, root, ignore=shutil.ignore_patterns("build", "*.webp", "*.md"))
    result = build(root, Options(strict=True))
    assert [(item.code, item.span.path, item.span.line, item.message) for item in result.bag] == []
    return root / "build" / "gallery.apkg", result


@pytest.fixture(scope="module")
def student(built: tuple[Path, Result], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    someone = Student(tmp_path_factory.mktemp("student"))
    result = someone.imports(built[0].read_bytes())
    assert result["new"] == built[1].notes
    yield someone
    someone.col.close()


def test_the_gallery_holds_every_kind_and_every_part() -> None:
    """Every kind of note, every card text, every key a note may have, a retired note, every card template but the spare."""
    collection = check(GALLERY).collection
    assert collection
    notes = collection.decks[0].notes()
    assert {note.kind for note in notes} == set(get_args(Kind))
    assert {name for note in notes for name in note.content} >= set(CARD_TEXT.values())
    for key in INHERITED:
        attribute = {"references": "citations", "subdeck": "deck_name"}.get(key, key)
        assert any(getattr(note, attribute) for note in notes), key
    assert any(note.retired for note in notes)
    made = {(note.note_type, card) for note in notes for card in
            cards_of(collection.note_types["en"][note.note_type], field_values(note, collection.note_types["en"][note.note_type], collection.decks[0]))}  # fmt: skip
    for plan in PLANS:
        if not plan.is_cloze and plan.key != "sequence":
            assert {(plan.key, at) for at, card in enumerate(plan.cards) if card.key != "spare"} <= made


def test_anki_finds_nothing_wrong(student: Student) -> None:
    """No card is missing, empty or broken, the database is sound, no file is missing or unused."""
    assert student.faults() == []


def test_anki_counts_the_cards_we_counted(student: Student, built: tuple[Path, Result]) -> None:
    """The cards of each deck are those one can count by hand, and as many as `deckgen build` says."""
    rows = student.col.db.list("select did from cards")
    found = Counter(student.col.decks.name(deck).partition("::")[2] for deck in rows)
    assert found == CARDS
    assert len(rows) == built[1].cards == sum(CARDS.values())
    collection = built[1].collection
    assert collection
    assert count_cards(collection.decks[0], collection.note_types["en"]) == len(rows)


def test_anki_would_make_the_cards_the_package_holds(student: Student) -> None:
    """Every note typed anew into Anki makes exactly the cards that came in the package: none too many, none too few."""
    col = student.col
    for number in col.db.list("select id from notes"):
        note = col.get_note(number)
        packed = sorted(card.ord for card in note.cards())
        twin = col.new_note(note.note_type())
        twin.fields, twin.tags = list(note.fields), list(note.tags)
        col.add_note(twin, 1)
        made = sorted(card.ord for card in twin.cards())
        col.remove_notes([twin.id])
        assert made == packed, note["Ref"]


def test_anki_s_editor_reads_every_mask(student: Student) -> None:
    """What Anki's own mask editor is given: the picture, the header, each shape with its card, hidden alike."""
    col = student.col
    found = {}
    for number in col.find_notes('"note:Gallery Image"'):
        note = col._backend.get_image_occlusion_note(note_id=number).note
        shapes = [(occlusion.ordinal, shape.shape, {item.name: item.value for item in shape.properties})
                  for occlusion in note.occlusions for shape in occlusion.shapes]  # fmt: skip
        found[col.get_note(number)["Ref"]] = (
            note.header,
            note.occlude_inactive,
            note.image_file_name,
            sorted(shapes, key=repr),
        )
    valves, groups = found["gallery/valves"], found["gallery/valve-groups"]
    assert valves[:2] == ("Name the valve.", True)
    assert groups[1] is False
    assert re.fullmatch(r"_dg-[0-9a-f]{20}\.svg", valves[2])
    assert [(ordinal, shape) for ordinal, shape, _ in valves[3]] == [(number, "rect") for number in (1, 2, 3, 4)]
    assert [(ordinal, shape) for ordinal, shape, _ in groups[3]] == [(1, "ellipse"), (1, "polygon")]
    for _, _, properties in valves[3]:
        left, top, width, height = (float(properties[key]) for key in ("left", "top", "width", "height"))
        assert 0 <= left < left + width <= 1
        assert 0 <= top < top + height <= 1


def test_masks_stay_where_they_were(built: tuple[Path, Result], update_golden: bool) -> None:
    """Every mask of the gallery is, digit for digit, where it was in the last release.

    Where an element lies is computed, so a change of that sum, of `PADDING` or of a width of letters rewrites published
    notes, and with them what students wrote there. It must be worth that price.
    """
    collection = built[1].collection
    assert collection
    deck, kind = collection.decks[0], collection.note_types["en"]["image"]
    lines = [f"{note.id}: {dict(zip(kind.field_names(), field_values(note, kind, deck), strict=True))['Occlusion']}"
             for note in deck.notes() if note.occlusion]  # fmt: skip
    now = "\n".join(lines) + "\n"
    golden = Path(__file__).parent / "golden" / "masks.txt"
    if update_golden:
        golden.write_text(now, encoding="utf-8")
    assert len(lines) == 2
    assert now == golden.read_text(encoding="utf-8")


def test_an_image_card_tells_only_its_own_answer(student: Student) -> None:
    """The answer stands in words on the back of its card alone; no front holds any answer."""
    answers = {1: "Pulmonary valve", 2: "Aortic valve", 3: "Tricuspid valve", 4: "Mitral valve"}
    (number,) = student.col.find_notes('"Ref:gallery/valves"')
    for card in student.col.get_note(number).cards():
        shown = card.render_output()
        told = {key for key, answer in answers.items() if answer in shown.answer_text}
        assert told == {card.ord + 1}
        assert not any(answer in shown.question_text for answer in answers.values())


def test_a_claim_is_quoted_and_never_stands_alone(student: Student) -> None:
    """On both sides the claim is a quotation under a label that calls it a claim; the back calls it untrue."""
    (number,) = student.col.find_notes('"Ref:gallery/nitrate-claim"')
    (card,) = student.col.get_note(number).cards()
    shown = card.render_output()
    for side, label in ((shown.question_text, ">Claim<"), (shown.answer_text, ">Claim: not true as it stands<")):
        assert re.search(rf"{label}/b><blockquote dir=\"auto\">Nitrates", side)
        assert side.count("mainly because") == 1


def test_sound_plays(student: Student) -> None:
    """Anki finds the sound on the front, and the file is there."""
    (number,) = student.col.find_notes('"Ref:gallery/heart-sound"')
    (card,) = student.col.get_note(number).cards()
    (tag,) = card.question_av_tags()
    assert re.fullmatch(r"_dg-[0-9a-f]{20}\.mp3", tag.filename)
    assert (Path(student.col.media.dir()) / tag.filename).stat().st_size > 1000


def test_typed_answers_are_compared(student: Student) -> None:
    """The second card of a typed note asks Anki for its box, and compares with the plain text."""
    (number,) = student.col.find_notes('"Ref:gallery/ef-reduced"')
    plain, typed = student.col.get_note(number).cards()
    assert "[[type:" not in plain.render_output().question_text
    assert "[[type:Typed answer]]" in typed.render_output().question_text
    assert student.col.get_note(number)["Typed answer"] == "40"


def test_two_builds_are_the_same_bytes(built: tuple[Path, Result], tmp_path: Path) -> None:
    """Tables, masks and sounds too come out the same every time, in another folder."""
    root = tmp_path / "elsewhere"
    shutil.copytree(GALLERY, root, ignore=shutil.ignore_patterns("build"))
    build(root, Options(formats=("apkg",)))
    assert (root / "build" / "gallery.apkg").read_bytes() == built[0].read_bytes()


def test_print_knows_where_every_text_stands(built: tuple[Path, Result]) -> None:
    """A message about print points at the options, the masks or the text itself, not at the note they are in."""
    collection = built[1].collection
    assert collection
    writer, seen = Writer(collection.decks[0], Bag()), set()
    for card in printed_cards(collection.decks[0], PrintJob("cards")):
        for part in (*card.front, *card.back, *card.extras):
            place = writer.place(card.note, part.field)
            assert place.span == card.note.spans[part.field] != card.note.span, (card.id, part.field)
            seen.add(place.words.partition(" of `")[0])
    assert seen >= {"question", "cloze", "sequence", "step 2", "ask whole", "options", "masks", "claim", "watch out"}
    cited = next(note for note in collection.decks[0].notes() if "Source" in note.spans)
    assert writer.place(cited, "Source") == (f"references of `{cited.id}`", cited.spans["Source"])


def test_everything_is_printed(built: tuple[Path, Result]) -> None:
    """Handout and cards exist on both papers, and the package names what it was made of."""
    names = {path.name for path in built[0].parent.iterdir() if path.suffix == ".pdf"}
    assert names == {f"gallery-{layout}-{paper}.pdf" for layout in ("handout", "cards") for paper in ("a4", "letter")}
    with zipfile.ZipFile(built[0]) as package:
        media: Any = package.read("media")
        assert media.count(b".mp3") == 1
        assert media.count(b".svg") == 2
