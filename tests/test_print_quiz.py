"""A quiz and its key, read back: every version asks what the key answers, in its own order, and gives nothing away."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

import pikepdf
import pymupdf
import pytest
from printed import (
    FIELD,
    PAPERS,
    POINT,
    bare,
    cloze,
    covered,
    deck,
    letters,
    note,
    numbered,
    opened,
    page_letters,
    para,
    print_deck,
)
from test_print import EVERYTHING, alternatives, kinds, tree

from deckgen.diagnostics import Bag
from deckgen.jobs import PrintJob
from deckgen.markup.tree import Break, Text
from deckgen.model import Citation, Deck, Note, NoteSet, Option, Reference
from deckgen.printing.asking import items_of, version_of

FOOT = re.compile(r"(?m)^Heart 1\.0\.0 · .*\n[0-9]+ / [0-9]+\n")
ITEM = re.compile(r"(?m)^([0-9]+)\s*\n\s*([0-9.]+) points?\n")
CHOICE = re.compile(r"(?m)^([A-J]) (.*)$")
QUIZ_TEXT = ("standard", "large", "dyslexia")


class Seen(NamedTuple):
    """An item as it is printed: its number, what it is worth, its words."""

    number: int
    points: float
    words: str

    @property
    def choices(self) -> dict[str, str]:
        """What stands behind each letter."""
        return dict(CHOICE.findall(self.words))


def option(words: str, *, best: bool = False) -> Option:
    return Option((para(words),), (para(f"Reasonof {words}."),), best)


def choice(note_id: str, *words: str, question: str = "Whichone?", case: str = "Casewords.") -> Note:
    """A choice whose first option is the best."""
    options = tuple(option(each, best=at == 0) for at, each in enumerate(words))
    content: dict[str, Any] = {"Question": question} | ({"Case": case} if case else {})
    return replace(note(note_id, "choice", Why=f"Whyof {note_id}.", **content), options=options)


def sequence(note_id: str, count: int = 5) -> Note:
    steps: dict[str, Any] = {f"Step_{at}": f"{note_id} step{letters(at)}" for at in range(1, count + 1)}
    return note(note_id, "sequence", Title=f"Way {note_id}", **steps)


REFERENCES = {key: Reference(key, "", f"Work {key}", (para(f"Work {key}."),)) for key in ("alpha", "beta")}


def every_kind() -> list[Note]:
    """Notes of every kind, several of those with choices; every answer has words that stand nowhere else."""
    hidden: dict[str, Any] = {"Why": "Hiddenwhy.", "Hint": "Hiddenhint", "Watch out": "Hiddenwarning", "Mnemonic": "Hiddenrhyme", "More": "Hiddenmore"}  # fmt: skip
    basic = note("basic", Question="Whatisit?", Answer="Hiddenbasic thing", **hidden)
    return [
        replace(basic, tags=("hiddentag",), topic="Hiddentopic", citations=(Citation("alpha", "p. 7"),)),
        note("both", "reversed", Question="Termpart?", Answer="Meaningpart.", Reverse_question="Meaningasked?", Reverse_answer="Termanswer."),
        note("typed", "typed answer", Question="Typeit?", Answer="Hiddentyped"),
        note("gaps", "cloze", Text=(para("Sentence ", cloze(1, "Firstgap", "shownwhat"), " and ", cloze(2, "Secondgap"), " end."),)),
        note("twin", "cloze", Text=(para("Both ", cloze(1, "Hiddenleft"), " here, ", cloze(1, "Hiddenright"), " there."),)),
        note("wrong", "spot the error", Claim="Hearts are stones.", Error="Hiddenerror."),
        *(choice(f"pick{letters(at)}", *(f"{letters(at)} option{letters(i)}" for i in range(4))) for at in range(6)),
        *(sequence(f"way{letters(at)}") for at in range(3)),
        covered("field"),
    ]  # fmt: skip


def made_of(notes: Sequence[Note], **changes: Any) -> Deck:
    return deck(notes, media={FIELD.path: FIELD}, references=REFERENCES, **changes)


def printed(made: Deck, bag: Bag | None = None, **job: Any) -> dict[str, bytes]:
    """The PDFs of a quiz, by version and `key`; "" is the only version."""
    paper = job.pop("paper", "a4")
    found = print_deck(made, bag, jobs=(PrintJob("quiz", paper, "quiz", **job),))
    return {name.removeprefix("quiz").removesuffix(f"-{paper}").strip("-"): data for name, data in found.items()}


@cache
def three() -> dict[str, bytes]:
    """Three versions of a quiz of every kind, and their key."""
    return printed(made_of(every_kind()), versions=3)


def text_of(data: bytes) -> str:
    """All words in reading order, without the feet of pages."""
    return FOOT.sub("", "".join(page.get_text() for page in opened(data)).replace("\xa0", " "))


def seen(data: bytes) -> list[Seen]:
    """The items of a version."""
    _, *parts = ITEM.split(text_of(data))
    return [Seen(int(number), float(worth), words) for number, worth, words in zip(*(parts[at::3] for at in range(3)), strict=True)]  # fmt: skip


def answers(key: bytes, letter: str = "") -> dict[int, str]:
    """The answers at the head of the key, for one version."""
    text = text_of(key)
    begin = text.index(f"Version {letter} \nCode") if letter else 0
    end = re.compile(r"Version [A-Z] \nCode|The numbers of|Answers and reasons").search(text, begin + 9)
    assert end
    return {int(number): words for number, words in re.findall(r"(?m)^([0-9]+) (.+)$", text[begin : end.start()]) if "question" not in words}  # fmt: skip


# --- versions and their key --------------------------------------------------------------------------------------


def test_files_are_named_by_version() -> None:
    """One version is the quiz, several have their letters; there is one key, whatever their number."""
    assert sorted(three()) == ["a", "b", "c", "key"]
    names = print_deck(deck(numbered(2)), layouts=("quiz",), papers=("letter",))
    assert sorted(names) == ["quiz-key-letter", "quiz-letter"]


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_the_key_marks_what_is_right_in_each_version(letter: str) -> None:
    """The letter in the key stands before the right option of that version, its letters spell the right order of steps."""
    items, key = seen(three()[letter.lower()]), answers(three()["key"], letter)
    assert sorted(key) == [item.number for item in items] == list(range(1, 17))
    for item in items:
        stem, answer = item.words.partition("\n")[0], key[item.number]
        if stem == "Casewords.":
            assert len(item.choices) == 4
            assert item.choices[answer].endswith(f"option{letters(0)}")
        elif stem.startswith("Way "):
            name = stem.removeprefix("Way ")
            assert [item.choices[each] for each in answer] == [f"{name} step{letters(at)}" for at in range(1, 6)]
    written = {item.words.partition("\n")[0]: key[item.number] for item in items}
    assert written["Whatisit?"] == "Hiddenbasic thing"
    assert written["Typeit?"] == "Hiddentyped"
    assert written["Name it."].startswith("1 Answeraz; 2 Answerbz")
    assert next(answer for stem, answer in written.items() if stem.startswith("Both")) == "1 Hiddenleft; 2 Hiddenright"


def test_a_wrong_letter_would_be_noticed() -> None:
    """The test above tells versions apart: no version can be marked with the letters of another."""
    keys = [answers(three()["key"], letter) for letter in "ABC"]
    for ours, theirs in combinations(keys, 2):
        assert sum(ours[number] != theirs[number] for number in ours) > 8


def test_versions_ask_the_same_in_other_orders() -> None:
    """All versions ask the same, with the same points; items and letters are in an order of their own."""
    orders = []
    for letter in "abc":
        items = seen(three()[letter])
        orders.append([item.words.partition("\n")[0] + "".join(sorted(item.choices.values())) for item in items])
        assert f"Quiz – Version {letter.upper()}" in text_of(three()[letter])
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(orders[2])
    assert orders[0] != orders[1] != orders[2] != orders[0]
    letters_of = [{item.choices[each] + each for item in seen(three()[v]) for each in item.choices} for v in "abc"]
    assert letters_of[0] != letters_of[1] != letters_of[2] != letters_of[0]


def test_the_key_says_where_an_item_stands_in_each_version() -> None:
    """The table of numbers leads from an item of version A to the same item of the others."""
    text = text_of(three()["key"])
    begin, end = text.index("The numbers of the questions"), text.index("Answers and reasons")
    numbers = [int(number) for number in re.findall(r"(?m)^([0-9]+)$", text[begin:end])]
    rows = [numbers[at : at + 3] for at in range(0, len(numbers), 3)]
    assert [row[0] for row in rows] == list(range(1, 17))
    stems = [{item.number: sorted(bare(re.sub(r"(?m)^[A-J] ", "", item.words))) for item in seen(three()[v])} for v in "abc"]  # fmt: skip
    for a, b, c in rows:
        assert stems[0][a] == stems[1][b] == stems[2][c]


def test_a_code_tells_which_key_belongs_to_a_quiz() -> None:
    """Every page of a version carries the code that the key has for it; no two are alike, nor those of another seed."""
    text = "".join(page.get_text() for page in opened(three()["key"])).replace("\xa0", " ")
    codes = dict(re.findall(r"Version ([A-Z]) \nCode ([0-9A-F]{6})", text))
    assert len(set(codes.values())) == 3
    for letter, code in codes.items():
        assert all(code in page.get_text() for page in opened(three()[letter.lower()]))
    other = printed(made_of(every_kind()), seed="2")
    assert not set(codes.values()) & set(re.findall(r"[0-9A-F]{6}", text_of(other["key"])[:300]))


# --- chance ------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes() -> None:
    """A quiz can be printed again; another seed orders otherwise; version A is the same however many others there are."""
    again = printed(made_of(every_kind()), versions=3)
    assert again == three()
    alone, other = printed(made_of(every_kind())), printed(made_of(every_kind()), seed="next")
    assert seen(alone[""]) == seen(three()["a"])
    assert [item.words for item in seen(alone[""])] != [item.words for item in seen(other[""])]


def test_a_new_note_moves_no_other() -> None:
    """A note that is added stands somewhere between the others, whose order, letters and gaps stay."""
    job = PrintJob("quiz")
    old, new = made_of(every_kind()), made_of([choice("new", "one", "two", "three"), *every_kind()])
    for letter in "ABCDE":
        before = version_of(items_of(old, job), letter, job.seed)
        after = [each for each in version_of(items_of(new, job), letter, job.seed) if each.item.note.id != "new"]
        assert [(each.item.note.id, each.order, each.item.stem) for each in before] == [
            (each.item.note.id, each.order, each.item.stem) for each in after
        ]


def test_every_place_is_drawn() -> None:
    """Over many seeds each item comes to every place and the right option under every letter, about equally often."""
    notes = [choice(f"n{at}", *(f"option {letters(i)}" for i in range(4))) for at in range(4)]
    first, right = dict.fromkeys("0123", 0), dict.fromkeys("ABCD", 0)
    for seed in range(400):
        version = version_of(items_of(made_of(notes), PrintJob("quiz", seed=str(seed))), "A", str(seed))
        first[version[0].item.note.id[1]] += 1
        right[version[0].letters()] += 1
    assert all(60 < count < 140 for count in (*first.values(), *right.values()))


def test_one_gap_is_asked_in_one_direction() -> None:
    """Of several gaps one is asked and the others are filled; of a reversed note one direction; the seed draws which."""
    asked = {
        seed: {item.note.id: item for item in items_of(made_of(every_kind()), PrintJob("quiz", seed=str(seed)))}
        for seed in range(12)
    }
    assert {item["gaps"].short[0].children for item in asked.values()} == {  # type: ignore[union-attr]
        (Text("Firstgap"),), (Text("Secondgap"),)
    }  # fmt: skip
    assert {item["both"].stem[0].field for item in asked.values()} == {"Question", "Reverse question"}
    for letter in "abc":
        words = text_of(three()[letter])
        assert words.count("Firstgap") + words.count("Secondgap") == 1
        assert ("Termpart?" in words) != ("Meaningasked?" in words)
    assert len({"Firstgap" in text_of(three()[letter]) for letter in "abc"}) == 1
    # The key answers in the direction in which was asked.
    forwards = "Termpart?" in text_of(three()["a"])
    assert ("Meaningpart." in answers(three()["key"], "A").values()) == forwards
    assert ("Termanswer." in answers(three()["key"], "A").values()) != forwards


@pytest.mark.parametrize(
    ("words", "ordered"),
    [
        (("10 mg", "2.5 mg", "100 mg"), ("2.5 mg", "10 mg", "100 mg")),
        (("Step 10: ends", "Step 9: acts", "Step 2: binds"), ("Step 2: binds", "Step 9: acts", "Step 10: ends")),
    ],
)
def test_options_with_an_order_keep_it(words: Sequence[str], ordered: Sequence[str]) -> None:
    """Doses and numbered steps stand in their order in every version: who knows the answer need not search for it."""
    items = items_of(made_of([choice("dose", *words)]), PrintJob("quiz"))
    for letter in "ABCDEFGH":
        (asked,) = version_of(items, letter, "1")
        found = [items[0].choices[at].blocks for at in asked.order]
        assert found == [(para(each),) for each in ordered]
        assert asked.letters() == "ABC"[list(ordered).index(words[0])]


def test_steps_never_stand_in_their_order() -> None:
    """A sequence is not given already in the right order, whatever the seed."""
    items = items_of(made_of([sequence("way", 3)]), PrintJob("quiz"))
    drawn = {version_of(items, "A", str(seed))[0].order for seed in range(60)}
    assert len(drawn) == 5
    assert (0, 1, 2) not in drawn


# --- points and choice -------------------------------------------------------------------------------------------


def test_points_add_up() -> None:
    """Every item says what it is worth, and the heads of quiz and key say the sum."""
    for letter in "abc":
        items = seen(three()[letter])
        assert sum(item.points for item in items) == 2 + 2 + 1 + 1 + 1 + 2 + 6 * 1 + 3 * 2 + 3 == 24
        assert "/ 24\n" in text_of(three()[letter])
    assert "16 questions · 24 points" in text_of(three()["key"])


def test_points_can_be_said() -> None:
    """A print job says what an item of a kind is worth; halves are halves, and a kind it does not name keeps its own."""
    notes = [choice("one", "a1", "b1", "c1"), choice("two", "a2", "b2", "c2"), covered("c"), *numbered(1)]
    made = printed(made_of(notes), points=(("choice", 0.75), ("image occlusion", 4.0)))
    assert sorted(item.points for item in seen(made[""])) == [0.75, 0.75, 2, 4]
    assert "/ 7.5\n" in text_of(made[""])
    assert "0.75 points · No. 1 in the handout" in text_of(made["key"])


def test_a_part_of_a_deck_is_asked() -> None:
    """Only the chosen notes are asked, at most as many as wanted; the key has the numbers they have in the whole handout."""
    notes = numbered(30)
    few = printed(deck(notes), notes=frozenset(f"n{at}" for at in range(10, 30)), count=5)
    asked = [item.words.strip() for item in seen(few[""])]
    assert len(set(asked)) == 5
    numbers = {letters(at): at + 1 for at in range(10, 30)}
    for words in asked:
        name = words.removeprefix("Questiononly ").removesuffix("?")
        assert f"No. {numbers[name]} in the handout\n{words}\nAnsweronly {name}." in text_of(few["key"])


def test_a_title_takes_the_place_of_the_name() -> None:
    """The title of a print job stands at the head, in the foot and in the properties, and the deck's name nowhere."""
    made = printed(deck(numbered(2)), title="Midterm: week 3 & 4")
    for data in made.values():
        assert opened(data)[0].get_text().startswith("Midterm: week 3 & 4\n")
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert str(pdf.docinfo["/Title"]).startswith("Midterm: week 3 & 4 – ")
        assert "Heart" not in "".join(page.get_text() for page in opened(data))


