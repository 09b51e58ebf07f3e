"""What all records have in common."""

from collections.abc import Iterable

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from sen_dashboard.core.models.across import check_across


class Record(models.Model):
    """A model whose ``clean`` may report an error at any of its fields, whichever of them a form shows."""

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse what breaks a rule across tables."""
        check_across(self)

    def full_clean(
        self,
        exclude: Iterable[str] | None = None,
        validate_unique: bool = True,
        validate_constraints: bool = True,
    ) -> None:
        """Raise ValidationError; an error at an excluded field is reported for the record as a whole.

        Django's forms raise ValueError if ``clean`` reports an error at a field that is not on the form.
        """
        hidden = set(exclude or ())
        try:
            super().full_clean(hidden, validate_unique, validate_constraints)
        except ValidationError as error:
            raise _said_where_seen(error, hidden) from error


def _said_where_seen(error: ValidationError, hidden: set[str]) -> ValidationError:
    seen: dict[str, list[ValidationError]] = {}
    for field, errors in error.error_dict.items():
        seen.setdefault(NON_FIELD_ERRORS if field in hidden else field, []).extend(errors)
    return ValidationError(seen)
