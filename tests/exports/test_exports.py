"""Lists as files: both formats hold what the page shows, run no formulas, take little memory, and are in the trail."""

import codecs
import csv
import io
import re
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.signals import request_finished
from django.db import InternalError, close_old_connections, connection, transaction
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import localdate
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape as without_escapes

from placements.models import LedgerPosting
from sen_dashboard.accounts.models import Export, User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.accounts.services import note_export
from sen_dashboard.core.cells import FORMULA_STARTS
from sen_dashboard.exports import workbook
from sen_dashboard.exports.downloads import Download, answer, of_table
from sen_dashboard.records.lists import LISTS
from tests.factories import make_cost_line, make_placement, make_plan, make_posting, make_user
from tests.kpi_pages.test_pages import words
from tests.site_map import FILES, NUMBER, make_everything, site_map

DAY = date(2019, 3, 31)
FORMS = ("csv", "xlsx")
OTHER_FILES = {"kpi_chart", "kpi_json", "report_file", "meeting_template_csv", "meeting_template_xlsx"}
OTHER_FILES |= {"finance_schools_file"}  # all schools of Finance's home, which shows ten

Rows = list[list[Any]]


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """As in Django's test client: the end of an answer does not close the connection of the test."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def csv_rows(response: Any) -> Rows:
    """The rows of a CSV file, which begins with a byte-order mark: Excel would otherwise show "Zoë" as "ZoÃ«"."""
    content = response.getvalue()
    assert content.startswith(codecs.BOM_UTF8)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(content: bytes) -> list[Rows]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book]


def xlsx_rows(response: Any) -> Rows:
    (sheet,) = sheets(response.getvalue())
    return sheet


def is_same(in_csv: str, in_xlsx: Any) -> bool:
    """Whether a cell of both files holds the same."""
    if in_xlsx is None:
        return in_csv == ""
    if isinstance(in_xlsx, datetime):
        return in_csv == in_xlsx.date().isoformat()
    if isinstance(in_xlsx, int | float):
        return float(in_csv) == pytest.approx(in_xlsx)
    return in_csv == without_escapes(in_xlsx)


def routes(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    """The end of every address, with its name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns)
        else:
            yield str(pattern.pattern), str(pattern.name)


