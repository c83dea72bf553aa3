"""Kill `deckgen release` again and again and look at what is left. Run as a program; tests/test_release.py reads its report.

    python tests/killing.py PROJECT SCRATCH HOW_MANY

PROJECT is released twice in copies: once undisturbed, which gives the new state, then again and again in child
processes that are killed, at every call to the disk in turn and at random moments. After each kill the tree must be the
old state, the new one, or a decided one that the next run finishes; after that run there is no third possibility.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from deckgen import atomic
from deckgen.release import Options, release

TIME = 1_790_000_100
AGAIN = 5  # after every so many kills the edition is released anew
CALLS = ("make_folder", "write", "rename", "remove_folder", "sync")


def tree(root: Path) -> dict[str, bytes]:
    """Every file by its path, links and temporary ones too."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def in_child(root: Path, kill_at: int | None = None, wait: float | None = None) -> bool:
    """Release in a child process; kill it before its n-th call to the disk, or after `wait` seconds. Whether it died.

    Never in this process: the threads of the page setter would not live on in the next child.
    """
    child = os.fork()
    if child == 0:
        if kill_at is not None:
            _die_at(kill_at)
        release(root, Options(TIME))
        os._exit(0)
    if wait is not None:
        time.sleep(wait)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit("the child failed")
    return os.WIFSIGNALED(status)


def _die_at(number: int) -> None:
    left = [number]

    def deadly(name: str) -> None:
        real = getattr(atomic.FileSystem, name)

        def call(*args: object, **options: object) -> object:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)

        setattr(atomic.FileSystem, name, call)

    for name in CALLS:
        deadly(name)


def main(project: Path, scratch: Path, how_many: int) -> dict[str, object]:
    """Kill, look, finish, look again; what was found."""
    undisturbed = scratch / "new"
    shutil.copytree(project, undisturbed)
    started = time.perf_counter()
    in_child(undisturbed)
    duration = time.perf_counter() - started
    old, new = tree(project), tree(undisturbed)
    chance = random.Random(1)
    found: dict[str, int] = {"killed": 0, "old": 0, "new": 0, "decided": 0, "undecided": 0}
    mixed: list[str] = []
    every_call = True
    number = 0
    while found["killed"] < how_many and number < 5 * how_many:
        number += 1
        root = scratch / f"run{number}"
        shutil.copytree(project, root)
        died = in_child(root, number if every_call else None, None if every_call else chance.uniform(0, duration))
        every_call = every_call and died
        if died:
            found["killed"] += 1
            state = _state(root, old, new)
            found[state] = found.get(state, 0) + 1
            atomic.finish(root)
            if tree(root) not in (old, new) or (state in ("new", "decided") and tree(root) != new):
                mixed.append(f"run {number}: {state}, then {sorted(tree(root))}")
            if number % AGAIN == 0:
                in_child(root)
            if number % AGAIN == 0 and tree(root) != new:
                mixed.append(f"run {number}: another release does not give the edition")
        shutil.rmtree(root)
    return {**found, "mixed": mixed, "differ": old != new}


def _state(root: Path, old: dict[str, bytes], new: dict[str, bytes]) -> str:
    here = tree(root)
    if here == old:
        return "old"
    if here == new:
        return "new"
    if (root / atomic.DECIDED).exists():
        return "decided"
    staged = {path: data for path, data in here.items() if not path.startswith(atomic.STAGED)}
    return "undecided" if staged == old else "mixed"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
