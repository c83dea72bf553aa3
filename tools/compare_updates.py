"""What a student keeps when the next edition comes: deckgen and its peers in one scenario, as a table for the docs.

    python tools/compare_updates.py                 prints the tables of docs/explanation/updates-compared.md
    python tools/compare_updates.py --anki 24.11

Every program makes two editions of one small deck in the way its README shows, and `student.py` plays the student in
between: works with the first, then imports the second. Edition 2 corrects the answer of G, rewords the question of H,
adds I and takes J out (where a program knows how to retire a note, it is retired). In a second scenario the student's tag
and own words stand on G and H, the notes that are corrected. In a third the author has more to say: G gets an
explanation, for which edition 1 had no field.

Needs what `anki_versions.py` needs, and Python 3.13 for yaml2anki, which is left out otherwise. Peers are installed into
`.venv-peers`. Packages are built one after the other, in real time; the student works in the second between.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import anki_versions
import student

ENVIRONMENTS = anki_versions.ROOT / ".venv-peers"
ANKI = "26.9.3"
NAMED_BY = r"\((\w)\)"  # every question begins with the letter of its part
OWN_FIELD = "My notes"
TEXT = "build/*/*.txt"
DECKGEN = ""  # no requirement: it is the one that this Python has
MARKS = {True: "kept", False: "**lost**", None: "–"}
PAUSE = 1.1  # seconds: Anki's times are whole seconds

# The rows of the table: promises of `promises.py`, and what they mean to a student.
ROWS = {
    "the student's edit": "Your edit of a note that is not corrected",
    "the student's tag": "Your tag",
    "the student's own field": "Your words in “My notes”",
    "the student's look": "Your own CSS",
    "the suspension": "Suspended cards stay suspended",
    "the card's deck": "Moved cards stay where they are",
    "every schedule": "Every card keeps its schedule",
    "changed notes are up to date": "Corrections reach the card you study",
    "added notes arrive": "New notes arrive",
    "retired notes say so": "A note given up by its author says so",
    "no other note is touched": "All other notes are left alone",
    "no note twice": "No note is there twice",
    "no conflict": "Anki reports no conflict",
    "no second note type": "No second note type “…+”",
    "no full sync": "No full sync",
    "no empty card": "No empty card",
}


class Entry(NamedTuple):
    """A note as an author has it in mind. `key` is the letter of its part."""

    key: str
    question: str
    answer: str
    why: str = ""


class Edition(NamedTuple):
    """What an author publishes at one time. `retired` are letters; `has_why`: some note has an explanation."""

    number: int
    entries: tuple[Entry, ...]
    retired: tuple[str, ...] = ()
    has_why: bool = False


FIRST = Edition(
    1,
    (
        Entry("A", "Which receptor does RANKL bind?", "RANK"),
        Entry("B", "Which decoy receptor binds RANKL?", "OPG"),
        Entry("C", "Which cell resorbs bone?", "The osteoclast"),
        Entry("D", "Which cell forms bone?", "The osteoblast"),
        Entry("E", "Which cell is buried in bone?", "The osteocyte"),
        Entry("F", "Which antibody binds RANKL?", "Denosumab"),
        Entry("G", "Below which T-score does osteoporosis begin?", "-2.4"),
        Entry("H", "Which factor drives osteoclast maturity?", "NFATc1"),
        Entry("J", "Which drug should follow denosumab?", "None"),
    ),
)
CORRECTED = {
    "G": Entry("G", "Below which T-score does osteoporosis begin?", "-2.5"),
    "H": Entry("H", "Which transcription factor drives the maturing of osteoclasts?", "NFATc1"),
}
SECOND = Edition(
    2,
    (
        *(CORRECTED.get(entry.key, entry) for entry in FIRST.entries if entry.key != "J"),
        Entry("I", "Which antibody blocks sclerostin?", "Romosozumab"),
    ),
    retired=("J",),
)
EXPLAINED = Edition(
    2,
    tuple(entry._replace(why="The WHO chose it in 1994.") if entry.key == "G" else entry for entry in FIRST.entries),
    has_why=True,
)


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program.

    `write` puts an edition's source into a folder, over the last one; `command` gets the folder of its executables.
    `output` is a glob, `text` one of the text file that students import instead of the second package, or before it
    when they take `both`. `grows`: an author has a place for one more field.
    """

    name: str
    requirement: str
    write: Callable[[Path, Edition], None]
    command: Callable[[Path, Edition], list[str]]
    output: str
    python: tuple[int, int] = (3, 11)
    text: str = ""
    both: bool = False
    grows: bool = True


