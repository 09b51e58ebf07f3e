"""The pages of reports: who sees what, what a file says, and what is refused with a sentence."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from PIL import Image

from sen_dashboard.accounts.models import Export, User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.disclosure.suppression import KeptBack, Reason
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports.files import FORMATS
from sen_dashboard.reports.models import Report
from sen_dashboard.reports.states import State
from sen_dashboard.reports.writers import paper
from tests.factories import make_posting, make_user
from tests.kpi_pages.test_pages import words
from tests.reports.made import AT, NOTHING_HIDDEN, make_kpi, make_report

pytestmark = pytest.mark.django_db

INTERNAL = "/reports/2019-03/v1/internal/"


@pytest.fixture
def manager(client: Client) -> User:
    manager = make_user(Role.MANAGER)
    client.force_login(manager)
    return manager


@pytest.fixture
def officer() -> Client:
    client = Client()
    client.force_login(make_user(Role.OFFICER))
    return client


class TestReaders:
    def test_officers_read_what_is_published_and_no_drafts(self, officer: Client) -> None:
        make_report()
        assert officer.get(INTERNAL).status_code == 404
        assert officer.get("/reports/2019-03/v1/internal.pdf").status_code == 404
        assert "No report is published yet" in words(officer.get("/reports/"))

        make_report(month=date(2019, 2, 1), state=State.PUBLISHED)
        assert officer.get("/reports/2019-02/v1/internal/").status_code == 200
        listed = words(officer.get("/reports/"))
        assert "Feb 2019" in listed
        assert "Draft" not in listed

    def test_nobody_is_offered_what_they_may_not_do(self, officer: Client) -> None:
        make_report(state=State.PUBLISHED)
        page = officer.get(INTERNAL).content.decode()
        for task in ("collect", "approve", "publish", "return", "discard", "comment"):
            assert f"/{task}/" not in page

    @pytest.mark.parametrize(
        "address", ["/reports/2019-13/v1/internal/", "/reports/2019-03/v99999999999/internal/"]
    )
    def test_an_address_that_names_no_report_leads_nowhere(self, officer: Client, address: str) -> None:
        assert officer.get(address).status_code == 404


class TestPage:
    def test_shows_sentence_figure_comment_and_provisional(self, client: Client, manager: User) -> None:
        report = make_report(make_kpi(children=842))
        report.internal["provisional"] = "Provisional: March 2019 is still open."
        report.save()
        report.comments.create(
            section="inmss", author=manager, text="Fewer <b>than</b> feared.", written_at=AT
        )
        page = words(client.get(INTERNAL))
        for said in (
            "Official: sensitive",
            "Draft, not approved",
            "Provisional: March 2019 is still open.",
            "842 children are in INMSS.",
            "Fewer <b>than</b> feared.",
        ):
            assert said in page

    def test_says_where_something_is_hidden(self, client: Client, manager: User) -> None:
        make_report(make_kpi(is_hidden=True, sentence="", facts=()))
        page = words(client.get("/reports/2019-03/v1/public/"))
        assert "Some of these figures are hidden" in page
        assert "c Confidential: a number from 1 to" in page
        assert "Confidential" not in words(client.get(INTERNAL))


class TestFiles:
    @pytest.mark.parametrize("suffix", FORMATS)
    @pytest.mark.parametrize("audience", ["internal", "public"])
    def test_are_noted_as_exports(self, client: Client, manager: User, suffix: str, audience: str) -> None:
        make_report(state=State.PUBLISHED)
        response = client.get(f"/reports/2019-03/v1/{audience}.{suffix}")
        assert response["Content-Type"] == FORMATS[suffix].content_type
        assert f'filename="sen-report-2019-03-v1-{audience}.{suffix}"' in response["Content-Disposition"]
        noted = Export.objects.get()
        assert (noted.who, noted.form) == (manager, suffix.upper())
        assert noted.what == f"Report: March 2019, version 1, {audience}, Published"

    def test_say_who_downloaded_them_unless_they_are_public(self, client: Client, manager: User) -> None:
        make_report(state=State.PUBLISHED)
        for audience, is_said in (("internal", True), ("public", False)):
            file = client.get(f"/reports/2019-03/v1/{audience}.xlsx").content
            cover, *_, made = openpyxl.load_workbook(BytesIO(file)).worksheets
            for sheet, names in ((cover, False), (made, is_said)):
                said = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
                assert (f"Downloaded by {manager}" in said) == names

    @pytest.mark.parametrize("state", [State.DRAFT, State.APPROVED])
    def test_for_the_public_come_with_publishing(self, client: Client, manager: User, state: State) -> None:
        make_report(state=state)
        page = client.get("/reports/2019-03/v1/public/")
        assert "public.pdf" not in page.content.decode()
        answer = client.get("/reports/2019-03/v1/public.pdf", follow=True)
        assert "Public files are available once published" in words(answer)
        assert not Export.objects.exists()

    def test_are_not_made_with_a_logo_that_is_no_picture(
        self, client: Client, manager: User, settings: Any, tmp_path: Path
    ) -> None:
        settings.REPORT_LOGO = tmp_path / "logo.png"
        settings.REPORT_LOGO.write_text("no picture")
        make_report()
        response = client.get("/reports/2019-03/v1/internal.pdf", follow=True)
        assert "cannot be read as a PNG or JPEG picture" in words(response)
        assert not Export.objects.exists()

    def test_are_not_made_with_a_picture_of_several(
        self, client: Client, manager: User, settings: Any, tmp_path: Path
    ) -> None:
        """Cameras write them under the names of JPEG, and slides cannot hold them."""
        settings.REPORT_LOGO = tmp_path / "logo.jpg"
        one, other = (Image.new("RGB", (60, 30), colour) for colour in ("navy", "white"))
        one.save(settings.REPORT_LOGO, "MPO", save_all=True, append_images=[other])
        make_report()
        response = client.get("/reports/2019-03/v1/internal.pptx", follow=True)
        assert "holds several pictures" in words(response)
        assert not Export.objects.exists()

    def test_that_cannot_be_written_are_said_to_be(
        self, client: Client, manager: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(*given: Any) -> bytes:
            raise paper.CannotWrite("The PDF of the report could not be made: no title.")

        monkeypatch.setattr(paper, "write", refused)
        make_report()
        response = client.get("/reports/2019-03/v1/internal.pdf", follow=True)
        assert "The PDF of the report could not be made: no title." in words(response)
        assert not Export.objects.exists()


class TestCollecting:
    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("", "Enter a month such as 2019-03."),
            ("March", "Enter a month such as 2019-03."),
            ("2001-01", "No plans, placements, panel decisions or postings are held for January 2001"),
            ("2190-01", "January 2190 has not ended"),
        ],
    )
    def test_a_month_that_cannot_be_is_refused_at_its_box(
        self, client: Client, manager: User, typed: str, sentence: str
    ) -> None:
        page = client.post("/reports/collect/", {"month": typed})
        assert sentence in words(page)
        assert not Job.objects.exists()

    def test_is_put_in_the_queue_and_its_progress_shown(self, client: Client, manager: User) -> None:
        make_posting(month=date(2019, 3, 1))
        response = client.post("/reports/collect/", {"month": "2019-03"}, follow=True)
        job = Job.objects.get()
        assert job.requested_by == manager
        assert f"/jobs/{job.pk}/" in response.redirect_chain[0][0]
        assert "Waiting for the worker" in words(response)
        assert 'http-equiv="refresh"' in response.content.decode()
        again = client.post("/reports/collect/", {"month": "2019-03"})
        assert "already in progress" in words(again)

    def test_is_cancelled_and_tried_again(self, client: Client, manager: User) -> None:
        make_posting(month=date(2019, 3, 1))
        client.post("/reports/collect/", {"month": "2019-03"})
        job = Job.objects.get()
        page = client.post(f"/jobs/{job.pk}/cancel/", follow=True)
        assert "Cancelled before it was finished" in words(page)
        client.post(f"/jobs/{job.pk}/retry/")
        assert Job.objects.filter(finished_at=None).count() == 1


class TestMoves:
    def test_a_report_is_approved_and_published_on_pages_by_two_people(
        self, client: Client, manager: User
    ) -> None:
        make_report(collected_by=manager)
        read = {"edition": Report.objects.get().edition}
        refused = client.post("/reports/2019-03/v1/approve/", read)
        assert "someone else must approve it" in words(refused)
        other = Client()
        other.force_login(make_user(Role.MANAGER))
        assert "The report is approved." in words(
            other.post("/reports/2019-03/v1/approve/", read, follow=True)
        )
        published = words(client.post("/reports/2019-03/v1/publish/", read, follow=True))
        assert "The report is published." in published
        assert "Deliver the published report" in published
        assert Report.objects.get().state == State.PUBLISHED

    @pytest.mark.parametrize("page", ["public/", "publish/"])
    def test_who_publishes_reads_what_is_kept_back_and_why(
        self, client: Client, manager: User, page: str
    ) -> None:
        kept_back = (
            KeptBack("Needs", "Children: MSI", "hidden", Reason.SMALL),
            KeptBack("Needs", "Children: SPLD", "rounded to the nearest 10", Reason.GIVES_AWAY),
            KeptBack("Costs", "Annual cost", "hidden", Reason.BEFORE, ("the report of February 2019",)),
            KeptBack(
                "Costs",
                "Placements",
                "rounded further",
                Reason.BEFORE,
                ("the report of January 2019", "the report of February 2019"),
            ),
        )
        protection = replace(NOTHING_HIDDEN, kept_back=kept_back).plain()
        make_report(state=State.APPROVED, protection=protection)
        said = words(client.get(f"/reports/2019-03/v1/{page}"))
        for told in (
            "1 number is hidden",
            "They are from 1 to 4, or are based on so few.",
            "1 number is rounded",
            "With the other figures here they would reveal a small number.",
            "1 number is hidden and 1 number is rounded",
            "With reports and extracts already public, they would reveal a small number.",
            "Children: MSI: hidden",
            "Annual cost: hidden, because of the report of February 2019",
            "Placements: rounded further, because of the report of January 2019 and the report of February 2019",
            "Public before were the report of February 2019, the report of January 2019.",
        ):
            assert told in said
        assert "What is hidden from the public" not in words(client.get("/reports/2019-03/v1/internal/"))

    def test_a_move_that_its_state_does_not_allow_says_why(self, client: Client, manager: User) -> None:
        make_report(state=State.PUBLISHED)
        page = client.get("/reports/2019-03/v1/comment/inmss/", follow=True)
        assert "You cannot comment on it. It is published and cannot be changed" in words(page)

    def test_what_was_typed_stays_when_it_is_refused(self, client: Client, manager: User) -> None:
        make_report()
        page = client.post("/reports/2019-03/v1/comment/inmss/", {"text": "x" * 2001})
        assert "Use at most 2000 characters" in words(page)
        assert "x" * 2001 in page.content.decode()
