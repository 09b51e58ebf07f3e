"""Workbooks of .xlsx: what is too large to be read, the sheets that are not hidden, and their cells as text.

A few kilobytes can stand for millions of cells, and a row may say that it is the nine hundred millionth: both are
bounded here, for all that read workbooks.
"""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from typing import IO, Any

from django.core.exceptions import ValidationError
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import WorkSheetParser

MIB = 1024 * 1024
LAST_ROW = 1_048_576
"""That a sheet can have."""
CELLS = ("xl/worksheets/", "content.xml")
STRINGS = "xl/sharedStrings"
UNREAD = (
    *("xl/embeddings/", "xl/media/", "xl/drawings/", "xl/charts/", "xl/printerSettings/", "xl/pivotCache/"),
    *("Pictures/", "Object ", "ObjectReplacements/", "Thumbnails/", "Configurations2/"),
)
"""What a workbook, of .xlsx or of .ods, may hold besides, which nobody reads here."""


@dataclass(frozen=True)
class Limits:
    """What is read of a workbook, which is a compressed archive, in MiB once unpacked.

    ``strings`` are the texts of its cells, and ``beside`` is each part that holds no cells, such as styles: openpyxl
    reads both as a whole, styles slowest, about 2 MiB a second. ``instead`` says what to do with a larger one.
    """

    unpacked: int
    strings: int
    beside: int
    instead: str


def check_size(file: IO[bytes], limits: Limits) -> None:
    """Refuse what would take long to read. Raises ValidationError, and BadZipFile for what is no archive."""
    with zipfile.ZipFile(file) as archive:
        parts = [part for part in archive.infolist() if not part.filename.startswith(UNREAD)]
    strings = [part for part in parts if part.filename.startswith(STRINGS)]
    beside = [part for part in parts if not part.filename.startswith((*CELLS, STRINGS))]
    for found, most, what in (
        (sum(part.file_size for part in parts), limits.unpacked, "once unpacked"),
        (sum(part.file_size for part in strings), limits.strings, "of texts"),
        (
            max((part.file_size for part in beside), default=0),
            limits.beside,
            "of styles or other parts beside its cells",
        ),
    ):
        if found > most * MIB:
            raise ValidationError(f"The workbook holds more than {most} MB {what}: {limits.instead}.")


class _Reader(ExcelReader):
    """openpyxl's reader, but for sheets that are charts: it fails at those without one, and they hold no rows."""

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Leave it out."""


@contextmanager
def visible_sheets(file: IO[bytes], limits: Limits) -> Iterator[list[Any]]:
    """The worksheets that are not hidden, in order, to be read row by row.

    Raises ValidationError for what is too large, and whatever openpyxl meets in a broken file.
    """
    check_size(file, limits)
    with warnings.catch_warnings():  # openpyxl's own name cells and what they hold
        warnings.simplefilter("ignore")
        reader = _Reader(file, read_only=True, data_only=True, keep_links=False)
        reader.read()
        try:
            yield [sheet for sheet in reader.wb.worksheets if sheet.sheet_state == "visible"]
        finally:
            reader.wb.close()


def rows_of(sheet: Any, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that the sheet has, with its number in it, as the texts of its first cells.

    openpyxl's own way would fill up what lies between two rows. Raises ValueError for a row that no sheet can have.
    """
    book = sheet.parent
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            if number > LAST_ROW:
                raise ValueError("a row beyond the last")
            texts = {cell["column"]: text_of(cell["value"]) for cell in cells if cell["column"] <= columns}
            yield number, [texts.get(place, "") for place in range(1, max(texts, default=0) + 1)]


def text_of(value: Any) -> str:
    """What a cell holds as text: a day as 2019-03-31, a number in its shortest figures."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
