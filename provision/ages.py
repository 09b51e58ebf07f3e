"""The year groups that a school teaches, as far as its phase and sector show."""

from datetime import date

from provision.models import School, Sector
from sen_dashboard.core.periods import AcademicYear

LAST_OF_A_SCHOOL = 14
"""Schools teach up to the year in which pupils turn 19; colleges go on to 25 (Children and Families Act 2014)."""
FIRST, LAST = -5, 21
"""Nursery from birth, and the year group of young people who are 25 when it ends."""

PHASES = {
    "nursery": (FIRST, 0),
    "primary": (FIRST, 6),
    "middle deemed primary": (3, 8),
    "middle deemed secondary": (4, 8),
    "secondary": (7, LAST_OF_A_SCHOOL),
    "16 plus": (12, LAST),
    "post-16": (12, LAST),
}
"""The first and last year group by phase, as GIAS or files name it, in lower case."""


def year_groups(school: School) -> tuple[int, int]:
    """The first and last year group that the school teaches; reception is 0. Wide if its records say nothing."""
    if school.sector == Sector.POST_16:
        return PHASES["post-16"]
    widest = (FIRST, LAST if school.sector == Sector.OTHER else LAST_OF_A_SCHOOL)
    return PHASES.get(school.phase.strip().lower(), widest)


def teaches(school: School, born_on: date, day: date) -> bool:
    """Whether the school is for a child of that age, on the day or in the following academic year.

    Places are requested well before a child moves up.
    """
    first, last = year_groups(school)
    year = AcademicYear.containing(day)
    return any(first <= each.year_group_of(born_on) <= last for each in (year, year.plus(1)))


def year_group_words(year_group: int) -> str:
    """ "year 6", "reception", "before reception", "after year 14"."""
    if year_group < 0:
        return "before reception"
    if year_group > LAST_OF_A_SCHOOL:
        return f"after year {LAST_OF_A_SCHOOL}"
    return f"year {year_group}" if year_group else "reception"
