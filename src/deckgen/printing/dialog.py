"""What a finished PDF tells the dialog of a printer: at its own size, and on which edge the sheet is turned.

Viewers that honour it (Acrobat and Chromium do) then begin with the right settings; with others the words on the sheet
help. Source: ISO 32000-1, 12.2, table 150. Knows the last lines of a PDF as Typst writes it; not what is on its pages.
"""

from __future__ import annotations

import re

DUPLEX = {"long": "DuplexFlipLongEdge", "short": "DuplexFlipShortEdge"}
PREFERENCES = re.compile(rb"/ViewerPreferences\s?<<")
END = re.compile(rb"startxref\s+([0-9]+)\s+%%EOF\s*\Z")


def for_printer(pdf: bytes, duplex: str) -> bytes:
    """The PDF with these wishes in its catalog, which is the last object before the table of objects.

    One that ends otherwise is given back as it is: the wishes are a help, and not worth a failure.
    """
    end = END.search(pdf)
    table = int(end[1]) if end else len(pdf)
    catalog = pdf.rfind(b"/Type/Catalog", 0, table)
    place = PREFERENCES.search(pdf, catalog, table) if catalog >= 0 else None
    if not end or not place or pdf[table : table + 4] != b"xref":
        return pdf
    wishes = f"/PrintScaling/None/Duplex/{DUPLEX.get(duplex, 'Simplex')}".encode()
    at = place.end()
    moved = f"startxref\n{table + len(wishes)}\n%%EOF".encode()
    return pdf[:at] + wishes + pdf[at : end.start()] + moved
