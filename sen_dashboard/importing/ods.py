"""Sheets of an OpenDocument spreadsheet (ODF 1.3, part 3) as texts: names, rows, and which of them are hidden."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from defusedxml import ElementTree
from django.core.exceptions import ValidationError

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
SPACES = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}


@dataclass
class OdsSheet:
    """A visible sheet: the texts of its rows, and the numbers of the hidden rows, which count from 1.

    ``wrong`` are sentences on formulas that have no stored value.
    """

    name: str
    rows: list[list[str]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def read(self) -> tuple[list[list[str]], frozenset[int]]:
        """Return the rows, and which are hidden. Raises ValidationError for a formula that has no stored value."""
        if self.wrong:
            raise ValidationError(self.wrong[0])
        return self.rows, frozenset(self.hidden)


def visible_sheets(content: bytes, *, most_rows: int, most_columns: int) -> Iterator[OdsSheet]:
    """Yield the sheets that are not hidden, with at most so many rows and columns.

    Raises any exception that a broken file causes.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = ElementTree.fromstring(archive.read("content.xml"))
    hidden_styles = {
        style.get(f"{STYLE}name")
        for style in document.iter(f"{STYLE}style")
        for properties in style.iter(f"{STYLE}table-properties")
        if properties.get(f"{TABLE}display") == "false"
    }
    for table in document.iter(f"{TABLE}table"):
        if table.get(f"{TABLE}style-name") not in hidden_styles:
            yield _sheet(table, most_rows, most_columns)


def _sheet(table: Any, most_rows: int, most_columns: int) -> OdsSheet:
    sheet = OdsSheet(table.get(f"{TABLE}name", ""))
    for row in table.iter(f"{TABLE}table-row"):
        left = most_rows - len(sheet.rows)
        number = len(sheet.rows) + 1
        cells = _cells(row, most_columns)
        sheet.wrong += [f"Row {number}: a formula {wrong}" for wrong in _wrong(row)]
        times = min(_times(row, "rows"), left)
        if row.get(f"{TABLE}visibility") in ("collapse", "filter"):
            sheet.hidden |= set(range(number, number + times))
        sheet.rows += repeat(cells, times)
        if len(sheet.rows) >= most_rows:
            break
    while sheet.rows and not any(
        sheet.rows[-1]
    ):  # a sheet is often filled up with one empty row many times over
        sheet.rows.pop()
    return sheet


def _cells(row: Any, most_columns: int) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag in CELLS and len(cells) < most_columns:
            times = min(_times(cell, "columns"), most_columns - len(cells))
            cells += repeat(_value(cell), times)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _times(element: Any, what: str) -> int:
    """Return how often a row or cell is repeated; at least once."""
    return max(int(element.get(f"{TABLE}number-{what}-repeated", "1")), 1)


def _wrong(row: Any) -> Iterator[str]:
    """Yield a sentence for each faulty formula of the row."""
    for cell in row:
        if cell.get(f"{CALC}value-type") == "error":
            yield "gives an error. Correct it first."
        elif cell.get(f"{TABLE}formula") and cell.get(f"{OFFICE}value-type") is None:
            yield "has no stored value. Open the file in your spreadsheet and save it there."


def _value(cell: Any) -> str:
    """A cell as text: numbers as they are, days as 2019-03-31."""
    kind = cell.get(f"{OFFICE}value-type")
    if kind in ("float", "currency", "percentage"):
        return str(cell.get(f"{OFFICE}value", "")).removesuffix(".0")
    if kind == "date":
        return str(cell.get(f"{OFFICE}date-value", "")).removesuffix("T00:00:00")
    return "\n".join(_text(paragraph) for paragraph in cell.findall(f"{TEXT}p"))


def _text(element: Any) -> str:
    """The text of a paragraph, with its spaces, tabs and line breaks, which are elements of their own."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{TEXT}s":
            parts.append(" " * min(int(child.get(f"{TEXT}c", "1")), 100))
        elif child.tag in SPACES:
            parts.append(SPACES[child.tag])
        elif child.tag != f"{OFFICE}annotation":
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
