"""Rows as a CSV file: plain values under their published keys, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.http.response import HttpResponseBase

from sen_dashboard.core.kpi import Kpi, Plain, Result, plain, plain_fields

R = TypeVar("R", bound=HttpResponseBase)

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FILTERED = "filtered"


class _Echo:
    """A file that hands each line back, so that a long table need never be held whole."""

    def write(self, line: str) -> str:
        return line


def to_csv(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a file: numbers as numbers, days as 2019-03-31, what is undefined empty."""
    writer = csv.writer(_Echo())
    return (writer.writerow([safe_cell(value) for value in row]) for row in rows)


def fields_of(names: Iterable[str], records: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Dataclasses, one a row, under the ``names`` of their fields."""
    yield tuple(names)
    for record in records:
        yield tuple(plain_fields(record).values())


def as_file(answer: R, name: str) -> R:
    """The answer as a CSV file that the browser saves under ``name``."""
    answer["Content-Type"] = "text/csv; charset=utf-8"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def rows_of(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> Iterator[Sequence[Any]]:
    """The keys and then the values of a result's rows. Where a filter was chosen, the last column says which."""
    chosen = "; ".join(result.scope.filtered(kpi.filters))
    mark: dict[str, Plain] = {FILTERED: chosen} if chosen else {}
    rows = [in_columns(plain_fields(row)) | mark for row in result.rows]
    yield tuple(rows[0]) if rows else (*kpi.row_keys, *mark)
    for row in rows:
        yield tuple(row.values())


def in_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with one value in each column: numbers under one key take a column each, ``by_route.PANEL``."""
    columns: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            columns |= {f"{key}.{name}": part for name, part in value.items()}
        else:
            columns[key] = value
    return columns


def safe_cell(value: Any) -> Plain:
    """The value; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    written = plain(value)
    if isinstance(written, list):
        written = "; ".join(map(str, written))
    if isinstance(written, str) and written.startswith(FORMULA_STARTS):
        return f"'{written}"
    return written


def file_name(kpi: Kpi[Any, Any], result: Result[Any, Any], suffix: str) -> str:
    """``ehcp_share-2019-03-31.csv``: what it is and for which day, and whether it is filtered."""
    filtered = f"-{FILTERED}" if result.scope.filtered(kpi.filters) else ""
    return f"{kpi.slug}-{result.scope.as_at.isoformat()}{filtered}.{suffix}"
