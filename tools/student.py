"""Play a student through an update, in several Anki versions, and say what it kept. Ends with 1 on a broken promise.

    python tools/student.py ED1.apkg ED2.apkg                        the student works with 1, then imports 2
    python tools/student.py ED1.apkg ED3.apkg ED2.apkg --newest ED3.apkg        late, and out of order
    python tools/student.py ED1.apkg ED2.txt --newest ED2.apkg       by Anki's text import instead
    python tools/student.py ED1.apkg ED2.apkg --leave look           a student who did not change the look
    python tools/student.py ED1.apkg ED2.apkg --marks changed        tag and own words on notes that changed

The first package is imported into a new collection. The student schedules every card, edits a note, tags one, fills the
field "My notes" of one, suspends one, moves one to another deck, deletes one and changes the CSS: each another note,
such as the later editions leave alone (`promises.cast`). With a text file, the notes tagged and annotated are among the
changed ones. Then the other files are imported as the dialog does it, and `promises.judge` says what was kept. What the
newest edition holds is seen in the collection of a student who has only that; so packages of any origin can be judged.

`--newest` names the package that shall win (default: the last .apkg). `--named-by` is a regular expression that finds in
a note's text what to call it, for packages whose GUIDs change. `--moments` gives, in seconds since 1970, when the
student worked and when each later file was imported, so that a year passes in a second: without it all happens now.

Needs what `anki_versions.py` needs; inside a version it prints one line of JSON: imports, verdicts, findings.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import anki_versions
import promises
from promises import OWN_DECK, OWN_TAG, OWN_WORDS, Card, Case, Import, Note, NoteType, Picture, Verdict

TAG_OF_HTML = re.compile(r"<[^>]*>")
REVIEW = 2  # Anki's number for cards in review: type and queue
REFUSED = (
    "missing_notetype",
    "missing_deck",
    "empty_first_field",
    "first_field_match",
)  # in Anki's log of a text import
MARKS = {True: "kept", False: "LOST", None: "-"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play. `moments`: when the student worked, then when each later file was imported; 0 or none is now."""

    files: tuple[Path, ...]
    newest: Path
    own_field: str = "My notes"
    named_by: str = ""
    leaves_look: bool = False
    marks_changed: bool = False
    moments: tuple[int, ...] = ()

    @property
    def on_changed(self) -> bool:
        """Whether tag and own words stand on notes that changed: what a text file must keep, and packages cannot."""
        return self.marks_changed or any(is_text(file) for file in self.files)

    def moment(self, step: int) -> int:
        """When a step was made; 0 is now."""
        return self.moments[step] if step < len(self.moments) else 0


def is_text(file: Path) -> bool:
    """Whether a file is for Anki's text import."""
    return file.suffix.lower() in (".txt", ".csv", ".tsv")


def main(argv: Sequence[str] | None = None) -> int:
    """Let every version play the scenario, print a table of promises and what was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="the package the student has, then the rest"
    )
    parser.add_argument("--newest", type=Path, metavar="APKG")
    parser.add_argument("--own-field", default="My notes", metavar="NAME")
    parser.add_argument("--named-by", default="", metavar="REGEX")
    parser.add_argument("--leave", choices=(promises.LEFT_ALONE,), default="")
    parser.add_argument("--marks", choices=("changed",), default="", help="the notes to tag and annotate")
    parser.add_argument("--moments", default="", metavar="T,T,..")
    parser.add_argument("--versions", default=",".join(anki_versions.VERSIONS))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    files = [file.resolve() for file in args.files]
    packages = [file for file in files if not is_text(file)]
    if len(files) < 2 or is_text(files[0]):
        parser.error("give the package the student has, then at least one file to import over it")
    plan = Plan(
        tuple(files),
        args.newest.resolve() if args.newest else packages[-1],
        args.own_field,
        args.named_by,
        leaves_look=args.leave == promises.LEFT_ALONE,
        marks_changed=bool(args.marks),
        moments=tuple(int(moment) for moment in args.moments.split(",") if moment),
    )
    if args.inside:
        print(json.dumps(asdict(play(plan))))
        return 0
    return 1 if compare(plan, args.versions.split(",")) else 0


def compare(plan: Plan, versions: Sequence[str], expected: str = "") -> int:
    """A table: promises down, versions across. Below it what was lost, and what Anki said of each import.

    `expected`, unless empty, begins findings that are right as they are. Gives the number of all other losses.
    """
    reports, broken = {}, 0
    for version in versions:
        try:
            reports[version] = report(plan, anki_versions.environment(version))
        except anki_versions.GaveUpError as error:
            print(f"{version:8} gave up: {error}")
            broken += 1
    if not reports:
        return broken
    print(f"{'promise':42}" + "".join(f"{version:>10}" for version in reports))
    for row in zip(*(each["verdicts"] for each in reports.values()), strict=True):
        print(f"{row[0]['promise']:42}" + "".join(f"{MARKS[each['kept']]:>10}" for each in row))
    for version, each in reports.items():
        for verdict in each["verdicts"]:
            if verdict["kept"] is False:
                print(f"{version:8} {verdict['promise']}: {verdict['words']}")
        found = [words for words in each["findings"] if not (expected and words.startswith(expected))]
        for words in each["findings"]:
            print(f"{version:8} {words}{'' if words in found else ', as expected'}")
        for step in each["imports"]:
            counts = ", ".join(f"{len(step[key])} {key}" for key in ("new", "updated", "conflicting") if step[key])
            print(f"{version:8} {step['file']}: {counts or 'nothing changed'}, {step['unchanged']} unchanged")
        broken += len(found) + sum(verdict["kept"] is False for verdict in each["verdicts"])
    return broken


def report(plan: Plan, python: Path) -> dict[str, Any]:
    """What one version says of a plan: a report as a dict."""
    leave = ["--leave", promises.LEFT_ALONE] if plan.leaves_look else []
    marks = ["--marks", "changed"] if plan.marks_changed else []
    words = [
        *map(str, plan.files),
        f"--newest={plan.newest}",
        f"--own-field={plan.own_field}",
        f"--named-by={plan.named_by}",
        f"--moments={','.join(map(str, plan.moments))}",
        *leave,
        *marks,
    ]
    answered: dict[str, Any] = anki_versions.answer(python, Path(__file__), *words)
    return answered


# ---- inside one version ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it. `findings` are what Anki's own checks say of the collection afterwards."""

    version: str
    cast: promises.Cast
    imports: tuple[Import, ...]
    verdicts: tuple[Verdict, ...]
    findings: tuple[str, ...]


