"""Table columns by kind of value: right-aligned, written as in formats.py, exported as plain values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from inspect import signature
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, QuerySet, TextChoices
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localtime
from django_tables2 import RequestConfig
from django_tables2.columns.base import LinkTransform
from django_tables2.data import TableQuerysetData

from sen_dashboard.core import formats
from sen_dashboard.core.codes import Need
from sen_dashboard.core.kinds import Kind
from sen_dashboard.core.periods import Month, age_on

NUMBER_CELL = {"class": "govuk-table__cell--numeric"}
NUMBER_HEADER = {"class": "govuk-table__header--numeric"}
AT_THE_RIGHT = {"td": NUMBER_CELL, "th": NUMBER_HEADER}
WORDS_CELL = {"class": "table-words"}
LINK = {"class": "govuk-link"}
DAY_CELL = {"class": "table-day"}
MANY_ROWS = 3  # from this many rows on repeating the same value wastes space
BATCH = 2000  # records read at a time for a file
ROWS_A_PAGE = 50  # of a table; each row takes time to write, and nobody reads more at once


class NumberColumn(tables.Column):
    """A column of right-aligned values; undefined ones are written out rather than left blank."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", AT_THE_RIGHT)
        kwargs.setdefault("default", formats.NOT_AVAILABLE)
        super().__init__(**kwargs)


class KindColumn(tables.Column):
    """Values of a kind, written accordingly, with numbers right-aligned, and exported to files unchanged.

    An unknown number is written out rather than left blank.
    """

    def __init__(self, kind: Kind, **kwargs: Any) -> None:
        if kind.is_number:
            kwargs.setdefault("attrs", AT_THE_RIGHT)
            kwargs.setdefault("default", formats.NOT_AVAILABLE)
        else:
            kwargs.setdefault("attrs", {"td": DAY_CELL})
        super().__init__(**kwargs)
        self.kind = kind

    def render(self, value: Any) -> str:
        return self.kind.text(value)

    def value(self, value: Any) -> Any:
        """Return a month as written in the contract, "2018-04"; anything else unchanged."""
        return str(Month.containing(value)) if self.kind is Kind.MONTH and isinstance(value, date) else value


def kind_of(column: tables.Column) -> Kind:
    """Return the kind of a column's values."""
    return column.kind if isinstance(column, KindColumn) else Kind.TEXT


class MomentColumn(tables.Column):
    """A day and a time, on one line."""

    attrs = {"td": DAY_CELL}

    def render(self, value: datetime) -> str:
        return formats.moment(value)

    def value(self, value: datetime) -> str:
        return localtime(value).isoformat(timespec="seconds")


