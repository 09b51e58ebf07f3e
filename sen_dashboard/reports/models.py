"""Reports of a month, comments on them, and requests for the digest."""

from dataclasses import replace
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, F, Max, Q

from sen_dashboard.accounts.models import User, named
from sen_dashboard.core import formats
from sen_dashboard.core.models.constraints import Check, Unique, known_code
from sen_dashboard.core.periods import Month
from sen_dashboard.reports.collected import Audience, Collected, Comment, from_plain
from sen_dashboard.reports.querysets import ReportQuerySet
from sen_dashboard.reports.sections import TITLES
from sen_dashboard.reports.states import State

LONGEST_COMMENT = 2000


def _person(**kwargs: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **kwargs)


def _describe(person: User, full_name: str, audience: Audience) -> str:
    """A person's name, as the audience may know it."""
    return named(full_name, person.username) if audience is Audience.INTERNAL else full_name or "a manager"


class Report(models.Model):
    """The figures of a month's end, collected once, for both audiences.

    ``internal`` and ``public`` each hold a `collected.Collected`; ``protection`` holds what is hidden in the public one
    (`core.disclosure.suppression.Protection`), which later reports must not reveal. Once it is published, PostgreSQL
    refuses any change: a correction is a new version for the month.
    """

    month = models.DateField(help_text="The first day of the month.")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    internal = models.JSONField()
    public = models.JSONField()
    protection = models.JSONField()
    charts_before = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="The charts of a report collected before December 2026, as they were kept then.",
    )
    public_before = models.PositiveIntegerField(
        default=0,
        help_text="How much was public when the figures were collected: reports and files given out.",
    )
    collected_by = _person()
    collected_at = models.DateTimeField()
    approved_by = _person(null=True, blank=True)
    approved_as = models.CharField(
        max_length=310, blank=True, default="", help_text="The full name of who approved it, as it was then."
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    published_by = _person(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ("-month", "-version")
        constraints = [
            Unique("report_version", "month", "version", sentence="This month already has this version."),
            Unique(
                "report_one_unpublished",
                "month",
                condition=~Q(state=State.PUBLISHED),
                sentence="This month already has an unpublished report.",
            ),
            Check(
                "report_month_is_first_day",
                Q(month__day=1),
                field="month",
                sentence="Enter the first day of the month.",
            ),
            known_code("report_state_known", "state", State),
            Check(
                "report_version_from_1",
                Q(version__gte=1),
                field="version",
                sentence="Versions are counted from 1.",
            ),
            Check(
                "report_approved_by_another",
                Q(approved_by=None) | ~Q(approved_by=F("collected_by")),
                field="approved_by",
                sentence="A report must be approved by someone other than the person who collected it.",
            ),
            Check(
                "report_state_told_by_dates",
                Q(state=State.DRAFT, approved_by=None, approved_at=None, published_by=None, published_at=None)
                | Q(
                    state=State.APPROVED,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    published_by=None,
                    published_at=None,
                )
                | Q(
                    state=State.PUBLISHED,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    published_by__isnull=False,
                    published_at__isnull=False,
                ),
                field="state",
                sentence="Record who approved and published the report, and when.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_for_good",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=State.PUBLISHED),
            ),
        ]

    def __str__(self) -> str:
        return f"{formats.month_in_words(self.month)}, version {self.version}"

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED

    def earlier_versions(self) -> ReportQuerySet:
        """The earlier published versions for the month, latest first."""
        return (
            Report.objects.published().filter(month=self.month, version__lt=self.version).order_by("-version")
        )

    def collected(self, audience: Audience) -> Collected:
        """What was collected for the audience, with the comments it may read and the person who approved it.

        For the public, people have full names and no user names.
        """
        kept = from_plain(self.internal if audience is Audience.INTERNAL else self.public)
        return replace(
            kept.with_comments(self._comments(audience)),
            approved_by=_describe(self.approved_by, self.approved_as, audience) if self.approved_by else "",
            published_at=self.published_at,
        )

    def _comments(self, audience: Audience) -> dict[str, tuple[Comment, ...]]:
        """The comments of each section, by its key."""
        comments: dict[str, tuple[Comment, ...]] = {}
        for comment in self.comments.select_related("author"):
            if audience is Audience.INTERNAL or comment.is_public:
                author = _describe(comment.author, comment.author_name, audience)
                written = Comment(author, comment.written_at, comment.text)
                comments[comment.section] = (*comments.get(comment.section, ()), written)
        return comments

    @property
    def edition(self) -> str:
        """A value that changes when figures are collected again or a comment is written, changed or removed.

        People who approve or publish send it to say which edition they have read.
        """
        written = self.comments.aggregate(number=Count("pk"), last=Max("written_at"))
        return f"{self.collected_at.timestamp()}-{written['number']}-{written['last']}"

    @property
    def of_month(self) -> Month:
        return Month.containing(self.month)


class GivenOut(models.Model):
    """Public figures in a file other than a published report, and their protection, which nothing later may undo.

    ``what`` is an extract's slug, or "report" for a draft written by a command, when ``given_by`` is nobody. Each file
    is kept once: saving the same figures again adds nothing.
    """

    what = models.CharField(max_length=30)
    day = models.DateField()
    protection = models.JSONField()
    given_by = _person(null=True)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ("given_at", "pk")
        triggers = [pgtrigger.Protect(name="given_for_good", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.what}, {formats.day(self.day)}"


class SectionComment(models.Model):
    """What an author wrote about a section, beside its computed sentences; one text for each author and section.

    ``is_public`` texts are in the public report too: their authors are responsible for revealing nothing about a child.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="comments")
    section = models.CharField(max_length=20, choices=list(TITLES.items()))
    author = _person()
    author_name = models.CharField(
        max_length=310, blank=True, default="", help_text="The author's full name, as it was then."
    )
    text = models.CharField(max_length=LONGEST_COMMENT)
    is_public = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("written_at", "pk")
        constraints = [
            Unique(
                "section_comment_one_an_author",
                "report",
                "section",
                "author",
                sentence="You have already commented on this section.",
            ),
            Check(
                "section_comment_given",
                Q(text__regex=r"[[:alnum:]]"),
                field="text",
                sentence="Enter your comment.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_in_a_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM reports_report
                        WHERE id IN (NEW.report_id, OLD.report_id) AND state <> 'DRAFT' FOR SHARE
                    ) THEN
                        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'only_in_a_draft',
                            MESSAGE = 'The report is no longer a draft, so its comments cannot change.';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author} on {self.get_section_display()}"


class DigestRequest(models.Model):
    """A person's request for the monthly digest by email."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.user)
