"""Charts as Plotly descriptions in the Analysis Function palette, drawn in the browser.

Figures are given plain lists (None becomes null), never frames or arrays, and never start a bar off zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import log10
from typing import Any, NamedTuple

import plotly.graph_objects as go

from sen_dashboard.core import formats
from sen_dashboard.core.formats import Number
from sen_dashboard.core.periods import Month

INMSS = "#12436D"  # dark blue, always INMSS or the main series
SECOND = "#F46A25"  # orange
CONTEXT = "#A285D1"  # light purple
EVENT = "#505a5f"  # grey
TEXT = "#0b0c0c"
GRID = "#e5e6e7"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
AXIS = {
    "gridcolor": GRID,
    "zeroline": False,
    "automargin": True,
    "separatethousands": True,
    "ticks": "outside",  # keeps the labels off the bars and off each other in the corner
    "tickcolor": "#ffffff",
    "ticklen": 6,
    "hoverformat": ",.1f",
}

MOST_BARS = 20  # more cannot be read


def plain_text(name: str) -> str:
    """A name from records, safe for Plotly, which reads some HTML, fields such as "%{x}", and "$" as mathematics."""
    for sign, written in (("<", "&lt;"), (">", "&gt;"), ("%{", "%&#123;"), ("$", "&#36;")):
        name = name.replace(sign, written)
    return name


def numbers(values: Sequence[Number]) -> list[float | int | None]:
    """Values as plain numbers for a chart; unknown ones stay gaps."""
    return [float(value) if isinstance(value, Decimal) else value for value in values]


def days(values: Sequence[date]) -> list[str]:
    """Dates as a chart's axis reads them."""
    return [value.isoformat() for value in values]


def figure(*traces: Any, x_title: str = "", y_title: str = "", **layout: Any) -> go.Figure:
    """A figure in the house style with titled axes; ``layout`` adds to or overrides the layout.

    The layout is put together before Plotly sees it: each of its own updates takes milliseconds.
    """
    house_style = {
        "template": "none",
        "font": {"family": FONT, "size": 15, "color": TEXT},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "margin": {"l": 64, "r": 24, "t": 24, "b": 56 if x_title else 32},
        "height": 420,
        "hovermode": "closest",
        "hoverlabel": {"namelength": -1},
        "dragmode": False,
        "showlegend": len(traces) > 1,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "xaxis": {"title": {"text": x_title}, **AXIS},
        "yaxis": {"title": {"text": y_title}, **AXIS},
        "bargap": 0.3,
    }
    return go.Figure(list(traces), _merged(house_style, layout))


