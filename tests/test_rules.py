"""Rules of the author's own: each form finds what it should and leaves the rest alone; mistakes in them are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import fingerprint as tool
import pytest
import sample
from conftest import SETTINGS, MakeProject, Run, grows_linearly
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.build import Options, build, check
from deckgen.diagnostics import Bag, Source, Span
from deckgen.load.choosing import index_of
from deckgen.load.keys import CARD_TEXT
from deckgen.model import Deck, Note, Statement
from deckgen.rules import apply_rules, reading, texts, wordlists
from deckgen.rules.finding import cut
from deckgen.rules.fingerprints import RUN, fingerprint, read_fingerprints, run_hash, sources_of, to_text
from deckgen.rules.phrases import Phrases, Vocabulary, fits, phrase, plain_words, readable, sentences, tokens
from deckgen.rules.quantities import masses
from deckgen.rules.single import count_words
from deckgen.rules.twins import MOST_MEETINGS
from deckgen.rules.values import Chosen, Copied, Longest, Rule, SameAnswers, SimilarQuestions, Words

Look = Callable[..., list[dict[str, Any]]]
NOWHERE = Span(Source("cards/heart/checks.yaml", ""), 0, 0)
BIBLIOGRAPHY = "- {id: Harvey1628, type: book, title: De motu cordis}\n"


def basic(question: str = "How many valves?", answer: str = "Four", note_id: str = "a", more: str = "") -> str:
    """A note in YAML."""
    return f"- id: {note_id}\n  question: {json.dumps(question)}\n  answer: {json.dumps(answer)}\n{more}"


def rule(body: str, *, words: str = "") -> str:
    """A file of rules with one, called `it`; lines of the body are indented."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"{words}rules:\n  it:\n    why: Because.\n{lines}"


@pytest.fixture
def found(project: MakeProject, run: Run) -> Look:
    """Check notes (YAML) against rules (YAML): the diagnostics, as programs get them."""

    def look(notes: str, rules: str, name: str = "p", **files: str) -> list[dict[str, Any]]:
        root = project({"cards/heart/a.yaml": notes, "cards/heart/checks.yaml": rules,
                        **{path.replace("__", "/"): text for path, text in files.items()}}, name)  # fmt: skip
        _, out, _ = run("check", "--message-format", "json", root=root)
        return [json.loads(line) for line in out.splitlines()]

    return look


# ---- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("T-score", "a T score of"),
        ("T-score", "a T\u2011score of"),
        ("T score", "a t\u2010Score of"),
        ("-2.5", "of \u22122.5"),
        ("-1", "of \u22121.0 and"),
        ("20 %", "20\u202f% or"),
        ("20 %", "20% or"),
        ("20 %", "20\u00a0% or"),
        ("20 µg", "20 mcg daily"),
        ("20 μg", "20 \u00b5g daily"),
        ("1000 mg", "1,000 mg"),
        ("36282", "36\u202f282 women"),
        ("Ca2+", "the Ca\u00b2\u207a ion"),
        ("rather than", "\u2067rath\u200ber\u200e than\u2069"),
        ("H2O", "in H\u2082O"),
        ("naïve", "na\u0131\u0308ve or nai\u0308ve"),
        ("farnesyl*", "Farnesylated proteins"),
        ("farnesyl*", "farnesyl pyrophosphate"),
        ("*petrosis", "osteopetrosis"),
        ("*petro*", "osteopetrotic"),
        ("don't", "they don\u2019t"),
        ("Paget disease", "Paget\u00ad disease"),
        ("# mg", "about 70 mg"),
        ("#-year", "a 10-year risk"),
        ("#", "is 5."),
        ("fracture", "“fracture”"),
        ("Straße", "der STRASSE"),
    ],
)
def test_a_phrase_is_found_however_it_is_typed(wanted: str, text: str) -> None:
    """Case, dashes, spaces, signs of one meaning and ways to store a letter make no difference."""
    one = phrase(wanted)
    assert one
    assert Phrases([one]).first(tokens(readable(text)))


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("RANK", "RANKL"),
        ("safe", "safety and unsafe"),
        ("T-score", "T-scores"),
        ("2.5", "of \u22122.5"),
        ("binds RANK", "binds (RANK"),
        ("rather than", "rather, than"),
        ("#", "NFATc1, IL-6, COX\u20112 and 5b"),
        ("1000", "1,0001"),
        ("farnesyl*", "geranylfarnesyl"),
        ("20 %", "20 mg %"),
        ("< 5", "5"),
    ],
)
def test_a_phrase_is_whole_words(wanted: str, text: str) -> None:
    """Parts of words, words with a comma between, and names with a number in them are not found."""
    one = phrase(wanted)
    assert one
    assert Phrases([one]).first(tokens(readable(text))) is None


@pytest.mark.parametrize("text", ["", " ", "*", "a*b", "a * b", "**", "...", "a#", "#a", "*a*b"])
def test_what_is_no_phrase(text: str) -> None:
    """Nothing to look for, or a sign where it means nothing."""
    assert phrase(text) is None


WORDS = st.lists(st.sampled_from(["rank", "rankl", "binds", "-2.5", "5", "T-score", "il-6", "mcg", "Ca²⁺", ",", "(", "%"]), min_size=1, max_size=8).map(" ".join)  # fmt: skip
WANTED = st.lists(st.sampled_from(["rank", "rank*", "*nkl", "binds", "#", "5", "score", "6", "µg", "ca2", "%"]), min_size=1, max_size=3).map(" ".join)  # fmt: skip


@given(text=WORDS, wanted=st.lists(WANTED, min_size=1, max_size=4))
def test_the_index_loses_nothing(text: str, wanted: list[str]) -> None:
    """A text that holds a phrase holds one of its anchors; and what is found is what comparing word by word finds."""
    group = Phrases([one for each in wanted if (one := phrase(each))])
    read = tokens(readable(text))
    hits = {(hit.phrase, hit.start) for hit in group.hits(read)}
    slow = set()
    for one in group.phrases:
        for at in range(len(read.words) - len(one.words) + 1):
            if all(
                at + k in read.numbers if w == "#" else fits(w, read.words[at + k]) for k, w in enumerate(one.words)
            ):
                slow.add((one, at))
    assert hits == slow
    words = frozenset(plain_words(text))
    needed = group.needed(Vocabulary(words))
    assert not hits or needed is None or needed.is_met(words)


