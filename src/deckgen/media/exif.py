"""The one thing in EXIF that changes how a picture looks: which way up it is.

EXIF is a small TIFF file (TIFF 6.0, and EXIF 2.32, section 4.6). Broken EXIF is none.
"""

from __future__ import annotations

import struct

ORIENTATION = 0x0112
UPRIGHT = 1
LYING = frozenset((5, 6, 7, 8))  # a quarter turn: width and height change places
_SHORT = 3
_ENTRY = 12  # bytes


def orientation(tiff: bytes) -> int:
    """1 to 8, as in EXIF; 1 when nothing, or nothing sensible, is said."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 10:
        return UPRIGHT
    start = int(struct.unpack_from(f"{order}I", tiff, 4)[0])
    if start + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for at in range(start + 2, min(start + 2 + _ENTRY * count, len(tiff) - _ENTRY + 1), _ENTRY):
        tag, kind, number, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == ORIENTATION:
            return int(value) if (kind, number) == (_SHORT, 1) and 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


def turned(value: int) -> bytes:
    """An EXIF block that says this orientation, and nothing else."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, _SHORT, 1, value, 0, 0)
