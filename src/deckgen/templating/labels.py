"""The words on the faces, by language: the project's `labels.toml` over the built-in one, label by label.

A section for a language deckgen has may hold only what it changes; one for a new language must be complete. Knows
TOML and what a label may be; not where labels stand.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, cast

from deckgen.active import find_active
from deckgen.diagnostics import Bag, Source, Span, nearest
from deckgen.notetypes import direction_of, identity
from deckgen.templating.overlay import Files, builtin_texts, line_of

LABELS = "labels.toml"
FILE_LIMIT = 100_000
LINE_LIMIT = 2000
LABEL_LIMIT = 200
MANY = 20  # mistakes that are told
ENGLISH = "en"

Tables = Mapping[str, Mapping[str, str]]

_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


class Labels(NamedTuple):
    """Labels by key, and `lang` and `dir`, the language they are in and its direction. `builtin` are those that no project has touched."""

    words: Mapping[str, str]
    builtin: Mapping[str, str]


def find_labels(files: Files, language: str, bag: Bag, span: Span | None) -> Labels:
    """The labels for decks of one language: English where there are none, with a warning at `span` when given."""
    builtin = _builtin()
    own = _own(files, builtin, bag) if LABELS in files.own else {}
    wanted = identity(language)
    found = next((key for key in (wanted, wanted.partition("-")[0]) if key in builtin or key in own), "")
    if not found and span is not None:
        message = f"deckgen has no labels in `{wanted}`; they will be English"
        hint = f"Put a section `[{wanted}]` into `{files.shown_as}/{LABELS}`."
        bag.warning("no-labels", message, span, "", hint)
    found = found or ENGLISH
    untouched = {**builtin[ENGLISH], **builtin.get(found, {}), "lang": found, "dir": direction_of(found)}
    return Labels({**untouched, **own.get(found, {})}, untouched)


def _builtin() -> Tables:
    return tomllib.loads(builtin_texts("anki")[LABELS])


def _own(files: Files, builtin: Tables, bag: Bag) -> Tables:
    """The project's sections; none when one has a problem."""
    source = files.source(LABELS)
    own = _parsed(source, bag)
    found = (problem for language, table in own.items() for problem in _problems(language, table, builtin))
    problems = list(islice(found, MANY))
    for problem in problems:
        span = _place(source, problem.language, problem.key)
        bag.error(problem.code, problem.message, span, problem.label, *filter(None, [problem.hint]))
    return {} if problems else cast("Tables", own)


def _parsed(source: Source, bag: Bag) -> Mapping[str, object]:
    start = Span(source, 0, 0)
    # TOML's reader is quadratic in dotted keys, and slow in nested sections.
    if len(source.text) > FILE_LIMIT or any(len(line) > LINE_LIMIT for line in source.text.splitlines()):
        message = f"`{LABELS}` has more than {FILE_LIMIT:,} characters, or {LINE_LIMIT:,} in a line"
        bag.error("template-error", message, start)
        return {}
    try:
        return tomllib.loads(source.text)
    except RecursionError:
        bag.error("template-error", f"`{LABELS}` is nested too deeply", start)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))  # missing when the file ends too early
        span = line_of(source, int(place[1]) if place else len(source.line_starts))
        bag.error("template-error", f"`{LABELS}` is not TOML: {_TOML_PLACE.sub('', str(error)).strip()}", span)
    return {}


class _Problem(NamedTuple):
    """Something wrong with a section, or with the label `key` in it."""

    language: str
    key: str
    message: str
    label: str = ""
    hint: str = ""
    code: str = "template-error"


def _problems(language: str, table: object, builtin: Tables) -> Iterator[_Problem]:
    """What is wrong with a section."""
    name = identity(language)
    known = builtin[ENGLISH].keys()
    if not isinstance(table, dict):
        message = f"`{language[:60]}` must be a section of labels, each a text in quotes"
        yield _Problem(language, "", message, "", f"Write `[{ENGLISH}]` on a line, and the labels below.")
    elif language not in builtin and name != language:
        message = f"no deck takes labels in `{language[:60]}`"
        yield _Problem(language, "", message, f"write `[{name[:60]}]`", "Labels have no region.")
    else:
        for key, value in table.items():
            yield from _problems_of_label(language, key, value, known)
        missing = sorted(known - table.keys()) if language not in builtin else []
        if missing:
            message = f"the labels in `{language[:60]}` lack {_listed(missing)}"
            yield _Problem(language, "", message, "", "A language that deckgen does not have needs all labels.")


def _problems_of_label(language: str, key: str, value: object, known: Collection[str]) -> Iterator[_Problem]:
    shown = f"the label `{key[:60]}` in `{language[:60]}`"
    if key not in known:
        near = nearest(key, known)
        label = f"did you mean `{near}`?" if near else ""
        yield _Problem(language, key, f"there is no label `{key[:60]}`", label, f"The labels are {_listed(known)}.")
    elif not isinstance(value, str):
        yield _Problem(language, key, f"{shown} is no text", "", "Put it in quotes.")
    elif not value.strip():
        yield _Problem(language, key, f"{shown} is empty", "", "Write a word or two, or leave the line out.")
    elif len(value) > LABEL_LIMIT:
        yield _Problem(language, key, f"{shown} has more than {LABEL_LIMIT} characters", "", "Shorten it.")
    elif len(value.splitlines()) > 1 or any(unicodedata.category(letter) == "Cc" for letter in value):
        yield _Problem(language, key, f"{shown} has more than one line, or a sign that cannot be shown")
    elif "{" in value or "}" in value:
        yield _Problem(language, key, f"{shown} holds a brace", "", "Anki would read braces as a field.")
    elif active := find_active(value):
        message = f"{shown} holds {active[0].what}"
        yield _Problem(language, key, message, "not allowed", "A label is plain text.", "template-active")


def _listed(keys: Collection[str]) -> str:
    return ", ".join(f"`{key}`" for key in sorted(keys))


def _place(source: Source, language: str, key: str = "") -> Span:
    """The line of a section, or of a label in it; the beginning of the file where it is written in another way."""
    at_section = re.search(rf"^[ \t]*\[[ \t]*[\"']?{re.escape(language)}[\"']?[ \t]*\].*$", source.text, re.MULTILINE)
    if at_section is None:
        return Span(source, 0, 0)
    if not key:
        return line_of(source, source.position(at_section.start())[0])
    at_key = re.compile(rf"^[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=", re.MULTILINE).search(
        source.text, at_section.end()
    )
    return line_of(source, source.position((at_key or at_section).end())[0])
