"""How long somebody stays signed in: 30 minutes without use, 12 hours in all. The settings name this as the engine.

Use is recorded directly in the session's row, at most once a minute: another request may be saving the session just
then.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
WARNING = timedelta(minutes=5)
"""How long before its end a page warns, and offers to extend the session."""

BACKGROUND = "X-Background"
"""The header of a page's own requests, which do not count as use."""

BEGAN = "began"
A_MINUTE = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """Django's sessions in the store, with the time at which they end without use."""

    idle_until: datetime | None = None

    def _get_session_from_db(self) -> Any:
        found = super()._get_session_from_db()  # type: ignore[misc]  # which its types leave out
        if found:
            self.idle_until = found.expire_date
        return found


def begin(session: SessionBase, at: datetime) -> None:
    """Record when somebody signed in."""
    session[BEGAN] = int(at.timestamp())


def use(session: SessionBase, at: datetime) -> None:
    """Extend the session by 30 minutes from now."""
    until = getattr(session, "idle_until", None)
    if until and until < at + IDLE - A_MINUTE:
        Session.objects.filter(session_key=session.session_key).update(expire_date=at + IDLE)
        session.idle_until = at + IDLE  # type: ignore[attr-defined]  # of our own session store


def ends(session: SessionBase) -> datetime:
    """Return when the session ends despite use; long past if it does not record when it began."""
    return datetime.fromtimestamp(session.get(BEGAN, 0), UTC) + LONGEST


def left(session: SessionBase, at: datetime) -> timedelta:
    """Return how long the session lasts from now without use."""
    return min(getattr(session, "idle_until", None) or at + IDLE, ends(session)) - at


def is_over(session: SessionBase, at: datetime) -> bool:
    """Return whether the person has been signed in for 12 hours."""
    return ends(session) <= at
