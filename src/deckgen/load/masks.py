"""The masks of an image-occlusion note: what they cover, and on which card each is asked.

A mask covers an element of an SVG, whose box is computed, or a shape given in fractions of the picture. Its card
has a number that must never change once a student has learnt it, so numbers follow the order of the file and can
be written down. Knows pictures and fractions; not how Anki or a page draws a mask.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping as MappingType
from functools import lru_cache
from typing import TYPE_CHECKING

from deckgen import shapes
from deckgen.diagnostics import Bag, Span, nearest
from deckgen.load.texts import card_text
from deckgen.load.values import NOTE_ID, NOTE_ID_RULE, DeckFrame
from deckgen.markup.tree import Blocks, Paragraph, Shape
from deckgen.model import Mask, Media, Occlusion
from deckgen.project import NAME
from deckgen.yamlnodes import Node, Scalar, Sequence, expect_mapping, take

if TYPE_CHECKING:
    from deckgen.svgboxes import Box, Drawing

SHAPES = ("element", "box", "ellipse", "polygon")
MASK_KEYS = (*SHAPES, "answer", "clue", "group", "number")
HIDE = ("all", "one")
LAST_NUMBER = 499  # Anki gives every number from 500 on to one card
NUMBER = re.compile(r"[1-9][0-9]{0,2}")
MANY = 50
LONGEST_ALT, LONGEST_CLUE = 2000, 300
# Of the picture's width, around an element: what is drawn a little larger elsewhere stays covered. The sum stands in the
# note's field in Anki: another value would rewrite every published note with an `element`, and what students changed there.
PADDING = 0.008
LEAST = 0.002  # of the picture; a smaller mask covers nothing anybody sees
ICON = 150  # the longer side of a drawing up to which its units are a grid rather than pixels
USUAL = 600
FRACTIONS = (
    "Positions are fractions from 0 to 1, from the upper left corner: `[left, top, width, height]`, as in "
    "`[0.2, 0.3, 0.15, 0.1]`."
)


def read_occlusion(keys: MappingType[str, Node], deck: DeckFrame, bag: Bag) -> Occlusion | None:
    """The picture with its masks; None after a problem."""
    image, alt = _picture(keys, deck, bag)
    media = deck.media(image, keys["image"].span) if image else None
    masks = _masks(keys["masks"], media, deck, bag)
    hide = shapes.word(keys["hide"], bag, "hide", HIDE) if "hide" in keys else HIDE[0]
    if media is None or not alt or not masks:
        return None
    if not media.says_size:
        bag.warning("mask-picture-size", f"`{media.path}` does not say how large it is", keys["image"].span, "",
                    f"Anki would show it small under its masks. Write {_size(media)} into its `<svg ...>` tag.")  # fmt: skip
    return Occlusion(image, alt, masks, hide_all=hide == HIDE[0])


def _size(media: Media) -> str:
    """What a drawing should say of its size: such that its shape, and so the place of every mask, stays the same."""
    longer = max(media.width, media.height)
    if not longer:
        return "its `width` and `height` in pixels"
    times = 1 if longer >= ICON else math.ceil(USUAL / longer)
    return f'width="{media.width * times:.10g}" height="{media.height * times:.10g}"'


def _picture(keys: MappingType[str, Node], deck: DeckFrame, bag: Bag) -> tuple[str, str]:
    """The path of the picture and its text alternative: of a named figure, or as the note says itself."""
    node = keys["image"]
    path = shapes.text(node, bag, "image")
    own = _short(keys["alt"], "alt", LONGEST_ALT, bag) if "alt" in keys else ""
    if NAME.fullmatch(path):
        figure = deck.figures.get(path)
        if figure:
            return figure.image, own or figure.alt
        near = nearest(path, deck.figures)
        bag.error("unknown-figure", f"there is no figure `{path[:60]}`", node.span, f"did you mean `{near}`?" if near else "",
                  "Give the path of a picture, such as `images/valves.svg`, or the name of a figure of the deck.")  # fmt: skip
        return "", own
    if path and "alt" not in keys:
        bag.error("image-alt", "the picture has no `alt`", node.span, "",
                  "Add `alt: ...`: what the picture shows, without naming what is masked.")  # fmt: skip
    return path, own


def _short(node: Node, key: str, most: int, bag: Bag) -> str:
    text = shapes.text(node, bag, key)
    if len(text) > most:
        bag.error(
            "text-too-long",
            f"`{key}` has {len(text):,} characters",
            node.span,
            "",
            f"At most {most}: it is read aloud in one go.",
        )
        return ""
    return text


def _masks(node: Node, media: Media | None, deck: DeckFrame, bag: Bag) -> tuple[Mask, ...]:
    if isinstance(node, Sequence):
        hint = "Write each mask as `id: {...}`, without the `- `: by its id a mask is spoken of."
        bag.error("wrong-shape", "`masks` must name each mask", node.span, "a mask without an id", hint)
        return ()
    mapping = expect_mapping(node, "`masks`", bag)
    if mapping is None:
        return ()
    if not 1 <= len(mapping.entries) <= MANY:
        hint = "Write each mask as `id: {element: ..., answer: ...}`; up to eight are easy to learn."
        bag.error(
            "mask-count", f"a picture has 1 to {MANY} masks; this has {len(mapping.entries)}", node.span, "", hint
        )
        return ()
    drafts = [_Draft(key, value, bag) for key, value in mapping.entries]
    numbers = _numbers(drafts, bag)
    masks = [_mask(draft, number, media, deck, bag) for draft, number in zip(drafts, numbers, strict=True)]
    found = [mask for mask in masks if mask]
    return tuple(found) if len(found) == len(masks) else ()


class _Draft:
    """A mask as written: its key, its values by key, and the group and number it asks for."""

    __slots__ = ("group", "is_read", "key", "keys", "number", "span")

    def __init__(self, key: Scalar, node: Node, bag: Bag) -> None:
        mapping = expect_mapping(node, f"the mask `{key.text[:60]}`", bag)
        if not NOTE_ID.fullmatch(key.text):
            bag.error("bad-mask-id", f"`{key.text[:60]}` is not a valid id of a mask", key.span, "not allowed", NOTE_ID_RULE)  # fmt: skip
        self.key = key
        self.span = key.span
        self.is_read = mapping is not None
        self.keys = take(mapping, MASK_KEYS, bag, "a mask") if mapping else {}
        self.group = shapes.text(self.keys["group"], bag, "group") if "group" in self.keys else ""
        self.number = self._given_number(bag)

    def _given_number(self, bag: Bag) -> int | None:
        if "number" not in self.keys:
            return None
        text = shapes.text(self.keys["number"], bag, "number")
        if NUMBER.fullmatch(text) and int(text) <= LAST_NUMBER:
            return int(text)
        if text:
            bag.error("bad-mask-number", f"`{text[:20]}` cannot be the number of a mask", self.keys["number"].span, "",
                      f"A whole number from 1 to {LAST_NUMBER}; it says which card asks for the mask, for good.")  # fmt: skip
        return None


def _numbers(drafts: list[_Draft], bag: Bag) -> list[int]:
    """The number of each mask's card: as given, that of its group, or the first that is free, in the order of the file."""
    of_group: dict[str, tuple[int, _Draft]] = {}
    owner: dict[int, _Draft] = {}
    for draft in drafts:
        if draft.number is None:
            continue
        other = owner.setdefault(draft.number, draft)
        if other is not draft and (not draft.group or other.group != draft.group):
            bag.error("duplicate-mask-number", f"the number {draft.number} is taken", draft.keys["number"].span, "",
                      "Masks to be asked together have one `group`; others have numbers of their own.",
                      related=((other.span, "by this mask"),))  # fmt: skip
        known = of_group.setdefault(draft.group, (draft.number, draft)) if draft.group else (draft.number, draft)
        if known[0] != draft.number:
            bag.error("duplicate-mask-number", f"the group `{draft.group[:60]}` has the number {known[0]} already",
                      draft.keys["number"].span, "", "Give a group's number once.", related=((known[1].span, "here"),))  # fmt: skip
    free = (number for number in range(1, LAST_NUMBER + 1) if number not in owner)
    numbers = []
    for draft in drafts:
        if draft.number is not None:
            numbers.append(draft.number)
        elif draft.group:
            if draft.group not in of_group:
                of_group[draft.group] = (next(free), draft)
            numbers.append(of_group[draft.group][0])
        else:
            numbers.append(next(free))
    return numbers


