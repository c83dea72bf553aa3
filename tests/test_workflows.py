"""The workflows for GitHub: what must stand in them, and that their steps do what they are for.

They cannot run on GitHub here. `tools/run_workflow.py` runs their steps on this machine, with a `gh` that keeps its
releases in a file; `make decks` is replaced by the environment the tests run in.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import edition_of_tag
import publish_edition
import pytest
import run_workflow
import yaml
from conftest import NOTE, MakeProject, Run

import deckgen
from deckgen.editions.ledger import Ledger
from deckgen.model import Edition

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".github" / "workflows"
PAGE = ROOT / "docs" / "how-to" / "release-on-github.md"
(EXAMPLE,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
WORKFLOWS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yml"))} | {
    "example": EXAMPLE
}
EDITION = FOLDER / "edition.yml"

PINNED = re.compile(r"uses: ([\w-]+/[\w-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)")
MAY_WRITE = {("edition.yml", "publish"), ("example", "publish")}
FIRST, SECOND = "1790000000", "1790000100"
QUICK = "publisher: Test\nlayouts: [handout]\npapers: [a4]\ndecks:\n  heart:\n    name: Heart\n    version: 1.0.0\n"
FILES = {"heart.apkg", "heart-handout-a4.pdf", "heart-release-notes.md", "SHA256SUMS"}

every_workflow = pytest.mark.parametrize("name", WORKFLOWS)


def parsed(name: str) -> dict[Any, Any]:
    """A workflow as data. YAML 1.1 reads the key `on` as true; GitHub does not."""
    found: dict[Any, Any] = yaml.safe_load(WORKFLOWS[name])
    found["on"] = found.pop(True)
    return found


def jobs(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from parsed(name)["jobs"].items()


def steps(name: str) -> Iterator[dict[str, Any]]:
    for _, job in jobs(name):
        yield from job["steps"]


# ---- what stands in them --------------------------------------------------------------------------------------


def test_there_are_workflows() -> None:
    """The tests below would find nothing wrong in an empty folder."""
    assert WORKFLOWS.keys() == {"check.yml", "edition.yml", "example"}


@every_workflow
def test_actions_are_pinned(name: str) -> None:
    """Whoever moves a tag of an action changes nothing here: each stands by its commit, with its version beside it."""
    uses = [step["uses"] for step in steps(name) if "uses" in step]
    found = PINNED.findall(WORKFLOWS[name])
    assert [f"{action}@{commit}" for action, commit, _ in found] == uses
    assert uses


def test_an_action_has_one_version() -> None:
    """A version that is raised is raised everywhere."""
    found = {each for text in WORKFLOWS.values() for each in PINNED.findall(text)}
    assert len(found) == len({action for action, _, _ in found})


@every_workflow
def test_rights_are_the_least(name: str) -> None:
    """A job may read the repository; only the one that makes a release may write, and nothing else."""
    assert parsed(name)["permissions"] == {}
    for key, job in jobs(name):
        assert job["permissions"] == {"contents": "write" if (name, key) in MAY_WRITE else "read"}, key


@every_workflow
def test_the_token_goes_to_the_step_that_needs_it(name: str) -> None:
    """It is not left in the clone, and stands in the environment of no step but the one that calls gh."""
    clones = [step for step in steps(name) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in clones)
    given = [step["run"] for step in steps(name) if "github.token" in json.dumps(step)]
    assert WORKFLOWS[name].count("github.token") == len(given)
    assert all("gh release" in run or "publish_edition.py" in run for run in given)
    assert "secrets" not in WORKFLOWS[name]


@every_workflow
def test_no_expression_stands_in_a_script(name: str) -> None:
    """The name of a branch or a tag is text that anybody may have written: it comes by the environment."""
    runs = [step["run"] for step in steps(name) if "run" in step]
    assert runs
    assert not [run for run in runs if "${{" in run]


@every_workflow
def test_no_job_runs_for_ever_or_beside_itself(name: str) -> None:
    """Each has a limit and a named system, and two runs for one tag or branch wait for each other or end each other."""
    assert {job["runs-on"] for _, job in jobs(name)} == {"ubuntu-24.04"}
    assert all(0 < job["timeout-minutes"] <= 60 for _, job in jobs(name))
    assert "${{" in parsed(name)["concurrency"]["group"]


@every_workflow
def test_pull_requests_get_no_rights(name: str) -> None:
    """A pull request of a stranger is run with the stranger's rights."""
    assert parsed(name)["on"].keys() <= {"push", "pull_request", "workflow_dispatch"}


