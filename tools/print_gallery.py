"""Draw the gallery of printed pages, docs/gallery/print.md: every layout, set from the project's own deck.

    make gallery

Every picture is made by the command that stands under it on the page, so what is shown is what a reader gets. The same
decks, program and versions of `pymupdf` and `pillow` (both in what the tests need) give the same bytes. Look at the pictures
before you commit them: whether a page is beautiful, no program knows.
"""

from __future__ import annotations

import argparse
import io
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pymupdf
from contact_sheets import in_colours, palette
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "gallery" / "print.md"
PICTURES = PAGE.parent / "print"
DPI = 64  # small type can just be read
COLOURS, NEAR = 32, 12  # more colours show no more
GAP, GROUND = 8, (138, 143, 152)  # px around pages; a grey on which white paper has an edge
ALL = "all"  # the picture of the README
ALL_DPI = 40


class Sheet(NamedTuple):
    """A page of a PDF: the file's name without the deck's; the page's number, from 1 on, or a bookmark that leads to it."""

    file: str
    page: int | str


class Picture(NamedTuple):
    """Some pages of what one command prints, side by side. `words` stand above it, `alt` for it."""

    name: str
    words: str
    alt: str
    command: str
    sheets: tuple[Sheet, ...]


class Chapter(NamedTuple):
    """A heading with its pictures."""

    title: str
    pictures: tuple[Picture, ...]


def pages(file: str, *found: int | str) -> tuple[Sheet, ...]:
    """Pages of one file."""
    return tuple(Sheet(file, each) for each in found)


DRUGS = "Drugs for osteoporosis after menopause (US doses; fractures against placebo)"
HANDOUT = "deckgen build --layout handout --paper a4"
QUIZ = "deckgen build --layout quiz --paper a4 --tag rankl --count 20 --versions 2"
KIT = "deckgen build --layout leitner --paper a4 --tag rankl --start 2027-01-11 --exam 2027-03-19"
CHAPTERS = (
    Chapter("Handout", (
        Picture("handout", "Title, contents and the first set; then questions with answers, figures where they are first needed, warnings in boxes.",
                "Two pages of a handout in two columns", HANDOUT, pages("handout-a4", 1, "Step 2: receptor binding")),
        Picture("handout-end", "Tables over the full width, and what abbreviations mean.",
                "A table of drugs, and a list of abbreviations", HANDOUT, pages("handout-a4", DRUGS, "Abbreviations")),
    )),
    Chapter("Summary", (
        Picture("summary", "What must be known, on one page, in the largest letters that fit.",
                "One page with sections in two columns and a table of drugs", "deckgen build --layout summary --paper a4", pages("summary-a4", 1)),
    )),
    Chapter("Cut cards", (
        Picture("cards", "Eight to a sheet, with crop marks. Number and set stand on both sides; backs are mirrored, so that each comes onto its front.",
                "A sheet of eight questions, and its back with the answers, left and right exchanged",
                "deckgen build --layout cards --paper a4 --set 02-binding.yaml", pages("cards-02-binding-a4", 1, 2)),
        Picture("cards-index", "Index cards of 3 x 5 inches on Letter. The sheet lies on its side and is turned on its short edge; turned on the long edge, its backs would stand on their heads in the file, and be upright on the cards all the same.",
                "A lying sheet of four large cards, and its back",
                "deckgen build --layout cards --paper letter --size 3x5in --duplex short --set 02-binding.yaml", pages("cards-02-binding-3x5in-short-letter", 1, 2)),
        Picture("cards-masked", "A picture whose parts are asked for: covered in front, the part asked for in a heavy frame; named on the back.",
                "Four cards with a covered drawing, and their backs with the labels",
                'deckgen build --layout cards --paper a4 --size a6 --duplex short --set 05-transcription.yaml --kind "image occlusion"', pages("cards-05-transcription-image-occlusion-a6-short-a4", 1, 2)),
        Picture("cards-fold", "To fold over, for printers that print on one side only: question and answer side by side, and a dashed line between them.",
                "A sheet of four pairs of question and answer with fold lines",
                "deckgen build --layout cards --paper a4 --size a7 --duplex fold --set 02-binding.yaml", pages("cards-02-binding-a7-fold-a4", 1)),
        Picture("cards-shop", "For a print shop: business cards with a coloured band that runs 3 mm beyond the cut, and guides for round corners.",
                "A sheet of cards that stand apart, each with a coloured band at its head",
                "deckgen build --layout cards --paper a4 --size business --duplex short --bleed 3mm --corners 3mm --set 02-binding.yaml", pages("cards-02-binding-business-short-a4", 1, 2)),
    )),
    Chapter("Quiz and key", (
        Picture("quiz", "Two versions with the same questions in different order: room to write, points, a code that stands on the key as well.",
                "The first pages of versions A and B of a quiz", QUIZ, (Sheet("quiz-rankl-20-a-a4", 1), Sheet("quiz-rankl-20-b-a4", 1))),
        Picture("key", "The key: answers of both versions at a glance, the numbers of the questions in each, then reasons and sources.",
                "Two pages of the key", QUIZ, pages("quiz-rankl-20-key-a4", 1, 2)),
    )),
    Chapter("Study kit", (
        Picture("leitner", "How the box works, and a calendar up to the exam.",
                "A page that explains the box, and a calendar with the boxes of each day", KIT, pages("leitner-rankl-a4", 1, "January 2027")),
        Picture("leitner-box", "Dividers as wide as the cards, and a log sheet.",
                "Dividers with tabs, and an empty log sheet", KIT, pages("leitner-rankl-a4", "Box 1", "Log sheet")),
    )),
    Chapter("Calibration", (
        Picture("calibration", "Front and back of the test sheet: held against the light, the crosses of the back show through on the scales.",
                "A sheet with five scales and two rulers, and its back with five crosses",
                "deckgen build --layout calibration --paper a4", pages("calibration-a4", 1, 2)),
    )),
    Chapter("For more readers", (
        Picture("large", "Large print: 18 points, one column, no hyphens.",
                "Two pages of a handout in large letters", f"{HANDOUT} --text large --set 02-binding.yaml", pages("handout-02-binding-large-a4", "Step 2: receptor binding", 3)),
        Picture("large-cards", "Cards in large print are larger themselves.",
                "Four large cards and their backs", "deckgen build --layout cards --paper a4 --duplex short --text large --set 02-binding.yaml", pages("cards-02-binding-short-large-a4", 1, 2)),
        Picture("dyslexia", "For readers with dyslexia: letters, words and lines set apart, bold in place of italics.",
                "Two pages of a handout with wide spacing", f"{HANDOUT} --text dyslexia --set 02-binding.yaml", pages("handout-02-binding-dyslexia-a4", 1, 2)),
        Picture("grey", "In greys: nothing is said by colour alone.",
                "Two pages of a handout in black and greys", f"{HANDOUT} --ink grey --set 02-binding.yaml", pages("handout-02-binding-grey-a4", 1, 2)),
        Picture("scripts", "Other scripts, on cards of the gallery of notes: Arabic runs from the right.",
                "Cards in Arabic and German, and their backs",
                "deckgen -C docs/gallery build --layout cards --paper a4 --set 09-other-scripts.yaml", pages("cards-09-other-scripts-a4", 1, 2)),
    )),
)  # fmt: skip
# What the README shows: a page of each kind.
OVERVIEW = tuple(
    Sheet(file, 1)
    for file in ("handout-a4", "cards-02-binding-a4", "quiz-rankl-20-a-a4", "quiz-rankl-20-key-a4", "summary-a4")
)
HEAD = """\
# The gallery of printed pages

Every form in which deckgen prints a deck, from the deck on osteoporosis in this repository. Under each picture stands the command that made the page. `tools/print_gallery.py` (`make gallery`) runs these commands and writes pictures and page; [Printing a deck](../how-to/print.md) tells how to use them, [the reference](../reference/format.md#printing) what each setting means.
"""