# --- what a quiz must not say ------------------------------------------------------------------------------------


def test_nothing_gives_an_answer_away() -> None:
    """No answer, reason, hint, tag, id, topic or name of a set stands in a quiz, nor in what a reader cannot see of it."""
    for letter in "abc":
        data = three()[letter]
        with pikepdf.open(io.BytesIO(data)) as pdf:
            properties = json.dumps({key: str(value) for key, value in pdf.docinfo.items()})
            named = [str(each.title) for each in pdf.open_outline().root]
            xmp = pdf.Root.Metadata.read_bytes().decode()
        everything = bare(" ".join([text_of(data), *alternatives(data), *named, properties, xmp]))
        assert "Whatisit?" in everything
        for word in ("Hidden", "hidden", "Answeraz", "Answerbz", "Answercz", "Answerdz", "Reasonof", "Whyof", "Work", "alpha", "Basics", "pickaz", "sourced"):  # fmt: skip
            assert word not in everything, word
        assert named == [f"Quiz – Version\xa0{letter.upper()}"]


def test_lines_tell_little_of_an_answer() -> None:
    """Answers of very different length get the same room; a gap is as wide as any other."""
    notes = [
        note("a", Question="Qa?", Answer="x"),
        note("b", Question="Qb?", Answer="x" * 45),
        note("c", "cloze", Text=(para("Gap ", cloze(1, "y"), "."),)),
        note("d", "cloze", Text=(para("Gap ", cloze(1, "y" * 40), "."),)),
        note("e", Question="Qe?", Answer="many words " * 30),
    ]
    assert [item.lines for item in items_of(made_of(notes), PrintJob("quiz"))] == [(1,), (1,), (1,), (1,), (3,)]
    page = opened(printed(made_of(notes))[""])[0]
    widths = [round(line[2] - line[0]) for line in rules(page) if 15 < line[2] - line[0] < 60]
    assert len(widths) >= 2
    assert len(set(widths[:2])) == 1


