"""The as-at day of a page that was asked for without one, and the days a reader may step to."""

from dataclasses import dataclass
from datetime import date

from placements.models import LedgerPosting
from sen_dashboard.core.periods import Month
from sen_dashboard.core.scope import EARLIEST, LATEST


@dataclass(frozen=True)
class AsAt:
    """A day, and why it was taken; the page says so."""

    day: date
    reason: str


def default_as_at(today: date) -> AsAt:
    """The last day of the latest month with a ledger posting, or ``today`` when none is held."""
    latest = LedgerPosting.objects.latest_month()
    if latest is None:
        return AsAt(today, "today, because no posting is held")
    return AsAt(min(latest.end, LATEST), "the end of the last month posted to the ledger")


def month_end_before(day: date) -> date | None:
    """The last month end before ``day``; None where addresses may not go."""
    return _within_reach(Month.containing(day).start, -1)


def month_end_after(day: date) -> date | None:
    """The first month end after ``day``; None where addresses may not go."""
    is_month_end = Month.containing(day).end == day
    return _within_reach(day, 1 if is_month_end else 0)


def _within_reach(day: date, months: int) -> date | None:
    month = Month.containing(day)
    if not EARLIEST.year * 12 <= month.year * 12 + month.number - 1 + months < (LATEST.year + 1) * 12:
        return None
    return month.plus(months).end
