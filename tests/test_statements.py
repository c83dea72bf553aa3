"""The fact base of a deck: how it is read, what its notes may name, and what is said of facts that have grown old."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from conftest import NOTE, MakeProject, Run, grows_linearly

from deckgen.build import Options, build, check
from deckgen.model import Deck, Statement

BIBLIOGRAPHY = '[{"id": "Harvey1628", "type": "book", "title": "De motu cordis"}]'
FACTS = """
S1.1:
  says: >-
    The heart has
    four chambers
  confidence: A
  verification: partly
  seen in: ch. 2
  references: [Harvey1628, Harvey1628]
  jurisdiction: Europe
  as of: 2026-10-01
  use: required
  correction: Of man
  checked by: AB
3A.D18: {says: It beats}
"""
NAMING = NOTE + "  statements: [S1.1]\n"


def only_deck(root: Path) -> Deck:
    result = check(root)
    assert [item.message for item in result.bag] == []
    assert result.collection
    return result.collection.decks[0]


def codes(root: Path) -> list[str]:
    return [item.code for item in check(root).bag]


# ---- reading --------------------------------------------------------------------------------------------------


def test_a_statement_has_what_is_written(project: MakeProject) -> None:
    """Every key of a statement is kept, a text on one line; what is missing is empty."""
    files = {"cards/heart/a.yaml": NAMING, "cards/heart/references.json": BIBLIOGRAPHY}
    deck = only_deck(project({**files, "cards/heart/statements.yaml": FACTS}))
    first, second = deck.statements.values()
    assert list(deck.statements) == ["S1.1", "3A.D18"]
    assert first == Statement(
        "S1.1", "The heart has four chambers", first.span, "A", "partly", "required", "Of man", ("Harvey1628",),
        "Europe", "2026-10-01", "ch. 2", "AB",
    )  # fmt: skip
    assert (first.span.path, first.span.line) == ("cards/heart/statements.yaml", 2)
    assert second == Statement("3A.D18", "It beats", second.span)


def test_statements_stand_in_any_number_of_files(project: MakeProject) -> None:
    """A file and a folder count as one, at any depth and with either ending; files with `_` in front are left out."""
    names = ("statements.yml", "statements/a.yaml", "statements/more/b.yml", "statements/_c.yaml")
    facts = {f"cards/heart/{name}": f"S{at}: {{says: x}}\n" for at, name in enumerate(names)}
    assert set(only_deck(project({"cards/heart/a.yaml": NOTE, **facts})).statements) == {"S0", "S1", "S2"}


def test_each_deck_has_its_own(project: MakeProject) -> None:
    """A note may name the statements of its own deck, wherever its set lies, and no others."""
    settings = "publisher: Test\ndecks:\n  heart: {name: Heart}\n  bone: {name: Bone}\n"
    files = {
        "deckgen.yaml": settings,
        "cards/heart/statements.yaml": "S1: {says: x}\n",
        "cards/bone/statements.yaml": "S2: {says: y}\n",
        "cards/heart/a.yaml": NOTE + "  statements: [S1]\n",
        "cards/heart/b.yaml": "deck: bone\nnotes:\n- {id: b, question: 'b?', answer: b, statements: [S2]}\n",
    }
    root = project(files)
    assert codes(root) == []
    wrong = project({**files, "cards/bone/c.yaml": "- {id: c, question: 'c?', answer: c, statements: [S1]}\n"}, "wrong")
    assert codes(wrong) == ["unknown-statement"]


def test_without_a_fact_base_a_note_may_name_any(project: MakeProject) -> None:
    """Ids of statements that are kept elsewhere are no error; with the first file of statements they are."""
    files = {"cards/heart/a.yaml": NOTE + "  statements: [Z9]\n"}
    assert codes(project(files)) == []
    assert codes(project({**files, "cards/heart/statements.yaml": "{}\n"}, "empty")) == ["unknown-statement"]


def test_no_note_is_blamed_for_a_file_that_cannot_be_read(project: MakeProject) -> None:
    """While a file of statements is no YAML, or a statement is in error, the notes that name it are not reported."""
    files = {"cards/heart/a.yaml": NAMING, "cards/heart/statements/a.yaml": "S2: {says: y}\n"}
    broken = {**files, "cards/heart/statements/b.yaml": "S1.1: {says: 'x}\n"}
    assert codes(project(broken, "broken")) == ["yaml-syntax"]
    assert codes(project({**files, "cards/heart/statements/b.yaml": "S1.1: {}\n"}, "faulty")) == ["missing-key"]
    listed = {**files, "cards/heart/statements/b.yaml": "- {id: S1.1, says: x}\n"}
    assert codes(project(listed, "listed")) == ["wrong-shape"]


@pytest.mark.parametrize("head", ["", "title: Valves\nnotes:\n"])
@pytest.mark.parametrize("name", ["statements.yaml", "statements/01.yaml", "coverage.yaml", "checks.yaml"])
def test_a_set_of_such_a_name_is_told_what_it_is_taken_for(
    head: str, name: str, project: MakeProject, run: Run
) -> None:
    """A list of notes in a file whose name has a meaning is one problem, with the way out."""
    root = project({"cards/heart/a.yaml": NOTE, f"cards/heart/{name}": head + NOTE.replace("chambers", "b", 1)})
    code, out, _ = run("check", root=root)
    assert (code, out.count("error[")) == (1, 1)
    assert "give the file another name" in out


@pytest.mark.parametrize("name", ["old/statements.yaml", "coverage/a.yaml", "statements-2.yaml", "my.statements.yaml"])
def test_other_names_are_sets(name: str, project: MakeProject) -> None:
    """Only the names themselves, right inside the deck's folder, have a meaning."""
    assert len(only_deck(project({f"cards/heart/{name}": NOTE})).notes()) == 1