def test_sentences_end_where_they_end() -> None:
    """Decimal points, abbreviations and brackets end none; a new line does."""
    text = "It is 2.5 mg, e.g. Denosumab (a drug). Does it bind? It does: “Yes.” Then no.\nvs. Others"
    assert list(sentences(text)) == [
        "It is 2.5 mg, e.g. Denosumab (a drug).", "Does it bind?", "It does: “Yes.”", "Then no.", "vs. Others",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "count"),
    [("RANK ligand (RANKL)", 3), ("20 %", 1), ("−2.5", 1), ("Monocyte–macrophage", 1), ("36 282 women", 2), ("a – b", 2),
     ("5 mg/day", 2), ("", 0), ("H₂O, Ca²⁺", 2)],
)  # fmt: skip
def test_words_are_counted_as_a_reader_would(text: str, count: int) -> None:
    """Signs alone are no words; what is joined is one."""
    assert count_words(readable(text)) == count


# ---- words that stand together ----------------------------------------------------------------------------------

FPPS = "find: [etidronate, clodronate]\nwith: [FPPS, farnesyl*]\nunless: [not, unlike, rather than]"


@pytest.mark.parametrize(
    ("question", "answer", "is_found"),
    [
        ("What does etidronate inhibit?", "FPPS", True),
        ("Etidronate blocks which enzyme?", "Farnesyl pyrophosphate synthase", True),
        ("What do etidronate and clodronate become?", "Toxic analogues of ATP", False),
        ("Etidronate does not inhibit FPPS; what does it become?", "ATP analogue", False),
        ("Unlike alendronate, etidronate leaves which enzyme alone?", "FPPS", False),
        ("What does alendronate inhibit?", "FPPS", False),
    ],
)
def test_a_question_and_its_answer_are_one_sentence(found: Look, question: str, answer: str, is_found: bool) -> None:
    """What neither says alone both say together; a word that excuses may stand in either."""
    got = found(basic(question, answer), rule(FPPS))
    assert bool(got) == is_found
    assert all((each["code"], each["severity"]) == ("own-rule", "warning") for each in got)


def test_two_sentences_are_two(found: Look) -> None:
    """Words in neighbouring sentences do not stand together, unless the rule looks at the text or the note."""
    note = basic(more="  why: Etidronate came first. Others block FPPS.\n")
    assert found(note, rule(FPPS)) == []
    assert len(found(note, rule(FPPS + "\nwithin: text"), "b")) == 1
    apart = basic(more="  why: Etidronate came first.\n  more: Others block FPPS.\n")
    assert found(apart, rule(FPPS + "\nwithin: text"), "c") == []
    assert len(found(apart, rule(FPPS + "\nwithin: note"), "d")) == 1


def test_a_message_says_what_where_and_why(found: Look) -> None:
    """The rule, the words found, text and note, the place of the words, why, and what to do."""
    note = basic(more="  why: |\n    A first line.\n    Then etidronate blocks the enzyme *FPPS* in cells.\n")
    (got,) = found(note, rule(FPPS + "\nfix: Name another."))
    assert got["message"] == "`it`: “etidronate” and “FPPS” in `why` of `a`"
    assert (got["path"], got["line"], got["column"], got["end_column"]) == ("cards/heart/a.yaml", 6, 40, 44)
    assert got["hints"] == ["Because.", "Name another."]


def test_a_rule_can_be_an_error(found: Look) -> None:
    """`level: error` stops a build."""
    (got,) = found(basic(answer="Etidronate: FPPS"), rule(FPPS + "\nlevel: error"))
    assert got["severity"] == "error"


def test_rules_stand_in_a_file_of_either_ending(project: MakeProject, run: Run) -> None:
    """As all other files may, `checks.yml` holds rules, too: they must not be off without a word."""
    root = project({"cards/heart/a.yaml": basic(), "cards/heart/checks.yml": rule("find: [valves]")})
    assert "warning[own-rule]: `it`" in run("check", root=root)[1]


def test_rules_beside_rules_are_one_mistake(found: Look) -> None:
    """Without `rules` above them, the rules themselves are not called unknown keys."""
    problems = found(basic(), "one: {why: x, find: [a]}\ntwo: {why: x, find: [b]}\n")
    assert [each["code"] for each in problems] == ["missing-key"]


def test_but_not_takes_out_longer_words(found: Look) -> None:
    """`binds RANK` is no find in `binds RANK ligand`, and is one beside it."""
    body = "find: [binds RANK]\nbut not: [RANK ligand]"
    assert found(basic(answer="It binds RANK ligand."), rule(body)) == []
    assert len(found(basic(answer="It binds RANK ligand and binds RANK."), rule(body), "b")) == 1


def test_one_of_each_list(found: Look) -> None:
    """A list of lists must be met by one of each; `needs` is missing when one of its lists is."""
    body = "find: FRAX\nwith: [[20 %], [3 %]]\nneeds: [[10-year, ten-year], [osteopenia]]"
    assert found(basic(answer="FRAX 20 %"), rule(body)) == []
    (got,) = found(basic(answer="FRAX of 20 % or 3 %, 10-year"), rule(body), "b")
    assert got["message"].startswith("`it`: “FRAX” and “20 %” and “3 %” without any of “10-year”, “ten-year” and “osteopenia”")  # fmt: skip
    assert found(basic(answer="FRAX of 20 % or 3 %, 10-year, in osteopenia"), rule(body), "c") == []


def test_needs_alone(found: Look) -> None:
    """Without `find`, every chosen note must have it."""
    body = "needs: [plan]\nnotes: {tags: [drug]}"
    (got,) = found(basic(more="  tags: [drug::x]\n") + basic("Other?", note_id="b"), rule(body))
    assert got["message"] == "`it`: nothing in `a` says “plan”"
    said = basic(more="  tags: [drug]\n  why: A first sentence. Then the plan.\n")
    assert found(said, rule(body), "b") == []
    (got,) = found(said, rule(body + "\nin: [question, answer]"), "c")
    assert got["message"] == "`it`: nothing in `a` says “plan”"


def test_lists_that_rules_share(found: Look) -> None:
    """`<name>` stands for a list under `words`, also within another."""
    words = "phrases:\n  no: [not, never]\n  more-no: [<no>, hardly]\n"
    body = "find: [valves]\nunless: [<more-no>]"
    notes = basic("Which valves?", "x") + basic("Which valves never?", "y", "b") + basic("Hardly valves?", "z", "c")
    assert [each["line"] for each in found(notes, rule(body, words=words))] == [2]


