"""Finance's month end in a real browser: three findings are worked through and the months closed, by keyboard alone."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from placements.finance.reconciliation import findings
from placements.models import ClosedMonth, FindingNote
from sen_dashboard.accounts.roles import Role
from tests.browser.keyboard import enter, focus, follow, headed, tab_to, write
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import make_budget, make_cost_line, make_placement, make_posting, make_school, make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = date(2019, 3, 31)
HOME, LIST = "/finance/", "/finance/reconciliation/"


@pytest.fixture
def finance(page: "Page", live_server: Any) -> "Page":
    """Three schools with one finding each, and the home of Finance opened."""
    for name, paid in (("Ashgrove", 700), ("Beechwood", 900), ("Cedars", 1_100)):
        school = make_school(name=name, sector="INDEPENDENT_SPECIAL")
        placement = make_placement(school=school, starts_on=date(2019, 3, 1), accrual="MONTHS")
        make_cost_line(placement=placement, annual_amount=Decimal(1_200))
        make_posting(month=date(2019, 3, 1), amount=Decimal(paid), school=school)
    make_budget()
    page.context.add_init_script(path=AXE)
    person = make_user(
        Role.FINANCE, username="grace.hopper@council.example", first_name="Grace", last_name="Hopper"
    )
    sign_in(page.context, live_server.url, person)
    page.goto(live_server.url + HOME)
    return page


def note(page: "Page", status: str, text: str, recovered: str = "") -> None:
    """Fill in the note on a finding's page, and save it."""
    tab_to(page, "Query raised")
    for _ in range(["Query raised", "Explained", "Recovered"].index(status)):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    tab_to(page, "Recovered so far")
    write(page, recovered)
    tab_to(page, "Note")
    write(page, text)
    tab_to(page, "Save the note")
    enter(page)
    assert focus(page).name == "Success"


def test_three_findings_are_worked_through_and_the_month_is_closed(finance: "Page", live_server: Any) -> None:
    assert finance.get_by_text("3 findings (£2,400) are open.").is_visible()
    follow(finance, "All 3 open findings")
    headed(finance, "Reconciliation")
    keys = [finding.key for finding in findings(DAY)]
    for key, given in zip(
        keys,
        (
            ("Query raised", "Wrote to the school."),
            ("Explained", "Paid for April too."),
            ("Recovered", "Credit note 7.", "600"),
        ),
        strict=True,
    ):
        finance.goto(f"{live_server.url}{LIST}{key}/?as_at={DAY}")
        note(finance, *given)
    finance.get_by_text(": £600 recovered so far").wait_for()
    assert [n.status for n in FindingNote.objects.order_by("pk")] == [
        "QUERY_RAISED",
        "EXPLAINED",
        "RECOVERED",
    ]

    finance.goto(live_server.url + HOME)
    assert finance.get_by_text("1 finding (£1,000) is open.").is_visible()
    follow(finance, "Close all to March 2019…")
    headed(finance, "Close all to March 2019")
    assert finance.get_by_text("1 finding of the reconciliation of 2018-19, £1,000, is open").is_visible()
    follow(finance, "Close the month")
    assert focus(finance).name == "Success"
    assert ClosedMonth.objects.get().month == date(2019, 3, 1)
    finance.goto(live_server.url + HOME)
    assert finance.get_by_role("heading", name="March 2019 is closed").is_visible()


@each_width
def test_every_page_fits_and_axe_finds_nothing(finance: "Page", live_server: Any, width: int) -> None:
    finance.set_viewport_size({"width": width, "height": 900})
    key = findings(DAY)[0].key
    for address in (HOME, f"{HOME}?as_at=2001-01-31", LIST, f"{LIST}?kind=NO_INVOICE", f"{LIST}{key}/"):
        finance.goto(live_server.url + address)
        check(finance, width, address)
    finance.get_by_role("button", name="Save the note").click()
    finance.get_by_text("There is a problem").wait_for()
    check(finance, width, "a note that is refused")
