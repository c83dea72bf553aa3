"""The files of a new project: small, correct, and worth keeping as a pattern."""

from __future__ import annotations

from pathlib import Path

from deckgen.diagnostics import DeckgenError

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
    version: 0.1.0
    date: 2026-01-01        # of the edition; give every edition a later one
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
    ".gitignore": "/build/\n",
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
