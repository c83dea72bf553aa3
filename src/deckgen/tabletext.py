"""Texts made from tables: Jinja2 templates over rows, rendered in a child process with limits.

A template is a program that somebody wrote, so it gets plain values, no method of any object, and bounds of time,
memory and output. A cell of its own row that is not filled makes its text missing, not empty. Knows templates and
values; not notes, nor where a template stands in a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, cast

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from deckgen import sandbox
from deckgen.files import MEBIBYTE

SECONDS = 20.0  # a child process on a busy machine may take some to start
MEMORY = 512 * MEBIBYTE
OUTPUT = 10 * MEBIBYTE
LONGEST_TEMPLATE = 20_000
LONGEST_TEXT = 100_000
# Anki's own `{{c1::` and the `}}` that closes it, hidden from Jinja behind signs for private use.
GAP_OPENS, GAP_CLOSES = "\ue000", "\ue001"
AND = {"de": "und", "en": "and", "es": "y", "fr": "et", "it": "e", "nl": "en", "pt": "e"}
KNOWN = {
    "row": "`row`, `table`, `rows`",
    "cell": "`row`, `column`, `cell`, `table`, `rows`",
    "column": "`column`, `table`, `rows`",
    "value": "`value`, `rows`, `table`",
    "table": "`table`, `rows`",
}

KEPT_FILTERS = (
    "abs", "count", "default", "first", "float", "groupby", "int", "last", "length", "list", "map", "max", "min", "reject",
    "rejectattr", "replace", "reverse", "round", "select", "selectattr", "sort", "sum", "trim", "unique", "upper",
)  # fmt: skip

_SAYINGS = (
    (re.compile(r"^'(.*)' is undefined"), "there is no `{0}` here"),
    (re.compile(r"No filter named '(.*)'"), "there is no filter `{0}`"),
    (re.compile(r"No test named '(.*)'"), "there is no test `{0}`"),
    (re.compile(r"(?i)unexpected end of template"), "a `}}}}` or `{{% end... %}}` is missing"),
    (re.compile(r"no loader for this environment"), "a template cannot include or import another one"),
    (re.compile(r"access to attribute '(.*)' of"), "`{0}` is not to be had in a template"),
)
FILTERS = tuple(sorted((*KEPT_FILTERS, "capital", "each", "join", "lower", "plural")))

_BRACES = re.compile(r"\{\{c[0-9,]+::|\{\{|\}\}|\{%|%\}|\{#|#\}")
_OBJECT = re.compile(r"<[^<>\n]{1,200} at 0x[0-9a-fA-F]+>")
_CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x84\\x86-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff]")
_ABBREVIATION = re.compile(r"\w\S*[A-Z0-9]|[A-Z](?![a-z])")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `columns` by id with their labels, `rows` by id with their filled cells, each a text or texts."""

    title: str
    columns: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str | list[str]]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a template is about: a row, a cell, a column, one value of a column, or the table as a whole.

    `name` is what a value is called in the id of its note.
    """

    kind: str
    row: str = ""
    column: str = ""
    value: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """Templates to be rendered in each of these scopes of one table."""

    table: Table
    templates: tuple[str, ...]
    scopes: tuple[Scope, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template: its number, the line in it (from 1), and the scope, None when in all."""

    template: int
    line: int
    message: str
    scope: int | None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A job done: for each scope a text for each template; None where a cell is missing or something went wrong."""

    texts: tuple[tuple[str | None, ...], ...]
    faults: tuple[Fault, ...]


def render(jobs: Sequence[Job], language: str) -> list[Rendered]:
    """Render all jobs in one child process. Raises sandbox.SandboxError when a limit is passed."""
    tables = {id(job.table): job.table for job in jobs}
    numbers = {key: number for number, key in enumerate(tables)}
    payload = {
        "language": language,
        "tables": [
            {"title": table.title, "columns": dict(table.columns), "rows": _plain(table)} for table in tables.values()
        ],
        "jobs": [
            {
                "table": numbers[id(job.table)],
                "templates": list(job.templates),
                "scopes": [[scope.kind, scope.row, scope.column, scope.value] for scope in job.scopes],
            }
            for job in jobs
        ],
    }
    answer = sandbox.call("deckgen.tabletext:render_jobs", payload, seconds=SECONDS, memory=MEMORY, output=OUTPUT)
    return [
        Rendered(tuple(map(tuple, each["texts"])), tuple(Fault(*fault) for fault in each["faults"]))
        for each in cast("list[dict[str, Any]]", answer)
    ]


def _plain(table: Table) -> dict[str, dict[str, str | list[str]]]:
    return {row: dict(cells) for row, cells in table.rows.items()}


# ---- the child's side -----------------------------------------------------------------------------------------


class MissingCellError(Exception):
    """A template writes a cell that is not filled: `column` of the row `row`."""

    def __init__(self, row: str, column: str) -> None:
        super().__init__(
            f"the row `{row}` has no `{column}`; ask `{{% if row.{column} %}}`, or take `rows | each('{column}')`"
        )
        self.row = row


class _Row(dict[str, object]):
    """A row with its cells; no text."""

    def __str__(self) -> str:
        raise jinja2.UndefinedError("a row is no text; name one of its cells, as in `row.name`")

    __repr__ = __str__


class _Texts(list[object]):
    """Several texts, written as one says them."""

    def __init__(self, values: Iterable[object], language: str) -> None:
        super().__init__(values)
        self.language = language

    def __str__(self) -> str:
        return joined(_texts(self), None, None, self.language)


class _Missing(jinja2.Undefined):
    """A cell that is not filled: it can be asked for (`{% if row.site %}`), but not written or counted."""

    __slots__ = ()

    def _missing(self) -> MissingCellError:
        return MissingCellError(str(self._undefined_obj["id"]), str(self._undefined_name))

    def _fail_with_undefined_error(self, *_: object, **__: object) -> NoReturn:
        raise self._missing()

    def __str__(self) -> str:
        raise self._missing()

    def __len__(self) -> int:
        raise self._missing()

    def __iter__(self) -> Iterator[Any]:
        raise self._missing()


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja2 in which the values of a table have cells and no methods."""

    columns: frozenset[str] = frozenset()

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict):
            return self.getitem(obj, attribute)
        if isinstance(obj, (str, int, float, list)):
            raise jinja2.UndefinedError(f"{_what(obj)} has no `.{attribute}`; filters stand behind a bar: `| upper`")
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if not isinstance(obj, dict):
            return super().getitem(obj, argument)
        if argument in obj:
            return obj[argument]
        if argument in self.columns and "id" in obj:
            return _Missing(obj=obj, name=argument)
        what, known = ("row", ["id", *sorted(self.columns)]) if "id" in obj else ("table", sorted(obj))
        raise jinja2.UndefinedError(f"the {what} has no `{argument}`; it has {_listed(known)}")


