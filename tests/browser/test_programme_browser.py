"""The programme in a real browser: an officer's and a manager's work by keyboard alone, every width, and axe-core."""

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from pypdf import PdfReader

from sen_dashboard.accounts.roles import Role
from sen_dashboard.programme.models import Action, DecisionNeeded, Milestone
from sen_dashboard.programme.pages.lists import LISTS
from tests.browser.keyboard import enter, focus, follow, headed, tab_to, without_mouse, write
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, sign_in
from tests.factories import (
    make_action,
    make_decision_needed,
    make_event,
    make_milestone,
    make_risk,
    make_user,
    make_workstream,
)
from tests.site_map import PROGRAMME_RECORDS, make_programme

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (1280, 320)
AT = "?as_at=2019-03-31"


@pytest.fixture
def manager(page: "Page", live_server: Any) -> "Page":
    """A manager's browser, which logs an error where a mouse is used."""
    without_mouse(page)
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, make_user(Role.MANAGER))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    return page


def go(page: "Page", server: Any, name: str, *args: str) -> None:
    page.goto(server.url + reverse(name, args=args))


def type_day(page: "Page", box: str, day: date) -> None:
    """Type a day into its three boxes, the first of which is reached by Tab."""
    tab_to(page, f"{box}-day")
    for part in (day.day, day.month, day.year):
        write(page, str(part))
        page.keyboard.press("Tab")


def test_an_action_is_added_told_of_and_its_milestone_reached_by_keyboard(
    manager: "Page", live_server: Any
) -> None:
    make_workstream(workstream_id="W1", title="Outcomes")
    go(manager, live_server, "programme_list", "actions")
    follow(manager, "Add an action")
    headed(manager, "Add an action")
    tab_to(manager, "id_title")
    manager.keyboard.type("Negotiate with schools")
    tab_to(manager, "id_workstream")
    manager.keyboard.type("Out")
    tab_to(manager, "id_owner")
    manager.keyboard.type("Head of SEN")
    enter(manager)

    assert focus(manager).name == "There is a problem"
    tab_to(manager, "Choose the lever it works through.")
    manager.keyboard.press("Enter")
    assert focus(manager).id == "id_lever"
    assert manager.locator("#id_title").input_value() == "Negotiate with schools"
    assert manager.locator("#id_workstream").input_value() == "W1"
    manager.keyboard.press("Space")
    type_day(manager, "id_due_on", date(2026, 6, 30))
    tab_to(manager, "Save")
    enter(manager)

    headed(manager, "Negotiate with schools")
    assert manager.get_by_text("Added: Negotiate with schools").is_visible()
    follow(manager, "Add a milestone")
    tab_to(manager, "id_title")
    manager.keyboard.type("Terms agreed")
    type_day(manager, "id_due_on", date(2026, 5, 1))
    tab_to(manager, "Save")
    enter(manager)
    assert manager.get_by_text("Added: Terms agreed").is_visible()

    follow(manager, "Add an update")
    tab_to(manager, "id_status")
    for _ in range(4):
        manager.keyboard.press("ArrowDown")  # from not started to done
    tab_to(manager, "Save")
    enter(manager)
    assert focus(manager).name == "There is a problem"
    assert "They are: Terms agreed, due 1 May 2026." in manager.locator("main").inner_text()
    follow(manager, "Cancel")

    follow(manager, "Reached")
    headed(manager, "Enter that a milestone was reached")
    type_day(manager, "id_reached_on", date(2026, 4, 30))
    tab_to(manager, "Save")
    enter(manager)
    assert manager.get_by_text("Reached: Terms agreed").is_visible()
    assert Milestone.objects.get().reached_on == date(2026, 4, 30)

    follow(manager, "Add an update")
    tab_to(manager, "id_status")
    manager.keyboard.press("ArrowDown")
    tab_to(manager, "id_note")
    manager.keyboard.type("Two schools have agreed")
    tab_to(manager, "Save")
    enter(manager)
    assert "On track since" in manager.locator("#answer").inner_text()
    action = Action.objects.with_status(localdate()).get()
    assert (action.status, action.note) == ("ON_TRACK", "Two schools have agreed")


def test_a_decision_is_settled_by_keyboard(manager: "Page", live_server: Any) -> None:
    make_decision_needed(item_id="D1", title="Agree the tender")
    go(manager, live_server, "programme_list", "decisions")
    follow(manager, "Agree the tender")
    follow(manager, "Enter what was decided")
    tab_to(manager, "id_settled_as")
    manager.keyboard.type("Agreed for one year")
    tab_to(manager, "Save")
    enter(manager)
    headed(manager, "Agree the tender")
    assert focus(manager).name == "Success"
    assert manager.get_by_text("Agreed for one year").first.is_visible()
    assert DecisionNeeded.objects.get().settled_on == localdate()


