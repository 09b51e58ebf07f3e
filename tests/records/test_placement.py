"""The page of a placement: its state, and its cost over time against a second calculation."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.test import Client

from placements.cost_over_time import Step, cost_over_time
from placements.models import CostLine, Placement
from tests.factories import make_child, make_cost_line, make_placement, make_plan, make_school
from tests.kpi_pages.test_pages import words
from tests.kpis.random_council import DAYS, make_council
from tests.records.reading import rows, statements

pytestmark = pytest.mark.django_db

ADDRESS = "/placements/PL1/"
ON_DAY = f"{ADDRESS}?as_at=2019-03-31"
ONE_DAY = timedelta(days=1)

Sums = tuple[Decimal | None, Decimal | None]


@pytest.fixture
def placement() -> Placement:
    """A placement since September 2017, its fee raised a year later, with transport and a line in error."""
    placement = make_placement(
        placement_id="PL1",
        plan=make_plan(plan_id="P1", child=make_child(child_id="C1")),
        school=make_school(school_id="S1", name="Ash School"),
        attendance="RESIDENTIAL",
        weeks_per_year=38,
        starts_on=date(2017, 9, 1),
        route="TRIBUNAL_ORDERED",
        reason="CAPACITY",
        accrual="TERMS",
    )
    make_cost_line(placement=placement, annual_amount=36_000, ends_on=date(2018, 8, 31))
    make_cost_line(placement=placement, annual_amount=37_000, starts_on=date(2018, 9, 1), education_share=80)
    make_cost_line(placement=placement, annual_amount=8_000, kind="BOARDING", starts_on=date(2018, 1, 1))
    make_cost_line(placement=placement, annual_amount=5_000, kind="TRANSPORT", starts_on=date(2018, 1, 1))
    make_cost_line(placement=placement, annual_amount=99_000, starts_on=date(2018, 2, 1), void=True)
    make_cost_line(placement=placement, annual_amount=900, kind="THERAPY", starts_on=date(2019, 4, 1))
    return placement


@pytest.mark.usefixtures("placement")
class TestPage:
    def test_says_what_is_recorded(self, signed_in: Client) -> None:
        page = words(signed_in.get(ON_DAY))
        for said in (
            "Child C1",
            "Plan P1",
            "Need Autistic spectrum disorder (ASD)",
            "School Ash School",
            "Provision Independent or non-maintained special school",
            "Attendance Residential",
            "Weeks a year 38",
            "First day 1 September 2017",
            "Last day No end date",
            "Route Ordered by the tribunal",
            "Reason Special schools have no capacity",
            "Fee accrued by Terms",
            "Contract not recorded",
        ):
            assert said in page
        assert "Reason for ending" not in page

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            ("2017-08-31", "Not open on 31 August 2017: it starts on 1 September 2017."),
            ("2017-09-01", "Open on 1 September 2017, at £36,000 a year."),
            ("2019-03-31", "Open on 31 March 2019, at £45,000 a year, plus £5,000 for transport."),
        ],
    )
    def test_says_what_it_costs_on_the_day(self, signed_in: Client, day: str, sentence: str) -> None:
        assert sentence in words(signed_in.get(f"{ADDRESS}?as_at={day}"))

    def test_cost_over_time_has_a_row_for_each_change_and_transport_beside(self, signed_in: Client) -> None:
        assert rows(signed_in.get(ON_DAY), "steps") == [
            "1 September 2017 31 December 2017 £36,000 not available",
            "1 January 2018 31 August 2018 £44,000 £5,000",
            "1 September 2018 still in force £45,000 £5,000",
        ]

    def test_cost_lines_are_listed_latest_first_transport_last_void_struck_through(
        self, signed_in: Client
    ) -> None:
        response = signed_in.get(ON_DAY)
        assert rows(response, "lines") == [
            "Core education fee £37,000 1 September 2018 same as the placement 80.0%",
            "Recorded in error: Core education fee £99,000 1 February 2018 same as the placement 100.0%",
            "Boarding and care £8,000 1 January 2018 same as the placement 100.0%",
            "Core education fee £36,000 1 September 2017 31 August 2018 100.0%",
            "Transport £5,000 1 January 2018 same as the placement 100.0%",
        ]
        assert response.content.decode().count("table-row--void") == 1
        assert "1 cost line after 31 March 2019 is left out." in words(response)

    def test_chart_shows_the_table(self, signed_in: Client) -> None:
        """A mark at both ends of each step, or at as many as have room; gaps where there is no such cost."""
        html = signed_in.get(ON_DAY).content.decode()
        wide = html.split("chart__svg--wide")[1].split("</svg>")[0]
        titles = re.findall(r"<title>(.*?)</title>", wide)
        assert "31 December 2017: £36,000, Annual cost" in titles
        assert "31 March 2019: £45,000, Annual cost" in titles
        transport = [title for title in titles if "Transport, not included in the cost" in title]
        assert {title.partition(": ")[2].partition(",")[0] for title in transport} == {"£5"}
        assert "Annual cost over time</figcaption>" in html


class TestState:
    def test_ended(self, signed_in: Client) -> None:
        ended = make_placement(placement_id="PL1", ends_on=date(2019, 3, 30), end_reason="LEFT")
        make_cost_line(placement=ended)
        page = words(signed_in.get(ON_DAY))
        assert "Not open on 31 March 2019: its last day was 30 March 2019." in page
        assert "Last day 30 March 2019 Reason for ending Left" in page

    def test_outlasts_its_plan(self, signed_in: Client) -> None:
        ceased = make_placement(placement_id="PL1", plan=make_plan(ceased_on=date(2019, 3, 31)))
        make_cost_line(placement=ceased)
        response = signed_in.get(ON_DAY)
        assert "Not open on 31 March 2019: its plan is not in force." in words(response)
        assert rows(response, "steps") == ["1 April 2018 30 March 2019 £36,500"]

    def test_without_a_cost_line_there_is_no_chart(self, signed_in: Client) -> None:
        make_placement(placement_id="PL1")
        response = signed_in.get(ON_DAY)
        assert "Open on 31 March 2019, without a cost line in force." in words(response)
        assert "chart-data" not in response.content.decode()
        assert "plotly" not in response.content.decode()

    def test_a_gap_between_lines_is_a_step_without_a_cost(self) -> None:
        placement = make_placement(starts_on=date(2018, 1, 1))
        make_cost_line(placement=placement, annual_amount=100, ends_on=date(2018, 1, 31))
        make_cost_line(placement=placement, annual_amount=200, starts_on=date(2018, 3, 1))
        assert cost_over_time(placement, date(2018, 12, 31)) == (
            Step(date(2018, 1, 1), date(2018, 1, 31), Decimal(100), None),
            Step(date(2018, 2, 1), date(2018, 2, 28), None, None),
            Step(date(2018, 3, 1), None, Decimal(200), None),
        )


def sums_on(placement: Placement, lines: list[CostLine], day: date) -> Sums:
    """Annual cost and transport a second time, as a plain loop over the lines."""
    plan = placement.plan
    is_open = (
        placement.starts_on <= day
        and (placement.ends_on is None or day <= placement.ends_on)
        and plan.issued_on <= day
        and (plan.ceased_on is None or day < plan.ceased_on)
    )
    running = [
        line
        for line in lines
        if is_open
        and not line.void
        and line.starts_on <= day
        and (line.ends_on is None or day <= line.ends_on)
    ]
    cost = [line.annual_amount for line in running if line.kind != "TRANSPORT"]
    transport = [line.annual_amount for line in running if line.kind == "TRANSPORT"]
    return sum(cost, Decimal(0)) if cost else None, sum(transport, Decimal(0)) if transport else None


@pytest.mark.parametrize("seed", range(3))
def test_every_day_is_in_the_step_that_a_second_calculation_gives(seed: int) -> None:
    """Random councils, whose lines, placements and plans end on and beside each other's days."""
    make_council(seed)
    as_at = DAYS[-2]
    days = sorted({day + n * ONE_DAY for day in DAYS for n in (-1, 0, 1) if day + n * ONE_DAY <= as_at})
    checked = 0
    for placement in Placement.objects.select_related("plan"):
        lines = list(placement.cost_lines.all())
        steps = cost_over_time(placement, as_at)
        for day in days:
            of_day = [s for s in steps if s.first <= day and (s.last is None or day <= s.last)]
            found = [(step.annual_cost, step.transport) for step in of_day] or [(None, None)]
            expected = sums_on(placement, lines, day)
            assert found == [expected], (placement, day)
            checked += expected != (None, None)
        assert all(earlier.last + ONE_DAY == later.first for earlier, later in pairwise(steps))
    assert checked > 50


def test_takes_as_many_statements_for_60_cost_lines_as_for_2(signed_in: Client) -> None:
    placement = make_placement(placement_id="PL1", starts_on=date(2010, 1, 1))

    def make_lines(first: int, after: int) -> None:
        for n in range(first, after):
            starts_on = date(2010, 1, 1) + n * 40 * ONE_DAY
            make_cost_line(placement=placement, starts_on=starts_on, ends_on=starts_on + 39 * ONE_DAY)

    make_lines(0, 2)
    of_few = statements(signed_in, ON_DAY)
    make_lines(2, 60)
    assert len(rows(signed_in.get(ON_DAY), "lines")) == 60
    assert statements(signed_in, ON_DAY) == of_few == 12
