"""The KPI dictionary: every definition in the programme's groups, or those that contain the words searched for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from placements.as_at import AsAt
from placements.scope_form import ScopeField
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.kpi.definition import Group, Kpi
from sen_dashboard.core.kpi.scope import Filter

FIELD = "q"


@dataclass(frozen=True)
class DictionaryEntry:
    """A KPI and the choices it allows, each with its default in words."""

    kpi: Kpi[Any, Any]
    filters: tuple[str, ...]


def context(kpis: Iterable[Kpi[Any, Any]], given: Mapping[str, str], default: AsAt) -> dict[str, Any]:
    """Return the context of the page; ``given`` is the query string, with the words to search for and the scope."""
    every, typed = list(kpis), given.get(FIELD, "").strip()
    found = [kpi for kpi in every if _holds(kpi, typed)]
    entries = [DictionaryEntry(kpi, tuple(_describe(f, default.day) for f in kpi.filters)) for kpi in found]
    by_group = {group: [entry for entry in entries if entry.kpi.group is group] for group in Group}
    return {
        "here": "KPI dictionary",
        "looked_for": typed,
        "sentence": _sentence(len(found), len(every), typed),
        "entries_by_group": {group: members for group, members in by_group.items() if members},
        "field": ScopeField(FIELD, "Words in the definitions", typed),
        "scope_query": kept_query(given),
    }


def _holds(kpi: Kpi[Any, Any], typed: str) -> bool:
    """Return whether the definition or its table's headings contain each of the words, ignoring case."""
    said = " ".join(
        (
            kpi.title,
            kpi.question,
            kpi.numerator,
            kpi.denominator,
            kpi.left_out,
            kpi.undefined,
            kpi.source,
            kpi.owner,
            *(behind.title for behind in kpi.keys.behind.values()),
            *(f.label for f in kpi.filters),
            *(column.header for column in kpi.table(()).columns),
        )
    ).casefold()
    return all(word in said for word in typed.casefold().split())


def _sentence(found: int, every: int, typed: str) -> str:
    if not typed:
        return f"{formats.plural(every, 'definition')}."
    return f"{formats.count(found)} of {formats.plural(every, 'definition')} for “{typed}”."


def _describe(wanted: Filter[Any], day: date) -> str:
    """Return a filter with its default; a default that depends on the as-at day names the day."""
    default = wanted.default(day)
    described = wanted.describe(default)
    return f"{described}, as at {formats.day(day)}" if isinstance(default, date) else described
