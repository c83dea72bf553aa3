"""SVG, taken by allow-list: it is shown inside Anki's web view, so no script, and nothing from outside the file.

What an editor keeps for itself (comments, metadata, its own elements and attributes) is cut out of the bytes, at the
places where the parser found it; the rest stays as it is, byte by byte. Knows XML and SVG; not who shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias
from xml.parsers import expat

from deckgen.active import find_active, undisguised
from deckgen.media.content import Content, Edit, Unfit, check_count, edited

Size: TypeAlias = tuple[float, float, bool]  # as in `Content`
UNKNOWN: Size = (0.0, 0.0, False)
DEPTH = 100
REFERENCE_LIMIT = 5000
ELEMENTS = frozenset((
    "svg", "g", "defs", "symbol", "title", "desc", "metadata",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath",
    "marker", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "use",
))  # fmt: skip
GRADIENTS = ("linearGradient", "radialGradient")
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "http://www.w3.org/XML/1998/namespace"
DRAWN = frozenset((SVG, XLINK, XML))
# Programs that put elements of their own among the others.
EDITORS = frozenset((
    "http://www.inkscape.org/namespaces/inkscape",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
))  # fmt: skip
FOREIGN_URL = re.compile(r"(?i)url\(\s*['\"]?\s*(?![#\s'\"])|data:|@import")
# Names whose value alone makes them active, and values that do nothing under any other name: most of all attributes.
TELLING_NAMES = re.compile(r"(?i)href|base|srcset|attributename")
HARMLESS = re.compile(r"[\w\s.,#%+-]*")
LOCAL_URL = re.compile(r"(?i)url\(\s*['\"]?\s*#([^'\")\s]+)")
# The parts of a start tag. The parser has read it already, so it is well-formed.
_TAG_NAME = re.compile(rb"<[^\s/>]+")
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_TAG_END = re.compile(rb"\s*/?>")


def unix_lines(data: bytes) -> bytes:
    """The same text with lines that end in LF, as every reader of XML takes them: git on Windows may write CRLF."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def read_svg(data: bytes) -> Content:
    """The bytes of a drawing without metadata, and its size in CSS pixels; raises Unfit for what is active or malformed."""
    harmless: set[tuple[str, str]] = set()
    reader = _Reader(data, harmless)
    reader.read()
    if not reader.edits:
        return Content(data, *reader.size)
    cut = edited(data, reader.edits)
    again = _Reader(cut, harmless)  # what goes out is judged like what came in
    again.read()
    return Content(cut, *again.size)


