"""What may stand in a project's faces and style sheets, and which files are let off because the project names them.

Two things are looked for: what runs or loads something ("active"), and places where a text that nobody has looked
at as a program, a field, a label or another file, would become part of one ("injection"). An allowed file may be
active; what else stands on a face with it is looked at as ever. Knows files, faces and tokens; not how they are made.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from deckgen import faces
from deckgen.active import find_active
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.htmltokens import HARMLESS, Attribute, Token, read
from deckgen.notetypes import PLANS
from deckgen.templating.overlay import Files, builtin_texts
from deckgen.templating.rendering import Face, Job

STYLE_SHEET = "deckgen.css"
PROJECT_SHEET = "project.css"
MAY_BE_ACTIVE = (".html", ".css")
SAFE_FIELDS = frozenset(("Card", "CardFlag", "Ref", "Tags", "Type"))  # letters, digits and a few signs: never a quote
MANY = 50  # problems of one kind that are told
LONG = 300  # characters; a longer excerpt is not looked for

ALLOW_HINT = "If every student is to run it, name the file in `deckgen.yaml`: `allow: [{path}]`."
ACTIVE_HINT = "Cards must not run scripts or load anything from elsewhere."
FIELD_HINT = (
    "Put fields between tags; a script can read them there. Inside the quotes of `class`, `id`, `title`, `data-...` "
    f"and the like, sections may stand, and {', '.join(f'`{{{{{name}}}}}`' for name in sorted(SAFE_FIELDS))}."
)

_WEB_LINK = re.compile(r"https?://|mailto:", re.IGNORECASE)
_ANKI_SIGNS = ("[sound:", "[latex]", "[$]", "[$$]")
_CSS_PART = re.compile(
    r"/\*(?:[^*]|\*(?!/))*(?P<comment>\*/)?"
    r"|\"(?:[^\"\\\n]|\\.)*(?P<double>\")?"
    r"|'(?:[^'\\\n]|\\.)*(?P<single>')?"
    r"|\\(?P<escaped>.)?"
    r"|(?P<bracket>[][(){}])",
    re.DOTALL,
)


# ---- allowed by name ------------------------------------------------------------------------------------------


def allowed_files(files: Files, allow: Mapping[str, Span], bag: Bag) -> frozenset[str]:
    """The names of the project's own files that may be active; what cannot be allowed is reported at its place."""
    can_be = sorted(name for name in files.present if name.endswith(MAY_BE_ACTIVE))
    found = set()
    for path, span in allow.items():
        name = path.removeprefix(f"{files.shown_as}/")
        if name != path and name in can_be:
            found.add(name)
            continue
        near = nearest(name, can_be)
        label = f"did you mean `{files.shown_as}/{near}`?" if near else ""
        message, hint = _why_not(path, name, files)
        bag.error("bad-allow", message, span, label, hint)
    return frozenset(found) & files.own


def _why_not(path: str, name: str, files: Files) -> tuple[str, str]:
    if name.endswith(".typ"):
        return f"`{path[:100]}` cannot be allowed", "Print layouts run no scripts, and packages are never loaded."
    if name.endswith(".toml"):
        return f"`{path[:100]}` cannot be allowed", "Labels are plain text."
    if name != path and name in builtin_texts("anki"):
        hint = f"Take the entry out. To change the file, copy it first: `deckgen eject anki/{name}`."
        return f"`{path[:100]}` is deckgen's own, the project has no such file", hint
    hint = f"Write the path as messages show it, such as `{files.shown_as}/recall.back.html`."
    return f"the project has no template `{path[:100]}`", hint


# ---- the files themselves -------------------------------------------------------------------------------------


def check_sources(files: Files, allowed: frozenset[str], bag: Bag) -> None:
    """Report what is active in the project's own faces and style sheets, as they are written."""
    for name in sorted(files.own - allowed):
        if name.endswith(MAY_BE_ACTIVE):
            for finding in find_active(files.texts[name])[:MANY]:
                _report_active(Span(files.source(name), finding.start, finding.end), "holds", finding.what, bag)
        if name.endswith(".css") and (at := files.texts[name].find("</")) >= 0:
            _report_active(Span(files.source(name), at, at + 2), "holds", "a tag", bag)


def style_sheet(files: Files, allowed: frozenset[str], bag: Bag) -> str:
    """The style sheet of all note types: the common one, and behind it what the project adds."""
    sheet, own = files.texts[STYLE_SHEET], files.texts[PROJECT_SHEET]
    if PROJECT_SHEET not in files.own or not own.strip():
        return sheet
    joined = sheet + "\n" * (not sheet.endswith("\n")) + own
    if len(allowed & {STYLE_SHEET, PROJECT_SHEET}) == 1:
        for name in (STYLE_SHEET, PROJECT_SHEET):
            if not _is_closed(files.texts[name]):
                message = f"`{name}` ends inside a text, a comment or brackets, and only one of the style sheets is named in `allow`"
                bag.error("template-injection", message, files.start(name), "", "Close what is open.")
    elif not allowed and not bag.has_errors and (found := find_active(joined)):
        _report_active(files.start(PROJECT_SHEET), f"makes, together with `{STYLE_SHEET}`,", found[0].what, bag)
    return joined


