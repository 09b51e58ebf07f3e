"""The page of a report: what was collected, as shown on the screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables

from sen_dashboard import kpis
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, may
from sen_dashboard.core.charts import svg
from sen_dashboard.core.disclosure.suppression import Protection
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.addresses import mark_address
from sen_dashboard.core.kpi.definition import Fact, LinkedFact
from sen_dashboard.core.kpi.scope import LATEST, ScopeError, parse_scope
from sen_dashboard.reports.collected import Audience, CollectedKpi, Part, Section
from sen_dashboard.reports.files import FORMATS
from sen_dashboard.reports.keeping_back import described
from sen_dashboard.reports.models import Report
from sen_dashboard.reports.services import why_another_approves
from sen_dashboard.reports.states import MOVES, Move, State
from sen_dashboard.reports.tables import table_of
from sen_dashboard.reports.writers import symbols


@dataclass(frozen=True)
class ShownKpi:
    """A KPI of a report as the page shows it."""

    kpi: CollectedKpi
    facts: list[LinkedFact]
    chart: svg.Inline | None
    table: tables.Table


@dataclass(frozen=True)
class ShownSection:
    """A section of a report as the page shows it."""

    section: Section
    kpis: list[ShownKpi]
    parts: list[tuple[Part, tables.Table | None]]


def page(report: Report, audience: Audience, reader: User) -> dict[str, Any]:
    """The page's context. ``moves`` are what the reader may do with the report next."""
    edition = report.edition  # read first, so that a later comment does not count as read
    collected = report.collected(audience)
    has_files = report.is_published or audience is Audience.INTERNAL
    prepares = may(reader, Permission.PREPARE_REPORTS)
    shows_protection = prepares and audience is Audience.PUBLIC
    return {
        "here": "Reports",
        "report": report,
        "collected": collected,
        "audiences": list(Audience),
        "sections": [
            ShownSection(section, list(_shown(section, audience)), list(_parts(section)))
            for section in collected.sections
            if not section.is_empty
        ],
        "edition": edition,
        "formats": FORMATS if has_files else {},
        "has_files": has_files,
        "symbols": symbols(collected),
        **(described(Protection.read(report.protection)) if shows_protection else {}),
        "moves": set(MOVES[State(report.state)]) if prepares else set(),
        "comments": Move.COMMENT in MOVES[State(report.state)] and prepares,
        "why_another_approves": why_another_approves(report, reader),
    }


def _parts(section: Section) -> Iterator[tuple[Part, tables.Table | None]]:
    """Each part of the programme with its table."""
    for part in section.parts:
        yield part, table_of(part.table) if part.table else None


def _shown(section: Section, audience: Audience) -> Iterator[ShownKpi]:
    for kpi in section.kpis:
        facts = [LinkedFact(Fact(fact.label, fact.cell.text, Kind.TEXT, fact.raw)) for fact in kpi.facts]
        chart = svg.inline(kpi.chart, _mark_address(kpi, audience)) if kpi.chart else None
        yield ShownKpi(kpi, facts, chart, table_of(kpi.table))


def _mark_address(kpi: CollectedKpi, audience: Audience) -> svg.Address:
    """Where the chart's marks lead: for internal readers, to the current records behind them.

    Nowhere for the public, or if the report was collected before marks had row keys.
    """
    if audience is Audience.PUBLIC or not kpi.asked:
        return svg.nowhere
    try:
        found = kpis.find(kpi.slug)
        return mark_address(found, parse_scope(kpi.asked, found.filters, default_as_at=LATEST))
    except (KeyError, ScopeError):  # a KPI or choice that no longer exists
        return svg.nowhere