def _what(value: object) -> str:
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "a number"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def render_jobs(payload: object) -> list[dict[str, object]]:
    """Plain values in, plain values out: `render` on the other side of the process."""
    request = cast("dict[str, Any]", payload)
    done = []
    for number, job in enumerate(request["jobs"]):
        sandbox.progress(str(number))
        done.append(_done({**job, "table": request["tables"][job["table"]]}, request["language"]))
    return done


def _done(job: dict[str, Any], language: str) -> dict[str, object]:
    table = job["table"]
    environment = _environment(language, table["columns"])
    faults: list[list[object]] = []
    templates = [_compiled(environment, text, at, faults) for at, text in enumerate(job["templates"])]
    contexts = _contexts(table, job["scopes"], language)
    texts = [
        [_rendered(template, at, values, number, faults) if template else None for at, template in enumerate(templates)]
        for number, values in enumerate(contexts)
    ]
    return {"texts": texts, "faults": faults}


def _environment(language: str, columns: Mapping[str, str]) -> _Environment:
    environment = _Environment(
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: _written(value, language),
        keep_trailing_newline=True,
        line_statement_prefix=None,
    )
    environment.columns = frozenset(columns)
    environment.globals = {"range": environment.globals["range"]}
    own: dict[str, Callable[..., Any]] = {
        "join": lambda values, between=None, last=None: joined(_texts(values), between, last, language),
        "lower": lowered,
        "capital": lambda text: str(text)[:1].upper() + str(text)[1:],
        "plural": plural,
        "each": _each,
    }
    environment.filters = {**{name: environment.filters[name] for name in KEPT_FILTERS}, **own}
    return environment


