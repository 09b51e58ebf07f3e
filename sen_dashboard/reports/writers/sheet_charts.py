"""A chart as a native chart of a sheet: its series are cells, of the table where possible.

Data not in the table, such as the year before, are written in separate columns beside it.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart as NativeChart

from sen_dashboard.core.charts.chart import Chart, Series, Shape
from sen_dashboard.core.charts.palette import EVENT, GRID, TEXT
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.collected import CellValue, Table
from sen_dashboard.reports.writers import chart_style
from sen_dashboard.reports.writers.fitting import width
from sen_dashboard.reports.writers.sheets import POINTS

FONT = "Arial"
MARKERS = ("circle", "square", "diamond", "triangle")
LEVEL_DASHES = ("dash", "long_dash_dot")
AROUND = 130
"""Pixels of a chart's height for its axis, titles and legend."""
BAR, BETWEEN = 15, 8
"""Pixels for a bar with its label, and between groups of bars."""
GAP = 40
"""The gap between groups of bars, as a percentage of a bar."""
TITLE_ROOM = 46
"""Pixels above the bars, for the title."""
NAMES, LABELS = 0.4, 0.25
"""The largest shares of a chart's width for the names of bars and for the widest label."""
SMALL = 9
"""Points of names, numbers and labels."""
LEAST_HEIGHT, MOST_HEIGHT = 260, 620
DAYS = {Kind.MONTH: "mmm yyyy", Kind.DAY: "d mmm yyyy"}
"""The date formats of an axis."""
SHOWN_DAYS = 6
"""About how many dates are labelled along an axis."""


@dataclass(frozen=True)
class Place:
    """The position of data in a sheet: the row of their heading, their column, and their number."""

    sheet: str
    heading: int
    column: int
    count: int

    @property
    def values(self) -> list[Any]:
        """The range as XlsxWriter takes it."""
        return [self.sheet, self.heading + 1, self.column, self.heading + self.count, self.column]

    @property
    def name(self) -> list[Any]:
        """The cell of the heading, as XlsxWriter takes it."""
        return [self.sheet, self.heading, self.column]


@dataclass(frozen=True)
class Extra:
    """A column that must be written for a chart: its heading, its kind of value, and its values."""

    heading: str
    kind: Kind
    values: tuple[CellValue | date, ...]


@dataclass(frozen=True)
class Laid:
    """The position of each part of a chart in a sheet; ``extra`` columns are in order from the first free one."""

    categories: Place
    series: tuple[Place, ...]
    extra: tuple[Extra, ...]


def lay(chart: Chart, table: Table, sheet: str, heading: int, free: int) -> Laid:
    """Find each part of a chart in a table that begins in column 0, or give it a column from ``free`` on.

    The headings of all columns are in the row ``heading``.
    """
    extra: list[Extra] = []
    count = len(chart.categories)

    def place(column: int | None, otherwise: Extra) -> Place:
        if column is None:
            extra.append(otherwise)
            column = free + len(extra) - 1
        return Place(sheet, heading, column, count)

    categories = place(_column_of_categories(chart, table), _names(chart))
    series = tuple(
        place(_column_of(one, table), Extra(one.name, chart.values.kind, one.values))
        for one in chart.with_levels
    )
    return Laid(categories, series, tuple(extra))


def _names(chart: Chart) -> Extra:
    if chart.is_over_time:
        return Extra("Day", Kind.DAY, chart.days)
    return Extra("Name", Kind.TEXT, chart.categories)


def _is_of_rows(series: Series, table: Table) -> bool:
    """Whether the marks of a series are the table's first rows, by their keys."""
    rows = tuple(mark.row for mark in series.marks)
    return all(rows) and table.row_keys[: len(rows)] == rows


def _column_of(series: Series, table: Table) -> int | None:
    """The table's number column with the series' published key, if its rows are the series' marks.

    None if a value is unknown or hidden: its cell holds words, which a chart would draw as 0.
    """
    numbers = {column.key: place for place, column in enumerate(table.columns) if column.is_number}
    if series.key not in numbers or not _is_of_rows(series, table):
        return None
    place = numbers[series.key]
    cells = [row[place].value for row in table.rows[: len(series.marks)]]
    return None if None in cells or None in series.values else place


def _column_of_categories(chart: Chart, table: Table) -> int | None:
    """The first column, which names the rows, if the rows are the marks of a series by their keys.

    For a chart over time it must hold days, or months if these label the axis; otherwise it must be text equal to the
    chart's names, since a chart may shorten them.
    """
    if not table.columns or not any(_is_of_rows(series, table) for series in chart.series):
        return None
    kind, cells = table.columns[0].kind, [row[0] for row in table.rows[: len(chart.categories)]]
    if chart.is_over_time:
        return 0 if kind in (Kind.DAY, chart.along.kind) and all(cell.value for cell in cells) else None
    reads_alike = tuple(cell.text for cell in cells) == chart.categories
    return 0 if kind is Kind.TEXT and reads_alike else None


def height(chart: Chart) -> int:
    """The height in pixels that a chart needs; for bars, enough for their labels."""
    if chart.shape is Shape.LINES:
        return 380
    needed = AROUND + len(chart.categories) * (BAR * len(chart.series) + BETWEEN)
    return min(max(needed, LEAST_HEIGHT), MOST_HEIGHT)


