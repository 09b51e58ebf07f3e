"""Record pages, search and dictionary in a real browser: keyboard, narrow screens, and what axe-core finds."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import test_pages_browser as pages
from tests.browser.keyboard import tab_to
from tests.browser.test_pages_browser import each_width, open_page
from tests.factories import (
    make_assessment,
    make_case,
    make_child,
    make_cost_line,
    make_decision,
    make_placement,
    make_places,
    make_plan,
    make_posting,
    make_school,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "The Very Long Name of a School in the Weald Community Academy"
LONG_KEY = "K-" + "4" * 38
ADDRESSES = (
    "/children/C1/",
    "/placements/PL1/",
    "/schools/S1/",
    f"/cases/{LONG_KEY}/",
    "/children/C1/?as_at=never",
    "/search/",
    "/search/?q=c",
    "/search/?q=nothing",
    "/search/?q=" + "x" * 81,
    "/kpis/",
    "/kpis/?q=plan",
    "/accessibility/",
)

site = pages.site  # the fixture, with the records below


@pytest.fixture
def records() -> None:
    """A child with a record of each kind, some in error, with the longest names and keys there are."""
    child = make_child(child_id="C1", home_district="Tonbridge and Malling")
    make_child(child_id="C2" + "x" * 38)
    assessment = make_assessment(child=child)
    plan = make_plan(child=child, assessment=assessment, secondary_need="SLCN")
    school = make_school(school_id="S1", name=LONG, provider_group="Group of Very Long Names of Providers")
    placement = make_placement(placement_id="PL1", plan=plan, school=school)
    make_cost_line(placement=placement, annual_amount=30_000, ends_on=date(2018, 8, 31))
    make_cost_line(placement=placement, annual_amount=33_000, starts_on=date(2018, 9, 1))
    make_cost_line(placement=placement, annual_amount=5_000, kind="TRANSPORT")
    make_cost_line(placement=placement, annual_amount=90_000, kind="THERAPY", void=True)
    make_places(school=school, provision="SRP", needs=["ASD", "SEMH", "SLCN"])
    make_posting(school=school, month=date(2019, 3, 1))
    case = make_case(case_id=LONG_KEY, child=child, school=school, reasons=["COMPLEXITY", "CAPACITY"])
    make_decision(case=case, outcome="DEFERRED", meeting_on=date(2018, 2, 1), note="Not heard " * 20)
    make_decision(case=case, void=True)
    for _ in range(50):
        make_placement(school=school)


def test_by_keyboard_from_the_search_to_child_placement_and_school(site: "Page") -> None:
    open_page(site, "/?as_at=2019-03-31")
    tab_to(site, "Child key, school or case")
    site.keyboard.type("c1")
    site.keyboard.press("Enter")
    site.wait_for_url("**/children/C1/?as_at=2019-03-31")
    assert site.get_by_role("heading", level=1).inner_text() == "Child C1"

    tab_to(site, "PL1")
    site.keyboard.press("Enter")
    site.wait_for_url("**/placements/PL1/?as_at=2019-03-31")
    assert site.get_by_text("Open on 31 March 2019, at £33,000 a year").is_visible()

    tab_to(site, LONG)
    site.keyboard.press("Enter")
    site.wait_for_url("**/schools/S1/?as_at=2019-03-31")
    assert site.get_by_role("heading", level=1).inner_text() == LONG

    tab_to(site, "Next")
    site.keyboard.press("Enter")
    site.wait_for_url("**page=2#table")
    site.go_back()
    site.go_back()
    assert site.get_by_role("heading", level=1).inner_text() == "Placement PL1"


@each_width
def test_nothing_scrolls_sideways_and_axe_finds_nothing(site: "Page", width: int) -> None:
    for address in ADDRESSES:
        open_page(site, address, width)
        assert site.evaluate("document.documentElement.scrollWidth") <= width, address
        found = site.evaluate("axe.run({preload: false}).then((report) => report.violations)")
        assert [(broken["id"], [n["html"] for n in broken["nodes"]]) for broken in found] == [], address


def test_search_field_shows_that_it_has_the_focus(site: "Page") -> None:
    open_page(site, "/kpis/")
    field = site.get_by_label("Child key, school or case")
    look = "(e) => { const s = getComputedStyle(e); return [s.backgroundColor, s.boxShadow, s.outlineColor].join() }"
    without = field.evaluate(look)
    tab_to(site, "Child key, school or case")
    assert field.evaluate(look) != without


@each_width
def test_cost_over_time_is_drawn_and_named(site: "Page", width: int) -> None:
    open_page(site, "/placements/PL1/?as_at=2019-03-31", width)
    chart = site.get_by_role("group", name="Annual cost over time")
    assert chart.is_visible()
    assert chart.locator(".marks").count() == 2
    box = chart.bounding_box()
    assert box is not None
    assert box["width"] <= width


def test_error_of_the_search_takes_the_focus_and_leads_to_its_field(site: "Page") -> None:
    open_page(site, "/search/?q=" + "x" * 81, 320)
    assert site.evaluate("document.activeElement.className") == "govuk-error-summary"
    site.get_by_role("link", name="Enter at most 80 characters.").click()
    assert site.evaluate("document.activeElement.id") == "q"


def test_all_of_it_works_without_javascript(
    browser: "Browser", page: "Page", live_server: Any, records: None
) -> None:
    context = browser.new_context(java_script_enabled=False)
    pages.sign_in(context, live_server.url)
    plain = context.new_page()
    plain.goto(live_server.url + "/placements/PL1/?as_at=2019-03-31")
    assert plain.get_by_role("cell", name="£33,000").first.is_visible()
    plain.get_by_label("Child key, school or case").fill("weald")
    plain.get_by_role("button", name="Search").first.click()
    plain.get_by_role("link", name=LONG).click()
    assert plain.get_by_role("heading", name=LONG).is_visible()
    plain.get_by_role("link", name="KPI dictionary").click()
    plain.get_by_label("Words in the definitions").fill("occupancy")
    plain.get_by_role("search", name="Search the definitions").get_by_role("button").click()
    assert plain.get_by_text("definitions for “occupancy”").is_visible()
    context.close()
