"""Rows as a CSV file: plain values under their published keys, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from sen_dashboard.core.kpi import Kpi, Plain, Result, plain_fields

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> str:
    """The rows of a result: numbers as numbers, days as 2019-03-31, what is undefined empty.

    Numbers under one key take a column each: ``by_route.PANEL``.
    """
    rows = [dict(_cells(plain_fields(row))) for row in result.rows]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0] if rows else kpi.row_keys)
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


def _cells(row: dict[str, Plain]) -> Iterator[tuple[str, Plain]]:
    """Each column with its cell."""
    for key, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{name}", _cell(part)) for name, part in value.items())
        else:
            yield key, _cell(value)


def _cell(value: Plain) -> Plain:
    """The value; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def file_name(kpi: Kpi[Any, Any], result: Result[Any, Any], suffix: str) -> str:
    """``ehcp_share-2019-03-31.csv``: what it is and for which day."""
    return f"{kpi.slug}-{result.scope.as_at.isoformat()}.{suffix}"
