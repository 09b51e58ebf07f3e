"""The overview: targets missed, changes since the previous month, work for the reader, and a tile for each KPI.

The tiles are in the programme's groups. The choices that several KPIs share are made here for all of them at once; a
KPI that does not allow one is shown in full, and its tile does not say "filtered".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from placements import scope_form
from placements.as_at import AsAt
from placements.models import Child
from provision.models import School
from sen_dashboard.accounts.models import User
from sen_dashboard.core.charts.sparkline import Sparkline, sparkline
from sen_dashboard.core.formats import Number
from sen_dashboard.core.kpi.definition import Fact, Group, Kpi, ask
from sen_dashboard.core.kpi.movements import Compared, compared, weightiest
from sen_dashboard.core.kpi.off_target import off_target
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.kpi.status import Direction, Standing, direction, standing
from sen_dashboard.core.periods import end_of_month_before
from sen_dashboard.kpi_pages.choices import allowed, shared_filters
from sen_dashboard.kpi_pages.for_today import waiting_for
from sen_dashboard.programme.aim import AIM

BETWEEN = 10  # months that are not evaluated, from a year earlier to the previous month


@dataclass(frozen=True)
class Tile:
    """A KPI's headline figure, its standing and movement, and its course over time."""

    kpi: Kpi[Any, Any]
    fact: Fact
    filtered: tuple[str, ...]
    standing: Standing
    direction: Direction
    line: Sparkline | None


def context(
    kpis: Sequence[Kpi[Any, Any]],
    scope: Scope,
    typed: Mapping[str, str],
    default: AsAt,
    reader: User,
    today: date,
) -> dict[str, Any]:
    """Return the context of the page with its figures, and the work that waits for the reader today."""
    shared = shared_filters(kpis)
    answers = [compared(kpi, ask(kpi, allowed(kpi, scope, shared))) for kpi in kpis]
    tiles = list(map(_tile, answers))
    by_group = {group: [tile for tile in tiles if tile.kpi.group is group] for group in Group}
    return {
        "here": "Overview",
        "aim": AIM,
        "filtered": scope.filtered(shared),
        "off_target": off_target((answer.kpi, answer.now) for answer in answers),
        "with_goal": sum(tile.standing is not Standing.FOR_INFORMATION for tile in tiles),
        "month_before": end_of_month_before(scope.as_at),
        "movements": weightiest(answers),
        "for_today": waiting_for(reader, today, default.day),
        "tiles_by_group": {group: members for group, members in by_group.items() if members},
        "is_empty": not _has_records(),
        **scope_form.context(shared, scope, typed, default),
    }


def error_context(
    kpis: Iterable[Kpi[Any, Any]], typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]
) -> dict[str, Any]:
    """Return the context of the page for a scope that is wrong: no figures."""
    return {"here": "Overview", **scope_form.error_context(shared_filters(kpis), typed, default, errors)}


def _tile(answer: Compared) -> Tile:
    kpi, result = answer.kpi, answer.now
    scope, now = result.scope, kpi.figure(result)
    then = kpi.figure(ask(kpi, scope.year_before(kpi.filters)))
    return Tile(
        kpi,
        now,
        scope.filtered(kpi.filters),
        standing(kpi, result),
        direction(kpi.better, now, then),
        sparkline(_over_time(answer, then.number)),
    )


def _over_time(answer: Compared, year_before: Number) -> Sequence[Number]:
    """Return the figure over time: from the rows, or else a year ago, last month (if comparable) and on the day."""
    kpi, now = answer.kpi, answer.now
    if kpi.series is not None:
        return kpi.series(now)
    month_before = kpi.figure(answer.before).number if answer.before else None
    return [year_before, *[None] * BETWEEN, month_before, kpi.figure(now).number]


def _has_records() -> bool:
    """Return whether anything was ever imported: every data set begins with schools or children."""
    return School.objects.exists() or Child.objects.exists()