def every_picture() -> list[Picture]:
    """All pictures of the page, in its order."""
    return [picture for chapter in CHAPTERS for picture in chapter.pictures]


def page() -> str:
    """The page, as Markdown."""
    parts = [HEAD]
    for chapter in CHAPTERS:
        parts.append(f"## {chapter.title}\n")
        for each in chapter.pictures:
            parts += [f"{each.words}\n", f"![{each.alt}]({PICTURES.name}/{each.name}.png)\n", f"```sh\n{each.command}\n```\n"]  # fmt: skip
    return "\n".join(parts)


def printed(command: str, output: Path) -> dict[str, bytes]:
    """What a command prints: the PDFs by their names, without that of the deck."""
    words = shlex.split(command)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DECKGEN_")}
    environment.pop("SOURCE_DATE_EPOCH", None)
    subprocess.run(
        [sys.executable, "-m", words[0], *words[1:], "--output", str(output)],
        cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return {path.stem.partition("-")[2]: path.read_bytes() for path in output.iterdir()}


def drawn(sheets: Sequence[Sheet], files: Mapping[str, bytes], dpi: int = DPI) -> bytes:
    """Pages side by side, as a PNG of few colours."""
    leaves = [_leaf(files[sheet.file], sheet.page, dpi) for sheet in sheets]
    height = max(leaf.height for leaf in leaves)
    table = Image.new("RGB", (sum(leaf.width + GAP for leaf in leaves) + GAP, height + 2 * GAP), GROUND)
    left = GAP
    for leaf in leaves:
        table.paste(leaf, (left, GAP))
        left += leaf.width + GAP
    buffer = io.BytesIO()
    in_colours(table, palette([table], COLOURS, NEAR)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _leaf(pdf: bytes, page: int | str, dpi: int) -> Image.Image:
    reader: Any = pymupdf
    with reader.open(stream=pdf) as document:
        number = page if isinstance(page, int) else {title: at for _, title, at in document.get_toc()}[page]
        pixels = document[number - 1].get_pixmap(dpi=dpi, alpha=False)
        return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)


def main(arguments: list[str] | None = None) -> int:
    """Write the page and its pictures; 1 when a command or a page is not there."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args(arguments)  # fmt: skip
    made: dict[str, dict[str, bytes]] = {}
    pictures = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for picture in every_picture():
                if picture.command not in made:
                    print(picture.command, file=sys.stderr)
                    made[picture.command] = printed(picture.command, Path(folder, str(len(made))))
                pictures[picture.name] = drawn(picture.sheets, made[picture.command])
        pictures[ALL] = drawn(OVERVIEW, {name: data for each in made.values() for name, data in each.items()}, ALL_DPI)
    except (subprocess.CalledProcessError, KeyError, IndexError) as error:
        print(f"the gallery cannot be made: {error!r}", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    for path in PICTURES.glob("*.png"):
        path.unlink()
    for name, data in pictures.items():
        (PICTURES / f"{name}.png").write_bytes(data)
    PAGE.write_text(page(), encoding="utf-8")
    print(
        f"wrote {PAGE.relative_to(ROOT)} and {len(pictures)} pictures, {sum(map(len, pictures.values())) / 1000:,.0f} kB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
