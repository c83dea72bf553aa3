"""The summary of a deck: read and checked, and set on one page in the largest letters that fit."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from conftest import SVG, MakeProject, Run
from printed import bare, opened, page_letters

from deckgen.build import Options, Result, build, check, read
from deckgen.diagnostics import Bag, Source
from deckgen.references import format_references, read_records

ROOT = Path(__file__).parent.parent
CARDS = """\
tables:
  drugs:
    columns: {name: drug, target: acts on, dose: dose, care: to watch for}
    rows:
      furosemide: {name: Furosemide, target: NKCC2, dose: 40 mg once a day, care: potassium}
      amiloride: {name: Amiloride, target: ENaC, dose: 5 mg once a day, care: potassium}
notes:
- id: conduction
  sequence: The path of the impulse
  steps: {sinus: Sinus node, av: Atrioventricular node, his: Bundle of His}
- {id: chambers, question: How many chambers has the heart?, answer: Four}
"""
REFERENCES = """\
- {id: Katz2021, type: book, title: Pharmacology, author: [{family: Katz, given: B}], issued: {date-parts: [[2021]]}}
- {id: Rest2020, type: book, title: Never cited, author: [{family: Rest, given: A}], issued: {date-parts: [[2020]]}}
"""
SUMMARY = """\
sections:
  - title: The way of the impulse
    steps of: conduction
    text: "**Three** stations."
    references: [Katz2021: p. 9]
  - title: Limits
    text: |
      - below 40 %: reduced
      - from 50 %: preserved
    figure: valves
  - title: Drugs
    wide: true
    comparison: drugs
    columns: [name, care]
"""
SETTINGS = """\
publisher: Test
{extra}decks:
  heart:
    name: Heart
    disclaimer: For education.
    licence: CC BY-SA 4.0
    figures: {{valves: {{image: images/valves.svg, alt: Four rings, caption: From above.}}}}
"""
FILES = {
    "deckgen.yaml": SETTINGS.format(extra=""), "cards/heart/a.yaml": CARDS, "cards/heart/references.yaml": REFERENCES,
    "cards/heart/summary.yaml": SUMMARY, "cards/heart/images/valves.svg": SVG,
}  # fmt: skip


def sheets(root: Path, **changes: Any) -> tuple[dict[str, Any], Result]:
    """The PDFs of the layout by what their names end in, and what was said."""
    result = build(root, Options(**{"formats": ("pdf",), "layouts": ("summary",), **changes}))
    return {each.name.removesuffix(".pdf"): opened(each.data) for each in result.artifacts}, result


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Any]]:
    """The summary above on both papers, built once for each language."""

    @cache
    def of(language: str) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp("heart")
        for path, text in {**FILES, "deckgen.yaml": f"{FILES['deckgen.yaml']}    language: {language}\n"}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        found, result = sheets(folder)
        assert [each.message for each in result.bag if each.code != "no-labels"] == []
        return found

    return of


def test_everything_stands_on_the_sheet(printed: Callable[[str], dict[str, Any]]) -> None:
    """Sections in order; what is taken from notes, tables and figures; sources, edition, licence and disclaimer."""
    for paper in ("a4", "letter"):
        document = printed("en")[f"heart-summary-{paper}"]
        assert len(document) == 1
        words = bare(document[0].get_text())
        at = [words.index(bare(each)) for each in (
            "Heart", "The way of the impulse", "1Sinus node", "3Bundle of His", "Three stations.", "Limits", "below 40 %: reduced",
            "From above.", "Drugs", "To watch for", "Furosemide", "Katz", "For education.", "Edition 0.1.0", "CC BY-SA 4.0",
        )]  # fmt: skip
        assert at == sorted(at), paper
        assert "NKCC2" not in words  # a column that was not chosen
        assert "Never cited" not in words


def test_short_sections_share_the_width(printed: Callable[[str], dict[str, Any]]) -> None:
    """Two columns, in reading order; what is wide begins at the left margin under both."""
    page = printed("en")["heart-summary-a4"][0]
    (first, limits, drugs) = (page.search_for(words)[0] for words in ("The way of the impulse", "Limits", "Drugs"))
    assert abs(first.y0 - limits.y0) < 1
    assert first.x0 < limits.x0 - 200
    assert drugs.y0 > limits.y1
    assert abs(drugs.x0 - first.x0) < 1


def test_a_sheet_that_runs_from_right_to_left_is_mirrored(printed: Callable[[str], dict[str, Any]]) -> None:
    """The first section stands on the right."""
    page = printed("he")["heart-summary-a4"][0]
    (first, limits) = (page.search_for(words)[0] for words in ("The way of the impulse", "Limits"))
    assert first.x0 > limits.x1


def test_headings_are_bookmarks_and_the_title_says_what_it_is(printed: Callable[[str], dict[str, Any]]) -> None:
    """So that a screen reader finds its way; the picture has its text."""
    document = printed("en")["heart-summary-a4"]
    assert [title for _, title, _ in document.get_toc()] == ["The way of the impulse", "Limits", "Drugs"]
    assert document.metadata["title"] == "Heart: On one page"


def test_the_handout_has_it_before_its_lists(project: MakeProject) -> None:
    """On a page of its own, with the numbers of the handout's references; a part of the deck goes without."""
    root = project({**FILES, "cards/heart/glossary.yaml": "NKCC2: a transporter\n"})
    options = Options(formats=("pdf",), papers=("a4",), layouts=("handout",))
    pages = [bare(page.get_text()) for page in opened(build(root, options).artifacts[0].data)]
    at = next(
        number for number, words in enumerate(pages) if words.count("Ononepage") > 1 or words.startswith("Ononepage")
    )
    assert "BundleofHis" in pages[at]
    assert any("Abbreviations" in words for words in pages[at + 1 :])
    assert "KatzB.Pharmacology" in "".join(pages[at + 1 :])
    part = build(root, Options(formats=("pdf",), papers=("a4",), layouts=("handout",), criteria={"kinds": ["basic"]}))
    assert "Ononepage" not in bare("".join(page.get_text() for page in opened(part.artifacts[0].data)))


