"""Which file is taken: the project's templates over the built-in ones, name by name.

Knows folders, names and limits of size; not what stands in a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from deckgen.diagnostics import Bag, Source, Span, nearest
from deckgen.files import MEBIBYTE, Folder, Refused

TEMPLATES = "templates"
SUFFIXES = {"anki": (".html", ".css", ".toml"), "print": (".typ",)}
FILE_LIMIT = MEBIBYTE
TOTAL_LIMIT = 8 * MEBIBYTE
COUNT_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Files:
    """The templates of one kind, `anki` or `print`, all by name.

    `own` are the project's own, as far as they differ from the built-in ones; `present` are all it has a file of.
    """

    shown_as: str  # "templates/anki"
    texts: Mapping[str, str]
    own: frozenset[str]
    present: frozenset[str]

    def source(self, name: str) -> Source:
        """A file as diagnostics show it."""
        return Source(f"{self.shown_as}/{name}", self.texts.get(name, ""))

    def start(self, name: str) -> Span:
        """The beginning of a file, where nothing better can be said."""
        return Span(self.source(name), 0, 0)


def line_of(source: Source, number: int) -> Span:
    """A line of a file, without the white space around it."""
    starts = source.line_starts
    start = starts[min(max(number, 1), len(starts)) - 1]
    text = source.line(number)
    return Span(source, start + len(text) - len(text.lstrip()), start + len(text.rstrip()))


# ---- the built-in templates -----------------------------------------------------------------------------------


def builtin_templates() -> Path:
    """The templates deckgen brings: inside the installed package, else those of the checkout."""
    package = Path(__file__).parents[1]
    installed = package / TEMPLATES
    return installed if installed.is_dir() else package.parents[1] / TEMPLATES


@lru_cache(maxsize=2)
def builtin_texts(kind: str) -> Mapping[str, str]:
    """The built-in templates of one kind, text by file name."""
    folder = builtin_templates() / kind
    paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIXES[kind]))
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def builtin_files() -> dict[str, str]:
    """All built-in templates, text by the name they have below `templates/`: `anki/recall.back.html`."""
    return {f"{kind}/{name}": text for kind in SUFFIXES for name, text in builtin_texts(kind).items()}


# ---- the search path ------------------------------------------------------------------------------------------


def find_files(project_templates: Path | None, kind: str, bag: Bag) -> Files:
    """The project's templates of this kind over the built-in ones; unreadable ones are reported."""
    builtin = builtin_texts(kind)
    found = _found(project_templates, kind, bag) if project_templates is not None else {}
    own = {name: text for name, text in found.items() if text != builtin.get(name)}  # a mere copy is the built-in file
    files = Files(f"{TEMPLATES}/{kind}", {**builtin, **own}, frozenset(own), frozenset(found))
    _report_unknown(files, builtin, bag)
    return files


def _found(project_templates: Path, kind: str, bag: Bag) -> dict[str, str]:
    folder = Folder(project_templates.parent)
    shown = f"{project_templates.name}/{kind}"
    found: dict[str, str] = {}
    size = 0
    for name in _names(folder, shown, bag):
        if not name.endswith(SUFFIXES[kind]):
            nothing = Span(Source(f"{TEMPLATES}/{kind}/{name}", ""), 0, 0)
            message = f"`{name}` is no template, so it is not used"
            bag.warning("unknown-template", message, nothing, "", "Keep other files elsewhere.")
            continue
        text = _read(folder, f"{shown}/{name}", bag)
        size += len(text or "")
        if size > TOTAL_LIMIT or len(found) == COUNT_LIMIT:
            message = f"`{shown}` has more than {COUNT_LIMIT} templates, or {TOTAL_LIMIT // MEBIBYTE} MiB of them"
            _refuse(f"{shown}/{name}", Refused("file-too-large", message, "Keep only templates here."), bag)
            break
        if text is not None:
            found[name] = text
    return found


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
            files.start(name),
            f"did you mean `{near}`?" if near else "",
            "Files here take the place of built-in ones of the same name: see “Templates” in docs/reference/format.md.",
        )
