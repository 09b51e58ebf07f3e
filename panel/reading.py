"""Noting who is shown the contents of cases."""

from collections.abc import Iterable

from panel.models import PanelCase
from placements.models import Child
from sen_dashboard.accounts.models import RecordRead, User
from sen_dashboard.accounts.services import note_reads


def note_case_read(by: User, case: PanelCase) -> None:
    """Note that a person is shown a case, on whichever of its pages."""
    note_cases_read(by, [case])


def note_child_read(by: User, child: Child) -> None:
    """Note that a person is shown what is held of a child."""
    note_reads(by=by, kind=RecordRead.Kind.CHILD, child_keys={child.pk: child.pk})


def note_cases_read(by: User, cases: Iterable[PanelCase]) -> None:
    """Note that a person is shown what several cases hold, as on the papers of a meeting: one statement."""
    child_keys = {case.pk: case.child_id for case in cases}
    note_reads(by=by, kind=RecordRead.Kind.CASE, child_keys=child_keys)
