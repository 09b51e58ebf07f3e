"""Changing placements and their costs, for Finance and for decisions of a panel.

The caller checks the permission and, where people saw the placement first, that it has not changed since. A placement
is locked before its lines, here and by every caller.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from placements.models import (
    Agreement,
    CostKind,
    CostLine,
    EndReason,
    LedgerPosting,
    Placement,
    Plan,
)
from placements.querysets import INMSS_LINE
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.models.saving import save_with
from sen_dashboard.core.models.trail import KEPT
from sen_dashboard.core.periods import ONE_DAY

CARRIED_ON = (
    *(
        "plan",
        "school",
        "in_srp",
        "attendance",
        "weeks_per_year",
        "route",
        "reason",
        "accrual",
        "contract_id",
    ),
    *("ends_on", "end_reason", "last_attended_on", "paid_to_on"),
)
"""What a placement has of the one that it carries on, where nothing else is said."""
NO_END = "The placement has no end date."
NEVER_RAN = "The placement ended before this line was to begin."
STANDS: dict[str, Any] = {"void": False, "void_reason": "", "voided_by": None}
"""What a cost line holds that is not recorded in error."""
NOTHING_CHANGES = "Nothing has changed: change at least one answer."


@dataclass(frozen=True)
class Terms:
    """The terms of a cost line: £ a year that count, £ asked for, how far agreed, and percentages by funder.

    What is only asked for needs no ``annual_amount``: the one that counted before goes on to count. Without
    ``other_share`` others pay the rest.
    """

    annual_amount: Decimal | None
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
    """End a placement, or move its end date earlier or later: its lines end with it.

    Lines that had yet to start are void; those void because of an earlier end run again if the end moves later.

    Raises ValidationError with a sentence at each field; also if the school was paid for later months that no other
    placement there explains, unless the money ``recovers``, when the reconciliation lists it.
    """
    if not end_reason:
        raise ValidationError({"end_reason": "Choose why it ends."})
    _end(by, placement, ends_on, end_reason, last_attended_on, paid_to_on)
    if not recovers:
        _check_payments(placement)
    return placement


@transaction.atomic
def remove_end(*, by: User, placement: Placement) -> Placement:
    """Let a placement go on without an end, and the lines that ended with it as they were entered.

    Raises ValidationError where the plan has another placement since.
    """
    if placement.ends_on is None:
        raise ValidationError(NO_END)
    return _end(by, placement, None, "", None, None)


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
    accrual: str = "",
    paid_to_on: date | None = None,
    recovers: bool = False,
) -> Placement:
    """Move the child to another school from a day, at a core fee in £ a year; the present placement ends.

    It ends the day before, but is paid to ``paid_to_on`` if that is given. How the fee is spread and which contract
    holds are the new school's matter, and not taken over. Returns the new placement. Raises as ``end_placement``.
    """
    if school.pk == placement.school_id:
        raise ValidationError({"school": "Choose another school: the child is placed at this one."})
    changes = {
        "school": school,
        "attendance": attendance,
        "weeks_per_year": weeks_per_year,
        "accrual": accrual,
    }
    of_the_old = {"in_srp": False, "contract_id": "", "last_attended_on": None, "paid_to_on": None}
    moved = _go_on(by, placement, placement_id, starts_on, EndReason.MOVED, paid_to_on, changes | of_the_old)
    if not recovers:
        _check_payments(placement)
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
    changes = {"attendance": attendance, "weeks_per_year": weeks_per_year}
    changed = _go_on(by, placement, placement_id, starts_on, EndReason.OTHER, None, changes)
    for line in (*running, *later):
        _add_line(changed, line.kind, max(line.starts_on, starts_on), line.ends_on, Terms.of(line))
    return changed


@transaction.atomic
def change_accrual(*, by: User, placement: Placement, accrual: str) -> Placement:
    """Say how the fee of a placement is spread over the year, for all its days; empty means by days.

    Raises ValidationError with a sentence at the field.
    """
    if accrual == placement.accrual:
        raise ValidationError({"accrual": NOTHING_CHANGES})
    return save_with(placement, {"accrual": accrual})


def _go_on(
    by: User,
    placement: Placement,
    placement_id: str,
    starts_on: date,
    end_reason: str,
    paid_to_on: date | None,
    differs: Mapping[str, Any],
) -> Placement:
    """End the placement the day before, and start one for the same plan, without cost lines, up to the same end.

    It is as the old one was but for what differs.
    """
    if starts_on <= placement.starts_on:
        raise ValidationError(
            {"starts_on": f"Enter a day after {formats.day(placement.starts_on)}, when it began."}
        )
    if placement.ends_on and starts_on > placement.ends_on:
        raise ValidationError({"starts_on": f"The placement ended on {formats.day(placement.ends_on)}."})
    before = {name: getattr(placement, name) for name in CARRIED_ON}
    _end(by, placement, starts_on - ONE_DAY, end_reason, None, paid_to_on)
    return save_with(Placement(placement_id=placement_id), before | {"starts_on": starts_on} | dict(differs))


def _move_out(by: User, plan: Plan, starts_on: date) -> None:
    """End the placement that the child leaves, on the day before."""
    last = starts_on - ONE_DAY
    for present in Placement.objects.select_for_update().filter(plan=plan, starts_on__lt=starts_on):
        if not present.ends_on or present.ends_on > last:
            attended = present.last_attended_on
            known = attended if attended and attended <= last else None
            _end(by, present, last, present.end_reason or EndReason.MOVED, known, present.paid_to_on)


def _end(
    by: User,
    placement: Placement,
    ends_on: date | None,
    end_reason: str,
    last_attended_on: date | None,
    paid_to_on: date | None,
) -> Placement:
    """Set or remove its end date, and change its lines with it so that none lies outside."""
    before = placement.ends_on
    if ends_on:
        _cut_lines(by, placement, ends_on)
    end = {"ends_on": ends_on, "end_reason": end_reason}
    save_with(placement, end | {"last_attended_on": last_attended_on, "paid_to_on": paid_to_on})
    if before and (ends_on is None or ends_on > before):
        _carry_on_lines(placement, before, ends_on)
    return placement


def _cut_lines(by: User, placement: Placement, ends_on: date) -> None:
    """End its lines by the day; lines that had yet to start are void."""
    lines = placement.cost_lines.select_for_update().filter(void=False)
    for line in lines.filter(starts_on__lte=ends_on, ends_on__gt=ends_on):
        save_with(line, {"ends_on": ends_on})
    for line in lines.filter(starts_on__gt=ends_on):
        void_line(by=by, line=line, reason=NEVER_RAN)


def _carry_on_lines(placement: Placement, before: date, ends_on: date | None) -> None:
    """Extend lines that ran to the previous end to this one, and restore lines that are void because of it."""
    lines = placement.cost_lines.select_for_update()
    never_ran = lines.filter(void=True, void_reason=NEVER_RAN)
    begin = list(never_ran.filter(starts_on__lte=ends_on) if ends_on else never_ran)
    for line in lines.filter(void=False).in_force_on(before):
        until_next = [later.starts_on - ONE_DAY for later in begin if later.kind == line.kind]
        if line.ends_on or until_next:
            save_with(line, {"ends_on": _earliest(ends_on, _end_before_cut(line), *until_next)})
    for line in begin:
        save_with(line, STANDS | {"ends_on": line.ends_on and _earliest(ends_on, line.ends_on)})


def _end_before_cut(line: CostLine) -> date | None:
    """Return the later end that the line had, by the trail, before an end of its placement cut it short; or None."""
    if line.ends_on is None:
        return None
    ends = KEPT[Placement._meta.label].entries.filter(pgh_obj=line.placement_id).exclude(ends_on=None)
    entries = KEPT[CostLine._meta.label].entries.filter(pgh_obj=line.pk, ends_on__gt=line.ends_on)
    own = entries.exclude(ends_on__in=ends.values("ends_on")).order_by("-pgh_id")
    latest: date | None = own.values_list("ends_on", flat=True).first()
    return latest


def _earliest(*days: date | None) -> date | None:
    """Return the earliest of the days that are known, or None."""
    return min(filter(None, days), default=None)


def _check_payments(placement: Placement) -> None:
    """Raise ValidationError if the reconciliation would find that the school is paid after the last child left."""
    runs = Placement.objects.in_provision(Provision.INMSS).paid_for().filter(school=placement.school_id)
    left = runs.aggregate(on=Max("until"), still=Count("pk", filter=Q(until=None)))
    if left["on"] is None or left["still"]:
        return
    postings = LedgerPosting.objects.filter(line=INMSS_LINE, school=placement.school_id)
    own = postings.annotate(of_month=Coalesce("own_month", "month"))
    paid = own.filter(of_month__gte=left["on"]).aggregate(total=Sum("amount"))["total"]
    if paid and paid > 0:
        raise ValidationError(
            {
                "paid_to_on": f"{formats.pounds_exact(paid)} is posted to {placement.school} for months after "
                f"{formats.day(left['on'] - ONE_DAY)}, and no other placement there explains it: enter the day that "
                "is paid to, or tick that the money is to be recovered."
            }
        )


# Cost lines


@transaction.atomic
def add_line(
    *, by: User, placement: Placement, kind: str, starts_on: date, ends_on: date | None, terms: Terms
) -> CostLine:
    """Add a cost line. Raises ValidationError with a sentence at each field."""
    before = _amount_before(placement, kind, starts_on)
    return _add_line(placement, kind, starts_on, ends_on, _that_count(terms, before))


@transaction.atomic
def correct_line(*, by: User, line: CostLine, ends_on: date | None, terms: Terms) -> CostLine:
    """Correct a line's terms, for all its days. Raises ValidationError with a sentence at each field."""
    _check_counts(line)
    before = _amount_before(line.placement, line.kind, line.starts_on)
    terms = _that_count(terms, line.annual_amount if before is None else before)
    return save_with(line, asdict(terms) | {"ends_on": ends_on})


