"""Queries about the panel in its own terms: waiting cases, decisions of a period, and each case's latest."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Case, CharField, Count, Exists, F, Min, OuterRef, Subquery, Value, When, Window
from django.db.models.functions import Coalesce

from panel.codes import CostBasis, Outcome
from panel.states import State
from placements.querysets import DaysBetween
from sen_dashboard.core.sql import related


class PanelCaseQuerySet(models.QuerySet[Any]):
    def counted(self) -> Self:
        """Leave out cases entered in error, which are kept but counted nowhere."""
        return self.filter(void=False)

    def put_to(self, panel: str | None) -> Self:
        """Cases of the panel; of both panels for None."""
        return self.filter(panel=panel) if panel else self

    def awaiting_on(self, day: date) -> Self:
        """Cases received on or before ``day`` with no decision of any kind by then."""
        decided = related(self.model, "decisions").counted().filter(case=OuterRef("pk"), meeting_on__lte=day)
        return self.counted().filter(~Exists(decided), received_on__lte=day)

    def with_state(self) -> models.QuerySet[Any, Any]:
        """Annotate ``state`` with its code (`panel.states`), read from decisions, agendas and papers."""
        standing = (
            related(self.model, "decisions").counted().filter(case=OuterRef("pk")).order_by("-meeting_on")
        )
        listed = related(self.model, "agenda_items").undecided().filter(case=OuterRef("pk"))
        return self.annotate(
            latest_outcome=Subquery(standing.values("outcome")[:1]),
            state=Case(
                When(void=True, then=Value(State.TAKEN_BACK.value)),
                When(latest_outcome=Outcome.AGREED, then=Value(State.AGREED.value)),
                When(latest_outcome=Outcome.WITHDRAWN, then=Value(State.WITHDRAWN.value)),
                When(Exists(listed), then=Value(State.LISTED.value)),
                When(ready_on__isnull=False, then=Value(State.READY.value)),
                When(latest_outcome=Outcome.MORE_INFORMATION, then=Value(State.INFORMATION_ASKED.value)),
                When(latest_outcome=Outcome.DEFERRED, then=Value(State.DEFERRED.value)),
                When(latest_outcome=Outcome.DECLINED, then=Value(State.DECLINED.value)),
                default=Value(State.AWAITING_PAPERS.value),
                output_field=CharField(),
            ),
        )

    def information_overdue_on(self, day: date) -> Self:
        """Cases whose latest decision by ``day`` asked for more information, due before ``day``."""
        decisions = related(self.model, "decisions")
        latest = decisions.counted().until(day).latest_of_each_case()
        asked = decisions.filter(pk__in=latest.values("pk"), outcome=Outcome.MORE_INFORMATION, due_on__lt=day)
        return self.filter(pk__in=asked.values("case"))


class PanelDecisionQuerySet(models.QuerySet[Any]):
    def counted(self) -> Self:
        """Leave out void decisions, which are kept but counted nowhere."""
        return self.filter(void=False)

    def standing(self) -> Self:
        """The latest decision on each case, whatever the day.

        Found by sorting: comparing each decision with each other one takes minutes if the tables have no statistics.
        """
        latest = self.model.objects.counted().order_by("case", "-meeting_on").distinct("case")
        return self.filter(pk__in=latest.values("pk"))

    def of(self, panel: str | None) -> Self:
        """Decisions of the panel; of both panels for None."""
        return self.filter(case__panel=panel) if panel else self

    def between(self, first: date, last: date) -> Self:
        """Decisions of meetings from ``first`` to ``last``, both inclusive."""
        return self.filter(meeting_on__range=(first, last))

    def until(self, day: date) -> Self:
        """Decisions of meetings on or before ``day``."""
        return self.filter(meeting_on__lte=day)

    def latest_of_each_case(self) -> Self:
        """Each case once, as the latest of these decisions on it.

        ``presentations`` is the number of these decisions on the case, ``first_on`` the day of the first.
        """
        presentations = Window(Count("pk"), partition_by="case")
        first_on = Window(Min("meeting_on"), partition_by="case")
        every = self.annotate(presentations=presentations, first_on=first_on)
        return every.order_by("case", "-meeting_on").distinct("case")

    def with_worth(self) -> Self:
        """Annotate ``worth``, the £ that each decision was about: its value, or else the case's annual cost."""
        return self.annotate(worth=Coalesce(F("value"), F("case__annual_cost")))

    def of_a_year(self) -> Self:
        """Decisions with a worth for a full year, according to the decision or else its case."""
        part = CostBasis.PART_YEAR
        return self.exclude(value_basis=part).exclude(value_basis="", case__cost_basis=part)


class PanelMeetingQuerySet(models.QuerySet[Any]):
    def last_before(self, panel: str, day: date) -> Any:
        """The panel's latest meeting before the day; None if there was none."""
        return self.filter(panel=panel, held_on__lt=day).order_by("-held_on").first()

    def with_numbers(self) -> Self:
        """Annotate ``listed`` and ``decided`` (cases), and ``invited`` and ``attending`` (members)."""
        listed, invited = related(self.model, "items"), related(self.model, "members")
        return self.annotate(
            listed=_number_of_meeting(listed),
            decided=F("listed") - _number_of_meeting(listed.undecided()),
            invited=_number_of_meeting(invited),
            attending=_number_of_meeting(invited.filter(present=True)),
        )


def _number_of_meeting(records: models.QuerySet[Any, Any]) -> Coalesce:
    """The number of these records that each meeting has."""
    of_meeting = records.filter(meeting=OuterRef("pk")).order_by().values("meeting")
    return Coalesce(Subquery(of_meeting.annotate(number=Count("pk")).values("number")), 0)


class AgendaItemQuerySet(models.QuerySet[Any]):
    def undecided(self) -> Self:
        """Cases on an agenda with no decision of the meeting that counts."""
        decisions = related(related(self.model, "case").model, "decisions")
        taken = decisions.counted().filter(case=OuterRef("case"), meeting_on=OuterRef("meeting__held_on"))
        return self.filter(~Exists(taken))


class ExpectedPlacementQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        """Those waiting for the school's offer or the start."""
        return self.filter(placement=None, refused_on=None, cancelled_on=None)

    def not_started(self) -> Self:
        """Places agreed by standing decisions and not started: still waiting, or refused and not replaced."""
        agreed = related(self.model, "decision").standing().filter(outcome=Outcome.AGREED)
        return self.filter(decision__in=agreed, placement=None, cancelled_on=None)

    def with_days(self) -> models.QuerySet[Any, Any]:
        """Annotate ``days_to_offer`` from the decision and ``days_to_start`` from the offer, or None."""
        return self.annotate(
            days_to_offer=DaysBetween("offered_on", "decision__meeting_on"),
            days_to_start=DaysBetween("placement__starts_on", "offered_on"),
        )
