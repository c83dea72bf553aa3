"""The deck that the project ships: nothing to find fault with, nothing missing, and its page for students is true."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from conftest import Run

from deckgen.build import read
from deckgen.model import Deck

ROOT = Path(__file__).parent.parent
README = ROOT / "cards" / "osteoporosis" / "README.md"
LOOKED_AT = "2026-11-27"  # the day for which the dates of facts are judged: tests do not age


@cache
def deck() -> Deck:
    """The deck, read once."""
    result = read(ROOT)
    assert not result.bag
    assert result.collection
    (found,) = [each for each in result.collection.decks if each.key == "osteoporosis"]
    return found


def test_nothing_is_found(run: Run) -> None:
    """`deckgen check --strict`: no mistake, no warning, no broken rule, no old fact."""
    code, out, err = run("check", "--strict", "--today", LOOKED_AT, root=ROOT)
    assert (code, out.strip()) == (0, ""), err


def test_everything_is_covered(run: Run) -> None:
    """Every topic has its notes, every required statement a note, and no error is taught as true."""
    code, out, _ = run("list", "coverage", "--json", root=ROOT)
    (found,) = [each for each in json.loads(out) if each["deck"] == "osteoporosis"]
    assert code == 0
    assert len(found["topics"]) == 27
    assert sum(each["minimum"] for each in found["topics"]) >= 234
    assert all(each["notes"] >= each["minimum"] for each in found["topics"])


def test_every_note_names_facts_and_works() -> None:
    """Without exception."""
    for note in deck().notes():
        assert note.statements, note.id
        assert note.citations, note.id


def test_nothing_uncertain_is_a_plain_fact() -> None:
    """A statement of confidence C stands on notes that show an error or say that it is contested, and on no others."""
    for note in deck().notes():
        shows_doubt = note.kind == "spot the error" or any(tag.endswith("::contested") for tag in note.tags)
        doubtful = [each for each in note.statements if deck().statements[each].confidence == "C"]
        assert shows_doubt or not doubtful, (note.id, doubtful)


@pytest.mark.parametrize("pattern", re.findall(r"`tag:([^`]+)`", README.read_text(encoding="utf-8")))
def test_searches_of_the_students_page_find_cards(pattern: str) -> None:
    """As Anki searches: a tag, what is below it, `*` for anything."""
    wanted = re.compile(re.escape(pattern).replace(r"\*", ".*") + "(::.*)?")
    assert any(wanted.fullmatch(tag) for note in deck().notes() for tag in note.tags)


def test_the_students_page_counts_right(run: Run) -> None:
    """To within a tenth: some 400 notes, 600 cards."""
    said = re.search(r"Some (\d+) notes, (\d+) cards", README.read_text(encoding="utf-8"))
    _, _, err = run("check", "--today", LOOKED_AT, root=ROOT)
    found = re.search(r"([\d,]+) notes, ([\d,]+) cards", err)
    assert said
    assert found
    for told, real in zip(said.groups(), found.groups(), strict=True):
        assert abs(int(told) - int(real.replace(",", ""))) <= int(told) / 10
