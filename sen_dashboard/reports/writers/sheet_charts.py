"""A drawing as a native chart of a sheet: its series are cells, of the table where that has them.

What the table does not have, such as the year before, stands in a few columns of its own beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.chart import Chart

from sen_dashboard.core.charts import EVENT, GRID, TEXT
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.collected import Cell, CellValue, Table
from sen_dashboard.reports.drawing import Drawing, Series, Shape

FONT = "Arial"
MARKERS = ("circle", "square", "diamond", "triangle")
LEVEL_DASHES = ("dash", "long_dash_dot")
AROUND = 130
"""Pixels of a chart's height that its axis, titles and legend take."""
BAR, BETWEEN = 15, 8
"""Pixels of a bar with its label, and from one group of bars to the next."""
GAP = 40
"""Percent of a bar from one group of bars to the next."""
LEAST_HEIGHT, MOST_HEIGHT = 260, 620
SHOWN_DAYS = 6
"""Days that are named along an axis, about."""


@dataclass(frozen=True)
class Place:
    """Where data stand in a sheet: the row of their heading, their column, and how many there are below it."""

    sheet: str
    heading: int
    column: int
    count: int

    @property
    def values(self) -> list[Any]:
        """As XlsxWriter takes a range."""
        return [self.sheet, self.heading + 1, self.column, self.heading + self.count, self.column]

    @property
    def name(self) -> list[Any]:
        """The cell of the heading, as XlsxWriter takes it."""
        return [self.sheet, self.heading, self.column]


@dataclass(frozen=True)
class Laid:
    """Where each part of a drawing stands in a sheet, and the columns that must be written for it.

    A column is its heading and values; ``extra`` are in order from the first free column.
    """

    categories: Place
    series: tuple[Place, ...]
    extra: tuple[tuple[str, tuple[CellValue | date, ...]], ...]


def lay(drawing: Drawing, table: Table, sheet: str, heading: int, free: int) -> Laid:
    """Find each part of a drawing in a table that begins in column 0, or give it a column from ``free`` on.

    The headings of all columns stand in the row ``heading``.
    """
    extra: list[tuple[str, tuple[CellValue | date, ...]]] = []
    count = len(drawing.categories)

    def place(name: str, values: tuple[CellValue | date, ...], column: int | None) -> Place:
        if column is None:
            extra.append((name, values))
            column = free + len(extra) - 1
        return Place(sheet, heading, column, count)

    name = "Day" if drawing.shape is Shape.LINES else "Name"
    categories = place(name, drawing.categories, _column_of_categories(drawing, table))
    series = tuple(
        place(one.name, one.values, _column_of_values(one.values, table)) for one in drawing.with_levels
    )
    return Laid(categories, series, tuple(extra))


def _column_of_categories(drawing: Drawing, table: Table) -> int | None:
    """The column whose first cells are the categories of a drawing."""
    for number, column in enumerate(table.columns):
        cells = _first_cells(table, number, len(drawing.categories))
        if column.kind is Kind.DAY:
            found = [cell.value for cell in cells] == [str(category) for category in drawing.categories]
        elif column.kind is Kind.MONTH:
            found = [cell.value for cell in cells] == [str(category)[:7] for category in drawing.categories]
        else:
            found = [cell.text for cell in cells] == list(drawing.categories)
        if found:
            return number
    return None


def _column_of_values(values: Sequence[float | int | None], table: Table) -> int | None:
    """The column of numbers whose first cells are ``values``.

    None where one is unknown: its cell holds words, which a chart would draw as 0.
    """
    if None in values:
        return None
    for number, column in enumerate(table.columns):
        cells = _first_cells(table, number, len(values))
        if column.is_number and [cell.value for cell in cells] == list(values):
            return number
    return None


def _first_cells(table: Table, column: int, count: int) -> list[Cell]:
    return [row[column] for row in table.rows[:count]]


def height(drawing: Drawing) -> int:
    """The pixels that a chart needs; bars as much as their labels."""
    if drawing.shape is Shape.LINES:
        return 380
    needed = AROUND + len(drawing.categories) * (BAR * len(drawing.series) + BETWEEN)
    return min(max(needed, LEAST_HEIGHT), MOST_HEIGHT)


