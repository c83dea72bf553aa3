"""Where looks come from: the project's templates over the built-in ones, file by file, checked and rendered.

Card faces are Jinja2; a project's own are rendered in a child process with limits, because a template is a
program somebody wrote. Typst layouts are handed on as they are. Knows files, Jinja2 and what may stand in a
template; which note types there are comes from `deckgen.notetypes`, what a face means from `deckgen.faces`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, cast

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from deckgen import faces, sandbox
from deckgen.active import find_active
from deckgen.diagnostics import Bag, Source, Span, nearest
from deckgen.files import MEBIBYTE, Folder, Refused
from deckgen.model import NoteType
from deckgen.notetypes import PLANS, STEPS, Plan, direction_of, identity, note_type

STYLE_SHEET = "deckgen.css"
LABELS = "labels.toml"
SUFFIXES = {"anki": (".html", ".css", ".toml"), "print": (".typ",)}
SECONDS = 20.0  # a child process on a busy machine may take some to start
MEMORY = 512 * MEBIBYTE
OUTPUT = 10 * MEBIBYTE
FILE_LIMIT = MEBIBYTE
LINE_LIMIT = 2000
KNOWN_VALUES = "`t` (the labels), `language`, `direction`, `steps` and `k`"

_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_TYPST_PACKAGE = re.compile(r"(?:@|\\u\{0{0,6}40\})[\w-]{1,64}(?:/|\\u)", re.IGNORECASE)
_TYPST_IMPORT = re.compile(r'(?m)(?:#|^[ \t]*|[{;(\[=][ \t]*)(?:import|include)\b\s*(?:"[^"\n]*\\|(?!")\S)')
_TYPST_EVAL = re.compile(r"\beval\b")


class Job(NamedTuple):
    """One face to render: the card it is for, its file, and the step it shows (0: none)."""

    plan: str
    card: str
    side: str
    file: str
    step: int


@dataclass(frozen=True, slots=True)
class Files:
    """The templates of one kind, `anki` or `print`: all by name, and which are the project's own."""

    shown_as: str  # "templates/anki"
    texts: Mapping[str, str]
    own: frozenset[str]

    def source(self, name: str) -> Source:
        """A file as diagnostics show it."""
        return Source(f"{self.shown_as}/{name}", self.texts.get(name, ""))


# ---- the search path ------------------------------------------------------------------------------------------


def builtin_templates() -> Path:
    """The templates deckgen brings: inside the installed package, else those of the checkout."""
    installed = Path(__file__).parent / "templates"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "templates"


@lru_cache(maxsize=2)
def _builtin_texts(kind: str) -> Mapping[str, str]:
    folder = builtin_templates() / kind
    paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIXES[kind]))
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def _files(project_templates: Path | None, kind: str, bag: Bag) -> Files:
    """The project's templates of this kind over the built-in ones; unreadable ones are reported."""
    builtin = _builtin_texts(kind)
    own: dict[str, str] = {}
    if project_templates is not None:
        folder = Folder(project_templates.parent)
        shown = f"{project_templates.name}/{kind}"
        for name in _names(folder, shown, bag):
            if not name.endswith(SUFFIXES[kind]):
                nothing = Span(Source(f"templates/{kind}/{name}", ""), 0, 0)
                bag.warning(
                    "unknown-template",
                    f"`{name}` is no template, so it is not used",
                    nothing,
                    "",
                    "Keep other files elsewhere.",
                )
                continue
            text = _read(folder, f"{shown}/{name}", bag)
            if text is not None and text != builtin.get(name):  # an unchanged copy is as good as the built-in file
                own[name] = text
    files = Files(f"templates/{kind}", {**builtin, **own}, frozenset(own))
    _report_unknown(files, builtin, bag)
    return files


