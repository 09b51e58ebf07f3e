import shutil
from pathlib import Path

import pytest

from tests.datasets.valid import VALID, Changed, Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a folder with the valid data set, changed; with ``only``, one that holds nothing but the changed files."""

    def written(changed: Changed | None = None, *, only: bool = False) -> Path:
        folder = tmp_path / "data set"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in (({} if only else VALID) | (changed or {})).items():
            if content is not None:
                (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return written
