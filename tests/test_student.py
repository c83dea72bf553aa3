"""The tools that judge updates: who plays what, what counts as lost, and that a real import is judged rightly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import compare_updates
import promises
import pytest
import sample
import student
import update_versions
from promises import OWN_DECK, OWN_TAG, OWN_WORDS, Card, Case, Import, Note, NoteType, Picture

from deckgen.export import apkg
from deckgen.model import Context
from deckgen.model import Note as Written

OWN = "My notes"
PARTS = "abcdefghj"
KINDS = {1: NoteType("Recall", ".card {}", (("Card 1", "{{Question}}", "{{Answer}}"),))}


def note(name: str, answer: str = "old", tags: frozenset[str] = frozenset(), **fields: str) -> Note:
    cards = (Card(0, "Bone", (2, 2, 100, 10, 2500, 3, 0)),)
    texts = {"Question": f"What is {name}?", "Answer": answer, OWN: "", **fields}
    return Note(ord(name), f"guid-{name}", name, name, 1, texts, tags, cards)


def picture(*notes: Note, **changes: object) -> Picture:
    return replace(Picture(notes, KINDS, schema=7), **changes)  # type: ignore[arg-type]


def with_own(found: Note, words: str) -> Note:
    return replace(found, fields={**found.fields, OWN: words})


FIRST = picture(*(note(name) for name in PARTS))
SECOND = picture(
    *(note(name) for name in "abcdef"), note("g", "new"), note("h", "new"), note("i"),
    note("j", "Do not learn this.", frozenset({"bone::retired"})),
)  # fmt: skip
CAST = promises.cast(FIRST, [FIRST, SECOND], SECOND, OWN)


def before() -> Picture:
    """The student's collection when edition 2 comes."""
    known = FIRST.names()
    changed = {
        "a": note("a", "old, my words"),
        "b": replace(known["b"], tags=frozenset({OWN_TAG})),
        "c": with_own(known["c"], OWN_WORDS),
        "e": replace(known["e"], cards=(replace(known["e"].cards[0], deck=OWN_DECK),)),
    }
    return picture(*(changed.get(name, found) for name, found in known.items() if name != "f"))


def after(**changes: Note) -> Picture:
    """The collection after the import, as it should be; then `changes`."""
    found = {**before().names(), **{name: SECOND.names()[name] for name in "fghij"}, **changes}
    return picture(*found.values())


def judged(now: Picture, **changes: object) -> dict[str, promises.Verdict]:
    case = Case(CAST, before(), now, SECOND, (Import("2.apkg", ("f", "i"), ("g", "h", "j"), 5),), OWN)
    return {verdict.promise: verdict for verdict in promises.judge(replace(case, **changes))}  # type: ignore[arg-type]


def lost(now: Picture, **changes: object) -> set[str]:
    return {name for name, verdict in judged(now, **changes).items() if verdict.kept is False}


# ---- who plays what ---------------------------------------------------------------------------------------------------


def test_parts_go_to_notes_that_the_publisher_left_alone() -> None:
    """The student's six notes are such as no edition changed; the publisher's are found by comparing."""
    assert (CAST.edited, CAST.tagged, CAST.annotated, CAST.suspended, CAST.moved, CAST.deleted) == tuple("abcdef")
    assert (CAST.changed, CAST.added, CAST.retired) == (("g", "h"), ("i",), ("j",))


def test_a_text_file_is_tried_on_changed_notes() -> None:
    """By text, the tag and the own words stand on the very notes that the file brings."""
    cast = promises.cast(FIRST, [FIRST, SECOND], SECOND, OWN, on_changed=True)
    assert (cast.tagged, cast.annotated) == ("g", "h")
    assert not {cast.edited, cast.suspended, cast.moved, cast.deleted} & set(cast.changed)


