"""Table columns by what they hold: right-aligned, written as formats.py says, exported as plain values."""

from datetime import date
from decimal import Decimal
from typing import Any

import django_tables2 as tables

from sen_dashboard.core import formats

NUMBER_CELL = {"class": "govuk-table__cell govuk-table__cell--numeric"}
NUMBER_HEADER = {"class": "govuk-table__header govuk-table__header--numeric"}


class _NumberColumn(tables.Column):
    """A column of right-aligned values, undefined ones written out rather than left blank."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": NUMBER_CELL, "th": NUMBER_HEADER})
        super().__init__(default=formats.NOT_AVAILABLE, **kwargs)


class CountColumn(_NumberColumn):
    def render(self, value: int) -> str:
        return formats.count(value)


class PoundsColumn(_NumberColumn):
    def render(self, value: Decimal) -> str:
        return formats.pounds(value)


class PercentColumn(_NumberColumn):
    def render(self, value: float) -> str:
        return formats.percent(value)


class RatioColumn(_NumberColumn):
    def render(self, value: float) -> str:
        return formats.times(value)


class DayColumn(tables.Column):
    def render(self, value: date) -> str:
        return formats.day(value)


class MonthColumn(tables.Column):
    """A date of which only the month matters."""

    def render(self, value: date) -> str:
        return formats.month(value)


class KpiTable(tables.Table):
    """What every KPI's table shares: GOV.UK classes and the empty text."""

    class Meta:
        attrs = {"class": "govuk-table", "thead": {"class": "govuk-table__head"}}
        row_attrs = {"class": "govuk-table__row"}
        empty_text = "No records to show for this scope."
