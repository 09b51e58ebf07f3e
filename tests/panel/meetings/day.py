"""A meeting with cases, for tests."""

from datetime import date
from decimal import Decimal

from panel.models import PanelCase, PanelMeeting
from tests.factories import (
    make_agenda_item,
    make_case,
    make_decision,
    make_meeting,
    make_member,
    make_school,
)

HELD_ON = date(2018, 5, 1)
READY_ON = date(2018, 4, 20)


def meeting_of(cases: int, **given: object) -> PanelMeeting:
    """A meeting with so many undecided cases, K01, K02 ..., at which three of four members are present."""
    meeting = make_meeting(**given)
    for number in range(cases):
        make_agenda_item(meeting=meeting, case=ready_case(f"K{number + 1:02d}"))
    for name, role in (("A. Ash", "Chair"), ("B. Birch", "Head teacher"), ("C. Cedar", "Health")):
        make_member(meeting=meeting, name=name, role=role, present=True)
    make_member(meeting=meeting, name="D. Dogwood", role="Social care")
    return meeting


def ready_case(key: str) -> PanelCase:
    """A case with complete papers, for a day place at its own new school."""
    return make_case(
        case_id=key,
        ready_on=READY_ON,
        school=make_school(name=f"School of {key}"),
        attendance="DAY",
        reasons=["COMPLEXITY"],
        origin="ANNUAL_REVIEW",
    )


def decide_every(meeting: PanelMeeting) -> None:
    """Decide the agenda's cases with each outcome in turn, with everything that such a decision records."""
    said = (
        {
            "outcome": "AGREED",
            "value": Decimal(38_400),
            "value_basis": "ANNUAL",
            "starts_on": date(2018, 9, 3),
        }
        | {"conditions": "Transport is shared.", "review_on": date(2019, 5, 1), "reasons": ["CAPACITY"]},
        {"outcome": "DECLINED", "reasons": ["COMPLEXITY"], "note": "The local school can meet the need."},
        {"outcome": "MORE_INFORMATION", "information_needed": "Advice of the psychologist"}
        | {"due_on": date(2018, 6, 1)},
        {"outcome": "DEFERRED", "note": "Time ran out."},
    )
    for place, item in enumerate(meeting.items.all()):
        make_decision(case=item.case, meeting_on=meeting.held_on, **said[place % len(said)])
