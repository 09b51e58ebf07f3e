"""Periods and calendar rules: the days on each side of every boundary, and properties of every day."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sen_dashboard.core.periods import AcademicYear, FinancialYear, Month, YearTo, month_ends_to, year_before

ONE_DAY = timedelta(days=1)
YEARS: tuple[type[FinancialYear] | type[AcademicYear], ...] = (FinancialYear, AcademicYear)

days = st.dates(min_value=date(2, 1, 1), max_value=date(9998, 1, 1))
every_kind_of_year = pytest.mark.parametrize("kind", YEARS)


@pytest.mark.parametrize(
    ("day", "financial", "academic"),
    [
        (date(2018, 3, 31), "2017-18", "2017-18"),
        (date(2018, 4, 1), "2018-19", "2017-18"),
        (date(2018, 8, 31), "2018-19", "2017-18"),
        (date(2018, 9, 1), "2018-19", "2018-19"),
        (date(2018, 12, 31), "2018-19", "2018-19"),
        (date(2019, 1, 1), "2018-19", "2018-19"),
        (date(2020, 2, 29), "2019-20", "2019-20"),
        (date(2000, 3, 31), "1999-00", "1999-00"),
        (date(1, 9, 1), "0001-02", "0001-02"),
    ],
)
def test_the_years_that_hold_a_day(day: date, financial: str, academic: str) -> None:
    assert str(FinancialYear.containing(day)) == financial
    assert str(AcademicYear.containing(day)) == academic


def test_first_and_last_days() -> None:
    assert (FinancialYear(2018).start, FinancialYear(2018).end) == (date(2018, 4, 1), date(2019, 3, 31))
    assert (AcademicYear(2018).start, AcademicYear(2018).end) == (date(2018, 9, 1), date(2019, 8, 31))
    assert (Month(2019, 12).start, Month(2019, 12).end) == (date(2019, 12, 1), date(2019, 12, 31))
    assert [Month(year, 2).end.day for year in (1900, 2000, 2019, 2020)] == [28, 29, 28, 29]


@every_kind_of_year
@given(day=days)
def test_every_day_lies_in_exactly_one_year(kind: type[FinancialYear], day: date) -> None:
    year = kind.containing(day)
    assert year.start <= day <= year.end
    assert year.plus(-1).end == year.start - ONE_DAY
    assert year.plus(1).start == year.end + ONE_DAY


@every_kind_of_year
@given(day=days)
def test_the_months_of_a_year_follow_each_other_and_fill_it(kind: type[FinancialYear], day: date) -> None:
    year = kind.containing(day)
    months = list(year.months())
    assert len(months) == 12
    assert (months[0].start, months[-1].end) == (year.start, year.end)
    assert all(before.end + ONE_DAY == after.start for before, after in pairwise(months))
    assert Month.containing(day) in months


@every_kind_of_year
@given(first_year=st.integers(1, 9998))
def test_a_year_reads_back_as_it_was_written(kind: type[FinancialYear], first_year: int) -> None:
    assert kind.parse(str(kind(first_year))) == kind(first_year)


@every_kind_of_year
@pytest.mark.parametrize(
    "text",
    [
        "",
        "2018",
        "2018-19 ",
        "2018/19",
        "2018-2019",
        "2018-20",
        "18-19",
        "0000-01",
        "9999-00",
        "２０１８-19",
        "2018-19\n",
    ],
)
def test_anything_else_is_no_year(kind: type[FinancialYear], text: str) -> None:
    with pytest.raises(ValueError, match="is not a year such as 2018-19"):
        kind.parse(text)


@given(st.text(max_size=9))
def test_parsing_never_fails_otherwise(text: str) -> None:
    try:
        year = FinancialYear.parse(text)
    except ValueError:
        return
    assert str(year) == text


def test_years_of_different_kinds_are_different() -> None:
    financial: object = FinancialYear(2018)
    assert financial != AcademicYear(2018)
    assert FinancialYear(2018) < FinancialYear(2019)


@given(day=days)
def test_a_month_holds_its_days(day: date) -> None:
    month = Month.containing(day)
    assert month.start <= day <= month.end
    assert month.start.day == 1
    assert (month.end + ONE_DAY).day == 1


@given(day=days, months=st.integers(-12, 12))
def test_months_on_and_back_again(day: date, months: int) -> None:
    month = Month.containing(day)
    assert month.plus(months).plus(-months) == month
    assert (month.plus(months) > month) == (months > 0)


def test_months_across_a_new_year() -> None:
    assert [str(Month(2018, 11).plus(n)) for n in (0, 1, 2, 14)] == [
        "2018-11",
        "2018-12",
        "2019-01",
        "2020-01",
    ]
    assert str(Month(2018, 1).plus(-1)) == "2017-12"
    assert str(Month(987, 1)) == "0987-01"


@pytest.mark.parametrize(
    "beyond",
    [
        lambda: Month(1, 1).plus(-1),
        lambda: Month(9999, 12).plus(1),
        lambda: Month(2018, 1).plus(-2018 * 12),
        lambda: year_before(date(1, 6, 1)),
    ],
)
def test_before_the_year_1_there_is_nothing(beyond: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="year"):
        beyond()


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2020, 2, 29), date(2019, 2, 28)),
        (date(2021, 2, 28), date(2020, 2, 29)),
        (date(2020, 2, 28), date(2019, 2, 28)),
        (date(2021, 2, 27), date(2020, 2, 27)),
        (date(2000, 2, 29), date(1999, 2, 28)),
        (date(1901, 2, 28), date(1900, 2, 28)),
        (date(2019, 4, 30), date(2018, 4, 30)),
        (date(2019, 3, 31), date(2018, 3, 31)),
        (date(2, 1, 1), date(1, 1, 1)),
    ],
)
def test_the_same_day_of_the_year_before(day: date, before: date) -> None:
    assert year_before(day) == before


@given(day=days)
def test_a_year_before_is_365_or_366_days_before(day: date) -> None:
    assert 365 <= (day - year_before(day)).days <= 366


@given(day=days)
def test_the_12_months_to_a_day_follow_those_to_the_year_before(day: date) -> None:
    assert YearTo(day).start == YearTo(year_before(day)).end + ONE_DAY


@pytest.mark.parametrize(
    ("end", "start", "months", "whole"),
    [
        (date(2019, 3, 31), date(2018, 4, 1), 12, True),
        (date(2019, 3, 30), date(2018, 3, 31), 13, False),
        (date(2020, 2, 28), date(2019, 3, 1), 12, False),
        (date(2020, 2, 29), date(2019, 3, 1), 12, True),
        (date(2020, 3, 1), date(2019, 3, 2), 13, False),
        (date(2021, 2, 28), date(2020, 3, 1), 12, True),
        (date(2021, 2, 27), date(2020, 2, 28), 13, False),
    ],
)
def test_the_12_months_to_a_day(end: date, start: date, months: int, whole: bool) -> None:
    year = YearTo(end)
    assert (year.start, len(year.months()), year.is_whole) == (start, months, whole)


def test_a_year_before_every_day_of_a_leap_year_and_the_years_beside_it() -> None:
    """The definition's own words: the last day of a month looks back to the last day, any other to the same day."""
    for day in (date(2015, 1, 1) + n * ONE_DAY for n in range(365 + 366 + 365)):
        before, year = year_before(day), YearTo(day)
        assert (before.year, before.month) == (day.year - 1, day.month)
        is_month_end, was_month_end = ((one + ONE_DAY).day == 1 for one in (day, before))
        assert was_month_end if is_month_end else before.day == day.day
        assert (year.start - ONE_DAY, year.end) == (before, day)
        assert len(year.months()) == (12 if year.start.day == 1 else 13)
        assert year.is_whole == is_month_end
        assert month_ends_to(day, 13)[0] == before or not is_month_end


