"""The tools that look at cards with Anki: what needs no browser of theirs. A tool that finds nothing must be able to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import anki_cards
import anki_versions
import findings
import pytest
import sample

from deckgen.model import NoteType


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tools") / "five.apkg"
    path.write_bytes(sample.five_types())
    return path


def faces(front: str, back: str) -> NoteType:
    """The note type Recall with other faces on its first card."""
    recall = sample.types()["recall"]
    return replace(recall, templates=(replace(recall.templates[0], front=front, back=back), *recall.templates[1:]))


def package(folder: Path, note_type: NoteType, **fields: str) -> Path:
    path = folder / "one.apkg"
    path.write_bytes(sample.raw_package([sample.raw_note("one", note_type, fields, due=1)]))
    return path


def test_our_packages_pass(five: Path) -> None:
    """Every card of every note type arrives, renders and keeps its answer to the back."""
    report = anki_versions.look(five)
    assert report == {"notes": 8, "cards": 21, "masked": 5, "unmasked": "", "problems": []}
    with anki_cards.opened(five) as opened:
        cards = opened.cards()
        assert [card.name for card in cards if anki_cards.leaks(card)] == []
        assert len({card.kind for card in cards}) == 13


@pytest.mark.parametrize(
    ("front", "back", "finding"),
    [
        ("{{#Question}}{{Nope}}{{/Question}}", "{{Answer}}", "Anki complains on the front"),
        ("{{#Question}}{{Question}}{{/Question}}", "{{nothing:Answer}}", "unknown filter nothing: before Answer"),
        ("{{#Question}}{{Question}}{{/Question}}", "<p></p>", "nothing on the back"),
        ("{{#Question}}{{Question}} [[type:Nope{{/Question}}", "{{Answer}}", "printed as it is on the front: [[type:"),
    ],
)
def test_broken_faces_are_found(tmp_path: Path, front: str, back: str, finding: str) -> None:
    """A field or filter Anki does not know, an empty side and a placeholder left over are findings."""
    problems = anki_versions.look(package(tmp_path, faces(front, back), Question="q", Answer="a"))["problems"]
    assert any(finding in problem for problem in problems), problems


def test_lost_media_and_empty_cards_are_found(tmp_path: Path) -> None:
    """What Anki's own checks find is a finding: here a picture that is not in the package."""
    report = anki_versions.look(package(tmp_path, sample.types()["recall"], Question="q", Answer='<img src="x.png">'))
    assert report["problems"] == ["missing picture x.png"]


@pytest.mark.parametrize(
    ("front", "leak"),
    [
        ("{{Question}}<div hidden>{{Answer}}</div>", ["Answer: osteoprotegerin is a decoy"]),
        ("{{Question}}<p>{{Answer}}</p>", []),  # for all to see: then the face means it
        ("{{Question}}<p title='osteoprotegerin is a decoy'></p>", ["Answer: osteoprotegerin is a decoy"]),
        ("{{Question}}<!-- Osteoprotegerin is a decoy -->", ["Answer: osteoprotegerin is a decoy"]),
        ("{{Question}}", []),
    ],
)
def test_an_answer_on_the_front_is_found(tmp_path: Path, front: str, leak: list[str]) -> None:
    """The answer's words in the front's HTML are found, in an attribute or a comment too; the author's own are not."""
    made = package(tmp_path, faces(front, "{{Answer}}"), Question="What?", Answer="osteoprotegerin is a decoy")
    with anki_cards.opened(made) as opened:
        assert anki_cards.leaks(opened.cards()[0]) == leak


def test_what_a_student_types_is_compared(five: Path) -> None:
    """A typed answer that is nearly right shows all three of Anki's marks: good, bad and missed."""
    with anki_cards.opened(five) as opened:
        typed: Any = next(card.typed for card in opened.cards() if card.typed)
        assert typed.expected == "-2.5"
        html = opened.compared(typed, anki_cards.slip(typed.expected))
    assert all(name in html for name in ("typeGood", "typeBad", "typeMissed"))


def test_one_fault_in_many_places_is_one_finding() -> None:
    """Findings that differ in their measures only are told once, with the number of cards."""
    found = findings.Findings()
    for card, width in (("a", 12), ("b", 340.5)):
        page = {"findings": [{"kind": "overflow", "where": "table", "detail": f"{width} px too wide", "text": "x"}]}
        findings.note_checks(found, page, findings.Seen(card, "q", "android", ""))
    assert list(found.lines()) == ["overflow: table: 12 px too wide: “x”\n    2 card(s), first a, side q; android"]


def test_a_question_that_moves_is_found() -> None:
    """More than a pixel between the sides counts, less does not."""
    found = findings.Findings()
    sides = {
        "q": {".dg-q": [10.0, 20.0], ".dg-case": [10.0, 5.0]},
        "a": {".dg-q": [10.0, 23.0], ".dg-case": [10.5, 5.0]},
    }
    findings.compare_places(found, sides, findings.Seen("a", "a", "ios", ""))
    assert [(kind, where) for kind, where, _ in found.places] == [("moved", ".dg-q")]
