"""Release five editions of the gallery and let a student of several Anki versions take them. Ends with 1 on a loss.

    python tools/update_versions.py
    python tools/update_versions.py --versions 24.11,26.9.3

The gallery has every kind of note; the student works with those. A set of notes is added to it here, in which edition 2
corrects, adds and retires, edition 3 corrects once more, edition 4 changes nothing but the look, and edition 5 the look again, and teaches the retired
note once more. All are released by
`deckgen release`, months apart, and imported in the ways students do: at once, late, out of order, by text file, by both.
`student.py` plays and judges. Needs what `anki_versions.py` needs, and the program itself in this Python.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import anki_versions
import student

GALLERY = anki_versions.ROOT / "docs" / "gallery"
DECK = "gallery"
SET = f"cards/{DECK}/90-editions.yaml"
LOOK = "templates/anki/project.css"
START = 1_769_904_000  # 2026-02-01, the first edition
MONTH = 30 * 86_400

# The set of each edition; what is not named stays as it was.
FIRST = """\
title: Editions
subdeck: 90 Editions
notes:
  - id: editions-answer
    question: Which chamber pumps into the aorta?
    answer: The right ventricle
  - id: editions-question
    question: Which valve is left?
    answer: The mitral valve
  - id: editions-cloze
    cloze: The sinus node lies in the {{c1::left}} atrium.
  - id: editions-sequence
    sequence: The way of the blood through the right heart
    steps:
      vena: Vena cava
      atrium: Right atrium
      ventricle: Left ventricle
      artery: Pulmonary artery
  - id: editions-claim
    claim: Diastole is the phase of contraction.
    error: It is the phase of filling.
  - id: editions-figure
    question: Which valve lies between the left atrium and the left ventricle?
    answer: The mitral valve
  - id: editions-retired
    question: How many valves has the heart?
    answer: Three
"""
CORRECTIONS = (
    ("answer: The right ventricle", "answer: The left ventricle"),
    ("question: Which valve is left?", "question: Which valve lies on the left, between atrium and ventricle?"),
    ("the {{c1::left}} atrium", "the {{c1::right}} atrium, near the {{c2::superior vena cava}}"),
    ("ventricle: Left ventricle", "ventricle: Right ventricle"),
    ("error: It is the phase of filling.", "error: It is the phase of relaxing and filling."),
    (
        "answer: The mitral valve\n  - id: editions-ret",
        "answer: The mitral valve\n    figure: '![Four chambers, the left ones marked](images/editions.svg)'\n  - id: editions-ret",
    ),
    ("answer: Three", "answer: Three\n    retired: {since: 0.2.0, why: There are four.}"),
)
PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40">
<path d="M2 2h36v36H2zM20 2v36M2 20h36" fill="none" stroke="#333"/><path d="M20 2h18v36H20z" fill="#a33"/></svg>
"""
ADDED = "  - id: editions-added\n    question: Which vessel leaves the left ventricle?\n    answer: The aorta\n"
SECOND = FIRST + ADDED
for before, after in CORRECTIONS:
    SECOND = SECOND.replace(before, after)
THIRD = SECOND.replace("answer: The left ventricle", "answer: The left ventricle, through the aortic valve")
FIFTH = THIRD.replace("answer: Three\n    retired: {since: 0.2.0, why: There are four.}", "answer: Four")
EDITIONS: tuple[Mapping[str, str], ...] = (
    {SET: FIRST},
    {SET: SECOND, f"cards/{DECK}/images/editions.svg": PICTURE},
    {SET: THIRD},
    {LOOK: ".card { letter-spacing: 0.2px; }\n"},
    {LOOK: ".card { letter-spacing: 0.3px; }\n", SET: FIFTH},
)


NO_PICTURE = "missing picture"


