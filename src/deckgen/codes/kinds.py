"""The codes of what stands in notes of special kinds: typed answers, options, masks, tables."""

from __future__ import annotations

from deckgen.codes.entry import Entry

_NOTE = "- id: chambers\n  question: How many chambers has the heart?\n"
_SEQUENCE = "- id: air\n  sequence: The path of the air\n  steps: {nose: Nose, trachea: Trachea}\n"
_FOUR = _NOTE + "  answer: Four\n"


def _choice(*options: str) -> str:
    return f"{_NOTE}  best: Four\n  options:\n" + "".join(f"    {option}\n" for option in options)


def _masks(mask: str) -> str:
    return f"- {{id: ring, image: images/valves.svg, alt: Shapes, masks: {{m: {{answer: Ring, {mask}}}}}}}\n"


def _table(
    columns: str = "name, cusps", asked: str = "valves", answer: str = "{{ row.cusps }}", by_hand: str = ""
) -> str:
    return (
        f"tables:\n  valves:\n    columns: [{columns}]\n    rows:\n      mitral: {{name: Mitral valve, cusps: Two}}\n"
        f"notes:\n- id: valve\n  table: {asked}\n  questions:\n    cusps:\n"
        f'      question: How many cusps has the {{{{ row.name | lower }}}}?\n      answer: "{answer}"\n'
        + (f"  notes:\n    {by_hand}\n" if by_hand else "")
    )


