"""Write fingerprints of texts that cards must not copy: for `copied from` in a deck's `checks.yaml`.

    python tools/fingerprint.py cards/heart/_fingerprints.txt Boyle2003=abstract.txt Cummings2009.txt

A text file is named with the key of its work before `=`, or is called by it; a work may have several. The texts stay where they are, out of the
repository; only hashes of every run of eight words go into the file, from which the texts cannot be read back. Works
that are in the file already and not named stay in it.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

from deckgen.atomic import write_all
from deckgen.diagnostics import Bag, Source
from deckgen.rules.fingerprints import KEY, fingerprint, sources_of, to_text


def main(arguments: list[str] | None = None) -> int:
    """Read the texts, write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="the file of fingerprints, such as cards/heart/_fingerprints.txt")
    parser.add_argument("texts", nargs="+", metavar="[KEY=]FILE", help="a plain text in UTF-8, and the key of the work")
    options = parser.parse_args(arguments)
    bag = Bag()
    known: dict[str, set[int]] = {}
    if options.output.exists():
        known = sources_of(Source(options.output.name, options.output.read_text(encoding="utf-8")), bag)
    if bag.has_errors:
        print(f"{options.output} is no file of fingerprints; delete it, and name all texts again.", file=sys.stderr)
        return 1
    new: dict[str, set[int]] = defaultdict(set)
    for named in options.texts:
        key, _, name = named.rpartition("=")
        key = key or Path(name).stem
        if not KEY.fullmatch(key):
            parser.error(f"`{key}` cannot be the key of a work: no spaces; write KEY=FILE")
        try:
            new[key] |= fingerprint(Path(name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            parser.error(f"{name} cannot be read as text in UTF-8: {error}")
    known |= new
    write_all(options.output.parent, {options.output.name: to_text(known).encode()})
    for key in sorted(known):
        print(f"{key}: {len(known[key]):,} runs of words")
    return 0


if __name__ == "__main__":
    sys.exit(main())
