"""Reading inside a project, and never outside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deckgen.files import Folder, Refused


@pytest.fixture
def inside(tmp_path: Path) -> Folder:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "project"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "a.txt").write_text("a")
    (root / "out").symlink_to(tmp_path)
    (root / "file-out").symlink_to(tmp_path / "secret.txt")
    (root / "file-in").symlink_to(root / "sub" / "a.txt")
    (root / "loop").symlink_to(root / "loop")
    return Folder(root)


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "sub/../../secret.txt",
        "/etc/passwd",
        "out/secret.txt",
        "file-out",
        "loop",
        "a\0b",
        "..\\secret.txt",
        "C:/x",
        "file:///etc/passwd",
    ],
)
def test_paths_that_leave_are_refused(inside: Folder, path: str) -> None:
    """Dots, absolute paths, drives, links and loops do not lead out of the folder."""
    with pytest.raises(Refused) as refused:
        inside.read(path)
    assert refused.value.code == "outside-project"
    assert not inside.exists(path)


def test_a_link_that_stays_inside_is_followed(inside: Folder) -> None:
    """A link to a file of the same project is as good as the file."""
    assert inside.read("file-in") == b"a"


def test_what_is_no_file_is_refused(inside: Folder) -> None:
    """Folders and pipes are not opened; a pipe would wait for ever."""
    os.mkfifo(inside.root / "pipe")
    for name in ("sub", "pipe"):
        with pytest.raises(Refused, match="is not a file"):
            inside.read(name)


def test_missing_and_large_files_are_told_apart(inside: Folder) -> None:
    """A file that is not there and one that is too large have names of their own."""
    with pytest.raises(Refused) as missing:
        inside.read("nothing.txt")
    with pytest.raises(Refused) as large:
        inside.read("sub/a.txt", limit=0)
    assert (missing.value.code, large.value.code) == ("missing-file", "file-too-large")


def test_walk_is_sorted_and_leaves_out_what_is_hidden(tmp_path: Path) -> None:
    """Files come in the order of their paths, whatever the file system says; `.` and `_` hide them."""
    for name in ("b/2.yaml", "b/1.yaml", "b-2/1.yaml", "a.yaml", "_x.yaml", ".h/a.yaml", "_d/a.yaml", "a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert list(Folder(tmp_path).walk(".", (".yaml",))) == ["a.yaml", "b/1.yaml", "b/2.yaml", "b-2/1.yaml"]
