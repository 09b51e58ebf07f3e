"""Closing a month: nothing is posted to a closed month (domain.md section 5).

Months are closed in order, including those without postings. Corrections are posted to an open month, or a manager
reopens the month with a reason. What the records said of a month when it was closed is kept with its close.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, Max, Min, QuerySet

from placements.accrual import committed_by_month
from placements.models import ClosedMonth, LedgerPosting, Placement, ReopenedMonth
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.periods import FinancialYear, Month


@dataclass(frozen=True)
class Posted:
    """Postings of a month on a budget line: how many, and their total in £."""

    postings: int
    total: Decimal


@dataclass(frozen=True)
class Said:
    """A month in figures: what is posted by line, what is committed in £, and the INMSS children at its end."""

    lines: Mapping[str, Posted] = field(default_factory=dict)
    committed: Decimal | None = None
    children: int = 0

    @property
    def postings(self) -> int:
        return sum(posted.postings for posted in self.lines.values())

    @property
    def total(self) -> Decimal | None:
        """The total posted on all lines, in £; None if nothing is posted."""
        return sum((posted.total for posted in self.lines.values()), Decimal(0)) if self.lines else None

    def plain(self) -> dict[str, Any]:
        """The figures as kept with the close: money as text, to the penny."""
        return {
            "lines": {line: [posted.postings, str(posted.total)] for line, posted in self.lines.items()},
            "committed": None if self.committed is None else str(self.committed),
            "children": self.children,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Said | None":
        """The figures kept with a close; None for a month closed before they were kept."""
        if not kept:
            return None
        lines = {line: Posted(number, Decimal(total)) for line, (number, total) in kept["lines"].items()}
        committed = None if kept["committed"] is None else Decimal(kept["committed"])
        return cls(lines, committed, kept["children"])


def said_of(months: Sequence[Month]) -> dict[Month, Said]:
    """What today's records say of consecutive months: three statements, however many months."""
    if not months:
        return {}
    first, last = months[0], months[-1]
    lines: dict[date, dict[str, Posted]] = {}
    for row in LedgerPosting.objects.by_month(first.start, last.start):
        lines.setdefault(row["month"], {})[row["line"]] = Posted(row["postings"], row["total"])
    committed = committed_by_month(first, last)
    children = Placement.objects.in_provision(Provision.INMSS).count_on(month.end for month in months)
    return {
        month: Said(lines.get(month.start, {}), committed.get(month.start), children[month.end])
        for month in months
    }


@dataclass(frozen=True)
class LedgerMonth:
    """A month, what today's records say of it, and its close; the close is None while the month is open."""

    month: date
    now: Said
    close: ClosedMonth | None

    @property
    def postings(self) -> int:
        return self.now.postings

    @property
    def total(self) -> Decimal | None:
        return self.now.total

    @property
    def committed(self) -> Decimal | None:
        return self.now.committed

    @property
    def said(self) -> Said | None:
        """What the records said when it was closed; None while it is open, or if that was not kept."""
        return Said.read(self.close.said) if self.close else None

    @property
    def differs(self) -> bool:
        """Whether today's records differ from what they said when it was closed."""
        return self.said is not None and self.said != self.now

    def __str__(self) -> str:
        return formats.month_in_words(self.month)


def ledger_months(months: Sequence[Month]) -> list[LedgerMonth]:
    """Consecutive months, each with its close and what today's records say of it."""
    closes = ClosedMonth.objects.select_related("closed_by").in_bulk([month.start for month in months])
    return [
        LedgerMonth(month.start, said, closes.get(month.start)) for month, said in said_of(months).items()
    ]


def ledger_close(month: Month) -> ClosedMonth | None:
    """The month's close; None while it is open."""
    return ClosedMonth.objects.filter(month=month.start).select_related("closed_by").first()


def year_close(year: FinancialYear) -> QuerySet[ClosedMonth, ClosedMonth]:
    """The close of the year's last month, if it is closed and no month of the year has been reopened."""
    closed = ClosedMonth.objects.all()
    of_year = ReopenedMonth.objects.filter(month__range=(year.start, year.end))
    open_again = of_year.exclude(month__in=closed.values("month"))
    return closed.filter(~Exists(open_again), month=Month.containing(year.end).start)


