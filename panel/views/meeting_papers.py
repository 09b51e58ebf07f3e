"""What of a meeting is printed: the agenda beforehand, the minutes afterwards."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from panel import minutes as paper
from panel.agenda import slots_of, title_of, when_and_where
from panel.reading import note_cases_read
from panel.views.meetings import found_meeting
from sen_dashboard.accounts.requests import person


@require_safe
def agenda(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The agenda on paper: who is invited, and what each case asks for."""
    meeting = found_meeting(meeting_id)
    slots, members = slots_of(meeting), list(meeting.members.all())
    note_cases_read(person(request), (slot.case for slot in slots))
    page = {
        "meeting": meeting,
        "heading": f"Agenda: {title_of(meeting)}",
        "meeting_title": title_of(meeting),
        "when_and_where": when_and_where(meeting, len(slots)),
        "invited": paper.people(members),
        "entries": paper.requested(slots),
    }
    return render(request, "panel/meeting_agenda.html", page)


@require_safe
def minutes(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The minutes: who was there, who stood aside, what was decided and why, and what was not heard."""
    meeting = found_meeting(meeting_id)
    slots, members = slots_of(meeting), list(meeting.members.all())
    note_cases_read(person(request), (slot.case for slot in slots))
    page = {
        "meeting": meeting,
        "heading": f"Minutes: {title_of(meeting)}",
        "meeting_title": title_of(meeting),
        "when_and_where": when_and_where(meeting, len(slots)),
        "present": paper.people([member for member in members if member.present]),
        "apologies": paper.people([member for member in members if not member.present]),
        "aside": [slot for slot in slots if slot.aside],
        "entries": paper.heard(slots),
        "not_heard": paper.not_heard(slots),
    }
    return render(request, "panel/meeting_minutes.html", page)
