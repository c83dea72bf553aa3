"""The rules of the osteoporosis deck find the mistakes they were written for, and leave right cards alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sample

from deckgen.diagnostics import Bag, Source, Span
from deckgen.load import load
from deckgen.load.choosing import index_of
from deckgen.model import Citation, Collection, Deck, Note, Statement
from deckgen.project import read_project
from deckgen.rules import apply_rules, run_rules
from deckgen.rules.reading import read_rules
from deckgen.rules.values import Rule

ROOT = Path(__file__).parent.parent
NOWHERE = Span(Source("x", ""), 0, 0)
STATEMENTS = {
    "S1": Statement("S1", "says", NOWHERE, confidence="A", verification="seen"),
    "C1": Statement("C1", "says", NOWHERE, confidence="C", verification="seen"),
    "K1": Statement("K1", "says", NOWHERE, confidence="B", verification="not seen"),
}


@cache
def rules() -> tuple[Rule, ...]:
    """The deck's rules; reading them is no problem, or the test fails."""
    bag = Bag()
    project = read_project(ROOT, bag)
    assert project
    decks = load(project, bag)
    (deck,) = [each for each in decks if each.key == "osteoporosis"]
    found = read_rules(project, ["cards/osteoporosis/checks.yaml"], index_of(deck, "cards/osteoporosis"), bag)
    assert not bag.has_errors
    return tuple(found)


def broken(*notes: Note) -> set[str]:
    """The rules that these notes break."""
    deck = Deck("osteoporosis", "O", sample.deck(list(notes)).sets, NOWHERE, statements=STATEMENTS)
    found = apply_rules(list(rules()), index_of(deck))
    return {item.message.split("`")[1] for item in found if item.code == "own-rule"}


def card(question: str, answer: str, *, kind: Any = "basic", statement: str = "S1", **more: Any) -> Note:
    """A card with everything that every card must have."""
    note = sample.note("a", kind, Question=question, Answer=answer, **more)
    return replace(note, statements=(statement,), citations=(Citation("X"),), tags=("gene",))


def claim(wrong: str, right: str) -> Note:
    return replace(
        card("", ""), kind="spot the error", content={"Claim": sample.text(wrong), "Error": sample.text(right)}
    )


