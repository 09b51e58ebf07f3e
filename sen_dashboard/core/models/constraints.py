"""Database constraints that tell a person what is wrong, at the field where it can be corrected.

The classes behave like Django's own and appear in migrations as Django's own, without field and sentence: words for the
screen make no migrations.
"""

from copy import copy
from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db.models import (
    CheckConstraint,
    Deferrable,
    F,
    Func,
    Model,
    Q,
    TextChoices,
    UniqueConstraint,
    Value,
)
from django.db.models.constraints import BaseConstraint


class _AtField(BaseConstraint):
    """Reports its violation at ``field``."""

    field: str
    migrates_as: str

    def validate(self, model: Any, instance: Model, exclude: Any = None, using: str = "default") -> None:
        """Raise ValidationError at ``field``, or for the whole form if the field is not on it."""
        try:
            super().validate(model, instance, exclude=exclude, using=using)
        except ValidationError as error:
            if exclude and self.field in exclude:
                raise
            raise ValidationError({self.field: error.messages}) from error

    def deconstruct(self) -> Any:
        """Return it as Django's own class, without the words for the screen."""
        _, args, kwargs = super().deconstruct()
        kwargs.pop("violation_error_message", None)
        return self.migrates_as, args, kwargs

    def clone(self) -> Self:
        """Return a copy, as Django needs for each concrete model."""
        return copy(self)

    def __eq__(self, other: object) -> bool:
        """Return whether the other makes the same constraint in the database."""
        return isinstance(other, BaseConstraint) and self.deconstruct() == other.deconstruct()


class Check(_AtField, CheckConstraint):
    """A check constraint whose ``sentence`` is shown at ``field``."""

    migrates_as = "django.db.models.CheckConstraint"

    def __init__(self, name: str, condition: Q, *, field: str, sentence: str) -> None:
        # Django treats the message as a format string.
        super().__init__(name=name, condition=condition, violation_error_message=sentence.replace("%", "%%"))
        self.field = field


class Unique(_AtField, UniqueConstraint):
    """No two rows with the same ``fields``; the sentence is shown at the last of them."""

    migrates_as = "django.db.models.UniqueConstraint"

    def __init__(
        self,
        name: str,
        *fields: str,
        sentence: str,
        nulls_distinct: bool | None = None,
        condition: Q | None = None,
        deferrable: Deferrable | None = None,
    ) -> None:
        super().__init__(
            name=name,
            fields=fields,
            nulls_distinct=nulls_distinct,
            condition=condition,
            deferrable=deferrable,
            violation_error_message=sentence,
        )
        self.field = fields[-1]


class NoOverlap(_AtField, ExclusionConstraint):
    """No two rows with the same ``per`` have date ranges ``first`` to ``last`` that share a day.

    ``bounds`` is "[]" if the last day counts and "[)" if it does not. Deferrable, so that a set-based merge may pass
    through an overlap; otherwise checked immediately.
    """

    migrates_as = "django.contrib.postgres.constraints.ExclusionConstraint"

    def __init__(
        self,
        name: str,
        *,
        per: tuple[str, ...],
        first: str,
        last: str,
        bounds: str,
        sentence: str,
        condition: Q | None = None,
    ) -> None:
        days = Func(F(first), F(last), Value(bounds), function="DATERANGE", output_field=DateRangeField())
        super().__init__(
            name=name,
            expressions=[*((field, RangeOperators.EQUAL) for field in per), (days, RangeOperators.OVERLAPS)],
            condition=condition,
            deferrable=Deferrable.IMMEDIATE,
            violation_error_message=sentence,
        )
        self.field = first


def known_code(name: str, field: str, codes: type[TextChoices], *, optional: bool = False) -> Check:
    """Return a check that ``field`` holds one of ``codes``, or nothing if it is ``optional``."""
    values = [*codes.values, ""] if optional else list(codes.values)
    return Check(
        name,
        Q(**{f"{field}__in": values}),
        field=field,
        sentence=f"Choose one of {', '.join(codes.values)}.",
    )


def known_codes(name: str, field: str, codes: type[TextChoices]) -> Check:
    """Return a check that every entry of the array ``field`` is one of ``codes``."""
    return Check(
        name,
        Q(**{f"{field}__contained_by": list(codes.values)}),
        field=field,
        sentence=f"Choose from {', '.join(codes.values)}.",
    )


def not_negative(name: str, field: str) -> Check:
    """Return a check that an amount or number is not below 0."""
    return Check(name, Q(**{f"{field}__gte": 0}), field=field, sentence="Enter 0 or more.")


def within_reach(name: str, field: str) -> Check:
    """Return a check that ``field`` is a day from 1900 to 2199, the range of files and addresses."""
    return Check(
        name,
        Q(**{f"{field}__range": (date(1900, 1, 1), date(2199, 12, 31))}),
        field=field,
        sentence="Enter a date from 1900 to 2199.",
    )


def on_one_line(name: str, field: str, *, sentence: str) -> Check:
    """Return a check that ``field`` is not blank and has no line breaks."""
    return Check(
        name,
        Q(**{f"{field}__regex": r"[[:alnum:]]"}) & ~Q(**{f"{field}__regex": r"[[:cntrl:]]"}),
        field=field,
        sentence=sentence,
    )


def split_year(field: str) -> Q:
    """Return the condition that ``field`` is a year such as "2018-19": two successive calendar years."""
    endings = "|".join(f"{year:02d}-{(year + 1) % 100:02d}" for year in range(100))
    return Q(**{f"{field}__regex": f"^(?!0000|9999)[0-9]{{2}}({endings})$"})


def is_split_year(name: str, field: str, *, example: str) -> Check:
    """Return a check that ``field`` is a year such as "2018-19"."""
    return Check(name, split_year(field), field=field, sentence=f"Enter {example}.")


def in_order(name: str, first: str, last: str, *, sentence: str) -> Check:
    """Return a check that the day ``last`` is not before the day ``first``; an empty ``last`` is allowed."""
    return Check(
        name,
        Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)}),
        field=last,
        sentence=sentence,
    )
