"""Entering and changing actions, and telling how they stand."""

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
    """What is said of an action once; how it stands is told by its updates."""

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
    """Enter an action under a new key, with its first update, of today.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_PROGRAMME)
    action = save_with(Action(action_id=entered_key()), fields)
    _add_update(by, action, today, status, note)
    return action


@transaction.atomic
def change_action(*, by: User, action: Action, seen: int, **fields: Unpack[ActionFields]) -> Action:
    """Change what is said of an action; its updates stay. Raises as ``add_action``, and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_PROGRAMME)
    return save_with(hold(action, seen=seen, called="this action"), fields)


@transaction.atomic
def add_update(*, by: User, action: Action, day: date, status: str, note: str, today: date) -> ActionUpdate:
    """Tell how an action stands from a day on; what was told before stays.

    Raises PermissionDenied, and ValidationError for a day to come, a status that wants a sentence, and an end while
    milestones are open, which it names.
    """
    demand(by, Permission.EDIT_PROGRAMME)
    check_has_come("day", day, today)
    return _add_update(by, locked(action), day, status, note)


def _add_update(by: User, action: Action, day: date, status: str, note: str) -> ActionUpdate:
    told = {"day": day, "status": status, "note": note}
    return save_with(ActionUpdate(action=action, recorded_by=by), told)