def long(lines: int) -> dict[str, str | bytes]:
    """The files with a section of so many lines, each with words of its own."""
    text = "".join(f"      - Line {number} says what one should know of it.\n" for number in range(lines))
    return {**FILES, "cards/heart/summary.yaml": f"sections:\n  - title: Much\n    wide: true\n    text: |\n{text}"}


def test_letters_shrink_until_the_page_fits(project: MakeProject) -> None:
    """Few lines in 10.5 points, many in smaller ones, all on one page."""
    sizes = []
    for lines in (10, 56, 64):
        found, result = sheets(project(long(lines), f"p{lines}"), papers=("a4",))
        document = found["heart-summary-a4"]
        assert (len(document), list(result.bag)) == (1, [])
        sizes.append(max(letter.size for letter in page_letters(document[0]) if letter.char == "y"))
        assert bare(f"Line {lines - 1} says what one should know of it.") in bare(document[0].get_text())
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[2] >= 7.5


def test_what_is_too_long_goes_on_and_is_told(project: MakeProject) -> None:
    """A warning with the lines that are too many; no line is lost."""
    found, result = sheets(project(long(120)), papers=("a4",))
    ((item),) = result.bag
    assert (item.code, item.severity, item.span.path) == ("summary-too-long", "warning", "cards/heart/summary.yaml")
    over = int(item.message.partition(" is ")[2].partition(" line")[0])
    assert 10 < over < 60
    words = bare("".join(page.get_text() for page in found["heart-summary-a4"]))
    assert len(found["heart-summary-a4"]) == 2
    assert all(bare(f"Line {number} says") in words for number in range(120))


def test_what_is_too_long_stops_where_it_shall(project: MakeProject) -> None:
    """With `overflow: stop` it is an error, and nothing is printed."""
    found, result = sheets(project(long(120)), papers=("a4",), print_settings={"overflow": "stop"})
    assert found == {}
    assert [(each.code, each.severity) for each in result.bag] == [("summary-too-long", "error")]