def rules(page: Any) -> list[tuple[float, float, float, float]]:
    """The level lines of a page, in points."""
    found = []
    for drawing in page.get_drawings():
        box = drawing["rect"]
        if box.height < 1.5 and box.width > 15:
            found.append((box.x0, box.y0, box.x1, box.y1))
    return sorted(found, key=lambda line: line[1])


# --- what the key says -------------------------------------------------------------------------------------------


def test_the_key_gives_reasons_and_sources_once() -> None:
    """However many versions there are, each answer stands there once, with its reason, those of other options, and sources."""
    text = text_of(three()["key"])
    reasons = text[text.index("Answers and reasons") :]
    assert reasons.count("Whyof pickaz.") == 1
    assert reasons.count("Reasonof az option") == 4
    assert "Hiddenwhy." in reasons
    assert "Hiddenbasic thing [1, p. 7]" in reasons
    assert re.search(r"References\n1 Work alpha\.", reasons)
    assert "Work beta" not in reasons
    assert "Sentence Firstgap and Secondgap end." in reasons
    assert reasons.index("1. wayaz stepbz") < reasons.index("5. wayaz stepfz")
    claim = reasons.index("“Hearts are stones.”")
    assert reasons.index("Hiddenerror.") > claim
    document = opened(three()["key"])
    assert any(
        link["kind"] in {pymupdf.LINK_GOTO, pymupdf.LINK_NAMED} for page in document for link in page.get_links()
    )