@pytest.mark.parametrize("name", ["check.yml", "edition.yml"])
def test_what_is_called_is_there(name: str) -> None:
    """Tools, make targets and options in the scripts exist."""
    text = "\n".join(step["run"] for step in steps(name) if "run" in step)
    called = re.findall(r"\S+\.py|\.ci/run", text)
    assert called
    assert all((ROOT / path).is_file() for path in called)
    targets = re.findall(r"\bmake ([\w-]+)", text)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


@pytest.mark.parametrize(
    ("tag", "starts"),
    [("osteoporosis-1.2.0", True), ("heart-2-2026.1", True), ("v1.2.0", False), ("osteoporosis", False), ("Heart-1", False)],
)  # fmt: skip
def test_tags_that_start_it(tag: str, starts: bool) -> None:
    """A tag that looks like an edition starts the workflow; one of the program does not."""
    (pattern,) = parsed("edition.yml")["on"]["push"]["tags"]
    assert fnmatch.fnmatchcase(tag, pattern) == starts


# ---- which edition a tag names --------------------------------------------------------------------------------


def ledgers(**versions: str) -> dict[str, Ledger]:
    """Ledgers by deck (`_` for `-`), with editions from the oldest to the newest."""
    return {
        (key := name.replace("_", "-")): Ledger(
            key, key, "", "", tuple(Edition(version, 1 + at, "safe") for at, version in enumerate(listed.split())), {}, {}, {}
        )
        for name, listed in versions.items()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tag", "deck", "version"),
    [("heart-1.2.0", "heart", "1.2.0"), ("heart-2-0.1", "heart-2", "0.1"), ("lung-3-beta", "lung", "3-beta")],
)
def test_a_tag_names_an_edition(tag: str, deck: str, version: str) -> None:
    """Also where the deck or the version has a hyphen and a number."""
    known = ledgers(heart="1.0 1.2.0", heart_2="0.1", lung="3-beta")
    assert edition_of_tag.edition(tag, ["heart", "heart-2", "lung", "new"], known) == (deck, version, f"build/{tag}")


@pytest.mark.parametrize(
    ("tag", "says", "advises"),
    [
        ("hearth-1.2.0", "names no deck of this project", "The decks are: heart, new. A tag is DECK-VERSION, as heart-1.2.0."),
        ("heart-first", "names no deck of this project", "DECK-VERSION"),
        ("heart", "names no deck of this project", "DECK-VERSION"),
        ("new-0.1.0", "the deck new was never released", "`deckgen release new`"),
        ("heart-1.0", "whose last edition of heart is 1.2.0; 1.0 came before it", "the commit that released 1.0"),
        ("heart-1.3.0", "the last one of heart at this commit is 1.2.0", "Tag this commit heart-1.2.0"),
    ],
)  # fmt: skip
def test_a_tag_that_names_none(tag: str, says: str, advises: str) -> None:
    """Each way to be wrong is told apart, with what to do."""
    with pytest.raises(edition_of_tag.WrongTagError, match=re.escape(says)) as caught:
        edition_of_tag.edition(tag, ["heart", "new"], ledgers(heart="1.0 1.2.0"))
    assert advises in caught.value.hint


def test_a_tag_of_two_editions_is_refused() -> None:
    """`heart` in edition 2-1.0 and `heart-2` in edition 1.0 would have one tag, and one folder."""
    with pytest.raises(edition_of_tag.WrongTagError, match=r"2-1\.0 of heart and 1\.0 of heart-2"):
        edition_of_tag.edition("heart-2-1.0", ["heart", "heart-2"], ledgers(heart="2-1.0", heart_2="1.0"))


