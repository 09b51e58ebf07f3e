"""What the tests of all KPIs ask: the same numbers as a second calculation, and outputs that agree."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from placements.models import Route
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need
from sen_dashboard.core.kpi import Kpi, Result
from tests.kpis.second_calculation import Answer


def assert_same(result: Result[Any, Any], answer: Answer) -> None:
    """The result holds what the second calculation found: money and counts exactly, percentages to 12 digits."""
    headline, rows = answer
    _assert_record(result.headline, headline)
    assert len(result.rows) == len(rows)
    for row, expected in zip(result.rows, rows, strict=True):
        _assert_record(row, expected)


def _assert_record(record: Any, expected: dict[str, Any]) -> None:
    found = {key: getattr(record, key) for key in expected}
    for key, value in expected.items():
        if isinstance(value, float):
            expected[key] = pytest.approx(value, rel=1e-12, abs=1e-12)
    assert found == expected


def assert_outputs_agree(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> None:
    """Data, table and words all come of the one result and can be written out."""
    data: dict[str, Any] = kpi.data(result)
    json.dumps(data, allow_nan=False)
    assert list(data["headline"]) == [f.name for f in dataclasses.fields(result.headline)]
    assert len(data["rows"]) == len(result.rows)
    assert kpi.sentence(result).endswith(".")
    assert 2 <= len(kpi.facts(result)) <= 6
    assert kpi.caption(result)
    assert "bdata" not in kpi.figure(result).to_json()
    table = kpi.table(result.rows)
    for record, row in zip(result.rows, table.rows, strict=True):
        for name in table.columns.names():
            value = getattr(record, name)
            assert row.get_cell(name) in ways_to_write(value), f"{name}: {value!r}"


def ways_to_write(value: Any) -> set[str]:
    """How a table may write the value."""
    if value is None:
        return {formats.NOT_AVAILABLE}
    if isinstance(value, Decimal):
        return {formats.pounds(value)}
    if isinstance(value, float):
        return {formats.percent(value), formats.times(value), formats.index(value), formats.days(value)}
    if isinstance(value, int):
        return {formats.count(value)}
    if isinstance(value, date):
        return {formats.day(value)}
    if isinstance(value, Mapping):
        labels = {**dict(Route.choices), "NOT_RECORDED": "Not recorded"}
        return {", ".join(f"{labels[key]} {count}" for key, count in value.items() if count) or "none"}
    words = {value}
    if value in Need.values:
        words.add(f"{Need(value).label} ({value})")
    if len(value) == 7 and value[4] == "-" and value[5:].isdigit() and 1 <= int(value[5:]) <= 12:
        words.add(formats.month(date(int(value[:4]), int(value[5:]), 1)))
    return words


def axis(figure: Any, trace: int, which: str) -> list[Any]:
    """A trace's values along "x" or "y", as a plain list."""
    return list(getattr(figure.data[trace], which) or [])
