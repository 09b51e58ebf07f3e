"""The layout of charts with any contents: no words overlap, marks stay in the plot, numbers are kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sen_dashboard.core.charts import measure
from sen_dashboard.core.charts.chart import Axis, Chart, Event, Level, Mark, Series, Shape, Tone
from sen_dashboard.core.charts.layout import lay_out
from sen_dashboard.core.charts.layout.placing import Face, spread
from sen_dashboard.core.charts.layout.value import NARROW, WIDE, Box, Layout, Size, Spot, paper
from sen_dashboard.core.kinds import Kind
from tests.core.charts.gallery import CHARTS

SIZES = {"wide": WIDE, "narrow": NARROW, "paper": paper(800)}
NUMBERS = [Kind.COUNT, Kind.POUNDS, Kind.PERCENT, Kind.POINTS, Kind.RATIO, Kind.DAYS]
NEARLY = 0.01


# Charts of any kind

names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=70)
numbers = st.one_of(
    st.integers(-50, 1000),
    st.floats(-1e9, 1e9, allow_subnormal=False),
    st.floats(0, 1),
    st.just(0),
    st.none(),
)
sizes = st.sampled_from(list(SIZES.values()))


def marks(count: int) -> st.SearchStrategy[tuple[Mark, ...]]:
    mark = st.builds(Mark, numbers, st.just("row"), st.just("") | names, st.none() | st.sampled_from(Tone))
    return st.lists(mark, min_size=count, max_size=count).map(tuple)


def all_series(count: int) -> st.SearchStrategy[tuple[Series, ...]]:
    one = st.builds(Series, names, marks(count), st.just("key"), st.sampled_from(Tone))
    before = st.builds(Series, names, marks(count), is_year_before=st.just(True))
    return st.tuples(st.lists(one, min_size=1, max_size=4), st.lists(before, max_size=1)).map(
        lambda both: (*both[0], *both[1])
    )


@st.composite
def lines(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(1, 60))
    kind = draw(st.sampled_from([Kind.MONTH, Kind.DAY, Kind.TEXT]))
    days = [date(2016, 1, 31) + timedelta(days=n * (30 if kind is Kind.MONTH else 1)) for n in range(count)]
    categories = (
        draw(st.lists(names, min_size=count, max_size=count)) if kind is Kind.TEXT else map(str, days)
    )
    happened = st.lists(st.builds(Event, st.dates(days[0].replace(day=1), days[-1]), names), max_size=12)
    return Chart(
        Shape.LINES,
        Axis(draw(st.just("") | names), kind),
        Axis(draw(names), draw(st.sampled_from(NUMBERS)), draw(st.booleans())),
        tuple(categories),
        draw(all_series(count)),
        tuple(draw(st.lists(st.builds(Level, names, st.floats(0, 100)), max_size=3))),
        () if kind is Kind.TEXT else tuple(sorted(draw(happened), key=lambda event: event.day)),
    )


@st.composite
def bars(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(1, 20))
    return Chart(
        Shape.BARS,
        Axis(draw(st.just("") | names), Kind.TEXT),
        Axis(draw(names), draw(st.sampled_from(NUMBERS))),
        tuple(draw(st.lists(names, min_size=count, max_size=count))),
        draw(all_series(count)),
    )


def main_spots(chart: Chart, layout: Layout) -> list[list[Spot]]:
    pairs = zip(chart.series, layout.spots, strict=True)
    return [list(spots) for series, spots in pairs if not series.is_year_before]


def clear_of_each_other(boxes: Sequence[Box]) -> bool:
    smaller = [Box(b.left + NEARLY, b.top + NEARLY, b.right - NEARLY, b.bottom - NEARLY) for b in boxes]
    return not any(one.meets(other) for one, other in combinations(smaller, 2))


def about(box: Box, margin: float = NEARLY) -> Box:
    return Box(box.left - margin, box.top - margin, box.right + margin, box.bottom + margin)


def check(chart: Chart, size: Size) -> None:
    layout = lay_out(chart, size, measure.shown)
    words = {line: line.box(measure.shown, size.font) for line in layout.words}
    assert clear_of_each_other(list(words.values()))
    frame = about(Box(0, 0, layout.width, layout.height))
    assert all(frame.holds(box) for box in words.values())
    spots = [spot for series in main_spots(chart, layout) for spot in series]
    assert clear_of_each_other([spot.area for spot in spots])
    assert all(frame.holds(spot.area) for spot in spots)
    assert all(about(layout.plot).holds(Box(spot.x, spot.y, spot.x, spot.y)) for spot in spots)


def reads(chart: Chart, layout: Layout, spot: Spot) -> float:
    """The value that a spot shows on the axis."""
    low, high, plot = layout.axis.low, layout.axis.high, layout.plot
    is_bars = chart.shape is Shape.BARS
    share = (spot.x - plot.left) / plot.width if is_bars else (plot.bottom - spot.y) / plot.height
    return low + share * (high - low)


def check_numbers(chart: Chart, size: Size) -> None:
    layout = lay_out(chart, size, measure.shown)
    furthest = max(map(abs, chart.known), default=0) + (layout.axis.high - layout.axis.low)
    for series, spots in zip(chart.series, layout.spots, strict=True):
        for spot in spots:
            value = series.values[spot.place]
            assert value is not None
            assert isclose(reads(chart, layout, spot), value, abs_tol=furthest * 1e-9)
        along = [spot.y if chart.shape is Shape.BARS else spot.x for spot in spots]
        assert along == sorted(along)
        assert [spot.place for spot in spots] == sorted({spot.place for spot in spots})


@settings(deadline=None, max_examples=60)
@given(lines(), sizes)
def test_lines_leave_room_for_everything(chart: Chart, size: Size) -> None:
    check(chart, size)


@settings(deadline=None, max_examples=60)
@given(bars(), sizes)
def test_bars_leave_room_for_everything(chart: Chart, size: Size) -> None:
    check(chart, size)


@settings(deadline=None, max_examples=60)
@given(lines() | bars(), sizes)
def test_spots_show_the_numbers_in_their_order(chart: Chart, size: Size) -> None:
    check_numbers(chart, size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CHARTS)
def test_the_gallery_keeps_the_rules(name: str, size: str) -> None:
    check(CHARTS[name], SIZES[size])
    check_numbers(CHARTS[name], SIZES[size])


# Lines


@settings(deadline=None, max_examples=60)
@given(lines(), sizes)
def test_marks_of_lines_lie_apart_and_the_last_is_always_there(chart: Chart, size: Size) -> None:
    layout = lay_out(chart, size, measure.shown)
    for series, spots in zip(chart.series, layout.spots, strict=True):
        known = [place for place, value in enumerate(series.values) if value is not None]
        if known and not series.is_year_before:
            assert spots[-1].place == known[-1]
    ends = {spots[-1].place for spots in main_spots(chart, layout) if spots}
    places = {spot.place: spot.x for series in main_spots(chart, layout) for spot in series}
    inner = sorted(x for place, x in places.items() if place not in ends)
    assert all(b - a >= size.apart - NEARLY for a, b in pairwise(inner))


def test_a_month_of_any_length_is_as_wide_as_another() -> None:
    spots = lay_out(CHARTS["twelve-months"], WIDE, measure.shown).spots[0]
    steps = [b.x - a.x for a, b in pairwise(spots)]
    assert max(steps) - min(steps) < NEARLY


def test_all_24_months_are_linked_where_there_is_room_and_every_third_where_there_is_little() -> None:
    chart = CHARTS["share"]
    assert [spot.place for spot in lay_out(chart, WIDE, measure.shown).spots[0]] == list(range(24))
    assert [spot.place for spot in lay_out(chart, NARROW, measure.shown).spots[0]] == list(range(2, 24, 3))


def test_the_axis_names_about_six_the_last_always() -> None:
    for name in ("share", "twelve-months", "sixty-days", "four-of-the-same"):
        chart = CHARTS[name]
        layout = lay_out(chart, WIDE, measure.shown)
        named = [line.text for line in layout.words if line.text in chart.names]
        assert 5 <= len(named) <= 7, name
        assert named[-1] == chart.names[-1]


def test_one_point_stands_in_the_middle() -> None:
    layout = lay_out(CHARTS["one-point"], WIDE, measure.shown)
    assert isclose(layout.spots[0][0].x, layout.plot.centre)


def test_an_axis_shows_whole_numbers_where_all_are_whole_and_ends_at_a_hundred_percent() -> None:
    def named(name: str) -> list[str]:
        return [text for _, text in lay_out(CHARTS[name], WIDE, measure.shown).axis.named]

    assert named("nothing-but-noughts") == ["0", "1"]
    assert named("identical-values")[-1] == "100%"
    assert named("all-of-them") == ["0%", "20%", "40%", "60%", "80%", "100%"]
    assert named("negative-bars") == ["−£1.0m", "£0", "£1.0m"]
    assert len(set(named("huge"))) == len(named("huge"))


def test_levels_have_their_names_beside_or_above_the_plot() -> None:
    chart = CHARTS["levels-close-together"]
    for size in (WIDE, NARROW):
        layout = lay_out(chart, size, measure.shown)
        names_of_levels = [line for line in layout.words if line.look == "name"]
        assert {line.text for line in names_of_levels} == {"Target 60.2%", "Limit 60.0%", "England 59.8%"}
        assert all(line.x > layout.plot.right or line.y < layout.plot.top for line in names_of_levels)


def test_numbers_of_events_share_a_row_while_they_fit() -> None:
    for size in (WIDE, NARROW):
        layout = lay_out(CHARTS["share-with-events"], size, measure.shown)
        heights = {line.y for line in layout.words if line.look == "number-words"}
        assert len(heights) == 1


# Bars


def test_the_label_of_a_bar_stands_beyond_its_end_and_the_tick_on_it() -> None:
    layout = lay_out(CHARTS["needs"], WIDE, measure.shown)
    ends = {spot.place: spot.x for spot in layout.spots[0]}
    ticks = {spot.place: spot.x for spot in layout.spots[1]}
    labels = [line for line in layout.words if line.look == "label"]
    assert [line.text for line in labels] == ["312", "201", "96", "44", "40", "31", "118"]
    assert all(line.x > max(ends[n], ticks[n]) for n, line in enumerate(labels))


def test_bars_that_fall_end_to_the_left_of_zero_with_their_labels() -> None:
    layout = lay_out(CHARTS["negative-bars-alone"], WIDE, measure.shown)
    labels = [line for line in layout.words if line.look == "label"]
    for spot, line in zip(layout.spots[0], labels, strict=True):
        assert line.x < spot.x == spot.drawn.left


def test_a_chart_without_categories_is_an_empty_plot() -> None:
    for name in ("share", "needs"):
        chart = replace(CHARTS[name], categories=(), series=(), events=(), levels=())
        layout = lay_out(chart, WIDE, measure.shown)
        assert layout.spots == ()
        assert layout.height > 0


# Words


@given(names, st.floats(20, 300))
def test_wrapped_names_fit_and_say_when_they_are_cut(name: str, width: float) -> None:
    face = Face(measure.shown, 14)
    wrapped = face.wrapped(name, width)
    assert 1 <= len(wrapped) <= 2
    is_whole = "".join(wrapped).replace(" ", "") == "".join(name.split())
    assert is_whole or wrapped[-1].endswith("…")
    assert all(face.width(line) <= max(width, face.width("…"), face.width(line[:1])) for line in wrapped)


@given(st.lists(st.floats(-100, 400), max_size=12))
def test_boxes_that_are_spread_keep_their_order_and_distance(wanted: list[float]) -> None:
    middles = spread(wanted, [20.0] * len(wanted), 0, 300)
    assert all(10 - NEARLY <= middle <= 290 + NEARLY for middle in middles)
    in_order = [middle for _, middle in sorted(zip(wanted, middles, strict=True))]
    assert all(b - a >= 20 - NEARLY for a, b in pairwise(in_order))


def test_a_box_with_room_stays_where_it_is_wanted() -> None:
    assert spread([200, 50, 120], [20, 20, 20], 0, 300) == [200, 50, 120]
    assert spread([100, 100], [20, 20], 0, 300) == [90, 110]
