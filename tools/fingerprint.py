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
from deckgen.diagnostics import Bag, DeckgenError, Source
from deckgen.rules.fingerprints import KEY, RUN, fingerprint, sources_of, to_text


def main(arguments: list[str] | None = None) -> int:
    """Read the texts, write the file; nothing is written when any of them cannot be used."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path, help="the file of fingerprints, such as cards/heart/_fingerprints.txt")
    parser.add_argument("texts", nargs="+", metavar="[KEY=]FILE", help="a plain text in UTF-8, and the key of the work")
    options = parser.parse_args(arguments)
    problems: list[str] = []
    known = _known(options.output, problems)
    new: dict[str, set[int]] = defaultdict(set)
    for named in options.texts:
        key, _, name = named.rpartition("=")
        key = key or Path(name).stem
        if not KEY.fullmatch(key):
            problems.append(f"{key[:60]!r} is no key of a work: at most 100 characters, no spaces. Write KEY={name}")
        elif (text := _read(Path(name), problems)) is not None:
            runs = fingerprint(text)
            new[key] |= runs
            if not runs:
                problems.append(f"{name} has fewer than {RUN} words, and so no fingerprint.")
    known |= new
    if not problems:
        try:
            write_all(options.output.parent, {options.output.name: to_text(known).encode()})
        except DeckgenError as error:
            problems.append(error.message)
    for problem in problems:
        print(problem, file=sys.stderr)
    for key in sorted(known) if not problems else ():
        print(f"{key}: {len(known[key]):,} runs of words")
    return 1 if problems else 0


def _known(path: Path, problems: list[str]) -> dict[str, set[int]]:
    """The works that are in the file already."""
    bag = Bag()
    text = _read(path, problems) if path.exists() else None
    known = sources_of(Source(path.name, text), bag) if text is not None else {}
    if bag.has_errors:
        problems.append(f"{path} is no file of fingerprints; delete it, and name all texts again.")
    return known


def _read(path: Path, problems: list[str]) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(f"{path} is not UTF-8. Save it as UTF-8, as plain text.")
    except OSError as error:
        problems.append(f"{path} cannot be read: {error.strerror}.")
    return None


if __name__ == "__main__":
    sys.exit(main())
