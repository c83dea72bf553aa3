"""The shape of the program: who may import whom, and what only one place may do.

The tables come first; the tests below only read them. A new module goes into `LAYERS`, or the tests fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "src" / "deckgen"
LONGEST_MODULE = 500

# A unit (a module, or a package with all that is in it) imports only from rows above its own.
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("problems and identity", ("diagnostics", "codes", "ids")),
    ("the machine", ("files", "atomic", "sandbox")),
    ("languages we read", ("yamlnodes", "markup", "faces", "active", "htmltokens")),
    ("shapes of values", ("shapes", "jobs")),
    ("the nouns", ("model",)),
    (
        "parts of a project",
        ("project", "media", "svgboxes", "notetypes", "templating", "tabletext", "references", "terms"),
    ),
    ("the collection", ("load", "checks", "coverage", "fieldtext")),
    ("editions of it", ("editions",)),
    ("the author's own rules", ("rules",)),
    ("pages", ("printing",)),
    ("artifacts", ("export", "importers")),
    ("the pipeline", ("build",)),
    ("editions made", ("release",)),
    ("words for people", ("report",)),
    ("the command", ("cli", "__main__")),
)

# Imports inside a row, and why.
SIBLINGS = {
    ("templating", "notetypes"): "templating finds and renders the files, notetypes makes of them what Anki needs",
    ("media", "svgboxes"): "the size of a drawing is read once, by those who measure what is in it",
    ("__main__", "cli"): "`python -m deckgen` is the command",
}

# What a unit may hold that no other may: the import, the units, and why.
RESERVED = {
    "click": (("cli",), "the pipeline is a library; the command line is one user of it"),
    "subprocess": (("sandbox",), "what is started as a process has limits"),
    "multiprocessing": ((), "see subprocess"),
    "pickle": ((), "reading a pickle runs it"),
    "marshal": ((), "see pickle"),
    "anki": ((), "AGPL: it judges our packages in tests and is never shipped"),
    "aqt": ((), "see anki"),
    "socket": ((), "deckgen never goes on the network"),
    "ssl": ((), "see socket"),
    "http": ((), "see socket"),
    "urllib.request": ((), "see socket"),
    "ftplib": ((), "see socket"),
    "smtplib": ((), "see socket"),
    "requests": ((), "see socket"),
    "urllib3": ((), "see socket"),
    "httpx": ((), "see socket"),
}
STARTERS = ("fork", "forkpty", "popen", "startfile", "system")  # of `os`, and all that begin with the following
STARTER_FAMILIES = ("exec", "posix_spawn", "spawn")
PRINTERS = ("cli",)

# Time is an input. Calls that read the clock, and the units that may.
CLOCKS = {
    "time": ("time", "time_ns", "ctime", "localtime"),
    "datetime": ("now", "today", "utcnow"),
    "date": ("today",),
}
CLOCK_READERS: tuple[str, ...] = ("cli",)  # the time is an input, and this is where inputs come from

# An exporter never imports another; these modules of `export` are no exporters but what several share.
SHARED_BY_EXPORTERS: tuple[str, ...] = ()


class Import(NamedTuple):
    """One name imported: the full dotted name, and the line."""

    name: str
    line: int


def module_name(path: Path) -> str:
    parts = ("deckgen", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}
RANKS = {unit: rank for rank, (_, units) in enumerate(LAYERS) for unit in units}
every_module = pytest.mark.parametrize("module", MODULES)
every_module_inside = pytest.mark.parametrize("module", sorted(MODULES.keys() - {"deckgen"}))


@cache
def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def unit_of(module: str) -> str:
    """`deckgen.markup.html` belongs to `markup`; the package itself to the unit ``."""
    return module.removeprefix("deckgen").removeprefix(".").partition(".")[0]


def imports_of(module: str) -> Iterator[Import]:
    """Everything imported anywhere in a module, with `from a import b` as `a.b`."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(f"{base_of(module, node)}.{alias.name}", node.lineno) for alias in node.names)


def base_of(module: str, node: ast.ImportFrom) -> str:
    """The module a `from` statement names, with leading dots resolved."""
    if not node.level:
        return node.module or ""
    package = module.split(".") if MODULES[module].name == "__init__.py" else module.split(".")[:-1]
    return ".".join([*package[: len(package) + 1 - node.level], *filter(None, [node.module])])


def own_imports_of(module: str) -> Iterator[Import]:
    """The modules of deckgen that a module imports: a name inside one counts as the module."""
    for name, line in imports_of(module):
        if name.partition(".")[0] == "deckgen":
            yield Import(name if name in MODULES else name.rpartition(".")[0] or name, line)


