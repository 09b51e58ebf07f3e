"""Changes since the previous month by importance: a target crossed, then money, then children, then the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Any

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi.definition import Fact, Kpi, Result, ask
from sen_dashboard.core.kpi.status import Standing, standing
from sen_dashboard.core.periods import end_of_month_before

MOST = 5
MOST_OF_A_MEANING = 2


class Meaning(IntEnum):
    """What a movement affects, the most important first."""

    CROSSED = 1
    MONEY = 2
    CHILDREN = 3
    OTHER = 4


@dataclass(frozen=True)
class Movement:
    """How a KPI moved since the previous month, in words, and how far.

    Its size is in £ a year or in children if it can be; otherwise a percentage moves by points, and any other figure by
    a percentage of its earlier value.
    """

    kpi: Kpi[Any, Any]
    fact: Fact
    filtered: tuple[str, ...]
    words: str
    meaning: Meaning
    size: Decimal


@dataclass(frozen=True)
class Compared:
    """A KPI's answer, and that at the end of the previous month; None if the two cannot be compared."""

    kpi: Kpi[Any, Any]
    now: Result[Any, Any]
    before: Result[Any, Any] | None


def compared(kpi: Kpi[Any, Any], now: Result[Any, Any]) -> Compared:
    """Return the answer with that of the previous month."""
    scope = now.scope
    return Compared(kpi, now, ask(kpi, scope.on(end_of_month_before(scope.as_at))) if can_move(kpi) else None)


def weightiest(answers: Iterable[Compared]) -> list[Movement]:
    """Return the most important movements: at most five, and two of each meaning, so that none crowds out others."""
    moved = [
        found
        for answer in answers
        if answer.before and (found := _movement(answer.kpi, answer.before, answer.now))
    ]
    ranked = sorted(moved, key=lambda movement: (movement.meaning, -movement.size))
    return list(_few_of_each(ranked))[:MOST]


def _few_of_each(ranked: Iterable[Movement]) -> Iterator[Movement]:
    """Yield the first two of each meaning."""
    counts = dict.fromkeys(Meaning, 0)
    for movement in ranked:
        counts[movement.meaning] += 1
        if counts[movement.meaning] <= MOST_OF_A_MEANING:
            yield movement


def _movement(kpi: Kpi[Any, Any], before: Result[Any, Any], result: Result[Any, Any]) -> Movement | None:
    """Return how a KPI moved since the previous month.

    Returns None if either figure is unknown, the earlier one is 0, they are for different years, or both read the same.
    """
    now, then = kpi.held_to_goal(result), kpi.held_to_goal(before)
    if now.label != then.label or now.number is None or not then.number or now.short == then.short:
        return None
    crossing = _crossing(standing(kpi, before), standing(kpi, result))
    stake = _stake(kpi, before, result)
    raw = f" ({now.raw})" if now.raw else ""
    words = f"{_moved(now.number, then.number)} from {then.short} to {now.short}{raw}{stake}{crossing}"
    meaning, size = _meaning(kpi, before, result)
    return Movement(
        kpi, now, result.scope.filtered(kpi.filters), words, Meaning.CROSSED if crossing else meaning, size
    )


def can_move(kpi: Kpi[Any, Any]) -> bool:
    """Return whether its figure can be compared with last month's: it is not a change, and does not restart each year.

    A whole year's figure can be compared within the same year, which its label names.
    """
    return kpi.judged is not None or not (kpi.restarts_each_year or kpi.is_change)


def _moved(now: Decimal, then: Decimal) -> str:
    return "rose" if now > then else "fell"


def _crossing(before: Standing, now: Standing) -> str:
    """Return ", and so from “Target met” to “Within limit, target missed”"; empty if nothing was crossed."""
    if Standing.FOR_INFORMATION in (before, now) or before is now:
        return ""
    return f", and so from “{before}” to “{now}”"


def _stake(kpi: Kpi[Any, Any], before: Result[Any, Any], now: Result[Any, Any]) -> str:
    """Return "; children in INMSS fell by 8 to 842"; empty if the figure says so itself, or nothing moved."""
    if kpi.stake is None:
        return ""
    at, was = kpi.stake(now), kpi.stake(before)
    if at.number is None or was.number is None or at.short == was.short:
        return ""
    change = at.kind.short(abs(at.number - was.number))
    return f"; {at.label} {_moved(at.number, was.number)} by {change} to {at.short}"


def _meaning(kpi: Kpi[Any, Any], before: Result[Any, Any], now: Result[Any, Any]) -> tuple[Meaning, Decimal]:
    """Return the movement's meaning and size, in the £ or children at stake if the KPI has them."""
    comes_to = kpi.stake or kpi.held_to_goal
    at, was = comes_to(now), comes_to(before)
    if at.number is None or was.number is None:
        return Meaning.OTHER, Decimal(0)
    change = abs(at.number - was.number)
    if at.kind is Kind.POUNDS:
        return Meaning.MONEY, change
    if at.kind is Kind.COUNT and kpi.counts_children:
        return Meaning.CHILDREN, change
    return Meaning.OTHER, change if at.kind is Kind.PERCENT or not was.number else 100 * change / was.number
