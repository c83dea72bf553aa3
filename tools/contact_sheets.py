"""Contact sheets: question and answer, light and night, of one kind of card in one small picture.

Needs the PyPI package `pillow`. A sheet is for a page of documentation: a PNG of few colours, at most 40 kB.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

MOST_BYTES = 40_000
GAP = 12  # px between the pictures of a sheet, in pixels of the sheet
GROUND = "#8a8f98"  # between light and dark pages, so that both have an edge
TALLEST = 1.9  # of a picture, in its widths; what is longer is cut off below
ORDER = (("q", False), ("a", False), ("q", True), ("a", True))


@dataclass(slots=True)
class Sheet:
    """One kind of card. Only the first card that is added counts."""

    kind: str
    owner: str = ""
    pictures: dict[tuple[str, bool], bytes] = field(default_factory=dict)

    def add(self, picture: bytes, *, side: str, night: bool, owner: str) -> None:
        """Add one side; `owner` names its card."""
        self.owner = self.owner or owner
        if owner == self.owner:
            self.pictures.setdefault((side, night), picture)

    def write(self, folder: Path) -> Path:
        """Write the sheet as `recall-reverse.png`: as sharp as its limit of bytes allows."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{re.sub(r'[^a-z0-9]+', '-', self.kind.lower()).strip('-')}.png"
        shown = [Image.open(io.BytesIO(self.pictures[key])).convert("RGB") for key in ORDER if key in self.pictures]
        for width in (360, 320, 280, 240, 200, 160):
            for colours in (64, 32, 16):
                data = _png(_side_by_side(shown, width), colours)
                if len(data) <= MOST_BYTES:
                    path.write_bytes(data)
                    return path
        raise ValueError(f"{self.kind}: no sheet of at most {MOST_BYTES} bytes")


def _side_by_side(pictures: list[Image.Image], width: int) -> Image.Image:
    fitted = []
    for picture in pictures:
        tall = min(picture.height, int(picture.width * TALLEST))
        cut = picture.crop((0, 0, picture.width, tall))
        fitted.append(cut.resize((width, round(tall * width / picture.width)), Image.Resampling.LANCZOS))
    height = max(each.height for each in fitted)
    sheet = Image.new("RGB", (len(fitted) * (width + GAP) + GAP, height + 2 * GAP), GROUND)
    for index, each in enumerate(fitted):
        page = Image.new("RGB", (width, height), each.getpixel((0, each.height - 1)))
        page.paste(each, (0, 0))
        sheet.paste(page, (GAP + index * (width + GAP), GAP))
    return sheet


def _png(picture: Image.Image, colours: int) -> bytes:
    buffer = io.BytesIO()
    picture.quantize(colours, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
