"""The words of the panel: decisions of a period, and each case's latest."""

from datetime import date
from typing import Any, Self

from django.db import models


class PanelDecisionQuerySet(models.QuerySet[Any]):
    def counted(self) -> Self:
        """Decisions that stand: void ones are kept and count nowhere."""
        return self.filter(void=False)

    def between(self, first: date, last: date) -> Self:
        """Decisions of meetings from ``first`` to ``last``, both inclusive."""
        return self.filter(meeting_on__range=(first, last))

    def latest_of_each_case(self) -> Self:
        """Each case once, at the latest of these decisions."""
        return self.order_by("case", "-meeting_on").distinct("case")
