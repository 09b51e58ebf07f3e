"""What is laid over charts: the year before, goals, and names at the ends of lines."""

from datetime import date

import plotly.graph_objects as go
import pytest

from sen_dashboard.core import chart_layers, charts
from sen_dashboard.core.kpi import Goal
from sen_dashboard.core.sparkline import HEIGHT, sparkline

DAYS = [date(2018, 12, 31), date(2019, 1, 31), date(2019, 2, 28), date(2019, 3, 31)]


def lines(*series: list[float | None], first: int = 0) -> go.Figure:
    names = ("INMSS", "State special")
    return charts.figure(
        *(charts.line(name, DAYS[first:], values) for name, values in zip(names, series, strict=False)),
        y_title="Children",
    )


def bars(**values: int) -> go.Figure:
    drawn = charts.bars(
        "Cases", list(values), list(values.values()), labels=[str(v) for v in values.values()]
    )
    return charts.bar_figure(drawn, x_title="Cases")


class TestTheYearBefore:
    def test_lies_under_the_months_of_this_year(self) -> None:
        figure = chart_layers.with_year_before(lines([4, 5, 6, 7]), lines([1, None, 2, 3]))
        now, before = figure.data
        assert (before.name, list(before.y)) == ("A year before", [1, None, 2, 3])
        assert list(before.x) == list(now.x)
        assert before.line.color == chart_layers.BEFORE

    def test_says_which_series_it_is_of(self) -> None:
        figure = chart_layers.with_year_before(lines([4, 5, 6, 7], [8] * 4), lines([1, 1, 2, 3], [9] * 4))
        assert figure.data[2].name == "INMSS, a year before"
        assert list(figure.data[2].y) == [1, 1, 2, 3]

    def test_marks_where_each_bar_ended_whatever_the_order_then(self) -> None:
        figure = chart_layers.with_year_before(bars(ASD=5, SEMH=3, PD=1), bars(SEMH=4, ASD=2))
        assert (list(figure.data[1].y), list(figure.data[1].x)) == (["ASD", "SEMH", "PD"], [2, 4, None])

    @pytest.mark.parametrize("before", [charts.figure(), lines([None] * 4)])
    def test_without_values_nothing_is_laid_over(self, before: go.Figure) -> None:
        assert len(chart_layers.with_year_before(lines([4, 5, 6, 7]), before).data) == 1


class TestNames:
    def test_stand_at_the_last_known_point_and_never_on_each_other(self) -> None:
        figure = chart_layers.with_names(lines([4, 5, 6, None], [4, 5, 5, 6.1]))
        first, second = figure.layout.annotations
        assert [(note.text, note.x, note.y) for note in (first, second)] == [
            ("INMSS", "2019-02-28", 6),
            ("State special", "2019-03-31", 6.1),
        ]
        room = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
        heights = [note.y * room / 6.1 + note.yshift for note in (first, second)]
        assert abs(heights[1] - heights[0]) >= chart_layers.LABEL_HEIGHT - 0.01
        assert figure.layout.showlegend is False

    def test_one_line_or_bars_need_none(self) -> None:
        assert not chart_layers.with_names(lines([4, 5, 6, 7])).layout.annotations
        assert not chart_layers.with_names(bars(ASD=5)).layout.annotations


class TestGoals:
    @pytest.mark.parametrize(("target", "floor", "above"), [(100, 60, "Target"), (9, 10, "Floor")])
    def test_are_levels_whose_names_point_away_from_each_other(
        self, target: float, floor: float, above: str
    ) -> None:
        figure = chart_layers.with_goal(lines([4, 5, 6, 7]), Goal(target, floor, "For the test."))
        assert [(line.y0, line.y1) for line in figure.layout.shapes] == [(target, target), (floor, floor)]
        assert {note.text: note.yanchor for note in figure.layout.annotations} == {
            "Target": "bottom" if above == "Target" else "top",
            "Floor": "bottom" if above == "Floor" else "top",
        }

    def test_without_a_goal_there_is_no_level(self) -> None:
        assert not chart_layers.with_goal(lines([4, 5, 6, 7]), None).layout.shapes


class TestSparkline:
    def test_fills_its_height_and_ends_at_the_last_known_value(self) -> None:
        line = sparkline([1, None, 3, 2])
        assert line is not None
        corners = [tuple(map(float, corner.split(","))) for corner in line.points.split()]
        assert [y for _, y in corners] == [HEIGHT - 3, 3, HEIGHT / 2]
        assert (line.x, line.y) == corners[-1]

    @pytest.mark.parametrize("values", [[], [1], [None, 1, None]])
    def test_of_fewer_than_two_values_there_is_none(self, values: list[float | None]) -> None:
        assert sparkline(values) is None
