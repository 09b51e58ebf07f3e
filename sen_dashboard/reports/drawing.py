"""A bridge, until every KPI gives a chart as a value: from a Plotly description to the value, and back for the page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import plotly.graph_objects as go

from sen_dashboard.core import chart_layers, charts
from sen_dashboard.core.charts.chart import Axis, Chart, Level, Mark, Series, Shape, Tone
from sen_dashboard.core.charts.palette import COLOURS
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Goal, Kpi, Result

TONES = {colour: tone for tone, colour in COLOURS.items()}
WRITTEN = (("&lt;", "<"), ("&gt;", ">"), ("%&#123;", "%{"), ("&#36;", "$"))
"""What `charts.plain_text` writes in place of signs."""


def chart_of(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> Chart | None:
    """The chart of an answer; None when there is nothing to draw."""
    chart = replace(read(kpi.figure(result).to_plotly_json()), title=kpi.title)
    return chart if chart.has_data else None


def read(plotly: Mapping[str, Any], events: Sequence[tuple[date, str]] = ()) -> Chart:
    """The chart of a figure made by `core.charts`, with or without the layers of `core.chart_layers`.

    Its marks carry no keys. Of ``events`` it has those in the months that it shows.
    """
    traces, layout = plotly["data"], plotly["layout"]
    is_bars = any(trace["type"] == "bar" for trace in traces)
    along, across = ("y", "x") if is_bars else ("x", "y")
    categories = tuple(traces[0][along] or ()) if traces else ()
    series = tuple(_series(trace, along, across, categories) for trace in traces)
    axis, levels = layout[f"{across}axis"], tuple(_levels(layout))
    chart = Chart(
        Shape.BARS if is_bars else Shape.LINES,
        Axis("", Kind.TEXT if is_bars else Kind.MONTH),
        Axis(
            axis.get("title", {}).get("text", ""),
            _kind(axis, series, levels),
            axis.get("rangemode") == "tozero",
        ),
        tuple(map(_plain, categories)),
        series,
        levels,
    )
    return chart.with_events(events)


def _series(trace: Mapping[str, Any], along: str, across: str, categories: Sequence[str]) -> Series:
    """A trace with its values at the categories: a line of the year before may have fewer points."""
    places, values = tuple(trace[along] or ()), trace[across] or ()
    if places != categories:
        at = dict(zip(places, values, strict=True))
        values = [at.get(category) for category in categories]
    labels = trace.get("text") or [""] * len(categories)
    marks = (Mark(value, label=_plain(label)) for value, label in zip(values, labels, strict=True))
    name = _plain(trace.get("name") or "")
    style = trace.get("line") or trace.get("marker") or {}
    tone = TONES.get(style.get("color", ""), Tone.MAIN)
    return Series(name, tuple(marks), tone=tone, is_year_before="year before" in name)


def _plain(text: str) -> str:
    """A text as it was before `charts.plain_text`."""
    for written, sign in WRITTEN:
        text = text.replace(written, sign)
    return text


def _levels(layout: Mapping[str, Any]) -> list[Level]:
    """The lines across, each with the name that stands at its height."""
    names = {note["y"]: note["text"] for note in layout.get("annotations", ()) if note.get("xref") == "paper"}
    across = [shape for shape in layout.get("shapes", ()) if shape.get("xref") == "paper"]
    return [Level(names[line["y0"]], line["y0"]) for line in across]


def _kind(axis: Mapping[str, Any], series: Sequence[Series], levels: Sequence[Level]) -> Kind:
    """What the values are, as far as their axis tells."""
    if axis.get("tickprefix") == "£":
        return Kind.POUNDS
    if axis.get("ticksuffix") == "%":
        return Kind.PERCENT
    values = [value for one in series for value in one.values if value is not None]
    is_whole = all(float(value).is_integer() for value in [*values, *(level.value for level in levels)])
    return Kind.COUNT if is_whole else Kind.INDEX


def figure(chart: Chart) -> go.Figure:
    """The figure by which the page of a report still draws a chart, without its events."""
    now = _figure(chart, [series for series in chart.series if not series.is_year_before])
    for before in (series for series in chart.series if series.is_year_before):
        chart_layers.with_year_before(now, _figure(chart, [before]))
    levels = {level.name: level.value for level in chart.levels}
    goal = Goal(levels["Target"], levels["Floor"], "") if levels else None
    return chart_layers.with_goal(now, goal)


def _figure(chart: Chart, series: Sequence[Series]) -> go.Figure:
    kind, values = chart.values.kind, [one.values for one in series]
    axis: dict[str, Any] = charts.pounds_axis(*values) if kind is Kind.POUNDS else {}
    axis |= {"ticksuffix": "%"} if kind is Kind.PERCENT else {}
    axis |= {"rangemode": "tozero"} if chart.values.from_zero else {}
    if chart.shape is Shape.BARS:
        bars = [
            charts.bars(
                one.name,
                chart.categories,
                one.values,
                labels=[mark.label for mark in one.marks],
                colour=COLOURS[one.tone],
            )
            for one in series
        ]
        return charts.bar_figure(*bars, x_title=chart.values.title, xaxis=axis)
    lines = [charts.line(one.name, chart.days, one.values, colour=COLOURS[one.tone]) for one in series]
    return charts.figure(*lines, y_title=chart.values.title, xaxis=charts.month_axis(chart.days), yaxis=axis)
