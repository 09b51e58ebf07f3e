"""Entering and changing risks."""

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.fields import entered_key
from sen_dashboard.core.models.holding import hold
from sen_dashboard.core.models.saving import save_with
from sen_dashboard.programme.models import Risk, Workstream


class RiskFields(TypedDict):
    """The details of a risk."""

    title: str
    workstream: Workstream
    likelihood: int
    impact: int
    mitigation: str
    owner: str
    status: str


@transaction.atomic
def add_risk(*, by: User, today: date, **fields: Unpack[RiskFields]) -> Risk:
    """Enter a risk under a new key, as rated today.

    Raises PermissionDenied, and ValidationError with a sentence at each field.
    """
    demand(by, Permission.EDIT_PROGRAMME)
    return save_with(Risk(risk_id=entered_key(), updated_on=today), fields)


@transaction.atomic
def change_risk(*, by: User, risk: Risk, seen: int, today: date, **fields: Unpack[RiskFields]) -> Risk:
    """Record how a risk is rated today. Raises as ``add_risk``, and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_PROGRAMME)
    held = hold(risk, seen=seen, called="this risk")
    held.updated_on = today
    return save_with(held, fields)
