"""What cost lines accrue: by calendar day while their INMSS placement is open, the education share of it.

A line accrues its annual amount * days / days of the financial year; transport is left out. It is from the records as
they stand, for all twelve months of the year (domain.md section 5).
"""

from datetime import date
from decimal import Decimal
from itertools import accumulate

from placements.models import CostLine, Placement
from placements.querysets import CostLineQuerySet
from sen_dashboard.core.codes import Provision
from sen_dashboard.core.money import to_penny
from sen_dashboard.core.periods import FinancialYear, Month
from sen_dashboard.core.sql import select_from

# Each line's education share for the days of each month on which it runs, before division by the year's days.
# LEAST and GREATEST pass over a missing end.
ACCRUED_BY_MONTH = """
    SELECT month, SUM(annual_amount * education_share * 0.01 * (last_day - first_day + 1)) AS accrued
    FROM records
    CROSS JOIN UNNEST(%s::date[], %s::date[]) AS months (month, month_end)
    CROSS JOIN LATERAL (
        SELECT GREATEST(month, first) AS first_day, LEAST(month_end, until - 1) AS last_day
    ) AS days
    WHERE first_day <= last_day
    GROUP BY month
"""


def committed_by_month(year: FinancialYear) -> list[Decimal | None]:
    """What cost lines of INMSS placements accrue in each month of the year, in £; None where none runs.

    Running totals are rounded to the penny, not months, so that twelve months of a fee add up to the fee.
    """
    lines = lines_of(year).with_span().values("annual_amount", "education_share", "first", "until")
    months = list(year.months())
    accrued: dict[date, Decimal] = {
        row["month"]: row["accrued"]
        for row in select_from(lines, ACCRUED_BY_MONTH, [m.start for m in months], [m.end for m in months])
    }
    running = [Decimal(0), *accumulate(accrued.get(month.start, Decimal(0)) for month in months)]
    pounds = [to_penny(amount / year.days) for amount in running]
    return [
        after - before if month.start in accrued else None
        for month, before, after in zip(months, pounds, pounds[1:], strict=False)
    ]


def lines_of(year: FinancialYear) -> CostLineQuerySet:
    """The cost lines of INMSS placements that run in the year."""
    lines = CostLine.objects.counted().in_force_between(year.start, year.end)
    return lines.filter(placement__in=Placement.objects.in_provision(Provision.INMSS))


def lines_accruing(year: FinancialYear, until: Month) -> CostLineQuerySet:
    """The cost lines that accrue from the year's start to the end of the month ``until``, with ``accrued`` in £."""
    return lines_of(year).accruing(year.start, until.end, year.days)
