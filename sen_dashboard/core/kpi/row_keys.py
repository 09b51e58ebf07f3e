"""Keys of rows in addresses: codes, days, months or years, alone or in pairs."""

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from django.db.models import TextChoices

from sen_dashboard.core import formats
from sen_dashboard.core.kpi.published import RowKey
from sen_dashboard.core.kpi.scope import parse_day
from sen_dashboard.core.periods import AcademicYear, Month

T = TypeVar("T")


def by_code(field: str, codes: type[TextChoices], *, optional: bool = False) -> RowKey[Any, str]:
    """Identify rows by the code in ``field``; an ``optional`` one may be empty."""
    words = dict(codes.choices) | ({"": ""} if optional else {})

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"“{text}” is not one of {', '.join(words)}.")
        return text

    return RowKey(attrgetter(field), parse, lambda code: str(words[code]))


def by_day(field: str) -> RowKey[Any, date]:
    """Identify rows by the day in ``field``."""
    return RowKey(attrgetter(field), parse_day, formats.day)


def by_month(field: str) -> RowKey[Any, Month]:
    """Identify rows by the month in ``field``, which holds it as text: "2018-04"."""
    return RowKey(_read(field, Month.parse), Month.parse, lambda month: formats.month(month.start))


def by_academic_year(field: str) -> RowKey[Any, AcademicYear]:
    """Identify rows by the academic year in ``field``, which holds it as text: "2018-19"."""
    return RowKey(_read(field, AcademicYear.parse), AcademicYear.parse, str)


def both(first: RowKey[Any, Any], second: RowKey[Any, Any]) -> RowKey[Any, tuple[Any, Any]]:
    """Identify rows by two keys together: "SPECIAL:2018-19"."""

    def parse(text: str) -> tuple[Any, Any]:
        one, _, two = text.partition(":")
        return first.parse(one), second.parse(two)

    return RowKey(
        lambda row: (first.of(row), second.of(row)),
        parse,
        lambda keys: ", ".join(filter(None, (first.describe(keys[0]), second.describe(keys[1])))),
        lambda keys: f"{first.written(keys[0])}:{second.written(keys[1])}",
        second.school and (lambda text: text.partition(":")[2]),
    )


def _read(field: str, parse: Callable[[str], T]) -> Callable[[Any], T]:
    get = attrgetter(field)
    return lambda row: parse(get(row))
