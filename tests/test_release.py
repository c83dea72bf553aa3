"""`deckgen release`: what it refuses, what it writes, and that it writes all of it or nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import NOTE, SVG, MakeProject, Run
from test_atomic import FailingDisk

from deckgen import atomic
from deckgen import build as pipeline
from deckgen import release as publishing
from deckgen.diagnostics import DeckgenError
from deckgen.editions import changelog, news
from deckgen.editions.releasenotes import RETIRED_SEARCH
from deckgen.ids import note_guid

FIRST, SECOND = "1790000000", "1790000100"
QUICK = "publisher: Test\nlayouts: [handout]\npapers: [a4]\ndecks:\n  heart:\n    name: Heart\n    version: 1.0.0\n"
CLOZE = '- id: beat\n  cloze: "The {{c1::heart}} {{c2::beats}}."\n'
CHANGED = NOTE.replace("Four", "Four chambers") + "- id: valves\n  question: How many valves?\n  answer: Four\n"


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def released(project: MakeProject, run: Run) -> Path:
    """A project whose first edition is out, and whose cards have changed since."""
    root = project({"deckgen.yaml": QUICK, "cards/heart/a.yaml": NOTE})
    code, _, err = run("release", "--timestamp", FIRST, root=root)
    assert code == 0, err
    (root / "cards/heart/a.yaml").write_text(CHANGED, encoding="utf-8")
    return root


# ---- what it says ---------------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing_and_says_everything(released: Path, run: Run) -> None:
    """How many notes come, change and retire, which words differ, and the verdict."""
    before = tree(released)
    code, _, err = run("release", "--dry-run", root=released)
    assert code == 0
    assert tree(released) == before
    assert "heart 1.1.0 (after 1.0.0 of 2026-09-21): 1 added, 1 changed, 0 retired" in err
    assert "Safe: all progress" in err
    assert "+ valves: How many valves?" in err
    assert "Answer: Four{+ chambers+}" in err
    assert "Nothing was written." in err


def test_without_the_last_package_the_fields_are_named(released: Path, run: Run, tmp_path: Path) -> None:
    """In a fresh clone the old texts are not at hand: the ledger still knows which fields differ; a package shows the words."""
    package = tmp_path / "old.apkg"
    shutil.move(released / "build/heart-1.0.0/heart.apkg", package)
    _, _, err = run("release", "--dry-run", root=released)
    assert "(Answer)" in err
    assert "Answer: Four" not in err
    assert "--against" in err
    assert "Answer: Four{+ chambers+}" in run("release", "--dry-run", "--against", str(package), root=released)[2]
    nonsense = tmp_path / "nonsense.apkg"
    nonsense.write_bytes(b"PK nonsense")
    assert run("release", "--dry-run", "--against", str(nonsense), root=released)[0] == 0


def test_json_for_programs(released: Path, run: Run) -> None:
    """Everything the text says, as data."""
    code, out, _ = run("release", "--dry-run", "--json", root=released)
    (deck,) = json.loads(out)["decks"]
    assert code == 0
    assert deck["edition"] == "1.1.0"
    assert (deck["added"], deck["changed"], deck["verdict"], deck["new"]) == (["valves"], {"chambers": ["Answer"]}, "safe", True)  # fmt: skip


def test_unsafe_changes_are_refused_and_shown(released: Path, run: Run) -> None:
    """An error refuses, and the plan still says what it would mean; accepted, it is made and told."""
    (released / "cards/heart/a.yaml").write_text(CHANGED.replace("id: chambers", "id: rooms"), encoding="utf-8")
    before = tree(released)
    code, _, err = run("release", "--timestamp", SECOND, root=released)
    assert (code, tree(released) == before) == (1, True)
    assert "error[vanished-note]" in err
    assert "Breaking:" in err
    assert "! chambers is gone" in err
    code, _, err = run("release", "--timestamp", SECOND, "--accept", "vanished-note", root=released)
    assert code == 0, err
    written = (released / "cards/heart/CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 2.0.0" in written
    assert news.REASONS["vanished-note"][0] in written


def test_what_needs_care_must_be_accepted(project: MakeProject, run: Run) -> None:
    """A warning is no reason not to build, but not to publish unseen."""
    root = project({"deckgen.yaml": QUICK, "cards/heart/a.yaml": CLOZE})
    assert run("release", "--timestamp", FIRST, root=root)[0] == 0
    (root / "cards/heart/a.yaml").write_text(CLOZE.replace("{{c2::beats}}", "beats"), encoding="utf-8")
    assert run("build", root=root)[0] == 0
    code, _, err = run("release", "--timestamp", SECOND, root=root)
    assert code == 1
    assert "--accept removed-cards" in err
    assert run("release", "--timestamp", SECOND, "--accept", "removed-cards", root=root)[0] == 0
    notes = (root / "build/heart-2.0.0/heart-release-notes.md").read_text(encoding="utf-8")
    assert "Needs care" in notes
    assert "Empty Cards" in notes


def test_a_release_again_changes_nothing(released: Path, run: Run) -> None:
    """The second run finds nothing to do; artifacts that were deleted come back, the same bytes."""
    assert run("release", "--timestamp", SECOND, root=released)[0] == 0
    before = tree(released)
    code, _, err = run("release", "--timestamp", "1790009999", root=released)
    assert (code, tree(released) == before) == (0, True)
    assert "nothing to release" in err
    shutil.rmtree(released / "build/heart-1.1.0")
    assert run("release", "--frozen", root=released)[0] == 0
    assert tree(released) == before


def test_frozen_makes_no_edition(released: Path, run: Run) -> None:
    """For a tag that is published: the deck must be what its ledger says."""
    before = tree(released)
    code, _, err = run("release", "--frozen", "--timestamp", SECOND, root=released)
    assert (code, "unreleased-changes" in err, tree(released) == before) == (1, True, True)


def test_times_and_versions_go_forward(released: Path, run: Run) -> None:
    """Anki takes nothing older: a clock that stands wrong, or a version that was there, is refused."""
    code, _, err = run("release", "--timestamp", FIRST, root=released)
    assert (code, "Anki takes nothing from an older edition" in err) == (3, True)
    for version in ("1.0.0", "0.9.0"):
        code, _, err = run("release", "--timestamp", SECOND, "--edition", version, root=released)
        assert (code, "old-version" in err) == (1, True)
    assert "bad-version" in run("release", "--timestamp", SECOND, "--edition", "next", root=released)[2]
    assert run("release", "--timestamp", SECOND, "--edition", "2026.1", root=released)[0] == 0
    assert (released / "build/heart-2026.1/heart.apkg").exists()


def test_an_edition_is_not_of_the_future(released: Path, run: Run) -> None:
    """It would win over everything a student writes until then."""
    code, _, err = run("release", "--timestamp", str(2**32 - 1), root=released)
    assert (code, "lies in the future" in err) == (2, True)


def test_a_retired_note_says_since_which_edition(released: Path, run: Run) -> None:
    """When the edition gets another version than the card says, the author hears of both ways to mend it."""
    retired = CHANGED.replace("answer: Four chambers", "answer: Four\n  retired: {since: 1.0.7, why: Too easy.}")
    (released / "cards/heart/a.yaml").write_text(retired, encoding="utf-8")
    _, _, err = run("release", "--dry-run", root=released)
    assert "retired since 1.0.7, but this edition is 1.1.0" in err
    _, _, err = run("release", "--dry-run", "--edition", "1.0.7", root=released)
    assert "retired-since" not in err


def test_a_lost_ledger_is_no_first_edition(released: Path, run: Run) -> None:
    """The changelog remembers: every note would be written anew over what students changed."""
    (released / "cards/heart/ledger.txt").unlink()
    code, _, err = run("release", "--timestamp", SECOND, root=released)
    assert (code, "lost-ledger" in err, "git checkout" in err) == (1, True, True)


def test_an_old_ledger_is_noticed(released: Path, run: Run) -> None:
    """The changelog knows a later edition: its version would be used twice. Every command says so."""
    old = (released / "cards/heart/ledger.txt").read_bytes()
    assert run("release", "--timestamp", SECOND, root=released)[0] == 0
    (released / "cards/heart/ledger.txt").write_bytes(old)
    for command in ("check", "build", "release"):
        code, out, err = run(command, root=released)
        assert (code, "knows the edition 1.1.0, which the ledger does not" in out + err) == (1, True)


def test_a_changelog_that_git_could_not_merge_is_refused(released: Path, run: Run) -> None:
    """The entry would land inside the conflict."""
    path = released / "cards/heart/CHANGELOG.md"
    path.write_text("<<<<<<< HEAD\n" + path.read_text(encoding="utf-8") + "=======\n>>>>>>> other\n", encoding="utf-8")
    code, out, _ = run("check", root=released)
    assert (code, "changelog-conflict" in out, "--theirs" in out) == (1, True, True)


def test_what_is_gone_is_named_to_students(released: Path, run: Run) -> None:
    """Who cannot find a card cannot do anything about it."""
    (released / "cards/heart/a.yaml").write_text(CLOZE, encoding="utf-8")
    assert run("release", "--timestamp", SECOND, "--accept", "vanished-note", root=released)[0] == 0
    assert "(`chambers`)" in (released / "build/heart-2.0.0/heart-release-notes.md").read_text(encoding="utf-8")


def test_an_interrupted_release_that_is_finished_is_told(released: Path, run: Run) -> None:
    """An edition was made, and must be committed like any other."""
    (released / ".deckgen-decided/build/heart-7.0").mkdir(parents=True)
    (released / ".deckgen-decided/build/heart-7.0/x.txt").write_text("x", encoding="utf-8")
    _, _, err = run("build", "-f", "apkg", root=released)
    assert "An interrupted release was finished first: build/heart-7.0/x.txt." in err


def test_a_note_may_move_to_another_deck_of_the_project(released: Path, run: Run) -> None:
    """With its GUID it is the same note to Anki: the deck it left has lost nothing."""
    settings = (released / "deckgen.yaml").read_text(encoding="utf-8")
    (released / "deckgen.yaml").write_text(settings + "  lung:\n    name: Lung\n", encoding="utf-8")
    (released / "cards/lung").mkdir()
    moved = NOTE + f"  guid: '{note_guid('heart', 'chambers')}'\n"
    (released / "cards/lung/a.yaml").write_text(moved, encoding="utf-8")
    (released / "cards/heart/a.yaml").write_text(CLOZE, encoding="utf-8")
    code, out, _ = run("check", root=released)
    assert (code, "vanished" in out) == (0, False)
    code, _, err = run("release", "heart", "--timestamp", SECOND, root=released)
    assert (code, "half-a-move" in err) == (1, True)
    code, _, err = run("release", "heart", "lung", "--timestamp", SECOND, "--accept", "moved-notes", root=released)
    assert code == 0, err
    assert "### In another deck now\n\n- `chambers`" in (released / "cards/heart/CHANGELOG.md").read_text(
        encoding="utf-8"
    )
    # Back again, as it was: newer than what the other deck brought in between.
    (released / "cards/heart/a.yaml").write_text(NOTE + CLOZE, encoding="utf-8")
    (released / "cards/lung/a.yaml").write_text(CLOZE.replace("beat", "breath"), encoding="utf-8")
    code, _, err = run(
        "release", "heart", "lung", "--timestamp", "1790000200", "--accept", "moved-notes", root=released
    )
    assert code == 0, err
    line = next(
        each
        for each in (released / "cards/heart/ledger.txt").read_text(encoding="utf-8").splitlines()
        if "\tchambers\t" in each
    )
    assert line.split("\t")[5] == "1.2.0"


def test_a_note_that_moves_between_decks_is_held_against_what_students_have(released: Path, run: Run) -> None:
    """By its GUID it is the note they have: its gaps keep their numbers in the other deck as well."""
    (released / "deckgen.yaml").write_text(QUICK + "  lung:\n    name: Lung\n", encoding="utf-8")
    (released / "cards/heart/a.yaml").write_text(NOTE + CLOZE, encoding="utf-8")
    (released / "cards/lung").mkdir()
    (released / "cards/lung/a.yaml").write_text(NOTE, encoding="utf-8")
    assert run("release", "heart", "lung", "--timestamp", SECOND, root=released)[0] == 0
    swapped = CLOZE.replace("c1::", "c9::").replace("c2::", "c1::").replace("c9::", "c2::")
    (released / "cards/heart/a.yaml").write_text(NOTE, encoding="utf-8")
    (released / "cards/lung/a.yaml").write_text(
        NOTE + swapped + f"  guid: '{note_guid('heart', 'beat')}'\n", encoding="utf-8"
    )
    code, out, _ = run("check", root=released)
    assert (code, "moved-cards" in out, "moved-notes" in out) == (1, True, True)


def test_a_clock_that_stands_at_the_beginning_is_refused(released: Path, run: Run) -> None:
    """A ledger of 1970 could not be read again."""
    shutil.rmtree(released / "cards/heart")
    (released / "cards/heart").mkdir()
    (released / "cards/heart/a.yaml").write_text(NOTE, encoding="utf-8")
    assert run("release", "--timestamp", "100", root=released)[0] == 3
    assert not (released / "cards/heart/ledger.txt").exists()


def test_a_package_of_another_edition_is_said(released: Path, run: Run, tmp_path: Path) -> None:
    """Words that differ from an older edition are not what this one changes."""
    old = shutil.copy(released / "build/heart-1.0.0/heart.apkg", tmp_path / "old.apkg")
    assert run("release", "--timestamp", SECOND, root=released)[0] == 0
    (released / "cards/heart/a.yaml").write_text(CHANGED.replace("Four chambers", "4"), encoding="utf-8")
    _, _, err = run("release", "--dry-run", "--against", str(old), root=released)
    assert "old.apkg is of 1.0.0, not of 1.1.0" in err


def test_another_key_is_noticed(released: Path, run: Run) -> None:
    """With its key a deck loses all its GUIDs: whether the ledger moved along or stayed, the old key is asked for."""
    settings = (released / "deckgen.yaml").read_text(encoding="utf-8")
    (released / "deckgen.yaml").write_text(settings.replace("  heart:", "  cor:"), encoding="utf-8")
    (released / "cards/cor").mkdir()
    (released / "cards/heart/a.yaml").rename(released / "cards/cor/a.yaml")
    code, out, _ = run("check", root=released)
    assert (code, "stray-ledger" in out, "call the deck `heart` again" in out) == (1, True, True)
    (released / "cards/heart/ledger.txt").rename(released / "cards/cor/ledger.txt")
    code, out, _ = run("check", root=released)
    assert (code, "other-ledger" in out, "call the deck `heart` again" in out) == (1, True, True)


def test_builds_leave_no_old_updates(released: Path, run: Run) -> None:
    """A text update of an earlier build must not be given to students by mistake; other files are left alone."""
    assert run("build", root=released)[0] == 0
    (released / "build/heart-update-from-mine").write_text("x", encoding="utf-8")
    assert (released / "build/heart-update-from-1.0.0.txt").exists()
    assert run("release", "--timestamp", SECOND, root=released)[0] == 0
    (released / "cards/heart/a.yaml").write_text(
        CHANGED.replace("How many valves", "How many heart valves"), encoding="utf-8"
    )
    assert run("build", "--since", "1.1.0", root=released)[0] == 0
    assert sorted(path.name for path in (released / "build").glob("*update*")) == [
        "heart-update-from-1.1.0.txt",
        "heart-update-from-mine",
    ]


def test_an_edition_can_be_made_without_a_change(released: Path, run: Run) -> None:
    """When only the pages differ, a version given by hand makes an edition in which no note is touched."""
    (released / "cards/heart/a.yaml").write_text(NOTE, encoding="utf-8")
    assert run("release", "--timestamp", SECOND, "--edition", "1.0.1", root=released)[0] == 0
    assert "edition\t1.0.1" in (released / "cards/heart/ledger.txt").read_text(encoding="utf-8")


def test_one_of_several_decks_must_be_named(project: MakeProject, run: Run) -> None:
    """Each deck has editions of its own; named together they appear together."""
    settings = QUICK + "  lung:\n    name: Lung\n"
    root = project({"deckgen.yaml": settings, "cards/heart/a.yaml": NOTE, "cards/lung/a.yaml": NOTE})
    code, _, err = run("release", "--timestamp", FIRST, root=root)
    assert (code, "deckgen release heart lung" in err) == (1, True)
    assert run("release", "heart", "lung", "--timestamp", FIRST, root=root)[0] == 0
    assert (root / "cards/lung/ledger.txt").exists()
    assert run("release", "hart", root=root)[0] == 1


# ---- the changelog and the notes ------------------------------------------------------------------------------


def test_the_author_s_words_begin_the_entry(released: Path, run: Run) -> None:
    """What stands under "Unreleased" goes into the entry; everything else stays as it is."""
    path = released / "cards/heart/CHANGELOG.md"
    text = path.read_text(encoding="utf-8").replace("## 1.0.0", "## [Unreleased]\n\nThanks to Ada.\n\n## 1.0.0")
    path.write_text(text + "\nMy own last line.\n", encoding="utf-8")
    assert run("release", "--timestamp", SECOND, root=released)[0] == 0
    found = path.read_text(encoding="utf-8")
    assert re.search(r"## 1\.1\.0 – 2026-09-21\n\nThanks to Ada\.\n\nSafe: .*\n\n### Added", found)
    assert found.endswith("My own last line.\n")
    assert "nreleased" not in found
    assert "Thanks to Ada." in (released / "build/heart-1.1.0/heart-release-notes.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "before",
    ["", "# Mine\n", "# Mine\n\nText.\n\n## 0.9\n\n- x\n", "## Unreleased\n", "## Unreleased\n\nYes.\n\n## 1\n\nNo.\n"],
)
def test_an_entry_fits_into_any_changelog(before: str) -> None:
    """Older entries stay, in order, and the new one is found again by its version."""
    after = changelog.with_entry(before, "Heart", "## 1.0 – 2026-01-01\n\nWords.\n")
    assert changelog.entry_of(after, "1.0").endswith("Words.")
    again = changelog.with_entry(after, "Heart", "## 1.1 – 2026-01-02\n\nMore.\n")
    assert again.index("## 1.1") < again.index("## 1.0")
    assert after.endswith("\n")
    assert not after.endswith("\n\n")
    for line in before.splitlines():
        assert line in after or "nreleased" in line


def test_markdown_in_questions_is_plain_in_the_changelog(project: MakeProject, run: Run) -> None:
    """A question with stars or brackets does not turn the list into something else, and is cut when long."""
    note = f"- id: odd\n  question: 'What is \\*x\\* in <b> `y` [z\\](q)? {'long ' * 60}'\n  answer: Nothing\n"
    root = project({"deckgen.yaml": QUICK, "cards/heart/a.yaml": NOTE})
    assert run("release", "--timestamp", FIRST, root=root)[0] == 0
    (root / "cards/heart/b.yaml").write_text(note, encoding="utf-8")
    code, _, err = run("release", "--timestamp", SECOND, root=root)
    assert code == 0, err
    line = next(
        line for line in (root / "cards/heart/CHANGELOG.md").read_text(encoding="utf-8").splitlines() if "odd" in line
    )
    assert "\\*x\\* in \\<b\\> y \\[z\\](q)?" in line
    assert len(line) < 160


def test_release_notes_name_what_a_text_file_cannot_bring(project: MakeProject, run: Run) -> None:
    """A note whose picture is new is listed, and retired notes come with the search that finds them."""
    root = project({"deckgen.yaml": QUICK, "cards/heart/a.yaml": NOTE + CLOZE, "cards/heart/images/a.svg": SVG})
    assert run("release", "--timestamp", FIRST, root=root)[0] == 0
    changed = NOTE + '  figure: "![A ring](images/a.svg)"\n' + CLOZE + "  retired: {since: 1.1.0, why: Too easy.}\n"
    (root / "cards/heart/a.yaml").write_text(changed, encoding="utf-8")
    code, _, err = run("release", "--timestamp", SECOND, root=root)
    assert code == 0, err
    notes = (
        root / "build/heart-1.0.1" if (root / "build/heart-1.0.1").exists() else root / "build/heart-1.1.0"
    ) / "heart-release-notes.md"
    text = notes.read_text(encoding="utf-8")
    assert "heart-update-from-1.0.0.txt" in text
    assert re.search(r"show a picture or a sound that is new.*\n\n- `chambers`", text)
    assert RETIRED_SEARCH in text
    assert "`beat`: The heart beats. – Too easy." in text


# ---- all or nothing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=str)
def test_a_failure_at_any_call_leaves_the_old_state_or_the_new(
    released: Path, tmp_path: Path, error: BaseException
) -> None:
    """Whichever call to the disk fails, ledger, changelog and artifacts belong together, and nothing else is left."""
    before = tree(released)
    options = publishing.Options(int(SECOND))
    whole = shutil.copytree(released, tmp_path / "whole")
    publishing.release(whole, options)
    after = tree(whole)
    found = publishing.plan(released, options)
    files = {path: after[path] for path in after if before.get(path) != after[path]}
    assert found.files.keys() <= files.keys()
    states = set()
    for n in range(1, 200):
        root = shutil.copytree(released, tmp_path / f"run{n}")
        disk = FailingDisk(n, error)
        try:
            atomic.write_all(root, files, disk)
        except (DeckgenError, KeyboardInterrupt):
            assert tree(root) in (before, after), f"call {n}"
            states.add(tree(root) == before)
        else:
            assert disk.left > 0
            break
        finally:
            shutil.rmtree(root)
    else:
        pytest.fail("the run never got through")
    assert states == {True, False}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can be killed")
def test_a_hundred_kills_leave_no_mixed_state(released: Path, tmp_path: Path) -> None:
    """Killed at every call to the disk and at random moments: old or new, or decided and finished by the next run."""
    scratch = tmp_path / "kills"
    scratch.mkdir()
    program = Path(__file__).with_name("killing.py")
    done = subprocess.run([sys.executable, str(program), str(released), str(scratch), "100"], capture_output=True, text=True, check=True, timeout=300)  # fmt: skip
    report = json.loads(done.stdout)
    assert report["mixed"] == []
    assert report["killed"] >= 100
    assert report["differ"]
    assert min(report["old"], report["decided"], report["undecided"]) > 0


def test_two_releases_at_once_do_not_both_count(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds that the ledger is not the one it read, and writes nothing."""
    real = pipeline.export_all

    def slow(*arguments: Any) -> Any:
        monkeypatch.setattr(pipeline, "export_all", real)
        publishing.release(released, publishing.Options(int(SECOND), edition="7.0"))
        return real(*arguments)

    monkeypatch.setattr(pipeline, "export_all", slow)
    with pytest.raises(DeckgenError, match=r"(CHANGELOG\.md|ledger\.txt) was changed by another run"):
        publishing.release(released, publishing.Options(int(SECOND)))
    assert "edition\t7.0" in (released / "cards/heart/ledger.txt").read_text(encoding="utf-8")
    assert sorted(path.name for path in (released / "build").iterdir()) == ["heart-1.0.0", "heart-7.0"]