def native(book: Workbook, chart: Chart, laid: Laid, title: str, wide: int) -> NativeChart:
    """The native chart, ``wide`` pixels wide, whose cells are where ``laid`` says."""
    is_bars = chart.shape is Shape.BARS
    names, label = _beside_bars(chart, wide) if is_bars else (0.0, 0.0)
    bars = wide - names - label
    made: NativeChart = book.add_chart({"type": "bar" if is_bars else "line"})
    series = chart.with_levels
    for number, (one, place) in enumerate(zip(series, laid.series, strict=True)):
        is_level = number >= len(chart.series)
        is_labelled = number == 0 or _room(chart) >= BAR
        style = _bars(chart, one, is_labelled) if is_bars else _line(chart, one, number, is_level)
        name = {"name": one.name} if one.name else {}
        made.add_series({"categories": laid.categories.values, "values": place.values, **name, **style})
    made.set_title({"name": title, "overlay": False, "name_font": _font(12, bold=True)})
    made.set_legend({"position": "bottom", "font": _font(10)} if len(series) > 1 else {"none": True})
    if is_bars:
        made.set_plotarea({"layout": _place_bars(chart, wide, names, bars)})
    made.set_size({"width": wide, "height": height(chart)})
    made.show_blanks_as("gap")
    made.set_chartarea({"border": {"color": GRID}})
    categories, values = _category_axis(chart), _value_axis(chart, label / bars)
    made.set_x_axis(values if is_bars else categories)
    made.set_y_axis(categories if is_bars else values)
    return made


def _beside_bars(chart: Chart, wide: int) -> tuple[float, float]:
    """Pixels to the left of the bars for their names, and at the end of the longest for the widest label."""
    labels = [mark.label for series in chart.series for mark in series.marks if mark.value is not None]
    names, label = (
        max((width(text, SMALL / POINTS) for text in texts), default=0) for texts in (chart.names, labels)
    )
    return min(names + 20, NAMES * wide), min(label + 12, LABELS * wide)


def _place_bars(chart: Chart, wide: int, names: float, bars: float) -> dict[str, float]:
    """The position of the bars, as fractions of the chart's width and height."""
    high = height(chart)
    below = {"y": TITLE_ROOM / high, "height": (high - AROUND) / high}
    return {"x": names / wide, "width": bars / wide, **below}


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold, "color": TEXT}


def _line(chart: Chart, series: Series, number: int, is_level: bool) -> dict[str, Any]:
    """A line, distinguished by its marker too; last year's dotted, a level dashed."""
    if is_level:
        dash = LEVEL_DASHES[number % len(LEVEL_DASHES)]
        return {"line": {"color": TEXT, "width": 1.25, "dash_type": dash}, "marker": {"type": "none"}}
    colour = chart_style.of_series(chart, series)
    if series.is_year_before:
        return {"line": {"color": colour, "width": 2, "dash_type": "round_dot"}, "marker": {"type": "none"}}
    mark = {"type": MARKERS[number % len(MARKERS)], "size": 6}
    fill = {"fill": {"color": colour}, "border": {"color": colour}}
    return {"line": {"color": colour, "width": 2.5}, "marker": mark | fill}


def _room(chart: Chart) -> float:
    """Pixels available for a bar."""
    return (height(chart) - AROUND) / len(chart.categories) / (len(chart.series) + GAP / 100)


def _bars(chart: Chart, series: Series, is_labelled: bool) -> dict[str, Any]:
    """Bars, with the screen's labels at their ends if there is room."""
    colours = list(map(chart_style.of_mark, series.marks))
    style: dict[str, Any] = {
        "fill": {"color": chart_style.of_series(chart, series)},
        "border": {"color": EVENT, "width": 0.75} if series.is_year_before else {"none": True},
        "gap": GAP,
    }
    if any(colours):
        style["points"] = [
            {"fill": {"color": colour}, "border": {"none": True}} if colour else None for colour in colours
        ]
    labels = [
        {"value": mark.label} if mark.label and mark.value is not None else {"delete": True}
        for mark in series.marks
    ]
    if is_labelled and any("value" in label for label in labels):
        style["data_labels"] = {
            "value": True,
            "custom": labels,
            "font": _font(SMALL),
            "position": "outside_end",
        }
    return style


def _category_axis(chart: Chart) -> dict[str, Any]:
    """The axis of bars from the top down, or of dates with about six labelled."""
    axis: dict[str, Any] = {
        "num_font": _font(SMALL),
        "line": {"color": EVENT},
        "major_gridlines": {"visible": False},
    }
    if chart.shape is Shape.BARS:
        # The value axis crosses at the last category: categories run downwards, so it is below the bars.
        return axis | {"reverse": True, "crossing": "max", "interval_unit": 1, "label_position": "low"}
    if not chart.is_over_time:
        return axis
    months = _step(chart)
    is_years = months % 12 == 0
    return axis | {
        "date_axis": True,
        "num_format": DAYS[chart.along.kind],
        "major_unit": months // 12 if is_years else months,
        "major_unit_type": "years" if is_years else "months",
    }


def _step(chart: Chart) -> int:
    """Months between labelled dates: a multiple of the interval between dates."""
    months = [(later.year - day.year) * 12 + later.month - day.month for day, later in pairwise(chart.days)]
    apart = max(min(months, default=1), 1)
    return apart * max(1, sum(months) // apart // SHOWN_DAYS)


def _value_axis(chart: Chart, label: float) -> dict[str, Any]:
    """The axis, with room beside bars below zero for a label that takes this fraction of its length."""
    ends = chart_style.ends(chart, label)
    return {
        "name": chart.values.title,
        "name_font": _font(10),
        "num_font": _font(SMALL),
        "num_format": chart_style.axis_format(chart),
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": GRID}},
        "min": ends.low,
        "max": ends.high,
        "major_unit": ends.step,
    }
