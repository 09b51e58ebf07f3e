"""The codes of workstreams, actions and risks (data contract, actions.csv and risks.csv)."""

from typing import Final

from django.db import models


class Lever(models.TextChoices):
    """How an action works: one of the programme's three levers, or the review of the service itself."""

    REDUCE_SPEND = "REDUCE_SPEND", "Reduce spend"
    REDUCE_DEMAND = "REDUCE_DEMAND", "Reduce demand"
    RIGHT_PROVISION = "RIGHT_PROVISION", "Right provision"
    SERVICE_REVIEW = "SERVICE_REVIEW", "Service review"


LEVERS: Final = (Lever.REDUCE_SPEND, Lever.REDUCE_DEMAND, Lever.RIGHT_PROVISION)
"""The three levers, in the order of the programme's slides."""


class Status(models.TextChoices):
    """The status of an action, from its latest update."""

    NOT_STARTED = "NOT_STARTED", "Not started"
    ON_TRACK = "ON_TRACK", "On track"
    AT_RISK = "AT_RISK", "At risk"
    OFF_TRACK = "OFF_TRACK", "Off track"
    DONE = "DONE", "Done"


OPEN: Final = (Status.OFF_TRACK, Status.AT_RISK, Status.ON_TRACK, Status.NOT_STARTED)
"""The statuses of an action that is not done, the worst first, then those that have begun.

So a workstream reads "not started" only if none of its actions has begun.
"""

TO_BE_EXPLAINED: Final = (Status.AT_RISK, Status.OFF_TRACK)
"""The statuses that need a note: asking for help is of no use without saying what is wrong."""


class RiskStatus(models.TextChoices):
    """Whether a risk is still watched."""

    OPEN = "OPEN", "Open"
    CLOSED = "CLOSED", "Closed"
