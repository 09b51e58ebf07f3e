"""Cost at the largest providers, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from placements.kpis import provider_concentration
from placements.kpis.provider_concentration import KPI, TOP, Headline, Row
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_cost_line, make_placement, make_school
from tests.kpis import second_calculation, second_calculation_money
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_council import AS_AT_DAYS

DAY = date(2019, 3, 31)


def ask(day: date = DAY, **filters: Any) -> Result[Headline, Row]:
    return provider_concentration.query(Scope(day, filters))


@pytest.mark.parametrize("top", [1, 2, 13])
def test_equals_second_calculation(council: second_calculation.Records, top: int) -> None:
    for day in AS_AT_DAYS:
        result = ask(day, top=top)
        assert_same(result, second_calculation_money.provider_concentration(council, day, top))
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    """Three schools of £60,000, £60,000 and £0; the last has a placement without a cost line."""

    @pytest.fixture(autouse=True)
    def records(self) -> None:
        first, second, third = (make_school(school_id=key, name=f"{key} School") for key in "CAB")
        for amount in (40_000, 20_000):
            make_cost_line(placement=make_placement(school=first), annual_amount=Decimal(amount))
        residential = make_placement(school=second, attendance="RESIDENTIAL")
        make_cost_line(placement=residential, annual_amount=Decimal(60_000))
        make_placement(school=third)
        make_cost_line(placement=make_placement(school=make_school(sector="STATE_SPECIAL")))

    def test_rows_dearest_first_then_by_key(self) -> None:
        assert ask().rows == (
            Row("A", "A School", 1, Decimal(60_000), Decimal(60_000), 50.0),
            Row("C", "C School", 2, Decimal(60_000), Decimal(30_000), 100.0),
            Row("B", "B School", 1, Decimal(0), Decimal(0), 100.0),
        )

    def test_headline_of_the_largest_school(self) -> None:
        assert ask(top=1).headline == Headline(
            schools=3,
            annual_cost=Decimal(120_000),
            top=1,
            top_cost=Decimal(60_000),
            top_placements=1,
            top_average=Decimal(60_000),
            top_share_pct=50.0,
            placements=4,
        )

    def test_placements_without_cost_are_counted_in_a_caveat(self) -> None:
        assert ask().caveats == ("1 open placement without a cost line on the day counts at £0.",)

    def test_sentence(self) -> None:
        assert KPI.sentence(ask(top=2)) == (
            "The 2 largest schools take £120.0k of the £120.0k a year that places in independent or non-maintained "
            "special schools cost (100.0%), for 3 of 4 placements at £40,000 each."
        )
        assert KPI.sentence(ask(top=1)).startswith("The largest school takes £60.0k")
        assert KPI.sentence(ask()).startswith("All 3 schools take £120.0k")

    def test_chart_shows_the_largest(self) -> None:
        chart = KPI.chart(ask(top=2))
        assert list(chart.categories) == ["1. A School", "2. C School"]
        assert values(chart, 0) == [60_000, 60_000]


@pytest.mark.django_db
def test_schools_without_any_cost() -> None:
    make_placement()
    result = ask()
    assert (result.headline.annual_cost, result.headline.top_cost) == (0, 0)
    assert (result.headline.top_average, result.headline.top_share_pct) == (0, None)
    assert KPI.sentence(result).startswith("1 INMSS placement open on")
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_schools_of_one_name_stay_apart() -> None:
    for _ in range(2):
        make_cost_line(placement=make_placement(school=make_school(name="Oak House")))
    assert [row.school for row in ask().rows] == ["Oak House", "Oak House"]
    assert len(set(list(KPI.chart(ask()).categories))) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, None, 13, None, 0, None, None, 0)
    assert (result.rows, result.caveats) == ((), ())
    assert KPI.sentence(result).startswith("No placement in an independent")
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        ask()


def test_top_read() -> None:
    assert [TOP.parse(text) for text in ("1", "13", "1000")] == [1, 13, 1000]


@pytest.mark.parametrize("text", ["0", "-1", "1001", "1.5", "ten", "٣", "99999999"])
def test_top_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number from 1 to 1000"):
        TOP.parse(text)
