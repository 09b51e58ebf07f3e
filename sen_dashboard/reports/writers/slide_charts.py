"""A chart on slides: as many bars as can be read in a room, with others on a further slide."""

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
    """The charts for as many slides, the whole chart, and what is left out in words, or empty."""

    charts: tuple[Chart, ...]
    whole: Chart
    left_out: str = ""


def parts(chart: Chart) -> Parts:
    """A chart on as few slides as possible, with its names divided evenly.

    If there are too many bars, last year's go first, unless they lie on the others.
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
    """How many bars each name has side by side."""
    return 1 if is_overlaid(chart) else len(chart.series)


def _without_year_before(chart: Chart) -> Chart:
    if is_overlaid(chart):
        return chart
    return replace(chart, series=tuple(one for one in chart.series if not one.is_year_before))


def _shared(chart: Chart, shown: int, slides: int) -> Iterator[Chart]:
    """The first names divided into that many charts, earlier ones taking one more if they do not divide evenly."""
    start = 0
    for number in range(slides):
        end = start + ceil((shown - start) / (slides - number))
        series = (replace(one, marks=one.marks[start:end]) for one in chart.series)
        yield replace(chart, categories=chart.categories[start:end], series=tuple(series))
        start = end
