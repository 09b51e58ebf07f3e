"""Hurried people in a real browser: keys held down, double clicks, the end of a session, and Back."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.utils.timezone import localdate, now

from panel.models import PanelCase
from sen_dashboard.accounts.kept import MOST
from sen_dashboard.accounts.models import KeptInput
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.sessions import IDLE, WARNING
from sen_dashboard.programme.models import Event, KpiNote
from tests.browser.test_pages_browser import AXE, sign_in
from tests.factories import make_case, make_child, make_plan, make_school, make_user

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def adding(page: "Page", live_server: Any) -> "Page":
    """The form of a new event, filled in by a manager."""
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, make_user(Role.MANAGER, Role.PANEL_CLERK, username="ann"))
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
    assert not adding.evaluate(
        "axe.run({preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})"
    )["violations"]
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


@pytest.mark.parametrize("address", ["/", "/panel/queues/ready/", "/events/add/"])
def test_after_the_end_nothing_is_promised_that_is_not_kept(
    adding: "Page", live_server: Any, address: str
) -> None:
    """A page without a form, a form of ticks, and more than is kept."""
    make_case(case_id="K1", ready_on=localdate())
    adding.goto(live_server.url + address)
    assert adding.locator("[data-kept]").count() == (address != "/")
    if address == "/events/add/":
        adding.fill("#id_title", "a" * MOST)
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    adding.clock.fast_forward(1000 * (IDLE - WARNING).seconds)
    dialog = adding.get_by_role("dialog")
    dialog.wait_for(state="visible")
    assert "Anything not saved on this page is lost" in dialog.inner_text()


@pytest.fixture
def request_form(page: "Page", live_server: Any) -> "Page":
    """The form of a request, filled in by a clerk, child and school chosen from what was offered."""
    make_child(child_id="C1", date_of_birth=date(localdate().year - 10, 1, 1))
    make_school(school_id="S1", name="Ash School")
    sign_in(page.context, live_server.url, make_user(Role.PANEL_CLERK, username="ann"))
    today = localdate()
    page.goto(live_server.url + "/panel/requests/add/")
    for box, begins, offered in (("child", "C", "C1"), ("school", "As", "Ash School")):
        page.locator(f"#id_{box}").press_sequentially(begins)
        page.get_by_role("option", name=offered).first.click()
    for part, text in (("day", "1"), ("month", f"{today:%b}".lower()), ("year", f"{today:%Y}")):
        page.fill(f"#id_received_on-{part}", text)
    page.get_by_label("Annual review").check()
    page.get_by_label("Independent Placement Panel").first.check()
    page.get_by_label("Day", exact=True).last.check()
    page.select_option("#id_primary_need", "ASD")
    page.fill("#id_cost_core", "30,000")
    return page


def typed_there(page: "Page") -> dict[str, str]:
    return {
        name: page.input_value(f"#id_{name}")
        for name in ("child", "school", "cost_core", "received_on-month")
    }


def test_back_restores_the_request_form_and_saving_again_makes_no_second_case(request_form: "Page") -> None:
    page = request_form
    typed = typed_there(page)
    assert typed["child"].startswith("C1")
    assert typed["cost_core"] == "30,000"
    page.get_by_role("button", name="Save the request").click()
    page.wait_for_url("**/cases/**")
    case = page.url
    page.go_back(wait_until="load")
    assert typed_there(page) == typed
    page.get_by_role("button", name="Save the request").click()
    page.wait_for_url(case)
    assert PanelCase.objects.count() == 1

    page.go_back()
    page.fill("#id_cost_core", "31,000")
    page.get_by_role("button", name="Save the request").click()
    page.get_by_role("button", name="Save this as another").click()
    page.locator("[name=unlikely]").first.check()  # the child has a case at this panel already
    page.get_by_role("button", name="Save the request").click()
    page.wait_for_url("**/cases/**")
    assert page.url != case
    assert PanelCase.objects.count() == 2


def test_after_the_end_of_the_session_no_sign_in_comes_into_the_form(request_form: "Page") -> None:
    """What would be typed there would be sent with the request. What was typed stays, and is kept."""
    page = request_form
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    page.fill("#id_child", "C2")
    with page.expect_response("**/sign-in/**"):
        page.locator("#id_caseworker").focus()
    with page.expect_response("**/sign-in/**"):
        page.locator("#id_school").press_sequentially("Elm")
    page.get_by_text("No results").first.wait_for()
    assert page.locator(".child-facts").count() == 0
    assert page.locator("[type=password]").count() == 0
    assert errors == []
    page.get_by_role("button", name="Save the request").click()
    page.wait_for_url("**/sign-in/?next=/panel/requests/add/")
    assert "child=C2" in KeptInput.objects.get().typed


def test_back_shows_the_child_of_the_box_and_another_child_brings_its_own_needs(
    page: "Page", live_server: Any
) -> None:
    """The page comes with the facts and the needs of one child, and Back with those of another in its boxes."""
    for key, need, district in (("C1", "ASD", "Thanet"), ("C2", "SEMH", "Dover"), ("C3", "HI", "Swale")):
        child = make_child(
            child_id=key, date_of_birth=date(localdate().year - 10, 1, 1), home_district=district
        )
        make_plan(child=child, primary_need=need, issued_on=localdate())
    sign_in(page.context, live_server.url, make_user(Role.PANEL_CLERK, username="ann"))
    page.goto(live_server.url + "/panel/requests/add/?child=C1")

    def choose(key: str, district: str, need: str) -> None:
        page.locator("#id_child").fill(key)
        page.locator("#id_caseworker").focus()
        page.locator(".child-facts").get_by_text(district).wait_for()
        assert page.input_value("#id_primary_need") == need

    assert page.input_value("#id_primary_need") == "ASD", "filled in by the server"
    choose("C2", "Dover", "SEMH")
    page.get_by_role("link", name="Overview").first.click()
    page.wait_for_url(lambda address: "/panel/" not in address)
    page.go_back()
    page.locator(".child-facts").get_by_text("Dover").wait_for()
    assert page.locator(".child-facts").get_by_text("Thanet").count() == 0
    assert page.input_value("#id_primary_need") == "SEMH"
    choose("C3", "Swale", "HI")
    page.select_option("#id_primary_need", "MLD")
    choose("C1", "Thanet", "MLD")


def test_back_restores_what_was_not_saved(request_form: "Page") -> None:
    typed = typed_there(request_form)
    request_form.get_by_role("link", name="Overview").first.click()
    request_form.wait_for_url(lambda address: "/panel/" not in address)
    request_form.go_back()
    assert typed_there(request_form) == typed


def test_the_count_is_the_servers(page: "Page", live_server: Any) -> None:
    """A line break is one character, and so is one that the browser itself counts as two."""
    sign_in(page.context, live_server.url, make_user(Role.MANAGER, username="ann"))
    page.goto(live_server.url + "/programme/notes/add/")
    box = page.locator("#id_text")
    most = int(box.get_attribute("data-counted") or 0)
    box.fill("a" * (most - 22) + "\n" * 20 + "🙂")
    assert page.get_by_text("1 character left").first.is_visible()
    box.fill("a" * (most - 21) + "\n" * 20 + "b")
    assert page.get_by_text("0 characters left").first.is_visible()
    page.fill("#id_title", "Many lines")
    page.select_option("#id_kpi", "capacity")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/programme/notes/")
    assert KpiNote.objects.get().text.count("\n") == 20
