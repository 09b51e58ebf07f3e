"""The auditor's searches: who was shown which record, who changed which, and who downloaded what."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.urls import reverse
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet, ModelChoiceFilter
from django_tables2.data import TableListData

from placements.models import Child
from sen_dashboard.accounts.models import Export, RecordRead, User, UserRole
from sen_dashboard.core import formats
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.models.history import BY_SQL, Entries, History, entries_about, every_entry
from sen_dashboard.core.models.trail import THROUGH, USER
from sen_dashboard.core.web.history import HistoryTable
from sen_dashboard.core.web.list_filters import ALL, choices_made, wrong_filters
from sen_dashboard.core.web.tables import LINK, CodeColumn, KindColumn, ListTable, MomentColumn, NameColumn
from sen_dashboard.exports.downloads import Download, of_table

EXAMPLE = "For example 31/3/2026"
NOBODY = "nobody"
ABOUT = (
    ("records", "Children, panels, the programme and the ledger"),
    ("accounts", "Accounts and roles"),
)


class ReadFilters(FilterSet):
    who = ModelChoiceFilter(queryset=User.objects.all(), label="Person", empty_label=ALL)
    child = CharFilter("child_key", label="Child key")
    first = DateFilter("at__date", "gte", label="From", help_text=EXAMPLE)
    last = DateFilter("at__date", "lte", label="To", help_text=EXAMPLE)


class ReadTable(ListTable):
    """Readings, newest first."""

    at = MomentColumn(verbose_name="When")
    who = NameColumn(verbose_name="Who")
    kind = CodeColumn(RecordRead.Kind, verbose_name="Page")
    key = tables.Column(
        verbose_name="Record",
        linkify=lambda record: reverse(record.kind.lower(), args=[record.key]),
        attrs={"a": LINK},
    )
    child_key = tables.Column(verbose_name="Child")


class ExportFilters(FilterSet):
    who = ModelChoiceFilter(queryset=User.objects.all(), label="Person", empty_label=ALL)
    words = CharFilter(method="having", label="List or filters contain")
    form = ChoiceFilter(choices=Export.Form.choices, label="Format", empty_label=ALL)
    first = DateFilter("at__date", "gte", label="From", help_text=EXAMPLE)
    last = DateFilter("at__date", "lte", label="To", help_text=EXAMPLE)

    def having(self, exports: QuerySet[Any, Any], name: str, value: str) -> QuerySet[Any, Any]:
        """Filter exports to lists of that name, or with such filters."""
        return exports.filter(Q(what__icontains=value) | Q(filters__icontains=value))


class ExportTable(ListTable):
    """Exports, newest first."""

    at = MomentColumn(verbose_name="When")
    who = NameColumn(verbose_name="Who")
    what = tables.Column(verbose_name="What was downloaded")
    filters = tables.Column(verbose_name="Filters", default="none")
    form = CodeColumn(Export.Form, verbose_name="Format")
    rows_asked = KindColumn(Kind.COUNT, accessor="rows", verbose_name="Rows", default="a report")


def _people() -> list[tuple[str, str]]:
    return [(NOBODY, BY_SQL), *((str(user.pk), str(user)) for user in User.objects.all())]


class ChangeFilters(FilterSet):
    """Filters for the entries of one kind of record; the child chooses among the kinds, see ``changes``."""

    who = ChoiceFilter(choices=_people, method="made_by", label="Person", empty_label=ALL)
    about = ChoiceFilter(choices=ABOUT, method="those_about", label="Records", empty_label=ALL)
    child = CharFilter(method="as_chosen", label="Child key")
    first = DateFilter("pgh_created_at__date", "gte", label="From", help_text=EXAMPLE)
    last = DateFilter("pgh_created_at__date", "lte", label="To", help_text=EXAMPLE)

    def made_by(self, entries: Entries, name: str, value: str) -> Entries:
        """Return the changes by a person, or by nobody known to the program."""
        if value == NOBODY:
            return entries.exclude(pgh_context__has_any_keys=[USER, THROUGH])
        return entries.filter(**{f"pgh_context__{USER}": int(value)})

    def those_about(self, entries: Entries, name: str, value: str) -> Entries:
        """Return all entries if they are of the records asked for, accounts or others; otherwise none."""
        is_account = entries.model.pgh_tracked_model in (User, UserRole)
        return entries if is_account == (value == "accounts") else entries.none()

    def as_chosen(self, entries: Entries, name: str, value: str) -> Entries:
        """Return all entries: those of other children were left out before."""
        return entries


def readings(asked: Mapping[str, str]) -> ReadFilters:
    """Return the readings asked for in a query string, newest first."""
    return ReadFilters(asked, RecordRead.objects.select_related("who").order_by("-at", "-pk"))


def reads_answered(filters: ReadFilters) -> dict[str, Any]:
    """Return the context of the page of the readings found."""
    number = filters.qs.count()
    return _page(filters) | {
        "sentence": f"{formats.plural(number, 'reading')}.",
        "table": _read_table(filters, number),
        "caption": "Read log, newest first",
    }


def reads_download(filters: ReadFilters) -> Download:
    """Return the readings found as a file."""
    return of_table(_read_table(filters), what="Readings", name="readings", filters=choices_made(filters))


def _read_table(filters: ReadFilters, number: int | None = None) -> ReadTable:
    return ReadTable(filters.qs, number=number, orderable=False)


def exports_asked(asked: Mapping[str, str]) -> ExportFilters:
    """Return the exports asked for in a query string, newest first."""
    return ExportFilters(asked, Export.objects.select_related("who").order_by("-at", "-pk"))


def exports_answered(filters: ExportFilters) -> dict[str, Any]:
    """Return the context of the page of the exports found."""
    number = filters.qs.count()
    return _page(filters) | {
        "sentence": f"{formats.plural(number, 'export')}.",
        "table": ExportTable(filters.qs, number=number, orderable=False),
        "caption": "Exports, newest first",
    }


def exports_download(filters: ExportFilters, until: datetime) -> Download:
    """Return the exports found as a file, those recorded before ``until``: the file itself is not among them."""
    table = ExportTable(filters.qs.filter(at__lt=until), orderable=False)
    return of_table(table, what="Exports", name="exports", filters=choices_made(filters))


def changes_asked(asked: Mapping[str, str]) -> list[ChangeFilters]:
    """Return the changes asked for in a query string, by kind of record; all have the same form."""
    key = asked.get("child", "").strip().replace("\0", "")
    kinds = entries_about(Child(pk=key)) if key else every_entry()
    return [ChangeFilters(asked, entries) for entries in kinds]


def changes_answered(kinds: list[ChangeFilters]) -> dict[str, Any]:
    """Return the context of the page of the changes found."""
    history = _history(kinds)
    return _page(kinds[0]) | {
        "sentence": f"{formats.plural(len(history), 'change')}.",
        "table": HistoryTable(TableListData(history), orderable=False),
        "caption": "Changes, newest first",
    }


def changes_download(kinds: list[ChangeFilters]) -> Download:
    """Return the changes found as a file: times are to the second, with their zone."""
    history = _history(kinds)
    return Download("Changes", "changes", len(history), _change_rows(history), choices_made(kinds[0]))


def _history(kinds: list[ChangeFilters]) -> History:
    return History([filters.qs for filters in kinds])


def _change_rows(history: History) -> Iterator[list[Any]]:
    columns = HistoryTable.base_columns
    yield list(columns)
    for entry in history:
        descriptions = [change.description for change in entry.changes]
        yield [columns["at"].value(entry.at), entry.who, entry.record, entry.done, descriptions]


def error_context(filters: FilterSet) -> dict[str, Any]:
    """Return the context of the page for filters that cannot be read: the errors, and no entries."""
    return _page(filters) | {"errors": wrong_filters(filters)}


def _page(filters: FilterSet) -> dict[str, Any]:
    chosen = filters.form.cleaned_data if filters.is_valid() else {}
    return {"filters": filters, "is_filtered": any(chosen.values()), "here": "Audit"}