def _merged(base: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    """``base`` with what ``extra`` adds or replaces, at any depth."""
    deeper = {
        key: _merged(base.get(key, {}), value) for key, value in extra.items() if isinstance(value, dict)
    }
    return {**base, **extra, **deeper}


@dataclass(frozen=True)
class Marks:
    """Where the marks of a series lead: the part of a KPI behind them, and each one's row."""

    part: str
    rows: Sequence[str]

    @property
    def custom_data(self) -> list[list[str]]:
        """What the page turns into the addresses of the records."""
        return [[self.part, row] for row in self.rows]


def line(
    name: str,
    x: Sequence[date],
    y: Sequence[Number],
    *,
    colour: str = INMSS,
    marks: Marks | None = None,
    **style: Any,
) -> go.Scatter:
    """A line over time; gaps where a value is unknown."""
    name = plain_text(name)
    return go.Scatter(
        name=name,
        x=days(x),
        y=numbers(y),
        mode="lines+markers",
        line={"color": colour, "width": 3},
        marker={"size": 6},
        customdata=marks.custom_data if marks else None,
        hovertemplate="%{x|%-d %B %Y}: %{y}<extra>" + name + "</extra>",
        **style,
    )


def bars(
    name: str,
    categories: Sequence[str],
    values: Sequence[Number],
    *,
    labels: Sequence[str],
    colour: str = INMSS,
    marks: Marks | None = None,
) -> go.Bar:
    """Horizontal bars from zero, each with its value written at its end; first category on top needs
    ``yaxis={"autorange": "reversed"}`` in the layout (see ``bar_figure``)."""
    name = plain_text(name)
    return go.Bar(
        name=name,
        y=[plain_text(category) for category in categories],
        x=numbers(values),
        text=list(labels),
        textposition="auto",
        textfont={"size": 13},
        insidetextfont={"color": "#ffffff" if colour == INMSS else TEXT},
        constraintext="none",
        orientation="h",
        marker={"color": colour},
        customdata=marks.custom_data if marks else None,
        hovertemplate="%{y}: %{text}<extra>" + name + "</extra>",
    )


def bar_figure(*traces: go.Bar, x_title: str, **layout: Any) -> go.Figure:
    """Horizontal bars, first category on top, height by the number of categories."""
    bars_style = {
        "barmode": "group",
        "height": bars_height(go.Figure(list(traces))),
        "xaxis": {"rangemode": "tozero"},
        "yaxis": {"autorange": "reversed", "showgrid": False},
    }
    return figure(*traces, x_title=x_title, **_merged(bars_style, layout))


def bars_height(drawn: go.Figure) -> int:
    """Pixels for a figure of bars, so that each has room for its label."""
    count = len(drawn.data[0].y or ())
    return max(220, 120 + count * (20 + 20 * len(drawn.data)))


def pounds_axis(*series: Sequence[Number]) -> dict[str, Any]:
    """An axis from £0 for these values, with at most six steps, its ticks written as tiles write pounds."""
    highest = max((value for values in series for value in numbers(values) if value is not None), default=0)
    if highest <= 0:
        return {"rangemode": "tozero", "tickprefix": "£"}
    magnitude = 10 ** int(log10(highest))
    step = next(s for s in (magnitude / 5, magnitude / 2, magnitude, magnitude * 2) if highest / s <= 6)
    ticks = [Decimal(n * step) for n in range(int(highest / step) + 2)]
    return {
        "rangemode": "tozero",
        "hoverformat": ",.0f",
        "tickprefix": "£",
        "tickvals": numbers(ticks),
        "ticktext": [formats.pounds_short(tick) for tick in ticks],
    }


def month_axis(month_ends: Sequence[date]) -> dict[str, Any]:
    """An axis of month ends with about six ticks, at points and named by their months, the last one always."""
    step = max(1, len(month_ends) // 6)
    shown = month_ends[::-step][::-1]
    return {"tickvals": days(shown), "ticktext": [formats.month(day) for day in shown]}


class MarkedEvent(NamedTuple):
    """An event on a chart, by the number it has there."""

    number: int
    day: date
    title: str


NUMBER_HEIGHT = 24  # pixels from one row of numbers to the next
NUMBER_WIDTH = 0.1  # of the drawing's width, where that is narrowest


def events_shown(drawn: go.Figure, events: Sequence[tuple[date, str]]) -> tuple[MarkedEvent, ...]:
    """The events in the months that a figure shows, numbered in their order; none where its x axis holds no dates.

    A month is drawn at its end, so the first month begins before the first point.
    """
    days = _days_drawn(drawn)
    inside = [event for event in events if days and Month.containing(days[0]).start <= event[0] <= days[-1]]
    in_order = sorted(inside, key=lambda event: event[0])
    return tuple(MarkedEvent(number, *event) for number, event in enumerate(in_order, start=1))


def with_events(drawn: go.Figure, events: Sequence[tuple[date, str]]) -> go.Figure:
    """The figure with a thin dashed line for each of its ``events_shown``, their numbers above the drawing.

    What they were is said in words under the chart (``components/events.html``).
    """
    shown = events_shown(drawn, events)
    if not shown:
        return drawn
    days = _days_drawn(drawn)
    rows = rows_of_numbers([event.day for event in shown], apart=NUMBER_WIDTH * (days[-1] - days[0]).days)
    layout = drawn.layout.to_plotly_json()
    room = NUMBER_HEIGHT * (1 + max(rows))
    margin, height, legend = layout["margin"], layout["height"], layout["legend"]
    marked = {
        "shapes": [*layout.get("shapes", ()), *map(_event_line, shown)],
        "annotations": [*layout.get("annotations", ()), *map(_event_number, shown, rows)],
        "height": height + room,
        "margin": {"t": margin["t"] + room},
        "legend": {"y": legend["y"] + room / (height - margin["t"] - margin["b"])},
    }
    return go.Figure(drawn.data, _merged(layout, marked))


def rows_of_numbers(days: Sequence[date], *, apart: float) -> list[int]:
    """For each day's number the lowest row, from 0, where the number before it is more than ``apart`` days away."""
    latest: list[date] = []  # in each row
    rows = []
    for day in days:
        row = next((n for n, before in enumerate(latest) if (day - before).days > apart), len(latest))
        latest[row : row + 1] = [day]
        rows.append(row)
    return rows


def _event_line(event: MarkedEvent) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": event.day.isoformat(),
        "x1": event.day.isoformat(),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "above",  # below, a line of the grid on the same day would hide it
        "line": {"color": EVENT, "width": 1, "dash": "dash"},
    }


def _event_number(event: MarkedEvent, row: int) -> dict[str, Any]:
    return {
        "text": str(event.number),
        "x": event.day.isoformat(),
        "yref": "paper",
        "y": 1,
        "yanchor": "bottom",
        "yshift": 2 + row * NUMBER_HEIGHT,
        "showarrow": False,
        "font": {"size": 12},
        "bgcolor": "#ffffff",
        "bordercolor": EVENT,
        "borderpad": 2,
    }


def _days_drawn(drawn: go.Figure) -> list[date]:
    """The days along a figure's x axis, in order; none where that holds no dates."""
    try:
        return sorted(date.fromisoformat(value) for trace in drawn.data for value in trace.x or ())
    except (TypeError, ValueError):  # numbers, or names of categories
        return []


def has_data(drawn: go.Figure) -> bool:
    """Whether there is anything to draw: a figure of gaps alone is no chart."""
    return any(value is not None for trace in drawn.data for value in measured(trace))


def measured(trace: Any) -> Sequence[Number]:
    """The values of a trace, along the axis that measures."""
    return (trace.x if getattr(trace, "orientation", None) == "h" else trace.y) or ()
