"""Entering, changing and settling the decisions that the programme needs."""

from datetime import date
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.fields import entered_key
from sen_dashboard.core.models.holding import hold
from sen_dashboard.core.models.saving import check_has_come, save_with
from sen_dashboard.programme.models import DecisionNeeded, Workstream

CALLED = "this decision"


class DecisionFields(TypedDict):
    """The details of a decision that is needed."""

    title: str
    workstream: Workstream
    asked_of: str
    needed_by: date | None


@transaction.atomic
def add_decision(*, by: User, **fields: Unpack[DecisionFields]) -> DecisionNeeded:
    """Enter a decision that is needed, under a new key.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_PROGRAMME)
    return save_with(DecisionNeeded(item_id=entered_key()), fields)


@transaction.atomic
def change_decision(
    *, by: User, item: DecisionNeeded, seen: int, **fields: Unpack[DecisionFields]
) -> DecisionNeeded:
    """Change what is asked, of whom and by when; once settled, only people who settle decisions may change it.

    Raises as ``add_decision``, and ChangedMeanwhileError.
    """
    demand(by, Permission.EDIT_PROGRAMME)
    held = hold(item, seen=seen, called=CALLED)
    if held.settled_on:
        demand(by, Permission.SETTLE_DECISIONS)
    return save_with(held, fields)


@transaction.atomic
def settle_decision(
    *, by: User, item: DecisionNeeded, seen: int, settled_on: date, settled_as: str, today: date
) -> DecisionNeeded:
    """Enter or correct the decision made and its day; the trail keeps the earlier state.

    Raises PermissionDenied, ChangedMeanwhileError, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.SETTLE_DECISIONS)
    check_has_come("settled_on", settled_on, today)
    if not settled_as.strip():
        raise ValidationError({"settled_as": "Enter what was decided."})
    settled = {"settled_on": settled_on, "settled_as": settled_as, "settled_by": by}
    return save_with(hold(item, seen=seen, called=CALLED), settled)
