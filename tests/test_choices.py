"""Choice notes: an order that says nothing, a reason under every option, families, the open question."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from conftest import MakeProject
from hypothesis import given
from hypothesis import strategies as st
from sample import text

from deckgen.build import check
from deckgen.export import count_cards
from deckgen.fieldtext import field_values
from deckgen.load.choices import in_order
from deckgen.markup.plain import to_plain
from deckgen.model import Collection, Note, Option


def ordered(*words: str) -> list[str]:
    return [to_plain(option.text) for option in in_order([Option(text(word), text("why")) for word in words])]


def loaded(make: MakeProject, content: str) -> tuple[Collection, list[Note], list[str]]:
    result = check(make({"cards/heart/a.yaml": content}))
    assert result.collection
    return result.collection, list(result.collection.decks[0].notes()), [item.code for item in result.bag]


def shown(collection: Collection, note: Note) -> dict[str, str]:
    deck = collection.decks[0]
    kind = collection.note_types["en"][note.note_type]
    return dict(zip(kind.field_names(), field_values(note, kind, deck), strict=True))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["Teriparatide", "alendronate", "Calcitonin"], ["alendronate", "Calcitonin", "Teriparatide"]),
        (["Östrogen", "Zoledronat", "Parathormon"], ["Östrogen", "Parathormon", "Zoledronat"]),
        (["50 %", "5 %", "10 %"], ["5 %", "10 %", "50 %"]),
        (["−1.0", "−2.5", "+1", "0"], ["−2.5", "−1.0", "0", "+1"]),
        (["≥ 20 mg", "< 5 mg", "5–10 mg"], ["< 5 mg", "5–10 mg", "≥ 20 mg"]),
        (["1,200 IU", "800 IU", "4,000 IU"], ["800 IU", "1,200 IU", "4,000 IU"]),
        (["1,5 mg", "0,5 mg", "10 mg"], ["0,5 mg", "1,5 mg", "10 mg"]),
        (["10 mg of A", "no drug", "5 mg of A"], ["10 mg of A", "5 mg of A", "no drug"]),
    ],
)
def test_options_stand_by_number_or_by_letter(written: Sequence[str], read: Sequence[str]) -> None:
    """By number when every option begins with one, signs and units included; else by letter, without accents and case."""
    assert ordered(*written) == read


@given(
    st.lists(st.text(alphabet="aBcÄé 0159.,−-<≥", min_size=1).filter(str.strip), min_size=2, max_size=6, unique=True),
    st.randoms(),
)
def test_the_order_does_not_depend_on_the_author_s(words: list[str], chance: object) -> None:
    """However the options are written down, the student sees them in one and the same order."""
    shuffled = list(words)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    assert ordered(*words) == ordered(*shuffled)


BASIC = """\
- id: t-score
  question: At which T-score does osteoporosis begin?
  best: −2.5
  options:
    −3.5: Much lower.
    −2.5: |
      So the WHO defines it.

      - since 1994
    −1.0: Osteopenia begins here.
  ask without options: Which T-score marks osteoporosis?
"""


def test_the_back_begins_with_the_best_and_gives_every_reason(project: MakeProject) -> None:
    """The front lists the options alone; the back has the best first, marked, each with its reason."""
    collection, (note,), codes = loaded(project, BASIC)
    fields = shown(collection, note)
    assert codes == []
    assert fields["Options"] == "<ul><li>−3.5</li><li>−2.5</li><li>−1.0</li></ul>"
    assert fields["Options explained"] == (
        '<ul><li class="best"><b>−2.5</b><p>So the WHO defines it.</p><ul><li>since 1994</li></ul></li>'
        "<li>−3.5<p>Much lower.</p></li><li>−1.0<p>Osteopenia begins here.</p></li></ul>"
    )
    assert count_cards(collection.decks[0], collection.note_types["en"]) == 2


def test_without_the_open_question_there_is_one_card(project: MakeProject) -> None:
    """`ask without options` is what makes the second card."""
    collection, _, _ = loaded(project, BASIC.partition("  ask")[0])
    assert count_cards(collection.decks[0], collection.note_types["en"]) == 1


FAMILY = """\
option families:
  drugs:
    Bisoprolol: It slows the heart.
    Furosemide: It lowers potassium.
    Spironolactone: It raises potassium.
notes:
- {id: high, question: Which raises it?, options: drugs, best: Spironolactone}
- {id: low, question: Which lowers it?, options: drugs, best: Furosemide, reasons: {Furosemide: More sodium is lost.}}
"""


def test_cases_share_a_family(project: MakeProject) -> None:
    """The same list in the same order, another best answer; a note's own reason takes the place of the family's."""
    collection, (high, low), codes = loaded(project, FAMILY)
    assert codes == []
    assert shown(collection, high)["Options"] == shown(collection, low)["Options"]
    assert shown(collection, low)["Options explained"].startswith(
        '<ul><li class="best"><b>Furosemide</b><p>More sodium'
    )
    assert "It lowers potassium." in shown(collection, high)["Options explained"]


def test_a_family_serves_every_set_of_its_deck(project: MakeProject) -> None:
    """A family in one file, cases in another; two of one name are refused."""
    families, _, notes = FAMILY.partition("notes:\n")
    result = check(project({"cards/heart/families.yaml": families, "cards/heart/cases.yaml": notes}))
    assert [item.code for item in result.bag] == []
    twice = check(project({"cards/heart/a.yaml": FAMILY, "cards/heart/b.yaml": families}, "twice"))
    assert [(item.code, item.span.path) for item in twice.bag] == [("duplicate-option-family", "cards/heart/b.yaml")]


def test_a_note_in_another_language_marks_its_options(project: MakeProject) -> None:
    """Options of an Arabic note are read as Arabic, from right to left."""
    content = BASIC.replace("  best:", "  language: ar\n  direction: rtl\n  best:")
    collection, (note,), _ = loaded(project, content)
    fields = shown(collection, note)
    for name in ("Options", "Options explained", "Question", "Ask without options"):
        assert fields[name].startswith('<div lang="ar" dir="rtl">'), name


def test_two_cases_of_one_question_are_told_apart(project: MakeProject) -> None:
    """The same question with other options is another question; with the same options and case it is the same."""
    _, _, codes = loaded(
        project,
        FAMILY.replace("Which lowers it?", "Which raises it?").replace("Furosemide, reasons", "Bisoprolol, reasons"),
    )
    assert codes == ["same-question"]
