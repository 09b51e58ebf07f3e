"""The pages in a real browser: narrow screens, charts, keyboard, no JavaScript, and what axe-core finds."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.kpi.definition import Group, Kpi
from sen_dashboard.kpis import KPIS
from tests.factories import make_cost_line, make_placement, make_posting, make_school, make_user
from tests.site_map import make_everything

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
WIDTHS = (1280, 375, 320)
each_width = pytest.mark.parametrize("width", [1280, pytest.param(375, marks=pytest.mark.assurance), 320])
"""A test at each width; those between the widest and the narrowest are left to `make assurance`."""

CHART = "/kpis/provider_concentration/"
ADDRESSES = ("/", "/figures/money/", CHART, "/kpis/ehcp_share/", "/kpis/capacity/?as_at=never", "/nothing")
"""Pages of each kind, at which axe-core looks."""

DRAWN = ".chart__svg"
GROUPS = [group for group in Group if group is not Group.PROGRAMME]


@pytest.fixture
def records() -> None:
    """Placements at two schools, one with a name that is longer than a narrow screen, and their posting."""
    make_posting(month=date(2019, 3, 1))
    for name in ("Ash School", "The Very Long Name of a School in the Weald Community Academy"):
        make_cost_line(placement=make_placement(school=make_school(name=name)))


def sign_in(context: "BrowserContext", address: str, user: User | None = None) -> None:
    """Give the browser the session of a person, an officer unless given, as the sign-in page would."""
    client = Client()
    officer = User.objects.filter(username="officer").first()
    client.force_login(user or officer or make_user(Role.OFFICER, username="officer"))
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


@pytest.fixture
def site(page: "Page", live_server: Any, records: None) -> Iterator["Page"]:
    """A signed-in browser; the test fails when a page logs an error, which a refused script or style does too."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.context.add_init_script(path=AXE)
    sign_in(page.context, live_server.url)
    page.base = live_server.url  # type: ignore[attr-defined]  # our own note, for open_page
    yield page
    assert [
        error for error in errors if "400 (Bad Request)" not in error and "404 (Not Found)" not in error
    ] == []


def open_page(site: "Page", address: str, width: int = 1280) -> None:
    site.set_viewport_size({"width": width, "height": 900})
    site.goto(site.base + address)  # type: ignore[attr-defined]  # noted by the fixture site


def found_by_axe(site: "Page") -> list[tuple[str, list[str]]]:
    """The rules of axe-core that the page breaks, and where; fails if hardly a rule was asked."""
    broken, kept = site.evaluate(
        "axe.run({preload: false}).then((report) => [report.violations, report.passes.length])"
    )
    assert kept > 5
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in broken]


@each_width
def test_nothing_scrolls_sideways_but_the_table_and_axe_finds_nothing(site: "Page", width: int) -> None:
    for address in (
        *ADDRESSES,
        *(f"/figures/{group.slug}/" for group in GROUPS),
        *(f"/kpis/{kpi.slug}/" for kpi in KPIS),
    ):
        open_page(site, address, width)
        assert site.evaluate("document.documentElement.scrollWidth") <= width, address
        if address in ADDRESSES:
            assert found_by_axe(site) == [], address


def test_axe_finds_nothing_on_the_sign_in_page(site: "Page") -> None:
    site.context.clear_cookies()
    open_page(site, "/")
    site.get_by_role("button", name="Sign in").click()
    assert found_by_axe(site) == []


def test_person_signs_in_and_out(site: "Page") -> None:
    site.context.clear_cookies()
    make_user(Role.PANEL_CLERK, username="clerk", password="a long enough phrase")
    open_page(site, CHART)
    site.get_by_label("Username").fill("clerk")
    site.get_by_label("Password").fill("a long enough phrase")
    site.get_by_role("button", name="Sign in").click()
    site.wait_for_selector(DRAWN)
    site.get_by_role("button", name="Sign out").click()
    assert site.get_by_role("heading", name="Sign in").is_visible()


@each_width
def test_chart_is_drawn_within_its_box_and_named(site: "Page", width: int) -> None:
    open_page(site, CHART, width)
    chart = site.get_by_role("group", name="Cost at the largest providers")
    assert chart.is_visible()
    assert chart.get_by_role("link").count() == 2
    box = chart.bounding_box()
    assert box is not None
    assert box["width"] <= width
    assert site.locator(".modebar").count() == 0


