"""Data sets: the folders of CSV files through which records come in (data contract)."""

from sen_dashboard.datasets.loader import import_dataset
from sen_dashboard.importing.problems import DatasetError, Problem, Report

__all__ = ["DatasetError", "Problem", "Report", "import_dataset"]