def test_the_heads_of_items_name_all_versions() -> None:
    """An item of the key is found from any version: its head has the number of each, and its letters beside."""
    text = text_of(three()["key"])
    heads = re.findall(r"(?m)^A ([0-9]+) · B ([0-9]+) · C ([0-9]+)$", text)
    assert [int(a) for a, _, _ in heads] == list(range(1, 17))
    keys = [answers(three()["key"], letter) for letter in "ABC"]
    said = re.findall(
        r"(?m)^A ([0-9]+) · B ([0-9]+) · C ([0-9]+)\n.*\n.*\nA: ([A-J]+) · B: ([A-J]+) · C: ([A-J]+)$", text
    )
    assert len(said) == 9
    for *numbers, a, b, c in said:
        assert [key[int(number)] for key, number in zip(keys, numbers, strict=True)] == [a, b, c]


# --- pages -------------------------------------------------------------------------------------------------------


def long_notes() -> list[Note]:
    """Items of many heights: from one line to more than a page."""
    words = "wordlike things stand here "
    return [
        *(note(f"q{at}", Question=f"Stem{letters(at)} {words * (at % 7)}?", Answer="answer " * (3 * at)) for at in range(14)),
        *(choice(f"c{at}", *(f"{words * (at % 3)}{letters(at)}{letters(i)}" for i in range(5)), case=words * (3 * at)) for at in range(6)),
        note("huge", Question="Hugestem?", Case=words * 400, Answer="x"),
        *(covered(f"f{at}") for at in range(2)),
        sequence("way", 10),
        note("all", Question=EVERYTHING, Answer="x"),
    ]  # fmt: skip


