"""A meeting on paper: each case's agenda entry beforehand, and the minutes afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from panel.meetings.agenda import Slot, cost_asked, cost_words
from panel.models import Member, Origin, Outcome, Panel, PanelCase, PanelDecision, Reason
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Attendance, need_words


@dataclass(frozen=True)
class Line:
    """A line about a case: its label and its words."""

    label: str
    text: str


@dataclass(frozen=True)
class MinutesEntry:
    """A case on paper: its ``slot``, and the lines about it."""

    slot: Slot
    lines: Sequence[Line]


def people(members: Sequence[Member]) -> str:
    """Members with their roles, as a sentence lists them: "A. Ash (chair) and B. Birch"; "nobody" for none."""
    named = [f"{member.name} ({member.role})" if member.role else member.name for member in members]
    return formats.listed(named) if named else "nobody"


def requested(slots: Sequence[Slot]) -> list[MinutesEntry]:
    """The agenda: what each case asks for, and who stands aside."""
    return [MinutesEntry(slot, list(_given(_request(slot)))) for slot in slots]


def heard(slots: Sequence[Slot]) -> list[MinutesEntry]:
    """The minutes of the cases on which a decision was recorded, including decisions withdrawn since."""
    return [
        MinutesEntry(slot, list(_given([*_request(slot), *_decided(slot), *_corrected(slot)])))
        for slot in slots
        if slot.entries
    ]


def not_heard(slots: Sequence[Slot]) -> list[Slot]:
    """Cases on which no decision was recorded."""
    return [slot for slot in slots if not slot.entries]


def _given(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines that have any words."""
    return (line for line in lines if line.text)


def _request(slot: Slot) -> list[Line]:
    case = slot.case
    aside = "; ".join(f"{conflict.member.name}: {conflict.reason}" for conflict in slot.aside)
    return [
        Line("Child", f"{case.child_id}, aged {slot.age}"),
        Line("Need", need_words(case.primary_need, case.secondary_need)),
        Line("Request", _request_words(case)),
        Line("Reasons for the request", _listed(case.reasons)),
        Line("Conflict of interest", aside),
    ]


def _request_words(case: PanelCase) -> str:
    """ "Day place at Ash School, £36,000 a year, annual review"."""
    at = case.school.name if case.school else ""
    kind = "Additional funding"
    if case.panel == Panel.INDEPENDENT:
        kind = f"{Attendance(case.attendance).label} place" if case.attendance else "Place"
    what = f"{kind} at {at}" if at else kind
    origin = Origin(case.origin).label.lower() if case.origin else ""
    return ", ".join(filter(None, (what, cost_asked(case), origin)))


def _decided(slot: Slot) -> list[Line]:
    if slot.decision is None:
        return [Line("Decision", "No decision yet")]
    return decision_lines(slot.decision, slot.case)


def decision_lines(decision: PanelDecision, case: PanelCase) -> list[Line]:
    """What was decided on a case, without empty lines."""
    lines = [
        Line("Decision", outcome_words(decision, case)),
        Line("Reasons", _why(decision)),
        Line("Conditions", decision.conditions),
        Line("Starts on", formats.day(decision.starts_on) if decision.starts_on else ""),
        Line("To be reviewed", f"by {formats.day(decision.review_on)}" if decision.review_on else ""),
        Line("Information needed", _needed(decision)),
        Line("Rationale", decision.note),
    ]
    return list(_given(lines))


def _why(decision: PanelDecision) -> str:
    """The reasons for an agreement. Older entries with other outcomes hold the reasons of the request."""
    return _listed(decision.reasons) if decision.outcome == Outcome.AGREED else ""


def _listed(reasons: Sequence[str]) -> str:
    return "; ".join(Reason(reason).label for reason in reasons)


def outcome_words(decision: PanelDecision, case: PanelCase) -> str:
    """ "Agreed, £36,000 a year"; for other outcomes the amount is the request's, and is not repeated."""
    outcome = Outcome(decision.outcome)
    if outcome != Outcome.AGREED:
        return outcome.label
    if decision.value is None:
        return f"{outcome.label}, {cost_asked(case)}"
    return f"{outcome.label}, {cost_words(decision.value, decision.value_basis)}"


def _needed(decision: PanelDecision) -> str:
    by = f"by {formats.day(decision.due_on)}" if decision.due_on else ""
    return ", ".join(filter(None, (decision.information_needed, by)))


def _corrected(slot: Slot) -> list[Line]:
    """The corrected entries, oldest first, each with the reason for its correction."""
    return [
        Line(
            "Corrected",
            f"First recorded as “{outcome_words(entry, slot.case)}”. "
            f"{entry.void_reason or 'It was recorded in error; no reason is recorded.'}",
        )
        for entry in slot.entries
        if entry.void
    ]
