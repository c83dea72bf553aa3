"""Say which edition a git tag names: its deck, its version and the folder of its files. Ends with 1 if it names none.

    .venv/bin/python tools/edition_of_tag.py osteoporosis-1.2.0

A tag is DECK-VERSION, and the version must be that of the last edition in the deck's ledger: only that one can be built
again. Three lines `name=value` come out, as a shell and a GitHub workflow read them. Deck keys and versions may both hold
hyphens, so a tag is compared with what the project has and never taken apart. Knows no git: the tag is a word.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from deckgen import report
from deckgen.build import BUILD
from deckgen.diagnostics import Bag, nearest
from deckgen.editions.ledger import Ledger
from deckgen.editions.review import ledgers_of
from deckgen.project import find_root, read_project


class Edition(NamedTuple):
    """An edition that can be built from what is checked out. `folder` is where `deckgen release` writes it."""

    deck: str
    version: str
    folder: str


class WrongTagError(Exception):
    """The tag names no edition that can be built: what is wrong, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def main(argv: Sequence[str] | None = None) -> int:
    """Print the edition; or the problem, where GitHub's runners show it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tag")
    parser.add_argument("--project", type=Path, default=Path(), help="the project's folder (default: the current one)")
    args = parser.parse_args(argv)
    bag = Bag()
    project = read_project(find_root(args.project), bag)
    ledgers = ledgers_of(project, bag) if project else {}
    on_github = "GITHUB_ACTIONS" in os.environ
    if project is None or bag.has_errors:
        print(report.render(bag, "github" if on_github else "full", color=False), end="", file=sys.stderr)
        return 1
    try:
        found = edition(args.tag, [deck.key for deck in project.decks], ledgers)
    except WrongTagError as wrong:
        message, hint = report.visible(str(wrong)), report.visible(wrong.hint)
        if on_github:
            print("::error title=wrong-tag::" + f"{message}. {hint}".replace("%", "%25"), file=sys.stderr)
        else:
            print(f"error: {message}\n  = help: {hint}", file=sys.stderr)
        return 1
    print("\n".join(f"{name}={value}" for name, value in found._asdict().items()))
    return 0


def edition(tag: str, decks: Iterable[str], ledgers: Mapping[str, Ledger]) -> Edition:
    """The edition that `tag` names, of the project's `decks` and their ledgers by key. Raises WrongTagError."""
    of_tag = {key: tag.removeprefix(f"{key}-") for key in decks if tag.startswith(f"{key}-")}
    named = [key for key, version in of_tag.items() if key in ledgers and ledgers[key].last.version == version]
    if len(named) == 1:
        return Edition(named[0], of_tag[named[0]], f"{BUILD}/{tag}")
    if named:
        listed = " and ".join(f"{of_tag[key]} of {key}" for key in named)
        raise WrongTagError(f"the tag {tag} names two editions: {listed}", "Give one of the decks a later version.")
    with_number = [key for key, version in of_tag.items() if version[:1].isdigit()]
    if not with_number:
        raise _no_deck(tag, sorted(decks))
    deck = max(with_number, key=len)
    raise _no_edition(tag, deck, of_tag[deck], ledgers.get(deck))


def _no_deck(tag: str, decks: Sequence[str]) -> WrongTagError:
    near = nearest(tag.rpartition("-")[0], decks)
    example = f"{near or (decks[0] if decks else 'heart')}-1.2.0"
    return WrongTagError(
        f"the tag {tag} names no deck of this project",
        f"The decks are: {', '.join(decks) or 'none'}. A tag is DECK-VERSION, as {example}.",
    )


def _no_edition(tag: str, deck: str, version: str, ledger: Ledger | None) -> WrongTagError:
    """Why a tag that names a deck does not name its last edition."""
    if ledger is None:
        return WrongTagError(
            f"the tag {tag} names no edition: the deck {deck} was never released",
            f"Run `deckgen release {deck}`, commit what it writes, and tag that commit.",
        )
    last = ledger.last.version
    if ledger.edition(version):
        return WrongTagError(
            f"the tag {tag} stands at a commit whose last edition of {deck} is {last}; {version} came before it",
            f"Only the last edition can be built. Move the tag to the commit that released {version}.",
        )
    return WrongTagError(
        f"the tag {tag} names no edition: the last one of {deck} at this commit is {last}",
        f"Tag this commit {deck}-{last}; or release first: `deckgen release {deck} --edition {version}`, and commit that.",
    )


if __name__ == "__main__":
    sys.exit(main())
