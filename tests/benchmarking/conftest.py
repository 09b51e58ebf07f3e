from pathlib import Path

import pytest
from django.core.management import call_command

from tests.benchmarking.dfe import VALID
from tests.benchmarking.shipped import load_shipped
from tests.folders import Write, writer


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a folder with the small valid files, changed; with ``only``, a folder with just the changed ones."""
    return writer(tmp_path / "dfe", VALID)


@pytest.fixture
def small(db: None, write: Write) -> None:
    """Import the small valid files."""
    call_command("import_benchmarks", write(), verbosity=0)


@pytest.fixture
def shipped(db: None) -> None:
    """Import the files that come with the program."""
    load_shipped()