@pytest.mark.parametrize(
    ("note", "where"),
    [
        ('- {id: a, cloze: "A {{c1::bad::hint}} word"}', "cloze"),
        ('- {id: a, cloze: "A {{c1::good::bad}} word"}', "hint"),
        ("- {id: a, claim: x, error: bad}", "error"),
        ("- {id: a, sequence: s, steps: {x: good, y: bad}}", "steps"),
        ("- {id: a, question: q?, best: bad, options: {bad: r, c: r, d: r}}", "best"),
        ("- {id: a, question: q?, best: b, options: {b: r, c: bad, d: r}}", "reasons"),
        ("- {id: a, question: q?, answer: b, typed answer: bad}", "typed answer"),
        ("- {id: a, question: q?, answer: b, reverse question: bad?, reverse answer: x}", "reverse question"),
        ("- {id: a, question: q?, answer: b, case: bad}", "case"),
        ("- {id: a, question: q?, answer: b, more: '| x | y |\n\n    |---|---|\n\n    | x | bad |'}", "more"),
        ("- {id: a, question: q?, answer: b, watch out: '**bad**'}", "watch out"),
        ("- {id: a, question: q?, answer: b, mnemonic: '`bad`'}", "mnemonic"),
    ],
)
def test_every_text_is_looked_at(found: Look, note: str, where: str) -> None:
    """Gaps by what they hide, hints, steps, the best option, reasons, and whatever else a note says."""
    (got,) = found(note + "\n", rule("find: bad"))
    assert got["message"] == f"`it`: “bad” in `{where}` of `a`"
    assert found(note + "\n", rule("find: bad\nin: [header]"), "b") == []


def test_masks_are_texts(found: Look) -> None:
    """Answers and clues of masks, and the text alternative."""
    note = ("- id: a\n  image: v.svg\n  alt: a bad one\n  header: h\n  masks:\n"
            "    x: {box: [0.1, 0.1, 0.2, 0.2], answer: bad, clue: bad too}\n")  # fmt: skip
    got = found(note, rule("find: bad"), cards__heart__v_svg="", **{"cards__heart__v.svg": sample.SVG})
    assert sorted(str(each["message"]) for each in got if each["code"] == "own-rule") == [
        "`it`: “bad” in `alt` of `a`", "`it`: “bad” in `clues` of `a`", "`it`: “bad” in `masks` of `a`",
    ]  # fmt: skip


def test_what_is_false_on_purpose_is_left_alone(found: Look) -> None:
    """Claims and wrong options are only looked at when they are named, or all are; retired notes not at all."""
    notes = (
        "- {id: a, claim: bad, error: x}\n- {id: b, question: q?, best: b, options: {b: r, bad: r, d: r}}\n"
        "- {id: c, question: bad?, answer: x, retired: {since: '1', why: w}}\n"
    )
    assert found(notes, rule("find: bad")) == []
    assert len(found(notes, rule("find: bad\nin: [claim]"), "b")) == 1
    assert len(found(notes, rule("find: bad\nin: all"), "c")) == 2


def test_a_reason_speaks_of_its_option(found: Look) -> None:
    """What a reason says of a wrong option is said to be true."""
    note = "- {id: a, question: q?, best: b, options: {b: r, Etidronate: It blocks FPPS., d: r}}\n"
    (got,) = found(note, rule(FPPS))
    assert got["message"] == "`it`: “FPPS” in `reasons` of `a`"


# ---- which notes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ("kinds: [cloze]", "b"),
        ("without kinds: [cloze, spot the error]", "a"),
        ("tags: [drug]", "ab"),
        ("tags: [DRUG::x]", "a"),
        ("without tags: [drug::x]", "bc"),
        ("difficulty: [core, advanced]", "a"),
        ("tags: [drug], kinds: [cloze]", "b"),
        ("kinds: [basic], difficulty: [advanced]", ""),
        ("sets: [a.yaml], kinds: [cloze]", "b"),
    ],
)
def test_conditions_choose_notes(found: Look, chosen: str, ids: str) -> None:
    """Any of a list, all of the keys; a tag stands for those below it, whatever its case, without the deck's prefix."""
    notes = basic("bad?", more="  tags: [drug::x]\n  difficulty: core\n")
    notes += '- {id: b, cloze: "{{c1::bad}}", tags: [Drug::y]}\n- {id: c, claim: x, error: bad}\n'
    prefixed = SETTINGS + "    tag prefix: Heart\n"
    got = found(notes, rule(f"find: bad\nnotes: {{{chosen}}}"), **{"deckgen.yaml": prefixed})
    assert "".join(str(each["message"])[-2] for each in got) == ids


@pytest.mark.parametrize(
    ("chosen", "code", "meant"),
    [
        ("tags: [drgu]", "unknown-tag", "drug"),
        ("without tags: [Heart::drug]", "unknown-tag", "drug"),
        ("sets: [a]", "unknown-set", "a.yaml"),
    ],
)
def test_a_rule_for_notes_that_are_not_there(project: MakeProject, chosen: str, code: str, meant: str) -> None:
    """A misspelt tag or set is warned of: the rule would speak of nothing, and nobody would know."""
    notes = basic("good?", more="  tags: [drug]\n")
    rules = rule(f"find: bad\nnotes: {{{chosen}}}")
    files = {"deckgen.yaml": SETTINGS + "    tag prefix: Heart\n", "cards/heart/a.yaml": notes}
    (got,) = check(project({**files, "cards/heart/checks.yaml": rules})).bag
    assert (got.code, got.severity, got.span.path) == (code, "warning", "cards/heart/checks.yaml")
    assert got.label == f"did you mean `{meant}`?"


def test_rules_may_end_as_any_yaml(project: MakeProject) -> None:
    """A file that is no set and is not read would be a rule that nobody carries out."""
    result = check(project({"cards/heart/a.yaml": basic("bad?"), "cards/heart/checks.yml": rule("find: bad")}))
    assert [item.code for item in result.bag] == ["own-rule"]


def test_an_excused_note_excuses_no_other(found: Look) -> None:
    """A tag is told once; where that note is excused, at the next."""
    notes = basic(more="  tags: [new]\n") + basic("b?", note_id="b", more="  tags: [new]\n")
    (got,) = found(notes, rule("known tags: [old]\nexcept: {a: looked at}"))
    assert "`b`" in str(got["message"])


def statement(statement_id: str, **values: Any) -> Statement:
    return Statement(statement_id, "says", NOWHERE, **values)


FACTS = {each.id: each for each in (
    statement("A1", confidence="A", verification="seen"), statement("C1", confidence="C", verification="partly"),
    statement("K1", confidence="B", verification="not seen"),
    statement("F1", confidence="B", verification="seen", correction="It is not so."),
    statement("K2", confidence="B", verification="not seen", checked_by="A. B., 2026-11-26"),
)}  # fmt: skip


def with_facts(*notes: Note) -> Deck:
    return Deck("heart", "Heart", sample.deck(list(notes)).sets, NOWHERE, statements=FACTS)


