"""The lists of records behind the numbers: reached from each number, filtered, sorted, paged, and as files."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placements.as_at import AsAt
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import records_address
from sen_dashboard.core.kpi.definition import Kpi
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.periods import age_on
from sen_dashboard.kpi_pages.records import records_asked
from sen_dashboard.kpis import KPIS, find
from sen_dashboard.records.lists import LISTS
from tests.factories import (
    make_child,
    make_cost_line,
    make_placement,
    make_plan,
    make_posting,
    make_school,
    make_user,
)
from tests.kpis.random_council import make_council
from tests.kpis.random_panel import make_panel
from tests.kpis.test_records_behind import make_places
from tests.made_once import made_once
from tests.site_map import make_programme

pytestmark = pytest.mark.django_db

DAY = date(2019, 3, 31)
CHILDREN = "/kpis/ehcp_share/records/inmss_children/"
MOST_STATEMENTS = 13

every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])
Limit = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def signed_in(client: Client) -> Client:
    client.force_login(make_user(Role.OFFICER, username="officer"))
    return client


@pytest.fixture
def council() -> None:
    made_once("record lists", lambda: (make_council(0), make_panel(0), make_places(0), make_programme()))


def words(response: Any) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def file_rows(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def addresses(kpi: Kpi[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Every list that the KPI's page leads to, with the number that leads there."""
    result = kpi.query(Scope(DAY))
    for name, key in kpi.keys.headline.items():
        if key.behind:
            yield records_address(kpi, name, result.scope), getattr(result.headline, name)
    for row in result.rows:
        for name, key in kpi.keys.row.items():
            number = getattr(row, name)
            if key.behind and (number or (key.behind.total and number == 0)):
                yield records_address(kpi, name, result.scope, kpi.keys.row_key.text(row)), number


@every_kpi
@pytest.mark.usefixtures("council")
def test_page_and_file_come_to_the_number_that_leads_there(
    signed_in: Client, kpi: Kpi[Any, Any], django_assert_max_num_queries: Limit
) -> None:
    for address, number in addresses(kpi):
        with django_assert_max_num_queries(MOST_STATEMENTS):
            page = words(signed_in.get(address))
        asked = records_asked(kpi, address.split("/")[4], QueryDict(address.split("?")[1]), AsAt(DAY, ""))
        records = len(file_rows(signed_in.get(address.replace("/?", ".csv?"))))
        told = asked.kind.counted(records)
        if asked.behind.total and (number or records):
            sum_of = formats.pounds_exact(to_penny(number)) if isinstance(number, Decimal) else f"{number:,}"
            told = f"{told}, together {sum_of}"
        else:
            assert records == (number or 0), address
        assert f" {told}." in page, address


def marks_of(page: str) -> set[str]:
    """Where the marks of the page's chart lead."""
    drawings = re.findall(r'<svg class="chart__svg.*?</svg>', page, re.DOTALL)
    return {address for drawing in drawings for address in re.findall(r'<a href="([^"]+)"', drawing)}


@pytest.mark.usefixtures("council")
@every_kpi
def test_every_link_of_the_page_leads_to_a_list(signed_in: Client, kpi: Kpi[Any, Any]) -> None:
    page = unescape(signed_in.get(f"/kpis/{kpi.slug}/?as_at={DAY}").content.decode())
    links = set(re.findall(r'href="(/kpis/[a-z0-9_]+/records/[^"]+)"', page))
    marks = marks_of(page)
    assert links
    assert marks or "chart__svg" not in page
    for address in links | marks:
        assert signed_in.get(address).status_code == 200, address


