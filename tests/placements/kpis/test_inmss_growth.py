"""Growth of INMSS and state special schools, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from placements.kpis import inmss_growth
from placements.kpis.inmss_growth import BASE, KPI, Headline, Row
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear
from tests.factories import make_placement, make_school
from tests.kpis import second_calculation
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_council import AS_AT_DAYS

DAY = date(2016, 6, 30)


def ask(day: date = DAY, **filters: Any) -> Result[Headline, Row]:
    return inmss_growth.query(Scope(day, filters))


@pytest.mark.parametrize("base", [FinancialYear(2013), FinancialYear(2015)], ids=str)
def test_equals_second_calculation(council: second_calculation.Records, base: FinancialYear) -> None:
    for day in AS_AT_DAYS:
        result = ask(day, base=base)
        assert_same(result, second_calculation.inmss_growth(council, day, base.end))
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    """INMSS goes from 2 to 3, state special schools from 1 to 1."""

    @pytest.fixture(autouse=True)
    def records(self) -> None:
        make_placement(starts_on=date(2014, 3, 31))
        make_placement(starts_on=date(2013, 9, 1))
        make_placement(starts_on=date(2015, 4, 1))
        make_placement(school=make_school(sector="STATE_SPECIAL"), starts_on=date(2013, 9, 1))

    def test_rows(self) -> None:
        assert ask().rows == (
            Row(date(2014, 3, 31), 2, 1, 100.0, 100.0),
            Row(date(2015, 3, 31), 2, 1, 100.0, 100.0),
            Row(date(2016, 3, 31), 3, 1, 150.0, 100.0),
            Row(DAY, 3, 1, 150.0, 100.0),
        )

    def test_headline(self) -> None:
        assert ask().headline == Headline(date(2014, 3, 31), 50.0, 0.0, 2, 3, 1, 1)

    def test_31_march_is_one_row(self) -> None:
        assert [row.day for row in ask(date(2015, 3, 31)).rows] == [date(2014, 3, 31), date(2015, 3, 31)]

    def test_on_the_base_day(self) -> None:
        result = ask(date(2014, 3, 31))
        assert [row.day for row in result.rows] == [date(2014, 3, 31)]
        assert result.headline.inmss_growth_pct == 0.0

    def test_before_the_base_day(self) -> None:
        result = ask(date(2014, 3, 30))
        assert result.rows == (Row(date(2014, 3, 30), 1, 1, None, None),)
        assert (result.headline.inmss_growth_pct, result.headline.special_growth_pct) == (None, None)
        assert KPI.sentence(result) == "30 March 2014 is before the base day, 31 March 2014."
        assert_outputs_agree(KPI, result)

    def test_base_without_children_has_no_index(self) -> None:
        result = ask(base=FinancialYear(2012))
        assert {row.inmss_index for row in result.rows} == {None}
        assert "schools went from 0 to 3" in KPI.sentence(result)

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "Since 31 March 2014 the number of children in independent or non-maintained special schools rose 50.0% "
            "(2 to 3), and in state special schools it stayed at 1."
        )

    def test_chart_shows_the_rows(self) -> None:
        chart = KPI.chart(ask())
        assert list(chart.categories) == ["2014-03-31", "2015-03-31", "2016-03-31", "2016-06-30"]
        assert values(chart, 0) == [100, 100, 150, 150]
        assert values(chart, 1) == [100, 100, 100, 100]


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    headline = result.headline
    assert (headline.inmss, headline.special) == (0, 0)
    assert (headline.inmss_growth_pct, headline.special_growth_pct) == (None, None)
    assert {(row.inmss, row.special, row.inmss_index, row.special_index) for row in result.rows} == {
        (0, 0, None, None)
    }
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()


@pytest.mark.parametrize("text", ["2013", "2013-15", "1989-90", "0001-02", "x"])
def test_base_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"is not a year such as 2018-19|Choose a base year from 1990-91 on\."
    ):
        BASE.parse(text)


@pytest.mark.django_db
def test_last_possible_base() -> None:
    assert ask(base=BASE.parse("9998-99")).headline.inmss_growth_pct is None