def resting(note_id: str, *statements: str, answer: str = "5 mg") -> Note:
    return replace(sample.note(note_id, Question=f"{note_id}?", Answer=answer), statements=statements)


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        (Chosen(confidence=frozenset("C")), ["c", "mixed"]),
        (Chosen(confidence=frozenset("C"), all_statements=True), ["c"]),
        (Chosen(verification=frozenset(["not seen"])), ["k", "half"]),
        (Chosen(verification=frozenset(["not seen"]), all_statements=True), ["k"]),
        (Chosen(verification=frozenset(["not seen", "partly"])), ["c", "mixed", "k", "half"]),
        (Chosen(confidence=frozenset("B"), verification=frozenset(["not seen"])), ["k", "half"]),
        (Chosen(confidence=frozenset("A"), verification=frozenset(["not seen"])), []),
        (Chosen(confidence=frozenset("C"), correction="no"), ["c", "mixed"]),
        (Chosen(correction="yes"), ["fixed"]),
    ],
)
def test_statements_choose_notes(chosen: Chosen, ids: list[str]) -> None:
    """By confidence and verification of any statement or of all; what somebody checked is verified; none is not all."""
    deck = with_facts(resting("a", "A1"), resting("c", "C1"), resting("mixed", "A1", "C1"), resting("k", "K1"),
                      resting("half", "K1", "A1"), resting("checked", "K2"), resting("none"), resting("fixed", "F1"))  # fmt: skip
    got = list(apply_rules([Rule("it", NOWHERE, "Because.", None, chosen)], index_of(deck)))
    assert [each.message.split("`")[3] for each in got] == ids
    assert all("rests on" in each.message for each in got)


def test_numbers_on_facts_nobody_saw() -> None:
    """`#` is any number; a name with a number in it is none."""
    one = phrase("#")
    assert one
    words = Words(find=(Phrases([one]),))
    chosen = Chosen(verification=frozenset(["not seen"]))
    deck = with_facts(resting("a", "K1"), resting("b", "K1", answer="IL-6 and NFATc1"), resting("c", "A1"))
    got = list(apply_rules([Rule("it", NOWHERE, "w", words, chosen, frozenset(["answer"]))], index_of(deck)))
    assert [each.message for each in got] == ["`it`: “5” in `answer` of `a`"]


# ---- the other forms --------------------------------------------------------------------------------------------


def test_long_answers(found: Look) -> None:
    """Counted in words; other texts when they are named, gaps among them."""
    notes = (
        basic(answer="one two three four")
        + basic("b?", "one two three", "b")
        + '- {id: c, cloze: "{{c1::a b c d}} e f"}\n'
    )
    (got,) = found(notes, rule("most words: 3"))
    assert got["message"] == "`it`: 4 words in `answer` of `a`, at most 3"
    assert len(found(notes, rule("most words: 3\nin: [gaps, answer]"), "b")) == 2
    assert found(notes, rule("most words: 3\nnotes: {kinds: [cloze]}"), "c") == []


def test_what_every_note_must_have(found: Look) -> None:
    """All that is missing is named in one message."""
    full = basic(more="  statements: [S1]\n  references: [Harvey1628]\n  why: w\n")
    body = "requires: [statements, references, why]"
    files = {"cards__heart__references.yaml": BIBLIOGRAPHY}
    (got,) = found(full + basic("b?", note_id="b", more="  why: x\n"), rule(body), **files)
    assert got["message"] == "`it`: `b` has no `statements` and no `references`"


def test_known_tags(found: Look) -> None:
    """An unknown tag is told once, with the one that was meant; difficulties are deckgen's own."""
    notes = basic(more="  tags: [drug::x, gene, anatomi]\n  difficulty: core\n") + basic("b?", note_id="b", more="  tags: [Anatomi, drgu::y]\n")  # fmt: skip
    root = rule("known tags: [anatomy, 'drug::*', gene]")
    got = found(notes, root)
    assert [each["message"] for each in got] == [
        "`it`: the tag `anatomi` of `a` is none of those known", "`it`: the tag `drgu::y` of `b` is none of those known",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found_masses"),
    [
        ("70 mg weekly", ["70000"]),
        ("20 µg or 20 mcg", ["20", "20"]),
        ("0.625 mg and 2 g", ["625", "2000000"]),
        ("35–70 mg", ["70000", "35000"]),
        ("35 or 70 mg", ["70000", "35000"]),
        ("5mg a day", ["5000"]),
        ("2.5mg, 62.5µg and 1,000mg", ["2500", "62.5", "1000000"]),
        ("35 or 70mg", ["70000", "35000"]),
        ("from 1.2.2003mg on", []),
        ("9 mg/dL, 5 mg per kg, 3 mg/kg", []),
        ("5 mg/day, 5 mg per day", ["5000", "5000"]),
        ("vitamin D 800 IU", []),
        ("five mg, mg", []),
        ("1,000 mg", ["1000000"]),
        ("2.5mg, 62.5µg, 1,000mg, 2,5mg", ["2500", "62.5", "1000000", "2500"]),
        ("of 2. 5mg", ["5000"]),
        ("1.2.5mg", []),
        pytest.param("9" * 1_000_100 + " mg, " + "9" * 1_000_100 + "mg", [], id="endless"),
    ],
)
def test_masses_in_texts(text: str, found_masses: list[str]) -> None:
    """In micrograms, however they are written; concentrations are no doses."""
    assert [f"{mass:f}".rstrip("0").rstrip(".") if "." in f"{mass:f}" else f"{mass:f}" for mass, _, _ in masses(tokens(readable(text)))] == found_masses  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer", "wrong"),
    [
        ("Dose of teriparatide?", "20 µg a day", ""),
        ("Dose of teriparatide?", "20 mcg a day", ""),
        ("Dose of teriparatide?", "20 mg a day", "20 mg"),
        ("Dose of denosumab?", "60 mg", ""),
        ("Dose of denosumab?", "6 mg", "6 mg"),
        ("Which drug is given as 20 µg?", "Teriparatide", ""),
        ("Which drug is given as 200 µg?", "Forteo", "200 μg"),
        ("Denosumab 60 mg or teriparatide 20 µg?", "x", ""),
        ("What of 99 mg?", "x", ""),
        ("Calcium beside denosumab, at 10 mg/dL?", "x", ""),
    ],
)
def test_doses(found: Look, question: str, answer: str, wrong: str) -> None:
    """Every mass beside a name is one of that name's; of several names, of any of them."""
    body = "quantities:\n  teriparatide, Forteo: [20 µg]\n  denosumab: [60 mg, 120 mg]"
    got = found(basic(question, answer), rule(body))
    assert [str(each["message"]).split("”")[0] for each in got] == ([f"`it`: “{wrong}"] if wrong else [])


