"""The ledger's pages: choosing a new council's files, previewing and loading them, and matching suppliers."""

import json
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from placements.models import LedgerMapping, LedgerPosting, LedgerUpload, SupplierMatch
from sen_dashboard.accounts.roles import Role
from sen_dashboard.jobs.models import Job
from tests.factories import make_closed_month, make_school, make_user
from tests.form_client import FormClient
from tests.placements.finance.ledger.exports import export, load
from tests.reports.queueing import work_off

pytestmark = pytest.mark.django_db

LEEDS = (
    "Invoice Date,Beneficiary Name,Voucher,Net Amount,Purpose\n"
    '01-Apr-2019,ASH SCHOOL LTD,V1,"1,000.00",Placements\n'
    '01-Apr-2019,BEECH HOUSE (FEES),V2,"2,500.50",Placements\n'
    "03-Apr-2019,A STATIONER,V3,12.00,Paper\n"
)
COLUMNS = {
    "source": "leeds",
    "line": "1.2.3",
    "date": "0",
    "amount": "3",
    "supplier": "1",
    "supplier_id": "",
    "reference": "2",
    "rows_column": "4",
    "rows_values": "placements",
}


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


@pytest.fixture
def finance(client: FormClient) -> Client:
    client.force_login(make_user(Role.FINANCE, username="finance"))
    return client


def given(client: Client, content: str = LEEDS, **more: str) -> int:
    """The key of files given on the page."""
    file = SimpleUploadedFile("april 2019.csv", content.encode())
    answer = client.post("/finance/ledger/load/", {"exports": [file], "source": "", **more})
    assert answer.status_code == 302, text_of(answer)
    return int(answer.url.split("/")[-3])


def checked(client: Client, upload: int, **changed: str) -> str:
    """The page of what was found."""
    answer = client.post(f"/finance/ledger/load/{upload}/columns/", COLUMNS | changed)
    assert answer.status_code == 302, text_of(answer)
    work_off()
    return text_of(client.get(f"/finance/ledger/load/{upload}/"))


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, settings: Any) -> None:
    settings.UPLOADS_DIR = tmp_path / "uploads"


def kept_files() -> list[Path]:
    return [path for path in Path(settings.UPLOADS_DIR).rglob("*") if path.is_file()]


