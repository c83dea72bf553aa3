"""The whole deck and its parts in one collection, in any order: judged by Anki's own importer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sample
from test_anki import Student

from deckgen.editions.ledger import Ledger
from deckgen.editions.plan import release_plan
from deckgen.editions.review import review
from deckgen.export import apkg, text
from deckgen.model import Context, Deck, Note, Package, Retired

NOTES = (*sample.NOTES, *sample.MORE_NOTES)
CORE = Package("core", "Core only", frozenset(["t-score", "denosumab", "threshold", "molecules"]))
DRUGS = Package("drugs", "Pharmacology only", frozenset(["denosumab", "denosumab-stop"]))
DECK = replace(sample.deck(NOTES), packages=(CORE, DRUGS))
INSIDE = [note for note in NOTES if note.id in CORE.notes]
OUTSIDE = [note for note in NOTES if note.id not in CORE.notes]
FULL = "osteoporosis"
NEW, SEEN = "new", "duplicate"
PART = "osteoporosis-core"


class Edition:
    """An edition of a deck: its packages and text updates by name, and the ledger after it."""

    def __init__(self, deck: Deck, before: Ledger | None = None, day: int = 0) -> None:
        types = sample.types()
        found = review(deck, types, before)
        plan = release_plan(found, [before] if before else [], "", sample.EDITION + day * sample.DAY)
        deck = replace(deck, version=plan.edition.version, date=plan.edition.date)
        context = Context(
            types, plan.edition.time, found.now.notes, plan.note_times, plan.type_times, updates=plan.updates
        )
        made = [*apkg.export_all(deck, context), *text.export(deck, context)]
        self.files: Mapping[str, bytes] = {each.name.removesuffix(".apkg"): each.data for each in made}
        self.ledger = plan.ledger


@pytest.fixture(scope="module")
def first() -> Edition:
    return Edition(DECK)


@pytest.fixture(scope="module")
def second(first: Edition) -> Edition:
    """A later edition: a note corrected and one retired inside the part, one corrected and two added outside it."""
    changed = {
        "t-score": replace(sample.T_SCORE, content={**sample.T_SCORE.content, "Answer": sample.text("−2.5 SD")}),
        "threshold": replace(sample.THRESHOLD, retired=Retired("1.1.0", "Too simple.")),
        "arabic": replace(sample.ARABIC, topic="Another topic"),
    }
    added = [sample.note(name, Question=f"{name}?", Answer="Yes.") for name in ("at-the-head", "in-the-middle")]
    notes = [changed.get(note.id, note) for note in NOTES]
    notes = [added[0], *notes[:3], added[1], *notes[3:]]
    return Edition(replace(DECK, sets=(replace(DECK.sets[0], notes=tuple(notes)),)), first.ledger, 30)


@pytest.fixture
def someone(tmp_path: Path) -> Iterator[Any]:
    """Makes students, each with a collection of their own."""
    made: list[Student] = []

    def make() -> Student:
        made.append(Student(tmp_path / f"student {len(made)}"))
        return made[-1]

    yield make
    for each in made:
        each.col.close()


def notes_of(student: Student) -> dict[str, tuple[Any, ...]]:
    """Every note by GUID: its row id, note type, time, tags and fields."""
    return {
        row[0]: tuple(row[1:]) for row in student.col.db.execute("select guid, id, mid, mod, tags, flds from notes")
    }


def studies(student: Student) -> None:
    """Reviews, edits, tags, suspends, moves, fills in "My notes" and changes the look: all that must be kept."""
    col = student.col
    col.sched.set_due_date(list(col.find_cards("")), "7")
    note = student.note(sample.DENOSUMAB.guid)
    note["My notes"], note["Text"] = "asked on the ward round", f"{note['Text']} (mine)"
    note.tags.append("mine")
    col.update_note(note)
    col.sched.suspend_cards([card.id for card in student.note(sample.THRESHOLD.guid).cards()])
    col.set_deck([card.id for card in student.note(sample.T_SCORE.guid).cards()], col.decks.id("Elsewhere"))
    model = col.models.by_name("Example Recall")
    model["css"] += "\n.card { --accent: #a00; }"
    col.models.update_dict(model)


def untouched(student: Student, notes: Mapping[str, Any], cards: Mapping[Any, Any]) -> bool:
    """Whether these notes and cards are, to the last value, what they were."""
    now, shown = notes_of(student), student.cards()
    return {guid: now[guid] for guid in notes} == notes and {key: shown[key] for key in cards} == cards


def outcome(new: int, updated: int, duplicate: int) -> dict[str, int]:
    return {"new": new, "updated": updated, "duplicate": duplicate, "conflicting": 0, "full sync": 0}


def test_the_small_package_first_and_the_whole_later(first: Edition, someone: Any) -> None:
    """Exactly what is missing comes; of what was studied and edited not a value changes, and Anki finds no fault."""
    student = someone()
    assert student.imports(first.files[PART]) == outcome(len(INSIDE), 0, 0)
    assert set(notes_of(student)) == {note.guid for note in INSIDE}
    assert student.faults() == []
    studies(student)
    notes, cards = notes_of(student), student.cards()
    assert student.imports(first.files[FULL]) == outcome(len(OUTSIDE), 0, len(INSIDE))
    assert untouched(student, notes, cards)
    assert set(notes_of(student)) == {note.guid for note in NOTES}
    assert student.col.models.by_name("Example Recall")["css"].endswith("--accent: #a00; }")
    assert not [each.name for each in student.col.models.all_names_and_ids() if each.name.endswith("+")]
    assert student.faults() == []


def test_the_whole_first_and_the_small_package_later(first: Edition, someone: Any) -> None:
    """Nothing comes and nothing changes."""
    student = someone()
    student.imports(first.files[FULL])
    studies(student)
    notes, cards = notes_of(student), student.cards()
    assert student.imports(first.files[PART]) == outcome(0, 0, len(INSIDE))
    assert (notes_of(student), student.cards()) == (notes, cards)
    assert student.faults() == []


def test_two_parts_that_overlap(first: Edition, someone: Any) -> None:
    """A note of both parts is one note."""
    student = someone()
    student.imports(first.files[PART])
    studies(student)
    notes, cards = notes_of(student), student.cards()
    assert student.imports(first.files["osteoporosis-drugs"]) == outcome(1, 0, 1)
    assert untouched(student, notes, cards)
    assert set(notes_of(student)) == {note.guid for note in NOTES if note.id in CORE.notes | DRUGS.notes}
    assert student.faults() == []


def test_in_whatever_order_the_collection_is_the_same(first: Edition, someone: Any) -> None:
    """Row ids (what Anki shows as "Created"), positions and times are those of who took the whole at once."""
    found = []
    for names in ((FULL,), (PART, FULL), ("osteoporosis-drugs", PART, FULL)):
        student = someone()
        for name in names:
            student.imports(first.files[name])
        found.append((notes_of(student), {key: card[1:] for key, card in student.cards().items()}))
    assert found[1] == found[0]
    assert found[2] == found[0]
    assert {card[2] for card in found[0][1].values()} == set(range(1, len(NOTES) + 1))


def test_new_cards_of_a_part_come_in_the_order_of_the_deck(first: Edition, someone: Any) -> None:
    """A note has the same position in a part as in the whole, so that what comes later falls into its place."""
    student = someone()
    student.imports(first.files[PART])
    positions = {guid: card[3] for (guid, _), card in student.cards().items()}
    assert positions == {note.guid: at for at, note in enumerate(NOTES, 1) if note.id in CORE.notes}


def test_the_small_package_of_one_edition_and_the_whole_of_the_next(
    first: Edition, second: Edition, someone: Any
) -> None:
    """Missing and added notes come, the two that the edition changed are updated, all others stay as the student left them."""
    student = someone()
    student.imports(first.files[PART])
    studies(student)
    notes, cards = notes_of(student), student.cards()
    assert student.imports(second.files[FULL]) == outcome(len(OUTSIDE) + 2, 2, len(INSIDE) - 2)
    changed = {sample.T_SCORE.guid, sample.THRESHOLD.guid}
    kept = {guid: note for guid, note in notes.items() if guid not in changed}
    assert untouched(student, kept, cards)
    assert student.note(sample.T_SCORE.guid)["Answer"] == "−2.5 SD"
    assert "Too simple." in " ".join(student.note(sample.THRESHOLD.guid).fields)
    assert student.faults() == []


def test_the_whole_of_one_edition_and_the_small_package_of_the_next(
    first: Edition, second: Edition, someone: Any
) -> None:
    """The part corrects and retires its own notes; what lies outside it waits for the whole, which then brings it."""
    student = someone()
    student.imports(first.files[FULL])
    studies(student)
    notes, cards = notes_of(student), student.cards()
    assert student.imports(second.files[PART]) == outcome(0, 2, len(INSIDE) - 2)
    changed = {sample.T_SCORE.guid, sample.THRESHOLD.guid}
    assert untouched(student, {guid: note for guid, note in notes.items() if guid not in changed}, cards)
    assert student.imports(second.files[FULL]) == outcome(2, 1, len(NOTES) - 1)
    changed.add(sample.ARABIC.guid)
    assert untouched(student, {guid: note for guid, note in notes.items() if guid not in changed}, cards)
    assert student.faults() == []


def test_an_older_whole_takes_nothing_back(first: Edition, second: Edition, someone: Any) -> None:
    """Who has the part of the second edition and then takes the first whole keeps what was corrected."""
    student = someone()
    student.imports(second.files[PART])
    notes, cards = notes_of(student), student.cards()
    counts = student.imports(first.files[FULL])
    assert (counts[NEW], counts["updated"], counts[SEEN]) == (len(OUTSIDE), 0, len(INSIDE))
    assert untouched(student, notes, cards)
    assert student.faults() == []


def test_a_part_s_text_update_brings_no_other_notes(first: Edition, second: Edition, someone: Any) -> None:
    """Its text file updates the part; that of the whole brings notes that are not in it, as the release notes say."""
    student = someone()
    student.imports(first.files[PART])
    studies(student)
    before = set(notes_of(student))
    assert imports_text(student, second.files[f"{PART}-update-from-1.0.0.txt"]) == (0, 2)
    assert set(notes_of(student)) == before
    assert student.note(sample.T_SCORE.guid)["Answer"] == "−2.5 SD"
    assert student.note(sample.DENOSUMAB.guid)["My notes"] == "asked on the ward round"
    assert imports_text(student, second.files[f"{FULL}-update-from-1.0.0.txt"]) == (3, 0)


def imports_text(student: Student, data: bytes) -> tuple[int, int]:
    """Import a text file as the dialog does by default; how many notes were new and how many updated."""
    from anki.import_export_pb2 import ImportCsvRequest

    path = student.folder / "update.txt"
    path.write_bytes(data)
    metadata = student.col.get_csv_metadata(str(path), None)
    log = student.col.import_csv(ImportCsvRequest(path=str(path), metadata=metadata)).log
    return len(log.new), len(log.updated)


def test_the_deck_s_page_names_the_part(first: Edition, someone: Any) -> None:
    """A student sees which package the deck was last taken from, and so which one to update with."""
    student = someone()
    student.imports(first.files[PART])
    assert "Osteoporosis 1.0.0 · Core only · 2026-03-31" in student.decks()["Osteoporosis"]
    student.imports(first.files[FULL])
    assert "Osteoporosis 1.0.0 · 2026-03-31" in student.decks()["Osteoporosis"]


def test_a_part_of_one_note_is_a_package(someone: Any) -> None:
    """The smallest part arrives whole, in its deck below the deck above."""
    lonely: Note = sample.T_SCORE
    deck = replace(DECK, packages=(Package("dx", "Diagnosis", frozenset([lonely.id])),))
    student = someone()
    assert student.imports(Edition(deck).files["osteoporosis-dx"]) == outcome(1, 0, 0)
    assert set(student.decks()) == {"Default", "Osteoporosis", "Osteoporosis::2 Diagnosis"}
    assert student.faults() == []
