"""Starts and ends of INMSS placements, against a second calculation and by hand."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from placements import services
from placements.kpis import ehcp_share, placement_flow
from placements.kpis.placement_flow import KPI, Headline, Row
from placements.models import Placement
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.kpi.definition import Result
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import year_before
from tests.factories import (
    make_case,
    make_child,
    make_decision,
    make_expected,
    make_placement,
    make_plan,
    make_school,
    make_user,
)
from tests.kpis import second_calculation
from tests.kpis.checks import assert_outputs_agree, assert_same, values
from tests.kpis.random_council import AS_AT_DAYS, DAYS

DAY = date(2019, 3, 31)


def ask(day: date = DAY) -> Result[Headline, Row]:
    return placement_flow.query(Scope(day))


def born(birthday: date) -> Placement:
    """An open INMSS placement of a young person born on the day."""
    return make_placement(plan=make_plan(child=make_child(date_of_birth=birthday)))


def test_equals_second_calculation(council: second_calculation.Records) -> None:
    for day in AS_AT_DAYS:
        result = ask(day)
        assert_same(result, second_calculation.placement_flow(council, day))
        assert_outputs_agree(KPI, result)


def test_number_open_is_that_of_the_year_before_with_starts_less_ends(
    council: second_calculation.Records,
) -> None:
    inmss = Placement.objects.in_provision(Provision.INMSS)
    for day in DAYS:
        now, before = ask(day).headline, year_before(day)
        open_on = inmss.count_on([before, day])
        assert open_on[day] == open_on[before] + now.starts - now.ends
        assert now.open == open_on[day]


def test_each_month_explains_the_change_of_children_in_inmss(council: second_calculation.Records) -> None:
    """The rows carry the month ends of ehcp_share from one to the next."""
    for day in (date(2016, 3, 31), DAY):
        *_, before = [row.inmss_children for row in ehcp_share.query(Scope(year_before(day))).rows]
        after = [row.inmss_children for row in ehcp_share.query(Scope(day)).rows[-12:]]
        changes = [now - then for then, now in zip([before, *after[:-1]], after, strict=True)]
        assert [row.net for row in ask(day).rows] == changes


@pytest.mark.django_db
class TestWorkedExample:
    """A child stays, one comes by order of the tribunal, one leaves in August, one's plan ceases, one moves."""

    @pytest.fixture(autouse=True)
    def records(self) -> None:
        long_ago = date(2015, 9, 1)
        make_placement(starts_on=long_ago)
        make_placement(starts_on=date(2018, 9, 3), route="TRIBUNAL_ORDERED")
        make_placement(starts_on=long_ago, ends_on=date(2018, 8, 31))
        make_placement(starts_on=long_ago, plan=make_plan(ceased_on=date(2018, 12, 14)))
        moves = make_plan()
        make_placement(starts_on=long_ago, plan=moves, ends_on=date(2019, 1, 6))
        make_placement(starts_on=date(2019, 1, 7), plan=moves, route="PANEL")
        make_placement(starts_on=date(2018, 9, 3), school=make_school(sector="STATE_SPECIAL"))

    def test_headline(self) -> None:
        assert ask().headline == Headline(starts=2, ends=3, net=-1, leavers_due=0, open=3)

    def test_rows(self) -> None:
        rows = {row.month: (row.inmss_starts, row.inmss_ends, row.net) for row in ask().rows}
        assert len(rows) == 12
        assert {month: counts for month, counts in rows.items() if any(counts)} == {
            "2018-09": (1, 1, 0),
            "2018-12": (0, 1, -1),
            "2019-01": (1, 1, 0),
        }

    def test_starts_by_route_include_those_without_a_start(self) -> None:
        september = next(row for row in ask().rows if row.month == "2018-09")
        assert september.by_route == dict.fromkeys(second_calculation.ROUTES, 0) | {"TRIBUNAL_ORDERED": 1}

    def test_a_change_of_attendance_is_neither_start_nor_end(self) -> None:
        before = ask()
        stays = Placement.objects.filter(ends_on=None, starts_on=date(2015, 9, 1)).order_by("pk").first()
        assert stays
        services.change_attendance(
            by=make_user(),
            placement=stays,
            placement_id="P2",
            starts_on=date(2019, 2, 1),
            attendance="RESIDENTIAL",
            weeks_per_year=52,
        )
        assert (ask().headline, ask().rows) == (before.headline, before.rows)
        residential = placement_flow.query(Scope(DAY, {"attendance": "RESIDENTIAL"})).headline
        assert (residential.starts, residential.open) == (1, 1), "among residential placements it is a start"

    def test_sentence(self) -> None:
        assert KPI.sentence(ask()) == (
            "2 placements in independent or non-maintained special schools started and 3 ended in the 12 months to "
            "31 March 2019, so 3 are open, 1 fewer than a year earlier. 0 of these are of young people who reach "
            "the end of year 11 or 14, or age 25, by 31 August 2019."
        )

    def test_table_tells_the_routes_in_words(self) -> None:
        table = KPI.table(ask().rows)
        told = {row.get_cell("month"): row.get_cell("by_route") for row in table.rows}
        assert told["Sep 2018"] == "Ordered by the tribunal 1"
        assert told["Oct 2018"] == "none"

    def test_chart_shows_the_rows(self) -> None:
        chart, rows = KPI.chart(ask()), ask().rows
        assert list(chart.categories)[-1] == "2019-03-31"
        assert values(chart, 0) == [row.inmss_starts for row in rows]
        assert values(chart, 1) == [row.inmss_ends for row in rows]


