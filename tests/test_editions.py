"""Editions: versions, what a deck's ledger says, what has changed since, and what of that students could not follow."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sample
from conftest import NOTE, SETTINGS, SVG, MakeProject, Run
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import EDITION, text

from deckgen import build as pipeline
from deckgen.diagnostics import Bag, Source
from deckgen.editions import news, safety
from deckgen.editions.ledger import Ledger, PublishedMedia, PublishedNote, PublishedType, read_ledger, to_text
from deckgen.editions.plan import draft_plan, release_plan
from deckgen.editions.review import Review, review
from deckgen.editions.versions import as_draft, following, order
from deckgen.fieldtext import anki_notes
from deckgen.model import Deck, Edition, Note, Retired
from deckgen.notetypes import UNPUBLISHED_LOOK

GOLDEN = Path(__file__).parent / "golden" / "ledger.txt"
DAY = 86_400
LEDGER = "cards/heart/ledger.txt"


def published(deck: Deck, types: Any = None, time: int = EDITION) -> Ledger:
    """The ledger once this deck is released."""
    known = types or sample.types(deck.language)
    return release_plan(review(deck, known, None), [], "", time).ledger


def after(deck: Deck, ledger: Ledger, types: Any = None) -> Review:
    """The deck beside a ledger."""
    return review(deck, types or sample.types(deck.language), ledger)


def with_notes(*notes: Note, **changes: Any) -> Deck:
    return sample.deck(notes, **changes)


def edited(note: Note, **content: Any) -> Note:
    """The note with some of its texts changed."""
    blocks = {
        name.replace("_", " "): text(value) if isinstance(value, str) else value for name, value in content.items()
    }
    return replace(note, content={**note.content, **blocks})


# ---- versions -------------------------------------------------------------------------------------------------


def test_versions_are_ordered_as_people_read_them() -> None:
    """Numbers count, not letters; a beta comes before its release; missing numbers are zeros."""
    ordered = ["0.9", "0.10", "1.0-alpha", "1.0-beta", "1.0-beta2", "1.0-beta10", "1.0.0", "1.0.1", "2026.1", "2026.11"]
    assert sorted(set(ordered), key=order) == ordered
    assert order("1") == order("1.0.0")
    assert order("1.0") < order(following("1.0", "safe", grown=False))


@pytest.mark.parametrize(
    ("version", "verdict", "grown", "expected"),
    [
        ("1.4.2", "safe", False, "1.4.3"),
        ("1.4.2", "safe", True, "1.5.0"),
        ("1.4.2", "care", False, "2.0.0"),
        ("1.4.2", "breaking", True, "2.0.0"),
        ("0.1.0", "care", False, "0.2.0"),
        ("0.1.0", "safe", False, "0.1.1"),
        ("2026.1", "breaking", True, "2026.2"),
        ("7", "safe", False, "8"),
        ("2.0.0-beta", "safe", True, "2.0.0"),
        ("1.2.3.4", "safe", False, "1.2.4.0"),
    ],
)
def test_the_next_version_follows_from_the_changes(version: str, verdict: Any, grown: bool, expected: str) -> None:
    """Care and breaks count the first number, new and retired notes the second, corrections the third."""
    assert following(version, verdict, grown=grown) == expected
    assert order(version) < order(as_draft(expected)) < order(expected)


# ---- the ledger as a file -------------------------------------------------------------------------------------


def test_a_ledger_is_what_it_always_was(update_golden: bool) -> None:
    """Hashes of earlier years must be found again: one that changed would overwrite every student's edits."""
    found = to_text(published(sample.deck((*sample.NOTES, *sample.MORE_NOTES))))
    if update_golden:
        GOLDEN.write_text(found, encoding="utf-8")
    kept = [line for line in GOLDEN.read_text(encoding="utf-8").splitlines() if not line.startswith("type\t")]
    assert [line for line in found.splitlines() if not line.startswith("type\t")] == kept


def test_a_ledger_survives_being_written() -> None:
    """Reading what was written gives the same ledger, and writing that the same text."""
    ledger = published(sample.deck((*sample.NOTES, *sample.MORE_NOTES)))
    bag = Bag()
    back = read_ledger(Source("ledger.txt", to_text(ledger)), "osteoporosis", bag)
    assert not bag.items
    assert back == ledger
    assert back is not None
    assert to_text(back) == to_text(ledger)


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["-", "\\u002d", "a\tb", "\n", "end"]
)
NAME = st.text("abcdef", min_size=1, max_size=8)
HEX = st.sampled_from(["0123456789abcdef", "89abcdef"])


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    seconds = sorted(draw(st.sets(st.integers(1_600_000_000, 1_800_000_000), min_size=1, max_size=3)))
    verdicts: list[Any] = ["safe", "care", "breaking"]
    editions = tuple(
        Edition(f"{number}.0", time, draw(st.sampled_from(verdicts))) for number, time in enumerate(seconds, 1)
    )
    version = st.sampled_from([each.version for each in editions])
    notes = {}
    for number, guid in enumerate(draw(st.sets(st.text("!#-~\\", min_size=1, max_size=6), max_size=4))):
        state = draw(st.sampled_from(["held", "retired", "dropped"]))
        since = "" if state == "held" else draw(version)
        notes[guid] = PublishedNote(
            f"n{number}", guid, draw(NAME), draw(version), draw(version), draw(version), state, since, draw(HEX), draw(HEX), draw(CELL),
            draw(st.sampled_from(["0", "0:bind 1:fuse ~2", "3"])), draw(st.sampled_from(["", "Q=1,Watch out=2"])),
            packages=draw(st.sampled_from(["", "core", "core,drugs"])),
        )  # fmt: skip
    types = {
        key: PublishedType(
            key, draw(st.integers(1, 2**53)), draw(CELL), draw(version), draw(version), seconds[0], draw(HEX), draw(HEX),
            tuple(draw(st.lists(NAME, min_size=1, max_size=3))),
        )
        for key in draw(st.sets(NAME, max_size=2))
    }  # fmt: skip
    media = {name: PublishedMedia(name, draw(version), draw(HEX)) for name in draw(st.sets(NAME, max_size=2))}
    return Ledger("heart", draw(CELL), draw(HEX), draw(HEX), editions, types, media, notes)


