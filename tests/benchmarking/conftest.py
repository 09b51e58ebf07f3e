from pathlib import Path

import pytest
from django.core.management import call_command

from tests.benchmarking.dfe import VALID
from tests.benchmarking.shipped import load_shipped
from tests.folders import Write, writer


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a folder with the small valid files, changed; with ``only``, one that holds nothing but the changed."""
    return writer(tmp_path / "dfe", VALID)


@pytest.fixture
def small(db: None, write: Write) -> None:
    """The small valid files, imported."""
    call_command("import_benchmarks", write(), verbosity=0)


@pytest.fixture
def shipped(db: None) -> None:
    """The files that come with the program, imported."""
    load_shipped()
