"""The words of the panel: cases that wait, decisions of a period, and each case's latest."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Window
from django.db.models.functions import Coalesce


class PanelCaseQuerySet(models.QuerySet[Any]):
    def put_to(self, panel: str | None) -> Self:
        """Cases of the panel; of both panels where None."""
        return self.filter(panel=panel) if panel else self

    def awaiting_on(self, day: date) -> Self:
        """Cases received on or before ``day`` on which no decision of any kind was taken by then."""
        from panel.models import PanelDecision

        decided = PanelDecision.objects.counted().filter(case=OuterRef("pk"), meeting_on__lte=day)
        return self.filter(~Exists(decided), received_on__lte=day)


class PanelDecisionQuerySet(models.QuerySet[Any]):
    def counted(self) -> Self:
        """Decisions that stand: void ones are kept and count nowhere."""
        return self.filter(void=False)

    def of(self, panel: str | None) -> Self:
        """Decisions of the panel; of both panels where None."""
        return self.filter(case__panel=panel) if panel else self

    def between(self, first: date, last: date) -> Self:
        """Decisions of meetings from ``first`` to ``last``, both inclusive."""
        return self.filter(meeting_on__range=(first, last))

    def latest_of_each_case(self) -> Self:
        """Each case once, at the latest of these decisions; ``presentations`` says how many these are."""
        presentations = Window(Count("pk"), partition_by="case")
        return self.annotate(presentations=presentations).order_by("case", "-meeting_on").distinct("case")

    def with_worth(self) -> Self:
        """Annotate ``worth``: the £ each decision was about, the case's annual cost where it says nothing."""
        return self.annotate(worth=Coalesce(F("value"), F("case__annual_cost")))
