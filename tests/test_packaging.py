"""What is shipped: the wheel holds what it needs, and the locks hold all that the program depends on."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import deckgen

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("runtime", "test")
ENTRY = re.compile(r"^([\w.-]+)==(\S+)((?: ; [^\\\n]+)?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def lock_text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")


def locked(lock: str) -> dict[str, set[str]]:
    """Name to versions: more than one where it depends on the Python or the system."""
    versions: dict[str, set[str]] = {}
    for name, version, *_ in ENTRY.findall(lock_text(lock)):
        versions.setdefault(canonicalize_name(name), set()).add(version)
    return versions


def wanted(lock: str) -> list[str]:
    groups = PROJECT["dependency-groups"]
    needs = PROJECT["project"]["dependencies"] + groups["build"] + (groups["test"] if lock == "test" else [])
    return list(map(str, needs))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make` builds it: with nothing from the network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path, names: set[str]) -> Message:
    (name,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    with ZipFile(wheel) as archive:
        return message_from_bytes(archive.read(name))


def test_wheel_holds_the_built_in_templates(names: set[str]) -> None:
    """An installed deckgen has every look that the source tree has."""
    folder = ROOT / "templates"
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert {name.split("/")[0] for name in files} >= {"anki", "print"}
    assert {f"deckgen/templates/{name}" for name in files} <= names


def test_wheel_holds_every_module(names: set[str]) -> None:
    """What the tests see is what is installed."""
    assert {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")} <= names


def test_wheel_holds_nothing_but_the_program(names: set[str]) -> None:
    """Tests, cards and benchmarks stay at home."""
    assert {name.split("/")[0] for name in names} == {"deckgen", f"deckgen_cards-{deckgen.__version__}.dist-info"}


def test_wheel_holds_the_licence(names: set[str], metadata: Message) -> None:
    """The MIT License asks to be passed on with every copy."""
    assert f"deckgen_cards-{deckgen.__version__}.dist-info/licenses/LICENSE" in names
    assert metadata["License-Expression"] == "MIT"


def test_distribution_is_not_called_deckgen(metadata: Message) -> None:
    """On PyPI, deckgen is somebody else's program."""
    assert canonicalize_name(metadata["Name"]) == "deckgen-cards"


def test_version_is_one(metadata: Message) -> None:
    """pyproject.toml, the wheel and the program agree on the version."""
    assert deckgen.__version__ == metadata["Version"] == PROJECT["project"]["version"]


def test_anki_is_never_a_dependency(metadata: Message) -> None:
    """Its licence would become ours."""
    assert "anki" not in {Requirement(need).name for need in metadata.get_all("Requires-Dist", [])}
    assert "anki" not in locked("runtime")


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_covers_every_dependency(lock: str) -> None:
    """`make lock` was not forgotten: every requirement is locked, at a version that it allows."""
    versions = locked(lock)
    for need in map(Requirement, wanted(lock)):
        found = versions.get(canonicalize_name(need.name), set())
        assert found, need
        assert all(need.specifier.contains(version) for version in found), need


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_a_hash_for_every_entry(lock: str) -> None:
    """Nothing is installed that was not looked at when the lock was made."""
    entries = [line for line in lock_text(lock).splitlines() if re.match(r"[\w-]", line)]
    assert len(entries) == len(ENTRY.findall(lock_text(lock))) > 0


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_host(lock: str) -> None:
    """Where packages come from is each machine's own business."""
    assert not re.findall(r".*(?:://|--(?:extra-)?index-url|--find-links|--trusted-host).*", lock_text(lock))


def test_tests_run_what_is_shipped() -> None:
    """The test lock is the runtime lock and more: the same versions of everything the program uses."""
    assert locked("runtime").items() <= locked("test").items()
