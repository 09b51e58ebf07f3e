"""Files as people and spreadsheets save them, from ``tests/data/cases``: what is read, what is refused, and why."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from placements.models import Budget, Child, LedgerPosting
from provision.models import School
from sen_dashboard.datasets import import_dataset
from tests.datasets.outcome import problems

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parent.parent / "data" / "cases" / "ds"

READ = {
    "month_mon": (lambda: LedgerPosting.objects.get().month, date(2026, 4, 1)),
    "amt_paren": (lambda: LedgerPosting.objects.get().amount, Decimal("-1234.50")),
    "amt_minuspound": (lambda: LedgerPosting.objects.get().amount, Decimal("-1234.50")),
    "date_excel_mon4": (lambda: Child.objects.get().date_of_birth, date(2010, 3, 31)),
    "semicolon": (lambda: School.objects.get().name, "Oak"),
    "cp1252": (lambda: School.objects.get().name, 'St Anne’s, "The" House'),
    "lower_code": (lambda: School.objects.get().sector, "INDEPENDENT_SPECIAL"),
    "fy_slash": (lambda: Budget.objects.get().financial_year, "2026-27"),
}
WARNINGS = {
    "cp1252": (
        "schools.csv is not UTF-8 and is read as cp1252, as spreadsheets save “CSV”: check that accents and quotation"
        " marks are correct.",
    )
}
REFUSED = {
    "null": "schools.csv:2: urn: NULL: This means no value: leave it empty.",
    "urn_float": "schools.csv:2: urn: 100001.0: Enter the six figures of the URN.",
    "excel_keys": "children.csv:2: child_id: 1.23457E+12: A spreadsheet has changed this number: format the column as"
    " text and export the file again.",
    "total_row": "schools.csv:3: school_id: Total: This is a row of totals: leave it out.",
}


def test_every_case_is_one_of_them() -> None:
    assert {folder.name for folder in CASES.iterdir()} == {*READ, *REFUSED}


@pytest.mark.parametrize("name", READ)
def test_is_read(name: str) -> None:
    found: Any
    found, expected = READ[name]
    report = import_dataset(CASES / name)
    assert found() == expected
    assert report.warnings == WARNINGS.get(name, ())
    assert all(file.unchanged == file.read for file in import_dataset(CASES / name).files)


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused(name: str) -> None:
    assert problems(CASES / name) == [REFUSED[name]]
