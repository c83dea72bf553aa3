"""Two decks that hold whatever a page can show, one that runs from the left and one from the right; built by hand."""

from __future__ import annotations

from dataclasses import replace

import sample
from printed import NOWHERE, PICTURE, para
from test_print import EVERYTHING

from deckgen.markup.tree import Blocks, Emphasis, Image, ListBlock, Math, Paragraph, Strong, Table, Text
from deckgen.model import Citation, Comparison, Deck, Figure, NoteSet, Summary, SummarySection, Term

DRUGS: Blocks = (
    Table(
        ((Text("Drug"),), (Text("Class"),), (Text("Dose"),)),
        (
            ((Text("Alendronate"),), (Text("bisphosphonate"),), (Text("70 mg a week"),)),
            ((Text("Denosumab"),), (Text("antibody"),), (Text("60 mg in six months"),)),
        ),
        ("", "", "right"),
    ),
)
FORMULA: Blocks = (
    para("The fraction is ", Math("\\frac{SV}{EDV}", False, 0, 0), "."),
    Paragraph((Math("E = mc^2", True, 0, 0),)),
)
SHOWN: Blocks = (Paragraph((Image(PICTURE.path, "A grey box", 0, 0),)), para("The caption."))
GERMAN = replace(
    sample.note("german", Question="Wie heißt die Enge?", Answer="Aortenisthmusstenose", Why="Hinter der Engstelle fällt der Druck."),
    language="de",
)  # fmt: skip
# As in `sample`, without vowel marks: Typst tells a word with one in pieces.
ARABIC = replace(
    sample.ARABIC,
    content={**sample.ARABIC.content, "Answer": (para("نضج ", Strong((Text("ناقضات العظم"),)), " عبر مستقبل RANK."),)},
)
MORE = (
    sample.note("all", Question="What can stand in a text?", Answer=EVERYTHING),
    sample.note("formula", Question="Which fraction?", Answer=FORMULA, Figure=SHOWN),
    sample.note("table", Question="Which drugs?", Answer=DRUGS),
    GERMAN,
)
INTRODUCTION: Blocks = (para("About ", Strong((Text("this"),)), "."),)
OBJECTIVES: tuple[Blocks, ...] = ((para("Name it."),), (para("Place it."),))
REFERENCES = sample.deck().references
MEDIA = {**sample.deck().media, PICTURE.path: PICTURE}


STEPS: Blocks = (ListBlock(1, ((para("RANKL binds RANK"),), (para("TRAF6 is recruited"),))),)
SUMMARY = Summary(
    (
        SummarySection("The path", STEPS, NOWHERE, citations=(Citation("Boyle2003"),)),
        SummarySection("Drugs", DRUGS, NOWHERE, wide=True),
        SummarySection("Fractions", FORMULA, NOWHERE),
    ),
    NOWHERE,
    "Bone on a page",
    (Citation("Simonet1997"),),
)
GLOSSARY = (
    Term("OPG", (para("osteoprotegerin"),), NOWHERE),
    Term("RANKL", (para("receptor activator of NF-κB ligand"),), NOWHERE),
)


def deck() -> Deck:
    """Every kind of note, text, picture and table, with contents, objectives, figures and references."""
    compared = (Comparison("Drugs compared", DRUGS, NOWHERE),)
    sets = tuple(
        NoteSet(title, f"cards/osteoporosis/0{number}.yaml", notes, "", INTRODUCTION, OBJECTIVES, tables)
        for number, (title, notes, tables) in enumerate(
            (
                ("Signals", (*sample.NOTES[:-1], ARABIC), ()),
                ("Decisions", sample.MORE_NOTES, ()),
                ("Texts", MORE, compared),
            ),
            1,
        )
    )
    figures = {"rest": Figure("rest", "images/rest.svg", "Another box", (para("Never called."),))}
    media = {**MEDIA, "images/rest.svg": replace(PICTURE, path="images/rest.svg", name="dg-rest.svg")}
    return replace(
        sample.deck(), key="heart", sets=sets, figures=figures, media=media, summary=SUMMARY, glossary=GLOSSARY
    )


def page() -> Deck:
    """As much of it as fits on a page: contents, lists, a table, a figure, formulas, links, and words from the right."""
    each = ((sample.CASCADE, ARABIC), (MORE[1],), (replace(MORE[2], citations=(Citation("Boyle2003"),)), GERMAN))
    sets = tuple(
        NoteSet(f"Set {number}", f"cards/osteoporosis/0{number}.yaml", notes) for number, notes in enumerate(each, 1)
    )
    return replace(sample.deck(), key="heart", sets=sets, media=MEDIA)


LEFTWARD = (
    sample.note("valve", Question="ما الصمام الذي يفصل الأذين الأيسر عن البطين الأيسر؟", Answer=(para("الصمام ", Strong((Text("التاجي"),)), " (Mitral)"),), Why="يمنع رجوع الدم من 10-20 mmHg.", Figure=SHOWN),
    sample.note("list", Question="أي صمام؟", Answer=(ListBlock(1, ((para("الصمام الأبهري"),), (para("الصمام ثلاثي الشرف"),))),)),
    sample.note("table", Question="أين؟", Answer=(Table(((Text("صمام"),), (Text("مكان"),)), (((Text("الأبهري"),), (Text("يمين"),)),), ("", "")),)),
    sample.note("formula", Question="ما الكسر؟", Answer=FORMULA),
    replace(sample.note("hebrew", Question="מהו השסתום השמאלי?", Answer=(para("השסתום ", Emphasis((Text("המיטרלי"),)), "."),)), language="he"),
    replace(sample.note("english", Question="Which valve is it?", Answer="The mitral valve"), language="en", direction="ltr"),
)  # fmt: skip


LEFT_SUMMARY = Summary(
    (
        SummarySection("الصمامات", LEFTWARD[1].content["Answer"], NOWHERE),
        SummarySection("القياس", LEFTWARD[2].content["Answer"], NOWHERE),
    ),
    NOWHERE,
    "القلب في صفحة",
)


def leftward() -> Deck:
    """A deck in Arabic, with notes in Hebrew and English."""
    notes = tuple(replace(each, citations=(Citation("Simonet1997"),)) for each in LEFTWARD)
    sets = tuple(
        NoteSet(title, f"cards/osteoporosis/0{number}.yaml", notes[number - 1 :: 3])
        for number, title in enumerate(("الصمامات", "القلب", "القياس"), 1)
    )
    return replace(
        sample.deck(),
        key="heart",
        name="القلب",
        language="ar",
        sets=sets,
        media=MEDIA,
        summary=LEFT_SUMMARY,
        glossary=(Term("صمام", (para("باب بين غرفتين"),), NOWHERE),),
        description=(para("بطاقات عن القلب."),),
    )
