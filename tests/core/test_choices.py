"""A choice made for all figures either applies to a figure or is dropped from its link: tile and page never differ."""

import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from urllib.parse import parse_qsl

import pytest
from django.test import Client
from django.urls import reverse

from sen_dashboard.core.kpi.definition import Group, ask
from sen_dashboard.core.kpi.scope import parse_scope
from sen_dashboard.kpi_pages.choices import allowed, shared_filters
from sen_dashboard.kpis import KPIS
from tests.factories import make_child, make_placement, make_places, make_plan, make_school

pytestmark = pytest.mark.django_db

DAY = date(2019, 3, 31)
CHOSEN = {
    "district": "Thanet",
    "need": "SEMH",
    "sector": "INDEPENDENT_SPECIAL",
    "attendance": "RESIDENTIAL",
    "panel": "ADDITIONAL_FUNDING",
}
"""Every choice that figures share, each with a value that is not the default."""


@pytest.fixture(autouse=True)
def records() -> None:
    """Children who live in Thanet, and a special school that lies there."""
    school = make_school(sector="STATE_SPECIAL", district="Thanet")
    make_places(school=school, provision="SPECIAL", academic_year="2018-19", places=10, needs=["SEMH"])
    make_placement(plan=make_plan(child=make_child(home_district="Thanet"), primary_need="SEMH"))


def test_every_shared_choice_is_among_them() -> None:
    assert {f.name for f in shared_filters(KPIS)} == set(CHOSEN)


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        CHOSEN,
        *({name: value} for name, value in CHOSEN.items()),
        {"panel": "INDEPENDENT"},
        {"top": "5", "base": "2016-17"},
    ],
)
def test_the_page_of_a_figure_answers_what_its_tile_does(
    signed_in: Client, chosen: Mapping[str, str]
) -> None:
    asked = {"as_at": DAY.isoformat()} | chosen
    shared = shared_filters(KPIS)
    scope = parse_scope(asked, shared, default_as_at=DAY)
    of_groups = [reverse("group", args=[group]) for group in Group if group is not Group.PROGRAMME]
    pages = ["/", *of_groups]
    links = {page: _links(signed_in.get(page, asked).content.decode()) for page in pages}
    for kpi in KPIS:
        led_to = [found[kpi.slug] for found in links.values() if kpi.slug in found]
        assert len(led_to) == (1 if kpi.group is Group.PROGRAMME else 2), kpi.slug
        for query in led_to:
            on_page = parse_scope(dict(parse_qsl(query)), kpi.filters, default_as_at=DAY)
            assert on_page == allowed(kpi, scope, shared), kpi.slug
            assert ask(kpi, on_page) == ask(kpi, allowed(kpi, scope, shared))


def test_a_panel_that_no_figure_was_asked_for_is_not_said_to_be_chosen(signed_in: Client) -> None:
    """Some figures are of one panel and some of both, unless one is chosen; then all are of that panel."""
    for page in ("/", reverse("group", args=[Group.PANEL])):
        assert "each figure&#x27;s own panel" in signed_in.get(page).content.decode()
        chosen = signed_in.get(page, {"panel": "INDEPENDENT"}).content.decode()
        assert "panel=INDEPENDENT" in _links(chosen)["panel_reasons"]
        assert "Panel: Independent" in chosen


def test_a_school_district_is_not_a_home_district(signed_in: Client) -> None:
    page = signed_in.get("/", {"district": "Thanet", "need": "SEMH"}).content.decode()
    assert _links(page)["capacity"] == ""
    assert "district=Thanet" in _links(page)["ehcp_share"]


def _links(page: str) -> dict[str, str]:
    """The query of the link to each figure's page, by the figure, in what is about all figures."""
    main = page.split("<main")[1]
    return {slug: unescape(query) for slug, query in re.findall(r'href="/kpis/(\w+)/\??([^"]*)"', main)}
