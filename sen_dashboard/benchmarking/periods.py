"""The years of figures, as text: "2024" for a calendar year, "2024-25" for an academic or financial one."""

import re

from sen_dashboard.benchmarking.models import PeriodKind
from sen_dashboard.core.periods import AcademicYear, FinancialYear

YEARS = range(1990, 2101)
"""The possible years of a figure: a typing error in a file must not become the latest year of every page."""


def read_period(kind: PeriodKind, text: str) -> str:
    """Read a year as written in DfE's files: "2024", "202425" (academic year 2024-25), "2024-25" (financial year).

    Raises ValueError with a sentence.
    """
    if kind is PeriodKind.CALENDAR:
        if re.fullmatch("[0-9]{4}", text) and int(text) in YEARS:
            return text
        raise ValueError("This is not a calendar year such as 2024.")
    is_academic = kind is PeriodKind.ACADEMIC
    year: AcademicYear | FinancialYear | None
    try:
        year = AcademicYear.parse(f"{text[:4]}-{text[4:]}") if is_academic else FinancialYear.parse(text)
    except ValueError:
        year = None
    if year is None or year.first_year not in YEARS:
        example = "an academic year such as 202425" if is_academic else "a financial year such as 2024-25"
        raise ValueError(f"This is not {example}.")
    return str(year)


def year_before(period: str) -> str:
    """Return the period a year earlier, so that a change never spans a gap."""
    if "-" in period:
        return str(AcademicYear.parse(period).plus(-1))
    return f"{int(period) - 1:04d}"
