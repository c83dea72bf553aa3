"""Numbers and their units: one line for both, and nothing else touched."""

from __future__ import annotations

import pytest
from conftest import MakeProject
from hypothesis import given
from hypothesis import strategies as st

from deckgen.build import read
from deckgen.markup.html import to_html
from deckgen.markup.parse import parse
from deckgen.markup.units import NO_BREAK, kept_together


def shown(text: str, *, cloze: bool = False) -> str:
    """A text as Anki gets it, `_` where no line may break."""
    blocks, problems = parse(text, cloze=cloze)
    assert not problems
    return to_html(kept_together(blocks, text)).replace(NO_BREAK, "_")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20 % of women", "20_% of women"),
        ("70 mg a week, 20 µg a day", "70_mg a week, 20_µg a day"),
        ("from 3.5 to 4,2 mmol/L", "from 3.5 to 4,2_mmol/L"),
        ("25 mL/min and 30 mL/min/1.73 m²", "25_mL/min and 30_mL/min/1.73_m²"),
        ("200 IU", "200_IU"),
        ("16 608 women, 120 000 cells", "16_608 women, 120_000 cells"),
        ("1 000 000 cells, in 2021 345 women", "1_000_000 cells, in 2021 345 women"),
        ("0.5 125 and 12 34 567", "0.5 125 and 12 34_567"),
        ("**5 mg** once", "5_mg"),
        ("5 men, 3 months, 12 grams, 4 hips", "5 men, 3 months, 12 grams, 4 hips"),
        ("step 3 m-RNA", "step 3 m-RNA"),
        ("type 2 Gaucher, vitamin B12 levels", "type 2 Gaucher, vitamin B12 levels"),
        ("5  mg", "5  mg"),
        ("`5 mg`", "5 mg"),
        ("$5 \\%$ and 5 %", "5_%"),
    ],
)
def test_only_the_space_before_a_unit_is_held(text: str, found: str) -> None:
    """Words that begin like a unit, code and formulas stay as they are."""
    assert found in shown(text)


def test_gaps_are_texts_too() -> None:
    """Also with the hint."""
    assert "30_mg" in shown("A dose of {{c1::30 mg::dose}}.", cloze=True)


@given(st.text(alphabet="0123456789 %mgµLh/.*a", max_size=30))
def test_nothing_but_spaces_changes(text: str) -> None:
    """With the held spaces taken back, the text is what it was."""
    blocks, problems = parse(text)
    if not problems:
        assert to_html(kept_together(blocks, text)).replace(NO_BREAK, " ") == to_html(blocks)


def test_every_text_of_a_note_is_held(project: MakeProject) -> None:
    """Question, answer, option and reason alike."""
    note = "- {id: a, question: 5 mg?, best: 5 mg, options: {5 mg: As 5 mg., 6 mg: No., 7 mg: No.}, why: 5 mg.}\n"
    result = read(project({"cards/heart/a.yaml": note}))
    assert not result.bag
    assert result.collection
    (made,) = result.collection.decks[0].notes()
    texts = [*made.content.values(), made.options[0].text, made.options[0].reason]
    assert all(f"5{NO_BREAK}mg" in to_html(text) for text in texts)
