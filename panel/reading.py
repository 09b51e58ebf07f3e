"""Noting who was shown the contents of cases."""

from collections.abc import Iterable

from panel.models import PanelCase
from placements.models import Child
from sen_dashboard.accounts.models import RecordRead, User
from sen_dashboard.accounts.services import note_reads


def note_case_read(by: User, case: PanelCase) -> None:
    """Note that a person was shown a case, on any of its pages."""
    note_cases_read(by, [case])


def note_child_read(by: User, child: Child) -> None:
    """Note that a person was shown what is recorded about a child."""
    note_reads(by=by, kind=RecordRead.Kind.CHILD, child_keys={child.pk: child.pk})


def note_cases_read(by: User, cases: Iterable[PanelCase]) -> None:
    """Note that a person was shown the contents of several cases, as on a meeting's papers: one statement."""
    child_keys = {case.pk: case.child_id for case in cases}
    note_reads(by=by, kind=RecordRead.Kind.CASE, child_keys=child_keys)