@cache
def long_print(paper: str, text: str) -> dict[str, bytes]:
    """The quiz of these notes, and its key."""
    bag = Bag()
    made = printed(made_of(long_notes()), bag, paper=paper, text=text)
    assert not list(bag)
    return made


@pytest.mark.parametrize(("paper", "text"), [(paper, text) for paper in PAPERS for text in QUIZ_TEXT])
def test_nothing_is_cut_or_overlaps(paper: str, text: str) -> None:
    """On every page all ink keeps away from the edges, lines of text from each other and from the lines to write on."""
    made = long_print(paper, text)
    for data in made.values():
        for page in opened(data):
            width, height = page.rect.width / POINT, page.rect.height / POINT
            boxes = [letter[1:5] for letter in page_letters(page)]
            boxes += [tuple(side / POINT for side in drawing["rect"]) for drawing in page.get_drawings()]
            for x0, y0, x1, y1 in boxes:
                assert min(x0, y0, width - x1, height - y1) >= 7.0
            check_lines(page)
    assert (
        bare(text_of(made[""])).count(bare("wordlike things stand here " * 400)) == 1
    )  # longer than a page, and nothing lost


def check_lines(page: Any) -> None:
    """No letter lies on one of another size or line, and none on a line to write on."""
    found, lines = list(page_letters(page)), rules(page)
    for letter in found:
        for x0, y, x1, _ in lines:
            inside = x0 + 1 < letter.x0 * POINT and letter.x1 * POINT < x1 - 1
            assert not (inside and letter.y0 * POINT + 2 < y < (letter.y1 - 0.35 * letter.size / POINT) * POINT), letter
    grid: dict[tuple[int, int], list[Any]] = {}
    for letter in found:
        grid.setdefault((round(letter.x0 / 3), round(letter.y0 / 3)), []).append(letter)
    for (column, row), some in grid.items():
        near = [each for dx in (0, 1) for dy in (-1, 0, 1) for each in grid.get((column + dx, row + dy), ())]
        for one in some:
            for other in near:
                wide = min(one.x1, other.x1) - max(one.x0, other.x0)
                high = min(one.y1, other.y1) - max(one.y0, other.y0)
                assert one is other or wide < 0.35 or high < 0.6 or (abs(one.y1 - other.y1) < 0.01 and wide < 1.2), (
                    one,
                    other,
                )


