"""Fonts that a project brings along: found, tried, set in, and never the reason that a build breaks down."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from fontmaking import make_font
from fontTools.ttLib import TTCollection, TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable
from printed import bare, deck, note, one, opened, para, print_deck

from deckgen import build as pipeline
from deckgen.diagnostics import Bag, Source, Span
from deckgen.export import inspect
from deckgen.files import Folder
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Code, Emphasis, Strong, Text
from deckgen.model import ExtraFonts, FontFamily
from deckgen.printing import extents, runs
from deckgen.printing.fontfiles import read_fonts
from deckgen.printing.fonts import PACKAGES, Fonts, ours

PLACE = Span(Source("deckgen.yaml", "fonts: x\n"), 7, 8)
HAN = "骨折密度低下"
ARABIC = "هشاشة العظام"
# A letter of Persian that DejaVu Sans Mono has, and the little font for Arabic has not.
PERSIAN = "گ"


def project(root: Path, files: dict[str, bytes], fonts: str, answer: str = "骨折") -> Path:
    """A project of one card, with these files under `fonts/`."""
    (root / "cards" / "bones").mkdir(parents=True)
    (root / "fonts").mkdir()
    for name, data in files.items():
        (root / "fonts" / name).write_bytes(data)
    settings = (
        f"publisher: Test\nhome: https://example.org\nfonts: {fonts}\npapers: a4\ndecks:\n  bones:\n    name: Bones\n"
    )
    (root / "deckgen.yaml").write_text(settings, encoding="utf-8")
    card = f"title: One\nnotes:\n  - id: fracture\n    question: What is it?\n    answer: {answer}\n"
    (root / "cards" / "bones" / "01.yaml").write_text(card, encoding="utf-8")
    return root


def reading(root: Path, *entries: str) -> tuple[ExtraFonts, Bag]:
    bag = Bag()
    return read_fonts(Folder(root), dict.fromkeys(entries, PLACE), bag), bag


def extra(root: Path, **fonts: bytes) -> ExtraFonts:
    """The fonts in these files, read as a project's are; none of them may be refused."""
    for name, data in fonts.items():
        (root / f"{name}.ttf").write_bytes(data)
    found, bag = reading(root, *(f"{name}.ttf" for name in fonts))
    assert not list(bag), [item.message for item in bag]
    return found


def embedded(document: Any) -> set[str]:
    """The names of the fonts in a PDF, without the mark of the subset."""
    return {font[3].partition("+")[2] for page in document for font in page.get_fonts()}


def spans(document: Any) -> list[tuple[str, str]]:
    """What each font has drawn: (font, text)."""
    return [
        (span["font"], span["text"])
        for page in document
        for block in page.get_text("dict", flags=pymupdf.TEXT_PRESERVE_WHITESPACE)["blocks"]
        for line in block["lines"]
        for span in line["spans"]
    ]


# ---- what a font of the project's does ------------------------------------------------------------------------------


def test_a_font_in_the_project_draws_what_ours_cannot(tmp_path: Path) -> None:
    """Named in the settings, it takes the warning away in `check` and `build`; it is embedded as a subset, and the text can be copied."""
    without = pipeline.check(project(tmp_path / "a", {}, "[]"))
    assert [(item.code, item.severity) for item in without.bag] == [("missing-glyph", "warning")]
    root = project(tmp_path / "b", {"han.ttf": make_font("Test Han", HAN)}, "fonts/han.ttf")
    assert not list(pipeline.check(root).bag)
    options = pipeline.Options(formats=("pdf",), layouts=("handout",), output=tmp_path / "out")
    result = pipeline.build(root, options)
    assert not list(result.bag), [item.message for item in result.bag]
    document = opened(result.artifacts[0].data)
    assert "骨折" in bare(document[0].get_text())
    assert "TestHan-Regular" in embedded(document)


def test_pages_are_the_same_wherever_the_font_lies(tmp_path: Path) -> None:
    """Folder and name of the file never reach a page: two builds in two folders are equal byte for byte."""
    font, made = make_font("Test Han", HAN), []
    for number, name in enumerate(("han.ttf", "zz-quite-another-name.ttf")):
        root = project(tmp_path / f"folder-{number}", {name: font}, f"fonts/{name}")
        options = pipeline.Options(formats=("pdf",), output=tmp_path / f"out-{number}")
        made.append({each.name: each.data for each in pipeline.build(root, options).artifacts})
    assert made[0] == made[1]
    assert len(made[0]) == 2
    assert not any(word in data for data in made[0].values() for word in (b"quite-another", b"folder-0", b"/tmp"))


