"""A deck beside its ledger: the ledgers of a project found and read, and each compared with what the deck holds."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from deckgen.diagnostics import Bag, Diagnostic, Source, Span
from deckgen.editions import changelog
from deckgen.editions.changes import Changes, compare
from deckgen.editions.ledger import NAME, Ledger, read_ledger
from deckgen.editions.safety import unsafe
from deckgen.editions.standing import Standing, standing
from deckgen.model import Deck, NoteType, Verdict
from deckgen.project import CARDS, Project, read_text


@dataclass(frozen=True, slots=True)
class Review:
    """A deck beside its ledger: what it holds, what has changed, and what of that is not safe for students."""

    now: Standing
    ledger: Ledger | None = field(repr=False)
    changes: Changes = field(repr=False)
    concerns: tuple[Diagnostic, ...] = ()

    @property
    def published(self) -> Ledger:
        """The ledger of a deck that has one."""
        if self.ledger is None:
            raise ValueError(f"the deck {self.now.deck.key} was never released")
        return self.ledger

    @property
    def verdict(self) -> Verdict:
        """`safe`: nothing is lost; `care`: students have something to do; `breaking`: something is lost."""
        if any(each.severity == "error" for each in self.concerns):
            return "breaking"
        return "care" if self.concerns else "safe"


def is_of_release(path: str) -> bool:
    """Whether a release may write to this path inside a project: ledgers, changelogs, and what lies in `build/`."""
    return (
        re.fullmatch(rf"build/[^/]+/[^/]+|{CARDS}/[^/]+/({re.escape(NAME)}|{re.escape(changelog.NAME)})", path)
        is not None
    )


def path_of(folder: str) -> str:
    """Where the ledger of the deck in `folder` lies, inside the project."""
    return f"{folder}/{NAME}"


def ledgers_of(project: Project, bag: Bag) -> dict[str, Ledger]:
    """The ledgers of a project's decks, by key; a deck that was never released has none."""
    found = {}
    for deck in project.decks:
        path = path_of(deck.folder)
        source = read_text(project.folder, path, bag) if project.folder.is_taken(path) else None
        ledger = read_ledger(source, deck.key, bag) if source else None
        if ledger:
            found[deck.key] = ledger
        if ledger or source is None:
            _compare_changelog(project, deck.folder, ledger, bag)
    _report_stray(project, bag)
    return found


def _compare_changelog(project: Project, folder: str, ledger: Ledger | None, bag: Bag) -> None:
    """A changelog that git could not merge, or that knows editions which the ledger does not: that one was lost."""
    path = f"{folder}/{changelog.NAME}"
    source = read_text(project.folder, path, bag) if project.folder.is_taken(path) else None
    if source is None:
        return
    span = Span(source, 0, len(source.line(1)))
    if changelog.has_conflict(source.text):
        at = re.search(r"^<{7}|^>{7}", source.text, re.MULTILINE)
        bag.error("changelog-conflict", "git could not merge this changelog", Span(source, at.start(), at.end()) if at else span, "",
                  f"Keep the entries of the edition that students have: `git checkout --ours {path}` (or `--theirs`), as with the ledger.")  # fmt: skip
        return
    told = changelog.editions_in(source.text)
    if ledger is None and told:
        bag.error("lost-ledger", f"the changelog knows the edition {told[0]}, but there is no ledger", span, "",
                  f"Take it from your last commit: `git checkout -- {path_of(folder)}`. Was that edition not made by deckgen, write its heading in another way: `## {told[0]} (1 March)`.")  # fmt: skip
    elif ledger and (unknown := [version for version in told if ledger.edition(version) is None]):
        bag.error("lost-ledger", f"the changelog knows the edition {unknown[0]}, which the ledger does not", span, "",
                  f"The ledger is an older one. Take both files from one commit; without the edition {unknown[0]}, its version would be used twice.")  # fmt: skip


def _report_stray(project: Project, bag: Bag) -> None:
    """A ledger in the folder of no deck: most likely the deck was given another key, and all its notes other GUIDs."""
    own = {path_of(deck.folder) for deck in project.decks}
    for path in project.folder.walk(CARDS, (NAME,)):
        if path.endswith(f"/{NAME}") and path not in own:
            key = path.split("/")[1]
            span = Span(Source(path, ""), 0, 0)
            bag.error("stray-ledger", f"`{path}` is the ledger of a deck that is not there", span, "",
                      f"A deck's key is permanent, because GUIDs follow from it: call the deck `{key}` again in `deckgen.yaml`. A deck that was given up for good: delete its folder.")  # fmt: skip


def review(
    deck: Deck,
    note_types: Mapping[str, NoteType],
    ledger: Ledger | None,
    elsewhere: Container[str] = (),
    others: Sequence[Ledger] = (),
) -> Review:
    """A deck beside its ledger. The deck must be without errors.

    `elsewhere` are the GUIDs of the project's other decks, `others` their ledgers: a note may move between them with
    `guid`.
    """
    now = standing(deck, note_types)
    if ledger is None:
        return Review(now, None, Changes(added=now.notes))
    changes = compare(now, ledger, elsewhere, others)
    return Review(now, ledger, changes, tuple(unsafe(now, ledger, changes)))
