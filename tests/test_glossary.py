"""The glossary of a deck: read and checked, its terms found in texts, and listed at the end of the handout."""

from __future__ import annotations

import pytest
from conftest import NOTE, MakeProject
from printed import bare, opened
from sample import NOWHERE

from deckgen.build import Options, build, check
from deckgen.markup.tree import Paragraph, Text
from deckgen.model import Term
from deckgen.terms import listed, used_terms

CARDS = """\
- id: bnp
  question: Which peptides do failing hearts release?
  answer: BNP and ANP
  difficulty: core
- id: ef
  question: Up to which ejection fraction is it called HFrEF?
  answer: 40 %
  difficulty: clinical
- id: sodium
  question: What do loop diuretics, such as a SERCA blocker would not, waste?
  answer: Na^+^, by the pump IP~3~R, and PLCγ2s
"""
GLOSSARY = """\
HFrEF: heart failure with *reduced* ejection fraction
BNP: B-type natriuretic peptide
ANP: atrial natriuretic peptide
"""


def term(name: str, meaning: str = "x") -> Term:
    return Term(name, (Paragraph((Text(meaning),)),), NOWHERE)


def found(names: list[str], *texts: str, **meanings: str) -> list[str]:
    return [each.name for each in used_terms([term(name, meanings.get(name, "x")) for name in names], texts)]


def test_a_term_is_a_word_by_itself() -> None:
    """With its capitals, in the plural as well, and never inside a longer word or a longer term."""
    assert found(["RANK"], "RANKL") == []
    assert found(["RANK"], "pro-RANK (RANK)") == ["RANK"]
    assert found(["MORE"], "more of it") == []
    assert found(["SERM"], "two SERMs") == ["SERM"]
    assert found(["DATA", "DATA-Switch"], "In DATA-Switch density fell.") == ["DATA-Switch"]
    assert found(["αVβ3", "PLCγ2"], "integrin αVβ3") == ["αVβ3"]
    assert found(["atrial fibrillation"], "atrial\u00a0fibrillation") == ["atrial fibrillation"]
    assert found(["IP₃"], "IP3") == ["IP₃"]
    assert found(["IP3"], "IP₃ opens it") == ["IP3"]
    assert found(["a+b", "c-Fms"], "a+b binds c-Fms") == ["a+b", "c-Fms"]


def test_a_meaning_brings_its_own_terms_along() -> None:
    """However long the chain; what nobody mentions is left out, and a circle does no harm."""
    assert found(["RANKL", "RANK", "TNF", "LH"], "RANKL", RANKL="ligand of RANK", RANK="a TNF receptor") == [
        "RANK", "RANKL", "TNF",
    ]  # fmt: skip
    assert found(["A1", "B1"], "A1", A1="see B1", B1="see A1") == ["A1", "B1"]


def test_terms_are_listed_by_their_letters() -> None:
    """Capitals, hyphens, accents and numbers in front do not count; Greek letters stand with their kin."""
    names = ["Z-score", "βHCG", "αVβ3", "c-Fms", "BMD", "AE2", "AE10", "1,25-D", "cAMP", "Événement", "P1NP", "PaTH"]
    assert [each.name for each in listed(map(term, names))] == [
        "AE2", "AE10", "αVβ3", "βHCG", "BMD", "cAMP", "c-Fms", "1,25-D", "Événement", "P1NP", "PaTH", "Z-score",
    ]  # fmt: skip


def test_the_handout_ends_with_the_abbreviations(project: MakeProject) -> None:
    """Behind the notes, by letters, and none is lost; a meaning is card text."""
    root = project({"cards/heart/a.yaml": CARDS, "cards/heart/glossary.yaml": GLOSSARY})
    result = build(root, Options(formats=("pdf",), papers=("a4",), layouts=("handout",)))
    assert [each.message for each in result.bag] == []
    words = "".join(page.get_text() for page in opened(result.artifacts[0].data))
    _, _, listing = bare(words).rpartition("Abbreviations")
    assert listing.startswith("ANPatrialnatriureticpeptide")
    assert listing.index("BNPB-type") < listing.index("HFrEFheartfailurewithreducedejectionfraction")


def test_a_part_lists_what_it_needs(project: MakeProject) -> None:
    """Only terms of the notes that are printed."""
    root = project({"cards/heart/a.yaml": CARDS, "cards/heart/glossary.yaml": GLOSSARY})
    options = Options(formats=("pdf",), papers=("a4",), layouts=("handout",), criteria={"difficulty": ["clinical"]})
    words = bare("".join(page.get_text() for page in opened(build(root, options).artifacts[0].data)))
    assert "HFrEFheartfailure" in words
    assert "natriuretic" not in words


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("- id: x\n", ["wrong-shape"]),
        ("title: T\nnotes: [{id: x}]\n", ["wrong-shape"]),
        ("BNP: ''\nANP: [a]\n", ["empty-text", "wrong-shape"]),
        ("BNP: |\n  - a\n  - b\n", ["wrong-shape"]),
        ("BNP: 'a peptide $$x^2$$ of the heart'\n", ["wrong-shape"]),
        ("BNP: '![](x.png)'\n", ["image-alt"]),
        ("BNP: '![a peptide](images/none.svg)'\n", ["missing-image"]),
        ("'--': x\n" + "A" * 41 + ": x\n", ["bad-term", "bad-term"]),
        ("BNP: a\nBNP: b\n", ["duplicate-key"]),
        ("BNP: a peptide\n'ANP ': a peptide\nNYHA: a class\n", ["unused-term"]),
    ],
)
def test_mistakes_are_told(project: MakeProject, text: str, codes: list[str]) -> None:
    """All of one file at once, each by its code; a term that nobody needs is a warning."""
    bag = check(project({"cards/heart/a.yaml": CARDS, "cards/heart/glossary.yaml": text})).bag
    assert [each.code for each in bag] == codes
    assert {each.span.path for each in bag} == {"cards/heart/glossary.yaml"}
    assert bag.has_errors == (codes != ["unused-term"])


def test_both_files_count_as_one(project: MakeProject) -> None:
    """A term in both is there twice."""
    files = {"cards/heart/glossary.yaml": "BNP: a\n", "cards/heart/glossary.yml": "BNP: b\n"}
    bag = check(project({"cards/heart/a.yaml": CARDS, **files})).bag
    assert [(each.code, len(each.related)) for each in bag] == [("duplicate-term", 1)]


def test_nothing_is_called_unused_while_texts_are_in_error(project: MakeProject) -> None:
    """The text that cannot be read may be the one that has it."""
    files = {
        "cards/heart/a.yaml": NOTE + "- id: b\n  question: BNP?\n",
        "cards/heart/glossary.yaml": "BNP: a peptide\n",
    }
    assert "unused-term" not in [each.code for each in check(project(files)).bag]


def test_packages_are_the_same_with_a_glossary(project: MakeProject) -> None:
    """It is for paper alone: no byte of the package changes."""
    plain = build(project({"cards/heart/a.yaml": CARDS}, "plain"), Options(formats=("apkg",)))
    with_it = build(
        project({"cards/heart/a.yaml": CARDS, "cards/heart/glossary.yaml": GLOSSARY}, "with"),
        Options(formats=("apkg",)),
    )
    assert [each.data for each in plain.artifacts] == [each.data for each in with_it.artifacts]
    assert with_it.artifacts
