"""Notes made from tables: ids that survive every change of the table, no note from nothing, templates that are tame."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from conftest import MakeProject
from hypothesis import given, settings
from hypothesis import strategies as st

from deckgen.build import check
from deckgen.diagnostics import Bag, Source
from deckgen.load.generated import slug
from deckgen.load.sets import read_sets
from deckgen.load.values import DeckFrame
from deckgen.model import Note
from deckgen.sandbox import SandboxError
from deckgen.tabletext import (
    Job,
    Rendered,
    Scope,
    Table,
    joined,
    lowered,
    plural,
    render,
    render_jobs,
    values_of,
    with_gaps,
    without_gaps,
)
from deckgen.yamlnodes import parse

TABLE = Table(
    "Diuretics",
    {"name": "name", "target": "molecular target", "uses": "uses"},
    {
        "furosemide": {"name": "Furosemide", "target": "NKCC2", "uses": ["oedema", "hypertension"]},
        "vitamin-d": {"name": "Vitamin D"},
        "amiloride": {"name": "Amiloride", "target": "ENaC"},
        "triamterene": {"name": "Triamterene", "target": "ENaC"},
    },
)
ROWS = tuple(Scope("row", row) for row in TABLE.rows)


def filled(template: str, scope: Scope = ROWS[0], language: str = "en", table: Table = TABLE) -> str | None:
    """The text of one template in one scope; a fault is an assertion."""
    (done,) = render([Job(table, (template,), (scope,))], language)
    assert done.faults == ()
    return done.texts[0][0]


def faults(*templates: str) -> Rendered:
    (done,) = render([Job(TABLE, templates, ROWS[:1])], "en")
    return done


def loaded(make: MakeProject, files: Mapping[str, str], name: str = "project") -> tuple[list[Note], Bag]:
    result = check(make(files, name))
    assert result.collection
    return list(result.collection.decks[0].notes()), result.bag


# ---- templates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "scope", "text"),
    [
        ("target of {{ row.name }}", ROWS[0], "target of Furosemide"),
        ("{{ row['name'] | lower }}", ROWS[0], "furosemide"),
        ("{{ row.name | lower }}", ROWS[1], "vitamin D"),
        ("{{ row.target | lower }}", ROWS[0], "NKCC2"),
        ("{{ row.uses }}", ROWS[0], "oedema and hypertension"),
        ("{{ row.uses | join('; ') }}", ROWS[0], "oedema; hypertension"),
        ("{{ row.uses | join(', ', ' or ') }}", ROWS[0], "oedema or hypertension"),
        ("{{ row.id }}", ROWS[1], "vitamin-d"),
        ("{{ column }} of {{ row.name }}: {{ cell }}", Scope("cell", "amiloride", "target"), "molecular target of Amiloride: ENaC"),
        ("{{ column | capital }}: {{ rows | each('name') | join }}", Scope("column", "", "target"),
         "Molecular target: Furosemide, Vitamin D, Amiloride and Triamterene"),
        ("Which {{ 'drug' | plural(rows) }} act on {{ value }}? {{ rows | each('name') }}", Scope("value", "", "target", "ENaC"),
         "Which drugs act on ENaC? Amiloride and Triamterene"),
        ("{{ table.title }}: {{ table.columns | join }}, {{ rows | length }}", Scope("table"), "Diuretics: name, molecular target and uses, 4"),
        ("{% if row.target %}yes{% else %}no{% endif %}", ROWS[1], "no"),
        ("{{ row.target | default('unknown') }}", ROWS[1], "unknown"),
        ("{{ rows | selectattr('target') | each('name') | join }}", Scope("table"), "Furosemide, Amiloride and Triamterene"),
        ("{{ row.name }} blocks {{c1::{{ row.target }}::what?}} in {{c2,3::the {{c4::limb}}}}", ROWS[0],
         "Furosemide blocks {{c1::NKCC2::what?}} in {{c2,3::the {{c4::limb}}}}"),
    ],
)  # fmt: skip
def test_templates_say_what_an_author_means(template: str, scope: Scope, text: str) -> None:
    """Rows, cells, columns, values and the table; lists as one says them; gaps around cells."""
    assert filled(template, scope) == text


@pytest.mark.parametrize("template", ["{{ row.target }}", "x {{ row.target | lower }}", "{{ row.uses | join }}", "{{ row.uses | length }}", "{% for use in row.uses %}{{ use }}{% endfor %}", "{{ row.target ~ 'x' }}"])  # fmt: skip
def test_a_missing_cell_makes_no_text(template: str) -> None:
    """However a cell that is not filled is written or counted, the text is missing, never empty or `None`."""
    assert filled(template, ROWS[1]) is None


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ row.targt }}", "the row has no `targt`; it has `id`, `name`, `target`, `uses`"),
        ("{{ drug.name }}", "there is no `drug` here"),
        ("{{ row.name | lowr }}", "there is no filter `lowr`"),
        ("{{ row.name", "a `}}` or `{% end... %}` is missing"),
        ("{{ row }}", "a row is no text"),
        ("{{ table.name }}", "the table has no `name`; it has `columns`, `rows`, `title`"),
        ("{{ rows | join }}", "these are rows, not texts"),
        ("{{ row.name.__class__ }}", "a text has no `.__class__`"),
        ("{{ ''.__class__.__mro__ }}", "a text has no `.__class__`"),
        ("{{ row.name.upper() }}", "a text has no `.upper`; filters stand behind a bar"),
        ("{{ row.name ~ row.name.upper }}", "a text has no `.upper`"),
        ("{{ rows | map(attribute='name') ~ 'x' }}", "is a `| join` missing?"),
        ("{{ rows | map(attribute='target') | join }}", "the row `vitamin-d` has no `target`"),
        ("{% for each in rows %}{{ each.target }}{% endfor %}", "the row `vitamin-d` has no `target`"),
        ("{{ rows | each('targt') | join }}", "a row has no `targt`"),
        ("{{ row.name | each('name') }}", "`each` takes rows"),
        ("{{ row.name | attr('__class__') }}", "there is no filter `attr`"),
        ("{{ row.items }}", "the row has no `items`"),
        ("{{ self.__init__ }}", "`__init__` is not to be had in a template"),
        ("{{ cycler }}", "there is no `cycler` here"),
        ("{% include 'x' %}", "cannot include or import"),
        ("{% import 'os' as os %}", "cannot include or import"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ 5 | join }}", "is no list"),
        ("{{ row.name.format(row) }}", "a text has no `.format`"),
        ("{% for a in rows %}", "is missing"),
    ],
)
def test_what_is_wrong_with_a_template_is_a_value(template: str, message: str) -> None:
    """A fault, with its words; never an exception, and never an object's insides in a text."""
    done = faults(template)
    text = done.texts[0][0]
    if message:
        assert text is None
        assert message in done.faults[0].message
    assert text is None or "<" not in text


