"""The as-at day of a page whose address names none, and the days a reader may step to."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from placements.models import LedgerPosting
from sen_dashboard.clock.day import working_day
from sen_dashboard.core.kpi.scope import EARLIEST, LATEST
from sen_dashboard.core.periods import Month

TODAY, DECIDED = "today", "default_as_at"
"""The attributes of a request that hold today and its default day."""


@dataclass(frozen=True)
class AsAt:
    """A day, and why it was chosen; the page shows both."""

    day: date
    reason: str


def default_as_at(today: date) -> AsAt:
    """The last day of the latest month with a ledger posting, or ``today`` if there are none."""
    latest = LedgerPosting.objects.latest_month()
    if latest is None:
        return AsAt(today, "today, because the ledger has no postings")
    return AsAt(min(latest.end, LATEST), "the end of the last month posted to the ledger")


def today_of(request: HttpRequest) -> AsAt:
    """Today, the default day of pages for work; read once for everything a request shows."""
    today: AsAt | None = getattr(request, TODAY, None)
    if today is None:
        today = AsAt(working_day(), "today")
        setattr(request, TODAY, today)
    return today


def default_of(request: HttpRequest) -> AsAt:
    """The default day of a request, decided once for everything it shows."""
    decided: AsAt | None = getattr(request, DECIDED, None)
    if decided is None:
        decided = default_as_at(today_of(request).day)
        setattr(request, DECIDED, decided)
    return decided


def month_end_before(day: date) -> date | None:
    """The last month end before ``day``; None if it is out of range for addresses."""
    return _within_reach(Month.containing(day).start, -1)


def month_end_after(day: date) -> date | None:
    """The first month end after ``day``; None if it is out of range for addresses."""
    is_month_end = Month.containing(day).end == day
    return _within_reach(day, 1 if is_month_end else 0)


def _within_reach(day: date, months: int) -> date | None:
    month = Month.containing(day)
    if not EARLIEST.year * 12 <= month.year * 12 + month.number - 1 + months < (LATEST.year + 1) * 12:
        return None
    return month.plus(months).end
