"""What stands in every field of a note in Anki: the HTML of its texts, its sources, its tags.

The less markup the better, and always the same: the ledger hashes these strings, so whatever alters them
all would overwrite what students wrote into their notes (tests/golden guards that). The look is the note type's
business. Knows notes and HTML; not packages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from deckgen.faces import filled_cards
from deckgen.markup.html import to_html
from deckgen.markup.plain import to_plain
from deckgen.markup.tree import Blocks, Cloze, Image, Paragraph, Shape, Text
from deckgen.markup.views import cloze_ordinals
from deckgen.model import AnkiNote, Citation, Deck, Mask, Media, Note, NoteType, Occlusion, Option, Retired
from deckgen.notetypes import direction_of

FIGURES = frozenset({"Figure", "Question figure"})
RETIRED_TAG = "deckgen::retired"  # the same in every deck: one search finds them all

_SHOWN = re.compile(r'<img [^>]*?src="([^"]*)"|\[sound:([^\]]*)\]')

ImageName = Callable[[str], str]


def field_values(note: Note, note_type: NoteType, deck: Deck) -> tuple[str, ...]:
    """The value of every field, in the order of the note type. "My notes" and the spare fields are the student's."""
    values = _made(note, deck)
    opening = _opening(note, deck)

    def image(path: str) -> str:
        return deck.media[path].name

    for name, blocks in note.content.items():
        text = _figure(blocks, image) if name in FIGURES and blocks else to_html(blocks, image)
        text = _wrapped(text, opening)
        values[name] = values[name] + text if name in values else text
    if note.options:
        values["Options"] = _wrapped(_options(note.options, image), opening)
        values["Options explained"] = _wrapped(_explained(note.options, image), opening)
    if note.occlusion:
        values |= _occlusion(note.occlusion, opening, image)
    return tuple([_composed(value) if (value := values.get(name)) else "" for name in note_type.field_names()])


def anki_notes(deck: Deck, note_types: Mapping[str, NoteType]) -> tuple[AnkiNote, ...]:
    """All notes of a deck as they stand in Anki, in the author's order."""
    made = []
    for note in deck.notes():
        note_type = note_types[note.note_type]
        fields, tags = field_values(note, note_type, deck), anki_tags(note)
        made.append(AnkiNote(note, note_type, fields, tags, filled_cards(note_type, fields, tagged=bool(tags))))
    return tuple(made)


def media_of(deck: Deck, notes: Iterable[AnkiNote]) -> list[Media]:
    """The pictures and sounds that fields show, sorted by name: Anki imports no others."""
    shown = {name for note in notes for name in media_in(note)} if deck.media else set()
    by_name: dict[str, Media] = {}
    for media in deck.media.values():
        if media.name not in shown:
            continue
        if not media.data:
            raise ValueError(f"the file {media.path} is empty")
        if by_name.setdefault(media.name, media).data != media.data:
            raise ValueError(f"two files are called {media.name}")
    return [by_name[name] for name in sorted(by_name)]


def media_in(note: AnkiNote) -> list[str]:
    """The names of the pictures and sounds that the fields of a note show."""
    fields = [field for field in note.fields if "<img" in field or "[sound:" in field]
    return [picture or sound for field in fields for picture, sound in _SHOWN.findall(field)]


def _made(note: Note, deck: Deck) -> dict[str, str]:
    """The fields that are not card text."""
    return {
        "Topic": _escape(note.topic),
        "Source": _source(note, deck),
        "Ref": f"{deck.key}/{note.id}",
        "Typed answer": _escape(note.typed_answer),
        "Retired": _retired(note.retired, deck) if note.retired else "",
    }


def _retired(retired: Retired, deck: Deck) -> str:
    """Since when and why, then where to go on. The arrow keeps its side of the key in a deck from right to left, too."""
    why = f"<p><b>{_escape(retired.since)}</b> {_escape(retired.why)}</p>"
    successor = _escape(f"→ {deck.key}/{retired.replaced_by}") if retired.replaced_by else ""
    return f"{why}<p><bdi>{successor}</bdi></p>" if successor else why


def _source(note: Note, deck: Deck) -> str:
    """The cited works, a paragraph each when there are several, so that one can see where each begins."""
    entries = [_citation(citation, deck) for citation in note.citations]
    return "".join([f"<p>{entry}</p>" for entry in entries]) if len(entries) > 1 else "".join(entries)


def _citation(citation: Citation, deck: Deck) -> str:
    """A formatted entry, with the place in the work at its end."""
    entry = deck.references[citation.key].html
    if not citation.locator:
        return entry
    stop = "." if entry.endswith(".") else ""
    return f"{entry.removesuffix('.')}, {_escape(citation.locator)}{stop}"


def _opening(note: Note, deck: Deck) -> str:
    """The tag around every text of a note that is not in the deck's language or direction."""
    if not note.language and not note.direction:
        return ""
    language = note.language if note.language != deck.language else ""
    turned = language and direction_of(language) != direction_of(deck.language)
    direction = note.direction or (direction_of(language) if turned else "")
    attributes = [f'{name}="{value}"' for name, value in (("lang", language), ("dir", direction)) if value]
    return f"<div {' '.join(attributes)}>" if attributes else ""


def _figure(blocks: Blocks, image: ImageName) -> str:
    """The picture alone, then in small letters whatever stands with it."""
    first = blocks[0]
    pictures = [node for node in first.children if isinstance(node, Image)] if isinstance(first, Paragraph) else []
    if not isinstance(first, Paragraph) or not pictures:
        return to_html(blocks, image)
    words = tuple(node for node in first.children if not isinstance(node, Image))
    has_words = any(not isinstance(node, Text) or node.text.strip() for node in words)
    caption = (*((Paragraph(words),) if has_words else ()), *blocks[1:])
    picture = to_html((Paragraph(tuple(pictures)),), image)
    return f"{picture}<small>{to_html(caption, image).strip()}</small>" if caption else picture


