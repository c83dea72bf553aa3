"""Drive WeasyPrint: the handout of COUNT notes into the PDF file PATH, set in the Lato of folder FONTS; VARIANT may be pdf/ua-1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import handout

try:
    from weasyprint import HTML
except OSError:  # it is loaded on import
    sys.exit("Pango is missing (Debian, Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)")

STYLES = (("Regular", "normal", 400), ("Italic", "italic", 400), ("Bold", "normal", 700), ("BoldItalic", "italic", 700),
          ("Black", "normal", 900))  # fmt: skip
FACE = '@font-face {{ font-family: Lato; src: url("{}"); font-style: {}; font-weight: {} }}\n'


def main(count: int, path: str, fonts: Path, variant: str | None = None) -> None:
    """What a teacher who knows HTML and CSS would write."""
    faces = "".join(FACE.format((fonts / f"Lato-{name}.ttf").as_uri(), style, weight) for name, style, weight in STYLES)
    sheet = faces + Path(__file__).with_name("handout.css").read_text(encoding="utf-8")
    HTML(string="".join(page(count, sheet))).write_pdf(path, pdf_variant=variant)


def page(count: int, sheet: str) -> Iterator[str]:
    """The document."""
    yield f'<!DOCTYPE html><html lang="{handout.LANGUAGE}"><head><title>{handout.TITLE}</title><style>{sheet}</style></head>'
    yield f"<body><h1>{handout.TITLE}</h1><main><nav>"
    for part in handout.parts(count):
        yield f'<p><a href="#part-{part.number}">{part.title}</a></p>'
    yield "</nav>"
    for part in handout.parts(count):
        before = part.notes[0].number - 1  # `start` would be the attribute, but the numbers begin at 1 all the same
        yield f'<section><h2 id="part-{part.number}">{part.title}</h2><ol style="counter-reset: list-item {before}">'
        for each in part.notes:
            yield f'<li><p class="question">{each.question}</p><p>{each.answer}</p>{table(each.table)}'
            yield f'<p class="why"><b>Why</b> {each.why}</p></li>'
        yield "</ol></section>"
    yield "</main></body></html>"


def table(rows: handout.Rows) -> str:
    """The table of a note, if it has one."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
