"""The package as bytes: reproducible, complete, and never silently wrong. What Anki makes of it: test_anki.py."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sample
from conftest import grows_linearly
from mediafiles import CLEAN
from sample import text

import deckgen
from deckgen.export import apkg
from deckgen.ids import deck_id, first_row_id, note_guid
from deckgen.markup.tree import Cloze, Text
from deckgen.model import Deck, Media, Retired
from deckgen.notetypes import UNPUBLISHED_LOOK

SOURCE = Path(deckgen.__file__).parents[1]


class Opened:
    """A package taken apart: its members, and the rows of its database."""

    def __init__(self, data: bytes, tmp_path: Path) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        path = tmp_path / "collection.anki2"
        path.write_bytes(self.archive.read("collection.anki2"))
        self.path = path

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path)) as database:
            return database.execute(query).fetchall()

    def json(self, column: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rows(f"select {column} from col")[0][0])
        return found

    def member(self, name: str) -> Any:
        return json.loads(self.archive.read(name))


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return Opened(sample.package(sample.deck()), tmp_path)


def numbered(count: int) -> Deck:
    """A deck of many ordinary notes: three in four Recall, the others Cloze."""
    rng = random.Random(1)
    words = [
        "bone",
        "cell",
        "osteoclast",
        "RANKL",
        "receptor",
        "binds",
        "fracture",
        "density",
        "drug",
        "dose",
        "week",
        "hip",
        "spine",
        "risk",
        "women",
    ]
    notes = []
    for number in range(count):
        phrase = " ".join(rng.choices(words, k=12))
        common = {"Why": text(" ".join(rng.choices(words, k=25))), "Watch out": text(phrase)}
        if number % 4:
            content = {"Question": text(f"{phrase}?"), "Answer": text(sample.strong(phrase[:20]), " & more"), **common}
        else:
            content = {
                "Text": text(phrase, Cloze((1,), (Text("RANKL"),), "", 0, 0), phrase, sample.cloze(2, "bone")),
                **common,
            }
        kind = sample.note(f"note-{number}", "basic" if number % 4 else "cloze", "recall" if number % 4 else "cloze")
        notes.append(replace(kind, content=content, tags=("Osteoporosis::x",), citations=sample.OPG.citations))
    return sample.deck(notes)


# ---- the same bytes -------------------------------------------------------------------------------------------


def test_a_package_is_the_same_bytes_everywhere(tmp_path: Path) -> None:
    """Process, hash seed, time zone, language, working directory and clock leave no trace in a package."""
    code = "import sys, sample; sys.stdout.buffer.write(sample.package(sample.deck()))"
    digests = set()
    for number, (zone, cwd) in enumerate(
        (("UTC", "/"), ("America/New_York", str(SOURCE)), ("Asia/Tokyo", str(tmp_path)))
    ):
        environment = {
            **os.environ,
            "PYTHONPATH": f"{SOURCE}{os.pathsep}{Path(__file__).parent}",
            "PYTHONHASHSEED": str(number),
            "TZ": zone,
            "LC_ALL": "C",
        }
        made = subprocess.run([sys.executable, "-c", code], env=environment, cwd=cwd, capture_output=True, check=True)
        digests.add(hashlib.sha256(made.stdout).hexdigest())
        time.sleep(1.1 * (number == 0))  # a zip counts time in steps of two seconds, a database in one
    assert digests == {hashlib.sha256(sample.package(sample.deck())).hexdigest()}


def test_members_say_nothing_of_the_machine(opened: Opened) -> None:
    """Every member of the zip has the date, system and rights of every other, and is named as Anki expects."""
    members = opened.archive.infolist()
    assert [member.filename for member in members] == ["collection.anki2", "media", "deckgen.json", "0"]
    assert {(member.date_time, member.create_system, member.external_attr) for member in members} == {
        ((1980, 1, 1, 0, 0, 0), 3, 0o644 << 16)
    }
    assert {member.compress_type for member in members} == {zipfile.ZIP_DEFLATED}
    assert opened.archive.testzip() is None


def test_the_database_does_not_say_which_sqlite_wrote_it(opened: Opened) -> None:
    """The header's version number is constant, and the database is whole."""
    assert opened.archive.read("collection.anki2")[96:100] == apkg.SQLITE_VERSION
    assert opened.rows("pragma integrity_check") == [("ok",)]


