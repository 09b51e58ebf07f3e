"""Records of the data contract's children, assessments, plans, placements, cost lines and money."""

from placements.codes import (
    Accrual,
    Agreement,
    AssessDecision,
    CeaseReason,
    CostKind,
    EndReason,
    FindingKind,
    FindingStatus,
    IssueDecision,
    PlacementReason,
    Route,
)
from placements.models.assessment import Assessment
from placements.models.billing_term import BillingTerm
from placements.models.child import Child
from placements.models.cost_line import CostLine
from placements.models.finding import FindingNote
from placements.models.money import CLOSED, Budget, ClosedMonth, Forecast, LedgerPosting, ReopenedMonth
from placements.models.placement import Placement
from placements.models.plan import Plan
from placements.models.supplier import LedgerMapping, LedgerUpload, SupplierMatch

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
    "FindingKind",
    "FindingNote",
    "FindingStatus",
    "Forecast",
    "IssueDecision",
    "LedgerMapping",
    "LedgerPosting",
    "LedgerUpload",
    "Placement",
    "PlacementReason",
    "Plan",
    "ReopenedMonth",
    "Route",
    "SupplierMatch",
]
