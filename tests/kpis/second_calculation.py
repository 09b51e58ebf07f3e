"""The KPI definitions implemented again: plain Python loops over records loaded once, with no other SQL.

Nothing here uses the querysets, ``core.money`` or the KPI modules, so that a fault in them cannot hide. Sums and shares
are exact fractions until the end. Each KPI is a function that returns its headline and rows under the published keys;
those about money are in ``second_calculation_money``, those of the panel beside their tests.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from placements.models import Assessment, Budget, Child, CostLine, Forecast, LedgerPosting, Placement, Plan
from provision.models import School

Answer = tuple[dict[str, Any], list[dict[str, Any]]]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Records:
    """Everything in the store that a placements KPI reads."""

    schools: dict[str, School]
    children: dict[str, Child]
    assessments: dict[str, Assessment]
    plans: dict[str, Plan]
    placements: dict[str, Placement]
    cost_lines: list[CostLine]
    budgets: list[Budget]
    forecasts: list[Forecast]
    postings: list[LedgerPosting]


def load() -> Records:
    return Records(
        schools={school.school_id: school for school in School.objects.all()},
        children={child.child_id: child for child in Child.objects.all()},
        assessments={assessment.assessment_id: assessment for assessment in Assessment.objects.all()},
        plans={plan.plan_id: plan for plan in Plan.objects.all()},
        placements={placement.placement_id: placement for placement in Placement.objects.all()},
        cost_lines=list(CostLine.objects.all()),
        budgets=list(Budget.objects.all()),
        forecasts=list(Forecast.objects.all()),
        postings=list(LedgerPosting.objects.all()),
    )


# The terms of the definitions


def plan_in_force(plan: Plan, day: date) -> bool:
    return plan.issued_on <= day and not (plan.ceased_on is not None and plan.ceased_on <= day)


def placement_open(records: Records, placement: Placement, day: date) -> bool:
    started = placement.starts_on <= day
    ended = placement.ends_on is not None and placement.ends_on < day
    return started and not ended and plan_in_force(records.plans[placement.plan_id], day)


def provision(records: Records, placement: Placement) -> str:
    sector = records.schools[placement.school_id].sector
    if sector in ("INDEPENDENT_SPECIAL", "NON_MAINTAINED_SPECIAL"):
        return "INMSS"
    if sector == "STATE_SPECIAL":
        return "SPECIAL"
    if sector == "MAINSTREAM" and placement.in_srp:
        return "SRP"
    return {"POST_16": "POST_16", "OTHER": "OTHER"}.get(sector, "MAINSTREAM")


def need(records: Records, placement: Placement) -> str:
    return records.plans[placement.plan_id].primary_need


def open_placements(records: Records, day: date, wanted: str) -> list[Placement]:
    """Placements of the wanted provision open on the day."""
    return [
        placement
        for placement in records.placements.values()
        if provision(records, placement) == wanted and placement_open(records, placement, day)
    ]


def children(records: Records, day: date, wanted: str) -> int:
    placements = open_placements(records, day, wanted)
    return len({records.plans[placement.plan_id].child_id for placement in placements})


def a_year_before(day: date) -> date:
    """The same day a year earlier; for the last day of a month, the last day of that month."""
    if not is_month_end(day):
        return date(day.year - 1, day.month, day.day)
    before = date(day.year - 1, day.month, 28)
    while not is_month_end(before):
        before += ONE_DAY
    return before


def days_to(day: date) -> list[date]:
    """The days of the 12 months to the day."""
    days = [day]
    while days[0] > a_year_before(day) + ONE_DAY:
        days.insert(0, days[0] - ONE_DAY)
    return days


def months_of(days: list[date]) -> list[str]:
    return list(dict.fromkeys(f"{day:%Y-%m}" for day in days))


def age(child: Child, day: date) -> int:
    born = child.date_of_birth
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def is_month_end(day: date) -> bool:
    return (day + ONE_DAY).day == 1


def penny(pounds: Fraction) -> Decimal:
    """The pounds rounded to the penny, halves away from zero."""
    pence = int(abs(pounds) * 100 + Fraction(1, 2))
    return Decimal(pence if pounds >= 0 else -pence) / 100


def share(part: Any, whole: Any) -> float | None:
    if part is None or not whole:
        return None
    return float(Fraction(part) * 100 / Fraction(whole))


def mean(amounts: list[Decimal]) -> Any:
    return penny(Fraction(sum(amounts)) / len(amounts)) if amounts else None


def median(amounts: list[Decimal]) -> Decimal | None:
    if not amounts:
        return None
    in_order, middle = sorted(amounts), len(amounts) // 2
    if len(amounts) % 2:
        return in_order[middle]
    return penny(Fraction(in_order[middle - 1] + in_order[middle]) / 2)


# The KPIs


def ehcp_share(records: Records, day: date) -> Answer:
    def counts(on: date) -> tuple[int, int, float | None]:
        plans = sum(plan_in_force(plan, on) for plan in records.plans.values())
        inmss = children(records, on, "INMSS")
        return plans, inmss, share(inmss, plans)

    keys = ("plans", "inmss_children", "share_pct")
    now = dict(zip(keys, counts(day), strict=True))
    before = dict(zip((f"{key}_year_before" for key in keys), counts(a_year_before(day)), strict=True))
    month_ends: list[date] = []
    while len(month_ends) < 24:
        if is_month_end(day):
            month_ends.insert(0, day)
        day -= ONE_DAY
    rows = [{"month_end": end, **dict(zip(keys, counts(end), strict=True))} for end in month_ends]
    return now | before, rows


def need_mix(records: Records, day: date) -> Answer:
    needs = [need(records, placement) for placement in open_placements(records, day, "INMSS")]
    total = len(needs)
    rows = [
        {"need": code, "children": needs.count(code), "share_pct": share(needs.count(code), total)}
        for code in sorted(set(needs), key=lambda code: (-needs.count(code), code))
    ]
    asd, semh = needs.count("ASD"), needs.count("SEMH")
    headline = {
        "children": total,
        "asd_pct": share(asd, total),
        "semh_pct": share(semh, total),
        "asd_or_semh_pct": share(asd + semh, total),
    }
    return headline, rows


def inmss_growth(records: Records, day: date, base_day: date) -> Answer:
    days = [date(year, 3, 31) for year in range(base_day.year, day.year + 1) if date(year, 3, 31) < day] + [
        day
    ]
    base_known = base_day <= day
    base = (
        {wanted: children(records, base_day, wanted) for wanted in ("INMSS", "SPECIAL")} if base_known else {}
    )

    def index(on: date, wanted: str) -> float | None:
        return share(children(records, on, wanted), base.get(wanted))

    def growth(wanted: str) -> float | None:
        before = base.get(wanted)
        return share(children(records, day, wanted) - before, before) if before else None

    rows = [
        {
            "day": on,
            "inmss": children(records, on, "INMSS"),
            "special": children(records, on, "SPECIAL"),
            "inmss_index": index(on, "INMSS"),
            "special_index": index(on, "SPECIAL"),
        }
        for on in days
    ]
    headline = {
        "base_day": base_day,
        "inmss_growth_pct": growth("INMSS"),
        "special_growth_pct": growth("SPECIAL"),
    }
    return headline, rows


ROUTES = (
    "PANEL",
    "TRIBUNAL_ORDERED",
    "TRIBUNAL_CONCEDED",
    "PARENTAL",
    "EMERGENCY",
    "TRANSFERRED_IN",
    "OTHER",
    "NOT_RECORDED",
)


def placement_flow(records: Records, day: date) -> Answer:
    """Day by day: a placement starts if it is open and was not the day before, and ends if the reverse.

    Neither happens if another placement of the plan at the school was open the day before, or is open then.
    """
    days = days_to(day)
    starts: list[tuple[str, str]] = []
    ends: list[str] = []
    for placement in records.placements.values():
        if provision(records, placement) != "INMSS":
            continue
        others = [
            other
            for other in records.placements.values()
            if (other.plan_id, other.school_id) == (placement.plan_id, placement.school_id)
            and other is not placement
        ]
        was_open = placement_open(records, placement, days[0] - ONE_DAY)
        for on in days:
            is_open = placement_open(records, placement, on)
            before, now = (
                any(placement_open(records, other, day) for other in others) for day in (on - ONE_DAY, on)
            )
            if is_open and not was_open and not before:
                starts.append((f"{on:%Y-%m}", placement.route or "NOT_RECORDED"))
            if was_open and not is_open and not now:
                ends.append(f"{on:%Y-%m}")
            was_open = is_open
    rows = [
        {
            "month": month,
            "inmss_starts": sum(started == month for started, _ in starts),
            "inmss_ends": ends.count(month),
            "net": sum(started == month for started, _ in starts) - ends.count(month),
            "by_route": {route: starts.count((month, route)) for route in ROUTES},
        }
        for month in months_of(days)
    ]
    headline = {
        "starts": len(starts),
        "ends": len(ends),
        "net": len(starts) - len(ends),
        "leavers_due": _leavers_due(records, day),
        "open": len(open_placements(records, day, "INMSS")),
    }
    return headline, rows


def _leavers_due(records: Records, day: date) -> int:
    school_year = day.year if day.month >= 9 else day.year - 1
    due = 0
    for placement in open_placements(records, day, "INMSS"):
        child = records.children[records.plans[placement.plan_id].child_id]
        year_group = age(child, date(school_year, 8, 31)) - 4
        due += year_group in (11, 14) or age(child, date(school_year + 1, 8, 31)) >= 25
    return due


def timeliness_20_weeks(records: Records, day: date) -> Answer:
    days = days_to(day)
    issued = [
        (plan, records.assessments[plan.assessment_id])
        for plan in records.plans.values()
        if plan.issued_on in days and plan.assessment_id
    ]

    def timely(found: list[tuple[Plan, Assessment]]) -> dict[str, Any]:
        in_time = {
            "": [plan.issued_on <= request.requested_on + 140 * ONE_DAY for plan, request in found],
            "_ex": [
                plan.issued_on <= request.requested_on + 140 * ONE_DAY
                for plan, request in found
                if not request.exception
            ],
        }
        return {
            key + ending: value
            for ending, flags in in_time.items()
            for key, value in (
                ("issued", len(flags)),
                ("within", sum(flags)),
                ("within_pct", share(sum(flags), len(flags))),
            )
        }

    rows = [
        {"month": month, **timely([pair for pair in issued if f"{pair[0].issued_on:%Y-%m}" == month])}
        for month in months_of(days)
    ]
    return timely(issued) | _waiting_and_decided(records, days), rows


def _waiting_and_decided(records: Records, days: list[date]) -> dict[str, Any]:
    """The headline's fields about assessments open on the last of the days, and about requests decided in them."""
    day = days[-1]
    waited = {
        request.assessment_id: Fraction((day - request.requested_on).days, 7)
        for request in records.assessments.values()
        if assessment_open(records, request, day)
    }
    took = [
        Fraction((request.assess_decided_on - request.requested_on).days, 7)
        for request in records.assessments.values()
        if request.assess_decided_on in days
    ]
    bands = {"0-6": (-1, 6), "6-16": (6, 16), "16-20": (16, 20), "20-52": (20, 52), "52+": (52, 10**6)}
    undecided = [
        weeks
        for key, weeks in waited.items()
        if not (decided_on := records.assessments[key].assess_decided_on) or decided_on > day
    ]
    return {
        "open": len(waited),
        "open_over_20_weeks": sum(weeks > 20 for weeks in waited.values()),
        "oldest_open_weeks": float(max(waited.values())) if waited else None,
        "requests_decided_pct_6_weeks": share(sum(weeks <= 6 for weeks in took), len(took)),
        "bands": {
            band: sum(more < weeks <= most for weeks in waited.values())
            for band, (more, most) in bands.items()
        },
        "requests_decided": len(took),
        "requests_decided_6_weeks": sum(weeks <= 6 for weeks in took),
        "undecided_over_6_weeks": sum(weeks > 6 for weeks in undecided),
    }


