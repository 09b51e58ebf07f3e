"""The same postings in the file formats of finance systems and spreadsheets."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from placements.finance.ledger.files import open_file
from placements.finance.ledger.mapping import USUAL, mapping_from
from placements.models import LedgerPosting
from tests.placements.finance.ledger.exports import HEADER, SMALL, as_csv, counts, export, load

pytestmark = pytest.mark.django_db

USUAL_NAMES = [name for names in USUAL.values() for name in names]
ROWS = [
    HEADER.split(","),
    ["01/04/2019", "T1", "7", "Zoë’s School, Ltd", "1,234.50"],
    ["02/04/2019", "T2", "8", "St John's", "(5.00)"],
]
POSTINGS = {
    ("T1/1", "7", "Zoë’s School, Ltd", date(2019, 4, 1), Decimal("1234.50")),
    ("T2/1", "8", "St John's", date(2019, 4, 2), Decimal("-5.00")),
}


def held() -> set[Any]:
    return set(
        LedgerPosting.objects.values_list("reference", "supplier_id", "supplier", "posted_on", "amount")
    )


def written(separator: str, encoding: str, mark: bytes = b"") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=separator).writerows(ROWS)
        path.write_bytes(mark + path.read_text("utf-8").encode(encoding))

    return write


def as_text(change: Callable[[str], str]) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(change(as_csv(ROWS)).encode()) and None


def workbook(path: Path) -> None:
    """As people keep it: a title, an empty row, a sheet before it, real days and numbers, and a row of nothing."""
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    sheet = book.create_sheet("Payments")
    sheet.append(["Payments over £500"])
    sheet.append([])
    sheet.append([None, *ROWS[0], "Approved"])
    sheet.append([None, datetime(2019, 4, 1, 9, 30), "T1", 7, "Zoë’s School, Ltd", 1234.5, True])
    sheet.append([None, 43557, "T2", 8.0, "St John's", -5])
    sheet.append([None] * 7)
    book.save(path)


@pytest.mark.parametrize(
    "write",
    [
        written(",", "utf-8"),
        written(",", "utf-8", b"\xef\xbb\xbf"),
        written(";", "cp1252"),
        written("\t", "utf-16-le", b"\xff\xfe"),
        written("\t", "utf-16-be", b"\xfe\xff"),
        written(",", "utf-16-le"),
        written("|", "utf-8"),
        as_text(lambda text: "Payments over £500,,,,\r\n\r\nApril 2019\r\n" + text),
        as_text(lambda text: text + ",,,,\r\n\r\n \r\n"),
        as_text(lambda text: text.replace("\r\n", "\r")),
        as_text(lambda text: text.replace("\r\n", "\n").removesuffix("\n")),
        as_text(lambda text: text.replace("\r\n", ",\r\n")),
        as_text(lambda text: text.replace("\r\n", ",\r\n").replace("Amount,", "Amount")),
        as_text(
            lambda text: text.replace("Date", " DATE ").replace("Supplier", "supp\N{NO-BREAK SPACE}lier")
        ),
        as_text(lambda text: text.replace('01/04/2019,T1,7,"Zoë’s', '1-Apr-19 , T1 ,7.0," Zoë’s  ')),
        workbook,
    ],
    ids=[
        *("utf-8", "utf-8 with mark", "cp1252 ;", "utf-16 tab", "utf-16 big", "utf-16 no mark", "strokes"),
        *("lines above", "lines below", "old Mac", "unix", "ends in separators", "rows end in separators"),
        *("names", "blanks", "workbook"),
    ],
)
def test_a_file_however_it_is_written(tmp_path: Path, write: Callable[[Path], None]) -> None:
    path = tmp_path / "export.csv"
    write(path)
    report = load(path)
    assert held() == POSTINGS
    assert counts(report) == (2, 2, 0, 0, 0)


def test_cp1252_is_told(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    written(",", "cp1252")(path)
    (warning,) = load(path).warnings
    assert warning.startswith("export.csv is not UTF-8 and is read as cp1252")


def test_the_first_of_the_names_that_each_file_has(tmp_path: Path) -> None:
    given = SMALL.as_json()
    given["columns"]["amount"] = ["Net", "Amount"]
    one = export(tmp_path, "1/4/2019,T1,7,Ash,1,9", header="Date,Number,Id,Supplier,Net,Amount")
    two = export(tmp_path, "1/4/2019,T2,7,Ash,2", name="more.csv")
    load(one, two, mapping=mapping_from(given))
    assert set(LedgerPosting.objects.values_list("reference", "amount")) == {("T1/1", 1), ("T2/1", 2)}


def test_a_file_without_what_is_not_required_is_told(tmp_path: Path) -> None:
    path = export(tmp_path, "1/4/2019,Ash,1", header="Date,Supplier,Amount")
    assert load(path).warnings == (
        "export.csv has no column for the supplier’s id: it is left empty.",
        "export.csv has no column for the transaction number: it is left empty.",
    )
    assert held() == {("/1", "", "Ash", date(2019, 4, 1), Decimal(1))}


def test_rows_are_kept_whatever_their_case_and_blanks(tmp_path: Path) -> None:
    mapping = mapping_from(SMALL.as_json() | {"rows": {"expense type": ["Fees", "5733"], "Body": 18}})
    header = "Body,Expense Type," + HEADER
    rows = (
        "18, FEES ,1/4/2019,T1,7,Ash,1",
        "18,5733,1/4/2019,T2,7,Ash,1",
        "19,Fees,1/4/2019,T3,7,Ash,x",
        "18,,,,,,",
    )
    report = load(export(tmp_path, *rows, header=header), mapping=mapping)
    assert {reference for reference, *_ in held()} == {"T1/1", "T2/1"}
    assert report.lines()[0] == "export.csv: 4 rows, 2 kept"


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    one, two = export(tmp_path, "1/4/2019,T1,7,Ash,1"), export(tmp_path / "more", "1/4/2019,T2,7,Ash,1")
    assert [file.name for file in load(one, two).read] == [str(one), str(two)]


def book_of(path: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook of these sheets; one that is called hidden is hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title == "hidden" else "visible"
    book.save(path)
    return path


class TestSheets:
    def test_each_visible_sheet_with_the_columns_is_read_and_named(self, tmp_path: Path) -> None:
        path = book_of(
            tmp_path / "year.xlsx",
            Summary=[["Month", "Postings", "Sum", "Average", "Highest", "Lowest"], ["April", 1, 1, 1, 1, 1]],
            Apr=[ROWS[0], [date(2019, 4, 1), "T1", 7, "Ash", 1]],
            May=[["May 2019"], [], ROWS[0][::-1], [2, "Ash", 7, "T1", date(2019, 5, 1)]],
            hidden=[ROWS[0], [date(2019, 6, 1), "T1", 7, "Ash", 4]],
            Notes=[],
        )
        report = load(path)
        assert {(reference, amount) for reference, *_, amount in held()} == {("T1/1", 1), ("T1/2", 2)}
        assert report.lines()[:2] == [
            "year.xlsx, sheet Apr: 1 rows, 1 kept",
            "year.xlsx, sheet May: 1 rows, 1 kept",
        ]
        assert report.warnings == (
            "year.xlsx, sheet Summary is not read: it has no columns for the date and the amount.",
        )

    def test_a_new_councils_wider_summary_hides_no_payments(self, tmp_path: Path) -> None:
        path = book_of(
            tmp_path / "year.xlsx",
            Summary=[["Month", "Postings", "Sum", "Average", "Highest", "Lowest"], ["April", 1, 1, 1, 1, 1]],
            Apr=[["Payment date", "Payee", "Net amount"], [date(2019, 4, 1), "Ash", 1]],
        )
        assert open_file(path, USUAL_NAMES).header == ["Payment date", "Payee", "Net amount"]


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (["Date,,Amount", "1/4/2019,Ash,5", "2/4/2019,Elm,6"], ["Date", "", "Amount"]),
        (["Datum,,Betrag", "1/4/2019,Ash,5", "2/4/2019,Elm,6"], ["Datum", "", "Betrag"]),
        (
            ["Date;Supplier;Amount", "1/4/2019;Ash, Elm, Oak and Fir Ltd;1,234.50"],
            ["Date", "Supplier", "Amount"],
        ),
        (
            ["Datum;Firma;Betrag", "1/4/2019;Ash, Elm, Oak and Fir Ltd;1,234.50", "2/4/2019;Elm;2,000.50"],
            ["Datum", "Firma", "Betrag"],
        ),
        (
            ["Leeds, payments, over £500, April, 2019", "Payment_Date,Payee,Net amount", "1/4/2019,Ash,5"],
            ["Payment_Date", "Payee", "Net amount"],
        ),
        (
            ["Leeds, April 2019", "Datum,Firma,Betrag,Nummer", "1/4/2019,Ash,5,", "2/4/2019,Elm,6,"],
            ["Datum", "Firma", "Betrag", "Nummer"],
        ),
        (["Amount", "5", "6"], ["Amount"]),
    ],
    ids=[
        *("column without a name", "the same, other words", "commas in names", "the same, other words "),
        *("title with commas", "the same, other words  ", "one column"),
    ],
)
def test_the_header_of_a_new_councils_file(tmp_path: Path, lines: list[str], header: list[str]) -> None:
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines))
    file = open_file(path, USUAL_NAMES)
    assert file.header == header
    assert file.sample(1) == [next(csv.reader([lines[file.line]], delimiter=";" if ";" in lines[0] else ","))]