def test_a_damaged_ledger_is_shown(project: MakeProject, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """What is wrong in a file is shown at its line, on GitHub too."""
    root = project({"cards/heart/a.yaml": NOTE, "cards/heart/ledger.txt": "nonsense\n"})
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert edition_of_tag.main(["heart-1.0.0", "--project", str(root)]) == 1
    assert "::error file=cards/heart/ledger.txt,line=1" in capsys.readouterr().err


# ---- the steps, run -------------------------------------------------------------------------------------------

GH = """\
import hashlib, json, sys
from pathlib import Path

state, calls = Path({state!r}), Path({calls!r})
options = [each for each in sys.argv[4:] if each.startswith("--")]
words = [each for each in sys.argv[4:] if not each.startswith("--")]
for name in ("--title", "--notes-file", "--json"):
    if name in options:  # its value is the next word
        value = sys.argv[sys.argv.index(name) + 1]
        words.remove(value)
        options[options.index(name)] = f"{{name}}={{value}}"
given = dict(each.split("=", 1) for each in options if "=" in each)
with calls.open("a") as log:
    log.write(" ".join(sys.argv[2:4]) + "\\n")
releases = json.loads(state.read_text()) if state.exists() else {{}}
verb, tag = sys.argv[2:4]
if verb == "view" and Path({calls!r} + ".offline").exists():
    sys.exit("error connecting to api.github.com")
if verb in ("view", "edit", "upload", "delete-asset") and tag not in releases:
    sys.exit("release not found")
if verb == "create":
    if tag in releases:
        sys.exit("a release with the same tag name already exists: " + tag)
    releases[tag] = {{"assets": {{}}, "draft": False}}
one = releases[tag]
if verb in ("create", "upload"):
    for path in words:
        if path in one["assets"] and "--clobber" not in options:
            sys.exit("asset under the same name already exists")
        data = Path(path).read_bytes()
        one["assets"][Path(path).name] = "sha256:" + hashlib.sha256(data).hexdigest()
if verb in ("create", "edit"):
    notes = given.get("--notes-file", "")
    one["text"] = sys.stdin.read() if notes == "-" else Path(notes).read_text()
    one["title"], one["prerelease"] = given["--title"], given.get("--prerelease") == "true"
    one["draft"] = one["draft"] and given.get("--draft") != "false"
if verb == "delete-asset":
    del one["assets"][words[0]]
if verb == "view":
    print(json.dumps({{"assets": [dict(name=name, digest=made) for name, made in one["assets"].items()]}}))
state.write_text(json.dumps(releases))
"""


class GitHub:
    """Releases by tag as the `gh` of a test keeps them, and the calls it got."""

    def __init__(self, folder: Path) -> None:
        self.state, self.log = folder / "releases.json", folder / "calls"
        program = folder / "bin" / "gh"
        program.parent.mkdir()
        script = folder / "gh.py"
        script.write_text(GH.format(state=str(self.state), calls=str(self.log)), encoding="utf-8")
        # By a shell, because the first line of a script cannot name a Python in a folder with a blank in its name.
        program.write_text(
            f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(script))} "$@"\n', encoding="utf-8"
        )
        program.chmod(0o755)
        self.path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"

    @property
    def releases(self) -> dict[str, Any]:
        return dict(json.loads(self.state.read_text(encoding="utf-8"))) if self.state.exists() else {}

    def change(self, releases: Mapping[str, Any]) -> None:
        self.state.write_text(json.dumps(releases), encoding="utf-8")

    def calls(self) -> list[str]:
        """What was asked since the last time."""
        found = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return found

    def go_offline(self) -> None:
        self.log.with_name(f"{self.log.name}.offline").touch()


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    made = GitHub(tmp_path)
    monkeypatch.setenv("PATH", made.path)
    return made


@pytest.fixture
def clone(project: MakeProject, run: Run) -> Path:
    """A repository with the tools, and a deck whose first edition is out and tagged."""
    root = project({"deckgen.yaml": QUICK, "cards/heart/a.yaml": NOTE, ".gitignore": "/build/\n__pycache__/\n/.venv\n"})
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    git(root, "init", "--quiet", "--initial-branch=main")
    released(root, run, FIRST, "heart-1.0.0")
    return root


def git(root: Path, *arguments: str) -> None:
    who = (
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@example.org",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "tag.gpgsign=false",
    )
    subprocess.run(["git", "-C", str(root), *who, *arguments], check=True)


def committed(root: Path, *tags: str) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=x")
    for tag in tags:
        git(root, "tag", "--force", tag)


def released(root: Path, run: Run, time: str, tag: str) -> None:
    code, _, err = run("release", "--timestamp", time, root=root)
    assert code == 0, err
    committed(root, tag)


