"""Addresses that keep the scope: the as-at day and the choices, either as the reader typed them or in full."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from django.urls import reverse
from django.utils.http import urlencode

from sen_dashboard.core.charts.chart import Mark, Series
from sen_dashboard.core.charts.svg import Address
from sen_dashboard.core.kpi.definition import Fact, Kpi, LinkedFact
from sen_dashboard.core.kpi.scope import LONGEST_CHOICE, Filter, Scope

TABLE_STATE = {"sort", "page", "row", "q"}  # parameters of one table or list, not of the scope
LONGEST_NAME = 20  # characters
OWN = "list"  # the prefix of a list's own filters


def kept_query(
    typed: Mapping[str, str], scope: Scope | None = None, filters: Sequence[Filter[Any]] = ()
) -> str:
    """Return the scope that a reader typed for links to other pages: "?as_at=2019-03-31&need=ASD", or nothing.

    Of the page's own ``filters`` only the choices in ``scope`` are carried on, so no defaults.
    """
    own = {f.name for f in filters} - (scope.chosen.keys() if scope else set())
    kept = {
        name: value
        for name, value in typed.items()
        if name not in TABLE_STATE | own and not name.startswith(f"{OWN}-") and _may_be_a_choice(name, value)
    }
    return f"?{urlencode(kept)}" if kept else ""


def carried_to(kpi: Kpi[Any, Any], query: str, shared: Iterable[Filter[Any]]) -> str:
    """Return a query for a link to the KPI, so that its page gives the same answer as a tile under that query.

    Of the KPI's own choices only those that it shares with others are carried on. Another may have the same name and a
    different meaning: a school's district, where the reader chose a home district.
    """
    same = {(f.name, f.label) for f in shared}
    other = {f.name for f in kpi.filters if (f.name, f.label) not in same}
    kept = [(name, value) for name, value in parse_qsl(query.removeprefix("?")) if name not in other]
    return f"?{urlencode(kept)}" if kept else ""


def _may_be_a_choice(name: str, value: str) -> bool:
    """Return whether some page could read it: an impossible choice is not repeated in every link."""
    return name.isidentifier() and len(name) <= LONGEST_NAME and 0 < len(value) <= LONGEST_CHOICE


def scope_query(scope: Scope) -> str:
    """Return a scope in full, always with the day, so that the answer does not change when new records are loaded."""
    return f"?{urlencode(scope_parameters(scope))}"


def records_address(kpi: Kpi[Any, Any], key: str, scope: Scope, row: str | None = None) -> str:
    """Return the address of the records behind a number; ``row`` is the row's key, None for the headline."""
    address = reverse("records", kwargs={"slug": kpi.slug, "key": key})
    of_row = {} if row is None else {"row": row}
    return f"{address}?{urlencode(scope_parameters(scope) | of_row)}"


def linked(kpi: Kpi[Any, Any], scope: Scope, fact: Fact) -> LinkedFact:
    """Return a fact with links to the records behind it."""
    return LinkedFact(fact, tuple(_link(kpi, scope, named) for named in fact.lists))


def _link(kpi: Kpi[Any, Any], scope: Scope, named: str | tuple[str, str]) -> tuple[str, str]:
    """Return the title of a list's records, and their address."""
    if isinstance(named, str):
        return kpi.keys.behind[named].title, records_address(kpi, named, scope)
    key, row = named
    row_key = kpi.keys.row_key
    title = f"{kpi.keys.behind[key].title}: {row_key.describe(row_key.parse(row))}"
    return title, records_address(kpi, key, scope, row)


def mark_address(kpi: Kpi[Any, Any], scope: Scope) -> Address:
    """Return a function that gives the address of a mark of the chart: of its school, or else of its records.

    It gives None if the mark has no value or no row.
    """

    def address(series: Series, mark: Mark) -> str | None:
        if mark.value is None or not mark.row:
            return None
        if to_school := school_address(kpi, scope, mark.row):
            return to_school
        key, *_ = kpi.keys.lists_of(series.key, is_row=True)
        return records_address(kpi, key, scope, mark.row)

    return address


def school_address(kpi: Kpi[Any, Any], scope: Scope, row: str) -> str:
    """Return the address of the school that a row is about, by the row's key; empty if rows are not about schools."""
    row_key = kpi.keys.row_key
    if row_key.school is None:
        return ""
    address = reverse("school", kwargs={"school_id": row_key.school(row)})
    return f"{address}{scope_query(Scope(scope.as_at))}"


def scope_parameters(scope: Scope) -> dict[str, str]:
    """Return the scope as the parameters of an address."""
    return {"as_at": scope.as_at.isoformat()} | {name: _text(value) for name, value in scope.chosen.items()}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
