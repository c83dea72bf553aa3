"""Attach the files of an edition to the GitHub release of its tag, and make that release if it is not there.

    python tools/publish_edition.py osteoporosis-1.2.0 build/osteoporosis-1.2.0

The release gets the title and the text of `DECK-release-notes.md`, and every file of the folder. Done again, it leaves what
is the same, replaces what differs, and takes away what does not belong to the edition any more: so a run that broke off
is mended by another. Files come first and the text last; a release that is new is published when all are there.

Needs GitHub's `gh`, signed in (GH_TOKEN), for the repository it stands in or GH_REPO; and nothing but the standard
library, because this runs where there is the right to write.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

NOTES = "*-release-notes.md"
SUMS = "SHA256SUMS"
HEADING = re.compile(r"# (\S.*)")
FINAL = re.compile(r"[0-9.]+")  # a version that is more than numbers announces one, as 2.0.0-beta
MOST = 125_000  # characters in the text of a release; GitHub refuses more
NOT_FOUND = "release not found"  # how `gh release view` ends where there is none, and at no other failure


class GaveUpError(Exception):
    """Nothing more can be done; the message says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Publish, and print what was done; 1 if it could not be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tag")
    parser.add_argument("folder", type=Path)
    args = parser.parse_args(argv)
    try:
        publish(args.tag, args.folder)
    except GaveUpError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def publish(tag: str, folder: Path) -> None:
    """Make the release of `tag` hold the files in `folder` and nothing else. Raises GaveUpError."""
    files = sorted(path for path in folder.glob("*") if path.is_file())
    notes = [path for path in files if path.match(NOTES)]
    if len(notes) != 1 or not any(path.name == SUMS for path in files):
        raise GaveUpError(f"{folder} is no edition: it needs one {NOTES} and a {SUMS}")
    title, text = title_and_text(notes[0])
    is_final = FINAL.fullmatch(title.rpartition(" ")[2]) is not None
    about = [f"--title={title}", "--notes-file=-", f"--prerelease={str(not is_final).lower()}"]
    there = attached(tag)
    if there is None:
        gh("create", tag, "--verify-tag", *about, *map(str, files), words=text)
        print(f"made the release {tag} with {len(files)} files")
        return
    differing = [path for path in files if there.get(path.name) != digest(path)]
    if differing:
        gh("upload", tag, "--clobber", *map(str, differing))
    stale = sorted(there.keys() - {path.name for path in files})
    for name in stale:
        gh("delete-asset", tag, name, "--yes")
    gh("edit", tag, "--verify-tag", "--draft=false", *about, words=text)
    print(f"the release {tag} was there: {len(differing)} of {len(files)} files put in, {len(stale)} taken out")


def title_and_text(notes: Path) -> tuple[str, str]:
    """The heading of the release notes, which GitHub shows as the title, and what stands below it."""
    heading, _, rest = notes.read_text(encoding="utf-8").partition("\n")
    found = HEADING.fullmatch(heading)
    if not found:
        raise GaveUpError(f"{notes} does not begin with a heading")
    return found[1], shortened(rest.strip("\n") + "\n", notes.name)


def shortened(text: str, name: str) -> str:
    """A text that GitHub takes: one that is too long is cut at a line, and says where the whole stands."""
    if len(text) <= MOST:
        return text
    pointer = f"\n\nThis is the beginning; the whole text is in `{name}` below.\n"
    return text[: text.rindex("\n", 0, MOST - len(pointer))] + pointer


def attached(tag: str) -> Mapping[str, str] | None:
    """The files of a release by name, each with its digest ("" where GitHub gives none); None if there is no release."""
    try:
        told = json.loads(gh("view", tag, "--json", "assets"))
    except GaveUpError as error:
        if NOT_FOUND in str(error):
            return None
        raise
    return {each["name"]: each.get("digest") or "" for each in told["assets"]}


def digest(path: Path) -> str:
    """The digest of a file, as GitHub writes it."""
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def gh(*arguments: str, words: str = "") -> str:
    """What `gh release ...` prints; `words` are its standard input. Raises GaveUpError with its last words."""
    command = ["gh", "release", *arguments]
    try:
        done = subprocess.run(command, input=words, check=False, capture_output=True, encoding="utf-8")
    except FileNotFoundError:
        raise GaveUpError("there is no program gh here; see https://cli.github.com") from None
    if done.returncode:
        raise GaveUpError(f"gh release {arguments[0]}: {done.stderr.strip() or f'ended with {done.returncode}'}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
