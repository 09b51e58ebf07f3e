"""Rules for every record page: its address, who may see it, and its as-at day."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests.factories import make_case, make_child, make_placement, make_school
from tests.kpi_pages.test_pages import words

pytestmark = pytest.mark.django_db

MAKE: dict[str, Callable[[str], Any]] = {
    "child": lambda key: make_child(child_id=key),
    "placement": lambda key: make_placement(placement_id=key),
    "school": lambda key: make_school(school_id=key),
    "case": lambda key: make_case(case_id=key),
}

ODD_KEYS = (
    "a/b",
    "a//b/",
    "50%",
    "%2F",
    "a b",
    "a?b#c",
    "a&b=c+d",
    'O\'Brien "x"',
    "é–ß",
    "a\nb",
    "<b>",
    ";",
)

every_page = pytest.mark.parametrize("page", MAKE)


@every_page
@pytest.mark.parametrize("key", ODD_KEYS)
def test_any_key_has_an_address(signed_in: Client, page: str, key: str) -> None:
    MAKE[page](key)
    response = signed_in.get(reverse(page, kwargs={f"{page}_id": key}))
    assert response.status_code == 200
    assert key in unescape(response.content.decode())


@every_page
def test_unknown_key_is_not_found(signed_in: Client, page: str) -> None:
    MAKE[page]("K1")
    for key in ("K", "k1", "K1/", "K1%00", "x" * 500):
        response = signed_in.get(reverse(page, args=["K1"]).replace("K1", key))
        assert response.status_code == 404, key


@every_page
def test_needs_an_account(client: Client, page: str) -> None:
    MAKE[page]("K1")
    address = reverse(page, args=["K1"])
    assert client.get(address)["Location"] == f"{reverse('sign_in')}?next={address}"


@every_page
def test_wrong_day_is_said_at_its_field_and_shows_nothing_else(signed_in: Client, page: str) -> None:
    MAKE[page]("K1")
    response = signed_in.get(reverse(page, args=["K1"]) + "?as_at=31/03/2019")
    html = response.content.decode()
    assert response.status_code == 400
    assert (
        words(response).count("“31/03/2019” is not a date such as 2019-03-31.") == 2
    )  # on top, at the field
    assert 'value="31/03/2019"' in html
    assert "govuk-summary-list" not in html
    assert "K1" in html or page == "school"


@every_page
def test_links_keep_the_day_chosen_and_no_other(signed_in: Client, page: str) -> None:
    """Every link to a record or the overview; the steps to other days lead elsewhere on purpose."""
    made = make_placement(
        placement_id="P1", school=make_school(school_id="S1", name="Ash School"), starts_on="2018-04-01"
    )
    make_case(case_id="K1", child=made.plan.child, school=made.school)
    keys = {"child": made.plan.child_id, "placement": "P1", "school": "S1", "case": "K1"}
    address = reverse(page, args=[keys[page]])

    chosen = signed_in.get(address + "?as_at=2019-01-01").content.decode()
    others = [reverse(name, args=[key]) for name, key in keys.items() if name != page]
    linked = [other for other in others if f'href="{other}' in chosen]
    assert linked
    assert all(f'href="{other}?as_at=2019-01-01"' in chosen for other in linked)
    assert 'href="/?as_at=2019-01-01"' in chosen

    default = signed_in.get(address).content.decode()
    assert all(f'href="{other}"' in default for other in linked)


LIST = "/kpis/ehcp_share/records/inmss_children/?as_at=2019-03-31&list-need=ASD&sort=-age&page=2"


@every_page
def test_leads_back_to_the_list_it_was_reached_from(signed_in: Client, page: str) -> None:
    """A reader goes through a list record by record: its filters, order and page must not be lost on the way."""
    MAKE[page]("K1")
    address = reverse(page, args=["K1"])
    came_from = {"HTTP_REFERER": f"http://testserver{LIST}"}
    link = f'<a class="govuk-link" href="{escape(LIST)}">List: Children in INMSS</a></li>'
    assert link in signed_in.get(address, **came_from).content.decode()
    assert link in signed_in.get(f"{address}?as_at=never", **came_from).content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        f"http://other.example{LIST}",
        "http://testserver/kpis/ehcp_share/",
        "http://testserver/kpis/ehcp_share/records/share_pct/",
        "http://testserver/kpis/no_such/records/plans/",
        "http://testserver/nothing/",
        "http://[",
        "javascript:alert(1)",
    ],
)
def test_leads_to_no_list_when_reached_from_elsewhere(signed_in: Client, elsewhere: str) -> None:
    """What the browser sends is anybody's to write: only an address of a list here becomes a link."""
    make_child(child_id="K1")
    response = signed_in.get(reverse("child", args=["K1"]), HTTP_REFERER=elsewhere)
    assert response.status_code == 200
    assert "List: " not in words(response)


@every_page
def test_takes_no_posts(signed_in: Client, page: str) -> None:
    MAKE[page]("K1")
    assert signed_in.post(reverse(page, args=["K1"])).status_code == 405
