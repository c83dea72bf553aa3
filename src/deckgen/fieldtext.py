"""What stands in every field of a note in Anki: the HTML of its texts, its sources, its tags.

The less markup the better, and always the same: the ledger hashes these strings, so whatever alters them
all would overwrite what students wrote into their notes (tests/golden guards that). The look is the note type's
business. Knows notes and HTML; not packages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from deckgen.markup.html import to_html
from deckgen.markup.plain import to_plain
from deckgen.markup.tree import Blocks, Image, Paragraph, Text
from deckgen.model import Citation, Deck, Note, NoteType

FIGURES = frozenset({"Figure", "Question figure"})
RETIRED = "retired"

ImageName = Callable[[str], str]


def field_values(note: Note, note_type: NoteType, deck: Deck) -> tuple[str, ...]:
    """The value of every field, in the order of the note type. "My notes" and the spare fields are the student's."""
    values = _made(note, deck)
    opening = _opening(note, deck)

    def image(path: str) -> str:
        return deck.media[path].name

    for name, blocks in note.content.items():
        text = _figure(blocks, image) if name in FIGURES and blocks else to_html(blocks, image)
        if opening and text:
            text = f"{opening}{text}</div>"
        values[name] = values[name] + text if name in values else text
    composed = {name: _composed(value) for name, value in values.items()}
    return tuple([composed.get(name, "") for name in note_type.field_names()])


def _made(note: Note, deck: Deck) -> dict[str, str]:
    """The fields that are not card text. "Watch out" is only among them when the note is retired."""
    made = {
        "Topic": _escape(note.topic),
        "Source": _source(note, deck),
        "Ref": f"{deck.key}/{note.id}",
    }
    if note.retired:
        successor = f" (→ {deck.key}/{note.retired.replaced_by})" if note.retired.replaced_by else ""
        made["Watch out"] = f"<p>{_escape(note.retired.why + successor)}</p>"
    return made


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
    language = note.language if note.language != deck.language else ""
    attributes = [f'{name}="{value}"' for name, value in (("lang", language), ("dir", note.direction)) if value]
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


def anki_tags(note: Note, deck: Deck) -> tuple[str, ...]:
    """The tags of a note as Anki shall have them."""
    retired = f"{deck.tag_prefix}::{RETIRED}" if deck.tag_prefix else RETIRED
    return tuple(_composed(tag) for tag in (*note.tags, *((retired,) if note.retired else ())))


@lru_cache(maxsize=1024)  # a topic stands on many notes
def _escape(text: str) -> str:
    """Plain words as HTML, so that neither a browser nor Anki nor MathJax takes them for more."""
    return to_html((Paragraph((Text(text),)),)) if text else ""


def _composed(text: str) -> str:
    """NFC: Anki stores nothing else, and a difference would look like an edit."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def front_text(note: Note) -> str:
    """The words a student is asked with, for messages and listings."""
    blocks = note.content.get("Question") or note.content.get("Text") or note.content.get("Title") or ()
    return to_plain(blocks)
