"""Every page of the site map in a real browser: axe-core finds nothing, nothing scrolls sideways, nothing moves."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from measurements.browser import WATCH
from sen_dashboard.accounts.roles import Role
from tests.accounts.test_permissions import ROLES
from tests.browser import test_pages_browser as pages
from tests.browser.keyboard import controls, focus, stops
from tests.browser.test_pages_browser import open_page, sign_in
from tests.factories import make_user
from tests.site_map import make_everything, site_map

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

site = pages.site  # the fixture, with the records below


@pytest.fixture
def records() -> None:
    make_everything()


WIDE, NARROW = 1280, 320
"""Pixels: a wide window, and the same at a zoom of 400%."""

PARTS = 6
"""Shares of the site map, which the workers of a run have between them."""

AXE = '{ preload: false, rules: { "target-size": { enabled: true } } }'
"""Also what axe-core leaves out unless told: that a finger hits one link and not the next (WCAG 2.2).

Without ``preload``, everywhere: it would copy imported style sheets into the page, which the policy forbids, for rules
that are not asked.
"""

SHIFTS = 0.02
"""How much of the window may move while a page comes: a fifth of what browsers’ makers call good."""

LOOKS = 50
"""At a page that was made narrower, a tenth of a second apart."""


def problems(site: "Page", widths: Sequence[int] = (WIDE, NARROW)) -> list[Any]:
    """What axe-core finds, and whether the page scrolls sideways, at each width of the page as it is."""
    told = []
    for width in widths:
        site.set_viewport_size({"width": width, "height": 900})
        found = site.evaluate(f"axe.run({AXE}).then((report) => report.violations)")
        told += [(width, broken["id"], [node["html"] for node in broken["nodes"]]) for broken in found]
        if not comes_to_fit(site):
            told.append((width, "scrolls sideways"))
    return told


def comes_to_fit(site: "Page") -> bool:
    """Whether nothing scrolls sideways once charts are drawn anew, which they are some time after a change of width."""
    for _ in range(LOOKS):
        if site.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            return True
        site.wait_for_timeout(100)
    return False


def wrong(site: "Page", address: str, widths: Sequence[int]) -> dict[str, Any]:
    """The problems of a page with everything unfolded, and of its table where that has a tab of its own."""
    open_page(site, address)
    assert site.evaluate("measured.shifts") < SHIFTS, address
    site.locator("details").evaluate_all("all => all.forEach((one) => one.open = true)")
    found = {address: problems(site, widths)}
    tab = site.get_by_role("tab", name="Table")
    if tab.count():
        tab.click()
        found[f"{address} as a table"] = problems(site, widths)
    return {page: told for page, told in found.items() if told}


def visit(site: "Page", url: str, role: Iterable[Role]) -> None:
    """Sign in, and watch what moves on each page."""
    sign_in(site.context, url, make_user(*role))
    site.context.add_init_script(path=WATCH)


@pytest.mark.parametrize("part", range(PARTS))
def test_every_kind_of_page_is_accessible(site: "Page", live_server: Any, part: int) -> None:
    """One of each, where least fits; `make assurance` opens every page, wide and narrow."""
    visit(site, live_server.url, Role)
    found = {}
    for name, addresses in list(site_map().items())[part::PARTS]:
        if name == "sign_in":
            site.context.clear_cookies()
        found |= wrong(site, addresses[-1], [NARROW])
    assert found == {}


@pytest.mark.assurance
def test_every_page_is_accessible(site: "Page", live_server: Any) -> None:
    visit(site, live_server.url, Role)
    found = {}
    for name, addresses in site_map().items():
        if name == "sign_in":
            site.context.clear_cookies()
        for address in addresses:
            found |= wrong(site, address, [WIDE, NARROW])
    assert found == {}


@pytest.mark.assurance
def test_tab_stops_at_all_that_can_be_operated_and_is_seen_there(site: "Page", live_server: Any) -> None:
    """No control of any kind of page is beyond the keyboard, out of order, or hides that it has the focus.

    Of the pages that a manager may open; the forms of clerks and administrators are gone through in their own journeys.
    """
    sign_in(site.context, live_server.url, make_user(Role.MANAGER))
    for name, addresses in site_map().items():
        if name == "sign_in":
            site.context.clear_cookies()
        if Role.MANAGER not in ROLES[name]:
            continue
        for address in [addresses[-1], f"{addresses[0]}#table"] if name == "kpi" else addresses[-1:]:
            open_page(site, address)
            there, first = (
                controls(site),
                focus(site),
            )  # Tab goes on from the table where the address points to it
            begin = 0 if first.is_page else there.index(first.control) + 1
            assert stops(site) == there[begin:], address
