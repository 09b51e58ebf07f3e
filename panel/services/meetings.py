"""Meetings: when they are, which cases they hear in which order, who comes, and who stands aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from panel.models import (
    AgendaItem,
    ConflictOfInterest,
    Member,
    Outcome,
    PanelCase,
    PanelDecision,
    PanelMeeting,
)
from panel.querysets import PanelDecisionQuerySet
from panel.services.cases import check_may_be_heard, check_move, last_decided, locked
from panel.services.decisions import Decision, decide_as_it_stands
from panel.states import Move
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.holding import hold


@dataclass(frozen=True)
class Attending:
    """Somebody invited to a meeting."""

    name: str
    role: str = ""
    present: bool = False


@transaction.atomic
def add_meeting(
    *, by: User, panel: str, held_on: date, starts_at: time, slot_minutes: int, quorum: int, place: str = ""
) -> PanelMeeting:
    """Make a meeting, and invite the members of the panel's previous meeting.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_PANEL)
    meeting = PanelMeeting(panel=panel, held_on=held_on)
    _set(meeting, starts_at, slot_minutes, quorum, place)
    meeting.save(force_insert=True)
    before = PanelMeeting.objects.last_before(panel, held_on)
    for member in before.members.all() if before else ():
        Member.objects.create(meeting=meeting, name=member.name, role=member.role)
    return meeting


@transaction.atomic
def change_meeting(
    *,
    by: User,
    meeting: PanelMeeting,
    seen: int,
    held_on: date,
    starts_at: time,
    slot_minutes: int,
    quorum: int,
    place: str,
) -> PanelMeeting:
    """Change a meeting's details; its day and quorum only while nothing has been decided.

    Raises as ``add_meeting``, and ChangedMeanwhileError.
    """
    demand(by, Permission.EDIT_PANEL)
    meeting = hold(meeting, seen=seen, called="this meeting")
    if held_on != meeting.held_on and decisions_of(meeting).exists():
        raise ValidationError({"held_on": "This meeting has recorded decisions, so its date cannot change."})
    if quorum != meeting.quorum and decisions_of(meeting).exists():
        raise ValidationError({"quorum": "This meeting has recorded decisions, so its quorum cannot change."})
    _check_cases_may_be_heard(meeting, held_on)
    meeting.held_on = held_on
    _set(meeting, starts_at, slot_minutes, quorum, place)
    meeting.save()
    return meeting


@transaction.atomic
def put_on_agenda(*, by: User, meeting: PanelMeeting, case_ids: Iterable[str]) -> list[AgendaItem]:
    """Add cases at the end of the agenda, in this order; all or none.

    Raises PermissionDenied, and ValidationError with a sentence for each case that cannot be added.
    """
    demand(by, Permission.EDIT_PANEL)
    meeting, case_ids = _locked(meeting), list(case_ids)
    _lock_all(case_ids)
    last = meeting.items.aggregate(last=Max("position"))["last"]
    position = -1 if last is None else last
    items, refused = [], []
    for case_id in case_ids:
        position += 1
        try:
            items.append(_put(meeting, case_id, position))
        except ValidationError as error:
            refused += error.messages
    if refused:
        raise ValidationError(refused)
    return items


@transaction.atomic
def take_off_agenda(*, by: User, item: AgendaItem) -> None:
    """Take an undecided case off; it is ready for another meeting. Raises PermissionDenied and ValidationError."""
    demand(by, Permission.EDIT_PANEL)
    case = locked(item.case_id)
    _check_listed(item)
    if not AgendaItem.objects.undecided().filter(pk=item.pk).exists():
        raise ValidationError(f"Case {case.case_id} was decided at this meeting and stays on its agenda.")
    item.delete()


@transaction.atomic
def move_item(*, by: User, item: AgendaItem, places: int) -> None:
    """Move a case so many places down the agenda, or up if negative.

    Raises PermissionDenied, and ValidationError if somebody has taken it off since.
    """
    demand(by, Permission.EDIT_PANEL)
    order = list(_locked(item.meeting).items.order_by("position"))
    _check_listed(item)
    place = order.index(item)
    order.insert(max(0, place + places), order.pop(place))
    for position, each in enumerate(order):
        each.position = position
    AgendaItem.objects.bulk_update(order, ["position"])


@transaction.atomic
def defer_all(
    *, by: User, meeting: PanelMeeting, case_ids: Iterable[str], reason: str, at: datetime
) -> list[PanelDecision]:
    """Record that the meeting defers these cases of its agenda to another one; all or none.

    Raises PermissionDenied, and ValidationError with a sentence for each case that cannot be deferred.
    """
    demand(by, Permission.EDIT_PANEL)
    deferral = Decision(outcome=Outcome.DEFERRED, note=reason)
    decisions, refused = [], []
    for case_id in sorted(case_ids):  # in one order, so that two people never wait for each other
        try:
            decisions.append(_defer(by, meeting, case_id, deferral, at))
        except ValidationError as error:
            refused += error.messages
    if refused:
        raise ValidationError(list(dict.fromkeys(refused)))
    return decisions