@pytest.mark.parametrize("text", ["large", "dyslexia"])
def test_large_letters_take_the_pages_they_need(project: MakeProject, text: str) -> None:
    """No letter shrinks, no warning is given, and a wide table is told row by row."""
    files = long(60)
    files["cards/heart/summary.yaml"] = (
        str(files["cards/heart/summary.yaml"]) + "  - {title: Drugs, wide: true, comparison: drugs}\n"
    )
    found, result = sheets(project(files), papers=("letter",), print_settings={"text": text})
    (document,) = found.values()
    assert list(result.bag) == []
    assert len(document) > 1
    least = {"large": 17.9, "dyslexia": 11.9}[text]
    assert min(letter.size for page in document for letter in page_letters(page)) >= least
    assert "Dose:40mgonceaday" in bare("".join(page.get_text() for page in document))


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("- a\n", "wrong-shape", ""),
        ("title: T\n", "missing-key", ""),
        ("sections: []\n", "missing-key", ""),
        ("section: []\n", "unknown-key", "did you mean `sections`?"),
        ("sections:\n- {title: A, text: b}\nreferences: [Katz201]\n", "unknown-reference", "did you mean `Katz2021`?"),
        ("sections:\n- {title: A}\n", "missing-key", ""),
        ("sections:\n- {text: A}\n", "missing-key", ""),
        ("sections:\n- {title: A, txt: b}\n", "unknown-key", "did you mean `text`?"),
        ("sections:\n- {title: A, steps of: conductoin}\n", "unknown-note", "did you mean `conduction`?"),
        ("sections:\n- {title: A, steps of: chambers}\n", "no-steps", ""),
        ("sections:\n- {title: A, comparison: drug}\n", "unknown-table", "did you mean `drugs`?"),
        ("sections:\n- {title: A, comparison: drugs, columns: [nam]}\n", "unknown-column", "did you mean `name`?"),
        ("sections:\n- {title: A, text: b, columns: [name]}\n", "missing-key", ""),
        ("sections:\n- {title: A, text: b, wide: maybe}\n", "unknown-value", ""),
        ("sections:\n- {title: A, text: b, references: [Kats2021]}\n", "unknown-reference", "did you mean `Katz2021`?"),
        ("sections:\n- {title: A, text: b, statements: [S1]}\n", "unknown-statement", ""),
        ("sections:\n- {title: A, figure: valvs}\n", "unknown-figure", "did you mean `valves`?"),
        ("sections:\n- {title: A, text: '# b'}\n", "markdown-not-allowed", ""),
        ("sections:\n- {title: " + "A" * 81 + ", text: b}\n", "bad-title", ""),
    ],
)  # fmt: skip
def test_mistakes_are_told(project: MakeProject, text: str, code: str, said: str) -> None:
    """Each by its code, at its place, with what was meant."""
    facts = {"cards/heart/statements.yaml": "S2: {says: Something.}\n"}
    bag = check(project({**FILES, **facts, "cards/heart/summary.yaml": text})).bag
    assert [each.code for each in bag if each.code != "unused-media"] == [code]
    assert bag.items[0].span.path == "cards/heart/summary.yaml"
    assert said in bag.items[0].label


def test_all_mistakes_are_told_at_once(project: MakeProject) -> None:
    """In every section, and a second file is one as well."""
    text = "sections:\n- {title: A, steps of: chambers, comparison: drug}\n- {titel: B, text: '{{c1::x}}'}\n"
    found = [each.code for each in check(project({**FILES, "cards/heart/summary.yaml": text, "cards/heart/summary.yml": SUMMARY})).bag]  # fmt: skip
    assert found == ["no-steps", "unknown-table", "unknown-key", "stray-cloze", "duplicate-summary"]


def test_a_deck_without_a_summary(project: MakeProject, run: Run) -> None:
    """Who asks for it by name is told; of all layouts it is left out in silence."""
    files = {key: value for key, value in FILES.items() if not key.endswith("summary.yaml")}
    root = project({**files, "cards/heart/images/_valves.svg": SVG})
    code, _, err = run("build", "-f", "pdf", "--layout", "summary", root=root)
    assert (code, "no-summary" in err) == (1, True)
    code, out, _ = run("build", "-f", "pdf", "--layout", "all", "--paper", "a4", "--json", root=root)
    assert code == 0
    assert not any("summary" in Path(each["path"]).name for each in json.loads(out)["artifacts"])


