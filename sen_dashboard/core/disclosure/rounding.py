"""How exactly the public sees numbers: money in steps, percentages whole, counts exact or to the nearest ten.

A rounded number is an interval to its reader, and `attacker` treats it as one: docs/adr/0012-disclosure.md.
"""

from decimal import ROUND_HALF_UP, Decimal

MILLION = 1_000_000
OF_MILLIONS, OF_LESS, OF_AVERAGE = 100_000, 1_000, 100
"""The steps, in £, of sums from a million on, of smaller sums, and of averages, as councils write them."""

Interval = tuple[float, float]


def to_nearest(value: Decimal | int | float, step: int) -> Decimal:
    """Return the multiple of the step that is nearest, halves up."""
    return (Decimal(str(value)) / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def count_step(threshold: int) -> int:
    """Return the step of a rounded count: 10 where 1 to 4 are hidden, so that it is never rounded to 0."""
    return 2 * threshold


def rounded_count(value: int, threshold: int) -> int:
    """Return the count as the public reads it when it is rounded."""
    return int(to_nearest(value, count_step(threshold)))


def counts_rounded_to(rounded: int, threshold: int) -> Interval:
    """Return the least and the greatest count that round to this one; one below the threshold would be hidden."""
    return rounded - threshold, rounded + threshold - 1


def usual_step(pounds: Decimal) -> int:
    """Return the step of a sum of money that is not about children, such as a budget or a forecast."""
    return OF_MILLIONS if abs(pounds) >= MILLION else OF_LESS


def sum_step(pounds: Decimal, count: int, coarser: int = 0) -> int:
    """Return the step of what ``count`` children cost together: never finer than the average cost of one of them.

    So one child more or less changes the sum by about a step at most. ``coarser`` is the number of further powers of
    ten needed to protect what the money of earlier reports would reveal.
    """
    return max(usual_step(pounds), _power_of_ten(pounds / count)) * int(10**coarser)


def average_step(pounds: Decimal, count: int, coarser: int = 0) -> int:
    """Return the step of their average: the step of the sum, divided among them."""
    return max(OF_AVERAGE, _one_two_five(pounds / count**2)) * int(10**coarser)


def is_too_coarse(pounds: Decimal, count: int, coarser: int) -> bool:
    """Return whether such a coarse sum is meaningless: its step is more than half of it."""
    return 2 * sum_step(pounds, count, coarser) > pounds


def sums_rounded_to(pounds: Decimal, count: int, coarser: int) -> Interval:
    """Return the least and the greatest sum that round to the same sum and the same average."""
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
