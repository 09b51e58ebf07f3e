"""The cost a case asks for, by part, and by part for a year."""

from decimal import Decimal

from panel.models import CostBasis, PanelCase
from placements.models import CostKind


def asked_for(case: PanelCase) -> dict[str, Decimal]:
    """The parts asked for in £ by kind, for a year or for part of one as the case says.

    An imported case has no parts and counts as asking for a core fee.
    """
    parts = {cost.kind: cost.annual_amount for cost in case.requested_costs.order_by("kind")}
    return parts or {CostKind.CORE.value: case.annual_cost}


def asked_for_a_year(case: PanelCase) -> dict[str, Decimal]:
    """The parts asked for in £ a year, by kind; none for a case for part of a year, which has no annual amounts."""
    return {} if case.cost_basis == CostBasis.PART_YEAR else asked_for(case)
