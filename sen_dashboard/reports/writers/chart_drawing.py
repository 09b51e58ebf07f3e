"""A report's charts as vectors: a `Chart` in the house style as SVG, drawn by matplotlib (docs/adr/0011).

Everything is measured in points. Room is worked out from the words that need it, so that none is cut or lies on
another: names stand at the ends of lines, one above the other, and values at the ends of bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import pairwise
from textwrap import wrap
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from sen_dashboard.core import charts, formats
from sen_dashboard.core.chart_layers import BEFORE, GOAL, LEGIBLE
from sen_dashboard.core.charts import fonts
from sen_dashboard.core.charts.chart import Chart, Event, Series, Shape
from sen_dashboard.reports.writers import chart_style

WIDTH = 482.0  # the text of an A4 page with margins of 20 mm
LINES_HEIGHT = 165.0  # of the lines alone
MOST_BARS_HEIGHT = 430.0  # so that a chart fits on a page under its figures
SIZE = 8.0  # of every word
LINE = 10.0  # from one line of words to the next
GAP = 6.0
EDGE = 12.0  # beyond the ends of an axis
KEY = 14.0  # the piece of line before a name
NAME_LETTERS, CATEGORY_LETTERS = 22, 34  # in a line of words
LEGEND_LETTERS = 80  # of all names in one row
Dash = Literal["-", ":", "--"]

for _file in sorted(fonts.FOLDER.glob("*.ttf")):
    fontManager.addfont(_file)
matplotlib.rcParams.update(
    {
        "font.family": list(fonts.FAMILIES),
        "font.size": SIZE,
        "text.color": charts.TEXT,
        "text.parse_math": False,  # a "$" is a dollar
        "axes.labelcolor": charts.TEXT,
        "xtick.color": charts.TEXT,
        "ytick.color": charts.TEXT,
        "svg.fonttype": "none",  # words stay words
        "svg.hashsalt": "chart",  # the same chart is the same file
    }
)


def svg(chart: Chart) -> bytes:
    """The chart, with a numbered line for each of its events where it is of lines over days."""
    figure = _bars(chart) if chart.shape is Shape.BARS else _lines(chart)
    file = BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


@dataclass(frozen=True)
class Room:
    """Points kept free around a plot for words."""

    left: float
    right: float
    top: float
    bottom: float


def _plot(height: float, room: Room) -> tuple[Figure, Axes, float]:
    """An empty plot of that height within its room, and its width."""
    width, whole = WIDTH - room.left - room.right, height + room.top + room.bottom
    figure = Figure((WIDTH / 72, whole / 72))
    axes = figure.add_axes((room.left / WIDTH, room.bottom / whole, width / WIDTH, height / whole))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, pad=GAP)
    axes.set_axisbelow(True)
    return figure, axes, width


def _width(text: str) -> float:
    return fonts.width(text, SIZE)


def _wrapped(text: str, letters: int) -> str:
    """A name in at most two lines."""
    return "\n".join(wrap(text, letters, max_lines=2, placeholder=" …"))


# Axes of values


def _ticks(chart: Chart, *, from_zero: bool, most: int = 6) -> list[float]:
    """Round values from below the lowest to above the highest, about ``most``."""
    known = chart.known
    low, high = min(known), max(known)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1
    whole = all(value.is_integer() for value in known)  # half a child is on no axis
    locator = MaxNLocator(most, steps=[1, 2, 5, 10], integer=whole)
    return [float(tick) for tick in locator.tick_values(low, high)]


# Lines over days


@dataclass(frozen=True)
class Name:
    """A name at the right of a plot: of a line, at its last value, or of a level."""

    text: str
    value: float
    colour: str
    dash: Dash

    @property
    def height(self) -> float:
        return LINE * len(self.text.split("\n")) + 2


def _lines(chart: Chart) -> Figure:
    days, events = chart.days, chart.events
    ticks = _ticks(chart, from_zero=chart.values.from_zero)
    labels = [chart.values.kind.tick(tick) for tick in ticks]
    names = _names(chart)
    rows = charts.rows_of_numbers([event.day for event in events], apart=0.05 * (days[-1] - days[0]).days)
    room = Room(
        left=max(map(_width, labels)) + GAP,
        right=max((_width(name.text) for name in names), default=0) + KEY + 3 * GAP,
        top=2 * LINE + (2 * LINE * (1 + max(rows)) if rows else 0),
        bottom=2 * LINE,
    )
    figure, axes, width = _plot(LINES_HEIGHT, room)
    axes.grid(color=charts.GRID, linewidth=0.8)
    axes.set_yticks(ticks, labels)
    axes.set_ylim(ticks[0], ticks[-1])
    edge = max((days[-1] - days[0]).days * 0.02, 1)
    first, last = date2num(min([*days, *(event.day for event in events)])) - edge, date2num(days[-1]) + edge
    axes.set_xlim(first, last)
    months = _months(days, width / (last - first))
    axes.set_xticks(date2num(months), [formats.month(day) for day in months])
    axes.text(0, 1, chart.values.title, transform=figure.transFigure, va="top")
    for series in chart.series:
        _line(axes, chart, series)
    for level in chart.levels:
        axes.axhline(level.value, color=GOAL, linewidth=0.8, linestyle="--", clip_on=False)
    for number, (event, row) in enumerate(zip(events, rows, strict=True), start=1):
        _event(axes, number, event, row)
    _write_names(axes, names, ticks, width)
    return figure


def _months(days: Sequence[date], scale: float) -> list[date]:
    """The days named on the axis: about six, the last one always, and none so near that their names would meet."""
    for step in range(max(1, len(days) // 6), len(days)):
        shown = days[::-step][::-1]
        apart = min((later - day).days for day, later in pairwise(shown)) * scale
        if apart >= _width(formats.month(days[-1])) + 2 * GAP:
            return list(shown)
    return [days[-1]]


def _line(axes: Axes, chart: Chart, series: Series) -> None:
    values = [float("nan") if value is None else value for value in series.values]
    style: dict[str, Any] = (
        {"linewidth": 1.4, "linestyle": ":"}
        if series.is_year_before
        else {"linewidth": 1.8, "marker": "o", "markersize": 3.2}
    )
    axes.plot(
        date2num(chart.days), values, color=chart_style.of_series(chart, series), clip_on=False, **style
    )


def _event(axes: Axes, number: int, event: Event, row: int) -> None:
    """A thin dashed line with its number above the plot."""
    day = date2num(event.day)
    axes.axvline(day, color=charts.EVENT, linewidth=0.8, linestyle="--")
    axes.annotate(
        str(number),
        (day, 1),
        (0, GAP + row * 2 * LINE),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="center",
        bbox={
            "boxstyle": "square,pad=0.3",
            "facecolor": "white",
            "edgecolor": charts.EVENT,
            "linewidth": 0.8,
        },
    )


def _names(chart: Chart) -> list[Name]:
    """The names of the levels and, where there is more than one line, of the lines."""
    names = [Name(_wrapped(level.name, NAME_LETTERS), level.value, GOAL, "--") for level in chart.levels]
    if len(chart.series) > 1:
        for series in chart.series:
            known = [value for value in series.values if value is not None]
            if known:
                dash: Dash = ":" if series.is_year_before else "-"
                names.append(
                    Name(
                        _wrapped(series.name, NAME_LETTERS),
                        float(known[-1]),
                        chart_style.of_series(chart, series),
                        dash,
                    )
                )
    return names


def _write_names(axes: Axes, names: Sequence[Name], ticks: Sequence[float], width: float) -> None:
    """Each name as near as can be to the height of its value, with a piece of its line."""
    scale = LINES_HEIGHT / (ticks[-1] - ticks[0])
    wanted = [(name.value - ticks[0]) * scale for name in names]
    for name, height in zip(names, _heights(wanted, [name.height for name in names]), strict=True):
        left, middle = 1 + GAP / width, height / LINES_HEIGHT
        axes.add_line(
            Line2D(
                (left, left + KEY / width),
                (middle, middle),
                transform=axes.transAxes,
                clip_on=False,
                color=name.colour,
                linestyle=name.dash,
                linewidth=0.8 if name.dash == "--" else 1.8,
            )
        )
        axes.text(
            left + (KEY + GAP) / width,
            middle,
            name.text,
            transform=axes.transAxes,
            va="center",
            linespacing=1.1,
            color=LEGIBLE.get(name.colour, charts.TEXT),
        )


def _heights(wanted: Sequence[float], needed: Sequence[float]) -> list[float]:
    """The middles of names, each near the height it wants and none within another, below the plot's top."""
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    heights = list(wanted)
    taken = float("-inf")
    for n in order:
        heights[n] = max(wanted[n], taken + needed[n] / 2)
        taken = heights[n] + needed[n] / 2
    free = LINES_HEIGHT + LINE
    for n in reversed(order):
        heights[n] = min(heights[n], free - needed[n] / 2)
        free = heights[n] - needed[n] / 2
    return heights


