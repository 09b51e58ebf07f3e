"""What is laid over a KPI's chart: the year before, the goal, and a name at the end of each line."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from sen_dashboard.core import charts
from sen_dashboard.core.formats import Number
from sen_dashboard.core.kpi import Goal

BEFORE = "#6f777b"  # grey, dark enough to be told from white
GOAL = "#0b0c0c"
YEAR_BEFORE = "A year before"
AT_THE_END = "name at the end of a line"  # static/js/chart.js makes a legend of them where there is no room
LEGIBLE = {charts.INMSS: charts.INMSS, BEFORE: BEFORE}  # the colours of lines that text may have on white
LABEL_HEIGHT = 20  # pixels that a name at the end of a line takes
LETTER_WIDTH = 8
EDGE = 0.02  # of the axis, on either side of the lines


def with_year_before(figure: go.Figure, before: go.Figure) -> go.Figure:
    """The figure with the main series of the year before as context, in grey.

    ``before`` is the same figure a year earlier. A line lies under this year's months; bars get a tick where the
    bar ended, or, where bars stand in groups, a bar of their own.
    """
    if not before.data or not charts.has_data(go.Figure(before.data[0])):
        return figure
    now, then = figure.data[0], before.data[0]
    if isinstance(now, go.Scatter):
        figure.add_trace(_line_before(now, then, _name_before(figure)))
    elif len(figure.data) == 1:
        figure.add_trace(_ticks_before(now, then))
        figure.update_layout(showlegend=True)
    else:
        figure.add_trace(_bars_before(now, then, _name_before(figure)))
        figure.update_layout(height=charts.bars_height(figure))
    return figure


def _name_before(figure: go.Figure) -> str:
    """Which series the context is of, where there are several."""
    return YEAR_BEFORE if len(figure.data) == 1 else f"{figure.data[0].name}, a year before"


def _line_before(now: go.Scatter, then: go.Scatter, name: str) -> go.Scatter:
    values = list(then.y)[-len(now.x) :]
    return go.Scatter(
        name=name,
        x=list(now.x)[-len(values) :],
        y=values,
        mode="lines",
        line={"color": BEFORE, "width": 2, "dash": "dot"},
        hovertemplate="%{y}<extra>" + name + "</extra>",
    )


def _matched(now: go.Bar, then: go.Bar) -> list[Number]:
    """The values of a year before in this year's order of categories; unknown ones stay gaps."""
    values = dict(zip(then.y, then.x, strict=True))
    return [values.get(category) for category in now.y]


def _ticks_before(now: go.Bar, then: go.Bar) -> go.Scatter:
    return go.Scatter(
        name=YEAR_BEFORE,
        x=_matched(now, then),
        y=list(now.y),
        mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 3, "color": BEFORE}},
    )


def _bars_before(now: go.Bar, then: go.Bar, name: str) -> go.Bar:
    return go.Bar(
        name=name,
        x=_matched(now, then),
        y=list(now.y),
        orientation="h",
        marker={"color": "#d6d8da", "line": {"color": BEFORE, "width": 1}},
    )


def with_goal(figure: go.Figure, goal: Goal | None) -> go.Figure:
    """The figure of lines with target and floor as levels across it; as it is without a goal."""
    if goal is not None:
        target, floor = float(goal.target), float(goal.floor)
        _add_level(figure, "Target", target, above=target > floor)
        _add_level(figure, "Floor", floor, above=floor >= target)
    return figure


def _add_level(figure: go.Figure, name: str, level: float, *, above: bool) -> None:
    """A dashed line with its name above or below it, so that the names of two lines never meet."""
    figure.add_shape(
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=level,
        y1=level,
        line={"color": GOAL, "width": 1, "dash": "dash"},
    )
    figure.add_annotation(
        text=name,
        xref="paper",
        x=0,
        y=level,
        xanchor="left",
        yanchor="bottom" if above else "top",
        showarrow=False,
    )


def with_names(figure: go.Figure) -> go.Figure:
    """The figure of lines with each name at the end of its line, in place of a legend; others as they are."""
    lines = [trace for trace in figure.data if isinstance(trace, go.Scatter) and "lines" in trace.mode]
    if len(lines) < 2 or len(lines) != len(figure.data):
        return figure
    ends = [(trace, end) for trace in lines if (end := _end(trace)) is not None]
    for (trace, (x, y)), shift in zip(ends, _shifts(figure, [y for _, (_, y) in ends]), strict=True):
        figure.add_annotation(
            name=AT_THE_END,
            text=trace.name,
            x=x,
            y=y,
            xanchor="left",
            xshift=8,
            yshift=shift,
            showarrow=False,
            font={"color": LEGIBLE.get(trace.line.color, charts.TEXT)},
        )
    _end_at_the_last_point(figure)
    width = LETTER_WIDTH * max((len(trace.name) for trace, _ in ends), default=0) + 16
    return figure.update_layout(showlegend=False, margin={"r": width})


def _end_at_the_last_point(figure: go.Figure) -> None:
    """Let the axis end where the lines do: names stand in the margin, and Plotly would make room for them inside."""
    days = sorted(date.fromisoformat(x) for trace in figure.data for x in trace.x)
    edge = max((days[-1] - days[0]) * EDGE, timedelta(days=1))
    first = min(days[0] - edge, *(date.fromisoformat(shape.x0) for shape in _event_lines(figure)), days[0])
    figure.update_xaxes(range=[str(first), str(days[-1] + edge)])


def _event_lines(figure: go.Figure) -> list[Any]:
    """The vertical lines of ``charts.with_events``."""
    return [shape for shape in figure.layout.shapes if shape.xref != "paper"]


def _end(trace: Any) -> tuple[Any, float] | None:
    """The last point of a line that has a value."""
    known = [(x, float(y)) for x, y in zip(trace.x, trace.y, strict=True) if y is not None]
    return known[-1] if known else None


def _shifts(figure: go.Figure, values: Sequence[float]) -> list[float]:
    """How many pixels each name moves up, so that none lies on another: from the lowest up."""
    known = [float(y) for trace in figure.data for y in trace.y or () if y is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    layout = figure.layout
    room = layout.height - layout.margin.t - layout.margin.b
    pixels = room / (high - low) if high > low else 0.0
    shifts = [0.0] * len(values)
    taken = float("-inf")
    for place in sorted(range(len(values)), key=lambda n: values[n]):
        height = max(values[place] * pixels, taken + LABEL_HEIGHT)
        shifts[place], taken = height - values[place] * pixels, height
    return shifts
