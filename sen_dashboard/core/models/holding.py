"""Holding a record: nobody else changes it until the transaction ends, and nobody has changed it since it was read."""

from collections.abc import Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from sen_dashboard.core.models.history import Entry, entries_since, version_of

M = TypeVar("M", bound=Model)


class ChangedMeanwhileError(ValidationError):
    """Raised when somebody changed the record after it was read; ``entries`` are the changes, newest first."""

    def __init__(self, called: str, entries: Sequence[Entry], version: int) -> None:
        super().__init__(
            f"Someone changed {called} while you had it open. Your changes are not saved yet.",
            code="changed",
        )
        self.entries = entries
        self.version = version


def locked(record: M) -> M:
    """Read the record again, locked until the transaction ends, whatever its version. Raises DoesNotExist."""
    found: M = type(record)._default_manager.select_for_update().get(pk=record.pk)
    return found


def hold(record: M, *, seen: int, called: str) -> M:
    """Read the record again, locked until the transaction ends. ``seen`` is the version that the person saw.

    ``called`` is its name in a sentence. Raises ChangedMeanwhileError if it has another version by now, and
    DoesNotExist.
    """
    found = locked(record)
    version = version_of(found)
    if version != seen:
        raise ChangedMeanwhileError(called, entries_since(found, seen), version)
    return found