@pytest.mark.django_db
class TestBoundaries:
    def test_start_on_the_first_and_the_last_day_counts(self) -> None:
        for starts_on in (date(2018, 3, 31), date(2018, 4, 1), DAY, date(2019, 4, 1)):
            make_placement(starts_on=starts_on)
        assert ask().headline.starts == 2

    def test_end_counts_on_the_day_after_the_last(self) -> None:
        for ends_on in (date(2018, 3, 30), date(2018, 3, 31), date(2019, 3, 30), DAY):
            make_placement(starts_on=date(2015, 9, 1), ends_on=ends_on)
        assert (ask().headline.ends, ask().headline.open) == (2, 1)

    def test_placement_without_a_day_under_its_plan_never_started(self) -> None:
        make_placement(plan=make_plan(ceased_on=date(2018, 5, 1)), starts_on=date(2018, 5, 1))
        make_placement(plan=make_plan(issued_on=DAY), starts_on=date(2018, 5, 1), ends_on=date(2019, 3, 30))
        assert ask().headline == Headline(0, 0, 0, 0, 0)

    def test_placement_before_its_plan_starts_with_the_plan(self) -> None:
        make_placement(plan=make_plan(issued_on=date(2018, 6, 1)), starts_on=date(2018, 1, 1))
        assert [row.month for row in ask().rows if row.inmss_starts] == ["2018-06"]

    @pytest.mark.parametrize(
        ("day", "first", "months", "run"),
        [
            (DAY, "2018-04", 12, None),
            (date(2018, 9, 15), "2017-09", 13, "from 16 September 2017 to 15 September 2018"),
            (date(2020, 2, 29), "2019-03", 12, None),
            (date(2021, 2, 28), "2020-03", 12, None),
            (date(2021, 2, 27), "2020-02", 13, "from 28 February 2020 to 27 February 2021"),
        ],
    )
    def test_months_of_the_12_months(self, day: date, first: str, months: int, run: str | None) -> None:
        result = ask(day)
        assert (result.rows[0].month, len(result.rows)) == (first, months)
        assert result.rows[-1].month == f"{day:%Y-%m}"
        assert all(run is not None and run in caveat for caveat in result.caveats)
        assert bool(result.caveats) == (run is not None)


