"""Table columns by what they hold: right-aligned, written as formats.py says, exported as plain values."""

from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables

from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need

NUMBER_CELL = {"class": "govuk-table__cell--numeric"}
NUMBER_HEADER = {"class": "govuk-table__header--numeric"}
DAY_CELL = {"class": "table-day"}
ROWS_A_PAGE = 50  # of a table; writing a row costs time, and nobody reads more at once


class NumberColumn(tables.Column):
    """A column of right-aligned values, undefined ones written out rather than left blank."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": NUMBER_CELL, "th": NUMBER_HEADER})
        super().__init__(default=formats.NOT_AVAILABLE, **kwargs)


class CountColumn(NumberColumn):
    def render(self, value: int) -> str:
        return formats.count(value)


class PoundsColumn(NumberColumn):
    def render(self, value: Decimal) -> str:
        return formats.pounds(value)


class PercentColumn(NumberColumn):
    def render(self, value: float) -> str:
        return formats.percent(value)


class RatioColumn(NumberColumn):
    def render(self, value: float) -> str:
        return formats.times(value)


class IndexColumn(NumberColumn):
    """A number of which the base is 100."""

    def render(self, value: float) -> str:
        return formats.index(value)


class DayColumn(tables.Column):
    """A day, on one line."""

    attrs = {"td": DAY_CELL}

    def render(self, value: date) -> str:
        return formats.day(value)


class MonthColumn(tables.Column):
    """A month, held as the contract writes it: "2018-04"."""

    attrs = {"td": DAY_CELL}

    def render(self, value: str) -> str:
        return formats.month(date.fromisoformat(f"{value}-01"))


class NeedColumn(tables.Column):
    """A need, held as its code: the words, and the code that charts show."""

    def render(self, value: str) -> str:
        return f"{Need(value).label} ({value})"


class KpiTable(tables.Table):
    """The table of a KPI; `templates/components/table.html` draws it."""
