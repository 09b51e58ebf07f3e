"""Figures before and after an event: each month beside the same month a year earlier, calculated twice."""

from datetime import date, timedelta
from html import unescape
from random import Random

import pytest
from django.test import Client

from placements.models import Assessment
from sen_dashboard.core.kpi.definition import ask
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import Month
from sen_dashboard.kpis import KPIS, find
from sen_dashboard.programme.pages.before_and_after import REVIEW, compared, first_after, offered
from sen_dashboard.programme.pages.figures import BETWEEN, Figures
from tests.factories import make_assessment, make_child, make_event, make_posting
from tests.kpis.random_council import make_council

pytestmark = pytest.mark.django_db
FIGURES = Figures(KPIS)


def make_requests(seed: int) -> None:
    """Some 300 requests for an assessment over three years."""
    random = Random(seed)
    for _ in range(300):
        day = date(2018, 1, 1) + timedelta(days=random.randrange(1100))
        make_assessment(child=make_child(), requested_on=day)


def months(first: tuple[int, int], number: int) -> list[tuple[int, int]]:
    year, month = first
    return [(year + (month - 1 + n) // 12, (month - 1 + n) % 12 + 1) for n in range(number)]


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2019, 4, 29), "2019-05"),
        (date(2019, 5, 1), "2019-05"),
        (date(2018, 12, 31), "2019-01"),
        (date(2019, 5, 2), "2019-06"),
    ],
)
def test_the_first_month_after_lies_wholly_after(day: date, first: str) -> None:
    assert str(first_after(day)) == first


@pytest.mark.parametrize("seed", range(3))
def test_months_equal_a_second_calculation(seed: int) -> None:
    make_requests(seed)
    event = make_event(day=date(2019, 4, 29))
    found = compared(find("requests"), "received", "Requests", event, date(2020, 1, 31), is_monthly=True)
    received = [(a.requested_on.year, a.requested_on.month) for a in Assessment.objects.all()]
    before = [received.count(month) for month in months((2018, 5), 12)]
    after = [received.count(month) for month in months((2019, 5), 9)]
    assert [pair.before for pair in found.pairs] == before
    assert [pair.after for pair in found.pairs] == [*after, None, None, None]
    assert [pair.month for pair in found.pairs][:3] == ["May", "June", "July"]
    one, other = found.chart.series
    assert (one.values, other.values) == (tuple(before), (*after, None, None, None))
    assert f"Over 9 months in total: {sum(after)}, and {sum(before[:9])} a year earlier." in found.sentence


def test_a_number_of_a_day_is_that_of_the_ends_of_months() -> None:
    make_council(1)
    event, kpi = make_event(day=date(2018, 5, 1)), find("ehcp_share")
    found = compared(kpi, "plans", "Plans", event, date(2019, 3, 31), is_monthly=False)
    for n, pair in enumerate(found.pairs):
        then, now = Month(2017, 5).plus(n).end, Month(2018, 5).plus(n).end
        assert pair.before == ask(kpi, Scope(then)).headline.plans
        assert pair.after == (ask(kpi, Scope(now)).headline.plans if now <= date(2019, 3, 31) else None)


def test_months_of_a_financial_year_are_read_from_as_many_years_as_there_are() -> None:
    for number, month in enumerate(months((2017, 9), 24), 1):
        make_posting(month=date(*month, 1), amount=1000 * number)
    found = compared(
        find("outturn_vs_forecast"),
        "actual",
        "Spent",
        make_event(day=date(2018, 9, 1)),
        date(2019, 8, 31),
        is_monthly=True,
    )
    assert [pair.before for pair in found.pairs] == [1000 * n for n in range(1, 13)]
    assert [pair.after for pair in found.pairs] == [1000 * n for n in range(13, 25)]


def test_lines_of_the_year_so_far_have_a_gap_before_april() -> None:
    for month in months((2017, 4), 29):
        make_posting(month=date(*month, 1), amount=1000)
    found = compared(
        find("outturn_vs_forecast"),
        "outturn",
        "Spent",
        make_event(day=date(2018, 9, 1)),
        date(2019, 8, 31),
        is_monthly=False,
    )
    so_far = tuple(1000 * n for n in (6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5))
    assert [(pair.before, pair.after) for pair in found.pairs] == [(spent, spent) for spent in so_far]
    assert found.chart.categories[6:9] == ("Mar", "", "Apr")
    assert [series.values for series in found.chart.series] == [(*so_far[:7], None, *so_far[7:])] * 2


def test_every_figure_that_is_offered_can_be_compared() -> None:
    make_council(3)
    event = make_event(day=date(2018, 9, 1))
    choices = offered(KPIS, FIGURES)
    assert set(REVIEW) <= choices.keys()
    assert {slug.split(BETWEEN)[0] for slug in choices} == {kpi.slug for kpi in KPIS}
    for named, words in choices.items():
        slug, name, *month = named.split(BETWEEN)
        found = compared(find(slug), name, words, event, date(2018, 11, 30), is_monthly=bool(month))
        assert len(found.pairs) == 12
        assert found.sentence.endswith(".")
        assert len(list(found.table.rows)) == 12


class TestPage:
    ADDRESS = "/events/E1/before-and-after/"

    def page(self, client: Client, status: int = 200, **query: str) -> str:
        make_event(event_id="E1", day=date(2019, 4, 29))
        response = client.get(self.ADDRESS, {"as_at": "2019-06-30"} | query)
        assert response.status_code == status
        return unescape(response.content.decode())

    def test_shows_what_the_service_review_is_to_change(self, signed_in: Client) -> None:
        make_requests(1)
        page = self.page(signed_in)
        titles = [part.split("</h2>")[0].split(">")[-1] for part in page.split('class="group-heading"')[1:]]
        assert titles == [
            "Plans issued within 20 weeks: Share, in each month",
            "Requests for an assessment: Requests received, in each month",
            "Requests for an assessment: Requests refused, in each month",
            "Plans issued within 20 weeks: Assessments open",
        ]
        assert "A difference does not prove that the event caused it" in page

    def test_shows_any_figure_that_is_chosen(self, signed_in: Client) -> None:
        page = self.page(signed_in, figure="need_mix:children")
        assert page.count('class="group-heading"') == 1
        assert 'value="need_mix:children" selected' in page

    @pytest.mark.parametrize("figure", ["nothing", "requests:nothing", "requests:received:year", "x" * 200])
    def test_a_figure_that_is_none_is_refused(self, signed_in: Client, figure: str) -> None:
        page = self.page(signed_in, 400, figure=figure)
        assert "Choose one of the figures of the list." in page
        assert 'value="2019-06-30"' in page

    def test_an_event_that_is_none_is_not_found(self, signed_in: Client) -> None:
        assert signed_in.get("/events/none/before-and-after/").status_code == 404
