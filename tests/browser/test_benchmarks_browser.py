"""The benchmarks in a real browser: narrow screens, both charts, choosing by keyboard, and what axe-core finds."""

from typing import TYPE_CHECKING

import pytest

from sen_dashboard.benchmarking.measures import BY_SLUG
from tests.benchmarking.shipped import load_shipped
from tests.browser import test_pages_browser as pages
from tests.browser.keyboard import focus, follow, rows_of, save, tab_to, without_mouse
from tests.browser.test_pages_browser import each_width, open_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESSES = (
    "/benchmarks/",
    *(f"/benchmarks/{slug}/" for slug in BY_SLUG),
    "/benchmarks/timeliness_20_weeks/?year=2022",  # with a neighbour that has no figure
    "/benchmarks/requests/?year=1999",
)
CHARTS = "/benchmarks/inmss_share/"

site = pages.site  # the fixture, with the records below instead of a council's


@pytest.fixture
def records() -> None:
    """What the program ships, with the longest names and file names there are; no records of a council."""
    load_shipped()


@each_width
def test_nothing_scrolls_sideways_and_axe_finds_nothing(site: "Page", width: int) -> None:
    for address in ADDRESSES:
        open_page(site, address, width)
        assert site.evaluate("document.documentElement.scrollWidth") <= width, address
        found = site.evaluate("axe.run({preload: false}).then((report) => report.violations)")
        assert [(broken["id"], [n["html"] for n in broken["nodes"]]) for broken in found] == [], address


@each_width
def test_both_charts_are_drawn_and_named(site: "Page", width: int) -> None:
    open_page(site, CHARTS, width)
    bars = site.get_by_role("group", name="Plans in INMSS, January 2025: Kent and those it is compared with")
    lines = site.get_by_role("group", name="Plans in INMSS over the years")
    assert bars.is_visible()
    assert lines.is_visible()
    assert bars.locator(".marks title").count() == 13
    assert lines.locator(".marks").count() == 4


def test_a_benchmark_another_year_and_its_file_by_keyboard_alone(site: "Page") -> None:
    """The tasks of the benchmarks: find one, look at another year, sort, take the rows along, go on to the next."""
    without_mouse(site)
    open_page(site, "/benchmarks/")
    follow(site, "INMSS share of EHC plans")
    tab_to(site, "scope")
    site.keyboard.press("Enter")
    tab_to(site, "Year")
    site.keyboard.press("ArrowDown")
    follow(site, "Update")
    site.wait_for_url("**year=2023-24*")
    assert "January 2024" in site.locator("#answer").inner_text()

    saved = save(site, "CSV")
    assert saved.suggested_filename == "inmss_share-inmss-2023-24.csv"
    assert [row["area"] for row in rows_of(saved)] == site.locator("#table tbody th").all_inner_texts()

    follow(site, "Area")
    assert focus(site).id == "table"
    assert site.get_by_role("columnheader", name="Area").first.get_attribute("aria-sort") == "ascending"
