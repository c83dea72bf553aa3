"""Print layouts: the Typst files, handed on as they are, and what may not stand in a project's own.

Knows what Typst could load by; not what a layout looks like, nor how it is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from deckgen.diagnostics import Bag, Source, Span
from deckgen.templating.overlay import find_files

_TYPST_PACKAGE = re.compile(r"(?:@|\\u\{0{0,6}40\})[\w-]{1,64}(?:/|\\u)", re.IGNORECASE)
_TYPST_IMPORT = re.compile(r'(?m)(?:#|^[ \t]*|[{;(\[=][ \t]*)(?:import|include)\b\s*(?:"[^"\n]*\\|(?!")\S)')
_TYPST_EVAL = re.compile(r"\beval\b")


def print_layouts(project_templates: Path | None, bag: Bag) -> tuple[dict[str, bytes], bool]:
    """The Typst files by name, the project's over the built-in ones, and whether all of them are built in."""
    files = find_files(project_templates, "print", bag)
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
