"""What KPIs on plans, placements and assessments count: the records, together with the identity of their number.

Counted sets with the same name and dimensions are the same number in every KPI: children with a placement open on a
day are counted alike everywhere, since a child has one plan and one placement at a time.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from placements.models import Assessment, IssueDecision
from placements.narrowing import ATTENDANCE, DISTRICT, NEED, SECTOR, placements_in, plans_in
from placements.querysets import INMSS_SECTORS, AssessmentQuerySet, PlacementQuerySet, PlanQuerySet
from sen_dashboard.core.codes import Attendance, Provision
from sen_dashboard.core.kpi.counted import Counted, partitioned
from sen_dashboard.core.kpi.quantities import Addition, Dimension, Quantity, part, total
from sen_dashboard.core.kpi.scope import Scope

Plans = Counted[PlanQuerySet]
Placements = Counted[PlacementQuerySet]
Assessments = Counted[AssessmentQuerySet]


def plans(scope: Scope, day: date) -> Plans:
    """Plans in force on the day."""
    named = Quantity.of("plans", day=day, district=scope[DISTRICT], need=scope[NEED])
    return Counted(named, lambda: plans_in(scope).in_force_on(day))


def children(scope: Scope, day: date, *provisions: Provision) -> Placements:
    """Children with a placement (of the provisions, if any are given) open on the day, as their placements."""
    return Counted(
        _of_placements("children", scope, day=day, provision=_either(provisions)),
        lambda: placed(scope, *provisions).open_on(day),
    )


def children_by_day(scope: Scope, days: Iterable[date], provision: Provision) -> dict[date, int]:
    """The number of ``children`` on each of many days: one statement."""
    return placed(scope, provision).count_on(days)


def placed(scope: Scope, *provisions: Provision) -> PlacementQuerySet:
    """The placements within the scope (of the provisions, if any are given), of all time."""
    return placements_in(scope).in_provision(*provisions)


def of_need(children: Placements, need: str | None) -> Placements:
    """The children whose plan has the primary need; all of them for None."""
    return children.where(Q(plan__primary_need=need), need=need) if need else children


def at_school(children: Placements, school_id: str | None) -> Placements:
    """The children placed at the school; all of them for None."""
    return children.where(Q(school=school_id), school=school_id) if school_id else children


def of_attendance(children: Placements, attendance: str | None) -> Placements:
    """The children with the attendance; all of them for None."""
    return children.where(Q(attendance=attendance), attendance=attendance) if attendance else children


def children_with_cost(scope: Scope, day: date, *provisions: Provision) -> Placements:
    """Children with a placement (of the provisions, if any) whose cost on the day is known, as ``annual_cost``."""
    return Counted(
        _of_placements("children with cost", scope, day=day, provision=_either(provisions)),
        lambda: (
            placed(scope, *provisions).open_on(day).with_annual_cost(day).filter(annual_cost__isnull=False)
        ),
    )


def cost_of(children: Placements, name: str = "annual cost") -> Quantity:
    """The identity of the annual cost of a set of children."""
    return Quantity(name, children.quantity.dimensions)


def known_cost_of(children_with_cost: Placements) -> Quantity:
    """The identity of the annual cost of children whose cost is known."""
    return cost_of(children_with_cost, "annual cost of children with cost")


def moves(scope: Scope, what: str, first: date, last: date) -> Counted[QuerySet[Any, Any]]:
    """INMSS placements that start ("starts") or end ("ends") from the first day to the last.

    A placement starts on the first day on which it is open, and ends on the first on which it no longer is. A
    placement that carries on another of the same plan at the same school, as after a change of attendance, is neither,
    unless the scope is about one of the two alone.
    """
    edge, edge_of_other = {"starts": ("first", "until"), "ends": ("until", "first")}[what]

    def records() -> QuerySet[Any, Any]:
        ever = placed(scope, Provision.INMSS).ever_open()
        same = {"plan": OuterRef("plan"), "school": OuterRef("school"), edge_of_other: OuterRef(edge)}
        return ever.filter(~Exists(ever.filter(**same)), **{f"{edge}__range": (first, last)})

    return Counted(moves_named(scope, what, first, last), records)


def moves_named(scope: Scope, what: str, first: date, last: date) -> Quantity:
    """The identity of that number, or of the placements open at any time from first to last ("ever")."""
    return _of_placements(what, scope, provision=Provision.INMSS, first=first, last=last)


def plans_issued(scope: Scope, first: date, last: date) -> Plans:
    """Plans with a stored assessment that were issued from the first day to the last."""
    return Counted(
        Quantity.of("plans issued", first=first, last=last, district=scope[DISTRICT]),
        lambda: plans_in(scope).issued_between(first, last).filter(assessment__isnull=False),
    )


def assessments_in(scope: Scope) -> AssessmentQuerySet:
    """The assessments within the scope."""
    return scope.narrow(Assessment.objects.all(), {DISTRICT: "child__home_district__iexact"})


def assessments_open(scope: Scope) -> Assessments:
    """Assessments open on the day."""
    return Counted(
        Quantity.of("assessments open", day=scope.as_at, district=scope[DISTRICT]),
        lambda: assessments_in(scope).open_on(scope.as_at),
    )


def requests_received(scope: Scope, first: date, last: date) -> Assessments:
    """Requests for an assessment made from the first day to the last."""
    return _assessments("requests received", scope, "requested_on", first, last)


def requests_decided(scope: Scope, first: date, last: date) -> Assessments:
    """Requests with a decision from the first day to the last on whether to assess."""
    return _assessments("requests decided", scope, "assess_decided_on", first, last)


def requests_not_issued(scope: Scope, first: date, last: date) -> Assessments:
    """Requests with a decision from the first day to the last, after an assessment, not to issue a plan."""
    decided = _assessments("decided on a plan", scope, "issue_decided_on", first, last)
    return decided.where(Q(issue_decision=IssueDecision.NOT_ISSUED), issues=False)


def _assessments(name: str, scope: Scope, of: str, first: date, last: date) -> Assessments:
    """The assessments with their date in the field ``of`` from the first day to the last."""
    return Counted(
        Quantity.of(name, first=first, last=last, district=scope[DISTRICT]),
        lambda: assessments_in(scope).filter(**{f"{of}__range": (first, last)}),
    )


def _either(provisions: tuple[Provision, ...]) -> str | None:
    """The provisions as a dimension; None for any provision."""
    return " and ".join(provisions) or None


def _of_placements(name: str, scope: Scope, **dimensions: Dimension | None) -> Quantity:
    chosen = {f.name: scope[f] for f in (DISTRICT, NEED, SECTOR, ATTENDANCE)}
    return Quantity.of(name, **{**chosen, **dimensions})


# The parts that each number divides into, whichever page shows it


@partitioned("children", "children with cost", "annual cost of children with cost")
def _children_in_parts(quantity: Quantity) -> Iterator[Addition]:
    """Children by attendance, by sector in INMSS, and those with a cost line as part of all."""
    whole = quantity.without("attendance")
    if quantity.name != "children":
        yield total(whole, (whole.having(attendance=kind.value) for kind in Attendance))
        if quantity.name == "children with cost":
            yield part(Quantity("children", whole.dimensions), whole)
    elif dict(quantity.dimensions).get("provision") == Provision.INMSS:
        everyone = quantity.without("sector")
        yield total(everyone, (everyone.having(sector=sector.value) for sector in INMSS_SECTORS))


@partitioned("plans issued")
def _plans_issued_in_parts(quantity: Quantity) -> Iterator[Addition]:
    """Plans in time and late, with and without an exception: four parts."""
    issued = quantity.without("in_time").without("exception")
    within, issued_ex = issued.having(in_time=True), issued.having(exception=False)
    within_ex = within.having(exception=False)
    yield from (part(issued, within), part(issued, issued_ex))
    yield from (part(within, within_ex), part(issued_ex, within_ex))
    yield part(issued.less(issued_ex), within.less(within_ex))
