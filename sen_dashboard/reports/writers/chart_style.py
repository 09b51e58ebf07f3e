"""How charts look in workbook and slides: in the colours of the screen, their axes numbered as its axes are."""

from sen_dashboard.core.charts.chart import Chart, Mark, Series, Shape
from sen_dashboard.core.charts.palette import TONES, YEAR_BEFORE

BAR_BEFORE = "#d6d8da"
"""Of bars of the year before that stand beside several others, with an edge in a darker grey."""


def is_overlaid(chart: Chart) -> bool:
    """Whether the year before lies on the only series of bars, rather than beside several."""
    return sum(not series.is_year_before for series in chart.series) == 1


def of_series(chart: Chart, series: Series) -> str:
    """The colour of a line, or of the bars of a series."""
    if not series.is_year_before:
        return TONES[series.tone]
    return YEAR_BEFORE if chart.shape is Shape.LINES or is_overlaid(chart) else BAR_BEFORE


def of_mark(mark: Mark) -> str | None:
    """The colour of a bar that differs from its series."""
    return TONES[mark.tone] if mark.tone else None


def axis_format(chart: Chart) -> str:
    """How an office program numbers the axis of values."""
    return chart.values.kind.excel_axis_format(max(map(abs, chart.known), default=0))