def _names(folder: Folder, path: str, bag: Bag) -> list[str]:
    try:
        place = folder.locate(path)
        return sorted(one.name for one in place.iterdir() if not one.name.startswith(".")) if place.is_dir() else []
    except Refused as refused:
        _refuse(path, refused, bag)
    except OSError as error:
        _refuse(path, Refused("unreadable-file", f"`{path}` cannot be read: {error.strerror}"), bag)
    return []


def _read(folder: Folder, path: str, bag: Bag) -> str | None:
    try:
        return folder.read(path, limit=FILE_LIMIT).decode("utf-8-sig").replace("\r\n", "\n")
    except Refused as refused:
        _refuse(path, refused, bag)
    except UnicodeDecodeError as error:
        _refuse(
            path, Refused("template-error", f"`{path}` is not UTF-8 (byte {error.start})", "Save it as UTF-8."), bag
        )
    return None


def _refuse(path: str, refused: Refused, bag: Bag) -> None:
    bag.error(refused.code, refused.message, Span(Source(path, ""), 0, 0), "", *filter(None, [refused.hint]))


def _report_unknown(files: Files, builtin: Mapping[str, str], bag: Bag) -> None:
    """A file that takes no built-in's place and that no other of the project's files names: most likely misspelt."""
    for name in sorted(files.own - builtin.keys()):
        if any(name in files.texts[other] for other in files.own - {name}):
            continue
        near = nearest(name, builtin)
        bag.warning(
            "unknown-template",
            f"no template is called `{name}`, so this file is not used",
            Span(files.source(name), 0, 0),
            f"did you mean `{near}`?" if near else "",
            "Files here take the place of built-in ones of the same name: see “Templates” in docs/reference/format.md.",
        )


# ---- note types -----------------------------------------------------------------------------------------------


def note_types(
    project_templates: Path | None, publisher: str, language: str, bag: Bag, span: Span | None = None
) -> dict[str, NoteType]:
    """The note types by key, for decks of one language; empty when the project's templates have an error.

    `span` is where the language stands: when given, a language without labels of its own is warned about there.
    """
    problems = Bag()
    files = _files(project_templates, "anki", problems)
    labels = _labels(files, language, problems, span)
    rendered = _rendered(files, labels, language, problems) if not problems.has_errors else {}
    if files.own and not problems.has_errors:
        _check_faces(files, rendered, problems)
    bag.extend(problems)
    if problems.has_errors:
        return {}
    css = files.texts[STYLE_SHEET]
    return {
        plan.key: note_type(plan, publisher, language, faces=_faces_of(plan, rendered), css=css, labels=labels)
        for plan in PLANS
    }


def _faces_of(plan: Plan, rendered: Mapping[Job, str]) -> dict[tuple[str, str], str]:
    return {(job.card, job.side): text for job, text in rendered.items() if job.plan == plan.key}


def _jobs() -> list[Job]:
    return [
        Job(plan.key, card.key, side, f"{card.face}.{side}.html", card.step)
        for plan in PLANS
        for card in plan.cards
        for side in ("front", "back")
    ]


def _rendered(files: Files, labels: Mapping[str, str], language: str, bag: Bag) -> dict[Job, str]:
    """Every face, rendered: here when all files are built in, else in a child process with limits."""
    jobs = _jobs()
    values = {"t": dict(labels), "language": identity(language), "direction": direction_of(language), "steps": STEPS}
    payload = {"files": dict(files.texts), "jobs": [[job.file, job.step] for job in jobs], "values": values}
    for name in sorted(files.own):
        _report_active(files, name, bag)
    if bag.has_errors:
        return {}
    try:
        if files.own:
            answer = sandbox.call(
                "deckgen.templating:render_faces", payload, seconds=SECONDS, memory=MEMORY, output=OUTPUT
            )
        else:
            answer = render_faces(payload)
    except sandbox.SandboxError as error:
        first = next((name for name in sorted(files.own) if name.endswith(".html")), min(files.own))
        bag.error(
            "template-runaway",
            f"the project's faces were stopped: {error}",
            Span(files.source(first), 0, 0),
            "",
            "Look for a loop that does not end or a text repeated too often.",
        )
        return {}
    reply = cast("dict[str, list[list[object]]]", answer)
    for file, line, message in reply["faults"]:
        _report_fault(files, str(file), int(str(line)), str(message), bag)
    return dict(zip(jobs, map(str, reply["faces"]), strict=False))


