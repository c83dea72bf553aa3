"""Run the steps of a GitHub workflow on this machine, one after another, as far as a machine that is not GitHub's can.

    python tools/run_workflow.py .github/workflows/edition.yml --tag osteoporosis-1.2.0
    python tools/run_workflow.py .github/workflows/edition.yml --tag osteoporosis-1.2.0 --instead 'make decks PYTHON=python=true'

Every job gets a folder of its own, as every job gets a machine. Of the actions, checkout clones what the tag names (of the
repository given with --repository, default: this one), the two for artifacts copy a folder, and setup-python changes nothing;
any other is refused. Each `run:` gets its own bash with a runner's options and variables, and of this shell's environment only
what finds and installs programs. There is no token: put a `gh` of your own first on PATH, and it is called as GitHub's would be.

Expressions may name `inputs`, `github`, `env`, `steps` and `needs`, with `||` between them; a workflow that needs more is
refused, because a step run with a wrong value proves nothing. `if:`, matrices and services are more. Needs git and PyYAML.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail")  # what `shell: bash` means to a runner
OURS = re.compile(r"PATH|HOME|LANG|TMPDIR|PIP_\w+|\w+_(?:proxy|PROXY)|SSL_CERT_\w+|REQUESTS_CA_BUNDLE")
NO_TOKEN = "no-token-here"  # gh takes it before any login of the person at this machine, and gets nowhere with it
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
NAME = re.compile(r"[a-z]+(\.[\w-]+)+")
JOB_KEYS = {"name", "needs", "runs-on", "timeout-minutes", "permissions", "steps", "env", "outputs"}
STEP_KEYS = {"name", "id", "env", "run", "uses", "with"}


class RefusedError(Exception):
    """The workflow asks for something that only GitHub has."""


class StepError(Exception):
    """A step failed; the message is what it printed."""


@dataclass(slots=True)
class Runner:
    """One run of a workflow, for a tag that was pushed; or started by hand with the tag as its input (`by_hand`).

    `place` is an empty folder to work in. `instead` replaces a `run:` by another, each as a whole.
    """

    repository: Path
    tag: str
    place: Path
    instead: Mapping[str, str] = field(default_factory=dict)
    by_hand: bool = False
    needs: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def run(self, workflow: Path) -> bool:
        """Whether all jobs went well; a job is left out when one that it needs has failed."""
        text = yaml.safe_load(workflow.read_text(encoding="utf-8"))
        jobs, failed = dict(text["jobs"]), set[str]()
        while jobs:
            name = next((key for key, job in jobs.items() if not set(_listed(job.get("needs"))) & jobs.keys()), "")
            if not name:
                raise RefusedError(f"the jobs {', '.join(jobs)} wait for each other")
            job = jobs.pop(name)
            if failed & set(_listed(job.get("needs"))):
                self.say(f"{name}: left out")
                failed.add(name)
            elif not self._job(name, job, text.get("env", {})):
                failed.add(name)
        return not failed

    def say(self, line: str) -> None:
        """Note what happens, and print it."""
        self.log.append(line)
        print(line, flush=True)

    def _job(self, name: str, job: Mapping[str, Any], env: Mapping[str, str]) -> bool:
        _refuse_other_keys(name, job, JOB_KEYS)
        workspace = self.place / name
        workspace.mkdir()
        ref_name = "main" if self.by_hand else self.tag
        contexts: dict[str, Any] = {
            "github": {"ref_name": ref_name, "repository": "somebody/decks", "token": NO_TOKEN},
            "inputs": {"tag": self.tag} if self.by_hand else {},
            "needs": self.needs,
            "steps": {},
            "env": {},
        }
        contexts["env"] |= _filled({**env, **job.get("env", {})}, contexts)
        for step in job["steps"]:
            title = step.get("name") or step.get("run") or step["uses"]
            self.say(f"{name}: {title}")
            try:
                outputs = self._step(step, workspace, contexts)
            except StepError as error:
                self.say(_indented(str(error)))
                self.say(f"{name}: FAILED: {title}")
                return False
            contexts["steps"][step.get("id", "")] = {"outputs": outputs}
        self.needs[name] = {"outputs": _filled(job.get("outputs", {}), contexts)}
        return True

    def _step(self, step: Mapping[str, Any], workspace: Path, contexts: Mapping[str, Any]) -> dict[str, str]:
        """Run one step, and give its outputs."""
        _refuse_other_keys(str(step.get("name")), step, STEP_KEYS)
        if "uses" in step:
            self._action(step["uses"], _filled(step.get("with", {}), contexts), workspace)
            return {}
        outputs = self.place / "outputs"
        outputs.write_bytes(b"")
        ours = {key: value for key, value in os.environ.items() if OURS.fullmatch(key)}
        theirs = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(self.place),
        }
        env = {**ours, **theirs, **contexts["env"], **_filled(step.get("env", {}), contexts)}
        script = self.place / "step.sh"
        script.write_text(self.instead.get(step["run"].strip(), step["run"]), encoding="utf-8")
        done = subprocess.run(
            [*SHELL, str(script)], cwd=workspace, env=env, check=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        )  # fmt: skip
        if done.returncode:
            raise StepError(f"{done.stdout}ended with {done.returncode}")
        if done.stdout.strip():
            self.say(_indented(done.stdout))
        lines = outputs.read_text(encoding="utf-8").splitlines()
        return {key: value for key, _, value in (line.partition("=") for line in lines)}

    def _action(self, uses: str, given: Mapping[str, str], workspace: Path) -> None:
        """What the few actions do that these workflows use."""
        action = uses.partition("@")[0]
        if action == "actions/checkout":
            ref = given.get("ref", f"refs/tags/{self.tag}")
            _git("clone", "--quiet", "--no-checkout", str(self.repository), str(workspace))
            _git("-C", str(workspace), "-c", "advice.detachedHead=false", "checkout", "--quiet", "--detach", ref)
        elif action == "actions/upload-artifact":
            source = workspace / given["path"]
            if not source.is_dir():
                raise StepError(f"no files were found with the path {given['path']}")
            shutil.copytree(source, self.place / "artifacts" / given["name"])
        elif action == "actions/download-artifact":
            shutil.copytree(self.place / "artifacts" / given["name"], workspace / given["path"])
        elif action != "actions/setup-python":
            raise RefusedError(f"what {action} does is not known here")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a workflow; 1 when a step fails, 2 when it cannot be run here."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workflow", type=Path)
    parser.add_argument("--tag", required=True)
    parser.add_argument("--repository", type=Path, default=ROOT)
    parser.add_argument("--by-hand", action="store_true", help="as if started with the tag as its input")
    parser.add_argument("--instead", action="append", default=[], metavar="RUN=OTHER", help="may be given again")
    args = parser.parse_args(argv)
    instead = {run: other for run, _, other in (each.rpartition("=") for each in args.instead)}
    with tempfile.TemporaryDirectory() as place:
        runner = Runner(args.repository.resolve(), args.tag, Path(place), instead, args.by_hand)
        try:
            return 0 if runner.run(args.workflow) else 1
        except RefusedError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2


def filled(text: str, contexts: Mapping[str, Any]) -> str:
    """A text with its expressions replaced by their values. Raises RefusedError for one that is not understood."""
    return EXPRESSION.sub(lambda found: _value(found[1], contexts), text)


def _value(expression: str, contexts: Mapping[str, Any]) -> str:
    """The first of the names that has a value; "" when none has."""
    for name in (part.strip() for part in expression.split("||")):
        first, *others = name.split(".")
        if not NAME.fullmatch(name) or first not in contexts:
            raise RefusedError(f"the expression `{expression.strip()}` is not understood here")
        value: Any = contexts[first]
        for part in others:
            value = value.get(part, {})
        if value:
            return str(value)
    return ""


def _filled(texts: Mapping[str, Any], contexts: Mapping[str, Any]) -> dict[str, str]:
    return {key: filled(str(text), contexts) for key, text in texts.items()}


def _refuse_other_keys(name: str, given: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(given.keys() - known):
        raise RefusedError(f"{name}: what `{unknown[0]}` means is not known here")


def _listed(needs: str | Sequence[str] | None) -> Sequence[str]:
    return [needs] if isinstance(needs, str) else needs or []


def _git(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], check=False, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise StepError(done.stderr)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines())


if __name__ == "__main__":
    sys.exit(main())
