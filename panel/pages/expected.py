"""The page of an agreed place: what was agreed, its status, and how long each step took."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from panel.models import ExpectedPlacement
from panel.services.requests import NOT_IN_THE_COST
from placements.models import CostKind
from sen_dashboard.core import formats
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.addresses import scope_query
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.web.details import Detail, Link, address_of
from sen_dashboard.core.web.tables import CodeColumn, KindColumn, KpiTable


class CostTable(KpiTable):
    kind = CodeColumn(CostKind, verbose_name="Cost")
    annual_amount = KindColumn(Kind.POUNDS, verbose_name="A year")


def context(expected: ExpectedPlacement, today: date) -> dict[str, Any]:
    """The page's context for today, from an expected placement with its days, school, placement and case."""
    query, case = scope_query(Scope(today)), expected.decision.case
    costs = list(expected.decision.agreed_costs.order_by("kind"))
    return {
        "here": "Cases and meetings",
        "heading": f"Agreed place: {case.case_id}",
        "expected": expected,
        "sentence": f"{expected.standing_on(today)}.",
        "details": _details(expected, query),
        "costs": CostTable(costs, orderable=False),
        "total": _total(costs),
        "trail": (
            Link("Agreed, not started", reverse("queue", args=["agreed-not-started"])),
            Link(f"Panel case {case.case_id}", address_of("case", case.case_id, query)),
        ),
    }


def _total(costs: list[Any]) -> str:
    """ "Agreed costs: £36,000 a year", without transport, which has its own budget."""
    counted = [cost.annual_amount for cost in costs if cost.kind not in NOT_IN_THE_COST]
    beside = ", plus transport" if len(counted) < len(costs) else ""
    return f"Agreed costs: {formats.pounds(sum(counted, Decimal(0)))} a year{beside}"


def _details(expected: Any, query: str) -> tuple[Detail, ...]:
    case, school = expected.decision.case, expected.school
    steps = (
        Detail("Child", case.child_id, address_of("child", case.child_id, query)),
        Detail("School", school.name, address_of("school", school.school_id, query))
        if school
        else Detail("School", "to be confirmed"),
        Detail("Attendance", expected.get_attendance_display()),
        Detail("Agreed", formats.day(expected.decision.meeting_on)),
        Detail("Expected to start", formats.day(expected.starts_on)),
        _step("Offered by the school", expected.offered_on, expected.days_to_offer, "the decision"),
        *_ends(expected, query),
    )
    return (*steps, Detail("Why", expected.why)) if expected.why else steps


def _ends(expected: Any, query: str) -> tuple[Detail, ...]:
    """How it ended, or that it has not started."""
    if expected.refused_on:
        return (Detail("Refused by the school", formats.day(expected.refused_on)),)
    if expected.cancelled_on:
        return (Detail("Cancelled", formats.day(expected.cancelled_on)),)
    placement = expected.placement
    started = _step("Started", placement and placement.starts_on, expected.days_to_start, "the offer")
    if placement is None:
        return (started,)
    page = address_of("placement", placement.placement_id, query)
    return (started, Detail("Placement", placement.placement_id, page))


def _step(label: str, day: date | None, days: int | None, after: str) -> Detail:
    """A step and how many days it took: "Offered: 3 May 2026, 20 days after the decision"."""
    if day is None:
        return Detail(label, "not yet")
    took = f", {formats.days(days)} after {after}" if days is not None else ""
    return Detail(label, f"{formats.day(day)}{took}")