@pytest.mark.parametrize("text", QUIZ_TEXT)
def test_an_item_stays_on_its_page(text: str) -> None:
    """No item that a page can hold is broken: its stem, its options and the line to write on are on the page of its number."""
    document = opened(long_print("a4", text)[""])
    job = PrintJob("quiz")
    order = version_of(items_of(made_of(long_notes()), job), "A", job.seed)
    texts = [bare(page.get_text().replace("\xa0", " ")) for page in document]
    assert len(texts) > 4
    at = 0
    for number, asked in enumerate(order, 1):
        if asked.item.note.id in {"huge", "all"}:
            continue
        last = asked.item.choices[asked.order[-1]] if asked.item.choices else None
        wanted = [bare(f"{number}\n{asked.item.points:g} point")]
        if last:
            wanted.append(bare("".join(part.text for part in last.blocks[0].children)))  # type: ignore[union-attr]
        at = next(page for page in range(at, len(texts)) if wanted[0] in texts[page])
        assert all(word in texts[at] for word in wanted)
    # What is asked never stands at the foot of a page without the line to write on.
    lines = [rules(page) for page in document]
    for name in (f"Stem{letters(at)}" for at in range(14)):
        ((at, box),) = [(at, found) for at, page in enumerate(document) for found in page.search_for(name)]
        assert any(y > box.y1 for _, y, _, _ in lines[at])


