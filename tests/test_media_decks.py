"""Pictures and sounds of whole decks: collected, shown in Anki and on paper, and reported when nothing shows them."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pymupdf
import pytest
from conftest import SETTINGS, SVG, MakeProject, Run
from mediafiles import CLEAN, PICTURES, SECRET, SOUNDS, TOLD, mp3, png
from test_anki import Student

from deckgen.build import Options, Result, build, check
from deckgen.export import EXPORTERS

NOTE = "- id: {id}\n  question: What is it?\n  answer: '{answer}'\n"


def one_note(answer: str) -> str:
    return NOTE.format(id="only", answer=answer)


def warnings(root: Path) -> list[tuple[str, str]]:
    """The files that are said to be unused; anything else fails the test."""
    result = check(root)
    assert {item.code for item in result.bag} <= {"unused-media"}
    assert all(
        item.severity == "warning" and item.hints == ("Delete the file, or put `_` before its name to keep it out.",)
        for item in result.bag
    )
    return [(item.span.path, item.message) for item in result.bag]


# --- Unused


def test_files_that_nothing_shows_are_reported(project: MakeProject) -> None:
    """At any depth, pictures and sounds alike, in whatever case; kept out by `_` or `.`; other files are no business of ours."""
    files = {
        "cards/heart/a.yaml": one_note("![Rings](images/deep/er/used.svg)"),
        "cards/heart/images/deep/er/used.svg": SVG,
        "cards/heart/images/deep/er/left.svg": SVG,
        "cards/heart/images/LEFT.PNG": png(),
        "cards/heart/left.mp3": mp3(),
        "cards/heart/_draft.png": png(),
        "cards/heart/images/.hidden.png": png(),
        "cards/heart/_sources/valves.svg": SVG,
        "cards/heart/notes.txt": "x",
        "cards/heart/images/scan.tiff": b"II*\0",
    }
    found = warnings(project(files))
    assert [path for path, _ in found] == [
        "cards/heart/images/LEFT.PNG", "cards/heart/images/deep/er/left.svg", "cards/heart/left.mp3",
    ]  # fmt: skip
    assert found[2][1] == "nothing in the deck shows `cards/heart/left.mp3`"


SHOWN = {
    "card": {"cards/heart/b.yaml": one_note("![x](<./x y.svg>)")},
    "hint": {"cards/heart/b.yaml": one_note("a") + "  hint: '![x](<x y.svg>)'\n"},
    "figure": {"cards/heart/b.yaml": one_note("a") + "  figure: '![x](<x y.svg>)'\n"},
    "introduction": {"cards/heart/b.yaml": "introduction: '![x](<x y.svg>)'\nnotes:\n" + one_note("a")},
    "objective": {"cards/heart/b.yaml": "objectives: ['![x](<x y.svg>)']\nnotes:\n" + one_note("a")},
    "named figure": {"deckgen.yaml": SETTINGS + "    figures: {x: {image: x y.svg, alt: Rings}}\n"},
    "caption": {
        "deckgen.yaml": SETTINGS + "    figures: {z: {image: z.svg, alt: Z, caption: '![x](<x y.svg>)'}}\n",
        "cards/heart/z.svg": SVG,
    },
    "description": {"deckgen.yaml": SETTINGS + "    description: '![x](<x y.svg>)'\n"},
    "set that lies elsewhere": {
        "deckgen.yaml": SETTINGS + "  lung: {name: Lung}\n",
        "cards/lung/a.yaml": "deck: heart\nnotes:\n" + NOTE.format(id="far", answer="![x](<x y.svg>)").replace("it?", "that?"),
        "cards/lung/b.yaml": one_note("a"),
    },
}  # fmt: skip


@pytest.mark.parametrize("where", SHOWN)
def test_whatever_shows_a_file_uses_it(where: str, project: MakeProject) -> None:
    """Cards, hints, figures, captions, introductions, objectives, descriptions: a file shown by one of them is no left-over."""
    files = {"cards/heart/b.yaml": one_note("a"), "cards/heart/x y.svg": SVG, **SHOWN[where]}
    assert warnings(project(files)) == []


def test_a_file_is_used_by_whatever_name(project: MakeProject) -> None:
    """A link, and what it leads to, are one file, also where the one lies in another deck's folder."""
    root = project({
        "deckgen.yaml": SETTINGS + "  lung: {name: Lung}\n",
        "cards/heart/a.yaml": one_note("![x](link.svg)"),
        "cards/lung/a.yaml": one_note("a"),
        "cards/lung/real.svg": SVG,
    })  # fmt: skip
    (root / "cards/heart/link.svg").symlink_to("../lung/real.svg")
    assert warnings(root) == []


