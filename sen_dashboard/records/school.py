"""The page of a school: its places, the children on roll, their cost, and payments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import Count, Q, QuerySet, Sum

from placements import scope_form
from placements.as_at import AsAt
from placements.models import Placement
from placements.querysets import placement_open
from provision.models import LocalProvision, School, SchoolPlaces
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Attendance, Provision
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import average, percentage
from sen_dashboard.core.periods import AcademicYear, FinancialYear
from sen_dashboard.core.sql import truth
from sen_dashboard.core.web.details import NOT_RECORDED, Detail, detail, left_out
from sen_dashboard.core.web.tables import (
    CodeColumn,
    KindColumn,
    KpiTable,
    NeedColumn,
    RecordColumn,
    RecordTable,
)
from sen_dashboard.exports.downloads import Download, of_table


@dataclass(frozen=True)
class Roll:
    """Children on roll in a provision on the day, the places of its academic year, and the occupancy.

    ``places`` is None if none are recorded, ``occupancy_pct`` if there are none.
    """

    provision: str
    on_roll: int
    places: int | None
    occupancy_pct: float | None


@dataclass(frozen=True)
class Cost:
    """The placements open on the day and their annual cost in £.

    As in the KPI provider_concentration a placement without a cost line counts as £0; ``without_cost`` is their number.
    """

    placements: int
    without_cost: int
    annual_cost: Decimal | None
    average: Decimal | None


@dataclass(frozen=True)
class Paid:
    """Postings of a financial year on a budget line: their number, and their sum in £."""

    financial_year: str
    line: str
    postings: int
    total: Decimal


class RollTable(KpiTable):
    provision = CodeColumn(Provision)
    on_roll = KindColumn(Kind.COUNT, verbose_name="Children on roll")
    places = KindColumn(Kind.COUNT, verbose_name="Places")
    occupancy_pct = KindColumn(Kind.PERCENT, verbose_name="Occupancy")


class PlacesTable(KpiTable):
    academic_year = tables.Column()
    provision = CodeColumn(LocalProvision)
    places = KindColumn(Kind.COUNT, verbose_name="Places")
    needs = tables.Column()

    def render_needs(self, value: list[str]) -> str:
        return ", ".join(value) or NOT_RECORDED


class PaidTable(KpiTable):
    financial_year = tables.Column()
    line = tables.Column(verbose_name="Budget line")
    postings = KindColumn(Kind.COUNT, verbose_name="Postings")
    total = KindColumn(Kind.POUNDS, verbose_name="Paid")


class PlacementTable(RecordTable):
    placement = RecordColumn("placement", "placement_id")
    child = RecordColumn("child", "plan__child_id")
    need = NeedColumn(accessor="plan__primary_need", verbose_name="Primary need")
    provision = CodeColumn(Provision)
    attendance = CodeColumn(Attendance)
    starts_on = KindColumn(Kind.DAY, verbose_name="From")
    ends_on = KindColumn(Kind.DAY, verbose_name="To", default="")
    is_open = tables.BooleanColumn(yesno="open,not open", verbose_name="On the day")
    annual_cost = KindColumn(Kind.POUNDS, verbose_name="Annual cost")

    class Meta:
        order_by = ("-is_open", "-starts_on")


def heading(school: School) -> str:
    """Return the title of the page."""
    return school.name


def context(school: School, scope: Scope, typed: Mapping[str, str], default: AsAt) -> dict[str, Any]:
    """Return the context of the page as known on the day; ``placements`` is a long table, to be shown in pages."""
    query, day = kept_query(typed), scope.as_at
    places = list(school.places.order_by("-academic_year", "provision"))
    cost = _cost(school, day)
    return {
        "heading": heading(school),
        "school_id": school.pk,
        "sentence": _sentence(cost, day),
        "caveat": _caveat(cost),
        "details": _details(school, cost),
        "roll": RollTable(_roll(school, places, day), orderable=False),
        "places": PlacesTable(places, orderable=False),
        "roll_caption": f"Children on roll on {formats.day(day)}, and places of {AcademicYear.containing(day)}",
        "paid": PaidTable(_paid(school, day), orderable=False),
        "placements": placements(school, day, query),
        "left_out": left_out(
            school.placements.filter(starts_on__gt=day).count(), "placement", "placements", day
        ),
        **scope_form.context((), scope, typed, default),
    }


def placements(school: School, day: date, query: str = "") -> PlacementTable:
    """Return the placements begun by the day; records link to their pages with the scope of ``query``."""
    begun = school.placements.filter(starts_on__lte=day)
    return PlacementTable(_listed(begun, day), as_at=day, scope_query=query)


def download(school: School, day: date, table: PlacementTable) -> Download:
    """Return the placements as a file, in the table's order."""
    what = f"Placements at {school.name}, {formats.day(day)}"
    return of_table(table, what=what, name="school-placements", day=day)


