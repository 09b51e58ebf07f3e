"""What the type-ahead is answered."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import make_child, make_school

pytestmark = pytest.mark.django_db

CHILDREN, SCHOOLS = "/panel/lookup/children/", "/panel/lookup/schools/"


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


def test_at_most_twenty(clerk: Client, django_assert_num_queries: Any) -> None:
    for number in range(30):
        make_school(name=f"Oak {number:02}")
    with django_assert_num_queries(4):  # session, person, roles, schools
        assert len(texts(clerk, SCHOOLS, "oak")) == 20
