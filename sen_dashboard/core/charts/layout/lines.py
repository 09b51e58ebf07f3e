"""The layout of lines over days, or over names equally spaced."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from math import ceil

from sen_dashboard.core.charts import words as said
from sen_dashboard.core.charts.chart import Chart, Series
from sen_dashboard.core.charts.layout import paths, ticks
from sen_dashboard.core.charts.layout.heading import KEY, KEY_GAP, Heading, LegendEntry, lines_of_words
from sen_dashboard.core.charts.layout.paths import MARKERS, Point
from sen_dashboard.core.charts.layout.placing import Face, spread
from sen_dashboard.core.charts.layout.ticks import Scale
from sen_dashboard.core.charts.layout.value import (
    Anchor,
    Box,
    Key,
    Layout,
    Measure,
    Shape,
    Size,
    Spot,
    ValueAxis,
    Words,
)
from sen_dashboard.core.kinds import Kind

EDGE = 13.0  # from the sides of the plot to the first and last point
GAP = 8.0
TICK = 5.0
MARKER = 3.6  # half of its width
NUMBER_HEIGHT, NUMBER_GAP = 20.0, 3.0  # of the numbers of events
LEADER = 10.0  # from the lowest numbers down to the plot
NAME_SHARE = 0.18  # of the width, for names at the ends of lines
NAME_LINES = 3
MOST_STEPS = 5  # of the axis of values
NAMED = 6  # the approximate number of categories named
AREA = 48.0  # the largest width and height of a mark's area


def lay_out(chart: Chart, size: Size, measure: Measure) -> Layout:
    """Return a chart of lines with everything in its place."""
    face = Face(measure, size.font)
    names = list(_names(chart))
    beside = [] if size.is_narrow else [_Beside.of(name, face, size) for name in names]
    heading = Heading(face, size.width)
    heading.add_title(chart.values.title)
    if size.is_narrow:
        heading.add_legend([name.entry for name in names])
    values = ticks.around(chart, MOST_STEPS)
    across = _across(chart, face, size, values, beside)
    numbers = _numbers(across, face, heading.top)
    top = max([heading.top + GAP, *(number.bottom + LEADER for number in numbers)])
    height = max(size.plot_height, sum(name.height for name in beside))
    plot = Box(across.left, top, across.right, top + height)
    frame = _Frame(chart, face, size, plot, across, Scale(values[0], values[-1], plot.bottom, plot.top))
    ends, keys_at_ends = _at_ends(frame, beside)
    keys = [*heading.keys, *keys_at_ends]
    under, bottom = _under(frame)
    return Layout(
        width=size.width,
        height=bottom,
        font=size.font,
        plot=plot,
        axis=ValueAxis(
            values[0], values[-1], tuple((value, chart.values.kind.tick(value)) for value in values)
        ),
        below=(*_grid(frame, values), *_event_lines(frame, numbers)),
        levels=tuple(_level(frame, n) for n in range(len(chart.levels))),
        spots=_spots(frame),
        above=(*_lines(frame), *_samples(chart, keys), *map(_box_of_number, numbers)),
        words=(*heading.words, *_values(frame, values), *under, *ends, *_written_numbers(numbers, face)),
        keys=tuple(keys),
        named=tuple(frame.named),
        events=across.events,
    )


@dataclass(frozen=True)
class _Across:
    """The sides of the plot, and the positions of categories and events between them."""

    left: float
    right: float
    places: tuple[float, ...]
    events: tuple[float, ...]


@dataclass(frozen=True)
class _Frame:
    """The plot with its scales, in which everything else is placed."""

    chart: Chart
    face: Face
    size: Size
    plot: Box
    across: _Across
    y: Scale

    def point(self, series: Series, place: int) -> Point:
        """Return the point of a known value."""
        value = series.marks[place].value
        assert value is not None
        return self.across.places[place], self.y.at(value)

    @cached_property
    def axis_names(self) -> list[str]:
        """The categories as the axis names them."""
        return _axis_names(self.chart, self.face, self.size)

    @cached_property
    def named(self) -> list[int]:
        """The categories that the axis names: about six, always the last, and no two that would touch."""
        places, widths = self.across.places, [self.face.width(name) for name in self.axis_names]
        count = len(places)
        for step in range(max(1, count // NAMED), count):
            named = [n for n in range(count - 1, -1, -step) if places[n] >= widths[n] / 2][::-1]
            if all(places[b] - places[a] >= (widths[a] + widths[b]) / 2 + GAP for a, b in pairwise(named)):
                return named
        return [count - 1] if count else []

    @cached_property
    def shown(self) -> list[int]:
        """The places whose marks are shown: far enough apart to point at each, and always the last of a line."""
        lines = [_known(series) for series in self.chart.series if not series.is_year_before]
        places, apart = self.across.places, self.size.apart
        ends = sorted({line[-1] for line in lines if line})
        known = sorted({place for line in lines for place in line}, reverse=True)
        for step in range(1, len(known)):
            spaced = known[::step]
            if all(places[a] - places[b] >= apart for a, b in pairwise(spaced)):
                clear = [n for n in spaced if all(abs(places[n] - places[end]) >= apart for end in ends)]
                return sorted({*clear, *ends})
        return ends


# Names of lines and levels


@dataclass(frozen=True)
class _Name:
    """The name of a line or level, and the value at whose height it should be."""

    entry: LegendEntry
    value: float


@dataclass(frozen=True)
class _Beside:
    """A name in lines that fit beside the plot."""

    name: _Name
    lines: tuple[str, ...]
    width: float
    height: float

    @classmethod
    def of(cls, name: _Name, face: Face, size: Size) -> "_Beside":
        lines = face.wrapped(name.entry.name, size.width * NAME_SHARE, NAME_LINES)
        return cls(name, lines, face.widest(lines), len(lines) * face.line + 2)


def _names(chart: Chart) -> Iterator[_Name]:
    """Yield the names of the lines, if there is more than one, and of the levels."""
    for n, series in enumerate(chart.series):
        known = [value for value in series.values if value is not None]
        if known and len(chart.series) > 1:
            yield _Name(LegendEntry(series.name, f"name {look_of(series)}", n), known[-1])
    for level in chart.levels:
        yield _Name(LegendEntry(said.at_level(chart, level), "name", None), level.value)


def look_of(series: Series) -> str:
    """Return the look of a series: its tone, or the year before."""
    return "before" if series.is_year_before else series.tone.value


def markers_of(chart: Chart) -> list[int]:
    """Return the marker shapes of the series: a different one for each that is not the year before."""
    found, shape = [], 0
    for series in chart.series:
        found.append(shape % len(MARKERS))
        shape += not series.is_year_before
    return found


def _at_ends(frame: _Frame, beside: Sequence[_Beside]) -> tuple[list[Words], list[Key]]:
    """Place each name as near as possible to the height of its value, and return the names with their keys."""
    plot, face = frame.plot, frame.face
    wanted = [frame.y.at(one.name.value) for one in beside]
    middles = spread(wanted, [one.height for one in beside], plot.top, plot.bottom)
    words: list[Words] = []
    keys: list[Key] = []
    for one, middle in zip(beside, middles, strict=True):
        entry, left = one.name.entry, plot.right + GAP
        keys.append(Key(left + KEY / 2, middle, entry.series))
        top = middle - len(one.lines) * face.line / 2
        words += lines_of_words(face, one.lines, left + KEY + KEY_GAP, top, entry.look)
    return words, keys


def _samples(chart: Chart, keys: Sequence[Key]) -> Iterator[Shape]:
    """Yield a piece of line for each key, with a marker if the line has markers."""
    markers = markers_of(chart)
    for key in keys:
        piece = paths.across(key.x - KEY / 2, key.x + KEY / 2, key.y)
        if key.series is None:
            yield Shape(piece, "level")
            continue
        series = chart.series[key.series]
        yield Shape(piece, f"line {look_of(series)}")
        if not series.is_year_before:
            yield Shape(MARKERS[markers[key.series]](key.x, key.y, MARKER), f"marker {look_of(series)}")


# Across


def _across(
    chart: Chart, face: Face, size: Size, values: Sequence[float], beside: Sequence[_Beside]
) -> _Across:
    """Return the plot's sides, so that the words on either side fit, and the positions between them."""
    left = max(face.widest([chart.values.kind.tick(value) for value in values]) + GAP, 16.0)
    last = face.width(_axis_names(chart, face, size)[-1]) / 2 if chart.categories else 0.0
    names = max((one.width for one in beside), default=None)
    room = 0.0 if names is None else GAP + KEY + KEY_GAP + names
    right = size.width - max(room, last - EDGE, EDGE)
    along, events = _along(chart)
    begin, finish = min([*along, *events], default=0), max([*along, *events], default=0)
    if begin == finish:
        begin, finish = begin - 1, finish + 1
    scale = Scale(begin, finish, left + EDGE, right - EDGE)
    return _Across(left, right, tuple(map(scale.at, along)), tuple(map(scale.at, events)))


