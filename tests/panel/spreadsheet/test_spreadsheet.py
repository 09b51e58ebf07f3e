"""A meeting's decisions from a spreadsheet: template, file, paste, preview, and saving all or nothing."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panel.models import AgreedCost, Confirmation, ExpectedPlacement, Outcome, PanelDecision, PanelMeeting
from sen_dashboard.accounts.roles import Role
from tests.factories import (
    make_agenda_item,
    make_case,
    make_cost_line,
    make_decision,
    make_placement,
    make_plan,
    make_requested_cost,
    make_user,
)
from tests.panel.meetings.day import meeting_of, ready_case

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

HEADINGS = ("case", "outcome", "value", "starts_on", "note", "information_needed", "due_on")
AGREED = ("Agreed", "36,000", "03/09/2018")


@pytest.fixture
def clerk(client: "Client") -> "Client":
    client.force_login(make_user(Role.PANEL_CLERK))
    return client


def address(meeting: PanelMeeting, name: str = "meeting_spreadsheet") -> str:
    return reverse(name, args=[meeting.pk])


def pasted(*rows: Sequence[str], headings: Sequence[str] = HEADINGS) -> str:
    """Rows as a spreadsheet copies them."""
    text = io.StringIO()
    csv.writer(text, "excel-tab").writerows([headings, *rows])
    return text.getvalue()


def check(clerk: "Client", meeting: PanelMeeting, text: str = "", *, file: Any = None) -> str:
    """The page after rows or a file were given."""
    sent = {"rows": text} | ({"file": file} if file else {})
    response = clerk.post(address(meeting), sent)
    assert response.status_code == 200
    return str(response.content.decode())


def save(clerk: "Client", meeting: PanelMeeting, page: str, **more: str) -> Any:
    """Press the button of the preview, which sends texts alone."""
    hidden = dict(
        re.findall(
            r'<input type="hidden" name="(rows|seen|read_from|hidden)" value="(.*?)">', page, re.DOTALL
        )
    )
    hidden = {name: unescape(value) for name, value in hidden.items()}
    return clerk.post(address(meeting), hidden | {"save": "all"} | more)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def held() -> dict[str, int]:
    """How many records of every kind there are, sessions and the trail included."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def cell_of(page: str, number: int) -> str:
    """What the preview says of a row."""
    found = re.search(rf'id="row-{number}".*?</div>', page, re.DOTALL)
    assert found, page
    return _text(found[0])


def said(page: str) -> str:
    """The page's error summary."""
    found = re.search(r"govuk-error-summary__list.*?</ul>", page, re.DOTALL)
    return _text(found[0]) if found else ""


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.partition(">")[2])).split())


