"""A chart as a value: words, numbers and keys, without any object of a drawing library.

A KPI returns one, the page adds its title, the year before and events, and a published report keeps it. The modules
that draw it (svg.py, plotly.py, and the office writers of reports) read nothing else, so all of them show the same
series.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, Self

from sen_dashboard.core import formats
from sen_dashboard.core.formats import Number
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.periods import Month

MOST_BARS = 20  # more cannot be read
YEAR_BEFORE = "A year earlier"


class Shape(StrEnum):
    """How a chart is drawn: lines over days or years, or horizontal bars from zero."""

    LINES = "lines"
    BARS = "bars"


class Tone(StrEnum):
    """The role of a series, and so its colour. ``MAIN`` is always INMSS, or the series that the chart is about."""

    MAIN = "main"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"


@dataclass(frozen=True)
class Mark:
    """A point of a line, or a bar.

    ``value`` is None where it is unknown, which leaves a gap. ``row`` is the key of the row that it shows, empty if it
    leads nowhere; ``label`` is written at a bar. A ``tone`` is given only to a bar that differs from its series.
    """

    value: float | int | None
    row: str = ""
    label: str = ""
    tone: Tone | None = None


@dataclass(frozen=True)
class Series:
    """A line, or bars of one kind: a mark for each of the chart's categories.

    ``key`` is the published key of its values, empty if there is none. ``is_year_before`` says that it shows the
    year before as context.
    """

    name: str
    marks: tuple[Mark, ...]
    key: str = ""
    tone: Tone = Tone.MAIN
    is_year_before: bool = False

    @property
    def values(self) -> tuple[float | int | None, ...]:
        return tuple(mark.value for mark in self.marks)

    @property
    def is_known(self) -> bool:
        """Whether any of its values is known."""
        return any(value is not None for value in self.values)


@dataclass(frozen=True)
class Axis:
    """An axis: its title, and the kind of its values. Bars begin at zero whatever ``from_zero`` says."""

    title: str
    kind: Kind
    from_zero: bool = False


@dataclass(frozen=True)
class Level:
    """A line across the chart at one value, such as a target."""

    name: str
    value: float


@dataclass(frozen=True)
class Event:
    """An event on a day within the chart."""

    day: date
    title: str


@dataclass(frozen=True)
class Chart:
    """The contents of a chart.

    ``categories`` are days ("2019-03-31") if ``along`` is of the kind DAY or MONTH, otherwise names: of points from
    left to right, of bars from the top down. ``values`` is the axis that measures. ``events`` are in order.
    """

    shape: Shape
    along: Axis
    values: Axis
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    levels: tuple[Level, ...] = ()
    events: tuple[Event, ...] = ()
    title: str = ""

    @property
    def has_data(self) -> bool:
        """Whether there is anything to draw: a chart with only gaps has no data."""
        return any(series.is_known for series in self.series)

    @property
    def is_over_time(self) -> bool:
        """Whether the categories are days."""
        return self.along.kind in (Kind.DAY, Kind.MONTH)

    @property
    def days(self) -> tuple[date, ...]:
        """The categories as days; none if they are names."""
        return tuple(map(date.fromisoformat, self.categories)) if self.is_over_time else ()

    @property
    def names(self) -> tuple[str, ...]:
        """The categories as an axis names them: "Mar 2019", "31 Mar 2019", or the names themselves."""
        return tuple(map(self._name, self.days)) if self.is_over_time else self.categories

    def _name(self, day: date) -> str:
        return formats.month(day) if self.along.kind is Kind.MONTH else formats.day_short(day)

    @property
    def known(self) -> list[float]:
        """Every value that is drawn, including levels."""
        values = [value for series in self.series for value in series.values if value is not None]
        return [*map(float, values), *(level.value for level in self.levels)]

    @property
    def begins_at_zero(self) -> bool:
        """Whether the axis of values begins at zero: for bars, and lines if asked for, unless a value is below 0."""
        return (self.values.from_zero or self.shape is Shape.BARS) and min(self.known, default=0) >= 0

    @property
    def with_levels(self) -> tuple[Series, ...]:
        """The series, then each level as a series of one value."""
        level = [Series(one.name, (Mark(one.value),) * len(self.categories)) for one in self.levels]
        return (*self.series, *level)

    def with_events(self, events: Iterable[tuple[date, str]]) -> Self:
        """Return the chart with those of the events that fall in the months it shows, in their order.

        A month is drawn at its end, so the first month begins before the first point.
        """
        if not self.days:
            return self
        first, last = Month.containing(min(self.days)).start, max(self.days)
        inside = sorted((Event(*event) for event in events if first <= event[0] <= last), key=_day_of)
        return replace(self, events=tuple(inside))

    def with_year_before(self, before: "Chart") -> Self:
        """Return the chart with the main series of the year before; ``before`` is the same chart a year earlier.

        A line is placed under this year's points, the last under the last; bars are matched by their names.
        """
        if not self.series or not before.series or not before.series[0].is_known:
            return self
        main, then = self.series[0], before.series[0].values
        if self.shape is Shape.LINES:
            known = then[-len(main.marks) :]
            values: Sequence[Number] = [None] * (len(main.marks) - len(known)) + list(known)
        else:
            by_name = dict(zip(before.categories, then, strict=True))
            values = [by_name.get(name) for name in self.categories]
        name = YEAR_BEFORE if len(self.series) == 1 else f"{main.name}, a year earlier"
        context = Series(name, tuple(map(mark, values)), is_year_before=True)
        return replace(self, series=(*self.series, context))


def _day_of(event: Event) -> date:
    return event.day


# Making one


class NamesRows(Protocol):
    """Gives the key of a row in addresses, as `core.kpi.definition.RowKey` does."""

    def text(self, row: Any) -> str: ...


def number(value: Number) -> float | int | None:
    """Return a value as a chart holds it: money becomes a float, since nothing is calculated from it."""
    return float(value) if isinstance(value, Decimal) else value


def mark(value: Number, row: str = "", label: str = "", tone: Tone | None = None) -> Mark:
    """Return a point or bar for any number."""
    return Mark(number(value), row, label, tone)


def series(
    name: str,
    key: str,
    rows: Sequence[Any],
    row_key: NamesRows,
    *,
    tone: Tone = Tone.MAIN,
    label: Callable[[Any], str] | None = None,
) -> Series:
    """Return a series of the published ``key`` of each row; bars are given a ``label``, which reads a row."""
    marks = (mark(getattr(row, key), row_key.text(row), label(row) if label else "") for row in rows)
    return Series(name, tuple(marks), key, tone)


def lines(
    days: Iterable[date],
    values: Axis,
    *series: Series,
    named_by: Kind = Kind.MONTH,
    levels: tuple[Level, ...] = (),
) -> Chart:
    """Return a chart of lines over days, which the axis names as months or as days."""
    along = Axis("", named_by)
    return Chart(Shape.LINES, along, values, tuple(day.isoformat() for day in days), series, levels)


def bars(names: Iterable[str], values: Axis, *series: Series) -> Chart:
    """Return a chart of horizontal bars, the first name on top."""
    return Chart(Shape.BARS, Axis("", Kind.TEXT), values, tuple(names), series)