def _along(chart: Chart) -> tuple[Sequence[float], Sequence[float]]:
    """Return how far along categories and events are: in months of equal width, in days, or one by one."""
    if not chart.is_over_time:
        return range(len(chart.categories)), ()
    far = _months if chart.along.kind is Kind.MONTH else date.toordinal
    return [far(day) for day in chart.days], [far(event.day) for event in chart.events]


def _months(day: date) -> float:
    return day.year * 12 + day.month + day.day / monthrange(day.year, day.month)[1]


def _axis_names(chart: Chart, face: Face, size: Size) -> list[str]:
    """Return the categories as the axis names them, cut to the length that it can show."""
    return [face.cut(name, size.width * 0.3) for name in chart.names]


def _under(frame: _Frame) -> tuple[list[Words], float]:
    """Return the names and title of the categories, placed under the plot, and the height of the drawing."""
    face, plot = frame.face, frame.plot
    top = plot.bottom + TICK + 3
    base = top + face.line / 2 + face.to_base
    named = [
        Words(frame.across.places[n], base, frame.axis_names[n], "tick", Anchor.MIDDLE) for n in frame.named
    ]
    bottom = top + face.line + 2
    title = frame.chart.along.title
    if not title:
        return named, bottom
    lines = face.wrapped(title, plot.right)
    titles = [
        Words(plot.right, words.y, words.text, "title", Anchor.END)
        for words in lines_of_words(face, lines, 0, bottom, "")
    ]
    return [*named, *titles], bottom + len(lines) * face.line + 2


