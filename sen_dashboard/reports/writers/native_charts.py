"""A drawing as a native chart of an office program: editable, its numbers in a workbook within the file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter
from pptx.chart.chart import Chart
from pptx.chart.data import ChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
)
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Pt

from sen_dashboard.core.charts import EVENT, GRID, TEXT
from sen_dashboard.core.formats import day
from sen_dashboard.core.periods import Month
from sen_dashboard.reports.drawing import Drawing, Series, Shape
from sen_dashboard.reports.writers.deck import LANGUAGE, LEAST, Box, colour, describe
from sen_dashboard.reports.writers.fitting import shortened, width
from sen_dashboard.reports.writers.sheets import without_marks

MARKERS = (XL_MARKER_STYLE.CIRCLE, XL_MARKER_STYLE.SQUARE, XL_MARKER_STYLE.DIAMOND, XL_MARKER_STYLE.TRIANGLE)
LEVEL_DASHES = (MSO_LINE_DASH_STYLE.DASH, MSO_LINE_DASH_STYLE.LONG_DASH_DOT)
MONTHS_SHOWN = 6  # named along the axis, at most and one
STEPS = (1, 2, 3, 4, 6, 12)  # months from one name to the next
TITLE_ROOM = 36.0  # points of a chart's height that its title takes,
AXIS_ROOM = 24.0  # the numbers below bars,
LEGEND_ROOM = 20.0  # and a row of the legend
KEY_ROOM = 36.0  # points beside a name in the legend
BAR = 12.0  # points that a bar with a label of its own takes
CATEGORY = 15.5  # points from the name of one category to the next
NAMES = 0.55  # of a chart's width, the most that the names of bars take
EXCEL_BEGINS = date(1899, 12, 30)
GAP = 35  # percent of a bar, from one category to the next


def height_needed(drawing: Drawing, box: Box) -> float:
    """The points in which names and labels of bars can be read, each bar with its own label if the box allows that.

    Lines fit any height.
    """
    if drawing.shape is Shape.LINES:
        return 0
    around = _around(drawing, box.width)
    own = around + BAR * _bars(drawing) * len(drawing.categories)
    return own if own <= box.height else around + CATEGORY * len(drawing.categories)


def add_chart(slide: Slide, drawing: Drawing, box: Box, at: datetime) -> None:
    """The chart in the box, its workbook dated ``at``. Levels are drawn on lines only, as on the screen."""
    is_bars = drawing.shape is Shape.BARS
    shown = _named(drawing, box) if is_bars else replace(drawing, series=drawing.with_levels)
    kind = XL_CHART_TYPE.BAR_CLUSTERED if is_bars else XL_CHART_TYPE.LINE_MARKERS
    frame: Any = slide.shapes.add_chart(kind, *box.lengths, _data(shown))
    chart: Any = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(shown, at))
    describe(frame, "Chart", description(drawing))
    chart.font.size, chart.font.color.rgb = Pt(LEAST), colour(TEXT)
    _add_title(chart, drawing.title)
    chart.has_legend = len(shown.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _draw_value_axis(chart, drawing)
    if is_bars:
        _draw_bars(chart, shown, box)
    else:
        _draw_lines(chart, drawing)
    for text in chart._chartSpace.xpath(".//*[@lang]"):
        text.set("lang", LANGUAGE)


def description(drawing: Drawing) -> str:
    """What the chart shows, in words: its kind, title, series, and the last or largest values."""
    names = ", ".join(series.name for series in drawing.series if series.name)
    if drawing.shape is Shape.BARS:
        span = f"{len(drawing.categories)} bars from {drawing.categories[0]} to {drawing.categories[-1]}"
    else:
        first, last = drawing.categories[0], drawing.categories[-1]
        assert isinstance(first, date)
        assert isinstance(last, date)
        span = f"a line from {day(first)} to {day(last)}"
    levels = "".join(f" {name}: {_number(level, drawing)}." for name, level in drawing.levels)
    of = f" of {names}" if names else ""
    return f"Chart: {drawing.title or 'values'}, {span}{of}.{levels} The chart's data hold the figures."


def _number(value: float, drawing: Drawing) -> str:
    return f"{drawing.prefix}{value:,.1f}{drawing.suffix}"


def _data(drawing: Drawing) -> ChartData:
    data = ChartData(number_format=_value_format(drawing))
    data.categories = drawing.categories
    if drawing.shape is Shape.LINES:
        data.categories.number_format = "d mmm yyyy"
    for one in drawing.series:
        data.add_series(one.name, one.values)
    return data


def _workbook(drawing: Drawing, at: datetime) -> bytes:
    """The workbook behind a chart, its cells where python-pptx's references look for them.

    Names are written as text, which python-pptx's own does not see to: one that begins with = would be a formula.
    """
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": drawing.title, "created": at})
        sheet = workbook.add_worksheet("Sheet1")
        dates = workbook.add_format({"num_format": "d mmm yyyy"})
        numbers = workbook.add_format({"num_format": _value_format(drawing)})
        sheet.set_column(0, 0, 40 if drawing.shape is Shape.BARS else 14)
        sheet.set_column(1, len(drawing.series), 18)
        for row, category in enumerate(drawing.categories, start=1):
            if isinstance(category, date):
                sheet.write_datetime(row, 0, category, dates)
            else:
                sheet.write_string(row, 0, without_marks(category))
        for column, one in enumerate(drawing.series, start=1):
            sheet.write_string(0, column, without_marks(one.name))
            for row, value in enumerate(one.values, start=1):
                if value is not None:
                    sheet.write_number(row, column, value, numbers)
    return written.getvalue()


def _value_format(drawing: Drawing) -> str:
    """How a value reads in the chart's workbook."""
    if drawing.prefix:
        return f'"{drawing.prefix}"#,##0'
    return f'0.0"{drawing.suffix}"' if drawing.suffix else "General"


