"""The judge is Anki's own importer and scheduler (the PyPI package `anki`), not our reading of the format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample import DAY, EDITION, text

from deckgen import faces
from deckgen.export import apkg
from deckgen.model import CardTemplate, Deck, Field, Note, NoteType, Retired
from deckgen.notetypes import UNPUBLISHED_LOOK

anki = pytest.importorskip("anki.collection")

BAD_CARD = re.compile(r"templates/errors|\{unknown field|filter not found", re.IGNORECASE)


class Student:
    """A fresh collection, and what a student does with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.col = anki.Collection(str(folder / "collection.anki2"))

    def imports(self, data: bytes, **options: Any) -> dict[str, int]:
        """Import a package as the dialog does by default; how many notes were new, updated, ..."""
        path = self.folder / "package.apkg"
        path.write_bytes(data)
        schema = self.col.db.scalar("select scm from col")
        request = anki.ImportAnkiPackageRequest(
            package_path=str(path), options=anki.ImportAnkiPackageOptions(**options)
        )
        log = self.col.import_anki_package(request).log
        self.col.models._clear_cache()  # it would survive the import
        names = ("new", "updated", "duplicate", "conflicting")
        counts = {name: len(getattr(log, name)) for name in names}
        return {**counts, "full sync": int(self.col.db.scalar("select scm from col") != schema)}

    def note(self, guid: str) -> Any:
        return self.col.get_note(self.col.db.scalar("select id from notes where guid = ?", guid))

    def cards(self) -> dict[tuple[str, int], tuple[Any, ...]]:
        """Every card by GUID and ordinal: its deck, kind, position or day, interval, repetitions."""
        rows = self.col.db.execute(
            "select n.guid, c.ord, c.did, c.type, c.queue, c.due, c.ivl, c.reps, c.id from cards c join notes n on n.id = c.nid"
        )
        return {(row[0], row[1]): tuple(row[2:]) for row in rows}

    def decks(self) -> dict[str, str]:
        return {deck.name: self.col.decks.get(deck.id)["desc"] for deck in self.col.decks.all_names_and_ids()}

    def faults(self) -> list[str]:
        """Everything Anki itself would complain of: cards, database, media."""
        found = []
        for number in self.col.db.list("select id from cards"):
            shown = self.col.get_card(number).render_output()
            if BAD_CARD.search(shown.question_text + shown.answer_text):
                found.append(f"card {number}: {shown.question_text}")
        found += [f"empty card of {note.note_id}" for note in self.col.get_empty_cards().notes]
        cards = self.col.card_count()
        report, clean = self.col.fix_integrity()
        if not clean or self.col.card_count() != cards:
            found.append(report)
        media = self.col.media.check()
        return found + [f"missing {name}" for name in media.missing] + [f"unused {name}" for name in media.unused]


@pytest.fixture
def student(tmp_path: Path) -> Iterator[Student]:
    someone = Student(tmp_path / "student")
    yield someone
    someone.col.close()


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    someone = Student(tmp_path_factory.mktemp("anki"))
    yield someone.col
    someone.col.close()


def edition(deck: Deck, day: int = 0) -> bytes:
    return sample.package(deck, EDITION + day * DAY)


def changed(deck: Deck, note_id: str, **content: str) -> Deck:
    """The deck with some texts of one note changed."""
    notes = [
        replace(
            note, content={**note.content, **{name.replace("_", " "): text(value) for name, value in content.items()}}
        )
        if note.id == note_id
        else note
        for note in deck.notes()
    ]
    return replace(deck, sets=(replace(deck.sets[0], notes=tuple(notes)),))


# ---- import ---------------------------------------------------------------------------------------------------


def test_a_package_arrives_whole(student: Student) -> None:
    """Every note is new, no card is missing or empty, each renders, Anki's own checks find nothing."""
    assert student.imports(edition(sample.deck())) == {
        "new": 5,
        "updated": 0,
        "duplicate": 0,
        "conflicting": 0,
        "full sync": 0,
    }
    assert student.faults() == []
    assert len(student.cards()) == 12
    assert set(student.decks()) == {"Default", "Osteoporosis", "Osteoporosis::1 Signals", "Osteoporosis::2 Diagnosis"}
    assert (Path(student.col.media.dir()) / sample.PICTURE).read_bytes() == sample.SVG.encode()
    assert student.note(sample.OPG.guid).tags == ["Osteoporosis::difficulty::core", "Osteoporosis::signals"]


