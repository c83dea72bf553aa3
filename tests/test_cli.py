"""The command line: streams, exit codes, and messages worth reading."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NOTE, SETTINGS, MakeProject, Run

from deckgen import build as pipeline
from deckgen.cli.console import Console
from deckgen.templating import builtin_templates

BROKEN: dict[str, tuple[dict[str, str | bytes], str, int, int]] = {
    # name: files, code, line, column
    "syntax": ({"cards/heart/a.yaml": "- id: a\n  question: 'open\n"}, "yaml-syntax", 2, 13),
    "tab": ({"cards/heart/a.yaml": "- id: a\n\tquestion: x\n"}, "yaml-tab", 2, 1),
    "duplicate key": ({"cards/heart/a.yaml": NOTE + "  answer: Five\n"}, "duplicate-key", 4, 3),
    "not UTF-8": ({"cards/heart/a.yaml": b"- id: a\n  question: caf\xe9?\n  answer: a\n"}, "not-utf-8", 2, 16),
    "empty": ({"cards/heart/a.yaml": ""}, "yaml-empty", 1, 1),
    "alias bomb": ({"cards/heart/a.yaml": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))}, "yaml-alias", 0, 0),
    "depth": ({"cards/heart/a.yaml": "a: " + "[" * 100_000}, "yaml-depth", 1, 0),
    "unknown deck": ({"cards/hart/a.yaml": NOTE, "cards/heart/a.yaml": NOTE}, "unknown-deck", 1, 1),
    "template": ({"cards/heart/a.yaml": NOTE, "templates/anki/recall.front.html": "\n[[ nothing ]]"}, "template-error", 2, 0),
    "settings": ({"deckgen.yaml": "publisher: T\ndecks:\n  Heart!:\n    name: H\n"}, "bad-deck-key", 3, 3),
    "misspelt setting": ({"deckgen.yaml": SETTINGS + "papres: [a4]\n", "cards/heart/a.yaml": NOTE}, "unknown-key", 5, 1),
    "no notes": ({}, "empty-deck", 3, 3),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_bad_input_is_a_diagnostic(name: str, project: MakeProject, run: Run) -> None:
    """Each mistake has a code, a file, a line, a column, a hint and exit code 1, and build/ is not made."""
    files, code, line, column = BROKEN[name]
    root = project(files)
    status, out, err = run("check", "--message-format", "json", root=root)
    found = [json.loads(each) for each in out.splitlines()]
    assert status == 1, err
    assert code in [one["code"] for one in found]
    one = next(one for one in found if one["code"] == code)
    assert set(one) == {
        "code",
        "severity",
        "message",
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
        "hints",
        "fix",
    }
    assert (one["line"], one["column"]) == (line or one["line"], column or one["column"])
    assert one["line"] >= 1
    assert one["hints"] or one["fix"]
    assert run("build", root=root)[0] == 1
    assert not (root / "build").exists()


def test_all_mistakes_of_all_files_in_one_run(project: MakeProject, run: Run) -> None:
    """A syntax error in one file does not hide the mistakes of another."""
    root = project(
        {
            "cards/heart/a.yaml": "- id: [",
            "cards/heart/b.yaml": "- id: x\n  anwser: a\n",
            "cards/heart/c.yaml": b"\xff\xfe",
        }
    )
    _, out, _ = run("check", "--message-format", "short", root=root)
    assert {line.split(":")[0] for line in out.splitlines()} == {
        "cards/heart/a.yaml",
        "cards/heart/b.yaml",
        "cards/heart/c.yaml",
    }


def test_a_folder_without_a_project(tmp_path: Path, run: Run) -> None:
    """Someone in the wrong folder is told how to start."""
    code, out, _ = run("check", root=tmp_path)
    assert code == 1
    assert "error[no-project]" in out
    assert "deckgen init" in out


def test_an_unknown_deck_on_the_command_line(project: MakeProject, run: Run) -> None:
    """A deck that is not there is named with the nearest one, and nothing is built."""
    root = project({"cards/heart/a.yaml": NOTE})
    code, _, err = run("build", "hart", root=root)
    assert code == 1
    assert "error[unknown-deck]" in err
    assert "did you mean `heart`?" in err
    assert not (root / "build").exists()


def test_wrong_usage_is_exit_2(run: Run) -> None:
    """A wrong option is told apart from wrong content."""
    assert run("build", "--frmat", "pdf")[0] == 2
    assert run("explain", "unknown-kye")[0] == 2
    assert run("build", "--timestamp", "yesterday")[0] == 2


def test_results_and_messages_have_their_own_streams(project: MakeProject, run: Run) -> None:
    """Standard output holds what was asked for, and only that."""
    root = project({"cards/heart/a.yaml": NOTE})
    code, out, err = run("list", "notes", "--json", root=root)
    assert (code, err) == (0, "")
    (row,) = json.loads(out)
    assert {"id", "guid", "deck", "type", "tags", "fields", "references", "statements", "path", "line"} <= set(row)
    assert (row["id"], row["type"], row["deck"], row["line"], row["fields"]["Answer"]) == (
        "chambers",
        "basic",
        "heart",
        1,
        "Four",
    )
    code, out, err = run("build", "-f", "apkg", root=root)
    assert out == ""
    assert "1 note, 1 card" in err
    assert run("-q", "build", "-f", "apkg", root=root)[1:] == ("", "")


def test_check_can_be_narrowed_to_paths(project: MakeProject, run: Run) -> None:
    """With a path, only the problems in it are shown and counted."""
    root = project({"cards/heart/a.yaml": NOTE, "cards/heart/b.yaml": "- id: x\n"})
    assert run("check", str(root / "cards/heart/a.yaml"), root=root)[0] == 0
    code, out, _ = run("check", "--message-format", "short", str(root / "cards"), root=root)
    assert code == 1
    assert out.startswith("cards/heart/b.yaml:1:3: error[missing-key]")
    assert run("check", "/", root=root)[0] == 2


def test_a_fault_of_ours_says_so(project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw has exit code 70 and asks for a report; a traceback only with -v."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(pipeline, "read_project", broken)
    code, _, err = run("check", root=project({}))
    assert (code, "Traceback" in err) == (70, False)
    assert "fault in deckgen: RuntimeError: unforeseen" in err
    assert "Traceback" in run("-v", "check", root=project({}))[2]


def test_interruption_is_exit_130(project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with one word."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "read_project", interrupted)
    code, out, err = run("check", root=project({}))
    assert (code, out, err.strip()) == (130, "", "interrupted")


def test_init_never_overwrites(tmp_path: Path, run: Run) -> None:
    """A project is started once; a second time nothing is touched and the reason is said."""
    assert run("init", str(tmp_path / "new"))[0] == 0
    (tmp_path / "new" / "deckgen.yaml").write_text("mine")
    (tmp_path / "new" / ".gitignore").unlink()
    code, _, err = run("init", str(tmp_path / "new"))
    assert code == 3
    assert "is there already" in err
    assert (tmp_path / "new" / "deckgen.yaml").read_text() == "mine"
    assert not (tmp_path / "new" / ".gitignore").exists()


def test_eject_copies_what_is_built_in(project: MakeProject, run: Run) -> None:
    """A template comes byte for byte, and changes nothing until somebody changes it; the files are named."""
    root = project({"cards/heart/a.yaml": NOTE})
    before = run("list", "templates", "--json", root=root)[1]
    names = [row["template"] for row in json.loads(before)]
    code, out, err = run("eject", *names, root=root)
    assert (code, out) == (0, "")
    for name in names:
        assert (root / "templates" / name).read_bytes() == (builtin_templates() / name).read_bytes()
        assert f"templates/{name}\n" in err
    assert run("check", "--strict", root=root)[0] == 0
    assert {row["from"] for row in json.loads(run("list", "templates", "--json", root=root)[1])} == {"project"}
    assert {row["from"] for row in json.loads(before)} == {"deckgen"}


def test_eject_never_overwrites(project: MakeProject, run: Run) -> None:
    """When one of the files is there, none is written; a dead link counts as a file."""
    root = project({"templates/anki/_hint.html": "mine"})
    (root / "templates/anki/_rest.html").symlink_to(root / "nowhere")
    for taken in ("anki/_hint.html", "templates/anki/_rest.html"):
        code, _, err = run("eject", "anki/_below.html", taken, root=root)
        assert (code, "is there already" in err) == (3, True)
    assert (root / "templates/anki/_hint.html").read_text() == "mine"
    assert not (root / "templates/anki/_below.html").exists()
    assert not (root / "nowhere").exists()


def test_eject_stays_in_a_project(project: MakeProject, run: Run, tmp_path: Path) -> None:
    """Without a project nothing is written, and through a link that leads out of one neither."""
    assert run("eject", "anki/_hint.html", root=tmp_path)[0] == 3
    (tmp_path / "elsewhere").mkdir()
    root = project({})
    (root / "templates").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert run("eject", "anki/_hint.html", root=root)[0] == 3
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not (tmp_path / "templates").exists()


def test_eject_knows_the_names(project: MakeProject, run: Run) -> None:
    """A wrong name is answered with the nearest and with all there are; a path with `templates/` is a name, too."""
    root = project({})
    code, _, err = run("eject", "anki/_hnit.html", root=root)
    assert code == 2
    assert "Did you mean anki/_hint.html?" in err
    assert "anki/recall.front.html, anki/" in err
    assert "print/cards.typ" in err
    assert run("eject", "../deckgen.yaml", root=root)[0] == 2
    assert run("eject", root=root)[0] == 2
    assert run("eject", "templates/print/cards.typ", root=root)[0] == 0
    assert (root / "templates/print/cards.typ").exists()


def test_templates_are_listed_with_their_use(project: MakeProject, run: Run) -> None:
    """Which template is which, and which are the project's own; also while something is wrong with the project."""
    root = project({"templates/anki/step.back.html": "[[ nothing ]]", "cards/heart/a.yaml": "- ["})
    code, out, _ = run("list", "templates", root=root)
    assert code == 0
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in out.splitlines()}
    assert lines["anki/step.back.html"] == "back of Sequence: Step 1 to Step 10 project"
    assert lines["anki/typed.front.html"] == "front of Recall: Typed deckgen"
    assert lines["anki/_rest.html"] == "part of faces deckgen"
    assert lines["anki/labels.toml"] == "words on the faces, by language deckgen"
    assert lines["print/cards.typ"] == "print layout deckgen"


