"""Addresses that keep what is asked: the as-at day and the choices, as the reader typed them or as they are meant."""

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

TABLE_STATE = {"sort", "page", "row", "q"}  # what belongs to one table or list, not to the scope
LONGEST_NAME = 20  # characters
OWN = "list"  # how the names of a list's own filters begin


def kept_query(
    typed: Mapping[str, str], scope: Scope | None = None, filters: Sequence[Filter[Any]] = ()
) -> str:
    """The scope that a reader typed, as links to other pages carry it: "?as_at=2019-03-31&need=ASD", or nothing.

    Of the page's own ``filters`` only what ``scope`` holds as chosen is carried on, so no default.
    """
    own = {f.name for f in filters} - (scope.chosen.keys() if scope else set())
    kept = {
        name: value
        for name, value in typed.items()
        if name not in TABLE_STATE | own and not name.startswith(f"{OWN}-") and _may_be_a_choice(name, value)
    }
    return f"?{urlencode(kept)}" if kept else ""


def carried_to(kpi: Kpi[Any, Any], query: str, shared: Iterable[Filter[Any]]) -> str:
    """A query as a link to the KPI carries it on, so that the page answers what a tile under that query does.

    Of the KPI's own choices only those that it shares with others go along. Another may have the same name and mean
    something else: a school's district, where the reader chose a home district.
    """
    same = {(f.name, f.label) for f in shared}
    other = {f.name for f in kpi.filters if (f.name, f.label) not in same}
    kept = [(name, value) for name, value in parse_qsl(query.removeprefix("?")) if name not in other]
    return f"?{urlencode(kept)}" if kept else ""


def _may_be_a_choice(name: str, value: str) -> bool:
    """Whether some page could read it: what nobody could is not repeated in every link."""
    return name.isidentifier() and len(name) <= LONGEST_NAME and 0 < len(value) <= LONGEST_CHOICE


def scope_query(scope: Scope) -> str:
    """A scope as it is meant; with the day always, lest the answer move on with the ledger."""
    return f"?{urlencode(scope_parameters(scope))}"


def records_address(kpi: Kpi[Any, Any], key: str, scope: Scope, row: str | None = None) -> str:
    """Where the records behind the number under a key are listed; ``row`` is the row's key, None for the headline."""
    address = reverse("records", kwargs={"slug": kpi.slug, "key": key})
    of_row = {} if row is None else {"row": row}
    return f"{address}?{urlencode(scope_parameters(scope) | of_row)}"


def linked(kpi: Kpi[Any, Any], scope: Scope, fact: Fact) -> LinkedFact:
    """A fact that leads to the records behind it."""
    return LinkedFact(fact, tuple(_link(kpi, scope, named) for named in fact.lists))


def _link(kpi: Kpi[Any, Any], scope: Scope, named: str | tuple[str, str]) -> tuple[str, str]:
    """What the records of a list are called, and where they are."""
    if isinstance(named, str):
        return kpi.keys.behind[named].title, records_address(kpi, named, scope)
    key, row = named
    row_key = kpi.keys.row_key
    title = f"{kpi.keys.behind[key].title}: {row_key.describe(row_key.parse(row))}"
    return title, records_address(kpi, key, scope, row)


def mark_address(kpi: Kpi[Any, Any], scope: Scope) -> Address:
    """What gives the address behind a mark of the chart: of its school, or else of its records.

    None where the mark has no value or no row.
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
    """Where the school is that a row, named as addresses have it, is about; empty where rows are not about schools."""
    row_key = kpi.keys.row_key
    if row_key.school is None:
        return ""
    address = reverse("school", kwargs={"school_id": row_key.school(row)})
    return f"{address}{scope_query(Scope(scope.as_at))}"


def scope_parameters(scope: Scope) -> dict[str, str]:
    """The scope as the parameters of an address."""
    return {"as_at": scope.as_at.isoformat()} | {name: _text(value) for name, value in scope.chosen.items()}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
