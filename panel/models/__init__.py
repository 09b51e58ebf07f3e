"""Records of the panels: cases, decisions, meetings, and what follows from decisions."""

from panel.codes import (
    FINAL_OUTCOMES,
    REASONS_OF_PANEL,
    CostBasis,
    DecisionRoute,
    Origin,
    Outcome,
    Panel,
    Profile,
    Reason,
    SchoolAnswer,
)
from panel.models.case import (
    BEFORE_RECEIVED,
    CaseDocument,
    Confirmation,
    Consultation,
    PanelCase,
    PanelChild,
    RequestDraft,
    RequestedCost,
)
from panel.models.decision import AgreedCost, PanelDecision
from panel.models.expected_placement import ExpectedPlacement
from panel.models.meeting import AgendaItem, ConflictOfInterest, Member, PanelMeeting

__all__ = [
    "BEFORE_RECEIVED",
    "FINAL_OUTCOMES",
    "REASONS_OF_PANEL",
    "AgendaItem",
    "AgreedCost",
    "CaseDocument",
    "Confirmation",
    "ConflictOfInterest",
    "Consultation",
    "CostBasis",
    "DecisionRoute",
    "ExpectedPlacement",
    "Member",
    "Origin",
    "Outcome",
    "Panel",
    "PanelCase",
    "PanelChild",
    "PanelDecision",
    "PanelMeeting",
    "Profile",
    "Reason",
    "RequestDraft",
    "RequestedCost",
    "SchoolAnswer",
]
