"""A chart as an editable native chart of an office program, with its numbers in an embedded workbook."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter
from pptx.chart.chart import Chart as NativeChart
from pptx.chart.data import ChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Pt

from sen_dashboard.core.charts.chart import Chart, Series, Shape
from sen_dashboard.core.charts.palette import EVENT, GRID, TEXT
from sen_dashboard.core.formats import day
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.periods import Month
from sen_dashboard.reports.writers import chart_style
from sen_dashboard.reports.writers.deck import LANGUAGE, LEAST, Box, colour, describe
from sen_dashboard.reports.writers.fitting import shortened, width
from sen_dashboard.reports.writers.sheets import without_marks

MARKERS = (XL_MARKER_STYLE.CIRCLE, XL_MARKER_STYLE.SQUARE, XL_MARKER_STYLE.DIAMOND, XL_MARKER_STYLE.TRIANGLE)
LEVEL_DASHES = (MSO_LINE_DASH_STYLE.DASH, MSO_LINE_DASH_STYLE.LONG_DASH_DOT)
MONTHS_SHOWN = 6  # labelled along the axis, at most, plus one
STEPS = (1, 2, 3, 4, 6, 12)  # months from one label to the next
TITLE_ROOM = 36.0  # points of a chart's height for its title
AXIS_ROOM = 24.0  # for the numbers below bars
LEGEND_ROOM = 20.0  # for a row of the legend
KEY_ROOM = 36.0  # points beside a name in the legend
BAR = 12.0  # points for a bar with its own label
NAMES = 0.55  # share of a chart's width, at most, for the names of bars
DAY, MONTH, PERCENT = "d mmm yyyy", "mmm yyyy", '0.0"%"'  # as office programs write formats
EXCEL_BEGINS = date(1899, 12, 30)
MOST_LABEL = 0.5  # share of the bars' width for a label below zero
GAP = 35  # percent of a bar, between categories


def height_needed(chart: Chart, box: Box) -> float:
    """The height in points at which names and labels of bars can be read; 0 for lines, which fit any height."""
    if chart.shape is Shape.LINES:
        return 0
    return _around(chart, box.width) + BAR * _bars(chart) * len(chart.categories)


def add_chart(slide: Slide, chart: Chart, box: Box, at: datetime, whole: Chart | None = None) -> None:
    """Add the chart to the box, its workbook dated ``at``. Levels are drawn for lines only, as on the screen.

    ``whole`` is the chart that it is part of, so that all parts have the same scale.
    """
    is_bars = chart.shape is Shape.BARS
    shown = _named(chart, box) if is_bars else replace(chart, series=chart.with_levels)
    kind = XL_CHART_TYPE.BAR_CLUSTERED if is_bars else XL_CHART_TYPE.LINE_MARKERS
    frame: Any = slide.shapes.add_chart(kind, *box.lengths, _data(shown))
    drawn: Any = frame.chart
    drawn.part.chart_workbook.update_from_xlsx_blob(_workbook(shown, at))
    describe(frame, "Chart", description(chart))
    drawn.font.size, drawn.font.color.rgb = Pt(LEAST), colour(TEXT)
    _add_title(drawn, chart.values.title)
    drawn.has_legend = len(shown.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    label = 0.0
    if is_bars:
        label = _draw_bars(drawn, shown, box)
    else:
        _draw_lines(drawn, chart)
    _draw_value_axis(drawn, chart, chart_style.ends(whole or chart, label))
    for text in drawn._chartSpace.xpath(".//*[@lang]"):
        text.set("lang", LANGUAGE)


def description(chart: Chart) -> str:
    """What the chart shows, in words: its kind, title, series, and the last or largest values."""
    names = ", ".join(series.name for series in chart.series if series.name)
    if chart.shape is Shape.BARS:
        span = f"{len(chart.categories)} bars from {chart.categories[0]} to {chart.categories[-1]}"
    else:
        points = list(map(day, chart.days)) or chart.categories
        span = f"a line from {points[0]} to {points[-1]}"
    kind = chart.values.kind
    levels = "".join(f" {level.name}: {kind.text(level.value)}." for level in chart.levels)
    of = f" of {names}" if names else ""
    title = chart.values.title or "values"
    return f"Chart: {title}, {span}{of}.{levels} The chart's data hold the figures."


def _data(chart: Chart) -> ChartData:
    data = ChartData(number_format=_value_format(chart))
    data.categories = chart.days or chart.categories
    if chart.is_over_time:
        data.categories.number_format = DAY
    for one in chart.series:
        data.add_series(one.name, one.values)
    return data


def _workbook(chart: Chart, at: datetime) -> bytes:
    """The workbook behind a chart, with its cells where python-pptx's references expect them.

    Names are written as text, which python-pptx's own workbook does not ensure: one that begins with = would become a
    formula.
    """
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": chart.values.title, "created": at})
        sheet = workbook.add_worksheet("Sheet1")
        dates = workbook.add_format({"num_format": DAY})
        numbers = workbook.add_format({"num_format": _value_format(chart)})
        sheet.set_column(0, 0, 14 if chart.is_over_time else 40)
        sheet.set_column(1, len(chart.series), 18)
        names: tuple[date | str, ...] = chart.days or chart.categories
        for row, name in enumerate(names, start=1):
            if isinstance(name, date):
                sheet.write_datetime(row, 0, name, dates)
            else:
                sheet.write_string(row, 0, without_marks(name))
        for column, one in enumerate(chart.series, start=1):
            sheet.write_string(0, column, without_marks(one.name))
            for row, value in enumerate(one.values, start=1):
                if value is not None:
                    sheet.write_number(row, column, value, numbers)
    return written.getvalue()


def _value_format(chart: Chart) -> str:
    """The number format of a value in the chart's workbook, where no heading gives its unit."""
    kind = chart.values.kind
    return PERCENT if kind is Kind.PERCENT else kind.excel_format


