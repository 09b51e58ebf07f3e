"""An officer's journeys in a real browser: from a number to its records and back, filtered, shared, on paper."""

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from sen_dashboard.kpis import KPIS
from tests.browser import test_pages_browser as pages
from tests.browser.keyboard import tab_to
from tests.browser.test_pages_browser import DRAWN, open_page, sign_in
from tests.factories import make_child, make_cost_line, make_placement, make_plan, make_posting, make_school

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

site = pages.site  # the fixture, with the records below


@pytest.fixture
def records() -> None:
    """Three children in INMSS: two of Thanet, one of whom has SEMH; and the ledger of March 2019."""
    make_posting(month=date(2019, 3, 1))
    school = make_school(school_id="S1", name="Ash School")
    for key, district, need in (("C1", "Thanet", "ASD"), ("C2", "Thanet", "SEMH"), ("C3", "Ashford", "ASD")):
        child = make_child(child_id=key, home_district=district)
        plan = make_plan(child=child, primary_need=need)
        make_cost_line(placement=make_placement(placement_id=f"P-{key}", plan=plan, school=school))


def test_from_the_overview_to_a_record_and_back(site: "Page") -> None:
    open_page(site, "/")
    site.get_by_role("link", name="Needs of children in INMSS").click()
    site.get_by_role("tab", name="Table").click()
    site.get_by_role("link", name="1", exact=True).click()
    assert "Social, emotional and mental health" in site.locator("h1").inner_text()
    assert site.locator("#answer").inner_text() == "1 placement."
    site.get_by_role("link", name="C2", exact=True).click()
    assert site.get_by_role("heading", level=1).inner_text() == "Child C2"
    assert "as_at=2019-03-31" in site.url
    site.get_by_role("link", name="Ash School").first.click()
    assert site.get_by_role("heading", level=1).inner_text() == "Ash School"
    for _ in range(4):
        site.go_back()
    assert site.get_by_role("heading", level=1).inner_text() == "Where the programme stands"


def test_a_filter_is_said_kept_and_shared(site: "Page", browser: "Browser", live_server: Any) -> None:
    open_page(site, "/kpis/need_mix/")
    site.get_by_text("change what is shown").click()
    site.get_by_label("Home district").select_option("Thanet")
    site.get_by_role("button", name="Update").click()
    assert "Home district: Thanet" in site.locator(".filtered").inner_text()
    assert "2 of 2 children" in site.locator(".facts").inner_text()
    site.get_by_role("link", name="INMSS share of EHC plans").click()
    assert "district=Thanet" in site.url, "the choice is lost on the way to another figure"
    shared = browser.new_context()
    sign_in(shared, live_server.url)
    other = shared.new_page()
    other.goto(site.url)
    assert other.locator("#answer").inner_text() == site.locator("#answer").inner_text()
    assert "filtered" in other.locator(".chart figcaption").inner_text()
    shared.close()
    site.get_by_role("link", name="Clear the filters").click()
    assert site.locator(".filtered").count() == 0


def test_a_click_on_the_chart_leads_to_its_records(site: "Page") -> None:
    open_page(site, "/kpis/need_mix/")
    site.get_by_role("link", name="ASD: 2 (66.7%)").click()
    site.wait_for_url("**/kpis/need_mix/records/children/**row=ASD*")
    assert site.locator("#answer").inner_text() == "2 placements."


def test_by_arrow_keys_a_line_leads_to_its_months(site: "Page") -> None:
    """One stop for the chart, the last month by End, the one before by an arrow; Enter leads to the records."""
    open_page(site, "/kpis/ehcp_share/")
    tab_to(site, "Explore the chart")
    for key in ("Tab", "End", "ArrowLeft", "ArrowRight", "Enter"):
        site.keyboard.press(key)
    site.wait_for_url("**/kpis/ehcp_share/records/inmss_children/**row=2019-03-31*")


def test_from_chart_to_table_to_records_by_keyboard_alone(site: "Page") -> None:
    open_page(site, "/kpis/need_mix/")
    tab_to(site, "Chart")
    assert not site.locator("#table").is_visible()
    site.keyboard.press("ArrowRight")
    assert site.locator("#table").is_visible()
    assert not site.locator(DRAWN).first.is_visible()
    tab_to(site, "2")
    site.keyboard.press("Enter")
    site.wait_for_url("**/records/children/**")
    tab_to(site, "C1")
    site.keyboard.press("Enter")
    site.wait_for_url("**/children/C1/**")


def test_sorting_a_table_comes_back_to_the_table(site: "Page") -> None:
    open_page(site, "/kpis/need_mix/#table")
    site.get_by_role("link", name="Share", exact=True).click()
    site.wait_for_url("**sort=share_pct*")
    assert site.locator("#table").is_visible()


def test_without_javascript_chart_and_table_need_no_tabs(
    browser: "Browser", page: "Page", live_server: Any, records: None
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server.url)
    plain = context.new_page()
    plain.goto(f"{live_server.url}/kpis/need_mix/?as_at=2019-03-31")
    assert plain.get_by_role("tab").count() == 0
    plain.get_by_role("link", name="1", exact=True).click()
    assert plain.locator("#answer").inner_text() == "1 placement."
    plain.get_by_label("School name contains").fill("no such")
    plain.get_by_role("button", name="Filter").click()
    assert plain.locator("#answer").inner_text() == "Shown: 0 placements, of 1 placement."
    context.close()


@pytest.mark.parametrize("view", ["", "#table"])
def test_a_figure_prints_on_one_side_with_its_chart(site: "Page", view: str) -> None:
    for kpi in KPIS:
        open_page(site, f"/kpis/{kpi.slug}/?as_at=2019-03-31{view}")
        sheets = re.findall(rb"/Type\s*/Page\b", site.pdf(prefer_css_page_size=True))
        assert len(sheets) == 1, kpi.slug
    site.emulate_media(media="print")
    open_page(site, f"/kpis/need_mix/{view}")
    assert site.locator(DRAWN).first.is_visible()
    assert not site.locator("#table").is_visible()
    assert not site.locator(".site-navigation").is_visible()
