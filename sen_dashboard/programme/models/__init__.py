"""The programme: workstreams, actions with their updates and milestones, risks, decisions needed, events, notes."""

from sen_dashboard.programme.codes import LEVERS, OPEN, TO_BE_EXPLAINED, Lever, RiskStatus, Status
from sen_dashboard.programme.models.action import MILESTONES_OPEN, Action, ActionUpdate
from sen_dashboard.programme.models.decision_needed import DecisionNeeded
from sen_dashboard.programme.models.event import Event
from sen_dashboard.programme.models.kpi_note import KpiNote
from sen_dashboard.programme.models.milestone import ACTION_IS_DONE, Milestone
from sen_dashboard.programme.models.risk import Risk
from sen_dashboard.programme.models.workstream import Workstream

__all__ = [
    "ACTION_IS_DONE",
    "LEVERS",
    "MILESTONES_OPEN",
    "OPEN",
    "TO_BE_EXPLAINED",
    "Action",
    "ActionUpdate",
    "DecisionNeeded",
    "Event",
    "KpiNote",
    "Lever",
    "Milestone",
    "Risk",
    "RiskStatus",
    "Status",
    "Workstream",
]