def test_all_five_note_types_arrive(student: Student) -> None:
    """Recall, Cloze, Sequence, Best answer and Image: every card of each renders, none is empty."""
    student.imports(sample.five_types())
    assert student.faults() == []
    names = {model.name for model in student.col.models.all_names_and_ids() if model.name.startswith("Example")}
    assert names == {"Example Recall", "Example Cloze", "Example Sequence", "Example Best answer", "Example Image"}


def test_anki_s_mask_editor_reads_an_image_note(student: Student) -> None:
    """The Image note type is Anki's own image occlusion: its editor finds picture, header and every mask."""
    student.imports(sample.five_types())
    kind = student.col.models.by_name("Example Image")
    assert kind["originalStockKind"] == 6
    number = student.col.db.scalar("select id from notes where mid = ?", kind["id"])
    found = student.col._backend.get_image_occlusion_note(note_id=number).note
    assert found.image_file_name == sample.PICTURE
    assert found.header == "Which molecule is hidden?"
    assert sum(len(occlusion.shapes) for occlusion in found.occlusions) == 5


def test_ids_and_descriptions_arrive(student: Student) -> None:
    """Anki takes over the ids of note types, fields and templates: they are what makes a later rename harmless."""
    student.imports(edition(sample.deck()))
    for key, known in sample.types().items():
        model = student.col.models.get(known.id)
        if key in {"best-answer", "image", "claim"}:
            assert model is None  # no note of it in this deck
            continue
        assert [field["id"] for field in model["flds"]] == [field.id for field in known.fields]
        assert [template["id"] for template in model["tmpls"]] == [template.id for template in known.templates]
        assert model["flds"][-1]["name"] == "My notes"
        assert model["flds"][-1]["description"].startswith("Yours. Kept until")
        folded = [field["name"] for field in model["flds"] if field["collapsed"]]
        assert folded == ["Retired", "Spare 1", "Spare 2", "Spare 3"]


def test_new_cards_come_in_the_author_s_order(student: Student) -> None:
    """Positions are 1, 2, 3 ... in the author's order, the same for siblings."""
    student.imports(edition(sample.deck()))
    positions = {guid: card[3] for (guid, _), card in student.cards().items()}
    assert positions == {note.guid: position for position, note in enumerate(sample.NOTES, 1)}


def test_the_description_is_shown(student: Student) -> None:
    """The deck's page shows the description, with its edition, in every version of Anki: as HTML."""
    student.imports(edition(sample.deck()))
    assert student.decks()["Osteoporosis"].startswith("Bone in <b>five</b> notes.<p>Osteoporosis 1.0.0")


# ---- the next edition -----------------------------------------------------------------------------------------


def test_the_same_edition_again_changes_nothing(student: Student) -> None:
    """Importing a rebuilt package of the same edition is nothing new, and nothing is lost."""
    student.imports(edition(sample.deck()))
    student.col.sched.set_due_date(list(student.col.find_cards("")), "7")
    before = student.cards()
    assert student.imports(edition(sample.deck())) == {
        "new": 0,
        "updated": 0,
        "duplicate": 5,
        "conflicting": 0,
        "full sync": 0,
    }
    assert student.cards() == before
    assert student.faults() == []


def test_a_correction_arrives_and_the_schedule_stays(student: Student) -> None:
    """The next edition corrects a note and adds one; intervals, positions and decks of known cards stay."""
    first = sample.deck()
    student.imports(edition(first))
    student.col.sched.set_due_date(list(student.col.find_cards("")), "7")
    student.col.decks.rename(student.col.decks.by_name("Osteoporosis::2 Diagnosis"), "Mine")
    before = student.cards()
    new = sample.note("new-one", Question="What is new?", Answer="This.")
    second = changed(
        replace(first, sets=(replace(first.sets[0], notes=(sample.OPG, new, *sample.NOTES[1:])),)),
        "t-score",
        Answer="−2.5 SD",
    )
    result = student.imports(edition(second, day=30))
    assert (result["new"], result["conflicting"], result["full sync"]) == (1, 0, 0)
    assert student.note(sample.T_SCORE.guid)["Answer"] == "−2.5 SD"
    after = student.cards()
    assert {key: after[key] for key in before} == before
    assert len(after) == len(before) + 1
    assert student.faults() == []