def test_the_project_is_found_from_below(project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deckgen may be run from any folder of the project."""
    root = project({"cards/heart/a.yaml": NOTE})
    monkeypatch.chdir(root / "cards" / "heart")
    assert run("check")[0] == 0


def test_a_closed_pipe_is_no_fault(project: MakeProject) -> None:
    """`deckgen list notes | head` ends quietly."""
    notes = "".join(f"- {{id: n{i}, question: 'q{i}?', answer: {'x' * 400}}}\n" for i in range(3000))
    root = project({"cards/heart/a.yaml": notes})
    program = f"'{sys.executable}' -c 'from deckgen.cli import main; main()' -C '{root}' list notes --json | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("[\n", "", 0)


def test_control_characters_never_reach_the_terminal(project: MakeProject, run: Run) -> None:
    """Escape sequences in a file or a name are shown, not obeyed."""
    text = '- id: a\n  question: q?\n  answer: a\n  "k\\e[31m\\u202E": x\n'
    for style in ("full", "short", "json", "github"):
        _, out, _ = run(
            "--color", "never", "check", "--message-format", style, root=project({"cards/heart/a.yaml": text}, style)
        )
        assert "unknown-key" in out
        assert not {"\x1b", "\u202e"} & set(out)


@pytest.mark.parametrize("code", ["unknown-key", "cloze-malformed", "yaml-syntax"])
def test_explain_shows_wrong_and_right(code: str, run: Run) -> None:
    """Each problem is explained with an example of both."""
    status, out, _ = run("explain", code)
    assert status == 0
    assert code in out
    assert "Wrong" in out
    assert "Right" in out


def test_check_of_a_path_that_is_not_there_is_wrong_usage(project: MakeProject, run: Run) -> None:
    """A mistyped path in somebody's CI does not stay green; nor does one when nothing could be read at all."""
    root = project({"cards/heart/a.yaml": NOTE})
    assert run("check", str(root / "cards/heart/typo.yaml"), root=root)[0] == 2
    (root / "deckgen.yaml").write_text("decks: [")
    assert run("check", str(root / "cards/heart/a.yaml"), root=root)[0] == 1


def test_init_works_in_the_folder_it_is_given(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-C` is where to start; the next command is shown so that it can be pasted."""
    (tmp_path / "two words").mkdir()
    monkeypatch.chdir(tmp_path)
    _, _, err = run("init", root=tmp_path / "two words")
    assert (tmp_path / "two words" / "deckgen.yaml").exists()
    assert 'deckgen -C "two words" build' in err


def test_json_is_json_on_every_console(project: MakeProject) -> None:
    """Even where the console knows few letters, what --json prints can be read back."""
    root = project({"cards/heart/a.yaml": "- {id: a, question: 'κ 🦴?', answer: a}\n"})
    command = [sys.executable, "-c", "from deckgen.cli import main; main()", "-C", str(root), "list", "notes", "--json"]
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"})
    assert json.loads(done.stdout)[0]["question"] == "κ 🦴?"


def test_check_finds_what_print_cannot_do(project: MakeProject, run: Run) -> None:
    """A formula that no page can show stops `check`, not only `build`."""
    root = project({"cards/heart/a.yaml": "- {id: a, question: 'a?', answer: '$\\foo{a}$'}\n"})
    code, out, _ = run("check", "--message-format", "short", root=root)
    assert (code, "math-unsupported" in out) == (1, True)


def test_a_file_whose_ending_windows_hides_is_said(project: MakeProject, run: Run) -> None:
    """`b.yaml.txt` is warned of, `c.YAML` is read."""
    root = project(
        {
            "cards/heart/a.yaml": NOTE,
            "cards/heart/b.yaml.txt": NOTE,
            "cards/heart/c.YAML": NOTE.replace("chambers", "c").replace("How", "Now how"),
        }
    )
    code, out, _ = run("check", "--message-format", "short", root=root)
    assert (code, "ignored-file" in out, "2 notes" in run("build", "-f", "apkg", root=root)[2]) == (0, True, True)


def test_a_progress_line_appears_on_a_terminal_and_only_when_work_takes_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is being done is shown while it lasts, also when it began before patience ran out, and taken away again."""
    monkeypatch.setattr("deckgen.cli.console.PATIENCE", 0.05)
    for terminal, quiet in ((True, False), (False, False), (True, True)):
        monkeypatch.setattr(sys.stderr, "isatty", lambda terminal=terminal: terminal)
        console = Console(root=Path(), quiet=quiet)
        console.progress("reading")
        console.progress("heart: pdf")
        if console.timer is not None:
            console.timer.join(10)
        shown = capsys.readouterr().err
        assert ("heart: pdf ..." in shown, "reading" in shown) == (terminal and not quiet, False)
        console.clear()
        assert ("\x1b[K" in capsys.readouterr().err) == (terminal and not quiet)


def test_list_editions(project: MakeProject, run: Run) -> None:
    """What was published and when, also while the cards have mistakes; "no editions" before the first."""
    root = project({"cards/heart/a.yaml": NOTE})
    assert run("list", "editions", root=root) == (0, "no editions\n", "")
    for stamp, note in (("1790000000", NOTE), ("1790100000", NOTE.replace("Four", "4"))):
        (root / "cards/heart/a.yaml").write_text(note, encoding="utf-8")
        assert run("release", "--timestamp", stamp, root=root)[0] == 0
    (root / "cards/heart/a.yaml").write_text("- id: x\n", encoding="utf-8")
    code, out, _ = run("list", "editions", "--json", root=root)
    first, second = json.loads(out)
    assert code == 0
    assert first == {
        "deck": "heart",
        "edition": "0.1.0",
        "date": "2026-09-21",
        "verdict": "safe",
        "added": 1,
        "last changed": 0,
    }
    assert (second["edition"], second["date"], second["added"], second["last changed"]) == ("0.1.1", "2026-09-22", 0, 1)
