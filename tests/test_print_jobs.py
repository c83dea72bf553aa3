"""Print jobs: how they are written, which notes they choose, and what the command line makes of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import MakeProject, Run
from hypothesis import given
from hypothesis import strategies as st

from deckgen.build import Options, build, read
from deckgen.diagnostics import Bag
from deckgen.jobs import LAYOUTS, SETTINGS, PrintJob
from deckgen.jobs.settings import CRITERIA
from deckgen.jobs.stock import SIZES, card_size, length
from deckgen.load.jobs import words_of
from deckgen.printing.chosen import lot, taught

DECK = """\
publisher: Test
papers: [a4]
layouts: []
decks:
  heart:
    name: Heart
    tag prefix: H
{own}
{common}
"""
NOTES = "".join(
    f"- id: {name}\n  question: What is {name}?\n  answer: {name.title()}\n  tags: [{tag}]\n  difficulty: {level}\n"
    for name, tag, level in (
        ("apex", "shape", "core"),
        ("base", "shape", "clinical"),
        ("cusp", "valve", "core"),
        ("duct", "vessel", "advanced"),
    )
)
CLOZE = "- id: beat\n  cloze: The {{c1::heart::organ}} beats.\n"


@pytest.fixture
def heart(project: MakeProject):  # type: ignore[no-untyped-def]
    def make(own: str = "", common: str = "") -> Path:
        lines = "\n".join(f"    {line}" for line in own.splitlines())
        return project(
            {
                "deckgen.yaml": DECK.format(own=lines, common=common),
                "cards/heart/01-form.yaml": NOTES,
                "cards/heart/02-beat.yaml": CLOZE,
            }
        )

    return make


def jobs_of(root: Path) -> tuple[tuple[PrintJob, ...], Bag]:
    result = read(root)
    assert result.collection
    return result.collection.decks[0].jobs, result.bag


def test_a_job_of_every_setting(heart) -> None:  # type: ignore[no-untyped-def]
    """Everything the command line can set can be written down, and a job is printed on all papers it names."""
    written = """\
print:
  week-1:
    layout: cards
    paper: [a4, letter]
    size: 3x5in
    duplex: short
    turn: notepad
    offset: 0.4, -1.1
    marks: lines
    bleed: 2mm
    corners: 0.1in
    margin: 6
    text: large
    ink: grey
    overflow: stop
    count: 3
    seed: spring
"""
    jobs, bag = jobs_of(heart(written))
    assert not list(bag)
    assert [job.paper for job in jobs] == ["a4", "letter"]
    assert jobs[0] == PrintJob(
        "cards", "a4", "week-1", count=3, text="large", ink="grey", margin=6.0, overflow="stop", size=SIZES["3x5in"], duplex="short",
        turn="notepad", offset=(0.4, -1.1), marks="lines", bleed=2.0, corners=0.1 * 25.4, seed="spring",
    )  # fmt: skip


def test_settings_are_the_same_in_both_places(run: Run) -> None:
    """Every setting and every way to choose is an option of `build`, and says to which layouts it belongs."""
    _, out, _ = run("build", "--help")
    words = out.split()
    assert all(f"--{key}" in words for key in SETTINGS)
    assert all(f"--{key.replace('sets', 'set').replace('tags', 'tag').replace('kinds', 'kind').replace(' ', '-')}" in words for key in CRITERIA)  # fmt: skip
    assert all(set(setting.layouts) <= {*LAYOUTS} for setting in SETTINGS.values())


def test_what_a_job_chooses(heart) -> None:  # type: ignore[no-untyped-def]
    """Sets, tags, difficulty and kinds choose notes; a note must meet everything that is said."""
    written = """\
print:
  shapes: {layout: cards, tags: shape}
  hard: {layout: handout, tags: shape, difficulty: clinical}
  but: {layout: handout, without tags: shape, sets: 01-form.yaml}
  gaps: {layout: handout, kinds: cloze}
