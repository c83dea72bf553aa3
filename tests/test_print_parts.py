"""Long runs of cards and pages: cut into several files, of which nothing is lost and nothing is there twice."""

from __future__ import annotations

from itertools import chain

import pytest
from printed import PICTURE, deck, note, numbered, para

from deckgen.diagnostics import Bag
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Paragraph, Table, Text
from deckgen.model import Deck, Figure, NoteSet
from deckgen.printing import documents as made
from deckgen.printing.writer import Writer


def documents(whole: Deck, job: PrintJob) -> list[made.Document]:
    return made.documents(whole, job, Writer(whole, Bag()))


def cell(word: str) -> tuple[Text, ...]:
    return (Text(word),)


def test_cards_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every card is in exactly one part, in order; parts end with full sheets; tables count for many cards."""
    monkeypatch.setattr(made, "CARDS", 300)
    whole = deck(numbered(1000))
    parts = documents(whole, PrintJob("cards"))
    assert [part.suffix for part in parts] == [f"part-{at}" for at in range(1, len(parts) + 1)]
    assert [part.data["volume"] for part in parts] == [[at, len(parts)] for at in range(1, len(parts) + 1)]
    assert [card["id"] for card in chain(*(part.data["cards"] for part in parts))] == [f"n{at}" for at in range(1000)]
    assert [len(part.data["cards"]) for part in parts[:-1]] == [240] * (len(parts) - 1)
    table = Table((cell("a"), cell("b")), ((cell("c"), cell("d")),), ("", ""))
    heavy = deck([note(f"n{at}", Question="Q?", Answer=(Paragraph(cell("x")), table)) for at in range(300)])
    assert len(documents(heavy, PrintJob("cards"))) == 3


def test_few_cards_are_in_one_file() -> None:
    """Without a number in its name."""
    (only,) = documents(deck(numbered(500)), PrintJob("cards"))
    assert only.suffix == ""
    assert "volume" not in only.data


def test_a_handout_in_volumes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Volumes are cut between sets where that can be; notes keep the numbers they have in the whole."""
    monkeypatch.setattr(made, "NOTES", 10)
    sizes = (6, 3, 4, 25, 1)
    notes = numbered(sum(sizes))
    sets, at = [], 0
    for number, size in enumerate(sizes):
        sets.append(NoteSet(f"Set {number}", f"cards/heart/{number}.yaml", tuple(notes[at : at + size])))
        at += size
    volumes = documents(deck([], sets=tuple(sets)), PrintJob("handout"))
    found = [[[each["number"] for each in one["notes"]] for one in volume.data["sets"]] for volume in volumes]
    assert [[len(one) for one in volume] for volume in found] == [[6, 3], [4], [10], [10], [5, 1]]
    assert list(chain(*chain(*found))) == list(range(1, 40))
    assert [volume.suffix for volume in volumes] == [f"part-{each}" for each in range(1, 6)]


def test_what_belongs_to_no_note_is_in_the_last_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures that nothing calls, sets without notes and their introductions are not lost; objectives stand where a set begins."""
    monkeypatch.setattr(made, "NOTES", 4)
    notes = numbered(10)
    sets = (
        NoteSet("Long", "cards/heart/1.yaml", tuple(notes), objectives=((para("Aim"),),)),
        NoteSet("Only words", "cards/heart/2.yaml", (), introduction=(para("Words"),)),
    )
    figure = Figure("x", PICTURE.path, "A box")
    volumes = [each.data for each in documents(deck([], sets=sets, figures={"x": figure}), PrintJob("handout"))]
    assert [[len(one["objectives"]) for one in each["sets"]] for each in volumes] == [[1], [0], [0, 0]]
    assert volumes[-1]["sets"][-1]["introduction"]
    assert [len(each["figures"]) for each in volumes] == [0, 0, 1]
    assert all(each["choice"] is None for each in volumes)