@pytest.mark.django_db
class TestEveryList:
    def test_every_address_that_ends_like_a_file_is_walked(self) -> None:
        found = {name for route, name in routes(get_resolver().url_patterns) if "." in route}
        assert found == set(FILES.values()) | OTHER_FILES

    def test_both_files_hold_the_list_of_the_page_and_are_in_the_trail(self, client: Client) -> None:
        make_everything()
        person = make_user(*Role)
        client.force_login(person)
        for name in FILES:
            for address in site_map()[name]:
                self.walk(client, name, address, person)

    def walk(self, client: Client, name: str, address: str, person: User) -> None:
        page = client.get(address)
        links = re.findall(r'href="([^"]+)" download>', page.content.decode())
        table = page.context["placements" if name == "school" else "table"]
        if not links:
            by_button = 'formaction="' in page.content.decode()  # what is for the public
            assert by_button or not table.rows, address
            return
        asked = [unescape(link) for link in links]
        assert [re.search(r"\.(\w+)\?|\.(\w+)$", link).group(0).strip(".?") for link in asked] == list(FORMS)
        before = Export.objects.count()
        texts, cells = csv_rows(client.get(asked[0])), xlsx_rows(client.get(asked[1]))
        notes = Export.objects.order_by("pk")[before:]
        assert [(note.form, note.who) for note in notes] == [("CSV", person), ("XLSX", person)], address
        assert len({(note.what, note.filters) for note in notes}) == 1
        if name != "exports":  # the file saved first is in the one saved after it
            assert len(texts) == len(cells) == 1 + len(table.rows) == 1 + notes[0].rows == 1 + notes[1].rows
        assert all(map(is_same, texts[-1], cells[-1])), (address, texts[-1], cells[-1])
        assert texts[0] == cells[0]

    def test_what_is_no_list_is_in_the_trail_too(self, client: Client) -> None:
        make_everything()
        client.force_login(make_user(*Role))
        for address in (
            reverse("kpi_json", args=["capacity"]),
            reverse("meeting_template_csv", args=[NUMBER]),
            reverse("meeting_template_xlsx", args=[NUMBER]),
        ):
            before = Export.objects.count()
            assert client.get(address).status_code == 200
            assert Export.objects.count() == before + 1, address

    @pytest.mark.parametrize("form", FORMS)
    def test_files_keep_the_filters_and_the_order_of_the_page(self, signed_in: Client, form: str) -> None:
        make_posting(month=date(2019, 3, 1))
        for number, need in enumerate(["SEMH", "ASD", "SEMH", "SEMH"]):
            placement = make_placement(placement_id=f"P{number}", plan=make_plan(primary_need=need))
            make_cost_line(placement=placement, annual_amount=30_000 + number)
        query = "list-need=SEMH&sort=-annual_cost"
        page = signed_in.get(f"/kpis/ehcp_share/records/inmss_children/?{query}").content.decode()
        response = signed_in.get(f"/kpis/ehcp_share/records/inmss_children.{form}?{query}")
        head, *rows = (csv_rows if form == "csv" else xlsx_rows)(response)
        assert [row[0] for row in rows] == re.findall(r">(P\d)</a>", page) == ["P3", "P2", "P0"]
        assert (head[-1], rows[0][-1]) == ("filtered", "Primary need: Social, emotional and mental health")
        assert f"filtered.{form}" in response["Content-Disposition"]
        note = Export.objects.get()
        assert (note.what, note.filters) == (
            "Children in INMSS, 31 March 2019",
            "Primary need: Social, emotional and mental health",
        )

    @pytest.mark.parametrize("form", FORMS)
    def test_what_is_refused_is_no_export(self, signed_in: Client, form: str) -> None:
        for address in (
            f"/kpis/capacity.{form}?as_at=soon",
            f"/kpis/ehcp_share/records/inmss_children.{form}?list-need=NONE",
            f"/panel/queues/ready.{form}?list-need=NONE",
            f"/audit/readings.{form}",
            f"/people.{form}",
        ):
            assert signed_in.get(address).status_code in (400, 403), address
        assert signed_in.head(f"/kpis/capacity.{form}").status_code == 405
        assert not Export.objects.exists()

    @pytest.mark.usefixtures("kept_connection")
    def test_a_download_that_is_broken_off_lets_go_of_its_cursor(self, rf: RequestFactory) -> None:
        insert_postings(5_000)
        response = answer(request_of(rf), "csv", postings())
        parcels = iter(response)
        assert next(parcels).count(b"\n") == 1  # the headings, before PostgreSQL has found anything
        assert open_cursors() == 0
        assert next(parcels)
        assert open_cursors() == 1
        response.close()
        assert open_cursors() == 0
        assert Export.objects.get().rows == 5_000