def dotted(node: ast.expr) -> str:
    """`os.path.join` as it is written; empty for anything but names and dots."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (front := dotted(node.value)):
        return f"{front}.{node.attr}"
    return ""


def uses_of(module: str) -> Iterator[Import]:
    """Every `a.b` in the code, and every `b` that came `from a import b`, as `a.b`."""
    yield from imports_of(module)
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Attribute) and (name := dotted(node)):
            yield Import(name, node.lineno)


def is_within(name: str, ancestor: str) -> bool:
    return name == ancestor or name.startswith(f"{ancestor}.")


def may_import(module: str, imported: str) -> bool:
    here, there = unit_of(module), unit_of(imported)
    if not there:  # the package itself holds the version and imports nothing
        return True
    if here == there == "export":
        return module == "deckgen.export" or imported.rpartition(".")[2] in SHARED_BY_EXPORTERS
    return here == there or (here, there) in SIBLINGS or RANKS[there] < RANKS[here]


def is_clock(name: str) -> bool:
    owner, _, call = name.rpartition(".")
    return call in CLOCKS.get(owner.rpartition(".")[2], ())


def is_starter(name: str) -> bool:
    owner, _, call = name.rpartition(".")
    return owner == "os" and (call in STARTERS or call.startswith(STARTER_FAMILIES))


def report(module: str, found: list[Import]) -> str:
    path = MODULES[module].relative_to(SOURCE.parent.parent)
    return "\n".join(f"{path}:{line}: {name}" for name, line in found)


@every_module_inside
def test_every_module_has_its_layer(module: str) -> None:
    """A new module does not slip in unplaced."""
    assert unit_of(module) in RANKS


def test_no_unit_stands_in_two_layers() -> None:
    """The table is a table."""
    assert sum(len(units) for _, units in LAYERS) == len(RANKS)


@every_module_inside
def test_imports_go_up(module: str) -> None:
    """A module imports only from the layers above it, and no sibling without a reason."""
    assert not report(module, [found for found in own_imports_of(module) if not may_import(module, found.name)])


def test_package_imports_nothing_of_its_own() -> None:
    """Every module may ask the package for its version, because the package asks nobody."""
    assert not report("deckgen", list(own_imports_of("deckgen")))


def test_no_import_cycle() -> None:
    """Inside packages too, any module can be read before those that use it."""
    graph = {name: {found.name for found in own_imports_of(name)} - {name, "deckgen"} for name in MODULES}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the cycle


@every_module
def test_reserved_imports(module: str) -> None:
    """The command line, child processes and the network stay where they belong."""
    mine = {name for name, (units, _) in RESERVED.items() if unit_of(module) in units}
    found = [(use, name) for use in imports_of(module) for name in RESERVED.keys() - mine if is_within(use.name, name)]
    assert not report(module, [use for use, _ in found]), [RESERVED[name][1] for _, name in found]


@every_module
def test_only_the_sandbox_starts_processes(module: str) -> None:
    """`os.system` and its kin are no way round the limits."""
    if unit_of(module) != "sandbox":
        assert not report(module, [use for use in uses_of(module) if is_starter(use.name)])


@every_module
def test_nobody_reads_the_clock(module: str) -> None:
    """Two builds of one tree are byte-identical: the time comes in as a value."""
    if unit_of(module) not in CLOCK_READERS:
        assert not report(module, [use for use in uses_of(module) if is_clock(use.name)])


@every_module
def test_only_the_command_prints(module: str) -> None:
    """A library that prints cannot be used by anyone else."""
    names = [node for node in ast.walk(parsed(module)) if isinstance(node, ast.Name) and node.id == "print"]
    if unit_of(module) not in PRINTERS:
        assert not report(module, [Import("print", node.lineno) for node in names])


@every_module
def test_module_says_what_it_is_for(module: str) -> None:
    """The first thing in a file is a sentence about it."""
    assert ast.get_docstring(parsed(module))


@every_module
def test_module_can_be_read_in_one_sitting(module: str) -> None:
    """A module that grows too long is two modules."""
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize(("importer", "imported"), SIBLINGS)
def test_exceptions_are_used(importer: str, imported: str) -> None:
    """An exception that nobody needs any more goes."""
    modules = [module for module in MODULES if unit_of(module) == importer]
    if modules:
        assert any(unit_of(found.name) == imported for module in modules for found in own_imports_of(module))
