"""The spreadsheet in which a clerk enters a meeting's decisions: a row for each undecided case."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from panel.meetings.agenda import Slot, slots_of
from panel.models import CostBasis, Outcome, Panel, PanelMeeting
from panel.spreadsheet.forms import columns_of
from sen_dashboard.exports.downloads import safe_cell

WIDTH = 18
WIDE = {"conditions": 40, "information_needed": 40, "note": 60, "reasons": 40}
CHOICES = {"outcome": Outcome, "value_basis": CostBasis}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_name(meeting: PanelMeeting, suffix: str) -> str:
    """ "decisions-independent-2018-05-01.xlsx"."""
    return f"decisions-{meeting.panel.lower().replace('_', '-')}-{meeting.held_on.isoformat()}.{suffix}"


def rows(meeting: PanelMeeting) -> Iterator[Sequence[Any]]:
    """The headings, then the undecided cases in the agenda's order, filled in with the request as the page would be."""
    headings = [heading for heading, _, _ in columns_of(Panel(meeting.panel))]
    yield headings
    for slot in slots_of(meeting):
        if slot.decision is None:
            filled = _filled(slot)
            yield [filled.get(heading) for heading in headings]


def workbook(meeting: PanelMeeting) -> bytes:
    """The same as an .xlsx file, with a second sheet that explains the columns."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Decisions"
    headings, *cases = rows(meeting)
    _write(sheet, [headings, *cases])
    for place, heading in enumerate(headings, start=1):
        _lay_out(sheet, place, heading, len(cases) + 1)
    _explain(book.create_sheet("Columns"), Panel(meeting.panel))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _filled(slot: Slot) -> dict[str, Any]:
    case = slot.case
    return {
        "case": case.case_id,
        "need": slot.need,
        "amount_asked": case.annual_cost,
        "value": case.annual_cost,
        "value_basis": CostBasis(case.cost_basis or CostBasis.ANNUAL).label,
    }


def _write(sheet: Worksheet, written: Sequence[Sequence[Any]]) -> None:
    """Write the rows, with the first as headings that stay in view."""
    for row in written:
        sheet.append([safe_cell(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "B2"


def _lay_out(sheet: Worksheet, place: int, heading: str, last: int) -> None:
    """Set a column's width; format keys as text, and offer the choices of columns that have them."""
    letter = sheet.cell(1, place).column_letter
    sheet.column_dimensions[letter].width = WIDE.get(heading, WIDTH)
    if heading == "case":
        for row in range(2, last + 1):
            sheet.cell(row, place).number_format = "@"
    if heading in CHOICES and last > 1:
        offered = ",".join(map(str, CHOICES[heading].labels))
        choice = DataValidation(type="list", formula1=f'"{offered}"', allow_blank=True)
        sheet.add_data_validation(choice)
        choice.add(f"{letter}2:{letter}{last}")


def _explain(sheet: Worksheet, panel: Panel) -> None:
    explained = [
        (heading, instructions, "\n".join(accepted)) for heading, instructions, accepted in columns_of(panel)
    ]
    _write(sheet, [("Column", "What to write", "Accepted"), *explained])
    for letter, width in (("A", 24), ("B", 60), ("C", 70)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