class Way(NamedTuple):
    """How a student takes editions: what to import, `2` a package, `1>2` the text file from 1 to 2; which shall win.

    `in_time`: each as soon as it is there; else all are there when the student comes to import, today. `expected` begins
    what Anki's checks are to find: a text file brings no pictures.
    """

    name: str
    imports: tuple[str, ...]
    newest: int
    in_time: bool = False
    leaves_look: bool = False
    expected: str = ""


WAYS = (
    Way("1, then 2", ("1", "2"), 2),
    Way("1, then 3, late", ("1", "3"), 3),
    Way("1, 2, 3, each in its time", ("1", "2", "3"), 3, in_time=True),
    Way("1, 3, then 2", ("1", "3", "2"), 3),
    Way("3, then 1 and 2", ("3", "1", "2"), 3),
    Way("1, then the text file of 2", ("1", "1>2"), 2, expected=NO_PICTURE),
    Way("1, then the text file from 1 to 3", ("1", "1>3"), 3, expected=NO_PICTURE),
    Way("1, then the text file and the package of 2", ("1", "1>2", "2"), 2),
    Way("3, then 4, which changes the look", ("3", "4"), 4, leaves_look=True),
    Way("3, then 4, with a look of one's own", ("3", "4"), 4),
    Way("1, then 4", ("1", "4"), 4, leaves_look=True),
    Way(
        "3, 4, 5, each in its time: two looks, and a note taught again",
        ("3", "4", "5"),
        5,
        in_time=True,
        leaves_look=True,
    ),
    Way("1, then 5", ("1", "5"), 5, leaves_look=True),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Release, then play every way; a table of each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--versions", default=",".join(anki_versions.VERSIONS))
    args = parser.parse_args(argv)
    broken = 0
    with tempfile.TemporaryDirectory() as name:
        files = release(Path(name) / "project")
        for way in WAYS:
            print(f"\n== {way.name}", flush=True)
            broken += student.compare(plan(way, files), args.versions.split(","), way.expected)
    return 1 if broken else 0


def release(project: Path) -> dict[str, Path]:
    """The files of all editions, by the words of `Way`."""
    shutil.copytree(GALLERY, project, ignore=shutil.ignore_patterns("build", "shots"))
    with (project / "deckgen.yaml").open("a", encoding="utf-8") as settings:
        settings.write("papers: [a4]\nlayouts: [handout]\n")
    files: dict[str, Path] = {}
    for number, changes in enumerate(EDITIONS, 1):
        for path, text in changes.items():
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(text, encoding="utf-8")
        folder = project / "build" / f"{DECK}-0.{number}.0"
        command = [
            sys.executable,
            "-m",
            "deckgen",
            "-q",
            "-C",
            str(project),
            "release",
            DECK,
            "--edition",
            f"0.{number}.0",
        ]
        moment = {"SOURCE_DATE_EPOCH": str(released(number))}
        subprocess.run(command, check=True, env={**os.environ, **moment})
        files[str(number)] = (folder / f"{DECK}.apkg").rename(project / f"edition-{number}.apkg")
        for update in folder.glob(f"{DECK}-update-from-0.*.txt"):
            since = update.stem.rpartition("-")[2].split(".")[1]
            files[f"{since}>{number}"] = update.rename(project / f"from-{since}-to-{number}.txt")
    return files


def released(number: int) -> int:
    """When an edition came out, in seconds since 1970."""
    return START + (number - 1) * MONTH


def plan(way: Way, files: Mapping[str, Path]) -> student.Plan:
    """What the student of a way does: works the day after the first edition, imports a day after each or today."""
    day = MONTH // 30
    worked = released(int(way.imports[0])) + day
    later = tuple(released(int(each.rpartition(">")[2])) + day for each in way.imports[1:]) if way.in_time else ()
    return student.Plan(
        tuple(files[each] for each in way.imports),
        files[str(way.newest)],
        leaves_look=way.leaves_look,
        moments=(worked, *later),
    )


if __name__ == "__main__":
    sys.exit(main())
