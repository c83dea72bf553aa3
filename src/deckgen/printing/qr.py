"""A web address as a code that a telephone reads: a drawing in memory, and its name.

Knows addresses and the standard's numbers; not where on a page the code stands.
"""

from __future__ import annotations

import hashlib
from itertools import groupby

import segno
from segno.encoder import DataOverflowError

QUIET = 4  # modules that stay white around a code
CORRECTION = "m"  # about 15 % of it can be lost: a crease, a coffee ring


def modules(address: str) -> list[list[bool]] | None:
    """The modules of the code, row by row, True for dark, without the quiet zone; None when the address is too long for any."""
    try:
        code = segno.make(address, error=CORRECTION, micro=False, boost_error=False)
    except DataOverflowError:
        return None
    return [[bool(module) for module in row] for row in code.matrix]


def drawing(rows: list[list[bool]]) -> bytes:
    """A code as an SVG: one path, so that no seam shows between modules, on white with its quiet zone."""
    side = len(rows) + 2 * QUIET
    path = []
    for y, row in enumerate(rows, QUIET):
        x = QUIET
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path d="{"".join(path)}" fill="#000"/></svg>'
    ).encode()


def file_name(address: str) -> str:
    """What the drawing is called among the files of a document."""
    return f"img/qr-{hashlib.sha256(address.encode()).hexdigest()[:20]}.svg"
