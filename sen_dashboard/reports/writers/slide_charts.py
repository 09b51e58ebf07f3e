"""A chart as slides show it: of bars no more than can be read in a room, the others on a further slide."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Chart, Shape
from sen_dashboard.reports.writers.chart_style import is_overlaid

MOST_BARS = 13  # on a slide
MOST_SLIDES = 2  # of a chart


@dataclass(frozen=True)
class Parts:
    """The charts of as many slides, what they are parts of, and in words what is left out; empty for nothing."""

    charts: tuple[Chart, ...]
    whole: Chart
    left_out: str = ""


def parts(chart: Chart) -> Parts:
    """A chart on as few slides as hold it, its names shared out evenly.

    Bars of the year before go first where there are too many, unless they lie on the others.
    """
    if chart.shape is Shape.LINES:
        return Parts((chart,), chart)
    whole = _without_year_before(chart) if _bars(chart) * len(chart.categories) > MOST_BARS else chart
    most, count = max(MOST_BARS // _bars(whole), 1), len(whole.categories)
    slides = min(ceil(count / most), MOST_SLIDES)
    shown = min(count, slides * most)
    left_out = ""
    if shown < count:
        left_out = f"The first {shown} of {formats.count(count)}; all are in the workbook of this report."
    return Parts(tuple(_shared(whole, shown, slides)), whole, left_out)


def _bars(chart: Chart) -> int:
    """How many bars each name has, one beside the other."""
    return 1 if is_overlaid(chart) else len(chart.series)


def _without_year_before(chart: Chart) -> Chart:
    if is_overlaid(chart):
        return chart
    return replace(chart, series=tuple(one for one in chart.series if not one.is_year_before))


def _shared(chart: Chart, shown: int, slides: int) -> Iterator[Chart]:
    """The first names in as many charts, the earlier ones with one more where they cannot be shared evenly."""
    start = 0
    for number in range(slides):
        end = start + ceil((shown - start) / (slides - number))
        series = (replace(one, marks=one.marks[start:end]) for one in chart.series)
        yield replace(chart, categories=chart.categories[start:end], series=tuple(series))
        start = end
