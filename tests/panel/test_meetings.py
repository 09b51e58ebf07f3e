"""Agendas, attendance, and the day of a meeting."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from panel.models import AgendaItem, Member, PanelCase, PanelMeeting
from panel.services import meetings
from panel.services.meetings import Attending
from panel.states import Move, State
from sen_dashboard.core.models.history import version_of
from tests.panel.desk import RECEIVED, Desk, rows

pytestmark = pytest.mark.django_db


def order(meeting: PanelMeeting) -> list[str]:
    return [item.case_id for item in meeting.items.order_by("position")]


def test_members_are_those_of_the_panels_meeting_before_and_not_yet_present(
    desk: Desk, funding: Desk
) -> None:
    desk.meeting()
    funding.meeting()
    last = desk.meeting()
    meetings.set_members(by=desk.clerk, meeting=last, members=[Attending("Dogwood", "Head", present=True)])
    added = meetings.add_meeting(
        by=desk.clerk,
        panel="INDEPENDENT",
        held_on=date(2018, 6, 1),
        starts_at=time(9),
        slot_minutes=10,
        quorum=1,
    )
    assert list(added.members.values_list("name", "role", "present")) == [("Dogwood", "Head", False)]


def test_one_meeting_of_a_panel_a_day(desk: Desk, funding: Desk) -> None:
    day = date(2018, 6, 1)
    desk.meeting(held_on=day)
    funding.meeting(held_on=day)
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        desk.meeting(held_on=day)
    assert refusal.value.message_dict == {"held_on": ["This panel already has a meeting on that day."]}


def test_cases_come_on_an_agenda_all_or_none_and_each_is_told(desk: Desk, funding: Desk) -> None:
    good, unready = desk.case_at(State.READY), desk.case_at(State.AWAITING_PAPERS)
    other = funding.case_at(State.READY)
    late = desk.enter(received_on=date(2018, 7, 1))
    desk.do(Move.CHANGE_REQUEST, late)
    PanelCase.objects.filter(pk=late).update(ready_on=date(2018, 7, 2))
    meeting, before = desk.meeting(), rows()
    with pytest.raises(ValidationError) as refusal, transaction.atomic():
        meetings.put_on_agenda(
            by=desk.clerk, meeting=meeting, case_ids=[good, unready, other, late, "nowhere", good]
        )
    assert refusal.value.messages == [
        f"You cannot put it on an agenda for case {unready}. Its papers are not complete.",
        f"Case {other} is for the other panel.",
        f"Case {late} was received after the meeting.",
        "There is no case nowhere.",
        f"You cannot put it on an agenda for case {good}. It is on the agenda of a meeting.",
    ]
    assert rows() == before


def test_a_case_waits_for_a_meeting_after_its_latest_decision(desk: Desk) -> None:
    case_id = desk.case_at(State.DEFERRED)
    early = desk.meeting(held_on=date(2018, 4, 30))
    with pytest.raises(ValidationError, match="was decided on 2 May 2018: choose a later meeting"):
        desk.put(case_id, early)


def test_a_case_taken_off_leaves_the_others_in_order_and_may_come_back(desk: Desk) -> None:
    meeting = desk.meeting()
    first, second, third = (desk.case_at(State.READY) for _ in range(3))
    for case_id in (first, second, third):
        desk.put(case_id, meeting)
    desk.do(Move.TAKE_OFF_AGENDA, second)
    assert order(meeting) == [first, third]
    desk.put(second, meeting)
    assert order(meeting) == [first, third, second]


@pytest.mark.parametrize(
    ("moved", "places", "after"),
    [(0, 1, "BACD"), (0, 9, "BCDA"), (3, -1, "ABDC"), (3, -9, "DABC"), (1, 0, "ABCD"), (2, -2, "CABD")],
)
def test_a_case_moves_up_and_down_and_no_further_than_the_ends(
    desk: Desk, moved: int, places: int, after: str
) -> None:
    meeting = desk.meeting()
    items = [desk.put(desk.case_at(State.READY), meeting) for _ in range(4)]
    name = {item.case_id: letter for item, letter in zip(items, "ABCD", strict=True)}
    meetings.move_item(by=desk.clerk, item=items[moved], places=places)
    assert "".join(name[case_id] for case_id in order(meeting)) == after


def test_what_somebody_took_off_meanwhile_is_told(desk: Desk) -> None:
    case_id = desk.case_at(State.LISTED)
    item = AgendaItem.objects.get()
    AgendaItem.objects.all().delete()
    for write in (
        lambda: meetings.take_off_agenda(by=desk.clerk, item=item),
        lambda: meetings.move_item(by=desk.clerk, item=item, places=1),
    ):
        with pytest.raises(ValidationError, match=f"Case {case_id} is no longer on this agenda"):
            write()


def change(desk: Desk, meeting: PanelMeeting, held_on: date) -> None:
    meetings.change_meeting(
        by=desk.clerk,
        meeting=meeting,
        seen=version_of(meeting),
        held_on=held_on,
        starts_at=time(10),
        slot_minutes=20,
        quorum=1,
        place="County Hall",
    )


def test_a_meeting_moves_until_it_decided_something(desk: Desk) -> None:
    case_id = desk.case_at(State.LISTED)
    meeting = AgendaItem.objects.get().meeting
    change(desk, meeting, date(2018, 6, 1))
    entry = desk.decide(case_id)
    assert entry.meeting_on == date(2018, 6, 1)
    change(desk, meeting, date(2018, 6, 1))
    with pytest.raises(ValidationError) as refusal:
        change(desk, meeting, date(2018, 6, 2))
    assert refusal.value.message_dict == {
        "held_on": ["This meeting has recorded decisions, so its date cannot change."]
    }


def test_a_meeting_does_not_move_to_before_its_cases(desk: Desk) -> None:
    desk.case_at(State.LISTED)
    with pytest.raises(ValidationError) as refusal:
        change(desk, AgendaItem.objects.get().meeting, RECEIVED - timedelta(days=1))
    assert list(refusal.value.message_dict) == ["held_on"]


def test_members_change_but_not_who_stands_aside_nor_into_one(desk: Desk) -> None:
    desk.case_at(State.LISTED)
    item = AgendaItem.objects.get()
    ash = item.meeting.members.get(name="Ash")
    meetings.declare_conflict(by=desk.clerk, item=item, member=ash, reason="Aunt")
    with pytest.raises(
        ValidationError, match="Ash has a conflict of interest in a case and stays on the list"
    ):
        meetings.set_members(by=desk.clerk, meeting=item.meeting, members=[Attending("Birch")])
    with pytest.raises(ValidationError, match="A name is given twice"):
        meetings.set_members(by=desk.clerk, meeting=item.meeting, members=[Attending("Ash")] * 2)
    members = [Attending("Ash", "Head", present=True), Attending("Elder")]
    meetings.set_members(by=desk.clerk, meeting=item.meeting, members=members)
    assert list(Member.objects.values_list("name", "role", "present")) == [
        ("Ash", "Head", True),
        ("Elder", "", False),
    ]
    assert Member.objects.get(name="Ash") == ash