# The plot


def _grid(frame: _Frame, values: Sequence[float]) -> Iterator[Shape]:
    """Yield a line at each round value, and the axis, at zero or at the foot, with a tick for each name."""
    plot = frame.plot
    lines = "".join(paths.across(plot.left, plot.right, frame.y.at(value)) for value in values)
    yield Shape(lines, "grid")
    zero = frame.y.at(0) if values[0] <= 0 <= values[-1] else plot.bottom
    under = "".join(paths.down(frame.across.places[n], plot.bottom, plot.bottom + TICK) for n in frame.named)
    yield Shape(paths.across(plot.left, plot.right, zero) + under, "axis")


def _values(frame: _Frame, values: Sequence[float]) -> Iterator[Words]:
    kind = frame.chart.values.kind
    for value in values:
        base = frame.y.at(value) + frame.face.to_base
        yield Words(frame.plot.left - GAP, base, kind.tick(value), "tick", Anchor.END)


def _level(frame: _Frame, n: int) -> Shape:
    level, plot = frame.chart.levels[n], frame.plot
    path = paths.across(plot.left, plot.right, frame.y.at(level.value))
    return Shape(path, "level", said.at_level(frame.chart, level))


def _lines(frame: _Frame) -> Iterator[Shape]:
    """Yield the year before, then each series with its markers, the first on top."""
    markers = markers_of(frame.chart)
    shown = set(frame.shown)
    for n, series in reversed(list(enumerate(frame.chart.series))):
        runs = list(_runs(series))
        look = look_of(series)
        lines = [
            paths.polyline([frame.point(series, place) for place in run]) for run in runs if len(run) > 1
        ]
        if lines:
            yield Shape("".join(lines), f"line {look}")
        alone = {run[0] for run in runs if len(run) == 1}
        marked = alone if series.is_year_before else alone | (shown & set(_known(series)))
        if marked:
            dots = (MARKERS[markers[n]](*frame.point(series, place), MARKER) for place in sorted(marked))
            yield Shape("".join(dots), f"marker {look}")


def _known(series: Series) -> list[int]:
    return [place for place, value in enumerate(series.values) if value is not None]


