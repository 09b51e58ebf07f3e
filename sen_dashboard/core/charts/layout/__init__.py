"""The layout of a chart: pure geometry, from the chart, the available room and a measure of words.

No words overlap, whatever they are, as far as the measure is right: room is made for all of them.
"""

from sen_dashboard.core.charts.chart import Chart, Shape
from sen_dashboard.core.charts.layout import bars, lines
from sen_dashboard.core.charts.layout.value import Layout, Measure, Size


def lay_out(chart: Chart, size: Size, measure: Measure) -> Layout:
    """Return the chart laid out in a drawing of the given size."""
    if chart.shape is Shape.BARS:
        return bars.lay_out(chart, size, measure)
    return lines.lay_out(chart, size, measure)
