"""A report's charts: every word inside the picture and none on another, whatever is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sen_dashboard.core.charts import INMSS, SECOND, fonts
from sen_dashboard.reports.collected import MarkedDay
from sen_dashboard.reports.drawing import Drawing, Series, Shape
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
def lines(draw: st.DrawFn) -> tuple[Drawing, list[MarkedDay]]:
    count = draw(st.integers(1, 40))
    days = tuple(date(2016, 1, 31) + timedelta(days=30 * n) for n in range(count))
    series = tuple(
        Series(draw(names), tuple(draw(st.lists(values, min_size=count, max_size=count))), INMSS)
        for _ in range(draw(st.integers(1, 4)))
    )
    levels = tuple(
        (name, draw(st.floats(0, 100))) for name in draw(st.sampled_from([[], ["Target", "Floor"]]))
    )
    marked = draw(st.lists(st.integers(-29, 30 * (count - 1)), max_size=5))
    events = [MarkedDay(days[0] + timedelta(days=day), "An event") for day in sorted(marked)]
    drawing = Drawing(
        Shape.LINES,
        "Children",
        days,
        with_a_value(series),
        "",
        draw(st.sampled_from(["", "%"])),
        levels,
        True,
    )
    return drawing, events


@st.composite
def bars(draw: st.DrawFn) -> Drawing:
    count = draw(st.integers(1, 20))
    categories = tuple(f"{n}. {draw(names)}" for n in range(count))
    main = [
        Series(
            draw(names),
            tuple(draw(st.lists(values, min_size=count, max_size=count))),
            colour,
            tuple(draw(st.lists(names.map(lambda name: name[:20]), min_size=count, max_size=count))),
        )
        for colour in (INMSS, SECOND)[: draw(st.integers(1, 2))]
    ]
    before = Series("A year before", main[0].values, "#6f777b", is_context=True)
    series = (*main, before) if draw(st.booleans()) else tuple(main)
    return Drawing(Shape.BARS, "Children", categories, with_a_value(series), draw(st.sampled_from(["", "£"])))


def with_a_value(series: Sequence[Series]) -> tuple[Series, ...]:
    """Series of which the first holds a value: a chart of gaps alone is never drawn."""
    first, *rest = series
    return (
        Series(first.name, (7.0, *first.values[1:]), first.colour, first.labels, first.is_context),
        *rest,
    )


@given(lines())
@settings(max_examples=40, deadline=None, phases=(Phase.reuse, Phase.generate))  # shrinking takes minutes
def test_words_of_lines_never_meet(drawn: tuple[Drawing, list[MarkedDay]]) -> None:
    drawing, events = drawn
    check_words(svg(drawing, events))


@given(bars())
@settings(max_examples=40, deadline=None, phases=(Phase.reuse, Phase.generate))  # shrinking takes minutes
def test_words_of_bars_never_meet(drawing: Drawing) -> None:
    check_words(svg(drawing))