def _add_title(chart: Chart, title: str) -> None:
    """What the values are, above the drawing; without words no program makes a title of its own."""
    chart.has_title = bool(title)
    if not title:
        return
    frame = chart.chart_title.text_frame
    frame.text = title
    font = frame.paragraphs[0].runs[0].font
    font.size, font.bold, font.color.rgb = Pt(LEAST), True, colour(EVENT)
    chart.chart_title.include_in_layout = False


def _draw_value_axis(chart: Chart, drawing: Drawing) -> None:
    axis = chart.value_axis
    axis.major_gridlines.format.line.color.rgb = colour(GRID)
    axis.format.line.fill.background()
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = drawing.axis_format, False
    if drawing.begins_at_zero:
        axis.minimum_scale = 0
    chart.category_axis.format.line.color.rgb = colour(EVENT)


def _bars(drawing: Drawing) -> float:
    """How many bars high a category is, with the gap to the next."""
    return (1 if _is_overlaid(drawing) else len(drawing.series)) + GAP / 100


def _is_overlaid(drawing: Drawing) -> bool:
    """Whether the year before is an outline over the only series, rather than bars beside several."""
    return sum(not series.is_context for series in drawing.series) == 1


def _around(drawing: Drawing, room: float) -> float:
    """The height of what stands above and below the bars."""
    if len(drawing.series) == 1:
        return TITLE_ROOM + AXIS_ROOM
    names = sum(KEY_ROOM + width(series.name, LEAST) for series in drawing.series)
    return TITLE_ROOM + AXIS_ROOM + LEGEND_ROOM * ceil(names / room)


def _has_own_labels(drawing: Drawing, box: Box) -> bool:
    """Whether each bar is high enough for its label."""
    return box.height >= _around(drawing, box.width) + BAR * _bars(drawing) * len(drawing.categories)


def _named(drawing: Drawing, box: Box) -> Drawing:
    """The drawing with names that take one line, and in them the labels of bars too thin for labels of their own."""
    said = [""] * len(drawing.categories)
    if not _has_own_labels(drawing, box):
        for _, place, label in _labels(drawing):
            said[place] += f"{'; ' if said[place] else ': '}{label}"
    most = NAMES * box.width
    names = (
        shortened(str(name), LEAST, most - width(words, LEAST), 1) + words
        for name, words in zip(drawing.categories, said, strict=True)
    )
    return replace(drawing, categories=tuple(names))


