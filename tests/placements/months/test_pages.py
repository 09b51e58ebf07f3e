"""The pages of months: what each reader sees, that closing asks first, and where figures are said to be provisional."""

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
from tests.factories import make_child, make_closed_month, make_posting, make_school, make_user
from tests.kpi_pages.test_pages import words

pytestmark = pytest.mark.django_db

MARCH = date(2019, 3, 1)
CLOSE = "/months/2019-03/close/"
BUTTON = "Close the month</button>"
PROVISIONAL = "Provisional: March 2019 is not closed, and postings to it may still arrive."
BEHIND = "/kpis/outturn_vs_forecast/records/outturn/"


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_user(Role.MANAGER, first_name="Grace", last_name="Hopper"))
    return client


class TestList:
    def test_says_of_each_month_whether_it_is_closed(self, signed_in: Client) -> None:
        make_posting(month=date(2019, 2, 1), amount=Decimal("1200.40"))
        make_posting(month=MARCH, amount=Decimal("3000"))
        ada = make_user(username="ada", first_name="Ada", last_name="Lovelace")
        close = make_closed_month(month=date(2019, 2, 1), closed_by=ada)
        page = words(signed_in.get("/months/"))
        assert "Months of 2018-19 with postings" in page
        assert f"Feb 2019 1 £1,200 Ada Lovelace (ada) {formats.moment(close.closed_at)}" in page
        assert "Mar 2019 1 £3,000 open" in page

    def test_each_year_is_a_page_and_the_latest_comes_first(self, signed_in: Client) -> None:
        make_posting(month=date(2017, 5, 1))
        make_posting(month=MARCH)
        for address, shown, other in (
            ("/months/", "Mar 2019", "May 2017"),
            ("/months/2018-19/", "Mar 2019", "May 2017"),
            ("/months/2017-18/", "May 2017", "Mar 2019"),
        ):
            response = signed_in.get(address)
            assert shown in words(response)
            assert other not in words(response)
            for year in ("2017-18", "2018-19"):
                assert f'href="/months/{year}/"' in response.content.decode()

    def test_leads_managers_to_the_month_whose_turn_it_is(self, client: Client) -> None:
        for month in (date(2019, 2, 1), MARCH):
            make_posting(month=month)
        for role in Role:
            client.force_login(make_user(role))
            page = client.get("/months/").content.decode()
            assert ('href="/months/2019-02/close/"' in page) is (role is Role.MANAGER)
            assert CLOSE not in page

    def test_without_postings_says_how_they_come(self, signed_in: Client) -> None:
        assert "No postings are held yet" in words(signed_in.get("/months/"))
        assert "No postings are held of 2018-19" in words(signed_in.get("/months/2018-19/"))

    @pytest.mark.parametrize(
        "address",
        [
            "/months/2018-20/",
            "/months/0000-01/",
            "/months/2019-13/close/",
            "/months/0000-01/close/",
            "/months/May/close/",
        ],
    )
    def test_what_is_no_year_or_month_is_not_found(self, manager: Client, address: str) -> None:
        assert manager.get(address).status_code == 404


class TestClose:
    def test_asks_first_then_closes(self, manager: Client) -> None:
        make_posting(month=MARCH)
        asked = manager.get(CLOSE)
        assert BUTTON in asked.content.decode()
        assert "Nothing can be posted to March 2019 any more" in words(asked)
        assert not ClosedMonth.objects.exists()

        response = manager.post(CLOSE, follow=True)

        assert response.redirect_chain == [("/months/2018-19/", 302)]
        assert "Closed: March 2019" in words(response)
        assert "Mar 2019 1 £100 Grace Hopper" in words(response)

    @pytest.mark.parametrize(
        ("posted", "said"),
        [
            ([], "March 2019 has no postings, so there is nothing to close."),
            ([date(2019, 2, 1), MARCH], "February 2019 is still open: close it first."),
        ],
    )
    def test_what_cannot_be_closed_says_why(self, manager: Client, posted: list[date], said: str) -> None:
        for month in posted:
            make_posting(month=month)
        for response in (manager.get(CLOSE), manager.post(CLOSE)):
            assert response.status_code == 200
            assert words(response).count(said) == 1
            assert BUTTON not in response.content.decode()
        assert not ClosedMonth.objects.exists()

    def test_the_second_of_two_managers_is_told(self, manager: Client) -> None:
        make_posting(month=MARCH)
        manager.get(CLOSE)
        make_closed_month(month=MARCH)
        response = manager.post(CLOSE)
        assert "There is a problem March 2019 is closed already." in words(response)
        assert not list(get_messages(response.wsgi_request))

    def test_others_are_refused(self, client: Client) -> None:
        make_posting(month=MARCH)
        client.force_login(make_user(Role.OFFICER, Role.FINANCE))
        response = client.post(CLOSE)
        assert response.status_code == 403
        assert "To close months to further postings you need the role Manager" in words(response)
        assert not ClosedMonth.objects.exists()


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
