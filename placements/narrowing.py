"""The filters that narrow KPIs on plans and placements: district, need, sector, attendance.

A KPI lists those that its definition allows. With one chosen, the answer is no longer the published figure, and every
page and file says so ("filtered").
"""

from collections.abc import Sequence

from placements.models import Child, Placement, Plan
from placements.querysets import INMSS_SECTORS, PlacementQuerySet, PlanQuerySet
from sen_dashboard.core.codes import Attendance, Need
from sen_dashboard.core.kpi.scope import Scope, choice, named


def home_districts() -> Sequence[tuple[str, str]]:
    """The districts in which children live."""
    known = Child.objects.exclude(home_district="").order_by("home_district")
    return [(name, name) for name in known.values_list("home_district", flat=True).distinct()]


DISTRICT = named("district", "Home district", home_districts, is_shared=True, unchosen="all districts")
NEED = choice("need", "Primary need", Need.choices, is_shared=True, unchosen="all needs")
SECTOR = choice(
    "sector",
    "Sector",
    [(sector.value, sector.label) for sector in INMSS_SECTORS],
    is_shared=True,
    unchosen="all sectors",
)
ATTENDANCE = choice(
    "attendance", "Attendance", Attendance.choices, is_shared=True, unchosen="all attendances"
)

OF_PLACEMENTS = {
    DISTRICT: "plan__child__home_district__iexact",
    NEED: "plan__primary_need",
    SECTOR: "school__sector",
    ATTENDANCE: "attendance",
}
OF_PLANS = {DISTRICT: "child__home_district__iexact", NEED: "primary_need"}


def placements_in(scope: Scope) -> PlacementQuerySet:
    """The placements within the scope."""
    return scope.narrow(Placement.objects.all(), OF_PLACEMENTS)


def plans_in(scope: Scope) -> PlanQuerySet:
    """The plans within the scope; sector and attendance are a placement's, and do not narrow plans."""
    return scope.narrow(Plan.objects.all(), OF_PLANS)
