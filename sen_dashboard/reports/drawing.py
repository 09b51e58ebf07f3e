"""A chart of the screen, read from its Plotly description as every format draws it: lines over days, or bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from html import unescape
from typing import Any

import plotly.graph_objects as go

from sen_dashboard.core import chart_layers, charts
from sen_dashboard.core.charts import CONTEXT, TEXT


class Shape(StrEnum):
    """How a chart is drawn."""

    LINES = "lines"
    BARS = "bars"


@dataclass(frozen=True)
class Series:
    """A line, or bars of one kind. ``values`` stand along the drawing's categories; None is a gap.

    ``labels`` are what is written at the bars. ``is_context`` is the year before, drawn in grey.
    """

    name: str
    values: tuple[float | int | None, ...]
    colour: str
    labels: tuple[str, ...] = ()
    is_context: bool = False


@dataclass(frozen=True)
class Drawing:
    """A chart: ``categories`` are days of lines, or the names of bars from the top down.

    ``title`` says what the values are; ``prefix`` and ``suffix`` are written about a value on the axis. ``levels`` are
    named lines across, such as a target.
    """

    shape: Shape
    title: str
    categories: tuple[date | str, ...]
    series: tuple[Series, ...]
    prefix: str = ""
    suffix: str = ""
    levels: tuple[tuple[str, float], ...] = ()
    from_zero: bool = False

    @property
    def with_levels(self) -> tuple[Series, ...]:
        """The series, then each level as a series of one value."""
        count = len(self.categories)
        return (*self.series, *(Series(name, (level,) * count, TEXT) for name, level in self.levels))

    @property
    def begins_at_zero(self) -> bool:
        """Whether the axis does: bars do, and what the screen draws so, unless a value is below 0."""
        return (self.from_zero or self.shape is Shape.BARS) and min(self._values, default=0) >= 0

    @property
    def axis_format(self) -> str:
        """How an office program numbers the axis: pounds as in `formats.pounds_short`."""
        furthest = max(map(abs, self._values), default=0)
        if self.prefix:
            sign = f'"{self.prefix}"'
            if furthest >= 1_000_000:
                return f'[=0]{sign}0;{sign}0.0,,"m"'
            return f'[=0]{sign}0;{sign}0,"k"' if furthest >= 10_000 else f"{sign}#,##0"
        if self.suffix:
            return f'General"{self.suffix}"'
        return "#,##0" if furthest >= 10 else "General"

    @property
    def _values(self) -> list[float | int]:
        return [value for series in self.series for value in series.values if value is not None]


def chart_of(figure: go.Figure, before: go.Figure | None = None) -> dict[str, Any] | None:
    """A figure as a report keeps it: without addresses and events, over the year ``before`` as context.

    None when there is nothing to draw.
    """
    if not charts.has_data(figure):
        return None
    for trace in figure.data:
        trace.customdata = None
    if before is not None:
        chart_layers.with_year_before(figure, before)
    kept: dict[str, Any] = figure.to_plotly_json()
    return kept


def read(chart: Mapping[str, Any]) -> Drawing:
    """The drawing of a figure made by `core.charts`, with or without the layers of `core.chart_layers`."""
    traces, layout = chart["data"], chart["layout"]
    bars = [trace for trace in traces if trace["type"] == "bar"]
    along, across = ("y", "x") if bars else ("x", "y")
    categories = tuple(traces[0][along])
    axis = layout[f"{across}axis"]
    return Drawing(
        Shape.BARS if bars else Shape.LINES,
        axis.get("title", {}).get("text", ""),
        tuple(map(_plain, categories)) if bars else tuple(map(date.fromisoformat, categories)),
        tuple(_series(trace, along, across, categories) for trace in traces),
        axis.get("tickprefix") or "",
        axis.get("ticksuffix") or "",
        _levels(layout),
        axis.get("rangemode") == "tozero",
    )


def _series(trace: Mapping[str, Any], along: str, across: str, categories: Sequence[str]) -> Series:
    """A trace with its values at the categories: context may have fewer points."""
    at = dict(zip(trace[along], trace[across], strict=True))
    style = trace.get("line") or trace.get("marker") or {}
    colour = style.get("color") or style.get("line", {}).get("color") or CONTEXT
    return Series(
        _plain(trace.get("name") or ""),
        tuple(at.get(category) for category in categories),
        colour,
        tuple(map(_plain, trace.get("text") or ())),
        "year before" in (trace.get("name") or ""),
    )


def _levels(layout: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    """The lines across, each with the name that stands at its height."""
    names = {note["y"]: note["text"] for note in layout.get("annotations", ()) if note.get("xref") == "paper"}
    across = [shape for shape in layout.get("shapes", ()) if shape.get("xref") == "paper"]
    return tuple((names[line["y0"]], line["y0"]) for line in across)


def _plain(text: str) -> str:
    """A name as it was before `charts.plain_text` wrote it for Plotly."""
    return unescape(text)
