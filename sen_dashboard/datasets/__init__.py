"""Data sets: the folders of CSV files through which records come in (data contract)."""

from sen_dashboard.core.problems import DatasetError, Problem, Report
from sen_dashboard.datasets.loader import import_dataset

__all__ = ["DatasetError", "Problem", "Report", "import_dataset"]
