"""The top of the overview: what misses its target and what changed, ranked by importance."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Better, Fact, Goal, Kpi, Result
from sen_dashboard.core.kpi.movements import MOST, Meaning, compared, weightiest
from sen_dashboard.core.kpi.off_target import off_target
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.kpis import find

MARCH, FEBRUARY = date(2019, 3, 31), date(2019, 2, 28)
Value = float | int | Decimal | None
Months = tuple[Value, Value]


def make_kpi(title: str, of: Months, kind: Kind = Kind.PERCENT, **changed: Any) -> Kpi[Any, Any]:
    """A KPI whose figure is the first of two values in February and the second in March."""

    def query(scope: Scope) -> Result[Any, Any]:
        return Result(scope, of[0] if scope.as_at == FEBRUARY else of[1], ())

    def facts(result: Result[Any, Any]) -> tuple[Fact, ...]:
        return (Fact(title, result.headline, kind),)

    unlike = {"goal": lambda result: None, "judged": None, "stake": None, "filters": (), "counts": ()}
    like = replace(find("ehcp_share"), title=title, query=query, figures=facts, **unlike)
    return replace(like, **changed)


def comes_to(label: str, of: Months, kind: Kind) -> Any:
    """The stake of a KPI: what its figure comes to in February and in March."""
    return lambda result: Fact(label, of[0] if result.scope.as_at == FEBRUARY else of[1], kind)


def moved(*kpis: Kpi[Any, Any]) -> list[Any]:
    return weightiest(compared(kpi, kpi.query(Scope(MARCH))) for kpi in kpis)


def with_goal(missed: Fact | None, **changed: Any) -> Kpi[Any, Any]:
    """A KPI that is at 7 where its target is 5 and its limit 6, unless told otherwise."""
    goal = Goal(5, 6, "For the test.", missed, "more came")
    return make_kpi("Share", (7.0, 7.0), **{"goal": lambda result: goal, "better": Better.LOWER} | changed)


class TestMovements:
    def test_ranked_by_target_then_money_then_children_then_the_rest(self) -> None:
        points = make_kpi("Points", (10.0, 60.0))
        children = make_kpi("Children", (800, 840), Kind.COUNT)
        money = make_kpi("Cost", (Decimal(40_000_000), Decimal(40_100_000)), Kind.POUNDS)
        goal = Goal(5, 6, "For the test.")
        crossed = make_kpi("Share", (4.9, 5.1), goal=lambda result: goal, better=Better.LOWER)
        found = moved(points, children, money, crossed)
        assert [movement.kpi.title for movement in found] == ["Share", "Cost", "Children", "Points"]
        assert [movement.meaning for movement in found] == list(Meaning)
        assert (
            found[0].words
            == "rose from 4.9% to 5.1%, and so from “Target met” to “Within limit, target missed”"
        )

    def test_a_share_weighs_what_it_comes_to(self) -> None:
        """Half a point of a share that is £2m comes before ten points that are 3 children, and both are told."""
        dear = make_kpi(
            "Dear",
            (51.0, 51.5),
            stake=comes_to("cost of it", (Decimal(18_000_000), Decimal(20_000_000)), Kind.POUNDS),
        )
        few = make_kpi("Few", (20.0, 30.0), stake=comes_to("children of it", (6, 9), Kind.COUNT))
        assert [movement.words for movement in moved(few, dear)] == [
            "rose from 51.0% to 51.5%; cost of it rose by £2.0m to £20.0m",
            "rose from 20.0% to 30.0%; children of it rose by 3 to 9",
        ]

    def test_none_crowds_out_the_others(self) -> None:
        of_money = [make_kpi(f"Cost {n}", (Decimal(100), Decimal(200 + n)), Kind.POUNDS) for n in range(4)]
        of_children = [make_kpi(f"Children {n}", (100, 200 + n), Kind.COUNT) for n in range(4)]
        others = [make_kpi(f"Points {n}", (1.0, 20.0 + n)) for n in range(4)]
        found = [movement.kpi.title for movement in moved(*others, *of_children, *of_money)]
        assert found == ["Cost 3", "Cost 2", "Children 3", "Children 2", "Points 3"]
        assert len(found) == MOST

    def test_what_is_counted_otherwise_is_not_ranked_as_children(self) -> None:
        late = make_kpi("Late actions", (3, 300), Kind.COUNT, counts_children=False)
        children = make_kpi("Children", (800, 801), Kind.COUNT)
        assert [movement.meaning for movement in moved(late, children)] == [Meaning.CHILDREN, Meaning.OTHER]

    @pytest.mark.parametrize(
        "kpi",
        [
            make_kpi("Of the year so far", (100, 200), Kind.COUNT, restarts_each_year=True),
            make_kpi("Itself a change", (100, 200), Kind.COUNT, is_change=True),
            make_kpi("Unknown before", (None, 7.0)),
            make_kpi("Unknown now", (7.0, None)),
            make_kpi("From nothing", (0, 7), Kind.COUNT),
            make_kpi("As it reads", (7.01, 7.04)),
        ],
        ids=lambda kpi: kpi.title,
    )
    def test_what_cannot_be_compared_is_not_told(self, kpi: Kpi[Any, Any]) -> None:
        assert moved(kpi) == []

    def test_what_a_whole_year_comes_to_is_told_within_the_year(self) -> None:
        def year(months: tuple[str, str]) -> Kpi[Any, Any]:
            def judged(result: Result[Any, Any]) -> Fact:
                label = months[0] if result.scope.as_at == FEBRUARY else months[1]
                return Fact(label, result.headline, Kind.POUNDS)

            spent = (Decimal(100_000), Decimal(120_000))
            return make_kpi("So far", spent, Kind.POUNDS, restarts_each_year=True, judged=judged)

        (found,) = moved(year(("Full year 2018-19", "Full year 2018-19")))
        assert (found.fact.label, found.words) == ("Full year 2018-19", "rose from £100.0k to £120.0k")
        assert moved(year(("Full year 2017-18", "Full year 2018-19"))) == []


class TestOffTarget:
    def test_most_money_first_then_most_children(self) -> None:
        missed = [
            Fact("children more", 9, Kind.COUNT),
            None,
            Fact("over budget", Decimal(5), Kind.POUNDS),
            Fact("children more", 200, Kind.COUNT),
            Fact("over budget", Decimal(7), Kind.POUNDS),
            Fact("children more", Decimal("0.3"), Kind.COUNT),
        ]
        kpis = [with_goal(fact) for fact in missed]
        found = off_target((kpi, kpi.query(Scope(MARCH))) for kpi in kpis)
        assert [kpis.index(each.kpi) for each in found] == [4, 2, 3, 0, 5, 1]
        assert [each.words for each in found[1:3]] == [
            "£5 over budget: more came",
            "200 children more: more came",
        ]
        assert [each.words for each in found[-2:]] == ["more came", "more came"], (
            "nobody is told of 0 children"
        )

    def test_what_meets_its_target_or_has_none_is_left_out(self) -> None:
        met = with_goal(None, goal=lambda result: Goal(7.0, 8.0, "For the test."))
        unknown = make_kpi("Share", (None, None), goal=lambda result: Goal(5, 6, "For the test."))
        none = make_kpi("Share", (7.0, 7.0))
        assert off_target((kpi, kpi.query(Scope(MARCH))) for kpi in (met, unknown, none)) == []
