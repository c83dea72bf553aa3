"""Time deckgen against its peers, on the same notes, in one run: `make bench`.

Every figure is of a whole process with its children: wall time, and peak memory (see `processes.py`). The contestants take turns, round after round, and every run begins in a new folder. What counts is the
ratios within one run; absolute times belong to the machine, and nothing here asserts one.

Ends with 1 when deckgen misses its yardstick, with 3 when that could not be judged.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from zipfile import ZipFile

import processes
from contestants import CONTESTANTS, DECKGEN, LARGE, LARGE_PRINT, Contestant

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".venv-bench"
RESULTS = ROOT / "benchmarks" / "results.json"
MEGABYTE = 1_000_000

# The yardstick: deckgen against this peer, for so many notes to .apkg.
PEER, NOTES = "anki-yaml-tool", 10_000
MOST_TIME, MOST_MEMORY = 0.5, 2.0
ROUNDS_LARGE = 1  # at the largest size, which is only asked for by `--large`


class FailedError(Exception):
    """A contestant could not be installed or did not do its work; the message says why."""


@dataclass(slots=True)
class Series:
    """The runs of one contestant at one size, in the order of the rounds."""

    contestant: Contestant
    notes: int
    walls: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)


def say(text: str) -> None:
    """Progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def last_words(output: bytes) -> str:
    """The last line a failed command wrote."""
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def find_python(least: tuple[int, int]) -> str:
    """A Python that is new enough: ours, or one on the PATH."""
    if sys.version_info >= least:
        return sys.executable
    for minor in range(least[1], least[1] + 4):
        name = f"python{least[0]}.{minor}"
        path = shutil.which(name)
        if path and subprocess.run([path, "-c", "import venv"], check=False, capture_output=True).returncode == 0:
            return path
    raise FailedError(f"it needs Python {least[0]}.{least[1]}")


def executables(contestant: Contestant) -> Path:
    """Where the contestant's programs are; installs it if need be."""
    if contestant.requirement == DECKGEN:
        return Path(sys.executable).parent
    folder = ENVIRONMENTS / contestant.requirement.partition("==")[0]
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != contestant.requirement:
        say(f"installing {contestant.requirement}")
        install(contestant, folder)
        stamp.write_text(contestant.requirement)
    return folder / "bin"


def install(contestant: Contestant, folder: Path) -> None:
    """One environment for one peer."""
    ENVIRONMENTS.mkdir(exist_ok=True)
    (ENVIRONMENTS / ".gitignore").write_text("*\n")
    make = [find_python(contestant.python), "-m", "venv", "--clear", str(folder)]
    fill = [str(folder / "bin" / "python"), "-m", "pip", "install", contestant.requirement]
    for command in (make, fill):
        done = subprocess.run(command, check=False, capture_output=True)
        if done.returncode:
            raise FailedError(last_words(done.stderr))


