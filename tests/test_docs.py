"""The documents are true: their files check, their commands print what they say, their links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
from conftest import SVG, MakeProject, Run
from mediafiles import mp3

from deckgen.cli.main import cli
from deckgen.editions import ledger, news, plan, releasenotes, safety
from deckgen.editions.columns import COLUMNS, LAST_MAY_LACK
from deckgen.editions.ledger import PublishedMedia, PublishedNote, PublishedType
from deckgen.files import MEBIBYTE
from deckgen.model import Edition
from deckgen.templating import guard, labels, overlay, rendering

DOCS = Path(__file__).parent.parent / "docs"
WEEK = 7 * 86_400
FIRST_EDITION = 1_772_445_600  # 2026-03-02 10:00 UTC
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


def follow(page: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> int:
    """Do what a page says, here: write its files, run its commands, compare what they print; returns how many ran.

    Its first edition is made on 2026-03-02, and every further one a week later.
    """
    monkeypatch.setenv("COLUMNS", "200")
    ran = editions = 0
    for kind, mark, text in blocks(page):
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
                monkeypatch.setenv("SOURCE_DATE_EPOCH", str(FIRST_EDITION + editions * WEEK))
                code, out, err = run(*words[1:])
                assert code == ("error" in shown), err
                assert matches(shown, out + err), f"{command} printed:\n{out}{err}"
                editions += words[1] == "release" and "--dry-run" not in words and not code
                ran += 1
    return ran


def test_the_tutorial_works(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone who follows the tutorial sees exactly what it shows."""
    monkeypatch.chdir(tmp_path)
    assert follow("tutorial.md", run, monkeypatch) >= 8


