"""Rows of a spreadsheet as texts, read from a file or from pasted text. Nothing is kept.

Of a workbook only visible sheets are read: the first that has the columns.

Hardly more is read than is allowed: a few kilobytes of .xlsx can stand for millions of cells, which pandas would lay
out one by one.
"""

import csv
import io
import math
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from string import ascii_uppercase
from typing import Any

from defusedxml import ElementTree
from django.core.exceptions import ValidationError

from sen_dashboard.core import formats
from sen_dashboard.core.cells import FORMULA_STARTS
from sen_dashboard.importing import sentences, xlsx
from sen_dashboard.importing.lines import CP1252, OLD_WORKBOOK, Lines, Unreadable, rows_of, separator_of
from sen_dashboard.importing.ods import visible_sheets

MOST_BYTES = 2 * 1024 * 1024
"""Of a file."""
LIMITS = xlsx.Limits(8, 8, 2, "copy the rows into a new one, or paste them")
MOST_ROWS = 500
MOST_COLUMNS = 50
LONGEST = 500_000
"""The most characters of pasted rows, and of a file's rows once read."""


@dataclass(frozen=True)
class SheetRow:
    """A row under the headings: its number in the spreadsheet, and its values by the key of the column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class SheetText:
    """Rows as text that could have been pasted, the name of their sheet, and the numbers of its hidden rows."""

    text: str
    name: str = ""
    hidden: frozenset[int] = frozenset()


Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class _Sheet:
    """A visible sheet: the ``headings`` in its first row, and how to read its rows and which are hidden.

    Errors in a sheet are raised when it is read, since sheets that are not needed may hold anything.
    """

    name: str
    headings: frozenset[str]
    read: Callable[[], tuple[Rows, frozenset[int]]]


def text_of_file(name: str, content: bytes, *, needed: Sequence[str]) -> SheetText:
    """Return the rows of an .xlsx, .ods or .csv; of a workbook, the first visible sheet with the ``needed`` columns.

    Raises ValidationError with one sentence.
    """
    if len(content) > MOST_BYTES:
        raise ValidationError("The file is larger than 2 MB.")
    if content.startswith(OLD_WORKBOOK):
        raise ValidationError(sentences.OLD_WORKBOOK)
    if name.lower().endswith((".xlsx", ".ods")):
        return _workbook(name.lower().rpartition(".")[2], content, needed)
    if name.lower().endswith(".csv"):
        return SheetText(_decoded(content))
    raise ValidationError("Choose a file that ends in .xlsx, .ods or .csv.")


def rows_of_text(text: str, columns: Mapping[str, str], needed: Sequence[str]) -> list[SheetRow]:
    """Return the rows under the headings, without empty ones, in tab-separated or CSV text.

    ``columns`` gives the key of each heading that may be present, ``needed`` the keys that must be. Raises
    ValidationError with one sentence.
    """
    known = {heading_key(heading): key for heading, key in columns.items()}
    written = _cells(text, known)
    place = _place_of_headings(written)
    keys = _keys(written[place] if written else [], known, needed)
    rows = dict(enumerate(written[place + 1 :], start=place + 2))
    filled = [
        SheetRow(number, dict(zip(keys, row, strict=False))) for number, row in rows.items() if any(row)
    ]
    if not filled:
        raise ValidationError("There are no rows under the headings.")
    if len(written) > MOST_ROWS + 1:  # besides the headings; empty rows above them leave fewer
        raise ValidationError(f"There are more than {MOST_ROWS} rows: enter them in batches.")
    for number, row in rows.items():
        if any(row[len(keys) :]):
            raise ValidationError(f"Row {number} has more cells than there are headings.")
    return filled


def _place_of_headings(rows: Sequence[Sequence[str]]) -> int:
    """Return the index of the first row that is not empty."""
    return next((place for place, row in enumerate(rows) if any(row)), 0)


def heading_key(heading: str) -> str:
    """Return a heading in the form used for comparison: "Starts on", "starts_on" and "STARTS ON" are equal."""
    return " ".join(heading.replace("_", " ").casefold().split())


def _keys(first: Sequence[str], known: Mapping[str, str], needed: Sequence[str]) -> list[str]:
    first = first[: max((place for place, heading in enumerate(first, start=1) if heading), default=0)]
    headings = [heading_key(heading) for heading in first]
    missing = [heading for heading in needed if heading_key(heading) not in headings]
    if missing:
        names = formats.listed([f"“{heading}”" for heading in needed])
        raise ValidationError(f"The first row must name the columns, including {names}.")
    for heading, written in zip(headings, first, strict=True):
        if heading not in known:
            raise ValidationError(
                f"The column “{written[:40]}” is not recognised. Use the columns in the template."
            )
        if headings.count(heading) > 1:
            raise ValidationError(f"The column “{written[:40]}” is there twice.")
    return [known[heading] for heading in headings]


def _cells(text: str, known: Collection[str]) -> list[list[str]]:
    """Return the cells of every row, the first row being the headings, of which some are ``known``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    headings = next((line for line in text.split("\n") if line.strip()), "")
    separator = separator_of(headings, lambda heading: heading_key(heading) in known)
    rows: list[list[str]] = []
    try:
        for _, row in islice(rows_of(io.StringIO(text), separator), MOST_ROWS + 2):
            rows.append(row)
    except Unreadable as end:
        raise ValidationError(f"Row {len(rows) + 1}: {end.reason[0].lower()}{end.reason[1:]}") from None
    return [[_as_meant(cell.strip()) for cell in row] for row in rows]


