"""A report from collecting to publishing. Each change is one transaction, of a person who may make it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core.periods import Month
from sen_dashboard.core.suppression import Protection
from sen_dashboard.kpis import KPIS
from sen_dashboard.reports import jobs
from sen_dashboard.reports.collected import from_plain, to_plain
from sen_dashboard.reports.collecting import Collection, NothingToReport, check_has_records, collect
from sen_dashboard.reports.differences import differences
from sen_dashboard.reports.models import DigestRequest, GivenExtract, JobKind, Report, SectionComment
from sen_dashboard.reports.states import Move, check_move

UNPUBLISHED = "The month has a report that is not published yet: publish or discard it first."
ONE_S_OWN = "You collected this report: somebody else has to approve it."
CHANGED_SINCE = "Somebody has changed the report meanwhile: look at it again."
NO_EMAIL = "Your account has no email address: an administrator can enter it under People."
OVERTAKEN = (
    "Something public was given out since this report was collected, a report or an extract, and together they might "
    "tell what each hides: collect this report again."
)
GIVING_OUT = 20260901
"""Any number: the advisory lock under which one report or extract after the other becomes public."""


def check_can_begin(*, month: Month, today: date) -> None:
    """Raise ValidationError where a month has nothing to report yet, or a report that is not published."""
    if Report.objects.filter(month=month.start).unpublished().exists():
        raise ValidationError(UNPUBLISHED)
    try:
        check_has_records(month, today)
    except NothingToReport as error:
        raise ValidationError(str(error)) from None


def begin(*, by: User, month: Month, at: datetime) -> Report:
    """Collect a month's figures into a draft: version 1, or the next one with what differs from the last.

    Not within a transaction, since the figures are read in one of their own. Raises PermissionDenied, and
    ValidationError where there is nothing to report or an unpublished report stands in the way.
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
    except IntegrityError:  # somebody else began one in the same moment
        raise ValidationError(UNPUBLISHED) from None
    return report


def collect_again(*, by: User, report: Report, at: datetime) -> Report:
    """Collect a draft's figures anew; its comments stay.

    Raises PermissionDenied, and ValidationError for what is no draft or where there is nothing to report.
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
    """Both audiences' figures, with what differs from the last published version."""
    version = last.version + 1 if last else 1
    try:
        found = collect(
            month,
            KPIS,
            council=settings.COUNCIL_NAME,
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
    """What protects each public report published and each public extract given out, oldest first: readers have all."""
    reports = Report.objects.published().values_list("published_at", "protection")
    extracts = GivenExtract.objects.values_list("given_at", "protection")
    return [Protection.read(plain) for _, plain in sorted([*reports, *extracts], key=itemgetter(0))]


def give_one_at_a_time() -> None:
    """Wait until nobody else makes a report or extract public, and let nobody begin until the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GIVING_OUT])


def _data(collection: Collection) -> dict[str, Any]:
    return {
        "internal": to_plain(collection.internal),
        "public": to_plain(collection.public),
        "protection": collection.protection.plain(),
        "public_before": collection.public_before,
    }


@transaction.atomic
def comment(*, by: User, report: Report, section: str, text: str, is_public: bool = False) -> None:
    """Write what ``by`` has to say of a section, in place of what they wrote before; no text removes it.

    Raises PermissionDenied, and ValidationError with a sentence at the field or for what is no draft.
    """
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.COMMENT) as draft:
        written = SectionComment.objects.filter(report=draft, section=section, author=by).first()
        if not text.strip():
            if written:
                written.delete()
            return
        said = written or SectionComment(report=draft, section=section, author=by)
        said.text, said.is_public = text.strip(), is_public
        said.full_clean()
        said.save()


@transaction.atomic
def approve(*, by: User, report: Report, at: datetime) -> None:
    """Approve a draft as it was read. Raises PermissionDenied, and ValidationError for one's own."""
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.APPROVE) as draft:
        if draft.collected_by_id == by.pk:
            raise ValidationError(ONE_S_OWN)
        draft.approved_by, draft.approved_at = by, at


@transaction.atomic
def return_to_draft(*, by: User, report: Report) -> None:
    """Take an approval back, so that the report can be changed. Raises PermissionDenied and ValidationError."""
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.RETURN) as approved:
        approved.approved_by = approved.approved_at = None


@transaction.atomic
def publish(*, by: User, report: Report, at: datetime) -> None:
    """Publish an approved report: from now on its figures stay as they are. A worker then delivers it.

    Raises PermissionDenied, and ValidationError where something else became public since this was collected.
    """
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.PUBLISH) as approved:
        give_one_at_a_time()
        if approved.public_before != Report.objects.published().count() + GivenExtract.objects.count():
            raise ValidationError(OVERTAKEN)
        approved.published_by, approved.published_at = by, at
    jobs.ask_for(by=by, kind=JobKind.DELIVER, month=report.of_month, at=at, report=report)


@transaction.atomic
def discard(*, by: User, report: Report) -> None:
    """Remove a draft with its comments. Raises PermissionDenied, and ValidationError for what is no draft."""
    demand(by, Permission.PREPARE_REPORTS)
    with _moved(report, Move.DISCARD, save=False) as draft:
        draft.delete()


def ask_for_digest(*, by: User, at: datetime) -> None:
    """Send a person the digest each month from now on; asking twice is asking once.

    Raises PermissionDenied, and ValidationError where the account has no email address.
    """
    demand(by, Permission.READ_REPORTS)
    if not by.email:
        raise ValidationError(NO_EMAIL)
    DigestRequest.objects.get_or_create(user=by, defaults={"asked_at": at})


def stop_digest(*, by: User) -> None:
    """Send a person no digest any more. Raises PermissionDenied."""
    demand(by, Permission.READ_REPORTS)
    DigestRequest.objects.filter(user=by).delete()


@contextmanager
def _moved(report: Report, move: Move, *, save: bool = True) -> Iterator[Report]:
    """The report as it stands in the store, locked, to be changed and then saved in the state that the move leads to.

    Raises ValidationError for a move that its state does not allow, and for a report that was changed since it was
    read: nobody approves figures that they have not seen.
    """
    with transaction.atomic():
        present = Report.objects.select_for_update(of=("self",)).filter(pk=report.pk).first()
        if present is None or present.collected_at != report.collected_at:
            raise ValidationError(CHANGED_SINCE)
        present.state = check_move(present.state, move)
        yield present
        if save:
            present.full_clean()
            present.save()
