"""The status of a figure: compared with the year before, and with its goal."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sen_dashboard.core.kpi.definition import Better, Fact, Goal, Kpi, Result


@dataclass(frozen=True)
class Direction:
    """How a figure moved since the year before: in words, whether better or worse, and an arrow."""

    words: str
    verdict: str
    arrow: str = ""


def direction(better: Better, now: Fact, before: Fact) -> Direction:
    """Compare a KPI's figure with that of the year before; ``better`` decides the verdict."""
    if now.number is None or before.number is None:
        return Direction("No figure a year earlier to compare with", "")
    if now.short == before.short:
        return Direction(f"Same as a year earlier ({before.short})", "", "=")
    rose = now.number > before.number
    words, arrow = f"{'Up' if rose else 'Down'} from {before.short} a year earlier", "▲" if rose else "▼"
    if better in (Better.HIGHER, Better.LOWER):
        return Direction(words, "better" if rose == (better is Better.HIGHER) else "worse", arrow)
    return Direction(words, "", arrow)


class Standing(StrEnum):
    """How a figure compares with its goal, in words that need no colour (domain.md section 6)."""

    TARGET_MET = "Target met"
    WITHIN_LIMIT = "Within limit, target missed"
    OUTSIDE_LIMIT = "Outside limit"
    FOR_INFORMATION = "For information"


def standing(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> Standing:
    """Return the standing of a KPI on the as-at day."""
    return judge(kpi.better, kpi.held_to_goal(result), kpi.goal(result))


def judge(better: Better, fact: Fact, goal: Goal | None) -> Standing:
    """Return the standing of a figure: compare it with the target first, then with the limit.

    All are compared as they are shown: 7.02% is no higher than 6.98%, since both read 7.0%.
    """
    if goal is None or fact.number is None:
        return Standing.FOR_INFORMATION
    at, target, limit = (fact.kind.as_shown(n) for n in (fact.number, goal.target, goal.limit))
    if better is Better.LOWER:
        at, target, limit = -at, -target, -limit
    if at >= target:
        return Standing.TARGET_MET
    return Standing.WITHIN_LIMIT if at >= limit else Standing.OUTSIDE_LIMIT
