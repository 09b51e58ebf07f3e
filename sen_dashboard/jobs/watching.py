"""A long step of a job: it reports progress, shows that its worker is alive, and stops when cancelled."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from sen_dashboard.jobs.kinds import JobError
from sen_dashboard.jobs.models import CANCELLED, Job

BETWEEN = 1.0
"""Seconds between two progress reports of a long step."""

HEARD = """
    UPDATE jobs_job SET step = %s, heard_at = %s WHERE id = %s RETURNING cancel_asked OR finished_at IS NOT NULL
"""


class CancelledError(JobError):
    """The job was cancelled or given up; its transaction is rolled back."""

    def __init__(self) -> None:
        super().__init__(CANCELLED)


class Watch:
    """Called by a step that is a single transaction: now and then with its progress, and once before it commits."""

    def __init__(self, job: Job, own: BaseDatabaseWrapper) -> None:
        self._job = job.pk
        self._own = own
        self._last = time.monotonic()

    def progress(self, step: str, done: int, total: int) -> None:
        """Report progress, at most once a second. Raises CancelledError."""
        if time.monotonic() - self._last < BETWEEN:
            return
        self._last = time.monotonic()
        with self._own.cursor() as cursor:
            words = f"{step}: {100 * done // max(total, 1)}%"
            cursor.execute(HEARD, [words, timezone.now(), self._job])
            if cursor.fetchone() == (True,):
                raise CancelledError

    def before_commit(self) -> None:
        """Check once more, in the transaction of the work itself: a later cancel waits for it and comes too late.

        Raises CancelledError.
        """
        heard = Job.objects.filter(pk=self._job, finished_at=None, cancel_asked=False)
        if not heard.update(heard_at=timezone.now()):
            raise CancelledError


@contextmanager
def watched(job: Job) -> Iterator[Watch]:
    """Watch a step of the job over a separate connection, since the work is a single transaction."""
    own = connection.copy()
    try:
        yield Watch(job, own)
    finally:
        own.close()
