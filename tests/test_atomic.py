"""Writing artifacts: old files or new ones, whatever happens on the way."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deckgen import atomic
from deckgen.diagnostics import DeckgenError

OLD = {"a.apkg": b"old a", "b.pdf": b"old b", "kept.txt": b"not ours"}
NEW = {"a.apkg": b"new a", "b.pdf": b"new b", "c.pdf": b"new c"}
AFTER = {**OLD, **NEW}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill(folder: Path) -> Path:
    folder.mkdir()
    for name, data in OLD.items():
        (folder / name).write_bytes(data)
    return folder


class FailingDisk(atomic.FileSystem):
    """A disk whose n-th call fails."""

    def __init__(self, n: int, error: BaseException) -> None:
        self.left = n
        self.error = error

    def _count(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise self.error

    def make_folder(self, path: Path) -> None:
        self._count()
        super().make_folder(path)

    def write(self, path: Path, data: bytes) -> None:
        self._count()
        path.write_bytes(data[: len(data) // 2])  # a full disk leaves half a file
        self._count()
        super().write(path, data)

    def rename(self, old: Path, new: Path) -> None:
        self._count()
        super().rename(old, new)

    def remove_folder(self, path: Path) -> None:
        self._count()
        super().remove_folder(path)

    def sync(self, folder: Path) -> None:
        self._count()
        super().sync(folder)


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), OSError(5, "Input/output error"), KeyboardInterrupt()], ids=str
)
def test_a_failure_at_any_call_leaves_the_old_files_or_the_new(tmp_path: Path, error: BaseException) -> None:
    """Whichever call to the disk fails, no third state is left and no temporary file."""
    states = set()
    for n in range(1, 100):
        folder = fill(tmp_path / f"run{n}")
        disk = FailingDisk(n, error)
        try:
            atomic.write_all(folder, NEW, disk)
        except (DeckgenError, KeyboardInterrupt):
            assert tree(folder) in (OLD, AFTER), f"call {n}"
            states.add(tree(folder) == OLD)
        else:
            assert disk.left > 0
            assert tree(folder) == AFTER
            break
    else:
        pytest.fail("the run never got through")
    assert states == {True, False}


def test_an_interrupted_run_is_finished_by_the_next(tmp_path: Path) -> None:
    """A run killed after the deciding rename is completed; one killed before it leaves no trace."""
    folder = fill(tmp_path / "out")
    (folder / atomic.STAGED).mkdir()
    (folder / atomic.STAGED / "a.apkg").write_bytes(b"half")
    (folder / atomic.DECIDED).mkdir()
    (folder / atomic.DECIDED / "b.pdf").write_bytes(b"decided")
    atomic.write_all(folder, {"a.apkg": b"old a"})
    assert tree(folder) == {**OLD, "b.pdf": b"decided"}


def test_equal_files_are_not_touched(tmp_path: Path) -> None:
    """A file that already holds the bytes keeps its time, and is not called changed."""
    folder = fill(tmp_path / "out")
    os.utime(folder / "a.apkg", (1, 1))
    assert atomic.write_all(folder, {"a.apkg": b"old a", "b.pdf": b"new"}) == ["b.pdf"]
    assert (folder / "a.apkg").stat().st_mtime == 1


def test_a_folder_in_the_way_is_an_error_with_a_hint(tmp_path: Path) -> None:
    """A folder where a file should be written is said, and nothing else is changed."""
    folder = fill(tmp_path / "out")
    (folder / "c.pdf").mkdir()
    with pytest.raises(DeckgenError, match=r"c\.pdf is a folder") as raised:
        atomic.write_all(folder, NEW)
    assert raised.value.hint
    assert tree(folder) == OLD


KILLED = """
import sys
from pathlib import Path
from deckgen import atomic
folder = Path(sys.argv[1])
print("ready", flush=True)
turn = 0
while True:
    turn += 1
    atomic.write_all(folder, {name: f"{turn}".encode() * 20000 for name in ("a", "b", "c", "d")})
"""


@pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL; the other tests of this file run there"
)
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """After 20 kills at random moments the next run finds one whole generation of files and no litter."""
    chance = random.Random(7)
    for turn in range(20):
        folder = tmp_path / f"out{turn}"
        folder.mkdir()
        with subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.03))
            child.kill()
        atomic.write_all(folder, {})
        generations = set(tree(folder).values())
        assert len(generations) <= 1
        assert set(tree(folder)) in (set(), {"a", "b", "c", "d"})


def test_two_runs_at_once_take_turns(tmp_path: Path) -> None:
    """Two programs that write into one folder never mix their files."""
    script = (
        "import sys; from pathlib import Path; from deckgen import atomic\n"
        "for n in range(40): atomic.write_all(Path(sys.argv[1]), {k: (sys.argv[2] * (n + 1)).encode() for k in 'abc'})"
    )
    children = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "xy"]
    assert [child.wait() for child in children] == [0, 0]
    assert len(set(tree(tmp_path).values())) == 1


@pytest.mark.parametrize("name", [atomic.STAGED, atomic.DECIDED])
def test_links_of_a_hostile_project_are_not_followed(tmp_path: Path, name: str) -> None:
    """A link in the place of our own folders moves and deletes nothing elsewhere."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "id_rsa").write_text("key")
    folder = fill(tmp_path / "out")
    (folder / name).symlink_to(victim, target_is_directory=True)
    with pytest.raises(DeckgenError, match=r"not a folder of deckgen's"):
        atomic.write_all(folder, NEW)
    assert tree(victim) == {"id_rsa": b"key"}
    assert {key: data for key, data in tree(folder).items() if not key.startswith(".")} == OLD
