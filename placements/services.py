"""Changing placements and what they cost, as decisions of a panel ask for."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from placements.models import CostKind, CostLine, EndReason, Placement, Plan
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core import formats

DAY = timedelta(days=1)


@transaction.atomic
def start_placement(
    *,
    by: User,
    placement_id: str,
    plan: Plan,
    school: School,
    attendance: str,
    starts_on: date,
    route: str,
    reason: str,
    costs: Mapping[str, Decimal],
) -> Placement:
    """Start a placement with its cost lines, in £ a year by kind, and end the plan's present one the day before.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_PANEL)
    _move_out(plan, starts_on)
    placement = Placement(
        placement_id=placement_id,
        plan=plan,
        school=school,
        attendance=attendance,
        starts_on=starts_on,
        route=route,
        reason=reason,
    )
    placement.full_clean()
    placement.save(force_insert=True)
    for kind, amount in costs.items():
        _add_line(placement, kind, amount, starts_on)
    return placement


def _move_out(plan: Plan, starts_on: date) -> None:
    """End the placement that the child leaves, with its lines, on the day before; lines still to come never run."""
    last = starts_on - DAY
    for present in Placement.objects.select_for_update().filter(plan=plan, starts_on__lt=starts_on):
        if present.ends_on and present.ends_on <= last:
            continue
        for line in present.cost_lines.filter(void=False, starts_on__lte=last, ends_on__gt=last):
            line.ends_on = last
            line.save()
        for line in present.cost_lines.filter(void=False, starts_on__gt=last):
            line.void = True
            line.save()
        present.ends_on, present.end_reason = last, present.end_reason or EndReason.MOVED
        present.full_clean()
        present.save()


@transaction.atomic
def raise_cost(*, by: User, placement: Placement, kind: str, amount: Decimal, starts_on: date) -> CostLine:
    """Add ``amount``, £ a year, to what a placement costs of a kind from a day on; returns the line that holds it.

    A line in force is ended the day before, and one of the higher amount follows. Raises PermissionDenied, and
    ValidationError where the kind's line changes later, or the day lies outside the placement.
    """
    demand(by, Permission.EDIT_PANEL)
    placement = Placement.objects.select_for_update().get(pk=placement.pk)
    lines = placement.cost_lines.select_for_update().filter(kind=kind, void=False)
    if lines.filter(starts_on__gt=starts_on).exists():
        raise ValidationError(
            f"The placement's cost of {CostKind(kind).label.lower()} changes after {formats.day(starts_on)}:"
            " start the funding on that day."
        )
    line = lines.in_force_on(starts_on).first()
    if line is None:
        return _add_line(placement, kind, amount, starts_on)
    if line.starts_on == starts_on:
        line.annual_amount += amount
        line.full_clean()
        line.save()
        return line
    ends_on, line.ends_on = line.ends_on, starts_on - DAY
    line.full_clean()
    line.save()
    return _add_line(placement, kind, line.annual_amount + amount, starts_on, ends_on, line.education_share)


@transaction.atomic
def lower_cost(*, by: User, line: CostLine, amount: Decimal) -> None:
    """Take ``amount``, £ a year, off a line again, as agreed in error; a line of which nothing is left is void.

    Also off those of its kind that follow it, which were raised from it. Raises PermissionDenied, and ValidationError
    where one has become smaller than that.
    """
    demand(by, Permission.EDIT_PANEL)
    lines = CostLine.objects.select_for_update().filter(
        placement=line.placement_id, kind=line.kind, void=False
    )
    for each in lines.filter(starts_on__gte=line.starts_on):
        if each.annual_amount < amount:
            raise ValidationError(
                f"The placement's cost of {CostKind(each.kind).label.lower()} from {formats.day(each.starts_on)} is "
                f"{formats.pounds_exact(each.annual_amount)} a year, less than what would be taken off."
            )
        if each.annual_amount == amount:
            each.void = True
        else:
            each.annual_amount -= amount
        each.full_clean()
        each.save()


def _add_line(
    placement: Placement,
    kind: str,
    amount: Decimal,
    starts_on: date,
    ends_on: date | None = None,
    education_share: Decimal = Decimal(100),
) -> CostLine:
    """Add a line; one of its key that is void is used again, since the key leaves no room for a second."""
    void = placement.cost_lines.filter(kind=kind, starts_on=starts_on, void=True).first()
    line = void or CostLine(placement=placement, kind=kind, starts_on=starts_on)
    line.void = False
    line.annual_amount, line.ends_on, line.education_share = amount, ends_on, education_share
    line.full_clean()
    line.save()
    return line
