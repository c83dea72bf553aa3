"""Every file in `cases/` has mistakes; a comment above a line says what must be found there.

They are sets, but for those that stand elsewhere in the deck's folder: see PLACES.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import NOTE, SVG, MakeProject, Run
from mediafiles import mp3, png

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
EXPECTED = re.compile(r"# (error|warning): (\d+)-(\d+) ([a-z-]+)(?:: (.*))?")
SETTINGS = "publisher: Test\ndecks:\n  heart:\n    name: Heart\n    figures:\n      valves: {image: images/valves.svg, alt: Four rings}\n"
BIBLIOGRAPHY = "- {id: Harvey1628, type: book, title: De motu cordis, author: [{family: Harvey, given: William}], issued: {date-parts: [[1628]]}}\n"
STATEMENTS = "S1.1: {says: The heart beats}\nS1.2: {says: It has four chambers}\n3A.D5: {says: a}\n3B.D5: {says: b}\n"
FILES = {
    "deckgen.yaml": SETTINGS,
    "cards/heart/references.yaml": BIBLIOGRAPHY,
    "cards/heart/images/valves.svg": SVG,
    "cards/heart/statements/base.yaml": STATEMENTS,
}
SET = "cards/heart/case.yaml"
PLACES = {"facts": "cards/heart/statements/case.yaml", "topics": "cards/heart/coverage.yaml"}
SOUNDS = {
    "cards/heart/audio/gallop.mp3": mp3(),
    "cards/heart/audio/half.mp3": mp3()[:-5],
    "cards/heart/audio/nothing.wav": b"",
    "cards/heart/audio/picture.m4a": png(),
    "cards/heart/images/sound.png": mp3(),
    "cards/heart/images/half.png": png()[:-12],
    "cards/heart/images/other.jpg": b"II*\0 and so on",
}


def files_for(case: Path) -> dict[str, str | bytes]:
    """A case and the files around it; sounds only where they are spoken of, for an unused file is a warning."""
    text = case.read_text(encoding="utf-8")
    return {
        **FILES,
        **(SOUNDS if "audio/" in text else {}),
        **({"cards/heart/a.yaml": NOTE} if case.stem in PLACES else {}),
        PLACES.get(case.stem, SET): text,
    }


def expectations(text: str) -> Iterator[tuple[str, int, int, int, str, str]]:
    waiting: list[re.Match[str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        found = EXPECTED.fullmatch(line)
        if found:
            waiting.append(found)
            continue
        for match in waiting:
            yield match[1], number, int(match[2]), int(match[3]), match[4], match[5] or ""
        waiting = []


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_mistake_is_found_at_its_place(case: Path, project: MakeProject, run: Run) -> None:
    """All mistakes of a file are reported in one run, each at its line and columns, and nothing else is."""
    text = case.read_text(encoding="utf-8")
    root = project(files_for(case))
    code, out, _ = run("check", "--message-format", "json", root=root)
    found = [json.loads(line) for line in out.splitlines()]
    wanted = sorted(expectations(text))
    got = sorted(
        (d["severity"], d["line"], d["column"], d["end_column"], d["code"])
        for d in found
        if d["path"] == PLACES.get(case.stem, SET)
    )
    assert got == [one[:5] for one in wanted]
    messages = "\n".join(d["message"] for d in found)
    assert [one[5] for one in wanted if one[5] not in messages] == []
    assert code == (1 if any(one[0] == "error" for one in wanted) else 0)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_messages_read_well(case: Path, project: MakeProject, run: Run, *, update_golden: bool) -> None:
    """The full rendering of each case is kept, so that a change of wording is seen and meant."""
    root = project(files_for(case))
    _, out, _ = run("--color", "never", "check", root=root)
    golden = case.with_suffix(".out")
    if update_golden:
        golden.write_text(out, encoding="utf-8")
    assert out == golden.read_text(encoding="utf-8")