def test_the_same_answer_to_one_statement(found: Look) -> None:
    """Answers, gaps and claims; brackets, articles and case make no difference. Notes of one table are no twins."""
    notes = (
        basic("a?", "The RANK ligand (RANKL)", "a", "  statements: [S1, S2]\n")
        + '- {id: b, cloze: "Known as {{c1::rank ligand}}", statements: [S2]}\n'
        + basic("c?", "RANK ligand", "c", "  statements: [S3]\n")
        + "- {id: d, claim: It is so., error: x, statements: [S4]}\n- {id: e, claim: It is so, error: y, statements: [S4]}\n"
    )
    got = found(notes, rule("duplicates: answers"))
    assert [str(each["message"]) for each in got] == [
        "`it`: `b` and `a` have the answer “rank ligand” to `S2`", "`it`: `e` and `d` have the answer “It is so” to `S4`",
    ]  # fmt: skip
    assert found(notes, rule("duplicates: answers\nsimilarity: 99 %"), "b")[0]["message"] == got[1]["message"]


NEARLY = basic("Which antibody binds the ligand of RANK?", "Denosumab") + basic(
    "Which antibody, then, binds RANK's ligand?", "Denosumab", "b"
)


def test_nearly_the_same_question(found: Look) -> None:
    """Words in another order, and small words more or less, make no new question; another drug does."""
    notes = NEARLY + basic("Which antibody binds sclerostin?", "Romosozumab", "c")
    (got,) = found(notes, rule("duplicates: questions\nsimilarity: 30 %"))
    assert str(got["message"]).startswith("`it`: `b` asks nearly what `a` asks (")


def test_pairs_are_excused(found: Look) -> None:
    """`one + other` in either order; a single id is no pair, and an exception that is not needed is told."""
    body = "duplicates: questions\nsimilarity: 30 %\nexcept:\n  b + a: looked at"
    assert found(NEARLY, rule(body)) == []
    third = basic("What else?", "x", "c")
    (got,) = found(NEARLY + third, rule(body + "\n  a + c: no"), "b")
    assert (got["code"], got["path"]) == ("unused-exception", "cards/heart/checks.yaml")
    assert [each["code"] for each in found(NEARLY, rule("duplicates: questions\nexcept: {a: x}"), "c")] == ["bad-rule"]


def test_a_note_is_excused(found: Look) -> None:
    """By its id, from this rule; an exception that excuses nothing, or names no note, is told at its place."""
    assert found(basic("bad?"), rule("find: bad\nexcept: {a: A. B.}")) == []
    (got,) = found(basic("good?"), rule("find: bad\nexcept: {a: A. B.}"), "b")
    assert (got["code"], got["line"], got["column"]) == ("unused-exception", 5, 14)
    first, second = found(basic("bad?", note_id="valves"), rule("find: bad\nexcept: {valvs: A. B.}"), "c")
    assert [each["code"] for each in (first, second)] == ["own-rule", "unknown-note"]


# ---- copied words -----------------------------------------------------------------------------------------------

SOURCE = (
    "Thirty-six months of treatment with the antibody every half year lowered the risk of new vertebral fractures in "
    "older women, of whom each had a T-score below −2.5 at the spine or the hip when the study began."
)


def test_copied_words(found: Look) -> None:
    """Twelve words in a row are found wherever they begin, whatever stands between them; eleven are not."""
    words = SOURCE.split()
    prints = to_text({"Cummings2009": fingerprint(SOURCE), "Other": fingerprint("something else " * 9)})
    files = {"cards__heart___fingerprints.txt": prints}
    for start in range(0, len(words) - 14, 3):
        part = " ".join(words[start : start + 12]).upper().replace("-", "–")
        got = found(basic(more=f"  why: {json.dumps('Well, now, ' + part + '; and so on it went.')}\n"),
                    rule("copied from: _fingerprints.txt"), f"p{start}", **files)  # fmt: skip
        assert len(got) == 1
        assert str(got[0]["message"]).endswith("words in a row in `why` of `a` stand in `Cummings2009`")
    few = " ".join(words[4:14])  # ten words
    own = basic(more=f"  why: {json.dumps('Well ' + few + ' fell and rose again, as we say here in our own words.')}\n")
    assert found(own, rule("copied from: _fingerprints.txt"), "own", **files) == []
    assert len(found(own, rule("copied from: _fingerprints.txt\nwords: 9"), "nine", **files)) == 1


@given(st.lists(st.sampled_from("abcdefg"), min_size=8, max_size=60), st.integers(8, 20))
@settings(deadline=None)
def test_every_long_copy_is_found(words: list[str], least: int) -> None:
    """No copy of the least length or more is missed, and what is found is at least that long."""
    runs = dict.fromkeys(fingerprint(" ".join(words)), ("X",))
    it = Rule("it", NOWHERE, "w", Copied(least, runs), texts=frozenset(["answer"]))
    note = sample.note("a", Question="q?", Answer="z z " + " ".join(words) + " y y y")
    got = list(apply_rules([it], index_of(sample.deck([note]))))
    assert len(got) == (len(words) >= least)


@given(st.lists(st.booleans(), min_size=60, max_size=90), st.integers(8, 14))
@settings(deadline=None)
def test_copies_of_several_sources_are_each_found(copied: list[bool], least: int) -> None:
    """Each stretch of runs that is long enough is told once, however near the next begins."""
    words = [f"w{number}" for number in range(len(copied) + RUN - 1)]
    for at in range(len(copied) - 1):  # stretches of some length, with gaps of one run
        copied[at] = copied[at] or copied[at + 1] or at % 3 > 0
    runs = {run_hash(words[at : at + RUN]): ("X",) for at, each in enumerate(copied) if each}
    wanted = [
        size + RUN - 1 for is_copied, group in groupby(copied) if is_copied and (size := len(list(group))) + RUN > least
    ]
    it = Rule("it", NOWHERE, "w", Copied(least, runs), texts=frozenset(["answer"]))
    note = sample.note("a", Question="q?", Answer=" ".join(words))
    got = list(apply_rules([it], index_of(sample.deck([note]))))
    assert [int(each.message.split()[1]) for each in got] == wanted