def test_a_fault_names_its_line() -> None:
    """Line 3 of a template is line 3, for syntax and for what goes wrong later; the scope is known in the second case."""
    done = faults("a\nb\n{{ row.nope }}", "a\n{% if %}")
    assert {(fault.template, fault.line, fault.scope) for fault in done.faults} == {(0, 3, 0), (1, 2, None)}


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 10**10 }}",
        "{{ ['x' * 10**6] * 10**6 }}",
    ],
    ids=["time", "memory", "list"],
)
def test_a_template_cannot_run_away(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless loops, huge texts and huge answers are stopped; the limit that was passed is named, or it is a fault."""
    monkeypatch.setattr("deckgen.tabletext.SECONDS", 4.0)
    with pytest.raises(SandboxError, match=r"seconds|memory|MiB"):
        faults(template)


def test_all_texts_together_are_bounded() -> None:
    """Each text is short enough, all of them are not: the limit of what the process may answer is named."""
    with pytest.raises(SandboxError, match="wrote more than 10 MiB"):
        render([Job(TABLE, ("{{ 'x' * 90000 }}",), ROWS * 50)], "en")


def test_a_runaway_template_is_a_diagnostic(project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """The author hears of it at the question; nothing is built, and no traceback is seen."""
    monkeypatch.setattr("deckgen.tabletext.SECONDS", 2.0)
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    _, bag = loaded(project, {"cards/heart/a.yaml": VALVES.replace("{{ row.cusps }}", loop)})
    assert {(item.code, item.span.line) for item in bag} == {("template-runaway", 10)}


def test_the_child_sees_no_file(tmp_path: Path) -> None:
    """A template can neither open a file nor reach one by an include."""
    (tmp_path / "secret").write_text("the secret")
    for template in ("{% include '../secret' %}", "{{ open('secret') }}", "{{ ''.join.__globals__ }}"):
        done = faults(template)
        assert done.texts == ((None,),)
        assert "the secret" not in json.dumps([fault.message for fault in done.faults])


@given(st.text(alphabet="{}c1:,x%# \n"), st.booleans())
@settings(max_examples=300, deadline=None)
def test_gaps_come_back_as_they_were(text: str, twice: bool) -> None:
    """Whatever is taken for a gap is put back letter for letter."""
    assert with_gaps(without_gaps(text * (1 + twice))) == text * (1 + twice)


@pytest.mark.parametrize(
    ("word", "count", "form", "said"),
    [("drug", None, "", "drugs"), ("drug", 1, "", "drug"), ("drug", [1], "", "drug"), ("study", 2, "", "studies"), ("day", 2, "", "days"),
     ("diagnosis", 3, "", "diagnoses"), ("box", [1, 2], "", "boxes"), ("corpus", 2, "corpora", "corpora"), ("corpus", 1, "corpora", "corpus")],
)  # fmt: skip
def test_plural(word: str, count: object, form: str, said: str) -> None:
    """The plural of an English word by a count or a list; odd ones are given."""
    assert plural(word, count, form) == said


@pytest.mark.parametrize(("text", "said"), [("Bone mass", "bone mass"), ("RANKL", "RANKL"), ("T-score", "T-score"), ("pH", "pH"), ("NF-κB", "NF-κB"), ("Na^+^", "na^+^"), ("", ""), ("A cell", "A cell")])  # fmt: skip
def test_lower_leaves_abbreviations_alone(text: str, said: str) -> None:
    """A small first letter, as inside a sentence; what begins with an abbreviation or a lone capital stays."""
    assert lowered(text) == said


def test_lists_are_said_in_the_deck_s_language() -> None:
    """`and` is a word of the language."""
    assert [joined(["a", "b", "c"], None, None, each) for each in ("en-GB", "de", "fr", "es")] == [
        "a, b and c", "a, b und c", "a, b et c", "a, b y c",
    ]  # fmt: skip
    assert joined([], None, None, "en") == ""
    assert filled("{{ row.uses }}", language="de") == "oedema und hypertension"


# ---- notes ----------------------------------------------------------------------------------------------------

VALVES = """\
tables:
  valves:
    columns: [name, cusps]
    rows:
      mitral: {name: Mitral valve, cusps: Two}
      aortic: {name: Aortic valve, cusps: Three}
notes:
- id: valve
  table: valves
  questions: {cusps: {question: "How many cusps has the {{ row.name | lower }}?", answer: "{{ row.cusps }}"}}
"""


def test_a_table_serves_every_set_of_its_deck(project: MakeProject) -> None:
    """A table in a file of its own, and notes about it in two others."""
    table, _, notes = VALVES.partition("notes:\n")
    files = {
        "cards/heart/00-tables.yaml": table,
        "cards/heart/a.yaml": notes,
        "cards/heart/b.yaml": notes.replace("id: valve", "id: again").replace("How", "Now how"),
    }
    made, bag = loaded(project, files)
    assert list(bag) == []
    assert [note.id for note in made] == ["valve/mitral/cusps", "valve/aortic/cusps", "again/mitral/cusps", "again/aortic/cusps"]  # fmt: skip


def test_notes_are_changed_left_out_and_annotated_by_hand(project: MakeProject) -> None:
    """What is written by hand wins; tags are added; a missing answer can be given; other notes stay as they are."""
    text = (
        VALVES.replace("  questions:", "  tags: [valve]\n  questions:").replace(", cusps: Three", "")
        + """\
  notes:
    mitral/cusps: {why: Like a bishop's hat., tags: [left]}
    aortic/cusps: {answer: Three, was: [aortic-cusps]}
"""
    )
    (mitral, aortic), bag = loaded(project, {"cards/heart/a.yaml": text})
    assert list(bag) == []
    assert (mitral.tags, "Why" in mitral.content) == (("valve", "left"), True)
    assert (aortic.tags, "Why" in aortic.content) == (("valve",), False)
    (old,), _ = loaded(project, {"cards/heart/a.yaml": "- {id: aortic-cusps, question: Which?, answer: a}\n"}, "old")
    assert aortic.guid == old.guid
    (left,), bag = loaded(project, {"cards/heart/a.yaml": VALVES + "  notes:\n    mitral/cusps: leave out\n"}, "left")
    assert left.id == "valve/aortic/cusps"


def test_a_missing_cell_leaves_out_only_what_needs_it(project: MakeProject) -> None:
    """No answer, no note; no reason, no `why`; in a list the item is left out."""
    text = VALVES.replace(", cusps: Three", "").replace("columns: [name, cusps]", "columns: [name, cusps, why, tag]").replace(
        "cusps: Two", "cusps: Two, tag: left"
    ).replace('{{ row.cusps }}"', '{{ row.cusps }}", why: "{{ row.why }}", tags: ["{{ row.tag }}", "{{ row.why }}"]')  # fmt: skip
    (note,), bag = loaded(project, {"cards/heart/a.yaml": text})
    assert list(bag) == []
    assert (note.id, set(note.content), note.tags) == ("valve/mitral/cusps", {"Question", "Answer"}, ("left",))


def test_order_is_by_row_or_by_question(project: MakeProject) -> None:
    """Row by row as it stands; question by question when asked for."""
    two = VALVES.replace("questions: {", 'questions: {side: {question: "Where lies the {{ row.name }}?", answer: "?{{ row.id }}"}, all: {for each: table, question: How many?, answer: "{{ rows | length }}"}, ')  # fmt: skip
    by_row, bag = loaded(project, {"cards/heart/a.yaml": two})
    assert list(bag) == []
    assert [note.id[6:] for note in by_row] == ["mitral/side", "mitral/cusps", "aortic/side", "aortic/cusps", "all"]
    asked, _ = loaded(project, {"cards/heart/a.yaml": two + "  order: questions\n"}, "asked")
    assert [note.id[6:] for note in asked] == ["mitral/side", "aortic/side", "all", "mitral/cusps", "aortic/cusps"]


def test_every_kind_can_be_made(project: MakeProject) -> None:
    """A question may be a cloze, a choice, a claim or a sequence: whatever a note can be."""
    text = (
        VALVES.partition("notes:\n")[0]
        + """\
notes:
- id: valve
  table: valves
  questions:
    gap: {cloze: "The {{ row.name | lower }} has {{c1::{{ row.cusps | lower }}::how many?}} cusps."}
    claim: {claim: "The {{ row.name | lower }} has five cusps.", error: "It has {{ row.cusps | lower }}."}
    choice:
      question: How many cusps has the {{ row.name | lower }}?
      best: "{{ row.cusps }}"
      options: {Two: "As many as the {{ row.name }}?", Three: Think of the shape., Four: No valve has four.}
    typed: {question: "Cusps of the {{ row.name | lower }}?", answer: "{{ row.cusps }}", typed answer: "{{ row.cusps | lower }}"}
"""
    )
    made, bag = loaded(project, {"cards/heart/a.yaml": text})
    assert list(bag) == []
    assert [note.kind for note in made] == ["cloze", "spot the error", "choice", "typed answer"] * 2
    assert [option.best for option in made[2].options] == [False, False, True]


def test_a_problem_names_the_template_and_the_row(project: MakeProject) -> None:
    """What Markdown or the bibliography refuse in a made text stands at the template, with the row beside it."""
    text = VALVES.replace("cusps: Three", 'cusps: "<- three $x"').replace('{{ row.cusps }}"', '{{ row.cusps }}$", references: ["{{ row.id }}"]')  # fmt: skip
    _, bag = loaded(project, {"cards/heart/a.yaml": text})
    places = {(item.code, item.span.line, tuple(span.line for span, _ in item.related)) for item in bag}
    assert ("unknown-reference", 10, (5,)) in places
    assert ("unknown-reference", 10, (6,)) in places


def test_a_line_of_a_block_is_pointed_at(project: MakeProject) -> None:
    """In a text of several lines the diagnostic stands at the line of the fault."""
    text = (
        VALVES.partition("  questions:")[0]
        + """\
  questions:
    cusps:
      question: |
        Look at the picture.

        How many {{ row.cups }} has it?
      answer: "{{ row.cusps }}"
"""
    )
    _, bag = loaded(project, {"cards/heart/a.yaml": text})
    assert [(item.code, item.span.line, item.span.column) for item in bag] == [("table-template", 15, 9)]


def test_slugs() -> None:
    """The words of a value as part of an id: letters without accents, Greek ones by name."""
    assert [slug(text) for text in ("RANK ligand", "α-blocker", "Ca^2+^", "Müller", "骨", "???", "Sjøgren", "< 5", "> 5", "CD4+", "CD4−", "−2.5", "2.5", "T-score", "PTH (1–34)")] == [
        "rank-ligand", "alpha-blocker", "ca-2-plus", "muller", "ideograph-9aa8", "", "sjogren", "less-5", "more-5", "cd4-plus",
        "cd4-minus", "minus-2-5", "2-5", "t-score", "pth-1-34",
    ]  # fmt: skip


# ---- properties -----------------------------------------------------------------------------------------------

IDS = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True), min_size=1, max_size=5, unique=True)
CELLS = st.sampled_from(["", "one", "two", "RANK"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Rows by id with the columns `name`, `a` and `b`, some cells empty, and question ids."""
    rows = draw(IDS)
    return {row: {"name": row.title(), "a": draw(CELLS), "b": draw(CELLS)} for row in rows}, draw(IDS)


def as_yaml(rows: Mapping[str, Mapping[str, str]], questions: Sequence[str]) -> str:
    asked = {
        f"{name}": {
            "question": f"{name} of {{{{ row.name }}}}?",
            "answer": f"{{{{ row.{'ab'[len(name) % 2]} }}}}",
            "why": "{{ row.b }}",
        }
        for name in questions
    }
    which = {
        "which": {"for each": "value of a", "question": "Which is {{ value }}?", "answer": "{{ rows | each('name') }}"}
    }
    return json.dumps(
        {
            "tables": {"t": {"columns": ["name", "a", "b"], "rows": rows}},
            "notes": [
                {"id": "n", "table": "t", "questions": {**{f"q-{key}": value for key, value in asked.items()}, **which}}
            ],
        }
    )


def made(rows: Mapping[str, Mapping[str, str]], questions: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Id to GUID and content of every note the table makes."""
    bag = Bag()
    root = parse(Source("cards/t.yaml", as_yaml(rows, questions)), bag)
    assert root is not None
    frame = DeckFrame("t", "T", "", (), {}, media=lambda *_: None)
    with pytest.MonkeyPatch.context() as patch:  # what is rendered is the same; only a process less
        patch.setattr("deckgen.sandbox.call", lambda _, payload, **__: render_jobs(json.loads(json.dumps(payload))))
        (read,) = read_sets([("cards/t.yaml", root)], frame, bag)
    assert {item.code for item in bag} <= {"no-generated-notes"}
    ids = [note.id for note in read.notes]
    assert len(set(ids)) == len(ids)
    assert all("Question" in note.content and "Answer" in note.content for note in read.notes)
    return {note.id: (note.guid, repr(note.content)) for note in read.notes}


@given(data=st.data(), table=tables())
@settings(max_examples=25, deadline=None)
def test_ids_survive_reordering_and_insertion(
    data: st.DataObject, table: tuple[dict[str, dict[str, str]], list[str]]
) -> None:
    """Rows and questions moved, one inserted: every note that was there has its id, GUID and text still."""
    rows, questions = table
    before = made(rows, questions)
    shuffled = {row: rows[row] for row in data.draw(st.permutations(list(rows)))}
    assert {key: guid for key, (guid, _) in made(shuffled, questions).items()} == {key: guid for key, (guid, _) in before.items()}  # fmt: skip
    more = {**dict(list(shuffled.items())[:1]), "zz-new": {"name": "New", "a": "other", "b": "x"}, **shuffled}
    after = made(more, [*questions[:1], "inserted", *questions[1:]])
    assert {key: guid for key, (guid, _) in before.items()}.items() <= {key: guid for key, (guid, _) in after.items()}.items()  # fmt: skip


@given(table=tables())
@settings(max_examples=25, deadline=None)
def test_a_note_for_every_filled_cell_and_no_other(table: tuple[dict[str, dict[str, str]], list[str]]) -> None:
    """No duplicate, no note from an empty cell, none missing: the ids are those one can count by hand."""
    rows, questions = table
    wanted = {f"n/{row}/q-{name}" for row, cells in rows.items() for name in questions if cells["ab"[len(name) % 2]]}
    wanted |= {f"n/which/{slug(cells['a'])}" for cells in rows.values() if cells["a"]}
    assert made(rows, questions).keys() == wanted


def test_values_of_a_column_are_told_once() -> None:
    """In the order of the rows; a cell with several texts has several values."""
    assert values_of(TABLE, "target") == ["NKCC2", "ENaC"]
    assert values_of(TABLE, "uses") == ["oedema", "hypertension"]


# ---- names that changed -----------------------------------------------------------------------------------------


def test_a_rename_keeps_every_note(project: MakeProject) -> None:
    """Table note, question and row get other ids; `was` on each of them keeps all GUIDs."""
    (mitral, aortic), _ = loaded(project, {"cards/heart/a.yaml": VALVES})
    renamed = (
        VALVES.replace("- id: valve\n", "- id: valves\n  was: [valve]\n")
        .replace("{cusps: {question", "{leaflets: {was: cusps, question")
        .replace("mitral: {name", "bicuspid: {was: [mitral], name")
    )
    (first, second), bag = loaded(project, {"cards/heart/a.yaml": renamed}, "later")
    assert list(bag) == []
    assert [first.id, second.id] == ["valves/bicuspid/leaflets", "valves/aortic/leaflets"]
    assert [first.guid, second.guid] == [mitral.guid, aortic.guid]


def test_a_guid_belongs_to_one_note(project: MakeProject) -> None:
    """A table note stands for many, so it has no GUID and no kind of its own."""
    _, bag = loaded(
        project, {"cards/heart/a.yaml": VALVES.replace("  table:", "  guid: abcdefghij\n  kind: basic\n  table:")}
    )
    assert [item.code for item in bag] == ["unknown-key", "unknown-key"]


def test_a_missing_step_makes_no_sequence(project: MakeProject) -> None:
    """Steps are what they are by their order: with one missing, the others would move to other cards."""
    text = (
        VALVES.partition("notes:\n")[0].replace(", cusps: Three", "")
        + """\
notes:
- id: valve
  table: valves
  questions:
    path: {sequence: "The {{ row.name | lower }}", steps: {a: Opens, b: "{{ row.cusps }} cusps", c: Shuts}}
"""
    )
    (note,), bag = loaded(project, {"cards/heart/a.yaml": text})
    assert list(bag) == []
    assert note.id == "valve/mitral/path"


def test_what_another_row_lacks_is_said(project: MakeProject) -> None:
    """A note on the whole table does not vanish because a row was added without a cell; the row is named."""
    text = VALVES.replace(", cusps: Three", "").replace(
        "questions: {", 'questions: {all: {for each: table, question: How many?, answer: "{{ rows | map(attribute=\'cusps\') | join }}"}, '
    )  # fmt: skip
    _, bag = loaded(project, {"cards/heart/a.yaml": text})
    assert [item.code for item in bag] == ["table-template"]
    assert "the row `aortic` has no `cusps`" in next(iter(bag)).message


def test_a_text_that_comes_out_blank_is_left_out(project: MakeProject) -> None:
    """`{% if row.x %}...{% endif %}` is how a text is left out; a question that is blank makes no note."""
    text = VALVES.replace(", cusps: Three", "").replace(
        '{{ row.cusps }}"', '{{ row.cusps | default(1) }}", why: "{% if row.cusps %}Count them.{% endif %}"'
    )
    (mitral, aortic), bag = loaded(project, {"cards/heart/a.yaml": text})
    assert list(bag) == []
    assert ("Why" in mitral.content, "Why" in aortic.content) == (True, False)


WHICH = (
    VALVES.partition("  questions:")[0]
    + """\
  questions:
    which:
      for each: value of cusps
      question: Which valves have {{ value }}?
      answer: "{{ rows | each('name') | join }}"
"""
)


def test_values_get_ids_of_their_own(project: MakeProject) -> None:
    """Two values of one id, or none, are refused with the way out; `ids` gives them by hand."""
    clash = WHICH.replace("cusps: Two", 'cusps: "2 (two)"').replace("cusps: Three", 'cusps: "2, two"')
    _, bag = loaded(project, {"cards/heart/a.yaml": clash})
    assert [(item.code, item.span.line) for item in bag] == [("value-ids", 12)]
    assert "`2 (two)` and `2, two` have one id, `2-two`" in next(iter(bag)).message
    made, bag = loaded(project, {"cards/heart/a.yaml": clash + '      ids: {"2, two": second}\n'}, "given")
    assert list(bag) == []
    assert [note.id for note in made] == ["valve/which/2-two", "valve/which/second"]
    _, bag = loaded(project, {"cards/heart/a.yaml": WHICH.replace("cusps: Two", 'cusps: "???"')}, "nameless")
    assert [item.code for item in bag] == ["value-ids"]


def test_rows_and_questions_share_no_id(project: MakeProject) -> None:
    """Otherwise `a/b` could be a row and a question, or a question and a value."""
    _, bag = loaded(project, {"cards/heart/a.yaml": VALVES.replace("{cusps: {question", "{mitral: {question")})
    assert [item.code for item in bag] == ["bad-question-id"]


def test_an_empty_table_says_so(project: MakeProject) -> None:
    """No rows or no columns is an error of the table, not of the notes that ask it."""
    for old, new in (("    rows:\n      mitral: {name: Mitral valve, cusps: Two}\n      aortic: {name: Aortic valve, cusps: Three}\n", "    rows: {}\n"), ("columns: [name, cusps]", "columns: []")):  # fmt: skip
        _, bag = loaded(project, {"cards/heart/a.yaml": VALVES.replace(old, new)}, new.strip(": []{}\n"))
        assert "missing-key" in {item.code for item in bag}
        assert "unknown-table" not in {item.code for item in bag}


def test_a_busy_machine_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is time of the processor; and the job that was stopped is named."""
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    monkeypatch.setattr("deckgen.tabletext.SECONDS", 1.0)
    with pytest.raises(SandboxError, match="longer than 1 seconds") as stopped:
        render([Job(TABLE, ("fine",), ROWS), Job(TABLE, (loop,), ROWS)], "en")
    assert stopped.value.progress == "1"


def test_an_unknown_word_for_and_is_asked_for() -> None:
    """A language whose word deckgen does not know is not given an English one, which could never be changed later."""
    (done,) = render([Job(TABLE, ("{{ row.uses }}", "{{ row.uses | join(', ', ' i ') }}"), ROWS[:1])], "pl")
    assert done.texts == ((None, "oedema i hypertension"),)
    assert "“and” in `pl`" in done.faults[0].message


def test_single_braces_are_said(project: MakeProject) -> None:
    """`{row.name}` would be printed as it stands; its place and the remedy are named, and sets of real braces are left alone."""
    _, bag = loaded(project, {"cards/heart/a.yaml": VALVES.replace("{{ row.name | lower }}", "{row.name} {x} {0}")})
    (found,) = [item for item in bag if item.severity == "error"]
    assert (found.code, found.hints) == ("table-template", ("Write `{{ row.name }}`.",))
    assert found.span.source.text[found.span.start : found.span.end] == "{row.name}"


def test_a_change_to_a_lost_row_names_the_row(project: MakeProject) -> None:
    """When the question is right and the row is gone, that is what is said."""
    _, bag = loaded(project, {"cards/heart/a.yaml": VALVES + "  notes: {pulmonary/cusps: leave out}\n"})
    assert [item.hints for item in bag] == [("The table has no row `pulmonary`.",)]


def test_lists_are_told_that_ids_are_missing(project: MakeProject) -> None:
    """Questions as a list: each needs an id, and an example shows how."""
    text = VALVES.partition("  questions:")[0] + "  questions:\n  - question: How many?\n    answer: Two\n"
    _, bag = loaded(project, {"cards/heart/a.yaml": text})
    assert "target: {question" in next(iter(bag)).hints[0]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% for a in rows %}" * 21 + "x" + "{% endfor %}" * 21, "Python refuses it"),
        ("{% if 1 %}" * 101 + "x" + "{% endif %}" * 101, "Python refuses it"),
        ("{{ " + "1+" * 300 + "1 }}", ""),
        ("{{ " + "9" * 5000 + " }}", "Python refuses it"),
        ("{% macro f(a, a) %}{% endmacro %}", "Python refuses it"),
        (r'{{ "\x1f" }}', "the character U+001F"),
        (r'a{{ "\ud800" }}', "the character U+D800"),
        ("{{ 'ab' * 60000 }}", "more than 100,000 characters"),
    ],
    ids=["loops", "ifs", "sum", "digits", "macro", "control", "surrogate", "long"],
)
def test_what_python_refuses_is_a_fault_as_well(template: str, message: str) -> None:
    """Limits of Python's own compiler, and signs that no card, PDF or JSON can hold."""
    done = faults(template)
    if message:
        assert message in done.faults[0].message
        assert done.texts[0][0] is None


