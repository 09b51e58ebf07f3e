"""Work outside the request: asked for on a page or by a timer, done by a worker, its progress kept in a ``Job``.

The queue is django-tasks in the database; `manage.py db_worker` works it off.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks import task

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.periods import Month
from sen_dashboard.reports import services
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.files import FORMATS
from sen_dashboard.reports.models import Job, JobKind, Report

CANCELLED = "Cancelled before it was finished."
ALREADY = "This is being done already: see its progress below."
DIED = "The worker stopped before this was finished. Try again."

Step = tuple[str, Callable[[], object]]


def ask_for(*, by: User, kind: JobKind, month: Month, at: datetime) -> Job:
    """Put a job in the queue. Raises PermissionDenied, and ValidationError where the same is being done."""
    demand(by, Permission.PREPARE_REPORTS)
    _end_stuck(kind, month, at)
    job = Job(kind=kind, month=month.start, requested_by=by, requested_at=at)
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            run.enqueue(job.pk)
    except IntegrityError:
        raise ValidationError(ALREADY) from None
    return job


@transaction.atomic
def cancel(*, by: User, job: Job, at: datetime) -> None:
    """Stop a job before its next step; one that waits never begins. Raises PermissionDenied and ValidationError."""
    demand(by, Permission.PREPARE_REPORTS)
    present = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if present.is_over:
        raise ValidationError("This is over already.")
    present.cancel_asked = True
    if present.started_at is None or present.is_stuck(at):
        present.finished_at, present.problem = at, CANCELLED
    present.save()


def retry(*, by: User, job: Job, at: datetime) -> Job:
    """Ask for a failed or cancelled job again. Raises PermissionDenied and ValidationError."""
    if job.is_done:
        raise ValidationError("This is done already.")
    return ask_for(by=by, kind=JobKind(job.kind), month=Month.containing(job.month), at=at)


def _end_stuck(kind: JobKind, month: Month, at: datetime) -> None:
    """Call a job failed whose worker died, so that it can be asked for again."""
    Job.objects.filter(
        kind=kind, month=month.start, finished_at=None, started_at__lt=at - Job.STUCK_AFTER
    ).update(finished_at=at, problem=DIED)


@task()
def run(job_id: int) -> None:
    """Do a job, step by step. What goes wrong is kept in the job as a sentence, and raised for the queue's own log."""
    job = Job.objects.select_related("requested_by").get(pk=job_id)
    if job.is_over:
        return
    steps = STEPS[JobKind(job.kind)](job)
    Job.objects.filter(pk=job.pk).update(started_at=timezone.now(), steps=len(steps))
    try:
        _do(job, steps)
    except ValidationError as error:
        _end(job, " ".join(error.messages))
    except Exception:
        _end(job, "Something went wrong that nobody foresaw. An administrator finds it in the queue's log.")
        raise


def _do(job: Job, steps: Sequence[Step]) -> None:
    for done, (words, work) in enumerate(steps):
        Job.objects.filter(pk=job.pk).update(step=words, steps_done=done)
        if Job.objects.filter(pk=job.pk, cancel_asked=True).exists():
            _end(job, CANCELLED)
            return
        work()
    Job.objects.filter(pk=job.pk).update(step="Done", steps_done=len(steps))
    _end(job, "")


def _end(job: Job, problem: str) -> None:
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now(), problem=problem[:500])


# What each kind of job does


def _collecting(job: Job) -> list[Step]:
    """Collect a draft, or a draft's figures anew, then try every format, so that none fails on the day of need."""
    month = Month.containing(job.month)

    def collect() -> None:
        at, by = timezone.now(), job.requested_by
        draft = Report.objects.filter(month=job.month).unpublished().first()
        if draft is None:
            services.begin(by=by, month=month, at=at)
        else:
            services.collect_again(by=by, report=draft, at=at)

    def trying(suffix: str) -> Callable[[], object]:
        return lambda: FORMATS[suffix].write(
            Report.objects.unpublished().get(month=job.month).collected(Audience.INTERNAL)
        )

    tried = [(f"Trying the {form.name.lower()}", trying(suffix)) for suffix, form in FORMATS.items()]
    return [("Reading the figures", collect), *tried]


STEPS: dict[JobKind, Callable[[Job], list[Step]]] = {JobKind.COLLECT: _collecting}