def test_fingerprints_do_not_depend_on_order_or_typography() -> None:
    """One text, however typed, has one file; the keys come back; a damaged line is told at its place."""
    one = to_text({"B": fingerprint("one two three four five six seven eight nine"), "A": fingerprint(SOURCE)})
    two = to_text({"A": fingerprint(SOURCE.upper().replace("−", "-")), "B": fingerprint("One, two: three four five; six–seven (eight) nine!")})  # fmt: skip
    assert one == two
    bag = Bag()
    assert sources_of(Source("f", one), bag) == {"A": fingerprint(SOURCE), "B": fingerprint("one two three four five six seven eight nine")}  # fmt: skip
    assert len(read_fingerprints(Source("f", one), bag)) == len(fingerprint(SOURCE)) + 2
    assert sources_of(Source("f", one.replace("\n", "\r\n")), bag).keys() == {"A", "B"}
    assert not bag.has_errors
    assert sources_of(Source("f", one + "zzz\n"), bag) == {}
    assert bag.items[0].span.line == one.count("\n") + 1
    assert max(map(len, one.splitlines())) < 120
    assert len(read_fingerprints(Source("f", one.replace("\n", "\r\n")), Bag())) == len(fingerprint(SOURCE)) + 2


def test_the_tool_writes_fingerprints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By key or by the file's name; works that are in the file stay; the same texts give the same bytes."""
    (tmp_path / "Boyle2003.txt").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "x.txt").write_text("one two three four five six seven eight", encoding="utf-8")
    out = tmp_path / "_fingerprints.txt"
    assert tool.main([str(out), str(tmp_path / "Boyle2003.txt")]) == 0
    assert tool.main([str(out), f"Katz2021={tmp_path / 'x.txt'}"]) == 0
    first = out.read_bytes()
    assert capsys.readouterr().out.splitlines()[-1] == "Katz2021: 1 runs of words"
    assert tool.main([str(out), f"Katz2021={tmp_path / 'x.txt'}", str(tmp_path / "Boyle2003.txt")]) == 0
    assert out.read_bytes() == first
    out.write_text("something", encoding="utf-8")
    assert tool.main([str(out), str(tmp_path / "x.txt")]) == 1


