"""How many days the working day of a store is behind the real one."""

import pgtrigger
from django.db import models
from django.db.models import Q

from sen_dashboard.core.models.constraints import Check

THE_ONE = 1


class DemonstrationClock(models.Model):
    """The clock of a demonstration, whose day is ``days_behind`` the real one. There is at most one.

    It is made with the demonstration's records and never set again: PostgreSQL refuses to change or remove it.
    """

    only = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    days_behind = models.IntegerField("days behind the real day")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            Check(
                "demonstration_clock_is_the_only_one",
                Q(only=THE_ONE),
                field="only",
                sentence="The store has one clock.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.days_behind} days behind"
