"""Budgets, forecasts and the ledger, by budget line (the S251 line code, for example 1.2.3)."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from placements.querysets import ForecastQuerySet, LedgerQuerySet
from provision.models import School
from sen_dashboard.core.models.constraints import Check, Unique, is_split_year, not_negative
from sen_dashboard.core.models.fields import pounds_field, words_field, year_field
from sen_dashboard.core.models.records import Record
from sen_dashboard.core.models.trail import kept_in_trail

CLOSED = "This month is closed: post to an open month."


def budget_line(**kwargs: Any) -> "models.CharField[str, str]":
    """The S251 line code of a budget, forecast or posting."""
    return models.CharField(max_length=20, db_collation="C", **kwargs)


def _year_format(name: str) -> Check:
    return is_split_year(name, "financial_year", example="a financial year such as 2018-19")


class Budget(models.Model):
    """The budget of a line for a financial year, in £."""

    financial_year = year_field()
    line = budget_line()
    amount = pounds_field()

    class Meta:
        constraints = [
            Unique(
                "budget_key",
                "financial_year",
                "line",
                sentence="The budget for this line and year is already entered.",
            ),
            _year_format("budget_year_format"),
            not_negative("budget_not_negative", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.financial_year} {self.line}"


class Forecast(models.Model):
    """The full-year outturn of a line expected on the day ``made_on``, in £."""

    financial_year = year_field()
    line = budget_line()
    made_on = models.DateField()
    amount = pounds_field()

    objects = ForecastQuerySet.as_manager()

    class Meta:
        constraints = [
            Unique(
                "forecast_key",
                "financial_year",
                "line",
                "made_on",
                sentence="A forecast for this line and year was already made that day.",
            ),
            _year_format("forecast_year_format"),
            not_negative("forecast_not_negative", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.financial_year} {self.line} made on {self.made_on}"


@kept_in_trail()
class LedgerPosting(models.Model):
    """Actual spend posted to a month, in £; credits are negative.

    ``source`` is the system that it comes from, if a council has several. A finance system's export also gives
    ``posted_on``, the date there, and ``supplier`` and ``supplier_id``, the payee; the ``school`` is then the one
    matched with this supplier, and may be found later. ``own_month`` is the month of the date, if
    that month was closed and the posting went to another.
    """

    source = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    month = models.DateField(help_text="The first day of the month.")
    line = budget_line()
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.PROTECT, related_name="postings"
    )
    reference = models.CharField(max_length=80, blank=True, default="", db_collation="C")
    amount = pounds_field()
    posted_on = models.DateField(null=True, blank=True)
    supplier = models.CharField(max_length=200, blank=True, default="", db_default="")
    supplier_id = models.CharField(max_length=40, blank=True, default="", db_default="", db_collation="C")
    own_month = models.DateField(
        null=True,
        blank=True,
        help_text="The first day of the month of a late posting, which was closed by then.",
    )

    objects = LedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            Unique(
                "ledger_posting_key",
                "source",
                "month",
                "own_month",
                "line",
                "supplier_id",
                "school",
                "reference",
                nulls_distinct=False,
                sentence="A posting with this reference is already entered for the source, month, line and school.",
            ),
            Check(
                "ledger_posting_month_is_first_day",
                Q(month__day=1),
                field="month",
                sentence="Enter the first day of the month.",
            ),
            Check(
                "ledger_posting_own_month_is_first_day",
                Q(own_month=None) | Q(own_month__day=1),
                field="own_month",
                sentence="Enter the first day of the month.",
            ),
        ]

        triggers = [
            pgtrigger.Trigger(
                name="closed_month",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                # The payment to a supplier is closed; the supplier's school may be found later.
                func=f"""
                    IF TG_OP = 'UPDATE' AND OLD.supplier || OLD.supplier_id <> '' THEN
                        OLD.school_id := NEW.school_id;
                        IF OLD IS NOT DISTINCT FROM NEW THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    IF EXISTS (
                        SELECT 1 FROM placements_closedmonth
                        WHERE (TG_OP <> 'INSERT' AND month = OLD.month) OR (TG_OP <> 'DELETE' AND month = NEW.month)
                    ) THEN
                        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_month',
                            MESSAGE = '{CLOSED}';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.line} {self.reference}"


class ClosedMonth(models.Model):
    """A month to which nothing can be posted any more: its outturn is final (domain.md section 5).

    The record does not change while the month is closed. Reopening the month replaces it with a ``ReopenedMonth``.
    Corrections made while it is closed are posted to an open month.
    """

    month = models.DateField(primary_key=True, help_text="The first day of the month.")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(auto_now_add=True)
    said = models.JSONField(
        default=dict, blank=True, db_default={}, help_text="What was posted and committed when it was closed."
    )

    class Meta:
        constraints = [
            Check(
                "closed_month_is_first_day",
                Q(month__day=1),
                field="month",
                sentence="Enter the first day of the month.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="opened_with_a_reason",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM placements_reopenedmonth
                        WHERE month = OLD.month AND closed_at = OLD.closed_at
                    ) THEN
                        RAISE EXCEPTION 'A closed month is opened by a record of who opened it and why.';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ReopenedMonth(Record):
    """A month that was closed and reopened: who closed it, what it said, who reopened it and why. Never deleted."""

    month = models.DateField(help_text="The first day of the month.")
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    said = models.JSONField(default=dict, blank=True)
    reopened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(auto_now_add=True)
    reason = words_field(500, blank=False)

    class Meta:
        constraints = [
            Unique("reopened_month_key", "month", "closed_at", sentence="This month is open already."),
            Check(
                "reopened_month_reason_given",
                Q(reason__regex=r"[[:alnum:]]"),
                field="reason",
                sentence="Say why the month is opened again.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} opened again"
