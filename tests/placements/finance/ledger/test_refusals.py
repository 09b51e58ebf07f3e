"""A fault in a mapping or file is one sentence at its place, and nothing is loaded."""

import json
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from placements.finance.ledger.files import LONGER, PIECE, UNREADABLE
from placements.finance.ledger.mapping import mapping_from, read_mapping
from placements.finance.ledger.postings import AMOUNT_ALONE, FUTURE, REQUIRED
from placements.finance.ledger.values import NO_AMOUNT
from placements.models import LedgerPosting
from sen_dashboard.importing import sentences
from sen_dashboard.importing.problems import DatasetError
from tests.factories import make_posting
from tests.placements.finance.ledger.exports import DEVON, HEADER, SMALL, export, load, refused

pytestmark = pytest.mark.django_db


def test_a_mapping_that_names_no_column_of_the_file(tmp_path: Path) -> None:
    path = export(tmp_path, "1,2", header="Buchungstag,Betrag")
    assert refused(path) == ["export.csv:1: : Buchungstag, Betrag: The mapping names no column of this file."]


def test_a_file_without_an_amount_column(tmp_path: Path) -> None:
    path = export(tmp_path, "1/4/2019,T,7,Ash,1", header="Date,Number,Id,Supplier,Net")
    assert refused(path) == [
        "export.csv:1: Amount: : The file has no column for the amount: none is called “Amount”."
    ]


def test_a_file_without_the_column_that_chooses_rows(tmp_path: Path) -> None:
    mapping = mapping_from(SMALL.as_json() | {"rows": {"Expense type": ["Fees"]}})
    assert refused(export(tmp_path, "1/4/2019,T,7,Ash,1"), mapping=mapping) == [
        "export.csv:1: Expense type: : The file has no such column, by which the mapping chooses rows."
    ]


def test_a_column_that_chooses_rows_and_is_there_twice(tmp_path: Path) -> None:
    mapping = mapping_from(SMALL.as_json() | {"rows": {"Body": ["Fees"]}})
    path = export(tmp_path, "1/4/2019,T,7,Ash,1,Fees,Paper", header=f"{HEADER},Body,BODY")
    assert refused(path, mapping=mapping) == [
        "export.csv:1: Body: : The header has this column more than once."
    ]


def test_an_amount_that_is_no_number_in_row_88000(tmp_path: Path) -> None:
    """Beyond the first pieces that are read, and behind values that spread over several lines."""
    rows = ['1/4/2019,T,7,"Ash\nSchool",1', *["2/4/2019,T,7,Ash,1"] * 87_997, "3/4/2019,T,7,Ash,9 units"]
    assert len(rows) > 2 * PIECE
    assert refused(export(tmp_path, *rows)) == [f"export.csv:88001: Amount: 9 units: {NO_AMOUNT}"]


def test_every_fault_of_every_file_is_told_in_order(tmp_path: Path) -> None:
    one = export(tmp_path, "31/02/2019,T,7,Ash,1", ",T,7,Ash,x", "1/4/2019,T,1.2E+5,Ash,1")
    two = export(tmp_path, f"1/4/2019,{'R' * 73},7,Ash,", name="more.csv")
    assert refused(one, two) == [
        "export.csv:2: Date: 31/02/2019: There is no such day.",
        "export.csv:3: Date: : Enter a value: this column is required.",
        f"export.csv:3: Amount: x: {NO_AMOUNT}",
        "export.csv:4: Id: 1.2E+5: A spreadsheet has changed this number: format the column as text and export the"
        " file again.",
        f"more.csv:2: Number: {'R' * 60}…: Enter at most 72 characters.",
        "more.csv:2: Amount: : Enter a value: this column is required.",
    ]


def test_the_first_200_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    said = refused(export(tmp_path, *["1/4/2019,T,7,Ash,x"] * 1000))
    assert (len(said), said[-1]) == (201, "… and 800 more problems.")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("Total,,,,300", "Date: Total"),
        ("30/04/2019,,,Total,300", "Supplier: Total"),
        ("Apr-19,,,Grand total,300", "Supplier: Grand total"),
        ("30/04/2019,SUB-TOTAL:,7,Ash,300", "Number: SUB-TOTAL:"),
        ("Totals:,2,,,300", "Date: Totals:"),
        (",,Subtotal,,300", "Id: Subtotal"),
    ],
)
def test_a_row_of_totals_is_left_out_and_named(tmp_path: Path, row: str, column: str) -> None:
    report = load(export(tmp_path, "1/4/2019,T,7,Ash,300", row))
    assert report.warnings == (f"export.csv:3: {column}: This row of totals is left out: 300",)
    assert report.lines()[0] == "export.csv: 2 rows, 1 kept"
    assert LedgerPosting.objects.count() == 1


