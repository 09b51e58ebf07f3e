"""A report from collecting to publishing. Each change is one transaction, by a person who may make it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from sen_dashboard import kpis
from sen_dashboard.accounts.council import council_in_reports
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.disclosure.suppression import Protection
from sen_dashboard.core.periods import Month
from sen_dashboard.jobs.models import Job
from sen_dashboard.reports import jobs
from sen_dashboard.reports.collected import from_plain, to_plain
from sen_dashboard.reports.collecting import Collection, NothingToReport, check_has_records, collect
from sen_dashboard.reports.differences import differences
from sen_dashboard.reports.models import DigestRequest, GivenOut, Report, SectionComment
from sen_dashboard.reports.states import Move, check_move

UNPUBLISHED = "This month already has an unpublished report: publish or discard it first."
ONE_S_OWN = "You collected this report, so someone else must approve it."
ONE_S_OWN_WORDS = "You wrote a public comment, so someone else must approve the report."
CHANGED_SINCE = "Someone has changed the report in the meantime: look at it again."
NO_EMAIL = "Your account has no email address: an administrator can enter it under People."
OVERTAKEN = (
    "A public report or extract was released after this report was collected, and together they might "
    "reveal what each hides: collect this report again."
)
GIVING_OUT = 20260901
"""An arbitrary number: the advisory lock under which reports and extracts become public one at a time."""


def check_can_begin(*, month: Month, today: date) -> None:
    """Raise ValidationError if a month has nothing to report yet, or has an unpublished report."""
    if Report.objects.filter(month=month.start).unpublished().exists():
        raise ValidationError(UNPUBLISHED)
    try:
        check_has_records(month, today)
    except NothingToReport as error:
        raise ValidationError(str(error)) from None


def begin(*, by: User, month: Month, at: datetime) -> Report:
    """Collect a month's figures into a draft: version 1, or the next version with its differences from the last.

    Must not be called within a transaction, since the figures are read in their own. Raises PermissionDenied, and
    ValidationError if there is nothing to report or an unpublished report exists.
    """
    demand(by, Permission.PREPARE_REPORTS)
    if Report.objects.filter(month=month.start).unpublished().exists():
        raise ValidationError(UNPUBLISHED)
    last = Report.objects.filter(month=month.start).published().order_by("-version").first()
    collection = _collect(by, month, at, last)
    report = Report(
        month=month.start,
        version=collection.internal.version,
        collected_by=by,
        collected_at=at,
        **_data(collection),
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:  # somebody else began one at the same moment
        raise ValidationError(UNPUBLISHED) from None
    return report


def collect_again(*, by: User, report: Report, at: datetime) -> Report:
    """Collect a draft's figures again; its comments stay.

    Raises PermissionDenied, and ValidationError if it is not a draft or there is nothing to report.
    """
    demand(by, Permission.PREPARE_REPORTS)
    check_move(report.state, Move.COLLECT)
    last = report.earlier_versions().first()
    collection = _collect(by, report.of_month, at, last)
    with _moved(report, Move.COLLECT) as draft:
        draft.collected_by, draft.collected_at = by, at
        for field, data in _data(collection).items():
            setattr(draft, field, data)
    return draft


def _collect(by: User, month: Month, at: datetime, last: Report | None) -> Collection:
    """Both audiences' figures, with the differences from the last published version."""
    version = last.version + 1 if last else 1
    try:
        found = collect(
            month,
            kpis.KPIS,
            council=council_in_reports(by),
            by=str(by),
            at=at,
            version=version,
            before=public_protections(),
        )
    except NothingToReport as error:
        raise ValidationError(str(error)) from None
    if last is None:
        return found
    return replace(
        found,
        internal=replace(found.internal, differences=differences(from_plain(last.internal), found.internal)),
        public=replace(found.public, differences=differences(from_plain(last.public), found.public)),
    )


def public_protections() -> list[Protection]:
    """The protections of all public reports and files, oldest first, since readers may have them all."""
    reports = Report.objects.published().values_list("published_at", "protection")
    files = GivenOut.objects.values_list("given_at", "protection")
    return [Protection.read(plain) for _, plain in sorted([*reports, *files], key=itemgetter(0))]


