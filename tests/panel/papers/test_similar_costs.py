"""A case's costs beside similar costs: a second calculation in plain Python on random placements."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from panel.models import PanelCase, PanelDecision
from panel.pages.papers import papers
from panel.pages.similar_costs import TOGETHER, Compared, compare
from placements.models import CostLine, Placement
from tests.factories import (
    make_case,
    make_child,
    make_cost_line,
    make_decision,
    make_placement,
    make_plan,
    make_requested_cost,
    make_school,
)

pytestmark = pytest.mark.django_db

DAY = date(2019, 3, 31)
KINDS = ("CORE", "ONE_TO_ONE", "THERAPY", "TRANSPORT")


def make_random(seed: int) -> PanelCase:
    """Placements of two needs, attendances and provisions, with lines before, on and after the day, some void."""
    random = Random(seed)
    schools = [make_school(), make_school(sector="STATE_SPECIAL")]
    for _ in range(random.randint(12, 40)):
        start = DAY - timedelta(days=random.randint(-40, 400))
        placement = make_placement(
            plan=make_plan(primary_need=random.choice(("ASD", "ASD", "SEMH"))),
            school=random.choice((schools[0], schools[0], schools[1])),
            attendance=random.choice(("DAY", "DAY", "RESIDENTIAL")),
            starts_on=start,
            ends_on=random.choice((None, None, start + timedelta(days=random.randint(0, 500)))),
        )
        for kind in random.sample(KINDS, random.randint(0, 4)):
            make_cost_line(
                placement=placement,
                kind=kind,
                annual_amount=Decimal(random.randint(0, 4_000_000)) / 100,
                void=random.random() < 0.1,
            )
    case = make_case(attendance="DAY", received_on=DAY - timedelta(days=30), annual_cost=Decimal(30_000))
    make_requested_cost(case=case, annual_amount=Decimal(20_000))
    make_requested_cost(case=case, kind="THERAPY", annual_amount=Decimal(10_000))
    return case


def runs(record: Placement | CostLine) -> bool:
    return record.starts_on <= DAY and (record.ends_on is None or record.ends_on >= DAY)


def similar_to(case: PanelCase) -> list[dict[str, Decimal]]:
    """The parts of each similar placement, and all but transport together."""
    found = []
    for placement in Placement.objects.select_related("plan", "school"):
        is_like = placement.plan.primary_need == case.primary_need and placement.attendance == case.attendance
        if not (is_like and runs(placement) and placement.school.sector == "INDEPENDENT_SPECIAL"):
            continue
        lines = [line for line in placement.cost_lines.all() if runs(line) and not line.void]
        counted = [line for line in lines if line.kind != "TRANSPORT"]
        if counted:
            parts = {
                kind: sum((line.annual_amount for line in lines if line.kind == kind), Decimal(0))
                for kind in KINDS
            }
            found.append(parts | {TOGETHER: sum((line.annual_amount for line in counted), Decimal(0))})
    return found


def expected(kind: str, asked: Decimal, amounts: list[Decimal]) -> Compared:
    ordered, size = sorted(amounts), len(amounts)
    middle = Fraction(ordered[(size - 1) // 2] + ordered[size // 2]) / 2
    penny = (Decimal(middle.numerator) / middle.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Compared(
        kind,
        asked,
        ordered[ceil(size * 0.25) - 1],
        penny,
        ordered[ceil(size * 0.75) - 1],
        sum(amount <= asked for amount in amounts),
    )


@pytest.mark.parametrize("seed", range(12))
def test_quartiles_and_counts_are_those_of_a_second_calculation(seed: int) -> None:
    case = make_random(seed)
    similar = similar_to(case)
    found = compare(case, DAY)
    assert found.similar == len(similar)
    if similar:
        asked = {"CORE": Decimal(20_000), "THERAPY": Decimal(10_000), TOGETHER: Decimal(30_000)}
        assert {part.kind: part for part in found.parts} == {
            kind: expected(kind, amount, [parts[kind] for parts in similar]) for kind, amount in asked.items()
        }


@pytest.mark.parametrize("seed", range(6))
def test_of_additional_funding_what_was_agreed_by_the_day(seed: int) -> None:
    random = Random(seed)
    for _ in range(20):
        make_decision(
            case=make_case(panel="ADDITIONAL_FUNDING", primary_need=random.choice(("ASD", "SEMH"))),
            meeting_on=DAY + timedelta(days=random.randint(-60, 5)),
            outcome=random.choice(("AGREED", "AGREED", "DECLINED")),
            value=random.choice((None, Decimal(random.randint(100_000, 900_000)) / 100)),
            void=random.random() < 0.2,
        )
    case = make_case(panel="ADDITIONAL_FUNDING", annual_cost=Decimal(6_000))
    amounts = [
        decision.case.annual_cost if decision.value is None else decision.value
        for decision in PanelDecision.objects.select_related("case")
        if decision.case.primary_need == "ASD"
        and decision.outcome == "AGREED"
        and decision.meeting_on <= DAY
        and not decision.void
    ]
    found = compare(case, DAY)
    assert found.similar == len(amounts)
    assert found.parts == (expected(TOGETHER, Decimal(6_000), amounts),)


def test_the_childs_own_placement_is_not_similar() -> None:
    child = make_child()
    make_cost_line(placement=make_placement(plan=make_plan(child=child)))
    assert compare(make_case(child=child, attendance="DAY"), DAY).similar == 0


@pytest.mark.parametrize(("asked", "said"), [(20_000, "3 of 4"), (31_000, "2 of 4"), (50_000, "0 of 4")])
def test_a_request_is_lower_than_the_similar_that_cost_more(asked: int, said: str) -> None:
    """One that costs the same is not higher: the request is not lower than it."""
    for amount in (20_000, 30_000, 40_000, 50_000):
        make_cost_line(placement=make_placement(), annual_amount=Decimal(amount))
    case = make_case(attendance="DAY", annual_cost=Decimal(asked))
    assert papers(case, DAY).lower_than == f"Lower than {said} similar placements"


def test_nothing_similar_is_said_and_never_0(signed_in: Any) -> None:
    case = make_case(case_id="K1", attendance="DAY")
    found = papers(case, DAY)
    (core, together) = found.costs.parts
    for part in (core, together):
        assert (part.lower_quartile, part.median, part.upper_quartile) == (None, None, None)
    assert found.lower_than == "No similar costs recorded"
    page = signed_in.get("/panel/cases/K1/papers/").content.decode()
    assert "No similar costs recorded" in page
    assert "£0" not in page
    assert page.count("not available") >= 6


def test_papers_take_the_same_number_of_statements_whatever_is_held() -> None:
    few = make_case(attendance="DAY")
    many = make_random(3)
    for _ in range(5):
        make_decision(case=make_case(child=many.child), meeting_on=DAY)
    numbers = []
    for case in (few, many):
        case = PanelCase.objects.select_related("child", "school").get(pk=case.pk)
        with CaptureQueriesContext(connection) as taken:
            papers(case, DAY)
        numbers.append(len(taken))
    assert numbers[0] == numbers[1]
