"""Tell what a person with a screen reader meets in a PDF, and what is wrong with it.

    python tools/read_pdf.py build/osteoporosis-handout-a4.pdf

Title, language and bookmarks; headings, lists and tables in reading order; figures and formulas with the words that stand
for them; links in the order of the tab key; and every condition of PDF/UA-1 that the document breaks (tools/pdfua). Ends
with 1 when there is one. It cannot tell whether words are the right ones: read them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
from pdfua.links import links_in_order
from pdfua.tree import rows_of

SHORT = 100  # letters of a heading or link


def main(arguments: list[str] | None = None) -> int:
    """Tell of each file; 1 when a condition is broken or a file cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a PDF")
    failed = False
    for path in parser.parse_args(arguments).files:
        print(f"== {path} ==")
        try:
            with pdfua.reading(path.read_bytes()) as read:
                print(*told(read), sep="\n")
                broken = pdfua.findings(read)
        except (OSError, pikepdf.PdfError) as error:
            print(f"{path} cannot be read: {error}", file=sys.stderr)
            failed = True
            continue
        print(*_titled("Findings", (f"{each.checkpoint}  {each.words}" for each in broken)), sep="\n")
        failed = failed or bool(broken)
    return int(failed)


def told(read: pdfua.Document) -> Iterator[str]:
    """What there is to be told, in lines."""
    yield from _about(read)
    yield from _titled("Bookmarks", _bookmarks(read))
    yield from _titled("Reading order", _outline(read))
    yield from _titled("Figures and formulas", _pictures(read))
    yield from _titled("Links, in tab order", _links(read))


def _titled(title: str, lines: Iterator[str]) -> Iterator[str]:
    found = list(lines)
    yield f"\n{title}{'' if found else ': none'}"
    yield from (f"  {line}" for line in found)


def _about(read: pdfua.Document) -> Iterator[str]:
    with read.pdf.open_metadata() as said:
        yield f"Title: {said.get('dc:title', '-')}"
        yield f"Says it is: PDF/UA-{said.get('pdfuaid:part', '-')}, PDF/A-{said.get('pdfaid:part', '-')}{said.get('pdfaid:conformance', '').lower()}"
    others = sorted({str(each.obj.Lang) for each in read.elements if "/Lang" in each.obj})
    yield f"Language: {read.root.get('/Lang', '-')}{'; in it: ' + ', '.join(others) if others else ''}"
    yield f"Pages: {len(read.pdf.pages)}"


def _bookmarks(read: pdfua.Document) -> Iterator[str]:
    with read.pdf.open_outline() as outline:
        yield from _nested(outline.root, "")


def _nested(items: Any, indent: str) -> Iterator[str]:
    for item in items:
        yield f"{indent}{item.title}"
        yield from _nested(item.children, indent + "  ")


def _outline(read: pdfua.Document) -> Iterator[str]:
    """Headings, tables with their header cells, and lists, each as deep as it stands in the headings."""
    depth = 0
    for element in read.elements:
        where = f"(page {read.page_of(element)})"
        if element.kind[0] == "H" and element.kind[1:].isdigit():
            depth = int(element.kind[1:])
            yield f"{'  ' * (depth - 1)}{element.kind} {_short(read.words(element))} {where}"
        elif element.kind == "Table":
            rows = list(rows_of(element))
            heads = [read.words(cell) for row in rows for cell in row.elements if cell.kind == "TH"]
            yield f"{'  ' * depth}Table, {len(rows)} rows: {' | '.join(heads)} {where}"
        elif element.kind == "L":
            count = len(element.elements)
            yield f"{'  ' * depth}List, {count} item{'s' if count > 1 else ''} {where}"


def _pictures(read: pdfua.Document) -> Iterator[str]:
    for element in read.elements:
        if element.kind in {"Figure", "Formula"}:
            yield f"{element.kind} (page {read.page_of(element)}): {read.words(element)}"


def _links(read: pdfua.Document) -> Iterator[str]:
    for element, link in links_in_order(read):
        action = link.annotation.get("/A", {})
        target = str(action["/URI"]) if "/URI" in action else "in this document"
        yield f"{_short(read.words(element))} (page {read.page_of(element)}): {link.annotation.get('/Contents', '-')}; {target}"


def _short(words: str) -> str:
    return words if len(words) <= SHORT else words[:SHORT] + "…"


if __name__ == "__main__":
    sys.exit(main())