def test_note_types_take_turns() -> None:
    """Parts are spread over the note types, so that a rare one is not left out."""
    cloze = [replace(each, note_type=2) for each in FIRST.notes[3:]]
    first = picture(*FIRST.notes[:3], *cloze)
    cast = promises.cast(first, [first], first, OWN)
    assert (cast.edited, cast.tagged, cast.annotated) == ("a", "d", "b")


def test_too_few_notes_are_said() -> None:
    """A package too small for the scenario is refused with the part that is open."""
    few = picture(*FIRST.notes[:4])
    with pytest.raises(promises.TooFewNotesError, match="a note to move"):
        promises.cast(few, [few], few, OWN)


def test_a_note_gone_from_the_newest_edition_is_a_retired_one() -> None:
    """Whether it is marked or left out, the author has given it up."""
    gone = picture(*SECOND.notes[:-1])
    assert promises.cast(FIRST, [FIRST, gone], gone, OWN).retired == ("j",)


# ---- what counts as lost ----------------------------------------------------------------------------------------------


def test_a_good_update_loses_nothing() -> None:
    """Every promise is kept, or had nothing to keep."""
    assert lost(after()) == set()
    assert judged(after())["a deleted note"].words == "comes back as a new one"


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        ({"a": note("a")}, "the student's edit"),
        ({"b": note("b")}, "the student's tag"),
        ({"c": note("c")}, "the student's own field"),
        ({"g": note("g")}, "changed notes are up to date"),
        ({"j": note("j")}, "retired notes say so"),
        ({"d": note("d", "another text")}, "no other note is touched"),
        ({"e": note("e")}, "the card's deck"),
        ({"d": replace(note("d"), cards=())}, "every schedule"),
        ({"d": replace(note("d"), cards=(Card(0, "Bone", (0, 0, 1, 0, 0, 0, 0)),))}, "the suspension"),
        ({"k": replace(note("k"), name="g")}, "no note twice"),
        ({"k": replace(note("k"), fields=note("g").fields)}, "no note twice"),
    ],
)
def test_a_loss_in_a_note_is_found(change: dict[str, Note], promise: str) -> None:
    """Each thing that an update can spoil breaks its own promise."""
    assert promise in lost(after(**change))


@pytest.mark.parametrize(
    ("spoil", "promise"),
    [
        (lambda now: replace(now, schema=8), "no full sync"),
        (lambda now: replace(now, empty_cards=("g",)), "no empty card"),
        (lambda now: replace(now, note_types={**KINDS, 2: NoteType("Recall+", "", ())}), "no second note type"),
        (lambda now: replace(now, note_types={1: replace(KINDS[1], css="other")}), "the student's look"),
        (lambda now: picture(*(each for each in now.notes if each.name != "i")), "added notes arrive"),
    ],
)
def test_a_loss_in_the_collection_is_found(spoil: Callable[[Picture], Picture], promise: str) -> None:
    """So does what it can do to the collection as a whole."""
    assert lost(spoil(after())) == {promise}


def test_what_anki_says_is_judged() -> None:
    """An update of a note that has not changed, a conflict and a refused row are losses even where nothing shows."""
    said = Import("2.apkg", updated=("d", "g"), conflicting=("a",), refused=("1 missing notetype",))
    assert lost(after(), imports=(said,)) == {"Anki updates the changed notes only", "no conflict", "no row refused"}


def test_the_newest_look_arrives_for_those_who_left_it_alone() -> None:
    """A student without a look of their own is judged by the newest edition's."""
    newest = replace(SECOND, note_types={1: replace(KINDS[1], css="new")})
    got = replace(after(), note_types=newest.note_types)
    assert lost(got, newest=newest, look_edited=False) == set()
    assert lost(after(), newest=newest, look_edited=False) == {"the newest look arrives"}


def test_a_field_that_came_empty_is_no_change() -> None:
    """A note type that grew leaves notes alone whose new field is empty."""
    grown = picture(*(replace(each, fields={**each.fields, "Why": ""}) for each in FIRST.notes))
    assert promises.cast(FIRST, [FIRST, grown], grown, OWN).changed == ()