@pytest.mark.parametrize(
    ("extra", "more"),
    [
        ("layouts: [handout, summary]\n", ""),
        ("print: {sheet: {layout: summary}}\n", ""),
        ("", "    print: {sheet: {layout: summary}}\n"),
    ],
)
def test_a_project_that_wants_summaries_needs_one(project: MakeProject, extra: str, more: str) -> None:
    """Of a deck's own job each deck; of what holds for all decks any: others are passed over."""
    files = {key: value for key, value in FILES.items() if not key.endswith("summary.yaml")}
    files["deckgen.yaml"] = SETTINGS.format(extra="papers: [a4]\n" + extra) + more
    assert [each.code for each in read(project(files, "without")).bag] == ["no-summary"]
    lung = {"deckgen.yaml": files["deckgen.yaml"] + "  lung: {name: Lung}\n", "cards/lung/a.yaml": CARDS}
    result = build(project({**FILES, **lung}, "with"), Options(formats=("pdf",)))
    assert list(result.bag) == []
    names = {each.name for each in result.artifacts}
    assert any(name.startswith("heart-s") for name in names)
    assert not any(name.startswith("lung-s") for name in names)


def test_a_fact_of_the_summary_grows_old(project: MakeProject) -> None:
    """Like one of a note: it is printed, so somebody must look it up again."""
    facts = "S1: {says: The limit is 40 %., as of: 2026-01-01}\n"
    text = "sections:\n- {title: Limits, text: 40 %, statements: [S1]}\n"
    root = project({**FILES, "cards/heart/statements.yaml": facts, "cards/heart/summary.yaml": text})
    found = [each for each in check(root, today=dt.date(2027, 3, 1)).bag if each.code == "old-fact"]
    assert ["“Limits” of the summary" in each.hints[0] for each in found] == [True]
    assert not [each for each in check(root, today=dt.date(2026, 3, 1)).bag if each.code == "old-fact"]


def test_works_in_a_few_words() -> None:
    """Persons by family name, two of them or the first; bodies by their name; a long title is cut; the year once."""
    records = """\
- {id: a, type: article-journal, title: T, container-title: Long Name, container-title-short: Short, author: [{family: Ba}, {family: Bo}], issued: {date-parts: [[2008]]}}
- {id: b, type: article-journal, title: T, container-title: Bone, author: [{family: Ba}, {family: Bo}, {family: Bu}], issued: {date-parts: [[2009, 5]]}}
- {id: c, type: article-journal, title: T, container-title: Bone, author: [{family: Ba}, {literal: et al}]}
- {id: d, type: webpage, title: Rules of 2023, author: [{literal: A Society}], issued: {date-parts: [[2023]]}}
- {id: e, type: book, title: A title with so many words that nobody would read it to its end on a sheet}
"""
    bag = Bag()
    source = Source("r.yaml", records)
    works = format_references(read_records(source, bag).values(), "american-medical-association", None, "en", bag)  # type: ignore[arg-type]
    assert [each.short for each in works.values()] == [
        "Ba & Bo, Short 2008", "Ba et al., Bone 2009", "Ba et al., Bone", "A Society, Rules of 2023",
        "A title with so many words that nobody would read it to its end on a…",
    ]  # fmt: skip


@cache
def osteoporosis() -> Any:
    result = read(ROOT)
    assert result.collection
    return next(each for each in result.collection.decks if each.key == "osteoporosis")


def test_the_decks_summary_rests_on_facts_that_were_seen() -> None:
    """Every section names its works and statements; none of these is of confidence C, unseen, or an error."""
    deck = osteoporosis()
    for section in deck.summary.sections:
        assert section.citations, section.title
        assert section.statements, section.title
        for key in section.statements:
            fact = deck.statements[key]
            assert fact.verification in {"seen", "partly"}, (section.title, key)
            assert fact.confidence in {"A", "B"}, (section.title, key)
            assert fact.use != "as error", (section.title, key)


def test_the_decks_summary_is_one_page() -> None:
    """On both papers, in letters well above the smallest, with nothing to complain of."""
    found, result = sheets(ROOT, decks=("osteoporosis",))
    assert [each.message for each in result.bag] == []
    for name, document in found.items():
        assert len(document) == 1, name
        steps = Counter(round(letter.size, 2) for letter in page_letters(document[0]) if 20 < letter.y0 < 60)
        assert steps.most_common(1)[0][0] >= 7.75, name
        words = bare(document[0].get_text())
        for needed in ("TRAF6isrecruited", "−2.5orlower", "≥20%", "≥3%", "Romosozumab", "P1NP"):
            assert needed in words, needed