def render_faces(payload: object) -> dict[str, list[object]]:
    """Render `jobs` (file, step) of `files` with `values`: the faces, and faults as (file, line, message).

    Plain values in, plain values out: it also runs in the child process.
    """
    request = cast("dict[str, dict[str, str] | list[list[object]]]", payload)
    files = cast("dict[str, str]", request["files"])
    values = cast("dict[str, object]", request["values"])
    environment = _environment(files)
    texts: list[object] = []
    faults: list[object] = []
    for file, step in cast("list[tuple[str, int]]", request["jobs"]):
        try:
            text = environment.get_template(file).render(values, k=step)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a template can raise anything, and all of it is the author's
            faults.append(_fault(error, file, files))
            text = ""
        texts.append("\n".join(line.rstrip() for line in text.splitlines() if line.strip()))
    return {"faces": texts, "faults": faults}


def _environment(files: Mapping[str, str]) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(lambda name: (files[name], name, None) if name in files else None),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
    )
    environment.globals = {"range": environment.globals["range"]}
    return environment


def _fault(error: Exception, file: str, files: Mapping[str, str]) -> list[object]:
    """(file, line, message) of an error in a template, by the innermost template it happened in."""
    line = 1
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in files:
            file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, jinja2.TemplateSyntaxError):
        return [error.name or file, error.lineno, error.message or "wrong syntax"]
    if isinstance(error, jinja2.TemplateNotFound):
        return [file, line, f"there is no template `{error.name}`"]
    if isinstance(error, RecursionError):
        return [file, line, "it includes itself without end"]
    return [file, line, str(error) or type(error).__name__]


# ---- labels ---------------------------------------------------------------------------------------------------


def _labels(files: Files, language: str, bag: Bag, span: Span | None) -> dict[str, str]:
    """The words on the faces: the project's over the built-in ones, English where there are none."""
    builtin = tomllib.loads(_builtin_texts("anki")[LABELS])
    tables = {**builtin, **(_own_labels(files, bag) if LABELS in files.own else {})}
    wanted = identity(language)
    found = next((key for key in (wanted, wanted.partition("-")[0]) if key in tables), "")
    if not found and span is not None:
        bag.warning(
            "no-labels",
            f"deckgen has no labels in `{wanted}`; they will be English",
            span,
            "",
            f"Put a section `[{wanted}]` into `templates/anki/{LABELS}`.",
        )
    labels = tables[found or "en"]
    missing = sorted(builtin["en"].keys() - labels.keys())
    if missing:
        bag.error(
            "template-error",
            f"the labels in `{found}` lack {', '.join(f'`{key}`' for key in missing)}",
            Span(files.source(LABELS), 0, 0),
        )
    return {**builtin["en"], **labels, "lang": found or "en"}


def _own_labels(files: Files, bag: Bag) -> dict[str, dict[str, str]]:
    source = files.source(LABELS)
    if any(len(line) > LINE_LIMIT for line in source.text.splitlines()):  # TOML's reader is quadratic in dotted keys
        bag.error("template-error", f"`{LABELS}` has a line of more than {LINE_LIMIT} characters", Span(source, 0, 0))
        return {}
    try:
        tables = tomllib.loads(source.text)
    except RecursionError:
        bag.error("template-error", f"`{LABELS}` is nested too deeply", Span(source, 0, 0))
        return {}
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))  # missing when the file ends too early
        span = _line(source, int(place[1]) if place else len(source.line_starts))
        bag.error("template-error", f"`{LABELS}` is not TOML: {_TOML_PLACE.sub('', str(error)).strip()}", span)
        return {}
    for key, table in tables.items():
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            bag.error(
                "template-error", f"`{key}` must be a section of labels, each a text in quotes", Span(source, 0, 0)
            )
            return {}
    return tables


