"""Conditions on a document as a whole: what it says of itself, and what it must not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf

from pdfua.reading import HEADING, Document, Finding
from pdfua.streams import NOTHING

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
TITLE = "{http://purl.org/dc/elements/1.1/}title"
PART = "{http://www.aiim.org/pdfua/ns/id/}part"
# A language, then script, region, variants and extensions as BCP 47 orders them.
LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wy-z\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?",
    re.IGNORECASE,
)
ASSISTIVE = 1 << 9  # of the permissions of an encrypted file: text may be taken out for assistive tools
SCRIPTED = frozenset(("/JavaScript", "/Rendition", "/Launch"))


def metadata(read: Document) -> Iterator[Finding]:
    """Metadata that name the document and declare PDF/UA-1."""
    stream = read.root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        yield Finding("06-001", "there is no XMP metadata")
        return
    said = _described(stream.read_bytes())
    if said.get(PART) != "1":
        yield Finding("06-002", f"the metadata declare PDF/UA {said.get(PART, '-')}, not 1")
    if not said.get(TITLE):
        yield Finding("06-003", "the metadata have no title")


def _described(xmp: bytes) -> dict[str, str]:
    """The properties of XMP metadata, whether they are written as elements or attributes."""
    said: dict[str, str] = {}
    try:
        tree = ET.fromstring(xmp)  # entities would have to be declared, and are not in XMP
    except ET.ParseError:
        return said
    for description in tree.iter(f"{RDF}Description"):
        said.update(description.attrib)
        for child in description:
            said[child.tag] = "".join(child.itertext()).strip()
    return said


def marked(read: Document) -> Iterator[Finding]:
    """A document says that it is tagged, without doubts, and has a structure tree."""
    info = read.root.get("/MarkInfo", {})
    if not info.get("/Marked", False):
        yield Finding("marked", "the document does not say that it is tagged")
    if info.get("/Suspects", False):
        yield Finding("01-007", "tags are said to be suspect")
    if not read.elements:
        yield Finding("marked", "there is no structure tree")


def shown_title(read: Document) -> Iterator[Finding]:
    """Programs show the title, not the name of the file."""
    preferences = read.root.get("/ViewerPreferences", {})
    if "/DisplayDocTitle" not in preferences:
        yield Finding("07-001", "nothing says whether the title is shown")
    elif not preferences["/DisplayDocTitle"]:
        yield Finding("07-002", "the title is not shown")


def language(read: Document) -> Iterator[Finding]:
    """The document has a language; every language that is named is well-formed."""
    whole = str(read.root.get("/Lang", ""))
    if not whole:
        yield Finding("11-001", "the document names no language")
    named = {whole} | {str(element.obj.Lang) for element in read.elements if "/Lang" in element.obj}
    named |= {str(scopes[-1].properties.Lang) for scopes in read.contents.sequences if "/Lang" in scopes[-1].properties}
    for tag in sorted(named - {""}):
        if not LANGUAGE.fullmatch(tag):
            yield Finding("11-001", f"`{tag}` is no language")


def optional_content(read: Document) -> Iterator[Finding]:
    """Layers have names, and nothing switches them by itself."""
    layers = read.root.get("/OCProperties")
    if layers is None:
        return
    for number, each in (("20-001", list(layers.get("/Configs", ()))), ("20-002", [layers.get("/D", {})])):
        for settings in each:
            if not str(settings.get("/Name", "")):
                yield Finding(number, "settings of layers have no name")
            if "/AS" in settings:
                yield Finding("20-003", "layers are switched by themselves")


def attachments(read: Document) -> Iterator[Finding]:
    """A file that is attached has its name in both forms."""
    for name, file in read.pdf.attachments.items():
        if not {"/F", "/UF"} <= set(file.obj.keys()):
            yield Finding("21-001", f"the attached file {name} lacks a name")


def security(read: Document) -> Iterator[Finding]:
    """No lock keeps assistive tools out."""
    lock = read.pdf.trailer.get("/Encrypt")
    if lock is not None and not int(lock.get("/P", 0)) & ASSISTIVE:
        yield Finding("26-002", "assistive tools may not read the encrypted file")


def scripts(read: Document) -> Iterator[Finding]:
    """Paper has no forms, and nothing runs."""
    form = read.root.get("/AcroForm", {})
    if "/XFA" in form:
        yield Finding("25-001", "the document holds an XFA form")
    if "/JavaScript" in read.root.get("/Names", {}):
        yield Finding("scripts", "the document holds scripts")
    holders = [read.root, *(page.obj for page in read.pdf.pages)]
    holders += [annotation for page in read.pdf.pages for annotation in page.obj.get("/Annots", ())]
    for holder in holders:
        actions = [holder.get("/OpenAction"), holder.get("/A")]
        if "/AA" in holder or any(_runs(action) for action in actions):
            yield Finding("scripts", "something happens without being asked for, or runs a script")


def _runs(action: Any) -> bool:
    return isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) in SCRIPTED


def bookmarks(read: Document) -> Iterator[Finding]:
    """A document with headings has bookmarks, each with words and a page it leads to."""
    with read.pdf.open_outline() as outline:
        waiting = list(outline.root)
    if not waiting and any(HEADING.fullmatch(element.kind) for element in read.elements):
        yield Finding("bookmarks", "there are headings, but no bookmarks")
    for item in waiting:
        waiting += list(item.children)
        if not (item.title or "").strip():
            yield Finding("bookmarks", "a bookmark has no words")
        where = item.destination if item.destination is not None else (item.action or NOTHING).get("/D")
        if where is None or (isinstance(where, pikepdf.Array) and where[0].objgen[0] not in read.pages):
            yield Finding("bookmarks", f"the bookmark “{item.title}” leads nowhere")


CHECKS = (
    metadata, marked, shown_title, language, optional_content, attachments, security, scripts, bookmarks,
)  # fmt: skip
