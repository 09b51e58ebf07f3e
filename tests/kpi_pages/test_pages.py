"""The pages and files: who may see them, what they show, and how many statements they take."""

import csv
import io
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from placements.as_at import default_as_at, month_end_after, month_end_before
from placements.scope_form import context as scope_context
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core import formats
from sen_dashboard.core.charts.layout.value import NARROW, WIDE
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Goal, Group, Kpi, ask
from sen_dashboard.core.kpi.scope import EARLIEST, LATEST, Scope
from sen_dashboard.core.kpi.status import Standing, direction, judge
from sen_dashboard.exports.downloads import of_kpi, to_csv
from sen_dashboard.kpis import KPIS, find
from sen_dashboard.programme.models import Status
from sen_dashboard.reports.states import State
from tests.factories import (
    make_action,
    make_case,
    make_cost_line,
    make_event,
    make_placement,
    make_places,
    make_plan,
    make_posting,
    make_school,
    make_user,
)
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.reports.made import make_report

every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])
pytestmark = pytest.mark.django_db

DAY = date(2019, 3, 31)
MOST_STATEMENTS = 16
MOST_OF_THE_OVERVIEW = 120  # each KPI on the day, a month and a year earlier, and half a year earlier
SITE_MAP = ["/", "/events/", *(f"/kpis/{kpi.slug}{end}" for kpi in KPIS for end in ("/", ".json", ".csv"))]

StatementLimit = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def two_schools() -> None:
    """Two children placed since April 2018, one dearer than the other, and the ledger of March 2019."""
    make_posting(month=date(2019, 3, 1))
    for name, amount in (("Ash School", 40_000), ("Beech School", 30_000)):
        placement = make_placement(school=make_school(name=name))
        make_cost_line(placement=placement, annual_amount=amount)


