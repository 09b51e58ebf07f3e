"""The close of a month in a real browser: by keyboard alone, at every width, on paper, and what axe-core finds."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from placements.models import ClosedMonth
from sen_dashboard.accounts.roles import Role
from tests.browser.keyboard import enter, focus, follow, headed, tab_to
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import make_posting, make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAID = "Provisional: March 2019 is still open, so late payments may change these figures."
OVERVIEW, MONTHS, CLOSE = "/", "/finance/months/", "/finance/months/2019-03/close/"
MONTH, REOPEN = "/finance/months/2019-03/", "/finance/months/2019-03/open-again/"


@pytest.fixture
def months(page: "Page", live_server: Any) -> "Page":
    """The overview of a store with postings of one month, opened by Finance."""
    make_posting(month=date(2019, 3, 1))
    page.context.add_init_script(path=AXE)
    finance = make_user(
        Role.FINANCE, username="grace.hopper@council.example", first_name="Grace", last_name="Hopper"
    )
    sign_in(page.context, live_server.url, finance)
    page.goto(live_server.url + OVERVIEW)
    return page


def test_a_month_is_closed_by_keyboard_and_no_longer_provisional(months: "Page", live_server: Any) -> None:
    assert months.get_by_text(SAID).is_visible()
    follow(months, "Months")
    follow(months, "Close all to March 2019")
    headed(months, "Close all to March 2019")
    follow(months, "Cancel")
    assert not ClosedMonth.objects.exists()
    follow(months, "Close all to March 2019")
    tab_to(months, "Close the month")
    enter(months)

    assert focus(months).name == "Success"
    assert months.get_by_text("Closed: March 2019").is_visible()
    assert months.get_by_role("row", name="Mar 2019 1 £100 not available Grace Hopper").is_visible()
    assert months.get_by_role("link", name="Close all to March 2019").count() == 0
    months.goto(live_server.url + OVERVIEW)
    assert months.get_by_text("Provisional").count() == 0


def test_paper_says_that_figures_are_provisional(months: "Page", live_server: Any) -> None:
    for address in (OVERVIEW, "/kpis/outturn_vs_forecast/", "/kpis/outturn_vs_forecast/records/outturn/"):
        months.goto(live_server.url + address)
        months.emulate_media(media="print")
        assert months.get_by_text(SAID).is_visible(), address


@each_width
def test_every_page_fits_and_axe_finds_nothing(months: "Page", live_server: Any, width: int) -> None:
    months.set_viewport_size({"width": width, "height": 900})
    for address in (OVERVIEW, MONTHS, MONTH, CLOSE):
        months.goto(live_server.url + address)
        check(months, width, address)
    ClosedMonth.objects.create(month=date(2019, 3, 1), closed_by=make_user(Role.MANAGER))
    with months.expect_navigation():
        months.get_by_role("button", name="Close the month").click()
    assert months.get_by_text("March 2019 is already closed.").count() == 1
    check(months, width, "refused")
    for address in (CLOSE, MONTHS, MONTH, "/finance/months/2011-12/"):
        months.goto(live_server.url + address)
        check(months, width, f"{address} of a closed month")
