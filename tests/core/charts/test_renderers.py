"""Every renderer of a chart shows the same series, the same numbers and the same words.

To add a renderer, add a function that reads a chart back from its output: ``READERS``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import unescape
from math import isclose

import pytest

from sen_dashboard.core.charts import plotly, svg, words
from sen_dashboard.core.charts.chart import Chart, Shape
from sen_dashboard.core.charts.layout.value import NARROW, Layout, Spot
from sen_dashboard.core.charts.palette import TONES
from tests.core.charts.gallery import CHARTS, address
from tests.core.charts.reading import Told, in_workbook, on_slides, told
from tests.reports import test_slides

Value = float | int | None


@dataclass(frozen=True)
class Read:
    """A series as a reader of the finished chart finds it: its values and, where they are said, their words.

    ``addresses`` are where its marks lead, None in a format without links.
    """

    values: tuple[Value, ...]
    words: tuple[str, ...] | None = None
    addresses: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ReadChart:
    """A chart as it is read back: its series in their order, and its levels by name, in words."""

    series: tuple[Read, ...]
    levels: tuple[str, ...]


def from_svg(chart: Chart) -> ReadChart:
    picture = svg.inline(chart, address).wide
    read = []
    for drawn, spots in zip(picture.series, picture.layout.spots, strict=True):
        at = {
            spot.place: (_value(chart, picture.layout, spot), link)
            for spot, link in zip(spots, drawn.links, strict=True)
        }
        found = [at.get(place) for place in range(len(chart.categories))]
        read.append(
            Read(
                tuple(one[0] if one else None for one in found),
                tuple(one[1].words if one else "" for one in found),
                tuple(one[1].address if one else "" for one in found),
            )
        )
    return ReadChart(tuple(read), tuple(level.title for level in picture.layout.levels))


def _value(chart: Chart, layout: Layout, spot: Spot) -> float:
    """The value at which a spot is drawn."""
    low, high, plot = layout.axis.low, layout.axis.high, layout.plot
    is_bars = chart.shape is Shape.BARS
    share = (spot.x - plot.left) / plot.width if is_bars else (plot.bottom - spot.y) / plot.height
    return low + share * (high - low)


def from_plotly(chart: Chart) -> ReadChart:
    figure = plotly.figure(chart, address)
    levels = figure.data[: len(chart.levels)]
    traces = list(figure.data[len(chart.levels) :])
    read = tuple(
        Read(
            tuple(trace.x if chart.shape is Shape.BARS else trace.y),
            tuple(map(unescape, trace.hovertext)),
            tuple(trace.customdata),
        )
        for trace in (traces if chart.shape is Shape.BARS else reversed(traces))
    )
    return ReadChart(read, tuple(unescape(level.hovertext) for level in levels))


READERS: dict[str, Callable[[Chart], ReadChart]] = {"svg": from_svg, "plotly": from_plotly}

# Where marks would lie too close, the drawing in a page shows some of them: test_svg.py.
ALL_SHOWN = [name for name in CHARTS if name != "sixty-days"]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ALL_SHOWN)
def test_a_chart_is_read_back_as_it_was(reader: str, name: str) -> None:
    chart = CHARTS[name]
    read = READERS[reader](chart)
    furthest = max(map(abs, chart.known))
    assert len(read.series) == len(chart.series)
    for series, found in zip(chart.series, read.series, strict=True):
        for value, shown in zip(series.values, found.values, strict=True):
            assert (value is None) == (shown is None)
            assert value is None or shown is None or isclose(value, shown, abs_tol=furthest * 1e-9)
        if found.words is not None:
            assert found.words == tuple(
                "" if mark.value is None else words.of_mark(chart, series, place)
                for place, mark in enumerate(series.marks)
            )
        if found.addresses is not None:
            known = [(address(series, mark) or "", mark.value) for mark in series.marks]
            assert [
                one for one, (_, value) in zip(found.addresses, known, strict=True) if value is not None
            ] == [leads_to for leads_to, value in known if value is not None]
    assert read.levels == tuple(words.at_level(chart, level) for level in chart.levels)


@pytest.mark.parametrize("read", [in_workbook, on_slides])
@pytest.mark.parametrize("name", CHARTS)
def test_office_charts_are_read_back_as_it_was(name: str, read: Callable[[Chart], Told]) -> None:
    """Native charts show the same series, numbers and words; a slide shortens names that have no room.

    Slides have no more bars than can be read.
    """
    chart = CHARTS[name]
    found, expected = read(chart), told(readable(chart) if read is on_slides else chart)
    assert replace(found, names=()) == replace(expected, names=())
    for shown, whole in zip(found.names, expected.names, strict=True):
        assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


def readable(chart: Chart) -> Chart:
    """The chart with what two slides of 13 bars hold, those of the year before left out first."""
    wanted, shown = test_slides.on_slides(chart)
    series = (replace(one, marks=one.marks[:shown]) for one in chart.series if one.name in wanted)
    return replace(chart, categories=chart.categories[:shown], series=tuple(series))


# Plotly


def test_plotly_is_given_lists_and_no_templates_and_no_html_of_records() -> None:
    for name in ("hostile-lines", "hostile-bars"):
        text = plotly.figure(CHARTS[name], address).to_json()
        assert "template" not in text.replace('"template":"none"', "").replace('"template":', "")
        assert "<b>" not in text
        assert "<script" not in text
        assert "%{" not in text
        assert "bdata" not in text


def test_plotly_marks_events_by_number_and_says_what_they_were() -> None:
    figure = plotly.figure(CHARTS["share-with-events"], address)
    lines = [shape for shape in figure.layout.shapes if shape.xsizemode != "pixel"]
    assert [str(line.x0) for line in lines] == [
        str(event.day) for event in CHARTS["share-with-events"].events
    ]
    numbers = [note for note in figure.layout.annotations if note.hovertext]
    assert [note.text for note in numbers] == [str(n) for n in range(1, 11)]
    assert numbers[0].hovertext == "1 April 2017, First"


def test_plotly_draws_bars_where_the_drawing_has_them() -> None:
    chart = CHARTS["costs"]
    first, second = plotly.figure(chart, address).data
    assert first.offset < -first.width < second.offset
    assert {first.marker.color[0], second.marker.color[0]} == {TONES[series.tone] for series in chart.series}


def test_plotly_tells_bars_of_one_name_apart() -> None:
    assert list(plotly.figure(CHARTS["hostile-bars"], address).data[0].y) == [0, 1, 2, 3]


def test_a_narrow_figure_is_as_wide_as_the_narrow_drawing() -> None:
    for name in ("share", "needs"):
        assert plotly.figure(CHARTS[name], address, NARROW).layout.width == NARROW.width
