"""Tables that the handout prints whole, and the link on every card by which readers report an error."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from conftest import SVG, MakeProject, Run
from printed import bare, opened

from deckgen.build import Options, build, check
from deckgen.markup.plain import to_plain

TABLE = """\
tables:
  diuretics:
    title: Diuretics
    columns: {name: name, target: molecular target, uses: uses}
    rows:
      furosemide: {name: Furosemide, target: "Na^+^-K^+^-2Cl^−^", uses: [oedema, hypertension]}
      amiloride: {name: Amiloride, target: ENaC}
"""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
NOTES = "notes:\n- {id: a, question: Why?, answer: So.}\n"
SETTINGS = "publisher: Example\n{}decks:\n  heart: {{name: Heart}}\n"


def handout(made: MakeProject, text: str) -> str:
    """The words of the handout, page by page."""
    root = made({"cards/heart/a.yaml": text})
    result = build(root, Options(formats=("pdf",), papers=("a4",), layouts=("handout",)))
    assert [each.message for each in result.bag] == []
    document = opened(result.artifacts[0].data)
    return "\f".join(page.get_text() for page in document)


def test_a_comparison_is_a_table_behind_the_sets(project: MakeProject) -> None:
    """Title, heads and cells are there; an empty cell is a dash, a list one cell; the questions come before."""
    words = bare(handout(project, TABLE + "comparisons: {diuretics: {}}\n" + NOTES))
    assert words.index("Why?") < words.index("Diuretics")
    for cell in ("Diuretics", "Moleculartarget", "Furosemide", "oedema;hypertension", "ENaC", "–"):
        assert cell in words


def test_columns_choose_and_order_and_a_title_renames(project: MakeProject) -> None:
    """Only the columns that are named stand there, in that order."""
    given = "comparisons: {diuretics: {title: Where they act, columns: [target, name]}}\n"
    words = bare(handout(project, TABLE + given + NOTES).split("\f")[-1])
    assert "Wheretheyact" in words
    assert "oedema" not in words
    assert words.index("Moleculartarget") < words.index("Name")


def test_heads_get_a_capital_but_no_other_meaning(project: MakeProject) -> None:
    """`eGFR` is a filtration rate, `EGFR` a receptor."""
    table = TABLE.replace("target: molecular target", "target: eGFR below which it fails")
    words = bare(handout(project, table + "comparisons: {diuretics: {}}\n" + NOTES))
    assert "eGFRbelow" in words
    assert "Name" in words


def test_a_long_comparison_repeats_its_head(project: MakeProject) -> None:
    """On every page that it fills."""
    rows = "".join(f"      r{n}: {{name: Drug {n}, target: Target {n}}}\n" for n in range(120))
    text = handout(project, TABLE + rows + "comparisons: {diuretics: {}}\n" + NOTES)
    sheets = [page for page in text.split("\f") if "Drug 1" in page]
    assert len(sheets) > 1
    assert all("Molecular target" in page for page in sheets)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("comparisons: {diuretic: {}}", "unknown-table", "did you mean `diuretics`?"),
        ("comparisons: {diuretics: {columns: [targt]}}", "unknown-column", "did you mean `target`?"),
        ("comparisons: {diuretics: {column: [target]}}", "unknown-key", "did you mean `columns`?"),
        ("comparisons: [diuretics]", "wrong-shape", ""),
        ("comparisons: {diuretics: {columns: []}}", "empty-text", ""),
        ("comparisons: {diuretics: {columns: [[name]]}}", "wrong-shape", ""),
    ],
)
def test_what_is_wrong_is_said_at_its_place(project: MakeProject, given: str, code: str, said: str) -> None:
    """With the name that was meant."""
    result = check(project({"cards/heart/a.yaml": f"{TABLE}{given}\n{NOTES}"}))
    (found,) = result.bag
    assert (found.code, found.span.line) == (code, 8)
    assert said in found.label


def test_a_cell_of_several_paragraphs_is_no_cell(project: MakeProject) -> None:
    """A list or a second paragraph would break the row."""
    rows = '      x: {name: "- a\\n- b"}\n'
    result = check(project({"cards/heart/a.yaml": f"{TABLE}{rows}comparisons: {{diuretics: {{}}}}\n{NOTES}"}))
    assert [(each.code, each.span.line) for each in result.bag] == [("wrong-shape", 8)]


def test_a_cell_may_show_a_picture(project: MakeProject) -> None:
    """It is printed; packages do without it; one that is not there is told at its row."""
    rows = '      x: {name: "![a valve](images/v.svg)"}\n'
    text = f"{TABLE}{rows}comparisons: {{diuretics: {{columns: [name]}}}}\n{NOTES}"
    files = {"cards/heart/a.yaml": text, "cards/heart/images/v.svg": SVG}
    result = build(project(files), Options(formats=("pdf", "apkg"), papers=("a4",)))
    assert not result.bag
    package = next(each for each in result.artifacts if each.name.endswith(".apkg"))
    assert json.loads(zipfile.ZipFile(io.BytesIO(package.data)).read("media")) == {}
    (found,) = check(project({"cards/heart/a.yaml": text}, "gone")).bag
    assert (found.code, found.span.line) == ("missing-image", 8)


def test_a_set_may_hold_nothing_but_a_comparison(project: MakeProject) -> None:
    """The table stands in one file, the sheet in another."""
    files = {"cards/heart/a.yaml": TABLE + NOTES, "cards/heart/b.yaml": "comparisons: {diuretics: {}}\n"}
    assert not check(project(files)).bag


def test_a_picture_in_a_cell_is_looked_for(project: MakeProject) -> None:
    """Although no note shows it; what is missing is told at its row."""
    rows = '      x: {name: "![A square](images/x.svg)", target: "![A beat](audio/none.mp3)"}\n'
    files = {"cards/heart/a.yaml": f"{TABLE}{rows}comparisons: {{diuretics: {{}}}}\n{NOTES}"}
    found = check(project(files)).bag
    assert [(each.code, each.span.line) for each in found] == [("missing-image", 8), ("missing-sound", 8)]
    files["cards/heart/a.yaml"] = files["cards/heart/a.yaml"].replace(', target: "![A beat](audio/none.mp3)"', "")
    root = project(files | {"cards/heart/images/x.svg": SQUARE}, "q")
    result = build(root, Options(formats=("pdf",), papers=("a4",), layouts=("handout",)))
    assert ([each.message for each in result.bag], len(result.artifacts)) == ([], 1)


def test_too_many_columns_for_a_page(project: MakeProject) -> None:
    """Letters would lie on each other; what can be done is said."""
    text = f"tables: {{wide: {{columns: [{', '.join(f'c{n}' for n in range(21))}], rows: {{r: {{c0: x}}}}}}}}\n"
    (found,) = check(project({"cards/heart/a.yaml": f"{text}comparisons: {{wide: {{}}}}\n{NOTES}"})).bag
    assert (found.code, found.span.line, "`columns`" in found.hints[0]) == ("wrong-shape", 2, True)


def test_short_words_have_room_beside_long_ones(project: MakeProject) -> None:
    """A column of short words keeps their width where others have words without end."""
    cells = "c0: " + "Donaudampfschiff" * 8 + ", c1: " + "x" * 200 + ", c2: " + "y" * 200 + ", c3: WM"
    text = f"tables: {{wide: {{columns: [c0, c1, c2, c3], rows: {{r: {{{cells}}}}}}}}}\n"
    root = project({"cards/heart/a.yaml": f"{text}comparisons: {{wide: {{}}}}\n{NOTES}"})
    result = build(root, Options(formats=("pdf",), papers=("a4",), layouts=("handout",)))
    (page,) = opened(result.artifacts[0].data)
    right = {word[4]: word[2] for word in page.get_text("words")}
    assert right["WM"] <= page.rect.width - page.rect.width * 17 / 210


def backs(made: MakeProject, settings: str) -> list[str]:
    root = made({"deckgen.yaml": SETTINGS.format(settings), "cards/heart/a.yaml": NOTES})
    result = check(root)
    assert not result.bag
    assert result.collection
    kinds = result.collection.note_types["en"].values()
    return [template.back for kind in kinds for template in kind.templates]


def links(back: str) -> list[str]:
    return re.findall(r'<a class="dg-report" href="([^"]*)"', back)


def test_every_back_says_where_to_report_an_error(project: MakeProject) -> None:
    """With the key of the card, which Anki puts in."""
    address = "https://example.org/issues/new?labels=card&title="
    found = backs(project, f"report errors: {address}\nhome: https://example.org\n")
    assert len(found) > 10
    assert {tuple(links(back)) for back in found} == {(address.replace("&", "&amp;") + "{{Ref}}",)}


def test_without_an_address_the_home_page_serves(project: MakeProject) -> None:
    """As it is; and without that nothing is shown."""
    assert {tuple(links(back)) for back in backs(project, "home: https://example.org/deck\n")} == {
        ("https://example.org/deck",)
    }
    assert not any("dg-report" in back for back in backs(project, ""))


@pytest.mark.parametrize("key", ["report errors", "home"])
@pytest.mark.parametrize(
    "address",
    ["ftp://example.org", "https://example.org/{{Answer}}", "example.org", f"https://example.org/{'x' * 2000}"],
)
def test_an_address_is_an_address(project: MakeProject, run: Run, key: str, address: str) -> None:
    """Braces would call a field, and the answer would travel; a face has no room for a book."""
    settings = SETTINGS.format(f"{key}: '{address}'\n")
    code, out, err = run("check", root=project({"deckgen.yaml": settings, "cards/heart/a.yaml": NOTES}))
    assert code == 1
    assert f"not a valid {key}" in out + err


def test_many_mistakes_take_no_longer(project: MakeProject) -> None:
    """What was meant is looked for a hundred times, and no hint lists thousands of tables."""
    tables = "".join(f"  table-{n}: {{columns: [a], rows: {{r: {{a: x}}}}}}\n" for n in range(1000))
    wrong = "".join(f"  tabel-{n}: {{}}\n" for n in range(1000))
    found = list(check(project({"cards/heart/a.yaml": f"tables:\n{tables}comparisons:\n{wrong}{NOTES}"})).bag)
    assert len(found) == 1000
    assert sum(bool(each.label) for each in found) == 100
    assert max(len(each.hints[0]) for each in found) < 400


def test_numbers_in_a_comparison_stay_with_their_units(project: MakeProject) -> None:
    """As in all card text: no line breaks between 35 and mL/min."""
    given = TABLE.replace("target: ENaC", "target: not below 35 mL/min") + "comparisons: {diuretics: {}}\n" + NOTES
    collection = check(project({"cards/heart/a.yaml": given})).collection
    assert collection
    (comparison,) = collection.decks[0].sets[0].comparisons
    assert "35\u00a0mL/min" in to_plain(comparison.table)
