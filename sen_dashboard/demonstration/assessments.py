"""Requests for an EHC needs assessment: those behind the plans, those refused, and those open on the last day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from . import children, council
from .draws import below, between, chance, day_between
from .records import Child, Plan, Register, financial_year

WEEKS_20 = 140
"""Days from the request within which a plan counts as issued on time."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """A request, and the decisions made on it so far; a decision and its date come together."""

    assessment_id: str
    child: Child
    requested_on: date
    assess_decided_on: date | None = None
    assesses: bool = False
    issue_decided_on: date | None = None
    issues: bool = False
    exception: bool = False
    plan_id: str = ""


class AssessmentMaker:
    """Makes the requests of one council."""

    def __init__(self, rng: Random, register: Register) -> None:
        self.rng = rng
        self.register = register
        self.made = 0

    def key(self) -> str:
        """The next free key."""
        self.made += 1
        return f"{self.register.prefix}A{self.made:06d}"

    def behind_plan(self, plan: Plan) -> Assessment:
        """Return the request that led to a plan: on time for the year's share, else up to a year and a half late."""
        rng = self.rng
        exception = chance(rng, 0.05)
        on_time = chance(rng, council.ON_TIME[financial_year(plan.issued_on)] * (0.3 if exception else 1.03))
        if on_time:
            took = WEEKS_20 if chance(rng, 0.12) else between(rng, 96, WEEKS_20)
        else:
            took = WEEKS_20 + 1 + below(rng, 110) + (below(rng, 260) if chance(rng, 0.2) else 0)
        requested_on = plan.issued_on - timedelta(days=took)
        return Assessment(
            self.key(),
            plan.child,
            requested_on,
            requested_on + timedelta(days=self.days_to_decide()),
            True,
            plan.issued_on - timedelta(days=between(rng, 12, 26)),
            True,
            exception,
            plan.plan_id,
        )

    def days_to_decide(self) -> int:
        """Return the number of days until the decision whether to assess: within six weeks for nine in ten."""
        return between(self.rng, 25, 42) if chance(self.rng, 0.9) else between(self.rng, 43, 68)

    def without_plan(self, year: int) -> Assessment:
        """Return a request of a financial year that is refused or, one in five, assessed without a plan being issued.

        A decision after the last day is not yet known, so the request is open.
        """
        rng = self.rng
        requested_on = day_between(rng, date(year, 4, 1), date(year + 1, 3, 31))
        decided_on = requested_on + timedelta(days=self.days_to_decide())
        assesses = chance(rng, 0.2)
        child = self.young_child(year)
        ends_on = requested_on + timedelta(days=between(rng, 90, 135)) if assesses else None
        return Assessment(self.key(), child, requested_on, known(decided_on), assesses, known(ends_on))

    def still_open(self) -> Assessment:
        """Return a request that is open on the last day: most are recent, a few over a year old."""
        rng = self.rng
        weeks = rng.random() * 24
        if chance(rng, 0.22):
            weeks += rng.random() * 24
        if chance(rng, 0.03):
            weeks += 12 + rng.random() * 40
        requested_on = council.LAST_DAY - timedelta(days=int(weeks * 7))
        decided_on = known(requested_on + timedelta(days=self.days_to_decide()))
        return Assessment(
            self.key(),
            self.young_child(council.LAST_YEAR),
            requested_on,
            decided_on,
            decided_on is not None,
            exception=chance(rng, 0.06),
        )

    def young_child(self, year: int) -> Child:
        """Return a child of school age without a plan."""
        born_on = children.birthday(self.rng, between(self.rng, 4, 15), year)
        return self.register.new_child(born_on, children.home(self.rng))


def known(day: date | None) -> date | None:
    """Return the day, or None if it is after the last day of the records."""
    return day if day and day <= council.LAST_DAY else None


def make_assessments(rng: Random, more: Random, register: Register) -> Iterator[Assessment]:
    """Yield requests for 97 % of the plans issued since September 2014, then those without a plan and those open.

    ``more`` is the random stream of the requests added to the last two groups.
    """
    maker = AssessmentMaker(rng, register)
    for plan in register.plans:
        if plan.issued_on >= council.STATEMENTS_UNTIL and chance(rng, 0.97):
            yield maker.behind_plan(plan)
    yield from without_plan(maker, council.REFUSED, council.OPEN_REQUESTS)
    maker.rng = more
    yield from without_plan(maker, council.MORE_REFUSED, council.MORE_OPEN_REQUESTS)


def without_plan(maker: AssessmentMaker, refused: Mapping[int, int], still_open: int) -> Iterator[Assessment]:
    """Yield requests of each year that end without a plan, and requests that are still open."""
    for year, number in refused.items():
        for _ in range(number):
            yield maker.without_plan(year)
    for _ in range(still_open):
        yield maker.still_open()
