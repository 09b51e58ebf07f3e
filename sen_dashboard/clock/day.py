"""The working day: what "today" means for records and the work on them. The one place that asks the calendar.

Instants (trail, sessions, locks, tokens, the queue, HTTP) are real, and never come from here.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from time import monotonic

from django.utils.timezone import localdate

from sen_dashboard.clock.models import DemonstrationClock

A_MINUTE = 60  # seconds


def working_day(at: datetime | None = None) -> date:
    """The day on which people work, now or at an instant: the real day here, or that of the demonstration."""
    return localdate(at) - timedelta(days=days_behind())


def days_behind() -> int:
    """How far the working day lies behind the real one; 0 in every store but a demonstration's."""
    return asked_in(int(monotonic() // A_MINUTE))


@lru_cache(maxsize=1)
def asked_in(minute: int) -> int:
    """What the store says, which a process asks once a minute: a worker may run before the demonstration is loaded."""
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
    asked_in.cache_clear()