def test_a_long_item_is_broken_behind_its_beginning() -> None:
    """An item longer than a page begins where it is and goes on over the next; its question still has the line to write on."""
    data = printed(made_of([note("huge", Question="Hugestem?", Case="wordlike things " * 900, Answer="x")]))[""]
    document = opened(data)
    assert len(document) > 1
    assert "wordlike" in document[0].get_text()
    last = next(page for page in document if "Hugestem?" in page.get_text())
    stem = last.search_for("Hugestem?")[0]
    assert any(line[1] > stem.y1 for line in rules(last))


def test_right_to_left() -> None:
    """In a deck that runs from the right, numbers stand on the right and points on the left; a note from the left mirrors it."""
    notes = [note("he", Question="מה תפקיד הלב?", Answer="לשאוב"), replace(note("en", Question="Plain?", Answer="x"), language="en", direction="ltr")]  # fmt: skip
    document = opened(printed(made_of(notes, language="he", name="לב"), versions=2)["b"])
    page = document[0]
    width = page.rect.width
    at: dict[str, list[tuple[float, float]]] = {}
    for x0, _, x1, _, word, *_ in page.get_text("words"):
        at.setdefault(word, []).append((x0, x1))
    order = [each.item.note.id for each in version_of(items_of(made_of(notes), PrintJob("quiz")), "B", "1")]
    he, en = str(order.index("he") + 1), str(order.index("en") + 1)
    heads = {
        number: [place for place in at[number] if min(place[0], width - place[1]) < 19 * POINT] for number in (he, en)
    }
    assert any(x0 > width / 2 for x0, _ in heads[he])
    assert any(x0 < width / 2 for x0, _ in heads[en])
    assert sorted(x0 < width / 2 for x0, _ in at["points"]) == [False, True]
    assert page.search_for("Plain?")[0].x0 < width / 2 < page.search_for("Name")[0].x0


