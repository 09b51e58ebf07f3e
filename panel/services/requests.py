"""Entering requests, keeping drafts of them, and recording that their papers are complete."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction

from panel import unlikely, unusual_costs
from panel.codes import CostBasis, Panel
from panel.models import AgendaItem, Origin, PanelCase, RequestDraft
from panel.models.case import HEARD
from panel.pages.child_facts import facts_of
from panel.services.cases import check_move, errors_at, hold, locked, state_of
from panel.services.confirming import keep, to_be_kept
from panel.states import Move, State, check
from placements.models import Child, CostKind
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand

NO_COST = "Enter the annual cost of the request, in at least one of the boxes."
NOT_IN_THE_COST = (CostKind.TRANSPORT,)
"""Transport has its own budget, so it is asked for separately from the placement's cost (data contract,
cost_lines.csv)."""

ENTERING = 20180115
"""An arbitrary number: the advisory lock under which requests are entered one at a time, so keys stay unique."""


@dataclass(frozen=True)
class Request:
    """A request. ``costs`` are in £ a year by kind; ``documents`` maps references to titles."""

    child: Child
    panel: str
    received_on: date
    primary_need: str
    costs: Mapping[str, Decimal]
    secondary_need: str = ""
    profile: str = ""
    reasons: Sequence[str] = ()
    school: School | None = None
    attendance: str = ""
    cost_basis: str = CostBasis.ANNUAL
    origin: str = Origin.NEW_REQUEST
    caseworker: str = ""
    documents: Mapping[str, str] = field(default_factory=dict)
    consultations: Mapping[School, str] = field(default_factory=dict)

    @property
    def annual_cost(self) -> Decimal:
        """The total of the parts in £ a year, without transport."""
        return sum((amount for kind, amount in self.costs.items() if kind not in NOT_IN_THE_COST), Decimal(0))


@transaction.atomic
def enter_request(
    *,
    by: User,
    request: Request,
    today: date,
    confirmed: Collection[str] = (),
    draft: RequestDraft | None = None,
) -> PanelCase:
    """Make a case from a request, under the next free key, and delete its draft.

    Raises PermissionDenied, and ValidationError with a sentence at each field; at "unlikely" if any sentence about
    something unlikely is not among those ``confirmed``.
    """
    demand(by, Permission.EDIT_PANEL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ENTERING])
    case = PanelCase(case_id=next_case_id())
    _write(by, case, request, confirmed, today, is_new=True)
    if draft:
        drop_draft(by=by, draft=draft)
    return case


@transaction.atomic
def change_request(
    *,
    by: User,
    case: PanelCase,
    seen: int,
    request: Request,
    today: date,
    confirmed: Collection[str] = (),
) -> PanelCase:
    """Replace the contents of an undecided request.

    Raises PermissionDenied, ChangedMeanwhileError, and ValidationError as above or if it is already decided.
    """
    demand(by, Permission.EDIT_PANEL)
    case = hold(case.pk, seen=seen)
    check_move(case, Move.CHANGE_REQUEST)
    _check_meetings(case, request)
    _write(by, case, request, confirmed, today, is_new=False)
    return case


@transaction.atomic
def papers_complete(*, by: User, case_id: str, on: date) -> PanelCase:
    """Record that all papers for a meeting are there. Raises PermissionDenied and ValidationError."""
    return _mark(by, case_id, on, Move.PAPERS_COMPLETE)


@transaction.atomic
def present_again(*, by: User, case_id: str, on: date) -> PanelCase:
    """Allow a declined case to come to a meeting again. Raises PermissionDenied and ValidationError."""
    return _mark(by, case_id, on, Move.PRESENT_AGAIN)


@transaction.atomic
def put_off(*, by: User, case_id: str) -> PanelCase:
    """Record that papers are missing after all: the case waits as it did before they were complete.

    Raises PermissionDenied and ValidationError, also for a case that a meeting deferred: its papers were complete then.
    """
    case = _mark(by, case_id, None, Move.PUT_OFF)
    if state_of(case) == State.DEFERRED:
        check(case_id, State.DEFERRED, Move.PUT_OFF)
    return case


@transaction.atomic
def take_back(*, by: User, case_id: str, seen: int, reason: str) -> PanelCase:
    """Record before any meeting that a case was entered in error: it is kept, with who and why, but counted nowhere.

    Raises PermissionDenied, ChangedMeanwhileError, and ValidationError if a panel has decided on it or is to hear it.
    """
    demand(by, Permission.EDIT_PANEL)
    case = hold(case_id, seen=seen)
    check_move(case, Move.TAKE_BACK)
    if case.decisions.counted().exists() or case.agenda_items.exists():
        raise ValidationError(HEARD)
    case.void, case.void_reason, case.voided_by = True, reason.strip(), by
    with errors_at(void_reason="reason"):
        case.full_clean()
    case.save()
    return case


def keep_draft(
    *, by: User, typed: Mapping[str, Any], at: datetime, draft: RequestDraft | None = None
) -> RequestDraft:
    """Keep what was typed of a request, valid or not. Raises PermissionDenied, also for somebody else's draft."""
    demand(by, Permission.EDIT_PANEL)
    draft = draft or RequestDraft(by=by)
    _demand_own(by, draft)
    draft.typed, draft.saved_at = dict(typed), at
    draft.save()
    return draft