@settings(max_examples=200, deadline=None)
@given(ledgers())
def test_any_ledger_survives_being_written(ledger: Ledger) -> None:
    """Whatever names hold, tabs, line ends, a lone hyphen: the ledger that is read is the one that was written."""
    bag = Bag()
    back = read_ledger(Source("ledger.txt", to_text(ledger)), "heart", bag)
    assert not bag.items
    assert back == ledger


TORN = to_text(published(with_notes(sample.OPG, sample.DENOSUMAB)))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_ledger_cut_anywhere_is_refused(data: st.DataObject) -> None:
    """A torn tail is never taken for a smaller ledger: it is an error with its place."""
    whole = TORN
    cut = data.draw(st.integers(0, len(whole) - 2))
    bag = Bag()
    assert read_ledger(Source("ledger.txt", whole[:cut]), "osteoporosis", bag) is None
    assert [item.code for item in bag.items] == ["ledger-damaged"]
    assert bag.items[0].hints


def broken(change: str, to: str) -> str:
    whole = to_text(published(with_notes(sample.OPG, sample.T_SCORE)))
    assert change in whole
    return whole.replace(change, to, 1)


EDITION_LINE = "edition\t1.0.0\t2026-03-31T23:33:20Z\tsafe\n"


@pytest.mark.parametrize(
    ("damaged", "says"),
    [
        (lambda: broken("deckgen ledger 1", "deckgen ledger 9"), "does not know"),
        (lambda: broken("deckgen ledger 1", "hello"), "begins with"),
        (lambda: broken("end\t2\n", ""), "breaks off"),
        (lambda: broken("end\t2\n", "end\t3\n"), "its last line says 3"),
        (lambda: broken("deck\tosteoporosis", "deck\t-"), "not the key of a deck"),
        (lambda: broken(EDITION_LINE, "<<<<<<< HEAD\n" + EDITION_LINE), "two branches"),
        (lambda: broken(EDITION_LINE, EDITION_LINE * 2), "stands twice"),
        (lambda: broken(EDITION_LINE, ""), "no edition"),
        (lambda: broken(EDITION_LINE, EDITION_LINE + EDITION_LINE.replace("1.0.0", "1.1.0")), "not later"),
        (lambda: broken("23:33:20Z", "23:99:20Z"), "no time"),
        (lambda: broken("2026-03-31T", "1999-03-31T"), "not a time"),
        (lambda: broken("\tsafe\n", "\tfine\n"), "not a verdict"),
        (lambda: broken("\theld\t", "\tlost\t"), "not a state"),
        (lambda: broken("edition\t1.0.0", "edition\t0/../../x"), "not a version"),
        (lambda: broken("edition\t1.0.0", "edition\t1.0.0\\u0000"), "not a version"),
        (lambda: broken("deckgen ledger 1", "deckgen ledger " + "9" * 5000), "begins with"),
        (lambda: broken("Question=", "\x1b[31mQuestion="), "not fields with a hash"),
        (lambda: broken("dg-3f2a9c5e1b7d4a608c91.svg", "../../x"), "not the name of a file"),
        (lambda: broken("deck\tosteoporosis\tOsteoporosis", "deck\tosteoporosis\tOsteo\\ud800"), "not written as"),
        (lambda: broken("note\topg-role\t", "note\tt-score\t"), "stands twice"),
        (lambda: broken("note\topg-role\t", "note\t"), "13 columns"),
        (lambda: broken("Question=", "Question"), "not fields with a hash"),
        (lambda: broken("\theld\t-\t", "\theld\t1.0.0\t"), "no edition that retired"),
        (lambda: broken("\theld\t-\t", "\tretired\t0.9\t"), "no edition 0.9"),
        (lambda: broken("\t0 1\t", "\t0 x\t"), "not cards"),
        (lambda: broken("\t0 1\t", "\t" + "9" * 5000 + "\t"), "not cards"),
        (lambda: broken("type\trecall\t1", "type\trecall\t" + "1" * 5000), "not a number"),
        (lambda: broken("\n# One", "\nword\n# One"), "no line `word`"),
    ],
)
def test_a_damaged_ledger_is_refused_with_its_line(damaged: Any, says: str) -> None:
    """Nothing is guessed and nothing repaired: the message names the line, and how to get the file back."""
    bag = Bag()
    assert read_ledger(Source("cards/x/ledger.txt", damaged()), "osteoporosis", bag) is None
    (item,) = bag.items
    assert says in item.message
    assert item.code == "ledger-damaged"
    assert item.hints


def test_line_ends_of_windows_make_no_difference() -> None:
    """Git may write CRLF on some machines."""
    whole = to_text(published(sample.deck()))
    bag = Bag()
    back = read_ledger(Source("l", whole.replace("\n", "\r\n")), "osteoporosis", bag)
    assert back == read_ledger(Source("l", whole), "osteoporosis", bag)
    assert not bag.items


# ---- what has changed -----------------------------------------------------------------------------------------


def test_nothing_has_changed() -> None:
    """A deck as its edition left it: no changes, the edition's own version and times."""
    ledger = published(sample.deck())
    found = after(sample.deck(), ledger)
    assert not found.changes
    plan = draft_plan(found, [ledger], None)
    assert (plan.edition, plan.is_draft) == (ledger.last, False)
    assert set(plan.note_times.values()) == {EDITION}


