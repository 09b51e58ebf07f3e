"""The page of a KPI; the template is the same for all."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sen_dashboard.as_at import AsAt
from sen_dashboard.core import charts
from sen_dashboard.core.kpi import Fact, Kpi, Plain, Result
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
    facts = kpi.facts(result)
    return {
        "kpi": kpi,
        "here": kpi.group,
        "siblings": [other for other in kpis if other.group is kpi.group and other is not kpi],
        "result": result,
        "is_available": _is_available(facts),
        "sentence": kpi.sentence(result),
        "facts": facts,
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


def _is_available(facts: Sequence[Fact]) -> bool:
    """Whether there is a figure to show: the KPI's own, or at least a number beside it that is not 0."""
    numbers = [fact.value for fact in facts if isinstance(fact.value, Decimal | float | int)]
    return facts[0].value is not None or any(numbers)


def _chart(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> dict[str, Plain] | None:
    """The chart as Plotly reads it in the browser; None when there is nothing to draw."""
    figure = kpi.figure(result)
    if not charts.has_data(figure):
        return None
    drawn: dict[str, Plain] = figure.to_plotly_json()
    return drawn
