"""Entering and changing actions, and adding their updates."""

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.fields import entered_key
from sen_dashboard.core.models.holding import hold, locked
from sen_dashboard.core.models.saving import check_has_come, save_with
from sen_dashboard.programme.models import Action, ActionUpdate, Workstream


class ActionFields(TypedDict):
    """The details of an action, entered once; its updates give its status."""

    title: str
    workstream: Workstream | None
    lever: str
    owner: str
    due_on: date | None
    kpi: str
    kpi_key: str
    kpi_row: str
    expected_change: Decimal | None
    expected_from: date | None


@transaction.atomic
def add_action(*, by: User, today: date, status: str, note: str, **fields: Unpack[ActionFields]) -> Action:
    """Enter an action under a new key, with its first update, dated today.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_PROGRAMME)
    action = save_with(Action(action_id=entered_key()), fields)
    _add_update(by, action, today, status, note)
    return action


@transaction.atomic
def change_action(*, by: User, action: Action, seen: int, **fields: Unpack[ActionFields]) -> Action:
    """Change an action's details; its updates stay. Raises as ``add_action``, and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_PROGRAMME)
    return save_with(hold(action, seen=seen, called="this action"), fields)


@transaction.atomic
def add_update(*, by: User, action: Action, day: date, status: str, note: str, today: date) -> ActionUpdate:
    """Record the status of an action from a day on; earlier updates stay.

    Raises PermissionDenied, and ValidationError for a future day, a status that needs a note, and closing the action
    while milestones are open, which it names.
    """
    demand(by, Permission.EDIT_PROGRAMME)
    check_has_come("day", day, today)
    return _add_update(by, locked(action), day, status, note)


def _add_update(by: User, action: Action, day: date, status: str, note: str) -> ActionUpdate:
    values = {"day": day, "status": status, "note": note}
    return save_with(ActionUpdate(action=action, recorded_by=by), values)
