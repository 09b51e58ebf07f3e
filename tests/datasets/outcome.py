"""The outcome of an import, in a form to compare."""

from datetime import date
from pathlib import Path

import pytest

from sen_dashboard.datasets import DatasetError, ImportReport, import_dataset

TODAY = date(2019, 5, 31)
"""After every past event in the valid data set."""


def problems(folder: Path) -> list[str]:
    """The lines of errors from an import of the folder."""
    with pytest.raises(DatasetError) as caught:
        import_dataset(folder, today=TODAY)
    return caught.value.lines()


def counts(report: ImportReport) -> dict[str, tuple[int, int, int, int]]:
    """Rows read, created, updated and unchanged in each file."""
    return {file.file: (file.read, file.created, file.updated, file.unchanged) for file in report.files}
