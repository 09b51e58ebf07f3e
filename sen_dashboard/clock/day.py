"""The working day: what "today" means for records and the work on them. The one place that asks the calendar.

Instants (trail, sessions, locks, tokens, the queue, HTTP) are real, and never come from here.
"""

from datetime import date, datetime, timedelta
from functools import cache

from django.utils.timezone import localdate

from sen_dashboard.clock.models import DemonstrationClock


def working_day(at: datetime | None = None) -> date:
    """The day on which people work, now or at an instant: the real day here, or that of the demonstration."""
    return localdate(at) - timedelta(days=days_behind())


@cache
def days_behind() -> int:
    """How far the working day lies behind the real one; 0 in every store but a demonstration's.

    It is asked once by a process, since it is set before anything is served and stays.
    """
    return DemonstrationClock.objects.values_list("days_behind", flat=True).first() or 0


def moved_day() -> date | None:
    """The working day where it is not the real one, so that pages can say so; None in every other store."""
    return working_day() if days_behind() else None


def is_demonstration() -> bool:
    """Whether the store holds the demonstration, and so a day of its own."""
    return DemonstrationClock.objects.exists()


def begin_demonstration(first_day: date) -> None:
    """Let today be the demonstration's ``first_day``, and let its days pass as real ones do.

    Raises IntegrityError where a clock is set already.
    """
    DemonstrationClock.objects.create(days_behind=(localdate() - first_day).days)
    days_behind.cache_clear()
