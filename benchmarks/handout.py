"""The handout that all who print are given: title, sets, numbered notes with answers, a table in every tenth.

Markup is a small part of HTML (`b`, `i`, `sub`, `sup`), which WeasyPrint and ReportLab read as it stands. Every note is
named once in its question (`N17`), by which `run.py` can see that nothing was left out. The signs are those of Lato.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

TITLE = "Bone and its drugs"
LANGUAGE = "en-GB"
NOTES = 20  # in a set
TABLE = 10  # one in so many notes has one
Rows = list[list[str]]


class Note(NamedTuple):
    """A question with its answer and the reason for it; `table` has its head first, and is empty in most notes."""

    number: int
    question: str
    answer: str
    why: str
    table: Rows


class Part(NamedTuple):
    """A set."""

    number: int
    title: str
    notes: list[Note]


SUBJECTS = ("Signals", "Receptors", "Transcription", "Hormones", "Drugs", "Markers", "Thresholds", "Trials")
PATTERNS = (
    (
        "Patient N{} has low bone mass. Which cytokine of the <b>osteoblast</b> line drives resorption?",
        "<b>RANKL</b>, the ligand of the receptor activator of NF-κB",
        "It binds RANK on precursors of the osteoclast; TRAF6 is recruited, and NF-κB enters the nucleus.",
    ),
    (
        "In assay N{}, which decoy receptor lowers the ratio of RANKL to its receptor?",
        "Osteoprotegerin (<i>TNFRSF11B</i>)",
        "It holds the ligand back with a <i>K</i><sub>d</sub> of about 10<sup>−9</sup> mol/l, so that less is left for RANK.",
    ),
    (
        "At which <i>T</i>-score does the definition of study N{} speak of osteoporosis?",
        "≤ −2.5 standard deviations",
        "The reference is the mean of young women ± 1 SD; between −1.0 and −2.5 one speaks of <b>osteopenia</b>.",
    ),
    (
        "Which ion besides Ca<sup>2+</sup> does the mineral of sample N{} hold most of?",
        "Phosphate, PO<sub>4</sub><sup>3−</sup>: hydroxyapatite is Ca<sub>10</sub>(PO<sub>4</sub>)<sub>6</sub>(OH)<sub>2</sub>",
        "Its crystals lie between the fibrils of type I collagen, of which the organic matrix is made to about 90 %.",
    ),
    (
        "Which enzyme of the mevalonate pathway does the <b>bisphosphonate</b> of trial N{} inhibit?",
        "Farnesyl pyrophosphate synthase",
        "Small GTPases are no longer prenylated, the ruffled border is lost, and the <b><i>osteoclast</i></b> dies.",
    ),
    (
        "Which receptors does 17β-oestradiol bind in the cells of culture N{}?",
        "ERα and ERβ",
        "ERα counts for more in bone: without it, transforming growth factor β and osteoprotegerin fall.",
    ),
    (
        "How often is <b>denosumab</b> injected in arm N{}, and how much of it?",
        "60 mg every 6 months, under the skin",
        "Its effect is gone after about 9 months; the markers then overshoot, and vertebrae may break in a row.",
    ),
    (
        "Below which estimated filtration rate is <i>zoledronate</i> not given to patient N{}?",
        "Below 35 ml/min per 1.73 m<sup>2</sup>",
        "It leaves the body by the kidney alone, and peaks of more than 1 µmol/l harm the proximal tubule.",
    ),
    (
        "Which antibody in group N{} binds <b>sclerostin</b>, and what does it do to Wnt signals?",
        "Romosozumab; β-catenin is spared, so formation rises",
        "Sclerostin blocks LRP5/6. Without it, formation rises by > 100 % in weeks, while resorption falls.",
    ),
    (
        "Compare the drugs of table N{} by target, route and interval.",
        "Two hold resorption back, two build bone.",
        "What builds is given first and for ≤ 24 months, then an antiresorptive drug keeps the gain.",
    ),
)  # fmt: skip
COMPARED = [
    ["Drug", "Target", "Route", "Interval"],
    ["<b>Alendronate</b>", "FPPS", "oral", "1 week"],
    ["<b>Denosumab</b>", "RANKL", "s.c.", "6 months"],
    ["<b>Teriparatide</b>", "PTH1R (G<sub>s</sub>α)", "s.c.", "1 day"],
    ["<b>Romosozumab</b>", "sclerostin", "s.c.", "1 month"],
]


def parts(count: int) -> Iterator[Part]:
    """So many notes in sets."""
    for number, start in enumerate(range(1, count + 1, NOTES), 1):
        title = f"{SUBJECTS[number % len(SUBJECTS)]} {number}"
        yield Part(number, title, [note(i) for i in range(start, min(start + NOTES, count + 1))])


def note(number: int) -> Note:
    """One note; they are numbered from 1."""
    question, answer, why = PATTERNS[(number - 1) % len(PATTERNS)]
    return Note(number, question.format(number), answer, why, COMPARED if number % TABLE == 0 else [])
