"""Lists as files: plain values under their published keys, as CSV or .xlsx, safe to open in a spreadsheet.

Every list is saved by ``answer``, which notes the export and says what is in the file.
"""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import Any, TypeVar

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from sen_dashboard.accounts.models import Export
from sen_dashboard.accounts.requests import person
from sen_dashboard.accounts.services import note_export
from sen_dashboard.core import formats
from sen_dashboard.core.cells import FORMULA_STARTS
from sen_dashboard.core.kpi.definition import Kpi, Result, plain
from sen_dashboard.core.web.tables import ListTable
from sen_dashboard.exports.workbook import XLSX, write_workbook

R = TypeVar("R", bound=HttpResponseBase)
Rows = Iterator[Sequence[Any]]

FILTERED = "filtered"
RICH_TEXT = "<r>"
BYTE_ORDER_MARK = "\ufeff"
LINES = 500
"""Lines of a CSV file that are sent at once."""


@dataclass(frozen=True)
class Download:
    """A list to be saved: its description, the file's name without its ending, and the rows.

    ``rows`` begin with the headings; ``number`` is the number of the other rows. ``filters`` are the choices in words,
    "Panel: …". ``pounds`` are the headings of columns that hold £.
    """

    what: str
    name: str
    number: int
    rows: Rows
    filters: Sequence[str] = ()
    pounds: Collection[str] = ()

    def file_name(self, form: str) -> str:
        """Return ``ehcp_share-plans-2019-03-31-filtered.csv``, which also says whether a filter was chosen."""
        return f"{self.name}{f'-{FILTERED}' if self.filters else ''}.{form}"

    def marked(self) -> Rows:
        """Return the rows, with the chosen filters, if any, in a last column."""
        if not self.filters:
            return self.rows
        chosen = "; ".join(self.filters)
        return ([*row, chosen if place else FILTERED] for place, row in enumerate(self.rows))


def answer(request: HttpRequest, form: str, download: Download) -> HttpResponseBase:
    """Return a list as a file, ``form`` "csv" or "xlsx", and record the export before the first byte is sent.

    The rows are read by one statement, so the file is a snapshot of one moment. A CSV file is sent as they are read. An
    .xlsx is made in a temporary file first, since its beginning depends on its end.
    """
    note_export(
        by=person(request),
        what=download.what,
        form=Export.Form[form.upper()],
        filters=download.filters,
        rows=download.number,
    )
    rows, name = download.marked(), download.file_name(form)
    if form == "csv":
        return as_file(StreamingHttpResponse(_parcels(to_csv(rows))), name)
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    safe = ([safe_cell(value) for value in row] for row in rows)
    write_workbook(
        file, safe, title=download.what, comments="; ".join(download.filters), pounds=download.pounds
    )
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def refusal(errors: Iterable[str], status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> HttpResponse:
    """Return a plain text that says why there is no file."""
    return HttpResponse(" ".join(errors), content_type="text/plain; charset=utf-8", status=status)


def of_table(
    table: ListTable, *, what: str, name: str, filters: Sequence[str] = (), day: date | None = None
) -> Download:
    """Return the records of a table in its order; ``day`` is added to the file's name."""
    of_day = f"-{day.isoformat()}" if day else ""
    return Download(what, f"{name}{of_day}", table.count(), table.values(), filters, table.pounds)


def of_kpi(kpi: Kpi[Any, Any], result: Result[Any, Any]) -> Download:
    """Return the rows of a KPI's result, in which money is Decimal.

    Several numbers under one key take a column each: ``by_route.PANEL``.
    """
    scope = result.scope
    rows = [in_columns(vars(row)) for row in result.rows]
    return Download(
        f"{kpi.title}, {formats.day(scope.as_at)}",
        f"{kpi.slug}-{scope.as_at.isoformat()}",
        len(rows),
        chain([tuple(rows[0]) if rows else kpi.row_keys], (tuple(row.values()) for row in rows)),
        scope.filtered(kpi.filters),
        {key for row in rows for key, value in row.items() if isinstance(value, Decimal)},
    )


def to_csv(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a file: numbers as numbers, days as 2019-03-31, undefined values empty.

    The first begins with a byte-order mark: without it Excel takes UTF-8 for cp1252, and shows names wrongly.
    """
    writer = csv.writer(_Echo())
    for place, row in enumerate(rows):
        line: str = writer.writerow([plain(safe_cell(value)) for value in row])
        yield line if place else f"{BYTE_ORDER_MARK}{line}"


def fields_of(names: Iterable[str], records: Iterable[Any]) -> Rows:
    """Yield dataclasses, one a row, under the ``names`` of their fields."""
    yield tuple(names)
    for record in records:
        yield tuple(getattr(record, name) for name in names)


def as_file(answer: R, name: str) -> R:
    """Return the response as a CSV file that the browser saves under ``name``."""
    answer["Content-Type"] = "text/csv; charset=utf-8"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def safe_cell(value: Any) -> Any:
    """Return a value for a cell; a text that a spreadsheet would run as a formula gets an apostrophe before it.

    So does a text that XlsxWriter would take for its own markup.
    """
    if isinstance(value, list | tuple):
        value = "; ".join(str(plain(part)) for part in value)
    if isinstance(value, str) and value.startswith((*FORMULA_STARTS, RICH_TEXT)):
        return f"'{value}"
    return value


class _Echo:
    """A file that returns each line written, so that a long table is never held whole."""

    def write(self, line: str) -> str:
        return line


def _parcels(lines: Iterator[str]) -> Iterator[str]:
    """Yield the headings at once, so that the browser begins to save, then lines by the hundred to save steps.

    A generator, which the response closes, so that a cancelled download releases PostgreSQL's cursor.
    """
    yield next(lines)
    while parcel := "".join(islice(lines, LINES)):
        yield parcel


def in_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with one value in each column: numbers under one key take a column each, ``by_route.PANEL``."""
    columns: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            columns |= {f"{key}.{name}": part for name, part in value.items()}
        else:
            columns[key] = value
    return columns