def _add_title(drawn: NativeChart, title: str) -> None:
    """Add the title of the values above the chart; if it is empty, stop programs from making up their own."""
    drawn.has_title = bool(title)
    if not title:
        return
    frame = drawn.chart_title.text_frame
    frame.text = title
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold, font.color.rgb = Pt(LEAST), True, colour(EVENT)
    drawn.chart_title.include_in_layout = False


def _draw_value_axis(drawn: NativeChart, chart: Chart, ends: chart_style.Ends) -> None:
    axis = drawn.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = ends.low, ends.high, ends.step
    axis.major_gridlines.format.line.color.rgb = colour(GRID)
    axis.format.line.fill.background()
    axis.tick_labels.number_format = chart_style.axis_format(chart)
    axis.tick_labels.number_format_is_linked = False
    drawn.category_axis.format.line.color.rgb = colour(EVENT)


def _bars(chart: Chart) -> float:
    """The height of a category, counted in bars, with the gap to the next."""
    return (1 if chart_style.is_overlaid(chart) else len(chart.series)) + GAP / 100


def _around(chart: Chart, room: float) -> float:
    """The height of everything above and below the bars."""
    if len(chart.series) == 1:
        return TITLE_ROOM + AXIS_ROOM
    names = sum(KEY_ROOM + width(series.name, LEAST) for series in chart.series)
    return TITLE_ROOM + AXIS_ROOM + LEGEND_ROOM * ceil(names / room)


def _named(chart: Chart, box: Box) -> Chart:
    """The chart with names that take one line each."""
    names = (shortened(name, LEAST, NAMES * box.width, 1) for name in chart.categories)
    return replace(chart, categories=tuple(names))