def _compiled(environment: _Environment, text: str, at: int, faults: list[list[object]]) -> jinja2.Template | None:
    try:
        return environment.from_string(without_gaps(text))
    except jinja2.TemplateSyntaxError as error:
        faults.append([at, error.lineno, _said(error.message or "this is not a template"), None])
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - Python, too, has limits of its own: for nesting, for digits
        faults.append([at, 1, f"Python refuses it: {error}", None])
    return None


def _rendered(
    template: jinja2.Template, at: int, values: dict[str, object], number: int, faults: list[list[object]]
) -> str | None:
    try:
        return _text(with_gaps(template.render(values)))
    except MissingCellError as missing:
        own = values.get("row")
        if isinstance(own, dict) and own["id"] == missing.row:
            return None
        faults.append([at, 1, str(missing), number])  # what another row lacks must not make a note vanish
        return None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a template can raise anything, and all of it is the author's
        faults.append([at, _line_of(error), _said(str(error) or type(error).__name__), number])
        return None


def _text(text: str) -> str:
    """What was rendered, unless an object of Python's shows in it: its address would be another one each time."""
    if _OBJECT.search(text):
        raise jinja2.UndefinedError("it writes something that is no text; is a `| join` missing?")
    if sign := _CONTROL.search(text):
        raise jinja2.UndefinedError(f"it writes the character U+{ord(sign[0]):04X}, which no card can show")
    if len(text) > LONGEST_TEXT:
        raise jinja2.UndefinedError(f"it writes more than {LONGEST_TEXT:,} characters")
    return text


def _said(message: str) -> str:
    """What Jinja2 says, in the words of these messages."""
    for pattern, words in _SAYINGS:
        if found := pattern.search(message):
            return words.format(*found.groups())
    return message.rstrip(".")


def _line_of(error: Exception) -> int:
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _contexts(table: dict[str, Any], scopes: Sequence[Sequence[str]], language: str) -> Iterator[dict[str, object]]:
    """The values a template knows in each scope."""

    def value_of(cell: str | list[str]) -> object:
        return _Texts(cell, language) if isinstance(cell, list) else cell

    rows = {
        name: _Row(id=name, **{key: value_of(cell) for key, cell in cells.items()})
        for name, cells in table["rows"].items()
    }
    every = list(rows.values())
    columns = _Texts(table["columns"].values(), language)
    whole = {"title": table["title"], "columns": columns, "rows": every}
    having = {column: _rows_by_value(table["rows"], column) for kind, _, column, _ in scopes if kind == "value"}
    for kind, row, column, value in scopes:
        known: dict[str, object] = {"table": whole, "rows": every}
        if row:
            known["row"] = rows[row]
        if kind == "cell":
            known["cell"] = rows[row].get(column, _Missing(obj=rows[row], name=column))
        if kind == "value":
            known["value"] = value
            known["rows"] = [rows[name] for name in having[column].get(value, ())]
        elif column:
            known["column"] = table["columns"][column]
        yield known