def test_no_temporary_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package is made in memory; genanki's own way leaves a file behind at each build."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sample.package(sample.deck())
    assert list(tmp_path.iterdir()) == []


# ---- notes and cards ------------------------------------------------------------------------------------------


def test_notes_carry_guid_time_tags_and_fields(opened: Opened) -> None:
    """Rows stand in the author's order, with the permanent GUID, the given time, tags and all fields."""
    rows = opened.rows("select id, guid, mod, usn, tags, flds, sfld from notes order by id")
    first = first_row_id("osteoporosis")
    assert [row[0] for row in rows] == list(range(first, first + 5))
    assert [row[1] for row in rows] == [note_guid("osteoporosis", note.id) for note in sample.NOTES]
    assert {row[2] for row in rows} == {sample.EDITION}
    assert rows[0][4] == " Osteoporosis::signals Osteoporosis::difficulty::core "
    assert rows[1][4] == ""
    assert [len(row[5].split("\x1f")) for row in rows] == [21, 21, 17, 28, 21]
    assert rows[2][6].startswith("Denosumab is a {{c1::")


def test_cards_are_those_anki_makes(opened: Opened) -> None:
    """A row for every card; siblings share the position of their note; all are new and in their note's deck."""
    rows = opened.rows(
        "select n.guid, c.ord, c.due, c.did, c.type, c.queue from cards c join notes n on n.id = c.nid order by c.id"
    )
    found = {note.id: [row[1] for row in rows if row[0] == note.guid] for note in sample.NOTES}
    assert found == {
        "opg-role": [0, 1],
        "t-score": [0],
        "denosumab": [0, 1],
        "rankl-cascade": [0, 1, 2, 3, 4, 10],
        "arabic": [0],
    }
    assert [row[2] for row in rows] == [1, 1, 2, 3, 3, 4, 4, 4, 4, 4, 4, 5]
    assert {row[3] for row in rows if row[2] == 2} == {deck_id("Osteoporosis::2 Diagnosis")}
    assert {row[3] for row in rows if row[2] != 2} == {deck_id("Osteoporosis::1 Signals")}
    assert {row[4:] for row in rows} == {(0, 0)}


def test_retired_notes_come_last_among_new_cards(tmp_path: Path) -> None:
    """Whoever begins today meets them after all others; their rows stand where the author has them."""
    gone = [replace(note, retired=Retired("1.1.0", "Wrong.")) for note in (sample.OPG, sample.DENOSUMAB)]
    deck = sample.deck([gone[0], sample.T_SCORE, gone[1], sample.ARABIC])
    rows = Opened(sample.package(deck), tmp_path).rows(
        "select n.guid, c.ord, c.due from notes n join cards c on c.nid = n.id order by n.id, c.ord"
    )
    assert rows == [
        (sample.OPG.guid, 0, 3),
        (sample.OPG.guid, 1, 3),
        (sample.T_SCORE.guid, 0, 1),
        (sample.DENOSUMAB.guid, 0, 4),
        (sample.DENOSUMAB.guid, 1, 4),
        (sample.ARABIC.guid, 0, 2),
    ]


def test_only_the_time_of_the_edition_is_new(tmp_path: Path) -> None:
    """Another stamp changes the notes' and cards' time and nothing else; the note types' time stands still."""
    found = []
    for number, stamp in enumerate((1_700_000_000, 1_700_000_777)):
        folder = tmp_path / str(number)
        folder.mkdir()
        package = Opened(apkg.export(sample.deck(), sample.context(stamp)).data, folder)
        notes = package.rows("select id, guid, mid, usn, tags, flds, mod from notes")
        cards = package.rows("select id, nid, did, ord, due, mod from cards")
        assert {row[-1] for row in (*notes, *cards)} == {stamp}
        found.append(([row[:-1] for row in notes], [row[:-1] for row in cards], package.rows("select models from col")))
    assert found[0] == found[1]
    assert time.time() > UNPUBLISHED_LOOK


# ---- note types and decks -------------------------------------------------------------------------------------