def test_a_student_s_later_edit_is_kept(student: Student) -> None:
    """What a student wrote after the edition was made, tags included, survives that edition's next import."""
    student.imports(edition(sample.deck()))
    note = student.note(sample.OPG.guid)
    note["My notes"] = "Asked on the ward round."
    note.tags.append("mine")
    student.col.update_note(note)
    result = student.imports(edition(changed(sample.deck(), "opg-role", Answer="Another answer."), day=30))
    kept = student.note(sample.OPG.guid)
    assert result["conflicting"] == 0
    assert kept["My notes"] == "Asked on the ward round."
    assert "mine" in kept.tags


def test_an_update_by_text_file_keeps_the_student_s_notes(student: Student) -> None:
    """A text file with every field but the last, as the description of "My notes" says: Anki leaves that one alone."""
    student.imports(edition(sample.deck()))
    note = student.note(sample.OPG.guid)
    note["My notes"] = "Asked on the ward round."
    student.col.update_note(note)
    fields = ["Another answer." if name == "Answer" else value for name, value in note.items()][:-1]
    columns = "\t".join(f'"{value.replace(chr(34), chr(34) * 2)}"' for value in (note.guid, *fields))
    path = student.folder / "update.txt"
    path.write_text(f"#separator:tab\n#html:true\n#guid column:1\n#notetype:Example Recall\n{columns}\n", "utf-8")
    metadata = student.col.get_csv_metadata(path=str(path), delimiter=None)
    log = student.col.import_csv(anki.ImportCsvRequest(path=str(path), metadata=metadata)).log
    assert (len(log.updated), len(log.new)) == (1, 0)
    kept = student.note(sample.OPG.guid)
    assert (kept["Answer"], kept["My notes"]) == ("Another answer.", "Asked on the ward round.")


def test_a_student_s_own_style_is_kept(student: Student) -> None:
    """The time of a note type stands still, so a later edition does not undo a student's change of the look."""
    student.imports(edition(sample.deck()))
    model = student.col.models.by_name("Example Recall")
    model["css"] += "\n.card { --accent: #a00; }"
    student.col.models.update_dict(model)
    student.imports(edition(sample.deck(), day=30))
    assert student.col.models.by_name("Example Recall")["css"].endswith("--accent: #a00; }")


def renamed(known: NoteType, old: str, new: str) -> NoteType:
    fields = tuple(replace(field, name=new) if field.name == old else field for field in known.fields)
    back = known.templates[0].back.replace("</div>", "{{" + new + "}}</div>", 1)
    return replace(known, fields=fields, templates=(replace(known.templates[0], back=back), *known.templates[1:]))


def test_a_spare_field_becomes_a_real_one(student: Student) -> None:
    """A later edition renames "Spare 1", shows and fills it: no second note type, no full sync, no edit lost."""
    student.imports(edition(sample.deck()))
    note = student.note(sample.DENOSUMAB.guid)
    note["My notes"] = "mine"
    student.col.update_note(note)
    context = sample.context(EDITION + 30 * DAY)
    types = {**context.note_types, "recall": renamed(context.note_types["recall"], "Spare 1", "Audio")}
    filled = changed(sample.deck(), "opg-role", Audio="la la")
    result = student.imports(
        apkg.export(filled, replace(context, note_types=types, type_times={"recall": UNPUBLISHED_LOOK + 2})).data
    )
    assert (result["new"], result["conflicting"], result["full sync"]) == (0, 0, 0)
    assert student.note(sample.OPG.guid)["Audio"] == "la la"
    assert student.note(sample.DENOSUMAB.guid)["My notes"] == "mine"
    assert not [model.name for model in student.col.models.all_names_and_ids() if model.name.endswith("+")]
    assert student.faults() == []


REASON = "Nobody treats so any more."


def retired(notes: Sequence[Note]) -> Deck:
    return sample.deck([replace(note, retired=Retired("1.1.0", REASON, "arabic")) for note in notes])