def _rows_by_value(rows: Mapping[str, Mapping[str, str | list[str]]], column: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, cells in rows.items():
        for value in dict.fromkeys(_cell_values(cells.get(column, []))):
            found.setdefault(value, []).append(name)
    return found


def _cell_values(cell: str | list[str]) -> list[str]:
    return cell if isinstance(cell, list) else [cell]


def values_of(table: Table, column: str) -> list[str]:
    """The different values of a column, in the order of the rows."""
    return list(dict.fromkeys(value for row in table.rows.values() for value in _cell_values(row.get(column, []))))


# ---- what a text author needs -----------------------------------------------------------------------------------


def _written(value: object, language: str) -> str:
    """What `{{ ... }}` writes: texts and numbers as they are, a list as one says it."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, jinja2.Undefined):
        return str(value)  # which raises
    if isinstance(value, dict):
        return str(value)  # which raises, for a row
    return joined(_texts(value), None, None, language)


def _texts(values: object) -> list[str]:
    if isinstance(values, jinja2.Undefined):
        str(values)  # which raises
    if isinstance(values, str):
        return [values]
    try:
        found = list(cast("Sequence[object]", values))
    except TypeError:
        raise jinja2.UndefinedError(f"`{values}` is no list") from None
    if any(isinstance(each, dict) for each in found):
        raise jinja2.UndefinedError("these are rows, not texts; name a cell, as in `rows | each('name') | join`")
    return [str(each) for each in found]


def joined(texts: Sequence[str], between: str | None, last: str | None, language: str) -> str:
    """Texts as one says them, "a, b and c"; with `between` simply that between them, with `last` before the last one."""
    if between is not None and last is None:
        return between.join(texts)
    *first, end = texts or [""]
    before = last
    if before is None and first:
        word = AND.get(language.partition("-")[0].lower())
        if word is None:
            raise jinja2.UndefinedError(
                f"deckgen has no word for “and” in `{language}`; write `join(', ', ' AND ')` with it"
            )
        before = f" {word} "
    return f"{(between or ', ').join(first)}{before}{end}" if first else end


@jinja2.pass_environment
def _each(environment: _Environment, rows: object, column: str) -> list[object]:
    """The cells of one column, those that are filled; the texts of a cell with several one by one."""
    if column not in environment.columns and column != "id":
        raise jinja2.UndefinedError(f"a row has no `{column}`; it has {_listed(['id', *sorted(environment.columns)])}")
    if isinstance(rows, jinja2.Undefined):
        str(rows)  # which raises
    if isinstance(rows, (str, int, float)) or not isinstance(rows, Iterable):
        raise jinja2.UndefinedError("`each` takes rows, as in `rows | each('name')`")
    cells = [row[column] for row in rows if isinstance(row, dict) and column in row]
    return [text for cell in cells for text in (cell if isinstance(cell, list) else [cell])]


def lowered(text: object) -> str:
    """A text as it stands inside a sentence: with a small first letter, unless it begins with an abbreviation."""
    words = str(text)
    return words if _ABBREVIATION.match(words) else words[:1].lower() + words[1:]


def plural(word: str, count: object = None, form: str = "") -> str:
    """The plural of an English word, or the word itself for a count of one or a list of one. `form` is an odd plural."""
    number = (
        count if count is None or isinstance(count, (int, float, str)) else len(list(cast("Iterable[object]", count)))
    )
    if number == 1:
        return word
    if form:
        return form
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    if word.endswith("sis"):
        return f"{word[:-2]}es"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) else f"{word}s"


# ---- gaps -------------------------------------------------------------------------------------------------------


def without_gaps(text: str) -> str:
    """A template in which Anki's `{{c1::...}}` has no braces, so that Jinja does not take them for its own."""
    text = text.replace(GAP_OPENS, "").replace(GAP_CLOSES, "")
    out: list[str] = []
    open_braces: list[bool] = []  # of each `{{` that is open: whether it is a gap
    at = 0
    for match in _BRACES.finditer(text):
        sign = match[0]
        out.append(text[at : match.start()])
        at = match.end()
        if sign.startswith("{{c"):
            open_braces.append(True)
            out.append(GAP_OPENS + sign[2:])
        elif sign == "{{":
            open_braces.append(False)
            out.append(sign)
        elif sign == "}}" and open_braces and open_braces.pop():
            out.append(GAP_CLOSES)
        else:
            out.append(sign)
    return "".join(out) + text[at:]


def with_gaps(text: str) -> str:
    """The text with Anki's braces again."""
    return text.replace(GAP_OPENS, "{{").replace(GAP_CLOSES, "}}")
