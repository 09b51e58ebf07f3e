"""After an agreement, through the pages: offer, start, refusal, change, and what a second clerk sees."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from panel.kpis import panel_outcomes, panel_turnaround
from panel.models import ExpectedPlacement, PanelDecision
from panel.queues import BY_KEY
from panel.services.decisions import Decision, decide
from placements.models import CostLine, Placement
from sen_dashboard.accounts.models import User
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.models.history import version_of
from tests.factories import (
    make_agenda_item,
    make_agreed_cost,
    make_case,
    make_child,
    make_cost_line,
    make_decision,
    make_expected,
    make_meeting,
    make_member,
    make_placement,
    make_plan,
    make_school,
)
from tests.kpi_pages.test_pages import words
from tests.panel.work.waiting import TODAY

pytestmark = pytest.mark.django_db

DECIDED = date(2026, 2, 3)


@pytest.fixture
def expected() -> ExpectedPlacement:
    """A place at Ash School for a child who is at Elm School, agreed at £40,000 and transport."""
    child = make_child(child_id="C1", date_of_birth=date(2009, 6, 1))
    plan = make_plan(child=child)
    present = make_placement(placement_id="P1", plan=plan, school=make_school(name="Elm School"))
    make_cost_line(placement=present)
    case = make_case(case_id="K1", child=child, received_on=date(2026, 1, 5))
    decision = make_decision(case=case, meeting_on=DECIDED)
    make_agreed_cost(decision=decision, annual_amount=Decimal(40_000))
    make_agreed_cost(decision=decision, kind="TRANSPORT", annual_amount=Decimal(3_000))
    ash = make_school(school_id="S1", name="Ash School")
    return make_expected(pk=1, decision=decision, school=ash, starts_on=date(2026, 3, 2))


def day(field: str, value: date) -> dict[str, str]:
    """A day as its three boxes send it."""
    return {f"{field}-{part}": str(getattr(value, part)) for part in ("day", "month", "year")}


def send(client: Client, expected: ExpectedPlacement, form: str, **typed: Any) -> Any:
    """Send a form with the version of the case that was read."""
    seen = version_of(expected.decision.case)
    return client.post(f"/panel/expected/1/{form}/", {"seen": seen, **typed}, follow=True)


def test_the_page_says_what_was_agreed_and_where_it_stands(
    as_clerk: Client, expected: ExpectedPlacement
) -> None:
    page = words(as_clerk.get("/panel/expected/1/"))
    assert "Awaiting the school's offer. Late: expected on 2 March 2026." in page
    assert "Agreed costs: £40,000 a year, plus transport" in page
    assert "School Ash School" in page
    assert "Enter the school’s offer" in page


def test_offer_and_start_are_entered_and_measured(as_clerk: Client, expected: ExpectedPlacement) -> None:
    said = words(send(as_clerk, expected, "offer", **day("offered_on", date(2026, 2, 13))))
    assert "Ash School offered the place on 13 February 2026. It is awaiting the start." in said
    assert "Offered by the school 13 February 2026, 10 days after the decision" in said

    form = words(as_clerk.get("/panel/expected/1/start/"))
    assert "The child is now in placement P1 at Elm School." in form
    assert "Core education fee £40,000 and Transport £3,000" in form

    another_day = "The start is on 9 March 2026, but was agreed for 2 March 2026."
    asked = send(as_clerk, expected, "start", **day("started_on", date(2026, 3, 9)))
    assert another_day in words(asked)
    assert not Placement.objects.filter(expected_as=expected).exists()
    right = day("started_on", date(2026, 3, 9)) | {"unlikely": another_day}
    said = words(send(as_clerk, expected, "start", **right))
    kept = expected.decision.case.confirmations.get()
    assert (kept.sentence, kept.confirmed_on) == (another_day, TODAY)
    assert "Started 9 March 2026, 24 days after the offer" in said
    new = Placement.objects.get(expected_as=expected)
    assert (new.school_id, new.starts_on) == ("S1", date(2026, 3, 9))
    assert Placement.objects.get(pk="P1").ends_on == date(2026, 3, 8)
    assert CostLine.objects.filter(placement=new).count() == 2
    assert not BY_KEY["agreed-not-started"].records(TODAY).exists()
    now = panel_turnaround.query(Scope(TODAY)).headline
    assert (now.median_days_to_offer, now.median_days_to_start) == (10.0, 24.0)
    assert (now.offered, now.started) == (1, 1)


@pytest.mark.parametrize(
    ("form", "typed", "sentence"),
    [
        ("offer", {}, "Enter the date of the school’s offer."),
        (
            "offer",
            day("offered_on", DECIDED - timedelta(days=1)),
            "Enter a day from 3 February 2026 to 10 March 2026.",
        ),
        (
            "offer",
            day("offered_on", TODAY + timedelta(days=1)),
            "Enter a day from 3 February 2026 to 10 March 2026.",
        ),
        ("offer", day("offered_on", DECIDED) | {"offered_on-month": "13"}, "The date must be a real date."),
        ("offer", day("offered_on", DECIDED) | {"offered_on-year": ""}, "The date must include a year."),
        ("start", day("started_on", TODAY), "Enter the school's offer first."),
        ("refusal", day("refused_on", TODAY), "Enter why the school refused."),
        (
            "refusal",
            day("refused_on", date(2025, 1, 1)) | {"why": "Full"},
            "Enter a day from 3 February 2026",
        ),
        ("change", day("starts_on", TODAY) | {"school": "S1"}, "Enter why it changes."),
        ("change", day("starts_on", TODAY) | {"school": "Oak", "why": "x"}, "No school has this key"),
        (
            "change",
            day("starts_on", date(2026, 1, 1)) | {"school": "S1", "why": "x"},
            "It cannot start before it",
        ),
    ],
)
def test_what_is_wrong_is_said(
    as_clerk: Client, expected: ExpectedPlacement, form: str, typed: dict[str, str], sentence: str
) -> None:
    response = send(as_clerk, expected, form, **typed)
    assert "There is a problem" in words(response)
    assert sentence in words(response)
    expected.refresh_from_db()
    assert (expected.offered_on, expected.refused_on, expected.why) == (None, None, "")


def test_a_start_before_the_offer_is_refused(as_clerk: Client, expected: ExpectedPlacement) -> None:
    send(as_clerk, expected, "offer", **day("offered_on", date(2026, 2, 13)))
    said = words(send(as_clerk, expected, "start", **day("started_on", date(2026, 2, 12))))
    assert "Enter a day from 13 February 2026 to 10 March 2026." in said
    send(as_clerk, expected, "offer", **day("offered_on", TODAY))
    assert "Enter 10 March 2026." in words(send(as_clerk, expected, "start", **day("started_on", DECIDED)))


def test_refused_then_another_school_is_asked(as_clerk: Client, expected: ExpectedPlacement) -> None:
    make_school(school_id="S2", name="Birch School")
    said = words(send(as_clerk, expected, "refusal", **day("refused_on", TODAY), why="Full"))
    assert "Refused by the school." in said
    assert BY_KEY["agreed-not-started"].records(TODAY).exists()
    typed = day("starts_on", date(2026, 4, 13)) | {"school": "birch", "why": "Ash School is full"}
    said = words(send(as_clerk, expected, "change", **typed))
    assert "The place is now expected at Birch School from 13 April 2026." in said
    assert "Awaiting the school's offer." in said
    assert "Why Ash School is full" in said


def test_a_place_without_a_school_asks_for_one_first(as_clerk: Client, expected: ExpectedPlacement) -> None:
    ExpectedPlacement.objects.filter(pk=1).update(school=None)
    page = words(as_clerk.get("/panel/expected/1/"))
    assert "Awaiting a school. Late: expected on 2 March 2026." in page
    assert "Enter the school " in page
    assert "School to be confirmed" in page
    refused = words(send(as_clerk, expected, "offer", **day("offered_on", TODAY)))
    assert "Enter the school as a change first" in refused
    assert "A place at a school to be confirmed" in words(as_clerk.get("/cases/K1/?as_at=2026-03-10"))
    send(as_clerk, expected, "change", **day("starts_on", TODAY), school="S1", why="Found")
    expected.refresh_from_db()
    assert expected.school_id == "S1"


def test_a_second_clerk_is_told_and_may_save_over_it(as_clerk: Client, expected: ExpectedPlacement) -> None:
    seen = version_of(expected.decision.case)
    PanelDecision.objects.filter(case="K1").update(note="Changed meanwhile")
    typed = {"seen": seen, **day("offered_on", date(2026, 2, 13))}
    response = as_clerk.post("/panel/expected/1/offer/", typed)
    assert "Someone changed case K1 while you had it open." in words(response)
    assert 'value="13"' in response.content.decode()
    expected.refresh_from_db()
    assert expected.offered_on is None
    over = version_of(expected.decision.case)
    as_clerk.post("/panel/expected/1/offer/", typed | {"over": over})
    expected.refresh_from_db()
    assert expected.offered_on == date(2026, 2, 13)


class TestCasePage:
    def test_leads_to_the_place(self, as_clerk: Client, expected: ExpectedPlacement) -> None:
        response = as_clerk.get("/cases/K1/?as_at=2026-03-10")
        assert "What followed A place at Ash School, expected from 2 March 2026. Awaiting" in words(response)
        assert 'href="/panel/expected/1/"' in response.content.decode()
        assert "What followed" not in words(as_clerk.get("/cases/K1/?as_at=2026-02-02"))

    def test_leads_to_the_placement_whose_cost_was_raised(self, as_clerk: Client) -> None:
        line = make_cost_line(placement=make_placement(placement_id="P2"), starts_on=date(2026, 3, 1))
        decision = make_decision(
            case=make_case(case_id="K2", panel="ADDITIONAL_FUNDING"), meeting_on=date(2026, 2, 3)
        )
        make_agreed_cost(decision=decision, kind="CORE", annual_amount=Decimal(5_000), cost_line=line)
        page = words(as_clerk.get("/cases/K2/?as_at=2026-03-10"))
        assert "Core education fee of placement P2 raised by £5,000 a year from 1 March 2026" in page


def test_the_panels_figures_move_at_once(clerk: User) -> None:
    """A decision of this minute counts in the outcomes as at today, and is in the queue of what follows."""
    meeting = make_meeting(held_on=TODAY)
    for _ in range(meeting.quorum):
        make_member(meeting=meeting, present=True)
    case = make_case(
        child=make_child(date_of_birth=date(2014, 6, 1)),
        received_on=date(2026, 1, 5),
        ready_on=TODAY,
        school=make_school(),
        attendance="DAY",
    )
    make_agenda_item(meeting=meeting, case=case)
    before = panel_outcomes.query(Scope(TODAY)).headline
    decision = Decision(
        "AGREED", value=Decimal(36_000), costs={"CORE": Decimal(36_000)}, starts_on=date(2026, 4, 13)
    )
    decide(
        by=clerk,
        meeting=meeting,
        case_id=case.pk,
        seen=version_of(case),
        decision=decision,
        at=datetime(2026, 3, 10, 10, tzinfo=UTC),
    )
    after = panel_outcomes.query(Scope(TODAY)).headline
    assert (before.cases, after.cases, after.value) == (0, 1, Decimal(36_000))
    assert (before.awaiting, after.awaiting) == (1, 0)
    assert BY_KEY["agreed-not-started"].records(TODAY).get().decision.case == case
