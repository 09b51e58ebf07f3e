"""Recording decisions made at a meeting or outside one, and correcting recorded decisions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from panel import unlikely, unusual_costs
from panel.meetings.quorum import check_quorum
from panel.models import (
    BEFORE_RECEIVED,
    REASONS_OF_PANEL,
    AgendaItem,
    AgreedCost,
    CostBasis,
    DecisionRoute,
    Outcome,
    Panel,
    PanelCase,
    PanelDecision,
    PanelMeeting,
)
from panel.models.decision import DECIDED_ALREADY
from panel.services import what_follows
from panel.services.cases import check_may_be_heard, check_move, errors_at, hold, last_decided, locked
from panel.services.confirming import keep, to_be_kept
from panel.services.requests import NOT_IN_THE_COST
from panel.states import DECIDING, Move
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.clock.day import working_day
from sen_dashboard.core import formats

ONLY_AGREEMENTS = "Outside a meeting only an agreement is recorded, with its route."


@dataclass(frozen=True)
class Decision:
    """What was decided. ``value`` is in £ on ``value_basis``, ``costs`` in £ a year by kind.

    Each outcome has its own fields: value, conditions, costs and reasons belong to an agreement, the information needed
    and its due date to a request for more information. The ``note`` explains why something was declined: the reasons
    are reasons for a place or for funding, never against.
    """

    outcome: str
    value: Decimal | None = None
    value_basis: str = CostBasis.ANNUAL
    costs: Mapping[str, Decimal] = field(default_factory=dict)
    starts_on: date | None = None
    conditions: str = ""
    review_on: date | None = None
    reasons: Sequence[str] = ()
    information_needed: str = ""
    due_on: date | None = None
    note: str = ""


@transaction.atomic
def decide(
    *,
    by: User,
    meeting: PanelMeeting,
    case_id: str,
    seen: int,
    decision: Decision,
    at: datetime,
    confirmed: Collection[str] = (),
) -> PanelDecision:
    """Record what a meeting decided on a case of its agenda, and do what follows.

    Raises PermissionDenied, ChangedMeanwhileError, and ValidationError with a sentence at each field; at "unlikely" if
    any sentence about something unlikely is not among those ``confirmed``.
    """
    demand(by, Permission.EDIT_PANEL)
    meeting = _locked(meeting)
    return _decide(by, meeting, hold(case_id, seen=seen), decision, at, confirmed)


@transaction.atomic
def decide_as_it_stands(
    *,
    by: User,
    meeting: PanelMeeting,
    case_id: str,
    decision: Decision,
    at: datetime,
    confirmed: Collection[str] = (),
) -> PanelDecision:
    """The same as ``decide``, for decisions made in bulk: the case's version is not checked."""
    demand(by, Permission.EDIT_PANEL)
    meeting = _locked(meeting)
    return _decide(by, meeting, locked(case_id), decision, at, confirmed)


@transaction.atomic
def ratify(
    *,
    by: User,
    case_id: str,
    seen: int,
    route: str,
    decided_on: date,
    decision: Decision,
    at: datetime,
    confirmed: Collection[str] = (),
) -> PanelDecision:
    """Record an agreement made outside a meeting: ordered or conceded at the tribunal, or in an emergency.

    Raises as ``decide`` does.
    """
    demand(by, Permission.EDIT_PANEL)
    case = hold(case_id, seen=seen)
    check_move(case, Move.RATIFY)
    _check_decided_on(case, decided_on, working_day(at))
    if (
        decision.outcome != Outcome.AGREED
        or route not in DecisionRoute.values
        or route == DecisionRoute.PANEL
    ):
        raise ValidationError(ONLY_AGREEMENTS)
    AgendaItem.objects.undecided().filter(case=case).delete()
    return _record(by, case, decision, decided_on, route, at, confirmed=confirmed)


