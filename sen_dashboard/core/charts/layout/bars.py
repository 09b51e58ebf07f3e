"""The layout of horizontal bars from zero, the first on top."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from sen_dashboard.core.charts import words as said
from sen_dashboard.core.charts.chart import Chart, Series
from sen_dashboard.core.charts.layout import paths, ticks
from sen_dashboard.core.charts.layout.heading import KEY, Heading, LegendEntry, lines_of_words
from sen_dashboard.core.charts.layout.placing import Face
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

GAP = 8.0
LABEL_GAP = 6.0  # between a bar and its label
TICK = 5.0
NAME_SHARE = 0.38  # of the width, for names beside bars
LABEL_SHARE = 0.42  # of the plot's width, for a label
BETWEEN_BARS, BETWEEN_GROUPS = 7.0, 9.0
SLOT_UNDER_NAME = 20.0  # for a bar with its name above it, which belongs to its area
SLOT_BEFORE = 14.0  # for a bar of the year before, which leads nowhere
TALLER = 3.0  # how far a tick extends beyond its bar at either end
KEY_HEIGHT = 10.0
LEAST_AREA = 44.0  # the least width of an area
STEPS = (6, 4, 2, 1)  # of the axis of values, as many as fit


def lay_out(chart: Chart, size: Size, measure: Measure) -> Layout:
    """Return a chart of bars with everything in its place."""
    face = Face(measure, size.font)
    heading = Heading(face, size.width)
    heading.add_title(chart.values.title)
    heading.add_legend(list(_legend(chart)))
    heading.add_title(chart.along.title)
    share = 1.0 if size.is_narrow else NAME_SHARE
    names = [face.wrapped(name, size.width * share) for name in chart.names]
    beside = 0.0 if size.is_narrow else max(map(face.widest, names), default=0.0) + GAP
    rows = list(_rows(chart, face, size, names, heading.top + GAP / 2))
    foot = rows[-1].bottom if rows else heading.top + size.slot
    frame = _Frame(chart, face, size, Box(beside, heading.top + GAP / 2, size.width, foot), rows)
    return Layout(
        width=size.width,
        height=foot + TICK + 3 + face.line + 2,
        font=size.font,
        plot=frame.plot,
        axis=frame.axis,
        below=tuple(_grid(frame)),
        levels=tuple(_level(frame, n) for n in range(len(chart.levels))),
        spots=_spots(frame),
        above=(*_bars(frame), *_samples(chart, heading.keys)),
        words=(*heading.words, *_written_names(frame), *_written_labels(frame), *_written_values(frame)),
        keys=tuple(heading.keys),
    )


# Rows


@dataclass(frozen=True)
class _Row:
    """A category: its name, and from top to bottom a slot for each bar."""

    top: float
    bottom: float
    name: tuple[str, ...]
    name_top: float
    slots: dict[int, tuple[float, float]]
    """The top and bottom of each slot, by the number of the series."""


def ticked(chart: Chart) -> int | None:
    """Return the series whose values are ticks on bars: the year before, if there is exactly one other series."""
    before = [n for n, series in enumerate(chart.series) if series.is_year_before]
    return before[0] if len(chart.series) == 2 and len(before) == 1 else None


def _barred(chart: Chart) -> list[int]:
    """The series that have bars of their own."""
    return [n for n in range(len(chart.series)) if n != ticked(chart)]


def _rows(
    chart: Chart, face: Face, size: Size, names: Sequence[tuple[str, ...]], top: float
) -> Iterator[_Row]:
    """Yield the rows: names are above their bars in a narrow drawing, and otherwise beside them, vertically centred."""
    heights = _slots(chart, size)
    together = sum(heights.values())
    between = BETWEEN_GROUPS if len(heights) > 1 or size.is_narrow else 0.0
    tallest = max((len(name) for name in names), default=1) * face.line
    for name in names:
        above = len(name) * face.line if size.is_narrow else 0.0
        height = above + together + between if size.is_narrow else max(together + between, tallest + 4)
        first = top + above if size.is_narrow else top + (height - together) / 2
        name_top = top if size.is_narrow else top + (height - len(name) * face.line) / 2
        yield _Row(top, top + height, name, name_top, _from(first, heights))
        top += height


def _slots(chart: Chart, size: Size) -> dict[int, float]:
    """Return the height of each series' slot."""
    barred = _barred(chart)
    slot = SLOT_UNDER_NAME if size.is_narrow and len(barred) == 1 else size.slot
    return {n: SLOT_BEFORE if chart.series[n].is_year_before else slot for n in barred}


def _from(top: float, heights: dict[int, float]) -> dict[int, tuple[float, float]]:
    slots = {}
    for n, height in heights.items():
        slots[n] = (top, top + height)
        top += height
    return slots


# The frame


