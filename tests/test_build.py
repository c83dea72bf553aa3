"""From a project to its artifacts: all or nothing, and the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NOTE, SETTINGS, MakeProject, Run

from deckgen.build import Options, build
from deckgen.jobs import LAYOUTS
from deckgen.printing.documents import MAKERS

ALL = {f"heart-{layout}-{paper}.pdf" for layout in ("handout", "cards") for paper in ("a4", "letter")} | {"heart.apkg"}


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_every_artifact_of_every_deck(project: MakeProject, run: Run) -> None:
    """One command makes the package and all printed forms, and says so in JSON."""
    root = project({"cards/heart/a.yaml": NOTE})
    code, out, err = run("build", "--json", root=root)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert (
        {Path(one["path"]).name for one in told["artifacts"]}
        == ALL
        == {path.name for path in (root / "build").iterdir()}
    )
    for one in told["artifacts"]:
        data = Path(one["path"]).read_bytes()
        assert (one["sha256"], one["bytes"], one["deck"]) == (hashlib.sha256(data).hexdigest(), len(data), "heart")
        assert one["format"] == Path(one["path"]).suffix[1:]
    assert (told["notes"], told["cards"], told["diagnostics"]) == (1, 1, [])


def test_nothing_is_written_when_anything_is_wrong(project: MakeProject, run: Run) -> None:
    """An error in one file leaves build/ exactly as it was."""
    root = project({"cards/heart/a.yaml": NOTE})
    run("build", root=root)
    before = hashes(root / "build")
    (root / "cards/heart/b.yaml").write_text("- id: x\n  question: q?\n", encoding="utf-8")
    (root / "cards/heart/a.yaml").write_text(NOTE.replace("Four", "4"), encoding="utf-8")
    code, out, err = run("build", root=root)
    assert code == 1
    assert "nothing was written" in err
    assert hashes(root / "build") == before
    code, out, _ = run("build", "--json", root=root)
    assert (code, json.loads(out)["artifacts"]) == (1, [])
    assert json.loads(out)["diagnostics"][0]["code"] == "missing-key"


def test_a_first_build_that_fails_makes_no_folder(project: MakeProject, run: Run) -> None:
    """Not even an empty build/ appears."""
    root = project({"cards/heart/a.yaml": "- id: x\n"})
    assert run("build", root=root)[0] == 1
    assert not (root / "build").exists()


def test_the_same_bytes_everywhere(project: MakeProject, tmp_path: Path) -> None:
    """Folder, working directory, time zone, locale and hash seed do not reach an artifact."""
    files = {
        "cards/heart/a.yaml": NOTE
        + "- {id: b, cloze: 'A {{c1::cloze}} with $x^2$', tags: [z, y, x], references: [A, B]}\n",
        "cards/heart/references.json": '[{"id": "A", "title": "a"}, {"id": "B", "title": "b"}]',
    }
    found = []
    for number, (zone, seed) in enumerate([("UTC", "1"), ("Pacific/Kiritimati", "2")]):
        root = project(files, f"folder {number}")
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LC_ALL": "C" if number else "C.UTF-8"}
        here = tmp_path if number else root
        subprocess.run(
            [sys.executable, "-c", "from deckgen.cli import main; main()", "-q", "-C", str(root), "build"],
            check=True,
            env=environment,
            cwd=here,
        )
        found.append(hashes(root / "build"))
    assert found[0] == found[1]
    assert set(found[0]) == ALL


def test_the_stamp_is_the_editions_day_unless_asked_for(
    project: MakeProject, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--timestamp goes before SOURCE_DATE_EPOCH, that before the edition's date."""
    root = project({"cards/heart/a.yaml": NOTE, "deckgen.yaml": SETTINGS + "    date: 2026-11-23\n"})

    def made(*arguments: str) -> str:
        assert run("build", "-f", "apkg", *arguments, root=root)[0] == 0
        return hashes(root / "build")["heart.apkg"]

    edition = made()
    assert edition == made("--timestamp", "1795392000")  # 2026-11-23T00:00:00Z
    assert edition != made("--timestamp", "1795392001")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795392001")
    assert made() == made("--timestamp", "1795392001")