def test_a_lacking_typed_answer_costs_that_card_alone(project: MakeProject) -> None:
    """Where what is left still makes a note, it is made: plain where nothing is to be typed."""
    text = VALVES.replace(", cusps: Three", "").replace(
        '{{ row.cusps }}"', 'It depends", typed answer: "{{ row.cusps }}"'
    )
    (mitral, aortic), bag = loaded(project, {"cards/heart/a.yaml": text})
    assert list(bag) == []
    assert (mitral.kind, aortic.kind) == ("typed answer", "basic")


def test_nothing_fills_what_is_written_by_hand(project: MakeProject) -> None:
    """Braces in a change by hand would be printed; they are refused."""
    _, bag = loaded(project, {"cards/heart/a.yaml": VALVES + '  notes: {mitral/cusps: {why: "As {{ row.name }}"}}\n'})
    assert [item.code for item in bag] == ["table-template"]


def test_columns_of_cells_are_said(project: MakeProject) -> None:
    """Ids hang on the columns, so which ones are asked does not follow from their order."""
    asked = VALVES.replace("{cusps: {question", "{cusps: {for each: cell, question")
    _, bag = loaded(project, {"cards/heart/a.yaml": asked})
    assert [item.message for item in bag] == ["`columns` is missing"]
    made, bag = loaded(
        project, {"cards/heart/a.yaml": asked.replace("for each: cell", "for each: cell, columns: [cusps]")}, "said"
    )
    assert [note.id for note in made] == ["valve/mitral/cusps/cusps", "valve/aortic/cusps/cusps"]
