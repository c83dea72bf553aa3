"""Sequences and tables of any shape: what Anki generates from the notes is what the package holds, and nothing is empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_anki import Student

from deckgen.diagnostics import Bag, Source
from deckgen.export import count_cards
from deckgen.load.sets import read_sets
from deckgen.load.values import DeckFrame
from deckgen.model import Deck
from deckgen.tabletext import render_jobs
from deckgen.yamlnodes import parse

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
IDS = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True).filter(lambda text: text != "whole")
WORDS = st.sampled_from(["RANKL", "binds *RANK*", "Ca^2+^ rises", "0", "−", "$x^2$", "a < b & c", "[sound:x.mp3]"])


@st.composite
def sequences(draw: st.DrawFn) -> dict[str, Any]:
    steps = draw(st.dictionaries(IDS, WORDS, min_size=2, max_size=10))
    note: dict[str, Any] = {"sequence": draw(WORDS), "steps": steps}
    if draw(st.booleans()):
        note["ask whole"] = "All of them?"
    return note


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    cell = st.one_of(st.just(""), WORDS)
    rows = draw(
        st.dictionaries(IDS, st.fixed_dictionaries({"name": WORDS, "a": cell, "b": cell}), min_size=1, max_size=4)
    )
    return {
        "columns": ["name", "a", "b"],
        "rows": {key: {**row, "name": f"{key} {row['name']}"} for key, row in rows.items()},
    }


QUESTIONS = {
    "plain": {"question": "a of {{ row.name }}?", "answer": "{{ row.a }}"},
    "both": {"question": "b of {{ row.name }}?", "answer": "{{ row.b }}", "reverse question": "Which has {{ row.b }} in b, and {{ row.a }}?", "reverse answer": "{{ row.name }}", "typed answer": "{{ row.id }}"},
    "claim": {"claim": "{{ row.name }} has {{ row.a }}.", "error": "No: {{ row.b }}"},
    "gap": {"cloze": "{{c1::{{ row.id }}}} has {{c2::{{ row.a | replace('}', '') | replace('{', '') }}}}."},
    "which": {"for each": "value of a", "question": "Which have {{ value }}?", "answer": "{{ rows | each('name') }}"},
}  # fmt: skip


def deck_of(content: dict[str, Any]) -> Deck:
    """The deck of one set, in which nothing is wrong; a table may make no note."""
    bag = Bag()
    root = parse(Source("cards/t.yaml", json.dumps(content)), bag)
    assert root is not None
    frame = DeckFrame("osteoporosis", "Osteoporosis", "", (), {}, media=lambda *_: None)
    with pytest.MonkeyPatch.context() as patch:  # what is rendered is the same; only a process less
        patch.setattr("deckgen.sandbox.call", lambda _, payload, **__: render_jobs(json.loads(json.dumps(payload))))
        sets = read_sets([("cards/t.yaml", root)], frame, bag)
    assert {item.code for item in bag} <= {"no-generated-notes"}, list(bag)
    return replace(sample.deck(()), sets=tuple(sets))


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Student]:
    someone = Student(tmp_path_factory.mktemp("student"))
    yield someone
    someone.col.close()


def agrees(student: Student, deck: Deck) -> None:
    """Import the deck; every note has cards, none is empty, and Anki would make the same ones; then forget it."""
    notes = deck.notes()
    if not notes:
        return
    result = student.imports(sample.package(deck))
    assert result["new"] == len(notes)
    col = student.col
    try:
        assert not col.get_empty_cards().notes
        for number in col.db.list("select id from notes"):
            note = col.get_note(number)
            twin = col.new_note(note.note_type())
            twin.fields, twin.tags = list(note.fields), list(note.tags)
            col.add_note(twin, 1)
            assert [card.ord for card in twin.cards()] == [card.ord for card in note.cards()] != []
    finally:
        col.remove_notes(col.db.list("select id from notes"))


@given(note=sequences())
@FEW
def test_sequences_make_the_cards_anki_makes(student: Student, note: dict[str, Any]) -> None:
    """A card a step and one for the whole where it is asked; steps keep their ids in their order."""
    deck = deck_of({"notes": [{"id": "s", **note}]})
    for each in deck.notes():
        assert each.step_ids == tuple(note["steps"])
        cards = sample_cards(deck)
        assert cards == len(note["steps"]) + ("ask whole" in note)
    agrees(student, deck)


def sample_cards(deck: Deck) -> int:
    return count_cards(deck, sample.types())


@given(data=st.data(), note=sequences())
@FEW
def test_steps_keep_their_ids_wherever_they_stand(data: st.DataObject, note: dict[str, Any]) -> None:
    """Steps moved or inserted: each id still has its own text, and the note its GUID."""
    before = deck_of({"notes": [{"id": "s", **note}]}).notes()
    moved = {key: note["steps"][key] for key in data.draw(st.permutations(list(note["steps"])))}
    if len(moved) < 10:
        moved = {**dict(list(moved.items())[:1]), "zz9": "new", **moved}
    after = deck_of({"notes": [{"id": "s", **note, "steps": moved}]}).notes()
    for old, new in zip(before, after, strict=True):
        assert old.guid == new.guid
        texts = [dict(zip(each.step_ids, (each.content[f"Step {at}"] for at in range(1, 11) if f"Step {at}" in each.content), strict=True)) for each in (old, new)]  # fmt: skip
        assert texts[0].items() <= texts[1].items()


@given(table=tables())
@FEW
def test_tables_make_the_cards_anki_makes(student: Student, table: dict[str, Any]) -> None:
    """Whatever cells are empty and whatever stands in them: no duplicate, no empty card, as many as Anki makes."""
    deck = deck_of({"tables": {"t": table}, "notes": [{"id": "n", "table": "t", "questions": QUESTIONS}]})
    ids = [note.id for note in deck.notes()]
    assert len(ids) == len(set(ids))
    agrees(student, deck)
