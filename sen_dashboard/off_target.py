"""What misses its target: by how much in £ or children, and what explains it (shared pages design, "Overview")."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Fact, Goal, Kpi, Result
from sen_dashboard.core.status import Standing, standing

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
        """The choices the figure was asked under."""
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
        """How far it is missed and what explains it: "£109.2k over budget: a higher average cost added £1.2m"."""
        missed = self.goal.missed
        how_far = f"{missed.short} {missed.label}" if missed is not None and missed.value is not None else ""
        return ": ".join(filter(None, (how_far, self.goal.because)))


def off_target(answers: Iterable[tuple[Kpi[Any, Any], Result[Any, Any]]]) -> list[OffTarget]:
    """The KPIs that miss their target, first those missed in £, then in children, the furthest first."""
    found = []
    for kpi, result in answers:
        goal, stands = kpi.goal(result), standing(kpi, result)
        if goal is not None and stands in MISSED:
            found.append(OffTarget(kpi, result, kpi.held_to_goal(result), goal, stands))
    return sorted(found, key=_weight)


def _weight(found: OffTarget) -> tuple[bool, float]:
    missed = found.goal.missed
    if missed is None or missed.number is None:
        return True, 0
    return missed.kind is not Kind.POUNDS, -float(missed.number)