def test_only_what_changed_is_touched() -> None:
    """The time of a note moves when its fields or tags change; order, other notes and step ids leave it alone."""
    ledger = published(sample.deck())
    notes = [
        edited(sample.OPG, Hint="Another hint."),
        sample.T_SCORE,
        replace(sample.DENOSUMAB, tags=("x",)),
        sample.note("new", Question="?", Answer="!"),
        sample.ARABIC,
        sample.CASCADE,
    ]
    found = after(with_notes(*notes), ledger)
    assert [note.note.id for note in found.changes.added] == ["new"]
    assert {each.now.note.id: each.fields for each in found.changes.changed} == {
        "opg-role": ("Hint",),
        "denosumab": ("tags",),
    }
    plan = release_plan(found, [ledger], "", EDITION + DAY)
    moved = {key for key, time in plan.note_times.items() if time == EDITION + DAY}
    assert moved == {"new", "opg-role", "denosumab"}
    assert plan.edition.version == "1.1.0"
    assert plan.edition.verdict == "safe"
    assert plan.ledger.notes[sample.OPG.guid].first == "1.0.0"
    assert plan.ledger.notes[sample.OPG.guid].last == "1.1.0"


def test_tags_in_another_order_are_the_same_tags() -> None:
    """Anki sorts tags: their order must not overwrite a student's edits."""
    ledger = published(sample.deck())
    turned = replace(sample.OPG, tags=tuple(reversed(sample.OPG.tags)))
    assert not after(with_notes(turned, *sample.NOTES[1:]), ledger).changes


def test_the_author_s_own_version_is_taken_when_it_is_later() -> None:
    """`version` in the settings is a wish for the next edition, until it has been published."""
    ledger = published(sample.deck())
    changed = (edited(sample.OPG, Hint="Another."), *sample.NOTES[1:])
    wishes = [("3.0.0", "3.0.0"), ("1.0.0", "1.0.1"), ("0.9.0", "1.0.1")]
    for wish, expected in wishes:
        found = after(with_notes(*changed, version=wish), ledger)
        assert release_plan(found, [ledger], "", EDITION + DAY).edition.version == expected
        assert draft_plan(found, [ledger], None).edition.version == f"{expected}-draft"


def test_a_draft_lies_between_two_editions() -> None:
    """Its notes are newer than published ones and older than those of any later edition, whatever stamp is asked for."""
    ledger = published(sample.deck())
    found = after(with_notes(edited(sample.OPG, Hint="Another."), *sample.NOTES[1:]), ledger)
    for asked, expected in ((None, EDITION + 1), (EDITION - DAY, EDITION + 1), (EDITION + DAY, EDITION + DAY)):
        plan = draft_plan(found, [ledger], asked)
        assert plan.is_draft
        assert plan.note_times["opg-role"] == expected
        assert plan.note_times["denosumab"] == EDITION
    assert release_plan(found, [ledger], "", EDITION + 2).note_times["opg-role"] > EDITION + 1


def test_retiring_keeps_the_edition_that_did_it() -> None:
    """A retired note is listed once, as retired; later editions do not retire it again."""
    ledger = published(sample.deck())
    gone = replace(sample.OPG, retired=Retired("1.1.0", "Too long."))
    found = after(with_notes(gone, *sample.NOTES[1:]), ledger)
    assert [each.now.note.id for each in found.changes.retired] == ["opg-role"]
    assert not found.changes.corrected
    second = release_plan(found, [ledger], "", EDITION + DAY).ledger
    assert (second.notes[gone.guid].state, second.notes[gone.guid].since) == ("retired", "1.1.0")
    again = after(with_notes(replace(gone, retired=Retired("1.1.0", "Far too long.")), *sample.NOTES[1:]), second)
    assert not again.changes.retired
    third = release_plan(again, [second], "", EDITION + 2 * DAY).ledger
    assert third.notes[gone.guid].since == "1.1.0"
    back = after(sample.deck(), third)
    assert release_plan(back, [third], "", EDITION + 3 * DAY).ledger.notes[gone.guid].state == "held"


def test_a_renamed_note_stays_the_same() -> None:
    """By its GUID it is known again; its new name stands in its field Ref, so it is updated, not added."""
    ledger = published(sample.deck())
    renamed = replace(sample.OPG, id="osteoprotegerin")
    found = after(with_notes(renamed, *sample.NOTES[1:]), ledger)
    assert not found.concerns
    assert [each.fields for each in found.changes.changed] == [("Ref",)]
    assert release_plan(found, [ledger], "", EDITION + DAY).ledger.notes[sample.OPG.guid].id == "osteoprotegerin"


# ---- looks ----------------------------------------------------------------------------------------------------


def relooked(types: Any, css: str) -> Any:
    return {key: replace(one, css=css) for key, one in types.items()}


def test_a_new_look_touches_no_note_and_counts_on_from_the_old() -> None:
    """A note type's time only counts its looks, so that a student's own change is always later; drafts lie between."""
    first = published(sample.deck())
    assert {one.time for one in first.types.values()} == {UNPUBLISHED_LOOK + 2}
    other = relooked(sample.types(), ".x {}")
    found = after(sample.deck(), first, other)
    assert not found.changes.changed
    assert len(found.changes.looks) == len(first.types)
    assert not found.concerns
    assert set(draft_plan(found, [first], None).type_times.values()) == {UNPUBLISHED_LOOK + 3}
    second = release_plan(found, [first], "", EDITION + DAY)
    assert set(second.type_times.values()) == {UNPUBLISHED_LOOK + 4}
    assert set(second.note_times.values()) == {EDITION}
    # A look that comes back is a new one: students must get it again.
    third = release_plan(after(sample.deck(), second.ledger), [second.ledger], "", EDITION + 2 * DAY)
    assert set(third.type_times.values()) == {UNPUBLISHED_LOOK + 6}