def _is_closed(sheet: str) -> bool:
    """Whether nothing of a style sheet is still open at its end."""
    open_brackets = []
    for part in _CSS_PART.finditer(sheet):
        if part.lastgroup is None:
            return False
        if part["bracket"] and part["bracket"] in "([{":
            open_brackets.append(part["bracket"])
        elif part["bracket"] and (not open_brackets or open_brackets.pop() + part["bracket"] not in ("()", "[]", "{}")):
            return False
    return not open_brackets


def _report_active(span: Span, verb: str, what: str, bag: Bag) -> None:
    hint = ALLOW_HINT.format(path=span.path)
    bag.error("template-active", f"this template {verb} {what}", span, "not allowed", ACTIVE_HINT, hint)


# ---- the faces they make --------------------------------------------------------------------------------------


def check_faces(files: Files, allowed: frozenset[str], rendered: Mapping[Job, Face], bag: Bag) -> None:
    """Report what Anki would refuse in a face, and what only shows when it is put together."""
    plans = {plan.key: plan for plan in PLANS}
    for job, face in rendered.items():
        if len(bag) > MANY:
            return
        plan = plans[job.plan]
        text = face.text
        names = [field.name for field in plan.fields]
        place = _Finder(files, allowed, job.file, face.files)
        for fault in faces.check(text, names, front=job.side == "front", cloze=plan.is_cloze):
            span = place(text[fault.start : fault.end])
            message = f"{fault.message} (note type {plan.name})"
            bag.error("template-error", message, span, "", *filter(None, [fault.hint]))
        for segment in face.segments:
            if segment.file not in allowed:
                for finding in find_active(segment.text)[:MANY]:
                    span = place(segment.text[finding.start : finding.end], segment.file, allowed=False)
                    _report_active(span, "makes", finding.what, bag)
        guarded = "".join(segment.text for segment in face.segments if segment.file not in allowed)
        if _spelled_in_pieces(guarded):
            _report_active(place("", allowed=False), "makes, out of pieces,", "a sound or LaTeX", bag)
        for problem in _injections(face, allowed):
            span = place(problem.around, problem.file, inner=problem.inner)
            bag.error("template-injection", problem.message, span, problem.label, problem.hint)


class _Finder(NamedTuple):
    """Looks for the place in the project's files that an excerpt of a rendered face most likely comes from."""

    files: Files
    allowed: frozenset[str]
    face: str
    parts: frozenset[str]

    def __call__(
        self, excerpt: str, file: str = "", *, inner: tuple[int, int] | None = None, allowed: bool = True
    ) -> Span:
        """The span of the excerpt, or of the `inner` stretch of it; else the beginning of a file.

        `file` is looked into first, then the face's own, its `parts`, and all others; without `allowed` only those that
        are not.
        """
        names = self.files.own if allowed else self.files.own - self.allowed
        ordered = [name for name in (file, self.face, *sorted(self.parts), *sorted(names)) if name in names]
        ordered = ordered or sorted(self.files.own)
        start, end = inner or (0, len(excerpt))
        for wanted in (excerpt, excerpt[start:end]) if 0 < len(excerpt) <= LONG else ():
            for name in ordered:
                at = self.files.texts[name].find(wanted)
                if at >= 0:
                    at += start if wanted == excerpt else 0
                    return Span(self.files.source(name), at, at + end - start)
        return self.files.start(ordered[0])


def _spelled_in_pieces(face: str) -> bool:
    """Whether one of the signs by which Anki plays or draws something can come about when fields are empty."""
    begun: set[tuple[str, int]] = set()
    for text, may_be_missing in _pieces(faces.parse(face)[0]):
        going_on = set(begun) if may_be_missing else set()
        for sign, length in begun:
            if text.startswith(sign[length:]):
                return True
            if sign.startswith(text, length):
                going_on.add((sign, length + len(text)))
        ends = ((sign, length) for sign in _ANKI_SIGNS for length in range(1, len(sign)))
        begun = going_on | {(sign, length) for sign, length in ends if text.endswith(sign[:length])}
    return False


def _pieces(nodes: Iterable[faces.Node], *, inside: bool = False) -> Iterator[tuple[str, bool]]:
    """The texts between the tags of a face, in small letters, and whether each stands in a section."""
    for node in nodes:
        if isinstance(node, faces.Text):
            yield node.text.lower(), inside
        elif isinstance(node, faces.Section):
            yield from _pieces(node.children, inside=True)


# ---- texts where they could run -------------------------------------------------------------------------------


class _Injection(NamedTuple):
    """A text where it could run: what to say, the file, and the excerpt of the face with the part of it to mark."""

    message: str
    file: str
    around: str
    inner: tuple[int, int]
    hint: str
    label: str = ""