def test_nothing_is_called_unused_while_a_text_is_in_error(project: MakeProject) -> None:
    """Nobody knows what a broken file would show, so the mistake is reported alone."""
    root = project({"cards/heart/a.yaml": one_note("![x](missing.svg)"), "cards/heart/valves.svg": SVG})
    assert [item.code for item in check(root).bag] == ["missing-image"]


def test_strict_builds_take_no_left_overs(project: MakeProject, run: Run) -> None:
    """An unused file is a warning; `--strict` makes it an error, at the path of the file."""
    root = project({"cards/heart/a.yaml": one_note("a"), "cards/heart/left.mp3": mp3()})
    assert run("check", root=root)[0] == 0
    code, out, _ = run("check", "--strict", "--message-format", "short", root=root)
    assert code == 1
    assert out.startswith("cards/heart/left.mp3:1:1: ")


@pytest.mark.parametrize("key", ["figures: {x: {image: x.mp3, alt: A beat}}", "description: '![x](x.png)'"])
def test_keys_for_pictures_take_no_sounds(key: str, project: MakeProject) -> None:
    """A figure is a picture; a sound's bytes behind a picture's name are found in a description too."""
    root = project(
        {"deckgen.yaml": f"{SETTINGS}    {key}\n", "cards/heart/a.yaml": one_note("a"),
         "cards/heart/x.mp3": mp3(), "cards/heart/x.png": mp3()}
    )  # fmt: skip
    assert [item.code for item in check(root).bag] == ["no-picture" if "image:" in key else "image-type"]


