"""Codes of schools, places and the commissioning plan (data contract)."""

from django.db import models


class Sector(models.TextChoices):
    """Who runs a school, from its GIAS establishment type (data contract, "Reference codes")."""

    INDEPENDENT_SPECIAL = "INDEPENDENT_SPECIAL", "Independent special school"
    NON_MAINTAINED_SPECIAL = "NON_MAINTAINED_SPECIAL", "Non-maintained special school"
    STATE_SPECIAL = "STATE_SPECIAL", "State special school"
    MAINSTREAM = "MAINSTREAM", "Mainstream school"
    INDEPENDENT_MAINSTREAM = "INDEPENDENT_MAINSTREAM", "Independent mainstream school"
    POST_16 = "POST_16", "Post-16 provider"
    OTHER = "OTHER", "Other"


class LocalProvision(models.TextChoices):
    """The two kinds of provision whose places a council commissions."""

    SPECIAL = "SPECIAL", "State special school"
    SRP = "SRP", "Specialist resourced provision"


class ChangeStatus(models.TextChoices):
    """How far a planned change of places has progressed."""

    PROPOSED = "PROPOSED", "Proposed"
    APPROVED = "APPROVED", "Approved"
    OPEN = "OPEN", "Open"
    CANCELLED = "CANCELLED", "Cancelled"
