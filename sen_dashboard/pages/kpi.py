"""The page of a KPI; the template is the same for all."""

from collections.abc import Iterable, Mapping
from typing import Any

from sen_dashboard.as_at import AsAt
from sen_dashboard.core import charts
from sen_dashboard.core.kpi import Kpi, Plain, Result
from sen_dashboard.downloads import file_name
from sen_dashboard.pages import scope as scope_form


def answered(
    kpi: Kpi[Any, Any],
    result: Result[Any, Any],
    kpis: Iterable[Kpi[Any, Any]],
    typed: Mapping[str, str],
    default: AsAt,
) -> dict[str, Any]:
    """The page with its figures, all from one result. ``kpis`` are those it may lead to."""
    return {
        "kpi": kpi,
        "here": kpi.group,
        "siblings": [other for other in kpis if other.group is kpi.group and other is not kpi],
        "result": result,
        "is_available": kpi.value(result) is not None,
        "sentence": kpi.sentence(result),
        "facts": kpi.facts(result),
        "chart": _chart(kpi, result),
        "caption": kpi.caption(result),
        "table": kpi.table(result.rows),
        "json_name": file_name(kpi, result, "json"),
        **scope_form.answered(kpi.filters, result.scope, typed, default),
    }


def refused(
    kpi: Kpi[Any, Any], typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]
) -> dict[str, Any]:
    """The page of a question that cannot be answered: what is wrong, all that was typed, and no figures."""
    return {"kpi": kpi, "here": kpi.group, **scope_form.refused(kpi.filters, typed, default, errors)}


def _chart(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> dict[str, Plain] | None:
    """The chart as Plotly reads it in the browser; None when there is nothing to draw."""
    figure = kpi.figure(result)
    if not charts.has_data(figure):
        return None
    drawn: dict[str, Plain] = figure.to_plotly_json()
    return drawn