def ask(entry: Entry) -> str:
    """The question with its letter."""
    return f"({entry.key}) {entry.question}"


# ---- the contestants, as their READMEs show ----------------------------------------------------------------------

GENANKI = """\
import genanki, json, sys
fields = json.loads(sys.argv[1])
model = genanki.Model(
    1607392319, 'Bone Model',
    fields=[{'name': name} for name in fields],
    templates=[{'name': 'Card 1', 'qfmt': '{{Question}}', 'afmt': '{{FrontSide}}<hr id="answer">{{Answer}}'}],
    css='.card { font-family: arial; font-size: 20px; }')
deck = genanki.Deck(2059400110, 'Bone')
for key, values in json.loads(sys.argv[2]):
    deck.add_note(genanki.Note(model=model, fields=values, tags=['bone']GUID))
genanki.Package(deck).write_to_file('out.apkg')
"""


def genanki_script(*, own_guid: bool) -> Callable[[Path, Edition], None]:
    """The script of genanki's README, with a field for the student; with a GUID of the author's own if asked."""

    def write(folder: Path, _edition: Edition) -> None:
        script = GENANKI.replace("GUID", ", guid=genanki.guid_for(key)" if own_guid else "")
        (folder / "make.py").write_text(script, encoding="utf-8")

    return write


def genanki(bin_: Path, edition: Edition) -> list[str]:
    """Run it with the notes of an edition."""
    names = ["Question", "Answer", OWN_FIELD, *(["Why"] if edition.has_why else [])]
    notes = [
        (entry.key, [ask(entry), entry.answer, "", *([entry.why] if edition.has_why else [])])
        for entry in edition.entries
    ]
    return [str(bin_ / "python"), "make.py", json.dumps(names), json.dumps(notes)]


