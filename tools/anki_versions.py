"""Import an .apkg into several Anki versions and render both sides of every card in each. Ends with 1 on a finding.

    python tools/anki_versions.py build/osteoporosis.apkg build/gallery.apkg
    python tools/anki_versions.py deck.apkg --versions 24.11,26.9.3

Needs Python 3.11 or later with venv, and PyPI: every version gets an environment of its own, `.venv-anki/VERSION`, with
the package `anki` in it (AGPL, so a tool for judging and never a part of deckgen). Started a second time inside each of
them with `--inside`, this file imports, renders and reports as JSON; so it uses nothing but the standard library.

A finding is: a note that did not arrive, a card that is missing, doubled, empty or shows a template error, a filter or
field the version does not know, a database or media check that has something to mend, a placeholder left as text.
Image occlusion came with Anki 23.10: before, its cards must arrive and render without error, and say that they cannot
draw masks; they are counted apart.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".venv-anki"
VERSIONS = ("2.1.66", "24.11", "25.9.5", "26.9.3")  # four behaviours of import and rendering; see docs
IMAGE_OCCLUSION = 6  # Anki's number for it in `originalStockKind`
FIRST_WITH_MASKS = (23, 10)
DONE = "ready"  # in an environment, written last

# What Anki writes on a card it cannot make: a template error, a field it does not know, nothing to show.
ERROR = re.compile(
    r"templates/errors|has a problem:|\{unknown field|no-cloze|No cloze|front of this card is blank", re.IGNORECASE
)
# Signs of the template language, outside formulas: what a version does not understand it may print.
RAW = re.compile(r"(?:\{\{|\[\[type:)[^}<]{0,40}")
FORMULA = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
TYPED = re.compile(r"\[\[type:[^]]+\]\]")  # Anki's reviewer, not its renderer, makes a box of this


class GaveUpError(Exception):
    """A version ended before it had an answer; the message is its last word."""


def main(argv: Sequence[str] | None = None) -> int:
    """Make what is missing, let every version look, print the table and the findings."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("packages", nargs="+", type=Path, metavar="APKG")
    parser.add_argument("--versions", default=",".join(VERSIONS))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.inside:
        print(json.dumps(look(args.packages[0])))
        return 0
    found = 0
    print(f"{'Anki':8} {'package':28} {'notes':>6} {'cards':>6} {'masks':>6} {'findings':>9}")
    for name in args.versions.split(","):
        python = environment(name)
        for package in args.packages:
            report = ask(python, package)
            problems = report["problems"]
            counts = f"{report['notes']:6} {report['cards']:6} {report['masked']:6} {len(problems):9}"
            print(f"{name:8} {package.name:28} {counts}", flush=True)
            for words, number in Counter(problems).most_common():
                print(f"         {number} x {words}" if number > 1 else f"         {words}")
            if report["unmasked"]:
                print(f"         as expected, {report['masked']} cards show {report['unmasked']}")
            found += len(problems) + (report["cards"] == 0)
    return 1 if found else 0


def environment(name: str) -> Path:
    """The Python with this version of Anki."""
    return with_package(ENVIRONMENTS / name, f"anki=={name}")


def with_package(home: Path, requirement: str, python: str = sys.executable) -> Path:
    """The Python of an environment that holds one package, as pip writes it. Made when it is not there or not whole."""
    inside = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (home / DONE).exists():
        print(f"Installing {requirement} into {home}", file=sys.stderr, flush=True)
        subprocess.run([python, "-m", "venv", "--clear", str(home)], check=True)
        quiet = ["-qq", "--disable-pip-version-check"]
        subprocess.run([str(inside), "-m", "pip", "install", *quiet, requirement], check=True)
        (home / DONE).touch()
    return inside


def ask(python: Path, package: Path) -> dict[str, Any]:
    """What one version says of a package."""
    try:
        report: dict[str, Any] = answer(python, Path(__file__), str(package.resolve()))
    except GaveUpError as error:
        return {"notes": 0, "cards": 0, "masked": 0, "unmasked": "", "problems": [f"this version gave up: {error}"]}
    return report