def words(response: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def in_columns(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the JSON as the CSV has it: values under one key take a column each."""
    columns = {}
    for key, value in row.items():
        parts = (
            {f"{key}.{name}": part for name, part in value.items()}
            if isinstance(value, dict)
            else {key: value}
        )
        columns |= parts
    return columns


class TestSignIn:
    @pytest.mark.parametrize("address", SITE_MAP)
    def test_nobody_sees_anything(self, client: Client, address: str) -> None:
        response = client.get(address)
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('sign_in')}?next={address}"

    def test_leads_to_the_page_asked_for(self, client: Client) -> None:
        User.objects.create_user("officer", password="a long enough phrase")
        given = {"username": "officer", "password": "a long enough phrase", "next": "/kpis/capacity/"}
        assert client.post(reverse("sign_in"), given)["Location"] == "/kpis/capacity/"

    def test_leads_nowhere_else(self, client: Client) -> None:
        User.objects.create_user("officer", password="a long enough phrase")
        given = {
            "username": "officer",
            "password": "a long enough phrase",
            "next": "https://elsewhere.example/",
        }
        assert client.post(reverse("sign_in"), given)["Location"] == reverse("overview")

    def test_says_what_is_wrong_and_keeps_the_name(self, client: Client) -> None:
        response = client.post(reverse("sign_in"), {"username": "officer", "password": "wrong password"})
        assert "There is a problem" in words(response)
        assert 'value="officer"' in response.content.decode()
        assert "wrong password" not in response.content.decode()

    def test_missing_name_is_said_at_the_field(self, client: Client) -> None:
        page = client.post(reverse("sign_in"), {"username": "", "password": "x"}).content.decode()
        assert 'id="id_username-error"' in page

    def test_sign_out_takes_a_button_not_a_link(self, signed_in: Client) -> None:
        assert signed_in.get(reverse("sign_out")).status_code == 405
        assert signed_in.post(reverse("sign_out"))["Location"] == reverse("sign_in")
        assert signed_in.get("/").status_code == 302

    def test_demonstration_says_so(self, client: Client) -> None:
        demonstration = make_user(Role.PANEL_CLERK, username="clerk", is_demonstration=True)
        assert "This is a demonstration." in words(client.get(reverse("sign_in")))
        client.force_login(demonstration)
        assert "Demonstration council, fictional records" in words(client.get("/"))

    def test_council_has_its_name_on_every_page(self, signed_in: Client, settings: Any) -> None:
        settings.COUNCIL_NAME = "Kent County Council"
        assert "Kent County Council" in words(signed_in.get("/"))


class TestOverview:
    def test_empty_store_says_what_is_missing(self, signed_in: Client) -> None:
        page = words(signed_in.get("/"))
        assert "No records yet" in page
        assert "python manage.py import_dataset FOLDER" in page
        assert f"{formats.day(localdate())} is today, because the ledger has no postings." in page

    @pytest.mark.usefixtures("two_schools")
    def test_has_every_kpi_in_the_programmes_order(self, signed_in: Client) -> None:
        page = signed_in.get("/").content.decode()
        places = [page.index(f'tile__title"><a class="govuk-link" href="/kpis/{kpi.slug}/"') for kpi in KPIS]
        groups = [
            page.index(f'id="{name}-figures"') for name in ("money", "placements", "panel", "provision")
        ]
        assert groups == sorted(groups)
        for kpi, place in zip(KPIS, places, strict=True):
            heading = page.index(f'id="{kpi.group.slug}-figures"')
            assert page.rindex('<h2 class="group-heading"', 0, place) == page.rindex("<h2", 0, heading)
        assert "No records yet" not in page

    @pytest.mark.usefixtures("two_schools")
    def test_shows_the_headline_with_its_counts(self, signed_in: Client) -> None:
        page = words(signed_in.get("/"))
        fact = find("ehcp_share").facts(find("ehcp_share").query(Scope(DAY)))[0]
        assert f"{fact.short} {fact.label}: {fact.raw}" in page
        assert "As at 31 March 2019 · all districts · all needs" in page
        assert "31 March 2019 is the end of the last month posted to the ledger." in page

    def test_takes_the_same_statements_whatever_the_records(
        self, signed_in: Client, django_assert_max_num_queries: StatementLimit
    ) -> None:
        make_council(0)
        make_panel(0)
        with django_assert_max_num_queries(MOST_OF_THE_OVERVIEW):
            signed_in.get("/?as_at=2019-03-31")

    def test_takes_the_shared_filters_where_a_kpi_allows_them(self, signed_in: Client) -> None:
        make_council(0)
        make_panel(0)
        """Need and sector as the panels and placements have them: capacity's need is one that places are for."""
        chosen = {
            "need": "Primary need: Autistic spectrum disorder",
            "sector": "Sector: Independent special school",
        }
        page = words(signed_in.get("/?as_at=2019-03-31&need=ASD&sector=INDEPENDENT_SPECIAL"))
        assert f"Filtered {'; '.join(chosen.values())}. This is not the published figure." in page
        for kpi in KPIS:
            names = [f.name for f in kpi.filters if f.name in chosen and kpi.slug != "capacity"]
            values = {name: {"need": "ASD", "sector": "INDEPENDENT_SPECIAL"}[name] for name in names}
            fact = kpi.facts(ask(kpi, Scope(DAY, values)))[0]
            told = "; ".join(chosen[name] for name in chosen if name in names)
            marked = f"Filtered {told}" if told else "Whole council: these filters do not apply"
            assert f"{kpi.title} {marked} {fact.short}" in page

    def test_says_what_moved_most_since_the_month_before(self, signed_in: Client) -> None:
        """One INMSS placement of three started in March, of as many plans."""
        make_posting(month=date(2019, 3, 1))
        for starts_on in (date(2018, 4, 1), date(2018, 5, 1), date(2019, 3, 4)):
            make_placement(plan=make_plan(issued_on=date(2018, 4, 1)), starts_on=starts_on)
        page = words(signed_in.get("/"))
        assert "What changed since 28 February 2019" in page
        assert (
            "INMSS share of EHC plans rose from 66.7% to 100.0% (3 of 3 plans); children in INMSS rose by 1 to 3."
            in page
        )

    def test_movements_leave_out_changes(self, signed_in: Client) -> None:
        """Plans grow from 100 to 101, INMSS children from 1 to 2: told of the share, and not again of the flow."""
        make_posting(month=date(2019, 3, 1))
        for number in range(100):
            plan = make_plan(issued_on=date(2018, 1, 1))
            if number == 0:
                make_placement(plan=plan, starts_on=date(2018, 1, 1))
        make_placement(plan=make_plan(issued_on=date(2019, 3, 5)), starts_on=date(2019, 3, 5))
        page = words(signed_in.get("/")).split("What changed since")[1].split("Money")[0]
        assert "INMSS share of EHC plans rose from 1.0% to 2.0%" in page
        assert "Net change" not in page

    def test_keeps_the_day_on_the_way_to_a_kpi(self, signed_in: Client) -> None:
        page = signed_in.get("/?as_at=2018-03-31").content.decode()
        assert 'href="/kpis/capacity/?as_at=2018-03-31"' in page

    def test_wrong_day_is_said_and_kept(self, signed_in: Client) -> None:
        response = signed_in.get("/?as_at=31/03/2019")
        assert response.status_code == 400
        assert (
            words(response).count("“31/03/2019” is not a date such as 2019-03-31.") == 2
        )  # on top, at the field
        assert 'value="31/03/2019"' in response.content.decode()
        assert "tile__figure" not in response.content.decode()


class TestForToday:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """A case whose papers are wanted, a late action of a manager's, a draft, and months of postings."""
        make_posting(month=date(2019, 3, 1))
        make_case()
        make_action(Status.ON_TRACK, due_on=date(2019, 3, 15), owner="Head of SEN")
        make_report(state=State.DRAFT)

    @pytest.mark.parametrize(
        ("role", "waiting"),
        [
            (Role.PANEL_CLERK, ["1 case: awaiting papers"]),
            (
                Role.MANAGER,
                [
                    "1 action late or due within 28 days, Manager",
                    "Report of March 2019: to comment on and approve",
                ],
            ),
            (Role.FINANCE, ["March 2019 is still open"]),
            (Role.AUDITOR, []),
        ],
    )
    def test_what_waits_for_the_role(self, client: Client, role: Role, waiting: list[str]) -> None:
        client.force_login(make_user(role))
        page = client.get("/").content.decode()
        section = page.split('id="for-today"')[1].split("</section>")[0]
        links = re.findall(r'href="([^"]+)">([^<]+)<', section)
        assert [text for _, text in links] == waiting
        assert ("Nothing is waiting for you." in section) == (not waiting)
        assert all(client.get(unescape(address)).status_code == 200 for address, _ in links)


@pytest.mark.parametrize("group", [group for group in Group if group is not Group.PROGRAMME])
class TestGroup:
    def test_has_its_kpis_with_answer_and_chart(self, signed_in: Client, group: Group) -> None:
        make_council(0)
        make_panel(0)
        response = signed_in.get(f"/figures/{group.slug}/?as_at=2019-03-31")
        page = response.content.decode()
        of_group = [kpi for kpi in KPIS if kpi.group is group]
        assert re.findall(r'<h2 class="group-heading" id="(\w+)-name">', page) == [
            kpi.slug for kpi in of_group
        ]
        for kpi in of_group:
            assert kpi.sentence(ask(kpi, Scope(DAY))) in words(response)
            described = f'aria-labelledby="{kpi.slug}-title" aria-describedby="{kpi.slug}-answer"'
            assert (described in page) == (kpi.draw(ask(kpi, Scope(DAY))) is not None)
        assert f'aria-current="true">{group.value}</a>' in page

    def test_wrong_day_is_said_and_kept(self, signed_in: Client, group: Group) -> None:
        response = signed_in.get(f"/figures/{group.slug}/?as_at=31/03/2019")
        assert response.status_code == 400
        assert words(response).count("“31/03/2019” is not a date such as 2019-03-31.") == 2
        assert "side-by-side__answer" not in response.content.decode()


class TestStanding:
    @pytest.mark.parametrize(
        ("better", "value", "expected"),
        [
            (Better.LOWER, 9.0, Standing.TARGET_MET),
            (Better.LOWER, 9.1, Standing.WITHIN_LIMIT),
            (Better.LOWER, 9.6, Standing.OUTSIDE_LIMIT),
            (Better.LOWER, None, Standing.FOR_INFORMATION),
            (Better.HIGHER, 9.0, Standing.TARGET_MET),
            (Better.HIGHER, 8.9, Standing.OUTSIDE_LIMIT),
        ],
    )
    def test_follows_the_polarity(self, better: Better, value: float | None, expected: Standing) -> None:
        goal = Goal(9.0, 9.5, "For the test.")
        assert judge(better, Fact("INMSS share", value, Kind.PERCENT), goal) is expected

    def test_without_a_goal_it_is_for_information(self) -> None:
        assert judge(Better.NEITHER, Fact("Share", 1.0, Kind.PERCENT), None) is Standing.FOR_INFORMATION

    @pytest.mark.parametrize(
        "kpi", [kpi for kpi in KPIS if kpi.better is Better.NEITHER], ids=lambda kpi: kpi.slug
    )
    def test_what_is_for_information_has_no_goal(self, kpi: Kpi[Any, Any]) -> None:
        assert kpi.goal(ask(kpi, Scope(DAY))) is None


class TestDirection:
    @pytest.mark.parametrize(
        ("better", "now", "before", "arrow", "verdict"),
        [
            (Better.LOWER, 8.0, 7.0, "▲", "worse"),
            (Better.LOWER, 6.0, 7.0, "▼", "better"),
            (Better.HIGHER, 8.0, 7.0, "▲", "better"),
            (Better.NEITHER, 8.0, 7.0, "▲", ""),
            (Better.LOWER, 7.01, 7.0, "=", ""),
            (Better.LOWER, 7.0, None, "", ""),
        ],
    )
    def test_follows_the_polarity(
        self, better: Better, now: float, before: float | None, arrow: str, verdict: str
    ) -> None:
        now_and_before = (Fact("INMSS share", value, Kind.PERCENT) for value in (now, before))
        found = direction(better, *now_and_before)
        assert (found.arrow, found.verdict) == (arrow, verdict)
        assert found.words


@every_kpi
class TestEveryKpi:
    def test_page_of_an_empty_store(self, signed_in: Client, kpi: Kpi[Any, Any]) -> None:
        response = signed_in.get(f"/kpis/{kpi.slug}/?as_at=2019-03-31")
        page, result = words(response), ask(kpi, Scope(DAY))
        assert response.status_code == 200
        assert kpi.question in page
        assert kpi.sentence(result) in page
        if kpi.facts(result)[0].value is None:
            assert f"{kpi.facts(result)[0].label} {formats.NOT_AVAILABLE}" in page
            assert "There is no figure for this day" in page
        else:
            assert "No records to show." in page or result.rows

    @pytest.mark.usefixtures("two_schools")
    def test_page_answers(self, signed_in: Client, kpi: Kpi[Any, Any]) -> None:
        page = words(signed_in.get(f"/kpis/{kpi.slug}/"))
        result = ask(kpi, Scope(DAY))
        for said in (
            kpi.sentence(result),
            kpi.caption(result),
            kpi.numerator,
            kpi.left_out,
            kpi.better.value,
        ):
            assert said in page
        for fact in kpi.facts(result):
            assert f"{fact.label} {fact.text}" in page
        assert "As at 31 March 2019 ·" in page or not kpi.filters
        assert "31 March 2019 is the end of the last month posted to the ledger." in page

    @pytest.mark.usefixtures("two_schools")
    def test_page_takes_few_statements(
        self, signed_in: Client, kpi: Kpi[Any, Any], django_assert_max_num_queries: StatementLimit
    ) -> None:
        with django_assert_max_num_queries(MOST_STATEMENTS):
            signed_in.get(f"/kpis/{kpi.slug}/")

    def test_wrong_scope_is_said_at_each_field(self, signed_in: Client, kpi: Kpi[Any, Any]) -> None:
        response = signed_in.get(f"/kpis/{kpi.slug}/?as_at=2019-02-29")
        page = response.content.decode()
        assert response.status_code == 400
        assert words(response).count("“2019-02-29” is not a date such as 2019-03-31.") == 2
        assert 'type="text" value="2019-02-29"' in " ".join(page.split())
        assert 'id="answer"' not in page
        assert 'class="facts"' not in page
        assert "<title>Error: " in page

    def test_files_refuse_a_wrong_scope(self, signed_in: Client, kpi: Kpi[Any, Any]) -> None:
        as_json = signed_in.get(f"/kpis/{kpi.slug}.json?as_at=soon")
        assert (as_json.status_code, list(as_json.json()["errors"])) == (400, ["as_at"])
        as_csv = signed_in.get(f"/kpis/{kpi.slug}.csv?as_at=soon")
        assert (as_csv.status_code, as_csv["Content-Type"]) == (400, "text/plain; charset=utf-8")
        assert as_csv.content.decode() == "“soon” is not a date such as 2019-03-31."

    @pytest.mark.usefixtures("two_schools")
    def test_files_hold_the_result(self, signed_in: Client, kpi: Kpi[Any, Any]) -> None:
        result = ask(kpi, Scope(DAY))
        as_json = signed_in.get(f"/kpis/{kpi.slug}.json?as_at=2019-03-31").json()
        assert as_json == json.loads(json.dumps(kpi.data(result)))
        as_csv = signed_in.get(f"/kpis/{kpi.slug}.csv?as_at=2019-03-31")
        assert as_csv["Content-Disposition"] == f'attachment; filename="{kpi.slug}-2019-03-31.csv"'
        head, *rows = csv.reader(io.StringIO(as_csv.getvalue().decode("utf-8-sig")))
        published = [in_columns(row) for row in kpi.data(result)["rows"]]
        assert head == (list(published[0]) if published else list(kpi.row_keys))
        assert rows == [["" if v is None else str(v) for v in row.values()] for row in published]

    def test_csv_of_nothing_still_names_its_columns(self, signed_in: Client, kpi: Kpi[Any, Any]) -> None:
        content = signed_in.get(f"/kpis/{kpi.slug}.csv?as_at=1950-01-01").getvalue().decode("utf-8-sig")
        head = content.splitlines()[0].split(",")
        assert list(dict.fromkeys(name.partition(".")[0] for name in head)) == list(kpi.row_keys)

    @pytest.mark.usefixtures("two_schools")
    def test_every_column_sorts_and_keeps_the_scope(self, signed_in: Client, kpi: Kpi[Any, Any]) -> None:
        page = unescape(signed_in.get(f"/kpis/{kpi.slug}/?as_at=2019-03-31").content.decode())
        links = re.findall(r'href="(\?[^"]*sort=[^"]*)#table"', page)
        columns = [c for c in kpi.table(()).columns if c.orderable]
        assert len(links) == len(columns)
        for link in links:
            assert "as_at=2019-03-31" in link
            sorted_page = signed_in.get(f"/kpis/{kpi.slug}/{link}")
            assert sorted_page.content.decode().count('aria-sort="ascending"') == 1


class TestKpiPage:
    def test_unknown_kpi_is_not_found(self, signed_in: Client) -> None:
        assert signed_in.get("/kpis/no_such/").status_code == 404
        assert signed_in.get("/kpis/no_such.json").status_code == 404

    @pytest.mark.usefixtures("two_schools")
    def test_sorting_turns_round(self, signed_in: Client) -> None:
        page = signed_in.get("/kpis/provider_concentration/?sort=-school").content.decode()
        assert page.index("Beech School</a></th>") < page.index("Ash School</a></th>")
        assert 'aria-sort="descending"' in page
        page = signed_in.get("/kpis/provider_concentration/?sort=school").content.decode()
        assert page.index("Ash School</a></th>") < page.index("Beech School</a></th>")

    def test_sorting_by_what_is_no_column_changes_nothing(self, signed_in: Client) -> None:
        response = signed_in.get("/kpis/provider_concentration/?sort=password")
        assert response.status_code == 200
        assert "aria-sort" not in response.content.decode()

    @pytest.mark.usefixtures("two_schools")
    def test_downloads_and_steps_keep_the_scope(self, signed_in: Client) -> None:
        page = unescape(signed_in.get("/kpis/provider_concentration/?top=1&sort=school").content.decode())
        assert 'href="/kpis/provider_concentration.csv?top=1&sort=school&as_at=2019-03-31"' in page
        assert 'href="/kpis/provider_concentration.json?top=1&sort=school&as_at=2019-03-31"' in page
        assert 'rel="prev" href="?top=1&sort=school&as_at=2019-02-28"' in page
        assert 'rel="next" href="?top=1&sort=school&as_at=2019-04-30"' in page

    def test_filters_show_what_is_meant(self, signed_in: Client) -> None:
        page = " ".join(signed_in.get("/kpis/cost_per_need_type/").content.decode().split())
        assert '<option value="DAY" selected' in page
        page = signed_in.get("/kpis/provider_concentration/?top=5").content.decode()
        assert 'value="5"' in page

    def test_wrong_filter_loses_nothing_typed(self, signed_in: Client) -> None:
        response = signed_in.get('/kpis/provider_concentration/?as_at=2018-03-31&top="><script>')
        page = response.content.decode()
        assert response.status_code == 400
        assert 'value="2018-03-31"' in page
        assert "<script>" not in page
        assert 'value="&#34;&gt;&lt;script&gt;"' in page

    def test_a_chart_is_in_the_page_without_a_script(self, signed_in: Client) -> None:
        """Its marks are links, a name from records is text and ends no element, and nothing asks for Plotly."""
        make_posting(month=date(2019, 3, 1))
        make_cost_line(placement=make_placement(school=make_school(name="</script><b>School")))
        page = signed_in.get("/kpis/provider_concentration/").content.decode()
        drawn = page.split('<svg class="chart__svg')[1].split("</svg>")[0]
        assert f'href="/schools/{School.objects.get().pk}/?as_at=2019-03-31"' in drawn
        assert "&lt;/script&gt;&lt;b&gt;School" in drawn
        assert "</script><b>" not in page
        assert not re.search(r'<script[^>]*src="[^"]*plotly', page)
        assert "style=" not in page

    def test_a_default_that_a_form_sends_is_no_choice(self, signed_in: Client) -> None:
        """The cost page's form sends attendance=DAY, which must not narrow the figures of other pages."""
        page = signed_in.get(
            "/kpis/cost_per_need_type/?as_at=2019-03-31&attendance=DAY&need=ASD"
        ).content.decode()
        assert "attendance=DAY" not in page.split('class="site-navigation"')[1].split("</nav>")[0]
        assert "need=ASD" in page.split('class="site-navigation"')[1].split("</nav>")[0]
        assert "Filtered" in words(signed_in.get("/kpis/need_mix/?attendance=DAY"))

    def test_an_unknown_district_is_said(self, signed_in: Client) -> None:
        response = signed_in.get("/kpis/need_mix/?district=Mars")
        assert response.status_code == 400
        assert "“Mars” is not a home district in any record." in words(response)

    @pytest.mark.usefixtures("two_schools")
    def test_events_of_the_months_shown_are_marked_but_none_after_the_day(self, signed_in: Client) -> None:
        for key, day in (("first", "2017-04-02"), ("last", "2019-03-31"), ("after", "2019-04-29")):
            make_event(event_id=key, day=day, title=f"The {key} event")
        page = words(signed_in.get("/kpis/ehcp_share/?as_at=2019-03-31"))
        assert "Marked on the chart: 2 April 2017, The first event 31 March 2019, The last event" in page
        assert "The after event" not in page

    def test_names_from_records_are_text_in_an_explored_chart(self, signed_in: Client) -> None:
        make_posting(month=date(2019, 3, 1))
        make_cost_line(placement=make_placement(school=make_school(name="<a href='//x'>%{y} $x$</a> C&L")))
        response = signed_in.get("/kpis/provider_concentration/chart.json")
        chart = json.dumps(response.json(), ensure_ascii=False)
        assert response["Content-Type"] == "application/json"
        assert "&lt;a href='//x'&gt;%&#123;y} &#36;x&#36;&lt;/a&gt;" in chart
        assert "<a href" not in chart

    def test_an_explored_chart_shows_and_leads_to_the_same_as_the_page(self, signed_in: Client) -> None:
        make_posting(month=date(2019, 3, 1))
        make_cost_line(placement=make_placement())
        address = "/kpis/provider_concentration/chart.json"
        data = signed_in.get(address).json()["data"]
        page = unescape(signed_in.get("/kpis/provider_concentration/").content.decode())
        (led_to,) = {found for trace in data for found in trace.get("customdata", ()) if found}
        assert f'href="{led_to}"' in page
        assert signed_in.get(address, {"top": "many"}).status_code == 400
        assert signed_in.get(address, {"as_at": "1990-03-31"}).status_code == 404

    def test_an_explored_chart_is_as_broad_as_the_drawing_it_replaces(self, signed_in: Client) -> None:
        """Otherwise a phone shows letters of 6 pixels."""
        make_posting(month=date(2019, 3, 1))
        make_cost_line(placement=make_placement())
        for drawing, size in (("wide", WIDE), ("narrow", NARROW)):
            figure = signed_in.get("/kpis/outturn_vs_forecast/chart.json", {"drawing": drawing}).json()
            assert figure["layout"]["width"] == size.width

    def test_posting_is_not_allowed(self, signed_in: Client) -> None:
        assert signed_in.post("/kpis/capacity/").status_code == 405


def file_of(kpi: Kpi[Any, Any]) -> str:
    return "".join(to_csv(of_kpi(kpi, ask(kpi, Scope(DAY))).marked())).removeprefix("\ufeff")


class TestCsv:
    @pytest.mark.parametrize("name", ["=1+1", "+44", "-2", "@here", "\tx", "\rx"])
    def test_formulas_are_neutralised(self, name: str) -> None:
        make_cost_line(placement=make_placement(school=make_school(name=name)))
        kpi = find("provider_concentration")
        *_, row = csv.DictReader(io.StringIO(file_of(kpi), newline=""))
        assert row["school"] == f"'{name}"
        assert float(row["annual_cost"]) == 36_500

    @pytest.mark.usefixtures("two_schools")
    def test_numbers_stay_numbers(self) -> None:
        make_posting(month=date(2019, 3, 1), amount=-500)
        kpi = find("outturn_vs_forecast")
        *_, march = csv.DictReader(io.StringIO(file_of(kpi)))
        assert float(march["actual"]) == -400
        assert march["forecast"] == ""

    def test_numbers_under_one_key_take_a_column_each(self) -> None:
        make_placement(starts_on=date(2019, 3, 1), route="PARENTAL")
        kpi = find("placement_flow")
        *_, march = csv.DictReader(io.StringIO(file_of(kpi)))
        assert (march["month"], march["inmss_starts"]) == ("2019-03", "1")
        assert (march["by_route.PARENTAL"], march["by_route.PANEL"]) == ("1", "0")


class TestAsAt:
    def test_default_is_the_last_month_posted(self) -> None:
        assert default_as_at(date(2026, 1, 15)).day == date(2026, 1, 15)
        make_posting(month=date(2024, 2, 1))
        assert default_as_at(date(2026, 1, 15)).day == date(2024, 2, 29)

    def test_steps_are_month_ends(self) -> None:
        assert month_end_before(DAY) == date(2019, 2, 28)
        assert month_end_before(date(2019, 3, 30)) == date(2019, 2, 28)
        assert month_end_after(DAY) == date(2019, 4, 30)
        assert month_end_after(date(2019, 3, 30)) == DAY

    def test_steps_end_where_addresses_do(self) -> None:
        assert month_end_before(EARLIEST) is None
        assert month_end_after(LATEST) is None
        assert month_end_after(date(2199, 12, 30)) == LATEST
        assert month_end_before(date(1900, 2, 1)) == date(1900, 1, 31)

    def test_a_day_that_follows_the_as_at_day_is_not_frozen_in_the_form(self) -> None:
        filters = find("panel_outcomes").filters
        page = scope_context(filters, Scope(DAY), {}, default_as_at(DAY))
        start = next(field for field in page["fields"] if field.name == "from")
        assert (start.value, start.label.endswith(", if not 1 April 2018")) == ("", True)


class TestErrors:
    def test_not_found(self, signed_in: Client) -> None:
        response = signed_in.get("/nothing/here")
        assert response.status_code == 404
        assert "Page not found" in words(response)

    def test_our_mistake_shows_nothing_of_it(
        self, signed_in: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("placements.as_at.default_as_at", lambda today: 1 / 0)
        signed_in.raise_request_exception = False
        response = signed_in.get("/")
        assert response.status_code == 500
        assert "Something went wrong" in words(response)
        assert "division" not in words(response)

    def test_unknown_host(self, client: Client) -> None:
        response = client.get("/accounts/sign-in/", headers={"host": "elsewhere.example"})
        assert response.status_code == 400
        assert "This address cannot be read" in words(response)

    def test_expired_form(self) -> None:
        response = Client(enforce_csrf_checks=True).post(reverse("sign_in"), {"username": "officer"})
        assert response.status_code == 403
        assert "This form has expired" in words(response)


@pytest.mark.parametrize("address", [*SITE_MAP, "/accounts/sign-in/", "/nothing", "/?as_at=wrong"])
def test_security_policy_allows_no_inline_script(signed_in: Client, address: str) -> None:
    response = signed_in.get(address)
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert policy["default-src"] == "'self'"
    scripts = re.findall(r"<script([^>]*)>", response.getvalue().decode())
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


def test_style_sheets_ask_for_no_other_file() -> None:
    sheets = list(Path("static").rglob("*.css"))
    assert sheets
    for sheet in sheets:
        assert "url(" not in sheet.read_text(encoding="utf-8"), sheet


@pytest.mark.django_db
def test_a_long_table_comes_in_pages_that_keep_the_scope(signed_in: Client) -> None:
    """Every school is on one of the pages, and the links between them keep day and order."""
    for number in range(60):
        make_places(school=make_school(name=f"School {number:02d}", sector="STATE_SPECIAL"))
    address = "/kpis/capacity/?as_at=2019-03-31&sort=school"
    first, second = (words(signed_in.get(f"{address}&page={page}")) for page in (1, 2))

    assert "Rows 1 to 50 of 60" in first
    assert "Rows 51 to 60 of 60" in second
    assert all(
        (f"School {number:02d}" in first.partition("Room")[2]) == (number < 50) for number in range(60)
    )
    assert "as_at=2019-03-31&amp;sort=school&amp;page=2#table" in signed_in.get(address).content.decode()
