"""Changing placements and their costs, for Finance and for decisions of a panel.

The caller checks the permission and, where people saw the placement first, that it has not changed since.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum

from placements.models import (
    Agreement,
    CostKind,
    CostLine,
    EndReason,
    LedgerPosting,
    Placement,
    Plan,
)
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.core import formats
from sen_dashboard.core.models.saving import save_with
from sen_dashboard.core.periods import ONE_DAY

PAID_AND_ATTENDED = ("last_attended_on", "paid_to_on")
NOTHING_CHANGES = "Nothing has changed: change at least one answer."


@dataclass(frozen=True)
class Terms:
    """The terms of a cost line: £ a year that count, £ asked for, how far agreed, and percentages by funder.

    Without ``other_share`` others pay the rest.
    """

    annual_amount: Decimal
    asked_amount: Decimal | None = None
    agreement: str = Agreement.AGREED
    document: str = ""
    education_share: Decimal = Decimal(100)
    social_care_share: Decimal = Decimal(0)
    health_share: Decimal = Decimal(0)
    other_share: Decimal | None = None

    @classmethod
    def of(cls, line: CostLine) -> "Terms":
        """The terms of a line."""
        return cls(**{name: getattr(line, name) for name in cls.__dataclass_fields__})


# Placements


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

    Raises ValidationError with a sentence at each field.
    """
    _move_out(by, plan, starts_on)
    placement = save_with(
        Placement(placement_id=placement_id, plan=plan),
        {
            "school": school,
            "attendance": attendance,
            "starts_on": starts_on,
            "route": route,
            "reason": reason,
        },
    )
    for kind, amount in costs.items():
        _add_line(placement, kind, starts_on, None, Terms(amount))
    return placement


@transaction.atomic
def end_placement(
    *,
    by: User,
    placement: Placement,
    ends_on: date,
    end_reason: str,
    last_attended_on: date | None = None,
    paid_to_on: date | None = None,
    recovers: bool = False,
) -> Placement:
    """End a placement, or change its end date: its lines end with it, and lines that had yet to start are void.

    Raises ValidationError with a sentence at each field; also if the school was paid for later months that no other
    placement there explains, unless the money ``recovers``, when the reconciliation lists it.
    """
    if not end_reason:
        raise ValidationError({"end_reason": "Choose why it ends."})
    if not recovers:
        _check_payments(placement, paid_to_on or ends_on)
    return _end(by, placement, ends_on, end_reason, last_attended_on, paid_to_on)


@transaction.atomic
def move_placement(
    *,
    by: User,
    placement: Placement,
    placement_id: str,
    school: School,
    starts_on: date,
    attendance: str,
    weeks_per_year: int | None,
    annual_amount: Decimal,
    paid_to_on: date | None = None,
    recovers: bool = False,
) -> Placement:
    """Move the child to another school from a day, at a core fee in £ a year; the present placement ends.

    It ends the day before, but is paid to ``paid_to_on`` if that is given. Returns the new placement. Raises as
    ``end_placement``.
    """
    if school.pk == placement.school_id:
        raise ValidationError({"school": "Choose another school: the child is placed at this one."})
    if not recovers:
        _check_payments(placement, paid_to_on or starts_on - ONE_DAY)
    moved = _go_on(by, placement, placement_id, school, starts_on, attendance, weeks_per_year, paid_to_on)
    _add_line(moved, CostKind.CORE, starts_on, None, Terms(annual_amount))
    return moved


@transaction.atomic
def change_attendance(
    *,
    by: User,
    placement: Placement,
    placement_id: str,
    starts_on: date,
    attendance: str,
    weeks_per_year: int | None,
) -> Placement:
    """Change from a day how a child attends, or the weeks a year: a new placement continues with the same lines.

    On the placement's first day the placement itself is corrected. Returns the placement that holds the change. Raises
    ValidationError with a sentence at each field.
    """
    if (attendance, weeks_per_year) == (placement.attendance, placement.weeks_per_year):
        raise ValidationError({"attendance": NOTHING_CHANGES})
    if starts_on == placement.starts_on:
        return save_with(placement, {"attendance": attendance, "weeks_per_year": weeks_per_year})
    running = list(placement.cost_lines.filter(void=False).in_force_on(starts_on))
    later = list(placement.cost_lines.filter(void=False, starts_on__gt=starts_on))
    school = placement.school
    changed = _go_on(by, placement, placement_id, school, starts_on, attendance, weeks_per_year, None)
    for line in (*running, *later):
        _add_line(changed, line.kind, max(line.starts_on, starts_on), line.ends_on, Terms.of(line))
    return changed


