"""The codes used in the panels' records."""

from django.db import models

from placements.models.placement import Route


class Panel(models.TextChoices):
    """The two panels that decide on requests."""

    INDEPENDENT = "INDEPENDENT", "Independent Placement Panel"
    ADDITIONAL_FUNDING = "ADDITIONAL_FUNDING", "Additional funding panel"


class Reason(models.TextChoices):
    """Why a request is made (seed document); which reasons apply depends on the panel."""

    COMPLEXITY = "COMPLEXITY", "Local schools cannot meet the complexity of need"
    CAPACITY = "CAPACITY", "Special schools have no capacity"
    ONE_TO_ONE = "ONE_TO_ONE", "One-to-one adult support in a special school or SRP"
    STAFF_RATIO = "STAFF_RATIO", "Staff ratio unmanageable with an extra pupil"
    AWAITING_PLACEMENT = "AWAITING_PLACEMENT", "High need, awaiting a specialist or change of placement"
    OTHER = "OTHER", "Other"


REASONS_OF_PANEL = {
    Panel.INDEPENDENT: (Reason.COMPLEXITY, Reason.CAPACITY, Reason.OTHER),
    Panel.ADDITIONAL_FUNDING: (
        Reason.ONE_TO_ONE,
        Reason.STAFF_RATIO,
        Reason.AWAITING_PLACEMENT,
        Reason.OTHER,
    ),
}


class Profile(models.TextChoices):
    """The main profiles of need in requests (seed document)."""

    BEHAVIOUR_ANXIETY = "BEHAVIOUR_ANXIETY", "Autism with behaviour and high anxiety"
    COMPLEX_MENTAL_HEALTH = "COMPLEX_MENTAL_HEALTH", "SEMH with complex mental health needs"
    OTHER = "OTHER", "Other"


class CostBasis(models.TextChoices):
    """What the cost of a case covers."""

    ANNUAL = "ANNUAL", "A full year"
    PART_YEAR = "PART_YEAR", "Part of a year"


class Outcome(models.TextChoices):
    """What a panel decided."""

    AGREED = "AGREED", "Agreed"
    DECLINED = "DECLINED", "Declined"
    MORE_INFORMATION = "MORE_INFORMATION", "More information required"
    DEFERRED = "DEFERRED", "Deferred"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


FINAL_OUTCOMES = (Outcome.AGREED, Outcome.DECLINED, Outcome.WITHDRAWN)
"""The outcomes that end a case. A case deferred, or sent back for more information, comes to a meeting again."""


class Origin(models.TextChoices):
    """What gave rise to a request."""

    NEW_REQUEST = "NEW_REQUEST", "New request"
    ANNUAL_REVIEW = "ANNUAL_REVIEW", "Annual review"
    PHASE_TRANSFER = "PHASE_TRANSFER", "Phase transfer"
    MOVED_IN = "MOVED_IN", "Move into the county"
    EMERGENCY = "EMERGENCY", "Emergency"
    TRIBUNAL = "TRIBUNAL", "Tribunal"


class SchoolAnswer(models.TextChoices):
    """A local school's answer when it was consulted."""

    OFFER = "OFFER", "Offer"
    CANNOT_MEET_NEED = "CANNOT_MEET_NEED", "Refused: cannot meet need"
    FULL = "FULL", "Refused: full"
    AWAITING = "AWAITING", "Awaiting an answer"


class DecisionRoute(models.TextChoices):
    """How a decision came about: at a meeting, or ratified outside one. The codes are those of placements."""

    PANEL = Route.PANEL.value, "At a meeting"
    TRIBUNAL_ORDERED = Route.TRIBUNAL_ORDERED.value, Route.TRIBUNAL_ORDERED.label
    TRIBUNAL_CONCEDED = Route.TRIBUNAL_CONCEDED.value, Route.TRIBUNAL_CONCEDED.label
    EMERGENCY = Route.EMERGENCY.value, Route.EMERGENCY.label
