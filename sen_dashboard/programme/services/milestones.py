"""Entering, changing and reaching milestones of actions and of changes of the commissioning plan."""

from datetime import date

from django.db import transaction

from provision.models import CommissioningChange
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.fields import entered_key
from sen_dashboard.core.models.holding import hold, locked
from sen_dashboard.core.models.saving import check_has_come, save_with
from sen_dashboard.programme.models import Action, Milestone


def permission_for(of: Action | CommissioningChange) -> Permission:
    """Return the permission to edit the milestones of an action, or of a change of the commissioning plan."""
    return Permission.EDIT_PROGRAMME if isinstance(of, Action) else Permission.EDIT_COMMISSIONING_PLAN


@transaction.atomic
def add_milestone(*, by: User, of: Action | CommissioningChange, title: str, due_on: date) -> Milestone:
    """Enter a milestone under a new key. Raises PermissionDenied, and ValidationError with a sentence at each field."""
    demand(by, permission_for(of))
    of = locked(of)
    named = {"action": of} if isinstance(of, Action) else {"change": of}
    return save_with(Milestone(milestone_id=entered_key(), **named), {"title": title, "due_on": due_on})


@transaction.atomic
def change_milestone(
    *,
    by: User,
    milestone: Milestone,
    seen: int,
    title: str,
    due_on: date,
    reached_on: date | None,
    today: date,
) -> Milestone:
    """Change a milestone, or the day it was reached. Raises as ``add_milestone``, and ChangedMeanwhileError."""
    demand(by, permission_for(milestone.of))
    if reached_on:
        check_has_come("reached_on", reached_on, today)
    fields = {"title": title, "due_on": due_on, "reached_on": reached_on}
    return save_with(_hold(milestone, seen), fields)


@transaction.atomic
def reach_milestone(*, by: User, milestone: Milestone, seen: int, reached_on: date, today: date) -> Milestone:
    """Enter the day on which a milestone was reached. Raises as ``change_milestone``."""
    demand(by, permission_for(milestone.of))
    check_has_come("reached_on", reached_on, today)
    return save_with(_hold(milestone, seen), {"reached_on": reached_on})


def _hold(milestone: Milestone, seen: int) -> Milestone:
    """Return the milestone read again, locked after its action or change, which updates also lock first."""
    locked(milestone.of)
    return hold(milestone, seen=seen, called="this milestone")
