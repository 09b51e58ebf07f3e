"""The results of the type-ahead."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate

from placements.models import Child
from sen_dashboard.accounts.models import RecordRead
from tests.factories import make_case, make_child, make_plan, make_school

pytestmark = pytest.mark.django_db

CHILDREN, SCHOOLS = "/panel/lookup/children/", "/panel/lookup/schools/"
CHILD = "/panel/lookup/child/"


def texts(clerk: Client, address: str, typed: str) -> list[str]:
    answer: dict[str, Any] = clerk.get(address, {"q": typed}).json()
    return [found["text"] for found in answer["found"]]


def test_children_are_found_by_the_beginning_of_their_key(clerk: Client) -> None:
    make_child(child_id="C12", home_district="Dover")
    assert texts(clerk, CHILDREN, "c1") == ["C1", "C12"]
    assert texts(clerk, CHILDREN, "1") == []
    (found,) = clerk.get(CHILDREN, {"q": "C12"}).json()["found"]
    assert found == {"text": "C12", "words": "Dover"}


def test_schools_are_found_by_key_or_name(clerk: Client) -> None:
    make_school(school_id="S100%", name="Über & Sons")
    assert texts(clerk, SCHOOLS, "ELM") == ["Elm School (L1)"]
    assert texts(clerk, SCHOOLS, "s1") == ["Ash School (S1)", "Über & Sons (S100%)"]
    assert texts(clerk, SCHOOLS, "Ash School (S1)") == ["Ash School (S1)"]
    assert texts(clerk, SCHOOLS, "%") == ["Über & Sons (S100%)"]


@pytest.mark.parametrize("typed", ["", " ", "\0", "x" * 5000, "none such"])
@pytest.mark.parametrize("address", [CHILDREN, SCHOOLS])
def test_nothing_finds_nothing(clerk: Client, address: str, typed: str) -> None:
    assert texts(clerk, address, typed) == []


def test_what_is_held_of_a_child_is_shown_and_noted(clerk: Client) -> None:
    case = make_case(case_id="K1", child=Child.objects.get(pk="C1"), ready_on=date(2018, 4, 1))
    make_plan(child=case.child, issued_on=localdate(), primary_need="SEMH", secondary_need="HI")
    answer = clerk.get(CHILD, {"key": "c1"})
    page = answer.content.decode()
    assert 'data-primary-need="SEMH" data-secondary-need="HI"' in page
    for said in (
        "Age",
        "Social, emotional and mental health (SEMH)",
        "No placement",
        "ready for a meeting",
    ):
        assert said in page
    assert RecordRead.objects.filter(kind="CHILD", key="C1").count() == 1


@pytest.mark.parametrize("typed", ["", "C", "none such", "\0"])
def test_a_child_is_shown_by_its_whole_key_alone(clerk: Client, typed: str) -> None:
    answer = clerk.get(CHILD, {"key": typed})
    assert (answer.status_code, answer.content) == (200, b"")


def test_at_most_twenty(clerk: Client, django_assert_num_queries: Any) -> None:
    for number in range(30):
        make_school(name=f"Oak {number:02}")
    with django_assert_num_queries(4):  # session, person, roles, schools
        assert len(texts(clerk, SCHOOLS, "oak")) == 20
