"""The page of a KPI; the template is the same for all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import plotly.graph_objects as go

from sen_dashboard.as_at import AsAt
from sen_dashboard.core import chart_layers, charts
from sen_dashboard.core.kpi import Fact, Kpi, LinkedFact, Part, Plain, Result
from sen_dashboard.core.status import standing
from sen_dashboard.downloads import of_kpi
from sen_dashboard.pages import scope as scope_form
from sen_dashboard.pages.addresses import records_address


def answered(
    kpi: Kpi[Any, Any],
    result: Result[Any, Any],
    before: Result[Any, Any] | None,
    events: Sequence[tuple[date, str]],
    kpis: Iterable[Kpi[Any, Any]],
    typed: Mapping[str, str],
    default: AsAt,
) -> dict[str, Any]:
    """The page with its figures, all from one result.

    For the chart alone there are ``before``, the result of a year earlier, and ``events``, each a day and what
    happened. ``kpis`` are those the page may lead to.
    """
    facts, goal, figure = kpi.facts(result), kpi.goal(result), kpi.figure(result)
    return {
        "kpi": kpi,
        "here": kpi.group,
        "siblings": [other for other in kpis if other.group is kpi.group and other is not kpi],
        "result": result,
        "filtered": result.scope.filtered(kpi.filters),
        "is_available": _is_available(facts),
        "sentence": kpi.sentence(result),
        "facts": [_linked(kpi, result, fact) for fact in facts],
        "goal": goal,
        "standing": standing(kpi.better, facts[0], goal),
        "chart": _chart(kpi, result, figure, kpi.figure(before) if before else None, events),
        "events": charts.events_shown(figure, events),
        "caption": kpi.caption(result),
        "table": kpi.table(result.rows, addresses=_row_addresses(kpi, result)),
        "json_name": of_kpi(kpi, result).file_name("json"),
        **scope_form.answered(kpi.filters, result.scope, typed, default),
    }


def refused(
    kpi: Kpi[Any, Any], typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]
) -> dict[str, Any]:
    """The page of a question that cannot be answered: what is wrong, all that was typed, and no figures."""
    return {"kpi": kpi, "here": kpi.group, **scope_form.refused(kpi.filters, typed, default, errors)}


def _is_available(facts: Sequence[Fact]) -> bool:
    """Whether there is a figure to show: the KPI's own, or at least a number beside it that is not 0."""
    return facts[0].value is not None or any(fact.number for fact in facts)


def _linked(kpi: Kpi[Any, Any], result: Result[Any, Any], fact: Fact) -> LinkedFact:
    return LinkedFact(fact, tuple(_link(kpi, result, named) for named in fact.parts))


def _link(kpi: Kpi[Any, Any], result: Result[Any, Any], named: str | tuple[str, str]) -> tuple[str, str]:
    """What the records of a part are called, and where they are listed."""
    if isinstance(named, str):
        part = kpi.part(named)
        return part.title, records_address(kpi, part, result.scope)
    key, row = named
    part, told = kpi.part(key), kpi.row_key.told(kpi.row_key.parse(row))
    return f"{part.title}: {told}", records_address(kpi, part, result.scope, row)


def _row_addresses(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> dict[str, Any]:
    """For each column of counts or sums, what gives the address of the records behind a row's number."""

    def address(part: Part, row: Any) -> str | None:
        number = getattr(row, part.key)
        if number is None or (number == 0 and not part.total):
            return None  # a sum of 0 may have records, such as postings that cancel out
        return records_address(kpi, part, result.scope, kpi.row_key.of(row))

    return {part.key: partial(address, part) for part in kpi.parts if part.key in kpi.row_keys}


def _chart(
    kpi: Kpi[Any, Any],
    result: Result[Any, Any],
    figure: go.Figure,
    before: go.Figure | None,
    events: Sequence[tuple[date, str]],
) -> dict[str, Plain] | None:
    """The chart as Plotly reads it in the browser; None when there is nothing to draw."""
    if not charts.has_data(figure):
        return None
    _lead_to_records(kpi, result, figure)
    if before is not None:
        chart_layers.with_year_before(figure, before)
    drawn: dict[str, Plain] = chart_layers.with_names(charts.with_events(figure, events)).to_plotly_json()
    return drawn


def _lead_to_records(kpi: Kpi[Any, Any], result: Result[Any, Any], figure: go.Figure) -> None:
    """Give each mark the address of its records in place of their part and row; one without a value has none."""
    for trace in figure.data:
        marks = zip(trace.customdata or (), charts.measured(trace), strict=bool(trace.customdata))
        trace.customdata = [
            None if value is None else records_address(kpi, kpi.part(key), result.scope, row)
            for (key, row), value in marks
        ]
