"""Small random panels, full of edge cases of the definitions, and the definitions' results in plain loops.

Meetings are on the first and last days of the tests' periods and the days on each side; a case is decided up to four
times; some decisions are void, and some replaced entries of the same day. Nothing here uses the querysets or the KPI
modules.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from panel.models import ExpectedPlacement, PanelCase, PanelDecision
from placements.models import Child, Placement, Plan
from provision.models import School

PERIODS = (
    (date(1950, 4, 1), date(1950, 5, 1)),
    (date(2017, 4, 1), date(2018, 3, 31)),
    (date(2018, 4, 1), date(2018, 4, 1)),
    (date(2018, 4, 1), date(2019, 3, 31)),
    (date(2018, 9, 15), date(2019, 3, 31)),
    (date(2013, 4, 1), date(2150, 12, 31)),
    (date(2019, 4, 1), date(2019, 3, 31)),
)
"""First and last days, both inclusive; the last period is empty."""

_EDGES = {day + timedelta(days=n) for period in PERIODS[1:5] for day in period for n in (-1, 0, 1)}
DAYS = sorted(_EDGES)
DISTRICTS = ("Ashford", "Thanet", "")
REASONS = {
    "INDEPENDENT": ("COMPLEXITY", "CAPACITY", "OTHER"),
    "ADDITIONAL_FUNDING": ("ONE_TO_ONE", "STAFF_RATIO", "AWAITING_PLACEMENT", "OTHER"),
}


@dataclass(frozen=True)
class Records:
    """Everything that a panel KPI reads."""

    cases: dict[str, PanelCase]
    decisions: list[PanelDecision]
    expected: dict[int, ExpectedPlacement]
    """By the key of the decision that agreed it."""


@dataclass(frozen=True)
class Decided:
    """A case at its latest decision in a period; ``presentations`` counts its decisions in the period.

    Its worth is for ``part_year`` if the decision says so, or if the decision does not say and the case does.
    """

    case: PanelCase
    outcome: str
    worth: Decimal
    presentations: int
    part_year: bool


def make_panel(seed: int) -> None:
    """Store about 40 cases of both panels, each for a different child."""
    random = Random(seed)
    children = [
        Child(child_id=f"P{n}", date_of_birth=date(2005, 1, 1), home_district=random.choice(DISTRICTS))
        for n in range(40)
    ]
    cases = [_case(random, child) for child in children]
    Child.objects.bulk_create(children)
    PanelCase.objects.bulk_create(cases)
    PanelDecision.objects.bulk_create(decision for case in cases for decision in _decisions(random, case))
    _expect(random)


def _expect(random: Random) -> None:
    """Make an expected place for most agreements, and have some of these offered, refused or started."""
    school = School.objects.create(school_id="SP", name="Awaited School", sector="INDEPENDENT_SPECIAL")
    agreed = PanelDecision.objects.filter(outcome="AGREED", case__panel="INDEPENDENT").order_by("pk")
    for decision in agreed.select_related("case"):
        expected = _expected(random, decision, school)
        if random.random() < 0.8:
            expected.save()


def _expected(random: Random, decision: PanelDecision, school: School) -> ExpectedPlacement:
    """The expected place of a decision; a child has at most one placement, so not every offer has led to a start."""
    later = [day for day in DAYS if day >= decision.meeting_on]
    expected = ExpectedPlacement(
        decision=decision, school=school, attendance="DAY", starts_on=random.choice(later)
    )
    if random.random() < 0.7:
        expected.offered_on = random.choice(later)
        after = [day for day in later if day >= expected.offered_on]
        if random.random() < 0.6:
            expected.placement = _placement(decision.case, school, random.choice(after))
    if expected.placement is None and random.random() < 0.4:
        expected.refused_on = random.choice(later)
    return expected


def _placement(case: PanelCase, school: School, starts_on: date) -> Placement | None:
    of_child = {"child_id": case.child_id, "primary_need": case.primary_need}
    plan, is_new = Plan.objects.get_or_create(
        plan_id=f"LP{case.child_id}", defaults={"issued_on": date(2010, 1, 1), **of_child}
    )
    if not is_new:
        return None
    return Placement.objects.create(
        placement_id=plan.plan_id, plan=plan, school=school, attendance="DAY", starts_on=starts_on
    )


def _case(random: Random, child: Child) -> PanelCase:
    panel = random.choice(("INDEPENDENT", "INDEPENDENT", "ADDITIONAL_FUNDING"))
    reasons = REASONS[panel]
    return PanelCase(
        case_id=f"K{child.child_id}",
        child=child,
        panel=panel,
        received_on=random.choice(DAYS),
        primary_need=random.choice(("ASD", "ASD", "SEMH", "CL", "VI")),
        secondary_need=random.choice(("", "", "SEMH", "PD")),
        reasons=random.choices(reasons, k=random.randint(0, 3)),
        profile=random.choice(("", "BEHAVIOUR_ANXIETY", "COMPLEX_MENTAL_HEALTH", "OTHER")),
        annual_cost=Decimal(random.randint(0, 9_999_999)) / 100,
        cost_basis=random.choice(("", "ANNUAL", "PART_YEAR")),
    )


def _decisions(random: Random, case: PanelCase) -> list[PanelDecision]:
    days = [day for day in DAYS if day >= case.received_on]
    return [
        decision
        for day in random.sample(days, min(len(days), random.randint(0, 4)))
        for decision in (
            *(_decision(random, case, day, void=True, corrected=True) for _ in range(random.randint(-2, 2))),
            _decision(random, case, day, void=random.random() < 0.25),
        )
    ]


def _decision(random: Random, case: PanelCase, day: date, **given: bool) -> PanelDecision:
    return PanelDecision(
        case=case,
        meeting_on=day,
        outcome=random.choice(("AGREED", "DECLINED", "MORE_INFORMATION", "DEFERRED", "WITHDRAWN")),
        value=random.choice((None, Decimal(random.randint(0, 9_999_999)) / 100)),
        value_basis=random.choice(("", "ANNUAL", "PART_YEAR")),
        due_on=random.choice((None, *DAYS)),
        **given,
    )


def load() -> Records:
    return Records(
        {case.case_id: case for case in PanelCase.objects.all()},
        list(PanelDecision.objects.all()),
        {
            expected.decision_id: expected
            for expected in ExpectedPlacement.objects.select_related("placement")
        },
    )


def decided(records: Records, panel: str, first: date, last: date) -> list[Decided]:
    """The panel's cases with a standing decision in the period, each at its latest one."""
    cases = []
    for case in records.cases.values():
        of_period = [
            decision
            for decision in records.decisions
            if decision.case_id == case.case_id and not decision.void and first <= decision.meeting_on <= last
        ]
        if case.panel == panel and of_period:
            latest = of_period[0]
            for decision in of_period:
                if decision.meeting_on > latest.meeting_on:
                    latest = decision
            worth = case.annual_cost if latest.value is None else latest.value
            part_year = (latest.value_basis or case.cost_basis) == "PART_YEAR"
            cases.append(Decided(case, latest.outcome, worth, len(of_period), part_year))
    return cases


def awaiting(records: Records, panel: str, day: date) -> int:
    """Cases received by the day without a standing decision by then."""
    answered = {
        decision.case_id for decision in records.decisions if not decision.void and decision.meeting_on <= day
    }
    return sum(
        case.panel == panel and case.received_on <= day and case.case_id not in answered
        for case in records.cases.values()
    )
