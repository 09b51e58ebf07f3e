"""The only list of the KPIs, in page order. Adding a KPI takes a module, a test and a line here."""

from typing import Any

from panel.kpis import panel_need_types, panel_outcomes, panel_reasons, panel_turnaround
from placements.kpis import (
    cost_growth,
    cost_per_need_type,
    ehcp_share,
    inmss_growth,
    need_mix,
    outturn_vs_forecast,
    placement_flow,
    provider_concentration,
    reconciliation,
    requests,
    timeliness_20_weeks,
)
from provision.kpis import capacity, place_growth
from sen_dashboard.core.kpi.definition import Kpi
from sen_dashboard.programme.kpis import workstreams

KPIS: tuple[Kpi[Any, Any], ...] = (
    workstreams.KPI,
    outturn_vs_forecast.KPI,
    reconciliation.KPI,
    ehcp_share.KPI,
    need_mix.KPI,
    cost_growth.KPI,
    cost_per_need_type.KPI,
    provider_concentration.KPI,
    inmss_growth.KPI,
    placement_flow.KPI,
    requests.KPI,
    timeliness_20_weeks.KPI,
    panel_outcomes.KPI,
    panel_need_types.KPI,
    panel_reasons.KPI,
    panel_turnaround.KPI,
    capacity.KPI,
    place_growth.KPI,
)


def find(slug: str) -> Kpi[Any, Any]:
    """Return the KPI with that slug. Raises KeyError if there is none."""
    return {kpi.slug: kpi for kpi in KPIS}[slug]


def keys() -> dict[str, tuple[str, ...]]:
    """Return the published keys of each KPI, those of its headline and of its rows, by its slug."""
    return {kpi.slug: (*kpi.keys.headline, *kpi.keys.row) for kpi in KPIS}