# --- From the files to the student, by way of the real importer


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A deck with every kind of picture and of sound, each on a card of its own, all full of metadata."""
    root = tmp_path_factory.mktemp("media")
    (root / "cards/heart/files").mkdir(parents=True)
    (root / "deckgen.yaml").write_text(SETTINGS + "    description: '![Theme](files/x.mp3) of the deck'\n")
    notes = ""
    for kind, data in TOLD.items():
        (root / f"cards/heart/files/x.{kind}").write_bytes(data)
        notes += NOTE.format(id=kind, answer=f"Here: ![The {kind}](files/x.{kind})").replace("it?", f"in {kind}?")
    notes += (
        "- id: gap\n  cloze: 'On the front {{c1::![A gallop](files/x.mp3)::which sound?}} is hidden, {{c2::this}} is ![A rub](files/x.wav)'\n"
        "- id: front\n  question: 'Which sound is this? ![Three beats](files/x.ogg)'\n  answer: A gallop\n  why: '![Again](files/x.ogg)'\n"
    )
    (root / "cards/heart/a.yaml").write_text(notes)
    result = build(root, Options(formats=tuple(EXPORTERS), papers=("a4",)))
    assert [(item.code, item.message) for item in result.bag] == []
    return result


@pytest.fixture(scope="module")
def student(made: Result, tmp_path_factory: pytest.TempPathFactory) -> Student:
    someone = Student(tmp_path_factory.mktemp("student"))
    someone.imports((made.output / "heart.apkg").read_bytes())
    return someone


def cards_of(student: Student, note_id: str) -> list[Any]:
    return [student.col.get_card(number) for number in sorted(student.col.find_cards(f"Ref:*/{note_id}"))]


def test_every_file_arrives(student: Student) -> None:
    """Anki finds no file missing, none unused, none with a name it would change; and none holds a word of its maker."""
    assert student.faults() == []
    folder = Path(student.col.media.dir())
    arrived = {path.suffix[1:]: path for path in folder.iterdir()}
    assert set(arrived) == set(TOLD)
    for kind, path in arrived.items():
        assert SECRET not in path.read_bytes()
        assert re.fullmatch(rf"_dg-[0-9a-f]{{20}}\.{kind}", path.name)
        assert kind not in {"png", "jpg", "gif", "mp3", "wav", "flac"} or path.read_bytes() == CLEAN[kind]


@pytest.mark.parametrize("kind", SOUNDS)
def test_sounds_play_with_the_answer(student: Student, kind: str) -> None:
    """Anki lists the sound of an answer for the back, none for the front, and shows a button where it stands."""
    (card,) = cards_of(student, kind)
    shown = card.render_output()
    assert shown.question_av_tags == []
    (tag,) = shown.answer_av_tags
    assert (Path(student.col.media.dir()) / tag.filename).is_file()
    assert "Here: [anki:play:a:0]" in shown.answer_text
    assert "sound:" not in html.unescape(shown.answer_text)


@pytest.mark.parametrize("kind", PICTURES)
def test_pictures_are_shown_with_the_answer(student: Student, kind: str) -> None:
    """The picture of an answer is an element with its name and its words."""
    (card,) = cards_of(student, kind)
    (name, alt) = re.findall(r'<img src="([^"]*)" alt="([^"]*)">', card.render_output().answer_text)[0]
    assert alt == f"The {kind}"
    assert (Path(student.col.media.dir()) / name).is_file()


def test_a_sound_in_a_gap_is_hidden_until_the_answer(student: Student) -> None:
    """Asked for a sound, the front does not play it; the card that asks for something else does."""
    first, second = (card.render_output() for card in cards_of(student, "gap"))
    names = [tag.filename[-4:] for tag in first.question_av_tags], [tag.filename[-4:] for tag in first.answer_av_tags]
    assert names == ([".wav"], [".mp3", ".wav"])
    assert "which sound?" in first.question_text
    assert [tag.filename[-4:] for tag in second.question_av_tags] == [".mp3", ".wav"]


def test_a_sound_of_the_question_plays_on_the_front(student: Student) -> None:
    """At once on the front; the back, which repeats the question, lists it again, before its own."""
    (card,) = cards_of(student, "front")
    shown = card.render_output()
    assert len(shown.question_av_tags) == 1
    assert shown.answer_av_tags == shown.question_av_tags * 2


def test_the_description_says_what_it_cannot_play(student: Student) -> None:
    """On the page of a deck Anki plays nothing, so the words of the sound stand there."""
    assert student.decks()["Heart"].startswith("Theme of the deck")


def test_compressed_sounds_are_stored(made: Result) -> None:
    """What is compressed is not squeezed again; free room, where metadata were, takes none in the package."""
    with ZipFile(made.output / "heart.apkg") as archive:
        members = {info.file_size: info.compress_size for info in archive.infolist()}
    assert members[len(CLEAN["mp3"])] == len(CLEAN["mp3"])
    assert members[len(TOLD["opus"])] < len(TOLD["opus"]) / 100


@pytest.mark.parametrize("layout", ["handout", "cards"])
def test_sounds_are_named_on_paper(made: Result, layout: str) -> None:
    """Where a sound stands, the pages say so in words, and what is to be heard; the gap of a card stays a gap."""
    reader: Any = pymupdf  # which has no types
    with reader.open(made.output / f"heart-{layout}-a4.pdf") as document:
        words = " ".join("".join(page.get_text() for page in document).split())
    for kind in SOUNDS:
        assert f"Here: Audio: The {kind}" in words
    assert "Which sound is this? Audio: Three beats" in words
    assert words.count("Audio: A rub") == (1 if layout == "handout" else 4)
    assert words.count("which sound?") == (0 if layout == "handout" else 1)
    assert "[sound" not in words
    assert ("Audio: Theme of the deck" in words) == (layout == "handout")
