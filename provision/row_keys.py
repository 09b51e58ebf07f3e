"""Rows that are named by their school."""

from operator import attrgetter
from typing import Any

from provision.models import School
from sen_dashboard.core.kpi import RowKey


def _parse(school_id: str) -> School:
    """Read the key of a school. Raises ValueError where there is none."""
    school = School.objects.filter(pk=school_id).first()
    if school is None:
        raise ValueError(f"“{school_id}” is not the key of a school.")
    return school


BY_SCHOOL: RowKey[Any, School] = RowKey(attrgetter("school_id"), _parse, str)
