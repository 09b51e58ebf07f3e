"""The kinds of job for reports, and asking for one. `work` has what each does."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sen_dashboard.accounts.models import User
from sen_dashboard.core.periods import Month
from sen_dashboard.jobs import queue
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.models import Report


class JobKind(StrEnum):
    """What a worker is asked to do; the value is kept in the job."""

    COLLECT = "COLLECT"
    WRITE = "WRITE"
    DELIVER = "DELIVER"
    DIGEST = "DIGEST"

    @property
    def label(self) -> str:
        """Its name on pages."""
        return _LABELS[self]


_LABELS = {
    JobKind.COLLECT: "Collect the figures",
    JobKind.WRITE: "Write the files",
    JobKind.DELIVER: "Deliver the published report",
    JobKind.DIGEST: "Send the digest",
}


def ask_for(*, by: User, kind: JobKind, month: Month, at: datetime, report: Report | None = None) -> Job:
    """Queue a job. Raises PermissionDenied, and ValidationError if the same job is under way."""
    return queue.ask_for(by=by, kind=kind, subject=subject(month, report=report), at=at)


def schedule(
    *, kind: JobKind, month: Month, at: datetime, audience: Audience | None = None, folder: str = ""
) -> Job:
    """Queue a job for a timer; for commands only. Raises ValidationError if the same job is under way."""
    return queue.schedule(kind=kind, subject=subject(month, audience=audience, folder=folder), at=at)


def subject(
    month: Month, *, report: Report | None = None, audience: Audience | None = None, folder: str = ""
) -> dict[str, Any]:
    """The subject of a job. Only a delivery has a report, and only writing files has an audience and a folder."""
    parts = {
        "month": month.start.isoformat(),
        "report": report and report.pk,
        "audience": audience,
        "folder": folder,
    }
    return {name: part for name, part in parts.items() if part}


def month_of(job: Job) -> Month:
    """The month of a report job."""
    return Month.containing(date.fromisoformat(job.subject["month"]))