@pytest.mark.parametrize(
    ("rule", "question", "answer"),
    [
        ("etidronate-and-fpps", "Which enzyme does etidronate inhibit?", "Farnesyl pyrophosphate synthase (FPPS)"),
        ("etidronate-and-fpps", "By which pathway does clodronate act?", "The mevalonate pathway"),
        ("etidronate-and-fpps", "What does tiludronate prevent?", "Prenylation of small GTPases"),
        ("denosumab-binds-rank", "What does denosumab do?", "It binds RANK"),
        ("denosumab-binds-rank", "How does denosumab act?", "It blocks the receptor"),
        ("opg-is-on-no-cell", "Where is OPG found?", "On the osteoclast"),
        ("drug-holiday", "After how long may a drug holiday from denosumab be taken?", "Five years"),
        ("drug-holiday", "Which drugs allow a holiday?", "Bisphosphonates and romosozumab"),
        ("t-score-of-whom", "Which class is a T-score of −2.7?", "Osteoporosis"),
        ("osteoporosis-from-minus-2-5", "In women after menopause, a T-score of −2.5 is what?", "Osteopenia"),
        ("normal-to-minus-1", "In women after menopause, a T-score of −1.0 is what?", "Low bone mass"),
        ("frax-of-ten-years", "From which FRAX values on are US patients treated?", "20 % (major) or 3 % (hip)"),
        ("combination-and-fracture", "What does adding teriparatide do, combined with zoledronate?", "It lowers fractures"),
        ("words-that-promise", "What of denosumab?", "It is safe"),
        ("words-that-promise", "What of PTH?", "It rebuilds bone"),
        ("never", "Does it happen?", "It never does"),
        ("speaks-to-a-patient", "What if bones ache?", "Ask your doctor"),
        ("stopped-without-a-plan", "When?", "Denosumab can be stopped when the T-score is normal"),
        ("short-answers", "What?", "one two three four five six seven eight nine ten eleven twelve thirteen"),
        ("all-of-the-above", "Which?", "All of the above"),
        ("plausible-doses", "Dose of teriparatide?", "20 mg once daily"),
        ("plausible-doses", "Which dose of abaloparatide is given daily?", "8 µg"),
        ("plausible-doses", "Dose of denosumab?", "600 mg"),
        ("plausible-doses", "Dose of romosozumab?", "21 mg a month"),
        ("plausible-doses", "Zoledronic acid is given once a year as", "50 mg"),
        ("plausible-doses", "Alendronate, once weekly?", "7 mg"),
        ("plausible-doses", "Risedronate, once weekly?", "70 mg"),
        ("plausible-doses", "Ibandronate, once a month?", "15 mg"),
        ("plausible-doses", "Raloxifene, daily?", "6 mg"),
    ],
)  # fmt: skip
def test_a_wrong_card_is_found(rule: str, question: str, answer: str) -> None:
    """By the rule that was written for it."""
    assert rule in broken(card(question, answer))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which enzyme does alendronate inhibit?", "Farnesyl pyrophosphate synthase (FPPS)"),
        ("Etidronate does not inhibit FPPS. What does it become?", "A toxic analogue of ATP"),
        ("Unlike etidronate, which class blocks FPPS?", "Nitrogen-containing bisphosphonates"),
        ("What does denosumab bind?", "RANK ligand (RANKL)"),
        ("Denosumab binds which molecule?", "It binds RANKL, not RANK"),
        ("Where does RANK sit?", "On the osteoclast precursor"),
        ("After which drug is a holiday no option, denosumab or alendronate?", "Denosumab"),
        ("After how many years may a holiday from alendronate be weighed?", "Five"),
        ("In postmenopausal women, which class is a T-score of −2.5?", "Osteoporosis"),
        ("In men aged 50 or more, where does osteopenia lie?", "A T-score between −1.0 and −2.5"),
        ("From which 10-year FRAX values on are US patients with low bone mass treated?", "20 % (major) or 3 % (hip)"),
        ("Alendronate combined with teriparatide: is an effect on fractures shown?", "No"),
        ("Dose of teriparatide?", "20 µg once daily"),
        ("Dose of denosumab?", "60 mg every six months"),
        ("Is unsafe water safely called?", "It is not always proven"),
    ],
)
def test_a_right_card_is_left_alone(question: str, answer: str) -> None:
    """No rule says anything about it."""
    assert broken(card(question, answer)) == set()


def test_the_cards_as_they_are_pass() -> None:
    """No rule of the deck, whichever it has, reports a card of the deck."""
    bag = Bag()
    project = read_project(ROOT, bag)
    assert project
    deck = next(each for each in load(project, bag) if each.key == "osteoporosis")
    assert len(list(deck.notes())) > 300
    bag = Bag()
    run_rules(project, Collection((deck,), {}), bag)
    assert [item.message for item in bag.items] == []


def test_contested_and_unseen_facts() -> None:
    """A C statement may be shown as an error or as contested; a number needs somebody who saw it."""
    assert broken(card("What?", "This", statement="C1")) == {"contested-as-fact"}
    assert broken(replace(card("What?", "This", statement="C1"), tags=("contested",))) == set()
    assert broken(replace(claim("This.", "Not so."), statements=("C1",))) == set()
    assert broken(card("How many?", "5 %", statement="K1")) == {"number-nobody-has-seen"}
    assert broken(card("Which?", "NFATc1 and IL-6, in step 3", statement="K1")) == set()


def test_claims_may_be_wrong() -> None:
    """What is shown as an error is one."""
    wrong = "Denosumab binds RANK, and a holiday from it is always safe."
    assert broken(claim(wrong, "It binds RANKL; stopping it is followed by rebound fractures.")) == set()


def test_sources_tags_and_twins() -> None:
    """A card without statement or source, with a tag nobody knows, or that another card repeats."""
    bare = card("What?", "This")
    assert broken(replace(bare, statements=())) == {"rests-on-something"}
    assert broken(replace(bare, citations=())) == {"rests-on-something"}
    assert broken(replace(bare, tags=("gne",))) == {"known-tags"}
    one = card("Which antibody binds the ligand of RANK in bone?", "Denosumab")
    two = replace(card("The ligand of RANK in bone: which antibody binds it?", "Denosumab"), id="b")
    assert broken(one, two) == {"same-answer-twice", "nearly-the-same-question"}
