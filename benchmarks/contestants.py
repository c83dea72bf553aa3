"""Who takes part: how each program is installed, given the same notes, and started.

All read their notes from files in the working folder and are whole processes, started cold. genanki and
flashcard-generator are libraries without a text format: short scripts drive them, which spares them the reading.
Only the standard library is used here, and files are written line by line: a child's peak memory as the system
counts it is never less than what its parent had when it started it.
"""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import handout

HERE = Path(__file__).resolve().parent
SUBDECKS = 1_000
LARGE, LARGE_PRINT = 100_000, 10_000  # notes
Makes = Literal["apkg", "pdf"]


@dataclass(frozen=True, slots=True)
class Contestant:
    """One program in one discipline.

    `command` gets the folder of the program's environment that holds its executables, and the number of notes.
    `output` is a glob in the working folder. `most` is the most notes it is asked for: beyond, it takes minutes; `least`
    the fewest. `task` says what is asked otherwise than of the others, and who has the same is compared; what is to be
    `printed` has the notes of `handout.py`. `prepare` makes
    what must be there besides the notes, untimed.
    """

    name: str
    makes: Makes
    requirement: str
    write: Callable[[Path, int], None]
    command: Callable[[Path, int], list[str]]
    output: str
    python: tuple[int, int] = (3, 11)
    least: int = 0
    most: int = 10_000
    task: str = ""
    printed: bool = False
    prepare: Callable[[Path, Path, int], None] = lambda _bin, _folder, _count: None


def rows(count: int) -> Iterator[tuple[str, str]]:
    """The notes, the same for everybody."""
    return ((f"Question {i} about RANKL", f"Answer {i} NF-kB") for i in range(count))


