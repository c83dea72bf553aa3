"""Every printed form, read as a screen reader would: nothing breaks PDF/UA-1, and words come in their order and language.

The conditions are tested by `tools/pdfua`; that it finds what is wrong is tested in test_pdfua.py.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import everything
import pdfua
import pikepdf
import pytest
import read_pdf
import sample
import yaml
from pdfua.links import links_in_order
from printed import LAYOUTS, PAPERS, print_deck

from deckgen.build import check
from deckgen.diagnostics import Bag
from deckgen.jobs import PrintJob
from deckgen.jobs.job import LAYOUTS as KNOWN
from deckgen.model import Deck, Note

GALLERY = Path(__file__).parent.parent / "docs" / "gallery"
DECKS: dict[str, Callable[[], Deck]] = {"left to right": everything.deck, "right to left": everything.leftward}
# Every layout, on both papers, and each way of setting its text or pages.
JOBS = (
    PrintJob("handout"),
    PrintJob("handout", "letter"),
    PrintJob("handout", text="large"),
    PrintJob("handout", text="dyslexia"),
    PrintJob("cards"),
    PrintJob("cards", "letter"),
    PrintJob("cards", text="large"),
    PrintJob("cards", text="dyslexia"),
    PrintJob("cards", duplex="short"),
    PrintJob("cards", duplex="fold"),
    PrintJob("cards", duplex="none"),
    PrintJob("summary"),
    PrintJob("summary", "letter", text="large"),
    PrintJob("summary", text="dyslexia"),
    PrintJob("quiz", versions=2),
    PrintJob("quiz", "letter", text="large"),
    PrintJob("quiz", text="dyslexia"),
    PrintJob("calibration"),
    PrintJob("calibration", "letter", duplex="short"),
    PrintJob("leitner", start="2027-01-04", exam="2027-06-14"),
    PrintJob("leitner", "letter", boxes=3),
    PrintJob("leitner", text="large"),
)
PLAIN = tuple(job for job in JOBS if (job.paper, job.text) == ("a4", "standard"))
RUNS = [("left to right", job) for job in JOBS] + [("right to left", job) for job in PLAIN]
everywhere = pytest.mark.parametrize(
    ("deck", "job"), RUNS, ids=[f"{deck}, {job.stem} {job.paper}" for deck, job in RUNS]
)


@cache
def documents(deck: str, job: PrintJob) -> dict[str, bytes]:
    """Everything a job prints of a deck. Text may be too long for its card, and is then continued; nothing else is wrong."""
    bag = Bag()
    made = print_deck(DECKS[deck](), bag, jobs=(job,))
    assert {item.code for item in bag} <= {"overflow"}
    assert made
    return made


def handout(deck: str) -> bytes:
    return documents(deck, PrintJob("handout"))["handout-a4"]


@everywhere
def test_nothing_breaks_the_standard(deck: str, job: PrintJob) -> None:
    """No printed form of any deck breaks a condition of PDF/UA-1 that a program can test."""
    for name, data in documents(deck, job).items():
        assert [f"{name}: {each.checkpoint} {each.words}" for each in pdfua.check(data)] == []


def test_no_layout_is_left_out() -> None:
    """Every layout that deckgen has is among those that are read here, on both papers."""
    assert {(job.layout, job.paper) for job in JOBS} >= {(layout, paper) for layout in KNOWN for paper in PAPERS}


@everywhere
def test_everything_can_be_kept(deck: str, job: PrintJob) -> None:
    """Every document declares PDF/A-2a beside PDF/UA-1, and says what its colours are."""
    for data in documents(deck, job).values():
        with pikepdf.open(io.BytesIO(data)) as pdf:
            with pdf.open_metadata() as said:
                standards = [said.get(f"{key}") for key in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")]
            (intent,) = pdf.Root.OutputIntents
            assert standards == ["2", "A", "1"]
            assert (str(intent.S), str(intent.OutputCondition)) == ("/GTS_PDFA1", "sRGB")
            assert int(intent.DestOutputProfile.N) == 3
            assert b"acsp" in intent.DestOutputProfile.read_bytes()[:40]


# --- reading order -----------------------------------------------------------------------------------------------


def blocks(read: pdfua.Document, *kinds: str) -> list[str]:
    """What is read out, by paragraphs, headings and whatever else is asked for."""
    wanted = {"P", "H1", "H2", *kinds}
    return [read.words(element) for element in read.elements if element.kind in wanted and read.words(element)]


def said(note: Note, *fields: str) -> Iterator[str]:
    """The words of a note's fields that are plain paragraphs."""
    for name in fields:
        for block in note.content.get(name, ()):
            words = re.findall(r"Text\(text='([^']*)'\)", repr(block))
            if words and "Table" not in repr(block) and "Math" not in repr(block):
                yield " ".join("".join(words).split())