def filled(content: bytes, told: Mapping[int, Mapping[str, Any]]) -> bytes:
    """The template with cells filled in, by row and heading."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for row, cells in told.items():
        for heading, value in cells.items():
            sheet.cell(row, headings.index(heading) + 1).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


# From template to decisions


def test_thirty_decisions_from_the_template(clerk: "Client") -> None:
    meeting = meeting_of(30)
    template = clerk.get(address(meeting, "meeting_template_xlsx"))
    assert template["Content-Disposition"] == 'attachment; filename="decisions-independent-2018-05-01.xlsx"'
    of_row = (
        {
            "outcome": "Agreed",
            "starts_on": datetime(2018, 9, 3),
            "conditions": "Transport\nis shared",
            "reasons": "special schools have no capacity; OTHER",
        },
        {"outcome": "declined", "note": "=The local school can meet the need"},
        {"outcome": "MORE_INFORMATION", "information_needed": "Advice", "due_on": "01/06/2018"},
        {"outcome": "Deferred"},
        {"outcome": " withdrawn "},
    )
    told = {row: of_row[row % 5] for row in range(2, 32)}
    for cells in told.values():
        cells.get("note", "").startswith("=") and cells.update(note="'" + cells["note"])  # type: ignore[attr-defined]
    before = held()
    page = check(clerk, meeting, file=upload("May.XLSX", filled(template.content, told)))
    assert "30 rows are ready: nothing is saved yet." in page
    assert "Save all 30 decisions" in page
    assert held() == before
    assert cell_of(page, 5) == (
        "Agreed, £36,000 a year from 3 September 2018. Each year: Core education fee £36,000. "
        "Conditions: Transport is shared. Reasons: Special schools have no capacity; Other."
    )

    response = save(clerk, meeting, page)
    assert response.status_code == 302
    assert "Saved: 30 decisions" in unescape(clerk.get(address(meeting, "meeting")).content.decode())
    decided = PanelDecision.objects.order_by("case_id")
    assert [each.case_id for each in decided] == [f"K{number:02d}" for number in range(1, 31)]
    assert {each.outcome for each in decided} == set(Outcome.values)
    agreed = decided[3]
    assert (agreed.value, agreed.value_basis, agreed.starts_on) == (36_000, "ANNUAL", date(2018, 9, 3))
    assert (agreed.conditions, agreed.reasons) == ("Transport\nis shared", ["CAPACITY", "OTHER"])
    assert decided[4].note == "=The local school can meet the need"
    assert AgreedCost.objects.count() == ExpectedPlacement.objects.count() == 6


def test_the_template_holds_undecided_cases_in_order_and_explains_itself(clerk: "Client") -> None:
    meeting = meeting_of(2)
    make_decision(case=meeting.items.all()[0].case, meeting_on=meeting.held_on)
    evil = ready_case("=1+1")
    make_agenda_item(meeting=meeting, case=evil)
    book = openpyxl.load_workbook(io.BytesIO(clerk.get(address(meeting, "meeting_template_xlsx")).content))
    sheet, columns = book.worksheets
    headings, *rows = sheet.iter_rows(values_only=True)
    assert headings[:6] == ("case", "need", "amount_asked", "outcome", "value", "value_basis")
    assert headings[-1] == "Transport"
    assert [row[0] for row in rows] == ["K02", "'=1+1"]
    assert rows[0][1:6] == ("ASD", 36_000, None, 36_000, "A full year")
    explained = {row[0]: row[1:] for row in columns.iter_rows(min_row=2, values_only=True)}
    assert tuple(explained) == headings
    assert explained["need"] == ("For information: not read.", None)
    assert "More information required (MORE_INFORMATION)" in explained["outcome"][1]

    as_csv = clerk.get(address(meeting, "meeting_template_csv"))
    assert as_csv["Content-Disposition"] == 'attachment; filename="decisions-independent-2018-05-01.csv"'
    assert as_csv.content.startswith(codecs.BOM_UTF8)
    first, *lines = list(csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    assert tuple(first) == headings
    assert [line[0] for line in lines] == ["K02", "'=1+1"]
    lines[1][headings.index("outcome")] = "Deferred"
    page = check(clerk, meeting, pasted(lines[1], headings=first))
    assert save(clerk, meeting, page).status_code == 302
    assert PanelDecision.objects.get(outcome="DEFERRED").case_id == "=1+1"


def test_rows_are_pasted(clerk: "Client") -> None:
    meeting = meeting_of(3)
    text = pasted(
        ("K01", *AGREED),
        (),
        ("K02", "MORE INFORMATION REQUIRED", "", "", "", "Advice, in\ntwo lines", "2018-06-01"),
        ("K03", "Declined", "", "", "It can be met locally."),
    )
    page = check(clerk, meeting, text)
    assert "3 rows are ready" in page
    assert cell_of(page, 4) == "More information required. Needed: Advice, in two lines. By 1 June 2018."
    assert save(clerk, meeting, page).status_code == 302
    assert PanelDecision.objects.get(case="K02").information_needed == "Advice, in\ntwo lines"


def test_parts_and_part_of_a_year(clerk: "Client") -> None:
    meeting = meeting_of(2)
    headings = (
        "Case",
        "Outcome",
        "Value",
        "Value basis",
        "Starts on",
        "Core education fee",
        "therapy",
        "TRANSPORT",
    )
    text = pasted(
        ("K01", "Agreed", "£38,400.50", "", "3/9/2018", "30000.50", "8,400", "9000"),
        ("K02", "Agreed", "12,000", "part of a year", "3/9/2018", "36,000", "", ""),
        headings=headings,
    )
    page = check(clerk, meeting, text)
    assert cell_of(page, 2) == (
        "Agreed, £38,400.50 a year from 3 September 2018. Each year: Core education fee £30,000.50, Therapy £8,400, "
        "Transport £9,000."
    )
    assert cell_of(page, 3).startswith("Agreed, £12,000 for part of a year")
    assert save(clerk, meeting, page).status_code == 302
    assert AgreedCost.objects.filter(decision__case="K01", kind="THERAPY").get().annual_amount == 8400


def test_an_agreement_as_asked_for_has_the_parts_of_the_request(clerk: "Client") -> None:
    meeting = meeting_of(1)
    case = meeting.items.get().case
    for kind, amount in (("CORE", 30_000), ("THERAPY", 6_000), ("TRANSPORT", 5_000)):
        make_requested_cost(case=case, kind=kind, annual_amount=amount)
    page = check(clerk, meeting, pasted(("K01", *AGREED)))
    assert "Core education fee £30,000, Therapy £6,000, Transport £5,000" in cell_of(page, 2)


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b'case,outcome,note\nK01,Deferred,"Time, ran out"\n', 2),
        ('\ufeffcase,outcome,note\r\nK01,Deferred,"Time, ran out"\r\n'.encode(), 2),
        (b"case;outcome;note\nK01;Deferred;Time, ran out\n", 2),
        (b"\n\nCASE\tOutcome\tnote\t\t\nK01\tDeferred\tTime, ran out\t\t\n\n", 4),
    ],
    ids=["commas", "byte order mark", "semicolons", "tabs, empty columns and rows"],
)
def test_csv(clerk: "Client", content: bytes, row: int) -> None:
    page = check(clerk, meeting_of(1), file=upload("may.csv", content))
    assert cell_of(page, row) == "Deferred. Rationale: Time, ran out."


# What is wrong with a file


def workbook(*rows: Sequence[Any], error_at: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    if error_at:
        book.worksheets[0][error_at].data_type = "e"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def bomb() -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b" " * 30_000_000)
    return saved.getvalue()


def with_padded_styles(more: int) -> bytes:
    """A right workbook with so many bytes more of styles, which take longer to read than all its cells."""
    right = workbook(("case", "outcome"), ("K01", "Deferred"))
    return changed(right, "xl/styles.xml", lambda styles: styles + b" " * more)


def changed(
    book: bytes, part: str, change: Callable[[bytes], bytes], added: Mapping[str, bytes] | None = None
) -> bytes:
    """The workbook with one of its parts changed, and others added."""
    saved = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as right,
        zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in right.namelist():
            content = right.read(name)
            archive.writestr(name, change(content) if name == part else content)
        for name, content in (added or {}).items():
            archive.writestr(name, content)
    return saved.getvalue()


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
  xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:automatic-styles>
  <style:style style:name="gone" style:family="table"><style:table-properties table:display="false"/></style:style>
  </office:automatic-styles><office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"""


