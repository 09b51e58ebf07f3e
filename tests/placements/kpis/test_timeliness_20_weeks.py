"""Plans within 20 weeks and assessments still open, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from placements.kpis import timeliness_20_weeks
from placements.kpis.timeliness_20_weeks import KPI, Headline, Row
from placements.models import Assessment, Plan
from placements.querysets import WEEKS_TO_DECIDE, WEEKS_TO_ISSUE, within_weeks
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_assessment, make_plan
from tests.kpis import second_calculation
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_council import AS_AT_DAYS

DAY = date(2019, 3, 31)
NO_BANDS = {"0-6": 0, "6-16": 0, "16-20": 0, "20-52": 0, "52+": 0}


def ask(day: date = DAY) -> Result[Headline, Row]:
    return timeliness_20_weeks.query(Scope(day))


def issued_after(days: int, issued_on: date = DAY, **given: Any) -> Plan:
    """A plan issued so many days after its request."""
    assessment = make_assessment(requested_on=issued_on - timedelta(days=days), **given)
    return make_plan(child=assessment.child, assessment=assessment, issued_on=issued_on)


def open_for(days: int, **given: Any) -> Assessment:
    """An assessment requested so many days before the day."""
    return make_assessment(requested_on=DAY - timedelta(days=days), **given)


def test_equals_second_calculation(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        result = ask(day)
        assert_same(result, second_calculation.timeliness_20_weeks(council, day))
        now = result.headline
        assert sum(row.issued for row in result.rows) == now.issued
        assert sum(now.bands.values()) == now.open
        assert now.open_over_20_weeks == now.bands["20-52"] + now.bands["52+"]
        assert_outputs_agree(KPI, result)


def test_open_assessments_are_those_of_the_word(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        assert ask(day).headline.open == Assessment.objects.open_on(day).count()


@pytest.mark.django_db
class TestTheLimits:
    @pytest.mark.parametrize(("days", "within"), [(0, True), (139, True), (140, True), (141, False)])
    def test_20_weeks_are_140_days(self, days: int, within: bool) -> None:
        issued_after(days)
        assert (ask().headline.issued, ask().headline.within) == (1, within)
        in_time = Plan.objects.filter(
            within_weeks(WEEKS_TO_ISSUE, "issued_on", "assessment__requested_on")
        ).exists()
        assert in_time is within

    @pytest.mark.parametrize(("days", "within"), [(0, True), (42, True), (43, False)])
    def test_6_weeks_are_42_days(self, days: int, within: bool) -> None:
        open_for(days, assess_decision="REFUSED", assess_decided_on=DAY)
        assert ask().headline.requests_decided_pct_6_weeks == (100.0 if within else 0.0)
        decided = Assessment.objects.filter(
            within_weeks(WEEKS_TO_DECIDE, "assess_decided_on", "requested_on")
        )
        assert decided.exists() is within

    @pytest.mark.parametrize(
        ("days", "band"),
        [
            (0, "0-6"),
            (42, "0-6"),
            (43, "6-16"),
            (112, "6-16"),
            (113, "16-20"),
            (140, "16-20"),
            (141, "20-52"),
            (364, "20-52"),
            (365, "52+"),
            (4000, "52+"),
        ],
    )
    def test_bands(self, days: int, band: str) -> None:
        open_for(days)
        assert ask().headline.bands == NO_BANDS | {band: 1}
        assert ask().headline.open_over_20_weeks == (days > 140)
        assert ask().headline.oldest_open_weeks == days / 7

    def test_12_months(self) -> None:
        for issued_on in (date(2018, 3, 31), date(2018, 4, 1), DAY, date(2019, 4, 1)):
            issued_after(100, issued_on)
        assert ask().headline.issued == 2
        assert [row.month for row in ask().rows if row.issued] == ["2018-04", "2019-03"]


@pytest.mark.django_db
class TestWhatEndsAnAssessment:
    """The day before it ends an assessment is open, and on the day no more."""

    @pytest.mark.parametrize(
        "ended",
        [
            {"assess_decision": "REFUSED", "assess_decided_on": DAY},
            {"issue_decision": "NOT_ISSUED", "issue_decided_on": DAY},
        ],
    )
    def test_refusal_and_a_decision_not_to_issue(self, ended: dict[str, Any]) -> None:
        open_for(30, **ended)
        assert [ask(day).headline.open for day in (DAY - timedelta(days=1), DAY)] == [1, 0]

    def test_the_plan(self) -> None:
        issued_after(30)
        assert [ask(day).headline.open for day in (DAY - timedelta(days=1), DAY)] == [1, 0]

    @pytest.mark.parametrize(
        "decided",
        [
            {"assess_decision": "AGREED", "assess_decided_on": DAY},
            {"issue_decision": "ISSUED", "issue_decided_on": DAY},
        ],
    )
    def test_neither_agreement_nor_a_decision_to_issue(self, decided: dict[str, Any]) -> None:
        open_for(30, **decided)
        assert ask().headline.open == 1

    def test_another_childs_plan_does_not(self) -> None:
        open_for(30)
        issued_after(30)
        assert ask().headline.open == 1

    def test_it_is_not_open_before_the_request(self) -> None:
        make_assessment(requested_on=DAY + timedelta(days=1))
        assert ask().headline.open == 0


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """Four plans with an assessment and one without; three requests open, one long, and one refused in time."""
        agreed = {"assess_decision": "AGREED", "assess_decided_on": date(2018, 6, 8)}
        issued_after(140, date(2018, 9, 14), **agreed)  # agreed to assess on day 42
        issued_after(141, date(2018, 9, 28))
        issued_after(300, exception=True)
        issued_after(100)
        make_plan(issued_on=date(2018, 5, 1))
        open_for(20)
        open_for(50)
        open_for(150, assess_decision="AGREED", assess_decided_on=DAY)
        open_for(40, assess_decision="REFUSED", assess_decided_on=DAY)

    def test_headline(self) -> None:
        assert ask().headline == Headline(
            issued=4,
            within=2,
            within_pct=50.0,
            issued_ex=3,
            within_ex=2,
            within_pct_ex=pytest.approx(200 / 3),
            open=3,
            open_over_20_weeks=1,
            oldest_open_weeks=150 / 7,
            requests_decided_pct_6_weeks=pytest.approx(200 / 3),
            bands=NO_BANDS | {"0-6": 1, "6-16": 1, "20-52": 1},
            requests_decided=3,
            requests_decided_6_weeks=2,
            undecided_over_6_weeks=1,
        )

    def test_rows(self) -> None:
        rows = {row.month: row for row in ask().rows}
        assert len(rows) == 12
        assert rows["2018-09"] == Row("2018-09", 2, 1, 50.0, 2, 1, 50.0)
        assert rows["2018-10"] == Row("2018-10", 0, 0, None, 0, 0, None)

    def test_sentence_tells_what_waits_beside_the_rate(self) -> None:
        assert KPI.sentence(ask()) == (
            "Of the EHC plans issued in the 12 months to 31 March 2019, 66.7% (2 of 3) were issued "
            "within 20 weeks of the request, excluding exceptions; including exceptions 50.0% (2 of 4). "
            "3 assessments are open, 1 for more than 20 weeks; the oldest for 21.4 weeks."
        )

    def test_plan_without_assessment_is_a_caveat(self) -> None:
        assert ask().caveats == (
            "1 plan issued in these months was recorded without an assessment and does not count.",
        )

    def test_page_tells_the_bands(self) -> None:
        raw = {fact.label: fact.raw for fact in KPI.facts(ask())}
        assert (
            raw["Assessments open"]
            == "0-6 weeks: 1, 6-16 weeks: 1, 16-20 weeks: 0, 20-52 weeks: 1, 52+ weeks: 0"
        )
        assert raw["Decided within 6 weeks whether to assess"] == "2 of 3 requests; 1 more waits longer"

    def test_json_holds_the_bands(self) -> None:
        headline: Any = KPI.data(ask())["headline"]
        assert headline["bands"] == NO_BANDS | {"0-6": 1, "6-16": 1, "20-52": 1}

    def test_chart_shows_the_rows(self) -> None:
        chart, rows = KPI.chart(ask()), ask().rows
        assert values(chart, 0) == [row.within_pct_ex for row in rows]
        assert values(chart, 1) == [row.within_pct for row in rows]


@pytest.mark.django_db
class TestUndefined:
    @pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
    def test_no_data(self, day: date) -> None:
        result = ask(day)
        assert result.headline == Headline(0, 0, None, 0, 0, None, 0, 0, None, None, NO_BANDS, 0, 0, 0)
        assert KPI.sentence(result).startswith(
            "No plan with a recorded assessment was issued in the 12 months to "
        )
        assert_outputs_agree(KPI, result)

    def test_exceptions_alone(self) -> None:
        issued_after(100, exception=True)
        assert ask().headline.within_pct_ex is None
        assert KPI.sentence(ask()).startswith(
            "Of the EHC plans issued in the 12 months to 31 March 2019, none (0 of 0)"
        )


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
