"""Large decks: whatever grows with the notes, the subdecks or the mistakes of a deck grows in proportion, no faster."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
import sample
from conftest import MakeProject, grows_linearly

from deckgen.build import Options, build, check
from deckgen.checks import run_checks
from deckgen.diagnostics import Bag, Source
from deckgen.editions import news, releasenotes
from deckgen.editions.ledger import Ledger, read_ledger, to_text
from deckgen.editions.plan import draft_plan, release_plan
from deckgen.editions.review import review
from deckgen.export import EXPORTERS
from deckgen.markup.tree import Image, Paragraph
from deckgen.model import Collection, Deck, Media, Note, Retired

TYPES = sample.types()
HEAD = "publisher: Test\ndecks:\n  heart:\n    name: Heart\n"

Change = Callable[[Note, int], Note]


def deck_of(count: int, change: Change = lambda note, _: note) -> Deck:
    """A deck of so many notes, a hundred to a subdeck, each changed in some way."""
    notes = [
        replace(
            sample.note(f"n{number}", Question=f"Question {number}?", Answer=f"Answer {number}"),
            deck_name=f"{sample.NAME}::{number // 100}",
        )
        for number in range(count)
    ]
    return sample.deck([change(note, number) for number, note in enumerate(notes)])


def released(deck: Deck) -> Ledger:
    """The ledger once this deck is published."""
    return release_plan(review(deck, TYPES, None), [], "", sample.EDITION).ledger


def same(note: Note, _: int) -> Note:
    return note


def edited(note: Note, number: int) -> Note:
    return replace(note, content={**note.content, "Answer": sample.text(f"Another answer {number}")})


def renamed(note: Note, number: int) -> Note:
    return replace(note, id=f"m{number}", guid=f"renamed {number}")


def moved(note: Note, number: int) -> Note:
    return replace(note, deck_name=f"{sample.NAME}::moved {number}")


def retired(note: Note, number: int) -> Note:
    return replace(note, retired=Retired("1.1.0", "It is no longer taught.", "n0" if number else "n1"))


def with_picture(note: Note, number: int) -> Note:
    picture = Paragraph((Image(f"images/{number}.svg", "A picture", 0, 0),))
    return replace(note, content={**note.content, "Figure": (picture,)})


def with_media(deck: Deck, data: bytes) -> Deck:
    """The deck with the files that its notes show, all of these bytes."""
    paths = [f"images/{number}.svg" for number in range(len(deck.notes()))]
    return replace(deck, media={path: Media(path, path.replace("/", "-"), "svg", data) for path in paths})


@pytest.mark.parametrize("change", [same, edited, renamed, moved, retired])
def test_comparing_with_a_ledger_grows_with_the_notes(change: Change) -> None:
    """Reading a ledger, comparing, planning and writing the next: twice the notes take twice the time, whatever changed."""
    made = {size: (to_text(released(deck_of(size))), deck_of(size, change)) for size in (1_500, 3_000)}

    def work(size: int) -> None:
        text, deck = made[size]
        ledger = read_ledger(Source("ledger.txt", text), deck.key, Bag())
        assert ledger is not None
        assert len(ledger.notes) == size
        plan = draft_plan(review(deck, TYPES, ledger), [ledger], None)
        assert to_text(plan.ledger)

    assert grows_linearly(work, 3_000)


def test_the_text_update_and_the_release_notes_grow_with_the_notes() -> None:
    """Also when every note shows a new picture of its own."""
    made = {}
    for size in (1_000, 2_000):
        deck = with_media(deck_of(size, with_picture), b"<svg/>")
        found = review(deck, TYPES, released(deck_of(size)))
        made[size] = deck, found, release_plan(found, [], "", sample.EDITION + sample.DAY)

    def work(size: int) -> None:
        deck, found, plan = made[size]
        context = replace(sample.context(), notes=found.now.notes, updates=plan.updates)
        (artifact,) = EXPORTERS["text"](deck, context, Bag())
        assert artifact.data.count(b"\n") >= size
        notes = releasenotes.release_notes(plan, found, news.entry(plan, found))
        assert notes.count("Question") == 2 * size  # as what has changed, and as what needs the package

    assert grows_linearly(work, 2_000)


def test_judging_changed_media_grows_with_the_notes() -> None:
    """When every picture of the deck has other bytes under its published name, too."""
    made = {}
    for size in (1_000, 2_000):
        deck = deck_of(size, with_picture)
        made[size] = with_media(deck, b"<svg></svg>"), released(with_media(deck, b"<svg/>"))

    def work(size: int) -> None:
        found = review(made[size][0], TYPES, made[size][1])
        assert [each.code for each in found.concerns] == ["changed-media"] * size

    assert grows_linearly(work, 2_000)


def test_the_checks_grow_with_the_notes() -> None:
    """Also when all notes are retired, and name the one that replaces them."""
    made = {size: Collection((deck_of(size, retired),), {"en": TYPES}) for size in (5_000, 10_000)}
    assert grows_linearly(lambda size: list(run_checks(made[size])), 10_000)


# ---- whole runs -----------------------------------------------------------------------------------------------


def subdecks(count: int) -> dict[str, str]:
    """A project with so many sets, each a subdeck of its own."""
    notes = "notes:\n- {{id: n{0}, question: 'Question {0}?', answer: A}}\n"
    return {
        "deckgen.yaml": HEAD,
        **{f"cards/heart/{n}.yaml": f"subdeck: Part {n}\n{notes.format(n)}" for n in range(count)},
    }


def missing_pictures(count: int) -> dict[str, str]:
    """A project in which the folder of all its pictures was renamed."""
    notes = "".join(f"- {{id: n{n}, question: Q{n}?, answer: '![A](image/{n}.svg)'}}\n" for n in range(count))
    return {
        "deckgen.yaml": HEAD,
        "cards/heart/a.yaml": notes,
        **{f"cards/heart/images/{n}.svg": "" for n in range(count)},
    }


def unknown_references(count: int) -> dict[str, str]:
    """A project in which no citation has the key of its record."""
    notes = "".join(f"- {{id: n{n}, question: Q{n}?, answer: A, references: [Boyel{n}]}}\n" for n in range(count))
    records = "".join(f"- {{id: Boyle{n}, type: book, title: T{n}}}\n" for n in range(count))
    return {"deckgen.yaml": HEAD, "cards/heart/a.yaml": notes, "cards/heart/references.yaml": records}


def unknown_heirs(count: int) -> dict[str, str]:
    """A project in which every note is replaced by one there is not."""
    notes = "".join(
        f"- {{id: n{n}, question: Q{n}?, answer: A, retired: {{since: 1.0.0, why: Old., replaced by: m{n}}}}}\n"
        for n in range(count)
    )
    return {"deckgen.yaml": HEAD, "cards/heart/a.yaml": notes}


def test_building_grows_with_the_subdecks(project: MakeProject, tmp_path: Path) -> None:
    """Twice the subdecks take twice the time, from the files to the package; genanki takes four times as long."""
    roots = {size: project(subdecks(size), str(size)) for size in (750, 1_500)}

    def work(size: int) -> None:
        result = build(roots[size], Options(formats=("apkg",), output=tmp_path / "out"))
        assert (result.notes, len(result.artifacts)) == (size, 1)

    assert grows_linearly(work, 1_500)


@pytest.mark.parametrize("files", [missing_pictures, unknown_references, unknown_heirs])
def test_a_mistake_on_every_note_does_not_start_a_search_for_every_note(
    files: Callable[[int], dict[str, str]], project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What may have been meant is searched for at most a hundred times; every place is reported all the same."""
    search = Mock(wraps=difflib.get_close_matches)
    monkeypatch.setattr(difflib, "get_close_matches", search)
    found = check(project(files(300))).bag
    assert len(found) >= 300
    assert 1 <= search.call_count <= 100
