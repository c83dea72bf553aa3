"""What lies in a deck's folder: the file that was meant, and files that nothing shows.

Knows names of files; not what is in them.
"""

from __future__ import annotations

from collections.abc import Iterable

from deckgen.diagnostics import nearest
from deckgen.files import Folder
from deckgen.markup.tree import SOUND_ENDINGS, is_sound

PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


def unused_media(folder: Folder, deck_folders: Iterable[str], shown: Iterable[str]) -> list[str]:
    """The pictures and sounds below the folders of decks that are not among `shown`, by their paths in the project.

    Files and folders whose names begin with `_` or `.` are left out. Raises Refused.
    """
    used = {folder.identity(path) for path in shown}
    found = (path for each in deck_folders for path in folder.walk(each, (*PICTURE_ENDINGS, *SOUND_ENDINGS)))
    return [path for path in found if folder.identity(path) not in used]


def near_file(folder: Folder, deck_folder: str, path: str) -> str:
    """A hint on which file was meant by a path that leads nowhere. Raises Refused."""
    what, endings = ("sounds", SOUND_ENDINGS) if is_sound(path) else ("pictures", PICTURE_ENDINGS)
    known = [found[len(deck_folder) + 1 :] for found in folder.walk(deck_folder, endings)]
    near = nearest(path, known) or next((k for k in known if k.rsplit("/", 1)[-1] == path.rsplit("/", 1)[-1]), None)
    return f"Did you mean `{near}`?" if near else f"Paths of {what} are relative to `{deck_folder}/`."
