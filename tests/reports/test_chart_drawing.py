"""A report's charts: every word inside the picture and none on another, whatever is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sen_dashboard.core.charts import chart as charts
from sen_dashboard.core.charts import fonts
from sen_dashboard.core.charts.chart import Axis, Chart, Level, Mark, Series, Tone
from sen_dashboard.core.kinds import Kind
from sen_dashboard.reports.writers.chart_drawing import SIZE, WIDTH, svg

TEXT = "{http://www.w3.org/2000/svg}text"
CAPITAL = 0.7  # the height of a capital, of the size of the letters
TOUCH = 0.5  # points within which words do not yet meet

names = st.text("ASD School-æ £%,", min_size=1, max_size=40).filter(str.strip)
values = st.one_of(st.none(), st.integers(0, 60_000_000), st.floats(-200, 5000))


@dataclass(frozen=True)
class Word:
    """A line of words in a picture: the box about its capitals, in points."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Word") -> bool:
        return (
            self.left < other.right - TOUCH
            and other.left < self.right - TOUCH
            and self.top < other.bottom - TOUCH
            and other.top < self.bottom - TOUCH
        )


def words(drawn: bytes) -> list[Word]:
    return [word(element) for element in ElementTree.fromstring(drawn).iter(TEXT)]


def word(element: ElementTree.Element) -> Word:
    text, x, y = element.text or "", *place(element)
    width = fonts.width(text, SIZE)
    style = element.get("style", "")
    before = next(
        (share for name, share in (("middle", 0.5), ("end", 1.0)) if f"text-anchor: {name}" in style), 0.0
    )
    return Word(text, x - before * width, x + (1 - before) * width, y - CAPITAL * SIZE, y)


def place(element: ElementTree.Element) -> tuple[float, float]:
    """Where a text begins: at its x and y or, where it has none, as its transform moves it."""
    if element.get("x") is not None:
        return float(element.get("x", 0)), float(element.get("y", 0))
    moved = element.get("transform", "").split("translate(")[1].split(")")[0]
    x, y = moved.split()
    return float(x), float(y)


def height(drawn: bytes) -> float:
    return float(ElementTree.fromstring(drawn).get("viewBox", "").split()[3])


def check_words(drawn: bytes) -> None:
    """No word leaves the picture or lies on another."""
    found = words(drawn)
    outside = [
        word
        for word in found
        if word.left < -TOUCH or word.right > WIDTH + TOUCH or word.top < 0 or word.bottom > height(drawn)
    ]
    assert outside == []
    assert [pair for pair in combinations(found, 2) if pair[0].meets(pair[1])] == []


@st.composite
def lines(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(1, 40))
    days = tuple(date(2016, 1, 31) + timedelta(days=30 * n) for n in range(count))
    series = [
        Series(draw(names), tuple(map(Mark, draw(st.lists(values, min_size=count, max_size=count)))))
        for _ in range(draw(st.integers(1, 4)))
    ]
    levels = tuple(
        Level(name, draw(st.floats(0, 100))) for name in draw(st.sampled_from([[], ["Target", "Floor"]]))
    )
    axis = Axis("Children", draw(st.sampled_from([Kind.COUNT, Kind.PERCENT])), from_zero=True)
    marked = draw(st.lists(st.integers(-29, 30 * (count - 1)), max_size=5))
    chart = charts.lines(days, axis, *with_a_value(series), levels=levels)
    return chart.with_events([(days[0] + timedelta(days=day), "An event") for day in marked])


@st.composite
def bars(draw: st.DrawFn) -> Chart:
    count = draw(st.integers(1, 20))
    categories = tuple(f"{n}. {draw(names)}" for n in range(count))
    labels = names.map(lambda name: name[:20])
    marks = st.builds(lambda value, label: Mark(value, label=label), values, labels)
    main = [
        Series(draw(names), tuple(draw(st.lists(marks, min_size=count, max_size=count))), tone=tone)
        for tone in (Tone.MAIN, Tone.SECOND)[: draw(st.integers(1, 2))]
    ]
    axis = Axis("Children", draw(st.sampled_from([Kind.COUNT, Kind.POUNDS])))
    chart = charts.bars(categories, axis, *with_a_value(main))
    return chart.with_year_before(chart) if draw(st.booleans()) else chart


def with_a_value(series: Sequence[Series]) -> list[Series]:
    """Series of which the first holds a value: a chart of gaps alone is never drawn."""
    first, *rest = series
    mark, *marks = first.marks
    return [replace(first, marks=(replace(mark, value=7.0), *marks)), *rest]


@given(lines())
@settings(max_examples=40, deadline=None, phases=(Phase.reuse, Phase.generate))  # shrinking takes minutes
def test_words_of_lines_never_meet(chart: Chart) -> None:
    check_words(svg(chart))


@given(bars())
@settings(max_examples=40, deadline=None, phases=(Phase.reuse, Phase.generate))  # shrinking takes minutes
def test_words_of_bars_never_meet(chart: Chart) -> None:
    check_words(svg(chart))