def test_grey_ink() -> None:
    """Without colour, words and lines of quiz and key are greys."""
    made = printed(made_of([each for each in every_kind() if each.id != "field"]), ink="grey")
    for data in made.values():
        for page in opened(data):
            colours = {span["color"] for block in page.get_text("dict")["blocks"] for line in block.get("lines", ()) for span in line["spans"]}  # fmt: skip
            assert all(value >> 16 == value >> 8 & 255 == value & 255 for value in colours)
            for drawing in page.get_drawings():
                for colour in (drawing.get("color"), drawing.get("fill")):
                    assert colour is None or max(colour) - min(colour) < 0.01
    with_colour = opened(three()["a"])[0].get_text("dict")["blocks"]
    assert any(span["color"] & 255 != span["color"] >> 16 for block in with_colour for line in block.get("lines", ()) for span in line["spans"])  # fmt: skip


# --- for those who hear it ---------------------------------------------------------------------------------------


def test_items_are_headings_and_choices_lists() -> None:
    """Every item is a heading under that of its version, choices are lists, gaps are told of, pictures described."""
    for letter in "abc":
        data = three()[letter]
        found = kinds(data)
        assert (found.count("H1"), found.count("H2")) == (1, 16)
        assert found.count("L") == 9
        assert found.count("LI") == found.count("Lbl") == 6 * 4 + 3 * 5
        told = alternatives(data)
        assert told.count("blank") == 1 + 2  # the drawn gap, and the two that are asked together
        assert "A field. 4 parts covered and numbered." in told
    key = kinds(three()["key"])
    assert key.count("H2") == 16
    assert {"Table", "TH", "TD", "L", "Link"} <= set(key)
    assert {str(element.A.Scope) for element in tree(three()["key"]) if str(element.S) == "/TH" and "/A" in element and not isinstance(element.A, pikepdf.Array) and "/Scope" in element.A} <= {"/Column"}  # fmt: skip


@pytest.mark.parametrize(("tag", "words"), [("de", "Test – Version"), ("fr", "Questionnaire – Version"), ("es", "Cuestionario – Versión")])  # fmt: skip
def test_words_are_in_the_language_of_the_deck(tag: str, words: str) -> None:
    """Headings, hints and points are in the deck's language, with its decimal comma."""
    notes = [
        choice("one", "aa", "bb", "cc"),
        note("c", "cloze", Text=(para("Gap ", cloze(1, "y"), "."),)),
        sequence("way", 3),
    ]
    made = printed(made_of(notes, language=tag), versions=2, points=(("choice", 1.5),))
    text = "".join(page.get_text() for page in opened(made["a"]))
    assert words in text
    assert "/ 4,5" in text
    assert not re.search(r"Name the|Put the|Where there|points\b(?! )", text) or tag == "fr"
    assert {"fr": "1,5 point\n", "de": "1,5 Punkte\n", "es": "1,5 puntos\n"}[tag] in text


def test_sets_of_a_deck_are_mixed() -> None:
    """A quiz is no section by section: items of all sets are drawn into one order, without their titles."""
    sets = tuple(NoteSet(f"Title{name}", f"cards/heart/{name}.yaml", tuple(note(f"{name}{at}", Question=f"{name}q{letters(at)}?", Answer="x") for at in range(8))) for name in "uvw")  # fmt: skip
    asked = [item.words[0] for item in seen(printed(replace(deck([]), sets=sets))[""])]
    assert sorted(asked) == sorted("uvw" * 8)
    assert asked != sorted(asked)


def test_a_tall_answer_goes_on_in_the_next_column() -> None:
    """In the key an answer of many short lines is broken where the page ends, and runs neither into its foot nor off the page."""
    tall = para(*(part for at in range(70) for part in (Text(letters(at)), Break())))
    key = printed(made_of([note("tall", Question="Which?", Answer=(tall,))]))["key"]
    assert letters(69) in text_of(key)
    for page in opened(key):
        foot = min(letter.y0 for letter in page_letters(page) if letter.size == pytest.approx(8.0, abs=0.1))
        assert all(letter.y1 < foot for letter in page_letters(page) if letter.size > 8.6)
