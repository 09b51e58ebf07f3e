"""Entering events. Importing them is ``datasets``'."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.fields import entered_key
from sen_dashboard.programme.models import Event


@transaction.atomic
def add_event(*, by: User, day: date, title: str) -> Event:
    """Enter an event under a new key.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_EVENTS)
    event = Event(event_id=entered_key(), day=day, title=title)
    event.full_clean()
    event.save(force_insert=True)
    return event


@transaction.atomic
def change_event(*, by: User, event: Event, day: date, title: str) -> Event:
    """Give an event another day or title; its key stays.

    Raises PermissionDenied, and ValidationError with a sentence at each field, or of an event that is gone.
    """
    demand(by, Permission.EDIT_EVENTS)
    if not Event.objects.select_for_update().filter(pk=event.pk).exists():
        raise ValidationError("Somebody has removed this event meanwhile.")
    event.day, event.title = day, title
    event.full_clean()
    event.save()
    return event


@transaction.atomic
def remove_event(*, by: User, event: Event) -> None:
    """Remove an event; the trail keeps what it was. Raises PermissionDenied."""
    demand(by, Permission.EDIT_EVENTS)
    event.delete()
