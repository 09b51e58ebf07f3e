"""A month given on the command line."""

from django.core.management.base import CommandError

from sen_dashboard.clock.day import working_day
from sen_dashboard.core.kpi.scope import EARLIEST, LATEST
from sen_dashboard.core.periods import Month
from sen_dashboard.reports.digest import latest_month


def chosen_month(text: str | None) -> Month:
    """Return the month typed, or the last complete month with postings. Raises CommandError with a sentence."""
    if text is None:
        return latest_month(working_day())
    try:
        month = Month.parse(text)
    except ValueError as error:
        raise CommandError(f"{error}.") from None
    if not EARLIEST <= month.start <= LATEST:
        raise CommandError(f"Choose a month from {EARLIEST:%Y-%m} to {LATEST:%Y-%m}.")
    return month