def _runs(series: Series) -> Iterator[list[int]]:
    """Yield the places of known values that have no gap between them."""
    run: list[int] = []
    for place in _known(series):
        if run and place > run[-1] + 1:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


# Marks


def _columns(frame: _Frame) -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield the places whose marks are shown, each with the sides of its area."""
    places, plot = frame.across.places, frame.plot
    reach = [min(AREA, places[b] - places[a]) / 2 for a, b in pairwise(frame.shown)]
    before, after = [AREA / 2, *reach], [*reach, AREA / 2]
    for place, left, right in zip(frame.shown, before, after, strict=False):
        yield place, (max(places[place] - left, plot.left), min(places[place] + right, plot.right))


def _spots(frame: _Frame) -> tuple[tuple[Spot, ...], ...]:
    """Return the spots of each series; those of the year before are only as large as drawn, and lead nowhere."""
    spots: list[list[Spot]] = [[] for _ in frame.chart.series]
    for place, sides in _columns(frame):
        for n, spot in _stacked(frame, place, sides):
            spots[n].append(spot)
    return tuple(map(tuple, spots))


def _stacked(frame: _Frame, place: int, sides: tuple[float, float]) -> Iterator[tuple[int, Spot]]:
    """Yield the spots at one place, each with the number of its series; their areas are stacked vertically."""
    here = [(n, one) for n, one in enumerate(frame.chart.series) if one.marks[place].value is not None]
    points = {n: frame.point(one, place) for n, one in here}
    main = [n for n, one in here if not one.is_year_before]
    areas = dict(zip(main, _areas([points[n][1] for n in main], frame, sides), strict=True))
    for n, (x, y) in points.items():
        drawn = Box(x - MARKER, y - MARKER, x + MARKER, y + MARKER)
        yield n, Spot(place, x, y, drawn, areas.get(n, drawn))


def _areas(heights: Sequence[float], frame: _Frame, sides: tuple[float, float]) -> list[Box]:
    """Return an area around each height, at least as tall as the marks are apart, without overlaps."""
    least = frame.size.apart
    top = frame.plot.top - least / 2
    bottom = max(frame.plot.bottom + least / 2, top + least * len(heights))
    middles = spread(heights, [least] * len(heights), top, bottom)
    halfway = [(a + b) / 2 for a, b in pairwise(sorted(middles))]
    areas = []
    for middle in middles:
        upper = max([top, middle - AREA / 2, *(edge for edge in halfway if edge < middle)])
        lower = min([bottom, middle + AREA / 2, *(edge for edge in halfway if edge > middle)])
        areas.append(Box(sides[0], upper, sides[1], lower))
    return areas


# Events


def _numbers(across: _Across, face: Face, top: float) -> list[Box]:
    """Return the boxes of the events' numbers, each as near as possible to its line, in as few rows as fit."""
    count, room = len(across.events), across.right - across.left
    widths = [face.width(str(n + 1)) + GAP for n in range(count)]
    rows = ceil(sum(width + NUMBER_GAP for width in widths) / room)
    boxes: dict[int, Box] = {}
    for row in range(rows):
        here = range(row, count, rows)
        needed = [widths[n] + NUMBER_GAP for n in here]
        middles = spread([across.events[n] for n in here], needed, across.left, across.right)
        upper = top + row * (NUMBER_HEIGHT + NUMBER_GAP)
        for n, x in zip(here, middles, strict=True):
            boxes[n] = Box(x - widths[n] / 2, upper, x + widths[n] / 2, upper + NUMBER_HEIGHT)
    return [boxes[n] for n in range(count)]


def _event_lines(frame: _Frame, numbers: Sequence[Box]) -> Iterator[Shape]:
    """Yield a line down the plot for each event, led up to its number."""
    plot = frame.plot
    lines = [
        paths.polyline([(number.centre, number.bottom), (x, plot.top), (x, plot.bottom)])
        for x, number in zip(frame.across.events, numbers, strict=True)
    ]
    if lines:
        yield Shape("".join(lines), "event")


def _box_of_number(box: Box) -> Shape:
    return Shape(paths.rectangle(box), "number")


def _written_numbers(numbers: Sequence[Box], face: Face) -> Iterator[Words]:
    for n, box in enumerate(numbers, start=1):
        yield Words(box.centre, box.middle + face.to_base, str(n), "number-words", Anchor.MIDDLE)