def _go_on(
    by: User,
    placement: Placement,
    placement_id: str,
    school: School,
    starts_on: date,
    attendance: str,
    weeks_per_year: int | None,
    paid_to_on: date | None,
) -> Placement:
    """End the placement the day before, and start one for the same plan, without cost lines, up to the same end."""
    if starts_on <= placement.starts_on:
        raise ValidationError(
            {"starts_on": f"Enter a day after {formats.day(placement.starts_on)}, when it began."}
        )
    if placement.ends_on and starts_on > placement.ends_on:
        raise ValidationError({"starts_on": f"The placement ended on {formats.day(placement.ends_on)}."})
    end = {name: getattr(placement, name) for name in ("ends_on", "end_reason", *PAID_AND_ATTENDED)}
    stays = school.pk == placement.school_id
    reason = EndReason.OTHER if stays else EndReason.MOVED
    _end(by, placement, starts_on - ONE_DAY, reason, None, paid_to_on)
    return save_with(
        Placement(placement_id=placement_id, plan_id=placement.plan_id),
        {
            "school": school,
            "attendance": attendance,
            "weeks_per_year": weeks_per_year,
            "starts_on": starts_on,
            "route": placement.route,
            "reason": placement.reason,
            "accrual": placement.accrual,
            "in_srp": placement.in_srp and stays,
            "contract_id": placement.contract_id if stays else "",
            **end,
        },
    )


def _move_out(by: User, plan: Plan, starts_on: date) -> None:
    """End the placement that the child leaves, on the day before."""
    last = starts_on - ONE_DAY
    for present in Placement.objects.select_for_update().filter(plan=plan, starts_on__lt=starts_on):
        if not present.ends_on or present.ends_on > last:
            attended = present.last_attended_on
            known = attended if attended and attended <= last else None
            _end(by, present, last, present.end_reason or EndReason.MOVED, known, None)


def _end(
    by: User,
    placement: Placement,
    ends_on: date,
    end_reason: str,
    last_attended_on: date | None,
    paid_to_on: date | None,
) -> Placement:
    """End it together with its lines; lines that had yet to start are void."""
    lines = placement.cost_lines.select_for_update().filter(void=False)
    for line in lines.filter(starts_on__lte=ends_on, ends_on__gt=ends_on):
        save_with(line, {"ends_on": ends_on})
    for line in lines.filter(starts_on__gt=ends_on):
        void_line(by=by, line=line, reason=f"The placement ended before, on {formats.day(ends_on)}.")
    return save_with(
        placement,
        {
            "ends_on": ends_on,
            "end_reason": end_reason,
            "last_attended_on": last_attended_on,
            "paid_to_on": paid_to_on,
        },
    )


def _check_payments(placement: Placement, paid_to: date) -> None:
    """Raise ValidationError if the school was paid for months after the day that no other placement explains."""
    last_day = Q(paid_to_on__gt=paid_to) | Q(paid_to_on=None, ends_on=None) | Q(ends_on__gt=paid_to)
    others = Placement.objects.filter(last_day, school=placement.school_id).exclude(pk=placement.pk)
    postings = LedgerPosting.objects.filter(school=placement.school_id, month__gt=paid_to)
    paid = postings.aggregate(total=Sum("amount"))["total"]
    if paid and paid > 0 and not others.exists():
        raise ValidationError(
            {
                "paid_to_on": f"{formats.pounds_exact(paid)} is posted to {placement.school} for months after "
                f"{formats.day(paid_to)}, and no other placement there explains it: enter the day that is paid to, or "
                "tick that the money is to be recovered."
            }
        )


# Cost lines