class TestList:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """Sixty children in two schools, a third of them with SEMH, and the ledger of March 2019."""
        make_posting(month=date(2019, 3, 1))
        ash, beech = make_school(name="Ash School"), make_school(name="Beech School")
        for number in range(60):
            child = make_child(
                child_id=f"C{number:02d}",
                date_of_birth=date(2006, 3, 1 + number % 28),
                home_district="Thanet",
            )
            plan = make_plan(child=child, primary_need="SEMH" if number % 3 == 0 else "ASD")
            placement = make_placement(
                placement_id=f"P{number:02d}", plan=plan, school=ash if number % 2 else beech
            )
            make_cost_line(placement=placement, annual_amount=30_000 + number)

    def test_shows_age_and_never_the_date_of_birth(self, signed_in: Client) -> None:
        response = signed_in.get(CHILDREN)
        assert "60 placements." in words(response)
        assert "2006" not in words(response)
        assert (
            f'href="{reverse("child", kwargs={"child_id": "C00"})}?as_at=2019-03-31"'
            in response.content.decode()
        )
        (first, *_) = file_rows(signed_in.get("/kpis/ehcp_share/records/inmss_children.csv"))
        assert first["age"] == str(age_on(DAY, date(2006, 3, 1)))
        assert "2006" not in "".join(first.values())

    def test_own_filters_say_how_many_of_how_many(self, signed_in: Client) -> None:
        address = f"{CHILDREN}?list-need=SEMH&list-school=ash"
        page = signed_in.get(address)
        assert "Shown: 10 placements, of 60 placements." in words(page)
        assert 'value="ash"' in page.content.decode()
        assert len(file_rows(signed_in.get(address.replace("/?", ".csv?")))) == 10

    def test_scope_and_row_stay_when_the_list_is_filtered(self, signed_in: Client) -> None:
        page = signed_in.get(
            "/kpis/need_mix/records/children/?as_at=2019-03-31&attendance=DAY&row=SEMH"
        ).content.decode()
        for name, value in (("as_at", "2019-03-31"), ("attendance", "DAY"), ("row", "SEMH")):
            assert f'<input type="hidden" name="{name}" value="{value}">' in page

    def test_wrong_filter_is_said_at_its_field_and_loses_nothing(self, signed_in: Client) -> None:
        response = signed_in.get(f"{CHILDREN}?list-need=NONSENSE&list-school=ash")
        assert response.status_code == 400
        assert words(response).count("NONSENSE is not one of the available choices.") == 2
        assert 'value="ash"' in response.content.decode()
        assert (
            signed_in.get("/kpis/ehcp_share/records/inmss_children.csv?list-need=NONSENSE").status_code == 400
        )

    def test_wrong_scope_is_said_as_on_the_kpi_page(self, signed_in: Client) -> None:
        response = signed_in.get(f"{CHILDREN}?as_at=never")
        assert response.status_code == 400
        assert "“never” is not a date" in words(response)

    @pytest.mark.parametrize(
        "address",
        [
            "/kpis/ehcp_share/records/share_pct/",
            "/kpis/ehcp_share/records/no_such/",
            "/kpis/no_such/records/plans/",
            f"{CHILDREN}?row=soon",
            "/kpis/provider_concentration/records/placements/?row=no-such-school",
            "/kpis/outturn_vs_forecast/records/actual/",
            "/kpis/ehcp_share/records/plans_year_before/?row=2019-03-31",
        ],
    )
    def test_what_is_no_number_is_not_found(self, signed_in: Client, address: str) -> None:
        assert signed_in.get(address).status_code == 404

    def test_pages_and_order_hold_every_record_once(self, signed_in: Client) -> None:
        found = []
        for page in (1, 2):
            content = signed_in.get(f"{CHILDREN}?sort=-school&page={page}").content.decode()
            found += re.findall(r"/placements/(P\d\d)/", content)
        assert sorted(set(found)) == [f"P{number:02d}" for number in range(60)]
        assert len(found) == len(set(found))
        rows = file_rows(signed_in.get("/kpis/ehcp_share/records/inmss_children.csv?sort=-annual_cost"))
        assert [row["placement"] for row in rows[:2]] == ["P59", "P58"]

    def test_formulas_are_neutralised(self, signed_in: Client) -> None:
        make_placement(school=make_school(name="=1+1"), starts_on=date(2019, 1, 1))
        rows = file_rows(signed_in.get("/kpis/ehcp_share/records/inmss_children.csv"))
        assert {row["school"] for row in rows} >= {"'=1+1"}

    def test_more_records_take_no_more_statements(self, signed_in: Client) -> None:
        """Ten records on a page, or fifty of sixty: the same statements."""

        def statements(address: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                assert signed_in.get(address).status_code == 200
            return len(captured)

        few = statements(f"{CHILDREN}?list-need=SEMH&list-school=ash")
        assert statements(f"{CHILDREN}?list-school=school") == few


HEADINGS = {
    "Workstream": "Workstream,Status,Actions,Late,Next milestone,Due,Lead",
    "Action": "Action,Status,Due,Owner,Latest update,Updated on,Lever,Workstream",
    "Placement": "Placement,Child,Age,Primary need,School,Provision,Attendance,From,To,Plan ceased,Route,"
    "Reason for ending,Annual cost",
    "Plan": "Plan,Child,Age,Home district,Primary need,Secondary need,Issued,Ceased",
    "Assessment": "Assessment,Child,Age,Requested,Decision to assess,Decided,Decision to issue,Decided to issue,"
    "Exception to 20 weeks",
    "CostLine": "Placement,Child,School,Kind,Annual amount,Education share,From,To,Accrued to date",
    "LedgerPosting": "Month,Budget line,School,Reference,Source,Amount",
    "Forecast": "Financial year,Budget line,Made on,Amount",
    "Budget": "Financial year,Budget line,Amount",
    "PanelCase": "Case,Child,Age,Panel,Primary need,Received,Annual cost requested",
    "PanelDecision": "Case,Child,Age,Panel,Primary need,Received,Meeting,Outcome,Value",
    "ExpectedPlacement": "Case,Child,Primary need,School,Agreed,Status,Offered,Decision to offer,Started,"
    "Offer to start",
    "School": "School,Sector,Phase,District,Provider group,Children on roll,Places",
    "SchoolPlaces": "School,District,Provision,Academic year,Needs,Places",
}


def test_headings_say_what_the_columns_hold() -> None:
    """django-tables2 would head an age "Date of birth", after the field it is made of."""
    found = {
        model.__name__: ",".join(
            str(column.header) for column in kind.table(model.objects.none(), as_at=DAY).columns
        )
        for model, kind in LISTS.items()
    }
    assert found == HEADINGS


class TestTheDayOfANumber:
    @pytest.fixture(autouse=True)
    def records(self) -> None:
        """A child who turned 12 in June 2018 and left INMSS that July; the ledger of March 2019."""
        make_posting(month=date(2019, 3, 1))
        plan = make_plan(
            child=make_child(child_id="C1", date_of_birth=date(2006, 6, 1)), issued_on=date(2016, 9, 1)
        )
        placement = make_placement(plan=plan, starts_on=date(2016, 9, 1), ends_on=date(2018, 7, 20))
        make_cost_line(placement=placement, annual_amount=30_000)

    @pytest.mark.parametrize(
        ("query", "age"),
        [
            ("inmss_children/?as_at=2019-03-31&row=2018-06-30", "12"),
            ("inmss_children_year_before/?as_at=2019-03-31", "11"),
        ],
    )
    def test_a_list_shows_its_records_on_the_day_that_was_counted(
        self, signed_in: Client, query: str, age: str
    ) -> None:
        page = signed_in.get(f"/kpis/ehcp_share/records/{query}")
        (row,) = file_rows(signed_in.get(f"/kpis/ehcp_share/records/{query.replace('/?', '.csv?')}"))
        assert (row["age"], row["annual_cost"]) == (age, "30000.0")
        assert "31 March 2019" not in words(page).split("Child Age")[0].split("as at")[1]

    def test_a_placement_that_is_not_open_has_no_cost(self, signed_in: Client) -> None:
        ceased = make_plan(issued_on=date(2016, 9, 1), ceased_on=date(2018, 9, 1))
        outlasting = make_placement(plan=ceased, starts_on=date(2016, 9, 1))
        make_cost_line(placement=outlasting, annual_amount=40_000)
        rows = file_rows(signed_in.get("/kpis/placement_flow/records/ends.csv?as_at=2019-03-31"))
        assert [row["annual_cost"] for row in rows] == ["", ""]


def test_a_filtered_list_says_so_in_its_file(signed_in: Client) -> None:
    make_posting(month=date(2019, 3, 1))
    make_placement(starts_on=date(2018, 9, 1), plan=make_plan(issued_on=date(2018, 9, 1)))
    response = signed_in.get("/kpis/need_mix/records/children.csv?attendance=DAY&list-need=ASD")
    assert response["Content-Disposition"].endswith('"need_mix-children-2019-03-31-filtered.csv"')
    (row,) = file_rows(response)
    assert row["filtered"] == "Attendance: Day; Primary need: Autistic spectrum disorder"


def test_list_needs_an_account(client: Client) -> None:
    for address in (CHILDREN, "/kpis/ehcp_share/records/plans.csv"):
        assert client.get(address)["Location"].startswith(reverse("sign_in"))


def test_every_kind_of_record_behind_a_number_has_a_list() -> None:
    kinds = {
        key.behind.of(Scope(DAY), None).model
        for kpi in KPIS
        for key in kpi.keys.headline.values()
        if key.behind
    }
    assert kinds <= set(LISTS)
    assert find("outturn_vs_forecast").keys.behind["committed_cumulative"]


def test_age_is_of_completed_years() -> None:
    born = date(2004, 2, 29)
    assert [age_on(day, born) for day in (date(2019, 2, 28), date(2019, 3, 1), date(2020, 2, 29))] == [
        14,
        15,
        16,
    ]
