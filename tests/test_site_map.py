"""Rules for every page: a limit on SQL statements, no inline script, a title, one main heading, words of an officer."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from sen_dashboard.accounts.roles import Role
from sen_dashboard.kpis import KPIS
from tests.accounts.test_permissions import names
from tests.factories import make_user
from tests.site_map import FILES, NOT_SAVED, WITHOUT_A_PAGE, make_everything, site_map
from tests.test_tone import called_savings, odd_words

pytestmark = pytest.mark.django_db

MOST_STATEMENTS = {
    "overview": 135,  # also whether anything is held, for each figure without a number on a day
    "group": 24,
    "kpi": 16,
    "programme": 24,  # each figure that actions are to move, once a day
    "programme_sheet": 24,
    "action": 60,  # the figure that it is to move at the end of each month
    "event_before_and_after": 64,  # figures at the end of each month
    "child": 18,
    "placement": 16,
    "case": 18,
    "school": 14,
    "search": 16,
    "expected_start": 16,
    "case_papers": 14,
    "decide": 24,
    "ratify": 16,
    "correct": 19,
    "digest": 34,
    "extract": 13,  # what was given out before, too
    "finance": 30,
    "month_close": 60,  # the KPI of each line and year, beside what is posted
    "finding": 22,
    "finding_note": 22,
    "months": 14,
    "months_of_year": 14,
    "month": 16,
}
MOST_STATEMENTS |= {
    "changes": 18,
    "meeting_trail": 14,
}  # one more for each kind of record without a key of its own
MOST_STATEMENTS |= {"case_papers": 22, "decide": 32, "ratify": 28, "correct": 30, "request_change": 18}
OTHERWISE = 12
SHARES = 4
"""Of a walk through every page, for as many workers."""
SENT_AGAIN = re.compile(
    r'action="/accounts/sign-out/"|action="[^"]*/(up|down|cancel)/"|class="(sign-in|downloads)"'
    r'|name="wanted"|name="old_password"'  # the digest, and a form of passwords
)

SEARCH_FIELD = '<input id="site-search" type="search" name="q" autocomplete="off" value="">'
GOVUK = Path("static", "vendor", "govuk-frontend-6.6.0", "govuk-frontend.min.css")
MARKS = {"govuk-table__head", "govuk-table__row", "govuk-table__body", "govuk-radios", "govuk-checkboxes"}
"""Classes for which GOV.UK Frontend has no rules."""


def styled_classes() -> set[str]:
    """The classes for which our build of GOV.UK Frontend has rules, or a sheet of ours, and those that need none."""
    ours = (settings.BASE_DIR / "static" / "css" / "components").glob("*.css")
    rules = [path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / GOVUK, *ours)]
    return MARKS | set(re.findall(r"\.(govuk-[\w-]+)", "".join(rules)))


def govuk_classes(html: str) -> set[str]:
    """The classes of GOV.UK Frontend that a page or a template names."""
    named = " ".join(re.findall(r'class="([^"]*)"', html))
    return set(re.findall(r"(?<![\w-])govuk-[\w-]+", named))


def forms_without_a_token(page: str) -> list[str]:
    """Forms that are carried out as often as they are sent, but those that create nothing or move by a place each time.

    A button that is pressed twice in a second is pressed once, where there is a button.
    """
    forms = re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL)
    sends = [form for form in forms if not SENT_AGAIN.search(form)]
    guarded = re.compile(r'name="once".*data-prevent-double-click|name="once"(?!.*<button)', re.DOTALL)
    return [form for form in sends if not guarded.search(form)]


def test_every_page_is_on_the_site_map() -> None:
    make_everything()
    assert set(site_map()) | WITHOUT_A_PAGE == set(names(get_resolver().url_patterns))


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_keeps_to_its_statements_and_is_well_formed(client: Client, share: int) -> None:
    make_everything()
    client.force_login(make_user(*Role))
    styled = styled_classes()
    for name, addresses in list(site_map().items())[share::SHARES]:
        visitor = Client() if name == "sign_in" else client
        for address in addresses:
            with CaptureQueriesContext(connection) as statements:
                response = visitor.get(address)
            page = response.content.decode()
            assert response.status_code == 200, address
            assert len(statements) <= MOST_STATEMENTS.get(name, OTHERWISE), address
            assert page.count("<h1") == 1, address
            assert re.search(r"<title>[^<]{3,} – SEN programme dashboard</title>", unescape(page)), address
            ids = re.findall(r'\sid="([^"]+)"', page)
            assert len(ids) == len(set(ids)), address
            scripts = re.findall(r"<script([^>]*)>", page)
            assert all("src=" in script or 'type="application/json"' in script for script in scripts), address
            assert not re.search(r"\sstyle=", page), address
            assert govuk_classes(page) <= styled, address
            assert not forms_without_a_token(page), address
            assert name in ("search", "sign_in") or SEARCH_FIELD in page, address
            assert not called_savings(page), address
            assert not odd_words(re.sub(r"<[^>]*>", " ", page)), address
            is_long = response.context and hasattr(response.context.get("table"), "paginator")
            assert not is_long or name in FILES.keys() | NOT_SAVED, address


def test_what_a_template_takes_of_govuk_frontend_is_in_our_build_of_it() -> None:
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        assert govuk_classes(template.read_text(encoding="utf-8")) <= styled_classes(), template


@pytest.mark.parametrize("day", ["1900-01-01", "2020-02-29", "2199-12-31"])
def test_every_page_answers_on_the_first_and_last_days_that_can_be_asked(client: Client, day: str) -> None:
    make_everything()
    client.force_login(make_user(*Role))
    for name in ("overview", "kpi", "child", "placement", "school", "case"):
        for address in site_map()[name]:
            assert client.get(address.split("?")[0], {"as_at": day}).status_code == 200, address
    for kpi in KPIS:
        for name, key in kpi.keys.headline.items():
            if key.behind:
                address = f"/kpis/{kpi.slug}/records/{name}/"
                assert client.get(address, {"as_at": day}).status_code == 200, address