@transaction.atomic
def add_line(
    *, by: User, placement: Placement, kind: str, starts_on: date, ends_on: date | None, terms: Terms
) -> CostLine:
    """Add a cost line. Raises ValidationError with a sentence at each field."""
    return _add_line(placement, kind, starts_on, ends_on, terms)


@transaction.atomic
def correct_line(*, by: User, line: CostLine, ends_on: date | None, terms: Terms) -> CostLine:
    """Correct a line's terms, for all its days. Raises ValidationError with a sentence at each field."""
    _check_counts(line)
    return save_with(line, asdict(terms) | {"ends_on": ends_on})


@transaction.atomic
def change_line(*, by: User, line: CostLine, starts_on: date, terms: Terms) -> CostLine:
    """Change a line's terms from a day: the line ends the day before, and another follows, up to the same end.

    Returns the new line. Raises ValidationError with a sentence at each field.
    """
    _check_counts(line)
    if terms == Terms.of(line):
        raise ValidationError({"annual_amount": NOTHING_CHANGES})
    if starts_on <= line.starts_on:
        raise ValidationError(
            {"starts_on": f"Enter a day after {formats.day(line.starts_on)}, or correct the line itself."}
        )
    if line.ends_on and starts_on > line.ends_on:
        raise ValidationError({"starts_on": f"The line ended on {formats.day(line.ends_on)}."})
    ends_on = line.ends_on
    save_with(line, {"ends_on": starts_on - ONE_DAY})
    return _add_line(line.placement, line.kind, starts_on, ends_on, terms)


@transaction.atomic
def void_line(*, by: User, line: CostLine, reason: str) -> CostLine:
    """Record that a line was entered in error: it is kept, with who and why, but counted nowhere.

    Raises ValidationError.
    """
    _check_counts(line)
    if not reason.strip():
        raise ValidationError({"reason": "Say what was wrong."})
    return save_with(line, {"void": True, "void_reason": reason.strip(), "voided_by": by})


@transaction.atomic
def raise_cost(*, by: User, placement: Placement, kind: str, amount: Decimal, starts_on: date) -> CostLine:
    """Add ``amount``, £ a year, to a placement's cost of a kind from a day on; returns the line that includes it.

    A line in force ends the day before, and one of the higher amount follows. Raises ValidationError if the kind's
    line changes later, or the day is outside the placement.
    """
    placement = Placement.objects.select_for_update().get(pk=placement.pk)
    lines = placement.cost_lines.select_for_update().filter(kind=kind, void=False)
    if lines.filter(starts_on__gt=starts_on).exists():
        raise ValidationError(
            f"The placement's cost of {CostKind(kind).label.lower()} changes after {formats.day(starts_on)}:"
            " start the funding on that day."
        )
    line = lines.in_force_on(starts_on).first()
    if line is None:
        return _add_line(placement, kind, starts_on, None, Terms(amount))
    raised = line.annual_amount + amount
    if line.starts_on == starts_on:
        return save_with(line, {"annual_amount": raised})
    terms = replace(Terms.of(line), annual_amount=raised, asked_amount=None)
    return change_line(by=by, line=line, starts_on=starts_on, terms=terms)


@transaction.atomic
def lower_cost(*, by: User, line: CostLine, amount: Decimal) -> None:
    """Take ``amount``, £ a year, off a line again, as agreed in error; a line reduced to nothing is void.

    Also takes it off later lines of its kind, which were raised from it. Raises ValidationError if any of them has
    become smaller than the amount.
    """
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
            void_line(by=by, line=each, reason="The decision that agreed it was corrected.")
        else:
            save_with(each, {"annual_amount": each.annual_amount - amount})


def _check_counts(line: CostLine) -> None:
    if line.void:
        raise ValidationError("This line was recorded in error and no longer counts.")


def _add_line(
    placement: Placement, kind: str, starts_on: date, ends_on: date | None, terms: Terms
) -> CostLine:
    """Add a line; a void line with the same key is reused, since keys are unique."""
    void = placement.cost_lines.filter(kind=kind, starts_on=starts_on, void=True).first()
    line = void or CostLine(placement=placement, kind=kind, starts_on=starts_on)
    stands = {"void": False, "void_reason": "", "voided_by": None}
    return save_with(line, asdict(terms) | stands | {"ends_on": ends_on})