def _wrapped(text: str, opening: str) -> str:
    return f"{opening}{text}</div>" if opening and text else text


# ---- options ----------------------------------------------------------------------------------------------------


def _options(options: Iterable[Option], image: ImageName) -> str:
    """The options to choose from, in their order."""
    return f"<ul>{''.join(f'<li>{to_html(option.text, image)}</li>' for option in options)}</ul>"


def _explained(options: Iterable[Option], image: ImageName) -> str:
    """The best option first, each with its reason: what matters comes first to the ear as well as to the eye."""
    ordered = sorted(options, key=lambda option: not option.best)
    return f"<ul>{''.join(_explained_option(option, image) for option in ordered)}</ul>"


def _explained_option(option: Option, image: ImageName) -> str:
    text, reason = to_html(option.text, image), to_html(option.reason, image)
    if len(option.reason) == 1 and isinstance(option.reason[0], Paragraph):
        reason = f"<p>{reason}</p>"
    return f'<li class="best"><b>{text}</b>{reason}</li>' if option.best else f"<li>{text}{reason}</li>"


# ---- image occlusion --------------------------------------------------------------------------------------------


def _occlusion(occlusion: Occlusion, opening: str, image: ImageName) -> dict[str, str]:
    """The fields by which Anki draws the masks, and the answers in words.

    Masks are written as Anki's own editor writes them (ts/routes/image-occlusion/shapes, read at c32cb291), so that
    a student can open and change them there.
    """
    masks = sorted(occlusion.masks, key=lambda mask: mask.number)
    return {
        "Occlusion": "".join(f"{_mask(mask, hide_all=occlusion.hide_all)}<br>" for mask in masks),
        "Image": to_html((Paragraph((Image(occlusion.image, occlusion.alt, 0, 0),)),), image),
        "Answers": "".join(_answer(mask, opening, image) for mask in masks),
    }


def _mask(mask: Mask, *, hide_all: bool) -> str:
    values = ":".join(f"{key}={value}" for key, value in _geometry(mask.shape))
    return f"{{{{c{mask.number}::image-occlusion:{mask.shape.kind}:{values}{':oi=1' if hide_all else ''}}}}}"


def _geometry(shape: Shape) -> list[tuple[str, str]]:
    left, top = (min(point[axis] for point in shape.points) for axis in (0, 1))
    width, height = (max(point[axis] for point in shape.points) - low for axis, low in ((0, left), (1, top)))
    corner = [("left", _fraction(left)), ("top", _fraction(top))]
    if shape.kind == "rect":
        return [*corner, ("width", _fraction(width)), ("height", _fraction(height))]
    if shape.kind == "ellipse":
        return [*corner, ("rx", _fraction(width / 2)), ("ry", _fraction(height / 2))]
    return [*corner, ("points", " ".join(f"{_fraction(x)},{_fraction(y)}" for x, y in shape.points))]


def _fraction(value: float) -> str:
    """Four decimals without idle zeros, as Anki's editor writes them: `.5`, `.0711`, `1.`, and `.0000` for nothing."""
    return f"{value:.4f}".strip("0").replace("-.", "-0.") if round(value, 4) else ".0000"


def _answer(mask: Mask, opening: str, image: ImageName) -> str:
    """The answer as a gap of the mask's number. An empty hint keeps Anki from showing three dots for it."""
    first = mask.answer[0]
    words = first.children if isinstance(first, Paragraph) else ()
    bare, gap = (to_html((Paragraph((Cloze((mask.number,), words, clue, 0, 0),)),), image) for clue in ("", mask.clue))
    start, end = bare.index("::") + 2, len(bare) - 2
    text, hint = bare[start:end], gap[end:] if mask.clue else "::}}"
    if opening:  # `cloze-only` shows nothing that stands around a gap
        text = f"{opening.replace('<div', '<span', 1)}{text}</span>"
    return f"{bare[:start]}{text}{hint}"


# ---- of the note as a whole -------------------------------------------------------------------------------------


def filled_fields(note: Note) -> frozenset[str]:
    """The names of the fields that are filled and may make a card."""
    made = {"Typed answer": note.typed_answer, "Options": note.options, "Occlusion": note.occlusion}
    return frozenset(note.content) | {name for name, value in made.items() if value}


def cloze_numbers(note: Note) -> tuple[int, ...]:
    """The numbers of the cards that a note of a cloze kind makes."""
    return note.occlusion.numbers() if note.occlusion else cloze_ordinals(note.content.get("Text", ()))


def anki_tags(note: Note) -> tuple[str, ...]:
    """The tags of a note as Anki shall have them."""
    return tuple(_composed(tag) for tag in (*note.tags, *((RETIRED_TAG,) if note.retired else ())))


@lru_cache(maxsize=1024)  # a topic stands on many notes
def _escape(text: str) -> str:
    """Plain words as HTML, so that neither a browser nor Anki nor MathJax takes them for more."""
    return to_html((Paragraph((Text(text),)),)) if text else ""


def _composed(text: str) -> str:
    """NFC: Anki stores nothing else, and a difference would look like an edit."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def front_text(note: Note) -> str:
    """The words a student is asked with, for messages and listings."""
    names = ("Question", "Text", "Title", "Claim", "Header")
    return to_plain(next((note.content[name] for name in names if note.content.get(name)), ()))
