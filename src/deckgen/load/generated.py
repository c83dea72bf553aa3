"""Notes made from tables: for each row (or cell, column, value) and each question, one note with an id of its own.

The id is made of the table note's, the row's and the question's: rows and questions can be moved, inserted and taken
away, and every other note stays the note it was. What is generated is read like any note that somebody wrote, with
places that point at the template and at the row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.load.keys import NOTE_KEYS, TABLE_NOTE_KEYS
from deckgen.load.notes import Draft, draft_of, finished, rule_of
from deckgen.load.tables import TableSource
from deckgen.load.values import NOTE_ID, NOTE_ID_RULE, DeckFrame, SetFrame
from deckgen.model import Note
from deckgen.sandbox import SandboxError
from deckgen.tabletext import FILTERS, KNOWN, LONGEST_TEMPLATE, Fault, Job, Rendered, Scope, render, values_of
from deckgen.yamlnodes import Mapping, Node, Scalar, expect_mapping, take
from deckgen.yamlnodes import Sequence as ListNode

QUESTION_KEYS = ("for each", "columns", "ids")
ORDERS = ("rows", "questions")
LEAVE_OUT = "leave out"
MOST = 20_000  # notes that the tables of one deck may make
ASKING = frozenset(("table", "questions"))  # keys by which a note asks a table
MANY = 20  # wrong paths whose right ones are searched for: among thousands of notes that takes its time
EACH = re.compile(r"(row|cell|column|table)|value of ([a-z0-9_]+)")
_SPELT = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i",
    "+": " plus ", "−": " minus ", "<": " less ", ">": " more ", "≤": " at most ", "≥": " at least ", "=": " equals ",
    "±": " plus minus ", "×": " times ", "%": " percent ", "&": " and ", "*": " star ", "†": " dagger ",
})  # fmt: skip
_MINUS = re.compile(r"(?<![^\W_])[-–](?=\d)|(?<=\w)[-–](?!\w)")  # of a number or a charge, not between words
SINGLE_BRACES = re.compile(r"(?<!\{)\{\s*((?:row|rows|value|column|cell|table)(?![^\W_])[^{}]*?)\s*\}(?!\})")
TEMPLATE = re.compile(r"\{\{(?!c[0-9,]+::)|\{%|\{#")
# Said once on the table note, these hold for every note made of it, unless a question says otherwise.
DEFAULTS = tuple(key for key in NOTE_KEYS if key not in {"id", "guid", "was", "kind"})
# What is made of parts by their order: with one of them missing, all would be another thing.
WHOLE_OR_NOT = frozenset(("steps", "masks", "options"))


class _Made(Scalar):
    """A text that a template made: any part of it stands where the template stands."""

    __slots__ = ()

    def span_of(self, start: int, end: int) -> Span:  # noqa: ARG002 - there is no finer place
        return self.span


@dataclass(slots=True)
class Question:
    """One question of a table note: its values with templates in them, and what they are asked of."""

    id: str
    key: Scalar
    draft: Draft
    scopes: tuple[Scope, ...]
    templates: tuple[Scalar, ...]
    was: str = ""  # its first id, if it had another
    rendered: Rendered | None = None
    faulty: frozenset[int | None] = frozenset()  # scopes with a fault; None: all of them


@dataclass(slots=True)
class TableNote:
    """A note that stands for many. `changes` holds what is written by hand for single ones, by their path."""

    id: str
    span: Span
    source: TableSource
    questions: tuple[Question, ...]
    changes: MappingType[str, tuple[Scalar, Node]]
    by_row: bool
    was: str = ""  # its first id, if it had another


def is_table_note(node: Node) -> bool:
    """Whether an item of a list of notes asks a table."""
    return isinstance(node, Mapping) and not ASKING.isdisjoint([key.text for key, _ in node.entries])


def read_table_note(node: Node, tables: MappingType[str, TableSource], bag: Bag) -> TableNote | None:
    """The table note, its templates not yet rendered; None when nothing can come of it."""
    mapping = expect_mapping(node, "a note", bag)
    if mapping is None:
        return None
    keys = take(mapping, ("id", *TABLE_NOTE_KEYS, "was", *DEFAULTS), bag, "a note that asks a table")
    first = mapping.entries[0][0].span
    for key in ("id", "table", "questions"):
        if key not in keys:
            bag.error("missing-id" if key == "id" else "missing-key", f"`{key}` is missing", first, "",
                      f"A note that asks a table has `id`, `table` and `questions`: add `{key}: ...`.")  # fmt: skip
    source = _source(keys["table"], tables, bag) if "table" in keys else None
    note_id = shapes.matching(keys["id"], bag, "id", NOTE_ID, NOTE_ID_RULE) if "id" in keys else ""
    if source is None or not note_id or "questions" not in keys:
        return None
    common = {key: value for key, value in keys.items() if key in DEFAULTS}
    asked = _named(keys["questions"], "questions", "target: {question: ..., answer: ...}", bag)
    questions = [_question(key, value, common, source, bag) for key, value in asked.entries] if asked else []
    order = shapes.word(keys["order"], bag, "order", ORDERS) if "order" in keys else ORDERS[0]
    changes = _changes(keys["notes"], bag) if "notes" in keys else {}
    first_id = _first_id(keys, bag)
    found = tuple(filter(None, questions))
    made = TableNote(note_id, keys["id"].span, source, found, changes, order != ORDERS[1], first_id)
    if sum(len(question.scopes) for question in made.questions) > MOST:
        bag.error("table-too-large", f"this would make more than {MOST:,} notes", made.span, "", "Split the table.")
        return None
    return made


def _source(node: Node, tables: MappingType[str, TableSource], bag: Bag) -> TableSource | None:
    name = shapes.text(node, bag, "table")
    if name in tables or not name:
        return tables.get(name)
    near = nearest(name, tables)
    bag.error("unknown-table", f"there is no table `{name[:60]}`", node.span, f"did you mean `{near}`?" if near else "",
              "Write it under `tables` of this set or of another one of the same deck.")  # fmt: skip
    return None


def _named(node: Node, key: str, example: str, bag: Bag) -> Mapping | None:
    """A mapping of ids; a list is told that each of its items needs one."""
    if isinstance(node, ListNode):
        bag.error("wrong-shape", f"`{key}` must name each of its items", node.span, "items without ids",
                  f"Write `id: {{...}}` without the `- `, as in `{example}`.")  # fmt: skip
        return None
    return expect_mapping(node, f"`{key}`", bag)


def _first_id(keys: MappingType[str, Node], bag: Bag) -> str:
    """The oldest of the ids that a table note or a question had before."""
    if "was" not in keys:
        return ""
    found = [shapes.matching(item, bag, "id", NOTE_ID, NOTE_ID_RULE) for item in shapes.items(keys["was"], bag, "was")]
    return found[0] if found else ""


# ---- questions --------------------------------------------------------------------------------------------------


def _question(
    key: Scalar, node: Node, common: MappingType[str, Node], source: TableSource, bag: Bag
) -> Question | None:
    if not NOTE_ID.fullmatch(key.text):
        bag.error("bad-question-id", f"`{key.text[:60]}` is not a valid id of a question", key.span, "not allowed", NOTE_ID_RULE)  # fmt: skip
        return None
    if key.text in source.rows:
        bag.error("bad-question-id", f"a row of the table has the id `{key.text}` already", key.span, "not allowed",
                  "Notes are named by rows and questions, so no question may be called like a row.",
                  related=((source.rows[key.text], "the row"),))  # fmt: skip
        return None
    mapping = expect_mapping(node, f"the question `{key.text}`", bag)
    if mapping is None:
        return None
    known = [*QUESTION_KEYS, "was", *(name for name in NOTE_KEYS if name not in {"id", "guid", "was"})]
    own = take(mapping, known, bag, "a question of a table")
    scopes = _scopes(own, source, bag)
    was = _first_id(own, bag)
    keys = {name: value for name, value in {**common, **own}.items() if name not in {*QUESTION_KEYS, "was"}}
    if "tags" in common and "tags" in own:
        keys["tags"] = _both(common["tags"], own["tags"])
    templates = tuple(dict.fromkeys(scalar for value in keys.values() for scalar in _scalars(value) if TEMPLATE.search(scalar.text)))  # fmt: skip
    for scalar in {each for value in keys.values() for each in _scalars(value)}:
        if single := SINGLE_BRACES.search(scalar.text):
            bag.error("table-template", f"`{single[0]}` stands in single braces, so it would be printed as it is",
                      scalar.span_of(*single.span()), "", f"Write `{{{{ {single[1]} }}}}`.")  # fmt: skip
    for scalar in templates:
        if len(scalar.text) > LONGEST_TEMPLATE:
            bag.error("table-template", f"this template has more than {LONGEST_TEMPLATE:,} characters", scalar.span)
            return None
    draft = draft_of(mapping, keys)
    return Question(key.text, key, replace(draft, first=key.span), scopes, templates, was) if scopes else None


def _both(first: Node, second: Node) -> Node:
    """The items of two lists, as one."""
    items = [item for node in (first, second) for item in (node.items if isinstance(node, ListNode) else [node])]
    return ListNode(items, second.source, second.start, second.end)


def _scopes(own: MappingType[str, Node], source: TableSource, bag: Bag) -> tuple[Scope, ...]:
    """What a question is asked of, in the order of the table."""
    text = shapes.text(own["for each"], bag, "for each") if "for each" in own else "row"
    found = EACH.fullmatch(text)
    columns = list(source.table.columns)
    if not found or (found[2] and found[2] not in columns):
        near = nearest(text, ["row", "cell", "column", "table", *(f"value of {name}" for name in columns)])
        if text:
            bag.error("unknown-value", f"`for each` cannot be `{text[:60]}`", own["for each"].span, f"did you mean `{near}`?" if near else "",
                      f"It is `row`, `cell`, `column`, `table`, or `value of` a column ({', '.join(columns)}).")  # fmt: skip
        return ()
    wanted = shapes.words(own["columns"], bag, "columns", columns) if "columns" in own else tuple(columns)
    rows, kind = source.table.rows, found[1] or "value"
    if kind == "row":
        return tuple(Scope(kind, row) for row in rows)
    if kind == "cell":
        return _cells(own, rows, wanted, columns, bag)
    if kind == "column":
        return tuple(Scope(kind, "", column) for column in wanted)
    if kind == "value":
        return _values(own, found[2], source, bag)
    return (Scope(kind),)


def _cells(
    own: MappingType[str, Node], rows: Iterable[str], wanted: Sequence[str], columns: Sequence[str], bag: Bag
) -> tuple[Scope, ...]:
    """A scope for each row and each of the columns, which must be said, because ids hang on them."""
    names = tuple(rows)
    if "columns" not in own:
        bag.error("missing-key", "`columns` is missing", own["for each"].span, "for each cell of which columns?",
                  f"Add `columns: [...]`; the table has {', '.join(columns)}.")  # fmt: skip
    elif len(names) * len(wanted) > MOST:
        bag.error("table-too-large", f"this would make more than {MOST:,} notes", own["for each"].span, "", "Split the table.")  # fmt: skip
    else:
        return tuple(Scope("cell", row, column) for row in names for column in wanted)
    return ()


def _values(own: MappingType[str, Node], column: str, source: TableSource, bag: Bag) -> tuple[Scope, ...]:
    """A scope for each value of a column, with its part of the id: as given, else from its words."""
    values = values_of(source.table, column)
    given = expect_mapping(own["ids"], "`ids`", bag) if "ids" in own else None
    names = {value: slug(value) for value in values}
    for key, node in given.entries if given else []:
        if key.text.strip() not in names:
            near = nearest(key.text.strip(), names)
            bag.error("unknown-value", f"no cell of `{column}` is `{key.text[:60]}`", key.span, f"did you mean `{near}`?" if near else "",
                      '`ids` gives ids to values of that column, as in `"< 5": below-5`.')  # fmt: skip
        elif name := shapes.matching(node, bag, "id", NOTE_ID, NOTE_ID_RULE):
            names[key.text.strip()] = name
    first: dict[str, str] = {}
    for value, name in names.items():
        other = first.setdefault(name, value)
        if other != value or not name:
            what = (
                f"the values `{other[:40]}` and `{value[:40]}` have one id, `{name}`"
                if name
                else f"the value `{value[:40]}` has no word for an id"
            )
            place = (own["ids"] if "ids" in own else own["for each"]).span
            bag.error(
                "value-ids", what, place, "", f'Give an id under the question: `ids: {{"{value[:40]}": a-name}}`.'
            )
            return ()
    return tuple(Scope("value", "", column, value, names[value]) for value in values)


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _scalars(item)
    else:
        for key, value in node.entries:
            yield key
            yield from _scalars(value)


# ---- what is written by hand --------------------------------------------------------------------------------------


def _changes(node: Node, bag: Bag) -> dict[str, tuple[Scalar, Node]]:
    mapping = _named(node, "notes", "furosemide/target: leave out", bag)
    return {key.text.strip(): (key, value) for key, value in mapping.entries} if mapping else {}


def _changed(draft: Draft, change: tuple[Scalar, Node] | None, bag: Bag) -> Draft | None:
    """The draft with what is written by hand in place of what was made; None when the note is left out."""
    if change is None:
        return draft
    key, node = change
    if isinstance(node, Scalar):
        if node.text.strip() != LEAVE_OUT:
            bag.error("wrong-shape", f"a note of a table is changed by keys, or by `{LEAVE_OUT}`", node.span, "",
                      f"Write `{key.text[:60]}: {LEAVE_OUT}`, or `{key.text[:60]}: {{why: ...}}`.")  # fmt: skip
        return None
    mapping = expect_mapping(node, f"`{key.text[:60]}`", bag)
    if mapping is None:
        return None
    for scalar in _scalars(mapping):
        if TEMPLATE.search(scalar.text):
            bag.error("table-template", "what is written by hand is no template", scalar.span, "nothing fills this in",
                      "Write the text itself, or put it into the question.")  # fmt: skip
    own = take(mapping, [name for name in NOTE_KEYS if name != "id"], bag, "a note of a table")
    keys = {**draft.keys, **own}
    if "tags" in own and "tags" in draft.keys:
        keys["tags"] = _both(draft.keys["tags"], own["tags"])
    return Draft(keys, (*draft.names, *own), draft.first)


def _report_unused(note: TableNote, bag: Bag) -> None:
    """Changes to notes that the table does not make."""
    paths = {path_of(question, scope) for question in note.questions for scope in question.scopes}
    known = frozenset(paths)
    rests = {each.partition("/")[2] for each in paths} - {""}
    unused = 0
    some = ", ".join(f"`{each}`" for each in sorted(paths)[:3])
    for path, (key, _) in note.changes.items():
        if path not in paths:
            near = nearest(path, known) if unused < MANY else None
            unused += 1
            row, _, rest = path.partition("/")
            lost = row not in note.source.rows and rest in rests
            hint = f"The table has no row `{row[:60]}`." if lost else f"It makes, for example, {some}."
            bag.error("unknown-generated-note", f"`{note.id}` makes no note `{path[:80]}`", key.span,
                      f"did you mean `{near}`?" if near and not lost else "", *([hint] if some else []))  # fmt: skip


# ---- from templates to notes --------------------------------------------------------------------------------------


def render_all(notes: Sequence[TableNote], language: str, bag: Bag) -> None:
    """Render the templates of all table notes, in one child process."""
    questions = [(note, question) for note in notes for question in note.questions if question.templates]
    if not questions:
        return
    jobs = [Job(note.source.table, tuple(each.text for each in question.templates), question.scopes) for note, question in questions]  # fmt: skip
    try:
        for (note, question), done in zip(questions, render(jobs, language), strict=True):
            question.rendered = done
            question.faulty = frozenset(fault.scope for fault in done.faults)
            _report_faults(note, question, done.faults, bag)
    except SandboxError as error:
        _, question = questions[int(error.progress or 0)]
        bag.error("template-runaway", f"the templates of this question were stopped: {error}", question.key.span, "",
                  "Look for a loop that does not end or a text repeated too often.")  # fmt: skip


def _report_faults(note: TableNote, question: Question, faults: Sequence[Fault], bag: Bag) -> None:
    for fault in faults:
        scalar = question.templates[fault.template]
        scope = question.scopes[fault.scope] if fault.scope is not None else None
        kind = (scope or question.scopes[0]).kind
        hints = (
            [f"A question for each {kind} knows {KNOWN[kind]}."] if fault.message.startswith("there is no `") else []
        )
        if hints and "\\" in scalar.text:
            hints.append("Braces of a formula that meet need a space between: `{ {`.")
        if fault.message.startswith("there is no filter"):
            hints = [f"The filters are {', '.join(f'`{name}`' for name in FILTERS)}."]
        bag.error("table-template", f"the template cannot be filled: {fault.message}", _line(scalar, fault.line), "", *hints,
                  related=_related(note, scope))  # fmt: skip


def _line(scalar: Scalar, number: int) -> Span:
    """A line of a template, without what indents it."""
    lines = scalar.text.splitlines(keepends=True) or [""]
    at = min(max(number, 1), len(lines)) - 1
    start = sum(map(len, lines[:at]))
    text = lines[at]
    return scalar.span_of(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))


def _related(note: TableNote, scope: Scope | None) -> tuple[tuple[Span, str], ...]:
    row = note.source.rows.get(scope.row) if scope else None
    return ((row, "in this row"),) if row else ()


def notes_of(note: TableNote, deck: DeckFrame, common: SetFrame, bag: Bag) -> list[Note]:
    """All notes a table note makes, in the order in which they are to be learnt."""
    made = [one for question, at in _in_order(note) if (one := _note(note, question, at, deck, common, bag))]
    _report_unused(note, bag)
    if not made and not bag.has_errors:
        bag.error("no-generated-notes", f"`{note.id}` makes no note at all", note.span, "",
                  "Every row lacks a cell that the questions need, or every note is left out.")  # fmt: skip
    return made


def _in_order(note: TableNote) -> list[tuple[Question, int]]:
    """Questions with the number of a scope: row by row, then what is asked of the whole; or question by question."""
    pairs = [(question, at) for question in note.questions for at in range(len(question.scopes))]
    if note.by_row:
        rows = {row: number for number, row in enumerate(note.source.table.rows)}
        pairs.sort(key=lambda pair: rows.get(pair[0].scopes[pair[1]].row, len(rows)))
    return pairs


def _note(note: TableNote, question: Question, at: int, deck: DeckFrame, common: SetFrame, bag: Bag) -> Note | None:
    scope = question.scopes[at]
    path = path_of(question, scope)
    draft = _filled(question, at)
    change = note.changes.get(path)
    merged = _changed(draft, change, bag)
    if merged is None or _faulty(question, at):
        return None
    missing = _lacking({**question.draft.keys, **merged.keys}, merged.keys)
    if missing:
        if change is not None:
            listed = " and ".join(f"`{key}`" for key in missing)
            bag.error("missing-key", f"{listed} of `{path}` needs a cell that is not filled", change[0].span, "",
                      f"Fill the cell, give {listed} here, or write `{path}: {LEAVE_OUT}`.",
                      related=_related(note, scope))  # fmt: skip
        return None
    problems = Bag()
    place = note.source.rows.get(scope.row, question.key.span)
    first = path_of(question, scope, question.was, note.source.was.get(scope.row, ""))
    origin = f"{note.was or note.id}/{first}"
    made = finished(merged, f"{note.id}/{path}", place, deck, common, problems, origin=origin)
    for problem in problems.items:
        bag.items.append(replace(problem, related=(*problem.related, *_related(note, scope))))
    return made


def _lacking(written: MappingType[str, Node], left: MappingType[str, Node]) -> list[str]:
    """The keys without which no note can be made of what cells have left: a lacking `typed answer` costs that card only."""
    rule, rest = rule_of(written), rule_of(left)
    if rest is not rule and all(key in left for key in rest.needs):
        return []
    return [key for key in rule.needs if key not in left and key in written]


def _faulty(question: Question, at: int) -> bool:
    """Whether a template of this note could not be filled, which has been reported."""
    if not question.templates:
        return False
    return question.rendered is None or not question.faulty.isdisjoint((None, at))


def _filled(question: Question, at: int) -> Draft:
    """The draft of one note: its templates filled, what lacks a cell left out."""
    texts = question.rendered.texts[at] if question.rendered else ()
    known = dict(zip(map(id, question.templates), texts, strict=False))
    keys = {
        key: made
        for key, node in question.draft.keys.items()
        if (made := _made(node, known, whole=key in WHOLE_OR_NOT))
    }
    return replace(question.draft, keys=keys)


def _made(node: Node, texts: MappingType[int, str | None], *, whole: bool) -> Node | None:
    """A value with its templates filled; None when nothing of it is left, or, where it is `whole` or not, a part is not."""
    if isinstance(node, Scalar):
        if id(node) not in texts:
            return node
        text = texts[id(node)]
        filled = text is not None and text.strip()
        return _Made(text or "", node.source, node.start, node.end, node.style) if filled else None
    if isinstance(node, ListNode):
        items = [made for item in node.items if (made := _made(item, texts, whole=whole))]
        lacking = len(items) < len(node.items)
        return None if lacking and (whole or not items) else ListNode(items, node.source, node.start, node.end)
    entries = [(made_key, made) for key, value in node.entries
               if isinstance(made_key := _made(key, texts, whole=whole), Scalar) and (made := _made(value, texts, whole=whole))]  # fmt: skip
    lacking = len(entries) < len(node.entries)
    return None if lacking and (whole or not entries) else Mapping(entries, node.source, node.start, node.end)


# ---- ids --------------------------------------------------------------------------------------------------------


def path_of(question: Question, scope: Scope, question_id: str = "", row: str = "") -> str:
    """The rest of a note's id, behind the table note's: permanent ids only, no numbers.

    Rows and questions share no id, so that the first part tells whether it is a row. `question_id` and `row` take the
    place of the present ones.
    """
    asked = question_id or question.id
    if scope.kind == "value":
        return f"{asked}/{scope.name}"
    return "/".join(filter(None, [row or scope.row, asked, scope.column]))


def slug(text: str) -> str:
    """A text as part of an id: `RANK ligand` to `rank-ligand`, `α-blocker` to `alpha-blocker`, `< 5` to `less-5`.

    Published ids hang on it: what it makes of a text may never change.
    """
    spelt = _MINUS.sub(" minus ", text.casefold().translate(_SPELT))
    letters = []
    for char in unicodedata.normalize("NFKD", spelt):
        if char.isascii() or not char.isalpha():
            letters.append(char if char.isalnum() and char.isascii() else "" if unicodedata.combining(char) else "-")
        else:
            letters.append(unicodedata.name(char, "").partition(" WITH ")[0].rsplit(" ", 1)[-1].lower())
    return re.sub(r"-+", "-", "".join(letters)).strip("-")[:60].rstrip("-")
