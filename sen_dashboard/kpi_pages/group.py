"""The page of a group of KPIs: each with its answer and its chart, side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from placements import scope_form
from placements.as_at import AsAt
from sen_dashboard.core.charts import svg
from sen_dashboard.core.charts.svg import Inline
from sen_dashboard.core.kpi.addresses import mark_address
from sen_dashboard.core.kpi.definition import Group, Kpi, ask
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.kpi.status import Standing, standing
from sen_dashboard.kpi_pages.choices import allowed, shared_filters


@dataclass(frozen=True)
class Shown:
    """A KPI's answer in words, its standing, and its chart; None if there is nothing to draw."""

    kpi: Kpi[Any, Any]
    sentence: str
    standing: Standing
    filtered: tuple[str, ...]
    chart: Inline | None


def context(
    group: Group,
    kpis: Sequence[Kpi[Any, Any]],
    scope: Scope,
    typed: Mapping[str, str],
    default: AsAt,
) -> dict[str, Any]:
    """Return the context of the page with the figures of the group's ``kpis``, with the choices that they share."""
    shared = shared_filters(kpis)
    return {
        "here": group,
        "group": group,
        "filtered": scope.filtered(shared),
        "shown": [_shown(kpi, allowed(kpi, scope, shared)) for kpi in kpis],
        **scope_form.context(shared, scope, typed, default),
    }


def error_context(
    group: Group,
    kpis: Sequence[Kpi[Any, Any]],
    typed: Mapping[str, str],
    default: AsAt,
    errors: Mapping[str, str],
) -> dict[str, Any]:
    """Return the context of the page for a scope that is wrong: no figures."""
    return {
        "here": group,
        "group": group,
        **scope_form.error_context(shared_filters(kpis), typed, default, errors),
    }


def _shown(kpi: Kpi[Any, Any], scope: Scope) -> Shown:
    result = ask(kpi, scope)
    chart = kpi.draw(result)
    return Shown(
        kpi,
        kpi.sentence(result),
        standing(kpi, result),
        scope.filtered(kpi.filters),
        None if chart is None else svg.inline(chart, mark_address(kpi, scope)),
    )