def test_note_types_carry_their_ids(opened: Opened) -> None:
    """Note types, fields and templates have permanent ids, the time that stands still, no deck, and what they require."""
    models = opened.json("models")
    known = sample.types()
    assert {int(number) for number in models} == {known[key].id for key in ("recall", "cloze", "sequence")}
    recall = models[str(known["recall"].id)]
    assert recall["mod"] == UNPUBLISHED_LOOK
    assert recall["did"] is None
    assert [(field["name"], field["id"]) for field in recall["flds"]] == [
        (field.name, field.id) for field in known["recall"].fields
    ]
    assert [each["id"] for each in recall["tmpls"]] == [each.id for each in known["recall"].templates]
    names = known["recall"].field_names()
    wanted = ("Question", "Reverse question", "Typed answer", "Spare 3")
    assert recall["req"] == [[number, "any", [names.index(name)]] for number, name in enumerate(wanted)]
    assert recall["sortf"] == 0
    assert next(field for field in recall["flds"] if field["name"] == "My notes")["description"]
    assert not any(field["rtl"] for field in recall["flds"])


def test_fields_of_a_right_to_left_deck_are_edited_so(tmp_path: Path) -> None:
    """In Anki's editor, the fields of an Arabic deck run from right to left."""
    models = Opened(sample.package(sample.deck(language="ar")), tmp_path).json("models")
    assert all(field["rtl"] for model in models.values() for field in model["flds"])


def test_every_deck_above_is_there(opened: Opened, tmp_path: Path) -> None:
    """The decks are the deck, its subdecks and all above; only the deck itself is described."""
    decks = {deck["name"]: deck["desc"] for deck in opened.json("decks").values()}
    assert set(decks) == {"Default", "Osteoporosis", "Osteoporosis::1 Signals", "Osteoporosis::2 Diagnosis"}
    assert [name for name, description in decks.items() if description] == ["Osteoporosis"]
    deep = replace(sample.T_SCORE, deck_name="Medicine::Bone::1 Signals")
    other = Opened(sample.package(sample.deck([deep], name="Medicine::Bone")), tmp_path)
    described = {deck["name"]: bool(deck["desc"]) for deck in other.json("decks").values()}
    assert described == {
        "Default": False,
        "Medicine": False,
        "Medicine::Bone": True,
        "Medicine::Bone::1 Signals": False,
    }


def test_the_description_says_what_the_deck_is(opened: Opened, tmp_path: Path) -> None:
    """Edition, day, authors, licence, home and disclaimer stand under the author's description; signs are escaped."""
    decks = {deck["name"]: deck["desc"] for deck in opened.json("decks").values()}
    assert decks["Osteoporosis"] == (
        "Bone in <b>five</b> notes.<p>Osteoporosis 1.0.0 · 2026-03-31<br>A. Author<br>CC BY-SA 4.0"
        '<br><a href="https://example.org/bone">https://example.org/bone</a></p><p>For education. Not medical advice.</p>'
    )
    bare = sample.deck(description=(), authors=("<A> & B",), licence="", disclaimer="", version="", date="", home="")
    described = {deck["name"]: deck["desc"] for deck in Opened(sample.package(bare), tmp_path).json("decks").values()}
    assert described["Osteoporosis"] == "<p>Osteoporosis<br>&lt;A&gt; &amp; B</p>"


# ---- media ----------------------------------------------------------------------------------------------------


def media(path: str, name: str, data: bytes) -> Media:
    return Media(path, name, name.rpartition(".")[2], data)


def with_pictures(*pictures: Media, shown: str = "images/rankl.svg") -> Deck:
    content = {"Question": text("?"), "Figure": sample.figure()} if shown else {"Question": text("?")}
    return sample.deck(
        [replace(sample.T_SCORE, content=content)], media={picture.path: picture for picture in pictures}
    )


def test_pictures_that_are_shown_come_along(opened: Opened, tmp_path: Path) -> None:
    """Pictures are numbered members in the order of their names; one that no field shows stays out: Anki would drop it."""
    assert opened.member("media") == {"0": sample.PICTURE}
    assert opened.archive.read("0") == sample.SVG.encode()
    unused = with_pictures(
        media("images/rankl.svg", "dg-1.svg", b"<svg/>"), media("images/other.svg", "dg-2.svg", b"<svg />")
    )
    assert Opened(sample.package(unused), tmp_path).member("media") == {"0": "dg-1.svg"}


