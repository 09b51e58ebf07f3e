"""The records of one council while they are being made, and the days of the school year on which they happen.

Records point one way only (placement to plan to child), so a finished council is freed without a garbage collection.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class School:
    """A school, unit or college."""

    school_id: str
    name: str
    sector: str
    phase: str
    district: str
    provider_group: str = ""
    opened_on: date | None = None
    closed_on: date | None = None
    fee_level: float = 1.0
    """Its fees relative to the average of its kind."""
    needs: tuple[str, ...] = ()
    """The needs that a state special school is for, its specialism first."""


@dataclass(frozen=True, slots=True)
class Child:
    """A child with a pseudonymous key."""

    child_id: str
    born_on: date
    district: str


@dataclass(slots=True)
class Plan:
    """An education, health and care plan or, before September 2014, a statement."""

    plan_id: str
    child: Child
    issued_on: date
    primary_need: str
    secondary_need: str
    ceased_on: date | None = None
    cease_reason: str = ""


@dataclass(slots=True)
class Placement:
    """A placement under a plan; `ends_on` is its last day, or None while open."""

    placement_id: str
    plan: Plan
    school: School
    provision: str
    attendance: str
    starts_on: date
    ends_on: date | None = None
    end_reason: str = ""
    route: str = ""
    reason: str = ""
    accrual: str = ""
    weeks: int = 38
    fees: dict[str, int] = field(default_factory=dict)
    """Annual cost in pence at the prices of 2018-19, by kind of cost line."""
    boarding_share: str = "100"
    """The percentage of the boarding that the education budget bears."""

    def open_on(self, day: date) -> bool:
        """Return whether the placement is open on a day, under a plan in force."""
        ceased_on = self.plan.ceased_on
        return (
            self.starts_on <= day
            and (self.ends_on is None or self.ends_on >= day)
            and (ceased_on is None or ceased_on > day)
        )


class Register:
    """All children, plans and placements of one council, each with the next free key."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.children: list[Child] = []
        self.plans: list[Plan] = []
        self.placements: list[Placement] = []

    def new_child(self, born_on: date, district: str) -> Child:
        """Record a child."""
        child = Child(f"{self.prefix}C{len(self.children) + 1:06d}", born_on, district)
        self.children.append(child)
        return child

    def new_plan(self, child: Child, issued_on: date, primary_need: str, secondary_need: str) -> Plan:
        """Record a plan in force from `issued_on`."""
        plan = Plan(
            f"{self.prefix}P{len(self.plans) + 1:06d}", child, issued_on, primary_need, secondary_need
        )
        self.plans.append(plan)
        return plan

    def new_placement(
        self, plan: Plan, school: School, provision: str, attendance: str, starts_on: date
    ) -> Placement:
        """Record an open placement."""
        key = f"{self.prefix}PL{len(self.placements) + 1:06d}"
        placement = Placement(key, plan, school, provision, attendance, starts_on)
        self.placements.append(placement)
        return placement


def academic_year(day: date) -> int:
    """Return the year in which the academic year (1 September to 31 August) of a day starts."""
    return day.year if day.month >= 9 else day.year - 1


def financial_year(day: date) -> int:
    """Return the year in which the financial year (1 April to 31 March) of a day starts."""
    return day.year if day.month >= 4 else day.year - 1


def year_name(year: int) -> str:
    """Write a financial or academic year as in the contract, for example 2018-19."""
    return f"{year}-{(year + 1) % 100:02d}"


def age_in_august(born_on: date, year: int) -> int:
    """Return age in years on 31 August: 11 at the end of year 6, 16 at the end of year 11, 19 at the end of year 14."""
    return year - born_on.year - (born_on.month > 8)


def pounds(pence: int) -> str:
    """Write an amount as in the contract, for example 36233.00."""
    sign = "-" if pence < 0 else ""
    whole, rest = divmod(abs(pence), 100)
    return f"{sign}{whole}.{rest:02d}"