def _mask(draft: _Draft, number: int, media: Media | None, deck: DeckFrame, bag: Bag) -> Mask | None:
    answer = _answer(draft, deck, bag)
    clue = _short(draft.keys["clue"], "clue", LONGEST_CLUE, bag) if "clue" in draft.keys else ""
    shape = _shape(draft, media, bag)
    if not answer or shape is None:
        return None
    return Mask(draft.key.text, number, shape, answer, clue)


def _answer(draft: _Draft, deck: DeckFrame, bag: Bag) -> Blocks:
    """What is hidden, in words on one line."""
    node = draft.keys.get("answer")
    if node is None:
        if draft.is_read:
            bag.error("missing-key", "`answer` is missing", draft.span, "this mask has no answer",
                      "Add `answer: ...`: it is printed, and read to those who do not see the picture.")  # fmt: skip
        return ()
    blocks = card_text(node, bag, "answer", deck.pictures)
    if blocks and (len(blocks) > 1 or not isinstance(blocks[0], Paragraph)):
        bag.error("wrong-shape", "the answer of a mask is a few words, not a list or several paragraphs", node.span, "",
                  "Move the rest to `why` or `more`.")  # fmt: skip
        return ()
    return blocks


def _shape(draft: _Draft, media: Media | None, bag: Bag) -> Shape | None:
    given = [key for key in SHAPES if key in draft.keys]
    if len(given) != 1:
        if draft.is_read:
            what = "does not say what it covers" if not given else f"has {' and '.join(f'`{key}`' for key in given)}"
            bag.error("mask-shape", f"the mask `{draft.key.text[:60]}` {what}", draft.span, "",
                      "Give one of `element` (an id in the SVG), `box`, `ellipse` or `polygon`.")  # fmt: skip
        return None
    node = draft.keys[given[0]]
    if media is None:  # reported already; nothing can be measured
        return None
    if given[0] == "element":
        return _element(node, media, bag)
    if given[0] == "polygon":
        return _polygon(node, media, bag)
    return _box(node, given[0], media, bag)


