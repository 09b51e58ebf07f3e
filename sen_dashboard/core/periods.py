"""Months, financial years and academic years as values, and the calendar rules of the KPI definitions.

Every period knows its first and last day, both inclusive. Nothing here asks what day it is today.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Self

ONE_DAY = timedelta(days=1)


def year_before(day: date) -> date:
    """Return the same day a year earlier; for the last day of a month, the last day of that month a year earlier.

    So 28 February 2017 looks back to 29 February 2016, and that day to 28 February 2015 ("Words used").
    Raises ValueError for a day in the year 1, which has no year before.
    """
    month = Month.containing(day)
    return month.plus(-12).end if day == month.end else day.replace(year=day.year - 1)


def end_of_month_before(day: date) -> date:
    """Return the last day of the previous month. Raises ValueError in the first month of the calendar."""
    return Month.containing(day).plus(-1).end


def age_on(day: date, born_on: date) -> int:
    """Return the age in years on ``day``; a child born on 29 February is a year older on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, for example ``Month(2018, 4)``; written ``2018-04``."""

    year: int
    number: int

    @classmethod
    def containing(cls, day: date) -> Self:
        """Return the month that contains ``day``."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, label: str) -> Self:
        """Read ``2018-04``. Raises ValueError with a sentence for anything else."""
        if re.fullmatch(r"\d{4}-\d{2}", label, re.ASCII):
            year, number = int(label[:4]), int(label[5:])
            if year >= 1 and 1 <= number <= 12:
                return cls(year, number)
        raise ValueError(f"“{label}” is not a month such as 2018-04")

    @property
    def start(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """The last day of the month."""
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def number_in_financial_year(self) -> int:
        """From 1 for April to 12 for March, as budgets are monitored: "month 9" is December."""
        return (self.number - FinancialYear.first_month) % 12 + 1

    def plus(self, months: int) -> Self:
        """Return the month ``months`` later, or earlier when negative.

        Raises ValueError when that lies outside the years 1 to 9999.
        """
        year, index = divmod(self.year * 12 + self.number - 1 + months, 12)
        month = type(self)(year, index + 1)
        month.start  # noqa: B018 (raises for a year the calendar does not have)
        return month

    def to(self, last: "Month") -> "list[Self]":
        """Return the months from this one to ``last``, in order; none if that is earlier."""
        number = (last.year - self.year) * 12 + last.number - self.number
        return [self.plus(n) for n in range(number + 1)]

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, order=True)
class _SplitYear:
    """A year that starts within a calendar year and ends in the next, written ``2018-19``."""

    first_month: ClassVar[int]
    first_year: int

    @classmethod
    def containing(cls, day: date) -> Self:
        """Return the year that contains ``day``."""
        return cls(day.year if day.month >= cls.first_month else day.year - 1)

    @classmethod
    def parse(cls, label: str) -> Self:
        """Read ``2018-19``. Raises ValueError with a sentence for anything else."""
        if re.fullmatch(r"\d{4}-\d{2}", label, re.ASCII):
            year = cls(int(label[:4]))
            if 1 <= year.first_year <= 9998 and str(year) == label:
                return year
        raise ValueError(f"“{label}” is not a year such as 2018-19")

    @property
    def start(self) -> date:
        """The first day of the year."""
        return date(self.first_year, self.first_month, 1)

    @property
    def end(self) -> date:
        """The last day of the year."""
        return date(self.first_year + 1, self.first_month, 1) - ONE_DAY

    def plus(self, years: int) -> Self:
        """Return the year ``years`` later, or earlier when negative."""
        return type(self)(self.first_year + years)

    @property
    def days(self) -> int:
        """The number of days in the year: 365 or 366."""
        return (self.end - self.start).days + 1

    def months(self) -> Iterator[Month]:
        """The twelve months of the year, in order."""
        first = Month(self.first_year, self.first_month)
        return (first.plus(n) for n in range(12))

    def __str__(self) -> str:
        return f"{self.first_year:04d}-{(self.first_year + 1) % 100:02d}"


class FinancialYear(_SplitYear):
    """1 April to 31 March; ``FinancialYear(2018)`` is 2018-19."""

    first_month = 4


class AcademicYear(_SplitYear):
    """1 September to 31 August; ``AcademicYear(2018)`` is 2018-19."""

    first_month = 9

    def births_of(self, year_group: int) -> tuple[date, date]:
        """Return the first and last birthday of a year group, which is the age on the 31 August before, less 4.

        Reception is 0, year 11 is aged 15 on that day, year 14 aged 18 (domain.md section 4).
        """
        last = date(self.first_year - year_group - 4, 8, 31)
        return year_before(last) + ONE_DAY, last

    def year_group_of(self, born_on: date) -> int:
        """Return the year group of somebody born on the day; reception is 0, and younger children are below 0."""
        return age_on(date(self.first_year, 8, 31), born_on) - 4


@dataclass(frozen=True)
class YearTo:
    """The 12 months up to a day, from the day after the same day a year earlier, both inclusive."""

    end: date

    @property
    def start(self) -> date:
        """The first day: the day after the same day a year before ``end``."""
        return year_before(self.end) + ONE_DAY

    @property
    def is_whole(self) -> bool:
        """Whether every month in it is complete."""
        return Month.containing(self.start).start == self.start and Month.containing(self.end).end == self.end

    def days_of(self, month: Month | None) -> tuple[date, date]:
        """Return its first and last day, or those of the part of the month that lies in it."""
        if month is None:
            return self.start, self.end
        return max(self.start, month.start), min(self.end, month.end)

    def months(self) -> list[Month]:
        """The months that have a day in it, oldest first: 12, or 13 if it begins within a month."""
        first, last = Month.containing(self.start), Month.containing(self.end)
        return [first.plus(n) for n in range((last.year - first.year) * 12 + last.number - first.number + 1)]


def month_ends_to(day: date, count: int) -> list[date]:
    """Return the last ``count`` month ends on or before ``day``, oldest first.

    Month ends before the year 1 do not exist and are left out.
    """
    latest = Month.containing(day)
    back = 0 if latest.end == day else 1
    known = latest.year * 12 + latest.number - 12  # months from January of the year 1 to ``day``'s, inclusive
    wanted = range(min(count, known - back) - 1 + back, back - 1, -1)
    return [latest.plus(-n).end for n in wanted]
