"""The page of a meeting: its details, its agenda, and the forms for people who may change it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from panel.meetings.agenda import (
    Slot,
    attendance,
    short_of_quorum,
    slots_of,
    title_of,
    waiting_cases,
    waiting_words,
    when_and_where,
)
from panel.meetings.forms import AddCasesForm, CasesField, DeferForm
from panel.meetings.tables import AgendaTable
from panel.models import PanelMeeting
from sen_dashboard.core import formats
from sen_dashboard.core.web.forms import problems

WAITING, UNDECIDED = "waiting", "undecided"


def page(
    meeting: PanelMeeting,
    *,
    edits: bool,
    today: date,
    choose: str = "",
    adding: AddCasesForm | None = None,
    deferring: DeferForm | None = None,
    refused: str = "",
) -> dict[str, Any]:
    """The template's context. ``choose`` says which cases start ticked: "waiting" or "undecided".

    ``adding`` and ``deferring`` are forms that were refused; ``refused`` is the error of an action without a form.
    The number of statements does not depend on the number of cases.
    """
    slots, members = slots_of(meeting), list(meeting.members.all())
    undecided = [slot.case.pk for slot in slots if slot.decision is None]
    deferring = deferring or DeferForm(
        prefix="defer", initial={"cases": undecided} if choose == UNDECIDED else None
    )
    chosen = deferring["cases"].value() or []
    table = AgendaTable(meeting, slots, edits=edits, today=today, chosen=chosen)
    return {
        "meeting": meeting,
        "heading": title_of(meeting),
        "when_and_where": when_and_where(meeting, len(slots)),
        "attendance": attendance(meeting, members),
        "short": short_of_quorum(meeting, members, slots) if meeting.held_on <= today else "",
        "agenda": table,
        "first_undecided": undecided[0] if table.decides and undecided else None,
        "caption": _caption(slots),
        "deferring": deferring if "defer" in table.columns.names() else None,
        "errors": _errors(adding, deferring, refused),
        **(_waiting(meeting, adding, choose) if edits else {}),
    }


def _caption(slots: Sequence[Slot]) -> str:
    decided = sum(slot.decision is not None for slot in slots)
    return f"Agenda: {formats.plural(len(slots), 'case')}, {formats.count(decided)} decided"


def _waiting(meeting: PanelMeeting, adding: AddCasesForm | None, choose: str) -> dict[str, Any]:
    """The form with the cases that could be added, each with its description for the clerk."""
    cases = waiting_cases(meeting)
    adding = adding or AddCasesForm(
        initial={"cases": [case.pk for case in cases]} if choose == WAITING else None
    )
    field = cast(CasesField, adding.fields["cases"])
    field.choices = [(case.pk, case.pk) for case in cases]
    field.widget.attrs["hints"] = {case.pk: waiting_words(case, meeting.held_on) for case in cases}
    return {"adding": adding, "waiting": formats.plural(len(cases), "case") if cases else ""}


def _errors(adding: AddCasesForm | None, deferring: DeferForm, refused: str) -> Mapping[str, str]:
    errors = {"main": refused} if refused else {}
    return errors | (problems(adding) if adding else {}) | problems(deferring)
