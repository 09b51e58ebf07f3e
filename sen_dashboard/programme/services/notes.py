"""Writing the analysis shown beside a figure."""

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.models.holding import hold
from sen_dashboard.core.models.saving import save_with
from sen_dashboard.programme.models import KpiNote

CALLED = "this note"


class NoteFields(TypedDict):
    """The contents of a note, its figure and the day it begins."""

    kpi: str
    title: str
    text: str
    day: date


@transaction.atomic
def add_note(*, by: User, **fields: Unpack[NoteFields]) -> KpiNote:
    """Write a note. Raises PermissionDenied, and ValidationError with a sentence at each field."""
    demand(by, Permission.EDIT_NOTES)
    return save_with(KpiNote(), fields)


@transaction.atomic
def change_note(*, by: User, note: KpiNote, seen: int, **fields: Unpack[NoteFields]) -> KpiNote:
    """Change a note. Raises as ``add_note``, and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_NOTES)
    return save_with(hold(note, seen=seen, called=CALLED), fields)


@transaction.atomic
def remove_note(*, by: User, note: KpiNote, seen: int) -> None:
    """Remove a note; the trail keeps its text. Raises PermissionDenied and ChangedMeanwhileError."""
    demand(by, Permission.EDIT_NOTES)
    hold(note, seen=seen, called=CALLED).delete()
