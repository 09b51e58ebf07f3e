"""The bridge: a chart read from its Plotly description is what the figure was made of."""

from datetime import date
from typing import Any

import pytest

from sen_dashboard.core import chart_layers, charts
from sen_dashboard.core.charts.chart import Axis, Event, Level, Mark, Series, Shape, Tone
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Goal
from sen_dashboard.reports.drawing import figure, read

DAYS = [date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31)]


def test_lines_with_a_goal_a_year_before_and_events() -> None:
    drawn = charts.figure(
        charts.line("Share <5 & $", DAYS, [1, None, 3]),
        charts.line("Other", DAYS, [1, 2, 3], colour=charts.CONTEXT),
        y_title="Percent",
        yaxis={"ticksuffix": "%", "rangemode": "tozero"},
    )
    before = charts.figure(charts.line("Share", DAYS[1:], [5, 6]))
    drawn = chart_layers.with_goal(chart_layers.with_year_before(drawn, before), Goal(95, 90, ""))
    chart = read(drawn.to_plotly_json(), [(date(2019, 2, 1), "Law"), (date(2018, 12, 31), "Too early")])
    assert chart.shape is Shape.LINES
    assert (chart.along, chart.values) == (Axis("", Kind.MONTH), Axis("Percent", Kind.PERCENT, True))
    assert chart.days == tuple(DAYS)
    assert [(one.name, one.values, one.tone, one.is_year_before) for one in chart.series] == [
        ("Share <5 & $", (1, None, 3), Tone.MAIN, False),
        ("Other", (1, 2, 3), Tone.THIRD, False),
        ("Share <5 & $, a year before", (None, 5, 6), Tone.MAIN, True),
    ]
    assert chart.levels == (Level("Target", 95.0), Level("Floor", 90.0))
    assert chart.events == (Event(date(2019, 2, 1), "Law"),)


def test_bars_keep_their_labels_and_each_its_own_value_under_equal_names() -> None:
    names = ["Hill %{x}", "Hill %{x}", "&lt"]
    bars = charts.bars(
        "Cost", names, [3.5, None, 1.0], labels=["£3.50", "not available", "£1"], colour=charts.SECOND
    )
    drawn = charts.bar_figure(bars, x_title="Cost of a place", xaxis=charts.pounds_axis([3.5, 1.0]))
    chart = read(drawn.to_plotly_json())
    marks = (Mark(3.5, label="£3.50"), Mark(None, label="not available"), Mark(1.0, label="£1"))
    assert chart.categories == tuple(names)
    assert chart.values == Axis("Cost of a place", Kind.POUNDS, from_zero=True)
    assert chart.series == (Series("Cost", marks, tone=Tone.SECOND),)
    over = chart_layers.with_year_before(drawn, charts.bar_figure(bars, x_title=""))
    assert [one.is_year_before for one in read(over.to_plotly_json()).series] == [False, True]


@pytest.mark.parametrize(
    ("values", "goal", "kind"),
    [
        ([1, 2.0, None], None, Kind.COUNT),
        ([1, 2.5, None], None, Kind.INDEX),
        ([1, 2, 3], Goal(2.5, 1, ""), Kind.INDEX),
    ],
)
def test_numbers_without_a_sign_are_counts_where_all_are_whole(
    values: list[float | None], goal: Goal | None, kind: Kind
) -> None:
    drawn = chart_layers.with_goal(charts.figure(charts.line("", DAYS, values)), goal)
    assert read(drawn.to_plotly_json()).values.kind is kind


@pytest.mark.parametrize("layout", [{}, {"yaxis": {"ticksuffix": "%", "rangemode": "tozero"}}])
def test_a_chart_comes_back_from_the_figure_that_the_page_shows(layout: dict[str, Any]) -> None:
    drawn = charts.figure(charts.line("Share", DAYS, [1, None, 3]), **layout)
    drawn = chart_layers.with_goal(chart_layers.with_year_before(drawn, drawn), Goal(95, 90, ""))
    chart = read(drawn.to_plotly_json())
    assert read(figure(chart).to_plotly_json()) == chart