def test_without_javascript_chart_and_table_say_it(
    browser: "Browser", page: "Page", live_server: Any, records: None
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, live_server.url)
    plain = context.new_page()
    plain.goto(live_server.url + CHART)
    assert plain.get_by_role("cell", name="£36,500").first.is_visible()
    assert plain.get_by_role("group", name="Cost at the largest providers").is_visible()
    assert not plain.get_by_role("button", name="Explore the chart").is_visible()
    plain.get_by_text("change what is shown").click()
    assert plain.get_by_label("As at").is_visible()
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
def test_form_unfolds_from_the_line_that_says_what_is_shown(site: "Page", width: int) -> None:
    open_page(site, CHART, width)
    assert "As at 31 March 2019 · " in site.locator(".scope summary").inner_text()
    assert not site.get_by_label("Largest schools").is_visible()
    site.get_by_text("change what is shown").click()
    site.get_by_label("Largest schools").fill("1")
    site.get_by_role("button", name="Update").click()
    assert "top=1" in site.url


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.slug)
def test_answer_and_chart_are_above_the_fold(site: "Page", kpi: Kpi[Any, Any]) -> None:
    """At 1280 by 900: all of the answer, and of a chart all that is 300 pixels high or the first 300."""
    make_everything()
    open_page(site, f"/kpis/{kpi.slug}/?as_at=2019-03-31")
    answer, chart = site.locator("#answer").bounding_box(), site.locator(".chart__svg--wide").bounding_box()
    assert answer is not None
    assert chart is not None
    assert answer["y"] + answer["height"] <= chart["y"]
    assert chart["y"] + min(chart["height"], 300) <= 900


def test_rows_stack_on_a_phone(site: "Page") -> None:
    """Each value stands beside its heading, nothing scrolls sideways, and the headings still sort."""
    open_page(site, f"{CHART}#table-view", 375)
    row = site.get_by_role("row").filter(has_text="Ash School")
    cells = row.get_by_role("cell").all()
    tops = [cell.bounding_box()["y"] for cell in cells]  # type: ignore[index]
    assert tops == sorted(set(tops))
    assert row.get_by_role("rowheader").inner_text() == "Ash School"
    heading = cells[0].evaluate("(cell) => getComputedStyle(cell, '::before').content")
    assert heading == f'"{cells[0].get_attribute("data-label")}"'
    region = site.locator("#table")
    assert region.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    site.get_by_role("link", name="School", exact=True).click()
    site.wait_for_url("**/*sort=school*")


@each_width
def test_search_box_fits_a_name(site: "Page", width: int) -> None:
    open_page(site, "/", width)
    box = site.get_by_label("Child key, school or case").bounding_box()
    assert box is not None
    assert box["width"] >= 190  # 24 letters


def test_error_takes_the_focus_and_leads_to_its_field(site: "Page") -> None:
    open_page(site, CHART + "?top=none", 320)
    assert site.evaluate("document.activeElement.className") == "govuk-error-summary"
    site.get_by_role("link", name="“none” is not a whole number").click()
    assert site.evaluate("document.activeElement.id") == "top"
    assert site.get_by_label("Largest schools").input_value() == "none"


def test_keyboard_reaches_everything_and_shows_where_it_is(site: "Page") -> None:
    open_page(site, CHART)
    looks = "(e) => { const s = getComputedStyle(e); return [s.backgroundColor, s.boxShadow, s.outlineColor].join() }"
    wanted = ["Skip to main content", "Sign out", "CSV", "JSON", "School", "Annual cost"]
    seen = []
    for _ in range(60):
        site.keyboard.press("Tab")
        focused = site.evaluate_handle("document.activeElement").as_element()
        if focused is None or focused.evaluate("(e) => e === document.body"):
            break
        seen.append(focused.inner_text().split(" file")[0].strip())
        if seen[-1] == "Chart":
            site.keyboard.press("ArrowRight")  # to the table, whose headings come next
        if seen[-1] in wanted:
            with_focus = focused.evaluate(looks)
            without = focused.evaluate(
                f"(e) => {{ e.blur(); const was = ({looks})(e); e.focus(); return was }}"
            )
            assert with_focus != without, seen[-1]
    assert [name for name in wanted if name not in seen] == []


def test_enter_on_a_heading_sorts(site: "Page") -> None:
    open_page(site, f"{CHART}#table")
    site.get_by_role("link", name="School", exact=True).focus()
    site.keyboard.press("Enter")
    site.wait_for_url("**/*sort=school*")
    assert site.get_by_role("columnheader", name="School").get_attribute("aria-sort") == "ascending"
