"""What a chart says of its marks and levels, in the same words in every format."""

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Chart, Level, Series, Shape


def of_mark(chart: Chart, series: Series, place: int) -> str:
    """A known value with where it stands: "31 March 2019: 7.0%", and the series' name where there are several."""
    mark = series.marks[place]
    said = f"{category(chart, place)}: {mark.label or chart.values.kind.text(mark.value)}"
    return f"{said}, {series.name}" if len(chart.series) > 1 else said


def category(chart: Chart, place: int) -> str:
    """A category in full: a day in words, or its name."""
    return formats.day(chart.days[place]) if chart.is_over_time else chart.categories[place]


def at_bar(chart: Chart, series: Series, place: int) -> str:
    """What is written at the end of a bar; nothing at those of the year before, unless a label says so."""
    mark = series.marks[place]
    if mark.label or mark.value is None or series.is_year_before or chart.shape is not Shape.BARS:
        return mark.label
    return chart.values.kind.short(mark.value)


def at_level(chart: Chart, level: Level) -> str:
    """A level with its value: "Target 60.0%"."""
    return f"{level.name} {chart.values.kind.short(level.value)}"