@transaction.atomic
def correct(
    *,
    by: User,
    decision: PanelDecision,
    seen: int,
    reason: str,
    right: Decision | None,
    at: datetime,
    confirmed: Collection[str] = (),
) -> PanelDecision:
    """Correct a recorded decision with a new entry; the old one is kept, void, with the reason and the person.

    ``right`` is what had been decided; None if nothing had, and the case then waits for the meeting as before.
    If the outcome changes, the case is taken off the agendas it was put on since. Returns the entry that stands, or
    the old entry for None. Raises as ``decide`` does.
    """
    demand(by, Permission.EDIT_PANEL)
    case = hold(decision.case_id, seen=seen)
    decision = PanelDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    _check_correction(case, decision, reason, right)
    imported = decision.outcome == Outcome.AGREED and not what_follows.followed(decision)
    what_follows.undo(by=by, decision=decision, on=working_day(at))
    decision.void = True
    decision.void_reason, decision.voided_by = reason, by
    with errors_at(void_reason="reason"):
        decision.full_clean()
    decision.save()
    if right is None or right.outcome != decision.outcome:
        _forget_what_came_since(case, decision, right)
    if right is None:
        return decision
    return _record(
        by,
        case,
        right,
        decision.meeting_on,
        decision.route,
        at,
        confirmed=confirmed,
        follows=not imported,
    )


def _check_correction(case: PanelCase, decision: PanelDecision, reason: str, right: Decision | None) -> None:
    if decision.void:
        raise ValidationError("This entry is no longer valid: correct the current one.")
    if not reason.strip():
        raise ValidationError({"reason": "Enter what was wrong."})
    if decision.route != DecisionRoute.PANEL and right and right.outcome != Outcome.AGREED:
        raise ValidationError(ONLY_AGREEMENTS)
    other_outcome = right is None or right.outcome != decision.outcome
    if other_outcome and last_decided(case) != decision.meeting_on:
        raise ValidationError(
            "The case has been decided again since, so the outcome of this decision cannot change."
        )


def _forget_what_came_since(case: PanelCase, decision: PanelDecision, right: Decision | None) -> None:
    """Undo what brought the case to a later meeting after a decision that was never taken: agendas and papers.

    If a meeting heard the case, its papers were complete by then.
    """
    items = AgendaItem.objects.filter(case=case)
    items.undecided().exclude(meeting__held_on=decision.meeting_on).delete()
    if right:
        case.ready_on = None
    elif items.filter(meeting__held_on=decision.meeting_on).exists():
        case.ready_on = decision.meeting_on
    case.save()


def _check_decided_on(case: PanelCase, day: date, today: date) -> None:
    decided = last_decided(case)
    wrong = ""
    if day > today:
        wrong = "Enter today’s date or an earlier one."
    elif day < case.received_on:
        wrong = BEFORE_RECEIVED
    elif decided and day <= decided:
        wrong = f"The case was decided on {formats.day(decided)}: enter a later date."
    if wrong:
        raise ValidationError({"decided_on": wrong})


def _locked(meeting: PanelMeeting) -> PanelMeeting:
    """The meeting, locked and read again before the case is: everyone who changes an agenda locks in this order."""
    return PanelMeeting.objects.select_for_update().get(pk=meeting.pk)


def _decide(
    by: User,
    meeting: PanelMeeting,
    case: PanelCase,
    decision: Decision,
    at: datetime,
    confirmed: Collection[str],
) -> PanelDecision:
    item = meeting.items.filter(case=case).first()
    if item and case.decisions.counted().filter(meeting_on=meeting.held_on).exists():
        raise ValidationError(f"{DECIDED_ALREADY} If that was recorded in error, correct it.")
    if decision.outcome not in DECIDING:
        raise ValidationError({"outcome": "Choose what was decided."})
    check_move(case, DECIDING[Outcome(decision.outcome)])
    if item is None:
        raise ValidationError(f"Case {case.case_id} is not on the agenda of this meeting.")
    check_may_be_heard(case, meeting.held_on)
    if meeting.held_on > working_day(at):
        raise ValidationError(
            f"The meeting is on {formats.day(meeting.held_on)}: decisions can be entered from that day."
        )
    check_quorum(item)
    entry = _record(by, case, decision, meeting.held_on, DecisionRoute.PANEL, at, confirmed=confirmed)
    case.ready_on = None
    case.save()
    return entry