def test_a_retired_card_tells_why_on_its_back_alone(student: Student) -> None:
    """Every card of every note type says on both sides that it is retired; the front's HTML holds nothing of the reason."""
    notes = (
        sample.OPG,
        sample.DENOSUMAB,
        sample.CASCADE,
        sample.THRESHOLD,
        sample.STOP,
        sample.MOLECULES,
        sample.CLAIM,
    )
    student.imports(edition(retired(notes)))
    cards = [student.col.get_card(number) for number in student.col.find_cards("tag:deckgen::retired")]
    assert len({(card.note_type()["name"], card.template()["name"]) for card in cards}) == 14
    assert len(cards) == len(student.cards()) == len(student.col.find_cards("Retired:_*"))
    for card in cards:
        front, back = card.question(), card.answer()
        assert all(side.count(">Retired: no longer taught</b>") == 1 for side in (front, back))
        assert back.count(f"<p><b>1.1.0</b> {REASON}</p><p><bdi>→ osteoporosis/arabic</bdi></p>") == 1
        assert not any(words in front for words in (REASON, "1.1.0", "osteoporosis/arabic", "deckgen::retired"))
    assert student.faults() == []


def test_a_card_without_a_reason_shows_no_banner(student: Student) -> None:
    """Notes that are taught say nothing of the kind, and have no such tag."""
    student.imports(edition(sample.deck()))
    assert list(student.col.find_cards("tag:deckgen::retired or Retired:_*")) == []
    for number in student.col.find_cards(""):
        card = student.col.get_card(number)
        assert "dg-retired" not in card.question().partition("</style>")[2] + card.answer().partition("</style>")[2]


def test_a_note_retired_later_keeps_its_schedule(student: Student) -> None:
    """The next edition retires a note: those who know it read why, and neither days nor places of cards change."""
    student.imports(edition(sample.deck()))
    student.col.sched.set_due_date(list(student.col.find_cards("Ref:osteoporosis/t-score")), "7")
    before = student.cards()
    gone = [
        replace(note, retired=Retired("1.1.0", REASON)) if note is sample.T_SCORE else note for note in sample.NOTES
    ]
    student.imports(edition(sample.deck(gone), day=30))
    assert student.cards() == before
    assert student.note(sample.T_SCORE.guid)["Retired"] == f"<p><b>1.1.0</b> {REASON}</p>"
    assert len(student.col.find_notes("tag:deckgen::retired")) == 1


def test_a_dormant_card_wakes_up(student: Student) -> None:
    """A later edition fills "Reverse question": the card appears, the note type is the same, progress stays."""
    student.imports(edition(sample.deck()))
    student.col.sched.set_due_date(list(student.col.find_cards("")), "7")
    before = student.cards()
    woken = changed(
        sample.deck(), "t-score", Reverse_question="What begins at a T-score of −2.5?", Reverse_answer="Osteoporosis"
    )
    result = student.imports(edition(woken, day=30))
    after = student.cards()
    assert (result["new"], result["conflicting"], result["full sync"]) == (0, 0, 0)
    assert set(after) - set(before) == {(sample.T_SCORE.guid, 1)}
    assert {key: after[key] for key in before} == before
    assert student.faults() == []


def test_two_languages_of_one_publisher_live_side_by_side(student: Student) -> None:
    """A German and an English deck of one publisher have note types of their own: none gets a `+`."""
    student.imports(edition(sample.deck()))
    german = sample.note("titel", Question="Was?", Answer="Das.")
    student.imports(edition(sample.deck([german], key="knochen", name="Knochen", language="de")))
    names = {model.name for model in student.col.models.all_names_and_ids()}
    assert {"Example Recall", "Example Recall (de)"} <= names
    assert not any(name.endswith("+") for name in names)


def test_two_decks_do_not_disturb_each_other(student: Student) -> None:
    """Decks that share note types and even note ids are different notes with different cards."""
    student.imports(edition(sample.deck()))
    other = [replace(note, guid=note.guid[::-1]) for note in sample.NOTES]
    assert student.imports(edition(sample.deck(other, key="other", name="Other"))) | {} == {
        "new": 5, "updated": 0, "duplicate": 0, "conflicting": 0, "full sync": 0,
    }  # fmt: skip
    assert student.imports(edition(sample.deck()))["duplicate"] == 5
    assert student.faults() == []


