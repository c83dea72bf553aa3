"""PyYAML's complaints in plain words: what is wrong, where, and how to write it right.

libyaml and PyYAML's own parser word things differently; both are told apart by a few of their words, the
rest is read off the text around the place. Knows no nodes beyond the last one that was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import yaml

from deckgen.diagnostics import Bag, Edit, Source, Span
from deckgen.yamlnodes.nodes import Node, Scalar

_VALUE = re.compile(
    r"""[ \t]*(?:-[ \t]+)*                                          # list items
        (?:(?:"[^"]*"|'[^']*'|[^\s#'"\[\]{}&*!|>%@`,].*?)            # a key, in quotes or not
        :(?:[ \t]+|$))?""",
    re.VERBOSE,
)
_DASHES = re.compile(r"[ \t]*(?:-[ \t]+)*")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{0,2}|u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|.)?")
_TAG = re.compile(r"![^\s,\[\]{}]*")
_MARKED_COLLECTION = re.compile(r"[!&]\S*\s+[\[{|>'\"]")
_GLUED = re.compile(r"[ \t]*(?:-[ \t]+)*([^\W\d][\w -]*):(?=[^\s:/])")
_HINT_SIZE = 60
_FAR = 5_000


@dataclass(frozen=True, slots=True)
class _Trouble:
    """One complaint: at `at`, about something that began at `since`."""

    source: Source
    bag: Bag
    problem: str
    at: int
    since: int
    opener: int | None
    last: Node | None

    def error(self, message: str, start: int, end: int, label: str, *hints: str, fix: Edit | None = None) -> None:
        self.bag.error("yaml-syntax", message, Span(self.source, start, end), label, *hints, fix=fix)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line around a place: where its text begins, and where its value does (behind `- ` and `key: `)."""

    number: int
    start: int
    text: str

    @property
    def first(self) -> int:
        return self.start + len(self.text) - len(self.text.lstrip(" \t"))

    @property
    def end(self) -> int:
        return self.start + len(self.text.rstrip())

    @property
    def items(self) -> list[int]:
        """The columns, from 0, behind each `- ` in front."""
        dashes = _DASHES.match(self.text)
        return [match.end() for match in re.finditer(r"-[ \t]+", dashes[0])] if dashes else []

    @property
    def key(self) -> int:
        """The column, from 0, of the first thing that is not `- `."""
        return (self.items or [self.first - self.start])[-1]

    @property
    def value(self) -> int:
        match = _VALUE.match(self.text)
        return self.start + (match.end() if match else 0)


def _line(source: Source, at: int) -> _Line:
    number = source.position(at)[0]
    return _Line(number, source.line_starts[number - 1], source.line(number))


def _lines_above(source: Source, line: _Line) -> Iterator[_Line]:
    """The lines above that are neither empty nor a comment, the nearest first; a few thousand at most."""
    for number in range(line.number - 1, max(0, line.number - _FAR), -1):
        text = source.line(number)
        if text.strip() and not text.lstrip().startswith("#"):
            yield _Line(number, source.line_starts[number - 1], text)


def report(source: Source, error: Exception, opener: int | None, last: Node | None, bag: Bag) -> None:
    """Put `error`, as PyYAML raised it, into `bag`.

    opener: where the innermost open `[` or `{` stands.  last: the last node that was read whole.
    """
    mark = since = None
    problem = str(error)
    if isinstance(error, yaml.MarkedYAMLError):
        mark, since = error.problem_mark, error.context_mark
        problem = f"{error.context or ''}: {error.problem or ''}"
    at = min(mark.index if mark else 0, len(source.text))
    trouble = _Trouble(source, bag, problem, at, since.index if since else at, opener, last)
    for place in (trouble.at, trouble.since):
        if source.text.startswith("{{", value := _line(source, place).value):
            report_sign(source, value, bag)
            return
    next(tell for words, tell in _TELLERS if re.search(words, problem))(trouble)


def report_sign(source: Source, at: int, bag: Bag, code: str = "yaml-syntax", message: str = "") -> None:
    """A text that begins with a sign of YAML's own, at `at`, and so must stand in quotes."""
    sign = "{{" if source.text.startswith("{{", at) else source.text[at : at + 1]
    line = _line(source, at)
    before = source.text[line.start : at]
    in_list = before.count("[") > before.count("]") and before.rstrip().endswith(("[", ","))
    text = source.text[at : line.end]
    if in_list and (item := re.match(r"[^,\]]+", text)):
        text = item[0].rstrip()
    shown = "a backtick" if sign == "`" else f"`{sign}`"
    message = message or f"text that begins with {shown} must stand in quotes"
    hints = [f"Put {'it' if in_list else 'the whole value'} in quotes: `{_shortened(_quoted(text))}`."]
    if not in_list:
        hints.append("Or begin a block: write `|`, and the text on the next line, further indented than the key.")
    whole = _is_whole(source, line, at) and not _MARKED_COLLECTION.match(text)
    fix = Edit(Span(source, at, line.end), _quoted(text)) if whole else None
    bag.error(
        code, message, Span(source, at, at + len(sign)), f"YAML reads {shown} as a sign of its own", *hints, fix=fix
    )


def report_tag(source: Source, at: int, bag: Bag) -> None:
    """`!name` in front of a value: a type, which card files do not have, or a text that begins with `!`."""
    match = _TAG.match(source.text, at)
    tag = match[0] if match else "!"
    if tag.startswith("!!"):
        hint = f"Delete `{tag}`: every value is text, as it is written."
        bag.error(
            "yaml-tag",
            f"`{tag}` is a type, which card files do not have",
            Span(source, at, at + len(tag)),
            "a tag",
            hint,
        )
    else:
        report_sign(source, at, bag, "yaml-tag", f"`{tag[:40]}` is read as a type, which card files do not have")


def _quoted(text: str) -> str:
    """`text` as a YAML value in quotes, single ones where that is easy to read."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _shortened(text: str) -> str:
    return text if len(text) <= _HINT_SIZE else text[: _HINT_SIZE // 2] + " … " + text[-_HINT_SIZE // 2 :]


def _is_whole(source: Source, line: _Line, at: int) -> bool:
    """Whether quotes from `at` to the line's end are surely right: the value of a key or item, on one line, no comment."""
    if line.value != at or line.first == at or re.search(r"\s#", line.text):
        return False
    following = next(
        (text for number in range(line.number + 1, line.number + 50) if (text := source.line(number)).strip()), ""
    )
    return len(following) - len(following.lstrip()) <= line.first - line.start


def _tell_token(trouble: _Trouble) -> None:
    if trouble.source.text[trouble.at : trouble.at + 1] == "\t":
        _tell_tab(trouble)
    else:
        report_sign(trouble.source, trouble.at, trouble.bag)


def _tell_tab(trouble: _Trouble) -> None:
    span = Span(trouble.source, trouble.at, trouble.at + 1)
    hints = ("Put spaces in its place; YAML does not say how wide a tab is.",
             "Most editors can write spaces when you press the tab key (“indent using spaces”).")  # fmt: skip
    trouble.bag.error("yaml-tab", "a tab character in the indentation", span, "a tab", *hints)


def _tell_sign(trouble: _Trouble) -> None:
    """The value has a sign of YAML's own in front, and goes on as text."""
    line = _line(trouble.source, trouble.since)
    report_sign(trouble.source, max(trouble.since, line.value), trouble.bag)


def _tell_tag(trouble: _Trouble) -> None:
    at = trouble.source.text.find("!", min(trouble.since, trouble.at))
    report_tag(trouble.source, at if at >= 0 else trouble.at, trouble.bag)


def _tell_colon(trouble: _Trouble) -> None:
    """`: ` where no key can stand: in a value, in a text that was meant to end, or in a line too far right."""
    source, at = trouble.source, trouble.at
    line = _line(source, at)
    if line.value <= at:
        text = source.text[line.value : line.end]
        fix = Edit(Span(source, line.value, line.end), _quoted(text)) if _is_whole(source, line, line.value) else None
        trouble.error("a value cannot hold `: ` unless it stands in quotes", at, at + 1, "read as the end of a second key",
                      f"Put the whole value in quotes: `{_shortened(_quoted(text))}`.", fix=fix)  # fmt: skip
        return
    before = next(_lines_above(source, line), None)
    if before is None or before.value > before.start + before.key:
        _tell_deeper(trouble, line, before)
    else:
        _tell_missing_colon(trouble, before)


def _tell_deeper(trouble: _Trouble, line: _Line, before: _Line | None) -> None:
    key = trouble.source.text[line.first : trouble.at]
    hints = ["If it goes on with the text above, put that text in quotes or in a block (`|`)."]
    if before:
        hints.insert(0, f"Indent it by {_spaces(before.key)}, like the key above.")
    trouble.error(f"the key `{key[:40]}` stands further right than the line above allows", line.first, trouble.at,
                  "wrong indentation", *hints)  # fmt: skip


def _tell_missing_colon(trouble: _Trouble, line: _Line) -> None:
    source = trouble.source
    glued = _GLUED.match(line.text)
    if glued:
        behind = line.start + glued.end()
        trouble.error("a space is missing behind the colon", behind - 1, behind, "needs a space",
                      f"Write `{glued[1]}: {line.text[glued.end() :].rstrip()[:40]}`.",
                      fix=Edit(Span(source, behind, behind), " "))  # fmt: skip
        return
    start = line.value
    text = source.text[start : line.end]
    if text[:1] in ("*", "&", "[", "{"):
        report_sign(source, start, trouble.bag)
        return
    trouble.error(f"no colon behind `{_shortened(text)}`", start, line.end, "a key must stand here",
                  f"If `{text.split(' ', 1)[0][:40]}` is a key, write a colon and a space behind it.",
                  "If this goes on with the text of the line above, indent it further than that line's key.")  # fmt: skip


def _tell_flow(trouble: _Trouble) -> None:
    """A list in brackets that is not closed, or has no comma."""
    source = trouble.source
    start = trouble.opener if trouble.opener is not None else trouble.since
    sign = source.text[start : start + 1]
    closer = {"[": "]", "{": "}"}.get(sign, "]")
    quotes = f"If the text begins with `{sign}`, put all of it in quotes."
    line, opening = _line(source, trouble.at), _line(source, start)
    comment = re.compile(r"[\[{,\s]#").search(source.text, start, opening.end)
    if comment:
        trouble.error(f"`{sign}` is not closed before the comment", comment.end() - 1, opening.end, "read as a comment",
                      "What begins with `#` is a comment: put the text that begins so in quotes, as `'# mg'`.",
                      f"If it is one, write `{closer}` before it.")  # fmt: skip
    elif trouble.at >= len(source.text) or (line.number > opening.number and line.first - line.start <= opening.key):
        trouble.error(f"`{sign}` is opened here and never closed", start, start + 1, "still open",
                      f"Write `{closer}` at its end.", quotes)  # fmt: skip
    else:
        trouble.error(f"a comma or `{closer}` is missing here", trouble.at, trouble.at + 1, "not expected",
                      f"Write a comma between the items; an item that holds `: `, a comma or a bracket needs quotes. {quotes}")  # fmt: skip


def _tell_open_quote(trouble: _Trouble) -> None:
    source, since = trouble.source, trouble.since
    quote = source.text[since : since + 1]
    double = " An apostrophe within single quotes is written twice: `''`." if quote == "'" else ""
    trouble.error(f"the quotes that open here are never closed: `{quote}` is missing", since, since + 1, "still open",
                  f"Write `{quote}` at the end of the text.{double}",
                  "If the text only begins with quotes, put all of it in quotes of the other kind.")  # fmt: skip


def _tell_escape(trouble: _Trouble) -> None:
    text = trouble.source.text
    start = text.rfind("\\", trouble.since, trouble.at + 1)
    match = _ESCAPE.match(text, start if start >= 0 else trouble.at)
    start, written = (match.start(), match[0]) if match else (trouble.at, text[trouble.at : trouble.at + 1])
    what = "stands for no character" if written[1:2] in ("x", "u", "U") else "is no escape that YAML knows"
    trouble.error(
        f"`{written}` {what}",
        start,
        start + len(written),
        "in double quotes",
        f"For a backslash write `\\{written}`, or put the text in single quotes, where `\\` is just itself.",
    )


def _tell_directive(trouble: _Trouble) -> None:
    line = _line(trouble.source, trouble.at)
    trouble.error("a line that begins with `%` is an instruction to YAML, and not a known one", line.first, line.first + 1,
                  "begins with `%`", "Delete the line; card files need none. Text that begins with `%` must stand in quotes.")  # fmt: skip


def _tell_entry(trouble: _Trouble) -> None:
    line = _line(trouble.source, trouble.at)
    text = trouble.source.text[trouble.at : line.end]
    trouble.error("a list cannot begin on the line of its key", trouble.at, trouble.at + 1, "read as a list item",
                  "Write each `- item` on a line of its own below the key.",
                  f"If it is text, put it in quotes: `{_shortened(_quoted(text))}`.")  # fmt: skip


def _tell_misplaced(trouble: _Trouble) -> None:
    """Something stands where a key or a list item should: behind a value, or at the wrong indentation."""
    line = _line(trouble.source, trouble.at)
    if trouble.at > line.first and not _DASHES.fullmatch(line.text[: trouble.at - line.start]):
        _tell_behind_value(trouble, line)
        return
    if trouble.source.text.startswith(("]", "}", ",", ":"), trouble.at):
        sign = trouble.source.text[trouble.at]
        trouble.error(f"`{sign}` stands here alone", trouble.at, trouble.at + 1, "not expected",
                      f"Delete it; text that begins with `{sign}` must stand in quotes.")  # fmt: skip
        return
    _tell_indentation(trouble, line)


def _tell_behind_value(trouble: _Trouble, line: _Line) -> None:
    source, at = trouble.source, trouble.at
    text = source.text[line.value : line.end]
    if (
        isinstance(trouble.last, Scalar)
        and trouble.last.style == "quote"
        and trouble.last.start < line.start <= trouble.last.end
    ):
        opened = Span(source, trouble.last.start, trouble.last.start + 1)
        span, hint = Span(source, at, line.end), "Close the quotes where the first text ends."
        trouble.bag.error("yaml-syntax", "text goes on behind the closing quotes", span, "not expected", hint,
                          related=((opened, "the quotes were opened here"),))  # fmt: skip
        return
    fix = Edit(Span(source, line.value, line.end), _quoted(text)) if _is_whole(source, line, line.value) else None
    if text.startswith("'") and source.text[at - 1] == "'":
        trouble.error("the apostrophe ends the quotes here", at - 1, at, "read as the closing quote",
                      "Write an apostrophe within single quotes twice (`''`), or use double quotes.")  # fmt: skip
    elif text[:1] in ("'", '"', "[", "{"):
        what = "quotes" if text[0] in "'\"" else "bracket"
        trouble.error(f"text goes on behind the closing {what}", at, line.end, "not expected",
                      f"Put the whole value in quotes: `{_shortened(_quoted(text))}`.", fix=fix)  # fmt: skip
    else:
        trouble.error("YAML cannot tell what this belongs to", at, line.end, "not expected",
                      "Check quotes and brackets up to here, and put the whole value in quotes.")  # fmt: skip


def _tell_indentation(trouble: _Trouble, line: _Line) -> None:
    columns = _columns_above(trouble.source, line)
    here = line.first - line.start
    is_item = re.match(r"[ \t]*-(?:\s|$)", line.text) is not None
    label = "wrong indentation"
    if here not in columns:
        message = f"the indentation of this line, {_spaces(here)}, fits no line above"
        near = sorted(columns, key=lambda column: (abs(column - here), column))[:2]
        hints = (f"Indent it by {' or '.join(map(str, sorted(near)))} spaces, like a line above.",) if near else ()
    elif is_item:
        message, label = "a list item stands among keys", "begins with `- `"
        hints = ("Indent the list further than its key, or delete the `- `.",)
    else:
        message, label = "a key stands among list items", "no `- ` in front"
        deeper = min((column for column in columns if column > here), default=here + 2)
        hints = (f"Indent it by {_spaces(deeper)}, like the keys of the item above, or write `- ` in front of it.",)
    trouble.error(message, line.first, max(line.end, line.first + 1), label, *hints)


def _spaces(count: int) -> str:
    return f"{count} space" + ("" if count == 1 else "s")


def _columns_above(source: Source, line: _Line) -> set[int]:
    """The columns, from 0, at which keys and list items of the lines above stand, as far as still open."""
    columns: set[int] = set()
    lowest = 10_000
    for above in _lines_above(source, line):
        indent = above.first - above.start
        if indent < lowest:
            columns.update(column for column in (indent, *above.items) if column < lowest)
            lowest = indent
        if not lowest:
            break
    return columns


def _tell_outside(trouble: _Trouble) -> None:
    """Something follows when the document is over."""
    source = trouble.source
    line = _line(source, trouble.at)
    before = next(_lines_above(source, line), None)
    if before and before.text.startswith("..."):
        span = Span(source, before.start, before.start + 3)
        trouble.bag.error("yaml-documents", "text follows behind the end of the document", span, "the end of the document",
                          "Delete the line `...`.")  # fmt: skip
    elif line.first < trouble.at:
        _tell_behind_value(trouble, line)
    else:
        trouble.error("this line stands further left than the lines above allow", line.first, line.end, "wrong indentation",
                      "Give all keys, or all list items, of a level the same indentation.")  # fmt: skip


def _tell_anything(trouble: _Trouble) -> None:
    problem = trouble.problem.strip(": ")
    trouble.error(f"YAML cannot read this: {problem[:100]}", trouble.at, trouble.at + 1, "",
                  "Put text that holds signs of YAML in quotes.")  # fmt: skip


# Words of libyaml's and PyYAML's complaints, and who puts them into ours; the first that fits is taken.
_TELLERS: tuple[tuple[str, Callable[[_Trouble], None]], ...] = (
    ("tab character", _tell_tab),
    ("cannot start any token", _tell_token),
    ("mapping values are not allowed", _tell_colon),
    ("could not find expected ':'", lambda trouble: _tell_missing_colon(trouble, _line(trouble.source, trouble.since))),
    ("end of stream|document (indicator|separator)", _tell_open_quote),
    ("escape|hexdecimal|hexadecimal", _tell_escape),
    ("directive|YAML document", _tell_directive),
    (r"\btag\b", _tell_tag),
    ("scanning an (alias|anchor)|scanning a block scalar|mapping keys are not", _tell_sign),
    ("',' or|flow (node|mapping|sequence)|unexpected ':'", _tell_flow),
    ("node content", _tell_sign),
    ("sequence entries", _tell_entry),
    ("<document start>", _tell_outside),
    ("block (mapping|collection)", _tell_misplaced),
    ("", _tell_anything),
)