def test_files_of_a_published_edition_are_not_replaced(released: Path, run: Run) -> None:
    """A layout has changed, the cards have not: the author hears of it, and what students have stays under its version."""
    assert run("release", "--timestamp", SECOND, root=released)[0] == 0
    before = tree(released / "build")
    (released / "templates/print").mkdir(parents=True)
    assert run("eject", "print/handout.typ", root=released)[0] == 0
    layout = released / "templates/print/handout.typ"
    layout.write_text(layout.read_text(encoding="utf-8") + "\n#text[More.]\n", encoding="utf-8")
    code, _, err = run("release", root=released)
    assert (code, "edition-differs" in err, "heart-handout-a4.pdf" in err) == (0, True, True)
    assert tree(released / "build") == before
    assert run("release", "--frozen", "--strict", root=released)[0] == 1


def test_a_package_to_compare_with_is_not_trusted(released: Path, run: Run) -> None:
    """A view that computes for ever in place of the notes is not asked; control characters do not reach the terminal."""
    target = released / "build/heart-1.0.0/heart.apkg"

    def replaced_by(*statements: str) -> None:
        with closing(sqlite3.connect(":memory:")) as database, zipfile.ZipFile(target, "w") as archive:
            for statement in statements:
                database.execute(statement)
            database.commit()
            archive.writestr("collection.anki2", database.serialize())

    replaced_by(
        "CREATE VIEW notes AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS guid, x AS flds FROM n"
    )
    assert run("release", "--dry-run", root=released)[0] == 0
    fields = "\x1f".join(["How many chambers has the heart?", "Two\x1b]0;x\x07\u202e", *[""] * 19])
    guid = note_guid("heart", "chambers")
    replaced_by("CREATE TABLE notes (guid, flds)", f"INSERT INTO notes VALUES ('{guid}', '{fields}')")
    _, _, err = run("release", "--dry-run", root=released)
    assert "Two" in err
    assert "\x1b]0" not in err
    assert "\u202e" not in err


