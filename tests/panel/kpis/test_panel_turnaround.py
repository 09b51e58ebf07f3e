"""Time to a panel decision, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from panel.kpis import panel_outcomes, panel_turnaround
from panel.kpis.panel_turnaround import KPI, Headline, Row
from panel.models import FINAL_OUTCOMES, Outcome, PanelDecision
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_case, make_decision
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_panel import PERIODS, Records, load, make_panel
from tests.kpis.second_calculation import Answer, share

DAY = date(2019, 3, 31)
LAST_DAYS = sorted({last for _, last in PERIODS})
FINAL = ("AGREED", "DECLINED", "WITHDRAWN")


def ask(day: date = DAY, **chosen: Any) -> Result[Headline, Row]:
    return panel_turnaround.query(Scope(day, chosen))


def median(numbers: list[int]) -> float | None:
    if not numbers:
        return None
    in_order, middle = sorted(numbers), len(numbers) // 2
    if len(numbers) % 2:
        return float(in_order[middle])
    return float(Fraction(in_order[middle - 1] + in_order[middle], 2))


def second_calculation(records: Records, panel: str, day: date) -> Answer:
    april = date(day.year if day.month >= 4 else day.year - 1, 4, 1)
    decided = []
    overdue = 0
    for case in records.cases.values():
        decisions = sorted(
            (
                d
                for d in records.decisions
                if d.case_id == case.case_id and not d.void and d.meeting_on <= day
            ),
            key=lambda decision: decision.meeting_on,
        )
        if case.panel != panel or not decisions:
            continue
        latest = decisions[-1]
        overdue += latest.outcome == "MORE_INFORMATION" and latest.due_on is not None and latest.due_on < day
        if latest.meeting_on >= april:
            decided.append((case, decisions))

    def times(found: list[tuple[Any, list[PanelDecision]]]) -> dict[str, Any]:
        first = [(decisions[0].meeting_on - case.received_on).days for case, decisions in found]
        final = [
            (decisions[-1].meeting_on - case.received_on).days
            for case, decisions in found
            if decisions[-1].outcome in FINAL
        ]
        return {
            "decided": len(found),
            "median_days_to_first": median(first),
            "median_days_to_final": median(final),
            "decided_finally": len(final),
        }

    months = [date(april.year, month, 1) for month in range(4, 13)]
    months += [date(april.year + 1, month, 1) for month in (1, 2, 3)]
    rows = [
        {
            "month": f"{month:%Y-%m}",
            **times([pair for pair in decided if pair[1][-1].meeting_on.replace(day=1) == month]),
        }
        for month in months
        if month <= day
    ]
    again = sum(len(decisions) > 1 for _, decisions in decided)
    offers, starts = [], []
    for _, decisions in decided:
        expected = records.expected.get(decisions[-1].pk)
        if decisions[-1].outcome != "AGREED" or expected is None or expected.offered_on is None:
            continue
        if expected.offered_on > day or (expected.refused_on and expected.refused_on <= day):
            continue
        offers.append((expected.offered_on - decisions[-1].meeting_on).days)
        if expected.placement and expected.placement.starts_on <= day:
            starts.append((expected.placement.starts_on - expected.offered_on).days)
    headline = times(decided) | {
        "median_days_to_offer": median(offers),
        "median_days_to_start": median(starts),
        "offered": len(offers),
        "started": len(starts),
        "represented_pct": share(again, len(decided)),
        "information_overdue": overdue,
        "decided_finally": sum(decisions[-1].outcome in FINAL for _, decisions in decided),
        "represented": again,
    }
    return headline, rows


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_equals_second_calculation(seed: int) -> None:
    make_panel(seed)
    records = load()
    for panel in ("INDEPENDENT", "ADDITIONAL_FUNDING"):
        for day in LAST_DAYS:
            result = ask(day, panel=panel)
            assert_same(result, second_calculation(records, panel, day))
            assert sum(row.decided for row in result.rows) == result.headline.decided
            outcomes = panel_outcomes.query(Scope(day, {"panel": panel}))
            assert result.headline.decided == outcomes.headline.cases
            assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """Received on 1 May 2018, and decided after 10, 20 and 30 days; one of them again after 60."""
        received_on = date(2018, 5, 1)

        def decided(*days_and_outcomes: tuple[int, str], **given: Any) -> None:
            case = make_case(received_on=received_on, **given)
            for days, outcome in days_and_outcomes:
                make_decision(case=case, meeting_on=received_on + timedelta(days=days), outcome=outcome)

        decided((10, "AGREED"))
        decided((20, "MORE_INFORMATION"), (60, "DECLINED"))
        decided((30, "DEFERRED"))
        decided((40, "AGREED"), panel="ADDITIONAL_FUNDING")

    def test_headline(self) -> None:
        assert ask().headline == Headline(
            decided=3,
            median_days_to_first=20.0,
            median_days_to_final=35.0,
            represented_pct=pytest.approx(100 / 3),
            information_overdue=0,
            decided_finally=2,
            represented=1,
            median_days_to_offer=None,
            median_days_to_start=None,
            offered=0,
            started=0,
        )

    def test_a_case_counts_in_the_month_of_its_latest_decision(self) -> None:
        rows = [row for row in ask().rows if row.decided]
        assert rows == [Row("2018-05", 2, 20.0, 10.0, 1), Row("2018-06", 1, 20.0, 60.0, 1)]

    def test_before_it_came_back_it_counted_in_the_month_before(self) -> None:
        rows = [row for row in ask(date(2018, 6, 29)).rows if row.decided]
        assert rows == [Row("2018-05", 3, 20.0, 10.0, 1)]

    def test_months_are_those_begun(self) -> None:
        assert [row.month for row in ask(date(2018, 6, 1)).rows] == ["2018-04", "2018-05", "2018-06"]

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "The Independent Placement Panel decided 3 requests in 2018-19 up to 31 March 2019. The median time from "
            "receipt was 20 days to a first decision and 35 days to a final one (2 requests). 1 (33.3%) was decided "
            "more than once. Information is overdue on 0 cases."
        )

    def test_other_panel(self) -> None:
        assert ask(panel="ADDITIONAL_FUNDING").headline.median_days_to_first == 40.0

    def test_chart_shows_the_rows(self) -> None:
        chart, rows = KPI.chart(ask()), ask().rows
        assert values(chart, 0) == [row.median_days_to_first for row in rows]
        assert values(chart, 1) == [row.median_days_to_final for row in rows]


@pytest.mark.django_db
class TestAcrossYears:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """First decided on the last day of the year before, and finally on the first of this."""
        case = make_case(received_on=date(2018, 3, 1))
        make_decision(case=case, meeting_on=date(2018, 3, 31), outcome="DEFERRED")
        make_decision(case=case, meeting_on=date(2018, 4, 1), outcome="WITHDRAWN")

    def test_this_year_knows_the_first_decision(self) -> None:
        now = ask().headline
        assert (now.decided, now.median_days_to_first, now.median_days_to_final) == (1, 30.0, 31.0)
        assert now.represented_pct == 100.0

    def test_the_year_before_does_not_know_the_final_one(self) -> None:
        assert ask(date(2018, 3, 31)).headline == Headline(1, 30.0, None, 0.0, 0, 0, 0, None, None, 0, 0)
        assert "30 days to a first decision and none has a final one" in KPI.sentence(ask(date(2018, 3, 31)))


@pytest.mark.django_db
class TestInformationOverdue:
    @pytest.mark.parametrize(("due_on", "overdue"), [(date(2019, 3, 30), 1), (DAY, 0), (None, 0)])
    def test_the_day_it_was_due_is_past(self, due_on: date | None, overdue: int) -> None:
        make_decision(meeting_on=date(2019, 1, 8), outcome="MORE_INFORMATION", due_on=due_on)
        assert ask().headline.information_overdue == overdue

    def test_of_all_years(self) -> None:
        make_decision(meeting_on=date(2018, 1, 16), outcome="MORE_INFORMATION", due_on=date(2018, 2, 1))
        assert (ask().headline.information_overdue, ask().headline.decided) == (1, 0)

    def test_a_later_decision_settles_it(self) -> None:
        case = make_decision(outcome="MORE_INFORMATION", due_on=date(2018, 6, 1)).case
        make_decision(case=case, meeting_on=date(2018, 7, 1), outcome="DEFERRED")
        overdue = [ask(day).headline.information_overdue for day in (date(2018, 6, 30), date(2018, 7, 1))]
        assert overdue == [1, 0]

    def test_a_void_decision_does_not(self) -> None:
        case = make_decision(outcome="MORE_INFORMATION", due_on=date(2018, 6, 1)).case
        make_decision(case=case, meeting_on=date(2018, 7, 1), void=True)
        assert ask().headline.information_overdue == 1

    def test_of_the_panel(self) -> None:
        make_decision(outcome="MORE_INFORMATION", due_on=date(2018, 6, 1))
        assert ask(panel="ADDITIONAL_FUNDING").headline.information_overdue == 0


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, None, None, None, 0, 0, 0, None, None, 0, 0)
    assert KPI.sentence(result).startswith("The Independent Placement Panel decided no request in ")
    assert_outputs_agree(KPI, result)


def test_final_outcomes_end_a_case() -> None:
    assert set(Outcome) - set(FINAL_OUTCOMES) == {Outcome.MORE_INFORMATION, Outcome.DEFERRED}


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()
