"""The page of a panel case: the request, its state, and the decisions on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse

from panel.meetings.minutes import decision_lines
from panel.models import (
    AgreedCost,
    ExpectedPlacement,
    Outcome,
    PanelCase,
    PanelDecision,
    Reason,
    SchoolAnswer,
)
from panel.states import MOVES, State
from placements import scope_form
from placements.as_at import AsAt
from placements.models import CostKind
from sen_dashboard.core import formats
from sen_dashboard.core.codes import need_words
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.web.details import Detail, Link, address_of, detail, left_out
from sen_dashboard.core.web.tables import LINK, CodeColumn, KindColumn, KpiTable

STANDS = "Current"


@dataclass(frozen=True)
class Decision:
    """A decision on the case. ``standing`` says whether it is current, superseded, or recorded in error and why.

    ``details`` holds all else of the decision.
    """

    meeting_on: date
    outcome: str
    worth: Decimal
    standing: str
    decided_by: str
    details: str
    void: bool
    pk: int


class DecisionTable(KpiTable):
    meeting_on = KindColumn(Kind.DAY, verbose_name="Meeting")
    outcome = CodeColumn(Outcome)
    worth = KindColumn(Kind.POUNDS, verbose_name="Value")
    standing = tables.Column(verbose_name="Status")
    decided_by = tables.Column(verbose_name="Decided by", default="")
    details = tables.Column(verbose_name="Details", default="")


class RequestedCostTable(KpiTable):
    kind = CodeColumn(CostKind, verbose_name="Part")
    annual_amount = KindColumn(Kind.POUNDS, verbose_name="Requested")


class ConsultationTable(KpiTable):
    school = tables.Column(
        linkify=lambda record, table: address_of("school", record.school_id, table.scope_query),
        attrs={"a": LINK},
    )
    answer = CodeColumn(SchoolAnswer)

    def __init__(self, rows: Sequence[Any], scope_query: str) -> None:
        self.scope_query = scope_query
        super().__init__(rows, orderable=False)


class DocumentTable(KpiTable):
    title = tables.Column(verbose_name="Paper")
    reference = tables.Column(verbose_name="Reference in the document store")


def heading(case: PanelCase) -> str:
    """Return the title of the page."""
    return f"Panel case {case.case_id}"


def context(case: PanelCase, scope: Scope, typed: Mapping[str, str], default: AsAt) -> dict[str, Any]:
    """Return the context of the page as known on the day; ``case`` has its ``state``."""
    state = State(case.state)  # type: ignore[attr-defined]  # which with_state gave it
    query, day = kept_query(typed), scope.as_at
    taken: QuerySet[Any, Any] = (
        case.decisions.with_worth().select_related("voided_by").order_by("meeting_on", "pk")
    )
    every = list(taken)
    standing = case.decisions.counted().until(day).latest_of_each_case().first()
    shown = [_decision(decision, standing, case) for decision in every if decision.meeting_on <= day]
    return {
        "heading": heading(case),
        "trail": (Link(f"Child {case.child_id}", address_of("child", case.child_id, query)),),
        "sentence": _sentence(shown, day),
        "details": _details(case, state, query),
        "decisions": DecisionTable(shown, orderable=False),
        "followed": _followed(case, day, query),
        "costs": RequestedCostTable(_costs(case), orderable=False),
        "consultations": ConsultationTable(
            list(case.consultations.select_related("school").order_by("school__name", "pk")), query
        ),
        "documents": DocumentTable(list(case.documents.order_by("pk")), orderable=False),
        "case": case,
        "moves": set(MOVES[state]),
        "correctable": [decision for decision in shown if not decision.void],
        "left_out": left_out(len(every) - len(shown), "decision", "decisions", day),
        **scope_form.context((), scope, typed, default),
    }


def _followed(case: PanelCase, day: date, query: str) -> list[Link]:
    """Return the results, as they are now, of agreements current on the day: a place, or a placement's higher cost."""
    agreed = case.decisions.counted().until(day).filter(outcome=Outcome.AGREED)
    places = ExpectedPlacement.objects.filter(decision__in=agreed).select_related("school", "placement")
    costs = AgreedCost.objects.filter(decision__in=agreed).exclude(cost_line=None)
    raised = costs.select_related("cost_line").order_by("cost_line__starts_on", "kind")
    return [_place(place, day) for place in places] + [_raised(cost, query) for cost in raised]


