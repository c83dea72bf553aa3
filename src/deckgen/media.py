"""Pictures of a deck: read, recognised by their content, checked, and named for Anki.

The name in Anki holds a hash of the bytes: Anki never replaces a file whose name it has, so another picture
needs another name. SVG is taken by allow-list, because it is shown inside Anki's web view: no script, no
reference to anything outside the file. Knows pictures; not who shows them.
"""

from __future__ import annotations

import hashlib
import re
import struct
from xml.parsers import expat

from deckgen.active import find_active, undisguised
from deckgen.diagnostics import nearest
from deckgen.files import MEBIBYTE, Folder, Refused
from deckgen.model import Media

SIZE_LIMIT = 20 * MEBIBYTE  # Anki's own limit is 100 MiB a file; a phone is not happy with 20
PIXEL_LIMIT = 40_000_000
SVG_DEPTH = 100
SVG_ELEMENTS = frozenset(
    [
        "svg",
        "g",
        "defs",
        "symbol",
        "title",
        "desc",
        "metadata",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "text",
        "tspan",
        "textPath",
        "marker",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
        "mask",
        "pattern",
        "use",
    ]
)
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "http://www.w3.org/XML/1998/namespace"
FOREIGN_URL = re.compile(r"(?i)url\(\s*['\"]?\s*(?![#\s'\"])|data:|@import")
REFERENCE_LIMIT = 5000
GRADIENTS = ("linearGradient", "radialGradient")
LOCAL_URL = re.compile(r"(?i)url\(\s*['\"]?\s*#([^'\")\s]+)")


def read_media(folder: Folder, deck_folder: str, path: str) -> Media:
    """The picture at `path`, which is relative to the deck's folder.

    Raises Refused: `missing-image`, `outside-project`, `image-type`, `image-too-large`, `svg-active` and the like.
    """
    full = f"{deck_folder}/{path}"
    try:
        data = folder.read(full, limit=SIZE_LIMIT)
    except Refused as refused:
        if refused.code != "missing-file":
            raise
        raise Refused("missing-image", f"there is no picture `{path}`", _near_file(folder, deck_folder, path)) from None
    kind, width, height = _recognise(data, path)
    if width * height > PIXEL_LIMIT and kind != "svg":
        raise Refused(
            "image-too-large",
            f"`{path}` has {width:.0f} × {height:.0f} pixels",
            "Scale it down to 40 megapixels or less; 1,600 pixels across are plenty.",
        )
    name = f"dg-{hashlib.sha256(data).hexdigest()[:20]}.{kind}"
    return Media(path=path, name=name, data=data, width=width, height=height)


def _near_file(folder: Folder, deck_folder: str, path: str) -> str:
    suffixes = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
    known = [found[len(deck_folder) + 1 :] for found in folder.walk(deck_folder, suffixes)]
    near = nearest(path, known) or next((k for k in known if k.rsplit("/", 1)[-1] == path.rsplit("/", 1)[-1]), None)
    return f"Did you mean `{near}`?" if near else f"Paths of pictures are relative to `{deck_folder}/`."


