"""A student's work and our next editions, through Anki's own importer: what is new, what is updated, what is kept.

`tools/student.py` plays and `tools/promises.py` judges; here are the editions they are given, as `deckgen release`
makes them. `make anki-versions` plays more of them in four versions of Anki.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import student
from conftest import SVG, MakeProject, Run

SETTINGS = "publisher: Test\nlayouts: [handout]\npapers: [a4]\ndecks:\n  heart:\n    name: Heart\n    version: 1.0.0\n    tag prefix: Heart\n"
DAY = 86_400
START = 1_780_000_000  # 2026-05-28
ALONE = "".join(
    f"- id: note-{letter}\n  question: Which fact is {letter}?\n  answer: The fact {letter}\n  tags: [facts]\n"
    for letter in "abcdef"
)
GHJ = """\
- id: note-g
  question: How many chambers has the heart?
  answer: Three
- id: note-h
  cloze: The heart {{c1::beats}}.
- id: note-j
  question: Who found the circulation?
  answer: Galen
"""
GHJ_LATER = """\
- id: note-g
  question: How many chambers has the heart?
  answer: Four
  reverse question: Which organ has four chambers?
  reverse answer: The heart
- id: note-h
  cloze: The heart {{c1::beats}} {{c2::100,000}} times a day.
- id: note-j
  question: Who found the circulation?
  answer: Galen
  retired: {since: 1.1.0, why: It was Harvey., replaced by: note-i}
- id: note-i
  question: Who described the circulation in 1628?
  answer: William Harvey
"""
LATEST = GHJ_LATER.replace("100,000", "100 000").replace("answer: Four\n", "answer: Four (two atria, two ventricles)\n")


@dataclass(frozen=True, slots=True)
class Editions:
    """The folders of the editions of one deck, in order."""

    folders: tuple[Path, ...]

    def package(self, number: int) -> Path:
        return self.folders[number - 1] / "heart.apkg"

    def text(self, since: int, number: int) -> Path:
        version = self.folders[since - 1].name.removeprefix("heart-")
        return self.folders[number - 1] / f"heart-update-from-{version}.txt"


@pytest.fixture
def editions(project: MakeProject, run: Run) -> Editions:
    """Three editions a month apart; a fourth that only changes the look."""
    root = project({"deckgen.yaml": SETTINGS, "cards/heart/a.yaml": ALONE, "cards/heart/b.yaml": GHJ})
    for number, cards in enumerate((GHJ, GHJ_LATER, LATEST, LATEST)):
        (root / "cards/heart/b.yaml").write_text(cards, encoding="utf-8")
        if number == 3:
            (root / "templates/anki").mkdir(parents=True)
            (root / "templates/anki/project.css").write_text(".card { letter-spacing: 0.2px; }\n", encoding="utf-8")
        code, _, err = run("release", "--timestamp", str(START + 30 * number * DAY), root=root)
        assert code == 0, err
    folders = sorted(
        (root / "build").iterdir(), key=lambda path: [int(part) for part in path.name.split("-")[1].split(".")]
    )
    return Editions(tuple(folders))


def play(files: Sequence[Path], newest: Path, *, days: Sequence[int] = (), leaves_look: bool = False) -> student.Report:
    """What became of the student; `days` after the first edition say when they worked, and imported each file."""
    plan = student.Plan(tuple(files), newest, leaves_look=leaves_look, moments=tuple(START + day * DAY for day in days))
    return student.play(plan)


def lost(report: student.Report) -> list[str]:
    return [f"{each.promise}: {each.words}" for each in report.verdicts if each.kept is False] + list(report.findings)


def test_a_new_edition_touches_what_it_changed_and_nothing_else(editions: Editions) -> None:
    """Exactly the changed and the retired notes are updated, the new one and the deleted one come; everything else is kept."""
    report = play([editions.package(1), editions.package(2)], editions.package(2), days=(10, 31))
    assert lost(report) == []
    (done,) = report.imports
    assert set(done.updated) == {"heart/note-g", "heart/note-h", "heart/note-j"}
    deleted = next(name for name in "abcdef" if f"heart/note-{name}" in done.new)
    assert set(done.new) == {"heart/note-i", f"heart/note-{deleted}"}
    assert (done.unchanged, done.conflicting) == (5, ())


def test_the_text_file_keeps_even_more(editions: Editions) -> None:
    """Tag and own words stay on the very notes that change; a deleted note stays away."""
    report = play([editions.package(1), editions.text(1, 2)], editions.package(2), days=(10, 31))
    assert lost(report) == []
    (done,) = report.imports
    assert set(done.updated) == {"heart/note-g", "heart/note-h", "heart/note-j"}
    assert done.new == ("heart/note-i",)
    assert (report.cast.tagged in report.cast.changed, report.cast.annotated in report.cast.changed) == (True, True)


WAYS = {
    "one after the other, late": ("1", "2", "3"),
    "straight to the third": ("1", "3"),
    "the second after the third": ("1", "3", "2"),
    "the first after the third": ("3", "1", "2"),
    "by text, one after the other": ("1", "1>2", "2>3"),
    "by text, at once": ("1", "1>3"),
    "by text, then the package": ("1", "1>3", "3"),
    "the package, then the text": ("1", "2", "2>3"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_three_editions_however_they_come(editions: Editions, way: Sequence[str]) -> None:
    """Late, out of order, by package or text file: the newest edition wins, and the student's work stays."""
    files = []
    for step in way:
        since, _, number = step.rpartition(">")
        files.append(editions.text(int(since), int(number)) if since else editions.package(int(number)))
    late = [70 + step for step in range(len(files) - 1)]
    assert lost(play(files, editions.package(3), days=(65, *late))) == []


