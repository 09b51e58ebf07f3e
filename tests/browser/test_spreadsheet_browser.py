"""Decisions from a spreadsheet in a real browser: by keyboard alone, without scripts, with axe, at every width."""

from typing import TYPE_CHECKING, Any

import pytest

from panel.models import PanelCase, PanelDecision, PanelMeeting
from sen_dashboard.accounts.roles import Role
from tests.browser.keyboard import focus, follow, headed, save, tab_to, without_mouse, write
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import make_cost_line, make_placement, make_plan, make_user
from tests.panel.meetings.day import meeting_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROWS = (
    "case\toutcome\tvalue\tstarts_on\tnote\n"
    "K01\tAgreed\t£36,000\t03/09/2018\n"
    "K02\tDeclined\t\t\tIt can be met locally.\n"
    "K03\tDeferred\n"
)
UNREADY = ROWS.replace("It can be met locally.", "").replace("K03", "K99")


@pytest.fixture
def meeting() -> PanelMeeting:
    return meeting_of(3)


@pytest.fixture
def clerk(page: "Page", live_server: Any, meeting: PanelMeeting) -> "Iterator[Page]":
    """A browser at the page of a meeting; the test fails when a script or style is refused, or a mouse used."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.context.add_init_script(path=AXE)
    without_mouse(page)
    sign_in(page.context, live_server.url, make_user(Role.PANEL_CLERK))
    page.goto(f"{live_server.url}/panel/meetings/{meeting.pk}/")
    yield page
    assert errors == []


def paste(page: "Page", rows: str) -> None:
    """Put rows into the box as pasting does: the keys would leave it at the first tab."""
    tab_to(page, "Or paste rows copied from a spreadsheet")
    write(page, "")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(rows)


def test_rows_are_pasted_put_right_and_saved_by_keyboard(clerk: "Page") -> None:
    follow(clerk, "Decisions from a spreadsheet")
    assert save(clerk, "Excel").suggested_filename.endswith(".xlsx")
    follow(clerk, "Check the rows")
    assert focus(clerk).name == "There is a problem"
    paste(clerk, UNREADY)
    follow(clerk, "Check the rows")

    headed(clerk, "Check the decisions")
    assert focus(clerk).name == "There is a problem"
    tab_to(clerk, "Row 3: note: Enter why it was declined: the family is told.")
    clerk.keyboard.press("Enter")
    assert focus(clerk).id == "row-3"
    paste(clerk, ROWS)
    follow(clerk, "Check again")

    assert clerk.locator(".answer").inner_text() == "3 rows are ready: nothing is saved yet."
    assert PanelDecision.objects.count() == 0
    follow(clerk, "Save all 3 decisions")
    assert focus(clerk).name == "Success"
    assert "3 decided" in clerk.locator("#agenda-caption").inner_text()
    assert PanelDecision.objects.count() == 3


def test_without_scripts(browser: "Browser", live_server: Any, meeting: PanelMeeting) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server.url, make_user(Role.PANEL_CLERK))
    page = context.new_page()
    page.goto(f"{live_server.url}/panel/meetings/{meeting.pk}/spreadsheet/")
    page.get_by_label("Choose an .xlsx, .ods or .csv file").set_input_files(
        {"name": "may.csv", "mimeType": "text/csv", "buffer": ROWS.replace("\t", ";").encode()}
    )
    page.get_by_role("button", name="Check the rows").click()
    page.get_by_role("button", name="Save all 3 decisions").click()
    page.get_by_text("Saved: 3 decisions").wait_for()
    context.close()
    assert PanelDecision.objects.count() == 3


@each_width
def test_the_pages_are_accessible_at_every_width(clerk: "Page", width: int) -> None:
    for _ in range(6):
        make_cost_line(placement=make_placement(plan=make_plan(primary_need="ASD"), starts_on="2017-04-01"))
    clerk.set_viewport_size({"width": width, "height": 900})
    follow(clerk, "Decisions from a spreadsheet")
    check(clerk, width, "the form")
    PanelCase.objects.filter(pk="K01").update(annual_cost=360)
    for rows in (UNREADY, ROWS, ROWS.replace("36,000", "360")):
        paste(clerk, rows)
        follow(clerk, "Check again" if clerk.get_by_text("Check again").count() else "Check the rows")
        check(clerk, width, rows)
