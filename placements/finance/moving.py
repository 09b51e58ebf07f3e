"""Movements from one month to the next, in parts that add up: first of what is committed, then of what is posted.

Committed spend moves with placements that began or ended, with the fees of all others, and, at the previous month's
fees, with the length of the month and the terms billed in it. Posted spend moves with all of these, with late postings,
and with the rest: invoices that come before or after what they pay for is committed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, Sum

from placements.models import LedgerPosting
from placements.querysets import INMSS_LINE
from sen_dashboard.core import formats
from sen_dashboard.core.periods import Month

# For each placement, ``accrues`` and ``accrued_before`` are the amounts of the month and the previous one; ``fee`` and
# ``fee_before`` are its annual cost at the end of the month and at the start of the previous one; ``mean`` and
# ``mean_before`` are its mean annual cost in each, multiplied by the days of both, so that nothing is rounded.
# Fees explain the share of the month's amount by which the mean rose, or all that moved where no fee is left.
MOVED = """
    of_placements AS (
        SELECT placement_id, COALESCE(SUM(education) FILTER (WHERE accrued.month = shown.month), 0) AS accrues,
            COALESCE(SUM(education) FILTER (WHERE accrued.month = shown.before), 0) AS accrued_before
        FROM accrued, shown WHERE accrued.month IN (shown.month, shown.before) GROUP BY placement_id
    ),
    fees AS (
        SELECT placement_id,
            SUM(fee) FILTER (WHERE first <= before AND (until IS NULL OR until > before)) AS fee_before,
            SUM(fee) FILTER (WHERE first <= month_end AND (until IS NULL OR until > month_end)) AS fee,
            SUM(fee * GREATEST(LEAST(until, month) - GREATEST(first, before), 0) * days) AS mean_before,
            SUM(fee * GREATEST(LEAST(until, month_end + 1) - GREATEST(first, month), 0) * days_before) AS mean
        FROM (SELECT *, annual_amount * education_share * 0.01 AS fee FROM records) AS records, shown,
            LATERAL (SELECT month_end + 1 - month AS days, month - before AS days_before) AS lengths
        GROUP BY placement_id
    ),
    by_placement AS (
        SELECT accrues - accrued_before AS amount, COALESCE(fee, 0) - COALESCE(fee_before, 0) AS full_year,
            CASE WHEN runs.first > shown.before THEN 'BEGAN' WHEN runs.until <= month_end THEN 'ENDED' END AS why,
            fee IS DISTINCT FROM fee_before AS changed,
            COALESCE(ROUND(accrues * (mean - mean_before) / NULLIF(mean, 0), 2), accrues - accrued_before) AS of_fee
        FROM of_placements JOIN fees USING (placement_id) LEFT JOIN runs USING (placement_id) CROSS JOIN shown
    ),
    moved AS (
        SELECT why, amount, full_year, 1 AS placements FROM by_placement WHERE why IS NOT NULL
        UNION ALL SELECT 'FEE', of_fee, full_year, changed::int FROM by_placement WHERE why IS NULL
        UNION ALL SELECT 'CALENDAR', amount - of_fee, 0, 0 FROM by_placement WHERE why IS NULL
    )
"""


class Why(StrEnum):
    """Why an amount moved, in the order in which the reasons are shown."""

    BEGAN = "BEGAN"
    ENDED = "ENDED"
    FEE = "FEE"
    CALENDAR = "CALENDAR"
    LATE = "LATE"
    TIMING = "TIMING"


OF_COMMITTED = (Why.BEGAN, Why.ENDED, Why.FEE, Why.CALENDAR)


@dataclass(frozen=True)
class Part:
    """Why an amount moved, in a sentence, and by how much in £; for placements also their number and full-year £."""

    why: Why
    sentence: str
    amount: Decimal
    placements: int | None = None
    full_year: Decimal | None = None


@dataclass(frozen=True)
class Movement:
    """How far committed and posted moved since the previous month, in £, and the parts that add up to it."""

    before: Month
    committed: Decimal
    posted: Decimal
    parts: Sequence[Part]

    @property
    def of_committed(self) -> Sequence[Part]:
        """The parts of the movement in what is committed."""
        return [part for part in self.parts if part.why in OF_COMMITTED]

    @property
    def of_posted(self) -> Sequence[Part]:
        """The further parts of the movement in what is posted."""
        return [part for part in self.parts if part.why not in OF_COMMITTED]


def movement(month: Month, moved: Mapping[str, Mapping[str, Any]]) -> Movement:
    """The movement since the previous month. ``moved`` holds the sums of ``MOVED`` by reason. One statement."""
    before = month.plus(-1)
    parts = [_part(why, month, moved.get(why, {})) for why in OF_COMMITTED]
    committed = sum((part.amount for part in parts), Decimal(0))
    posted = _posted(before, month)
    change = posted["now"] - posted["before"]
    late = posted["late_now"] - posted["late_before"]
    parts += [
        Part(Why.LATE, _late_in_words(posted, before, month), late),
        Part(
            Why.TIMING,
            "Invoices came before or after what they pay for is committed",
            change - late - committed,
        ),
    ]
    return Movement(before, committed, change, parts)


def _posted(before: Month, month: Month) -> dict[str, Any]:
    """The amounts posted to both months and the late ones among them, in £, and the number of late postings."""
    in_month, in_before = Q(month=month.start), Q(month=before.start)
    late = Q(own_month__isnull=False)
    sums = LedgerPosting.objects.of(INMSS_LINE, before.start, month.start).aggregate(
        now=Sum("amount", filter=in_month, default=Decimal(0)),
        before=Sum("amount", filter=in_before, default=Decimal(0)),
        late_now=Sum("amount", filter=in_month & late, default=Decimal(0)),
        late_before=Sum("amount", filter=in_before & late, default=Decimal(0)),
        number=Count("pk", filter=in_month & late),
    )
    return dict(sums)


def _part(why: Why, month: Month, moved: Mapping[str, Any]) -> Part:
    number, amount = moved.get("number") or 0, moved.get("amount") or Decimal(0)
    full_year = moved.get("full_year") or Decimal(0)
    placements = formats.plural(number, "placement")
    since = f"since {formats.day(month.plus(-1).start)}"
    fees = formats.plural(number, "placement costs", "placements cost")
    sentence = {
        Why.BEGAN: f"{placements} began {since}",
        Why.ENDED: f"{placements} ended {since}",
        Why.FEE: f"{fees} more or less than before",
        Why.CALENDAR: "The days of the month, and the terms that are billed in it",
    }[why]
    is_calendar = why is Why.CALENDAR
    return Part(why, sentence, amount, None if is_calendar else number, None if is_calendar else full_year)


def _late_in_words(posted: Mapping[str, Any], before: Month, month: Month) -> str:
    number = posted["number"]
    if not number and not posted["late_before"]:
        return "Nothing was posted late"
    belongs = "belongs" if number == 1 else "belong"
    return (
        f"{formats.plural(number, 'late posting')} of {formats.pounds(posted['late_now'])} to "
        f"{formats.month_in_words(month.start)} {belongs} to earlier months; in {formats.month_in_words(before.start)} "
        f"it was {formats.pounds(posted['late_before'])}"
    )