@pytest.mark.parametrize("kind", CLEAN)
def test_what_is_compressed_is_stored(kind: str, tmp_path: Path) -> None:
    """Of all that deckgen takes, only drawings and WAV are squeezed: the others are already, and it would take time.

    A sound with much free room, where a cover was, is squeezed in any case.
    """
    shown = with_pictures(media("images/rankl.svg", f"dg-1.{kind}", CLEAN[kind]))
    packed = Opened(sample.package(shown), tmp_path).archive.getinfo("0")
    assert packed.compress_type == (zipfile.ZIP_DEFLATED if kind in {"svg", "wav"} else zipfile.ZIP_STORED)
    for filler in (b"\0", b" "):
        roomy = with_pictures(media("images/rankl.svg", f"dg-1.{kind}", CLEAN[kind] + filler * 5000))
        assert Opened(sample.package(roomy), tmp_path).archive.getinfo("0").compress_size < packed.file_size + 1000


def test_an_empty_picture_is_refused() -> None:
    """Anki reports a file of no bytes as missing, so there is none in a package."""
    with pytest.raises(ValueError, match=r"images/rankl\.svg is empty"):
        sample.package(with_pictures(media("images/rankl.svg", "dg-1.svg", b"")))


def test_two_pictures_of_one_name_are_refused() -> None:
    """Of two files with one name Anki takes any; the same picture by two paths is stored once."""
    twins = with_pictures(media("images/rankl.svg", "dg-1.svg", b"<svg/>"), media("b.svg", "dg-1.svg", b"<svg />"))
    with pytest.raises(ValueError, match=r"two files are called dg-1\.svg"):
        sample.package(twins)
    sample.package(
        with_pictures(media("images/rankl.svg", "dg-1.svg", b"<svg/>"), media("b.svg", "dg-1.svg", b"<svg/>"))
    )


# ---- never silently wrong -------------------------------------------------------------------------------------


def test_a_separator_in_a_field_is_refused() -> None:
    """Anki would count one field more and refuse the whole package, so none is made."""
    with pytest.raises(ValueError, match="holds the character U\\+001F"):
        sample.package(sample.deck([replace(sample.T_SCORE, content={"Question": text("a\x1fb")})]))


def test_two_notes_of_one_guid_are_refused() -> None:
    """Anki would take both, and later update one of them twice."""
    with pytest.raises(ValueError, match="two notes have the GUID"):
        sample.package(sample.deck([sample.OPG, replace(sample.T_SCORE, guid=sample.OPG.guid)]))
    with pytest.raises(ValueError, match="t-score has no GUID"):
        sample.package(sample.deck([replace(sample.T_SCORE, guid="")]))


@pytest.mark.parametrize("words", ["p<0.05", "a < b and c > d", "<a-b>", "x<y>z", "if (a<b) {}", "\\(x<y\\)"])
def test_signs_that_look_like_html_are_no_problem(words: str, tmp_path: Path) -> None:
    """Genanki warns of what it takes for wrong HTML; our fields are written by us, so nothing is said."""
    note = replace(sample.T_SCORE, content={"Question": text(words)})
    (row,) = Opened(sample.package(sample.deck([note])), tmp_path).rows("select flds from notes")
    assert "<y>" not in row[0]


def test_the_package_says_where_it_comes_from(opened: Opened) -> None:
    """deckgen.json names program, deck, edition and licence; Anki ignores it."""
    about = opened.member("deckgen.json")
    assert (about["program"], about["deck"], about["edition"], about["licence"]) == (
        "deckgen",
        "osteoporosis",
        "1.0.0",
        "CC BY-SA 4.0",
    )


def test_the_artifact_is_named_by_the_key() -> None:
    """The file is called after the deck's permanent key."""
    artifact = apkg.export(sample.deck(), sample.context())
    assert (artifact.name, artifact.format, artifact.deck) == ("osteoporosis.apkg", "apkg", "osteoporosis")


def test_an_empty_deck_makes_an_empty_package(tmp_path: Path) -> None:
    """A deck without notes is a package without notes, not a crash."""
    assert Opened(sample.package(sample.deck([])), tmp_path).rows("select count(*) from notes") == [(0,)]


def test_packing_grows_with_the_notes_and_no_faster() -> None:
    """Twice the notes take twice the time: genanki's own packing is quadratic in decks."""
    decks = {size: numbered(size) for size in (2_000, 4_000)}
    assert grows_linearly(lambda size: apkg.export(decks[size], sample.context()), 4_000)
