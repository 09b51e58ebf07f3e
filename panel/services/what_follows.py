"""What follows from an agreement: an expected placement, or a higher cost of the present one; and undoing it."""

from datetime import date

from django.core.exceptions import ValidationError

from panel.models import ExpectedPlacement, Outcome, Panel, PanelDecision
from placements import services as placements
from placements.models import Placement
from sen_dashboard.accounts.models import User
from sen_dashboard.core import formats


def do(*, by: User, decision: PanelDecision) -> None:
    """Make what follows from an agreement. Raises ValidationError if that is not possible."""
    if decision.starts_on is None:
        raise ValidationError({"starts_on": "Enter the date it is to start."})
    if decision.case.panel == Panel.INDEPENDENT:
        _expect_placement(decision, decision.starts_on)
    else:
        _raise_costs(by, decision, decision.starts_on)


def undo(*, by: User, decision: PanelDecision, on: date) -> None:
    """Undo what followed from a decision recorded in error. Raises ValidationError if it has gone too far."""
    if decision.outcome != Outcome.AGREED:
        return
    expected = ExpectedPlacement.objects.select_for_update(of=("self",)).filter(decision=decision).first()
    if expected and expected.placement_id:
        raise ValidationError(
            f"Placement {expected.placement_id} has started from this decision. It can no longer be corrected here:"
            " end the placement, and put the change to the panel."
        )
    if expected and expected.waits_for():
        expected.cancelled_on, expected.why = on, "The decision was corrected."
        expected.full_clean()
        expected.save()
    for cost in decision.agreed_costs.exclude(cost_line=None).select_related("cost_line"):
        if cost.cost_line:
            placements.lower_cost(by=by, line=cost.cost_line, amount=cost.annual_amount)


def followed(decision: PanelDecision) -> bool:
    """Whether an agreement had consequences here; an imported one had none, as they are imported separately."""
    if ExpectedPlacement.objects.filter(decision=decision).exists():
        return True
    return bool(decision.agreed_costs.exclude(cost_line=None).exists())


def _expect_placement(decision: PanelDecision, start: date) -> None:
    expected = ExpectedPlacement(
        decision=decision,
        school=decision.case.school,
        attendance=decision.case.attendance,
        starts_on=start,
    )
    expected.full_clean()
    expected.save(force_insert=True)


def _raise_costs(by: User, decision: PanelDecision, start: date) -> None:
    placement = placement_of(decision.case.child_id, start)
    if placement is None:
        raise ValidationError(
            {"starts_on": f"The child has no placement on {formats.day(start)} that could be funded."}
        )
    for cost in decision.agreed_costs.all():
        cost.cost_line = placements.raise_cost(
            by=by, placement=placement, kind=cost.kind, amount=cost.annual_amount, starts_on=start
        )
        cost.save()


def placement_of(child_id: str, day: date) -> Placement | None:
    """The child's placement that is open on the day."""
    return Placement.objects.open_on(day).filter(plan__child=child_id).first()
