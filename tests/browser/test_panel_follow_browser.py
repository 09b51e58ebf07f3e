"""Queues and what follows an agreement in a real browser, by keyboard alone."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from panel.models import ExpectedPlacement, PanelMeeting
from sen_dashboard.accounts.roles import Role
from tests.browser import test_pages_browser as pages
from tests.browser.keyboard import enter, focus, follow, headed, tab_to, without_mouse, write
from tests.browser.test_pages_browser import sign_in
from tests.browser.test_site_map_browser import problems
from tests.factories import (
    make_agreed_cost,
    make_case,
    make_child,
    make_decision,
    make_expected,
    make_meeting,
    make_placement,
    make_plan,
    make_school,
    make_user,
)
from tests.panel.work.conftest import USES_TODAY
from tests.panel.work.waiting import TODAY

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

site = pages.site  # the fixture, with the records below


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four cases ready for a meeting, which is today; a place agreed for a child who is elsewhere."""
    for module in USES_TODAY:
        monkeypatch.setattr(f"{module}.working_day", lambda: TODAY)
    for number in range(1, 5):
        make_case(case_id=f"K{number}", received_on=date(2026, 1, 5), ready_on=date(2026, 2, number))
    make_meeting(held_on=TODAY)
    plan = make_plan(child=make_child(child_id="C1"))
    make_placement(placement_id="P1", plan=plan, school=make_school(name="Elm School"))
    case = make_case(case_id="K9", child=plan.child, received_on=date(2026, 1, 5))
    decision = make_decision(case=case, meeting_on=date(2026, 2, 3))
    make_agreed_cost(decision=decision, annual_amount=Decimal(40_000))
    make_expected(decision=decision, school=make_school(name="Ash School"), starts_on=date(2026, 4, 13))


@pytest.fixture
def desk(site: "Page", live_server: Any) -> "Page":
    """The clerk's home; a pointer that is pressed fails the test."""
    without_mouse(site)
    sign_in(site.context, live_server.url, make_user(Role.PANEL_CLERK))
    site.goto(live_server.url + "/panel/")
    return site


def enter_day(page: "Page", field: str, day: date) -> None:
    """Type a day into its three boxes."""
    for part in ("day", "month", "year"):
        tab_to(page, f"id_{field}-{part}")
        write(page, str(getattr(day, part)))


def test_three_cases_are_put_on_an_agenda(desk: "Page") -> None:
    follow(desk, "Ready for a meeting")
    headed(desk, "Ready for a meeting")
    for case in ("K1", "K2", "K3"):
        tab_to(desk, f"choose-{case}")
        desk.keyboard.press("Space")
    follow(desk, "Put on the agenda")

    assert focus(desk).name == "There is a problem"
    follow_link(desk, "Choose a meeting.")
    assert focus(desk).id == "id_meeting"
    desk.keyboard.type("10 March")
    follow(desk, "Put on the agenda")
    assert desk.get_by_text("3 cases are on the agenda").is_visible()
    listed = PanelMeeting.objects.get().items.values_list("case", flat=True)
    assert list(listed) == ["K1", "K2", "K3"]
    assert desk.get_by_role("checkbox", name="Choose case K4").count() == 1


def follow_link(page: "Page", words: str) -> None:
    """Go to a link of this page to itself, and press it."""
    tab_to(page, words)
    page.keyboard.press("Enter")


def test_all_are_chosen_with_one_box(desk: "Page") -> None:
    follow(desk, "Ready for a meeting")
    tab_to(desk, "choose-all")
    desk.keyboard.press("Space")
    assert desk.locator("input[name=case]:checked").count() == 4
    desk.keyboard.press("Space")
    assert desk.locator("input[name=case]:checked").count() == 0
    desk.keyboard.press("Space")
    follow(desk, "Return to awaiting papers: something is missing")
    assert desk.get_by_text("4 cases are returned: they wait as before.").is_visible()


def test_an_offer_and_a_start_are_entered(desk: "Page") -> None:
    follow(desk, "Agreed, not started")
    follow(desk, "Awaiting the school's offer")
    follow(desk, "Enter the school’s offer")
    enter_day(desk, "offered_on", date(2026, 2, 13))
    enter(desk)
    assert desk.get_by_text("It is awaiting the start").is_visible()
    follow(desk, "Enter the start")
    assert desk.get_by_text("The child is now in placement P1 at Elm School.").is_visible()
    enter_day(desk, "started_on", date(2026, 3, 9))
    enter(desk)
    sentence = "The start is on 9 March 2026, but was agreed for 13 April 2026."
    tab_to(desk, "id_unlikely")
    assert desk.get_by_label(sentence).is_visible()
    desk.keyboard.press("Space")
    enter(desk)
    headed(desk, "Agreed place: K9")
    assert desk.get_by_text("24 days after the offer").is_visible()
    started = ExpectedPlacement.objects.get().placement
    assert started is not None
    assert started.starts_on == date(2026, 3, 9)


@pytest.mark.parametrize("width", [1280, 320])
def test_what_is_refused_is_accessible(desk: "Page", live_server: Any, width: int) -> None:
    """The list with its errors, of which the site map knows nothing."""
    desk.set_viewport_size({"width": width, "height": 900})
    desk.goto(live_server.url + "/panel/queues/ready/")
    assert problems(desk) == []
    tab_to(desk, "choose-K1")
    make_case_unready("K1")
    desk.keyboard.press("Space")
    follow(desk, "Return to awaiting papers: something is missing")
    assert desk.get_by_text("Nothing was saved: 1 case could not be included.").is_visible()
    assert problems(desk) == []


def make_case_unready(case_id: str) -> None:
    """Somebody else puts the case off meanwhile."""
    from panel.models import PanelCase

    PanelCase.objects.filter(pk=case_id).update(ready_on=None)