def test_a_family_without_bold_and_italics_is_set_all_the_same(tmp_path: Path) -> None:
    """Where a family has only the regular style, it draws bold, italics and code too; nothing is missed or made up."""
    fonts = extra(tmp_path, han=make_font("Test Han", HAN))
    words = Text("骨折")
    answer = (para(words, Strong((words,)), Emphasis((words,)), Strong((Emphasis((words,)),)), Code("骨折")),)
    for layout in ("handout", "cards"):
        document = one(deck([note("x", Question="骨?", Answer=answer)]), layout, fonts=fonts)
        assert bare("".join(page.get_text() for page in document)).count("骨折") == 5
        assert {name for name in embedded(document) if "Test" in name} == {"TestHan-Regular"}


def test_a_style_that_lacks_a_character_does_not_stop_the_build(tmp_path: Path) -> None:
    """The bold of a family may have less than its regular: what either lacks counts as missing, because either may be taken."""
    fonts = extra(tmp_path, regular=make_font("Test Han", HAN), bold=make_font("Test Han", HAN[:3], "Bold"))
    assert [family.name for family in fonts.families] == ["Test Han"]
    bag = Bag()
    answer = (para(Strong((Text(HAN),)), Text(HAN)),)
    one(deck([note("x", Question="Q?", Answer=answer)]), "handout", bag=bag, fonts=fonts)
    (problem,) = bag
    assert problem.code == "missing-glyph"
    assert HAN[3] in problem.message
    assert HAN[0] not in problem.message


def test_latin_letters_stay_ours_and_other_scripts_are_the_projects(tmp_path: Path) -> None:
    """A font for Arabic that has Latin letters draws only Arabic, and all of it, though DejaVu Sans Mono has Arabic too."""
    fonts = extra(tmp_path, arabic=make_font("Test Arabic", ARABIC + "abcdefghijklmnopqrstuvwxyz≤✓"))
    document = one(deck([note("x", Question="Q?", Answer=f"bones ≤ ✓ {ARABIC}")]), "handout", fonts=fonts)
    drawn = spans(document)
    assert {font for font, text in drawn if any(char in text for char in ARABIC if char != " ")} == {
        "TestArabic-Regular"
    }
    assert {font for font, text in drawn if "bones" in text or "≤" in text} == {"Lato-Regular"}


def test_a_word_of_joining_letters_is_set_in_one_font(tmp_path: Path) -> None:
    """A word with a letter that the first font lacks is drawn whole by the next that has all of it, or its letters would not join."""
    fonts = extra(tmp_path, arabic=make_font("Test Arabic", "".join(set(ARABIC) | set("پتو"))))
    assert Fonts(fonts).drawn("پ") == "every"
    assert ord(PERSIAN) not in fonts.families[0].every
    document = one(deck([note("x", Question="Q?", Answer=f"{ARABIC} پ{PERSIAN}تو")]), "handout", fonts=fonts)
    whole = {text.strip() for font, text in spans(document) if font == "DejaVuSansMono"}
    assert any(sorted(text) == sorted(f"پ{PERSIAN}تو") for text in whole), whole
    assert "TestArabic-Regular" in embedded(document)


def test_pictures_that_are_joined_are_drawn_by_one_font() -> None:
    """A sign is ours unless it is wanted as a picture (U+FE0F) or is one of several made one; then it is the coloured font's."""
    woman, health, skin = "👩", "⚕", "🏽"
    colour = FontFamily("Test Colour", frozenset(map(ord, f" ✓⚠{woman}{health}{skin}")), frozenset(), colour=True)
    fonts = Fonts(ExtraFonts((colour,)))
    last = len(fonts.text) - 1
    assert fonts.text[last] == "Test Colour"
    doctor = f"{woman}{skin}\u200d{health}\ufe0f"
    found = [(run.text, run.family) for run in fonts.runs(f"✓ ⚠\ufe0f {doctor}.")]
    assert found == [("✓ ", -1), ("⚠\ufe0f", last), (" ", -1), (doctor, last), (".", -1)]


def test_coloured_fonts_are_printed(tmp_path: Path) -> None:
    """A font of coloured signs is set in an archival PDF, and takes no plain sign's place."""
    fonts = extra(tmp_path, colour=make_font("Test Colour", "✓⚠🦴", coloured=True))
    assert fonts.families[0].colour
    document = one(deck([note("x", Question="Q?", Answer="✓ then ⚠\ufe0f 🦴")]), "handout", fonts=fonts)
    words = bare(document[0].get_text())
    assert "🦴" in words
    assert "✓" in words
    assert "TestColour-Regular" not in {font for font, text in spans(document) if "✓" in text}