def ods(*sheets: str) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format("".join(sheets)))
    return saved.getvalue()


def ods_sheet(name: str, *rows: str, style: str = "") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def ods_row(*cells: str, attributes: str = "") -> str:
    """A row of texts; a cell that is an element already stays one."""
    texts = (
        cell
        if cell.startswith("<")
        else f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
        for cell in cells
    )
    return f"<table:table-row {attributes}>{''.join(texts)}</table:table-row>"


NO_XLSX = "The file cannot be read as .xlsx: save it again from your spreadsheet."
UNCLOSED = (
    "Row {}: a quotation mark is not closed, or something follows it. Remove the mark, or write it twice."
)
REFUSED: list[tuple[str, bytes, str]] = [
    ("a.pdf", b"%PDF", "Choose a file that ends in .xlsx, .ods or .csv."),
    (
        "a.xls",
        b"\xd0\xcf\x11\xe0",
        "The file has a password or is an old .xls: save it as .xlsx without a password.",
    ),
    (
        "a.xlsx",
        b"\xd0\xcf\x11\xe0",
        "The file has a password or is an old .xls: save it as .xlsx without a password.",
    ),
    ("a.xlsx", b"PK no archive", NO_XLSX),
    ("a.ods", b"PK no archive", NO_XLSX.replace(".xlsx", ".ods")),
    (
        "a.xlsx",
        bomb(),
        "The workbook holds more than 8 MB once unpacked: copy the rows into a new one, or paste them.",
    ),
    (
        "a.xlsx",
        with_padded_styles(3_000_000),
        "The workbook holds more than 2 MB of styles or other parts beside its cells: copy the rows into a new one, or "
        "paste them.",
    ),
    (
        "a.ods",
        ods(ods_sheet("Old", ods_row("case", "outcome"), style="gone")),
        "Every sheet of the file is hidden: show the one with the decisions.",
    ),
    (
        "a.ods",
        ods(
            ods_sheet(
                "A", ods_row("case", "outcome"), ods_row("K01", '<table:table-cell table:formula="of:=1"/>')
            )
        ),
        "Row 2: a formula has no stored value. Open the file in your spreadsheet and save it there.",
    ),
    (
        "a.xlsx",
        workbook(("case", "outcome", "value"), ("K01", "Deferred", ""), ("K02", "Agreed", "=36000+0")),
        "Row 3: the formula in cell C3 has no stored value. Open the file in your spreadsheet and save it there.",
    ),
    ("a.csv", b"x" * (2 * 1024 * 1024 + 1), "The file is larger than 2 MB."),
    ("a.csv", b"case,outcome\n" + b"x" * 500_000, "The file holds more than 500,000 characters."),
    (
        "a.csv",
        "case,outcome,value\nK01,Agreed,£36000".encode("latin-1"),
        "The file is not in UTF-8: save it as “CSV UTF-8”, or as .xlsx, and choose it again.",
    ),
    (
        "a.csv",
        "case,outcome\nK01,Café\n".encode() + "K02,Café".encode("latin-1"),
        "Line 3: The line is not UTF-8, and lines before it are.",
    ),
    (
        "a.csv",
        "case,outcome\nK01,Agreed".encode("utf-16"),
        "The file is “Unicode text” (UTF-16): save it as “CSV UTF-8”.",
    ),
    ("a.csv", b"PK\x03\x04", "The file is a spreadsheet: save it as “CSV UTF-8”."),
    (
        "a.csv",
        b"case,outcome\nK01,\0",
        "Line 2: There is a NUL character: the file is damaged or is not text.",
    ),
    ("a.csv", b'case,outcome\n"K01,Agreed', UNCLOSED.format(2)),
    (
        "a.csv",
        b'case,outcome,note\nK01,Deferred,x\nK02,Deferred,"No" is no\nK03,Deferred,x',
        UNCLOSED.format(3),
    ),
    (
        "a.csv",
        b"K01,Agreed\nK02,Agreed",
        "The first row must name the columns, including “case” and “outcome”.",
    ),
    (
        "a.csv",
        b"case,outcome,Cost\nK01",
        "The column “Cost” is not recognised. Use the columns in the template.",
    ),
    ("a.csv", b"case,outcome,OUTCOME\nK01", "The column “outcome” is there twice."),
    ("a.csv", b"case,outcome\n,\n", "There are no rows under the headings."),
    ("a.csv", b"case,outcome\nK01,Agreed,x", "Row 2 has more cells than there are headings."),
    ("a.csv", b"case,outcome" + b"\nK,x" * 501, "There are more than 500 rows: enter them in batches."),
    (
        "a.csv",
        b"\n" * 9 + b"case,outcome" + b"\nK,x" * 501,
        "There are more than 500 rows: enter them in batches.",
    ),
    ("a.csv", b"", "The submitted file is empty."),
    ("a.xlsx", workbook(), "The first row must name the columns, including “case” and “outcome”."),
    (
        "a.xlsx",
        workbook(("case", "outcome"), *[("K", "x")] * 501),
        "There are more than 500 rows: enter them in batches.",
    ),
    (
        "a.xlsx",
        workbook(("case", "outcome"), ("K01", "#REF!"), error_at="B2"),
        "Row 2: the formula in cell B2 gives an error. Correct it first.",
    ),
]


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED, ids=[each[2][:40] for each in REFUSED])
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    clerk: "Client", name: str, content: bytes, sentence: str
) -> None:
    assert said(check(clerk, meeting_of(1), file=upload(name, content))) == sentence


