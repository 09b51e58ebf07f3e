"""Needs of children in INMSS, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from placements.kpis import need_mix
from placements.kpis.need_mix import KPI, Headline, Row
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_placement, make_plan, make_school
from tests.kpis import second_calculation
from tests.kpis.checks import assert_outputs_agree, assert_same, labels, values
from tests.kpis.random_council import AS_AT_DAYS

DAY = date(2019, 3, 31)


def ask(day: date = DAY) -> Result[Headline, Row]:
    return need_mix.query(Scope(day))


def test_equals_second_calculation(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        result = ask(day)
        assert_same(result, second_calculation.need_mix(council, day))
        assert sum(row.children for row in result.rows) == result.headline.children
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        for need in ("ASD", "ASD", "SEMH", "SLCN", "PD"):
            make_placement(plan=make_plan(primary_need=need, secondary_need="SEMH"))
        make_placement(plan=make_plan(primary_need="HI"), school=make_school(sector="STATE_SPECIAL"))

    def test_headline(self) -> None:
        assert ask().headline == Headline(5, 40.0, 20.0, 60.0, 2, 1, 3)

    def test_rows_most_first_then_by_code(self) -> None:
        assert ask().rows == (
            Row("ASD", 2, 40.0),
            Row("PD", 1, 20.0),
            Row("SEMH", 1, 20.0),
            Row("SLCN", 1, 20.0),
        )

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "60.0% of children in independent or non-maintained special schools (3 of 5) have one of two primary "
            "needs: autistic spectrum disorder 40.0% (2), and social, emotional and mental health 20.0% (1)."
        )

    def test_chart_shows_the_rows(self) -> None:
        chart = KPI.chart(ask())
        assert list(chart.categories) == ["ASD", "PD", "SEMH", "SLCN"]
        assert values(chart, 0) == [2, 1, 1, 1]
        assert labels(chart, 0)[0] == "2 (40.0%)"


@pytest.mark.django_db
def test_share_of_a_need_nobody_has_is_nought() -> None:
    make_placement(plan=make_plan(primary_need="PD"))
    assert ask().headline == Headline(1, 0.0, 0.0, 0.0, 0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, None, None, None, 0, 0, 0)
    assert result.rows == ()
    assert KPI.sentence(result).startswith("No child is in an independent")
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        ask()
