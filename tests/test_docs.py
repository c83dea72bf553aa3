"""The documents are true: their files check, their commands print what they say."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from conftest import SVG, MakeProject, Run

from deckgen.cli.main import cli

DOCS = Path(__file__).parent.parent / "docs"
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BIBLIOGRAPHY = "".join(
    f"- {{id: {key}, type: book, title: A title, issued: {{date-parts: [[2021]]}}}}\n"
    for key in ("McDonagh2021", "Katzung2021")
)


def blocks(name: str) -> list[tuple[str, str, str]]:
    return [(kind, mark or "", text) for kind, mark, text in BLOCK.findall((DOCS / name).read_text(encoding="utf-8"))]


def matches(shown: str, printed: str) -> bool:
    """Whether what a document shows is what was printed; `...` stands for anything."""
    pattern = re.escape(shown.strip()).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def test_the_tutorial_works(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone who follows the tutorial sees exactly what it shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    ran = 0
    for kind, mark, text in blocks("tutorial.md"):
        if mark.startswith("file="):
            path = Path(mark.removeprefix("file="))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif kind == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                words = shlex.split(command)
                if words[0] == "cd":
                    os.chdir(words[1])
                    continue
                code, out, err = run(*words[1:])
                assert code == ("error" in shown), err
                assert matches(shown, out + err), f"{command} printed:\n{out}{err}"
                ran += 1
    assert ran >= 7


def test_the_examples_of_the_format_check(project: MakeProject, run: Run) -> None:
    """Every example of the format reference, taken together, is a project without a problem."""
    files = {
        mark.removeprefix("file="): text
        for kind, mark, text in blocks("reference/format.md")
        if mark.startswith("file=")
    }
    settings = files["deckgen.yaml"]
    named: list[str] = []
    figure: list[str] = []
    for kind, mark, text in blocks("reference/format.md"):
        if kind == "yaml" and not mark:
            (figure if "figures:" in text else named).append(text)
    root = project({
        **files,
        "deckgen.yaml": settings + figure[0],
        "cards/heart/07-named.yaml": named[0],
        "cards/heart/references.yaml": BIBLIOGRAPHY,
        "cards/heart/images/valves.svg": SVG,
    })  # fmt: skip
    code, out, err = run("check", "--strict", root=root)
    assert (code, out) == (0, ""), err
    assert len(files) == 12


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_with_an_example(name: str, run: Run) -> None:
    """`--help` of a command says what it does and shows a line to copy."""
    code, out, _ = run(name, "--help")
    assert code == 0
    assert f"deckgen {name}" in out or "deckgen -C" in out
    assert len(cli.commands[name].get_short_help_str(200)) > 20
