"""The working day: what "today" means for records and the work on them. The only place that asks the calendar.

Instants (trail, sessions, locks, tokens, the queue, HTTP) are real, and never come from here.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from time import monotonic

from django.utils.timezone import localdate

from sen_dashboard.clock.models import DemonstrationClock

A_MINUTE = 60  # seconds


def working_day(at: datetime | None = None) -> date:
    """Return the day on which people work, now or at an instant: the real day, or the demonstration's."""
    return localdate(at) - timedelta(days=days_behind())


def calendar_day(at: datetime | None = None) -> date:
    """The real day, now or at an instant: files of other programs are dated by it, whatever day people work on here."""
    return localdate(at)


def days_behind() -> int:
    """Return how many days the working day is behind the real one; 0 in every store but a demonstration's."""
    return asked_in(int(monotonic() // A_MINUTE))


@lru_cache(maxsize=1)
def asked_in(minute: int) -> int:
    """Return the store's value, read once a minute: a worker may start before the demonstration is loaded."""
    return DemonstrationClock.objects.values_list("days_behind", flat=True).first() or 0


def moved_day() -> date | None:
    """Return the working day if it is not the real one, so that pages can say so; None in every other store."""
    return working_day() if days_behind() else None


def is_demonstration() -> bool:
    """Return whether the store holds the demonstration, and so a day of its own."""
    return DemonstrationClock.objects.exists()


def begin_demonstration(first_day: date) -> None:
    """Let today be the demonstration's ``first_day``, and let its days pass as real ones do.

    Raises IntegrityError if a clock is already set.
    """
    DemonstrationClock.objects.create(days_behind=(localdate() - first_day).days)
    asked_in.cache_clear()