def test_a_new_look_reaches_those_who_left_it_alone(editions: Editions) -> None:
    """It touches no note, and the release notes say so; a student's own look stays."""
    for leaves in (True, False):
        report = play(
            [editions.package(3), editions.package(4)], editions.package(4), days=(65, 95), leaves_look=leaves
        )
        assert lost(report) == []
        (done,) = report.imports
        assert done.updated == ()
        look = next(each for each in report.verdicts if "look" in each.promise)
        assert (look.promise, look.kept) == ("the newest look arrives" if leaves else "the student's look", True)
    notes = (editions.folders[3] / "heart-release-notes.md").read_text(encoding="utf-8")
    assert "The look of the cards." in notes
    assert "touches no note" in notes


def test_editions_say_which_they_are(editions: Editions) -> None:
    """On the deck's page in Anki stands the edition that was imported last."""
    with student.collection() as someone:
        for number, version in ((1, "1.0.0"), (2, "1.1.0"), (3, "1.1.1"), (4, "1.1.2")):
            someone.take(editions.package(number))
            deck = someone.col.decks.by_name("Heart")
            assert f"Heart {version} · 2026-" in deck["desc"]


@pytest.fixture
def someone() -> Iterator[student.Student]:
    with student.collection() as made:
        yield made


def test_a_draft_can_be_tried_and_is_superseded(project: MakeProject, run: Run, someone: student.Student) -> None:
    """A draft arrives over the last edition, several do with `--timestamp`, and the release arrives over all of them."""
    root = project({"deckgen.yaml": SETTINGS, "cards/heart/a.yaml": ALONE})
    card = root / "cards/heart/a.yaml"

    def answer() -> str:
        note = next(each for each in someone.picture().notes if each.label == "heart/note-a")
        return note.fields["Answer"]

    def build(words: str, *options: str) -> Path:
        card.write_text(ALONE.replace("The fact a", words), encoding="utf-8")
        assert run("build", "-f", "apkg", *options, root=root)[0] == 0
        return root / "build/heart.apkg"

    assert run("release", "--timestamp", str(START), root=root)[0] == 0
    someone.take(root / "build/heart-1.0.0/heart.apkg")
    assert someone.take(build("Draft 1")).updated == ("heart/note-a",)
    assert answer() == "Draft 1"
    assert someone.take(build("Draft 2", "--timestamp", str(START + DAY))).updated == ("heart/note-a",)
    assert "1.0.1-draft" in someone.col.decks.by_name("Heart")["desc"]
    build("Final")
    assert run("release", "--timestamp", str(START + 2 * DAY), root=root)[0] == 0
    done = someone.take(root / "build/heart-1.0.1/heart.apkg")
    assert (done.updated, answer()) == (("heart/note-a",), "Final")
    assert "draft" not in someone.col.decks.by_name("Heart")["desc"]


def test_a_picture_comes_with_the_package_after_the_text_file(
    project: MakeProject, run: Run, someone: student.Student
) -> None:
    """The text file makes the note newer than the package of its edition; the picture comes all the same."""
    root = project({"deckgen.yaml": SETTINGS, "cards/heart/a.yaml": ALONE})
    assert run("release", "--timestamp", str(START), root=root)[0] == 0
    (root / "cards/heart/images").mkdir()
    (root / "cards/heart/images/a.svg").write_text(SVG, encoding="utf-8")
    with (root / "cards/heart/a.yaml").open("a", encoding="utf-8") as file:
        file.write('  figure: "![A ring](images/a.svg)"\n')
    assert run("release", "--timestamp", str(START + DAY), root=root)[0] == 0
    someone.take(root / "build/heart-1.0.0/heart.apkg")
    assert someone.take(root / "build/heart-1.0.1/heart-update-from-1.0.0.txt").updated == ("heart/note-f",)
    assert [each for each in someone.findings() if "missing" in each] != []
    assert someone.take(root / "build/heart-1.0.1/heart.apkg").updated == ()
    assert list(someone.findings()) == []


def test_a_renamed_note_is_the_same_note(project: MakeProject, run: Run, someone: student.Student) -> None:
    """`was` keeps the GUID: the schedule stays, and the note is not there twice."""
    root = project({"deckgen.yaml": SETTINGS, "cards/heart/a.yaml": ALONE})
    assert run("release", "--timestamp", str(START), root=root)[0] == 0
    someone.take(root / "build/heart-1.0.0/heart.apkg")
    someone.study()
    before = {note.guid: note.cards for note in someone.picture().notes}
    renamed = ALONE.replace("- id: note-a\n", "- id: fact-a\n  was: [note-a]\n")
    (root / "cards/heart/a.yaml").write_text(renamed, encoding="utf-8")
    assert run("release", "--timestamp", str(START + DAY), root=root)[0] == 0
    done = someone.take(root / "build/heart-1.0.1/heart.apkg")
    assert (done.updated, done.new) == (("heart/fact-a",), ())
    assert {note.guid: note.cards for note in someone.picture().notes} == before
