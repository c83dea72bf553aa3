"""From files to a collection: defaults, order, identity."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import NOTE, SETTINGS, SVG, MakeProject

from deckgen.build import Result, check
from deckgen.ids import note_guid
from deckgen.markup.plain import to_plain
from deckgen.model import Deck, Note


def codes(result: Result) -> list[str]:
    return [item.code for item in result.bag]


def deck(root: Path) -> Deck:
    result = check(root)
    assert codes(result) == []
    assert result.collection is not None
    return result.collection.decks[0]


def only_note(root: Path) -> Note:
    (note,) = deck(root).notes()
    return note


def test_three_lines_make_a_note(project: MakeProject) -> None:
    """The shortest set is a list of three-line notes."""
    note = only_note(project({"cards/heart/01-the-chambers.yaml": NOTE}))
    assert (note.id, note.kind, note.deck_name, note.topic) == ("chambers", "basic", "Heart", "Heart › The chambers")
    assert note.guid == note_guid("heart", "chambers")
    assert to_plain(note.content["Answer"]) == "Four"


def test_a_note_takes_what_its_set_gives(project: MakeProject) -> None:
    """Tags are added to, everything else is taken where the note has none of its own."""
    text = """\
title: Rhythm
subdeck: 02 Rhythm
topic: Conduction
tags: [rhythm]
references: [A]
statements: [S1]
difficulty: core
checked: 2026-01-02
notes:
  - {id: a, question: a?, answer: a}
  - {id: b, question: b?, answer: b, tags: [own, RHYTHM], references: [{B: p. 7}], topic: Own, statements: S2.1, difficulty: advanced}
