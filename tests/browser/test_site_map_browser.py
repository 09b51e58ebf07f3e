"""Every page of the site map in a real browser: axe-core finds nothing, and nothing scrolls sideways."""

from typing import TYPE_CHECKING, Any

import pytest

from sen_dashboard.accounts.roles import Role
from tests.browser import test_pages_browser as pages
from tests.browser.test_pages_browser import open_page, sign_in
from tests.factories import make_user
from tests.site_map import FOR_AUDITORS, make_everything, site_map

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

site = pages.site  # the fixture, with the records below


@pytest.fixture
def records() -> None:
    make_everything()


def problems(site: "Page") -> list[Any]:
    """What axe-core finds, and whether the page scrolls sideways."""
    found = site.evaluate("axe.run().then((report) => report.violations)")
    told = [(broken["id"], [node["html"] for node in broken["nodes"]]) for broken in found]
    fits = site.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return told if fits else [*told, "scrolls sideways"]


@pytest.mark.parametrize("width", [1280, 320], ids=["wide", "at 400% zoom of 1280 pixels"])
def test_every_page_is_accessible(site: "Page", live_server: Any, width: int) -> None:
    manager, auditor = make_user(Role.MANAGER), make_user(Role.AUDITOR)
    wrong = {}
    for name, addresses in site_map().items():
        site.context.clear_cookies()
        if name != "sign_in":
            sign_in(site.context, live_server.url, auditor if name in FOR_AUDITORS else manager)
        for address in addresses:
            open_page(site, address, width)
            if site.get_by_text("History of changes").count():
                site.locator("details.history").evaluate_all("all => all.forEach((one) => one.open = true)")
            wrong[address] = problems(site)
            tab = site.get_by_role("tab", name="Table")
            if tab.count():
                tab.click()
                wrong[f"{address} as a table"] = problems(site)
    assert {address: found for address, found in wrong.items() if found} == {}