@pytest.mark.django_db
class TestTrail:
    @pytest.mark.parametrize(
        "statement", ["UPDATE accounts_export SET what = ''", "DELETE FROM accounts_export"]
    )
    def test_postgresql_refuses_to_change_or_remove_an_export(self, statement: str) -> None:
        note_export(by=make_user(Role.OFFICER), what="Plans", form=Export.Form.CSV, rows=1)
        with (
            pytest.raises(InternalError, match="Cannot update or delete rows"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_the_auditor_finds_exports_by_person_words_format_and_day(self, client: Client) -> None:
        ann, ben = make_user(Role.OFFICER, first_name="Ann"), make_user(Role.OFFICER, first_name="Ben")
        note_export(
            by=ann, what="Plans, 31 March 2019", form=Export.Form.CSV, filters=["Panel: SEN"], rows=1_200
        )
        note_export(by=ben, what="Monthly report", form=Export.Form.PDF)
        client.force_login(make_user(Role.AUDITOR))
        page = words(client.get("/audit/exports/"))
        assert "2 exports." in page
        assert f"{ben} Monthly report none PDF a report" in page
        assert f"{ann} Plans, 31 March 2019 Panel: SEN CSV 1,200" in page
        tomorrow = localdate() + timedelta(days=1)
        for query, number in (
            (f"who={ann.pk}", 1),
            ("words=plans", 1),
            ("words=panel", 1),
            ("form=PDF", 1),
            ("form=XLSX", 0),
            (f"first={tomorrow:%d/%m/%Y}", 0),
        ):
            assert f"{number} export" in words(client.get(f"/audit/exports/?{query}")), query
            (head, *rows) = csv_rows(
                client.get(f"/audit/exports.csv?{query}&last={localdate():%d/%m/%Y}&who={ann.pk}")
            )
            assert head == ["at", "who", "what", "filters", "form", "rows_asked", "filtered"]
            assert all(row[1] == str(ann) for row in rows)
        for query in ("first=never", "who=999999", "words=%00", "form=DOC"):
            assert client.get(f"/audit/exports/?{query}").status_code == 400
            assert client.get(f"/audit/exports.csv?{query}").status_code == 400

    def test_a_file_of_exports_counts_what_it_holds(self, client: Client) -> None:
        client.force_login(make_user(Role.AUDITOR))
        for number in range(3):
            assert len(csv_rows(client.get("/audit/exports.csv"))) == 1 + number
        assert list(Export.objects.order_by("pk").values_list("rows", flat=True)) == [0, 1, 2]


# What is in a file


def made(rows: Rows, **told: Any) -> bytes:
    """A workbook of the rows as a download makes it."""
    file = io.BytesIO()
    workbook.write_workbook(file, iter(rows), **{"title": "", "comments": "", "pounds": ()} | told)
    return file.getvalue()


class TestWorkbook:
    def test_values_keep_their_kinds(self) -> None:
        row = ["P1", 12, Decimal("36082.1"), 7.25, date(2018, 9, 1), None, "0123"]
        content = made(
            [["key", "age", "cost", "pct", "day", "to", "urn"], row],
            pounds={"cost"},
            title="Plans, 1 May 2019",
        )
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book.worksheets[0]
        assert [cell.value for cell in sheet[2]] == [
            "P1",
            12,
            36082.1,
            7.25,
            datetime(2018, 9, 1),
            None,
            "0123",
        ]
        assert sheet["C2"].number_format == "£#,##0.00"
        assert sheet["D2"].number_format == "General"
        assert sheet["E2"].number_format == "d mmm yyyy"
        assert all(cell.font.bold for cell in sheet[1])
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:G2")
        assert sheet.column_dimensions["E"].width > 12
        assert book.properties.title == "Plans, 1 May 2019"

    def test_a_list_longer_than_a_sheet_goes_on_in_another(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbook, "MOST_ROWS", 3)
        found = sheets(made([["key"], *([number] for number in range(5))]))
        assert found == [[["key"], [0], [1]], [["key"], [2], [3]], [["key"], [4]]]

    def test_a_list_of_nothing_has_its_headings(self) -> None:
        assert sheets(made([["key", "day"]])) == [[["key", "day"]]]

    def test_a_text_is_cut_where_a_cell_ends(self) -> None:
        ((_, (text,)),) = sheets(made([["text"], ["x" * 40_000]]))
        assert text == "x" * 32_767


some_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
beginnings = st.sampled_from(["", *FORMULA_STARTS, "<r>", "http://", "_x0041_", " "])


@pytest.mark.django_db
class TestNothingRuns:
    @pytest.mark.usefixtures("kept_connection")
    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @example(text="=1+1")
    @example(text="<r><t>rich</t></r>")
    @example(text="mailto:a@b")
    @given(text=st.builds(str.__add__, beginnings, some_text))
    def test_a_text_is_read_back_as_text_and_never_as_a_formula(self, text: str) -> None:
        in_csv, in_xlsx = read_back(text)
        for found in (in_csv, in_xlsx):
            assert found in (text, f"'{text}")
            assert not found.startswith(FORMULA_STARTS)


def read_back(text: str) -> tuple[str, str]:
    """The text from the CSV file and from the workbook of a list that holds it."""
    if not User.objects.filter(username="reader").exists():
        User.objects.create_user("reader")
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="reader")
    found = [
        answer(request, form, Download("Texts", "texts", 1, iter([["text", "end"], [text, "."]])))
        for form in FORMS
    ]
    (_, (in_csv, _)), content = csv_rows(found[0]), found[1].getvalue()
    for response in found:
        response.close()
    cell = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["A2"]
    assert cell.data_type != "f"
    assert cell.hyperlink is None
    return in_csv, without_escapes(cell.value or "")


# Memory


def insert_postings(number: int) -> None:
    """So many more postings of the ledger."""
    held = LedgerPosting.objects.count()
    posting = LedgerPosting.objects.first() or make_posting(month=date(2019, 3, 1), reference="R1")
    first, last = max(held, 1) + 1, held + number
    fields = [field.attname for field in LedgerPosting._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join("'R' || n" if name == "reference" else name for name in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO placements_ledgerposting ({', '.join(fields)}) "
            f"SELECT {chosen} FROM placements_ledgerposting, generate_series(%s, %s) AS n WHERE id = %s",
            [first, last, posting.pk],
        )


def postings() -> Download:
    kind = LISTS[LedgerPosting]
    table = kind.table(kind.prepare(LedgerPosting.objects.all(), DAY), as_at=DAY)
    return of_table(table, what="Postings", name="postings", day=DAY)


def request_of(rf: RequestFactory) -> Any:
    request = rf.get("/")
    request.user = make_user(Role.OFFICER)
    return request


def open_cursors() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '_django%%'")
        return cursor.fetchone()[0]


def saved(rf: RequestFactory, form: str) -> int:
    """The bytes of a file that nobody keeps."""
    response = answer(request_of(rf), form, postings())
    size = sum(map(len, response))
    response.close()
    return size


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("form", FORMS)
def test_memory_does_not_grow_with_the_rows(rf: RequestFactory, form: str) -> None:
    peaks, sizes = [], []
    insert_postings(4_000)
    for _ in range(2):
        tracemalloc.start()
        sizes.append(saved(rf, form))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        insert_postings(12_000)
    assert sizes[1] > 3 * sizes[0]
    assert peaks[1] < 1.2 * peaks[0]


@pytest.mark.assurance
@pytest.mark.django_db
@pytest.mark.usefixtures("kept_connection")
@pytest.mark.parametrize("form", FORMS)
def test_a_million_rows_are_saved_in_bounded_memory(
    rf: RequestFactory, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the whole process, as Linux counts it while the rows are read."""
    insert_postings(20_000)
    few = watched(rf, form, monkeypatch)
    insert_postings(1_000_000)
    many = watched(rf, form, monkeypatch)
    assert many < few + 50


def watched(rf: RequestFactory, form: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """The most megabytes held while a file is made."""
    most = 0.0
    read: Callable[..., Iterator[list[Any]]] = LISTS[LedgerPosting].table.values

    def values(self: Any) -> Iterator[list[Any]]:
        nonlocal most
        for place, row in enumerate(read(self)):
            if place % 1_000 == 0:
                pages = int(Path("/proc/self/statm").read_text().split()[1])
                most = max(most, pages * 4096 / 1024**2)
            yield row

    with monkeypatch.context() as patch:
        patch.setattr(LISTS[LedgerPosting].table, "values", values)
        saved(rf, form)
    return most
