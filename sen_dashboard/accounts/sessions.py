"""How long somebody stays signed in: 30 minutes without use, 12 hours in all. The settings name this as the engine.

Use is written past what the session holds, once a minute at most: another request may be saving that just then.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
WARNING = timedelta(minutes=5)
"""How long before its end a page warns, and offers to stay."""

BACKGROUND = "X-Background"
"""The header of what a page asks by itself, which is no use."""

BEGAN = "began"
A_MINUTE = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """Django's sessions in the store, which know until when they last without use."""

    idle_until: datetime | None = None

    def _get_session_from_db(self) -> Any:
        found = super()._get_session_from_db()  # type: ignore[misc]  # which its types leave out
        if found:
            self.idle_until = found.expire_date
        return found


def begin(session: SessionBase, at: datetime) -> None:
    """Note when somebody signed in."""
    session[BEGAN] = int(at.timestamp())


def use(session: SessionBase, at: datetime) -> None:
    """Let the session last for another 30 minutes."""
    until = getattr(session, "idle_until", None)
    if until and until < at + IDLE - A_MINUTE:
        Session.objects.filter(session_key=session.session_key).update(expire_date=at + IDLE)
        session.idle_until = at + IDLE  # type: ignore[attr-defined]  # of our own session store


def ends(session: SessionBase) -> datetime:
    """When the session ends whatever is done; long past for one that does not say when it began."""
    return datetime.fromtimestamp(session.get(BEGAN, 0), UTC) + LONGEST


def left(session: SessionBase, at: datetime) -> timedelta:
    """How long the session still lasts without use."""
    return min(getattr(session, "idle_until", None) or at + IDLE, ends(session)) - at


def is_over(session: SessionBase, at: datetime) -> bool:
    """Whether the person has been signed in for 12 hours."""
    return ends(session) <= at
