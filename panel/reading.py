"""Noting who is shown the contents of a case."""

from panel.models import PanelCase
from sen_dashboard.accounts.models import RecordRead, User
from sen_dashboard.accounts.services import note_read


def note_case_read(by: User, case: PanelCase) -> None:
    """Note that a person is shown a case, on whichever of its pages."""
    note_read(by=by, kind=RecordRead.Kind.CASE, key=case.pk, child_key=case.child_id)
