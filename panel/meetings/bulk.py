"""Actions on several cases of a queue at once, and the form that chooses one."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from panel.meetings.forms import CasesField
from panel.models import Panel, PanelMeeting
from panel.services import bulk, meetings
from sen_dashboard.accounts.models import User
from sen_dashboard.core import formats


@dataclass(frozen=True)
class Action:
    """An action on the chosen cases. ``do`` takes the person, the form and today, and returns the success message."""

    button: str
    queues: Collection[str]
    do: Callable[[User, "BulkForm", date], str]


def _put_on_agenda(by: User, form: "BulkForm", today: date) -> str:
    meeting = form.cleaned_data["meeting"]
    meetings.put_on_agenda(by=by, meeting=meeting, case_ids=form.case_ids)
    return f"{form.cases_are} on the agenda of {_named(meeting)}."


def _papers_complete(by: User, form: "BulkForm", today: date) -> str:
    bulk.papers_complete(by=by, case_ids=form.case_ids, on=today)
    return f"{form.cases_are} ready for a meeting."


def _put_off(by: User, form: "BulkForm", today: date) -> str:
    bulk.put_off(by=by, case_ids=form.case_ids)
    return f"{form.cases_are} returned: {'it waits' if len(form.case_ids) == 1 else 'they wait'} as before."


ASSIGN = "assign"
ACTIONS: Mapping[str, Action] = {
    "papers": Action(
        "Mark papers as complete",
        {"awaiting-papers", "information-overdue", "information-awaited"},
        _papers_complete,
    ),
    ASSIGN: Action("Put on the agenda", {"ready"}, _put_on_agenda),
    "put-off": Action("Return to awaiting papers: something is missing", {"ready"}, _put_off),
}


def actions_of(queue: str) -> dict[str, Action]:
    """The actions for the queue with this key, by their own keys."""
    return {key: action for key, action in ACTIONS.items() if queue in action.queues}


class _MeetingField(forms.ModelChoiceField):
    def label_from_instance(self, meeting: PanelMeeting) -> str:
        return f"{formats.day(meeting.held_on)}, {Panel(meeting.panel).label}"


class BulkForm(forms.Form):
    """Cases of a queue, the action and, for an agenda, the meeting: today's or a coming one."""

    case = CasesField(
        widget=forms.SelectMultiple(attrs={"id": "table"}),
        error_messages={"required": "Choose at least one case."},
    )

    def __init__(self, queue: str, coming: QuerySet[Any, Any], typed: Any = None) -> None:
        super().__init__(typed)
        self.actions = actions_of(queue)
        self.fields["action"] = forms.ChoiceField(
            choices=[(key, action.button) for key, action in self.actions.items()],
            error_messages={"required": "Choose what to do."},
        )
        self.fields["meeting"] = _MeetingField(
            coming,
            label="Meeting",
            required=False,
            empty_label="Choose a meeting",
            error_messages={"invalid_choice": "Choose a meeting today or later."},
        )

    @property
    def case_ids(self) -> Sequence[str]:
        """The keys of the chosen cases."""
        return list(self.cleaned_data["case"])

    @property
    def cases_are(self) -> str:
        """ "1 case is", "3 cases are"."""
        number = len(self.case_ids)
        return f"{formats.plural(number, 'case')} {'is' if number == 1 else 'are'}"

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        if chosen.get("action") == ASSIGN and not chosen.get("meeting") and "meeting" not in self.errors:
            self.add_error("meeting", "Choose a meeting.")
        return chosen

    def carry_out(self, by: User, today: date) -> str:
        """Carry out the action and return what was done. Raises PermissionDenied, and ValidationError for each case."""
        return self.actions[self.cleaned_data["action"]].do(by, self, today)


def coming_meetings(day: date, panel: str = "") -> QuerySet[Any, Any]:
    """Meetings on the day and later, soonest first; of both panels unless one is named."""
    meetings_ahead = PanelMeeting.objects.filter(held_on__gte=day).order_by("held_on", "panel")
    return meetings_ahead.filter(panel=panel) if panel else meetings_ahead


def _named(meeting: PanelMeeting) -> str:
    return f"the {Panel(meeting.panel).label} of {formats.day(meeting.held_on)}"
