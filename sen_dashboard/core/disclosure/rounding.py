"""How exactly the public is told numbers: money in steps, percentages whole, counts as they are or to the nearest ten.

What is rounded is an interval to whoever reads it, and `attacker` takes it for one: docs/adr/0012-disclosure.md.
"""

from decimal import ROUND_HALF_UP, Decimal

MILLION = 1_000_000
OF_MILLIONS, OF_LESS, OF_AVERAGE = 100_000, 1_000, 100
"""The steps, in £, of sums from a million on, of smaller ones, and of averages, as councils write them."""

Interval = tuple[float, float]


def to_nearest(value: Decimal | int | float, step: int) -> Decimal:
    """The multiple of the step that is nearest, halves up."""
    return (Decimal(str(value)) / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def count_step(threshold: int) -> int:
    """The step of a rounded count: 10 where 1 to 4 are hidden, so that it is never rounded to 0."""
    return 2 * threshold


def rounded_count(value: int, threshold: int) -> int:
    """The count as the public reads it where it is rounded."""
    return int(to_nearest(value, count_step(threshold)))


def counts_rounded_to(rounded: int, threshold: int) -> Interval:
    """The least and the greatest count that are rounded so; one below the threshold would be hidden."""
    return rounded - threshold, rounded + threshold - 1


def usual_step(pounds: Decimal) -> int:
    """The step of a sum of money that is of nobody: a budget, a forecast."""
    return OF_MILLIONS if abs(pounds) >= MILLION else OF_LESS


def sum_step(pounds: Decimal, count: int, coarser: int = 0) -> int:
    """The step of what ``count`` children cost together: never finer than what one of them costs on average.

    So a child more or less changes it by about a step at most. ``coarser`` is how many more powers of ten it takes to
    protect what the money of reports before would tell.
    """
    return max(usual_step(pounds), _power_of_ten(pounds / count)) * int(10**coarser)


def average_step(pounds: Decimal, count: int, coarser: int = 0) -> int:
    """The step of their average: as much for all of them together as one of them costs."""
    return max(OF_AVERAGE, _one_two_five(pounds / count**2)) * int(10**coarser)


def is_too_coarse(pounds: Decimal, count: int, coarser: int) -> bool:
    """Whether so coarse a sum says nothing any more: its step is more than half of it."""
    return 2 * sum_step(pounds, count, coarser) > pounds


def sums_rounded_to(pounds: Decimal, count: int, coarser: int) -> Interval:
    """The least and the greatest sum that round to the same sum and the same average."""
    step, each = sum_step(pounds, count, coarser), average_step(pounds, count, coarser)
    whole, average = to_nearest(pounds, step), to_nearest(pounds / count, each)
    low = max(float(whole) - step / 2, (float(average) - each / 2) * count, 0.0)
    return low, min(float(whole) + step / 2, (float(average) + each / 2) * count)


def _power_of_ten(least: Decimal) -> int:
    step = 1
    while step < least:
        step *= 10
    return step


def _one_two_five(least: Decimal) -> int:
    power = _power_of_ten(least)
    return next((part for part in (power // 5, power // 2) if part >= least), power)
