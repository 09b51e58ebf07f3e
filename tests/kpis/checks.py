"""Checks for all KPIs: the same numbers as a second calculation, and outputs that agree."""

import dataclasses
import json
from datetime import date
from typing import Any

import pytest

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Chart
from sen_dashboard.core.codes import Need
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Kpi, Result
from sen_dashboard.core.kpi.published import Key
from tests.kpis.second_calculation import Answer


def assert_same(result: Result[Any, Any], answer: Answer) -> None:
    """The result agrees with the second calculation: money and counts exactly, percentages to 12 digits."""
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
    """Data, table and words all come from the same result, and can be written out."""
    data: dict[str, Any] = kpi.data(result)
    json.dumps(data, allow_nan=False)
    assert list(data["headline"]) == [f.name for f in dataclasses.fields(result.headline)]
    assert len(data["rows"]) == len(result.rows)
    assert kpi.sentence(result).endswith(".")
    assert 2 <= len(kpi.facts(result)) <= 6
    assert kpi.caption(result)
    assert_chart_agrees(kpi, result)
    table = kpi.table(result.rows)
    for record, row in zip(result.rows, table.rows, strict=True):
        for name in table.columns.names():
            value = getattr(record, name)
            assert row.get_cell(name) == written(kpi.keys.row[name], value), f"{name}: {value!r}"


def assert_chart_agrees(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> None:
    """Each mark of the chart is the number under its key in the row that it names, and leads to its records."""
    rows = {kpi.keys.row_key.text(row): row for row in result.rows}
    chart = kpi.chart(result)
    assert all(len(one.marks) == len(chart.categories) for one in chart.series)
    for series in chart.series:
        assert kpi.keys.lists_of(series.key, is_row=True), series.key
        assert all(mark.row for mark in series.marks if mark.value is not None)
        for mark in series.marks:
            value = getattr(rows[mark.row], series.key) if mark.row in rows else None
            assert mark.value == (None if value is None else pytest.approx(float(value))), (series.key, mark)


def written(key: Key, value: Any) -> str:
    """The text that the table must have for a value of the key's kind, calculated independently."""
    if key.codes:
        label = key.codes(value).label if value else ""
        return f"{label} ({value})" if key.codes is Need and value else str(label)
    if key.by_code:
        return (
            ", ".join(f"{key.by_code[code]} {number}" for code, number in value.items() if number) or "none"
        )
    if value is None:
        return "" if key.kind is Kind.TEXT else "not available"
    return {
        Kind.TEXT: lambda: str(value),
        Kind.COUNT: lambda: f"{value:,}".replace("-", "−"),
        Kind.POUNDS: lambda: formats.pounds(value),
        Kind.PERCENT: lambda: formats.percent(value),
        Kind.RATIO: lambda: formats.times(value),
        Kind.INDEX: lambda: formats.index(value),
        Kind.DAYS: lambda: formats.days(value),
        Kind.DAY: lambda: formats.day(value),
        Kind.MONTH: lambda: formats.month(date.fromisoformat(f"{value}-01")),
    }[key.kind]()


def values(chart: Chart, series: int) -> list[Any]:
    """The values of a series, as a plain list."""
    return list(chart.series[series].values)


def labels(chart: Chart, series: int) -> list[str]:
    """The labels at the marks of a series."""
    return [mark.label for mark in chart.series[series].marks]
