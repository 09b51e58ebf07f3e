"""Changing the commissioning plan."""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction

from provision.models import CommissioningChange, School
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.fields import entered_key
from sen_dashboard.core.models.holding import hold
from sen_dashboard.core.models.saving import save_with


class ChangeFields(TypedDict):
    """A planned change: how many places more or fewer, where, for whom and from when."""

    title: str
    school: School | None
    provision: str
    effective_on: date
    places_change: int
    needs: Sequence[str]
    district: str
    status: str
    note: str


@transaction.atomic
def add_change(*, by: User, **fields: Unpack[ChangeFields]) -> CommissioningChange:
    """Enter a planned change under a new key.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_COMMISSIONING_PLAN)
    return save_with(CommissioningChange(change_id=entered_key()), fields)


@transaction.atomic
def change_change(
    *, by: User, change: CommissioningChange, seen: int, **fields: Unpack[ChangeFields]
) -> CommissioningChange:
    """Change the plan's details or its progress. Raises as ``add_change``, and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_COMMISSIONING_PLAN)
    return save_with(hold(change, seen=seen, called="this change to the commissioning plan"), fields)
