"""Pictures and sounds of a deck: read, recognised by their content, checked, freed of metadata, and named for Anki.

The name in Anki holds a hash of the author's file: Anki never replaces a file whose name it has, so another picture
needs another name. What a file says of its maker is taken out, without a change to what is seen or heard; the name
does not depend on that, so a better cleaning does not rename what students have. See `CLEANING`.
`kinds` tells what a file is; each format has a module of its own. Knows files; not who shows them.
"""

from __future__ import annotations

import hashlib

from deckgen.files import MEBIBYTE, Folder, Refused
from deckgen.markup.tree import is_sound
from deckgen.media.content import Unfit, damaged
from deckgen.media.kinds import Kind, foreign_name, kind_of
from deckgen.media.listing import near_file, unused_media
from deckgen.media.svg import unix_lines
from deckgen.model import Media

__all__ = ["read_media", "unused_media"]

SIZE_LIMIT = 20 * MEBIBYTE  # Anki's own limit is 100 MiB a file; a phone is not happy with 20
# Goes into every name. Raise it only on purpose, when students must get the cleaned files anew (something private was
# left in, a file did not play): every file is renamed, and every note that shows one is changed with the next edition.
CLEANING = 1
PICTURES, SOUNDS = "PNG, JPEG, GIF, WebP or SVG", "MP3 or M4A"


def read_media(folder: Folder, deck_folder: str, path: str, *, search: bool = True) -> Media:
    """The picture at `path`, which is relative to the deck's folder; or the sound, where the path ends like one.

    With `search` the hint on a path that leads nowhere names the file that may have been meant.
    Raises Refused: `missing-image`, `missing-sound`, `outside-project`, `image-type`, `sound-type`, `media-damaged`,
    `image-too-large`, `svg-active` and the like.
    """
    data = _bytes(folder, deck_folder, path, search=search)
    try:
        kind = _kind(data, path)
        source = unix_lines(data) if kind.is_text else data
        content = kind.read(source)
    except Unfit as unfit:
        raise unfit.at(path) from None
    return Media(
        path=path,
        name=_name(source, kind),
        kind=kind.ending,
        data=content.data,
        width=content.width,
        height=content.height,
        says_size=content.says_size,
    )


def _name(source: bytes, kind: Kind) -> str:
    """The name in Anki: of what the author gave, with line ends made alike, never of what cleaning left of it.

    It begins with `_`: such files Anki takes out of every package, even where it skips the note that shows them, because
    a text file has brought that note already (measured with 2.1.66 to 26.9.3).
    """
    digest = hashlib.sha256(b"%d\0" % CLEANING)
    digest.update(source)
    return f"_dg-{digest.hexdigest()[:20]}.{kind.ending}"


def _bytes(folder: Folder, deck_folder: str, path: str, *, search: bool) -> bytes:
    try:
        return folder.read(f"{deck_folder}/{path}", limit=SIZE_LIMIT)
    except Refused as refused:
        if refused.code != "missing-file":
            raise
    code, what = ("missing-sound", "sound") if is_sound(path) else ("missing-image", "picture")
    raise Refused(code, f"there is no {what} `{path}`", near_file(folder, deck_folder, path) if search else "")


def _kind(data: bytes, path: str) -> Kind:
    if not data:
        raise damaged("it is empty")
    kind = kind_of(data)
    if kind is None or kind.is_sound != is_sound(path):
        raise _unexpected(kind, data, path)
    return kind


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