def _place(place: ExpectedPlacement, day: date) -> Link:
    expected = f"expected from {formats.day(place.starts_on)}. {place.standing_on(day)}"
    return Link(
        f"A place at {place.school or 'a school to be confirmed'}, {expected}",
        reverse("expected_placement", args=[place.pk]),
    )


def _raised(cost: Any, query: str) -> Link:
    line = cost.cost_line
    kind, amount = CostKind(cost.kind).label, formats.pounds(cost.annual_amount)
    words = f"{kind} of placement {line.placement_id} raised by {amount} a year from {formats.day(line.starts_on)}"
    return Link(words, address_of("placement", line.placement_id, query))


def _decision(decision: Any, standing: Any, case: PanelCase) -> Decision:
    """Return a decision with its ``worth``, compared with the current one."""
    return Decision(
        decision.meeting_on,
        decision.outcome,
        decision.worth,
        STANDS if decision == standing else _error(decision) if decision.void else "Superseded",
        decision.decided_by,
        _describe(decision, case),
        decision.void,
        decision.pk,
    )


def _error(decision: PanelDecision) -> str:
    """Return that it was recorded in error and, if it was corrected here, why and who says so."""
    if not decision.voided_by:
        return "Recorded in error"
    return f"Recorded in error. Corrected by {decision.voided_by}: {decision.void_reason}"


def _describe(decision: PanelDecision, case: PanelCase) -> str:
    """Return all details of a decision, in the words of the minutes, without the outcome, which has a column."""
    _, *lines = decision_lines(decision, case)
    return ". ".join(f"{line.label}: {line.text}" for line in lines)


def _sentence(decisions: list[Decision], day: date) -> str:
    """Return a sentence on the decision that is current on the day."""
    for decision in decisions:
        if decision.standing == STANDS:
            outcome = Outcome(decision.outcome).label
            return f"{outcome} on {formats.day(decision.meeting_on)}, {formats.pounds(decision.worth)}."
    return f"No decision by {formats.day(day)}."


def _costs(case: PanelCase) -> list[Any]:
    """Return the parts of the cost that are recorded, in the order of their list."""
    order = list(CostKind.values)
    return sorted(case.requested_costs.all(), key=lambda cost: order.index(cost.kind))


def _state(case: PanelCase, state: State) -> str:
    """Return the state of the case today, whatever the day of the page."""
    words = str(state.label)
    if case.void:
        return f"{words}. {case.voided_by}: {case.void_reason}"
    if case.ready_on and state in (State.READY, State.LISTED):
        return f"{words}; papers complete since {formats.day(case.ready_on)}"
    return words


def _confirmed(case: PanelCase) -> str:
    """Return what was unlikely, and who confirmed it."""
    kept = case.confirmations.select_related("confirmed_by").order_by("pk")
    return " ".join(
        f"{each.sentence} ({each.confirmed_by}, {formats.day(each.confirmed_on)})" for each in kept
    )


def _details(case: PanelCase, state: State, query: str) -> tuple[Detail, ...]:
    """Return the details of the request."""
    basis = f", {case.get_cost_basis_display().lower()}" if case.cost_basis else ""
    school = case.school
    return (
        Detail("Status now", _state(case, state)),
        Detail("Child", case.child_id, address_of("child", case.child_id, query)),
        Detail("Panel", case.get_panel_display()),
        Detail("Received", formats.day(case.received_on)),
        detail("Origin", case.get_origin_display()),
        Detail("Need", need_words(case.primary_need, case.secondary_need)),
        detail("Profile", case.get_profile_display()),
        detail("Reasons for the request", "; ".join(Reason(reason).label for reason in case.reasons)),
        Detail("Cost requested", f"{formats.pounds(case.annual_cost)}{basis}"),
        Detail("School requested", school.name, address_of("school", school.school_id, query))
        if school
        else detail("School requested", ""),
        detail("Attendance", case.get_attendance_display()),
        detail("Caseworker", case.caseworker),
        detail("Confirmed as correct", _confirmed(case)),
    )
