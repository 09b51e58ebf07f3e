"""The local alternative: places, children and mean costs a second time in plain Python, and who comes first."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest

from panel.local_schools import SHOWN, local_schools
from tests.factories import (
    make_case,
    make_consultation,
    make_cost_line,
    make_placement,
    make_places,
    make_plan,
    make_school,
)

pytestmark = pytest.mark.django_db

DAY = date(2019, 3, 31)


@pytest.mark.parametrize("seed", range(8))
def test_free_places_and_mean_costs_are_those_of_a_second_calculation(seed: int) -> None:
    random = Random(seed)
    expected = {}
    for number in range(5):
        school = make_school(name=f"School {number}", sector="STATE_SPECIAL")
        places = random.randint(0, 8)
        make_places(school=school, places=places, needs=["ASD"])
        costs: list[Decimal] = []
        children = 0
        for _ in range(random.randint(0, 6)):
            need, is_over = random.choice(("ASD", "SEMH")), random.random() < 0.2
            placement = make_placement(
                plan=make_plan(primary_need=need),
                school=school,
                ends_on=date(2018, 12, 1) if is_over else None,
            )
            amount = Decimal(random.randint(500_000, 3_000_000)) / 100
            if is_costed := random.random() < 0.8:
                make_cost_line(placement=placement, annual_amount=amount)
            children += not is_over
            costs += [amount] if need == "ASD" and is_costed and not is_over else []
        mean = sum(costs, Decimal(0)) / len(costs) if costs else None
        cost = mean if mean is None else mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
        expected[school.pk] = (places, places - children, cost, "Not asked")
    found = local_schools(make_case(), DAY)
    assert {s.school_id: (s.places, s.free, s.cost, s.answered) for s in found.schools} == expected
    assert [s.free for s in found.schools] == sorted(
        (free for _, free, _, _ in expected.values()), reverse=True
    )
    assert (found.others, found.year) == (0, "2018-19")


def test_who_was_asked_comes_first_and_is_always_shown() -> None:
    case = make_case()
    for number in range(SHOWN + 3):
        make_places(
            school=make_school(name=f"S{number:02}", sector="STATE_SPECIAL"), needs=["ASD"], places=number
        )
    asked = make_school(name="Asked", sector="STATE_SPECIAL")
    make_consultation(case=case, school=asked, answer="FULL")
    found = local_schools(case, DAY)
    assert found.schools[0].school == "Asked"
    assert (found.schools[0].places, found.schools[0].free, found.schools[0].cost) == (None, None, None)
    assert found.schools[0].answered == "Refused: full"
    assert len(found.schools) == SHOWN
    assert found.others == 4


def test_without_any_nothing_is_made_up(signed_in: Any) -> None:
    make_places(needs=["SEMH"])
    make_case(case_id="K1")
    found = local_schools(make_case(), DAY)
    assert found.schools == ()
    assert "No local school is recorded" in signed_in.get("/panel/cases/K1/papers/").content.decode()
