"""Exports of a finance system for tests, and the outcome of loading them."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from placements.finance.ledger.loading import import_ledger
from placements.finance.ledger.mapping import Mapping, mapping_from
from placements.finance.ledger.report import LedgerReport
from placements.models import LedgerPosting
from sen_dashboard.clock.day import calendar_day
from sen_dashboard.importing.problems import DatasetError

DATA = Path(__file__).parents[3] / "data" / "ledger_devon"
DEVON: dict[str, Any] = {
    "source": "devon",
    "line": "1.2.3",
    "columns": {
        "date": ["Date"],
        "amount": ["Amount"],
        "supplier": ["Supplier name"],
        "supplier_id": ["Supplier ID"],
        "reference": ["Transaction number"],
    },
    "rows": {"Expense type": ["Independent Special School Fees"]},
}
"""The mapping from the issue that asked for the import."""

SMALL = mapping_from(
    {
        "source": "oracle",
        "line": "1.2.3",
        "columns": {
            "date": "Date",
            "amount": "Amount",
            "supplier": "Supplier",
            "supplier_id": "Id",
            "reference": "Number",
        },
    }
)
HEADER = "Date,Number,Id,Supplier,Amount"


def export(folder: Path, *rows: str, name: str = "export.csv", header: str = HEADER) -> Path:
    """A file with these rows below the header."""
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8", newline="")
    return path


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """The rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def load(*paths: Path, mapping: Mapping = SMALL, **options: Any) -> LedgerReport:
    return import_ledger(*paths, mapping=mapping, **{"today": calendar_day()} | options)


def refused(*paths: Path, mapping: Mapping = SMALL, **options: Any) -> list[str]:
    """The error lines of an import that is refused; the ledger must not change."""
    before = list(LedgerPosting.objects.order_by("pk").values())
    with pytest.raises(DatasetError) as caught:
        load(*paths, mapping=mapping, **options)
    assert list(LedgerPosting.objects.order_by("pk").values()) == before
    return caught.value.lines()


def counts(report: LedgerReport) -> tuple[int, int, int, int, int]:
    """Postings read, created, updated, unchanged and removed."""
    (file,) = report.files
    return file.read, file.created, file.updated, file.unchanged, file.removed


def held() -> dict[tuple[date, str], Decimal]:
    """The amounts in the ledger, by month and reference."""
    rows = LedgerPosting.objects.values_list("month", "reference", "amount")
    found = {(month, reference): amount for month, reference, amount in rows}
    assert len(found) == len(rows)
    return found