def test_decks_of_one_project_share_the_times_of_looks() -> None:
    """Students of both decks have one note type: a look known from one deck has the same time in the other."""
    other = relooked(sample.types(), ".x {}")
    first = published(sample.deck())
    second = release_plan(after(sample.deck(), first, other), [first], "", EDITION + DAY).ledger
    newcomer = review(replace(sample.deck(), key="heart"), other, None)
    assert set(release_plan(newcomer, [second], "", EDITION + DAY).type_times.values()) == {UNPUBLISHED_LOOK + 4}
    newest = review(replace(sample.deck(), key="heart"), relooked(other, ".y {}"), None)
    assert set(release_plan(newest, [second], "", EDITION + DAY).type_times.values()) == {UNPUBLISHED_LOOK + 6}


# ---- what is not safe -----------------------------------------------------------------------------------------


def concerns(deck: Deck, ledger: Ledger, types: Any = None) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in after(deck, ledger, types).concerns]


def swapped(note: Note, *steps: tuple[str, str]) -> Note:
    """A sequence with these steps (id, text)."""
    fields = {f"Step_{number}": words for number, (_, words) in enumerate(steps, 1)}
    kept = {name: value for name, value in note.content.items() if not name.startswith("Step")}
    return replace(edited(replace(note, content=kept), **fields), step_ids=tuple(each for each, _ in steps))


STEPS = (("bind", "RANKL binds RANK"), ("traf6", "TRAF6 is recruited"), ("fuse", "Precursors fuse"))
SHORT = swapped(sample.CASCADE, *STEPS)


def test_a_vanished_note_is_an_error_with_the_two_ways_out() -> None:
    """It names the ledger's line, and the new note that asks the same, if there is one."""
    ledger = published(sample.deck())
    gone = after(with_notes(*sample.NOTES[1:]), ledger)
    assert [(each.code, each.severity) for each in gone.concerns] == [("vanished-note", "error")]
    assert "retired" in gone.concerns[0].hints[1]
    assert gone.verdict == "breaking"
    heir = replace(sample.OPG, id="opg", guid="another")
    found = after(with_notes(heir, *sample.NOTES[1:]), ledger)
    assert found.concerns[0].label == "is it `opg` now?"
    assert "was: [opg-role]" in found.concerns[0].hints[0]
    kept = release_plan(gone, [ledger], "", EDITION + DAY).ledger
    assert (kept.notes[sample.OPG.guid].state, kept.notes[sample.OPG.guid].since) == ("dropped", "2.0.0")
    assert not after(with_notes(*sample.NOTES[1:]), kept).changes


def test_notes_of_a_renamed_table_are_one_message() -> None:
    """Forty notes vanish when an id in front of theirs is changed: one message, with the one line that keeps them."""
    made = [replace(sample.note(f"drugs/d{n}/target", Question=f"Target of {n}?", Answer="!")) for n in range(40)]
    ledger = published(with_notes(sample.OPG, *made))
    renamed = [replace(each, id=each.id.replace("drugs", "agents"), guid=f"x{n}") for n, each in enumerate(made)]
    (found,) = after(with_notes(sample.OPG, *renamed), ledger).concerns
    assert "40 notes of `drugs`" in found.message
    assert "`was: [drugs]` on the table note `agents`" in found.hints[0]
    (gone,) = after(with_notes(sample.OPG), ledger).concerns
    assert (gone.label, "put the rows back" in gone.hints[1]) == ("", True)


def test_another_kind_is_an_error_but_within_a_note_type_cards_may_come() -> None:
    """A reverse card is added; a cloze made of a question is not."""
    ledger = published(sample.deck())
    reverse = edited(sample.T_SCORE, Reverse_question="What begins at −2.5?", Reverse_answer="Osteoporosis")
    grown = [each if each.id != "t-score" else replace(reverse, kind="reversed") for each in sample.NOTES]
    assert concerns(with_notes(*grown), ledger) == []
    cloze = replace(sample.DENOSUMAB, id="t-score", guid=sample.T_SCORE.guid)
    other = [each if each.id != "t-score" else cloze for each in sample.NOTES]
    assert ("changed-kind", "error") in concerns(with_notes(*other), ledger)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (STEPS, []),
        ((*STEPS, ("more", "It resorbs bone")), []),
        ((("bind", "RANKL binds its receptor"), *STEPS[1:]), []),
        ((STEPS[0], ("new", "MyD88?"), *STEPS[1:]), [("moved-cards", "error")]),
        ((STEPS[1], STEPS[0], STEPS[2]), [("moved-cards", "error")]),
        ((("binding", "RANKL binds RANK"), *STEPS[1:]), [("moved-cards", "error")]),
        (STEPS[:2], [("removed-cards", "warning")]),
        (STEPS[1:], [("moved-cards", "error"), ("removed-cards", "warning")]),
    ],
)
def test_steps_stay_where_a_student_learnt_them(steps: Any, expected: list[tuple[str, str]]) -> None:
    """New steps at the end and other words are safe; an inserted, moved or renamed step is not."""
    ledger = published(with_notes(SHORT))
    assert concerns(with_notes(swapped(SHORT, *steps)), ledger) == expected


