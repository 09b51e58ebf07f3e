from pathlib import Path

import pytest

from tests.datasets.valid import VALID
from tests.folders import Write, writer


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a folder with the valid data set, changed; with ``only``, a folder with just the changed files."""
    return writer(tmp_path / "data set", VALID)