@given(day=days)
def test_the_months_of_the_12_months_are_all_that_have_a_day_in_them(day: date) -> None:
    year = YearTo(day)
    within = [year.start + n * ONE_DAY for n in range((year.end - year.start).days + 1)]
    assert year.months() == list(dict.fromkeys(Month.containing(on) for on in within))


@pytest.mark.parametrize(
    ("year_group", "first", "last"),
    [
        (0, date(2013, 9, 1), date(2014, 8, 31)),
        (11, date(2002, 9, 1), date(2003, 8, 31)),
        (14, date(1999, 9, 1), date(2000, 8, 31)),
    ],
)
def test_births_of_a_year_group(year_group: int, first: date, last: date) -> None:
    """In 2018-19: year 11 is 15 on 31 August 2018."""
    assert AcademicYear(2018).births_of(year_group) == (first, last)


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2019, 3, 31), [date(2019, 2, 28), date(2019, 3, 31)]),
        (date(2019, 3, 30), [date(2019, 1, 31), date(2019, 2, 28)]),
        (date(2020, 2, 29), [date(2020, 1, 31), date(2020, 2, 29)]),
        (date(2020, 2, 28), [date(2019, 12, 31), date(2020, 1, 31)]),
        (date(1, 2, 27), [date(1, 1, 31)]),
        (date(1, 2, 28), [date(1, 1, 31), date(1, 2, 28)]),
        (date(1, 1, 30), []),
    ],
)
def test_month_ends(day: date, ends: list[date]) -> None:
    assert month_ends_to(day, 2) == ends


@given(day=st.dates(min_value=date(1, 1, 1), max_value=date(9999, 12, 31)), count=st.integers(0, 30))
def test_month_ends_are_the_last_on_or_before_the_day(day: date, count: int) -> None:
    ends = [
        end
        for end in (
            date.fromordinal(n) for n in range(max(1, day.toordinal() - 31 * 32), day.toordinal() + 1)
        )
        if end == date.max or (end + ONE_DAY).day == 1
    ]
    assert month_ends_to(day, count) == ends[len(ends) - min(count, len(ends)) :]