@pytest.mark.django_db
class TestLeaversDue:
    @pytest.mark.parametrize(
        ("birthday", "due"),
        [
            (date(2002, 8, 31), 0),  # year 12 in 2018-19
            (date(2002, 9, 1), 1),  # year 11
            (date(2003, 8, 31), 1),
            (date(2003, 9, 1), 0),  # year 10
            (date(1999, 8, 31), 0),  # year 15
            (date(1999, 9, 1), 1),  # year 14
            (date(2000, 8, 31), 1),
            (date(2000, 9, 1), 0),  # year 13
            (date(1994, 8, 31), 1),  # 25 on 31 August 2019
            (date(1994, 9, 1), 0),
        ],
    )
    def test_ages(self, birthday: date, due: int) -> None:
        born(birthday)
        assert ask().headline.leavers_due == due

    def test_next_31_august_is_the_day_itself_on_that_day(self) -> None:
        born(date(2003, 8, 31))
        last = date(2019, 8, 31)
        assert "by 31 August 2019" in KPI.sentence(ask(last))
        assert [ask(day).headline.leavers_due for day in (last, last + timedelta(days=1))] == [1, 0]

    def test_only_open_placements_in_inmss(self) -> None:
        child = make_child(date_of_birth=date(2003, 1, 1))
        make_placement(plan=make_plan(child=child), school=make_school(sector="STATE_SPECIAL"))
        make_placement(
            plan=make_plan(child=make_child(date_of_birth=date(2003, 1, 1))), ends_on=date(2019, 3, 30)
        )
        assert ask().headline.leavers_due == 0


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(1900, 1, 1), DAY, date(2199, 12, 31)])
def test_no_data(day: date) -> None:
    result = ask(day)
    assert result.headline == Headline(0, 0, 0, 0, 0)
    assert KPI.sentence(result).startswith("No placement in independent or non-maintained special schools ")
    assert_outputs_agree(KPI, result)


@pytest.mark.django_db
def test_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(2):
        ask()


@pytest.mark.django_db
class TestListOfLeavers:
    """Year group, why due and the next step of each, on the page and in the file."""

    ADDRESS = "/kpis/placement_flow/records/leavers_due.csv?as_at=2019-03-31"

    def leavers(self, signed_in: Client) -> dict[str, tuple[str, str, str]]:
        found = b"".join(signed_in.get(self.ADDRESS).streaming_content).decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(found))
        return {row["placement"]: (row["year_group"], row["why_due"], row["next_step"]) for row in rows}

    def test_says_what_comes_next(self, signed_in: Client) -> None:
        def leaver(key: str, birthday: date) -> Placement:
            return make_placement(placement_id=key, plan=make_plan(child=make_child(date_of_birth=birthday)))

        leaver("P1", date(2003, 1, 1))
        placed = leaver("P2", date(2000, 1, 1))
        Placement.objects.filter(pk="P2").update(ends_on=date(2019, 8, 31))
        make_placement(plan=placed.plan, starts_on=date(2019, 9, 1))
        agreed = leaver("P3", date(2003, 1, 1))
        case = make_case(child=agreed.plan.child)
        make_expected(decision=make_decision(case=case, outcome="AGREED"))
        requested = leaver("P4", date(1994, 3, 1))
        make_case(child=requested.plan.child)
        assert self.leavers(signed_in) == {
            "P1": ("11", "YEAR_11", "NONE"),
            "P2": ("14", "YEAR_14", "PLACED"),
            "P3": ("11", "YEAR_11", "AGREED"),
            "P4": ("20", "AGE_25", "REQUESTED"),
        }
        page = signed_in.get(self.ADDRESS.replace(".csv", "/")).content.decode()
        for told in ("Year 11", "End of year 14", "Age 25", "Place agreed, not started", "None recorded"):
            assert told in page