class TestLoading:
    def test_from_file_to_ledger(self, finance: Client) -> None:
        make_school(school_id="S1", name="Ash School")
        upload = given(finance)
        page = text_of(finance.get(f"/finance/ledger/load/{upload}/columns/"))
        assert "01-Apr-2019" in page
        assert "BEECH HOUSE (FEES)" in page
        page = checked(finance, upload)
        assert "april 2019.csv: 3 rows, 2 kept" in page
        assert "Sum of what was kept: £3,500.50" in page
        assert "1 supplier not matched with a school: 1 posting, £2,500.50" in page
        assert "Load 2 postings" in page
        assert not LedgerPosting.objects.exists()
        revision = LedgerUpload.objects.get().revision
        finance.post(f"/finance/ledger/load/{upload}/", {"load": revision})
        work_off()
        job = Job.objects.latest("requested_at")
        assert (job.problem, job.step) == ("", "Done. 2 postings read and loaded.")
        assert "What was loaded" in text_of(finance.get(f"/finance/ledger/load/{upload}/"))
        held = LedgerPosting.objects.values_list("reference", "amount", "school_id")
        assert set(held) == {("V1/1", Decimal(1000), "S1"), ("V2/1", Decimal("2500.50"), None)}
        assert kept_files() == []

    def test_the_columns_are_remembered_by_source(self, finance: Client) -> None:
        upload = given(finance)
        checked(finance, upload)
        kept = LedgerMapping.objects.get()
        assert kept.columns["supplier"] == ["Beneficiary Name"]
        assert kept.rows == {"Purpose": ["placements"]}
        again = given(finance, LEEDS.replace("Net Amount", "Net £"), source=str(kept.pk))
        form = finance.get(f"/finance/ledger/load/{again}/columns/").context["form"]
        assert [form[name].value() for name in ("supplier", "reference", "rows_column", "amount")] == [
            "1",
            "2",
            "4",
            "",
        ]
        checked(finance, again)
        assert LedgerMapping.objects.get().columns["amount"] == ["Net £", "Net Amount"]

    def test_the_files_are_private_and_given_up(self, finance: Client) -> None:
        upload = given(finance)
        (path,) = kept_files()
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        finance.post(f"/finance/ledger/load/{upload}/discard/")
        assert kept_files() == []
        assert not LedgerUpload.objects.exists()

    def test_what_is_wrong_is_listed_and_cannot_be_loaded(self, finance: Client) -> None:
        upload = given(finance, LEEDS.replace("12.00,Paper", "twelve,Placements"))
        page = checked(finance, upload)
        assert "april 2019.csv:4: Net Amount: twelve: Enter pounds and pence" in page
        assert 'name="load"' not in page
        finance.post(f"/finance/ledger/load/{upload}/", {"load": LedgerUpload.objects.get().revision})
        work_off()
        assert not LedgerPosting.objects.exists()

    def test_late_postings_are_chosen_on_the_page(
        self, finance: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from placements.finance.ledger import views

        monkeypatch.setattr(views, "working_day", lambda: date(2019, 5, 20))
        make_closed_month(month=date(2019, 4, 1))
        upload = given(finance)
        assert "This month is closed" in checked(finance, upload)
        finance.post(f"/finance/ledger/load/{upload}/", {"check": "yes", "late_to": "2019-05"})
        work_off()
        page = text_of(finance.get(f"/finance/ledger/load/{upload}/"))
        assert "April 2019 is closed: 2 postings to be posted to May 2019, £3,500.50" in page

    def test_a_month_closed_since_is_said(self, finance: Client) -> None:
        upload = given(finance)
        checked(finance, upload)
        page = finance.post(f"/finance/ledger/load/{upload}/", {"late_to": "2019-05"}, follow=True)
        assert "This month has been closed since: choose an open one." in text_of(page)
        assert LedgerUpload.objects.get().found["postings"] == 2

    def test_a_file_that_cannot_be_read_is_refused_at_once(self, finance: Client) -> None:
        file = SimpleUploadedFile("old.xls", b"\xd0\xcf\x11\xe0 and more")
        page = text_of(finance.post("/finance/ledger/load/", {"exports": [file], "source": ""}))
        assert (
            "old.xls: The file has a password or is an old .xls: save it as .xlsx without a password." in page
        )
        assert kept_files() == []

    def test_no_file_is_asked_for(self, finance: Client) -> None:
        assert "Choose a file." in text_of(finance.post("/finance/ledger/load/", {"source": ""}))

    def test_a_column_that_is_required_is_asked_for(self, finance: Client) -> None:
        upload = given(finance)
        page = text_of(finance.post(f"/finance/ledger/load/{upload}/columns/", COLUMNS | {"amount": ""}))
        assert "Choose the column that holds the amount." in page

    def test_the_source_has_a_name(self, finance: Client) -> None:
        upload = given(finance)
        page = text_of(finance.post(f"/finance/ledger/load/{upload}/columns/", COLUMNS | {"source": ""}))
        assert "Enter a name for the source." in page


class TestSuppliers:
    @pytest.fixture(autouse=True)
    def posted(self, tmp_path: Path) -> None:
        make_school(school_id="S2", name="Beech House School")
        load(
            export(
                tmp_path,
                "1/4/2019,T1,8,BEECH HOUSE (FEES),40",
                "1/5/2019,T2,8,Beech Hse,2",
                "1/5/2019,T3,9,NHS,1",
            )
        )
        make_closed_month(month=date(2019, 4, 1))

    def test_unmatched_ones_are_listed_with_their_sums(self, finance: Client) -> None:
        page = text_of(finance.get("/finance/ledger/suppliers/"))
        assert (
            "2 suppliers are not matched with a school: 3 postings, £43.00. They count in the outturn."
            in page
        )
        answer = b"".join(finance.get("/finance/ledger/suppliers.csv"))
        assert b"BEECH HOUSE (FEES),8,oracle,2,42.0,2019-04,2019-05" in answer

    def test_a_similar_name_is_offered_and_confirmed(self, finance: Client, tmp_path: Path) -> None:
        before = dict(LedgerPosting.objects.values_list("reference", "pk"))
        address = f"/finance/ledger/suppliers/{before['T1/1']}/match/"
        assert "Beech House School (S2)" in text_of(finance.get(address))
        finance.post(address, {"school": "S2", "other": ""})
        assert dict(LedgerPosting.objects.filter(school="S2").values_list("reference", "pk")) == {
            name: before[name] for name in ("T1/1", "T2/1")
        }
        said = SupplierMatch.objects.get()
        assert (said.supplier, said.school_id, said.matched_by.username) == ("8", "S2", "finance")
        load(export(tmp_path, "1/6/2019,T4,8,Beech,5"))
        assert LedgerPosting.objects.get(reference="T4/1").school_id == "S2"
        assert "What people said of suppliers" in text_of(finance.get("/finance/ledger/suppliers/"))

    def test_a_wrong_match_is_corrected(self, finance: Client) -> None:
        make_school(school_id="S3", name="Cedar School")
        posting = LedgerPosting.objects.get(reference="T1/1").pk
        address = f"/finance/ledger/suppliers/{posting}/match/"
        finance.post(address, {"school": "S2", "other": ""})
        page = text_of(finance.get("/finance/ledger/suppliers/"))
        assert f'href="{address}">Change<span' in page
        finance.post(address, {"other": "S3"})
        assert SupplierMatch.objects.get().school_id == "S3"
        assert LedgerPosting.objects.filter(school="S3").count() == 2

    def test_a_name_in_other_letters_is_matched_too(self, finance: Client, tmp_path: Path) -> None:
        load(export(tmp_path, "1/6/2019,T9,,學校,5", "1/6/2019,T8,,Μουσείο,5"))
        posting = LedgerPosting.objects.get(reference="T9/1").pk
        finance.post(f"/finance/ledger/suppliers/{posting}/match/", {"other": "S2"})
        assert LedgerPosting.objects.get(school="S2").reference == "T9/1"

    def test_another_school_is_typed(self, finance: Client) -> None:
        make_school(school_id="S3", name="Cedar School")
        posting = LedgerPosting.objects.get(reference="T3/1").pk
        address = f"/finance/ledger/suppliers/{posting}/match/"
        assert "No school has this key" in text_of(finance.post(address, {"other": "Oak"}))
        assert "Choose the school, or enter another." in text_of(finance.post(address, {"other": ""}))
        finance.post(address, {"other": "cedar"})
        assert LedgerPosting.objects.get(reference="T3/1").school_id == "S3"


class TestLedger:
    @pytest.fixture(autouse=True)
    def posted(self, tmp_path: Path) -> None:
        make_school(school_id="7", name="Ash School")
        rows = ("1/4/2019,T1,7,Ash,100", "1/4/2019,T2,7,Ash,100", "2/4/2019,T3,8,Beech,-7")
        load(export(tmp_path, *rows))

    @pytest.mark.parametrize(
        ("query", "references"),
        [
            ("", {"T1/1", "T2/1", "T3/1"}),
            ("show=unmatched", {"T3/1"}),
            ("show=repeated", {"T1/1", "T2/1"}),
            ("show=credits", {"T3/1"}),
            ("show=late", set()),
            ("supplier=bee", {"T3/1"}),
            ("school=ash", {"T1/1", "T2/1"}),
            ("month=2019-04-01&source=oracle", {"T1/1", "T2/1", "T3/1"}),
        ],
    )
    def test_filters_hold_on_the_page_and_in_the_file(
        self, finance: Client, query: str, references: set[str]
    ) -> None:
        page = finance.get(f"/finance/ledger/?{query}")
        table: Any = page.context.get("table")
        assert {row.record.reference for row in table.rows} == references
        lines = b"".join(finance.get(f"/finance/ledger/postings.csv?{query}")).decode().splitlines()
        assert len(lines) == 1 + len(references)

    def test_the_sum_is_said(self, finance: Client) -> None:
        assert "3 postings, £193.00 in all." in text_of(finance.get("/finance/ledger/"))

    def test_a_filter_that_cannot_be_read_is_said(self, finance: Client) -> None:
        assert finance.get("/finance/ledger/?month=soon").status_code == 400
        assert finance.get("/finance/ledger/postings.csv?month=soon").status_code == 400

    def test_officers_read_and_change_nothing(self, signed_in: Client) -> None:
        assert "Load a finance system" not in text_of(signed_in.get("/finance/ledger/"))
        assert "Match" not in text_of(signed_in.get("/finance/ledger/suppliers/")).replace("matched", "")


def test_a_mapping_is_changed_without_a_file(finance: Client) -> None:
    checked(finance, given(finance))
    kept = LedgerMapping.objects.get()
    assert "Beneficiary Name" in text_of(finance.get("/finance/mappings/"))
    typed = {
        "line": "1.2.2",
        "date": "Invoice Date",
        "amount": "Net Amount\nNet £",
        "supplier": "Beneficiary Name",
    }
    finance.post(f"/finance/mappings/{kept.pk}/change/", typed)
    kept.refresh_from_db()
    assert (kept.line, json.dumps(kept.columns["amount"], ensure_ascii=False)) == (
        "1.2.2",
        '["Net Amount", "Net £"]',
    )
    assert kept.rows == {"Purpose": ["placements"]}
