"""The pages of months: what each reader sees, that closing asks first, and where figures are called provisional."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils.timezone import localdate

from placements.models import ClosedMonth
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core import formats
from sen_dashboard.kpis import KPIS
from tests.factories import (
    make_child,
    make_closed_month,
    make_cost_line,
    make_posting,
    make_school,
    make_user,
)
from tests.kpi_pages.test_pages import words

pytestmark = pytest.mark.django_db

MARCH = date(2019, 3, 1)
CLOSE, REOPEN = "/finance/months/2019-03/close/", "/finance/months/2019-03/open-again/"
BUTTON = "Close the month</button>"
PROVISIONAL = "Provisional: March 2019 is still open, so late payments may change these figures."
BEHIND = "/kpis/outturn_vs_forecast/records/outturn/"


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(make_user(Role.FINANCE, first_name="Grace", last_name="Hopper"))
    return client


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_user(Role.MANAGER))
    return client


class TestList:
    def test_says_of_each_month_whether_it_is_closed(self, signed_in: Client) -> None:
        make_posting(month=date(2019, 2, 1), amount=Decimal("1200.40"))
        make_posting(month=MARCH, amount=Decimal("3000"))
        ada = make_user(username="ada", first_name="Ada", last_name="Lovelace")
        close = make_closed_month(month=date(2019, 2, 1), closed_by=ada)
        page = words(signed_in.get("/finance/months/"))
        assert "Months of 2018-19" in page
        assert f"Feb 2019 1 £1,200 not available Ada Lovelace (ada) {formats.moment(close.closed_at)}" in page
        assert "Mar 2019 1 £3,000 not available open" in page

    def test_each_year_is_a_page_and_the_latest_comes_first(self, signed_in: Client) -> None:
        make_posting(month=date(2017, 5, 1))
        make_posting(month=MARCH)
        for address, shown, other in (
            ("/finance/months/", "Mar 2019", "May 2017"),
            ("/finance/months/2018-19/", "Mar 2019", "May 2017"),
            ("/finance/months/2017-18/", "May 2017", "Mar 2019"),
        ):
            response = signed_in.get(address)
            assert shown in words(response)
            assert other not in words(response)
            for year in ("2017-18", "2018-19"):
                assert f'href="/finance/months/{year}/"' in response.content.decode()

    def test_leads_finance_to_the_close_of_all_that_are_over(self, client: Client) -> None:
        for month in (date(2019, 2, 1), MARCH):
            make_posting(month=month)
        for role in (Role.FINANCE, Role.OFFICER, Role.MANAGER, Role.AUDITOR):
            client.force_login(make_user(role))
            page = client.get("/finance/months/").content.decode()
            assert (f'href="{CLOSE}"' in page) is (role is Role.FINANCE)
            assert 'href="/finance/months/2019-02/close/"' not in page

    def test_the_addresses_that_they_had_lead_on(self, signed_in: Client) -> None:
        for old in ("/months/", "/months/2018-19/", "/months/2019-03/close/"):
            assert signed_in.get(old)["Location"] == f"/finance{old}"

    def test_without_postings_says_how_they_come(self, signed_in: Client) -> None:
        assert "No postings yet" in words(signed_in.get("/finance/months/"))
        assert "No postings for 2018-19" in words(signed_in.get("/finance/months/2018-19/"))

    @pytest.mark.parametrize(
        "address",
        [
            "/finance/months/2018-20/",
            "/finance/months/0000-01/",
            "/finance/months/2019-13/close/",
            "/finance/months/0000-01/close/",
            "/finance/months/May/close/",
        ],
    )
    def test_what_is_no_year_or_month_is_not_found(self, manager: Client, address: str) -> None:
        assert manager.get(address).status_code == 404


def close_as_seen(client: Client, page: Any = None) -> Any:
    """Close the months that the page shows, opened now if none is given, as it shows them."""
    shown = (page or client.get(CLOSE)).content.decode()
    (seen,) = re.findall(r'name="seen" value="(\w+)"', shown)
    return client.post(CLOSE, {"seen": seen}, follow=True)


class TestClose:
    def test_asks_first_then_closes(self, finance: Client) -> None:
        make_posting(month=MARCH)
        asked = finance.get(CLOSE)
        assert BUTTON in asked.content.decode()
        assert "Nothing more can be posted to March 2019" in words(asked)
        assert not ClosedMonth.objects.exists()

        response = close_as_seen(finance, asked)

        assert response.redirect_chain == [("/finance/months/2018-19/", 302)]
        assert "Closed: March 2019" in words(response)
        assert "Mar 2019 1 £100 not available Grace Hopper" in words(response)

    def test_shows_each_month_by_line_beside_the_kpi_and_what_looks_wrong(self, finance: Client) -> None:
        school = make_school()
        make_posting(month=date(2019, 1, 1), amount=Decimal("1200.40"), school=school)
        make_posting(month=MARCH, amount=Decimal(3_000))
        make_posting(month=MARCH, line="2.1.4", amount=Decimal(50))
        page = words(finance.get(CLOSE))
        inmss = "1.2.3 top-up and other funding, non-maintained and independent providers"
        assert "Nothing more can be posted to January 2019 to March 2019 (3 months)" in page
        assert f"January 2019 {inmss} 1 £1,200 £1,200" in page
        assert "February 2019 nothing posted 0 £0" in page
        assert f"March 2019 {inmss} 1 £3,000 £3,000" in page
        assert "March 2019 2.1.4 SEN transport before 16 1 £50 £50" in page
        assert "do not agree" not in page
        assert "1 finding of the reconciliation of 2018-19, £1,200, is open" in page
        assert "1 posting of £3,000 on line 1.2.3 matches no school" in page

    @pytest.mark.parametrize(
        ("posted", "said"),
        [
            ([], "No posting is held, so there is nothing to close."),
            ([date(2019, 4, 1)], "March 2019 lies before the ledger, which begins with April 2019."),
        ],
    )
    def test_what_cannot_be_closed_says_why(self, finance: Client, posted: list[date], said: str) -> None:
        for month in posted:
            make_posting(month=month)
        for response in (finance.get(CLOSE), finance.post(CLOSE)):
            assert response.status_code == 200
            assert words(response).count(said) == 1
            assert BUTTON not in response.content.decode()
        assert not ClosedMonth.objects.exists()

    def test_what_looks_wrong_is_of_each_year_that_is_closed(self, finance: Client) -> None:
        school = make_school()
        make_posting(month=date(2018, 3, 1), amount=Decimal(700), school=school)
        make_posting(month=date(2018, 4, 1), amount=Decimal(50), school=school)
        page = words(finance.get("/finance/months/2018-04/close/"))
        assert "1 finding of the reconciliation of 2017-18, £700, is open" in page
        assert "of 2018-19" not in page
        make_posting(month=date(2018, 4, 1), amount=Decimal(800), school=school)
        page = words(finance.get("/finance/months/2018-04/close/"))
        assert "1 finding of the reconciliation of 2018-19, £850, is open" in page

    @pytest.mark.parametrize("month", [MARCH, date(2019, 1, 1)], ids=["a total", "another month"])
    def test_what_was_not_seen_is_not_closed(self, finance: Client, month: date) -> None:
        make_posting(month=MARCH)
        seen = finance.get(CLOSE)
        make_posting(month=month, amount=Decimal(40))
        response = close_as_seen(finance, seen)
        assert "There is a problem The months no longer say what you saw" in words(response)
        assert not ClosedMonth.objects.exists()
        assert "Closed: " in words(close_as_seen(finance, response))

    def test_the_second_of_two_people_is_told(self, finance: Client) -> None:
        make_posting(month=MARCH)
        finance.get(CLOSE)
        make_closed_month(month=MARCH)
        response = finance.post(CLOSE)
        assert "There is a problem March 2019 is already closed." in words(response)
        assert not list(get_messages(response.wsgi_request))

    def test_others_are_refused(self, client: Client) -> None:
        make_posting(month=MARCH)
        client.force_login(make_user(Role.OFFICER, Role.MANAGER))
        response = client.post(CLOSE)
        assert response.status_code == 403
        assert "To close months to further postings you need the role Finance" in words(response)
        assert not ClosedMonth.objects.exists()


class TestOpenAgain:
    def test_asks_why_and_shows_it_on_the_month(self, finance: Client) -> None:
        make_posting(month=MARCH)
        close_as_seen(finance)
        finance.force_login(make_user(Role.MANAGER, first_name="Ada", last_name="Lovelace"))
        assert "Say why the month is opened again." in words(finance.post(REOPEN, {"reason": " "}))
        response = finance.post(REOPEN, {"reason": "A credit came late."}, follow=True)
        assert "Open again: March 2019" in words(response)
        page = words(finance.get("/finance/months/2019-03/"))
        assert "by Ada Lovelace" in page
        assert "A credit came late. It had been closed by Grace Hopper" in page

    def test_an_open_month_says_so(self, manager: Client) -> None:
        make_posting(month=MARCH)
        for response in (manager.get(REOPEN), manager.post(REOPEN, {"reason": "To see."})):
            assert words(response).count("March 2019 is open already.") == 1

    def test_finance_is_refused(self, finance: Client) -> None:
        make_closed_month(month=MARCH)
        response = finance.post(REOPEN, {"reason": "To see."})
        assert response.status_code == 403
        assert "To open a closed month again you need the role Manager" in words(response)


def test_a_month_says_where_todays_records_say_otherwise(finance: Client) -> None:
    line = make_cost_line(annual_amount=Decimal(12_000))
    make_posting(month=MARCH)
    close_as_seen(finance)
    page = "/finance/months/2019-03/"
    assert "Differs" not in words(finance.get(page))
    line.annual_amount = Decimal(24_000)
    line.save()
    assert "Today’s records no longer say what it said then." in words(finance.get(page))
    assert words(finance.get(page)).count("Differs") == 1
    assert "no longer what it said" in words(finance.get("/finance/months/"))


def pages() -> list[str]:
    """Every page with figures on a day: the overview, all KPIs, a list of records, and records."""
    make_child(child_id="C1")
    make_school(school_id="S1")
    kpis = [f"/kpis/{kpi.slug}/" for kpi in KPIS]
    return ["/", *kpis, BEHIND, "/children/C1/", "/schools/S1/"]


def test_every_page_says_that_the_month_of_its_day_is_not_closed(signed_in: Client) -> None:
    make_posting(month=MARCH)
    addresses = pages()
    said: dict[str, Any] = {
        address: words(signed_in.get(address)).count(PROVISIONAL) for address in addresses
    }
    assert said == dict.fromkeys(addresses, 1)
    make_closed_month(month=MARCH)
    assert [address for address in addresses if "Provisional" in words(signed_in.get(address))] == []


@pytest.mark.parametrize("day", ["2019-02-28", "2019-04-30", "2026-01-01"])
def test_a_day_of_another_month_is_not_provisional(signed_in: Client, day: str) -> None:
    make_posting(month=MARCH)
    for address in ("/", BEHIND):
        assert "Provisional" not in words(signed_in.get(address, {"as_at": day}))


def test_the_files_are_what_they_were(signed_in: Client) -> None:
    """Programs read them; a sentence for people would break their columns and keys. The data say when it was closed."""
    make_posting(month=MARCH)

    def files() -> tuple[bytes, dict[str, Any]]:
        rows, data = (signed_in.get(f"/kpis/outturn_vs_forecast.{kind}") for kind in ("csv", "json"))
        return rows.getvalue(), data.json()

    rows, data = files()
    closed = make_closed_month(month=MARCH)
    data["headline"]["outturn_closed_on"] = localdate(closed.closed_at).isoformat()
    assert files() == (rows, data)