class CodeColumn(tables.Column):
    """A code of a list in the contract, written in words; files carry the code.

    The code is read from the record: for a model's field with choices django-tables2 passes only the words.
    """

    def __init__(self, codes: type[TextChoices], **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs.setdefault("attrs", {"td": WORDS_CELL})
        super().__init__(**kwargs)
        self.words = {code: self.written(code, str(words)) for code, words in codes.choices}

    def written(self, code: str, words: str) -> str:
        """Return the code as people read it."""
        return words

    def render(self, record: Any, bound_column: Any) -> str:
        return self.words.get(bound_column.accessor.resolve(record), "")

    def value(self, record: Any, bound_column: Any) -> Any:
        return bound_column.accessor.resolve(record)


class NeedColumn(CodeColumn):
    """A need: the words, and the code that charts show."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Need, **kwargs)

    def written(self, code: str, words: str) -> str:
        return f"{words} ({code})"


class AgeColumn(NumberColumn):
    """A child's age on the day of a ``RecordTable``, held as the date of birth, which is not shown."""

    def __init__(self, path: str) -> None:
        super().__init__(accessor=path, order_by=(f"-{path}",), verbose_name="Age")

    def render(self, value: date, table: "RecordTable") -> str:
        return formats.count(age_on(table.as_at, value))

    def value(self, value: date, table: "RecordTable") -> int:
        return age_on(table.as_at, value)


class NameColumn(tables.Column):
    """A person or other thing identified by its name."""

    def value(self, value: Any) -> str:
        return str(value)


class RecordColumn(tables.Column):
    """The name or key of a record, with a link to its page on the same day.

    ``page`` is the name of the page's address, ``key`` the path to the record's key, ``name`` the path to the text
    shown, which by default is the key.
    """

    def __init__(self, page: str, key: str, *, name: str = "", heading: str = "") -> None:
        path, argument = tables.A(key), f"{page}_id"

        def address(record: Any, table: "RecordTable") -> str | None:
            found = path.resolve(record, quiet=True)
            return None if found is None else reverse(page, kwargs={argument: found}) + table.scope_query

        super().__init__(
            linkify=address,
            default="",
            attrs={"a": LINK},
            accessor=name or key,
            verbose_name=heading or page.capitalize(),
        )


def in_order(table: tables.Table, request: HttpRequest) -> tables.Table:
    """Return the table with all its rows, sorted as the address asks if it can be sorted that way."""
    if table.orderable:
        RequestConfig(request, paginate=False).configure(table)
    return table


def in_pages(table: tables.Table, request: HttpRequest) -> None:
    """Sort a long table as the address asks, and show the page that it asks for, or the nearest one.

    The address cannot set how many rows a page has, as it could with django-tables2's own configuration.
    """
    in_order(table, request)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 9 else 1
    pages = Paginator(table.rows, ROWS_A_PAGE).num_pages
    table.paginate(page=min(max(number, 1), pages), per_page=ROWS_A_PAGE)
    if getattr(table, "leaves_out_the_same", False):
        leave_out_the_same(table)


@dataclass(frozen=True)
class Same:
    """A value that a column has in every row of a table."""

    heading: str
    value: Any


def leave_out_the_same(table: Any) -> None:
    """Hide columns that have the same value in all rows of a table on a page, and put these values into ``same``.

    Numbers stay, and so does the column that identifies the row. Files carry all columns.
    """
    table.same = ()
    if len(table.rows) < MANY_ROWS:
        return
    _, *others = list(table.columns)
    names = table.names_of_the_same()
    left_out = [column for column in others if column.name in names]
    first = next(iter(table.paginated_rows))
    table.same = tuple(Same(column.header, first.get_cell(column.name)) for column in left_out)
    for column in left_out:
        table.columns.hide(column.name)


class KpiTable(tables.Table):
    """The table of a KPI; `templates/components/table.html` draws it.

    ``addresses`` gives, for a column, the address of the records behind each row's number, or None.
    """

    leaves_out_the_same = True

    def __init__(
        self,
        rows: Sequence[Any],
        *,
        addresses: Mapping[str, Callable[[Any], str | None]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(rows, **options)
        for name, address in (addresses or {}).items():
            if name in self.columns.names():
                self.columns[name].link = LinkTransform(url=_of_record(address), attrs=LINK)

    def names_of_the_same(self) -> set[str]:
        """Return the columns of words and days that have the same value in all rows."""
        words = [column.name for column in self.columns if not kind_of(column.column).is_number]
        return {name for name in words if len({row.get_cell(name) for row in self.rows}) == 1}


def _of_record(address: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    """Return the function with its argument named as django-tables2 expects."""
    return lambda record: address(record)


class StableOrder(TableQuerysetData):
    """Records in the order asked for and, within it, by key, so that pages never repeat or lose a row.

    If their ``number`` is already known, they are not counted again.
    """

    data: QuerySet[Any, Any]

    def __init__(self, data: QuerySet[Any, Any], number: int | None = None) -> None:
        super().__init__(data)
        self.number = number

    def __len__(self) -> int:
        return super().__len__() if self.number is None else self.number

    def order_by(self, aliases: Any) -> None:
        super().order_by(aliases)
        self.data = self.data.order_by(*self.data.query.order_by, "pk")


class ListTable(tables.Table):
    """A list of records for a page or a file. They are counted unless their ``number`` is given."""

    data: StableOrder

    def __init__(self, records: QuerySet[Any, Any], *, number: int | None = None, **options: Any) -> None:
        super().__init__(StableOrder(records, number), **options)

    def count(self) -> int:
        """Return the number of records."""
        return self.data.data.count() if self.data.number is None else self.data.number

    @property
    def pounds(self) -> frozenset[str]:
        """The names of the columns that hold £."""
        return frozenset(column.name for column in self.columns if kind_of(column.column) is Kind.POUNDS)

    def values(self) -> Iterator[list[Any]]:
        """Yield the column names, then a list of plain values for each record, read in batches by one statement.

        Columns drawn by a template are left out: they hold links and buttons.
        """
        columns = [c for c in self.columns if not isinstance(c.column, tables.TemplateColumn)]
        cells = [self._cell(column) for column in columns]
        yield [column.name for column in columns]
        for record in self.data.data.iterator(chunk_size=BATCH):
            yield [cell(record) for cell in cells]

    def _cell(self, column: Any) -> Callable[[Any], Any]:
        """Return a function for a column's plain value: the table's ``value_name``, or the column's own.

        ``BoundRow.get_cell_value`` inspects the signature of each column's function again at every cell, which took
        most of the time of a file.
        """
        found = getattr(self, f"value_{column.name}", None)
        if found is None and type(column.column).value is tables.Column.value:  # a text, unchanged
            return lambda record: column.accessor.resolve(record, quiet=True)
        value_of = found or column.column.value
        given = {"table": self, "bound_column": column, "column": column.column}
        takes = signature(value_of).parameters.keys()
        fixed = {name: given[name] for name in takes & given.keys()}

        def read(record: Any) -> Any:
            value = column.accessor.resolve(record, quiet=True)
            if value is None:
                return None
            of_record = {"value": value, "record": record}
            return value_of(**fixed, **{name: of_record[name] for name in takes & of_record.keys()})

        return read


class RecordTable(ListTable):
    """A list of records on a day; ordered by key until a reader sorts it."""

    leaves_out_the_same = True

    def __init__(
        self, records: QuerySet[Any, Any], *, as_at: date, scope_query: str = "", number: int | None = None
    ) -> None:
        self.as_at = as_at
        self.scope_query = scope_query
        super().__init__(records.order_by("pk"), number=number)

    def names_of_the_same(self) -> set[str]:
        """Return the columns of words and days that have the same value in all records: one statement."""
        paths = {
            column.name: column.accessor.replace(".", LOOKUP_SEP)
            for column in self.columns
            if type(column.column) in COMPARED
            and not kind_of(column.column).is_number
            and self._is_stored(column)
        }
        bounds = {
            f"{name}_{bound.name}": bound(path) for name, path in paths.items() for bound in (Min, Max, Count)
        }
        found = self.data.data.order_by().aggregate(records=Count("pk"), **bounds)
        return {
            name
            for name in paths
            if found[f"{name}_Min"] == found[f"{name}_Max"]
            and found[f"{name}_Count"] in (0, found["records"])
        }

    def _is_stored(self, column: Any) -> bool:
        """Return whether a column reads a field or an annotation, rather than a value calculated in Python."""
        first, records = column.accessor.bits[0], self.data.data
        fields = (vars(field).get("attname", field.name) for field in records.model._meta.get_fields())
        named = {field.name for field in records.model._meta.get_fields()} | set(fields)
        return first in named or first in records.query.annotations


COMPARED = (tables.Column, CodeColumn, NeedColumn, KindColumn, RecordColumn)
"""The columns of fields that PostgreSQL can compare."""
