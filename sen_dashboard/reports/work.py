"""What a worker does for each kind of job: steps, whose words the job's page shows one after the other."""

from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from sen_dashboard.core.periods import Month
from sen_dashboard.reports import delivering, digest, services
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.files import FORMATS
from sen_dashboard.reports.jobs import JobError, Step
from sen_dashboard.reports.models import Job, JobKind, Report
from sen_dashboard.reports.writers import WriteError

GONE = "The draft was published or discarded before every format was tested: there is nothing left to do."


def _collecting(job: Job) -> list[Step]:
    """Collect a draft, or a draft's figures anew, then try every format, so that none fails on the day of need."""

    def collect() -> None:
        at, by = timezone.now(), job.requested_by
        draft = Report.objects.filter(month=job.month).unpublished().first()
        if draft is None:
            services.begin(by=by, month=Month.containing(job.month), at=at)
        else:
            services.collect_again(by=by, report=draft, at=at)

    def trying(suffix: str) -> Callable[[], None]:
        def write() -> None:
            draft = Report.objects.unpublished().filter(month=job.month).first()
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
    """What `publish_month --queue` asked for."""

    def write() -> None:
        month, audience = Month.containing(job.month), Audience(job.audience)
        collected = delivering.to_write(month, audience, by=delivering.BY_TIMER, at=timezone.now())
        delivering.write(collected, Path(job.folder))

    return [("Reading the figures and writing the files", write)]


def _delivering(job: Job) -> list[Step]:
    """Write the files of a published report for both audiences, then tell the distribution list."""
    report = job.report
    assert report is not None

    def writing(audience: Audience) -> Callable[[], str]:
        return lambda: delivering.write_published(report, audience)

    return [
        *((f"Writing the {audience.value} files", writing(audience)) for audience in Audience),
        ("Emailing the distribution list", lambda: delivering.tell(report)),
    ]


def _sending_digest(job: Job) -> list[Step]:
    return [("Sending the digest", lambda: digest.send(Month.containing(job.month)))]


STEPS: dict[JobKind, Callable[[Job], list[Step]]] = {
    JobKind.COLLECT: _collecting,
    JobKind.WRITE: _writing,
    JobKind.DELIVER: _delivering,
    JobKind.DIGEST: _sending_digest,
}