def test_a_small_file_of_millions_of_cells_is_read_in_no_time(clerk: "Client") -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(("case", "outcome"))
    sheet.append(("K01", "Deferred"))
    for row in range(3, 500):
        sheet.cell(row, 16_384, "x")
    saved = io.BytesIO()
    book.save(saved)
    page = check(clerk, meeting_of(1), file=upload("a.xlsx", saved.getvalue()))
    assert cell_of(page, 2) == "Deferred."


# How workbooks grow in offices


def book_of(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


DEFERRED = (("case", "outcome"), ("K01", "Deferred"))


def test_the_first_visible_sheet_with_the_columns_is_read_and_named(clerk: "Client") -> None:
    """Before it: a hidden one with other decisions, a chart, and notes with a formula that gives an error."""
    book = book_of(
        ("Old", (("case", "outcome"), ("K01", "Withdrawn"))),
        ("Notes", (("For the panel", "=1/0"),)),
        ("May", DEFERRED),
        ("Later", (("case", "outcome"), ("K01", "Withdrawn"))),
    )
    book["Old"].sheet_state = "veryHidden"
    book["Notes"]["B1"].data_type = "e"
    book.create_chartsheet("Chart", 0)
    page = check(clerk, meeting_of(1), file=upload("a.xlsx", saved(book)))
    assert cell_of(page, 2) == "Deferred."
    assert "Sheet “May”. 1 row is ready" in unescape(page)


def test_hidden_and_filtered_rows_are_marked_in_every_preview(clerk: "Client") -> None:
    for _ in range(6):
        make_cost_line(
            placement=make_placement(plan=make_plan(primary_need="ASD"), starts_on=date(2017, 4, 1))
        )
    meeting = meeting_of(3)
    make_agenda_item(meeting=meeting, case=_cheap())
    rows = [HEADINGS, *((f"K0{n}", "Deferred") for n in (1, 2, 3)), ("cheap", "Agreed", 360, "03/09/2018")]
    book = book_of(("Decisions", rows))
    for number in (3, 4):
        book["Decisions"].row_dimensions[number].hidden = True
    page = check(clerk, meeting, file=upload("a.xlsx", saved(book)))
    refused = save(clerk, meeting, page).content.decode()
    for shown in (page, refused):
        assert "Sheet “Decisions”, of which 2 rows are hidden or filtered out. 4 rows are ready" in unescape(
            shown
        )
        marked = [number for number in range(2, 6) if "Hidden in the file" in cell_of(shown, number)]
        assert marked == [3, 4]


def test_rows_under_a_title_keep_their_numbers(clerk: "Client") -> None:
    book = book_of(("Decisions", ((), (), *DEFERRED)))
    page = check(clerk, meeting_of(1), file=upload("a.xlsx", saved(book)))
    assert cell_of(page, 4) == "Deferred."


@pytest.mark.parametrize(
    "content",
    [
        with_padded_styles(1_000_000),
        changed(
            workbook(*DEFERRED),
            "",
            bytes,
            {"xl/embeddings/Letter.docx": bytes(5_000_000), "xl/media/a.emf": bytes(5_000_000)},
        ),
    ],
    ids=["styles", "embedded documents"],
)
def test_what_a_workbook_holds_beside_its_cells_is_no_reason_to_refuse_it(
    clerk: "Client", content: bytes
) -> None:
    assert cell_of(check(clerk, meeting_of(1), file=upload("a.xlsx", content)), 2) == "Deferred."


def test_ods(clerk: "Client") -> None:
    """Cells and rows that are meant several times, typed values, a hidden sheet and a filtered row."""
    meeting = meeting_of(2)
    typed = (
        '<table:table-cell office:value-type="{}" office:{}="{}"><text:p>as shown</text:p></table:table-cell>'
    )
    number = typed.format("currency", "value", "36000")
    day = typed.format("date", "date-value", "2018-09-03")
    empty = '<table:table-cell table:number-columns-repeated="1000000"/>'
    lines = (
        '<table:table-cell office:value-type="string"><text:p>One<text:s text:c="2"/>line<office:annotation>'
        "<text:p>no</text:p></office:annotation></text:p><text:p>Two</text:p></table:table-cell>"
    )
    content = ods(
        ods_sheet("Old", ods_row("case", "outcome"), ods_row("K01", "Withdrawn"), style="gone"),
        ods_sheet(
            "Mai &amp; Juni",
            ods_row("case", "outcome", "value", "starts_on", "conditions", empty),
            ods_row("K01", "Agreed", number, day, lines, empty),
            ods_row("K02", "Deferred", empty, attributes='table:visibility="filter"'),
            ods_row(empty, attributes='table:number-rows-repeated="1048000"'),
        ),
    )
    page = check(clerk, meeting, file=upload("Decisions.ODS", content))
    assert "Sheet “Mai & Juni”, of which 1 row is hidden" in unescape(page)
    assert cell_of(page, 2) == (
        "Agreed, £36,000 a year from 3 September 2018. Each year: Core education fee £36,000. "
        "Conditions: One line Two."
    )
    assert cell_of(page, 3) == "Hidden in the file, or filtered out of it. Deferred."
    assert save(clerk, meeting, page).status_code == 302
    assert PanelDecision.objects.get(case="K01").conditions == "One  line\nTwo"


def test_rows_keep_their_numbers_under_empty_ones(clerk: "Client") -> None:
    """An empty row of .ods is an empty line: left out, it once moved every number, but not those of hidden rows."""
    content = ods(
        ods_sheet(
            "A",
            ods_row("", attributes='table:number-rows-repeated="2"'),
            ods_row("case", "outcome"),
            ods_row("K01", "Deferred"),
            ods_row("K02", "Deferred", attributes='table:visibility="collapse"'),
            ods_row("K03", "Nonsense"),
        )
    )
    meeting = meeting_of(2)
    page = check(clerk, meeting, file=upload("a.ods", content))
    for again in (page, check(clerk, meeting, rows_in_the_box(page))):
        assert cell_of(again, 4) == "Deferred."
        assert cell_of(again, 5).endswith("Deferred.")
        assert cell_of(again, 6).startswith("Error:")
    assert "Hidden in the file" not in cell_of(page, 4)
    assert "Hidden in the file" in cell_of(page, 5)


def rows_in_the_box(page: str) -> str:
    """What a browser has in the box for rows: it leaves out one line break at the beginning."""
    box = re.search(r'<textarea[^>]*name="rows"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert box
    return unescape(box[1]).removeprefix("\n")


@pytest.mark.parametrize(
    "written",
    [
        *("03/09/2018", "3/9/18", "3-9-2018", "03.09.18", "2018-09-03", "2018-09-03 00:00:00"),
        *("3 September 2018", "3 Sep 18", "3-Sep-18", "03-SEP-2018", "3rd September 2018", "3 Sept 2018"),
        *("Monday 3 September 2018", "Mon, 3rd Sep 2018"),
    ],
)
def test_days_are_read_as_people_write_them(clerk: "Client", written: str) -> None:
    page = check(clerk, meeting_of(1), pasted(("K01", "Agreed", "36,000", written)))
    assert cell_of(page, 2).startswith("Agreed, £36,000 a year from 3 September 2018.")


@pytest.mark.parametrize("first", ["", "Total", "TOTALS:", "Grand total"])
def test_a_row_of_totals_is_named(clerk: "Client", first: str) -> None:
    page = check(clerk, meeting_of(1), pasted(("K01", *AGREED), (), (first, "", "36,000")))
    assert cell_of(page, 4) == "Error: This is a row of totals and not a case: delete it."
    assert said(page) == "Row 4: This is a row of totals and not a case: delete it."


def test_what_is_unlikely_is_marked_and_the_tick_is_kept(clerk: "Client") -> None:
    meeting = meeting_of(1)
    page = check(clerk, meeting, pasted(("K01", "Agreed", "36,000", "04/01/1927")))
    sentence = "It is to run from 4 January 1927, more than a year before the decision of 1 May 2018."
    assert f"Check: {sentence}" in cell_of(page, 2)
    refused = save(clerk, meeting, page).content.decode()
    assert not Confirmation.objects.exists()
    assert save(clerk, meeting, refused, confirmed="on").status_code == 302
    assert Confirmation.objects.get(case="K01").sentence == sentence


def test_one_of_file_and_rows_is_needed(clerk: "Client") -> None:
    meeting = meeting_of(1)
    assert said(check(clerk, meeting)) == "Choose a file or paste rows."
    both = check(clerk, meeting, pasted(("K01", "Deferred")), file=upload("a.csv", b"case"))
    assert said(both) == "Choose a file or paste rows, not both."


# What is wrong with a row


ONE_OF = "Write one of: Agreed; Declined; More information required; Deferred; Withdrawn."
DAY = "Enter a day such as 31/03/2019 or 2019-03-31."
WRONG: list[tuple[dict[str, str], str]] = [
    ({"case": "", "outcome": "Deferred"}, "case: Name the case."),
    ({"case": "K99"}, "There is no case K99 on the agenda of this meeting."),
    ({"case": "elsewhere"}, "There is no case elsewhere on the agenda of this meeting."),
    ({"outcome": ""}, f"outcome: {ONE_OF} To leave the case undecided, delete the row."),
    ({"outcome": "Agred"}, f"outcome: {ONE_OF}"),
    ({"value": ""}, "value: Enter the value that was agreed."),
    ({"value": "-1"}, "value: Enter pounds and pence such as 1234.50, 1,234.50 or £1,234.50, 0 or more."),
    ({"value_basis": "half"}, "value_basis: Write one of: A full year; Part of a year."),
    ({"starts_on": ""}, "starts_on: Enter the date it is to start."),
    ({"starts_on": "31/02/2018"}, f"starts_on: {DAY}"),
    ({"review_on": "3/9"}, f"review_on: {DAY}"),
    ({"review_on": "01/05/2018"}, "review_on: Enter a date after 1 May 2018."),
    (
        {"value": "38,400"},
        "The value differs from the request, £36,000 a year. Fill in the columns for its parts, or enter this case on "
        "its own page.",
    ),
    (
        {"Therapy": "40"},
        "The parts come to £40.00 a year, but the value is £36,000.00: make them agree.",
    ),
    ({"outcome": "Declined"}, "note: Enter why it was declined: the family is told."),
    (
        {"outcome": "More information required"},
        "information_needed: Enter what is needed. due_on: Enter the date it is needed by.",
    ),
    (
        {"reasons": "Capacity; One-to-one"},
        "reasons: Write some of these, separated by semicolons: Local schools cannot meet the complexity of need; "
        "Special schools have no capacity; Other.",
    ),
    (
        {"note": "<script>"},
        'note: Use plain words: what follows "<" looks like web page code.',
    ),
    ({"conditions": "x" * 2001}, "conditions: Use at most 2,000 characters: these are 2001."),
]


@pytest.mark.parametrize(("told", "sentence"), WRONG, ids=[str(each[0])[:40] for each in WRONG])
def test_what_is_wrong_is_said_at_the_row(clerk: "Client", told: dict[str, str], sentence: str) -> None:
    meeting = meeting_of(2)
    ready_case("elsewhere")
    row = {"case": "K01", "outcome": "Agreed", "value": "36000", "starts_on": "3/9/2018"} | told
    page = check(
        clerk,
        meeting,
        pasted([row.get(name, "") for name in row], ["K02", "Deferred"], headings=list(row)),
    )
    assert cell_of(page, 2).replace("Error: ", "") == sentence
    assert "1 row is ready, 1 has errors: nothing is saved until all are correct." in page
    assert 'href="#row-2"' in page
    assert "Save all" not in page


def test_a_case_named_twice_or_decided_already(clerk: "Client") -> None:
    meeting = meeting_of(2)
    make_decision(case=meeting.items.all()[1].case, meeting_on=meeting.held_on, outcome="DEFERRED")
    page = check(clerk, meeting, pasted(("K01", "Deferred"), ("K01", "Withdrawn"), ("K02", "Withdrawn")))
    assert cell_of(page, 2) == "Deferred."
    assert cell_of(page, 3) == "Error: Case K01 is already on row 2."
    assert "This case was already decided on that day." in cell_of(page, 4)


def test_many_errors_are_summed_up(clerk: "Client") -> None:
    page = check(clerk, meeting_of(1), pasted(*[(f"Z{number}", "Deferred") for number in range(15)]))
    assert said(page).endswith("5 more rows have errors.")


def test_without_a_quorum_nothing_is_ready(clerk: "Client") -> None:
    meeting = meeting_of(1)
    meeting.members.all().delete()
    page = check(clerk, meeting, pasted(("K01", "Deferred")))
    assert "2 members must decide case K01" in cell_of(page, 2)


# All or nothing


def test_one_wrong_row_and_none_is_saved(clerk: "Client") -> None:
    meeting = meeting_of(3)
    text = pasted(("K01", *AGREED), ("K02", "Deferred"), ("K03", "Declined"))
    before = held()
    page = check(clerk, meeting, text)
    assert "2 rows are ready, 1 has errors" in page
    response = clerk.post(address(meeting), {"rows": text, "seen": "", "save": "all"})
    assert response.status_code == 200
    assert held() == before


def test_what_was_changed_meanwhile_is_shown_again_and_nothing_saved(clerk: "Client") -> None:
    meeting = meeting_of(2)
    page = check(clerk, meeting, pasted(("K01", *AGREED), ("K02", "Deferred")))
    make_decision(case=meeting.items.all()[1].case, meeting_on=meeting.held_on, outcome="WITHDRAWN")
    before = held()
    again = save(clerk, meeting, page).content.decode()
    assert said(again).startswith("Something has changed since you opened this list. Nothing was saved.")
    assert "This case was already decided on that day." in cell_of(again, 3)
    assert held() == before


def test_other_parts_of_the_request_meanwhile_are_a_change(clerk: "Client") -> None:
    meeting = meeting_of(1)
    page = check(clerk, meeting, pasted(("K01", *AGREED)))
    make_requested_cost(case=meeting.items.get().case, kind="THERAPY", annual_amount=36_000)
    again = save(clerk, meeting, page).content.decode()
    assert "Nothing was saved." in said(again)
    assert "Therapy £36,000" in cell_of(again, 2)
    assert save(clerk, meeting, again).status_code == 302
    assert AgreedCost.objects.get().kind == "THERAPY"


def test_unusual_values_need_one_tick(clerk: "Client") -> None:
    for _ in range(6):
        make_cost_line(
            placement=make_placement(plan=make_plan(primary_need="ASD"), starts_on=date(2017, 4, 1))
        )
    meeting = meeting_of(1)
    make_agenda_item(meeting=meeting, case=_cheap())
    text = pasted(("K01", *AGREED), ("cheap", "Agreed", "360", "03/09/2018"))
    page = check(clerk, meeting, text)
    assert "Check:" not in cell_of(page, 2)
    assert "£360 is well outside the usual range for ASD" in cell_of(page, 3)
    assert "What is marked “Check” is correct" in unescape(page)
    before = held()
    refused = save(clerk, meeting, page).content.decode()
    assert said(refused) == "Confirm that what is marked “Check” is correct, or correct it."
    assert held() == before
    assert save(clerk, meeting, refused, confirmed="on").status_code == 302
    assert PanelDecision.objects.get(case="cheap").value == 360


def _cheap() -> Any:
    case = ready_case("cheap")
    case.annual_cost = Decimal(360)
    case.save()
    return case


def test_additional_funding_raises_the_placements_cost(clerk: "Client") -> None:
    meeting = meeting_of(0, panel="ADDITIONAL_FUNDING")
    line = make_cost_line()
    case = make_case(
        case_id="F1",
        panel="ADDITIONAL_FUNDING",
        child=line.placement.plan.child,
        ready_on=date(2018, 4, 20),
        annual_cost=5_000,
    )
    make_requested_cost(case=case, kind="ONE_TO_ONE", annual_amount=5_000)
    make_agenda_item(meeting=meeting, case=case)
    page = check(clerk, meeting, pasted(("F1", "Agreed", "5000", "03/09/2018")))
    assert line.placement.cost_lines.count() == 1
    assert save(clerk, meeting, page).status_code == 302
    assert line.placement.cost_lines.filter(kind="ONE_TO_ONE").get().annual_amount == 5_000


# Bounds


def test_nothing_of_a_file_stays(clerk: "Client", tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    meeting = meeting_of(1)
    before = held()
    check(clerk, meeting, file=upload("a.csv", b"case,outcome,note\nK01,Deferred,Private\n" + b"," * 1_000))
    assert held() == before
    assert list(tmp_path.iterdir()) == []
    assert "Private" not in str(dict(clerk.session))


def test_statements_grow_with_the_rows_alone(clerk: "Client") -> None:
    counted = []
    for place, cases in enumerate((1, 11)):
        meeting = meeting_of(0, held_on=date(2018, 5, 1 + place))
        keys = [f"M{place}-{number}" for number in range(cases)]
        for key in keys:
            make_agenda_item(meeting=meeting, case=ready_case(key))
        text = pasted(*[(key, *AGREED) for key in keys])
        with CaptureQueriesContext(connection) as statements:
            page = check(clerk, meeting, text)
        assert "Save" in page
        counted.append(len(statements))
    one, eleven = counted
    assert one <= 90
    assert (eleven - one) / 10 <= 75  # what recording one agreement costs


def test_the_form_costs_few_statements(clerk: "Client") -> None:
    meeting = meeting_of(3)
    with CaptureQueriesContext(connection) as statements:
        clerk.get(address(meeting))
    assert len(statements) <= 12


ANY_ROW = st.lists(
    st.text(max_size=12) | st.sampled_from(["K01", "Agreed", "36000", "3/9/2018", '"', "'="]), max_size=9
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(max_size=200)
    | st.lists(ANY_ROW, max_size=4).map(lambda rows: pasted(*rows))
    | st.lists(ANY_ROW, max_size=4).map(
        lambda rows: "\t".join(HEADINGS) + "\n" + "\n".join("\t".join(row) for row in rows)
    )
)
def test_any_text_is_answered(clerk: "Client", any_meeting: PanelMeeting, text: str) -> None:
    response = clerk.post(address(any_meeting), {"rows": text})
    assert response.status_code == 200
    assert clerk.post(address(any_meeting), {"rows": text, "save": "all"}).status_code == 200


@pytest.fixture
def any_meeting() -> PanelMeeting:
    return meeting_of(2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200) | st.binary(max_size=200).map(b"PK\x03\x04".__add__),
    name=st.sampled_from(["a.xlsx", "a.ods", "a.csv"]),
)
def test_any_file_is_answered(clerk: "Client", any_meeting: PanelMeeting, content: bytes, name: str) -> None:
    response = clerk.post(address(any_meeting), {"file": upload(name, content)})
    assert response.status_code == 200
