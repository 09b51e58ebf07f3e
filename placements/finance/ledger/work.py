"""Jobs on uploaded files of a finance system: checking them, and loading them."""

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from placements.finance.ledger import uploads
from placements.models import LedgerUpload
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.clock.day import calendar_day
from sen_dashboard.core import formats
from sen_dashboard.core.web.details import Link
from sen_dashboard.jobs.kinds import JobError, Step, Work, can_do
from sen_dashboard.jobs.models import Job
from sen_dashboard.jobs.watching import watched

CHECK, LOAD = "LEDGER_CHECK", "LEDGER_LOAD"


def _checking(job: Job) -> list[Step]:
    def check() -> None:
        with watched(job) as watch:
            uploads.check(
                by=_person(job),
                upload=_upload(job),
                revision=_revision(job),
                today=calendar_day(),
                progress=watch.progress,
            )

    return [("Reading the files", check)]


def _loading(job: Job) -> list[Step]:
    def load() -> str:
        with watched(job) as watch:
            report = uploads.load(
                by=_person(job),
                upload=_upload(job),
                revision=_revision(job),
                at=timezone.now(),
                watch=watch,
            )
        uploads.sweep(at=timezone.now())
        return f"{formats.plural(report.files[0].read, 'posting', 'postings')} read and loaded."

    return [("Reading and loading the files", load)]


def _upload(job: Job) -> LedgerUpload:
    upload = LedgerUpload.objects.filter(pk=job.subject["upload"]).first()
    if upload is None:
        raise JobError(uploads.NOT_KEPT)
    return upload


def _revision(job: Job) -> str:
    """The choices that the files were previewed with."""
    return str(job.subject["revision"])


def _person(job: Job) -> User:
    if job.requested_by is None:
        raise ValidationError("A ledger is loaded for a person.")
    return job.requested_by


def _found(job: Job) -> Link:
    return Link("See what was found", reverse("ledger_preview", args=[job.subject["upload"]]))


def _loaded(job: Job) -> Link:
    return Link("See what was loaded", reverse("ledger_preview", args=[job.subject["upload"]]))


def _ledger() -> Link:
    return Link("Ledger", reverse("ledger"))


can_do(
    Work(CHECK, Permission.POST_LEDGER, lambda job: "Check the ledger’s files", _checking, _found, _ledger),
    Work(LOAD, Permission.POST_LEDGER, lambda job: "Load the ledger’s files", _loading, _loaded, _ledger),
)
