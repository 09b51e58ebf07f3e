"""The sections of the monthly report. Each KPI names its section (`core.kpi.definition.InReport`).

A section without a KPI or part of the programme (`reports.programme`) is left out. A KPI that names no section goes
under other figures, so that a new KPI is in every format at once.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sen_dashboard.core.kpi.definition import InReport, Kpi, ReportSection

TITLES: dict[str, str] = {
    ReportSection.AIM.value: "Aim and workstreams",
    ReportSection.INMSS.value: "INMSS data",
    ReportSection.PANEL.value: "Independent Placement Panel",
    ReportSection.NEED_TYPES.value: "Need types of the panel’s cases",
    ReportSection.ANALYSIS.value: "Analysis of placements",
    ReportSection.COSTS.value: "What placements cost",
    ReportSection.REASONS.value: "Reasons for requests for additional funding",
    ReportSection.DOING.value: "What we are doing",
    ReportSection.PROVISION.value: "Right provision",
    ReportSection.REVIEW.value: "Service review",
    ReportSection.OTHERS.value: "Other figures",
    ReportSection.DECISIONS.value: "Decisions needed",
}
"""The title of each section by its key, in the order of the report."""
WITH_EVENTS = {ReportSection.REVIEW}
"""The sections that list the financial year's events."""

Entry = tuple[InReport, Kpi[Any, Any]]


def sections(kpis: Sequence[Kpi[Any, Any]]) -> Iterator[tuple[ReportSection, list[Entry]]]:
    """The sections that have any of ``kpis``, each with its KPIs in order."""
    entries = [(one, kpi) for kpi in kpis for one in kpi.report]
    for section in ReportSection:
        found = [entry for entry in entries if entry[0].section is section]
        if found:
            yield section, sorted(found, key=lambda entry: entry[0].place)