def _draw_bars(chart: Chart, drawing: Drawing, box: Box) -> None:
    """Bars from the top down, with their labels at their ends where there is room."""
    axis = chart.category_axis
    axis.reverse_order = True  # the first category on top,
    chart.value_axis._element.crosses.val = XL_AXIS_CROSSES.MAXIMUM  # and the values' axis below all the same
    (end,) = axis._element.xpath("c:noMultiLvlLbl")
    end.addprevious(parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>'))  # name every bar
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = GAP, 100 if _is_overlaid(drawing) else 0
    for bars, series in zip(plot.series, drawing.series, strict=True):
        _fill(bars, series, is_outline=series.is_context and _is_overlaid(drawing))
    labels = list(_labels(drawing)) if _has_own_labels(drawing, box) else []
    for number, place, text in labels:
        if _is_overlaid(drawing):
            number = _longest(drawing, place)
        _label(plot.series[number].points[place].data_label, text)
    _place_bars(chart, drawing, box, max((width(text, LEAST) for *_, text in labels), default=0))


def _fill(bars: Any, series: Series, *, is_outline: bool) -> None:
    bars.invert_if_negative = False
    if is_outline:
        bars.format.fill.background()
    else:
        bars.format.fill.solid()
        bars.format.fill.fore_color.rgb = colour(series.colour)
    if series.is_context:
        bars.format.line.color.rgb, bars.format.line.width = colour(TEXT if is_outline else EVENT), Pt(1)


def _labels(drawing: Drawing) -> Iterator[tuple[int, int, str]]:
    """The number of a series, the place of a category, and the label of that bar."""
    for number, series in enumerate(drawing.series):
        for place, (label, value) in enumerate(zip(series.labels, series.values, strict=False)):
            if label and value is not None:
                yield number, place, label


def _longest(drawing: Drawing, place: int) -> int:
    """The number of the series whose bar reaches furthest: what is written at its end lies on no other."""
    lengths = [series.values[place] or 0 for series in drawing.series]
    return lengths.index(max(lengths))


def _place_bars(chart: Chart, drawing: Drawing, box: Box, label: float) -> None:
    """Leave to the left of the bars what their names take, and to the right what the widest label takes."""
    left = max(width(str(name), LEAST) for name in drawing.categories) + 10
    high = box.height - _around(drawing, box.width)
    sides = {
        "x": left / box.width,
        "y": TITLE_ROOM / box.height,
        "w": (box.width - left - label - 16) / box.width,
        "h": high / box.height,
    }
    modes = '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    at = "".join(f'<c:{side} val="{part:.4f}"/>' for side, part in sides.items())
    layout = f"<c:layout {nsdecls('c')}><c:manualLayout>{modes}{at}</c:manualLayout></c:layout>"
    (area,) = chart._chartSpace.xpath("c:chart/c:plotArea")
    for old in area.xpath("c:layout"):
        area.remove(old)
    area.insert(0, parse_xml(layout))


def _label(drawn: Any, text: str) -> None:
    """Write a label at the end of a bar."""
    frame = drawn.text_frame
    frame.text = text
    font = frame.paragraphs[0].runs[0].font
    font.size, font.color.rgb = Pt(LEAST), colour(TEXT)
    drawn.position = XL_LABEL_POSITION.OUTSIDE_END


def _draw_lines(chart: Chart, drawing: Drawing) -> None:
    """Lines over days, told apart by their markers too; the year before dotted, levels dashed."""
    _draw_day_axis(chart, drawing)
    count = len(drawing.series)
    for number, line in enumerate(chart.plots[0].series):
        line.smooth = False
        if number >= count:
            _style(line, colour(TEXT), 1.25, LEVEL_DASHES[(number - count) % len(LEVEL_DASHES)])
        elif drawing.series[number].is_context:
            _style(line, colour(drawing.series[number].colour), 2, MSO_LINE_DASH_STYLE.ROUND_DOT)
        else:
            _style(line, colour(drawing.series[number].colour), 2.5)
            _mark(line, colour(drawing.series[number].colour), MARKERS[number % len(MARKERS)])


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


def _draw_day_axis(chart: Chart, drawing: Drawing) -> None:
    """Months named at equal steps back from the last one, which is therefore always named.

    Where a month has several points, the program chooses the days that it names.
    """
    axis = chart.category_axis
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "mmm yyyy", False
    months = [Month.containing(day) for day in drawing.categories if isinstance(day, date)]
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
    """The first of the month so many months before."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)
