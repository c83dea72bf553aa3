"""Contact sheets: question and answer, light and night, of one kind of card in one small picture.

Needs the PyPI package `pillow`. A sheet is for a page of documentation: lossless WebP of few colours, at most 40 kB,
so that letters stay sharp. The colours are chosen by hand, as it were: a usual quantizer spends them on the greys of
letter edges and drops the rare ones, which on a card are those that mean something.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

MOST_BYTES = 40_000
GAP = 12  # px between the pictures of a sheet, in pixels of the sheet
GROUND = "#8a8f98"  # between light and dark pages, so that both have an edge
TALLEST = 2.4  # of a picture, in its widths; what is longer is cut off below
MARGIN = 24  # px of empty ground left under a card, in pixels of the screenshot
ORDER = (("q", False), ("a", False), ("q", True), ("a", True))
COLOURS = 56
NEAR = 14  # colours that differ by less in red, green and blue count as one

Colour = tuple[int, int, int]


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
        """Write the sheet as `example-recall-reverse.webp`: as sharp as its limit of bytes allows."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{re.sub(r'[^a-z0-9]+', '-', self.kind.lower()).strip('-')}.webp"
        shown = [_cut(self.pictures[key]) for key in ORDER if key in self.pictures]
        colours = palette(shown)
        for width in (360, 300, 260, 220, 180):
            sheet = _side_by_side(shown, width)
            for most in (COLOURS, COLOURS // 2):
                data = _webp(sheet, colours[:most])
                if len(data) <= MOST_BYTES:
                    path.write_bytes(data)
                    return path
        raise ValueError(f"{self.kind}: no sheet of at most {MOST_BYTES} bytes")


def _cut(picture: bytes) -> Image.Image:
    """The screenshot without the empty ground under the card, and not too long."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    ground = Image.new("RGB", image.size, _ground(image))
    box = ImageChops.difference(image, ground).getbbox() or (0, 0, 0, image.height)
    return image.crop((0, 0, image.width, min(image.height, box[3] + MARGIN, int(image.width * TALLEST))))


def _ground(picture: Image.Image) -> Any:
    """The colour of the page, taken from its last line."""
    return picture.getpixel((0, picture.height - 1))


def palette(pictures: list[Image.Image], most: int = COLOURS, near: int = NEAR) -> list[Colour]:
    """The commonest colours, none near another: flat areas first, then rare but telling ones."""
    counts: Counter[Colour] = Counter()
    for picture in pictures:
        found: Any = picture.getcolors(picture.width * picture.height)
        counts.update({colour: count for count, colour in found})
    chosen: list[Colour] = []
    for colour in sorted(counts, key=lambda each: (-counts[each], each)):
        if all(max(abs(a - b) for a, b in zip(colour, other, strict=True)) >= near for other in chosen):
            chosen.append(colour)
        if len(chosen) == most:
            break
    return chosen


def _side_by_side(pictures: list[Image.Image], width: int) -> Image.Image:
    fitted = [
        each.resize((width, round(each.height * width / each.width)), Image.Resampling.LANCZOS) for each in pictures
    ]
    height = max(each.height for each in fitted)
    sheet = Image.new("RGB", (len(fitted) * (width + GAP) + GAP, height + 2 * GAP), GROUND)
    for index, each in enumerate(fitted):
        page = Image.new("RGB", (width, height), _ground(each))
        page.paste(each, (0, 0))
        sheet.paste(page, (GAP + index * (width + GAP), GAP))
    return sheet


def in_colours(picture: Image.Image, colours: list[Colour]) -> Image.Image:
    """The picture in these colours alone, each the nearest, with a palette."""
    chart = Image.new("P", (1, 1))
    chart.putpalette([part for colour in colours for part in colour])
    return picture.quantize(len(colours), palette=chart, dither=Image.Dither.NONE)


def _webp(picture: Image.Image, colours: list[Colour]) -> bytes:
    buffer = io.BytesIO()
    in_colours(picture, colours).convert("RGB").save(buffer, "WEBP", lossless=True, quality=100, method=4)
    return buffer.getvalue()