@dataclass(frozen=True)
class _Frame:
    """The plot with its rows and its axis of values, in which everything else is placed."""

    chart: Chart
    face: Face
    size: Size
    plot: Box
    rows: Sequence[_Row]

    @cached_property
    def labels(self) -> dict[int, list[str]]:
        """The words written at the bars of each series that has bars."""
        longest = self.plot.width * LABEL_SHARE
        return {
            n: [
                self.face.cut(said.at_bar(self.chart, self.chart.series[n], place), longest)
                for place in range(len(self.rows))
            ]
            for n in _barred(self.chart)
        }

    def end(self, n: int, place: int) -> float:
        """Return the value at which a bar ends, or the tick on it if that is further out."""
        value = self.chart.series[n].marks[place].value or 0.0
        other = ticked(self.chart)
        before = 0.0 if other is None else self.chart.series[other].marks[place].value or 0.0
        return min(value, before) if value < 0 else max(value, before)

    @cached_property
    def x(self) -> "_X":
        """The axis, on which every bar fits along with its label."""
        needs = [
            (self.end(n, place), self.face.width(label) + LABEL_GAP if label else 0.0)
            for n, labels in self.labels.items()
            for place, label in enumerate(labels)
        ]
        low, high = ticks.span(self.chart)
        right = [(high, 2.0), *((end, need) for end, need in needs if end >= 0)]
        left = [(-low, 2.0), *((-end, need) for end, need in needs if end < 0)]
        unit = min(
            (self.plot.width - room - other) / (end + start)
            for end, room in right
            for start, other in left
            if end + start > 0
        )
        return _X(self.plot.left + max(start * unit + room for start, room in left), unit)

    @cached_property
    def values(self) -> list[tuple[float, Words]]:
        """Round values on the axis, each with its words, as many as fit side by side."""
        for most in STEPS:
            values = ticks.within(self.chart, most)
            words = [self._on_axis(value) for value in values]
            boxes = [one.box(self.face.measure, self.face.size) for one in words]
            if all(a.right + GAP <= b.left for a, b in pairwise(boxes)):
                break
        else:
            values, words = values[:1], words[:1]
        return list(zip(values, words, strict=True))

    @property
    def axis(self) -> ValueAxis:
        """The axis as it runs across the plot."""
        low, high = ((side - self.x.zero) / self.x.unit for side in (self.plot.left, self.plot.right))
        return ValueAxis(low, high, tuple((value, words.text) for value, words in self.values))

    def _on_axis(self, value: float) -> Words:
        """Return the words of a value under the axis, moved inwards if they would leave the drawing."""
        text, x = self.chart.values.kind.tick(value), self.x.at(value)
        base = self.plot.bottom + TICK + 3 + self.face.line / 2 + self.face.to_base
        half = self.face.width(text) / 2
        x = max(min(x, self.size.width - half), half)
        return Words(x, base, text, "tick", Anchor.MIDDLE)


@dataclass(frozen=True)
class _X:
    """The axis of values: where zero lies, and how long a unit is."""

    zero: float
    unit: float

    def at(self, value: float) -> float:
        return self.zero + value * self.unit


# Bars


def _look_of_all(series: Series) -> str:
    """Return the look of a series' bars: its tone, or the year before."""
    return "before" if series.is_year_before else series.tone.value


def _look(series: Series, place: int) -> str:
    """Return the look of one bar: its own tone, if it has one."""
    tone = series.marks[place].tone
    return tone.value if tone and not series.is_year_before else _look_of_all(series)


def _bar(frame: _Frame, n: int, place: int) -> Box:
    """Return the bar of a known value, in the middle of its slot."""
    value = frame.chart.series[n].marks[place].value or 0.0
    top, bottom = frame.rows[place].slots[n]
    between = BETWEEN_BARS / 2 if bottom - top > SLOT_BEFORE else BETWEEN_BARS / 4
    sides = sorted((frame.x.zero, frame.x.at(value)))
    return Box(sides[0], top + between, sides[1], bottom - between)


def _bars(frame: _Frame) -> Iterator[Shape]:
    """Yield all bars that look the same as one shape, then the ticks on them."""
    by_look: dict[str, list[str]] = {}
    for n in _barred(frame.chart):
        series = frame.chart.series[n]
        for place, value in enumerate(series.values):
            if value is not None:
                path = paths.rectangle(_bar(frame, n, place))
                by_look.setdefault(f"bar {_look(series, place)}", []).append(path)
    yield from (Shape("".join(bars), look) for look, bars in by_look.items())
    boxes = [_tick(frame, place) for place in range(len(frame.rows))]
    marks = [paths.down(box.centre, box.top, box.bottom) for box in boxes if box]
    if marks:
        yield Shape("".join(marks), "tick-edge")
        yield Shape("".join(marks), "tick-before")


def _tick(frame: _Frame, place: int) -> Box | None:
    """Return the tick where the bar ended a year earlier; None if that is unknown."""
    n = ticked(frame.chart)
    value = None if n is None else frame.chart.series[n].marks[place].value
    if value is None:
        return None
    bar = _bar(frame, _barred(frame.chart)[0], place)
    x = frame.x.at(value)
    return Box(x - 1.5, bar.top - TALLER, x + 1.5, bar.bottom + TALLER)


