"""What a case asks for, part by part."""

from decimal import Decimal

from panel.models import PanelCase
from placements.models import CostKind


def asked_for(case: PanelCase) -> dict[str, Decimal]:
    """The parts asked for in £ a year, by kind; an imported case names none and asks for a core fee."""
    parts = {cost.kind: cost.annual_amount for cost in case.requested_costs.order_by("kind")}
    return parts or {CostKind.CORE.value: case.annual_cost}
