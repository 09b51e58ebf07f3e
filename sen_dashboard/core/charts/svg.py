"""Charts as SVG: inside a page, with a link for each mark, and as a separate file for the PDF.

The layout decides everything that is drawn; the templates components/chart.html and components/chart_file.svg write it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.template.loader import render_to_string

from sen_dashboard.core.charts import fonts, measure, palette, words
from sen_dashboard.core.charts.chart import Chart, Mark, Series, Shape
from sen_dashboard.core.charts.layout import lay_out, paths
from sen_dashboard.core.charts.layout.value import (
    NARROW,
    WIDE,
    Anchor,
    Layout,
    Size,
    Spot,
    Words,
    paper,
)

Address = Callable[[Series, Mark], str | None]
"""Gives the address that a mark leads to, or None."""


@dataclass(frozen=True)
class Link:
    """The link of a mark: a shape to point at, its words, and its address, which is empty if it leads nowhere."""

    address: str
    words: str
    path: str


@dataclass(frozen=True)
class Marks:
    """The marks of one series."""

    is_year_before: bool
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Line:
    """A line of words, with its coordinates as texts."""

    classes: str
    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Picture:
    """A layout as the templates write it. ``along`` is the axis along which the marks of a series follow each other."""

    form: str
    along: str
    width: str
    height: str
    layout: Layout
    series: tuple[Marks, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Inline:
    """A chart within a page, for wide and for narrow screens; the style sheet shows one of the two."""

    wide: Picture
    narrow: Picture


def nowhere(series: Series, mark: Mark) -> str | None:
    """Return None, as the address of marks that lead nowhere."""
    return None


def inline(chart: Chart, address: Address = nowhere) -> Inline:
    """Return the chart for a page, to be given to components/chart.html."""
    return Inline(
        _picture(chart, "wide", WIDE, measure.shown, address),
        _picture(chart, "narrow", NARROW, measure.shown, address),
    )


def standalone(chart: Chart, width: float = 800) -> bytes:
    """Return the chart as a file with its styles inside; words stay words, in Liberation Sans.

    ``width`` is in units in which a word is 14 high.
    """
    drawn = _picture(chart, "file", paper(width), measure.printed, nowhere)
    lines = (replace(line, text=fonts.legible(line.text)) for line in drawn.lines)
    picture = replace(drawn, lines=tuple(lines))
    context = {"picture": picture, "palette": palette, "tones": palette.TONES}
    return render_to_string("components/chart_file.svg", context).encode()


def _picture(
    chart: Chart, form: str, size: Size, measured: Callable[[str], float], address: Address
) -> Picture:
    layout = lay_out(chart, size, measured)
    return Picture(
        form,
        "y" if chart.shape is Shape.BARS else "x",
        paths.number(layout.width),
        paths.number(layout.height),
        layout,
        tuple(
            Marks(series.is_year_before, tuple(_link(chart, series, spot, address) for spot in spots))
            for series, spots in zip(chart.series, layout.spots, strict=True)
        ),
        tuple(map(_line, layout.words)),
    )


def _link(chart: Chart, series: Series, spot: Spot, address: Address) -> Link:
    leads_to = address(series, series.marks[spot.place]) or ""
    return Link(leads_to, words.of_mark(chart, series, spot.place), paths.rectangle(spot.area))


def _line(line: Words) -> Line:
    classes = line.look if line.anchor is Anchor.START else f"{line.look} {line.anchor}"
    return Line(classes, paths.number(line.x), paths.number(line.y), line.text)
