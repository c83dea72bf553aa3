"""Writing several files as one step: after a crash at any moment there are the old files or the new ones.

The new files are written into a staging folder beside the old ones and forced to disk; one rename of that
folder decides; then each file is moved into its place, which may be a folder below. A run that finds a decided
folder finishes it, one that finds an undecided folder removes it. Knows names and bytes only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from deckgen.diagnostics import DeckgenError

STAGED = ".deckgen-staged"
DECIDED = ".deckgen-decided"


class FileSystem:
    """The calls that change the disk, in one place, so that a test can make any of them fail."""

    def make_folder(self, path: Path) -> None:
        """Create a folder and its parents; one that exists is fine."""
        path.mkdir(parents=True, exist_ok=True)

    def write(self, path: Path, data: bytes) -> None:
        """Write a file and force it to disk."""
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def rename(self, old: Path, new: Path) -> None:
        """Move within one file system, taking the place of a file that is there."""
        os.replace(old, new)  # noqa: PTH105 - the atomic call itself

    def remove_folder(self, path: Path) -> None:
        """Remove a folder and all in it."""
        shutil.rmtree(path)

    def sync(self, folder: Path) -> None:
        """Force the names in a folder to disk, where the system can."""
        if os.name == "nt":
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            with _unless_unsupported():
                os.fsync(handle)
        finally:
            os.close(handle)


def write_all(
    folder: Path,
    files: Mapping[str, bytes],
    disk: FileSystem | None = None,
    basis: Mapping[str, bytes | None] | None = None,
    is_ours: Callable[[str], bool] = lambda _: True,
) -> list[str]:
    """Put `files` (paths with `/` inside `folder`, and bytes) there, all or none; returns the paths that changed.

    A file that already holds these bytes is not touched. `basis` is what the files were made from: nothing is written
    when one of these paths does not hold these bytes any more (None: is there by now). `is_ours` tells of a path whether
    an interrupted run could have left it: a project may have been sent with a folder that only looks so. Raises
    DeckgenError then, and when the disk refuses.
    """
    disk = disk or FileSystem()
    try:
        disk.make_folder(folder)
        with _alone_in(folder):
            recover(folder, disk, is_ours)
            for name, data in (basis or {}).items():
                _refuse_other(folder / name, data)
            for name in files:
                _refuse_name(name)
            changed = {name: data for name, data in sorted(files.items()) if not _holds(folder / name, data)}
            if changed:
                _replace(folder, changed, disk)
            return list(changed)
    except OSError as error:
        raise DeckgenError(
            f"cannot write into {folder}: {error.strerror or error}"
            + (f" ({Path(error.filename).name})" if error.filename else ""),
            "Check that the folder may be written, the disk has room and no other program holds the file; or choose another folder with --output. The next run puts right what this one left.",
        ) from error


def _refuse_other(path: Path, data: bytes | None) -> None:
    """Refuse when a file is not what it was: a second run has been here in between."""
    is_same = _holds(path, data) if data is not None else not os.path.lexists(path)
    if not is_same:
        raise DeckgenError(
            f"{path.name} was changed by another run in the meantime", "Nothing was written. Run it again."
        )


def was_interrupted(folder: Path) -> bool:
    """Whether a run decided on new files in `folder` and could not put all of them into place."""
    return (folder / DECIDED).exists()


def finish(folder: Path, is_ours: Callable[[str], bool] = lambda _: True) -> list[str]:
    """Put right what an interrupted run left in `folder`, if it did; the paths that it had decided on.

    Raises DeckgenError when the disk refuses.
    """
    decided = [path.relative_to(folder / DECIDED).as_posix() for path in _files_in(folder / DECIDED)]
    if was_interrupted(folder) or (folder / STAGED).exists():
        write_all(folder, {}, is_ours=is_ours)
    return decided


def recover(folder: Path, disk: FileSystem, is_ours: Callable[[str], bool] = lambda _: True) -> None:
    """Finish or remove what an interrupted run left. Links are refused: a project could send them along."""
    for name in (STAGED, DECIDED):
        place = folder / name
        if place.is_symlink() or (
            place.exists() and (not place.is_dir() or place.resolve().parent != folder.resolve())
        ):
            raise OSError(f"{name} is not a folder of deckgen's; delete it")
    if (folder / STAGED).exists():
        disk.remove_folder(folder / STAGED)
    if (folder / DECIDED).exists():
        foreign = [
            name
            for path in _files_in(folder / DECIDED)
            if not is_ours(name := path.relative_to(folder / DECIDED).as_posix())
        ]
        if foreign:
            raise OSError(f"{DECIDED} holds {foreign[0]}, which deckgen never writes; delete that folder")
        _move_in(folder, disk)


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _replace(folder: Path, files: Mapping[str, bytes], disk: FileSystem) -> None:
    for name in files:
        _refuse_unsafe(folder, name)
    staged = folder / STAGED
    try:
        for below in sorted({staged, *((staged / name).parent for name in files)}):
            disk.make_folder(below)
        for name, data in files.items():
            disk.write(staged / name, data)
        for below in _folders(staged, files):
            disk.sync(below)
        disk.rename(staged, folder / DECIDED)
    except BaseException:
        # Also on Ctrl-C: until the rename has happened nothing is decided, and nothing may be left behind.
        shutil.rmtree(staged, ignore_errors=True)
        if (folder / DECIDED).exists():
            _move_in(folder, FileSystem())
        raise
    try:
        disk.sync(folder)
        _move_in(folder, disk)
    except BaseException:
        # Decided: go forward, not back, once more without interruption; a disk that still refuses is reported.
        if (folder / DECIDED).exists():
            _move_in(folder, FileSystem())
        raise


def _refuse_name(name: str) -> None:
    """Refuse what is no plain path inside the folder, whoever asks for it."""
    if not name or "\0" in name or "\\" in name or any(part in ("", ".", "..") for part in name.split("/")):
        raise OSError(f"{name!r} is no path inside the folder")


def _refuse_unsafe(folder: Path, name: str) -> None:
    """Refuse a place that a rename cannot reach, or that a link leads out of the folder to."""
    place = folder / name
    if place.is_dir():
        raise OSError(f"{name} is a folder")
    above = next(each for each in place.parents if os.path.lexists(each))
    if not above.is_dir() or not above.resolve().is_relative_to(folder.resolve()):
        raise OSError(f"{above.name} is no folder, or a link that leads elsewhere; delete it")
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "Permission denied", str(above))
    if above.stat().st_dev != folder.stat().st_dev:
        raise OSError(f"{above.name} lies on another disk than {folder}, so that not all files can appear at once")


def _move_in(folder: Path, disk: FileSystem) -> None:
    decided = folder / DECIDED
    paths = _files_in(decided)
    for path in paths:
        if path.is_symlink() or not path.is_file():
            raise OSError(f"{path.name} in {DECIDED} is not a file of deckgen's; delete it")
        _refuse_unsafe(folder, path.relative_to(decided).as_posix())
    places = {path: folder / path.relative_to(decided) for path in paths}
    for place in sorted({place.parent for place in places.values()} - {folder}):
        disk.make_folder(place)
    for path, place in places.items():
        disk.rename(path, place)
    for below in _folders(folder, [path.relative_to(decided).as_posix() for path in paths]):
        disk.sync(below)
    disk.remove_folder(decided)
    disk.sync(folder)


def _folders(top: Path, names: Iterable[str]) -> list[Path]:
    """Every folder from `top` down to these files, the lowest first."""
    found = {top, *(above for name in names for above in (top / name).parents if above.is_relative_to(top))}
    return sorted(found, reverse=True)


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait for other runs that write into the same folder; the system frees the lock of one that dies.

    Not on Windows: there the last of two runs at once wins.
    """
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with _unless_unsupported():
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _unless_unsupported() -> Iterator[None]:
    """Some network disks know neither locks nor syncing of folders; they do without."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOLCK, errno.ENOTSUP):
            raise