def test_rows_of_totals_beyond_the_first_are_counted(tmp_path: Path) -> None:
    rows = ["1/4/2019,T,7,Total Education Ltd,300", *["30/4/2019,,,Total,300"] * 12]
    warnings = load(export(tmp_path, *rows)).warnings
    assert (len(warnings), warnings[-1]) == (11, "… and 2 more rows of totals.")


def test_a_payment_without_a_date_is_no_row_of_totals(tmp_path: Path) -> None:
    assert refused(export(tmp_path, "1/4/2019,T,7,Ash,300", ",,7,Ash,300", ",,,,600")) == [
        f"export.csv:3: Date: : {REQUIRED}",
        f"export.csv:4: Date: : {AMOUNT_ALONE}",
    ]


def test_a_mistyped_year_is_refused(tmp_path: Path) -> None:
    rows = ("01/04/2091,T,7,Ash,1", "01/04/1900,T,7,Ash,1", "05/04/2019,T,7,Ash,1", "04/04/2019,T,7,Ash,1")
    assert refused(export(tmp_path, *rows), today=date(2019, 4, 4)) == [
        f"export.csv:2: Date: 01/04/2091: {FUTURE}",
        "export.csv:3: Date: 01/04/1900: This date is before 01/01/2000, and the ledger holds nothing so old.",
        f"export.csv:4: Date: 05/04/2019: {FUTURE}",
    ]


def test_a_ledger_that_is_old_goes_on(tmp_path: Path) -> None:
    make_posting(month=date(1998, 4, 1))
    load(export(tmp_path, "01/05/1998,T,7,Ash,1"))
    assert LedgerPosting.objects.filter(month=date(1998, 5, 1)).exists()


def test_a_file_given_twice_is_refused(tmp_path: Path) -> None:
    one = export(tmp_path, "1/4/2019,T,7,Ash,1")
    two = export(tmp_path, "1/4/2019,T,7,Ash,1", name="copy.csv")
    assert refused(one, two) == ["export.csv and copy.csv are the same file: give it once."]
    assert refused(one, one) == [f"{one} and {one} are the same file: give it once."]


def test_a_row_of_totals_that_the_mapping_does_not_keep_is_none(tmp_path: Path) -> None:
    mapping = mapping_from(SMALL.as_json() | {"rows": {"Supplier": ["Ash"]}})
    load(export(tmp_path, "1/4/2019,T,7,Ash,300", ",,,,300", "Printed by Finance,,,,"), mapping=mapping)
    assert LedgerPosting.objects.count() == 1


def test_cells_beyond_the_header_that_are_empty_are_none(tmp_path: Path) -> None:
    """Also far below, where the rows before them have been read."""
    rows = [*["1/4/2019,T,7,Ash,1"] * (PIECE + 1), "1/4/2019,T,7,Ash,1,, ,", "1/4/2019,T,7,Ash,1,,,,"]
    assert load(export(tmp_path, *rows)).total == PIECE + 3
    assert refused(export(tmp_path, *rows, "1/4/2019,T,7,Ash, Elm & Co,1")) == [
        f"export.csv:{PIECE + 5}: : : {LONGER}"
    ]


