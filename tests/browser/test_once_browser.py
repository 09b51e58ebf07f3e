"""Hurried people in a real browser: keys held down, double clicks, the end of a session, and Back."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.utils.timezone import now

from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.sessions import IDLE, WARNING
from sen_dashboard.programme.models import Event
from tests.browser.test_pages_browser import AXE, sign_in
from tests.factories import make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def adding(page: "Page", live_server: Any) -> "Page":
    """The form of a new event, filled in by a manager."""
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, make_user(Role.MANAGER, username="ann"))
    page.clock.install()
    page.goto(live_server.url + "/events/add/")
    for part, text in (("day", "29"), ("month", "4"), ("year", "2019")):
        page.fill(f"#id_day-{part}", text)
    page.fill("#id_title", "New process")
    return page


def test_a_double_click_adds_one(adding: "Page") -> None:
    sent: list[str] = []
    adding.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    adding.get_by_role("button", name="Save").dblclick()
    adding.wait_for_url("**/events/")
    assert adding.get_by_text("Added: 29 April 2019, New process").count() == 1
    assert Event.objects.count() == 1
    assert sent == ["POST"]


def test_a_warning_offers_to_stay_before_the_session_ends(adding: "Page") -> None:
    dialog = adding.get_by_role("dialog")
    assert not dialog.is_visible()
    session = Session.objects.get()
    Session.objects.update(expire_date=now() + timedelta(minutes=4))
    adding.clock.fast_forward(1000 * (IDLE - WARNING).seconds)
    dialog.wait_for(state="visible")
    assert "You will be signed out in 4 minutes" in dialog.inner_text()
    assert not adding.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")[
        "violations"
    ]
    adding.get_by_role("button", name="Stay signed in").press("Enter")
    dialog.wait_for(state="hidden")
    adding.wait_for_function("() => !document.querySelector('dialog').open")
    assert adding.input_value("#id_title") == "New process"
    adding.wait_for_timeout(300)
    session.refresh_from_db()
    assert session.expire_date > now() + IDLE - timedelta(minutes=1)


def test_after_the_end_what_was_typed_is_still_there(adding: "Page") -> None:
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    adding.clock.fast_forward(1000 * (IDLE - WARNING).seconds)
    dialog = adding.get_by_role("dialog")
    dialog.wait_for(state="visible")
    assert "You have been signed out" in dialog.inner_text()
    adding.get_by_role("button", name="Close").click()
    adding.get_by_role("button", name="Save").click()
    adding.wait_for_url("**/sign-in/?next=/events/add/")
    assert adding.get_by_text("What you typed is kept for a day").is_visible()
    assert not Event.objects.exists()
