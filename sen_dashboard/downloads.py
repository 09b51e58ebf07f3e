"""Rows as a CSV file: plain values under their published keys, safe to open in a spreadsheet."""

import csv
import io
from typing import Any

from sen_dashboard.core.kpi import Kpi, Plain, Result, plain_fields

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> str:
    """The rows of a result: numbers as numbers, days as 2019-03-31, what is undefined empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(kpi.row_keys)
    for row in result.rows:
        writer.writerow(_cell(value) for value in plain_fields(row).values())
    return text.getvalue()


def _cell(value: Plain) -> Plain:
    """The value; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def file_name(kpi: Kpi[Any, Any], result: Result[Any, Any], suffix: str) -> str:
    """``ehcp_share-2019-03-31.csv``: what it is and for which day."""
    return f"{kpi.slug}-{result.scope.as_at.isoformat()}.{suffix}"
