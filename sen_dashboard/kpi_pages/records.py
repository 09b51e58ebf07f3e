"""The list of records behind a number of a KPI: the very records counted, and their total."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.http import urlencode
from django_filters import FilterSet

from placements.as_at import AsAt
from placements.closing import provisional_on
from sen_dashboard.core import formats
from sen_dashboard.core.kpi.addresses import OWN, scope_parameters, scope_query
from sen_dashboard.core.kpi.definition import Kpi, ask
from sen_dashboard.core.kpi.published import Behind
from sen_dashboard.core.kpi.scope import Scope, parse_scope
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.web.list_filters import choices_made
from sen_dashboard.core.web.tables import RecordTable
from sen_dashboard.exports.downloads import Download, of_table
from sen_dashboard.records.lists import LISTS, LISTS_BY_NAME, RecordList

ROW = "row"  # the name of the row's parameter in addresses


@dataclass(frozen=True)
class RecordsAsked:
    """The records behind the number under a key of a KPI, in a scope, and for a row if one is given.

    ``filters`` are the list's own, in addition to those of the count; None for a kind of record without filters.
    """

    kpi: Kpi[Any, Any]
    key: str
    behind: Behind
    scope: Scope
    row: Any
    row_text: str | None
    records: QuerySet[Any, Any]
    filters: FilterSet | None

    @property
    def kind(self) -> RecordList:
        """The list for this kind of record."""
        return _list_of(self.behind, self.records)

    @property
    def heading(self) -> str:
        """ "Children in INMSS: Autistic spectrum disorder"."""
        of_row = "" if self.row is None else f": {self.kpi.keys.row_key.describe(self.row)}"
        return f"{self.behind.title}{of_row}"

    @property
    def caption(self) -> str:
        """The heading with the day, unless the row is itself the day."""
        return self.heading if self.row == self.day else f"{self.heading}, {formats.day(self.day)}"

    @property
    def address_parameters(self) -> dict[str, str]:
        """The parameters of the address of these records."""
        of_row = {} if self.row_text is None else {ROW: self.row_text}
        return scope_parameters(self.scope) | of_row

    @property
    def is_filtered(self) -> bool:
        """Whether the list's own filters exclude some records."""
        return bool(self.own_choices)

    @property
    def filtered(self) -> tuple[str, ...]:
        """The choices made in the KPI's filters and then in the list's own."""
        return self.scope.filtered(self.kpi.filters) + self.own_choices

    @property
    def own_choices(self) -> tuple[str, ...]:
        """The choices made in the list's own filters: "Kind: Core education fee"."""
        return () if self.filters is None else choices_made(self.filters)

    @property
    def shown(self) -> QuerySet[Any, Any]:
        """The records that pass the list's own filters."""
        return self.records if self.filters is None else self.filters.qs

    @property
    def day(self) -> date:
        """The day to which the number refers, and on which the records are shown."""
        return self.behind.day(self.scope, self.row)

    @cached_property
    def number(self) -> int:
        """The number of records."""
        return self.records.count()

    @cached_property
    def number_shown(self) -> int:
        """The number of them that pass the list's own filters."""
        return self.shown.count() if self.is_filtered else self.number

    def table(self) -> RecordTable:
        """Return the records shown, as a table."""
        records = self.kind.prepare(self.shown, self.day)
        query = scope_query(self.scope.on(self.day))
        return self.kind.table(records, as_at=self.day, scope_query=query, number=self.number_shown)


def _list_of(behind: Behind, records: QuerySet[Any, Any]) -> RecordList:
    return LISTS_BY_NAME[behind.listed] if behind.listed else LISTS[records.model]


def records_asked(kpi: Kpi[Any, Any], key: str, asked: Mapping[str, str], default: AsAt) -> RecordsAsked:
    """Read from a query string which records are asked for.

    Raises LookupError if the KPI lists no records under the key, or there is no such row; ScopeError for a wrong scope.
    """
    scope = parse_scope(asked, kpi.filters, default_as_at=default.day)
    row_text = asked.get(ROW)
    behind = (kpi.keys.headline if row_text is None else kpi.keys.row)[key].behind
    if behind is None:
        raise LookupError(f"{key} lists no records.")
    row = None if row_text is None else _row(kpi, scope, row_text)
    records = behind.of(scope, row)
    made = _list_of(behind, records).filters
    return RecordsAsked(
        kpi, key, behind, scope, row, row_text, records, made(asked, records, prefix=OWN) if made else None
    )


def _row(kpi: Kpi[Any, Any], scope: Scope, text: str) -> Any:
    """Return the key of a row that the KPI has in this scope. Raises LookupError if it has none of that name."""
    row_key = kpi.keys.row_key
    found = {row_key.text(row): row_key.of(row) for row in ask(kpi, scope).rows}
    if text not in found:
        raise LookupError(f"{kpi.slug} has no row “{text}”.")
    return found[text]


def download(asked: RecordsAsked, table: RecordTable) -> Download:
    """Return the list as a file, in the table's order."""
    name = f"{asked.kpi.slug}-{asked.key}"
    return of_table(table, what=asked.caption, name=name, filters=asked.filtered, day=asked.day)


def context(asked: RecordsAsked) -> dict[str, Any]:
    """Return the context of the page with its records."""
    return {
        "kpi": asked.kpi,
        "here": asked.kpi.group,
        "key": asked.key,
        "title": asked.behind.title,
        "heading": asked.heading,
        "filtered": asked.filtered,
        "sentence": _sentence(asked),
        "is_filtered": asked.is_filtered,
        "table": asked.table(),
        "caption": asked.caption,
        "as_at": asked.day,
        "provisional": provisional_on(asked.day),
        "scope_query": scope_query(asked.scope),
        **_form(asked),
    }


def error_context(asked: RecordsAsked, errors: Mapping[str, str]) -> dict[str, Any]:
    """Return the context of the page if its own filters cannot be read: the errors, and all that was typed."""
    return {
        "kpi": asked.kpi,
        "here": asked.kpi.group,
        "key": asked.key,
        "title": asked.behind.title,
        "heading": asked.heading,
        "errors": errors,
        "scope_query": scope_query(asked.scope),
        **_form(asked),
    }


def _form(asked: RecordsAsked) -> dict[str, Any]:
    """Return the list's own filters, and what their form carries on: the scope and the row."""
    kept = asked.address_parameters
    return {"filters": asked.filters, "kept": kept.items(), "whole_query": urlencode(kept)}


def _sentence(asked: RecordsAsked) -> str:
    """Return a sentence on the records' total, and on how many of them are shown."""
    whole = _describe(asked, asked.records, asked.number)
    if not asked.is_filtered:
        return f"{whole}."
    return f"Shown: {_describe(asked, asked.shown, asked.number_shown)}, of {whole}."


def _describe(asked: RecordsAsked, records: QuerySet[Any, Any], number: int) -> str:
    """Return "842 placements", "2,340 postings, together £41,000,812.40", "12 records of places, together 4,130"."""
    counted = asked.kind.counted(number)
    if not asked.behind.total:
        return counted
    total = asked.behind.measure(records)
    if total is None:
        return counted
    written = formats.pounds_exact(to_penny(total)) if isinstance(total, Decimal) else formats.count(total)
    return f"{counted}, together {written}"
