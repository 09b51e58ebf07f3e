"""What the panel decided, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from panel.decided_cases import FROM, PANEL
from panel.kpis import panel_outcomes
from panel.kpis.panel_outcomes import KPI, Headline, Row
from panel.models import PanelDecision
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope, ScopeError, parse_scope
from tests.factories import make_case, make_decision
from tests.kpis.checks import assert_outputs_agree, assert_same, labels, values
from tests.kpis.random_panel import PERIODS, Records, awaiting, decided, load, make_panel
from tests.kpis.second_calculation import Answer, mean, share

DAY = date(2019, 3, 31)
OUTCOMES = ("AGREED", "DECLINED", "MORE_INFORMATION", "DEFERRED", "WITHDRAWN")


def ask(day: date = DAY, **chosen: Any) -> Result[Headline, Row]:
    return panel_outcomes.query(Scope(day, chosen))


def second_calculation(records: Records, panel: str, first: date, last: date) -> Answer:
    cases = decided(records, panel, first, last)
    total = sum((case.worth for case in cases), Decimal(0))
    rows = []
    for outcome in OUTCOMES:
        worths = [case.worth for case in cases if case.outcome == outcome]
        if worths:
            rows.append(
                {
                    "outcome": outcome,
                    "cases": len(worths),
                    "value": sum(worths),
                    "average": mean(worths),
                    "share_cases_pct": share(len(worths), len(cases)),
                    "share_value_pct": share(sum(worths), total),
                }
            )
    headline = {
        "cases": len(cases),
        "value": total if cases else None,
        "presentations": sum(case.presentations for case in cases),
        "awaiting": awaiting(records, panel, last),
    }
    return headline, rows


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_equals_second_calculation(seed: int) -> None:
    make_panel(seed)
    records = load()
    for panel in ("INDEPENDENT", "ADDITIONAL_FUNDING"):
        for first, last in PERIODS:
            result = ask(last, **{"panel": panel, "from": first})
            assert_same(result, second_calculation(records, panel, first, last))
            assert _part_year_told(result) == _part_year_counted(records, panel, first, last)
            assert sum(row.cases for row in result.rows) == result.headline.cases
            assert_outputs_agree(KPI, result)


def _part_year_told(result: Result[Headline, Row]) -> int:
    """The number with which the caveat about costs of part of a year begins; 0 without the caveat."""
    told = [caveat for caveat in result.caveats if "part of a year" in caveat]
    return int(told[0].split()[0]) if told else 0


def _part_year_counted(records: Records, panel: str, first: date, last: date) -> int:
    return sum(case.part_year for case in decided(records, panel, first, last) if case.outcome == "AGREED")


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """Four cases of the year: one heard twice, one of another panel, one void; and two undecided."""
        twice = make_case(annual_cost=Decimal(30_000))
        make_decision(case=twice, meeting_on=date(2018, 4, 1), outcome="MORE_INFORMATION")
        make_decision(case=twice, meeting_on=DAY, outcome="AGREED", value=Decimal("10000.01"))
        make_decision(case=make_case(annual_cost=Decimal(20_000), cost_basis="PART_YEAR"), outcome="AGREED")
        make_decision(case=make_case(annual_cost=Decimal(45_000)), outcome="DECLINED")
        make_decision(case=make_case(annual_cost=Decimal(15_000)), outcome="WITHDRAWN")
        make_decision(case=make_case(panel="ADDITIONAL_FUNDING"), outcome="DECLINED")
        make_decision(outcome="DECLINED", void=True)
        make_case(received_on=DAY)
        make_case(received_on=date(2019, 4, 1))

    def test_headline(self) -> None:
        assert ask().headline == Headline(
            cases=4, value=Decimal("90000.01"), presentations=5, awaiting=2, agreed_cases=2
        )

    def test_rows(self) -> None:
        agreed, declined, withdrawn = ask().rows
        assert agreed.cases == 2
        assert agreed.value == Decimal("30000.01")
        assert agreed.average == Decimal("15000.01")  # 15,000.005, half up
        assert agreed.share_cases_pct == 50.0
        assert agreed.share_value_pct == pytest.approx(100 * 30000.01 / 90000.01)
        assert (declined.outcome, declined.label, declined.average) == (
            "DECLINED",
            "Declined",
            Decimal(45_000),
        )
        assert (withdrawn.outcome, withdrawn.cases) == ("WITHDRAWN", 1)

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "The Independent Placement Panel considered 4 requests worth £90.0k from 1 April 2018 to 31 March 2019: it "
            "agreed 2 (50.0%, £30.0k), declined 1 (25.0%, £45.0k) and had 1 withdrawn (25.0%, £15.0k)."
        )

    def test_caveat_counts_agreed_costs_of_part_of_a_year(self) -> None:
        assert ask().caveats == (
            "1 agreed case has a cost for part of a year only, so the agreed value is less than that of full years.",
        )

    @pytest.mark.parametrize(("said", "counted"), [("ANNUAL", 0), ("PART_YEAR", 2)])
    def test_what_a_decision_says_of_its_value_goes_before_the_case(self, said: str, counted: int) -> None:
        PanelDecision.objects.filter(outcome="AGREED").update(value_basis=said)
        assert _part_year_told(ask()) == counted

    def test_day_before_the_last_meeting(self) -> None:
        """The case heard twice is still at its first decision."""
        assert [row.outcome for row in ask(date(2019, 3, 30)).rows] == [
            "AGREED",
            "DECLINED",
            "MORE_INFORMATION",
            "WITHDRAWN",
        ]

    def test_period_that_starts_after_a_meeting(self) -> None:
        result = ask(**{"from": date(2018, 4, 2)})
        assert (result.headline.cases, result.headline.presentations) == (4, 4)

    def test_other_panel(self) -> None:
        result = ask(panel="ADDITIONAL_FUNDING")
        assert [(row.outcome, row.cases) for row in result.rows] == [("DECLINED", 1)]
        assert KPI.sentence(result).startswith(
            "The additional funding panel considered 1 request worth £36.0k from"
        )

    def test_chart_shows_the_rows(self) -> None:
        result = ask()
        chart = KPI.chart(result)
        assert list(chart.categories) == ["Agreed", "Declined", "Withdrawn"]
        assert values(chart, 0) == [row.share_cases_pct for row in result.rows]
        assert values(chart, 1) == [row.share_value_pct for row in result.rows]
        assert labels(chart, 0)[0] == "2 (50.0%)"
        assert labels(chart, 1)[0] == "£30.0k (33.3%)"

    def test_outputs_agree(self) -> None:
        assert_outputs_agree(KPI, ask())

    def test_declined_is_never_called_a_saving(self) -> None:
        words = (KPI.sentence(ask()), KPI.numerator, KPI.question, *(fact.label for fact in KPI.facts(ask())))
        assert "sav" not in " ".join(words).lower()


@pytest.mark.django_db
class TestUndefined:
    @pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
    def test_no_data(self, day: date) -> None:
        result = ask(day)
        assert result.headline == Headline(0, None, 0, 0, 0)
        assert result.rows == ()
        assert KPI.sentence(result).startswith(
            "The Independent Placement Panel decided no request from 1 April"
        )
        assert_outputs_agree(KPI, result)

    def test_before_all_data(self) -> None:
        make_decision()
        assert ask(date(1950, 1, 1)).headline == Headline(0, None, 0, 0, 0)

    def test_period_that_starts_after_its_end(self) -> None:
        make_decision(meeting_on=DAY)
        result = ask(**{"from": date(2019, 4, 1)})
        assert result.headline == Headline(0, None, 0, 0, 0)
        assert result.caveats == (
            "The period is empty: its first day, 1 April 2019, is after its last, 31 March 2019.",
        )

    def test_share_of_no_value(self) -> None:
        make_decision(value=Decimal(0))
        row = ask().rows[0]
        assert (row.value, row.average, row.share_value_pct) == (Decimal(0), Decimal(0), None)


class TestFilters:
    def test_defaults(self) -> None:
        scope = Scope(date(2019, 4, 1))
        assert (scope[PANEL], scope[FROM]) == ("INDEPENDENT", date(2019, 4, 1))
        assert Scope(DAY)[FROM] == date(2018, 4, 1)

    def test_year_before_moves_an_explicit_day(self) -> None:
        scope = parse_scope(
            {"from": "2016-02-29", "panel": "ADDITIONAL_FUNDING"}, KPI.filters, default_as_at=DAY
        )
        before = scope.year_before(KPI.filters)
        assert (before.as_at, before[FROM], before[PANEL]) == (
            date(2018, 3, 31),
            date(2015, 2, 28),
            "ADDITIONAL_FUNDING",
        )

    def test_year_before_moves_the_default(self) -> None:
        assert Scope(DAY).year_before(KPI.filters)[FROM] == date(2017, 4, 1)

    def test_wrong_values_are_told(self) -> None:
        with pytest.raises(ScopeError) as refused:
            parse_scope({"from": "1/4/2018", "panel": "BOTH"}, KPI.filters, default_as_at=DAY)
        assert set(refused.value.errors) == {"from", "panel"}


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