# ---- elements of an SVG -----------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _drawing(data: bytes) -> Drawing:
    from deckgen.svgboxes import Drawing  # noqa: PLC0415 - slow, and only decks with masks need it

    return Drawing(data)


def _element(node: Node, media: Media, bag: Bag) -> Shape | None:
    name = shapes.text(node, bag, "element").removeprefix("#")
    box = _measured(name, node.span, media, bag) if name else None
    if box is None:
        return None
    left, top, width, height = box
    if width <= 0 or height <= 0:
        bag.error("mask-empty", f"the element `{name}` draws nothing", node.span, "", "Name another, or give a `box`.")
        return None
    if left >= 1 or top >= 1 or left + width <= 0 or top + height <= 0:
        bag.error("mask-outside", f"the element `{name}` lies outside the picture", node.span, "",
                  "It is not to be seen there either. Move it inside the view box, or name another.")  # fmt: skip
        return None
    beside = PADDING
    above = PADDING * (media.width / media.height if media.width and media.height else 1.0)
    return Shape("rect", _clamped((left - beside, top - above), (left + width + beside, top + height + above)))


def _measured(name: str, span: Span, media: Media, bag: Bag) -> Box | None:
    """Where an element lies; None when there is none of this id, or nobody can say."""
    if media.kind != "svg":
        bag.error("unknown-element", f"`{media.path}` has no elements: it is no SVG", span, "",
                  f"Give a `box` instead. {FRACTIONS}")  # fmt: skip
        return None
    drawing = _drawing(media.data)
    if name not in drawing.ids:
        near = nearest(name, drawing.ids)
        listed = ", ".join(f"`{each}`" for each in drawing.ids[:12]) or "none"
        more = f" and {len(drawing.ids) - 12} more" if len(drawing.ids) > 12 else ""
        bag.error("unknown-element", f"`{media.path}` shows no element with the id `{name[:60]}`", span,
                  f"did you mean `{near}`?" if near else "", f"Its ids are {listed}{more}.")  # fmt: skip
        return None
    from deckgen.svgboxes import Unmeasurable  # noqa: PLC0415 - as above

    try:
        return drawing.box(name)
    except Unmeasurable as why:
        bag.error("mask-element", f"the element `{name}` cannot be measured: {why.message}", span, "", why.hint)
        return None


