"""The page of a child: the facts on the day, and the timeline."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from placements.models import Child
from tests.factories import (
    make_assessment,
    make_case,
    make_child,
    make_cost_line,
    make_decision,
    make_placement,
    make_plan,
    make_school,
)
from tests.kpi_pages.test_pages import words
from tests.records.reading import statements, without_tags

pytestmark = pytest.mark.django_db

ADDRESS = "/children/C1/"
ON_DAY = f"{ADDRESS}?as_at=2019-03-31"


@pytest.fixture
def child() -> Child:
    """A child with one record of each kind, and more after 31 March 2019."""
    child = make_child(child_id="C1", date_of_birth=date(2006, 4, 1), home_district="Thanet")
    assessment = make_assessment(
        assessment_id="A1",
        child=child,
        requested_on=date(2015, 1, 5),
        assess_decision="AGREED",
        assess_decided_on=date(2015, 2, 2),
        issue_decision="ISSUED",
        issue_decided_on=date(2015, 5, 1),
    )
    plan = make_plan(
        plan_id="P1", child=child, assessment=assessment, issued_on=date(2015, 5, 20), secondary_need="SLCN"
    )
    before = make_placement(
        placement_id="PL1",
        plan=plan,
        school=make_school(school_id="S1", name="Birch School", sector="STATE_SPECIAL"),
        starts_on=date(2015, 9, 1),
        ends_on=date(2018, 8, 31),
        end_reason="MOVED",
    )
    make_cost_line(placement=before, annual_amount=20_000, kind="PLACE_FUNDING", ends_on=date(2018, 8, 31))
    now = make_placement(
        placement_id="PL2",
        plan=plan,
        school=make_school(school_id="S2", name="Ash School"),
        attendance="RESIDENTIAL",
        starts_on=date(2018, 9, 1),
    )
    make_cost_line(placement=now, annual_amount=Decimal("40000.50"), ends_on=date(2019, 8, 31))
    make_cost_line(placement=now, annual_amount=30_000, kind="BOARDING")
    make_cost_line(placement=now, annual_amount=5_000, kind="TRANSPORT")
    make_cost_line(placement=now, annual_amount=99_999, kind="THERAPY", void=True)
    make_cost_line(placement=now, annual_amount=42_000, starts_on=date(2019, 9, 1))
    case = make_case(case_id="K1", child=child, received_on=date(2018, 5, 1), annual_cost=70_000)
    make_decision(case=case, meeting_on=date(2018, 6, 5), outcome="DEFERRED")
    make_decision(case=case, meeting_on=date(2018, 6, 19), outcome="DECLINED", void=True)
    make_decision(case=case, meeting_on=date(2018, 7, 3), outcome="AGREED", value=65_000)
    make_case(case_id="K2", child=child, received_on=date(2019, 4, 1), panel="ADDITIONAL_FUNDING")
    return child


def entries(response: Any) -> list[str]:
    """The time line, entry by entry, without tags."""
    listed = re.findall(r'<li class="time-line__entry">(.*?)</li>', response.content.decode(), re.DOTALL)
    return [without_tags(entry).replace(" :", ":") for entry in listed]


@pytest.mark.usefixtures("child")
class TestDay:
    def test_says_what_holds(self, signed_in: Client) -> None:
        page = words(signed_in.get(ON_DAY))
        for said in (
            "Age 12 years",
            "Home district Thanet",
            "Plan in force P1, issued on 20 May 2015",
            "Need Autistic spectrum disorder (ASD), with Speech, language and communication needs (SLCN)",
            "School Ash School",
            "Provision Independent or non-maintained special school, residential",
            "Placement PL2",
            "Annual cost £70,001",
            "Transport, not included in the cost £5,000",
        ):
            assert said in page

    def test_age_is_of_the_day_and_the_date_of_birth_is_nowhere(self, signed_in: Client) -> None:
        for day, age in (
            ("2019-03-31", "12 years"),
            ("2019-04-01", "13 years"),
            ("2006-03-31", "not yet born"),
        ):
            response = signed_in.get(f"{ADDRESS}?as_at={day}")
            assert f"Age {age}" in words(response)
            assert "2006-04-01" not in response.content.decode()
        assert "1 April 2006" not in words(signed_in.get(ON_DAY))

    def test_before_plan_and_placement(self, signed_in: Client) -> None:
        page = words(signed_in.get(f"{ADDRESS}?as_at=2015-05-19"))
        assert "Plan in force none" in page
        assert "Placement none open" in page
        assert "Annual cost" not in page

    def test_a_day_earlier_it_was_another_school(self, signed_in: Client) -> None:
        page = words(signed_in.get(f"{ADDRESS}?as_at=2018-08-31"))
        assert "School Birch School" in page
        assert "Annual cost £20,000" in page


def test_time_line_tells_all_until_the_day_newest_first(signed_in: Client, child: Child) -> None:
    response = signed_in.get(ON_DAY)
    assert entries(response) == [
        "1 September 2018 Placement PL2: cost line, boarding and care, £30,000 a year",
        "1 September 2018 Placement PL2: cost line, core education fee, £40,001 a year",
        "1 September 2018 Recorded in error: Placement PL2: cost line, therapy, £99,999 a year",
        "1 September 2018 Placement PL2: cost line, transport, £5,000 a year",
        "1 September 2018 Placement PL2: first day at Ash School, residential",
        "31 August 2018 Placement PL1: last day at Birch School: moved school",
        "3 July 2018 Panel case K1: agreed by the Independent Placement Panel, £65,000",
        "19 June 2018 Recorded in error: Panel case K1: declined by the Independent Placement Panel, £70,000",
        "5 June 2018 Panel case K1: deferred by the Independent Placement Panel, £70,000",
        "1 May 2018 Panel case K1: received for the Independent Placement Panel, £70,000",
        "1 September 2015 Placement PL1: cost line, place funding, £20,000 a year, until 31 August 2018",
        "1 September 2015 Placement PL1: first day at Birch School, day",
        "20 May 2015 Plan P1: issued for Autistic spectrum disorder (ASD), with Speech, language and "
        "communication needs (SLCN)",
        "1 May 2015 Assessment A1: decided to issue a plan",
        "2 February 2015 Assessment A1: agreed to assess",
        "5 January 2015 Assessment A1: requested",
    ]
    assert "2 entries after 31 March 2019 are left out." in words(response)


def test_time_line_struck_through_what_was_recorded_in_error(signed_in: Client, child: Child) -> None:
    page = " ".join(signed_in.get(ON_DAY).content.decode().split())
    assert (
        page.count("<s>") == page.count('<span class="govuk-visually-hidden">Recorded in error: </span>') == 2
    )
    assert re.search(r"<s> <a [^>]*>Placement PL2</a>: cost line, therapy, £99,999 a year </s>", page)


def test_time_line_leads_to_the_records(signed_in: Client, child: Child) -> None:
    page = signed_in.get(ON_DAY).content.decode()
    for address in ("/placements/PL1/", "/placements/PL2/", "/cases/K1/", "/schools/S2/"):
        assert f'href="{address}?as_at=2019-03-31"' in page


def test_a_plan_that_ceased(signed_in: Client) -> None:
    child = make_child(child_id="C1")
    make_plan(plan_id="P1", child=child, ceased_on=date(2019, 3, 31), cease_reason="2")
    response = signed_in.get(ON_DAY)
    assert entries(response)[0] == "31 March 2019 Plan P1: ceased: needs met without a plan"
    assert "Plan in force none" in words(response)


def test_a_child_without_records(signed_in: Client) -> None:
    make_child(child_id="C1")
    page = words(signed_in.get(ON_DAY))
    assert "Nothing is recorded up to this day." in page
    assert "Home district not recorded" in page


def test_takes_as_many_statements_for_60_records_of_a_kind_as_for_2(signed_in: Client) -> None:
    child = make_child(child_id="C1", date_of_birth=date(2000, 1, 1))

    def make_up_to(number: int) -> None:
        for n in range(child.plans.count(), number):
            first = date(2005, 1, 1) + timedelta(days=30 * n)
            last = first + timedelta(days=20)
            make_assessment(child=child, requested_on=first)
            plan = make_plan(child=child, issued_on=first, ceased_on=last + timedelta(days=1))
            placement = make_placement(plan=plan, starts_on=first, ends_on=last)
            make_cost_line(placement=placement)
            make_decision(case=make_case(child=child, received_on=first), meeting_on=last)

    make_up_to(2)
    of_few = statements(signed_in, ON_DAY)
    make_up_to(60)
    assert len(entries(signed_in.get(ON_DAY))) == 60 * 8
    assert statements(signed_in, ON_DAY) == of_few == 17