def gaps(*numbered: tuple[int, str]) -> Note:
    return edited(sample.DENOSUMAB, Text=text(*(sample.cloze(number, words) for number, words in numbered)))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([(1, "antibody"), (2, "RANKL")], []),
        ([(1, "antibodies"), (2, "RANKL")], []),
        ([(1, "antibody"), (2, "RANKL"), (3, "six months")], []),
        ([(2, "antibody"), (1, "RANKL")], [("moved-cards", "error")]),
        ([(1, "RANKL")], [("moved-cards", "error"), ("removed-cards", "warning")]),
        ([(1, "antibody")], [("removed-cards", "warning")]),
        ([(1, "antibody"), (3, "RANKL")], [("removed-cards", "warning")]),
    ],
)
def test_gaps_keep_their_numbers(now: list[tuple[int, str]], expected: list[tuple[str, str]]) -> None:
    """Other words in a gap are a correction; the words of one gap under another's number are a mistake."""
    ledger = published(with_notes(gaps((1, "antibody"), (2, "RANKL"))))
    assert concerns(with_notes(gaps(*now)), ledger) == expected


def test_moved_gaps_are_told_in_words() -> None:
    """Only hashes of the old words are known; where they are now says enough."""
    ledger = published(with_notes(gaps((1, "antibody"), (2, "RANKL"))))
    (swapped_gaps,) = after(with_notes(gaps((2, "antibody"), (1, "RANKL"))), ledger).concerns
    assert "(gap 1 hides what gap 2 hid; gap 2 hides what gap 1 hid)" in swapped_gaps.message
    inserted = after(with_notes(gaps((1, "human"), (2, "antibody"), (3, "RANKL"))), ledger).concerns[0]
    assert "(what gap 1 hid is gap 2 now; gap 2 hides what gap 1 hid)" in inserted.message


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([(1, "increases"), (2, "decreases")], [(1, "increases"), (2, "increases")]),
        ([(1, "increases"), (2, "increases")], [(1, "increases"), (2, "decreases")]),
        ([(1, "high"), (2, "low"), (3, "low")], [(1, "low"), (2, "low"), (3, "low")]),
        ([(1, "a"), (1, "b"), (2, "c")], [(1, "a"), (1, "d"), (2, "c")]),
    ],
)
def test_a_corrected_gap_may_hide_what_another_hides(before: list[tuple[int, str]], now: list[tuple[int, str]]) -> None:
    """Two gaps with the same words are no renumbering: that is how "increases" is corrected to "decreases"."""
    assert concerns(with_notes(gaps(*now)), published(with_notes(gaps(*before)))) == []


def test_numbers_of_gaps_and_steps_are_never_used_twice() -> None:
    """Whoever has not removed the empty card has its schedule still: another fact under its number is an error."""
    first = published(with_notes(gaps((1, "antibody"), (2, "RANKL"))))
    fewer = after(with_notes(gaps((1, "antibody"))), first)
    second = release_plan(fewer, [first], "", EDITION + DAY).ledger
    assert second.notes[sample.DENOSUMAB.guid].cards.endswith(" ~1:" + first.notes[sample.DENOSUMAB.guid].ordinals()[1])
    assert not after(with_notes(gaps((1, "antibody"))), second).changes
    assert concerns(with_notes(gaps((1, "antibody"), (2, "RANKL"))), second) == []
    assert concerns(with_notes(gaps((1, "antibody"), (3, "six months"))), second) == []
    (reused,) = after(with_notes(gaps((1, "antibody"), (2, "six months"))), second).concerns
    assert (reused.code, "gap 2 was given up" in reused.message) == ("moved-cards", True)
    steps = published(with_notes(SHORT))
    shorter = release_plan(after(with_notes(swapped(SHORT, *STEPS[:2])), steps), [steps], "", EDITION + DAY).ledger
    assert concerns(with_notes(swapped(SHORT, *STEPS[:2], ("other", "Another"))), shorter) == [("moved-cards", "error")]
    assert concerns(with_notes(swapped(SHORT, *STEPS)), shorter) == []


def dropped(note: Note) -> Ledger:
    """The ledger after an edition that had the note and one that dropped it."""
    first = published(with_notes(note, sample.ARABIC))
    return release_plan(after(with_notes(sample.ARABIC), first), [first], "", EDITION + DAY).ledger


def test_a_dropped_note_that_returns_is_held_against_what_students_have() -> None:
    """The same fact is fine; another fact, another kind or another deck under its id is not; retired is the remedy."""
    ledger = dropped(sample.T_SCORE)
    same = after(with_notes(sample.T_SCORE, sample.ARABIC), ledger)
    assert (same.concerns, bool(same.changes), same.changes.added, same.changes.changed) == ((), True, (), ())
    again = release_plan(same, [ledger], "", EDITION + 2 * DAY)
    assert (again.ledger.notes[sample.T_SCORE.guid].state, again.note_times["t-score"]) == ("held", EDITION + 2 * DAY)
    assert "### Back again\n\n- `t-score`" in news.entry(again, same)
    assert {update.since.version: "t-score" in update.notes for update in again.updates} == {
        "1.0.0": True,
        "2.0.0": True,
    }
    other = edited(sample.T_SCORE, Question="Which drug is a decoy receptor?")
    assert concerns(with_notes(other, sample.ARABIC), ledger) == [("returned-note", "warning")]
    cloze = replace(sample.DENOSUMAB, id="t-score", guid=sample.T_SCORE.guid)
    assert ("changed-kind", "error") in concerns(with_notes(cloze, sample.ARABIC), ledger)
    moved = replace(sample.T_SCORE, deck_name="Elsewhere")
    assert concerns(with_notes(moved, sample.ARABIC), ledger) == [("moved-notes", "warning")]
    retired = replace(sample.T_SCORE, retired=Retired("2.0.1", "It is wrong."))
    found = after(with_notes(retired, sample.ARABIC), ledger)
    assert (found.concerns, [each.now.note.id for each in found.changes.retired]) == ((), ["t-score"])


