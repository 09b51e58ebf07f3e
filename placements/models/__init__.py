"""Records of the data contract's children, assessments, plans, placements, cost lines and money."""

from placements.codes import (
    Accrual,
    AssessDecision,
    CeaseReason,
    CostKind,
    EndReason,
    IssueDecision,
    PlacementReason,
    Route,
)
from placements.models.assessment import Assessment
from placements.models.child import Child
from placements.models.cost_line import CostLine
from placements.models.money import CLOSED, Budget, ClosedMonth, Forecast, LedgerPosting
from placements.models.placement import Placement
from placements.models.plan import Plan
from placements.models.supplier import LedgerMapping, LedgerUpload, SupplierMatch

__all__ = [
    "CLOSED",
    "Accrual",
    "AssessDecision",
    "Assessment",
    "Budget",
    "CeaseReason",
    "Child",
    "ClosedMonth",
    "CostKind",
    "CostLine",
    "EndReason",
    "Forecast",
    "IssueDecision",
    "LedgerMapping",
    "LedgerPosting",
    "LedgerUpload",
    "Placement",
    "PlacementReason",
    "Plan",
    "Route",
    "SupplierMatch",
]
