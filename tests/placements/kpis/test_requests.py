"""Requests for an assessment and their outcomes, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from placements.kpis import requests, timeliness_20_weeks
from placements.kpis.requests import KPI, Headline, Row
from sen_dashboard.core.disclosure.suppression import protect, public_view
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_assessment, make_child, make_plan
from tests.kpis import second_calculation
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_council import AS_AT_DAYS

DAY = date(2019, 3, 31)
MAY, JUNE = date(2018, 5, 14), date(2018, 6, 25)


def ask(day: date = DAY, **filters: Any) -> Result[Headline, Row]:
    return requests.query(Scope(day, filters))


def test_equals_second_calculation(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        result = ask(day)
        assert_same(result, second_calculation.requests(council, day))
        assert_same(ask(day, district="Thanet"), second_calculation.requests(council, day, "Thanet"))
        assert_outputs_agree(KPI, result)


def test_months_add_up_and_agree_with_other_kpis(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        now, rows = ask(day).headline, ask(day).rows
        for flow in ("received", "agreed_to_assess", "refused_to_assess", "not_issued", "issued"):
            assert sum(getattr(row, flow) for row in rows) == getattr(now, flow)
        within_20_weeks = timeliness_20_weeks.query(Scope(day))
        assert now.issued == within_20_weeks.headline.issued
        assert now.agreed_to_assess + now.refused_to_assess == within_20_weeks.headline.requests_decided
        assert [row.issued for row in rows] == [row.issued for row in within_20_weeks.rows]


def test_year_before_is_the_figure_of_a_year_before(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        before = Scope(day).year_before(KPI.filters)
        assert ask(day).headline.received_year_before == requests.query(before).headline.received


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """Four requests of this year and two of the year before, one of which is decided and leads to a plan now."""
        make_assessment(requested_on=MAY)
        make_assessment(requested_on=MAY, assess_decision="REFUSED", assess_decided_on=JUNE)
        make_assessment(requested_on=MAY, assess_decision="AGREED", assess_decided_on=JUNE)
        make_assessment(
            requested_on=MAY,
            assess_decision="AGREED",
            assess_decided_on=JUNE,
            issue_decision="NOT_ISSUED",
            issue_decided_on=date(2018, 9, 3),
        )
        make_assessment(requested_on=date(2017, 5, 15), child=make_child(home_district="Thanet"))
        earlier = make_assessment(
            requested_on=date(2018, 3, 26),
            assess_decision="AGREED",
            assess_decided_on=date(2018, 4, 9),
            issue_decision="ISSUED",
            issue_decided_on=date(2018, 7, 2),
        )
        make_plan(child=earlier.child, assessment=earlier, issued_on=date(2018, 7, 20))
        make_plan(issued_on=date(2018, 7, 20))

    def test_headline(self) -> None:
        assert ask().headline == Headline(
            received=4,
            agreed_to_assess=3,
            refused_to_assess=1,
            not_issued=1,
            issued=1,
            received_year_before=2,
            change_pct=100.0,
            refused_pct=25.0,
        )

    def test_each_by_its_own_day(self) -> None:
        rows = {row.month: row for row in ask().rows}
        assert len(rows) == 12
        assert {month: row for month, row in rows.items() if row != Row(month, 0, 0, 0, 0, 0)} == {
            "2018-04": Row("2018-04", 0, 1, 0, 0, 0),
            "2018-05": Row("2018-05", 4, 0, 0, 0, 0),
            "2018-06": Row("2018-06", 0, 2, 1, 0, 0),
            "2018-07": Row("2018-07", 0, 0, 0, 0, 1),
            "2018-09": Row("2018-09", 0, 0, 0, 1, 0),
        }

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "4 requests for an assessment were received in the 12 months to 31 March 2019, 100.0% more than in the 12 "
            "months before (2). 25.0% of those decided (1 of 4) were refused, and 1 plan was issued."
        )
        before = KPI.sentence(ask(date(2018, 3, 31)))
        assert before == (
            "2 requests for an assessment were received in the 12 months to 31 March 2018, none in the 12 months "
            "before. No decision on whether to assess was made, and 0 plans were issued."
        )

    def test_district(self) -> None:
        now = ask(date(2018, 3, 31), district="Thanet").headline
        assert (now.received, ask(district="Thanet").headline.received_year_before) == (1, 1)

    def test_chart_shows_the_rows(self) -> None:
        chart, rows = KPI.chart(ask()), ask().rows
        assert list(chart.categories)[-1] == "2019-03-31"
        assert values(chart, 0) == [row.received for row in rows]
        assert values(chart, 1) == [row.refused_to_assess for row in rows]
        with_year_before = KPI.draw(ask(), ask(date(2018, 3, 31)))
        assert with_year_before is not None
        assert values(with_year_before, 2) == [row.received for row in ask(date(2018, 3, 31)).rows]


@pytest.mark.django_db
class TestBoundaries:
    def test_the_first_and_the_last_day_count(self) -> None:
        for requested_on in (date(2017, 3, 31), date(2017, 4, 1), date(2018, 3, 31), date(2018, 4, 1), DAY):
            make_assessment(requested_on=requested_on)
        make_assessment(requested_on=DAY + timedelta(days=1))
        now = ask().headline
        assert (now.received, now.received_year_before, now.change_pct) == (2, 2, 0.0)
        assert "the same as in the 12 months before (2)" in KPI.sentence(ask())

    def test_parts_of_months_are_said(self) -> None:
        make_assessment(requested_on=date(2018, 3, 15))
        result = ask(date(2019, 3, 15))
        assert len(result.rows) == 13
        assert result.headline.received == 0
        assert result.headline.received_year_before == 1
        assert result.caveats == (
            "The 12 months run from 16 March 2018 to 15 March 2019; of the first and the last month only the days "
            "within them count.",
        )

    def test_february_in_and_after_a_leap_year_is_twelve_months(self) -> None:
        make_assessment(requested_on=date(2016, 2, 29))
        for day, received in ((date(2016, 2, 29), (1, 0)), (date(2017, 2, 28), (0, 1))):
            now, rows = ask(day).headline, ask(day).rows
            assert (now.received, now.received_year_before) == received
            assert len(rows) == 12

    def test_a_plan_without_a_stored_assessment_does_not_count(self) -> None:
        make_plan(issued_on=MAY)
        assert ask().headline.issued == 0


@pytest.mark.django_db
def test_the_public_reads_no_small_number() -> None:
    """Of 30 requests 3 are refused; the rest are agreed, one of them without a plan."""
    for number in range(30):
        decision = "REFUSED" if number < 3 else "AGREED"
        ended = {"issue_decision": "NOT_ISSUED", "issue_decided_on": JUNE} if number == 29 else {}
        make_assessment(
            requested_on=MAY, assess_decision=decision, assess_decided_on=date(2018, 6, 4), **ended
        )
    result = ask()
    view = public_view(KPI.keys, result, protect([KPI.keys.contents(result)], [], 5))
    june = next(row for row in view.rows if row["month"] == "2018-06")
    for shown in (view.headline, june):
        assert (shown["refused_to_assess"], shown["not_issued"]) == ("c", "c")
    assert view.headline["refused_pct"] == "c"
    assert view.headline["received"] == 30
    assert view.caveats == ()


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, 0, 0, 0, 0, 0, None, None)
    assert KPI.sentence(result).startswith("No request for an assessment was received in the 12 months to ")
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
