"""The words of a chart's marks and levels, the same in every format."""

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Chart, Level, Series, Shape


def of_mark(chart: Chart, series: Series, place: int) -> str:
    """Return a known value with its category: "31 March 2019: 7.0%", and the series' name if there are several."""
    mark = series.marks[place]
    said = f"{category(chart, place)}: {mark.label or chart.values.kind.text(mark.value)}"
    return f"{said}, {series.name}" if len(chart.series) > 1 else said


def category(chart: Chart, place: int) -> str:
    """Return a category in full: a day in words, or its name."""
    return formats.day(chart.days[place]) if chart.is_over_time else chart.categories[place]


def at_bar(chart: Chart, series: Series, place: int) -> str:
    """Return the text at the end of a bar; empty for those of the year before, unless a label is given."""
    mark = series.marks[place]
    if mark.label or mark.value is None or series.is_year_before or chart.shape is not Shape.BARS:
        return mark.label
    return chart.values.kind.short(mark.value)


def at_level(chart: Chart, level: Level) -> str:
    """Return a level with its value: "Target 60.0%"."""
    return f"{level.name} {chart.values.kind.short(level.value)}"