"""
    jobs, bag = jobs_of(heart(written))
    assert not list(bag)
    chosen = {job.name: sorted(job.notes or ()) for job in jobs}
    assert chosen == {"shapes": ["apex", "base"], "hard": ["base"], "but": ["cusp", "duct"], "gaps": ["beat"]}


def test_jobs_of_a_project_and_of_a_deck(heart) -> None:  # type: ignore[no-untyped-def]
    """A project's jobs go for every deck; a deck's own of the same name takes their place."""
    common = "print:\n  one: {layout: handout}\n  two: {layout: cards}\n"
    jobs, bag = jobs_of(heart("print:\n  two: {layout: cards, duplex: fold}\n", common))
    assert not list(bag)
    assert [(job.name, job.duplex) for job in jobs] == [("one", "long"), ("two", "fold")]


def test_measured_sheets(heart) -> None:  # type: ignore[no-untyped-def]
    """Sheets that an author has measured are said in full, and cards lie where they say."""
    size = "{width: 80mm, height: 5cm, columns: 2, rows: 5, left: 20, top: 0.5in, column gap: 10, row gap: 2}"
    jobs, bag = jobs_of(heart(f"print:\n  mine:\n    layout: cards\n    size: {size}\n"))
    assert not list(bag)
    sheet = jobs[0].cards.sheet
    assert sheet
    assert (jobs[0].cards.width, jobs[0].cards.height) == (80.0, 50.0)
    assert tuple(sheet) == (2, 5, 20.0, 12.7, 90.0, 52.0)


@pytest.mark.parametrize(
    ("job", "code", "words"),
    [
        ("{layout: card}", "unknown-value", "did you mean `cards`?"),
        ("{size: a7}", "missing-key", "`layout`"),
        ("{layout: cards, sise: a7}", "unknown-key", "did you mean `size`?"),
        ("{layout: handout, size: a7}", "bad-setting", "does not belong to the layout `handout`"),
        ("{layout: cards, size: a9}", "bad-setting", "Name a size"),
        ("{layout: cards, size: 500x20mm}", "bad-setting", "40 to 290 mm"),
        ("{layout: cards, size: {width: 90}}", "missing-key", "no `height`"),
        ("{layout: cards, size: {width: 90, height: 50, columns: 2}}", "bad-setting", "`columns` and `rows`"),
        ("{layout: cards, size: {width: 90, height: 50, columns: 3, rows: 2, left: 5, top: 5}}", "bad-print-job", "beyond A4"),
        ("{layout: cards, size: avery-5371, paper: a4}", "bad-print-job", "comes on US Letter"),
        ("{layout: cards, size: 200x200mm, duplex: fold}", "bad-print-job", "folded over does not fit"),
        ("{layout: cards, offset: 4}", "bad-setting", "Two numbers"),
        ("{layout: cards, offset: '40,0'}", "bad-setting", "At most 10 mm"),
        ("{layout: cards, offset: []}", "bad-setting", "Two numbers"),
        ("{layout: cards, paper: []}", "empty-text", "Name at least one"),
        ("{layout: leitner, size: 270x200mm, margin: 20mm}", "bad-print-job", "names on dividers"),
        ("{layout: cards, duplex: both}", "bad-setting", "long, short, fold, none"),
        ("{layout: cards, count: 0}", "bad-setting", "whole number"),
        ("{layout: cards, tags: shap}", "unknown-tag", "did you mean `shape`?"),
        ("{layout: cards, sets: 01-from.yaml}", "unknown-set", "did you mean `01-form.yaml`?"),
        ("{layout: cards, tags: shape, kinds: cloze}", "empty-job", "chooses no note"),
        ("{layout: cards, kinds: cloz}", "unknown-value", "did you mean `cloze`?"),
        ("cards", "wrong-shape", "print job"),
    ],
)  # fmt: skip
def test_mistakes_are_told(heart, job: str, code: str, words: str) -> None:  # type: ignore[no-untyped-def]
    """Each has its place in the file and says what to do."""
    _, bag = jobs_of(heart(f"print:\n  mine: {job}\n"))
    (problem,) = bag
    assert problem.code == code
    assert problem.span.path == "deckgen.yaml"
    assert problem.span.line > 5
    assert words in " ".join([problem.message, problem.label, *problem.hints])


def test_all_mistakes_at_once(heart) -> None:  # type: ignore[no-untyped-def]
    """One run tells of every job that is wrong."""
    _, bag = jobs_of(
        heart("print:\n  Bad name: {layout: cards}\n  b: {layout: cards, turn: x, ink: y}\n  c: {layout: x}\n")
    )
    assert [item.code for item in bag] == ["bad-job-name", "bad-setting", "bad-setting", "unknown-value"]


def names(root: Path, *arguments: str, run: Run) -> list[str]:
    code, _, err = run("build", *arguments, root=root)
    assert code == 0, err
    return sorted(path.name for path in (root / "build").iterdir())


def test_what_a_build_makes(heart, run: Run) -> None:  # type: ignore[no-untyped-def]
    """Named jobs come with every build; asked for by options, only what is asked for, and no packages."""
    root = heart("print:\n  fold: {layout: cards, duplex: fold, paper: letter}\n")
    assert names(root, run=run) == ["heart-fold-letter.pdf", "heart.apkg"]
    for path in (root / "build").iterdir():
        path.unlink()
    assert names(root, "--layout", "cards", "--size", "a7", "--paper", "letter", run=run) == [
        "heart-cards-a7-letter.pdf"
    ]
    assert "heart-fold-a4.pdf" in names(root, "--job", "fold", "--paper", "a4", run=run)
    assert "heart-cards-business-short-a4.pdf" in names(root, "--size", "business", "--duplex", "short", run=run)
    assert "heart-cards-avery-5388-letter.pdf" in names(root, "--size", "avery-5388", run=run)


def test_a_job_called_like_a_layout_takes_its_place(heart, run: Run) -> None:  # type: ignore[no-untyped-def]
    """So that a project can say once how its cards are printed."""
    root = heart("print:\n  cards: {layout: cards, duplex: fold}\n")
    settings = root / "deckgen.yaml"
    settings.write_text(settings.read_text().replace("layouts: []", "layouts: [cards]"))
    assert names(root, run=run) == ["heart-cards-a4.pdf", "heart.apkg"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--layout", "handout", "--size", "a7"), "--size does not belong to the layout handout"),
        (("--layout", "cards", "--size", "a9"), "Name a size"),
        (("--layout", "cards", "--job", "x"), "leave out --layout"),
        (("--job", "x"), "there is no print job `x`"),
        (("--layout", "cards", "--tag", "shap"), "did you mean `shape`?"),
        (("--layout", "cards", "--tag", "shape", "--kind", "cloze"), "no note of the deck"),
        (("--layout", "cards", "--size", "avery-5371", "--paper", "a4"), "comes on US Letter"),
        (("--job", "all", "--size", "a7"), "`size` does not belong to the layout `handout` of the print job `all`"),
        (("--job", "gaps", "--tag", "shape"), "of the print job `gaps`, none meets"),
    ],
)
def test_wrong_options_are_told(heart, run: Run, arguments: tuple[str, ...], words: str) -> None:  # type: ignore[no-untyped-def]
    """Nothing is written, and the message says what to do."""
    root = heart("print:\n  all: {layout: handout}\n  gaps: {layout: cards, kinds: cloze}\n")
    code, _, err = run("build", *arguments, root=root)
    assert code in {1, 2}
    assert words in " ".join(err.split())
    assert not (root / "build").exists() or not list((root / "build").iterdir())


def test_the_offset_of_a_printer_comes_from_the_environment(heart, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """What a printer needs is not the project's business: it can be set once for a computer, and changes no other layout."""
    root = heart()
    both = ("--layout", "cards", "--layout", "handout")
    files = [root / "build" / name for name in names(root, *both, run=run)]
    plain = [path.read_bytes() for path in files]
    monkeypatch.setenv("DECKGEN_OFFSET", "1,1")
    names(root, *both, run=run)
    cards, handout = (path.read_bytes() for path in files)
    assert cards != plain[0]
    assert handout == plain[1]


