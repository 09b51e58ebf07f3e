"""Records of the data contract's children, assessments, plans, placements, cost lines and money."""

from placements.models.assessment import AssessDecision, Assessment, IssueDecision
from placements.models.billing_term import BillingTerm
from placements.models.child import Child
from placements.models.cost_line import CostKind, CostLine
from placements.models.finding import FindingKind, FindingNote, FindingStatus
from placements.models.money import CLOSED, Budget, ClosedMonth, Forecast, LedgerPosting, ReopenedMonth
from placements.models.placement import Accrual, EndReason, Placement, PlacementReason, Route
from placements.models.plan import CeaseReason, Plan
from placements.models.supplier import LedgerMapping, SupplierMatch

__all__ = [
    "CLOSED",
    "Accrual",
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
    "FindingKind",
    "FindingNote",
    "FindingStatus",
    "Forecast",
    "IssueDecision",
    "LedgerMapping",
    "LedgerPosting",
    "Placement",
    "PlacementReason",
    "Plan",
    "ReopenedMonth",
    "Route",
    "SupplierMatch",
]
