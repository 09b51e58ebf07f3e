"""Where files to import come from: a folder, or a zipped folder, read as streams and never unpacked."""

import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sen_dashboard.importing.problems import DatasetError, Problem

MACOS_FOLDER = "__MACOSX"
"""A folder that macOS adds to every zip it makes."""


@dataclass(frozen=True)
class Member:
    """A file to import; ``size`` is in bytes."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Wanted:
    """Which files are read, by name. ``example`` is one such name; ``subfolder`` is where a folder may hold them."""

    has: Callable[[str], bool]
    example: str
    subfolder: str = ""


@contextmanager
def open_source(path: Path, wanted: Wanted) -> Iterator[dict[str, Member]]:
    """Yield the files of the folder or zip at ``path`` by name, unwanted ones included.

    Raises DatasetError when there is no such folder or zip, when it holds none of the wanted files, and when a zip has
    a member that would lie outside the folder it stands for.
    """
    with ExitStack() as stack:
        found = {member.name: member for member in _members(path, wanted, stack)}
        if not any(map(wanted.has, found)):
            raise refusal(f"{path} holds none of the files that are read, such as {wanted.example}.")
        yield found


def refusal(sentence: str) -> DatasetError:
    """Return an error about the files as a whole."""
    return DatasetError([Problem(sentence)])


def _members(path: Path, wanted: Wanted, stack: ExitStack) -> list[Member]:
    try:
        if path.is_dir():
            return _in_folder(path, wanted)
        if path.is_file():
            return _in_zip(stack.enter_context(zipfile.ZipFile(path)), wanted)
    except zipfile.BadZipFile:
        raise refusal(f"{path} is neither a folder nor a zip that can be read.") from None
    except OSError as error:
        raise refusal(f"{path} cannot be read: {error.strerror}.") from None
    raise refusal(f"There is no folder or zip {path}.")


def _member(name: str, size: int, opened: Callable[[], Any]) -> Member:
    def open_member() -> IO[bytes]:
        try:
            stream: IO[bytes] = opened()
        except (OSError, NotImplementedError, zipfile.BadZipFile):
            raise refusal(f"{name} cannot be opened.") from None
        return stream

    return Member(name, size, open_member)


def _in_folder(folder: Path, wanted: Wanted) -> list[Member]:
    entries = sorted(folder.iterdir())
    for entry in entries:
        if wanted.has(entry.name) and not entry.is_file():
            raise refusal(f"{entry.name} is not a file.")
    files = [entry for entry in entries if entry.is_file()]
    below = folder / wanted.subfolder
    if below != folder and below.is_dir() and not any(wanted.has(file.name) for file in files):
        return _in_folder(below, Wanted(wanted.has, wanted.example))
    return [_member(file.name, file.stat().st_size, partial(file.open, "rb")) for file in files]


def _in_zip(archive: zipfile.ZipFile, wanted: Wanted) -> list[Member]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in entries:
        _refuse_outside(entry)
    entries = [entry for entry in entries if PurePosixPath(entry.filename).parts[:1] != (MACOS_FOLDER,)]
    folders = {
        os.path.dirname(entry.filename) for entry in entries if wanted.has(PurePosixPath(entry.filename).name)
    }
    if len(folders) > 1:
        raise refusal("The zip holds data files in more than one folder: zip a single folder.")
    if len({entry.filename for entry in entries}) < len(entries):
        raise refusal("The zip holds two files with the same name.")
    folder = next(iter(folders), "")
    return [
        _member(_name_in(folder, entry), entry.file_size, partial(archive.open, entry)) for entry in entries
    ]


def _name_in(folder: str, entry: zipfile.ZipInfo) -> str:
    """Return the plain name of a file in the folder that is read, or the full name of one elsewhere."""
    path = PurePosixPath(entry.filename)
    return path.name if os.path.dirname(entry.filename) == folder else str(path)


def _refuse_outside(entry: zipfile.ZipInfo) -> None:
    """Raise DatasetError for a name that leaves the zip's folder, a link, or a member that needs a password."""
    name = entry.orig_filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts:
        raise refusal("The zip holds a file whose name leads outside its folder; nothing of it was read.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise refusal("The zip holds a link to another file; nothing of it was read.")
    if entry.flag_bits & 1:
        raise refusal("The zip needs a password; zip the files without one.")
