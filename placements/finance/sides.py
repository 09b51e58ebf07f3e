"""The two sides of a finding: what was posted, what was committed, and both month by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db.models import Sum

from placements.accrual import committed_lines, lines_accruing, sums
from placements.finance.ledger.tables import LedgerTable
from placements.finance.reconciliation import Finding, counted
from placements.models import FindingKind, LedgerPosting
from placements.querysets import INMSS_LINE, CostLineQuerySet, LedgerQuerySet
from placements.tables import CostLineTable
from sen_dashboard.core.kpi.addresses import scope_query
from sen_dashboard.core.kpi.scope import Scope
from sen_dashboard.core.periods import FinancialYear, Month


@dataclass(frozen=True)
class SchoolMonth:
    """What was posted for a school to a month and what was committed there, in £, each with its total to date."""

    month: date
    posted: Decimal
    committed: Decimal
    posted_to_date: Decimal
    committed_to_date: Decimal

    @property
    def difference_to_date(self) -> Decimal:
        return self.posted_to_date - self.committed_to_date


@dataclass(frozen=True)
class Sides:
    """The postings that a finding counts, the cost lines it is about, and the school's year month by month."""

    postings: LedgerTable
    lines: CostLineTable | None
    months: tuple[SchoolMonth, ...]


def sides_of(finding: Finding, day: date) -> Sides:
    """The records on both sides, as at the day."""
    query = scope_query(Scope(day))
    records = counted(day, finding.key).select_related("school").order_by("month", "posted_on", "pk")
    postings = LedgerTable(records, orderable=False, exclude=("school", "line", "source"))
    if finding.school_id is None:
        return Sides(postings, None, ())
    first, last = _months(finding, day)
    lines = lines_accruing(_lines(finding), first, last).select_related(
        "placement__plan", "placement__school"
    )
    return Sides(
        postings,
        CostLineTable(lines, as_at=day, scope_query=query),
        _by_month(finding.school_id, day),
    )


def _months(finding: Finding, day: date) -> tuple[Month, Month]:
    """The months whose commitments are shown with the finding: its own, or the year to the day."""
    month = Month.containing(finding.month)
    if finding.kind == FindingKind.ABOVE_AGREED:
        return month, Month.containing(day)
    return month, month


def _lines(finding: Finding) -> CostLineQuerySet:
    return committed_lines().filter(placement__school=finding.school_id)


def _by_month(school_id: str, day: date) -> tuple[SchoolMonth, ...]:
    """The months of the year to the day, with late postings in their own months: two statements."""
    year, last = FinancialYear.containing(day), Month.containing(day)
    months = Month.containing(year.start).to(last)
    found: LedgerQuerySet = LedgerPosting.objects.of_months(INMSS_LINE, year.start, day).filter(
        school=school_id
    )
    posted: dict[date, Decimal] = dict(
        found.values_list("of_month").annotate(total=Sum("amount")).values_list("of_month", "total")
    )
    lines = committed_lines().filter(placement__school=school_id)
    committed: dict[date, Decimal] = {
        row["month"]: row["education"] for row in sums(lines, months[0], last, "month")
    }
    pairs: list[Any] = [(posted.get(m.start, Decimal(0)), committed.get(m.start, Decimal(0))) for m in months]
    running = zip(*(accumulate(side) for side in zip(*pairs, strict=True)), strict=True)
    return tuple(
        SchoolMonth(month.start, *pair, *to_date)
        for month, pair, to_date in zip(months, pairs, running, strict=True)
    )
