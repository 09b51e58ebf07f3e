"""Needs in panel cases, against a second calculation and by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from panel.kpis import panel_need_types
from panel.kpis.panel_need_types import KPI, Headline, Row
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from tests.factories import make_case, make_decision
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_panel import PERIODS, Records, decided, load, make_panel
from tests.kpis.second_calculation import Answer, share

DAY = date(2019, 3, 31)


def ask(day: date = DAY, **chosen: Any) -> Result[Headline, Row]:
    return panel_need_types.query(Scope(day, chosen))


def second_calculation(records: Records, panel: str, first: date, last: date) -> Answer:
    found = [
        (case.case.primary_need, case.case.secondary_need) for case in decided(records, panel, first, last)
    ]
    rows: list[dict[str, Any]] = []
    for primary, secondary in set(found):
        label = f"{primary} with {secondary}" if secondary else primary
        rows.append(
            {
                "label": label.replace("CL", "C&L"),
                "primary_need": primary,
                "secondary_need": secondary,
                "cases": found.count((primary, secondary)),
                "share_pct": share(found.count((primary, secondary)), len(found)),
            }
        )
    rows.sort(key=lambda row: (-row["cases"], row["label"]))
    return {"cases": len(found)}, rows


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_equals_second_calculation(seed: int) -> None:
    make_panel(seed)
    records = load()
    for panel in ("INDEPENDENT", "ADDITIONAL_FUNDING"):
        for first, last in PERIODS:
            result = ask(last, **{"panel": panel, "from": first})
            assert_same(result, second_calculation(records, panel, first, last))
            assert sum(row.cases for row in result.rows) == result.headline.cases
            assert_outputs_agree(KPI, result)


@pytest.mark.django_db
class TestWorkedExample:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        for primary, secondary in (("ASD", ""), ("ASD", ""), ("ASD", "SEMH"), ("CL", ""), ("VI", "PD")):
            make_decision(case=make_case(primary_need=primary, secondary_need=secondary))
        make_decision(case=make_case(primary_need="HI"), void=True)

    def test_headline(self) -> None:
        assert ask().headline == Headline(
            cases=5, asd_or_semh_cases=3, asd_or_semh_pct=60.0, with_secondary_need=2
        )

    def test_rows_most_first_then_by_label(self) -> None:
        assert ask().rows == (
            Row("ASD", "ASD", "", 2, 40.0),
            Row("ASD with SEMH", "ASD", "SEMH", 1, 20.0),
            Row("C&L", "CL", "", 1, 20.0),
            Row("VI with PD", "VI", "PD", 1, 20.0),
        )

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "Of the 5 requests that the Independent Placement Panel decided from 1 April 2018 to 31 March 2019, "
            "2 (40.0%) were for ASD, 1 (20.0%) was for ASD with SEMH, 1 (20.0%) was for C&L and the rest for other "
            "needs."
        )

    def test_chart_shows_the_rows(self) -> None:
        chart = KPI.chart(ask())
        assert list(chart.categories) == ["ASD", "ASD with SEMH", "C&L", "VI with PD"]
        assert values(chart, 0) == [2, 1, 1, 1]

    def test_table_spells_out_the_needs(self) -> None:
        cells = [row.get_cell("secondary_need") for row in KPI.table(ask().rows).rows]
        assert cells == ["", "Social, emotional and mental health (SEMH)", "", "Physical disability (PD)"]


@pytest.mark.django_db
def test_a_case_counts_once_and_whatever_the_outcome() -> None:
    case = make_case()
    make_decision(case=case, meeting_on=date(2018, 5, 1), outcome="DEFERRED")
    make_decision(case=case, meeting_on=date(2018, 6, 1), outcome="WITHDRAWN")
    assert ask().rows == (Row("ASD", "ASD", "", 1, 100.0),)


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, 0, None, 0)
    assert result.rows == ()
    assert KPI.sentence(result).startswith("The Independent Placement Panel decided no request from 1 April")
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1):
        ask()
