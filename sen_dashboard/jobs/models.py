"""A job: work that somebody asked for, and its progress."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from sen_dashboard.core.models.constraints import Unique, in_order
from sen_dashboard.jobs.kinds import work_of

LOOKED_AT = timedelta(days=30)
CANCELLED = "Cancelled before it was finished."


class JobQuerySet(models.QuerySet[Any]):
    def same_later(self, of: Callable[[str], Any]) -> Self:
        """Return the later jobs for the same work; ``of`` gives the job's value of a field."""
        return self.filter(kind=of("kind"), subject=of("subject"), requested_at__gt=of("requested_at"))

    def to_look_at(self, at: datetime) -> Self:
        """Return unfinished jobs, and those that failed in the last thirty days and were not asked for again."""
        again = self.model.objects.same_later(OuterRef)
        failed = ~Q(problem="") & Q(finished_at__gt=at - LOOKED_AT) & ~Exists(again)
        return self.filter(Q(finished_at=None) | failed)


class Job(models.Model):
    """Work that a person or a timer asked for and that a worker does outside the request (django-tasks).

    ``kind`` names a `kinds.Work`; ``subject`` is what it is about, in a form that its work can read: two jobs of a kind
    with the same subject are the same work, and only one of them runs. A job ends in exactly one way: ``finished_at``
    with no ``problem`` means done, with one failed, and a cancelled job stopped before its next step, or in a step that
    is watched (`watching`). ``heard_at`` is when its worker last began a step or reported progress.
    """

    STUCK_AFTER = timedelta(minutes=15)

    kind = models.CharField(max_length=20)
    subject = models.JSONField(default=dict)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    step = models.CharField(max_length=300, default="Waiting for the worker")
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=1)
    problem = models.CharField(max_length=500, default="")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at",)
        constraints = [
            in_order(
                "job_ends_after_start", "started_at", "finished_at", sentence="A job ends after its start."
            ),
            Unique(
                "job_same_work_once",
                "kind",
                "subject",
                condition=Q(finished_at=None),
                sentence="This is already in progress.",
            ),
        ]

    def __str__(self) -> str:
        return work_of(self.kind).title(self)

    @property
    def asked_by(self) -> str:
        """The name of the person who asked for it."""
        return str(self.requested_by) if self.requested_by else "a timer"

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    @property
    def is_done(self) -> bool:
        return self.is_over and not self.problem

    def is_stuck(self, at: datetime) -> bool:
        """Return whether its worker must have died: every step here reports progress more often."""
        heard = self.heard_at or self.started_at
        return not self.is_over and heard is not None and at - heard > self.STUCK_AFTER
