"""Card faces made from their Jinja2 files; a project's own in a child process, because a template is a program.

A file that the project allows to be active, and one that it does not, never get hold of each other's text: an
include from one to the other gives a token, and the text is put in its place at the very end. So a face comes as
segments, each with the file that made it. Knows Jinja2; not what a face may hold, nor what it means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from deckgen import sandbox
from deckgen.diagnostics import Bag
from deckgen.files import MEBIBYTE
from deckgen.htmltokens import skeleton
from deckgen.notetypes import PLANS, STEPS, direction_of, identity
from deckgen.templating.labels import Labels
from deckgen.templating.overlay import Files, line_of

SECONDS = 20.0  # a child process on a busy machine may take some to start
MEMORY = 512 * MEBIBYTE
OUTPUT = 10 * MEBIBYTE
FACE_LIMIT = 64 * 1024  # characters; a built-in face has some three thousand
SEGMENT_LIMIT = 1000
DEEPEST = 20  # includes across `allow` within each other
MESSAGE_LIMIT = 300
KNOWN_VALUES = "`t` (the labels), `language`, `direction`, `flow`, `steps`, `k`, `report` and `home`"

_NO_CHARACTER = "\ufdd0"  # one of the code points that stand for no character
_TOKEN = re.compile(f"{_NO_CHARACTER}([0-9]{{1,6}})\ufdd1")
_FOREIGN = "not allowed"  # as the name of a variable, out of reach of any template
_CROSSING = "include_across"


class Job(NamedTuple):
    """One face to render: the card it is for, its file, and the step it shows (0: none)."""

    plan: str
    card: str
    side: str
    file: str
    step: int


class Segment(NamedTuple):
    """A stretch of a face, and the file it comes from (with all that file includes of its own kind)."""

    file: str
    text: str


class Face(NamedTuple):
    """A face: its segments in order, and the names of all files that had a part in it."""

    segments: tuple[Segment, ...]
    files: frozenset[str]

    @property
    def text(self) -> str:
        """The whole of it."""
        return "".join(segment.text for segment in self.segments)


def jobs() -> list[Job]:
    """Every face there is."""
    return [
        Job(plan.key, card.key, side, f"{card.face}.{side}.html", card.step)
        for plan in PLANS
        for card in plan.cards
        for side in ("front", "back")
    ]


def render(
    files: Files, allowed: frozenset[str], labels: Labels, language: str, bag: Bag, addresses: Mapping[str, str]
) -> dict[Job, Face]:
    """Every face: made here when all files are built in, else in a child process with limits.

    `addresses` are the values `report` and `home` of faces.

    After a problem faces are missing or incomplete, and the bag has an error.
    """
    wanted = jobs()
    payload = {
        "files": dict(files.texts),
        "own": sorted(files.own),
        "allowed": sorted(allowed),
        "jobs": [[job.file, job.step] for job in wanted],
        "values": {
            "t": dict(labels.words),
            "language": identity(language),
            "direction": direction_of(language),
            "flow": "rtl" if direction_of(language) == "rtl" else "auto",
            "steps": STEPS,
            **addresses,
        },
        "builtin": dict(labels.builtin),
    }
    try:
        answer = _called(payload) if files.own else render_faces(payload)
    except sandbox.SandboxError as error:
        first = next((name for name in sorted(files.own) if name.endswith(".html")), min(files.own))
        bag.error(
            "template-runaway",
            f"the project's faces were stopped: {error}",
            files.start(first),
            "",
            "Look for a loop that does not end or a text repeated too often.",
        )
        return {}
    for file, line, message in cast("list[tuple[str, int, str]]", answer["faults"]):
        hints = [f"A face knows {KNOWN_VALUES}."] if "is undefined" in message else []
        bag.error(
            "template-error", f"the face cannot be made: {message}", line_of(files.source(file), line), "", *hints
        )
    for file in cast("list[str]", answer["leaks"]):
        message = f"in `{file}` a label stands where it would be part of a tag, a script or a style"
        hint = "Labels are not checked as programs: write the words into the script, or show them between tags."
        bag.error("template-injection", message, files.start(file), "", hint)
    faces = cast("list[tuple[list[tuple[str, str]], list[str]]]", answer["faces"])
    return {
        job: Face(tuple(Segment(*each) for each in segments), frozenset(names))
        for job, (segments, names) in zip(wanted, faces, strict=False)
    }


def _called(payload: Mapping[str, object]) -> dict[str, object]:
    function = f"{__name__}:render_faces"
    answer = sandbox.call(function, payload, seconds=SECONDS, memory=MEMORY, output=OUTPUT)
    return cast("dict[str, object]", answer)


# ---- in the child process -------------------------------------------------------------------------------------


def render_faces(payload: object) -> dict[str, object]:
    """Render `jobs` (file, step) of `files` with `values`.

    Gives `faces`, each as its segments (file, text) and the names of its files; `faults` as (file, line, message); and
    `leaks`, the allowed files that put labels where they could run. Plain values in, plain values out: it also runs in
    the child process.
    """
    request = cast("dict[str, object]", payload)
    maker = _Maker(request)
    faces: list[tuple[list[Segment], list[str]]] = []
    faults = maker.relations()
    for file, step in cast("list[tuple[str, int]]", request["jobs"]) if not faults else ():
        face: list[Segment] = []
        try:
            face = maker.face(file, step)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a template can raise anything, and all of it is the author's
            faults.append([*maker.place(error, file), _message(error)])
        faces.append((face, sorted(maker.used)))
    return {"faces": faces, "faults": faults, "leaks": sorted(maker.leaks)}


class _Maker:
    """Makes faces. Allowed files see the built-in ones and each other, and so do those that are not allowed."""

    def __init__(self, request: Mapping[str, object]) -> None:
        self.files = cast("dict[str, str]", request["files"])
        self.names = sorted(self.files)
        self.allowed = frozenset(cast("list[str]", request["allowed"]))
        self.guarded = frozenset(cast("list[str]", request["own"])) - self.allowed
        self.values = cast("dict[str, object]", request["values"])
        self.builtin = cast("dict[str, str]", request["builtin"])
        self.crossings: list[list[Segment]] = []
        self.known: dict[str, object] = {}
        self.depth = 0
        self.used: set[str] = set()
        self.loaded = ""
        self.leaks: set[str] = set()
        self.for_allowed = self._environment(self.guarded)
        self.for_others = self._environment(self.allowed)

    def face(self, file: str, step: int) -> list[Segment]:
        self.crossings = []
        self.depth = 0
        self.used.clear()
        self.loaded = ""
        self.known = {**self.values, "k": step}
        return self._made(file, self.known)

    def _made(self, file: str, values: Mapping[str, object]) -> list[Segment]:
        environment = self.for_allowed if file in self.allowed else self.for_others
        template = environment.get_template(file)
        text = _tidy(template.render(values))
        if file in self.allowed and self.builtin != values["t"]:
            plain = _tidy(template.render({**values, "t": self.builtin}))
            if skeleton(_TOKEN.sub("", text)) != skeleton(_TOKEN.sub("", plain)):
                self.leaks.add(file)
        return self._put_together(file, text)

    def _put_together(self, file: str, text: str) -> list[Segment]:
        found: list[Segment] = []
        size = at = 0
        for match in _TOKEN.finditer(text):
            if int(match[1]) < len(self.crossings):
                put_in = [Segment(file, text[at : match.start()]), *self.crossings[int(match[1])]]
                at = match.end()
                found += put_in
                size += sum(len(segment.text) for segment in put_in)
                _refuse_too_much(size, len(found))
        _refuse_too_much(size + len(text) - at, len(found))
        if self.allowed and _NO_CHARACTER in "".join(segment.text for segment in found) + text[at:]:
            raise ValueError("a file included across `allow` can only be shown as it is")
        return [*found, Segment(file, text[at:])]

    def _environment(self, hidden: frozenset[str]) -> jinja2.Environment:
        """Jinja2 for one side; of the `hidden` files, the other side's, it has nothing but a way to include them."""

        def load(name: str) -> tuple[str, str | None, object] | None:
            if name in hidden:  # never taken from a cache: every include is another one
                return f"[[ {self.names.index(name)} | {_CROSSING} ]]", None, lambda: False
            self.loaded = name
            return (self.files[name], name, None) if name in self.files else None

        environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FunctionLoader(load),  # type: ignore[arg-type]  # annotated more narrowly than documented
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
        del environment.filters["random"]  # the same input gives the same bytes
        if self.allowed:
            environment.filters[_CROSSING] = self._crossing()
        environment.template_class = self._template_class(self.guarded - hidden)
        return environment

    def place(self, error: Exception, face: str) -> tuple[str, int]:
        """Where in the project's files an error in a face arose, as far as it can be told."""
        own = self.guarded | self.allowed
        if isinstance(error, jinja2.TemplateSyntaxError):
            return error.name or face, error.lineno
        if self.loaded in own - self.used:  # it could not even be read
            return self.loaded, 1
        found = next((name for name in (face, *sorted(self.used)) if name in own), face), 1
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in own:
                found = trace.tb_frame.f_code.co_filename, trace.tb_lineno
            trace = trace.tb_next
        return found

    def _template_class(self, names: frozenset[str]) -> type[jinja2.Template]:
        """Templates that say when they are used, and mark the variables of these files and of all they include."""
        used = self.used

        class Template(jinja2.Template):
            def new_context(
                self,
                vars: dict[str, object] | None = None,  # noqa: A002 - Jinja's own names
                shared: bool = False,
                locals: Mapping[str, object] | None = None,  # noqa: A002
            ) -> Context:
                used.add(self.name or "")
                if self.name in names:
                    vars = {**(vars or {}), _FOREIGN: True}  # noqa: A001
                return super().new_context(vars, shared, locals)

        return Template

    def _crossing(self) -> Callable[..., str]:
        @jinja2.pass_context
        def include_across(context: Context, number: int) -> str:
            """The token of a file of the other side. What a file that is not allowed has set does not go across."""
            values = context.get_all()
            trusted = _FOREIGN not in values and "t" in values
            self.depth += 1
            if self.depth > DEEPEST:
                raise RecursionError
            self.crossings.append(self._made(self.names[number], values if trusted else self.known))
            self.depth -= 1
            return Markup(f"{_NO_CHARACTER}{len(self.crossings) - 1}\ufdd1")  # noqa: S704 - two signs and a number

        return include_across

    def relations(self) -> list[list[object]]:
        """Faults of files that take more of the other side's files than their text."""
        found: list[list[object]] = []
        for name in sorted(self.guarded | self.allowed) if self.allowed else ():
            try:
                tree = self.for_others.parse(self.files[name])
            except (jinja2.TemplateSyntaxError, RecursionError):
                continue  # said when it is rendered
            other = self.guarded if name in self.allowed else self.allowed
            for node in tree.find_all((nodes.Extends, nodes.Import, nodes.FromImport)):
                wanted = getattr(node.template, "value", None)  # type: ignore[attr-defined]  # all three have it
                if wanted in other:
                    message = f"of this file and `{wanted}` only one is named in `allow`, so they can only be included"
                    found.append([name, node.lineno, message])
        return found


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def _refuse_too_much(size: int, segments: int) -> None:
    if size > FACE_LIMIT or segments > SEGMENT_LIMIT:
        raise ValueError(f"it has more than {FACE_LIMIT:,} characters, or {SEGMENT_LIMIT:,} parts")


def _message(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        message = f"there is no template `{error.name}`"
    elif isinstance(error, RecursionError):
        message = "it includes itself, or is nested, without end"
    else:
        message = str(error) or type(error).__name__
    return message if len(message) <= MESSAGE_LIMIT else message[:MESSAGE_LIMIT] + "…"
