"""A worker's steps for each kind of job; the job's page shows their names one after the other."""

from collections.abc import Callable
from pathlib import Path

from django.urls import reverse
from django.utils import timezone

from sen_dashboard.accounts.permissions import Permission
from sen_dashboard.core import formats
from sen_dashboard.core.web.details import Link
from sen_dashboard.jobs.kinds import JobError, Step, Work, can_do
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports import delivering, digest, services
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.files import FORMATS
from sen_dashboard.reports.jobs import JobKind, month_of
from sen_dashboard.reports.models import Report
from sen_dashboard.reports.writers import WriteError

GONE = "The draft was published or discarded before every format was tested: there is nothing left to do."


def _collecting(job: Job) -> list[Step]:
    """Collect a draft, or a draft's figures again, then test every format, so that none fails when it is needed."""
    month = month_of(job)

    def collect() -> None:
        at, by = timezone.now(), job.requested_by
        assert by is not None  # timers do not collect
        draft = Report.objects.filter(month=month.start).unpublished().first()
        if draft is None:
            services.begin(by=by, month=month, at=at)
        else:
            services.collect_again(by=by, report=draft, at=at)

    def trying(suffix: str) -> Callable[[], None]:
        def write() -> None:
            draft = Report.objects.unpublished().filter(month=month.start).first()
            if draft is None:
                raise JobError(GONE)
            try:
                FORMATS[suffix].write(draft.collected(Audience.INTERNAL))
            except WriteError as error:
                raise JobError(str(error)) from None

        return write

    tried = [(f"Testing the {form.name.lower()}", trying(suffix)) for suffix, form in FORMATS.items()]
    return [("Reading the figures", collect), *tried]


def _writing(job: Job) -> list[Step]:
    """Write the files that `publish_month --queue` asked for."""

    def write() -> None:
        audience = Audience(job.subject["audience"])
        collected = delivering.to_write(month_of(job), audience, by=delivering.BY_TIMER, at=timezone.now())
        delivering.write(collected, Path(job.subject["folder"]))

    return [("Reading the figures and writing the files", write)]


def _delivering(job: Job) -> list[Step]:
    """Write the files of a published report for both audiences, then tell the distribution list."""
    report = Report.objects.get(pk=job.subject["report"])

    def writing(audience: Audience) -> Callable[[], str]:
        return lambda: delivering.write_published(report, audience)

    return [
        *((f"Writing the {audience.value} files", writing(audience)) for audience in Audience),
        ("Emailing the distribution list", lambda: delivering.tell(report)),
    ]


def _sending_digest(job: Job) -> list[Step]:
    return [("Sending the digest", lambda: digest.send(month_of(job)))]


def _title(job: Job) -> str:
    return f"{JobKind(job.kind).label}, {formats.month_in_words(month_of(job).start)}"


def _result(job: Job) -> Link | None:
    """A link to the report that a job was about; None if the month has none."""
    reports = Report.objects.without_data()
    number = job.subject.get("report")
    report = reports.filter(pk=number) if number else reports.filter(month=month_of(job).start)
    if (found := report.first()) is None:
        return None
    return Link(
        "Read the report", reverse("report", args=[found.of_month, found.version, Audience.INTERNAL.value])
    )


STEPS: dict[JobKind, Callable[[Job], list[Step]]] = {
    JobKind.COLLECT: _collecting,
    JobKind.WRITE: _writing,
    JobKind.DELIVER: _delivering,
    JobKind.DIGEST: _sending_digest,
}

can_do(
    *(
        Work(
            kind,
            Permission.PREPARE_REPORTS,
            title=_title,
            steps=steps,
            result=_result,
            parent=lambda: Link("Reports", reverse("reports")),
        )
        for kind, steps in STEPS.items()
    )
)
