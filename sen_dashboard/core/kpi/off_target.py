"""The KPIs that miss their targets: by how much in £ or children, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Fact, Goal, Kpi, Result
from sen_dashboard.core.kpi.status import Standing, standing

MISSED = (Standing.WITHIN_LIMIT, Standing.OUTSIDE_LIMIT)


@dataclass(frozen=True)
class OffTarget:
    """A KPI whose target is missed on the day."""

    kpi: Kpi[Any, Any]
    result: Result[Any, Any]
    fact: Fact
    goal: Goal
    standing: Standing

    @property
    def filtered(self) -> tuple[str, ...]:
        """The choices under which the figure was asked."""
        return self.result.scope.filtered(self.kpi.filters)

    @property
    def target(self) -> str:
        """The target, as a tile shows it."""
        return self.fact.kind.short(self.goal.target)

    @property
    def limit(self) -> str:
        """The limit, as a tile shows it."""
        return self.fact.kind.short(self.goal.limit)

    @property
    def words(self) -> str:
        """How far it is missed and why: "£109.2k over budget: a higher average cost added £1.2m"."""
        missed = self.goal.missed
        reads_as_some = missed and missed.number and missed.kind.as_shown(missed.number)
        how_far = f"{missed.short} {missed.label}" if missed and reads_as_some else ""
        return ": ".join(filter(None, (how_far, self.goal.because)))

    @property
    def place(self) -> tuple[bool, Decimal]:
        """The sort key: first those missed in £, then in children, the furthest first."""
        missed = self.goal.missed
        if missed is None or missed.number is None:
            return True, Decimal(0)
        return missed.kind is not Kind.POUNDS, -missed.number


def off_target(answers: Iterable[tuple[Kpi[Any, Any], Result[Any, Any]]]) -> list[OffTarget]:
    """Return the KPIs that miss their target, most money or children first."""
    found = (missing(kpi, result) for kpi, result in answers)
    return sorted((each for each in found if each), key=lambda each: each.place)


def missing(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> OffTarget | None:
    """Return how a KPI misses its target; None if it meets it, or has none."""
    goal, stands = kpi.goal(result), standing(kpi, result)
    if goal is None or stands not in MISSED:
        return None
    return OffTarget(kpi, result, kpi.held_to_goal(result), goal, stands)