def _injections(face: Face, allowed: frozenset[str]) -> list[_Injection]:
    """Fields, sections and files that meet a tag, a script or the like where they could become part of it.

    That a field, or all that a section holds, may be missing, changes nothing then in how the rest is read. So it is
    enough to look at stretches of text one by one; this and `find_active` together are the whole check.
    """
    reading = _Reading(face, allowed)
    return list(islice(reading.meetings(), MANY)) or list(islice(reading.fields(), MANY))


class _Reading:
    """A face as tokens, with its tags of Anki's and the edges between allowed files and others."""

    def __init__(self, face: Face, allowed: frozenset[str]) -> None:
        self.allowed = allowed
        self.text = face.text
        self.tags = faces.tags(self.text)
        self.tokens = read(_covered(self.text, self.tags))
        self.token_starts = [token.start for token in self.tokens]
        self.starts: list[int] = []  # of segments
        self.files = [segment.file for segment in face.segments]
        at = 0
        for segment in face.segments:
            self.starts.append(at)
            at += len(segment.text)

    def meetings(self) -> Iterator[_Injection]:
        """Places where an allowed file and one that is not meet, but not between tags."""
        for number in range(1, len(self.files)):
            before, after, at = self.files[number - 1], self.files[number], self.starts[number]
            if (before in self.allowed) is (after in self.allowed) or not self._is_torn(at):
                continue
            named, other = (before, after) if before in self.allowed else (after, before)
            message = f"`{named}`, which is named in `allow`, meets another file inside a tag, a script or a comment"
            hint = "Include one from the other between tags, where everything that was opened is closed."
            yield _Injection(message, other, named, (0, len(named)), hint)

    def _is_torn(self, at: int) -> bool:
        """Whether a cut here would not leave two whole pieces."""
        first = bisect_left(self.token_starts, at) - 1
        for token in self.tokens[max(first, 0) :]:
            if token.start > at:
                break
            inclusive = token.kind in ("raw", "unclear")
            if token.kind != "text" and (token.start <= at <= token.end if inclusive else token.start < at < token.end):
                return True
        tag = bisect_right(self.tags, at, key=lambda tag: tag.start) - 1
        return tag >= 0 and self.tags[tag].start < at < self.tags[tag].end

    def fields(self) -> Iterator[_Injection]:
        """Fields and sections in other places than between tags, as far as they are not harmless there."""
        opened: list[tuple[faces.Tag, object]] = []
        for tag in self.tags:
            token = self.tokens[bisect_right(self.token_starts, tag.start) - 1]
            attribute = _attribute(token, tag.start)
            file = self.files[bisect_right(self.starts, tag.start) - 1]
            place = None if token.kind == "text" else (token.start, attribute)
            if place and not self._is_harmless(tag, token, attribute, trusted=file in self.allowed):
                yield self._injection(tag, token, file)
            elif tag.sign in ("#", "^"):
                opened.append((tag, place))
            elif tag.sign and opened and opened[-1][0].field == tag.field and opened.pop()[1] != place:
                yield self._injection(tag, token, file)

    def _is_harmless(self, tag: faces.Tag, token: Token, attribute: Attribute | None, *, trusted: bool) -> bool:
        safe = not tag.filtered and tag.field in SAFE_FIELDS
        if trusted:
            return bool(tag.sign) or safe
        if token.kind != "tag" or attribute is None or not attribute.quoted:
            return False
        if HARMLESS.fullmatch(attribute.name):
            return bool(tag.sign) or safe
        return attribute.name == "href" and not tag.sign and safe and bool(_WEB_LINK.match(self.text, attribute.start))

    def _injection(self, tag: faces.Tag, token: Token, file: str) -> _Injection:
        what = "section" if tag.sign else "field"
        where = {
            "raw": f"in a <{token.name}>",
            "comment": "in a comment",
            "drawing": "in a drawing",
            "unclear": f"behind <{token.name}>, where deckgen cannot tell what is a tag",
        }.get(token.kind, "inside a tag")
        message = f"the {what} `{tag.field}` stands {where}"
        if token.kind == "text":
            message = f"the section `{tag.field}` begins or ends inside a tag"
        label = (
            "a card's text could become part of it" if not tag.sign else "what is left without it could be another tag"
        )
        around = self.text[token.start : token.end] if token.end - token.start <= LONG else ""
        if not around:
            return _Injection(
                message, file, self.text[tag.start : tag.end], (0, tag.end - tag.start), FIELD_HINT, label
            )
        return _Injection(message, file, around, (tag.start - token.start, tag.end - token.start), FIELD_HINT, label)


def _attribute(token: Token, at: int) -> Attribute | None:
    """The attribute in whose value this offset lies."""
    number = bisect_right(token.attributes, at, key=lambda attribute: attribute.start) - 1
    return token.attributes[number] if number >= 0 and at < token.attributes[number].end else None


def _covered(text: str, tags: Iterable[faces.Tag]) -> str:
    """The text with a letter for each character of Anki's tags: what may or may not be there stands out as a word."""
    parts = []
    at = 0
    for tag in tags:
        parts += [text[at : tag.start], "x" * (tag.end - tag.start)]
        at = tag.end
    return "".join([*parts, text[at:]])
