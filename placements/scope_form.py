"""The form for a scope: one field for the as-at day and one for each filter of a KPI.

``core.kpi.scope.parse_scope`` reads what was typed, for pages, files and the command line alike; this module only
shows the form, with everything that was typed still in it. ``typed`` is the query string.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst

from placements.as_at import AsAt, month_end_after, month_end_before
from placements.closing import provisional_on
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import kept_query
from sen_dashboard.core.kpi.scope import EARLIEST, LATEST, Filter, Scope
from sen_dashboard.core.periods import FinancialYear

YEARS_TO_STEP_TO = 6


@dataclass(frozen=True)
class ScopeField:
    """A field of the form: a list of ``choices`` or, if it has none, a box to type in."""

    name: str
    label: str
    value: str
    is_day: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""

    @property
    def input_type(self) -> str:
        """The browser's date box; a text box if the value is not a date, which a date box would drop."""
        return "date" if self.is_day and not self.error else "text"


def context(
    filters: Sequence[Filter[Any]], scope: Scope, typed: Mapping[str, str], default: AsAt
) -> dict[str, Any]:
    """The context of the form above figures: its fields, why it has this day, whether figures may change, and steps."""
    is_chosen = bool(typed.get("as_at", "").strip())
    return {
        "as_at": scope.as_at,
        "scope_words": [f.briefly(scope[f]) for f in filters],
        "reason": "" if is_chosen else default.reason,
        "provisional": provisional_on(scope.as_at),
        "scope_query": kept_query(typed, scope, filters),
        "financial_years": _financial_years(scope.as_at, default.day),
        "previous_month_end": month_end_before(scope.as_at),
        "next_month_end": month_end_after(scope.as_at),
        "fields": _fields(filters, typed, scope.as_at, {}),
    }


@dataclass(frozen=True)
class YearStep:
    """A financial year to step to: its name, the day to show for it, and whether it is the current one."""

    name: str
    day: date
    is_shown: bool


def _financial_years(as_at: date, latest: date) -> list[YearStep]:
    """Six financial years, ending with that of the latest records or of the day shown, whichever is later.

    A year is shown as at its last day, the year of the latest records as at their day.
    """
    shown, last = FinancialYear.containing(as_at), FinancialYear.containing(max(as_at, latest))
    years = [last.plus(n) for n in range(1 - YEARS_TO_STEP_TO, 1)]
    return [
        YearStep(str(year), min(max(latest, year.start), year.end), year == shown)
        for year in years
        if year.start >= EARLIEST and year.end <= LATEST
    ]


def error_context(
    filters: Sequence[Filter[Any]], typed: Mapping[str, str], default: AsAt, errors: Mapping[str, str]
) -> dict[str, Any]:
    """The context of the form for an invalid scope: the errors, and everything that was typed."""
    return {
        "errors": errors,
        "fields": _fields(filters, typed, default.day, errors),
        "scope_query": kept_query({name: value for name, value in typed.items() if name not in errors}),
    }


def _fields(
    filters: Sequence[Filter[Any]], typed: Mapping[str, str], as_at: date, errors: Mapping[str, str]
) -> list[ScopeField]:
    """The as-at day, then the filters."""
    day = ScopeField(
        "as_at",
        "As at",
        typed.get("as_at", "").strip() or as_at.isoformat(),
        is_day=True,
        error=errors.get("as_at", ""),
    )
    return [day, *(_filter_field(f, typed.get(f.name, ""), as_at, errors.get(f.name, "")) for f in filters)]


def _filter_field(wanted: Filter[Any], typed: str, as_at: date, error: str) -> ScopeField:
    """A filter's field with its default; one that follows the as-at day is left empty, so that it keeps following."""
    default = wanted.default(as_at)
    follows_as_at = isinstance(default, date)
    shown = "" if default is None or follows_as_at else str(default)
    choices = tuple(wanted.options()) if wanted.options else wanted.choices
    if error and typed not in dict(choices):
        choices = ()  # a box, since a list would drop what was typed
    elif choices and typed and wanted.options and typed.strip() not in dict(choices):
        choices = ((typed.strip(), typed.strip()), *choices)
    if choices and default is None:
        choices = (("", capfirst(wanted.unchosen)), *choices)
    return ScopeField(
        wanted.name,
        f"{wanted.label}, if not {formats.day(default)}" if follows_as_at else wanted.label,
        typed.strip() or shown,
        is_day=follows_as_at,
        choices=choices,
        error=error,
    )