def _draw_bars(drawn: NativeChart, chart: Chart, box: Box) -> float:
    """Draw bars from the top down, with their labels at their ends.

    Returns the fraction of the bars' width that the widest label takes.
    """
    axis = drawn.category_axis
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW  # names on the left, even for bars below zero
    axis.reverse_order = True  # the first category at the top,
    drawn.value_axis._element.crosses.val = XL_AXIS_CROSSES.MAXIMUM  # but the value axis still at the bottom
    (end,) = axis._element.xpath("c:noMultiLvlLbl")
    end.addprevious(parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>'))  # name every bar
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap = GAP, 100 if chart_style.is_overlaid(chart) else 0
    for bars, series in zip(plot.series, chart.series, strict=True):
        _fill(bars, chart, series)
    labels = list(_labels(chart))
    for number, place, text in labels:
        if chart_style.is_overlaid(chart):
            number = _longest(chart, place)
        _label(plot.series[number].points[place].data_label, text)
    return _place_bars(drawn, chart, box, max((width(text, LEAST) for *_, text in labels), default=0))


def _fill(bars: Any, chart: Chart, series: Series) -> None:
    """Colour the bars of a series; last year's are outlines if they lie on the others."""
    is_outline = series.is_year_before and chart_style.is_overlaid(chart)
    bars.invert_if_negative = False
    if is_outline:
        bars.format.fill.background()
    else:
        _colour(bars, chart_style.of_series(chart, series))
    if series.is_year_before:
        bars.format.line.color.rgb, bars.format.line.width = colour(TEXT if is_outline else EVENT), Pt(1)
    for place, mark in enumerate(series.marks):
        if ink := chart_style.of_mark(mark):
            _colour(bars.points[place], ink)


def _colour(filled: Any, ink: str) -> None:
    filled.format.fill.solid()
    filled.format.fill.fore_color.rgb = colour(ink)


def _labels(chart: Chart) -> Iterator[tuple[int, int, str]]:
    """The number of the series, the position of the category, and the label, for each labelled bar."""
    for number, series in enumerate(chart.series):
        for place, mark in enumerate(series.marks):
            if mark.label and mark.value is not None:
                yield number, place, mark.label


def _longest(chart: Chart, place: int) -> int:
    """The number of the series with the longest bar, whose end no other bar covers."""
    lengths = [series.values[place] or 0 for series in chart.series]
    return lengths.index(max(lengths))


def _place_bars(drawn: NativeChart, chart: Chart, box: Box, label: float) -> float:
    """Leave room to the left of the bars for their names, and to the right for the widest label.

    Returns the fraction of the bars' width that this label takes.
    """
    left = max(width(name, LEAST) for name in chart.categories) + 10
    high = box.height - _around(chart, box.width)
    room = box.width - left - label - 16
    sides = {
        "x": left / box.width,
        "y": TITLE_ROOM / box.height,
        "w": room / box.width,
        "h": high / box.height,
    }
    modes = '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    at = "".join(f'<c:{side} val="{part:.4f}"/>' for side, part in sides.items())
    layout = f"<c:layout {nsdecls('c')}><c:manualLayout>{modes}{at}</c:manualLayout></c:layout>"
    (area,) = drawn._chartSpace.xpath("c:chart/c:plotArea")
    for old in area.xpath("c:layout"):
        area.remove(old)
    area.insert(0, parse_xml(layout))
    return min((label + 16) / room, MOST_LABEL) if label else 0


def _label(label: Any, text: str) -> None:
    """Write a label at the end of a bar."""
    frame = label.text_frame
    frame.text = text
    font = frame.paragraphs[0].runs[0].font
    font.size, font.color.rgb = Pt(LEAST), colour(TEXT)
    label.position = XL_LABEL_POSITION.OUTSIDE_END


def _draw_lines(drawn: NativeChart, chart: Chart) -> None:
    """Draw lines, distinguished by their markers too; last year's dotted, levels dashed."""
    if chart.is_over_time:
        _draw_day_axis(drawn, chart)
    count = len(chart.series)
    for number, line in enumerate(drawn.plots[0].series):
        line.smooth = False
        if number >= count:
            _style(line, colour(TEXT), 1.25, LEVEL_DASHES[(number - count) % len(LEVEL_DASHES)])
            continue
        series = chart.series[number]
        ink = colour(chart_style.of_series(chart, series))
        if series.is_year_before:
            _style(line, ink, 2, MSO_LINE_DASH_STYLE.ROUND_DOT)
        else:
            _style(line, ink, 2.5)
            _mark(line, ink, MARKERS[number % len(MARKERS)])


def _style(line: Any, ink: RGBColor, width: float, dash: MSO_LINE_DASH_STYLE | None = None) -> None:
    line.format.line.color.rgb, line.format.line.width = ink, Pt(width)
    line.marker.style = XL_MARKER_STYLE.NONE
    if dash is not None:
        line.format.line.dash_style = dash


def _mark(line: Any, ink: RGBColor, style: XL_MARKER_STYLE) -> None:
    line.marker.style, line.marker.size = style, 6
    line.marker.format.fill.solid()
    line.marker.format.fill.fore_color.rgb = ink
    line.marker.format.line.color.rgb = ink


def _draw_day_axis(drawn: NativeChart, chart: Chart) -> None:
    """Label months at equal steps back from the last, which therefore always has a label.

    If a month has several points, the program chooses the days to label.
    """
    axis = drawn.category_axis
    axis.tick_labels.number_format = MONTH if chart.along.kind is Kind.MONTH else DAY
    axis.tick_labels.number_format_is_linked = False
    months = list(map(Month.containing, chart.days))
    if len(set(months)) < len(months):
        return
    apart = _months_between(months[0].start, months[-1].start)
    step = next((n for n in STEPS if apart <= n * MONTHS_SHOWN), ceil(apart / MONTHS_SHOWN))
    (base,) = axis._element.xpath("c:baseTimeUnit")
    base.set("val", "months")
    base.addnext(parse_xml(f'<c:majorTimeUnit {nsdecls("c")} val="months"/>'))
    base.addnext(parse_xml(f'<c:majorUnit {nsdecls("c")} val="{step}"/>'))
    if early := -apart % step:
        axis.minimum_scale = (_months_before(months[0].start, early) - EXCEL_BEGINS).days


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months earlier."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)
