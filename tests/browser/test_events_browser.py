"""The pages of events in a real browser: by keyboard alone, at every width, and what axe-core finds."""

from typing import TYPE_CHECKING, Any

import pytest

from sen_dashboard.accounts.roles import Role
from sen_dashboard.programme.models import Event
from tests.browser.keyboard import enter, focus, follow, tab_to, write
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import make_event, make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def events(page: "Page", live_server: Any) -> "Page":
    """The list of events, of which there is one, opened by a manager."""
    make_event(event_id="E1", title="Education, health and care plans replace statements")
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, make_user(Role.MANAGER))
    page.goto(live_server.url + "/events/")
    return page


def test_an_event_is_added_by_keyboard_and_nothing_typed_is_lost(events: "Page") -> None:
    follow(events, "Add an event")
    tab_to(events, "id_day-day")
    for part in ("31", "4"):
        events.keyboard.type(part)
        events.keyboard.press("Tab")
    tab_to(events, "id_title")
    events.keyboard.type("New process")
    enter(events)

    assert focus(events).name == "There is a problem"
    assert events.title().startswith("Error: Add an event")
    tab_to(events, "The date must include a year.")
    events.keyboard.press("Enter")
    assert focus(events).id == "id_day-year"  # the box that was left empty
    boxes = {name: events.locator(f"#id_{name}").input_value() for name in ("day-day", "day-month", "title")}
    assert boxes == {"day-day": "31", "day-month": "4", "title": "New process"}

    events.keyboard.type("2019")
    enter(events)
    tab_to(events, "The date must be a real date.")
    events.keyboard.press("Enter")
    assert focus(events).id == "id_day-day"
    write(events, "29")
    enter(events)

    assert focus(events).name == "Success"
    assert events.get_by_text("Added: 29 April 2019, New process").is_visible()
    assert events.get_by_role("row", name="29 April 2019 New process").is_visible()
    assert Event.objects.count() == 2


def test_an_event_is_changed_and_removed_by_keyboard(events: "Page") -> None:
    follow(events, "Change")
    tab_to(events, "id_title")
    write(events, "Statements end")
    enter(events)
    assert events.get_by_text("Changed: 29 April 2019, Statements end").is_visible()
    follow(events, "Remove")
    follow(events, "Remove")
    assert events.get_by_text("Removed: 29 April 2019, Statements end").is_visible()
    assert not Event.objects.exists()


@each_width
def test_every_page_fits_and_axe_finds_nothing(events: "Page", live_server: Any, width: int) -> None:
    events.set_viewport_size({"width": width, "height": 900})
    for address in ("/events/", "/events/E1/change/", "/events/E1/remove/", "/events/add/"):
        events.goto(live_server.url + address)
        check(events, width, address)
    with events.expect_navigation():
        events.get_by_role("button", name="Save").click()
    check(events, width, "errors")
    events.goto(live_server.url + "/events/E1/change/")
    with events.expect_navigation():
        events.get_by_role("button", name="Save").click()
    check(events, width, "success")


def check(page: "Page", width: int, where: str) -> None:
    """Nothing scrolls sideways, and axe-core finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, where
    found = page.evaluate("axe.run({preload: false}).then((report) => report.violations)")
    assert [(broken["id"], [node["html"] for node in broken["nodes"]]) for broken in found] == [], where
