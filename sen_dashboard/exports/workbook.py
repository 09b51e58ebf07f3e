"""A list as an Excel workbook, written row by row, so that a long list takes disk space and not memory."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sen_dashboard.core.kpi.definition import plain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_576
"""The most rows that Excel allows in a sheet, headings included. Longer lists continue in another sheet."""
LONGEST_TEXT = 32_767
"""The most characters that Excel allows in a cell."""
MEASURED = 200
"""The number of rows whose texts decide how wide the columns are."""
NARROWEST, WIDEST, OF_DAYS = 8, 50, 12

Cells = Sequence[Any]


def write_workbook(
    file: IO[bytes], rows: Iterable[Cells], *, title: str, comments: str, pounds: Collection[str]
) -> None:
    """Write rows, the first of them headings, as .xlsx: numbers as numbers, days as days, texts as texts only.

    ``pounds`` are the headings of columns that hold £. ``title`` and ``comments`` become the document's properties.
    """
    with TemporaryDirectory() as folder:  # XlsxWriter's own files, in case it fails to remove them
        book = Workbook(
            file,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_date_format": "d mmm yyyy",
            },
        )
        book.use_zip64()
        book.set_properties({"title": title, "comments": comments})
        _Writer(book, pounds).write(iter(rows))
        book.close()


class _Writer:
    """Writes sheets of a workbook, one after the other, each under the same headings."""

    def __init__(self, book: Workbook, pounds: Collection[str]) -> None:
        self.book = book
        self.pounds = pounds
        self.bold: Format = book.add_format({"bold": True})
        self.money: Format = book.add_format({"num_format": "£#,##0.00"})

    def write(self, rows: Iterator[Cells]) -> None:
        headings = next(rows)
        formats = [self.money if heading in self.pounds else None for heading in headings]
        sheet, place = self._sheet(headings), 0
        widths = [len(str(heading)) for heading in headings]
        for row in rows:
            if place + 1 == MOST_ROWS:
                _finish(sheet, place, widths)
                sheet, place = self._sheet(headings), 0
            place += 1
            if place <= MEASURED:
                widths = [max(width, _width(value)) for width, value in zip(widths, row, strict=True)]
            for column, value in enumerate(row):
                _write(sheet, place, column, value, formats[column])
        _finish(sheet, place, widths)

    def _sheet(self, headings: Cells) -> Worksheet:
        """Return a new sheet with its headings, which stay visible."""
        number = len(self.book.worksheets()) + 1
        sheet = self.book.add_worksheet("Rows" if number == 1 else f"Rows {number}")
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, str(heading), self.bold)
        return sheet


def _finish(sheet: Worksheet, last: int, widths: Sequence[int]) -> None:
    """Give the columns their widths, and the headings their filters."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width, NARROWEST), WIDEST) + 2)
    sheet.autofilter(0, 0, last, len(widths) - 1)


def _width(value: Any) -> int:
    """Return roughly how many characters wide a value is."""
    if value is None:
        return 0
    return OF_DAYS if isinstance(value, date | Decimal) else len(str(value))


def _write(sheet: Worksheet, row: int, column: int, value: Any, money: Format | None) -> None:
    """Write a cell according to the type of its value; nothing for an undefined one."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST_TEXT])
    elif isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, float(value), money)
    else:
        sheet.write_string(row, column, str(plain(value)))