# Bars


def _bars(chart: Chart) -> Figure:
    main = [series for series in chart.series if not series.is_year_before]
    context = [series for series in chart.series if series.is_year_before]
    grouped = main if len(main) == 1 else [*main, *context]  # beside one bar, a year before is a tick on it
    ticked = context if len(main) == 1 else []
    categories = [_wrapped(str(category), CATEGORY_LETTERS) for category in chart.categories]
    lines = max(len(category.split("\n")) for category in categories)
    pitch = max(len(grouped) * (13.0 if len(grouped) == 1 else 10.0) + 7, lines * LINE + 4)
    height = min(pitch * len(categories), MOST_BARS_HEIGHT)
    pitch = height / len(categories)
    legend_rows = _legend_rows(chart)
    room = Room(
        left=max(*map(_width, categories), EDGE) + GAP,
        right=EDGE,
        top=legend_rows * LINE * 1.4 + (GAP if legend_rows else 0),
        bottom=LINE * 3.2,
    )
    figure, axes, width = _plot(height, room)
    axes.grid(axis="x", color=charts.GRID, linewidth=0.8)
    axes.set_ylim(len(categories) - 0.5, -0.5)
    axes.set_yticks(range(len(categories)), categories)
    thickness = (pitch - 6) / pitch / len(grouped)
    for place, series in enumerate(grouped):
        _group(axes, chart, series, (place - (len(grouped) - 1) / 2) * thickness, thickness, ticked)
    for series in ticked:
        _marks(axes, series, thickness)
    low = _ticks(chart, from_zero=True)[0]
    high = max(_end(series, n, ticked, low, width) for series in grouped for n in range(len(categories)))
    high = high if high > low else low + 1
    axes.set_xlim(low, high)
    ticks = _ticks_apart(chart, high, width / (high - low))
    axes.set_xticks(ticks, [chart.values.kind.tick(tick) for tick in ticks])
    axes.set_xlabel(chart.values.title, loc="left")
    if legend_rows:
        _legend(figure, axes, chart, grouped, 1 if legend_rows > 1 else len(chart.series))
    return figure