class _Reader:
    """Walks an SVG once, refusing whatever is not on the list; keeps the size of the drawing, and what can go.

    harmless: attributes and values that were looked into already; it grows.
    """

    def __init__(self, data: bytes, harmless: set[tuple[str, str]]) -> None:
        self.data = data
        self.harmless = harmless
        self.depth = 0
        self.parts = 0
        self.ids: list[str] = []  # of the open elements, "" where there is none
        self.gradients: set[str] = set()
        self.references: list[tuple[tuple[str, ...], str, int]] = []  # enclosing ids, the id referred to, line
        self.inert = 0  # depth of an element that is never drawn, nor is what lies in it
        self.inert_start = 0
        self.size = UNKNOWN
        self.edits: list[Edit] = []
        self.spaces: dict[str, list[str]] = {}  # prefix -> namespaces, the innermost last
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.ProcessingInstructionHandler = self.instruction
        self.parser.CommentHandler = self.comment
        self.parser.StartNamespaceDeclHandler = self.start_namespace
        self.parser.EndNamespaceDeclHandler = self.end_namespace

    def read(self) -> None:
        """Read it all; raises Unfit."""
        if b"\0" in self.data[:200]:
            raise Unfit("image-type", "is not UTF-8", "Save the SVG as UTF-8.")
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            why = expat.errors.messages.get(error.code, "not well-formed")
            raise Unfit("media-damaged", why, "Save the SVG again.", error.lineno) from None
        except LookupError:
            raise Unfit("image-type", "is in an encoding nobody knows", "Save the SVG as UTF-8.") from None
        self.check_references()

    def refuse(self, what: str, hint: str = "Save it as plain SVG, without scripts, styles and links.") -> Unfit:
        return Unfit("svg-active", what, hint, self.parser.CurrentLineNumber)

    def doctype(self, *_: object) -> None:
        raise self.refuse("a DOCTYPE is not allowed in an SVG", "Delete the <!DOCTYPE> line.")

    def instruction(self, target: str, _: str) -> None:
        raise self.refuse(f"the instruction <?{target}?> is not allowed in an SVG", "Delete it.")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count(1 + len(attributes))
        self.depth += 1
        if self.depth > DEPTH:
            raise self.refuse("elements are nested too deeply")
        space, _, local = name.rpartition(" ")
        if not self.inert:
            self.element(space, local, attributes)
        elif space in ("", SVG, XHTML):
            raise self.refuse(f"the element <{local}> is not allowed in what an editor keeps in an SVG")

    def count(self, parts: int) -> None:
        self.parts += parts
        check_count(self.parts)

    def element(self, space: str, local: str, attributes: dict[str, str]) -> None:
        if self.depth == 1 and (space, local) != (SVG, "svg"):
            raise self.refuse(f"the outermost element is <{local}>, not <svg> of SVG")
        if space in EDITORS or (space, local) == (SVG, "metadata"):
            self.inert, self.inert_start = self.depth, self.parser.CurrentByteIndex
        elif space != SVG or local not in ELEMENTS:
            raise self.refuse(f"the element <{local}> is not allowed in an SVG")
        self.ids.append(attributes.get("id", ""))
        if local in GRADIENTS:
            self.gradients.add(self.ids[-1])
        for key, value in attributes.items():
            self.attribute(key, value)
        if self.depth == 1:
            self.size = _size(attributes)
        if not self.inert:
            self.edits += self.foreign_attributes(self.parser.CurrentByteIndex)

    def attribute(self, name: str, value: str) -> None:
        space, _, local = name.rpartition(" ")
        if local.lower().startswith("on"):
            raise self.refuse(f"the handler {local} is not allowed in an SVG")
        if space and space not in DRAWN:  # an editor's own notes, which nobody draws
            return
        if HARMLESS.fullmatch(value) and not TELLING_NAMES.search(local):
            return
        plain = undisguised(value)
        outside = (local == "href" and not plain.strip().startswith("#")) or local == "base"
        if (local, value) not in self.harmless:
            if outside or FOREIGN_URL.search(plain) or find_active(f' {local}="{value}"'):
                raise self.refuse(f"{local} refers to something outside the file")
            self.harmless.add((local, value))
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
                raise Unfit("svg-active", f"`#{target}` is used, and uses other elements itself", hint, line)

    def end(self, _: str) -> None:
        if self.inert and self.depth > self.inert:
            self.depth -= 1
            return
        if self.inert:
            self.edits.append((self.inert_start, self.element_end(self.inert_start), b""))
            self.inert = 0
        self.ids.pop()
        self.depth -= 1

    # --- What can go

    def comment(self, _: str) -> None:
        self.count(1)
        if not self.inert:
            start = self.parser.CurrentByteIndex
            self.edits.append((start, self.data.index(b"-->", start) + 3, b""))

    def start_namespace(self, prefix: str | None, space: str | None) -> None:
        self.spaces.setdefault(prefix or "", []).append(space or "")

    def end_namespace(self, prefix: str | None) -> None:
        self.spaces[prefix or ""].pop()

    def foreign_attributes(self, start: int) -> Iterator[Edit]:
        """The attributes of other namespaces in the tag at `start`, and the names given to these namespaces."""
        for found in self.attributes_at(start):
            prefix, colon, local = found[1].decode("utf-8", "replace").partition(":")
            named = local if prefix == "xmlns" else prefix
            if colon and named != "xml" and self.spaces.get(named, [""])[-1] not in DRAWN:
                yield found.start(), found.end(), b""

    def attributes_at(self, start: int) -> Iterator[re.Match[bytes]]:
        name = _TAG_NAME.match(self.data, start)
        at = name.end() if name else start
        while found := _ATTRIBUTE.match(self.data, at):
            yield found
            at = found.end()

    def element_end(self, start: int) -> int:
        """Where the element at `start` ends, whose end the parser has reached just now."""
        at = start
        for found in self.attributes_at(start):
            at = found.end()
        name = _TAG_NAME.match(self.data, start)
        tag = _TAG_END.match(self.data, max(at, name.end() if name else start))
        if tag and tag[0].endswith(b"/>"):
            return tag.end()
        return self.data.index(b">", self.parser.CurrentByteIndex) + 1


def _size(attributes: dict[str, str]) -> Size:
    from deckgen.svgboxes import Unmeasurable, shown_size  # noqa: PLC0415 - slow, and many decks show no drawing

    try:
        return shown_size(attributes)
    except Unmeasurable:
        return UNKNOWN
