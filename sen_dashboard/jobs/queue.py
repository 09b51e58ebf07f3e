"""Work outside the request: asked for on a page or by a timer, done by a worker, its progress kept in a ``Job``.

The queue is django-tasks in the database, and `manage.py worker` works through it. What each kind of job does is in
`kinds`.
"""

import logging
import traceback
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_tasks import task

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import demand
from sen_dashboard.jobs.kinds import JobError, Step, work_of
from sen_dashboard.jobs.models import CANCELLED, Job

ALREADY = "This is already in progress."
NO_LONGER_MAY = "The person who asked for this is no longer allowed to do it."
DIED = "The worker stopped before this was finished. Try again."
UNFORESEEN = "Something unexpected went wrong. An administrator can find the details in the log."

logger = logging.getLogger(__name__)


class UnforeseenError(Exception):
    """The place where a job went wrong, without the values that the first exception may quote: the queue keeps it."""


def ask_for(*, by: User, kind: str, subject: Mapping[str, Any], at: datetime) -> Job:
    """Queue a job. Raises PermissionDenied, and ValidationError if the same job is under way."""
    demand(by, work_of(kind).permission)
    return _queue(Job(kind=kind, subject=dict(subject), requested_by=by, requested_at=at))


def schedule(*, kind: str, subject: Mapping[str, Any], at: datetime) -> Job:
    """Queue a job for a timer, which has no account: for commands only.

    Raises ValidationError if the same job is under way.
    """
    return _queue(Job(kind=kind, subject=dict(subject), requested_at=at))


@transaction.atomic
def cancel(*, by: User, job: Job, at: datetime) -> None:
    """Stop a job before its next step, or in one that is watched; a waiting one never begins.

    Raises PermissionDenied and ValidationError.
    """
    demand(by, work_of(job.kind).permission)
    present = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if present.is_over:
        raise ValidationError("This has already finished.")
    present.cancel_asked = True
    if present.started_at is None or present.is_stuck(at):
        present.finished_at, present.problem = at, CANCELLED
    present.save(update_fields=["cancel_asked", "finished_at", "problem"])


def retry(*, by: User, job: Job, at: datetime) -> Job:
    """Ask for a failed or cancelled job again. Raises PermissionDenied and ValidationError."""
    demand(by, work_of(job.kind).permission)
    done_since = Job.objects.same_later(partial(getattr, job)).filter(problem="").exclude(finished_at=None)
    if job.is_done or done_since.exists():
        raise ValidationError("This has already been done.")
    return _queue(Job(kind=job.kind, subject=job.subject, requested_by=by, requested_at=at))


def _queue(job: Job) -> Job:
    """Queue a job. Raises ValidationError if the same job is under way."""
    _end_stuck(job)
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            run.enqueue(job.pk)
    except IntegrityError:
        raise ValidationError(ALREADY) from None
    return job


def _end_stuck(asked: Job) -> None:
    """Mark a job whose worker died as failed, so that it can be asked for again."""
    same = Job.objects.filter(kind=asked.kind, subject=asked.subject, finished_at=None)
    same.alias(heard=Coalesce("heard_at", "started_at")).filter(
        heard__lt=asked.requested_at - Job.STUCK_AFTER
    ).update(finished_at=asked.requested_at, problem=DIED)


@task()
def run(job_id: int) -> None:
    """Do a job, step by step, keeping any error in the job as a sentence.

    Unforeseen errors, and being stopped part-way, are also logged and raised, but only by their place: a database error
    quotes the row it refused, and the queue keeps the exception that it is given.
    """
    if not Job.objects.filter(pk=job_id, finished_at=None).update(started_at=timezone.now()):
        return
    job = Job.objects.select_related("requested_by").get(pk=job_id)
    work = work_of(job.kind)
    try:
        if job.requested_by:  # who may have lost the role since
            demand(job.requested_by, work.permission)
        _do(job, work.steps(job))
    except JobError as error:
        _end(job, str(error))
    except ValidationError as error:
        _end(job, " ".join(error.messages))
    except PermissionDenied:
        _end(job, NO_LONGER_MAY)
    except Exception as error:
        _give_up(job, UNFORESEEN, error)
    except BaseException as error:
        _give_up(job, DIED, error)


def _do(job: Job, steps: Sequence[Step]) -> None:
    said = ["Done."]
    for done, (words, work) in enumerate(steps):
        Job.objects.filter(pk=job.pk).update(
            step=words, steps_done=done, steps=len(steps), heard_at=timezone.now()
        )
        present = Job.objects.get(pk=job.pk)
        if present.is_over:  # it was taken for dead, and perhaps begun again
            return
        if present.cancel_asked:
            _end(job, CANCELLED)
            return
        said.append(work() or "")
    Job.objects.filter(pk=job.pk).update(step=" ".join(filter(None, said))[:300], steps_done=len(steps))
    _end(job, "")


def _give_up(job: Job, problem: str, error: BaseException) -> NoReturn:
    """End the job, and raise the place of the error instead of the error itself."""
    logger.error("%s failed", job.kind, exc_info=error)
    _end(job, problem)
    place = "".join(traceback.format_tb(error.__traceback__))
    raise UnforeseenError(f"{type(error).__qualname__} at\n{place}") from None


def _end(job: Job, problem: str) -> None:
    """End a job, unless it has been given up already. Failures are logged too, since nobody reads a timer's pages."""
    Job.objects.filter(pk=job.pk, finished_at=None).update(finished_at=timezone.now(), problem=problem[:500])
    if problem not in ("", CANCELLED):
        logger.warning("%s: %s", job, problem)