def _record(
    by: User,
    case: PanelCase,
    decision: Decision,
    day: date,
    route: str,
    at: datetime,
    *,
    confirmed: Collection[str],
    follows: bool = True,
) -> PanelDecision:
    """Record what was decided on the day, replacing a void entry of that day, and do what follows.

    ``follows`` is False for the correction of an imported agreement: its placement or cost was imported too.
    """
    check_complete(case, decision, day)
    agreed, asked = decision.outcome == Outcome.AGREED, decision.outcome == Outcome.MORE_INFORMATION
    sentences = _unlikely(case, decision, day, confirmed) if agreed else []
    entry = PanelDecision(
        case=case,
        meeting_on=day,
        outcome=decision.outcome,
        value=decision.value if agreed else None,
        value_basis=decision.value_basis if agreed else "",
        due_on=decision.due_on if asked else None,
        information_needed=decision.information_needed if asked else "",
        conditions=decision.conditions if agreed else "",
        review_on=decision.review_on if agreed else None,
        starts_on=decision.starts_on if agreed else None,
        reasons=list(decision.reasons) if agreed else [],
        note=decision.note,
        route=route,
        decided_by=Panel(case.panel).label if route == DecisionRoute.PANEL else DecisionRoute(route).label,
        recorded_by=by,
        recorded_at=at,
        corrects=_replaced(case, day),
    )
    entry.full_clean()
    entry.save(force_insert=True)
    keep(by=by, case=case, sentences=sentences, on=working_day(at))
    if agreed:
        for kind, amount in decision.costs.items():
            _agree_cost(entry, kind, amount)
        if follows:
            what_follows.do(by=by, decision=entry)
    return entry


def _unlikely(case: PanelCase, decision: Decision, day: date, confirmed: Collection[str]) -> list[str]:
    """The confirmed sentences about an unlikely agreement of the day. Raises ValidationError if any is unconfirmed."""
    if decision.value is None or decision.starts_on is None:  # an agreement has both (check_complete)
        return []
    found = [
        *unlikely.of_agreement(case.school, case.child.date_of_birth, decision.starts_on, day),
        *unusual_costs.of_cost(case, decision.value, decision.value_basis),
    ]
    return to_be_kept(case, unlikely=found, confirmed=confirmed)


def _replaced(case: PanelCase, day: date) -> PanelDecision | None:
    """The void entry of the day, which the new one replaces."""
    void = case.decisions.filter(meeting_on=day, void=True, corrected=False).first()
    if void:
        void.corrected = True
        void.save()
    return void


def _agree_cost(decision: PanelDecision, kind: str, amount: Decimal) -> None:
    cost = AgreedCost(decision=decision, kind=kind, annual_amount=amount)
    with errors_at(kind="costs", annual_amount="costs"):
        cost.full_clean()
    cost.save(force_insert=True)


def check_complete(case: PanelCase, decision: Decision, day: date) -> None:
    """Raise ValidationError with a sentence for each thing that the outcome needs and that is missing."""
    wrong: dict[str, str] = {}
    if decision.outcome == Outcome.MORE_INFORMATION:
        wrong = _asked_wrongly(decision, day)
    elif decision.outcome == Outcome.AGREED:
        wrong = _agreed_wrongly(case, decision, day)
    elif decision.outcome == Outcome.DECLINED and not decision.note.strip():
        wrong = {"note": "Enter why it was declined: the family is told."}
    if wrong:
        raise ValidationError(wrong)


def _asked_wrongly(decision: Decision, day: date) -> dict[str, str]:
    wrong = {}
    if not decision.information_needed.strip():
        wrong["information_needed"] = "Enter what is needed."
    if decision.due_on is None:
        wrong["due_on"] = "Enter the date it is needed by."
    elif decision.due_on <= day:
        wrong["due_on"] = f"Enter a date after {formats.day(day)}."
    return wrong


def _agreed_wrongly(case: PanelCase, decision: Decision, day: date) -> dict[str, str]:
    wrong = {}
    if decision.value is None:
        wrong["value"] = "Enter the value that was agreed."
    if decision.starts_on is None:
        wrong["starts_on"] = "Enter the date it is to start."
    if decision.review_on and decision.review_on <= day:
        wrong["review_on"] = f"Enter a date after {formats.day(day)}."
    in_the_cost = [amount for kind, amount in decision.costs.items() if kind not in NOT_IN_THE_COST]
    together = sum(in_the_cost, Decimal(0))
    if not in_the_cost:
        wrong["costs"] = "Enter the annual amount agreed, in at least one of the boxes."
    elif decision.value_basis == CostBasis.ANNUAL and decision.value not in (None, together):
        wrong["costs"] = (
            f"The parts come to {formats.pounds_exact(together)} a year, but the value is "
            f"{formats.pounds_exact(decision.value or Decimal(0))}: make them agree."
        )
    if not set(decision.reasons) <= set(REASONS_OF_PANEL[Panel(case.panel)]):
        wrong["reasons"] = "Choose reasons that this panel records."
    if case.panel == Panel.INDEPENDENT and not case.attendance:
        wrong["outcome"] = (
            "The request does not say whether the place is day or residential: change it first."
        )
    return wrong
