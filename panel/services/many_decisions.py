"""Recording a meeting's decisions together: rehearsed first, then all or none saved, by the same steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from panel.meetings.agenda import cost_words
from panel.models import CostBasis, Outcome, PanelCase, PanelDecision, PanelMeeting, Reason
from panel.requested import asked_for_a_year
from panel.services.confirming import UnlikelyError
from panel.services.decisions import Decision, decide_as_it_stands
from placements.models import CostKind
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core import formats


@dataclass(frozen=True)
class Row:
    """A row of a spreadsheet. ``decision`` is None if it cannot be read; ``wrong`` then says why.

    A decision without costs takes those of the request, and one without the basis of its value takes its basis.
    """

    number: int
    case_id: str
    decision: Decision | None
    wrong: Sequence[str] = ()


@dataclass(frozen=True)
class Result:
    """What a row does, in ``words``, or what is ``wrong``; the ``unlikely`` sentences have to be confirmed."""

    number: int
    case_id: str
    words: str = ""
    wrong: Sequence[str] = ()
    unlikely: Sequence[str] = ()


class ChangedSinceError(ValidationError):
    """The rows no longer do what was rehearsed; nothing was saved. ``results`` are what they would do now."""

    def __init__(self, results: Sequence[Result]) -> None:
        super().__init__("Something has changed since you opened this list. Nothing was saved.")
        self.results = results


def rehearse(*, by: User, meeting: PanelMeeting, rows: Sequence[Row], at: datetime) -> list[Result]:
    """Find what each row would do, by doing it and rolling it back. Raises PermissionDenied."""
    with transaction.atomic():
        results = _each(by, meeting, rows, at)
        transaction.set_rollback(True)
    return results


@transaction.atomic
def record(
    *, by: User, meeting: PanelMeeting, rows: Sequence[Row], at: datetime, seen: str, confirmed: bool
) -> list[Result]:
    """Do what was rehearsed, all or none. ``seen`` is the ``fingerprint`` of the results that the person was shown.

    Raises PermissionDenied, ChangedSinceError if a row is wrong or does something else by now, and ValidationError if
    something has to be confirmed and is not.
    """
    results = _each(by, meeting, rows, at)
    if fingerprint(results) != seen or any(result.wrong for result in results):
        raise ChangedSinceError(results)
    if any(result.unlikely for result in results) and not confirmed:
        raise ValidationError("Confirm that what is marked “Check” is correct, or correct it.")
    return results


def fingerprint(results: Sequence[Result]) -> str:
    """A text that differs for different results."""
    return sha256(repr(results).encode()).hexdigest()


def _each(by: User, meeting: PanelMeeting, rows: Sequence[Row], at: datetime) -> list[Result]:
    demand(by, Permission.EDIT_PANEL)
    cases = _hold_cases(meeting, [row.case_id for row in rows])
    before: dict[str, int] = {}
    results = []
    for row in rows:
        results.append(_try(by, meeting, row, cases.get(row.case_id), before.get(row.case_id), at))
        before.setdefault(row.case_id, row.number)
    return results


def _hold_cases(meeting: PanelMeeting, case_ids: Sequence[str]) -> dict[str, PanelCase]:
    """The cases on the agenda, locked after the meeting and in one order, so that two people never wait for each other.

    Two statements, whatever the number of cases.
    """
    PanelMeeting.objects.select_for_update().get(pk=meeting.pk)
    listed = meeting.items.filter(case__in=[key for key in case_ids if "\0" not in key]).values("case")
    return {
        case.pk: case for case in PanelCase.objects.select_for_update().filter(pk__in=listed).order_by("pk")
    }


def _try(
    by: User, meeting: PanelMeeting, row: Row, case: PanelCase | None, before: int | None, at: datetime
) -> Result:
    """Carry out the row within the transaction, or report what is wrong with it."""
    result = Result(row.number, row.case_id, wrong=row.wrong)
    if row.decision is None:
        return result
    if before:
        return replace(result, wrong=(f"Case {row.case_id} is already on row {before}.",))
    if case is None:
        return replace(result, wrong=(f"There is no case {row.case_id} on the agenda of this meeting.",))
    try:
        decision = _as_asked(case, row.decision)
        entry, sentences = _decide(by, meeting, case, decision, at)
    except ValidationError as error:
        return replace(result, wrong=_sentences(error))
    return replace(result, words=_words(entry), unlikely=sentences)


def _decide(
    by: User, meeting: PanelMeeting, case: PanelCase, decision: Decision, at: datetime
) -> tuple[PanelDecision, Sequence[str]]:
    """Decide as if everything unlikely was confirmed. Returns the entry and the unlikely sentences."""
    arguments: dict[str, Any] = {
        "by": by,
        "meeting": meeting,
        "case_id": case.pk,
        "decision": decision,
        "at": at,
    }
    try:
        return decide_as_it_stands(**arguments), ()
    except ValidationError as error:
        sentences = _to_confirm(error)
        if not sentences:
            raise
    return decide_as_it_stands(**arguments, confirmed=sentences), sentences


def _to_confirm(error: ValidationError) -> list[str]:
    """The sentences that may be confirmed; none if there is any other error."""
    sentences: list[str] = []
    for each in chain.from_iterable(error.update_error_dict({}).values()):
        if isinstance(each, UnlikelyError):
            sentences += each.sentences
        else:
            return []
    return sentences


def _as_asked(case: PanelCase, decision: Decision) -> Decision:
    """The decision with its gaps filled from the request. Raises ValidationError if the request cannot fill them."""
    asked_basis = case.cost_basis or CostBasis.ANNUAL
    decision = replace(decision, value_basis=decision.value_basis or asked_basis)
    if decision.outcome != Outcome.AGREED or decision.costs:
        return decision
    if decision.value is not None and (decision.value, decision.value_basis) != (
        case.annual_cost,
        asked_basis,
    ):
        raise ValidationError(
            f"The value differs from the request, {cost_words(case.annual_cost, asked_basis)}. Fill in "
            "the columns for its parts, or enter this case on its own page."
        )
    if asked_basis == CostBasis.PART_YEAR:
        raise ValidationError("The request is for part of a year. Fill in the columns for its annual parts.")
    return replace(decision, costs=asked_for_a_year(case))


def _sentences(error: ValidationError) -> Sequence[str]:
    """The errors, each with the column to correct."""
    return tuple(
        sentence if field in ("__all__", "costs") else f"{field}: {sentence}"
        for field, sentences in ValidationError(error.update_error_dict({})).message_dict.items()
        for sentence in sentences
    )


def _words(entry: PanelDecision) -> str:
    """Everything recorded: "Agreed, £38,400 a year from 1 September 2019. Core education fee £38,400 a year."."""
    worth = "" if entry.value is None else cost_words(entry.value, entry.value_basis)
    start = f" from {formats.day(entry.starts_on)}" if entry.starts_on else ""
    parts = [
        f"{CostKind(cost.kind).label} {formats.pounds_exact(cost.annual_amount).removesuffix('.00')}"
        for cost in entry.agreed_costs.order_by("pk")
    ]
    reasons = [Reason(reason).label for reason in entry.reasons]
    labelled = (
        ("", ", ".join(filter(None, (Outcome(entry.outcome).label, worth))) + start),
        ("Each year: ", ", ".join(parts)),
        ("Review on ", formats.day(entry.review_on) if entry.review_on else ""),
        ("Conditions: ", entry.conditions),
        ("Needed: ", entry.information_needed),
        ("By ", formats.day(entry.due_on) if entry.due_on else ""),
        ("Reasons: ", "; ".join(reasons)),
        ("Rationale: ", entry.note),
    )
    return " ".join(f"{before}{words.removesuffix('.')}." for before, words in labelled if words)