def _spots(frame: _Frame) -> tuple[tuple[Spot, ...], ...]:
    """Return the spots of each series."""
    return tuple(
        tuple(_spot(frame, n, place) for place, value in enumerate(series.values) if value is not None)
        for n, series in enumerate(frame.chart.series)
    )


def _spot(frame: _Frame, n: int, place: int) -> Spot:
    """Return the spot at the end of a bar, or of a tick, with the area that stands for it."""
    tick = _tick(frame, place) if n == ticked(frame.chart) else None
    bar = tick or _bar(frame, n, place)
    value = frame.chart.series[n].marks[place].value or 0.0
    area = tick or _area(frame, n, place)
    return Spot(place, frame.x.at(value), bar.middle, bar, area)


def _area(frame: _Frame, n: int, place: int) -> Box:
    """Return a bar's slot up to the end of its label; the row's full height, with its name, if it is the only bar."""
    row, plot = frame.rows[place], frame.plot
    label = frame.face.width(frame.labels[n][place]) + 2 * LABEL_GAP
    end = frame.x.at(frame.end(n, place))
    left, right = (end - label, frame.x.zero) if end < frame.x.zero else (frame.x.zero, end + label)
    top, bottom = row.slots[n]
    if len(row.slots) == 1:
        name = frame.face.widest(row.name)
        left = min(left, 0.0 if frame.size.is_narrow else plot.left - GAP - name)
        right = max(right, name if frame.size.is_narrow else 0.0)
        top, bottom = row.top, bottom if frame.size.is_narrow else row.bottom
    right = max(right, left + LEAST_AREA)
    return Box(max(left, 0.0), top, min(right, frame.size.width), bottom)


# Words


def _legend(chart: Chart) -> Iterator[LegendEntry]:
    """Yield the names of the series, if there are several, and of the levels."""
    for n, series in enumerate(chart.series):
        if len(chart.series) > 1:
            yield LegendEntry(series.name, f"name {_look_of_all(series)}", n)
    for level in chart.levels:
        yield LegendEntry(said.at_level(chart, level), "name", None)


def _samples(chart: Chart, keys: Sequence[Key]) -> Iterator[Shape]:
    """Yield a small bar, tick or level for each key."""
    for key in keys:
        upright = paths.down(key.x, key.y - KEY_HEIGHT, key.y + KEY_HEIGHT)
        if key.series is None:
            yield Shape(upright, "level")
        elif key.series == ticked(chart):
            yield Shape(upright, "tick-before")
        else:
            box = Box(key.x - KEY / 2, key.y - KEY_HEIGHT / 2, key.x + KEY / 2, key.y + KEY_HEIGHT / 2)
            yield Shape(paths.rectangle(box), f"bar {_look_of_all(chart.series[key.series])}")


def _written_names(frame: _Frame) -> Iterator[Words]:
    is_narrow, plot = frame.size.is_narrow, frame.plot
    x, anchor = (0.0, Anchor.START) if is_narrow else (plot.left - GAP, Anchor.END)
    for row in frame.rows:
        for line in lines_of_words(frame.face, row.name, x, row.name_top, "category"):
            yield Words(x, line.y, line.text, line.look, anchor)


def _written_labels(frame: _Frame) -> Iterator[Words]:
    """Yield each label, beyond the end of its bar."""
    for n, labels in frame.labels.items():
        for place, label in enumerate(labels):
            if label:
                end, bar = frame.end(n, place), _bar(frame, n, place)
                shift, anchor = (-LABEL_GAP, Anchor.END) if end < 0 else (LABEL_GAP, Anchor.START)
                base = bar.middle + frame.face.to_base
                yield Words(frame.x.at(end) + shift, base, label, "label", anchor)


def _written_values(frame: _Frame) -> Iterator[Words]:
    return (words for _, words in frame.values)


# The plot


def _grid(frame: _Frame) -> Iterator[Shape]:
    """Yield the axis at zero, and a line at each round value, where it crosses no name, with a tick under it."""
    plot, places = frame.plot, [frame.x.at(value) for value, _ in frame.values]
    if not frame.size.is_narrow:
        yield Shape("".join(paths.down(x, plot.top, plot.bottom) for x in places), "grid")
    under = "".join(paths.down(x, plot.bottom, plot.bottom + TICK) for x in places)
    yield Shape(_beside_bars(frame, frame.x.zero) + under, "axis")


def _level(frame: _Frame, n: int) -> Shape:
    level = frame.chart.levels[n]
    return Shape(_beside_bars(frame, frame.x.at(level.value)), "level", said.at_level(frame.chart, level))


def _beside_bars(frame: _Frame, x: float) -> str:
    """Return a line down the plot, with gaps for names that are above bars."""
    if not frame.size.is_narrow:
        return paths.down(x, frame.plot.top, frame.plot.bottom)
    slots = [list(row.slots.values()) for row in frame.rows]
    return "".join(paths.down(x, here[0][0], here[-1][1]) for here in slots if here)
