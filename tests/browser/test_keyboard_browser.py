"""Every task of the dashboard by keyboard alone: only keys are pressed, and the focus is seen wherever Tab stops.

A test opens the page on which its task begins, and goes on from there by links and buttons (``keyboard``). What a
reader can do, and where a test does it so:

====================================================  ===============================================================
Task                                                  Test
====================================================  ===============================================================
sign in, a wrong password first; sign out             here: test_sign_in_skip_to_the_figures_and_sign_out
skip header and navigation                            the same
another day; month end before, after; financial year  here: test_another_day_and_choices
choose a district; clear the filters                  the same
put right a choice that was refused                   the same
unfold the form on a narrow screen                    the same
from a figure to its records; filter them; show all   here: test_a_list_is_filtered_saved_sorted_paged_and_come_back_to
save a list (CSV)                                     the same
sort a list, go through its pages                     the same
from a list to a record, and back to the list         the same
scroll a table that is wider than the screen          here: test_a_wide_table_is_scrolled
from a chart to its table, and to the records         test_journeys_browser: test_from_chart_to_table_to_records_by_...
the records behind a mark of a chart                  by the table, which has every mark's link: test_record_lists
save a figure (CSV, JSON)                             here: test_a_figure_is_saved
search for records; put right what was refused        here: test_search
from child to placement to school, and its pages      test_records_browser: test_by_keyboard_from_the_search_to_...
find a definition, and the figure that it defines     here: test_the_dictionary
from the navigation to a group of figures, to one,    here: test_from_place_to_place
  to another of its group and back; to events, to the
  accessibility statement; from a page not found
a benchmark: another year, sorted, saved (CSV)        test_benchmarks_browser: test_a_benchmark_another_year_and_its_...
add, change, remove an event; leave a form            test_events_browser
whatever else can be operated on any page             test_site_map_browser: test_tab_stops_at_all_that_can_be_...
====================================================  ===============================================================

Accounts and passwords are made on the command line; the dashboard has no page for them.
"""

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from sen_dashboard.accounts.roles import Role
from sen_dashboard.core import formats
from sen_dashboard.kpis import KPIS
from tests.browser import test_pages_browser as pages
from tests.browser.keyboard import enter, focus, follow, headed, rows_of, save, tab_to, without_mouse, write
from tests.browser.test_pages_browser import open_page
from tests.factories import (
    make_child,
    make_cost_line,
    make_placement,
    make_plan,
    make_posting,
    make_school,
    make_user,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

site = pages.site  # the fixture, with the records below


@pytest.fixture
def records() -> None:
    """Sixty children in INMSS, half of them at either school and a third with SEMH; the ledger of March 2019."""
    make_posting(month=date(2019, 3, 1))
    schools = make_school(name="Ash School"), make_school(name="Beech School")
    for number in range(60):
        child = make_child(child_id=f"C{number:02d}", home_district="Thanet" if number % 2 else "Ashford")
        plan = make_plan(child=child, primary_need="ASD" if number % 3 else "SEMH")
        placement = make_placement(placement_id=f"P{number:02d}", plan=plan, school=schools[number % 2])
        make_cost_line(placement=placement, annual_amount=30_000 + number)


@pytest.fixture
def keys(site: "Page") -> "Page":
    """A signed-in browser without a mouse."""
    without_mouse(site)
    return site


def first_cells(page: "Page") -> list[str]:
    """What heads the rows of the page's table."""
    return page.locator("#table tbody th").all_inner_texts()


def test_sign_in_skip_to_the_figures_and_sign_out(keys: "Page") -> None:
    """The way in and out; a wrong password is said where the focus is, and leads back to the field."""
    keys.context.clear_cookies()
    make_user(Role.PANEL_CLERK, username="clerk", password="a long enough phrase")
    open_page(keys, "/kpis/need_mix/?as_at=2019-03-31")
    headed(keys, "Sign in")
    tab_to(keys, "Username")
    keys.keyboard.type("clerk")
    tab_to(keys, "Password")
    keys.keyboard.type("a wrong phrase")
    enter(keys)

    assert focus(keys).name == "There is a problem"
    keys.keyboard.press("Tab")
    keys.keyboard.press("Enter")
    assert focus(keys).name == "Username"
    assert keys.get_by_label("Username").input_value() == "clerk"
    tab_to(keys, "Password")
    keys.keyboard.type("a long enough phrase")
    follow(keys, "Sign in")

    assert "/kpis/need_mix/?as_at=2019-03-31" in keys.url, (
        "signing in must lead to the page that was asked for"
    )
    keys.keyboard.press("Tab")
    assert focus(keys).name == "Skip to main content"
    keys.keyboard.press("Enter")
    keys.keyboard.press("Tab")
    assert focus(keys).id == "scope"
    follow(keys, "Sign out", key="Shift+Tab")
    headed(keys, "Sign in")


def test_another_day_and_choices(keys: "Page") -> None:
    """The form that one line above the figures unfolds, also on a narrow screen; what is wrong is led to."""
    open_page(keys, "/?as_at=2019-03-31")
    tab_to(keys, "scope")
    keys.keyboard.press("Enter")
    tab_to(keys, "As at")
    keys.keyboard.type("12122018")
    enter(keys)
    steps = {
        "← November 2018": "30 November 2018",
        "December 2018 →": "31 December 2018",
    }
    shown = keys.locator(".scope__words strong")
    assert shown.inner_text() == "12 December 2018"
    for link, day in steps.items():
        follow(keys, link)
        assert shown.inner_text() == day
    for year, day in {"2017-18": "31 March 2018", "2018-19": "31 March 2019"}.items():
        tab_to(keys, "scope")
        keys.keyboard.press("Enter")
        follow(keys, year)
        assert shown.inner_text() == day

    tab_to(keys, "scope")
    keys.keyboard.press("Enter")
    tab_to(keys, "Home district")
    keys.keyboard.type("Th")
    follow(keys, "Update")
    assert "Home district: Thanet" in keys.locator(".filtered").inner_text()
    assert shown.inner_text() == "31 March 2019"
    follow(keys, "Clear the filters")
    assert keys.locator(".filtered").count() == 0

    keys.set_viewport_size({"width": 320, "height": 900})
    follow(keys, "Cost at the largest providers")
    tab_to(keys, "scope")
    keys.keyboard.press("Enter")
    tab_to(keys, "Largest schools")
    write(keys, "none")
    enter(keys)
    assert focus(keys).name == "There is a problem"
    keys.keyboard.press("Tab")
    keys.keyboard.press("Enter")
    assert focus(keys).name == "Largest schools"
    write(keys, "1")
    enter(keys)
    keys.wait_for_url("**top=1*")
    assert keys.locator("#answer").count() == 1


def test_a_list_is_filtered_saved_sorted_paged_and_come_back_to(keys: "Page") -> None:
    """The way through a list; its file holds the rows shown, and a record leads back to the same order and page."""
    open_page(keys, "/kpis/ehcp_share/?as_at=2019-03-31")
    follow(keys, "Children in INMSS")
    answer = keys.locator("#answer")
    assert answer.inner_text() == "60 placements."

    tab_to(keys, "School name contains")
    keys.keyboard.type("ash")
    tab_to(keys, "Primary need")
    keys.keyboard.type("Social")
    follow(keys, "Filter")
    assert answer.inner_text() == "Shown: 10 placements, of 60 placements."
    saved = save(keys, "CSV")
    assert saved.suggested_filename == "ehcp_share-inmss_children-2019-03-31-filtered.csv"
    rows = rows_of(saved)
    assert [row["placement"] for row in rows] == first_cells(keys)
    assert len(rows) == 10
    assert {row["filtered"] for row in rows} == {
        "School name contains: ash; Primary need: Social, emotional and mental health"
    }
    follow(keys, "Show all")
    assert answer.inner_text() == "60 placements."

    for direction, first in (("ascending", "P00"), ("descending", "P59")):
        follow(keys, "Annual cost")
        assert focus(keys).id == "table", "whoever sorts must find themselves at the table again"
        heading = keys.get_by_role("columnheader", name="Annual cost")
        assert heading.get_attribute("aria-sort") == direction
        assert first_cells(keys)[0] == first
    follow(keys, "Next")
    assert first_cells(keys) == [f"P{number:02d}" for number in range(9, -1, -1)]
    second_page = keys.url.partition("#")[0]

    follow(keys, "C03")
    headed(keys, "Child C03")
    follow(keys, "List: Children in INMSS")
    assert keys.url == second_page
    assert first_cells(keys)[0] == "P09"
    follow(keys, "Previous")
    assert first_cells(keys)[0] == "P59"


def test_a_wide_table_is_scrolled(keys: "Page") -> None:
    """Where rows do not stack yet the columns to the right are reached with the arrow keys; the page itself stays."""
    open_page(keys, "/kpis/cost_per_need_type/?as_at=2019-03-31#table-view", 660)
    tab_to(keys, "table")
    for _ in range(
        20
    ):  # it scrolls smoothly, and within the security policy there is no waiting for an expression
        keys.keyboard.press("ArrowRight")
        if keys.locator("#table").evaluate("(table) => table.scrollLeft") > 0:
            break
    assert keys.locator("#table").evaluate("(table) => table.scrollLeft") > 0
    assert keys.evaluate("scrollX") == 0


def test_a_figure_is_saved(keys: "Page") -> None:
    """The files of a figure hold what its page shows, under the choice made there."""
    open_page(keys, "/kpis/need_mix/?as_at=2019-03-31&district=Thanet#table")
    shown = [cells.split("\t") for cells in keys.locator("#table tbody tr").all_inner_texts()]
    as_csv, as_json = save(keys, "CSV"), save(keys, "JSON")
    assert as_csv.suggested_filename == "need_mix-2019-03-31-filtered.csv"
    assert as_json.suggested_filename == "need_mix-2019-03-31-filtered.json"

    rows, data = rows_of(as_csv), json.loads(as_json.path().read_text(encoding="utf-8"))
    assert data["filtered"] == ["Home district: Thanet"]
    assert data["rows"] == [
        {"need": row["need"], "children": int(row["children"]), "share_pct": float(row["share_pct"])}
        for row in rows
    ]
    assert [cells[1:] for cells in shown] == [
        [formats.count(row["children"]), formats.percent(row["share_pct"])] for row in data["rows"]
    ]
    assert len(shown) == 2
    assert all(f"({row['need']})" in cells[0] for cells, row in zip(shown, rows, strict=True))


def test_search(keys: "Page") -> None:
    """Records by the beginning of their key, from any page; too long a text is led back to."""
    open_page(keys, "/accessibility/")
    tab_to(keys, "Child key, school or case")
    keys.keyboard.type("x" * 81)
    enter(keys)
    assert focus(keys).name == "There is a problem"
    keys.keyboard.press("Tab")
    keys.keyboard.press("Enter")
    assert focus(keys).id == "q"
    write(keys, "C0")
    enter(keys)
    follow(keys, "Child C03")
    headed(keys, "Child C03")


def test_the_dictionary(keys: "Page") -> None:
    """A definition is found by its words, come to from the contents, and leads to its figure."""
    open_page(keys, "/?as_at=2019-03-31")
    follow(keys, "KPI dictionary")
    tab_to(keys, "Words in the definitions")
    keys.keyboard.type("occupancy")
    enter(keys)
    assert f"of {len(KPIS)} definitions for “occupancy”" in keys.locator("#answer").inner_text()
    follow(keys, "Show all")
    assert keys.locator("#answer").inner_text() == f"{len(KPIS)} definitions."

    tab_to(keys, "Needs of children in INMSS")
    keys.keyboard.press("Enter")
    keys.wait_for_url("**#need_mix")
    keys.keyboard.press("Tab")
    assert focus(keys).name == "Needs of children in INMSS", (
        "a link to a part of the page must move the focus there"
    )
    enter(keys)
    keys.wait_for_url("**/kpis/need_mix/?as_at=2019-03-31")


def test_from_place_to_place(keys: "Page") -> None:
    """The navigation, the tiles, the crumbs, the links beside a figure and at the foot of the page."""
    open_page(keys, "/nothing/")
    follow(keys, "Go to the overview")
    follow(keys, "Placements")
    headed(keys, "Placements")
    follow(keys, "Needs of children in INMSS")
    follow(keys, "INMSS share of EHC plans")
    keys.wait_for_url("**/kpis/ehcp_share/**")
    follow(keys, "Overview")
    follow(keys, "Events", key="Shift+Tab")
    headed(keys, "Events")
    follow(keys, "Accessibility statement", key="Shift+Tab")
    headed(keys, "Accessibility statement")
    follow(keys, "SEN programme dashboard")
    headed(keys, "Where the programme stands")
