"""Files that only the account running the program may read."""

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str, *, owner: tuple[int, int] | None = None) -> None:
    """Write `text` to `path` with mode 0600, completely or not at all.

    A new file is renamed over the old one, so neither an interruption nor a link planted at `path` can do harm. `owner`
    is a pair of user and group ids, for files that another account has to read.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        if owner is not None:
            os.fchown(file.fileno(), *owner)
    draft.replace(path)
