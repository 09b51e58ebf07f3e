"""Files given on a page: what two people, or one and the worker, do to them at once; what is loaded was previewed."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from placements.closing import close_months
from placements.finance.ledger import loading, matching, uploads
from placements.finance.ledger.mapping import Mapping, mapping_from
from placements.finance.ledger.suppliers import Supplier
from placements.finance.ledger.work import CHECK, LOAD
from placements.models import ClosedMonth, LedgerMapping, LedgerPosting, LedgerUpload
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.periods import Month
from sen_dashboard.importing import alone
from sen_dashboard.importing.alone import BUSY, one_import
from sen_dashboard.jobs import queue, watching
from sen_dashboard.jobs.models import CANCELLED, Job
from tests.accounts.test_people import wait_for_a_lock
from tests.factories import LEDGER_COLUMNS, make_posting, make_school, make_upload, make_user
from tests.reports.queueing import work_off
from tests.store.test_concurrency import all_at_once

OTHER = mapping_from({"source": "sap", "line": "1.2.2", "columns": LEDGER_COLUMNS})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def finance(db: None) -> User:
    return make_user(Role.FINANCE)


def asked(finance: User, upload: LedgerUpload, kind: str) -> Job:
    subject = {"upload": upload.pk, "revision": str(upload.revision)}
    return queue.ask_for(by=finance, kind=kind, subject=subject, at=timezone.now())


def done(finance: User, upload: LedgerUpload, kind: str) -> str:
    """What a job for the files was ended with."""
    job = asked(finance, upload, kind)
    work_off()
    job.refresh_from_db()
    upload.refresh_from_db()
    return job.problem


def checked(finance: User) -> LedgerUpload:
    upload = make_upload()
    assert done(finance, upload, CHECK) == ""
    return upload


def meanwhile(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Have something happen when the files are read and before what was read is kept."""
    read = uploads._import

    def reading(*given: Any, **options: Any) -> Any:
        report = read(*given, **options)
        do()
        return report

    monkeypatch.setattr(uploads, "_import", reading)


@contextmanager
def another_import() -> Iterator[None]:
    """One that runs on a connection of its own."""
    begun, over = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with one_import():
                begun.set()
                over.wait(60)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    other.start()
    begun.wait(60)
    try:
        yield
    finally:
        over.set()
        other.join(60)


def choose(upload: LedgerUpload, finance: User, mapping: Mapping = OTHER) -> LedgerUpload:
    return uploads.choose_columns(by=finance, upload=upload, mapping=mapping, at=timezone.now())


