"""INMSS share of EHC plans, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from placements.kpis import ehcp_share
from placements.kpis.ehcp_share import KPI, Headline, Row
from placements.models import Placement, Plan
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_placement, make_plan, make_school
from tests.kpis import second_calculation
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_council import AS_AT_DAYS, DAYS

DAY = date(2019, 3, 31)


def ask(day: date = DAY) -> Result[Headline, Row]:
    return ehcp_share.query(Scope(day))


def test_equals_second_calculation(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        result = ask(day)
        assert_same(result, second_calculation.ehcp_share(council, day))
    assert_outputs_agree(KPI, result)


def test_counting_on_many_days_is_counting_on_each(council: second_calculation.Records) -> None:
    plans, placements = Plan.objects.count_on(DAYS), Placement.objects.count_on(DAYS)
    for day in DAYS:
        assert plans[day] == Plan.objects.in_force_on(day).count()
        assert placements[day] == Placement.objects.open_on(day).count()


def test_a_year_before_a_month_end_is_the_month_end_twelve_rows_up(
    council: second_calculation.Records,
) -> None:
    for day in (date(2016, 2, 29), date(2017, 2, 28), DAY):
        result = ask(day)
        now, row = result.headline, result.rows[-13]
        assert (now.plans_year_before, now.inmss_children_year_before) == (row.plans, row.inmss_children)


@pytest.mark.django_db
class TestWorkedExample:
    """A year earlier, one of two plans is met in INMSS; now one of four."""

    @pytest.fixture(autouse=True)
    def records(self) -> None:
        make_placement(plan=make_plan(issued_on=date(2016, 9, 1)), starts_on=date(2016, 9, 1))
        state_special = make_school(sector="STATE_SPECIAL")
        make_placement(plan=make_plan(issued_on=date(2018, 3, 31)), school=state_special)
        make_plan(issued_on=date(2018, 4, 1))
        make_plan(issued_on=date(2019, 3, 31))
        make_plan(issued_on=date(2019, 4, 1))
        make_placement(plan=make_plan(issued_on=date(2018, 5, 1), ceased_on=DAY), starts_on=date(2018, 5, 1))

    def test_headline(self) -> None:
        assert ask().headline == Headline(4, 1, 25.0, 2, 1, 50.0)

    def test_last_rows(self) -> None:
        rows = ask().rows
        assert len(rows) == 24
        assert rows[-2] == Row(date(2019, 2, 28), 4, 2, 50.0)
        assert rows[-1] == Row(DAY, 4, 1, 25.0)

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "25.0% of EHC plans are met in independent or non-maintained special schools: 1 of 4. It fell from "
            "50.0% a year earlier, because plans rose 100.0% (2 to 4) while children in these schools stayed at 1."
        )

    def test_chart_shows_the_rows(self) -> None:
        chart, rows = KPI.chart(ask()), ask().rows
        assert list(chart.categories) == [row.month_end.isoformat() for row in rows]
        assert values(chart, 0) == [row.share_pct for row in rows]


@pytest.mark.django_db
def test_placement_is_open_from_its_first_to_its_last_day() -> None:
    make_placement(starts_on=date(2018, 4, 1), ends_on=DAY)
    found = [
        ask(day).headline.inmss_children
        for day in (date(2018, 3, 31), date(2018, 4, 1), DAY, date(2019, 4, 1))
    ]
    assert found == [0, 1, 1, 0]


@pytest.mark.django_db
def test_plan_does_not_count_on_the_day_it_ceases() -> None:
    make_placement(plan=make_plan(ceased_on=DAY))
    assert (ask().headline.plans, ask().headline.inmss_children) == (0, 0)
    assert ask(date(2019, 3, 30)).headline.share_pct == 100.0


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, 0, None, 0, 0, None)
    assert {(row.plans, row.inmss_children, row.share_pct) for row in result.rows} == {(0, 0, None)}
    assert KPI.sentence(result).startswith("No EHC plan is in force on ")
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