"""
    files = {
        "cards/heart/a.yaml": text,
        "cards/heart/references.json": '[{"id": "A", "title": "a"}, {"id": "B", "title": "b"}]',
    }
    settings = SETTINGS + "    tag prefix: Heart\n"
    a, b = deck(project({**files, "deckgen.yaml": settings})).notes()
    assert a.deck_name == b.deck_name == "Heart::02 Rhythm"
    assert (a.tags, b.tags) == (
        ("Heart::rhythm", "Heart::difficulty::core"),
        ("Heart::rhythm", "Heart::own", "Heart::difficulty::advanced"),
    )
    assert ([(c.key, c.locator) for c in a.citations], [(c.key, c.locator) for c in b.citations]) == (
        [("A", "")],
        [("B", "p. 7")],
    )
    assert (a.topic, b.topic, a.statements, b.statements) == ("Heart › Conduction", "Heart › Own", ("S1",), ("S2.1",))
    assert (a.checked, b.checked) == ("2026-01-02", "2026-01-02")


def test_notes_come_in_the_order_of_paths_and_lines(project: MakeProject) -> None:
    """The order of files and lines is the order of study, whatever the file system says."""

    def set_of(*ids: str) -> str:
        return "".join(f"- {{id: {i}, question: '{i}?', answer: a}}\n" for i in ids)

    root = project(
        {
            "cards/heart/10.yaml": set_of("e"),
            "cards/heart/02.yaml": set_of("c", "b"),
            "cards/heart/01/z.yml": set_of("d"),
            "cards/heart/_x.yaml": "broken: [",
        }
    )
    assert [note.id for note in deck(root).notes()] == ["d", "c", "b", "e"]


def test_values_stay_as_written(project: MakeProject) -> None:
    """No value of YAML is guessed: No, 1:30, 3.10, 010 and null are the text they look like."""
    for number, value in enumerate(["No", "1:30", "3.10", "010", "null", "1e3", "0x1F", "2026-11-23", "~", "yes"]):
        note = only_note(
            project({"cards/heart/a.yaml": f"- id: a\n  question: what?\n  answer: {value}\n"}, f"p{number}")
        )
        assert to_plain(note.content["Answer"]) == value


def test_a_renamed_note_keeps_its_guid(project: MakeProject) -> None:
    """`was` keeps a note the same note in Anki, `guid` takes one over from another deck."""
    was = "- {id: new, was: [first, second], question: 'a?', answer: a}\n- {id: taken, guid: 'Bq#x9', question: 'b?', answer: b}\n"
    new, taken = deck(project({"cards/heart/a.yaml": was})).notes()
    assert (new.guid, taken.guid) == (note_guid("heart", "first"), "Bq#x9")


def test_one_guid_for_two_notes_is_an_error(project: MakeProject) -> None:
    """Two ids that lead to one GUID would be one note in Anki."""
    text = "- {id: a, question: 'a?', answer: a}\n- {id: b, was: a, question: 'b?', answer: b}\n"
    assert codes(check(project({"cards/heart/a.yaml": text}))) == ["duplicate-guid"]


def test_a_figure_is_called_by_name(project: MakeProject) -> None:
    """A named figure brings its picture, its text alternative and its caption."""
    settings = SETTINGS + "    figures:\n      valves: {image: images/v.svg, alt: Four rings, caption: From *above*.}\n"
    text = "- {id: a, question: 'a?', answer: a, figure: valves}\n"
    found = deck(project({"deckgen.yaml": settings, "cards/heart/a.yaml": text, "cards/heart/images/v.svg": SVG}))
    (note,) = found.notes()
    assert to_plain(note.content["Figure"]).split() == ["[Four", "rings]", "From", "above."]
    assert found.media["images/v.svg"].name.endswith(".svg")
    assert (found.media["images/v.svg"].width, found.media["images/v.svg"].height) == (40, 20)


def test_a_set_finds_its_deck(project: MakeProject) -> None:
    """A set belongs to the deck it names, else to its folder; one that belongs to none is an error."""
    settings = SETTINGS + "  lung:\n    name: Lung\n"
    named = "deck: lung\nnotes:\n- {id: a, question: 'a?', answer: a}\n"
    root = project({"deckgen.yaml": settings, "cards/heart/a.yaml": named, "cards/heart/b.yaml": NOTE})
    collection = check(root).collection
    assert collection is not None
    assert [[note.id for note in each.notes()] for each in collection.decks] == [["chambers"], ["a"]]
    astray = check(
        project(
            {"cards/hart/a.yaml": NOTE, "cards/b.yaml": NOTE, "cards/heart/c.yaml": "deck: hearts\nnotes: []\n"},
            "astray",
        )
    )
    assert [(item.code, item.span.path, item.label) for item in astray.bag] == [
        ("unknown-deck", "cards/b.yaml", ""),
        ("unknown-deck", "cards/hart/a.yaml", "did you mean `heart`?"),
        ("unknown-deck", "cards/heart/c.yaml", "did you mean `heart`?"),
    ]


def test_steps_keep_their_ids(project: MakeProject) -> None:
    """A sequence keeps the ids of its steps, in order, beside their texts."""
    note = only_note(
        project(
            {
                "cards/heart/a.yaml": "- id: s\n  sequence: Path\n  steps:\n    one: First\n    two: Second\n  ask whole: Name them.\n"
            }
        )
    )
    assert (note.kind, note.note_type, note.step_ids) == ("sequence", "sequence", ("one", "two"))
    assert {name: to_plain(value) for name, value in note.content.items()} == {
        "Title": "Path",
        "Step 1": "First",
        "Step 2": "Second",
        "Ask whole": "Name them.",
    }


def test_a_retired_note_knows_its_successor(project: MakeProject) -> None:
    """`replaced by` must be a note of the deck."""
    text = NOTE + "- {id: old, question: 'b?', answer: b, retired: {since: 1.0.0, why: wrong, replaced by: chamber}}\n"
    result = check(project({"cards/heart/a.yaml": text}))
    assert [(item.code, item.label) for item in result.bag] == [("unknown-note", "did you mean `chambers`?")]


def test_the_same_question_twice_is_a_warning(project: MakeProject) -> None:
    """Two notes that ask the same cannot both be answered."""
    result = check(
        project({"cards/heart/a.yaml": NOTE + NOTE.replace("id: chambers", "id: again").replace("Four", "4")})
    )
    assert [(item.code, item.severity) for item in result.bag] == [("same-question", "warning")]
    assert not result.failed()
    assert result.failed(strict=True)


BACK = "- {id: back, question: 'b?', answer: b, reverse question: 'Name it.', reverse answer: b}\n"
PATH = "- {id: path, sequence: Path, steps: {x: X, y: Y}, ask whole: 'Name it.'}\n"
OPEN = "- {id: open, question: c, best: X, options: {X: x, Y: y, Z: z}, ask without options: 'Name it.'}\n"


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ("- {id: a, question: 'Name it.', answer: a}\n", BACK, "reverse question"),
        (BACK, BACK.replace("back", "again").replace("b?", "d?"), "reverse question"),
        (BACK, PATH, "ask whole"),
        (PATH, OPEN, "ask without options"),
        (PATH, PATH.replace("path", "again").replace("Name it.", "Else?").replace("Y", "Z"), "sequence"),
        ("- {id: a, cloze: 'A {{c1::cat}} ran'}\n", "- {id: b, cloze: 'A {{c2::horse}} {{c1::ran}}'}\n", "cloze"),
    ],
)
def test_every_card_asks(project: MakeProject, first: str, second: str, key: str) -> None:
    """Cards of two notes that look the same are told, whichever key they come from; of each pair of notes once."""
    found = check(project({"cards/heart/a.yaml": first + second})).bag
    assert [(item.code, item.label) for item in found] == [("same-question", f"by its `{key}`")]


@pytest.mark.parametrize(
    "text",
    [
        BACK.replace("b?", "Name it."),
        NOTE + NOTE.replace("id: chambers", "id: other\n  case: A fish."),
        "- {id: a, question: 'Name it.', case: x, answer: a}\n" + BACK,
        "- {id: a, cloze: 'A {{c1::cat}} ran'}\n- {id: b, cloze: 'A {{c1::cat::animal}} ran'}\n",
        "- {id: a, question: Nitrates harm., answer: a}\n- {id: b, claim: Nitrates harm., error: b}\n",
        PATH + PATH.replace("path", "again").replace("X", "W").replace("Path", "Other").replace("Name it.", "Else?"),
    ],
)
def test_cards_that_differ_are_not_the_same_question(project: MakeProject, text: str) -> None:
    """A case, a hint in the gap, another prompt or other steps before tell two cards apart; a note's own cards may be alike."""
    assert [item.code for item in check(project({"cards/heart/a.yaml": text})).bag] == []


def test_two_decks_of_one_name_are_an_error(project: MakeProject) -> None:
    """Anki knows decks by name, so two of one name would be one."""
    settings = SETTINGS + "  other:\n    name: HEART\n"
    root = project({"deckgen.yaml": settings, "cards/heart/a.yaml": NOTE, "cards/other/a.yaml": NOTE})
    assert codes(check(root)) == ["duplicate-deck-name"]


@pytest.mark.parametrize("day", ["2026-W48-1", "1899-12-31", "9999-12-31", "2026-02-30", "20261123"])
def test_days_that_no_edition_can_have_are_refused(project: MakeProject, day: str) -> None:
    """A date beyond reason would make notes that never change, or never update."""
    assert codes(check(project({"deckgen.yaml": f"{SETTINGS}    date: {day}\n", "cards/heart/a.yaml": NOTE}))) == [
        "bad-date"
    ]


def test_a_reference_without_a_bibliography_says_where_it_belongs(project: MakeProject) -> None:
    """Who cites before there is a bibliography is told the name of the file to make."""
    (found,) = check(project({"cards/heart/a.yaml": NOTE + "  references: [Harvey1628]\n"})).bag
    assert found.code == "unknown-reference"
    assert "cards/heart/references.json" in found.hints[0]
