"""Deferring cases in bulk, and withdrawing a conflict of interest: by whom, and what is refused."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from panel.models import ConflictOfInterest, PanelDecision
from panel.services import meetings as services
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from tests.factories import make_conflict, make_decision, make_user
from tests.panel.meetings.day import HELD_ON, meeting_of

pytestmark = pytest.mark.django_db

AFTER, BEFORE = datetime(2018, 5, 1, 12, tzinfo=UTC), datetime(2018, 4, 30, 12, tzinfo=UTC)


@pytest.fixture
def clerk() -> User:
    return make_user(Role.PANEL_CLERK)


def test_a_role_without_the_permission_writes_nothing() -> None:
    meeting, officer = meeting_of(1), make_user(Role.OFFICER)
    conflict = make_conflict(item=meeting.items.get(), member=meeting.members.first())
    with pytest.raises(PermissionDenied):
        services.defer_all(by=officer, meeting=meeting, case_ids=["K01"], reason="", at=AFTER)
    with pytest.raises(PermissionDenied):
        services.withdraw_conflict(by=officer, conflict=conflict)
    assert not PanelDecision.objects.exists()
    assert ConflictOfInterest.objects.exists()


def test_deferred_cases_are_no_longer_on_an_agenda_undecided(clerk: User) -> None:
    meeting = meeting_of(3)
    taken = services.defer_all(
        by=clerk, meeting=meeting, case_ids=["K01", "K02"], reason="No quorum.", at=AFTER
    )
    assert [(entry.case_id, entry.outcome, entry.recorded_by) for entry in taken] == [
        ("K01", "DEFERRED", clerk),
        ("K02", "DEFERRED", clerk),
    ]
    assert [item.case_id for item in meeting.items.undecided()] == ["K03"]


def test_each_refusal_is_a_sentence_and_nothing_is_deferred(clerk: User) -> None:
    meeting = meeting_of(3, quorum=3)
    make_conflict(item=meeting.items.get(position=1), member=meeting.members.get(name="A. Ash"))
    make_decision(case=meeting.items.get(position=2).case, meeting_on=HELD_ON)
    with pytest.raises(ValidationError) as refusal:
        services.defer_all(
            by=clerk, meeting=meeting, case_ids=["K01", "K02", "K03", "K9"], reason="", at=AFTER
        )
    quorum, decided, unknown = refusal.value.messages
    assert "3 members must decide case K02" in quorum
    assert "already decided on that day" in decided
    assert unknown == "There is no case K9."
    assert PanelDecision.objects.count() == 1


def test_nothing_is_deferred_before_the_meeting(clerk: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        services.defer_all(by=clerk, meeting=meeting_of(2), case_ids=["K01", "K02"], reason="", at=BEFORE)
    assert refusal.value.messages == ["The meeting is on 1 May 2018: decisions can be entered from that day."]


def test_who_stood_aside_stays_on_record_unless_the_decision_is_taken_back(clerk: User) -> None:
    meeting = meeting_of(1)
    conflict = make_conflict(item=meeting.items.get(), member=meeting.members.first())
    decision = make_decision(case=conflict.item.case, meeting_on=HELD_ON)
    with pytest.raises(ValidationError):
        services.withdraw_conflict(by=clerk, conflict=conflict)
    decision.void = decision.corrected = True
    decision.save()
    services.withdraw_conflict(by=clerk, conflict=conflict)
    assert not ConflictOfInterest.objects.exists()
