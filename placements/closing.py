"""The close of a month: after it nothing is posted to the month any more (domain.md section 5).

Months are closed in order and for good: none is opened again. What turns out wrong is posted to an open month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet

from placements.models import ClosedMonth, LedgerPosting
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core import formats
from sen_dashboard.core.periods import FinancialYear, Month


@dataclass(frozen=True)
class PostedMonth:
    """A month with postings: how many, what they add up to in £, and its close; None while it is open."""

    month: date
    postings: int
    total: Decimal
    close: ClosedMonth | None

    def __str__(self) -> str:
        return formats.month_in_words(self.month)


def posted_months(year: FinancialYear) -> Sequence[PostedMonth]:
    """The months of the year with postings, in order."""
    closes = ClosedMonth.objects.select_related("closed_by").in_bulk([month.start for month in year.months()])
    months = LedgerPosting.objects.by_month(year.start, year.end)
    return [PostedMonth(**month, close=closes.get(month["month"])) for month in months]


def posted_years() -> Sequence[FinancialYear]:
    """The financial years with postings, in order."""
    months = LedgerPosting.objects.values_list("month", flat=True).distinct()
    return sorted({FinancialYear.containing(month) for month in months})


def next_to_close() -> Month | None:
    """The first open month with postings; None where there is none."""
    first = _open_postings().order_by("month").values_list("month", flat=True).first()
    return Month.containing(first) if first else None


def hindrance(month: Month, today: date) -> str:
    """Why the month cannot be closed, as a sentence; empty when it can be."""
    name = formats.month_in_words(month.start)
    if ClosedMonth.objects.filter(month=month.start).exists():
        return f"{name} is already closed."
    if today <= month.end:
        return f"{name} has not ended: it can be closed from the day after it ends."
    if not LedgerPosting.objects.filter(month=month.start).exists():
        return f"{name} has no postings, so there is nothing to close."
    first = next_to_close()
    if first and first < month:
        return f"{formats.month_in_words(first.start)} is still open: close it first."
    return ""


@transaction.atomic
def close_month(*, by: User, month: Month, today: date) -> ClosedMonth:
    """Close a month to further postings, for good.

    Postings that others are writing are waited for; those that come after find the month closed.
    Raises PermissionDenied, and ValidationError with the sentence of ``hindrance``.
    """
    demand(by, Permission.CLOSE_MONTH)
    _hold_the_ledger()
    hindered = hindrance(month, today)
    if hindered:
        raise ValidationError(hindered)
    closed = ClosedMonth(month=month.start, closed_by=by)
    closed.full_clean()
    closed.save(force_insert=True)
    return closed


def provisional_sentence(month: Month) -> str:
    """Why the figures of a month may still change; empty once it is closed."""
    return "" if ClosedMonth.objects.filter(month=month.start).exists() else _provisional(month)


def provisional_on(day: date) -> str:
    """The same of the day's month for a page, which says nothing either of a month without postings."""
    month = Month.containing(day)
    return _provisional(month) if _open_postings().filter(month=month.start).exists() else ""


def _provisional(month: Month) -> str:
    return (
        f"Provisional: {formats.month_in_words(month.start)} is still open, so late payments may change "
        "these figures."
    )


def _open_postings() -> QuerySet[LedgerPosting, LedgerPosting]:
    """Postings to months that are not closed."""
    return LedgerPosting.objects.exclude(month__in=ClosedMonth.objects.values("month"))


def _hold_the_ledger() -> None:
    """Let nobody else post, or close a month, until the transaction ends; the ledger can be read meanwhile.

    A lock of the month's rows would not keep out new ones, whose trigger might look just before the close.
    """
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(LedgerPosting._meta.db_table)
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