def test_a_line_may_end_between_signs_that_have_no_spaces(tmp_path: Path) -> None:
    """A long text in Chinese fills the lines of a card; it is no single word that would be too wide for it."""
    fonts = extra(tmp_path, han=make_font("Test Han", HAN, widths=dict.fromkeys(HAN, 1000)))
    text = HAN * 12
    document = one(deck([note("x", Question="Q?", Answer=text)]), "cards", fonts=fonts)
    assert bare(document[1].get_text()).count("骨折密度低下") == 12


def test_wide_letters_are_reckoned_as_wide_as_they_are(tmp_path: Path) -> None:
    """What is wider than letters are is not taken to fit where it does not: its width goes with the text."""
    fonts = Fonts(extra(tmp_path, wide=make_font("Test Wide", "﷽ا", widths={"﷽": 9000})))
    (paragraph,) = runs.settle([["p", [["t", "a ﷽ ا b"]]]], lambda _: None, fonts)
    assert sum(map(extents.width, paragraph[1])) > 9.0
    assert sum(map(extents.width, runs.settle_text("a ا b", lambda _: None, fonts))) < 5.0
    assert "".join(piece for node in paragraph[1] for piece in texts(node)) == "a ﷽ ا b"


def texts(node: list[Any]) -> list[str]:
    if node[0] in extents.WRAPPERS:
        return [text for child in node[extents.WRAPPERS[node[0]]] for text in texts(child)]
    return [node[1]]


def test_projects_of_one_process_do_not_share_fonts(tmp_path: Path) -> None:
    """What one project can draw says nothing of the next; a project without fonts is set in ours alone."""
    fonts = Fonts(extra(tmp_path, han=make_font("Test Han", HAN)))
    assert fonts.drawn("骨") == "every"
    assert ours().drawn("骨") == "no"
    assert ours().text == ("Lato", "Libertinus Serif", "DejaVu Sans Mono")
    assert ours().code == ("DejaVu Sans Mono", "Lato", "Libertinus Serif")
    assert fonts.text == ("Lato", "Test Han", "Libertinus Serif", "DejaVu Sans Mono")


def test_a_collection_is_its_first_family(tmp_path: Path) -> None:
    """Collections hold the same signs for several languages; the first family is taken, in all of its styles."""
    collection = TTCollection()
    for number, (family, style) in enumerate((("Test JP", "Regular"), ("Test SC", "Regular"), ("Test JP", "Bold"))):
        path = tmp_path / f"{number}.ttf"
        path.write_bytes(make_font(family, HAN, style))
        collection.fonts.append(TTFont(path))
    collection.save(tmp_path / "han.ttc")
    found, bag = reading(tmp_path, "han.ttc")
    assert not list(bag)
    assert [family.name for family in found.families] == ["Test JP"]
    document = one(deck([note("x", Question="骨?", Answer="折")]), "handout", fonts=found)
    assert {"TestJP-Regular", "TestJP-Bold"} <= embedded(document)


# ---- packages -------------------------------------------------------------------------------------------------------


