"""Pictures and sounds of a deck: read, recognised by their content, checked, freed of metadata, and named for Anki.

The name in Anki holds a hash of the bytes: Anki never replaces a file whose name it has, so another picture
needs another name. What a file says of its maker is taken out before, without a change to what is seen or heard.
`kinds` tells what a file is; each format has a module of its own. Knows files; not who shows them.
"""

from __future__ import annotations

import hashlib

from deckgen.files import MEBIBYTE, Folder, Refused
from deckgen.markup.tree import is_sound
from deckgen.media.content import Content, Unfit, damaged
from deckgen.media.kinds import Kind, foreign_name, kind_of
from deckgen.media.listing import near_file, unused_media
from deckgen.model import Media

__all__ = ["read_media", "unused_media"]

SIZE_LIMIT = 20 * MEBIBYTE  # Anki's own limit is 100 MiB a file; a phone is not happy with 20
PICTURES, SOUNDS = "PNG, JPEG, GIF, WebP or SVG", "MP3 or M4A"


def read_media(folder: Folder, deck_folder: str, path: str) -> Media:
    """The picture at `path`, which is relative to the deck's folder; or the sound, where the path ends like one.

    Raises Refused: `missing-image`, `missing-sound`, `outside-project`, `image-type`, `sound-type`, `media-damaged`,
    `image-too-large`, `svg-active` and the like.
    """
    data = _bytes(folder, deck_folder, path)
    try:
        kind, content = _read(data, path)
    except Unfit as unfit:
        raise unfit.at(path) from None
    name = f"dg-{hashlib.sha256(content.data).hexdigest()[:20]}.{kind.ending}"
    return Media(path=path, name=name, data=content.data, width=content.width, height=content.height)


def _bytes(folder: Folder, deck_folder: str, path: str) -> bytes:
    try:
        return folder.read(f"{deck_folder}/{path}", limit=SIZE_LIMIT)
    except Refused as refused:
        if refused.code != "missing-file":
            raise
    code, what = ("missing-sound", "sound") if is_sound(path) else ("missing-image", "picture")
    raise Refused(code, f"there is no {what} `{path}`", near_file(folder, deck_folder, path))


def _read(data: bytes, path: str) -> tuple[Kind, Content]:
    if not data:
        raise damaged("it is empty")
    kind = kind_of(data)
    if kind is None or kind.is_sound != is_sound(path):
        raise _unexpected(kind, data, path)
    return kind, kind.read(data)


def _unexpected(kind: Kind | None, data: bytes, path: str) -> Unfit:
    """A file of another kind than its path promises."""
    code, what, known = ("sound-type", "sound", SOUNDS) if is_sound(path) else ("image-type", "picture", PICTURES)
    if kind is None:
        name = foreign_name(data)
        holds = f"holds {name}, which deckgen does not take as a {what}" if name else f"is not a {what} deckgen knows"
        return Unfit(code, holds, f"Save it as {known}.")
    other = "sound" if kind.is_sound else "picture"
    stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
    return Unfit(
        code, f"is a {other} ({kind.name}), not a {what}", f"Rename it, in the text as well, to `{stem}.{kind.ending}`."
    )
