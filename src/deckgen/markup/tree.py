"""The one tree that card text becomes, whatever it is later written as.

Nouns only: no parsing, no HTML, no Typst. A tree is a tuple of block nodes; inline nodes live inside
`Paragraph`, table cells and the like. Offsets (`start`, `end`) count characters in the card text the node
was read from, so that a problem found later can still point at its place.

Three rules hold in every tree: no Text is empty, no two Texts are neighbours (`joined` sees to both), and
nodes are nested at most `MAX_DEPTH` deep, so that a writer may call itself. Nodes are tuples and compare
as tuples: `Strong(x) == Emphasis(x)`; compare `repr` where the difference matters.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

MAX_DEPTH = 50
SOUND_ENDINGS = (".mp3", ".m4a", ".ogg", ".oga", ".opus", ".wav", ".flac")


class Text(NamedTuple):
    """Literal characters."""

    text: str


class Emphasis(NamedTuple):
    """Stressed text, set in italics."""

    children: tuple[Inline, ...]


class Strong(NamedTuple):
    """Important text, set in bold."""

    children: tuple[Inline, ...]


class Subscript(NamedTuple):
    """`H~2~O`."""

    children: tuple[Inline, ...]


class Superscript(NamedTuple):
    """`Ca^2+^`."""

    children: tuple[Inline, ...]


class Code(NamedTuple):
    """Literal code in a line."""

    text: str


class Math(NamedTuple):
    """A formula in LaTeX; `display` on a line of its own."""

    tex: str
    display: bool
    start: int
    end: int


class Link(NamedTuple):
    """A link with its text."""

    href: str
    children: tuple[Inline, ...]
    start: int
    end: int


class Image(NamedTuple):
    """A picture: `path` as the author wrote it, relative to the deck's folder; `alt` as plain text."""

    path: str
    alt: str
    start: int
    end: int


class Sound(NamedTuple):
    """A recording: `path` as the author wrote it, relative to the deck's folder; `alt` says in plain text what is heard."""

    path: str
    alt: str
    start: int
    end: int


class Break(NamedTuple):
    """A forced new line."""


class Cloze(NamedTuple):
    """Anki's `{{c1::children::hint}}`; `ordinals` as in `{{c1,2::..}}`; `hint` is plain text or ""."""

    ordinals: tuple[int, ...]
    children: tuple[Inline, ...]
    hint: str
    start: int
    end: int


class Blank(NamedTuple):
    """A gap to fill, in print: where a cloze was; `letters` is how long the hidden text is."""

    hint: str
    letters: int


class Shape(NamedTuple):
    """A part of a picture, in fractions of its width and height from the upper left corner.

    A `rect` or `ellipse` has two points, the corners of the box around it; a `polygon` has its own corners.
    """

    kind: Literal["rect", "ellipse", "polygon"]
    points: tuple[tuple[float, float], ...]


class Cover(NamedTuple):
    """A part of a picture covered up; `label` stands on it ("?", a number, or nothing).

    `clue` says what is there without naming it, for those who do not see the picture; "" when nobody wrote one.
    """

    shape: Shape
    label: str
    clue: str = ""


class MaskedImage(NamedTuple):
    """A picture with parts of it covered, in print; in Anki the covers are drawn by Anki itself."""

    path: str
    alt: str
    covers: tuple[Cover, ...]


class Paragraph(NamedTuple):
    """A run of inline nodes."""

    children: tuple[Inline, ...]


class ListBlock(NamedTuple):
    """A list; `start` is the first number, or None for bullets. A tight item is one Paragraph."""

    start: int | None
    items: tuple[tuple[Block, ...], ...]


class Table(NamedTuple):
    """A table with a header row. `align` has one of "", "left", "center", "right" a column."""

    header: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    align: tuple[str, ...]


class CodeBlock(NamedTuple):
    """Literal lines."""

    text: str


class Quote(NamedTuple):
    """Somebody else's words."""

    children: tuple[Block, ...]


Inline: TypeAlias = (
    Text
    | Emphasis
    | Strong
    | Subscript
    | Superscript
    | Code
    | Math
    | Link
    | Image
    | Sound
    | Break
    | Cloze
    | Blank
    | MaskedImage
)
Block: TypeAlias = Paragraph | ListBlock | Table | CodeBlock | Quote
Blocks: TypeAlias = tuple[Block, ...]


def is_sound(path: str) -> bool:
    """Whether `![...](path)` means a sound rather than a picture: the path's ending says it."""
    return path.lower().endswith(SOUND_ENDINGS)


def joined(parts: Iterable[str | Inline]) -> tuple[Inline, ...]:
    """Inline nodes of these parts: bare strings become Text, neighbouring texts one Text, empty ones nothing."""
    nodes: list[Inline] = []
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        elif type(part) is Text:
            texts.append(part.text)
        else:
            if texts and (text := "".join(texts)):
                nodes.append(Text(text))
            texts.clear()
            nodes.append(part)
    if texts and (text := "".join(texts)):
        nodes.append(Text(text))
    return tuple(nodes)


class Problem(NamedTuple):
    """Something wrong in a card text, with offsets into it; `deckgen.load` makes a Diagnostic of it."""

    code: str
    message: str
    start: int
    end: int
    label: str = ""
    hint: str = ""