def test_an_offset_of_the_environment_chooses_no_layout(heart, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """It makes the same files as without; said as an option by itself, it prints what has backs."""
    root = heart()
    settings = root / "deckgen.yaml"
    settings.write_text(settings.read_text().replace("layouts: []", "layouts: [handout, cards]"))
    assert names(root, "--offset", "1,1", run=run) == ["heart-cards-a4.pdf"]
    monkeypatch.setenv("DECKGEN_OFFSET", "1,1")
    assert names(root, "--paper", "letter", run=run) == [
        "heart-cards-a4.pdf", "heart-cards-letter.pdf", "heart-handout-letter.pdf",
    ]  # fmt: skip


def test_what_is_said_twice_is_printed_once(heart) -> None:  # type: ignore[no-untyped-def]
    """On the command line, and in the settings."""
    root = heart("print:\n  one: {layout: cards, paper: [a4, a4]}\n")
    options = Options(layouts=("cards", "cards"), papers=("letter", "letter"))
    assert [artifact.name for artifact in build(root, options).artifacts] == ["heart-cards-letter.pdf"]
    assert [(job.name, job.paper) for job in jobs_of(root)[0]] == [("one", "a4")]


def test_no_file_takes_the_place_of_another(heart, run: Run) -> None:  # type: ignore[no-untyped-def]
    """A quiz makes several files; a job that is called as one of them is told, and nothing is written."""
    root = heart("print:\n  quiz: {layout: quiz}\n  quiz-key: {layout: cards}\n")
    code, _, err = run("build", "-f", "pdf", root=root)
    assert code == 1
    assert "two files would be called `heart-quiz-key-a4.pdf`" in err
    assert not (root / "build").exists()


def test_a_job_of_retired_notes_only_is_told(heart) -> None:  # type: ignore[no-untyped-def]
    """They are not printed, so nothing would be on its pages."""
    root = heart("print:\n  old: {layout: quiz, sets: 03-old.yaml}\n")
    (root / "cards/heart/03-old.yaml").write_text(
        "- id: was\n  question: What was?\n  answer: This\n  retired: {since: 1.0.0, why: wrong}\n"
    )
    assert [item.code for item in jobs_of(root)[1]] == ["empty-job"]


@pytest.mark.parametrize("settings", [("--layout", "all"), ()])
def test_folded_cards_leave_the_calibration_out(heart, run: Run, settings: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    """Where it is not asked for by name, there is no error that there is nothing to calibrate; nor is there of a summary."""
    made = names(heart(), *settings, "--duplex", "fold", run=run)
    assert "heart-cards-fold-a4.pdf" in made
    assert not [name for name in made if "calibration" in name or "summary" in name]


def test_sizes_are_found_by_their_names() -> None:
    """With a space, or the other way round, it is the same card; a number without its unit is asked for."""
    assert {card_size(text) for text in ("3x5in", "3x5 in", " 3X5IN", "5x3in", "127 x 76.2 mm")} == {SIZES["3x5in"]}
    with pytest.raises(ValueError, match="`4x6in`"):
        card_size("4x6")


def test_each_side_of_a_card_has_its_unit() -> None:
    """One unit behind the second serves both; two are read each by itself."""
    assert [card_size(text)[1:3] for text in ("9cm x 60mm", "9x6cm", "90x60")] == [(90.0, 60.0)] * 3


def test_all_layouts_in_one_command(heart, run: Run) -> None:  # type: ignore[no-untyped-def]
    """`--layout all` makes every form there is."""
    made = names(heart(), "--layout", "all", run=run)
    assert {name.split("-")[1] for name in made} == {*LAYOUTS} - {"summary"}, "this deck has no summary"


def test_a_draw_is_the_same_everywhere(heart) -> None:  # type: ignore[no-untyped-def]
    """So many notes are drawn by a word: the same for the same word, others for another, in teaching order and with their numbers."""
    root = heart()
    result = read(root)
    assert result.collection
    deck = result.collection.decks[0]
    drawn = {
        seed: [(number, note.id) for _, number, note in taught(deck, PrintJob("quiz", count=2, seed=seed))]
        for seed in "abcdef"
    }
    assert all(len(each) == 2 and each == sorted(each) for each in drawn.values())
    assert len({tuple(each) for each in drawn.values()}) > 1
    assert drawn["a"] == [(number, note.id) for _, number, note in taught(deck, PrintJob("cards", count=2, seed="a"))]
    everything = [(number, note.id) for _, number, note in taught(deck, PrintJob("quiz"))]
    assert all(set(each) <= set(everything) for each in drawn.values())
    assert lot("a", "b") != lot("ab", "")


def test_only_chosen_notes_are_printed(heart) -> None:  # type: ignore[no-untyped-def]
    """A part of a deck keeps the numbers of the whole; sets without chosen notes are left out."""
    import pymupdf

    result = build(heart(), Options(layouts=("handout",), criteria={"kinds": ("cloze",)}))
    (artifact,) = result.artifacts
    reader: object = pymupdf
    text = "".join(page.get_text() for page in reader.open(stream=artifact.data))  # type: ignore[attr-defined]
    assert "beats" in text
    assert "apex" not in text
    assert "5" in text.split()


def test_what_is_chosen_in_one_of_several_decks(project: MakeProject, run: Run) -> None:
    """A set or tag of one deck is not missed in another, which is passed over; one that no deck has is."""
    settings = "publisher: T\npapers: [a4]\nlayouts: []\ndecks:\n  heart: {name: Heart}\n  lung: {name: Lung}\nprint:\n  week: {layout: handout, sets: 01-form.yaml}\n"
    root = project({"deckgen.yaml": settings, "cards/heart/01-form.yaml": NOTES, "cards/lung/02-air.yaml": CLOZE})
    assert [name for name in names(root, run=run) if name.endswith("pdf")] == ["heart-week-a4.pdf"]
    assert "lung-cards-02-air-a4.pdf" in names(root, "--layout", "cards", "--set", "./02-air.yaml", run=run)
    assert "lung-handout-02-air-a4.pdf" in names(root, "--layout", "handout", "--set", "02-air", run=run)
    assert not list((root / "build").glob("heart-cards*"))
    for wrong, words in (
        (("--set", "03.yaml"), "no set `03.yaml`"),
        (("--set", "02-air.yaml", "--tag", "valve"), "no deck has notes"),
    ):
        code, _, err = run("build", "--layout", "cards", *wrong, root=root)
        assert code == 1
        assert words in " ".join(err.split())


@given(st.text(max_size=30))
def test_sizes_are_read_or_refused(text: str) -> None:
    """No text is an accident: it is a length or a size, or there is a rule to tell."""
    for reader in (length, card_size, *(setting.read for setting in SETTINGS.values())):
        try:
            reader(text)
        except ValueError as error:
            assert len(str(error)) > 8  # noqa: PT017


def test_two_choices_have_two_names() -> None:
    """What is chosen and what is left out, or two long lists that begin alike, do not take each other's place."""
    sets = [f"{number:02}-some-longer-name.yaml" for number in range(9)]
    chosen: list[dict[str, list[str]]] = [
        {"sets": ["02-binding.yaml"]}, {"tags": ["gene"]}, {"without tags": ["gene"]}, {"tags": ["心"]}, {"tags": ["骨"]}, {"sets": sets}, {"sets": sets[:-1]},
    ]  # fmt: skip
    names = [words_of(each) for each in chosen]
    assert names[:3] == ["02-binding", "gene", "without-gene"]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name) and len(name) <= 40 for name in names)