def test_a_note_that_is_taught_again_is_told() -> None:
    """Who suspended it must wake it up."""
    ledger = published(with_notes(replace(sample.OPG, retired=Retired("1.0.0", "No.")), sample.ARABIC))
    found = after(with_notes(sample.OPG, sample.ARABIC), ledger)
    assert ([each.now.note.id for each in found.changes.revived], found.changes.corrected) == (["opg-role"], ())
    entry = news.entry(release_plan(found, [ledger], "", EDITION + DAY), found)
    assert re.search(r"### Taught again\n\n- `opg-role`: .* wake it up\.", entry)


def test_cards_that_only_the_look_takes_away_are_seen() -> None:
    """A changed front makes a card empty while the note is what it was."""
    ledger = published(sample.deck())
    types = sample.types()
    recall = types["recall"]
    bare = tuple(
        replace(each, front="{{#Spare 1}}x{{/Spare 1}}") if each.name == "Reverse" else each
        for each in recall.templates
    )
    found = after(sample.deck(), ledger, {**types, "recall": replace(recall, templates=bare)})
    assert [each.code for each in found.concerns] == ["removed-cards"]
    assert found.changes.changed == ()


def test_the_way_back_to_a_published_guid_is_one_that_works() -> None:
    """Where the GUID does not follow from the id, `was` with that id would not bring it back."""
    twice = replace(sample.OPG, id="opg-b")  # its GUID follows from `opg-role`
    ledger = published(with_notes(twice, sample.ARABIC))
    heir = replace(twice, id="opg-c", guid="another")
    hint = after(with_notes(heir, sample.ARABIC), ledger).concerns[0].hints[0]
    assert f"guid: '{sample.OPG.guid}'" in hint
    assert "was: [opg-b]" not in hint
    other = after(with_notes(replace(twice, guid="it's"), sample.ARABIC), ledger).concerns[0]
    assert (other.code, "another GUID" in other.message, f"guid: '{sample.OPG.guid}'" in other.hints[0]) == (
        "vanished-note",
        True,
        True,
    )


def test_questions_that_change_places_are_an_error() -> None:
    """Of a reversed note each card would go on with the other's schedule."""
    ledger = published(with_notes(sample.OPG))
    names = ("Question", "Answer", "Reverse question", "Reverse answer")
    there, back = [sample.OPG.content[name] for name in names[:2]], [sample.OPG.content[name] for name in names[2:]]
    turned = replace(sample.OPG, content={**sample.OPG.content, **dict(zip(names, [*back, *there], strict=True))})
    assert concerns(with_notes(turned), ledger) == [("moved-cards", "error")]


def test_thousands_of_vanished_notes_are_not_thousands_of_messages() -> None:
    """A file that was moved away is one cause."""
    ledger = published(with_notes(sample.OPG, *many(300)))
    found = after(with_notes(sample.OPG), ledger).concerns
    assert len(found) == safety.MOST + 1
    assert "250 notes more" in found[-1].message


def test_another_order_is_an_edition_that_touches_nothing() -> None:
    """The pages differ, and so do new students' cards; nobody else's."""
    ledger = published(sample.deck())
    found = after(with_notes(*reversed(sample.NOTES)), ledger)
    assert (bool(found.changes), found.concerns, found.changes.touched) == (True, (), frozenset())
    assert "The order of the notes" in news.entry(release_plan(found, [ledger], "", EDITION + DAY), found)


def masked(*masks: tuple[str, int]) -> Note:
    picture = sample.MOLECULES.occlusion
    assert picture is not None
    shape = sample.box(0.1, 0.1, 0.2, 0.2)
    made = sample.masks(*((key, number, shape, key.upper(), "") for key, number in masks))
    return replace(sample.MOLECULES, occlusion=replace(picture, masks=made))


def test_masks_keep_their_cards() -> None:
    """A mask under another number is an error that says how to pin it; one more in its group is not."""
    ledger = published(with_notes(masked(("rankl", 1), ("opg", 2))))
    assert concerns(with_notes(masked(("rankl", 1), ("opg", 2), ("rank", 3))), ledger) == []
    assert concerns(with_notes(masked(("rankl", 1), ("opg", 2), ("rank", 1))), ledger) == []
    moved = after(with_notes(masked(("new", 1), ("rankl", 2), ("opg", 3))), ledger)
    assert [each.code for each in moved.concerns] == ["moved-cards"]
    assert "number: N" in moved.concerns[0].hints[0]


def test_a_deck_with_another_name_needs_care() -> None:
    """Said once for the whole deck, not for every note; once published the new name is the name."""
    ledger = published(sample.deck())
    moved = tuple(replace(each, deck_name=each.deck_name.replace("Osteoporosis", "Bone")) for each in sample.NOTES)
    found = after(with_notes(*moved, name="Bone"), ledger)
    assert [(each.code, each.severity) for each in found.concerns] == [("moved-notes", "warning")]
    assert found.verdict == "care"
    assert not found.changes.touched
    plan = release_plan(found, [ledger], "", EDITION + DAY)
    assert set(plan.note_times.values()) == {EDITION}
    assert not after(with_notes(*moved, name="Bone"), plan.ledger).changes


