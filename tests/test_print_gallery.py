"""The gallery of printed pages (docs/gallery/print.md): its commands, its pictures, and how they are drawn."""

from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import print_gallery
import pytest
from PIL import Image
from printed import ROOT, deck, numbered, opened, print_deck
from test_docs import read_command

from deckgen.jobs import LAYOUTS, PAPERS, PrintJob

PICTURES = print_gallery.every_picture()
MOST_BYTES = 1_200_000


def test_the_page_is_the_one_the_tool_writes() -> None:
    """What stands on the page was not changed by hand, so that no caption can be of another command."""
    assert print_gallery.PAGE.read_text(encoding="utf-8") == print_gallery.page()


def test_every_picture_is_there() -> None:
    """The page and the README show what the tool draws, all of it and nothing else; together small enough for a repository."""
    made = {path.name: path for path in print_gallery.PICTURES.iterdir()}
    names = {f"{each.name}.png" for each in PICTURES}
    assert made.keys() == names | {f"{print_gallery.ALL}.png"}
    shown = re.findall(r"!\[[^]]+\]\(print/([^)]+)\)", print_gallery.PAGE.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(names)
    assert f"](docs/gallery/print/{print_gallery.ALL}.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in made.values()) < MOST_BYTES
    for path in made.values():
        with Image.open(path) as picture:
            assert picture.mode == "P", path.name
            assert min(picture.size) > 300, path.name


def test_every_layout_is_in_the_gallery() -> None:
    """There is a picture of each printed form, of each way to print backs, and of each way to set text."""
    asked = [read_command(each.command).params for each in PICTURES]
    assert {layout for each in asked for layout in each["layouts"]} == set(LAYOUTS)
    assert {each["print_duplex"] for each in asked} >= {None, "short", "fold"}
    assert {each["print_text"] for each in asked} >= {None, "large", "dyslexia"}
    assert {paper for each in asked for paper in each["papers"]} == set(PAPERS)
    assert len({each["print_size"] for each in asked if each["print_size"]}) >= 3


@pytest.mark.parametrize("picture", PICTURES, ids=lambda each: each.name)
def test_every_command_names_what_is_there(picture: print_gallery.Picture) -> None:
    """A set that a caption names is a file of the deck, and its pages are on one paper."""
    words = shlex.split(picture.command)
    project = ROOT / words[words.index("-C") + 1] if "-C" in words else ROOT
    for name in read_command(picture.command).params["print_sets"]:
        assert list(project.glob(f"cards/*/{name}")), name
    (paper,) = read_command(picture.command).params["papers"]
    assert all(sheet.file.endswith(f"-{paper}") for sheet in picture.sheets)


def test_a_picture_is_the_same_every_time() -> None:
    """The same pages give the same bytes: two pages side by side with a rim around them, in few colours."""
    files = print_deck(deck(numbered(3)), jobs=(PrintJob("cards", "a4", marks="lines"),))
    sheets = print_gallery.pages("cards-a4", 1, 2)
    first = print_gallery.drawn(sheets, files)
    assert first == print_gallery.drawn(sheets, files)
    assert first != print_gallery.drawn(sheets[:1], files)
    with Image.open(io.BytesIO(first)) as picture:
        assert picture.size == (
            2 * 530 + 3 * print_gallery.GAP,
            749 + 2 * print_gallery.GAP,
        )  # A4, begun pixels counted
        assert 2 < len(picture.getcolors() or []) <= print_gallery.COLOURS


def test_a_page_that_is_not_there_is_no_picture() -> None:
    """A command whose pages are fewer than the gallery shows must not go unnoticed."""
    files = print_deck(deck(numbered(1)), jobs=(PrintJob("cards", "a4"),))
    with pytest.raises(IndexError):
        print_gallery.drawn(print_gallery.pages("cards-a4", 3), files)


def test_what_a_command_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool runs a command as it stands, and finds its files without the deck's name, whatever the printer here needs."""
    monkeypatch.setenv("DECKGEN_OFFSET", "1,1")
    files = print_gallery.printed("deckgen -C docs/gallery build --layout calibration --paper letter", tmp_path)
    assert list(files) == ["calibration-letter"]
    assert "Printed without an offset." in opened(files["calibration-letter"])[0].get_text()
