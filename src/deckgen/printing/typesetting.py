"""Typst, called the one right way: in-memory files only, our fonts only, archival and accessible PDF, fixed time.

`typeset` runs here, `typeset_limited` in a child process with limits, for layouts and fonts that a project brings along;
`pixels` makes a picture of a drawing. Knows files and fonts; not what is in them.
"""

from __future__ import annotations

import base64
import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from deckgen import sandbox
from deckgen.printing import fonts

if TYPE_CHECKING:
    import typst

STANDARDS = ("a-2a", "ua-1")
TEXTS = (".typ", ".json", ".svg")
SECONDS = 60.0
DRAWING_SECONDS = 20.0
MEMORY = 2048 * sandbox.MEBIBYTE
GENEROUS = 6  # times as much
OUTPUT = 256 * sandbox.MEBIBYTE
PIXELS = 2000  # of the longer side of a drawing: 600 to the inch in a column
# `size` is what the drawing says of itself, in any unit; a point of the page is a pixel.
DRAWING = f"""
#set document(title: "x")
#set text(font: ({", ".join(f'"{family}"' for family in fonts.OURS)}), fallback: false)
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#context {{
  let size = measure(image("x.svg", alt: "x"))
  let scale = {PIXELS}pt / calc.max(size.width, size.height)
  image("x.svg", alt: "x", width: size.width * scale, height: size.height * scale)
}}
"""
# An address nobody listens on: a package that a layout asks for must not be fetched from anywhere.
NOWHERE = "http://127.0.0.1:9"
PLACE = re.compile(r"┌─ (?:[^\n]*[/\\])?([^/\\\n]+):(\d+):(\d+)")


class Fit(NamedTuple):
    """What a layout says of a side of a card: whether it fits, and how high it is and may be, in millimetres."""

    id: str
    side: str
    ok: bool
    need: float
    have: float
    size: float


class Typeset(NamedTuple):
    """A finished document, and what its layout says of the things it had to fit into frames."""

    pdf: bytes
    fits: list[Fit]


class LayoutError(Exception):
    """Typst refused: its message and hints, and the file, line and column (from 1) it names, if any."""

    def __init__(
        self, message: str, hints: tuple[str, ...] = (), file: str = "", line: int = 1, column: int = 1
    ) -> None:
        super().__init__(f"{file}:{line}: {message}" if file else message)
        self.message = message
        self.hints = hints
        self.file = file
        self.line = line
        self.column = column


def typeset(files: Mapping[str, bytes], timestamp: int, place: Path | None = None) -> Typeset:
    """Compile `main.typ` of `files`, with the fonts in the folder `place` too; a warning is an error. Raises LayoutError."""
    import typst  # noqa: PLC0415 - 84 MB of program, loaded only when pages are made

    with tempfile.TemporaryDirectory(prefix="deckgen-") as root:  # a layout sees `files` and nothing else
        texts = _put_pictures(files, Path(root))
        # In-memory files are not in the wheel's type hints.
        world: dict[str, Any] = {"input": texts, "root": root, "font_paths": fonts.typst_fonts_with(place)}
        exported: dict[str, Any] = {"pdf_standards": list(STANDARDS), "timestamp": timestamp}
        try:
            pdf, warned = typst.compile_with_warnings(output=None, **world, **exported)
            fits = typst.query(**world, selector="<fit>", field="value")
        except typst.TypstError as error:
            raise _error(error) from None
        except RuntimeError as error:  # it wanted to quote a file in its message, and the file is a picture
            raise LayoutError(str(error)) from None
    if warned:
        raise _error(warned[0])
    return Typeset(pdf, _fits(json.loads(fits)))


def pixels(svg: bytes, place: Path | None = None) -> bytes:
    """A drawing as a PNG, in which no words can be selected or searched any more; made in a child process with limits.

    Raises LayoutError, sandbox.SandboxError.
    """
    payload = {"svg": base64.b64encode(svg).decode(), "place": str(place or "")}
    reply: Any = sandbox.call(
        "deckgen.printing.typesetting:serve_pixels", payload, seconds=DRAWING_SECONDS, memory=MEMORY, output=OUTPUT
    )
    if "message" in reply:
        raise LayoutError(reply["message"], tuple(reply["hints"]))
    return base64.b64decode(reply["png"])


