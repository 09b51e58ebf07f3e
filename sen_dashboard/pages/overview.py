"""The overview: what changed since the month before, then a tile for each KPI, in the programme's groups.

The choices that several KPIs share are made here for all of them at once; a KPI that does not allow one is shown
whole, and its tile says so by not saying "filtered".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from panel.decided_cases import PANEL
from placements.models import Child
from placements.narrowing import ATTENDANCE, DISTRICT, NEED, SECTOR
from provision.models import School
from sen_dashboard.as_at import AsAt
from sen_dashboard.core.formats import Number
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.kpi import Fact, Group, Kpi, Result
from sen_dashboard.core.periods import Month
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.sparkline import Sparkline, sparkline
from sen_dashboard.core.status import Direction, Standing, direction, standing
from sen_dashboard.pages import scope as scope_form

SHARED = (DISTRICT, NEED, SECTOR, ATTENDANCE, PANEL)
MOVEMENTS = 3
HALF_A_YEAR = 6  # months


@dataclass(frozen=True)
class Tile:
    """A KPI's headline figure, how it stands and moved, and how it went over time."""

    kpi: Kpi[Any, Any]
    scope: Scope
    fact: Fact
    filtered: tuple[str, ...]
    standing: Standing
    direction: Direction
    line: Sparkline | None


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


def answered(
    kpis: Iterable[Kpi[Any, Any]], scope: Scope, typed: Mapping[str, str], default: AsAt
) -> dict[str, Any]:
    """The page with its figures."""
    tiles = [_tile(kpi, _allowed(kpi, scope)) for kpi in kpis]
    by_group = {group: [tile for tile in tiles if tile.kpi.group is group] for group in Group}
    return {
        "here": "Overview",
        "filtered": scope.filtered(SHARED),
        "month_before": _month_before(scope.as_at),
        "movements": _largest_movements((tile.kpi, tile.scope, tile.fact) for tile in tiles),
        "tiles_by_group": {group: members for group, members in by_group.items() if members},
        "is_empty": not _has_records(),
        **scope_form.answered(SHARED, scope, typed, default),
    }


def movements(kpis: Iterable[Kpi[Any, Any]], scope: Scope) -> list[Movement]:
    """The largest movements since the month before, which the overview begins with."""
    allowed = ((kpi, _allowed(kpi, scope)) for kpi in kpis if _can_move(kpi))
    return _largest_movements((kpi, scope, _fact(kpi, scope)) for kpi, scope in allowed)


def refused(typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]) -> dict[str, Any]:
    """The page for a question that cannot be answered: no figures."""
    return {"here": "Overview", **scope_form.refused(SHARED, typed, default, errors)}


def _allowed(kpi: Kpi[Any, Any], scope: Scope) -> Scope:
    """The scope with the choices that the KPI has too, under the same label: some mean a school's district."""
    labels = {(f.name, f.label) for f in SHARED}
    return scope.of([f for f in kpi.filters if (f.name, f.label) in labels])


def _tile(kpi: Kpi[Any, Any], scope: Scope) -> Tile:
    result = kpi.query(scope)
    now, then = kpi.facts(result)[0], _fact(kpi, scope.year_before(kpi.filters))
    return Tile(
        kpi,
        scope,
        now,
        scope.filtered(kpi.filters),
        standing(kpi.better, now, kpi.goal(result)),
        direction(kpi.better, now, then),
        sparkline(_over_time(kpi, result, then, now)),
    )


def _fact(kpi: Kpi[Any, Any], scope: Scope) -> Fact:
    """The KPI's figure, which is its first fact."""
    return kpi.facts(kpi.query(scope))[0]


def _over_time(kpi: Kpi[Any, Any], result: Result[Any, Any], then: Fact, now: Fact) -> Sequence[Number]:
    """The figure over time: as the rows have it; or a year before, half a year before, and on the day.

    One that starts anew each year has nothing between the two days.
    """
    if kpi.series is not None:
        return kpi.series(result)
    if kpi.restarts_each_year:
        return then.number, now.number
    half_way = Month.containing(result.scope.as_at).plus(-HALF_A_YEAR).end
    return [then.number, _fact(kpi, result.scope.on(half_way)).number, now.number]


def _month_before(as_at: date) -> date:
    """The end of the month before the day's."""
    return Month.containing(as_at).plus(-1).end


def _largest_movements(figures: Iterable[tuple[Kpi[Any, Any], Scope, Fact]]) -> list[Movement]:
    moved = [found for figure in figures if (found := _movement(*figure)) is not None]
    return sorted(moved, key=lambda movement: -movement.size)[:MOVEMENTS]


def _can_move(kpi: Kpi[Any, Any]) -> bool:
    """Whether its figure can be compared with that of the month before: it is no change, and does not start anew."""
    return not (kpi.restarts_each_year or kpi.is_change)


def _movement(kpi: Kpi[Any, Any], scope: Scope, now: Fact) -> Movement | None:
    """How the figure moved since the month before.

    None where it cannot be compared, where either is unknown or the earlier is 0, or where both read the same.
    """
    if not _can_move(kpi):
        return None
    before = _fact(kpi, scope.on(_month_before(scope.as_at)))
    if now.number is None or not before.number or now.short == before.short:
        return None
    moved = "rose" if now.number > before.number else "fell"
    raw = f" ({now.raw})" if now.raw else ""
    words = f"{moved} from {before.short} to {now.short}{raw}"
    change = now.number - before.number
    size = abs(change if now.kind is Kind.PERCENT else 100 * change / before.number)
    return Movement(kpi, now, scope.filtered(kpi.filters), words, size)


def _has_records() -> bool:
    """Whether anything was ever imported: every data set begins with schools or children."""
    return School.objects.exists() or Child.objects.exists()