@transaction.atomic
def change_line(*, by: User, line: CostLine, starts_on: date, terms: Terms) -> CostLine:
    """Change a line's terms from a day: the line ends the day before, and another follows, up to the same end.

    Returns the new line. Raises ValidationError with a sentence at each field.
    """
    return _follow(line, starts_on, _that_count(terms, line.annual_amount))


def _follow(line: CostLine, starts_on: date, terms: Terms) -> CostLine:
    """End the line the day before, and let another of these terms follow to its end."""
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

    If a line of its kind is added from the same day, that takes its place, and the trail alone tells who and why.
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
    return _follow(line, starts_on, replace(Terms.of(line), annual_amount=raised))


@transaction.atomic
def lower_cost(*, by: User, line: CostLine, amount: Decimal) -> None:
    """Take ``amount``, £ a year, off a line again, as agreed in error; a line reduced to nothing is void.

    Also takes it off later lines of its kind, which were raised from it. Raises ValidationError if any of them has
    become smaller than the amount.
    """
    placement = Placement.objects.select_for_update().get(pk=line.placement_id)
    lines = placement.cost_lines.select_for_update().filter(kind=line.kind, void=False)
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


def _that_count(terms: Terms, before: Decimal | None) -> Terms:
    """The terms; where the amount is only asked for, with the one that counted ``before``.

    Raises ValidationError where none did.
    """
    if terms.agreement != Agreement.ASKED:
        return terms
    if before is None:
        raise ValidationError(
            {"agreement": "No amount counts yet that could go on: choose agreed, or assumed until agreed."}
        )
    return replace(terms, annual_amount=before)


def _amount_before(placement: Placement, kind: str, starts_on: date) -> Decimal | None:
    """What the placement costs of the kind, in £ a year, on the day before; None without a line."""
    lines = placement.cost_lines.filter(kind=kind, void=False).in_force_on(starts_on - ONE_DAY)
    return lines.values_list("annual_amount", flat=True).first()


def _add_line(
    placement: Placement, kind: str, starts_on: date, ends_on: date | None, terms: Terms
) -> CostLine:
    """Add a line; a void line with the same key is reused, since keys are unique."""
    void = placement.cost_lines.filter(kind=kind, starts_on=starts_on, void=True).first()
    line = void or CostLine(placement=placement, kind=kind, starts_on=starts_on)
    return save_with(line, asdict(terms) | STANDS | {"ends_on": ends_on})
