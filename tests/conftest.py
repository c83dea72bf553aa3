"""Fixtures: a project from a dict of files, and the command line run inside the test process."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from deckgen.cli.main import _run

SETTINGS = "publisher: Test\ndecks:\n  heart:\n    name: Heart\n"
NOTE = "- id: chambers\n  question: How many chambers has the heart?\n  answer: Four\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#fff"/><circle id="ring" cx="20" cy="10" r="6"/></svg>'

MakeProject = Callable[..., Path]
Run = Callable[..., tuple[int, str, str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what came out into the golden files")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def project(tmp_path: Path) -> MakeProject:
    """Make a project: `project({"cards/heart/a.yaml": "..."})`; `deckgen.yaml` is there unless given."""

    def make(files: Mapping[str, str | bytes], name: str = "project") -> Path:
        root = tmp_path / name
        for path, content in {"deckgen.yaml": SETTINGS, **files}.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return make


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line: `run("check", root=path)` gives (exit code, output, messages)."""

    def call(*arguments: str, root: Path | None = None) -> tuple[int, str, str]:
        place = ("-C", str(root)) if root else ()
        code = _run([*place, *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def grows_linearly(work: Callable[[int], object], size: int) -> bool:
    """Whether twice the size takes at most about thrice the time. Ratios only: machines differ, and are busy."""
    half = whole = float("inf")
    for _ in range(5):
        half = min(half, _seconds(work, size // 2))
        whole = min(whole, _seconds(work, size))
        if whole <= max(0.3, 3 * half):
            return True
    return False


def _seconds(work: Callable[[int], object], size: int) -> float:
    gc.collect()
    gc.disable()  # its cost grows with whatever else the process holds
    try:
        start = time.process_time()
        work(size)
        return time.process_time() - start
    finally:
        gc.enable()