def test_a_duplicate_shows_both_places(project: MakeProject) -> None:
    """The same id in two files is an error that names both."""
    facts = {f"cards/heart/statements/{name}.yaml": f"S1: {{says: {name}}}\n" for name in "ab"}
    (problem,) = check(project({"cards/heart/a.yaml": NOTE, **facts})).bag
    ((span, _),) = problem.related
    assert (problem.code, problem.span.path, span.path) == (
        "duplicate-statement", "cards/heart/statements/b.yaml", "cards/heart/statements/a.yaml",
    )  # fmt: skip


def test_a_set_and_a_table_are_held_to_it_too(project: MakeProject) -> None:
    """An unknown id is found where it stands: in the header of a set, and in what a table's notes have in common."""
    files = {
        "cards/heart/statements.yaml": "S1: {says: x}\n",
        "cards/heart/a.yaml": "statements: [S3]\nnotes:\n" + NOTE,
        "cards/heart/t.yaml": "tables:\n  t:\n    columns: [name]\n    rows: {one: {name: One}, two: {name: Two}}\n"
        "notes:\n- {id: made, table: t, statements: [S4], questions: {q: {question: '{{ row.name }}?', answer: '{{ row.id }}'}}}\n",
    }
    found = [(item.code, item.span.path, item.span.source.text[item.span.start : item.span.end]) for item in check(project(files)).bag]  # fmt: skip
    assert found == [
        ("unknown-statement", "cards/heart/a.yaml", "S3"),
        ("unknown-statement", "cards/heart/t.yaml", "S4"),
    ]