def test_building_twice_changes_nothing(project: MakeProject) -> None:
    """A second build finds all files as they should be and touches none."""
    root = project({"cards/heart/a.yaml": NOTE})
    assert set(build(root).changed) == ALL
    assert build(root).changed == []


def test_only_what_was_asked_for(project: MakeProject, run: Run, tmp_path: Path) -> None:
    """Decks, formats, layouts, papers and the folder can be chosen."""
    root = project(
        {"deckgen.yaml": SETTINGS + "  lung:\n    name: Lung\n", "cards/heart/a.yaml": NOTE, "cards/lung/a.yaml": NOTE}
    )
    out = tmp_path / "elsewhere" / "deep"
    assert (
        run("build", "lung", "-f", "pdf", "--layout", "cards", "--paper", "letter", "-o", str(out), root=root)[0] == 0
    )
    assert [path.name for path in out.iterdir()] == ["lung-cards-letter.pdf"]
    assert not (root / "build").exists()


def test_a_folder_that_may_not_be_written_is_said(project: MakeProject, run: Run, tmp_path: Path) -> None:
    """The environment's refusal has exit code 3, a reason and a hint."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    code, _, err = run("build", "-f", "apkg", "-o", str(blocked / "out"), root=project({"cards/heart/a.yaml": NOTE}))
    assert code == 3
    assert "cannot write into" in err
    assert "= help:" in err


def test_a_build_opens_no_socket_and_reads_only_its_own(project: MakeProject) -> None:
    """Guarantees 6 and 8: no network; no file outside project, program, Python, fonts and temporary folders."""
    root = project({"cards/heart/a.yaml": NOTE})
    script = (
        "import sys, json\nseen = []\n"
        "def watch(event, args):\n"
        "    if event == 'open' and isinstance(args[0], str): seen.append(args[0])\n"
        "    if event.startswith('socket.') or event in ('os.system', 'os.exec', 'os.posix_spawn'): seen.append('!' + event)\n"
        "sys.addaudithook(watch)\n"
        "from pathlib import Path\nfrom deckgen.build import build\n"
        "assert build(Path(sys.argv[1])).artifacts\nprint(json.dumps(seen))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(root)], check=True, capture_output=True, text=True)
    allowed = [
        str(root),
        sys.prefix,
        sys.base_prefix,
        "/tmp",
        "/dev",
        "/proc",
        "/etc/localtime",
        "/usr/lib",
        "/usr/share/zoneinfo",
        str(Path(__file__).parent.parent),
    ]
    strange = [
        path
        for path in json.loads(done.stdout)
        if path.startswith("!") or (path.startswith("/") and not any(path.startswith(a) for a in allowed))
    ]
    assert strange == []


def test_strict_lets_warnings_fail(project: MakeProject, run: Run) -> None:
    """Under --strict a warning stops the build, without it the build goes on and shows it."""
    root = project({"cards/heart/a.yaml": NOTE + NOTE.replace("id: chambers", "id: again")})
    code, _, err = run("build", "-f", "apkg", "--strict", root=root)
    assert (code, (root / "build").exists()) == (1, False)
    code, _, err = run("build", "-f", "apkg", root=root)
    assert (code, (root / "build" / "heart.apkg").exists()) == (0, True)
    assert "warning[same-question]" in err


def test_python_api(project: MakeProject, tmp_path: Path) -> None:
    """The library does all the program can do, and prints nothing."""
    result = build(project({"cards/heart/a.yaml": NOTE}), Options(formats=["apkg"], output=tmp_path / "out"))
    assert [artifact.name for artifact in result.artifacts] == ["heart.apkg"]
    assert (result.notes, result.cards, list(result.bag)) == (1, 1, [])


def test_layouts_and_papers_are_the_same_everywhere() -> None:
    """What the settings and the command line offer is what the exporter makes, and what `list` describes."""
    assert set(LAYOUTS) == set(MAKERS)
