"""Data sets: the folders of CSV files through which records are imported (data contract)."""

from sen_dashboard.datasets.loader import import_dataset
from sen_dashboard.importing.problems import DatasetError, ImportReport, Problem

__all__ = ["DatasetError", "ImportReport", "Problem", "import_dataset"]
