"""The queue: a job from request to end, however it ends, with a real worker and a real store."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.roles import Role
from sen_dashboard.core.periods import Month
from sen_dashboard.jobs import queue
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports import jobs, services
from sen_dashboard.reports.collected import Audience, Collected
from sen_dashboard.reports.jobs import JobKind, month_of
from sen_dashboard.reports.models import Report
from sen_dashboard.reports.states import State
from sen_dashboard.reports.work import GONE
from sen_dashboard.reports.writers import WriteError
from sen_dashboard.running.logs import ImpersonalFormatter
from tests.factories import make_plan, make_user
from tests.reports.made import LATER, make_job, make_report
from tests.reports.queueing import told, use_formats, work_off
from tests.store.test_concurrency import all_at_once

pytestmark = pytest.mark.django_db

MARCH = Month(2019, 3)
SECRET = "Key (child_id)=(K-4711) holds £41,812.40"


@pytest.fixture
def manager() -> User:
    return make_user(Role.MANAGER)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.REPORTS_FOLDER = tmp_path / "reports"
    return tmp_path / "reports"


def deliver(manager: User) -> Job:
    """A delivery in the queue."""
    report = make_report(state=State.PUBLISHED)
    return jobs.ask_for(by=manager, kind=JobKind.DELIVER, month=MARCH, at=timezone.now(), report=report)


def ended(job: Job) -> Job:
    """The job after the worker was there, by which time it must be over."""
    work_off()
    job.refresh_from_db()
    assert job.is_over
    return job


# What people find


def test_what_failed_is_listed_until_it_was_asked_for_again(manager: User) -> None:
    at = timezone.now()
    waiting, failed, old, done = (
        make_job(month=Month(2019, n), requested_by=manager, requested_at=at) for n in range(1, 5)
    )
    Job.objects.filter(pk=failed.pk).update(finished_at=at, problem="The disk is full.")
    Job.objects.filter(pk=old.pk).update(finished_at=at - timedelta(days=31), problem="The disk is full.")
    Job.objects.filter(pk=done.pk).update(finished_at=at)
    assert set(Job.objects.to_look_at(at)) == {waiting, failed}
    failed.refresh_from_db()
    other = make_job(
        month=month_of(failed),
        requested_by=manager,
        requested_at=at + timedelta(seconds=1),
        report=make_report(),
        finished_at=at + timedelta(seconds=2),
    )  # of a report, and so another job
    assert set(Job.objects.to_look_at(at)) == {waiting, failed}
    assert other.is_done
    again = queue.retry(by=manager, job=failed, at=at + timedelta(minutes=1))
    assert set(Job.objects.to_look_at(at)) == {waiting, again}
    Job.objects.filter(pk=again.pk).update(finished_at=at + timedelta(minutes=2))
    with pytest.raises(ValidationError, match="already been done"):
        queue.retry(by=manager, job=failed, at=at + timedelta(minutes=3))


# To a good end


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_collected_and_every_format_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    manager, seen = make_user(Role.MANAGER), []
    make_plan()

    def write(collected: Collected) -> bytes:
        now = Job.objects.get()
        seen.append((now.step, now.steps_done, now.steps, collected.status))
        return b""

    use_formats(monkeypatch, txt=write, csv=write)
    job = ended(jobs.ask_for(by=manager, kind=JobKind.COLLECT, month=MARCH, at=timezone.now()))
    assert (job.is_done, job.step, job.steps_done, job.steps) == (True, "Done.", 3, 3)
    assert seen == [
        ("Testing the txt", 1, 3, "Draft, not approved"),
        ("Testing the csv", 2, 3, "Draft, not approved"),
    ]
    assert Report.objects.get().collected_by == manager

    jobs.ask_for(by=manager, kind=JobKind.COLLECT, month=MARCH, at=timezone.now())
    work_off()
    assert Report.objects.count() == 1, "a draft is collected again, not beside itself"


def test_publishing_delivers_files_for_both_audiences_and_tells_the_list(
    manager: User, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_formats(monkeypatch, txt=told, csv=told)
    settings.EMAIL_HOST, settings.SITE_URL = "mail.council.example", "https://sen.council.example"
    settings.REPORT_RECIPIENTS = ["sen-board@council.example", "cfo@council.example"]
    report = make_report(state=State.APPROVED)
    services.publish(by=manager, report=report, edition=report.edition, at=LATER)

    job = ended(Job.objects.get())
    assert job.kind == JobKind.DELIVER
    assert job.problem == ""
    assert job.step == "Done. Email was sent to 2 addresses."
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        f"sen-report-2019-03-v1-{audience}.{suffix}": f"sen-report-2019-03-v1-{audience}: Published; {marking}"
        for audience, marking in (("internal", "Official: sensitive"), ("public", "Public"))
        for suffix in ("txt", "csv")
    }
    assert [each.to for each in mail.outbox] == [
        ["sen-board@council.example"],
        ["cfo@council.example"],
    ], "nobody sees who else is told"


def test_a_publication_that_is_taken_back_leaves_nothing_to_deliver(manager: User) -> None:
    report = make_report()  # nobody has approved it
    with pytest.raises(ValidationError):
        services.publish(by=manager, report=report, edition=report.edition, at=LATER)
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("absent", "said"),
    [
        ("REPORTS_FOLDER", "No files were written: REPORTS_FOLDER is not set."),
        ("REPORT_RECIPIENTS", "No email was sent: REPORT_RECIPIENTS is not set."),
        ("EMAIL_HOST", "No email was sent: EMAIL_HOST is not set."),
        ("SITE_URL", "No email was sent: SITE_URL is not set."),
    ],
)
def test_what_is_not_set_up_is_said_and_the_rest_done(
    manager: User,
    folder: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    absent: str,
    said: str,
) -> None:
    use_formats(monkeypatch, txt=told)
    settings.EMAIL_HOST, settings.SITE_URL = "mail.council.example", "https://sen.council.example"
    settings.REPORT_RECIPIENTS = ["sen-board@council.example"]
    setattr(settings, absent, None if absent == "REPORTS_FOLDER" else "")
    job = ended(deliver(manager))
    assert job.is_done
    assert said in job.step
    assert folder.exists() == (absent != "REPORTS_FOLDER")
    assert len(mail.outbox) == (absent == "REPORTS_FOLDER")


# Cancelled


def test_a_job_that_waits_is_cancelled_and_never_begins(manager: User, folder: Path) -> None:
    job = deliver(manager)
    queue.cancel(by=manager, job=job, at=timezone.now())
    assert ended(job).problem == queue.CANCELLED
    assert job.started_at is None
    assert not folder.exists()
    with pytest.raises(ValidationError, match="already finished"):
        queue.cancel(by=manager, job=job, at=timezone.now())


def test_a_job_under_way_is_cancelled_before_its_next_step(
    manager: User, folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_HOST, settings.REPORT_RECIPIENTS = "mail.council.example", ["board@council.example"]

    def cancelling(collected: Collected) -> bytes:
        queue.cancel(by=manager, job=Job.objects.get(), at=timezone.now())
        return told(collected)

    use_formats(monkeypatch, txt=cancelling)
    job = ended(deliver(manager))
    assert job.problem == queue.CANCELLED
    assert [path.name for path in folder.iterdir()] == ["sen-report-2019-03-v1-internal.txt"]
    assert mail.outbox == []


# Failed


def test_a_failed_step_says_why_and_can_be_tried_again(
    manager: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_formats(monkeypatch, txt=told)
    folder.write_text("a file where the folder should be")
    job = ended(deliver(manager))
    assert not job.is_done
    assert job.problem.startswith(
        f"The files of the report could not all be written to {folder} (File exists)"
    )

    folder.unlink()
    again = ended(queue.retry(by=manager, job=job, at=timezone.now()))
    assert again.is_done
    assert again.subject == job.subject
    assert folder.exists()
    with pytest.raises(ValidationError, match="already been done"):
        queue.retry(by=manager, job=again, at=timezone.now())


def test_a_logo_that_is_no_picture_is_said(
    manager: User, folder: Path, settings: Any, tmp_path: Path
) -> None:
    settings.REPORT_LOGO = tmp_path / "logo.png"
    settings.REPORT_LOGO.write_text("no picture")
    with pytest.MonkeyPatch.context() as patch:
        use_formats(patch, txt=told)
        assert "cannot be read as a PNG or JPEG picture" in ended(deliver(manager)).problem
    assert not folder.exists()


@pytest.mark.django_db(transaction=True)
def test_a_format_that_cannot_be_written_is_said_while_the_draft_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(collected: Collected) -> bytes:
        raise WriteError("The text could not be made.")

    make_plan()
    use_formats(monkeypatch, txt=refused)
    job = jobs.ask_for(by=make_user(Role.MANAGER), kind=JobKind.COLLECT, month=MARCH, at=timezone.now())
    assert ended(job).problem == "The text could not be made."


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_discarded_while_it_is_tried_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = make_user(Role.MANAGER)

    def discarding(collected: Collected) -> bytes:
        services.discard(by=manager, report=Report.objects.get())
        return b""

    make_plan()
    use_formats(monkeypatch, txt=discarding, csv=told)
    job = jobs.ask_for(by=manager, kind=JobKind.COLLECT, month=MARCH, at=timezone.now())
    assert ended(job).problem == GONE


@pytest.mark.parametrize("error", [IntegrityError(SECRET), SystemExit(SECRET), KeyError(SECRET)])
def test_what_nobody_foresaw_tells_where_but_nothing_of_a_child(
    manager: User,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: BaseException,
) -> None:
    """Neither to whoever asked, nor in the queue's own records, nor in the log; causes and contexts included."""

    def failing(collected: Collected) -> bytes:
        try:
            raise ValueError(SECRET)
        except ValueError:
            raise error from ValueError(SECRET)

    use_formats(monkeypatch, txt=failing)
    with caplog.at_level(logging.DEBUG):
        job = ended(deliver(manager))
    assert job.problem == (queue.DIED if isinstance(error, SystemExit) else queue.UNFORESEEN)
    kept = DBTaskResult.objects.get()
    logged = "\n".join(map(ImpersonalFormatter().format, caplog.records))
    for text in (job.problem, kept.traceback, logged):
        assert "K-4711" not in text
        assert "41,812" not in text
    for text in (kept.traceback, logged):
        assert "in failing" in text
        assert type(error).__name__ in text


