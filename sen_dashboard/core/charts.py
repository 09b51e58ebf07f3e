"""Charts as Plotly descriptions in the Analysis Function palette, drawn in the browser.

Figures are given plain lists (None becomes null), never frames or arrays, and never start a bar off zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import log10
from typing import Any

import plotly.graph_objects as go

from sen_dashboard.core import formats
from sen_dashboard.core.formats import Number

INMSS = "#12436D"  # dark blue, always INMSS or the main series
SECOND = "#F46A25"  # orange
CONTEXT = "#A285D1"  # light purple
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
}

MOST_BARS = 20  # more cannot be read


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
    return go.Scatter(
        name=name,
        x=days(x),
        y=numbers(y),
        mode="lines+markers",
        line={"color": colour, "width": 3},
        marker={"size": 6},
        customdata=marks.custom_data if marks else None,
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
    return go.Bar(
        name=name,
        y=list(categories),
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
        "tickvals": numbers(ticks),
        "ticktext": [formats.pounds_short(tick) for tick in ticks],
    }


def month_axis(month_ends: Sequence[date]) -> dict[str, Any]:
    """An axis of month ends with about six ticks, at points and named by their months, the last one always."""
    step = max(1, len(month_ends) // 6)
    shown = month_ends[::-step][::-1]
    return {"tickvals": days(shown), "ticktext": [formats.month(day) for day in shown]}


def has_data(drawn: go.Figure) -> bool:
    """Whether there is anything to draw: a figure of gaps alone is no chart."""
    return any(value is not None for trace in drawn.data for value in _measured(trace))


def _measured(trace: Any) -> Sequence[Number]:
    """The values of a trace, along the axis that measures."""
    return (trace.x if getattr(trace, "orientation", None) == "h" else trace.y) or ()
