"""What pages weigh: bytes, requests, elements, caching, and that nothing moves while loading. Times are not tested."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client

from measurements.browser import PHONE, Load, served, visit, visitor
from sen_dashboard import settings as product
from sen_dashboard import wsgi
from sen_dashboard.accounts.roles import Role
from sen_dashboard.kpis import KPIS
from tests.factories import make_user
from tests.site_map import make_everything, site_map

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.fixtures import SettingsWrapper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGE = 14_600
"""Bytes that a server may send before it hears back: ten packets. A page that was visited before needs no more."""

FIRST_VISIT = 45_000
REQUESTS = 9
SCRIPT = 5_200
ELEMENTS = 1_400
"""Beyond which Lighthouse calls a page large."""

SHIFTS = 0.02

APART = "plotly"
"""Part of the addresses of what draws a chart that is explored: nothing of it comes with a page."""

PAGES = ("/", *(f"/kpis/{kpi.slug}/" for kpi in KPIS))
DAY = "?as_at=2019-03-31"


@pytest.fixture(scope="module")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def site(
    static_root: Path,
    settings: "SettingsWrapper",
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The pages with their static files as `manage.py run` serves them: hashed and compressed."""
    settings.STATIC_ROOT = static_root
    settings.STORAGES = product.STORAGES
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    if not any(static_root.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)
    # Threads that are kept would keep their connections too, and the store could not be emptied or dropped.
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    monkeypatch.setattr(wsgi, "application", get_wsgi_application())
    with served() as address:
        yield address


def cookie(site: str) -> Any:
    """What signs a browser in, as somebody in every role."""
    client = Client()
    client.force_login(make_user(*Role))
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}


def weight(load: Load) -> int:
    return sum(load.sent.values())


def test_figures_keep_to_their_budgets(browser: "Browser", site: str, tmp_path: Path) -> None:
    """With the demonstration's records, which are as many as a county's."""
    call_command("make_dataset", str(tmp_path), verbosity=0)
    call_command("import_dataset", str(tmp_path), verbosity=0)
    signed_in = cookie(site)
    over = {}
    for address in PAGES:
        with visitor(browser, signed_in, PHONE) as stranger:
            first, later = (visit(stranger, site + address + DAY, has_chart=address != "/") for _ in range(2))
        scripts = {name: size for name, size in first.sent.items() if name.endswith(".js")}
        measured = {
            "first visit": (weight(first), FIRST_VISIT),
            "later": (weight(later), PAGE),
            "requests": (len(first.sent), REQUESTS),
            "elements": (first.elements, ELEMENTS),
            "largest script": (max(scripts.values(), default=0), SCRIPT),
            "shifts": (max(first.shifts, later.shifts), SHIFTS),
            "asked for Plotly": (sum(APART in name for name in first.sent), 0),
        }
        over |= {(address, name): pair for name, pair in measured.items() if pair[0] > pair[1]}
    assert over == {}


@pytest.mark.assurance
def test_nothing_moves_while_a_page_comes_and_what_it_asks_for_is_kept(browser: "Browser", site: str) -> None:
    """On a phone, where least fits; ``test_site_map_browser`` looks at wide windows."""
    make_everything()
    moved, asked = {}, set()
    with visitor(browser, cookie(site), PHONE) as person:
        for name, addresses in site_map().items():
            if name == "sign_in":
                person.clear_cookies()
            load = visit(person, site + addresses[-1], has_chart=False)
            asked |= {address for address in load.sent if "/static/" in address}
            if load.shifts >= SHIFTS:
                moved[name] = load.shifts
    assert moved == {}
    assert len(asked) > 10
    assert {address: found for address in asked if (found := what_is_wrong(address))} == {}


def what_is_wrong(address: str) -> list[str]:
    """Whether a file may not be kept for good, or comes uncompressed although it is large enough to gain by it."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        headers, size = answer.headers, len(answer.read())
    return [
        *(["is not kept"] if "immutable" not in headers["Cache-Control"] else []),
        *(["is not compressed"] if size > 1_000 and headers["Content-Encoding"] != "gzip" else []),
    ]
