"""Run one command and account for it: wall time, and peak memory of it and its children together.

The system keeps the peak of the largest single process. A program that hands its work to children would look better than
it is, so on Linux the resident memory of the whole family is added up fifty times a second, and the larger figure counts.
(Pages that several of them share are counted for each.)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

RSS_UNIT = 1 if sys.platform == "darwin" else 1024
PAUSE = 0.02  # seconds


class Run(NamedTuple):
    """What a command took, in seconds and bytes, and how it ended."""

    wall: float
    peak: int
    status: int


def run(command: Sequence[str], folder: Path, log: int) -> Run:
    """Run a command in a folder; what it says goes to the file descriptor `log`."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    family = Family(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(wall, max(usage.ru_maxrss * RSS_UNIT, family.stop()), process.returncode)


class Family:
    """Watches a process and its descendants from a thread of its own."""

    def __init__(self, pid: int) -> None:
        self._peak = 0
        self._done = Event()
        self._thread = Thread(target=self._watch, args=(pid,), daemon=True)
        if sys.platform == "linux":
            self._thread.start()

    def stop(self) -> int:
        """The highest sum seen; 0 where nothing can be."""
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()
        return self._peak

    def _watch(self, pid: int) -> None:
        while not self._done.wait(PAUSE):
            self._peak = max(self._peak, sum(map(resident, members(pid))))


def members(pid: int) -> Iterator[int]:
    """A process and its descendants, as far as they are still there."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from members(int(child))


def resident(pid: int) -> int:
    """Bytes of a process that are in memory; 0 when it has ended."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