def test_publishing_works_as_it_is_told(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An author who follows "Publishing editions" sees exactly what it shows, refusals among it."""
    monkeypatch.chdir(tmp_path)
    assert follow("how-to/publish-editions.md", run, monkeypatch) >= 10
    assert (tmp_path / "cards/bones/ledger.txt").read_text(encoding="utf-8").count("\nedition\t") == 4


def test_the_ledger_that_is_shown_is_what_a_release_writes(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project of the ledger's page, released twice, has that ledger, but for what the page leaves out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    files = [
        (mark.removeprefix("file=").split(" "), text)
        for _, mark, text in blocks("reference/ledger.md")
        if mark.startswith("file=")
    ]
    for edition in (0, 1):
        for (name, *later), text in files:
            if len(later) == edition:
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_text(text, encoding="utf-8")
        code, _, err = run("release", "--timestamp", str(FIRST_EDITION + edition * WEEK))
        assert code == 0, err
    (shown,) = [text for _, mark, text in blocks("reference/ledger.md") if mark == "ledger"]
    written = (tmp_path / "cards/heart/ledger.txt").read_text(encoding="utf-8")
    assert matches(shown, written), written
    assert shown.count("...") == 4


def test_the_columns_of_the_ledger_are_those_it_names() -> None:
    """Every kind of line is described, with the right number of columns, under the names and in the order of the program."""
    page = (DOCS / "reference/ledger.md").read_text(encoding="utf-8")
    described = {}
    for kind, count, rest in re.findall(
        r"^### `(\w+)`: (\d+) columns?(?:, or \d+)?\n(.*?)(?=^##)", page, re.MULTILINE | re.DOTALL
    ):
        columns = re.findall(r"^\| ([a-z ]+) \|", rest.partition("|---|---|")[2], re.MULTILINE)
        assert len(columns) == int(count) + (kind in LAST_MAY_LACK), kind
        described[kind] = columns
    assert {kind: len(columns) for kind, columns in described.items()} == {
        kind: len(columns) for kind, columns in COLUMNS.items()
    }
    assert all(
        f"### `{kind}`: {len(COLUMNS[kind]) - 1} columns, or {len(COLUMNS[kind])}\n" in page for kind in LAST_MAY_LACK
    )
    for kind, made in (
        ("edition", Edition),
        ("type", PublishedType),
        ("media", PublishedMedia),
        ("note", PublishedNote),
    ):
        assert described[kind] == [each.name.replace("_", " ") for each in fields(made) if each.name != "at"]
    for code in (ledger.HELD, ledger.RETIRED, ledger.DROPPED, *ledger.VERDICTS):
        assert f"`{code}`" in page
    assert f"`{ledger.FORMAT} {ledger.VERSION}`" in page


def test_the_pages_about_editions_name_what_the_program_does() -> None:
    """Verdicts, numbers and searches on the pages for authors and students are those of the program."""
    authors = (DOCS / "how-to/publish-editions.md").read_text(encoding="utf-8")
    students = (DOCS / "how-to/update-your-deck.md").read_text(encoding="utf-8")
    for verdict, sentence in news.VERDICTS.items():
        assert verdict in ledger.VERDICTS
        assert f"| {sentence.partition(':')[0]} |" in authors
    assert f"from {safety.MANY} notes on, or half of the deck" in authors
    assert safety.SHARE == 0.5
    assert f"the last {('zero', 'one', 'two', 'three')[plan.UPDATES]} editions" in authors
    assert f"\n{releasenotes.RETIRED_SEARCH}" in students


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
    (packages,) = [text for _, mark, text in blocks("reference/format.md") if mark == "packages"]
    root = project({
        **files,
        "deckgen.yaml": settings + figure[0] + packages,
        "cards/heart/07-named.yaml": named[0],
        "cards/heart/references.yaml": BIBLIOGRAPHY,
        "cards/heart/images/valves.svg": SVG,
        "cards/heart/audio/s3-gallop.mp3": mp3(),
    })  # fmt: skip
    code, out, err = run("check", "--strict", "--today", "2026-11-24", root=root)
    assert (code, out) == (0, ""), err
    assert len(files) == 19
    assert run("list", "coverage", root=root)[0] == 0
    held = {row["package"]: row["notes"] for row in json.loads(run("list", "packages", "--json", root=root)[1])}
    assert (held["core"], held["drugs"]) == (1, 7)
    assert held[""] > 20


def test_the_templates_of_the_format_work(project: MakeProject, run: Run) -> None:
    """The examples of templates, taken together, make a look without a problem; the one of `allow` is understood."""
    files = {
        f"templates/{mark.removeprefix('template=')}": text
        for _, mark, text in blocks("reference/format.md")
        if mark.startswith("template=")
    }
    (allow,) = [text for _, mark, text in blocks("reference/format.md") if mark == "allow"]
    note = "- {id: a, question: 'a?', answer: a}\n"
    settings = "publisher: T\ndecks:\n  heart:\n    name: H\n"
    root = project({"deckgen.yaml": settings, "cards/heart/a.yaml": note, **files})
    code, out, err = run("check", "--strict", root=root)
    assert (code, out) == (0, ""), err
    assert len(files) == 3
    face = "{{Question}}<script>a()</script>"
    files["templates/anki/recall.back.html"] = face
    assert (
        run("check", root=project({"deckgen.yaml": settings + allow, "cards/heart/a.yaml": note, **files}, "b"))[0] == 0
    )
    assert run("check", root=project({"deckgen.yaml": settings, "cards/heart/a.yaml": note, **files}, "c"))[0] == 1


def test_the_limits_of_templates_are_those_it_names() -> None:
    """The numbers in the format reference are the numbers in the program."""
    text = (DOCS / "reference/format.md").read_text(encoding="utf-8")
    limits = text[text.index("### Limits") :]
    for number in (
        f"{rendering.SECONDS:.0f} seconds",
        f"{rendering.MEMORY // MEBIBYTE} MiB of memory",
        f"{rendering.OUTPUT // MEBIBYTE} MiB of text",
        f"{rendering.FACE_LIMIT:,} characters",
        f"at most {overlay.FILE_LIMIT // MEBIBYTE} MiB",
        f"{labels.FILE_LIMIT:,} characters",
        f"{overlay.COUNT_LIMIT} files",
        f"{overlay.TOTAL_LIMIT // MEBIBYTE} MiB in all",
    ):
        assert number in limits
    assert f"at most {labels.LABEL_LIMIT} characters, without braces" in text
    for name in guard.SAFE_FIELDS:
        assert f"`{{{{{name}}}}}`" in text


PAGES = sorted([DOCS.parent / "README.md", *DOCS.rglob("*.md")])
LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(```+).*?^\1$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(DOCS.parent).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    """A file or picture that a page links to is there, in the repository; a heading it names is on that page."""
    for target in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.exists(), target
        assert found.is_relative_to(DOCS.parent.resolve()), target
        assert not anchor or anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub names them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub(lambda code: code[0].strip("`") if code[1] is None else "", page.read_text(encoding="utf-8")), re.MULTILINE)  # fmt: skip
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_pages_do_link() -> None:
    """The test above would find nothing wrong in pages without links: the README has them, to pages and to pictures."""
    found = LINK.findall((DOCS.parent / "README.md").read_text(encoding="utf-8"))
    assert {"docs/reference/format.md", "docs/images/card-light.png", "LICENSE"} <= set(found)


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_with_an_example(name: str, run: Run) -> None:
    """`--help` of a command says what it does and shows a line to copy."""
    code, out, _ = run(name, "--help")
    assert code == 0
    assert f"deckgen {name}" in out or "deckgen -C" in out
    assert len(cli.commands[name].get_short_help_str(200)) > 20
