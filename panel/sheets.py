"""Rows of a spreadsheet as texts, read from a file or from what was pasted. Nothing is kept.

No more is read than a little over what is allowed: a few kilobytes of .xlsx can stand for millions of cells, which
pandas would lay out one by one.
"""

import csv
import io
import math
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from typing import Any

import openpyxl
from django.core.exceptions import ValidationError

from sen_dashboard.core import formats
from sen_dashboard.downloads import FORMULA_STARTS

MOST_BYTES = 2 * 1024 * 1024
"""Of a file."""
MOST_UNPACKED = 8 * 1024 * 1024
"""Bytes of a workbook, which is a compressed archive, once unpacked."""
MOST_BESIDE = 256 * 1024
"""Bytes of a part that holds no cells, such as styles, which take openpyxl longest."""
OF_CELLS = ("xl/worksheets/", "xl/sharedStrings", "xl/media/")
MOST_ROWS = 500
MOST_COLUMNS = 50
LONGEST = 500_000
"""Characters of rows pasted, and of a file's once read."""

OLD_EXCEL = b"\xd0\xcf\x11\xe0"
"""How an .xls begins, and an .xlsx under a password."""
SEPARATORS = "\t;,"


@dataclass(frozen=True)
class SheetRow:
    """A row under the headings: its number in the spreadsheet, and what it holds by the key of the column."""

    number: int
    cells: Mapping[str, str]


def text_of_file(name: str, content: bytes) -> str:
    """The rows of an .xlsx or .csv as text that could have been pasted. Raises ValidationError with one sentence."""
    if len(content) > MOST_BYTES:
        raise ValidationError("The file is larger than 2 MB.")
    if content.startswith(OLD_EXCEL):
        raise ValidationError(
            "The file is under a password, or an old .xls: save it as .xlsx without a password."
        )
    if name.lower().endswith(".xlsx"):
        return _pasted(_workbook_rows(content))
    if name.lower().endswith(".csv"):
        return _decoded(content)
    raise ValidationError("Choose a file that ends in .xlsx or .csv.")


def rows_of_text(text: str, columns: Mapping[str, str], needed: Sequence[str]) -> list[SheetRow]:
    """The rows under the headings, empty ones left out, in tab-separated or CSV text.

    ``columns`` gives the key of each heading that may be there, ``needed`` those that must. Raises ValidationError with
    one sentence.
    """
    first, *rows = _cells(text) or [[]]
    keys = _keys(first, columns, needed)
    filled = [
        SheetRow(number, dict(zip(keys, row, strict=False)))
        for number, row in enumerate(rows, start=2)
        if any(row)
    ]
    if not filled:
        raise ValidationError("There are no rows under the headings.")
    if len(rows) > MOST_ROWS:
        raise ValidationError(f"There are more than {MOST_ROWS} rows: enter them in parts.")
    if any(any(row[len(keys) :]) for row in rows):
        raise ValidationError("A row has more cells than there are headings.")
    return filled


def heading_key(heading: str) -> str:
    """A heading as it is compared: "Starts on", "starts_on" and "STARTS ON" are one."""
    return " ".join(heading.replace("_", " ").casefold().split())


def _keys(first: Sequence[str], columns: Mapping[str, str], needed: Sequence[str]) -> list[str]:
    known = {heading_key(heading): key for heading, key in columns.items()}
    first = first[: max((place for place, heading in enumerate(first, start=1) if heading), default=0)]
    headings = [heading_key(heading) for heading in first]
    missing = [heading for heading in needed if heading_key(heading) not in headings]
    if missing:
        names = formats.listed([f"“{heading}”" for heading in needed])
        raise ValidationError(f"The first row must name the columns; {names} must be among them.")
    for heading, written in zip(headings, first, strict=True):
        if heading not in known:
            raise ValidationError(
                f"The column “{written[:40]}” is not known. The template has those that are."
            )
        if headings.count(heading) > 1:
            raise ValidationError(f"The column “{written[:40]}” is there twice.")
    return [known[heading] for heading in headings]


def _cells(text: str) -> list[list[str]]:
    """The cells of every row, the first row being the headings."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
    headings = text.partition("\n")[0]
    separator = max(SEPARATORS, key=headings.count)
    try:
        rows = list(islice(csv.reader(io.StringIO(text), delimiter=separator, strict=True), MOST_ROWS + 2))
    except csv.Error:
        raise ValidationError("The rows cannot be told apart: a quotation mark is not closed.") from None
    return [[_as_meant(cell.strip()) for cell in row] for row in rows]


def _as_meant(cell: str) -> str:
    """A cell without the apostrophe that the template puts before what a spreadsheet would run as a formula."""
    return cell[1:] if cell.startswith(tuple(f"'{start}" for start in FORMULA_STARTS)) else cell


def _decoded(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            "The file is not in UTF-8: save it as “CSV UTF-8”, or as .xlsx, and choose it again."
        ) from None
    return _short_enough(text)


def _pasted(rows: Iterator[Sequence[str]]) -> str:
    """Rows as a spreadsheet copies them."""
    text = io.StringIO()
    csv.writer(text, "excel-tab", lineterminator="\n").writerows(rows)
    return _short_enough(text.getvalue())


def _short_enough(text: str) -> str:
    if len(text) > LONGEST:
        raise ValidationError(f"The file holds more than {formats.count(LONGEST)} characters.")
    return text


def _workbook_rows(content: bytes) -> Iterator[Sequence[str]]:
    """The rows of the first sheet."""
    try:
        rows = _first_sheet(content)
    except Exception:  # openpyxl raises whatever it meets in a broken file
        raise ValidationError(
            "The file cannot be read as .xlsx: save it again from your spreadsheet."
        ) from None
    while rows and not any(cell.value not in (None, "") for cell in rows[-1]):
        rows.pop()
    return ([_written(cell) for cell in row] for row in rows)


def _first_sheet(content: bytes) -> list[Sequence[Any]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise ValueError("too large once unpacked")
    if any(part.file_size > MOST_BESIDE and not part.filename.startswith(OF_CELLS) for part in parts):
        raise ValueError("too much beside the cells")
    with warnings.catch_warnings():  # openpyxl's own name cells and what they hold
        warnings.simplefilter("ignore")
        return _rows_of_book(content)


def _rows_of_book(content: bytes) -> list[Sequence[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        return list(book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS))
    finally:
        book.close()


def _written(cell: Any) -> str:
    """A cell as text: days as 2019-03-31, numbers as they are. Raises ValidationError for a formula's error."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e" or (isinstance(value, float) and not math.isfinite(value)):
        raise ValidationError(f"The formula in cell {cell.coordinate} gives an error: put it right first.")
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
