"""The choices that several KPIs share, made once for all of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sen_dashboard.core.kpi.definition import Kpi
from sen_dashboard.core.kpi.scope import Filter, Scope


def shared_filters(kpis: Iterable[Kpi[Any, Any]]) -> tuple[Filter[Any], ...]:
    """Return the choices that are made for all of the KPIs at once.

    If their defaults differ in meaning, such as one panel and both panels, none is preselected: each figure keeps its
    own.
    """
    alike: dict[tuple[str, str], list[Filter[Any]]] = defaultdict(list)
    for f in (f for kpi in kpis for f in kpi.filters if f.is_shared):
        alike[f.name, f.label].append(f)
    return tuple(found[0] if len(set(found)) == 1 else _each_its_own(found[0]) for found in alike.values())


def _each_its_own(wanted: Filter[Any]) -> Filter[Any]:
    return replace(wanted, default=lambda _: None, unchosen=f"each figure's own {wanted.label.lower()}")


def allowed(kpi: Kpi[Any, Any], scope: Scope, shared: Iterable[Filter[Any]]) -> Scope:
    """Return the scope with only the choices that the KPI has too, under the same label: some mean a school's district.

    A KPI's default does not count as a choice.
    """
    labels = {(f.name, f.label) for f in shared}
    own = [f for f in kpi.filters if (f.name, f.label) in labels and scope[f] != f.default(scope.as_at)]
    return scope.of(own)
