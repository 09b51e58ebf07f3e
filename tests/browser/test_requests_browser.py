"""Requests in a real browser: entered by keyboard alone, with and without scripts, and what axe-core finds."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from panel.models import PanelCase
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from tests.browser.keyboard import enter, focus, tab_to
from tests.browser.test_events_browser import check
from tests.browser.test_pages_browser import AXE, each_width, sign_in
from tests.factories import (
    make_case,
    make_child,
    make_cost_line,
    make_placement,
    make_plan,
    make_school,
    make_user,
)
from tests.panel.requests.typing import RECEIVED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADD = "/panel/requests/add/"


@pytest.fixture
def clerk() -> User:
    """A clerk, a child, three schools, and enough like placements for a cost to be usual."""
    child = make_child(child_id="C1", date_of_birth=date(RECEIVED.year - 9, 3, 1), home_district="Thanet")
    make_plan(child=child, issued_on=RECEIVED, primary_need="ASD", secondary_need="HI")
    make_child(child_id="C2", date_of_birth=date(RECEIVED.year - 8, 3, 1), home_district="Dover")
    make_school(school_id="S1", name="Ash School", district="Thanet")
    make_school(school_id="L1", name="Elm <School>", sector="STATE_SPECIAL")
    make_school(school_id="L2", name="Elm Grove School", sector="STATE_SPECIAL")
    for _ in range(6):
        make_cost_line(placement=make_placement(plan=make_plan(primary_need="ASD")))
    return make_user(Role.PANEL_CLERK)


@pytest.fixture
def desk(page: "Page", live_server: Any, clerk: User) -> Iterator["Page"]:
    """The empty form in the clerk's browser; the test fails when a script or style is refused."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url, clerk)
    page.goto(live_server.url + ADD)
    yield page
    assert errors == []


def fill(page: "Page", box: str, words: str) -> None:
    """Reach a box by Tab and type."""
    tab_to(page, box)
    page.keyboard.type(words)


def pick(page: "Page", box: str, words: str, offered: str) -> None:
    """Type into a box for a record, wait for what is offered, and take the first with the arrow and Enter."""
    fill(page, box, words)
    page.get_by_role("option", name=offered).first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def choose(page: "Page", first: str, times: int) -> None:
    """Reach radios by Tab and go down from the first."""
    tab_to(page, first)
    page.keyboard.press("Space")
    for _ in range(times):
        page.keyboard.press("ArrowDown")


def enter_all_but_the_cost(page: "Page") -> None:
    pick(page, "id_child", "c", "C1")
    page.locator(".child-facts").get_by_text("Thanet").wait_for()
    assert page.locator("#id_primary_need").input_value() == "ASD", "filled in from the plan"
    choose(page, "id_origin", 1)
    for part, text in (("day", "29"), ("month", "4"), ("year", str(RECEIVED.year))):
        fill(page, f"id_received_on-{part}", text)
    choose(page, "id_panel", 0)
    fill(page, "id_primary_need", "Autis")
    pick(page, "id_school", "ash", "Ash School")
    choose(page, "id_attendance", 0)


