"""What the services that enter and change records share."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from sen_dashboard.core import formats

M = TypeVar("M", bound=Model)


def save_with(record: M, fields: Mapping[str, Any]) -> M:
    """Set these values on the record and save it. Raises ValidationError with a sentence at each field."""
    for name, value in fields.items():
        setattr(record, name, value)
    record.full_clean()
    record.save(force_insert=record._state.adding)
    return record


def check_has_come(field: str, day: date, today: date) -> None:
    """Raise ValidationError at the field if the day is in the future: only past events are recorded."""
    if day > today:
        raise ValidationError(
            {field: f"Enter {formats.day(today)} or an earlier date: this one is in the future."}
        )