def months_of(year: FinancialYear) -> list[LedgerMonth]:
    """The months of the year from the first to the last with postings or a close, in order."""
    held = _held()
    return ledger_months([month for month in year.months() if held and held[0] <= month <= held[1]])


def years_held() -> Sequence[FinancialYear]:
    """The financial years from the first to the last with postings or a close."""
    held = _held()
    if held is None:
        return []
    first, last = (FinancialYear.containing(month.start).first_year for month in held)
    return [FinancialYear(year) for year in range(first, last + 1)]


def _held() -> tuple[Month, Month] | None:
    """The first and the last month with postings or a close, if there are any: two statements."""
    bounds = {"first": Min("month"), "last": Max("month")}
    found = [model._default_manager.aggregate(**bounds) for model in (LedgerPosting, ClosedMonth)]
    days = [day for each in found for day in each.values() if day]
    return (Month.containing(min(days)), Month.containing(max(days))) if days else None


def next_to_close() -> Month | None:
    """The first open month: that of the first posting, or the one after a closed one. None without any posting.

    A month of the ledger's span without postings also stays open until it is closed.
    """
    held = _held()
    if held is None:
        return None
    month, _ = held
    closed = set(ClosedMonth.objects.values_list("month", flat=True))
    while month.start in closed:
        month = month.plus(1)
    return month


def hindrance(month: Month, today: date) -> str:
    """Why the months up to this one cannot be closed, as a sentence; empty if they can be."""
    name = formats.month_in_words(month.start)
    if ClosedMonth.objects.filter(month=month.start).exists():
        return f"{name} is already closed."
    if today <= month.end:
        return f"{name} has not ended: it can be closed from the day after it ends."
    first = next_to_close()
    if first is None:
        return "No posting is held, so there is nothing to close."
    if month < first:
        return f"{name} lies before the ledger, which begins with {formats.month_in_words(first.start)}."
    return ""


def to_close(month: Month) -> list[Month]:
    """The open months up to this one, in order; some may come before a month that is closed."""
    first = next_to_close()
    if first is None or month < first:
        return []
    closed = set(ClosedMonth.objects.values_list("month", flat=True))
    return [each for each in first.to(month) if each.start not in closed]


@transaction.atomic
def close_months(*, by: User, to: Month, today: date) -> list[ClosedMonth]:
    """Close every open month up to ``to``, and keep what the records say of each.

    Waits for postings that others are writing; later ones find the months closed. Raises PermissionDenied, and
    ValidationError with the sentence of ``hindrance``.
    """
    demand(by, Permission.CLOSE_MONTH)
    _hold_the_ledger()
    if hindered := hindrance(to, today):
        raise ValidationError(hindered)
    months = to_close(to)
    said = said_of(months[0].to(to))
    return [_close(by, month, said[month]) for month in months]


def _close(by: User, month: Month, said: Said) -> ClosedMonth:
    closed = ClosedMonth(month=month.start, closed_by=by, said=said.plain())
    closed.full_clean()
    closed.save(force_insert=True)
    return closed


@transaction.atomic
def reopen_month(*, by: User, month: Month, reason: str) -> ReopenedMonth:
    """Reopen a closed month, and keep the reason, who had closed it, and what the records said then.

    Later months stay closed. Raises PermissionDenied, and ValidationError if the month is open, or at "reason".
    """
    demand(by, Permission.REOPEN_MONTH)
    _hold_the_ledger()
    closed = ClosedMonth.objects.filter(month=month.start).first()
    if closed is None:
        raise ValidationError(f"{formats.month_in_words(month.start)} is open already.")
    reopened = ReopenedMonth(
        month=closed.month,
        closed_by=closed.closed_by,
        closed_at=closed.closed_at,
        said=closed.said,
        reopened_by=by,
        reason=reason.strip(),
    )
    reopened.full_clean()
    reopened.save(force_insert=True)
    closed.delete()
    return reopened


def provisional_sentence(month: Month) -> str:
    """Why the figures of a month may still change; empty once it is closed."""
    return "" if ClosedMonth.objects.filter(month=month.start).exists() else _provisional(month)


def provisional_on(day: date) -> str:
    """The same for the month that the day is in, on a page; empty for a month without postings too."""
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
    """Lock the ledger against posting, closing and reopening until the transaction ends; others can still read it.

    Locking the month's rows would not keep out new ones, whose trigger might check just before the close.
    """
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(LedgerPosting._meta.db_table)
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
