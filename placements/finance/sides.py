"""The two sides of a finding: what was posted, what was committed, and both month by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from placements.accrual import committed_lines, lines_accruing, sums
from placements.finance.ledger.tables import LedgerTable
from placements.finance.reconciliation import MONTHS_TO_WAIT, Finding
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
    """The postings and the cost lines that a finding is about, and the school's year month by month."""

    postings: LedgerTable
    lines: CostLineTable | None
    months: tuple[SchoolMonth, ...]


def sides_of(finding: Finding, day: date) -> Sides:
    """The records on both sides, as at the day."""
    query = scope_query(Scope(day))
    records = _postings(finding, day).select_related("school").order_by("month", "posted_on", "pk")
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


def _postings(finding: Finding, day: date) -> LedgerQuerySet:
    """The finding's postings; for a missing invoice, those that would contain it, of which there are none."""
    of_line = _of_the_year(finding.school_id, day)
    if finding.kind == FindingKind.ABOVE_AGREED:
        return of_line.filter(of_month__gte=FinancialYear.containing(day).start)
    if finding.kind == FindingKind.NO_INVOICE:
        month = Month.containing(finding.month)
        return of_line.filter(of_month__range=(month.start, month.plus(MONTHS_TO_WAIT).start))
    of_month = of_line.filter(month=finding.month)
    if finding.kind == FindingKind.PERHAPS_PAID_TWICE:
        return of_month.filter(amount=Decimal(finding.mark.split(" ")[-1]))
    return of_month


def _of_the_year(school_id: str | None, day: date) -> LedgerQuerySet:
    """What is posted for the school in the year to the day, with ``of_month``, the month that a posting belongs to."""
    of_line = LedgerPosting.objects.of(INMSS_LINE, FinancialYear.containing(day).start, day)
    postings: LedgerQuerySet = of_line.filter(school=school_id).annotate(
        of_month=Coalesce("own_month", "month")
    )
    return postings


def _by_month(school_id: str, day: date) -> tuple[SchoolMonth, ...]:
    """The months of the year to the day, with late postings in their own months: two statements."""
    year, last = FinancialYear.containing(day), Month.containing(day)
    months = Month.containing(year.start).to(last)
    found = _of_the_year(school_id, day).filter(of_month__gte=year.start)
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
