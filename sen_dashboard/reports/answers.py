"""The questions of a report and their answers: every KPI of every section, as at one day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sen_dashboard.core.kpi.definition import InReport, Kpi, ReportSection, Result, ask, ask_year_before
from sen_dashboard.core.kpi.scope import parse_scope
from sen_dashboard.reports.sections import sections


@dataclass(frozen=True)
class KpiAnswer:
    """A KPI in its section, and its answer."""

    entry: InReport
    kpi: Kpi[Any, Any]
    result: Result[Any, Any]
    before: Result[Any, Any] | None
    """The answer a year earlier, for the chart."""


def answers(day: date, kpis: Sequence[Kpi[Any, Any]]) -> Iterator[tuple[ReportSection, list[KpiAnswer]]]:
    """Each section with the answers of its KPIs."""
    for section, entries in sections(kpis):
        yield section, [_answer(entry, kpi, day) for entry, kpi in entries]


def _answer(entry: InReport, kpi: Kpi[Any, Any], day: date) -> KpiAnswer:
    """A KPI's answer as at the day, with the choices of its entry."""
    scope = parse_scope(entry.chosen, kpi.filters, default_as_at=day)
    return KpiAnswer(entry, kpi, ask(kpi, scope), ask_year_before(kpi, scope))
