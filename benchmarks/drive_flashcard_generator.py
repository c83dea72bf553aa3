"""Drive flashcard-generator directly: COUNT cards into the PDF file PATH."""

from __future__ import annotations

import sys

from flashcard_generator import FlashCardGenerator  # type: ignore[import-not-found]


def main(count: int, path: str) -> None:
    """What its own README shows."""
    generator = FlashCardGenerator()
    generator.set_filename(path)
    for i in range(count):
        generator.add_entry(f"Question {i} about RANKL", f"Answer {i} NF-kB", index=str(i))
    generator.generate()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
