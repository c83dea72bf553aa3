"""Texts made from tables: Jinja2 templates over rows, rendered in a child process with limits.

A template is a program that somebody wrote, so it gets plain values, no method of any object, and bounds of time,
memory and output. A cell that is not filled makes its text missing, not empty. Knows templates and values; not
notes, nor where a template stands in a file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    (re.compile(r"unexpected end of template"), "a `}}}}` or `{{% end... %}}` is missing"),
)
FILTERS = tuple(sorted((*KEPT_FILTERS, "capital", "each", "join", "lower", "plural")))

_BRACES = re.compile(r"\{\{c[0-9,]+::|\{\{|\}\}|\{%|%\}|\{#|#\}")
_ABBREVIATION = re.compile(r"\w\S*[A-Z0-9]|[A-Z](?![a-z])")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `columns` by id with their labels, `rows` by id with their filled cells, each a text or texts."""

    title: str
    columns: Mapping[str, str]
    rows: Mapping[str, Mapping[str, str | list[str]]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a template is about: a row, a cell, a column, one value of a column, or the table as a whole."""

    kind: str
    row: str = ""
    column: str = ""
    value: str = ""


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
    payload = {
        "language": language,
        "jobs": [
            {
                "table": {"title": job.table.title, "columns": dict(job.table.columns), "rows": _plain(job.table)},
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
    """A template asks for a cell that is not filled."""


class _Missing(jinja2.Undefined):
    """A cell that is not filled: it can be asked for (`{% if row.site %}`), but not written or counted."""

    __slots__ = ()

    def _fail_with_undefined_error(self, *_: object, **__: object) -> NoReturn:
        raise MissingCellError

    def __str__(self) -> str:
        raise MissingCellError

    def __len__(self) -> int:
        raise MissingCellError

    def __iter__(self) -> Iterator[Any]:
        raise MissingCellError


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja2 in which the values of a table have cells and no methods."""

    columns: frozenset[str] = frozenset()

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute) if isinstance(obj, dict) else super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if not isinstance(obj, dict):
            return super().getitem(obj, argument)
        if argument in obj:
            return obj[argument]
        if argument in self.columns and "id" in obj:
            return _Missing(obj=obj, name=argument)
        what, known = ("row", ["id", *sorted(self.columns)]) if "id" in obj else ("table", sorted(obj))
        raise jinja2.UndefinedError(f"the {what} has no `{argument}`; it has {_listed(known)}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def render_jobs(payload: object) -> list[dict[str, object]]:
    """Plain values in, plain values out: `render` on the other side of the process."""
    request = cast("dict[str, Any]", payload)
    return [_done(job, request["language"]) for job in request["jobs"]]


def _done(job: dict[str, Any], language: str) -> dict[str, object]:
    table = job["table"]
    environment = _environment(language, table["columns"])
    faults: list[list[object]] = []
    templates = [_compiled(environment, text, at, faults) for at, text in enumerate(job["templates"])]
    contexts = _contexts(table, job["scopes"])
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
    except RecursionError:
        faults.append([at, 1, "it is nested too deeply", None])
    return None


def _rendered(
    template: jinja2.Template, at: int, values: dict[str, object], number: int, faults: list[list[object]]
) -> str | None:
    try:
        return with_gaps(template.render(values))
    except MissingCellError:
        return None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a template can raise anything, and all of it is the author's
        faults.append([at, _line_of(error), _said(str(error) or type(error).__name__), number])
        return None


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


def _contexts(table: dict[str, Any], scopes: Sequence[Sequence[str]]) -> Iterator[dict[str, object]]:
    """The values a template knows in each scope."""
    rows = {name: {"id": name, **cells} for name, cells in table["rows"].items()}
    every = list(rows.values())
    whole = {"title": table["title"], "columns": list(table["columns"].values()), "rows": every}
    for kind, row, column, value in scopes:
        known: dict[str, object] = {"table": whole, "rows": every}
        if row:
            known["row"] = rows[row]
        if kind == "cell":
            known["cell"] = rows[row].get(column, _Missing(name=column))
        if kind == "value":
            known["value"] = value
            known["rows"] = [each for each in every if value in _cell_values(each.get(column, []))]
        elif column:
            known["column"] = table["columns"][column]
        yield known


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
        raise jinja2.UndefinedError("a row is no text; name one of its cells, as in `row.name`")
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
    before = f" {AND.get(language.partition('-')[0].lower(), 'and')} " if last is None else last
    *first, end = texts or [""]
    return f"{(between or ', ').join(first)}{before}{end}" if first else end


def _each(rows: Sequence[Mapping[str, object]], column: str) -> list[object]:
    """The cells of one column, those that are filled."""
    return [row[column] for row in rows if isinstance(row, dict) and column in row]


def lowered(text: object) -> str:
    """A text as it stands inside a sentence: with a small first letter, unless it begins with an abbreviation."""
    words = str(text)
    return words if _ABBREVIATION.match(words) else words[:1].lower() + words[1:]


def plural(word: str, count: object = None, form: str = "") -> str:
    """The plural of an English word, or the word itself for a count of one or a list of one. `form` is an odd plural."""
    number = len(count) if isinstance(count, (list, tuple, dict)) else count
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
