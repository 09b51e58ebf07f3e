"""Working with a placement and its cost lines on its page: checks permissions and concurrent changes.

Finance changes what placements cost; Finance and clerks end, move and change them. Each function locks the placement
in the version that the person was shown, then calls the service of the same meaning with ``changes`` as arguments.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from placements import services
from placements.models import CostLine, Placement
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models import holding
from sen_dashboard.core.models.fields import entered_key


@transaction.atomic
def end(*, by: User, placement_id: str, seen: int, **changes: Any) -> Placement:
    """End a placement. Raises PermissionDenied, ChangedMeanwhileError and as `services.end_placement`."""
    placement = _hold(by, Permission.EDIT_PLACEMENTS, placement_id, seen)
    return services.end_placement(by=by, placement=placement, **changes)


@transaction.atomic
def remove_end(*, by: User, placement_id: str, seen: int) -> Placement:
    """Remove the end date of a placement. Raises as ``end`` and `services.remove_end`."""
    placement = _hold(by, Permission.EDIT_PLACEMENTS, placement_id, seen)
    return services.remove_end(by=by, placement=placement)


@transaction.atomic
def move(*, by: User, placement_id: str, seen: int, **changes: Any) -> Placement:
    """Move a child to another school; returns the new placement. Raises as ``end`` and `services.move_placement`."""
    placement = _hold(by, Permission.EDIT_PLACEMENTS, placement_id, seen)
    return services.move_placement(by=by, placement=placement, placement_id=entered_key(), **changes)


@transaction.atomic
def change_attendance(*, by: User, placement_id: str, seen: int, **changes: Any) -> Placement:
    """Change how a child attends. Raises as ``end`` and `services.change_attendance`."""
    placement = _hold(by, Permission.EDIT_PLACEMENTS, placement_id, seen)
    return services.change_attendance(by=by, placement=placement, placement_id=entered_key(), **changes)


@transaction.atomic
def change_accrual(*, by: User, placement_id: str, seen: int, accrual: str) -> Placement:
    """Change how the fee is spread over the year. Raises as ``end`` and `services.change_accrual`."""
    placement = _hold(by, Permission.EDIT_COSTS, placement_id, seen)
    return services.change_accrual(by=by, placement=placement, accrual=accrual)


@transaction.atomic
def add_line(*, by: User, placement_id: str, seen: int, **changes: Any) -> CostLine:
    """Add a cost line. Raises as ``end`` and `services.add_line`; also if there is one of its kind from that day."""
    placement = _hold(by, Permission.EDIT_COSTS, placement_id, seen)
    same = placement.cost_lines.filter(kind=changes["kind"], starts_on=changes["starts_on"], void=False)
    if same.exists():
        raise ValidationError({"starts_on": "The placement has a cost line of this kind from that day."})
    return services.add_line(by=by, placement=placement, **changes)


@transaction.atomic
def correct_line(*, by: User, line: CostLine, seen: int, **changes: Any) -> CostLine:
    """Correct a line. Raises as ``end`` and `services.correct_line`."""
    return services.correct_line(by=by, line=_hold_line(by, line, seen), **changes)


@transaction.atomic
def change_line(*, by: User, line: CostLine, seen: int, **changes: Any) -> CostLine:
    """Change a line's terms from a day. Raises as ``end`` and `services.change_line`."""
    return services.change_line(by=by, line=_hold_line(by, line, seen), **changes)


@transaction.atomic
def void_line(*, by: User, line: CostLine, seen: int, reason: str) -> CostLine:
    """Record that a line was entered in error. Raises as ``end`` and `services.void_line`."""
    return services.void_line(by=by, line=_hold_line(by, line, seen), reason=reason)


def _hold(by: User, permission: Permission, placement_id: str, seen: int) -> Placement:
    """The placement, read again and locked."""
    demand(by, permission)
    return holding.hold(Placement(pk=placement_id), seen=seen, called=f"placement {placement_id}")


def _hold_line(by: User, line: CostLine, seen: int) -> CostLine:
    """The line, read again with its placement locked."""
    _hold(by, Permission.EDIT_COSTS, line.placement_id, seen)
    return CostLine.objects.select_related("placement").get(pk=line.pk)