# ---- the same rules as Anki -----------------------------------------------------------------------------------

NAMES = ("Front", "Back", "Extra field", "Tag line")
VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "",
            " ",
            "<br>",
            "<div></div>",
            "<BR/>\n",
            "x",
            "0",
            "&nbsp;",
            "<p></p>",
            "\u00a0",
            "<div> x</div>",
            "<br><img src=a>",
        ]
    ),
    st.text(alphabet="<>br/div \n\tx", max_size=8),
)
CLOZES = st.one_of(
    VALUES,
    st.lists(
        st.sampled_from(
            [
                "{{c1::",
                "{{c2::",
                "{{c1,3::",
                "{{c0::",
                "{{c02::",
                "{{c::",
                "{{c,4::",
                "{{C5::",
                "{{c600::",
                "{{c99999::",
                "}}",
                "}",
                "a",
                "::",
                "{{",
                "{{c7:",
            ]
        ),
        max_size=12,
    ).map("".join),
)


def pieces(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(NAMES)
    return st.builds(
        lambda sign, name, children: f"{{{{{sign}{name}}}}}{''.join(children)}{{{{/{name}}}}}",
        st.sampled_from("#^"),
        names,
        st.lists(inner, max_size=3),
    )


LEAVES = st.one_of(
    st.sampled_from(
        [
            "text",
            "<!-- {{Front}} -->",
            "{{Deck}}",
            "{{Tags}}",
            "{{FrontSide}}",
            "{{{Front}}}",
            "{{ Back }}",
            "{{hint:Back}}",
            "{{text:}}",
            "{{type:Front}}",
            "{{#c1}}x{{/c1}}",
            "{",
            "}}",
        ]
    ),
    st.sampled_from(NAMES).map(lambda name: f"{{{{{name}}}}}"),
)
FRONTS = st.lists(st.recursive(LEAVES, pieces, max_leaves=6), min_size=1, max_size=4).map("".join)
ROUGH = st.lists(
    st.sampled_from(
        [
            "{{#Front}}",
            "{{/Front}}",
            "{{^Back}}",
            "{{/Back}}",
            "{{Front}}",
            "{{Nope}}",
            "{{! x}}",
            "{{text: Back}}",
            "{{c1}}",
            "x",
            "{{",
            "<!--",
            "-->",
        ]
    ),
    max_size=6,
).map("".join)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def note_type_of(fronts: Sequence[str], *, cloze: bool) -> NoteType:
    fields = tuple(Field(name, number) for number, name in enumerate(NAMES, 1))
    back = "{{cloze:Front}}" if cloze else "{{Back}}"
    templates = tuple(CardTemplate(f"Card {n}", n, front, back) for n, front in enumerate(fronts, 1))
    return NoteType("test", "Test", 1, fields, templates, "", is_cloze=cloze)


def add_type(col: Any, known: NoteType) -> Any:
    """The note type in Anki; raises what Anki raises when it refuses."""
    model = col.models.new(known.name)
    model["type"] = int(known.is_cloze)
    for field in known.fields:
        col.models.add_field(model, col.models.new_field(field.name))
    for template in known.templates:
        made = col.models.new_template(template.name)
        made["qfmt"], made["afmt"] = template.front, template.back
        col.models.add_template(model, made)
    return col.models.get(col.models.add_dict(model).id)


def anki_ordinals(col: Any, model: Any, fields: Sequence[str], *, tagged: bool) -> tuple[int, ...]:
    note = col.new_note(model)
    note.fields = list(fields)
    note.tags = ["x"] if tagged else []
    col.add_note(note, 1)
    return tuple(sorted(card.ord for card in note.cards()))


@MANY
@given(data=st.data())
def test_cards_are_those_anki_generates(collection: Any, data: st.DataObject) -> None:
    """For fronts and fields of every sort, our ordinals are those of the cards Anki's own backend makes."""
    # Anki refuses a second front that is equal to the first, and fronts without a field.
    fronts = data.draw(
        st.lists(
            FRONTS.filter(lambda front: not faces.check(front, NAMES, front=True)), min_size=1, max_size=3, unique=True
        )
    )
    known = note_type_of(fronts, cloze=False)
    model = add_type(collection, known)
    try:
        for _ in range(6):
            fields = data.draw(st.lists(VALUES, min_size=4, max_size=4))
            tagged = data.draw(st.booleans())
            assert faces.cards_of(known, fields, tagged=tagged) == anki_ordinals(
                collection, model, fields, tagged=tagged
            )
    finally:
        collection.models.remove(model["id"])


@MANY
@given(fields=st.lists(CLOZES, min_size=4, max_size=4))
def test_clozes_are_those_anki_finds(collection: Any, fields: list[str]) -> None:
    """For clozes nested, listed, unclosed, numbered oddly: the same ordinals as Anki's."""
    known = note_type_of(["{{cloze:Front}}"], cloze=True)
    model = collection.models.by_name("Test cloze") or add_type(collection, replace(known, name="Test cloze"))
    assert faces.cards_of(known, fields) == anki_ordinals(collection, model, fields, tagged=False)


FLAT = st.lists(
    st.builds(
        lambda number, words, hint, between: f"{{{{c{number}::{words}{hint}}}}}{between}",
        st.integers(1, 4),
        st.sampled_from(["RANK", "<b>a</b> b", "", "x:y", "3 × 2"]),
        st.sampled_from(["", "::", "::which?", "::<i>a</i>"]),
        st.sampled_from(["", " and ", "<br>", "}"]),
    ),
    max_size=6,
).map("".join)


@MANY
@given(text=FLAT)
def test_a_gap_alone_is_what_anki_shows(collection: Any, text: str) -> None:
    """`cloze-only`, by which an image card names its answer, shows what Anki shows, on both sides."""
    known = note_type_of(["{{cloze:Back}}<hr>{{cloze-only:Front}}"], cloze=True)
    known = replace(known, templates=(replace(known.templates[0], back=known.templates[0].front),))
    model = collection.models.by_name("Test alone") or add_type(collection, replace(known, name="Test alone"))
    note = collection.new_note(model)
    note.fields = [text, "".join(f"{{{{c{number}::x}}}}" for number in range(1, 6)), "", ""]
    collection.add_note(note, 1)
    for card in note.cards():
        shown = card.render_output()
        ours = [faces.cloze_alone(text, card.ord + 1, question=question) for question in (True, False)]
        theirs = [side.partition("<hr>")[2] for side in (shown.question_text, shown.answer_text)]
        assert ours == theirs


@MANY
@given(front=st.one_of(FRONTS, ROUGH))
def test_what_we_refuse_is_what_anki_refuses(collection: Any, front: str) -> None:
    """What Anki refuses to save or shows as an error is a fault for us; a fault is that, or a card that is always blank."""
    known = note_type_of([front], cloze=False)
    faults = faces.check(front, NAMES, front=True)
    try:
        model = add_type(collection, known)
    except Exception:  # noqa: BLE001 - Anki has an exception of its own for each fault
        assert faults
        return
    note = collection.new_note(model)
    note.fields = ["x"] * 4
    collection.add_note(note, 1)
    shown = note.cards()[0].render_output().question_text
    collection.models.remove(model["id"])
    refused = "Front template has a problem" in shown
    assert refused <= bool(faults) <= (refused or "front of this card is blank" in shown)


@pytest.mark.parametrize("key", ["recall", "cloze", "sequence", "best-answer", "claim"])
def test_cards_look_as_anki_shows_them(student: Student, key: str) -> None:
    """What `render` gives for previews is what Anki renders, but for what only Anki itself can fill in."""
    student.imports(sample.five_types())
    known = sample.types()[key]
    for number in student.col.db.list(
        "select c.id from cards c join notes n on n.id = c.nid where n.mid = ?", known.id
    ):
        card = student.col.get_card(number)
        note = card.note()
        shown = card.render_output()
        ours = faces.render(known, card.ord, note.fields, {"Tags": " ".join(note.tags)})
        if "[[type:" not in shown.question_text:
            assert ours[0] == re.sub(r' data-cloze="[^"]*"', "", shown.question_text)
            assert ours[1] == shown.answer_text
