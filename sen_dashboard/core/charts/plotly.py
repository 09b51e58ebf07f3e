"""Charts as Plotly figures, for readers who explore one: with the series, numbers and words of the page's drawing.

A plot keeps its place in the drawing that it replaces: its sizes are the layout's. Plotly itself is loaded when the
first figure is asked for. It is given plain lists (None becomes null), and no text as a template.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sen_dashboard.core import formats
from sen_dashboard.core.charts import measure, palette, words
from sen_dashboard.core.charts.chart import Chart, Event, Series, Shape, Tone
from sen_dashboard.core.charts.layout import lay_out
from sen_dashboard.core.charts.layout.bars import KEY_HEIGHT, ticked
from sen_dashboard.core.charts.layout.heading import KEY
from sen_dashboard.core.charts.layout.lines import EDGE, markers_of
from sen_dashboard.core.charts.layout.placing import Face
from sen_dashboard.core.charts.layout.value import WIDE, Anchor, Key, Layout, Size, Words
from sen_dashboard.core.charts.svg import Address, nowhere

if TYPE_CHECKING:
    import plotly.graph_objects as go

Plain = dict[str, Any]

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
SYMBOLS, SIGNS = ("circle", "square", "diamond", "triangle-up"), "●■◆▲"  # as the markers of the layout
TRANSPARENT = "rgba(255, 255, 255, 0)"
CORNER = {"xref": "paper", "x": 0, "yref": "paper", "y": 1}  # of the plot, at the top left
SIDE = {Anchor.START: "left", Anchor.MIDDLE: "center", Anchor.END: "right"}
LEVEL = {"color": palette.LEVEL, "width": 1, "dash": "7px,4px"}
TICK = {"color": palette.YEAR_BEFORE, "width": 3}
AXIS: Plain = {
    "gridcolor": palette.GRID,
    "zerolinecolor": palette.AXIS,
    "linecolor": palette.AXIS,
    "showline": False,
    "layer": "below traces",
    "tickcolor": palette.PAPER,
    "ticks": "outside",  # keeps the labels off the bars
    "ticklen": 6,
}


def figure(chart: Chart, address: Address = nowhere, size: Size = WIDE) -> "go.Figure":
    """Return the chart as a figure of that size; each mark has its address, or an empty text, as custom data."""
    import plotly.graph_objects as go

    is_bars = chart.shape is Shape.BARS
    size = replace(size, is_narrow=size.is_narrow and not is_bars)  # Plotly puts names beside bars
    layout = lay_out(chart, size, measure.shown)
    drawn = _bars(chart, layout, address) if is_bars else reversed(list(_lines(chart, address)))
    axes = _axes_of_bars(chart, layout) if is_bars else _axes_of_lines(chart, layout)
    return go.Figure(
        [*_levels(chart), *drawn],  # the first line on top
        {**_house_style(chart, layout), **axes, **_laid_over(chart, layout)},
    )


def plain_text(text: str) -> str:
    """Return a text made safe for Plotly, which reads some HTML, fields such as "%{x}", and "$" as mathematics."""
    signs = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("%{", "%&#123;"), ("$", "&#36;"))
    for sign, written in signs:
        text = text.replace(sign, written)
    return text


# Series


def _lines(chart: Chart, address: Address) -> Iterator[Plain]:
    for series, marker in zip(chart.series, markers_of(chart), strict=True):
        yield {
            "type": "scatter",
            **_marks(chart, series, address),
            "name": plain_text(series.name),
            "x": _along(chart),
            "y": list(series.values),
            "mode": "lines" if series.is_year_before else "lines+markers",
            "line": _line_style(series),
            "marker": {"size": 7, "symbol": SYMBOLS[marker]},
            "cliponaxis": False,
        }


def _bars(chart: Chart, layout: Layout, address: Address) -> Iterator[Plain]:
    for n, series in enumerate(chart.series):
        shared = {
            **_marks(chart, series, address),
            "name": plain_text(series.name),
            "x": list(series.values),
            "y": _along(chart),
        }
        yield _tick(shared) if n == ticked(chart) else {**shared, **_bar(chart, layout, n)}


def _bar(chart: Chart, layout: Layout, n: int) -> Plain:
    """Return bars where the drawing has them; Plotly measures their height in rows."""
    series, row = chart.series[n], layout.plot.height / max(len(chart.categories), 1)
    style = _bar_style(series)
    colours = [palette.TONES[mark.tone or series.tone] for mark in series.marks]
    bar: Plain = {
        "type": "bar",
        "orientation": "h",
        "text": [plain_text(words.at_bar(chart, series, place)) for place in range(len(series.marks))],
        "textposition": "none",  # they are laid over the plot
        "marker": {"color": style["fillcolor"] if series.is_year_before else colours, "line": style["line"]},
    }
    for spot in layout.spots[n][:1]:
        middle = layout.plot.top + (spot.place + 0.5) * row
        bar |= {"width": spot.drawn.height / row, "offset": (spot.drawn.top - middle) / row}
    return bar


def _bar_style(series: Series) -> Plain:
    if series.is_year_before:
        return {"fillcolor": palette.YEAR_BEFORE_BAR, "line": {"color": palette.YEAR_BEFORE, "width": 1}}
    return {"fillcolor": palette.of_series(series), "line": {"width": 0}}


def _line_style(series: Series) -> Plain:
    is_before = series.is_year_before
    dash = {"width": 2, "dash": "dot"} if is_before else {"width": 2.5, "dash": "solid"}
    return {"color": palette.of_series(series), **dash}


def _tick(shared: Plain) -> Plain:
    """Return the trace of the year before: a tick where each bar ended."""
    return {
        "type": "scatter",
        **shared,
        "mode": "markers",
        "marker": {"symbol": "line-ns", "size": 13, "color": palette.YEAR_BEFORE, "line": TICK},
    }


def _marks(chart: Chart, series: Series, address: Address) -> Plain:
    """Return the words that the marks of a series show when pointed at, and their addresses."""
    known = [mark.value is not None for mark in series.marks]
    return {
        "customdata": [address(series, mark) or "" for mark in series.marks],
        "hoverinfo": "text",
        "hovertext": [
            plain_text(words.of_mark(chart, series, place)) if is_known else ""
            for place, is_known in enumerate(known)
        ],
    }


def _levels(chart: Chart) -> Iterator[Plain]:
    """Yield a line from the first category to the last at the value of each level."""
    along = _along(chart)
    ends = [along[0], along[-1]] if along else []
    for level in chart.levels:
        values = [level.value] * len(ends)
        is_down = chart.shape is Shape.BARS
        yield {
            "type": "scatter",
            "name": plain_text(level.name),
            "x": values if is_down else ends,
            "y": ends if is_down else values,
            "mode": "lines",
            "line": LEVEL,
            "hoverinfo": "text",
            "hovertext": plain_text(words.at_level(chart, level)),
        }


def _along(chart: Chart) -> Sequence[str | int]:
    """Return the days, or the positions of names, so that two equal names stay apart."""
    return list(chart.categories) if chart.is_over_time else list(range(len(chart.categories)))


# Layout


def _house_style(chart: Chart, layout: Layout) -> Plain:
    plot = layout.plot
    return {
        "template": "none",
        "font": {"family": FONT, "size": layout.font, "color": palette.TEXT},
        "paper_bgcolor": palette.PAPER,
        "plot_bgcolor": palette.PAPER,
        "width": layout.width,
        "height": layout.height,
        "margin": {
            "l": plot.left,
            "r": layout.width - plot.right,
            "t": plot.top,
            "b": layout.height - plot.bottom,
            "autoexpand": False,  # the plot stays where it was
        },
        "hovermode": "closest",
        "hoverlabel": {"namelength": -1},
        "showlegend": False,
        "barmode": "overlay",  # each bar sets its own position
        "modebar": {"color": palette.AXIS, "activecolor": palette.TEXT, "bgcolor": TRANSPARENT},
        "meta": {
            "title": plain_text(chart.title),  # for a picture saved from the page
            "along": {"tickvals": _along(chart), "ticktext": list(map(plain_text, chart.names))},  # for zooms
            "named": max(len(layout.named), 1),
        },
    }


def _axes_of_lines(chart: Chart, layout: Layout) -> Plain:
    """Return axes on which values stay visible and days can be zoomed into."""
    values = {
        **AXIS,
        **_named(layout),
        "range": [layout.axis.low, layout.axis.high],
        "fixedrange": True,
        "zeroline": layout.axis.low < 0 < layout.axis.high,
    }
    along, share = _along(chart), EDGE / (layout.plot.width - 2 * EDGE)
    categories = {
        **AXIS,
        "type": "date" if chart.is_over_time else "linear",
        "range": _range_of_days(chart, share) if chart.is_over_time else _range_of_names(chart, share),
        "tickvals": [along[n] for n in layout.named],
        "ticktext": [plain_text(chart.names[n]) for n in layout.named],
        "showgrid": False,
        "showline": True,
        "zeroline": False,
        "tickcolor": palette.AXIS,
        "tickangle": 0,
    }
    return {"xaxis": categories, "yaxis": values}


def _range_of_days(chart: Chart, share: float) -> list[str]:
    """Return a range from before the first day to after the last, by a share of the days between them."""
    shown = [*chart.days, *(event.day for event in chart.events)]
    edge = max((max(shown) - min(shown)) * share, timedelta(days=1))
    return [str(min(shown) - edge), str(max(shown) + edge)]


def _range_of_names(chart: Chart, share: float) -> list[float]:
    last = len(chart.categories) - 1
    edge = max(last, 1) * share
    return [-edge, last + edge]


def _axes_of_bars(chart: Chart, layout: Layout) -> Plain:
    values = {
        **AXIS,
        **_named(layout),
        "range": [layout.axis.low, layout.axis.high],
        "fixedrange": True,
        "zeroline": True,
    }
    rows = {
        **AXIS,
        "range": [len(chart.categories) - 0.5, -0.5],
        "fixedrange": True,
        "showticklabels": False,  # names are laid over the plot
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
    }
    return {"xaxis": values, "yaxis": rows}


def _named(layout: Layout) -> Plain:
    values, texts = zip(*layout.axis.named, strict=True)
    return {"tickvals": list(values), "ticktext": list(texts)}


# Laid over the plot: words and keys where the drawing has them


def _laid_over(chart: Chart, layout: Layout) -> Plain:
    shown = [line for line in layout.words if line.look not in ("tick", "number-words")]
    numbers = [line for line in layout.words if line.look == "number-words"]
    events = zip(chart.events, numbers, layout.events, strict=True)
    return {
        "annotations": [
            *(_words(line, layout) for line in shown),
            *(marker for key in layout.keys for marker in _marker_of_key(chart, key, layout)),
            *(_number(event, line, x, layout) for event, line, x in events),
        ],
        "shapes": [*map(_event_line, chart.events), *(_sample(chart, key, layout) for key in layout.keys)],
    }


def _middle(line: Words, layout: Layout) -> float:
    """Return the vertical position of the middle of a line of words."""
    return line.y - Face(measure.shown, layout.font).to_base


def _colour(look: str) -> str:
    """Return the colour of words with that look."""
    return {"name before": palette.YEAR_BEFORE, "name main": palette.TONES[Tone.MAIN]}.get(look, palette.TEXT)


def _placed(text: str, x: float, y: float, layout: Layout) -> Plain:
    """Return a text around a point of the drawing, unaffected by zooming."""
    plot = layout.plot
    return {
        "text": plain_text(text),
        **CORNER,
        "xanchor": "center",
        "xshift": x - plot.left,
        "yshift": plot.top - y,
        "yanchor": "middle",
        "showarrow": False,
    }


def _words(line: Words, layout: Layout) -> Plain:
    placed = _placed(line.text, line.x, _middle(line, layout), layout)
    return {**placed, "xanchor": SIDE[line.anchor], "font": {"color": _colour(line.look)}}


def _marker_of_key(chart: Chart, key: Key, layout: Layout) -> Iterator[Plain]:
    """Yield the marker on the sample of a line that has markers."""
    series = None if key.series is None else chart.series[key.series]
    if series and not series.is_year_before and chart.shape is Shape.LINES:
        others = [one for one in chart.series[: key.series] if not one.is_year_before]
        sign = SIGNS[len(others) % len(SIGNS)]
        yield {
            **_placed(sign, key.x, key.y, layout),
            "font": {"color": palette.of_series(series), "size": 12},
        }


def _sample(chart: Chart, key: Key, layout: Layout) -> Plain:
    """Return a piece of line, a small bar or a tick, whose size does not change with zooming."""
    series = None if key.series is None else chart.series[key.series]
    half, high = KEY / 2, KEY_HEIGHT / 2
    is_bars = chart.shape is Shape.BARS
    if is_bars and (series is None or key.series == ticked(chart)):
        line = LEVEL if series is None else TICK
        return _shape(key, layout, 0, KEY_HEIGHT, {"type": "line", "line": line})
    if series is None or not is_bars:
        line = LEVEL if series is None else _line_style(series)
        return _shape(key, layout, half, 0, {"type": "line", "line": line})
    return _shape(key, layout, half, high, {"type": "rect", **_bar_style(series)})


def _shape(key: Key, layout: Layout, half: float, high: float, style: Plain) -> Plain:
    """Return a shape around a key, extending so far to the sides and up and down."""
    x, y = key.x - layout.plot.left, layout.plot.top - key.y
    return {
        **style,
        "xref": "paper",
        "xsizemode": "pixel",
        "xanchor": 0,
        "x0": x - half,
        "x1": x + half,
        "yref": "paper",
        "ysizemode": "pixel",
        "yanchor": 1,
        "y0": y - high,
        "y1": y + high,
    }


def _event_line(event: Event) -> Plain:
    return {
        "type": "line",
        "x0": event.day.isoformat(),
        "x1": event.day.isoformat(),
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": palette.EVENT, "width": 1, "dash": "4px,3px"},
    }


def _number(event: Event, line: Words, x: float, layout: Layout) -> Plain:
    """Return the number of an event, as far from its line as in the drawing."""
    return {
        **_placed(line.text, line.x, _middle(line, layout), layout),
        "hovertext": plain_text(f"{formats.day(event.day)}, {event.title}"),
        "xref": "x",
        "x": event.day.isoformat(),
        "xshift": line.x - x,
        "bgcolor": palette.PAPER,
        "bordercolor": palette.EVENT,
        "borderpad": 2,
    }
