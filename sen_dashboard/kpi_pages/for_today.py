"""Work that waits for a reader today, by their roles: cases, actions, reports, findings, months to close."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from panel import queues
from placements.closing import next_to_close
from placements.finance.reconciliation import findings
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, may
from sen_dashboard.core import formats
from sen_dashboard.core.web.details import Link
from sen_dashboard.programme.pages.lists import actions_waiting
from sen_dashboard.reports.collected import Audience
from sen_dashboard.reports.models import Report
from sen_dashboard.reports.states import State


def waiting_for(user: User, today: date, posted_to: date) -> list[Link]:
    """Return what the user can act on, each with a link; empty if nothing is waiting.

    ``posted_to`` is the last day of the ledger, to which invoices are reconciled.
    """
    return [
        *_cases(user, today),
        *actions_waiting(user, today),
        *_reports(user),
        *_findings(user, posted_to),
        *_month(user, today),
    ]


def _cases(user: User, today: date) -> Iterator[Link]:
    """Yield the panels' queues: "12 cases: awaiting papers"."""
    if not may(user, Permission.EDIT_PANEL):
        return
    found = queues.counts(today)
    for queue in queues.QUEUES:
        if number := sum(found[queue.key].values()):
            words = formats.plural(number, queue.one, queue.many)
            yield Link(
                f"{words}: {queue.title[0].lower()}{queue.title[1:]}", reverse("queue", args=[queue.key])
            )


def _reports(user: User) -> Iterator[Link]:
    """Yield the reports between collecting and publishing."""
    if not may(user, Permission.PREPARE_REPORTS):
        return
    for report in Report.objects.unpublished().without_data().order_by("month"):
        what = "to comment on and approve" if report.state == State.DRAFT else "approved, to publish"
        at = reverse("report", args=[report.of_month, report.version, Audience.INTERNAL])
        yield Link(f"Report of {formats.month_in_words(report.month)}: {what}", at)


def _findings(user: User, posted_to: date) -> Iterator[Link]:
    """Yield the findings of the reconciliation that have no note yet."""
    if not may(user, Permission.RECONCILE):
        return
    found = findings(posted_to)
    if number := sum(finding.is_open and not finding.notes for finding in found):
        words = (
            f"{formats.plural(number, 'finding')} of the reconciliation {'is' if number == 1 else 'are'} new"
        )
        yield Link(words, f"{reverse('reconciliation')}?status=NEW")


def _month(user: User, today: date) -> Iterator[Link]:
    """Yield the first month that can be closed."""
    month = next_to_close() if may(user, Permission.CLOSE_MONTH) else None
    if month is not None and month.end < today:
        yield Link(
            f"{formats.month_in_words(month.start)} is still open", reverse("month_close", args=[month])
        )