def test_a_handout_tells_the_answer_after_its_question() -> None:
    """In the structure tree every case comes before its question, that before its answer, and that before its remarks."""
    with pdfua.reading(handout("left to right")) as read:
        told = blocks(read)
    at = 0
    for note in (sample.OPG, sample.T_SCORE, everything.ARABIC, sample.THRESHOLD, sample.CLAIM, everything.GERMAN):
        order = [*said(note, "Case", "Question", "Answer", "Claim", "Error", "Reverse question", "Reverse answer")]
        order += [f"Why {words}" for words in said(note, "Why")]
        for words in order:
            at = next(place for place in range(at, len(told)) if words in told[place])


def test_cards_tell_the_answer_under_the_number_of_its_question() -> None:
    """Each side is a section with the card's number; the numbers of the backs come in the order of the fronts."""
    with pdfua.reading(documents("left to right", PrintJob("cards"))["cards-a4"]) as read:
        heads = [(each.kind, read.words(each)) for each in read.elements if each.kind in {"H1", "H2"}]
        told = blocks(read)
    sheets: list[list[str]] = []
    for kind, words in heads:
        if kind == "H1":
            sheets.append([])
        else:
            sheets[-1].append(words)
    sheets = [sheet for sheet in sheets if sheet and not sheet[0].startswith("Card ")]  # those are continued texts
    assert [len(sheet) for sheet in sheets[:2]] == [8, 8]
    assert sheets[::2] == sheets[1::2]
    number = "1a Signals"
    front, back = (place for place, words in enumerate(told) if words == number)
    assert told[front + 1] == "How does osteoprotegerin (OPG) protect bone?"
    assert told[back + 1].startswith("It is a decoy receptor")


def test_a_calendar_tells_one_box_after_another() -> None:
    """What stands apart on paper is told apart: boxes 2 and 1 of a day are no box 21."""
    (data,) = documents("left to right", PrintJob("leitner", start="2027-01-04", exam="2027-06-14")).values()
    with pdfua.reading(data) as read:
        told = blocks(read)
    assert {"1", "2 1", "3 1", "5 3 1"} <= set(told)
    assert not {"21", "31"} & set(told)


def test_words_from_the_right_are_told_in_their_order() -> None:
    """Texts in Arabic and Hebrew, with numbers, brackets and words in other letters among them, are read out as they were written."""
    with pdfua.reading(handout("right to left")) as read:
        told = blocks(read, "TH", "TD")
    for words in (
        "ما الصمام الذي يفصل الأذين الأيسر عن البطين الأيسر؟",
        "الصمام التاجي (Mitral) [1]",
        "Why يمنع رجوع الدم من 10-20 mmHg.",
        "الصمام ثلاثي الشرف [1]",
        "מהו השסתום השמאלי?",
        "השסתום המיטרלי. [1]",
        "الأبهري",
        "Which valve is it?",
    ):
        assert words in told


@pytest.mark.parametrize("layout", ["handout", "cards"])
@pytest.mark.parametrize(
    ("right", "wrong", "broken"),
    [
        ("in-language(deck.language, in-order(body))", "in-language(deck.language, body)", "right to left"),
        ('#let apart(width) = text(" ") + ', "#let apart(width) = ", "glued words"),
    ],
)
def test_words_told_wrongly_are_noticed(right: str, wrong: str, broken: str, layout: str) -> None:
    """Without what keeps words in order, or apart, Typst tells them from the wrong side or as one; the checker says so."""
    library = LAYOUTS["lib.typ"].decode()
    assert right in library
    files = {**LAYOUTS, "lib.typ": library.replace(right, wrong).encode()}
    made = print_deck(everything.leftward(), print_files=files, jobs=(PrintJob(layout),))[f"{layout}-a4"]
    assert broken in {each.checkpoint for each in pdfua.check(made)}


def test_a_word_with_a_vowel_mark_is_told_in_pieces() -> None:
    """What cannot be helped: Typst draws a letter with a vowel mark apart from its word, and so tells it apart."""
    marked = sample.note("marked", Question="?", Answer="يحفّز")
    made = print_deck(sample.deck([marked], key="heart", language="ar"), jobs=(PrintJob("handout"),))["handout-a4"]
    assert {each.checkpoint for each in pdfua.check(made)} == {"split word"}


# --- language ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["handout", "cards"])
def test_text_is_told_in_its_language(layout: str) -> None:
    """A note, its set's name on a card and the words of the layout are each in their own language."""
    found: list[tuple[str, str]] = []
    for deck in DECKS:
        (data,) = documents(deck, PrintJob(layout)).values()
        with pdfua.reading(data) as read:
            painted = [each for page in read.contents.pages for each in page if not each.artifact]
            found += [(each.text, read.language(each)) for each in painted]
    wanted = {"heißt": "de", "mitral": "en", "השסתום": "he", "الأيسر": "ar", "القلب": "ar"}
    wanted |= {"References": "en"} if layout == "handout" else {"Sheet 1 of 1": "en"}
    for words, language in wanted.items():
        assert {tag for text, tag in found if words in text} == {language}, words


