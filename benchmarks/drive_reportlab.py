"""Drive ReportLab: the handout of COUNT notes into the PDF file PATH, set in the Lato of folder FONTS; CONTENTS may be no.

With contents it sets the whole handout again until the page numbers hold.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import handout
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    FrameBreak,
    HRFlowable,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

ACCENT, SOFT, HAIR, INK = map(HexColor, ("#1d4f73", "#555555", "#999999", "#111111"))
LEFT, TOP, FOOT, GUTTER, HEAD = 17 * mm, 21 * mm, 19 * mm, 8 * mm, 22 * mm
COLUMN = (A4[0] - 2 * LEFT - GUTTER) / 2
INDENT = 24  # points, for the number before a question

TEXT = ParagraphStyle(
    "text", fontName="Lato", fontSize=9.5, leading=12.1, textColor=INK, leftIndent=INDENT, spaceAfter=2.5
)
QUESTION = ParagraphStyle("question", TEXT, fontName="Lato-Bold", bulletFontName="Lato-Bold", bulletColor=ACCENT,
                          bulletFontSize=9.5)  # fmt: skip
WHY = ParagraphStyle("why", TEXT, fontSize=8.5, leading=10.8, spaceAfter=11.5)
CELL = ParagraphStyle("cell", fontName="Lato", fontSize=8.5, leading=10.5, textColor=INK)
PART = ParagraphStyle("part", fontName="Lato-Black", fontSize=14, leading=18, textColor=ACCENT, spaceBefore=26, spaceAfter=10,
                      keepWithNext=1)  # fmt: skip
TITLE = ParagraphStyle("title", PART, fontSize=25, leading=30, spaceBefore=0, spaceAfter=4)
ENTRY = ParagraphStyle("entry", TEXT, fontSize=8.5, leading=10.8, leftIndent=0, spaceAfter=0)
GRID = TableStyle([
    ("LINEABOVE", (0, 0), (-1, 0), 0.8, INK), ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK), ("LINEBELOW", (0, 1), (-1, -1), 0.3, HAIR),
    ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 1.2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5), ("VALIGN", (0, 0), (-1, -1), "TOP"),
])  # fmt: skip
WIDTHS = [share * (COLUMN - INDENT) for share in (0.30, 0.28, 0.16, 0.26)]


class Handout(BaseDocTemplate):  # type: ignore[misc]
    """Two columns, a head over them on the first page, bookmarks and contents."""

    def __init__(self, path: str) -> None:
        super().__init__(path, pagesize=A4, title=handout.TITLE, lang=handout.LANGUAGE)
        self.part = ""
        height = A4[1] - TOP - FOOT
        head = frame(LEFT, FOOT + height - HEAD, A4[0] - 2 * LEFT, HEAD)
        self.addPageTemplates([
            PageTemplate("first", [head, *columns(height - HEAD)], onPageEnd=foot),
            PageTemplate("later", columns(height), onPageEnd=foot),
        ])  # fmt: skip

    def beforeDocument(self) -> None:  # noqa: N802 - ReportLab's name
        """The contents need several passes; each begins without a part."""
        self.part = ""

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 - as above
        """Bookmark a heading and tell the contents of it."""
        if getattr(flowable, "style", None) is PART:
            self.part = flowable.getPlainText()
            key = f"part-{self.part}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(self.part, key, 0)
            self.notify("TOCEntry", (0, self.part, self.page, key))


def frame(x: float, y: float, width: float, height: float) -> Any:
    """A frame without padding."""
    return Frame(x, y, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def columns(height: float) -> list[Any]:
    """The two columns of a page."""
    return [frame(x, FOOT, COLUMN, height) for x in (LEFT, LEFT + COLUMN + GUTTER)]


def foot(canvas: Any, document: Handout) -> None:
    """What stands above and below the columns."""
    canvas.setFont("Lato", 8)
    canvas.setFillColor(SOFT)
    canvas.drawString(LEFT, FOOT - 8 * mm, handout.TITLE)
    canvas.drawRightString(A4[0] - LEFT, FOOT - 8 * mm, str(document.page))
    if document.page > 1:
        canvas.drawRightString(A4[0] - LEFT, A4[1] - TOP + 6 * mm, document.part)


def story(count: int, *, contents: bool) -> Iterator[Any]:
    """What flows through the frames."""
    yield Paragraph(handout.TITLE, TITLE)
    yield HRFlowable(width="100%", thickness=1.2, color=ACCENT)
    yield FrameBreak()
    yield NextPageTemplate("later")
    if contents:
        yield TableOfContents(levelStyles=[ENTRY], dotsMinLevel=0)
    for part in handout.parts(count):
        yield Paragraph(part.title, PART)
        yield from (KeepTogether(list(note(each))) for each in part.notes)


def note(each: handout.Note) -> Iterator[Any]:
    """One note, which is not torn apart."""
    yield Paragraph(each.question, QUESTION, bulletText=str(each.number))
    yield Paragraph(each.answer, TEXT)
    if each.table:
        head, *body = each.table
        rows = [
            [Paragraph(f"<b>{cell}</b>", CELL) for cell in head],
            *([Paragraph(cell, CELL) for cell in row] for row in body),
        ]
        yield Table(rows, WIDTHS, repeatRows=1, style=GRID, hAlign="RIGHT", spaceAfter=6)
    yield Paragraph(f'<font color="#1d4f73"><b>Why</b></font> {each.why}', WHY)


def main(count: int, path: str, fonts: Path, contents: str = "yes") -> None:
    """What a teacher who can program would write."""
    for name in ("Regular", "Bold", "Italic", "BoldItalic", "Black"):
        registerFont(TTFont("Lato" if name == "Regular" else f"Lato-{name}", fonts / f"Lato-{name}.ttf"))
    registerFontFamily("Lato", normal="Lato", bold="Lato-Bold", italic="Lato-Italic", boldItalic="Lato-BoldItalic")
    registerFontFamily(
        "Lato-Bold", normal="Lato-Bold", bold="Lato-Bold", italic="Lato-BoldItalic", boldItalic="Lato-BoldItalic"
    )
    document, asked = Handout(path), contents != "no"
    flowables = list(story(count, contents=asked))
    (document.multiBuild if asked else document.build)(flowables)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
