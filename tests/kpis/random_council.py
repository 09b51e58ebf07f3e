"""Small random councils, full of edge cases of the definitions: adjoining days, void lines, plans that cease.

Every date is drawn from a few days around the as-at days of the tests, so that records start, end and cease on the very
day, the day before and the day after.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from placements.models import (
    Accrual,
    Assessment,
    Budget,
    Child,
    CostKind,
    CostLine,
    Forecast,
    LedgerPosting,
    Placement,
    Plan,
    Route,
)
from provision.models import School, Sector

AS_AT_DAYS = (
    date(1950, 1, 1),
    date(2014, 3, 31),
    date(2016, 2, 29),
    date(2016, 3, 31),
    date(2016, 4, 1),
    date(2017, 2, 28),
    date(2018, 9, 15),
    date(2019, 3, 31),
    date(2150, 12, 31),
)
_CORE = AS_AT_DAYS[1:-1]
_EDGES = {day + timedelta(days=n) for day in _CORE for n in (-1, 0, 1)}
DAYS = sorted(
    _EDGES | {date(2013, 9, 1), date(2015, 2, 28), date(2017, 3, 31), date(2017, 8, 31), date(2018, 12, 31)}
)

DISTRICTS = ("Ashford", "Thanet", "")

# The first and last birthdays of year 11, of year 14 and of those who turn 25, by the as-at days' academic years.
_TURNS_OF_YEARS = {date(year - age, 8, 31) for year in (2013, 2015, 2018) for age in (15, 16, 18, 19, 24)}
BIRTHDAYS = sorted(
    {day + timedelta(days=n) for day in _TURNS_OF_YEARS for n in (0, 1)}
    | {date(2004, 2, 29), date(2005, 1, 1)}
)
WAITS = (0, 41, 42, 43, 112, 113, 139, 140, 141, 364, 365, 500)
"""Days since a request, on each side of the limits of 6, 16, 20 and 52 weeks."""

Span = tuple[date, date | None]


def make_council(seed: int) -> None:
    """Store a council of about 25 children, with schools in every sector and money on two budget lines."""
    random = Random(seed)
    schools = (
        [
            School(school_id=f"S{n}", name=f"School {n % 9}", sector=random.choice(Sector.values))
            for n in range(6)
        ]
        + [
            School(school_id=f"I{n}", name=f"Independent {n % 2}", sector=Sector.INDEPENDENT_SPECIAL)
            for n in range(3)
        ]
        + [School(school_id="T0", name="State special", sector=Sector.STATE_SPECIAL)]
    )
    School.objects.bulk_create(schools)
    children = [
        Child(child_id=f"C{n}", date_of_birth=random.choice(BIRTHDAYS), home_district=DISTRICTS[n % 3])
        for n in range(25)
    ]
    Child.objects.bulk_create(children)
    plans = [plan for child in children for plan in _plans(random, child)]
    Assessment.objects.bulk_create(_assessments(random, children, plans))
    Plan.objects.bulk_create(plans)
    placements = [placement for plan in plans for placement in _placements(random, plan, schools)]
    Placement.objects.bulk_create(placements)
    CostLine.objects.bulk_create(
        [line for placement in placements for line in _cost_lines(random, placement)]
    )
    _make_money(random)
    _make_payments(Random(seed))


def _spans(random: Random, days: list[date], most: int) -> list[Span]:
    """Up to ``most`` ordered spans of days that do not overlap; the last may be open, one may be a single day."""
    ends = sorted(random.sample(days, min(len(days), 2 * random.randint(1, most)) // 2 * 2))
    spans: list[Span] = list(zip(ends[::2], ends[1::2], strict=True))
    if spans and random.random() < 0.6:
        spans[-1] = (spans[-1][0], None)
    elif spans and random.random() < 0.2:
        spans[-1] = (spans[-1][0], spans[-1][0])
    return spans


def _plans(random: Random, child: Child) -> Iterator[Plan]:
    spans = _spans(random, DAYS, 2)
    for n, (issued_on, ceased_on) in enumerate(spans):
        if n + 1 < len(spans) and random.random() < 0.5:
            ceased_on = spans[n + 1][0]  # the next plan is issued on the day this one ceases
        yield Plan(
            plan_id=f"{child.child_id}.{n}",
            child=child,
            issued_on=issued_on,
            ceased_on=ceased_on,
            primary_need=random.choice(("ASD", "ASD", "SEMH", "SLCN", "PD")),
        )


def _assessments(random: Random, children: list[Child], plans: list[Plan]) -> list[Assessment]:
    """Requests behind most of the plans, and requests without one, decided and undecided."""
    assessments = []
    for plan in plans:
        if random.random() < 0.8:
            plan.assessment = _assessment(random, plan.child, plan.issued_on, f"A{plan.plan_id}")
            assessments.append(plan.assessment)
    for n in range(30):
        assessments.append(_assessment(random, random.choice(children), random.choice(DAYS), f"A{n}"))
    return assessments


def _assessment(random: Random, child: Child, day: date, key: str) -> Assessment:
    """A request made some days before the day, with decisions some days after the request."""
    requested_on = day - timedelta(days=random.choice(WAITS))
    assess, issue = random.choice(
        (("", ""), ("AGREED", ""), ("REFUSED", ""), ("AGREED", "ISSUED"), ("AGREED", "NOT_ISSUED"))
    )
    return Assessment(
        assessment_id=key,
        child=child,
        requested_on=requested_on,
        assess_decision=assess,
        assess_decided_on=requested_on + timedelta(days=random.choice(WAITS[:5])) if assess else None,
        issue_decision=issue,
        issue_decided_on=requested_on + timedelta(days=random.choice(WAITS)) if issue else None,
        exception=random.random() < 0.3,
    )


def _placements(random: Random, plan: Plan, schools: list[School]) -> Iterator[Placement]:
    for n, (starts_on, ends_on) in enumerate(_spans(random, DAYS, 3)):
        yield Placement(
            placement_id=f"{plan.plan_id}.{n}",
            plan=plan,
            school=random.choice(schools),
            in_srp=random.random() < 0.3,
            route=random.choice(("", *Route.values)),
            attendance="DAY" if random.random() < 0.7 else "RESIDENTIAL",
            starts_on=starts_on,
            ends_on=ends_on,
            accrual=random.choice(("", *Accrual.values)),
            paid_to_on=_paid_to(random, starts_on, ends_on),
        )


def _paid_to(random: Random, starts_on: date, ends_on: date | None) -> date | None:
    """For some placements that end, a day before or after the last one."""
    if ends_on is None or random.random() < 0.6:
        return None
    return max(starts_on, ends_on + timedelta(days=random.choice((-40, -1, 1, 31, 120))))


def _cost_lines(random: Random, placement: Placement) -> Iterator[CostLine]:
    """Lines of up to three kinds, in succession within the placement, and sometimes a void one at any time."""
    last = placement.ends_on or DAYS[-1]
    inside = [day for day in DAYS if placement.starts_on <= day <= last]
    for kind in random.sample(CostKind.values, random.randint(0, 3)):
        for starts_on, ends_on in _spans(random, inside, 2):
            yield _cost_line(random, placement, kind, starts_on, ends_on)
        if random.random() < 0.3:
            yield _cost_line(random, placement, kind, date(2012, 5, random.randint(1, 31)), None, void=True)


def _cost_line(
    random: Random,
    placement: Placement,
    kind: str,
    starts_on: date,
    ends_on: date | None,
    *,
    void: bool = False,
) -> CostLine:
    return CostLine(
        placement=placement,
        kind=kind,
        annual_amount=_pounds(random, 0, 60_000),
        starts_on=starts_on,
        ends_on=ends_on,
        education_share=random.choice((Decimal(100), Decimal(50), Decimal("33.33"), Decimal(0))),
        void=void,
    )


def _make_money(random: Random) -> None:
    years = [f"{year}-{(year + 1) % 100}" for year in range(2013, 2020)]
    lines = ("1.2.3", "1.2.1")
    Budget.objects.bulk_create(
        Budget(financial_year=year, line=line, amount=_pounds(random, 1_000, 90_000))
        for year in years
        for line in lines
        if random.random() < 0.8
    )
    Forecast.objects.bulk_create(
        Forecast(financial_year=year, line=line, made_on=day, amount=_pounds(random, 1_000, 90_000))
        for year in years
        for line in lines
        for day in random.sample(DAYS, random.randint(0, 8))
    )
    LedgerPosting.objects.bulk_create(
        LedgerPosting(
            month=date(random.randint(2013, 2019), random.randint(1, 12), 1),
            line=random.choice(lines),
            reference=f"R{n}",
            amount=_pounds(random, -2_000, 9_000),
        )
        for n in range(120)
    )


def _make_payments(random: Random) -> None:
    """Payments to independent schools on a few days, some late and some to a supplier without a school."""
    LedgerPosting.objects.bulk_create(
        LedgerPosting(
            month=month,
            line="1.2.3",
            school_id=random.choice(("I0", "I1", "I2", "S0", "S1", "S2", None)),
            reference=f"P{n}",
            amount=random.choice((Decimal(-400), Decimal("1250.50"), Decimal(3_000))),
            supplier=random.choice(("", "Independent Ltd")),
            posted_on=random.choice((None, month)),
            own_month=random.choice((None, None, None, date(month.year - 1, 12, 1))),
        )
        for n in range(240)
        for month in [date(random.choice((2015, 2018, 2019)), random.randint(1, 12), 1)]
    )


def _pounds(random: Random, least: int, most: int) -> Decimal:
    return Decimal(random.randint(least * 100, most * 100)) / 100
