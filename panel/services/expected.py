"""Recording what happens to an agreed placement: the school's offer, the start, a refusal, a change."""

from collections.abc import Collection, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from panel import unlikely
from panel.models import DecisionRoute, ExpectedPlacement
from panel.services.cases import errors_at, hold
from panel.services.confirming import keep, to_be_kept
from placements import services as placements
from placements.models import Placement, PlacementReason, Plan, Route
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core import formats

ENDED = "This expected placement has started, or ended without a start: nothing more can be entered."


@transaction.atomic
def record_offer(*, by: User, expected: ExpectedPlacement, seen: int, on: date, today: date) -> None:
    """Record the school's offer. Raises PermissionDenied, ChangedMeanwhileError and ValidationError."""
    expected = _hold(by, expected, seen)
    if expected.school is None:
        raise ValidationError("Enter the school as a change first: only a school can offer a place.")
    _check_day("offered_on", on, expected.decision.meeting_on, today)
    expected.offered_on = on
    _save(expected)


@transaction.atomic
def record_refusal(
    *, by: User, expected: ExpectedPlacement, seen: int, on: date, why: str, today: date
) -> None:
    """Record the school's refusal; another school may then be entered as a change. Raises as ``record_offer``."""
    expected = _hold(by, expected, seen)
    if expected.school is None:
        raise ValidationError("No school has been approached yet, so none can refuse.")
    _check_day("refused_on", on, expected.offered_on or expected.decision.meeting_on, today)
    if not why.strip():
        raise ValidationError({"why": "Enter why the school refused."})
    expected.refused_on, expected.why = on, why
    _save(expected)


@transaction.atomic
def change_expected(
    *,
    by: User,
    expected: ExpectedPlacement,
    seen: int,
    school: School,
    starts_on: date,
    why: str,
    today: date,
    confirmed: Collection[str] = (),
) -> None:
    """Change the expected day, or the school at the agreed cost; a new school must then offer the place.

    Raises as ``record_offer``, and at "unlikely" if any sentence about something unlikely is not among those
    ``confirmed``.
    """
    expected = _hold(by, expected, seen, also_refused=True)
    if not why.strip():
        raise ValidationError({"why": "Enter why it changes."})
    if starts_on < expected.decision.meeting_on:
        raise ValidationError({"starts_on": "It cannot start before it was agreed."})
    decision = expected.decision
    born_on = decision.case.child.date_of_birth
    found = unlikely.of_agreement(school, born_on, starts_on, decision.meeting_on)
    _confirm(by, expected, found, confirmed, today)
    if school != expected.school or expected.refused_on:
        expected.offered_on = None
    expected.school, expected.starts_on = school, starts_on
    expected.refused_on, expected.why = None, why
    _save(expected)


@transaction.atomic
def record_start(
    *,
    by: User,
    expected: ExpectedPlacement,
    seen: int,
    on: date,
    today: date,
    confirmed: Collection[str] = (),
) -> Placement:
    """Record the child's start: make the placement and its agreed cost lines, and end the present placement.

    Raises as ``change_expected``, and also if the child has no plan in force on that day.
    """
    expected = _hold(by, expected, seen)
    decision = expected.decision
    if expected.offered_on is None or expected.school is None:
        raise ValidationError("Enter the school's offer first.")
    _check_day("started_on", on, expected.offered_on, today)
    plan = Plan.objects.in_force_on(on).filter(child=decision.case.child_id).first()
    if plan is None:
        raise ValidationError({"started_on": f"The child has no plan in force on {formats.day(on)}."})
    _confirm(by, expected, unlikely.of_start(on, expected.starts_on), confirmed, today)
    with errors_at(starts_on="started_on"):
        expected.placement = placements.start_placement(
            by=by,
            placement_id=f"{decision.case_id[:28]}-{on:%Y%m%d}",
            plan=plan,
            school=expected.school,
            attendance=expected.attendance,
            starts_on=on,
            route=Route.PANEL if decision.route == DecisionRoute.PANEL else decision.route,
            reason=next((reason for reason in decision.reasons if reason in PlacementReason.values), ""),
            costs={cost.kind: cost.annual_amount for cost in decision.agreed_costs.all()},
        )
    _save(expected)
    return expected.placement


def _confirm(
    by: User, expected: ExpectedPlacement, found: Sequence[str], confirmed: Collection[str], today: date
) -> None:
    """Record that unlikely things were confirmed. Raises ValidationError if any was not."""
    case = expected.decision.case
    keep(by=by, case=case, sentences=to_be_kept(case, unlikely=found, confirmed=confirmed), on=today)


def _hold(
    by: User, expected: ExpectedPlacement, seen: int, *, also_refused: bool = False
) -> ExpectedPlacement:
    """The expected placement read again, with its case locked."""
    demand(by, Permission.EDIT_PANEL)
    hold(expected.decision.case_id, seen=seen)
    expected = ExpectedPlacement.objects.select_related("decision__case", "school").get(pk=expected.pk)
    if expected.decision.void:
        raise ValidationError("The decision was corrected: nothing more can be entered.")
    if not expected.waits_for() and not (also_refused and expected.refused_on):
        raise ValidationError(ENDED)
    return expected


def _check_day(field: str, day: date, earliest: date, latest: date) -> None:
    if not earliest <= day <= latest:
        days = f"a day from {formats.day(earliest)} to {formats.day(latest)}"
        raise ValidationError({field: f"Enter {formats.day(latest) if earliest == latest else days}."})


def _save(expected: ExpectedPlacement) -> None:
    expected.full_clean()
    expected.save()
