"""Bytes of a file to a Source: strict UTF-8, and a good guess where it is something else.

Reads no file and knows no YAML.
"""

from __future__ import annotations

import codecs

from deckgen.diagnostics import Bag, Source, Span

_SAVE = "Save the file as UTF-8 (in most editors: “Save with encoding”)."


def decode(shown_path: str, data: bytes, bag: Bag) -> Source | None:
    """The text of a file whose path is shown as `shown_path`; None, and an error in `bag`, when it is not UTF-8.

    A byte order mark at the start is dropped: columns count as an editor counts them.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return Source(shown_path, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        _refuse(shown_path, data, error.start, bag)
        return None


def _refuse(path: str, data: bytes, at: int, bag: Bag) -> None:
    source = Source(path, data.decode("utf-8", "replace"))
    start = len(data[:at].decode("utf-8"))
    message = f"the file is not UTF-8: the byte 0x{data[at]:02X} makes no character here"
    bag.error("not-utf-8", message, Span(source, start, start + 1), f"byte {at + 1} of the file", _guess(data, at))


def _guess(data: bytes, at: int) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return f"It begins like UTF-16, which Windows calls “Unicode”. {_SAVE}"
    try:
        char = data[at : at + 1].decode("cp1252")
    except UnicodeDecodeError:
        return _SAVE
    return f"In Windows-1252 (Western European) this byte is `{char}`. {_SAVE}"