def play(plan: Plan) -> Report:
    """The whole scenario, in the Anki of this Python."""
    packages = dict.fromkeys([*(file for file in plan.files if not is_text(file)), plan.newest])
    editions = {package: fresh(package, plan.named_by) for package in packages}
    first, newest = editions[plan.files[0]], editions[plan.newest]
    cast = promises.cast(first, list(editions.values()), newest, plan.own_field, on_changed=plan.on_changed)
    with collection(plan.named_by) as student:
        student.take(plan.files[0])
        start = int(time.time())
        student.work(cast, plan)
        student.was_at(plan.moment(0), start)
        before = student.picture()
        imports = []
        for step, file in enumerate(plan.files[1:], 1):
            start = int(time.time())
            imports.append(student.take(file))
            student.was_at(plan.moment(step), start)
        after = student.picture()
        case = Case(cast, before, after, newest, tuple(imports), plan.own_field, look_edited=not plan.leaves_look)
        return Report(_version(), cast, tuple(imports), tuple(promises.judge(case)), tuple(student.findings()))


def fresh(package: Path, named_by: str = "") -> Picture:
    """The collection of a student who has nothing but this package."""
    with collection(named_by) as student:
        student.take(package)
        return student.picture()


@contextmanager
def collection(named_by: str = "") -> Iterator[Student]:
    """A student with an empty collection, thrown away at the end."""
    with tempfile.TemporaryDirectory() as folder, anki_versions.new_collection(folder) as col:
        yield Student(col, named_by)