def test_the_actions_that_wait_for_a_role_are_found_by_keyboard(manager: "Page", live_server: Any) -> None:
    make_programme()
    manager.goto(live_server.url + reverse("programme_list", args=["actions"]) + AT)
    tab_to(manager, "id_list-standing")
    manager.keyboard.type("Late or")
    tab_to(manager, "id_list-role")
    manager.keyboard.type("Fin")
    tab_to(manager, "Filter")
    enter(manager)
    assert "2 actions, 31 March 2019 (filtered: Due: Late or due" in manager.locator("main").inner_text()
    follow(manager, "An action that is on track")
    assert "31 March 2019" in manager.locator(".as-at").inner_text()


def test_a_board_gets_from_the_programme_to_what_an_action_did_by_keyboard(
    manager: "Page", live_server: Any
) -> None:
    make_programme()
    make_event(event_id="E1", day=date(2018, 9, 1), title="New process")
    manager.goto(live_server.url + reverse("programme") + AT)
    follow(manager, "An action that is at risk")
    headed(manager, "An action that is at risk")
    assert "Does it work?" in manager.locator("main").inner_text()
    follow(manager, "Programme")
    follow(manager, "1 September 2018, New process")
    tab_to(manager, "scope")
    manager.keyboard.press("Enter")
    tab_to(manager, "figure")
    manager.keyboard.type("INMSS share of EHC plans: P")
    tab_to(manager, "Update")
    enter(manager)
    assert manager.locator("main h2").all_inner_texts() == ["INMSS share of EHC plans: EHC plans in force"]


def test_the_highlight_report_is_one_sheet_of_paper(manager: "Page", live_server: Any) -> None:
    """As full as it gets: nine workstreams, and more of everything than it has room for."""
    long = "A sentence of some length, as those who work on the programme write them when they have time to"
    for number in range(9):
        workstream = make_workstream(title=f"Pre-school settings, mainstream schools and colleges {number}")
        action = make_action(
            "OFF_TRACK",
            title=f"{long} {number}",
            workstream=workstream,
            due_on=date(2019, 3, 1),
            owner="Head",
        )
        make_milestone(action=action, title=f"{long[:60]} {number}", due_on=date(2019, 4, 15))
        make_milestone(action=action, title=f"{long[:60]} reached {number}", reached_on=date(2019, 3, 20))
        make_risk(workstream=workstream, title=long, mitigation=long)
        make_decision_needed(workstream=workstream, title=long, asked_of="Programme board")
    manager.goto(live_server.url + reverse("programme_sheet") + AT)
    assert len(PdfReader(BytesIO(manager.pdf(prefer_css_page_size=True))).pages) == 1


@pytest.mark.parametrize("width", [1280, pytest.param(320, marks=pytest.mark.assurance)])
def test_every_page_fits_and_axe_finds_nothing(manager: "Page", live_server: Any, width: int) -> None:
    """On a narrow screen `make test` opens one of each kind of them in test_site_map_browser."""
    make_programme()
    make_event(event_id="E1", day=date(2018, 9, 1))
    manager.set_viewport_size({"width": width, "height": 900})
    records = [
        reverse(f"{name}{page}", args=[key])
        for name, key in PROGRAMME_RECORDS.items()
        for page in ("", "_change")
    ]
    pages = [reverse(name) + AT for name in ("programme", "programme_sheet", "commissioning_plan")]
    pages += [reverse("event_before_and_after", args=["E1"]) + AT, reverse("kpi", args=["workstreams"]) + AT]
    others = [
        reverse("action_update", args=["N1"]),
        reverse("milestone_reach", args=["M1"]),
        reverse("milestone_change", args=["M1"]),
        reverse("decision_needed_settle", args=["D1"]),
        reverse("kpi_note_remove", args=["T1"]),
        reverse("action_trail", args=["N1"]),
    ]
    for address in (*pages, *records, *others):
        manager.goto(live_server.url + address)
        check(manager, width, address)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_list_fits_and_axe_finds_nothing(manager: "Page", live_server: Any, width: int) -> None:
    make_programme()
    manager.set_viewport_size({"width": width, "height": 900})
    lists = [reverse("programme_list", args=[key]) + AT for key in LISTS]
    for address in (*lists, reverse("programme_list", args=["actions"]) + "?as_at=never"):
        manager.goto(live_server.url + address)
        check(manager, width, address)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_form_fits_and_axe_finds_nothing_nor_once_it_is_refused(
    manager: "Page", live_server: Any, width: int
) -> None:
    make_programme()
    manager.set_viewport_size({"width": width, "height": 900})
    for address in (reverse(f"{name}_add") for name in (*PROGRAMME_RECORDS, "kpi_note")):
        manager.goto(live_server.url + address)
        check(manager, width, address)
        with manager.expect_navigation():
            manager.get_by_role("button", name="Save").press("Enter")
        assert manager.title().startswith("Error:")
        check(manager, width, f"errors of {address}")