KINDS: dict[str, Entry] = {
    "typed-answer-signs": Entry(
        "a typed answer that no keyboard has",
        "Anki compares what the student types letter for letter, so a proper minus sign could never be right.",
        _FOUR + "  typed answer: −4\n",
        _FOUR + '  typed answer: "-4"\n',
    ),
    "typed-answer-long": Entry(
        "a typed answer that is too long",
        "Nobody types a sentence letter for letter. One number or name, at most 60 characters.",
        _FOUR + f"  typed answer: {'four ' * 20}\n",
        _FOUR + "  typed answer: four\n",
    ),
    # -- sequence
    "hint-unseen": Entry(
        "a hint that no card shows",
        "A step is asked with the two steps before it, which are hint enough; only the card of `ask whole` shows the `hint`.",
        _SEQUENCE + "  hint: It begins at the nose.\n",
        _SEQUENCE + "  hint: It begins at the nose.\n  ask whole: Name the path of the air.\n",
    ),
    "cloze-of-several-cards": Entry(
        "a gap that belongs to several cards",
        "Only Anki 26 knows `{{c1,2::..}}`; versions before it and AnkiDroid print it as it stands, with the answer.",
        '- id: beat\n  cloze: "The {{c1,2::heart}} {{c2::beats}}."\n',
        '- id: beat\n  cloze: "The {{c1::heart}} {{c2::beats}}."\n',
    ),
    "not-a-question": Entry(
        "yes or no where a question belongs",
        "`ask whole`, `ask without options` and `reverse question` hold the question that their card asks.",
        "- id: s\n  sequence: S\n  steps: {a: A, b: B}\n  ask whole: yes\n",
        "- id: s\n  sequence: S\n  steps: {a: A, b: B}\n  ask whole: Name both.\n",
    ),
    # -- choice
    "option-count": Entry(
        "too few or too many options",
        "Three to five options are enough; a family that several cases share may have ten.",
        _choice("A: x", "Four: y"),
        _choice("Two: x", "Three: x", "Four: y"),
    ),
    "missing-reason": Entry(
        "an option without a reason",
        "A wrong option that nobody explains is learnt as well as the right one.",
        _choice("Two: x", "Three:", "Four: y"),
        _choice("Two: x", "Three: x", "Four: y"),
    ),
    "unknown-option": Entry(
        "an option that is not among the options",
        "`best` and `reasons` name options letter for letter.",
        _choice("Two: x", "Three: x", "Five: y"),
        _choice("Two: x", "Three: x", "Four: y"),
    ),
    "duplicate-option": Entry(
        "an option that stands twice",
        "Two options that read alike cannot be told apart.",
        _choice("Two: x", "two: x", "Four: y"),
        _choice("Two: x", "Three: x", "Four: y"),
    ),
    "option-refers": Entry(
        "an option that speaks of other options",
        "Options are ordered by deckgen, so “all of the above” would mean whatever happens to stand there.",
        _choice("Two: x", "None of the above: x", "Four: y"),
        _choice("Two: x", "Three: x", "Four: y"),
    ),
    "unknown-family": Entry(
        "an option family that is nowhere",
        "Families stand under `option families` of a set of the deck.",
        "- id: a\n  question: Which?\n  best: A\n  options: letters\n",
        "option families:\n  letters: {A: x, B: y, C: z}\nnotes:\n- id: a\n  question: Which?\n  best: A\n  options: letters\n",
    ),
    "bad-family-name": Entry(
        "a name no option family can have",
        "Small letters, digits and `-`: notes call it by this name.",
        "option families:\n  The Letters: {A: x, B: y, C: z}\nnotes:\n- {id: a, question: q, answer: a}\n",
        "option families:\n  letters: {A: x, B: y, C: z}\nnotes:\n- {id: a, question: q, answer: a}\n",
    ),
    "duplicate-option-family": Entry(
        "two option families of one name", "The sets of a deck share their families, so a name can stand for one only."
    ),
    # -- image occlusion
    "mask-outside": Entry(
        "a mask outside the picture",
        "Positions are fractions from 0 to 1; a mask that reaches out of the picture covers something else.",
        _masks("box: [20, 30, 15, 10]"),
        _masks("box: [0.2, 0.3, 0.15, 0.1]"),
    ),
    "mask-empty": Entry(
        "a mask that covers nothing",
        "Its card would show what it asks for.",
        _masks("box: [0.2, 0.3, 0, 0.1]"),
        _masks("box: [0.2, 0.3, 0.15, 0.1]"),
    ),
    "mask-shape": Entry(
        "a mask with no shape, or with two",
        "A mask has one of `element`, `box`, `ellipse` and `polygon`.",
        _masks("group: a"),
        _masks("ellipse: [0.2, 0.3, 0.15, 0.1]"),
    ),
    "mask-element": Entry(
        "an element that cannot be measured",
        "Where an element lies is computed from the SVG; a few constructions need an eye. Give a `box` instead.",
    ),
    "unknown-element": Entry(
        "an element that is not in the picture",
        "A mask names an element of an SVG by its `id`. Drawing programs show it as the object's or layer's id.",
        _masks("element: rung"),
        _masks("element: ring"),
    ),
    "mask-picture-size": Entry(
        "a masked drawing without a size",
        "Browsers show an SVG that gives no width and height about 150 pixels high, and its masks with it.",
    ),
    "text-too-long": Entry(
        "a text alternative that is too long",
        "A screen reader says it in one go, and a PDF holds no more than 32,767 characters of it.",
    ),
    "mask-count": Entry(
        "no mask, or too many",
        "A picture has 1 to 50 masks; more than eight are hard to learn.",
        "- {id: ring, image: images/valves.svg, alt: Shapes, masks: {}}\n",
        _masks("element: ring"),
    ),
    "bad-mask-id": Entry("an id no mask can have", "Small letters, digits and `-`; it is permanent."),
    "bad-mask-number": Entry(
        "a number no mask can have",
        "The number of a mask's card is a whole number from 1 to 499.",
        _masks("element: ring, number: 0"),
        _masks("element: ring, number: 1"),
    ),
    "duplicate-mask-number": Entry(
        "a number that two masks claim",
        "Masks asked together have one `group`, and a group one number; others have numbers of their own.",
    ),
    "answer-in-view": Entry(
        "a picture whose words tell the answer",
        "A text alternative or a header that names what is masked gives the answer to those who hear or read it.",
        _masks("element: ring").replace("alt: Shapes", "alt: A ring"),
        _masks("element: ring"),
    ),
    # -- tables
    "unknown-table": Entry(
        "a table that is nowhere",
        "Tables stand under `tables` of a set of the deck.",
        _table(asked="valve"),
        _table(),
    ),
    "duplicate-table": Entry("two tables of one name", "The sets of a deck share their tables."),
    "bad-table-name": Entry("a name no table can have", "Small letters, digits and `-`: notes call it by this name."),
    "bad-column": Entry(
        "a name no column can have",
        "Templates call a column as `row.site`, so it has small letters, digits and `_`; `row.id` is the row's own.",
        _table(columns="name, id"),
        _table(),
    ),
    "duplicate-column": Entry("a column that stands twice", "One of the two could never be asked."),
    "unknown-column": Entry(
        "a cell in a column that is not there",
        "A misspelt column would make cards vanish without a word.",
        _table(columns="name, cups"),
        _table(),
    ),
    "bad-row-id": Entry("an id no row can have", "Small letters, digits and `-`; it is permanent."),
    "bad-question-id": Entry("an id no question can have", "Small letters, digits and `-`; it is permanent."),
    "table-template": Entry(
        "a template that cannot be filled",
        "The message says what Jinja2 makes of the line; the row is named beside it.",
        _table(answer="{{ row.cups }}"),
        _table(),
    ),
    "table-too-large": Entry(
        "a table that makes too many notes", "Twenty thousand notes of one table are a mistake, most likely."
    ),
    "unknown-generated-note": Entry(
        "a change to a note that the table does not make",
        "What is written by hand names a note by its row and question: `mitral/cusps`.",
        _table(by_hand="mitral/cups: leave out"),
        _table(),
    ),
    "value-ids": Entry(
        "values that would have one id",
        "A note made for a value is named by the value's words; two notes of one name would be one. Give ids by hand.",
    ),
    "no-generated-notes": Entry(
        "a table note that makes no note",
        "Each row lacks a cell that the questions need, or every note is left out.",
        _table(by_hand="mitral/cusps: leave out"),
        _table(),
    ),
}