class Student:
    """A student and the collection: imports, works, and holds still for a picture. `col` is Anki's own object."""

    def __init__(self, col: Any, named_by: str = "") -> None:
        self.col = col
        self._named_by = re.compile(named_by, re.DOTALL) if named_by else None
        self._stock = set(self._type_numbers())

    # -- the publisher's files

    def take(self, file: Path) -> Import:
        """Import a package or a text file as Anki's dialog does when nothing in it is touched."""
        log = anki_versions.imported_text(self.col, file) if is_text(file) else anki_versions.imported(self.col, file)
        self.col.models._clear_cache()  # it would survive the import

        def labels(name: str) -> tuple[str, ...]:
            return tuple(sorted(self._label(each) for each in getattr(log, name)))

        counts = {name: len(getattr(log, name)) for name in REFUSED}
        return Import(
            file.name,
            labels("new"),
            labels("updated"),
            len(log.duplicate),
            labels("conflicting"),
            tuple(f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if number),
        )

    # -- the student's own doings

    def work(self, cast: promises.Cast, plan: Plan) -> None:
        """All that the scenario asks."""
        numbers = {name: note.number for name, note in self.picture().names().items()}
        self.study()
        self.edit(numbers[cast.edited])
        self.tag(numbers[cast.tagged])
        self.annotate(numbers[cast.annotated], plan.own_field)
        self.col.sched.suspend_cards(self._cards(numbers[cast.suspended]))
        self.col.set_deck(self._cards(numbers[cast.moved]), self.col.decks.id(OWN_DECK))
        self.col.remove_notes([numbers[cast.deleted]])
        if not plan.leaves_look:
            self.restyle()

    def study(self) -> None:
        """Schedule every card as one in review, each otherwise, so that a mix-up would show."""
        rows = [
            (REVIEW, REVIEW, 100 + at, 10 + at, 2000 + at, 3 + at % 7, at % 3, number)
            for at, number in enumerate(self.col.db.list("select id from cards order by id"))
        ]
        self.col.db.executemany(
            "update cards set type=?, queue=?, due=?, ivl=?, factor=?, reps=?, lapses=?, usn=-1 where id=?", rows
        )

    def edit(self, number: int) -> None:
        """Add words to a field, not the first if another is filled: that may hold masks."""
        self._change(number, lambda note: _append(note, " (so our lecturer)"))

    def tag(self, number: int) -> None:
        """Add a tag."""
        self._change(number, lambda note: note.add_tag(OWN_TAG))

    def annotate(self, number: int, field: str) -> None:
        """Fill the student's own field, if the note has one."""
        if field in self.col.get_note(number):
            self._change(number, lambda note: note.__setitem__(field, OWN_WORDS))

    def restyle(self) -> None:
        """Change the CSS of every note type that the packages brought."""
        for number in set(self._type_numbers()) - self._stock:
            kind = self.col.models.get(number)
            kind["css"] += "\n.card { letter-spacing: 0.5px; }"
            self.col.models.update_dict(kind)

    def was_at(self, moment: int, since: int) -> None:
        """Pretend that what was stamped since `since` was done at `moment`, in seconds; 0 leaves it."""
        if moment:
            self.col.db.execute("update notes set mod=? where mod>=?", moment, since)
            self.col.db.execute("update notetypes set mtime_secs=? where mtime_secs>=?", moment, since)
            self.col.models._clear_cache()

    # -- pictures

    def picture(self) -> Picture:
        """The collection as it is now."""
        labels = {note.number: note for note in self._notes()}
        empty = [each.note_id for each in self.col.get_empty_cards().notes]
        return Picture(
            tuple(labels.values()),
            {number: self._type(number) for number in self._type_numbers() if number not in self._stock},
            self.col.db.scalar("select scm from col"),
            tuple(sorted(labels[number].label for number in empty)),
        )

    def findings(self) -> Iterator[str]:
        """What Anki's checks have to mend. They change the collection: look last."""
        cards = self.col.card_count()
        said, clean = self.col.fix_integrity()
        if not clean:
            yield f"database: {' '.join(said.split())}"
        if self.col.card_count() != cards:
            yield f"Check Database made or removed {self.col.card_count() - cards} card(s)"
        yield from (f"missing picture {name}" for name in self.col.media.check().missing)

    def _notes(self) -> Iterator[Note]:
        cards: dict[int, list[Card]] = {}
        for note, ordinal, deck, *schedule in self.col.db.all(
            "select nid, ord, did, type, queue, due, ivl, factor, reps, lapses from cards order by nid, ord"
        ):
            cards.setdefault(note, []).append(Card(ordinal, self.col.decks.name(deck), tuple(schedule)))
        fields = {
            number: [each["name"] for each in self.col.models.get(number)["flds"]] for number in self._type_numbers()
        }
        for number, guid, kind, joined, tags in self.col.db.all(
            "select id, guid, mid, flds, tags from notes order by id"
        ):
            values = dict(zip(fields[kind], joined.split("\x1f"), strict=True))
            name = self._name(guid, values)
            label = values.get("Ref") or name
            yield Note(number, guid, name, label, kind, values, frozenset(tags.split()), tuple(cards.get(number, ())))

    def _name(self, guid: str, fields: dict[str, str]) -> str:
        found = self._named_by and self._named_by.search(TAG_OF_HTML.sub(" ", " ".join(fields.values())))
        return (found.group(1) if found.re.groups else found.group()) if found else guid

    def _label(self, logged: Any) -> str:
        """What to call a note in Anki's log, which has its text, and its id unless it was refused."""
        guid = self.col.db.scalar("select guid from notes where id = ?", logged.id.nid)
        if guid is None:
            return self._name(
                logged.fields[0] if logged.fields else "", {str(at): each for at, each in enumerate(logged.fields)}
            )
        fields = dict(self.col.get_note(logged.id.nid).items())
        return fields.get("Ref") or self._name(guid, fields)

    def _type(self, number: int) -> NoteType:
        kind = self.col.models.get(number)
        faces = tuple((each["name"], each["qfmt"], each["afmt"]) for each in kind["tmpls"])
        return NoteType(kind["name"], kind["css"], faces)

    def _type_numbers(self) -> list[int]:
        return [each.id for each in self.col.models.all_names_and_ids()]

    def _cards(self, note: int) -> list[int]:
        return [card.id for card in self.col.get_note(note).cards()]

    def _change(self, number: int, change: Callable[[Any], object]) -> None:
        note = self.col.get_note(number)
        change(note)
        self.col.update_note(note)


def _append(note: Any, words: str) -> None:
    """Words at the end of the second field that holds something, or of the first if it is the only one."""
    filled = [name for name, value in note.items() if value]
    name = filled[1] if len(filled) > 1 else filled[0]
    note[name] += words


def _version() -> str:
    return ".".join(map(str, anki_versions.version()))


if __name__ == "__main__":
    sys.exit(main())
