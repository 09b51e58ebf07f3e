"""Measure the accrual of a county's cost lines against merely reading the same lines."""

from dataclasses import dataclass
from datetime import date

from measurements.timing import median_ms


@dataclass(frozen=True)
class AccrualTiming:
    """Milliseconds for a month of all INMSS cost lines, for a year by school, and for merely reading their lines."""

    lines: int
    month_ms: float
    month_bare_ms: float
    year_ms: float
    year_bare_ms: float


def bench_accrual(day: date) -> AccrualTiming:
    """Measure the month and the financial year of the day."""
    from placements.accrual import committed_lines, lines_running, sums
    from sen_dashboard.core.periods import FinancialYear, Month
    from sen_dashboard.core.sql import select_from

    month, year = Month.containing(day), list(FinancialYear.containing(day).months())
    lines, read = committed_lines(), "SELECT SUM(annual_amount) FROM records"
    of_month, of_year = lines_running(lines, month, month), lines_running(lines, year[0], year[-1])
    return AccrualTiming(
        of_month.count(),
        median_ms(lambda: sums(lines, month, month)),
        median_ms(lambda: select_from(of_month, read)),
        median_ms(lambda: sums(lines, year[0], year[-1], "school_id", "month")),
        median_ms(lambda: select_from(of_year, read)),
    )


def markdown(timing: AccrualTiming) -> list[str]:
    """The measurement in Markdown."""
    month, year = timing.month_ms / timing.month_bare_ms, timing.year_ms / timing.year_bare_ms
    return [
        "",
        "## Accrual of cost lines at scale 1",
        "",
        "What the INMSS cost lines of a county accrue in a month, and by school in each month of a year. Beside it one",
        "statement that reads the same lines and adds up their annual amounts. Aim: the month under 100 ms.",
        "",
        "| lines in the month | month, ms | bare, ms | ratio | year by school, ms | bare, ms | ratio |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        f"| {timing.lines:,} | {timing.month_ms:.1f} | {timing.month_bare_ms:.1f} | {month:.2f}"
        f" | {timing.year_ms:.1f} | {timing.year_bare_ms:.1f} | {year:.2f} |",
    ]