def test_a_separator_within_a_value_moves_no_value_to_another_column(tmp_path: Path) -> None:
    assert refused(export(tmp_path, "1/4/2019,T,7,Ash,1", "1/4/2019,T,7,Ash, Elm & Co,1")) == [
        "export.csv:3: : : The row has more values than the header: one may hold a separator without quotation"
        " marks."
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "export.csv:1: : : The file is empty: it has no header."),
        (b"\n\n", "export.csv:1: : : The file is empty: it has no header."),
        (b"Date,Amount\n1/4/2019,\x00\n", "export.csv:1: : : There is a NUL character"),
        (
            b"\xd0\xcf\x11\xe0" + b"\0" * 99,
            "export.csv:1: : : The file has a password or is an old .xls",
        ),
        (
            b"PK\x03\x04nonsense",
            "export.csv:1: : : This Excel workbook cannot be read: save it as .xlsx or CSV.",
        ),
        (
            b"<html><table><tr><td>Date</td></tr></table>",
            "export.csv:1: : : This is a web page under another name",
        ),
        (
            b'Date,Amount\n1/4/2019,"1\n2/4/2019,2\n',
            "export.csv:2: : : A quotation mark is not closed",
        ),
        (b"Date,Amount\n", "The files hold no postings."),
        (
            b"Date,Amount,amount\n1/4/2019,1,2\n",
            "export.csv:1: Amount: : The header has this column more than once.",
        ),
        (
            b"Date,Amount\n1/4/2019,1\n\x81\n",
            "export.csv:1: : : The file is neither UTF-8 nor UTF-16 nor cp1252",
        ),
    ],
)
def test_a_file_that_is_no_export(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    (line,) = refused(path)
    assert line.startswith(said)


def workbook(path: Path, **parts: Callable[[bytes], bytes]) -> Path:
    """A workbook of two postings, with the parts of these names changed, or added."""
    book = openpyxl.Workbook()
    for row in (HEADER.split(","), ["1/4/2019", "T1", "7", "Ash", 1], ["2/4/2019", "T2", "7", "Ash", 2]):
        book.active.append(row)
    with BytesIO() as plain:
        book.save(plain)
        with zipfile.ZipFile(plain) as archive, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
            for name in archive.namelist():
                change = parts.pop(Path(name).stem, bytes)
                changed.writestr(name, change(archive.read(name)))
            for name, make in parts.items():
                changed.writestr(f"xl/{name}.xml", make(b""))
    return path


TEXTS = b"<si><t>" + b"x" * 1000 + b"</t></si>"


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            {"sharedStrings": lambda text: b"<sst>" + TEXTS * 9000 + b"</sst>"},
            "export.csv:1: : : The workbook holds more than 8 MB of texts: save its sheets as CSV.",
        ),
        (
            {"styles": lambda text: text + b" " * (2 * 1024 * 1024)},
            "export.csv:1: : : The workbook holds more than 2 MB of styles or other parts beside its cells: save its"
            " sheets as CSV.",
        ),
        (
            {"sheet1": lambda text: text.replace(b'<row r="3"', b'<row r="900000000"')},
            f"export.csv:1: : : {UNREADABLE}",
        ),
        ({"sheet1": lambda text: text[:-60]}, f"export.csv:1: : : {UNREADABLE}"),
        (
            {"sheet1": lambda text: text.replace(b't="inlineStr"><is><t>T2</t></is>', b't="s"><v>99</v>')},
            f"export.csv:1: : : {UNREADABLE}",
        ),
        ({"styles": lambda text: b"<styleSheet"}, f"export.csv:1: : : {UNREADABLE}"),
        ({"workbook": lambda text: b"\xff"}, f"export.csv:1: : : {UNREADABLE}"),
        (
            {"workbook": lambda text: text.replace(b'state="visible"', b'state="hidden"')},
            "export.csv:1: : : Every sheet of the workbook is hidden: show those to be read.",
        ),
    ],
    ids=["texts", "styles", "row 900000000", "cut off", "no texts", "no styles", "no workbook", "hidden"],
)
def test_a_workbook_that_would_take_for_ever_or_is_damaged(tmp_path: Path, parts: Any, said: str) -> None:
    assert refused(workbook(tmp_path / "export.csv", **parts)) == [said]


def test_a_workbook_that_is_damaged_far_down(tmp_path: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="n"><v>43557</v></c></row>' % (n, n) for n in range(4, 200))

    def longer(text: bytes) -> bytes:
        return text.replace(b"</sheetData>", rows + b'<row r="900000000"/></sheetData>')

    assert refused(workbook(tmp_path / "export.csv", sheet1=longer)) == [
        f"export.csv:199: : : {sentences.DAMAGED}"
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.csv") == [
        "gone.csv:1: : : The file cannot be read: No such file or directory."
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ([], "The mapping must be an object, in braces."),
        ({"columns": {"date": ["Date"]}}, "“columns” names no column for the amount: “amount” is required."),
        (
            {"columns": {"amont": ["A"]}},
            "“columns” has no “amont”, but date, amount, supplier, supplier_id, reference.",
        ),
        ({"line": ""}, "“line” is required: the S251 budget line, such as 1.2.3."),
        ({"line": 1.2}, "“line” must be text."),
        ({"source": "x" * 41}, "“source” must be at most 40 characters on one line."),
        ({"row": {}}, "The mapping has no “row”, but source, line, columns, rows."),
        ({"rows": {"Expense type": []}}, "“rows” names no value of the column Expense type."),
    ],
)
def test_a_mapping_that_is_none(tmp_path: Path, changed: Any, said: str) -> None:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(changed if isinstance(changed, list) else DEVON | changed))
    with pytest.raises(DatasetError) as caught:
        read_mapping(path)
    assert caught.value.lines() == [f"{path}: {said}"]


def test_a_mapping_that_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "mapping.json"
    path.write_text('{"source": "devon",\n"line" 1}')
    with pytest.raises(DatasetError) as caught:
        read_mapping(path)
    assert caught.value.lines() == [f"{path}:2: this is not JSON: Expecting ':' delimiter."]


def test_the_command_lists_them_with_exit_status_1_and_logs_no_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(json.dumps(SMALL.as_json()))
    with pytest.raises(CommandError) as caught:
        call_command("import_ledger", export(tmp_path, "1/4/2019,T,7,Ash,secret"), mapping=mapping)
    assert caught.value.returncode == 1
    assert str(caught.value) == "Nothing was loaded."
    assert f"export.csv:2: Amount: secret: {NO_AMOUNT}" in capsys.readouterr().err
    assert "secret" not in caplog.text


def test_a_month_to_post_late_to_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a month such as 2018-04"):
        call_command("import_ledger", export(tmp_path), mapping=tmp_path / "mapping.json", late_to="soon")