def give_one_at_a_time() -> None:
    """Wait until nobody else is publishing figures, and stop others from starting until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GIVING_OUT])


def check_not_overtaken(public_before: int) -> None:
    """Raise ValidationError if more is public now than the figures were protected against; hold the lock above."""
    if public_before != Report.objects.published().count() + GivenOut.objects.count():
        raise ValidationError(OVERTAKEN)


@transaction.atomic
def keep_given_out(
    *, what: str, day: date, protection: Protection, public_before: int, by: User | None, at: datetime
) -> None:
    """Record public figures that leave in a file other than a published report, once for the same figures.

    Raises ValidationError if something else has become public since they were protected.
    """
    give_one_at_a_time()
    check_not_overtaken(public_before)
    if protection not in public_protections():
        GivenOut.objects.create(what=what, day=day, protection=protection.plain(), given_by=by, given_at=at)


def _data(collection: Collection) -> dict[str, Any]:
    return {
        "internal": to_plain(collection.internal),
        "public": to_plain(collection.public),
        "protection": collection.protection.plain(),
        "public_before": collection.public_before,
    }


@transaction.atomic
def comment(
    *, by: User, report: Report, section: str, text: str, at: datetime, is_public: bool = False
) -> None:
    """Save what ``by`` writes about a section, replacing their earlier comment; an empty text removes it.

    Raises PermissionDenied, and ValidationError with a sentence at the field or if the report is not a draft.
    """
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.COMMENT, save=False) as draft:
        written = SectionComment.objects.filter(report=draft, section=section, author=by).first()
        if not text.strip():
            if written:
                written.delete()
            return
        said = written or SectionComment(report=draft, section=section, author=by)
        said.text, said.is_public = text.strip(), is_public
        said.author_name, said.written_at = by.get_full_name(), at
        said.full_clean()
        said.save()


@transaction.atomic
def approve(*, by: User, report: Report, edition: str, at: datetime) -> None:
    """Approve the ``edition`` of a draft that was read.

    Raises PermissionDenied, and ValidationError for another edition or if somebody else has to approve it.
    """
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.APPROVE, edition=edition) as draft:
        if why_not := why_another_approves(draft, by):
            raise ValidationError(why_not)
        draft.approved_by, draft.approved_as, draft.approved_at = by, by.get_full_name(), at


def why_another_approves(report: Report, reader: User) -> str:
    """Why the reader may not approve it, as a sentence; empty for people who wrote nothing that is public."""
    if report.collected_by_id == reader.pk:
        return ONE_S_OWN
    return ONE_S_OWN_WORDS if report.comments.filter(author=reader, is_public=True).exists() else ""


@transaction.atomic
def return_to_draft(*, by: User, report: Report) -> None:
    """Withdraw an approval, so that the report can be changed. Raises PermissionDenied and ValidationError."""
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.RETURN) as approved:
        approved.approved_by, approved.approved_as, approved.approved_at = None, "", None


@transaction.atomic
def publish(*, by: User, report: Report, edition: str, at: datetime) -> Job:
    """Publish an approved report, whose figures can then no longer change. Returns the job that delivers it.

    Raises PermissionDenied, and ValidationError if another ``edition`` was read, or if something else became public
    after this was collected.
    """
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.PUBLISH, edition=edition) as approved:
        give_one_at_a_time()
        check_not_overtaken(approved.public_before)
        approved.published_by, approved.published_at = by, at
    return jobs.ask_for(by=by, kind=jobs.JobKind.DELIVER, month=report.of_month, at=at, report=report)


@transaction.atomic
def discard(*, by: User, report: Report) -> None:
    """Remove a draft with its comments. Raises PermissionDenied, and ValidationError if it is not a draft."""
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.DISCARD, save=False) as draft:
        draft.delete()


def ask_for_digest(*, by: User, at: datetime) -> None:
    """Send a person the digest each month from now on; asking twice has no further effect.

    Raises PermissionDenied, and ValidationError if the account has no email address.
    """
    demand(by, Permission.READ_REPORTS)
    if not by.email:
        raise ValidationError(NO_EMAIL)
    DigestRequest.objects.get_or_create(user=by, defaults={"asked_at": at})


def stop_digest(*, by: User) -> None:
    """Stop sending a person the digest. Raises PermissionDenied."""
    demand(by, Permission.READ_REPORTS)
    DigestRequest.objects.filter(user=by).delete()


@contextmanager
def _moved(report: Report, move: Move, *, edition: str | None = None, save: bool = True) -> Iterator[Report]:
    """Lock the report and yield its current state for changes, then save it in the state that the move leads to.

    Raises ValidationError if its state does not allow the move, or if the report or (according to ``edition``) its
    comments changed since it was read: nobody approves what they have not seen.
    """
    with transaction.atomic():
        present = Report.objects.select_for_update(of=("self",)).filter(pk=report.pk).first()
        if present is None or present.collected_at != report.collected_at:
            raise ValidationError(CHANGED_SINCE)
        present.state = check_move(present.state, move)
        if edition not in (None, present.edition):
            raise ValidationError(CHANGED_SINCE)
        yield present
        if save:
            present.full_clean()
            present.save()
