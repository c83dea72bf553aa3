"""Every diagnostic is explained, and its examples are what they claim to be."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import SVG, MakeProject
from mediafiles import mp3

from deckgen.build import check
from deckgen.codes import CODES, as_markdown, describe

ROOT = Path(__file__).parent.parent
CALLS = {"error", "warning", "Problem", "Refused", "Diagnostic"}
SETTINGS = "publisher: Test\ndecks:\n  heart:\n    name: Heart\n    figures:\n      valves: {image: images/valves.svg, alt: Four rings}\n"
FILES = {
    "deckgen.yaml": SETTINGS,
    "cards/heart/references.json": '[{"id": "Harvey1628", "type": "book", "title": "De motu cordis"}]',
    "cards/heart/images/valves.svg": SVG,
}


def used_codes() -> set[str]:
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                first = node.args[0] if node.args else None
                if (
                    name in CALLS
                    and isinstance(first, ast.Constant)
                    and isinstance(first.value, str)
                    and " " not in first.value
                ):
                    found.add(first.value)
    return found


def test_every_code_is_explained() -> None:
    """No diagnostic is without a page, and no page without its diagnostic."""
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py") if path.parent.name != "codes"
    )
    assert used_codes() - CODES.keys() == set()
    made = {
        f"bad-{key}"
        for key in (
            "publisher",
            "home",
            "link",
            "report-errors",
            "version",
            "tag-prefix",
            "citation-style",
            "id",
            "guid",
            "tag",
            "statement",
            "language",
            "since",
            "minimum",
        )
    }
    assert {code for code in CODES if f'"{code}"' not in source} - made == set()


@pytest.mark.parametrize("code", [code for code, entry in CODES.items() if entry.wrong])
def test_examples_are_wrong_and_right(code: str, project: MakeProject) -> None:
    """The wrong example of a page is reported under its code, the right one is without a problem."""
    entry = CODES[code]
    files = {**FILES, "cards/heart/audio/s3.mp3": mp3()} if "audio/s3.mp3" in entry.right else FILES
    wrong = check(project({**files, "cards/heart/a.yaml": entry.wrong}, "wrong"))
    assert code in [item.code for item in wrong.bag]
    right = check(project({**files, "cards/heart/a.yaml": entry.right}, "right"))
    assert [item.code for item in right.bag] == []


def test_the_reference_page_is_current() -> None:
    """docs/reference/diagnostics.md is what `make docs` writes."""
    assert (ROOT / "docs/reference/diagnostics.md").read_text(encoding="utf-8") == as_markdown()


def test_pages_stay_short() -> None:
    """A page fits on a terminal."""
    assert all(len(describe(code)) < 1500 for code in CODES)
