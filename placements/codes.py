"""Codes of assessments, plans, placements and cost lines (data contract)."""

from django.db import models


class AssessDecision(models.TextChoices):
    """Whether the council agreed to assess."""

    AGREED = "AGREED", "Agreed to assess"
    REFUSED = "REFUSED", "Refused to assess"


class IssueDecision(models.TextChoices):
    """Whether the assessment led to a plan."""

    ISSUED = "ISSUED", "Plan issued"
    NOT_ISSUED = "NOT_ISSUED", "Plan not issued"


class CeaseReason(models.TextChoices):
    """Why a plan ceased, as SEN2 codes it (domain.md section 2)."""

    MAXIMUM_AGE = "1", "Reached maximum age"
    NEEDS_MET = "2", "Needs met without a plan"
    HIGHER_EDUCATION = "3", "Moved to higher education"
    EMPLOYMENT = "4", "Found paid employment"
    TRANSFERRED = "5", "Transferred to another local authority"
    NOT_ENGAGING = "6", "No longer wishes to engage"
    LEFT_ENGLAND = "7", "Moved outside England"
    DECEASED = "8", "Deceased"
    OTHER = "9", "Other"


class EndReason(models.TextChoices):
    """Why a placement ended."""

    LEFT = "LEFT", "Left"
    MOVED = "MOVED", "Moved school"
    TRANSITION = "TRANSITION", "Phase transfer"
    TERMINATED = "TERMINATED", "Terminated"
    DECEASED = "DECEASED", "Deceased"
    OTHER = "OTHER", "Other"


class Route(models.TextChoices):
    """How a placement came about."""

    PANEL = "PANEL", "Panel"
    TRIBUNAL_ORDERED = "TRIBUNAL_ORDERED", "Ordered by the tribunal"
    TRIBUNAL_CONCEDED = "TRIBUNAL_CONCEDED", "Conceded before the tribunal"
    PARENTAL = "PARENTAL", "Parental"
    EMERGENCY = "EMERGENCY", "Emergency"
    TRANSFERRED_IN = "TRANSFERRED_IN", "Transferred in"
    OTHER = "OTHER", "Other"


class PlacementReason(models.TextChoices):
    """Why local provision could not take the child (seed document)."""

    COMPLEXITY = "COMPLEXITY", "Local schools cannot meet the complexity of need"
    CAPACITY = "CAPACITY", "Special schools have no capacity"
    OTHER = "OTHER", "Other"


class Accrual(models.TextChoices):
    """How an annual fee is spread over a year (domain.md section 5)."""

    DAYS = "DAYS", "Calendar days"
    MONTHS = "MONTHS", "Months"
    TERMS = "TERMS", "Terms"


class CostKind(models.TextChoices):
    """What a cost line pays for (data contract, cost_lines.csv)."""

    CORE = "CORE", "Core education fee"
    PLACE_FUNDING = "PLACE_FUNDING", "Place funding"
    BOARDING = "BOARDING", "Boarding and care"
    ONE_TO_ONE = "ONE_TO_ONE", "One-to-one support"
    THERAPY = "THERAPY", "Therapy"
    OTHER = "OTHER", "Other"
    TRANSPORT = "TRANSPORT", "Transport"


class Agreement(models.TextChoices):
    """How far the amount of a cost line is agreed; the amount counts in any case (domain.md section 5)."""

    AGREED = "AGREED", "Agreed"
    ASSUMED = "ASSUMED", "Assumed until agreed"
    ASKED = "ASKED", "Asked for; the current amount counts until agreed"


class FindingKind(models.TextChoices):
    """How the ledger and the commitments disagree (KPI definitions, reconciliation)."""

    NO_INVOICE = "NO_INVOICE", "No invoice"
    PAID_AFTER_LEAVING = "PAID_AFTER_LEAVING", "Paid after leaving"
    ABOVE_AGREED = "ABOVE_AGREED", "Above what was agreed"
    PERHAPS_PAID_TWICE = "PERHAPS_PAID_TWICE", "Perhaps paid twice"


class FindingStatus(models.TextChoices):
    """How far a finding has been worked through. A new one has no notes."""

    NEW = "NEW", "New"
    QUERY_RAISED = "QUERY_RAISED", "Query raised"
    EXPLAINED = "EXPLAINED", "Explained"
    RECOVERED = "RECOVERED", "Recovered"
