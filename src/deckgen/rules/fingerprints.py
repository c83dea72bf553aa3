"""Fingerprints of texts that must not be copied: what can be kept where the texts themselves cannot.

Of each run of eight words a source's fingerprint has a hash of 64 bits; the words cannot be read back from it. The file
is text: a head, then for each source its key and its hashes, sorted, so that nothing tells their order. Knows words and
hashes; not where sources come from.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from deckgen.diagnostics import Bag, Source, Span
from deckgen.rules.phrases import plain_words

RUN = 8  # words of a run
HEAD = "deckgen fingerprints 1"
_A_LINE = 6
_LINE = re.compile(r"[0-9a-f]{16}(?: [0-9a-f]{16})*")
KEY = re.compile(r"[^\s\ud800-\udfff]{1,100}")  # of a source
_SOURCE = re.compile(rf"source ({KEY.pattern})")
_ABOUT = f"""\
# Hashes of every run of {RUN} words of texts that cards must not copy; the texts cannot be read back from them.
# Written by tools/fingerprint.py; see "Rules of your own" in the format reference.
"""


def run_hash(words: Sequence[str]) -> int:
    """The hash of a run of words."""
    return int.from_bytes(blake2b(" ".join(words).encode(), digest_size=8).digest(), "big")


def fingerprint(text: str) -> frozenset[int]:
    """The hashes of all runs of a text."""
    words = plain_words(text)
    return frozenset(run_hash(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def to_text(sources: Mapping[str, Iterable[int]]) -> str:
    """The file of these sources: the same for the same texts, whatever their order."""
    parts = [f"{HEAD}\n{_ABOUT}"]
    for key in sorted(sources):
        hashes = [f"{value:016x}" for value in sorted(sources[key])]
        parts.append(f"source {key}\n")
        parts += [" ".join(hashes[at : at + _A_LINE]) + "\n" for at in range(0, len(hashes), _A_LINE)]
    return "".join(parts)


def sources_of(source: Source, bag: Bag) -> dict[str, set[int]]:
    """The hashes in a file by the key of their source; a line that is none is an error."""
    found: dict[str, set[int]] = {}
    key = ""
    at = 0
    for number, whole in enumerate(source.text.split("\n")):
        line = whole.removesuffix("\r")  # as Git may write it on Windows
        named = _SOURCE.fullmatch(line)
        if named:
            key = named[1]
            found.setdefault(key, set())
        elif key and _LINE.fullmatch(line):
            found[key].update([int(each, 16) for each in line.split(" ")])
        elif (line != HEAD) if number == 0 else (line and not line.startswith("#")):
            bag.error("bad-fingerprints", f"this is no line of `{HEAD}`", Span(source, at, at + len(line)), "",
                      "Make the file anew with `python tools/fingerprint.py`; nobody edits it by hand.")  # fmt: skip
            return {}
        at += len(whole) + 1
    return found


def read_fingerprints(source: Source, bag: Bag) -> dict[int, tuple[str, ...]]:
    """The sources of every hash in a file."""
    found: dict[int, list[str]] = defaultdict(list)
    for key, hashes in sources_of(source, bag).items():
        for value in hashes:
            found[value].append(key)
    return {value: tuple(keys) for value, keys in found.items()}
