"""The page of a panel case: the request, and which decision stands."""

from datetime import date, timedelta

import pytest
from django.test import Client

from panel.models import PanelCase
from tests.factories import make_case, make_child, make_decision, make_school
from tests.kpi_pages.test_pages import words
from tests.records.reading import rows, statements

pytestmark = pytest.mark.django_db

ADDRESS = "/cases/K1/"
ON_DAY = f"{ADDRESS}?as_at=2019-03-31"


@pytest.fixture
def case() -> PanelCase:
    """Deferred, agreed, then declined in error; after 31 March 2019 withdrawn."""
    case = make_case(
        case_id="K1",
        child=make_child(child_id="C1"),
        received_on=date(2018, 5, 1),
        secondary_need="SEMH",
        profile="COMPLEX_MENTAL_HEALTH",
        reasons=["COMPLEXITY", "CAPACITY"],
        school=make_school(school_id="S1", name="Ash School"),
        attendance="DAY",
        annual_cost=45_000,
        cost_basis="PART_YEAR",
    )
    asked = {"outcome": "MORE_INFORMATION", "due_on": date(2018, 6, 30), "note": "Ask for the <report>"}
    make_decision(case=case, meeting_on=date(2018, 6, 5), **asked)
    make_decision(case=case, meeting_on=date(2018, 7, 3), value=40_000, decided_by="The panel")
    make_decision(case=case, meeting_on=date(2018, 8, 1), outcome="DECLINED", void=True)
    make_decision(case=case, meeting_on=date(2019, 4, 1), outcome="WITHDRAWN")
    return case


@pytest.mark.usefixtures("case")
def test_says_what_was_asked(signed_in: Client) -> None:
    page = words(signed_in.get(ON_DAY))
    for said in (
        "Child C1",
        "Panel Independent Placement Panel",
        "Received 1 May 2018",
        "Need Autistic spectrum disorder (ASD), with Social, emotional and mental health (SEMH)",
        "Profile SEMH with complex mental health needs",
        "Reasons for the request Local schools cannot meet the complexity of need; Special schools have no capacity",
        "Cost requested £45,000, part of a year",
        "School requested Ash School",
        "Attendance Day",
    ):
        assert said in page


@pytest.mark.usefixtures("case")
def test_decisions_come_oldest_first_and_the_latest_not_void_stands(signed_in: Client) -> None:
    response = signed_in.get(ON_DAY)
    assert rows(response, "decisions") == [
        "5 June 2018 More information required £45,000 Superseded"
        " Information needed: by 30 June 2018. Rationale: Ask for the &lt;report&gt;",
        "3 July 2018 Agreed £40,000 Current The panel",
        "Recorded in error: 1 August 2018 Declined £45,000 Recorded in error",
    ]
    assert response.content.decode().count("table-row--void") == 1
    page = words(response)
    assert "Agreed on 3 July 2018, £40,000." in page
    assert "1 decision after 31 March 2019 is left out." in page


@pytest.mark.usefixtures("case")
@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2018-06-04", "No decision by 4 June 2018."),
        ("2018-06-05", "More information required on 5 June 2018, £45,000."),
        ("2018-07-02", "More information required on 5 June 2018, £45,000."),
        ("2018-07-03", "Agreed on 3 July 2018, £40,000."),
        ("2019-04-01", "Withdrawn on 1 April 2019, £45,000."),
    ],
)
def test_what_stands_follows_the_day(signed_in: Client, day: str, sentence: str) -> None:
    assert sentence in words(signed_in.get(f"{ADDRESS}?as_at={day}"))


def test_only_void_decisions_leave_nothing_standing(signed_in: Client) -> None:
    make_decision(case=make_case(case_id="K1"), void=True)
    page = words(signed_in.get(ON_DAY))
    assert "No decision by 31 March 2019." in page
    assert "School requested not recorded" in page


def test_takes_as_many_statements_for_60_decisions_as_for_2(signed_in: Client) -> None:
    case = make_case(case_id="K1")

    for n in range(2):
        make_decision(case=case, meeting_on=date(2018, 2, 1) + timedelta(days=n))
    of_few = statements(signed_in, ON_DAY)
    for n in range(2, 60):
        make_decision(case=case, meeting_on=date(2018, 2, 1) + timedelta(days=n))
    assert len(rows(signed_in.get(ON_DAY), "decisions")) == 60
    assert statements(signed_in, ON_DAY) == of_few == 17