# --- alternatives and links ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gallery() -> dict[str, bytes]:
    """The gallery, from its YAML to its pages."""
    collection = check(GALLERY).collection
    assert collection
    (deck,) = collection.decks
    made = print_deck(deck, jobs=(PrintJob("handout"), PrintJob("cards")))
    return {name.removeprefix("gallery-"): data for name, data in made.items()}


def written_alternatives() -> tuple[str, str]:
    """The alternatives that stand in the gallery's YAML: of the picture with a name, and of the one without."""
    named = yaml.safe_load((GALLERY / "deckgen.yaml").read_text(encoding="utf-8"))["decks"]["gallery"]["figures"]
    notes = yaml.safe_load((GALLERY / "cards/gallery/08-every-part.yaml").read_text(encoding="utf-8"))["notes"]
    (sound,) = re.findall(r"!\[(.*?)\]\(images/", notes[0]["question figure"])
    return named["valves"]["alt"], sound


FORMULA = "E F equals the fraction S V over E D V, end of fraction, equals the fraction E D V minus E S V over E D V"


def test_a_picture_is_told_in_the_words_of_its_yaml(gallery: dict[str, bytes]) -> None:
    """Figures and formulas have the alternatives their author wrote, in the order of the pages; covered ones say more."""
    valves, sound = written_alternatives()
    with pdfua.reading(gallery["handout-a4"]) as read:
        told = [each.text_of("/Alt") for each in read.elements if each.kind in {"Figure", "Formula"}]
    begun = [FORMULA, f"{valves} 4 parts covered", f"{valves} 2 parts covered", sound, valves]
    assert len(told) == len(begun)
    assert [words[: len(start)] for words, start in zip(told, begun, strict=True)] == begun
    assert told[3:] == [sound, valves]
    with pdfua.reading(gallery["cards-a4"]) as read:
        told = [each.text_of("/Alt") for each in read.elements if each.kind in {"Figure", "Formula"}]
    assert {words[: len(start)] for words in told for start in (valves, sound) if words.startswith(start)} == {
        valves,
        sound,
    }
    assert all(words.startswith((valves, sound, FORMULA)) for words in told)


def test_the_tab_key_goes_from_the_head_to_the_references() -> None:
    """Links come in the order in which their words are read, and say where they lead."""
    with pdfua.reading(handout("left to right")) as read:
        links = [(read.words(element), str(link.annotation.Contents)) for element, link in links_in_order(read)]
        pages = {read.words(each): read.page_of(each) for each in read.elements if each.kind == "H1"}
    contents = [
        "Signals",
        "Decisions",
        "Texts",
        "More figures",
        "Drugs compared",
        "Bone on a page",
        "Abbreviations",
        "References",
    ]
    assert links[0][0] == "https://example.org/bone"
    assert links[1:9] == [(f"{title} {pages[title]}", f"{title}, page {pages[title]}") for title in contents]
    assert [words for words, _ in links[9:]] == ["1", "2", "Figure 1", "2", "1", "link", "Figure 2", "2"]
    assert [where for words, where in links if words.startswith("Figure")] == [
        "Figure\u00a01, page 1",
        "Figure\u00a02, page 2",
    ]


# --- for people --------------------------------------------------------------------------------------------------


def test_the_tool_tells_what_there_is(gallery: dict[str, bytes], tmp_path: Path, capsys: Any) -> None:
    """tools/read_pdf.py shows title, languages, bookmarks, headings, tables, pictures and links, and ends with 0."""
    (tmp_path / "x.pdf").write_bytes(gallery["handout-a4"])
    assert read_pdf.main([str(tmp_path / "x.pdf")]) == 0
    out = capsys.readouterr().out
    valves, _ = written_alternatives()
    for line in (
        "Title: Gallery", "Says it is: PDF/UA-1, PDF/A-2a", "Language: en; in it: ar, de", "  H1 Cloze (page 1)",
        "    Table, 5 rows: Valve | Place (page 2)", "    List, 5 items (page 1)", f"  Figure (page 3): {valves}",
        "  Figure 1 (page 2): Figure\u00a01, page 3; in this document", "Findings: none",
    ):  # fmt: skip
        assert line in out.splitlines()


def test_the_tool_ends_with_what_is_wrong(tmp_path: Path, capsys: Any) -> None:
    """A condition that is broken is listed by its number, and a file that is no PDF is named; both end with 1."""
    with pikepdf.open(io.BytesIO(handout("left to right"))) as pdf:
        del pdf.Root.Lang
        pdf.save(tmp_path / "broken.pdf")
    (tmp_path / "none.pdf").write_bytes(b"nothing")
    assert read_pdf.main([str(tmp_path / "broken.pdf")]) == 1
    assert "  11-001  the document names no language" in capsys.readouterr().out.splitlines()
    assert read_pdf.main([str(tmp_path / "none.pdf"), str(tmp_path / "lost.pdf")]) == 1
    err = capsys.readouterr().err
    assert "none.pdf cannot be read" in err
    assert "lost.pdf cannot be read" in err
