"""The kinds of value in figures, columns and axes, and how page, files, slides and PDF show each.

The words and rounding are those of ``formats.py``. Files carry unrounded values; a spreadsheet only displays them
rounded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sen_dashboard.core import formats
from sen_dashboard.core.formats import MINUS, NOT_AVAILABLE, Number, Value
from sen_dashboard.core.periods import Month


class Kind(StrEnum):
    """The kind of a value, which decides how it is written; the name is kept in published reports."""

    TEXT = "text"
    COUNT = "count"
    POUNDS = "pounds"
    PERCENT = "percent"
    POINTS = "points"
    RATIO = "ratio"
    INDEX = "index"
    DAYS = "days"
    WEEKS = "weeks"
    DAY = "day"
    MONTH = "month"

    @property
    def is_number(self) -> bool:
        """Whether values are numbers, which are right-aligned in a column."""
        return self not in (Kind.TEXT, Kind.DAY, Kind.MONTH)

    @property
    def unit(self) -> str:
        """The unit in a definition: "£", "%", "number"."""
        return _SHOWN[self].unit

    @property
    def heading_unit(self) -> str:
        """The unit to add to a spreadsheet column's heading if its cells do not show it; otherwise empty."""
        return _SHOWN[self].heading_unit

    @property
    def excel_format(self) -> str:
        """The number format of a cell; empty for texts."""
        return _SHOWN[self].excel_format

    @property
    def described(self) -> str:
        """The contents of a column of a CSV file, in words."""
        return _SHOWN[self].described

    def text(self, value: Value) -> str:
        """Return the value in full, for pages, sentences, slides and PDF. None reads "not available"."""
        return NOT_AVAILABLE if value is None else _SHOWN[self].text(value)

    def short(self, value: Value) -> str:
        """Return the value in brief: for tiles, and the labels and axes of charts."""
        return NOT_AVAILABLE if value is None else (_SHOWN[self].short or _SHOWN[self].text)(value)

    def tick(self, value: float) -> str:
        """Return a round value as written on a chart's axis: "£20.0m", "10%", "1,000"."""
        if self is Kind.POUNDS:
            return formats.pounds_short(Decimal(str(value)))
        number = f"{round(abs(value), 6):,}".removesuffix(".0")
        return f"{MINUS if value < 0 else ''}{number}{'%' if self is Kind.PERCENT else ''}"

    def excel_axis_format(self, furthest: float) -> str:
        """Return the number format of an office program's axis on which ``furthest`` is the value furthest from 0."""
        if self is Kind.POUNDS:
            if furthest < 10_000:
                return '"£"#,##0'
            number = '"£"0.0,,"m"' if furthest >= 1_000_000 else '"£"0,"k"'
            return f'[<0]-{number};[=0]"£"0;{number}'
        if self is Kind.PERCENT:
            return 'General"%"'
        return "#,##0" if furthest >= 10 else "General"

    def change(self, value: Number) -> str:
        """Return a difference between two values, with its sign: "+416", "−£12", "0"; for percentages in points."""
        if self in (Kind.PERCENT, Kind.POINTS):
            return Kind.POINTS.text(value)
        shown = self.text(value)
        return f"+{shown}" if value is not None and self.as_shown(value) > 0 else shown

    def change_in_words(self, value: Number) -> str:
        """Return the same for a sentence: "+85", "+0.6 percentage points"."""
        return f"{self.change(value)} {Kind.POINTS.unit}" if self is Kind.PERCENT else self.change(value)

    def as_shown(self, value: Decimal | float | int) -> Decimal:
        """Return the value rounded as people read it in full."""
        return formats.rounded(value, _SHOWN[self].places)


@dataclass(frozen=True)
class _Shown:
    """How a kind is shown: a number with so many ``places``; ``short`` is None if it is the same as in full."""

    text: Callable[[Any], str]
    unit: str
    described: str
    excel_format: str = ""
    short: Callable[[Any], str] | None = None
    heading_unit: str = ""
    places: int = 1


def _month(value: date | str) -> str:
    return formats.month(value if isinstance(value, date) else Month.parse(value).start)


def _whole(value: Decimal | float | int) -> str:
    return formats.count(int(formats.rounded(value, 0)))


def _pounds(value: Decimal | float | int) -> str:
    return formats.pounds(Decimal(str(value)))


def _pounds_short(value: Decimal | float | int) -> str:
    return formats.pounds_short(Decimal(str(value)))


_SHOWN = {
    Kind.TEXT: _Shown(str, "text", "a text, or a code of the council's contracts"),
    Kind.COUNT: _Shown(_whole, "number", "a whole number", "#,##0", places=0),
    Kind.POUNDS: _Shown(_pounds, "£", "pounds, to the penny", '"£"#,##0', _pounds_short, places=0),
    Kind.PERCENT: _Shown(
        lambda value: formats.percent(float(value)),
        "%",
        "percent from 0 to 100, unrounded",
        "#,##0.0",
        heading_unit="%",
    ),
    Kind.POINTS: _Shown(
        lambda value: formats.points(float(value)),
        "percentage points",
        "percentage points, unrounded",
        "+#,##0.0;-#,##0.0;0.0",
        heading_unit="points",
    ),
    Kind.RATIO: _Shown(
        lambda value: formats.times(float(value)),
        "ratio",
        "one number divided by another, unrounded",
        "#,##0.00",
        places=2,
    ),
    Kind.INDEX: _Shown(
        lambda value: formats.index(float(value)), "index", "percent of the first value, unrounded", "#,##0.0"
    ),
    Kind.DAYS: _Shown(
        lambda value: formats.days(float(value)), "days", "days", "#,##0.0", heading_unit="days"
    ),
    Kind.WEEKS: _Shown(
        lambda value: formats.weeks(float(value)), "weeks", "weeks", "#,##0.0", heading_unit="weeks"
    ),
    Kind.DAY: _Shown(formats.day, "date", "a day, 2019-03-31", "d mmmm yyyy"),
    Kind.MONTH: _Shown(_month, "month", "a month, 2019-03", "mmm yyyy"),
}
