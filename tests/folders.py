"""Folders of files to import."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

Changed = dict[str, str | bytes | None]
"""Files to write instead of the valid ones, as text or bytes; None to leave one out."""

Write = Callable[..., Path]


def writer(folder: Path, valid: Mapping[str, str]) -> Write:
    """Writes ``folder`` afresh with the valid files, changed; with ``only``, with just the changed ones."""

    def written(changed: Changed | None = None, *, only: bool = False) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in (({} if only else dict(valid)) | (changed or {})).items():
            if content is not None:
                (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return written


def edited(valid: Mapping[str, str], name: str, old: str, new: str) -> Changed:
    """A valid file with one piece of text replaced."""
    assert valid[name].count(old) == 1, f"{old!r} does not stand once in {name}"
    return {name: valid[name].replace(old, new)}