# ---- shapes in fractions ----------------------------------------------------------------------------------------


def _box(node: Node, kind: str, media: Media, bag: Bag) -> Shape | None:
    values = _fractions(node, kind, 4, bag)
    if values is None:
        return None
    left, top, width, height = values
    if width < LEAST or height < LEAST:
        bag.error("mask-empty", f"this {kind} is {width:g} wide and {height:g} high: it covers nothing", node.span, "", FRACTIONS)  # fmt: skip
        return None
    corners = (left, top), (left + width, top + height)
    if not _inside(corners, node.span, media, bag):
        return None
    return Shape("ellipse" if kind == "ellipse" else "rect", _clamped(*corners))


def _polygon(node: Node, media: Media, bag: Bag) -> Shape | None:
    points = [_fractions(item, "polygon", 2, bag) for item in shapes.items(node, bag, "polygon")]
    corners = tuple((point[0], point[1]) for point in points if point)
    if len(corners) != len(points):
        return None
    turned = zip(corners, (*corners[1:], *corners[:1]), strict=True)
    area = abs(sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in turned)) / 2
    if len(corners) < 3 or area < LEAST**2:
        bag.error("mask-empty", "this polygon covers nothing", node.span, "",
                  "Give three corners or more, in their order: `[[0.1, 0.1], [0.4, 0.1], [0.2, 0.3]]`.")  # fmt: skip
        return None
    return Shape("polygon", _clamped(*corners)) if _inside(corners, node.span, media, bag) else None


def _clamped(*corners: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    return tuple((min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in corners)


def _inside(corners: tuple[tuple[float, float], ...], span: Span, media: Media, bag: Bag) -> bool:
    """Whether all corners lie in the picture; a rounding error outside is none."""
    if all(-0.001 <= each <= 1.001 for corner in corners for each in corner):
        return True
    hint = FRACTIONS
    if any(each > 1.5 for corner in corners for each in corner) and media.width and media.height:
        hint += f" Divide pixels by the width ({media.width:g}) and the height ({media.height:g}) of the picture."
    bag.error("mask-outside", "this mask reaches out of the picture", span, "", hint)
    return False


def _fractions(node: Node, key: str, count: int, bag: Bag) -> tuple[float, ...] | None:
    """`count` numbers in a list."""
    items = node.items if isinstance(node, Sequence) else ()
    values = [_real(item.text) for item in items if isinstance(item, Scalar)]
    numbers = tuple(value for value in values if value is not None)
    if len(numbers) == len(items) == count:
        return numbers
    form = FRACTIONS if count == 4 else "Each corner is `[x, y]`, in fractions from 0 to 1 from the upper left corner."
    bag.error(
        "wrong-shape", f"`{key}` takes {count} numbers{' for each corner' if count == 2 else ''}", node.span, "", form
    )
    return None


def _real(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
