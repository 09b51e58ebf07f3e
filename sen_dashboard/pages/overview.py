"""The overview: a tile for each KPI, in the programme's groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from placements.models import Child
from provision.models import School
from sen_dashboard.as_at import AsAt
from sen_dashboard.core.kpi import Fact, Group, Kpi
from sen_dashboard.core.scope import Scope
from sen_dashboard.core.status import Direction, direction
from sen_dashboard.pages import scope as scope_form


@dataclass(frozen=True)
class Tile:
    """A KPI's headline figure, and how it moved since the year before."""

    kpi: Kpi[Any, Any]
    fact: Fact
    direction: Direction


def answered(
    kpis: Iterable[Kpi[Any, Any]], scope: Scope, typed: Mapping[str, str], default: AsAt
) -> dict[str, Any]:
    """The page with its figures."""
    tiles = [_tile(kpi, scope) for kpi in kpis]
    by_group = {group: [tile for tile in tiles if tile.kpi.group is group] for group in Group}
    return {
        "here": "Overview",
        "tiles_by_group": {group: members for group, members in by_group.items() if members},
        "is_empty": not _has_records(),
        **scope_form.answered((), scope, typed, default),
    }


def refused(typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]) -> dict[str, Any]:
    """The page for an as-at day that is none: no figures."""
    return {"here": "Overview", **scope_form.refused((), typed, default, errors)}


def _tile(kpi: Kpi[Any, Any], scope: Scope) -> Tile:
    now = kpi.facts(kpi.query(scope))[0]
    before = kpi.facts(kpi.query(scope.year_before(kpi.filters)))[0]
    return Tile(kpi, now, direction(kpi.better, now, before))


def _has_records() -> bool:
    """Whether anything was ever imported: every data set begins with schools or children."""
    return School.objects.exists() or Child.objects.exists()