def chart(book: Workbook, drawing: Drawing, laid: Laid, title: str) -> Chart:
    """The chart of a drawing whose cells stand as ``laid`` says."""
    is_bars = drawing.shape is Shape.BARS
    made: Chart = book.add_chart({"type": "bar" if is_bars else "line"})
    series = drawing.with_levels
    for number, (one, place) in enumerate(zip(series, laid.series, strict=True)):
        is_level = number >= len(drawing.series)
        is_labelled = number == 0 or _room(drawing) >= BAR
        style = _bars(one, is_labelled) if is_bars else _line(one, number, is_level)
        name = {"name": one.name} if one.name else {}
        made.add_series({"categories": laid.categories.values, "values": place.values, **name, **style})
    made.set_title({"name": title, "overlay": False, "name_font": _font(12, bold=True)})
    made.set_legend({"position": "bottom", "font": _font(10)} if len(series) > 1 else {"none": True})
    made.show_blanks_as("gap")
    made.set_chartarea({"border": {"color": GRID}})
    categories, values = _category_axis(drawing), _value_axis(drawing)
    made.set_x_axis(values if is_bars else categories)
    made.set_y_axis(categories if is_bars else values)
    return made


def _font(size: int, *, bold: bool = False) -> dict[str, Any]:
    return {"name": FONT, "size": size, "bold": bold, "color": TEXT}


def _line(series: Series, number: int, is_level: bool) -> dict[str, Any]:
    """A line: told from the others by its marker too; the year before dotted, a level dashed."""
    if is_level:
        dash = LEVEL_DASHES[number % len(LEVEL_DASHES)]
        return {"line": {"color": TEXT, "width": 1.25, "dash_type": dash}, "marker": {"type": "none"}}
    if series.is_context:
        return {
            "line": {"color": series.colour, "width": 2, "dash_type": "round_dot"},
            "marker": {"type": "none"},
        }
    mark = {"type": MARKERS[number % len(MARKERS)], "size": 6}
    fill = {"fill": {"color": series.colour}, "border": {"color": series.colour}}
    return {"line": {"color": series.colour, "width": 2.5}, "marker": mark | fill}


def _room(drawing: Drawing) -> float:
    """Pixels that a bar has."""
    return (height(drawing) - AROUND) / len(drawing.categories) / (len(drawing.series) + GAP / 100)


def _bars(series: Series, is_labelled: bool) -> dict[str, Any]:
    """Bars, where they have room with the screen's labels at their ends."""
    labels = [
        {"value": label} if value is not None and label else {"delete": True}
        for label, value in zip(series.labels, series.values, strict=False)
    ]
    style: dict[str, Any] = {
        "fill": {"color": series.colour},
        "border": {"color": EVENT, "width": 0.75} if series.is_context else {"none": True},
        "gap": GAP,
    }
    if labels and is_labelled:
        style["data_labels"] = {"value": True, "custom": labels, "font": _font(9), "position": "outside_end"}
    return style


def _category_axis(drawing: Drawing) -> dict[str, Any]:
    """Bars from the top down, or days with about six of them named."""
    axis: dict[str, Any] = {
        "num_font": _font(9),
        "line": {"color": EVENT},
        "major_gridlines": {"visible": False},
    }
    if drawing.shape is Shape.BARS:
        # The axis of values meets the last of the categories: they run down, so it stands below the bars.
        return axis | {"reverse": True, "crossing": "max", "interval_unit": 1}
    months = _step(drawing)
    is_years = months % 12 == 0
    return axis | {
        "date_axis": True,
        "num_format": "mmm yyyy",
        "major_unit": months // 12 if is_years else months,
        "major_unit_type": "years" if is_years else "months",
    }


def _step(drawing: Drawing) -> int:
    """Months from one named day to the next: a whole number of steps from one day to the next."""
    days = [category for category in drawing.categories if isinstance(category, date)]
    months = [(later.year - day.year) * 12 + later.month - day.month for day, later in pairwise(days)]
    apart = max(min(months, default=1), 1)
    return apart * max(1, sum(months) // apart // SHOWN_DAYS)


def _value_axis(drawing: Drawing) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "name": drawing.title,
        "name_font": _font(10),
        "num_font": _font(9),
        "num_format": drawing.axis_format,
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": GRID}},
    }
    if drawing.begins_at_zero:
        axis["min"] = 0
    return axis
