"""The day on which SEN2 counts plans."""

from datetime import date, timedelta

from sen_dashboard.core.periods import FinancialYear

THURSDAY = 3


def census_day(year: FinancialYear) -> date:
    """The third Thursday of the year's January, the census day (domain.md section 4)."""
    first = date(year.end.year, 1, 1)
    return first + timedelta(days=(THURSDAY - first.weekday()) % 7 + 14)