def change(root: Path) -> None:
    note = root / "cards/heart/a.yaml"
    note.write_text(note.read_text(encoding="utf-8").replace("Four", "Four chambers"), encoding="utf-8")


def environment(folder: Path) -> Path:
    """What `make decks` makes: a `bin` with the Python and the deckgen of these tests."""
    made = folder / "environment"
    source = shlex.quote(str(Path(deckgen.__file__).parent.parent))
    for name, command in (("python", ""), ("deckgen", " -m deckgen")):
        program = made / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\nPYTHONPATH={source} exec {shlex.quote(sys.executable)}{command} "$@"\n')
        program.chmod(0o755)
    return made


def started(root: Path, tag: str, workflow: Path = EDITION, *, by_hand: bool = False) -> tuple[bool, str]:
    """Whether the workflow went well for a tag of a repository, and what it printed."""
    instead = {
        "make decks PYTHON=python": f"cp -R {shlex.quote(str(environment(root.parent)))} .venv",
        "python tools/anki_versions.py edition/*.apkg": f"{shlex.quote(sys.executable)} tools/anki_versions.py --inside edition/*.apkg",
        "python -m pip install deckgen-cards==0.1.0": "true",
    }
    place = root.parent / f"runner-{len(list(root.parent.glob('runner-*')))}"
    place.mkdir()
    runner = run_workflow.Runner(root, tag, place, instead, by_hand)
    return runner.run(workflow), "\n".join(runner.log)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: publish_edition.digest(path) for path in folder.iterdir()}


def test_a_tag_becomes_a_release(clone: Path, github: GitHub) -> None:
    """Title, text and every file of the edition as `deckgen release` wrote it, with their sums; judged by Anki before."""
    went_well, log = started(clone, "heart-1.0.0")
    assert went_well, log
    assert '"cards": 1, "masked": 0, "unmasked": "", "problems": []' in log
    release = github.releases["heart-1.0.0"]
    assert github.calls() == ["view heart-1.0.0", "create heart-1.0.0"]
    assert release["assets"].keys() == FILES
    assert digests(clone / "build/heart-1.0.0").items() <= release["assets"].items()
    assert (release["title"], release["draft"], release["prerelease"]) == ("Heart 1.0.0", False, False)
    assert release["text"].startswith("First edition: 1 note, 1 card.")