def test_a_request_is_entered_by_keyboard_alone(desk: "Page") -> None:
    enter_all_but_the_cost(desk)
    fill(desk, "id_cost_core", "36")
    fill(desk, "id_cost_transport", "9,000")
    assert desk.locator("[data-total]").inner_text() == "£36"
    tab_to(desk, "id_reasons")
    desk.keyboard.press("Space")
    pick(desk, "id_consultations-0-school", "elm", "Elm <School>")
    fill(desk, "id_documents-0-title", "Annual review")
    fill(desk, "id_documents-0-reference", "DOC/17")
    enter(desk)  # in a box, as for any form: it saves

    assert focus(desk).name == "There is a problem"
    assert "Check 1 unusual answer" in desk.locator(".govuk-error-summary").inner_text()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    assert focus(desk).id == "id_unlikely"
    assert desk.get_by_label("£36 is well outside the usual range for ASD").is_visible()
    assert desk.locator("#id_child").input_value() == "C1"
    assert desk.locator("#id_consultations-0-school").input_value() == "Elm <School> (L1)"
    desk.locator("#id_cost_core").focus()
    desk.keyboard.press("Control+A")
    desk.keyboard.type("36,000")
    enter(desk)

    assert focus(desk).name == "Success"
    assert desk.get_by_text("Saved as panel case case-000001, £36,000.").is_visible()
    (case,) = PanelCase.objects.all()
    assert (case.child_id, case.school_id, case.attendance, case.reasons) == (
        "C1",
        "S1",
        "DAY",
        ["COMPLEXITY"],
    )
    assert [(c.kind, c.annual_amount) for c in case.requested_costs.order_by("kind")] == [
        ("CORE", 36_000),
        ("TRANSPORT", 9_000),
    ]
    assert [asked.school_id for asked in case.consultations.all()] == ["L1"]
    assert [paper.reference for paper in case.documents.all()] == ["DOC/17"]

    tab_to(desk, "Change the request")
    enter(desk)
    assert desk.locator("#id_school").input_value() == "Ash School (S1)"


def test_a_draft_is_kept_and_continued_by_keyboard(desk: "Page") -> None:
    fill(desk, "id_child", "not yet known")
    fill(desk, "id_cost_core", "dear")
    desk.get_by_role("button", name="Save as a draft").focus()
    enter(desk)
    assert desk.get_by_role("row", name="not yet known").is_visible()
    desk.get_by_role("link", name="Continue the draft").focus()
    enter(desk)
    assert desk.locator("#id_cost_core").input_value() == "dear"
    assert desk.locator(".govuk-error-message").count() == 0
    assert not PanelCase.objects.exists()


def test_the_hint_and_error_stay_with_a_box_that_is_completed(desk: "Page") -> None:
    with desk.expect_navigation():
        desk.get_by_role("button", name="Save the request").click()
    box = desk.locator("#id_child")
    for words in ("", "c"):
        box.fill(words)
        described = (box.get_attribute("aria-describedby") or "").split()
        assert {"id_child-hint", "id_child-error"} <= set(described)


def test_names_are_offered_as_text(desk: "Page") -> None:
    desk.locator("#id_school").press_sequentially("<sch")
    offered = desk.get_by_role("option", name="Elm <School>")
    offered.wait_for()
    assert "State special school" in offered.inner_text()


def test_works_without_javascript(browser: "Browser", live_server: Any, clerk: User) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server.url, clerk)
    page = context.new_page()
    page.goto(live_server.url + ADD)
    page.locator("#id_child").fill("c1")
    page.locator("#id_school").fill("elm")
    page.locator("#id_documents-0-title").fill("Letter")
    with page.expect_navigation():
        page.get_by_role("button", name="Add another paper").click()
    assert page.locator("#id_documents-3-title").count() == 1
    assert page.locator("#id_documents-0-title").input_value() == "Letter"
    assert page.locator(".govuk-error-message").count() == 0
    with page.expect_navigation():
        page.get_by_role("button", name="Save the request").click()
    page.get_by_label("Elm Grove School").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save the request").click()
    assert page.locator("#id_school-error").count() == 0
    context.close()


@each_width
def test_every_page_fits_and_axe_finds_nothing(desk: "Page", live_server: Any, width: int) -> None:
    make_case(case_id="K1", child_id="C1")
    desk.set_viewport_size({"width": width, "height": 900})
    for address in (ADD, "/panel/requests/drafts/", "/panel/cases/K1/change/", "/cases/K1/"):
        desk.goto(live_server.url + address)
        check(desk, width, address)
    desk.goto(live_server.url + ADD)
    desk.locator("#id_school").fill("elm")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Save the request").click()
    check(desk, width, "errors")
    desk.locator("#id_child").press_sequentially("c")
    desk.get_by_role("option").first.wait_for()
    check(desk, width, "offered")
