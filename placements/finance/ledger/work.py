"""Jobs on uploaded files of a finance system: checking them, and loading them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from placements.finance.ledger import uploads
from placements.models import LedgerUpload
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.core import formats
from sen_dashboard.core.web.details import Link
from sen_dashboard.importing.problems import Progress
from sen_dashboard.jobs.kinds import JobError, Step, Work, can_do
from sen_dashboard.jobs.models import Job

CHECK, LOAD = "LEDGER_CHECK", "LEDGER_LOAD"
BETWEEN = 1.0
"""Seconds between two progress reports of a long step."""


def _checking(job: Job) -> list[Step]:
    def check() -> None:
        with _describe(job) as progress:
            uploads.check(by=_person(job), upload=_upload(job), progress=progress)

    return [("Reading the files", check)]


def _loading(job: Job) -> list[Step]:
    def load() -> str:
        with _describe(job) as progress:
            report = uploads.load(by=_person(job), upload=_upload(job), at=timezone.now(), progress=progress)
        return f"{formats.plural(report.files[0].read, 'posting', 'postings')} read and loaded."

    return [("Reading and loading the files", load)]


def _upload(job: Job) -> LedgerUpload:
    upload = LedgerUpload.objects.filter(pk=job.subject["upload"]).first()
    if upload is None:
        raise JobError(uploads.NOT_KEPT)
    return upload


def _person(job: Job) -> User:
    if job.requested_by is None:
        raise ValidationError("A ledger is loaded for a person.")
    return job.requested_by


@contextmanager
def _describe(job: Job) -> Iterator[Progress]:
    """Report progress on the job's page over a separate connection, since an import is a single transaction."""
    own = connection.copy()
    last = time.monotonic()

    def progress(step: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= BETWEEN:
            last = time.monotonic()
            with own.cursor() as cursor:
                words = f"{step}: {100 * done // max(total, 1)}%"
                cursor.execute("UPDATE jobs_job SET step = %s WHERE id = %s", [words, job.pk])

    try:
        yield progress
    finally:
        own.close()


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
