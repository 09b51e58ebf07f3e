"""Rows as a CSV file: plain values under their published keys, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

from sen_dashboard.core.kpi import Kpi, Plain, Result, plain_fields

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> str:
    """The rows of a result: numbers as numbers, days as 2019-03-31, what is undefined empty."""
    return csv_text(kpi.row_keys, result.rows)


def csv_text(names: Iterable[str], rows: Iterable[Any]) -> str:
    """Dataclasses, one a row, under the ``names`` of their fields."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for row in rows:
        writer.writerow(_cell(value) for value in plain_fields(row).values())
    return text.getvalue()


def csv_response(name: str, text: str) -> HttpResponse:
    """The text as a file that the browser saves under ``name``."""
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cell(value: Plain) -> Plain:
    """The value; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def file_name(kpi: Kpi[Any, Any], result: Result[Any, Any], suffix: str) -> str:
    """``ehcp_share-2019-03-31.csv``: what it is and for which day."""
    return f"{kpi.slug}-{result.scope.as_at.isoformat()}.{suffix}"