class TestAtOnce:
    @pytest.mark.django_db(transaction=True)
    def test_what_is_being_loaded_can_neither_be_discarded_nor_changed(
        self, finance: User, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload = checked(finance)
        outcomes: list[object] = []
        attempts = (
            lambda: uploads.give_up(upload=upload),
            lambda: choose(upload, finance),
            lambda: uploads.choose_months(upload=upload, late_to=None, replace=True),
        )
        meanwhile(monkeypatch, lambda: outcomes.extend(all_at_once(*attempts)))
        assert done(finance, upload, LOAD) == ""
        assert [error.messages for error in outcomes if isinstance(error, ValidationError)] == [
            [uploads.IN_USE]
        ] * 3
        assert (upload.mapping["source"], upload.replace, upload.loaded_at is None) == (
            "oracle",
            False,
            False,
        )
        assert LedgerPosting.objects.count() == 1
        assert list(folder.iterdir()) == []

    @pytest.mark.django_db(transaction=True)
    def test_columns_chosen_while_the_files_are_checked_stay_chosen(
        self, finance: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload = make_upload()
        meanwhile(monkeypatch, lambda: choose(upload, finance))
        assert done(finance, upload, CHECK) == uploads.CHANGED
        assert (upload.mapping["source"], upload.found) == ("sap", {})

    def test_what_is_loaded_stays_loaded(self, finance: User) -> None:
        upload = checked(finance)
        before = LedgerUpload.objects.get()
        assert done(finance, upload, LOAD) == ""
        for late in (
            lambda: choose(before, finance),
            lambda: uploads.choose_months(upload=before, late_to=None, replace=True),
            lambda: uploads.give_up(upload=before),
        ):
            with pytest.raises(ValidationError, match="no longer kept"):
                late()
        after = LedgerUpload.objects.get()
        assert (after.loaded_at, after.found["postings"]) == (upload.loaded_at, 1)

    @pytest.mark.django_db(transaction=True)
    def test_two_people_choose_the_columns_of_a_new_source(self, finance: User) -> None:
        one, two = make_upload(), make_upload()
        outcomes = all_at_once(*(lambda each=each: choose(each, finance) for each in (one, two)))
        assert [type(outcome) for outcome in outcomes] == [LedgerUpload] * 2
        assert LedgerMapping.objects.get().source == "sap"


class TestPreviewed:
    def test_only_what_was_previewed_is_loaded(self, finance: User) -> None:
        upload = checked(finance)
        stale = LedgerUpload.objects.get()
        uploads.choose_months(upload=upload, late_to=Month(2019, 4), replace=True)
        assert done(finance, stale, LOAD) == uploads.CHANGED
        assert done(finance, stale, LOAD) == uploads.CHANGED, "not checked yet"
        assert done(finance, stale, CHECK) == ""
        assert done(finance, stale, LOAD) == ""
        assert LedgerPosting.objects.count() == 1

    def test_what_cannot_be_loaded_is_not(self, finance: User, folder: Path) -> None:
        upload = make_upload()
        (folder / upload.kept_as / "0").write_text("Date,Amount\nsoon,1\n")
        assert done(finance, upload, CHECK) == ""
        assert upload.found["problems"]
        assert done(finance, upload, LOAD) == uploads.CHANGED

    def test_the_page_loads_what_it_shows(self, client: Any, finance: User) -> None:
        upload = checked(finance)
        client.force_login(finance)
        address = f"/finance/ledger/load/{upload.pk}/"
        assert f'name="load" value="{upload.revision}"' in client.get(address).content.decode()
        uploads.choose_months(upload=upload, late_to=None, replace=True)
        page = client.post(address, {"load": upload.revision}, follow=True).content.decode()
        assert uploads.CHANGED in page
        assert not Job.objects.filter(kind=LOAD).exists()

    def test_who_may_no_longer_loads_nothing(self, finance: User) -> None:
        upload = checked(finance)
        job = asked(finance, upload, LOAD)
        finance.is_active = False
        finance.save()
        work_off()
        job.refresh_from_db()
        assert job.problem == queue.NO_LONGER_MAY
        assert not LedgerPosting.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_while_another_import_runs_files_are_checked_and_wait_to_be_loaded(self, finance: User) -> None:
        upload = make_upload()

        with another_import():
            assert [done(finance, upload, CHECK), done(finance, upload, LOAD)] == ["", BUSY]
        assert upload.found["problems"] == []
        assert done(finance, upload, LOAD) == ""


class TestCancelled:
    def cancel(self) -> None:
        queue.cancel(by=make_user(Role.FINANCE), job=Job.objects.get(finished_at=None), at=timezone.now())

    def test_just_before_the_end(self, finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is loaded, and the files can be loaded after all."""
        upload = checked(finance)
        with monkeypatch.context() as patch:
            meanwhile(patch, self.cancel)
            assert done(finance, upload, LOAD) == CANCELLED
        assert not LedgerPosting.objects.exists()
        assert done(finance, upload, LOAD) == ""

    @pytest.mark.django_db(transaction=True)
    def test_in_the_middle(self, finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
        upload = checked(finance)
        monkeypatch.setattr(watching, "BETWEEN", 0)
        read, words = uploads.import_ledger, []

        def reading(*given: Any, progress: Any, **options: Any) -> Any:
            def telling(step: str, number: int, total: int) -> None:
                progress(step, number, total)
                words.append(Job.objects.get(kind=LOAD).step)
                all_at_once(self.cancel)

            return read(*given, progress=telling, **options)

        monkeypatch.setattr(uploads, "import_ledger", reading)
        assert done(finance, upload, LOAD) == CANCELLED
        assert words == ["Reading: 50%"]
        assert not LedgerPosting.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_a_load_that_says_how_far_it_is_is_not_taken_for_dead(
        self, finance: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload = checked(finance)
        monkeypatch.setattr(watching, "BETWEEN", 0)
        job = asked(finance, upload, LOAD)
        long_ago = timezone.now() - Job.STUCK_AFTER - timedelta(seconds=1)
        Job.objects.filter(pk=job.pk).update(started_at=long_ago, heard_at=long_ago)
        job.refresh_from_db()
        assert job.is_stuck(timezone.now())
        with watching.watched(job) as watch:
            watch.progress("Reading", 1, 2)
        job.refresh_from_db()
        assert not job.is_stuck(timezone.now())

    @pytest.mark.django_db(transaction=True)
    def test_a_load_that_was_given_up_is_undone(self, finance: User, monkeypatch: pytest.MonkeyPatch) -> None:
        upload = checked(finance)
        ended = Job.objects.filter(kind=LOAD)
        meanwhile(
            monkeypatch,
            lambda: all_at_once(lambda: ended.update(finished_at=timezone.now(), problem=queue.DIED)),
        )
        assert done(finance, upload, LOAD) == queue.DIED
        assert not LedgerPosting.objects.exists()


class TestSweep:
    def test_folders_of_no_files_to_be_loaded_are_removed_after_a_while(
        self, finance: User, folder: Path
    ) -> None:
        at = timezone.now()
        waiting = make_upload(uploaded_at=at)
        old = make_upload(uploaded_at=at - timedelta(days=8))
        for name in ("left", "being given"):
            (folder / name).mkdir()
            (folder / name / "0").write_text("Date")
        before = (at - timedelta(hours=2)).timestamp()
        for name in (waiting.kept_as, "left"):
            os.utime(folder / name, (before, before))
        uploads.sweep(at=at)
        assert {each.name for each in folder.iterdir()} == {waiting.kept_as, "being given"}
        assert not LedgerUpload.objects.filter(pk=old.pk).exists()

    def test_what_cannot_be_removed_is_in_the_log(
        self, finance: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        upload = make_upload()

        def read_only(*given: Any, **options: Any) -> None:
            raise OSError(30, "Read-only file system")

        monkeypatch.setattr(uploads.shutil, "rmtree", read_only)
        uploads.give_up(upload=upload)
        assert (
            f"Files of the ledger stay in {uploads.folder_of(upload)}: Read-only file system" in caplog.text
        )


class TestBesideAnImport:
    @pytest.mark.django_db(transaction=True)
    def test_a_supplier_is_matched_before_or_after_it(
        self, finance: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One that began before would undo the match: it has found the suppliers' schools."""
        posting, school = make_posting(supplier_id="8"), make_school()
        monkeypatch.setattr(alone, "PATIENCE", "50ms")

        def match() -> int:
            return matching.match(
                by=finance,
                source=posting.source,
                supplier=Supplier("8", ""),
                school=school,
                at=timezone.now(),
            )

        with another_import(), pytest.raises(ValidationError, match="An import is running"):
            match()
        assert match() == 1

    @pytest.mark.django_db(transaction=True)
    def test_two_people_match_a_supplier_for_the_first_time(self, finance: User) -> None:
        posting, school = make_posting(supplier_id="8"), make_school()
        supplier = Supplier("8", "")
        given = {"by": finance, "source": posting.source, "supplier": supplier, "school": school}
        outcomes = all_at_once(*[lambda: matching.match(**given, at=timezone.now())] * 2)
        assert outcomes == [1, 1]

    @pytest.mark.django_db(transaction=True)
    def test_a_month_is_closed_before_or_after_it(
        self, finance: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the close says of the month then holds all that is posted to it."""
        upload, month = checked(finance), Month(2018, 4)
        close = threading.Thread(
            target=lambda: all_at_once(lambda: close_months(by=finance, to=month, today=date(2019, 4, 1)))
        )
        merge = loading._Load.merge

        def closing(self: Any) -> Any:
            close.start()
            wait_for_a_lock()
            return merge(self)

        monkeypatch.setattr(loading._Load, "merge", closing)
        assert done(finance, upload, LOAD) == ""
        close.join(60)
        assert ClosedMonth.objects.get().said["lines"] == {"1.2.3": [1, "100.00"]}
