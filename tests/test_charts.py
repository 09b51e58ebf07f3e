"""Events on charts: which are marked, where their numbers stand, and what they are in words."""

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import plotly.graph_objects as go
import pytest
from django.template.loader import render_to_string

from sen_dashboard.core import charts

FIRST, LAST = date(2018, 4, 1), date(2019, 3, 31)
NARROWEST = 240  # pixels of drawing at 320 pixels of screen
NUMBER = (22, 22)  # pixels of a number with two digits and its border


def drawn(*, legend: bool = False) -> go.Figure:
    lines = [charts.line(name, [FIRST, date(2018, 9, 30), LAST], [1, 2, 3]) for name in ("One", "Two")]
    return charts.figure(*lines[: 2 if legend else 1], y_title="Children")


def test_events_of_the_days_shown_are_marked_in_their_order() -> None:
    before, after = FIRST - timedelta(days=1), LAST + timedelta(days=1)
    events = [
        (LAST, "last"),
        (before, "before"),
        (FIRST, "first"),
        (after, "after"),
        (date(2018, 9, 1), "between"),
    ]
    marked = charts.with_events(drawn(), events)
    assert [(line.x0, line.x1, line.y0, line.y1, line.line.dash) for line in marked.layout.shapes] == [
        (day, day, 0, 1, "dash") for day in ("2018-04-01", "2018-09-01", "2019-03-31")
    ]
    assert [(note.text, note.x) for note in marked.layout.annotations] == [
        ("1", "2018-04-01"),
        ("2", "2018-09-01"),
        ("3", "2019-03-31"),
    ]
    assert charts.events_shown(drawn(), events) == (
        (1, FIRST, "first"),
        (2, date(2018, 9, 1), "between"),
        (3, LAST, "last"),
    )


@pytest.mark.parametrize(
    "other",
    [
        charts.bar_figure(charts.bars("Need", ["ASD"], [5], labels=["5"]), x_title="Children"),
        charts.figure(go.Bar(x=["2017-18", "2018-19"], y=[1, 2])),
        charts.figure(go.Scatter(x=[1, 2], y=[1, 2])),
        charts.figure(),
        charts.figure(charts.line("Nothing", [], [])),
    ],
    ids=["bars", "academic years", "numbers", "no trace", "no point"],
)
def test_a_figure_without_days_along_its_axis_stays_as_it_is(other: go.Figure) -> None:
    assert charts.with_events(other, [(FIRST, "first")]) is other
    assert charts.events_shown(other, [(FIRST, "first")]) == ()


def test_a_figure_without_events_stays_as_it_is() -> None:
    figure = drawn()
    assert charts.with_events(figure, []) is figure
    assert charts.with_events(figure, [(date(2030, 1, 1), "later")]) is figure


def boxes(marked: go.Figure) -> list[tuple[float, float]]:
    """The middle of each number on the narrowest screen, in pixels from the drawing's top left corner upwards."""
    scale = NARROWEST / (LAST - FIRST).days
    return [
        ((date.fromisoformat(note.x) - FIRST).days * scale, note.yshift) for note in marked.layout.annotations
    ]


@pytest.mark.parametrize(
    "days",
    [
        [FIRST + timedelta(days=n) for n in range(12)],
        [date(2018, 9, 1)] * 3,
        [FIRST + timedelta(days=30 * n) for n in range(12)],
        [FIRST, FIRST + timedelta(days=20), FIRST + timedelta(days=40), LAST],
    ],
    ids=["day after day", "one day", "every month", "some close"],
)
def test_numbers_never_overlap(days: list[date]) -> None:
    marked = charts.with_events(drawn(), [(day, "event") for day in days])
    for (x, y), (other_x, other_y) in combinations(boxes(marked), 2):
        assert abs(x - other_x) >= NUMBER[0] or abs(y - other_y) >= NUMBER[1]


def test_numbers_have_room_above_the_drawing_and_below_the_legend() -> None:
    plain, marked = drawn(legend=True), charts.with_events(drawn(legend=True), [(FIRST, "a"), (FIRST, "b")])
    highest = max(note.yshift for note in marked.layout.annotations) + NUMBER[1]
    added = marked.layout.margin.t - plain.layout.margin.t
    assert added >= highest
    assert marked.layout.height - plain.layout.height == added  # the drawing stays as high as it was
    drawing_height = marked.layout.height - marked.layout.margin.t - marked.layout.margin.b
    assert (marked.layout.legend.y - 1) * drawing_height >= highest


def test_what_the_figure_had_stays() -> None:
    figure = drawn()
    figure.update_layout(shapes=[{"type": "line", "y0": 2, "y1": 2}], annotations=[{"text": "Target"}])
    marked = charts.with_events(figure, [(FIRST, "first")])
    assert [shape.y0 for shape in marked.layout.shapes] == [2, 0]
    assert [note.text for note in marked.layout.annotations] == ["Target", "1"]
    assert marked.data == figure.data
    assert len(figure.layout.shapes) == 1
    assert marked.layout.yaxis.title.text == "Children"


def test_words_say_what_the_numbers_mean() -> None:
    shown: Any = charts.events_shown(drawn(), [(LAST, "Late <b>"), (FIRST, "Early")])
    said = " ".join(render_to_string("components/events.html", {"events": shown}).split())
    assert '<li value="1">1 April 2018, Early</li><li value="2">31 March 2019, Late &lt;b&gt;</li>' in said
    assert render_to_string("components/events.html", {"events": ()}).strip() == ""
