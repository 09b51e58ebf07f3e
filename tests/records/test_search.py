"""The search in the header: what it finds, where it leads, what it refuses, and how many statements it takes."""

import logging
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test import Client

from placements.models import Child
from sen_dashboard.records.search import KINDS
from sen_dashboard.running.logs import ImpersonalFormatter
from tests.factories import make_case, make_child, make_placement, make_plan, make_school
from tests.kpi_pages.test_pages import words
from tests.records.reading import statements

pytestmark = pytest.mark.django_db

FIELD = "A key, or part of a school’s name"


@pytest.fixture
def records() -> None:
    """One record of each kind, their keys beginning alike, and others beside."""
    child = make_child(child_id="K1-child", home_district="Thanet")
    plan = make_plan(plan_id="K1-plan", child=child)
    school = make_school(school_id="K1-school", name="Ash Tree School", urn="118999", district="Dover")
    make_placement(placement_id="K1-placement", plan=plan, school=school, starts_on=date(2018, 9, 3))
    make_case(case_id="K1-case", child=child, received_on=date(2018, 5, 1))
    make_school(school_id="Z", name="Beech School")
    make_child(child_id="XK1")


def headings(client: Client, typed: str) -> list[str]:
    """The groups that a search finds, with their counts."""
    page = client.get("/search/", {"q": typed}).content.decode()
    return [part.partition(">")[2].partition("<")[0] for part in page.split("<h2")[1:]]


@pytest.mark.usefixtures("records")
class TestFinding:
    def test_finds_every_kind_by_the_beginning_of_its_key(self, signed_in: Client) -> None:
        assert headings(signed_in, "K1") == [
            "Children (1)",
            "Schools (1)",
            "Panel cases (1)",
            "Placements (1)",
            "Plans (1)",
        ]
        page = words(signed_in.get("/search/?q=K1"))
        for said in (
            "Child K1-child Thanet",
            "Ash Tree School Independent special school, Dover, key K1-school",
            "Panel case K1-case child K1-child, received on 1 May 2018",
            "Placement K1-placement child K1-child, Ash Tree School, from 3 September 2018",
            "Plan K1-plan child K1-child, issued on 1 January 2010",
        ):
            assert said in page
        assert "XK1" not in page

    @pytest.mark.parametrize(
        ("key", "address"),
        [
            ("K1-child", "/children/K1-child/"),
            ("K1-school", "/schools/K1-school/"),
            ("K1-case", "/cases/K1-case/"),
            ("K1-placement", "/placements/K1-placement/"),
            ("K1-plan", "/children/K1-child/"),
            ("  K1-case ", "/cases/K1-case/"),
            ("xk1", "/children/XK1/"),
        ],
    )
    def test_a_key_leads_straight_to_its_page(self, signed_in: Client, key: str, address: str) -> None:
        assert signed_in.get("/search/", {"q": key})["Location"] == address
        kept = signed_in.get("/search/", {"q": key, "as_at": "2019-03-31"})
        assert kept["Location"] == f"{address}?as_at=2019-03-31"

    def test_a_key_of_several_records_is_listed_first(self, signed_in: Client) -> None:
        make_child(child_id="K1")
        make_school(school_id="K1", name="Zebra School")
        response = signed_in.get("/search/?q=K1")
        page = response.content.decode()
        assert response.status_code == 200
        assert page.index("/children/K1/") < page.index("/children/K1-child/")
        assert page.index("/schools/K1/") < page.index("/schools/K1-school/")

    def test_both_spellings_of_a_key_are_listed(self, signed_in: Client) -> None:
        make_child(child_id="xk1")
        assert headings(signed_in, "xk1") == ["Children (2)"]

    @pytest.mark.parametrize("typed", ["tree", "ash t", "118999", "1189"])
    def test_finds_schools_by_part_of_the_name_and_by_urn(self, signed_in: Client, typed: str) -> None:
        assert headings(signed_in, typed) == ["Schools (1)"]

    def test_signs_that_a_pattern_would_read_are_taken_as_they_are(self, signed_in: Client) -> None:
        for typed in ("%", "_1", "K1\\", "' OR 1=1 --"):
            response = signed_in.get("/search/", {"q": typed})
            assert f"No results for “{typed}”." in unescape(words(response))

    def test_links_keep_the_day(self, signed_in: Client) -> None:
        page = signed_in.get("/search/?q=K1&as_at=2019-03-31").content.decode()
        assert 'href="/children/K1-child/?as_at=2019-03-31"' in page
        assert page.count('<input type="hidden" name="as_at" value="2019-03-31">') == 2  # header and page