def test_a_timer_looks_at_no_page_so_its_failures_are_logged(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    job = jobs.schedule(
        kind=JobKind.WRITE,
        month=MARCH,
        at=timezone.now(),
        audience=Audience.PUBLIC,
        folder="/dev/null/reports",
    )
    make_report(state=State.PUBLISHED)
    assert "could not all be written" in ended(job).problem
    assert "Write the files, March 2019: The files of the report could not all be written" in caplog.text
    assert job.asked_by == "a timer"


# More than one


def test_a_job_whose_worker_died_gives_way_after_a_while(manager: User) -> None:
    job = deliver(manager)
    long_ago = timezone.now() - Job.STUCK_AFTER - timedelta(seconds=1)
    Job.objects.update(requested_at=long_ago, started_at=long_ago)
    DBTaskResult.objects.update(status="RUNNING")
    job.refresh_from_db()
    assert job.is_stuck(timezone.now())

    again = jobs.ask_for(
        by=manager, kind=JobKind.DELIVER, month=MARCH, at=timezone.now(), report=Report.objects.get()
    )
    job.refresh_from_db()
    assert job.problem == queue.DIED
    assert ended(again).is_done


def test_a_worker_that_was_given_up_does_not_overwrite_how_the_job_ended(
    manager: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outlasting(collected: Collected) -> bytes:
        Job.objects.update(finished_at=timezone.now(), problem=queue.DIED)
        return told(collected)

    use_formats(monkeypatch, txt=outlasting)
    assert ended(deliver(manager)).problem == queue.DIED


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_is_told_that_it_is_being_done() -> None:
    first, second = make_user(Role.MANAGER), make_user(Role.MANAGER)
    outcomes = all_at_once(
        *(
            lambda by=by: jobs.ask_for(by=by, kind=JobKind.COLLECT, month=MARCH, at=timezone.now())
            for by in (first, second)
        )
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Job", "ValidationError"]
    assert Job.objects.count() == DBTaskResult.objects.count() == 1


def test_jobs_of_different_things_stand_side_by_side(manager: User) -> None:
    def asked(**given: Any) -> Job:
        return jobs.schedule(**{"kind": JobKind.WRITE, "month": MARCH, "at": timezone.now()} | given)

    asked(audience=Audience.PUBLIC, folder="/a")
    asked(audience=Audience.INTERNAL, folder="/a")
    asked(audience=Audience.INTERNAL, folder="/b")
    asked(kind=JobKind.DIGEST)
    asked(kind=JobKind.DIGEST, month=MARCH.plus(1))
    with pytest.raises(ValidationError, match="already in progress"):
        asked(audience=Audience.PUBLIC, folder="/a")
    assert Job.objects.count() == DBTaskResult.objects.count() == 5


def test_what_was_asked_for_by_who_may_no_longer_is_not_done(manager: User) -> None:
    make_plan()
    job = jobs.ask_for(by=manager, kind=JobKind.COLLECT, month=MARCH, at=timezone.now())
    manager.groups.clear()
    assert ended(job).problem == queue.NO_LONGER_MAY
    assert not Report.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.MANAGER])
def test_every_other_role_is_refused(manager: User, role: Role) -> None:
    job, other, at = deliver(manager), make_user(role), timezone.now()
    for ask in (
        lambda: jobs.ask_for(by=other, kind=JobKind.COLLECT, month=MARCH, at=at),
        lambda: queue.cancel(by=other, job=job, at=at),
        lambda: queue.retry(by=other, job=job, at=at),
    ):
        with pytest.raises(PermissionDenied):
            ask()
    assert list(Job.objects.values_list("cancel_asked", flat=True)) == [False]


def test_the_queue_is_emptied_of_old_results(manager: User) -> None:
    """The command of the timer unit; what jobs came to is kept by themselves."""
    ended(deliver(manager))
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=100))
    call_command("prune_db_task_results", "--min-age-days=90", verbosity=0)
    assert not DBTaskResult.objects.exists()
    assert Job.objects.get().is_done
