"""Row keys for rows that are identified by their school."""

from operator import attrgetter
from typing import Any

from provision.models import School
from sen_dashboard.core.kpi.published import RowKey


def _parse(school_id: str) -> str:
    """Read the key of a school. Raises ValueError if there is no such school."""
    if not School.objects.filter(pk=school_id).exists():
        raise ValueError(f"“{school_id}” is not the key of a school.")
    return school_id


BY_SCHOOL: RowKey[Any, str] = RowKey(
    attrgetter("school_id"),
    _parse,
    lambda school_id: str(School.objects.get(pk=school_id)),
    school=lambda school_id: school_id,
)
