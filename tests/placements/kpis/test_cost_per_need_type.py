"""Cost of a place by need, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from placements.kpis import cost_per_need_type
from placements.kpis.cost_per_need_type import KPI, Headline, Row
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_cost_line, make_placement, make_plan, make_school
from tests.kpis import second_calculation, second_calculation_money
from tests.kpis.checks import assert_outputs_agree, assert_same, labels, values
from tests.kpis.random_council import AS_AT_DAYS

DAY = date(2019, 3, 31)


def ask(day: date = DAY, **filters: Any) -> Result[Headline, Row]:
    return cost_per_need_type.query(Scope(day, filters))


def place(need: str, *amounts: str, sector: str = "INDEPENDENT_SPECIAL", **given: Any) -> None:
    """An open placement with a cost line of each amount."""
    placement = make_placement(plan=make_plan(primary_need=need), school=make_school(sector=sector), **given)
    for kind, amount in zip(("CORE", "PLACE_FUNDING", "THERAPY"), amounts, strict=False):
        make_cost_line(placement=placement, kind=kind, annual_amount=Decimal(amount))


@pytest.mark.parametrize("attendance", ["DAY", "RESIDENTIAL"])
def test_equals_second_calculation(council: second_calculation.Records, attendance: str) -> None:
    for day in AS_AT_DAYS:
        result = ask(day, attendance=attendance)
        assert_same(result, second_calculation_money.cost_per_need_type(council, day, attendance))
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    """INMSS: £30,000.01, £40,000 and £20,000; state special: £12,000, and £10,000 with £6,000 of place funding."""

    @pytest.fixture(autouse=True)
    def records(self) -> None:
        place("ASD", "30000.01")
        place("ASD", "40000")
        place("SEMH", "20000", sector="NON_MAINTAINED_SPECIAL")
        place("ASD", "12000", sector="STATE_SPECIAL")
        place("SLD", "10000", "6000", sector="STATE_SPECIAL")
        place("ASD", "120000", attendance="RESIDENTIAL")
        place("ASD")
        place("PD", "9999", sector="MAINSTREAM", in_srp=True)

    def test_headline(self) -> None:
        assert ask().headline == Headline(
            inmss_placements=3,
            inmss_average=Decimal("30000.00"),
            inmss_median=Decimal("30000.01"),
            special_placements=2,
            special_average=Decimal(14_000),
            special_median=Decimal(14_000),
            premium=Decimal(16_000),
            ratio=float(Decimal(30) / 14),
            inmss_cost=Decimal("90000.01"),
            special_cost=Decimal(28_000),
        )

    def test_rows(self) -> None:
        ratio = float(Decimal("35000.01") / 12_000)
        assert ask().rows == (
            Row(
                "ASD",
                *(2, Decimal("35000.01"), 1, Decimal(12_000)),
                *(Decimal("23000.01"), ratio, Decimal("70000.01"), Decimal(12_000)),
            ),
            Row("SEMH", 1, Decimal(20_000), 0, None, None, None, Decimal(20_000), None),
            Row("SLD", 0, None, 1, Decimal(16_000), None, None, None, Decimal(16_000)),
        )

    def test_residential(self) -> None:
        result = ask(attendance="RESIDENTIAL")
        assert [row.need for row in result.rows] == ["ASD"]
        assert result.headline.inmss_average == Decimal(120_000)
        assert result.headline.premium is None
        assert KPI.sentence(result) == (
            "A residential place in an independent or non-maintained special school costs £120,000 a year on average "
            "(1 placement); no cost is known for such a place in a state special school."
        )

    def test_placements_without_cost_are_counted_in_a_caveat(self) -> None:
        assert ask().caveats == ("1 open placement is left out: no cost line on the day.",)

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "A day place in an independent or non-maintained special school costs £30,000 a year on average "
            "(3 placements), against £14,000 in a state special school (2 placements): 2.14 times as much."
        )

    def test_chart_shows_the_rows(self) -> None:
        result = ask()
        chart = KPI.chart(result)
        assert list(chart.categories) == [row.need for row in result.rows]
        assert values(chart, 0) == [pytest.approx(35_000.01), 20_000, None]
        assert values(chart, 1) == [12_000, None, 16_000]
        assert labels(chart, 0) == ["£35.0k", "£20.0k", ""]


@pytest.mark.django_db
def test_median_of_an_even_number_is_halved_up_to_the_penny() -> None:
    for amount in ("1.00", "2.01", "2.02", "9.00"):
        place("ASD", amount)
    assert ask().headline.inmss_median == Decimal("2.02")


@pytest.mark.django_db
def test_transport_and_void_lines_are_no_cost() -> None:
    placement = make_placement()
    make_cost_line(placement=placement, kind="TRANSPORT")
    make_cost_line(placement=placement, void=True)
    result = ask()
    assert result.rows == ()
    assert result.headline.inmss_placements == 0
    assert len(result.caveats) == 1


@pytest.mark.django_db
def test_a_free_place_is_a_known_cost() -> None:
    place("ASD", "30000")
    place("ASD", "0", sector="STATE_SPECIAL")
    headline = ask().headline
    assert (headline.special_average, headline.premium, headline.ratio) == (0, Decimal(30_000), None)
    assert "£0 in a state special school (1 placement)." in KPI.sentence(ask())


@pytest.mark.django_db
def test_cost_line_runs_from_its_first_to_its_last_day() -> None:
    make_cost_line(starts_on=date(2018, 9, 1), ends_on=DAY)
    days = (date(2018, 8, 31), date(2018, 9, 1), DAY, date(2019, 4, 1))
    assert [ask(day).headline.inmss_placements for day in days] == [0, 1, 1, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, None, None, 0, *[None] * 6)
    assert (result.rows, result.caveats) == ((), ())
    assert KPI.sentence(result).startswith("No day placement with a known cost is open")
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        ask()
