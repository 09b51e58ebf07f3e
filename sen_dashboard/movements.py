"""What changed since the month before: how far the figure of each KPI moved, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Fact, Kpi, ask
from sen_dashboard.core.periods import Month
from sen_dashboard.core.scope import Scope

LARGEST = 3


@dataclass(frozen=True)
class Movement:
    """How a KPI's figure moved since the month before, in words, and how far.

    A percentage moves by points, any other figure by percent of what it was.
    """

    kpi: Kpi[Any, Any]
    fact: Fact
    filtered: tuple[str, ...]
    words: str
    size: Decimal


def movements(kpis: Iterable[Kpi[Any, Any]], day: date) -> list[Movement]:
    """The largest movements of the whole council to the day, which the overview begins with."""
    scope = Scope(day)
    return largest((kpi, scope, figure_of(kpi, scope)) for kpi in kpis if _can_move(kpi))


def figure_of(kpi: Kpi[Any, Any], scope: Scope) -> Fact:
    """The KPI's figure, which is its first fact."""
    return kpi.facts(ask(kpi, scope))[0]


def month_before(as_at: date) -> date:
    """The end of the month before the day's."""
    return Month.containing(as_at).plus(-1).end


def largest(figures: Iterable[tuple[Kpi[Any, Any], Scope, Fact]]) -> list[Movement]:
    """The largest movements of figures, each with what it was asked of."""
    moved = [found for figure in figures if (found := _movement(*figure)) is not None]
    return sorted(moved, key=lambda movement: -movement.size)[:LARGEST]


def _can_move(kpi: Kpi[Any, Any]) -> bool:
    """Whether its figure can be compared with that of the month before: it is no change, and does not start anew."""
    return not (kpi.restarts_each_year or kpi.is_change)


def _movement(kpi: Kpi[Any, Any], scope: Scope, now: Fact) -> Movement | None:
    """How the figure moved since the month before.

    None where it cannot be compared, where either is unknown or the earlier is 0, or where both read the same.
    """
    if not _can_move(kpi):
        return None
    before = figure_of(kpi, scope.on(month_before(scope.as_at)))
    if now.number is None or not before.number or now.short == before.short:
        return None
    moved = "rose" if now.number > before.number else "fell"
    raw = f" ({now.raw})" if now.raw else ""
    words = f"{moved} from {before.short} to {now.short}{raw}"
    change = now.number - before.number
    size = abs(change if now.kind is Kind.PERCENT else 100 * change / before.number)
    return Movement(kpi, now, scope.filtered(kpi.filters), words, size)