def serve_pixels(payload: dict[str, Any]) -> dict[str, Any]:
    """The child's side of `pixels`."""
    try:
        return {"png": base64.b64encode(_drawn(base64.b64decode(payload["svg"]), _place(payload))).decode()}
    except LayoutError as error:
        return {"message": error.message, "hints": list(error.hints)}
    except Exception as error:
        raise ValueError(f"it cannot be drawn ({type(error).__name__})") from error


def _place(payload: dict[str, Any]) -> Path | None:
    return Path(payload["place"]) if payload["place"] else None


def _drawn(svg: bytes, place: Path | None) -> bytes:
    import typst  # noqa: PLC0415 - as above

    files = {"main.typ": DRAWING.encode(), "x.svg": svg}
    typeset(files, 0, place)  # as strict as a page: letters that no font has are no boxes all of a sudden
    with tempfile.TemporaryDirectory(prefix="deckgen-") as root:
        world: dict[str, Any] = {"input": files, "root": root, "font_paths": fonts.typst_fonts_with(place)}
        png: bytes = typst.compile(output=None, format="png", ppi=72.0, **world)
    return png


def _put_pictures(files: Mapping[str, bytes], root: Path) -> dict[str, bytes]:
    """Write what is no text into `root`, because the wheel takes only UTF-8 in memory; the rest is returned."""
    texts = {}
    for name, data in files.items():
        if name.endswith(TEXTS):
            texts[name] = data
        else:
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_bytes(data)
    return texts


def _fits(values: list[Any]) -> list[Fit]:
    """The records of a layout; one that is none is passed over, because a project's layout may say anything."""
    found = []
    for value in values:
        if isinstance(value, dict) and value.keys() >= set(Fit._fields):
            numbers = [value[name] for name in ("need", "have", "size")]
            if all(isinstance(number, (int, float)) for number in numbers):
                found.append(Fit(str(value["id"]), str(value["side"]), value["ok"] is True, *map(float, numbers)))
    return found


def _error(problem: typst.TypstError | typst.TypstWarning) -> LayoutError:
    found = PLACE.search(problem.diagnostic or "")
    place = (found[1], int(found[2]), int(found[3]) + 1) if found else ("", 1, 1)
    return LayoutError(problem.message, tuple(problem.hints or ()), *place)


def typeset_limited(
    files: Mapping[str, bytes], timestamp: int, place: Path | None = None, *, generous: bool = False
) -> Typeset:
    """`typeset` in a child process, with limits of time and memory. Raises LayoutError, sandbox.SandboxError.

    They are `generous` where the layout is ours and only a font is not: a large deck is to be set all the same.
    """
    payload = {
        "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
        "timestamp": timestamp,
        "place": str(place or ""),
    }
    times = GENEROUS if generous else 1
    reply: Any = sandbox.call(
        "deckgen.printing.typesetting:serve", payload, seconds=times * SECONDS, memory=times * MEMORY, output=OUTPUT
    )
    if "message" in reply:
        raise LayoutError(reply["message"], tuple(reply["hints"]), reply["file"], reply["line"], reply["column"])
    return Typeset(base64.b64decode(reply["pdf"]), [Fit(*fit) for fit in reply["fits"]])


def serve(payload: dict[str, Any]) -> dict[str, Any]:
    """The child's side of `typeset_limited`."""
    os.environ.update(
        dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), NOWHERE)
    )
    files = {name: base64.b64decode(data) for name, data in payload["files"].items()}
    try:
        done = typeset(files, payload["timestamp"], _place(payload))
    except LayoutError as error:
        return {
            "message": error.message,
            "hints": list(error.hints),
            "file": error.file,
            "line": error.line,
            "column": error.column,
        }
    except MemoryError:
        raise
    except BaseException as error:  # Typst's own panics are no Exceptions
        raise ValueError(f"Typst failed ({type(error).__name__})") from error
    return {"pdf": base64.b64encode(done.pdf).decode(), "fits": done.fits}
