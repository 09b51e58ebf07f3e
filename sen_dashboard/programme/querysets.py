"""The vocabulary of the programme: what is open, late and due on a day, and the status of each record then.

The day is always given, and records are read as they were on that day. Only risks are read as last rated: a file brings
a rating without earlier ones, so the trail begins with its import.
"""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import (
    Case,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    SmallIntegerField,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, Trim

from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.sql import related, truth
from sen_dashboard.programme.codes import OPEN, RiskStatus, Status
from sen_dashboard.programme.owners import listed_owners, owners_of


class WorkstreamQuerySet(models.QuerySet[Any]):
    def with_standing(self, day: date) -> models.QuerySet[Any, Any]:
        """Annotate the number of the actions known on ``day`` by status, of those ``overdue``, and of all.

        ``status`` is the worst of the open actions; done if all are, and empty if there are none.
        """
        known = (
            related(self.model, "actions")
            .known_on(day)
            .filter(workstream=OuterRef("pk"))
            .order_by()
            .values("workstream")
        )

        def number(which: Q) -> Coalesce:
            return Coalesce(Subquery(known.annotate(number=Count("pk", filter=which)).values("number")), 0)

        counted = self.annotate(
            action_count=number(Q()),
            overdue=number(Q(is_late=True)),
            **{status.lower(): number(Q(status=status)) for status in Status.values},
        )
        return counted.annotate(
            status=Case(
                *(
                    When(**{f"{status.lower()}__gt": 0}, then=Value(status.value))
                    for status in (*OPEN, Status.DONE)
                ),
                default=Value(""),
                output_field=CharField(),
            )
        )

    def with_next_milestone(self, day: date) -> models.QuerySet[Any, Any]:
        """Annotate the first open milestone of their actions: ``next_milestone`` and ``next_milestone_due``."""
        actions = related(self.model, "actions")
        milestones = related(actions.model, "milestones")
        return _with_next_milestone(self, milestones.filter(action__workstream=OuterRef("pk")), day)


class ActionQuerySet(models.QuerySet[Any]):
    def with_status(self, day: date) -> Self:
        """Annotate the status of each on ``day``: ``status``, ``note`` and ``updated_on`` of the latest update by then.

        They are None if there was no update yet. ``is_late`` is true if it is open and was due before ``day``.
        """
        latest = related(self.model, "updates").until(day).filter(action=OuterRef("pk")).newest_first()
        return self.annotate(
            status=Subquery(latest.values("status")[:1]),
            note=Subquery(latest.values("note")[:1]),
            updated_on=Subquery(latest.values("day")[:1]),
        ).annotate(is_late=Coalesce(truth(Q(status__in=OPEN, due_on__lt=day)), False))

    def known_on(self, day: date) -> Self:
        """Return actions with an update by ``day``, with their status: an action is known from its first update."""
        return self.with_status(day).filter(status__isnull=False)

    def open_on(self, day: date) -> Self:
        """Return actions known on ``day`` and not done, with their status."""
        return self.known_on(day).exclude(status=Status.DONE)

    def late_on(self, day: date) -> Self:
        """Return open actions that were due before ``day``, with their status."""
        return self.with_status(day).filter(is_late=True)

    def due_within(self, day: date, days: int) -> Self:
        """Return open actions that are due from ``day`` to so many days after it."""
        return self.open_on(day).filter(due_on__range=(day, day + timedelta(days=days)))

    def late_or_soon_due(self, day: date, days: int) -> Self:
        """Return open actions that were due before ``day``, or are due within so many days after it."""
        return self.open_on(day).filter(due_on__lte=day + timedelta(days=days))

    def waiting_for(self, role: Role) -> Self:
        """Return actions whose owner maps to this role (`programme.owners`)."""
        owned = self.annotate(owner_in_lower_case=Lower(Trim("owner")))
        if role is Role.MANAGER:
            return owned.exclude(owner_in_lower_case__in=listed_owners())
        return owned.filter(owner_in_lower_case__in=owners_of(role))

    def by_due(self) -> Self:
        """Return the actions ordered by due day, the earliest first."""
        return self.order_by(F("due_on").asc(nulls_last=True), "pk")

    def with_next_milestone(self, day: date) -> models.QuerySet[Any, Any]:
        """Annotate the first milestone that is open on ``day``: ``next_milestone`` and ``next_milestone_due``."""
        milestones = related(self.model, "milestones")
        return _with_next_milestone(self, milestones.filter(action=OuterRef("pk")), day)


class ActionUpdateQuerySet(models.QuerySet[Any]):
    def until(self, day: date) -> Self:
        """Return updates on or before ``day``."""
        return self.filter(day__lte=day)

    def newest_first(self) -> Self:
        """Return the latest first; of several on a day, the one entered last."""
        return self.order_by("-day", "-pk")


class MilestoneQuerySet(models.QuerySet[Any]):
    def open_on(self, day: date) -> Self:
        """Return milestones not reached by ``day``."""
        return self.filter(Q(reached_on=None) | Q(reached_on__gt=day))

    def late_on(self, day: date) -> Self:
        """Return open milestones that were due before ``day``."""
        return self.open_on(day).filter(due_on__lt=day)

    def due_within(self, day: date, days: int) -> Self:
        """Return open milestones that are due from ``day`` to so many days after it."""
        return self.open_on(day).filter(due_on__range=(day, day + timedelta(days=days)))

    def in_order(self) -> Self:
        """Return the milestones ordered by due day."""
        return self.order_by("due_on", "pk")


class RiskQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Return risks that are still watched, as they were last rated."""
        return self.filter(status=RiskStatus.OPEN)

    def with_rating(self) -> Self:
        """Annotate ``rating``: likelihood times impact, from 1 to 25."""
        product = ExpressionWrapper(F("likelihood") * F("impact"), output_field=SmallIntegerField())
        return self.annotate(rating=product)


class DecisionNeededQuerySet(models.QuerySet[Any]):
    def open_on(self, day: date) -> Self:
        """Return decisions not settled by ``day``."""
        return self.filter(_not_settled(day))

    def with_lateness(self, day: date) -> Self:
        """Annotate ``is_late``, true for a decision that is open and was needed before ``day``."""
        return self.annotate(is_late=Coalesce(truth(_not_settled(day) & Q(needed_by__lt=day)), False))

    def late_on(self, day: date) -> Self:
        """Return open decisions that were needed before ``day``."""
        return self.with_lateness(day).filter(is_late=True)

    def due_within(self, day: date, days: int) -> Self:
        """Return open decisions that are needed from ``day`` to so many days after it."""
        return self.open_on(day).filter(needed_by__range=(day, day + timedelta(days=days)))


def _not_settled(day: date) -> Q:
    return Q(settled_on=None) | Q(settled_on__gt=day)


class EventQuerySet(models.QuerySet[Any]):
    def between(self, first: date, last: date) -> Self:
        """Return events from ``first`` to ``last``, both inclusive."""
        return self.filter(day__range=(first, last))


class KpiNoteQuerySet(models.QuerySet[Any]):
    def beside(self, kpi: str, day: date) -> Self:
        """Return the notes shown beside the figure of this slug on ``day``, the newest first."""
        return self.filter(kpi=kpi, day__lte=day).order_by("-day", "pk")


def _with_next_milestone(records: Any, milestones: Any, day: date) -> models.QuerySet[Any, Any]:
    """Annotate records with the first open one of their ``milestones``."""
    ahead = milestones.open_on(day).in_order()
    annotated: models.QuerySet[Any, Any] = records.annotate(
        next_milestone=Subquery(ahead.values("title")[:1]),
        next_milestone_due=Subquery(ahead.values("due_on")[:1]),
    )
    return annotated
