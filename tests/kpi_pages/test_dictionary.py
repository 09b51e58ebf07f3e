"""The KPI dictionary, the glossary and the accessibility statement."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need, need_label
from sen_dashboard.core.kpi.definition import Kpi
from sen_dashboard.kpis import KPIS, find
from tests.kpi_pages.test_pages import words

pytestmark = pytest.mark.django_db

every_kpi = pytest.mark.parametrize("kpi", KPIS, ids=[kpi.slug for kpi in KPIS])


def entry(client: Client, kpi: Kpi[Any, Any]) -> str:
    """What the dictionary says of a KPI, without tags."""
    page = client.get("/kpis/").content.decode()
    html = page.partition(f'id="{kpi.slug}"')[2].partition(">")[2].partition("</article>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def found(client: Client, typed: str) -> list[str]:
    """The slugs of the KPIs that a search of the dictionary shows."""
    page = client.get("/kpis/", {"q": typed}).content.decode()
    return re.findall(r'<article class="about definition" id="(\w+)"', page)


@every_kpi
def test_every_definition_is_whole(signed_in: Client, kpi: Kpi[Any, Any]) -> None:
    said = entry(signed_in, kpi)
    for words_of_it in (
        kpi.title,
        kpi.question,
        f"Counted {kpi.numerator}",
        f"Out of {kpi.denominator}",
        f"Left out {kpi.left_out}",
        f"When there is no figure {kpi.undefined}",
        f"Which way is better {kpi.better.value}.",
        f"Source {kpi.source}.",
        kpi.owner,
        f"reviewed on {formats.day(kpi.reviewed_on)}",
        f"Unit {kpi.kind.unit.capitalize()}",
    ):
        assert words_of_it in said
    for wanted in kpi.filters:
        assert f"{wanted.label}: " in said


def test_choices_come_with_their_defaults(signed_in: Client) -> None:
    said = entry(signed_in, find("panel_outcomes"))
    assert "Panel: Independent Placement Panel" in said
    assert re.search(r"Decided from: 1 April \d{4}, as at \d+ \w+ \d{4}", said)
    assert "Largest schools: 13" in entry(signed_in, find("provider_concentration"))


def test_stands_in_the_order_of_the_programme_with_a_link_to_each(signed_in: Client) -> None:
    page = signed_in.get("/kpis/?as_at=2019-03-31").content.decode()
    in_groups = sorted(KPIS, key=lambda kpi: list(type(kpi.group)).index(kpi.group))
    assert found(signed_in, "") == [kpi.slug for kpi in in_groups]
    for kpi in KPIS:
        assert page.count(f'href="#{kpi.slug}"') == 1
        assert f'href="/kpis/{kpi.slug}/?as_at=2019-03-31"' in page
    assert f"{len(KPIS)} definitions." in words(signed_in.get("/kpis/"))


@pytest.mark.parametrize(
    ("typed", "shown", "hidden"),
    [
        ("commissioning PLAN", "place_growth", "capacity"),
        ("  places   occupancy ", "", "ehcp_share"),
        ("of nosuchword", "", "ehcp_share"),
        ("Full special", "capacity", "ehcp_share"),
    ],
)
def test_shows_what_holds_every_word(signed_in: Client, typed: str, shown: str, hidden: str) -> None:
    slugs = found(signed_in, typed)
    assert (shown in slugs) == bool(shown)
    assert hidden not in slugs
    page = words(signed_in.get("/kpis/", {"q": typed}))
    assert f"{len(slugs)} of {len(KPIS)} definitions for “{' '.join(typed.split())}”." in page


def test_search_keeps_what_was_typed_and_the_day(signed_in: Client) -> None:
    page = signed_in.get("/kpis/?q=roll&as_at=2019-03-31").content.decode()
    assert 'value="roll"' in page
    assert '<input type="hidden" name="as_at" value="2019-03-31">' in page
    assert 'href="/kpis/?as_at=2019-03-31">Show all</a>' in page


def test_has_every_need_and_abbreviation_in_full(signed_in: Client) -> None:
    page = words(signed_in.get("/kpis/"))
    for need in Need:
        assert f"{need.value} {need.label}" in page
        assert f"{need_label(need)} {need.label}" in page
    for short, full in (
        ("EHC plan", "Education, health and care plan"),
        ("INMSS", "Independent or non-maintained special school"),
        ("SEND", "Special educational needs and disability"),
        ("SRP", "Specialist resourced provision"),
    ):
        assert f"{short} {full}" in page


def test_is_in_the_navigation(signed_in: Client) -> None:
    assert f'<a href="{reverse("dictionary")}">KPI dictionary</a>' in signed_in.get("/").content.decode()
    page = signed_in.get("/kpis/").content.decode()
    assert 'aria-current="page">KPI dictionary</a>' in page


def test_needs_an_account_and_takes_no_posts(client: Client, signed_in: Client) -> None:
    assert Client().get("/kpis/").status_code == 302
    assert signed_in.post("/kpis/").status_code == 405


class TestAccessibilityStatement:
    def test_is_open_to_everybody(self, client: Client) -> None:
        response = client.get("/accessibility/")
        page = words(response)
        assert response.status_code == 200
        for said in ("WCAG) version 2.2, level AA", "How it is tested", "Tell your administrator"):
            assert said in page
        assert "@" not in page

    def test_is_in_the_footer_of_every_page(self, client: Client, signed_in: Client) -> None:
        for visitor, address in ((Client(), "/accounts/sign-in/"), (signed_in, "/"), (signed_in, "/nothing")):
            assert (
                'href="/accessibility/">Accessibility statement</a>' in visitor.get(address).content.decode()
            )
