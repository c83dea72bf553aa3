"""The fonts that a project names under `fonts`: found, read and tried.

An entry is a font file inside the project, or a package of fonts that is installed; of a package only the files are
read, nothing of it is run. A font is a program of a kind, and somebody else's: it is opened in a child process with limits
only, here as when pages are set. Knows font files; not texts.
"""

from __future__ import annotations

import importlib.util
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deckgen import sandbox
from deckgen.diagnostics import Bag, Span
from deckgen.files import MEBIBYTE, Folder, Refused
from deckgen.model import ExtraFonts, FontFamily
from deckgen.printing import typesetting
from deckgen.printing.fonts import OURS, typst_fonts, typst_fonts_with

SUFFIXES = (".ttf", ".otf", ".ttc")
PACKAGE = re.compile(r"fontpkg-[a-z0-9]+(?:-[a-z0-9]+){0,9}")
FILES = 60
TOTAL = 256 * MEBIBYTE
SECONDS = 15.0
MEMORY = 4096 * MEBIBYTE
OTHER_WIDE = 1.35  # em: what `deckgen.printing.extents` reckons for letters that are not Lato's
BOLDER = 1.3  # how much wider a letter may become when a variable font makes it bold
COLOURED = ("CBDT", "COLR", "SVG ", "sbix")
SHAPES = ("glyf", "CFF ", "CFF2", *COLOURED)
TRIED = 300  # characters of each family that are set for a trial
ENTRY_RULE = "Write the path of a file inside the project that ends in `.ttf`, `.otf` or `.ttc`, or the name of a package, as `fontpkg-noto-sans-thai`."
BAD_HINT = "Take another file of the font: a static TrueType or OpenType font as its makers publish it."


def read_fonts(folder: Folder, entries: Mapping[str, Span], bag: Bag) -> ExtraFonts:
    """The fonts of all entries; what is wrong with one is reported, and its families are left out."""
    files: list[bytes] = []
    owners: list[str] = []
    for entry, span in entries.items():
        found = _files(folder, entry, span, bag)
        files += found
        owners += [entry] * len(found)
    if not files:
        return ExtraFonts(entries=entries)
    whole = sum(map(len, files))
    if len(files) > FILES or whole > TOTAL:
        bag.error(
            "bad-font",
            f"the fonts of this project are {len(files)} files of {whole / MEBIBYTE:.0f} MiB; the limits are {FILES} files and {TOTAL // MEBIBYTE} MiB",
            entries[owners[0]],
            "",
            "Name only those that are needed: regular and bold are enough for most scripts.",
        )
        return ExtraFonts(entries=entries)
    return ExtraFonts(_families(files, owners, entries, bag), tuple(files), entries)


def _files(folder: Folder, entry: str, span: Span, bag: Bag) -> list[bytes]:
    try:
        if entry.lower().endswith(SUFFIXES):
            return [folder.read(entry)]
        if PACKAGE.fullmatch(entry):
            inside = _package(entry)
            if inside is None:
                bag.error("unknown-font-package", f"the font package `{entry}` is not installed", span, "",
                          f"Install it where deckgen is installed: `pip install {entry}`.")  # fmt: skip
                return []
            found = [inside.read(path) for path in inside.walk("", SUFFIXES)]
            if not found:
                bag.error("bad-font", f"there are no font files in `{entry}`", span, "", ENTRY_RULE)
            return found
    except Refused as refused:
        bag.error(refused.code, refused.message, span, "", *filter(None, [refused.hint]))
        return []
    bag.error("bad-font", f"`{entry[:60]}` is neither a font file nor a package of fonts", span, "", ENTRY_RULE)
    return []


def _package(name: str) -> Folder | None:
    """The folder `files` of an installed package, found without running any of its code."""
    spec = importlib.util.find_spec(name.replace("-", "_"))
    places = [Path(place) / "files" for place in (spec.submodule_search_locations or ())] if spec else []
    return next((Folder(place) for place in places if place.is_dir()), None)


def _families(files: list[bytes], owners: list[str], entries: Mapping[str, Span], bag: Bag) -> tuple[FontFamily, ...]:
    """The families in these files, in the order of the entries."""
    with laid_out(files) as place:
        try:
            reply: Any = sandbox.call("deckgen.printing.fontfiles:serve", str(place), seconds=SECONDS, memory=MEMORY)
        except sandbox.SandboxError as error:
            at = _number(error.progress)
            owner = owners[at if at in range(len(owners)) else 0]
            bag.error("bad-font", f"the font `{owner}` cannot be read: {error}", entries[owner], "", BAD_HINT)
            return ()
    for at, problem in reply["problems"]:
        bag.error("bad-font", f"the font `{owners[at]}` cannot be used: {problem}", entries[owners[at]], "", BAD_HINT)
    return tuple(
        FontFamily(each["name"], _set(each["every"]), _set(each["upright"]), each["wide"], each["colour"])
        for each in reply["families"]
    )


def _set(ranges: list[list[int]]) -> frozenset[int]:
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


@contextmanager
def laid_out(files: tuple[bytes, ...] | list[bytes]) -> Iterator[Path | None]:
    """A folder with the files, for Typst; None when there are none."""
    if not files:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="deckgen-") as place:
        for number, data in enumerate(files):
            (Path(place) / f"{number:03}.{'ttc' if data[:4] == b'ttcf' else 'ttf'}").write_bytes(data)
        yield Path(place)


