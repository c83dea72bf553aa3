"""Write the ledger that `deckgen release` would write for the project in FOLDER, without the pages that it also makes."""

from __future__ import annotations

import sys
from pathlib import Path

from deckgen.release import Options, plan

EDITION = 1_775_000_000  # 2026-03-31, in seconds since 1970


def main(root: Path) -> None:
    """A first edition of every deck."""
    for path, data in plan(root, Options(time=EDITION)).files.items():
        (root / path).write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
