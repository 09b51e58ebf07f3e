"""Does it work: measured against expected effects and the previous year's trend, calculated again by hand."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from placements.grouping import GROUPINGS
from placements.kpis import cost_growth, need_mix
from provision.models import SchoolPlaces
from sen_dashboard.core.kpi.definition import Kpi, ask
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import Month
from sen_dashboard.kpis import KPIS
from sen_dashboard.programme.models import Action
from sen_dashboard.programme.pages.effect import NO_PROOF, Effect, effect
from sen_dashboard.programme.pages.figures import Figure, Figures
from tests.factories import make_action, make_assessment, make_child, make_event, make_places, make_posting
from tests.kpis.random_council import make_council

FIGURES = Figures(KPIS)
FROM, DAY = date(2018, 12, 1), date(2019, 3, 31)


def make_requests(first: date, number: int) -> None:
    """So many requests for an assessment, one a day from a day on."""
    for days in range(number):
        make_assessment(child=make_child(), requested_on=first + timedelta(days=days))


def expects(**given: Any) -> Action:
    """An action that is to lower the requests of 12 months by 5 from 1 December 2018 on."""
    fields = {
        "kpi": "requests",
        "kpi_key": "received",
        "expected_change": Decimal(-5),
        "expected_from": FROM,
    }
    return make_action("ON_TRACK", **fields | given)


def found(action: Action, day: date = DAY) -> Effect:
    known = effect(action, FIGURES, day)
    assert known is not None
    return known


@pytest.mark.django_db
class TestWorkedExample:
    """Requests of 12 months: 10 to 30 November 2017, 22 to 30 November 2018, 20 to 31 March 2019."""

    @pytest.fixture(autouse=True)
    def records(self) -> None:
        make_requests(date(2017, 11, 10), 10)
        make_requests(date(2018, 5, 1), 22)

    def test_measured_counts_from_the_last_day_before(self) -> None:
        make_requests(date(2018, 11, 30), 1)
        make_requests(date(2018, 12, 2), 3)
        assert (found(expects()).start, found(expects()).measured) == (23, 3)

    def test_trend_goes_on_at_the_pace_of_the_year_before(self) -> None:
        known = found(expects())
        assert (known.earlier, known.start) == (10, 22)
        assert known.trend == Decimal(12) * 121 / 365  # 121 days from 30 November to 31 March

    def test_sentence(self) -> None:
        assert found(expects()).sentence == (
            "Since 30 November 2018 the figure has changed by 0, from 22 to 22. The expected change was "
            "−5. If the trend of the year before had continued, it would have changed by +4."
        )

    def test_nothing_is_measured_before_the_day(self, django_assert_num_queries: Callable[..., Any]) -> None:
        action = expects(expected_from=date(2019, 9, 1))
        with django_assert_num_queries(2):  # the figure of today alone
            known = found(action)
        assert (known.measured, known.trend) == (None, None)
        assert (
            known.sentence
            == "Nothing can be measured before 1 September 2019. On 31 March 2019 the figure is 22."
        )

    def test_chart_and_table_hold_the_same_numbers(self) -> None:
        known = found(expects())
        chart = known.chart
        measured, expected, trend = (series.values for series in chart.series)
        assert len(chart.categories) == 17  # November 2017 to March 2019
        assert (measured[0], measured[12], measured[-1]) == (10, 22, 22)
        assert expected[:12] == trend[:12] == (None,) * 12
        assert (expected[12], expected[13], trend[12]) == (22, 17, 22)
        cells = [
            [row.get_cell(name) for name in ("what", "start", "change", "comes_to")]
            for row in known.table.rows
        ]
        assert cells == [
            ["Measured", "22", "0", "22"],
            ["Expected", "22", "−5", "17"],
            ["Trend of the year before", "22", "+4", "26"],
        ]

    def test_page_says_that_it_is_no_proof(self, signed_in: Client) -> None:
        page = signed_in.get(
            f"/programme/actions/{expects().pk}/", {"as_at": DAY.isoformat()}
        ).content.decode()
        assert "Does it work?" in page
        assert NO_PROOF in page
        assert "Since 30 November 2018" in page

    @pytest.mark.parametrize(
        "given",
        [
            {"kpi": "", "kpi_key": "", "expected_change": None, "expected_from": None},
            {"expected_change": None, "expected_from": None},
            {"kpi": "of_another_version"},
            {"kpi_key": "no_such_number"},
            {"kpi_row": "no such row"},
        ],
    )
    def test_says_nothing_where_there_is_no_such_figure(
        self, signed_in: Client, given: dict[str, Any]
    ) -> None:
        action = expects(**given)
        assert effect(action, FIGURES, DAY) is None
        page = signed_in.get(f"/programme/actions/{action.pk}/")
        assert page.status_code == 200
        assert "Does it work?" not in page.content.decode()


@pytest.mark.django_db
class TestAFigureThatStartsAgainEachYear:
    """£1,000 is spent in each month from April 2017 to May 2019; from October 2018 on £500 less are expected."""

    @pytest.fixture(autouse=True)
    def spent(self) -> None:
        for number in range(26):
            make_posting(month=Month(2017, 4).plus(number).start, amount=1000)

    def on(self, day: date) -> Effect:
        spent = {"kpi": "outturn_vs_forecast", "kpi_key": "outturn"}
        return found(expects(**spent, expected_change=-500, expected_from=date(2018, 10, 1)), day)

    def test_is_measured_within_the_year_and_has_no_trend(self) -> None:
        known = self.on(DAY)
        assert (known.start, known.measured, known.trend) == (6000, 6000, None)
        assert known.sentence == (
            "Since 30 September 2018 the figure has changed by +£6,000, from £6,000 to £12,000. The expected change "
            "was −£500. A figure that restarts each year has no trend from the year before."
        )

    def test_is_not_compared_across_1_april(self, signed_in: Client) -> None:
        known = self.on(date(2019, 5, 31))
        assert (known.now, known.measured, known.trend) == (2000, None, None)
        assert known.sentence == (
            "The figure restarts on 1 April, so it cannot be compared with that on 30 September 2018. On 31 May "
            "2019 it is £2,000."
        )
        page = signed_in.get("/programme/", {"as_at": "2019-05-31"}).content.decode()
        assert (
            "£2,000; expected −£500 from 1 October 2018, not measured, because it restarted on 1 April"
            in page
        )
        address = f"/programme/actions/{Action.objects.get().pk}/"
        page = signed_in.get(address, {"as_at": "2019-05-31"}).content.decode()
        assert known.sentence in page
        assert 'id="effect-chart-title"' in page
        assert 'id="effect-table"' not in page

    def test_its_lines_have_a_gap_on_1_april(self) -> None:
        chart = self.on(date(2019, 5, 31)).chart
        measured, expected = (dict(zip(chart.categories, one.values, strict=True)) for one in chart.series)
        for year in ("2018", "2019"):
            around = [f"{year}-{day}" for day in ("03-31", "04-01", "04-30")]
            assert [measured[day] for day in around] == [12000, None, 1000]
        assert (expected["2018-09-30"], expected["2019-03-31"]) == (6000, 5500)
        assert [value for day, value in expected.items() if day > "2019-03-31"] == [None] * 3


@pytest.mark.django_db
def test_a_figure_that_leaps_on_the_day_itself_is_measured() -> None:
    make_places(places=4130)
    make_places(academic_year="2019-20", places=4546)
    known = found(
        expects(
            kpi="place_growth", kpi_key="special_places", expected_from=date(2019, 9, 1), expected_change=416
        ),
        date(2019, 9, 1),
    )
    assert known.measured == 416
    SchoolPlaces.objects.all().delete()
    known = found(Action.objects.get(), date(2019, 9, 1))
    assert known.trend == 0


@pytest.mark.django_db
def test_a_row_is_found_under_whichever_grouping_has_it() -> None:
    make_council(1)
    by_need = {row.need: row.children for row in ask(need_mix.KPI, Scope(DAY)).rows}
    need, children = next(iter(by_need.items()))
    assert Figure(need_mix.KPI, "children", need).on(DAY) == children
    for by in GROUPINGS:
        rows = ask(cost_growth.KPI, Scope(DAY, {"by": by})).rows
        assert rows
        for row in rows:
            assert Figure(cost_growth.KPI, "cost", row.key).on(DAY) == row.cost
    assert Figure(cost_growth.KPI, "cost", "Nowhere").on(DAY) is None


def test_no_group_has_the_key_of_another() -> None:
    keys = [key for grouping in GROUPINGS.values() for key in grouping.words]
    assert len(keys) == len(set(keys))


@pytest.mark.django_db
class TestNothingIsAskedTwice:
    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """What the figures of a page ask, in order."""
        found: list[Any] = []

        def noted(kpi: Any, scope: Scope) -> Any:
            found.append((kpi.slug, scope.as_at, tuple(scope.chosen.items())))
            return ask(kpi, scope)

        monkeypatch.setattr("sen_dashboard.programme.pages.figures.ask", noted)
        return found

    @pytest.mark.parametrize(
        "address", ["/programme/", "/programme/actions/N1/", "/events/E1/before-and-after/"]
    )
    def test_by_a_page(self, signed_in: Client, asked: list[Any], address: str) -> None:
        make_event(event_id="E1", day=date(2018, 10, 1))
        expects(action_id="N1")
        expects(kpi_key="agreed_to_assess")
        expects(kpi="timeliness_20_weeks", kpi_key="open")
        assert signed_in.get(address, {"as_at": DAY.isoformat()}).status_code == 200
        assert asked
        assert len(asked) == len(set(asked))

    def test_a_row_is_asked_for_in_one_way_alone(self) -> None:
        asked = []

        def noted(kpi: Any, scope: Scope) -> Any:
            asked.append(scope.chosen)
            return ask(kpi, scope)

        Figure(cost_growth.KPI, "cost", "Thanet", noted).on(DAY)
        assert asked == [{"by": "district"}]

    def test_twice_the_actions_take_the_same_number_of_statements(self, signed_in: Client) -> None:
        make_council(1)
        district = ask(cost_growth.KPI, Scope(DAY, {"by": "district"})).rows[0].key
        figures = ({}, {"kpi": "cost_growth", "kpi_key": "cost", "kpi_row": district})

        def statements() -> int:
            for given in figures:
                expects(**given)
                expects(**given, expected_change=None, expected_from=None, lever="REDUCE_DEMAND")
            with CaptureQueriesContext(connection) as found:
                assert signed_in.get("/programme/", {"as_at": DAY.isoformat()}).status_code == 200
            return len(found)

        statements()  # warms what a process keeps
        assert statements() == statements()


@pytest.mark.django_db
@pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])
def test_every_number_that_can_be_named_can_be_measured(kpi: Kpi[Any, Any]) -> None:
    make_council(2)
    headline = ask(kpi, Scope(DAY)).headline
    for name, key in kpi.keys.headline.items():
        if key.kind.is_number and not key.by_code:
            known = found(expects(kpi=kpi.slug, kpi_key=name))
            number = getattr(headline, name)
            assert known.now == (None if number is None else pytest.approx(Decimal(str(number))))
            assert known.sentence.endswith(".")
            assert known.chart.categories
            assert len(list(known.table.rows)) == 3