def _as_meant(cell: str) -> str:
    """Return a cell without the apostrophe that the template puts before text that would be run as a formula."""
    return cell[1:] if cell.startswith(tuple(f"'{start}" for start in FORMULA_STARTS)) else cell


def _decoded(content: bytes) -> str:
    lines, text = Lines(io.BytesIO(content)), io.StringIO()
    try:
        for line in lines:
            lines.row_bytes = 0
            text.write(line)
    except Unreadable as end:
        raise ValidationError(f"Line {end.line}: {end.reason}" if end.line > 1 else end.reason) from None
    if lines.encoding == CP1252:
        raise ValidationError(
            "The file is not in UTF-8: save it as “CSV UTF-8”, or as .xlsx, and choose it again."
        )
    return _short_enough(text.getvalue())


def _pasted(rows: Rows) -> str:
    """Return rows in the form in which a spreadsheet copies them."""
    text = io.StringIO()
    csv.writer(text, "excel-tab", lineterminator="\n").writerows(rows)
    return _short_enough(text.getvalue())


def _short_enough(text: str) -> str:
    if len(text) > LONGEST:
        raise ValidationError(f"The file holds more than {formats.count(LONGEST)} characters.")
    return text


def _workbook(form: str, content: bytes, needed: Sequence[str]) -> SheetText:
    """Return the first visible sheet that has the columns, or the first of all, which the error is then about."""
    wanted = {heading_key(heading) for heading in needed}
    try:
        xlsx.check_size(io.BytesIO(content), LIMITS)
        sheets = list(_SHEETS[form](content))
        if not sheets:
            raise ValidationError("Every sheet of the file is hidden: show the one with the decisions.")
        chosen = next((sheet for sheet in sheets if wanted <= sheet.headings), sheets[0])
        rows, hidden = chosen.read()
    except ValidationError:
        raise
    except Exception:  # the libraries raise all sorts of exceptions on a broken file
        raise ValidationError(
            f"The file cannot be read as .{form}: save it again from your spreadsheet."
        ) from None
    return SheetText(_pasted(rows), chosen.name, hidden)


def _headings(rows: Rows) -> frozenset[str]:
    row = rows[_place_of_headings(rows)] if rows else ()
    return frozenset(heading_key(heading) for heading in row)


def _of_xlsx(content: bytes) -> Iterator[_Sheet]:
    with xlsx.visible_sheets(io.BytesIO(content), LIMITS) as sheets:
        for sheet in sheets:
            yield _of_worksheet(sheet, content)


def _of_worksheet(sheet: Any, content: bytes) -> _Sheet:
    cells = list(sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS))
    while cells and not any(cell.value not in (None, "") for cell in cells[-1]):
        cells.pop()
    headings = _headings([[str(cell.value or "") for cell in row] for row in cells])

    def read() -> tuple[Rows, frozenset[int]]:
        hidden = _look_at_rows(content, sheet._worksheet_path)
        return [[_written(cell) for cell in row] for row in cells], hidden

    return _Sheet(sheet.title, headings, read)


def _look_at_rows(content: bytes, part: str) -> frozenset[int]:
    """Return the numbers of hidden rows, filtered ones included, which openpyxl does not report in read-only mode.

    Raises ValidationError for a formula whose value was never stored: openpyxl reads it as an empty cell.
    """
    hidden, number = set(), 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part) as sheet:
        for _, element in ElementTree.iterparse(sheet):
            name = element.tag.rpartition("}")[2]
            if name == "c":
                _check_formula(element)
            elif name == "row":
                number = int(element.get("r", number + 1))
                if number > MOST_ROWS + 2:
                    break
                if element.get("hidden") in ("1", "true"):
                    hidden.add(number)
                element.clear()
    return frozenset(hidden)


def _check_formula(cell: Any) -> None:
    value = {child.tag.rpartition("}")[2]: child.text for child in cell}
    if "f" in value and not value.get("v") and cell.get("t") != "str":
        raise _Formula(
            cell.get("r", ""), "has no stored value. Open the file in your spreadsheet and save it there."
        )


def _of_ods(content: bytes) -> Iterator[_Sheet]:
    for sheet in visible_sheets(content, most_rows=MOST_ROWS + 2, most_columns=MOST_COLUMNS):
        yield _Sheet(sheet.name, _headings(sheet.rows), sheet.read)


_SHEETS = {"xlsx": _of_xlsx, "ods": _of_ods}


class _Formula(ValidationError):
    """A problem with the formula in a cell: "Row 2: the formula in cell B2 gives an error. Correct it first."."""

    def __init__(self, cell: str, what: str) -> None:
        super().__init__(f"Row {cell.lstrip(ascii_uppercase)}: the formula in cell {cell} {what}")


def _written(cell: Any) -> str:
    """Return a cell as text: days as 2019-03-31, numbers unchanged. Raises ValidationError for a formula's error."""
    value = cell.value
    if value is not None and (
        cell.data_type == "e" or (isinstance(value, float) and not math.isfinite(value))
    ):
        raise _Formula(cell.coordinate, "gives an error. Correct it first.")
    return xlsx.text_of(value)
