"""The files deckgen writes for somebody to edit: those of a new project, and copies of built-in templates."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from deckgen.diagnostics import DeckgenError
from deckgen.files import Folder, Refused
from deckgen.project import SETTINGS
from deckgen.templating import builtin_files

FILES = {
    "deckgen.yaml": """\
# The project and its decks. What each key means: docs/reference/format.md of deckgen.
publisher: My decks         # permanent: note types in Anki are called "My decks Recall", ...
decks:
  first-deck:               # permanent: the deck's key, and its folder under cards/
    name: First deck        # permanent, too: Anki never moves cards it has
    description: A few cards to begin with.
    language: en
    licence: CC BY-SA 4.0
    version: 0.1.0          # of the first edition; from then on `deckgen release` counts
""",
    "cards/first-deck/01-bone-cells.yaml": """\
title: Bone cells
subdeck: 01 Bone cells
tags: [cells]
notes:
  - id: osteoclast-origin
    question: From which cell line do **osteoclasts** derive?
    answer: The monocyte–macrophage line

  - id: osteoblast-product
    question: Which protein makes up most of the matrix that osteoblasts lay down?
    answer: Type I collagen
    why: About nine tenths of the organic matrix are collagen; mineral is laid down on it.

  - id: osteocyte-place
    cloze: Osteocytes lie in {{c1::lacunae}} and touch each other through {{c2::canaliculi}}.
""",
    ".gitignore": "/build/\n.deckgen-*\n",
}  # fmt: skip


def start(folder: Path) -> list[str]:
    """Write the files into `folder`; returns their paths.

    Raises DeckgenError when one of them is there already, before anything is written, or when the disk refuses.
    """
    taken = [path for path in FILES if (folder / path).exists()]
    if taken:
        raise DeckgenError(
            f"{folder / taken[0]} is there already; nothing was written", "Choose an empty folder: deckgen init NAME."
        )
    try:
        for path, text in FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DeckgenError(
            f"cannot write into {folder}: {error.strerror}", "Choose a folder you may write to."
        ) from error
    return list(FILES)


def eject(root: Path, names: Iterable[str]) -> list[str]:
    """Copy built-in templates, by names such as `anki/recall.back.html`, into the project; returns their paths.

    Raises DeckgenError when there is no project, when one of the files is there already or would lie outside,
    before anything is written; or when the disk refuses.
    """
    if not (root / SETTINGS).exists():
        raise DeckgenError(f"there is no `{SETTINGS}` in {root} or above it", "Run `deckgen init` to start a project.")
    builtin = builtin_files()
    wanted = {f"templates/{name}": builtin[name] for name in names}
    places = {path: _place_of(root, path) for path in wanted}
    try:
        for path, place in places.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("x", encoding="utf-8", newline="\n") as file:
                file.write(wanted[path])
    except OSError as error:
        raise DeckgenError(f"cannot write into {root}: {error.strerror}", "Check the folder's permissions.") from error
    return list(wanted)


def _place_of(root: Path, path: str) -> Path:
    if os.path.lexists(root / path):
        raise DeckgenError(f"{path} is there already; nothing was written", "Edit it, or delete it to start afresh.")
    try:
        return Folder(root).locate(path)
    except Refused as refused:
        raise DeckgenError(refused.message, refused.hint) from refused
