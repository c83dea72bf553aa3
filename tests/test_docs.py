"""The documents are true: their files check, their commands print what they say, their links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest
from conftest import SVG, MakeProject, Run
from mediafiles import mp3

from deckgen.cli import listing
from deckgen.cli.main import cli
from deckgen.cli.printing import SINGULAR
from deckgen.editions import ledger, news, plan, releasenotes, safety
from deckgen.editions.columns import COLUMNS, LAST_MAY_LACK
from deckgen.editions.ledger import PublishedMedia, PublishedNote, PublishedType
from deckgen.files import MEBIBYTE
from deckgen.jobs import LAYOUTS, PAPERS, SETTINGS
from deckgen.jobs.job import DUPLEX, INKS, MARKS, OVERFLOWS, TEXT_MODES, TURNS
from deckgen.jobs.settings import CRITERIA
from deckgen.load.jobs import KEYS
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


def test_printing_works_as_it_is_told(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A teacher who follows "Printing a deck" gets the files that it names, and the message about a card that is too full."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DECKGEN_OFFSET", raising=False)
    assert follow("how-to/print.md", run, monkeypatch) >= 20
    assert parsed("how-to/print.md") >= 10


def parsed(page: str) -> int:
    """Read every `deckgen` command that stands in the text or in a shell block of a page, and run none; returns how many."""
    text = (DOCS / page).read_text(encoding="utf-8")
    shell = "".join(block for kind, _, block in BLOCK.findall(text) if kind == "sh")
    inline = re.findall(r"`(deckgen [^`\n]+)`", BLOCK.sub("", text))
    commands = [*inline, *re.findall(r"^(deckgen .*)$", shell, re.MULTILINE)]
    for command in commands:
        read_command(command)
    return len(commands)


def read_command(command: str) -> click.Context:
    """The command as the program understands it. Raises click.UsageError when it does not."""
    words = shlex.split(command)[1:]
    while words[0] == "-C":
        words = words[2:]
    return cli.commands[words[0]].make_context(words[0], words[1:])


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
    (packages, jobs) = [text for _, mark, text in blocks("reference/format.md") if mark in {"packages", "print"}]
    root = project({
        **files,
        "deckgen.yaml": settings + figure[0] + packages + jobs,
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
    printed = json.loads(run("list", "jobs", "--json", root=root)[1])
    assert {(row["job"], row["paper"]) for row in printed if row["notes"]} >= {
        ("week-1", "letter"), ("midterm", "a4"), ("midterm", "letter"), ("study-kit", "a4"), ("own-stock", "a4"),
    }  # fmt: skip


def rows_under(heading: str, page: str) -> dict[str, list[str]]:
    """The tables under a heading of a page: the other cells of each row by the words in backticks of its first."""
    level = heading.partition(" ")[0]
    text = (DOCS / page).read_text(encoding="utf-8")
    _, _, rest = text.partition(f"\n{heading}\n")
    section = re.split(rf"^#{{2,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    rows = {}
    for line in re.findall(r"^\| (`.*) \|$", section, re.MULTILINE):
        first, *others = re.split(r" \| ", line)
        for key in re.findall(r"`([^`]+)`", first):
            assert key not in rows, key
            rows[key] = others
    return rows


def test_the_settings_of_print_are_those_it_names() -> None:
    """Every layout, setting, criterion and size stands in the reference, with the layouts it belongs to; none that is not there."""
    page = "reference/format.md"
    settings = rows_under("### Settings", page)
    points = {"points": ("quiz",)}
    belongs = {key: setting.layouts for key, setting in SETTINGS.items()} | points
    assert settings.keys() == belongs.keys()
    for key, (layouts, *_) in settings.items():
        said = set(LAYOUTS) if layouts == "all" else set(re.findall("`([^`]+)`", layouts))
        assert said == set(belongs[key]), key
    assert {*settings, "layout", "paper", *CRITERIA} == set(KEYS)
    criteria = rows_under("### Choosing notes", page)
    assert criteria.keys() == set(CRITERIA)
    assert {key: row[0] for key, row in criteria.items()} == {key: f"`{flag}`" for key, (flag, *_) in SINGULAR.items()}
    sizes = rows_under("### Sizes of cards", page)
    shown = {str(row["size"]): [str(row[paper]) for paper in PAPERS] for row in listing.sizes(DOCS)}
    assert {key: row[1:] for key, row in sizes.items()} == shown
    assert rows_under("### Layouts", page).keys() == set(LAYOUTS)


@pytest.mark.parametrize(("key", "choices"), [("duplex", DUPLEX), ("turn", TURNS), ("marks", MARKS), ("text", TEXT_MODES), ("ink", INKS), ("overflow", OVERFLOWS)])  # fmt: skip
def test_the_values_of_settings_are_those_it_names(key: str, choices: tuple[str, ...]) -> None:
    """Where a setting is one of some words, the reference has all of them and no other."""
    assert rows_under("### Settings", "reference/format.md")[key][1] == ", ".join(f"`{each}`" for each in choices)


def test_files_are_called_as_it_says(project: MakeProject, run: Run) -> None:
    """The table of file names in the format reference is what a build writes."""
    (jobs,) = [text for _, mark, text in blocks("reference/format.md") if mark == "print"]
    week = jobs[: jobs.index("      midterm:")].replace("sets: [01-basics.yaml, 02-drugs.yaml]", "sets: [01.yaml]")
    root = project({
        "deckgen.yaml": "publisher: T\nlayouts: [cards]\ndecks:\n  heart:\n    name: H\n" + week,
        "cards/heart/01.yaml": "- {id: a, question: 'a?', answer: a}\n",
    })  # fmt: skip
    table = rows_under("### Names of files", "reference/format.md")
    assert len(table) == 6
    for number, (options, (files,)) in enumerate(table.items()):
        code, _, err = run("build", *options.split(), "-o", str(root / str(number)), root=root)
        assert code == 0, err
        assert sorted(re.findall("`([^`]+)`", files)) == sorted(path.name for path in (root / str(number)).iterdir())


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