def test_a_note_type_of_other_fields_is_an_error() -> None:
    """Fields added or moved, another publisher: no note of a student's could be updated."""
    ledger = published(sample.deck())
    types = sample.types()
    fewer = {**types, "recall": replace(types["recall"], fields=types["recall"].fields[:-1])}
    found = after(sample.deck(), ledger, fewer)
    assert [(each.code, each.severity) for each in found.concerns] == [("changed-note-type", "error")]
    assert f"{types['recall'].fields[-1].name} went" in found.concerns[0].message
    fields = tuple(replace(each, name="Audio") if each.name == "Spare 1" else each for each in types["recall"].fields)
    renamed = after(sample.deck(), ledger, {**types, "recall": replace(types["recall"], fields=fields)})
    assert (renamed.concerns, renamed.changes.changed, len(renamed.changes.looks)) == ((), (), 1)
    foreign = {key: replace(one, id=one.id + 1) for key, one in types.items()}
    others = after(sample.deck(), ledger, foreign)
    assert [each.code for each in others.concerns] == ["changed-note-type"]
    assert "publisher" in others.concerns[0].hints[0]


def test_other_bytes_under_a_published_name_need_care() -> None:
    """Anki keeps the file it has."""
    ledger = published(sample.deck())
    media = {"images/rankl.svg": replace(sample.deck().media["images/rankl.svg"], data=SVG.encode())}
    assert concerns(sample.deck(media=media), ledger) == [("changed-media", "warning")]


def many(count: int, **changes: Any) -> list[Note]:
    return [
        replace(sample.note(f"n{number}", Question=f"Question {number}?", Answer="!"), **changes)
        for number in range(count)
    ]


def test_many_notes_changed_from_outside_are_worth_a_word() -> None:
    """When the author's words are the same and the fields are not, the cause is named; what the author wrote is not counted."""
    ledger = published(with_notes(*many(30)))
    outside = after(with_notes(*many(30, topic="Bone › other")), ledger)
    assert [each.code for each in outside.concerns] == ["many-updates"]
    assert "30 notes" in outside.concerns[0].message
    assert "title or topic" in outside.concerns[0].hints[0]
    assert after(with_notes(*many(30, tags=("x",))), ledger).concerns[0].hints[0].startswith("The cause is the tags")
    rewritten = [edited(each, Answer="?") for each in many(30)]
    assert after(with_notes(*rewritten), ledger).concerns == ()
    few = [replace(each, topic="other") if number < 10 else each for number, each in enumerate(many(30))]
    assert after(with_notes(*few), ledger).concerns == ()
    small = published(with_notes(*many(8)))
    assert [each.code for each in after(with_notes(*many(8, topic="other")), small).concerns] == ["many-updates"]


def test_many_notes_written_anew_are_one_line_of_the_changelog() -> None:
    """A hundred lines that say "Source" tell a student nothing; what the author corrected is listed."""
    ledger = published(with_notes(*many(30)))
    outside = [replace(each, topic="Bone › other") for each in many(30)]
    found = after(with_notes(edited(outside[0], Answer="?"), *outside[1:]), ledger)
    entry = news.entry(release_plan(found, [ledger], "", EDITION + DAY), found)
    assert "- 29 notes: Topic written anew, while the words of their cards are the same: `n1`, `n2`, " in entry
    assert "\n- `n0`: Question 0? (Answer, Topic)" in entry
    assert "Question 17" not in entry


def test_causes_are_named_one_by_one() -> None:
    """A new title and new tags are two causes; under another publisher nothing is updated, so that alone is said."""
    ledger = published(with_notes(*many(30)))
    both = [replace(each, topic="other") if at < 20 else replace(each, tags=("x",)) for at, each in enumerate(many(30))]
    hint = after(with_notes(*both), ledger).concerns[0].hints[0]
    assert (
        hint
        == "The cause is the title or topic of a set, or the deck's name; the tags of a set, or the deck's `tag prefix`."
    )
    foreign = {
        key: replace(one, id=one.id + 1, fields=tuple(replace(each, id=each.id + 1) for each in one.fields))
        for key, one in sample.types().items()
    }
    assert [each.code for each in after(with_notes(*many(30)), ledger, foreign).concerns] == ["changed-note-type"]


def test_a_retired_note_nobody_has_is_worth_a_word() -> None:
    """It would reach students as a new card that says it is not taught."""
    ledger = published(sample.deck())
    stillborn = replace(sample.note("stillborn", Question="?", Answer="!"), retired=Retired("1.1.0", "No."))
    assert concerns(with_notes(*sample.NOTES, stillborn), ledger) == [("retired-unpublished", "warning")]


def test_every_concern_has_words_for_students() -> None:
    """The release notes explain each kind of concern, one or several."""
    assert set(news.REASONS) == set(safety.CODES)
    for one, more in news.REASONS.values():
        assert one.endswith(".")
        assert more.format(3, reset=news.RESET).endswith(".")


# ---- in a project ---------------------------------------------------------------------------------------------


def test_a_draft_says_that_it_is_one(project: MakeProject, run: Run) -> None:
    """In the message, the description and the provenance of the package; until it is released."""
    root = project({"cards/heart/a.yaml": NOTE})
    assert run("release", "--timestamp", "1790000000", root=root)[0] == 0
    code, _, err = run("build", "-f", "apkg", root=root)
    assert (code, "is a draft" in err) == (0, False)
    (root / "cards/heart/a.yaml").write_text(NOTE.replace("Four", "Four chambers"), encoding="utf-8")
    code, _, err = run("build", "-f", "apkg", root=root)
    assert code == 0
    assert "heart is a draft, 0.1.1-draft: 0 added, 1 changed, 0 retired since 0.1.0" in err
    assert run("release", "--timestamp", "1790000100", root=root)[0] == 0
    code, _, err = run("build", "-f", "apkg", root=root)
    assert "is a draft" not in err
    released = (root / "build/heart-0.1.1/heart.apkg").read_bytes()
    assert (root / "build/heart.apkg").read_bytes() == released