def _cost(school: School, day: date) -> Cost:
    """Return the total cost of the placements open on the day: one statement."""
    found = (
        school.placements.open_on(day)
        .with_annual_cost(day)
        .aggregate(
            placements=Count("pk"),
            without_cost=Count("pk", filter=Q(annual_cost__isnull=True)),
            total=Sum("annual_cost"),
        )
    )
    placements, total = found["placements"], found["total"]
    return Cost(placements, found["without_cost"], total, average(total, placements))


def _roll(school: School, places: list[SchoolPlaces], day: date) -> list[Roll]:
    """Return a row for each provision with children on roll, or places in the day's academic year: one statement."""
    year = str(AcademicYear.containing(day))
    offered = {row.provision: row.places for row in places if row.academic_year == year}
    open_then: QuerySet[Any, Any] = school.placements.open_on(day).with_provision()
    on_roll = dict(open_then.values_list("provision").annotate(Count("pk")).order_by("provision"))
    return [
        Roll(
            kind, on_roll.get(kind, 0), offered.get(kind), percentage(on_roll.get(kind, 0), offered.get(kind))
        )
        for kind in Provision.values
        if kind in on_roll or kind in offered
    ]


def _paid(school: School, day: date) -> list[Paid]:
    """Return the ledger's payments to the school up to the day's month: one statement."""
    years = school.postings.up_to(day).by_financial_year()
    return [
        Paid(str(FinancialYear(year["first_year"])), year["line"], year["postings"], year["total"])
        for year in years
    ]


def _listed(placements: Any, day: date) -> QuerySet[Placement, Placement]:
    """Return the placements for their table; one that is not open on the day has no cost then."""
    priced = placements.with_provision().with_cost_while_open(day)
    listed: QuerySet[Placement, Placement] = priced.annotate(is_open=truth(placement_open(day)))
    return listed.select_related("plan__child", "school")


def _sentence(cost: Cost, day: date) -> str:
    """Return a sentence on the children on roll on the day, and their cost."""
    on_day = formats.day(day)
    if not cost.placements:
        return f"No child is on roll on {on_day}."
    children = formats.plural(cost.placements, "child is", "children are")
    if cost.annual_cost is None:
        return f"{children} on roll on {on_day}, without a cost line in force."
    each = f", {formats.pounds(cost.average)} each on average" if cost.placements > 1 else ""
    return f"{children} on roll on {on_day}, at {formats.pounds(cost.annual_cost)} a year{each}."


def _caveat(cost: Cost) -> str:
    """Return how many placements the sum counts as £0; empty if none, or if there is no sum."""
    if not cost.without_cost or cost.annual_cost is None:
        return ""
    placements = formats.plural(cost.without_cost, "open placement")
    counts = "counts" if cost.without_cost == 1 else "count"
    return f"{placements} without a cost line on the day {counts} at £0."


def _details(school: School, cost: Cost) -> tuple[Detail, ...]:
    """Return what is recorded about the school, and its sums on the day."""
    return (
        Detail("School key", school.school_id),
        detail("URN", school.urn),
        Detail("Sector", school.get_sector_display()),
        detail("Phase", school.phase),
        detail("District", school.district),
        detail("Provider group", school.provider_group),
        detail("Opened", formats.day(school.opened_on) if school.opened_on else ""),
        *([Detail("Closed", formats.day(school.closed_on))] if school.closed_on else []),
        Detail("Children on roll", formats.count(cost.placements)),
        Detail("Annual cost", formats.pounds(cost.annual_cost)),
        Detail("Average annual cost", formats.pounds(cost.average)),
    )
