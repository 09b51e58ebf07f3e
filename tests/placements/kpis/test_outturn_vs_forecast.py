"""Outturn against budget and forecast, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from placements.kpis import outturn_vs_forecast
from placements.kpis.outturn_vs_forecast import KPI, Headline, Row
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.kpi.status import Standing, standing
from tests.factories import (
    make_budget,
    make_cost_line,
    make_forecast,
    make_placement,
    make_plan,
    make_posting,
    make_school,
)
from tests.kpis import second_calculation, second_calculation_money
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_council import AS_AT_DAYS

YEAR_END = date(2019, 3, 31)
Answer = Result[Headline, Row]


def ask(day: date = YEAR_END, **filters: Any) -> Answer:
    return outturn_vs_forecast.query(Scope(day, filters))


@pytest.mark.parametrize("line", ["1.2.3", "1.2.1"])
def test_equals_second_calculation(council: second_calculation.Records, line: str) -> None:
    for day in AS_AT_DAYS:
        result = ask(day, line=line)
        assert_same(result, second_calculation_money.outturn_vs_forecast(council, day, line))
    assert_outputs_agree(KPI, result)


def test_committed_equals_second_calculation(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        rows, expected = ask(day).rows, second_calculation_money.committed(council, day)
        assert [row.committed for row in rows] == expected
        known = [amount for amount in expected if amount is not None]
        if known:
            assert rows[-1].committed_cumulative == sum(known)


@pytest.mark.django_db
class TestWorkedExample:
    """£100,000 on two children becomes £140,000 on two and a half: £50,000 each becomes £56,000 each."""

    @pytest.fixture(autouse=True)
    def records(self) -> None:
        for starts_on in (date(2017, 4, 1), date(2017, 4, 30), date(2018, 10, 1)):
            make_placement(starts_on=starts_on)
        make_posting(month=date(2017, 4, 1), amount=Decimal(100_000))
        make_posting(month=date(2018, 4, 1), amount=Decimal(145_000))
        make_posting(month=date(2019, 3, 1), amount=Decimal(-5_000))
        make_budget(amount=Decimal(120_000))
        make_forecast(made_on=date(2018, 6, 30), amount=Decimal(130_000))
        make_forecast(made_on=date(2019, 2, 28), amount=Decimal(150_000))
        make_forecast(made_on=date(2019, 4, 1), amount=Decimal(999_999))

    def test_final(self) -> None:
        assert ask().headline == Headline(
            financial_year="2018-19",
            budget=Decimal(120_000),
            forecast=Decimal(150_000),
            forecast_made_on=date(2019, 2, 28),
            outturn=Decimal(140_000),
            outturn_is_final=True,
            variance=Decimal(-10_000),
            variance_pct=float(Decimal(-100) / 15),
            price_effect=Decimal(15_000),
            volume_effect=Decimal(25_000),
            forecast_variance=None,
            budget_variance=Decimal(20_000),
            mean_children=2.5,
            mean_children_year_before=2.0,
        )

    def test_sentence_says_what_explains_it(self) -> None:
        assert KPI.sentence(ask()) == (
            "Outturn of 2018-19 was £140.0k: £20.0k over the budget of £120.0k, and £10.0k (6.7%) below the forecast "
            "of £150.0k. Compared with the year before it rose £40.0k: a higher average cost added £15.0k, and more "
            "children on average (2.5 against 2.0) added £25.0k."
        )

    def test_day_before_it_is_final(self) -> None:
        result = ask(date(2019, 3, 30))
        assert not result.headline.outturn_is_final
        assert result.headline.outturn == Decimal(140_000), "a month counts whole from its first day"
        assert result.headline.variance is None
        assert result.headline.price_effect is None
        assert result.headline.forecast_variance == Decimal(30_000)
        assert KPI.sentence(result) == (
            "£30.0k over budget at month 12 if the forecast holds: the forecast of 2018-19 is £150.0k, the budget "
            "£120.0k. £140.0k spent to the end of March 2019 (month 12)."
        )

    def test_verdict_on_every_day(self) -> None:
        """Held against the budget: the forecast of the day until the outturn is final, then the outturn."""
        held = {
            day: KPI.held_to_goal(ask(day)).value for day in (date(2018, 7, 31), date(2019, 2, 28), YEAR_END)
        }
        assert held == {
            date(2018, 7, 31): Decimal(130_000),
            date(2019, 2, 28): Decimal(150_000),
            YEAR_END: Decimal(140_000),
        }
        goal = KPI.goal(ask(date(2018, 7, 31)))
        assert goal is not None
        assert (goal.target, goal.limit) == (Decimal(120_000), Decimal("121200.00"))
        assert goal.missed is not None
        assert (goal.missed.value, goal.missed.label) == (Decimal(10_000), "over budget")
        assert KPI.sentence(ask(date(2018, 4, 30))) == (
            "No forecast of 2018-19 has been made to compare with the budget of £120.0k. £145.0k spent to the "
            "end of April 2018 (month 1)."
        )

    def test_says_up_to_which_month_postings_are_held(self) -> None:
        """Not up to the day: an empty month would seem to have cost nothing."""
        result = ask(date(2019, 2, 28))
        assert KPI.sentence(result).endswith(
            "£145.0k spent to the end of April 2018 (month 1); nothing is posted to February 2019 yet."
        )
        assert KPI.figure(result).raw == "months to April 2018"
        make_posting(month=date(2019, 2, 1), amount=Decimal(1_000))
        assert KPI.sentence(ask(date(2019, 2, 28))).endswith(
            "£146.0k spent to the end of February 2019 (month 11)."
        )

    def test_pence_over_the_budget_are_on_it(self) -> None:
        make_posting(month=date(2019, 3, 1), amount=Decimal("-19999.60"))
        assert "was £120.0k: on the budget of £120.0k, and £30.0k" in KPI.sentence(ask())
        assert KPI.in_one_line(ask()) == (
            "Outturn of 2018-19 was £120.0k: on the budget, £30.0k below the forecast"
        )
        assert standing(KPI, ask()) is Standing.TARGET_MET
        make_forecast(made_on=date(2019, 3, 1), amount=Decimal("119999.80"))
        assert KPI.sentence(ask(date(2019, 3, 30))).startswith("On budget at month 12 if the forecast holds")

    def test_last_day_of_a_month_leaves_the_next_out(self) -> None:
        result = ask(date(2019, 2, 28))
        assert result.headline.outturn == Decimal(145_000)
        assert result.rows[-1].actual is None
        assert result.rows[-1].actual_cumulative is None

    def test_first_day_of_the_year_starts_again(self) -> None:
        headline = ask(date(2019, 4, 1)).headline
        assert (headline.financial_year, headline.outturn, headline.forecast) == ("2019-20", None, None)

    def test_forecast_standing_at_month_ends(self) -> None:
        rows = {row.month: row.forecast for row in ask(date(2019, 3, 30)).rows}
        assert rows["2018-05"] is None
        assert rows["2018-06"] == Decimal(130_000)
        assert rows["2019-01"] == Decimal(130_000)
        assert rows["2019-02"] == Decimal(150_000)
        assert rows["2019-03"] is None, "a month end after the day is not known yet"

    def test_months_without_posting_carry_the_total_on(self) -> None:
        may = ask().rows[1]
        assert (may.month, may.actual, may.actual_cumulative) == ("2018-05", None, Decimal(145_000))

    def test_another_line_is_another_question(self) -> None:
        result = ask(line="1.2.1")
        assert result.headline.outturn is None
        assert result.headline.budget is None
        assert "do not explain line 1.2.1" in result.caveats[0]

    def test_chart_shows_the_rows(self) -> None:
        result = ask()
        chart = KPI.chart(result)
        assert chart.categories[0] == "2018-04-30"
        assert values(chart, 0) == [row.actual_cumulative for row in result.rows]
        assert values(chart, 1) == [row.forecast for row in result.rows]
        assert values(chart, 2) == [row.committed_cumulative for row in result.rows]


@pytest.mark.django_db
def test_committed_of_a_whole_year_is_the_annual_amount() -> None:
    make_cost_line(annual_amount=Decimal("36000.01"))
    rows = ask().rows
    assert sum(row.committed for row in rows if row.committed is not None) == Decimal("36000.01")
    assert rows[0].committed == Decimal("2958.90"), "30 of 365 days"


@pytest.mark.django_db
def test_committed_by_calendar_day_in_a_leap_year() -> None:
    placement = make_placement(starts_on=date(2020, 2, 28), ends_on=date(2020, 3, 1))
    make_cost_line(placement=placement, annual_amount=Decimal(36_600), education_share=Decimal("50"))
    committed = {row.month: row.committed for row in ask(date(2019, 6, 1)).rows}
    assert committed.pop("2020-02") == Decimal(100), "half of two days at £100"
    assert committed.pop("2020-03") == Decimal(50), "half of one day"
    assert set(committed.values()) == {None}


@pytest.mark.django_db
def test_committed_stops_the_day_before_the_plan_ceases() -> None:
    plan = make_plan(ceased_on=date(2018, 4, 11))
    make_cost_line(placement=make_placement(plan=plan))
    assert [row.committed for row in ask().rows[:2]] == [Decimal(1_000), None]


@pytest.mark.django_db
def test_committed_leaves_out_transport_void_lines_and_other_schools() -> None:
    make_cost_line(kind="TRANSPORT")
    make_cost_line(void=True)
    make_cost_line(placement=make_placement(school=make_school(sector="STATE_SPECIAL")))
    assert {row.committed for row in ask().rows} == {None}


@pytest.mark.django_db
def test_price_and_volume_need_children_in_both_years() -> None:
    make_placement(starts_on=date(2018, 4, 1))
    make_posting(month=date(2017, 4, 1))
    make_posting(month=date(2018, 4, 1))
    headline = ask().headline
    assert (headline.price_effect, headline.volume_effect) == (None, None)


@pytest.mark.django_db
def test_price_and_volume_add_up_to_the_change_to_the_penny() -> None:
    for starts_on in (date(2017, 4, 1), date(2017, 9, 1), date(2018, 7, 1)):
        make_placement(starts_on=starts_on)
    make_posting(month=date(2017, 4, 1), amount=Decimal("100000.01"))
    make_posting(month=date(2018, 4, 1), amount=Decimal("170000.02"))
    headline = ask().headline
    assert headline.price_effect is not None
    assert headline.volume_effect is not None
    assert headline.price_effect + headline.volume_effect == Decimal("70000.01")
    assert headline.volume_effect.as_tuple().exponent == -2


@pytest.mark.django_db
def test_ledger_alone_reads_well() -> None:
    make_posting(amount=Decimal(18_510_000))
    result = ask()
    assert KPI.sentence(result) == (
        "Outturn of 2018-19 was £18.5m: no budget is recorded, and no forecast was made."
    )
    assert [fact.short for fact in KPI.facts(result)] == [
        "£18.5m",
        "not available",
        "not available",
        "not available",
        "not available",
    ]
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), YEAR_END, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    headline = result.headline
    known = {name: value for name, value in vars(headline).items() if value is not None}
    assert set(known) == {"financial_year", "outturn_is_final"}
    assert len(result.rows) == 12
    assert "No spending on budget line 1.2.3 has been posted" in KPI.sentence(result)
    assert KPI.goal(result) is None
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
    for year in (2017, 2018):
        make_posting(month=date(year, 4, 1), amount=Decimal(1_000))
    with django_assert_num_queries(3):
        ask()
    with django_assert_num_queries(2):
        ask(date(2019, 3, 30))


@pytest.mark.parametrize("text", ["x" * 21, "1.2\x003"])
def test_line_refused(text: str) -> None:
    with pytest.raises(ValueError, match="at most 20 characters"):
        outturn_vs_forecast.LINE.parse(text)