def answer(python: Path, script: Path, *arguments: str) -> Any:
    """What a script says as JSON on its last line, started with `--inside` by the Python of one version."""
    command = [str(python), str(script), "--inside", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise GaveUpError((done.stderr.strip().splitlines() or ["it said nothing"])[-1])
    return json.loads(done.stdout.splitlines()[-1])


# ---- inside one version ---------------------------------------------------------------------------------------------


def look(package: Path) -> dict[str, Any]:
    """Import a package into a new collection, as a student would, and look at every card."""
    with tempfile.TemporaryDirectory() as folder, new_collection(folder) as col:
        log = imported(col, package)
        col.models._clear_cache()  # it would survive the import
        problems = [
            f"{name}: {len(getattr(log, name))} notes" for name in ("conflicting", "duplicate") if getattr(log, name)
        ]
        if len(log.new) != log.found_notes:
            problems.append(f"{log.found_notes} notes in the package, {len(log.new)} arrived")
        cards, masked, unmasked = col.db.list("select id from cards"), 0, ""
        for number in cards:
            card = col.get_card(number)
            shown = card.render_output()
            if card.note_type().get("originalStockKind") == IMAGE_OCCLUSION:
                masked += 1
                if version() < FIRST_WITH_MASKS:
                    unmasked = unmasked or _without_masks(shown.question_text)
            faults = list(_faults(shown.question_text, shown.answer_text)) or list(_unknown_filters(col, number))
            problems += [f"{_name(card)}: {words}" for words in faults]
        problems += _checks(col, len(cards))
        return {
            "notes": len(log.new),
            "cards": len(cards),
            "masked": masked,
            "unmasked": unmasked,
            "problems": problems,
        }


@contextlib.contextmanager
def new_collection(folder: str) -> Iterator[Any]:
    """A collection with nothing in it but what Anki puts there, in a folder of its own."""
    from anki import collection as anki

    with contextlib.closing(anki.Collection(f"{folder}/collection.anki2")) as col:
        yield col


def version() -> tuple[int, ...]:
    """The version of this Anki, in numbers."""
    from anki import buildinfo

    return tuple(int(part) for part in re.findall(r"\d+", buildinfo.version))


def imported(col: Any, package: Path) -> Any:
    """Import with the options of the dialog; versions before 23.12 take the path alone. Gives Anki's log."""
    from anki import collection as anki

    if hasattr(anki, "ImportAnkiPackageRequest"):
        options = anki.ImportAnkiPackageOptions()
        request = anki.ImportAnkiPackageRequest(package_path=str(package), options=options)
        return col.import_anki_package(request).log
    return col.import_anki_package(str(package)).log


def imported_text(col: Any, file: Path) -> Any:
    """Import a text file as the dialog does when nothing in it is touched. Gives Anki's log."""
    from anki import import_export_pb2 as messages

    metadata = col.get_csv_metadata(str(file), None)
    del metadata.preview[:]
    return col.import_csv(messages.ImportCsvRequest(path=str(file), metadata=metadata)).log


def _name(card: Any) -> str:
    fields = dict(card.note().items())
    return f"{fields.get('Ref') or card.note().guid}, {card.template()['name']}, card {card.ord + 1}"


def _faults(question: str, answer: str) -> Iterator[str]:
    """What is wrong with the two sides of a card."""
    for side, html in (("front", question), ("back", answer)):
        text = " ".join(re.sub(r"<script.*?</script>|<(?!img)[^>]*>", " ", html, flags=re.DOTALL).split())
        raw = RAW.search(TYPED.sub("", FORMULA.sub("", html)))
        if not text:
            yield f"nothing on the {side}"
        elif ERROR.search(html):
            yield f"Anki complains on the {side}: {text[:120]}"
        elif raw:
            yield f"printed as it is on the {side}: {raw.group()}"


def _unknown_filters(col: Any, number: int) -> Iterator[str]:
    """Filters that this version leaves to add-ons: it would show the field as if they were not there."""
    card = col._backend.render_existing_card(card_id=number, browser=False, partial_render=True)
    for node in (*card.question_nodes, *card.answer_nodes):
        for name in node.replacement.filters:
            yield f"unknown filter {name}: before {node.replacement.field_name}"


def _without_masks(question: str) -> str:
    """What an Anki without masks shows of such a card: the line that our face has ready, and the bare picture."""
    line = re.search(r'<p id="dg-no-masks"[^>]*>(.*?)</p>', question)
    words = f"“{line.group(1)}”" if line else "no word about it"
    return f"{words}, {'and the picture without masks' if '<img' in question else 'no picture'}"


def _checks(col: Any, cards: int) -> Iterator[str]:
    """What Anki's own checks find: empty cards, the database, the media folder."""
    for note in col.get_empty_cards().notes:
        yield f"empty card of {col.get_note(note.note_id).guid}"
    report, clean = col.fix_integrity()
    if not clean:
        yield f"database: {' '.join(report.split())}"
    if col.card_count() != cards:
        yield f"Check Database made or removed {col.card_count() - cards} card(s)"
    media = col.media.check()
    yield from (f"missing picture {name}" for name in media.missing)
    yield from (f"unused picture {name}" for name in media.unused)


if __name__ == "__main__":
    sys.exit(main())