# ---- a real import ----------------------------------------------------------------------------------------------------

EXTRA = [sample.note(f"extra-{number}", Question=f"Question {number}?", Answer="old") for number in range(8)]


def edition(folder: Path, name: str, notes: list[Written], changed: dict[str, int], *, mod: int) -> Path:
    """A package of these notes; those in `changed` have a time of their own."""
    made = sample.context(mod)
    context = Context(note_types=made.note_types, timestamp=mod, note_times=changed)
    path = folder / f"{name}.apkg"
    path.write_bytes(apkg.export(sample.deck(notes, version=name), context).data)
    return path


@pytest.mark.parametrize("careful", [True, False])
def test_a_real_import_is_judged(tmp_path: Path, *, careful: bool) -> None:
    """With times of their own for the notes that changed all is kept; with new times for all, edits and tags are lost."""
    corrected = sample.note("extra-7", Question="Question 7?", Answer="new")
    second = [*EXTRA[:-1], corrected, sample.note("new", Question="New?", Answer="Yes")]
    later = sample.EDITION + 30 * sample.DAY
    times = {each.id: sample.EDITION for each in EXTRA[:-1]} if careful else {}
    files = (
        edition(tmp_path, "1", EXTRA, {}, mod=sample.EDITION),
        edition(tmp_path, "2", second, times, mod=later),
    )
    report = student.play(student.Plan(files, files[-1], moments=(sample.EDITION + sample.DAY,)))
    broken = {verdict.promise for verdict in report.verdicts if verdict.kept is False}
    assert report.findings == ()
    if careful:
        assert broken == set()
        assert report.imports[0].updated == ("osteoporosis/extra-7",)
    else:
        assert {"the student's edit", "the student's tag", "the student's own field"} < broken
        assert "every schedule" not in broken


# ---- the table --------------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_every_promise_it_names() -> None:
    """Promises across programs; what was not to be kept is a dash."""
    verdicts = [{"promise": verdict.promise, "kept": verdict.kept} for verdict in judged(after(a=note("a"))).values()]
    lines = list(compare_updates.table({"ours": {"verdicts": verdicts}}))
    assert lines[:3] == ["| | ours |", "|---|---|", "| Your edit of a note that is not corrected | **lost** |"]
    assert len(lines) == 2 + len(compare_updates.ROWS)


def test_editions_of_the_comparison_differ_as_the_scenario_says() -> None:
    """G and H change, I comes, J goes, and the parts of the student stay."""
    first, second = (
        {entry.key: entry for entry in each.entries} for each in (compare_updates.FIRST, compare_updates.SECOND)
    )
    assert [key for key in first if key in second and first[key] != second[key]] == ["G", "H"]
    assert (set(second) - set(first), set(first) - set(second)) == ({"I"}, {"J"})


# ---- the editions of the gallery --------------------------------------------------------------------------------------


def test_every_correction_of_edition_2_is_made() -> None:
    """No correction misses its words; edition 3 differs from 2 in one note."""
    for before_, after_ in update_versions.CORRECTIONS:
        assert update_versions.FIRST.count(before_) == 1
        assert after_ in update_versions.SECOND
    second, third = (text.split("  - id: ") for text in (update_versions.SECOND, update_versions.THIRD))
    assert [a.split()[0] for a, b in zip(second, third, strict=True) if a != b] == ["editions-answer"]


def test_a_student_in_time_imports_each_edition_the_day_after() -> None:
    """In time, no import comes after the next edition; late, all come today, whenever that is."""
    files = {key: Path(key) for key in ("1", "2", "3", "1>2", "1>3", "4", "5")}
    for way in update_versions.WAYS:
        plan = update_versions.plan(way, files)
        assert plan.moment(0) == update_versions.released(int(way.imports[0])) + sample.DAY
        for step, number in enumerate(way.imports[1:], 1):
            due = update_versions.released(int(number[-1])) + sample.DAY if way.in_time else 0
            assert plan.moment(step) == due
