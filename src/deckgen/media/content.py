"""What every reader of a format gives, what it raises, and how it cuts something out.

A reader is handed all bytes of a file and gives a `Content`, or raises `Unfit`; it never trusts a length that
the file states. Knows bytes; no format and no path.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from deckgen.files import Refused

PIXEL_LIMIT = 40_000_000
MOST_PARTS = 200_000  # chunks, segments, blocks: none that is drawn or played has so many
Edit: TypeAlias = tuple[int, int, bytes]  # start and end of what goes, and what comes in its place


class Content(NamedTuple):
    """A file as it is passed on: without a word of its maker."""

    data: bytes
    width: float = 0.0  # CSS pixels as shown, so after a turn; 0 when there is none, or nobody can say
    height: float = 0.0
    says_size: bool = True  # false for a drawing that leaves its size to the page: only its shape is known


class Unfit(Exception):  # noqa: N818 - not an error of the program: it becomes a diagnostic
    """A file that cannot be taken: `what` goes behind its path, as in "is damaged: ..."; `line` where it is text."""

    def __init__(self, code: str, what: str, hint: str, line: int = 0) -> None:
        super().__init__(what)
        self.code = code
        self.what = what
        self.hint = hint
        self.line = line

    def at(self, path: str) -> Refused:
        """The same, for the file at `path`."""
        where = f"`{path}`, line {self.line}:" if self.line else f"`{path}`"
        return Refused(self.code, f"{where} {self.what}", self.hint)


def damaged(why: str) -> Unfit:
    """A file whose parts do not add up; `why` as in "it ends in the middle of a frame"."""
    return Unfit(
        "media-damaged", f"is damaged: {why}", "Download or save it again; a copy that broke off looks like this."
    )


def check_count(parts: int) -> None:
    """Raise Unfit for a file made of crumbs, which would take long and much memory."""
    if parts > MOST_PARTS:
        raise damaged(f"it has more than {MOST_PARTS:,} parts")


def check_pixels(width: int, height: int) -> None:
    """Raise Unfit for a picture without a size, or with one that unfolds to too much memory."""
    if width < 1 or height < 1:
        raise damaged(f"it says that it has {width} × {height} pixels")
    if width * height > PIXEL_LIMIT:
        raise Unfit(
            "image-too-large",
            f"has {width} × {height} pixels",
            "Scale it down to 40 megapixels or less; 1,600 pixels across are plenty.",
        )


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with these changes, which are in order and do not overlap."""
    view = memoryview(data)
    parts: list[bytes | memoryview] = []
    at = 0
    for start, end, new in edits:
        parts += [view[at:start], new]
        at = end
    return b"".join([*parts, view[at:]]) if parts else data
