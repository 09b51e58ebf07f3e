"""The list of each kind of record: its table, its filters, and its name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django_filters import FilterSet

from panel import filters as panel_filters
from panel import tables as panel_tables
from panel.models import ExpectedPlacement, PanelCase, PanelDecision
from placements import filters as placement_filters
from placements import tables as placement_tables
from placements.models import Assessment, Budget, CostLine, Forecast, LedgerPosting, Placement, Plan
from provision import filters as provision_filters
from provision import tables as provision_tables
from provision.models import School, SchoolPlaces
from sen_dashboard.core import formats
from sen_dashboard.core.periods import AcademicYear
from sen_dashboard.core.web.tables import RecordTable
from sen_dashboard.programme.models import Action, Workstream
from sen_dashboard.programme.tables import ActionTable, WorkstreamTable
from sen_dashboard.records.leavers import LeaverTable, with_next_step

Records = QuerySet[Any, Any]


@dataclass(frozen=True)
class RecordList:
    """A kind of record as a list. ``prepare`` adds what the table needs to records on a day."""

    one: str
    many: str
    table: type[RecordTable]
    filters: type[FilterSet] | None
    prepare: Callable[[Records, date], Records]

    def counted(self, number: int) -> str:
        """Return "842 placements"."""
        return formats.plural(number, self.one, self.many)


def _schools(records: Any, as_at: date) -> Records:
    """Return schools with their children on roll on the day, and the places of its academic year."""
    roll = Placement.objects.open_on(as_at).filter(school=OuterRef("pk")).order_by().values("school")
    offered = SchoolPlaces.objects.of_year(AcademicYear.containing(as_at)).filter(school=OuterRef("pk"))
    schools: Records = records.annotate(
        on_roll=Coalesce(Subquery(roll.annotate(number=Count("pk")).values("number")), 0),
        offered=Subquery(offered.order_by().values("school").annotate(all=Sum("places")).values("all")),
    )
    return schools


def _as_they_are(records: Records, _: date) -> Records:
    return records


def _with(*related: str) -> Callable[[Records, date], Records]:
    """Return a function that reads records together with their related ones, in the same statement."""
    return lambda records, _: records.select_related(*related)


def _placements(records: Any, as_at: date) -> Records:
    known = records.query.annotations
    if "provision" not in known:
        records = records.with_provision()
    if "annual_cost" not in known:
        records = records.with_cost_while_open(as_at)
    placements: Records = records.select_related("plan__child", "school")
    return placements


def _decisions(records: Any, _: date) -> Records:
    decisions: Records = records.with_worth().select_related("case__child")
    return decisions


def _expected(records: Any, _: date) -> Records:
    expected: Records = records.with_days().select_related("decision__case", "school", "placement")
    return expected


class _Actions(ActionTable):
    """Actions without the figures that they are meant to change, which the list of actions shows."""

    class Meta:
        exclude = ("figure",)


def _workstreams(records: Any, as_at: date) -> Records:
    workstreams: Records = records.with_standing(as_at).with_next_milestone(as_at)
    return workstreams


def _leavers(records: Any, as_at: date) -> Records:
    return with_next_step(_placements(records, as_at), as_at)


LISTS: dict[type[Model], RecordList] = {
    Workstream: RecordList("workstream", "workstreams", WorkstreamTable, None, _workstreams),
    Action: RecordList("action", "actions", _Actions, None, _with("workstream")),
    School: RecordList(
        "school", "schools", provision_tables.SchoolTable, provision_filters.SchoolFilters, _schools
    ),
    SchoolPlaces: RecordList(
        "record of places",
        "records of places",
        provision_tables.PlacesTable,
        provision_filters.PlacesFilters,
        _with("school"),
    ),
    Plan: RecordList(
        "plan", "plans", placement_tables.PlanTable, placement_filters.PlanFilters, _with("child")
    ),
    Assessment: RecordList(
        "assessment",
        "assessments",
        placement_tables.AssessmentTable,
        placement_filters.AssessmentFilters,
        _with("child"),
    ),
    Placement: RecordList(
        "placement",
        "placements",
        placement_tables.PlacementTable,
        placement_filters.PlacementFilters,
        _placements,
    ),
    CostLine: RecordList(
        "cost line",
        "cost lines",
        placement_tables.CostLineTable,
        placement_filters.CostLineFilters,
        _with("placement__plan", "placement__school"),
    ),
    LedgerPosting: RecordList(
        "posting",
        "postings",
        placement_tables.PostingTable,
        placement_filters.PostingFilters,
        _with("school"),
    ),
    Forecast: RecordList("forecast", "forecasts", placement_tables.ForecastTable, None, _as_they_are),
    Budget: RecordList("budget", "budgets", placement_tables.BudgetTable, None, _as_they_are),
    PanelCase: RecordList("case", "cases", panel_tables.CaseTable, panel_filters.CaseFilters, _with("child")),
    PanelDecision: RecordList(
        "decision", "decisions", panel_tables.DecisionTable, panel_filters.DecisionFilters, _decisions
    ),
    ExpectedPlacement: RecordList(
        "agreed place", "agreed places", panel_tables.ExpectedTable, panel_filters.ExpectedFilters, _expected
    ),
}
LISTS_BY_NAME = {
    "leavers": RecordList(
        "placement", "placements", LeaverTable, placement_filters.PlacementFilters, _leavers
    ),
}
"""Lists of records that show something other than the usual list of their kind."""
