"""A meeting in a real browser: run by keyboard alone, without JavaScript, at every width, and on paper."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from panel.models import AgendaItem, PanelMeeting
from sen_dashboard.accounts.roles import Role
from tests.browser.keyboard import enter, focus, follow, tab_to, write
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import make_conflict, make_user
from tests.panel.meetings.day import decide_every, meeting_of, ready_case

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clerk(page: "Page", live_server: Any) -> "Page":
    """A browser in which a panel clerk has signed in."""
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, make_user(Role.PANEL_CLERK))
    return page


def type_into(page: "Page", box: str, text: str) -> None:
    tab_to(page, box)
    write(page, text)


def button(task: str, case_id: str) -> str:
    """The id of what does this with the case of the one agenda there is."""
    return f"{task}-{AgendaItem.objects.get(case=case_id).pk}"


def order(page: "Page") -> list[str]:
    """The cases of the agenda, from the top."""
    return page.locator("#agenda tbody td:nth-child(3)").all_inner_texts()


def test_a_meeting_is_run_by_keyboard(clerk: "Page", live_server: Any) -> None:
    for key in ("K01", "K02", "K03"):
        ready_case(key)
    clerk.goto(f"{live_server.url}/panel/meetings/")
    follow(clerk, "Add a meeting of the Independent Placement Panel")
    for part, text in (("day", "1"), ("month", "5"), ("year", "2018")):
        type_into(clerk, f"id_held_on-{part}", text)
    type_into(clerk, "id_starts_at", "quarter to ten")
    enter(clerk)
    assert focus(clerk).name == "There is a problem"
    tab_to(clerk, "Enter a time of day such as 09:30.")
    clerk.keyboard.press("Enter")
    assert focus(clerk).id == "id_starts_at"
    write(clerk, "09:45")
    enter(clerk)
    assert focus(clerk).name == "Success"

    follow(clerk, "Tick all")
    assert focus(clerk).id == "add-cases"
    tab_to(clerk, "id_cases")
    clerk.keyboard.press("Space")  # not K01
    follow(clerk, "Add the ticked cases")
    assert clerk.get_by_text("Added: 2 cases").is_visible()
    tab_to(clerk, "id_cases")
    clerk.keyboard.press("Space")
    follow(clerk, "Add the ticked cases")
    assert order(clerk) == ["K02", "K03", "K01"]

    tab_to(clerk, button("up", "K01"))
    for expected in (["K02", "K01", "K03"], ["K01", "K02", "K03"]):
        enter(clerk)
        assert order(clerk) == expected
    assert focus(clerk).id == button("down", "K01")  # it is at the top
    follow(clerk, button("off", "K03"))
    assert order(clerk) == ["K01", "K02"]

    follow(clerk, "Record attendance")
    for number in range(3):
        type_into(clerk, f"id_form-{number}-name", f"Member {number}")
        tab_to(clerk, f"id_form-{number}-present")
        clerk.keyboard.press("Space")
    follow(clerk, "Add another")
    assert focus(clerk).id == "id_form-3-name"  # the first of the new rows
    clerk.keyboard.type("Member 3")
    enter(clerk)
    assert clerk.get_by_text("3 of 4 members are present; 3 are needed.").is_visible()

    follow(clerk, button("aside", "K02"))
    tab_to(clerk, "id_member")
    clerk.keyboard.press("Space")
    type_into(clerk, "id_reason", "Governor of the school")
    enter(clerk)
    assert clerk.get_by_text("Declared: Member 0 has a conflict of interest in K02").is_visible()
    assert clerk.get_by_text("Conflicts of interest leave no quorum for K02.").is_visible()

    follow(clerk, "Minutes")
    assert clerk.get_by_text("K02: Member 0, Governor of the school").is_visible()
    assert clerk.get_by_text("No decisions were recorded at this meeting.").is_visible()


def test_without_javascript_rows_are_added_and_cases_moved(
    browser: "Browser", page: "Page", live_server: Any
) -> None:
    meeting = meeting_of(2)
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server.url, make_user(Role.PANEL_CLERK))
    plain = context.new_page()
    plain.goto(f"{live_server.url}/panel/meetings/{meeting.pk}/")
    plain.get_by_role("button", name="Move K02 up").click()
    assert order(plain) == ["K02", "K01"]
    plain.get_by_label("Defer K01").check()
    plain.get_by_label("Why they are deferred").fill("Time ran out.")
    plain.get_by_role("button", name="Defer the ticked cases").click()
    assert plain.get_by_text("Deferred: 1 case").is_visible()
    plain.get_by_role("link", name="Record attendance").click()
    plain.get_by_role("button", name="Add another").click()
    assert plain.get_by_label("Name").count() == 10
    context.close()


@each_width
def test_refusals_fit_and_axe_finds_nothing(clerk: "Page", live_server: Any, width: int) -> None:
    meeting = meeting_of(2)
    ready_case("W1")
    make_conflict(item=meeting.items.first(), member=meeting.members.first())
    clerk.set_viewport_size({"width": width, "height": 900})
    for rest, pressed in (
        ("", "Defer the ticked cases"),
        ("", "Add the ticked cases"),
        ("change/", "Save"),
        ("attendance/", "Add another"),
        ("cases/K02/conflicts/", "Declare"),
    ):
        clerk.goto(f"{live_server.url}/panel/meetings/{meeting.pk}/{rest}")
        with clerk.expect_navigation():
            clerk.get_by_role("button", name=pressed).click()
        check(clerk, width, pressed)


def sheets(page: "Page") -> int:
    """How many sheets the page takes on paper."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


CUT = """[...document.querySelectorAll('.paper *')].filter(
    (e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth && getComputedStyle(e).overflow !== 'visible'
        || e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
).length"""


@pytest.mark.parametrize("rest", ["minutes/", "agenda/print/"])
def test_thirty_cases_on_paper_are_whole(clerk: "Page", live_server: Any, rest: str) -> None:
    meeting: PanelMeeting = meeting_of(30)
    decide_every(meeting)
    clerk.goto(f"{live_server.url}/panel/meetings/{meeting.pk}/{rest}")
    assert 3 <= sheets(clerk) <= 8
    clerk.emulate_media(media="print")
    clerk.set_viewport_size({"width": 658, "height": 900})  # 174 mm, what an A4 sheet leaves
    assert clerk.evaluate(CUT) == 0
    for hidden in (".site-header", ".site-navigation", ".govuk-breadcrumbs", ".site-footer", ".paper__how"):
        assert not clerk.locator(hidden).first.is_visible(), hidden
    cases = clerk.locator(".paper__case")
    assert cases.count() == 30
    assert all(cases.nth(number).is_visible() for number in range(30))
    assert cases.first.evaluate("(e) => getComputedStyle(e).breakInside") == "avoid"
    assert clerk.get_by_text("Official: sensitive").is_visible()
    assert clerk.title().startswith(("Minutes: Independent", "Agenda: Independent"))
