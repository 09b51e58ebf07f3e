"""The overview: what misses its target, what changed since the month before, and what waits for the reader; then a
tile for each KPI, in the programme's groups.

The choices that several KPIs share are made here for all of them at once; a KPI that does not allow one is shown
whole, and its tile says so by not saying "filtered".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from placements.models import Child
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.as_at import AsAt
from sen_dashboard.core.formats import Number
from sen_dashboard.core.kpi import Fact, Group, Kpi, Result, ask
from sen_dashboard.core.periods import Month
from sen_dashboard.core.scope import Filter, Scope
from sen_dashboard.core.sparkline import Sparkline, sparkline
from sen_dashboard.core.status import Direction, Standing, direction, standing
from sen_dashboard.movements import month_before, weightiest
from sen_dashboard.off_target import off_target
from sen_dashboard.pages import scope as scope_form
from sen_dashboard.pages.for_today import waiting_for
from sen_dashboard.programme.aim import AIM

HALF_A_YEAR = 6  # months


@dataclass(frozen=True)
class Tile:
    """A KPI's headline figure, how it stands and moved, and how it went over time."""

    kpi: Kpi[Any, Any]
    fact: Fact
    filtered: tuple[str, ...]
    standing: Standing
    direction: Direction
    line: Sparkline | None


def shared_filters(kpis: Iterable[Kpi[Any, Any]]) -> tuple[Filter[Any], ...]:
    """The choices that are made here for all of the KPIs."""
    return tuple(dict.fromkeys(f for kpi in kpis for f in kpi.filters if f.is_shared))


def answered(
    kpis: Sequence[Kpi[Any, Any]],
    scope: Scope,
    typed: Mapping[str, str],
    default: AsAt,
    reader: User,
    today: date,
) -> dict[str, Any]:
    """The page with its figures, and with what waits for the reader today."""
    shared = shared_filters(kpis)
    answers = [(kpi, ask(kpi, allowed(kpi, scope, shared))) for kpi in kpis]
    tiles = [_tile(kpi, result) for kpi, result in answers]
    by_group = {group: [tile for tile in tiles if tile.kpi.group is group] for group in Group}
    return {
        "here": "Overview",
        "aim": AIM,
        "filtered": scope.filtered(shared),
        "off_target": off_target(answers),
        "with_goal": sum(tile.standing is not Standing.FOR_INFORMATION for tile in tiles),
        "month_before": month_before(scope.as_at),
        "movements": weightiest(answers),
        "for_today": waiting_for(reader, today),
        "tiles_by_group": {group: members for group, members in by_group.items() if members},
        "is_empty": not _has_records(),
        **scope_form.answered(shared, scope, typed, default),
    }


def refused(
    kpis: Iterable[Kpi[Any, Any]], typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]
) -> dict[str, Any]:
    """The page for a question that cannot be answered: no figures."""
    return {"here": "Overview", **scope_form.refused(shared_filters(kpis), typed, default, errors)}


def allowed(kpi: Kpi[Any, Any], scope: Scope, shared: Iterable[Filter[Any]]) -> Scope:
    """The scope with the choices that the KPI has too, under the same label: some mean a school's district."""
    labels = {(f.name, f.label) for f in shared}
    return scope.of([f for f in kpi.filters if (f.name, f.label) in labels])


def _tile(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> Tile:
    scope, now = result.scope, kpi.figure(result)
    then = kpi.figure(ask(kpi, scope.year_before(kpi.filters)))
    return Tile(
        kpi,
        now,
        scope.filtered(kpi.filters),
        standing(kpi, result),
        direction(kpi.better, now, then),
        sparkline(_over_time(kpi, result, then, now)),
    )


def _over_time(kpi: Kpi[Any, Any], result: Result[Any, Any], then: Fact, now: Fact) -> Sequence[Number]:
    """The figure over time: as the rows have it; or a year before, half a year before, and on the day.

    One that starts anew each year has nothing between the two days.
    """
    if kpi.series is not None:
        return kpi.series(result)
    if kpi.restarts_each_year:
        return then.number, now.number
    half_way = Month.containing(result.scope.as_at).plus(-HALF_A_YEAR).end
    return [then.number, kpi.figure(ask(kpi, result.scope.on(half_way))).number, now.number]


def _has_records() -> bool:
    """Whether anything was ever imported: every data set begins with schools or children."""
    return School.objects.exists() or Child.objects.exists()