def _ticks_apart(chart: Chart, high: float, scale: float) -> list[float]:
    """As many round values up to the end of the axis as can be written side by side."""
    for most in (6, 4, 2):
        ticks = [tick for tick in _ticks(chart, from_zero=True, most=most) if tick <= high]
        widest = max(_width(chart.values.kind.tick(tick)) for tick in ticks)
        if (high - ticks[-1]) * scale + EDGE < widest / 2:
            del ticks[-1]
        if len(ticks) == 1 or (ticks[1] - ticks[0]) * scale >= widest + GAP:
            return ticks
    return ticks[:1]


def _group(
    axes: Axes, chart: Chart, series: Series, shift: float, thickness: float, ticked: Sequence[Series]
) -> None:
    """The bars of a series with their values at the ends."""
    places = [n + shift for n in range(len(series.values))]
    axes.barh(
        places,
        [value or 0 for value in series.values],
        thickness * 0.94,
        color=chart_style.of_series(chart, series),
        edgecolor=BEFORE if series.is_year_before else "none",
        linewidth=0.6,
    )
    for n, mark in enumerate(series.marks):
        if not mark.label:
            continue
        axes.annotate(
            mark.label,
            (_furthest(series, n, ticked), places[n]),
            (GAP, 0),
            textcoords="offset points",
            va="center_baseline",
        )


def _marks(axes: Axes, series: Series, thickness: float) -> None:
    """A tick where each bar ended a year before."""
    for n, value in enumerate(series.values):
        if value is not None:
            axes.plot([value, value], [n - thickness / 2, n + thickness / 2], color=BEFORE, linewidth=2)


def _furthest(series: Series, place: int, ticked: Sequence[Series]) -> float:
    """Where a bar, and the tick on it, end to the right."""
    return max(0.0, *(float(one.values[place] or 0) for one in (series, *ticked)), 0.0)


def _end(series: Series, place: int, ticked: Sequence[Series], low: float, width: float) -> float:
    """How far an axis from ``low`` must reach for a bar with its label to fit in the width."""
    label = _width(series.marks[place].label)
    label = label + 2 * GAP if label else 0.0
    return low + (_furthest(series, place, ticked) - low) * width / (width - label)


def _legend_rows(chart: Chart) -> int:
    """How many rows the names take: none where there is one series alone."""
    if len(chart.series) == 1:
        return 0
    return 1 if sum(len(series.name) for series in chart.series) <= LEGEND_LETTERS else len(chart.series)


def _legend(figure: Figure, axes: Axes, chart: Chart, grouped: Sequence[Series], columns: int) -> None:
    keys = [_key(chart, series, series in grouped) for series in chart.series]
    figure.legend(
        keys,
        [series.name for series in chart.series],
        loc="upper left",
        bbox_to_anchor=(axes.get_position().x0, 1),
        ncols=columns,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.2,
        handleheight=0.9,
    )


def _key(chart: Chart, series: Series, is_bar: bool) -> Patch | Line2D:
    if not is_bar:
        return Line2D([], [], color=BEFORE, linestyle="none", marker="|", markersize=9, markeredgewidth=2)
    if series.is_year_before:
        return Patch(facecolor=chart_style.of_series(chart, series), edgecolor=BEFORE, linewidth=0.6)
    return Patch(facecolor=chart_style.of_series(chart, series))
