"""A project's templates from a dict of files, and what comes of them; for the tests of looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from deckgen import templating
from deckgen.diagnostics import Bag, Diagnostic, Source, Span
from deckgen.model import NoteType

BUILTIN = templating.builtin_templates()
SETTINGS = Source("deckgen.yaml", "allow: [...]\n")

Files = Mapping[str, str | bytes]


def builtin(name: str) -> str:
    return (BUILTIN / name).read_text(encoding="utf-8")


def make(tmp_path: Path, files: Files) -> Path:
    for name, content in files.items():
        path = tmp_path / "project" / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / "project" / "templates"


def take(
    tmp_path: Path, files: Files, language: str = "en", allow: Iterable[str] = ()
) -> tuple[dict[str, NoteType], list[Diagnostic]]:
    """The note types and the problems; `allow` by file name, or by path."""
    bag = Bag()
    allowed = {name if "/" in name else f"templates/anki/{name}": Span(SETTINGS, 8, 11) for name in allow}
    found = templating.note_types(make(tmp_path, files), "Example", language, bag, allow=allowed)
    return found, list(bag)


def problem(tmp_path: Path, files: Files, allow: Iterable[str] = ()) -> Diagnostic:
    """The one problem of these templates; nothing comes of them."""
    found, problems = take(tmp_path, files, allow=allow)
    assert found == {}
    (one,) = problems
    return one


def codes(tmp_path: Path, files: Files, allow: Iterable[str] = ()) -> set[str]:
    """The codes of all problems; empty only when note types came of it."""
    found, problems = take(tmp_path, files, allow=allow)
    assert bool(found) is not any(each.severity == "error" for each in problems)
    return {each.code for each in problems}


def where(diagnostic: Diagnostic) -> tuple[str, int, str]:
    span = diagnostic.span
    return span.path, span.line, span.source.text[span.start : span.end]