def test_the_sums_are_those_of_the_files(clone: Path, github: GitHub) -> None:
    """SHA256SUMS names every other file, in the form that sha256sum checks."""
    assert started(clone, "heart-1.0.0")[0]
    edition = next(clone.parent.glob("runner-*/artifacts/edition"))
    lines = (edition / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    found = {name: f"sha256:{made}" for made, name in (line.split("  ") for line in lines)}
    assert found == {name: made for name, made in digests(edition).items() if name != "SHA256SUMS"}
    assert found.keys() == FILES - {"SHA256SUMS"} == github.releases["heart-1.0.0"]["assets"].keys() - {"SHA256SUMS"}


def test_done_again_it_mends(clone: Path, github: GitHub) -> None:
    """A release that is there is no failure: what differs is replaced, what is left over goes, a draft is published."""
    assert started(clone, "heart-1.0.0")[0]
    whole = github.releases
    broken = json.loads(json.dumps(whole))
    broken["heart-1.0.0"]["assets"] |= {"heart.apkg": "sha256:0", "heart-cards-a4.pdf": "sha256:0"}
    del broken["heart-1.0.0"]["assets"]["SHA256SUMS"]
    broken["heart-1.0.0"] |= {"draft": True, "text": "", "title": "?"}
    github.change(broken)
    github.calls()
    assert started(clone, "heart-1.0.0", by_hand=True)[0]
    assert github.releases == whole
    assert [call.split()[0] for call in github.calls()] == ["view", "upload", "delete-asset", "edit"]
    publish_edition.publish("heart-1.0.0", next(clone.parent.glob("runner-1/artifacts/edition")))
    assert [call.split()[0] for call in github.calls()] == ["view", "edit"]


@pytest.mark.parametrize(("tag", "says"), [("heart-1.0.1", "the last one of heart"), ("hart-1.0.0", "names no deck")])
def test_a_wrong_tag_publishes_nothing(clone: Path, github: GitHub, tag: str, says: str) -> None:
    """It ends where the tag is looked at, with an annotation that says why."""
    git(clone, "tag", tag)
    went_well, log = started(clone, tag)
    assert not went_well
    assert "build: FAILED: Find the edition that the tag names" in log
    assert f"::error title=wrong-tag::the tag {tag} names no" in log
    assert says in log
    assert "publish: left out" in log
    assert not github.calls()


def test_a_tag_that_is_not_there_publishes_nothing(clone: Path, github: GitHub) -> None:
    """Started by hand, with any text: it is a tag of the repository or nothing."""
    assert not started(clone, "main", by_hand=True)[0]
    assert not started(clone, "heart-1.0.0; true", by_hand=True)[0]
    assert not github.calls()


def test_an_unreleased_change_publishes_nothing(clone: Path, github: GitHub) -> None:
    """A tag on a commit whose cards are not those of the edition would give its name to something else."""
    change(clone)
    committed(clone, "heart-1.0.0")
    went_well, log = started(clone, "heart-1.0.0")
    assert not went_well
    assert "build: FAILED: Write the files of the edition" in log
    assert "the deck `heart` has changes since 1.0.0" in log
    assert not github.calls()


def test_an_older_edition(clone: Path, github: GitHub, run: Run) -> None:
    """Its own commit gives it again, the same bytes; at a later commit its tag is refused."""
    change(clone)
    released(clone, run, SECOND, "heart-1.0.1")
    assert started(clone, "heart-1.0.0")[0]
    assert digests(clone / "build/heart-1.0.0").items() <= github.releases["heart-1.0.0"]["assets"].items()
    github.calls()
    git(clone, "tag", "--force", "heart-1.0.0", "heart-1.0.1")
    went_well, log = started(clone, "heart-1.0.0")
    assert not went_well
    assert "whose last edition of heart is 1.0.1; 1.0.0 came before it" in log
    assert not github.calls()


def test_a_warning_publishes_nothing(clone: Path, github: GitHub, run: Run) -> None:
    """What `check --strict` does not pass is not published, even if it was released."""
    warned = NOTE + NOTE.replace("id: chambers", "id: again")
    (clone / "cards/heart/a.yaml").write_text(warned, encoding="utf-8")
    code, _, err = run("release", "--timestamp", SECOND, root=clone)
    assert (code, "warning[same-question]" in err) == (0, True), err
    committed(clone, "heart-1.1.0")
    went_well, log = started(clone, "heart-1.1.0")
    assert not went_well
    assert "build: FAILED: Check the project" in log
    assert "::warning file=cards/heart/a.yaml" in log
    assert not github.calls()


def test_without_an_answer_nothing_is_made(clone: Path, github: GitHub) -> None:
    """Only a release that is not there is made: no answer is no such answer."""
    github.go_offline()
    went_well, log = started(clone, "heart-1.0.0")
    assert not went_well
    assert "error: gh release view: error connecting to api.github.com" in log
    assert github.calls() == ["view heart-1.0.0"]


def test_the_example_of_the_documentation(clone: Path, github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """What authors copy makes a release of a right tag, does it again, and refuses a wrong tag."""
    workflow = clone.parent / "example.yml"
    workflow.write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.setenv("PATH", f"{environment(clone.parent) / 'bin'}{os.pathsep}{github.path}")
    for _ in range(2):
        went_well, log = started(clone, "heart-1.0.0", workflow)
        assert went_well, log
        assert github.releases["heart-1.0.0"]["assets"].keys() == FILES
    assert [call.split()[0] for call in github.calls()] == ["view", "create", "view", "upload"]
    git(clone, "tag", "heart-1.0.1")
    assert not started(clone, "heart-1.0.1", workflow)[0]
    assert not github.calls()


# ---- the release and its text ---------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "edition"
    made.mkdir()
    (made / "heart-release-notes.md").write_text("# Heart 2.0.0-beta\n\nNew.\n", encoding="utf-8")
    (made / "SHA256SUMS").write_text("", encoding="utf-8")
    return made


def test_a_beta_is_a_prerelease(folder: Path, github: GitHub) -> None:
    """GitHub shows it, but not as the latest."""
    assert publish_edition.main(["heart-2.0.0-beta", str(folder)]) == 0
    release = github.releases["heart-2.0.0-beta"]
    assert (release["title"], release["text"], release["prerelease"]) == ("Heart 2.0.0-beta", "New.\n", True)


def test_a_text_too_long_for_github_is_cut_at_a_line(folder: Path, github: GitHub) -> None:
    """Thousands of changed notes do not keep an edition from being published; the whole text is attached."""
    notes = folder / "heart-release-notes.md"
    line = "- `note`: Which α?\n"
    notes.write_text(f"# Heart 1.0.0\n\n{line * 20_000}", encoding="utf-8")
    publish_edition.publish("heart-1.0.0", folder)
    text = github.releases["heart-1.0.0"]["text"]
    shown, _, pointer = text.rpartition("\n\n")
    assert publish_edition.MOST - len(line) < len(text) <= publish_edition.MOST
    assert set(shown.splitlines()) == {line.strip()}
    assert pointer == "This is the beginning; the whole text is in `heart-release-notes.md` below.\n"
    assert github.releases["heart-1.0.0"]["assets"][notes.name] == publish_edition.digest(notes)


@pytest.mark.parametrize("missing", ["heart-release-notes.md", "SHA256SUMS"])
def test_a_folder_that_is_no_edition_is_refused(folder: Path, github: GitHub, missing: str, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """Before GitHub is asked anything."""
    (folder / missing).unlink()
    assert publish_edition.main(["heart-1.0.0", str(folder)]) == 1
    assert "is no edition: it needs one *-release-notes.md and a SHA256SUMS" in capsys.readouterr().err
    assert not github.calls()


def test_without_gh_it_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing program is a message."""
    monkeypatch.setenv("PATH", str(folder))
    assert publish_edition.main(["heart-1.0.0", str(folder)]) == 1
    assert "there is no program gh here" in capsys.readouterr().err


def test_digests_are_sha256(folder: Path) -> None:
    """In the form in which GitHub gives them."""
    path = folder / "SHA256SUMS"
    assert publish_edition.digest(path) == f"sha256:{hashlib.sha256(b'').hexdigest()}"


# ---- the tool that runs workflows -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jobs", "says"),
    [
        ("{a: {steps: [{uses: some/action@v1}]}}", "what some/action does is not known here"),
        ("{a: {steps: [{run: 'true', if: always()}]}}", "what `if` means is not known here"),
        ("{a: {steps: [{run: 'true', env: {A: '${{ hashFiles() }}'}}]}}", "the expression `hashFiles()` is not understood"),
        ("{a: {needs: b, steps: []}, b: {needs: a, steps: []}}", "the jobs a, b wait for each other"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_here_is_refused(tmp_path: Path, jobs: str, says: str) -> None:
    """A step left out, or run with a wrong value, would look like one that works."""
    workflow = tmp_path / "w.yml"
    workflow.write_text(f"jobs: {jobs}\n", encoding="utf-8")
    place = tmp_path / "place"
    place.mkdir()
    with pytest.raises(run_workflow.RefusedError, match=re.escape(says)):
        run_workflow.Runner(tmp_path, "x-1", place).run(workflow)


def test_steps_run_as_on_a_runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outputs go on to later steps and jobs; a pipe that fails fails; this shell's variables stay outside."""
    monkeypatch.setenv("SECRET", "x")
    workflow = tmp_path / "w.yml"
    workflow.write_text(
        """
env: {A: "${{ inputs.tag || github.ref_name }}"}
jobs:
  second:
    needs: first
    steps: [{run: 'echo "$B"; false | true', env: {B: "${{ needs.first.outputs.b }}"}}]
  third: {needs: [second], steps: []}
  first:
    outputs: {b: "${{ steps.s.outputs.b }}!"}
    steps: [{id: s, run: 'echo "b=$A${SECRET-}" >> "$GITHUB_OUTPUT"'}]
""",
        encoding="utf-8",
    )
    place = tmp_path / "place"
    place.mkdir()
    runner = run_workflow.Runner(tmp_path, "x-1", place)
    assert not runner.run(workflow)
    assert runner.log[1].startswith("second: echo")
    assert runner.log[2] == "    x-1!\n    ended with 1"
    assert runner.log[3].startswith("second: FAILED: echo")
    assert runner.log[4:] == ["third: left out"]
