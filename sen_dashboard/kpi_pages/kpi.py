"""The page of a KPI; the template is the same for all."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.urls import reverse

from placements import scope_form
from placements.as_at import AsAt
from sen_dashboard.core.charts import svg
from sen_dashboard.core.kpi.addresses import (
    linked,
    mark_address,
    records_address,
    school_address,
    scope_query,
)
from sen_dashboard.core.kpi.definition import Events, Fact, Kpi, Result
from sen_dashboard.core.kpi.published import Behind
from sen_dashboard.core.kpi.status import standing
from sen_dashboard.exports.downloads import of_kpi
from sen_dashboard.kpi_pages.beside_figure import beside


def context(
    kpi: Kpi[Any, Any],
    result: Result[Any, Any],
    before: Result[Any, Any] | None,
    events: Events,
    kpis: Iterable[Kpi[Any, Any]],
    typed: Mapping[str, str],
    default: AsAt,
) -> dict[str, Any]:
    """Return the context of the page with its figures, all from one result.

    ``before``, the result of a year earlier, and ``events``, each a day and its words, are only for the chart. ``kpis``
    are those that the page may link to.
    """
    facts, goal, chart = kpi.facts(result), kpi.goal(result), kpi.draw(result, before, events)
    return {
        "kpi": kpi,
        "here": kpi.group,
        "siblings": [other for other in kpis if other.group is kpi.group and other is not kpi],
        "result": result,
        "filtered": result.scope.filtered(kpi.filters),
        "is_available": _is_available(facts),
        "sentence": kpi.sentence(result),
        "facts": [linked(kpi, result.scope, fact) for fact in facts],
        "goal": goal,
        "standing": standing(kpi, result),
        "chart": chart and svg.inline(chart, mark_address(kpi, result.scope)),
        "events": chart.events if chart else (),
        "explore": f"{reverse('kpi_chart', kwargs={'slug': kpi.slug})}{scope_query(result.scope)}",
        "caption": kpi.caption(result),
        "table": kpi.table(result.rows, addresses=_row_addresses(kpi, result)),
        "json_name": of_kpi(kpi, result).file_name("json"),
        "programme": beside(kpi.slug, result.scope.as_at),
        **scope_form.context(kpi.filters, result.scope, typed, default),
    }


def error_context(
    kpi: Kpi[Any, Any], typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]
) -> dict[str, Any]:
    """Return the context of the page for a scope that is wrong: the errors, all that was typed, and no figures."""
    return {"kpi": kpi, "here": kpi.group, **scope_form.error_context(kpi.filters, typed, default, errors)}


def _is_available(facts: Sequence[Fact]) -> bool:
    """Return whether there is a figure to show: the KPI's own, or at least one number beside it that is not 0."""
    return facts[0].value is not None or any(fact.number for fact in facts)


def _row_addresses(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> dict[str, Any]:
    """Return, for each column of counts or sums, a function for the address of the records behind a row's number.

    For a school's name it gives the address of the school.
    """

    def address(key: str, behind: Behind, row: Any) -> str | None:
        number = getattr(row, key)
        if number is None or (number == 0 and not behind.total):
            return None  # a sum of 0 may have records, such as postings that cancel each other out
        return records_address(kpi, key, result.scope, kpi.keys.row_key.text(row))

    def school(row: Any) -> str:
        return school_address(kpi, result.scope, kpi.keys.row_key.text(row))

    of_numbers = {
        name: partial(address, name, key.behind) for name, key in kpi.keys.row.items() if key.behind
    }
    return of_numbers | ({"school": school} if kpi.keys.row_key.school else {})
