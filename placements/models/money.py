"""Budgets, forecasts and the ledger, by budget line (the S251 line code, for example 1.2.3)."""

from typing import Any

from django.db import models
from django.db.models import Q

from placements.querysets import ForecastQuerySet, LedgerQuerySet
from provision.models import School
from sen_dashboard.core.constraints import Check, Unique, is_split_year, not_negative
from sen_dashboard.core.fields import pounds_field, year_field


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
                sentence="The budget of this line and year is already entered.",
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
                sentence="A forecast of this line and year was made that day already.",
            ),
            _year_format("forecast_year_format"),
            not_negative("forecast_not_negative", "amount"),
        ]

    def __str__(self) -> str:
        return f"{self.financial_year} {self.line} made on {self.made_on}"


class LedgerPosting(models.Model):
    """Actual spend posted to a month, in £; credits are negative."""

    month = models.DateField(help_text="The first day of the month.")
    line = budget_line()
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.PROTECT, related_name="postings"
    )
    reference = models.CharField(max_length=80, blank=True, default="", db_collation="C")
    amount = pounds_field()

    objects = LedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            Unique(
                "ledger_posting_key",
                "month",
                "line",
                "school",
                "reference",
                nulls_distinct=False,
                sentence="A posting with this reference is already entered for the month, line and school.",
            ),
            Check(
                "ledger_posting_month_is_first_day",
                Q(month__day=1),
                field="month",
                sentence="Enter the first day of the month.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.line} {self.reference}"
