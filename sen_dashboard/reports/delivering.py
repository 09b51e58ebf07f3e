"""Delivering a report: its files in a folder, and an email that says where to read it."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from sen_dashboard import kpis
from sen_dashboard.accounts.council import council_in_reports
from sen_dashboard.core import formats
from sen_dashboard.core.periods import Month
from sen_dashboard.jobs.kinds import JobError
from sen_dashboard.reports import mailing, services
from sen_dashboard.reports.collected import Audience, Collected
from sen_dashboard.reports.collecting import NothingToReport, collect
from sen_dashboard.reports.files import write_pack
from sen_dashboard.reports.models import Report
from sen_dashboard.reports.writers import WriteError

BY_TIMER = "a timer"
NO_FOLDER = "No files were written: REPORTS_FOLDER is not set."
NOBODY = "No email was sent: REPORT_RECIPIENTS is not set."


def to_write(month: Month, audience: Audience, *, by: str, at: datetime) -> Collected:
    """A month for an audience: its latest published version, or a draft with the current figures.

    Every page of a draft says that it is one; a public draft is recorded, since it leaves in a file. Must not be called
    within a transaction. Raises JobError.
    """
    published = Report.objects.filter(month=month.start).published().order_by("-version").first()
    if published is not None:
        kept: Collected = published.collected(audience)
        return kept
    try:
        found = collect(
            month,
            kpis.KPIS,
            council=council_in_reports(None),
            by=by,
            at=at,
            before=services.public_protections(),
        )
        if audience is Audience.PUBLIC:
            services.keep_given_out(
                what="report",
                day=month.end,
                protection=found.protection,
                public_before=found.public_before,
                by=None,
                at=at,
            )
    except NothingToReport as error:
        raise JobError(str(error)) from None
    except ValidationError as error:
        raise JobError(error.messages[0]) from None
    return found.internal if audience is Audience.INTERNAL else found.public


def write(collected: Collected, folder: Path) -> list[Path]:
    """Write every format of a report into a folder, or none of them. Returns the files. Raises JobError."""
    try:
        return write_pack(collected, folder)
    except WriteError as error:
        raise JobError(str(error)) from None


def write_published(report: Report, audience: Audience) -> str:
    """Write a published report into REPORTS_FOLDER; returns the outcome in words. Raises JobError."""
    if settings.REPORTS_FOLDER is None:
        return NO_FOLDER if audience is Audience.INTERNAL else ""
    write(report.collected(audience), settings.REPORTS_FOLDER)
    return ""


def tell(report: Report) -> str:
    """Email the distribution list where the report is; returns the outcome in words. Raises JobError."""
    if not settings.REPORT_RECIPIENTS:
        return NOBODY
    if missing := mailing.what_is_missing():
        return missing
    subject, text = announcement(report)
    return mailing.send(subject, text, settings.REPORT_RECIPIENTS)


def announcement(report: Report) -> tuple[str, str]:
    """The subject and text of the email: a link without figures, since email is outside the dashboard's control."""
    month = formats.month_in_words(report.month)
    correction = (
        ["It corrects the previous version and lists what changed.", ""] if report.version > 1 else []
    )
    lines = [
        f"The monthly report of {month}, version {report.version}, is published.",
        "",
        *correction,
        "Sign in to read and download it:",
        address(report),
        "",
        "This email deliberately contains no figures: please do not add any in a reply.",
    ]
    return f"SEN monthly report: {month}, version {report.version}", "\n".join(lines) + "\n"


def address(report: Report) -> str:
    """The address at which people read the report."""
    return settings.SITE_URL + reverse("report", args=[report.of_month, report.version, Audience.INTERNAL])
