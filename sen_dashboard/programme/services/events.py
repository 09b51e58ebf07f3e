"""Entering events. Importing them is part of ``datasets``."""

from datetime import date

from django.db import transaction

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.fields import entered_key
from sen_dashboard.core.models.holding import hold
from sen_dashboard.core.models.saving import save_with
from sen_dashboard.programme.models import Event

CALLED = "this event"


@transaction.atomic
def add_event(*, by: User, day: date, title: str) -> Event:
    """Enter an event under a new key.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_EVENTS)
    return save_with(Event(event_id=entered_key()), {"day": day, "title": title})


@transaction.atomic
def change_event(*, by: User, event: Event, seen: int, day: date, title: str) -> Event:
    """Change an event's day or title; its key stays. Raises as ``add_event``, and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_EVENTS)
    return save_with(hold(event, seen=seen, called=CALLED), {"day": day, "title": title})


@transaction.atomic
def remove_event(*, by: User, event: Event, seen: int) -> None:
    """Remove an event; the trail keeps it. Raises PermissionDenied and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_EVENTS)
    hold(event, seen=seen, called=CALLED).delete()