@transaction.atomic
def set_members(*, by: User, meeting: PanelMeeting, members: Sequence[Attending]) -> None:
    """Set who is invited and who attends. Raises PermissionDenied, and ValidationError if a name is given twice.

    A member who stands aside from a case is not removed.
    """
    demand(by, Permission.EDIT_PANEL)
    meeting = _locked(meeting)
    held = {member.name: member for member in meeting.members.all()}
    names = [member.name for member in members]
    if len(names) != len(set(names)):
        raise ValidationError("A name is given twice: add something to tell them apart.")
    for gone in held.keys() - set(names):
        if held[gone].conflicts.exists():
            raise ValidationError(f"{gone} has a conflict of interest in a case and stays on the list.")
        held[gone].delete()
    for attending in members:
        member = held.get(attending.name) or Member(meeting=meeting, name=attending.name)
        if member.pk is None or (member.role, member.present) != (attending.role, attending.present):
            member.role, member.present = attending.role, attending.present
            member.full_clean()
            member.save()


@transaction.atomic
def declare_conflict(*, by: User, item: AgendaItem, member: Member, reason: str) -> ConflictOfInterest:
    """Record that a member stands aside from a case to be decided.

    Raises PermissionDenied, and ValidationError at each field or once the meeting has decided the case.
    """
    demand(by, Permission.EDIT_PANEL)
    _locked(item.meeting)
    _check_listed(item)
    if not AgendaItem.objects.undecided().filter(pk=item.pk).exists():
        raise ValidationError(
            f"Case {item.case_id} has been decided. If a conflict of interest was missed, correct the decision."
        )
    if not Member.objects.filter(pk=member.pk, meeting=item.meeting_id).exists():
        raise ValidationError({"member": "Choose a member of this meeting."})
    conflict = ConflictOfInterest(item=item, member=member, reason=reason)
    conflict.full_clean()
    conflict.save(force_insert=True)
    return conflict


@transaction.atomic
def withdraw_conflict(*, by: User, conflict: ConflictOfInterest) -> None:
    """Withdraw a declaration. Raises PermissionDenied, and ValidationError once the meeting has decided the case."""
    demand(by, Permission.EDIT_PANEL)
    case = locked(conflict.item.case_id)
    if not AgendaItem.objects.undecided().filter(pk=conflict.item_id).exists():
        raise ValidationError(
            f"Case {case.case_id} has been decided: its conflicts of interest stay on record."
        )
    conflict.delete()


def decisions_of(meeting: PanelMeeting) -> PanelDecisionQuerySet:
    """The meeting's decisions that stand."""
    cases = meeting.items.values("case")
    return PanelDecision.objects.counted().filter(meeting_on=meeting.held_on, case__in=cases)


def _defer(by: User, meeting: PanelMeeting, case_id: str, deferral: Decision, at: datetime) -> PanelDecision:
    try:
        return decide_as_it_stands(by=by, meeting=meeting, case_id=case_id, decision=deferral, at=at)
    except PanelCase.DoesNotExist:
        raise ValidationError(f"There is no case {case_id}.") from None


def _put(meeting: PanelMeeting, case_id: str, position: int) -> AgendaItem:
    try:
        case = locked(case_id)
    except PanelCase.DoesNotExist:
        raise ValidationError(f"There is no case {case_id}.") from None
    if case.panel != meeting.panel:
        raise ValidationError(f"Case {case_id} is for the other panel.")
    check_move(case, Move.PUT_ON_AGENDA)
    check_may_be_heard(case, meeting.held_on)
    if case.ready_on is None:  # a deferred case: its papers were complete for its last meeting
        case.ready_on = last_decided(case)
        case.save()
    item = AgendaItem(meeting=meeting, case=case, position=position)
    item.full_clean()
    item.save(force_insert=True)
    return item


def _lock_all(case_ids: Iterable[str]) -> None:
    """Lock the cases in the order of their keys, so that two people never wait for each other."""
    list(PanelCase.objects.select_for_update().filter(pk__in=case_ids).order_by("pk").values_list("pk"))


def _check_listed(item: AgendaItem) -> None:
    if not AgendaItem.objects.filter(pk=item.pk).exists():
        raise ValidationError(f"Case {item.case_id} is no longer on this agenda.")


def _check_cases_may_be_heard(meeting: PanelMeeting, day: date) -> None:
    if day == meeting.held_on:
        return
    for item in meeting.items.select_related("case"):
        try:
            check_may_be_heard(item.case, day)
        except ValidationError as error:
            raise ValidationError({"held_on": error.messages}) from error


def _set(meeting: PanelMeeting, starts_at: time, slot_minutes: int, quorum: int, place: str) -> None:
    meeting.starts_at, meeting.slot_minutes = starts_at, slot_minutes
    meeting.quorum, meeting.place = quorum, place
    meeting.full_clean()


def _locked(meeting: PanelMeeting) -> PanelMeeting:
    return PanelMeeting.objects.select_for_update().get(pk=meeting.pk)