# ---- what may stand in a project's faces ----------------------------------------------------------------------


def _report_active(files: Files, name: str, bag: Bag) -> None:
    for finding in find_active(files.texts[name]):
        bag.error(
            "template-active",
            f"this template holds {finding.what}",
            Span(files.source(name), finding.start, finding.end),
            "not allowed",
            "Cards must not run scripts or load anything from elsewhere.",
        )
    if name == STYLE_SHEET and (at := files.texts[name].lower().find("</")) >= 0:
        bag.error(
            "template-active", "this style sheet holds a tag", Span(files.source(name), at, at + 2), "not allowed"
        )


def _check_faces(files: Files, rendered: Mapping[Job, str], bag: Bag) -> None:
    """What Anki would refuse in a rendered face, and what only becomes active when it is put together."""
    plans = {plan.key: plan for plan in PLANS}
    for job, text in rendered.items():
        plan = plans[job.plan]
        names = [field.name for field in plan.fields]
        for fault in faces.check(text, names, front=job.side == "front", cloze=plan.is_cloze):
            span = _place(files, job.file, text[fault.start : fault.end])
            bag.error(
                "template-error", f"{fault.message} (note type {plan.name})", span, "", *filter(None, [fault.hint])
            )
        for finding in find_active(text):
            span = _place(files, job.file, text[finding.start : finding.end])
            bag.error(
                "template-active",
                f"this template makes {finding.what}",
                span,
                "not allowed",
                "Cards must not run scripts or load anything from elsewhere.",
            )


def _place(files: Files, file: str, excerpt: str) -> Span:
    """Where `excerpt` of a rendered face most likely comes from: the face's file, else another of the project's."""
    for name in _likely(files, file):
        at = files.texts[name].find(excerpt) if excerpt else -1
        if at >= 0:
            return Span(files.source(name), at, at + len(excerpt))
    blamed = file if file in files.own else min(files.own)
    return Span(files.source(blamed), 0, 0)


def _likely(files: Files, file: str) -> Iterator[str]:
    if file in files.own:
        yield file
    yield from sorted(files.own - {file})


def _report_fault(files: Files, name: str, line: int, message: str, bag: Bag) -> None:
    hints = [f"A face knows {KNOWN_VALUES}."] if "is undefined" in message else []
    bag.error("template-error", f"the face cannot be made: {message}", _line(files.source(name), line), "", *hints)


def _line(source: Source, number: int) -> Span:
    starts = source.line_starts
    start = starts[min(max(number, 1), len(starts)) - 1]
    text = source.line(number)
    return Span(source, start + len(text) - len(text.lstrip()), start + len(text))


# ---- print layouts --------------------------------------------------------------------------------------------


def print_layouts(project_templates: Path | None, bag: Bag) -> tuple[dict[str, bytes], bool]:
    """The Typst files by name, the project's over the built-in ones, and whether all of them are built in."""
    files = _files(project_templates, "print", bag)
    for name in sorted(files.own):
        _report_imports(files.source(name), bag)
    return {name: text.encode() for name, text in sorted(files.texts.items())}, not files.own


def _report_imports(source: Source, bag: Bag) -> None:
    for match in _matches((_TYPST_PACKAGE, _TYPST_IMPORT, _TYPST_EVAL), source.text):
        bag.error(
            "template-import",
            "a layout cannot load packages, nor compute what it imports",
            Span(source, *match.span()),
            "not allowed",
            'Import a file that lies beside it, by its name in quotes: `#import "common.typ": *`.',
        )


def _matches(patterns: Iterable[re.Pattern[str]], text: str) -> Iterator[re.Match[str]]:
    for pattern in patterns:
        yield from pattern.finditer(text)