def write_lines(path: Path, lines: Iterator[str]) -> None:
    """One file, made of lines that are never all in memory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)


def write_deckgen(folder: Path, count: int, layout: str = "cards") -> None:
    """A project with one deck and one set."""
    write_settings(folder, layout)
    write_lines(folder / "cards" / "bench" / "01.yaml", deckgen_notes(count))


def write_settings(folder: Path, layout: str = "cards", name: str = "Bench", language: str = "en") -> None:
    """The settings of a project with one deck."""
    deck = f"  bench:\n    name: {name}\n    language: {language}\n"
    settings = f"publisher: Bench\npapers: [a4]\nlayouts: [{layout}]\ndecks:\n{deck}"
    write_lines(folder / "deckgen.yaml", iter([settings]))


def deckgen_notes(count: int, changed: int = 0) -> Iterator[str]:
    """The notes as deckgen has them; one in `changed` has another answer than in the edition before."""
    for i, (front, back) in enumerate(rows(count)):
        answer = f"{back}, corrected" if changed and i % changed == 0 else back
        yield f"- id: n{i}\n  question: {front}\n  answer: {answer}\n"


def write_subdecks(folder: Path, count: int) -> None:
    """A project with one deck of a thousand sets, each a subdeck of its own."""
    write_settings(folder)
    each = -(-count // SUBDECKS)
    notes = deckgen_notes(count)
    for start in range(0, count, each):
        head = f"subdeck: Part {start // each}\nnotes:\n"
        own = joined(head, (next(notes) for _ in range(min(each, count - start))))
        write_lines(folder / "cards" / "bench" / f"{start // each:04}.yaml", own)


def released(changed: int) -> Callable[[Path, Path, int], None]:
    """Publish the notes as they were written, then change one in `changed` of them; none when it is 0."""

    def prepare(bin_: Path, folder: Path, count: int) -> None:
        subprocess.run([bin_ / "python", HERE / "write_ledger.py", folder], check=True)
        write_lines(folder / "cards" / "bench" / "01.yaml", deckgen_notes(count, changed))

    return prepare


def write_handout(folder: Path, count: int) -> None:
    """The same, laid out as a handout."""
    write_deckgen(folder, count, "handout")


def write_printed(layout: str) -> Callable[[Path, int], None]:
    """The notes of `handout.py` as a project; every part is a set."""

    def write(folder: Path, count: int) -> None:
        write_settings(folder, layout, handout.TITLE, handout.LANGUAGE)
        for part in handout.parts(count):
            notes = joined(f"title: {part.title}\nnotes:\n", map(printed_note, part.notes))
            write_lines(folder / "cards" / "bench" / f"{part.number:04}.yaml", notes)

    return write


def printed_note(note: handout.Note) -> str:
    """One note as deckgen has it."""
    lines = [
        f"- id: n{note.number}",
        "  question: >-",
        f"    {markdown(note.question)}",
        "  answer: |",
        f"    {markdown(note.answer)}",
    ]
    if note.table:
        head, *body = [f"    | {' | '.join(map(markdown, row))} |" for row in note.table]
        lines += ["", head, f"    |{'---|' * len(note.table[0])}", *body]
    return "\n".join([*lines, "  why: >-", f"    {markdown(note.why)}", ""])


def markdown(text: str) -> str:
    """Markup of `handout.py` as Card Markdown."""
    for tag, sign in (("b", "**"), ("i", "*"), ("sub", "~"), ("sup", "^")):
        text = text.replace(f"<{tag}>", sign).replace(f"</{tag}>", sign)
    return text


def write_anki_yaml_tool(folder: Path, count: int) -> None:
    """A note type, then the notes."""
    head = (
        "config:\n  name: M\n  fields: [Front, Back]\n  templates:\n"
        '    - {name: C, qfmt: "{{Front}}", afmt: "{{Back}}"}\ndeck-name: Bench\ndata:\n'
    )
    notes = (f'  - front: "{front}"\n    back: "{back}"\n' for front, back in rows(count))
    write_lines(folder / "bench.yaml", joined(head, notes))


def write_yaml2anki(folder: Path, count: int) -> None:
    """Nothing but the notes."""
    notes = (f'  - front: "{front}"\n    back: "{back}"\n' for front, back in rows(count))
    write_lines(folder / "bench.yaml", joined("deck_name: Bench\ncards:\n", notes))


def write_ankcompiler(folder: Path, count: int) -> None:
    """Markdown; every card has an id of ten characters. It wants its output folder to be there."""
    (folder / "out").mkdir()
    cards = (f"\n---\n\n{q}\n\n:::\n\n{a}\n\n---\n[^uid]: u{i:09d}\n" for i, (q, a) in enumerate(rows(count)))
    write_lines(folder / "src" / "bench.md", joined("---\ndeck: Bench\n---\n", cards))


def write_nothing(_folder: Path, _count: int) -> None:
    """A script makes its notes itself."""


def joined(head: str, rest: Iterator[str]) -> Iterator[str]:
    """A head, and what follows it."""
    yield head
    yield from rest


def deckgen(kind: Makes) -> Callable[[Path, int], list[str]]:
    """The command a user gives."""
    return lambda bin_, _count: [str(bin_ / "deckgen"), "-q", "-C", ".", "build", "-f", kind]


def script(name: str, output: str, *more: str) -> Callable[[Path, int], list[str]]:
    """A script of this folder, run by the Python that has the library."""
    return lambda bin_, count: [str(bin_ / "python"), str(HERE / name), str(count), output, *more]


def set_in_lato(name: str, *more: str) -> Callable[[Path, int], list[str]]:
    """A script of this folder that makes the handout with the font files that deckgen uses."""

    def command(bin_: Path, count: int) -> list[str]:
        found = importlib.util.find_spec("fontpkg_lato")
        folder = Path(*found.submodule_search_locations) if found and found.submodule_search_locations else HERE
        return script(name, "bench.pdf", str(folder / "files"), *more)(bin_, count)

    return command


def anki_yaml_tool(bin_: Path, _count: int) -> list[str]:
    """The command of its README."""
    return [str(bin_ / "anki-yaml-tool"), "build", "--file", "bench.yaml", "--output", "bench.apkg"]


def ankcompiler(bin_: Path, _count: int) -> list[str]:
    """The command of its README."""
    return [str(bin_ / "ankc"), "build", "--all", "--path", "src", "--output", "out"]


def yaml2anki(option: str, output: str) -> Callable[[Path, int], list[str]]:
    """The command of its README, with the option that names the form."""
    return lambda bin_, _count: [str(bin_ / "yaml2anki"), "bench.yaml", option, output]


# deckgen itself has no requirement: it is the one that `make` installed. The first of a discipline is its reference.
DECKGEN = ""
CONTESTANTS = (
    Contestant("deckgen", "apkg", DECKGEN, write_deckgen, deckgen("apkg"), "build/**/*.apkg", most=LARGE),
    Contestant(
        "deckgen, ledger, nothing changed", "apkg", DECKGEN, write_deckgen, deckgen("apkg"), "build/**/*.apkg",
        least=10_000, most=LARGE, prepare=released(0),
    ),
    Contestant(
        "deckgen, ledger, 1 % changed", "apkg", DECKGEN, write_deckgen, deckgen("apkg"), "build/**/*.apkg",
        least=10_000, most=LARGE, prepare=released(100),
    ),
    Contestant(
        "deckgen, ledger, all changed", "apkg", DECKGEN, write_deckgen, deckgen("apkg"), "build/**/*.apkg",
        least=10_000, most=LARGE, prepare=released(1),
    ),
    Contestant(
        "genanki, by script", "apkg", "genanki==0.13.1",
        write_nothing, script("drive_genanki.py", "bench.apkg"), "bench.apkg", most=LARGE,
    ),
    Contestant(
        "anki-yaml-tool", "apkg", "anki-yaml-tool==0.4.0", write_anki_yaml_tool, anki_yaml_tool, "bench.apkg", most=LARGE,
    ),
    Contestant(
        "deckgen", "apkg", DECKGEN, write_subdecks, deckgen("apkg"), "build/**/*.apkg",
        least=10_000, most=LARGE, task=f"in {SUBDECKS:,} subdecks",
    ),
    Contestant(
        "genanki, by script", "apkg", "genanki==0.13.1",
        write_nothing, script("drive_genanki.py", "bench.apkg", str(SUBDECKS)), "bench.apkg",
        least=10_000, most=LARGE, task=f"in {SUBDECKS:,} subdecks",
    ),
    Contestant("ankcompiler", "apkg", "ankcompiler==0.6.0", write_ankcompiler, ankcompiler, "out/**/*.apkg"),
    Contestant(
        "yaml2anki", "apkg", "yaml2anki==0.1.4",
        write_yaml2anki, yaml2anki("-o", "bench.apkg"), "bench.apkg", python=(3, 13),
    ),
    Contestant("deckgen, cards", "pdf", DECKGEN, write_deckgen, deckgen("pdf"), "build/**/*.pdf"),
    Contestant("deckgen, handout", "pdf", DECKGEN, write_handout, deckgen("pdf"), "build/**/*.pdf"),
    Contestant(
        "flashcard-generator, by script", "pdf", "flashcard-generator==0.1.1",
        write_nothing, script("drive_flashcard_generator.py", "bench.pdf"), "bench.pdf",
    ),
    Contestant(
        "yaml2anki --pdf", "pdf", "yaml2anki==0.1.4",
        write_yaml2anki, yaml2anki("--pdf", "bench.pdf"), "bench.pdf", python=(3, 13), most=1_000,
    ),
    Contestant(
        "deckgen", "pdf", DECKGEN, write_printed("handout"), deckgen("pdf"), "build/**/*.pdf",
        task="as a handout", printed=True,
    ),
    Contestant(
        "WeasyPrint, by script", "pdf", "weasyprint==70.0", write_nothing, set_in_lato("drive_weasyprint.py"), "bench.pdf",
        most=1_000, task="as a handout", printed=True,
    ),
    Contestant(
        "WeasyPrint, by script, PDF/UA-1", "pdf", "weasyprint==70.0",
        write_nothing, set_in_lato("drive_weasyprint.py", "pdf/ua-1"), "bench.pdf",
        most=1_000, task="as a handout", printed=True,
    ),
    Contestant(
        "ReportLab, by script", "pdf", "reportlab==5.1.0", write_nothing, set_in_lato("drive_reportlab.py"), "bench.pdf",
        most=1_000, task="as a handout", printed=True,
    ),
    Contestant(
        "ReportLab, by script, no contents", "pdf", "reportlab==5.1.0",
        write_nothing, set_in_lato("drive_reportlab.py", "no"), "bench.pdf",
        most=1_000, task="as a handout", printed=True,
    ),
    Contestant(
        "deckgen", "pdf", DECKGEN, write_printed("cards"), deckgen("pdf"), "build/**/*.pdf",
        least=1_000, task="as cards to cut", printed=True,
    ),
)  # fmt: skip
