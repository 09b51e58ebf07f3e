"""Closing a month: nothing is posted to a closed month (domain.md section 5).

Months are closed in order, including those without postings. Corrections are posted to an open month, or a manager
reopens the month with a reason. What the records said of a month when it was closed is kept with its close.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, Max, Min, QuerySet
from psycopg2.errors import LockNotAvailable

from placements.accrual import committed_lines, select_accrued
from placements.models import ClosedMonth, LedgerPosting, Placement, ReopenedMonth
from sen_dashboard.accounts.models import User
from sen_dashboard.accounts.permissions import Permission, demand
from sen_dashboard.core import formats
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.periods import FinancialYear, Month

CHANGED = "The months no longer say what you saw: look at them again, then close them."
BUSY = "Payments are being loaded, or someone else is closing months: try again once that is done."
WAIT = "10s"
"""How long postings that others are writing are waited for, as PostgreSQL's ``lock_timeout``."""


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


# One statement, so that everything said of the months comes from the same moment
SAID = """
    , posted AS ({posted}), placed AS ({placed})
    SELECT month, line, postings AS number, total AS amount FROM posted
    UNION ALL
    SELECT month, 'committed', NULL, SUM(education) FROM accrued GROUP BY month
    UNION ALL
    SELECT month::date, 'children', COUNT(*), NULL
    FROM GENERATE_SERIES(%s::timestamp, %s::timestamp, INTERVAL '1 month') AS month
    JOIN placed ON first < month + INTERVAL '1 month' AND (until IS NULL OR until >= month + INTERVAL '1 month')
    GROUP BY month
"""


def said_of(months: Sequence[Month]) -> dict[Month, Said]:
    """What today's records say of consecutive months: one statement, however many months."""
    if not months:
        return {}
    first, last = months[0], months[-1]
    records = {
        "posted": LedgerPosting.objects.by_month(first.start, last.start),
        "placed": Placement.objects.in_provision(Provision.INMSS).with_span().values("first", "until"),
    }
    chosen = {name: each.query.sql_with_params() for name, each in records.items()}
    text = SAID.format(**{name: statement for name, (statement, _) in chosen.items()})
    given = (*chosen["posted"][1], *chosen["placed"][1], first.start, last.start)
    found: dict[date, dict[str, dict[str, Any]]] = {month.start: {} for month in months}
    for row in select_accrued(committed_lines(), first, last, text, *given):
        found[row["month"]][row["line"]] = row
    return {month: _said(found[month.start]) for month in months}


def _said(rows: dict[str, dict[str, Any]]) -> Said:
    committed, children = rows.pop("committed", {}), rows.pop("children", {})
    lines = {line: Posted(row["number"], row["amount"]) for line, row in rows.items()}
    return Said(lines, committed.get("amount"), children.get("number", 0))


def digest_of(said: Mapping[Month, Said]) -> str:
    """A digest of what the records say of months: it changes whenever that does."""
    plain = {str(month): each.plain() for month, each in said.items()}
    return sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


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
    closed = set(ClosedMonth.objects.values_list("month", flat=True))
    posted = LedgerPosting.objects.aggregate(first=Min("month"))["first"]
    if not closed and posted is None:
        return None
    month = Month.containing(min(closed | ({posted} - {None})))
    while month.start in closed:
        month = month.plus(1)
    return month


def why_not(month: Month, today: date) -> str:
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
def close_months(*, by: User, to: Month, today: date, seen: str | None = None) -> list[ClosedMonth]:
    """Close every open month up to ``to``, and keep what the records say of each.

    ``seen`` is the ``digest_of`` the months that the person was shown; None if nobody was. Waits for postings that
    others are writing, up to ``WAIT``; later ones find the months closed. Raises PermissionDenied, and ValidationError
    with the sentence of ``why_not``, if the months differ from what was seen, or if the ledger stays busy.
    """
    demand(by, Permission.CLOSE_MONTH)
    _hold_the_ledger()
    if reason := why_not(to, today):
        raise ValidationError(reason)
    months = to_close(to)
    every = said_of(months[0].to(to))
    said = {month: every[month] for month in months}
    if seen is not None and seen != digest_of(said):
        raise ValidationError(CHANGED)
    return [_close(by, *each) for each in said.items()]


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

    Locking the month's rows would not keep out new ones, whose trigger might check just before the close. Raises
    ValidationError if others hold the ledger for longer than ``WAIT``.
    """
    table = connection.ops.quote_name(LedgerPosting._meta.db_table)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT SET_CONFIG('lock_timeout', %s, TRUE)", [WAIT])
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise ValidationError(BUSY) from None
