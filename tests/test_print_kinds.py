"""The kinds of note that are more than text, on paper: options to tick, covered pictures, claims, typed answers.

Positions and colours are read back from the pages: what lies under a cover, whether a frame is heavy, what a front
gives away.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pymupdf
import pytest
import sample
from printed import (
    FIELD,
    GRIDS,
    PAPERS,
    POINT,
    SHAPES,
    bare,
    check_sheets,
    deck,
    letters,
    note,
    on_card,
    on_field,
    one,
    page_letters,
    para,
    print_deck,
    rings,
    said,
)
from printed import LAYOUTS as PAGES
from test_print import HOSTILE, alternatives, kinds
from test_print_fit import WIDE, words

from deckgen.diagnostics import Bag
from deckgen.markup.tree import Blocks, Image, ListBlock, Math, Paragraph
from deckgen.model import Deck, Mask, Note, Occlusion, Option

BOTH = ("cards", "handout")
everywhere = pytest.mark.parametrize(("layout", "paper"), [(layout, paper) for layout in BOTH for paper in PAPERS])


def made_of(notes: Sequence[Note], **changes: Any) -> Deck:
    return sample.deck(notes, key="heart", **changes)


def option(text: str | Blocks, reason: str | Blocks = "Because.", *, best: bool = False) -> Option:
    def blocks(given: str | Blocks) -> Blocks:
        return (para(given),) if isinstance(given, str) else given

    return Option(blocks(text), blocks(reason), best)


def choice(note_id: str, *options: Option, **content: Any) -> Note:
    return replace(note(note_id, "choice", **{"Question": "Which one?", **content}), options=options)


# --- every kind together -----------------------------------------------------------------------------------------

SIDES = [
    ("At which T-score does osteoporosis begin?", "−2.5"),
    ("Which plan best lowers her risk of vertebral fractures?○Calcium and vitamin D alone", "✓Zoledronic acidA potent bisphosphonate limits the rebound."),
    ("Which drug should follow denosumab, and when?", "✓Zoledronic acidA potent bisphosphonate limits the rebound."),
    *((f"3{letter}SignalsWhich molecule is it??", word) for letter, word in zip("abcde", ("RANKL", "OPG", "RANK", "TRAF6", "NFATc1"), strict=True)),
    ("Which two molecules meet outside the cell???", "RANKL; OPG"),
    ("What is wrong with this claim?“Osteoprotegerin blocks RANK", "It binds the ligand, RANKL, not the receptor."),
]  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
def test_backs_of_all_kinds_lie_on_their_fronts(paper: str) -> None:
    """Each kind makes the cards it is to make, in order, each back behind its front, all text inside its card."""
    check_sheets(one(made_of(sample.MORE_NOTES), "cards", paper), paper, SIDES)


@pytest.mark.parametrize("paper", PAPERS)
def test_fronts_give_nothing_away(paper: str) -> None:
    """Neither the reasons nor the error nor a word under a cover is in the text of a front, selected or searched."""
    document = one(made_of(sample.MORE_NOTES), "cards", paper)
    for index, (_, answer) in enumerate(SIDES):
        front = said(on_card(document[index // 8 * 2], paper, index % 8, "front"))
        if answer.startswith("✓"):
            assert "limitstherebound" not in front
        elif "binds" in answer:
            assert "ligand" not in front
        else:
            assert not [word for word in bare(answer).split(";") if word in front]


def test_a_dropped_stack_of_all_kinds_can_be_sorted() -> None:
    """A back names its card: an open question as `open`, a mask by its id, a group of masks by the id of its first."""
    document = one(made_of(sample.MORE_NOTES), "cards")
    backs = " ".join(page.get_text() for page in document.pages(1, None, 2)).split()
    named = ["threshold", "denosumab-stop", "denosumab-stop/open", "outside/ligand", "opg-claim"]
    assert {*named, *(f"molecules/{word.lower()}" for word in ("RANKL", "OPG", "RANK", "TRAF6", "NFATc1"))} <= set(
        backs
    )
    assert "outside/decoy" not in backs
    numbers = [number for number, word in pairwise(backs) if word == "Signals"]
    assert numbers == ["1", "2a", "2b", "3a", "3b", "3c", "3d", "3e", "4", "5"]


def test_the_handout_reads_each_kind_in_its_order() -> None:
    """What is asked comes first, then what is right, then small print; each option and number once where it belongs."""
    text = bare("".join(page.get_text() for page in one(made_of(sample.MORE_NOTES), "handout")))
    order = [
        "1Atwhich", "−2.5", "WhyTheWHO",
        "2A67-year-old", "Whichplan", "○CalciumandvitaminDalone○Raloxifene○Teriparatide○Zoledronicacid",
        "✓ZoledronicacidApotentbisphosphonatelimitstherebound.[1]", "Theotheroptions•CalciumandvitaminDaloneTheycorrect",
        "RaloxifeneAweak", "TeriparatideAfter", "WhyTurnover", "WatchoutApause",
        "3Whichmolecule", "12345", "1.RANKL2.OPG3.RANK4.TRAF65.NFATc1[2]",
        "4Whichtwo", "11", "1.RANKL;OPG",
        "5Whatiswrongwiththisclaim?“Osteoprotegerin", "away.”Itbinds", "WatchoutDenosumab",
    ]  # fmt: skip
    at = text.index("Signals")
    for each in order:
        at = text.index(each, at) + len(each)
    assert "Whichdrugshould" not in text


@everywhere
def test_all_kinds_are_tagged(layout: str, paper: str) -> None:
    """Options are lists, claims are quotations, a covered picture is one figure, and no heading skips a level."""
    data = print_deck(made_of(sample.MORE_NOTES))[f"{layout}-{paper}"]
    found = kinds(data)
    assert {"L", "LI", "LBody", "Quote", "Figure", "Strong"} <= set(found)
    assert found.count("Figure") == len(alternatives(data)) == (12 if layout == "cards" else 3)  # the third: the code
    levels = [int(kind[1]) for kind in found if kind[0] == "H" and kind[1:].isdigit()]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


# --- typed answers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", BOTH)
def test_a_typed_answer_prints_as_any_other(layout: str) -> None:
    """On paper nobody types: the pages are those of the same note without its typed answer, byte for byte."""
    plain = replace(sample.THRESHOLD, kind="basic", typed_answer="")
    reverse = replace(sample.OPG, typed_answer="decoy receptor")
    for typed, other in ((sample.THRESHOLD, plain), (reverse, sample.OPG)):
        assert print_deck(made_of([typed]))[f"{layout}-a4"] == print_deck(made_of([other]))[f"{layout}-a4"]


# --- claims ------------------------------------------------------------------------------------------------------

QUOTED = {
    "en": ("What is wrong with this claim?", "“", "”"),
    "de": ("Was ist an dieser Behauptung falsch?", "„", "“"),
    "fr": ("Qu’est-ce qui est faux dans cette affirmation\u00a0?", "«", "»"),
    "es": ("¿Qué hay de falso en esta afirmación?", "«", "»"),
}


def rules(page: Any) -> list[Any]:
    """Upright lines longer than a line of text; they are drawn as surfaces."""
    surfaces = [drawing["rect"] for drawing in page.get_drawings() if drawing["type"] == "f"]
    return [rect for rect in surfaces if 0.8 < rect.width < 2 and rect.height > 6]


@pytest.mark.parametrize("language", QUOTED)
@everywhere
def test_a_claim_is_never_ours(layout: str, paper: str, language: str) -> None:
    """Above a claim stands that it is wrong, around it the quotation marks of the language, at its side a rule as tall as it."""
    claim = note("c", "spot the error", Claim="Claimed " + "word " * 30 + "end", Error="Not so.")
    page = one(deck([claim], language=language), layout, paper)[0]
    label, opening, closing = QUOTED[language]
    assert f"{bare(label)}{opening}Claimed" in bare(page.get_text()).replace("\u202f", "")
    assert f"end{closing}" in bare(page.get_text()).replace("\u202f", "")
    (rule,) = rules(page)
    found = [letter for letter in page_letters(page) if letter.size > 9 and letter.y0 * POINT > rule.y0 - 2]
    claimed = [letter for letter in found if letter.y0 * POINT < rule.y1]
    assert said(claimed).startswith(f"{opening}Claimed")
    assert said(claimed).endswith(f"end{closing}")
    assert all(letter.x0 * POINT > rule.x1 for letter in claimed)


def test_the_back_of_a_claim_has_the_error_alone() -> None:
    """A claim stands on the front and nowhere else; its case comes before the question."""
    claim = note("c", "spot the error", Case="A lecture.", Claim="Claimed.", Error="Not so.", Watch_out="Mind.")
    front, back = (bare(page.get_text()) for page in one(deck([claim]), "cards"))
    assert "Alecture.Whatiswrongwiththisclaim?“Claimed.”" in front
    assert "Notso.WatchoutMind." in back
    assert "Claimed" not in back
    assert "Notso" not in front


def test_not_even_the_beginning_of_a_claim_stands_alone() -> None:
    """A claim too long for its card is begun there as a claim, in quotation marks, and stands whole at the end, as a claim."""
    bag = Bag()
    claim = note("c", "spot the error", Case="A lecture.", Claim="Claimed " + words(300), Error="Not so.")
    document = one(deck([claim]), "cards", bag=bag)
    assert [item.code for item in bag] == ["overflow"]
    for page in (document[0], document[2]):
        assert "Whatiswrongwiththisclaim?“Claimed" in bare(page.get_text())
        assert len(rules(page)) >= 1
    assert "”continuedonpage3" in bare(document[0].get_text())
    assert bare(words(300)) + "”" in bare("".join(page.get_text() for page in document.pages(2)))


def test_a_claim_may_be_more_than_a_sentence() -> None:
    """Two paragraphs are one quotation; a list has the rule alone, because marks around it would hang in the air."""
    two = note("two", "spot the error", Claim=(para("First."), para("Second.")), Error="No.")
    listed: Blocks = (para("Both:"), ListBlock(None, ((para("one"),), (para("two"),))))
    more = note("more", "spot the error", Claim=listed, Error="No.")
    for layout in BOTH:
        page = one(deck([two, more]), layout)[0]
        assert "“First.Second.”" in bare(page.get_text())
        assert "“Both" not in bare(page.get_text())
        assert len(rules(page)) == 2


# --- options -----------------------------------------------------------------------------------------------------


@everywhere
def test_options_have_rings_to_tick_and_no_letters(layout: str, paper: str) -> None:
    """Before every option stands an empty ring, on its line; the best one has a ticked ring where the answer is."""
    document = one(made_of([sample.STOP]), layout, paper)
    options = ["Calcium", "Raloxifene", "Teriparatide", "Zoledronic"]
    empty = [ring for ring, filled in rings(document[0]) if not filled]
    places = [document[0].search_for(word)[0] for word in options]
    assert len(empty) == 4
    for ring, word in zip(empty, places, strict=True):
        assert 0 < word.x0 - ring.x1 < 12
        assert (ring.y0 + ring.y1) / 2 == pytest.approx((word.y0 + word.y1) / 2, abs=1.5)
    page = document[1] if layout == "cards" else document[0]
    ticked = [ring for ring, filled in rings(page) if filled]
    assert len(ticked) == (2 if layout == "cards" else 1)
    best = page.search_for("Zoledronic acid")[-1 if layout == "handout" else 0]
    assert any(best.y0 < (ring.y0 + ring.y1) / 2 < best.y1 and 0 < best.x0 - ring.x1 < 12 for ring in ticked)


@everywhere
def test_the_best_option_is_bold_and_the_others_small(layout: str, paper: str) -> None:
    """The answer is the best option in bold with its reason; why the others are not right follows in smaller print."""
    document = one(made_of([sample.STOP]), layout, paper)
    page = document[1 if layout == "cards" else 0]
    spans = [
        span for block in page.get_text("dict")["blocks"] for line in block.get("lines", ()) for span in line["spans"]
    ]

    def look(word: str) -> tuple[bool, float]:
        span = [span for span in spans if word in span["text"]][-1]
        return "Bold" in span["font"], round(span["size"], 1)

    assert look("Zoledronic acid") == (True, 12.0 if layout == "cards" else 9.5)
    assert look("potent") == (False, 12.0 if layout == "cards" else 9.5)
    assert look("Raloxifene") == (True, 8.0 if layout == "cards" else 8.5)
    assert look("hardly prevents") == (False, 8.0 if layout == "cards" else 8.5)


def test_the_other_reasons_come_last_and_only_where_there_is_room() -> None:
    """Watch out, mnemonic and why come before the other options on a card; what does not fit is left out, never made smaller."""
    roomy = choice("roomy", option("Aaa", "Wrongaaa."), option("Bbb", "Rightbbb.", best=True), Why="Whyso.")
    full = choice("full", option("Ccc", words(60)), option("Ddd", words(40), best=True), Why="Whyfull.")
    back = one(deck([roomy, full]), "cards")[1]
    assert "✓BbbRightbbb.WhyWhyso.Theotheroptions•AaaWrongaaa." in said(on_card(back, "a4", 0, "back"))
    short = said(on_card(back, "a4", 1, "back"))
    assert bare(words(40)) in short
    assert "Ccc" not in short


def test_the_open_question_comes_without_options() -> None:
    """The card without options asks the other question after the same case, and its back is that of the first card."""
    front, back = one(made_of([sample.STOP]), "cards")
    first, second = (said(on_card(front, "a4", index, "front")) for index in (0, 1))
    assert "Raloxifene" in first
    assert "Raloxifene" not in second
    case = "Shedeclinesmore."
    assert f"{case}Whichplan" in first
    assert f"{case}Whichdrug" in second
    backs = [said(on_card(back, "a4", index, "back")) for index in (0, 1)]
    assert backs[0].replace("1a", "1b", 1).replace("denosumab-stop", "denosumab-stop/open") == backs[1]


@pytest.mark.parametrize("paper", PAPERS)
def test_long_options_go_on_on_the_last_pages(paper: str) -> None:
    """Options too long for a card are reported by name; case and question stay on it, the options stand whole at the end with their rings."""
    bag = Bag()
    long = choice("long", *(option(f"Opt{letters(i)} {words(70, i)}", best=not i) for i in range(4)), Case="A case.")
    document = one(deck([long]), "cards", paper, bag=bag)
    (problem,) = bag
    assert (problem.code, problem.severity) == ("overflow", "warning")
    assert "front of the card `long`" in problem.message
    check_sheets(document, paper, [("Acase.Whichone?…continuedonpage3", "Optaz")])
    rest = bare("".join(page.get_text() for page in document.pages(2)))
    for i in range(4):
        assert f"Opt{letters(i)}{bare(words(70, i))}" in rest
    assert sum(len(rings(page)) for page in document.pages(2)) == 4


def test_options_shrink_before_they_overflow() -> None:
    """Options that fit in smaller letters are set smaller, down to 7 points, without a warning."""
    notes = [choice(f"n{n}", *(option(words(n, i), best=not i) for i in range(5))) for n in (2, 6, 10, 14)]
    front = one(deck(notes), "cards")[0]
    sizes = [
        max(letter.size for letter in on_card(front, "a4", index, "front") if letter.char != "○") for index in range(4)
    ]
    assert sizes[0] == pytest.approx(12)
    assert sizes == sorted(sizes, reverse=True)
    assert 7 <= sizes[-1] < 11


def test_an_option_may_be_anything_a_card_can_show() -> None:
    """A picture, a list or a formula as an option is drawn, and its reason follows it."""
    options = (
        option((Paragraph((Image("images/x.svg", "A box", 0, 0),)),), "Boxreason.", best=True),
        option((para("Listed:"), ListBlock(None, ((para("inner"),),))), "Listreason."),
        option((para(Math("x^2", False, 0, 0)),), (para("First."), para("Second."))),
    )
    for layout in BOTH:
        data = print_deck(deck([choice("x", *options)]))[f"{layout}-a4"]
        assert {"A box", "x squared"} <= set(alternatives(data))
        text = bare("".join(page.get_text() for page in pymupdf.open(stream=data)))
        assert "Listed:" in text
        assert "inner" in text
        if layout == "handout":
            assert text.index("Boxreason.") < text.index("Listreason.") < text.index("First.Second.")


@pytest.mark.parametrize("layout", BOTH)
def test_missing_characters_are_named_with_their_part(layout: str) -> None:
    """A character without a glyph in an option, a reason or the answer of a mask is a warning that says where."""
    bag = Bag()
    picture = Occlusion("images/rankl.svg", "Box 骨", (Mask("a", 1, sample.box(0, 0, 0.5, 0.5), (para("骨"),)),))
    notes = [
        choice("x", option("骨", "Because 😀.", best=True), option("B")),
        replace(note("y", "image occlusion", Header="Q?"), occlusion=picture),
    ]
    one(made_of(notes), layout, bag=bag)
    said_of = [item.message for item in bag]
    assert {item.code for item in bag} == {"missing-glyph"}
    assert any("options of `x`" in message and "U+1F600" in message for message in said_of)
    assert any("masks of `y`" in message for message in said_of)


# --- any text, any length ----------------------------------------------------------------------------------------


def everything(note_id: str, text: Blocks) -> list[Note]:
    """A note of each kind that says the same in all its parts."""
    options = tuple(Option(text, text, best=at == 1) for at in range(3))
    masks = tuple(Mask(f"m{at}", at, SHAPES[at - 1], text) for at in (1, 2))
    return [
        replace(note(f"{note_id}-o", "choice", Question="Q?", Ask_without_options=text), options=options),
        note(f"{note_id}-c", "spot the error", Claim=text, Error=text),
        replace(
            note(f"{note_id}-i", "image occlusion", Header=text), occlusion=Occlusion("images/x.svg", "A field", masks)
        ),
    ]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("what", WIDE)
def test_nothing_of_any_kind_leaves_its_frame(what: str, paper: str) -> None:
    """Words, code, tables and formulas wider than a card or a column, as option, reason, claim, header and answer, keep inside."""
    bag = Bag()
    made = deck(everything("n", WIDE[what]), media={FIELD.path: FIELD})
    check_sheets(one(made, "cards", paper, bag=bag), paper, [("Basics", "Basics")] * 5)
    width = GRIDS[paper].page_width
    for page in one(made, "handout", paper, bag=bag):
        for letter in page_letters(page):
            assert letter.x0 >= 16.9
            assert letter.x1 <= width - 16.5
            if 21 < letter.y0 < page.rect.height / POINT - 20 and page.number:
                assert letter.x1 <= width / 2 - 3.9 or letter.x0 >= width / 2 + 3.9
    assert {item.code for item in bag} <= {"overflow", "missing-glyph"}


def lengths() -> list[Note]:
    """Notes of every kind that has insets of its own, from a word to more than a card holds."""
    notes = []
    for count in range(1, 80, 6):
        some = words(count, count)
        options = (
            option(words(count // 3 + 1, i), some if i else words(count // 2 + 1, 7), best=not i) for i in range(3)
        )
        notes += [
            note(f"claim-{count}", "spot the error", Claim=some, Error="No.", Why=words(count)),
            choice(f"choice-{count}", *options),
            note(f"steps-{count}", "sequence", Title="T", Step_1=some, Step_2=words(count // 2 + 1), Ask_whole="All?"),
            note(f"list-{count}", Question="Q?", Answer=(ListBlock(1, tuple((para(words(7, i)),) for i in range(count // 8 + 1))),)),
        ]  # fmt: skip
    return notes


@pytest.mark.parametrize("paper", PAPERS)
def test_a_sure_fit_changes_nothing(paper: str) -> None:
    """Where deckgen is sure that text fits it does not measure; measuring everything gives the same pages, byte for byte."""
    cards = PAGES["cards.typ"].decode()
    begin = "#let sure-height(parts, size) = {\n"
    assert begin in cards
    measured = {**PAGES, "cards.typ": cards.replace(begin, f"{begin}  if true {{ return none }}\n").encode()}
    made = deck(lengths())
    trusted, tried = (
        print_deck(made, Bag(), layouts=("cards",), papers=(paper,), print_files=files) for files in (PAGES, measured)
    )
    assert trusted == tried


def test_hostile_text_of_all_kinds_arrives_letter_for_letter() -> None:
    """Random texts full of Typst's own signs come out as they went in, from every part of every kind."""
    rng = random.Random(20261126)
    texts = ["".join(rng.choice([*HOSTILE, "a", "b", " "]) for _ in range(rng.randint(1, 10))) + "z" for _ in range(60)]
    notes = [each for i, text in enumerate(texts) for each in everything(f"h{i}", (para(f"A{letters(i)}:{text}:end"),))]
    made = deck(notes, media={FIELD.path: FIELD})
    invisible = dict.fromkeys(map(ord, "\u00ad\u200b\u2060"))
    for layout, least in (("handout", 9), ("cards", 12)):
        text = bare("".join(page.get_text(flags=0) for page in one(made, layout))).translate(invisible)
        for i, given in enumerate(texts):
            assert text.count(bare(f"A{letters(i)}:{given}:end").translate(invisible)) >= least, (layout, given)


@pytest.mark.parametrize("layout", BOTH)
def test_kinds_in_a_language_from_the_right(layout: str) -> None:
    """In Arabic the rings and the rule stand at the right."""
    arabic: dict[str, Any] = {"language": "ar", "direction": "rtl"}
    options = (option("نعم", best=True), option("لا"))
    claim = note("c", "spot the error", Claim="يحفّز OPG", Error="لا")
    notes = [replace(choice("o", *options), **arabic), replace(claim, **arabic)]
    page = on_field(notes, layout, "a4")[0]
    marks = [letter for letter in page_letters(page) if letter.char in "نلي"]
    ring = next(box for box, filled in rings(page) if not filled)
    beside = [letter for letter in marks if ring.y0 - 6 < letter.y0 * POINT < ring.y1]
    assert any(0 < ring.x0 - letter.x1 * POINT < 12 for letter in beside)
    (rule,) = rules(page)
    assert all(letter.x1 * POINT < rule.x0 for letter in marks if rule.y0 - 2 < letter.y0 * POINT < rule.y1)