def drop_draft(*, by: User, draft: RequestDraft) -> None:
    """Delete a draft. Raises PermissionDenied, also for somebody else's draft."""
    demand(by, Permission.EDIT_PANEL)
    _demand_own(by, draft)
    draft.delete()


def next_case_id() -> str:
    """The key after the highest one given here: "case-000123"."""
    given = PanelCase.objects.filter(case_id__regex=r"^case-[0-9]{6}$")
    highest = given.aggregate(highest=models.Max("case_id"))["highest"]
    return f"case-{int(highest.removeprefix('case-')) + 1 if highest else 1:06}"


def _demand_own(by: User, draft: RequestDraft) -> None:
    if draft.by_id != by.pk:
        raise PermissionDenied


def _check_meetings(case: PanelCase, request: Request) -> None:
    """Refuse changes that past or coming meetings of the case rule out."""
    if request.panel != case.panel and (case.agenda_items.exists() or case.decisions.exists()):
        raise ValidationError(
            {
                "panel": "A meeting of the other panel has heard the case or is due to hear it, so it cannot be moved."
            }
        )
    listed = AgendaItem.objects.undecided().filter(case=case)
    if listed.filter(meeting__held_on__lt=request.received_on).exists():
        raise ValidationError({"received_on": "The case is on the agenda of a meeting before that day."})


def _mark(by: User, case_id: str, ready_on: date | None, move: Move) -> PanelCase:
    demand(by, Permission.EDIT_PANEL)
    case = locked(case_id)
    check_move(case, move)
    case.ready_on = ready_on
    with errors_at(ready_on="on"):
        case.full_clean()
    case.save()
    return case


def _write(
    by: User,
    case: PanelCase,
    request: Request,
    confirmed: Collection[str],
    today: date,
    *,
    is_new: bool,
) -> None:
    if not request.costs.keys() - set(NOT_IN_THE_COST):
        raise ValidationError({"costs": NO_COST})
    for name in ("child", "panel", "received_on", "primary_need", "secondary_need", "profile", "school"):
        setattr(case, name, getattr(request, name))
    for name in ("attendance", "cost_basis", "origin", "caseworker", "annual_cost"):
        setattr(case, name, getattr(request, name))
    case.reasons = list(request.reasons)
    with errors_at(annual_cost="costs", ready_on="received_on"):
        case.full_clean()
    if request.panel == Panel.INDEPENDENT and not request.attendance:
        raise ValidationError({"attendance": "Choose day or residential: the cost depends on it."})
    found = [
        *unlikely.of_request(case, facts_of(case.child, today)),
        *unusual_costs.of_cost(case, case.annual_cost, case.cost_basis),
    ]
    sentences = to_be_kept(case, unlikely=found, confirmed=confirmed)
    case.save(force_insert=is_new)
    keep(by=by, case=case, sentences=sentences, on=today)
    with errors_at(kind="costs", annual_amount="costs"):
        _replace(case.requested_costs, "kind", request.costs, "annual_amount")
    with errors_at(reference="documents", title="documents"):
        _replace(case.documents, "reference", request.documents, "title")
    with errors_at(school="consultations", answer="consultations"):
        _replace(case.consultations, "school", request.consultations, "answer")


def _replace(held: Any, key: str, wanted: Mapping[Any, Any], value: str) -> None:
    """Make the case's related records match ``wanted``, changing only what differs, which keeps the trail short."""
    rows = {getattr(row, key): row for row in held.all()}
    for gone in rows.keys() - wanted.keys():
        rows[gone].delete()
    for wanted_key, wanted_value in wanted.items():
        row = rows.get(wanted_key) or held.model(**{held.field.name: held.instance, key: wanted_key})
        if row.pk is None or getattr(row, value) != wanted_value:
            setattr(row, value, wanted_value)
            row.full_clean()
            row.save()