def write_anki_yaml_tool(folder: Path, edition: Edition) -> None:
    """A note type with a field for the student, then the notes, each with the id that its README advertises."""
    extra = ", Why" if edition.has_why else ""
    lines = [
        "config:\n  name: Bone Model",
        f"  fields: [Question, Answer, {OWN_FIELD}{extra}]",
        '  templates:\n    - {name: C, qfmt: "{{Question}}", afmt: "{{FrontSide}}<hr id=answer>{{Answer}}"}',
        '  css: ".card { font-family: arial; }"',
        "deck-name: Bone\ndata:",
    ]
    for entry in edition.entries:
        lines.append(
            f'  - question: "{ask(entry)}"\n    answer: "{entry.answer}"\n    id: {entry.key}\n    tags: [bone]'
        )
        lines += [f'    why: "{entry.why}"'] if entry.why else []
    (folder / "bone.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def anki_yaml_tool(bin_: Path, _edition: Edition) -> list[str]:
    """The command of its README."""
    return [str(bin_ / "anki-yaml-tool"), "build", "--file", "bone.yaml", "--output", "out.apkg"]


def write_ankcompiler(folder: Path, edition: Edition) -> None:
    """Markdown; every card has its permanent id. It wants its output folder to be there."""
    (folder / "out").mkdir(exist_ok=True)
    (folder / "src").mkdir(exist_ok=True)
    cards = (
        f"\n---\n\n{ask(entry)}\n\n:::\n\n{entry.answer}\n\n---\n[^uid]: note{ord(entry.key):06}\n"
        for entry in edition.entries
    )
    (folder / "src" / "bone.md").write_text("---\ndeck: Bone\n---\n" + "".join(cards), encoding="utf-8")


def ankcompiler(bin_: Path, _edition: Edition) -> list[str]:
    """The command of its README."""
    return [str(bin_ / "ankc"), "build", "--all", "--path", "src", "--output", "out"]


def write_yaml2anki(folder: Path, edition: Edition) -> None:
    """Nothing but the notes: its note type is its own."""
    notes = (f'  - front: "{ask(entry)}"\n    back: "{entry.answer}"\n    tags: [bone]\n' for entry in edition.entries)
    (folder / "bone.yaml").write_text("deck_name: Bone\ncards:\n" + "".join(notes), encoding="utf-8")


def yaml2anki(bin_: Path, _edition: Edition) -> list[str]:
    """The command of its README."""
    return [str(bin_ / "yaml2anki"), "bone.yaml", "-o", "out.apkg"]


def write_deckgen(folder: Path, edition: Edition) -> None:
    """A project with one deck; a retired note stays in it, with its reason."""
    (folder / "deckgen.yaml").write_text("publisher: Bench\ndecks:\n  bone:\n    name: Bone\n", encoding="utf-8")
    (folder / "cards" / "bone").mkdir(parents=True, exist_ok=True)
    given_up = [entry for entry in FIRST.entries if entry.key in edition.retired]
    lines = []
    for entry in (*edition.entries, *given_up):
        lines += [f"- id: note-{entry.key.lower()}", f'  question: "{ask(entry)}"', f'  answer: "{entry.answer}"']
        lines += [f'  why: "{entry.why}"'] if entry.why else []
        lines += ['  retired: {since: "1.1.0", why: "The answer was wrong."}'] if entry in given_up else []
    (folder / "cards" / "bone" / "01.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def deckgen(bin_: Path, _edition: Edition) -> list[str]:
    """The command of its docs."""
    return [str(bin_ / "python"), "-m", "deckgen", "-q", "-C", ".", "release", "bone"]


CONTESTANTS = (
    Contestant("deckgen", DECKGEN, write_deckgen, deckgen, "build/*/bone.apkg"),
    Contestant("deckgen, text file", DECKGEN, write_deckgen, deckgen, "build/*/bone.apkg", text=TEXT),
    Contestant(
        "deckgen, text file, then package", DECKGEN, write_deckgen, deckgen, "build/*/bone.apkg", text=TEXT, both=True
    ),
    Contestant("genanki 0.13.1", "genanki==0.13.1", genanki_script(own_guid=False), genanki, "out.apkg"),
    Contestant("genanki 0.13.1, own GUIDs", "genanki==0.13.1", genanki_script(own_guid=True), genanki, "out.apkg"),
    Contestant("anki-yaml-tool 0.4.0", "anki-yaml-tool==0.4.0", write_anki_yaml_tool, anki_yaml_tool, "out.apkg"),
    Contestant("ankcompiler 0.6.0", "ankcompiler==0.6.0", write_ankcompiler, ankcompiler, "out/*.apkg", grows=False),
    Contestant(
        "yaml2anki 0.1.4", "yaml2anki==0.1.4", write_yaml2anki, yaml2anki, "out.apkg", python=(3, 13), grows=False
    ),
)


class Scenario(NamedTuple):
    """A table: the edition that comes second, and whether the student's tag and words stand on notes it changes."""

    title: str
    second: Edition
    marks_changed: bool = False

    def has_place_for(self, contestant: Contestant) -> bool:
        """Text files are for marks on changed notes; some programs have no place for one more field."""
        return (self.marks_changed or not contestant.text) and (contestant.grows or not self.second.has_why)


SCENARIOS = (
    Scenario("Corrections", SECOND),
    Scenario("Marks on the notes that are corrected", SECOND, marks_changed=True),
    Scenario("One more field", EXPLAINED),
)


# ---- the run ------------------------------------------------------------------------------------------------------


class FailedError(Exception):
    """A contestant could not be installed or did not build; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run both scenarios and print a table of each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--anki", default=ANKI, help="the version that judges")
    args = parser.parse_args(argv)
    judge = anki_versions.environment(args.anki)
    for scenario in SCENARIOS:
        reports = dict(run(scenario, judge))
        print(f"\n{scenario.title}: Anki {args.anki}, {time.strftime('%Y-%m-%d')}\n")
        print("\n".join(table(reports)))
        print("\n".join(details(reports)))
    return 0


def run(scenario: Scenario, judge: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The reports of those who can take part, by name."""
    with tempfile.TemporaryDirectory() as name:
        folders = {each: Path(name) / str(at) for at, each in enumerate(CONTESTANTS) if scenario.has_place_for(each)}
        firsts = {}
        for each, folder in folders.items():
            try:
                firsts[each] = build(each, folder, FIRST)
            except (FailedError, subprocess.CalledProcessError) as error:
                if each.requirement == DECKGEN:
                    raise
                print(f"left out: {each.name}: {error}", file=sys.stderr)
        time.sleep(PAUSE)
        worked = int(time.time())
        time.sleep(PAUSE)
        for each, first in firsts.items():
            last = build(each, folders[each], scenario.second)
            later = [only(folders[each], each.text)] if each.text else []
            later += [last] if each.both or not later else []
            plan = student.Plan(
                (first, *later), last, OWN_FIELD, NAMED_BY, marks_changed=scenario.marks_changed, moments=(worked,)
            )
            yield each.name, student.report(plan, judge)


def build(contestant: Contestant, folder: Path, edition: Edition) -> Path:
    """The package of an edition, set aside."""
    folder.mkdir(exist_ok=True)
    contestant.write(folder, edition)
    command = contestant.command(programs(contestant), edition)
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode:
        words = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise FailedError(f"edition {edition.number}: {words}")
    return only(folder, contestant.output).rename(folder / f"edition-{edition.number}.apkg")


def only(folder: Path, pattern: str) -> Path:
    """The one file of this pattern."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise FailedError(f"{len(found)} files {pattern} instead of one")
    return found[0]


def programs(contestant: Contestant) -> Path:
    """The folder of its executables; installs it if need be."""
    if contestant.requirement == DECKGEN:
        return Path(sys.executable).parent
    home = ENVIRONMENTS / contestant.requirement.partition("==")[0]
    return anki_versions.with_package(home, contestant.requirement, find_python(contestant.python)).parent


def find_python(least: tuple[int, int]) -> str:
    """A Python that is new enough: ours, or one on the PATH."""
    if sys.version_info >= least:
        return sys.executable
    for minor in range(least[1], least[1] + 4):
        path = shutil.which(f"python{least[0]}.{minor}")
        if path and not subprocess.run([path, "-c", "import venv"], check=False, capture_output=True).returncode:
            return path
    raise FailedError(f"it needs Python {least[0]}.{least[1]}")


def table(reports: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Promises down, programs across, in Markdown."""
    yield f"| | {' | '.join(reports)} |"
    yield f"|---|{'---|' * len(reports)}"
    for promise, words in ROWS.items():
        cells = []
        for report in reports.values():
            verdict = next(each for each in report["verdicts"] if each["promise"] == promise)
            cells.append(MARKS[verdict["kept"]])
        yield f"| {words} | {' | '.join(cells)} |"


def details(reports: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What was lost, in words."""
    for name, report in reports.items():
        yield f"\n{name}"
        for step in report["imports"]:
            counts = ", ".join(f"{key} {' '.join(step[key])}" for key in ("new", "updated", "conflicting") if step[key])
            yield f"  {step['file']}: {counts or 'nothing changed'}, {step['unchanged']} unchanged"
        for verdict in report["verdicts"]:
            if verdict["kept"] is not True:
                yield f"  {verdict['promise']}: {verdict['words'] or 'lost'}"
        yield from (f"  {finding}" for finding in report["findings"])


if __name__ == "__main__":
    sys.exit(main())