def test_check_holds_a_deck_against_its_ledger(project: MakeProject, run: Run) -> None:
    """Unsafe changes are ordinary problems, with a place, in every command."""
    root = project({"cards/heart/a.yaml": NOTE})
    assert run("release", "--timestamp", "1790000000", root=root)[0] == 0
    (root / "cards/heart/a.yaml").write_text(NOTE.replace("chambers\n", "rooms\n", 1), encoding="utf-8")
    code, out, _ = run("check", root=root)
    assert code == 1
    assert f"{LEDGER}:7:6" in out
    assert "was: [chambers]" in out
    assert run("build", root=root)[0] == 1
    (root / "cards/heart/a.yaml").write_text(
        NOTE.replace("chambers\n", "rooms\n  was: [chambers]\n", 1), encoding="utf-8"
    )
    assert run("check", "--strict", root=root)[0] == 0


def test_a_damaged_ledger_stops_everything(project: MakeProject, run: Run) -> None:
    """Built without it, every note would look new."""
    root = project({"cards/heart/a.yaml": NOTE, LEDGER: "deckgen ledger 1\n"})
    for command in ("check", "build", "release"):
        code, out, err = run(command, root=root)
        assert code == 1
        assert "ledger-damaged" in out + err
    assert not (root / "build").exists() or not list((root / "build").iterdir())


def test_updates_by_text_are_made_for_the_editions_asked_for(project: MakeProject, run: Run) -> None:
    """`--since` chooses; an edition there never was is named with those there are."""
    root = project({"cards/heart/a.yaml": NOTE})
    for number in range(5):
        (root / f"cards/heart/b{number}.yaml").write_text(f"- id: n{number}\n  question: Q{number}?\n  answer: A\n")
        assert run("release", "--timestamp", str(1790000000 + 100 * number), root=root)[0] == 0
    folder = root / "build/heart-0.5.0"
    assert sorted(path.name for path in folder.glob("*.txt")) == [f"heart-update-from-0.{n}.0.txt" for n in (2, 3, 4)]
    assert run("build", "-f", "text", "--since", "0.1.0", "-o", str(root / "out"), root=root)[0] == 0
    (made,) = (root / "out").iterdir()
    rows = [line for line in made.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(rows) == 4
    code, _, err = run("build", "-f", "text", "--since", "0.1", root=root)
    assert (code, "unknown-edition" in err, "`0.1.0`" in err) == (1, True, True)


def test_a_deck_named_like_a_number_is_worth_a_word(project: MakeProject, run: Run) -> None:
    """Anki's text import would lose its notes without a word; the author hears of it before the first edition."""
    root = project({"deckgen.yaml": SETTINGS.replace("name: Heart", 'name: "2026"'), "cards/heart/a.yaml": NOTE})
    code, out, _ = run("check", root=root)
    assert (code, "deck-name-number" in out) == (0, True)


@pytest.mark.parametrize(
    ("name", "is_fine"),
    [
        ('"Heart: one"', True),
        ('"A::B"', True),
        ('"a:"', False),
        ('":a"', False),
        ('"A::b:"', False),
        ('"tab\\tx"', False),
        ("Default", False),
    ],
)
def test_names_of_decks_are_such_as_anki_keeps(project: MakeProject, run: Run, name: str, is_fine: bool) -> None:
    """What Anki would change on the way in would give a student two decks."""
    root = project({"deckgen.yaml": SETTINGS.replace("name: Heart", f"name: {name}"), "cards/heart/a.yaml": NOTE})
    code, out, _ = run("check", root=root)
    assert (code == 0, "bad-deck-name" not in out) == (is_fine, is_fine)


def test_names_of_decks_are_composed(project: MakeProject) -> None:
    """A name typed on a Mac and one typed elsewhere are one: Anki stores the composed form."""
    root = project({"deckgen.yaml": SETTINGS.replace("name: Heart", "name: Cœur e\u0301"), "cards/heart/a.yaml": NOTE})
    collection = pipeline.read(root).collection
    assert collection is not None
    assert collection.decks[0].name == "Cœur \u00e9"


def test_interrupted_release_is_said_and_finished(project: MakeProject, run: Run) -> None:
    """`check` writes nothing, so it only says so; `build` finishes it first."""
    root = project({"cards/heart/a.yaml": NOTE})
    (root / ".deckgen-decided/build/heart-1.0.0").mkdir(parents=True)
    (root / ".deckgen-decided/build/heart-1.0.0/x.txt").write_text("decided", encoding="utf-8")
    code, out, _ = run("check", root=root)
    assert (code, "interrupted-release" in out) == (1, True)
    assert run("build", "-f", "apkg", root=root)[0] == 0
    assert (root / "build/heart-1.0.0/x.txt").exists()
    assert not (root / ".deckgen-decided").exists()


def test_settings_of_one_edition_do_not_touch_the_notes(project: MakeProject, run: Run) -> None:
    """A new description is an edition in which no note changed."""
    root = project({"cards/heart/a.yaml": NOTE})
    assert run("release", "--timestamp", "1790000000", root=root)[0] == 0
    (root / "deckgen.yaml").write_text(SETTINGS + "    description: About the heart.\n", encoding="utf-8")
    assert run("release", "--timestamp", "1790000100", root=root)[0] == 0
    note = next(line for line in (root / LEDGER).read_text(encoding="utf-8").splitlines() if line.startswith("note"))
    assert note.split("\t")[4:6] == ["0.1.0", "0.1.0"]
    assert "The description of the deck" in (root / "cards/heart/CHANGELOG.md").read_text(encoding="utf-8")


def test_notes_as_anki_has_them_are_in_the_author_s_order() -> None:
    """What is hashed is what is exported, note by note."""
    deck = sample.deck()
    assert [note.note.id for note in anki_notes(deck, sample.types())] == [note.id for note in deck.notes()]