def run_once(contestant: Contestant, programs: Path, notes: int) -> tuple[float, int]:
    """Wall seconds and peak bytes of one run, whose work is checked."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        contestant.write(folder, notes)
        try:
            contestant.prepare(programs, folder, notes)
        except subprocess.CalledProcessError as error:
            raise FailedError(f"what must be there beforehand could not be made: {error}") from error
        with (folder / "log").open("w+b") as log:
            done = processes.run(contestant.command(programs, notes), folder, log.fileno())
            if done.status:
                log.seek(0)
                raise FailedError(f"exit code {done.status}: {last_words(log.read())}")
        check_output(contestant, folder, notes)
    return done.wall, done.peak


def check_output(contestant: Contestant, folder: Path, notes: int) -> None:
    """A contestant that leaves something out is fast for the wrong reason."""
    files = list(folder.glob(contestant.output))
    if not files or (contestant.makes == "apkg" and len(files) > 1):  # a long print job may have several volumes
        raise FailedError(f"{len(files)} files {contestant.output} instead of one")
    if contestant.makes == "apkg" and (found := count_notes(files[0], folder)) != notes:
        raise FailedError(f"{found} notes in the package instead of {notes}")
    if contestant.makes == "pdf":
        for each in files:
            with each.open("rb") as file:
                if file.read(5) != b"%PDF-":
                    raise FailedError("what it wrote is no PDF")
    if contestant.printed and (reader := shutil.which("pdftotext")):
        lost = set(range(1, notes + 1)) - {number for each in files for number in printed_notes(reader, each)}
        if lost:
            raise FailedError(f"{len(lost)} of {notes} notes are not on the pages, first N{min(lost)}")


def printed_notes(reader: str, pages: Path) -> Iterator[int]:
    """The numbers of the notes of `handout.py` whose question can be read in a PDF."""
    text = subprocess.run([reader, "-raw", pages, "-"], check=True, capture_output=True).stdout.decode()
    return (int(number) for number in re.findall(r"\bN(\d+)\b", text))


def count_notes(package: Path, folder: Path) -> int:
    """The notes in a package, as Anki would find them."""
    with ZipFile(package) as archive:
        name = "collection.anki21" if "collection.anki21" in archive.namelist() else "collection.anki2"
        archive.extract(name, folder / "unpacked")
    with closing(sqlite3.connect(folder / "unpacked" / name)) as database:
        return int(database.execute("select count(*) from notes").fetchone()[0])


def ready(contestants: Sequence[Contestant]) -> Iterator[tuple[Contestant, Path]]:
    """Those who can take part: installed, and tried once with ten notes, which also warms the caches."""
    for contestant in contestants:
        try:
            programs = executables(contestant)
            run_once(contestant, programs, 10)
        except (FailedError, OSError) as error:
            if contestant.requirement == DECKGEN:
                raise
            say(f"left out: {contestant.name}, {contestant.makes}: {error}")
        else:
            yield contestant, programs


def compete(field_: Sequence[tuple[Contestant, Path]], sizes: Sequence[int], rounds: int, large: int) -> list[Series]:
    """Every contestant at every size, in turns; from `large` on it is one round."""
    series = [
        Series(contestant, notes)
        for notes in sizes
        for contestant, _ in field_
        if contestant.least <= notes <= contestant.most
    ]
    programs = {id(contestant): folder for contestant, folder in field_}
    for number in range(rounds):
        for one in [one for one in series if number < ROUNDS_LARGE or one.notes < large]:
            say(f"round {number + 1} of {rounds}: {one.contestant.name}, {one.notes:,} notes")
            try:
                wall, peak = run_once(one.contestant, programs[id(one.contestant)], one.notes)
            except FailedError as error:
                if one.contestant.requirement == DECKGEN:
                    raise
                say(f"left out: {one.contestant.name} at {one.notes:,} notes: {error}")
                series.remove(one)
            else:
                one.walls.append(wall)
                one.peaks.append(peak)
    return series


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios round by round: a machine that slows down slows down both."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def table(series: Sequence[Series]) -> Iterator[str]:
    """A block for every discipline and size."""
    for makes, notes, task in dict.fromkeys(map(discipline, series)):
        group = [one for one in series if discipline(one) == (makes, notes, task)]
        first = group[0]
        title = f"{notes:,} notes{f' {task}' if task else ''} to .{makes}"
        yield f"\n{title:38}{'wall':>10}{'peak':>10}    {first.contestant.name} / this one: time, memory"
        for one in group:
            yield (
                f"  {one.contestant.name:36}{median(one.walls):8.2f} s{median(one.peaks) / MEGABYTE:7.0f} MB"
                f"{ratio(first.walls, one.walls):12.2f}{ratio(first.peaks, one.peaks):8.2f}"
            )


def discipline(one: Series) -> tuple[str, int, str]:
    """What its contestants have in common."""
    return one.contestant.makes, one.notes, one.contestant.task


def verdict(series: Sequence[Series]) -> int:
    """Print the yardstick; the exit code."""
    found = {one.contestant.name: one for one in series if discipline(one) == ("apkg", NOTES, "")}
    if not {"deckgen", PEER} <= found.keys():
        print(f"\nYardstick not judged: it needs deckgen and {PEER} at {NOTES:,} notes.")
        return 3
    ours, theirs = found["deckgen"], found[PEER]
    measures = (
        ("time", ratio(ours.walls, theirs.walls), MOST_TIME),
        ("peak memory", ratio(ours.peaks, theirs.peaks), MOST_MEMORY),
    )
    print(f"\nYardstick: {NOTES:,} notes to .apkg, against {PEER}")
    for name, value, most in measures:
        print(f"  {name:12} {value:5.2f} of its, at most {most:.2f}: {'met' if value <= most else 'MISSED'}")
    return int(any(value > most for _, value, most in measures))


def write_results(series: Sequence[Series]) -> None:
    """Every single run, for whoever wants to look closer."""
    runs = [
        {
            "name": one.contestant.name,
            "makes": one.contestant.makes,
            "task": one.contestant.task,
            "requirement": one.contestant.requirement,
            "notes": one.notes,
            "wall_seconds": one.walls,
            "peak_bytes": one.peaks,
        }
        for one in series
    ]
    machine = {"system": platform.platform(), "processors": os.cpu_count(), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({"machine": machine, "runs": runs}, indent=2) + "\n", encoding="utf-8")


def warn_of_floor(series: Sequence[Series]) -> None:
    """Say so when a figure may be ours: a child starts with its parent's peak."""
    floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * processes.RSS_UNIT
    if any(peak <= floor for one in series for peak in one.peaks):
        print(f"\nPeaks of {floor / MEGABYTE:.0f} MB and less are not told apart: this program itself takes as much.")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--print", action="store_true", help="the handout alone, against those who set pages")
    parser.add_argument("--notes", type=int, nargs="+", help="sizes (1000 10000; with --print 100 1000)")
    parser.add_argument(
        "--large", action="store_true", help=f"{LARGE:,} notes as well (--print: {LARGE_PRINT:,}), once"
    )
    parser.add_argument("--rounds", type=int, default=3, help="counted runs of each (3)")
    parser.add_argument("--only", choices=("apkg", "pdf"), help="one discipline")
    return parser.parse_args()


def main() -> int:
    """Install, try, run, report, judge."""
    options = arguments()
    chosen = [one for one in CONTESTANTS if one.printed == options.print and options.only in (None, one.makes)]
    large = LARGE_PRINT if options.print else LARGE
    sizes = options.notes or ([100, 1_000] if options.print else [1_000, 10_000])
    try:
        series = compete(list(ready(chosen)), [*sizes, *([large] if options.large else [])], options.rounds, large)
    except FailedError as error:
        say(f"deckgen itself failed: {error}")
        return 3
    print(f"{platform.platform()}, {os.cpu_count()} processors; rounds: {options.rounds}, figures: medians")
    for line in table(series):
        print(line)
    warn_of_floor(series)
    write_results(series)
    asked = options.only != "pdf" and not options.print and NOTES in sizes
    return verdict(series) if asked else 0


if __name__ == "__main__":
    sys.exit(main())
