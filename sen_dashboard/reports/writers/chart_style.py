"""The look of charts in workbook and slides: the colours of the screen, with axes numbered as there."""

from dataclasses import dataclass

from sen_dashboard.core.charts.chart import Chart, Mark, Series, Shape
from sen_dashboard.core.charts.layout import ticks
from sen_dashboard.core.charts.palette import TONES, YEAR_BEFORE

STEPS = 6  # at most, along a value axis
BAR_BEFORE = "#d6d8da"
"""The fill of last year's bars beside those of several series; their edge is a darker grey."""


def is_overlaid(chart: Chart) -> bool:
    """Whether last year's bars lie on the only series, rather than beside several."""
    return sum(not series.is_year_before for series in chart.series) == 1


def of_series(chart: Chart, series: Series) -> str:
    """The colour of a line, or of a series' bars."""
    if not series.is_year_before:
        return TONES[series.tone]
    return YEAR_BEFORE if chart.shape is Shape.LINES or is_overlaid(chart) else BAR_BEFORE


def of_mark(mark: Mark) -> str | None:
    """The colour of a bar that differs from its series."""
    return TONES[mark.tone] if mark.tone else None


@dataclass(frozen=True)
class Ends:
    """The ends of a value axis, and the step between numbers; an axis of shares stops at 100%."""

    low: float
    high: float
    step: float


def ends(chart: Chart, label: float = 0) -> Ends:
    """The axis as on the screen, extended so that labels fit beside bars below zero.

    ``label`` is the fraction of the axis's length that the widest of them takes.
    """
    numbers = ticks.around(chart, STEPS)
    low, high, step = numbers[0], numbers[-1], numbers[1] - numbers[0]
    least = min(chart.known, default=0)
    while least < 0 and least - low < label * (high - low):
        low -= step
    return Ends(low, high, step)


def axis_format(chart: Chart) -> str:
    """The number format of the value axis in an office program."""
    return chart.values.kind.excel_axis_format(max(map(abs, chart.known), default=0))
