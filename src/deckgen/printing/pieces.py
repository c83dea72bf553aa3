"""Trees that no author wrote down as such: what a note's options and masks become on paper.

Options stand there without letters; a picture has its covers drawn where the masks lie, marked with `ASKED` on a
card, with numbers in the handout. Knows notes and trees; not data, not layouts.
"""

from __future__ import annotations

from collections.abc import Iterable

from deckgen.markup.tree import Blocks, Cover, Inline, ListBlock, MaskedImage, Paragraph, Strong, Text, joined
from deckgen.markup.views import images
from deckgen.model import Mask, Note, Occlusion, Option

ASKED = "?"  # on the parts of a picture that a card asks for; layouts look for it
SHOWN = "!"  # on the same parts of its back, which are framed and not covered
EN_SPACE = "\u2002"  # between an option and its reason; a line may end there


# ---- options ----------------------------------------------------------------------------------------------------


def options_of(note: Note) -> Blocks:
    """The options to choose from, in the order of the front, as a list."""
    return (ListBlock(None, tuple(option.text for option in note.options)),) if note.options else ()


def best_of(note: Note, *, in_line: bool) -> Blocks:
    """The option that is right, in bold, and why: behind it in the same line, or under it."""
    best = next(option for option in note.options if option.best)
    if in_line:
        return explained(best)
    strong = (Paragraph((Strong(block.children),)) if isinstance(block, Paragraph) else block for block in best.text)
    return (*strong, *best.reason)


def others_of(note: Note) -> Blocks:
    """The options that are wrong, each with its reason, as a list."""
    others = tuple(explained(option) for option in note.options if not option.best)
    return (ListBlock(None, others),) if others else ()


def explained(option: Option) -> Blocks:
    """An option in bold with its reason behind it, on one line where both are plain paragraphs."""
    text, reason = option.text, option.reason
    first = reason[0] if reason else None
    if len(text) == 1 and isinstance(text[0], Paragraph) and isinstance(first, Paragraph) and not any(images(text)):
        return (Paragraph(joined((Strong(text[0].children), EN_SPACE, *first.children))), *reason[1:])
    return (*text, *reason)


# ---- masks ------------------------------------------------------------------------------------------------------


def groups_of(occlusion: Occlusion) -> list[list[Mask]]:
    """The masks that are asked together, card by card, in the order of the cards."""
    return [[mask for mask in occlusion.masks if mask.number == number] for number in occlusion.numbers()]


def numbered_picture(occlusion: Occlusion) -> Blocks:
    """The picture with every mask covered and numbered, from 1, in the order of the cards."""
    return _picture(
        occlusion, ((mask, str(number)) for number, group in enumerate(groups_of(occlusion), 1) for mask in group)
    )


def asking_picture(occlusion: Occlusion, number: int) -> Blocks:
    """The picture of the card `number`: what it asks for is covered and marked, the rest covered when all is hidden."""
    masks = [mask for mask in occlusion.masks if occlusion.hide_all or mask.number == number]
    return _picture(occlusion, ((mask, ASKED if mask.number == number else "") for mask in masks))


def answering_picture(occlusion: Occlusion, number: int) -> Blocks:
    """The picture of the back of the card `number`: what was asked for is to be seen, in a frame; the rest as on the front."""
    masks = [mask for mask in occlusion.masks if occlusion.hide_all or mask.number == number]
    return _picture(occlusion, ((mask, SHOWN if mask.number == number else "") for mask in masks))


def _picture(occlusion: Occlusion, labelled: Iterable[tuple[Mask, str]]) -> Blocks:
    covers = tuple(Cover(mask.shape, label, mask.clue if label not in ("", SHOWN) else "") for mask, label in labelled)
    return (Paragraph((MaskedImage(occlusion.image, occlusion.alt, covers),)),)


def answers_of(group: Iterable[Mask]) -> Blocks:
    """What is covered by the masks of one card, in words; two masks with one answer say it once."""
    answers = list(dict.fromkeys(mask.answer for mask in group))
    words: list[str | Inline] = []
    for answer in answers:
        if len(answer) != 1 or not isinstance(answer[0], Paragraph):
            return tuple(block for each in answers for block in each)
        words += [Text("; "), *answer[0].children] if words else answer[0].children
    return (Paragraph(joined(words)),)
