"""The queue of a role: open actions that are late or soon due. For the daily work and the monthly digest."""

from collections.abc import Collection
from datetime import date
from typing import Final

from sen_dashboard.accounts.roles import Role
from sen_dashboard.programme.models import Action
from sen_dashboard.programme.querysets import ActionQuerySet

SOON_DAYS: Final = 28
"""An action is soon due within this number of days."""


def actions_for(role: Role, day: date) -> ActionQuerySet:
    """Return the late and soon-due actions that wait for a role on ``day``, the earliest due first, with their status.

    `programme.owners` says which owners map to a role.
    """
    return Action.objects.late_or_soon_due(day, SOON_DAYS).waiting_for(role).by_due()


def actions_for_any(roles: Collection[Role], day: date) -> ActionQuerySet:
    """Return the same for a person with several roles."""
    waiting = Action.objects.none()
    for role in roles:
        waiting = waiting | Action.objects.waiting_for(role)
    return Action.objects.late_or_soon_due(day, SOON_DAYS).filter(pk__in=waiting.values("pk")).by_due()