def _number(name: str) -> int:
    return int(name[:3]) if name[:3].isdigit() else -1


# ---- the child's side -------------------------------------------------------------------------------------------


def serve(place: str) -> dict[str, Any]:
    """The families in a folder, and what is wrong with which file."""
    folder = Path(place)
    found = typst_fonts_with(folder).fonts()
    infos = sorted(
        (info for info in found if Path(info.path or "").parent == folder), key=lambda info: (info.path, info.index)
    )
    faces: dict[str, list[dict[str, Any]]] = {}  # by family
    problems: list[tuple[int, str]] = []
    for path in sorted(folder.iterdir()):
        sandbox.progress(path.name)
        here = [info for info in infos if Path(info.path or "") == path]
        problem = "" if here else "it is no font that Typst can read"
        # Collections such as Noto Sans CJK repeat all signs, for each language once: the first family is enough.
        for info in [info for info in here if info.family == here[0].family]:
            problem = problem or _refusal(info, faces) or _take(info, path, faces)
        if problem:
            problems.append((_number(path.name), problem))
    good = []
    for name, each in faces.items():
        sandbox.progress(f"{each[0]['at']:03}")
        family = _family(name, each)
        problem = _tried(family, folder)
        if problem:
            problems.append((family["at"], problem))
        good.append({**family, "every": _ranges(family["every"]), "upright": _ranges(family["upright"])})
    return {"families": good, "problems": problems}


def _refusal(info: Any, faces: dict[str, list[dict[str, Any]]]) -> str:
    """Why a font cannot stand beside the others."""
    if info.family.casefold() in {name.casefold() for name in (*OURS, *typst_fonts().families())}:
        return f"its family `{info.family}` is one of those that are always there"
    style = [info.style, info.weight, info.stretch]
    if any(
        face["look"] == style for name in faces if name.casefold() == info.family.casefold() for face in faces[name]
    ):
        return f"there is another of the family `{info.family}`, {info.style} of weight {info.weight}"
    return ""


def _take(info: Any, path: Path, faces: dict[str, list[dict[str, Any]]]) -> str:
    """Read a font and put it to its family; the problem, if there is one."""
    try:
        face = _face(path, info.index)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - fontTools raises whatever happens to break
        return f"its table of characters cannot be read ({type(error).__name__})"
    if not face["points"]:
        return "it has no letters"
    look = [info.style, info.weight, info.stretch]
    faces.setdefault(info.family, []).append({**face, "style": info.style, "look": look, "at": _number(path.name)})
    return ""


def _face(path: Path, index: int) -> dict[str, Any]:
    """What one font of a file can draw, and which of it is wide."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as in `fonts`

    with TTFont(path, lazy=True, fontNumber=index) as font:
        points = {point: glyph for point, glyph in (font.getBestCmap() or {}).items() if font.getGlyphID(glyph) != 0}
        bold = BOLDER if "fvar" in font else 1.0
        em, metrics = font["head"].unitsPerEm / bold, font["hmtx"]
        widths = {chr(point): metrics[glyph][0] / em for point, glyph in points.items() if not 0xD800 <= point < 0xE000}
        coloured = any(table in font for table in COLOURED)
        points = points if any(table in font for table in SHAPES) else {}
    return {
        "points": set(points),
        "wide": {char: round(width, 2) for char, width in widths.items() if width > OTHER_WIDE},
        "colour": coloured,
    }


def _family(name: str, faces: list[dict[str, Any]]) -> dict[str, Any]:
    """What all faces of a family can draw: Typst takes the one that is nearest to the style, whatever is in it."""
    upright = [face["points"] for face in faces if face["style"] == "normal"]
    every = set.intersection(*(face["points"] for face in faces))
    wide: dict[str, float] = {}
    for face in faces:
        wide |= {char: max(em, wide.get(char, 0.0)) for char, em in face["wide"].items()}
    return {
        "name": name,
        "at": faces[0]["at"],
        "every": every,
        "upright": set.intersection(*upright) if upright else every,
        "wide": wide,
        "colour": any(face["colour"] for face in faces),
    }


def _ranges(points: set[int]) -> list[list[int]]:
    found: list[list[int]] = []
    for point in sorted(points):
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return found


def _tried(family: dict[str, Any], place: Path) -> str:
    """Why a page cannot be set in a family, "" when it can."""
    chars = [chr(point) for point in sorted(family["every"]) if chr(point).isalnum()]
    if not chars:
        chars = [chr(point) for point in sorted(family["every"]) if chr(point).isprintable()]
    text = "".join(chars[:: max(1, len(chars) // TRIED)])
    page = (
        '#set document(title: "x")\n#let it = json("x.json")\n#set text(font: it.fonts, fallback: false)\n'
        "#it.text *#it.text* _#it.text _"
    )
    data = json.dumps({"fonts": [family["name"], *OURS], "text": text}).encode()
    try:
        typesetting.typeset({"main.typ": page.encode(), "x.json": data}, 0, place)
    except typesetting.LayoutError as error:
        return error.message
    except MemoryError:
        raise
    except BaseException as error:  # noqa: BLE001 - Typst's panics are no Exceptions
        return f"Typst fails on it ({type(error).__name__})"
    return ""