def assessment_open(records: Records, request: Assessment, day: date) -> bool:
    def by_day(on: date | None) -> bool:
        return on is not None and on <= day

    plans = [plan for plan in records.plans.values() if plan.assessment_id == request.assessment_id]
    ended = (
        (request.assess_decision == "REFUSED" and by_day(request.assess_decided_on))
        or (request.issue_decision == "NOT_ISSUED" and by_day(request.issue_decided_on))
        or any(by_day(plan.issued_on) for plan in plans)
    )
    return request.requested_on <= day and not ended


def requests(records: Records, day: date, district: str | None = None) -> Answer:
    """Day by day: what was received, decided and issued."""
    days = days_to(day)
    of_district = [
        request
        for request in records.assessments.values()
        if district in (None, records.children[request.child_id].home_district)
    ]

    def happened(on: date) -> dict[str, int]:
        return {
            "received": sum(request.requested_on == on for request in of_district),
            "agreed_to_assess": _decided_on(of_district, on, "assess", "AGREED"),
            "refused_to_assess": _decided_on(of_district, on, "assess", "REFUSED"),
            "not_issued": _decided_on(of_district, on, "issue", "NOT_ISSUED"),
            "issued": sum(
                plan.issued_on == on
                for plan in records.plans.values()
                if plan.assessment_id and district in (None, records.children[plan.child_id].home_district)
            ),
        }

    by_day = {on: happened(on) for on in days}
    rows = [
        {
            "month": month,
            **{
                flow: sum(found[flow] for on, found in by_day.items() if f"{on:%Y-%m}" == month)
                for flow in happened(day)
            },
        }
        for month in months_of(days)
    ]
    headline: dict[str, Any] = {flow: sum(found[flow] for found in by_day.values()) for flow in happened(day)}
    days_before = days_to(a_year_before(day))
    before = sum(request.requested_on in days_before for request in of_district)
    decided = headline["agreed_to_assess"] + headline["refused_to_assess"]
    headline |= {
        "received_year_before": before,
        "change_pct": share(headline["received"] - before, before),
        "refused_pct": share(headline["refused_to_assess"], decided),
    }
    return headline, rows


def _decided_on(requests: list[Assessment], day: date, what: str, decision: str) -> int:
    return sum(
        (getattr(request, f"{what}_decision"), getattr(request, f"{what}_decided_on")) == (decision, day)
        for request in requests
    )