def test_shows_20_of_a_group_and_says_that_there_are_more(signed_in: Client) -> None:
    for n in range(20):
        make_child(child_id=f"C{n:02d}")
    assert "are shown. Type more" not in words(signed_in.get("/search/?q=C"))
    make_child(child_id="C20")
    response = signed_in.get("/search/?q=C")
    assert response.content.decode().count('href="/children/C') == 20
    assert "The first 20 of 21 are shown. Type more of the key or name." in words(response)
    assert "Children (21)" in words(response)


def test_nothing_typed_shows_the_field(signed_in: Client) -> None:
    for address in ("/search/", "/search/?q=", "/search/?q=+++"):
        response = signed_in.get(address)
        assert response.status_code == 200
        assert FIELD in words(response)
        assert "No results for" not in words(response)


def test_nothing_found_says_what_can_be_searched(signed_in: Client) -> None:
    page = words(signed_in.get("/search/?q=nothing+like+it"))
    assert "No results for “nothing like it”." in page
    assert "Children, panel cases, placements and plans are found by the beginning of their key" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x" * 81, "Enter at most 80 characters."),
        ("a\x00b", "Enter letters, digits and punctuation only: one of the characters is something else."),
    ],
)
def test_what_cannot_be_searched_is_said_at_the_field_and_kept(
    signed_in: Client, typed: str, sentence: str
) -> None:
    response = signed_in.get("/search/", {"q": typed})
    page = response.content.decode()
    assert response.status_code == 400
    assert words(response).count(sentence) == 2  # on top, at the field
    assert page.count(f'value="{typed}"') == 2  # header and page
    assert "<title>Error: " in page
    assert signed_in.get("/search/", {"q": "x" * 80}).status_code == 200


def test_is_on_every_page_for_those_who_signed_in(signed_in: Client) -> None:
    for address in ("/", "/kpis/capacity/", "/nothing", "/accessibility/"):
        page = signed_in.get(address).content.decode()
        assert 'for="site-search">Child key, school or case</label>' in page, address
    assert "site-search" not in Client().get("/accounts/sign-in/").content.decode()
    assert Client().get("/search/?q=K1").status_code == 302


def test_what_was_typed_is_never_logged(
    signed_in: Client, caplog: pytest.LogCaptureFixture, records: None
) -> None:
    caplog.set_level(logging.DEBUG, "django.request")
    for typed in ("K1", "K1-child", "K1" * 50, "K1\x00"):
        signed_in.get("/search/", {"q": typed})
    logged = [ImpersonalFormatter().format(record) for record in caplog.records]
    assert len(logged) == 2  # the two that were refused
    assert not any("K1" in line for line in logged)


def test_takes_a_statement_for_each_kind_and_one_more_for_each_with_more(signed_in: Client) -> None:
    session_user_and_roles = 3
    assert statements(signed_in, "/search/?q=p") == session_user_and_roles + len(KINDS)
    for n in range(21):
        make_placement(placement_id=f"p{n}", plan=make_plan(plan_id=f"p{n}"))
    assert statements(signed_in, "/search/?q=p") == session_user_and_roles + len(KINDS) + 2


def test_the_beginning_of_a_key_is_looked_up_in_its_index(signed_in: Client) -> None:
    """With few rows PostgreSQL reads them all, so it is told not to; what matters is that it can use the index."""
    make_child()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    children = next(kind for kind in KINDS if kind.records.model is Child)
    plan = children.matching("C1", {"C1", "c1"}).explain()
    assert "Seq Scan" not in plan
    assert plan.count("Index Cond") == 2