def test_a_font_package_is_read_and_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files are found where it is installed; its code could do anything, and does not get to."""
    files = tmp_path / "site" / "fontpkg_test_han" / "files"
    files.mkdir(parents=True)
    (files.parent / "__init__.py").write_text("raise RuntimeError('this package was run')\n")
    (files / "TestHan[wght].ttf").write_bytes(make_font("Test Han", HAN))
    monkeypatch.syspath_prepend(tmp_path / "site")
    found, bag = reading(tmp_path, "fontpkg-test-han")
    assert not list(bag)
    assert [family.name for family in found.families] == ["Test Han"]
    assert "fontpkg_test_han" not in sys.modules


def test_a_package_that_is_not_installed_is_named_with_its_remedy(tmp_path: Path) -> None:
    """The message says what to install."""
    _, (problem,) = reading(tmp_path, "fontpkg-no-such-font-at-all")
    assert (problem.code, problem.severity) == ("unknown-font-package", "error")
    assert "pip install fontpkg-no-such-font-at-all" in problem.hints[0]
    assert problem.span == PLACE


@pytest.mark.parametrize(
    ("text", "package"), [("骨", ""), ("हड्डी", PACKAGES["DEVANAGARI"]), ("กระดูก", PACKAGES["THAI"]), ("🦴", "")]
)
def test_a_missing_character_comes_with_where_to_get_it(text: str, package: str) -> None:
    """The warning names card and character, and a package where we know one; else it asks for a file in the project."""
    bag = Bag()
    inspect(deck([note("fracture", Question="Q?", Answer=text)]), [PrintJob("handout", "a4")], bag)
    (problem,) = bag
    assert problem.code == "missing-glyph"
    assert f"U+{ord(text[0]):04X}" in problem.message
    assert "answer of `fracture`" in problem.message
    assert "`fonts`" in problem.hints[-1]
    assert (f"pip install {package}" if package else "into the project") in problem.hints[-1]
    assert len(problem.hints) == 2


# ---- what is no font ------------------------------------------------------------------------------------------------


def bomb() -> bytes:
    """A font whose table of characters says that one glyph draws 1,100,000 characters, four hundred times over."""
    font = TTFont(io.BytesIO(make_font("Test Bomb", HAN)))
    groups = b"".join(struct.pack(">LLL", 0x20, 0x10FFFF, 1) for _ in range(400))
    table = struct.pack(">HHLLL", 12, 0, 16 + len(groups), 0, 400) + groups
    raw = DefaultTable("cmap")
    raw.data = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + table
    font["cmap"] = raw
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def test_files_that_are_no_fonts_are_named_one_by_one(tmp_path: Path) -> None:
    """Text, half a font, a damaged font, a family of ours and a font that is there twice: each is an error of its own, in one go."""
    good = make_font("Test Han", HAN)
    files = {
        "text.ttf": b"no font at all\n",
        "empty.otf": b"",
        "half.ttf": good[: len(good) // 2],
        "damaged.ttf": make_font("Test Other", HAN).replace(b"glyf", b"glyx", 1),
        "lato.ttf": make_font("Lato", HAN),
        "good.ttf": good,
        "again.ttf": good,
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found, bag = reading(tmp_path, *files)
    assert {item.code for item in bag} == {"bad-font"}
    assert {item.severity for item in bag} == {"error"}
    for name in files:
        assert any(f"`{name}`" in item.message for item in bag) == (name != "good.ttf"), name
    assert "Test Han" in [family.name for family in found.families]


@pytest.mark.parametrize(
    ("entry", "code"),
    [("fonts/none.ttf", "missing-file"), ("../none.ttf", "outside-project"), ("Noto Sans Thai", "bad-font"), ("fontpkg-Lato;x", "bad-font"),
     ("fonts/none.woff2", "bad-font")],
)  # fmt: skip
def test_an_entry_that_names_no_font_says_so(tmp_path: Path, entry: str, code: str) -> None:
    """Each with its place in the settings, and what to write."""
    found, (problem,) = reading(tmp_path, entry)
    assert (problem.code, problem.span) == (code, PLACE)
    assert not found.families


def test_a_font_that_swells_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 7 kB that says it has hundreds of millions of characters costs some seconds and a diagnostic, not the machine."""
    monkeypatch.setattr("deckgen.printing.fontfiles.SECONDS", 2)
    (tmp_path / "bomb.ttf").write_bytes(bomb())
    _, bag = reading(tmp_path, "bomb.ttf")
    assert [item.code for item in bag] == ["bad-font"]


def test_a_bad_font_stops_the_build_and_not_the_program(tmp_path: Path) -> None:
    """`build` writes nothing and says why; packages for Anki need no font, and are made."""
    root = project(tmp_path / "p", {"x.ttf": b"no font"}, "fonts/x.ttf")
    result = pipeline.build(root, pipeline.Options(formats=("pdf",), output=tmp_path / "out"))
    assert "bad-font" in [item.code for item in result.bag]
    assert not result.artifacts
    assert pipeline.build(root, pipeline.Options(formats=("apkg",), output=tmp_path / "out")).artifacts


def test_fonts_serve_layouts_of_the_project_too(tmp_path: Path) -> None:
    """A layout that a project brings along runs with limits, and has the same fonts."""
    fonts = extra(tmp_path, han=make_font("Test Han", HAN))
    made = deck([note("x", Question="骨?", Answer="折")])
    trusted = print_deck(made, layouts=("handout",), papers=("a4",), fonts=fonts)
    limited = print_deck(made, layouts=("handout",), papers=("a4",), fonts=fonts, print_trusted=False)
    assert trusted == limited
