"""Charts as readers of the workbook and the slides find them, for comparison with the values they were drawn from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
from openpyxl.utils import range_boundaries
from pptx import Presentation

from sen_dashboard.core import formats
from sen_dashboard.core.charts.chart import Chart, Shape
from sen_dashboard.reports.collected import Table
from sen_dashboard.reports.writers import slides, workbook
from tests.reports.made import make_collected, make_kpi

WORKBOOK_CHART = "xl/charts/chart1.xml"
SPACES = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
}


@dataclass(frozen=True)
class ToldSeries:
    """A series by its name, with a value for each name along the axis, to 12 digits, since files keep 15."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Told:
    """The contents of a drawn chart: the title of its values, the names along its axis, its series, and their labels.

    Levels are series of lines, after the others.
    """

    title: str
    names: tuple[str, ...]
    series: tuple[ToldSeries, ...]
    labels: tuple[tuple[str, ...], ...]


def told(chart: Chart) -> Told:
    """The contents that every drawing of a chart must have."""
    series = chart.with_levels if chart.shape is Shape.LINES else chart.series
    labels = [
        tuple(
            one.marks[place].label
            for one in series
            if one.marks[place].label and one.values[place] is not None
        )
        for place in range(len(chart.categories))
    ]
    return Told(
        chart.values.title,
        chart.names,
        tuple(ToldSeries(one.name, tuple(map(digits, one.values))) for one in series),
        tuple(labels),
    )


def in_workbook(chart: Chart, table: Table | None = None) -> Told:
    """The contents of the chart in a workbook, on the sheet of a KPI with that table."""
    file = _workbook(chart, table)
    return _describe(_part(file, WORKBOOK_CHART), openpyxl.load_workbook(BytesIO(file)))


def on_slides(chart: Chart) -> Told:
    """The contents of a chart's slides together, read from the workbooks behind them."""
    deck = Presentation(BytesIO(slides.write(make_collected(make_kpi(chart=chart)))))
    drawn = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    first, *others = [_on_slide(one) for one in drawn]
    for other in others:
        assert (other.title, len(other.series)) == (first.title, len(first.series))
        series = (
            ToldSeries(one.name, one.values + more.values)
            for one, more in zip(first.series, other.series, strict=True)
        )
        first = Told(first.title, first.names + other.names, tuple(series), first.labels + other.labels)
    return first


def _on_slide(drawn: Any) -> Told:
    book = openpyxl.load_workbook(BytesIO(drawn.part.chart_workbook.xlsx_part.blob))
    return _describe(ElementTree.fromstring(drawn.part.blob), book)


def workbook_chart(chart: Chart, table: Table | None = None) -> ElementTree.Element:
    """The chart of a workbook as the file describes it."""
    return _part(_workbook(chart, table), WORKBOOK_CHART)


def slide_chart(chart: Chart) -> ElementTree.Element:
    """The chart of a slide as the file describes it."""
    return _part(slides.write(make_collected(make_kpi(chart=chart))), "ppt/charts/chart")


def _workbook(chart: Chart, table: Table | None) -> bytes:
    kpi = make_kpi(chart=chart, **({"table": table} if table else {}))
    return workbook.write(make_collected(kpi))


def _part(file: bytes, beginning: str) -> ElementTree.Element:
    """The only part of an office file whose name begins with the text."""
    with ZipFile(BytesIO(file)) as package:
        (name,) = (name for name in package.namelist() if name.startswith(beginning))
        return ElementTree.fromstring(package.read(name))


def digits(value: float | None) -> float | None:
    """A number to 12 digits."""
    return None if value is None else float(f"{value:.12g}")


def _describe(drawn: ElementTree.Element, book: openpyxl.Workbook) -> Told:
    series = drawn.findall(".//c:ser", SPACES)
    names = _names(drawn, _cells(series[0], "c:cat", book))
    labels = [dict(_labels(one)) for one in series]
    return Told(
        _text(drawn.find(".//c:valAx/c:title", SPACES)) or _text(drawn.find("c:chart/c:title", SPACES)),
        names,
        tuple(ToldSeries(_name(one), _values(one, book)) for one in series),
        tuple(tuple(of[place] for of in labels if place in of) for place in range(len(names))),
    )


def _text(element: ElementTree.Element | None) -> str:
    return "" if element is None else "".join(run.text or "" for run in element.iterfind(".//a:t", SPACES))


def _name(series: ElementTree.Element) -> str:
    return next((found.text or "" for found in series.iterfind("c:tx//c:v", SPACES)), "")


def _names(drawn: ElementTree.Element, cells: list[Any]) -> tuple[str, ...]:
    """Names as an office program writes them along the axis."""
    form = next((axis.get("formatCode") for axis in drawn.iterfind(".//c:dateAx/c:numFmt", SPACES)), None)
    written = {None: str, "mmm yyyy": formats.month, "d mmm yyyy": formats.day_short}[form]
    return tuple(written(cell.date() if isinstance(cell, datetime) else cell) for cell in cells)


def _values(series: ElementTree.Element, book: openpyxl.Workbook) -> tuple[float | None, ...]:
    """The values of the cells that a series refers to; the copies kept in the file must be the same."""
    values = tuple(map(digits, _cells(series, "c:val", book)))
    kept = {
        int(point.get("idx", 0)): digits(float(point.findtext("c:v", "", SPACES)))
        for point in series.iterfind("c:val//c:pt", SPACES)
        if point.findtext("c:v", "", SPACES)
    }
    assert kept == {place: value for place, value in enumerate(values) if value is not None}
    return values


def _cells(series: ElementTree.Element, part: str, book: openpyxl.Workbook) -> list[Any]:
    """The cells that a part of a series refers to, such as ``'1 Needs'!$B$8:$B$10``."""
    (address,) = (found.text or "" for found in series.iterfind(f"{part}//c:f", SPACES))
    name, _, cells = address.rpartition("!")
    left, top, right, bottom = range_boundaries(cells)
    assert left == right
    sheet = book[name.strip("'").replace("''", "'")]
    return [sheet.cell(row, left).value for row in range(top, bottom + 1)]


def _labels(series: ElementTree.Element) -> Iterator[tuple[int, str]]:
    """The labels at the bars of a series, by their positions."""
    for label in series.iterfind("c:dLbls/c:dLbl", SPACES):
        if said := _text(label.find("c:tx", SPACES)):
            place = label.find("c:idx", SPACES)
            assert place is not None
            yield int(place.get("val", "")), said