def test_the_tool_refuses_what_it_cannot_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every text that is not to be used is named, and nothing is written; several texts of one work are joined."""
    (tmp_path / "my key.txt").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes("größer ".encode("latin-1") * 9)
    (tmp_path / "short.txt").write_text("few words", encoding="utf-8")
    out = tmp_path / "_fingerprints.txt"
    given = ["my key.txt", f"{'k' * 101}=latin.txt", "latin.txt", "none.txt", "short.txt", "K="]
    assert tool.main([str(out), *(f"{key}{eq}{tmp_path / name}" for key, eq, name in (each.rpartition("=") for each in given))]) == 1  # fmt: skip
    assert len(capsys.readouterr().err.splitlines()) == len(given)
    assert not out.exists()
    assert tool.main([str(tmp_path), str(tmp_path / "latin.txt"), f"K={tmp_path / 'my key.txt'}"]) == 1
    assert tool.main([str(tmp_path / "short.txt" / "x"), f"K={tmp_path / 'my key.txt'}"]) == 1
    (tmp_path / "x.txt").write_text("one two three four five six seven eight", encoding="utf-8")
    (tmp_path / "y.txt").write_text("nine two three four five six seven eight", encoding="utf-8")
    capsys.readouterr()
    assert tool.main([str(out), f"A={tmp_path / 'x.txt'}", f"A={tmp_path / 'y.txt'}"]) == 0
    assert capsys.readouterr().out == "A: 2 runs of words\n"


# ---- mistakes in rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "code", "words"),
    [
        ("- a\n", "wrong-shape", "a file of rules must be keys"),
        ("notes:\n- {id: x, question: q?, answer: a}\n", "wrong-shape", "not a set of notes"),
        ("ruls: {}\n", "unknown-key", "`ruls`"),
        ("rules: []\n", "wrong-shape", "`rules`"),
        ("rules:\n  A B: {why: w, find: x}\n", "bad-rule", "cannot name a rule"),
        ("rules:\n  it: {find: x}\n", "missing-key", "has no `why`"),
        (rule("fnd: x"), "unknown-key", "`fnd`"),
        (rule("fix: x"), "bad-rule", "looks for nothing"),
        (rule("unless: x"), "bad-rule", "looks for nothing"),
        (rule("with: x\nneeds: y"), "bad-rule", "`with` belongs to `find`"),
        (rule("but not: x\nneeds: y"), "bad-rule", "`but not` belongs to `find`"),
        (rule("within: text\nneeds: y"), "bad-rule", "`within` belongs to `find`"),
        (rule("duplicates: answers\nin: [claim]"), "bad-rule", "`in` belongs to `find` or `needs`"),
        (rule("notes: {kinds: [cloze]}\nin: [claim]"), "bad-rule", "`in` belongs to `find` or `needs`"),
        (rule("find: x\nmost words: 3"), "bad-rule", "several things"),
        (rule("find: x\nsimilarity: 3 %"), "bad-rule", "`similarity` belongs to `duplicates`"),
        (rule("find: x\nwords: 3"), "bad-rule", "`words` belongs to `copied from`"),
        (rule("find: []"), "empty-text", "`find` is empty"),
        (rule("find: [a*b]"), "bad-phrase", "is no phrase"),
        (rule(f"find: [{'x ' * 13}]"), "bad-phrase", "13 words"),
        (rule("find: [a, [b]]"), "wrong-shape", "mixes"),
        (rule("find: [<neg>]", words="phrases: {negs: [no]}\n"), "unknown-words", "no list `neg`"),
        (rule("find: x", words="phrases: {A: [no]}\n"), "bad-phrase", "cannot name a list"),
        (rule("find: [" + ", ".join(f"w{n}" for n in range(501)) + "]"), "too-many-phrases", "501 phrases"),
        ("rules:\n" + "".join(f"  r{n}: {{why: w, find: zzz}}\n" for n in range(201)), "too-many-phrases", "201 rules"),
        (rule("find: x", words="phrases:\n" + "".join(f"  w{n}: [x]\n" for n in range(201))), "too-many-phrases", "201 lists"),
        (rule("find: [" + "[x], " * 21 + "]"), "too-many-phrases", "21 lists"),
        (rule("quantities: {" + ", ".join(f"w{n}: [5 mg]" for n in range(501)) + "}"), "too-many-phrases", "501 names"),
        (rule("find: x\nin: []"), "empty-text", "`in` is empty"),
        (rule("find: x\nnotes: {}"), "empty-text", "`notes` is empty"),
        (rule("requires: []"), "empty-text", "`requires` is empty"),
        (rule("known tags: []"), "empty-text", "`known tags` is empty"),
        (rule("quantities: {}"), "empty-text", "`quantities` is empty"),
        (rule("find: [＊＊foo]"), "bad-phrase", "is no phrase"),
        (rule("find: x\nlevel: fatal"), "unknown-value", "`level`"),
        (rule("find: x\nwithin: page"), "unknown-value", "`within`"),
        (rule("find: x\nin: [awnser]"), "unknown-value", "`in` cannot be `awnser`"),
        (rule("find: x\nnotes: {kinds: [clzoe]}"), "unknown-value", "`clzoe`"),
        (rule("find: x\nnotes: {kind: [cloze]}"), "unknown-key", "`kind`"),
        (rule("find: x\nnotes: {kinds: []}"), "empty-text", "`kinds` of `notes` of the rule `it` is empty"),
        (rule("find: x\nnotes: {tags: []}"), "empty-text", "`tags` of `notes`"),
        (rule("find: x\nnotes: {tags: ['a b']}"), "bad-tag", "`a b`"),
        (rule("find: x\nin: ALL"), "unknown-value", "`in` cannot be `ALL`"),
        (rule("quantities: {x: []}"), "empty-text", "`x` is empty"),
        (rule("find: x\nnotes: {confidence: [D]}"), "unknown-value", "`confidence`"),
        (rule("find: x\nnotes: {verification: [unseen]}"), "unknown-value", "`verification`"),
        (rule("most words: many"), "unknown-value", "`most words`"),
        (rule("requires: [reason]"), "unknown-value", "`requires`"),
        (rule("quantities: {x: [5 ml]}"), "bad-quantity", "`5 ml`"),
        (rule("quantities: {x: [about 5 mg]}"), "bad-quantity", "`about 5 mg`"),
        (rule("quantities: {'*': [5 mg]}"), "bad-phrase", "`*`"),
        (rule("known tags: ['a b']"), "bad-rule", "is no tag"),
        (rule("duplicates: notes"), "unknown-value", "`duplicates`"),
        (rule("duplicates: questions\nsimilarity: much"), "unknown-value", "`similarity`"),
        (rule("duplicates: questions\nsimilarity: 0 %"), "unknown-value", "`similarity`"),
        (rule("copied from: _none.txt"), "missing-file", "there is no file `cards/heart/_none.txt`"),
        (rule("copied from: ../../../etc/hosts"), "outside-project", "is not a path inside the project"),
        (rule("copied from: ."), "unreadable-file", "is not a file"),
        (rule("copied from: a.yaml"), "bad-fingerprints", "no line of"),
        (rule("copied from: a.yaml\nwords: 7"), "unknown-value", "cannot be 7"),
        (rule("find: x\nexcept: {a + b: y}"), "bad-rule", "excuses no single note"),
        (rule("find: x\nexcept: {a: ''}"), "empty-text", "`except`"),
        (rule("find: x\nfind: y"), "duplicate-key", "find"),
    ],
)  # fmt: skip
def test_mistakes_in_rules_are_told(found: Look, rules: str, code: str, words: str) -> None:
    """As errors, in the file and at the place where they stand; a rule in error finds nothing."""
    got = [each for each in found(basic(), rules) if each["code"] != "unused-exception"]
    assert [each["code"] for each in got] == [code]
    assert (got[0]["severity"], words in str(got[0]["message"])) == ("error", True), got
    assert got[0]["path"] == ("cards/heart/a.yaml" if code == "bad-fingerprints" else "cards/heart/checks.yaml")


def test_no_rules_while_texts_are_in_error(found: Look) -> None:
    """What half a deck says is not judged. What is wrong with the rules themselves is said with all the rest."""
    half = basic("bad?") + "- {id: b}\n"
    assert [each["code"] for each in found(half, rule("find: bad\nexcept: {c: x}"))] == ["missing-key"] * 2
    got = found(half, rule("find: '*'"), "q")
    assert [each["code"] for each in got] == ["missing-key"] * 2 + ["bad-phrase"]


def test_rules_by_another_name(project: MakeProject, run: Run) -> None:
    """`checks.yml` is read as well; a link out of the project, or to nowhere, is not passed over in silence."""
    text = basic()
    _, out, _ = run("check", root=project({"cards/heart/a.yaml": text, "cards/heart/checks.yml": rule("find: valves")}))
    assert "`it`: “valves”" in out
    for number, target in enumerate(("/etc/hosts", "nowhere", "checks.yaml")):
        root = project({"cards/heart/a.yaml": text}, f"p{number}")
        (root / "cards/heart/checks.yaml").symlink_to(target)
        code, out, _ = run("check", root=root)
        assert (code, "cards/heart/checks.yaml" in out) == (1, True)


# ---- what rules cost and change ---------------------------------------------------------------------------------


def test_rules_leave_artifacts_alone(project: MakeProject) -> None:
    """A package is the same, byte for byte, with rules and without; a rule of level error stops a build."""
    notes = {"cards/heart/a.yaml": basic("bad?")}
    made = []
    for name, rules in (("with", rule("find: bad")), ("without", "")):
        root = project({**notes, **({"cards/heart/checks.yaml": rules} if rules else {})}, name)
        result = build(root, Options(formats=["apkg"]))
        made.append([artifact.data for artifact in result.artifacts])
    assert made[0] == made[1] != []
    root = project({**notes, "cards/heart/checks.yaml": rule("find: bad\nlevel: error")}, "error")
    assert build(root, Options(formats=["apkg"])).artifacts == []


def test_rules_are_of_their_deck(project: MakeProject) -> None:
    """Each deck has its own."""
    two = "publisher: T\ndecks:\n  heart: {name: H}\n  lung: {name: L}\n"
    files = {f"cards/{deck}/a.yaml": basic("bad?") for deck in ("heart", "lung")}
    result = check(project({"deckgen.yaml": two, **files, "cards/lung/checks.yaml": rule("find: bad")}))
    assert [item.span.path for item in result.bag] == ["cards/lung/a.yaml"]


def many(count: int) -> Deck:
    """Notes that ask alike, with one word of their own, and rest on a few statements."""
    notes = [
        replace(
            sample.note(f"n{number}", Question=f"Which of the drugs binds target{number} in bone?", Answer=f"Drug {number}",
                        Why="It binds the ligand before the receptor can, and both fall. Nothing else is known of it."),
            statements=(f"S{number % 50}",),
        )
        for number in range(count)
    ]  # fmt: skip
    return sample.deck(notes)


def forty() -> list[Rule]:
    """As many rules as a careful author may have."""

    def words(*texts: str) -> Phrases:
        return Phrases([one for text in texts if (one := phrase(text))])

    texts = frozenset(["question", "answer", "why"])
    by_words = [
        Rule(f"w{number}", NOWHERE, "w", Words((words(f"target{number}", "cure*", "safe"), words("drug*")), unless=words("not")), texts=texts)
        for number in range(36)
    ]  # fmt: skip
    return [
        *by_words,
        Rule("long", NOWHERE, "w", Longest(12), texts=frozenset(["answer"])),
        Rule("same", NOWHERE, "w", SameAnswers(0.2)),
        Rule("near", NOWHERE, "w", SimilarQuestions(0.7)),
        Rule("copy", NOWHERE, "w", Copied(12, dict.fromkeys(fingerprint(SOURCE), ("X",))), texts=texts),
    ]


def test_rules_grow_with_the_notes() -> None:
    """Forty rules, pairs of notes among them: twice the notes, twice the time."""
    assert grows_linearly(lambda size: list(apply_rules(forty(), index_of(many(size)))), 4000)


@pytest.mark.parametrize("form", [SimilarQuestions(0.5), SameAnswers(0.0), SameAnswers(0.9)])
def test_the_worst_decks_grow_with_the_notes(form: SimilarQuestions | SameAnswers) -> None:
    """Every question of the same few words, every answer the same: still not two by two."""

    def alike(size: int) -> Deck:
        return sample.deck([
            replace(
                sample.note(f"n{number}", Question=" ".join(f"w{number >> bit & 1}{bit}" for bit in range(13)), Answer="x"),
                statements=("S1",),
            )
            for number in range(size)
        ])  # fmt: skip

    assert grows_linearly(lambda size: list(apply_rules([Rule("it", NOWHERE, "w", form)], index_of(alike(size)))), 3 * MOST_MEETINGS * 4)  # fmt: skip


@given(st.lists(st.lists(st.sampled_from("abcdefghij"), min_size=1, max_size=6, unique=True), min_size=2, max_size=12))
@settings(deadline=None)
def test_the_filter_loses_no_pair(questions: list[list[str]]) -> None:
    """A question is reported exactly when comparing it with all earlier ones would find one that is like it."""
    notes = [sample.note(f"n{number}", Question=" ".join(each), Answer="x") for number, each in enumerate(questions)]
    got = {each.message.split("`")[3] for each in apply_rules([Rule("it", NOWHERE, "w", SimilarQuestions(0.6))], index_of(sample.deck(notes)))}  # fmt: skip
    from deckgen.rules.twins import _alike, _weighed, _weights

    sets = [frozenset(each) for each in questions]
    weights = _weights(sets, len(sets))
    slow = {
        f"n{late}"
        for late in range(len(sets))
        for early in range(late)
        if _alike(_weighed(sets[late], weights), _weighed(sets[early], weights), weights) >= 0.6
    }
    assert got == slow


def test_a_sentence_is_shortened() -> None:
    """At words, on both sides."""
    text = "word " * 30 + "HERE" + " word" * 30
    shown = cut(text, 150, 154)
    assert shown.startswith("…word")
    assert shown.endswith("word…")
    assert "HERE" in shown
    assert len(shown) < 100


def test_places_are_found_through_typography(found: Look) -> None:
    """A micro sign, a narrow space and a folded line do not hide the place; between marks it is the whole text."""
    note = basic(more="  why: >\n    It is given as 20\u202f\u00b5g\n    a day.\n  more: It is **20** µg.\n")
    first, second = found(note, rule('find: ["20 µg", "20 µg a day"]\nin: [why, more]'))
    assert (first["line"], first["column"], first["end_column"]) == (5, 20, 25)
    assert (second["line"], second["column"]) == (7, 9)


def test_the_numbers_of_the_reference_are_those_of_the_program() -> None:
    """Limits and what holds when nothing is said."""
    page = (Path(__file__).parent.parent / "docs/reference/format.md").read_text(encoding="utf-8")
    section = page[page.index("## Rules of your own") :]
    assert (
        f"{reading.MOST_RULES} rules, {wordlists.MOST_PHRASES} phrases in a list and {wordlists.LONGEST_PHRASE} words"
        in section
    )
    assert f"({reading.USUAL_SHARE} % when missing)" in section
    assert f"with {reading.USUAL_RUN} words in a row, or as many as `words` says ({RUN} at least)" in section
    for key in (*reading.FORMS, *reading.WORD_KEYS, *reading.NOTE_KEYS, "why", "fix", "level", "notes", "in", "except"):
        assert f"`{key}" in section
    for key in set(texts.TEXTS) - set(CARD_TEXT):
        assert f"`{key}`" in section


def test_an_excused_pair_hides_no_third(found: Look) -> None:
    """Of three that are alike, one excused pair leaves the others to be told, and is not called needless."""
    three = NEARLY + basic("Which antibody binds RANK's ligand, then?", "Denosumab", "c")
    for number, form in enumerate(("duplicates: questions\nsimilarity: 30 %", "duplicates: answers")):
        notes = three.replace("  answer:", "  statements: [S1]\n  answer:")
        got = found(notes, rule(form + "\nexcept: {a + b: x}"), f"p{number}")
        assert [(each["code"], "`c`" in str(each["message"])) for each in got] == [("own-rule", True)]
        got = found(notes, rule(form + "\nexcept: {a + b: x, a + c: x, b + c: x}"), f"q{number}")
        assert got == []
        got = found(notes, rule(form + "\nexcept: {b + c: x}"), f"r{number}")
        assert [each["code"] for each in got] == ["own-rule", "own-rule"]


def test_many_mistakes_take_no_longer(found: Look) -> None:
    """Hundreds of wrong exceptions and tags are told without a search for each."""
    notes = "".join(basic(f"q{n}?", f"a{n}", f"note-{n}", f"  tags: [tag-{n}]\n") for n in range(1000))
    excepted = ", ".join(f"nota-{n}: x" for n in range(500))
    assert len(found(notes, rule(f"known tags: [gene]\nexcept: {{{excepted}}}"))) == 1500
    assert len(found(notes, rule("known tags: [gene, 'tagg::*']"), "b")) == 1000


def test_masks_grow_with_the_text() -> None:
    """`but not` in a text of one endless sentence."""
    never, smoked = (Phrases(filter(None, [phrase(each)])) for each in ("never", "never smoked"))
    form = Words((never,), smoked)
    it = Rule("it", NOWHERE, "w", form, texts=frozenset(["answer"]))

    def work(size: int) -> object:
        return list(
            apply_rules([it], index_of(sample.deck([sample.note("a", Question="q?", Answer="never smoked " * size)])))
        )

    assert work(3) == []
    assert grows_linearly(work, 8_000)


@pytest.mark.parametrize("sign", ["-", "_", "…"])
def test_counting_grows_with_the_text(sign: str) -> None:
    """Signs without end hold no word."""
    assert grows_linearly(lambda size: count_words(sign * size), 200_000)


def test_a_word_without_end_is_shortened(found: Look) -> None:
    """In the message and under the place."""
    (got,) = found(basic(answer="a" * 50_000), rule("find: a*"))
    assert len(json.dumps(got)) < 2_000
