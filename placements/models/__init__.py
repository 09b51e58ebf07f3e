"""Records of the data contract's children, assessments, plans, placements, cost lines and money."""

from placements.models.assessment import AssessDecision, Assessment, IssueDecision
from placements.models.billing_term import BillingTerm
from placements.models.child import Child
from placements.models.cost_line import Agreement, CostKind, CostLine
from placements.models.money import CLOSED, Budget, ClosedMonth, Forecast, LedgerPosting
from placements.models.placement import Accrual, EndReason, Placement, PlacementReason, Route
from placements.models.plan import CeaseReason, Plan

__all__ = [
    "CLOSED",
    "Accrual",
    "Agreement",
    "AssessDecision",
    "Assessment",
    "BillingTerm",
    "Budget",
    "CeaseReason",
    "Child",
    "ClosedMonth",
    "CostKind",
    "CostLine",
    "EndReason",
    "Forecast",
    "IssueDecision",
    "LedgerPosting",
    "Placement",
    "PlacementReason",
    "Plan",
    "Route",
]
