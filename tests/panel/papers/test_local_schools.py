"""The local alternative: places, children and mean costs calculated again in plain Python, and the order of schools."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest

from panel.pages.local_schools import SHOWN, local_schools
from panel.pages.papers import papers
from provision.neighbours import PAIRS, Nearness, nearness
from tests.factories import (
    make_case,
    make_change,
    make_child,
    make_consultation,
    make_cost_line,
    make_decision,
    make_placement,
    make_places,
    make_plan,
    make_school,
)

pytestmark = pytest.mark.django_db

DAY = date(2019, 3, 31)
SEPTEMBER = date(2019, 9, 1)


@pytest.mark.parametrize("seed", range(8))
def test_free_places_and_mean_costs_are_those_of_a_second_calculation(seed: int) -> None:
    random = Random(seed)
    expected = {}
    for number in range(5):
        school = make_school(name=f"School {number}", sector="STATE_SPECIAL")
        places = random.randint(0, 8)
        make_places(school=school, places=places, needs=["ASD"])
        costs: list[Decimal] = []
        children = staying = 0
        change = random.choice((None, -1, 3))
        if change is not None:
            status = random.choice(("APPROVED", "PROPOSED"))
            make_change(school=school, places_change=change, status=status, effective_on=SEPTEMBER)
        counted = change if change is not None and status == "APPROVED" else 0
        for _ in range(random.randint(0, 6)):
            need, is_over = random.choice(("ASD", "SEMH")), random.random() < 0.2
            born = random.choice((date(2000, 8, 31), date(2000, 9, 1), date(2005, 6, 1)))
            ends = date(2018, 12, 1) if is_over else random.choice((None, date(2019, 8, 31), SEPTEMBER))
            placement = make_placement(
                plan=make_plan(primary_need=need, child=make_child(date_of_birth=born)),
                school=school,
                ends_on=ends,
            )
            # Who was born by 31 August 2000 finishes year 14 by the end of August 2019.
            staying += ends in (None, SEPTEMBER) and born > date(2000, 8, 31)
            amount = Decimal(random.randint(500_000, 3_000_000)) / 100
            if is_costed := random.random() < 0.8:
                make_cost_line(placement=placement, annual_amount=amount)
            children += not is_over
            costs += [amount] if need == "ASD" and is_costed and not is_over else []
        mean = sum(costs, Decimal(0)) / len(costs) if costs else None
        cost = mean if mean is None else mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
        free_next = places + counted - staying
        expected[school.pk] = (places, places - children, free_next, cost, "Not consulted")
    found = local_schools(make_case(), DAY)
    held = {s.school_id: (s.places, s.free, s.free_next, s.cost, s.answered) for s in found.schools}
    assert held == expected
    assert [s.free for s in found.schools] == sorted(
        (free for _, free, *_ in expected.values()), reverse=True
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


def test_the_childs_district_comes_first_then_its_neighbours_by_free_places() -> None:
    """Thanet borders on Canterbury and Dover; a school whose district is not recorded is far away."""
    for name, district, places in (
        ("Far", "Sevenoaks", 9),
        ("Unknown", "", 8),
        ("Next door", "dover", 1),
        ("Next door with more", "Canterbury", 5),
        ("At home", "THANET", 0),
    ):
        school = make_school(name=name, sector="STATE_SPECIAL", district=district)
        make_places(school=school, needs=["ASD"], places=places)
    case = make_case(child=make_child(home_district="Thanet"))
    found = local_schools(case, DAY)
    names = ["At home", "Next door with more", "Next door", "Far", "Unknown"]
    assert [school.school for school in found.schools] == names
    assert [school.school for school in found.with_room] == names[1:]


def test_only_schools_for_the_age_are_listed_and_next_years_places_count() -> None:
    """A child of 10 in March 2019 is in year 5, and in year 6 from September."""
    for phase in ("Primary", "Secondary", "All-through"):
        school = make_school(name=phase, sector="MAINSTREAM", phase=phase)
        make_places(school=school, provision="SRP", needs=["ASD"], places=4)
        make_places(school=school, provision="SRP", needs=["ASD"], places=7, academic_year="2019-20")
    new = make_school(name="New", sector="STATE_SPECIAL")
    make_places(school=new, needs=["ASD"], places=20, academic_year="2019-20")
    case = make_case(child=make_child(date_of_birth=date(2009, 1, 1)))
    found = {school.school: (school.free, school.free_next) for school in local_schools(case, DAY).schools}
    assert found == {"Primary": (4, 7), "All-through": (4, 7), "New": (None, 20)}


def test_the_panel_is_told_of_places_where_the_request_says_there_are_none(signed_in: Any) -> None:
    make_places(school=make_school(name="Elm", sector="STATE_SPECIAL"), needs=["ASD"], places=2)
    case = make_case(case_id="K1", reasons=["COMPLEXITY"])
    assert papers(case, DAY).room == ""
    case.reasons = ["CAPACITY"]
    case.save()
    said = (
        "The request says that there is no capacity. Places are free for this need and age: "
        "Elm, 2 now and 2 next September."
    )
    assert papers(case, DAY).room == said
    case.primary_need = "SEMH"
    assert papers(case, DAY).room == ""


@pytest.mark.parametrize(
    ("given", "present", "start", "a_year", "this_year"),
    [
        ({}, None, None, "36000", "98.63"),  # from 31 March: one day of 365
        ({}, "12000.50", None, "23999.50", "65.75"),
        ({}, "40000", None, "-4000", "-10.96"),
        ({}, "", None, None, None),
        ({"cost_basis": "PART_YEAR"}, "12000", None, None, None),
        ({"panel": "ADDITIONAL_FUNDING"}, "12000", None, "36000", "98.63"),
        ({}, "12000", date(2019, 3, 22), "24000", "657.53"),
        ({}, "12000", date(2019, 4, 1), "24000", "0"),
        ({}, "12000", date(2018, 1, 1), "24000", "24000"),
    ],
)
def test_what_it_costs_more_than_now(
    given: dict[str, str], present: str | None, start: date | None, a_year: str | None, this_year: str | None
) -> None:
    """The request is £36,000; ``present`` is what the child's placement costs: "" is unknown, None no placement."""
    case = make_case(**given)
    if present is not None:
        placement = make_placement(plan=make_plan(child=case.child))
        if present:
            make_cost_line(placement=placement, annual_amount=Decimal(present))
    if start:
        make_decision(case=case, meeting_on=date(2019, 1, 1), starts_on=start)
    found = papers(case, DAY)
    expected = [None if amount is None else Decimal(amount) for amount in (a_year, this_year)]
    assert [found.extra_a_year, found.extra_this_year] == expected


def test_neighbours_are_those_of_the_boundaries() -> None:
    """25 shared boundaries, known from a map: Thanet has two neighbours, Dartford two, Medway four."""
    assert len(PAIRS) == 25
    neighbours = {
        name: {other for pair in PAIRS if name in pair for other in pair if other != name}
        for name in ("Thanet", "Dartford", "Medway")
    }
    assert neighbours == {
        "Thanet": {"Canterbury", "Dover"},
        "Dartford": {"Gravesham", "Sevenoaks"},
        "Medway": {"Gravesham", "Maidstone", "Swale", "Tonbridge and Malling"},
    }
    assert nearness("Dover", "") == nearness("", "") == Nearness.FURTHER


def test_without_any_nothing_is_made_up(signed_in: Any) -> None:
    make_places(needs=["SEMH"])
    make_case(case_id="K1")
    found = local_schools(make_case(), DAY)
    assert found.schools == ()
    assert "No local school is recorded" in signed_in.get("/panel/cases/K1/papers/").content.decode()
