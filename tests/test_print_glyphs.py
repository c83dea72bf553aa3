"""Characters on paper: drawn, or shown as their code and reported; never dropped, never a failed build."""

from __future__ import annotations

import random
import sys
import unicodedata
from typing import Any

import pytest
from printed import bare, deck, note, one, para

from deckgen.diagnostics import Bag
from deckgen.markup.tree import Code, CodeBlock, Emphasis, Strong, Text
from deckgen.model import NoteSet
from deckgen.printing import fonts, runs


def test_every_character_deckgen_promises_is_drawn() -> None:
    """Typst sets each character of the coverage tables, in every style they name, and misses none."""
    every = sorted(set().union(*(family.every for family in fonts.ours().families)))
    upright = sorted(set().union(*(family.upright for family in fonts.ours().families)) - set(every))
    drawn = [
        [
            char
            for point in points
            if fonts.ours().drawn(char := chr(point)) != "no"
            and not unicodedata.category(char).startswith(("M", "Z", "C"))
        ]
        for points in (every, upright)
    ]
    assert len(drawn[0]) > 3000
    assert len(drawn[1]) > 400
    lines = [Text(" ".join(drawn[0][at : at + 40])) for at in range(0, len(drawn[0]), 40)]
    rare = Text(" ".join(drawn[1]))
    blocks = tuple(
        para(line, Strong((line,)), Emphasis((line,)), Strong((Emphasis((line,)),)), Code(line.text)) for line in lines
    )
    made = deck(
        [note("x", Question="Q?", Answer=(*blocks, para(rare, Strong((rare,)), Emphasis((rare,)), Code(rare.text))))]
    )
    words = bare("".join(page.get_text() for page in one(made, "handout")))
    assert all(char in words for char in "αβγδκλμ−–≤≥≠≈→←↔⇌²³₂⁺⁻½°µ×·•☐✓✗ЖßøœΩ")


@pytest.mark.parametrize("field", ["Question", "Answer", "Why", "Watch out"])
def test_a_missing_character_is_named_and_shown_as_its_code(field: str) -> None:
    """A character without a glyph is a warning with note, field, code and name; on paper its code stands in its place."""
    bag = Bag()
    content: dict[str, Any] = {"Question": "Q?", "Answer": "A", field.replace(" ", "_"): "Before 😀 after 骨"}
    made = deck([note("smile", **content)])
    words = bare(one(made, "handout", bag=bag)[0].get_text())
    assert "BeforeU+1F600afterU+9AA8" in words
    (problem,) = bag
    assert (problem.code, problem.severity) == ("missing-glyph", "warning")
    assert "😀 (U+1F600 GRINNING FACE)" in problem.message
    assert f"{field.lower()} of `smile`" in problem.message


def test_missing_characters_are_reported_wherever_they_stand() -> None:
    """In titles, names, captions and code too; once for each place, however many layouts and papers show it."""
    bag = Bag()
    made = deck(
        [note("x", Question=(para("Q ", Code("x😀")), CodeBlock("骨")), Answer="A")],
        name="Heart ❤\ufe0f 骨",
        licence="骨",
        disclaimer="骨",
    )
    made = deck(
        made.notes(), name=made.name, licence="骨", disclaimer="骨", sets=(NoteSet("Set 骨", "p", made.notes()),)
    )
    for layout in ("handout", "cards"):
        words = bare("".join(page.get_text() for page in one(made, layout, bag=Bag())))
        assert "x[U+1F600]" in words
        assert "[U+9AA8]" in words
    words = one(made, "handout", bag=bag)[0].get_text()
    assert {item.code for item in bag} == {"missing-glyph"}
    assert len(list(bag)) == 4


def test_arabic_and_hebrew_are_drawn() -> None:
    """Arabic and Hebrew letters are set, in italics and code as well, without a warning."""
    made = deck(
        [
            note(
                "x",
                Question="هشاشة العظام",
                Answer=(para(Emphasis((Text("سلام"),)), " ", Strong((Text("שלום"),)), " ", Code("سلام")),),
            )
        ]
    )
    for layout in ("handout", "cards"):
        one(made, layout)


def alphabet(rng: random.Random) -> str:
    pools = [range(0x20, 0x7F), range(0xA0, 0x250), range(0x300, 0x370), range(0x370, 0x530), range(0x590, 0x700), range(0x900, 0xE80), range(0x1100, 0x1200),
             range(0x2000, 0x2C00), range(0x3000, 0x3100), range(0xFB00, 0xFE70), range(0xFE00, 0xFE10), range(0x1D400, 0x1D500), range(0x1F300, 0x1F700), range(sys.maxunicode + 1), range(0x20)]  # fmt: skip
    return chr(rng.choice(rng.choice(pools)))


@pytest.mark.parametrize("seed", range(3))
def test_no_text_at_all_fails_a_build(seed: int) -> None:
    """Random characters from all of Unicode, marks, controls, joiners and surrogates among them, give pages and at most a warning."""
    rng = random.Random(seed)

    def some() -> str:
        return "".join(alphabet(rng) for _ in range(rng.randint(1, 25))) + "."

    notes = [
        note(
            f"u{i}",
            Question=some() + "?",
            Answer=(para(some(), Strong((Text(some()),)), Emphasis((Text(some()),)), Code(some())), CodeBlock(some())),
            Why=some(),
        )
        for i in range(150)
    ]
    bag = Bag()
    made = deck(notes, name=f"N{some()}", authors=(f"A{some()}",), disclaimer=some())
    for layout in ("handout", "cards"):
        one(made, layout, bag=bag)
    assert {item.code for item in bag} <= {"missing-glyph", "overflow"}


def test_nothing_is_lost_when_text_is_made_safe() -> None:
    """All visible characters of a text are in the data, in order, as themselves or as their code."""
    rng = random.Random(11)

    def flat(node: list[Any]) -> str:
        return "".join(map(flat, node[2])) if node[0] in {"w", "f"} else str(node[1])

    for _ in range(300):
        text = "".join(alphabet(rng) for _ in range(20))
        got = bare("".join(flat(node) for node in runs.settle_text(text, lambda _: None)))
        for char in bare(text):
            assert char in got or f"U+{ord(char):04X}" in got or not char.isprintable()