def test_a_ledger_cannot_lead_out_of_the_project(released: Path, run: Run) -> None:
    """Versions become names of files: one that is a path is refused, by every command, and nothing is written."""
    victim = released.parent / "victim.txt"
    victim.write_text("precious", encoding="utf-8")
    ledger = released / "cards/heart/ledger.txt"
    evil = "edition\t0/../../../victim\t2020-01-01T00:00:00Z\tsafe\n"
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("edition\t", evil + "edition\t", 1), encoding="utf-8")
    for command in (["build"], ["release", "--timestamp", SECOND], ["release", "--frozen"], ["check"]):
        code, out, err = run(*command, root=released)
        assert (code, "is not a version" in out + err) == (1, True)
    assert victim.read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "", "a//b", "./a", "a\0b", "a\\b"])
def test_only_paths_inside_are_written(tmp_path: Path, name: str) -> None:
    """Whatever asks for it: a name that is no plain path inside the folder is refused before anything is touched."""
    folder = tmp_path / "in"
    with pytest.raises(DeckgenError, match="no path inside"):
        atomic.write_all(folder, {name: b"x"})
    assert list(folder.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_what_a_release_never_writes_is_not_put_into_place(released: Path, run: Run) -> None:
    """A project may be sent along with a folder that looks like an interrupted release: no file of yours is replaced."""
    (released / ".deckgen-decided").mkdir()
    (released / ".deckgen-decided/deckgen.yaml").write_text("publisher: Evil\n", encoding="utf-8")
    code, _, err = run("build", root=released)
    assert (code, "never writes" in err) == (3, True)
    assert (released / "deckgen.yaml").read_text(encoding="utf-8") == QUICK


def test_a_folder_that_may_not_be_written_is_noticed_first(
    released: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is decided before every place is known to take its file; the superuser may write anywhere."""
    before, real = tree(released), os.access

    def access(path: Any, mode: int) -> bool:
        return not str(path).endswith("cards/heart") and real(path, mode)

    monkeypatch.setattr(os, "access", access)
    code, _, err = run("release", "--timestamp", SECOND, root=released)
    assert (code, "Permission denied" in err) == (3, True)
    assert tree(released) == before


def test_a_ledger_that_is_a_link_out_is_no_first_edition(released: Path, run: Run) -> None:
    """It is there, and cannot be read: not the same as none."""
    ledger = released / "cards/heart/ledger.txt"
    outside = released.parent / "ledger.txt"
    ledger.rename(outside)
    ledger.symlink_to(outside)
    code, _, err = run("release", "--timestamp", SECOND, root=released)
    assert (code, "outside-project" in err) == (1, True)


def test_text_updates_leave_out_what_they_cannot_bring(project: MakeProject, run: Run) -> None:
    """Other tags are no row, which would bring back texts a student changed; a new note type is told in the notes."""
    root = project({"deckgen.yaml": QUICK, "cards/heart/a.yaml": NOTE})
    assert run("release", "--timestamp", FIRST, root=root)[0] == 0
    (root / "cards/heart/a.yaml").write_text(NOTE + "  tags: [x]\n" + CLOZE, encoding="utf-8")
    assert run("release", "--timestamp", SECOND, root=root)[0] == 0
    rows = (root / "build/heart-1.1.0/heart-update-from-1.0.0.txt").read_text(encoding="utf-8")
    assert "heart/beat" in rows
    assert "heart/chambers" not in rows
    notes = (root / "build/heart-1.1.0/heart-release-notes.md").read_text(encoding="utf-8")
    assert re.search(r"note type that came after.*\n\n- `beat`", notes)


def hostile(root: Path, place: str) -> Iterator[Path]:
    """A folder outside, and a link to it at a place where a release writes."""
    outside = root.parent / "outside"
    outside.mkdir()
    target = root / place
    if target.exists():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(outside)
    yield outside


@pytest.mark.parametrize("place", ["build", "build/heart-1.1.0", ".deckgen-staged", ".deckgen-decided"])
def test_links_are_not_followed_out_of_the_project(released: Path, run: Run, place: str) -> None:
    """A project that somebody sent cannot make a release write elsewhere."""
    (outside,) = hostile(released, place)
    ledger = (released / "cards/heart/ledger.txt").read_bytes()
    code, _, err = run("release", "--timestamp", SECOND, root=released)
    assert (code, list(outside.iterdir())) in ((3, []), (1, []))
    assert "error" in err
    assert (released / "cards/heart/ledger.txt").read_bytes() == ledger


def test_a_printed_table_is_a_part_of_the_edition(project: MakeProject, run: Run) -> None:
    """It is on the pages: with it, or with another cell in it, there is something to release. Facts and rules make nothing new."""
    table = "tables: {t: {columns: [name], rows: {x: {name: X}}}}\n"
    notes = "notes:\n" + NOTE.replace("answer:", "statements: [S1]\n  answer:")
    files = {"cards/heart/a.yaml": table + notes, "cards/heart/statements.yaml": "S1: {says: It has four}\n"}
    root = project({"deckgen.yaml": QUICK, **files})
    assert run("release", "--timestamp", FIRST, root=root)[0] == 0
    (root / "cards/heart/statements.yaml").write_text("S1: {says: It has five, use: as error}\nS2: {says: x}\n")
    (root / "cards/heart/checks.yaml").write_text("rules: {it: {why: B, find: chambers}}\n")
    (root / "cards/heart/coverage.yaml").write_text("topics: {C1: {kinds: [basic], minimum: 9}}\n")
    assert run("release", "--frozen", root=root)[0] == 0
    for cell in ("X", "Y"):
        text = table.replace("name: X", f"name: {cell}") + "comparisons: {t: {}}\n" + notes
        (root / "cards/heart/a.yaml").write_text(text, encoding="utf-8")
        assert run("release", "--frozen", root=root)[0] == 1
        assert run("release", "--timestamp", SECOND if cell == "X" else "1790000200", root=root)[0] == 0
