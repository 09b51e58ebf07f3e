"""Reasons for panel requests, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from panel.kpis import panel_reasons
from panel.kpis.panel_reasons import KPI, Headline, ProfileCases, Row
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope, parse_scope
from tests.factories import make_case, make_decision
from tests.kpis.checks import assert_outputs_agree, assert_same, labels, values
from tests.kpis.random_panel import PERIODS, Records, decided, load, make_panel
from tests.kpis.second_calculation import Answer, share

DAY = date(2019, 3, 31)
PANELS = ("INDEPENDENT", "ADDITIONAL_FUNDING")


def ask(day: date = DAY, **chosen: Any) -> Result[Headline, Row]:
    return panel_reasons.query(Scope(day, chosen))


def second_calculation(records: Records, panel: str | None, first: date, last: date) -> tuple[Answer, Any]:
    """Headline and rows, and the profiles of the headline as JSON holds them."""
    rows: list[dict[str, Any]] = []
    everyone = []
    numbers = {}
    for wanted in PANELS:
        cases = (
            [case.case for case in decided(records, wanted, first, last)] if panel in (None, wanted) else []
        )
        everyone += cases
        numbers[wanted] = len(cases)
        of_panel = [
            {
                "panel": wanted,
                "reason": reason,
                "cases": number,
                "share_pct": share(number, len(cases)),
            }
            for reason in {reason for case in cases for reason in case.reasons}
            if (number := sum(reason in case.reasons for case in cases))
        ]
        rows += sorted(of_panel, key=lambda row: (-row["cases"], row["reason"]))
    found = [case.profile for case in everyone if case.profile]
    profiles = [
        {
            "profile": profile,
            "cases": found.count(profile),
            "share_pct": share(found.count(profile), len(everyone)),
        }
        for profile in set(found)
    ]
    profiles.sort(key=lambda row: (-row["cases"], row["profile"]))
    headline = {
        "cases": len(everyone),
        "independent_cases": numbers["INDEPENDENT"],
        "additional_funding_cases": numbers["ADDITIONAL_FUNDING"],
    }
    return (headline, rows), profiles


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_equals_second_calculation(seed: int) -> None:
    make_panel(seed)
    records = load()
    for panel in (None, *PANELS):
        for first, last in PERIODS:
            chosen = {"from": first} if panel is None else {"from": first, "panel": panel}
            result = ask(last, **chosen)
            answer, profiles = second_calculation(records, panel, first, last)
            assert_same(result, answer)
            assert [
                {"profile": p.profile, "cases": p.cases, "share_pct": pytest.approx(p.share_pct)}
                for p in result.headline.profiles
            ] == profiles
            assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """Three requests to one panel, with three, one and no reasons, and one to the other."""
        both = make_case(reasons=["COMPLEXITY", "CAPACITY", "CAPACITY"], profile="BEHAVIOUR_ANXIETY")
        make_decision(case=both, outcome="MORE_INFORMATION")
        make_decision(case=both, meeting_on=DAY, outcome="DECLINED")
        make_decision(case=make_case(reasons=["COMPLEXITY"], profile="OTHER"))
        make_decision(case=make_case(reasons=[]))
        make_decision(
            case=make_case(
                panel="ADDITIONAL_FUNDING", reasons=["ONE_TO_ONE"], profile="COMPLEX_MENTAL_HEALTH"
            )
        )
        make_decision(case=make_case(reasons=["OTHER"]), void=True)

    def test_rows(self) -> None:
        """A case counts once for each of its reasons, also where one is recorded twice."""
        independent, additional = "Independent Placement Panel", "Additional funding panel"
        assert ask().rows == (
            Row(
                "INDEPENDENT",
                "COMPLEXITY",
                2,
                pytest.approx(200 / 3),
                independent,
                "Local schools cannot meet the complexity of need",
            ),
            Row(
                "INDEPENDENT",
                "CAPACITY",
                1,
                pytest.approx(100 / 3),
                independent,
                "Special schools have no capacity",
            ),
            Row(
                "ADDITIONAL_FUNDING",
                "ONE_TO_ONE",
                1,
                100.0,
                additional,
                "One-to-one adult support in a special school or SRP",
            ),
        )

    def test_headline(self) -> None:
        assert ask().headline == Headline(
            cases=4,
            independent_cases=3,
            additional_funding_cases=1,
            profiles=(
                ProfileCases("BEHAVIOUR_ANXIETY", 1, 25.0, "Autism with behaviour and high anxiety"),
                ProfileCases("COMPLEX_MENTAL_HEALTH", 1, 25.0, "SEMH with complex mental health needs"),
                ProfileCases("OTHER", 1, 25.0, "Other"),
            ),
            behaviour_anxiety_cases=1,
            complex_mental_health_cases=1,
        )

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "Of the requests decided from 1 April 2018 to 31 March 2019: of 3 to the Independent Placement Panel, 2 "
            "(66.7%) because local schools cannot meet the complexity of need and 1 (33.3%) because special schools "
            "have no capacity; of 1 to the additional funding panel, 1 (100.0%) for one-to-one adult support. A "
            "request may have several reasons."
        )

    def test_what_is_not_recorded_is_a_caveat(self) -> None:
        assert ask().caveats == ("1 case has no recorded reason.", "1 case has no recorded profile.")

    def test_one_panel(self) -> None:
        result = ask(panel="ADDITIONAL_FUNDING")
        assert [(row.reason, row.cases) for row in result.rows] == [("ONE_TO_ONE", 1)]
        assert len(KPI.facts(result)) == 3
        assert KPI.caption(result).startswith("Reasons in cases of the additional funding panel, from")

    def test_chart_shows_the_rows(self) -> None:
        chart = KPI.chart(ask())
        assert list(chart.categories) == ["Complexity of need", "No capacity", "One-to-one"]
        assert values(chart, 0) == [pytest.approx(200 / 3), pytest.approx(100 / 3), None]
        assert values(chart, 1) == [None, None, 100.0]
        assert tuple(labels(chart, 0)) == ("2 (66.7%)", "1 (33.3%)", "")


@pytest.mark.django_db
class TestUndefined:
    @pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
    def test_no_data(self, day: date) -> None:
        result = ask(day)
        assert (result.headline, result.rows) == (Headline(0, 0, 0, (), 0, 0), ())
        assert KPI.sentence(result).startswith("The panels decided no request from 1 April")
        assert_outputs_agree(KPI, result)

    def test_no_reasons(self) -> None:
        make_decision()
        assert "of 1 to the Independent Placement Panel, none with a recorded reason." in KPI.sentence(ask())


def test_both_panels_unless_one_is_chosen() -> None:
    assert parse_scope({"panel": ""}, KPI.filters, default_as_at=DAY)[panel_reasons.EITHER_PANEL] is None


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        ask()
