"""Model fields that every app writes the same way."""

from secrets import token_hex
from typing import TYPE_CHECKING, Any

from django.db import models

from sen_dashboard.core.plain_words import plain_words


def key_field(**options: Any) -> "models.CharField[str, str]":
    """Return the field of a natural key of the data contract: text of at most 40 characters, compared byte by byte.

    The collation "C" is the only one that every PostgreSQL sorts alike (the embedded one has no ICU).
    """
    return models.CharField(max_length=40, db_collation="C", **options)


def entered_key() -> str:
    """Return a key that no file uses: "entered-9f3ac21b". The contract reserves the prefix for records entered here."""
    return f"entered-{token_hex(4)}"


if TYPE_CHECKING:
    _DecimalField = models.DecimalField[Any, Any]
else:
    _DecimalField = models.DecimalField


class _Amount(_DecimalField):
    """A number whose class gives its unit. In migrations it is Django's own field, which has none."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", args, kwargs


class PoundsField(_Amount):
    """An amount in pounds and pence."""


class PercentField(_Amount):
    """A percentage, as 80.00."""


def pounds_field(**options: Any) -> PoundsField:
    """Return a field of pounds and pence, up to 9,999,999,999.99."""
    return PoundsField(max_digits=12, decimal_places=2, **options)


def year_field() -> "models.CharField[str, str]":
    """Return a field of a financial or academic year, written "2018-19"."""
    return models.CharField(max_length=7, db_collation="C")


def words_field(most: int, *, blank: bool = True) -> "models.CharField[str, str]":
    """Return a field of words that a person types: at most ``most`` characters, without markup of web pages."""
    if blank:
        return models.CharField(
            max_length=most, blank=True, default="", db_default="", validators=[plain_words]
        )
    return models.CharField(max_length=most, validators=[plain_words])
