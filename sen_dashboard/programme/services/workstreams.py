"""Entering and changing workstreams."""

from typing import TypedDict, Unpack

from django.db import transaction

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.fields import entered_key
from sen_dashboard.core.models.holding import hold
from sen_dashboard.core.models.saving import save_with
from sen_dashboard.programme.models import Workstream


class WorkstreamFields(TypedDict):
    """The details of a workstream."""

    title: str
    lead: str
    aim: str


@transaction.atomic
def add_workstream(*, by: User, **fields: Unpack[WorkstreamFields]) -> Workstream:
    """Enter a workstream under a new key. Raises PermissionDenied, and ValidationError at each field."""
    demand(by, Permission.EDIT_PROGRAMME)
    return save_with(Workstream(workstream_id=entered_key()), fields)


@transaction.atomic
def change_workstream(
    *, by: User, workstream: Workstream, seen: int, **fields: Unpack[WorkstreamFields]
) -> Workstream:
    """Change a workstream's details. Raises as ``add_workstream``, and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_PROGRAMME)
    return save_with(hold(workstream, seen=seen, called="this workstream"), fields)
