"""The printed pages of a meeting: the agenda beforehand, the minutes afterwards."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from panel.meetings import minutes as paper
from panel.meetings.agenda import Slot, slots_of, title_of, when_and_where
from panel.models import Member, PanelMeeting
from panel.reading import note_cases_read
from panel.views.meetings import found_meeting
from sen_dashboard.accounts.requests import person


@require_safe
def agenda(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The printed agenda: who is invited, and what each case asks for."""
    meeting, slots, members = _read(request, meeting_id)
    page = {"invited": paper.people(members), "entries": paper.requested(slots)}
    return render(request, "panel/meeting_agenda.html", _headed("Agenda", meeting, slots) | page)


@require_safe
def minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The minutes: who was there, who stood aside, what was decided and why, and what was not heard."""
    meeting, slots, members = _read(request, meeting_id)
    page = {
        "present": paper.people([member for member in members if member.present]),
        "apologies": paper.people([member for member in members if not member.present]),
        "aside": [slot for slot in slots if slot.aside],
        "entries": paper.heard(slots),
        "not_heard": paper.not_heard(slots),
    }
    return render(request, "panel/meeting_minutes.html", _headed("Minutes", meeting, slots) | page)


def _read(request: HttpRequest, meeting_id: int) -> tuple[PanelMeeting, list[Slot], list[Member]]:
    """The meeting, its agenda and its members, noting that its cases are shown. Raises Http404."""
    meeting = found_meeting(meeting_id)
    slots = slots_of(meeting)
    note_cases_read(person(request), (slot.case for slot in slots))
    return meeting, slots, list(meeting.members.all())


def _headed(what: str, meeting: PanelMeeting, slots: list[Slot]) -> dict[str, Any]:
    """The heading of either paper."""
    return {
        "meeting": meeting,
        "heading": f"{what}: {title_of(meeting)}",
        "meeting_title": title_of(meeting),
        "when_and_where": when_and_where(meeting, len(slots)),
    }