def _recognise(data: bytes, path: str) -> tuple[str, float, float]:
    """(extension, width, height) from the bytes; the file's own name is not trusted."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return "png", *struct.unpack(">II", data[16:24])
        if data.startswith((b"GIF87a", b"GIF89a")):
            return "gif", *struct.unpack("<HH", data[6:10])
        if data.startswith(b"\xff\xd8\xff"):
            return "jpg", *_jpeg_size(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return "webp", *_webp_size(data)
    except (struct.error, IndexError):
        raise Refused("image-type", f"`{path}` is damaged: its header ends early", "Save the picture again.") from None
    if b"<svg" in data[:4096]:
        return "svg", *check_svg(data, path)
    raise Refused("image-type", f"`{path}` is not a picture deckgen knows", "Save it as PNG, JPEG, GIF, WebP or SVG.")


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        marker, length = data[at + 1], int(struct.unpack(">H", data[at + 2 : at + 4])[0])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + max(length, 2)


def _webp_size(data: bytes) -> tuple[int, int]:
    if len(data) < 30:
        raise IndexError
    chunk = data[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


class _SvgReader:
    """Walks an SVG once, refusing whatever is not on the list; keeps the size of the drawing."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.depth = 0
        self.ids: list[str] = []  # of the open elements, "" where there is none
        self.gradients: set[str] = set()
        self.references: list[tuple[tuple[str, ...], str, int]] = []  # enclosing ids, the id referred to, line
        self.inert = 0  # depth of a metadata element: what lies in it is never drawn
        self.size = (0.0, 0.0)
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.ProcessingInstructionHandler = self.instruction

    def refuse(self, what: str, hint: str = "Save it as plain SVG, without scripts, styles and links.") -> Refused:
        line = self.parser.CurrentLineNumber
        return Refused("svg-active", f"`{self.path}`, line {line}: {what}", hint)

    def doctype(self, *_: object) -> None:
        raise self.refuse("a DOCTYPE is not allowed in an SVG", "Delete the <!DOCTYPE> line.")

    def instruction(self, target: str, _: str) -> None:
        raise self.refuse(f"the instruction <?{target}?> is not allowed in an SVG", "Delete it.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > SVG_DEPTH:
            raise self.refuse("elements are nested too deeply")
        space, _, local = name.rpartition(" ")
        if self.inert:
            if space in ("", SVG_NAMESPACE, XHTML):
                raise self.refuse(f"the element <{local}> is not allowed in the metadata of an SVG")
            return
        if space == SVG_NAMESPACE and local == "metadata":
            self.inert = self.depth
        if space != SVG_NAMESPACE or local not in SVG_ELEMENTS:
            raise self.refuse(f"the element <{local}> is not allowed in an SVG")
        self.ids.append(attributes.get("id", ""))
        if local in GRADIENTS:
            self.gradients.add(self.ids[-1])
        for key, value in attributes.items():
            self.attribute(key, value)
        if self.depth == 1:
            self.size = _svg_size(attributes)

    def attribute(self, name: str, value: str) -> None:
        space, _, local = name.rpartition(" ")
        if local.lower().startswith("on"):
            raise self.refuse(f"the handler {local} is not allowed in an SVG")
        if space not in ("", XLINK, XML):  # an editor's own notes, which nobody draws
            return
        plain = undisguised(value)
        outside = (local == "href" and not plain.strip().startswith("#")) or local == "base"
        if outside or FOREIGN_URL.search(plain) or find_active(f' {local}="{value}"'):
            raise self.refuse(f"{local} refers to something outside the file")
        self.refer(LOCAL_URL.findall(plain) + ([plain.strip()[1:]] if local == "href" else []))

    def refer(self, targets: list[str]) -> None:
        if len(self.references) > REFERENCE_LIMIT:
            raise self.refuse("too many references to other elements")
        around = tuple(name for name in self.ids if name)
        self.references += [(around, target, self.parser.CurrentLineNumber) for target in targets]

    def check_references(self) -> None:
        """Refuse what multiplies: an element that is referred to and refers to others itself. Gradients may."""
        counted = [each for each in self.references if each[1] not in self.gradients]
        sources = {name for around, _, _ in counted for name in around}
        for _, target, line in counted:
            if target in sources:
                hint = "Draw the parts out (“unlink clones”, “flatten”)."
                raise Refused(
                    "svg-active",
                    f"`{self.path}`, line {line}: `#{target}` is used, and uses other elements itself",
                    hint,
                )

    def end(self, _: str) -> None:
        if self.inert and self.depth > self.inert:
            self.depth -= 1
            return
        self.inert = 0
        self.ids.pop()
        self.depth -= 1


def check_svg(data: bytes, path: str) -> tuple[float, float]:
    """(width, height) of an SVG in its own units; raises Refused for anything active or malformed."""
    reader = _SvgReader(path)
    if b"\0" in data[:200]:
        raise Refused("image-type", f"`{path}` is not UTF-8", "Save the SVG as UTF-8.")
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        why = expat.errors.messages.get(error.code, "not well-formed")
        raise Refused("image-type", f"`{path}`, line {error.lineno}: {why}", "Save the SVG again.") from None
    except LookupError:
        raise Refused("image-type", f"`{path}` is in an encoding nobody knows", "Save the SVG as UTF-8.") from None
    reader.check_references()
    return reader.size


def _svg_size(attributes: dict[str, str]) -> tuple[float, float]:
    box = re.findall(r"-?[\d.]+", attributes.get("viewBox", ""))
    sides = [re.match(r"\s*([\d.]+)\s*(px)?\s*$", attributes.get(side, "")) for side in ("width", "height")]
    try:
        if all(sides):
            return tuple(float(side[1]) for side in sides if side)  # type: ignore[return-value]  # two by construction
        return (float(box[2]), float(box[3])) if len(box) == 4 else (0.0, 0.0)
    except ValueError:
        return 0.0, 0.0
