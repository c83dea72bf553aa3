"""Reading files of a project somebody sent you, without ever leaving it.

A path that stands in a text is resolved against one folder; whatever leads out of it (`..`, an absolute path,
a link) is refused, and so is everything that is no regular file. Knows paths and bytes, not what is in them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MEBIBYTE = 1024 * 1024


class Refused(Exception):  # noqa: N818 - not an error of the program: the caller turns it into a diagnostic
    """A file that is not to be had: `code` of the diagnostic, `message`, and a `hint` on what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Folder:
    """A folder whose inside may be read, and nothing else. `root` must exist."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def locate(self, relative: str) -> Path:
        """The real path of `relative` (written with `/`); raises Refused when it lies outside."""
        parts = PurePosixPath(relative)
        if "\0" in relative or "\\" in relative or ":" in relative or parts.is_absolute() or ".." in parts.parts:
            raise Refused(
                "outside-project",
                f"`{relative}` is not a path inside the project",
                "Write a relative path with `/`, without `..`.",
            )
        try:
            found = (self.root / relative).resolve()
            endless = found.is_symlink()  # a loop of links; Pythons before 3.13 raise
        except (OSError, RuntimeError):
            endless = True
        if endless:
            raise Refused(
                "outside-project",
                f"`{relative}` cannot be followed to a file",
                "Delete the link; it leads back to itself.",
            )
        if not found.is_relative_to(self.root):
            raise Refused(
                "outside-project",
                f"`{relative}` leads out of the project",
                "Copy the file into the project; links that leave it are not followed.",
            )
        return found

    def read(self, relative: str, *, limit: int = 64 * MEBIBYTE) -> bytes:
        """The bytes of a regular file inside; raises Refused (`missing-file`, `outside-project`, `file-too-large`, `unreadable-file`)."""
        path = self.locate(relative)
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise Refused("unreadable-file", f"`{relative}` is not a file", "Give the path of a file.")
            if status.st_size > limit:
                raise Refused(
                    "file-too-large",
                    f"`{relative}` has {status.st_size / MEBIBYTE:.0f} MiB; the limit is {limit // MEBIBYTE} MiB",
                    "Make it smaller, or split it.",
                )
            return path.read_bytes()
        except FileNotFoundError:
            raise Refused("missing-file", f"there is no file `{relative}`") from None
        except OSError as error:
            raise Refused(
                "unreadable-file", f"`{relative}` cannot be read: {error.strerror}", "Check its permissions."
            ) from None

    def is_taken(self, relative: str) -> bool:
        """Whether there is something at `relative`, be it a link that leads nowhere or out of the folder."""
        return os.path.lexists(self.root / relative)

    def exists(self, relative: str) -> bool:
        """Whether there is something at `relative`, inside the folder."""
        try:
            return self.locate(relative).exists()
        except (Refused, OSError):
            return False

    def identity(self, relative: str) -> tuple[int, int]:
        """A mark of the file itself, the same by whatever name or link it is reached; (0, 0) when there is none inside."""
        try:
            status = self.locate(relative).stat()
        except (Refused, OSError):
            return 0, 0
        return status.st_dev, status.st_ino

    def walk(self, under: str, suffixes: tuple[str, ...]) -> Iterator[str]:
        """Paths of all files below `under` that end so, in whatever case, sorted; hidden ones and those with `_` in front left out.

        Links to folders are not entered; a linked file is listed and refused, or not, when it is read.
        Raises Refused when `under` itself leads out.
        """
        self.locate(under)
        found = []
        for folder, folders, names in os.walk(self.root / under, onerror=_refuse_folder):
            here = Path(folder)
            for name in folders:
                if (here / name).is_symlink():
                    raise Refused(
                        "outside-project",
                        f"`{name}` is a link to a folder, which is not entered",
                        "Move the folder itself here.",
                    )
            folders[:] = [name for name in folders if not name.startswith((".", "_"))]
            here = here.relative_to(self.root)
            found += [
                (here / name).as_posix()
                for name in names
                if name.lower().endswith(suffixes) and not name.startswith((".", "_"))
            ]
        # A name that is not UTF-8 is shown as it can be, and will then not be found: better than losing the file silently.
        found = [path.encode("utf-8", "backslashreplace").decode() for path in found]
        return iter(sorted(found, key=lambda path: path.split("/")))


def _refuse_folder(error: OSError) -> None:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return
    raise Refused(
        "unreadable-file",
        f"the folder `{Path(error.filename).name}` cannot be read: {error.strerror}",
        "Check its permissions.",
    )