def test_reading_takes_time_by_size(project: MakeProject) -> None:
    """Twice the statements, topics and notes take twice the time."""

    def work(size: int) -> None:
        notes = "".join(
            f"- {{id: n{at}, question: 'q{at}?', answer: a, statements: [S{at}], tags: [t{at % 50}]}}\n"
            for at in range(size)
        )
        facts = "".join(f"S{at}: {{says: x, as of: 2026-10-01, use: required}}\n" for at in range(size))
        topics = "topics:\n" + "".join(f"  C{at}: {{tags: [t{at}], sets: [a.yaml]}}\n" for at in range(size // 10))
        files = {"cards/heart/s.yaml": notes, "cards/heart/statements.yaml": facts, "cards/heart/coverage.yaml": topics}
        result = check(project(files, f"size{size}"), today=dt.date(2027, 12, 1))
        assert len(result.bag) == size

    assert grows_linearly(work, 2000)


# ---- nothing of it is published -------------------------------------------------------------------------------


def test_artifacts_are_the_same_with_and_without(project: MakeProject) -> None:
    """Statements, topics and what notes name reach no package and no page, by not a single byte."""
    bibliography = {"cards/heart/references.json": BIBLIOGRAPHY}
    bare = build(project({"cards/heart/a.yaml": NOTE, **bibliography}, "bare"))
    full = build(
        project(
            {
                **bibliography,
                "cards/heart/a.yaml": NAMING,
                "cards/heart/statements.yaml": FACTS,
                "cards/heart/coverage.yaml": "error tags: [x]\ntopics:\n  C1: {minimum: 7, sets: [b.yaml]}\n",
            },
            "full",
        )
    )
    assert len(full.artifacts) == 5
    assert {each.name: each.data for each in bare.artifacts} == {each.name: each.data for each in full.artifacts}


# ---- what has grown old ---------------------------------------------------------------------------------------


def aged(project: MakeProject, note: str = "", *, as_of: str = "2026-10-01", name: str = "project") -> Path:
    facts = (
        f"S1: {{says: It changes, as of: {as_of}}}\nS2: {{says: It does not}}\nS3: {{says: Unused, as of: {as_of}}}\n"
    )
    return project(
        {"cards/heart/a.yaml": f"{NOTE}  statements: [S2, S1]\n{note}", "cards/heart/statements.yaml": facts}, name
    )


def warned(root: Path, run: Run, day: str) -> list[str]:
    code, out, _ = run("check", "--today", day, "--message-format", "json", root=root)
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert all(each["severity"] == "warning" for each in found)
    return [each["code"] for each in found]


def test_a_fact_grows_old_after_twelve_months(project: MakeProject, run: Run) -> None:
    """Twelve months to the day are not more than twelve months; a fact that no note names does not matter."""
    root = aged(project)
    assert warned(root, run, "2027-10-01") == []
    assert warned(root, run, "2027-10-02") == ["old-fact"]
    _, out, _ = run("check", "--today", "2027-10-02", root=root)
    assert "`S1` is of 2026-10-01, more than twelve months ago" in out
    assert "cards/heart/statements.yaml:1:1" in out
    assert "It is taught by `chambers`." in out
    assert run("check", "--strict", "--today", "2027-10-02", root=root)[0] == 1


def test_a_leap_day_is_a_day(project: MakeProject, run: Run) -> None:
    """Of 29 February, the year before ends on the 28th."""
    root = aged(project, as_of="2027-02-28")
    assert warned(root, run, "2028-02-29") == []
    assert warned(root, run, "2028-03-01") == ["old-fact"]


def test_a_note_grows_old_when_its_fact_was_looked_up_since(project: MakeProject, run: Run) -> None:
    """Not while the fact is old itself, not without `checked`, and not when it is retired."""
    assert warned(aged(project, "  checked: 2026-11-01\n", name="a"), run, "2027-11-01") == ["old-fact"]
    again = aged(project, "  checked: 2026-11-01\n", as_of="2027-10-01", name="b")
    assert warned(again, run, "2027-11-01") == []
    assert warned(again, run, "2027-11-02") == ["old-note"]
    assert (
        "`chambers` was checked on 2026-11-01, and `S1` looked up since, on 2027-10-01"
        in run("check", "--today", "2027-11-02", root=again)[1]
    )
    assert warned(aged(project, as_of="2027-10-01", name="c"), run, "2027-11-02") == []
    gone = "  checked: 2026-11-01\n  retired: {since: '1', why: w}\n"
    assert warned(aged(project, gone, as_of="2027-10-01", name="d"), run, "2027-11-02") == []
    assert warned(aged(project, gone, name="e"), run, "2027-11-02") == []


def test_the_day_is_given_or_that_of_the_build_stamp(
    project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--today`, else SOURCE_DATE_EPOCH, else the clock; what is no day is wrong usage."""
    root = aged(project)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1893456000")  # 2030-01-01
    assert "old-fact" in run("check", root=root)[1]
    assert run("check", "--today", "2027-01-01", root=root)[1] == ""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1798761600")  # 2027-01-01
    assert run("check", root=root)[1] == ""
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert "old-fact" in run("check", root=aged(project, as_of="2001-01-01", name="old"))[1]
    for wrong in ("yesterday", "2027-02-30", "1027-01-01", "20271201", "99999999999"):
        assert run("check", "--today", wrong, root=root)[0] == 2


def test_a_build_does_not_know_the_day(project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """However old its facts, a build says nothing, fails never, and makes the same; the library's `check` too, without a day."""
    root = aged(project, as_of="2001-01-01")
    assert codes(root) == []
    made = {each.name: each.data for each in build(root, Options(formats=("apkg",))).artifacts}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    code, _, err = run("build", "-f", "apkg", "--strict", root=root)
    assert (code, "old-fact" in err) == (0, False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert made == {each.name: each.data for each in build(root, Options(formats=("apkg",))).artifacts}


def test_a_release_says_what_it_would_teach_though_it_is_old(project: MakeProject, run: Run) -> None:
    """By the time of the edition; under --strict nothing is published. An edition made again says nothing."""
    root = aged(project, as_of="2024-01-01")
    early, late = "1718000000", "1767225600"  # 2024-06-10, 2026-01-01: later than the clock is not allowed
    code, _, err = run("release", "--dry-run", "--timestamp", late, root=root)
    assert (code, "warning[old-fact]" in err) == (0, True)
    assert run("release", "--strict", "--timestamp", late, root=root)[0] == 1
    code, _, err = run("release", "--strict", "--timestamp", early, root=root)
    assert (code, "old-fact" in err) == (0, False)
    for again in ((), ("--frozen",)):
        code, _, err = run("release", "--strict", *again, "--timestamp", late, root=root)
        assert (code, "old-fact" in err) == (0, False), err


@pytest.mark.parametrize("day", ["1" * 5000, "20271201", "2026-02-30", "0000-00-00", "9999-12-31", "", "soon"])
def test_no_day(project: MakeProject, run: Run, day: str) -> None:
    """Eight digits are no seconds of 1970, and no number is too long to be refused."""
    code, _, err = run("check", "--today", day, root=project({"cards/heart/a.yaml": NOTE}))
    assert (code, "Write year, month and day" in err) == (2, True)


def test_notes_are_not_blamed_for_a_file_of_the_wrong_shape(project: MakeProject) -> None:
    """Nobody knows what it would hold."""
    assert codes(project({"cards/heart/a.yaml": NAMING, "cards/heart/statements.yaml": "- S1.1: x\n"})) == [
        "wrong-shape"
    ]
